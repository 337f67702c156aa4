"""The command line's entry: run the command, turn errors into a line and an exit code."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn

# Importing them registers their commands, in this order.
from hoidap.cli import reports  # noqa: F401  # isort: skip
from hoidap.cli import questions  # noqa: F401  # isort: skip
from hoidap.cli import serving  # noqa: F401  # isort: skip
from hoidap.cli import upkeep  # noqa: F401  # isort: skip
from hoidap.cli import moving  # noqa: F401  # isort: skip
from hoidap.cli import accounts  # noqa: F401  # isort: skip
from hoidap.cli.shell import FAILURE, app, tell_error
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
    return 0


def main() -> NoReturn:
    """The console script."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        # A terminal in a legacy locale must not turn an answer into a traceback.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    code = _run()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    # Everything is written; taking the vocabulary apart would take another tenth of a second.
    os._exit(code)
