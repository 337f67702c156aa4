"""Generations as collections on a Milvus server, each with a directory on this machine.

A generation that is built anew is a collection. One that goes on from another adds its rows to the
same collection, so that a changed report costs what is new of it, however much there is beside; the
directories tell which rows are of which generation. Copying a collection of a million passages
would take several gigabytes through this machine for each change.

Readers ask the catalog which generation is the current one and open its directory: the catalog's
commit is what makes it current, for everyone at once. The alias stands for the collection of the
current one, for whoever looks at the server from outside.
"""

from __future__ import annotations

import logging
import os
import pickle
import secrets
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from hoidap.encoder import Encoder
from hoidap.errors import IndexDamagedError, IndexUnreachableError, SearchIndexError
from hoidap.index.milvus.connection import CONTENT, DAY, ID, TERMS, VECTOR, Connection, Row
from hoidap.index.milvus.content import Content
from hoidap.index.milvus.index import MilvusIndex, row_id
from hoidap.index.milvus.installation import installation
from hoidap.index.milvus.statistics import (
    NO_TERM,
    Counting,
    Manifest,
    PassageTerms,
    Statistics,
    Written,
    read_manifest,
)
from hoidap.index.prepared import Prepared
from hoidap.index.store import StoredIndex, keep_directories, sync_directory
from hoidap.settings import Settings
from hoidap.token_table import TokenTable, Vectors

_logger = logging.getLogger(__name__)

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


@dataclass(frozen=True, slots=True)
class _Target:
    """A collection that rows are written to; ``exact``: its vectors are compared as they are."""

    name: str
    build: str
    exact: bool


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
        return f"hoidap_{installation(self._settings.milvus_path)}"

    def _directory(self, generation: int) -> Path:
        return self._settings.milvus_path / f"{generation:06}"

    # --- the store ---

    def open(self, generation: int) -> MilvusIndex:
        """Open and verify a generation."""
        return MilvusIndex(self._connection, self._statistics(generation), self._table)

    def check(self, generation: int) -> MilvusIndex:
        """The same, once the server has loaded it, counting the rows of its collection."""
        statistics = self._statistics(generation)
        manifest = statistics.manifest
        if not manifest.collection.startswith(f"{self.alias()}_"):
            raise IndexDamagedError(
                f"chỉ mục {manifest.collection} là của thư mục dữ liệu mà"
                f" {self._settings.data} được chép ra từ đó; hãy chạy: hoidap reload"
            )
        self._connection.load(manifest.collection)
        index = MilvusIndex(self._connection, statistics, self._table)
        # Those after it are of a writer that goes on from it, or did not finish.
        self._connection.count(index.name, manifest.written, _first_after(manifest))
        return index

    def _statistics(self, generation: int) -> Statistics:
        """The files of a generation, opened and verified."""
        statistics = Statistics(self._directory(generation))
        statistics.manifest.require(
            encoder=self._encoder.name, terms=self._terms, tokens=self._table.name
        )
        return statistics

    def publish(self, generation: int) -> None:
        """Swap the alias to a generation's collection, where it is another one.

        Nobody here asks by it: where the server refuses it, as when a collection of somebody else's
        has its name, that is told and all else goes on.
        """
        manifest = read_manifest(self._directory(generation))
        try:
            self._connection.point(self.alias(), manifest.collection)
        except IndexUnreachableError:
            raise
        except SearchIndexError as error:
            _logger.warning("chưa đặt được bí danh %s: %s", self.alias(), error)

    def keep(self, generations: Collection[int]) -> None:
        """Remove all other directories, and the collections that none of these is in."""
        keep_directories(self._settings.milvus_path, generations)
        kept = self._in_use()
        for name in self._connection.names(f"{self.alias()}_"):
            if name not in kept:
                self._connection.drop(name)

    def _in_use(self) -> set[str]:
        """The collections that directories name: readers may look at them, now or next."""
        found = set()
        for path in self._settings.milvus_path.glob("*"):
            with suppress(SearchIndexError):  # it is no directory, or what is left is of no use
                found.add(read_manifest(path).collection)
        return found

    def build(
        self,
        generation: int,
        batches: Iterable[Prepared],
        *,
        previous: StoredIndex | None = None,
        removed: Collection[int] = (),
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write a generation's rows and directory.

        With ``previous`` they go into its collection, where no other generation looks at them.
        New rows wait on the disk, as much as the collection will take there: how much a term weighs
        in a passage depends on the mean length of all.
        """
        assert previous is None or isinstance(previous, MilvusIndex)
        directory = self._directory(generation)
        staging = directory.with_name(f"{directory.name}.{os.getpid()}.tmp")
        former = staging.with_suffix(".former")
        for path in (staging, former):
            shutil.rmtree(path, ignore_errors=True)
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
                target = self._target(generation, counting.rows, previous)
                manifest = counting.write(
                    staging,
                    Written(
                        generation=generation,
                        server=self.place,
                        collection=target.name,
                        build=target.build,
                        encoder=self._encoder.name,
                        dim=self._encoder.dim,
                        terms=self._terms,
                        tokens=self._table.name,
                        exact=target.exact,
                    ),
                )
                if previous is None:
                    self._connection.create(target.name, self._encoder.dim, target.build)
                else:
                    # What a writer left that did not finish; ids of such are given again.
                    self._connection.remove_from(target.name, _first_after(previous.manifest))
                waiting.seek(0)
                for rows in _in_parts(_rows(waiting, waiting_batches, manifest.means), _SENT):
                    self._connection.insert(target.name, rows)
                self._connection.finish(target.name, manifest.written, approximate=not target.exact)
            for path in staging.iterdir():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
            if directory.exists():
                # Not removed before the other is there: readers may be about to open it.
                directory.rename(former)
            staging.rename(directory)
            sync_directory(directory.parent)
        finally:
            for path in (staging, former):
                shutil.rmtree(path, ignore_errors=True)

    def _target(self, generation: int, rows: int, previous: MilvusIndex | None) -> _Target:
        """The collection that so many ``rows`` are written to."""
        if previous is not None:
            manifest = previous.manifest
            return _Target(manifest.collection, manifest.build, manifest.exact)
        name, build = f"{self.alias()}_{generation:06}", secrets.token_hex(8)
        if name in self._in_use():
            # Where an index is moved to where it is, it is answered from until this one is there.
            name = f"{name}_{build}"
        return _Target(name, build, rows <= _EXHAUSTIVE)

    def _remove(self, previous: MilvusIndex, removed: list[int], counting: Counting) -> None:
        """Count out the passages that the former generation alone holds."""
        rows = self._connection.rows(previous.name, [row_id(one, 0) for one in removed])
        counting.remove(
            removed,
            [np.array(sorted(row[TERMS].keys() - {NO_TERM}), np.uint32) for row in rows],
            [Content.unpack(row[CONTENT]).tokens for row in rows],
        )


def _first_after(manifest: Manifest) -> int:
    """The first id of a row that is of no generation up to this one."""
    return row_id(manifest.highest + 1, 0)


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
