"""Who may log in: accounts, roles, passwords for the first login."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from hoidap.accounts import Account, Role
from hoidap.errors import AccountError
from hoidap.web.access import administering, field, posted
from hoidap.web.core import Core
from hoidap.web.errors import NotFoundError
from hoidap.web.rendering import Page, page

# Letters and digits that nobody takes for others when they are read out.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# Four groups of four: 79 bits.
_GROUPS, _GROUP = 4, 4

router = APIRouter(include_in_schema=False)


def _first_password() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


async def _list(
    request: Request, shown: Page, *, problem: str = "", status: int = 200, name: str = ""
) -> Response:
    core: Core = request.app.state.core
    return shown.render(
        "admin/accounts.html",
        status=status,
        accounts=await core.run(core.accounts.all),
        roles=list(Role),
        name=name[:50],
        problem=problem,
    )


@router.get("/admin/accounts")
async def accounts(
    request: Request,
    account: Annotated[Account, Depends(administering)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Every account, and the form to add one."""
    return await _list(request, shown)


@router.post("/admin/accounts")
async def add(
    request: Request,
    account: Annotated[Account, Depends(administering)],
    form: Annotated[FormData, Depends(posted)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Add an account; its first password is shown once."""
    core: Core = request.app.state.core
    name, role = field(form, "name").strip().lower(), _role(field(form, "role"))
    password = _first_password()
    try:
        if role is None:
            raise AccountError(shown.admin.choose_role)
        await core.run_login(partial(core.accounts.add, name, password, role, temporary=True))
    except AccountError as error:
        return await _list(request, shown, problem=str(error), status=400, name=name)
    await core.note(account.name, f"thêm tài khoản {name} ({role})")
    return shown.render("admin/first_password.html", name=name, password=password)


def _role(name: str) -> Role | None:
    return Role(name) if name in list(Role) else None


@router.get("/admin/account")
async def one_account(
    request: Request,
    account: Annotated[Account, Depends(administering)],
    shown: Annotated[Page, Depends(page)],
    name: str = "",
) -> Response:
    """An account, and what can be done to it."""
    return await _one(request, shown, name)


async def _one(
    request: Request, shown: Page, name: str, *, problem: str = "", status: int = 200
) -> Response:
    core: Core = request.app.state.core
    found = await core.run(partial(core.accounts.account, name))
    if found is None:
        raise NotFoundError(shown.texts.missing)
    return shown.render(
        "admin/account.html", status=status, one=found, roles=list(Role), problem=problem
    )


@router.post("/admin/account")
async def change(
    request: Request,
    account: Annotated[Account, Depends(administering)],
    form: Annotated[FormData, Depends(posted)],
    shown: Annotated[Page, Depends(page)],
) -> Response:
    """Change an account in one way."""
    core: Core = request.app.state.core
    name, what = field(form, "name"), field(form, "do")
    if await core.run(partial(core.accounts.account, name)) is None:
        raise NotFoundError(shown.texts.missing)
    password = _first_password() if what == "password" else ""
    try:
        if what == "remove" and field(form, "sure") != "1":
            raise AccountError(shown.admin.not_sure)
        do, told = _change(core, name, what, _role(field(form, "role")), password, shown)
        await core.run_login(do)
    except AccountError as error:
        return await _one(request, shown, name, problem=str(error), status=400)
    await core.note(account.name, told)
    if password:
        return shown.render("admin/first_password.html", name=name, password=password)
    return RedirectResponse("/admin/accounts", 303)


def _change(
    core: Core, name: str, what: str, role: Role | None, password: str, shown: Page
) -> tuple[Callable[[], None], str]:
    """What to do, and how the journal tells it, as of whoever does it at a shell."""
    made = core.accounts
    if what == "role":
        if role is None:
            raise AccountError(shown.admin.choose_role)
        return partial(made.set_role, name, role), f"đổi vai trò của {name} thành {role}"
    changes: dict[str, tuple[Callable[[], None], str]] = {
        "password": (
            partial(made.set_password, name, password, temporary=True),
            f"đặt mật khẩu của {name}",
        ),
        "disable": (partial(made.set_disabled, name, disabled=True), f"ngừng tài khoản {name}"),
        "enable": (
            partial(made.set_disabled, name, disabled=False),
            f"cho dùng lại tài khoản {name}",
        ),
        "unlock": (partial(made.unlock, name), f"bỏ tạm khóa tài khoản {name}"),
        "end": (partial(made.log_out_everywhere, name), f"kết thúc các phiên của {name}"),
        "remove": (partial(made.remove, name), f"xóa tài khoản {name}"),
    }
    if what not in changes:
        raise NotFoundError(shown.texts.missing)
    return changes[what]
