"""What the journal holds: questions without an answer, opinions, and who did what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response

from hoidap.accounts import Account
from hoidap.journal import Action
from hoidap.web.access import administering, editing
from hoidap.web.core import Core
from hoidap.web.paging import MOST_WORDS, links, page_number
from hoidap.web.rendering import Page, page

# Lines on a page.
_LISTED = 50
# Digits of a person's hash: as the bot shows administrators to each other.
_DIGITS = 8

_Line = TypeVar("_Line")
router = APIRouter(include_in_schema=False)


async def _paged(
    core: Core,
    read: Callable[[int, int], Sequence[_Line]],
    path: str,
    asked: int,
    **query: str,
) -> tuple[Sequence[_Line], dict[str, Any]]:
    """The lines of a page of the list at ``path``, and the ways to the pages beside it."""
    number = page_number(asked)
    found = await core.run(lambda: read(_LISTED + 1, (number - 1) * _LISTED))
    return found[:_LISTED], links(path, number, more=len(found) > _LISTED, **query)


@router.get("/admin/unanswered")
async def unanswered(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
    trang: int = 1,
) -> Response:
    """Questions that got no full answer, as the journal keeps them: personal numbers masked."""
    core: Core = request.app.state.core
    found, beside = await _paged(core, core.journal.unanswered, "/admin/unanswered", trang)
    title, about = shown.admin.unanswered, shown.admin.unanswered_about
    return shown.render("admin/questions.html", found=found, title=title, about=about, **beside)


@router.get("/admin/feedback")
async def feedback(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
    trang: int = 1,
) -> Response:
    """Questions whose answers readers found helpful or unhelpful."""
    core: Core = request.app.state.core
    found, beside = await _paged(core, core.journal.rated, "/admin/feedback", trang)
    title, about = shown.admin.feedback, shown.admin.feedback_about
    return shown.render("admin/questions.html", found=found, title=title, about=about, **beside)


@router.get("/admin/audit")
async def audit(
    request: Request,
    account: Annotated[Account, Depends(administering)],
    shown: Annotated[Page, Depends(page)],
    q: str = "",
    trang: int = 1,
) -> Response:
    """Who did what, and what came of it."""
    core: Core = request.app.state.core
    words = q[:MOST_WORDS].strip()
    read = partial(core.journal.actions, about=words)
    found, beside = await _paged(core, read, "/admin/audit", trang, q=words)
    lines = [(one, _who(one)) for one in found]
    return shown.render("admin/audit.html", lines=lines, q=words, **beside)


def _who(action: Action) -> str:
    return action.name or f"telegram:{action.person.hex()[:_DIGITS]}"
