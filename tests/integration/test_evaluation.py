"""Quality: the measures themselves, and floors that a change must not fall through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hoidap.encoder import Encoder
from hoidap.errors import EvaluationError
from hoidap.evaluation import evaluate, ndcg, read_documents, read_questions
from hoidap.retrieval import System
from tests.conftest import DATA, SHARED
from tests.fakes import HashEncoder


def test_ndcg_discounts_by_rank_and_is_cut_at_ten() -> None:
    assert ndcg(["a", "b"], {"a": 1}) == 1.0
    assert ndcg(["b", "a"], {"a": 1}) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["b", "a"], {"a": 1, "b": 2}) == 1.0
    assert ndcg(["a", "b"], {"a": 1, "b": 2}) == pytest.approx(0.8597, abs=1e-4)
    assert ndcg([*"bcdefghijk", "a"], {"a": 1}) == 0.0
    assert ndcg([], {"a": 1}) == 0.0


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """A folder of two documents and two questions, one of them without a judgement."""
    (tmp_path / "qrels").mkdir()
    documents = [{"_id": "1", "title": "", "text": "con mèo"}, {"_id": "2", "text": "con chó"}]
    questions = [{"_id": "x", "text": "mèo", "answer": "con mèo"}, {"_id": "y", "text": "chó"}]
    for name, rows in (("corpus", documents), ("queries", questions)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nx\t1\t1\ny\t2\t0\n")
    return tmp_path


def test_a_folder_is_read_and_scored(beir: Path) -> None:
    assert [report.id for report in read_documents(beir)] == ["1", "2"]
    assert [question.text for question in read_questions(beir)] == ["mèo"]
    result = evaluate(beir, HashEncoder(), list(System))
    assert (result.questions, result.passages) == (1, 2)
    for scores in result.systems.values():
        assert (scores.ndcg, scores.mrr, scores.recall, scores.p1) == (1.0, 1.0, 1.0, 1.0)
        assert scores.answer_in_top_sentence == 1.0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", "{", r"corpus\.jsonl, dòng 1: không phải đối tượng JSON$"),
        ("corpus.jsonl", "[]", "không phải đối tượng JSON"),
        ("corpus.jsonl", '{"_id": "1"}', "thiếu _id hoặc text"),
        ("corpus.jsonl", "", "không có tài liệu nào"),
        ("queries.jsonl", "", "không có câu hỏi nào có đánh giá"),
        ("qrels/test.tsv", "head\nx 1 1\n", r"test\.tsv, dòng 2: phải là mã câu hỏi, mã tài liệu"),
        ("qrels/test.tsv", "head\nx\t1\tx\n", r"test\.tsv, dòng 2: phải là mã câu hỏi"),
    ],
)
def test_a_bad_folder_is_told_in_a_line(beir: Path, name: str, content: str, message: str) -> None:
    (beir / name).write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match=message):
        evaluate(beir, HashEncoder(), [System.LEXICAL])


def test_what_the_system_refuses_is_told_in_vietnamese(beir: Path) -> None:
    def told() -> str:
        with pytest.raises(EvaluationError, match=r"^không đọc được ") as error:
            evaluate(beir, HashEncoder(), [System.LEXICAL])
        return str(error.value)

    questions, judgements = beir / "queries.jsonl", beir / "qrels" / "test.tsv"
    questions.write_bytes(b"\xff")
    assert told() == f"không đọc được {questions}: không phải văn bản UTF-8"
    questions.unlink()
    assert told() == f"không đọc được {questions}: không có tệp hay thư mục này"
    judgements.unlink()
    assert told() == f"không đọc được {judgements}: không có tệp hay thư mục này"


def test_quality_on_the_shipped_questions_does_not_fall(encoder: Encoder) -> None:
    systems = evaluate(DATA / "beir", encoder, list(System)).systems
    assert systems[System.HYBRID].p1 == 1.0
    assert systems[System.HYBRID].ndcg >= systems[System.LEXICAL].ndcg
    assert systems[System.DENSE].ndcg >= 0.9
    answered = systems[System.HYBRID].answer_in_top_sentence
    assert answered is not None
    assert answered >= 0.8


@pytest.mark.parametrize("name", ["alqac-vire", "alqac2023", "vire4mrc", "xquad-vi", "xquad-en2vi"])
def test_hybrid_is_not_below_lexical_on_any_evaluation_set(name: str, encoder: Encoder) -> None:
    folder = SHARED / "eval" / name
    if not folder.is_dir():
        pytest.skip(f"the evaluation set {name} is not on this machine")
    systems = evaluate(folder, encoder, [System.LEXICAL, System.HYBRID]).systems
    assert systems[System.HYBRID].ndcg >= systems[System.LEXICAL].ndcg
