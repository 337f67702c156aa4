"""Scanned pages, read by Tesseract where it is installed."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hoidap.errors import LoaderError
from hoidap.loaders.layout import WORD_GAP, Line, Page, box_of, clean
from hoidap.loaders.programs import find_program, run_program
from hoidap.vietnamese.legacy import marked_words, vietnamese_share

# A page takes some seconds; who scans more than this can divide the file.
MAX_SCANNED = 200
# What Tesseract reads best: letters of print about 30 dots high.
_DOTS_PER_INCH = 300
# Dots of a page at most, an A3 page: a page that claims to be larger is drawn coarser.
_MOST_DOTS = 4960 * 3508
# Letters below which a page is near empty and read once more, with specks taken out.
_NEAR_EMPTY = 100
# Dots of the square whose median replaces each dot: the least that takes out single specks.
_MEDIAN = 3
# Tesseract's own sureness, of 100, below which a line is specks, stamps or a signature. Of 144
# lines of four scanned pages those read rightly have 71 and more, a stamp and specks 49 and less.
_LEAST_SURE = 60.0
# Vietnamese words that show how a page stands, and their share of all words with marks. Of 15 pages
# that stand upright the share is 0.97 and more; of the same pages upside down or sideways it is 0.5
# and less, of a few words.
_FEWEST_WORDS = 3
_LEAST_SHARE = 0.6
# A page that is tried each way round is drawn coarser, half as many dots across: that is quicker.
_COARSER = 2
# What specks and the edges of paper are read as.
_SPECKS = " |[]_~‘’'`"
_LANGUAGE = "vie"
_TO_INSTALL = "hãy cài tesseract-ocr và tesseract-ocr-vie, hoặc gửi bản có chữ (Word, PDF từ Word)"


class Ocr:
    """Reads pages by Tesseract, which is looked for when the first page needs it."""

    def read(self, page: Any) -> Page:  # noqa: ANN401 - pypdfium2 is not typed
        """A page drawn and read; coordinates in dots. Raises `LoaderError`."""
        program = _tesseract()
        width, height = page.get_size()
        dots = max(width * height, 1.0) * (_DOTS_PER_INCH / 72) ** 2
        scale = _DOTS_PER_INCH / 72 * min(1.0, (_MOST_DOTS / dots) ** 0.5)
        picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        lines = _read(program, picture)
        if _letters(lines) < _NEAR_EMPTY:
            from PIL import ImageFilter

            again = _read(program, picture.filter(ImageFilter.MedianFilter(_MEDIAN)))
            if _letters(again) > _letters(lines):
                lines = again
        if not _stands_upright(lines) and (turn := _turn(program, picture)) is not None:
            picture = picture.transpose(turn)
            lines = _read(program, picture)
        return Page(tuple(lines), (), float(picture.height))


@cache
def _tesseract() -> str:
    program = find_program("tesseract")
    if program is None:
        raise LoaderError(f"bản quét, không có chữ: cần Tesseract để đọc; {_TO_INSTALL}")
    with tempfile.TemporaryDirectory(prefix="hoidap-") as place:
        languages = run_program([program, "--list-langs"], Path(place)).decode("utf-8", "replace")
    if _LANGUAGE not in languages.split():
        raise LoaderError(f"bản quét, không có chữ: Tesseract thiếu tiếng Việt; {_TO_INSTALL}")
    return program


def _letters(lines: list[Line]) -> int:
    return sum(char.isalpha() for line in lines for char in line.text)


def _vietnamese(lines: list[Line]) -> tuple[int, float]:
    """Vietnamese words with marks in lines across the page, and their share of all such words."""
    across = (line.text for line in lines if line.right - line.left >= line.height)
    return vietnamese_share("\n".join(across))


def _stands_upright(lines: list[Line]) -> bool:
    """Whether a page was fed in rightly, by what was read of it.

    A page with much print and no marks at all is in another language.
    """
    if not marked_words(" ".join(line.text for line in lines)):
        return _letters(lines) >= _NEAR_EMPTY
    _, share = _vietnamese(lines)
    return share >= _LEAST_SHARE


def _turn(program: str, picture: Any) -> Any:  # noqa: ANN401 - Pillow's image and transposition
    """How a picture must be turned to be Vietnamese; None where no way makes it so."""
    from PIL.Image import Transpose

    coarse = picture.reduce(_COARSER)
    for turn in (Transpose.ROTATE_180, Transpose.ROTATE_90, Transpose.ROTATE_270):
        known, share = _vietnamese(_read(program, coarse.transpose(turn)))
        if known >= _FEWEST_WORDS and share >= _LEAST_SHARE:
            return turn
    return None


def _read(program: str, picture: Any) -> list[Line]:  # noqa: ANN401 - a Pillow image
    """The lines of a picture that Tesseract is sure enough of, in its order."""
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    with tempfile.TemporaryDirectory(prefix="hoidap-") as place:
        command = [program, "stdin", "stdout", "-l", _LANGUAGE, "--dpi", str(_DOTS_PER_INCH), "tsv"]
        told = run_program(command, Path(place), content.getvalue())
    rows = csv.DictReader(
        io.StringIO(told.decode("utf-8", "replace")), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    found: dict[tuple[str, ...], list[_Word]] = {}
    for row in rows:
        if row["level"] != "5" or not (row["text"] or "").strip(_SPECKS):
            continue  # a box round others, or a speck
        left, top = float(row["left"]), float(row["top"])
        word = _Word(
            row["text"],
            left,
            left + float(row["width"]),
            top,
            top + float(row["height"]),
            float(row["conf"]),
        )
        found.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(word)
    return [line for words in found.values() if _is_sure(words) for line in _lines(words)]


def _is_sure(words: list[_Word]) -> bool:
    """Whether Tesseract did more than guess a line."""
    return sum(word.sure for word in words) >= _LEAST_SURE * len(words)


def _lines(words: list[_Word]) -> Iterator[Line]:
    """A line divided where a wide gap shows that columns meet."""
    height = max(word.bottom - word.top for word in words)
    first = 0
    for place in range(1, len(words) + 1):
        at_end = place == len(words)
        if at_end or words[place].left - words[place - 1].right > WORD_GAP * height:
            part = words[first:place]
            first = place
            text = clean(" ".join(word.text for word in part))
            if any(map(str.isalnum, text)):
                yield Line(text, *box_of(part))


@dataclass(frozen=True, slots=True)
class _Word:
    """A word that Tesseract read; ``sure`` is from 0 to 100."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    sure: float
