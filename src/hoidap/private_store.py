"""A SQLite file that only its owner may read, with a key beside it: the journal, the accounts.

What is erased is overwritten. The key is made at first use; keyed hashes tell nothing without it.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from hoidap.errors import HoidapError
from hoidap.sqlite_errors import Fault, explained, fault_of

Row = sqlite3.Row
Connection = sqlite3.Connection
_KEY_BYTES = 32
# Seconds to wait for another process that writes at the moment.
_PATIENCE = 5.0


class PrivateStore:
    """The file, opened for reading and writing. Safe for use by several threads.

    ``key`` is 32 random bytes.
    """

    def __init__(
        self, path: Path, migrations: Sequence[str], *, label: str, error: type[HoidapError]
    ) -> None:
        """Open or create the file, and bring it up to the last of ``migrations``.

        ``label`` names it in the messages of every ``error`` that is raised here.
        """
        self._path = path
        self._label = label
        self._error = error
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.key = _read_key(path.with_suffix(".key"))
            # Never opened where it is there: closing it again would give up the locks of all other
            # connections of this process.
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(
                path, isolation_level=None, timeout=_PATIENCE, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._connection.execute("PRAGMA secure_delete = ON")
            self._migrate(migrations)
        except (OSError, sqlite3.Error) as fault:
            raise self._translated(fault) from fault

    def _translated(self, fault: OSError | sqlite3.Error) -> HoidapError:
        told = explained(fault, self._path, damaged="hãy chạy: hoidap doctor")
        if self._path.is_dir():
            told = "đó là thư mục; hãy dời thư mục này đi nơi khác"
        return self._error(f"không dùng được {self._label} {self._path}: {told}")

    def _migrate(self, migrations: Sequence[str]) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(migrations):
            raise self._error(
                f"{self._label} {self._path} do phiên bản mới hơn của hoidap ghi;"
                " hãy nâng cấp hoidap"
            )
        for number, script in enumerate(migrations[version:], start=version + 1):
            try:
                self._connection.executescript(
                    f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;"
                )
            except sqlite3.OperationalError:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                # Two processes may start at once: the other one did it meanwhile.
                if self._connection.execute("PRAGMA user_version").fetchone()[0] < number:
                    raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection, which no other thread has meanwhile."""
        try:
            with self._lock:
                yield self._connection
        except sqlite3.Error as fault:
            raise self._translated(fault) from fault

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, taken back where an exception ends it."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def worthless(error: HoidapError) -> bool:
    """Whether a store could not be opened for what its files hold, as nobody else could either."""
    cause = error.__cause__
    # Any other fault is that of a key or tables that are none of ours.
    return isinstance(cause, OSError | sqlite3.Error) and fault_of(cause) in (
        Fault.DAMAGE,
        Fault.OTHER,
    )


def stamp(at: datetime) -> str:
    """UTC to the microsecond, always as long, so that text compares as time does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _read_key(path: Path) -> bytes:
    if not path.exists():
        new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            with open(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                file.flush()
                # Else a power cut may leave its name and nothing behind it, for ever.
                os.fsync(file.fileno())
            # Two processes may start at once: the first one's key holds.
            with suppress(FileExistsError):
                os.link(new, path)
        finally:
            new.unlink(missing_ok=True)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise OSError(f"khóa {path} dài {len(key)} byte, cần {_KEY_BYTES}")
    return key
