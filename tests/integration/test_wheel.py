"""The built wheel, alone in an empty directory, answers the first real question."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import ROOT
from tests.integration.test_answering import FIRST_PASSAGE


def test_the_wheel_carries_encoder_and_sample_and_answers(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("hoidap-*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    pages = ROOT / "src" / "hoidap" / "web"
    for path in (*pages.rglob("*.html"), *pages.glob("static/*")):
        packed = site / "hoidap" / "web" / path.relative_to(pages)
        assert packed.read_bytes() == path.read_bytes()
    empty = tmp_path / "empty"
    empty.mkdir()
    # The packages it depends on are this environment's; hoidap itself must be the wheel's.
    code = (
        "import hoidap; from hoidap.__main__ import main\n"
        f"assert hoidap.__file__.startswith({str(site)!r}), hoidap.__file__\n"
        "main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "ask", "Ai chủ trì hội nghị ngày 26/3/2021?"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=empty,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(site),
            "XDG_DATA_HOME": str(tmp_path / "home"),
        },
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert f"\n{FIRST_PASSAGE}" in result.stdout
    assert "Báo cáo không ghi rõ: chủ trì" in result.stdout
    # The sample is the user's from now on.
    sample = tmp_path / "home" / "hoidap" / "reports" / "000_e56e038e237a51aa.txt"
    assert sample.read_bytes() == (ROOT / "corpus" / "reports" / sample.name).read_bytes()
    assert list(empty.iterdir()) == []
