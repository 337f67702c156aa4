"""Which loader reads a file, and the report's name where the file gives none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from hoidap.documents import Report
from hoidap.errors import LoaderError
from hoidap.loaders.bulk import load_bulk
from hoidap.loaders.metadata import Metadata, read_metadata
from hoidap.loaders.plain import load_plain
from hoidap.vietnamese.dates import Precision, find_dates

# Raise when a loader reads a file differently than before: reports are then read again.
LOADERS_VERSION = 1

_TEXT = frozenset({".txt", ".md"})
_BULK = frozenset({".jsonl"})
_NOT_YET = frozenset({".html", ".htm", ".pdf", ".docx", ".doc"})
# A first line longer than this, or ending in a full stop, is a paragraph and no title.
_MAX_TITLE = 250


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read from one file: its reports, and what in it could not be read."""

    reports: tuple[Report, ...]
    failures: tuple[str, ...] = ()


def is_report_file(path: Path) -> bool:
    """Whether a file of the reports folder is meant to hold reports, judging by its name."""
    return path.suffix.lower() in _TEXT | _BULK | _NOT_YET and not path.name.startswith((".", "~$"))


def metadata_path(path: Path) -> Path:
    """Where the metadata of a report file lies."""
    return path.with_suffix(".toml")


def _title(text: str, file: str) -> str:
    first = text.split("\n", 1)[0].lstrip("# ").strip()
    if 0 < len(first) <= _MAX_TITLE and not first.endswith("."):
        return first
    return PurePosixPath(file).stem


def _only_day(text: str) -> date | None:
    """The day that ``text`` names, if it names just one: then all of it is about that day."""
    days = {
        period
        for mention in find_dates(text)
        if (period := mention.period) is not None and period.precision is Precision.DAY
    }
    first = days.pop() if len(days) == 1 else None
    return first.start if first is not None and first.start == first.end else None


def load_file(data: bytes, file: str, metadata: bytes | None = None) -> Loaded:
    """Read the report file ``file`` (path relative to the reports folder) from its bytes.

    ``metadata`` is the content of its .toml file, None where there is none. A report that names no
    source is its own: the file's name; one that has no date is of the only day it names, if it
    names just one. Raises `LoaderError` where nothing could be read.
    """
    suffix = PurePosixPath(file).suffix.lower()
    if suffix in _BULK:
        return Loaded(*load_bulk(data, file))
    if suffix not in _TEXT:
        raise LoaderError(f"chưa đọc được định dạng {suffix}; hãy lưu thành .txt, .md hoặc .jsonl")
    text = load_plain(data)
    known = read_metadata(metadata) if metadata is not None else Metadata()
    report = Report(
        id=str(PurePosixPath(file).with_suffix("")),
        file=file,
        title=known.title or _title(text, file),
        text=text,
        date=known.date if known.date is not None else _only_day(text),
        number=known.number,
        source=known.source,
        place=known.place,
        kind=known.kind,
    )
    return Loaded((report,))
