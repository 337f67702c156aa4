"""What the catalog knows of generations, reports and files, and its rows as objects."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from hoidap.documents import Citation, Note, Passage, Report, Span, read_by_ocr

# A list of nothing, as it is stored.
_EMPTY = "[]"


class Cause(StrEnum):
    """What a generation was made by."""

    RELOAD = "reload"
    ADD = "add"
    REMOVE = "remove"
    ROLLBACK = "rollback"
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Generation:
    """A state of the catalog: its number, when it was made (UTC), and how much it holds.

    ``actor`` made it by ``cause``; None and empty where nobody wrote it down. ``forced``: although
    golden questions failed.
    """

    number: int
    created: datetime
    reports: int
    passages: int
    cause: Cause | None
    actor: str
    forced: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A generation and how it differs from the one before it: ids of reports, sorted."""

    generation: Generation
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(slots=True)
class Coming:
    """The generation that is being made; what is set here is written with its commit."""

    number: int
    forced: bool = False


@dataclass(frozen=True, slots=True)
class Original:
    """The file that a report was read from: the SHA-256 of its content, and its bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class KnownReport:
    """A report of the current generation, without its text."""

    version: int
    id: str
    file: str
    fingerprint: str


class NewVersion(NamedTuple):
    """A version of a report to add: how it is divided, its fingerprint and sketch."""

    report: Report
    spans: Sequence[Span]
    fingerprint: str
    sketch: bytes


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it was last read: the fingerprint of what it held, and what of it was no report."""

    fingerprint: str
    failures: tuple[str, ...] = ()


def generation_of(row: sqlite3.Row) -> Generation:
    """A row of generations."""
    told = "action" in row.keys()  # noqa: SIM118  # a catalog that no writer has migrated yet
    return Generation(
        number=row["number"],
        created=datetime.fromisoformat(row["created"]),
        reports=row["reports"],
        passages=row["passages"],
        cause=Cause(row["action"]) if told and row["action"] else None,
        actor=row["actor"] if told else "",
        forced=bool(row["forced"]) if told else False,
    )


def citation_of(row: sqlite3.Row) -> Citation:
    """What is cited of a row of versions."""
    return Citation(
        report_id=row["report_id"],
        title=row["title"],
        date=date.fromisoformat(row["date"]) if row["date"] is not None else None,
        number=row["number"],
        source=row["source"] if row["source"] is not None else row["file"],
    )


def report_of(row: sqlite3.Row) -> Report:
    """A row of versions with its text."""
    return Report(
        id=row["report_id"],
        file=row["file"],
        title=row["title"],
        text=row["text"],
        date=date.fromisoformat(row["date"]) if row["date"] is not None else None,
        number=row["number"],
        source=row["source"],
        place=row["place"],
        kind=row["kind"],
        pages=tuple(json.loads(row["pages"])),
        notes=tuple(map(Note, json.loads(row["notes"]))),
        scanned=tuple(json.loads(row["scanned"])),
    )


def passage_of(row: sqlite3.Row, citation: Citation, version: sqlite3.Row) -> Passage:
    """A row of passages of the report in the row ``version``."""
    text, start, end, headings, ocr = version["text"], row["start"], row["end"], (), False
    if row["headings"] != _EMPTY:
        headings = tuple(text[first:last] for first, last in json.loads(row["headings"]))
    if version["scanned"] != _EMPTY:  # seldom
        pages, scanned = json.loads(version["pages"]), json.loads(version["scanned"])
        ocr = read_by_ocr(pages, scanned, start, end)
    return Passage(
        id=row["id"],
        report=citation,
        text=text[start:end],
        start=start,
        end=end,
        page=row["page"],
        headings=headings,
        ocr=ocr,
    )


def added_passages(report: Report, spans: Sequence[Span], first: int) -> list[Passage]:
    """The passages of a report that is added, by ids from ``first`` on.

    They are what `passage_of` gives of their rows.
    """
    citation = Citation(
        report_id=report.id,
        title=report.title,
        date=report.date,
        number=report.number,
        source=report.source if report.source is not None else report.file,
    )
    return [
        Passage(
            id=number,
            report=citation,
            text=report.text[span.start : span.end],
            start=span.start,
            end=span.end,
            page=span.page,
            headings=tuple([report.text[start:end] for start, end in span.headings]),
            ocr=read_by_ocr(report.pages, report.scanned, span.start, span.end),
        )
        for number, span in enumerate(spans, start=first)
    ]


def digest_of(text: str) -> bytes:
    """What tells that a passage is still what was stored."""
    return hashlib.blake2b(text.encode(), digest_size=8).digest()
