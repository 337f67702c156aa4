"""What every PassageIndex does, whichever engines stand behind it."""

from __future__ import annotations

import copy
import itertools
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hoidap.encoder import Encoder
from hoidap.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from hoidap.index import bm25, dense
from hoidap.index.base import HEADING, DateRange, Entry, Field, PassageIndex, Piece, QueryTerm
from hoidap.index.local import LocalIndex
from hoidap.index.prepared import Prepared, prepare
from hoidap.index.store import GenerationStore, StoredIndex, open_store
from hoidap.settings import LOCAL, Settings
from hoidap.token_table import PassageTokens, TokenTable, Vectors, load_token_table
from hoidap.vietnamese.abbreviations import Abbreviations
from tests.fakes import HashEncoder
from tests.milvus import MilvusServer

Build = Callable[[list[Entry]], PassageIndex]

ENCODER = HashEncoder()
ABBREVIATIONS = Abbreviations.load()


def token_table() -> TokenTable:
    """That of the shipped encoder; loaded once."""
    return load_token_table(Settings())


def entry(
    passage_id: int, *paragraphs: str, title: str = "", day: date | None = None, heading: str = ""
) -> Entry:
    text = "\n\n".join(paragraphs)
    starts = itertools.accumulate((len(one) + 2 for one in paragraphs), initial=0)
    pieces = tuple(Piece("", one, start) for one, start in zip(paragraphs, starts, strict=False))
    return Entry(
        passage_id,
        heading,
        text,
        pieces,
        title,
        heading,
        day,
    )


ENTRIES = [
    entry(3, "Hội nghị tổng kết ngày 26/3/2021", title="Tổng kết", day=date(2021, 3, 26)),
    entry(7, "Hội nghị triển khai nhiệm vụ", title="Nhiệm vụ", day=date(2022, 1, 5)),
    entry(8, "Thu hoạch lúa đông xuân ngày 26 tháng 3 năm 2021", title="Nông nghiệp"),
]


def build_local(place: Path, entries: list[Entry], name: str = "1") -> LocalIndex:
    write_local(place / name, entries, ENCODER)
    return open_local(place / name)


def write_local(directory: Path, entries: list[Entry], encoder: Encoder) -> None:
    batches = batched(entries, encoder)
    LocalIndex.build(directory, batches, encoder, token_table(), generation=1, terms="t")


def batched(entries: list[Entry], encoder: Encoder) -> Iterator[Prepared]:
    """Entries made ready, three at a time."""
    for first in range(0, len(entries), 3):
        yield prepare(entries[first : first + 3], encoder, token_table(), ABBREVIATIONS)


def open_local(directory: Path, *, encoder: str = "hash", analysis: str = "t") -> LocalIndex:
    return LocalIndex(directory, encoder=encoder, terms=analysis, table=token_table())


@pytest.fixture(params=["local", "milvus"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GenerationStore]:
    """An empty store of generations of each kind."""
    index = LOCAL
    if request.param == "milvus":
        server: MilvusServer = request.getfixturevalue("milvus")
        index = server.uri
    store = open_store(Settings(data=tmp_path, index=index), ENCODER, token_table(), "t")
    yield store
    store.keep(())


@pytest.fixture
def build(store: GenerationStore) -> Build:
    numbers = itertools.count(1)

    def build_next(entries: list[Entry]) -> PassageIndex:
        number = next(numbers)
        store.build(number, batched(entries, ENCODER))
        return store.open(number)

    return build_next


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
    assert ids(index, Field.PAIRS, "hoi_nghi", "trien_khai") == [7, 3]
    assert ids(index, Field.FOLDED, "hoi_nghi") == []
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


def test_terms_add_up(build: Build) -> None:
    index = build(ENTRIES)
    terms = [QueryTerm(Field.EXACT, "xuân", 1.0), QueryTerm(Field.PAIRS, "thu_hoach", 0.5)]
    (hit,) = index.search_terms(terms, 10)
    alone = [index.search_terms([term], 10)[0].score for term in terms]
    assert hit.score == pytest.approx(sum(alone))


def test_no_passage_reaches_the_most_that_terms_can_score(build: Build) -> None:
    index = build(
        [*ENTRIES, entry(9, "lúa"), entry(10, "lúa " * 500), entry(11, "lúa xuân " * 500)]
    )
    for query in (
        [QueryTerm(Field.EXACT, "lúa", 1.0)],
        [QueryTerm(Field.FOLDED, "lua", 0.5)],
        [QueryTerm(Field.PAIRS, "lua_xuan", 0.6)],
        [QueryTerm(Field.EXACT, "lúa", 1.0), QueryTerm(Field.FOLDED, "xuan", 2.0)],
    ):
        best, most = index.search_terms(query, 1)[0].score, index.most(query)
        assert best < most
        assert best > 0.9 * most  # they hold little else, so it is near


def test_most_counts_the_terms_of_the_text_with_their_boosts(build: Build) -> None:
    index = build(ENTRIES)
    common, rare = QueryTerm(Field.EXACT, "hội", 1.0), QueryTerm(Field.EXACT, "lúa", 1.0)
    assert 0 < index.most([common]) < index.most([rare])
    assert index.most([common, rare]) == pytest.approx(index.most([common]) + index.most([rare]))
    assert index.most([QueryTerm(Field.EXACT, "lúa", 2.0)]) == pytest.approx(2 * index.most([rare]))
    # A word that no passage holds is missed: it counts as the rarest.
    assert index.most([QueryTerm(Field.EXACT, "cầu", 1.0)]) > index.most([rare])
    beside = [
        QueryTerm(Field.TITLE, "nông_nghiệp", 1.0), QueryTerm(Field.DATES, "d2021-03-26", 1.0)
    ]  # fmt: skip
    assert index.most(beside) == index.most([]) == 0


def test_similarities_come_in_the_order_asked_for(build: Build) -> None:
    index = build(ENTRIES)
    vector = ENCODER.encode_questions(["hội nghị lúa"])[0]
    passages = ENCODER.encode_passages([ENTRIES[2].text, ENTRIES[0].text])
    np.testing.assert_allclose(index.similarities(vector, [8, 3]), passages @ vector, atol=1e-3)
    assert index.similarities(vector, []).shape == (0,)


def test_the_best_piece_of_a_passage_counts(build: Build) -> None:
    several = entry(5, "thu hoạch lúa đông xuân", "hội nghị tổng kết", "trồng cây xanh")
    index = build([*ENTRIES[:1], several, *ENTRIES[1:]])
    vector = ENCODER.encode_questions(["hội nghị tổng kết"])[0]
    products = ENCODER.encode_passages([one.whole for one in several.pieces]) @ vector
    assert products[1] == pytest.approx(1) == products.max()
    np.testing.assert_allclose(index.similarities(vector, [8, 5, 3])[1], products[1], rtol=1e-6)
    hits = {hit.passage_id: hit.score for hit in index.search_vector(vector, 10)}
    assert hits[5] == pytest.approx(products[1])
    assert max(hits, key=hits.__getitem__) == 5
    found = [hit.passage_id for hit in index.search_vector(vector, 10)]
    assert len(found) == len(set(found))


def rows_of(*texts: str) -> list[NDArray[np.int32]]:
    """What the tokenizer makes of texts."""
    return [token_table().question_rows(text) for text in texts]


def words(tokens: PassageTokens, text: str) -> list[str]:
    """What stands at the places of a passage's tokens, up to the next blank."""
    return [text[start:].split()[0] for start in tokens.starts if start != HEADING]


def test_tokens_come_in_the_order_asked_for_those_of_the_heading_first(build: Build) -> None:
    heading, text = "Nông nghiệp", "Thu hoạch lúa đông xuân"
    index = build([entry(3, "Hội nghị tổng kết"), entry(5, text, heading=heading), entry(9, "…")])
    empty, headed, plain = index.tokens([9, 5, 3])
    assert len(empty.rows) == len(empty.starts) == 0
    above, below = rows_of(heading, text)
    np.testing.assert_array_equal(headed.rows, [*above, *below])
    assert (headed.starts[: len(above)] == HEADING).all()
    assert (headed.starts[len(above) :] < len(text)).all()
    assert (np.diff(headed.starts[len(above) :].astype(int)) > 0).all()
    assert words(headed, text)[0] == "Thu"
    np.testing.assert_array_equal(plain.rows, rows_of("Hội nghị tổng kết")[0])
    assert HEADING not in plain.starts
    assert index.tokens([]) == []


def test_the_rarer_a_token_is_the_more_it_weighs(build: Build) -> None:
    (rows,) = rows_of("của lúa")
    common, rare = rows.astype(np.intp)
    alone = build([entry(1, "trồng cây")])
    of_the_language = alone.token_weights(np.array([common, rare]))
    assert 0 < of_the_language[0] < of_the_language[1]
    assert alone.token_weights(np.array([], np.intp)).shape == (0,)


def test_a_token_that_a_collection_is_full_of_weighs_less_in_it(build: Build) -> None:
    (rows,) = rows_of("lúa")
    place = rows.astype(np.intp)
    without = build([entry(number, "trồng cây") for number in range(300)]).token_weights(place)
    often = build([entry(number, "trồng lúa") for number in range(300)]).token_weights(place)
    # A passage counts once however often it holds the token.
    one = build(
        [entry(0, "lúa " * 300), *(entry(number, "trồng cây") for number in range(1, 300))]
    ).token_weights(place)
    assert often < one < without
    assert one == pytest.approx(without, abs=0.5)
    assert often < one - 0.5


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


def follow(
    previous: LocalIndex, name: int, entries: list[Entry], removed: Sequence[int] = ()
) -> LocalIndex:
    """The generation after another one: with entries, without the passages removed."""
    directory = previous.directory.with_name(str(name))
    LocalIndex.build(
        directory,
        batched(entries, ENCODER),
        ENCODER,
        token_table(),
        generation=name,
        terms="t",
        previous=previous,
        removed=removed,
    )
    return open_local(directory)


def assert_same(index: StoredIndex, other: StoredIndex, numbers: Sequence[int]) -> None:
    """Two indexes find the same passages, with the same scores but for BM25's."""
    assert index.passages == other.passages == len(numbers)
    assert index.ids.tolist() == other.ids.tolist() == list(numbers)
    for question in ("hội nghị tổng kết", "thu hoạch lúa", "đoạn mới 5"):
        vector = ENCODER.encode_questions([question])[0]
        for within in (None, DateRange(date(2021, 1, 1), date(2021, 12, 31))):
            found, expected = (one.search_vector(vector, 8, within) for one in (index, other))
            # Of passages equally near, any may be among the eight.
            assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected])
            near = {hit.passage_id for hit in expected if hit.score > expected[-1].score}
            assert near <= {hit.passage_id for hit in found}
        np.testing.assert_array_equal(
            index.similarities(vector, numbers), other.similarities(vector, numbers)
        )
        words = [QueryTerm(Field.EXACT, word, 1.0) for word in question.split()]
        assert {hit.passage_id for hit in index.search_terms(words, 99)} == {
            hit.passage_id for hit in other.search_terms(words, 99)
        }
    for own, others in zip(index.tokens(numbers), other.tokens(numbers), strict=True):
        np.testing.assert_array_equal(own.rows, others.rows)
        np.testing.assert_array_equal(own.starts, others.starts)
    assert index.syllables(numbers) == other.syllables(numbers)
    every = np.arange(token_table().size)
    np.testing.assert_allclose(index.token_weights(every), other.token_weights(every), rtol=1e-6)
    assert index.holds(np.array([*numbers, 10**9])).tolist() == [True] * len(numbers) + [False]


def numbered(*numbers: int) -> list[Entry]:
    return [
        entry(
            number,
            f"đoạn mới {number}",
            *["thu hoạch lúa"] * (number % 3),
            title=f"Báo cáo {number}",
            day=date(2021, 1, 1) if number % 2 else None,
            heading="Hội nghị",
        )
        for number in numbers
    ]


def test_a_generation_after_another_is_as_one_built_anew(tmp_path: Path) -> None:
    held = {one.passage_id: one for one in (*ENTRIES, *numbered(*range(20, 60)))}
    index = build_local(tmp_path, list(held.values()))
    random = np.random.default_rng(3)
    first = 100
    for generation in range(2, 14):
        count = int(random.integers(0, 4)) if generation != 7 else 40
        fresh = numbered(*range(first, first + count))
        first += 50
        gone = random.choice(sorted(held), size=int(random.integers(0, 4)), replace=False).tolist()
        held = {key: one for key, one in held.items() if key not in gone}
        held |= {one.passage_id: one for one in fresh}
        index = follow(index, generation, fresh, gone)
        assert len(index.manifest.parts) <= 4
        whole = build_local(tmp_path, list(held.values()), f"whole{generation}")
        assert_same(index, whole, sorted(held))


def test_a_generation_goes_on_from_the_one_before_in_every_store(store: GenerationStore) -> None:
    held = {one.passage_id: one for one in (*ENTRIES, *numbered(*range(20, 30)))}
    store.build(1, batched(list(held.values()), ENCODER))
    index = store.open(1)
    for generation, fresh, gone in (
        (2, numbered(40, 41), [3, 21]),
        (3, [], [40]),
        (4, numbered(50), []),
    ):
        held = {key: one for key, one in held.items() if key not in gone}
        held |= {one.passage_id: one for one in fresh}
        encoder = HashEncoder()
        store.build(generation, batched(fresh, encoder), previous=index, removed=gone)
        assert encoder.encoded == sum(len(one.pieces) for one in fresh)
        index = store.open(generation)
        store.build(99, batched(list(held.values()), ENCODER))
        anew = store.open(99)
        assert_same(index, anew, sorted(held))
        query = [QueryTerm(Field.EXACT, "lúa", 1.0), QueryTerm(Field.PAIRS, "bao_cao", 1.0)]
        assert index.most(query) == pytest.approx(anew.most(query), rel=0.1)
    store.keep([4])
    with pytest.raises(IndexMissingError):
        store.open(3)
    assert store.open(4).passages == len(held)


def test_a_generation_shares_files_with_the_one_before_and_changes_none(tmp_path: Path) -> None:
    first = build_local(tmp_path, numbered(*range(1, 200)))
    before = {
        path: path.read_bytes()
        for path in sorted((tmp_path / "1" / "parts").rglob("*"))
        if path.is_file()
    }
    query = [QueryTerm(Field.EXACT, "đoạn", 1.0)]
    found = first.search_terms(query, 500)
    second = follow(first, 2, numbered(300), [7])
    shared = [
        path for path in before if (tmp_path / "2" / path.relative_to(tmp_path / "1")).exists()
    ]
    assert len(shared) > 5
    assert all(path.stat().st_nlink == 2 for path in shared)
    assert {path: path.read_bytes() for path in before} == before
    assert open_local(tmp_path / "1").search_terms(query, 500) == found
    # The one before may be deleted.
    shutil.rmtree(tmp_path / "1")
    assert open_local(tmp_path / "2").ids.tolist() == second.ids.tolist()


def test_where_files_cannot_be_linked_they_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    first = build_local(tmp_path, numbered(*range(1, 50)))
    with monkeypatch.context() as patch:
        patch.setattr(os, "link", refuse)
        second = follow(first, 2, numbered(60), [3])
    assert_same(
        second,
        build_local(tmp_path, numbered(1, 2, *range(4, 50), 60), "whole"),
        [1, 2, *range(4, 50), 60],
    )


def test_an_index_most_of_which_was_removed_is_worn(tmp_path: Path) -> None:
    index = build_local(tmp_path, numbered(*range(1, 41)))
    assert [index.worn(removed) for removed in (0, 10, 11, 40)] == [False, False, True, True]
    following = follow(index, 2, [], list(range(1, 9)))
    assert [following.worn(removed) for removed in (0, 2, 3)] == [False, False, True]


def test_a_failed_build_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(HashEncoder):
        def encode_passages(self, texts: object) -> np.ndarray:
            raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        write_local(tmp_path / "1", ENTRIES, Broken())
    assert list(tmp_path.iterdir()) == []


def test_an_index_of_another_encoder_or_analysis_is_refused(tmp_path: Path) -> None:
    build_local(tmp_path, ENTRIES)
    with pytest.raises(IndexMismatchError, match="bộ mã hóa hash, hiện dùng other"):
        open_local(tmp_path / "1", encoder="other")
    with pytest.raises(IndexMismatchError, match="hoidap reload"):
        open_local(tmp_path / "1", analysis="other")


def test_an_index_of_another_token_table_is_refused(tmp_path: Path) -> None:
    build_local(tmp_path, ENTRIES)
    other = copy.copy(token_table())
    other.name = "static-other"
    with pytest.raises(IndexMismatchError, match="hoidap reload"):
        LocalIndex(tmp_path / "1", encoder="hash", terms="t", table=other)


def test_a_missing_index_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="không có chỉ mục"):
        open_local(tmp_path / "1")


def test_syllables_are_kept_with_their_places(build: Build) -> None:
    index = build(
        [
            entry(3, "UBND huyện họp ngày 26/3/2021.", title="Tổng kết", heading="Phần I"),
            entry(8, "", title=""),
            entry(9, "Thu hoạch\n\nlúa", title="Nông nghiệp"),
        ]
    )
    (heading, text), (no_heading, no_text) = index.syllables([9, 8])
    assert heading.row == " nông nghiệp "
    assert (text.row, list(text.starts)) == (" thu hoạch lúa ", [0, 4, 11])
    assert (no_heading.row.strip(), no_text.row.strip(), list(no_text.starts)) == ("", "", [])
    ((heading, text),) = index.syllables([3])
    assert heading.row == " tổng kết phần i "
    assert text.row == " ủy ban nhân dân huyện họp ngày 26/3/2021 "
    assert list(text.starts) == [0, 0, 0, 0, 5, 11, 15, 20]


def test_a_term_of_many_passages_is_looked_up_only_where_nothing_else_is_asked(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bm25, "_FEW", 2)
    index = build([entry(number, "Hội nghị", "lúa" * (number == 2)) for number in range(1, 5)])
    assert ids(index, Field.EXACT, "hội", "lúa") == [2]
    assert sorted(ids(index, Field.EXACT, "hội")) == [1, 2, 3, 4]


def test_pairs_are_found_with_other_marks(build: Build) -> None:
    index = build([entry(1, "tuyến đường"), entry(2, "tuyên dương công trạng")])
    assert ids(index, Field.PAIRS, "tuyen_duong") == [1, 2]
    assert ids(index, Field.PAIRS, "tuyến_đường") == []
    assert ids(index, Field.EXACT, "tuyến") == [1]


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
        damaged = tmp_path / f"copy{number}"
        shutil.copytree(tmp_path / "1", damaged)
        damage(damaged / file)
        with pytest.raises(IndexDamagedError):
            open_local(damaged)


def write_vectors(
    path: Path,
    ids: NDArray[np.int64],
    days: NDArray[np.int32],
    pieces: NDArray[np.int64],
    vectors: Vectors,
) -> None:
    writer = dense.DenseWriter(path, vectors.shape[1])
    writer.add(ids, days, pieces, vectors)
    writer.close()


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dense.DenseIndex, Vectors]:
    """4,000 vectors, so many that codes are compared; every second passage has a day of 2021."""
    monkeypatch.setattr(dense, "_EXHAUSTIVE", 1000)
    random = np.random.default_rng(7)
    vectors = random.normal(size=(4000, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = np.arange(10, 4010, dtype=np.int64)
    days = np.where(ids % 2 == 0, date(2021, 3, 26).toordinal(), 0).astype(np.int32)
    days[:7] = date(2020, 1, 1).toordinal()
    write_vectors(tmp_path / "many", ids, days, np.ones(4000, np.int64), vectors)
    assert (tmp_path / "many" / "vectors.faiss").is_file()
    return dense.DenseIndex(tmp_path / "many"), vectors


def test_of_many_vectors_nearly_all_nearest_are_found(
    many: tuple[dense.DenseIndex, Vectors],
) -> None:
    index, vectors = many
    found = 0
    for vector in vectors[:50]:
        similar = vectors @ vector
        hits = index.search(vector, 50)
        assert [hit.score for hit in hits] == pytest.approx(
            sorted((similar[hit.passage_id - 10] for hit in hits), reverse=True), abs=1e-3
        )
        assert hits[0].passage_id == np.argmax(similar) + 10
        nearest = np.argsort(-similar)[:50] + 10
        found += len(set(nearest.tolist()) & {hit.passage_id for hit in hits})
    assert found >= 0.9 * 50 * 50


@pytest.mark.parametrize("kind", [np.float32, np.uint8, np.int16])
def test_vectors_of_other_numbers_are_not_searched(
    many: tuple[dense.DenseIndex, Vectors], tmp_path: Path, kind: type[np.generic]
) -> None:
    path = tmp_path / "many" / "vectors.npy"
    np.save(path, np.load(path).astype(kind))
    with pytest.raises(IndexDamagedError):
        dense.DenseIndex(tmp_path / "many")


@pytest.mark.parametrize(
    ("year", "expected"), [(2021, 1996), (2020, 7), (2019, 0)], ids=["half", "few", "none"]
)
def test_of_many_vectors_those_of_a_day_are_found(
    many: tuple[dense.DenseIndex, Vectors], year: int, expected: int
) -> None:
    index, vectors = many
    within = DateRange(date(year, 1, 1), date(year, 12, 31))
    hits = index.search(vectors[0], 50, within)
    assert len(hits) == min(50, expected)
    every = index.search(vectors[0], 4000, within)
    assert len(every) == expected
    for hit in every:
        assert (hit.passage_id < 17) == (year == 2020)


def test_a_passage_of_many_paragraphs_leaves_room_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "_EXHAUSTIVE", 100)
    random = np.random.default_rng(7)
    # The first passage has 400 vectors nearer to the question than those of any other.
    near = np.zeros((400, 16), np.float32)
    near[:, 0] = 1.0
    others = random.normal(size=(50, 16)).astype(np.float32)
    others[:, 0] = 0.0
    vectors = np.concatenate([near, others])
    pieces = np.array([400, *[1] * 50])
    ids, days = np.arange(51, dtype=np.int64), np.zeros(51, np.int32)
    write_vectors(tmp_path / "many", ids, days, pieces, vectors)
    hits = dense.DenseIndex(tmp_path / "many").search(near[0], 10)
    assert len(hits) == 10
    assert hits[0].passage_id == 0
