"""``/xoa``: a report is found by its id or by words, shown, and removed when confirmed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telegram import Bot, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot import delivery
from bot.buttons import acknowledge
from bot.keyboards import Press, Verb, choose_keyboard, confirm_keyboard
from bot.messages import cited
from bot.richtext import Rich, bold, joined
from bot.service import Service
from bot.texts import ADMIN, texts_in
from bot.upload_messages import others
from bot.writing import PATIENCE, Done, Place, Writing, pressed, sentence
from hoidap.beside import beside
from hoidap.catalog import Cause
from hoidap.documents import Citation, Passage
from hoidap.errors import FileLeftError, ReportNotFoundError
from hoidap.plan import is_bulk
from hoidap.reload import remove
from hoidap.vietnamese.language import Language
from hoidap.vietnamese.text import nfc

_LANGUAGE = Language.VIETNAMESE.value
_TEXTS = texts_in(_LANGUAGE)
# Reports to choose from: two rows of buttons.
_LISTED = 8


class Removal:
    """Takes reports out."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._writing = Writing(service)
        self._ids = frozenset(service.settings.admin_ids)
        # Passages whose buttons were just pressed: a second press must not take the message away.
        self._busy: set[int] = set()

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Add the handlers, before those for everyone."""
        if not self._ids:
            return
        admins = filters.User(self._ids) & filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
        application.add_handler(CommandHandler("xoa", self._on_remove, admins))
        verbs = "".join((Verb.CHOOSE, Verb.REMOVE))
        application.add_handler(CallbackQueryHandler(self._on_press, pattern=f"^[{verbs}][ve]"))

    async def _on_remove(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        bot, chat_id = context.bot, message.chat_id
        words = nfc(" ".join(context.args or ()))
        if not words:
            await delivery.send(bot, chat_id, Rich(ADMIN.remove_what))
            return
        found, total = await self._service.run(partial(self._found, words))
        if not found:
            await delivery.send(bot, chat_id, Rich(ADMIN.remove_none.format(words=words)))
        elif total == 1:
            await self._confirm(bot, chat_id, found[0])
        else:
            rows = [
                Rich(f"{number}. ") + _told(one.report) for number, one in enumerate(found, start=1)
            ]
            if total > len(found):
                rows.append(Rich(ADMIN.remove_more.format(count=total - len(found))))
            keyboard = choose_keyboard([one.id for one in found], _LANGUAGE)
            rich = joined((bold(ADMIN.remove_which), *rows), "\n\n")
            await delivery.send(bot, chat_id, rich, keyboard=keyboard)

    def _found(self, words: str) -> tuple[list[Passage], int]:
        """The first passages of the reports that may be meant, and how many reports these are."""
        catalog = self._service.catalog
        whole = catalog.passages_of(words)
        if whole:
            return whole[:1], 1
        reports, total = catalog.listed(words, 0, _LISTED)
        firsts = (catalog.passages_of(one.report_id)[:1] for one in reports)
        return [passage for first in firsts for passage in first], total

    def _question(self, passage: Passage) -> Rich:
        """What would be removed. Raises `ReportNotFoundError`."""
        file = self._service.catalog.report(passage.report.report_id).file
        what = ADMIN.remove_line if is_bulk(file) else ADMIN.remove_file
        return joined(
            (bold(ADMIN.remove_ask), _told(passage.report), what.format(file=file)), "\n\n"
        )

    def _current(self, passage_id: int) -> Passage | None:
        """The passage, if its report is still the one that was shown."""
        passage = self._service.catalog.current(passage_id)
        return passage if passage is not None and passage.id == passage_id else None

    async def _on_press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        found = pressed(query, self._ids)
        if found is None or not found[0].numbers:
            await acknowledge(query)
            return
        press, place = found
        number = press.numbers[0]
        if number in self._busy:
            await acknowledge(query, ADMIN.busy)
            return
        self._busy.add(number)
        try:
            passage = await self._service.run(partial(self._current, number))
            await acknowledge(query, "" if passage is not None else ADMIN.remove_again)
            if passage is not None and press.verb is Verb.CHOOSE:
                await self._confirm(context.bot, place.chat_id, passage, place.message_id)
            elif passage is not None:
                await self._remove(context, place, passage)
        finally:
            self._busy.discard(number)

    async def _confirm(
        self, bot: Bot, chat_id: int, passage: Passage, message_id: int | None = None
    ) -> None:
        """Ask whether the report of a passage is to be removed; in the place of a message."""
        rich = await self._service.run(partial(self._question, passage))
        keyboard = _remove_keyboard(passage)
        if message_id is None:
            await delivery.send(bot, chat_id, rich, keyboard=keyboard)
        else:
            await delivery.edit(bot, chat_id, message_id, rich, keyboard=keyboard)

    async def _remove(
        self, context: ContextTypes.DEFAULT_TYPE, place: Place, passage: Passage
    ) -> None:
        settings, encoder = self._service.settings, self._service.encoder
        by = self._writing.by(place.user_id, Cause.REMOVE)
        report = passage.report

        def work(progress: Callable[[int, int], None]) -> Done:
            if self._current(passage.id) is None:
                raise ReportNotFoundError(ADMIN.remove_again)
            catalog = self._service.catalog
            file = catalog.report(report.report_id).file
            original = catalog.original(report.report_id)
            try:
                result = beside(
                    remove,
                    settings,
                    encoder,
                    report.report_id,
                    by=by,
                    wait_s=PATIENCE,
                    progress=progress,
                )
            except FileLeftError as error:
                detail = f"{report.report_id}: {error}"
                return Done(detail, Rich(f"{sentence(str(error))}."))
            folder = f"{result.generation:06}"
            there = (settings.removed_path / folder / file).exists()
            text = (ADMIN.removed if there else ADMIN.removed_only).format(
                title=report.title, generation=result.generation, folder=folder
            )
            copies = catalog.read_from(original.sha256) if original is not None else []
            warnings = [
                ADMIN.removed_copy.format(file=catalog.report(one.report_id).file, id=one.report_id)
                for one in copies
            ]
            message = joined((text, *warnings, *others(result, {file})), "\n\n")
            return Done(f"{report.report_id}: thế hệ {result.generation}", message)

        again = _remove_keyboard(passage)
        await self._writing.do(context, place, "gỡ", work, failed=ADMIN.not_removed, again=again)


def _remove_keyboard(passage: Passage) -> InlineKeyboardMarkup:
    return confirm_keyboard(ADMIN.remove_yes, Press(Verb.REMOVE, _LANGUAGE, (passage.id,)))


def _told(citation: Citation) -> Rich:
    return joined(
        (
            bold(citation.title),
            f"{cited(citation, _TEXTS)} · {ADMIN.report_id.format(id=citation.report_id)}",
        )
    )
