"""Which loader reads a file, and the report's name where the file gives none."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from hoidap.documents import Report
from hoidap.errors import LoaderError
from hoidap.loaders.bulk import load_bulk
from hoidap.loaders.extracted import Extracted
from hoidap.loaders.formats import Format, sniff
from hoidap.loaders.letterhead import first_line_below, read_letterhead
from hoidap.loaders.metadata import Metadata, read_metadata
from hoidap.loaders.plain import load_plain
from hoidap.vietnamese.dates import Precision, find_dates
from hoidap.vietnamese.text import nfc

# Raise when a loader reads a file differently than before: reports are then read again.
LOADERS_VERSION = 7

_TEXT = frozenset({".txt", ".md"})
_BULK = frozenset({".jsonl"})
_READ_APART = frozenset({".html", ".htm", ".mht", ".mhtml", ".pdf", ".docx", ".doc", ".rtf"})
_METADATA = ".toml"
_SUFFIXES = {
    Format.TEXT: ".txt",
    Format.BULK: ".jsonl",
    Format.HTML: ".html",
    Format.MHTML: ".mht",
    Format.DOCX: ".docx",
    Format.DOC: ".doc",
    Format.PDF: ".pdf",
}
# A first line longer than this, or ending in a full stop, is a paragraph and no title.
_MAX_TITLE = 250
# What programs for Markdown keep at the head of a file: "key: value", a line each.
_FRONT_MATTER_RE = re.compile(r"---\n(?:[\w-]+:.*\n|- .*\n)+---\n")
# What stands before the day of a cited document: "số 35/2015/NĐ-CP", "số 12/KH-UBND của Ủy ban
# nhân dân huyện,"; and how long it is at most. An annex is of the day of what it goes with.
_CITED_RE = re.compile(
    r"(?P<annex>kèm theo\s[^.;,\n]{1,30}\s)?số:?\s+\d+[^\s,;]*[/-][^\s,;]+"
    r"(?:\s+của\s[^.;,\n]{1,60})?,?\s*$",
    re.IGNORECASE,
)
_LONGEST_CITATION = 180
_UNUSED = "tệp thông tin .toml ở cạnh không được dùng: mỗi dòng tự nói hết về báo cáo của nó"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read from one file: its reports, and what in it could not be read."""

    reports: tuple[Report, ...]
    failures: tuple[str, ...] = ()


def is_report_file(path: Path) -> bool:
    """Whether a file of the reports folder is meant to hold reports, judging by its name."""
    return _is_named_so(path) and not _is_hidden(path.name)


def is_metadata_file(path: Path) -> bool:
    """Whether a file of the reports folder is named like what is known of a report beside it."""
    return path.suffix.lower() == _METADATA and not _is_hidden(path.name)


def _is_named_so(path: Path) -> bool:
    return path.suffix.lower() in _TEXT | _BULK | _READ_APART


def _is_hidden(name: str) -> bool:
    """Whether a file is hidden, or what Word leaves beside one that is open."""
    return name.startswith((".", "~$"))


def walked(folder: Path, refuse: Callable[[OSError], None]) -> Iterator[tuple[Path, list[str]]]:
    """The folders to look for reports in, with the names of the files in each.

    Hidden ones are left out. A link to a folder is followed, unless that is looked into anyhow or
    lies round what is. ``refuse`` is called where a folder cannot be read.
    """
    # Unlike those of `Path`, these say no where a place may not be entered, or leads to itself.
    seen = {_identity(parent) for parent in Path(os.path.realpath(folder)).parents}
    # Links come after what is no link: its files go on being known by the paths they have.
    waiting = deque([folder])
    while waiting:
        start = waiting.popleft()
        if start != folder and _identity(start) in seen:
            continue
        for directory, folders, names in os.walk(start, onerror=refuse):
            seen.add(_identity(Path(directory)))
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            paths = [Path(directory, name) for name in folders]
            waiting += [path for path in paths if os.path.islink(path)]
            yield Path(directory), names


def _identity(folder: Path) -> tuple[int, int] | None:
    """What a folder is known by, whatever path leads to it; None where it is not there."""
    try:
        state = folder.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


@dataclass(frozen=True, slots=True)
class Divided:
    """The files below a folder, in no order.

    ``reports`` are named like one, ``strays`` are metadata of no report that lies beside it.
    """

    reports: tuple[Path, ...]
    strays: tuple[Path, ...]
    others: tuple[Path, ...]


def divided_paths(folder: Path, refuse: Callable[[OSError], None]) -> Divided:
    """What lies below a folder.

    What is hidden is left out. ``refuse`` is called where a folder cannot be read.
    """
    reports: list[Path] = []
    metadata: list[Path] = []
    others: list[Path] = []
    for directory, names in walked(folder, refuse):
        for name in names:
            path = directory / name
            if is_metadata_file(path):
                metadata.append(path)
            elif not _is_hidden(name):
                (reports if _is_named_so(path) else others).append(path)
    used = set(map(metadata_path, reports)) if metadata else set()
    strays = (path for path in metadata if path not in used)
    return Divided(tuple(reports), tuple(strays), tuple(others))


def suffix_for(data: bytes, name: str) -> str:
    """The ending that the name of a file with this content needs: its own if it is a report's.

    Raises `LoaderError` for formats that hold no report.
    """
    suffix = PurePosixPath(name).suffix.lower()
    kind = sniff(data, suffix)
    return suffix if suffix in _TEXT | _BULK | _READ_APART else _SUFFIXES[kind]


def metadata_path(path: Path) -> Path:
    """Where the metadata of a report file lies, or would: in capitals only if it is there so."""
    usual, capital = path.with_suffix(_METADATA), path.with_suffix(_METADATA.upper())
    return capital if os.path.exists(capital) and not os.path.exists(usual) else usual


def _title(text: str, file: str) -> str:
    front_matter = _FRONT_MATTER_RE.match(text)
    below = text[front_matter.end() :] if front_matter is not None else text
    first = first_line_below(below).lstrip("# ").strip()
    if 0 < len(first) <= _MAX_TITLE and not first.endswith("."):
        return first
    return PurePosixPath(file).stem


def _only_day(text: str) -> date | None:
    """The day that ``text`` names, if it names just one: then all of it is about that day.

    The day of a document that is cited with its number is not the report's.
    """
    days = {
        period
        for mention in find_dates(text)
        if (period := mention.period) is not None
        and period.precision is Precision.DAY
        and not _is_cited(text, mention.start)
    }
    first = days.pop() if len(days) == 1 else None
    return first.start if first is not None and first.start == first.end else None


def _is_cited(text: str, start: int) -> bool:
    """Whether the day that begins at ``start`` is that of a document cited with its number."""
    cited = _CITED_RE.search(text[max(start - _LONGEST_CITATION, 0) : start])
    return cited is not None and cited["annex"] is None


def _extract(data: bytes, kind: Format) -> Extracted:
    if kind is Format.TEXT:
        return load_plain(data)
    # Imported where it is needed: most corpora are text, and it starts a process.
    from hoidap.loaders.isolation import READER

    return READER.read(data, kind)


def load_file(data: bytes, file: str, metadata: bytes | None = None) -> Loaded:
    """Read the report file ``file`` (path relative to the reports folder) from its bytes.

    The content tells the format, not the name. ``metadata`` is the content of its .toml file, None
    where there is none; what that gives goes before what is found in the text, at the head of an
    administrative document. A report that names no source is its own: the file's name; one that has
    no date is of the only day it names, if it names just one and its head leaves none open.
    Raises `LoaderError` where nothing could be read.
    """
    if not file.isprintable() or ".." in PurePosixPath(file).parts:
        raise LoaderError("tên tệp có '..' hoặc ký tự điều khiển; hãy đổi tên")
    kind = sniff(data, PurePosixPath(file).suffix.lower())
    if kind is Format.BULK:
        reports, failures = load_bulk(data, file)
        return Loaded(reports, failures if metadata is None else (*failures, _UNUSED))
    known = read_metadata(metadata) if metadata is not None else Metadata()
    found = _extract(data, kind)
    text = found.text
    head = read_letterhead(text)
    day = known.date or head.date or found.date
    if day is None and not head.undated:
        day = _only_day(text)
    return Loaded(
        (
            Report(
                # Composed, as it is typed; names from a Mac are not.
                id=nfc(str(PurePosixPath(file).with_suffix(""))),
                file=file,
                title=known.title or head.title or found.title or _title(text, file),
                text=text,
                date=day,
                number=known.number or head.number,
                source=known.source or head.source or found.source,
                place=known.place,
                kind=known.kind or head.kind,
                pages=found.pages,
                notes=found.notes,
                scanned=found.scanned,
            ),
        )
    )
