"""Commands for whoever says who may log in to the page. No password is ever an argument."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from hoidap.cli.shell import (
    FAILURE,
    Json,
    agreed,
    app,
    audited,
    out,
    print_json,
    tell,
    wrong_usage,
)
from hoidap.settings import Settings

if TYPE_CHECKING:  # loaded by the commands that use it
    from hoidap.accounts import Account, Accounts, Role

account_app = typer.Typer(
    help="Tài khoản của trang web: ai được đăng nhập, với vai trò nào."
    " Accounts of the page: who may log in, in which role.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(account_app, name="account")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Tên tài khoản. The account's name.")]
RoleName = Annotated[
    str,
    typer.Option(
        "--role",
        metavar="reader|editor|administrator",
        help="Vai trò: người đọc, biên tập viên, quản trị viên. What the account may do.",
    ),
]


@contextmanager
def _changing(action: str) -> Iterator[Accounts]:
    """The accounts; what is done to them goes into the journal."""
    from hoidap.accounts import Accounts

    settings = Settings.read()
    accounts = Accounts(settings.accounts_path)
    try:
        with audited(settings, action):
            yield accounts
    finally:
        accounts.close()


def _role(name: str) -> Role:
    from hoidap.accounts import Role

    if name not in list(Role):
        wrong_usage(f"không có vai trò {name!r}; hãy chọn: {', '.join(Role)}")
    return Role(name)


def _password() -> str:
    """A new password: asked twice of a terminal, else the first line of the input."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            wrong_usage("không có mật khẩu ở đầu vào; hãy ghi mật khẩu thành một dòng")
        return password
    password = getpass.getpass("Mật khẩu mới: ")
    if getpass.getpass("Nhập lại mật khẩu: ") != password:
        tell("hoidap: hai lần nhập khác nhau; chưa thay đổi gì")
        raise typer.Exit(FAILURE)
    return password


@account_app.command("add")
def add_command(name: Name, role: RoleName) -> None:
    """Thêm tài khoản; mật khẩu được hỏi. Add an account; its password is asked for."""
    chosen, password = _role(role), _password()
    with _changing(f"thêm tài khoản {name} ({chosen})") as accounts:
        accounts.add(name, password, chosen)
    out().print(f"Đã thêm tài khoản {name} ({chosen})")


@account_app.command("list")
def list_command(as_json: Json = False) -> None:
    """Các tài khoản. The accounts."""
    from hoidap.accounts import Accounts

    accounts = Accounts(Settings.read().accounts_path)
    for account in accounts.all():
        if as_json:
            print_json(_json(account))
        else:
            out().print(_text(account))
    accounts.close()


def _json(account: Account) -> dict[str, object]:
    last, until = account.last_login, account.locked_until
    return {
        "name": account.name,
        "role": account.role.value,
        "disabled": account.disabled,
        "created": account.created.isoformat(timespec="seconds"),
        "last_login": last.isoformat(timespec="seconds") if last is not None else None,
        "locked_until": until.isoformat(timespec="seconds") if until is not None else None,
    }


def _text(account: Account) -> str:
    parts = [account.name, account.role.value]
    if account.disabled:
        parts.append("đã ngừng")
    if account.locked_until is not None:
        parts.append(f"tạm khóa đến {account.locked_until.astimezone():%H:%M}")
    last = account.last_login
    parts.append(
        f"đăng nhập lần cuối {last.astimezone():%d/%m/%Y %H:%M}"
        if last is not None
        else "chưa đăng nhập"
    )
    return " · ".join(parts)


@account_app.command("password")
def password_command(name: Name) -> None:
    """Đặt mật khẩu mới, kết thúc mọi phiên. Set a password and end all sessions."""
    password = _password()
    with _changing(f"đặt mật khẩu của {name}") as accounts:
        accounts.set_password(name, password)
    out().print(f"Đã đặt mật khẩu mới cho {name}")


@account_app.command("role")
def role_command(name: Name, role: Annotated[str, typer.Argument(metavar="ROLE")]) -> None:
    """Đổi vai trò, kết thúc mọi phiên. Change a role and end all sessions."""
    chosen = _role(role)
    with _changing(f"đổi vai trò của {name} thành {chosen}") as accounts:
        accounts.set_role(name, chosen)
    out().print(f"{name} nay là {chosen}")


@account_app.command("disable")
def disable_command(name: Name) -> None:
    """Ngừng một tài khoản, không xóa. Let nobody log in with an account."""
    with _changing(f"ngừng tài khoản {name}") as accounts:
        accounts.set_disabled(name, disabled=True)
    out().print(f"Đã ngừng tài khoản {name}")


@account_app.command("enable")
def enable_command(name: Name) -> None:
    """Cho dùng lại một tài khoản đã ngừng. Let a disabled account log in again."""
    with _changing(f"cho dùng lại tài khoản {name}") as accounts:
        accounts.set_disabled(name, disabled=False)
    out().print(f"Đã cho dùng lại tài khoản {name}")


@account_app.command("unlock")
def unlock_command(name: Name) -> None:
    """Bỏ tạm khóa do sai mật khẩu nhiều lần. Forget the failed logins of an account."""
    with _changing(f"bỏ tạm khóa tài khoản {name}") as accounts:
        accounts.unlock(name)
    out().print(f"Đã bỏ tạm khóa tài khoản {name}")


@account_app.command("remove")
def remove_command(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại. Do not ask.")] = False,
) -> None:
    """Xóa một tài khoản. Remove an account."""
    if not yes:
        if not sys.stdin.isatty():
            wrong_usage("xóa tài khoản cần xác nhận; hãy thêm --yes")
        if not agreed(f"Xóa tài khoản {name}?"):
            raise typer.Exit(FAILURE)
    with _changing(f"xóa tài khoản {name}") as accounts:
        accounts.remove(name)
    out().print(f"Đã xóa tài khoản {name}")
