"""Some passages of a generation, written once: their vectors, tokens and syllables.

A generation that differs little from the one before shares its parts, which are links to the same
files, and has one more for what is new.
"""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.errors import IndexDamagedError
from hoidap.index.dense import DenseIndex, DenseWriter
from hoidap.index.prepared import Prepared
from hoidap.index.syllables import SyllableStore, SyllableWriter
from hoidap.index.tokens import TokenStore, TokenWriter

_DENSE = "dense"
_TOKENS = "tokens"
_SYLLABLES = "syllables"
# Passages of a part that are copied together.
_TOGETHER = 1024


class Part:
    """A part opened for searching; the passages ``removed`` since are not found."""

    def __init__(self, path: Path, removed: NDArray[np.int64], size: int) -> None:
        """Open what `PartWriter` wrote; ``size`` is the number of the token table's rows."""
        self.path = path
        self.dense = DenseIndex(path / _DENSE, removed)
        self.tokens = TokenStore(path / _TOKENS, size)
        self.syllables = SyllableStore(path / _SYLLABLES)
        counts = {len(self.dense.ids), self.tokens.passages, self.syllables.passages}
        if len(counts) != 1:
            raise IndexDamagedError(f"chỉ mục ở {path} không khớp nhau")

    def without(self, removed: NDArray[np.int64]) -> Part:
        """The same part without the passages ``removed``, beside those that were before."""
        other = copy.copy(self)
        other.dense = self.dense.without(removed)
        return other

    @property
    def passages(self) -> int:
        """How many passages it has, without those removed."""
        return self.dense.passages

    def token_counts(self) -> NDArray[np.int32]:
        """How many passages hold each row of the token table, without those removed."""
        return self.tokens.counts(np.flatnonzero(~self.dense.kept).tolist())


class PartWriter:
    """Writes a part; passages come in the order of their ids."""

    def __init__(self, path: Path, dim: int, size: int) -> None:
        """``dim`` is the length of a vector, ``size`` the number of the token table's rows."""
        self._dense = DenseWriter(path / _DENSE, dim)
        self._tokens = TokenWriter(path / _TOKENS, size)
        self._syllables = SyllableWriter(path / _SYLLABLES)

    def add(self, batch: Prepared) -> None:
        """Append passages."""
        self._dense.add(batch.ids, batch.days, batch.pieces, batch.vectors)
        self._tokens.add(batch.token_rows, batch.token_starts, batch.token_counts)
        self._syllables.add(batch.over, batch.rows, batch.starts, batch.start_counts)

    def add_part(self, part: Part) -> None:
        """Append what a part holds, without the passages removed from it."""
        ids, days, pieces, vectors = part.dense.written()
        self._dense.add(ids, days, pieces, vectors)
        places = part.dense.places(ids).tolist()
        for first in range(0, len(places), _TOGETHER):
            some = places[first : first + _TOGETHER]
            tokens = [part.tokens.of(place) for place in some]
            self._tokens.add(
                np.concatenate([one.rows for one in tokens]),
                np.concatenate([one.starts for one in tokens]),
                np.array([len(one.rows) for one in tokens]),
            )
            over, rows, starts = zip(*(part.syllables.raw(place) for place in some), strict=True)
            lengths = np.array([len(one) for one in starts])
            self._syllables.add(over, rows, np.concatenate(starts), lengths)

    def close(self) -> None:
        """Complete the files; until then they are of no use."""
        for writer in (self._dense, self._tokens, self._syllables):
            writer.close()
