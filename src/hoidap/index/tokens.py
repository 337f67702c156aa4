"""The tokens of passages, for late interaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.encoder import PassageTokens, TokenTable
from hoidap.errors import IndexDamagedError
from hoidap.index.base import HEADING, Entry

_ROWS_FILE = "rows.npy"
_STARTS_FILE = "starts.npy"
_BOUNDS_FILE = "bounds.npy"
_COUNTS_FILE = "counts.npy"
# A collection says how rare a token is in it; how rare it is in the news and laws that the encoder
# was trained on counts as much as so many passages.
_PRIOR_PASSAGES = 1000


def tokens_of(entries: Sequence[Entry], table: TokenTable) -> Iterator[PassageTokens]:
    """The tokens of heading and text; those of the heading have the place `HEADING`."""
    headings = table.rows([entry.heading for entry in entries])
    texts = table.tokens([entry.text for entry in entries])
    for heading, text in zip(headings, texts, strict=True):
        yield PassageTokens(
            np.concatenate([heading.astype(np.uint16), text.rows]),
            np.concatenate([np.full(len(heading), HEADING, np.uint16), text.starts]),
        )


def inverse_frequencies(
    counts: NDArray[np.int32], passages: int, rarity: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How much each token of the table says in a collection, ``(size,)``.

    ``counts`` are the passages that hold it, of ``passages``; ``rarity`` is the token table's.
    """
    total = passages + _PRIOR_PASSAGES
    # rarity is ln(documents / documents with the token), so its exponential is a share.
    expected = counts + _PRIOR_PASSAGES * np.exp(-rarity)
    weights: NDArray[np.float32] = np.log1p(total / (expected + 1)).astype(np.float32)
    return weights


class TokenStore:
    """Token rows of passages in one array, memory-mapped; two bytes a token and two its place."""

    def __init__(self, path: Path, rarity: NDArray[np.float32]) -> None:
        """Open what `write` wrote; ``rarity`` is the token table's."""
        try:
            # As plain arrays: a slice of a memmap object takes ten times as long.
            self._rows: NDArray[np.uint16] = np.load(path / _ROWS_FILE, mmap_mode="r").view(
                np.ndarray
            )
            self._starts: NDArray[np.uint16] = np.load(path / _STARTS_FILE, mmap_mode="r").view(
                np.ndarray
            )
            self._bounds: NDArray[np.int64] = np.load(path / _BOUNDS_FILE, allow_pickle=False)
            counts: NDArray[np.int32] = np.load(path / _COUNTS_FILE, allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise IndexDamagedError(f"các từ đã lưu ở {path} bị hỏng: {error}") from error
        if (
            len(counts) != len(rarity)
            or not len(self._rows) == len(self._starts) == self._bounds[-1]
        ):
            raise IndexDamagedError(f"các từ đã lưu ở {path} không khớp nhau")
        self._weights = inverse_frequencies(counts, self.passages, rarity)

    @staticmethod
    def write(path: Path, tokens: Sequence[PassageTokens], size: int) -> None:
        """Write the tokens of passages; ``size`` is the table's, the number of its rows."""
        path.mkdir(parents=True)
        none = np.zeros(0, np.uint16)
        counts = np.zeros(size, np.int32)
        for passage in tokens:
            counts[np.unique(passage.rows)] += 1
        lengths = [len(passage.rows) for passage in tokens]
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

    def weights(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """How much tokens say in this collection: inverse document frequencies, ``(n,)``."""
        return self._weights[rows]
