"""Taking reports out, and bringing in what their folder holds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from hoidap.accounts import Account, Role, actor
from hoidap.beside import beside
from hoidap.catalog import Cause
from hoidap.documents import Report
from hoidap.errors import PlanChangedError, ReportNotFoundError
from hoidap.reload import By, reload, remove
from hoidap.web.access import editing, field, posted
from hoidap.web.admin.working import PATIENCE, begin, done_by, force_of, forcing
from hoidap.web.core import Core
from hoidap.web.errors import NotFoundError
from hoidap.web.paging import listed_reports
from hoidap.web.rendering import Page, page
from hoidap.web.work import Done, Kind, Offer, Progress

# Reports on a page of the list.
_LISTED = 50

router = APIRouter(include_in_schema=False)


@router.get("/admin/reports")
async def reports(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
    q: str = "",
    trang: int = 1,
) -> Response:
    """The reports, each with the way to take it out."""
    core: Core = request.app.state.core
    listed = await listed_reports(core, "/admin/reports", q, trang, _LISTED)
    return shown.render("admin/reports.html", **listed)


async def _report(core: Core, shown: Page, report_id: str) -> Report:
    try:
        return await core.run(partial(core.catalog.report, report_id))
    except ReportNotFoundError as error:
        raise NotFoundError(shown.texts.missing) from error


@router.get("/admin/remove")
async def removal(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
    id: str = "",  # noqa: A002 - the name in the address
) -> Response:
    """What would be taken out, to be confirmed."""
    core: Core = request.app.state.core
    report = await _report(core, shown, id)
    return shown.render("admin/remove.html", report=report, folder=str(core.settings.removed_path))


@router.post("/admin/remove")
async def take_out(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    form: Annotated[FormData, Depends(posted)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Take a report out of the folder."""
    core: Core = request.app.state.core
    report = await _report(core, shown, field(form, "id"))
    force = force_of(account, form, shown.admin)

    def do(progress: Progress) -> Done:
        with core.metrics.reloading():
            result = beside(
                remove,
                core.settings,
                core.encoder,
                report.id,
                force=force,
                by=By(actor(account.name), Cause.REMOVE),
                wait_s=PATIENCE,
                progress=progress,
            )
        return done_by(core.catalog, result)

    forced = forcing("/admin/remove", {"id": report.id})
    return await begin(request, account, Kind.REMOVE, report.id, do, forced=forced)


@router.get("/admin/reload")
async def reloading(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """The way to a plan of a reload."""
    core: Core = request.app.state.core
    return shown.render("admin/reload.html", folder=str(core.settings.reports_path))


@router.post("/admin/plan")
async def plan(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    form: Annotated[FormData, Depends(posted)],
) -> Response:
    """Find out what a reload would change."""
    core: Core = request.app.state.core

    return await begin(request, account, Kind.PLAN, "", lambda _: _planned(core))


def _planned(core: Core) -> Done:
    """What a reload would change, and the offer to do just that."""
    result = beside(reload, core.settings, core.encoder, dry_run=True)
    changes = bool(result.added or result.changed or result.removed)
    offer = Offer("/admin/reload", Role.EDITOR, {"plan": result.digest}) if changes else None
    return Done("", result, offer=offer)


@router.post("/admin/reload")
async def bring_in(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    form: Annotated[FormData, Depends(posted)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Bring in what the folder holds, if that is what was shown; else show it."""
    core: Core = request.app.state.core
    force = force_of(account, form, shown.admin)
    seen = field(form, "plan")

    def do(progress: Progress) -> Done:
        try:
            with core.metrics.reloading():
                result = beside(
                    reload,
                    core.settings,
                    core.encoder,
                    force=force,
                    seen=seen,
                    by=By(actor(account.name), Cause.RELOAD),
                    wait_s=PATIENCE,
                    progress=progress,
                )
        except PlanChangedError as error:
            return replace(_planned(core), told=f"không xong: {error}")
        return done_by(core.catalog, result)

    forced = forcing("/admin/reload", {"plan": seen})
    return await begin(request, account, Kind.RELOAD, "", do, forced=forced)
