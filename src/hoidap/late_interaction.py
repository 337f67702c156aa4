"""Late interaction: every token of a question against its best match in a passage.

The score of ColBERT (Khattab and Zaharia 2020) over the shipped encoder's static token vectors: a
token's best squared cosine, weighted by the token's inverse document frequency. Where the mean of
a passage's vectors forgets single words, this keeps each.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hoidap.index.base import HEADING, PassageIndex
from hoidap.token_table import TokenTable

Scores = NDArray[np.float32]

_NONE = np.zeros(0, np.uint16)


class LateInteraction:
    """Scores passages and their sentences for one question; all scores are in [0, 1]."""

    def __init__(
        self, text: str, passage_ids: Sequence[int], index: PassageIndex, table: TokenTable
    ) -> None:
        rows = table.question_rows(text)
        weights = index.token_weights(rows.astype(np.intp))
        total = weights.sum()
        self._shares: Scores = weights / total if total > 0 else weights
        self._tokens = index.tokens(passage_ids)
        self._place = {passage_id: place for place, passage_id in enumerate(passage_ids)}
        self._bounds = np.cumsum([0, *(len(passage.rows) for passage in self._tokens)])
        every = np.concatenate([_NONE, *(passage.rows for passage in self._tokens)])
        # Passages found for one question share most of their tokens: each is compared once.
        seen = np.zeros(table.size, np.bool_)
        seen[every] = True
        distinct = np.flatnonzero(seen)
        column = np.empty(table.size, np.uint16)
        column[distinct] = np.arange(len(distinct))
        cosines = table.cosines(rows, distinct)
        matches = np.square(np.maximum(cosines, 0.0))
        # With a column of zeros, so that a sentence may begin behind the last token.
        self._matches: Scores = np.zeros((len(rows), len(every) + 1), np.float32)
        self._matches[:, :-1] = matches[:, column[every]]

    @cached_property
    def passages(self) -> Scores:
        """The scores of all passages, ``(n,)``, heading and text together."""
        edges = np.repeat(self._bounds, 2)[1:-1]
        scores: Scores = self._shares @ _best(self._matches, edges)
        return scores

    def passage(self, passage_id: int) -> float:
        """The score of one passage."""
        return float(self.passages[self._place[passage_id]])

    def sentences(self, passage_id: int, spans: Sequence[tuple[int, int]]) -> Scores:
        """The scores of a passage's sentences ``(n,)``, the heading counting for each of them.

        ``spans`` are their offsets into the passage, rising.
        """
        place = self._place[passage_id]
        starts = self._tokens[place].starts
        text = int(np.count_nonzero(starts == HEADING))
        bounds = text + np.searchsorted(starts[text:], np.array(spans, np.int64).ravel())
        first, last = self._bounds[place : place + 2].tolist()
        best = _best(self._matches[:, first : last + 1], np.concatenate([[0, text], bounds]))
        scores: Scores = self._shares @ np.maximum(best[:, 1:], best[:, :1])
        return scores


def _best(matches: Scores, edges: NDArray[np.integer]) -> Scores:
    """The best match of each token of the question in stretches of a text, ``(tokens, n)``.

    ``edges`` ``(2 n,)`` are where each begins and ends; one that is empty has none.
    """
    best: Scores = np.maximum.reduceat(matches, edges, axis=1)[:, ::2]
    best[:, edges[::2] == edges[1::2]] = 0.0
    return best
