"""What tests of the page share: reports, clients without a browser, servers, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page

from hoidap import accounts
from hoidap.encoder import Encoder
from hoidap.passwords import Hasher
from hoidap.reload import reload
from hoidap.settings import Settings
from hoidap.web.app import create_app
from tests.web.browsing import DESK, Server, browsing, chromium, complaints, serving
from tests.web.sample import load_sample

OpenClient = Callable[[Settings], TestClient]
OpenTab = Callable[..., Page]


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Passwords are hashed in no time; that it takes some elsewhere is tested with the hasher."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "Hasher", partial(Hasher, memory_kib=64))
        yield


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Settings:
    """The reports of the sample, loaded once, to be copied and never opened.

    A process that copies a database which it has open itself gives up its locks on it.
    """
    return load_sample(tmp_path_factory.mktemp("sample"), encoder)


def copied(settings: Settings, place: Path) -> Settings:
    """The same reports, loaded, at another place."""
    shutil.copytree(settings.reports_path, place / "reports")
    shutil.copytree(settings.data, place / "data")
    return settings.model_copy(update={"corpus": place / "reports", "data": place / "data"})


@pytest.fixture(scope="session")
def loaded(sample: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The first real report, the made-up district's and a PDF, loaded. Not to be changed."""
    return copied(sample, tmp_path_factory.mktemp("page"))


@pytest.fixture
def own(sample: Settings, tmp_path: Path) -> Settings:
    """The same reports in a place of the test's own, which it may change."""
    return copied(sample, tmp_path / "own")


@pytest.fixture
def reloaded(encoder: Encoder) -> Callable[[Settings], int]:
    """Loads what the folder holds now; the number of the new generation."""
    return lambda settings: reload(settings, encoder).generation


@pytest.fixture
def open_client() -> Iterator[OpenClient]:
    """Opens clients of the page with some settings; errors become answers, as they do outside."""
    with ExitStack() as stack:

        def opened(settings: Settings) -> TestClient:
            return stack.enter_context(
                TestClient(
                    create_app(settings), raise_server_exceptions=False, follow_redirects=False
                )
            )

        yield opened


@pytest.fixture(scope="session")
def _opened(loaded: Settings) -> Iterator[TestClient]:
    with TestClient(
        create_app(loaded), raise_server_exceptions=False, follow_redirects=False
    ) as opened:
        yield opened


@pytest.fixture
def client(_opened: TestClient) -> TestClient:
    """A client of the page over the loaded reports, which has no cookies yet."""
    _opened.cookies.clear()
    return _opened


@pytest.fixture(scope="module")
def server(loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A process that serves the loaded reports."""
    with serving(loaded, cwd=tmp_path_factory.mktemp("cwd")) as started:
        yield started


# Of a module, since no test of it may run an event loop of its own as long as it is open.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; tests are skipped where there is none."""
    if chromium() is None:
        pytest.skip("no chromium on this machine")
    with browsing() as opened:
        yield opened


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[OpenTab]:
    """Opens pages of the browser, each with cookies of its own; options are those of a context.

    The test fails where the browser complains of a page: a script's error, or what the content
    security policy forbids.
    """
    told: list[list[str]] = []
    with ExitStack() as stack:

        def opened(**options: Any) -> Page:  # noqa: ANN401  # playwright's own
            context = browser.new_context(**{"locale": "vi-VN", "viewport": DESK, **options})
            stack.callback(context.close)
            context.set_default_timeout(20_000)
            page = context.new_page()
            told.append(complaints(page))
            return page

        yield opened
    assert [one for one in told if one] == []
