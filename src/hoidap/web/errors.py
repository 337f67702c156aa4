"""What a request is refused for; each becomes a page, or an object of the API, in one place."""

from __future__ import annotations

from hoidap.errors import HoidapError


class RequestRefusedError(HoidapError):
    """A request that is not served; ``status`` is the code of HTTP that says so."""

    status = 400


class ForbiddenError(RequestRefusedError):
    """A form that no page of this site sent, or a page that a role does not open."""

    status = 403


class ConflictError(RequestRefusedError):
    """Something else is under way, or was done meanwhile."""

    status = 409


class NotFoundError(RequestRefusedError):
    """There is no such page, report or file."""

    status = 404


class TooLargeError(RequestRefusedError):
    """More was sent than is read."""

    status = 413


class TooManyError(RequestRefusedError):
    """Too many questions from one address; ``retry_s`` seconds later there is room again."""

    status = 429

    def __init__(self, message: str, retry_s: float) -> None:
        super().__init__(message)
        self.retry_s = retry_s


class LoginRequiredError(RequestRefusedError):
    """A page for those who have logged in; they do so at ``path``."""

    status = 401
    path = "/login"


class PasswordDueError(LoginRequiredError):
    """Whoever logged in must first change a password that somebody else gave them."""

    path = "/password"
