"""Nearest vectors, with FAISS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from hoidap.encoder import Vectors
from hoidap.errors import IndexDamagedError
from hoidap.index.base import DateRange, Hit, ordered

_VECTORS_FILE = "vectors.npy"
_INDEX_FILE = "vectors.faiss"
_IDS_FILE = "passage_ids.npy"
# The day of each passage's report as `datetime.date.toordinal` counts, 0 where it has none.
_DAYS_FILE = "days.npy"
# For each passage the row of its first vector, and one past the last row of all.
_FIRSTS_FILE = "firsts.npy"
# A passage has a vector for each of its paragraphs: so many times as many rows are asked for first.
_ROWS_A_PASSAGE = 2
# Above so many vectors an inverted file with bytes in place of floats is searched, since comparing
# all of them takes longer than all else: 37 ms for 100,000 on two busy cores. A third of its
# lists holds 98 of the 100 nearest on average, 0.98 measured on 100,000 paragraphs.
_EXHAUSTIVE = 20_000
_PROBED = 1 / 3
# Vectors a list is trained on, as FAISS asks at least, and lists by the number of vectors.
_TRAINED = 40
_SEED = 1234


def _lists(count: int) -> int:
    return int(2 * count**0.5)


class DenseIndex:
    """Vectors of passages, one or more for each, searched by inner product."""

    def __init__(self, path: Path) -> None:
        try:
            # As a plain array: a slice of a memmap object takes ten times as long.
            self._vectors: Vectors = np.load(path / _VECTORS_FILE, mmap_mode="r").view(np.ndarray)
            self._ids: NDArray[np.int64] = np.load(path / _IDS_FILE, allow_pickle=False)
            self._days: NDArray[np.int32] = np.load(path / _DAYS_FILE, allow_pickle=False)
            self._firsts: NDArray[np.int64] = np.load(path / _FIRSTS_FILE, allow_pickle=False)
            self._index: faiss.Index
            if len(self._vectors) > _EXHAUSTIVE:
                self._index = faiss.read_index(str(path / _INDEX_FILE))
            else:
                self._index = faiss.IndexFlatIP(self._vectors.shape[1])
                self._index.add(np.ascontiguousarray(self._vectors))
        except (RuntimeError, ValueError, OSError, EOFError, IndexError) as error:
            raise IndexDamagedError(f"chỉ mục vector ở {path} bị hỏng: {error}") from error
        if (
            not len(self._firsts) - 1 == len(self._ids) == len(self._days)
            or not self._index.ntotal == len(self._vectors) == self._firsts[-1]
        ):
            raise IndexDamagedError(
                f"chỉ mục vector ở {path} bị hỏng: {self._index.ntotal} vector,"
                f" {len(self._ids)} đoạn, {len(self._days)} ngày"
            )
        self._owners = np.repeat(np.arange(len(self._ids)), np.diff(self._firsts))

    @staticmethod
    def build(
        path: Path,
        passage_ids: NDArray[np.int64],
        days: NDArray[np.int32],
        firsts: NDArray[np.int64],
        vectors: Vectors,
    ) -> None:
        """Write ``vectors`` ``(m, dim)`` of the passages ``passage_ids`` ``(n,)``, rising.

        Those of passage i are rows ``firsts[i]`` up to ``firsts[i + 1]``. ``days`` ``(n,)`` are
        their reports' days as `datetime.date.toordinal` counts, 0 for none.
        """
        path.mkdir(parents=True)
        np.save(path / _VECTORS_FILE, vectors)
        np.save(path / _IDS_FILE, passage_ids)
        np.save(path / _DAYS_FILE, days)
        np.save(path / _FIRSTS_FILE, firsts)
        count, dim = vectors.shape
        if count > _EXHAUSTIVE:
            index = faiss.IndexIVFScalarQuantizer(
                faiss.IndexFlatIP(dim),
                dim,
                _lists(count),
                faiss.ScalarQuantizer.QT_8bit,
                faiss.METRIC_INNER_PRODUCT,
            )
            # The same vectors give the same lists.
            chosen = np.random.default_rng(_SEED).permutation(count)[: _TRAINED * _lists(count)]
            index.train(np.ascontiguousarray(vectors[np.sort(chosen)]))
            index.add(np.ascontiguousarray(vectors))
            faiss.write_index(index, str(path / _INDEX_FILE))

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def passages(self) -> int:
        """How many passages are indexed."""
        return len(self._ids)

    def search(self, vector: Vectors, limit: int, within: DateRange | None = None) -> list[Hit]:
        """The best ``limit`` passages by inner product with ``vector`` ``(dim,)``, best first.

        A zero vector, of a text without known words, is near to nothing. Of more than 20,000
        vectors the nearest are found nearly always.
        """
        limit = min(limit, self.passages)
        if limit <= 0 or not vector.any():
            return []
        selector = None
        if within is not None:
            first, last = within.ordinals
            inside = (self._days >= first) & (self._days <= last)
            selector = faiss.IDSelectorBatch(np.flatnonzero(inside[self._owners]).astype(np.int64))
        wanted = limit * _ROWS_A_PASSAGE
        while True:
            wanted = min(wanted, len(self._vectors))
            found = self._nearest(vector, wanted, selector)
            # A passage of many paragraphs may take many places: then more are asked for.
            if len(found) >= limit or wanted == len(self._vectors):
                return ordered(found)[:limit]
            wanted *= 4

    def _nearest(
        self, vector: Vectors, wanted: int, selector: faiss.IDSelector | None
    ) -> list[Hit]:
        """The passages of the ``wanted`` nearest vectors, each with its best."""
        parameters: faiss.SearchParameters
        if len(self._vectors) > _EXHAUSTIVE:
            parameters = faiss.SearchParametersIVF(
                sel=selector, nprobe=max(1, int(_lists(len(self._vectors)) * _PROBED))
            )  # type: ignore[call-arg]  # faiss's stubs lack them
        else:
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(
            np.ascontiguousarray(vector[None]), wanted, params=parameters
        )
        best: dict[int, float] = {}
        for score, row in zip(scores[0].tolist(), rows[0].tolist(), strict=True):
            if row >= 0:  # FAISS fills up with row -1 where it finds fewer
                best.setdefault(int(self._ids[self._owners[row]]), score)
        return [Hit(passage_id, score) for passage_id, score in best.items()]

    def places(self, passage_ids: Sequence[int]) -> list[int]:
        """The places of passages indexed here, counted from 0 in the order of the ids."""
        # Ids are in rising order, so a passage is found by bisection.
        places: list[int] = np.searchsorted(self._ids, np.asarray(passage_ids, np.int64)).tolist()
        return places

    def known(self, passage_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the passages have a vector here, ``(n,)``."""
        return np.isin(passage_ids, self._ids)

    def vectors(self, passage_id: int) -> Vectors:
        """The vectors of a passage indexed here, ``(pieces, dim)``."""
        (place,) = self.places([passage_id])
        return self._vectors[self._firsts[place] : self._firsts[place + 1]]

    def similarities(self, vector: Vectors, passage_ids: Sequence[int]) -> Vectors:
        """The inner products of passages with ``vector``, ``(n,)``: those of their best pieces."""
        if not passage_ids:
            return np.zeros(0, np.float32)
        places = np.array(self.places(passage_ids))
        counts = self._firsts[places + 1] - self._firsts[places]
        starts = np.cumsum(counts) - counts
        rows = np.repeat(self._firsts[places] - starts, counts) + np.arange(counts.sum())
        best: Vectors = np.maximum.reduceat(self._vectors[rows] @ vector, starts)
        return best
