"""LibreOffice, which reads old Word files, and Tesseract, which reads scans: both optional."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from hoidap.errors import LoaderError


def find_program(*names: str) -> str | None:
    """The first of ``names`` that is installed."""
    return next((path for name in names if (path := shutil.which(name)) is not None), None)


def run_program(command: list[str], folder: Path, data: bytes | None = None) -> bytes:
    """What ``command`` prints; it works in ``folder``, its home, and knows of no network proxy.

    It stays in the process group of whoever reads the file and ends with it: there is no time
    limit here. Raises `LoaderError` where the program fails.
    """
    environment = {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        # Tesseract's threads wait for each other more than they help.
        "OMP_THREAD_LIMIT": "1",
    }
    for name in ("TESSDATA_PREFIX", "LD_LIBRARY_PATH"):
        if name in os.environ:
            environment[name] = os.environ[name]
    try:
        result = subprocess.run(
            command,
            input=data if data is not None else b"",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        name = Path(command[0]).name
        raise LoaderError(f"{name} không đọc được tệp; hãy mở tệp bằng Word rồi lưu lại") from error
    return result.stdout
