"""The text layer of a PDF: its characters put together to words and lines of print."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from typing import Any

from hoidap.loaders.layout import WORD_GAP, Line, box_of, clean
from hoidap.loaders.symbols import raised, with_signs

# Characters of one page; more than any print holds.
_MOST_CHARACTERS = 100_000
# Shares of the height of a full digit: how high a raised one is at most, and how far it is raised
# at least; LibreOffice makes it 0.58 as high and raises it by 0.6.
_SMALL = 0.8
_RAISED_BY = 0.25
# Shares of the height of a line's letters: how far apart the feet of letters of one line stand at
# most, and the least gap between words.
_MOST_RAISED = 0.7
_BLANK = 0.2
# Quarter turns by which what is written across a page differs from its lines at least, and its
# height: "DỰ THẢO" is behind the text, not in it. Heads of columns may be slanted, too.
_SLANTED = 0.1
_TALL = 30.0
# Bytes of a font's name.
_LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without white space between them, and the box round them (y downwards).

    ``size`` is the height of its font, from the highest letters to the deepest.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    line: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A page as it is read: its edges in the file (y upwards), and its quarter turns clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def width(self) -> float:
        """Its width when turned."""
        return self.top - self.bottom if self.turns % 2 else self.right - self.left

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


def frame_of(page: Any, textpage: Any) -> Frame:  # noqa: ANN401 - pypdfium2 is not typed
    """A page turned so that most of its letters stand upright, as wide tables are printed."""
    import pypdfium2.raw as pdfium

    quarters = Counter(
        round(pdfium.FPDFText_GetCharAngle(textpage, index) / (math.pi / 2)) % 4
        for index in range(min(textpage.count_chars(), _MOST_CHARACTERS))
    )
    turns = -max(quarters, key=quarters.__getitem__) % 4 if quarters else 0
    left, bottom, right, top = page.get_bbox()
    return Frame(left, bottom, right, top, turns)


# --- characters to words ---


@dataclass(frozen=True, slots=True)
class _Char:
    """A character that is no white space, its box and the line that it stands on (y downwards).

    ``line`` is the number of its line, ``begins`` tells whether white space stands before it.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    baseline: float
    size: float
    line: int
    begins: bool

    @property
    def height(self) -> float:
        return self.bottom - self.top


def words_of(textpage: Any, frame: Frame) -> Iterator[Word]:  # noqa: ANN401 - pypdfium2
    """The words of the text layer in its own order."""
    word: list[_Char] = []
    right = top = bottom = 0.0
    for char in _chars(textpage, frame):
        height = max(char.height, bottom - top, 1.0)
        apart = char.left - right > WORD_GAP * height
        if word and (char.begins or apart or _is_figure_below(char, word[-1])):
            yield _word(word)
            word = []
        if not word:
            right, top, bottom = char.right, char.top, char.bottom
        right, top, bottom = max(right, char.right), min(top, char.top), max(bottom, char.bottom)
        word.append(char)
    if word:
        yield _word(word)


def _is_figure_below(char: _Char, last: _Char) -> bool:
    """Whether a digit stands in another line than the one before.

    PDFium changes no line where a figure of one digit stands below another.
    """
    apart = char.top > last.bottom or char.bottom < last.top
    return apart and char.text.isdecimal() and last.text.isdecimal()


def _word(chars: Sequence[_Char]) -> Word:
    text = ""
    figure: _Char | None = None  # the last digit of full size
    for char in chars:
        if figure is not None and char.text.isdecimal() and _is_raised(char, figure):
            text += raised(char.text)
        else:
            text += char.text
            figure = char if char.text.isdecimal() else None
    return Word(
        text,
        *box_of(chars),
        size=max(char.size for char in chars),
        line=chars[0].line,
    )


def _is_raised(digit: _Char, figure: _Char) -> bool:
    """Whether a digit is an exponent or the mark of a note behind a figure."""
    return (
        digit.height < _SMALL * figure.height
        and digit.bottom < figure.bottom - _RAISED_BY * figure.height
    )


def _chars(textpage: Any, frame: Frame) -> Iterator[_Char]:  # noqa: ANN401 - pypdfium2
    """The characters of the text layer in its own order, but for white space."""
    import pypdfium2.raw as pdfium

    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    last: _Char | None = None
    tallest = 0.0  # of the line
    line, begins, changes = 0, False, False
    for index in range(min(textpage.count_chars(), _MOST_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        text = chr(code) if 0 < code < 0x110000 else ""
        if not text.isprintable():  # of the private area, perhaps
            text = _sign(text, _font(textpage, index))
        # U+FFFE stands for a hyphen at which a line was divided.
        text = "-" if text in {"\ufffe", "\x02"} else text
        if not text.strip():
            if text in {"\r", "\n"}:
                changes = True
            else:
                begins = True
            continue
        if _is_across(textpage, index, frame):
            changes = True
            continue
        pdfium.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
        x0, x1, y0, y1 = frame.box(left.value, bottom.value, right.value, top.value)
        pdfium.FPDFText_GetCharOrigin(textpage, index, x, y)
        start, _, _, baseline = frame.box(x.value, y.value, x.value, y.value)
        char = _Char(text, x0, x1, y0, y1, baseline, _size(textpage, index, frame), line, begins)
        if changes and last is not None:
            if _is_behind(char, last, max(tallest, char.height)):
                begins |= start - last.right > _BLANK * tallest
            else:
                line, begins, tallest = line + 1, True, 0.0
            char = replace(char, line=line, begins=begins)
        yield char
        last, tallest = char, max(tallest, char.height)
        begins = changes = False


def _is_across(textpage: Any, index: int, frame: Frame) -> bool:  # noqa: ANN401 - pypdfium2
    """Whether a character is of what is written large and slanted across a page."""
    import pypdfium2.raw as pdfium

    quarters = pdfium.FPDFText_GetCharAngle(textpage, index) / (math.pi / 2)
    slanted = abs(quarters - round(quarters)) > _SLANTED
    return slanted and _size(textpage, index, frame) > _TALL


def _size(textpage: Any, index: int, frame: Frame) -> float:  # noqa: ANN401 - pypdfium2
    """The height of the font of a character, as it is printed."""
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(textpage, index, box)
    *_, top, bottom = frame.box(box.left, box.bottom, box.right, box.top)
    return bottom - top


def _font(textpage: Any, index: int) -> str:  # noqa: ANN401 - pypdfium2
    """The name of the font of a character."""
    import pypdfium2.raw as pdfium

    name = ctypes.create_string_buffer(_LONGEST_NAME)
    pdfium.FPDFText_GetFontInfo(textpage, index, name, _LONGEST_NAME, None)
    return name.value.decode("utf-8", "replace")


def _sign(char: str, font: str) -> str:
    """What a private character shows; the marks of lists also where another font is put in."""
    mark = with_signs(char, "")
    known = next((name for name in ("Wingdings", "Symbol") if name in font), "")
    return mark if mark != char else with_signs(char, known)


def _is_behind(char: _Char, last: _Char, height: float) -> bool:
    """Whether a character goes on with the line of the one before.

    PDFium changes the line behind what is raised or lowered a little, such as the exponent of m².
    """
    return (
        -_BLANK * height < char.left - last.right < WORD_GAP * height
        and abs(char.baseline - last.baseline) < _MOST_RAISED * height
    )


# --- words to lines ---


def lines_of(words: Iterable[Word]) -> Iterator[Line]:
    """Words of a line of print joined, divided where a wide gap shows that columns meet."""
    joined: list[Word] = []
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


def _line(words: list[Word]) -> Iterator[Line]:
    text = clean(" ".join(word.text for word in words))
    if text:
        yield Line(text, *box_of(words), size=median_low(word.size for word in words))
