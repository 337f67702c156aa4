"""What happens when a button is pressed, and the commands that show buttons."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from telegram import CallbackQuery, InlineKeyboardMarkup, InputFile, Message, Update, User
from telegram.constants import ChatType, FileSizeLimit, MessageLimit
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot import delivery
from bot.handlers import language_for
from bot.keyboards import (
    Press,
    Verb,
    browse_keyboard,
    erase_keyboard,
    file_keyboard,
    language_keyboard,
    window_keyboard,
    with_choice,
)
from bot.messages import browse_message, passage_message, window, window_message
from bot.richtext import Rich, units
from bot.service import Service
from bot.texts import Texts, texts_in
from hoidap.documents import Passage, Report
from hoidap.errors import ReportNotFoundError
from hoidap.vietnamese.language import Language

_log = logging.getLogger(__name__)
# Reports on a page of the list: two rows of buttons.
_REPORTS = 8
_LANGUAGES = (None, Language.VIETNAMESE, Language.ENGLISH)
# What a deep link carries: ?start=p12
PASSAGE_LINK = "p"


class Desk:
    """Commands and buttons for everyone."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._on: dict[
            Verb, Callable[[ContextTypes.DEFAULT_TYPE, CallbackQuery, Press], Awaitable[None]]
        ] = {
            Verb.MORE: self._more,
            Verb.AROUND: self._around,
            Verb.WINDOW: self._turn,
            Verb.FILE: self._file,
            Verb.HELPFUL: self._rate,
            Verb.UNHELPFUL: self._rate,
            Verb.BROWSE: self._browse,
            Verb.OPEN: self._around,
            Verb.LANGUAGE: self._choose_language,
            Verb.ERASE: self._erase,
        }

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Add the handlers."""
        for names, handler in (
            ("start", self._on_start),
            ("help", self._on_help),
            (("baocao", "reports"), self._on_reports),
            (("lang", "ngonngu"), self._on_language),
            ("xoadulieu", self._on_erase),
        ):
            application.add_handler(CommandHandler(names, handler, filters.UpdateType.MESSAGE))
        application.add_handler(CallbackQueryHandler(self._on_press))

    # --- commands ---

    async def _reply(
        self,
        context: ContextTypes.DEFAULT_TYPE,
        message: Message,
        rich: Rich,
        keyboard: InlineKeyboardMarkup | None = None,
    ) -> None:
        await delivery.send(
            context.bot,
            message.chat_id,
            rich,
            thread_id=message.message_thread_id if message.is_topic_message else None,
            keyboard=keyboard,
        )

    async def _on_start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        language = await language_for(self._service, message.from_user)
        texts = texts_in(language)
        payload = context.args[0] if context.args else ""
        if payload.startswith(PASSAGE_LINK) and payload[len(PASSAGE_LINK) :].isdecimal():
            passage = await self._passage(int(payload[len(PASSAGE_LINK) :]))
            if passage is None:
                await self._reply(context, message, Rich(texts.gone))
            else:
                await self._show_window(context, message.chat_id, passage, language)
            return
        await self._reply(context, message, Rich(f"{texts.start}\n\n{texts.start_other}"))

    async def _on_help(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            texts = texts_in(await language_for(self._service, message.from_user))
            days = self._service.settings.journal_days
            filled = texts.help.format(bot=context.bot.username, days=days)
            await self._reply(context, message, Rich(filled))

    async def _on_reports(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            language = await language_for(self._service, message.from_user)
            rich, keyboard = await self._service.run(partial(self._reports, 0, language))
            await self._reply(context, message, rich, keyboard)

    async def _on_language(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            language = await language_for(self._service, message.from_user)
            rich = Rich(texts_in(language).choose_language)
            await self._reply(context, message, rich, language_keyboard(language))

    async def _on_erase(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            language = await language_for(self._service, message.from_user)
            rich = Rich(texts_in(language).erase_ask)
            await self._reply(context, message, rich, erase_keyboard(language))

    # --- buttons ---

    async def _on_press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        press = Press.read(query.data) if query is not None and query.data is not None else None
        if query is None:
            return
        handler = self._on.get(press.verb) if press is not None else None
        if press is None or handler is None or query.message is None:
            await acknowledge(query)
            return
        await handler(context, query, press)

    async def _passage(self, number: int) -> Passage | None:
        return await self._service.run(partial(self._service.catalog.current, number))

    async def _opened(self, query: CallbackQuery, press: Press) -> Passage | None:
        """The passage of a button; where it is gone, whoever pressed is told."""
        passage = await self._passage(press.numbers[0]) if press.numbers else None
        await acknowledge(query, "" if passage is not None else texts_in(press.language).gone)
        return passage

    async def _more(
        self, context: ContextTypes.DEFAULT_TYPE, query: CallbackQuery, press: Press
    ) -> None:
        texts = texts_in(press.language)
        found = await self._service.run(partial(self._quotes, press.numbers))
        await acknowledge(query, "" if found else texts.gone)
        chat_id, thread_id = _place(query)
        for order, (passage, sentence) in enumerate(found):
            rich = passage_message(passage, sentence, texts)
            await delivery.send(
                context.bot,
                chat_id,
                rich if order else Rich(f"{texts.more_head}\n\n") + rich,
                thread_id=thread_id,
                keyboard=file_keyboard(press.language, passage.id),
            )

    def _quotes(self, numbers: tuple[int, ...]) -> list[tuple[Passage, str]]:
        """The passages of a button that are still there, with the sentence to mark in each."""
        question = self._service.journal.question(numbers[0]) if numbers else None
        found = [self._service.catalog.current(number) for number in numbers[1:]]
        top = self._service.answerer.top_sentence
        return [
            (passage, top(question.text, passage) if question is not None else "")
            for passage in found
            if passage is not None
        ]

    async def _around(
        self, context: ContextTypes.DEFAULT_TYPE, query: CallbackQuery, press: Press
    ) -> None:
        passage = await self._opened(query, press)
        if passage is not None:
            chat_id, thread_id = _place(query)
            await self._show_window(context, chat_id, passage, press.language, thread_id=thread_id)

    async def _turn(
        self, context: ContextTypes.DEFAULT_TYPE, query: CallbackQuery, press: Press
    ) -> None:
        passage = await self._opened(query, press)
        if passage is not None and query.message is not None:
            chat_id, thread_id = _place(query)
            await self._show_window(
                context,
                chat_id,
                passage,
                press.language,
                thread_id=thread_id,
                message_id=query.message.message_id,
            )

    async def _show_window(
        self,
        context: ContextTypes.DEFAULT_TYPE,
        chat_id: int,
        passage: Passage,
        language: str,
        *,
        thread_id: int | None = None,
        message_id: int | None = None,
    ) -> None:
        """A passage with what stands before and after it, in a new message or in its place."""
        passages, text = await self._service.run(partial(self._surroundings, passage))
        at = next(index for index, one in enumerate(passages) if one.id == passage.id)
        first, last = window(passages, at)
        centre = at - first if message_id is None else None
        rich = window_message(text, passages[first:last], centre, texts_in(language))
        keyboard = window_keyboard(
            language,
            passage.id,
            passages[max(0, first - 1)].id if first > 0 else None,
            passages[last].id if last < len(passages) else None,
        )
        if message_id is None:
            await delivery.send(context.bot, chat_id, rich, thread_id=thread_id, keyboard=keyboard)
        else:
            await delivery.edit(
                context.bot, chat_id, message_id, rich, keyboard=keyboard, thread_id=thread_id
            )

    def _surroundings(self, passage: Passage) -> tuple[list[Passage], str]:
        """The passages of the report and its text, of one generation."""
        catalog = self._service.catalog
        passages = catalog.passages_of(passage.report.report_id)
        text = catalog.report(passage.report.report_id).text
        if all(one.id != passage.id for one in passages):  # a reload came between
            raise ReportNotFoundError(f"không còn đoạn {passage.id}")
        return passages, text

    async def _file(
        self, context: ContextTypes.DEFAULT_TYPE, query: CallbackQuery, press: Press
    ) -> None:
        passage = await self._opened(query, press)
        if passage is None:
            return
        texts = texts_in(press.language)
        chat_id, thread_id = _place(query)
        original = await self._service.run(partial(self._original, passage.report.report_id, texts))
        if isinstance(original, str):
            await delivery.send(context.bot, chat_id, Rich(original), thread_id=thread_id)
            return
        title = passage.report.title
        await context.bot.send_document(
            chat_id,
            original,
            caption=title if units(title) <= MessageLimit.CAPTION_LENGTH else None,
            message_thread_id=thread_id,
        )

    def _original(self, report_id: str, texts: Texts) -> InputFile | str:
        """The file a report was read from, or why there is none.

        Of a bulk export the report's own text is sent, since the file holds many others.
        """
        report = self._service.catalog.report(report_id)
        if report.file.lower().endswith(".jsonl"):
            return InputFile(report.text.encode(), filename=f"{report.id}.txt")
        kept = self._service.catalog.original(report_id)
        if kept is not None and kept.size > FileSizeLimit.FILESIZE_UPLOAD:
            return texts.file_too_big
        data = self._service.originals.read(kept) if kept is not None else None
        try:
            # A catalog of before originals were kept has the file in the folder only.
            path = self._service.settings.reports_path / report.file
            if data is None and path.stat().st_size > FileSizeLimit.FILESIZE_UPLOAD:
                return texts.file_too_big
            return InputFile(
                path.read_bytes() if data is None else data, filename=_file_name(report)
            )
        except OSError:
            _log.warning("the file of report %s cannot be read", report_id)
            return texts.file_missing

    async def _rate(
        self, context: ContextTypes.DEFAULT_TYPE, query: CallbackQuery, press: Press
    ) -> None:
        texts = texts_in(press.language)
        helpful = press.verb is Verb.HELPFUL
        rate = partial(
            self._service.journal.rate,
            query.from_user.id,
            press.numbers[0] if press.numbers else 0,
            helpful=helpful,
        )
        if not await self._service.run(rate):
            await acknowledge(query, texts.erased_feedback)
            return
        await acknowledge(query, texts.thanks_helpful if helpful else texts.thanks_unhelpful)
        message = query.message
        # In a group many may press, and no one's choice is everyone's.
        if (
            isinstance(message, Message)
            and message.reply_markup is not None
            and message.chat.type == ChatType.PRIVATE
        ):
            try:
                await context.bot.edit_message_reply_markup(
                    message.chat_id,
                    message.message_id,
                    reply_markup=with_choice(message.reply_markup, press),
                )
            except BadRequest as error:
                if not delivery.is_unchanged(error):
                    raise

    async def _browse(
        self, context: ContextTypes.DEFAULT_TYPE, query: CallbackQuery, press: Press
    ) -> None:
        await acknowledge(query)
        first = press.numbers[0] if press.numbers else 0
        rich, keyboard = await self._service.run(partial(self._reports, first, press.language))
        chat_id, thread_id = _place(query)
        if query.message is not None:
            await delivery.edit(
                context.bot,
                chat_id,
                query.message.message_id,
                rich,
                keyboard=keyboard,
                thread_id=thread_id,
            )

    def _reports(self, first: int, language: str) -> tuple[Rich, InlineKeyboardMarkup | None]:
        first = max(0, first)
        openings = self._service.catalog.openings(first, _REPORTS + 1)
        shown = openings[:_REPORTS]
        keyboard = browse_keyboard(
            language,
            [one.id for one in shown],
            first,
            max(0, first - _REPORTS) if first > 0 else None,
            first + _REPORTS if len(openings) > _REPORTS else None,
        )
        return browse_message(shown, first, texts_in(language)), keyboard if shown else None

    async def _choose_language(
        self, context: ContextTypes.DEFAULT_TYPE, query: CallbackQuery, press: Press
    ) -> None:
        await acknowledge(query)
        choice = press.numbers[0] if press.numbers else 0
        language = _LANGUAGES[choice] if 0 <= choice < len(_LANGUAGES) else None
        user = query.from_user
        await self._service.run(partial(self._service.journal.choose_language, user.id, language))
        texts = texts_in(language or press.language)
        await self._replace(
            context, query, texts.language_set if language is not None else texts.language_auto
        )

    async def _erase(
        self, context: ContextTypes.DEFAULT_TYPE, query: CallbackQuery, press: Press
    ) -> None:
        await acknowledge(query)
        texts = texts_in(press.language)
        if press.numbers == (1,):
            user: User = query.from_user
            count = await self._service.run(partial(self._service.journal.erase, user.id))
            await self._replace(context, query, texts.erased.format(count=count))
        else:
            await self._replace(context, query, texts.kept)

    async def _replace(
        self, context: ContextTypes.DEFAULT_TYPE, query: CallbackQuery, text: str
    ) -> None:
        if query.message is not None:
            chat_id, thread_id = _place(query)
            await delivery.edit(
                context.bot, chat_id, query.message.message_id, Rich(text), thread_id=thread_id
            )


def _place(query: CallbackQuery) -> tuple[int, int | None]:
    """Chat and topic of the message whose button was pressed."""
    message = query.message
    if isinstance(message, Message):
        return message.chat.id, message.message_thread_id if message.is_topic_message else None
    return message.chat.id if message is not None else query.from_user.id, None


def _file_name(report: Report) -> str:
    return Path(report.file).name


async def acknowledge(query: CallbackQuery, text: str = "") -> None:
    """Stop the button's clock, with a word if there is one. A press of long ago has none."""
    try:
        await query.answer(text or None, show_alert=len(text) > 60)
    except TelegramError as error:
        _log.info("a press could not be acknowledged: %s", type(error).__name__)
