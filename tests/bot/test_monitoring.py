"""What the running bot tells about itself, on the loopback interface."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

from tests.bot.conftest import Start
from tests.bot.standin import StandIn

BRIDGE = "Cầu Rạch Sậy dài bao nhiêu mét?"


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_health_readiness_and_numbers(start: Start, api: StandIn, place: Path) -> None:
    port = free_port()
    start(HOIDAP_BOT_METRICS_PORT=str(port))
    assert get(port, "/healthz") == (200, "ok\n")
    assert get(port, "/readyz") == (200, "ok\n")
    for _ in range(2):
        assert "126 mét" in api.ask(BRIDGE).text
    status, told = get(port, "/metrics")
    assert status == 200
    lines = told.splitlines()
    quoted = 'hoidap_questions_total{front_end="bot",language="vi",status="quoted"} 2.0'
    assert quoted in lines
    assert 'hoidap_updates_total{front_end="bot",kind="message"} 2.0' in lines
    assert 'hoidap_errors_total{front_end="bot"} 0.0' in lines
    assert "hoidap_generation 1.0" in lines
    (contact,) = (one for one in lines if one.startswith("hoidap_telegram_contact"))
    assert float(contact.split()[1]) > 1_700_000_000
    assert "_created{" not in told
    assert "Sậy" not in told
    assert get(port, "/")[0] == 404
    for path in (place / "data").glob("catalog.sqlite3*"):
        path.write_bytes(b"not a database" * 1000)
    status, reason = get(port, "/readyz")
    assert status == 503
    assert reason == "danh mục không dùng được (CatalogError); hãy chạy: hoidap doctor\n"
    assert api.ask(BRIDGE).text.startswith("Rất tiếc")
    assert 'hoidap_errors_total{front_end="bot"} 1.0' in get(port, "/metrics")[1]
    assert get(port, "/healthz")[0] == 200


def test_a_port_that_is_taken_is_told(start: Start) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bot = start(ready=False, HOIDAP_BOT_METRICS_PORT=str(port))
        bot.process.wait(60)
    # By which systemd starts it again: a port that is taken may be free in a moment.
    assert bot.stop() == 1
    assert f"hoidap-bot: không mở được cổng {port} ở 127.0.0.1" in bot.log


def test_its_log_as_json_has_no_question(start: Start, api: StandIn, place: Path) -> None:
    bot = start(HOIDAP_LOG="json")
    assert "126 mét" in api.ask(BRIDGE).text
    for path in (place / "data").glob("catalog.sqlite3*"):
        path.write_bytes(b"not a database" * 1000)
    incident = api.ask(BRIDGE).text.rpartition(" ")[2]
    assert bot.stop() == 0
    lines = [json.loads(line) for line in bot.log.splitlines()]
    assert [line["incident"] for line in lines if "incident" in line] == [incident]
    assert "Sậy" not in bot.log
