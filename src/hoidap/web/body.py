"""How much of a request is read."""

from __future__ import annotations

from contextlib import suppress

from fastapi import Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hoidap.web.headers import MAX_BODY

# What takes files in, and counts what comes itself.
STREAMED = ("POST", "/admin/uploads")
_TOO_LARGE = "Gửi quá nhiều một lúc. The request is too large."


class LimitedBody:
    """Refuses a request that sends more than a question needs, before it is kept anywhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or (scope["method"], scope["path"]) == STREAMED:
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if not told.isdigit() or int(told) > MAX_BODY:
            await _too_large(scope, receive, send)
            return
        size = 0
        started = exceeded = False

        async def receiving() -> Message:
            nonlocal size, exceeded
            message = await receive()
            size += len(message.get("body", b""))
            exceeded = size > MAX_BODY
            if exceeded:
                raise _TooMuch
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            # Whoever reads forms makes an answer of its own of whatever stops it.
            if exceeded and not started:
                return
            started = True
            await send(message)

        with suppress(_TooMuch):
            await self._app(scope, receiving, sending)
        if exceeded and not started:
            await _too_large(scope, receive, send)


class _TooMuch(Exception):  # noqa: N818 - it never leaves this module
    """More came than was told."""


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"Connection": "close"}
    response: Response = PlainTextResponse(f"{_TOO_LARGE}\n", 413, headers)
    if scope["path"].startswith("/api/"):
        response = JSONResponse({"detail": _TOO_LARGE}, 413, headers)
    await response(scope, receive, send)
