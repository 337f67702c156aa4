"""What errors of SQLite mean to whoever runs this, and what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from enum import Enum, auto
from pathlib import Path

from hoidap.complaints import refusal

AS_OWNER = "hãy chạy bằng người dùng của hoidap"
ONLY_READ = "nơi đó chỉ cho đọc, như khi đĩa bị lỗi; hãy xem lại đĩa và cách gắn đĩa (mount)"
# An error's own number and its kind: https://www.sqlite.org/rescode.html#pve
_PRIMARY = 0xFF


class Fault(Enum):
    """The kinds of errors that are told apart by what to do."""

    BUSY = auto()
    FORBIDDEN = auto()
    DISK = auto()
    DAMAGE = auto()
    OTHER = auto()


_BY_CODE = {
    sqlite3.SQLITE_BUSY: Fault.BUSY,
    sqlite3.SQLITE_LOCKED: Fault.BUSY,
    sqlite3.SQLITE_AUTH: Fault.FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: Fault.FORBIDDEN,
    sqlite3.SQLITE_PERM: Fault.FORBIDDEN,
    sqlite3.SQLITE_READONLY: Fault.FORBIDDEN,
    sqlite3.SQLITE_FULL: Fault.DISK,
    sqlite3.SQLITE_IOERR: Fault.DISK,
    sqlite3.SQLITE_CORRUPT: Fault.DAMAGE,
    sqlite3.SQLITE_NOTADB: Fault.DAMAGE,
}
_BY_NUMBER = {
    errno.EACCES: Fault.FORBIDDEN,
    errno.EPERM: Fault.FORBIDDEN,
    errno.EROFS: Fault.FORBIDDEN,
    errno.EDQUOT: Fault.DISK,
    errno.EIO: Fault.DISK,
    errno.ENOSPC: Fault.DISK,
}


def fault_of(error: sqlite3.Error | OSError) -> Fault:
    """Of which kind an error is that SQLite, or the system with one of its files, raised."""
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno or 0, Fault.OTHER)
    # What Python's own part of it raises has none.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return _BY_CODE.get(code & _PRIMARY, Fault.OTHER)


def is_only_read(path: Path) -> bool:
    """Whether nobody at all may write at ``path``, as after the disk was found faulty."""
    try:
        return bool(os.statvfs(path if path.exists() else path.parent).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def explained(error: sqlite3.Error | OSError, path: Path, *, damaged: str) -> str:
    """What is wrong with the file at ``path`` and what to do.

    Where it is damaged, what ``damaged`` says.
    """
    words = refusal(error) if isinstance(error, OSError) else " ".join(str(error).split())
    match fault_of(error):
        case Fault.BUSY:
            return "tiến trình khác đang ghi; hãy thử lại"
        case Fault.FORBIDDEN if is_only_read(path):
            return ONLY_READ
        case Fault.FORBIDDEN:
            return f"người dùng đang chạy không đọc hoặc không ghi được; {AS_OWNER}"
        case Fault.DISK:
            return f"đĩa đã đầy hoặc bị lỗi ({words}); hãy dọn chỗ trên đĩa rồi thử lại"
        case Fault.DAMAGE:
            return f"tệp bị hỏng ({words}); {damaged}"
        case Fault.OTHER:
            return f"{words}; hãy chạy: hoidap doctor"
