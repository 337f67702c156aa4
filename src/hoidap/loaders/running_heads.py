"""Running heads and feet of pages, and page numbers: what stands on paper but in no report."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from hoidap.loaders.layout import MORE_LEADING, Line, Page, leading_of, margins_of, rows_of
from hoidap.vietnamese.text import fold, normalize

# Share of the page's height, at its head and its foot, that holds running heads and page numbers.
_MARGIN = 0.12
# Rows at either end of a page that are looked at.
_MOST_HEAD_ROWS = 3
_NUMBER = r"(?P<number>\d{1,4})(?:\s*(?:/|of|trên)\s*\d{1,4})?"
# "3", "- 3 -", "Trang 3/6".
_PAGE_NUMBER_RE = re.compile(
    rf"[-–—~\s]*(?:(?:trang|page)(?: số)?\s*)?{_NUMBER}[-–—~\s]*", re.IGNORECASE
)
# A page number within a running head.
_WITHIN_HEAD_RE = re.compile(
    rf"(?:\b(?:trang|page)(?: số)?|\|)\s*{_NUMBER}$|^\d{{1,4}}\s*\|", re.IGNORECASE
)
# Pages of a book before the extract from it; a number further from the page's own may be a year.
_MOST_BEFORE = 1000
# The official gazettes of the state and the provinces.
_GAZETTE_RE = re.compile(
    r"(?:\d+\s+)?CÔNG BÁO(?: [\w .]{1,40})?/Số [\d +]+/Ngày [\d/-]+(?:\s+\d+)?"
)
# What browsers print round a page: Chromium the time and the title above, address and page number
# below; Firefox title and address above, page number and time below.
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?: [AP]M| SA| CH)?"
_STAMP = rf"(?:\d{{1,2}}/\d{{1,2}}/\d{{2,4}},? {_TIME}|{_TIME},? \d{{1,2}}/\d{{1,2}}/\d{{2,4}})"
_ADDRESS = r"(?:https?|file)://\S+"
_BROWSERS_RES = tuple(
    (re.compile(head, re.IGNORECASE), re.compile(foot, re.IGNORECASE))
    for head, foot in (
        (rf"{_STAMP}(?: .*)?", rf"{_ADDRESS} {_NUMBER}"),
        (rf"(?:.* )?{_ADDRESS}", rf"{_NUMBER} {_STAMP}"),
    )
)
# The head of a letter, which each of several in one file has at the same place.
_LETTERHEAD_RE = re.compile(r"CỘNG H\w+ XÃ HỘI|Độc lập", re.IGNORECASE)
# In letter heights: how much the distances between lines of one paragraph differ, as letters do.
_SAME_LEADING = 0.2
# In letter heights: how much further from one edge of print than from the other is in the middle.
_CENTRED = 3.0
# Share of the pages that a running head stands on, and how many these are at least; of the odd or
# even pages alone it must be more, or headings would count.
_MOST_PAGES = 0.75
_FEWEST_HEADS = 2
_FEWEST_ON_SIDE = 3


@dataclass(frozen=True, slots=True)
class _EdgeRow:
    """Lines beside each other in a page's margin at its head or foot.

    ``page`` is the page's index and ``place`` the distance from its edge. ``number`` is that of a
    page number that stands by itself. ``is_apart`` tells that it is not as far from the body as the
    lines of that are from each other, ``is_alone`` that nothing is nearer to the edge and that it
    stands apart or in the middle.
    """

    lines: tuple[Line, ...]
    page: int
    at_foot: bool
    place: float
    number: int | None
    is_apart: bool
    is_alone: bool

    @property
    def height(self) -> float:
        return max(line.height for line in self.lines)

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


def drop_running_heads(pages: Sequence[Page]) -> list[Page]:
    """``pages`` without page numbers and without what stands at the same place of most pages."""
    rows = [row for index, page in enumerate(pages) for row in _edge_rows(page, index)]
    heads = [row for row in rows if _GAZETTE_RE.fullmatch(row.text)]
    heads += _running_heads(rows, [index for index, page in enumerate(pages) if page.lines])
    heads += _page_numbers(rows)
    heads += _of_browsers(rows)
    dropped = {id(line) for row in heads for line in row.lines}
    return [
        replace(page, lines=tuple(line for line in page.lines if id(line) not in dropped))
        for page in pages
    ]


def _edge_rows(page: Page, index: int) -> Iterator[_EdgeRow]:
    """The first and last rows of a page that stand in its margins."""
    rows = [tuple(sorted(row, key=lambda line: line.left)) for row in rows_of(page.lines)]
    leading = leading_of(page.lines)
    left, right = margins_of(page.lines)
    for at_foot, inwards in ((False, rows), (True, rows[::-1])):
        for order, row in enumerate(inwards[:_MOST_HEAD_ROWS]):
            bottom = max(line.bottom for line in row)
            place = page.height - min(line.top for line in row) if at_foot else bottom
            if place >= page.height * _MARGIN or any(_LETTERHEAD_RE.match(x.text) for x in row):
                break
            number = _PAGE_NUMBER_RE.fullmatch(row[0].text) if len(row) == 1 else None
            aside = abs(row[0].left - left + row[-1].right - right)
            is_apart = _is_apart(row, inwards[order + 1 : order + 2], leading)
            yield _EdgeRow(
                row,
                index,
                at_foot,
                place,
                number=int(number["number"]) if number is not None else None,
                is_apart=is_apart,
                is_alone=order == 0 and (is_apart or aside < _CENTRED * row[0].height),
            )


def _is_apart(row: Sequence[Line], inner: Sequence[Sequence[Line]], leading: float) -> bool:
    """Whether ``row`` is further from the next row, or nearer to it, than a line of the body.

    Rows of several cells are a table's unless they are far from each other.
    """
    if not inner:
        return True
    step = abs(max(x.bottom for x in row) - max(x.bottom for x in inner[0]))
    height = max(line.height for line in row)
    if len(row) > 1 and len(inner[0]) > 1:
        return step > leading + MORE_LEADING * height
    return abs(step - leading) > _SAME_LEADING * height


def _running_heads(rows: Iterable[_EdgeRow], pages: Sequence[int]) -> Iterator[_EdgeRow]:
    """Rows that stand at the same place of most pages, or of most odd or even ones.

    ``pages`` are those that have text; the first may do without.
    """
    same: dict[tuple[bool, str], list[_EdgeRow]] = defaultdict(list)
    for row in rows:
        if key := _head_key(row):
            same[row.at_foot, key].append(row)
    sides = [{index for index in pages[1:] if index % 2 == side} for side in (0, 1)]
    for found in same.values():
        placed = _at_one_place(found)
        on = {row.page for row in placed if row.is_apart}
        on_most = len(on) >= _FEWEST_HEADS and len(on) >= _MOST_PAGES * (len(pages) - 1)
        on_side = any(
            len(on & side) >= max(_FEWEST_ON_SIDE, _MOST_PAGES * len(side)) for side in sides
        )
        if on_most or on_side:
            yield from placed


def _head_key(row: _EdgeRow) -> str:
    """What is the same of a running head on every page: all but the page's number."""
    parts = [x.text for x in row.lines if not _PAGE_NUMBER_RE.fullmatch(x.text)]
    text = _WITHIN_HEAD_RE.sub("", " ".join(parts))
    return re.sub(r"\s+", "", fold(normalize(text)))


def _page_numbers(rows: Iterable[_EdgeRow]) -> Iterator[_EdgeRow]:
    """Numbers that rise by one with the pages at the same place; one of a page at most.

    A number that no other goes on with is a page's if it is its own and stands by itself.
    """
    same: dict[tuple[bool, int], list[_EdgeRow]] = defaultdict(list)
    for row in rows:
        if row.number is not None and abs(row.number - row.page) < _MOST_BEFORE:
            same[row.at_foot, row.number - row.page].append(row)
    numbered: set[int] = set()
    for found in sorted(map(_at_one_place, same.values()), key=len, reverse=True):
        on = [row.page for row in found]
        alone = len(on) == 1
        own = found[0].number == on[0] + 1 and found[0].is_alone
        # A number within the body may fit another by chance.
        if own if alone else 2 * len(on) > on[-1] - on[0] + 1:
            yield from (row for row in found if row.page not in numbered)
            numbered.update(on)


def _of_browsers(rows: Sequence[_EdgeRow]) -> Iterator[_EdgeRow]:
    """What a browser printed at the head and the foot of a page; the foot tells it."""
    for head, foot in _BROWSERS_RES:
        feet = [row for row in rows if row.at_foot and foot.fullmatch(row.text)]
        on = {row.page for row in feet}
        yield from feet
        yield from (
            row for row in rows if row.page in on and not row.at_foot and head.fullmatch(row.text)
        )


def _at_one_place(rows: Sequence[_EdgeRow]) -> list[_EdgeRow]:
    """Those of ``rows``, at most one a page, that stand as far from the edge as most do."""
    middle = sorted(row.place for row in rows)[len(rows) // 2]
    near = {row.page: row for row in rows if abs(row.place - middle) <= row.height}
    return list(near.values())
