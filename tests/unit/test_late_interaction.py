"""Late interaction: tokens against their best matches, by hand and by a naive loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hoidap.index.base import HEADING, PassageIndex
from hoidap.late_interaction import LateInteraction
from hoidap.settings import Settings
from hoidap.token_table import PassageTokens, TokenTable, Vectors, load_token_table

# Scores are sums of float32 products.
NEAR = 1e-5
WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy")


class FakeTable:
    """Each of `WORDS` has a vector; the first stands for unknown tokens."""

    size = len(WORDS)

    def __init__(self) -> None:
        drawn = np.random.default_rng(7).normal(size=(self.size, 4))
        drawn[0] = 0
        drawn[2] = [1, 0, 0, 0]
        drawn[3] = [0, 1, 0, 0]
        drawn[4] = [0.6, 0.8, 0, 0]
        drawn[5] = [-1, 0, 0, 0]
        lengths = np.linalg.norm(drawn, axis=1, keepdims=True)
        self.vectors: Vectors = np.divide(
            drawn, lengths, out=np.zeros_like(drawn), where=lengths > 0
        ).astype(np.float32)

    def rows(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        rows = [[WORDS.index(word) if word in WORDS else 0 for word in t.split()] for t in texts]
        return [np.array([row for row in one if row > 0], np.int32) for one in rows]

    def question_rows(self, text: str) -> NDArray[np.int32]:
        (rows,) = self.rows([text])
        return rows

    def cosines(self, rows: NDArray[np.integer], others: NDArray[np.integer]) -> Vectors:
        found: Vectors = self.vectors[rows] @ self.vectors[others].T
        return found


class FakeIndex:
    """Tokens of passages by their ids, and the weight of each row of the table."""

    def __init__(self, passages: dict[int, PassageTokens], weights: Sequence[float]) -> None:
        self._passages = passages
        self._weights = np.array(weights, np.float32)

    def tokens(self, passage_ids: Sequence[int]) -> list[PassageTokens]:
        return [self._passages[passage_id] for passage_id in passage_ids]

    def token_weights(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        return self._weights[rows]


TABLE = FakeTable()
EQUAL = [1.0] * TABLE.size


def passage(heading: str, text: str) -> PassageTokens:
    """The tokens of a passage as the index keeps them; a word's place is where it begins."""
    (head,), (body,) = TABLE.rows([heading]), TABLE.rows([text])
    starts, at = [], 0
    for word in text.split(" "):
        if word in WORDS[1:]:
            starts.append(at)
        at += len(word) + 1
    return PassageTokens(
        np.concatenate([head, body]).astype(np.uint16),
        np.array([HEADING] * len(head) + starts, np.uint16),
    )


def late(
    question: str, passages: dict[int, PassageTokens], weights: Sequence[float] = EQUAL
) -> LateInteraction:
    index = cast(PassageIndex, FakeIndex(passages, weights))
    return LateInteraction(question, list(passages), index, cast(TokenTable, TABLE))


def spans(text: str) -> list[tuple[int, int]]:
    """The sentences of a text whose words are separated by blanks: each ends in a full stop."""
    found, at = [], 0
    for sentence in text.split(" . "):
        found.append((at, at + len(sentence)))
        at += len(sentence) + 3
    return found


# --- by hand ---


def test_a_word_that_the_passage_holds_scores_its_share_of_the_weight() -> None:
    # "hai" and "ba" are at right angles, so that what is not held scores nothing.
    scores = late("hai ba", {1: passage("", "hai"), 2: passage("", "ba"), 3: passage("", "ba hai")})
    assert scores.passages == pytest.approx([0.5, 0.5, 1.0], abs=NEAR)
    weights = [0, 0, 3, 1, 0, 0, 0, 0]
    scores = late("hai ba", {1: passage("", "hai"), 2: passage("", "ba")}, weights)
    assert scores.passages == pytest.approx([0.75, 0.25], abs=NEAR)


def test_a_near_word_scores_its_squared_cosine_and_an_opposite_one_nothing() -> None:
    scores = late("bốn", {1: passage("", "hai"), 2: passage("", "ba"), 3: passage("", "hai ba")})
    assert scores.passages == pytest.approx([0.36, 0.64, 0.64], abs=NEAR)
    assert late("hai", {1: passage("", "năm")}).passages.tolist() == [0.0]


def test_sentences_score_by_their_own_words_and_the_heading_counts_for_each() -> None:
    text = "xa hai . ba xa . xa"
    without = late("hai ba", {5: passage("", text)})
    assert without.sentences(5, spans(text)) == pytest.approx([0.5, 0.5, 0.0], abs=NEAR)
    headed = late("hai ba", {5: passage("ba", text)})
    assert headed.sentences(5, spans(text)) == pytest.approx([1.0, 0.5, 0.5], abs=NEAR)
    assert headed.sentences(5, []).shape == (0,)


def test_passages_score_in_the_order_of_their_ids_whatever_these_are() -> None:
    passages = {90: passage("", "hai"), 7: passage("", "xa"), 12: passage("bốn", "xa")}
    scores = late("hai", passages)
    assert scores.passages == pytest.approx([1.0, 0.0, 0.36], abs=NEAR)
    assert scores.sentences(12, [(0, 2)]) == pytest.approx([0.36], abs=NEAR)
    assert scores.sentences(90, [(0, 3)]) == pytest.approx([1.0], abs=NEAR)


@pytest.mark.parametrize("question", ["", "xa", "   "])
def test_a_question_without_a_known_word_scores_nothing(question: str) -> None:
    scores = late(question, {1: passage("ba", "hai"), 2: passage("", "")})
    assert scores.passages.tolist() == [0.0, 0.0]
    assert scores.sentences(1, [(0, 3), (4, 9)]).tolist() == [0.0, 0.0]


def test_a_passage_without_a_known_word_scores_nothing() -> None:
    scores = late("hai", {1: passage("", "xa"), 2: passage("", "hai"), 3: passage("", "")})
    assert scores.passages == pytest.approx([0.0, 1.0, 0.0], abs=NEAR)
    assert scores.sentences(3, [(0, 2)]).tolist() == [0.0]
    assert late("hai", {1: passage("", "xa")}).passages.tolist() == [0.0]


def test_no_passages_have_no_scores() -> None:
    assert late("hai", {}).passages.shape == (0,)
    assert late("", {}).passages.shape == (0,)


def test_words_without_weight_score_nothing() -> None:
    scores = late("hai", {1: passage("", "hai")}, [0.0] * TABLE.size)
    assert scores.passages.tolist() == [0.0]
    assert scores.sentences(1, [(0, 3)]).tolist() == [0.0]


def test_the_shipped_table_finds_the_words_of_the_question() -> None:
    table = load_token_table(Settings())
    texts = ["Huyện xây cầu. Xã có trường mầm non.", "Giá vàng tăng mạnh"]
    tokens = dict(enumerate(table.tokens(texts)))
    index = cast(PassageIndex, FakeIndex(tokens, [1.0] * table.size))
    scores = LateInteraction("trường mầm non của xã", [0, 1], index, table)
    about, other = scores.passages.tolist()
    assert about >= 0.7
    assert other <= 0.3
    first, second = scores.sentences(0, [(0, 14), (15, len(texts[0]))]).tolist()
    assert second == pytest.approx(about, abs=0.1)
    assert first < second - 0.3
    exact = LateInteraction(texts[1], [0, 1], index, table).passages
    assert exact[1] == pytest.approx(1.0, abs=NEAR)


# --- against a loop over tokens ---

texts = st.lists(st.sampled_from((*WORDS[1:], "xa", ".")), max_size=12).map(" ".join)
weighings = st.lists(
    st.floats(0, 10, width=32).filter(lambda weight: weight == 0 or weight > 1e-3),
    min_size=TABLE.size,
    max_size=TABLE.size,
)


def naive(question: str, matched: NDArray[np.uint16], weights: Sequence[float]) -> float:
    """The score of some tokens of a passage, token by token in Python's own numbers."""
    asked = TABLE.rows([question])[0].tolist()
    total = sum(weights[row] for row in asked)
    score = 0.0
    for row in asked:
        best = 0.0
        for other in matched.tolist():
            pairs = zip(TABLE.vectors[row].tolist(), TABLE.vectors[other].tolist(), strict=True)
            cosine = sum(one * two for one, two in pairs)
            best = max(best, max(cosine, 0.0) ** 2)
        score += best * weights[row] / total if total > 0 else 0.0
    return score


@given(texts, st.lists(st.tuples(texts, texts), max_size=5), weighings)
def test_scores_are_those_of_a_loop_over_the_tokens(
    question: str, pairs: list[tuple[str, str]], weights: list[float]
) -> None:
    passages = {3 * place + 1: passage(*pair) for place, pair in enumerate(pairs)}
    scores = late(question, passages, weights)
    expected = [naive(question, one.rows, weights) for one in passages.values()]
    found = scores.passages
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=NEAR)
    assert np.all((found >= 0) & (found <= 1 + NEAR))
    for (passage_id, tokens), (_, text) in zip(passages.items(), pairs, strict=True):
        sentences = spans(text)
        by_sentence = scores.sentences(passage_id, sentences)
        of_each = [
            (tokens.starts == HEADING) | ((tokens.starts >= start) & (tokens.starts < end))
            for start, end in sentences
        ]
        looped = [naive(question, tokens.rows[own], weights) for own in of_each]
        np.testing.assert_allclose(by_sentence, looped, atol=NEAR)
        # No sentence holds more of a question than its passage.
        assert np.all(by_sentence <= naive(question, tokens.rows, weights) + NEAR)
