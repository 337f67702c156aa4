"""Spelling made uniform, and tokens with their offsets."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hoidap.vietnamese.text import (
    Token,
    fold,
    has_diacritics,
    nfc,
    normalize,
    tokenize,
    uniform_tones,
)
from tests.strategies import phrases, report_texts


def forms(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


def test_decomposed_letters_are_composed() -> None:
    decomposed = "Huye\u0323\u0302n u\u0309y"
    assert nfc(decomposed) == "Huyện ủy"
    assert nfc(nfc(decomposed)) == nfc(decomposed)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("hoà", "hòa"),
        ("HOÀ", "HÒA"),
        ("Hoà", "Hòa"),
        ("uỷ ban", "ủy ban"),
        ("Uỷ", "Ủy"),
        ("UỶ", "ỦY"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("toạ đàm", "tọa đàm"),
        ("hoã", "hõa"),
        ("huỷ, luỹ", "hủy, lũy"),
    ],
)
def test_tone_of_an_open_syllable_moves_to_the_first_vowel(new: str, old: str) -> None:
    assert uniform_tones(new) == old
    assert uniform_tones(old) == old
    assert normalize(new) == normalize(old)


@pytest.mark.parametrize("word", ["quý", "Quý", "QUÝ", "quỹ", "quỵ"])
def test_after_q_the_tone_stays_where_it_is(word: str) -> None:
    assert uniform_tones(word) == word


@pytest.mark.parametrize("word", ["hoàn", "toán", "huỳnh", "thuyền", "khoảng", "xoèn", "HUỲNH"])
def test_a_closed_syllable_has_one_spelling(word: str) -> None:
    assert uniform_tones(word) == word


@given(report_texts().map(nfc))
def test_moving_tones_keeps_every_offset(text: str) -> None:
    assert len(uniform_tones(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Huỳnh", "huỳnh"),
        ("UỶ BAN", "ủy ban"),
        ("u\u0309y", "ủy"),
        ("uy\u0309", "ủy"),
        ("hội\u200bnghị", "hộinghị"),
        ("\ufeffBáo cáo", "báo cáo"),
        ("hoa\u200b\u0300", "hòa"),
        ("QÐ-UBND", "qđ-ubnd"),
        ("ðại biểu", "đại biểu"),
        ("", ""),
    ],
)
def test_normal_form(text: str, form: str) -> None:
    assert normalize(text) == form


@given(st.one_of(report_texts(), st.text(max_size=60)))
@example("oạ\u0300")
@example("İ")
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@given(phrases())
def test_normal_form_is_the_same_for_composed_and_decomposed_text(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert normalize(decomposed) == normalize(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Đồng Tháp", "Dong Thap"),
        ("ủy ban nhân dân đường phố", "uy ban nhan dan duong pho"),
        ("ỹ ợ ằ ẵ ế ộ ị ú ư", "y o a a e o i u u"),
        ("ĐẶNG ÐẶNG", "DANG DANG"),
        ("café 26/3/2021", "cafe 26/3/2021"),
        ("plain", "plain"),
        ("漢 😀", "漢 😀"),
    ],
)
def test_folding_leaves_what_a_bare_keyboard_types(text: str, bare: str) -> None:
    assert fold(text) == bare
    assert fold(unicodedata.normalize("NFD", text)) == bare
    assert fold(bare) == bare


@given(report_texts().map(nfc))
def test_folding_composed_letters_keeps_a_letter_a_letter(text: str) -> None:
    # What is no combining mark of its own stays one character.
    marks = sum("\u0300" <= char <= "\u036f" for char in text)
    assert len(fold(text)) == len(text) - marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chủ trì", True),
        ("chu\u0309 tri", True),
        ("đi", True),
        ("chu tri hoi nghi 26/3/2021?", False),
        ("", False),
        ("漢", False),
    ],
)
def test_whether_a_text_has_diacritics(text: str, expected: bool) -> None:
    assert has_diacritics(text) is expected


def test_tokens_carry_normal_forms_and_offsets_into_the_text() -> None:
    assert tokenize("Uỷ ban, huyện!") == [
        Token("ủy", 0, 2),
        Token("ban", 3, 6),
        Token("huyện", 8, 13),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đạt 14/14 chỉ tiêu", ["đạt", "14/14", "chỉ", "tiêu"]),
        ("123/BC-UBND", ["123/bc-ubnd"]),
        ("Luật 41/2024/QH15.", ["luật", "41/2024/qh15"]),
        ("số 05/QĐ-TTg, ngày 26/3/2021", ["số", "05/qđ-ttg", "ngày", "26/3/2021"]),
        ("03 xã", ["3", "xã"]),
        ("000", ["0"]),
        ("1.234 hộ", ["1234", "hộ"]),
        ("12.345.678", ["12345678"]),
        ("1.234,5", ["1234,5"]),
        ("3.5", ["3.5"]),
        ("95,5%", ["95,5"]),
        ("7:30", ["7:30"]),
        ("năm 2021.", ["năm", "2021"]),
        ("KT-XH", ["kt", "xh"]),
        ("QH15", ["qh15"]),
        ("snake_case", ["snake", "case"]),
        ("hội nghị😀tổng kết", ["hội", "nghị", "tổng", "kết"]),
        ("🇻🇳 — … !", []),
        ("", []),
    ],
)
def test_words_and_numbers(text: str, expected: list[str]) -> None:
    assert forms(text) == expected


@pytest.mark.parametrize(
    ("left", "right"),
    [("03", "3"), ("1.234", "1234"), ("Uỷ", "ủy"), ("THUÝ", "thúy"), ("QÐ", "QĐ"), ("0", "00")],
)
def test_spellings_of_one_word_are_one_token(left: str, right: str) -> None:
    assert forms(left) == forms(right)


@pytest.mark.parametrize(
    ("left", "right"), [("14/14", "1414"), ("3.5", "35"), ("quý", "quy"), ("1.23", "123")]
)
def test_different_words_stay_different(left: str, right: str) -> None:
    assert forms(left) != forms(right)


def test_decomposed_text_has_the_tokens_of_composed_text() -> None:
    text = "Ủy ban nhân dân huyện Cao Lãnh, 03 xã"
    assert forms(nfc(unicodedata.normalize("NFD", text))) == forms(text)


def test_zero_width_characters_belong_to_the_word_they_stand_in() -> None:
    text = "hội \u200bngh\u200bị x\u00adã"
    assert tokenize(text) == [Token("hội", 0, 3), Token("nghị", 5, 10), Token("xã", 11, 14)]


def test_emoji_do_not_shift_offsets() -> None:
    text = "😀👩‍👩‍👧 hội 🇻🇳 nghị"
    assert [text[token.start : token.end] for token in tokenize(text)] == ["hội", "nghị"]


@given(st.one_of(report_texts().map(nfc), phrases().map(nfc)))
@example("İ a\u200b b")
@example("İ\u200b ủy ban")
@example("thuý\u0301hội nghị")
def test_offsets_point_at_the_token(text: str) -> None:
    done = 0
    for token in tokenize(text):
        assert done <= token.start < token.end <= len(text)
        done = token.end
        # A second tone mark, which no letter has, keeps the first one where it is.
        marks = re.match("[\u0300-\u036f]*", text[token.end :])
        assert marks is not None
        assert forms(text[token.start : token.end + marks.end()]) == [token.text]


@given(st.text(max_size=60))
def test_offsets_of_any_text_lie_in_it_in_order(text: str) -> None:
    text = nfc(text)
    done = 0
    for token in tokenize(text):
        assert done <= token.start < token.end <= len(text)
        assert token.text
        done = token.end
