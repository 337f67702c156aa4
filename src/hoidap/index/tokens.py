"""The tokens of passages, for late interaction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.errors import IndexDamagedError
from hoidap.index.arrays import ArrayWriter, StoredNumbers
from hoidap.token_table import PassageTokens

_ROWS_FILE = "rows.npy"
_STARTS_FILE = "starts.npy"
_BOUNDS_FILE = "bounds.npy"
_COUNTS_FILE = "counts.npy"
# A collection says how rare a token is in it; how rare it is in the news and laws that the encoder
# was trained on counts as much as so many passages.
_PRIOR_PASSAGES = 1000


class TokenStore:
    """Token rows of passages in one array; two bytes a token and two its place."""

    def __init__(self, path: Path, size: int) -> None:
        """Open what `TokenWriter` wrote; ``size`` is the table's, the number of its rows."""
        self._path = path
        try:
            self._rows = StoredNumbers(path / _ROWS_FILE, np.uint16)
            self._starts = StoredNumbers(path / _STARTS_FILE, np.uint16)
            self._bounds: NDArray[np.int64] = np.load(path / _BOUNDS_FILE, allow_pickle=False)
            self._counts: NDArray[np.int32] = np.load(path / _COUNTS_FILE, allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise IndexDamagedError(f"các từ đã lưu ở {path} bị hỏng: {error}") from error
        if (
            len(self._counts) != size
            or not len(self._rows) == len(self._starts) == self._bounds[-1]
        ):
            raise IndexDamagedError(f"các từ đã lưu ở {path} không khớp nhau")

    @property
    def passages(self) -> int:
        """How many passages have their tokens here."""
        return len(self._bounds) - 1

    def of(self, place: int) -> PassageTokens:
        """The tokens of the passage at ``place`` in the order of writing.

        Raises `IndexDamagedError`.
        """
        start, end = self._bounds[place : place + 2].tolist()
        rows = self._rows.between(start, end)
        # The file was sound when it was opened; a question would look up what is not in the table.
        if rows.max(initial=0) >= len(self._counts):
            raise IndexDamagedError(f"các từ đã lưu ở {self._path} không còn như lúc ghi")
        return PassageTokens(rows, self._starts.between(start, end))

    def counts(self, without: Sequence[int]) -> NDArray[np.int32]:
        """How many passages hold each row of the table, those at the places ``without`` not."""
        if not without:
            return self._counts
        tokens = [self.of(place).rows for place in without]
        lengths = np.array([len(rows) for rows in tokens])
        return self._counts - _holding(np.concatenate(tokens), lengths, len(self._counts))


class TokenWriter:
    """Writes the tokens of passages as they come; `TokenStore` opens them."""

    def __init__(self, path: Path, size: int) -> None:
        """``size`` is the table's, the number of its rows."""
        path.mkdir(parents=True)
        self._path = path
        self._rows = ArrayWriter(path / _ROWS_FILE, np.uint16)
        self._starts = ArrayWriter(path / _STARTS_FILE, np.uint16)
        self._lengths = [np.zeros(1, np.int64)]
        self._counts = np.zeros(size, np.int32)

    def add(
        self,
        rows: NDArray[np.uint16],
        starts: NDArray[np.uint16],
        lengths: NDArray[np.int64],
    ) -> None:
        """Append passages by the tokens of all of them and how many each has."""
        self._rows.append(rows)
        self._starts.append(starts)
        self._lengths.append(lengths)
        self._counts += _holding(rows, lengths, len(self._counts))

    def close(self) -> None:
        """Complete the files."""
        self._rows.close()
        self._starts.close()
        np.save(self._path / _BOUNDS_FILE, np.cumsum(np.concatenate(self._lengths)))
        np.save(self._path / _COUNTS_FILE, self._counts)


def _holding(rows: NDArray[np.uint16], lengths: NDArray[np.int64], size: int) -> NDArray[np.int32]:
    """How many of the passages, of so many tokens each, hold each of the ``size`` rows."""
    # In order, so that equal ones are neighbours; `numpy.unique` takes several times as long. Four
    # bytes for each are put in order in half the time of eight.
    kind = np.int32 if len(lengths) * size <= np.iinfo(np.int32).max else np.int64
    firsts = (np.arange(len(lengths)) * size).astype(kind)
    every: NDArray[np.integer] = np.repeat(firsts, lengths) + rows
    every.sort()
    fresh = np.ones(len(every), np.bool_)
    np.not_equal(every[1:], every[:-1], out=fresh[1:])
    distinct = every[fresh]
    return np.bincount(distinct % size, minlength=size).astype(np.int32)


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
