"""Text files: .txt and .md."""

from __future__ import annotations

import codecs

from hoidap.errors import LoaderError
from hoidap.loaders.cleaning import clean_text

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with a byte order mark. Raises `LoaderError`."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise LoaderError(
            f"không phải văn bản {encoding.removesuffix('-sig').upper()} (byte thứ {error.start});"
            " hãy lưu lại tệp dưới dạng UTF-8"
        ) from error
    if text.count("\x00") * 100 > len(text):
        raise LoaderError("tệp nhị phân, không phải văn bản")
    return text


def load_plain(data: bytes) -> str:
    """The text to quote. Raises `LoaderError` where nothing is left of the file."""
    text = clean_text(decode(data))
    if not text:
        raise LoaderError("tệp rỗng, không có nội dung để trích dẫn")
    return text
