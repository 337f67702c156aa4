"""PDF: print with a text layer by PDFium, scanned pages by OCR."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hoidap.documents import Note
from hoidap.errors import LoaderError
from hoidap.loaders.extracted import MAX_TEXT, NOTES, Extracted
from hoidap.loaders.footnotes import with_notes_apart
from hoidap.loaders.form_fields import fields_of, with_fields
from hoidap.loaders.layout import Page, compose, paragraphs
from hoidap.loaders.ocr import MAX_SCANNED, Ocr
from hoidap.loaders.ruled_tables import ruled_tables
from hoidap.loaders.running_heads import drop_running_heads
from hoidap.loaders.textlayer import frame_of, lines_of, words_of
from hoidap.vietnamese.legacy import unicode_text
from hoidap.vietnamese.text import normalize

# The longest laws and plans have some hundred pages.
MAX_PAGES = 2000
# Letters of a page below which it is looked at as a scan: stamps and page numbers of scanners have
# a handful, a last page with signatures about thirty.
_FEWEST_LETTERS = 20


def load_pdf(data: bytes, progress: Callable[[], None]) -> Extracted:
    """The text of a PDF; ``progress`` is called after each page. Raises `LoaderError`."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise LoaderError("tệp PDF có mật khẩu; hãy bỏ mật khẩu rồi gửi lại") from error
        raise LoaderError("tệp PDF bị hỏng hoặc chưa tải xong") from error
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise LoaderError(f"PDF có {count} trang, nhiều nhất {MAX_PAGES}; hãy chia nhỏ tệp")
        document.init_forms()  # before pages are opened, or their fields are not read
        return _read(document, count, progress)
    except pypdfium2.PdfiumError as error:
        raise LoaderError("tệp PDF bị hỏng, có trang không đọc được") from error
    finally:
        document.close()


def _read(document: Any, count: int, progress: Callable[[], None]) -> Extracted:  # noqa: ANN401
    pages: list[Page] = []
    scanned: list[int] = []
    ocr = Ocr()
    length = 0
    for index in range(count):
        page = document[index]
        read, letters = _read_page(page)
        if letters < _FEWEST_LETTERS and not read.tables and _has_picture(page):
            if len(scanned) == MAX_SCANNED:
                raise LoaderError(f"PDF có hơn {MAX_SCANNED} trang quét; hãy chia nhỏ tệp")
            read = ocr.read(page)
            scanned.append(index + 1)
        page.close()
        length += sum(len(line.text) for line in read.lines)
        if length > MAX_TEXT:
            raise LoaderError(f"văn bản quá dài, nhiều nhất {MAX_TEXT} ký tự")
        pages.append(read)
        progress()
    pages, notes = _in_unicode(drop_running_heads(pages))
    text, starts = compose(paragraphs([with_notes_apart(page) for page in pages]), count)
    if not normalize(text).strip():
        raise LoaderError("PDF không có chữ nào đọc được")
    return Extracted(
        text,
        pages=starts,
        notes=((Note.OCR,) if scanned else ()) + notes,
        scanned=tuple(scanned),
    )


def _in_unicode(pages: list[Page]) -> tuple[list[Page], tuple[Note, ...]]:
    """``pages`` with text in the encodings of old fonts converted."""
    texts = [line.text for page in pages for line in page.lines]
    texts += [row for page in pages for table in page.tables for row in table.rows]
    converted, encoding = unicode_text("\n".join(texts))
    if encoding is None:
        return pages, ()
    known = dict(zip(texts, converted.split("\n"), strict=True))
    return [
        replace(
            page,
            lines=tuple(replace(line, text=known[line.text]) for line in page.lines),
            tables=tuple(
                replace(table, rows=tuple(known[row] for row in table.rows))
                for table in page.tables
            ),
        )
        for page in pages
    ], (NOTES[encoding],)


def _read_page(page: Any) -> tuple[Page, int]:  # noqa: ANN401 - pypdfium2 is not typed
    """What a page says, and how many letters are printed: a scan may have fields laid over it."""
    textpage = page.get_textpage()
    frame = frame_of(page, textpage)
    words = list(words_of(textpage, frame))
    textpage.close()
    letters = sum(char.isalpha() for word in words for char in word.text)
    words = with_fields(words, fields_of(page, frame))
    tables, rest = ruled_tables(page, words, frame)
    return Page(tuple(lines_of(rest)), tuple(tables), frame.height), letters


def _has_picture(page: Any) -> bool:  # noqa: ANN401 - pypdfium2 is not typed
    """Whether a page draws anything that could be print: pictures, or letters as strokes."""
    import pypdfium2.raw as pdfium

    drawn = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)
    return next(iter(page.get_objects(filter=drawn, max_depth=3)), None) is not None
