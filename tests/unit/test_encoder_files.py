"""The shipped encoder: both libraries read the same folder and give the same vectors."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from model2vec import StaticModel
from numpy.typing import NDArray

from hoidap.vietnamese.text import fold

ENCODER = Path(__file__).parents[2] / "embeddings" / "encoder"
LARGEST = 25_000_000

TEXTS = [
    "Ủy ban nhân dân quận tổ chức hội nghị ngày 26/3/2021.",
    "Ai chủ trì hội nghị?",
    "ai chu tri hoi nghi",
    "HỘI NGHỊ CÓ BAO NHIÊU ĐẠI BIỂU THAM DỰ",
    "U\u0309y ban nha\u0302n da\u0302n",
    "Who chaired the meeting of the people's committee?",
    "Quyết định số 123/BC-UBND, 1.234.567 đồng",
    "Volodymyr Zelenskyy\tở\nKyiv",
    "",
    " \n ",
    "...",
    "😀 🇻🇳",
    "中文",
    "x" * 5_000,
    "bảo hiểm xã hội " * 2_000,
]


@pytest.fixture(scope="module")
def model() -> StaticModel:
    return StaticModel.from_pretrained(ENCODER)


@pytest.fixture(scope="module")
def vectors(model: StaticModel) -> NDArray[np.float32]:
    return model.encode(TEXTS)


def cosine(model: StaticModel, left: str, right: str) -> float:
    a, b = model.encode([left, right])
    return float(a @ b)


def test_sentence_transformers_gives_the_vectors_of_model2vec(
    vectors: NDArray[np.float32],
) -> None:
    with warnings.catch_warnings():
        # What torch and transformers deprecate in each other while they load is not ours to mend.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        from sentence_transformers import SentenceTransformer

        other = SentenceTransformer(str(ENCODER), device="cpu", local_files_only=True)
        expected = other.encode(TEXTS)

    assert vectors.shape == expected.shape
    np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_vectors_are_float32_of_unit_length_and_zero_where_no_word_is_known(
    vectors: NDArray[np.float32],
) -> None:
    lengths = dict(zip(TEXTS, np.linalg.norm(vectors, axis=1), strict=True))

    wordless = ["", " \n ", "...", "😀 🇻🇳", "中文"]
    assert vectors.dtype == np.float32
    assert [lengths[text] for text in wordless] == [0.0] * len(wordless)
    assert all(lengths[t] == pytest.approx(1.0, abs=1e-5) for t in TEXTS if t not in wordless)


def test_long_text_is_read_to_its_end(model: StaticModel) -> None:
    beginning = "bảo hiểm xã hội " * 1_000

    assert cosine(model, beginning, beginning + "giao thông đường bộ " * 1_000) < 0.95


def test_case_composition_and_punctuation_do_not_matter(model: StaticModel) -> None:
    assert cosine(model, "Hội nghị, quận 5", "HỘI NGHỊ (QUẬN 5)!") == pytest.approx(1.0, abs=1e-5)
    assert cosine(model, "hội nghị", "ho\u0302\u0323i nghi\u0323") == pytest.approx(1.0, abs=1e-5)


def test_compound_is_one_token(model: StaticModel) -> None:
    assert model.tokenizer.encode("ủy ban nhân dân").tokens == ["▁ủy▁ban▁nhân▁dân"]


@pytest.mark.parametrize(
    "question",
    [
        "Ai chủ trì hội nghị của ủy ban nhân dân?",
        fold("Ai chủ trì hội nghị của ủy ban nhân dân?"),
        "Who chaired the conference of the people's committee?",
    ],
)
def test_question_is_nearer_to_its_passage_in_any_spelling(
    model: StaticModel, question: str
) -> None:
    passage = "Đồng chí chủ tịch ủy ban nhân dân quận đã chủ trì hội nghị sơ kết công tác quý I."
    other = "Lực lượng chức năng kiểm tra nồng độ cồn của người điều khiển xe máy."

    assert cosine(model, question, passage) > cosine(model, question, other) + 0.1


def test_files_fit_together_into_the_size_limit() -> None:
    names = {path.name for path in ENCODER.rglob("*")}

    assert {"README.md", "config.json", "model.safetensors", "modules.json"} <= names
    assert sum(path.stat().st_size for path in ENCODER.rglob("*") if path.is_file()) <= LARGEST


def test_model2vec_reads_the_encoder_without_torch() -> None:
    program = (
        "import sys; from model2vec import StaticModel; "
        f"StaticModel.from_pretrained({str(ENCODER)!r}).encode(['hội nghị']); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )

    assert ran.stdout.strip() == "[]"
