"""One file that holds all that cannot be made again, taken while everything goes on running.

Catalog, journal and accounts are copied by SQLite itself, as they were at one moment, with the
originals of just those reports; then the reports folder, golden questions and the user's tables.
The index is left out, since it is built again from the catalog, and so is the bot's token, which
belongs to whoever runs it.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from hoidap.archive import (
    CATALOG_FILE,
    CORPUS,
    GOLDEN_FILE,
    ORIGINALS,
    Manifest,
    entry_of,
    is_safe,
    write_archive,
)
from hoidap.catalog import Catalog
from hoidap.complaints import refusal
from hoidap.encoder import Encoder
from hoidap.errors import BackupError, BusyError, DatabaseError
from hoidap.index.manifest import sizes
from hoidap.loaders import is_metadata_file, is_report_file
from hoidap.loaders.files import walked
from hoidap.release import installed_version
from hoidap.settings import Settings
from hoidap.sqlite_files import copy_database, damage

# In the data directory: what a backup or restoration works with, and its lock.
STAGING = "backup.tmp"
LOCK = "backup.lock"
# Times that the catalog is copied anew because a reload took its originals away meanwhile.
_TRIES = 5
_NAME_RE = re.compile(r"hoidap-\d{8}-\d{6}\.tar\.gz")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was written; ``removed`` are former ones that are not to be kept.

    ``left_out`` are files that could not be taken along, a line each with the reason.
    """

    path: Path
    size: int
    manifest: Manifest
    left_out: tuple[str, ...]
    removed: tuple[Path, ...]


@contextmanager
def staging(settings: Settings) -> Iterator[Path]:
    """A new folder in the data directory, for the one backup or restoration there may be.

    It is gone afterwards, as are the remains of one that was killed. Raises `BusyError`,
    `BackupError`.
    """
    folder = settings.data / STAGING
    lock = FileLock(settings.data / LOCK)
    try:
        lock.acquire(timeout=0)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    except Timeout as error:
        raise BusyError(
            "đang có một lần sao lưu hay khôi phục khác; hãy đợi nó xong rồi thử lại"
        ) from error
    except OSError as error:
        lock.release()
        raise BackupError(
            f"không ghi được vào {settings.data}: {refusal(error)}; hãy kiểm tra HOIDAP_DATA"
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def backup(
    settings: Settings,
    encoder: Encoder,
    target: Path,
    *,
    keep: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> BackedUp:
    """Write a backup to ``target``, or into it under a name by the time where it is a folder.

    In a folder the newest ``keep`` backups stay, None for all. A name that ends in .gz or .tgz is
    compressed. The file appears complete or not at all, for its owner only. ``progress`` is called
    with files prepared and their total.
    Raises `BackupError`, `BusyError`.
    """
    now = datetime.now(UTC)
    # Of a place that hoidap's user may not enter `os.path` says no, where a path raises.
    into = target if os.path.isdir(target) else None
    if into is not None:
        target = into / f"hoidap-{now.astimezone():%Y%m%d-%H%M%S}.tar.gz"
    elif not os.path.isdir(target.parent):
        raise BackupError(f"không có thư mục {target.parent}; hãy tạo trước")
    elif os.path.lexists(target) and not stat.S_ISREG(target.lstat().st_mode):
        # The backup would take the place of a device or a link, and not go where that leads.
        raise BackupError(f"{target} không phải tệp thường; hãy nêu tên tệp khác")
    if Catalog(settings.catalog_path).generation() is None:
        raise BackupError(
            f"chưa có gì để sao lưu ở {settings.data}; hãy chạy hoidap reload trước,"
            " hoặc kiểm tra HOIDAP_DATA"
        )
    with staging(settings) as folder:
        try:
            files, left_out = _collect(settings, folder)
            entries = {}
            for done, name in enumerate(sorted(files), start=1):
                entry = entry_of(files[name])
                if name.startswith(ORIGINALS) and entry.sha256 != files[name].name:
                    left_out.append(f"bản gốc {files[name].name} bị hỏng trên đĩa")
                else:
                    entries[name] = entry
                progress(done, len(files))
            current = Catalog(folder / CATALOG_FILE)
            generation = current.generation()
            current.close()
            assert generation is not None  # there was one before the catalog was copied
            manifest = Manifest(
                hoidap=installed_version(),
                created=now,
                generation=generation.number,
                reports=generation.reports,
                passages=generation.passages,
                encoder=encoder.name,
                index_bytes=sum(sizes(settings.generation_path(generation.number)).values()),
                files=entries,
            )
        except DatabaseError as error:
            raise BackupError(str(error)) from error
        except OSError as error:
            raise BackupError(
                f"không chuẩn bị được bản sao lưu ở {settings.data}: {refusal(error)};"
                " hãy dọn chỗ trên đĩa đó hoặc chạy: hoidap doctor"
            ) from error
        try:
            _write(target, manifest, files, _unfinished(settings, target))
        except OSError as error:
            raise BackupError(
                f"không sao lưu được vào {target}: {refusal(error)};"
                " hãy dọn chỗ trên đĩa hoặc chọn nơi khác"
            ) from error
    removed = _prune(target, keep) if into is not None and keep is not None else ()
    return BackedUp(target, target.stat().st_size, manifest, tuple(left_out), removed)


def _collect(settings: Settings, folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The files to take along by their names in the archive, copied, and what is left out."""
    files: dict[str, Path] = {}
    left_out: list[str] = []
    for original in _with_originals(settings, folder, left_out):
        files[f"{ORIGINALS}{original.parent.name}/{original.name}"] = original
    files[CATALOG_FILE] = folder / CATALOG_FILE
    _require_sound(settings.catalog_path, folder / CATALOG_FILE)
    for database in (settings.journal_path, settings.accounts_path):
        if database.exists():
            copy_database(database, folder / database.name)
            _require_sound(database, folder / database.name)
            files[database.name] = folder / database.name
    for path, name in _beside(settings):
        if not is_safe(name):
            left_out.append(f"{name!r}: tên tệp không dùng được trong bản sao lưu")
            continue
        try:
            files[name] = _copied(path, folder / name)
        except FileNotFoundError as error:
            if path.is_symlink():  # else it was removed just now
                left_out.append(f"{path}: {refusal(error)}")
        except PermissionError as error:
            left_out.append(f"{path}: {refusal(error)}")
    return files, left_out


def _require_sound(database: Path, copied: Path) -> None:
    """Raise `BackupError` where a copy is damaged: it must not take the place of a good one."""
    problems = damage(copied)
    if problems:
        raise BackupError(
            f"{database} bị hỏng ({' '.join(problems[0].split())}), không sao lưu; các bản cũ giữ"
            " nguyên, hãy khôi phục bản mới nhất"
        )


def _beside(settings: Settings) -> Iterator[tuple[Path, str]]:
    """The files to copy beside the databases, with their names in the archive."""
    # The counts of the last minute stay behind, and so does their key.
    for database in (settings.journal_path, settings.accounts_path):
        key = database.with_suffix(".key")
        if key.exists():
            yield key, key.name
    for path in sorted(settings.data.glob("*.tsv")):
        yield path, path.name
    if settings.golden_path.is_file():
        yield settings.golden_path, GOLDEN_FILE
    for path in _reports(settings.reports_path):
        yield path, CORPUS + path.relative_to(settings.reports_path).as_posix()


def _with_originals(settings: Settings, folder: Path, left_out: list[str]) -> list[Path]:
    """Copy the catalog, and take hold of the originals that its reports were read from."""
    catalog = folder / CATALOG_FILE
    for attempt in range(1, _TRIES + 1):
        copy_database(settings.catalog_path, catalog)
        copied = Catalog(catalog)
        wanted = copied.originals()
        copied.close()
        found, missing = [], []
        for digest in sorted(wanted):
            source = settings.originals_path / digest[:2] / digest
            try:
                found.append(_held(source, folder / ORIGINALS / digest[:2] / digest))
            except FileNotFoundError:
                missing.append(digest)
        if not missing or attempt == _TRIES:
            break
        # A reload may have removed what no generation needs any more: then the next copy of the
        # catalog does not name it either.
        catalog.unlink()
        shutil.rmtree(folder / ORIGINALS, ignore_errors=True)
    left_out += [f"bản gốc {digest} không còn" for digest in missing]
    return found


def _held(source: Path, target: Path) -> Path:
    """A file that never changes, under another name, so that it stays when it is removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without links
        shutil.copyfile(source, target)
    return target


def _copied(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source, target))


def _reports(folder: Path) -> Iterator[Path]:
    """The files of the reports folder that a reload looks at, and what is known of them."""

    def refuse(error: OSError) -> None:
        raise BackupError(
            f"không đọc được thư mục báo cáo {error.filename}: {refusal(error)};"
            " hãy cho người dùng của hoidap quyền đọc"
        ) from error

    for directory, names in walked(folder, refuse):
        for name in sorted(names):
            path = directory / name
            wanted = is_report_file(path) or is_metadata_file(path)
            # What a link leads to may be away, or where nobody may look: that is told.
            if wanted and (os.path.isfile(path) or not os.path.exists(path)):
                yield path


def _unfinished(settings: Settings, target: Path) -> Path:
    """Where a backup is written at first: what a killed one left there is removed."""
    place = zlib.crc32(str(settings.data.resolve()).encode("utf-8", "surrogateescape"))
    return target.with_name(f".hoidap-{place:08x}.tmp")


def _write(target: Path, manifest: Manifest, files: dict[str, Path], unfinished: Path) -> None:
    compress = target.suffix in {".gz", ".tgz"}
    # In a folder of others, too, it is a new file of nobody else's.
    unfinished.unlink(missing_ok=True)
    try:
        with open(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
            write_archive(file, manifest, files, compress=compress)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
        _sync(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prune(written: Path, keep: int) -> tuple[Path, ...]:
    """Remove all but the newest ``keep`` backups that were named by their time.

    The one just ``written`` is the newest, even where a clock was ahead when others were.
    """
    others = (path for path in written.parent.iterdir() if path != written)
    backups = sorted(path for path in others if _NAME_RE.fullmatch(path.name))
    removed = backups[: max(len(backups) - (keep - 1), 0)]
    for path in removed:
        with suppress(FileNotFoundError):
            path.unlink()
    return tuple(removed)
