"""Reports on the page: the list, a report as it was, its file, and the chart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from hoidap.catalog import Catalog
from hoidap.settings import Settings
from hoidap.web.timeline import chart
from tests.conftest import SEED
from tests.web.conftest import OpenClient
from tests.web.reading import FIRST, FIRST_REPORT, FIRST_SENTENCE, Read

Reloaded = Callable[[Settings], int]


def permanent(client: TestClient) -> str:
    """The permanent link of the first real question's passage."""
    page = Read(client.get("/", params={"q": FIRST}))
    return str(page.all("//blockquote/@cite")[0])


def main_note(page: Read) -> str:
    return " ".join(page.one("//p[@class='note']").split())


def test_a_permanent_link_shows_the_sentence_in_its_report(
    client: TestClient, loaded: Settings
) -> None:
    page = Read(client.get(permanent(client)))
    report = Catalog(loaded.catalog_path).report(FIRST_REPORT)
    assert page.one("//h1") == report.title
    assert page.one("//mark[@id='trich']") == FIRST_SENTENCE
    assert page.one("//div[@class='text']") == report.text
    assert main_note(page).startswith("Văn bản theo lần cập nhật số 1, ngày ")
    assert page.all("//p[@class='citation']/@data-quote") == [FIRST_SENTENCE]


def test_after_a_change_the_old_text_still_shows_and_the_change_is_said(
    open_client: OpenClient, own: Settings, reloaded: Reloaded
) -> None:
    client = open_client(own)
    link = permanent(client)
    file = own.reports_path / SEED.name
    before = Read(client.get(link)).one("//div[@class='text']")
    original = client.get(f"/original?g=1&id={FIRST_REPORT}").content
    assert original == file.read_bytes() == client.get(f"/original?id={FIRST_REPORT}").content
    file.write_text(file.read_text("utf-8").replace("26/3/2021", "27/3/2021"), "utf-8")
    assert reloaded(own) == 2
    page = Read(client.get(link))
    assert page.one("//div[@class='text']") == before
    assert page.one("//mark[@id='trich']") == FIRST_SENTENCE
    assert main_note(page).endswith("Báo cáo này đã thay đổi từ đó. Xem bản hiện nay")
    now = Read(client.get(page.all("//p[@class='note']/a/@href")[0]))
    assert "Ngày 27/3/2021" in now.one("//div[@class='text']")
    assert main_note(now).startswith("Văn bản theo lần cập nhật số 2, ngày ")
    # The file that goes with a text is the one it was read from.
    files = [client.get(one.all("//ul[@class='actions']/li/a/@href")[1]) for one in (page, now)]
    assert [one.content for one in files] == [original, file.read_bytes()]


def test_after_a_removal_the_old_text_still_shows_and_the_removal_is_said(
    open_client: OpenClient, own: Settings, reloaded: Reloaded
) -> None:
    client = open_client(own)
    link = permanent(client)
    for path in own.reports_path.glob(f"{FIRST_REPORT}*"):
        path.unlink()
    assert reloaded(own) == 2
    page = Read(client.get(link))
    assert page.one("//mark[@id='trich']") == FIRST_SENTENCE
    assert main_note(page).endswith("Báo cáo này đã được gỡ bỏ từ đó.")
    (file,) = [one for one in page.all("//a/@href") if one.startswith("/original")]
    assert client.get(file).content == SEED.read_bytes()
    for gone in (f"/report?id={FIRST_REPORT}", f"/original?id={FIRST_REPORT}"):
        response = client.get(gone)
        assert response.status_code == 404
        assert Read(response).one("//h1") == "Không có báo cáo này, hoặc báo cáo đã được gỡ bỏ."


def test_a_text_that_stays_the_same_is_shown_for_as_long_as_it_does(
    open_client: OpenClient, own: Settings, reloaded: Reloaded
) -> None:
    few = own.model_copy(update={"keep_generations": 2})
    client = open_client(few)
    link = permanent(client)
    for number in (2, 3):
        (few.reports_path / "them.txt").write_text(f"Thêm {number} cây cầu.", "utf-8")
        assert reloaded(few) == number
    page = Read(client.get(link))
    assert page.one("//mark[@id='trich']") == FIRST_SENTENCE
    assert main_note(page) == "Văn bản theo lần cập nhật số 1."
    assert client.get(f"/original?g=1&id={FIRST_REPORT}").content == SEED.read_bytes()
    assert client.get("/report?g=2&id=them").status_code == 200
    assert client.get("/report?g=1&id=them").status_code == 404


def test_a_text_that_is_not_kept_any_more_is_said_to_be_gone(
    open_client: OpenClient, own: Settings, reloaded: Reloaded
) -> None:
    few = own.model_copy(update={"keep_generations": 2})
    client = open_client(few)
    link = permanent(client)
    file = few.reports_path / SEED.name
    for number in (2, 3, 4):
        file.write_text(f"{file.read_text('utf-8')}\nThêm {number} cây cầu.\n", "utf-8")
        assert reloaded(few) == number
    response = client.get(link)
    page = Read(response)
    assert response.status_code == 404
    assert page.one("//h1") == "Bản của lần cập nhật số 1 không còn được lưu."
    # Where the report still stands it is a click away.
    assert Read(client.get(page.all("//main//a/@href")[0])).one("//h1").startswith("Tổng kết")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("id=no-such-report", 404),
        (f"id={FIRST_REPORT}&g=99", 404),
        (f"id={FIRST_REPORT}&g=0", 404),
        (f"id={FIRST_REPORT}&g=-1", 404),
        (f"id={FIRST_REPORT}&g={'9' * 40}", 404),
        (f"id={FIRST_REPORT}&g=một", 422),
        (f"id={FIRST_REPORT}&start=x", 422),
        ("id=%00%FF%ED%A0%80", 404),
        ("id=../../etc/passwd", 404),
    ],
)
def test_a_report_that_there_is_not_is_told(client: TestClient, query: str, status: int) -> None:
    response = client.get(f"/report?{query}")
    assert response.status_code == status
    assert len(Read(response).texts("//h1")) == 1


@pytest.mark.parametrize("span", ["start=-5&end=99999999999999999999", "start=9&end=3", "start=4"])
def test_a_passage_that_no_text_has_marks_what_there_is(
    client: TestClient, loaded: Settings, span: str
) -> None:
    page = Read(client.get(f"/report?id={FIRST_REPORT}&{span}"))
    text = Catalog(loaded.catalog_path).report(FIRST_REPORT).text
    assert page.one("//div[@class='text']") == text
    assert page.texts("//mark") == [text] * ("-5" in span)


def test_the_file_is_given_as_it_came_and_opened_by_nobody(
    client: TestClient, loaded: Settings
) -> None:
    response = client.get("/original?id=bao-cao-duong")
    assert response.content == (loaded.reports_path / "bao-cao-duong.pdf").read_bytes()
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert (
        response.headers["content-disposition"] == "attachment; filename*=UTF-8''bao-cao-duong.pdf"
    )


def test_of_a_bulk_export_the_reports_own_text_is_given(
    client: TestClient, loaded: Settings
) -> None:
    response = client.get("/original?id=tn-03")
    assert response.text == Catalog(loaded.catalog_path).report("tn-03").text
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''tn-03.txt"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>.txt".replace("/", "∕"),
        'a";filename=evil.html;x=".txt',
        "xã Mỹ Thọ; quý I.txt",
        "%0d%0aSet-Cookie: x=1.txt",
        "a\\..\\b.txt",
        "$(reboot)`id`.txt",
    ],
)
def test_a_hostile_name_of_a_file_stays_a_name(
    open_client: OpenClient,
    settings: Settings,
    write: Callable[[str, str], Path],
    name: str,
) -> None:
    write(name, "Cầu Rạch Sậy dài 126 mét.")
    client = open_client(settings)
    page = Read(client.get("/reports"))
    (report,) = page.all("//main//li/a/@href")
    page = Read(client.get(report))
    assert page.all("//main//script") == []
    (file,) = [one for one in page.all("//a/@href") if one.startswith("/original")]
    response = client.get(file)
    assert response.content == "Cầu Rạch Sậy dài 126 mét.".encode()
    kind, _, told = response.headers["content-disposition"].partition("; filename*=UTF-8''")
    assert kind == "attachment"
    assert unquote(told) == name
    assert set(told) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%-._~")
    assert "set-cookie" not in response.headers


def test_the_list_is_by_date_and_can_be_searched_without_diacritics(client: TestClient) -> None:
    page = Read(client.get("/reports"))
    assert page.one("//p[@class='about']") == "9 báo cáo, mới nhất trước"
    days = [date.fromisoformat(one) for one in page.all("//main//time/@datetime")]
    assert days == sorted(days, reverse=True)
    assert len(days) == 9
    for words, titles in [
        ("rach say", ["Khởi công cầu Rạch Sậy"]),
        ("RẠCH SẬY", ["Khởi công cầu Rạch Sậy"]),
        ("87/BC-UBND", ["BÁO CÁO Kết quả xây dựng đường giao thông nông thôn chín tháng đầu"]),
        ("không có gì như vậy", []),
        ("%", []),
        ("' OR 1=1 --", []),
    ]:
        page = Read(client.get("/reports", params={"q": words}))
        found = page.texts("//main//li/a")
        assert [one.startswith(title) for one, title in zip(found, titles, strict=True)] == [
            True for _ in titles
        ], words
        if not titles:
            assert page.one("//p[@class='about']") == "Không có báo cáo nào."


def test_the_list_has_pages(
    open_client: OpenClient, settings: Settings, write: Callable[[str, str], Path]
) -> None:
    first = date(2020, 1, 1)
    write(
        "nhieu.jsonl",
        "\n".join(
            f'{{"id":"r{n}","title":"Tin số {n}","text":"Nội dung {n}.",'
            f'"date":"{first + timedelta(n)}"}}'
            for n in range(60)
        ),
    )
    client = open_client(settings)
    seen: list[str] = []
    address = "/reports?q=tin+so"
    while address:
        page = Read(client.get(address))
        assert page.one("//p[@class='about']") == "60 báo cáo, mới nhất trước"
        seen += page.texts("//main//li/a")
        address = next(iter(page.all("//a[@rel='next']/@href")), "")
    assert seen == [f"Tin số {n}" for n in reversed(range(60))]
    assert page.all("//a[@rel='prev']/@href") == ["/reports?q=tin+so&trang=2"]
    for beyond, count in [("0", 25), ("-3", 25), ("4", 0), ("9" * 40, 0)]:
        page = Read(client.get(f"/reports?trang={beyond}"))
        assert len(page.texts("//main//li")) == count, beyond
    assert client.get("/reports?trang=hai").status_code == 422


def test_the_chart_counts_reports_and_those_of_a_topic_by_month(client: TestClient) -> None:
    page = Read(client.get("/timeline", params={"q": "cải cách hành chính"}))
    rows = [[cell.text_content() for cell in row] for row in page.all("//tbody/tr")]
    counts = {row[0]: (int(row[1]), int(row[2])) for row in rows}
    assert sum(every for every, _ in counts.values()) == 9
    assert counts["10/2022"] == (1, 0)
    assert counts["07/2022"] == (2, 1)
    assert len(page.all("//*[name()='rect'][@class='every']")) == 28  # from 3/2021 to 6/2023
    assert "Hội nghị sơ kết công tác cải cách hành chính" in page.texts("//main//li/a")[0]
    assert page.all("//*[name()='svg']/@aria-labelledby") == page.all(
        "//*[name()='svg']/*[name()='title']/@id"
    )
    whole = Read(client.get("/timeline"))
    assert whole.all("//*[name()='rect'][@class='topic']") == []


@pytest.mark.parametrize("topic", ["???", "😀", "x" * 5000, "<b>", "\0"])
def test_a_topic_that_says_nothing_draws_all_reports(client: TestClient, topic: str) -> None:
    response = client.get("/timeline", params={"q": topic})
    page = Read(response)
    assert response.status_code == 200
    assert len(page.all("//*[name()='rect'][@class='every']")) == 28
    assert page.all("//main//b") == []


def test_bars_stay_within_the_chart_and_labels_apart() -> None:
    for months in (1, 2, 30, 48, 49, 2000):
        every = {
            f"{2000 + number // 12:04}-{number % 12 + 1:02}": number % 7 + 1
            for number in range(months)
        }
        drawn = chart(every, dict.fromkeys(every, 1))
        assert sum(bar.every for bar in drawn.bars) == sum(every.values())
        assert sum(bar.topic for bar in drawn.bars) == months
        assert max(bar.x + bar.width for bar in drawn.bars) < 700
        assert all(bar.topic_height <= bar.every_height for bar in drawn.bars)
        assert min(bar.every_y for bar in drawn.bars) == 12
        labels = [bar.label for bar in drawn.bars if bar.labelled]
        assert 1 <= len(labels) <= 12
        assert labels[0] == ("01/2000" if months <= 48 else "2000")
    assert chart({}, {}).bars == ()
