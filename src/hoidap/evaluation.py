"""How good retrieval is on judged questions: BEIR folders to nDCG, MRR, recall, latency."""

from __future__ import annotations

import json
import math
import statistics
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hoidap.answering import Answerer
from hoidap.complaints import refusal
from hoidap.documents import Report
from hoidap.encoder import Encoder
from hoidap.errors import EvaluationError
from hoidap.loaders.cleaning import clean_text
from hoidap.reload import load_reports
from hoidap.retrieval import System
from hoidap.settings import LOCAL, Settings
from hoidap.vietnamese.text import normalize

_CUTOFF = 10


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question with its relevant documents and their grades, and the answer if one is given."""

    text: str
    relevant: dict[str, int]
    answer: str | None


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over the questions, in [0, 1], and milliseconds a question.

    nDCG and recall are cut at 10 documents. ``answer_in_top_sentence`` is the share of questions
    with a given answer whose highlighted sentence in the first quote holds it; None where no
    question has one.
    """

    ndcg: float
    mrr: float
    recall: float
    p1: float
    query_ms_p50: float
    query_ms_p95: float
    answer_in_top_sentence: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of each system on a folder."""

    questions: int
    passages: int
    systems: dict[System, Scores]


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well questions with an answer are told from those without, by the confidence.

    Each question is asked with and without the documents that answer it. ``auroc`` is the chance
    that a question with its answer gets the higher confidence. ``threshold`` is where nine in ten
    of those with their answer are answered, ``false_answers`` the share of those without that are
    answered there. ``answered_now`` and ``false_answers_now`` are the same shares at ``setting``,
    the threshold that is set. All in [0, 1].
    """

    questions: int
    passages: int
    auroc: float
    threshold: float
    false_answers: float
    setting: float
    answered_now: float
    false_answers_now: float


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except ValueError:
                    row = None
                if not isinstance(row, dict):
                    raise EvaluationError(f"{path}, dòng {number}: không phải đối tượng JSON")
                yield row
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> EvaluationError:
    reason = refusal(error) if isinstance(error, OSError) else "không phải văn bản UTF-8"
    return EvaluationError(f"không đọc được {path}: {reason}")


def read_documents(folder: Path) -> list[Report]:
    """corpus.jsonl as reports; documents without text are left out. Raises `EvaluationError`."""
    reports = []
    for row in _lines(folder / "corpus.jsonl"):
        try:
            document, text = str(row["_id"]), clean_text(row["text"])
        except (KeyError, TypeError, AttributeError) as error:
            raise EvaluationError(f"{folder / 'corpus.jsonl'}: thiếu _id hoặc text") from error
        if text:
            title = str(row.get("title") or "")
            reports.append(Report(id=document, file="corpus.jsonl", title=title, text=text))
    if not reports:
        raise EvaluationError(f"{folder / 'corpus.jsonl'} không có tài liệu nào")
    return reports


def read_questions(folder: Path) -> list[JudgedQuestion]:
    """queries.jsonl with the judgements of qrels/test.tsv; questions without one are left out."""
    grades: dict[str, dict[str, int]] = {}
    path = folder / "qrels" / "test.tsv"
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    for number, line in enumerate(lines[1:], start=2):
        try:
            query, document, grade = line.split("\t")
            if int(grade) > 0:
                grades.setdefault(query, {})[document] = int(grade)
        except ValueError as error:
            raise EvaluationError(
                f"{path}, dòng {number}: phải là mã câu hỏi, mã tài liệu và một số nguyên, cách"
                " nhau bằng dấu tab"
            ) from error
    questions = [
        JudgedQuestion(str(row["text"]), grades[str(row["_id"])], row.get("answer"))
        for row in _lines(folder / "queries.jsonl")
        if str(row.get("_id")) in grades and str(row.get("text", "")).strip()
    ]
    if not questions:
        raise EvaluationError(f"{folder}: không có câu hỏi nào có đánh giá")
    return questions


def ndcg(ranking: Sequence[str], relevant: dict[str, int]) -> float:
    """Normalised discounted cumulative gain at 10, linear gain (as in BEIR's pytrec_eval)."""
    gains = [relevant.get(document, 0) for document in ranking[:_CUTOFF]]
    ideal = sorted(relevant.values(), reverse=True)[:_CUTOFF]
    return _discounted(gains) / _discounted(ideal)


def _discounted(gains: Iterable[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _reciprocal_rank(ranking: Sequence[str], relevant: dict[str, int]) -> float:
    for rank, document in enumerate(ranking[:_CUTOFF], start=1):
        if document in relevant:
            return 1 / rank
    return 0.0


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def _score(answerer: Answerer, questions: Sequence[JudgedQuestion], system: System) -> Scores:
    rows: list[tuple[float, float, float, float]] = []
    milliseconds: list[float] = []
    held: list[bool] = []
    for question in questions:
        started = time.perf_counter()
        ranked = answerer.rank(question.text, system=system)
        milliseconds.append((time.perf_counter() - started) * 1000)
        ranking = list(dict.fromkeys(passage.report.report_id for passage in ranked))
        found = sum(document in question.relevant for document in ranking[:_CUTOFF])
        rows.append(
            (
                ndcg(ranking, question.relevant),
                _reciprocal_rank(ranking, question.relevant),
                found / len(question.relevant),
                float(bool(ranking) and ranking[0] in question.relevant),
            )
        )
        if question.answer:
            sentence = answerer.top_sentence(question.text, ranked[0]) if ranked else ""
            held.append(normalize(question.answer) in normalize(sentence))
    gain, reciprocal, recall, first = map(statistics.fmean, zip(*rows, strict=True))
    return Scores(
        ndcg=gain,
        mrr=reciprocal,
        recall=recall,
        p1=first,
        query_ms_p50=statistics.median(milliseconds),
        query_ms_p95=_percentile(milliseconds, 0.95),
        answer_in_top_sentence=statistics.fmean(held) if held else None,
    )


def evaluate(
    folder: Path,
    encoder: Encoder,
    systems: Sequence[System],
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Evaluation:
    """Index the folder's documents in a temporary place and ask its questions.

    A document's rank is that of its best passage. ``progress`` is called with passages indexed and
    their total. Raises `EvaluationError`.
    """
    reports, questions = read_documents(folder), read_questions(folder)
    with _indexed(reports, encoder, progress) as answerer:
        answerer.rank(questions[0].text)  # what is loaded lazily is not a question's time
        scores = {system: _score(answerer, questions, system) for system in systems}
    return Evaluation(len(questions), len(reports), scores)


@contextmanager
def _indexed(
    reports: Sequence[Report], encoder: Encoder, progress: Callable[[int, int], None]
) -> Iterator[Answerer]:
    """The reports in a temporary index, ready to be asked; the user's data is left alone."""
    with tempfile.TemporaryDirectory(prefix="hoidap-eval-") as place:
        settings = Settings(data=Path(place), index=LOCAL)
        load_reports(settings, encoder, reports, progress=progress)
        yield Answerer(settings, encoder)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The area under the ROC curve: how often a positive is above a negative, ties half."""
    ordered = sorted(negative)
    above = sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in positive)
    return above / (2 * len(positive) * len(negative))


# So many of the questions with an answer are to be answered where the false answers are counted.
_ANSWERED = 0.9


def evaluate_abstention(
    folder: Path,
    encoder: Encoder,
    *,
    setting: float,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Abstention:
    """Ask each question of a BEIR folder with and without the documents that answer it.

    ``setting`` is the threshold in use. Raises `EvaluationError`.
    """
    reports, questions = read_documents(folder), read_questions(folder)
    with _indexed(reports, encoder, progress) as answerer:
        having = [answerer.confidence(one.text) for one in questions]
        lacking = [answerer.confidence(one.text, without=one.relevant) for one in questions]
    threshold = sorted(having, reverse=True)[math.ceil(_ANSWERED * len(having)) - 1]
    return Abstention(
        questions=len(questions),
        passages=len(reports),
        auroc=auroc(having, lacking),
        threshold=threshold,
        false_answers=statistics.fmean(one >= threshold for one in lacking),
        setting=setting,
        answered_now=statistics.fmean(one >= setting for one in having),
        false_answers_now=statistics.fmean(one >= setting for one in lacking),
    )
