"""Tables of a PDF that are drawn with rules."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hoidap.loaders.layout import Table
from hoidap.loaders.textlayer import Frame, Word, clean

# Points.
_THIN = 3.0
_SHORTEST_RULE = 6.0
_NEAR = 4.0
_MOST_RULES = 5000


@dataclass(frozen=True, slots=True)
class _Rule:
    """A straight stroke at ``place`` across, from ``start`` to ``end`` along."""

    place: float
    start: float
    end: float


def ruled_tables(
    page: Any,  # noqa: ANN401 - pypdfium2 is not typed
    words: list[Word],
    frame: Frame,
) -> tuple[list[Table], list[Word]]:
    """The tables drawn with rules, and the words that stand in none."""
    across, down = _rules(page, frame)
    if len(across) < 2 or len(down) < 2:
        return [], words
    tables: list[Table] = []
    rest = words
    for x0, x1, y0, y1 in _grids(across, down):
        inside: list[Word] = []
        outside: list[Word] = []
        for word in rest:
            x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
            (inside if x0 <= x <= x1 and y0 <= y <= y1 else outside).append(word)
        ours = [r for r in across if y0 - _NEAR <= r.place <= y1 + _NEAR and r.start < x1 > x0]
        walls = [r for r in down if x0 - _NEAR <= r.place <= x1 + _NEAR and r.start < y1 > y0]
        rows = _rows(inside, ours, walls)
        # A frame round a heading or a formula is no table.
        if len(rows) >= 2 and any("\t" in row for row in rows):
            tables.append(Table(tuple(rows), y0, y1))
            rest = outside
    return tables, rest


def _rules(page: Any, frame: Frame) -> tuple[list[_Rule], list[_Rule]]:  # noqa: ANN401
    """The strokes across and down a page; of a rectangle its four sides."""
    import pypdfium2.raw as pdfium

    across: list[_Rule] = []
    down: list[_Rule] = []
    for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, right, y0, y1 = frame.box(*found.get_bounds())
        wide, high = right - left > _SHORTEST_RULE, y1 - y0 > _SHORTEST_RULE
        if wide and y1 - y0 < _THIN:
            across.append(_Rule((y0 + y1) / 2, left, right))
        elif high and right - left < _THIN:
            down.append(_Rule((left + right) / 2, y0, y1))
        elif wide and high:
            across += [_Rule(y0, left, right), _Rule(y1, left, right)]
            down += [_Rule(left, y0, y1), _Rule(right, y0, y1)]
        if len(across) + len(down) > _MOST_RULES:
            return [], []  # a drawing or a map
    return across, down


def _grids(across: list[_Rule], down: list[_Rule]) -> list[tuple[float, float, float, float]]:
    """Where tables stand, left, right, top, bottom: rules across that share the same walls."""
    boxes: list[list[float]] = []
    for wall in sorted(down, key=lambda rule: rule.start):
        for box in boxes:
            if wall.start <= box[3] + _NEAR and any(
                rule.start - _NEAR <= wall.place <= rule.end + _NEAR
                and box[2] - _NEAR <= rule.place <= box[3] + _NEAR
                and rule.end >= box[0] - _NEAR
                and rule.start <= box[1] + _NEAR
                for rule in across
            ):
                box[0], box[1] = min(box[0], wall.place), max(box[1], wall.place)
                box[3] = max(box[3], wall.end)
                break
        else:
            boxes.append([wall.place, wall.place, wall.start, wall.end])
    return [(b[0], b[1], b[2], b[3]) for b in boxes if b[1] - b[0] > _SHORTEST_RULE]


def _rows(words: list[Word], across: list[_Rule], down: list[_Rule]) -> list[str]:
    """The rows of a table: the words of each cell in the order of print, cells divided by tabs."""
    edges = _distinct([rule.place for rule in across])
    rows = []
    for top, bottom in pairwise(edges):
        middle = (top + bottom) / 2
        walls = _distinct([rule.place for rule in down if rule.start <= middle <= rule.end])
        cells: list[list[Word]] = [[] for _ in range(len(walls) + 1)]
        for word in words:
            if top <= (word.top + word.bottom) / 2 < bottom:
                cells[bisect_right(walls, (word.left + word.right) / 2)].append(word)
        row = "\t".join(_cell(cell) for cell in cells[1:-1])
        if row.strip():
            rows.append(row.rstrip())  # its first cell may be empty
    return rows


def _cell(words: list[Word]) -> str:
    """The text of a cell; a number or word that the cell was too narrow for is put together."""
    text = ""
    last: Word | None = None
    for word in words:
        broken = (
            last is not None
            and word.top > last.bottom - 1
            and last.text.isdecimal()
            and word.text.isdecimal()
            and len(word.text) < len(last.text)
        )
        text += word.text if broken or last is None else f" {word.text}"
        last = word
    return clean(text)


def _distinct(places: list[float]) -> list[float]:
    """Places that are further apart than a thick rule, in order."""
    distinct: list[float] = []
    for place in sorted(places):
        if not distinct or place - distinct[-1] > _NEAR:
            distinct.append(place)
    return distinct
