"""The machine: Python, memory, clock, disk, and the programs that read scans and old files."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import hoidap
from hoidap.catalog import Catalog
from hoidap.doctor.findings import Finding, Reporter, Subject
from hoidap.errors import HoidapError, LoaderError
from hoidap.loaders.programs import find_program, run_program
from hoidap.settings import LOCAL, Settings
from hoidap.sqlite_files import library_version

_OLDEST_PYTHON = (3, 11)
# The first with NULLS LAST, by which reports are listed.
_OLDEST_SQLITE = (3, 30)
# Bytes. A process that answers takes 270 MB; one beside it that reads a file about as much.
_LEAST_MEMORY = 300_000_000
_GOOD_MEMORY = 700_000_000
# Bytes left free beside what the next reload writes.
_RESERVE = 64 << 20
# Bytes of a passage that wait on this machine while all is built for a server: docs/milvus.md.
_WAITING = 6_500
# A generation has some thirty files; each report has an original.
_LEAST_INODES = 1_000
_GOOD_INODES = 20_000
# A clock may be set back by a little.
_TOLERANCE = timedelta(minutes=5)
_DAY = timedelta(days=1)
_VIETNAM = timedelta(hours=7)
_MEMORY_FILE = Path("/proc/meminfo")


def check_python() -> Iterator[Finding]:
    """The version of Python."""
    report, found = Reporter(Subject.PYTHON), platform.python_version()
    if sys.version_info < _OLDEST_PYTHON:
        yield report.fail(f"{found}; cần 3.11 trở lên", f"{found}; 3.11 or newer is needed")
    else:
        yield report.ok(found, found)


def check_sqlite() -> Iterator[Finding]:
    """The version of SQLite; its full-text search is not used."""
    report, found = Reporter(Subject.SQLITE), library_version()
    if tuple(map(int, found.split("."))) < _OLDEST_SQLITE:
        yield report.fail(
            f"{found}; cần 3.30 trở lên, hãy nâng cấp hệ điều hành",
            f"{found}; 3.30 or newer is needed, upgrade the system",
        )
    else:
        yield report.ok(found, found)


def check_memory(told: Path = _MEMORY_FILE) -> Iterator[Finding]:
    """Memory that can still be had."""
    report = Reporter(Subject.MEMORY)
    try:
        lines = told.read_text("ascii").splitlines()
        available = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, ValueError, StopIteration, IndexError):
        yield report.warn(
            "không biết còn bao nhiêu bộ nhớ (không có /proc/meminfo)",
            "how much memory is left is not known (no /proc/meminfo)",
        )
        return
    size = available * 1024
    found = f"{size // 1_000_000} MB"
    if size < _LEAST_MEMORY:
        yield report.fail(
            f"còn {found}; cần 300 MB, hãy tắt bớt chương trình hoặc thêm bộ nhớ",
            f"{found} left; 300 MB are needed, stop other programs or add memory",
        )
    elif size < _GOOD_MEMORY:
        yield report.warn(
            f"còn {found}; nên có 700 MB để nạp báo cáo trong khi trả lời",
            f"{found} left; 700 MB let it reload while it answers",
        )
    else:
        yield report.ok(f"còn {found}", f"{found} left")


def check_clock(settings: Settings, now: datetime | None = None) -> Iterator[Finding]:
    """Whether the clock is after all that has happened, and the time zone that of Vietnam.

    "Hôm qua" in a question is counted from it.
    """
    report = Reporter(Subject.CLOCK)
    now = datetime.now().astimezone() if now is None else now
    shown = f"{now:%d/%m/%Y %H:%M}"
    latest = _latest(settings).astimezone(now.tzinfo)
    if now + _TOLERANCE < latest:
        yield report.fail(
            f"{shown}, trước việc đã làm lúc {latest:%d/%m/%Y %H:%M};"
            " hãy chỉnh giờ (timedatectl set-ntp true)",
            f"{now:%Y-%m-%d %H:%M}, before what was done at"
            f" {latest:%Y-%m-%d %H:%M}; set it (timedatectl set-ntp true)",
        )
    elif (newest := _newest_report(settings)) is not None and newest > now.date() + _DAY:
        yield report.warn(
            f"{shown}, nhưng có báo cáo đề ngày {newest:%d/%m/%Y}; hãy xem lại giờ máy, hoặc ngày"
            " của báo cáo",
            f"{now:%Y-%m-%d %H:%M}, yet a report is dated {newest}; see to the clock, or to the"
            " report's date",
        )
    elif now.utcoffset() != _VIETNAM:
        yield report.warn(
            f"{shown}, múi giờ {now:%z} không phải của Việt Nam; hãy chạy:"
            " timedatectl set-timezone Asia/Ho_Chi_Minh",
            f"{now:%Y-%m-%d %H:%M}, its time zone {now:%z} is not Vietnam's; run:"
            " timedatectl set-timezone Asia/Ho_Chi_Minh",
        )
    else:
        yield report.ok(shown, f"{now:%Y-%m-%d %H:%M}")


def _latest(settings: Settings) -> datetime:
    """When the latest thing happened that is known of: installed, loaded, written down."""
    times = []
    for path in (Path(hoidap.__file__), settings.journal_path):
        try:
            times.append(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        except OSError:
            continue
    try:
        generation = Catalog(settings.catalog_path).generation()
    except HoidapError:  # told elsewhere
        generation = None
    if generation is not None:
        times.append(generation.created)
    return max(times)


def _newest_report(settings: Settings) -> date | None:
    try:
        newest = Catalog(settings.catalog_path).openings(0, 1)
    except HoidapError:  # told elsewhere
        return None
    return newest[0].report.date if newest else None


def check_disk(settings: Settings) -> Iterator[Finding]:
    """Room for what the next reload writes beside the current generation."""
    report = Reporter(Subject.DISK)
    place = settings.data
    while not place.exists():
        place = place.parent
    usage, state = shutil.disk_usage(place), os.statvfs(place)
    needed = _next_reload(settings)
    free, wanted = usage.free // 1_000_000, needed // 1_000_000
    if usage.free < needed:
        yield report.fail(
            f"ở {place} còn {free} MB, lần nạp sau cần {wanted} MB; hãy dọn chỗ",
            f"{free} MB left at {place}, the next reload needs {wanted} MB; make room",
        )
    elif usage.free < 4 * needed:
        yield report.warn(
            f"ở {place} còn {free} MB, lần nạp sau cần {wanted} MB; nên dọn chỗ",
            f"{free} MB left at {place}, the next reload needs {wanted} MB; make room soon",
        )
    else:
        yield report.ok(
            f"ở {place} còn {free} MB, lần nạp sau cần {wanted} MB",
            f"{free} MB left at {place}, the next reload needs {wanted} MB",
        )
    if state.f_files == 0:  # a file system that does not count them
        return
    left = state.f_favail
    if left < _GOOD_INODES:
        tell = report.fail if left < _LEAST_INODES else report.warn
        yield tell(
            f"ở {place} chỉ tạo thêm được {left} tệp (inode); hãy xóa bớt tệp nhỏ",
            f"only {left} more files (inodes) fit at {place}; remove small files",
        )


def _next_reload(settings: Settings) -> int:
    """Bytes that a reload may write at most where little changed."""
    local = settings.index == LOCAL
    place = settings.generations_path if local else settings.milvus_path
    paths = [settings.catalog_path, *place.glob("*/**/*")]
    total = 0 if local else _WAITING * _passages(settings)
    for path in paths:
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # removed by a reload just now
            continue
    return total + _RESERVE


def _passages(settings: Settings) -> int:
    try:
        generation = Catalog(settings.catalog_path).generation()
    except HoidapError:  # told elsewhere
        return 0
    return 0 if generation is None else generation.passages


def check_tesseract() -> Iterator[Finding]:
    """The program that reads scans, and its Vietnamese."""
    report = Reporter(Subject.TESSERACT)
    program = find_program("tesseract")
    if program is None:
        yield report.warn(
            "chưa có Tesseract, bản quét không đọc được; hãy chạy:"
            " apt install tesseract-ocr tesseract-ocr-vie",
            "no Tesseract, scans cannot be read; run: apt install tesseract-ocr tesseract-ocr-vie",
        )
        return
    try:
        with tempfile.TemporaryDirectory(prefix="hoidap-") as folder:
            told = run_program([program, "--list-langs"], Path(folder)).decode("utf-8", "replace")
    except LoaderError:
        told = ""
    if "vie" not in told.split():
        yield report.warn(
            "Tesseract thiếu tiếng Việt, bản quét không đọc được; hãy chạy:"
            " apt install tesseract-ocr-vie",
            "Tesseract lacks Vietnamese, scans cannot be read; run: apt install tesseract-ocr-vie",
        )
    else:
        yield report.ok("có, với tiếng Việt", "installed, with Vietnamese")


def check_libreoffice() -> Iterator[Finding]:
    """The program that reads old Word files."""
    report = Reporter(Subject.LIBREOFFICE)
    if find_program("soffice", "libreoffice") is None:
        yield report.warn(
            "chưa có LibreOffice, tệp .doc và .rtf không đọc được; hãy chạy:"
            " apt install --no-install-recommends libreoffice-writer",
            "no LibreOffice, .doc and .rtf files cannot be read; run:"
            " apt install --no-install-recommends libreoffice-writer",
        )
    else:
        yield report.ok("có", "installed")
