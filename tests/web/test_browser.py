"""The page in a real browser, as citizens and officials use it."""

from __future__ import annotations

from tests.web.browsing import Server
from tests.web.conftest import OpenTab

FIRST = "Ai chủ trì hội nghị 26/3/2021?"
SENTENCE = "Ngày 26/3/2021, Ủy ban nhân dân huyện Cao Lãnh tổ chức Hội nghị tổng kết"


def test_the_first_real_question_is_asked_and_the_sentence_is_marked(
    open_tab: OpenTab, server: Server
) -> None:
    page = open_tab()
    page.goto(server.url)
    page.get_by_label("Câu hỏi").fill(FIRST)
    page.get_by_role("button", name="Hỏi").click()
    assert page.locator(".note").inner_text() == (
        "Báo cáo không ghi rõ: chủ trì. Đoạn liên quan nhất:"
    )
    assert page.locator("blockquote mark").first.inner_text().startswith(SENTENCE)
