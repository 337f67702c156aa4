"""Encoders: the shipped one, and what HOIDAP_MODEL may name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hoidap.encoder import Encoder, ShippedEncoder, StaticEncoder, TransformerEncoder, load_encoder
from hoidap.errors import EncoderError
from hoidap.settings import Settings
from hoidap.token_table import TokenTable

TEXTS = [
    "Ai chủ trì hội nghị ngày 26/3/2021?",
    "ai chu tri hoi nghi",
    "Who chaired the conference?",
    "Hoà bình và Uỷ ban nhân dân",
    "xyzzy 😀",
    "nông thôn mới " * 500,
    "",
]


def test_vectors_have_unit_length_or_are_zero(encoder: Encoder) -> None:
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dim)
    lengths = np.linalg.norm(vectors, axis=1)
    np.testing.assert_allclose(lengths[:4], 1.0, atol=1e-5)
    assert lengths[-1] == 0.0
    assert encoder.encode_questions([]).shape == (0, encoder.dim)


def test_a_text_has_the_same_vector_alone_and_in_a_batch(encoder: Encoder) -> None:
    together = encoder.encode_passages(TEXTS)
    alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
    np.testing.assert_array_equal(together, alone)


def test_spellings_of_a_word_have_one_vector(encoder: Encoder) -> None:
    newer, older = encoder.encode_questions(["Hoà bình, Uỷ ban", "HÒA BÌNH ỦY BAN"])
    np.testing.assert_array_equal(newer, older)


def test_meaning_brings_texts_near_across_diacritics_and_languages(encoder: Encoder) -> None:
    passage, other = encoder.encode_passages(
        ["Hội nghị tổng kết của Ủy ban nhân dân huyện", "Giá vàng tăng mạnh trong phiên sáng"]
    )
    questions = ["hội nghị ủy ban", "hoi nghi uy ban nhan dan", "people's committee conference"]
    for vector in encoder.encode_questions(questions):
        assert vector @ passage > vector @ other + 0.2


def test_the_shipped_encoder_is_what_model2vec_and_sentence_transformers_read() -> None:
    path = Settings().shipped_encoder_path
    expected = ShippedEncoder(TokenTable(path)).encode_passages(TEXTS)
    np.testing.assert_allclose(StaticEncoder(path).encode_passages(TEXTS), expected, atol=1e-4)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # transformers' own
def test_any_model_of_sentence_transformers_loads_by_folder(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "hội": 1, "nghị": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = np.array([[0, 0, 1], [1, 0, 0], [0, 2, 0]], np.float32)
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=table)],
        prompts={"query": "hội ", "document": ""},
        device="cpu",
    )
    model.save(str(tmp_path / "model"))
    encoder = TransformerEncoder(str(tmp_path / "model"))
    assert encoder.dim == 3
    # Its own prompt stands before a question, not before a passage.
    np.testing.assert_allclose(encoder.encode_passages(["nghị"]), [[0, 1, 0]], atol=1e-6)
    question = encoder.encode_questions(["nghị"])
    np.testing.assert_allclose(question, [[1 / 5**0.5, 2 / 5**0.5, 0]], atol=1e-6)


@pytest.mark.parametrize("model", ["/no/such/folder", "./no/such/folder"])
def test_a_missing_folder_is_named(model: str) -> None:
    with pytest.raises(EncoderError, match=r"không có thư mục mô hình .*HOIDAP_MODEL"):
        load_encoder(Settings(model=model))


def test_a_damaged_folder_is_named(tmp_path: Path) -> None:
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_text("{", "utf-8")
    (tmp_path / "config.json").write_text('{"model_type": "model2vec"}', "utf-8")
    with pytest.raises(EncoderError, match="không nạp được bộ mã hóa"):
        load_encoder(Settings(model=str(tmp_path)))
    with pytest.raises(EncoderError, match="không nạp được bộ mã hóa"):
        TokenTable(tmp_path)
    (tmp_path / "modules.json").write_text("[]", "utf-8")
    with pytest.raises(EncoderError, match=r"modules\.json"):
        load_encoder(Settings(model=str(tmp_path)))
