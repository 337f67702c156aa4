"""What the doctor finds: a state, and a line in each language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is: a warning is about what can be done without."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


class Subject(StrEnum):
    """What was looked at."""

    SETTINGS = "settings"
    PYTHON = "python"
    SQLITE = "sqlite"
    MEMORY = "memory"
    CLOCK = "clock"
    DISK = "disk"
    PERMISSIONS = "permissions"
    ENCODER = "encoder"
    REPORTS = "reports"
    CATALOG = "catalog"
    INDEX = "index"
    ORIGINALS = "originals"
    JOURNAL = "journal"
    ACCOUNTS = "accounts"
    TESSERACT = "tesseract"
    LIBREOFFICE = "libreoffice"
    TELEGRAM = "telegram"

    @property
    def vietnamese(self) -> str:
        """Its name for a reader."""
        return _NAMES[self]


_NAMES = {
    Subject.SETTINGS: "Cài đặt",
    Subject.PYTHON: "Python",
    Subject.SQLITE: "SQLite",
    Subject.MEMORY: "Bộ nhớ",
    Subject.CLOCK: "Đồng hồ",
    Subject.DISK: "Đĩa",
    Subject.PERMISSIONS: "Quyền đọc",
    Subject.ENCODER: "Bộ mã hóa",
    Subject.REPORTS: "Báo cáo",
    Subject.CATALOG: "Danh mục",
    Subject.INDEX: "Chỉ mục",
    Subject.ORIGINALS: "Bản gốc",
    Subject.JOURNAL: "Nhật ký",
    Subject.ACCOUNTS: "Tài khoản",
    Subject.TESSERACT: "Tesseract",
    Subject.LIBREOFFICE: "LibreOffice",
    Subject.TELEGRAM: "Telegram",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a subject, and what to do: one line in Vietnamese, one in English."""

    subject: Subject
    state: State
    vietnamese: str
    english: str


@dataclass(frozen=True, slots=True)
class Reporter:
    """Makes findings about one subject."""

    subject: Subject

    def ok(self, vietnamese: str, english: str) -> Finding:
        """It is as it should be."""
        return Finding(self.subject, State.OK, vietnamese, english)

    def warn(self, vietnamese: str, english: str) -> Finding:
        """Something that can be done without is missing, or will become a failure."""
        return Finding(self.subject, State.WARNING, vietnamese, english)

    def fail(self, vietnamese: str, english: str) -> Finding:
        """It does not work."""
        return Finding(self.subject, State.FAILURE, vietnamese, english)
