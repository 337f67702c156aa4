"""A report of the made-up district in every format, for the loaders.

``python -m tests.formats`` makes the files of data/formats again; it needs LibreOffice.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hoidap.vietnamese.tables import packaged_table
from hoidap.vietnamese.text import nfc

FORMATS = Path(__file__).parent / "data" / "formats"

BODY = "ỦY BAN NHÂN DÂN HUYỆN TÂN GIANG"
NUMBER = "87/BC-UBND"
DATED = "Tân Giang, ngày 12 tháng 10 năm 2022"
KIND = "BÁO CÁO"
SUBJECT = "Kết quả xây dựng đường giao thông nông thôn chín tháng đầu năm 2022"
TITLE = f"{KIND} {SUBJECT}"
RUNNING_HEAD = "Báo cáo của huyện Tân Giang, tỉnh Sông Thanh"
CAPTION = "Bảng 1. Chiều dài đường đã làm theo xã"
TABLE = (
    ("Xã", "Chiều dài (km)", "Vốn (triệu đồng)"),
    ("Vĩnh Hòa", "4,2", "6.150"),
    ("Phú Thạnh", "3,7", "5.420"),
    ("An Khánh", "2,9", "4.080"),
)
HEADINGS = ("I. Tình hình chung", "II. Kết quả", "III. Nhiệm vụ ba tháng cuối năm")
PARAGRAPHS = (
    "Thực hiện Kế hoạch số 15/KH-UBND ngày 20 tháng 01 năm 2022 của Ủy ban nhân dân huyện,"
    " các xã đã vận động nhân dân hiến đất, góp công để làm đường; đến nay toàn huyện có 112"
    " tuyến đường được đưa vào sử dụng, trong đó có 38 tuyến được mở rộng từ hai mét lên bốn"
    " mét.",
    "Trong chín tháng, huyện đã làm mới 10,8 km đường bê tông với tổng vốn 15.650 triệu đồng,"
    " đạt 82% kế hoạch năm. Phần lớn kinh phí do ngân sách huyện bố trí, phần còn lại do nhân"
    " dân và các doanh nghiệp trên địa bàn đóng góp; nhiều hộ ở xã Phú Thạnh tự nguyện dời"
    " hàng rào để đường được thẳng.",
    "Còn bốn tuyến ở xã An Khánh chậm tiến độ vì mưa kéo dài và giá cát, đá tăng trong quý"
    " II. Phòng Kinh tế và Hạ tầng đã làm việc với nhà thầu, yêu cầu bổ sung máy móc và nhân"
    " công để hoàn thành trước ngày 15 tháng 12 năm 2022.",
    "Các xã rà soát những đoạn đường hư hỏng sau lũ, lập danh mục sửa chữa gửi về huyện; ưu"
    " tiên các đoạn gần trường học, trạm y tế và chợ. Việc huy động đóng góp phải công khai,"
    " có ý kiến của nhân dân và không để hộ nghèo phải đóng góp quá sức.",
)
ITEMS = (
    "Hoàn thành bốn tuyến đường còn lại của xã An Khánh.",
    "Lắp biển báo và đèn chiếu sáng trên các tuyến liên xã.",
    "Tổng kết phong trào hiến đất làm đường.",
)
SIGNED = ("CHỦ TỊCH", "Lê Văn Thuận")

PLAIN = "\n\n".join((
    BODY, f"Số: {NUMBER}", DATED, KIND, SUBJECT, HEADINGS[0], PARAGRAPHS[0], HEADINGS[1],
    PARAGRAPHS[1], PARAGRAPHS[2], HEADINGS[2], PARAGRAPHS[3], *ITEMS, *SIGNED,
))  # fmt: skip


def legacy_bytes(text: str, column: int) -> bytes:
    """``text`` as the fonts of the 1990s stored it: column 1 VNI, 2 TCVN3."""
    letters = {}
    for line in packaged_table("legacy.tsv").read_text("utf-8").split("\n"):
        if line and not line.startswith("#"):
            cells = line.split("\t")
            letters[cells[0]] = cells[column]
    return "".join(letters.get(char, char) for char in nfc(text)).encode("cp1252")


def cp1258_bytes(text: str) -> bytes:
    """``text`` in Windows-1258: letters with their own marks, the tone behind."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    spelled = ""
    for char in nfc(text):
        try:
            char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = "".join(mark for mark in parts if mark in tones)
            spelled += nfc("".join(mark for mark in parts if mark not in tones)) + tone
        else:
            spelled += char
    return spelled.encode("cp1258")


def printed_pdf(
    content: str,
    box: tuple[int, int, int, int],
    rotation: int = 0,
    fields: Sequence[str] = (),
) -> bytes:
    """A PDF of one page with this content in its own language; /F is Helvetica.

    /S is Symbol, with private characters as its text, as Word writes it. ``box`` is left, bottom,
    right and top of the page; ``rotation`` turns it clockwise. ``fields`` are the entries of the
    fields of a form.
    """
    private = (
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF>\n"
        "endcodespacerange 1 beginbfrange <00> <FF> <F000> endbfrange endcmap end"
    )
    numbers = " ".join(f"{number} 0 R" for number in range(8, 8 + len(fields)))
    objects = (
        f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{numbers}] >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{' '.join(map(str, box))}] /Rotate {rotation}"
        " /Resources << /Font << /F 5 0 R /S 6 0 R >> >> /Contents 4 0 R"
        f" /Annots [{numbers}] >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol /ToUnicode 7 0 R >>",
        f"<< /Length {len(private)} >>\nstream\n{private}\nendstream",
        *(f"<< /Type /Annot /Subtype /Widget {field} >>" for field in fields),
    )
    out, places = "%PDF-1.4\n", []
    for number, written in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{written}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return (
        f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF"
    ).encode("ascii")


def printed_table(rows: Sequence[Sequence[str]], left: int, top: int) -> str:
    """Rows of cells with rules round each, 100 points wide and 20 high, in the language of PDF."""
    drawn = ""
    for row, cells in enumerate(rows, start=1):
        for column, text in enumerate(cells):
            x, y = left + 100 * column, top - 20 * row
            drawn += f"{x} {y} 100 20 re S BT /F 10 Tf {x + 5} {y + 5} Td ({text}) Tj ET\n"
    return drawn


def make_docx(path: Path, *, legacy: bool = False) -> None:
    """The report as Word writes it; ``legacy`` in the fonts .VnTime and .VnTimeH."""
    from docx import Document
    from docx.enum.text import WD_BREAK
    from docx.shared import Cm, Pt

    document: Any = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.header.paragraphs[0].text = RUNNING_HEAD
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Liberation Serif", Pt(14)

    def write(paragraph: Any, text: str) -> None:  # noqa: ANN401 - python-docx's paragraphs
        if not legacy:
            paragraph.add_run(text)
            return
        capitals = text.isupper()
        written = legacy_bytes(text.lower() if capitals else text, 2).decode("cp1252")
        paragraph.add_run(written).font.name = ".VnTimeH" if capitals else ".VnTime"

    head = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, lines in (
        (head[0], (BODY, f"Số: {NUMBER}")),
        (head[1], ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", DATED)),
    ):
        for number, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            write(paragraph, line)
            for run in paragraph.runs:
                run.font.size = Pt(8)
    for line in (KIND, SUBJECT):
        paragraph = document.add_paragraph()
        paragraph.alignment = 1
        write(paragraph, line)

    def body(text: str) -> None:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Cm(1)
        paragraph.alignment = 3
        write(paragraph, text)

    body(HEADINGS[0])
    body(PARAGRAPHS[0])
    body(HEADINGS[1])
    body(PARAGRAPHS[1])
    table = document.add_table(rows=0, cols=3, style="Table Grid")
    for row in TABLE:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            write(cell.paragraphs[0], text)
    write(document.add_paragraph(), CAPTION)
    if not legacy:
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    body(PARAGRAPHS[2])
    body(HEADINGS[2])
    # Long enough that a paragraph goes on from the second page to the third.
    for _ in range(1 if legacy else 9):
        body(PARAGRAPHS[3])
    for item in ITEMS:
        write(document.add_paragraph(style="List Number"), item)
    for line in SIGNED:
        write(document.add_paragraph(), line)
    document.save(str(path))


MENU = (
    '<div class="header-top"><div>CỔNG THÔNG TIN ĐIỆN TỬ HUYỆN TÂN GIANG</div></div>'
    '<div id="main-menu"><ul><li><a href="/">Trang chủ</a></li><li><a href="/gt">Giới thiệu về'
    ' huyện</a></li></ul></div><div><a href="/">Trang chủ</a> » <a href="/t">Tin huyện</a></div>'
)
OTHER_NEWS = (
    '<div class="social-share"><a href="f">Facebook</a> <a href="z">Zalo</a></div>'
    '<ul><li><a href="1">Khởi công cầu qua sông Thanh</a> <span>(12/03/2021)</span></li>'
    '<li><a href="2">Xã Phú Thạnh đạt chuẩn nông thôn mới</a> <span>(11/03/2021)</span></li></ul>'
    '<div class="tin-lien-quan"><a href="9">Khánh thành trạm y tế</a><p>Sáng nay, huyện khánh'
    " thành trạm y tế xã Vĩnh Hòa với 12 phòng khám.</p></div>"
    '<div class="comments"><p>Bài viết rất hay, mong huyện tiếp tục làm thêm nhiều đường cho dân'
    " đi lại.</p><form>Họ tên <input> <button>Gửi</button></form></div>"
)
BESIDE = (
    '<div class="col-3"><div>LIÊN KẾT WEBSITE</div><ul><li><a href="a">Cổng Chính phủ</a></li>'
    '<li><a href="b">Cổng tỉnh Sông Thanh</a></li></ul><div>Đang trực tuyến: 25</div></div>'
    '<div id="footer"><p>Bản quyền thuộc Ủy ban nhân dân huyện Tân Giang. Ghi rõ nguồn khi phát'
    ' lại.</p></div><div class="cookie-notice">Trang web sử dụng cookie.</div>'
    '<p style="display: none">Không hiện trên trang.</p><script>document.write("x")</script>'
)
LEAD = "Sáng nay, huyện tổng kết chín tháng làm đường giao thông nông thôn."


def portal_page(article: str, *, whole: str = "{}") -> bytes:
    """A page of the district's portal round the markup of an article, with title and lead.

    ``whole`` is what stands round all of the page.
    """
    page = (
        f'{MENU}<div class="row"><div class="col-9"><h1>{SUBJECT}</h1>'
        f"<span>Đăng ngày 27/03/2021 - Lượt xem: 152</span><div>{LEAD}</div>"
        f"{article}{OTHER_NEWS}</div>{BESIDE}</div>"
    )
    head = f"<title>{SUBJECT} - Cổng thông tin điện tử</title>"
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body>{whole.format(page)}</body></html>".encode()
    )


def _convert(program: str, source: Path, kind: str, folder: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(folder)]
    subprocess.run([*command, str(source)], check=True, capture_output=True)


def _make() -> None:
    import pypdfium2

    program = shutil.which("soffice")
    if program is None:
        raise SystemExit("needs LibreOffice")
    FORMATS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source = folder / "bao-cao-duong.docx"
        make_docx(source)
        for kind in ("pdf", "doc", "html"):
            _convert(program, source, kind, folder)
            shutil.copy(source.with_suffix(f".{kind}"), FORMATS)
        # Encrypted, with the password "mat-khau" to open.
        locked = (
            'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},'
            '"DocumentOpenPassword":{"type":"string","value":"mat-khau"},'
            '"PageRange":{"type":"string","value":"1"}}'
        )
        shutil.copy(source, folder / "co-mat-khau.docx")
        _convert(program, folder / "co-mat-khau.docx", locked, folder)
        shutil.copy(folder / "co-mat-khau.pdf", FORMATS)
        document = pypdfium2.PdfDocument(source.with_suffix(".pdf"))
        page = document[0].render(scale=200 / 72, grayscale=True).to_pil()
        page.convert("1").save(FORMATS / "bao-cao-quet.pdf", resolution=200)


if __name__ == "__main__":
    _make()
