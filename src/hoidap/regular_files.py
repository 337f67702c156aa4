"""Reading what others put into a folder: a file, or anything else that has a name."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """A file opened for reading. Raises `OSError`, also for what is no regular file.

    A pipe to which nobody writes would be waited for without end.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            # The number that the system itself gives for a socket.
            number = errno.EISDIR if stat.S_ISDIR(mode) else errno.ENXIO
            raise OSError(number, os.strerror(number), str(path))
        return open(descriptor, "rb")  # whoever asked closes it
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path) -> bytes:
    """The content of a file. Raises `OSError`, also for what is no regular file."""
    with open_regular(path) as file:
        return file.read()
