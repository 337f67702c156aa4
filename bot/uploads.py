"""Files that an administrator sends in private: read, shown, and added when confirmed.

Files that come soon after one another, or as an album, are one batch with one preview. What waits
is kept by `hoidap.uploads`; buttons carry the batch's number, so that they work after a restart.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from telegram import Bot, CallbackQuery, Document, InlineKeyboardMarkup, Update
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot import delivery
from bot.buttons import acknowledge
from bot.keyboards import Verb, about_keyboard, added_keyboard, upload_keyboard
from bot.richtext import Rich, bold, joined
from bot.service import Service
from bot.texts import ADMIN
from bot.upload_messages import confirmed_message, preview_message
from bot.writing import PATIENCE, Done, Place, Writing, pressed, sentence
from hoidap.catalog import Cause
from hoidap.corpus_folder import safe_name
from hoidap.drafts import Batch, BatchState, Draft, describe_state
from hoidap.errors import HoidapError, OutdatedError, UploadError
from hoidap.loaders import READABLE
from hoidap.uploads import Confirmed
from hoidap.vietnamese.language import Language

_log = logging.getLogger(__name__)
_LANGUAGE = Language.VIETNAMESE.value
# Seconds after a file in which another one belongs to the same batch: telephones send file after
# file, each when the one before is through.
_TOGETHER_S = 60.0
# Seconds without a further file after which a batch is shown; an album arrives within one.
_QUIET_S = 1.5
# Seconds for a file on its way from Telegram, and between tries.
_DOWNLOAD_S = 120.0
_BACK_OFF = (1.0, 3.0)
_MEGABYTE = 1_000_000
_MOST = int(FileSizeLimit.FILESIZE_DOWNLOAD)
# Reports with a button of their own; nobody looks through more.
_MOST_BUTTONS = 20
# Files named in a line of the journal.
_MOST_NAMES = 5


@dataclass(slots=True)
class _Gathering:
    """The batch that an administrator's next file belongs to, and the message that shows it.

    ``problems`` are a line for each file that was not even read. ``arrivals`` counts all.
    """

    batch_id: int
    message_id: int
    last: float
    arrivals: int = 0
    shown: bool = False
    problems: list[str] = field(default_factory=list)


class Receiving:
    """Takes in files."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._writing = Writing(service)
        self._ids = frozenset(service.settings.admin_ids)
        self._gatherings: dict[int, _Gathering] = {}
        self._turns: dict[int, asyncio.Lock] = {}
        # Batches that are being added: a second press must not take the message from the first.
        self._busy: set[int] = set()

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Add the handlers, before those for everyone."""
        if not self._ids:
            return
        admins = filters.User(self._ids) & filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
        application.add_handler(CommandHandler("them", self._on_how, admins))
        files = filters.Document.ALL | filters.PHOTO
        application.add_handler(MessageHandler(admins & files, self._on_file))
        verbs = "".join((Verb.ADD, Verb.ADD_BESIDE, Verb.DROP, Verb.ABOUT))
        application.add_handler(CallbackQueryHandler(self._on_press, pattern=f"^[{verbs}][ve]"))

    async def _on_how(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            text = ADMIN.how_to_add.format(formats=READABLE, most=_MOST // _MEGABYTE)
            await delivery.send(context.bot, message.chat_id, Rich(text))

    # --- files ---

    async def _on_file(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None or message.from_user is None:
            return
        user_id, chat_id = message.from_user.id, message.chat_id
        # One at a time, in the order in which they came: memory holds one file.
        turn = self._turns.setdefault(chat_id, asyncio.Lock())
        async with turn:
            try:
                gathering = await self._join(context.bot, user_id, chat_id)
            except UploadError as error:
                await delivery.send(context.bot, chat_id, Rich(_sentence(str(error))))
                return
            number = gathering.arrivals
            async with delivery.typing(context.bot, chat_id, None):
                problem = await self._take(context.bot, message.document, gathering)
            if problem is not None:
                gathering.problems.append(problem)
            gathering.last = asyncio.get_running_loop().time()
        await asyncio.sleep(_QUIET_S)
        async with turn:
            if gathering.arrivals == number and not gathering.shown:
                gathering.shown = True
                await self._show(context.bot, user_id, chat_id, gathering)

    async def _join(self, bot: Bot, user_id: int, chat_id: int) -> _Gathering:
        """The gathering that a file which came just now belongs to."""
        now = asyncio.get_running_loop().time()
        gathering = self._gatherings.get(chat_id)
        if gathering is None or not await self._goes_on(gathering, now):
            who = self._writing.by(user_id, Cause.ADD).actor
            batch = await self._service.run(partial(self._service.uploads.open, who))
            (sent,) = await delivery.send(bot, chat_id, Rich(ADMIN.receiving))
            gathering = self._gatherings[chat_id] = _Gathering(batch.id, sent, now)
        elif gathering.shown:
            # Below the files that came since, where it is looked for.
            await delivery.edit(bot, chat_id, gathering.message_id, Rich(ADMIN.moved))
            (gathering.message_id,) = await delivery.send(bot, chat_id, Rich(ADMIN.receiving))
            gathering.shown = False
        gathering.arrivals += 1
        return gathering

    async def _goes_on(self, gathering: _Gathering, now: float) -> bool:
        if now - gathering.last > _TOGETHER_S:
            return False
        try:
            batch = await self._batch(gathering.batch_id)
        except UploadError:
            return False
        return batch.state is BatchState.OPEN

    async def _take(self, bot: Bot, document: Document | None, gathering: _Gathering) -> str | None:
        """Fetch a file and have it read; a line where that could not even be tried."""
        if document is None:
            return ADMIN.photo
        name = safe_name(document.file_name or "") or ADMIN.nameless
        if (document.file_size or 0) > _MOST:
            return f"{name}: {_too_big(document)}"
        try:
            data = await _fetch(bot, document)
        except BadRequest as error:
            if "too big" in error.message.lower():
                return f"{name}: {_too_big(document)}"
            _log.warning("a file could not be fetched: %s", type(error).__name__)
            return f"{name}: {ADMIN.not_loaded}"
        except TelegramError as error:
            _log.warning("a file could not be fetched: %s", type(error).__name__)
            return f"{name}: {ADMIN.not_loaded}"
        stage = partial(self._service.uploads.stage, gathering.batch_id, document.file_name, data)
        try:
            await self._service.read(stage)
        except HoidapError as error:
            late = (await self._batch(gathering.batch_id)).state is not BatchState.OPEN
            return f"{name}: {ADMIN.late if late else error}"
        return None

    async def _batch(self, batch_id: int) -> Batch:
        return await self._service.run(partial(self._service.uploads.find, batch_id))

    async def _show(self, bot: Bot, user_id: int, chat_id: int, gathering: _Gathering) -> None:
        batch = await self._batch(gathering.batch_id)
        if batch.state is not BatchState.OPEN:  # its message tells what became of it
            batch = replace(batch, drafts=())
        if batch.drafts:
            await self._writing.note(user_id, "gửi tệp", _names(batch.drafts))
        message = preview_message(batch, gathering.problems)
        sent = await delivery.edit(
            bot, chat_id, gathering.message_id, message, keyboard=_offered(batch)
        )
        # The buttons stand below the last part.
        gathering.message_id = sent[-1]

    # --- buttons ---

    async def _on_press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        found = pressed(query, self._ids)
        if found is None or not found[0].numbers:
            await acknowledge(query)
            return
        press, place = found
        if press.verb is Verb.ABOUT:
            await self._ask_about(context.bot, query, place, press.numbers[0])
            return
        batch_id = press.numbers[0]
        if batch_id in self._busy:
            await acknowledge(query, ADMIN.busy)
            return
        self._busy.add(batch_id)
        self._close(batch_id)
        try:
            refusal = await self._refusal(batch_id, place.user_id)
            await acknowledge(query, refusal or "")
            if refusal is not None:
                return
            if press.verb is Verb.DROP:
                await self._drop(context.bot, place, batch_id)
            else:
                await self._add(context, place, batch_id, beside=press.verb is Verb.ADD_BESIDE)
        except UploadError as error:  # it was confirmed, dropped or expired just then
            text = Rich(_sentence(str(error)))
            await delivery.edit(context.bot, place.chat_id, place.message_id, text)
        finally:
            self._busy.discard(batch_id)

    def _close(self, batch_id: int) -> None:
        """Let a batch gather no further files: they would share its fate unseen."""
        for chat_id, gathering in tuple(self._gatherings.items()):
            if gathering.batch_id == batch_id:
                del self._gatherings[chat_id]

    async def _refusal(self, batch_id: int, user_id: int) -> str | None:
        """Why a press on a batch's buttons does nothing; None where it does something."""
        try:
            batch = await self._batch(batch_id)
        except UploadError as error:
            return _sentence(str(error))
        if batch.who != self._writing.by(user_id, Cause.ADD).actor:
            return ADMIN.not_yours
        return None if batch.state is BatchState.OPEN else _sentence(describe_state(batch))

    async def _drop(self, bot: Bot, place: Place, batch_id: int) -> None:
        by = self._writing.by(place.user_id, Cause.ADD).actor
        batch = await self._service.run(partial(self._service.uploads.cancel, batch_id, by))
        await self._writing.note(place.user_id, "bỏ tệp đã gửi", _names(batch.drafts))
        text = ADMIN.dropped.format(count=len(batch.accepted))
        await delivery.edit(bot, place.chat_id, place.message_id, Rich(text))

    async def _add(
        self, context: ContextTypes.DEFAULT_TYPE, place: Place, batch_id: int, *, beside: bool
    ) -> None:
        service = self._service
        by = self._writing.by(place.user_id, Cause.ADD)
        batch = await self._batch(batch_id)

        def work(progress: Callable[[int, int], None]) -> Done:
            try:
                done = service.uploads.confirm(
                    batch_id,
                    service.encoder,
                    by=by,
                    keep_both=beside,
                    wait_s=PATIENCE,
                    progress=progress,
                )
            except OutdatedError as error:
                now = service.uploads.find(batch_id)
                message = joined((_sentence(str(error)), preview_message(now, ())), "\n\n")
                return Done("không xong", message, _offered(now))
            passages = self._first_passages(done)
            keyboard = added_keyboard(passages, _LANGUAGE) if passages else None
            detail = f"{_names(batch.accepted)}: thế hệ {done.reloaded.generation}"
            return Done(detail, confirmed_message(done), keyboard)

        await self._writing.do(
            context,
            place,
            "thêm",
            work,
            failed=ADMIN.not_added,
            again=_offered(batch),
        )

    def _first_passages(self, done: Confirmed) -> list[int]:
        """The passage by which each report that was added is opened."""
        found = []
        for entry in done.added[:_MOST_BUTTONS]:
            for report in entry.reports[:1]:
                passages = self._service.catalog.passages_of(report.report_id)
                found += [one.id for one in passages[:1]]
        return found

    async def _ask_about(
        self, bot: Bot, query: CallbackQuery, place: Place, passage_id: int
    ) -> None:
        passage = await self._service.run(partial(self._service.catalog.current, passage_id))
        await acknowledge(query, "" if passage is not None else ADMIN.report_gone)
        if passage is not None:
            text = joined((ADMIN.ask_now, bold(passage.report.title)))
            keyboard = about_keyboard(passage.id, _LANGUAGE)
            await delivery.send(bot, place.chat_id, text, keyboard=keyboard)


async def _fetch(bot: Bot, document: Document) -> bytes:
    """The content of a file. Raises `TelegramError`."""
    for delay in (*_BACK_OFF, None):
        try:
            file = await bot.get_file(document.file_id)
            return bytes(await file.download_as_bytearray(read_timeout=_DOWNLOAD_S))
        except BadRequest:
            raise
        except NetworkError:
            if delay is None:
                raise
            await asyncio.sleep(delay)
    raise AssertionError("the last try returns or raises")


def _offered(batch: Batch) -> InlineKeyboardMarkup | None:
    """The buttons below a batch; None where nothing of it can be added."""
    if not batch.accepted:
        return None
    return upload_keyboard(batch.id, _LANGUAGE, replaces=batch.replaces_files)


def _too_big(document: Document) -> str:
    size = round((document.file_size or 0) / _MEGABYTE, 1)
    shown = f"{size:g}".replace(".", ",")
    return ADMIN.too_big.format(size=shown, most=_MOST // _MEGABYTE)


def _names(drafts: Sequence[Draft]) -> str:
    """Files in a line of the journal: the first ones by name."""
    names = ", ".join(one.name for one in drafts[:_MOST_NAMES])
    more = len(drafts) - _MOST_NAMES
    return f"{names} và {more} tệp nữa" if more > 0 else names


def _sentence(told: str) -> str:
    return f"{sentence(told)}."
