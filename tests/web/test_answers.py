"""Answers that the page keeps, and what becomes of them after a reload."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from hoidap import answering
from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.encoder import Encoder
from hoidap.errors import QuestionError
from hoidap.settings import Settings
from hoidap.web import answers
from hoidap.web.answers import Answers, Asking

BRIDGE = Asking("Cầu Rạch Tre dài bao nhiêu mét?")


@pytest.fixture
def kept(own: Settings, reloaded: Callable[[Settings], int], encoder: Encoder) -> Iterator[Answers]:
    (own.reports_path / "cầu.txt").write_text("Cầu Rạch Tre dài 40 mét.", "utf-8")
    reloaded(own)
    with closing(Answers(Answerer(own, encoder), Catalog(own.catalog_path))) as opened:
        yield opened


@pytest.fixture
def lengthen(own: Settings, reloaded: Callable[[Settings], int]) -> Callable[[int], int]:
    def changed(metres: int) -> int:
        text = f"Cầu Rạch Tre dài {metres} mét."
        (own.reports_path / "cầu.txt").write_text(text, "utf-8")
        return reloaded(own)

    return changed


def test_the_same_question_is_worked_out_once(kept: Answers) -> None:
    first = kept.answer(BRIDGE)
    assert first.quotes[0].text == "Cầu Rạch Tre dài 40 mét."
    assert kept.answer(BRIDGE) is first
    assert kept.answer(Asking(BRIDGE.text, top_k=1)) is not first
    with pytest.raises(QuestionError, match="câu hỏi trống"):
        kept.answer(Asking(" "))


def test_a_small_index_answers_from_the_new_generation_at_once(
    kept: Answers, lengthen: Callable[[int], int]
) -> None:
    kept.answer(BRIDGE)
    number = lengthen(50)
    answer = kept.answer(BRIDGE)
    assert (answer.generation, answer.quotes[0].text) == (number, "Cầu Rạch Tre dài 50 mét.")


def test_of_a_large_one_the_former_answer_is_given_until_it_is_renewed(
    kept: Answers, lengthen: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_LARGE", 1)
    monkeypatch.setattr(answers, "_GRACE", timedelta(hours=1))
    first = kept.answer(BRIDGE)
    number = lengthen(50)
    assert kept.answer(BRIDGE) is first
    until = time.monotonic() + 30
    while (answer := kept.answer(BRIDGE)).generation != number and time.monotonic() < until:
        time.sleep(0.02)
    assert (answer.generation, answer.quotes[0].text) == (number, "Cầu Rạch Tre dài 50 mét.")


def test_an_answer_of_two_generations_before_or_after_the_grace_is_not_given(
    kept: Answers, lengthen: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_LARGE", 1)
    monkeypatch.setattr(answers, "_GRACE", timedelta(hours=1))
    first = kept.answer(BRIDGE)
    lengthen(50)
    lengthen(60)
    assert kept.answer(BRIDGE) is not first
    second = kept.answer(BRIDGE)
    lengthen(70)
    monkeypatch.setattr(answers, "_GRACE", timedelta(0))
    assert kept.answer(BRIDGE) is not second


@pytest.mark.parametrize("large", [1, 10**6], ids=["large", "small"])
def test_nothing_is_kept_of_a_catalog_that_was_moved_away(
    large: int,
    kept: Answers,
    own: Settings,
    lengthen: Callable[[int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answering, "_LARGE", large)
    monkeypatch.setattr(answers, "_GRACE", timedelta(hours=1))
    first = kept.answer(BRIDGE)
    own.catalog_path.rename(own.data / "away.sqlite3")
    assert [lengthen(metres) for metres in (50, 60)][-1] == first.generation
    second = kept.answer(BRIDGE)
    assert second.quotes[0].text == "Cầu Rạch Tre dài 60 mét."
    own.catalog_path.rename(own.data / "away too.sqlite3")
    assert [lengthen(metres) for metres in (70, 80, 90)][-1] == second.generation + 1
    assert kept.answer(BRIDGE).quotes[0].text == "Cầu Rạch Tre dài 90 mét."
