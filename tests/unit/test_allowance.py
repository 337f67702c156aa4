"""Buckets of tokens that processes share."""

from __future__ import annotations

import errno
import multiprocessing
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hoidap import private_store
from hoidap.allowance import Allowance
from hoidap.errors import AllowanceError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "limits.sqlite3"


def allowance(path: Path, clock: Callable[[], float], kind: str = "telegram") -> Allowance:
    return Allowance(path, kind, per_minute=20, at_once=10, clock=clock)


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        count: int = connection.execute("SELECT count(*) FROM buckets").fetchone()[0]
    return count


def test_a_bucket_lets_half_a_minutes_questions_through_and_fills_up(path: Path) -> None:
    now = [0.0]
    with closing(allowance(path, lambda: now[0])) as one:
        assert [one.take("1") for _ in range(10)] == [None] * 10
        refused = one.take("1")
        assert refused is not None
        assert (refused.wait_s, refused.told) == (3.0, False)
        again = one.take("1")
        assert again is not None
        assert again.told
        assert one.take("2") is None
        now[0] = 3.0
        assert one.take("1") is None
        now[0] = 3.5
        refused = one.take("1")
        assert refused is not None
        assert not refused.told


def test_kinds_count_apart(path: Path) -> None:
    with (
        closing(allowance(path, lambda: 0.0)) as one,
        closing(allowance(path, lambda: 0.0, "web")) as other,
    ):
        assert [one.take("1") for _ in range(10)] == [None] * 10
        assert one.take("1") is not None
        assert other.take("1") is None


def _ask(path: Path, times: int) -> int:
    with closing(allowance(path, lambda: 0.0)) as one:
        return sum(one.take("1") is None for _ in range(times))


def test_processes_share_a_bucket(path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        allowed = pool.starmap(_ask, [(path, 8)] * 3)
    assert sum(allowed) == 10


def test_what_is_full_again_is_forgotten_and_nobodys_name_is_kept(path: Path) -> None:
    now = [0.0]
    with closing(allowance(path, lambda: now[0])) as one:
        for number in range(400):
            one.take(f"198.51.100.{number}")
        assert rows(path) == 400
        now[0] = 61.0
        for _ in range(200):
            one.take("someone")
        assert rows(path) == 1
    held = b"".join(file.read_bytes() for file in path.parent.glob("limits*"))
    assert b"198.51.100" not in held
    assert path.stat().st_mode & 0o077 == 0


def test_a_clock_that_began_anew_takes_nothing_away(path: Path) -> None:
    with closing(allowance(path, lambda: 5000.0)) as one:
        for _ in range(11):
            one.take("1")
    with closing(allowance(path, lambda: 3.0)) as one:
        assert one.take("1") is None


def test_a_damaged_file_is_begun_anew(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 1000)
    with closing(allowance(path, lambda: 0.0)) as one:
        assert one.take("1") is None


@pytest.mark.parametrize(
    ("statement", "told"),
    [("PRAGMA user_version = 99", "phiên bản mới hơn"), ("BEGIN EXCLUSIVE", "hãy thử lại")],
)
def test_a_file_that_others_use_is_not_taken_from_them(
    statement: str, told: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowance(path, lambda: 0.0).close()
    key = path.with_suffix(".key").read_bytes()
    monkeypatch.setattr(private_store, "_PATIENCE", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute(statement)
        with pytest.raises(AllowanceError, match=told):
            allowance(path, lambda: 0.0)
    assert path.with_suffix(".key").read_bytes() == key
    assert rows(path) == 0


def test_a_key_that_a_power_cut_emptied_is_made_anew(path: Path) -> None:
    allowance(path, lambda: 0.0).close()
    path.with_suffix(".key").write_bytes(b"")
    again = allowance(path, lambda: 0.0)
    assert again.take("1") is None
    assert len(path.with_suffix(".key").read_bytes()) == 32
    again.close()


def test_a_full_disk_leaves_nothing_of_a_key_behind(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(AllowanceError, match="đĩa đã đầy"):
            allowance(path, lambda: 0.0)
    assert list(path.parent.iterdir()) == []
    with closing(allowance(path, lambda: 0.0)) as one:
        assert one.take("1") is None


def test_what_cannot_be_counted_is_allowed_and_told(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(allowance(path, lambda: 0.0)) as one:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TABLE buckets")
        assert [one.take("1") for _ in range(50)] == [None] * 50
    assert [record.message for record in caplog.records] == [
        f"không dùng được sổ giới hạn {path}: no such table: buckets; hãy chạy: hoidap doctor"
    ]


def test_where_there_can_be_no_file(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        (tmp_path / "data").write_text("a file")
    else:
        tmp_path.chmod(0o500)
    with pytest.raises(AllowanceError, match="không dùng được sổ giới hạn"):
        Allowance(tmp_path / "data" / "x", "web", per_minute=1, at_once=1)
