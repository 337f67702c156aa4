"""Another encoder than the shipped one, from the folder of reports to the answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.encoder import TransformerEncoder
from hoidap.errors import EncoderError
from hoidap.index.local import LocalIndex
from hoidap.reload import rebuild, reload
from hoidap.settings import Settings
from hoidap.token_table import Vectors, load_token_table
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import terms_fingerprint
from tests.conftest import SEED
from tests.fakes import HashEncoder
from tests.tiny import build_transformer

Write = Callable[[str, str], Path]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # transformers' own


class CountingTransformer(TransformerEncoder):
    """Tells how many passages it encoded, and fails beyond a number of them."""

    def __init__(self, model: Path, most: int = 10_000) -> None:
        super().__init__(str(model))
        self.encoded = 0
        self._most = most

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if self.encoded + len(texts) > self._most:
            raise EncoderError("máy tắt")
        self.encoded += len(texts)
        return super().encode_passages(texts)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two models of different weights, one with prompts."""
    folder = tmp_path_factory.mktemp("models")
    prompts = {"query": "hỏi : ", "document": "đáp : "}
    return build_transformer(folder / "a", prompts), build_transformer(folder / "b", seed=1)


def many(write: Write, count: int) -> None:
    rows = [{"id": f"r{row}", "title": "", "text": f"Xã số {row}."} for row in range(count)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    write("nhieu.jsonl", "\n".join(lines))


def test_models_take_turns_without_encoding_again(
    settings: Settings, write: Write, models: tuple[Path, Path]
) -> None:
    many(write, 100)
    counts = []
    for model in (*models, *models):
        encoder = CountingTransformer(model)
        result = reload(settings, encoder)
        assert Answerer(settings, encoder).answer("Xã số 7?").status == "quoted"
        counts.append((result.generation, encoder.encoded))
    assert counts == [(1, 100), (2, 100), (3, 0), (4, 0)]


def test_a_damaged_index_is_built_again_from_vectors_that_are_kept(
    settings: Settings, write: Write, models: tuple[Path, Path]
) -> None:
    write("a.txt", "Xã xây trường mầm non.")
    write("b.txt", "Huyện xây cầu.")
    encoder = CountingTransformer(models[0])
    reload(settings, encoder)
    (settings.generation_path(1) / "manifest.json").write_text("{", "utf-8")
    rebuild(settings, encoder)
    assert encoder.encoded == 2
    index = LocalIndex(
        settings.generation_path(2),
        encoder=encoder.name,
        terms=terms_fingerprint(Abbreviations.load()),
        table=load_token_table(settings),
    )
    passages = Catalog(settings.catalog_path).kept_passages()
    texts = [f"{passage.report.title}\n{passage.text}" for passage in passages]
    expected = TransformerEncoder(str(models[0])).encode_passages(texts)
    assert len(expected) == 2
    for vector in expected:
        found = index.similarities(vector, [1, 2])
        np.testing.assert_allclose(found, expected @ vector, atol=1e-3)


def test_a_build_that_was_cut_short_goes_on_where_it_was(
    settings: Settings, write: Write, models: tuple[Path, Path]
) -> None:
    many(write, 150)
    with pytest.raises(EncoderError, match="máy tắt"):
        reload(settings, CountingTransformer(models[0], most=130))
    encoder = CountingTransformer(models[0])
    assert reload(settings, encoder).generation == 1
    assert encoder.encoded == 150 - 128


def test_a_changed_report_encodes_its_new_passages_only(
    settings: Settings, write: Write, models: tuple[Path, Path]
) -> None:
    first = "Đoạn thứ nhất nói về đường sá của xã."
    write("a.txt", f"{first}\n\nĐoạn thứ hai nói về trường học của xã nhà.")
    write("b.txt", "Một báo cáo khác.")
    encoder = CountingTransformer(models[0])
    reload(settings, encoder)
    before = encoder.encoded
    # The report is another version, all of whose passages are new to the index.
    write("a.txt", f"{first}\n\nĐoạn thứ hai nói về kênh mương của xã bên cạnh.")
    reload(settings, encoder)
    assert (before, encoder.encoded) == (3, 4)


def test_what_no_kept_generation_holds_is_forgotten(
    settings: Settings, write: Write, models: tuple[Path, Path]
) -> None:
    def texts() -> int:
        total = 0
        for path in settings.vectors_path.rglob("*.npz"):
            with np.load(path) as arrays:
                total += len(arrays["digests"])
        return total

    counts = []
    for number in range(12):
        write("a.txt", f"Báo cáo số {number} của xã.")
        reload(settings, TransformerEncoder(str(models[0])))
        counts.append(texts())
    # Ten generations can be restored, and what the oldest of them took out is history.
    assert counts == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11]
    # An encoder without a cache leaves no more behind.
    for number in range(12, 23):
        write("a.txt", f"Báo cáo số {number} của xã.")
        reload(settings, HashEncoder())
    assert texts() == 0


def test_progress_moves_in_small_steps(
    settings: Settings, write: Write, models: tuple[Path, Path]
) -> None:
    many(write, 150)
    steps: list[tuple[int, int]] = []
    reload(
        settings,
        TransformerEncoder(str(models[0])),
        progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == [(0, 150), (64, 150), (128, 150), (150, 150)]


def test_the_shipped_encoder_keeps_no_vectors(settings: Settings, write: Write) -> None:
    write("a.txt", "Một báo cáo.")
    reload(settings, HashEncoder())
    assert not settings.vectors_path.exists()


def test_a_question_from_the_shell_with_a_model_of_ones_own(
    tmp_path: Path, models: tuple[Path, Path]
) -> None:
    def ask(model: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "hoidap",
                "ask",
                "--json",
                "Ai chủ trì hội nghị ngày 26/3/2021?",
            ],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=os.environ
            | {
                "HOIDAP_DATA": str(tmp_path / "data"),
                "HOIDAP_CORPUS": str(SEED.parent),
                "HOIDAP_MODEL": model,
                "HF_HUB_OFFLINE": "1",
                "HF_HUB_CACHE": str(tmp_path / "hub"),
            },
            timeout=120,
            check=False,
        )

    result = ask(str(models[0]))
    assert (result.returncode, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    # Weights drawn at random choose the passage; that it is quoted is all there is to say.
    assert answer["quotes"][0]["report_id"] == SEED.stem
    assert answer["quotes"][0]["text"] in SEED.read_text("utf-8")
    assert len(list((tmp_path / "data" / "vectors").rglob("*.npz"))) == 1
    other = ask(str(models[1]))
    assert other.returncode == 1
    assert "hãy đặt lại HOIDAP_MODEL hoặc chạy: hoidap reload" in other.stderr
    unknown = ask("no-such/model")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    (line,) = unknown.stderr.splitlines()
    assert line.startswith("hoidap: mô hình 'no-such/model' chưa có trên máy")
