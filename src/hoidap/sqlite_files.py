"""SQLite files as files: copied while others write to them, and checked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from hoidap.errors import DatabaseError
from hoidap.sqlite_errors import Fault, explained, fault_of

# Seconds to wait for another process that locks the file at the moment.
_PATIENCE = 5.0
# Problems that are told of one file.
_MOST_PROBLEMS = 3
_DAMAGED = "hãy khôi phục bản sao lưu"


def _open(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=_PATIENCE)


def copy_database(source: Path, target: Path) -> None:
    """Copy the last committed state of ``source``, whoever writes to it, into the new ``target``.

    The copy is one file without a log beside it. Raises `DatabaseError`.
    """
    try:
        with closing(_open(source)) as read, closing(sqlite3.connect(target)) as written:
            # In one step: a writer in between would make it begin again, for ever on a busy file.
            read.backup(written)
            written.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        told = explained(error, source, damaged=_DAMAGED)
        raise DatabaseError(f"không chép được {source}: {told}") from error


def damage(path: Path) -> list[str]:
    """What SQLite finds wrong with a file, a line each, the first few; empty where it is sound.

    Raises `DatabaseError` where it cannot be looked at, which says nothing about what it holds.
    """
    try:
        with closing(_open(path)) as connection:
            rows = connection.execute(f"PRAGMA integrity_check({_MOST_PROBLEMS})").fetchall()
    except sqlite3.Error as error:
        if fault_of(error) is Fault.DAMAGE:
            return [str(error)]
        raise _unreadable(path, error) from error
    lines = [str(row[0]) for row in rows]
    return [] if lines == ["ok"] else lines


def schema_version(path: Path) -> int:
    """How many migrations a file has seen. Raises `DatabaseError`."""
    try:
        with closing(_open(path)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: sqlite3.Error) -> DatabaseError:
    return DatabaseError(f"không đọc được {path}: {explained(error, path, damaged=_DAMAGED)}")


def library_version() -> str:
    """The version of SQLite."""
    return sqlite3.sqlite_version
