"""The command line's entry: run the command, turn errors into a line and an exit code."""

from __future__ import annotations

import logging
import os
import sys
from typing import NoReturn

# Importing them registers their commands, in this order.
from hoidap.cli import reports  # noqa: F401  # isort: skip
from hoidap.cli import questions  # noqa: F401  # isort: skip
from hoidap.cli import serving  # noqa: F401  # isort: skip
from hoidap.cli import upkeep  # noqa: F401  # isort: skip
from hoidap.cli import moving  # noqa: F401  # isort: skip
from hoidap.cli import accounts  # noqa: F401  # isort: skip
from hoidap.cli.shell import FAILURE, app, tell, tell_error
from hoidap.complaints import refusal
from hoidap.errors import HoidapError


def _run() -> int:
    """Run the command; its exit code. The one place where errors become a line."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILURE
    except HoidapError as error:
        tell_error(error)
        return FAILURE
    except BrokenPipeError:
        return FAILURE  # whoever read the results has seen enough
    except OSError as error:
        about = f"{error.filename}: " if error.filename is not None else ""
        tell(f"hoidap: không làm được: {about}{refusal(error)}")
        return FAILURE
    return 0


def _flushed(code: int) -> int:
    """Print what is left of the results; the exit code, which was to be ``code``."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        if code == 0:  # else one line was told already
            tell(f"hoidap: không in được kết quả: {refusal(error)}")
            return FAILURE
    return code


def _open_streams() -> None:
    """Make the standard streams usable whatever the shell handed over."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # it was closed
            nothing = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115  # it stays open
            setattr(sys, name, nothing)
    for stream in (sys.stdout, sys.stderr):
        # A terminal in a legacy locale must not turn an answer into a traceback.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def main() -> NoReturn:
    """The console script."""
    _open_streams()
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)
    code = _flushed(_run())
    # Everything is written; taking the vocabulary apart would take another tenth of a second.
    os._exit(code)
