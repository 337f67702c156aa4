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
        # Passages found for one question share most of their tokens: each is compared once.
        seen = np.zeros(table.size, np.bool_)
        for passage in self._tokens:
            seen[passage.rows] = True
        distinct = np.flatnonzero(seen)
        self._column = np.zeros(table.size, np.intp)
        self._column[distinct] = np.arange(len(distinct))
        cosines = table.cosines(rows, distinct)
        self._matches: Scores = np.square(np.maximum(cosines, 0.0))

    @cached_property
    def passages(self) -> Scores:
        """The scores of all passages, ``(n,)``, heading and text together."""
        scores = np.zeros(len(self._tokens), np.float32)
        filled = [place for place, passage in enumerate(self._tokens) if len(passage.rows)]
        if not filled or not len(self._shares):
            return scores
        lengths = [len(self._tokens[place].rows) for place in filled]
        columns = self._column[np.concatenate([self._tokens[place].rows for place in filled])]
        best = np.maximum.reduceat(self._matches[:, columns], np.cumsum([0, *lengths[:-1]]), axis=1)
        scores[filled] = self._shares @ best
        return scores

    def passage(self, passage_id: int) -> float:
        """The score of one passage."""
        return float(self.passages[self._place[passage_id]])

    def sentences(self, passage_id: int, spans: Sequence[tuple[int, int]]) -> Scores:
        """The scores of a passage's sentences ``(n,)``, the heading counting for each of them.

        ``spans`` are their offsets into the passage, rising.
        """
        tokens = self._tokens[self._place[passage_id]]
        if not spans or not len(tokens.rows) or not len(self._shares):
            return np.zeros(len(spans), np.float32)
        # With a column of zeros, so that a sentence may begin behind the last token.
        matches = np.zeros((len(self._shares), len(tokens.rows) + 1), np.float32)
        matches[:, :-1] = self._matches[:, self._column[tokens.rows]]
        places = tokens.starts
        text = int(np.count_nonzero(places == HEADING))
        heading = matches[:, :text].max(axis=1, initial=0.0)
        bounds = text + np.searchsorted(places[text:], np.asarray(spans).ravel())
        own = np.maximum.reduceat(matches, bounds, axis=1)[:, ::2]
        own[:, bounds[::2] == bounds[1::2]] = 0.0
        scores: Scores = self._shares @ np.maximum(own, heading[:, None])
        return scores
