"""From the raw text of a file to the text that is quoted."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.loaders.cleaning import clean_text, split_lines
from hoidap.vietnamese.text import nfc
from tests.strategies import WITHOUT_FORM, report_texts

SEED_REPORT = Path(__file__).parents[2] / "corpus" / "reports" / "000_e56e038e237a51aa.txt"
SEED_TITLE = "Tổng kết công tác phối hợp giữa UBND với UBMTTQ và các tổ chức CTXH huyện"


@pytest.fixture(scope="module")
def seed() -> str:
    return SEED_REPORT.read_text(encoding="utf-8")


def raw_texts() -> st.SearchStrategy[str]:
    """What a file or a JSON string may hold, lone surrogates too."""
    anything = st.text(st.characters(exclude_categories=()), max_size=60)
    return st.one_of(report_texts(), anything)


def test_header_of_the_portal_is_left_out(seed: str) -> None:
    lines = clean_text(seed).split("\n")
    assert lines[:2] == [SEED_TITLE, ""]
    assert lines[2].startswith("Ngày 26/3/2021, Ủy ban nhân dân huyện Cao Lãnh tổ chức")
    assert lines[-1] == "Thành Ngưỡng"
    assert lines.count(SEED_TITLE) == 1


def test_nothing_but_the_header_is_left_out(seed: str) -> None:
    body = nfc(seed).split(f"\n{SEED_TITLE}\n", 1)[1]
    assert clean_text(seed) == f"{SEED_TITLE}\n{body}"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028"])
def test_cleaning_does_not_depend_on_line_breaks_or_composition(seed: str, line_break: str) -> None:
    other = unicodedata.normalize("NFD", seed).replace("\n", line_break)
    assert clean_text(other) == clean_text(seed)


@pytest.mark.parametrize("filler", ["null", "undefined", "null null"])
def test_filler_goes_from_a_title_that_is_not_repeated(filler: str) -> None:
    assert clean_text(f"{filler} Lễ phát động\n\nSáng nay.") == "Lễ phát động\n\nSáng nay."


@pytest.mark.parametrize(
    "line",
    ["In trang", "IN TRANG", "Quay lại", "Xuất bản thông tin", "null", "  Tin liên quan  ",
     "Tin lie\u0302n quan", "Chia sẻ"],
)  # fmt: skip
def test_line_of_the_template_goes_wherever_it_stands(line: str) -> None:
    text = f"Lễ phát động\n\nSáng nay, huyện tổ chức lễ.\n\n{line}\n"
    assert clean_text(text) == "Lễ phát động\n\nSáng nay, huyện tổ chức lễ."


@pytest.mark.parametrize(
    "line", ["Tin tức", "Kinh tế - Xã hội", "Tin tức » Kinh tế - Xã hội", "Thông báo, Văn bản"]
)
def test_section_names_go_from_the_header_of_a_portal_page(line: str) -> None:
    text = f"Trang chủ\n{line}\nLễ phát động\n\nSáng nay."
    assert clean_text(text) == "Lễ phát động\n\nSáng nay."


@pytest.mark.parametrize("heading", ["Kinh tế - Xã hội", "Văn hóa - Xã hội", "Thông báo"])
def test_section_name_is_a_heading_where_nothing_shows_a_portal(heading: str) -> None:
    text = f"Báo cáo quý I\n\n{heading}\n\nThu ngân sách tăng."
    assert clean_text(text) == text


def test_section_name_below_the_header_of_a_portal_page_is_a_heading() -> None:
    body = "\n\n".join(f"Đoạn {number}." for number in range(10))
    text = f"In trang\n\n{body}\n\nKinh tế - Xã hội\n\nHết."
    assert clean_text(text) == f"{body}\n\nKinh tế - Xã hội\n\nHết."


@pytest.mark.parametrize(
    "line",
    ["In trang bìa màu", "Giá trị null của biểu mẫu", "nullTiêu đề", "Quay lại trường học",
     "Tin tức hôm nay"],
)  # fmt: skip
def test_line_that_only_begins_like_furniture_stays(line: str) -> None:
    text = f"Lễ phát động\n\n{line}"
    assert clean_text(text) == text


def test_paragraphs_are_separated_by_one_empty_line() -> None:
    assert clean_text("\n\n\tMột  hai \n\n \n\u00a0\n\nBa\nBốn\n\n") == "Một  hai\n\nBa\nBốn"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x00b\x07c", "abc"),
        ("\x1b[31mđỏ", "[31mđỏ"),
        ("a\x1fb\x7fc", "abc"),
        ("\ufeffBáo cáo", "Báo cáo"),
        ("a\ud800b", "ab"),
        ("có \u202e120\u202c hộ, \u206612\u2069 xã", "có 120 hộ, 12 xã"),
        ("a\x0bb\x0cc\x85d", "a\nb\nc\nd"),
        ("một\thai", "một\thai"),
        ("👩‍👩‍👧 \u200bx", "👩‍👩‍👧 \u200bx"),
        ("e\u0302\u0323", "ệ"),
        ("Uû ban nh©n d©n", "Uû ban nh©n d©n"),
    ],
)
def test_characters(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@pytest.mark.parametrize("raw", ["", " \n\t\r\n", "\ufeff", "null", "In trang\n\nQuay lại", "\x00"])
def test_nothing_is_left_of_a_file_without_content(raw: str) -> None:
    assert clean_text(raw) == ""


def visible(raw: str) -> str:
    """``raw`` in NFC without what has no form on paper."""
    kept = "".join(
        char
        for char in raw
        if char not in WITHOUT_FORM
        and (unicodedata.category(char) not in {"Cc", "Cs"} or char.isspace())
    )
    return nfc(kept.replace("\x1f", ""))


@given(raw_texts())
def test_every_line_stands_in_the_original(raw: str) -> None:
    original = visible(raw)
    clean = clean_text(raw)
    assert all(line in original for line in clean.split("\n"))
    assert nfc(clean) == clean


@given(raw_texts())
def test_nothing_is_left_out_but_white_space_control_characters_and_furniture(raw: str) -> None:
    assert "".join("".join(split_lines(raw)).split()) == "".join(visible(raw).split())


@given(raw_texts())
def test_clean_text_can_be_shown_and_stored(raw: str) -> None:
    clean = clean_text(raw)
    clean.encode("utf-8")
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in clean)
    assert "\n\n\n" not in clean
    assert all(line == line.strip() for line in clean.split("\n"))
    assert clean == clean.strip()


@pytest.mark.parametrize(
    "unit", ["a", "\u0301", "\u0323\u0302", "a\u0301", "null ", "\n", " ", "Tin tức ", "In trang\n"]
)
def test_time_is_linear(unit: str) -> None:
    raw = unit * (200_000 // len(unit))
    start = time.process_time()
    clean_text(raw)
    assert time.process_time() - start < 2
