"""From ranked passages to an answer: verbatim quotes, what they leave open, or "not found"."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

from hoidap.catalog import Catalog, Generation
from hoidap.documents import Answer, Citation, Passage, Quote, Status
from hoidap.encoder import Encoder
from hoidap.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexUnreachableError,
    QuestionError,
    SearchIndexError,
)
from hoidap.evidence import Evidence, Sentence, highlights
from hoidap.index.base import DateRange, PassageIndex
from hoidap.index.store import missing, open_store
from hoidap.retrieval import BEST, Ranked, Retriever, System, lexical_query
from hoidap.settings import Settings
from hoidap.token_table import load_token_table
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.courtesy import load_courtesy
from hoidap.vietnamese.date_forms import load_rules
from hoidap.vietnamese.dates import Precision
from hoidap.vietnamese.glossary import Glossary
from hoidap.vietnamese.places import Places
from hoidap.vietnamese.question import AnswerKind, Question, QuestionReader
from hoidap.vietnamese.synonyms import Synonyms
from hoidap.vietnamese.terms import terms_fingerprint
from hoidap.vietnamese.text import fold
from hoidap.vietnamese.words import Words

# Characters. Longer than any question and most letters; more is a pasted document.
MAX_QUESTION = 2000
DEFAULT_TOP_K = 3
# A passage that holds less than this share of the question's words, by weight, is about something
# else.
_RELEVANT = 0.5
# So much must stand in the passage itself, whatever its title and dates say.
_OWN = 1 / 3
# "Trong năm không xảy ra dịch tả heo" says nothing of where it did, in another report.
_HAPPENED = frozenset((AnswerKind.PERSON, AnswerKind.DATE, AnswerKind.PLACE))
_DENIAL_RE = re.compile(
    r"(?<!\w)(?:khong|chua) (?:de )?(?:xay ra|phat sinh|ghi nhan|phat hien|xuat hien)(?!\w)"
)
# A further quote is worth reading if it comes near the first one.
_NEAR_FIRST = 0.6
_NEAREST = 3
_RANKED = 12
_MOST_HOLDING = 1000
# What asks for no name, number, day or place, whatever was asked before.
_REASON_RE = re.compile(r"(?i)(?<!\w)(?:(?:vi|tai|lam) sao|the nao|why)(?!\w)")
# Passages from which on an index takes longer to open than a question may wait.
_LARGE = 20_000

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a question comes after: the question before it and the report quoted for that.

    ``before`` is what that one came after: "Khi nào đóng cống?", "ở đâu?", "vì sao?".
    """

    question: str
    report_id: str
    before: FollowUp | None = None


@dataclass(frozen=True, slots=True)
class Staged:
    """A generation that is written but not current yet; ``catalog`` is its writer's."""

    catalog: Catalog
    generation: int
    index: PassageIndex


@dataclass(frozen=True, slots=True)
class _Judged:
    """A passage worth quoting: what it holds of the question, and what it leaves open."""

    passage: Passage
    score: float
    sentence: Sentence
    evidence: Evidence
    missing: tuple[str, ...]


def check_question(text: str) -> str:
    """The question as it can be asked. Raises `QuestionError`."""
    # A shell hands over undecodable bytes as lone surrogates, which no one can have meant.
    cleaned = text.encode("utf-8", "replace").decode("utf-8").strip()
    if not cleaned:
        raise QuestionError("câu hỏi trống; hãy viết điều cần hỏi")
    if len(cleaned) > MAX_QUESTION:
        raise QuestionError(
            f"câu hỏi dài {len(cleaned)} ký tự; hãy rút gọn còn nhiều nhất {MAX_QUESTION}"
        )
    return cleaned


def _reopening(
    ask: Callable[Concatenate[Answerer, _Given], _Found],
) -> Callable[Concatenate[Answerer, _Given], _Found]:
    """Ask again where the index that was open is gone: its generation may lie elsewhere by now."""

    @wraps(ask)
    def asked(self: Answerer, /, *given: _Given.args, **named: _Given.kwargs) -> _Found:
        opened = self._opened
        try:
            try:
                return ask(self, *given, **named)
            except (IndexDamagedError, IndexMissingError):
                if opened is None:
                    raise
                self._let_go(opened)
            return ask(self, *given, **named)
        except IndexDamagedError as error:
            self._damaged(error)
            raise

    return asked


class Answerer:
    """Answers questions from the current generation, and from the next one once there is one.

    Safe for use by several threads, unless it answers from a generation that is being ``staged``.
    """

    def __init__(
        self,
        settings: Settings,
        encoder: Encoder,
        *,
        staged: Staged | None = None,
        damaged: Callable[[IndexDamagedError], None] = lambda _: None,
    ) -> None:
        """Open catalog and index, or take those of what is ``staged``.

        A server that is not there now may be when the first question comes. Where a question finds
        the index ``damaged``, that is called, and then the error raised.
        Raises `IndexMissingError`, `IndexDamagedError`, `IndexMismatchError`, `SettingsError`.
        """
        self.settings = settings
        self._encoder = encoder
        self._table = load_token_table(settings)
        self._abbreviations = Abbreviations.load(*settings.table_paths("abbreviations"))
        self._reader = QuestionReader(
            self._abbreviations,
            Glossary.load(*settings.table_paths("glossary")),
            Synonyms.load(*settings.table_paths("synonyms")),
            places=Places.load(*settings.table_paths("places")),
            chat=Chat.load(*settings.table_paths("chat")),
        )
        # A question's matrices are small: a second thread would spin on a core that others need.
        threadpool_limits(1, "blas")
        # What loads on first use loads now, and not while the first question waits.
        for load in (Words.load, Words.load_folded, load_rules, load_courtesy):
            load()
        self._store = open_store(
            settings, encoder, self._table, terms_fingerprint(self._abbreviations)
        )
        self._damaged = damaged
        self._staged = staged
        self._catalog = Catalog(settings.catalog_path) if staged is None else staged.catalog
        self._lock = threading.Lock()
        # Compared as a whole: in a catalog that was begun anew the same numbers come again.
        self._opened: tuple[Generation, PassageIndex] | None = None
        # The generation that another thread opens, or opened last.
        self._opening: Generation | None = None
        self._beside = threading.Thread()
        with suppress(IndexUnreachableError):
            self._current()

    @property
    def is_large(self) -> bool:
        """Whether a new generation is opened while the one before goes on answering."""
        return self._opened is not None and self._opened[1].passages >= _LARGE

    def _current(self) -> tuple[int, PassageIndex]:
        """The current generation's number and index, opened if it is new.

        A large one is opened while the one before goes on answering.
        """
        if self._staged is not None:
            return self._staged.generation, self._staged.index
        while True:
            generation = self._catalog.generation()
            if generation is None:
                raise IndexMissingError("chưa có báo cáo nào được nạp; hãy chạy: hoidap reload")
            opened = self._opened
            if opened is not None:
                former, index = opened
                if former == generation or (
                    self.is_large
                    and former in self._catalog.generations()
                    and self._open_beside(generation)
                ):
                    return former.number, index
            with self._lock:
                if self._opened is not None and self._opened[0] == generation:
                    return generation.number, self._opened[1]
                try:
                    opening = self._store.open(generation.number)
                except SearchIndexError as error:
                    # One that was pruned while it was being opened has a successor.
                    if self._catalog.generation() != generation:
                        continue
                    if isinstance(error, IndexMissingError):
                        raise missing(error, self.settings, generation.number) from error
                    raise
                self._opened = generation, opening
                return generation.number, opening

    def _let_go(self, opened: tuple[Generation, PassageIndex]) -> None:
        """Have the current generation opened anew, unless another thread did."""
        with self._lock:
            if self._opened is opened:
                self._opened = None

    def _open_beside(self, generation: Generation) -> bool:
        """Have a generation opened by another thread; False where that was tried and failed."""
        with self._lock:
            if self._opening == generation:
                return self._beside.is_alive() or self._is_open(generation)
            self._opening = generation
            self._beside = threading.Thread(
                target=self._open_quietly, args=(generation,), daemon=True
            )
            self._beside.start()
        return True

    def _is_open(self, generation: Generation) -> bool:
        return self._opened is not None and self._opened[0] == generation

    def _open_quietly(self, generation: Generation) -> None:
        # Where it fails, whoever asks next opens it and is told why.
        with suppress(SearchIndexError):
            index = self._store.open(generation.number)
            if self._opening == generation:
                self._opened = generation, index

    @_reopening
    def answer(
        self,
        text: str,
        *,
        top_k: int = DEFAULT_TOP_K,
        since: date | None = None,
        until: date | None = None,
        after: FollowUp | None = None,
        report_id: str | None = None,
    ) -> Answer:
        """What the reports say to the question ``text``, in at most ``top_k`` quotes.

        ``since`` and ``until`` leave out reports dated before or after. A question ``after``
        another is asked of the report quoted for that one first. With ``report_id`` only that
        report is asked. Raises `QuestionError`.
        """
        started = time.perf_counter()
        text = check_question(text)
        generation, index = self._current()
        question = self._read(text)
        within = DateRange(since, until) if since is not None or until is not None else None
        retriever = self._retriever(index)
        ranked: list[Ranked] = []
        chosen: list[_Judged] = []
        if after is not None:
            completed = _completed(question, self._talk(after))
            passages = self._catalog.passages_of(after.report_id)
            chosen = self._choose(completed, retriever.order(completed, passages), top_k)
            if not question.words:
                question = completed
        if report_id is not None:
            passages = self._catalog.passages_of(report_id)
            if within is not None and passages and not within.holds(passages[0].report.date):
                passages = []
            chosen = self._choose(question, retriever.order(question, passages), top_k)
        elif not chosen or chosen[0].missing:
            found = retriever.search(question, within=within, best=max(top_k, BEST))
            ranked = found.ranked
            sure = found.confidence >= self.settings.confidence or _asks_of_a_day(question)
            everywhere = self._choose(question, ranked, top_k) if sure else []
            # Where none says all that was asked, the report being talked about goes first.
            if not chosen or (everywhere and not everywhere[0].missing):
                chosen = everywhere
        missing = chosen[0].missing if chosen else ()
        status = Status.PARTIAL if missing else Status.QUOTED
        if self._staged is None and not self._catalog.holds(generation):
            # So many reloads came between that passages may have been missed: again, from the new.
            return self.answer(
                text, top_k=top_k, since=since, until=until, after=after, report_id=report_id
            )
        return Answer(
            question=text,
            language=question.language.value,
            status=status if chosen else Status.NOT_FOUND,
            quotes=tuple(map(_quote, chosen)),
            missing_terms=missing,
            places=tuple(dict.fromkeys(note for place in question.places for note in place.notes)),
            nearest=() if chosen else _nearest(one.passage for one in ranked),
            generation=generation,
            elapsed_ms=(time.perf_counter() - started) * 1000,
        )

    @_reopening
    def rank(self, text: str, *, system: System = System.HYBRID) -> list[Passage]:
        """A dozen passages nearest to a question, best first, whether or not they answer it."""
        _, index = self._current()
        question = self._read(check_question(text))
        found = self._retriever(index).search(question, system=system, depth=_RANKED)
        return [one.passage for one in found.ranked]

    @_reopening
    def holding(self, text: str) -> list[Citation]:
        """The reports with a passage that says much of what ``text`` is about, newest first.

        A passage counts that scores at least half of the best by words, of the best thousand.
        """
        _, index = self._current()
        question = self._read(check_question(text))
        hits = index.search_terms(lexical_query(question), _MOST_HOLDING)
        near = [hit.passage_id for hit in hits if hit.score >= hits[0].score / 2]
        passages = self._catalog.passages(near)
        found = {one.report.report_id: one.report for one in passages.values()}
        return sorted(found.values(), key=lambda one: (one.date or date.min, one.report_id))[::-1]

    @_reopening
    def confidence(self, text: str, *, without: Iterable[str] = ()) -> float:
        """How sure it is that a question is answered, in [0, 1].

        The reports ``without``, by their ids, are treated as if they did not exist.
        """
        _, index = self._current()
        question = self._read(check_question(text))
        hidden = self._catalog.passage_ids(without)
        return self._retriever(index).search(question, without=hidden).confidence

    @_reopening
    def top_sentence(self, text: str, passage: Passage) -> str:
        """The sentence of ``passage`` that would be highlighted as the answer to a question."""
        _, index = self._current()
        question = self._read(check_question(text))
        sentence = self._retriever(index).look(question, passage).sentence
        return passage.text[sentence.start : sentence.end] if sentence is not None else ""

    def _read(self, text: str) -> Question:
        return self._reader.read(text, numbered=self._catalog.numbers)

    def _talk(self, after: FollowUp) -> Question:
        """What has been asked so far, as one question."""
        question = self._read(after.question)
        return question if after.before is None else _completed(question, self._talk(after.before))

    def _retriever(self, index: PassageIndex) -> Retriever:
        return Retriever(index, self._encoder, self._table, self._catalog)

    def _choose(self, question: Question, ranked: Sequence[Ranked], top_k: int) -> list[_Judged]:
        """The passages to quote, best first; empty where none is about the question."""
        if not question.words and not question.dates:
            return []
        judged: list[_Judged] = []
        for one in ranked:
            if one.evidence is None or one.sentence is None:
                continue
            evidence = one.evidence
            own = evidence.share(titled=False)
            if evidence.coverage() >= _RELEVANT and (own >= _OWN or not question.words):
                missing = _missing(question, evidence)
                judged.append(_Judged(one.passage, one.score, one.sentence, evidence, missing))
        # A passage that leaves nothing open goes before one that says much else of the question;
        # where there is one, those that leave something open are not worth reading.
        complete = [one for one in judged if not one.missing]
        judged = complete or judged
        near = [one for one in judged if one.score >= _NEAR_FIRST * judged[0].score]
        return _denials_last(question, near)[:top_k]


def _asks_of_a_day(question: Question) -> bool:
    """Whether nothing is asked but what is told of a day, as whatever names it does."""
    return not question.words and any(
        asked.day is not None
        or (asked.period is not None and asked.period.precision is Precision.DAY)
        for asked in question.dates
    )


def _denials_last(question: Question, judged: list[_Judged]) -> list[_Judged]:
    """``judged`` with what says that nothing happened behind what says where, when or by whom.

    The order is kept where nothing says so, or where something else is asked.
    """

    def denies(one: _Judged) -> bool:
        said = one.passage.text[one.sentence.start : one.sentence.end]
        return not one.sentence.answers and _DENIAL_RE.search(fold(said).lower()) is not None

    if question.kind in _HAPPENED and any(one.sentence.answers for one in judged):
        return sorted(judged, key=denies)
    return judged


def _missing(question: Question, evidence: Evidence) -> tuple[str, ...]:
    """What a passage leaves open: words it does not say, else the kind of thing asked for."""
    words = tuple(word.text for word in question.words if not evidence.has(word))
    if words:
        return words
    if body := evidence.other_body():
        return (body,)
    return () if evidence.holds_kind() else (question.asking,)


def _completed(question: Question, before: Question) -> Question:
    """A question with what it leaves to the one before: "năm nào?", "còn ông Sự?".

    Both texts count for their meaning; words and places are those of the question that has any. So
    are dates, and "còn năm 2025?" asks the same of another year.
    """
    own = question.text
    if question.words:
        question = replace(question, text=f"{question.text} {before.text}")
    else:
        dated = question if question.dates else before
        question = replace(
            question,
            text=f"{before.text} {question.text}",
            accented=before.accented,
            terms=replace(before.terms, dates=dated.terms.dates),
            translated=before.translated,
            related=before.related,
            places=before.places,
            dates=dated.dates,
            words=before.words,
        )
    if question.kind is AnswerKind.OTHER and _REASON_RE.search(fold(own)) is None:
        question = replace(question, kind=before.kind, asking=before.asking)
    return question


def _quote(judged: _Judged) -> Quote:
    passage = judged.passage
    return Quote(
        passage_id=passage.id,
        citation=passage.report,
        page=passage.page,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        highlights=highlights(judged.evidence, judged.sentence),
        score=judged.score,
        ocr=passage.ocr,
    )


def _nearest(passages: Iterable[Passage]) -> tuple[Citation, ...]:
    citations = {passage.report.report_id: passage.report for passage in passages}
    return tuple(citations.values())[:_NEAREST]
