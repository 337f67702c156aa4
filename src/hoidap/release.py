"""Which hoidap this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """The version of hoidap."""
    try:
        return version("hoidap")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"
