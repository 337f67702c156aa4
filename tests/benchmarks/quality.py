"""Quality beside plain BM25 and txtai: ``python -m tests.benchmarks.quality --data FOLDER``.

Every system answers the same questions over the same documents and is scored by the same code.
Without txtai only hoidap is measured.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from hoidap.answering import Answerer
from hoidap.documents import Report
from hoidap.encoder import Encoder, load_encoder
from hoidap.evaluation import JudgedQuestion, ndcg, read_documents, read_questions
from hoidap.reload import load_reports
from hoidap.retrieval import System
from hoidap.settings import Settings
from hoidap.vietnamese.text import has_diacritics
from tests.benchmarks import peer
from tests.benchmarks.chart import draw_bars
from tests.benchmarks.machine import circumstances
from tests.benchmarks.misspelling import Spelling, written
from tests.benchmarks.tables import table

PAGE = "quality.md"
CHART = "quality.png"
_COMMAND = "make benchmark DATA=FOLDER"


class Contender(StrEnum):
    """What is compared, as the tables name it, peers first."""

    BM25 = "BM25"
    PEER_DENSE = "txtai dense"
    PEER_HYBRID = "txtai hybrid"
    LEXICAL = "hoidap lexical"
    DENSE = "hoidap dense"
    HYBRID = "hoidap hybrid"


_PEERS = {
    Contender.BM25: partial(peer.Peer, words=True, vectors=False),
    Contender.PEER_DENSE: partial(peer.Peer, words=False, vectors=True),
    Contender.PEER_HYBRID: partial(peer.Peer, words=True, vectors=True),
}
_OWN = {
    Contender.LEXICAL: System.LEXICAL,
    Contender.DENSE: System.DENSE,
    Contender.HYBRID: System.HYBRID,
}
# Those that are also asked in other spellings.
_MISSPELT = (Contender.PEER_HYBRID, Contender.HYBRID)

Rank = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A question set: nDCG@10 in percent of each contender, for each spelling.

    Only Vietnamese questions are also asked in other spellings.
    """

    name: str
    documents: int
    questions: int
    scores: Mapping[Spelling, Mapping[Contender, float]]

    @property
    def given(self) -> Mapping[Contender, float]:
        """The scores of the questions as the set gives them."""
        return self.scores[Spelling.GIVEN]

    def loss(self, contender: Contender, spelling: Spelling) -> float:
        """Points, to a tenth, that a contender loses where questions are written like this."""
        # Adding 0.0 makes a zero of minus zero.
        return round(self.given[contender] - self.scores[spelling][contender], 1) + 0.0


def _documents(answerer: Answerer, system: System, question: str) -> list[str]:
    passages = answerer.rank(question, system=system)
    return list(dict.fromkeys(passage.report.report_id for passage in passages))


@contextmanager
def _own(reports: Sequence[Report], encoder: Encoder) -> Iterator[dict[Contender, Rank]]:
    with tempfile.TemporaryDirectory(prefix="hoidap-benchmark-") as place:
        settings = Settings(data=Path(place))
        load_reports(settings, encoder, reports)
        answerer = Answerer(settings, encoder)
        yield {
            contender: partial(_documents, answerer, system) for contender, system in _OWN.items()
        }


def _peers(reports: Sequence[Report]) -> dict[Contender, Rank]:
    ranks: dict[Contender, Rank] = {}
    for contender, make in _PEERS.items():
        index = make()
        index.index(reports)
        ranks[contender] = index.search
    return ranks


def _score(rank: Rank, questions: Sequence[JudgedQuestion], spelling: Spelling) -> float:
    texts = written([question.text for question in questions], spelling)
    return 100 * statistics.fmean(
        ndcg(rank(text), question.relevant) for text, question in zip(texts, questions, strict=True)
    )


def measure(folder: Path, encoder: Encoder, *, with_peers: bool) -> Measured:
    """Index the documents of a BEIR folder in each system and ask its questions.

    Raises `EvaluationError`.
    """
    reports, questions = read_documents(folder), read_questions(folder)
    accented = sum(has_diacritics(question.text) for question in questions)
    vietnamese = 2 * accented > len(questions)
    with _own(reports, encoder) as own:
        ranks = _peers(reports) | own if with_peers else own
        scores = {
            spelling: {
                contender: _score(rank, questions, spelling)
                for contender, rank in ranks.items()
                if spelling is Spelling.GIVEN or contender in _MISSPELT
            }
            for spelling in Spelling
            if spelling is Spelling.GIVEN or vietnamese
        }
    return Measured(folder.name, len(reports), len(questions), scores)


def quality_table(sets: Sequence[Measured]) -> str:
    """nDCG@10 in percent, a row a set, the best of a row in bold."""
    contenders = list(sets[0].given)
    rows = []
    for one in sets:
        texts = [f"{one.given[contender]:.1f}" for contender in contenders]
        best = max(texts, key=float)
        marked = [f"**{text}**" if text == best else text for text in texts]
        rows.append([one.name, f"{one.questions:,}", f"{one.documents:,}", *marked])
    return table(["set", "questions", "documents", *contenders], rows)


def misspelling_table(sets: Sequence[Measured]) -> str:
    """Points of nDCG@10 lost to other spellings, a row a set with Vietnamese questions."""
    columns = [
        (contender, spelling)
        for spelling in Spelling
        if spelling is not Spelling.GIVEN
        for contender in sets[0].given
        if contender in _MISSPELT
    ]
    rows = [
        [one.name, *(f"{one.loss(contender, spelling):.1f}" for contender, spelling in columns)]
        for one in sets
        if len(one.scores) > 1
    ]
    head = [f"{contender}, {spelling}" for contender, spelling in columns]
    return table(["set", *head], rows)


def page(sets: Sequence[Measured], circumstances_: str) -> str:
    """The page of the documentation."""
    compared = Contender.BM25 in sets[0].given
    about_peers = (
        "- **BM25** is txtai's keyword index with its defaults (k1 1.2, b 0.75; terms of more than"
        " a tenth of the documents count only among those that rarer terms found), over syllables."
        "\n- **txtai** has the encoder that hoidap ships as its vectors, its own BM25, and its"
        " default weights. A document is one entry. What it indexes and is asked is title and text"
        " normalised by hoidap (NFC, one tone placement, lower case), as"
        " hoidap does for itself.\n"
        if compared
        else ""
    )
    return f"""# Quality{" beside plain BM25 and txtai" if compared else ""}

```sh
{_COMMAND}   # FOLDER holds folders in BEIR layout: corpus.jsonl, queries.jsonl, qrels/test.tsv
```

{circumstances_}

## Ranking
nDCG@10 in percent, of all systems in one run on the same questions and by the same code.

{quality_table(sets)}

![nDCG@10 of each system on each set]({CHART})

{about_peers}- **hoidap** divides documents into passages; a document's rank is that of its best \
passage. Lexical and dense are its two sides alone, hybrid is what answers questions.

## Spelling
Points of nDCG@10 lost when Vietnamese questions are written without diacritics, or when one \
syllable in eight lacks its tone mark (drawn from those that have one, always the same).

{misspelling_table(sets)}
"""


def main() -> None:
    """Read the arguments, measure, write page and chart."""
    parser = argparse.ArgumentParser(description="Quality beside plain BM25 and txtai.")
    parser.add_argument("--data", type=Path, required=True, help="folder of BEIR folders")
    parser.add_argument("--out", type=Path, required=True, help="folder for page and chart")
    arguments = parser.parse_args()
    folders = sorted(path.parent for path in arguments.data.glob("*/corpus.jsonl"))
    if not folders:
        parser.error(f"no BEIR folder in {arguments.data}")
    with_peers = peer.available()
    if not with_peers:
        sys.stderr.write("txtai is not installed: hoidap is measured alone\n")
    encoder = load_encoder(Settings(model=None))
    sets = []
    for folder in folders:
        sets.append(measure(folder, encoder, with_peers=with_peers))
        sys.stderr.write(f"{folder.name}: done\n")
    packages = ["hoidap", "numpy", "faiss-cpu", "tantivy", *(["txtai"] if with_peers else [])]
    arguments.out.mkdir(parents=True, exist_ok=True)
    text = page(sets, circumstances(packages))
    (arguments.out / PAGE).write_text(text, "utf-8")
    draw_bars(
        arguments.out / CHART,
        groups=[one.name for one in sets],
        series={
            str(contender): [one.given[contender] for one in sets] for contender in sets[0].given
        },
        label="nDCG@10, %",
    )
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
