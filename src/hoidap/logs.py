"""The log of what runs for long, the bot and the page: on stderr, without secrets or questions.

A line is text for a reader or an object of JSON: ``time`` in UTC, ``level``, ``logger``,
``message``, and where there are any ``incident``, the number a user was told, ``error``, what went
wrong and where, and of a request to the page ``method``, ``path`` and ``status``.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime

from hoidap.errors import HoidapError
from hoidap.settings import LogForm, Settings

_HIDDEN = "<token>"
# They log addresses, which hold the bot's token.
_TELLTALES = ("httpx", "httpcore")
_ACCESS = "uvicorn.access"
# Seconds between lines on what every question finds out again.
_AGAIN_S = 60.0
# What a record has of its own beside the message, in the order of a line.
_FIELDS = ("incident", "method", "path", "status")


def own_message(error: BaseException) -> str:
    """What an error says, if it is one of ours: a foreign one may quote what a user wrote."""
    return str(error) if isinstance(error, HoidapError) else ""


def described(
    error: BaseException, message_of: Callable[[BaseException], str] = own_message
) -> str:
    """What went wrong and where, with the chain of causes; messages as ``message_of`` has them."""
    lines = []
    one: BaseException | None = error
    seen: set[int] = set()
    # "raise error from error", which libraries write, makes an error its own cause.
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        lines += [line.rstrip() for line in traceback.format_tb(one.__traceback__)]
        message = message_of(one)
        lines.append(f"{type(one).__qualname__}{': ' if message else ''}{message}")
        one = one.__cause__ or one.__context__
    return "\n".join(lines)


class _Formatter(logging.Formatter):
    """Writes a record and removes the secrets, whoever put them there."""

    def __init__(
        self, secrets: Collection[str], message_of: Callable[[BaseException], str]
    ) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        # The longer first: one may be a part of another.
        self._secrets = sorted(secrets, key=len, reverse=True)
        self._message_of = message_of

    def format(self, record: logging.LogRecord) -> str:
        return self._without_secrets(super().format(record))

    def formatException(  # noqa: N802  # the name is logging's
        self,
        ei: object,
    ) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return described(error, self._message_of) if isinstance(error, BaseException) else ""

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text


class _TextFormatter(_Formatter):
    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        incident = getattr(record, "incident", None)
        line = super().formatMessage(record)
        return line if incident is None else f"{line} (incident {incident})"


class _JsonFormatter(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        # A secret is replaced before quoting, which might change it.
        written = {
            name: self._without_secrets(value) if isinstance(value, str) else value
            for name, value in line.items()
        }
        return json.dumps(written, ensure_ascii=False)


class _AccessFilter(logging.Filter):
    """Takes out of uvicorn's line of a request what is a user's: address and question."""

    def filter(self, record: logging.LogRecord) -> bool:
        match record.args:
            case (_client, str(method), str(path), _version, int(status)):
                path = path.partition("?")[0]
                record.__dict__ |= {"method": method, "path": path, "status": status}
                record.msg, record.args = "%s %s %s", (method, path, status)
                return True
        return False  # of a form that is not known, and may hold anything


class Seldom:
    """Writes what would be repeated with each question once a minute."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._next = 0.0

    def error(self, message: str) -> None:
        """Write a line, unless one was written a moment ago."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _AGAIN_S
            self._log.error("%s", message)


def configure(
    settings: Settings,
    ours: Iterable[str],
    *,
    message_of: Callable[[BaseException], str] = own_message,
) -> None:
    """Log to stderr: of the loggers ``ours`` what the settings want, of all others warnings.

    Uvicorn must be started without a configuration of its own; its lines go here as well.
    """
    given = (settings.telegram_token, settings.webhook_secret, settings.index_token)
    secrets = {secret.get_secret_value().strip() for secret in given if secret is not None} - {""}
    formatter = _JsonFormatter if settings.log is LogForm.JSON else _TextFormatter
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(secrets, message_of))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ours:
        logging.getLogger(name).setLevel(settings.log_level)
    for name in _TELLTALES:
        logging.getLogger(name).setLevel(logging.WARNING)
    access = logging.getLogger(_ACCESS)
    access.filters = [_AccessFilter()]
