"""The pages for readers: questions, reports, a report with a quote marked, the chart, feedback."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote as escaped
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from hoidap.answering import MAX_QUESTION
from hoidap.catalog import Catalog, Generation
from hoidap.documents import Answer, Citation, Quote, Report, Status
from hoidap.errors import HoidapError, QuestionError, ReportNotFoundError
from hoidap.place_notes import place_sentence
from hoidap.vietnamese.dates import Precision, find_dates
from hoidap.web.access import address_of, reader
from hoidap.web.answers import Asking
from hoidap.web.core import Core
from hoidap.web.errors import ForbiddenError, NotFoundError, TooManyError
from hoidap.web.limits import client_of
from hoidap.web.marks import marked_sentence, reference, stretches
from hoidap.web.paging import MOST_WORDS, listed_reports
from hoidap.web.rendering import Page, page
from hoidap.web.sessions import local_path
from hoidap.web.texts import EXAMPLES, Texts
from hoidap.web.timeline import HEIGHT, WIDTH, chart, months_of

# Reports on a page of the list.
_LISTED = 25
# Reports that a question can be narrowed down to by the list beside it.
_CHOICES = 200

router = APIRouter(include_in_schema=False, dependencies=[Depends(reader)])
# What those see too who have not logged in where only others may read.
always = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A quote as the template shows it."""

    quote: Quote
    stretches: list[Any]
    reference: str
    link: str
    address: str
    original: str


def permanent_link(generation: int, report_id: str, start: int, end: int) -> str:
    """The path of a passage in its report, as a generation has it."""
    query = urlencode({"g": generation, "id": report_id, "start": start, "end": end})
    return f"/report?{query}#trich"


def original_link(generation: int, report_id: str) -> str:
    """The path of the file that a report was read from, as a generation has it."""
    return f"/original?{urlencode({'g': generation, 'id': report_id})}"


def _address(request: Request, path: str) -> str:
    """A path with the site before it, for whoever copies it without a script's help."""
    return f"{request.url.scheme}://{request.url.netloc}{path}"


def day_of(value: str, texts: Texts) -> date | None:
    """The day that a reader wrote; None where nothing was. Raises `QuestionError`."""
    if not value.strip():
        return None
    mentions = find_dates(value[:MOST_WORDS])
    period = mentions[0].period if len(mentions) == 1 else None
    if period is None or period.precision is not Precision.DAY or period.start != period.end:
        raise QuestionError(texts.bad_date.format(value=value[:MOST_WORDS]))
    return period.start


def check_rate(request: Request, core: Core, texts: Texts) -> None:
    """Raises `TooManyError` where an address asks more than it may."""
    refused = core.allowance.take(client_of(address_of(request)))
    if refused is not None:
        seconds = max(1, round(refused.wait_s))
        raise TooManyError(texts.slow_down.format(seconds=seconds), refused.wait_s)


@router.get("/")
async def search(
    request: Request,
    shown: Annotated[Page, Depends(page)],
    q: str = "",
    tu: str = "",
    den: str = "",
    id: str = "",  # noqa: A002 - the name in the address
) -> Response:
    """The question box, and the answer where something was asked."""
    core: Core = request.app.state.core
    values: dict[str, Any] = {
        "q": q[:MAX_QUESTION],
        "tu": tu[:MOST_WORDS],
        "den": den[:MOST_WORDS],
        "report_id": id,
        "most": MAX_QUESTION,
        "examples": EXAMPLES[shown.texts.code],
    }
    choices, _ = await core.run(partial(core.catalog.listed, "", 0, _CHOICES))
    if id and id not in {one.report_id for one in choices}:
        chosen, _ = await core.run(partial(_citation, core.catalog, id))
        choices = [*chosen, *choices]
    values["choices"] = choices
    if not q.strip():
        return shown.render("search.html", **values)
    check_rate(request, core, shown.texts)
    try:
        since, until = day_of(tu, shown.texts), day_of(den, shown.texts)
        if since is not None and until is not None and since > until:
            raise QuestionError(shown.texts.wrong_order)
        answer = await core.answer(Asking(q, since=since, until=until, report_id=id or None))
    except QuestionError as error:
        return shown.render("search.html", status=400, problem=str(error), **values)
    number = await core.record(answer)
    return shown.render("search.html", **values, **_answered(shown, core, answer, number))


def _citation(catalog: Catalog, report_id: str) -> tuple[list[Citation], int]:
    try:
        report = catalog.report(report_id)
    except ReportNotFoundError:
        return [], 0
    return [citation_of(report)], 1


def citation_of(report: Report) -> Citation:
    """What is said of a report where it is cited."""
    source = report.source if report.source is not None else report.file
    return Citation(report.id, report.title, report.date, report.number, source)


def _shown(shown: Page, generation: int, quote: Quote) -> _Shown:
    report_id = quote.citation.report_id
    link = permanent_link(generation, report_id, *marked_sentence(quote))
    return _Shown(
        quote=quote,
        stretches=stretches(quote.text, quote.highlights),
        reference=reference(quote.citation, quote.page, shown.texts),
        link=link,
        address=_address(shown.request, link),
        original=original_link(generation, report_id),
    )


def _answered(shown: Page, core: Core, answer: Answer, number: int | None) -> dict[str, Any]:
    return {
        "answer": answer,
        "found": answer.status is not Status.NOT_FOUND,
        "partial": answer.status is Status.PARTIAL,
        "places": [place_sentence(note, answer) for note in answer.places],
        "quotes": [_shown(shown, answer.generation, one) for one in answer.quotes],
        "feedback": number,
        "feedback_key": _feedback_key(core, number) if number is not None else "",
    }


def _feedback_key(core: Core, number: int) -> str:
    """What only who was shown an answer can send back about it."""
    return core.journal.person(-number).hex()


@router.post("/feedback")
async def feedback(
    request: Request,
    shown: Annotated[Page, Depends(page)],
    question: Annotated[int, Form(ge=1, lt=2**62)],
    key: Annotated[str, Form(max_length=64)],
    helpful: Annotated[bool, Form()],
) -> Response:
    """Whether an answer was helpful."""
    core: Core = request.app.state.core
    check_sent_from_here(request, shown.texts)
    if not hmac.compare_digest(key.encode(), _feedback_key(core, question).encode()):
        raise ForbiddenError(shown.texts.forbidden)
    await core.run(partial(core.journal.rate, 0, question, helpful=helpful))
    return shown.render("thanks.html")


def check_sent_from_here(request: Request, texts: Texts) -> None:
    """Refuse a form of another site. Raises `ForbiddenError`."""
    origin = request.headers.get("origin")
    here = f"{request.url.scheme}://{request.url.netloc}"
    site = request.headers.get("sec-fetch-site", "same-origin")
    if (origin is not None and origin != here) or site not in {"same-origin", "none"}:
        raise ForbiddenError(texts.forbidden)


@router.get("/reports")
async def reports(
    request: Request, shown: Annotated[Page, Depends(page)], q: str = "", trang: int = 1
) -> Response:
    """The reports by date."""
    core: Core = request.app.state.core
    listed = await listed_reports(core, "/reports", q, trang, _LISTED)
    return shown.render("reports.html", **listed)


@router.get("/report")
async def report(
    request: Request,
    shown: Annotated[Page, Depends(page)],
    id: str = "",  # noqa: A002 - the name in the address
    g: int | None = None,
    start: int = 0,
    end: int = 0,
) -> Response:
    """A report as a generation has it, with a passage marked."""
    core: Core = request.app.state.core
    kept = await core.run(core.catalog.generations)
    if not kept:
        raise NotFoundError(shown.texts.no_reports)
    number = kept[0].number if g is None else g
    found = await core.run(partial(_found, core.catalog, id, number))
    present = await core.run(partial(_found, core.catalog, id, None))
    made = {one.number: _as_of(one, shown.texts) for one in kept}
    if found is None:
        if number in made or not 0 < number < kept[0].number:
            raise NotFoundError(shown.texts.no_such_report)
        values = {"id": id, "generation": number, "present": present}
        return shown.render("gone.html", status=404, **values)
    length = len(found.text)
    first, last = (min(max(place, 0), length) for place in (start, end))
    marked = first < last
    link = permanent_link(number, found.id, first, last)
    return shown.render(
        "report.html",
        report=found,
        as_of=made.get(number, shown.texts.as_of.format(number=number)),
        before=found.text[: first if marked else 0],
        marked=found.text[first:last] if marked else "",
        after=found.text[last if marked else 0 :],
        link=link,
        address=_address(request, link),
        original=original_link(number, found.id),
        reference=reference(citation_of(found), _page_of(found, first), shown.texts),
        is_removed=present is None,
        is_changed=present is not None and _read(present) != _read(found),
        present_link=f"/report?{urlencode({'id': found.id})}",
    )


def _found(catalog: Catalog, report_id: str, generation: int | None) -> Report | None:
    if generation is not None:
        return catalog.held_in(report_id, generation)
    try:
        return catalog.report(report_id)
    except ReportNotFoundError:
        return None


def _as_of(generation: Generation, texts: Texts) -> str:
    day = f"{generation.created.astimezone():%d/%m/%Y}"
    return texts.as_of_day.format(number=generation.number, day=day)


def _read(found: Report) -> tuple[object, ...]:
    """What a reader sees of a report."""
    return citation_of(found), found.text


def _page_of(found: Report, offset: int) -> int | None:
    return sum(start <= offset for start in found.pages) or None


@router.get("/original")
async def original(
    request: Request,
    shown: Annotated[Page, Depends(page)],
    id: str = "",  # noqa: A002 - the name in the address
    g: int | None = None,
) -> Response:
    """The file that a report was read from; of a bulk export the report's own text."""
    core: Core = request.app.state.core
    found = await core.run(partial(_found, core.catalog, id, g))
    if found is None:
        raise NotFoundError(shown.texts.no_such_report)
    data, name = await core.run(partial(_file, core, found, g))
    return Response(
        data,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{escaped(name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def _file(core: Core, found: Report, generation: int | None) -> tuple[bytes, str]:
    name = found.file.rsplit("/", 1)[-1]
    if not name.lower().endswith(".jsonl"):
        kept = core.catalog.original(found.id, generation)
        data = core.originals.read(kept) if kept is not None else None
        if data is not None:
            return data, name
    return found.text.encode(), f"{found.id.rsplit('/', 1)[-1]}.txt"


@router.get("/timeline")
async def timeline(
    request: Request, shown: Annotated[Page, Depends(page)], q: str = ""
) -> Response:
    """How reports, and those about a topic, spread over time."""
    core: Core = request.app.state.core
    words = q[:MOST_WORDS].strip()
    every = await core.run(core.catalog.months)
    about: list[Citation] = []
    problem = ""
    if words:
        check_rate(request, core, shown.texts)
        try:
            about = await core.run(partial(core.answerer.holding, words))
        except HoidapError as error:
            problem = str(error)
    drawn = chart(every, months_of(about))
    return shown.render(
        "timeline.html",
        q=words,
        chart=drawn,
        width=WIDTH,
        height=HEIGHT,
        about=about[:_LISTED],
        problem=problem,
    )


@always.get("/lang/{code}")
async def language(code: str, request: Request, den: str = "/") -> Response:
    """Choose the language of the page."""
    response = RedirectResponse(local_path(den), status_code=303)
    secure = request.url.scheme == "https"
    chosen = "en" if code == "en" else "vi"
    response.set_cookie(
        "lang", chosen, max_age=31_536_000, samesite="lax", secure=secure, httponly=True
    )
    return response
