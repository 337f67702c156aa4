"""The administration in a real browser: by keyboard, without scripts, and for screen readers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hoidap.accounts import Role
from hoidap.settings import Settings
from tests.web.browsing import PHONE, Server, serving, small_targets, violations
from tests.web.browsing import wider_than_the_screen as too_wide
from tests.web.conftest import OpenTab
from tests.web.desk import PASSWORD, add_accounts

NAME = "trạm bơm.txt"
REPORT = "Trạm bơm Gò Tháp\n\nTrạm bơm Gò Tháp có công suất 4.000 mét khối một giờ."
QUESTION = "Công suất trạm bơm Gò Tháp?"


@pytest.fixture(scope="module")
def administered(loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A process that serves reports of its own, with an administrator."""
    place = tmp_path_factory.mktemp("administered")
    shutil.copytree(loaded.reports_path, place / "reports")
    shutil.copytree(loaded.data, place / "data")
    settings = loaded.model_copy(update={"corpus": place / "reports", "data": place / "data"})
    add_accounts(settings, chi=Role.ADMINISTRATOR)
    with serving(settings, cwd=place) as started:
        yield started


def log_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/login?next=/admin")
    page.get_by_label("Tên tài khoản").fill("chi")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Quản trị")).to_be_visible()


def reached(page: Page, name: str) -> None:
    """Go on with the tab key until what is called so has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        told = "document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText"
        if page.evaluate(told).strip() == name:
            return
    raise AssertionError(f"no {name!r} in the order of the tab key")


def test_logging_in_by_keyboard(open_tab: OpenTab, administered: Server) -> None:
    page = open_tab()
    page.goto(f"{administered.url}/login?next=/admin")
    # The focus is there already.
    page.keyboard.type("chi")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Quản trị")).to_be_visible()
    reached(page, "Lịch sử")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lịch sử")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    reached(page, "Đăng xuất")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Đăng nhập")).to_be_visible()
    page.goto(f"{administered.url}/admin")
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_upload_to_answer(
    open_tab: OpenTab, administered: Server, scripts: bool, tmp_path: Path
) -> None:
    page = open_tab(java_script_enabled=scripts)
    log_in(page, administered)
    page.get_by_role("link", name="Thêm báo cáo").click()
    path = tmp_path / f"{scripts} {NAME}"
    path.write_text(REPORT.replace("4.000", "4.000" if scripts else "5.000"), "utf-8")
    page.get_by_label("Tệp báo cáo").set_input_files(path)
    page.get_by_role("button", name="Gửi và xem trước").click()
    expect(page.get_by_text("Sẽ thêm 1 tệp.")).to_be_visible()
    expect(page.get_by_role("heading", name=path.name)).to_be_visible()
    if scripts:
        assert violations(page) == []
        assert small_targets(page) == []
    page.get_by_role("button", name="Thêm vào kho báo cáo").click()
    expect(page.get_by_text("Đã xong. Nay là thế hệ")).to_be_visible()
    page.get_by_role("link", name="Hỏi về báo cáo này").click()
    page.get_by_label("Câu hỏi").fill(QUESTION)
    page.get_by_role("button", name="Hỏi").click()
    expect(page.locator("blockquote").first).to_contain_text(
        "4.000 mét khối" if scripts else "5.000 mét khối"
    )


PAGES = [
    "/admin",
    "/admin/uploads",
    "/admin/reports",
    "/admin/remove?id=hoi-nghi-cchc",
    "/admin/reload",
    "/admin/history",
    "/admin/unanswered",
    "/admin/feedback",
    "/admin/accounts",
    "/admin/account?name=chi",
    "/admin/audit",
    "/password",
]


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", "viewport": PHONE}])
def test_pages_are_for_everyone(
    open_tab: OpenTab, administered: Server, options: dict[str, object]
) -> None:
    page = open_tab(**options)
    page.goto(f"{administered.url}/login")
    assert violations(page) == []
    log_in(page, administered)
    for path in PAGES:
        page.goto(administered.url + path)
        assert violations(page) == [], path
        assert small_targets(page) == [], path
        assert too_wide(page) == 0, path
