"""The terms and dates of many texts at once are those of each by itself."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hoidap.vietnamese.abbreviations import Abbreviations, Flag, Row
from hoidap.vietnamese.characters import characters
from hoidap.vietnamese.date_arrays import find_dates_of
from hoidap.vietnamese.date_forms import TRIGGER, TRIGGER_WORDS
from hoidap.vietnamese.dates import find_dates
from hoidap.vietnamese.terms import terms
from hoidap.vietnamese.text import fold, normalize
from hoidap.vietnamese.written import written_terms, written_titles
from tests.strategies import ODD_CHARACTERS, WORDS, report_texts

ABBREVIATIONS = Abbreviations.load()

OPENING = frozenset().union(*TRIGGER_WORDS.values())
# What numbers, dates, document numbers and abbreviations are made of.
PIECES = (
    *WORDS, *sorted(OPENING), "26", "3", "03", "2021", "1.234", "1.234,5", "0", "00", "٣",
    "²", "26/3/2021", "123/BC-UBND", "41/2024/QH15", "12-NQ/TW", "1/Da", "3a", "a3b", "t3/2021",
    "q1", "h2", "1st", "(2021)", "( 2021 )", "KT-XH", "GD&ĐT", "UBND-HĐND", "TT", "Hoà", "QUỲ",
    "uỷ", "thuý", "huỷ", "ngoào", "quý I, II và III", "ba tháng đầu năm", "tháng tư", "thángtư",
    "nămhọc", "ngày 5, 6 và 7/3/2021", "học", "từ năm", "đến", "5/3 - 7/4/2021", "2020-2021",
    "⁄", "–", "ð", "to", "the", "of March", "12 may", "12 May", "nhất", "iv",
    "6, tháng 5/2021", "9 tháng đầu năm 2021", "2nd quarter of 2021", "tầm nhìn 2030", "10.6.2021",
    "hội nghị hôm nay, (the 3/4", "3 t4/2021", "12,", "5 người",
)  # fmt: skip
GAPS = (
    " ", " ", " ", "", "-", " - ", "/", ".", ", ", ":", "(", ")", "_", "&", "\n", "\n\n", "  ",
    "\t",
)  # fmt: skip


def pieces() -> st.SearchStrategy[str]:
    usual, odd = st.sampled_from(PIECES), st.sampled_from(ODD_CHARACTERS)
    one = st.tuples(st.one_of(usual, usual, usual, odd), st.sampled_from(GAPS)).map("".join)
    return st.lists(one, max_size=12).map("".join)


def check(texts: list[str], abbreviations: Abbreviations = ABBREVIATIONS) -> None:
    for text, written in zip(texts, written_terms(texts, abbreviations), strict=True):
        found = terms(text, abbreviations)
        assert written.exact == " ".join(found.syllables)
        assert written.folded == fold(written.exact)
        assert written.pairs == fold(" ".join(found.pairs))
        assert written.dates == " ".join(found.dates)
        assert written.starts.tolist() == list(found.starts)
    assert find_dates_of(texts) == [find_dates(text) for text in texts]
    for text, title in zip(texts, written_titles(texts, abbreviations), strict=True):
        found = terms(text, abbreviations)
        bare = [form for form in found.folded if form not in found.exact]
        assert title.syllables == " ".join(found.syllables)
        assert title.terms == " ".join((*found.exact, *bare))


@settings(max_examples=300)
@given(st.lists(pieces(), max_size=5))
@example(["UBND", "", " ", "12", "UBND họp", "(", "2021"])
def test_terms_of_odd_pieces(texts: list[str]) -> None:
    check(texts)


@given(st.lists(report_texts().map(lambda text: text[:3000]), max_size=3))
def test_terms_of_reports(texts: list[str]) -> None:
    check(texts)


@given(st.lists(st.text(max_size=30), max_size=4))
@example(["Ⱥ Å ẞ K Ω", "chữ"])
def test_terms_of_any_text(texts: list[str]) -> None:
    check(texts)


def test_terms_of_no_texts() -> None:
    assert written_terms([], ABBREVIATIONS) == []
    assert written_titles([], ABBREVIATIONS) == []


def test_own_abbreviations_are_spelled_out() -> None:
    own = Abbreviations([Row("XYZ", "xã yên zang", Flag.NONE), Row("T-Y", "tổ yến", Flag.NONE)])
    check(["họp XYZ ở T-Y, 12/XYZ-T-Y", "T-Y", "12/3/XYZ abc"], own)


@pytest.mark.parametrize(
    "text", ["ngày 26/3/2021", "năm học 2020-2021", "quý nhất, quý hai năm 2021"]
)
@pytest.mark.parametrize("before", [0, 1, 80, 200])
def test_dates_far_into_a_text(text: str, before: int) -> None:
    check(["chữ " * before + text, text + " chữ" * before])


def test_the_tables_say_what_normalising_says() -> None:
    table = characters()
    usual = [code for code in range(len(table.odd) - 1) if not table.odd[code]]
    assert {ord(char) for char in "aăâđêôơưỹỲÝ09 \n–“”…"} <= set(usual)
    for code in usual:
        assert chr(table.plain[code]) == normalize(chr(code))
        assert chr(table.bare[code]) == fold(normalize(chr(code)))


@given(pieces())
def test_every_word_that_can_open_a_date_is_listed(text: str) -> None:
    text = text.lower()
    for at in range(len(text)):
        match = TRIGGER.match(text, at)
        if match is None or not text[at].isalpha():
            continue
        end = at
        while end < len(text) and text[end].isalnum():
            end += 1
        word = text[at:end]
        # With a digit in it, it stands in a stretch with numbers.
        assert word in OPENING or not word.isalpha()
