"""A Milvus Lite server on loopback, as a process of its own."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest


def free_port() -> int:
    """A port that nobody listens at just now."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


class MilvusServer:
    """The server; it can be killed and started again with what it stored."""

    def __init__(self, directory: Path) -> None:
        for package in ("milvus_lite", "pymilvus"):
            if importlib.util.find_spec(package) is None:
                pytest.skip(f"{package} is not installed")
        self._directory = directory
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        log = (self._directory / "server.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "milvus_lite", "server"),
                    *("--data-dir", str(self._directory / "milvus")),
                    *("--host", "127.0.0.1", "--port", str(self.port)),
                ],
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(600):
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self._directory / "server.log").read_text("utf-8", "replace"))

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def empty(self) -> None:
        """Kill it and start it again without anything that it stored."""
        self.kill()
        shutil.rmtree(self._directory / "milvus")
        self.start()
