"""Where sentences begin and end."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.sentences import sentence_spans, trim_span
from tests.strategies import report_texts


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Một câu. Hai câu! Ba câu? Hết", ["Một câu.", "Hai câu!", "Ba câu?", "Hết"]),
        ("Ông nói: “Tốt.” Rồi đi.", ["Ông nói: “Tốt.”", "Rồi đi."]),
        ("Chờ đã… Thật sao?! Vâng...", ["Chờ đã…", "Thật sao?!", "Vâng..."]),
        ("(Đúng.) Sai.", ["(Đúng.)", "Sai."]),
        ("một câu", ["một câu"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_marks_end_sentences(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Hội nghị họp tại TP. Cao Lãnh sáng nay.",
        "Có mặt Tx. Hồng Ngự và TT. Mỹ Thọ.",
        "ThS. Lê Văn Tám trình bày.",
        "PGS.TS. Trần Văn Bảy và GS. Lê Thị Năm dự.",
        "Mời Đ/c. Nguyễn Văn Sáu phát biểu.",
        "Lúa, hoa màu v.v. của xã.",
        "Ông Nguyễn V. An đến dự.",
        "Mr. John Smith came.",
        "Năng suất đạt 3.5 tấn.",
        "Xem caolanh.dongthap.gov.vn để biết.",
    ],
)
def test_full_stop_of_a_short_form_or_number_ends_nothing(sentence: str) -> None:
    assert split(f"{sentence} Câu sau.") == [sentence, "Câu sau."]


@pytest.mark.parametrize("number", ["1.", "12.", "a.", "đ.", "II.", "XIV."])
def test_number_at_the_head_stays_with_its_sentence(number: str) -> None:
    assert split(f"Mở đầu. {number} Công tác dân vận. Hết.") == [
        "Mở đầu.",
        f"{number} Công tác dân vận.",
        "Hết.",
    ]


def test_number_at_the_end_ends_the_sentence() -> None:
    assert split("Hội nghị năm 2021. Kết quả tốt.") == ["Hội nghị năm 2021.", "Kết quả tốt."]


def test_line_break_ends_a_sentence_even_without_a_mark() -> None:
    assert split("Ông A phát biểu tại\nhội nghị\n\nTP.\nHết") == [
        "Ông A phát biểu tại",
        "hội nghị",
        "TP.",
        "Hết",
    ]


@given(st.one_of(report_texts(), st.text(max_size=80)))
def test_every_visible_character_is_in_one_sentence(text: str) -> None:
    spans = sentence_spans(text)
    done = 0
    for start, end in spans:
        assert done <= start < end <= len(text)
        assert not text[done:start].strip()
        assert text[start:end] == text[start:end].strip()
        done = end
    assert not text[done:].strip()


def test_a_line_break_ends_a_sentence_unless_the_text_is_wrapped_there() -> None:
    wrapped = "Đội chữa cháy số 2 của huyện do Thiếu tá Hồ Quốc\nViệt chỉ huy có mặt sau 9 phút"
    assert split(f"Năm 2022, {wrapped}.") == [f"Năm 2022, {wrapped}."]
    assert split("Một dòng ngắn\nDòng thứ hai") == ["Một dòng ngắn", "Dòng thứ hai"]
    full = "Một dòng dài hơn năm mươi ký tự nhưng đã có dấu chấm hết."
    assert split(f"{full}\nDòng thứ hai") == [full, "Dòng thứ hai"]
    item = "- một mục dài hơn năm mươi ký tự mà không có dấu chấm cuối"
    assert split(f"{item}\n{item}") == [item, item]
    assert split(f"{wrapped.splitlines()[0]}\n\nViệt") == [wrapped.splitlines()[0], "Việt"]


@pytest.mark.parametrize("unit", [".", ". ", "a", '..."', "…?!", "\n", "1. ", "(.)", "TP. "])
def test_time_is_linear(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    start = time.process_time()
    sentence_spans(text)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 9, (2, 7)), (2, 7, (2, 7)), (0, 2, None), (3, 3, None), (7, 9, None)],
)
def test_white_space_at_the_ends_of_a_span_goes(
    start: int, end: int, expected: tuple[int, int] | None
) -> None:
    assert trim_span(" \thội a\n ", start, end) == expected
