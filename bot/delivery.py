"""Sending: retried, within Telegram's limits, as plain text where the markup is refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import AIORateLimiter

from bot.richtext import Rich

_log = logging.getLogger(__name__)
# Retries of a request that Telegram refuses for coming too soon, each after the time it names.
_MOST_RETRIES = 5
# Seconds between tries where the network or Telegram fails; an answer may arrive twice, which is
# better than never.
_BACK_OFF = (0.5, 1.0, 2.0, 4.0, 8.0)
# Telegram shows "typing" for five seconds.
_TYPING_S = 4.5
# An answer does not wait longer for its typing indicator to be out.
_TYPING_GRACE_S = 0.5

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# What loses its worth when it comes late.
_NEVER_HELD_BACK = frozenset({"sendChatAction", "answerCallbackQuery", "answerInlineQuery"})

_Result = bool | dict[str, Any] | list[dict[str, Any]]


class Limiter(AIORateLimiter):
    """Keeps to Telegram's limits, waits when told to, and retries where the network fails."""

    def __init__(self, rate: float) -> None:
        super().__init__(overall_max_rate=rate, max_retries=_MOST_RETRIES)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, _Result]],
        args: Any,  # noqa: ANN401  # as in the class this is one of
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> _Result:
        """Send a request; see the class this is one of."""
        if endpoint in _NEVER_HELD_BACK:
            return await callback(*args, **kwargs)
        for delay in (*_BACK_OFF, None):
            try:
                return await super().process_request(
                    callback, args, kwargs, endpoint, data, rate_limit_args
                )
            except BadRequest:
                raise
            except NetworkError as error:
                if delay is None:
                    raise
                _log.warning("%s: %s; thử lại sau %s giây", endpoint, type(error).__name__, delay)
                await asyncio.sleep(delay)
        raise AssertionError("the last try returns or raises")


@asynccontextmanager
async def typing(bot: Bot, chat_id: int, thread_id: int | None) -> AsyncIterator[None]:
    """Show in the chat that an answer is being looked for."""
    shown = asyncio.Event()

    async def keep_on() -> None:
        while True:
            with suppress(TelegramError):
                await bot.send_chat_action(chat_id, ChatAction.TYPING, message_thread_id=thread_id)
            shown.set()
            await asyncio.sleep(_TYPING_S)

    task = asyncio.create_task(keep_on())
    try:
        yield
        # Else it could overtake the answer and stand below it.
        with suppress(TimeoutError):
            await asyncio.wait_for(shown.wait(), _TYPING_GRACE_S)
    finally:
        task.cancel()
        # Not longer: an answer must never hang on its indicator.
        await asyncio.wait([task], timeout=_TYPING_GRACE_S)


def _is_markup(error: BadRequest) -> bool:
    """Whether Telegram could not read the markup of a message."""
    text = error.message.lower()
    return "parse" in text or "entit" in text or "tag" in text


async def send(
    bot: Bot,
    chat_id: int,
    message: Rich,
    *,
    reply_to: int | None = None,
    thread_id: int | None = None,
    keyboard: InlineKeyboardMarkup | None = None,
) -> list[int]:
    """Send ``message`` in as many parts as it needs; their ids. The last one has the buttons."""
    pages = message.pages()
    sent = []
    for order, page in enumerate(pages, start=1):
        reply = None
        if reply_to is not None and order == 1:
            # The question may be gone; its answer comes all the same.
            reply = ReplyParameters(reply_to, allow_sending_without_reply=True)
        arguments: dict[str, Any] = {
            "chat_id": chat_id,
            "message_thread_id": thread_id,
            "reply_parameters": reply,
            "link_preview_options": _NO_PREVIEW,
            "reply_markup": keyboard if order == len(pages) else None,
        }
        try:
            done = await bot.send_message(text=page.html(), parse_mode=ParseMode.HTML, **arguments)
        except BadRequest as error:
            if not _is_markup(error):
                raise
            _log.warning("markup refused; sent as plain text")
            done = await _send_plain(bot, page, arguments)
        sent.append(done.message_id)
    return sent


async def _send_plain(bot: Bot, page: Rich, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
    # Addresses of links are written out, so one message may become two.
    parts = Rich(page.plain()).pages()
    keyboard = arguments.pop("reply_markup")
    for part in parts[:-1]:
        await bot.send_message(text=part.text, **arguments)
    return await bot.send_message(text=parts[-1].text, reply_markup=keyboard, **arguments)


async def edit(
    bot: Bot,
    chat_id: int,
    message_id: int,
    message: Rich,
    *,
    keyboard: InlineKeyboardMarkup | None = None,
    thread_id: int | None = None,
) -> list[int]:
    """Put ``message`` in the place of one that was sent, further parts below it; their ids."""
    first, *rest = message.pages()
    markup = None if rest else keyboard
    arguments: dict[str, Any] = {
        "chat_id": chat_id,
        "message_id": message_id,
        "link_preview_options": _NO_PREVIEW,
        "reply_markup": markup,
    }
    try:
        try:
            await bot.edit_message_text(text=first.html(), parse_mode=ParseMode.HTML, **arguments)
        except BadRequest as error:
            if not _is_markup(error):
                raise
            _log.warning("markup refused; sent as plain text")
            await bot.edit_message_text(text=Rich(first.plain()).pages()[0].text, **arguments)
    except BadRequest as error:
        if _is_gone(error):
            return await send(bot, chat_id, message, thread_id=thread_id, keyboard=keyboard)
        if not is_unchanged(error):
            raise
    sent = [message_id]
    if rest:
        remainder = message.part(len(first.text), len(message.text))
        sent += await send(bot, chat_id, remainder, thread_id=thread_id, keyboard=keyboard)
    return sent


def is_unchanged(error: BadRequest) -> bool:
    """Whether an edit was refused because nothing would change."""
    return "message is not modified" in error.message.lower()


def _is_gone(error: BadRequest) -> bool:
    text = error.message.lower()
    return "message to edit not found" in text or "message can't be edited" in text
