"""The application: core, routes, what goes with every answer, and what becomes of errors."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from hoidap import logs
from hoidap.errors import UNANSWERING, CatalogError, HoidapError, SearchIndexError
from hoidap.settings import Settings
from hoidap.web import api, pages
from hoidap.web.admin import routers as administration
from hoidap.web.body import LimitedBody
from hoidap.web.core import Core
from hoidap.web.docs import router as docs
from hoidap.web.errors import LoginRequiredError, RequestRefusedError, TooManyError
from hoidap.web.head import Heads
from hoidap.web.headers import SecurityHeaders
from hoidap.web.incidents import Incidents
from hoidap.web.monitoring import CountedRequests, monitoring_routes
from hoidap.web.rendering import STATIC, page
from hoidap.web.sessions import Visitors

_log = logging.getLogger(__name__)
_API = "/api/"
# Seconds after which a search machine that is away may be asked again.
_RETRY_S = "60"
# Whose lines the log shows.
LOGGERS = ("hoidap", "uvicorn.error")


def create_app(settings: Settings) -> FastAPI:
    """The page and its API over the reports of ``settings``. Raises `HoidapError`."""
    core = Core(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        core.close()

    app = FastAPI(
        title="hoidap",
        summary="Answers from a district's reports, quoted with their source.",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.core = core
    app.state.away = logs.Seldom(_log)
    for router in (
        pages.router,
        pages.always,
        api.router,
        docs,
        monitoring_routes(core.metrics, core.answerer),
        *administration,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(RequestRefusedError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for error in UNANSWERING:
        app.add_exception_handler(error, _unreachable)
    # The last one added goes around all others.
    app.add_middleware(Visitors)
    app.add_middleware(LimitedBody)
    app.add_middleware(Incidents, told=_unexpected)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Heads)
    app.add_middleware(CountedRequests, metrics=core.metrics)
    return app


def application() -> FastAPI:
    """The same with the settings of this process."""
    settings = Settings.read()
    logs.configure(settings, LOGGERS)
    return create_app(settings)


def one_of_several() -> FastAPI:
    """The same in each process of a server, which ends with a line where nothing can be opened."""
    try:
        return application()
    except HoidapError as error:
        _log.error("%s", error)
        sys.exit(1)


def _told(request: Request, status: int, message: str) -> Response:
    """A refusal: an object of the API, or a page."""
    if request.url.path.startswith(_API):
        return JSONResponse({"detail": message}, status)
    return page(request).render("problem.html", status=status, message=message)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestRefusedError)
    if isinstance(error, LoginRequiredError) and not request.url.path.startswith(_API):
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.method not in {"GET", "HEAD"}:
            wanted = "/"  # what was sent cannot be sent again
        return RedirectResponse(f"{error.path}?{urlencode({'next': wanted})}", 303)
    response = _told(request, error.status, str(error))
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(max(1, round(error.retry_s)))
    return response


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if not request.url.path.startswith(_API):
        return _told(request, 422, page(request).texts.invalid)
    place = ".".join(map(str, first["loc"]))
    return _told(request, 422, f"{place}: {first['msg']}")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    texts = page(request).texts
    messages = {404: texts.missing, 405: texts.invalid}
    message = messages.get(error.status_code, str(error.detail))
    response = _told(request, error.status_code, message)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _unreachable(request: Request, error: Exception) -> Response:
    """The search machine cannot answer, which is no incident."""
    core: Core = request.app.state.core
    core.metrics.failed()
    away: logs.Seldom = request.app.state.away
    away.error(str(error))
    response = _told(request, 503, page(request).texts.unreachable)
    response.headers["Retry-After"] = _RETRY_S
    return response


async def _unexpected(request: Request, error: Exception) -> Response:
    incident = secrets.token_hex(3).upper()
    core: Core = request.app.state.core
    core.metrics.failed()
    # Neither what was asked nor what the error quotes of it.
    _log.error("incident %s\n%s", incident, logs.described(error))
    status = 503 if isinstance(error, CatalogError | SearchIndexError) else 500
    return _told(request, status, page(request).texts.incident.format(id=incident))
