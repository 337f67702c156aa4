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
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from hoidap.encoder import Encoder
from hoidap.index.milvus.connection import CONTENT, DAY, ID, TERMS, VECTOR, Connection, Row
from hoidap.index.milvus.content import Content
from hoidap.index.milvus.index import MilvusIndex, row_id
from hoidap.index.milvus.statistics import NO_TERM, Counting, PassageTerms, Statistics
from hoidap.index.prepared import Prepared
from hoidap.index.store import StoredIndex, keep_directories, sync_directory
from hoidap.settings import Settings
from hoidap.token_table import TokenTable, Vectors

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
        """The same: opening verifies all that is on this machine."""
        return self.open(generation)

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
        batches: Iterable[Prepared],
        *,
        previous: StoredIndex | None = None,
        removed: Collection[int] = (),
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write a generation's collection and directory.

        The rows of ``previous`` are copied. New ones wait on the disk, as much as the collection
        will take there: how much a term weighs in a passage depends on the mean length of all.
        """
        assert previous is None or isinstance(previous, MilvusIndex)
        directory = self._directory(generation)
        staging = directory.with_name(f"{directory.name}.{os.getpid()}.tmp")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        try:
            with tempfile.TemporaryFile(dir=staging) as waiting:
                counting = Counting(
                    self._table.size, None if previous is None else previous.statistics
                )
                waiting_batches = 0
                done = 0
                for batch in batches:
                    pickle.dump(_prepare(batch, counting), waiting)
                    waiting_batches += 1
                    done += len(batch.ids)
                    progress(done)
                if previous is not None and removed:
                    self._remove(previous, sorted(removed), counting)
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
                if previous is not None:
                    self._copy(previous, frozenset(removed), name)
                waiting.seek(0)
                for rows in _in_parts(_rows(waiting, waiting_batches, manifest.means), _SENT):
                    self._connection.insert(name, rows)
                self._connection.finish(name, approximate=not exact, rows=manifest.rows)
            for path in staging.iterdir():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
            shutil.rmtree(directory, ignore_errors=True)
            staging.rename(directory)
            sync_directory(directory.parent)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _remove(self, previous: MilvusIndex, removed: list[int], counting: Counting) -> None:
        """Count out the passages that the former generation alone holds."""
        rows = self._connection.rows(previous.name, [row_id(one, 0) for one in removed])
        counting.remove(
            removed,
            [np.array(sorted(row[TERMS].keys() - {NO_TERM}), np.uint32) for row in rows],
            [Content.unpack(row[CONTENT]).tokens for row in rows],
        )

    def _copy(self, previous: MilvusIndex, removed: frozenset[int], name: str) -> None:
        """Copy the rows of a former generation, but for those of the passages ``removed``."""
        counts = previous.statistics.piece_counts.tolist()
        kept = (
            row_id(passage_id, piece)
            for passage_id, count in zip(previous.ids.tolist(), counts, strict=True)
            if passage_id not in removed
            for piece in range(count)
        )
        while ids := list(islice(kept, _SENT)):
            self._connection.insert(name, self._connection.rows(previous.name, ids))


def _prepare(batch: Prepared, counting: Counting) -> _Waiting:
    terms = list(map(PassageTerms.of, batch.documents))
    contents = Content.of(batch)
    counting.add(batch.ids, batch.pieces, terms, [content.tokens for content in contents])
    return _Waiting(
        batch.ids.tolist(),
        batch.days.tolist(),
        terms,
        [content.pack() for content in contents],
        np.split(batch.vectors, np.cumsum(batch.pieces)[:-1]),
    )


def _rows(waiting: IO[bytes], batches: int, means: Sequence[float]) -> Iterator[Row]:
    """The rows of what waits in a file."""
    for _ in range(batches):
        batch: _Waiting = pickle.load(waiting)
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
