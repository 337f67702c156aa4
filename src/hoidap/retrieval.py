"""From a question to ranked passages: candidates from both indexes, fused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hoidap.catalog import Catalog
from hoidap.datefilter import right_date
from hoidap.documents import Passage
from hoidap.encoder import Encoder
from hoidap.evidence import Evidence, Sentence, best_sentence
from hoidap.index.base import DateRange, Field, Hit, PassageIndex, QueryTerm, ordered
from hoidap.index.lexical import query_terms
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.question import Question

# Candidates taken from each side before fusion.
CANDIDATES = 100
# A date of the question is worth as much as a rare word: its BM25 score counts fully. The title
# says what a whole report is about; its words count half.
_DATE_BOOST = 1.0
_TITLE_BOOST = 0.5
# Of the fused candidates so many are looked at closely, and what they and their best sentence hold
# of the question, half each, gives this share of their score. It raised nDCG@10 by up to 2 points
# on four evaluation sets and kept the fifth; with the best sentence alone the fifth lost 0.3.
_RESCORED = 20
_EVIDENCE_WEIGHT = 0.25
# What a passage gains whose best sentence holds the kind of thing asked for, before the score is
# brought back to [0, 1]. From 0.05 to 0.15 the evaluation sets gain 0 to 0.2; 0.2 costs.
_KIND_BONUS = 0.15
# Of the fused score; from 0.6 to 0.8 four of five evaluation sets change by less than half a point,
# and the fifth, English, wants more of the vectors.
_LEXICAL_WEIGHT = 0.6


class System(StrEnum):
    """Which sides take part in a search."""

    LEXICAL = "lexical"
    DENSE = "dense"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage found; ``score`` in [0, 1] ranks within one question only.

    ``evidence`` and ``sentence`` say what of the question it holds, and its best sentence, where it
    was looked at so closely.
    """

    passage: Passage
    score: float
    evidence: Evidence | None = None
    sentence: Sentence | None = None


def lexical_query(question: Question) -> list[QueryTerm]:
    """What BM25 is asked: the words as typed, their translations, titles and dates.

    A question with diacritics is matched on the exact field, one without on the folded field.
    """
    field = Field.EXACT if question.accented else Field.FOLDED
    own = question.terms.exact
    translated = question.translated.exact
    title = query_terms(field, own)
    return [
        *query_terms(field, own),
        *query_terms(Field.EXACT, translated),
        *(
            QueryTerm(Field.TITLE, term, _TITLE_BOOST)
            for term in dict.fromkeys((*(term.text for term in title), *translated))
        ),
        *query_terms(Field.DATES, question.terms.dates, _DATE_BOOST),
    ]


def fuse(lexical: Mapping[int, float], dense: Mapping[int, float]) -> list[Hit]:
    """Both scores of each passage as one in [0, 1], best first, ties by passage id.

    Each side's scores are divided by its best for this question, which makes them shares of the
    best match found, and weighted. Reciprocal ranks, the usual choice, throw away how far the best
    stands out: they cost 0.3 to 4.5 points of nDCG@10 on the evaluation sets.
    """
    fused: dict[int, float] = {}
    for scores, weight in ((lexical, _LEXICAL_WEIGHT), (dense, 1 - _LEXICAL_WEIGHT)):
        best = max(scores.values(), default=0.0)
        for passage_id, score in scores.items():
            share = max(score, 0.0) / best if best > 0 else 0.0
            fused[passage_id] = fused.get(passage_id, 0.0) + weight * share
    return ordered(Hit(passage_id, score) for passage_id, score in fused.items())


class Retriever:
    """Searches one generation, whose passages are in the catalog."""

    def __init__(
        self, index: PassageIndex, encoder: Encoder, catalog: Catalog, abbreviations: Abbreviations
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._catalog = catalog
        self._abbreviations = abbreviations

    def search(
        self,
        question: Question,
        *,
        within: DateRange | None = None,
        system: System = System.HYBRID,
    ) -> list[Ranked]:
        """The passages nearest to the question, best first, ties by passage id.

        Passages about another date than the question's come last, whatever else they say; alone,
        the lexical and the dense side rank by their scores only.
        """
        candidates = self._candidates(question, within, system)
        passages = self._catalog.passages([candidate.passage_id for candidate in candidates])
        found = [
            Ranked(passages[candidate.passage_id], candidate.score)
            for candidate in candidates
            if candidate.passage_id in passages
        ]
        return self._rescored(question, found) if system is System.HYBRID else found

    def order(self, question: Question, passages: Sequence[Passage]) -> list[Ranked]:
        """Given passages by what they and their best sentence hold of the question, most first.

        Passages about another date than the question's are left out.
        """
        ordered = [
            self._rescore(question, Ranked(passage, 0.0))
            for passage in passages
            if right_date(question, passage.text, passage.report)
        ]
        return sorted(ordered, key=lambda one: (-one.score, one.passage.id))

    def _candidates(
        self, question: Question, within: DateRange | None, system: System
    ) -> list[Hit]:
        lexical: dict[int, float] = {}
        dense: dict[int, float] = {}
        if system is not System.DENSE:
            hits = self._index.search_terms(lexical_query(question), CANDIDATES, within)
            lexical = {hit.passage_id: hit.score for hit in hits}
        if system is not System.LEXICAL:
            vector = self._encoder.encode_questions([question.text])[0]
            hits = self._index.search_vector(vector, CANDIDATES, within)
            dense = {hit.passage_id: hit.score for hit in hits}
            # What only the words found has a vector, too.
            others = [passage_id for passage_id in lexical if passage_id not in dense]
            scores = self._index.vectors(others) @ vector
            dense |= dict(zip(others, map(float, scores), strict=True))
        return fuse(lexical, dense)[:CANDIDATES]

    def _rescored(self, question: Question, found: list[Ranked]) -> list[Ranked]:
        """The best rescored by what their best sentence holds of the question, then the rest."""
        right: list[Ranked] = []
        wrong: list[Ranked] = []
        for one in found:
            dated = right_date(question, one.passage.text, one.passage.report)
            (right if dated else wrong).append(one)
        rescored = [self._rescore(question, one) for one in right[:_RESCORED]]
        rest = [
            replace(one, score=_blend(one.score, 0.0, answers=False))
            for one in (*right[_RESCORED:], *wrong)
        ]
        rescored.sort(key=lambda one: (-one.score, one.passage.id))
        return rescored + rest

    def _rescore(self, question: Question, one: Ranked) -> Ranked:
        evidence = Evidence(question, one.passage, self._abbreviations)
        sentence = best_sentence(evidence)
        if sentence is None:
            return replace(one, score=_blend(one.score, 0.0, answers=False))
        share = (sentence.share + evidence.share()) / 2
        score = _blend(one.score, share, answers=sentence.answers)
        return replace(one, score=score, evidence=evidence, sentence=sentence)


def _blend(fused: float, share: float, *, answers: bool) -> float:
    """The final score: fused, with the share of the question held and the kind of answer."""
    score = (1 - _EVIDENCE_WEIGHT) * fused + _EVIDENCE_WEIGHT * share + _KIND_BONUS * answers
    return score / (1 + _KIND_BONUS)
