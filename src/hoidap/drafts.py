"""Files that were sent in and wait for a yes, kept below the data directory's ``uploads``.

A batch is what is confirmed together: a directory with ``batch.json`` and the files by the hash of
their content. No name that anyone chose is part of a path here. A batch survives a restart; one
that nobody confirms expires and loses its files, and what became of a batch is remembered for some
days, so that a late press of a button gets a true answer.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from hoidap.complaints import refusal
from hoidap.corpus_folder import free_name
from hoidap.documents import Note
from hoidap.errors import HoidapError, UploadError
from hoidap.staging import staged

# A batch that was not confirmed within a day is forgotten: whoever sent it would not remember.
KEPT = timedelta(hours=24)
# What became of a batch is told for so long after it was last touched.
_REMEMBERED = timedelta(days=30)
# Files of a batch, and bytes of all that wait: a year's reports at once, not the office's archive.
MAX_FILES = 50
MAX_BYTES = 1 << 30
# Seconds to wait for another process that changes a record, which takes milliseconds.
_PATIENCE = 10.0
_ID_BITS = 48
_RECORD = "batch.json"
# Locked by whoever adds a batch, for as long as that takes.
_ALIVE = "confirming.lock"


class BatchState(StrEnum):
    """What became of a batch."""

    OPEN = "open"
    CONFIRMING = "confirming"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Related:
    """A report that a draft has to do with; ``share`` is how alike they are, up to 1."""

    report_id: str
    title: str
    day: date | None
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Preview:
    """What was read from a draft, for someone to judge whether it was read well.

    ``opening`` is where its paragraphs begin, word for word. ``reports`` is more than one for bulk
    exports only, of which the first is shown; ``failures`` are the first of their lines that cannot
    be read, and ``more_failures`` counts the others.
    ``scanned`` counts the pages read by OCR. ``replaces`` are the reports of the file in the folder
    that has its name, ``same_number`` others with its document number, ``similar`` others that are
    nearly the same. ``metadata`` is the file in the folder that tells of it, since it lies beside
    its place: it may have been written for another one of that name.
    """

    title: str
    day: date | None
    number: str | None
    source: str | None
    kind: str | None
    pages: int
    scanned: int
    notes: tuple[Note, ...]
    opening: str
    reports: int = 1
    failures: tuple[str, ...] = ()
    replaces: tuple[Related, ...] = ()
    same_number: tuple[Related, ...] = ()
    similar: tuple[Related, ...] = ()
    metadata: str | None = None
    more_failures: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A file of a batch: ``name`` as it was sent, without what could do harm in a message.

    ``file`` is where it goes in the reports folder, and ``replaced`` the SHA-256 of what lay there
    when it was looked at, None for nothing. Exactly one of ``preview`` and ``refusal`` is there;
    the latter says why it will not be added.
    """

    number: int
    name: str
    file: str
    size: int
    sha256: str
    preview: Preview | None = None
    refusal: str | None = None
    replaced: str | None = None

    @property
    def replaces_file(self) -> bool:
        """Whether another content lay there under its name when it was looked at."""
        return self.replaced not in (None, self.sha256)


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that are confirmed together; times in UTC.

    ``who`` sent them, as `hoidap.reload.By` names an actor. ``ended`` and ``ended_by`` are when and
    by whom they were confirmed or cancelled; ``generation`` is what they came into.
    """

    id: int
    who: str
    created: datetime
    touched: datetime
    state: BatchState = BatchState.OPEN
    drafts: tuple[Draft, ...] = ()
    ended: datetime | None = None
    ended_by: str | None = None
    generation: int | None = None

    @property
    def accepted(self) -> tuple[Draft, ...]:
        """The drafts that will be added."""
        return tuple(one for one in self.drafts if one.refusal is None)

    @property
    def replaces_files(self) -> bool:
        """Whether any of them would replace a file."""
        return any(one.replaces_file for one in self.accepted)

    @property
    def expires(self) -> datetime:
        """When it will be forgotten unless it is confirmed."""
        return self.touched + KEPT


_BATCHES = TypeAdapter(Batch)
# What is done about a batch that a process began to confirm and never ended.
Recover = Callable[[Batch], Batch]


def describe_state(batch: Batch) -> str:
    """Why nothing can be added to or done with a batch that is not open."""
    match batch.state:
        case BatchState.CONFIRMING:
            return "các tệp này đang được thêm, hãy đợi"
        case BatchState.DONE:
            return f"các tệp này đã được thêm, ở thế hệ {batch.generation}"
        case BatchState.CANCELLED:
            return "các tệp này đã được bỏ; muốn thêm, hãy gửi lại"
        case BatchState.EXPIRED:
            return _GONE
        case BatchState.OPEN:
            return "các tệp này đang chờ xác nhận"


_GONE = f"các tệp này đã hết hạn chờ ({KEPT // timedelta(hours=1)} giờ); hãy gửi lại"


class DraftStore:
    """The batches below a directory. Safe for use by several threads and processes."""

    def __init__(self, directory: Path, recover: Recover) -> None:
        self._directory = directory
        self._recover = recover

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Be the one who changes records. Raises `UploadError`."""
        lock = FileLock(self._directory / "lock")
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire(timeout=_PATIENCE)
            try:
                self._expire()
                yield
            finally:
                lock.release()
        except Timeout as error:
            raise UploadError("kho tệp chờ đang bận; hãy thử lại") from error
        except OSError as error:
            raise UploadError(
                f"không ghi được vào {self._directory}: {refusal(error)}; hãy kiểm tra đĩa"
            ) from error

    def folder(self, batch_id: int) -> Path:
        """The directory of a batch."""
        return self._directory / f"{batch_id:012x}"

    def read(self, batch_id: int, draft: Draft) -> bytes:
        """The content of a draft. Raises `UploadError`."""
        try:
            return self._content(batch_id, draft).read_bytes()
        except OSError as error:
            raise UploadError(
                f"không đọc lại được {draft.name}: {refusal(error)}; hãy gửi lại"
            ) from error

    def _content(self, batch_id: int, draft: Draft) -> Path:
        return self.folder(batch_id) / draft.sha256

    def former(self, batch_id: int, draft: Draft) -> bytes | None:
        """What a draft was about to replace when the process that added it was killed."""
        with suppress(FileNotFoundError):
            return self._former(batch_id, draft).read_bytes()
        return None

    def _former(self, batch_id: int, draft: Draft) -> Path:
        return self.folder(batch_id) / f"{draft.number}.former"

    def open(self, who: str) -> Batch:
        """A new batch. Raises `UploadError`."""
        with self._changing():
            now = datetime.now(UTC)
            batch = Batch(secrets.randbits(_ID_BITS), who, now, now)
            self.folder(batch.id).mkdir(mode=0o700)
            return self._write(batch)

    def find(self, batch_id: int) -> Batch:
        """A batch as it is now. Raises `UploadError` where nothing is remembered of it."""
        with self._changing():
            return self._read(batch_id)

    def waiting(self) -> list[Batch]:
        """The open batches that hold a draft, newest first."""
        with self._changing():
            found = [batch for batch in self._all() if batch.state is BatchState.OPEN]
        return sorted(
            (one for one in found if one.drafts), key=lambda one: one.created, reverse=True
        )

    def check_room(self, batch_id: int, size: int) -> None:
        """Raise `UploadError` where a batch takes no further file, or none of so many bytes."""
        with self._changing():
            self._check(self._read_open(batch_id), size)

    def append(self, batch_id: int, draft: Draft, data: bytes) -> Draft:
        """Add a draft to an open batch, with a number of its own; written to the disk on return.

        A draft that is refused keeps no content. Raises `UploadError`.
        """
        with self._changing():
            batch = self._read_open(batch_id)
            self._check(batch, len(data))
            draft = replace(draft, number=1 + len(batch.drafts))
            same = next((one for one in batch.accepted if one.sha256 == draft.sha256), None)
            if draft.refusal is None and same is not None:
                draft = replace(draft, preview=None, refusal=f"trùng với {same.name} vừa gửi")
            elif draft.refusal is None and draft.file in (
                taken := [one.file for one in batch.accepted]
            ):
                # Sent at the same moment under the same name.
                draft = replace(draft, file=free_name(draft.file, taken), replaced=None)
            if draft.refusal is None:
                _write(self._content(batch_id, draft), data)
            now = datetime.now(UTC)
            self._write(replace(batch, drafts=(*batch.drafts, draft), touched=now))
            return draft

    def revise(self, batch_id: int, drafts: Iterable[Draft]) -> None:
        """Put drafts in the place of those of an open batch that have their numbers.

        Raises `UploadError`.
        """
        fresh = {one.number: one for one in drafts}
        with self._changing():
            batch = self._read_open(batch_id)
            revised = tuple(fresh.get(one.number, one) for one in batch.drafts)
            self._write(replace(batch, drafts=revised, touched=datetime.now(UTC)))

    def cancel(self, batch_id: int, by: str) -> Batch:
        """Drop an open batch with its files. Raises `UploadError`."""
        with self._changing():
            return self._end(self._read_open(batch_id), BatchState.CANCELLED, by)

    def prepare(self, batch: Batch, former: dict[int, bytes]) -> None:
        """Write down where the drafts of a batch that is being added go, and what they replace.

        ``former`` is by the drafts' numbers. Raises `UploadError`.
        """
        with self._changing():
            for draft in batch.accepted:
                if draft.number in former:
                    _write(self._former(batch.id, draft), former[draft.number])
            self._write(batch)

    @contextmanager
    def confirming(self, batch_id: int, by: str) -> Iterator[Callable[[int], Batch]]:
        """Be the one who adds an open batch; what is yielded ends it, told the new generation.

        A batch that was not ended is open again, as it was. Raises `UploadError`.
        """
        alive = FileLock(self.folder(batch_id) / _ALIVE)
        with self._changing():
            batch = self._read_open(batch_id)
            alive.acquire(timeout=_PATIENCE)
            try:
                batch = self._write(replace(batch, state=BatchState.CONFIRMING, ended_by=by))
            except BaseException:
                alive.release()
                raise
        ended = False

        def end(generation: int) -> Batch:
            nonlocal ended
            with self._changing():
                now = replace(self._read(batch_id), generation=generation)
                done = self._end(now, BatchState.DONE, by)
            ended = True
            return done

        try:
            yield end
        finally:
            if not ended:
                with suppress(UploadError), self._changing():
                    self._write(replace(batch, state=BatchState.OPEN, ended_by=None))
            alive.release()

    # --- with the lock ---

    def _read(self, batch_id: int) -> Batch:
        try:
            batch = _BATCHES.validate_json((self.folder(batch_id) / _RECORD).read_bytes())
        except FileNotFoundError as error:
            raise UploadError(_GONE) from error
        except ValidationError as error:
            raise UploadError("thông tin về các tệp này bị hỏng; hãy gửi lại") from error
        if batch.state is BatchState.CONFIRMING and self._is_abandoned(batch_id):
            batch = self._write(self._recover(batch))
            if batch.state is not BatchState.OPEN:
                self._clear(batch_id)
        return batch

    def _is_abandoned(self, batch_id: int) -> bool:
        """Whether nobody is adding a batch any more: the process that did was killed."""
        try:
            with FileLock(self.folder(batch_id) / _ALIVE).acquire(timeout=0):
                return True
        except Timeout:
            return False

    def _read_open(self, batch_id: int) -> Batch:
        batch = self._read(batch_id)
        if batch.state is not BatchState.OPEN:
            raise UploadError(describe_state(batch))
        return batch

    def _all(self) -> Iterator[Batch]:
        for folder in sorted(self._directory.iterdir()):
            if not folder.is_dir():
                continue
            try:
                yield self._read(int(folder.name, 16))
            except (UploadError, ValueError):
                # Begun by a process that was killed, or damaged: of no use to anyone.
                if folder.stat().st_mtime < (datetime.now(UTC) - KEPT).timestamp():
                    shutil.rmtree(folder, ignore_errors=True)
            except HoidapError:
                continue  # what became of it cannot be told now

    def _check(self, batch: Batch, size: int) -> None:
        if len(batch.drafts) >= MAX_FILES:
            raise UploadError(f"mỗi lượt nhiều nhất {MAX_FILES} tệp; hãy xác nhận rồi gửi tiếp")
        held = sum(path.stat().st_size for path in self._directory.glob("*/*") if path.is_file())
        if held + size > MAX_BYTES:
            raise UploadError(
                f"các tệp chờ xác nhận đã đầy {MAX_BYTES >> 20} MB;"
                " hãy xác nhận hoặc bỏ các tệp đã gửi trước"
            )

    def _write(self, batch: Batch) -> Batch:
        _write(self.folder(batch.id) / _RECORD, _BATCHES.dump_json(batch))
        return batch

    def _end(self, batch: Batch, state: BatchState, by: str | None) -> Batch:
        now = datetime.now(UTC)
        ended = self._write(replace(batch, state=state, ended=now, ended_by=by, touched=now))
        self._clear(batch.id)
        return ended

    def _clear(self, batch_id: int) -> None:
        """Remove all of a batch but what is remembered of it."""
        for path in self.folder(batch_id).iterdir():
            if path.name not in (_RECORD, _ALIVE):
                path.unlink(missing_ok=True)

    def _expire(self) -> None:
        """Drop what waited too long, and forget what ended long ago."""
        now = datetime.now(UTC)
        for batch in self._all():
            if batch.state is BatchState.OPEN and batch.expires < now:
                self._end(batch, BatchState.EXPIRED, None)
            elif batch.state is not BatchState.CONFIRMING and batch.touched + _REMEMBERED < now:
                shutil.rmtree(self.folder(batch.id), ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    """Write a file that appears complete, for its owner only."""
    with staged(path, data, 0o600) as staging:
        staging.replace(path)
