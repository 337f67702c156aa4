"""The generations that are kept, and going back to one."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from hoidap.accounts import Account, actor
from hoidap.beside import beside
from hoidap.catalog import Cause, Generation
from hoidap.reload import By, generation_of, rollback
from hoidap.web.access import administering, editing, field, posted
from hoidap.web.admin.working import PATIENCE, begin
from hoidap.web.core import Core
from hoidap.web.errors import NotFoundError
from hoidap.web.rendering import Page, page
from hoidap.web.work import Done, Kind, Progress

# Reports that are named of each kind; the rest is counted.
_NAMED = 10

router = APIRouter(include_in_schema=False)


@router.get("/admin/history")
async def history(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """The kept generations: who made each by what, and what it changed."""
    core: Core = request.app.state.core
    steps = await core.run(core.catalog.history)
    return shown.render("admin/history.html", steps=steps, named=_NAMED)


async def _former(core: Core, shown: Page, wanted: str) -> Generation:
    """A generation that can be gone back to. Raises `NotFoundError`."""
    kept = await core.run(core.catalog.generations)
    found = next((one for one in kept[1:] if str(one.number) == wanted), None)
    if found is None:
        raise NotFoundError(shown.admin.no_generation)
    return found


@router.get("/admin/rollback")
async def going_back(
    request: Request,
    account: Annotated[Account, Depends(administering)],
    shown: Annotated[Page, Depends(page)],
    to: str = "",
) -> Response:
    """What would be gone back to, to be confirmed."""
    core: Core = request.app.state.core
    return await _question(core, shown, await _former(core, shown, to))


async def _question(
    core: Core, shown: Page, former: Generation, *, problem: str = "", status: int = 200
) -> Response:
    current = await core.run(core.catalog.generation)
    return shown.render(
        "admin/rollback.html", status=status, former=former, current=current, problem=problem
    )


@router.post("/admin/rollback")
async def go_back(
    request: Request,
    account: Annotated[Account, Depends(administering)],
    form: Annotated[FormData, Depends(posted)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Make a former generation's reports the current ones."""
    core: Core = request.app.state.core
    former = await _former(core, shown, field(form, "to"))
    seen = await core.run(partial(generation_of, core.catalog))
    if field(form, "seen") != str(seen):
        return await _question(core, shown, former, problem=shown.admin.changed_since, status=409)

    def do(progress: Progress) -> Done:
        with core.metrics.reloading():
            now = beside(
                rollback,
                core.settings,
                core.encoder,
                former.number,
                seen=seen,
                by=By(actor(account.name), Cause.ROLLBACK),
                wait_s=PATIENCE,
                progress=progress,
            )
        return Done(f"nay là thế hệ {now}", generation=now)

    about = f"thế hệ {former.number}"
    return await begin(request, account, Kind.ROLLBACK, about, do)
