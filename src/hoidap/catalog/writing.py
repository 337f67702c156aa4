"""The catalog opened for writing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path

from hoidap.catalog.reading import Catalog
from hoidap.catalog.records import (
    Cause,
    Coming,
    KnownFile,
    KnownReport,
    NewVersion,
    Original,
    added_passages,
    digest_of,
)
from hoidap.catalog.schema import (
    MIGRATIONS,
    REPORT_COLUMNS,
    SCHEMA_VERSION,
    schema_version,
    translated,
)
from hoidap.documents import Passage
from hoidap.errors import CatalogError

# Lists whose JSON is kept: nearly all are empty.
_REMEMBERED = 64
# SQLite's own is 2,000: pages that do not fit are written, and read again, while a generation is.
_CACHE_KIB = 64_000
# Versions added by one statement.
_TOGETHER = 256


@lru_cache(_REMEMBERED)
def _written(values: tuple[object, ...]) -> str:
    """Numbers, pairs of them or names as they are stored."""
    return json.dumps(values)


class CatalogWriter(Catalog):
    """The catalog opened for writing, by the one process that holds the writer's lock."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, readonly=False)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = self._connection()
            # Readers go on reading while a generation is written.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self._migrate(connection)
        except (sqlite3.DatabaseError, OSError) as error:
            raise translated(error, path) from error

    def _migrate(self, connection: sqlite3.Connection) -> None:
        version = schema_version(connection)
        if version > SCHEMA_VERSION:
            raise CatalogError(
                f"danh mục {self.path} do phiên bản mới hơn của hoidap ghi; hãy nâng cấp hoidap"
            )
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction; an error undoes all of it."""
        connection = self._connection()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk has rolled back already
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.DatabaseError as error:
            raise translated(error, self.path) from error

    @contextmanager
    def next_generation(self, cause: Cause, actor: str) -> Iterator[Coming]:
        """A transaction that makes a generation. An error undoes all of it."""
        with self._transaction() as connection:
            current = self.generation()
            coming = Coming(1 if current is None else current.number + 1)
            yield coming
            (reports,) = connection.execute(
                "SELECT count(*) FROM versions WHERE removed_in IS NULL"
            ).fetchone()
            connection.execute(
                "INSERT INTO generations (number, created, reports, passages, action, actor,"
                " forced) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    coming.number,
                    datetime.now(UTC).isoformat(),
                    reports,
                    self.count_passages(),
                    cause.value,
                    actor,
                    coming.forced,
                ),
            )
            connection.execute(
                "DELETE FROM retired WHERE EXISTS (SELECT 1 FROM versions v"
                " WHERE v.report_id = retired.report_id AND v.removed_in IS NULL)"
            )

    def add(self, versions: Iterable[NewVersion], generation: int) -> Iterator[Passage]:
        """Add versions of reports while their passages are asked for, in order."""
        connection = self._connection()
        # Ids follow one another: nobody else writes.
        version, passage = self._next_id("versions"), self._next_id("passages")
        pending = iter(versions)
        while some := list(islice(pending, _TOGETHER)):
            added: list[Passage] = []
            divisions: list[tuple[object, ...]] = []
            for number, one in enumerate(some, start=version):
                passages = added_passages(one.report, one.spans, passage + len(added))
                added += passages
                divisions += (
                    (
                        new.id,
                        number,
                        new.start,
                        new.end,
                        new.page,
                        _written(span.headings),
                        digest_of(new.text),
                    )
                    for span, new in zip(one.spans, passages, strict=True)
                )
            connection.executemany(
                "INSERT INTO versions (id, report_id, file, fingerprint, title, date, number,"
                " source, place, kind, pages, notes, scanned, text, added_in)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        number,
                        one.report.id,
                        one.report.file,
                        one.fingerprint,
                        one.report.title,
                        one.report.date.isoformat() if one.report.date is not None else None,
                        one.report.number,
                        one.report.source,
                        one.report.place,
                        one.report.kind,
                        _written(one.report.pages),
                        _written(one.report.notes),
                        _written(one.report.scanned),
                        one.report.text,
                        generation,
                    )
                    for number, one in enumerate(some, start=version)
                ),
            )
            connection.executemany(
                'INSERT INTO passages (id, version_id, start, "end", page, headings, digest)'
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                divisions,
            )
            self.add_sketches(
                (number, one.sketch) for number, one in enumerate(some, start=version)
            )
            version += len(some)
            passage += len(added)
            yield from added

    def _next_id(self, table: str) -> int:
        """The id that the next row of ``table`` gets."""
        row = (
            self._connection()
            .execute("SELECT seq + 1 FROM sqlite_sequence WHERE name = ?", (table,))
            .fetchone()
        )
        return int(row[0]) if row is not None else 1

    def without_sketch(self) -> list[tuple[int, str]]:
        """The current versions that have no sketch, and their texts."""
        return [
            (row["id"], row["text"])
            for row in self._connection().execute(
                "SELECT id, text FROM versions WHERE removed_in IS NULL"
                " AND id NOT IN (SELECT version_id FROM sketches)"
            )
        ]

    def add_sketches(self, sketches: Iterable[tuple[int, bytes]]) -> None:
        """Add the sketches of versions."""
        self._connection().executemany("INSERT INTO sketches VALUES (?, ?)", sketches)

    def retire(self, report_ids: Iterable[str]) -> None:
        """Remember that reports were removed on purpose."""
        self._connection().executemany(
            "INSERT OR IGNORE INTO retired VALUES (?)", ((one,) for one in report_ids)
        )

    def remove(self, report: KnownReport, generation: int) -> None:
        """Leave a report out from ``generation`` on; former generations keep it."""
        self._connection().execute(
            "UPDATE versions SET removed_in = ? WHERE id = ?", (generation, report.version)
        )

    def refresh(self, files: dict[str, KnownFile], originals: dict[str, Original]) -> None:
        """Remember files that were read and gave the same reports as before."""
        with self._transaction():
            self.remember_files(files, originals)

    def remember_files(self, files: dict[str, KnownFile], originals: dict[str, Original]) -> None:
        """Replace the list of files that were read; ``originals`` are those read just now."""
        connection = self._connection()
        connection.executemany(
            "UPDATE versions SET original = ?, original_size = ?"
            " WHERE file = ? AND removed_in IS NULL",
            ((one.sha256, one.size, file) for file, one in originals.items()),
        )
        connection.execute("DELETE FROM files")
        connection.executemany(
            "INSERT INTO files (file, fingerprint, failures) VALUES (?, ?, ?)",
            ((file, one.fingerprint, json.dumps(one.failures)) for file, one in files.items()),
        )

    def restore(self, former: int, generation: int) -> bool:
        """Make what generation ``former`` held that of ``generation``; whether anything differs.

        A version that was left out since comes back as a copy, since it was out for a while; where
        one that is current says the very same, as after going back and forth, that one stays.
        """
        connection = self._connection()
        gone = connection.execute(
            "UPDATE versions SET removed_in = :generation"
            " WHERE removed_in IS NULL AND added_in > :former AND NOT EXISTS"
            " (SELECT 1 FROM versions one WHERE one.report_id = versions.report_id"
            " AND one.added_in <= :former AND one.removed_in > :former"
            " AND one.fingerprint = versions.fingerprint AND one.original IS versions.original)",
            {"generation": generation, "former": former},
        ).rowcount
        # Of a report, one version at most is current.
        back = connection.execute(
            "SELECT id FROM versions one WHERE added_in <= :former AND removed_in > :former"
            " AND NOT EXISTS (SELECT 1 FROM versions now"
            " WHERE now.report_id = one.report_id AND now.removed_in IS NULL)",
            {"former": former},
        ).fetchall()
        for row in back:
            kept = f"fingerprint, original, original_size, {REPORT_COLUMNS}"
            version = connection.execute(
                f"INSERT INTO versions (added_in, {kept})"
                f" SELECT ?, {kept} FROM versions WHERE id = ?",
                (generation, row["id"]),
            ).lastrowid
            connection.execute(
                "INSERT INTO sketches SELECT ?, sketch FROM sketches WHERE version_id = ?",
                (version, row["id"]),
            )
            connection.execute(
                'INSERT INTO passages (version_id, start, "end", page, headings, digest)'
                ' SELECT ?, start, "end", page, headings, digest FROM passages'
                " WHERE version_id = ? ORDER BY id",
                (version, row["id"]),
            )
        # The folder holds something else now: the next reload must look at every file again.
        connection.execute("DELETE FROM files")
        return bool(gone or back)

    def forget_before(self, generation: int) -> None:
        """Drop generations before ``generation`` and the versions that only they held.

        What ``generation`` itself removed stays, as a part of its history.
        """
        with self._transaction() as connection:
            gone = "(SELECT id FROM versions WHERE removed_in < ?)"
            for table in ("passages", "sketches"):
                connection.execute(f"DELETE FROM {table} WHERE version_id IN {gone}", (generation,))
            connection.execute("DELETE FROM versions WHERE removed_in < ?", (generation,))
            connection.execute("DELETE FROM generations WHERE number < ?", (generation,))
