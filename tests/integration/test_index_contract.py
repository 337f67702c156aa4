"""What every PassageIndex does, whichever engines stand behind it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from hoidap.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from hoidap.index.base import DateRange, Entry, Field, PassageIndex, QueryTerm
from hoidap.index.local import LocalIndex
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import terms
from tests.fakes import HashEncoder

Build = Callable[[list[Entry]], PassageIndex]

ENCODER = HashEncoder()
ABBREVIATIONS = Abbreviations.load()


def entry(passage_id: int, text: str, title: str = "", day: date | None = None) -> Entry:
    return Entry(passage_id, text, terms(text, ABBREVIATIONS), terms(title, ABBREVIATIONS), day)


ENTRIES = [
    entry(3, "Hội nghị tổng kết ngày 26/3/2021", "Tổng kết", date(2021, 3, 26)),
    entry(7, "Hội nghị triển khai nhiệm vụ", "Nhiệm vụ", date(2022, 1, 5)),
    entry(8, "Thu hoạch lúa đông xuân ngày 26 tháng 3 năm 2021", "Nông nghiệp"),
]


def build_local(place: Path, entries: list[Entry], name: str = "1") -> LocalIndex:
    LocalIndex.build(place / name, entries, ENCODER, generation=1, terms="t")
    return LocalIndex(place / name, encoder=ENCODER.name, terms="t")


@pytest.fixture(params=["local"])
def build(request: pytest.FixtureRequest, tmp_path: Path) -> Build:
    assert request.param == "local"
    return lambda entries: build_local(tmp_path, entries)


def ids(
    index: PassageIndex, field: Field, *words: str, within: DateRange | None = None
) -> list[int]:
    query = [QueryTerm(field, word, 1.0) for word in words]
    return [hit.passage_id for hit in index.search_terms(query, 10, within)]


def test_every_field_is_searched_by_its_own_terms(build: Build) -> None:
    index = build(ENTRIES)
    assert index.passages == 3
    assert ids(index, Field.EXACT, "lúa") == [8]
    assert ids(index, Field.EXACT, "lua") == []
    assert ids(index, Field.FOLDED, "lua") == [8]
    assert ids(index, Field.EXACT, "hội_nghị", "triển_khai") == [7, 3]
    assert ids(index, Field.TITLE, "nông_nghiệp") == [8]
    assert ids(index, Field.TITLE, "nong_nghiep") == [8]
    assert sorted(ids(index, Field.DATES, "d2021-03-26")) == [3, 8]


def test_equal_scores_come_in_the_order_of_ids(build: Build) -> None:
    same = [entry(number, "cùng một đoạn") for number in (2, 5, 9)]
    index = build(same)
    assert ids(index, Field.EXACT, "đoạn") == [2, 5, 9]
    vector = ENCODER.encode_questions(["cùng một đoạn"])[0]
    assert [hit.passage_id for hit in index.search_vector(vector, 10)] == [2, 5, 9]


def test_a_boost_multiplies_the_score_of_its_term(build: Build) -> None:
    index = build(ENTRIES)
    plain = index.search_terms([QueryTerm(Field.EXACT, "lúa", 1.0)], 1)[0].score
    boosted = index.search_terms([QueryTerm(Field.EXACT, "lúa", 2.0)], 1)[0].score
    assert boosted == pytest.approx(2 * plain)


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (DateRange(), [3, 7]),
        (DateRange(first=date(2022, 1, 1)), [7]),
        (DateRange(last=date(2021, 12, 31)), [3]),
        (DateRange(date(2021, 3, 26), date(2021, 3, 26)), [3]),
        (DateRange(date(2021, 3, 27), date(2021, 12, 31)), []),
    ],
)
def test_a_range_keeps_reports_dated_in_it(
    build: Build, within: DateRange, expected: list[int]
) -> None:
    index = build(ENTRIES)
    assert sorted(ids(index, Field.EXACT, "hội", "lúa", within=within)) == expected
    vector = ENCODER.encode_questions(["hội nghị lúa"])[0]
    assert sorted(hit.passage_id for hit in index.search_vector(vector, 10, within)) == expected


def test_a_range_does_not_change_the_score(build: Build) -> None:
    index = build(ENTRIES)
    query = [QueryTerm(Field.EXACT, "tổng", 1.0)]
    assert index.search_terms(query, 1, DateRange()) == index.search_terms(query, 1)


def test_vectors_come_in_the_order_asked_for(build: Build) -> None:
    index = build(ENTRIES)
    expected = ENCODER.encode_passages([ENTRIES[2].text, ENTRIES[0].text])
    np.testing.assert_array_equal(index.vectors([8, 3]), expected)
    assert index.vectors([]).shape == (0, ENCODER.dim)


def test_limits_and_empty_queries_are_values(build: Build) -> None:
    index = build(ENTRIES)
    vector = ENCODER.encode_questions(["hội nghị"])[0]
    assert index.search_terms([], 10) == []
    assert index.search_terms([QueryTerm(Field.EXACT, "hội", 1.0)], 0) == []
    assert index.search_vector(vector, 0) == []
    assert len(index.search_vector(vector, 100)) == 3
    assert index.search_vector(np.zeros(ENCODER.dim, np.float32), 10) == []


def test_an_index_of_nothing_finds_nothing(build: Build) -> None:
    index = build([])
    assert index.passages == 0
    assert ids(index, Field.EXACT, "hội") == []
    assert index.search_vector(ENCODER.encode_questions(["hội"])[0], 10) == []


# --- what only a local index has: files ---


def test_the_same_entries_give_the_same_answers_after_opening_again(tmp_path: Path) -> None:
    first = build_local(tmp_path, ENTRIES, "1")
    second = build_local(tmp_path, ENTRIES, "2")
    query = [QueryTerm(Field.EXACT, "hội", 1.0), QueryTerm(Field.FOLDED, "lua", 1.0)]
    assert first.search_terms(query, 10) == second.search_terms(query, 10)


def test_vectors_of_the_previous_generation_are_taken_over(tmp_path: Path) -> None:
    previous = build_local(tmp_path, ENTRIES)
    encoder = HashEncoder()
    LocalIndex.build(
        tmp_path / "2",
        [*ENTRIES, entry(11, "đoạn mới")],
        encoder,
        generation=2,
        terms="t",
        previous=previous,
    )
    assert encoder.encoded == 1
    following = LocalIndex(tmp_path / "2", encoder="hash", terms="t")
    np.testing.assert_array_equal(following.vectors([3, 7, 8]), previous.vectors([3, 7, 8]))


def test_a_failed_build_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(HashEncoder):
        def encode_passages(self, texts: object) -> np.ndarray:
            raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        LocalIndex.build(tmp_path / "1", ENTRIES, Broken(), generation=1, terms="t")
    assert list(tmp_path.iterdir()) == []


def test_an_index_of_another_encoder_or_analysis_is_refused(tmp_path: Path) -> None:
    build_local(tmp_path, ENTRIES)
    with pytest.raises(IndexMismatchError, match="bộ mã hóa hash, hiện dùng other"):
        LocalIndex(tmp_path / "1", encoder="other", terms="t")
    with pytest.raises(IndexMismatchError, match="hoidap reload"):
        LocalIndex(tmp_path / "1", encoder="hash", terms="other")


def test_a_missing_index_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="không có chỉ mục"):
        LocalIndex(tmp_path / "1", encoder="hash", terms="t")


def damages() -> list[tuple[str, Callable[[Path], object]]]:
    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        path.write_bytes(data)

    return [
        ("deleted", lambda path: path.unlink()),
        ("emptied", lambda path: path.write_bytes(b"")),
        ("truncated", lambda path: path.write_bytes(path.read_bytes()[:-1])),
        ("flipped", flip),
        ("garbage", lambda path: path.write_bytes(b"\x00\xff" * 64)),
    ]


@pytest.mark.parametrize("damage", [pytest.param(d, id=name) for name, d in damages()])
def test_damage_to_any_file_is_noticed(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    build_local(tmp_path, ENTRIES)
    files = [
        path.relative_to(tmp_path / "1")
        for path in (tmp_path / "1").rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    ]
    assert len(files) > 8
    for number, file in enumerate(files):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(tmp_path / "1", copy)
        damage(copy / file)
        with pytest.raises(IndexDamagedError):
            LocalIndex(copy, encoder="hash", terms="t")
