"""The bot's log: what the core's keeps out, and what Telegram's errors may say."""

from __future__ import annotations

import logging

from telegram.error import TelegramError

from hoidap import logs
from hoidap.settings import Settings

# What these write is raised as well, and told by whoever asked: each try to reach Telegram with its
# stack, an answer that cannot be read with what users wrote in it.
_TWICE = ("telegram.ext", "telegram.request.BaseRequest")
# This writes what was brought and cannot be read.
_WEBHOOK = "telegram.ext.Updater"


class _Received(logging.Filter):
    """Takes out of a line on an update that cannot be read what a user wrote in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.args:
            record.msg, record.args = "một tin không đọc được", ()
        return True


def _message_of(error: BaseException) -> str:
    if isinstance(error, TelegramError):
        # What follows is the answer that could not be read.
        return error.message.split(". Parsing the server response")[0]
    return logs.own_message(error)


def described(error: BaseException) -> str:
    """What went wrong and where, with the chain of causes, without what a user wrote."""
    return logs.described(error, _message_of)


def configure(settings: Settings) -> None:
    """Log to stderr: what the bot does, and warnings of everyone else."""
    logs.configure(settings, ("bot",), message_of=_message_of)
    for name in _TWICE:
        # Not those below them.
        logging.getLogger(name).disabled = True
    logging.getLogger(_WEBHOOK).addFilter(_Received())
