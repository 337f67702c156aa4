"""What was written into the fields of a PDF form.

Text and choices only: what signatures show ("Ký bởi ...") is no text of the report, and a ticked
box says nothing by itself.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from hoidap.loaders.layout import clean
from hoidap.loaders.textlayer import Frame, Word

# Bits of annotations (hidden, not on the screen) and of fields (a password).
_UNSEEN = 1 << 1 | 1 << 5
_PASSWORD = 1 << 13
# Points: the height of letters where the page has none.
_HEIGHT = 8.0
# Share of a font's height that its letters are wide.
_LETTER = 0.5
# Fields of one page, and bytes of what is written in one.
_MOST_FIELDS = 2000
_LONGEST_VALUE = 1 << 17
# Dots to write on, which fields are laid over.
_LEADER_RE = re.compile(r"[._…]+")


@dataclass(frozen=True, slots=True)
class Field:
    """A field that something is written in, and its box (y downwards)."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


def fields_of(page: Any, frame: Frame) -> Iterator[Field]:  # noqa: ANN401 - pypdfium2 is not typed
    """The text fields and choices of a page that are filled in and seen."""
    import pypdfium2.raw as pdfium

    if page.formenv is None:
        return
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_FIELDS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        text = _value(page.formenv, annotation)
        box = pdfium.FS_RECTF()
        if text.strip() and pdfium.FPDFAnnot_GetRect(annotation, box):
            yield Field(text, *frame.box(box.left, box.bottom, box.right, box.top))
        pdfium.FPDFPage_CloseAnnot(annotation)


def _value(form: Any, annotation: Any) -> str:  # noqa: ANN401 - pypdfium2 is not typed
    """What a field shows; empty where it is none of text and choices, or is not seen."""
    import pypdfium2.raw as pdfium

    if pdfium.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
        return ""
    match pdfium.FPDFAnnot_GetFormFieldType(form, annotation):
        case pdfium.FPDF_FORMFIELD_TEXTFIELD:
            if pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD:
                return ""
        case pdfium.FPDF_FORMFIELD_COMBOBOX | pdfium.FPDF_FORMFIELD_LISTBOX:
            # The value may be a code that stands for what is shown.
            chosen = [
                _read(pdfium.FPDFAnnot_GetOptionLabel, form, annotation, number)
                for number in range(pdfium.FPDFAnnot_GetOptionCount(form, annotation))
                if pdfium.FPDFAnnot_IsOptionSelected(form, annotation, number)
            ]
            if chosen:
                return "; ".join(chosen)
        case _:
            return ""
    return _read(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation)


def _read(function: Callable[..., int], *arguments: object) -> str:
    """What a function of PDFium writes as UTF-16 with a zero behind it."""
    size = min(function(*arguments, None, 0), _LONGEST_VALUE)
    buffer = ctypes.create_string_buffer(size)
    function(*arguments, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\x00")


def with_fields(words: Sequence[Word], fields: Iterable[Field]) -> list[Word]:
    """``words`` with what fields hold between the words beside each, in place of the dots there."""
    found = list(words)
    height = median_low(word.bottom - word.top for word in words) if words else _HEIGHT
    size = median_low(word.size for word in words) if words else _HEIGHT
    for field in fields:
        found = [word for word in found if not _is_leader(word, field)]
        lines = [line for raw in field.text.splitlines() if (line := clean(raw))]
        step = (field.bottom - field.top) / len(lines)
        for number, line in enumerate(lines):
            top = field.top + number * step
            _put(Field(line, field.left, field.right, top, top + step), found, height, size)
    return found


def _put(field: Field, found: list[Word], height: float, size: float) -> None:
    """Add the words of a field of one line to those ``found``, in the order of print."""
    before: int | None = None
    behind: int | None = None
    for place, word in enumerate(found):
        if not field.top <= (word.top + word.bottom) / 2 <= field.bottom:
            continue
        middle = (word.left + word.right) / 2
        if middle <= field.left and (before is None or word.right > found[before].right):
            before = place
        elif middle >= field.right and (behind is None or word.left < found[behind].left):
            behind = place
    beside = before if before is not None else behind
    line = max((word.line for word in found), default=0) + 1
    place = len(found)
    if beside is not None:
        line = found[beside].line
        place = beside + (beside == before)
    # To the words behind it leads no gap; else it ends where print of that size would.
    step = (field.right - field.left) / (len(field.text) + 1)
    if behind is None:
        step = min(step, _LETTER * size)
    top = (field.top + field.bottom - height) / 2
    left = field.left
    words = []
    for text in field.text.split():
        right = left + step * (len(text) + 1)
        words.append(Word(text, left, right, top, top + height, size, line))
        left = right
    found[place:place] = words


def _is_leader(word: Word, field: Field) -> bool:
    """Whether a word is dots that a field lies over."""
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    within = field.left <= x <= field.right and field.top <= y <= field.bottom
    return within and _LEADER_RE.fullmatch(word.text) is not None
