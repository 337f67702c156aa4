"""What changes the reports, done in the writer's thread, with its progress in a message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from telegram import CallbackQuery, InlineKeyboardMarkup
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import delivery
from bot.keyboards import Press
from bot.richtext import Rich, bold, joined
from bot.service import Service
from bot.texts import ADMIN
from hoidap.catalog import Cause
from hoidap.errors import (
    BusyError,
    CorpusError,
    GoldenError,
    HoidapError,
    IndexUnreachableError,
    IntakeError,
    OriginalError,
    ReportNotFoundError,
    RollbackError,
    UploadError,
)
from hoidap.reload import By

_log = logging.getLogger(__name__)
# Their messages say what to do and nothing of a user's; any other error is an incident.
TOLD = (
    BusyError,
    CorpusError,
    GoldenError,
    IndexUnreachableError,
    IntakeError,
    OriginalError,
    ReportNotFoundError,
    RollbackError,
    UploadError,
)
# Seconds to wait for another process that is writing.
PATIENCE = 10.0
# Seconds between two edits that show progress; Telegram takes about one a second.
_PROGRESS_S = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """The message that shows what becomes of a press, and who pressed."""

    user_id: int
    chat_id: int
    message_id: int


def pressed(query: CallbackQuery, ids: Collection[int]) -> tuple[Press, Place] | None:
    """A press in private by one of the administrators ``ids``, and where; None of anyone else."""
    press, message = Press.read(query.data or ""), query.message
    private = message is not None and message.chat.type == ChatType.PRIVATE
    if press is None or message is None or not private or query.from_user.id not in ids:
        return None
    return press, Place(query.from_user.id, message.chat.id, message.message_id)


def sentence(told: str) -> str:
    """An error's message as it stands alone: with a capital."""
    return f"{told[:1].upper()}{told[1:]}"


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: ``detail`` for the journal, ``message`` for whoever pressed."""

    detail: str
    message: Rich
    keyboard: InlineKeyboardMarkup | None = None


Work = Callable[[Callable[[int, int], None]], Done]


class Writing:
    """Changes the reports for administrators, and writes down that they did."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def by(self, user_id: int, cause: Cause) -> By:
        """An administrator as the catalog names them: as the journal does."""
        return By(f"telegram:{self._service.journal.person(user_id).hex()}", cause)

    async def note(self, user_id: int, action: str, detail: str) -> None:
        """Write into the journal that an administrator did something."""
        await self._service.run(partial(self._service.journal.note, user_id, action, detail))

    async def do(
        self,
        context: ContextTypes.DEFAULT_TYPE,
        place: Place,
        action: str,
        work: Work,
        *,
        failed: str = "",
        again: InlineKeyboardMarkup | None = None,
    ) -> None:
        """Do something long and show in the message how far it is, and what came of it.

        Where it fails with a reason that can be told, that stands below ``failed``, and the buttons
        ``again`` below that.
        """
        bot = context.bot
        await delivery.edit(bot, place.chat_id, place.message_id, Rich("Đang làm…"))
        so_far = [0, 0]

        def progress(done: int, total: int) -> None:
            so_far[:] = done, total

        async def show() -> None:
            while True:
                await asyncio.sleep(_PROGRESS_S)
                text = f"Đang làm… {so_far[0]}/{so_far[1]} đoạn" if so_far[1] else "Đang làm…"
                try:
                    await delivery.edit(bot, place.chat_id, place.message_id, Rich(text))
                except TelegramError as error:
                    _log.info("progress was not shown: %s", type(error).__name__)

        shown = asyncio.create_task(show())
        try:
            done = await self._service.write(partial(work, progress))
        except TOLD as error:
            heads = (bold(failed),) if failed else ()
            done = Done("không xong", joined((*heads, *_reasons(error))), again)
        except HoidapError:
            await self.note(place.user_id, action, "lỗi")
            raise
        finally:
            shown.cancel()
            await asyncio.wait([shown])
        await self.note(place.user_id, action, done.detail)
        await delivery.edit(
            bot, place.chat_id, place.message_id, done.message, keyboard=done.keyboard
        )


def _reasons(error: HoidapError) -> tuple[str, ...]:
    """Why something was not done, a line each, and what to do where there is no shell."""
    if isinstance(error, GoldenError):
        return *error.reasons, ADMIN.golden.format(count=len(error.reasons))
    return (sentence(str(error)),)
