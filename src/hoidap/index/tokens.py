"""The tokens of passages, for late interaction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.errors import IndexDamagedError
from hoidap.token_table import PassageTokens

_ROWS_FILE = "rows.npy"
_STARTS_FILE = "starts.npy"
_BOUNDS_FILE = "bounds.npy"
_COUNTS_FILE = "counts.npy"
# A collection says how rare a token is in it; how rare it is in the news and laws that the encoder
# was trained on counts as much as so many passages.
_PRIOR_PASSAGES = 1000


class TokenStore:
    """Token rows of passages in one array, memory-mapped; two bytes a token and two its place."""

    def __init__(self, path: Path, size: int) -> None:
        """Open what `write` wrote; ``size`` is the table's, the number of its rows."""
        try:
            # As plain arrays: a slice of a memmap object takes ten times as long.
            self._rows: NDArray[np.uint16] = np.load(path / _ROWS_FILE, mmap_mode="r").view(
                np.ndarray
            )
            self._starts: NDArray[np.uint16] = np.load(path / _STARTS_FILE, mmap_mode="r").view(
                np.ndarray
            )
            self._bounds: NDArray[np.int64] = np.load(path / _BOUNDS_FILE, allow_pickle=False)
            self._counts: NDArray[np.int32] = np.load(path / _COUNTS_FILE, allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise IndexDamagedError(f"các từ đã lưu ở {path} bị hỏng: {error}") from error
        if (
            len(self._counts) != size
            or not len(self._rows) == len(self._starts) == self._bounds[-1]
        ):
            raise IndexDamagedError(f"các từ đã lưu ở {path} không khớp nhau")

    @staticmethod
    def write(path: Path, tokens: Sequence[PassageTokens], size: int) -> None:
        """Write the tokens of passages; ``size`` is the table's, the number of its rows."""
        path.mkdir(parents=True)
        none = np.zeros(0, np.uint16)
        lengths = [len(passage.rows) for passage in tokens]
        counts = holding(tokens, size)
        np.save(path / _ROWS_FILE, np.concatenate([none, *(one.rows for one in tokens)]))
        np.save(path / _STARTS_FILE, np.concatenate([none, *(one.starts for one in tokens)]))
        np.save(path / _BOUNDS_FILE, np.cumsum([0, *lengths], dtype=np.int64))
        np.save(path / _COUNTS_FILE, counts)

    @property
    def passages(self) -> int:
        """How many passages have their tokens here."""
        return len(self._bounds) - 1

    def of(self, place: int) -> PassageTokens:
        """The tokens of the passage at ``place`` in the order of writing."""
        start, end = self._bounds[place : place + 2]
        return PassageTokens(self._rows[start:end], self._starts[start:end])

    def counts(self, without: Sequence[int]) -> NDArray[np.int32]:
        """How many passages hold each row of the table, those at the places ``without`` not."""
        if not without:
            return self._counts
        return self._counts - holding([self.of(place) for place in without], len(self._counts))


def holding(tokens: Sequence[PassageTokens], size: int) -> NDArray[np.int32]:
    """How many of the passages hold each of the ``size`` rows of the table."""
    counts = np.zeros(size, np.int32)
    for passage in tokens:
        counts[np.unique(passage.rows)] += 1
    return counts


class TokenWeights:
    """How much tokens say in a collection: their inverse document frequencies."""

    def __init__(
        self, counts: NDArray[np.int32], passages: int, rarity: NDArray[np.float32]
    ) -> None:
        """``counts`` of the ``passages`` hold each row; ``rarity`` is the token table's."""
        total = passages + _PRIOR_PASSAGES
        # rarity is ln(documents / documents with the token), so its exponential is a share.
        expected = counts + _PRIOR_PASSAGES * np.exp(-rarity)
        self._weights: NDArray[np.float32] = np.log1p(total / (expected + 1)).astype(np.float32)

    def of(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """The weights of tokens, ``(n,)``."""
        return self._weights[rows]
