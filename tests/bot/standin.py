"""A Bot API on loopback that keeps Telegram's rules and fails on demand.

It runs in a thread with an event loop of its own. Tests act as users and look at what the bot sent.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import BodyPartReader, web

from bot.richtext import MAX_UNITS, units
from tests.bot.markup import Entity, RefusedError, parse_html

TOKEN = "123456789:AAH-stand-in_token_of_the_tests_0123456"
BOT_ID = 123456789
# Bytes of the largest file that the Bot API hands to a bot.
MAX_DOWNLOAD = 20_000_000
BOT_NAME = "tan_giang_bot"
Json = dict[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Call:
    """A request of the bot: its method, parameters, files, and when it came."""

    method: str
    values: Json
    files: dict[str, bytes]
    at: float


@dataclass
class Shown:
    """A message as its chat shows it; ``versions`` are what stood there before an edit."""

    id: int
    chat: int
    text: str
    entities: list[Entity]
    keyboard: list[list[Json]]
    reply_to: int | None
    file_name: str = ""
    file: bytes = b""
    versions: list[str] = field(default_factory=list)
    deleted: bool = False

    def quotes(self) -> list[str]:
        return [one.shown for one in self.entities if "blockquote" in one.type]

    def of_type(self, kind: str) -> list[str]:
        return [one.shown for one in self.entities if one.type == kind]

    def buttons(self) -> list[str]:
        return [button["text"] for row in self.keyboard for button in row]

    def data(self, label: str) -> str:
        """The data of the button whose label holds ``label``."""
        for row in self.keyboard:
            for button in row:
                if label in button["text"]:
                    return str(button["callback_data"])
        raise AssertionError(f"no button {label!r} in {self.buttons()}")


class _FailError(Exception):
    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


class StandIn:
    """The Bot API for one bot."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.messages: dict[tuple[int, int], Shown] = {}
        self.raw: dict[tuple[int, int], Json] = {}
        self.answers: dict[str, Json] = {}
        self.inline: dict[str, Json] = {}
        self.commands: dict[str, list[Json]] = {}
        self.webhook: Json = {}
        self.url = ""
        self.expired: set[str] = set()
        self.refuse_markup = False
        self.files: dict[str, bytes] = {}
        self._faults: deque[tuple[str, Any]] = deque()
        self._updates: list[Json] = []
        self._next_update = 1000
        self._next_message = 1
        self._changed = threading.Condition()
        self._woken: asyncio.Event
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._handlers: dict[str, Callable[[Json, dict[str, bytes]], Any]] = {
            "getme": self._get_me, "sendmessage": self._send_message,
            "editmessagetext": self._edit_text, "editmessagereplymarkup": self._edit_markup,
            "deletemessage": self._delete, "sendchataction": lambda _v, _f: True,
            "senddocument": self._send_document, "answercallbackquery": self._answer_callback,
            "answerinlinequery": self._answer_inline, "setmycommands": self._set_commands,
            "getfile": self._get_file,
            "deletewebhook": lambda _v, _f: True, "setwebhook": self._set_webhook,
        }  # fmt: skip

    # --- life ---

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    async def _start(self) -> None:
        self._woken = asyncio.Event()
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        await self._runner.cleanup()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    # --- faults ---

    def fail(self, method: str, *, times: int = 1, code: int = 500, retry_after: int = 0) -> None:
        """Refuse the next requests of ``method`` ("" for any) with a status."""
        parameters = {"retry_after": retry_after} if retry_after else None
        text = f"Too Many Requests: retry after {retry_after}" if code == 429 else "Internal error"
        for _ in range(times):
            self._faults.append((method.lower(), _FailError(code, text, parameters)))

    def refuse(self, method: str, description: str, *, times: int = 1) -> None:
        """Refuse the next requests of ``method`` as a bad request."""
        for _ in range(times):
            self._faults.append((method.lower(), _FailError(400, f"Bad Request: {description}")))

    def drop(self, method: str, *, times: int = 1) -> None:
        """Close the connection of the next requests without an answer."""
        for _ in range(times):
            self._faults.append((method.lower(), "drop"))

    def delay(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Answer the next requests late."""
        for _ in range(times):
            self._faults.append((method.lower(), seconds))

    def _fault(self, method: str) -> object:
        for fault in self._faults:
            if fault[0] in ("", method):
                self._faults.remove(fault)
                return fault[1]
        return None

    # --- users ---

    def push(self, update: Json, *, update_id: int | None = None) -> int:
        """Hand an update to the bot; its id."""
        with self._changed:
            if update_id is None:
                update_id = self._next_update
                self._next_update += 1
            self._updates.append({"update_id": update_id, **update})
        self._loop.call_soon_threadsafe(self._woken.set)
        return update_id

    def message(
        self,
        text: str | None,
        *,
        user: int = 42,
        chat: int | None = None,
        reply_to: int | None = None,
        date: int | None = None,
        language: str | None = "vi",
        **more: Any,
    ) -> Json:
        """A message of a user, in private unless ``chat`` is a group's (negative) number."""
        with self._changed:
            number = self._next_message
            self._next_message += 1
        chat = user if chat is None else chat
        value: Json = {
            "message_id": number,
            "date": int(time.time()) if date is None else date,
            "chat": {"id": chat, "type": "private", "first_name": "A"}
            if chat > 0
            else {"id": chat, "type": "supergroup", "title": "Ấp 1"},
            "from": {"id": user, "is_bot": False, "first_name": "A"},
        }
        if language is not None:
            value["from"]["language_code"] = language
        if text is not None:
            value["text"] = text
            entities = []
            if text.startswith("/"):
                command = text.split()[0]
                entities.append({"type": "bot_command", "offset": 0, "length": units(command)})
            at = text.find(f"@{BOT_NAME}")
            if at >= 0 and not text.startswith("/"):
                length = len(BOT_NAME) + 1
                entities.append({"type": "mention", "offset": units(text[:at]), "length": length})
            if entities:
                value["entities"] = entities
        if reply_to is not None:
            value["reply_to_message"] = self.raw[chat, reply_to]
        value.update(more)
        self.raw[chat, number] = value
        return value

    def say(self, text: str | None, **more: Any) -> Json:
        """Send a message to the bot."""
        value = self.message(text, **more)
        self.push({"message": value})
        return value

    def send_file(
        self, name: str | None, data: bytes, *, size: int | None = None, **more: Any
    ) -> Json:
        """Send a file to the bot; ``size`` is what Telegram says of it, its own where None."""
        with self._changed:
            file_id = f"file-{len(self.files) + 1}"
            self.files[file_id] = data
        document = {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": len(data) if size is None else size,
        }
        if name is not None:
            document["file_name"] = name
        return self.say(None, document=document, **more)

    def ask(self, text: str | None, **more: Any) -> Shown:
        """Send a message and wait for the reply to it."""
        value = self.say(text, **more)
        return self.reply(value)

    def reply(self, value: Json, timeout: float = 120.0) -> Shown:
        """The bot's reply to a message, waited for."""
        chat, number = value["chat"]["id"], value["message_id"]
        return self.wait(
            lambda: next(
                (
                    one
                    for one in self.sent(chat)
                    if one.reply_to == number or (one.reply_to is None and one.id > number)
                ),
                None,
            ),
            timeout,
        )

    def edit(self, value: Json, text: str) -> None:
        """Edit a message that was sent to the bot."""
        changed = value | {"text": text, "edit_date": int(time.time())}
        self.push({"edited_message": changed})

    def press(self, shown: Shown, label: str, *, user: int | None = None) -> str:
        """Press a button; the id of the query."""
        return self.press_data(shown, shown.data(label), user=user)

    def press_data(self, shown: Shown, data: str, *, user: int | None = None) -> str:
        query = f"q{self._next_update}"
        self.push(
            {
                "callback_query": {
                    "id": query,
                    "from": {"id": user or abs(shown.chat), "is_bot": False, "first_name": "A"},
                    "message": self.raw[shown.chat, shown.id],
                    "chat_instance": "1",
                    "data": data,
                }
            }
        )
        return query

    def query(self, text: str, *, user: int = 42) -> Json:
        """Send an inline query and wait for its results."""
        query = f"i{self._next_update}"
        self.push(
            {
                "inline_query": {
                    "id": query,
                    "from": {"id": user, "is_bot": False, "first_name": "A", "language_code": "vi"},
                    "query": text,
                    "offset": "",
                }
            }
        )
        return self.wait(lambda: self.inline.get(query))

    # --- what the bot did ---

    def sent(self, chat: int) -> list[Shown]:
        """The bot's messages in a chat, in order."""
        with self._changed:
            return [one for (where, _), one in sorted(self.messages.items()) if where == chat]

    def of(self, method: str) -> list[Call]:
        with self._changed:
            return [call for call in self.calls if call.method == method.lower()]

    def wait(self, condition: Callable[[], _T | None], timeout: float = 120.0) -> _T:
        """What ``condition`` gives once it gives something."""
        end = time.monotonic() + timeout
        with self._changed:
            while True:
                value = condition()
                if value:
                    return value
                left = end - time.monotonic()
                if left <= 0:
                    last = [(call.method, call.values) for call in self.calls[-5:]]
                    raise AssertionError(f"nothing came in {timeout} s; last calls: {last}")
                self._changed.wait(left)

    # --- the API ---

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._handled(request)
        except ConnectionResetError:  # the bot has hung up
            return web.Response()

    async def _handled(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        if request.match_info["token"] != TOKEN:
            return _failed(_FailError(401, "Unauthorized"))
        values: Json = dict(request.query)
        files: dict[str, bytes] = {}
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                assert isinstance(part, BodyPartReader)
                assert part.name is not None
                if part.filename:
                    files[part.name] = await part.read()
                    values[f"{part.name}.filename"] = part.filename
                else:
                    values[part.name] = await part.text()
        else:
            values |= dict(await request.post())
        if method == "getupdates":
            fault = self._fault(method)
            if isinstance(fault, _FailError):
                return _failed(fault)
            if fault == "drop" and request.transport is not None:
                request.transport.close()
            return web.json_response({"ok": True, "result": await self._get_updates(values)})
        fault = self._fault(method)
        self.noted(Call(method, values, files, time.monotonic()))
        if fault == "drop" and request.transport is not None:
            request.transport.close()
            return web.Response()
        if isinstance(fault, float | int):
            await asyncio.sleep(fault)
        if isinstance(fault, _FailError):
            return _failed(fault)
        try:
            with self._changed:
                result = self._handlers[method](values, files)
                self._changed.notify_all()
        except RefusedError as error:
            return _failed(_FailError(400, f"Bad Request: {error}"))
        except KeyError:
            return _failed(_FailError(404, f"Not Found: {method}"))
        return web.json_response({"ok": True, "result": result})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault("download")
        self.noted(Call("download", dict(request.match_info), {}, time.monotonic()))
        if fault == "drop" and request.transport is not None:
            request.transport.close()
            return web.Response()
        if isinstance(fault, _FailError):
            return _failed(fault)
        data = self.files.get(request.match_info["path"].removeprefix("documents/"))
        if data is None or request.match_info["token"] != TOKEN:
            return _failed(_FailError(404, "Not Found"))
        return web.Response(body=data)

    def noted(self, call: Call) -> None:
        """Keep a request for the tests to look at."""
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()

    async def _get_updates(self, values: Json) -> list[Json]:
        offset, timeout = int(values.get("offset", 0)), float(values.get("timeout", 0))
        end = time.monotonic() + timeout
        while True:
            self._woken.clear()
            with self._changed:
                if offset > 0:
                    self._updates = [one for one in self._updates if one["update_id"] >= offset]
                if self._updates:
                    return self._updates[:100]
            left = end - time.monotonic()
            if left <= 0:
                return []
            try:
                await asyncio.wait_for(self._woken.wait(), left)
            except TimeoutError:
                return []

    def pending(self) -> int:
        """Updates that the bot has not confirmed."""
        with self._changed:
            return len(self._updates)

    def _get_me(self, _values: Json, _files: dict[str, bytes]) -> Json:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Hỏi đáp", "username": BOT_NAME}

    def _content(self, values: Json) -> tuple[str, list[Entity], list[list[Json]]]:
        text = values.get("text", "")
        entities: list[Entity] = []
        if values.get("parse_mode") == "HTML":
            if self.refuse_markup:
                raise RefusedError("can't parse entities: refused by the test")
            text, entities = parse_html(text)
        if not text.strip():
            raise RefusedError("message text is empty")
        if units(text) > MAX_UNITS:
            raise RefusedError("message is too long")
        return text, entities, self._keyboard(values)

    def _keyboard(self, values: Json) -> list[list[Json]]:
        markup = json.loads(values.get("reply_markup") or "{}")
        rows: list[list[Json]] = markup.get("inline_keyboard", [])
        for row in rows:
            for button in row:
                pressed = "callback_data" in button
                data = str(button["callback_data"] if pressed else button["url"])
                if not 1 <= len(data.encode()) <= (64 if pressed else 2048):
                    raise RefusedError("BUTTON_DATA_INVALID")
        return rows

    def _add(self, chat: int, shown: Shown) -> Json:
        value: Json = {
            "message_id": shown.id,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "Ấp 1"},
            "from": self._get_me({}, {}),
            "text": shown.text,
        }
        if shown.keyboard:
            value["reply_markup"] = {"inline_keyboard": shown.keyboard}
        self.keep(shown, value)
        return value

    def keep(self, shown: Shown, value: Json) -> None:
        """Keep a message for the tests to look at."""
        self.messages[shown.chat, shown.id] = shown
        self.raw[shown.chat, shown.id] = value

    def _send_message(self, values: Json, _files: dict[str, bytes]) -> Json:
        text, entities, keyboard = self._content(values)
        chat = int(values["chat_id"])
        reply = json.loads(values.get("reply_parameters") or "{}")
        shown = Shown(self._next_message, chat, text, entities, keyboard, reply.get("message_id"))
        self._next_message += 1
        return self._add(chat, shown)

    def _get_file(self, values: Json, _files: dict[str, bytes]) -> Json:
        file_id = values["file_id"]
        data = self.files.get(file_id)
        if data is None:
            raise RefusedError("wrong file_id or the file is temporarily unavailable")
        if len(data) > MAX_DOWNLOAD:
            raise RefusedError("file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": len(data),
            "file_path": f"documents/{file_id}",
        }

    def _send_document(self, values: Json, files: dict[str, bytes]) -> Json:
        ((name, data),) = files.items()
        chat = int(values["chat_id"])
        shown = Shown(self._next_message, chat, values.get("caption", ""), [], [], None)
        shown.file, shown.file_name = data, values[f"{name}.filename"]
        self._next_message += 1
        return self._add(chat, shown) | {
            "document": {"file_id": "f", "file_unique_id": "f", "file_name": shown.file_name}
        }

    def _edited(self, values: Json) -> Shown:
        shown = self.messages.get((int(values["chat_id"]), int(values["message_id"])))
        if shown is None or shown.deleted:
            raise RefusedError("message to edit not found")
        return shown

    def _edit_text(self, values: Json, _files: dict[str, bytes]) -> Json:
        shown = self._edited(values)
        text, entities, keyboard = self._content(values)
        if (text, entities, keyboard) == (shown.text, shown.entities, shown.keyboard):
            raise RefusedError(
                "message is not modified: specified new message content and reply markup are"
                " exactly the same as a current content and reply markup of the message"
            )
        shown.versions.append(shown.text)
        shown.text, shown.entities, shown.keyboard = text, entities, keyboard
        return self._add(shown.chat, shown)

    def _edit_markup(self, values: Json, _files: dict[str, bytes]) -> Json:
        shown = self._edited(values)
        keyboard = self._keyboard(values)
        if keyboard == shown.keyboard:
            raise RefusedError("message is not modified")
        shown.keyboard = keyboard
        return self._add(shown.chat, shown)

    def _delete(self, values: Json, _files: dict[str, bytes]) -> bool:
        self._edited(values).deleted = True
        return True

    def _answer_callback(self, values: Json, _files: dict[str, bytes]) -> bool:
        if values["callback_query_id"] in self.expired:
            raise RefusedError(
                "query is too old and response timeout expired or query ID is invalid"
            )
        if len(values.get("text", "")) > 200:
            raise RefusedError("MESSAGE_TOO_LONG")
        self.answers[values["callback_query_id"]] = values
        return True

    def _answer_inline(self, values: Json, _files: dict[str, bytes]) -> bool:
        results = json.loads(values["results"])
        if len(results) > 50:
            raise RefusedError("RESULTS_TOO_MUCH")
        if len({one["id"] for one in results}) != len(results):
            raise RefusedError("RESULT_ID_DUPLICATE")
        for one in results:
            content = one["input_message_content"]
            self._content({"text": content["message_text"], "parse_mode": content["parse_mode"]})
        self.inline[values["inline_query_id"]] = values | {"results": results}
        return True

    def _set_commands(self, values: Json, _files: dict[str, bytes]) -> bool:
        scope = json.loads(values.get("scope") or '{"type": "default"}')
        key = f"{scope['type']}:{scope.get('chat_id', '')}:{values.get('language_code', '')}"
        self.commands[key] = json.loads(values["commands"])
        return True

    def _set_webhook(self, values: Json, _files: dict[str, bytes]) -> bool:
        self.webhook = values
        return True


def _failed(error: _FailError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


@contextmanager
def stand_in(api: StandIn | None = None) -> Iterator[StandIn]:
    """A Bot API that is up while the block runs."""
    api = StandIn() if api is None else api
    api.start()
    try:
        yield api
    finally:
        api.stop()
