"""The text layer of a PDF: its characters put together to words and lines of print."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hoidap.loaders.cleaning import split_lines
from hoidap.loaders.layout import WORD_GAP, Line

# Characters of one page; more than any print holds.
_MOST_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without white space between them, and the box round them (y downwards)."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
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


def clean(text: str) -> str:
    """A line's text as it is quoted: NFC, without control characters, blanks single."""
    return " ".join(" ".join(split_lines(text)).split())


# --- characters to words ---


def words_of(textpage: Any, frame: Frame) -> Iterator[Word]:  # noqa: ANN401 - pypdfium2
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
                yield Word(text, box[0], box[1], box[2], box[3], line - (char == "\n"))
                text = ""
            continue
        pdfium.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
        x0, x1, y0, y1 = frame.box(left.value, bottom.value, right.value, top.value)
        # A figure of one digit below another, which goes without a change of line.
        below = char.isdecimal() and text.isdecimal() and (y0 > box[3] or y1 < box[2])
        if text and (below or x0 - box[1] > WORD_GAP * max(y1 - y0, box[3] - box[2], 1.0)):
            yield Word(text, box[0], box[1], box[2], box[3], line)
            text = ""
        if text:
            box = [min(box[0], x0), max(box[1], x1), min(box[2], y0), max(box[3], y1)]
        else:
            box = [x0, x1, y0, y1]
        text += char
    if text:
        yield Word(text, box[0], box[1], box[2], box[3], line)


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
        yield Line(
            text,
            left=min(word.left for word in words),
            right=max(word.right for word in words),
            top=min(word.top for word in words),
            bottom=max(word.bottom for word in words),
        )
