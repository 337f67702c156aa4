"""PDF: print with a text layer by PDFium, scanned pages by OCR."""

from __future__ import annotations

import ctypes
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from hoidap.documents import Note
from hoidap.errors import LoaderError
from hoidap.loaders.cleaning import split_lines
from hoidap.loaders.extracted import MAX_TEXT, NOTES, Extracted
from hoidap.loaders.layout import (
    WORD_GAP,
    Line,
    Page,
    Table,
    compose,
    paragraphs,
)
from hoidap.loaders.ocr import MAX_SCANNED, Ocr
from hoidap.loaders.running_heads import drop_running_heads
from hoidap.vietnamese.legacy import unicode_text
from hoidap.vietnamese.text import normalize

# The longest laws and plans have some hundred pages.
MAX_PAGES = 2000
# Letters of a page below which it is looked at as a scan: stamps and page numbers of scanners have
# a handful, a last page with signatures about thirty.
_FEWEST_LETTERS = 20
# Characters of one page; more than any print holds.
_MOST_CHARACTERS = 100_000
# Rules of tables: points.
_THIN = 3.0
_SHORTEST_RULE = 6.0
_NEAR = 4.0
_MOST_RULES = 5000


def load_pdf(data: bytes, progress: Callable[[], None]) -> Extracted:
    """The text of a PDF; ``progress`` is called after each page. Raises `LoaderError`."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise LoaderError("tệp PDF có mật khẩu; hãy bỏ mật khẩu rồi gửi lại") from error
        raise LoaderError("tệp PDF bị hỏng hoặc chưa tải xong") from error
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise LoaderError(f"PDF có {count} trang, nhiều nhất {MAX_PAGES}; hãy chia nhỏ tệp")
        return _read(document, count, progress)
    except pypdfium2.PdfiumError as error:
        raise LoaderError("tệp PDF bị hỏng, có trang không đọc được") from error
    finally:
        document.close()


def _read(document: Any, count: int, progress: Callable[[], None]) -> Extracted:  # noqa: ANN401
    pages: list[Page] = []
    scanned: list[int] = []
    ocr = Ocr()
    length = 0
    for index in range(count):
        page = document[index]
        read = _read_page(page)
        letters = sum(char.isalpha() for line in read.lines for char in line.text)
        if letters < _FEWEST_LETTERS and not read.tables and _has_picture(page):
            if len(scanned) == MAX_SCANNED:
                raise LoaderError(f"PDF có hơn {MAX_SCANNED} trang quét; hãy chia nhỏ tệp")
            read = ocr.read(page)
            scanned.append(index + 1)
        page.close()
        length += sum(len(line.text) for line in read.lines)
        if length > MAX_TEXT:
            raise LoaderError(f"văn bản quá dài, nhiều nhất {MAX_TEXT} ký tự")
        pages.append(read)
        progress()
    pages, notes = _in_unicode(drop_running_heads(pages))
    text, starts = compose(paragraphs(pages), count)
    if not normalize(text).strip():
        raise LoaderError("PDF không có chữ nào đọc được")
    return Extracted(
        text,
        pages=starts,
        notes=((Note.OCR,) if scanned else ()) + notes,
        scanned=tuple(scanned),
    )


def _in_unicode(pages: list[Page]) -> tuple[list[Page], tuple[Note, ...]]:
    """``pages`` with text in the encodings of old fonts converted."""
    texts = [line.text for page in pages for line in page.lines]
    texts += [row for page in pages for table in page.tables for row in table.rows]
    converted, encoding = unicode_text("\n".join(texts))
    if encoding is None:
        return pages, ()
    known = dict(zip(texts, converted.split("\n"), strict=True))
    return [
        replace(
            page,
            lines=tuple(replace(line, text=known[line.text]) for line in page.lines),
            tables=tuple(
                replace(table, rows=tuple(known[row] for row in table.rows))
                for table in page.tables
            ),
        )
        for page in pages
    ], (NOTES[encoding],)


# --- characters to lines ---


@dataclass(frozen=True, slots=True)
class _Word:
    """Characters without white space between them, and the box round them (y downwards)."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    line: int


def clean(text: str) -> str:
    """A line's text as it is quoted: NFC, without control characters, blanks single."""
    return " ".join(" ".join(split_lines(text)).split())


def _read_page(page: Any) -> Page:  # noqa: ANN401 - pypdfium2 is not typed
    textpage = page.get_textpage()
    frame = _frame(page, textpage)
    words = list(_words(textpage, frame))
    textpage.close()
    tables, rest = _ruled_tables(page, words, frame)
    return Page(tuple(_lines(rest)), tuple(tables), frame.height)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A page as it is read: its edges in the file (y upwards), and its quarter turns clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def height(self) -> float:
        """Its height when turned."""
        return self.right - self.left if self.turns % 2 else self.top - self.bottom

    def box(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """Left, right, top and bottom of a box on the turned page (y downwards)."""
        if self.turns == 0:
            return left - self.left, right - self.left, self.top - top, self.top - bottom
        if self.turns == 1:
            return bottom - self.bottom, top - self.bottom, left - self.left, right - self.left
        if self.turns == 2:
            return self.right - right, self.right - left, bottom - self.bottom, top - self.bottom
        return self.top - top, self.top - bottom, self.right - right, self.right - left


def _frame(page: Any, textpage: Any) -> _Frame:  # noqa: ANN401 - pypdfium2 is not typed
    """A page turned so that most of its letters stand upright, as wide tables are printed."""
    import pypdfium2.raw as pdfium

    quarters = Counter(
        round(pdfium.FPDFText_GetCharAngle(textpage, index) / (math.pi / 2)) % 4
        for index in range(min(textpage.count_chars(), _MOST_CHARACTERS))
    )
    turns = -max(quarters, key=quarters.__getitem__) % 4 if quarters else 0
    left, bottom, right, top = page.get_bbox()
    return _Frame(left, bottom, right, top, turns)


def _words(textpage: Any, frame: _Frame) -> Iterator[_Word]:  # noqa: ANN401 - pypdfium2
    """The words of the text layer in its own order."""
    import pypdfium2.raw as pdfium

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    text = ""
    box = [0.0, 0.0, 0.0, 0.0]
    line = 0
    for index in range(min(textpage.count_chars(), _MOST_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        char = chr(code) if 0 < code < 0x110000 else ""
        # U+FFFE stands for a hyphen at which a line was divided.
        char = "-" if char in {"\ufffe", "\x02"} else char
        if char == "\n":
            line += 1
        if not char.strip():
            if text:
                yield _Word(text, box[0], box[1], box[2], box[3], line - (char == "\n"))
                text = ""
            continue
        pdfium.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
        x0, x1, y0, y1 = frame.box(left.value, bottom.value, right.value, top.value)
        if text and x0 - box[1] > WORD_GAP * max(y1 - y0, box[3] - box[2], 1.0):
            yield _Word(text, box[0], box[1], box[2], box[3], line)
            text = ""
        if text:
            box = [min(box[0], x0), max(box[1], x1), min(box[2], y0), max(box[3], y1)]
        else:
            box = [x0, x1, y0, y1]
        text += char
    if text:
        yield _Word(text, box[0], box[1], box[2], box[3], line)


def _lines(words: list[_Word]) -> Iterator[Line]:
    """Words of a line of print joined, divided where a wide gap shows that columns meet."""
    joined: list[_Word] = []
    for word in words:
        if joined:
            last = joined[-1]
            height = max(word.bottom - word.top, last.bottom - last.top, 1.0)
            apart = word.left - last.right > WORD_GAP * height or word.right < last.left
            below = word.top > last.bottom
            if word.line != last.line or apart or below:
                yield from _line(joined)
                joined = []
        joined.append(word)
    yield from _line(joined)


def _line(words: list[_Word]) -> Iterator[Line]:
    text = clean(" ".join(word.text for word in words))
    if text:
        yield Line(
            text,
            left=min(word.left for word in words),
            right=max(word.right for word in words),
            top=min(word.top for word in words),
            bottom=max(word.bottom for word in words),
        )


# --- tables with rules ---


@dataclass(frozen=True, slots=True)
class _Rule:
    """A straight stroke at ``place`` across, from ``start`` to ``end`` along."""

    place: float
    start: float
    end: float


def _ruled_tables(
    page: Any,  # noqa: ANN401 - pypdfium2 is not typed
    words: list[_Word],
    frame: _Frame,
) -> tuple[list[Table], list[_Word]]:
    """The tables drawn with rules, and the words that stand in none."""
    across, down = _rules(page, frame)
    if len(across) < 2 or len(down) < 2:
        return [], words
    tables: list[Table] = []
    rest = words
    for x0, x1, y0, y1 in _grids(across, down):
        inside: list[_Word] = []
        outside: list[_Word] = []
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


def _rules(page: Any, frame: _Frame) -> tuple[list[_Rule], list[_Rule]]:  # noqa: ANN401
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


def _rows(words: list[_Word], across: list[_Rule], down: list[_Rule]) -> list[str]:
    """The rows of a table: the words of each cell in the order of print, cells divided by tabs."""
    edges = _distinct([rule.place for rule in across])
    rows = []
    for top, bottom in pairwise(edges):
        middle = (top + bottom) / 2
        walls = _distinct([rule.place for rule in down if rule.start <= middle <= rule.end])
        cells: list[list[_Word]] = [[] for _ in range(len(walls) + 1)]
        for word in words:
            if top <= (word.top + word.bottom) / 2 < bottom:
                cells[bisect_right(walls, (word.left + word.right) / 2)].append(word)
        row = "\t".join(_cell(cell) for cell in cells[1:-1])
        if row.strip():
            rows.append(row.rstrip())  # its first cell may be empty
    return rows


def _cell(words: list[_Word]) -> str:
    """The text of a cell; a number or word that the cell was too narrow for is put together."""
    text = ""
    last: _Word | None = None
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


def _has_picture(page: Any) -> bool:  # noqa: ANN401 - pypdfium2 is not typed
    """Whether a page draws anything that could be print: pictures, or letters as strokes."""
    import pypdfium2.raw as pdfium

    drawn = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)
    return next(iter(page.get_objects(filter=drawn, max_depth=3)), None) is not None
