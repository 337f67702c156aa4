"""The catalog opened for reading."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hoidap.catalog.records import (
    Generation,
    KnownFile,
    KnownReport,
    Original,
    Step,
    citation_of,
    digest_of,
    generation_of,
    passage_of,
    report_of,
)
from hoidap.catalog.schema import (
    ADVICE,
    MAX_PARAMETERS,
    REMOVED,
    REPORT_COLUMNS,
    WITH_FAILURES,
    WITH_ORIGINALS,
    marks,
    passage_columns,
    report_columns,
    schema_version,
    translated,
)
from hoidap.documents import Citation, Passage, Report
from hoidap.errors import CatalogError, ReportNotFoundError
from hoidap.vietnamese.text import fold, normalize


def _bare(text: str) -> str:
    return fold(normalize(text))


class _Opened(threading.local):
    """What a thread has open: its connection, and what told the file from others then."""

    connection: sqlite3.Connection | None = None
    file: tuple[int, int] | None = None
    # Whether the catalog has all columns of a report.
    complete = False


def _is_text(told: str) -> bool:
    """Whether what a shell handed over is text; it may be any bytes."""
    try:
        told.encode()
    except UnicodeEncodeError:
        return False
    return True


class Catalog:
    """The catalog opened for reading; `CatalogWriter` opens it for writing.

    Safe for use by several threads: each has a connection of its own. Where another file takes the
    place of the one that is open, a thread notices when it asks for the current generation.
    """

    def __init__(self, path: Path, *, readonly: bool = True) -> None:
        self.path = path
        self._readonly = readonly
        self._local = _Opened()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection()
        except sqlite3.DatabaseError as error:
            raise translated(error, self.path) from error

    def _connection(self) -> sqlite3.Connection:
        connection = self._local.connection
        if connection is None:
            # Looked at first: what takes its place in between is noticed then.
            file = self._file()
            mode = "ro" if self._readonly else "rwc"
            uri = f"{self.path.absolute().as_uri()}?mode={mode}"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0)
            connection.row_factory = sqlite3.Row
            self._local.connection, self._local.file = connection, file
        return connection

    def _file(self) -> tuple[int, int] | None:
        """What tells the file of the catalog from others; None where there is none."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            raise CatalogError(
                f"nơi để dữ liệu, {self.path.parent}, không phải là thư mục;"
                " hãy đặt lại HOIDAP_DATA"
            ) from error
        except OSError as error:
            raise translated(error, self.path) from error
        return status.st_dev, status.st_ino

    def _report_columns(self, connection: sqlite3.Connection) -> str:
        """The columns of a report; once a catalog has them all, it is not asked again."""
        if not self._local.complete:
            columns = report_columns(connection)
            self._local.complete = columns == REPORT_COLUMNS
            return columns
        return REPORT_COLUMNS

    def close(self) -> None:
        """Close this thread's connection."""
        if self._local.connection is not None:
            self._local.connection.close()
            self._local.connection = None
            self._local.complete = False

    def generation(self) -> Generation | None:
        """The current generation; None where nothing was ever loaded."""
        file = self._file()
        if file is None:
            return None
        if self._readonly and file != self._local.file:
            # It was moved away or replaced: what is still open is no longer the catalog.
            self.close()
        with self._reading() as connection:
            if schema_version(connection) == 0:
                return None
            row = connection.execute(
                "SELECT * FROM generations ORDER BY number DESC LIMIT 1"
            ).fetchone()
        return generation_of(row) if row is not None else None

    def generations(self) -> list[Generation]:
        """The generations that can be gone back to, and the current one, newest first."""
        if self.generation() is None:
            return []
        with self._reading() as connection:
            rows = connection.execute("SELECT * FROM generations ORDER BY number DESC").fetchall()
        return [generation_of(row) for row in rows]

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

    def original(self, report_id: str, generation: int | None = None) -> Original | None:
        """The file that a report was read from; None where it is not kept.

        As ``generation`` has it, None for the current one.
        """
        current = self.generation()
        if current is None:
            return None
        number = current.number if generation is None else generation
        with self._reading() as connection:
            if schema_version(connection) < WITH_ORIGINALS:
                return None
            row = connection.execute(
                "SELECT original, original_size FROM versions"
                " WHERE report_id = ? AND added_in <= ? AND (removed_in IS NULL OR removed_in > ?)"
                " AND original IS NOT NULL",
                (report_id, number, number),
            ).fetchone()
        return Original(row["original"], row["original_size"]) if row is not None else None

    def originals(self) -> set[str]:
        """The SHA-256 of every file that a kept generation needs."""
        with self._reading() as connection:
            if schema_version(connection) < WITH_ORIGINALS:
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
            if schema_version(connection) < WITH_ORIGINALS:
                return set()
            return {row["report_id"] for row in connection.execute("SELECT * FROM retired")}

    def sketches(
        self, parts: Sequence[tuple[int, bytes]] | None = None
    ) -> tuple[list[int], list[bytes]]:
        """The current versions that have a sketch, and their sketches, oldest first.

        With ``parts`` only those that have one of these bytes at its place.
        """
        like, values = "TRUE", []
        if parts is not None:
            like = " OR ".join("substr(sketch, ?, ?) = ?" for _ in parts) or "FALSE"
            values = [value for at, part in parts for value in (at + 1, len(part), part)]
        with self._reading() as connection:
            if schema_version(connection) < WITH_ORIGINALS:
                return [], []
            rows = connection.execute(
                f"SELECT version_id, sketch FROM sketches WHERE ({like})"
                f" AND version_id NOT IN ({REMOVED}) ORDER BY version_id",
                values,
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
        return [citation_of(row) for row in rows], int(total)

    def of_file(self, file: str) -> list[Citation]:
        """The current reports that were read from a file of the reports folder, by id."""
        return self._citations("file = ?", file)

    def numbered(self, number: str) -> list[Citation]:
        """The current reports with this document number, by id."""
        # By the index of numbers, which SQLite passes over for one of removals where it is "= ?".
        return self._citations(
            "CAST(number AS INTEGER) = CAST(?1 AS INTEGER) AND number BETWEEN ?1 AND ?1", number
        )

    def numbers(self, first: int) -> list[str]:
        """The document numbers of current reports that begin with the figure ``first``, rising."""
        if self.generation() is None:
            return []
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT number FROM versions"
                " WHERE CAST(number AS INTEGER) = ? AND number IS NOT NULL AND removed_in IS NULL"
                " ORDER BY number",
                (first,),
            ).fetchall()
        return [row["number"] for row in rows]

    def read_from(self, sha256: str) -> list[Citation]:
        """The current reports read from a file of this content, by id; without bulk exports'."""
        if self.generation() is None:
            return []
        with self._reading() as connection:
            if schema_version(connection) < WITH_ORIGINALS:
                return []
        return self._citations("original = ?", sha256)

    def _citations(self, condition: str, value: str) -> list[Citation]:
        if self.generation() is None:
            return []
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT report_id, file, title, date, number, source FROM versions"
                f" WHERE {condition} AND removed_in IS NULL ORDER BY report_id",
                (value,),
            ).fetchall()
        return [citation_of(row) for row in rows]

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
        if not _is_text(report_id):
            raise ReportNotFoundError(f"không có báo cáo nào mang mã {report_id!r}")
        if number in kept:
            with self._reading() as connection:
                row = connection.execute(
                    f"SELECT {self._report_columns(connection)} FROM versions WHERE report_id = ?"
                    " AND added_in <= ? AND (removed_in IS NULL OR removed_in > ?)",
                    (report_id, number, number),
                ).fetchone()
            if row is not None:
                return report_of(row)
        elif generation is not None:
            choices = ", ".join(map(str, kept)) or "không có"
            raise ReportNotFoundError(f"không còn giữ thế hệ {generation}; còn giữ: {choices}")
        raise ReportNotFoundError(f"không có báo cáo nào mang mã {report_id!r}")

    def held_in(self, report_id: str, generation: int) -> Report | None:
        """A report as ``generation`` had it, even one that is not kept any more.

        None where that text is gone: where the report changed and no kept generation has it.
        """
        current = self.generation()
        if current is None or not 0 < generation <= current.number:
            return None
        with self._reading() as connection:
            row = connection.execute(
                f"SELECT {REPORT_COLUMNS} FROM versions WHERE report_id = ?"
                " AND added_in <= ? AND (removed_in IS NULL OR removed_in > ?)",
                (report_id, generation, generation),
            ).fetchone()
        return report_of(row) if row is not None else None

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Passages by id, of whichever generation; ids that do not exist are left out.

        Raises `CatalogError` where a text is not what it was when it was stored.
        """
        rows: list[sqlite3.Row] = []
        texts: dict[int, sqlite3.Row] = {}
        with self._reading() as connection:
            columns = passage_columns(connection)
            for first in range(0, len(ids), MAX_PARAMETERS):
                part = list(ids[first : first + MAX_PARAMETERS])
                rows += connection.execute(
                    f"SELECT {columns} FROM passages WHERE id IN ({marks(part)})", part
                ).fetchall()
            versions = sorted({row["version_id"] for row in rows})
            columns = self._report_columns(connection)
            for first in range(0, len(versions), MAX_PARAMETERS):
                part = versions[first : first + MAX_PARAMETERS]
                for row in connection.execute(
                    f"SELECT id, {columns} FROM versions WHERE id IN ({marks(part)})", part
                ):
                    texts[row["id"]] = row
        citations = {version: citation_of(row) for version, row in texts.items()}
        found = {}
        for row in rows:
            version = row["version_id"]
            passage = passage_of(row, citations[version], texts[version])
            if digest_of(passage.text) != row["digest"]:
                raise CatalogError(
                    f"danh mục {self.path} bị hỏng: đoạn {passage.id} của báo cáo"
                    f" {passage.report.report_id!r} không còn như lúc lưu; {ADVICE}"
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
                f"SELECT id FROM passages WHERE version_id NOT IN ({REMOVED}) ORDER BY id"
            )
            return np.fromiter((row[0] for row in rows), np.int64)

    def count_passages(self) -> int:
        """How many passages the current versions of the reports have."""
        with self._reading() as connection:
            (count,) = connection.execute(
                f"SELECT count(*) FROM passages WHERE version_id NOT IN ({REMOVED})"
            ).fetchone()
            return int(count)

    def changed_ids(self, generation: int) -> tuple[list[int], list[int]]:
        """The ids of the passages that came with a generation, and went with it, rising."""
        with self._reading() as connection:
            came, went = (
                connection.execute(
                    "SELECT p.id FROM versions v CROSS JOIN passages p ON p.version_id = v.id"
                    f" WHERE v.{column} = ? ORDER BY p.id",
                    (generation,),
                ).fetchall()
                for column in ("added_in", "removed_in")
            )
        return [row[0] for row in came], [row[0] for row in went]

    def kept_passages(self) -> Iterator[Passage]:
        """The passages of all generations that are kept, in the order of the ids."""
        with self._reading() as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM passages ORDER BY id")]
        yield from self.in_order(ids)

    def in_order(self, ids: Sequence[int]) -> Iterator[Passage]:
        """Passages by their ids, in that order; those that do not exist are left out."""
        for first in range(0, len(ids), MAX_PARAMETERS):
            part = ids[first : first + MAX_PARAMETERS]
            found = self.passages(part)
            yield from (found[one] for one in part if one in found)

    def known_files(self) -> dict[str, KnownFile]:
        """The files of the last reload by name."""
        with self._reading() as connection:
            told = "failures" if schema_version(connection) >= WITH_FAILURES else "'[]'"
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
            # SQLite takes another by itself, and then has to read every row.
            known = schema_version(connection) >= WITH_FAILURES
            index = "INDEXED BY versions_current" if known else ""
            return dict(
                map(
                    tuple,
                    connection.execute(
                        f"SELECT file, count(*) FROM versions {index} WHERE removed_in IS NULL"
                        " GROUP BY file"
                    ),
                )
            )

    def files_of(self, report_ids: Iterable[str]) -> dict[str, str]:
        """The file of each current report among ``report_ids``."""
        wanted = list(report_ids)
        found: dict[str, str] = {}
        with self._reading() as connection:
            for first in range(0, len(wanted), MAX_PARAMETERS):
                part = wanted[first : first + MAX_PARAMETERS]
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
