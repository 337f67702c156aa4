"""Both engines over one generation, in a directory on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.encoder import Encoder, PassageTokens, TokenTable, Vectors
from hoidap.errors import IndexDamagedError, IndexMissingError
from hoidap.index.base import DateRange, Entry, Hit, QueryTerm
from hoidap.index.dense import DenseIndex
from hoidap.index.lexical import LexicalIndex
from hoidap.index.manifest import (
    FORMAT_VERSION,
    Manifest,
    read_manifest,
    record_files,
    write_manifest,
)
from hoidap.index.syllables import SyllableStore, SyllableWriter
from hoidap.index.tokens import TokenStore, tokens_of
from hoidap.vietnamese.syllables import Syllables

_LEXICAL = "lexical"
_DENSE = "dense"
_TOKENS = "tokens"
_SYLLABLES = "syllables"
# Passages encoded between two reports of progress.
STEP = 1024


def batches(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    """The entries in lists of ``size``."""
    pending = iter(entries)
    while batch := list(islice(pending, size)):
        yield batch


class LocalIndex:
    """A generation opened for searching. Safe for use by several threads."""

    def __init__(self, directory: Path, *, encoder: str, terms: str, table: TokenTable) -> None:
        """Open and verify the generation in ``directory``.

        Raises `IndexMissingError`, `IndexDamagedError` or `IndexMismatchError`.
        """
        if not directory.is_dir():
            raise IndexMissingError(f"không có chỉ mục ở {directory}; hãy chạy: hoidap reload")
        self.manifest = read_manifest(directory)
        self.manifest.require(encoder=encoder, terms=terms, tokens=table.name)
        self._lexical = LexicalIndex(directory / _LEXICAL)
        self._dense = DenseIndex(directory / _DENSE)
        self._tokens = TokenStore(directory / _TOKENS, table.rarity)
        self._syllables = SyllableStore(directory / _SYLLABLES)
        counts = {
            self.manifest.passages,
            self._lexical.passages,
            self._dense.passages,
            self._tokens.passages,
            self._syllables.passages,
        }
        if len(counts) != 1 or self._dense.dim != self.manifest.dim:
            raise IndexDamagedError(f"chỉ mục ở {directory} không khớp với số đoạn đã ghi")

    @property
    def passages(self) -> int:
        """How many passages are indexed."""
        return self.manifest.passages

    def search_terms(
        self, terms: Sequence[QueryTerm], limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by BM25, best first, ties by passage id."""
        return self._lexical.search(terms, limit, within)

    def most(self, terms: Sequence[QueryTerm]) -> float:
        """The BM25 score of a passage that holds all terms of the text as often as can be."""
        return self._lexical.most(terms)

    def search_vector(
        self, vector: Vectors, limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by inner product with ``vector`` ``(dim,)``, ties by id."""
        return self._dense.search(vector, limit, within)

    def similarities(self, vector: Vectors, passage_ids: Sequence[int]) -> Vectors:
        """The inner products of passages with ``vector``, ``(n,)``: those of their best pieces."""
        return self._dense.similarities(vector, passage_ids)

    def tokens(self, passage_ids: Sequence[int]) -> list[PassageTokens]:
        """The tokens of passages, in the order asked for."""
        return [self._tokens.of(place) for place in self._dense.places(passage_ids)]

    def syllables(self, passage_ids: Sequence[int]) -> list[tuple[Syllables, Syllables]]:
        """The syllables of passages: of what they stand under, their own."""
        return [self._syllables.of(place) for place in self._dense.places(passage_ids)]

    def token_weights(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """How much tokens say in this collection: inverse document frequencies, ``(n,)``."""
        return self._tokens.weights(rows)

    def holds(self, passage_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the passages are indexed here, ``(n,)``."""
        return self._dense.known(passage_ids)

    def vectors_of(self, passage_id: int) -> Vectors:
        """The vectors of a passage's pieces, ``(pieces, dim)``."""
        return self._dense.vectors(passage_id)

    def vectors(self, passage_ids: Sequence[int]) -> list[Vectors]:
        """The vectors of passages' pieces, in the order asked for."""
        return list(map(self.vectors_of, passage_ids))

    @staticmethod
    def build(
        directory: Path,
        entries: Iterable[Entry],
        encoder: Encoder,
        table: TokenTable,
        *,
        generation: int,
        terms: str,
        previous: LocalIndex | None = None,
        step: int = STEP,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write a generation of ``entries``, which come in the order of their passage ids.

        It appears at ``directory`` complete or not at all. Vectors of passages that ``previous``
        holds are taken from it. After each ``step`` passages ``progress`` is called with how many
        are done.
        """
        staging = directory.with_name(f"{directory.name}.{os.getpid()}.tmp")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        try:
            vectors: list[Vectors] = [np.zeros((0, encoder.dim), np.float32)]
            ids: list[int] = []
            days: list[int] = []
            tokens: list[PassageTokens] = []
            pieces: list[int] = [0]

            def encoded() -> Iterator[Entry]:
                for batch in batches(entries, step):
                    yield from batch
                    syllables.add(batch)
                    ids.extend(entry.passage_id for entry in batch)
                    days.extend(entry.day.toordinal() if entry.day else 0 for entry in batch)
                    tokens.extend(tokens_of(batch, table))
                    pieces.extend(len(entry.pieces) for entry in batch)
                    vectors.append(_encode(batch, encoder, previous))
                    progress(len(ids))

            with SyllableWriter(staging / _SYLLABLES) as syllables:
                count = LexicalIndex.build(staging / _LEXICAL, encoded())
            DenseIndex.build(
                staging / _DENSE,
                np.array(ids, np.int64),
                np.array(days, np.int32),
                np.cumsum(pieces, dtype=np.int64),
                np.concatenate(vectors),
            )
            TokenStore.write(staging / _TOKENS, tokens, table.size)
            manifest = Manifest(
                format=FORMAT_VERSION,
                generation=generation,
                encoder=encoder.name,
                dim=encoder.dim,
                terms=terms,
                tokens=table.name,
                passages=count,
                files=record_files(staging),
            )
            write_manifest(staging, manifest)
            _sync(staging)
            shutil.rmtree(directory, ignore_errors=True)
            staging.rename(directory)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _encode(batch: list[Entry], encoder: Encoder, previous: LocalIndex | None) -> Vectors:
    """The vectors of all pieces of ``batch``, those of known passages from ``previous``."""
    ids = np.array([entry.passage_id for entry in batch], np.int64)
    known = np.zeros(len(batch), bool) if previous is None else previous.holds(ids)
    fresh = [
        piece
        for entry, seen in zip(batch, known, strict=True)
        if not seen
        for piece in entry.pieces
    ]
    encoded = encoder.encode_passages(fresh) if fresh else np.zeros((0, encoder.dim), np.float32)
    if previous is None or not known.any():
        return encoded
    vectors, at = [], 0
    for entry, seen in zip(batch, known, strict=True):
        if seen:
            vectors.append(previous.vectors_of(entry.passage_id))
        else:
            vectors.append(encoded[at : at + len(entry.pieces)])
            at += len(entry.pieces)
    return np.concatenate(vectors)


def _sync(directory: Path) -> None:
    """Bring all that was written below ``directory`` to the disk."""
    for path in (*directory.rglob("*"), directory):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
