"""The folder of reports against the catalog: plan, stage, swap.

A reload reads what changed, writes the next generation's index beside the current one and makes it
current with the catalog's commit. Until then everyone reads the current generation; if anything
fails, they go on doing so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from hoidap.catalog import Catalog, CatalogWriter, KnownReport
from hoidap.documents import Passage, Report
from hoidap.encoder import Encoder, TokenTable, load_token_table
from hoidap.errors import BusyError, CorpusError, LoaderError, RollbackError, SearchIndexError
from hoidap.index.base import Entry
from hoidap.index.local import STEP, LocalIndex
from hoidap.loaders import is_report_file, load_file
from hoidap.loaders.files import LOADERS_VERSION, metadata_path
from hoidap.passages import SPLITTER_VERSION, split_passages, split_pieces
from hoidap.settings import Settings
from hoidap.vector_cache import SLOW_STEP, CachedEncoder, cached, prune_vectors
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import Terms, terms, terms_fingerprint

# Generations whose files are kept: the current one and the one before, which a process that opened
# it a moment ago may still be reading.
_KEPT = 2
# Generations whose reports the catalog keeps: the current one and those to go back to.
_RESTORABLE = 10

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a line of one, that could not be read, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a reload did, or with ``dry_run`` would do: file names, sorted.

    ``generation`` is the one that is current afterwards, 0 where there is none yet.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: tuple[Failure, ...]
    generation: int


def generation_of(catalog: Catalog) -> int:
    """The number of the current generation; 0 where there is none yet."""
    current = catalog.generation()
    return 0 if current is None else current.number


# --- plan ---


@dataclass(slots=True)
class _Plan:
    """What changes. ``files`` are the fingerprints to remember; None leaves them as they are.

    ``former`` is the generation to go back to, None where reports are added or removed.
    """

    add: list[tuple[Report, str]] = field(default_factory=list)
    remove: list[KnownReport] = field(default_factory=list)
    files: dict[str, str] | None = None
    former: int | None = None
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    def reloaded(self, generation: int) -> Reloaded:
        return Reloaded(
            added=tuple(sorted(self.added)),
            changed=tuple(sorted(self.changed)),
            removed=tuple(sorted(self.removed)),
            unchanged=tuple(sorted(self.unchanged)),
            failed=tuple(self.failed),
            generation=generation,
        )


def _report_files(folder: Path) -> list[str]:
    """The report files below ``folder``, relative to it with "/", sorted. Raises `CorpusError`."""

    def refuse(error: OSError) -> None:
        raise CorpusError(
            f"không đọc được thư mục báo cáo {error.filename}: {error.strerror};"
            " hãy kiểm tra HOIDAP_CORPUS và quyền đọc"
        ) from error

    found = []
    for directory, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(directory, name)
            if is_report_file(path) and not _is_special(path):
                found.append(path.relative_to(folder).as_posix())
    return sorted(found)


def _is_special(path: Path) -> bool:
    """Whether reading ``path`` might never end: a pipe, socket or device.

    What cannot be looked at, such as a link to a share that is not mounted, is not: reading it
    fails with a reason, and its report is kept.
    """
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _printable(name: str) -> str:
    """A file's name without what would break a terminal or a line: "?" in its place."""
    return "".join(char if char.isprintable() else "?" for char in name)


def _digest(*parts: object) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LoaderError(f"không đọc được: {error.strerror}") from error


def _read_metadata(path: Path) -> bytes | None:
    try:
        return metadata_path(path).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LoaderError(f"không đọc được tệp thông tin .toml: {error.strerror}") from error


class _Planner:
    """Compares the folder with the catalog; writes nothing."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        started = catalog.generation() is not None
        self._known_files = catalog.known_files() if started else {}
        self._by_file: dict[str, dict[str, KnownReport]] = {}
        self._owner: dict[str, str] = {}
        reports = catalog.known_reports() if started else []
        self._known = len(reports)
        for known in reports:
            self._by_file.setdefault(known.file, {})[known.id] = known
            self._owner[known.id] = known.file
        self._files: dict[str, str] = {}
        self.plan = _Plan(files=self._files)

    def run(self) -> _Plan:
        present = _report_files(self._folder)
        if not present:
            raise CorpusError(
                f"thư mục {self._folder} không có báo cáo nào (.txt, .md, .jsonl);"
                " chỉ mục giữ nguyên"
            )
        for file in sorted(set(self._by_file) - set(present)):
            self.plan.removed.append(file)
            for known in self._by_file.pop(file).values():
                self.plan.remove.append(known)
                del self._owner[known.id]
        for file in present:
            try:
                self._plan_file(file)
            except LoaderError as error:
                self._fail(file, str(error))
                # A file that can no longer be read keeps the report it held.
                if file in self._known_files:
                    self._files[file] = self._known_files[file]
        if self._known + len(self.plan.add) == len(self.plan.remove):
            # Never swap to nothing: the folder may be a wrong one, or not mounted.
            first = self.plan.failed[0]
            raise CorpusError(f"không đọc được báo cáo nào; {first.file}: {first.reason}")
        return self.plan

    def _fail(self, file: str, reason: str) -> None:
        self.plan.failed.append(Failure(_printable(file), reason))

    def _plan_file(self, file: str) -> None:
        if not file.isprintable():
            raise LoaderError("tên tệp có ký tự điều khiển hoặc không phải UTF-8; hãy đổi tên")
        path = self._folder / file
        data = _read(path)
        metadata = _read_metadata(path)
        fingerprint = _digest(LOADERS_VERSION, SPLITTER_VERSION, data, metadata)
        if self._known_files.get(file) == fingerprint:
            self._files[file] = fingerprint
            self.plan.unchanged.append(file)
            return
        loaded = load_file(data, file, metadata)
        known = self._by_file.get(file, {})
        current: set[str] = set()
        before = len(self.plan.add)
        for report in loaded.reports:
            named = self._named(report, known, single=len(loaded.reports) == 1)
            if named is None or named.id in current:
                owner = self._owner.get(report.id, file)
                self._fail(file, f"mã báo cáo {report.id!r} đã có trong tệp {owner}")
                continue
            current.add(named.id)
            self._owner[named.id] = file
            version = _digest(SPLITTER_VERSION, named)
            former = known.get(named.id)
            if former is None or former.fingerprint != version:
                self.plan.add.append((named, version))
                if former is not None:
                    self.plan.remove.append(former)
        gone = [report for report in known.values() if report.id not in current]
        self.plan.remove += gone
        for reason in loaded.failures:
            self._fail(file, reason)
        if not loaded.failures:
            self._files[file] = fingerprint
        if not known:
            self.plan.added.append(file)
        elif gone or len(self.plan.add) > before:
            self.plan.changed.append(file)
        else:
            self.plan.unchanged.append(file)

    def _named(
        self, report: Report, known: dict[str, KnownReport], *, single: bool
    ) -> Report | None:
        """The report under an id of its own; None where another file has it and gave it itself.

        A file's id is its name without the ending, or with it where another file came first; once
        given it stays.
        """
        given = PurePosixPath(report.file).suffix.lower() == ".jsonl"
        if single and not given:
            for report_id in known:
                return replace(report, id=report_id)
        for report_id in [report.id] if given else [report.id, report.file]:
            if self._owner.get(report_id, report.file) == report.file:
                return replace(report, id=report_id)
        return None


# --- stage and swap ---


def _embedded(passage: Passage) -> tuple[str, ...]:
    """What of a passage is encoded: each paragraph under what it stands under."""
    spans = split_pieces(passage.text)
    pieces = (passage.text[start:end] for start, end in spans)
    return tuple(f"{_outer(passage, piece)}\n{piece}" for piece in pieces)


def _entries(catalog: Catalog, abbreviations: Abbreviations) -> Iterator[Entry]:
    heading, heading_terms = "", Terms((), ())
    # The passages of a section stand under the same headings.
    headings: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    for passage in catalog.all_passages():
        if passage.report.heading != heading:
            heading = passage.report.heading
            heading_terms = terms(heading, abbreviations)
        if passage.headings != headings:
            headings = passage.headings
            over = terms("\n".join(headings), abbreviations).syllables
        yield Entry(
            passage_id=passage.id,
            heading=_outer(passage, passage.text),
            text=passage.text,
            pieces=_embedded(passage),
            terms=terms(passage.text, abbreviations),
            title=heading_terms,
            over=(*heading_terms.syllables, *over),
            day=passage.report.date,
        )


def _outer(passage: Passage, text: str) -> str:
    """What ``text`` of a passage stands under and does not hold itself: title and headings."""
    outer = (heading for heading in passage.headings if heading not in text)
    return "\n".join((passage.report.title, *outer))


@contextmanager
def _writer_lock(settings: Settings, wait_s: float) -> Iterator[None]:
    lock = FileLock(settings.lock_path)
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait_s)
    except Timeout as error:
        raise BusyError(
            "một tiến trình khác đang nạp báo cáo; hãy đợi nó xong rồi thử lại"
        ) from error
    except OSError as error:
        raise CorpusError(
            f"không ghi được vào {settings.data}: {error.strerror}; hãy đặt HOIDAP_DATA"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _prune(settings: Settings, catalog: CatalogWriter, current: int) -> None:
    """Remove what no one reads any more: old generations, remains of writers that were killed."""
    kept = {
        settings.generation_path(number).name for number in range(current - _KEPT + 1, current + 1)
    }
    for path in settings.generations_path.iterdir():
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
    catalog.forget_before(current - _RESTORABLE + 1)
    kept_texts = chain.from_iterable(map(_embedded, catalog.kept_passages()))
    prune_vectors(settings.vectors_path, kept_texts)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a writer works with: the catalog, and the current generation with its index.

    ``index`` is None where it cannot be used and must be built again.
    """

    settings: Settings
    encoder: Encoder
    table: TokenTable
    catalog: CatalogWriter
    abbreviations: Abbreviations
    generation: int
    index: LocalIndex | None

    def write(self, plan: _Plan, progress: Progress) -> int:
        """Apply ``plan``, write the next generation's index, make it current; its number."""
        catalog = self.catalog
        with catalog.next_generation() as number:
            for known in plan.remove:
                catalog.remove(known, number)
            for report, version in plan.add:
                catalog.add(report, split_passages(report), version, number)
            if plan.files is not None:
                catalog.remember_files(plan.files)
            if plan.former is not None and not catalog.restore(plan.former, number):
                raise RollbackError(f"báo cáo ở thế hệ {plan.former} không khác hiện nay")
            total = catalog.count_passages()
            progress(0, total)
            try:
                LocalIndex.build(
                    self.settings.generation_path(number),
                    _entries(catalog, self.abbreviations),
                    self.encoder,
                    self.table,
                    generation=number,
                    terms=terms_fingerprint(self.abbreviations),
                    previous=self.index,
                    step=SLOW_STEP if isinstance(self.encoder, CachedEncoder) else STEP,
                    progress=lambda done: progress(done, total),
                )
            except (OSError, ValueError, RuntimeError) as error:  # the system's, tantivy's, FAISS's
                raise SearchIndexError(
                    f"không ghi được chỉ mục vào {self.settings.generations_path}: {error};"
                    " chỉ mục đang dùng giữ nguyên"
                ) from error
        _prune(self.settings, catalog, number)
        return number


@contextmanager
def _writing(settings: Settings, encoder: Encoder, wait_s: float) -> Iterator[_Stage]:
    """The stage of the one writer there may be; waits ``wait_s`` seconds for another to finish."""
    with _writer_lock(settings, wait_s), closing(CatalogWriter(settings.catalog_path)) as catalog:
        abbreviations = Abbreviations.load(*settings.table_paths("abbreviations"))
        table = load_token_table(settings)
        number = generation_of(catalog)
        try:
            index = LocalIndex(
                settings.generation_path(number),
                encoder=encoder.name,
                terms=terms_fingerprint(abbreviations),
                table=table,
            )
        except SearchIndexError:
            index = None
        kept = cached(encoder, settings.vectors_path)
        yield _Stage(settings, kept, table, catalog, abbreviations, number, index)


def _prepare_sample(settings: Settings) -> None:
    """Start the default reports folder with the packaged sample, once."""
    sample = settings.sample_reports_path
    if sample is not None and not settings.reports_path.exists():
        shutil.copytree(sample, settings.reports_path)


def reload(
    settings: Settings,
    encoder: Encoder,
    *,
    dry_run: bool = False,
    wait_s: float = 0.0,
    progress: Progress = lambda _done, _total: None,
) -> Reloaded:
    """Bring catalog and index to what the reports folder holds.

    With ``dry_run`` nothing is written. ``wait_s`` are the seconds to wait for another writer to
    finish. A file that cannot be read is listed in ``failed`` and keeps the report it held before.
    ``progress`` is called with passages done and their total.
    Raises `CorpusError`, `CatalogError`, `BusyError`.
    """
    if dry_run:
        catalog = Catalog(settings.catalog_path)
        folder = settings.reports_path
        if settings.sample_reports_path is not None and not folder.exists():
            folder = settings.sample_reports_path
        return _Planner(folder, catalog).run().reloaded(generation_of(catalog))
    with _writing(settings, encoder, wait_s) as stage:
        _prepare_sample(settings)
        plan = _Planner(settings.reports_path, stage.catalog).run()
        number = stage.generation
        if plan.add or plan.remove or stage.index is None:
            number = stage.write(plan, progress)
        return plan.reloaded(number)


def load_reports(
    settings: Settings,
    encoder: Encoder,
    reports: Iterable[Report],
    *,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Add ``reports``, which need no file, to catalog and index; the new generation.

    Their ids must be new. Raises `CatalogError`, `BusyError`.
    """
    plan = _Plan(add=[(report, _digest(SPLITTER_VERSION, report)) for report in reports])
    with _writing(settings, encoder, 0.0) as stage:
        return stage.write(plan, progress)


def rebuild(
    settings: Settings,
    encoder: Encoder,
    *,
    wait_s: float = 0.0,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Write the index again from the catalog, without looking at the folder; its generation.

    Nothing is written where the index turns out to be sound, as after another process wrote it.
    Raises `CatalogError`, `BusyError`.
    """
    with _writing(settings, encoder, wait_s) as stage:
        if stage.index is not None:
            return stage.generation
        return stage.write(_Plan(), progress)


def rollback(
    settings: Settings,
    encoder: Encoder,
    to: int | None = None,
    *,
    wait_s: float = 0.0,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Make what generation ``to`` held current again, as a new generation; its number.

    None goes back to the one before the current one. The folder of reports stays as it is, and the
    next reload brings what it holds. Raises `RollbackError`, `CatalogError`, `BusyError`.
    """
    with _writing(settings, encoder, wait_s) as stage:
        former = stage.generation - 1 if to is None else to
        kept = [one.number for one in stage.catalog.generations()]
        if former not in kept[1:]:
            choices = ", ".join(map(str, kept[1:])) or "không có"
            raise RollbackError(f"không quay về được thế hệ {former}; còn giữ: {choices}")
        return stage.write(_Plan(former=former), progress)
