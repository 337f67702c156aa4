"""An official at the page, without a browser: logs in, fills in forms, sends files."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi.testclient import TestClient

from hoidap.accounts import Accounts, Role
from hoidap.journal import Journal
from hoidap.settings import Settings

if TYPE_CHECKING:  # what the client answers with
    from httpx2 import Response

HERE = "http://testserver"
PASSWORD = "con trâu đi cày"
_TOKEN_RE = re.compile(r'name="csrf" value="([0-9a-f]+)"')


def add_accounts(settings: Settings, *, temporary: bool = False, **roles: Role) -> None:
    """Make accounts, all with the same password."""
    accounts = Accounts(settings.accounts_path)
    for name, role in roles.items():
        accounts.add(name, PASSWORD, role, temporary=temporary)
    accounts.close()


def audited(settings: Settings) -> list[tuple[str | None, str, str]]:
    """Who did what, and what came of it, the last first."""
    journal = Journal(settings.journal_path, keep_days=90)
    found = [(one.name, one.action, one.detail) for one in journal.actions(100)]
    journal.close()
    return found


def text_of(response: Response) -> str:
    """What a page says below its head, without its tags, on one line."""
    main = re.search(r"<main.*?</main>", response.text, re.DOTALL)
    assert main is not None, response.text[:500]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def token_in(response: Response) -> str:
    """The token of a page's forms."""
    found = _TOKEN_RE.search(response.text)
    assert found is not None, response.text[:500]
    return found[1]


@dataclass
class Desk:
    """A client with its cookies."""

    client: TestClient

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def send(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        *,
        page: str = "/password",
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401  # what the client takes
    ) -> Response:
        """Send a form with the token that ``page`` has, from this site."""
        data = {"csrf": token_in(self.get(page)), **(fields or {})}
        sent = {"Origin": HERE} if headers is None else headers
        return self.client.post(path, data=data, headers=sent, **more)

    def log_in(self, name: str, password: str = PASSWORD, wanted: str = "/admin") -> Response:
        fields = {"name": name, "password": password, "next": wanted}
        return self.send("/login", fields, page="/login")

    def done(self, response: Response) -> Response:
        """The page of the work that was begun, when it has ended."""
        assert response.status_code == 303, text_of(response)
        for _ in range(600):
            shown = self.get(response.headers["location"])
            if shown.status_code == 303:  # it is shown elsewhere
                return self.get(shown.headers["location"])
            if "data-refresh" not in shown.text:
                return shown
            time.sleep(0.05)
        raise AssertionError("it does not end")

    def upload(self, *files: tuple[str, bytes]) -> Response:
        """Send files; the preview."""
        parts = [("files", (name, data)) for name, data in files]
        return self.done(self.send("/admin/uploads", files=parts))

    def confirm(self, preview: Response, **fields: str) -> Response:
        """Confirm a preview; the page that tells what came of it."""
        return self.done(self.send(f"{preview.url.path}/confirm", fields))

    def planned(self) -> dict[str, str]:
        """What the form sends that does what a reload would change now; nothing without a form."""
        plan = self.done(self.send("/admin/plan"))
        return dict(re.findall(r'name="(plan)" value="([0-9a-f]+)"', plan.text))

    def asked(self, question: str) -> list[dict[str, Any]]:
        """The quotes of an answer of the API."""
        answer = self.client.post("/api/v1/ask", json={"question": question})
        assert answer.status_code == 200
        quotes: list[dict[str, Any]] = answer.json()["quotes"]
        return quotes
