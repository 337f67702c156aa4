"""From the bytes of a file to its reports, or to a reason why there are none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.documents import Report
from hoidap.errors import LoaderError
from hoidap.loaders import Loaded, is_report_file, load_file
from hoidap.loaders.files import metadata_path
from hoidap.passages import split_passages
from hoidap.vietnamese.text import nfc
from tests.strategies import report_texts

SEED = Path(__file__).parents[2] / "corpus" / "reports" / "000_e56e038e237a51aa.txt"
STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
TEXT = "Lễ phát động\n\nSáng nay, huyện tổ chức lễ."


def load(text: str, file: str = "le-phat-dong.txt", metadata: str | None = None) -> Report:
    toml = metadata.encode() if metadata is not None else None
    (report,) = load_file(text.encode(), file, toml).reports
    return report


def load_lines(*lines: str) -> Loaded:
    return load_file("\n".join(lines).encode("utf-8", "surrogatepass"), "bulk.jsonl")


def row(**fields: object) -> str:
    return json.dumps({"id": "a", "text": "Nội dung."} | fields)


@pytest.mark.parametrize(
    "name", ["a.txt", "A.TXT", "a.md", "b.jsonl", "c.pdf", "d.docx", "e.html", "f.mht"]
)
def test_report_files(name: str) -> None:
    assert is_report_file(Path(name))


@pytest.mark.parametrize("name", ["a.toml", "README", ".an.txt", "~$a.docx", "a.txt.bak", "x.csv"])
def test_other_files_are_no_reports(name: str) -> None:
    assert not is_report_file(Path(name))


def test_metadata_lies_beside_the_report() -> None:
    assert metadata_path(Path("xa/a.txt")) == Path("xa/a.toml")


def test_metadata_named_in_capitals_is_found(tmp_path: Path) -> None:
    capital = tmp_path / "A.TOML"
    capital.touch()
    assert metadata_path(tmp_path / "A.TXT") == capital
    (tmp_path / "A.toml").touch()
    assert metadata_path(tmp_path / "A.TXT") == tmp_path / "A.toml"


def test_seed_report_with_its_metadata() -> None:
    loaded = load_file(SEED.read_bytes(), SEED.name, metadata_path(SEED).read_bytes())
    assert loaded.failures == ()
    (report,) = loaded.reports
    assert report.id == "000_e56e038e237a51aa"
    assert report.file == SEED.name
    assert report.title.startswith("Tổng kết công tác phối hợp giữa UBND với UBMTTQ")
    assert report.text.startswith(f"{report.title}\n\nNgày 26/3/2021, Ủy ban nhân dân")
    assert report.date == date(2021, 3, 26)
    assert report.place == "huyện Cao Lãnh, tỉnh Đồng Tháp"
    assert report.source == "Ủy ban nhân dân huyện Cao Lãnh, tỉnh Đồng Tháp"


def test_without_metadata_the_first_line_is_the_title() -> None:
    assert load(TEXT, "xa/le.txt") == Report(
        id="xa/le", file="xa/le.txt", title="Lễ phát động", text=TEXT
    )


def test_title_of_a_markdown_file_is_its_heading() -> None:
    report = load("# Lễ phát động\n\nSáng nay.", "le.md")
    assert report.title == "Lễ phát động"
    assert report.text == "# Lễ phát động\n\nSáng nay."


@pytest.mark.parametrize("first", ["dài " * 100, "###"])
def test_first_line_that_is_no_title_leaves_the_name_of_the_file(first: str) -> None:
    assert load(f"{first}\n\nNội dung.", "xa/bao-cao.txt").title == "bao-cao"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"UBND XÃ MỸ HỘI\n{STATE}\n\nDanh sách hộ nghèo\n\nXã có 12 hộ.", "Danh sách hộ nghèo"),
        (f"{STATE}\nMỹ Hội, ngày 5 tháng 6 năm 2024\nUBND XÃ MỸ HỘI\nBẢNG KÊ\n\nA.", "BẢNG KÊ"),
        (f"UBND XÃ MỸ HỘI\tSố: 12/BK-UBND\n{STATE}\nBẢNG KÊ\n\nA.", "BẢNG KÊ"),
        (f"{STATE}\n\nXã có 12 hộ.", "a"),
        ("UBND XÃ MỸ HỘI TẶNG QUÀ TẾT\n\nXã có 12 hộ.", "UBND XÃ MỸ HỘI TẶNG QUÀ TẾT"),
        ("Thi đua, tháng 3 năm 2021\n\nXã có 12 hộ.", "Thi đua, tháng 3 năm 2021"),
        ("Đảng Cộng sản Việt Nam quang vinh\n\nA.", "Đảng Cộng sản Việt Nam quang vinh"),
        ("-----\nLễ phát động\n\nSáng nay.", "Lễ phát động"),
        ("---\ntitle: Một\ntags:\n- a\n---\n\n# Lễ phát động\n\nSáng nay.", "Lễ phát động"),
        ("---\ntitle: Một\n---\n\nSáng nay.", "a"),
        ("---\nLễ phát động: Tết trồng cây\n\nSáng nay.", "Lễ phát động: Tết trồng cây"),
    ],
)
def test_title_is_the_first_line_below_letterhead_and_front_matter(text: str, title: str) -> None:
    report = load(text, "a.txt")
    assert report.title == title
    assert report.text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_unicode_encodings_is_the_same_text(encoding: str) -> None:
    assert load_file(TEXT.encode(encoding), "a.txt").reports[0].text == TEXT


@pytest.mark.parametrize(("mark", "encoding"), [("\ufeff", "utf-16-le"), ("\ufeff", "utf-16-be")])
def test_byte_order_mark_tells_the_byte_order(mark: str, encoding: str) -> None:
    assert load_file((mark + TEXT).encode(encoding), "a.txt").reports[0].text == TEXT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"abc\xff", r"văn bản UTF-8 \(dòng 1, cột 4\); hãy lưu lại tệp dưới dạng UTF-8"),
        ("Xã\r\nhọp \ud800".encode("utf-8", "surrogatepass"), r"UTF-8 \(dòng 2, cột 5\)"),
        (b"\xef\xbb\xbf\nab\xff", r"UTF-8 \(dòng 2, cột 3\)"),
        ("huyện".encode("cp1258", "replace") + b"\xe3", "không phải văn bản UTF-8"),
        (b"\xff\xfea\x00\n\x00b", r"không phải văn bản UTF-16 \(dòng 2, cột 1\)"),
        (b"\x89PNG\r\n\x1a\n", r"không rõ định dạng; đọc được: Word \(\.docx, \.doc, \.rtf\), PDF"),
        (b"MZ\x00\x01\x00\x00" * 20, "là chương trình Windows, không phải báo cáo"),
        (b"MY\x00\x01\x00\x00" * 20, "tệp nhị phân"),
        ("hội".encode("utf-16-le")[:2] + b"\x00" * 10, "tệp nhị phân"),
        (b"", "tệp rỗng"),
        (b"\xef\xbb\xbf", "tệp rỗng"),
        (b"\xff\xfe", "tệp rỗng"),
        (b" \r\n\t", "tệp rỗng"),
        ("Xuất bản thông tin\nnull\n".encode(), "tệp rỗng"),
    ],
)
def test_file_that_is_no_text_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(LoaderError, match=reason):
        load_file(data, "a.txt")


@pytest.mark.parametrize("name", ["a.pdf", "a.DOCX", "a.html", "a"])
def test_content_tells_the_format_not_the_name(name: str) -> None:
    assert load_file(TEXT.encode(), name).reports[0].text == TEXT


@pytest.mark.parametrize(
    "name", ["../a.txt", "xa/../../a.txt", "a\x07.txt", "a\n.txt", "a\x1b[31m.txt", "a\u202e.txt"]
)
def test_names_that_lead_elsewhere_or_break_a_terminal_are_refused(name: str) -> None:
    with pytest.raises(LoaderError, match=r"tên tệp có '\.\.' hoặc ký tự điều khiển; hãy đổi tên"):
        load_file(TEXT.encode(), name)


@given(st.one_of(report_texts().map(str.encode), st.binary(max_size=60)))
def test_any_bytes_are_a_report_or_a_reason_in_one_line(data: bytes) -> None:
    reason: str | None = None
    reports: tuple[Report, ...] = ()
    try:
        reports = load_file(data, "a.txt").reports
    except LoaderError as error:
        reason = str(error)
    assert reports or (reason and len(reason.splitlines()) == 1)
    for report in reports:
        assert report.text == nfc(report.text).rstrip()
        assert report.text.lstrip("\t") == report.text.lstrip()
        assert report.title
        assert "\n" not in report.title


# --- metadata ---


def test_metadata_may_be_in_utf16() -> None:
    toml = 'title = "Tết trồng cây"'.encode("utf-16")
    assert load_file(TEXT.encode(), "a.txt", toml).reports[0].title == "Tết trồng cây"


def test_every_field_of_the_metadata() -> None:
    report = load(
        TEXT,
        metadata="""
        title = "  Lễ phát động Tết trồng cây "
        date = 2021-03-26
        number = "12/BC-UBND"
        source = "UBND huye\u0323\u0302n"
        place = "huyện"
        kind = "báo cáo"
        """,
    )
    assert report == Report(
        id="le-phat-dong",
        file="le-phat-dong.txt",
        title="Lễ phát động Tết trồng cây",
        text=TEXT,
        date=date(2021, 3, 26),
        number="12/BC-UBND",
        source="UBND huyện",
        place="huyện",
        kind="báo cáo",
    )


@pytest.mark.parametrize(
    "written",
    ["2021-03-26", "2021-03-26T08:00:00", "2021-03-26T23:30:00+07:00", '"26/3/2021"',
     '"ngày 26 tháng 3 năm 2021"', '"2021-03-26"'],
)  # fmt: skip
def test_date_in_any_spelling(written: str) -> None:
    assert load(TEXT, metadata=f"date = {written}").date == date(2021, 3, 26)


@pytest.mark.parametrize("metadata", ["", "# chưa có gì\n", '\ufefftitle = "Lễ phát động"'])
def test_metadata_may_be_empty_or_begin_with_a_byte_order_mark(metadata: str) -> None:
    assert load(TEXT, metadata=metadata).title == "Lễ phát động"


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        (b"title = ", "sai cú pháp TOML"),
        (b'title = "a"\ntitle = "b"', "có mục ghi hai lần"),
        (b'title = "\xff"', "không phải văn bản UTF-8 .* hãy lưu lại tệp dưới dạng UTF-8"),
        ('ngày = "26/3/2021"'.encode(), "dòng 1, cột 3: sai cú pháp TOML"),
        (b'tieude = "a"', r"không có mục 'tieude'; các mục dùng được: title, date, number"),
        (
            'date = "hôm qua"'.encode(),
            r"mục 'date': không hiểu ngày 'hôm qua'; hãy viết 2021-03-26",
        ),
        ('date = "tháng 3/2021"'.encode(), "'tháng 3/2021' không phải một ngày"),
        (b'date = "30/2/2021"', "không hiểu ngày"),
        (b'date = "26/3/2021, 27/3/2021"', "không hiểu ngày"),
        (b"date = 08:00:00", "mục 'date': không hiểu ngày '08:00:00'"),
        (b"date = 0", "mục 'date'"),
        (b"date = 1616716800", "mục 'date'"),
        (b"date = true", "mục 'date'"),
        (b'title = ""', "mục 'title'"),
        (b'title = "  "', "mục 'title'"),
        (b"title = 5", "mục 'title'"),
        (b'title = "a\\nb"', "mục 'title'"),
        (b'title = "\\u001b[31ma"', "mục 'title'"),
        (b'title = "a\\u2028b"', "mục 'title'"),
        (b'title = "' + b"a" * 1001 + b'"', "mục 'title'"),
        (b"x = " + b"[" * 5000, "lồng quá sâu"),
        (b"x = " + b"1" * 5000, "số quá dài"),
    ],
)
def test_bad_metadata_is_refused_with_what_is_wrong(metadata: bytes, reason: str) -> None:
    with pytest.raises(LoaderError, match=reason) as caught:
        load_file(TEXT.encode(), "a.txt", metadata)
    assert "\n" not in str(caught.value)
    assert ".toml" in str(caught.value)


# --- bulk files ---


def test_bulk_file_holds_a_report_a_line() -> None:
    loaded = load_lines(
        row(
            id="a", title="Một", text="Nội dung một.", date="2021-03-26", number="1/BC", source="UB"
        ),
        "",
        row(id=2, text="null Hai\n\nNội\u200b dung hai."),
    )
    assert loaded.failures == ()
    assert loaded.reports == (
        Report("a", "bulk.jsonl", "Một", "Nội dung một.", date(2021, 3, 26), "1/BC", "UB"),
        Report("2", "bulk.jsonl", "2", "Hai\n\nNội\u200b dung hai."),
    )


def test_bad_lines_are_told_by_number_and_keep_no_good_line_out() -> None:
    loaded = load_lines(
        row(),
        "{không phải json",
        '{"id": "b"}',
        '{"text": "Không có mã."}',
        "[1, 2]",
        row(date="hôm qua"),
        row(text=" \n "),
        row(id=" "),
        row(id=True),
        row(text=5),
        "[" * 100_000,
        '{"id": "c", "text": "x", "n": ' + "1" * 5000 + "}",
        row(id="z"),
    )
    assert [report.id for report in loaded.reports] == ["a", "z"]
    assert [reason.split(":")[0] for reason in loaded.failures] == [
        f"dòng {number}" for number in range(2, 13)
    ]
    assert loaded.failures[0] == "dòng 2: không phải JSON (sai ở cột 2)"
    assert loaded.failures[1] == "dòng 3: mục 'text': còn thiếu"
    assert loaded.failures[2] == "dòng 4: mục 'id': còn thiếu"
    assert "không hiểu ngày 'hôm qua'" in loaded.failures[4]
    assert "không có nội dung" in loaded.failures[5]
    assert "lồng quá sâu" in loaded.failures[9]
    assert "số quá dài" in loaded.failures[10]
    assert all("\n" not in reason for reason in loaded.failures)


def test_metadata_beside_an_export_is_told_to_be_of_no_use() -> None:
    loaded = load_file(row(id="a").encode(), "bulk.jsonl", b'title = "X"')
    assert (loaded.reports[0].title, len(loaded.failures)) == ("a", 1)
    assert loaded.failures[0].startswith("tệp thông tin .toml ở cạnh không được dùng: mỗi dòng")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_damaged_byte_of_an_export_keeps_no_other_line_out(mark: bytes) -> None:
    damaged = b'{"id": "b", "text": "H\xe1\xbbp"}'
    whole = b"\n".join([row(id="a").encode(), damaged, row(id="c").encode()])
    loaded = load_file(mark + whole, "bulk.jsonl")
    assert [report.id for report in loaded.reports] == ["a", "c"]
    (failure,) = loaded.failures
    assert failure == "dòng 2: không phải văn bản UTF-8 (cột 23)"


def test_number_is_no_date() -> None:
    loaded = load_lines(row(), row(id="b", date=1616716800))
    assert [report.id for report in loaded.reports] == ["a"]
    assert loaded.failures[0].startswith("dòng 2: mục 'date'")


def test_whole_numbers_stand_for_texts() -> None:
    (report,) = load_lines(row(id=7, title=2024, number=45, place=5, kind=1, source=3)).reports
    assert (report.id, report.title, report.number) == ("7", "2024", "45")
    assert (report.place, report.kind, report.source) == ("5", "1", "3")


@pytest.mark.parametrize("value", [True, 4.5, ["45"]])
def test_what_is_no_whole_number_is_no_text(value: object) -> None:
    loaded = load_lines(row(id="b"), row(number=value))
    assert loaded.failures == ("dòng 2: mục 'number': phải là chữ, đặt trong ngoặc kép",)


def test_other_keys_are_ignored() -> None:
    assert load_lines(row(url="https://example.org", views=5)).reports[0].text == "Nội dung."


def test_a_line_with_the_id_of_another_is_told_with_both_numbers() -> None:
    loaded = load_lines(row(text=" "), row(text="Một."), row(id="b"), row(text="Hai."))
    assert [(one.id, one.text) for one in loaded.reports] == [("a", "Một."), ("b", "Nội dung.")]
    assert loaded.failures[1:] == ("dòng 4: mã báo cáo 'a' đã có ở dòng 2",)


def test_repeated_key_of_a_line_counts_as_written_last() -> None:
    assert load_lines('{"id": "a", "text": "Một.", "text": "Hai."}').reports[0].text == "Hai."


def test_lone_surrogates_of_json_escapes_go_from_the_text() -> None:
    (report,) = load_lines(r'{"id": "a", "text": "Nội\ud800 dung.\udfff"}').reports
    assert report.text == "Nội dung."


def test_surrogate_pair_of_json_escapes_is_one_character() -> None:
    assert load_lines(r'{"id": "a", "text": "\ud83d\ude00 x"}').reports[0].text == "😀 x"


@pytest.mark.parametrize("field", ["id", "title", "source", "number"])
def test_lone_surrogate_in_another_field_is_refused(field: str) -> None:
    loaded = load_lines(row(id="b"), row(**{field: "\ud800"}))
    assert [report.id for report in loaded.reports] == ["b"]
    assert loaded.failures[0].startswith(f"dòng 2: mục '{field}'")


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_bulk_file_with_byte_order_mark_and_either_line_break(line_break: str) -> None:
    data = line_break.join([row(id="a"), row(id="b")]).encode("utf-8-sig")
    assert [report.id for report in load_file(data, "B.JSONL").reports] == ["a", "b"]


def test_line_separator_inside_a_string_ends_no_line() -> None:
    (report,) = load_lines('{"id": "a", "text": "Một\u2028hai\x85ba"}').reports
    assert report.text == "Một\nhai\nba"


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "tệp rỗng"), (b"\n\n", "tệp rỗng"), (b"{}", "dòng 1: mục 'id': còn thiếu"),
     (b"\xff", "không phải văn bản UTF-8"), (b"x", "dòng 1: không phải JSON"),
     (b'[{"id": "a", "text": "b"}]', "dòng 1: phải là một đối tượng; mỗi dòng phải là")],
)  # fmt: skip
def test_bulk_file_without_a_good_line_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(LoaderError, match=reason):
        load_file(data, "bulk.jsonl")


@given(st.one_of(report_texts(), st.text(max_size=40)))
def test_any_text_comes_through_json_as_through_a_file(text: str) -> None:
    text = text.replace("\x00", "")  # a file with many of them is taken for a binary one
    try:
        plain = load_file(text.encode(), "a.txt").reports[0].text
    except LoaderError:
        plain = ""
    loaded = load_lines(row(text="còn lại", id="z"), row(text=text))
    assert "".join(report.text for report in loaded.reports[1:]) == plain


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Ngày 26/3/2021, huyện họp.\n\nHội nghị ngày 26 tháng 3 năm 2021 kết thúc.", "2021-03-26"),
        ("Ngày 26/3/2021, huyện họp về giai đoạn 2016 - 2020.", "2021-03-26"),
        ("Ngày 26/3/2021 và ngày 27/3/2021, huyện họp.", None),
        ("Năm 2021 huyện có 14 xã.", None),
        ("Theo Nghị định số 35/2015/NĐ-CP ngày 13/4/2015 của Chính phủ.", None),
        ("Theo Nghị định số 35/2015/NĐ-CP, ngày 13 tháng 4 năm 2015.", None),
        ("Theo Kế hoạch số 12-KH/HU của Huyện ủy ngày 13/4/2015, xã đã họp.", None),
        ("Theo Kế hoạch số 12/KH-UBND ngày 2/1/2021, xã họp ngày 26/3/2021.", "2021-03-26"),
        ("Tổng số hộ là 12 - 14. Ngày 26/3/2021, huyện họp.", "2021-03-26"),
        ("Biểu 1\n\n(Kèm theo Báo cáo số 12/BC-UBND ngày 26/3/2021 của huyện)", "2021-03-26"),
    ],
)
def test_a_report_without_a_date_has_the_only_day_it_names(text: str, day: str | None) -> None:
    (report,) = load_file(text.encode(), "a.txt").reports
    assert (str(report.date) if report.date is not None else None) == day
    (report,) = load_file(text.encode(), "a.txt", b"date = 2020-01-02").reports
    assert str(report.date) == "2020-01-02"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Cây\t2020\t2021\n\t50\t60\nLúa\t70\t80", "Cây\t2020\t2021\n\t50\t60\nLúa\t70\t80"),
        ("\t2020\t2021\nLúa\t50\t60\n\t\t 9 ", "\t2020\t2021\nLúa\t50\t60\n\t\t9"),
        (" \t \t5\t6\t \n\t\n", "\t\t5\t6"),
        ("\tMột đoạn thụt vào.\n\n\tĐoạn nữa.", "Một đoạn thụt vào.\n\nĐoạn nữa."),
    ],
)
def test_rows_keep_their_empty_first_cells(raw: str, text: str) -> None:
    (report,) = load_file(raw.encode(), "a.txt").reports
    assert report.text == text
    spans = split_passages(report)
    assert text[spans[0].start : spans[-1].end] == text
