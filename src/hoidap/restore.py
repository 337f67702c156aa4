"""Putting a backup back: read and checked beside what there is, and only then moved into its place.

Nothing is ever deleted: what was there before lies in ``before-restore-TIME`` afterwards. All is
moved within its own folder, so that it works where the folder itself is a mounted volume.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hoidap import accounts, catalog, journal
from hoidap.answering import Answerer
from hoidap.archive import CORPUS, GOLDEN_FILE, ArchiveReader, Manifest
from hoidap.backup import LOCK, STAGING, staging
from hoidap.catalog import Catalog, Cause
from hoidap.complaints import refusal
from hoidap.encoder import Encoder
from hoidap.errors import ArchiveError, BackupError, GoldenError
from hoidap.golden import failing, read_golden
from hoidap.reload import By, rebuild, writer_lock
from hoidap.settings import Settings
from hoidap.sqlite_files import damage, schema_version

# Bytes that stay free, to go on working.
_RESERVE = 64 << 20
_ASIDE = "before-restore-"
# What stands in a data directory without being data.
_NO_DATA = frozenset({LOCK, STAGING, "writer.lock", "lost+found"})
_REPORTS = CORPUS.rstrip("/")
# Seconds to wait for a reload that is running.
_PATIENCE = 10.0

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: the backup's manifest, and the ``generation`` that is current now.

    ``aside`` are the folders and files that hold what was there before. ``golden`` are reasons of
    golden questions that fail.
    """

    manifest: Manifest
    generation: int
    aside: tuple[Path, ...]
    golden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Move:
    """A file or folder that is renamed; within one file system."""

    source: Path
    target: Path


def restore(
    settings: Settings,
    encoder: Encoder,
    path: Path,
    *,
    force: bool = False,
    by: By = By(cause=Cause.REBUILD),  # noqa: B008  # a frozen record
    progress: Progress = lambda _done, _total: None,
) -> Restored:
    """Put the backup at ``path`` into the data directory and the reports folder of the settings.

    Every file is read and compared with its checksum, the index is built and the golden questions
    are asked before anything that is there is touched. What is there is moved aside, and only if
    it is ``force``. Bot and page must be started again afterwards. ``progress`` is called with
    files read and their total, then with passages indexed.
    Raises `ArchiveError`, `BackupError`, `BusyError`, and what `hoidap.reload.rebuild` raises.
    """
    with closing(ArchiveReader(path)) as archive:
        try:
            occupied = [*_present(settings, path), *_present_reports(settings)]
            if occupied and not force:
                raise BackupError(
                    f"{occupied[0].parent} không trống (có {occupied[0].name}); hãy đặt HOIDAP_DATA"
                    " và HOIDAP_CORPUS tới nơi trống, hoặc thêm --force: dữ liệu cũ được giữ ở"
                    f" {_ASIDE}…"
                )
            settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            with staging(settings) as folder:
                _require_room(settings, archive.manifest)
                for done, _ in enumerate(archive.extract(folder), start=1):
                    progress(done, len(archive.manifest.files))
                return _install(settings, encoder, archive, folder, by, progress)
        except OSError as error:
            raise BackupError(
                f"không khôi phục được vào {settings.data}: {refusal(error)}; dữ liệu cũ giữ nguyên"
            ) from error


def _present(settings: Settings, but: Path) -> list[Path]:
    """What lies in the data directory and would have to make room, but for `_present_reports`."""
    folder = settings.data
    if not folder.is_dir():
        return []
    # The reports may lie in it after all, by another path that leads there.
    beside: list[str] = []
    if not settings.reports_path.is_relative_to(folder):
        beside = [os.path.realpath(path) for path in (settings.reports_path, settings.golden_path)]
    return sorted(
        one
        for one in folder.iterdir()
        if one.name not in _NO_DATA
        and not one.name.startswith(_ASIDE)
        and one.absolute() != but.absolute()
        and not any(Path(path).is_relative_to(os.path.realpath(one)) for path in beside)
    )


def _present_reports(settings: Settings) -> list[Path]:
    """What lies in a reports folder outside the data directory, and golden questions beside it."""
    reports = settings.reports_path
    if reports.is_relative_to(settings.data):
        return []
    found = sorted(
        one
        for one in (reports.iterdir() if reports.is_dir() else ())
        if not one.name.startswith(f".{_ASIDE}")
        and one.name != f".{STAGING}"
        and not settings.data.is_relative_to(one)
    )
    return [*found, *([settings.golden_path] if settings.golden_path.exists() else [])]


def _require_room(settings: Settings, manifest: Manifest) -> None:
    needed = manifest.size + manifest.index_bytes + _RESERVE
    free = shutil.disk_usage(settings.data).free
    if free < needed:
        raise BackupError(
            f"cần khoảng {needed >> 20} MB trống ở {settings.data}, chỉ còn {free >> 20} MB;"
            " hãy dọn chỗ rồi thử lại"
        )


def _install(
    settings: Settings,
    encoder: Encoder,
    archive: ArchiveReader,
    folder: Path,
    by: By,
    progress: Progress,
) -> Restored:
    """Check what was read, build its index, and move all into its place."""
    reports = folder / _REPORTS
    reports.mkdir(exist_ok=True)
    # As if the folder were the data directory: reports and golden questions lie in it.
    staged = settings.model_copy(update={"data": folder, "corpus": reports})
    _check(staged, archive)
    # The former data, with reports and golden questions where these lie elsewhere.
    stamp = f"{_ASIDE}{datetime.now().astimezone():%Y%m%d-%H%M%S%f}"
    aside = (
        settings.data / stamp,
        settings.reports_path / f".{stamp}",
        settings.golden_path.with_name(f"{GOLDEN_FILE}.{stamp}"),
    )
    near = settings.reports_path / f".{STAGING}"
    # Another writer is waited for before the index is built: one that is built in vain would stay
    # on a server.
    with writer_lock(settings, _PATIENCE):
        generation = rebuild(staged, encoder, by=by, progress=progress)
        golden = _golden(staged, encoder)
        try:
            moves = [*_out(settings, archive.path, *aside), *_in(settings, folder, near)]
            os.sync()  # thousands of files, in one call
            _carry_out(moves)
            os.sync()
        finally:
            shutil.rmtree(near, ignore_errors=True)
    kept = tuple(path for path in aside if path.exists())
    return Restored(archive.manifest, generation, kept, golden)


def _check(staged: Settings, archive: ArchiveReader) -> None:
    """Raise `ArchiveError` unless the databases are sound and of no newer version."""
    for path, known in (
        (staged.catalog_path, catalog.SCHEMA_VERSION),
        (staged.journal_path, journal.SCHEMA_VERSION),
        (staged.accounts_path, accounts.SCHEMA_VERSION),
    ):
        if not path.exists():
            continue
        problems = damage(path)
        if problems:
            raise ArchiveError(f"{path.name} trong {archive.path} bị hỏng: {problems[0]}")
        if schema_version(path) > known:
            raise ArchiveError(
                f"{path.name} trong {archive.path} do phiên bản mới hơn của hoidap ghi"
                f" ({archive.manifest.hoidap}); hãy nâng cấp hoidap"
            )
    with closing(Catalog(staged.catalog_path)) as copied:
        generation = copied.generation()
    if generation is None or generation.number != archive.manifest.generation:
        raise ArchiveError(f"danh mục trong {archive.path} không khớp với bản kê của nó")


def _golden(staged: Settings, encoder: Encoder) -> tuple[str, ...]:
    """Why golden questions fail in what was read: to be told, and no reason to withhold it."""
    try:
        with closing(Catalog(staged.catalog_path)) as copied:
            questions = read_golden(staged.golden_path)
            return failing(
                questions,
                Answerer(staged, encoder),
                reports=copied.files_of(one.report for one in questions),
                retired=copied.retired(),
            )
    except GoldenError as error:
        return error.reasons


def _out(
    settings: Settings, archive: Path, data: Path, reports: Path, golden: Path
) -> Iterator[_Move]:
    """Moves that make room, each into the place for what was there."""
    # The catalog goes first: without it the rest is no data any more.
    present = _present(settings, archive)
    for path in sorted(present, key=lambda one: (one != settings.catalog_path, one)):
        yield _Move(path, data / path.name)
    for path in _present_reports(settings):
        yield _Move(path, golden if path == settings.golden_path else reports / path.name)


def _in(settings: Settings, folder: Path, near: Path) -> Iterator[_Move]:
    """Moves that put what was read into its place, the catalog last.

    Reports that belong elsewhere are copied to ``near`` their place first: it may be another disk.
    """
    reports, golden = folder / _REPORTS, folder / GOLDEN_FILE
    if settings.reports_path.is_relative_to(settings.data):
        yield _Move(reports, settings.reports_path)
    else:
        shutil.rmtree(near, ignore_errors=True)
        near.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(reports, near)
        for path in sorted(near.iterdir()):
            yield _Move(path, settings.reports_path / path.name)
        if golden.exists():
            near_golden = near / f".{GOLDEN_FILE}"
            shutil.copyfile(golden, near_golden)
            golden = near_golden
    if golden.exists():
        yield _Move(golden, settings.golden_path)
    elsewhere = {_REPORTS, GOLDEN_FILE, settings.catalog_path.name} | _NO_DATA
    for name in sorted({path.name for path in folder.iterdir()} - elsewhere):
        yield _Move(folder / name, settings.data / name)
    yield _Move(folder / settings.catalog_path.name, settings.catalog_path)


def _carry_out(moves: list[_Move]) -> None:
    """Make all moves, or none: where one fails, those before it are taken back."""
    done: list[_Move] = []
    try:
        for move in moves:
            move.target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            move.source.rename(move.target)
            done.append(move)
    except BaseException:
        for move in reversed(done):
            with suppress(OSError):
                move.target.rename(move.source)
        for parent in {move.target.parent for move in moves}:
            if _ASIDE in parent.name:
                with suppress(OSError):  # never made
                    parent.rmdir()
        raise
