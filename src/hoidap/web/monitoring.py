"""How the page is: ``/healthz``, ``/readyz`` and ``/metrics``, and the count of all requests."""

from __future__ import annotations

import time
from http import HTTPMethod

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hoidap.answering import Answerer
from hoidap.metrics import Metrics, unreadiness

# What stands for everything that is not of a closed choice, since anybody can ask for it.
_OTHER = "other"
_METHODS = frozenset(HTTPMethod)


def monitoring_routes(metrics: Metrics, answerer: Answerer) -> APIRouter:
    """The three routes. They are no part of the API's description."""
    router = APIRouter(include_in_schema=False)

    # On the event loop: where that hangs, so does this.
    @router.get("/healthz")
    async def health() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    def readiness() -> PlainTextResponse:
        reason = unreadiness(answerer)
        return PlainTextResponse(f"{reason or 'ok'}\n", 200 if reason is None else 503)

    @router.get("/metrics")
    def numbers() -> Response:
        body, content_type = metrics.render()
        return Response(body, media_type=content_type)

    return router


class CountedRequests:
    """Counts what passes by route and status. It goes around all other middleware."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        # What ends without an answer is answered by the server.
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            # Set by the router that found it; a path that nobody serves has none.
            route = getattr(scope.get("route"), "path", None)
            method = scope["method"]
            self._metrics.requested(
                method if method in _METHODS else _OTHER,
                route if isinstance(route, str) and route else _OTHER,
                status,
                time.perf_counter() - started,
            )
