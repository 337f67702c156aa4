"""``hoidap`` and ``python -m hoidap``: starts the command line."""

from __future__ import annotations

import gc
import os

# What a shell says of a program that Ctrl-C ended.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line; never returns."""
    # Modules, tables and vocabulary load and stay. Looking through them for garbage again and again
    # finds none and takes a tenth of a second.
    gc.set_threshold(50_000)
    try:
        from hoidap.cli import entry

        entry.main()
    except KeyboardInterrupt:
        # While modules still load nobody else catches it.
        os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
