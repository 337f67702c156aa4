"""The reports that the page is tested and shown with."""

from __future__ import annotations

import shutil
from pathlib import Path

from hoidap.encoder import Encoder
from hoidap.reload import reload
from hoidap.settings import LogLevel, Settings
from tests.conftest import DATA, SEED

# Nobody waits in tests but where that is what is tested.
_MANY = 100_000


def load_sample(place: Path, encoder: Encoder) -> Settings:
    """Load the first real report, the made-up district's and a PDF below ``place``."""
    reports = place / "reports"
    shutil.copytree(DATA / "reports", reports)
    for path in SEED.parent.iterdir():
        shutil.copy(path, reports)
    shutil.copy(DATA / "formats" / "bao-cao-duong.pdf", reports)
    settings = Settings(
        corpus=reports,
        data=place / "data",
        web_questions_per_minute=_MANY,
        log_level=LogLevel.WARNING,
    )
    reload(settings, encoder)
    return settings
