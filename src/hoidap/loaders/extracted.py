"""What the loader of a format reads from a file, before it is known as a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hoidap.documents import Note
from hoidap.errors import LoaderError
from hoidap.loaders.cleaning import clean_text
from hoidap.vietnamese.legacy import LegacyEncoding, unicode_text

NOTES = {LegacyEncoding.TCVN3: Note.FROM_TCVN3, LegacyEncoding.VNI: Note.FROM_VNI}
# Characters of the text of one report. The longest laws have a million; more than this is no text
# that anyone wrote.
MAX_TEXT = 20_000_000


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text as it will be quoted, and what the file says beside it (see `Report`)."""

    text: str
    title: str | None = None
    date: date | None = None
    source: str | None = None
    pages: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()
    scanned: tuple[int, ...] = ()


def finish(raw: str) -> tuple[str, tuple[Note, ...]]:
    """Raw text made Unicode and cleaned. Raises `LoaderError` where it is empty or far too long."""
    if len(raw) > MAX_TEXT:
        raise LoaderError(f"văn bản quá dài: {len(raw)} ký tự, nhiều nhất {MAX_TEXT}")
    text, encoding = unicode_text(raw)
    text = clean_text(text)
    if not text:
        raise LoaderError("tệp rỗng, không có nội dung để trích dẫn")
    return text, () if encoding is None else (NOTES[encoding],)
