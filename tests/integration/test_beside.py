"""Changes of the reports by a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hoidap.beside import beside
from hoidap.encoder import Encoder
from hoidap.errors import CorpusError, GoldenError, HoidapError
from hoidap.plan import Reloaded
from hoidap.reload import reload, rollback
from hoidap.settings import Settings
from tests.conftest import ROOT
from tests.fakes import HashEncoder

Write = Callable[[str, str], Path]
Progress = Callable[[int, int], None]


def who(_settings: Settings, _encoder: Encoder, *, progress: Progress) -> tuple[int, int]:
    progress(1, 2)
    return os.getpid(), os.getpriority(os.PRIO_PROCESS, 0)


def killed(_settings: Settings, _encoder: Encoder, *, progress: Progress) -> None:
    progress(1, 2)
    os.kill(os.getpid(), signal.SIGKILL)


def endless(_settings: Settings, _encoder: Encoder, place: Path, *, progress: Progress) -> None:
    place.write_text(str(os.getpid()), "utf-8")
    progress(1, 2)
    time.sleep(600)


# Asks for that in a process of its own, and is killed as soon as it goes on.
_KILLED = """
import os, signal, sys
from pathlib import Path
from hoidap.beside import beside
from hoidap.encoder import load_encoder
from hoidap.settings import Settings
from tests.integration.test_beside import endless

settings = Settings(data=Path(sys.argv[1]))
kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
beside(endless, settings, load_encoder(settings), Path(sys.argv[2]), progress=kill)
"""


def refused(_settings: Settings, _encoder: Encoder, *, progress: Progress) -> None:
    progress(1, 2)
    raise GoldenError(("“Ai?”: không có báo cáo 'a'", "“Gì?”: khác"))


def test_it_is_another_process_that_stands_back(settings: Settings, encoder: Encoder) -> None:
    steps: list[tuple[int, int]] = []
    process, priority = beside(who, settings, encoder, progress=lambda *step: steps.append(step))
    assert process != os.getpid()
    assert priority > os.getpriority(os.PRIO_PROCESS, 0)
    assert steps == [(1, 2)]
    assert beside(who, settings, HashEncoder())[0] == os.getpid()


def test_reports_are_reloaded_and_taken_back(
    settings: Settings, encoder: Encoder, write: Write
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    assert beside(reload, settings, encoder) == Reloaded(("a.txt",), (), (), (), (), 1)
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    planned = beside(reload, settings, encoder, dry_run=True)
    assert (planned.added, planned.generation) == (("b.txt",), 1)
    assert beside(reload, settings, encoder).generation == 2
    assert beside(rollback, settings, encoder, 1) == 3


def test_what_it_raises_is_raised_here(settings: Settings, encoder: Encoder) -> None:
    with pytest.raises(CorpusError, match="không có báo cáo nào"):
        beside(reload, settings, encoder)
    with pytest.raises(GoldenError, match=r"^2 câu hỏi kiểm tra không đạt") as error:
        beside(refused, settings, encoder)
    assert error.value.reasons == ("“Ai?”: không có báo cáo 'a'", "“Gì?”: khác")


def test_one_that_ends_early_is_told(
    settings: Settings, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(HoidapError, match="dừng giữa chừng; hãy thử lại"):
        beside(killed, settings, encoder)

    def full(*_: object, **__: object) -> None:
        raise OSError(11, "too many")

    monkeypatch.setattr(subprocess, "Popen", full)
    with pytest.raises(HoidapError, match="không khởi động được tiến trình nạp báo cáo: too many"):
        beside(who, settings, encoder)


def test_it_ends_with_the_process_that_asked_for_it(settings: Settings, tmp_path: Path) -> None:
    place = tmp_path / "number"
    asked = subprocess.run(
        [sys.executable, "-c", _KILLED, str(settings.data), str(place)], cwd=ROOT, timeout=60
    )
    assert asked.returncode == -signal.SIGKILL
    number = int(place.read_text("utf-8"))
    deadline = time.monotonic() + 20
    while _runs(number):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_ends_where_whoever_asked_is_interrupted(
    settings: Settings, encoder: Encoder, tmp_path: Path
) -> None:
    def interrupted(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        beside(endless, settings, encoder, tmp_path / "number", progress=interrupted)
    assert not _runs(int((tmp_path / "number").read_text("utf-8")))


def _runs(number: int) -> bool:
    """Whether there is a process of that number that has not ended."""
    try:
        state = Path(f"/proc/{number}/stat").read_text("utf-8")
    except OSError:
        return False
    return state.rsplit(")", 1)[1].split()[0] != "Z"
