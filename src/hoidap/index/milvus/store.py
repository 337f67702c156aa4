"""Generations as collections on a Milvus server, each with a directory on this machine.

Readers ask the catalog which generation is the current one and open its collection by name: the
catalog's commit is what makes it current, for everyone at once. The alias follows it, for whoever
looks at the server from outside.
"""

from __future__ import annotations

import os
import pickle
import secrets
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from hoidap.encoder import Encoder, TokenTable, Vectors
from hoidap.index.base import Entry, PassageIndex
from hoidap.index.local import batches
from hoidap.index.milvus.connection import CONTENT, DAY, ID, TERMS, VECTOR, Connection, Row
from hoidap.index.milvus.content import Content
from hoidap.index.milvus.index import MilvusIndex, row_id
from hoidap.index.milvus.statistics import NO_TERM, Counting, PassageTerms, Statistics
from hoidap.index.store import keep_directories, sync_directory
from hoidap.index.tokens import tokens_of
from hoidap.settings import Settings

# Rows sent at once, about 5 MB: Milvus takes up to 64 MB.
_SENT = 1000
# Above so many vectors their neighbours are found through a graph (HNSW).
_EXHAUSTIVE = 20_000
_NO_TERMS = {NO_TERM: 1.0}


class _Waiting(NamedTuple):
    """Passages whose rows cannot be made before all are counted."""

    ids: list[int]
    days: list[int]
    terms: list[PassageTerms]
    contents: list[str]
    vectors: list[Vectors]


class MilvusStore:
    """Generations on a Milvus server."""

    def __init__(self, settings: Settings, encoder: Encoder, table: TokenTable, terms: str) -> None:
        self._settings = settings
        self._encoder = encoder
        self._table = table
        self._terms = terms
        self._connection = Connection(settings)

    @property
    def place(self) -> str:
        """The server's address."""
        return self._connection.where

    # --- names ---

    def alias(self) -> str:
        """The name that stands for the current generation's collection."""
        return f"hoidap_{self._installation()}"

    def collection(self, generation: int) -> str:
        """The name of a generation's collection."""
        return f"{self.alias()}_{generation:06}"

    def _installation(self) -> str:
        """What tells the collections of this data directory from those of others."""
        path = self._settings.data / "milvus.id"
        if not path.exists():
            path.write_text(secrets.token_hex(4), "ascii")
        return path.read_text("ascii").strip()

    def _directory(self, generation: int) -> Path:
        return self._settings.milvus_path / f"{generation:06}"

    # --- the store ---

    def open(self, generation: int) -> MilvusIndex:
        """Open and verify a generation."""
        statistics = Statistics(self._directory(generation))
        statistics.manifest.require(
            encoder=self._encoder.name, terms=self._terms, tokens=self._table.name
        )
        return MilvusIndex(self._connection, self.collection(generation), statistics, self._table)

    def check(self, generation: int) -> MilvusIndex:
        """The same; a writer that was killed may have left the alias behind."""
        index = self.open(generation)
        self.publish(generation)
        return index

    def publish(self, generation: int) -> None:
        """Swap the alias to a generation's collection."""
        self._connection.point(self.alias(), self.collection(generation))

    def keep(self, generations: Collection[int]) -> None:
        """Remove all other collections and directories."""
        keep_directories(self._settings.milvus_path, generations)
        kept = {self.collection(number) for number in generations}
        for name in self._connection.names(f"{self.alias()}_"):
            if name not in kept:
                self._connection.drop(name)

    def build(
        self,
        generation: int,
        entries: Iterable[Entry],
        *,
        previous: PassageIndex | None = None,
        step: int,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write a generation's collection and directory.

        How much a term weighs in a passage depends on the mean length of all: they are counted
        first, and wait on the disk, as much as the collection will take there.
        """
        directory = self._directory(generation)
        staging = directory.with_name(f"{directory.name}.{os.getpid()}.tmp")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        try:
            with tempfile.TemporaryFile(dir=staging) as waiting:
                counting = Counting(self._table.size)
                for batch in batches(entries, step):
                    pickle.dump(self._prepare(batch, counting, previous), waiting)
                    progress(counting.passages)
                exact = counting.rows <= _EXHAUSTIVE
                manifest = counting.write(
                    staging,
                    generation=generation,
                    build=secrets.token_hex(8),
                    encoder=self._encoder.name,
                    dim=self._encoder.dim,
                    terms=self._terms,
                    tokens=self._table.name,
                    exact=exact,
                )
                name = self.collection(generation)
                self._connection.create(name, self._encoder.dim, manifest.text)
                waiting.seek(0)
                for rows in _in_parts(_rows(waiting, counting), _SENT):
                    self._connection.insert(name, rows)
                self._connection.finish(name, approximate=not exact, rows=counting.rows)
            for path in staging.iterdir():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
            shutil.rmtree(directory, ignore_errors=True)
            staging.rename(directory)
            sync_directory(directory.parent)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _prepare(
        self, batch: Sequence[Entry], counting: Counting, previous: PassageIndex | None
    ) -> _Waiting:
        terms = [PassageTerms.of(entry) for entry in batch]
        tokens = list(tokens_of(batch, self._table))
        counting.add(batch, terms, tokens)
        contents = [Content.of(*pair).pack() for pair in zip(batch, tokens, strict=True)]
        return _Waiting(
            [entry.passage_id for entry in batch],
            [entry.day.toordinal() if entry.day is not None else 0 for entry in batch],
            terms,
            contents,
            self._encode(batch, previous),
        )

    def _encode(self, batch: Sequence[Entry], previous: PassageIndex | None) -> list[Vectors]:
        """The vectors of each passage's pieces, those of known passages from ``previous``."""
        ids = [entry.passage_id for entry in batch]
        known: dict[int, Vectors] = {}
        if previous is not None:
            held = previous.holds(np.array(ids, np.int64)).tolist()
            there = [passage_id for passage_id, one in zip(ids, held, strict=True) if one]
            known = dict(zip(there, previous.vectors(there), strict=True))
        fresh = [entry for entry in batch if entry.passage_id not in known]
        vectors = self._encoder.encode_passages([one for entry in fresh for one in entry.pieces])
        at = 0
        for entry in fresh:
            known[entry.passage_id] = vectors[at : at + len(entry.pieces)]
            at += len(entry.pieces)
        return [known[passage_id] for passage_id in ids]


def _rows(waiting: IO[bytes], counting: Counting) -> Iterator[Row]:
    """The rows of what waits in a file, from where it stands."""
    means = counting.means
    done = 0
    while done < counting.passages:
        batch: _Waiting = pickle.load(waiting)
        done += len(batch.ids)
        for passage_id, day, terms, content, vectors in zip(*batch, strict=True):
            for piece, vector in enumerate(vectors):
                first = piece == 0
                yield {
                    ID: row_id(passage_id, piece),
                    DAY: day,
                    VECTOR: vector,
                    TERMS: terms.weights(means) if first else _NO_TERMS,
                    CONTENT: content if first else "",
                }


def _in_parts(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
