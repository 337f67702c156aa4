"""Another Python that runs a function of this program."""

from __future__ import annotations

import sys
from pathlib import Path

# It imports what this one does, wherever that lies, and nothing from where it is started.
_START = (
    "import importlib, sys; module, name, count = sys.argv[1:4]; first = 4 + int(count);"
    " arguments = sys.argv[4:first]; sys.path[:] = sys.argv[first:];"
    " getattr(importlib.import_module(module), name)(*arguments)"
)


def child_command(module: str, name: str, *arguments: str) -> list[str]:
    """The command that calls the function ``name`` of ``module`` with ``arguments``."""
    paths = [str(Path(place).resolve()) for place in sys.path if place]
    head = [sys.executable, "-P", "-c", _START, module, name, str(len(arguments))]
    return [*head, *arguments, *paths]
