"""What ``import hoidap`` offers, and that it stays light."""

from __future__ import annotations

import subprocess
import sys

import hoidap


def test_the_names_are_these() -> None:
    assert hoidap.__all__ == [
        "Answer",
        "Citation",
        "HoidapError",
        "Passage",
        "Quote",
        "Report",
        "Status",
    ]
    assert all(hasattr(hoidap, name) for name in hoidap.__all__)


def test_it_loads_nothing_heavy() -> None:
    code = "import hoidap, sys; print({'numpy', 'faiss', 'tantivy', 'pydantic'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
