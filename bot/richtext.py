"""Text with marks, as Telegram shows it: measured, divided, and written as HTML that is valid."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

# UTF-16 code units in a message after its markup was read; Telegram refuses longer ones.
MAX_UNITS = 4096
_JOINER = "\u200d"


class Tag(StrEnum):
    """What a mark does to its text, by the tag that Telegram reads."""

    BOLD = "b"
    ITALIC = "i"
    UNDERLINE = "u"
    LINK = "a"
    QUOTE = "blockquote"
    FOLDED = "blockquote expandable"


_BLOCKS = frozenset({Tag.QUOTE, Tag.FOLDED})
_OUTERMOST_FIRST = (Tag.LINK, Tag.BOLD, Tag.ITALIC, Tag.UNDERLINE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on ``text[start:end]``; ``href`` is where a link leads."""

    start: int
    end: int
    tag: Tag
    href: str = ""


def units(text: str) -> int:
    """The length of ``text`` as Telegram counts it: in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)


@dataclass(frozen=True, slots=True)
class Rich:
    """A text and its marks. Blocks do not overlap; other marks may."""

    text: str = ""
    marks: tuple[Mark, ...] = ()

    def __add__(self, other: Rich | str) -> Rich:
        if isinstance(other, str):
            return Rich(self.text + other, self.marks)
        offset = len(self.text)
        moved = (
            replace(mark, start=mark.start + offset, end=mark.end + offset) for mark in other.marks
        )
        return Rich(self.text + other.text, (*self.marks, *moved))

    def marked(self, tag: Tag, href: str = "") -> Rich:
        """The same with a mark on all of it."""
        return Rich(self.text, (Mark(0, len(self.text), tag, href), *self.marks))

    @property
    def units(self) -> int:
        """The length as Telegram counts it."""
        return units(self.text)

    def part(self, start: int, end: int) -> Rich:
        """``text[start:end]`` with the marks on it."""
        inside = (
            replace(mark, start=max(mark.start, start) - start, end=min(mark.end, end) - start)
            for mark in self.marks
            if mark.start < end and mark.end > start
        )
        return Rich(self.text[start:end], tuple(inside))

    def html(self) -> str:
        """The text as HTML. Tags open and close at every border, so that they always nest."""
        borders = sorted({0, len(self.text), *(at for m in self.marks for at in (m.start, m.end))})
        blocks = [mark for mark in self.marks if mark.tag in _BLOCKS and mark.start < mark.end]
        inline = [mark for mark in self.marks if mark.tag not in _BLOCKS]
        opening = {block.start: f"<{block.tag}>" for block in blocks}
        closing = {block.end for block in blocks}
        written = []
        for start, end in zip(borders, [*borders[1:], len(self.text)], strict=True):
            if start in closing:
                written.append("</blockquote>")
            written.append(opening.get(start, ""))
            if start < end:
                over = [mark for mark in inline if mark.start <= start and mark.end >= end]
                written.append(_wrapped(html.escape(self.text[start:end], quote=False), over))
        return "".join(written)

    def plain(self) -> str:
        """The text where no marks can be shown; addresses of links are written out."""
        text = self.text
        for mark in sorted(self.marks, key=lambda mark: -mark.end):
            if mark.tag is Tag.LINK and mark.href not in text[mark.start : mark.end]:
                text = f"{text[: mark.end]} ({mark.href}){text[mark.end :]}"
        return text

    def pages(self, limit: int = MAX_UNITS) -> list[Rich]:
        """The text in parts of at most ``limit`` units, none empty; nothing visible is left out.

        Divided between paragraphs if it can be, else lines, sentences, words.
        """
        pages = []
        start, end = 0, len(self.text.rstrip())
        while start < end:
            while self.text[start].isspace():
                start += 1
            stop = _fitting(self.text, start, end, limit)
            if stop < end:
                stop = _cut(self.text, start, stop)
            pages.append(self.part(start, start + len(self.text[start:stop].rstrip())))
            start = stop
        return pages


def _wrapped(text: str, marks: list[Mark]) -> str:
    for tag in reversed(_OUTERMOST_FIRST):
        mark = next((mark for mark in marks if mark.tag is tag), None)
        if mark is not None:
            attribute = f' href="{html.escape(mark.href)}"' if tag is Tag.LINK else ""
            text = f"<{tag}{attribute}>{text}</{tag}>"
    return text


def _fitting(text: str, start: int, end: int, limit: int) -> int:
    """The furthest end for which the text from ``start`` has at most ``limit`` units."""
    stop = min(end, start + limit)
    while units(text[start:stop]) > limit:
        stop -= max(1, (units(text[start:stop]) - limit) // 2)
    return stop


def _cut(text: str, start: int, stop: int) -> int:
    """Where to divide the text from ``start``, at ``stop`` at the latest."""
    half = start + (stop - start) // 2
    for border in ("\n\n", "\n", ". ", " "):
        at = text.rfind(border, half, stop)
        if at > start:
            return at + len(border)
    cut = stop
    # A letter keeps its accents, an emoji its parts.
    while cut > start + 1 and (
        unicodedata.category(text[cut]) in {"Mn", "Me"} or _JOINER in text[cut - 1 : cut + 1]
    ):
        cut -= 1
    return cut if cut > start + 1 else stop


def bold(text: str) -> Rich:
    """``text`` in bold."""
    return Rich(text).marked(Tag.BOLD)


def italic(text: str) -> Rich:
    """``text`` in italics."""
    return Rich(text).marked(Tag.ITALIC)


def joined(parts: Iterable[Rich | str], between: str = "\n") -> Rich:
    """The parts that have any text, with ``between`` between them."""
    whole = Rich()
    for part in parts:
        rich = Rich(part) if isinstance(part, str) else part
        if rich.text:
            whole = whole + between + rich if whole.text else whole + rich
    return whole
