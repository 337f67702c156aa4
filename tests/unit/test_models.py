"""Models of sentence-transformers: their prompts, what identifies them, folders and the hub."""

from __future__ import annotations

import shutil
from pathlib import Path

import huggingface_hub.constants
import numpy as np
import pytest
from huggingface_hub.errors import RepositoryNotFoundError

from hoidap.encoder import TransformerEncoder, load_encoder
from hoidap.errors import EncoderError
from hoidap.models import (
    Prompts,
    configured_prompts,
    conventional_prompts,
    folder_fingerprint,
    repositories,
)
from hoidap.settings import Settings
from tests.tiny import build_transformer

TEXT = "Hội nghị ủy ban nhân dân huyện"
COMMIT = "0123456789abcdef0123456789abcdef01234567"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # transformers' own


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model without prompts."""
    return build_transformer(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model with prompts in its configuration."""
    prompts = {"query": "hỏi : ", "passage": "đáp : "}
    return build_transformer(tmp_path_factory.mktemp("models") / "tiny", prompts)


def test_the_prompts_of_the_configuration_stand_before_what_is_encoded(
    plain: Path, prompted: Path
) -> None:
    without, encoder = TransformerEncoder(str(plain)), TransformerEncoder(str(prompted))
    assert without.prompts == Prompts()
    assert encoder.prompts == Prompts("hỏi : ", "đáp : ")
    question, passage = encoder.encode_questions([TEXT]), encoder.encode_passages([TEXT])
    np.testing.assert_allclose(question, without.encode_questions([f"hỏi : {TEXT}"]), atol=1e-6)
    np.testing.assert_allclose(passage, without.encode_passages([f"đáp : {TEXT}"]), atol=1e-6)
    bare = without.encode_passages([TEXT])
    np.testing.assert_allclose(bare, without.encode_questions([TEXT]), atol=1e-6)
    for one, other in ((question, bare), (passage, bare), (question, passage)):
        assert np.abs(one - other).max() > 0.01


def test_vectors_are_of_unit_length_alike_alone_and_in_batches(plain: Path) -> None:
    encoder = TransformerEncoder(str(plain))
    texts = [" ".join(["xã"] * count) for count in range(1, 40)]
    vectors = encoder.encode_passages(texts)
    assert vectors.shape == (39, 32)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_passages(texts[6:7])[0], vectors[6], atol=1e-5)
    assert encoder.encode_questions([]).shape == (0, 32)


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("intfloat/multilingual-e5-small", Prompts("query: ", "passage: ")),
        ("intfloat/e5-large-v2", Prompts("query: ", "passage: ")),
        ("E5-base-cua-huyen", Prompts("query: ", "passage: ")),
        ("BAAI/bge-m3", Prompts()),
        ("e5-small/other", Prompts()),
        ("some/note5-base", Prompts()),
        ("some/e5", Prompts()),
    ],
)
def test_models_of_the_e5_family_are_known_by_name(name: str, prompts: Prompts) -> None:
    assert conventional_prompts(name) == prompts


def test_an_e5_model_for_instructions_takes_one_before_questions_only() -> None:
    prompts = conventional_prompts("intfloat/multilingual-e5-large-instruct")
    assert prompts.query.startswith("Instruct: ")
    assert prompts.query.endswith("\nQuery: ")
    assert prompts.passage == ""


def test_a_prompt_for_passages_has_one_of_three_names() -> None:
    assert configured_prompts({"query": "", "document": ""}) == Prompts()
    assert configured_prompts({"document": "", "passage": "p"}) == Prompts("", "p")
    assert configured_prompts({"query": "q", "corpus": "c", "document": "d"}) == Prompts("q", "d")


def test_the_convention_fills_in_for_a_silent_configuration_only(
    plain: Path, prompted: Path, tmp_path: Path
) -> None:
    silent = shutil.copytree(plain, tmp_path / "a" / "tiny-e5-small")
    encoder = TransformerEncoder(str(silent))
    assert encoder.prompts == Prompts("query: ", "passage: ")
    expected = TransformerEncoder(str(plain)).encode_questions([f"query: {TEXT}"])
    np.testing.assert_allclose(encoder.encode_questions([TEXT]), expected, atol=1e-6)
    explicit = shutil.copytree(prompted, tmp_path / "b" / "tiny-e5-small")
    assert TransformerEncoder(str(explicit)).prompts == Prompts("hỏi : ", "đáp : ")


def test_the_name_tells_models_apart_by_what_decides_their_vectors(
    plain: Path, prompted: Path, tmp_path: Path
) -> None:
    name = TransformerEncoder(str(plain)).name
    assert name == f"sentence-transformers-tiny-{folder_fingerprint(plain)}"
    assert TransformerEncoder(str(prompted)).name != name
    other = build_transformer(tmp_path / "tiny", seed=1)
    assert TransformerEncoder(str(other)).name != name
    copy = shutil.copytree(plain, tmp_path / "copy" / "tiny")
    (copy / "README.md").write_text("Về mô hình", "utf-8")
    (copy / "onnx").mkdir()
    (copy / "onnx" / "model.onnx").write_bytes(b"0")
    (copy / ".cache").write_bytes(b"0")
    assert TransformerEncoder(str(copy)).name == name
    # By name it needs prompts that it does not need under another one.
    renamed = copy.rename(copy.with_name("e5-small"))
    fingerprint = Prompts("query: ", "passage: ").fingerprint
    assert TransformerEncoder(str(renamed)).name == (
        f"sentence-transformers-e5-small-{folder_fingerprint(plain)}-{fingerprint}"
    )


def test_code_that_comes_with_a_model_is_never_run(plain: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(plain, tmp_path / "model")
    (folder / "own.py").write_text(
        f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Own: pass\n", "utf-8"
    )
    modules = folder / "modules.json"
    modules.write_text(
        modules.read_text("utf-8").replace(
            "sentence_transformers.base.modules.transformer.Transformer", "own.Own"
        ),
        "utf-8",
    )
    assert "own.Own" in modules.read_text("utf-8")
    with pytest.raises(EncoderError, match="không nạp được mô hình"):
        load_encoder(Settings(model=str(folder)))
    assert not (tmp_path / "ran").exists()


def test_a_text_that_cannot_be_encoded_is_an_error_of_the_model(plain: Path) -> None:
    encoder = TransformerEncoder(str(plain))
    with pytest.raises(EncoderError, match="không mã hóa được"):
        encoder.encode_passages([3])  # type: ignore[list-item]  # is no text


# --- the hub ---


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def put(hub: Path, repository: str, folder: Path) -> Path:
    """Put a model into the hub's cache as fetching it would; its snapshot."""
    base = hub / f"models--{repository.replace('/', '--')}"
    (base / "refs").mkdir(parents=True)
    (base / "refs" / "main").write_text(COMMIT)
    return Path(shutil.copytree(folder, base / "snapshots" / COMMIT))


@pytest.mark.parametrize(
    ("model", "repository"), [("ubnd/tiny", "ubnd/tiny"), ("tiny", "sentence-transformers/tiny")]
)
def test_a_model_that_was_fetched_needs_no_network(
    hub: Path, prompted: Path, model: str, repository: str
) -> None:
    put(hub, repository, prompted)
    encoder = load_encoder(Settings(model=model))
    fingerprint = Prompts("hỏi : ", "đáp : ").fingerprint
    assert encoder.name == f"sentence-transformers-{repository}-{COMMIT}-{fingerprint}"
    expected = TransformerEncoder(str(prompted)).encode_questions([TEXT])
    np.testing.assert_allclose(encoder.encode_questions([TEXT]), expected, atol=1e-6)


def test_a_fetched_model_that_does_not_load_says_why(
    hub: Path, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = put(hub, "ubnd/tiny", plain)
    next(snapshot.rglob("*.safetensors")).unlink()
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", _unreachable)
    with pytest.raises(EncoderError, match="không nạp được mô hình 'ubnd/tiny'"):
        load_encoder(Settings(model="ubnd/tiny"))


def _unreachable(*_: object, **__: object) -> None:
    raise ConnectionError("Name or service not known\nmore")


def _missing(*_: object, **__: object) -> None:
    raise RepositoryNotFoundError.__new__(RepositoryNotFoundError)


@pytest.mark.usefixtures("hub")
def test_a_model_that_cannot_be_fetched_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def message() -> str:
        with pytest.raises(EncoderError) as caught:
            load_encoder(Settings(model="no-such/model"))
        return str(caught.value)

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", _unreachable)
    assert message() == (
        "mô hình 'no-such/model' chưa có trên máy và không tải được (Name or service not known);"
        " hãy kiểm tra mạng và tên, hoặc đặt HOIDAP_MODEL là thư mục của mô hình"
    )
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", _missing)
    assert message().startswith("không có thư mục hay mô hình nào tên 'no-such/model'")


def test_a_name_that_cannot_be_a_repository_is_no_model() -> None:
    with pytest.raises(EncoderError, match="không có thư mục hay mô hình nào tên 'a/b/c'"):
        load_encoder(Settings(model="a/b/c"))


def test_a_model_without_an_owner_may_be_sentence_transformers_own() -> None:
    assert repositories("tiny") == ("sentence-transformers/tiny", "tiny")
    assert repositories("ubnd/tiny") == ("ubnd/tiny",)
