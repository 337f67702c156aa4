"""``hoidap`` and ``python -m hoidap``: starts the command line."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line; never returns."""
    # Modules, tables and vocabulary load and stay. Looking through them for garbage again and again
    # finds none and takes a tenth of a second.
    gc.set_threshold(50_000)
    from hoidap.cli import entry

    entry.main()


if __name__ == "__main__":
    main()
