"""Changes of the reports made by a process of its own, beside those who answer questions.

In one process both would take turns at the interpreter: among 100,000 paragraphs single questions
waited 60 to 80 ms longer for a reload, and now wait no longer than for one from the shell.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, TypeVar, cast

from hoidap import logs
from hoidap.child import child_command
from hoidap.complaints import refusal
from hoidap.encoder import Encoder, ShippedEncoder, load_encoder
from hoidap.errors import HoidapError
from hoidap.priority import stand_back
from hoidap.reload import Progress
from hoidap.settings import Settings

_Result = TypeVar("_Result")


def beside(
    change: Callable[..., _Result],
    settings: Settings,
    encoder: Encoder,
    *given: object,
    progress: Progress = lambda _done, _total: None,
    **named: object,
) -> _Result:
    """What ``change``, a function of `hoidap.reload`, returns, called by another process.

    With another encoder than the shipped one, which takes long to load, it is called by this one.
    If this process ends first, or is interrupted, so does the other one.
    Raises what ``change`` raises, and `HoidapError` where the other process ends early.
    """
    if not isinstance(encoder, ShippedEncoder):
        return change(settings, encoder, *given, progress=progress, **named)
    connection, theirs = Pipe()
    with connection:
        # Into the pipe before there is anyone to read it: nobody can have closed it yet.
        connection.send((change, settings, given, named))
        with theirs:
            try:
                process = subprocess.Popen(
                    child_command(__name__, work.__name__, str(theirs.fileno())),
                    pass_fds=[theirs.fileno()],
                )
            except OSError as error:
                raise HoidapError(
                    f"không khởi động được tiến trình nạp báo cáo: {refusal(error)}"
                ) from error
        try:
            while True:
                told = connection.recv()
                if not isinstance(told, tuple):
                    break
                progress(*told)
        except (EOFError, OSError) as error:
            raise HoidapError("tiến trình nạp báo cáo dừng giữa chừng; hãy thử lại") from error
        finally:
            connection.close()
            process.wait()
    if isinstance(told, _Failure):
        raise told.error
    return cast("_Result", told.result)


class _Failure:
    """What was raised."""

    def __init__(self, error: HoidapError) -> None:
        self.error = error


class _Success:
    """What was returned."""

    def __init__(self, result: Any) -> None:  # noqa: ANN401 - whatever it returns
        self.result = result


def _end_with(connection: Connection) -> None:
    """End this process at once when whoever asked for the change has ended or wants it no more.

    Nobody would be told what came of it, and what was put into the reports folder for it is about
    to be taken back. What it had written is what a killed writer leaves.
    """
    with suppress(EOFError, OSError):
        connection.recv()
    os._exit(1)


def work(descriptor: str) -> None:
    """Make one change that comes by a pipe, and tell there how far it is and what came of it."""
    stand_back()
    connection = Connection(int(descriptor))

    def tell(what: object) -> None:
        with suppress(OSError):  # whoever asked has ended
            connection.send(what)

    with connection, suppress(EOFError, KeyboardInterrupt):
        change, settings, given, named = connection.recv()
        threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
        logs.configure(settings, ["hoidap"])
        try:
            result = change(
                settings,
                load_encoder(settings),
                *given,
                progress=lambda done, total: tell((done, total)),
                **named,
            )
        except HoidapError as error:
            tell(_Failure(error))
        else:
            tell(_Success(result))
