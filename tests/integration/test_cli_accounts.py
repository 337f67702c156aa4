"""``hoidap account``: passwords from the terminal or the input, never from the arguments."""

from __future__ import annotations

import getpass
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hoidap.accounts import Accounts, LoggedIn, Refusal, Refused, Role
from hoidap.cli import accounts as commands
from hoidap.cli.shell import app
from hoidap.errors import AccountError
from hoidap.journal import Journal
from hoidap.settings import Settings

PASSWORD = "con trâu đi cày"
runner = CliRunner()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "data"
    monkeypatch.setenv("HOIDAP_DATA", str(path))
    return path


def done(*arguments: str, stdin: str = "") -> str:
    result = runner.invoke(app, ["account", *arguments], input=stdin, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def opened(data: Path) -> Accounts:
    return Accounts(data / "accounts.sqlite3")


def test_an_account_from_the_first_to_the_last_day(data: Path) -> None:
    assert done("add", "An", "--role", "administrator", stdin=f"{PASSWORD}\r\n") == (
        "Đã thêm tài khoản An (administrator)\n"
    )
    done("add", "binh", "--role", "reader", stdin="trạm bơm Gò Tháp")
    done("role", "binh", "editor")
    done("password", "binh", stdin=f"{PASSWORD}\nmore\n")
    done("disable", "binh")
    assert done("list") == (
        "an · administrator · chưa đăng nhập\nbinh · editor · đã ngừng · chưa đăng nhập\n"
    )
    done("enable", "binh")
    accounts = opened(data)
    entered = accounts.log_in("binh", PASSWORD, "192.0.2.1")
    assert isinstance(entered, LoggedIn)
    assert entered.account.role is Role.EDITOR
    for _ in range(6):
        locked = accounts.log_in("binh", "sai", "192.0.2.1")
    assert isinstance(locked, Refused)
    assert locked.reason is Refusal.LOCKED
    assert "tạm khóa đến" in done("list")
    (_, binh) = (json.loads(line) for line in done("list", "--json").splitlines())
    assert binh["name"] == "binh"
    assert binh["locked_until"] is not None
    done("unlock", "binh")
    assert isinstance(accounts.log_in("binh", PASSWORD, "192.0.2.1"), LoggedIn)
    done("remove", "binh", "--yes")
    assert [one.name for one in accounts.all()] == ["an"]


def test_everything_stands_in_the_journal_without_passwords(data: Path) -> None:
    done("add", "an", "--role", "administrator", stdin=PASSWORD)
    with pytest.raises(AccountError, match="quản trị viên cuối cùng"):
        done("remove", "an", "--yes")
    actions = Journal(Settings.read().journal_path, keep_days=30).actions(5)
    assert [(one.name, one.action, one.detail) for one in actions] == [
        (
            getpass.getuser(),
            "xóa tài khoản an",
            "không xong: an là quản trị viên cuối cùng; hãy thêm một quản trị viên khác trước",
        ),
        (getpass.getuser(), "thêm tài khoản an (administrator)", ""),
    ]
    assert all(PASSWORD.encode() not in file.read_bytes() for file in data.iterdir())


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        (("add", "an", "--role", "boss"), PASSWORD, "không có vai trò 'boss'; hãy chọn: reader"),
        (("add", "an", "--role", "editor"), "", "không có mật khẩu ở đầu vào"),
        (("add", "an", "--role", "editor"), "\n", "không có mật khẩu ở đầu vào"),
        (("remove", "an"), "y\n", "hãy thêm --yes"),
    ],
)
def test_wrong_usage_changes_nothing(
    data: Path, arguments: tuple[str, ...], stdin: str, told: str
) -> None:
    result = runner.invoke(app, ["account", *arguments], input=stdin)
    assert result.exit_code == 2
    assert told in result.stderr
    assert opened(data).all() == []


def test_a_password_is_no_argument(data: Path) -> None:
    result = runner.invoke(app, ["account", "add", "an", PASSWORD, "--role", "editor"])
    assert result.exit_code == 2
    assert opened(data).all() == []


def test_a_terminal_is_asked_twice(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answers = iter([PASSWORD, "con trâu đi cầy", PASSWORD, PASSWORD])

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(answers)

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(getpass, "getpass", ask)
    monkeypatch.setattr(sys, "stdin", Terminal())
    with pytest.raises(typer.Exit, match="1"):
        commands.add_command("an", "editor")
    assert opened(data).all() == []
    commands.add_command("an", "editor")
    assert asked == ["Mật khẩu mới: ", "Nhập lại mật khẩu: "] * 2
    assert [one.name for one in opened(data).all()] == ["an"]


@pytest.mark.parametrize(
    ("typed", "yes"),
    [
        *((one, True) for one in ("c\n", " Có \n", "co\n", "CO\u0301\n", "y\n", "Yes\n")),
        *((one, False) for one in ("\n", "", "k\n", "không\n", "n\n", "gì?\n")),
    ],
)
def test_a_question_is_asked_and_answered_in_vietnamese(
    data: Path,
    typed: str,
    yes: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    done("add", "an", "--role", "editor", stdin=PASSWORD)
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    if yes:
        commands.remove_command("an")
    else:
        with pytest.raises(typer.Exit, match="1"):
            commands.remove_command("an")
    told = capsys.readouterr()
    assert told.err.startswith("Xóa tài khoản an? [c/K]:")
    assert ("Đã xóa" in told.out) == yes
    assert [one.name for one in opened(data).all()] == ([] if yes else ["an"])


def test_as_a_process_errors_are_one_line_and_names_that_are_no_text_are_unknown(
    data: Path, tmp_path: Path
) -> None:
    result = subprocess.run(
        [str(Path(sys.executable).with_name("hoidap")), "account", "password", b"x\xff"],
        input=PASSWORD.encode(),
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOIDAP_DATA": str(data)},
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert result.stdout == b""
    assert result.stderr.decode().splitlines() == ["hoidap: không có tài khoản x?"]
