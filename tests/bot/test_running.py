"""Starting, stopping, and all that goes wrong between."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.richtext import units
from tests.bot.conftest import ADMIN, Bot, Start
from tests.bot.standin import TOKEN, StandIn

BRIDGE = "Cầu Rạch Sậy dài bao nhiêu mét?"


def one_line(bot: Bot) -> str:
    bot.process.wait(60)
    code = bot.stop()
    lines = [line for line in bot.log.splitlines() if line.startswith("hoidap-bot: ")]
    assert (code, bot.log.splitlines()) == (2, lines[:1])
    return lines[0]


def test_without_a_token(start: Start) -> None:
    line = one_line(start(ready=False, HOIDAP_TELEGRAM_TOKEN=""))
    assert line.startswith("hoidap-bot: thiếu HOIDAP_TELEGRAM_TOKEN")


def test_help_starts_no_bot(api: StandIn, start: Start) -> None:
    for arguments, code, told in (
        (["--help"], 0, "usage: hoidap-bot [-h]"),
        (["start"], 2, "usage: hoidap-bot [-h]"),
        (["--version"], 0, "hoidap-bot 0"),
    ):
        bot = start(*arguments, ready=False)
        assert bot.process.wait(60) == code
        bot.stop()
        assert bot.log.startswith(told)
    assert api.calls == []


def test_what_the_system_refuses_is_told_in_a_line(start: Start, place: Path) -> None:
    (place / "data" / "limits.sqlite3").mkdir()
    bot = start(ready=False)
    assert bot.process.wait(60) == 1
    bot.stop()
    assert f"{place}/data/limits.sqlite3: đó là thư mục" in bot.log
    assert bot.log.count("\n") == 1


def test_ctrl_c_while_it_starts_is_no_failure_with_a_stack(start: Start, place: Path) -> None:
    with closing(sqlite3.connect(place / "data" / "limits.sqlite3")) as held:
        held.execute("PRAGMA journal_mode = WAL")
        held.execute("BEGIN EXCLUSIVE")
        bot = start(ready=False)
        key = place / "data" / "limits.key"
        end = time.monotonic() + 60
        while not key.exists() and time.monotonic() < end:
            time.sleep(0.02)
        code = bot.stop(signal.SIGINT)
    assert (code, bot.log) == (130, "")


def test_a_wrong_token_is_told_and_ends_the_bot(start: Start) -> None:
    wrong = "1:wrong-token-that-nobody-has"
    bot = start(ready=False, HOIDAP_TELEGRAM_TOKEN=wrong)
    assert one_line(bot).startswith("hoidap-bot: Telegram không nhận HOIDAP_TELEGRAM_TOKEN")
    assert wrong not in bot.log


@pytest.mark.parametrize(
    ("name", "value"),
    [("ADMIN_IDS", "tôi"), ("JOURNAL_DAYS", "0"), ("TELEGRAM_API", "api"), ("WEBHOOK_PORT", "x")],
)
def test_settings_that_cannot_be(start: Start, name: str, value: str) -> None:
    variable = f"HOIDAP_{name}"
    assert f"{variable}='{value}'" in one_line(start(ready=False, **{variable: value}))


def test_without_administrators_a_warning(start: Start, api: StandIn) -> None:
    bot = start(HOIDAP_ADMIN_IDS="")
    assert bot.log.startswith("hoidap-bot: chưa đặt HOIDAP_ADMIN_IDS")
    assert api.ask("/status", user=ADMIN).text.startswith("Tôi không biết lệnh này.")


def test_an_index_is_built_where_there_is_none(start: Start, api: StandIn, place: Path) -> None:
    start(HOIDAP_DATA=str(place / "new"))
    assert "126 mét" in api.ask(BRIDGE).text


def test_what_was_asked_while_it_was_down_is_answered_at_start(start: Start, api: StandIn) -> None:
    asked = [api.say(BRIDGE, user=user) for user in (1, 2, 3)]
    ancient = api.say(BRIDGE, user=4, date=int(time.time()) - 2 * 86400)
    bot = start()
    assert all("126 mét" in api.reply(one).text for one in asked)
    assert bot.stop() == 0
    assert api.pending() == 0
    assert api.sent(ancient["chat"]["id"]) == []
    assert not any("drop_pending_updates" in call.values for call in api.calls)


def test_an_update_that_comes_twice_is_answered_once_even_after_a_restart(
    start: Start, api: StandIn
) -> None:
    bot = start()
    value = api.message(BRIDGE)
    number = api.push({"message": value})
    api.reply(value)
    api.push({"message": value}, update_id=number)
    bot.stop()
    start()
    api.push({"message": value}, update_id=number)
    api.ask("Ai là Bí thư Huyện ủy?")
    assert sum("126 mét" in one.text for one in api.sent(42)) == 1


def test_answers_in_flight_are_sent_before_it_ends(start: Start, api: StandIn) -> None:
    api.delay("sendMessage", 1.0, times=5)
    asked = [api.say(BRIDGE, user=user) for user in range(1, 21)]
    bot = start()
    api.wait(lambda: api.of("sendMessage"))
    bot.process.send_signal(signal.SIGTERM)
    assert bot.stop() == 0
    assert all("126 mét" in api.reply(one, 0.1).text for one in asked)


def test_failures_of_network_and_telegram_lose_nothing(start: Start, api: StandIn) -> None:
    api.fail("getMe", times=1)
    bot = start()
    api.fail("getUpdates", times=1)
    api.fail("sendMessage", times=2)
    assert "126 mét" in api.ask(BRIDGE, user=1).text
    api.drop("sendMessage")
    assert "126 mét" in api.ask(BRIDGE, user=2).text
    api.fail("sendMessage", code=429, retry_after=1)
    started = time.monotonic()
    assert "126 mét" in api.ask(BRIDGE, user=3).text
    assert time.monotonic() - started > 1
    api.drop("getUpdates")
    api.fail("sendChatAction")
    api.delay("sendChatAction", 30)
    assert "126 mét" in api.ask(BRIDGE, user=4).text
    assert "126 mét" in api.ask(BRIDGE, user=5).text
    assert "Traceback" not in bot.log


def test_refused_markup_is_sent_as_plain_text(start: Start, api: StandIn) -> None:
    start()
    api.refuse_markup = True
    answer = api.ask(BRIDGE)
    assert answer.entities == []
    assert "Cầu dài 126 mét" in answer.text
    assert answer.buttons()[0] == "📖 Đọc thêm"
    message = api.say("Ai là Bí thư Huyện ủy?", user=2)
    answer = api.reply(message)
    api.edit(message, BRIDGE)
    api.wait(lambda: "126 mét" in answer.text)


def test_an_error_is_a_sentence_for_the_user_and_a_stack_in_the_log(
    start: Start, api: StandIn
) -> None:
    bot = start()
    api.refuse("sendMessage", "something nobody thought of")
    said = api.ask("Cầu Rạch Sậy của bà Bí Mật 0912345678 dài bao nhiêu?")
    assert said.text.startswith("Rất tiếc, đang có trục trặc.")
    incident = said.text.rpartition(" ")[2]
    assert bot.stop() == 0
    assert f"incident {incident}" in bot.log
    assert "BadRequest: Something nobody thought of" in bot.log
    assert "Bí Mật" not in bot.log
    assert "0912345678" not in bot.log
    assert "api.telegram" not in bot.log
    assert "HTTP Request" not in bot.log


def test_who_blocked_the_bot_is_no_error(start: Start, api: StandIn) -> None:
    bot = start()
    api.fail("sendMessage", code=403)
    api.say(BRIDGE, user=9)
    api.wait(lambda: api.of("sendMessage"))
    assert "126 mét" in api.ask(BRIDGE, user=10).text
    assert "incident" not in bot.log


def test_a_damaged_catalog_is_an_incident_without_details(
    start: Start, api: StandIn, place: Path
) -> None:
    start()
    for path in (place / "data").glob("catalog.sqlite3*"):
        path.write_bytes(b"not a database" * 1000)
    said = api.ask(BRIDGE)
    assert said.text.startswith("Rất tiếc, đang có trục trặc.")
    assert str(place) not in said.text
    assert "sqlite" not in said.text


def test_a_journal_that_cannot_be_written_does_not_cost_the_answer(
    start: Start, api: StandIn, place: Path
) -> None:
    start()
    for path in (place / "data").glob("journal.sqlite3*"):
        path.write_bytes(b"not a database" * 4000)
    answer = api.ask(BRIDGE)
    assert "126 mét" in answer.text
    assert answer.buttons() == ["📖 Đọc thêm", "📄 Báo cáo gốc"]


def test_who_asks_too_fast_is_told_once(start: Start, api: StandIn) -> None:
    start(HOIDAP_QUESTIONS_PER_MINUTE="4")
    for _ in range(2):
        assert "126 mét" in api.ask(BRIDGE).text
    assert api.ask(BRIDGE).text.startswith("Bà con hỏi hơi nhanh. Vui lòng đợi khoảng 15 giây")
    api.say(BRIDGE)
    assert "126 mét" in api.ask(BRIDGE, user=43).text  # others are not held up
    assert len(api.sent(42)) == 3


def test_a_token_that_is_revoked_ends_the_bot(start: Start, api: StandIn) -> None:
    bot = start()
    api.fail("getUpdates", code=401)
    api.say(BRIDGE)
    bot.process.wait(60)
    assert bot.stop() == 2
    assert "Telegram không nhận HOIDAP_TELEGRAM_TOKEN" in bot.log


def test_by_webhook(start: Start, api: StandIn) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    bot = start(
        HOIDAP_WEBHOOK_URL="https://bot.example/hook",
        HOIDAP_WEBHOOK_SECRET="only-telegram",
        HOIDAP_WEBHOOK_PORT=str(port),
    )
    assert api.webhook["url"] == "https://bot.example/hook"
    assert api.webhook["secret_token"] == "only-telegram"

    def post(value: object, secret: str) -> int:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/hook",
            json.dumps({"update_id": 5, "message": value}).encode(),
            {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    forged = api.message(BRIDGE, user=66)
    assert post(forged, "guessed") == 403
    value = api.message(BRIDGE)
    assert post(value, "only-telegram") == 200
    assert "126 mét" in api.reply(value).text
    assert api.sent(66) == []
    assert post(of_a_kind_to_come(api), "only-telegram") == 400
    assert bot.stop() == 0
    assert "một tin không đọc được" in bot.log
    assert "Bí Mật" not in bot.log


def of_a_kind_to_come(api: StandIn) -> object:
    """A message that cannot be read."""
    return api.message("Ông Bí Mật", user=66, entities=[{"type": "new"}])


def test_an_update_that_cannot_be_read_keeps_no_other_waiting(start: Start, api: StandIn) -> None:
    api.push({"message": of_a_kind_to_come(api)})
    bot = start()
    assert "126 mét" in api.ask(BRIDGE).text
    api.push({"message": of_a_kind_to_come(api)})
    assert "126 mét" in api.ask(BRIDGE).text
    assert bot.stop() == 0
    assert bot.log.count("bỏ qua một tin không đọc được (TypeError)") == 2
    assert "Bí Mật" not in bot.log
    assert "Traceback" not in bot.log


def test_no_message_is_longer_than_telegram_takes(start: Start, api: StandIn, place: Path) -> None:
    emoji = "🌾" * 1300
    body = "\n\n".join(f"Ruộng {n} trồng lúa nếp than. {emoji}" for n in range(5))
    (place / "reports" / "lua.txt").write_text(body, "utf-8")
    (place / "reports" / "lua.toml").write_text(
        f'title = "{("Lúa nếp than " * 75).strip()}"\nsource = "https://lua.example/{"x" * 900}"',
        "utf-8",
    )
    start(HOIDAP_DATA=str(place / "new"))
    api.ask("Ruộng 3 trồng lúa gì?")
    api.wait(lambda: any(one.keyboard for one in api.sent(42)))
    parts = api.sent(42)
    assert len(parts) > 1
    assert all(units(one.text) <= 4096 for one in parts)
    whole = "".join(one.text for one in parts)
    assert "🌾" * 1300 in whole.replace("\n", "")
    api.press(parts[-1], "Đọc thêm")
    api.wait(lambda: any(one.keyboard for one in api.sent(42)[len(parts) :]))
    assert TOKEN not in whole


def test_it_can_be_stopped_while_telegram_is_lost_at_start(start: Start, api: StandIn) -> None:
    api.fail("deleteWebhook", times=1000)
    bot = start(ready=False)
    api.wait(lambda: len(api.of("deleteWebhook")) > 2)
    started = time.monotonic()
    assert bot.stop() == 0
    assert time.monotonic() - started < 10


def test_a_webhook_that_telegram_refuses_is_told(start: Start, api: StandIn) -> None:
    api.refuse("setWebhook", "bad webhook: HTTPS url must be provided for webhook")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    bot = start(HOIDAP_WEBHOOK_URL="http://bot.example/hook", HOIDAP_WEBHOOK_PORT=str(port))
    told = "không nhận cài đặt của bot: Bad webhook: https url must be provided for webhook"
    assert told in bot.log
    assert "Traceback" not in bot.log
    assert 'File "' not in bot.log


def test_a_webhooks_port_that_is_taken_ends_the_bot_to_be_started_again(start: Start) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bot = start(
            ready=False,
            HOIDAP_WEBHOOK_URL="http://bot.example/hook",
            HOIDAP_WEBHOOK_PORT=str(port),
        )
        bot.process.wait(60)
    assert bot.stop() == 1
    assert f"không mở được cổng {port} ở 127.0.0.1" in bot.log


class _Portal(BaseHTTPRequestHandler):
    """What answers in Telegram's place."""

    status = 0

    def do_POST(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write("<html>Ông Bí Mật, hãy đăng nhập mạng</html>".encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("status", [200, 403, 404])
def test_what_answers_in_telegrams_place_does_not_end_the_bot(start: Start, status: int) -> None:
    handler = type("Portal", (_Portal,), {"status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as portal:
        thread = threading.Thread(target=portal.serve_forever)
        thread.start()
        bot = start(ready=False, HOIDAP_TELEGRAM_API=f"http://127.0.0.1:{portal.server_port}")
        end = time.monotonic() + 60
        while "getMe: NetworkError" not in bot.log and time.monotonic() < end:
            time.sleep(0.05)
        assert bot.stop() == 0
        portal.shutdown()
        thread.join()
    assert f"không phải Telegram trả lời (HTTP {status})" in bot.log
    assert "Bí Mật" not in bot.log
    assert 'File "' not in bot.log
