"""Months without a year."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.bare_months import find_bare_months


@pytest.mark.parametrize(
    ("text", "words", "month"),
    [
        ("Hội nghị tháng 3 do ai tổ chức?", "tháng 3", 3),
        ("hoi nghi thang 3 do ai to chuc", "thang 3", 3),
        ("Khai mạc THÁNG 11", "THÁNG 11", 11),
        ("Tháng mười một có gì?", "Tháng mười một", 11),
        ("thang muoi hai co gi", "thang muoi hai", 12),
        ("Tháng 3 năm nào?", "Tháng 3", 3),
        ("Tháng 3 ngày nào họp?", "Tháng 3", 3),
        ("Họp năm 2021 tháng 3", "tháng 3", 3),
        ("Who met in November?", "November", 11),
        ("The report of May", "May", 5),
    ],
)
def test_a_month_is_found(text: str, words: str, month: int) -> None:
    (mention,) = find_bare_months(text)
    assert text[mention.start : mention.end] == words
    assert (mention.period, mention.day, mention.month) == (None, None, month)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "6 tháng 3 lần",
        "mỗi tháng 2 triệu đồng",
        "Cách mạng Tháng 8",
        "lương tháng 13",
        "tháng 0",
        "tháng 3/4 số xã",
        "tháng 7 âm lịch",
        "tháng năm nào",
        "tháng này",
        "thang sau hop gi",
        "in may tinh o dau",
        "the October Revolution",
        "tháng 31",
    ],
)
def test_other_words_are_no_months(text: str) -> None:
    assert find_bare_months(text) == []


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    for mention in find_bare_months(text):
        assert 0 <= mention.start < mention.end <= len(text)
