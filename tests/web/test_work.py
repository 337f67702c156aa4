"""Long work: one writer at a time, known to all processes, and what is left of one that died."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hoidap.accounts import Role
from hoidap.errors import BusyError, CorpusError, GoldenError
from hoidap.plan import Duplicate, Emptied, Failure, Reloaded, Similar
from hoidap.web.work import Done, Kind, Offer, Progress, Work, Writer

RELOADED = Reloaded(
    added=("a.txt",),
    changed=(),
    removed=("b.txt",),
    unchanged=("c.txt",),
    failed=(Failure("d.pdf", "tệp bị hỏng"),),
    generation=7,
    duplicates=(Duplicate("e.txt", "a.txt"),),
    similar=(Similar("a", "c", 0.75),),
    golden=("Ai?",),
    passed_over=("f.xlsx",),
    emptied=(Emptied("2024", 120),),
)
# Holds the lock as another process does, and dies without letting go of it.
OTHER = """
import sys
from pathlib import Path
from hoidap.web.work import Kind, Writer
def forever(progress):
    progress(1, 2)
    print("begun", flush=True)
    sys.stdin.read()
work, _ = Writer(Path(sys.argv[1]), print).begin(Kind.RELOAD, "", "binh", forever)
print(work.id, flush=True)
"""


@pytest.fixture
def noted() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def writer(tmp_path: Path, noted: list[tuple[str, str, str]]) -> Iterator[Writer]:
    made = Writer(tmp_path / "work", lambda *line: noted.append(line))
    yield made
    made.close()


def ended(writer: Writer, work: Work) -> Work:
    found = writer.find(work.id)
    assert found is not None
    assert found.ended is not None
    return found


def test_what_came_of_it_is_read_again_as_it_was(
    writer: Writer, noted: list[tuple[str, str, str]]
) -> None:
    offer = Offer("/admin/reload", Role.EDITOR, {"id": "a"})
    done = Done("thế hệ 7", RELOADED, 7, ("a",), ("x.exe: không đọc được",), "/trang", offer)
    work, end = writer.begin(Kind.RELOAD, "", "binh", lambda _: done)
    end.result()
    found = ended(writer, work)
    assert found.result == done
    assert found.offer == offer
    assert (found.kind, found.by, found.error) == (Kind.RELOAD, "binh", "")
    assert noted == [("web:binh", "nạp lại", "thế hệ 7")]
    assert writer.current() is None


def test_how_far_it_is_can_be_seen(writer: Writer) -> None:
    seen: list[Work | None] = []

    def do(progress: Progress) -> Done:
        progress(3, 10)
        seen.append(writer.current())
        return Done("")

    _, end = writer.begin(Kind.REMOVE, "a", "binh", do)
    end.result()
    (under_way,) = seen
    assert under_way is not None
    assert (under_way.done, under_way.total, under_way.about) == (3, 10, "a")


def test_errors_become_lines(
    writer: Writer, noted: list[tuple[str, str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    forced = Offer("/admin/reload", Role.ADMINISTRATOR, {}, forced=True)

    def result_of(error: Exception) -> Work:
        def do(_: Progress) -> Done:
            raise error

        work, end = writer.begin(Kind.RELOAD, "", "binh", do, forced=forced)
        end.result()
        return ended(writer, work)

    golden = result_of(GoldenError(("“Ai?”: không trích",)))
    assert golden.reasons == ("“Ai?”: không trích",)
    assert golden.offer == forced
    told = result_of(CorpusError("thư mục trống"))
    assert (told.error, told.offer) == ("thư mục trống", None)
    other = result_of(ValueError("Câu hỏi của bà Tư"))
    assert other.error.startswith("có lỗi ngoài dự kiến; mã sự cố ")
    assert other.error[-6:] in caplog.text
    # What a foreign error quotes may be a reader's.
    assert "bà Tư" not in caplog.text
    assert [line[2] for line in noted] == [
        f"không xong: {one.error}" for one in (golden, told, other)
    ]


def test_another_process_is_seen_and_its_death_too(writer: Writer, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(tmp_path / "work")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with process:
        assert process.stdout is not None
        lines = {process.stdout.readline().strip() for _ in range(2)}
        (number,) = lines - {"begun"}
        with pytest.raises(BusyError, match="đang có việc khác của binh; hãy đợi xong"):
            writer.begin(Kind.ROLLBACK, "", "chi", lambda _: Done(""))
        # Files are read meanwhile.
        _, end = writer.begin(Kind.READ, "", "chi", lambda _: Done(""))
        end.result()
        found = writer.find(number)
        assert found is not None
        assert (found.by, found.ended) == ("binh", None)
        process.kill()
    dead = writer.find(number)
    assert dead is not None
    assert dead.ended is not None
    assert dead.error == "máy chủ đã dừng giữa chừng; báo cáo đang dùng giữ nguyên, hãy làm lại"
    assert writer.current() is None
    _, end = writer.begin(Kind.ROLLBACK, "", "chi", lambda _: Done(""))
    end.result()


def test_what_is_no_work_is_not_found(writer: Writer, tmp_path: Path) -> None:
    work, end = writer.begin(Kind.PLAN, "", "binh", lambda _: Done(""))
    end.result()
    path = tmp_path / "work" / f"{work.id}.json"
    assert path.stat().st_mode & 0o077 == 0
    for number in ("", "x", "../work", "0" * 16, f"{work.id}.json", "Ａ" * 16):
        assert writer.find(number) is None
    for written in ("", "{", "[]", "null", path.read_text().replace("plan", "x"), '{"id": "x"}'):
        path.write_text(written)
        assert writer.find(work.id) is None


def test_only_the_last_are_remembered(writer: Writer, tmp_path: Path) -> None:
    for _ in range(55):
        _, end = writer.begin(Kind.READ, "", "binh", lambda _: Done(""))
        end.result()
    kept = {path.suffix: 0 for path in (tmp_path / "work").iterdir()}
    for path in (tmp_path / "work").iterdir():
        kept[path.suffix] += 1
    assert kept[".json"] <= 51
    assert kept.get(".lock", 0) <= 51


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    writer = Writer(tmp_path / "file" / "work", print)
    with pytest.raises(CorpusError, match="không ghi được vào"):
        writer.begin(Kind.PLAN, "", "binh", lambda _: Done(""))
    writer.close()
