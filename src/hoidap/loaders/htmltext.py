"""The text of elements of a page, paragraph by paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hoidap.loaders.numbering import written_number
from hoidap.loaders.tables import table_texts

# What begins a line of its own; all other elements stand within one.
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "nav", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
# Numbers of list items by the attribute "type", as numbering names them.
_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
# The same, and lists without marks, as editors of portals write them: in the attribute "style".
_LIST_STYLE_RE = re.compile(r"list-style(?:-type)?\s*:\s*([\w-]+)", re.IGNORECASE)
_LIST_STYLES = {
    "lower-alpha": "lowerLetter", "lower-latin": "lowerLetter", "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter", "lower-roman": "lowerRoman", "upper-roman": "upperRoman",
    "decimal": "decimal", "decimal-leading-zero": "decimalZero",
}  # fmt: skip
_BULLETS = frozenset({"disc", "circle", "square"})
# Columns and rows that a cell is taken to span; a page may claim any number.
_WIDEST = 100


def read_blocks(element: Any) -> list[str]:  # noqa: ANN401 - lxml is not typed
    """The paragraphs, lists and tables in ``element``, in their order.

    A list has a line an item, a table a line a row.
    """
    reader = _Reader()
    reader.read(element)
    return reader.texts


def read_runs(page: Any) -> Iterator[tuple[Any, str]]:  # noqa: ANN401 - lxml is not typed
    """Each text between two ends of blocks, after the innermost block that holds it."""
    from lxml.etree import iterwalk

    blocks: list[Any] = []
    parts: list[str] = []
    for event, element in iterwalk(page, events=("start", "end")):
        if element.tag in BLOCKS:
            text = _line(parts).strip()
            if text:
                yield blocks[-1], text
            parts = []
            if event == "start":
                blocks.append(element)
            else:
                blocks.pop()
        if event == "end":
            parts.append(_blank(element.tail))
        else:
            parts.append("\n" if element.tag == "br" else _blank(element.text))


class _Reader:
    """Gathers ``texts``; what stands in one line comes in parts."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []

    def read(self, element: Any) -> None:  # noqa: ANN401 - lxml is not typed
        """The text in ``element``, without what follows it."""
        tag = element.tag
        if tag == "br":
            self._parts.append("\n")
            return
        if tag not in BLOCKS:
            self._read_inside(element)
            return
        self._end()
        if tag in {"ul", "ol"}:
            self._add("\n".join(_items(element)))
        elif tag == "table":
            for text in _table(element):
                self._add(text)
        else:
            self._read_inside(element)
            self._end()

    def _read_inside(self, element: Any) -> None:  # noqa: ANN401 - lxml is not typed
        space = "[^\\S\n]+" if element.tag == "pre" else r"\s+"
        self._parts.append(_blank(element.text, space))
        for child in element:
            self.read(child)
            self._parts.append(_blank(child.tail, space))

    def _end(self) -> None:
        """Ends the line that is being read."""
        self._add(_line(self._parts))
        self._parts = []

    def _add(self, text: str) -> None:
        if text.strip():
            # Empty cells stand at the beginning of a row, too.
            self.texts.append(text.strip(" \n"))


def _blank(text: str | None, space: str = r"\s+") -> str:
    """Text of the source with one blank for all white space in a row."""
    return re.sub(space, " ", text or "")


def _line(parts: list[str]) -> str:
    """Parts of a line joined, without blanks round its breaks."""
    return re.sub(r" *\n *", "\n", re.sub(" +", " ", "".join(parts)))


def _items(element: Any) -> Iterator[str]:  # noqa: ANN401 - lxml is not typed
    """The items of a list, each with the mark or number before it that the page draws."""
    number = _whole(element.get("start"), 1) - 1
    given = _LIST_STYLE_RE.search(element.get("style", ""))
    named = "" if given is None else given[1].lower()
    numbered = named in _LIST_STYLES or (element.tag == "ol" and named not in _BULLETS)
    style = _LIST_STYLES.get(named) or _STYLES.get(element.get("type", ""), "decimal")
    for child in element:
        texts = read_blocks(child)
        if child.tag == "li":
            number = _whole(child.get("value"), number + 1)
            label = f"{written_number(number, style)}." if numbered else "-"
            if named != "none":
                texts[:1] = [f"{label} {text}" for text in texts[:1]]
        yield from texts
        if child.tail and child.tail.strip():
            yield " ".join(child.tail.split())


def _table(table: Any) -> Iterator[str]:  # noqa: ANN401 - lxml is not typed
    """A table as text, its caption before it."""
    for caption in table.findall("caption"):
        yield from read_blocks(caption)
    yield from table_texts(list(_rows(table)))


def _rows(table: Any) -> Iterator[list[list[str]]]:  # noqa: ANN401 - lxml is not typed
    """The cells of each row as paragraphs; empty ones where a cell spans rows or columns."""
    # How many of the rows to come have their cell from above, by column.
    from_above: dict[int, int] = {}
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        cells: list[list[str]] = []
        for cell in row.iterchildren("td", "th"):
            _skip(cells, from_above)
            width = min(max(_whole(cell.get("colspan"), 1), 1), _WIDEST)
            height = min(_whole(cell.get("rowspan"), 1), _WIDEST)
            from_above.update(dict.fromkeys(range(len(cells), len(cells) + width), height - 1))
            cells += [read_blocks(cell), *[[]] * (width - 1)]
        _skip(cells, from_above)
        yield cells


def _skip(cells: list[list[str]], from_above: dict[int, int]) -> None:
    """Adds empty cells where cells from above reach into the row."""
    while from_above.get(len(cells), 0) > 0:
        from_above[len(cells)] -= 1
        cells.append([])


def _whole(text: str | None, default: int) -> int:
    """A number from an attribute, ``default`` where it is none."""
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,6}", text.strip()) else default
