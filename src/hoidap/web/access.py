"""Who may read, and who may do what: everyone, or those who have logged in with a role for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.datastructures import FormData

from hoidap.accounts import Account, Role
from hoidap.web.admin_texts import admin_texts_in
from hoidap.web.core import Core
from hoidap.web.errors import ForbiddenError, LoginRequiredError, PasswordDueError
from hoidap.web.rendering import language_of
from hoidap.web.sessions import origins

# Fields of a form; none here has as many.
_FIELDS = 50


async def reader(request: Request) -> None:
    """Let a request pass that may read. Raises `LoginRequiredError`."""
    core: Core = request.app.state.core
    if core.settings.web_login:
        logged_in(request)


def logged_in(request: Request) -> Account:
    """Who has logged in. Raises `LoginRequiredError`."""
    account: Account | None = request.state.account
    texts = admin_texts_in(language_of(request))
    if account is None:
        raise LoginRequiredError(texts.login_needed)
    if account.temporary:
        raise PasswordDueError(texts.password_due)
    return account


def allowed(role: Role) -> Callable[[Request], Awaitable[Account]]:
    """What lets a request of an account with ``role`` pass, or of one that may do more."""

    async def check(request: Request) -> Account:
        account = logged_in(request)
        if not account.role.covers(role):
            texts = admin_texts_in(language_of(request))
            raise ForbiddenError(texts.role_needed.format(role=texts.roles[role]))
        return account

    return check


editing = allowed(Role.EDITOR)
administering = allowed(Role.ADMINISTRATOR)


def check_origin(request: Request) -> None:
    """Refuse what no page of this site sent. Raises `ForbiddenError`."""
    sender, here = origins(request)
    if sender != here:
        texts = admin_texts_in(language_of(request))
        raise ForbiddenError(texts.other_origin.format(origin=sender[:100] or "?", here=here))


def check_token(request: Request, form: FormData) -> None:
    """Refuse a form that was not made for this browser. Raises `ForbiddenError`."""
    core: Core = request.app.state.core
    if not core.sessions.accepts(request.state.secret, form):
        raise ForbiddenError(admin_texts_in(language_of(request)).old_form)


async def posted(request: Request) -> FormData:
    """The form that a page of this site sent. Raises `ForbiddenError`."""
    check_origin(request)
    form = await request.form(max_files=0, max_fields=_FIELDS)
    check_token(request, form)
    return form


def field(form: FormData, name: str) -> str:
    """A field of a form; "" where it has none."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def address_of(request: Request) -> str:
    """The network address that a request came from."""
    return request.client.host if request.client is not None else ""
