"""Telegram's HTML, read and refused as its servers do."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from bot.richtext import units

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "a": "text_link", "code": "code", "pre": "pre",
    "blockquote": "blockquote",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY_RE = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|([a-zA-Z]+));?")
_ATTRIBUTE = r"\s+[a-zA-Z-]+(?:=(?:\"[^\"]*\"|'[^']*'))?"
_TAG_RE = re.compile(rf"<(/?)([a-zA-Z][\w-]*)((?:{_ATTRIBUTE})*)\s*>")


class RefusedError(Exception):
    """Telegram's description of what is wrong with a request."""


@dataclass(frozen=True)
class Entity:
    """A formatted stretch; offsets in UTF-16 units, ``shown`` is its text."""

    type: str
    offset: int
    length: int
    shown: str
    url: str = ""


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text of a message and its entities. Raises `RefusedError`."""
    text: list[str] = []
    stack: list[tuple[str, int, str]] = []
    entities: list[Entity] = []
    at = 0
    while at < len(source):
        char = source[at]
        if char == "&":
            match = _ENTITY_RE.match(source, at)
            known = match is not None and (match[3] is None or match[3] in _NAMED)
            if match is not None and known:
                code = int(match[1]) if match[1] else int(match[2], 16) if match[2] else None
                text.append(chr(code) if code is not None else _NAMED[match[3]])
                at = match.end()
                continue
        if char == "<":
            match = _TAG_RE.match(source, at)
            where = len(source[:at].encode())
            if match is None:
                raise RefusedError(
                    f'can\'t parse entities: Unsupported start tag "" at byte offset {where}'
                )
            closing, name, attributes = match[1], match[2].lower(), match[3]
            if name not in _TAGS:
                raise RefusedError(
                    f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {where}'
                )
            if not closing:
                if name == "blockquote" and any(one[0] == name for one in stack):
                    raise RefusedError("can't parse entities: blockquote can't be nested")
                stack.append((name, len("".join(text)), attributes))
            else:
                if not stack or stack[-1][0] != name:
                    raise RefusedError(
                        f"can't parse entities: Unmatched end tag at byte offset {where}"
                    )
                _, start, attributes = stack.pop()
                whole = "".join(text)
                kind = _TAGS[name]
                if name == "blockquote" and "expandable" in attributes:
                    kind = "expandable_blockquote"
                href = re.search(r'href="([^"]*)"', attributes)
                entities.append(
                    Entity(
                        kind,
                        units(whole[:start]),
                        units(whole[start:]),
                        whole[start:],
                        html.unescape(href[1]) if href else "",
                    )
                )
            at = match.end()
            continue
        text.append(char)
        at += 1
    if stack:
        raise RefusedError(f"can't parse entities: Can't find end tag for \"{stack[-1][0]}\"")
    return "".join(text), sorted(entities, key=lambda one: (one.offset, -one.length))
