"""A row of syllables and what stands around one in it."""

from __future__ import annotations

import pytest

from hoidap.vietnamese.syllables import Syllables

#       0    5   9        18
ROW = Syllables.of(["chủ", "trì", "hội", "nghị", "ngày", "26/3/2021"], [0, 4, 8, 12, 18, 23])


def at(form: str) -> int:
    return ROW.row.index(f" {form} ")


def test_a_row_has_each_syllable_between_spaces() -> None:
    assert ROW.row == " chủ trì hội nghị ngày 26/3/2021 "


def test_a_syllable_knows_where_it_begins_in_the_text() -> None:
    assert [ROW.start(at(form)) for form in ("chủ", "hội", "hội nghị", "26/3/2021")] == [
        0,
        8,
        8,
        23,
    ]


def test_without_diacritics_places_stay() -> None:
    folded = ROW.folded()
    assert folded.row == " chu tri hoi nghi ngay 26/3/2021 "
    assert folded.start(folded.row.index(" ngay ")) == 18


@pytest.mark.parametrize(
    ("form", "before", "after"),
    [
        ("chủ", "", "trì"),
        ("hội", "trì", "nghị"),
        ("hội nghị", "trì", "ngày"),
        ("26/3/2021", "ngày", ""),
    ],
)
def test_what_stands_before_and_after(form: str, before: str, after: str) -> None:
    assert ROW.before(at(form)) == before
    assert ROW.after(at(form), form) == after


def test_up_to_four_syllables_on_each_side() -> None:
    row = Syllables.of(map(str, range(1, 12)))
    assert row.around(row.row.index(" 6 ")) == (["2", "3", "4", "5", "6", "7", "8", "9", "10"], 4)
    assert row.around(row.row.index(" 2 ")) == (["1", "2", "3", "4", "5", "6"], 1)
    assert row.around(row.row.index(" 11 ")) == (["7", "8", "9", "10", "11"], 4)


def test_a_row_of_nothing() -> None:
    assert Syllables.of([]).row.strip() == ""
