"""The log: on stderr, without the token, questions or anything else of a user."""

from __future__ import annotations

import logging
import sys
import traceback

from telegram.error import TelegramError

from hoidap.errors import HoidapError


class _Formatter(logging.Formatter):
    """Writes a line a record and removes the token, whoever put it there."""

    def __init__(self, token: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace(self._token, "<token>")

    def formatException(  # noqa: N802  # the name is logging's
        self,
        ei: object,
    ) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return described(error) if isinstance(error, BaseException) else ""


def described(error: BaseException) -> str:
    """What went wrong and where, with the chain of causes.

    Messages of foreign exceptions may quote what a user wrote, so they are left out.
    """
    lines = []
    one: BaseException | None = error
    while one is not None:
        lines += [line.rstrip() for line in traceback.format_tb(one.__traceback__)]
        message = str(one) if isinstance(one, HoidapError) else ""
        if isinstance(one, TelegramError):
            # What follows is the answer that could not be read.
            message = one.message.split(". Parsing the server response")[0]
        lines.append(f"{type(one).__qualname__}{': ' if message else ''}{message}")
        one = one.__cause__ or one.__context__
    return "\n".join(lines)


def configure(token: str) -> None:
    """Log to stderr: what the bot does, and warnings of everyone else."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(token))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(logging.INFO)
    # They log addresses, which hold the token.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
