"""What takes long, in threads of its own: no question waits for it.

Whoever started it is shown a page that tells how far it is, and at the end what came of it. All
processes of a page know of it: it stands in a file below the data directory, and whoever works
holds a lock, which is free again if that process dies. What changes the reports is done one at a
time.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from hoidap import logs
from hoidap.accounts import Role, actor
from hoidap.complaints import refusal
from hoidap.errors import BusyError, CorpusError, GoldenError, HoidapError, JournalError
from hoidap.plan import Reloaded

_log = logging.getLogger(__name__)
# Pieces of work that are remembered when they are done, for whoever looks again.
_REMEMBERED = 50
# Seconds between two notes of how far it is; the page asks every two.
_NOTED_EVERY = 0.5
# Seconds to try for the lock: another process may be looking at it just then.
_LOOKED_AT = 0.3
# Files that are read at once, by a process for all: the rest waits.
_READING = 2
# Locked by whoever changes the reports.
_ALONE = "lock"
_ID_RE = re.compile(r"[0-9a-f]{16}")

Progress = Callable[[int, int], None]


class Kind(StrEnum):
    """What a piece of work does."""

    READ = "read"
    PLAN = "plan"
    RELOAD = "reload"
    UPLOAD = "upload"
    REMOVE = "remove"
    ROLLBACK = "rollback"


# In the journal, as whoever works at a shell stands there.
_NOTED = {
    Kind.READ: "gửi",
    Kind.RELOAD: "nạp lại",
    Kind.UPLOAD: "thêm",
    Kind.REMOVE: "gỡ",
    Kind.ROLLBACK: "quay về",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done next: a form that goes to ``action`` with ``fields``, for who has ``role``.

    With ``forced`` it is done although golden questions fail, once that is ticked.
    """

    action: str
    role: Role
    fields: Mapping[str, str]
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a piece of work: what a reload did or would do, and the generation it led to.

    ``reports`` are ids of reports that are new or changed, ``refused`` lines about files that were
    not added. ``page`` is the path of a page that shows it. ``told`` goes into the journal.
    """

    told: str
    reloaded: Reloaded | None = None
    generation: int | None = None
    reports: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    page: str = ""
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work of the account ``by``, on what ``about`` names; times in UTC.

    ``done`` of ``total`` passages are ready, or files read. When it has ``ended``, ``result`` is
    what came of it, or ``error`` why nothing did; ``reasons`` are those of golden questions that
    failed, and ``offer`` what can be done next.
    """

    id: str
    kind: Kind
    about: str
    by: str
    began: datetime
    done: int = 0
    total: int = 0
    ended: datetime | None = None
    result: Done | None = None
    error: str = ""
    reasons: tuple[str, ...] = ()
    offer: Offer | None = None


_WORKS = TypeAdapter(Work)


class Writer:
    """Does the work, and remembers it in the folder ``path``."""

    def __init__(self, path: Path, note: Callable[[str, str, str], None]) -> None:
        """``note`` writes into the journal who did what, and what came of it."""
        self._path = path
        self._note = note
        self._alone = ThreadPoolExecutor(1, "hoidap-admin")
        self._reading = ThreadPoolExecutor(_READING, "hoidap-reading")
        self._turn = threading.Lock()

    def close(self) -> None:
        """Wait for the work under way."""
        self._reading.shutdown()
        self._alone.shutdown()

    def find(self, number: str) -> Work | None:
        """A piece of work that is remembered; one whose process died has ended with an error."""
        work = self._read(number)
        if work is None or work.ended is not None or self._is_held(self._lock_of(work)):
            return work
        # It may have ended just now.
        work = self._read(number)
        if work is not None and work.ended is None:
            told = "máy chủ đã dừng giữa chừng; báo cáo đang dùng giữ nguyên, hãy làm lại"
            work = replace(work, ended=datetime.now(UTC), error=told)
        return work

    def current(self) -> Work | None:
        """The work under way that changes the reports; None where there is none."""
        if not self._is_held(self._path / _ALONE):
            return None
        works = (self._read(path.stem) for path in self._files())
        under_way = (work for work in works if work is not None and work.ended is None)
        return next((work for work in under_way if work.kind is not Kind.READ), None)

    def begin(
        self,
        kind: Kind,
        about: str,
        by: str,
        do: Callable[[Progress], Done],
        *,
        forced: Offer | None = None,
    ) -> tuple[Work, Future[None]]:
        """Begin a piece of work; with it comes what its end can be waited for by.

        ``forced`` is offered where golden questions stop it. What changes nothing is not written
        into the journal. Raises `BusyError` where other work is under way, `CorpusError`.
        """
        work = Work(secrets.token_hex(8), kind, about, by, datetime.now(UTC))
        # It is let go of by another thread than the one that takes it.
        lock = FileLock(self._lock_of(work), thread_local=False)
        with self._turn:
            self._acquire(lock)
            try:
                self._write(work)
                self._forget()
            except OSError as error:
                lock.release()
                raise CorpusError(f"không ghi được vào {self._path}: {refusal(error)}") from error
            threads = self._reading if kind is Kind.READ else self._alone
            return work, threads.submit(self._run, work, lock, do, forced)

    def _lock_of(self, work: Work) -> Path:
        """What is locked while a piece of work goes on."""
        return self._path / (f"{work.id}.lock" if work.kind is Kind.READ else _ALONE)

    def _acquire(self, lock: FileLock) -> None:
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire(timeout=_LOOKED_AT)
        except Timeout as error:
            other = self.current()
            by = f" của {other.by}" if other is not None else ""
            raise BusyError(f"đang có việc khác{by}; hãy đợi xong rồi thử lại") from error
        except OSError as error:
            raise CorpusError(f"không ghi được vào {self._path}: {refusal(error)}") from error

    def _run(
        self, work: Work, lock: FileLock, do: Callable[[Progress], Done], forced: Offer | None
    ) -> None:
        last = 0.0

        def progress(done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _NOTED_EVERY:
                last = now
                with suppress(OSError):
                    self._write(replace(work, done=done, total=total))

        try:
            ended = _end(work, do, progress, forced)
            # Before whoever waits is told: what was done is written down.
            self._noted(ended)
            with suppress(OSError):
                self._write(ended)
        finally:
            lock.release()

    def _noted(self, work: Work) -> None:
        if work.kind is Kind.PLAN:
            return
        told = f"không xong: {work.error}" if work.result is None else work.result.told
        try:
            self._note(actor(work.by), f"{_NOTED[work.kind]} {work.about}".rstrip(), told)
        except JournalError as error:
            _log.error("%s", error)

    def _is_held(self, path: Path) -> bool:
        """Whether the process that holds a lock is still there."""
        if not path.exists():
            return False
        probe = FileLock(path)
        try:
            probe.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return False
        probe.release()
        return False

    # --- the files ---

    def _files(self) -> list[Path]:
        """Newest first."""
        found = []
        for path in self._path.glob("*.json"):
            with suppress(OSError):
                found.append((path.stat().st_mtime_ns, path))
        return [path for _, path in sorted(found, reverse=True)]

    def _forget(self) -> None:
        for path in self._files()[_REMEMBERED:]:
            path.unlink(missing_ok=True)
            path.with_suffix(".lock").unlink(missing_ok=True)

    def _write(self, work: Work) -> None:
        """It appears complete or not at all."""
        staging = self._path / f"{work.id}.tmp"
        with open(os.open(staging, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(_WORKS.dump_json(work))
        staging.replace(staging.with_suffix(".json"))

    def _read(self, number: str) -> Work | None:
        """None, too, where another version of hoidap wrote it."""
        if _ID_RE.fullmatch(number) is None:
            return None
        try:
            return _WORKS.validate_json((self._path / f"{number}.json").read_bytes())
        except (OSError, ValidationError):
            return None


def _end(
    work: Work, do: Callable[[Progress], Done], progress: Progress, forced: Offer | None
) -> Work:
    """Do it; the work as it ended."""
    try:
        done = do(progress)
    except GoldenError as error:
        told = f"{len(error.reasons)} câu hỏi kiểm tra không đạt; báo cáo đang dùng giữ nguyên"
        work = replace(work, error=told, reasons=error.reasons, offer=forced)
    except HoidapError as error:
        work = replace(work, error=str(error))
    except Exception as error:
        incident = secrets.token_hex(3).upper()
        _log.error("incident %s\n%s", incident, logs.described(error))
        work = replace(work, error=f"có lỗi ngoài dự kiến; mã sự cố {incident}")
    else:
        work = replace(work, result=done, offer=done.offer)
    return replace(work, ended=datetime.now(UTC))
