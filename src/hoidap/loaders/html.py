"""Pages of portals: the article without the menus, banners and links round it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from hoidap.errors import LoaderError
from hoidap.loaders.cleaning import split_lines
from hoidap.loaders.extracted import Extracted, finish
from hoidap.loaders.plain import decode
from hoidap.vietnamese.text import nfc

if TYPE_CHECKING:
    from trafilatura.settings import Document

# Bytes of a page; portals' pages have some hundred thousand.
_LARGEST = 20_000_000
# Characters of an article: two sentences. Error pages and forms to log in have fewer.
_SHORTEST = 150
_ERROR_PAGE_RE = re.compile(
    r"\b(?:404|403|500|502|503)\b|not found|forbidden|access denied|server error"
    r"|service unavailable|không tìm thấy|trang không tồn tại|từ chối truy cập"
    r"|lỗi hệ thống|lỗi máy chủ",
    re.IGNORECASE,
)
# An article about error pages is longer than one.
_LONGEST_ERROR_PAGE = 1000
_CHARSET_RE = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{1,40})""", re.IGNORECASE)
_NO_ARTICLE = "trang web không có nội dung bài viết"


def load_html(data: bytes) -> Extracted:
    """The article of a page, with the title and day that the page gives. Raises `LoaderError`.

    Nothing that the page refers to is fetched.
    """
    if len(data) > _LARGEST:
        raise LoaderError(f"trang web quá lớn, nhiều nhất {_LARGEST // 1_000_000} MB")
    from lxml.etree import LxmlError
    from trafilatura import bare_extraction

    try:
        extracted = bare_extraction(
            _decode(data),
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (LxmlError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise LoaderError("trang web bị hỏng, không đọc được") from error
    page = cast("Document | None", extracted)
    if page is None or page.body is None:
        raise LoaderError(_NO_ARTICLE)
    raw = "\n\n".join(_blocks(page.body))
    title = _line(page.title)
    if len(raw) < _LONGEST_ERROR_PAGE and _ERROR_PAGE_RE.search(f"{title}\n{raw[:300]}"):
        raise LoaderError("là trang báo lỗi của máy chủ, không phải báo cáo")
    if len(raw) < _SHORTEST:
        raise LoaderError(_NO_ARTICLE)
    if title is not None and not nfc(raw).startswith(title):
        raw = f"{title}\n\n{raw}"
    text, notes = finish(raw)
    return Extracted(text, title=title, date=_day(page.date), notes=notes)


def _decode(data: bytes) -> str:
    """The page's characters: by what it declares, else as of a text file."""
    declared = _CHARSET_RE.search(data[:4096])
    if declared is not None and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return nfc(data.decode(declared[1].decode("ascii")))
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)[0]


def _line(text: str | None) -> str | None:
    """A title as one line; None where there is none."""
    line = " ".join(split_lines(text)) if text else ""
    return " ".join(line.split()) or None


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None


def _blocks(body: Any) -> Iterator[str]:  # noqa: ANN401 - lxml is not typed
    """Paragraphs of trafilatura's tree; a list has a line an item, a table a line a row."""
    for child in body:
        match child.tag:
            case "list":
                lines = [_text(item) for item in child.iter("item")]
                yield "\n".join(f"- {line}" for line in lines if line)
            case "table":
                rows = ("\t".join(_text(cell) for cell in row.iter("cell"))
                        for row in child.iter("row"))  # fmt: skip
                yield "\n".join(row for row in rows if row.strip())
            case "quote" | "div" | "body" if len(child):
                if child.text and child.text.strip():
                    yield child.text
                yield from _blocks(child)
            case _:
                yield _text(child)
        if child.tail and child.tail.strip():
            yield child.tail


def _text(element: Any) -> str:  # noqa: ANN401 - lxml is not typed
    """All text in an element; line breaks that the page draws stay, others are blanks."""
    parts: list[str] = []
    for node in element.iter():
        if node.tag == "lb":
            parts.append("\n")
        parts.append(" ".join(_split(node.text)) if node.tag != "lb" else "")
        if node is not element:
            parts.append(" ".join(_split(node.tail)))
    return re.sub(r" *\n *", "\n", "".join(parts)).strip()


def _split(text: str | None) -> list[str]:
    """Words, with an empty one at an end that has white space: it stays when they are joined."""
    return re.split(r"\s+", text) if text else []
