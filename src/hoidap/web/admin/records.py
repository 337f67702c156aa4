"""What the journal holds: questions without an answer, opinions, and who did what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from hoidap.accounts import Account
from hoidap.journal import Action
from hoidap.web.access import administering, editing
from hoidap.web.core import Core
from hoidap.web.rendering import Page, page

# Lines on a page.
_LISTED = 50
_MOST_WORDS = 200  # characters
# Digits of a person's hash: as the bot shows administrators to each other.
_DIGITS = 8

_Line = TypeVar("_Line")
router = APIRouter(include_in_schema=False)


async def _paged(
    core: Core, read: Callable[[int, int], Sequence[_Line]], number: int
) -> tuple[Sequence[_Line], int, bool]:
    """The lines of a page, its number, and whether there are more."""
    number = min(max(number, 1), 10**6)
    found = await core.run(lambda: read(_LISTED + 1, (number - 1) * _LISTED))
    return found[:_LISTED], number, len(found) > _LISTED


def _links(path: str, number: int, more: bool, **query: str) -> dict[str, Any]:
    def link(to: int) -> str:
        return f"{path}?{urlencode({**query, 'trang': to})}"

    return {
        "earlier": link(number - 1) if number > 1 else "",
        "later": link(number + 1) if more else "",
    }


@router.get("/admin/unanswered")
async def unanswered(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
    trang: int = 1,
) -> Response:
    """Questions that got no full answer, as the journal keeps them: personal numbers masked."""
    core: Core = request.app.state.core
    found, number, more = await _paged(core, core.journal.unanswered, trang)
    links = _links("/admin/unanswered", number, more)
    title, about = shown.admin.unanswered, shown.admin.unanswered_about
    return shown.render("admin/questions.html", found=found, title=title, about=about, **links)


@router.get("/admin/feedback")
async def feedback(
    request: Request,
    account: Annotated[Account, Depends(editing)],
    shown: Annotated[Page, Depends(page)],
    trang: int = 1,
) -> Response:
    """Questions whose answers readers found helpful or unhelpful."""
    core: Core = request.app.state.core
    found, number, more = await _paged(core, core.journal.rated, trang)
    links = _links("/admin/feedback", number, more)
    title, about = shown.admin.feedback, shown.admin.feedback_about
    return shown.render("admin/questions.html", found=found, title=title, about=about, **links)


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
    words = q[:_MOST_WORDS].strip()
    found, number, more = await _paged(core, partial(core.journal.actions, about=words), trang)
    links = _links("/admin/audit", number, more, q=words)
    lines = [(one, _who(one)) for one in found]
    return shown.render("admin/audit.html", lines=lines, q=words, **links)


def _who(action: Action) -> str:
    return action.name or f"telegram:{action.person.hex()[:_DIGITS]}"
