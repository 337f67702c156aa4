"""``hoidap serve`` as a process: several at once, how it starts, ends and goes on."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

from hoidap.settings import Settings
from tests.conftest import ROOT
from tests.web.browsing import Server, environment, free_port, serving
from tests.web.reading import FIRST, FIRST_SENTENCE


def get(server: Server, path: str) -> str:
    with urllib.request.urlopen(server.url + path, timeout=60) as response:
        text: str = response.read().decode()
        return text


def ask(server: Server, question: str) -> str:
    return get(server, f"/?{urlencode({'q': question})}")


def started_in_vain(
    settings: Settings,
    cwd: Path,
    *arguments: str,
    code: int = 1,
    command: Sequence[str] = ("-m", "hoidap", "serve"),
    **more: str,
) -> list[str]:
    """What ``hoidap serve`` says on stderr where it cannot serve."""
    done = subprocess.run(
        [sys.executable, *command, *arguments],
        cwd=cwd,
        env=environment(settings) | more,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "")
    return done.stderr.splitlines()


def test_it_answers_moves_on_with_a_reload_and_ends_with_ctrl_c(
    own: Settings, tmp_path: Path, reloaded: Callable[[Settings], int]
) -> None:
    with serving(own, cwd=tmp_path) as server:
        assert FIRST_SENTENCE in ask(server, FIRST)
        for number in (2, 3):
            text = f"Cầu số {number} ở xã Mỹ Thọ dài {number}00 mét."
            (own.reports_path / "cau.txt").write_text(text, "utf-8")
            assert reloaded(own) == number
            assert f"dài {number}00 mét." in ask(server, "Cầu ở xã Mỹ Thọ dài bao nhiêu mét?")
            assert f"hoidap_generation {number}.0" in get(server, "/metrics")
        said = server.end(signal.SIGINT)
    assert server.process.returncode == 0
    assert said.splitlines() == [f"{server.url} (Ctrl-C: dừng)"]


def test_several_processes_count_together_and_clean_up(loaded: Settings, tmp_path: Path) -> None:
    with serving(loaded, "--workers", "2", cwd=tmp_path) as server:
        for number in range(20):
            ask(server, f"Cầu số {number} dài bao nhiêu?")
        told = get(server, "/metrics")
        counts = re.findall(r"^hoidap_questions_total\{.*\} (\S+)$", told, re.MULTILINE)
        assert sum(map(float, counts)) == 20
        assert (
            'hoidap_requests_total{front_end="web",method="GET",route="/",status="200"} 20' in told
        )
        said = server.end(signal.SIGINT)
    assert server.process.returncode == 0
    assert said.splitlines() == [f"{server.url} (Ctrl-C: dừng)"]


def test_behind_a_proxy_each_visitor_counts_alone_and_https_is_known(
    loaded: Settings, tmp_path: Path
) -> None:
    few = loaded.model_copy(update={"web_questions_per_minute": 1})
    for proxies, second, link in (
        (("127.0.0.1",), 200, "https://hoi-dap.example/report?"),
        ((), 429, "http://hoi-dap.example/report?"),
    ):
        settings = few.model_copy(update={"web_proxies": proxies})
        with serving(settings, cwd=tmp_path) as server:

            def visit(address: str, url: str = server.url) -> tuple[int, str]:
                headers = {
                    "Host": "hoi-dap.example",
                    "X-Forwarded-For": address,
                    "X-Forwarded-Proto": "https",
                }
                request = urllib.request.Request(
                    f"{url}/?{urlencode({'q': FIRST})}", headers=headers
                )
                try:
                    with urllib.request.urlopen(request, timeout=60) as response:
                        return response.status, response.read().decode()
                except urllib.error.HTTPError as error:
                    return error.code, ""

            status, page = visit("203.0.113.1")
            assert (status, link in page) == (200, True)
            assert visit("203.0.113.2")[0] == second
            assert visit("203.0.113.1")[0] == 429


def test_a_port_that_is_taken_is_told_in_a_line(
    server: Server, loaded: Settings, tmp_path: Path
) -> None:
    port = server.url.rpartition(":")[2]
    (line,) = started_in_vain(loaded, tmp_path, "--port", port)
    assert line.startswith(f"hoidap: không mở được cổng {port} ở 127.0.0.1: ")
    assert line.endswith("hãy đổi --port hoặc --host")


def test_what_cannot_be_opened_is_told_in_a_line_by_several_processes_too(
    settings: Settings, tmp_path: Path
) -> None:
    port = str(free_port())
    for arguments in (["--port", port], ["--port", port, "--workers", "2"]):
        (line,) = started_in_vain(settings, tmp_path, *arguments)
        assert line.startswith("hoidap: thư mục ")
        assert "không có báo cáo nào" in line


def test_one_of_several_processes_that_is_started_later_tells_in_a_line_why_it_cannot(
    own: Settings, tmp_path: Path
) -> None:
    own.journal_path.write_bytes(b"not a database" * 1000)
    started = "from hoidap.web.app import one_of_several; one_of_several()"
    (line,) = started_in_vain(own, tmp_path, command=["-c", started])
    assert f"không dùng được nhật ký {own.journal_path}: tệp bị hỏng" in line


def test_a_setting_that_is_wrong_is_told_by_an_exit_code_of_its_own(
    loaded: Settings, tmp_path: Path
) -> None:
    unit = (ROOT / "deploy/systemd/hoidap-web.service").read_text("utf-8")
    assert "RestartPreventExitStatus=2" in unit.splitlines()
    (line,) = started_in_vain(loaded, tmp_path, code=2, HOIDAP_WEB_WORKERS="0")
    assert line == "hoidap: HOIDAP_WEB_WORKERS='0': phải từ 1 trở lên"


def test_a_table_that_is_wrong_is_told_by_it_too(own: Settings, tmp_path: Path) -> None:
    (own.data / "synonyms.tsv").write_bytes(b"\xff")
    for workers in ("1", "2"):
        arguments = ("--port", str(free_port()), "--workers", workers)
        (line,) = started_in_vain(own, tmp_path, *arguments, code=2)
        assert "synonyms.tsv" in line
