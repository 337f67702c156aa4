"""What becomes of an error that nobody foresaw: an answer like any other, with its headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Incidents:
    """Answers what failed. The framework's own handler would do it outside of all middleware."""

    def __init__(
        self, app: ASGIApp, told: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        """``told`` makes the answer of the request and the error."""
        self._app = app
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            response = await self._told(Request(scope, receive), error)
            if started:  # half an answer is out: the connection must break, or it seems whole
                raise
            await response(scope, receive, send)
