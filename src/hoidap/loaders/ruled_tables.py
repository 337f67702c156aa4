"""Tables of a PDF that are drawn with rules."""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median_low
from typing import Any

from hoidap.loaders.layout import Table, clean, rows_of
from hoidap.loaders.textlayer import Frame, Word

# Points.
_THIN = 3.0
_SHORTEST_RULE = 6.0
_NEAR = 4.0
# Walls less apart than this are one that stands a little aside in some rows.
_NARROW = 10.0
# Pieces of one rule are drawn at the same place up to rounding.
_SAME_PLACE = 1.0
# The room that Word leaves between a wall and the text beside it is 5.4.
_PADDING = 6.0
_MOST_RULES = 5000
# Rules of a page with tables without walls.
_MOST_ROWS = 500
# The rows between two rules of a table without walls; two columns of prose are higher.
_TALLEST_BAND = 120.0
# Share of a font's height that columns without walls stand apart at least; a blank is a quarter.
_COLUMN_GAP = 0.5
# Share of the page's width and height that a border spans; tables between margins span less of one.
_WHOLE_PAGE = 0.85
_FIGURE_RE = re.compile(r"[-–+]?\d[\d.,]*%?|[-–]")


@dataclass(frozen=True, slots=True)
class _Rule:
    """A straight stroke at ``place`` across, from ``start`` to ``end`` along."""

    place: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Cell:
    """The words of a cell in the order of print, and the walls beside it."""

    words: tuple[Word, ...]
    left: float
    right: float


def ruled_tables(
    page: Any,  # noqa: ANN401 - pypdfium2 is not typed
    words: list[Word],
    frame: Frame,
) -> tuple[list[Table], list[Word]]:
    """The tables drawn with rules, and the words that stand in none."""
    across, down = _rules(page, frame)
    # A stroke that ends at one rule only is a mark in the margin.
    walls = [wall for wall in down if _crossed(wall, across) >= 2]
    supposed = _supposed(across, walls, words)
    across, walls = [*across, *supposed[0]], [*walls, *supposed[1]]
    tables: list[Table] = []
    rest = words
    for box in _grids(across, walls):
        grid = _grid(box, across, walls)
        if grid is None:
            continue
        inside = [word for word in rest if grid.holds(word)]
        rows = _rows(inside, grid)
        # A frame round a heading or a formula is no table, nor is colour behind words.
        has_cells = any(len(walls) > 2 for *_, walls in grid.bands())
        if has_cells and len(rows) >= 2 and any("\t" in row.strip() for row in rows):
            tables.append(Table(tuple(rows), grid.top, grid.bottom))
            rest = [word for word in rest if not grid.holds(word)]
    return tables, rest


# --- rules ---


def _rules(page: Any, frame: Frame) -> tuple[list[_Rule], list[_Rule]]:  # noqa: ANN401
    """The strokes across and down a page, but for a border round it; of a rectangle its sides.

    Colour makes cells, too, where it reaches from wall to wall or there are no walls; within a cell
    it is behind words.
    """
    import pypdfium2.raw as pdfium

    across: list[_Rule] = []
    down: list[_Rule] = []
    coloured: list[tuple[float, float, float, float]] = []
    for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, right, y0, y1 = box = frame.box(*found.get_bounds())
        wide, high = right - left > _SHORTEST_RULE, y1 - y0 > _SHORTEST_RULE
        if wide and y1 - y0 < _THIN:
            across.append(_Rule((y0 + y1) / 2, left, right))
        elif high and right - left < _THIN:
            down.append(_Rule((left + right) / 2, y0, y1))
        elif wide and high and not _is_stroked(found):
            coloured.append(box)
        elif wide and high:
            _add_sides(box, across, down)
        if len(across) + len(down) + 4 * len(coloured) > _MOST_RULES:
            return [], []  # a drawing or a map
    drawn = _without_border(list(_whole(across)), list(_whole(down)), frame)
    for box in coloured:
        if not _is_in_cell(box, *drawn):
            _add_sides(box, across, down)
    return _without_border(list(_whole(across)), list(_whole(down)), frame)


def _is_stroked(path: Any) -> bool:  # noqa: ANN401 - pypdfium2 is not typed
    """Whether the outline of a path is drawn, not only what is in it."""
    import pypdfium2.raw as pdfium

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    return bool(stroke)


def _add_sides(
    box: tuple[float, float, float, float], across: list[_Rule], down: list[_Rule]
) -> None:
    left, right, y0, y1 = box
    across += [_Rule(y0, left, right), _Rule(y1, left, right)]
    down += [_Rule(left, y0, y1), _Rule(right, y0, y1)]


def _is_in_cell(
    box: tuple[float, float, float, float], across: Iterable[_Rule], down: Iterable[_Rule]
) -> bool:
    """Whether strokes run at all four sides of a box, and it does not reach from wall to wall."""
    left, right, y0, y1 = box
    x, y = (left + right) / 2, (y0 + y1) / 2
    over = [rule.place for rule in across if rule.start <= x <= rule.end]
    beside = [rule.place for rule in down if rule.start <= y <= rule.end]
    before = [place for place in beside if place <= left + _NEAR]
    behind = [place for place in beside if place >= right - _NEAR]
    if not over or min(over) > y0 + _NEAR or max(over) < y1 - _NEAR or not before or not behind:
        return False
    return max(before) < left - _NEAR or min(behind) > right + _NEAR


def _whole(pieces: Iterable[_Rule]) -> Iterator[_Rule]:
    """Rules put together from the pieces that are drawn of them for each cell."""
    for line in _same_place(pieces):
        rule, *rest = sorted(line, key=lambda rule: rule.start)
        for piece in rest:
            if piece.start > rule.end + _NEAR:
                yield rule
                rule = piece
            else:
                rule = _Rule(rule.place, rule.start, max(rule.end, piece.end))
        yield rule


def _same_place(pieces: Iterable[_Rule]) -> Iterator[list[_Rule]]:
    """Pieces that stand in one line."""
    line: list[_Rule] = []
    for piece in sorted(pieces, key=lambda rule: rule.place):
        if line and piece.place > line[0].place + _SAME_PLACE:
            yield line
            line = []
        line.append(piece)
    if line:
        yield line


def _meet(one: _Rule, other: _Rule) -> bool:
    """Whether a stroke across and one down touch or cross."""
    return (
        one.start - _NEAR <= other.place <= one.end + _NEAR
        and other.start - _NEAR <= one.place <= other.end + _NEAR
    )


def _crossed(one: _Rule, others: Iterable[_Rule]) -> int:
    """How many of ``others``, which run the other way, a stroke touches at different places."""
    return len(_distinct(other.place for other in others if _meet(other, one)))


def _without_border(
    across: list[_Rule], down: list[_Rule], frame: Frame
) -> tuple[list[_Rule], list[_Rule]]:
    """The strokes but for those of a border round the page, which nothing within it touches."""
    ends, sides = _spanning(across, down, frame.width), _spanning(down, across, frame.height)
    if len(ends) < 2 or len(sides) < 2:
        return across, down
    return [rule for rule in across if rule not in ends], [x for x in down if x not in sides]


def _spanning(rules: list[_Rule], others: list[_Rule], size: float) -> list[_Rule]:
    """The strokes that run along nearly all of a page of that size, and touch two others only."""
    return [
        rule
        for rule in rules
        if rule.end - rule.start > _WHOLE_PAGE * size and _crossed(rule, others) == 2
    ]


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


def _supposed(
    across: Sequence[_Rule], walls: Sequence[_Rule], words: Sequence[Word]
) -> tuple[list[_Rule], list[_Rule]]:
    """What is not drawn of tables with rules across only: rules between rows, and walls.

    Walls are at their sides, and where words stand in no row.
    """
    rows: list[_Rule] = []
    found: list[_Rule] = []
    for rules in _alike(across):
        left, right = rules[0].start, rules[0].end
        run: list[_Rule] = rules[:1]
        gaps: list[float] = []
        inside: list[Word] = []
        for rule in (*rules[1:], None):
            more: list[Word] = []
            if rule is not None and _are_rows(run[-1], rule, walls):
                more = [word for word in words if _is_between(word, run[-1], rule)]
            if rule is not None and more and (wider := _gaps([*inside, *more])):
                run, gaps, inside = [*run, rule], wider, [*inside, *more]
                continue
            # Two rows at least.
            if len(run) > 2:
                places = (left, *gaps, right)
                found += [_Rule(place, run[0].place, run[-1].place) for place in places]
                # Lines of a head are more often of one row.
                for above, below in pairwise(run[1:]):
                    within = [word for word in inside if _is_between(word, above, below)]
                    rows += [_Rule(place, left, right) for place in _divisions(within, gaps)]
            if rule is not None:
                run, gaps, inside = [rule], [], []
    return rows, found


def _alike(across: Sequence[_Rule]) -> list[list[_Rule]]:
    """Rules that begin and end below each other, from the top down."""
    groups: list[list[_Rule]] = []
    if len(across) > _MOST_ROWS:
        return groups
    for rule in sorted(across, key=lambda rule: rule.place):
        for group in groups:
            first = group[0]
            if abs(rule.start - first.start) <= _NEAR and abs(rule.end - first.end) <= _NEAR:
                # Two at one place are a thick one.
                if rule.place - group[-1].place > _NEAR:
                    group.append(rule)
                break
        else:
            groups.append([rule])
    return [group for group in groups if len(group) > 2]


def _are_rows(above: _Rule, below: _Rule, walls: Iterable[_Rule]) -> bool:
    """Whether rows without walls may stand between two rules."""
    return below.place - above.place <= _TALLEST_BAND and not any(
        above.start - _NEAR <= wall.place <= above.end + _NEAR
        and wall.start < below.place - _NEAR
        and wall.end > above.place + _NEAR
        for wall in walls
    )


def _is_between(word: Word, above: _Rule, below: _Rule) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return above.start <= x <= above.end and above.place <= y < below.place


def _divisions(words: Sequence[Word], gaps: Sequence[float]) -> list[float]:
    """Heights between the lines of what two rules hold, where two of them fill several columns."""
    lines = list(rows_of(words))
    filled = [{bisect_right(gaps, (x.left + x.right) / 2) for x in line} for line in lines]
    if sum(len(columns) > 1 for columns in filled) < 2:
        return []
    return [
        (max(x.bottom for x in above) + min(x.top for x in below)) / 2
        for above, below in pairwise(lines)
    ]


def _gaps(words: Sequence[Word]) -> list[float]:
    """The middles of what no word reaches into, wider than between words of a line."""
    gaps: list[float] = []
    widest = _COLUMN_GAP * median_low(word.size for word in words)
    reach = math.inf
    for word in sorted(words, key=lambda word: word.left):
        if word.left - reach > widest:
            gaps.append((reach + word.left) / 2)
        reach = word.right if reach == math.inf else max(reach, word.right)
    return gaps


# --- rows and cells ---


@dataclass(frozen=True, slots=True)
class _Grid:
    """The walls of a table, and the heights at which its rows begin and end.

    Rules may reach beyond the walls at ``left`` and ``right``, where a table has no outer walls,
    and walls beyond the outer rules.
    """

    walls: tuple[_Rule, ...]
    rules: tuple[_Rule, ...]
    edges: tuple[float, ...]
    left: float
    right: float

    @property
    def top(self) -> float:
        return self.edges[0]

    @property
    def bottom(self) -> float:
        return self.edges[-1]

    def holds(self, word: Word) -> bool:
        """Whether the middle of a word is in the table."""
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        return self.left <= x <= self.right and self.top <= y < self.bottom

    def bands(self) -> Iterator[tuple[float, float, list[float]]]:
        """From the top down: top and bottom of what two edges hold, and its walls."""
        for top, bottom in pairwise(self.edges):
            middle = (top + bottom) / 2
            walls = [wall.place for wall in self.walls if wall.start <= middle <= wall.end]
            yield top, bottom, _distinct(walls)

    def divides(self, height: float, cell: _Cell) -> bool:
        """Whether a rule runs at ``height`` across the middle of a cell."""
        middle = (max(cell.left, self.left) + min(cell.right, self.right)) / 2
        return any(
            abs(rule.place - height) <= _NEAR and rule.start <= middle <= rule.end
            for rule in self.rules
        )


def _grid(
    box: tuple[float, float, float, float], across: list[_Rule], down: list[_Rule]
) -> _Grid | None:
    """The table in a box; it reaches as far as two of its strokes do."""
    x0, x1, y0, y1 = box
    walls = [
        wall
        for wall in down
        if x0 - _NEAR <= wall.place <= x1 + _NEAR and wall.start < y1 and wall.end > y0
    ]
    # A stroke that touches no two walls is a line below words.
    rules = [
        rule
        for rule in across
        if y0 - _NEAR <= rule.place <= y1 + _NEAR and _crossed(rule, walls) >= 2
    ]
    if len(rules) < 2 or len(walls) < 2:
        return None
    edges = [rule.place for rule in rules]
    top, bottom = _reach(walls)
    left, right = _reach(rules)
    edges += [top] * (top < min(edges) - _NEAR) + [bottom] * (bottom > max(edges) + _NEAR)
    edges = _distinct(edges)
    return _Grid(tuple(walls), tuple(rules), tuple(edges), min(x0, left), max(x1, right))


def _reach(strokes: Sequence[_Rule]) -> tuple[float, float]:
    """Where the second of ``strokes`` begins and the last but one ends."""
    return sorted(x.start for x in strokes)[1], sorted(x.end for x in strokes)[-2]


def _rows(words: list[Word], grid: _Grid) -> list[str]:
    """The rows of a table: the words of each cell in the order of print, cells divided by tabs.

    The words of a cell that spans rows stand in the first of them; a cell that spans columns is
    followed by empty ones.
    """
    columns = _distinct((wall.place for wall in grid.walls), _NARROW)
    rows = []
    for cells in _whole_cells(words, grid, columns):
        for line in _divided(cells):
            row = "\t".join(_text(cell) + "\t" * _spanned(cell, columns) for cell in line)
            if row.strip():
                rows.append(row.rstrip())  # its first cell may be empty
    return rows


def _whole_cells(words: list[Word], grid: _Grid, columns: Sequence[float]) -> list[list[_Cell]]:
    """The cells of each row, empty where the one above reaches into the row."""
    outer = [(word.left + word.right) / 2 for word in words]
    outer += [wall.place for wall in grid.walls]
    rows: list[list[_Cell]] = []
    # By their columns the cells of the row above: the row and the place in it where each begins.
    above: dict[tuple[int, int], tuple[int, int]] = {}
    for number, (top, bottom, walls) in enumerate(grid.bands()):
        # Beside the walls of a row are cells only where the table goes on, open at its side.
        first = 0 if not walls or min(outer) < walls[0] - _NEAR else 1
        last = len(walls) + 1 if not walls or max(outer) > walls[-1] + _NEAR else len(walls)
        within = [word for word in words if top <= (word.top + word.bottom) / 2 < bottom]
        row = _cells(within, walls)[first:last]
        begun = {}
        for place, cell in enumerate(row):
            extent = _extent(cell, columns)
            begun[extent] = number, place
            if extent in above and not grid.divides(top, cell):
                begun[extent] = start, at = above[extent]
                both = {*rows[start][at].words, *cell.words}
                # A line of print may stand on the height where other cells are divided.
                rows[start][at] = replace(cell, words=tuple(w for w in words if w in both))
                row[place] = replace(cell, words=())
        rows.append(row)
        above = begun
    return rows


def _extent(cell: _Cell, columns: Sequence[float]) -> tuple[int, int]:
    """The numbers of the walls at the left and right of a cell, from 1; 0 where it is open."""
    return bisect_right(columns, cell.left), bisect_right(columns, cell.right)


def _spanned(cell: _Cell, columns: Sequence[float]) -> int:
    """How many columns a cell reaches into beyond its own."""
    left, right = _extent(cell, columns)
    return max(right - max(left, 1) - 1, 0)


def _cells(words: Iterable[Word], walls: Sequence[float]) -> list[_Cell]:
    """Words by the walls between them, with those before the first wall and behind the last."""
    cells: list[list[Word]] = [[] for _ in range(len(walls) + 1)]
    for word in words:
        cells[bisect_right(walls, (word.left + word.right) / 2)].append(word)
    bounds = pairwise([-math.inf, *walls, math.inf])
    return [
        _Cell(tuple(cell), left, right) for cell, (left, right) in zip(cells, bounds, strict=True)
    ]


def _divided(cells: Sequence[_Cell]) -> list[Sequence[_Cell]]:
    """A row without rules in it as the rows it holds.

    So it is where two cells at least hold figures below each other and the last lines of all cells
    stand at the same height; the lines of a long text in one cell would not.
    """
    filled = [cell.words for cell in cells if cell.words]
    if sum(map(_are_figures, cells)) < 2 or not all(
        _level(words[-1], filled[0][-1]) for words in filled
    ):
        return [cells]
    lines = rows_of(word for words in filled for word in words)
    return [
        [_Cell(tuple(w for w in cell.words if w in line), cell.left, cell.right) for cell in cells]
        for line in map(set, lines)
    ]


def _are_figures(cell: _Cell) -> bool:
    """Whether a cell holds two figures or more below each other, none broken, and nothing else."""
    return (
        len(cell.words) >= 2
        and all(_FIGURE_RE.fullmatch(word.text) for word in cell.words)
        and all(
            _below(word, last) and not _fills(last, cell) for last, word in pairwise(cell.words)
        )
    )


def _level(one: Word, other: Word) -> bool:
    """Whether two words stand at the same height."""
    return one.top < (other.top + other.bottom) / 2 < one.bottom


def _below(word: Word, last: Word) -> bool:
    return word.top > last.bottom - 1


def _text(cell: _Cell) -> str:
    """The text of a cell; a number that the cell was too narrow for is put together."""
    words = cell.words
    broken = (
        len(words) >= 2
        and all(word.text.isdecimal() for word in words)
        and all(_below(word, last) and _fills(last, cell) for last, word in pairwise(words))
        and len(words[-1].text) < len(words[0].text)
    )
    return clean(("" if broken else " ").join(word.text for word in words))


def _fills(word: Word, cell: _Cell) -> bool:
    """Whether no letter more had fitted into the cell beside a word that stands alone in a line."""
    room = (word.left - cell.left) + (cell.right - word.right)
    letter = (word.right - word.left) / len(word.text)
    return room < letter + 2 * _PADDING


def _distinct(places: Iterable[float], apart: float = _NEAR) -> list[float]:
    """Places that are further apart than that, by default than a thick rule, in order."""
    distinct: list[float] = []
    for place in sorted(places):
        if not distinct or place - distinct[-1] > apart:
            distinct.append(place)
    return distinct
