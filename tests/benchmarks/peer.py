"""txtai, the closest open-source peer, over the same texts and with the same encoder."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from hoidap.documents import Report
from hoidap.settings import Settings
from hoidap.vietnamese.text import normalize

# Results asked for: as many as nDCG is cut at.
LIMIT = 10


def available() -> bool:
    """Whether txtai is installed."""
    return find_spec("txtai") is not None


def _configuration(*, words: bool, vectors: bool) -> dict[str, object]:
    """txtai's defaults with the encoder's folder.

    model2vec, which txtai chooses for such a folder by itself, would cut texts at 512 tokens.
    """
    if not vectors:
        return {"keyword": True}
    return {
        "path": str(Settings(model=None).shipped_encoder_path),
        "method": "model2vec",
        "vectors": {"max_length": None},
        "hybrid": words,
    }


class Peer:
    """A txtai index. What it reads is normalised as hoidap does it."""

    def __init__(self, *, words: bool, vectors: bool) -> None:
        from txtai import Embeddings

        self._embeddings = Embeddings(_configuration(words=words, vectors=vectors))

    def index(self, reports: Iterable[Report]) -> None:
        """Index title and text of each report as one document."""
        self._embeddings.index(
            (report.id, normalize(f"{report.title}\n{report.text}"), None) for report in reports
        )

    def replace(self, report: Report) -> None:
        """Put a report in the place of the one with its id, or add it."""
        text = normalize(f"{report.title}\n{report.text}")
        self._embeddings.upsert([(report.id, text, None)])

    def save(self, path: Path) -> None:
        """Write the index to a folder."""
        self._embeddings.save(str(path))

    @classmethod
    def load(cls, path: Path) -> Peer:
        """A saved hybrid index."""
        peer = cls(words=True, vectors=True)
        peer._embeddings.load(str(path))
        return peer

    def search(self, question: str) -> list[str]:
        """The ids of the reports nearest to a question, best first."""
        return [uid for uid, _ in self._embeddings.search(normalize(question), LIMIT)]


if __name__ == "__main__":
    sys.stdout.write(f"{Peer.load(Path(sys.argv[1])).search(sys.argv[2])}\n")
