from __future__ import annotations

import time
import unicodedata
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.errors import SettingsError
from hoidap.vietnamese.abbreviations import Abbreviations, Expansion, Flag, Row, read_rows
from hoidap.vietnamese.text import fold

PACKAGED = resources.files("hoidap.vietnamese") / "abbreviations.tsv"
ABBREVIATIONS = Abbreviations.load()
ROWS = read_rows(PACKAGED)


def found(text: str, table: Abbreviations = ABBREVIATIONS) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.expansion) for one in table.find(text)]


def test_the_packaged_table_is_large_and_has_no_row_twice() -> None:
    keys = [row.key for row in ROWS]
    assert len(keys) == len(set(keys)) >= 120


def test_expansions_are_composed_lower_case_but_for_names() -> None:
    for row in ROWS:
        assert unicodedata.is_normalized("NFC", row.abbreviation + row.expansion)
        assert row.expansion.split()[0].islower() or row.expansion[0].isupper()
        assert not row.expansion.isupper()


@pytest.mark.parametrize(
    ("abbreviation", "expansion"),
    [
        ("UBND", "ủy ban nhân dân"),
        ("HĐND", "hội đồng nhân dân"),
        ("UBMTTQ", "ủy ban Mặt trận Tổ quốc"),
        ("CTXH", "chính trị - xã hội"),
        ("NTM", "nông thôn mới"),
        ("KT-XH", "kinh tế - xã hội"),
        ("QP-AN", "quốc phòng - an ninh"),
        ("TTHC", "thủ tục hành chính"),
        ("BHYT", "bảo hiểm y tế"),
        ("GD&ĐT", "giáo dục và đào tạo"),
        ("NN&PTNT", "nông nghiệp và phát triển nông thôn"),
        ("LĐTB&XH", "lao động - thương binh và xã hội"),
        ("OCOP", "mỗi xã một sản phẩm"),
        ("DS-KHHGĐ", "dân số - kế hoạch hóa gia đình"),
        ("GPMB", "giải phóng mặt bằng"),
        ("ĐBQH", "đại biểu Quốc hội"),
    ],
)
def test_an_abbreviation_is_found_in_any_case_with_and_without_diacritics(
    abbreviation: str, expansion: str
) -> None:
    for spelling in (
        abbreviation,
        abbreviation.lower(),
        fold(abbreviation),
        fold(abbreviation).lower(),
    ):
        assert found(f"hỏi về {spelling} huyện") == [(spelling, expansion)]


@pytest.mark.parametrize(
    "spelling",
    [
        "KT-XH",
        "KT - XH",
        "KT – XH",
        "KT&XH",
        "KT & XH",
        "KT và XH",
        "KT.XH",
        "KTXH",
        "ktxh",
        "kt-xh",
    ],
)
def test_parts_may_be_joined_in_any_way(spelling: str) -> None:
    assert found(f"phát triển {spelling}, ") == [(spelling, "kinh tế - xã hội")]


@pytest.mark.parametrize(
    "spelling", ["LĐTB&XH", "LĐ-TB&XH", "LĐ-TBXH", "lđtbxh", "ldtbxh", "LĐTB và XH"]
)
def test_parts_may_be_divided_elsewhere(spelling: str) -> None:
    assert found(f"Phòng {spelling}") == [(spelling, "lao động - thương binh và xã hội")]


def test_the_longest_abbreviation_wins() -> None:
    assert found("DS-KHHGĐ; KHHGĐ") == [
        ("DS-KHHGĐ", "dân số - kế hoạch hóa gia đình"),
        ("KHHGĐ", "kế hoạch hóa gia đình"),
    ]
    assert found("PCCC&CNCH và PCCC") == [
        ("PCCC&CNCH", "phòng cháy, chữa cháy và cứu nạn, cứu hộ"),
        ("PCCC", "phòng cháy, chữa cháy"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "UBNDX",
        "xUBND",
        "UBND2",
        "ubndhuyện",
        "tt",
        "kh nay",
        "tb",
        "bc",
        "hu",
        "HU\u0309Y",
        "Tu",
        "Da 1/Da",
    ],
)
def test_only_whole_words_and_short_ones_only_in_capitals(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expansions"),
    [
        ("TT Mỹ Thọ", [("TT", "thị trấn")]),
        ("theo KH của huyện", [("KH", "kế hoạch")]),
        ("HND xã", [("HND", "hội nông dân")]),
        ("QĐ của HU", [("QĐ", "quyết định"), ("HU", "huyện ủy")]),
    ],
)
def test_short_ones_are_found_in_capitals(text: str, expansions: list[tuple[str, str]]) -> None:
    assert found(text) == expansions


def test_words_in_a_line_of_capitals_are_no_abbreviations() -> None:
    assert found("VỐN ĐẦU TƯ CÔNG") == []
    assert found("VON DAU TU CONG") == []


def test_the_heading_of_a_column_is_no_abbreviation() -> None:
    assert found("TT\nNội dung") == []
    assert found("| TT | Nội dung |") == []


@pytest.mark.parametrize(
    ("text", "expansions"),
    [
        ("Báo cáo số 123/BC-UBND", [("BC", "báo cáo"), ("UBND", "ủy ban nhân dân")]),
        ("123/bc-ubnd", [("bc", "báo cáo"), ("ubnd", "ủy ban nhân dân")]),
        ("23/2018/NĐ-CP", [("NĐ-CP", "nghị định của Chính phủ")]),
        ("42/2020/QĐ-TTg", [("QĐ-TTg", "quyết định của Thủ tướng Chính phủ")]),
        ("39/2020/TT-BTC", [("TT", "thông tư"), ("BTC", "Bộ Tài chính")]),
        ("15-CT/TW", [("CT", "chỉ thị"), ("TW", "trung ương")]),
        ("12-NQ/TU", [("NQ", "nghị quyết"), ("TU", "tỉnh ủy")]),
        ("12-nq/tu", [("nq", "nghị quyết"), ("tu", "tỉnh ủy")]),
    ],
)
def test_in_a_document_number_short_ones_have_their_own_meaning(
    text: str, expansions: list[tuple[str, str]]
) -> None:
    assert found(text) == expansions


def test_an_expansion_says_where_it_was_found_and_under_which_spelling() -> None:
    assert ABBREVIATIONS.find("của hdnd") == [Expansion(4, 8, "HĐND", "hội đồng nhân dân")]


def test_the_user_s_rows_add_and_override(tmp_path: Path) -> None:
    table = tmp_path / "ours.tsv"
    table.write_text(
        "\ufeff# bảng của huyện\n\nKCL\tkhu Cao Lãnh\nTT\ttrung tâm\tcapitals\nhdnd\thội đồng\t\n",
        encoding="utf-8",
    )
    ours = Abbreviations.load(table)
    assert found("kcl và TT, UBND", ours) == [
        ("kcl", "khu Cao Lãnh"),
        ("TT", "trung tâm"),
        ("UBND", "ủy ban nhân dân"),
    ]
    assert found("39/2020/TT-BYT", ours) == [("TT", "thông tư")]
    assert ours.fingerprint != ABBREVIATIONS.fingerprint


def test_a_later_table_overrides_an_earlier_one(tmp_path: Path) -> None:
    first, second = tmp_path / "first.tsv", tmp_path / "second.tsv"
    first.write_text("KCL\tmột\n", encoding="utf-8")
    second.write_text("KCL\thai\n", encoding="utf-8")
    assert found("KCL", Abbreviations.load(first, second)) == [("KCL", "hai")]
    assert found("KCL", Abbreviations.load(second, first)) == [("KCL", "một")]


def test_the_fingerprint_is_that_of_the_rows(tmp_path: Path) -> None:
    same, other = tmp_path / "same.tsv", tmp_path / "other.tsv"
    same.write_text("# nothing new\nUBND\tủy ban nhân dân\n", encoding="utf-8")
    other.write_text("UBND\tủy ban\n", encoding="utf-8")
    assert Abbreviations.load().fingerprint == ABBREVIATIONS.fingerprint
    assert Abbreviations.load(same).fingerprint == ABBREVIATIONS.fingerprint
    assert Abbreviations.load(other).fingerprint != ABBREVIATIONS.fingerprint


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("UBND", "dòng 2: có 1 cột; cần chữ viết tắt, tab, cách đọc đầy đủ"),
        ("UBND\ta\tcapitals\tb", "dòng 2: có 4 cột"),
        ("UB ND\tủy ban", "dòng 2: 'UB ND' không phải chữ viết tắt; cần chữ cái"),
        ("\tủy ban", "dòng 2: có cột trống"),
        ("UBND\t ", "dòng 2: có 1 cột"),
        ("UBND\tủy ban\thoa", "dòng 2: không có cờ 'hoa'; cần capitals, number hoặc bỏ trống"),
    ],
)
def test_a_bad_row_is_told_with_its_file_and_line(
    tmp_path: Path, line: str, complaint: str
) -> None:
    table = tmp_path / "ours.tsv"
    table.write_text(f"# bảng\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"ours\.tsv, ") as raised:
        Abbreviations.load(table)
    assert complaint in str(raised.value)


def test_a_table_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"không đọc được .*missing\.tsv: không có tệp"):
        Abbreviations.load(tmp_path / "missing.tsv")
    latin = tmp_path / "latin.tsv"
    latin.write_bytes("UBND\tcafé\n".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"latin\.tsv, dòng 1: không phải UTF-8"):
        Abbreviations.load(latin)


@given(st.sampled_from([row for row in ROWS if row.flag is Flag.NONE]), st.booleans())
def test_every_row_without_a_flag_is_found(row: Row, bare: bool) -> None:
    spelling = row.abbreviation
    spelling = fold(spelling).lower() if bare else spelling
    (one,) = ABBREVIATIONS.find(f"về {spelling}.")
    assert (one.start, one.end) == (3, 3 + len(spelling))


@given(
    st.one_of(st.text(), st.lists(st.sampled_from([*"KTXHGDĐ.-&/1 \n", "UBND", "và"])).map("".join))
)
def test_whatever_the_text_what_is_found_is_ordered_and_inside_it(text: str) -> None:
    end = 0
    for one in ABBREVIATIONS.find(text):
        assert end <= one.start < one.end <= len(text)
        end = one.end


def test_it_is_fast_enough_for_every_passage() -> None:
    text = "Báo cáo số 15/BC-UBND về tình hình kinh tế - xã hội; thực hiện NTM ở các xã, thị trấn. "
    text *= 4000
    started = time.process_time()
    assert len(ABBREVIATIONS.find(text)) == 12_000
    # About ten times this speed was measured; the bound catches a scan that is not linear.
    assert len(text.encode()) / (time.process_time() - started) > 500_000
