"""Nearest vectors, with FAISS."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import faiss
import numpy as np
from numpy.typing import NDArray

from hoidap.encoder import Vectors
from hoidap.errors import IndexDamagedError
from hoidap.index.base import DateRange, Hit, ordered

_INDEX_FILE = "vectors.faiss"
_IDS_FILE = "passage_ids.npy"
# The day of each passage's report as `datetime.date.toordinal` counts, 0 where it has none.
_DAYS_FILE = "days.npy"


class DenseIndex:
    """Vectors of passages, searched exhaustively by inner product."""

    def __init__(self, path: Path) -> None:
        try:
            self._index = cast(faiss.IndexFlatIP, faiss.read_index(str(path / _INDEX_FILE)))
            self._ids: NDArray[np.int64] = np.load(path / _IDS_FILE, allow_pickle=False)
            self._days: NDArray[np.int32] = np.load(path / _DAYS_FILE, allow_pickle=False)
        except (RuntimeError, ValueError, OSError) as error:
            raise IndexDamagedError(f"chỉ mục vector ở {path} bị hỏng: {error}") from error
        if not self._index.ntotal == len(self._ids) == len(self._days):
            raise IndexDamagedError(
                f"chỉ mục vector ở {path} bị hỏng: {self._index.ntotal} vector,"
                f" {len(self._ids)} đoạn, {len(self._days)} ngày"
            )

    @staticmethod
    def build(
        path: Path, passage_ids: NDArray[np.int64], days: NDArray[np.int32], vectors: Vectors
    ) -> None:
        """Write ``vectors`` ``(n, dim)`` of the passages ``passage_ids`` ``(n,)``, rising.

        ``days`` ``(n,)`` are their reports' days as `datetime.date.toordinal` counts, 0 for none.
        """
        path.mkdir(parents=True)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        faiss.write_index(index, str(path / _INDEX_FILE))
        np.save(path / _IDS_FILE, passage_ids)
        np.save(path / _DAYS_FILE, days)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def passages(self) -> int:
        """How many passages are indexed."""
        return int(self._index.ntotal)

    def search(self, vector: Vectors, limit: int, within: DateRange | None = None) -> list[Hit]:
        """The best ``limit`` passages by inner product with ``vector`` ``(dim,)``, best first.

        A zero vector, of a text without known words, is near to nothing.
        """
        limit = min(limit, self.passages)
        if limit <= 0 or not vector.any():
            return []
        parameters = None
        if within is not None:
            first, last = within.ordinals
            inside = np.flatnonzero((self._days >= first) & (self._days <= last))
            selector = faiss.IDSelectorBatch(inside.astype(np.int64))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # faiss's stubs lack it
        scores, rows = self._index.search(
            np.ascontiguousarray(vector[None]), limit, params=parameters
        )
        # FAISS fills up with row -1 where it finds fewer.
        return ordered(
            Hit(int(self._ids[row]), float(score))
            for score, row in zip(scores[0], rows[0], strict=True)
            if row >= 0
        )

    def known(self, passage_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the passages have a vector here, ``(n,)``."""
        return np.isin(passage_ids, self._ids)

    def vectors(self, passage_ids: Iterable[int]) -> Vectors:
        """The vectors of passages indexed here, ``(n, dim)`` in the order asked for."""
        # Ids are in rising order, so a row is found by bisection.
        rows = np.searchsorted(self._ids, np.fromiter(passage_ids, np.int64))
        table: Vectors = faiss.rev_swig_ptr(
            self._index.get_xb(), self._index.ntotal * self._index.d
        ).reshape(self._index.ntotal, self._index.d)
        return table[rows]
