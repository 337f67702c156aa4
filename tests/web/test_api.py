"""The JSON API: the command's own objects, and whatever a program may send."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema
from starlette.types import Receive, Scope, Send
from typer.testing import CliRunner

from hoidap.catalog import Catalog
from hoidap.cli import (
    entry,  # noqa: F401  # registers the commands
    shell,
)
from hoidap.settings import Settings
from hoidap.web.app import create_app
from tests.web.browsing import environment
from tests.web.conftest import OpenClient
from tests.web.reading import FIRST, FIRST_REPORT, Read

# Of each operation; with fewer, cases are left out that failed once.
_EXAMPLES = 40
_SENSELESS = ("since is after until", "câu hỏi trống; hãy viết điều cần hỏi")


@pytest.mark.parametrize(
    ("question", "options", "arguments"),
    [
        (FIRST, {}, []),
        ("Who chaired the conference of 26/3/2021?", {}, []),
        ("Giá vàng hôm nay bao nhiêu?", {}, []),
        ("xã", {"top_k": 7}, ["--top-k", "7"]),
        (
            "Huyện đoàn trồng bao nhiêu cây?",
            {"since": "2023-01-01", "until": "2023-12-31"},
            ["--from", "1/1/2023", "--to", "31/12/2023"],
        ),
        ("Phường Mỹ Ngãi có bao nhiêu xã đạt chuẩn nông thôn mới?", {}, []),
    ],
)
def test_it_answers_as_the_command_does(
    client: TestClient,
    loaded: Settings,
    question: str,
    options: dict[str, Any],
    arguments: list[str],
) -> None:
    answer = client.post("/api/v1/ask", json={"question": question, **options})
    assert answer.status_code == 200
    printed = CliRunner().invoke(
        shell.app, ["ask", question, "--json", *arguments], env=environment(loaded)
    )
    assert printed.exit_code == 0
    ours, theirs = answer.json(), json.loads(printed.stdout)
    assert ours.pop("elapsed_ms") >= 0
    assert theirs.pop("elapsed_ms") >= 0
    assert ours == theirs
    assert list(answer.json()) == [*list(theirs), "elapsed_ms"]


def test_a_quote_stands_in_its_report_and_among_its_passages(client: TestClient) -> None:
    (found, *_) = client.post("/api/v1/ask", json={"question": FIRST}).json()["quotes"]
    report = client.get(f"/api/v1/reports/{found['report_id']}").json()
    assert report["text"][found["start"] : found["end"]] == found["text"]
    assert (report["generation"], report["date"], report["number"]) == (1, "2021-03-26", None)
    assert {name: report[name] for name in ("report_id", "title", "source")} == {
        name: found[name] for name in ("report_id", "title", "source")
    }
    passages = client.get(f"/api/v1/reports/{found['report_id']}/passages").json()
    assert {name: found[name] for name in ("text", "start", "end", "page")} in passages
    starts = [one["start"] for one in passages]
    assert starts == sorted(starts)


def test_a_question_can_be_asked_of_one_report(client: TestClient) -> None:
    question = {"question": "xã", "report_id": "tn-01", "top_k": 50}
    quotes = client.post("/api/v1/ask", json=question).json()["quotes"]
    assert {one["report_id"] for one in quotes} <= {"tn-01"}
    beyond = {**question, "since": "2023-01-01"}
    assert client.post("/api/v1/ask", json=beyond).json()["status"] == "not_found"


def test_reports_are_listed_by_date_in_pages(client: TestClient) -> None:
    first = client.get("/api/v1/reports?limit=4").json()
    rest = client.get("/api/v1/reports?first=4&limit=200").json()
    assert first["total"] == rest["total"] == 9
    reports = first["reports"] + rest["reports"]
    days = [date.fromisoformat(one["date"]) for one in reports]
    assert days == sorted(days, reverse=True)
    assert len({one["report_id"] for one in reports}) == 9
    found = client.get("/api/v1/reports", params={"q": "rach say"}).json()
    assert [one["report_id"] for one in found["reports"]] == ["le-khoi-cong-cau"]


def test_a_report_is_given_as_a_generation_has_it(
    open_client: OpenClient, own: Settings, reloaded: Callable[[Settings], int]
) -> None:
    client = open_client(own)
    before = client.get(f"/api/v1/reports/{FIRST_REPORT}").json()
    (own.reports_path / f"{FIRST_REPORT}.txt").write_text("Chỉ còn một câu.", "utf-8")
    assert reloaded(own) == 2
    path = f"/api/v1/reports/{FIRST_REPORT}"
    assert client.get(path).json()["text"] == "Chỉ còn một câu."
    assert client.get(path).json()["generation"] == 2
    assert client.get(path, params={"generation": 1}).json() == before
    assert client.get(path, params={"generation": 3}).status_code == 404


def test_an_id_may_hold_a_slash(
    open_client: OpenClient, settings: Settings, write: Callable[[str, str], Path]
) -> None:
    write("xã Mỹ Thọ/quý 1.txt", "Cầu Rạch Sậy dài 126 mét.")
    client = open_client(settings)
    ((report,),) = [client.get("/api/v1/reports").json()["reports"]]
    assert "/" in report["report_id"]
    path = f"/api/v1/reports/{quote(report['report_id'])}"
    assert client.get(path).json()["text"] == "Cầu Rạch Sậy dài 126 mét."
    assert [one["text"] for one in client.get(f"{path}/passages").json()] == [
        "Cầu Rạch Sậy dài 126 mét."
    ]
    assert Catalog(settings.catalog_path).report(report["report_id"]).file == "xã Mỹ Thọ/quý 1.txt"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"question"',
        b'{"question": ""}',
        b'{"question": 3}',
        b'{"question": "' + b"x" * 2001 + b'"}',
        b'{"question": "a", "more": 1}',
        b'{"question": "a", "top_k": 0}',
        b'{"question": "a", "top_k": 51}',
        b'{"question": "a", "top_k": NaN}',
        b'{"question": "a", "since": "26/3/2021"}',
        b'{"question": "a", "since": 1.5}',
        b'{"question": "a", "since": "1700000000"}',
        b'{"question": "a", "until": true}',
        b'{"question": "a", "until": "2021-02-30"}',
        b'{"question": "a", "top_k": "3"}',
        b'{"question": "a", "top_k": true}',
        b'{"question": "a", "report_id": ""}',
        b'{"question": "\xff\xfe"}',
        b'{"question": "\\ud800"}',
        b"[" * 50_000,
    ],
)
def test_what_is_no_question_is_refused_in_a_line(client: TestClient, body: bytes) -> None:
    response = client.post(
        "/api/v1/ask", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code in {400, 422}
    assert list(response.json()) == ["detail"]
    assert "\n" not in response.json()["detail"]
    assert len(response.json()["detail"]) < 200


@pytest.mark.parametrize("question", [" ", "\t\n", "\u3000"])
def test_a_blank_question_is_refused(client: TestClient, question: str) -> None:
    response = client.post("/api/v1/ask", json={"question": question})
    assert response.status_code == 400
    assert response.json() == {"detail": "câu hỏi trống; hãy viết điều cần hỏi"}


def test_dates_in_the_wrong_order_are_refused(client: TestClient) -> None:
    body = {"question": FIRST, "since": "2022-01-02", "until": "2022-01-01"}
    response = client.post("/api/v1/ask", json=body)
    assert (response.status_code, response.json()) == (400, {"detail": "since is after until"})


def test_its_description_names_what_it_has_and_nothing_else(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert {
        (method, path) for path, methods in described["paths"].items() for method in methods
    } == {
        ("post", "/api/v1/ask"),
        ("get", "/api/v1/reports"),
        ("get", "/api/v1/reports/{report_id}"),
        ("get", "/api/v1/reports/{report_id}/passages"),
    }


def test_its_page_names_every_route_and_object(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    page = Read(client.get("/docs"))
    routes = [
        f"{method.upper()} {path}"
        for path, methods in described["paths"].items()
        for method in methods
    ]
    assert [one for one in page.texts("//h2") if "/" in one] == routes
    objects = {one.get("id"): one for one in page.all("//details")}
    assert set(objects) == set(described["components"]["schemas"])
    for name, one in objects.items():
        shown = json.loads(one.xpath("string(pre)"))
        assert shown == described["components"]["schemas"][name]
    assert page.all("//a[starts-with(@href, '#')]/@href") == ["#noi-dung", "#Question"]


@pytest.fixture(scope="module")
def described(loaded: Settings) -> Iterator[OpenApiSchema]:
    """The API as it describes itself, open from the first request to the last."""
    app = create_app(loaded)

    async def always_open(scope: Scope, receive: Receive, send: Send) -> None:
        # Each request is sent by a client of its own, which starts what it asks and ends it again.
        if scope["type"] == "lifespan":
            for event in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{event}.complete"})
        else:
            await app(scope, receive, send)

    yield schemathesis.openapi.from_asgi("/openapi.json", always_open)
    app.state.core.close()


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/ask"),
        ("GET", "/api/v1/reports"),
        ("GET", "/api/v1/reports/{report_id}"),
        ("GET", "/api/v1/reports/{report_id}/passages"),
    ],
)
def test_whatever_is_sent_it_answers_as_described(
    described: OpenApiSchema, method: str, path: str, mode: GenerationMode
) -> None:
    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=_EXAMPLES, suppress_health_check=list(HealthCheck))
    def holds(case: Case[Any]) -> None:
        response = case.call()
        # What a schema cannot say.
        known = response.status_code == 400 and response.json()["detail"] in _SENSELESS
        case.validate_response(response, excluded_checks=[positive_data_acceptance] * known)

    holds()
