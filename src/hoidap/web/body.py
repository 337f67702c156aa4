"""How much of a request is read."""

from __future__ import annotations

from fastapi.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hoidap.web.headers import MAX_BODY


class LimitedBody:
    """Refuses a request that sends more than a question needs, before it is kept anywhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if not told.isdigit() or int(told) > MAX_BODY:
            await _too_large(scope, receive, send)
            return
        size = 0
        started = False

        async def receiving() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BODY:
                raise _TooMuch
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receiving, sending)
        except _TooMuch:
            if not started:
                await _too_large(scope, receive, send)


class _TooMuch(Exception):  # noqa: N818 - it never leaves this module
    """More came than was told."""


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    response = PlainTextResponse("request too large\n", 413, {"Connection": "close"})
    await response(scope, receive, send)
