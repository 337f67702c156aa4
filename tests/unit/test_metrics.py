"""What is counted for Prometheus, over one process and several, and what never is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hoidap.answering import Answerer
from hoidap.documents import Answer, Status
from hoidap.encoder import Encoder
from hoidap.errors import BusyError, CatalogError, GoldenError
from hoidap.metrics import Metrics, unreadiness
from hoidap.reload import reload
from hoidap.settings import Settings

QUESTION = "Ai là Bí thư Huyện ủy?"


def samples(metrics: Metrics) -> dict[str, float]:
    body, content_type = metrics.render()
    assert content_type.startswith("text/plain")
    return {
        sample.name + "".join(f",{value}" for _, value in sorted(sample.labels.items())): (
            sample.value
        )
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def answered(status: Status = Status.QUOTED, elapsed_ms: float = 4.0) -> Answer:
    return Answer(QUESTION, "vi", status, (), (), (), (), generation=1, elapsed_ms=elapsed_ms)


def test_questions_by_language_and_status_and_how_long_they_took(settings: Settings) -> None:
    metrics = Metrics(settings, "bot")
    for status in (Status.QUOTED, Status.QUOTED, Status.NOT_FOUND):
        metrics.answered(answered(status, 30.0))
    found = samples(metrics)
    assert found["hoidap_questions_total,bot,vi,quoted"] == 2
    assert found["hoidap_questions_total,bot,vi,not_found"] == 1
    assert found["hoidap_answer_seconds_count,bot"] == 3
    assert found["hoidap_answer_seconds_bucket,bot,0.02"] == 0
    assert found["hoidap_answer_seconds_bucket,bot,0.05"] == 3
    assert QUESTION not in metrics.render()[0].decode()


def test_how_reloads_end(settings: Settings) -> None:
    metrics = Metrics(settings, "web")
    for error in (BusyError("bận"), GoldenError(("một",)), CatalogError("hỏng"), ValueError()):
        with suppress(type(error)), metrics.reloading():
            raise error
    with metrics.reloading():
        pass
    found = samples(metrics)
    results = {"busy": 1, "golden": 1, "failed": 2, "done": 1}
    assert {name: found[f"hoidap_reloads_total,web,{name}"] for name in results} == results
    assert found["hoidap_reload_seconds_count,web"] == 5


def test_requests_updates_and_errors(settings: Settings) -> None:
    metrics = Metrics(settings, "web")
    assert samples(metrics)["hoidap_errors_total,web"] == 0
    metrics.requested("GET", "/reports/{id}", 404, 0.2)
    metrics.handled("message")
    metrics.failed()
    found = samples(metrics)
    assert found["hoidap_requests_total,web,GET,/reports/{id},404"] == 1
    assert found["hoidap_updates_total,web,message"] == 1
    assert found["hoidap_telegram_contact_timestamp_seconds"] > 1_700_000_000
    assert found["hoidap_errors_total,web"] == 1


def test_state_is_that_of_the_moment(
    settings: Settings, encoder: Encoder, write: Callable[[str, str], Path]
) -> None:
    metrics = Metrics(settings, "web")
    found = samples(metrics)
    assert found["hoidap_catalog_readable"] == 1
    assert "hoidap_generation" not in found
    write("a.txt", "Cầu Rạch Sậy dài 126 mét.")
    reload(settings, encoder)
    write("b.txt", "Trường mầm non Bông Sen có 12 lớp.")
    reload(settings, encoder)
    found = samples(metrics)
    assert (found["hoidap_generation"], found["hoidap_reports"]) == (2, 2)
    assert found["hoidap_passages"] == 2
    lexical = settings.generation_path(2) / "lexical"
    size = sum(file.stat().st_size for file in lexical.rglob("*") if file.is_file())
    assert found["hoidap_index_bytes,lexical"] == size > 0
    assert found["hoidap_disk_free_bytes"] > 0


def test_a_damaged_catalog_is_a_number_and_no_failure(settings: Settings) -> None:
    settings.data.mkdir()
    settings.catalog_path.write_bytes(b"not a database" * 1000)
    found = samples(Metrics(settings, "bot"))
    assert found["hoidap_catalog_readable"] == 0
    assert "hoidap_generation" not in found


def test_ready_until_the_catalog_is_damaged(
    settings: Settings, encoder: Encoder, write: Callable[[str, str], Path]
) -> None:
    write("a.txt", "Cầu Rạch Sậy dài 126 mét.")
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    assert unreadiness(answerer) is None
    for path in settings.data.glob("catalog.sqlite3*"):
        path.write_bytes(b"not a database" * 1000)
    reason = unreadiness(answerer)
    assert reason == "danh mục không dùng được (CatalogError); hãy chạy: hoidap doctor"


_PROCESS = """
import sys
from pathlib import Path
from hoidap.documents import Answer, Status
from hoidap.metrics import Metrics
from hoidap.settings import Settings

settings = Settings(data=Path(sys.argv[1]), metrics_dir=Path(sys.argv[2]))
metrics = Metrics(settings, "web")
for _ in range(int(sys.argv[3])):
    metrics.answered(Answer("Hỏi?", "vi", Status.QUOTED, (), (), (), (), 1, 3.0))
    metrics.handled("message")
sys.stdout.write(metrics.render()[0].decode())
"""


def test_processes_of_one_page_add_up_also_those_that_have_ended(tmp_path: Path) -> None:
    shared = tmp_path / "numbers"
    shared.mkdir()
    for count, total in ((2, 2), (3, 5)):
        told = subprocess.run(
            [sys.executable, "-c", _PROCESS, str(tmp_path / "data"), str(shared), str(count)],
            capture_output=True,
            check=True,
        ).stdout.decode()
        wanted = 'hoidap_questions_total{front_end="web",language="vi",status="quoted"}'
        assert f"{wanted} {total}.0" in told
        assert f'hoidap_answer_seconds_count{{front_end="web"}} {total}.0' in told
        # One gauge of all processes, without their numbers.
        assert told.count("\nhoidap_telegram_contact_timestamp_seconds ") == 1
        assert "pid=" not in told


@pytest.mark.parametrize("module", ["prometheus_client", "fastapi", "torch", "telegram"])
def test_asking_from_the_shell_loads_none_of_it(module: str) -> None:
    code = (
        "import hoidap.cli.entry, hoidap.answering, sys;"
        f" print([name for name in sys.modules if name.split('.')[0] == {module!r}])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "[]"
