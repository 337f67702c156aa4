"""What a Word document has outside its body: heads and feet of pages, footnotes and endnotes.

Heads and feet that stand on every page are furniture, and so are page numbers. What stands on the
first page alone is a part of the document, most often its letterhead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hoidap.loaders.numbering import W, written_number

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFF = frozenset({"0", "false", "off"})
# "Trang 2/14", "- 3 -", "Page 1 of 5".
_PAGE_NUMBER_RE = re.compile(r"(?:trang|page|số|of|trên|[\W\d_])*", re.IGNORECASE)


def is_page_number(text: str) -> bool:
    """Whether a text is nothing but the number of a page."""
    return _PAGE_NUMBER_RE.fullmatch(text) is not None


@dataclass(slots=True)
class Section:
    """A stretch of the body, and the heads and feet that begin with it (lxml elements).

    ``first`` are those of its first page alone, ``every`` those of all its pages.
    """

    body: list[Any] = field(default_factory=list)
    first_heads: list[Any] = field(default_factory=list)
    first_feet: list[Any] = field(default_factory=list)
    heads: list[Any] = field(default_factory=list)
    feet: list[Any] = field(default_factory=list)


def sections(document: Any) -> Iterator[Section]:  # noqa: ANN401 - python-docx's tree is lxml
    """The sections of a document in order; together they hold all of its body."""
    section = Section()
    for child in document.element.body:
        properties = child if child.tag == f"{W}sectPr" else child.find(f"{W}pPr/{W}sectPr")
        if child.tag != f"{W}sectPr":
            section.body.append(child)
        if properties is not None:
            _add_margins(section, properties, document.part)
            yield section
            section = Section()
    if section.body:
        yield section


def _add_margins(section: Section, properties: Any, part: Any) -> None:  # noqa: ANN401 - lxml
    title = properties.find(f"{W}titlePg")
    own_first = title is not None and title.get(f"{W}val", "1").lower() not in _OFF
    for kind, first, every in (
        ("header", section.first_heads, section.heads),
        ("footer", section.first_feet, section.feet),
    ):
        for reference in properties.findall(f"{W}{kind}Reference"):
            relation = part.rels.get(reference.get(f"{_R}id"))
            if relation is None or relation.is_external:
                continue
            element = getattr(relation.target_part, "element", None)
            if element is None:  # it refers to something else
                continue
            if reference.get(f"{W}type") != "first":
                every.append(element)
            elif own_first:
                first.append(element)


class MarginNotes:
    """Footnotes and endnotes, by what refers to them; each is given out once."""

    def __init__(self, part: Any) -> None:  # noqa: ANN401 - python-docx
        self._notes = {kind: _notes(part, kind) for kind in ("footnote", "endnote")}
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts = {"footnote": 0, "endnote": 0}

    def refer(self, reference: Any) -> tuple[str, Any | None]:  # noqa: ANN401 - lxml
        """The mark that a reference draws, and the note where this is the first one to it."""
        kind = reference.tag.removeprefix(W).removesuffix("Reference")
        note = self._notes[kind].get(reference.get(f"{W}id"))
        if note is None:
            return "", None
        # With a mark of its own, which stands behind as text, a note takes no number.
        custom = reference.get(f"{W}customMarkFollows", "0").lower() not in _OFF
        key = kind, reference.get(f"{W}id")
        known = key in self._numbers
        if not known:
            self._counts[kind] += not custom
            self._numbers[key] = 0 if custom else self._counts[kind]
        number = self._numbers[key]
        style = "decimal" if kind == "footnote" else "lowerRoman"
        mark = f"[{written_number(number, style)}]" if number else ""
        return mark, None if known else note


def _notes(part: Any, kind: str) -> dict[str, Any]:  # noqa: ANN401 - python-docx
    """The notes of a kind by their ids, without the lines that divide them from the text."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for relation in part.rels.values():
        if relation.reltype == f"{_TYPES}/{kind}s" and not relation.is_external:
            root = etree.fromstring(relation.target_part.blob, parser)
            return {
                note.get(f"{W}id"): note
                for note in root.findall(f"{W}{kind}")
                if note.get(f"{W}type") in (None, "normal")
            }
    return {}
