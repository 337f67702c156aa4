"""Logging in and out: who gets in, what a form must bring, and how a session ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from hoidap import accounts as module
from hoidap.accounts import Accounts, Role
from hoidap.encoder import Encoder
from hoidap.reload import reload
from hoidap.settings import Settings
from hoidap.web.app import create_app
from hoidap.web.sessions import local_path
from tests.web.conftest import OpenClient
from tests.web.desk import HERE, PASSWORD, Desk, add_accounts, audited, text_of, token_in

OTHER = "trạm bơm Gò Tháp"
WRONG = "Tên tài khoản hoặc mật khẩu không đúng."


@pytest.fixture
def small(settings: Settings, encoder: Encoder, write: Callable[[str, str], Path]) -> Settings:
    """One report, and an account of each role."""
    write("cau.txt", "Cầu Rạch Sậy dài 126 mét.")
    reload(settings, encoder)
    add_accounts(settings, an=Role.READER, binh=Role.EDITOR, chi=Role.ADMINISTRATOR)
    return settings


@pytest.fixture
def desk(small: Settings, open_client: OpenClient) -> Desk:
    return Desk(open_client(small))


def test_a_right_password_leads_to_where_one_wanted(desk: Desk, small: Settings) -> None:
    refused = desk.get("/admin/history")
    assert (refused.status_code, refused.headers["location"]) == (
        303,
        "/login?next=%2Fadmin%2Fhistory",
    )
    before = desk.get("/login").headers["set-cookie"]
    entered = desk.log_in("Binh ", wanted="/admin/history")
    assert (entered.status_code, entered.headers["location"]) == (303, "/admin/history")
    cookie = entered.headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    # What an attacker put into the browser before is no session afterwards.
    assert cookie.split(";")[0] != before.split(";")[0]
    shown = desk.get("/admin/history")
    assert shown.status_code == 200
    assert "binh" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert audited(small) == [("web:binh", "đăng nhập", "")]


def test_over_https_the_cookie_never_leaves_it(small: Settings) -> None:
    with TestClient(create_app(small), base_url="https://testserver") as client:
        page = client.get("/login")
        fields = {"csrf": token_in(page), "name": "an", "password": PASSWORD}
        headers = {"Origin": "https://testserver"}
        entered = client.post("/login", data=fields, headers=headers, follow_redirects=False)
    name, _, rest = entered.headers["set-cookie"].partition("=")
    assert name == "__Host-hoidap-session"
    assert "Secure" in rest.split("; ")


def test_a_wrong_password_and_a_wrong_name_are_told_alike(desk: Desk, small: Settings) -> None:
    wrong, unknown = desk.log_in("binh", "sai mật khẩu"), desk.log_in(OTHER, PASSWORD)
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert WRONG in text_of(wrong)
    assert text_of(unknown) == text_of(wrong)
    assert "sai mật khẩu" not in wrong.text
    # What was typed for a name may be a password.
    assert audited(small) == [("web:binh", "đăng nhập", "không xong: sai mật khẩu")]


def test_many_wrong_passwords_lock_an_account(desk: Desk) -> None:
    for _ in range(5):
        assert desk.log_in("binh", "sai mật khẩu").status_code == 401
    locked = desk.log_in("binh")
    assert locked.status_code == 429
    assert "Sai nhiều lần quá; hãy thử lại sau" in text_of(locked)
    assert desk.log_in("chi").status_code == 303


def test_many_wrong_names_lock_an_address(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FAILURES_OF_ADDRESS", 3)
    for name in ("mot", "hai", "ba"):
        assert desk.log_in(name).status_code == 401
    assert desk.log_in("binh").status_code == 429


def test_a_disabled_account_is_out_at_once(desk: Desk, small: Settings) -> None:
    desk.log_in("binh")
    accounts = Accounts(small.accounts_path)
    accounts.set_disabled("binh", disabled=True)
    accounts.close()
    assert desk.get("/admin").status_code == 303
    again = desk.log_in("binh")
    assert again.status_code == 403
    assert "Tài khoản này đã ngừng" in text_of(again)


@pytest.mark.parametrize(
    ("token", "origin", "told"),
    [
        (None, HERE, "Biểu mẫu đã cũ"),
        ("0" * 64, HERE, "Biểu mẫu đã cũ"),
        ("ố", HERE, "Biểu mẫu đã cũ"),
        ("", "https://other.example", "Biểu mẫu đến từ https://other.example"),
        ("", "null", "Biểu mẫu đến từ null"),
        ("", None, "Biểu mẫu đến từ ?"),
        ("", HERE.replace("http:", "https:"), "Biểu mẫu đến từ https://testserver"),
    ],
)
def test_a_form_that_this_site_did_not_send_is_refused(
    desk: Desk, token: str | None, origin: str | None, told: str
) -> None:
    fields = {"name": "chi", "password": PASSWORD}
    right = token_in(desk.get("/login"))
    if token is not None:
        fields["csrf"] = token or right
    headers = {"Origin": origin} if origin is not None else {}
    refused = desk.client.post("/login", data=fields, headers=headers)
    assert refused.status_code == 403
    assert told in text_of(refused)
    assert desk.get("/admin").status_code == 303


def test_the_token_of_another_browser_is_refused(
    desk: Desk, small: Settings, open_client: OpenClient
) -> None:
    other = Desk(open_client(small))
    other.log_in("chi")
    desk.log_in("chi")
    stolen = token_in(other.get("/admin"))
    headers = {"Origin": HERE}
    assert desk.client.post("/logout", data={"csrf": stolen}, headers=headers).status_code == 403
    assert desk.get("/admin").status_code == 200


def test_a_cookie_that_was_not_signed_here_is_nobodys(desk: Desk) -> None:
    desk.log_in("chi")
    signed = desk.client.cookies["hoidap-session"]
    secret, _, signature = signed.rpartition(".")
    for forged in (f"{secret}.{signature[::-1]}", secret, f"{secret[::-1]}.{signature}", "ố.a", ""):
        desk.client.cookies.clear()
        headers = {b"Cookie": f"hoidap-session={forged}".encode()}
        assert desk.client.get("/admin", headers=headers).status_code == 303


def test_logging_out_ends_the_session_and_not_only_the_cookie(desk: Desk, small: Settings) -> None:
    desk.log_in("chi")
    kept = desk.client.cookies["hoidap-session"]
    left = desk.send("/logout")
    assert (left.status_code, left.headers["location"]) == (303, "/")
    assert "hoidap-session" not in desk.client.cookies
    desk.client.cookies.set("hoidap-session", kept)
    assert desk.get("/admin").status_code == 303
    assert audited(small)[0] == ("web:chi", "đăng xuất", "")


def test_a_session_ends_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.log_in("chi")
    form = {"csrf": token_in(desk.get("/admin/reload"))}
    monkeypatch.setattr(module, "IDLE", timedelta(seconds=-1))
    assert desk.get("/admin").status_code == 303
    # What was sent cannot be sent again after the login.
    late = desk.client.post("/admin/reload", data=form, headers={"Origin": HERE})
    assert (late.status_code, late.headers["location"]) == (303, "/login?next=%2F")


@pytest.mark.parametrize(
    "wanted",
    [
        "https://other.example/",
        "//other.example",
        "/\\other.example",
        "\\\\other.example",
        "/\t/other.example",
        "/\n/other.example",
        "javascript:alert(1)",
        "other.example",
        "",
        "/\x00",
    ],
)
def test_nobody_is_sent_elsewhere(desk: Desk, wanted: str) -> None:
    assert local_path(wanted) == "/"
    assert desk.log_in("an", wanted=wanted).headers["location"] == "/"
    assert desk.client.get("/login", params={"next": wanted}).headers["location"] == "/"
    assert desk.client.get("/lang/en", params={"den": wanted}).headers["location"] == "/"


def test_paths_of_the_site_are_kept() -> None:
    for wanted in ("/", "/admin/reports?q=n%C3%B4ng+th%C3%B4n&trang=2", "/report?id=a%2Fb#trich"):
        assert local_path(wanted) == wanted


def test_an_own_password_is_changed(desk: Desk, small: Settings, open_client: OpenClient) -> None:
    elsewhere = Desk(open_client(small))
    elsewhere.log_in("an")
    desk.log_in("an")

    def change(current: str, new: str, again: str) -> tuple[int, str]:
        fields = {"current": current, "new": new, "again": again, "next": "/reports"}
        answer = desk.send("/password", fields)
        if answer.status_code == 303:
            return 303, answer.headers["location"]
        return answer.status_code, text_of(answer)

    for current, new, again, status, told in (
        ("sai mật khẩu", OTHER, OTHER, 401, WRONG),
        (PASSWORD, OTHER, f"{OTHER}!", 400, "Hai lần nhập mật khẩu mới khác nhau"),
        (PASSWORD, "ngắn", "ngắn", 400, "mật khẩu có 4 ký tự"),
        (PASSWORD, PASSWORD, PASSWORD, 400, "mật khẩu mới phải khác"),
    ):
        found = change(current, new, again)
        assert found[0] == status
        assert told in found[1]
    assert change(PASSWORD, OTHER, OTHER) == (303, "/reports")
    assert desk.get("/password").status_code == 200
    assert elsewhere.get("/password").status_code == 303
    assert elsewhere.log_in("an").status_code == 401
    assert elsewhere.log_in("an", OTHER).status_code == 303
    assert ("web:an", "đổi mật khẩu", "") in audited(small)


def test_a_temporary_password_is_changed_first(small: Settings, open_client: OpenClient) -> None:
    add_accounts(small, temporary=True, dung=Role.EDITOR)
    desk = Desk(open_client(small))
    desk.log_in("dung")
    for path in ("/admin", "/admin/uploads"):
        refused = desk.get(path)
        assert refused.status_code == 303
        assert refused.headers["location"].startswith("/password?next=%2Fadmin")
    assert "Mật khẩu này do người khác đặt" in text_of(desk.get("/password"))
    fields = {"current": PASSWORD, "new": OTHER, "again": OTHER, "next": "/admin"}
    assert desk.send("/password", fields).headers["location"] == "/admin"
    assert desk.get("/admin").status_code == 200


def test_the_login_page_says_how_to_make_the_first_account(
    settings: Settings, encoder: Encoder, write: Callable[[str, str], Path], open_client: OpenClient
) -> None:
    write("cau.txt", "Cầu Rạch Sậy dài 126 mét.")
    reload(settings, encoder)
    desk = Desk(open_client(settings))
    assert "hoidap account add NAME --role administrator" in text_of(desk.get("/login"))
    add_accounts(settings, an=Role.READER)
    assert "hoidap account add" not in desk.get("/login").text


def test_reading_behind_a_login(small: Settings, open_client: OpenClient) -> None:
    desk = Desk(open_client(small.model_copy(update={"web_login": True})))
    for path in ("/", "/reports", "/report?id=cau", "/original?id=cau", "/timeline", "/docs"):
        assert desk.get(path).status_code == 303, path
    assert desk.get("/api/v1/reports").status_code == 401
    assert desk.client.post("/api/v1/ask", json={"question": "Cầu?"}).json() == {
        "detail": "Trang này chỉ dành cho người đã đăng nhập."
    }
    for path in ("/login", "/healthz", "/static/hoidap.css"):
        assert desk.get(path).status_code == 200, path
    # The login page can be had in the other language.
    desk.client.get("/lang/en")
    assert "Account name" in text_of(desk.get("/login"))
    assert desk.log_in("an", wanted="/?q=Cầu").status_code == 303
    assert desk.asked("Cầu Rạch Sậy dài bao nhiêu?")[0]["report_id"] == "cau"
    assert desk.get("/docs").status_code == 200


def test_who_reads_does_not_need_the_accounts(small: Settings, open_client: OpenClient) -> None:
    desk = Desk(open_client(small))
    desk.log_in("chi")
    for path in small.data.glob("accounts.sqlite3*"):
        path.write_bytes(b"not a database" * 1000)
    assert desk.get("/?q=C%E1%BA%A7u").status_code == 200
    assert desk.get("/admin").status_code == 303
