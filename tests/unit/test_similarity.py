"""How alike texts are, and finding those that are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.similarity import ALIKE, alike, candidates, parts, sketches


def words(count: int, seed: int) -> list[str]:
    chosen = random.Random(seed)
    return [f"từ{chosen.randrange(5000)}" for _ in range(count)]


def runs(text: str) -> set[tuple[str, ...]]:
    """The runs of five words of a text, the slow way."""
    tokens = "".join(char.lower() if char.isalnum() else " " for char in text).split()
    return {tuple(tokens[at : at + 5]) for at in range(len(tokens) - 4)}


@given(
    st.lists(st.sampled_from(["Xã", "Huyện", "ĐÃ", "xong,", "12", "1", ".", "\n\n", "漢"])),
    st.lists(st.sampled_from(["xã", "huyện", "đã", "xong", "12", "-", "\n"])),
)
def test_likeness_is_the_share_of_common_runs(one: list[str], other: list[str]) -> None:
    first, second = " ".join(one), " ".join(other)
    union = runs(first) | runs(second)
    expected = len(runs(first) & runs(second)) / len(union) if union else float(first == second)
    assert alike(first, second) == pytest.approx(expected)
    assert alike(first, second) == alike(second, first)


def test_a_corrected_report_is_alike_and_another_on_the_same_form_is_not() -> None:
    text = words(500, 1)
    corrected = [*text]
    for at in range(20, 500, 50):
        corrected[at] = "khác"
    form = [word if at % 10 else f"số{at}" for at, word in enumerate(text)]
    assert alike(" ".join(text), " ".join(corrected)) > ALIKE
    assert alike(" ".join(text), " ".join(form)) < 0.5


def test_sketches_agree_as_often_as_texts_are_alike() -> None:
    text = words(300, 2)
    for changed in (1, 5, 20):
        other = [*text]
        for at in range(changed):
            other[at * 300 // changed] = f"khác{at}"
        share = alike(" ".join(text), " ".join(other))
        agree = 0.0
        for seed in range(40):  # other words, the same likeness
            renamed = {word: f"{word}x{seed}" for word in {*text, *other}}
            one, two = (
                next(sketches([" ".join(renamed[word] for word in version)]))
                for version in (text, other)
            )
            same = sum(one[at : at + 4] == two[at : at + 4] for at in range(0, 64, 4))
            agree += same / 16 / 40
        assert agree == pytest.approx(share, abs=0.07)


def test_a_text_of_less_than_five_words_has_no_sketch() -> None:
    table = list(sketches(["", "Một hai ba bốn", "Một hai ba bốn năm", "...", "Sáu"] * 200))
    assert [len(sketch) for sketch in table[:5]] == [0, 0, 64, 0, 0]
    assert table[:5] * 200 == table
    assert list(sketches([])) == []


def test_a_new_text_is_paired_with_those_like_it() -> None:
    texts = [" ".join(words(80, seed)) for seed in range(300)]
    texts.append(texts[7].replace(texts[7].split()[40], "khác"))
    texts.append(" ".join(words(80, 1000)))
    table = list(sketches(texts))
    assert list(candidates(table, 2)) == [(300, 7)]
    assert list(candidates(table, 1)) == []
    assert list(candidates(table, len(table))) == [(300, 7)]
    assert list(candidates([], 0)) == []
    assert list(candidates(table[:1], 1)) == []


def test_many_alike_do_not_make_pairs_of_all() -> None:
    table = list(sketches([" ".join(words(80, 1))] * 2000))
    assert list(candidates(table, 2000)) == [(place, 0) for place in range(1, 2000)]


def test_what_may_be_alike_shares_a_part_of_its_sketch() -> None:
    texts = [" ".join(words(60, seed % 7)) + f" số {seed}" for seed in range(40)]
    table = list(sketches([*texts, texts[3] + " thêm"]))
    wanted = parts(table[-1])
    assert len(wanted) == 8
    assert b"".join(part for _, part in wanted) == table[-1]
    like = [
        place
        for place, sketch in enumerate(table)
        if any(sketch[at : at + len(part)] == part for at, part in wanted)
    ]
    assert 1 < len(like) < len(table)
    of_all = list(candidates(table, 1))
    of_these = candidates([table[place] for place in like], 1)
    assert [(like[one], like[other]) for one, other in of_these] == of_all
    assert of_all
    assert parts(b"") == []
