"""From lines of print to paragraphs: what a page shows by where things stand.

Coordinates are in points or pixels, x to the right and y downwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Protocol, TypeVar

from hoidap.loaders.cleaning import split_lines
from hoidap.loaders.letterhead import is_title_below_office
from hoidap.vietnamese.text import nfc


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print, or a part of it that stands by itself; ``top`` is less than ``bottom``.

    ``size`` is the height of its font, None where that is not known.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float | None = None

    @property
    def height(self) -> float:
        """The height of its letters, about two thirds of the font's size."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its rows as lines of cells divided by tabs.

    ``ruled`` tells whether rules show where it begins and ends; else it is a row by itself.
    """

    rows: tuple[str, ...]
    top: float
    bottom: float
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines in reading order as far as known, its tables and its height.

    ``notes`` are the texts of the notes at its foot, which are none of its lines.
    """

    lines: tuple[Line, ...]
    tables: tuple[Table, ...]
    height: float
    notes: tuple[str, ...] = ()


_ITEM_RE = re.compile(
    r"(?:Điều \d|Chương [IVXLC\d]|Mục \d|Phần (?:thứ|[IVX\d])|Căn cứ |[-+–•▪➢❖✓*] ?\S"
    r"|[“\"]?\d{1,3}(?:\.\d{1,3})*[.)] ?\D|[“\"]?[a-zđ]\) ?|[IVXLC]{1,6}[.)-] ?\S)"
)
# Lines of a letterhead that stand by themselves however close they follow others.
_LETTERHEAD_RE = re.compile(
    r"(?:\w+ \w+ )?[Ss]ố ?:|CỘNG H|Độc lập|[^,]{2,40}, (?:ngày|tháng) .{1,9}(?:tháng|năm)"
)
# What stands in the left one of two columns at the head of a letter, and at its end.
_SUBJECT_RE = re.compile(r"V/v|Về việc", re.IGNORECASE)
# Who takes part, and beside it the office that each holds.
_PERSON_RE = re.compile(
    r"(?:[-+•] ?|\d{1,3}[.)] ?|[a-zđ]\) ?)?(?:Ông|Bà|Đ/c|Đồng chí|Anh|Chị|Bác sĩ|BS)\b",
    re.IGNORECASE,
)
_POSITION_RE = re.compile(
    r"[-–:]? ?(?:Chức vụ|Chủ|Phó|Trưởng|Ủy viên|UV|Bí thư|Giám đốc|Hiệu|Chánh|Thành viên|Thư ký"
    r"|Chuyên viên|Đại diện|Công chức|Cán bộ|Kế toán|Đội|Tổ|Đảng viên|CT|PCT)\b",
    re.IGNORECASE,
)
_RECEIVERS_RE = re.compile(r"Nơi (?:nhận|gửi)", re.IGNORECASE)
_ENDS_RE = re.compile(r"[.;:!?…][”\"’)]?$|\./\.[”\"]?$")
# In letter heights: how far apart words of one line stand at most (justified lines are wide), how
# much further than the lines of a paragraph two paragraphs stand, also where the one above ends as
# a sentence does, and how deep a paragraph's first line is indented.
WORD_GAP = 3.5
MORE_LEADING = 0.9
_MORE_BEHIND_SENTENCE = 0.35
_INDENT = 0.8
# How many times the font of a heading is as high as that of its text; lines of one text differ by a
# tenth.
_LARGER = 1.25
_HEADING_LETTERS = 10
_HEADING_LEADING = 1.9
# In letter heights: how far below each other the lines of an office stand at most.
_OFFICE_LEADING = 3.0
# Lines of each of two columns of prose, and the share of the column that most of them fill.
_FEWEST_PROSE_LINES = 6
_PROSE_WIDTH = 0.8
# Lines of one column of a letterhead that have none beside them.
_MOST_ALONE = 2


# --- order ---


@dataclass(frozen=True, slots=True)
class _Column:
    """Lines below each other, and the edges of the column of print that they stand in.

    ``leading`` is the usual distance of its lines. ``is_body`` tells the page's own column, and
    those of a page printed in two, from one beside others.
    """

    lines: tuple[Line, ...]
    left: float
    right: float
    leading: float
    is_body: bool


def _beside(one: Line, other: Line) -> bool:
    """Whether two lines stand at the same height, next to each other."""
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    apart = one.right <= other.left or other.right <= one.left
    return apart and overlap > 0.1 * min(one.height, other.height)


def _bands(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines from the top down, those that stand beside each other, also by others, together."""
    ordered = sorted(lines, key=lambda line: (line.top, line.left))
    band: list[Line] = []
    reach = 0.0
    waiting: list[Line] = []
    for position, line in enumerate(ordered):
        band.append(line)
        reach = max(reach, line.bottom)
        following = ordered[position + 1 : position + 40]
        waiting = [x for x in following if x.top < reach]
        if not any(_beside(x, y) for x in waiting for y in band[-40:]):
            yield band
            band, reach = [], 0.0
    if band:
        yield band


def _columns(band: list[Line]) -> list[list[Line]]:
    """The lines of a band by columns from left to right."""
    columns: list[tuple[float, float, list[Line]]] = []
    for line in sorted(band, key=lambda line: line.left):
        if columns and line.left < columns[-1][1]:
            left, right, members = columns[-1]
            members.append(line)
            columns[-1] = (left, max(right, line.right), members)
        else:
            columns.append((line.left, line.right, [line]))
    return [sorted(members, key=lambda line: (line.top, line.left)) for *_, members in columns]


def _merged(bands: Iterable[list[Line]]) -> Iterator[list[Line]]:
    """Bands of two columns put together with the next ones that go on with both.

    So stand the heads of letters: who writes at the left, the state's name at the right; and at
    their end who gets them and who signs. A line of one column alone, between others, belongs to
    them. Of two columns of prose one may be longer.
    """
    held: list[Line] = []
    alone: list[list[Line]] = []
    for band in bands:
        if _is_entry(_columns(band)):
            yield from [held] * bool(held) + alone
            yield band
            held, alone = [], []
            continue
        both = [*held, *chain.from_iterable(alone), *band]
        fits = len(_columns(held)) == 2 == len(_columns(both))
        columns = len(_columns(band))
        if fits and columns == 1 and not alone and _is_of_column(_columns(held), band[0]):
            held = both
        elif fits and columns == 2:
            held, alone = both, []
        elif fits and columns == 1 and (len(alone) < _MOST_ALONE or _are_prose(_columns(held))):
            alone.append(band)
        else:
            yield from [held] * bool(held) + alone
            held, alone = band, []
    while alone and _is_longer(_columns(held), alone[0]):
        held = [*held, *alone.pop(0)]
    yield from [held] * bool(held) + alone


def _is_of_column(columns: Sequence[Sequence[Line]], line: Line) -> bool:
    """Whether a line alone below two columns is of one of them, by what stands at the left.

    That is the subject of a letter, or those who get it, beside whom is who signs.
    """
    left, right = columns
    at_right = line.left >= min(x.left for x in right) - line.height
    if _RECEIVERS_RE.match(left[0].text):
        return at_right or line.text[0] in "-+–•" or nfc(line.text)[0].islower()
    subject = any(_SUBJECT_RE.match(x.text) for x in left)
    return subject and not at_right and nfc(line.text)[0].islower()


def _is_entry(columns: Sequence[Sequence[Line]]) -> bool:
    """Whether these are a person and the office held."""
    if len(columns) != 2 or len(columns[0]) > 1:
        return False
    person, position = columns[0][0].text, columns[1][0].text
    return _PERSON_RE.match(person) is not None and _POSITION_RE.match(position) is not None


def _whole_entries(bands: Iterable[list[Line]]) -> Iterator[list[Line]]:
    """Bands; a line that the office of a person goes on in is of the band above."""
    entry: list[Line] = []
    for band in bands:
        if (more := _rest_of_office(_columns(entry), band)) is not None:
            entry = [*entry, more]
            continue
        if entry:
            yield entry
        entry = band
    if entry:
        yield entry


def _rest_of_office(columns: Sequence[Sequence[Line]], below: Sequence[Line]) -> Line | None:
    """The line below an entry that goes on with its office, below which it is put.

    It stands there, or begins at the left where no indent is set.
    """
    if len(below) > 1 or not _is_entry(columns):
        return None
    line, above = below[0], columns[1][-1]
    near = line.bottom - above.bottom < _OFFICE_LEADING * line.height
    if not near or _ENDS_RE.search(above.text) or _ITEM_RE.match(line.text) or _in_capitals(line):
        return None
    goes_on = nfc(line.text)[0].islower() or above.text.endswith(",")
    at_left = line.left < columns[0][0].left + line.height and goes_on
    if not at_left and abs(line.left - above.left) > line.height:
        return None
    return replace(line, left=above.left, right=max(above.right, line.right))


def _ordered(page: Page) -> Iterator[_Column | Table]:
    """Columns and tables from the top down."""
    left, right = margins_of(page.lines)
    leading = leading_of(page.lines)
    body: list[Line] = []
    tables = sorted(page.tables, key=lambda table: table.top)
    for band in _merged(_whole_entries(_bands(page.lines))):
        columns = _columns(band)
        while tables and tables[0].top < min(line.top for line in band):
            if body:
                yield _Column(tuple(body), left, right, leading, is_body=True)
                body = []
            yield tables.pop(0)
        if len(columns) == 1:
            body += columns[0]
            continue
        if body:
            yield _Column(tuple(body), left, right, leading, is_body=True)
            body = []
        top, bottom = min(x.top for x in band), max(x.bottom for x in band)
        if len(columns) == 2 and not (_are_figures(columns[1]) or _is_entry(columns)):
            prose = _are_prose(columns)
            for column in columns:
                own = leading_of(column) if prose else leading
                yield _Column(tuple(column), *margins_of(column), own, is_body=prose)
        elif len(columns) == 2 and not _is_entry(columns):
            yield Table(tuple(_paired(band)), top, bottom, ruled=False)
        else:  # a row without rules, such as a formula or an entry of a list
            cells = [" ".join(line.text for line in column) for column in columns]
            yield Table(("\t".join(cells),), top, bottom, ruled=False)
    if body:
        yield _Column(tuple(body), left, right, leading, is_body=True)
    yield from tables


def _are_figures(column: Sequence[Line]) -> bool:
    """Whether a column is of a table without rules: it holds figures."""
    return 2 * sum(line.text[0].isdecimal() for line in column) >= len(column)


def _are_prose(columns: Sequence[Sequence[Line]]) -> bool:
    """Whether these are two columns that a text runs through, one after the other."""
    return len(columns) == 2 and all(
        len(column) >= _FEWEST_PROSE_LINES and _fill(column, *margins_of(column))
        for column in columns
    )


def _is_longer(columns: Sequence[Sequence[Line]], below: Sequence[Line]) -> bool:
    """Whether the next lines below two columns of prose are more of one of them."""
    if not _are_prose(columns):
        return False
    column = columns[below[0].left >= min(line.left for line in columns[1])]
    above, first = column[-1], below[0]
    if first.bottom - above.bottom > leading_of(column) + MORE_LEADING * first.height:
        return False
    # A sentence that does not end may go on in the next column, too.
    goes_on = not _ENDS_RE.search(above.text) and nfc(first.text)[0].islower()
    return goes_on or _fill(below, *margins_of(column))


def _fill(lines: Sequence[Line], left: float, right: float) -> bool:
    """Whether most lines are nearly as wide as their column."""
    return 2 * sum(x.right - x.left > _PROSE_WIDTH * (right - left) for x in lines) > len(lines)


def _paired(band: Sequence[Line]) -> Iterator[str]:
    """The rows of a table without rules, as far as lines stand at the same height."""
    for row in rows_of(band):
        yield "\t".join(x.text for x in sorted(row, key=lambda x: x.left))


class Printed(Protocol):
    """What stands on a page."""

    @property
    def left(self) -> float:
        """Where it begins across."""

    @property
    def right(self) -> float:
        """Where it ends across."""

    @property
    def top(self) -> float:
        """Where it begins."""

    @property
    def bottom(self) -> float:
        """Where it ends, further down."""


_P = TypeVar("_P", bound=Printed)


def box_of(parts: Sequence[Printed]) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of what ``parts`` make up together."""
    return (
        min(part.left for part in parts),
        max(part.right for part in parts),
        min(part.top for part in parts),
        max(part.bottom for part in parts),
    )


def clean(text: str) -> str:
    """A line's text as it is quoted: NFC, without control characters, blanks single."""
    return " ".join(" ".join(split_lines(text)).split())


def rows_of(lines: Iterable[_P]) -> Iterator[list[_P]]:
    """Lines or words from the top down, those at the same height together."""
    row: list[_P] = []
    for line in sorted(lines, key=lambda line: line.top + line.bottom):
        if row and line.top + line.bottom > 2 * row[0].bottom:
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def margins_of(lines: Sequence[Line]) -> tuple[float, float]:
    """Where print begins and ends: as far as several lines reach, or stamps would count."""
    if not lines:
        return 0.0, 0.0
    few = len(lines) // 10
    lefts = sorted(line.left for line in lines)
    rights = sorted((line.right for line in lines), reverse=True)
    return lefts[few], rights[few]


# --- paragraphs ---


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text, and the offsets in it at which pages begin, each with the page's number from 1."""

    text: str
    starts: tuple[tuple[int, int], ...]


def paragraphs(pages: Sequence[Page]) -> list[Paragraph]:
    """The paragraphs and tables of ``pages`` in order, joined across lines and pages.

    The notes of a page stand behind its last paragraph, or before it where it goes on on the next
    page, so that they are found on their own.
    """
    done: list[Paragraph] = []
    notes: list[Paragraph] = []  # of the pages before
    last: tuple[Line, _Column] | None = None  # the line that may go on, and where it stands
    for number, page in enumerate(pages, start=1):
        first_of_page, open_table = True, False
        for block in _ordered(page):
            if isinstance(block, Table):
                rows = "\n".join(block.rows)
                done += notes
                notes = []
                if open_table and not block.ruled:
                    done[-1] = replace(done[-1], text=f"{done[-1].text}\n{rows}")
                else:
                    done.append(Paragraph(rows, ((0, number),)))
                last, first_of_page, open_table = None, False, not block.ruled
                continue
            open_table = False
            # The next page or column.
            turned = first_of_page or (last is not None and block.lines[0].top < last[0].top)
            previous = last if turned and block.is_body else None
            for line in block.lines:
                joins = previous is not None and _goes_on(
                    previous[0], previous[1], line, block, None if turned else block.leading
                )
                before = len(done) - joins
                done[before:before] = notes
                notes = []
                if joins:
                    done[-1] = _joined(done[-1], line.text, number if first_of_page else None)
                else:
                    done.append(Paragraph(line.text, ((0, number),)))
                previous = line, block
                first_of_page = turned = False
            last = previous if block.is_body else None
        notes += [Paragraph(note, ((0, number),)) for note in page.notes]
    return done + notes


def leading_of(lines: Sequence[Line]) -> float:
    """The usual distance from the foot of a line to that of the next below it."""
    ordered = sorted(lines, key=lambda line: line.bottom)
    steps = sorted(
        below.bottom - above.bottom
        for above, below in pairwise(ordered)
        if below.top > above.top + above.height / 2
    )
    return steps[len(steps) // 2] if steps else 0.0


def _joined(paragraph: Paragraph, text: str, page: int | None) -> Paragraph:
    gap = gap_behind(paragraph.text)
    start = len(paragraph.text) + len(gap)
    starts = paragraph.starts if page is None else (*paragraph.starts, (start, page))
    return Paragraph(f"{paragraph.text}{gap}{text}", starts)


def gap_behind(text: str) -> str:
    """What is written between a line and the next.

    What is divided at its own hyphen, such as 72/2011/TTLT-BTC, is written without a blank.
    """
    return "" if re.search(r"\w-$", text) else " "


def _goes_on(
    above: Line, column: _Column, line: Line, below: _Column, leading: float | None
) -> bool:
    """Whether ``line`` goes on with the sentence or heading of the line ``above``.

    ``leading`` is None between pages and columns. A line that could have taken the next word ended
    a paragraph.
    """
    if _differ_in_size(above, line):
        return False
    height = max(min(line.height, above.height), 1.0)
    small = nfc(line.text)[:1].islower()
    ended = bool(_ENDS_RE.search(above.text))
    if leading is not None:
        more = _MORE_BEHIND_SENTENCE if ended and not small else MORE_LEADING
        if line.bottom - above.bottom > leading + more * height:
            return False
    # Where few lines of a page are full, the margin is told by the line itself.
    right = column.right if leading is None else max(column.right, line.right)
    item = bool(_ITEM_RE.match(line.text))
    if (ended and item) or (not below.is_body and _LETTERHEAD_RE.match(line.text)):
        return False
    if _in_capitals(above) or _in_capitals(line):
        # A heading over several lines; its words may be divided anywhere.
        close = leading is None or line.bottom - above.bottom < _HEADING_LEADING * height
        both = above.text.isupper() and line.text.isupper() and close
        if is_title_below_office(above.text, line.text):
            return False
        return both and not item and _is_full(above, right, line, slack=3.0)
    indented = line.left > below.left + _INDENT * height
    if _is_centred(above, column) and _is_centred(line, below):
        return small or (not ended and not item and _is_full(above, right, line, slack=8.0))
    full = _is_full(above, right, line, slack=1.2)
    if not full:
        # Ragged lines of a sentence that is not at its end.
        return small and not ended and not item and _is_full(above, right, line, slack=6.0)
    return not (indented and (ended or item or not small) and below.is_body)


def _differ_in_size(one: Line, other: Line) -> bool:
    """Whether the fonts of two lines are of sizes that no text changes between."""
    if one.size is None or other.size is None:
        return False
    return max(one.size, other.size) > _LARGER * min(one.size, other.size)


def _in_capitals(line: Line) -> bool:
    """Whether a line is a heading in capitals, not just an abbreviation."""
    return line.text.isupper() and sum(char.isalpha() for char in line.text) >= _HEADING_LETTERS


def _is_full(above: Line, right: float, line: Line, *, slack: float) -> bool:
    """Whether the first word of ``line`` does not fit behind ``above``, up to ``right``."""
    word = line.text.split(" ", 1)[0]
    width = (line.right - line.left) * (len(word) + 1) / max(len(line.text), 1)
    return above.right + width > right - slack * above.height


def _is_centred(line: Line, column: _Column) -> bool:
    """Whether a line stands in the middle of its column, away from both edges."""
    left, right = line.left - column.left, column.right - line.right
    return (
        left > 2 * line.height and right > 2 * line.height and abs(left - right) < 3 * line.height
    )


# --- text ---


def compose(found: Iterable[Paragraph], pages: int) -> tuple[str, tuple[int, ...]]:
    """The text of all paragraphs, and the offset at which each of so many pages starts.

    A page without print starts where the next one does.
    """
    parts: list[str] = []
    starts: dict[int, int] = {1: 0}
    length = 0
    for paragraph in found:
        for offset, page in paragraph.starts:
            starts.setdefault(page, length + offset)
        parts.append(paragraph.text)
        length += len(paragraph.text) + 2
    text = "\n\n".join(parts)
    following = len(text)
    offsets = []
    for page in range(pages, 0, -1):
        following = starts.get(page, following)
        offsets.append(following)
    return text, tuple(reversed(offsets))
