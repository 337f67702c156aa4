"""What tests share: settings in a temporary place, the shipped encoder, the made-up district."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from hoidap.encoder import Encoder, load_encoder
from hoidap.settings import Settings
from tests.milvus import MilvusServer

# Busy machines are slow, which is no failure; fewer examples keep the suite short. In CI the same
# examples come each time: new ones are looked for where someone can look at them.
hypothesis.settings.register_profile(
    "hoidap", deadline=None, max_examples=60, derandomize="CI" in os.environ, database=None
)
hypothesis.settings.load_profile("hoidap")

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data"
SEED = ROOT / "corpus" / "reports" / "000_e56e038e237a51aa.txt"
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def _no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the user's environment, .env file or data."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HOIDAP_{name.upper()}", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped encoder."""
    return load_encoder(Settings(model=None))


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """A Milvus Lite server for all tests that do not kill it; skips where it is not installed."""
    server = MilvusServer(tmp_path_factory.mktemp("milvus"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of reports."""
    path = tmp_path / "reports"
    path.mkdir()
    return path


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Settings:
    """Settings with that folder and an empty data directory."""
    return Settings(corpus=folder, data=tmp_path / "data")


@pytest.fixture
def write(folder: Path) -> Callable[[str, str], Path]:
    """Write a file into the folder of reports."""

    def write_file(name: str, text: str) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write_file


@pytest.fixture
def district(tmp_path: Path) -> Settings:
    """The reports of the made-up district, not yet loaded."""
    reports = tmp_path / "district"
    shutil.copytree(DATA / "reports", reports)
    return Settings(corpus=reports, data=tmp_path / "district-data")
