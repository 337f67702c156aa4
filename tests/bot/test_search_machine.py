"""The bot with its index on a Milvus server, which may go and come back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.conftest import ADMIN, Start
from tests.bot.standin import StandIn
from tests.milvus import MilvusServer

BRIDGE = "Cầu Rạch Sậy dài bao nhiêu mét?"
AWAY = "Máy tìm kiếm hiện không liên lạc được"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MilvusServer]:
    server = MilvusServer(tmp_path)
    server.start()
    yield server
    server.kill()


def ask_until_answered(api: StandIn) -> None:
    deadline = time.monotonic() + 120
    while AWAY in (text := api.ask(BRIDGE).text):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert "126 mét" in text


def test_a_lost_server_is_told_and_answers_come_when_it_is_back(
    server: MilvusServer, start: Start, api: StandIn
) -> None:
    bot = start(HOIDAP_INDEX=server.uri, HOIDAP_INDEX_TIMEOUT="2")
    assert "126 mét" in api.ask(BRIDGE).text
    server.kill()
    assert AWAY in api.ask(BRIDGE).text
    # An administrator is told which server.
    back = api.ask("/rollback", user=ADMIN)
    api.press(back, "Quay về")
    api.wait(lambda: server.uri in back.text)
    assert "hãy kiểm tra máy chủ" in back.text
    assert bot.process.poll() is None
    server.start()
    ask_until_answered(api)
    # A line a minute, with what to do and no stack.
    assert bot.log.count("hãy kiểm tra máy chủ và HOIDAP_INDEX") == 1
    assert "Traceback" not in bot.log
    assert "incident" not in bot.log


def test_a_server_that_came_back_empty_is_written_to_again(
    server: MilvusServer, start: Start, api: StandIn
) -> None:
    bot = start(HOIDAP_INDEX=server.uri, HOIDAP_INDEX_TIMEOUT="2")
    assert "126 mét" in api.ask(BRIDGE).text
    server.empty()
    ask_until_answered(api)
    assert "hoidap reload; đang lập lại chỉ mục từ danh mục" in bot.log
    assert "Traceback" not in bot.log
    assert "incident" not in bot.log


def test_it_starts_while_the_server_is_away(
    server: MilvusServer, start: Start, api: StandIn
) -> None:
    start(HOIDAP_INDEX=server.uri).stop()
    server.kill()
    start(HOIDAP_INDEX=server.uri, HOIDAP_INDEX_TIMEOUT="2")
    assert AWAY in api.ask(BRIDGE).text
    server.start()
    ask_until_answered(api)
