"""What an index is fed with: words, pairs of words, dates."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from hoidap.vietnamese.abbreviations import Abbreviations, Flag, Row
from hoidap.vietnamese.terms import Terms, expand, pairs, terms, terms_fingerprint
from hoidap.vietnamese.text import Token, fold, nfc, tokenize
from tests.strategies import report_texts

ABBREVIATIONS = Abbreviations.load()
DAY_TERMS = ("d2021-03-26", "m2021-03", "y2021", "dm-03-26")


def exact(text: str) -> tuple[str, ...]:
    return terms(text, ABBREVIATIONS).exact


def pairs_of(text: str) -> list[str]:
    return pairs(text, tokenize(text))


def test_terms_are_words_then_pairs_repeated_as_often_as_they_occur() -> None:
    assert exact("Hội nghị, hội nghị") == (
        *("hội", "nghị", "hội", "nghị"),
        *("hội_nghị", "hội_nghị"),
    )


@pytest.mark.parametrize("gap", [" ", "  ", "\n", "-", " - ", " – ", " & "])
def test_words_with_a_blank_or_hyphen_between_them_are_a_pair(gap: str) -> None:
    assert pairs_of(f"kinh{gap}tế") == ["kinh_tế"]


@pytest.mark.parametrize("gap", [", ", ". ", "; ", ": ", " (", "/", "? ", " — ", "…", " “", "😀"])
def test_no_pair_goes_over_punctuation(gap: str) -> None:
    assert pairs_of(f"kinh{gap}tế") == []


def test_numbers_are_in_pairs_too() -> None:
    assert pairs_of("đạt 03 xã") == ["đạt_3", "3_xã"]


def test_abbreviation_is_spelled_out_at_its_own_offsets() -> None:
    assert expand("UBND huyện", ABBREVIATIONS) == [
        Token("ủy", 0, 4),
        Token("ban", 0, 4),
        Token("nhân", 0, 4),
        Token("dân", 0, 4),
        Token("huyện", 5, 10),
    ]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("UBND huyện", "Ủy ban nhân dân huyện"),
        ("UBND huyện", "Uỷ ban nhân dân huyện"),
        ("ubnd huyện", "ủy ban nhân dân huyện"),
        ("đại biểu HĐND", "đại biểu Hội đồng nhân dân"),
        ("xây dựng NTM", "xây dựng nông thôn mới"),
    ],
)
def test_abbreviated_and_spelled_out_text_have_the_same_terms(short: str, long: str) -> None:
    assert exact(short) == exact(long)


def test_own_abbreviations_are_spelled_out() -> None:
    own = Abbreviations([Row("XYZ", "xã yên zang", Flag.NONE)])
    assert terms("họp XYZ", own).exact == (
        *("họp", "xã", "yên", "zang"),
        *("họp_xã", "xã_yên", "yên_zang"),
    )


def test_document_number_stays_whole_though_abbreviations_stand_in_it() -> None:
    found = exact("Báo cáo số 123/BC-UBND ngày")
    assert "123/bc-ubnd" in found
    assert "số_123/bc-ubnd" in found


def test_folded_terms_are_the_exact_ones_without_diacritics() -> None:
    found = terms("Đạt 14/14 chỉ tiêu", ABBREVIATIONS)
    assert found.exact == (
        *("đạt", "14/14", "chỉ", "tiêu"),
        *("đạt_14/14", "14/14_chỉ", "chỉ_tiêu"),
    )
    assert found.folded == [
        *("dat", "14/14", "chi", "tieu"),
        *("dat_14/14", "14/14_chi", "chi_tieu"),
    ]


@pytest.mark.parametrize("text", ["", " \n", "?!", "😀"])
def test_text_without_words_has_no_terms(text: str) -> None:
    found = terms(text, ABBREVIATIONS)
    assert found == Terms((), ())
    assert found.folded == []


@pytest.mark.parametrize(
    "text",
    [
        "26/3/2021",
        "Ngày 26/03/2021",
        "ngày 26 tháng 3 năm 2021",
        "ngay 26 thang 3 nam 2021",
        "26-3-2021",
        "2021-03-26",
        "26 March 2021",
        "March 26, 2021",
    ],
)
def test_a_day_has_the_same_date_terms_however_it_is_written(text: str) -> None:
    assert terms(text, ABBREVIATIONS).dates == DAY_TERMS


def test_dates_are_found_among_words_and_in_order() -> None:
    found = terms("Họp ngày 26/3/2021, tổng kết năm 2020", ABBREVIATIONS)
    assert found.dates == (*DAY_TERMS, "y2020")


def test_document_number_and_fraction_are_no_dates() -> None:
    assert terms("14/14 chỉ tiêu theo 23/2018/NĐ-CP", ABBREVIATIONS).dates == ()


@pytest.mark.parametrize("text", ["Ủy ban nhân dân huyện Cao Lãnh", "hoà bình, 03 xã", "UBND"])
def test_terms_do_not_depend_on_how_letters_are_composed(text: str) -> None:
    assert terms(nfc(unicodedata.normalize("NFD", text)), ABBREVIATIONS) == terms(
        text, ABBREVIATIONS
    )


@given(report_texts().map(nfc))
def test_terms_of_any_text_can_be_written_with_blanks_between_them(text: str) -> None:
    found = terms(text, ABBREVIATIONS)
    assert all(term and not any(char.isspace() for char in term) for term in found.exact)
    assert found.folded == [fold(term) for term in found.exact]
    tokens = expand(text, ABBREVIATIONS)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


def test_fingerprint_changes_with_the_abbreviations() -> None:
    one = Abbreviations([Row("XYZ", "xã yên zang", Flag.NONE)])
    other = Abbreviations([Row("XYZ", "xã yên zung", Flag.NONE)])
    again = Abbreviations([Row("XYZ", "xã yên zang", Flag.NONE)])
    assert terms_fingerprint(one) == terms_fingerprint(again)
    assert terms_fingerprint(one) != terms_fingerprint(other)
