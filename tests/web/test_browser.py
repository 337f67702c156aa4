"""The page in a real browser, as citizens and officials use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from hoidap.settings import Settings
from tests.conftest import SEED
from tests.web.browsing import (
    PHONE,
    Server,
    serving,
    small_targets,
    violations,
    wider_than_the_screen,
)
from tests.web.conftest import OpenTab
from tests.web.reading import FIRST, FIRST_REPORT, FIRST_SENTENCE

ANSWER = f"/?{urlencode({'q': FIRST})}"
PAGES = {
    "start": "/",
    "answer": ANSWER,
    "not found": f"/?{urlencode({'q': 'Giá vàng hôm nay bao nhiêu?'})}",
    "filters": f"/?{urlencode({'q': FIRST, 'tu': 'hôm kia', 'id': FIRST_REPORT})}",
    "reports": "/reports",
    "report": f"/report?g=1&id={FIRST_REPORT}&start=75&end=322#trich",
    "timeline": f"/timeline?{urlencode({'q': 'cải cách hành chính'})}",
    "docs": "/docs",
    "missing": "/nothing",
}


def ask(page: Page, question: str) -> None:
    page.get_by_label("Câu hỏi").fill(question)
    page.get_by_role("button", name="Hỏi").click()


def unfold(page: Page) -> None:
    """Open whatever can be opened."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def marked(page: Page) -> str:
    return page.locator("blockquote mark").first.inner_text()


def test_the_first_real_question_is_asked_and_the_sentence_is_marked(
    open_tab: OpenTab, server: Server
) -> None:
    page = open_tab()
    page.goto(server.url)
    ask(page, FIRST)
    expect(page.locator(".note")).to_have_text(
        "Báo cáo không ghi rõ: chủ trì. Đoạn liên quan nhất:"
    )
    assert marked(page) == FIRST_SENTENCE
    page.get_by_role("link", name="Xem trong báo cáo").first.click()
    sentence = page.locator("#trich")
    expect(sentence).to_have_text(FIRST_SENTENCE)
    expect(sentence).to_be_in_viewport()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tệp gốc").click()
    assert download.value.path().read_bytes() == SEED.read_bytes()
    assert download.value.suggested_filename == SEED.name


def test_the_filters_narrow_it_down(open_tab: OpenTab, server: Server) -> None:
    page = open_tab()
    page.goto(server.url + ANSWER)
    page.get_by_text("Lọc theo ngày, theo báo cáo").click()
    page.get_by_label("Từ ngày").fill("1/1/2022")
    page.get_by_role("button", name="Hỏi").click()
    expect(page.locator(".note")).to_have_text("Không tìm thấy câu trả lời trong các báo cáo.")
    page.get_by_label("Từ ngày").fill("hôm kia kìa")
    page.get_by_role("button", name="Hỏi").click()
    expect(page.get_by_role("alert")).to_contain_text("Không hiểu ngày “hôm kia kìa”")
    page.get_by_label("Từ ngày").fill("")
    page.get_by_label("Chỉ trong báo cáo").select_option(FIRST_REPORT)
    page.get_by_role("button", name="Hỏi").click()
    assert marked(page) == FIRST_SENTENCE


@pytest.mark.parametrize("clipboard", ["allowed", "missing"])
def test_a_quote_is_copied_with_its_citation(
    open_tab: OpenTab, server: Server, clipboard: str
) -> None:
    page = open_tab(permissions=["clipboard-read", "clipboard-write"])
    if clipboard == "missing":  # as on a page without https
        page.add_init_script("navigator.clipboard.writeText = undefined")
    page.goto(server.url + ANSWER)
    button = page.get_by_role("button", name="Chép kèm nguồn").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Đã chép")
    expect(page.locator("button.copy").first).to_be_focused()
    quote, cited = page.evaluate("navigator.clipboard.readText()").rsplit("\n", 1)
    assert quote == f"“{page.locator('blockquote').first.text_content()}”"
    assert cited == (
        "Tổng kết công tác phối hợp giữa UBND với UBMTTQ và các tổ chức CTXH huyện, 26/03/2021,"
        " Ủy ban nhân dân huyện Cao Lãnh, tỉnh Đồng Tháp. Liên kết cố định:"
        f" {server.url}/report?g=1&id={FIRST_REPORT}&start=75&end=322#trich"
    )


def test_a_permanent_link_holds_after_a_reload(
    open_tab: OpenTab, own: Settings, tmp_path: Path, reloaded: Callable[[Settings], int]
) -> None:
    with serving(own, cwd=tmp_path) as server:
        page = open_tab()
        page.goto(server.url + ANSWER)
        page.get_by_role("link", name="Xem trong báo cáo").first.click()
        link = page.url
        file = own.reports_path / SEED.name
        file.write_text(file.read_text("utf-8").replace("26/3/2021", "27/3/2021"), "utf-8")
        assert reloaded(own) == 2
        page.goto(server.url)
        page.goto(link)
        expect(page.locator("#trich")).to_have_text(FIRST_SENTENCE)
        expect(page.locator(".note")).to_contain_text("Báo cáo này đã thay đổi từ đó.")
        page.get_by_role("link", name="Xem bản hiện nay").click()
        expect(page.locator(".text")).to_contain_text("Ngày 27/3/2021, Ủy ban nhân dân")


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_nothing_is_cut_off_or_too_small(
    open_tab: OpenTab, server: Server, name: str
) -> None:
    page = open_tab(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(server.url + PAGES[name])
    unfold(page)
    assert wider_than_the_screen(page) == 0
    assert small_targets(page) == []


@pytest.mark.parametrize(
    ("language", "scheme"), [("vi-VN", "light"), ("vi-VN", "dark"), ("en-US", "light")]
)
def test_axe_finds_nothing_wrong(
    open_tab: OpenTab, server: Server, language: str, scheme: str
) -> None:
    page = open_tab(color_scheme=scheme, locale=language)
    papers = set()
    for name, path in PAGES.items():
        page.goto(server.url + path)
        unfold(page)
        assert violations(page) == [], name
        papers.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert papers == {"rgb(21, 23, 26)" if scheme == "dark" else "rgb(251, 250, 247)"}


def test_without_scripts_everything_but_the_copy_button_works(
    open_tab: OpenTab, server: Server
) -> None:
    page = open_tab(java_script_enabled=False)
    page.goto(server.url)
    ask(page, FIRST)
    assert marked(page) == FIRST_SENTENCE
    assert page.get_by_role("button", name="Chép kèm nguồn").count() == 0
    page.get_by_text("Trích dẫn").first.click()
    expect(page.locator(".citation").first).to_contain_text(
        f"{server.url}/report?g=1&id={FIRST_REPORT}"
    )
    page.get_by_text("Lọc theo ngày, theo báo cáo").click()
    page.get_by_label("Đến ngày").fill("31/12/2020")
    page.get_by_role("button", name="Hỏi").click()
    expect(page.locator(".note")).to_have_text("Không tìm thấy câu trả lời trong các báo cáo.")
    page.go_back()
    page.get_by_role("button", name="Không").click()
    expect(page.locator("h1")).to_have_text("Cảm ơn đã góp ý.")
    page.get_by_role("link", name="Theo thời gian").click()
    expect(page.locator("svg")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Over time")


def test_a_question_is_asked_and_followed_up_with_the_keyboard_alone(
    open_tab: OpenTab, server: Server
) -> None:
    page = open_tab()
    page.goto(server.url)
    expect(page.get_by_label("Câu hỏi")).to_be_focused()
    page.keyboard.type(FIRST)
    page.keyboard.press("Enter")
    expect(page.locator("blockquote").first).to_be_visible()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => [document.activeElement.innerText || document.activeElement.name,
                  getComputedStyle(document.activeElement).outlineStyle]"""
            )
        )
        if reached[-1][0] == "Xem trong báo cáo":
            break
    assert reached[0][0] == "Đến nội dung chính"
    assert [one for one in reached if one[1] == "none"] == [], "where the focus is must be seen"
    page.keyboard.press("Enter")
    expect(page.locator("#trich")).to_be_focused()
    page.goto(f"{server.url}/reports")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert re.search(r"#noi-dung$", page.url) is not None
    expect(page.locator("main")).to_be_focused()
