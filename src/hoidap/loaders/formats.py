"""What a file is, by its content; its name may say anything."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum

from hoidap.errors import LoaderError


class Format(StrEnum):
    """A format that reports come in."""

    TEXT = "text"
    BULK = "bulk"
    HTML = "html"
    MHTML = "mhtml"
    DOCX = "docx"
    DOC = "doc"
    PDF = "pdf"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
# PDF readers accept what mail systems put before the header.
_PDF_WITHIN = 1024
# Bytes within which a file of LibreOffice tells what it is: it does so before all else.
_HEAD = 128
_HTML_RE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG_RE = re.compile(rb"<[a-z!/]", re.IGNORECASE)
# The head of a mail message, in which browsers and Word save a page with its pictures.
_MAIL_RE = re.compile(rb"\s*[\w-]+:.*?(?=\r?\n\r?\n|$)", re.DOTALL)
# Word and Excel of 2003 in XML.
_OFFICE_XML_RE = re.compile(
    rb"""\s*<\?xml\b.{0,2000}?(?:<\?mso-application\s+progid=["'](?:Word|(Excel))\.|<w:wordDocument\b)""",
    re.DOTALL,
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
READABLE = (
    "đọc được: Word (.docx, .doc, .rtf), PDF, trang web (.html, .mht), văn bản (.txt, .md), .jsonl"
)
_ACCEPTED = f"hãy lưu thành Word hoặc PDF; {READABLE}"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def sniff(data: bytes, suffix: str) -> Format:
    """The format of a file with this content; ``suffix`` tells kinds of text from each other.

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
    return _sniff_text(data, suffix)


def _sniff_text(data: bytes, suffix: str) -> Format:
    """Text with or without markup; a page may begin in the middle, which its name then tells."""
    head = data[:4096]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    office = _OFFICE_XML_RE.match(head)
    if office is not None and office[1] is not None:
        raise LoaderError(f"là tệp bảng tính Excel, không phải báo cáo; {_ACCEPTED}")
    if office is not None:
        return Format.DOC
    mail = _MAIL_RE.match(head)
    if mail is not None and all(
        name in mail[0].lower() for name in (b"mime-version:", b"multipart/related")
    ):
        return Format.MHTML
    if _HTML_RE.match(head) or (suffix in {".html", ".htm"} and _TAG_RE.search(data)):
        return Format.HTML
    return Format.TEXT


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
    if b"mimetypeapplication/vnd.oasis.opendocument" in data[:_HEAD]:
        raise LoaderError(f"là tệp LibreOffice, chưa đọc được; {_ACCEPTED}")
    if b"word/" in data:
        return Format.DOCX
    for folder, name in ((b"xl/", "bảng tính Excel"), (b"ppt/", "PowerPoint")):
        if folder in data:
            raise LoaderError(f"là tệp {name}, không phải báo cáo; {_ACCEPTED}")
    raise LoaderError(f"là tệp nén ZIP, không phải Word; {_ACCEPTED}")
