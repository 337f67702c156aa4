"""Lines of the log: their form, and what never stands in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from hoidap import logs
from hoidap.errors import CatalogError, QuestionError
from hoidap.settings import LogForm, LogLevel, Settings

TOKEN = "123:abc-DEF"
QUESTION = "Ai là Bí thư Huyện ủy?"


@pytest.fixture(autouse=True)
def _loggers_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    access = logging.getLogger("uvicorn.access")
    filters, access_level = access.filters[:], access.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    access.filters[:] = filters
    access.setLevel(access_level)
    logging.getLogger("bot").setLevel(logging.NOTSET)


def configured(form: LogForm, level: LogLevel = LogLevel.INFO) -> logging.Logger:
    settings = Settings(log=form, log_level=level, telegram_token=SecretStr(TOKEN))
    logs.configure(settings, ("bot", "uvicorn.access"))
    return logging.getLogger("bot.test")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def failing() -> Exception:
    try:
        try:
            raise ValueError(QUESTION)
        except ValueError as cause:
            raise CatalogError("danh mục hỏng") from cause
    except CatalogError as error:
        return error


def test_a_line_of_json_has_these_fields(capsys: pytest.CaptureFixture[str]) -> None:
    log = configured(LogForm.JSON)
    log.warning("đĩa còn %s MB\nthêm", 5)
    log.error("hỏng", extra={"incident": "A1B2C3"}, exc_info=failing())
    first, second = lines(capsys)
    assert list(first) == ["time", "level", "logger", "message"]
    assert str(first["time"]).endswith("+00:00")
    assert (first["level"], first["logger"]) == ("WARNING", "bot.test")
    assert first["message"] == "đĩa còn 5 MB\nthêm"
    assert second["incident"] == "A1B2C3"
    assert "CatalogError: danh mục hỏng" in str(second["error"])


@pytest.mark.parametrize("form", LogForm)
def test_neither_token_nor_foreign_messages_are_written(
    form: LogForm, capsys: pytest.CaptureFixture[str]
) -> None:
    log = configured(form)
    log.error("POST /bot%s/getMe", TOKEN, exc_info=failing())
    written = capsys.readouterr().err
    assert TOKEN not in written
    assert "/bot<token>/getMe" in written
    assert QUESTION not in written
    assert "ValueError" in written


def test_the_incident_stands_in_the_line_before_the_stack(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configured(LogForm.TEXT).error("hỏng", extra={"incident": "A1"}, exc_info=failing())
    assert capsys.readouterr().err.splitlines()[0].endswith("bot.test: hỏng (incident A1)")


def test_others_are_heard_from_warnings_on_and_ours_from_the_level_that_is_set(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = configured(LogForm.JSON, LogLevel.DEBUG)
    log.debug("ours")
    logging.getLogger("elsewhere").info("not told")
    logging.getLogger("httpx").info("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    logging.getLogger("elsewhere").warning("told")
    assert [line["message"] for line in lines(capsys)] == ["ours", "told"]
    configured(LogForm.JSON, LogLevel.ERROR).warning("less than an error")
    assert lines(capsys) == []


def test_a_request_is_logged_without_question_and_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configured(LogForm.JSON)
    access = logging.getLogger("uvicorn.access")
    pattern = '%s - "%s %s HTTP/%s" %d'
    access.info(pattern, "203.0.113.7:5123", "GET", "/api/ask?q=Ai+l%C3%A0", "1.1", 200)
    access.info("of another form: %s", QUESTION)
    (line,) = lines(capsys)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/ask", 200)
    assert line["message"] == "GET /api/ask 200"
    assert "203.0.113.7" not in json.dumps(line)


@pytest.mark.parametrize(("name", "value"), [("LOG", "xml"), ("LOG_LEVEL", "LOUD")])
def test_a_form_that_there_is_not(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from hoidap.errors import SettingsError

    monkeypatch.setenv(f"HOIDAP_{name}", value)
    with pytest.raises(SettingsError, match=f"HOIDAP_{name}='{value}'"):
        Settings.read()


def test_names_are_read_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_LOG", "JSON")
    monkeypatch.setenv("HOIDAP_LOG_LEVEL", "debug")
    settings = Settings.read()
    assert (settings.log, settings.log_level) == (LogForm.JSON, LogLevel.DEBUG)


def test_an_error_that_is_its_own_cause_is_described_once() -> None:
    def broken() -> None:
        try:
            raise QuestionError("trống")
        except QuestionError as error:
            raise error from error

    with pytest.raises(QuestionError, match="trống") as raised:
        broken()
    assert logs.described(raised.value).count("QuestionError: trống") == 1
