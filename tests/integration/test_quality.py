"""Floors for the quality on the made-up district, and what its judged questions must satisfy."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from hoidap.answering import Answerer
from hoidap.documents import Status
from hoidap.encoder import Encoder
from hoidap.evaluation import Evaluation, evaluate, read_documents, read_questions
from hoidap.reload import load_reports
from hoidap.retrieval import System
from hoidap.settings import Settings
from tests.conftest import DATA

FOLDER = DATA / "beir-district"

# nDCG@10 and the share of answers in the highlighted sentence of the first passage, about a point
# below what `hoidap eval tests/data/beir-district` gives, which is the comment beside them. One
# question of the 94 is 1.1 points. Raise them when the measures rise.
FLOORS = {
    System.LEXICAL: (0.840, 0.590),  # 0.845, 0.606
    System.DENSE: (0.805, 0.495),  # 0.813, 0.511
    System.HYBRID: (0.871, 0.600),  # 0.876, 0.617
}
# Of the 15 questions that nothing answers so many may be answered as if something did (measured: 0)
# and of the 94 others so many may get no quote at all (28).
MOST_QUOTED_UNANSWERABLE = 1
MOST_NOT_FOUND_ANSWERABLE = 30


def rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


def judgements() -> list[list[str]]:
    lines = (FOLDER / "qrels" / "test.tsv").read_text("utf-8").splitlines()
    assert lines[0] == "query-id\tcorpus-id\tscore"
    return [line.split("\t") for line in lines[1:]]


@pytest.fixture(scope="module")
def measured(encoder: Encoder) -> Evaluation:
    return evaluate(FOLDER, encoder, list(System))


@pytest.fixture(scope="module")
def answerer(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    settings = Settings(data=Path(tmp_path_factory.mktemp("district")))
    load_reports(settings, encoder, read_documents(FOLDER))
    return Answerer(settings, encoder)


def test_ids_are_unique_and_every_judgement_names_a_question_and_a_paragraph() -> None:
    documents = [row["_id"] for row in rows("corpus.jsonl")]
    questions = [row["_id"] for row in rows("queries.jsonl")]
    unanswerable = [row["_id"] for row in rows("unanswerable.jsonl")]
    judged = judgements()
    assert len(set(documents)) == len(documents) == 69
    assert len(set(questions + unanswerable)) == len(questions + unanswerable) == 94 + 15
    assert {question for question, _, _ in judged} == set(questions)
    assert {document for _, document, _ in judged} <= set(documents)
    assert {score for _, _, score in judged} == {"1"}
    pairs = [(question, document) for question, document, _ in judged]
    assert len(set(pairs)) == len(pairs)


def test_every_answer_stands_verbatim_in_its_judged_paragraphs() -> None:
    texts = {report.id: report.text for report in read_documents(FOLDER)}
    assert texts == {row["_id"]: row["text"] for row in rows("corpus.jsonl")}
    questions = read_questions(FOLDER)
    assert len(questions) == 94
    for question in questions:
        assert question.answer
        for document in question.relevant:
            assert question.answer in texts[document], question.text


def test_paragraphs_are_short_and_questions_are_asked_once() -> None:
    for row in rows("corpus.jsonl"):
        assert 60 <= len(row["text"].split()) <= 180, row["_id"]
        assert "\n" not in row["text"]
    texts = [row["text"] for name in ("queries.jsonl", "unanswerable.jsonl") for row in rows(name)]
    assert len(set(texts)) == len(texts)


def test_the_kinds_of_questions_are_as_described() -> None:
    kinds = Counter(row["kind"] for row in rows("queries.jsonl"))
    description = (FOLDER / "README.md").read_text("utf-8")
    assert kinds.total() == 94
    for kind, count in kinds.items():
        assert f"| `{kind}` | {count} |" in description


@pytest.mark.parametrize("system", list(System))
def test_quality_does_not_fall(system: System, measured: Evaluation) -> None:
    ndcg, answered = FLOORS[system]
    scores = measured.systems[system]
    assert scores.ndcg >= ndcg
    assert scores.answer_in_top_sentence is not None
    assert scores.answer_in_top_sentence >= answered


def test_hybrid_is_better_than_either_side(measured: Evaluation) -> None:
    systems = measured.systems
    assert systems[System.HYBRID].ndcg > systems[System.LEXICAL].ndcg
    assert systems[System.HYBRID].ndcg > systems[System.DENSE].ndcg


def test_what_nothing_answers_is_not_answered(answerer: Answerer) -> None:
    questions = [row["text"] for row in rows("unanswerable.jsonl")]
    quoted = [text for text in questions if answerer.answer(text).status is Status.QUOTED]
    assert len(quoted) <= MOST_QUOTED_UNANSWERABLE, quoted


def test_what_a_paragraph_answers_is_found(answerer: Answerer) -> None:
    questions = [question.text for question in read_questions(FOLDER)]
    missed = [text for text in questions if answerer.answer(text).status is Status.NOT_FOUND]
    assert len(missed) <= MOST_NOT_FOUND_ANSWERABLE, missed
