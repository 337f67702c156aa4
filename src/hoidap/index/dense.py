"""Nearest vectors, with FAISS."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import starmap
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from hoidap.errors import IndexDamagedError
from hoidap.index.arrays import ArrayWriter
from hoidap.index.base import DateRange, Hit
from hoidap.token_table import Vectors

_VECTORS_FILE = "vectors.npy"
_INDEX_FILE = "vectors.faiss"
_IDS_FILE = "passage_ids.npy"
# The day of each passage's report as `datetime.date.toordinal` counts, 0 where it has none.
_DAYS_FILE = "days.npy"
# For each passage the row of its first vector, and one past the last row of all.
_FIRSTS_FILE = "firsts.npy"
# Above so many vectors their product-quantised codes are compared, half a byte for three numbers,
# and the nearest so many times the wanted again as they are: of the 50 nearest 99.6 % in 0.6 ms of
# 100,000 paragraphs, 98.9 % in 3.2 ms of a million; all vectors as they are take 6 ms of 100,000.
# Codes for two numbers, with three times the wanted, found 99.4 and 98.5 % in 0.6 and 4.6 ms; an
# inverted file of bytes took 1.4 ms for 98.1 % of 100,000.
_EXHAUSTIVE = 20_000
_REFINED = 8
# A passage may have several vectors, and some are left out: so many times the wanted are looked at.
_SPARE = 2
_CODED = 3  # numbers a code stands for
# FAISS asks for at least 39 vectors for each of a code's 16 values; more change nothing.
_TRAINED = 20_000
# Rounds of their training: 6, 10, 15 and 25, FAISS's own, let 99.4 or 99.5 % be found.
_ROUNDS = 10
_SEED = 1234
# Vectors added at once: the whole would be in memory twice.
_ADDED = 16_384
# As they are stored: two bytes a number are half the memory, and move no score by a thousandth.
_Stored = NDArray[np.float16]
_NONE = np.zeros(0, np.int64)
# Where fewer than this share of the rows lie within the dates, all of these are compared.
_FEW = 1 / 8


def _exact(vectors: _Stored) -> faiss.Index:
    """An index that compares ``vectors`` ``(n, dim)`` as they lie there: they have to stay.

    Raises `ValueError` for vectors of other numbers.
    """
    if vectors.dtype != np.float16 or vectors.ndim != 2:
        raise ValueError(f"{vectors.dtype} {vectors.shape}")
    index = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    codes: Any = faiss.MaybeOwnedVectorUInt8
    # Nothing of FAISS's owns the memory.
    nobody = codes().owner
    index.codes = codes.create_view(faiss.swig_ptr(vectors.view(np.uint8)), vectors.nbytes, nobody)
    index.ntotal = len(vectors)
    return index


class DenseIndex:
    """Vectors of passages, one or more for each, searched by inner product."""

    def __init__(self, path: Path, removed: NDArray[np.int64] = _NONE) -> None:
        """Open what `DenseWriter` wrote; the passages ``removed`` are never found."""
        try:
            # As a plain array: a slice of a memmap object takes ten times as long.
            self._vectors: _Stored = np.load(path / _VECTORS_FILE, mmap_mode="r").view(np.ndarray)
            self._ids: NDArray[np.int64] = np.load(path / _IDS_FILE, allow_pickle=False)
            self._days: NDArray[np.int32] = np.load(path / _DAYS_FILE, allow_pickle=False)
            self._firsts: NDArray[np.int64] = np.load(path / _FIRSTS_FILE, allow_pickle=False)
            self._exact = _exact(self._vectors)
            self._index = self._exact
            if len(self._vectors) > _EXHAUSTIVE:
                # FAISS raises RuntimeError where the codes are of fewer or more vectors.
                coded = faiss.read_index(str(path / _INDEX_FILE))
                self._index = faiss.IndexRefine(coded, self._exact)
                self._index.k_factor = _REFINED / _SPARE
        except (RuntimeError, ValueError, OSError, EOFError, IndexError) as error:
            raise IndexDamagedError(f"chỉ mục vector ở {path} bị hỏng: {error}") from error
        if (
            not len(self._firsts) - 1 == len(self._ids) == len(self._days)
            or len(self._vectors) != self._firsts[-1]
        ):
            raise IndexDamagedError(
                f"chỉ mục vector ở {path} bị hỏng: {len(self._vectors)} vector,"
                f" {len(self._ids)} đoạn, {len(self._days)} ngày"
            )
        self._owners = np.repeat(np.arange(len(self._ids)), np.diff(self._firsts))
        self._keep(~np.isin(self._ids, removed))

    def _keep(self, kept: NDArray[np.bool_]) -> None:
        """Leave out the passages that are not ``kept``, ``(n,)``."""
        self.kept = kept
        self._passages = int(kept.sum())
        # Their rows; None where all are kept.
        self._rows_kept = kept[self._owners] if self._passages < len(kept) else None

    def without(self, removed: NDArray[np.int64]) -> DenseIndex:
        """The same vectors without those of the passages ``removed``, too."""
        other = copy.copy(self)
        other._keep(self.kept & ~np.isin(self._ids, removed))
        return other

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def ids(self) -> NDArray[np.int64]:
        """The passages indexed, rising; those removed among them."""
        return self._ids

    @property
    def passages(self) -> int:
        """How many passages are indexed, without those removed."""
        return self._passages

    def search(self, vector: Vectors, limit: int, within: DateRange | None = None) -> list[Hit]:
        """The best ``limit`` passages by inner product with ``vector`` ``(dim,)``, best first.

        A zero vector, of a text without known words, is near to nothing. Of more than 20,000
        vectors the nearest are found nearly always.
        """
        limit = min(limit, self._passages)
        if limit <= 0 or not vector.any():
            return []
        total = len(self._vectors)
        inside = self._rows_kept
        if within is not None:
            first, last = within.ordinals
            inside = (self.kept & (self._days >= first) & (self._days <= last))[self._owners]
            if inside.mean() < _FEW:
                rows = np.flatnonzero(inside)
                return self._best(self._scores(vector, rows), rows, limit)
        # Of this thread alone: a second one, woken for each search, takes 20 times as long.
        faiss.omp_set_num_threads(1)
        wanted = -(-_SPARE * limit * total // len(self._ids))
        while True:
            # Where nearly all would be compared again, all are compared at once.
            index = self._exact if wanted * _REFINED >= _SPARE * total else self._index
            scores, rows = index.search(np.ascontiguousarray(vector[None]), min(wanted, total))
            found = rows[0] >= 0  # FAISS fills up with -1 where it finds fewer
            if inside is not None:
                found &= inside[rows[0]]
            best = self._best(scores[0][found], rows[0][found], limit)
            # A passage of many paragraphs may take many places: then more are asked for.
            if len(best) >= limit or wanted >= total:
                return best
            wanted *= 4

    def _best(self, scores: Vectors, rows: NDArray[np.int64], limit: int) -> list[Hit]:
        """The ``limit`` best passages of vectors with these scores, each with its best vector."""
        ids = self._ids[self._owners[rows]]
        order = np.lexsort((ids, -scores))
        found: dict[int, float] = {}
        for passage_id, score in zip(ids[order].tolist(), scores[order].tolist(), strict=True):
            found.setdefault(passage_id, score)
            if len(found) == limit:
                break
        return list(starmap(Hit, found.items()))

    def _scores(self, vector: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """The inner products of the vectors ``rows`` with ``vector``, ``(n,)``."""
        scores: Vectors = self._vectors[rows].astype(np.float32) @ vector
        return scores

    def places(self, passage_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.intp]:
        """The places of passages indexed here, counted from 0 in the order of the ids."""
        # Ids are in rising order, so a passage is found by bisection.
        return np.searchsorted(self._ids, np.asarray(passage_ids, np.int64))

    def written(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], _Stored]:
        """What `DenseWriter.add` is given for the passages that are not removed."""
        counts = np.diff(self._firsts)[self.kept]
        vectors = self._vectors[self.kept[self._owners]]
        return self._ids[self.kept], self._days[self.kept], counts, vectors

    def vectors(self, passage_ids: Sequence[int]) -> list[Vectors]:
        """The vectors of passages' pieces, in the order asked for."""
        places = self.places(passage_ids)
        bounds = zip(self._firsts[places].tolist(), self._firsts[places + 1].tolist(), strict=True)
        return [self._vectors[first:end].astype(np.float32) for first, end in bounds]

    def similarities(self, vector: Vectors, passage_ids: Sequence[int]) -> Vectors:
        """The inner products of passages with ``vector``, ``(n,)``: those of their best pieces."""
        if not passage_ids:
            return np.zeros(0, np.float32)
        places = self.places(passage_ids)
        counts = self._firsts[places + 1] - self._firsts[places]
        starts = np.cumsum(counts) - counts
        rows = np.repeat(self._firsts[places] - starts, counts) + np.arange(counts.sum())
        best: Vectors = np.maximum.reduceat(self._scores(vector, rows), starts)
        return best


class DenseWriter:
    """Writes the vectors of passages as they come; `DenseIndex` opens them."""

    def __init__(self, path: Path, dim: int) -> None:
        """``dim`` is the length of a vector."""
        path.mkdir(parents=True)
        self._path = path
        self._vectors = ArrayWriter(path / _VECTORS_FILE, np.float16, dim)
        self._ids = [np.zeros(0, np.int64)]
        self._days = [np.zeros(0, np.int32)]
        self._pieces = [np.zeros(1, np.int64)]

    def add(
        self,
        ids: NDArray[np.int64],
        days: NDArray[np.int32],
        pieces: NDArray[np.int64],
        vectors: Vectors | _Stored,
    ) -> None:
        """Append passages, their ids ``(n,)`` rising.

        Passage i has ``pieces[i]`` of the ``vectors`` ``(m, dim)``. ``days`` ``(n,)`` are their
        reports' as `datetime.date.toordinal` counts, 0 for none.
        """
        self._ids.append(ids)
        self._days.append(days)
        self._pieces.append(pieces)
        self._vectors.append(vectors)

    def close(self) -> None:
        """Complete the files."""
        self._vectors.close()
        np.save(self._path / _IDS_FILE, np.concatenate(self._ids))
        np.save(self._path / _DAYS_FILE, np.concatenate(self._days))
        np.save(self._path / _FIRSTS_FILE, np.cumsum(np.concatenate(self._pieces)))
        vectors: _Stored = np.load(self._path / _VECTORS_FILE, mmap_mode="r").view(np.ndarray)
        count, dim = vectors.shape
        if count > _EXHAUSTIVE:
            coded = next(count for count in range(_CODED, 0, -1) if dim % count == 0)
            index = faiss.IndexPQFastScan(dim, dim // coded, 4, faiss.METRIC_INNER_PRODUCT)
            index.pq.cp.niter = _ROUNDS
            # The same vectors give the same codes.
            chosen = np.random.default_rng(_SEED).permutation(count)[:_TRAINED]
            # Many short steps, at each of which a second thread would wait in a loop for its turn
            # while words are being written.
            threads = faiss.omp_get_max_threads()
            faiss.omp_set_num_threads(1)
            index.train(vectors[np.sort(chosen)].astype(np.float32))
            faiss.omp_set_num_threads(threads)
            for first in range(0, count, _ADDED):
                index.add(vectors[first : first + _ADDED].astype(np.float32))
            faiss.write_index(index, str(self._path / _INDEX_FILE))
