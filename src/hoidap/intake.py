"""Adding reports: copied into the reports folder, loaded, and taken back where that fails."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from hoidap.beside import beside
from hoidap.catalog import Cause
from hoidap.complaints import refusal
from hoidap.corpus_folder import Placed, as_spelled, forget_former, free_name, place, safe_name
from hoidap.encoder import Encoder
from hoidap.errors import IntakeError, LoaderError
from hoidap.fetch import Fetched, fetch, source_metadata
from hoidap.loaders import READABLE, is_metadata_file, is_report_file
from hoidap.loaders.files import Divided, divided_paths, metadata_path, suffix_for
from hoidap.loaders.metadata import read_metadata
from hoidap.plan import STRAY, Failure, Reloaded, is_bulk
from hoidap.regular_files import read_regular
from hoidap.reload import By, Progress, reload
from hoidap.settings import Settings
from hoidap.vietnamese.text import nfc

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Added:
    """What the reload did, and the files that were not taken in since they cannot be read."""

    reloaded: Reloaded
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file to take in: its path in the reports folder, its content, and its metadata's.

    Where ``metadata`` is None, what lies beside the path stays.
    """

    path: Path
    data: bytes
    metadata: bytes | None = None


def add(
    settings: Settings,
    encoder: Encoder,
    sources: Sequence[str],
    *,
    overwrite: bool = False,
    allow_private: bool = False,
    force: bool = False,
    by: By = By(cause=Cause.ADD),  # noqa: B008  # a frozen record
    wait_s: float = 0.0,
    progress: Progress = lambda _done, _total: None,
) -> Added:
    """Add files, the files of folders, and what is at addresses to the reports, and reload.

    Files keep their names, made safe, with the metadata beside them; a folder's go below its name.
    Raises what `take_in` raises.
    """
    folder = settings.reports_path
    added = take_in(
        settings,
        encoder,
        _incoming(sources, folder, allow_private=allow_private),
        overwrite=overwrite,
        force=force,
        by=by,
        wait_s=wait_s,
        progress=progress,
    )
    passed_over = list(added.reloaded.passed_over)
    failed = list(added.reloaded.failed)
    for left in _folders(map(Path, sources), folder):
        passed_over += sorted(map(str, left.others))
        failed += [Failure(str(path), STRAY) for path in sorted(left.strays)]
    reloaded = replace(added.reloaded, passed_over=tuple(passed_over), failed=tuple(failed))
    return replace(added, reloaded=reloaded)


def take_in(
    settings: Settings,
    encoder: Encoder,
    files: Iterable[Incoming],
    *,
    apart: bool = False,
    overwrite: bool = False,
    force: bool = False,
    by: By = By(cause=Cause.ADD),  # noqa: B008  # a frozen record
    wait_s: float = 0.0,
    progress: Progress = lambda _done, _total: None,
) -> Added:
    """Put files into the reports folder and reload.

    With ``apart`` another process reloads. A file of another content under the same name is
    replaced only if it is ``overwrite``. Where the reload fails, or a file cannot be read or is a
    copy of another one, it is taken out again, and what it replaced put back.
    Raises `IntakeError` and what `hoidap.reload.reload` raises.
    """
    placed: dict[str, list[Placed]] = {}
    try:
        for file in files:
            name = file.path.relative_to(settings.reports_path).as_posix()
            parts = [(file.path, file.data)]
            if file.metadata is not None:
                parts.append((metadata_path(file.path), file.metadata))
            for target, content in parts:
                done = place(target, content, replace=overwrite)
                if done is not None:
                    placed.setdefault(name, []).append(done)
        made = partial(
            partial(beside, reload) if apart else reload,
            settings,
            encoder,
            force=force,
            by=by,
            wait_s=wait_s,
            progress=progress,
        )
        result = made()
    except BaseException:
        _undo(placed)
        raise
    read = {*result.added, *result.changed, *result.unchanged}
    copies = {duplicate.file for duplicate in result.duplicates}
    refused = {failure.file for failure in result.failed} - read
    back = placed.keys() & (copies | refused)
    _undo({name: placed[name] for name in back})
    _keep({name: files for name, files in placed.items() if name not in back})
    if back & copies & set(result.removed):
        # What a copy replaced was taken out as a report when the copy was; its file is there again.
        result = _with_returned(result, made())
    return Added(result, tuple(sorted(back & refused)))


def _with_returned(result: Reloaded, again: Reloaded) -> Reloaded:
    """What was done by a reload and ``again`` by one that brought back what the first took out."""
    returned = set(result.removed) & set(again.added)
    return replace(
        result,
        removed=tuple(one for one in result.removed if one not in returned),
        unchanged=tuple(sorted({*result.unchanged, *returned})),
        generation=again.generation,
    )


def _incoming(sources: Sequence[str], folder: Path, *, allow_private: bool) -> Iterator[Incoming]:
    """What is at ``sources``, each read or fetched when it is its turn. Raises `IntakeError`."""
    beside = {metadata_path(path) for path in map(Path, sources) if is_report_file(path)}
    for source in sources:
        if Path(source) in beside:
            continue  # it comes with its report
        if not source.lower().startswith(("http://", "https://")):
            for path, target in _targets(Path(source), folder):
                yield Incoming(target, _read(path), _read_beside(path))
            continue
        fetched = fetch(source, allow_private=allow_private)
        path = _place_of(fetched, folder, source)
        # The lines of an export name their sources themselves.
        known = metadata_path(path).exists() or is_bulk(path.name)
        yield Incoming(path, fetched.data, None if known else source_metadata(fetched.url))


def _place_of(fetched: Fetched, folder: Path, source: str) -> Path:
    """The path for a file from an address: never that of what came from another one.

    Raises `IntakeError`.
    """
    name = fetched.name
    if not is_report_file(Path(name)):
        try:
            suffix = suffix_for(fetched.data, name)
        except LoaderError as error:
            raise IntakeError(f"{source}: {error}") from error
        if suffix == ".txt" and Path(name).suffix:  # a program's text, a style sheet
            raise IntakeError(f"{source}: không phải báo cáo ({name}); {READABLE}")
        name = f"{name}{suffix}"
    taken: set[str] = set()
    while True:
        path = as_spelled(folder, free_name(name, taken))
        if not path.exists() or _address_of(path) in (None, fetched.url):
            return path
        taken.add(nfc(path.name))


def _address_of(path: Path) -> str | None:
    """The address that a report file came from; None where its metadata names none."""
    try:
        source = read_metadata(read_regular(metadata_path(path))).source
    except (OSError, LoaderError):
        return None
    return source if source is not None and source.startswith(("http://", "https://")) else None


def _undo(placed: dict[str, list[Placed]]) -> None:
    for files in placed.values():
        for file in reversed(files):
            try:
                file.undo()
            except OSError as error:  # the others are taken out all the same
                _logger.warning("chưa trả lại được %s như cũ: %s", file.path, refusal(error))


def _keep(placed: dict[str, list[Placed]]) -> None:
    for file in chain.from_iterable(placed.values()):
        with suppress(OSError):  # it is hidden, and nobody reads it
            forget_former(file.path)


def _folders(sources: Iterable[Path], folder: Path) -> Iterator[Divided]:
    """What lies in each of the folders that reports were copied from."""
    for source in sources:
        if source.is_dir() and not _inside(source, folder):
            yield _divided(source)


def _targets(source: Path, folder: Path) -> Iterator[tuple[Path, Path]]:
    """The files to copy, each with its place in the reports folder. Raises `IntakeError`."""
    try:
        is_folder = source.is_dir()
    except OSError as error:  # below a folder that hoidap's user may not enter
        raise _unreadable(source, error) from error
    if is_folder:
        files = sorted(_report_files(source))
        if not files:
            raise IntakeError(f"thư mục {source} không có báo cáo nào; {READABLE}")
        if _inside(source, folder):
            return
        base = safe_name(source.resolve().name)
        for path in files:
            parts = [safe_name(part) for part in path.relative_to(source).parts]
            yield path, as_spelled(folder, *(part for part in (base, *parts) if part))
        return
    if not source.is_file():
        raise IntakeError(f"không có tệp hay thư mục {source}")
    if is_metadata_file(source):
        raise IntakeError(f"{source.name}: là tệp thông tin, chỉ thêm được cùng báo cáo của nó")
    name = safe_name(source.name)
    if not name or not is_report_file(Path(name)):
        raise IntakeError(f"{source.name}: không phải định dạng báo cáo đọc được; {READABLE}")
    if not _inside(source, folder):
        yield source, as_spelled(folder, name)


def _divided(folder: Path) -> Divided:
    """The files below a folder. Raises `IntakeError`."""

    def refuse(error: OSError) -> None:
        raise _unreadable(Path(str(error.filename)), error) from error

    return divided_paths(folder, refuse)


def _report_files(folder: Path) -> Iterator[Path]:
    """The report files below a folder, but for hidden ones. Raises `IntakeError`."""
    for path in _divided(folder).reports:
        try:
            if path.is_file():
                yield path
        except OSError as error:
            raise _unreadable(path, error) from error


def _inside(path: Path, folder: Path) -> bool:
    """Whether what is to be added lies in the reports folder already: then it is only loaded."""
    return path.resolve().is_relative_to(folder.resolve())


def _read(path: Path) -> bytes:
    try:
        return read_regular(path)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> IntakeError:
    return IntakeError(
        f"không đọc được {path}: {refusal(error)}; hãy cho người dùng của hoidap quyền đọc,"
        " hoặc chép vào thư mục báo cáo rồi nạp lại"
    )


def _read_beside(path: Path) -> bytes | None:
    metadata = metadata_path(path)
    # Its name may be longer than the system takes.
    return _read(metadata) if os.path.isfile(metadata) else None
