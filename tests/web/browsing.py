"""A real server on the loopback interface, and a real browser to look at it with."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from hoidap.settings import Settings

# The browser asks nobody but this machine, and needs no graphics card.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Seconds. A server starts in about two; a busy machine takes longer, which is no failure.
_PATIENCE = 60.0
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1100, "height": 800}


def chromium() -> str | None:
    """The browser of this machine; None where it has none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Server:
    """A process of ``hoidap serve``: where it is, and what it says when it has ended."""

    url: str
    process: subprocess.Popen[str]

    def end(self, number: int = signal.SIGTERM) -> str:
        """End it; what it wrote on stderr."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=_PATIENCE)[1]


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment in which a process has these settings."""
    ours = {}
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        several = isinstance(value, tuple)
        ours[f"HOIDAP_{name.upper()}"] = ",".join(map(str, value)) if several else str(value)
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **ours, **more}


@contextmanager
def serving(settings: Settings, *arguments: str, cwd: Path) -> Iterator[Server]:
    """The page of ``settings`` as a process of its own, until the end of the block."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "hoidap", "serve", "--port", str(port), *arguments],
        cwd=cwd,  # without an .env file
        env=environment(settings),
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        _wait(server)
        yield server
    finally:
        if process.poll() is None:
            server.end()
        assert process.stderr is not None
        process.stderr.close()


def _wait(server: Server) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=_PATIENCE):
                return
        except OSError:
            if server.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(server.end()) from None
            time.sleep(0.05)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser without a window, until the end of the block."""
    program = chromium()
    assert program is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield browser
        browser.close()


def complaints(page: Page) -> list[str]:
    """What the browser will complain of on this page: errors of scripts, what the CSP forbids.

    Not that a page was refused: that is for whoever asked for it to expect.
    """
    found: list[str] = []

    def said(message: ConsoleMessage) -> None:
        refused = "server responded with a status of 4" in message.text
        if message.type in {"error", "warning"} and not refused:
            found.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page for people who cannot see it well or use a mouse."""
    results = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}"
        for one in results
    ]


def wider_than_the_screen(page: Page) -> int:
    """Pixels by which a page must be scrolled sideways."""
    found: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found


def small_targets(page: Page) -> list[str]:
    """Links and controls that a finger misses: less than 24 pixels high or wide (WCAG 2.5.8).

    Links within a sentence are exempt, as they are there.
    """
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, select, summary")]
          .filter(one => one.checkVisibility() && one.type !== "hidden")
          .filter(one => !(one.matches("a") && one.closest("p, td, .about")))
          .filter(one => !one.matches(".skip:not(:focus)"))
          .map(one => [one, one.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24)
          .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""
    )
    return found
