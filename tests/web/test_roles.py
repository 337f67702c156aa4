"""Each page of the administration against each role: a table."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from hoidap.accounts import Role
from hoidap.settings import Settings
from hoidap.web.admin import routers
from hoidap.web.app import create_app
from tests.web.desk import Desk, add_accounts, text_of

R, E, A = Role.READER, Role.EDITOR, Role.ADMINISTRATOR
# The role that a page takes. Where it is sent a form, one without a token: nothing is done.
PAGES = [
    ("GET", "/password", R),
    ("GET", "/admin", E),
    ("GET", "/admin/uploads", E),
    ("GET", "/admin/uploads/5", E),
    ("GET", "/admin/reports", E),
    ("GET", "/admin/remove?id=hoi-nghi-cchc", E),
    ("GET", "/admin/reload", E),
    ("GET", "/admin/work/0123456789abcdef", E),
    ("GET", "/admin/history", E),
    ("GET", "/admin/unanswered", E),
    ("GET", "/admin/feedback", E),
    ("GET", "/admin/rollback?to=1", A),
    ("GET", "/admin/audit", A),
    ("GET", "/admin/accounts", A),
    ("GET", "/admin/account?name=editor", A),
    ("POST", "/admin/uploads", E),
    ("POST", "/admin/uploads/5/confirm", E),
    ("POST", "/admin/uploads/5/drop", E),
    ("POST", "/admin/plan", E),
    ("POST", "/admin/reload", E),
    ("POST", "/admin/remove", E),
    ("POST", "/admin/rollback", A),
    ("POST", "/admin/accounts", A),
    ("POST", "/admin/account", A),
]
OF_EVERYONE = ("/login", "/logout", "/password")
# What there is not, is not found by who may look.
MISSING = {"/admin/uploads/5", "/admin/work/0123456789abcdef", "/admin/rollback?to=1"}


@pytest.fixture(scope="module")
def desks(loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Desk]]:
    """A client of nobody, and one of an account of each role."""
    data = tmp_path_factory.mktemp("roles") / "data"
    shutil.copytree(loaded.data, data)
    settings = loaded.model_copy(update={"data": Path(data)})
    add_accounts(settings, reader=R, editor=E, administrator=A)
    app = create_app(settings)
    with ExitStack() as stack:
        found = {}
        for name in ("", *Role):
            client = TestClient(app, follow_redirects=False)
            found[str(name)] = Desk(client)
            if name:
                assert found[name].log_in(name).status_code == 303
        # Its files are closed once.
        stack.enter_context(found[""].client)
        yield found


def test_the_table_holds_every_page() -> None:
    routes = {
        (method, route.path)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    listed = {(method, path.partition("?")[0]) for method, path, _ in PAGES}
    numbered = {
        (method, path.replace("/5", "/{number}").replace("/0123456789abcdef", "/{number}"))
        for method, path in listed
    }
    assert routes - numbered == {("GET", "/login"), *(("POST", path) for path in OF_EVERYONE)}
    assert numbered <= routes


@pytest.mark.parametrize(("method", "path", "role"), PAGES)
def test_each_role_gets_what_it_may(
    desks: dict[str, Desk], method: str, path: str, role: Role
) -> None:
    nobody = desks[""].client.request(method, path)
    assert nobody.status_code == 303
    assert nobody.headers["location"].startswith("/login?next=%2F")
    for own in Role:
        answer = desks[own].client.request(method, path)
        if not own.covers(role):
            assert answer.status_code == 403, own
            assert "Việc này cần vai trò" in text_of(answer)
        elif method == "POST":
            assert answer.status_code == 403, own
            assert "Biểu mẫu đến từ" in text_of(answer)
        else:
            assert answer.status_code == (404 if path in MISSING else 200), own


def test_pages_name_only_what_a_role_opens(desks: dict[str, Desk]) -> None:
    assert "/admin" not in desks[R].get("/").text
    editors, all_of_them = desks[E].get("/admin").text, desks[A].get("/admin").text
    for path in ("/admin/uploads", "/admin/history", "/admin/unanswered"):
        assert f'href="{path}"' in editors
    for path in ("/admin/audit", "/admin/accounts"):
        assert f'href="{path}"' not in editors
        assert f'href="{path}"' in all_of_them
    assert 'href="/login' in desks[""].get("/").text


def test_administrative_pages_are_in_english_too(desks: dict[str, Desk]) -> None:
    english = {"Accept-Language": "en"}
    shown = desks[A].client.get("/admin/history", headers=english)
    assert text_of(shown).startswith("Overview Add reports Reports Reload History")
    refused = desks[R].client.get("/admin", headers=english)
    assert text_of(refused).startswith("This takes the role editor.")
