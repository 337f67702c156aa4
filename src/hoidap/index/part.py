"""Some passages of a generation, written once: their vectors, tokens and syllables.

A generation that differs little from the one before shares its parts, which are links to the same
files, and has one more for what is new.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from hoidap.errors import IndexDamagedError
from hoidap.index.base import Entry
from hoidap.index.dense import DenseIndex
from hoidap.index.syllables import SyllableStore, SyllableWriter
from hoidap.index.tokens import TokenStore
from hoidap.token_table import PassageTokens, Vectors

_DENSE = "dense"
_TOKENS = "tokens"
_SYLLABLES = "syllables"


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
        self._path = path
        self._size = size
        self._ids: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        self._days: list[NDArray[np.int32]] = [np.zeros(0, np.int32)]
        self._pieces: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]
        self._vectors: list[Vectors] = [np.zeros((0, dim), np.float32)]
        self._tokens: list[PassageTokens] = []
        self._syllables = SyllableWriter(path / _SYLLABLES)

    def add(
        self, entries: Sequence[Entry], vectors: Vectors, tokens: Sequence[PassageTokens]
    ) -> None:
        """Append passages: the vectors of all their pieces ``(m, dim)``, and their tokens."""
        days = [entry.day.toordinal() if entry.day is not None else 0 for entry in entries]
        self._ids.append(np.array([entry.passage_id for entry in entries], np.int64))
        self._days.append(np.array(days, np.int32))
        self._pieces.append(np.array([len(entry.pieces) for entry in entries], np.int64))
        self._vectors.append(vectors)
        self._tokens += tokens
        self._syllables.add(entries)

    def add_part(self, part: Part) -> None:
        """Append what a part holds, without the passages removed from it."""
        ids, days, firsts, vectors = part.dense.rows()
        self._ids.append(ids)
        self._days.append(days)
        self._pieces.append(np.diff(firsts))
        self._vectors.append(vectors)
        for place in part.dense.places(ids).tolist():
            self._tokens.append(part.tokens.of(place))
            self._syllables.add_raw(*part.syllables.raw(place))

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._syllables.__exit__(kind, error, trace)
        if error is not None:
            return
        DenseIndex.build(
            self._path / _DENSE,
            np.concatenate(self._ids),
            np.concatenate(self._days),
            np.cumsum(np.concatenate(self._pieces), dtype=np.int64),
            np.concatenate(self._vectors),
        )
        TokenStore.write(self._path / _TOKENS, self._tokens, self._size)
