"""Questions to the page without a browser, as its HTML answers them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from hoidap.answering import MAX_QUESTION
from hoidap.catalog import Catalog
from hoidap.journal import Journal
from hoidap.settings import Settings
from tests.web.conftest import OpenClient
from tests.web.reading import FIRST, FIRST_REPORT, FIRST_SENTENCE, Read


def asked(client: TestClient, q: str, **more: str) -> Read:
    return Read(client.get("/", params={"q": q, **more}))


@pytest.mark.parametrize(
    ("question", "language", "note"),
    [
        (FIRST, "vi", "Báo cáo không ghi rõ: chủ trì. Đoạn liên quan nhất:"),
        (
            "ai chu tri hoi nghi 26/3/2021",
            "vi",
            "Báo cáo không ghi rõ: chu tri. Đoạn liên quan nhất:",
        ),
        (
            "Who chaired the conference of 26/3/2021?",
            "en",
            "The reports do not say: chaired. The nearest passage:",
        ),
    ],
)
def test_the_first_real_question_is_quoted_byte_for_byte(
    client: TestClient, loaded: Settings, question: str, language: str, note: str
) -> None:
    response = client.get("/", params={"q": question}, headers={"Accept-Language": language})
    page = Read(response)
    assert (response.status_code, page.language) == (200, language)
    assert page.one("//p[@class='note']") == note
    report = Catalog(loaded.catalog_path).report(FIRST_REPORT)
    (passage, *_) = page.texts("//blockquote")
    assert passage in report.text
    assert passage.startswith("Ngày 26/3/2021, ")
    assert passage.endswith("Bà Huỳnh Thị Hoài Thu phát biểu tại Hội nghị")
    assert page.texts("//blockquote[1]//mark")[0] == FIRST_SENTENCE
    assert "chủ trì" not in report.text
    # What is quoted is Vietnamese, whatever the page is in: a screen reader must know.
    assert set(page.all("//blockquote/@lang")) == {"vi"}


def test_what_was_asked_for_is_marked_within_the_sentence(client: TestClient) -> None:
    page = asked(client, "Ai là Bí thư Huyện ủy?")
    assert page.all("//p[@class='note']") == []
    assert page.texts("//article[1]//mark/strong")[0] == "bà Huỳnh Thị Hoài Thu"
    assert page.one("//article[1]//mark").startswith("Đến dự có bà Huỳnh Thị Hoài Thu, ")


def test_a_quote_is_copied_with_number_date_page_and_permanent_link(client: TestClient) -> None:
    page = asked(client, "Chín tháng đầu năm 2022 xây dựng bao nhiêu km đường?")
    (citation, *_) = page.texts("//p[@class='citation']")
    assert citation.startswith(
        "BÁO CÁO Kết quả xây dựng đường giao thông nông thôn chín tháng đầu năm 2022,"
        " số 87/BC-UBND, 12/10/2022, trang "
    )
    # Absolute, for whoever has no script that makes it so.
    address = re.search(r"Liên kết cố định: (http://testserver/report\?\S+)#trich$", citation)
    assert address is not None
    named = parse_qs(urlsplit(address[1]).query)
    assert (named["g"], named["id"]) == (["1"], ["bao-cao-duong"])
    # What is copied is the whole passage, the link marks its sentence.
    (quote, *_) = page.all("//p[@class='citation']/@data-quote")
    assert quote == page.texts("//blockquote")[0]
    shown = Read(client.get(address[1]))
    assert shown.one("//mark[@id='trich']") == page.texts("//blockquote[1]/mark")[0]
    assert shown.one("//p[@class='citation']") == citation


def test_date_and_report_filters_leave_out_the_others(client: TestClient) -> None:
    question = "Huyện đoàn trồng bao nhiêu cây?"
    for filters, found in [
        ({}, True),
        ({"tu": "1/1/2023"}, True),
        ({"tu": "01-01-2023", "den": "ngày 31 tháng 12 năm 2023"}, True),
        ({"den": "2022-12-31"}, False),
        ({"id": "tn-03"}, True),
        ({"id": "tn-03", "tu": "1/1/2023"}, True),
        ({"id": "tn-03", "den": "31/12/2022"}, False),
        ({"id": "no-such-report"}, False),
    ]:
        page = asked(client, question, **filters)
        assert bool(page.all("//blockquote")) is found, filters
        if found:
            assert page.texts("//article//h3")[0] == "Ra quân trồng cây"
        else:
            notes = page.texts("//p[@class='note']")
            assert notes == ["Không tìm thấy câu trả lời trong các báo cáo."]
        # What was filtered by still stands in the form, and can be seen there.
        assert page.all("//details/@open") == [""] * bool(filters)
        values = {name: page.all(f"//input[@name='{name}']/@value") for name in ("q", "tu", "den")}
        assert values == {
            "q": [question],
            "tu": [filters.get("tu", "")],
            "den": [filters.get("den", "")],
        }


@pytest.mark.parametrize("date", ["hôm kia kìa", "31/2/2021", "2021", "tháng 3/2021", "1/1 1/2"])
def test_a_date_that_is_none_is_told(client: TestClient, date: str) -> None:
    response = client.get("/", params={"q": FIRST, "tu": date})
    page = Read(response)
    assert response.status_code == 400
    assert page.one("//p[@role='alert']") == (f"Không hiểu ngày “{date}”; hãy viết như 26/3/2021.")
    assert page.all("//blockquote") == []
    assert page.all("//input[@name='tu']/@value") == [date]


def test_dates_in_the_wrong_order_are_told(client: TestClient) -> None:
    response = client.get("/", params={"q": FIRST, "tu": "2/1/2022", "den": "1/1/2022"})
    assert response.status_code == 400
    assert Read(response).one("//p[@role='alert']").startswith("Khoảng ngày ngược")


def test_where_nothing_is_found_nothing_is_quoted_and_reports_are_named(
    client: TestClient,
) -> None:
    page = asked(client, "Ai chủ trì hội nghị ngày 15/8/2019?")
    assert page.all("//blockquote") == []
    assert page.one("//p[@class='note']") == "Không tìm thấy câu trả lời trong các báo cáo."
    assert page.one("//h3") == "Báo cáo gần với câu hỏi nhất"
    assert 1 <= len(page.texts("//section//li")) <= 3


@pytest.mark.parametrize("question", ["x" * (MAX_QUESTION + 1), "ă" * MAX_QUESTION * 4])
def test_a_question_that_is_too_long_is_told(client: TestClient, question: str) -> None:
    response = client.get("/", params={"q": question})
    page = Read(response)
    assert response.status_code == 400
    assert f"câu hỏi dài {len(question)} ký tự" in page.one("//p[@role='alert']")
    assert page.all("//input[@name='q']/@value") == [question[:MAX_QUESTION]]
    assert len(page.one("//title")) < 150


@pytest.mark.parametrize(
    "question", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "\0"]
)
def test_what_is_asked_is_shown_as_text_only(client: TestClient, question: str) -> None:
    response = client.get("/", params={"q": question})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "<img" not in response.text
    page = Read(response)
    assert page.all("//script/@src") == ["/static/hoidap.js"]
    if question != "\0":
        assert page.all("//input[@name='q']/@value") == [question]


def test_without_a_question_examples_are_offered_that_are_answered(client: TestClient) -> None:
    for language in ("vi", "en"):
        page = Read(client.get("/", headers={"Accept-Language": language}))
        examples = page.all("//section//li/a/@href")
        assert len(examples) == 2
        for address in examples:
            assert Read(client.get(address)).all("//blockquote"), address


def test_an_old_name_of_a_place_is_told(client: TestClient) -> None:
    page = asked(client, "Phường Mỹ Ngãi có bao nhiêu xã đạt chuẩn nông thôn mới?")
    assert "phường Mỹ Ngãi" in page.texts("//p[@class='note']")[0]


def test_the_language_is_the_browsers_until_one_is_chosen(
    open_client: OpenClient, loaded: Settings
) -> None:
    client = open_client(loaded)
    for accepted, language in [
        ("", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-US,en;q=0.9", "en"),
        ("fr", "vi"),
    ]:
        assert Read(client.get("/", headers={"Accept-Language": accepted})).language == language
    switch = Read(client.get("/reports?q=tr%C3%B4ng")).all("//a[@hreflang='en']/@href")[0]
    response = client.get(switch)
    assert (response.status_code, response.headers["location"]) == (303, "/reports?q=tr%C3%B4ng")
    assert "HttpOnly" in response.headers["set-cookie"]
    assert Read(client.get("/")).language == "en"
    client.get("/lang/vi")
    assert Read(client.get("/", headers={"Accept-Language": "en"})).language == "vi"


@pytest.mark.parametrize(
    "den",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: x=1",
        "",
    ],
)
def test_the_language_switch_leads_to_this_site_only(client: TestClient, den: str) -> None:
    response = client.get("/lang/vi", params={"den": den})
    assert response.status_code == 303
    place = response.headers["location"]
    assert re.match(r"/(?![/\\\s])", place) or place == "/", place
    assert urlsplit(place).netloc == ""
    assert "x" not in response.cookies


def feedback_form(page: Read) -> dict[str, str]:
    names = page.all("//form[@class='feedback']/input/@name")
    return dict(zip(names, page.all("//form[@class='feedback']/input/@value"), strict=True))


def test_feedback_is_taken_from_who_was_shown_the_answer(
    open_client: OpenClient, own: Settings
) -> None:
    client = open_client(own)
    form = feedback_form(asked(client, FIRST))
    journal = Journal(own.journal_path, keep_days=90)
    here = {"Origin": "http://testserver"}
    refused = [
        ({**form, "key": "0" * len(form["key"])}, here),
        ({**form, "key": "ê"}, here),
        ({**form, "question": str(int(form["question"]) + 1)}, here),
        (form, {"Origin": "https://evil.example"}),
        (form, {"Origin": "null"}),
        (form, {**here, "Sec-Fetch-Site": "cross-site"}),
    ]
    for sent, headers in refused:
        response = client.post("/feedback", data={**sent, "helpful": "false"}, headers=headers)
        assert response.status_code == 403
        assert Read(response).one("//h1").startswith("Biểu mẫu không do trang này gửi")
    assert journal.rated(10) == []
    response = client.post("/feedback", data={**form, "helpful": "true"}, headers=here)
    assert Read(response).one("//h1") == "Cảm ơn đã góp ý."
    (rated,) = journal.rated(10)
    assert (rated.text, rated.helpful, rated.unhelpful) == (FIRST, 1, 0)
    # Who changes their mind is counted once.
    client.post("/feedback", data={**form, "helpful": "false"}, headers=here)
    (rated,) = journal.rated(10)
    assert (rated.helpful, rated.unhelpful) == (0, 1)
    journal.close()


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "9" * 30])
def test_feedback_that_is_no_form_of_ours_is_refused(client: TestClient, number: str) -> None:
    sent = {"question": number, "key": "00", "helpful": "true"}
    response = client.post("/feedback", data=sent)
    assert response.status_code == 422
    assert (
        Read(response).one("//h1") == "Địa chỉ hoặc biểu mẫu không đúng; hãy mở lại từ trang hỏi."
    )


def test_questions_are_written_down_masked_and_without_who_asked(
    open_client: OpenClient, own: Settings
) -> None:
    client = open_client(own)
    asked(client, "Số 0912345678 của ai?")
    asked(client, "Giá vàng hôm nay bao nhiêu?")
    journal = Journal(own.journal_path, keep_days=90)
    texts = [one.text for one in journal.unanswered(10)]
    assert texts[0] == "Giá vàng hôm nay bao nhiêu?"
    assert "0912345678" not in texts[1]
    assert b"testclient" not in b"".join(
        path.read_bytes() for path in own.data.glob("journal.sqlite3*")
    )
    journal.close()


def test_a_journal_that_cannot_be_written_stops_no_answer(
    open_client: OpenClient, own: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    client = open_client(own)
    for path in own.data.glob("journal.sqlite3*"):
        path.write_bytes(b"not a database" * 1000)
    page = asked(client, FIRST)
    assert page.texts("//blockquote[1]//mark")[0] == FIRST_SENTENCE
    assert page.all("//form[@class='feedback']") == []
    assert 'hoidap_errors_total{front_end="web"} 1.0' in client.get("/metrics").text
    asked(client, "Cầu dài bao nhiêu mét?")
    # Once a minute, however many ask.
    (line,) = caplog.messages
    assert line.startswith(f"không dùng được nhật ký {own.journal_path}: tệp bị hỏng")


def test_reports_that_come_while_it_serves_are_answered_from(
    open_client: OpenClient,
    settings: Settings,
    write: Callable[[str, str], Path],
    reloaded: Callable[[Settings], int],
) -> None:
    write("khac.txt", "Chợ Tân Giang mở cửa từ sáng sớm.")
    client = open_client(settings)
    question = "Cầu Rạch Sậy dài bao nhiêu mét?"
    assert asked(client, question).all("//blockquote") == []
    for length in ("126", "128"):
        write("cau.txt", f"Cầu Rạch Sậy dài {length} mét.")
        number = reloaded(settings)
        page = asked(client, question)
        assert page.one("//blockquote") == f"Cầu Rạch Sậy dài {length} mét."
        assert f"g={number}&" in page.all("//blockquote/@cite")[0]
