"""From a question to ranked passages: candidates from both indexes, fused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from hoidap.catalog import Catalog
from hoidap.datefilter import read_dates, right_date
from hoidap.documents import Passage
from hoidap.encoder import Encoder
from hoidap.evidence import Evidence, Sentence, best_sentence
from hoidap.index.base import DateRange, Field, PassageIndex, QueryTerm
from hoidap.late_interaction import LateInteraction
from hoidap.occurrences import Sought
from hoidap.token_table import TokenTable
from hoidap.vietnamese.question import Question
from hoidap.vietnamese.terms import PAIR
from hoidap.vietnamese.text import fold

# Candidates taken from each side before fusion; more where a date is asked, since most of them may
# be about another one.
CANDIDATES = 50
_DATED_CANDIDATES = 100
# A date of the question is worth as much as a rare word: its BM25 score counts fully. The title
# says what a whole report is about; its words count half.
_DATE_BOOST = 1.0
_TITLE_BOOST = 0.5
# Another name of a place counts by its pairs of syllables only, which is about half of what a name
# counts that was typed. For each unit of Đồng Tháp a question about poor households, on a made-up
# report that has a line of each former and present unit and of each merger: with these pairs 195 of
# 232 lines of former units come among the ten best (71 without, 133 if they count half), and that
# of the unit as typed is first for 93 of 102 questions (95 without, 94).
_RELATED_BOOST = 1.0
# The passages that the first one is compared with to tell whether it stands out.
_OTHERS = 4
# Of the candidates so many are compared token by token,
_COMPARED = 8
# and of so many the words are looked up, and where that may still bring a passage among the best,
# the sentences. More of each moved no figure of the evaluation sets by half a point.
_LOOKED_AT = 5
BEST = 3


@dataclass(frozen=True, slots=True)
class _Weights:
    """How much each view of a passage counts; each is a share of the best for the question.

    Words say most, for names and numbers have no other view. Meaning is seen in three ways of
    equal weight: the mean vector of the best paragraph, late interaction with all of the passage,
    late interaction with its best sentence. What passage and sentence literally hold of the
    question, and whether the sentence has the kind of thing asked for, decide among near equals.
    Round numbers on purpose: of the combinations tried with all views in, no set of Vietnamese
    questions moved by more than a point of nDCG@10.
    """

    words: float = 1.0
    vector: float = 0.5
    tokens: float = 0.5
    sentence: float = 0.5
    evidence: float = 0.3
    kind: float = 0.1
    # A place is nearly a condition: what is asked of one commune is no answer from another.
    place: float = 0.5

    @property
    def total(self) -> float:
        """What a passage would score that is the best in every view, where no place is asked."""
        return self.words + self.vector + self.tokens + self.sentence + self.evidence + self.kind


_WEIGHTS = _Weights()
# Where one engine searches while the other does.
_SECOND_CORE = ThreadPoolExecutor(max_workers=4, thread_name_prefix="vectors")


class System(StrEnum):
    """Which sides take part in a search."""

    LEXICAL = "lexical"
    DENSE = "dense"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage found; ``score`` in [0, 1] ranks within one question only.

    ``evidence`` and ``sentence`` say what of the question it holds, and its best sentence. Only
    passages looked at closely have them.
    """

    passage: Passage
    score: float
    evidence: Evidence | None = None
    sentence: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first, and how sure it is that the first of them answers the question.

    ``confidence`` is in [0, 1] and can be compared between questions and collections; 0 where
    nothing was looked at closely.
    """

    ranked: list[Ranked]
    confidence: float = 0.0


def lexical_query(question: Question) -> list[QueryTerm]:
    """What BM25 is asked: words as typed, translations, other names of places, titles, dates.

    Syllables of a question with diacritics are matched on the exact field, of one without on the
    folded field: with other marks they are mostly other words, while pairs are seldom.
    """
    field = Field.EXACT if question.accented else Field.FOLDED
    own = question.terms.exact
    translated = question.translated.exact
    title = own if question.accented else map(fold, own)
    return [
        *_in_text(field, own),
        *_in_text(Field.EXACT, translated),
        *_each(Field.TITLE, (*title, *translated), _TITLE_BOOST),
        *_in_text(Field.EXACT, question.related, _RELATED_BOOST),
        *_each(Field.TITLE, question.related, _RELATED_BOOST * _TITLE_BOOST),
        *_each(Field.DATES, question.terms.dates, _DATE_BOOST),
    ]


def _in_text(field: Field, terms: Iterable[str], boost: float = 1.0) -> list[QueryTerm]:
    """Each distinct term once: syllables in ``field``, folded for the folded one, and pairs."""

    def placed(term: str) -> tuple[Field, str]:
        if PAIR in term:
            return Field.PAIRS, fold(term)
        return field, fold(term) if field is Field.FOLDED else term

    return [QueryTerm(place, form, boost) for place, form in dict.fromkeys(map(placed, terms))]


def _each(field: Field, terms: Iterable[str], boost: float) -> list[QueryTerm]:
    """Each distinct term once, as it is."""
    return [QueryTerm(field, term, boost) for term in dict.fromkeys(terms)]


def _shares(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scores as shares of the best of them, in [0, 1]; all 0 where none is above 0.

    Reciprocal ranks, the usual choice, throw away how far the best stands out: they cost 0.3 to
    4.5 points of nDCG@10 on the evaluation sets.
    """
    positive = np.maximum(scores, 0.0)
    best = positive.max(initial=0.0)
    shares: NDArray[np.float64] = positive / best if best > 0 else np.zeros(len(scores))
    return shares


class Retriever:
    """Searches one generation, whose passages are in the catalog."""

    def __init__(
        self,
        index: PassageIndex,
        encoder: Encoder,
        table: TokenTable,
        catalog: Catalog,
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._table = table
        self._catalog = catalog

    def search(
        self,
        question: Question,
        *,
        best: int = BEST,
        depth: int = _LOOKED_AT,
        within: DateRange | None = None,
        system: System = System.HYBRID,
        without: Collection[int] = (),
    ) -> Found:
        """The passages nearest to the question, best first, ties by passage id.

        Passages about another date than the question's are never among the ``best``; alone, the
        lexical and the dense side rank by their scores only. The order of the ``best`` is that of
        all looked at closely; up to ``depth`` passages are found. Those ``without`` are treated as
        if they did not exist.
        """
        candidates = _DATED_CANDIDATES if question.dates else CANDIDATES
        limit = candidates + len(without)
        if system is System.LEXICAL:
            words = self._by_words(lexical_query(question), limit, within, without)
            return Found(self._ranked(list(words), _shares(np.array(list(words.values())))))
        vector = self._encoder.encode_questions([question.text])[0]
        # Neither engine holds the interpreter while it searches.
        searching = _SECOND_CORE.submit(self._index.search_vector, vector, limit, within)
        query = lexical_query(question)
        words = {}
        if system is System.HYBRID:
            words = self._by_words(query, limit, within, without)
        # What is needed later, while vectors are still searched.
        sought, most = Sought(question), self._index.most(query)
        alike = zip(words, self._index.similarities(vector, list(words)).tolist(), strict=True)
        nearest = {hit.passage_id: hit.score for hit in searching.result()} | dict(alike)
        ids = sorted(nearest.keys() - set(without))
        if not ids:
            return Found([])
        by_words = _shares(np.array([words.get(passage_id, 0.0) for passage_id in ids]))
        by_vector = _shares(np.array([nearest[passage_id] for passage_id in ids]))
        if system is System.DENSE:
            return Found(self._ranked(ids, by_vector))
        fused = _WEIGHTS.words * by_words + _WEIGHTS.vector * by_vector
        compared = candidates if question.dates else max(_COMPARED, depth, best)
        chosen = np.lexsort((np.array(ids), -fused))[:compared]
        ids = [ids[place] for place in chosen]
        late = LateInteraction(question.text, ids, self._index, self._table)
        scores = fused[chosen] + _WEIGHTS.tokens * _shares(late.passages)
        most_read = candidates if question.dates else max(depth, best)
        read = np.lexsort((np.array(ids), -scores))[:most_read].tolist()
        ranked = self._rescored(
            sought,
            late,
            [ids[place] for place in read],
            scores[read] / _WEIGHTS.total,
            best=best,
            depth=depth,
        )
        if not ranked or ranked[0].evidence is None:
            return Found(ranked)
        first = ranked[0].passage.id
        return Found(
            ranked,
            _confidence(
                words=words.get(first, 0.0) / most if most > 0 else 0.0,
                phrases=ranked[0].evidence.phrases(),
                tokens=late.passage(first),
                scores=[one.score for one in ranked],
            ),
        )

    def _by_words(
        self,
        query: Sequence[QueryTerm],
        limit: int,
        within: DateRange | None,
        without: Collection[int],
    ) -> dict[int, float]:
        """The BM25 scores of the best passages by their ids, best first."""
        hits = self._index.search_terms(query, limit, within)
        return {hit.passage_id: hit.score for hit in hits if hit.passage_id not in without}

    def order(self, question: Question, passages: Sequence[Passage]) -> list[Ranked]:
        """Given passages by what they and their best sentence hold of the question, most first.

        Passages about another date than the question's are left out, and those that are not of
        this generation.
        """
        known = self._index.holds(np.array([passage.id for passage in passages], np.int64))
        right = [
            Ranked(passage, 0.0)
            for passage, held in zip(passages, known.tolist(), strict=True)
            if held and right_date(question, passage)
        ]
        ids = [one.passage.id for one in right]
        late = LateInteraction(question.text, ids, self._index, self._table)
        return self._closely(Sought(question), late, right, len(right))

    def look(self, question: Question, passage: Passage) -> Ranked:
        """One passage looked at closely, as `search` does."""
        late = LateInteraction(question.text, [passage.id], self._index, self._table)
        return self._closely(Sought(question), late, [Ranked(passage, 0.0)], 1)[0]

    def _ranked(self, ids: Sequence[int], scores: NDArray[np.float64]) -> list[Ranked]:
        """Passages with their scores, best first, ties by passage id."""
        passages = self._catalog.passages(ids)
        return [
            Ranked(passages[ids[place]], float(scores[place]))
            for place in np.lexsort((np.array(ids), -scores))
            if ids[place] in passages
        ]

    def _rescored(
        self,
        sought: Sought,
        late: LateInteraction,
        ids: Sequence[int],
        scores: NDArray[np.float64],
        *,
        best: int,
        depth: int,
    ) -> list[Ranked]:
        """The best rescored by what their best sentence holds of the question, then others.

        Passages ``ids`` are given best first, with their ``scores``; so many are read that enough
        of the right date are found. Those of another date come last.
        """
        looked_at = max(_LOOKED_AT, best)
        right: list[Ranked] = []
        others: list[Ranked] = []
        wrong: list[Ranked] = []
        first, step = 0, max(looked_at, depth)
        while first < len(ids) and len(right) < looked_at:
            found = self._ranked(ids[first : first + step], scores[first : first + step])
            if sought.question.dates:
                read_dates(one.passage.text for one in found)
            for one in found:
                if len(right) == looked_at:
                    others.append(one)
                elif right_date(sought.question, one.passage):
                    right.append(one)
                else:
                    wrong.append(one)
            first, step = first + step, 2 * step
        ranked = [*self._closely(sought, late, right, best), *others, *wrong]
        return ranked[: max(depth, best)]

    def _closely(
        self, sought: Sought, late: LateInteraction, found: Sequence[Ranked], best: int
    ) -> list[Ranked]:
        """Those of ``found`` that may be among the ``best`` rescored, best first, then the rest.

        Those that hold all words of the question may be, however little else speaks for them.
        Ties by passage id.
        """
        syllables = self._index.syllables([one.passage.id for one in found])
        views = [
            _View(one, Evidence(sought, one.passage, *own), late.passage(one.passage.id))
            for one, own in zip(found, syllables, strict=True)
        ]
        views.sort(key=lambda view: (-view.at_most(1.0), view.ranked.passage.id))
        looked: list[_View] = []
        top = 0.0  # the best late interaction of a sentence so far
        least = 0.0  # what the last of the best scores so far
        complete = 0
        for view in views:
            if len(looked) >= best:
                hopeless = view.at_most(top) < least
                if hopeless and (complete >= best or not view.evidence.complete()):
                    continue
            scores = late.sentences(view.ranked.passage.id, view.evidence.sentences)
            view.late = float(scores.max(initial=0.0))
            view.sentence = best_sentence(view.evidence, scores.tolist())
            looked.append(view)
            complete += view.evidence.complete()
            top = max(top, view.late)
            if len(looked) >= best:
                least = nlargest(best, (other.score(top) for other in looked))[-1]
        rescored = [
            replace(
                view.ranked,
                score=min(view.score(top) / _WEIGHTS.total, 1.0),
                evidence=view.evidence,
                sentence=view.sentence,
            )
            for view in looked
        ]
        rescored.sort(key=lambda one: (-one.score, one.passage.id))
        seen = {one.passage.id for one in rescored}
        return [*rescored, *(one for one in found if one.passage.id not in seen)]


class _View:
    """A candidate looked at closely: its words, and in a second look its best sentence."""

    def __init__(self, ranked: Ranked, evidence: Evidence, tokens: float) -> None:
        """``tokens`` is the late interaction of the passage, which none of a sentence exceeds."""
        self.ranked = ranked
        self.evidence = evidence
        self.sentence: Sentence | None = None
        self.late = 0.0
        self._tokens = tokens
        self._known = ranked.score * _WEIGHTS.total
        self._known += _WEIGHTS.evidence * evidence.share() / 2
        self._known += _WEIGHTS.place * evidence.names_place()

    def at_most(self, top: float) -> float:
        """What it can score at most if the best late interaction of a sentence is ``top``."""
        tokens = min(self._tokens / top, 1.0) if top > 0 else 1.0
        return self._known + _WEIGHTS.sentence * tokens + _WEIGHTS.evidence / 2 + _WEIGHTS.kind

    def score(self, top: float) -> float:
        """What it scores after the second look; a share of the best would be of all weights."""
        score = self._known
        if top > 0:
            score += _WEIGHTS.sentence * self.late / top
        if self.sentence is not None:
            score += _WEIGHTS.evidence * self.sentence.share / 2
            score += _WEIGHTS.kind * self.sentence.answers
        return score


def _confidence(*, words: float, phrases: float, tokens: float, scores: Sequence[float]) -> float:
    """How sure it is that the first passage answers, in [0, 1].

    The mean of four signs in [0, 1]: the share of the highest BM25 score that it has, the share of
    the question's phrases that it holds, its late interaction, and how far it stands out from the
    four after it, which seldom exceeds a half and counts twice. Together they tell questions with
    an answer from those without better than any of them (area under the ROC curve on XQuAD-vi and
    ALQAC: 0.947 and 0.912; late interaction alone 0.937 and 0.897).
    """
    others = [*scores[1 : 1 + _OTHERS], *[0.0] * _OTHERS][:_OTHERS]
    ahead = scores[0] - sum(others) / _OTHERS
    return (min(words, 1.0) + phrases + tokens + min(2 * ahead, 1.0)) / 4
