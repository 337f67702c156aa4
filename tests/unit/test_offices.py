"""Which office of which body a question asks for."""

from __future__ import annotations

import pytest

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.glossary import Glossary
from hoidap.vietnamese.offices import office_asked
from hoidap.vietnamese.places import Places
from hoidap.vietnamese.question import QuestionReader
from hoidap.vietnamese.synonyms import Synonyms

READER = QuestionReader(
    Abbreviations.load(), Glossary.load(), Synonyms.load(), places=Places.load(), chat=Chat.load()
)


def asked(text: str) -> list[str]:
    question = READER.read(text)
    return [question.words[number].text for number in office_asked(question)]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Bí thư Huyện ủy là ai?", ["Bí thư", "Huyện ủy"]),
        ("ai la bi thu huyen uy", ["bi thu", "huyen uy"]),
        ("Chủ tịch UBND xã là ai?", ["Chủ tịch", "UBND", "xã"]),
        ("Phó Chủ tịch xã Ba Sao là ai?", ["Chủ tịch", "xã Ba Sao"]),
        ("Ai chủ trì cùng Chủ tịch UBND huyện?", ["Chủ tịch", "UBND", "huyện"]),
    ],
)
def test_office_with_its_body(question: str, words: list[str]) -> None:
    assert asked(question) == words


@pytest.mark.parametrize(
    "question",
    [
        "Chủ tịch UBND huyện làm gì?",
        "Ai là Chủ tịch?",
        "Ai dự họp ở xã?",
        "Who is the chairman of the district?",
        "",
    ],
)
def test_no_office_of_a_body(question: str) -> None:
    assert asked(question) == []
