"""The shipped encoder's tokens, and the store that keeps those of passages."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Tokenizer

from hoidap.encoder import ShippedEncoder
from hoidap.errors import IndexDamagedError
from hoidap.index.tokens import TokenStore, TokenWeights, TokenWriter
from hoidap.segmenter import Segmenter
from hoidap.settings import Settings
from hoidap.token_table import PassageTokens, TokenTable, load_token_table, unit
from hoidap.vietnamese.text import normalize
from tests.strategies import paragraphs

TEXT = "Hội nghị ngày 26/3/2021 của Ủy ban nhân dân huyện Cao Lãnh"


@pytest.fixture(scope="module")
def table() -> TokenTable:
    return load_token_table(Settings())


@cache
def tokenizer() -> Tokenizer:
    """The one that the vocabulary was made with."""
    return Tokenizer.from_file(str(Settings().shipped_encoder_path / "tokenizer.json"))


def rows_of(table: TokenTable, *texts: str) -> list[NDArray[np.int32]]:
    """The rows of texts, as of questions."""
    return [table.question_rows(text) for text in texts]


# --- the table ---


def test_unknown_tokens_are_dropped(table: TokenTable) -> None:
    known, mixed, *unknown = rows_of(table, "hội nghị", "漢 hội nghị 😀", "漢", "😀", "", "  ")
    assert len(known) == 1
    assert mixed.tolist() == known.tolist()
    assert [len(rows) for rows in unknown] == [0, 0, 0, 0]
    assert [len(one.rows) for one in table.tokens(["漢 hội nghị 😀", "😀", ""])] == [1, 0, 0]
    assert table.tokens([]) == []


def test_rows_are_those_of_the_table_and_fit_the_store(table: TokenTable) -> None:
    (rows,) = rows_of(table, TEXT)
    assert 0 < rows.min() <= rows.max() < table.size <= np.iinfo(np.uint16).max + 1
    assert len(table.rarity) == table.size


@pytest.mark.parametrize(
    "word", ["Hội nghị", "ngày", "26", "3", "2021", "của", "Ủy ban nhân dân", "huyện"]
)
def test_starts_are_the_offsets_of_the_words(table: TokenTable, word: str) -> None:
    (tokens,), (row,) = table.tokens([TEXT]), rows_of(table, word)[0]
    (start,) = tokens.starts[tokens.rows == row].tolist()
    # The blank before a word belongs to its token.
    blank = TEXT[start] == " "
    assert start + blank == TEXT.index(word)


@pytest.mark.parametrize(
    "text",
    [
        "Số: 123/BC-UBND, ngày 26/3/2021 (thứ Sáu) – “Hội nghị” KT-XH; đạt 97,5%…",
        "…mở đầu bằng dấu",
        "  hai  khoảng trắng\n\nvà dòng mới\tbảng  ",
        "hội nghị\n\nhội nghị \n tổng  kết hội  nghị",
        "snake_case và __init__ . . . hết.",
        "một dòng\nmột dòng nữa: thành\nphố",
        "chữ lạ ǎ ﬁ Ω 漢 lẫn ½ m² ª",
        "漢字漢字, 漢 hội\u200bnghị 😀tổng kết 👩‍👩‍👧 a\u0301b\u0303 हिन्दी",
        "Hoà thuận, thuỷ lợi, quý I, Quỳ Hợp, khoẻ",
        "- ",
        "",
    ],
)
def test_texts_are_divided_as_the_tokenizer_divides_them(table: TokenTable, text: str) -> None:
    encoding = tokenizer().encode(normalize(text), add_special_tokens=False)
    rows = table._row_of[np.array(encoding.ids, np.int64)]
    starts = np.array([start for start, _ in encoding.offsets], np.int64)[rows > 0]
    (tokens,) = table.tokens([text])
    for one in (tokens, table._tokens(text)):
        np.testing.assert_array_equal(one.rows, rows[rows > 0])
        np.testing.assert_array_equal(one.starts, starts)
    np.testing.assert_array_equal(table.question_rows(text), rows[rows > 0])


@given(st.one_of(st.text(), paragraphs()))
def test_tokens_of_a_text_are_those_of_a_question_and_of_many_texts(text: str) -> None:
    table = load_token_table(Settings())
    text = text[:5000]
    one, (of_many,) = table._tokens(text), table.tokens([text])
    np.testing.assert_array_equal(one.rows, table.question_rows(text))
    np.testing.assert_array_equal(one.rows, of_many.rows)
    np.testing.assert_array_equal(one.starts, of_many.starts)


def test_signs_and_pictures_divide_words(table: TokenTable) -> None:
    (plain,) = rows_of(table, "hội nghị, ủy ban nhân dân")
    (drawn,) = rows_of(table, "hội nghị 😀 ủy_ban 👩‍👩‍👧 nhân dân ❤\ufe0f\x1c")
    assert len(plain) < len(drawn)
    assert rows_of(table, "hội nghị😀ủy ban nhân dân")[0].tolist() == plain.tolist()


def test_a_piece_too_long_for_its_message_is_refused(tmp_path: Path) -> None:
    model = {"vocab": [["[UNK]", 0.0], ["▁" + "a" * 118, -1.0]], "unk_id": 0}
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": model}), "utf-8")
    with pytest.raises(ValueError, match="too long"):
        Segmenter(tmp_path / "tokenizer.json")


@given(paragraphs())
def test_tokens_with_places_are_the_rows_in_order(text: str) -> None:
    table = load_token_table(Settings())
    text = text[:5000]
    (tokens,), (rows,) = table.tokens([text]), rows_of(table, text)
    np.testing.assert_array_equal(tokens.rows, rows)
    assert tokens.rows.dtype == tokens.starts.dtype == np.uint16
    starts = tokens.starts.astype(int)
    assert np.all(np.diff(starts) >= 0)
    assert np.all(starts < max(len(normalize(text)), 1))


def test_vectors_of_known_tokens_have_unit_length(table: TokenTable) -> None:
    vectors = table.unit(np.arange(1, table.size))
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert table.unit(np.zeros(0, np.intp)).shape == (0, table.dim)


def test_cosines_are_the_products_of_vectors_of_unit_length(table: TokenTable) -> None:
    rows, others = rows_of(table, "hội nghị giảm nghèo", "cuộc họp giảm nghèo của huyện")
    cosines = table.cosines(rows, others)
    assert cosines.dtype == np.float32
    assert cosines.shape == (len(rows), len(others))
    np.testing.assert_allclose(cosines, table.unit(rows) @ table.unit(others).T, atol=1e-5)
    shared = set(rows.tolist()) & set(others.tolist())
    assert shared
    for row in shared:
        (same,) = cosines[rows == row][:, others == row].ravel().tolist()
        assert same == pytest.approx(1.0, abs=1e-5)
    none = np.zeros(0, np.intp)
    assert table.cosines(none, others).shape == (0, len(others))
    assert table.cosines(rows, none).shape == (len(rows), 0)


def test_the_sum_points_where_the_encoders_vector_does(table: TokenTable) -> None:
    encoder = ShippedEncoder(table)
    texts = [TEXT, "giảm nghèo", "Who chaired the conference?", "nông thôn mới " * 50]
    sums = table.sums([rows_of(table, text)[0] for text in texts])
    np.testing.assert_allclose(unit(sums), encoder.encode_passages(texts), atol=1e-6)
    assert not table.sums([np.zeros(0, np.intp)]).any()


def test_the_sum_of_one_token_points_where_the_token_does(table: TokenTable) -> None:
    (rows,) = rows_of(table, "hội nghị")
    np.testing.assert_allclose(unit(table.sums([rows])), table.unit(rows), atol=1e-5)


def test_rare_tokens_are_rarer_than_common_ones(table: TokenTable) -> None:
    common, rare = (table.rarity[rows[0]] for rows in rows_of(table, "của", "hội nghị"))
    assert 0 <= common < rare


# --- the store ---

SIZE = 6


def write_tokens(path: Path, passages: list[PassageTokens], size: int) -> None:
    """Write the tokens of passages, some at a time."""
    writer = TokenWriter(path, size)
    for first in range(0, len(passages), 2):
        some = passages[first : first + 2]
        writer.add(
            np.concatenate([one.rows for one in some]),
            np.concatenate([one.starts for one in some]),
            np.array([len(one.rows) for one in some]),
        )
    writer.close()


def tokens_of(*rows: int) -> PassageTokens:
    return PassageTokens(
        np.array(rows, np.uint16), np.array([4 * place for place in range(len(rows))], np.uint16)
    )


PASSAGES = [tokens_of(1, 2, 2, 3), tokens_of(), tokens_of(1, 65), tokens_of(1)]
NO_RARITY = np.zeros(100, np.float32)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder with the tokens of four passages, one of which has none."""
    path = tmp_path / "generation" / "tokens"
    write_tokens(path, PASSAGES, len(NO_RARITY))
    return path


def test_what_was_written_is_read_again(store: Path) -> None:
    opened = TokenStore(store, len(NO_RARITY))
    assert opened.passages == len(PASSAGES)
    for place, expected in enumerate(PASSAGES):
        found = opened.of(place)
        assert found.rows.dtype == found.starts.dtype == np.uint16
        assert found.rows.tolist() == expected.rows.tolist()
        assert found.starts.tolist() == expected.starts.tolist()


@pytest.mark.parametrize("passages", [[], [tokens_of()], [tokens_of(), tokens_of()]])
def test_a_collection_without_tokens_is_no_damage(
    tmp_path: Path, passages: list[PassageTokens]
) -> None:
    write_tokens(tmp_path / "tokens", passages, SIZE)
    opened = TokenStore(tmp_path / "tokens", SIZE)
    assert opened.passages == len(passages)
    assert [len(opened.of(place).rows) for place in range(len(passages))] == [0] * len(passages)
    assert opened.counts([]).tolist() == [0] * SIZE


FILES = ["rows.npy", "starts.npy", "bounds.npy", "counts.npy"]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _cut_in_the_head(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20])


def _overwrite(path: Path) -> None:
    path.write_bytes(b"x" * path.stat().st_size)


def _pickle(path: Path) -> None:
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)


def _shorten(path: Path) -> None:
    values: NDArray[Any] = np.load(path)
    np.save(path, values[:-1])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "damage", [Path.unlink, _cut, _cut_in_the_head, _overwrite, _pickle, _shorten]
)
def test_a_damaged_file_is_told(store: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(store / name)
    with pytest.raises(IndexDamagedError, match="các từ đã lưu"):
        TokenStore(store, len(NO_RARITY))


@pytest.mark.parametrize("name", FILES)
def test_an_emptied_file_is_told(store: Path, name: str) -> None:
    (store / name).write_bytes(b"")
    with pytest.raises(IndexDamagedError, match="các từ đã lưu"):
        TokenStore(store, len(NO_RARITY))


def test_the_tokens_of_another_table_are_told(store: Path) -> None:
    with pytest.raises(IndexDamagedError, match="không khớp nhau"):
        TokenStore(store, len(NO_RARITY) - 1)


def test_what_becomes_of_a_file_that_is_open_is_told(store: Path) -> None:
    opened = TokenStore(store, len(NO_RARITY))
    rows = store / "rows.npy"
    with rows.open("r+b") as file:
        file.seek(rows.stat().st_size - 2 * len(PASSAGES[3].rows))
        file.write(np.array([len(NO_RARITY)], np.uint16).tobytes())
    assert [len(opened.of(place).rows) for place in range(3)] == [4, 0, 2]
    with pytest.raises(IndexDamagedError, match="không còn như lúc ghi"):
        opened.of(3)
    with pytest.raises(IndexDamagedError, match="không còn như lúc ghi"):
        opened.counts([0, 3])


def test_removed_passages_do_not_count(store: Path) -> None:
    opened = TokenStore(store, len(NO_RARITY))
    every = opened.counts([])
    expected = every.copy()
    expected[np.unique(PASSAGES[0].rows)] -= 1
    assert opened.counts([0]).tolist() == expected.tolist()
    assert opened.counts(list(range(len(PASSAGES)))).tolist() == [0] * len(every)


# --- weights ---


def _weights(path: Path, passages: list[PassageTokens], rarity: list[float]) -> list[float]:
    write_tokens(path, passages, len(rarity))
    counts = TokenStore(path, len(rarity)).counts([])
    weights = TokenWeights(counts, len(passages), np.array(rarity, np.float32)).of(
        np.arange(len(rarity))
    )
    assert weights.dtype == np.float32
    return [float(weight) for weight in weights]


def test_a_token_of_every_passage_weighs_less_than_one_of_a_single_passage(tmp_path: Path) -> None:
    passages = [tokens_of(1, 2), *[tokens_of(1, 3)] * 9]
    weights = _weights(tmp_path / "few", passages, [5.0] * SIZE)
    assert weights[1] < weights[3] < weights[2] < weights[4]
    assert min(weights) > 0
    assert weights[4] == weights[5]


def test_a_token_counts_once_in_a_passage(tmp_path: Path) -> None:
    once = _weights(tmp_path / "once", [tokens_of(1), tokens_of(2)], [5.0] * SIZE)
    often = _weights(tmp_path / "often", [tokens_of(1, 1, 1), tokens_of(2)], [5.0] * SIZE)
    assert once == often
    assert often[1] == often[2]


def test_in_a_tiny_collection_the_prior_decides(tmp_path: Path) -> None:
    # The first token stands in every passage but seldom in the news; the second the reverse.
    weights = _weights(tmp_path / "tiny", [tokens_of(1), tokens_of(1)], [0, 7.0, 0.1, 0, 0, 0])
    assert weights[1] > weights[2] + 3


def test_in_a_large_collection_its_own_counts_decide(tmp_path: Path) -> None:
    passages = [tokens_of(1)] * 20_000
    weights = _weights(tmp_path / "large", passages, [0, 7.0, 0.1, 0, 0, 0])
    assert weights[1] < weights[2] - 1


def test_weights_are_asked_for_by_row(tmp_path: Path) -> None:
    weights = TokenWeights(np.zeros(SIZE, np.int32), 1, np.arange(SIZE, dtype=np.float32))
    every = weights.of(np.arange(SIZE)).tolist()
    assert every == sorted(every)
    assert weights.of(np.array([4, 0, 4])).tolist() == [every[4], every[0], every[4]]
