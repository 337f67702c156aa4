"""Logging in and out, and the own password."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from hoidap.accounts import Account, LoggedIn, Refusal, Refused
from hoidap.errors import AccountError
from hoidap.passwords import MIN_LENGTH
from hoidap.web.access import address_of, field, posted
from hoidap.web.core import Core
from hoidap.web.errors import LoginRequiredError
from hoidap.web.rendering import Page, page
from hoidap.web.sessions import local_path, new_secret

_STATUS = {Refusal.WRONG: 401, Refusal.DISABLED: 403, Refusal.LOCKED: 429}

router = APIRouter(include_in_schema=False)


def _anyone(request: Request, shown: Page) -> Account:
    """Who has logged in, whatever they may do."""
    account: Account | None = request.state.account
    if account is None:
        raise LoginRequiredError(shown.admin.login_needed)
    return account


@router.get("/login")
async def login_page(
    request: Request,
    shown: Annotated[Page, Depends(page)],
    next: str = "/",  # noqa: A002 - the name in the address
) -> Response:
    """The form to log in."""
    if request.state.account is not None:
        return RedirectResponse(local_path(next), 303)
    return await _login_form(request, shown, wanted=next)


async def _login_form(
    request: Request,
    shown: Page,
    *,
    wanted: str,
    name: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    core: Core = request.app.state.core
    secret = request.state.secret or new_secret()
    response = shown.render(
        "admin/login.html",
        status=status,
        wanted=local_path(wanted),
        name=name[:50],
        problem=problem,
        token=core.sessions.token(secret),
        nobody=not await core.run(core.accounts.all),
    )
    if request.state.secret == "":
        core.sessions.give(request, response, secret)
    return response


@router.post("/login")
async def log_in(
    request: Request,
    form: Annotated[FormData, Depends(posted)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Begin a session, in a cookie that was not there before."""
    core: Core = request.app.state.core
    name, wanted = field(form, "name"), field(form, "next")
    result = await core.run_login(
        partial(core.accounts.log_in, name, field(form, "password"), address_of(request))
    )
    if isinstance(result, Refused):
        await _note_refusal(core, name, result)
        return await _login_form(
            request,
            shown,
            wanted=wanted,
            name=name,
            problem=_refusal(shown, result),
            status=_STATUS[result.reason],
        )
    await core.note(result.account.name, "đăng nhập")
    if request.state.account is not None:
        await core.run(partial(core.accounts.log_out, request.state.secret))
    return _entered(request, core, result, wanted)


def _entered(request: Request, core: Core, result: LoggedIn, wanted: str) -> Response:
    response = RedirectResponse(local_path(wanted), 303)
    core.sessions.give(request, response, result.session)
    return response


async def _note_refusal(core: Core, name: str, refused: Refused) -> None:
    """Only of accounts there are: who errs types a password for a name."""
    if refused.known and refused.reason is not Refusal.LOCKED:
        why = "sai mật khẩu" if refused.reason is Refusal.WRONG else "tài khoản đã ngừng"
        await core.note(name.strip().lower(), "đăng nhập", f"không xong: {why}")


def _refusal(shown: Page, refused: Refused) -> str:
    if refused.reason is Refusal.LOCKED:
        assert refused.until is not None  # a lock has an end
        return shown.admin.locked.format(time=f"{refused.until.astimezone():%H:%M}")
    return (
        shown.admin.wrong_login if refused.reason is Refusal.WRONG else shown.admin.disabled_login
    )


@router.post("/logout")
async def log_out(
    request: Request,
    form: Annotated[FormData, Depends(posted)],
) -> Response:
    """End the session."""
    core: Core = request.app.state.core
    await core.run(partial(core.accounts.log_out, request.state.secret))
    if request.state.account is not None:
        await core.note(request.state.account.name, "đăng xuất")
    response = RedirectResponse("/", 303)
    core.sessions.take(request, response)
    return response


@router.get("/password")
async def password_page(
    request: Request,
    shown: Annotated[Page, Depends(page)],
    next: str = "/",  # noqa: A002 - the name in the address
) -> Response:
    """The form to change one's own password."""
    _anyone(request, shown)
    return _password_form(shown, wanted=next)


def _password_form(shown: Page, *, wanted: str, problem: str = "", status: int = 200) -> Response:
    return shown.render(
        "admin/password.html",
        status=status,
        wanted=local_path(wanted),
        problem=problem,
        least=MIN_LENGTH,
    )


@router.post("/password")
async def change_password(
    request: Request,
    form: Annotated[FormData, Depends(posted)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Change one's own password: every session ends, and this browser gets another one."""
    core: Core = request.app.state.core
    account = _anyone(request, shown)
    current, new, wanted = field(form, "current"), field(form, "new"), field(form, "next")
    problem, status = "", 400
    if new != field(form, "again"):
        problem = shown.admin.not_the_same
    else:
        try:
            refused = await core.run_login(
                partial(
                    core.accounts.change_password, account.name, current, new, address_of(request)
                )
            )
        except AccountError as error:
            problem = str(error)
        else:
            if refused is not None:
                await core.note(account.name, "đổi mật khẩu", "không xong: sai mật khẩu")
                problem, status = _refusal(shown, refused), _STATUS[refused.reason]
    if problem:
        return _password_form(shown, wanted=wanted, problem=problem, status=status)
    await core.note(account.name, "đổi mật khẩu")
    result = await core.run_login(
        partial(core.accounts.log_in, account.name, new, address_of(request))
    )
    if isinstance(result, Refused):
        return RedirectResponse("/login", 303)
    return _entered(request, core, result, wanted)
