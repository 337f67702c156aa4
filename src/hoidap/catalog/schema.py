"""The catalog's tables, as migrations, and what to do where SQLite cannot use them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from hoidap.errors import BusyError, CatalogError
from hoidap.sqlite_errors import Fault, explained, fault_of

# Numbered, in order, each run once, by a writer. Never change one that was released: add another.
# Ids are never used twice: an index of a former generation must not take one passage for another.
MIGRATIONS = (
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
    # How a text was read where it was not written so in the file, as JSON: `Note`s, and the pages
    # that were read by OCR.
    """
    ALTER TABLE versions ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE versions ADD COLUMN scanned TEXT NOT NULL DEFAULT '[]';
    """,
    # Documents that a question names by the figure that their number begins with.
    """
    CREATE INDEX versions_by_number ON versions (CAST(number AS INTEGER), number)
        WHERE number IS NOT NULL AND removed_in IS NULL;
    """,
)
SCHEMA_VERSION = len(MIGRATIONS)
_OLDEST_COLUMNS = "report_id, file, title, text, date, number, source, place, kind, pages"
REPORT_COLUMNS = f"{_OLDEST_COLUMNS}, notes, scanned"
# What is current can be made again from the reports folder; what a catalog remembers cannot.
ADVICE = (
    "hãy khôi phục bản sao lưu gần nhất; chỉ khi không có bản nào mới chuyển tệp này đi nơi khác"
    " rồi chạy hoidap reload: sẽ mất lịch sử, các thế hệ để quay về và việc nhớ báo cáo nào đã gỡ"
)
# The migration from which on passages have headings.
_WITH_HEADINGS = 2
# The migration from which on originals, sketches and removals on purpose are known.
WITH_ORIGINALS = 3
# The migration from which on it is known why lines of bulk exports hold no report.
WITH_FAILURES = 4
# The migration from which on it is known how a text was read.
_WITH_NOTES = 5
# Few, so that what is current is told from them.
REMOVED = "SELECT id FROM versions WHERE removed_in IS NOT NULL"
# SQLite takes at least 999 parameters in a statement.
MAX_PARAMETERS = 900


def marks(values: Sequence[object]) -> str:
    """Places for parameters, one for each of ``values``."""
    return ", ".join("?" * len(values))


def report_columns(connection: sqlite3.Connection) -> str:
    """The columns of a report, also in a catalog that no writer has migrated yet."""
    if schema_version(connection) >= _WITH_NOTES:
        return REPORT_COLUMNS
    return f"{_OLDEST_COLUMNS}, '[]' AS notes, '[]' AS scanned"


def passage_columns(connection: sqlite3.Connection) -> str:
    """The columns of a passage, likewise."""
    return "*" if schema_version(connection) >= _WITH_HEADINGS else "*, '[]' AS headings"


def schema_version(connection: sqlite3.Connection) -> int:
    """How many of the migrations a catalog has had."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def translated(error: sqlite3.DatabaseError | OSError, path: Path) -> CatalogError | BusyError:
    """An error of SQLite as one that says what to do."""
    if fault_of(error) is Fault.BUSY:
        # A file that was emptied stays locked for as long as bot or page have it open.
        if path.exists() and path.stat().st_size == 0:
            return CatalogError(
                f"danh mục {path} không còn gì (0 byte), mà bot hoặc trang đang mở nó; {ADVICE}"
            )
        return BusyError(f"danh mục {path} đang được ghi bởi tiến trình khác; hãy thử lại")
    told = explained(error, path, damaged=ADVICE)
    return CatalogError(f"không dùng được danh mục {path}: {told}")
