"""Pages saved with their pictures in one file, as browsers and Word do (RFC 2557)."""

from __future__ import annotations

from email import message_from_bytes

from hoidap.errors import LoaderError
from hoidap.loaders.extracted import Extracted
from hoidap.loaders.html import is_utf8, load_html


def load_mhtml(data: bytes) -> Extracted:
    """The article of the first page in a .mht file. Raises `LoaderError`."""
    for part in message_from_bytes(data).walk():
        page = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(page, bytes):
            return load_html(_marked(page, part.get_content_charset()))
    raise LoaderError(
        "trang web .mht bị hỏng, không có trang nào trong tệp;"
        " hãy mở bằng trình duyệt hoặc Word rồi lưu lại dưới dạng .html hoặc .docx"
    )


def _marked(page: bytes, charset: str | None) -> bytes:
    """The page in UTF-8 with a mark: what the message says goes before what the page does."""
    if charset is None or is_utf8(page):
        return page
    try:
        return page.decode(charset).encode("utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        return page
