"""From the folder of reports to the next generation: plan, stage, check, swap.

A reload reads what changed, writes the next generation's index beside the current one, checks it
and makes it current with the catalog's commit. Until then everyone reads the current generation; if
anything fails, they go on doing so.
"""

from __future__ import annotations

import gc
import getpass
import logging
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain

from filelock import FileLock, Timeout

from hoidap.answering import Answerer, Staged
from hoidap.catalog import Catalog, CatalogWriter, Cause, NewVersion
from hoidap.complaints import refusal
from hoidap.corpus_folder import take_out
from hoidap.documents import Passage, Report
from hoidap.encoder import Encoder
from hoidap.errors import (
    BusyError,
    CatalogError,
    CorpusError,
    FileLeftError,
    GoldenError,
    IndexDamagedError,
    IndexMissingError,
    IndexUnreachableError,
    PlanChangedError,
    RollbackError,
    SearchIndexError,
)
from hoidap.golden import failing, read_golden
from hoidap.index.store import GenerationStore, StoredIndex, open_store, told_as_ours
from hoidap.originals import Originals
from hoidap.passages import split_passages
from hoidap.plan import Addition, Plan, Planner, Reloaded, is_bulk, sketched, version_fingerprint
from hoidap.preparation import Preparation, embedded
from hoidap.settings import Settings
from hoidap.similarity import sketches
from hoidap.token_table import load_token_table
from hoidap.vector_cache import cached, prune_vectors
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import terms_fingerprint

_logger = logging.getLogger(__name__)
# Generations whose files are kept: the current one and the one before, which a process that opened
# it a moment ago may still be reading.
_KEPT = 2
# An index of fewer passages is built anew each time, which takes a second at most: then the same
# reports give the same index, whatever was there before.
_ANEW = 500

Progress = Callable[[int, int], None]


def generation_of(catalog: Catalog) -> int:
    """The number of the current generation; 0 where there is none yet."""
    current = catalog.generation()
    return 0 if current is None else current.number


# --- stage and swap ---


@contextmanager
def writer_lock(settings: Settings, wait_s: float) -> Iterator[None]:
    """Be the one who changes catalog and index; waits ``wait_s`` seconds for another to finish.

    Raises `BusyError`, `CorpusError`.
    """
    lock = FileLock(settings.lock_path)
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=wait_s)
    except Timeout as error:
        raise BusyError(
            "một tiến trình khác đang nạp báo cáo; hãy đợi nó xong rồi thử lại"
        ) from error
    except OSError as error:
        raise CorpusError(
            f"không ghi được vào {settings.data}: {refusal(error)}; hãy đặt HOIDAP_DATA"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _tidy(settings: Settings, store: GenerationStore, catalog: CatalogWriter, current: int) -> None:
    """Remove what no one reads any more, and remains of writers that did not finish."""
    store.keep(range(current - _KEPT + 1, current + 1))
    Originals(settings.originals_path).prune(catalog.originals())


def _prune(
    settings: Settings, store: GenerationStore, catalog: CatalogWriter, current: int
) -> None:
    """Forget generations that are not to be kept any longer, with their files."""
    catalog.forget_before(current - settings.keep_generations + 1)
    _tidy(settings, store, catalog, current)
    kept_texts = chain.from_iterable(map(embedded, catalog.kept_passages()))
    prune_vectors(settings.vectors_path, kept_texts)


@dataclass(frozen=True, slots=True)
class By:
    """Who changes the reports, and by what.

    ``actor`` is the name of an operating system's user, or "telegram:" and in hexadecimal what
    `hoidap.journal.Journal.person` gives for an administrator.
    """

    actor: str = ""
    cause: Cause = Cause.RELOAD

    @classmethod
    def shell(cls, cause: Cause = Cause.RELOAD) -> By:
        """The user whom this process runs for."""
        try:
            return cls(getpass.getuser(), cause)
        except (OSError, KeyError, ImportError):  # one without a name, as in some containers
            return cls(str(os.getuid()), cause)


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a writer works with: the catalog, and the current generation with its index."""

    settings: Settings
    encoder: Encoder
    store: GenerationStore
    catalog: CatalogWriter
    preparation: Preparation
    generation: int
    beside: ThreadPoolExecutor
    checking: Future[StoredIndex | None]

    @property
    def index(self) -> StoredIndex | None:
        """The current index; None where it cannot be used and must be built again.

        Waits until it has been checked. Raises `IndexUnreachableError`.
        """
        return self.checking.result()

    def write(
        self,
        plan: Plan,
        by: By,
        progress: Progress,
        *,
        ask: bool = False,
        force: bool = False,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> tuple[int, tuple[str, ...]]:
        """Apply ``plan``, write the next generation's index, check it, make it current; its number.

        With ``ask`` golden questions are asked of it, and none may fail unless it is ``force``:
        then the reasons of those that do are returned with the number. ``meanwhile`` is called by
        another thread while it is made current.
        """
        catalog = self.catalog
        # A server that cannot be reached is told before anything else.
        previous = self.index
        reasons: tuple[str, ...] = ()
        with catalog.next_generation(by.cause, by.actor) as coming:
            number = coming.number
            for known in plan.remove:
                catalog.remove(known, number)
            if plan.former is not None and not catalog.restore(plan.former, number):
                raise RollbackError(
                    f"báo cáo ở thế hệ {plan.former} không khác hiện nay;"
                    " hãy chọn thế hệ khác (hoidap history, hoidap rollback --to N)"
                )
            catalog.retire(plan.retire)
            # Those that were added before there were sketches.
            versions = catalog.without_sketch()
            catalog.add_sketches(
                zip(
                    (version for version, _ in versions),
                    sketches(text for _, text in versions),
                    strict=True,
                )
            )
            self._build(number, plan.add, previous, progress)
            if plan.files is not None:
                catalog.remember_files(plan.files, plan.originals)
            index = self._checked(number, catalog.count_passages())
            if ask:
                reasons = self._failing(number, index)
                if reasons and not force:
                    raise GoldenError(reasons)
                if reasons:
                    coming.forced = True
                    # Who forced it has seen what it takes away.
                    catalog.retire(known.id for known in plan.remove)
            done = self.beside.submit(meanwhile)
        try:
            self.store.publish(number)
            _prune(self.settings, self.store, catalog, number)
        except (OSError, CatalogError, SearchIndexError) as error:
            # The generation is current; the next one tidies up.
            _logger.warning("chưa dọn được thế hệ cũ: %s", error)
        done.result()
        return number, reasons

    def _build(
        self,
        number: int,
        additions: Sequence[Addition],
        previous: StoredIndex | None,
        progress: Progress,
    ) -> None:
        """Add reports, and write the index of what is then current.

        Only what is new to ``previous`` is written where that can be gone on from, and turns out to
        be sound.
        """
        divided = [split_passages(one.report) for one in additions]
        versions = (
            NewVersion(one.report, spans, version_fingerprint(one.report), sketch)
            for (one, sketch), spans in zip(sketched(additions), divided, strict=True)
        )
        added = sum(map(len, divided))
        passages = self.catalog.count_passages() + added
        # Those of before that a rollback brought back.
        known, removed = self.catalog.changed_ids(number)
        fresh = len(known) + added
        if previous is not None and (
            previous.passages + fresh - len(removed) != passages  # of another generation
            or passages < _ANEW
            or previous.worn(len(removed))
        ):
            previous = None
        coming = self.catalog.add(versions, number)
        if previous is not None:
            new = chain(self.catalog.in_order(known), coming)
            try:
                self._index(number, new, fresh, progress, previous, removed)
            except (IndexDamagedError, IndexMissingError) as error:
                _logger.warning("%s; đang lập lại chỉ mục từ danh mục", error)
                for _ in coming:  # those that were not asked for are added all the same
                    pass
            else:
                return
        known = self.catalog.current_ids().tolist()
        self._index(number, chain(self.catalog.in_order(known), coming), passages, progress)

    def _index(
        self,
        number: int,
        passages: Iterable[Passage],
        count: int,
        progress: Progress,
        previous: StoredIndex | None = None,
        removed: Collection[int] = (),
    ) -> None:
        """Write an index of so many ``passages``, in the order of their ids, after ``previous``."""
        progress(0, count)
        with told_as_ours(self.store):
            self.store.build(
                number,
                self.preparation.prepared(passages, count),
                previous=previous,
                removed=removed,
                progress=lambda done: progress(done, count),
            )

    def _checked(self, number: int, passages: int) -> StoredIndex:
        """The staged generation, opened as a reader opens it. Raises `SearchIndexError`."""
        index = self.store.open(number)
        if index.passages != passages:
            raise SearchIndexError(
                f"chỉ mục vừa lập có {index.passages} đoạn, danh mục có {passages};"
                " chỉ mục đang dùng giữ nguyên"
            )
        return index

    def _failing(self, number: int, index: StoredIndex) -> tuple[str, ...]:
        """Why golden questions fail in the staged generation."""
        try:
            questions = read_golden(self.settings.golden_path)
        except GoldenError as error:
            return error.reasons
        if not questions:
            return ()
        return failing(
            questions,
            Answerer(self.settings, self.encoder, staged=Staged(self.catalog, number, index)),
            reports=self.catalog.files_of(one.report for one in questions),
            retired=self.catalog.retired(),
        )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Leave the collector of cycles out: it goes through all reports again with every few more."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _writing(settings: Settings, encoder: Encoder, wait_s: float) -> Iterator[_Stage]:
    """The stage of the one writer there may be; waits ``wait_s`` seconds for another to finish."""
    with (
        writer_lock(settings, wait_s),
        closing(CatalogWriter(settings.catalog_path)) as catalog,
        _without_collector(),
    ):
        abbreviations = Abbreviations.load(*settings.table_paths("abbreviations"))
        table = load_token_table(settings)
        store = open_store(settings, encoder, table, terms_fingerprint(abbreviations))
        number = generation_of(catalog)
        kept = cached(encoder, settings.vectors_path)
        # Reading all of a large index takes as long as reading the folder.
        with (
            ThreadPoolExecutor(1, "hoidap-reload") as beside,
            closing(Preparation(settings, kept, table, abbreviations)) as preparation,
        ):
            checking = beside.submit(_sound, store, number)
            try:
                yield _Stage(settings, kept, store, catalog, preparation, number, beside, checking)
            except BaseException:
                # Where the disk is full, the next try needs the room.
                with suppress(OSError, CatalogError, SearchIndexError):
                    _tidy(settings, store, catalog, generation_of(catalog))
                raise


def _sound(store: GenerationStore, number: int) -> StoredIndex | None:
    """A generation's index; None where it cannot be used. Raises `IndexUnreachableError`."""
    try:
        # What is damaged must not be carried into the next generation.
        index = store.check(number)
        # A writer that was killed may have told nobody.
        store.publish(number)
    except IndexUnreachableError:
        raise
    except SearchIndexError:
        return None
    return index


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
    force: bool = False,
    seen: str | None = None,
    by: By = By(),  # it is frozen
    wait_s: float = 0.0,
    progress: Progress = lambda _done, _total: None,
) -> Reloaded:
    """Bring catalog and index to what the reports folder holds.

    With ``dry_run`` nothing is written. ``wait_s`` are the seconds to wait for another writer to
    finish. A file that cannot be read is listed in ``failed`` and keeps the report it held before.
    Golden questions that fail stop it, unless it is ``force``. ``seen`` is the ``digest`` of what a
    dry run told whoever confirmed it: nothing else is done. ``progress`` is called with passages
    done and their total.
    Raises `CorpusError`, `CatalogError`, `BusyError`, `GoldenError`, `OriginalError`,
    `PlanChangedError`.
    """
    if dry_run:
        catalog = Catalog(settings.catalog_path)
        folder = settings.reports_path
        if settings.sample_reports_path is not None and not folder.exists():
            folder = settings.sample_reports_path
        planner = Planner(folder, catalog)
        plan = planner.run()
        planner.compare()
        number = generation_of(catalog)
        return replace(plan.reloaded(number), digest=plan.digest(number))
    with _writing(settings, encoder, wait_s) as stage:
        _prepare_sample(settings)
        return _follow(stage, by, progress, force=force, seen=seen)


def _follow(
    stage: _Stage,
    by: By,
    progress: Progress,
    *,
    force: bool,
    without: frozenset[str] = frozenset(),
    seen: str | None = None,
) -> Reloaded:
    """Bring catalog and index to what the folder holds, but for the reports ``without``.

    Only by the plan whose digest was ``seen``, where one is given.
    """
    settings = stage.settings
    keep = Originals(settings.originals_path).keep
    planner = Planner(
        settings.reports_path,
        stage.catalog,
        keep=keep,
        without=without,
        foreseen=stage.preparation.expect,
    )
    plan = planner.run()
    if seen is not None and seen != plan.digest(stage.generation):
        raise PlanChangedError(
            "thư mục báo cáo hoặc báo cáo đang dùng đã đổi từ lúc xem trước; chưa nạp gì,"
            " hãy xem lại"
        )
    if plan.add or plan.remove or stage.index is None:
        written = stage.write(plan, by, progress, ask=True, force=force, meanwhile=planner.compare)
        return plan.reloaded(*written)
    if plan.files is not None and plan.files != stage.catalog.known_files():
        stage.catalog.refresh(plan.files, plan.originals)
    return plan.reloaded(stage.generation)


def remove(
    settings: Settings,
    encoder: Encoder,
    report_id: str,
    *,
    force: bool = False,
    by: By = By(cause=Cause.REMOVE),  # it is frozen
    wait_s: float = 0.0,
    progress: Progress = lambda _done, _total: None,
) -> Reloaded:
    """Take a report out of the reports folder, and whatever else the folder changed.

    Its file and what is known of it move to the data directory's ``removed``; from a bulk export
    its lines are taken out. They do so once the generation without it is current: a removal that
    stops in between is undone by the next reload.
    Raises `ReportNotFoundError`, `FileLeftError` and what `reload` raises.
    """
    with _writing(settings, encoder, wait_s) as stage:
        file = stage.catalog.report(report_id).file
        result = _follow(stage, by, progress, force=force, without=frozenset({report_id}))
        try:
            take_out(settings, file, report_id, result.generation)
        except OSError as error:
            advice = "hãy tự xóa dòng của nó trong tệp" if is_bulk(file) else "hãy tự xóa tệp"
            raise FileLeftError(
                f"báo cáo đã được gỡ, nhưng không chuyển được tệp {file}: {refusal(error)};"
                f" lần nạp sau sẽ thêm lại, {advice}"
            ) from error
        return result


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
    plan = Plan(add=list(map(Addition, reports)))
    with _writing(settings, encoder, 0.0) as stage:
        return stage.write(plan, By(), progress)[0]


def rebuild(
    settings: Settings,
    encoder: Encoder,
    *,
    by: By = By(cause=Cause.REBUILD),  # it is frozen
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
        return stage.write(Plan(), by, progress)[0]


def rollback(
    settings: Settings,
    encoder: Encoder,
    to: int | None = None,
    *,
    seen: int | None = None,
    by: By = By(cause=Cause.ROLLBACK),  # it is frozen
    wait_s: float = 0.0,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Make what generation ``to`` held current again, as a new generation; its number.

    None goes back to the one before the current one. The folder of reports stays as it is, and the
    next reload brings what it holds. ``seen`` is the generation that was current when whoever asks
    for it was shown what would be gone back to: from no other one it is done. No golden question is
    asked: going back must always be possible. Raises `RollbackError`, `CatalogError`, `BusyError`.
    """
    with _writing(settings, encoder, wait_s) as stage:
        if seen is not None and seen != stage.generation:
            raise RollbackError(
                f"chưa quay về: báo cáo đã đổi từ lúc xem, nay là thế hệ {stage.generation};"
                " hãy xem lại"
            )
        former = stage.generation - 1 if to is None else to
        kept = [one.number for one in stage.catalog.generations()]
        if not kept[1:]:
            raise RollbackError("chưa có thế hệ trước nào để quay về")
        if former not in kept[1:]:
            choices = ", ".join(map(str, kept[1:]))
            raise RollbackError(f"không quay về được thế hệ {former}; còn giữ: {choices}")
        return stage.write(Plan(former=former), by, progress)[0]
