"""Real files as administrators have them; these tests run where the files are at hand."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from hoidap.documents import Note, Report
from hoidap.errors import LoaderError
from hoidap.loaders import load_file
from hoidap.passages import split_passages
from tests.conftest import SHARED
from tests.unit.test_formats import needs_ocr, needs_office

INGEST = SHARED / "ingest"
GAZETTES = sorted(INGEST.glob("*thong-tu*.pdf")) + sorted(INGEST.glob("*nghi-quyet*.pdf"))
pytestmark = pytest.mark.skipif(not INGEST.is_dir(), reason="the real files are not at hand")


def load(name: str) -> Report:
    (report,) = load_file((INGEST / name).read_bytes(), name).reports
    return report


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@needs_office
def test_both_formats_of_a_guideline_are_the_same_text() -> None:
    old = load("36-HD_VPTW_380096.doc").text.split()
    new = load("36-HD_VPTW_380096.docx").text.split()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    assert len(new) > 10_000
    assert same >= 0.99 * max(len(old), len(new))


def test_guideline_says_what_it_is() -> None:
    report = load("36-HD_VPTW_380096.docx")
    assert report.title == "HƯỚNG DẪN THỂ THỨC VÀ KỸ THUẬT TRÌNH BÀY VĂN BẢN CỦA ĐẢNG"
    assert (report.number, report.date) == ("36-HD/VPTW", date(2018, 4, 3))


@needs_office
def test_old_word_file() -> None:
    report = load("decree-23-2018.doc")
    assert (report.number, report.date) == ("23/2018/NĐ-CP", date(2018, 2, 23))
    assert "Điều 1. Phạm vi điều chỉnh" in report.text


@needs_office
def test_old_word_file_under_another_name_in_an_old_font() -> None:
    report = load("legacy-doc-named.docx")
    assert report.notes == (Note.FROM_TCVN3,)
    assert report.title == "LUẬT PHÒNG CHÁY VÀ CHỮA CHÁY"
    assert report.date == date(2001, 6, 29)
    assert "Luật này quy định về phòng cháy và chữa cháy." in report.text.split("\n\n")


def test_error_page_under_the_name_of_a_pdf_is_refused() -> None:
    with pytest.raises(LoaderError, match="trang báo lỗi của máy chủ"):
        load("html-page-named.pdf")


def test_tables_of_a_word_file_are_whole() -> None:
    text = load("MET_Civ_IE_2019.docx").text
    for number in range(1, 41):
        assert f"MET_Civ_IE_2019_{number}\t" in text
        assert f"Câu {80 + number}. " in text


@pytest.mark.parametrize("path", GAZETTES, ids=lambda path: path.name[:24])
def test_gazette_is_read_whole_without_its_heads(path: Path) -> None:
    """Word for word what the text layer holds, but for running heads, on the same pages."""
    import pypdfium2

    report = load(path.name)
    assert "CÔNG BÁO" not in report.text
    document = pypdfium2.PdfDocument(path)
    bounds = [*report.pages, len(report.text)]
    assert len(document) == len(report.pages)
    for number, page in enumerate(document):
        raw = page.get_textpage().get_text_bounded()
        head = r"(\d+ )?CÔNG BÁO/Số [\d+ ]+/Ngày [\d-]+( \d+)?"
        expected = Counter("".join(words(re.sub(head, "", raw, count=1))))
        found = Counter("".join(words(report.text[bounds[number] : bounds[number + 1]])))
        assert found == expected


@pytest.mark.parametrize("path", GAZETTES, ids=lambda path: path.name[:24])
def test_paragraphs_of_a_gazette_are_whole(path: Path) -> None:
    blocks = load(path.name).text.split("\n\n")
    for block in blocks:
        # A paragraph begins with a capital, a number, a letter of a list or a dash.
        assert re.match(r"[A-ZĐĂÂÊÔƠƯÀ-Ỹ0-9“]|[a-zđ]\) |- ", block), block
    # Sentences end; what does not end is a heading, a name or the head of the document.
    assert (
        max(len(block) for block in blocks if block[-1] not in ".;:," and "\t" not in block) < 260
    )


def test_passages_and_tables_of_a_gazette() -> None:
    report = load(next(path.name for path in GAZETTES if path.name.startswith("hd_khoan")))
    pages = {
        report.text[span.start : span.end].split(".")[0]: span.page
        for span in split_passages(report)
    }
    assert [pages[f"Điều {number}"] for number in range(1, 5)] == [1, 2, 2, 3]
    table = next(block for block in report.text.split("\n\n") if block.startswith("Năm\tTrước"))
    assert table.split("\n")[0].split("\t")[1:] == ["Trước 1995", *map(str, range(1995, 2009))]
    assert table.split("\n")[3].split("\t")[-3:] == ["1,03", "1,00", "1,00"]


@pytest.mark.parametrize(
    ("start", "number", "day", "source"),
    [
        ("bhxh", "78/2025/UBTVQH15", date(2025, 5, 17), "ỦY BAN THƯỜNG VỤ QUỐC HỘI"),
        ("hd_khoan", "01/2023/TT-BLĐTBXH", date(2023, 1, 3),
         "BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"),
        ("thue", "02/2026/TT-BTC", date(2026, 1, 1), "BỘ TÀI CHÍNH"),
        ("uu_dai", "11/2024/TT-BKHĐT", date(2024, 6, 24), "BỘ KẾ HOẠCH VÀ ĐẦU TƯ"),
    ],
)  # fmt: skip
def test_gazettes_say_what_they_are(start: str, number: str, day: date, source: str) -> None:
    report = load(next(path.name for path in GAZETTES if path.name.startswith(start)))
    assert (report.number, report.date, report.source) == (number, day, source)


@needs_ocr
def test_scan_is_read() -> None:
    report = load("scan-only.pdf")
    assert report.notes == (Note.OCR,)
    assert report.scanned == (1, 2, 3, 4)
    assert (report.number, report.date) == ("51/2025/TT-BCA", date(2025, 6, 30))
    read = report.text.split("\n\n")
    assert "1. Thông tư này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2025." in read
    # As read by eye from the first and second pages.
    printed = (
        "“8. Tổ chức, cá nhân trúng đấu giá biển số xe được lựa chọn đăng ký, cấp biển số xe trúng"
        " đấu giá tại các cơ quan đăng ký xe trong tỉnh, thành phố nơi tổ chức, cá nhân có trụ sở,"
        " cư trú hoặc tại Phòng Cảnh sát giao thông quản lý biển số xe trúng đấu giá đó.”;"
    )
    nearest = max(read, key=lambda block: difflib.SequenceMatcher(None, block, printed).ratio())
    same = difflib.SequenceMatcher(None, words(nearest), words(printed), autojunk=False)
    assert same.ratio() > 0.95
