"""The records that travel through hoidap: reports, passages, quotes, answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Note(StrEnum):
    """What a reader should know of how a report's text was read."""

    FROM_TCVN3 = "tcvn3"
    FROM_VNI = "vni"
    FROM_CP1258 = "cp1258"
    OCR = "ocr"


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it is quoted from.

    ``text`` is the original after NFC and whitespace cleaning, without control characters (those
    that turn the direction of writing among them) and furniture lines, nothing else changed: a
    newline ends each line, an empty line each paragraph. ``file`` is the path relative to the
    reports folder, with "/"; ``pages`` holds the offset into ``text`` at which each page starts,
    empty where the format has no pages. ``notes`` tell how the text was read where it was not
    written so in the file; ``scanned`` are the pages, from 1, that were read by OCR.
    """

    id: str
    file: str
    title: str
    text: str
    date: date | None = None
    number: str | None = None
    source: str | None = None
    place: str | None = None
    kind: str | None = None
    pages: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()
    scanned: tuple[int, ...] = ()


def read_by_ocr(pages: Sequence[int], scanned: Collection[int], start: int, end: int) -> bool:
    """Whether any of ``text[start:end]`` stands on a page that was read by OCR (see `Report`)."""
    ends = (*pages[1:], end)
    return any(
        number in scanned and first < end and last > start
        for number, (first, last) in enumerate(zip(pages, ends, strict=False), start=1)
    )


@dataclass(frozen=True, slots=True)
class Span:
    """A passage's place in its report: ``report.text[start:end]``; ``page`` counts from 1.

    ``headings`` are the offsets of the headings that it stands under, the outermost first; the
    last of them may begin the passage.
    """

    start: int
    end: int
    page: int | None = None
    headings: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a report that can be found and quoted.

    ``id`` is the catalog's number; ``text`` equals ``report.text[start:end]``. ``report`` is
    without its text: what a citation needs. ``headings`` are the report's headings over the
    passage, the outermost first. ``ocr``: some of it was read from a scan, and may be misread.
    """

    id: int
    report: Citation
    text: str
    start: int
    end: int
    page: int | None
    headings: tuple[str, ...] = ()
    ocr: bool = False

    @property
    def heading(self) -> str:
        """What the passage is about where it does not say so: title, number and headings."""
        return "\n".join((self.report.heading, *self.headings))


@dataclass(frozen=True, slots=True)
class Citation:
    """What is said of the report a quote comes from."""

    report_id: str
    title: str
    date: date | None
    number: str | None
    source: str

    @property
    def heading(self) -> str:
        """Title and number: what every passage of the report stands under."""
        return self.title if self.number is None else f"{self.title}\n{self.number}"


class Status(StrEnum):
    """How far the quotes answer the question."""

    QUOTED = "quoted"
    PARTIAL = "partial"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Quote:
    """``report.text[start:end]``, exactly: the passage ``passage_id`` of the catalog.

    ``highlights`` are offsets into ``text``: first the sentence or caption nearest to the answer,
    then what in it is of the kind asked for (names, dates, numbers). ``score`` ranks quotes of one
    answer, higher is better, in [0, 1]; it cannot be compared between questions. ``ocr``: some of
    it was read from a scan, and may be misread.
    """

    passage_id: int
    citation: Citation
    page: int | None
    text: str
    start: int
    end: int
    highlights: tuple[tuple[int, int], ...]
    score: float
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class PlaceNote:
    """What became of a place that the question names, "xã Tân Nghĩa", on the day ``since``.

    ``asked`` is either the unit ``present``, formed from the units ``former``, or one of these, and
    then "một phần xã ..." where only a part of it went to ``present``. A former district was
    abolished: ``present`` is None and ``former`` empty. Former units of the same name are told
    apart by their district in brackets.
    """

    asked: str
    present: str | None
    former: tuple[str, ...]
    since: date


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reports say to a question.

    ``missing_terms`` (status ``PARTIAL``) are words of the question that the first quote does not
    say, or the question word where it names nothing of that kind.
    ``places`` tells what became of the places that the question names by an old or a new name.
    ``nearest`` names reports that may interest when nothing was found; nothing of them is quoted.
    ``elapsed_ms`` is the time from question to answer in milliseconds.
    """

    question: str
    language: str
    status: Status
    quotes: tuple[Quote, ...]
    missing_terms: tuple[str, ...]
    places: tuple[PlaceNote, ...]
    nearest: tuple[Citation, ...]
    generation: int
    elapsed_ms: float
