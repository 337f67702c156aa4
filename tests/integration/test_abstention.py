"""Saying nothing where nothing answers: how well it is told, measured and set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.answering import Answerer
from hoidap.documents import Citation, Status
from hoidap.encoder import Encoder
from hoidap.errors import EvaluationError, SettingsError
from hoidap.evaluation import Abstention, auroc, evaluate_abstention, read_questions
from hoidap.reload import reload
from hoidap.settings import Settings
from tests.conftest import DATA

BEIR = DATA / "beir"
QUESTION = "Ai chủ trì lễ khởi công cầu Rạch Sậy?"
Run = Callable[..., subprocess.CompletedProcess[str]]


# --- the measure ---


@pytest.mark.parametrize(
    ("positive", "negative", "area"),
    [
        ([0.9, 0.8], [0.1, 0.2, 0.3], 1.0),
        ([0.1, 0.2], [0.8, 0.9], 0.0),
        ([0.5, 0.5], [0.5, 0.5, 0.5], 0.5),
        # Of six pairs three are right, one is a tie, two are wrong: 3.5 / 6.
        ([0.9, 0.4], [0.4, 0.3, 0.95], 3.5 / 6),
        # Of four pairs two are right and one is a tie.
        ([0.2, 0.7], [0.2, 0.6], 2.5 / 4),
    ],
)
def test_the_area_is_the_share_of_pairs_in_order(
    positive: list[float], negative: list[float], area: float
) -> None:
    assert auroc(positive, negative) == pytest.approx(area)


values = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=12)


@given(values, values)
def test_the_area_is_that_of_counting_pairs(positive: list[float], negative: list[float]) -> None:
    pairs = [(one > other) + (one == other) / 2 for one in positive for other in negative]
    assert auroc(positive, negative) == pytest.approx(sum(pairs) / len(pairs))
    assert auroc(negative, positive) == pytest.approx(1 - auroc(positive, negative))


@pytest.fixture(scope="module")
def told(encoder: Encoder) -> Abstention:
    return evaluate_abstention(BEIR, encoder, setting=0.27)


def test_questions_with_an_answer_are_told_from_those_without(told: Abstention) -> None:
    assert (told.questions, told.passages, told.setting) == (18, 7, 0.27)
    assert told.auroc >= 0.98
    assert told.false_answers <= 0.1
    assert told.answered_now >= 0.9
    assert told.false_answers_now < told.answered_now


def test_shares_fall_as_the_threshold_rises(encoder: Encoder, told: Abstention) -> None:
    settings = [0.0, told.threshold, 1.0]
    measured = [evaluate_abstention(BEIR, encoder, setting=one) for one in settings]
    everything, at_threshold, nothing = measured
    assert (everything.answered_now, everything.false_answers_now) == (1.0, 1.0)
    assert 0.9 <= at_threshold.answered_now < 1.0
    assert at_threshold.false_answers_now == at_threshold.false_answers
    assert (nothing.answered_now, nothing.false_answers_now) == (0.0, 0.0)
    # What is set changes nothing of what is measured.
    assert {(one.auroc, one.threshold, one.false_answers) for one in measured} == {
        (told.auroc, told.threshold, told.false_answers)
    }


def test_progress_is_told(encoder: Encoder) -> None:
    steps: list[tuple[int, int]] = []
    evaluate_abstention(
        BEIR, encoder, setting=0.5, progress=lambda done, total: steps.append((done, total))
    )
    done, total = steps[-1]
    assert done == total > 0


def test_a_bad_folder_is_told_in_a_line(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(EvaluationError, match=r"không đọc được .*corpus\.jsonl"):
        evaluate_abstention(tmp_path, encoder, setting=0.5)


# --- the confidence of a question ---


@pytest.fixture
def answerer(district: Settings, encoder: Encoder) -> Answerer:
    reload(district, encoder)
    return Answerer(district, encoder)


def test_without_the_report_that_answers_it_is_less_sure(answerer: Answerer) -> None:
    (quote, *_) = answerer.answer(QUESTION).quotes
    report = quote.citation.report_id
    sure, unsure = answerer.confidence(QUESTION), answerer.confidence(QUESTION, without=[report])
    assert 0 <= unsure < sure - 0.1
    assert sure <= 1
    assert answerer.confidence(QUESTION, without=["không-có"]) == sure


def test_confidence_lies_between_0_and_1(answerer: Answerer) -> None:
    questions = [one.text for one in read_questions(BEIR)]
    odd = ["?", "😀", "là gì", "xyzzy qwrt", "Giá vàng?", "a " * 900, "ngày 18/5/2022"]
    for text in (*questions, *odd):
        assert 0 <= answerer.confidence(text) <= 1
    everything = {one.report_id for one in _citations(answerer, questions)}
    assert 0 <= answerer.confidence(QUESTION, without=everything) <= 1


def _citations(answerer: Answerer, questions: list[str]) -> list[Citation]:
    return [passage.report for text in questions for passage in answerer.rank(text)]


def _status(settings: Settings, encoder: Encoder, confidence: float, text: str) -> Status:
    changed = settings.model_copy(update={"confidence": confidence})
    return Answerer(changed, encoder).answer(text).status


def test_the_threshold_decides_whether_a_question_is_answered(
    district: Settings, encoder: Encoder, answerer: Answerer
) -> None:
    sure = answerer.confidence(QUESTION)
    assert _status(district, encoder, sure, QUESTION) is Status.QUOTED
    assert _status(district, encoder, sure + 1e-4, QUESTION) is Status.NOT_FOUND
    assert _status(district, encoder, 0, QUESTION) is Status.QUOTED
    assert _status(district, encoder, 1, QUESTION) is Status.NOT_FOUND
    # At 0 as well there must be something about it.
    assert _status(district, encoder, 0, "Giá vàng?") is Status.NOT_FOUND


def test_what_is_not_answered_still_names_the_nearest_reports(
    district: Settings, encoder: Encoder, answerer: Answerer
) -> None:
    quoted = answerer.answer(QUESTION)
    unsure = Answerer(district.model_copy(update={"confidence": 1.0}), encoder).answer(QUESTION)
    assert (unsure.quotes, unsure.missing_terms) == ((), ())
    assert quoted.quotes[0].citation in unsure.nearest


# --- the setting ---


@pytest.mark.parametrize("value", ["2", "-0.1", "x", "1,5", "nan"])
def test_a_confidence_out_of_range_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_CONFIDENCE", value)
    with pytest.raises(SettingsError, match="HOIDAP_CONFIDENCE") as caught:
        Settings.read()
    assert len(str(caught.value).splitlines()) == 1
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize(("value", "read"), [("0", 0.0), ("1", 1.0), ("0.35", 0.35)])
def test_the_confidence_is_read(value: str, read: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_CONFIDENCE", value)
    assert Settings.read().confidence == read


# --- the command line ---


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``hoidap`` as a process of its own, in an empty directory, on the made-up district."""

    def run_hoidap(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        base = {
            "PATH": os.environ["PATH"],
            "HOIDAP_DATA": str(tmp_path / "data"),
            "HOIDAP_CORPUS": str(DATA / "reports"),
        }
        return subprocess.run(
            [str(Path(sys.executable).with_name("hoidap")), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=base | environment,
            cwd=tmp_path,
            timeout=120,
            check=False,
        )

    return run_hoidap


def _json(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert result.returncode == 0, result.stderr
    (line,) = result.stdout.splitlines()
    value: dict[str, Any] = json.loads(line)
    return value


def test_abstention_as_json_has_the_agreed_keys(run: Run, tmp_path: Path, told: Abstention) -> None:
    result = _json(run("eval", str(BEIR), "--abstention", "--json", HOIDAP_CONFIDENCE="0.27"))
    assert list(result) == [
        "questions", "passages", "auroc", "threshold", "false_answers", "setting", "answered_now",
        "false_answers_now",
    ]  # fmt: skip
    assert (result["questions"], result["passages"], result["setting"]) == (18, 7, 0.27)
    for key in list(result)[2:]:
        assert 0 <= result[key] <= 1
        assert result[key] == pytest.approx(getattr(told, key), abs=1e-4)
    assert not (tmp_path / "data").exists()


def test_abstention_is_told_in_lines(run: Run) -> None:
    result = run("eval", str(BEIR), "--abstention", HOIDAP_CONFIDENCE="1")
    assert result.returncode == 0, result.stderr
    first, area, threshold, now = result.stdout.splitlines()
    assert first.startswith("beir: 18 câu hỏi")
    assert float(area.removeprefix("AUROC ")) >= 98
    assert threshold.startswith("ngưỡng 0.")
    assert now.startswith("ngưỡng đang đặt 1.000: trả lời 0.0 %")


def test_the_threshold_is_set_from_outside(run: Run) -> None:
    nothing = _json(run("ask", QUESTION, "--json", HOIDAP_CONFIDENCE="1"))
    assert (nothing["status"], nothing["quotes"]) == ("not_found", [])
    whatever = _json(run("ask", QUESTION, "--json", HOIDAP_CONFIDENCE="0"))
    assert whatever["status"] == "quoted"
    assert "Đoàn Minh Khải" in whatever["quotes"][0]["text"]


@pytest.mark.parametrize("value", ["2", "x"])
def test_a_threshold_that_is_none_is_a_line(run: Run, value: str) -> None:
    for arguments in (("ask", QUESTION), ("eval", str(BEIR), "--abstention")):
        result = run(*arguments, HOIDAP_CONFIDENCE=value)
        assert (result.returncode, result.stdout) == (1, "")
        (line,) = result.stderr.splitlines()
        assert line.startswith(f"hoidap: HOIDAP_CONFIDENCE='{value}': ")
