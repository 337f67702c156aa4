"""What the page tells about itself, and how requests are counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from hoidap.answering import Answerer
from hoidap.encoder import Encoder
from hoidap.metrics import Metrics
from hoidap.reload import reload
from hoidap.settings import Settings
from hoidap.web.monitoring import CountedRequests, monitoring_routes


@pytest.fixture
def client(settings: Settings, encoder: Encoder, write: Callable[[str, str], Path]) -> TestClient:
    write("a.txt", "Cầu Rạch Sậy dài 126 mét.")
    reload(settings, encoder)
    metrics = Metrics(settings, "web")
    app = FastAPI()
    app.include_router(monitoring_routes(metrics, Answerer(settings, encoder)))

    @app.get("/reports/{report_id}")
    def report(report_id: str) -> str:
        if report_id == "broken":
            raise ValueError(report_id)
        return report_id

    app.add_middleware(CountedRequests, metrics=metrics)
    return TestClient(app, raise_server_exceptions=False)


def counted(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    found = (line.rpartition(" ") for line in lines if line.startswith("hoidap_requests_total"))
    return {name: float(value) for name, _, value in found}


def series(method: str, route: str, status: int) -> str:
    return (
        f'hoidap_requests_total{{front_end="web",method="{method}",route="{route}"'
        f',status="{status}"}}'
    )


def test_health_and_readiness(client: TestClient, settings: Settings) -> None:
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ok\n")
    for path in settings.data.glob("catalog.sqlite3*"):
        path.write_bytes(b"not a database" * 1000)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "danh mục không dùng được (CatalogError); hãy chạy: hoidap doctor\n"
    assert client.get("/healthz").status_code == 200
    assert "hoidap_catalog_readable 0.0" in client.get("/metrics").text


def test_requests_are_counted_by_route_and_never_by_path(client: TestClient) -> None:
    for path in ("/reports/so-1", "/reports/so-2?q=Ai", "/reports/broken", "/tìm/gì đó", "/x" * 99):
        client.get(path)
    client.request("HỎI", "/reports/so-1")
    assert counted(client) == {
        series("GET", "/reports/{report_id}", 200): 2,
        series("GET", "/reports/{report_id}", 500): 1,
        series("GET", "other", 404): 2,
        series("other", "/reports/{report_id}", 405): 1,
    }
    told = client.get("/metrics").text
    assert "so-1" not in told
    assert 'hoidap_request_seconds_count{front_end="web",route="/reports/{report_id}"} 4.0' in told


def test_they_are_no_part_of_the_api(client: TestClient) -> None:
    assert list(client.get("/openapi.json").json()["paths"]) == ["/reports/{report_id}"]
