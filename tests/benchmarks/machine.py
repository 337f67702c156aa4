"""Where a measurement was made: machine, versions, day; and what a process holds in memory."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

_MIB = 2**20


def resident_mib() -> float:
    """Resident memory of this process now, pages of mapped files included.

    Not the peak that the system keeps for a process: a child's starts at its parent's.
    """
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        named = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text("utf-8"), re.MULTILINE)
        if named:
            return named[1].strip()
    return platform.processor() or platform.machine()


def circumstances(packages: Sequence[str]) -> str:
    """A sentence on the day, the machine and the versions of ``packages``."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _MIB / 1024
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return (
        f"Measured on {date.today().isoformat()}: {os.cpu_count()} cores of {_processor()},"
        f" {memory:.0f} GiB of memory, {platform.system()},"
        f" Python {platform.python_version()}; {versions}."
    )
