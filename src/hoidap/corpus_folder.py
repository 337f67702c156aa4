"""The files of the reports folder: put in under safe names, taken out, looked at."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePosixPath

from hoidap.complaints import refusal
from hoidap.errors import IntakeError, LoaderError
from hoidap.loaders import is_metadata_file, is_report_file
from hoidap.loaders.files import metadata_path, walked
from hoidap.loaders.formats import Format, sniff
from hoidap.loaders.plain import decode
from hoidap.originals import identify
from hoidap.regular_files import read_regular
from hoidap.settings import Settings
from hoidap.staging import staged
from hoidap.vietnamese.text import nfc

# Bytes of a name; file systems take 255, of which "name (2)" and other endings need some.
_LONGEST_NAME = 200


def safe_name(name: str) -> str:
    """A file's name that is one part of a path, visible and printable; may be empty.

    What stands before a slash or backslash goes, as do characters that terminals, Windows or
    archives stumble over, and dots at the start, which would hide the file.
    """
    last = nfc(name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    printable = "".join("_" if char in '<>:"|?*' else char for char in last if char.isprintable())
    kept = printable.strip().lstrip(".").strip()
    suffix = PurePosixPath(kept).suffix
    stem = kept[: len(kept) - len(suffix)].rstrip(" .")
    while stem and len(f"{stem}{suffix}".encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}{suffix}" if stem else ""


def free_name(name: str, taken: Collection[str]) -> str:
    """``name``, or where it is taken the first of "name (2)", "name (3)" … that is not."""
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    names = (f"{stem} ({number}){suffix}" for number in count(2))
    return next(one for one in chain((name,), names) if one not in taken)


def as_spelled(folder: Path, *parts: str) -> Path:
    """The path of ``parts`` below ``folder``, by the names of what is there and looks the same.

    Letters of names that came from a Mac, and of those typed so, are not composed.
    """
    path = folder
    for part in parts:
        path /= _spelled(path, part)
    return path


def _spelled(folder: Path, name: str) -> str:
    if name.isascii() or os.path.lexists(folder / name):
        return name
    with suppress(OSError):  # told by whoever reads or writes there
        for other in sorted(os.listdir(folder)):
            if not other.isascii() and nfc(other) == name:
                return other
    return name


@dataclass(frozen=True, slots=True)
class Placed:
    """A file put into the reports folder: where, and whether it ``replaced`` another content.

    That lies hidden beside it until the new file is either kept or taken out again, so that going
    back needs no room on the disk.
    """

    path: Path
    replaced: bool

    def undo(self) -> None:
        """Take it out again and put back what it replaced. Raises `OSError`."""
        if self.replaced:
            _aside(self.path).replace(self.path)
        else:
            self.path.unlink(missing_ok=True)


def forget_former(path: Path) -> None:
    """Let go of what a file replaced when it was put into the reports folder. Raises `OSError`."""
    _aside(path).unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    """Where what a file replaces lies meanwhile: one place for each, which a killed process leaves.

    No reload takes a hidden file for a report.
    """
    return path.with_name(f".{identify(os.fsencode(path.name)).sha256}.former")


def put_back(path: Path, former: bytes | None) -> None:
    """Take a file out again and put back what it replaced, None for nothing. Raises `OSError`."""
    if former is None:
        path.unlink(missing_ok=True)
    else:
        _write(path, former, replace=True)


def place(path: Path, data: bytes, *, replace: bool) -> Placed | None:
    """Write a file of the reports folder; None where it is there already with this content.

    It appears complete or not at all. Another content is replaced only if it is ``replace``.
    Raises `IntakeError`.
    """
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise IntakeError(f"{path} đã có và không phải tệp thường")
        former = path.read_bytes() if path.exists() else None
        if former == data:
            return None
        if former is not None and not replace:
            raise IntakeError(
                f"đã có báo cáo khác ở {path}; hãy đổi tên tệp, hoặc thêm --replace để thay"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        if former is not None:
            _write(_aside(path), former, replace=True)
        try:
            _write(path, data, replace=former is not None)
        except OSError:
            forget_former(path)
            raise
    except FileExistsError as error:
        raise IntakeError(f"{path} vừa được tiến trình khác ghi; hãy thử lại") from error
    except OSError as error:
        raise IntakeError(f"không ghi được {path}: {refusal(error)}") from error
    return Placed(path, former is not None)


def _write(path: Path, data: bytes, *, replace: bool) -> None:
    """Write a file that appears complete; unless it is ``replace``, no file is overwritten."""
    # No reload takes a hidden file for a report.
    with staged(path, data) as staging:
        if replace:
            staging.replace(path)
        else:
            os.link(staging, path)


def take_out(settings: Settings, file: str, report_id: str, generation: int) -> None:
    """Move a report's file with its metadata to ``removed``, below the generation's number.

    Of a bulk export a copy goes there, and the lines of other reports stay. A file that is no
    longer there is fine, unless it lies behind a link that leads nowhere now, and may come back.
    Raises `OSError`.
    """
    path = settings.reports_path / file
    target = settings.removed_path / f"{generation:06}" / file
    if not os.path.lexists(path):
        for link in (one for one in path.parents if one.is_symlink()):
            link.stat()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    data = read_regular(path) if path.suffix.lower() == ".jsonl" else b""
    if _is_export(data):
        rest = [line for line in _text(data).split("\n") if _id(line) != report_id]
        if any(line.strip() for line in rest):
            shutil.copy2(path, target)
            _write(path, "\n".join(rest).encode("utf-8", "surrogateescape"), replace=True)
            return
    _move(path, target)
    metadata = metadata_path(path)
    beside = (other for other in path.parent.iterdir() if is_report_file(other))
    if os.path.lexists(metadata) and all(metadata_path(other) != metadata for other in beside):
        _move(metadata, metadata_path(target))


def _move(path: Path, target: Path) -> None:
    """Move a file; a link goes on leading where it did, also if that is told from its own place."""
    if path.is_symlink():
        target.symlink_to(path.parent.resolve() / path.readlink())
        path.unlink()
    else:
        shutil.move(path, target)


def _is_export(data: bytes) -> bool:
    """Whether the content of a .jsonl file is a bulk export, whatever its name says."""
    try:
        return sniff(data, ".jsonl") is Format.BULK
    except LoaderError:
        return False


def _text(data: bytes) -> str:
    """A bulk export as it is read; what is of no encoding stays as it is."""
    try:
        return decode(data)[0]
    except LoaderError:
        return data.decode("utf-8-sig", "surrogateescape")


def _id(line: str) -> str | None:
    """The id of a report in a bulk export; None where the line holds none."""
    try:
        value = json.loads(line)["id"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return nfc(str(value)).strip()


# For each file that belongs to a report: its size, when it was changed, and which file it is.
Snapshot = dict[str, tuple[int, int, int]]


def snapshot(folder: Path, *beside: Path) -> Snapshot:
    """What the reports folder holds at the moment, and the files ``beside`` it.

    What cannot be looked at is left out.
    """
    found = {}

    def look(path: Path) -> None:
        with suppress(OSError):
            state = path.stat()
            found[str(path)] = state.st_size, state.st_mtime_ns, state.st_ino

    for path in beside:
        look(path)
    for directory, names in walked(folder, lambda _: None):
        for name in names:
            path = directory / name
            if is_report_file(path) or is_metadata_file(path):
                look(path)
    return found
