"""Word documents: paragraphs, numbered items, tables and notes in the order of the page."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from hoidap.documents import Note
from hoidap.errors import LoaderError
from hoidap.loaders.extracted import NOTES, Extracted, finish
from hoidap.loaders.margins import MarginNotes, is_page_number, sections
from hoidap.loaders.numbering import Numbering, W, switched, value, whole
from hoidap.loaders.styles import Look, Styles
from hoidap.loaders.symbols import M, form_field, formula, raised, symbol, with_signs
from hoidap.loaders.tables import LETTERHEAD_RE, table_texts
from hoidap.vietnamese.legacy import LegacyEncoding, convert, is_unicode

# Bytes of a document once unpacked, pictures included, and of one part of it. Reports with photos
# have some tens of millions; a bomb has billions.
_MAX_UNPACKED = 300_000_000
_MAX_PARTS = 10_000
_DAMAGED = "tệp Word bị hỏng hoặc chưa tải xong; hãy mở bằng Word rồi lưu lại"
# Programs that make Word files of pages put these into them whole; Word makes them a part of the
# document when it keeps it.
_UNMADE = (
    "tệp Word có phần chưa chuyển sang dạng Word (do phần mềm khác tạo ra);"
    " hãy mở bằng Word rồi lưu lại"
)
# Scans that were put into a document page by page; Tesseract reads those of a PDF.
_PICTURES = "tệp Word chỉ có ảnh, không có chữ; hãy lưu thành PDF rồi gửi lại"
_PICTURE_TAGS = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{urn:schemas-microsoft-com:vml}imagedata",
)
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Documents with macros, templates and those by the strict standard differ from plain ones in names
# only.
_PLAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_PLAIN_NAMES = (
    (b"application/vnd.ms-word.document.macroEnabled.main+xml", _PLAIN),
    (b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml", _PLAIN),
    (_PLAIN.replace(b"document.main", b"template.main"), _PLAIN),
    (b"http://purl.oclc.org/ooxml/officeDocument/",
     b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
)  # fmt: skip
# What is no text of its place: former text of tracked changes, and the second form of what the
# file holds for older readers.
_SKIPPED = frozenset({f"{W}del", f"{W}moveFrom", f"{_COMPATIBLE}Fallback", f"{W}rPr", f"{W}pPr"})
# Twentieths of a point: no column with words is as narrow; and the columns that a cell may span.
_NARROW = 200
_WIDEST = 100
# As deep as lists of styles and tables in tables are followed.
_DEEPEST = 50


def load_docx(data: bytes) -> Extracted:
    """The text of a .docx file; a row of a table is a line, its cells divided by tabs.

    Raises `LoaderError`.
    """
    _check_size(data)
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = Document(io.BytesIO(_plain(data)))
        if document.element.body.find(f".//{W}altChunk") is not None:
            raise LoaderError(_UNMADE)
        reader = _Reader(document)
        blocks = list(reader.document())
        pictures = document.element.body.iter(*_PICTURE_TAGS)
        if not any(map(str.strip, blocks)) and next(pictures, None) is not None:
            raise LoaderError(_PICTURES)
    except (OpcError, LxmlError, zipfile.BadZipFile, zlib.error, LookupError, OSError) as error:
        raise LoaderError(_DAMAGED) from error
    except (AttributeError, TypeError, ValueError, EOFError, RuntimeError) as error:
        # What python-docx and zipfile meet in parts that are not what they should be.
        raise LoaderError(_DAMAGED) from error
    text, notes = finish("\n\n".join(blocks))
    return Extracted(text, notes=tuple(dict.fromkeys((*reader.notes, *notes))))


def _check_size(data: bytes) -> None:
    """Refuse archives that unpack to far more than a report; what is unpacked never exceeds it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise LoaderError(_DAMAGED) from error
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise LoaderError("tệp Word giải nén ra quá lớn, không phải báo cáo")
    if any(part.flag_bits & 1 for part in parts):
        raise LoaderError("tệp có mật khẩu; hãy bỏ mật khẩu rồi gửi lại")


def _plain(data: bytes) -> bytes:
    """The document with the names that a plain one has."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(made, "w") as plain:
        names = ("[Content_Types].xml", "_rels/.rels")
        told = b"".join(archive.read(name) for name in names)
        if not any(other in told for other, _ in _PLAIN_NAMES):
            return data
        for part in archive.infolist():
            content = archive.read(part)
            if part.filename.endswith((".xml", ".rels")):
                for other, name in _PLAIN_NAMES:
                    content = content.replace(other, name)
            plain.writestr(part.filename, content)
    return made.getvalue()


class _Reader:
    """Reads one document; ``notes`` are the encodings that its fonts told."""

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - python-docx's tree is lxml
        part = document.part
        try:
            numbering = part.numbering_part.element
        except (KeyError, NotImplementedError):
            numbering = None
        self._styles = Styles(part.styles.element)
        self._numbering = Numbering(numbering, self._styles.get)
        self._document = document
        self._margin_notes = MarginNotes(part)
        # What paragraphs refer to and has not been given out yet: a mark and the note's text.
        self._below: list[str] = []
        self._at_end: list[str] = []
        self._in_note = False
        # Of each field that is open, whether its result has begun: before that stands its code.
        self._fields: list[bool] = []
        self.notes: list[Note] = []

    def document(self) -> Iterator[str]:
        """The texts of the document: of each section what heads it, its body, what foots it.

        A footnote stands below the paragraph or table that refers to it, endnotes at the end.
        """
        body = self._document.element.body
        said = {" ".join(text.split()) for text in self._plain(body)}
        for section in sections(self._document):
            yield from self._margin(section.first_heads, section.heads, said)
            yield from self.blocks(section.body)
            yield from self._margin(section.first_feet, section.feet, said)
        yield from self._at_end

    def _plain(self, body: Any) -> Iterator[str]:  # noqa: ANN401 - lxml
        """The paragraphs of the body without numbers, marks and encodings, to be compared."""
        for paragraph in body.iter(f"{W}p"):
            yield "".join(text.text or "" for text in paragraph.iter(f"{W}t"))

    def _margin(self, first: list[Any], every: list[Any], said: set[str]) -> Iterator[str]:
        """The texts of heads or feet that are content; ``said`` is what stands elsewhere."""
        for element in first + every:
            texts = list(self.blocks(element))
            # On every page stand a running head and the page's number, and sometimes, in a
            # document of one page, the letterhead.
            if element in every and not LETTERHEAD_RE.search("\n".join(texts)):
                continue
            for text in texts:
                line = " ".join(text.split())
                if line not in said and not is_page_number(line):
                    said.add(line)
                    yield text

    def blocks(self, container: Any, depth: int = 0) -> Iterator[str]:  # noqa: ANN401 - lxml
        """Paragraphs and tables of a body or cell, each a text; tables have a line a row."""
        if depth > _DEEPEST:
            return
        for together in _joined(container):
            child = together[-1]
            if child.tag == f"{W}p":
                text = self._paragraph(together)
                if text.strip():
                    yield text
            elif child.tag == f"{W}tbl":
                yield from self._table(child, depth)
            elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}smartTag",
                               f"{W}customXml"}:  # fmt: skip
                yield from self.blocks(child, depth + 1)
            if depth == 0 and self._below:
                yield from self._below
                self._below = []

    def _table(self, table: Any, depth: int) -> Iterator[str]:  # noqa: ANN401 - lxml
        grid = table.iterfind(f"{W}tblGrid/{W}gridCol")
        # Where a wall was drawn a little aside in some rows, the grid has a column in between.
        narrow = [0 < whole(column.get(f"{W}w"), 0) <= _NARROW for column in grid]
        rows = []
        for row in table.iter(f"{W}tr"):
            if _nearest(row, "tbl") is not table:
                continue
            reached = _count(row.find(f"{W}trPr"), "gridBefore", 0)
            cells: list[list[str]] = [[]] * (reached - sum(narrow[:reached]))
            for cell in row.iter(f"{W}tc"):
                if _nearest(cell, "tr") is row:
                    first, reached = reached, reached + _count(cell.find(f"{W}tcPr"), "gridSpan", 1)
                    more = reached - first - sum(narrow[first:reached]) - 1
                    cells += [list(self.blocks(cell, depth + 1)), *[[]] * more]
            rows.append(cells)
        yield from table_texts(rows)

    def _paragraph(self, together: list[Any]) -> str:
        """The text of paragraphs that are drawn as one, which has the properties of the last."""
        boxes: list[str] = []
        text = ""
        # Codes end with their paragraph, whatever the file leaves open.
        around, self._fields = self._fields, []
        for paragraph in together:
            properties = paragraph.find(f"{W}pPr")
            style = value(properties, "pStyle")
            text += "".join(self._runs(paragraph, style, boxes))
        self._fields = around
        # A number is drawn where there is no text, too, and counts.
        label = self._label(properties, style) if text.strip() or _is_drawn(paragraph) else ""
        text = f"{label} {text}" if label and text.strip() else text
        return "\n\n".join(part for part in (text, *boxes) if part.strip())

    def _label(self, properties: Any, style: str | None) -> str:  # noqa: ANN401 - lxml
        """The number of a list item, by the paragraph's own rule or by its style's.

        The level may be given by one and the list by another that it is based on.
        """
        level: str | None = None
        of: str | None = None  # the style whose rule is looked at
        for _ in range(_DEEPEST):
            rule = None if properties is None else properties.find(f"{W}numPr")
            level = value(rule, "ilvl") if level is None else level
            if (num_id := value(rule, "numId")) is not None:
                numbering = self._numbering
                place = numbering.level_of(num_id, of) if level is None else whole(level, -1)
                return numbering.label(num_id, place)
            found = self._styles.get(style)
            if found is None:
                return ""
            properties, of, style = found.find(f"{W}pPr"), style, value(found, "basedOn")
        return ""

    def _runs(
        self,
        element: Any,  # noqa: ANN401 - lxml
        style: str | None,
        boxes: list[str],
        depth: int = 0,
    ) -> Iterator[str]:
        """The text of the runs below ``element``; that of text boxes goes into ``boxes``."""
        if depth > _DEEPEST:
            return
        for child in element:
            tag = child.tag
            if tag in _SKIPPED:
                continue
            if tag == f"{W}r":
                yield self._run(child, style, boxes, depth)
            elif tag == f"{M}oMath":
                yield formula(child)
            elif tag == f"{W}txbxContent":
                boxes.extend(self.blocks(child, depth + 1))
            elif len(child):
                yield from self._runs(child, style, boxes, depth + 1)

    def _run(
        self,
        run: Any,  # noqa: ANN401 - lxml
        style: str | None,
        boxes: list[str],
        depth: int,
    ) -> str:
        properties = run.find(f"{W}rPr")
        hidden = switched(properties, "vanish")
        text = ""
        for child in run:
            if child.tag == f"{W}fldChar":
                drawn = self._field(child)
                text += "" if hidden else drawn
                continue
            if hidden or not all(self._fields):
                continue
            match child.tag.removeprefix(W) if isinstance(child.tag, str) else "":
                case "t":
                    text += child.text or ""
                case "tab" | "ptab":
                    text += "\t"
                case "br" | "cr":
                    text += "\n"
                case "noBreakHyphen":
                    text += "-"
                case "sym":
                    text += symbol(child)
                case "footnoteReference" | "endnoteReference" if not self._in_note:
                    text += self._refer(child)
                case "rPr" | "delText" | "instrText":
                    pass
                case _ if len(child) and child.tag not in _SKIPPED:
                    text += "".join(self._runs(child, style, boxes, depth + 1))
        return self._drawn(text, self._styles.look(properties, style)) if text else ""

    def _field(self, mark: Any) -> str:  # noqa: ANN401 - lxml
        """Go on to the next part of a field; what that draws where it is one of a form."""
        match mark.get(f"{W}fldCharType"):
            case "begin":
                drawn = form_field(mark.find(f"{W}ffData")) if all(self._fields) else ""
                self._fields.append(False)
                return drawn
            case "separate" if self._fields:
                self._fields[-1] = True
            case "end" if self._fields:
                self._fields.pop()
        return ""

    def _refer(self, reference: Any) -> str:  # noqa: ANN401 - lxml
        """The mark of a reference; the note itself is put where it will be given out."""
        mark, note = self._margin_notes.refer(reference)
        if note is not None:
            self._in_note = True
            text = " ".join(" ".join(self.blocks(note, 1)).split())
            self._in_note = False
            if text:
                target = self._below if reference.tag == f"{W}footnoteReference" else self._at_end
                target.append(f"{mark} {text}" if mark else text)
        return mark

    def _drawn(self, text: str, look: Look) -> str:
        """The text of a run as it looks on the page."""
        font = look.font or ""
        text = with_signs(self._in_unicode(text, font), font)
        text = text.upper() if look.capitals else text
        return raised(text) if look.raised else text

    def _in_unicode(self, text: str, font: str) -> str:
        """Text of a run, whose font tells of an encoding from before Unicode."""
        if font.startswith(".Vn"):
            encoding = LegacyEncoding.TCVN3
        elif font.upper().startswith("VNI"):
            encoding = LegacyEncoding.VNI
        else:
            return text
        if is_unicode(text):  # converted by someone who left the font's name
            return text
        converted = convert(text, encoding)
        if converted != text:
            self.notes.append(NOTES[encoding])
        # The fonts of capitals draw small letters so.
        capitals = encoding is LegacyEncoding.TCVN3 and font.endswith("H")
        return converted.upper() if capitals else converted


def _joined(container: Any) -> Iterator[list[Any]]:  # noqa: ANN401 - lxml
    """The elements of a body or cell, each alone but for paragraphs with no end between them."""
    together: list[Any] = []
    for child in container:
        is_paragraph = child.tag == f"{W}p"
        if together and not is_paragraph:
            yield together
            together = []
        together.append(child)
        if not (is_paragraph and _is_endless(child)):
            yield together
            together = []
    if together:
        yield together


def _is_endless(paragraph: Any) -> bool:  # noqa: ANN401 - lxml
    """Whether the end of a paragraph is deleted or moved away."""
    mark = f"{W}pPr/{W}rPr"
    return any(paragraph.find(f"{mark}/{W}{name}") is not None for name in ("del", "moveFrom"))


def _is_drawn(paragraph: Any) -> bool:  # noqa: ANN401 - lxml
    """Whether an empty paragraph takes a line of the page.

    It does not where its end is gone or hidden, nor in a cell that only continues the one above.
    """
    merged = paragraph.find(f"../{W}tcPr/{W}vMerge")
    continues = merged is not None and merged.get(f"{W}val") != "restart"
    hidden = switched(paragraph.find(f"{W}pPr/{W}rPr"), "vanish")
    return not (_is_endless(paragraph) or hidden or continues)


def _count(properties: Any, name: str, default: int) -> int:  # noqa: ANN401 - lxml
    """How many columns a cell or row says that it spans or leaves out."""
    return min(max(whole(value(properties, name), default), default), _WIDEST)


def _nearest(element: Any, name: str) -> Any:  # noqa: ANN401 - lxml
    """The innermost ``name`` round an element: tables may hold tables."""
    return next(element.iterancestors(f"{W}{name}"), None)
