"""Who is on a page: the signed cookie, and the tokens of forms.

The cookie holds a random secret and its signature. That of someone who logged in is a session of
`hoidap.accounts`; anyone else's only binds the login form to their browser, and a login always
brings another one. Forms carry a token made from that secret, and are refused unless the browser
says that they come from a page of this site.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from hoidap.accounts import ABSOLUTE, Accounts
from hoidap.errors import AccountsError

if TYPE_CHECKING:  # which opens the sessions
    from hoidap.web.core import Core

_log = logging.getLogger(__name__)
_COOKIE = "hoidap-session"
# Browsers take a cookie of this prefix only over https, from this very host and for all of it.
_HOST_PREFIX = "__Host-"
_SECRET_BYTES = 32
# The name of the field in forms.
TOKEN_FIELD = "csrf"


class Sessions:
    """Reads and writes the cookie, and makes the tokens of forms."""

    def __init__(self, accounts: Accounts) -> None:
        self._signer = Signer(accounts.key, salt="hoidap.session", digest_method=hashlib.sha256)
        self._token_key = hashlib.blake2b(b"hoidap.csrf", key=accounts.key).digest()

    def secret(self, request: HTTPConnection) -> str:
        """The secret of the cookie; "" where there is none, or one that was not signed here."""
        signed = request.cookies.get(_name(request), "")
        try:
            return self._signer.unsign(signed).decode()
        except (BadSignature, UnicodeError):
            return ""

    def give(self, request: Request, response: Response, secret: str) -> None:
        """Let the browser keep ``secret``."""
        response.set_cookie(
            _name(request),
            self._signer.sign(secret).decode(),
            max_age=int(ABSOLUTE.total_seconds()),
            path="/",
            secure=_is_secure(request),
            httponly=True,
            samesite="lax",
        )

    def take(self, request: Request, response: Response) -> None:
        """Let the browser forget the cookie."""
        response.delete_cookie(
            _name(request), path="/", secure=_is_secure(request), httponly=True, samesite="lax"
        )

    def token(self, secret: str) -> str:
        """The token of forms on pages for whoever has this cookie."""
        return hmac.new(self._token_key, secret.encode(), hashlib.sha256).hexdigest()

    def accepts(self, secret: str, form: Mapping[str, Any]) -> bool:
        """Whether a page of this site made the form, for this browser."""
        token = form.get(TOKEN_FIELD)
        if not secret or not isinstance(token, str):
            return False
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token(secret).encode())


class Visitors:
    """Finds out for each request who has logged in: ``account``, ``secret`` and ``token``.

    They stand in the request's state; None and "" of somebody who did not.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            request = HTTPConnection(scope)
            core: Core = request.app.state.core
            secret, account = core.sessions.secret(request), None
            if secret:
                try:
                    account = await core.run(partial(core.accounts.session, secret))
                except AccountsError as error:
                    # Who only reads need not care.
                    _log.error("%s", error)
                    core.metrics.failed()
            state = request.state
            state.secret, state.account = secret, account
            state.token = core.sessions.token(secret) if account is not None else ""
        await self._app(scope, receive, send)


def new_secret() -> str:
    """A secret for the cookie of someone who has not logged in."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def _is_secure(request: HTTPConnection) -> bool:
    return request.url.scheme == "https"


def _name(request: HTTPConnection) -> str:
    return f"{_HOST_PREFIX}{_COOKIE}" if _is_secure(request) else _COOKIE


def origins(request: Request) -> tuple[str, str]:
    """Where a form says that it comes from, "" where it does not, and where it was sent to.

    Every browser of these years names the origin of what a form sends.
    """
    here = f"{request.url.scheme}://{request.url.netloc}"
    return request.headers.get("origin", "").lower(), here.lower()


def local_path(wanted: str) -> str:
    """``wanted`` if it is a path of this site, else "/": nobody is sent elsewhere after a login."""
    # Browsers read a backslash as a slash, and drop tabs and newlines.
    harmless = wanted.isprintable() and "\\" not in wanted
    if not harmless or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else wanted
