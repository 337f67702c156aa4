"""Names of files, what is seen of the folder, and when it has come to rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.corpus_folder import place, safe_name, snapshot
from hoidap.errors import IntakeError
from hoidap.watch import changes


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Báo cáo quý 1.txt", "Báo cáo quý 1.txt"),
        ("Ba\u0301o ca\u0301o.txt", "Báo cáo.txt"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\a.txt", "a.txt"),
        ("a\x00\n\x1b[31mb.txt", "a[31mb.txt"),
        ("a\u202etxt.exe", "atxt.exe"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        (".ẩn.txt", "ẩn.txt"),
        ("  a .txt", "a.txt"),
        ("...", ""),
        ("/", ""),
        ("", ""),
        ("x" * 500 + ".txt", "x" * 196 + ".txt"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_a_safe_name_is_one_visible_part_of_a_path(name: str) -> None:
    safe = safe_name(name)
    assert "/" not in safe
    assert not safe.startswith(".")
    assert safe.isprintable()
    assert len(safe.encode("utf-8", "surrogatepass")) <= 255
    assert safe_name(safe) == safe


def test_a_file_is_placed_whole_and_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "năm" / "a.txt"
    new = place(path, b"one", replace=False)
    assert new is not None
    assert place(path, b"one", replace=False) is None
    with pytest.raises(IntakeError, match="đã có báo cáo khác"):
        place(path, b"two", replace=False)
    changed = place(path, b"two", replace=True)
    assert changed is not None
    changed.undo()
    assert path.read_bytes() == b"one"
    new.undo()
    assert list(path.parent.iterdir()) == []
    (tmp_path / "link.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IntakeError, match="không phải tệp thường"):
        place(tmp_path / "link.txt", b"x", replace=True)
    with pytest.raises(IntakeError, match="không ghi được"):
        place(tmp_path / "năm" / ("x" * 300), b"x", replace=False)


def test_a_snapshot_sees_reports_their_metadata_and_what_is_beside(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    (folder / ".git").mkdir(parents=True)
    for name in ("a.txt", "a.toml", "b.xls", ".git/c.txt", ".d.txt"):
        (folder / name).write_text("x", "utf-8")
    golden = tmp_path / "golden.toml"
    seen = snapshot(folder, golden)
    assert sorted(seen) == [str(folder / "a.toml"), str(folder / "a.txt")]
    golden.write_text("x", "utf-8")
    (folder / "a.txt").write_text("xy", "utf-8")
    later = snapshot(folder, golden)
    assert sorted(later.keys() - seen.keys()) == [str(golden)]
    assert later[str(folder / "a.txt")] != seen[str(folder / "a.txt")]
    assert snapshot(tmp_path / "nowhere") == {}


def test_a_change_is_told_when_it_has_come_to_rest() -> None:
    # What is seen at each second: a file that grows from the second to the fifth.
    sizes = [1, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 6, 5, 5, 5, 5]
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if now[0] >= len(sizes):
            raise KeyboardInterrupt

    def told() -> Iterator[float]:
        for _ in changes(
            lambda: {"a": (sizes[int(now[0])], 0, 0)},
            interval_s=1.0,
            quiet_s=3.0,
            clock=lambda: now[0],
            sleep=sleep,
        ):
            yield now[0]

    times: list[float] = []
    with pytest.raises(KeyboardInterrupt):
        times.extend(told())
    # At once; three seconds after it stopped growing; not for what went back to what was loaded.
    assert times == [0.0, 8.0]


def test_what_failed_is_done_again_though_nothing_changes() -> None:
    now = [0.0]
    failing = [True, True, False]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if now[0] > 60:
            raise KeyboardInterrupt

    times: list[float] = []

    def told() -> Iterator[float]:
        for _ in changes(
            dict,
            again=lambda: failing[len(times) - 1],
            interval_s=1.0,
            again_s=10.0,
            clock=lambda: now[0],
            sleep=sleep,
        ):
            yield now[0]

    with pytest.raises(KeyboardInterrupt):
        times.extend(told())
    assert times == [0.0, 10.0, 20.0]
