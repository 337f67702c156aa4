"""Commands of administrators, in private chats only. Nobody else is told that they exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from telegram import InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot import delivery
from bot.buttons import acknowledge
from bot.keyboards import Press, Verb, confirm_keyboard
from bot.messages import shown_time
from bot.richtext import Rich, bold, joined
from bot.service import Service
from bot.texts import ADMIN
from bot.upload_messages import emptied
from bot.writing import PATIENCE, TOLD, Done, Place, Writing, pressed, sentence
from hoidap.beside import beside
from hoidap.catalog import Cause, Generation
from hoidap.documents import Status
from hoidap.errors import PlanChangedError
from hoidap.journal import Asked, mask_personal
from hoidap.plan import Reloaded
from hoidap.reload import generation_of, reload, rollback
from hoidap.vietnamese.language import Language

COMMANDS = (
    ("them", "Thêm báo cáo: gửi tệp"),
    ("xoa", "Gỡ một báo cáo"),
    ("reload", "Nạp lại thư mục báo cáo"),
    ("rollback", "Quay về báo cáo của thế hệ trước"),
    ("status", "Tình trạng"),
    ("history", "Các thế hệ và việc đã làm"),
    ("unanswered", "Câu hỏi chưa trả lời được"),
)
_UNANSWERED = 30
_ACTIONS = 15
# Files named in a summary, of each kind; the rest is counted.
_NAMED = 15
_DO = frozenset({Verb.RELOAD, Verb.ROLLBACK, Verb.CANCEL})
_LANGUAGE = Language.VIETNAMESE.value


class Administration:
    """Answers administrators."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._writing = Writing(service)
        self._ids = frozenset(service.settings.admin_ids)
        # Messages whose buttons were just pressed: a second press must not do it once more.
        self._busy: set[tuple[int, int]] = set()

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Add the handlers, before those for everyone."""
        if not self._ids:
            return
        admins = filters.User(self._ids) & filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
        for name, handler in (
            ("reload", self._on_reload),
            ("rollback", self._on_rollback),
            ("status", self._on_status),
            ("history", self._on_history),
            ("unanswered", self._on_unanswered),
        ):
            application.add_handler(CommandHandler(name, handler, admins))
        verbs = "".join(_DO)
        application.add_handler(CallbackQueryHandler(self._on_press, pattern=f"^[{verbs}][ve]"))

    # --- commands ---

    async def _on_reload(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        (sent,) = await delivery.send(
            context.bot, message.chat_id, Rich("Đang xem thư mục báo cáo…")
        )
        settings, encoder = self._service.settings, self._service.encoder
        try:
            plan = await self._service.run(partial(beside, reload, settings, encoder, dry_run=True))
        except TOLD as error:
            await delivery.edit(context.bot, message.chat_id, sent, Rich(str(error)))
            return
        shown, keyboard = _preview(plan)
        await delivery.edit(context.bot, message.chat_id, sent, shown, keyboard=keyboard)

    async def _on_rollback(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None:
            return
        generations = await self._service.run(self._service.catalog.generations)
        wanted = context.args[0] if context.args else ""
        former = [
            one
            for one in generations[1:]
            if not wanted or (wanted.isdecimal() and one.number == int(wanted))
        ]
        if not former:
            kept = ", ".join(str(one.number) for one in generations[1:]) or "không có"
            text = f"Không có thế hệ để quay về. Còn giữ: {kept}."
            await delivery.send(context.bot, message.chat_id, Rich(text))
            return
        to = former[0]
        await delivery.send(
            context.bot,
            message.chat_id,
            Rich("Quay về báo cáo của ") + _generation(to) + "?",
            keyboard=confirm_keyboard(
                "Quay về", Press(Verb.ROLLBACK, _LANGUAGE, (to.number, generations[0].number))
            ),
        )

    async def _on_status(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            text = await self._service.run(self._status)
            await delivery.send(context.bot, message.chat_id, text)

    def _status(self) -> Rich:
        service = self._service
        generation = service.catalog.generation()
        lines = [bold("Tình trạng"), _generation(generation) if generation is not None else ""]
        lines.append(f"Bộ mã hóa: {service.encoder.name}")
        lines.append(f"Bot chạy từ {shown_time(service.started)}")
        now = datetime.now(UTC)
        for label, days in (("24 giờ qua", 1), ("7 ngày qua", 7)):
            counts = service.journal.counts(now - timedelta(days=days))
            lines.append(
                f"{label}: {counts.quoted} câu có trích dẫn, {counts.partial} trả lời một phần,"
                f" {counts.not_found} không tìm thấy; 👍 {counts.helpful} 👎 {counts.unhelpful}"
            )
        return joined(lines)

    async def _on_history(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            text = await self._service.run(self._history)
            await delivery.send(context.bot, message.chat_id, text)

    def _history(self) -> Rich:
        journal = self._service.journal
        known = {journal.person(admin): str(admin) for admin in self._ids}
        generations = [
            Rich("• ") + _generation(one) + ("" if order else " (đang dùng)")
            for order, one in enumerate(self._service.catalog.generations())
        ]
        actions = [
            f"• {shown_time(one.at)} · {one.name or known.get(one.person, 'người khác')} · "
            f"{one.action} {one.detail}".rstrip()
            for one in journal.actions(_ACTIONS)
        ]
        return joined(
            (
                joined((bold("Các thế hệ còn giữ"), *generations)),
                joined((bold("Việc đã làm"), *(actions or ["Chưa có."]))),
            ),
            "\n\n",
        )

    async def _on_unanswered(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is not None:
            asked = await self._service.run(partial(self._service.journal.unanswered, _UNANSWERED))
            head = bold("Câu hỏi chưa trả lời được, mới nhất trước")
            rows = [_unanswered(one) for one in asked] or ["Không có."]
            await delivery.send(context.bot, message.chat_id, joined((head, *rows)))

    # --- buttons ---

    async def _on_press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        found = pressed(query, self._ids)
        if found is None:
            await acknowledge(query)
            return
        press, place = found
        message = (place.chat_id, place.message_id)
        if message in self._busy:
            await acknowledge(query, ADMIN.busy)
            return
        self._busy.add(message)
        try:
            refusal = await self._refusal(press)
            await acknowledge(query, refusal)
            if not refusal:
                await self._do(context, press, place)
        finally:
            self._busy.discard(message)

    async def _refusal(self, press: Press) -> str:
        """Why a press does nothing; "" where it does something."""
        if press.verb is not Verb.ROLLBACK:
            return ""
        current = await self._service.run(partial(generation_of, self._service.catalog))
        # Buttons of before do not tell which generation was current.
        if press.numbers[1:] == (current,):
            return ""
        return ADMIN.rollback_again.format(number=current)

    async def _do(self, context: ContextTypes.DEFAULT_TYPE, press: Press, place: Place) -> None:
        if press.verb is Verb.CANCEL:
            await delivery.edit(context.bot, place.chat_id, place.message_id, Rich("Đã thôi."))
        elif press.verb is Verb.RELOAD:
            # Buttons of before carry no plan; nobody can tell what they showed.
            seen = f"{press.numbers[0]:012x}" if press.numbers else ""
            await self._reload(context, place, seen)
        else:
            to, current = press.numbers
            await self._rollback(context, place, to, current)

    async def _reload(self, context: ContextTypes.DEFAULT_TYPE, place: Place, seen: str) -> None:
        """Reload as was shown: where that would do something else now, show it instead."""
        settings, encoder = self._service.settings, self._service.encoder
        by = self._writing.by(place.user_id, Cause.RELOAD)

        def work(progress: Callable[[int, int], None]) -> Done:
            try:
                result = beside(
                    reload, settings, encoder, seen=seen, by=by, wait_s=PATIENCE, progress=progress
                )
            except PlanChangedError as error:
                shown, keyboard = _preview(beside(reload, settings, encoder, dry_run=True))
                told = f"{sentence(str(error))}."
                return Done("không xong", joined((told, shown), "\n\n"), keyboard)
            head = bold(f"Đã nạp xong, thế hệ {result.generation}.")
            return Done(f"thế hệ {result.generation}", joined((head, _summary(result))))

        await self._writing.do(context, place, "nạp lại", work)

    async def _rollback(
        self, context: ContextTypes.DEFAULT_TYPE, place: Place, to: int, seen: int
    ) -> None:
        settings, encoder = self._service.settings, self._service.encoder
        by = self._writing.by(place.user_id, Cause.ROLLBACK)

        def work(progress: Callable[[int, int], None]) -> Done:
            number = beside(
                rollback,
                settings,
                encoder,
                to,
                seen=seen,
                by=by,
                wait_s=PATIENCE,
                progress=progress,
            )
            text = (
                f"Đã quay về báo cáo của thế hệ {to}; nay là thế hệ {number}."
                " Lần nạp lại sau sẽ lấy theo thư mục."
            )
            return Done(f"{to}, nay là thế hệ {number}", Rich(text))

        await self._writing.do(context, place, "quay về", work)


def _generation(one: Generation) -> Rich:
    return bold(f"thế hệ {one.number}") + (
        f" ({shown_time(one.created)}: {one.reports} báo cáo, {one.passages} đoạn)"
    )


def _preview(plan: Reloaded) -> tuple[Rich, InlineKeyboardMarkup | None]:
    """What a reload would do, and the button that does it where there is anything to do."""
    if not (plan.added or plan.changed or plan.removed):
        return joined((bold("Không có gì thay đổi."), _summary(plan))), None
    press = Press(Verb.RELOAD, _LANGUAGE, (int(plan.digest, 16),))
    shown = joined((bold("Sẽ nạp lại:"), _summary(plan)))
    return shown, confirm_keyboard("Nạp lại", press)


def _summary(result: Reloaded) -> Rich:
    """What a reload did or would do: the files by name, many of them by number."""
    failed = [f"{failure.file}: {failure.reason}" for failure in result.failed]
    parts = emptied(result)
    for label, files in (
        ("Thêm", result.added),
        ("Thay đổi", result.changed),
        ("Gỡ bỏ", result.removed),
        ("Không đọc được", failed),
        ("Trùng", [f"{one.file} là bản sao của {one.of}" for one in result.duplicates]),
        (
            "Gần giống",
            [f"{one.report} giống {one.share:.0%} {one.other}" for one in result.similar],
        ),
        ("Không đọc, vì không phải định dạng báo cáo", result.passed_over),
    ):
        if files:
            parts.append(bold(f"{label}: {len(files)}"))
            parts += [f"  {file}" for file in files[:_NAMED]]
            if len(files) > _NAMED:
                parts.append(f"  … và {len(files) - _NAMED} tệp nữa")
    parts.append(f"Giữ nguyên: {len(result.unchanged)}")
    return joined(parts)


_STATUS = {
    Status.NOT_FOUND: "không tìm thấy",
    Status.PARTIAL: "một phần",
    Status.QUOTED: "👎",
}


def _unanswered(asked: Asked) -> str:
    thumbs = f" 👎 {asked.unhelpful}" if asked.unhelpful else ""
    status = _STATUS[asked.status]
    return f"• {shown_time(asked.at)} · {status}{thumbs}\n  {mask_personal(asked.text)}"
