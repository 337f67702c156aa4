"""``@bot câu hỏi`` in any chat: passages to quote, with their source."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import Application, ContextTypes, InlineQueryHandler

from bot.buttons import PASSAGE_LINK
from bot.handlers import language_for
from bot.keyboards import link_keyboard
from bot.messages import cited, fits, quote_message
from bot.service import Service
from bot.texts import Texts, texts_in
from hoidap.allowance import Allowance
from hoidap.answering import check_question
from hoidap.documents import Quote
from hoidap.errors import QuestionError

_log = logging.getLogger(__name__)
_SHORTEST = 4  # letters; fewer are the beginning of something
_MOST = 20  # of the 50 that Telegram takes: more than anyone scrolls through
# Telegram answers the same words itself for so long; a reload is seen after it.
_CACHED = timedelta(minutes=5)
# Every few letters typed are a query.
_PER_MINUTE = 120
_DESCRIPTION = 200  # characters; the list shows two lines


class Inline:
    """Answers inline queries."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._allowance = Allowance(
            service.settings.limits_path, "inline", per_minute=_PER_MINUTE, at_once=_PER_MINUTE / 2
        )

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Add the handler."""
        application.add_handler(InlineQueryHandler(self._on_query))

    async def _on_query(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.inline_query
        if query is None:
            return
        language = await language_for(self._service, query.from_user)
        texts = texts_in(language)
        text = query.query.strip()
        if len(text) < _SHORTEST or self._allowance.take(str(query.from_user.id)):
            await _answer(query, [], texts.inline_short.format(least=_SHORTEST), timedelta(0))
            return
        try:
            ask = partial(self._service.answerer.answer, check_question(text), top_k=_MOST)
            answer = await self._service.run(ask)
        except QuestionError:
            await _answer(query, [], texts.inline_none, timedelta(0))
            return
        results = [
            _result(quote, texts, context.bot.username)
            for quote in answer.quotes
            if fits(quote_message(quote, texts))
        ]
        await _answer(query, results, "" if results else texts.inline_none, _CACHED)


def _result(quote: Quote, texts: Texts, username: str) -> InlineQueryResultArticle:
    start, end = quote.highlights[0] if quote.highlights else (0, len(quote.text))
    sentence = quote.text[start:end]
    if len(sentence) > _DESCRIPTION:
        sentence = sentence[: _DESCRIPTION - 1] + "…"
    link = f"https://t.me/{username}?start={PASSAGE_LINK}{quote.passage_id}"
    return InlineQueryResultArticle(
        id=str(quote.passage_id),
        title=f"{quote.citation.title}",
        description=f"{cited(quote.citation, texts, quote.page, ocr=quote.ocr)}\n{sentence}",
        input_message_content=InputTextMessageContent(
            quote_message(quote, texts).html(),
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        reply_markup=link_keyboard(texts.read_more, link),
    )


async def _answer(
    query: InlineQuery, results: list[InlineQueryResultArticle], hint: str, cached: timedelta
) -> None:
    button = InlineQueryResultsButton(hint, start_parameter="inline") if hint else None
    try:
        # The language of the frame is the user's, so no one else gets the same answer.
        await query.answer(results, cache_time=cached, is_personal=True, button=button)
    except BadRequest as error:
        # Whoever types on has another query by now.
        _log.info("an inline query was not answered: %s", type(error).__name__)
