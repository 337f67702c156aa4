"""How pages begin what takes long, and show it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from hoidap.accounts import Account, Role
from hoidap.catalog import Catalog
from hoidap.display import counted
from hoidap.errors import BusyError, CorpusError, ReportNotFoundError
from hoidap.plan import Reloaded
from hoidap.web.access import editing
from hoidap.web.admin_texts import AdminTexts
from hoidap.web.core import Core
from hoidap.web.errors import ConflictError, ForbiddenError, NotFoundError
from hoidap.web.rendering import Page, page
from hoidap.web.work import Done, Kind, Offer, Progress

# Seconds to wait for another process that writes at the moment.
PATIENCE = 10.0
# Seconds that a page waits for the end of what it began: a few reports are ready by then.
_WAIT_S = 1.5
# Reports that are linked to at the end.
LINKED = 20
# Files and reports that are named of each kind; the rest is counted.
NAMED = 50

router = APIRouter(include_in_schema=False)


async def begin(
    request: Request,
    account: Account,
    kind: Kind,
    about: str,
    do: Callable[[Progress], Done],
    *,
    forced: Offer | None = None,
) -> Response:
    """Begin work and lead to its page. Raises `ConflictError` where there is other work."""
    core: Core = request.app.state.core
    try:
        work, end = await core.run(
            partial(core.writer.begin, kind, about, account.name, do, forced=forced)
        )
    except (BusyError, CorpusError) as error:
        raise ConflictError(str(error)) from error
    await asyncio.wait([asyncio.wrap_future(end)], timeout=_WAIT_S)
    return RedirectResponse(f"/admin/work/{work.id}", 303)


def force_of(account: Account, form: Mapping[str, object], texts: AdminTexts) -> bool:
    """Whether it is to be done although golden questions fail. Raises `ForbiddenError`."""
    force = form.get("force") == "1"
    if force and not account.role.covers(Role.ADMINISTRATOR):
        raise ForbiddenError(texts.role_needed.format(role=texts.roles[Role.ADMINISTRATOR]))
    return force


def forcing(action: str, fields: Mapping[str, str]) -> Offer:
    """What administrators are offered where golden questions fail."""
    return Offer(action, Role.ADMINISTRATOR, fields, forced=True)


def done_by(catalog: Catalog, result: Reloaded) -> Done:
    """What came of a reload, with the reports that it added or changed."""
    files = (*result.added, *result.changed)[:LINKED]
    ids = [known.id for file in files for known in catalog.known_reports(file)]
    return Done(counted(result), result, result.generation, tuple(ids[:LINKED]))


@router.get("/admin/work/{number}")
async def work(
    request: Request,
    number: str,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """How far a piece of work is, or what came of it."""
    core: Core = request.app.state.core
    found = await core.run(partial(core.writer.find, number))
    if found is None:
        raise NotFoundError(shown.texts.missing)
    if found.result is not None and found.result.page:
        return RedirectResponse(f"{found.result.page}?plan={found.id}", 303)
    reports = []
    if found.result is not None:
        for one in found.result.reports:
            try:
                reports.append(await core.run(partial(core.catalog.report, one)))
            except ReportNotFoundError:
                continue  # it was removed since
    offered = found.offer is not None and account.role.covers(found.offer.role)
    return shown.render(
        "admin/work.html", work=found, reports=reports, offered=offered, named=NAMED
    )
