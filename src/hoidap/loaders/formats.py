"""What a file is, by its content; its name may say anything."""

from __future__ import annotations

import re
from enum import StrEnum

from hoidap.errors import LoaderError


class Format(StrEnum):
    """A format that reports come in."""

    TEXT = "text"
    BULK = "bulk"
    HTML = "html"
    DOCX = "docx"
    DOC = "doc"
    PDF = "pdf"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
# PDF readers accept what mail systems put before the header.
_PDF_WITHIN = 1024
_HTML_RE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_OTHER = (
    (b"\x89PNG", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"II*\x00", "ảnh TIFF"),
    (b"MM\x00*", "ảnh TIFF"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén gzip"),
    (b"MZ", "chương trình Windows"),
    (b"\x7fELF", "chương trình"),
)
# For whoever sent something else: what can be read.
READABLE = "đọc được: Word (.docx, .doc, .rtf), PDF, trang web (.html), văn bản (.txt, .md), .jsonl"
_ACCEPTED = f"hãy lưu thành Word hoặc PDF; {READABLE}"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def sniff(data: bytes, suffix: str) -> Format:
    """The format of a file with this content; ``suffix`` tells bulk export from other text.

    Raises `LoaderError` for formats that hold no report, and for encrypted files.
    """
    if data.startswith(_OLE):
        return _sniff_ole(data)
    if data.startswith(_ZIP):
        return _sniff_zip(data)
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return Format.PDF
    if data.startswith(b"{\\rtf"):
        return Format.DOC
    if suffix == ".jsonl":
        return Format.BULK
    for magic, name in _OTHER:
        # Text begins with "MZ" too, but holds no zero bytes.
        if data.startswith(magic) and b"\x00" in data[:4096]:
            raise LoaderError(f"là {name}, không phải báo cáo; {_ACCEPTED}")
    return Format.HTML if _HTML_RE.match(data[:4096]) else Format.TEXT


def _sniff_ole(data: bytes) -> Format:
    """Binary Office files: the names of the streams in them tell which."""
    if _utf16("EncryptedPackage") in data:
        raise LoaderError("tệp có mật khẩu; hãy bỏ mật khẩu rồi gửi lại")
    if _utf16("WordDocument") in data:
        return Format.DOC
    for stream, name in (("Workbook", "bảng tính Excel"), ("PowerPoint Document", "PowerPoint")):
        if _utf16(stream) in data:
            raise LoaderError(f"là tệp {name}, không phải báo cáo; {_ACCEPTED}")
    raise LoaderError(f"tệp Office cũ bị hỏng hoặc không phải Word; {_ACCEPTED}")


def _sniff_zip(data: bytes) -> Format:
    if b"word/" in data:
        return Format.DOCX
    for folder, name in ((b"xl/", "bảng tính Excel"), (b"ppt/", "PowerPoint")):
        if folder in data:
            raise LoaderError(f"là tệp {name}, không phải báo cáo; {_ACCEPTED}")
    raise LoaderError(f"là tệp nén ZIP, không phải Word; {_ACCEPTED}")
