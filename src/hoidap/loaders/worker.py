"""The process that reads files of strangers.

It takes requests from its standard input, one after another, and ends when there is none for a
while, when the input ends or when the process that started it does. See `isolation` for the form
of requests and replies.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from hoidap.errors import LoaderError
from hoidap.loaders.extracted import Extracted
from hoidap.loaders.formats import Format

# Seconds without a request after which the process ends: it holds some 100 MB.
_IDLE_S = 30.0
# Bytes of the largest file that it, or a program that it starts, may write.
_MOST_WRITTEN = 1 << 30
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # of sched.h
_DAMAGED = "tệp bị hỏng, không đọc được; hãy lưu lại tệp rồi gửi lại"
_TOO_MUCH_MEMORY = "tệp cần quá nhiều bộ nhớ để đọc; hãy chia nhỏ tệp"


def _limit(memory: int) -> None:
    """Bound what this process and those that it starts may use."""
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, _MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(OSError, ValueError):  # systems that do not count it, or allow less
            resource.setrlimit(kind, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing then fails, which has a message


def _leave_network() -> None:
    """Have no network at all, where the system lets a process say so; documents cannot ask."""
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError):
        return  # not Linux
    user, group = os.getuid(), os.getgid()
    if unshare(_NEW_NETWORK) == 0 or unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with suppress(OSError), open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(content)


def _end_with_parent() -> None:
    """End all of this group when the process that started it is gone, whatever is being read."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _extract(data: bytes, kind: Format, progress: Callable[[], None]) -> Extracted:
    match kind:
        case Format.HTML:
            from hoidap.loaders.html import load_html

            return load_html(data)
        case Format.MHTML:
            from hoidap.loaders.mhtml import load_mhtml

            return load_mhtml(data)
        case Format.DOCX:
            from hoidap.loaders.docx import load_docx

            return load_docx(data)
        case Format.DOC:
            from hoidap.loaders.doc import load_doc

            return load_doc(data)
        case Format.PDF:
            from hoidap.loaders.pdf import load_pdf

            return load_pdf(data, progress)
    raise LoaderError(f"định dạng {kind} không cần tiến trình riêng")


def _answer(data: bytes, kind: Format, progress: Callable[[], None]) -> dict[str, object]:
    try:
        found = _extract(data, kind, progress)
    except LoaderError as error:
        return {"error": str(error)}
    except MemoryError:
        raise
    except Exception:  # whatever a library meets in a damaged file
        return {"error": _DAMAGED}
    return {
        "text": found.text,
        "title": found.title,
        "date": None if found.date is None else found.date.isoformat(),
        "source": found.source,
        "pages": found.pages,
        "notes": found.notes,
        "scanned": found.scanned,
    }


def _serve(requests: BinaryIO, replies: BinaryIO) -> None:
    def reply(value: dict[str, object]) -> None:
        replies.write(json.dumps(value).encode() + b"\n")
        replies.flush()

    # One request comes at a time, after the reply to the last: nothing waits in the buffer.
    while select.select([requests], [], [], _IDLE_S)[0]:
        head = requests.readline()
        if not head:
            return
        request = json.loads(head)
        data = requests.read(request["size"])
        try:
            reply(_answer(data, Format(request["format"]), lambda: reply({"progress": True})))
        except MemoryError:
            # What is left of the memory is of no use: the next file gets a new process.
            reply({"error": _TOO_MUCH_MEMORY})
            return


def main(memory: str) -> None:
    """Serve until there is no more to do, using so many bytes of memory at most."""
    # Libraries and programs print where they like: replies go out by a copy of standard output.
    replies = os.fdopen(os.dup(1), "wb")
    requests = os.fdopen(os.dup(0), "rb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    _leave_network()
    _end_with_parent()
    _limit(int(memory))
    _serve(requests, replies)
