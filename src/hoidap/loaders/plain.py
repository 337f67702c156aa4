"""Plain text and Markdown, in UTF-8, UTF-16 or an encoding from before Unicode."""

from __future__ import annotations

import codecs

from hoidap.complaints import undecodable
from hoidap.documents import Note
from hoidap.errors import LoaderError
from hoidap.loaders.extracted import Extracted, finish
from hoidap.loaders.formats import READABLE
from hoidap.vietnamese.legacy import LegacyEncoding, convert, vietnamese_share
from hoidap.vietnamese.text import nfc

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# An encoding of one byte a letter is taken for what it makes of the words: Vietnamese, nearly all.
_FEWEST_WORDS = 3
_LEAST_SHARE = 0.7
# Characters by which such an encoding is judged.
_SAMPLE = 200_000
_UNKNOWN = f"tệp nhị phân, không rõ định dạng; {READABLE}"


def decode(data: bytes) -> tuple[str, Note | None]:
    """The text of a file, and the encoding where that was guessed. Raises `LoaderError`.

    UTF-8, UTF-16, cp1258; text of the fonts TCVN3 and VNI, which looks like Windows-1252, is left
    as it looks.
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if encoding is None:
        encoding = _unmarked_utf16(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and (guessed := _decode_single_bytes(data)) is not None:
            return guessed
        if encoding == "utf-8" and _is_binary(data):
            raise LoaderError(_UNKNOWN) from error
        raise LoaderError(
            f"không phải văn bản {encoding.removesuffix('-sig').upper()} ({undecodable(error)});"
            " hãy lưu lại tệp dưới dạng UTF-8"
        ) from error
    if text.count("\x00") * 100 > len(text):
        raise LoaderError(_UNKNOWN)
    return text, None


def _is_binary(data: bytes) -> bool:
    """Whether bytes that are no text in any encoding do not even look like a damaged one."""
    head = data[:4096]
    return any(byte < 32 and byte not in b"\t\n\x0b\x0c\r\x1b" for byte in head)


def _unmarked_utf16(data: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: blanks and line breaks have a zero byte beside."""
    if len(data) % 2 or b"\x00" not in data[:4096]:
        return None
    head = data[: min(len(data), 65_536)]
    low = sum(head.count(char) for char in (b" \x00", b"\n\x00"))
    high = sum(head.count(char) for char in (b"\x00 ", b"\x00\n"))
    # A Vietnamese syllable and the blank after it have five characters on average.
    if max(low, high) * 40 < len(head):
        return None
    encoding = "utf-16-le" if low >= high else "utf-16-be"
    words, share = vietnamese_share(head.decode(encoding, "ignore"))
    return encoding if words >= _FEWEST_WORDS and share >= _LEAST_SHARE else None


def _decode_single_bytes(data: bytes) -> tuple[str, Note | None] | None:
    """``data`` in the encoding of one byte a letter that makes it Vietnamese; None if none does."""
    if b"\x00" in data:
        return None
    latin = data.decode("cp1252", "replace")
    windows = nfc(data.decode("cp1258", "replace"))
    sample = latin[:_SAMPLE]
    found: list[tuple[int, float, str, Note | None]] = [
        (*vietnamese_share(windows[:_SAMPLE]), windows, Note.FROM_CP1258)
    ]
    found += [
        (*vietnamese_share(convert(sample, encoding)), latin, None) for encoding in LegacyEncoding
    ]
    words, share, text, note = max(found, key=lambda guess: guess[:2])
    return (text, note) if words >= _FEWEST_WORDS and share >= _LEAST_SHARE else None


def load_plain(data: bytes) -> Extracted:
    """The text to quote. Raises `LoaderError` where nothing is left of the file."""
    raw, note = decode(data)
    text, notes = finish(raw)
    return Extracted(text, notes=notes if note is None else (note, *notes))
