"""A generation on a Milvus server, opened for searching.

Milvus's own full-text search is not used: it scores one field of one text with weights that it
alone knows, while a question here asks five fields, each term with a weight of its own, and wants
to know what could have been scored at most. So a passage's terms are a sparse vector whose entries
are what each adds to a BM25 score, and a question's are the weights: their inner product is the
score.

The collection may hold rows of generations before and after this one. What is of this one stands
in the statistics: other rows are passed over, and more are asked for where too few are left.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from hoidap.errors import IndexDamagedError, IndexMissingError
from hoidap.index import bm25
from hoidap.index.base import DateRange, Hit, QueryTerm, ordered
from hoidap.index.milvus.connection import DAY, MOST_HITS, TERMS, VECTOR, Connection
from hoidap.index.milvus.content import Content
from hoidap.index.milvus.statistics import Statistics, dimension
from hoidap.index.tokens import TokenWeights
from hoidap.token_table import PassageTokens, TokenTable, Vectors
from hoidap.vietnamese.syllables import Syllables

# A row's id is its passage's, shifted so far, and the number of its piece.
_PIECE_BITS = 20
# Passages whose contents are kept: those of a question are asked for more than once, and questions
# of one day ask for the same passages. About 8 kB each.
_REMEMBERED = 1024
# A generation goes on with the former one's mean lengths of the fields while it has at most so many
# times its passages.
_GROWN = 1.5
# And while this share of the collection is its own, as with a local index.
_WORN = 3 / 4


def row_id(passage_id: int, piece: int) -> int:
    """The id of a piece's row."""
    return passage_id << _PIECE_BITS | piece


def passage_of(row: int) -> int:
    """The passage that a row belongs to."""
    return row >> _PIECE_BITS


class MilvusIndex:
    """A generation opened for searching. Safe for use by several threads."""

    def __init__(self, connection: Connection, statistics: Statistics, table: TokenTable) -> None:
        """Take a generation's files. Raises `SearchIndexError` unless its collection is theirs."""
        self._connection = connection
        self.statistics = statistics
        self.manifest = statistics.manifest
        self.name = self.manifest.collection
        if not self._is_there():
            if self.manifest.server != connection.where:
                raise IndexMissingError(
                    f"chỉ mục {self.name} được lập ở {self.manifest.server}, không có ở"
                    f" {connection.where}; hãy chạy: hoidap reload"
                )
            raise IndexDamagedError(
                f"chỉ mục {self.name} không còn ở {connection.where}, hoặc không phải của thư mục"
                " dữ liệu này; hãy chạy: hoidap reload"
            )
        self._weights = TokenWeights(statistics.token_counts, self.passages, table.rarity)
        self._contents: OrderedDict[int, Content] = OrderedDict()
        self._lock = threading.Lock()

    def _is_there(self) -> bool:
        """Whether the server has the collection, and in this build."""
        try:
            return self._connection.build_of(self.name) == self.manifest.build
        except IndexMissingError:
            return False

    @property
    def passages(self) -> int:
        """How many passages are indexed."""
        return self.manifest.passages

    @property
    def ids(self) -> NDArray[np.int64]:
        """The passages indexed, rising."""
        return self.statistics.ids

    def worn(self, removed: int) -> bool:
        """Whether a generation after this one had better be built anew.

        The lengths that terms are weighed by are those of the generation that was built anew last:
        where there are many more passages now, or fewer, they are measured again. What was removed
        goes on taking room, and is found in vain.
        """
        left = self.passages - removed
        known = self.manifest.measured / _GROWN <= left <= self.manifest.measured * _GROWN
        rows = self.manifest.rows * left / max(self.passages, 1)
        return not known or rows < _WORN * self.manifest.written

    # --- words ---

    def search_terms(
        self, terms: Sequence[QueryTerm], limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by BM25, best first, ties by passage id.

        Rows of other generations are passed over, and more asked for where too few are left.
        Raises `IndexDamagedError` where none holds any of the terms that some must hold.
        """
        query: dict[int, float] = {}
        for term in bm25.looked_up(terms, self.statistics.frequency, self.passages):
            for place, weight in self._weight(term).items():
                query[place] = query.get(place, 0.0) + weight
        if not query or limit <= 0:
            return []
        wanted = min(limit, MOST_HITS)
        strong = False
        while True:
            (found,) = self._connection.search(
                self.name, TERMS, [query], wanted, _condition(within), strong=strong
            )
            own = self._own(found)
            if not own and len(found) < wanted and within is None:
                # A replica may lag behind what was written; else the rows were lost.
                if strong:
                    raise IndexDamagedError(
                        f"Milvus ở {self._connection.where} đã mất dòng của {self.name};"
                        " hãy chạy: hoidap reload"
                    )
                strong = True
                continue
            if len(own) >= limit or len(found) < wanted or wanted == MOST_HITS:
                return ordered(Hit(passage_of(row), score) for row, score in own)[:limit]
            wanted = min(2 * wanted, MOST_HITS)

    def _own(self, found: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
        """The rows found that are of this generation."""
        if not found:
            return []
        passages = np.array([passage_of(row) for row, _ in found], np.int64)
        return list(compress(found, self.statistics.holds(passages).tolist()))

    def _weight(self, term: QueryTerm) -> dict[int, float]:
        """The dimension of a term and its weight; nothing where no passage holds it."""
        held = self.statistics.frequency(term.field, term.text)
        if not held:
            return {}
        weight = term.boost * bm25.rarity(held, self.passages)
        return {dimension(term.field, term.text): weight}

    def most(self, terms: Sequence[QueryTerm]) -> float:
        """The BM25 score of a passage that holds all terms of the text as often as can be."""
        return bm25.most(terms, self.statistics.frequency, self.passages)

    # --- vectors ---

    def search_vector(
        self, vector: Vectors, limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by inner product with ``vector`` ``(dim,)``, ties by id.

        A zero vector, of a text without known words, is near to nothing.
        """
        limit = min(limit, self.passages)
        if limit <= 0 or not vector.any():
            return []
        wanted = limit * -(-self.manifest.rows // self.passages)
        while True:
            wanted = min(wanted, MOST_HITS)
            (found,) = self._connection.search(
                self.name,
                VECTOR,
                [vector],
                wanted,
                _condition(within),
                approximate=not self.manifest.exact,
            )
            best: dict[int, float] = {}
            for row, score in self._own(found):  # the best first
                best.setdefault(passage_of(row), score)
            # A passage of many paragraphs may take many places: then more are asked for.
            if len(best) >= limit or len(found) < wanted or wanted == MOST_HITS:
                return ordered(Hit(*one) for one in best.items())[:limit]
            wanted *= 4

    def similarities(self, vector: Vectors, passage_ids: Sequence[int]) -> Vectors:
        """The inner products of passages with ``vector``, ``(n,)``: those of their best pieces."""
        best = [float((pieces @ vector).max()) for pieces in self.vectors(passage_ids)]
        return np.array(best, np.float32)

    def vectors(self, passage_ids: Sequence[int]) -> list[Vectors]:
        """The vectors of passages' pieces, in the order asked for."""
        counts = self.statistics.pieces(passage_ids)
        wanted = [
            [row_id(passage_id, piece) for piece in range(count)]
            for passage_id, count in zip(passage_ids, counts, strict=True)
        ]
        rows = [row for pieces in wanted for row in pieces]
        found = self._connection.vectors(self.name, rows) if rows else {}
        return [np.stack([found[row] for row in pieces]) for pieces in wanted]

    # --- passages ---

    def holds(self, passage_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the passages are indexed here, ``(n,)``."""
        return self.statistics.holds(passage_ids)

    def tokens(self, passage_ids: Sequence[int]) -> list[PassageTokens]:
        """The tokens of passages, in the order asked for."""
        return [content.tokens for content in self._content_of(passage_ids)]

    def syllables(self, passage_ids: Sequence[int]) -> list[tuple[Syllables, Syllables]]:
        """The syllables of passages: of what they stand under, their own."""
        return [(content.over, content.own) for content in self._content_of(passage_ids)]

    def token_weights(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """How much tokens say in this collection: inverse document frequencies, ``(n,)``."""
        return self._weights.of(rows)

    def _content_of(self, passage_ids: Sequence[int]) -> list[Content]:
        with self._lock:
            known = {one: self._contents[one] for one in passage_ids if one in self._contents}
        missing = list(dict.fromkeys(one for one in passage_ids if one not in known))
        if missing:
            rows = [row_id(passage_id, 0) for passage_id in missing]
            for row, text in self._connection.contents(self.name, rows).items():
                known[passage_of(row)] = Content.unpack(text)
        with self._lock:
            for passage_id in passage_ids:
                self._contents[passage_id] = known[passage_id]
                self._contents.move_to_end(passage_id)
            while len(self._contents) > _REMEMBERED:
                self._contents.popitem(last=False)
        return [known[passage_id] for passage_id in passage_ids]


def _condition(within: DateRange | None) -> str:
    if within is None:
        return ""
    first, last = within.ordinals
    return f"{DAY} >= {first} and {DAY} <= {last}"
