"""Persons, numbers and places in sentences."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.entities import (
    bare_name,
    find_numbers,
    find_ordinals,
    find_persons,
    find_places,
)
from hoidap.vietnamese.text import nfc
from tests.strategies import report_texts

Finder = Callable[[str], list[tuple[int, int]]]


def found(finder: Finder, text: str) -> list[str]:
    return [text[start:end] for start, end in finder(text)]


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("Đến dự có bà Huỳnh Thị Hoài Thu, Bí thư Huyện ủy", ["bà Huỳnh Thị Hoài Thu"]),
        (
            "ông Nguyễn Hồng Sự, Phó Bí thư; Bà Nguyễn Thanh Thúy, Trưởng ban",
            ["ông Nguyễn Hồng Sự", "Bà Nguyễn Thanh Thúy"],
        ),
        ("Lê Chí Thiện phát biểu", ["Lê Chí Thiện"]),
        ("đồng chí Trần Bảy và đ/c Võ Tư", ["đồng chí Trần Bảy", "đ/c Võ Tư"]),
        ("ThS. Phạm Đăng Ất báo cáo", ["ThS. Phạm Đăng Ất"]),
        ("bà Nguyễn Thị Như Ý chủ trì", ["bà Nguyễn Thị Như Ý"]),
        ("met Mr. John Smith there", ["Mr. John Smith"]),
        ("ông Tư", ["ông Tư"]),
        ("ông Cao Lãnh", ["ông Cao Lãnh"]),
        ("Bí thư Huyện ủy Lê Minh Hoan", ["Lê Minh Hoan"]),
        ("Nguyễn Trường Tộ", ["Nguyễn Trường Tộ"]),
        ("Bí thư Huyện ủy Doãn Thị Kim Ngân đánh trống", ["Doãn Thị Kim Ngân"]),
        ("Chủ tịch UBND xã Nhan Thị Cẩm Tú hứa", ["Nhan Thị Cẩm Tú"]),
        ("Hiệu trưởng Khưu Văn Tấn", ["Khưu Văn Tấn"]),
        ("Phó Chủ tịch UBND huyện Phan Hữu Lượng cắt băng", ["Phan Hữu Lượng"]),
        ("Chủ tịch Ủy ban nhân dân xã Lê Thị Lan; Bí thư huyện Lê An", ["Lê Thị Lan"]),
        ("Thầy Hiệu trưởng Khưu Văn Tấn đọc thư", ["Khưu Văn Tấn"]),
        ("Cô Phó Hiệu trưởng Nghiêm Thị Bích Vân", ["Nghiêm Thị Bích Vân"]),
        ("Đồng chí Bí thư Huyện ủy Lê Minh Hoan", ["Lê Minh Hoan"]),
        ("ông Phó Chủ tịch Lê Lan và ông Phó Đức Chính", ["Lê Lan", "ông Phó Đức Chính"]),
    ],
)
def test_person_is_found_with_the_form_of_address(text: str, persons: list[str]) -> None:
    assert found(find_persons, text) == persons


@pytest.mark.parametrize(
    "text",
    [
        "Hội nghị tại huyện Cao Lãnh",
        "Phòng Văn Hóa, Trung Tâm Văn Hóa, Đội Thị Trường",
        "Chủ tịch UBND xã Mai Hóa, phường Trần Quang Diệu",
        "đồng chí Bí thư Huyện ủy chủ trì",
        "ông Chủ tịch Hội Nông dân xã",
        "xã Mai Hóa",
        "Cao Lãnh, ngày 5 tháng 9",
        "tại quảng trường Cao Lãnh",
        "cao tốc Cao Lãnh - An Hữu",
        "Trường THCS Nguyễn Văn Khải",
        "Trường Tiểu học Nguyễn Huệ",
        "đoạn kênh Nguyễn Văn Tiếp",
        "khu dân cư Nguyễn Du",
        "tuyến đường Nguyễn Huệ",
        "Ủy ban nhân dân huyện",
        "UBND và HĐND",
        "ông ấy phát biểu",
        "lê chí thiện",
        "Lê",
        "",
    ],
)
def test_places_bodies_and_small_letters_are_no_persons(text: str) -> None:
    assert found(find_persons, text) == []


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("bà Huỳnh Thị Hoài Thu", "Huỳnh Thị Hoài Thu"),
        ("Đồng chí Trần Bảy", "Trần Bảy"),
        ("ThS. Phạm Đăng", "Phạm Đăng"),
        ("Mr. John Smith", "John Smith"),
        ("Lê Chí Thiện", "Lê Chí Thiện"),
    ],
)
def test_bare_name_is_without_the_form_of_address(person: str, name: str) -> None:
    assert bare_name(person) == name


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("đạt và vượt 14/14 chỉ tiêu", ["14/14"]),
        ("thêm 03 xã, 01 xã", ["03", "01"]),
        ("95,5% và 80 % số hộ", ["95,5%", "80 %"]),
        ("1.234 hộ", ["1.234"]),
        ("412,7 tỷ đồng, tăng 9,8%", ["412,7 tỷ", "9,8%"]),
        ("5 triệu người, 3 triệu 500 nghìn đồng", ["5 triệu", "3 triệu", "500 nghìn"]),
        ("12 tỷ/năm", ["12 tỷ"]),
        ("có ba xã và mười hai ấp", ["ba", "mười hai"]),
        ("hàng nghìn hộ, hai mươi lăm tỷ đồng", ["nghìn", "hai mươi lăm tỷ"]),
        ("tỷ lệ hộ nghèo, tỷ trọng, tỉ lệ", []),
        ("Hai bên ký, hai bên cùng họp; Thứ hai hằng tuần, tháng ba này", []),
        ("lúa chín rộ", []),
        ("khóa XV, lần thứ XII", []),
        ("số 123/BC-UBND", []),
        ("Quốc lộ N2, QH15", []),
        ("không có gì", []),
    ],
)
def test_numbers_in_digits_and_words(text: str, numbers: list[str]) -> None:
    assert found(find_numbers, text) == numbers


def test_places_are_not_cut_where_small_letters_go_on() -> None:
    text = (
        "Họp tại Hội trường Ủy ban nhân dân huyện; tiêm tại Trường Tiểu học Hòa Long 1, cấp giấy ở"
        " Nhà văn hóa ấp 3. Trụ sở Ủy ban nhân dân xã Mỹ Lộc đặt tại ấp Mỹ Hòa."
    )
    assert found(find_places, text) == [
        "tại Hội trường Ủy ban nhân dân huyện",
        "tại Trường Tiểu học Hòa Long 1",
        "Nhà văn hóa ấp 3",
        "Trụ sở Ủy ban nhân dân xã Mỹ Lộc",
        "ấp Mỹ Hòa",
    ]


def test_places_called_after_a_person_are_no_persons() -> None:
    text = "Đóng cống Bà Bèo, nạo vét rạch Ông Chưởng; chợ bà Tư thuê; bà Bèo và Ông Chưởng dự."
    assert found(find_persons, text) == ["bà Tư", "bà Bèo", "Ông Chưởng"]


def test_amounts_are_no_ordinals() -> None:
    assert found(find_ordinals, "Tăng 18,6 tỷ, đạt 70 %, 520 ha, 31/33 phiếu, kỳ họp 15.") == ["15"]


def test_ordinals_in_digits_words_and_roman_numerals() -> None:
    text = "Quốc hội khóa XV, kỳ họp thứ 3, đông dân thứ ba, hai UBND"
    assert found(find_ordinals, text) == ["XV", "3", "ba"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("tại huyện Cao Lãnh, tỉnh Đồng Tháp", ["huyện Cao Lãnh", "tỉnh Đồng Tháp"]),
        ("họp ở Cao Lãnh", ["ở Cao Lãnh"]),
        ("Hội trường Ủy ban", ["Hội trường Ủy"]),
        ("TP. Cao Lãnh và xã Mỹ Thọ", ["TP. Cao Lãnh", "xã Mỹ Thọ"]),
        ("bà Huỳnh Thị Hoài Thu", []),
        ("các xã trong huyện", []),
        ("", []),
    ],
)
def test_places_are_found_with_their_kind(text: str, places: list[str]) -> None:
    assert found(find_places, text) == places


@pytest.mark.parametrize("finder", [find_persons, find_numbers, find_ordinals, find_places])
@given(text=st.one_of(report_texts().map(nfc), st.text(max_size=60)))
def test_offsets_are_in_order_and_do_not_overlap(finder: Finder, text: str) -> None:
    done = 0
    for start, end in finder(text):
        assert done <= start < end <= len(text)
        assert text[start:end].strip()
        done = end


@pytest.mark.parametrize("finder", [find_persons, find_numbers, find_ordinals, find_places])
@pytest.mark.parametrize(
    "unit",
    ["Lê ", "ông ", "1", "1.", "huyện Cao ", "A", "Ý ", "X", "hai ", "1 tỷ ", "trường tiểu học "],
)
def test_time_is_linear(finder: Finder, unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    finder(text)
    assert time.process_time() - start < 2
