"""What errors of SQLite are told as."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hoidap.catalog import Catalog
from hoidap.catalog.schema import translated
from hoidap.errors import BusyError, CatalogError, DatabaseError
from hoidap.sqlite_errors import Fault, explained, fault_of
from hoidap.sqlite_files import damage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "file.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE t (x)")
    return file


def written(path: Path, mode: str = "rw", pragma: str = "user_version = 0") -> None:
    with closing(
        sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, timeout=0)
    ) as connection:
        connection.execute(f"PRAGMA {pragma}")
        connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
        connection.commit()


def not_there(path: Path) -> None:
    written(path.parent / "gone" / path.name)


def only_read(path: Path) -> None:
    written(path, "ro")


def locked(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        written(path)


def full(path: Path) -> None:
    written(path, pragma="max_page_count = 3")


def no_database(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)
    written(path)


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096] + bytes(4096))
    written(path)


def without_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE t")
    written(path)


@pytest.mark.parametrize(
    ("happens", "fault", "words"),
    [
        (not_there, Fault.FORBIDDEN, "hãy chạy bằng người dùng của hoidap"),
        (only_read, Fault.FORBIDDEN, "hãy chạy bằng người dùng của hoidap"),
        (locked, Fault.BUSY, "hãy thử lại"),
        (full, Fault.DISK, "hãy dọn chỗ trên đĩa"),
        (no_database, Fault.DAMAGE, "tệp bị hỏng (file is not a database); hãy đặt lại"),
        (torn, Fault.DAMAGE, "tệp bị hỏng (database disk image is malformed); hãy đặt lại"),
        (without_table, Fault.OTHER, "hãy chạy: hoidap doctor"),
    ],
)
def test_only_what_is_damaged_is_called_so(
    happens: Callable[[Path], None], fault: Fault, words: str, path: Path
) -> None:
    with pytest.raises(sqlite3.DatabaseError) as raised:
        happens(path)
    told = explained(raised.value, path, damaged="hãy đặt lại")
    assert fault_of(raised.value) is fault
    assert words in told
    assert ("hỏng" in told) is (fault is Fault.DAMAGE)


def test_a_disk_that_can_only_be_read_is_no_matter_of_who_runs_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = os.ST_RDONLY | os.ST_NOSUID
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result((0,) * 8 + (flags, 255)))
    with pytest.raises(sqlite3.DatabaseError) as raised:
        only_read(path)
    told = explained(raised.value, path, damaged="")
    assert told.startswith("nơi đó chỉ cho đọc, như khi đĩa bị lỗi; hãy xem lại đĩa")


def test_what_the_system_refuses_is_of_the_same_kinds(tmp_path: Path) -> None:
    def refused(number: int) -> OSError:
        return OSError(number, os.strerror(number))

    assert fault_of(refused(errno.EACCES)) is Fault.FORBIDDEN
    assert "(đĩa đã đầy)" in explained(refused(errno.ENOSPC), tmp_path, damaged="")
    told = explained(refused(errno.ENOTDIR), tmp_path, damaged="")
    assert told.startswith("đó không phải thư mục; ")


def test_a_catalog_that_may_not_be_opened_is_not_to_be_moved_away(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="bằng người dùng của hoidap") as raised:
        Catalog(tmp_path / "gone" / "catalog.sqlite3").holds(1)
    assert "chuyển tệp" not in str(raised.value)


def test_of_a_damaged_catalog_a_backup_comes_first_and_the_loss_is_told(tmp_path: Path) -> None:
    place = tmp_path / "catalog.sqlite3"
    place.write_bytes(b"not a database" * 1000)
    with pytest.raises(CatalogError, match=r"bị hỏng .*; hãy khôi phục bản sao lưu .* mất lịch sử"):
        Catalog(place).generation()


def test_an_emptied_catalog_that_is_open_is_not_being_written(path: Path, tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as raised:
        locked(path)
    assert isinstance(translated(raised.value, path), BusyError)
    emptied = tmp_path / "catalog.sqlite3"
    emptied.touch()
    told = translated(raised.value, emptied)
    assert isinstance(told, CatalogError)
    assert "không còn gì (0 byte)" in str(told)
    assert "hãy khôi phục bản sao lưu" in str(told)


def test_what_cannot_be_looked_at_is_no_damage(path: Path) -> None:
    assert damage(path) == []
    with pytest.raises(DatabaseError, match="bằng người dùng của hoidap"):
        damage(path.parent / "gone")
    path.write_bytes(b"not a database" * 1000)
    assert damage(path) == ["file is not a database"]
