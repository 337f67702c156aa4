"""Which office of which body a question asks for."""

from __future__ import annotations

import pytest

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.glossary import Glossary
from hoidap.vietnamese.offices import names_other_unit, office_asked
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
        ("Phó Chủ tịch xã Ba Sao là ai?", ["Phó Chủ tịch", "xã Ba Sao"]),
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


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("Ai là Chủ tịch UBND huyện?", "Bà Ngân giữ chức Chủ tịch Ủy ban nhân dân xã.", True),
        ("ai la chu tich ubnd huyen", "Bà Ngân giữ chức Chủ tịch Ủy ban nhân dân xã.", True),
        ("Ai là Chủ tịch UBND huyện?", "Ông Đức, Chủ tịch UBND huyện, và Chủ tịch xã.", False),
        ("Ai là Chủ tịch UBND huyện?", "Ông Đức, Chủ tịch UBND, chủ trì.", False),
        ("Ai là Bí thư Huyện ủy?", "Ông Út, Bí thư xã.", True),
        ("Chủ tịch UBND thị trấn là ai?", "Ông Đức, Chủ tịch UBND huyện.", True),
        ("Chủ tịch xã Ba Sao là ai?", "Ông Đức, Chủ tịch UBND huyện.", False),
        ("Chủ tịch xã Ba Sao là ai?", "Ông Đức, Chủ tịch huyện.", True),
    ],
)
def test_the_office_of_a_unit_of_another_kind(question: str, text: str, other: bool) -> None:
    read = READER.read(question)
    assert names_other_unit(read, office_asked(read), text) is other
