"""Questions: in private, in groups, edited, following one another."""

from __future__ import annotations

import logging
import math
import re
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from telegram import Message, MessageEntity, Update, User
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot import delivery
from bot.keyboards import answer_keyboard, passage_of, question_of
from bot.limits import Turns
from bot.messages import answer_message
from bot.richtext import Rich
from bot.service import Service
from bot.texts import Texts, texts_in
from hoidap.allowance import Allowance
from hoidap.answering import MAX_QUESTION, FollowUp, check_question
from hoidap.documents import Answer
from hoidap.errors import JournalError, QuestionError
from hoidap.journal import Asked
from hoidap.vietnamese.courtesy import Courtesy, courtesy_alone
from hoidap.vietnamese.language import Language
from hoidap.vietnamese.text import nfc

_log = logging.getLogger(__name__)
ASK_COMMANDS = ("hoi", "ask")
# A question that waited so long is answered with a word on the delay. Telegram keeps questions for
# a day; one that is older still came another way and is no longer waited for.
_LATE = timedelta(minutes=10)
_TOO_LATE = timedelta(hours=24)
# A short question goes on from the one before for as long as one remembers what it was about.
_SOON = timedelta(minutes=10)
_SHORT = 4  # words: "ai dự hội nghị?"
_LEANING_RE = re.compile(
    r"\s*(?:còn|con|thế|the|vậy|vay|and|what about|how about)\b", re.IGNORECASE
)
_LONGEST_TALK = 4  # questions before the one that a question goes on from
_LEANING = 8  # words of a question that begins so
# Answers that are edited when their question is; a message can be edited for two days.
_REMEMBERED = 5_000


class Questions:
    """Answers questions, wherever they are asked."""

    def __init__(self, service: Service) -> None:
        self._service = service
        most = service.settings.questions_per_minute
        self._allowance = Allowance(
            service.settings.limits_path, "telegram", per_minute=most, at_once=most / 2
        )
        self._turns = Turns()
        self._answers: OrderedDict[tuple[int, int], list[int]] = OrderedDict()

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Add the handlers. Those of other commands must have been added before."""
        private, groups = filters.ChatType.PRIVATE, filters.ChatType.GROUPS
        application.add_handler(
            CommandHandler(ASK_COMMANDS, self._on_ask, filters.UpdateType.MESSAGES)
        )
        application.add_handler(MessageHandler(private & filters.COMMAND, self._on_unknown))
        content = filters.TEXT | filters.CAPTION
        application.add_handler(MessageHandler(private & content, self._on_private))
        application.add_handler(
            MessageHandler(
                private & ~filters.StatusUpdate.ALL & filters.UpdateType.MESSAGE, self._on_other
            )
        )
        application.add_handler(MessageHandler(groups & content & ~filters.COMMAND, self._on_group))

    async def _on_private(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            await self._ask(update, context, message, message.text or message.caption or "")

    async def _on_ask(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/hoi``: the words after it, else the message it is a reply to."""
        message = update.effective_message
        if message is None or message.text is None:
            return
        text = message.text.partition(" ")[2] or message.text.partition("\n")[2]
        replied = message.reply_to_message
        if not text.strip() and replied is not None and not _is_ours(replied, context):
            text = replied.text or replied.caption or ""
        if not text.strip():
            texts = await self._texts(message.from_user)
            await self._say(context, message, texts.ask_what)
            return
        await self._ask(update, context, message, text)

    async def _on_group(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """In a group the bot answers whoever mentions it or replies to it, and nobody else."""
        message = update.effective_message
        if message is None:
            return
        text = _without_mention(message, context.bot.username)
        if text is None and _is_ours(message.reply_to_message, context):
            text = message.text or message.caption
        if text is None:
            return
        replied = message.reply_to_message
        if not text.strip() and replied is not None and not _is_ours(replied, context):
            text = replied.text or replied.caption or ""
        if text.strip():
            await self._ask(update, context, message, text)
        else:
            texts = await self._texts(message.from_user)
            await self._say(context, message, texts.ask_what)

    async def _on_unknown(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            await self._say(context, message, (await self._texts(message.from_user)).unknown)

    async def _on_other(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None and await self._may_ask(context, message):
            await self._say(context, message, (await self._texts(message.from_user)).only_text)

    async def _texts(self, user: User | None) -> Texts:
        return texts_in(await language_for(self._service, user))

    async def _say(self, context: ContextTypes.DEFAULT_TYPE, message: Message, text: str) -> None:
        await delivery.send(
            context.bot,
            message.chat_id,
            Rich(text),
            reply_to=None if message.chat.type == ChatType.PRIVATE else message.message_id,
            thread_id=_thread(message),
        )

    async def _may_ask(self, context: ContextTypes.DEFAULT_TYPE, message: Message) -> bool:
        """Count a message; who writes too many is told once, then waits in silence."""
        if message.from_user is None:
            return True
        refused = self._allowance.take(str(message.from_user.id))
        if refused is not None and not refused.told:
            texts = await self._texts(message.from_user)
            seconds = math.ceil(refused.wait_s)
            await self._say(context, message, texts.slow_down.format(seconds=seconds))
        return refused is None

    async def _ask(
        self, update: Update, context: ContextTypes.DEFAULT_TYPE, message: Message, text: str
    ) -> None:
        waited = datetime.now(UTC) - (message.edit_date or message.date)
        if waited > _TOO_LATE or not await self._may_ask(context, message):
            return
        try:
            text = check_question(text)
        except QuestionError:
            texts = await self._texts(message.from_user)
            too_long = bool(text.strip())
            await self._say(
                context,
                message,
                texts.too_long.format(most=MAX_QUESTION) if too_long else texts.ask_what,
            )
            return
        if not any(map(str.isalnum, text)):
            # A thumb or a question mark would be taken for the question before it, asked again.
            await self._say(context, message, (await self._texts(message.from_user)).ask_what)
            return
        courtesy = courtesy_alone(nfc(text))
        if courtesy is not None:
            texts = await self._texts(message.from_user)
            thanks = courtesy is Courtesy.THANKS
            await self._say(context, message, texts.welcome if thanks else texts.start)
            return
        user_id = message.from_user.id if message.from_user is not None else message.chat_id
        # Whoever asks twice at once gets the answers in the order of the questions.
        async with self._turns.turn((message.chat_id, user_id)):
            thread = _thread(message)
            async with delivery.typing(context.bot, message.chat_id, thread):
                looked_up = partial(self._look_up, message, text, user_id, update.update_id)
                answer, number, chosen = await self._service.run(looked_up)
            language = chosen or answer.language
            rich = answer_message(
                answer, texts_in(language), message.date if waited > _LATE else None
            )
            keyboard = answer_keyboard(answer, number, language)
            key = message.chat_id, message.message_id
            former = self._answers.get(key)
            if former:
                sent = await delivery.edit(
                    context.bot,
                    message.chat_id,
                    former[0],
                    rich,
                    keyboard=keyboard,
                    thread_id=thread,
                )
                for surplus in former[1:]:
                    try:
                        await context.bot.delete_message(message.chat_id, surplus)
                    except TelegramError:
                        _log.info("a part of a former answer could not be deleted")
            else:
                sent = await delivery.send(
                    context.bot,
                    message.chat_id,
                    rich,
                    reply_to=message.message_id,
                    thread_id=thread,
                    keyboard=keyboard,
                )
            self._answers[key] = sent
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)

    def _look_up(
        self, message: Message, text: str, user_id: int, update_id: int
    ) -> tuple[Answer, int | None, str | None]:
        """The answer, its number in the journal, and the language the user chose. In a thread.

        A journal that cannot be written costs the buttons that need it, never the answer.
        """
        journal = self._service.journal
        try:
            report_id = self._asked_of(message)
            after = self._before(message, text, user_id) if report_id is None else None
            language = journal.language(user_id)
        except JournalError as error:
            _log.error("%s", error)
            report_id, after, language = None, None, None
        answer = self._service.answerer.answer(text, after=after, report_id=report_id)
        self._service.metrics.answered(answer)
        try:
            number = journal.record(user_id, update_id, answer, bot=message.get_bot().id)
            return answer, number, language
        except JournalError as error:
            _log.error("%s", error)
            return answer, None, language

    def _asked_of(self, message: Message) -> str | None:
        """The report that a question is put to alone: it replies to what tells of that one."""
        replied = message.reply_to_message
        number = passage_of(replied.reply_markup) if replied is not None else None
        passage = self._service.catalog.current(number) if number is not None else None
        return passage.report.report_id if passage is not None else None

    def _before(self, message: Message, text: str, user_id: int) -> FollowUp | None:
        """What a question goes on from: the answer it replies to, or the one just before it.

        The latter in private only: a group must not learn what someone asked alone.
        """
        asked = None
        replied = message.reply_to_message
        if replied is not None:
            number = question_of(replied.reply_markup)
            asked = self._service.journal.question(number) if number is not None else None
        elif message.chat.type == ChatType.PRIVATE and _is_short(text):
            since = datetime.now(UTC) - _SOON
            asked = self._service.journal.last_question(user_id, since)
        if asked is None:
            return None
        talk = [asked]
        if message.chat.type == ChatType.PRIVATE:
            since = asked.at - _SOON
            talk += self._service.journal.questions_before(asked, since, _LONGEST_TALK)
        return _follow_up(talk)


def _follow_up(talk: Sequence[Asked]) -> FollowUp | None:
    """What a question goes on from: ``talk``, newest first, back to the first that is not short.

    One of them that found nothing leaves the talk at the report where it was.
    """
    began = next((at for at, asked in enumerate(talk) if not _is_short(asked.text)), len(talk))
    after, report_id = None, None
    for asked in reversed(talk[: began + 1]):
        report_id = asked.report_id if asked.report_id is not None else report_id
        if report_id is not None:
            after = FollowUp(asked.text, report_id, after)
    return after


def _is_short(text: str) -> bool:
    """Whether a question leaves so much unsaid that it may go on from another."""
    words = len(text.split())
    return words <= _SHORT or (words <= _LEANING and bool(_LEANING_RE.match(text)))


def _thread(message: Message) -> int | None:
    """The topic of a forum that a message stands in."""
    return message.message_thread_id if message.is_topic_message else None


def _is_ours(message: Message | None, context: ContextTypes.DEFAULT_TYPE) -> bool:
    """Whether the bot wrote a message."""
    return (
        message is not None
        and message.from_user is not None
        and message.from_user.id == context.bot.id
    )


def _without_mention(message: Message, username: str) -> str | None:
    """The text without the mention of the bot; None where it is not mentioned."""
    kinds: list[str | None] = [MessageEntity.MENTION]
    entities = message.parse_entities(kinds) or message.parse_caption_entities(kinds)
    mentions = [text for text in entities.values() if text.casefold() == f"@{username}".casefold()]
    if not mentions:
        return None
    text = message.text or message.caption or ""
    for mention in mentions:
        text = text.replace(mention, " ", 1)
    return text


async def language_for(service: Service, user: User | None) -> str:
    """The language to write in where there is no question: chosen, else the user's app's."""
    if user is None:
        return Language.VIETNAMESE
    chosen = await service.language_of(user.id)
    if chosen is not None:
        return chosen
    english = user.language_code is not None and user.language_code.startswith("en")
    return Language.ENGLISH if english else Language.VIETNAMESE
