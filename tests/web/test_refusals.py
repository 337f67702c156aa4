"""What the page refuses, how it says so, and what goes with every answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from hoidap.allowance import Allowance
from hoidap.answering import Answerer
from hoidap.errors import CatalogError
from hoidap.settings import Settings
from hoidap.web.core import Core
from hoidap.web.headers import MAX_BODY
from hoidap.web.limits import client_of
from tests.web.conftest import OpenClient
from tests.web.reading import FIRST, FIRST_REPORT, Read

PAGES = ["/", "/reports", "/timeline", "/docs", f"/report?id={FIRST_REPORT}", f"/?q={FIRST}"]


def test_every_answer_has_the_security_headers(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("secret")

    requests = [
        *(("GET", path, 200) for path in PAGES),
        ("GET", "/static/hoidap.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/api/v1/reports", 200),
        ("GET", "/api/v1/reports/nothing", 404),
        ("GET", "/openapi.json", 200),
        ("GET", "/healthz", 200),
        ("GET", "/metrics", 200),
        ("GET", "/original?id=tn-03", 200),
        ("GET", "/nothing", 404),
        ("GET", "/lang/en", 303),
        ("GET", "/reports?trang=x", 422),
        ("DELETE", "/", 405),
        ("POST", "/feedback", 422),
        ("GET", "/?q=an+error", 500),
    ]
    for method, path, status in requests:
        if status == 500:
            monkeypatch.setattr(Answerer, "answer", fails)
        response = client.request(method, path)
        headers = response.headers
        assert response.status_code == status, path
        if not path.startswith("/original"):  # which has a stricter one
            policy = dict(
                one.strip().split(" ", 1) for one in headers["content-security-policy"].split(";")
            )
            assert policy["default-src"] == "'none'", path
            assert policy["script-src"] == policy["style-src"] == "'self'"
            assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        static = path.startswith("/static/")
        assert headers["cache-control"] == ("no-cache" if static else "no-store")
        assert "server" not in headers


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_nothing_that_the_policy_would_forbid(client: TestClient, path: str) -> None:
    page = Read(client.get(path))
    assert page.all("//@style") == []
    assert page.all("//style") == []
    assert page.all("//@*[starts-with(name(), 'on')]") == []
    assert page.texts("//script") == [""]
    places = page.all("//script/@src") + page.all("//link/@href") + page.all("//img/@src")
    assert all(place.startswith("/static/") for place in places)
    for place in places:
        assert TestClient.get(client, place).status_code == 200


def test_files_of_the_page_are_sent_again_only_when_they_are_new(client: TestClient) -> None:
    first = client.get("/static/hoidap.css")
    again = client.get("/static/hoidap.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/static/../pages.py", "/static/%2e%2e/pages.py", "/static/..%2fpages.py", "/static/"],
)
def test_nothing_but_files_of_the_page_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_unexpected_error_is_told_as_an_incident_and_logged_without_the_question(
    open_client: OpenClient,
    loaded: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = open_client(loaded)
    quoting = "số nhà của tôi là 12"  # not in the line that raises it, which the log shows

    def fails(*_: object, **__: object) -> None:
        raise ValueError(quoting)

    monkeypatch.setattr(Answerer, "answer", fails)
    for path in ("/?q=số+nhà+của+tôi", "/api/v1/ask"):
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            response = (
                client.get(path)
                if path.startswith("/?")
                else client.post(path, json={"question": "số nhà của tôi"})
            )
        assert response.status_code == 500
        incident = re.search(r"Mã sự cố: ([0-9A-F]{6})\.", response.text)
        assert incident is not None
        assert "Traceback" not in response.text
        assert "ValueError" not in response.text
        (record,) = caplog.records
        assert f"incident {incident[1]}" in record.getMessage()
        assert "ValueError" in record.getMessage()
        assert "số nhà" not in caplog.text
    told = client.get("/metrics").text
    assert 'hoidap_errors_total{front_end="web"} 2.0' in told
    assert 'method="GET",route="/",status="500"} 1.0' in told


def test_a_catalog_that_cannot_be_read_is_an_incident_of_the_service(
    open_client: OpenClient, loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = open_client(loaded)

    def fails(*_: object) -> None:
        raise CatalogError("không dùng được danh mục /var/lib/hoidap/catalog.sqlite3")

    monkeypatch.setattr("hoidap.catalog.Catalog.listed", fails)
    response = client.get("/reports", headers={"Accept-Language": "en"})
    assert response.status_code == 503
    assert re.fullmatch(
        r"Something unexpected went wrong\. Incident: [0-9A-F]{6}\.", Read(response).one("//h1")
    )
    assert "/var/lib" not in response.text
    answer = client.get("/api/v1/reports")
    assert answer.status_code == 503
    assert list(answer.json()) == ["detail"]


def core_of(client: TestClient) -> Core:
    core = client.app.state.core  # type: ignore[attr-defined]  # the application that was opened
    assert isinstance(core, Core)
    return core


def test_too_many_questions_are_asked_to_wait(open_client: OpenClient, loaded: Settings) -> None:
    client = open_client(loaded)
    # On a busy machine so much time goes by that there is room again.
    core_of(client).allowance = Allowance(
        loaded.limits_path, "web", per_minute=3, at_once=3, clock=lambda: 0.0
    )
    ask = {"question": FIRST}
    assert client.get("/", params={"q": FIRST}).status_code == 200
    assert client.post("/api/v1/ask", json=ask).status_code == 200
    assert client.get("/timeline", params={"q": "cầu"}).status_code == 200
    for refused in (
        client.get("/", params={"q": FIRST}),
        client.get("/timeline", params={"q": "cầu"}),
        client.post("/api/v1/ask", json=ask),
    ):
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 20
    page = Read(client.get("/", params={"q": FIRST}))
    assert re.fullmatch(r"Hỏi nhanh quá; hãy thử lại sau \d+ giây\.", page.one("//h1"))
    assert refused.json()["detail"].startswith("Too many questions; please try again in ")
    # Reading is not asking.
    for path in ("/", "/reports", "/timeline", f"/report?id={FIRST_REPORT}", "/api/v1/reports"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_subscriber_is_one_client(address: str, client: str) -> None:
    assert client_of(address) == client


@pytest.mark.parametrize("path", ["/feedback", "/api/v1/ask", "/"])
def test_more_than_a_question_needs_is_not_read(client: TestClient, path: str) -> None:
    kinds = {"Content-Type": "application/x-www-form-urlencoded"}
    if path.startswith("/api"):
        kinds = {"Content-Type": "application/json"}

    def chunks() -> Iterator[bytes]:
        for _ in range(MAX_BODY // 1024 + 1):
            yield b"x" * 1024

    told = client.post(path, content=b"x" * (MAX_BODY + 1), headers=kinds)
    assert told.status_code == 413
    if path.startswith("/api"):
        assert told.json() == {"detail": "Gửi quá nhiều một lúc. The request is too large."}
    assert "content-security-policy" in told.headers
    untold = client.post(path, content=chunks(), headers=kinds)
    assert untold.status_code == (405 if path == "/" else 413)
    lying = client.post(path, content=b"x", headers={**kinds, "Content-Length": "9" * 30})
    assert lying.status_code == 413
    wrong = client.post(path, content=b"x", headers={**kinds, "Content-Length": "-1"})
    assert wrong.status_code == 413
    assert client.post(path, content=b"x" * 99, headers=kinds).status_code in {405, 422}


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PROPFIND", "HỎI"])
def test_methods_that_a_page_does_not_have_are_refused(client: TestClient, method: str) -> None:
    response = client.request(method, "/reports")
    if method == "HEAD":
        assert (response.status_code, response.content) == (200, b"")
        return
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"


def test_what_is_not_there_is_told_in_the_readers_language(client: TestClient) -> None:
    for language, message in (("vi", "Không có trang này."), ("en", "There is no such page.")):
        response = client.get("/nothing", headers={"Accept-Language": language})
        assert response.status_code == 404
        page = Read(response)
        assert (page.language, page.one("//h1")) == (language, message)
        assert page.all("//main//a/@href") == ["/"]
    assert client.get("/api/v1/nothing").json() == {"detail": "Không có trang này."}


def test_where_only_those_may_read_who_have_logged_in_nothing_is_shown(
    open_client: OpenClient, loaded: Settings
) -> None:
    client = open_client(loaded.model_copy(update={"web_login": True}))
    for path in (*PAGES, "/original?id=tn-03"):
        response = client.get(path)
        assert response.status_code == 303, path
        assert response.headers["location"].startswith("/login?next=%2F"), path
        assert FIRST_REPORT not in response.text
    for response in (
        client.get("/api/v1/reports"),
        client.get(f"/api/v1/reports/{FIRST_REPORT}"),
        client.get(f"/api/v1/reports/{FIRST_REPORT}/passages"),
        client.post("/api/v1/ask", json={"question": FIRST}),
    ):
        assert response.status_code == 401
        assert list(response.json()) == ["detail"]
    # What tells how the page is tells nothing of the reports.
    for path in ("/healthz", "/readyz", "/metrics", "/static/hoidap.css"):
        assert client.get(path).status_code == 200


def test_questions_and_requests_are_counted(open_client: OpenClient, loaded: Settings) -> None:
    client = open_client(loaded)
    client.get("/", params={"q": FIRST})
    client.get("/", params={"q": FIRST})
    client.post("/api/v1/ask", json={"question": "What is the price of gold today?"})
    client.get("/", params={"q": FIRST, "tu": "không phải ngày"})
    client.get("/nothing")
    told = client.get("/metrics").text
    for line in (
        'hoidap_questions_total{front_end="web",language="vi",status="partial"} 2.0',
        'hoidap_questions_total{front_end="web",language="en",status="not_found"} 1.0',
        'hoidap_answer_seconds_count{front_end="web"} 3.0',
        'hoidap_requests_total{front_end="web",method="GET",route="/",status="200"} 2.0',
        'hoidap_requests_total{front_end="web",method="GET",route="/",status="400"} 1.0',
        'hoidap_requests_total{front_end="web",method="GET",route="other",status="404"} 1.0',
        "hoidap_generation 1.0",
        "hoidap_reports 9.0",
    ):
        assert line in told.splitlines(), line
    assert "26/3" not in told
