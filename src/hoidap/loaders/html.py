"""Pages of portals: the article without the menus, banners and links round it."""

from __future__ import annotations

import codecs
import re
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from hoidap.errors import LoaderError
from hoidap.loaders.article import article_texts, remove_furniture, remove_undrawn
from hoidap.loaders.cleaning import is_of_template, split_lines
from hoidap.loaders.extracted import Extracted, finish
from hoidap.loaders.htmltext import read_blocks
from hoidap.loaders.plain import decode
from hoidap.loaders.symbols import raised
from hoidap.loaders.tables import LETTERHEAD_RE
from hoidap.vietnamese.text import nfc

if TYPE_CHECKING:
    from trafilatura.settings import Document

# Bytes of a page; portals' pages have some hundred thousand.
_LARGEST = 20_000_000
# Characters of an article: two sentences. Error pages and forms to log in have fewer.
_SHORTEST = 150
# In a sentence, such a number counts households.
_CODE = "(?:40[34]|50[023])"
_ERROR_PAGE_RE = re.compile(
    rf"^\s*{_CODE}\s*(?:$|[-–:|])|(?:error|http|lỗi)\W{{1,3}}{_CODE}\b"
    r"|not found|bad gateway|forbidden|access denied|server error"
    r"|service unavailable|không tìm thấy|trang không tồn tại|từ chối truy cập"
    r"|lỗi hệ thống|lỗi máy chủ",
    re.IGNORECASE | re.MULTILINE,
)
# An article about error pages is longer than one.
_LONGEST_ERROR_PAGE = 1000
_CHARSET_RE = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{1,40})""", re.IGNORECASE)
_OFFICE_RE = re.compile(
    r"(?:LibreOffice|(?:Apache )?OpenOffice|StarOffice|Microsoft (?:Word|Excel))", re.IGNORECASE
)
_NO_ARTICLE = "trang web không có nội dung bài viết"


def load_html(data: bytes) -> Extracted:
    """The article of a page, with the title and day that the page gives. Raises `LoaderError`.

    Nothing that the page refers to is fetched.
    """
    if len(data) > _LARGEST:
        raise LoaderError(f"trang web quá lớn, nhiều nhất {_LARGEST // 1_000_000} MB")
    from lxml.etree import LxmlError

    try:
        page = _parse(_decode(data))
        _raise_digits(page)
        if _is_office_export(page):
            # What it says of itself is of the file: the day of a template, the title of another.
            title = day = None
            remove_undrawn(page)
            _remove_running_heads(page)
            texts = read_blocks(page)
        else:
            title, day = _metadata(page)
            remove_undrawn(page)
            remove_furniture(page)
            texts = article_texts(page, _article(page), title)
    except (LxmlError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise LoaderError("trang web bị hỏng, không đọc được") from error
    raw = "\n\n".join(texts)
    if len(raw) < _LONGEST_ERROR_PAGE and _ERROR_PAGE_RE.search(f"{title}\n{raw[:300]}"):
        raise LoaderError("là trang báo lỗi của máy chủ, không phải báo cáo")
    if len(raw) < _SHORTEST:
        raise LoaderError(_NO_ARTICLE)
    if title is not None and title not in map(_line, texts):
        raw = f"{title}\n\n{raw}"
    text, notes = finish(raw)
    return Extracted(text, title=title, date=day, notes=notes)


def is_utf8(data: bytes) -> bool:
    """Whether bytes beyond ASCII are UTF-8, which text in another encoding is by no chance."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not data.isascii()


def _decode(data: bytes) -> str:
    """The page's characters: in UTF-8 if they are, else by what it declares, else as of a text."""
    declared = _CHARSET_RE.search(data[:4096])
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8))
    if declared is not None and not marked and not is_utf8(data):
        try:
            return nfc(data.decode(declared[1].decode("ascii")))
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)[0]


def _parse(text: str) -> Any:  # noqa: ANN401 - lxml is not typed
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    page = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    if page.find("body") is None:
        raise LoaderError(_NO_ARTICLE)
    return page


def _raise_digits(page: Any) -> None:  # noqa: ANN401 - lxml is not typed
    """Write the numbers of notes and powers so that they stand apart from a number before them."""
    for element in list(page.iter("sup")):
        text = "".join(element.itertext())
        if raised(text) != text:
            del element[:]
            element.text = raised(text)


def _is_office_export(page: Any) -> bool:  # noqa: ANN401 - lxml is not typed
    """Whether an office program wrote the page: there, all of it is the document."""
    return any(
        meta.get("name", "").lower() == "generator" and _OFFICE_RE.match(meta.get("content", ""))
        for meta in page.iterfind("head/meta")
    )


def _remove_running_heads(page: Any) -> None:  # noqa: ANN401 - lxml is not typed
    """Empty the heads and feet of pages, as LibreOffice writes them, but for a letterhead."""
    for element in page.iterfind("body/div[@title]"):
        running = element.get("title") in {"header", "footer"}
        if running and not LETTERHEAD_RE.search("\n".join(read_blocks(element))):
            element.clear(keep_tail=True)


def _metadata(page: Any) -> tuple[str | None, date | None]:  # noqa: ANN401 - lxml is not typed
    """The title and the day that a page gives.

    What the template calls every page is no title.
    """
    from trafilatura import extract_metadata

    found = extract_metadata(page, date_config={"extensive_search": False, "original_date": True})
    title = _line(found.title)
    named = title is not None and not is_of_template(title)
    return title if named else None, _day(found.date)


def _article(page: Any) -> list[str]:  # noqa: ANN401 - lxml is not typed
    """Texts of the article by what trafilatura knows of portals; it leaves out lists and more."""
    from trafilatura import bare_extraction

    found = cast("Document | None", bare_extraction(page, include_comments=False))
    return [] if found is None or found.body is None else list(found.body.itertext())


def _line(text: str | None) -> str | None:
    """A title as one line; None where there is none."""
    line = " ".join(split_lines(text)) if text else ""
    return " ".join(line.split()) or None


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None
