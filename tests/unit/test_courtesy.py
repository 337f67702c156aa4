"""What is taken off a question because it asks for nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.courtesy import Courtesy, courtesy_alone, without_courtesy
from hoidap.vietnamese.text import nfc
from tests.strategies import phrases


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Tôi muốn biết có bao nhiêu vụ?", "có bao nhiêu vụ?"),
        ("Bạn cho tôi biết có bao nhiêu vụ với", "có bao nhiêu vụ"),
        ("anh chị ơi cho em hỏi xíu có bao nhiêu vụ ạ em cảm ơn", "có bao nhiêu vụ"),
        ("Dạ cho em hỏi, lịch tiêm ạ? Em cảm ơn nhiều.", "lịch tiêm."),
        ("Vui lòng cho biết lịch tiêm", "lịch tiêm"),
        ("cho hoi lich tiem", "lich tiem"),
        ("da cho em hoi lich tiem vay a", "lich tiem"),
        ("cho hoi lịch tiêm", "lịch tiêm"),
        ("Liệt kê các môn thi đấu", "các môn thi đấu"),
        ("hãy kể tên các môn", "các môn"),
        ("Could you tell me who chaired it? Thank you", "who chaired it"),
    ],
)
def test_courtesy_is_taken_off(text: str, asked: str) -> None:
    assert without_courtesy(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "Có bao nhiêu người biết chữ?",
        "Người dân muốn biết điều gì?",
        "Cho hội viên vay bao nhiêu?",
        "Kể từ năm 2021 có gì?",
        "Bà Nhung là ai?",
        "Anh Khôi làm gì?",
        "Ai gửi thư cảm ơn?",
        "Dạ cổ hoài lang",
        "bệnh cúm A",
        "co bao nhieu ho duoc vay",
        "",
        "???",
    ],
)
def test_what_is_asked_stays(text: str) -> None:
    assert without_courtesy(text) == text


@pytest.mark.parametrize("text", ["Cảm ơn", "cho em hỏi chút ạ", "Anh chị ơi!", "em cam on"])
def test_nothing_but_courtesy_stays(text: str) -> None:
    assert without_courtesy(text) == text


@given(st.one_of(phrases(), st.text(max_size=60)).map(nfc))
def test_what_is_left_is_a_part_of_the_text(text: str) -> None:
    rest = iter(text)
    assert all(letter in rest for letter in without_courtesy(text))


@pytest.mark.parametrize("unit", ["ạ ", "dạ ", "cho hỏi ", "anh ", "em cảm ơn ", "xin "])
def test_long_courtesy_takes_no_longer(unit: str) -> None:
    text = unit * (2000 // len(unit)) + "vụ"
    start = time.process_time()
    without_courtesy(text)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("xin chào", Courtesy.GREETING),
        ("Dạ em chào anh chị ạ!", Courtesy.GREETING),
        ("alo", Courtesy.GREETING),
        ("Hi there 👋", Courtesy.GREETING),
        ("cam on ban nhieu", Courtesy.THANKS),
        ("dạ em cảm ơn nhiều ạ", Courtesy.THANKS),
        ("ok, cảm ơn nha 😀", Courtesy.THANKS),
        ("Thank you very much.", Courtesy.THANKS),
        ("Chào cô, em cảm ơn nhé", Courtesy.THANKS),
    ],
)
def test_a_message_of_nothing_but_courtesy_says_what(text: str, said: Courtesy) -> None:
    assert courtesy_alone(text) is said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😀",
        "dạ",
        "anh chị ơi",
        "Chào cờ ở đâu?",
        "Chào mừng Quốc khánh",
        "Ai gửi thư cảm ơn?",
        "Cảm ơn, còn cầu Ba Vàm?",
        "chao ban, ubnd o dau",
    ],
)
def test_a_message_that_asks_is_no_courtesy(text: str) -> None:
    assert courtesy_alone(text) is None
