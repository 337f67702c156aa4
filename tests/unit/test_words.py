"""Words of several syllables and how much each says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.text import fold
from hoidap.vietnamese.words import Words

SYLLABLES = [
    "chủ", "trì", "hội", "nghị", "ủy", "ban", "nhân", "dân", "huyện", "xã", "nông", "thôn", "mới",
    "kinh", "tế", "là", "của", "xyzzy", "2021", "14/14", "", "chu", "tri",
]  # fmt: skip


def segmented(words: Words, text: str) -> list[str]:
    syllables = text.split()
    return [" ".join(syllables[start:end]) for start, end in words.segment(syllables)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chủ trì hội nghị", ["chủ trì", "hội nghị"]),
        ("ủy ban nhân dân huyện", ["ủy ban nhân dân", "huyện"]),
        ("đại biểu tham dự hội nghị", ["đại biểu", "tham dự", "hội nghị"]),
        ("phát triển kinh tế của huyện", ["phát triển", "kinh tế", "của", "huyện"]),
        ("xyzzy chủ trì qwrt", ["xyzzy", "chủ trì", "qwrt"]),
        ("huyện", ["huyện"]),
        ("", []),
    ],
)
def test_running_text_is_divided_into_words(text: str, expected: list[str]) -> None:
    assert segmented(Words.load(), text) == expected
    assert segmented(Words.load_folded(), fold(text)) == [fold(word) for word in expected]


def test_the_likeliest_division_wins() -> None:
    words = Words({"a b": 100, "b c": 1, "a": 10, "b": 10, "c": 10}, 1000)
    assert segmented(words, "a b c") == ["a b", "c"]
    words = Words({"a b": 1, "b c": 100, "a": 10, "b": 10, "c": 10}, 1000)
    assert segmented(words, "a b c") == ["a", "b c"]


@given(st.lists(st.sampled_from(SYLLABLES), max_size=40))
def test_division_covers_every_syllable_once_in_words_of_four_at_most(
    syllables: list[str],
) -> None:
    words = Words.load()
    done = 0
    for start, end in words.segment(syllables):
        assert start == done
        assert 1 <= end - start <= 4
        assert end - start == 1 or " ".join(syllables[start:end]) in words
        done = end
    assert done == len(syllables)


def test_packaged_list_knows_words_with_and_without_diacritics() -> None:
    assert "hội nghị" in Words.load()
    assert "hoi nghi" not in Words.load()
    assert "hoi nghi" in Words.load_folded()
    assert "xyzzy" not in Words.load()
    assert Words.load() is Words.load()


def test_rarer_words_weigh_more() -> None:
    words = Words.load()
    order = ["và", "huyện", "hội nghị", "chủ trì", "xyzzy"]
    weights = [words.weight(word) for word in order]
    assert weights == sorted(weights)
    assert len(set(weights)) == len(weights)


def test_weight_is_the_logarithm_of_the_inverse_frequency() -> None:
    words = Words({"mọi": 99, "một": 1}, 99)
    assert words.weight("mọi") == 0
    assert words.weight("một") == pytest.approx(math.log(50))
    assert words.weight("không có") == pytest.approx(math.log(100))


def test_words_that_folding_makes_equal_count_together() -> None:
    accented, folded = Words.load(), Words.load_folded()
    # "chủ", "chú" and "chu" are all written "chu".
    assert folded.weight("chu") < min(accented.weight(word) for word in ("chủ", "chú", "chu"))
    assert folded.weight("chu") >= 0


def test_syllables_that_no_word_holds_side_by_side_cannot_join() -> None:
    words = Words({"đánh giá": 5, "giá": 9, "bảng đánh giá": 1}, 10)
    assert words.may_join("đánh", "giá")
    assert words.may_join("bảng", "đánh")
    assert not words.may_join("giá", "lúa")
    assert not words.may_join("giá", "đánh")
    assert not words.may_join("", "giá")
