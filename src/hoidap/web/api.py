"""The JSON API: the same answers as objects, described at /openapi.json."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from hoidap.answering import DEFAULT_TOP_K, MAX_QUESTION
from hoidap.display import answer_json
from hoidap.documents import Citation
from hoidap.errors import QuestionError, ReportNotFoundError
from hoidap.web.access import reader
from hoidap.web.answers import Asking
from hoidap.web.core import Core
from hoidap.web.errors import NotFoundError, RequestRefusedError
from hoidap.web.pages import check_rate, citation_of
from hoidap.web.texts import ENGLISH

_MOST_ID = 500
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class QuoteObject(BaseModel):
    """A passage word for word: ``text`` is characters ``start`` to ``end`` of the report's text.

    ``highlights`` are offsets into ``text``: first the sentence that answers, then what was asked
    for in it.
    """

    report_id: str
    title: str
    date: date | None
    number: str | None
    source: str
    page: int | None
    text: str
    start: int
    end: int
    highlights: list[tuple[int, int]]
    score: float
    ocr: bool = Field(description="some of it was read from a scan, and may be misread")


class PlaceObject(BaseModel):
    """What became of a place that the question names."""

    asked: str
    present: str | None
    former: list[str]
    since: date


class AnswerObject(BaseModel):
    """What the reports say to a question, as ``hoidap ask --json`` prints it."""

    question: str
    language: str
    status: str = Field(description="quoted, partial or not_found")
    quotes: list[QuoteObject]
    missing_terms: list[str]
    places: list[PlaceObject]
    generation: int
    elapsed_ms: float


class ReportObject(BaseModel):
    """A report without its text."""

    report_id: str
    title: str
    date: date | None
    number: str | None
    source: str


class ReportList(BaseModel):
    """Reports, newest first, and how many there are in all."""

    total: int
    reports: list[ReportObject]


class ReportText(ReportObject):
    """A report as a generation has it; ``pages`` are the offsets at which its pages begin."""

    generation: int
    text: str
    pages: list[int]


class PassageObject(BaseModel):
    """A passage of a report: characters ``start`` to ``end`` of its text."""

    text: str
    start: int
    end: int
    page: int | None


def _only_a_day(value: object) -> object:
    # Numbers, also as text, would be taken for seconds since 1970.
    if value is None or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("a day is written as 2021-03-26")


def _only_a_number(value: object) -> object:
    if isinstance(value, str | bool):
        raise ValueError("a number was wanted")
    return value


_Day = Annotated[date | None, BeforeValidator(_only_a_day)]


class Question(BaseModel):
    """A question to the reports."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=MAX_QUESTION)
    top_k: Annotated[int, BeforeValidator(_only_a_number)] = Field(
        default=DEFAULT_TOP_K, ge=1, le=50
    )
    since: _Day = Field(default=None, description="reports dated from this day on")
    until: _Day = Field(default=None, description="reports dated up to this day")
    report_id: str | None = Field(default=None, min_length=1, max_length=_MOST_ID)


class Problem(BaseModel):
    """Why a request was refused, in a line."""

    detail: str


def _problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    return {status: {"model": Problem} for status in statuses}


router = APIRouter(
    prefix="/api/v1",
    dependencies=[Depends(reader)],
    tags=["hoidap"],
    responses=_problems(400, 401, 413, 422, 429),
)


@router.post("/ask", response_model=AnswerObject)
async def ask(body: Question, request: Request) -> object:
    """Answer a question with verbatim quotes."""
    core: Core = request.app.state.core
    check_rate(request, core, ENGLISH)
    if body.since is not None and body.until is not None and body.since > body.until:
        raise RequestRefusedError("since is after until")
    asking = Asking(body.question, body.top_k, body.since, body.until, body.report_id)
    try:
        answer = await core.answer(asking)
    except QuestionError as error:
        raise RequestRefusedError(str(error)) from error
    await core.record(answer)
    return answer_json(answer)


@router.get("/reports", response_model=ReportList)
async def reports(
    request: Request,
    q: Annotated[str, Query(max_length=200, description="words of title or number")] = "",
    first: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> object:
    """The reports by date, newest first."""
    core: Core = request.app.state.core
    found, total = await core.run(partial(core.catalog.listed, q.strip(), first, limit))
    return {"total": total, "reports": [_report(one) for one in found]}


def _report(citation: Citation) -> dict[str, object]:
    return {name: getattr(citation, name) for name in ReportObject.model_fields}


@router.get(
    "/reports/{report_id:path}/passages",
    response_model=list[PassageObject],
    responses=_problems(404),
)
async def passages(
    request: Request, report_id: Annotated[str, Path(min_length=1, max_length=_MOST_ID)]
) -> object:
    """The passages of a report of the current generation, in order."""
    core: Core = request.app.state.core
    found = await core.run(partial(core.catalog.passages_of, report_id))
    if not found:
        raise NotFoundError(f"no report has the id {report_id!r}")
    return [
        {"text": one.text, "start": one.start, "end": one.end, "page": one.page} for one in found
    ]


@router.get("/reports/{report_id:path}", response_model=ReportText, responses=_problems(404))
async def report(
    request: Request,
    report_id: Annotated[str, Path(min_length=1, max_length=_MOST_ID)],
    generation: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> object:
    """A report with its text, as a generation has it; the current one where none is named."""
    core: Core = request.app.state.core
    try:
        found = await core.run(partial(core.catalog.report, report_id, generation))
    except ReportNotFoundError as error:
        raise NotFoundError(str(error)) from error
    current = await core.run(core.catalog.generation)
    number = generation if generation is not None else current.number if current else 0
    described = _report(citation_of(found))
    return {**described, "generation": number, "text": found.text, "pages": list(found.pages)}
