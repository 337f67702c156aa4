"""Files that only a library can read are read in another process, with limits.

A file made to do harm, or just a damaged one, can make a library take all memory, run for ever or
crash: here that ends with the file as a failure, and the next file is read. One process serves file
after file and is replaced when it ended.

A request is a line of JSON, ``{"format", "size"}``, and so many bytes. Replies are lines of JSON:
``{"progress": true}`` while the reading goes on, at last ``{"error"}`` or the fields of
`Extracted`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import IO, cast

from hoidap.child import child_command
from hoidap.complaints import refusal
from hoidap.documents import Note
from hoidap.errors import LoaderError
from hoidap.loaders.extracted import MAX_TEXT, Extracted
from hoidap.loaders.formats import Format

# Bytes of one file; Word files and scans of a hundred pages have some tens of millions.
MAX_FILE = 200_000_000
# Bytes of a reply: a character is at most so many in JSON.
_MAX_REPLY = 12 * MAX_TEXT
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take.

    ``step_s``: seconds for a file, or a page where pages are read one by one; LibreOffice needs 2 s
    for a report, and a busy machine some times as long. ``total_s``: seconds for all pages; a
    scanned one takes 2 s. ``memory``: bytes of address space, for each process; LibreOffice
    converts a law in 1.1 GB.
    """

    step_s: float = 60.0
    total_s: float = 1200.0
    memory: int = 2 << 30


class _Gone(Exception):  # noqa: N818 - no error: the process ended, perhaps before the request
    """The process ended without a reply."""


class Reader:
    """Reads files in a process of its own, one at a time; safe to call from any thread."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = Limits() if limits is None else limits
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, data: bytes, kind: Format) -> Extracted:
        """What a file of format ``kind`` holds. Raises `LoaderError`."""
        if len(data) > MAX_FILE:
            raise LoaderError(f"tệp quá lớn, nhiều nhất {MAX_FILE // 1_000_000} MB")
        with self._lock:
            fresh = self._process is None or self._process.poll() is not None
            try:
                return self._request(data, kind)
            except _Gone as gone:
                self._stop()
                if fresh:
                    raise LoaderError("tệp bị hỏng: trình đọc dừng giữa chừng") from gone
            # It may have ended for want of work just then.
            try:
                return self._request(data, kind)
            except _Gone as gone:
                self._stop()
                raise LoaderError("tệp bị hỏng: trình đọc dừng giữa chừng") from gone

    def close(self) -> None:
        """End the process; the next file starts another."""
        with self._lock:
            self._stop()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            # Its environment has none of our secrets.
            kept = {k: v for k, v in os.environ.items() if not k.upper().startswith("HOIDAP_")}
            self._process = subprocess.Popen(
                child_command("hoidap.loaders.worker", "main", str(self._limits.memory)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=kept,
                start_new_session=True,
            )
        return self._process

    def _stop(self) -> None:
        """End the process and all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(OSError):  # none of the group is left
            os.killpg(process.pid, signal.SIGKILL)
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                cast("IO[bytes]", pipe).close()
        process.wait()

    def _request(self, data: bytes, kind: Format) -> Extracted:
        try:
            process = self._start()
        except OSError as error:
            raise LoaderError(f"không mở được tiến trình đọc tệp: {refusal(error)}") from error
        conversation = _Conversation(process, self._limits)
        try:
            conversation.send(json.dumps({"format": kind, "size": len(data)}).encode() + b"\n")
            conversation.send(data)
            reply = conversation.receive()
        except TimeoutError as error:
            self._stop()
            raise LoaderError("đọc tệp quá lâu; hãy chia nhỏ tệp hoặc lưu lại bằng Word") from error
        except _Gone:
            raise
        except (OSError, ValueError) as error:
            raise _Gone from error
        except BaseException:
            self._stop()  # interrupted: what comes next would be the reply to this file
            raise
        return _extracted(reply)


class _Conversation:
    """One request and its reply, with time limits on both."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._in = cast("IO[bytes]", process.stdin).fileno()
        self._out = cast("IO[bytes]", process.stdout).fileno()
        self._step_s = limits.step_s
        self._last = time.monotonic() + limits.total_s
        self._next = time.monotonic() + limits.step_s
        os.set_blocking(self._in, False)

    def _wait(self, reading: list[int], writing: list[int]) -> None:
        left = min(self._next, self._last) - time.monotonic()
        if left <= 0 or not any(select.select(reading, writing, [], left)):
            raise TimeoutError

    def send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._wait([], [self._in])
            view = view[os.write(self._in, view[:_CHUNK]) :]

    def receive(self) -> dict[str, object]:
        """The last line of the reply as an object."""
        held = bytearray()
        while True:
            self._wait([self._out], [])
            chunk = os.read(self._out, _CHUNK)
            if not chunk:
                raise _Gone
            held += chunk
            if len(held) > _MAX_REPLY:
                raise _Gone
            while (end := held.find(b"\n", len(held) - len(chunk))) >= 0:
                line = bytes(held[:end])
                del held[: end + 1]
                chunk = bytes(held)
                reply = json.loads(line)
                if not isinstance(reply, dict):
                    raise _Gone
                if "progress" not in reply:
                    return reply
                self._next = time.monotonic() + self._step_s


def _extracted(reply: dict[str, object]) -> Extracted:
    """The reply as a record; its fields have the types that `worker` gives them."""
    error = reply.get("error")
    if error is not None:
        raise LoaderError(" ".join(str(error).split()))
    written = cast("str | None", reply["date"])
    return Extracted(
        text=str(reply["text"]),
        title=cast("str | None", reply["title"]),
        date=None if written is None else date.fromisoformat(written),
        source=cast("str | None", reply["source"]),
        pages=tuple(cast("list[int]", reply["pages"])),
        notes=tuple(Note(note) for note in cast("list[str]", reply["notes"])),
        scanned=tuple(cast("list[int]", reply["scanned"])),
    )


# One for all files: starting Python and the libraries takes half a second.
READER = Reader()
atexit.register(READER.close)
