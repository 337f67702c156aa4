"""The first page of the administration: what is in use, and how questions were answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hoidap.accounts import Account
from hoidap.web.access import editing
from hoidap.web.core import Core
from hoidap.web.rendering import Page, page

_DAYS = (1, 7, 30)

router = APIRouter(include_in_schema=False)


@router.get("/admin")
async def overview(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """What is in use, what is under way, and how questions were answered of late."""
    core: Core = request.app.state.core
    now = datetime.now(UTC)
    counts = [
        (days, await core.run(partial(core.journal.counts, now - timedelta(days=days))))
        for days in _DAYS
    ]
    return shown.render(
        "admin/overview.html",
        generation=await core.run(core.catalog.generation),
        work=await core.run(core.writer.current),
        counts=counts,
        folder=str(core.settings.reports_path),
    )
