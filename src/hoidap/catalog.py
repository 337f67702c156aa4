"""The truth, in SQLite: reports, their passages, and which of them each generation holds.

A report's text never changes in place: a changed file adds a version of the report. A generation is
the set of versions that were current at a number. One commit makes the next generation current, so
a reader sees the former one or the next, never something between, and a crash leaves the former.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.documents import Citation, Passage, Report, Span
from hoidap.errors import BusyError, CatalogError, ReportNotFoundError
from hoidap.vietnamese.text import fold, normalize

# Numbered, in order, each run once, by a writer. Never change one that was released: add another.
# Ids are never used twice: an index of a former generation must not take one passage for another.
_MIGRATIONS = (
    """
    CREATE TABLE files (
        file TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE versions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        report_id TEXT NOT NULL,
        file TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        title TEXT NOT NULL,
        date TEXT,
        number TEXT,
        source TEXT,
        place TEXT,
        kind TEXT,
        pages TEXT NOT NULL,
        text TEXT NOT NULL,
        added_in INTEGER NOT NULL,
        removed_in INTEGER
    );
    CREATE INDEX versions_by_report ON versions (report_id, added_in);
    CREATE INDEX versions_by_file ON versions (file);
    CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        version_id INTEGER NOT NULL REFERENCES versions (id),
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        page INTEGER,
        digest BLOB NOT NULL
    );
    CREATE INDEX passages_by_version ON passages (version_id);
    CREATE TABLE generations (
        number INTEGER PRIMARY KEY,
        created TEXT NOT NULL,
        reports INTEGER NOT NULL,
        passages INTEGER NOT NULL
    );
    """,
    # Offsets into the report's text, as JSON.
    """
    ALTER TABLE passages ADD COLUMN headings TEXT NOT NULL DEFAULT '[]';
    """,
    # `original` is the SHA-256 of the file a version was last read from, NULL where it is not kept.
    # `retired` are reports removed on purpose. A sketch is what near-identical texts share.
    """
    ALTER TABLE generations ADD COLUMN action TEXT NOT NULL DEFAULT '';
    ALTER TABLE generations ADD COLUMN actor TEXT NOT NULL DEFAULT '';
    ALTER TABLE generations ADD COLUMN forced INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE versions ADD COLUMN original TEXT;
    ALTER TABLE versions ADD COLUMN original_size INTEGER;
    CREATE INDEX versions_by_original ON versions (original);
    CREATE INDEX versions_by_added ON versions (added_in, report_id);
    CREATE INDEX versions_by_removed ON versions (removed_in, report_id);
    CREATE TABLE retired (
        report_id TEXT PRIMARY KEY
    ) WITHOUT ROWID;
    CREATE TABLE sketches (
        version_id INTEGER PRIMARY KEY,
        sketch BLOB NOT NULL
    );
    """,
    # Why lines of a bulk export hold no report, as JSON.
    """
    ALTER TABLE files ADD COLUMN failures TEXT NOT NULL DEFAULT '[]';
    CREATE INDEX versions_current ON versions (file, report_id) WHERE removed_in IS NULL;
    DROP INDEX versions_by_file;
    """,
)
SCHEMA_VERSION = len(_MIGRATIONS)
_REPORT_COLUMNS = "report_id, file, title, text, date, number, source, place, kind, pages"
# A catalog holds nothing that the reports folder does not: it can be made again from there.
_ADVICE = "hãy chuyển tệp này đi nơi khác rồi chạy: hoidap reload"
_FULL = "hãy dọn chỗ trên đĩa rồi thử lại"
# The migration from which on originals, sketches and removals on purpose are known.
_WITH_ORIGINALS = 3
# The migration from which on it is known why lines of bulk exports hold no report.
_WITH_FAILURES = 4
# Few, so that what is current is told from them.
_REMOVED = "SELECT id FROM versions WHERE removed_in IS NOT NULL"
# SQLite takes at least 999 parameters in a statement.
_MAX_PARAMETERS = 900


class Cause(StrEnum):
    """What a generation was made by."""

    RELOAD = "reload"
    ADD = "add"
    REMOVE = "remove"
    ROLLBACK = "rollback"
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Generation:
    """A state of the catalog: its number, when it was made (UTC), and how much it holds.

    ``actor`` made it by ``cause``; None and empty where nobody wrote it down. ``forced``: although
    golden questions failed.
    """

    number: int
    created: datetime
    reports: int
    passages: int
    cause: Cause | None
    actor: str
    forced: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A generation and how it differs from the one before it: ids of reports, sorted."""

    generation: Generation
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(slots=True)
class Coming:
    """The generation that is being made; what is set here is written with its commit."""

    number: int
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Original:
    """The file that a report was read from: the SHA-256 of its content, and its bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class KnownReport:
    """A report of the current generation, without its text."""

    version: int
    id: str
    file: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it was last read: the fingerprint of what it held, and what of it was no report."""

    fingerprint: str
    failures: tuple[str, ...] = ()


def _generation(row: sqlite3.Row) -> Generation:
    told = "action" in row.keys()  # noqa: SIM118  # a catalog that no writer has migrated yet
    return Generation(
        number=row["number"],
        created=datetime.fromisoformat(row["created"]),
        reports=row["reports"],
        passages=row["passages"],
        cause=Cause(row["action"]) if told and row["action"] else None,
        actor=row["actor"] if told else "",
        forced=bool(row["forced"]) if told else False,
    )


def _citation(row: sqlite3.Row) -> Citation:
    return Citation(
        report_id=row["report_id"],
        title=row["title"],
        date=date.fromisoformat(row["date"]) if row["date"] is not None else None,
        number=row["number"],
        source=row["source"] if row["source"] is not None else row["file"],
    )


def _report(row: sqlite3.Row) -> Report:
    return Report(
        id=row["report_id"],
        file=row["file"],
        title=row["title"],
        text=row["text"],
        date=date.fromisoformat(row["date"]) if row["date"] is not None else None,
        number=row["number"],
        source=row["source"],
        place=row["place"],
        kind=row["kind"],
        pages=tuple(json.loads(row["pages"])),
    )


def _passage(row: sqlite3.Row, citation: Citation, text: str) -> Passage:
    return Passage(
        id=row["id"],
        report=citation,
        text=text[row["start"] : row["end"]],
        start=row["start"],
        end=row["end"],
        page=row["page"],
        headings=tuple(text[start:end] for start, end in json.loads(row["headings"])),
    )


def _bare(text: str) -> str:
    return fold(normalize(text))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


class Catalog:
    """The catalog opened for reading; `Catalog.writer` opens it for writing.

    Safe for use by several threads: each has a connection of its own.
    """

    def __init__(self, path: Path, *, readonly: bool = True) -> None:
        self.path = path
        self._readonly = readonly
        self._local = threading.local()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection()
        except sqlite3.DatabaseError as error:
            raise _translated(error, self.path) from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            mode = "ro" if self._readonly else "rwc"
            uri = f"{self.path.absolute().as_uri()}?mode={mode}"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0)
            connection.row_factory = sqlite3.Row
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def generation(self) -> Generation | None:
        """The current generation; None where nothing was ever loaded."""
        if not self.path.exists():
            return None
        with self._reading() as connection:
            if _schema_version(connection) == 0:
                return None
            row = connection.execute(
                "SELECT * FROM generations ORDER BY number DESC LIMIT 1"
            ).fetchone()
        return _generation(row) if row is not None else None

    def generations(self) -> list[Generation]:
        """The generations that can be gone back to, and the current one, newest first."""
        if self.generation() is None:
            return []
        with self._reading() as connection:
            rows = connection.execute("SELECT * FROM generations ORDER BY number DESC").fetchall()
        return [_generation(row) for row in rows]

    def holds(self, generation: int) -> bool:
        """Whether all passages of a generation can still be read."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT EXISTS (SELECT 1 FROM generations WHERE number = ?)", (generation,)
            ).fetchone()
        return bool(row[0])

    def history(self) -> list[Step]:
        """The kept generations, newest first, each with what it changed."""
        steps = []
        for generation in self.generations():
            with self._reading() as connection:
                came, went = (
                    {
                        row["report_id"]
                        for row in connection.execute(
                            f"SELECT report_id FROM versions WHERE {column} = ?",
                            (generation.number,),
                        )
                    }
                    for column in ("added_in", "removed_in")
                )
            added, changed, removed = came - went, came & went, went - came
            steps.append(
                Step(generation, *(tuple(sorted(ids)) for ids in (added, changed, removed)))
            )
        return steps

    def original(self, report_id: str) -> Original | None:
        """The file that a report of the current generation was read from; None where not kept."""
        with self._reading() as connection:
            if self.generation() is None or _schema_version(connection) < _WITH_ORIGINALS:
                return None
            row = connection.execute(
                "SELECT original, original_size FROM versions"
                " WHERE report_id = ? AND removed_in IS NULL AND original IS NOT NULL",
                (report_id,),
            ).fetchone()
        return Original(row["original"], row["original_size"]) if row is not None else None

    def originals(self) -> set[str]:
        """The SHA-256 of every file that a kept generation needs."""
        with self._reading() as connection:
            if _schema_version(connection) < _WITH_ORIGINALS:
                return set()
            return {
                row["original"]
                for row in connection.execute(
                    "SELECT DISTINCT original FROM versions WHERE original IS NOT NULL"
                )
            }

    def retired(self) -> set[str]:
        """The ids of reports that were removed on purpose and have not come back."""
        with self._reading() as connection:
            if _schema_version(connection) < _WITH_ORIGINALS:
                return set()
            return {row["report_id"] for row in connection.execute("SELECT * FROM retired")}

    def sketches(self) -> tuple[list[int], list[bytes]]:
        """The current versions that have a sketch, and their sketches, oldest first."""
        with self._reading() as connection:
            if _schema_version(connection) < _WITH_ORIGINALS:
                return [], []
            rows = connection.execute(
                f"SELECT version_id, sketch FROM sketches WHERE version_id NOT IN ({_REMOVED})"
                " ORDER BY version_id"
            ).fetchall()
        return [version for version, _ in rows], [sketch for _, sketch in rows]

    def version(self, version: int) -> tuple[str, str]:
        """The id and text of the report of a kept version."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT report_id, text FROM versions WHERE id = ?", (version,)
            ).fetchone()
        return row["report_id"], row["text"]

    def openings(self, first: int, limit: int) -> list[Passage]:
        """The first passage of ``limit`` reports, from number ``first`` (0 is the newest) on.

        By date, newest first, those without one last.
        """
        if self.generation() is None:
            return []
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT (SELECT id FROM passages p WHERE p.version_id = v.id ORDER BY start"
                " LIMIT 1) AS id FROM versions v WHERE removed_in IS NULL"
                " ORDER BY date DESC NULLS LAST, report_id LIMIT ?, ?",
                (first, limit),
            ).fetchall()
        passages = self.passages([row["id"] for row in rows])
        return [passages[row["id"]] for row in rows]

    def listed(self, words: str, first: int, limit: int) -> tuple[list[Citation], int]:
        """Reports whose title or number holds ``words``, ``limit`` of them from number ``first``.

        By date, newest first, those without one last; diacritics and case do not count. And how
        many there are in all.
        """
        if self.generation() is None:
            return [], 0
        condition = "removed_in IS NULL"
        values: list[object] = []
        if words:
            condition += " AND instr(bare(title || ' ' || ifnull(number, '')), ?)"
            values.append(_bare(words))
        with self._reading() as connection:
            connection.create_function("bare", 1, _bare, deterministic=True)
            total = connection.execute(
                f"SELECT count(*) FROM versions WHERE {condition}", values
            ).fetchone()[0]
            rows = connection.execute(
                "SELECT report_id, file, title, date, number, source FROM versions"
                f" WHERE {condition} ORDER BY date DESC NULLS LAST, report_id LIMIT ?, ?",
                [*values, first, limit],
            ).fetchall()
        return [_citation(row) for row in rows], int(total)

    def months(self) -> dict[str, int]:
        """How many current reports are of each month ("2021-03"), rising; without the undated."""
        if self.generation() is None:
            return {}
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT substr(date, 1, 7), count(*) FROM versions"
                " WHERE removed_in IS NULL AND date IS NOT NULL GROUP BY 1 ORDER BY 1"
            ).fetchall()
        return dict(map(tuple, rows))

    def passages_of(self, report_id: str) -> list[Passage]:
        """The passages of a report of the current generation, in order; empty where it is gone."""
        if self.generation() is None:
            return []
        passages = self.passages(self.passage_ids([report_id]))
        return sorted(passages.values(), key=lambda passage: passage.start)

    def current(self, passage_id: int) -> Passage | None:
        """A passage as the current generation has it, whatever generation its id is from.

        A report that changed elsewhere, or was taken back, has the same passage under another id.
        None where nothing of the current generation is word for word the same.
        """
        if self.generation() is None:
            return None
        with self._reading() as connection:
            row = connection.execute(
                "SELECT n.id FROM passages p JOIN versions v ON v.id = p.version_id"
                " JOIN versions w ON w.report_id = v.report_id AND w.removed_in IS NULL"
                " JOIN passages n ON n.version_id = w.id AND n.digest = p.digest"
                " WHERE p.id = ? ORDER BY n.id <> p.id, n.id LIMIT 1",
                (passage_id,),
            ).fetchone()
        return self.passages([row["id"]]).get(row["id"]) if row is not None else None

    def report(self, report_id: str, generation: int | None = None) -> Report:
        """A report as ``generation`` has it, None for the current one.

        Raises `ReportNotFoundError`.
        """
        kept = [one.number for one in self.generations()]
        number = generation if generation is not None else kept[0] if kept else None
        if number in kept:
            with self._reading() as connection:
                row = connection.execute(
                    f"SELECT {_REPORT_COLUMNS} FROM versions WHERE report_id = ?"
                    " AND added_in <= ? AND (removed_in IS NULL OR removed_in > ?)",
                    (report_id, number, number),
                ).fetchone()
            if row is not None:
                return _report(row)
        elif generation is not None:
            choices = ", ".join(map(str, kept)) or "không có"
            raise ReportNotFoundError(f"không còn giữ thế hệ {generation}; còn giữ: {choices}")
        raise ReportNotFoundError(f"không có báo cáo nào mang mã {report_id!r}")

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Passages by id, of whichever generation; ids that do not exist are left out.

        Raises `CatalogError` where a text is not what it was when it was stored.
        """
        rows: list[sqlite3.Row] = []
        texts: dict[int, sqlite3.Row] = {}
        with self._reading() as connection:
            for first in range(0, len(ids), _MAX_PARAMETERS):
                part = list(ids[first : first + _MAX_PARAMETERS])
                rows += connection.execute(
                    f"SELECT * FROM passages WHERE id IN ({_marks(part)})", part
                ).fetchall()
            versions = sorted({row["version_id"] for row in rows})
            for first in range(0, len(versions), _MAX_PARAMETERS):
                part = versions[first : first + _MAX_PARAMETERS]
                for row in connection.execute(
                    f"SELECT id, {_REPORT_COLUMNS} FROM versions WHERE id IN ({_marks(part)})", part
                ):
                    texts[row["id"]] = row
        citations = {version: _citation(row) for version, row in texts.items()}
        found = {}
        for row in rows:
            version = row["version_id"]
            passage = _passage(row, citations[version], texts[version]["text"])
            if _digest(passage.text) != row["digest"]:
                raise CatalogError(
                    f"danh mục {self.path} bị hỏng: đoạn {passage.id} của báo cáo"
                    f" {passage.report.report_id!r} không còn như lúc lưu; {_ADVICE}"
                )
            found[passage.id] = passage
        return found

    def passage_ids(self, report_ids: Iterable[str]) -> list[int]:
        """The ids of the passages of the current versions of reports, rising."""
        with self._reading() as connection:
            return sorted(
                row["id"]
                for report_id in report_ids
                for row in connection.execute(
                    "SELECT p.id FROM passages p JOIN versions v ON v.id = p.version_id"
                    " WHERE v.report_id = ? AND v.removed_in IS NULL",
                    (report_id,),
                )
            )

    def current_ids(self) -> NDArray[np.int64]:
        """The ids of the passages of the current versions of the reports, ``(n,)``, rising."""
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT id FROM passages WHERE version_id NOT IN ({_REMOVED}) ORDER BY id"
            )
            return np.fromiter((row[0] for row in rows), np.int64)

    def all_passages(self) -> Iterator[Passage]:
        """Every passage of the current generation, in the order of the ids."""
        return self.in_order(self.current_ids().tolist())

    def kept_passages(self) -> Iterator[Passage]:
        """The same with those that only former generations hold, as far as they are kept."""
        with self._reading() as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM passages ORDER BY id")]
        yield from self.in_order(ids)

    def in_order(self, ids: Sequence[int]) -> Iterator[Passage]:
        """Passages by their ids, in that order; those that do not exist are left out."""
        for first in range(0, len(ids), _MAX_PARAMETERS):
            part = ids[first : first + _MAX_PARAMETERS]
            found = self.passages(part)
            yield from (found[one] for one in part if one in found)

    def known_files(self) -> dict[str, KnownFile]:
        """The files of the last reload by name."""
        with self._reading() as connection:
            told = "failures" if _schema_version(connection) >= _WITH_FAILURES else "'[]'"
            return {
                file: KnownFile(fingerprint, tuple(json.loads(failures)))
                for file, fingerprint, failures in connection.execute(
                    f"SELECT file, fingerprint, {told} FROM files"
                )
            }

    def known_reports(self, file: str | None = None) -> list[KnownReport]:
        """The current reports, by id; only those of ``file`` where it is given."""
        condition, values = ("", ()) if file is None else (" AND file = ?", (file,))
        with self._reading() as connection:
            return [
                KnownReport(row["id"], row["report_id"], row["file"], row["fingerprint"])
                for row in connection.execute(
                    "SELECT id, report_id, file, fingerprint FROM versions"
                    f" WHERE removed_in IS NULL{condition} ORDER BY report_id",
                    values,
                )
            ]

    def report_files(self) -> dict[str, int]:
        """The files of current reports, each with how many it holds."""
        with self._reading() as connection:
            return dict(
                map(
                    tuple,
                    connection.execute(
                        "SELECT file, count(*) FROM versions WHERE removed_in IS NULL GROUP BY file"
                    ),
                )
            )

    def files_of(self, report_ids: Iterable[str]) -> dict[str, str]:
        """The file of each current report among ``report_ids``."""
        wanted = list(report_ids)
        found: dict[str, str] = {}
        with self._reading() as connection:
            for first in range(0, len(wanted), _MAX_PARAMETERS):
                part = wanted[first : first + _MAX_PARAMETERS]
                found.update(
                    map(
                        tuple,
                        connection.execute(
                            "SELECT report_id, file FROM versions WHERE removed_in IS NULL"
                            f" AND report_id IN ({', '.join('?' * len(part))})",
                            part,
                        ),
                    )
                )
        return found


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
            self._migrate(connection)
        except (sqlite3.DatabaseError, OSError) as error:
            raise _translated(error, path) from error

    def _migrate(self, connection: sqlite3.Connection) -> None:
        version = _schema_version(connection)
        if version > SCHEMA_VERSION:
            raise CatalogError(
                f"danh mục {self.path} do phiên bản mới hơn của hoidap ghi; hãy nâng cấp hoidap"
            )
        for number, script in enumerate(_MIGRATIONS[version:], start=version + 1):
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
            raise _translated(error, self.path) from error

    @contextmanager
    def next_generation(self, cause: Cause, actor: str) -> Iterator[Coming]:
        """A transaction that makes a generation. An error undoes all of it."""
        with self._transaction() as connection:
            current = self.generation()
            coming = Coming(1 if current is None else current.number + 1)
            yield coming
            reports, passages = (
                connection.execute(f"SELECT count(*) FROM {counted}").fetchone()[0]
                for counted in (
                    "versions WHERE removed_in IS NULL",
                    f"passages WHERE version_id NOT IN ({_REMOVED})",
                )
            )
            connection.execute(
                "INSERT INTO generations (number, created, reports, passages, action, actor,"
                " forced) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    coming.number,
                    datetime.now(UTC).isoformat(),
                    reports,
                    passages,
                    cause.value,
                    actor,
                    coming.forced,
                ),
            )
            connection.execute(
                "DELETE FROM retired WHERE EXISTS (SELECT 1 FROM versions v"
                " WHERE v.report_id = retired.report_id AND v.removed_in IS NULL)"
            )

    def add(
        self,
        report: Report,
        spans: Iterable[Span],
        fingerprint: str,
        generation: int,
        sketch: bytes | None = None,
    ) -> None:
        """Add a version of a report with its passages."""
        connection = self._connection()
        version = connection.execute(
            "INSERT INTO versions (report_id, file, fingerprint, title, date, number, source,"
            " place, kind, pages, text, added_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                report.id,
                report.file,
                fingerprint,
                report.title,
                report.date.isoformat() if report.date is not None else None,
                report.number,
                report.source,
                report.place,
                report.kind,
                json.dumps(report.pages),
                report.text,
                generation,
            ),
        ).lastrowid
        connection.executemany(
            'INSERT INTO passages (version_id, start, "end", page, headings, digest)'
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    version,
                    span.start,
                    span.end,
                    span.page,
                    json.dumps(span.headings),
                    _digest(report.text[span.start : span.end]),
                )
                for span in spans
            ),
        )
        if sketch is not None:
            connection.execute("INSERT INTO sketches VALUES (?, ?)", (version, sketch))

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

        A version that was left out since comes back as a copy, since it was out for a while.
        """
        connection = self._connection()
        gone = connection.execute(
            "UPDATE versions SET removed_in = ? WHERE removed_in IS NULL AND added_in > ?",
            (generation, former),
        ).rowcount
        back = connection.execute(
            "SELECT id FROM versions WHERE added_in <= ? AND removed_in > ?", (former, former)
        ).fetchall()
        for row in back:
            kept = f"fingerprint, original, original_size, {_REPORT_COLUMNS}"
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


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _schema_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _translated(error: sqlite3.DatabaseError | OSError, path: Path) -> CatalogError | BusyError:
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return BusyError(f"danh mục {path} đang được ghi bởi tiến trình khác; hãy thử lại")
    reason = str(error).split("\n")[0]
    full = isinstance(error, sqlite3.OperationalError) and ("full" in reason or "I/O" in reason)
    advice = _FULL if full else _ADVICE
    return CatalogError(f"không dùng được danh mục {path}: {reason}; {advice}")
