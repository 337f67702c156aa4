"""The running bot: settings to process, signals to a clean end, errors to one sentence."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)
from telegram.ext import Application, ApplicationBuilder, ContextTypes
from telegram.request import HTTPXRequest
from tornado.httpserver import HTTPServer

from bot import delivery
from bot.admin import COMMANDS, Administration
from bot.buttons import Desk, acknowledge
from bot.handlers import Questions, language_for
from bot.inline import Inline
from bot.limits import UPDATES, Once
from bot.monitoring import serve_monitoring
from bot.removal import Removal
from bot.richtext import Rich
from bot.service import Service
from bot.texts import texts_in
from bot.uploads import Receiving
from hoidap.complaints import refusal
from hoidap.errors import UNANSWERING, PortError, SettingsError
from hoidap.logs import Seldom
from hoidap.vietnamese.language import Language

_log = logging.getLogger(__name__)
# Seconds that Telegram holds a request for updates open where there are none.
_LONG_POLL = 30
# Seconds for an answer of Telegram's, and for a file on its way there.
_TIMEOUT = 15.0
_UPLOAD_TIMEOUT = 120.0
# Connections for answers on their way at once.
_CONNECTIONS = 64
# Seconds between tries to reach Telegram at start, at most.
_MOST_BACK_OFF = 30.0
_REFUSED = frozenset({401, 404})
# Telegram keeps updates for a day; none older comes twice.
_MAY_COME_AGAIN = timedelta(days=1)


class TokenRefusedError(SettingsError):
    """Telegram does not know the token."""


class _Request(HTTPXRequest):
    """A request to Telegram; what answers in its place, such as a proxy, refuses no token."""

    _strange = Seldom(_log)

    async def do_request(
        self,
        url: str,
        method: str,
        *args: Any,  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401
    ) -> tuple[int, bytes]:
        """Send the request. Raises `NetworkError` where no object of JSON comes back."""
        code, payload = await super().do_request(url, method, *args, **kwargs)
        # A file is fetched by GET.
        if method == "POST" and not payload.lstrip().startswith(b"{"):
            self._strange.error(
                f"không phải Telegram trả lời (HTTP {code}); hãy xem mạng có chặn Telegram không,"
                " và HOIDAP_TELEGRAM_API nếu có đặt"
            )
            raise NetworkError(f"HTTP {code}")
        return code, payload


class _Polling(_Request):
    """The request for updates; says so where the token is refused while the bot runs."""

    def __init__(self, on_contact: Callable[[], None], on_refused: Callable[[], None]) -> None:
        super().__init__(read_timeout=_TIMEOUT, connection_pool_size=1)
        self._on_contact = on_contact
        self._on_refused = on_refused

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # noqa: ANN401
        """Send the request."""
        code, payload = await super().do_request(*args, **kwargs)
        if code in _REFUSED:
            self._on_refused()
        elif code == HTTPStatus.OK:
            self._on_contact()
            payload = _readable(payload)
        return code, payload


def _readable(payload: bytes) -> bytes:
    """An answer with updates, of each that cannot be read, such as one of a kind to come, nothing.

    It would be fetched again for ever, and with it nothing that comes after.
    """
    try:
        answer = json.loads(payload)
        updates = answer["result"]
    except (ValueError, LookupError):
        return payload  # which is told by whoever reads it
    unread = False
    for place, update in enumerate(updates):
        try:
            Update.de_json(update, None)
        except Exception as error:  # whatever it is, the others are read
            _log.error("bỏ qua một tin không đọc được (%s)", type(error).__name__)
            updates[place] = {"update_id": update["update_id"]}
            unread = True
    return json.dumps(answer).encode() if unread else payload


class _Errors:
    """The one place where what goes wrong becomes a sentence for the user and a line in the log."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._away = Seldom(_log)

    async def __call__(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        error = context.error
        if error is None:
            return
        if isinstance(error, Forbidden):
            _log.info("a user or group takes no messages from the bot any more")
            return
        self._service.metrics.failed()
        if isinstance(error, UNANSWERING):  # without an incident
            self._away.error(str(error))
            if isinstance(update, Update):
                with suppress(TelegramError):
                    await self._tell(update, context, None)
            return
        incident = secrets.token_hex(3).upper()
        _log.error("an update failed", extra={"incident": incident}, exc_info=error)
        # Where Telegram could not be reached after all tries, it cannot be told either.
        if isinstance(update, Update) and type(error) is not NetworkError:
            with suppress(TelegramError):
                await self._tell(update, context, incident)

    async def _tell(
        self, update: Update, context: ContextTypes.DEFAULT_TYPE, incident: str | None
    ) -> None:
        """Tell whoever asked, with the incident's number; None where the search machine is away."""
        try:
            language = await language_for(self._service, update.effective_user)
        except Exception:  # the journal may be what went wrong
            language = Language.VIETNAMESE
        texts = texts_in(language)
        text = texts.unreachable if incident is None else texts.incident.format(id=incident)
        if update.callback_query is not None:
            await acknowledge(update.callback_query)
        message = update.effective_message
        if message is not None and update.effective_chat is not None:
            await delivery.send(
                context.bot,
                update.effective_chat.id,
                Rich(text),
                thread_id=message.message_thread_id if message.is_topic_message else None,
            )


class Runner:
    """Runs the bot until it is told to stop."""

    def __init__(self, service: Service, token: str) -> None:
        self._service = service
        self._settings = service.settings
        self._stop = asyncio.Event()
        self._refused = False
        self._monitoring: HTTPServer | None = None
        self._application = self._build(token)

    def _build(self, token: str) -> Application:  # type: ignore[type-arg]
        settings, metrics = self._settings, self._service.metrics
        # A token begins with the bot's id.
        head = token.partition(":")[0]
        bot_id = int(head) if head.isdecimal() else 0
        since = datetime.now(UTC) - _MAY_COME_AGAIN
        seen = self._service.journal.recent_updates(bot_id, since)
        request = _Request(
            connection_pool_size=_CONNECTIONS,
            read_timeout=_TIMEOUT,
            write_timeout=_TIMEOUT,
            connect_timeout=_TIMEOUT,
            # Who waits for a connection waits for other answers, which come.
            pool_timeout=600.0,
            media_write_timeout=_UPLOAD_TIMEOUT,
        )
        application = (
            ApplicationBuilder()
            .token(token)
            .base_url(f"{settings.telegram_api}/bot")
            .base_file_url(f"{settings.telegram_api}/file/bot")
            .request(request)
            .get_updates_request(_Polling(metrics.in_contact, self._on_refused))
            .rate_limiter(delivery.Limiter(settings.telegram_rate))
            .concurrent_updates(Once(seen, metrics.handled))
            .build()
        )
        # The first handler that takes an update is the only one.
        for part in (Administration, Receiving, Removal, Desk, Inline, Questions):
            part(self._service).register(application)
        application.add_error_handler(_Errors(self._service))
        return application

    def _on_refused(self) -> None:
        self._refused = True
        self._stop.set()

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT. Raises `TokenRefusedError`."""
        settings = self._settings
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        try:
            if settings.bot_metrics_port is not None:
                # Before Telegram is reached: that may take as long as it is blocked.
                self._monitoring = serve_monitoring(self._service, settings.bot_metrics_port)
            if await self._reach(self._application.initialize):
                await self._serve()
        except InvalidToken:
            self._refused = True
        finally:
            await self._end()
        if self._refused:
            # Without its cause, which quotes the token.
            raise TokenRefusedError(
                "Telegram không nhận HOIDAP_TELEGRAM_TOKEN; hãy lấy lại token ở @BotFather"
            ) from None

    async def _reach(self, contact: Callable[[], Coroutine[Any, Any, object]]) -> bool:
        """Have ``contact`` done by Telegram, however long it takes.

        False where the bot is stopped before. Raises `InvalidToken`.
        """
        delay = 1.0
        stopped = asyncio.create_task(self._stop.wait())
        try:
            while True:
                trying = asyncio.create_task(contact())
                await asyncio.wait((trying, stopped), return_when=asyncio.FIRST_COMPLETED)
                if not trying.done():
                    trying.cancel()
                    await asyncio.wait((trying,))
                    return False
                try:
                    trying.result()
                except InvalidToken:
                    raise
                except BadRequest as error:
                    _log.error("Telegram không nhận cài đặt của bot: %s; thử lại", error.message)
                except TelegramError as error:
                    _log.warning("chưa kết nối được Telegram (%s); thử lại", type(error).__name__)
                else:
                    return True
                await asyncio.wait((stopped,), timeout=delay)
                if stopped.done():
                    return False
                delay = min(2 * delay, _MOST_BACK_OFF)
        finally:
            stopped.cancel()

    async def _serve(self) -> None:
        application = self._application
        await application.start()
        if not await self._reach(self._take_updates):
            return
        _log.info("@%s đang chạy", application.bot.username)
        commands = asyncio.create_task(self._register_commands())
        await self._stop.wait()
        _log.info("đang dừng; gửi nốt các câu trả lời")
        commands.cancel()
        await asyncio.wait([commands])

    async def _take_updates(self) -> None:
        """Begin to fetch updates, or have Telegram bring them."""
        updater = self._application.updater
        assert updater is not None  # the builder makes one
        if self._settings.webhook_url is None:
            await updater.start_polling(
                timeout=_LONG_POLL,
                bootstrap_retries=0,
                allowed_updates=list(UPDATES),
                error_callback=_polling_failed,
            )
            return
        secret = self._settings.webhook_secret
        listen, port = self._settings.webhook_listen, self._settings.webhook_port
        try:
            await updater.start_webhook(
                listen=listen,
                port=port,
                url_path=urlsplit(self._settings.webhook_url).path.lstrip("/"),
                webhook_url=self._settings.webhook_url,
                secret_token=(
                    secret.get_secret_value() if secret is not None else secrets.token_urlsafe(32)
                ),
                bootstrap_retries=0,
                allowed_updates=list(UPDATES),
            )
        except OSError as error:
            raise PortError(
                f"không mở được cổng {port} ở {listen}: {refusal(error)};"
                " hãy đổi HOIDAP_WEBHOOK_PORT"
            ) from error

    async def _end(self) -> None:
        """Take no more updates, send the answers in flight, close the connections."""
        application = self._application
        if application.updater is not None and application.updater.running:
            # A token that was refused while fetching is told in the end.
            with suppress(InvalidToken):
                await application.updater.stop()
        if application.running:
            await application.stop()
        await application.shutdown()
        if self._monitoring is not None:
            self._monitoring.stop()
            await self._monitoring.close_all_connections()

    async def _register_commands(self) -> None:
        """Tell Telegram which commands to offer whom, in which language."""
        bot = self._application.bot
        for code, language in ((None, Language.VIETNAMESE), ("en", Language.ENGLISH)):
            texts = texts_in(language)
            for scope, commands in (
                (BotCommandScopeAllPrivateChats(), texts.commands),
                (BotCommandScopeAllGroupChats(), texts.group_commands),
                *(
                    (BotCommandScopeChat(admin), (*texts.commands, *COMMANDS))
                    for admin in self._settings.admin_ids
                ),
            ):
                try:
                    await bot.set_my_commands(
                        [BotCommand(*one) for one in commands], scope=scope, language_code=code
                    )
                except TelegramError as error:
                    # An administrator who never wrote to the bot has no chat with it yet.
                    _log.warning("chưa đặt được danh sách lệnh: %s", type(error).__name__)


def _polling_failed(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        _log.error("một tiến trình khác đang dùng cùng token; hãy dừng một trong hai")
    else:
        _log.warning("chưa lấy được tin mới (%s); thử lại", type(error).__name__)


def serve(service: Service, token: str) -> None:
    """Run the bot until it is told to stop. Raises `TokenRefusedError`."""
    # What is opened at its start may have to wait for another process; Ctrl-C ends that, too,
    # unless a loop of events takes it.
    runner = Runner(service, token)
    asyncio.run(runner.run())
