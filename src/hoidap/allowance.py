"""How much may be asked by whom: buckets of tokens that all processes on a data directory share.

Counting takes less than a tenth of a millisecond. Whose a bucket is stands there as a keyed hash,
for a minute.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hoidap.errors import AllowanceError
from hoidap.logs import Seldom
from hoidap.private_store import PrivateStore, worthless

_log = logging.getLogger(__name__)
_MIGRATIONS = (
    # ``at``: seconds as the machine's monotonic clock counts, which is the same in all processes.
    """
    CREATE TABLE buckets (
        owner BLOB PRIMARY KEY, tokens REAL NOT NULL, at REAL NOT NULL, told INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
)
# Seconds after which every bucket is full again, and as good as none.
_FULL_S = 60.0
# Questions between two looks at what is full.
_SWEEP = 500


@dataclass(frozen=True, slots=True)
class Refused:
    """A question too many: seconds until the next one, and whether that was told already."""

    wait_s: float
    told: bool


def _opened(path: Path) -> PrivateStore:
    store = PrivateStore(path, _MIGRATIONS, label="sổ giới hạn", error=AllowanceError)
    with store.reading() as connection:
        # No question waits for the disk; what a power cut damages is begun anew.
        connection.execute("PRAGMA synchronous = OFF")
    return store


class Allowance:
    """``per_minute`` questions of each, ``at_once`` of them together. Safe for several threads."""

    def __init__(
        self,
        path: Path,
        kind: str,
        *,
        per_minute: int,
        at_once: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the file at ``path``; what is asked of one ``kind`` counts apart from others.

        ``at_once`` is not more than ``per_minute``. Raises `AllowanceError`.
        """
        try:
            self._store = _opened(path)
        except AllowanceError as error:
            if not worthless(error):
                # Others may have it open, and would count apart.
                raise
            # What it holds is of the last minute, and no reason not to answer; so is its key.
            for damaged in path.parent.glob(f"{path.stem}.*"):
                damaged.unlink(missing_ok=True)
            self._store = _opened(path)
        self._kind = kind
        self._capacity = max(1.0, at_once)
        self._per_second = per_minute / 60
        self._clock = clock
        self._taken = 0
        self._unwritten = Seldom(_log)

    def take(self, client: str) -> Refused | None:
        """Count a question; None where it is allowed, and where it cannot be counted."""
        owner = hashlib.blake2b(
            f"{self._kind}\0{client}".encode(), key=self._store.key, digest_size=16
        ).digest()
        try:
            return self._take(owner)
        except AllowanceError as error:
            self._unwritten.error(str(error))
            return None

    def _take(self, owner: bytes) -> Refused | None:
        with self._store.writing() as connection:
            now = self._clock()
            row = connection.execute(
                "SELECT tokens, at, told FROM buckets WHERE owner = ?", (owner,)
            ).fetchone()
            tokens, told = self._capacity, False
            # The clock begins anew when the machine does.
            if row is not None and row["at"] <= now:
                refilled = row["tokens"] + (now - row["at"]) * self._per_second
                tokens, told = min(self._capacity, refilled), bool(row["told"])
            allowed = tokens >= 1
            connection.execute(
                "INSERT OR REPLACE INTO buckets VALUES (?, ?, ?, ?)",
                (owner, tokens - allowed, now, not allowed),
            )
            if self._taken % _SWEEP == 0:
                connection.execute(
                    "DELETE FROM buckets WHERE at < ? OR at > ?", (now - _FULL_S, now)
                )
            self._taken += 1
        return None if allowed else Refused((1 - tokens) / self._per_second, told)

    def close(self) -> None:
        """Close the file."""
        self._store.close()
