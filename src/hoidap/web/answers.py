"""Answers that are kept, since the same is asked again and again."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from hoidap.answering import DEFAULT_TOP_K, Answerer
from hoidap.catalog import Catalog, Generation
from hoidap.documents import Answer

_REMEMBERED = 2000
# How long after a reload of a large index an answer of the generation before is still given: at
# once all that people ask would have to be worked out anew, and everybody would wait.
_GRACE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question with what narrows it down."""

    text: str
    top_k: int = DEFAULT_TOP_K
    since: date | None = None
    until: date | None = None
    report_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, and the generation that was the current one when it was asked for.

    That is the answer's or a neighbour of it, and tells its catalog from another at the same place,
    whose numbers are the same.
    """

    answer: Answer
    current: Generation | None


class Answers:
    """The answerer, and what it answered last. Safe for use by several threads."""

    def __init__(self, answerer: Answerer, catalog: Catalog) -> None:
        self._answerer = answerer
        self._catalog = catalog
        self._kept: OrderedDict[Asking, _Kept] = OrderedDict()
        self._lock = Lock()
        self._renewing: set[Asking] = set()
        self._renewer = ThreadPoolExecutor(1, "hoidap-renew")

    def answer(self, asking: Asking) -> Answer:
        """The answer to a question; of the current generation, or within seconds of the one before.

        Raises `QuestionError`.
        """
        generation = self._catalog.generation()
        with self._lock:
            kept = self._kept.get(asking)
            if kept is not None:
                self._kept.move_to_end(asking)
        if kept is None or generation is None:
            return self._work_out(asking, generation)
        if kept.current == generation and kept.answer.generation == generation.number:
            return kept.answer
        if not self._may_be_given(kept, generation):
            return self._work_out(asking, generation)
        self._renew(asking)
        return kept.answer

    def close(self) -> None:
        """Let go of what is to be worked out anew."""
        self._renewer.shutdown(cancel_futures=True)

    def _may_be_given(self, kept: _Kept, generation: Generation) -> bool:
        age = datetime.now(UTC) - generation.created
        former = kept.answer.generation == generation.number - 1
        return (
            former
            and self._answerer.is_large
            and age < _GRACE
            and kept.current in self._catalog.generations()
        )

    def _renew(self, asking: Asking) -> None:
        with self._lock:
            if asking in self._renewing:
                return
            self._renewing.add(asking)
        self._renewer.submit(self._renewed, asking)

    def _renewed(self, asking: Asking) -> None:
        try:
            self._work_out(asking, self._catalog.generation())
        finally:
            with self._lock:
                self._renewing.discard(asking)

    def _work_out(self, asking: Asking, current: Generation | None) -> Answer:
        answer = self._answerer.answer(
            asking.text,
            top_k=asking.top_k,
            since=asking.since,
            until=asking.until,
            report_id=asking.report_id,
        )
        with self._lock:
            self._kept[asking] = _Kept(answer, current)
            if len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
        return answer
