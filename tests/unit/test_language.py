from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.language import Language, detect_language
from hoidap.vietnamese.text import fold

VIETNAMESE = [
    "Ai chủ trì hội nghị ngày 26/3/2021?",
    "ai chu tri hoi nghi ngay 26/3/2021",
    "co bao nhieu xa dat chuan nong thon moi",
    "UBND huyen o dau",
    "chu tich la ai",
    "CHỦ TỊCH HUYỆN LÀ AI",
    "Thu nhập bình quân đầu người năm 2021",
    "nhu the nao",
    "can lam gi de xin giay khai sinh",
    "in giay khai sinh o dau",
    "to chuc le hoi",
    "website của huyện",
    "quán café ở đâu",
    "ty le ho ngheo nam 2021",
    "Cao Lãnh",
    "Đạt",
    "ngan sach",
    "cam on",
    "Thu ngân sách quý I năm 2023?",
    "Kỳ họp thứ I HĐND huyện",
]
ENGLISH = [
    "Who chaired the 26/3/2021 conference?",
    "how many communes met the new rural standard",
    "who is the chairman of Cao Lanh district",
    "Who chaired hội nghị 26/3/2021?",
    "What did bà Huỳnh Thị Hoài Thu say?",
    "Is there a hospital near Mỹ Thọ?",
    "WHO IS THE CHAIRMAN",
    "The café in Zürich was naïve",
    "poverty rate in Cao Lãnh district",
    "district budget 2021",
    "where’s the office",
    "can you help me",
    "At Mỹ Long I want a new căn cước",
]


@pytest.mark.parametrize("question", VIETNAMESE)
def test_vietnamese_is_told_with_and_without_diacritics(question: str) -> None:
    assert detect_language(question) is Language.VIETNAMESE
    assert detect_language(fold(question)) is Language.VIETNAMESE


@pytest.mark.parametrize("question", ENGLISH)
def test_english_is_told_even_with_vietnamese_names(question: str) -> None:
    assert detect_language(question) is Language.ENGLISH


@pytest.mark.parametrize("question", ["ok", "OCOP", "GDP", "xyzzy", "tp hcm"])
def test_a_word_or_two_that_say_nothing_are_vietnamese(question: str) -> None:
    assert detect_language(question) is Language.VIETNAMESE


@pytest.mark.parametrize("question", ["", " ", "26/3/2021", "123", "?!", "😀", "Привет", "你好"])
def test_without_a_latin_letter_the_language_is_unknown(question: str) -> None:
    assert detect_language(question) is Language.UNKNOWN


def test_langdetect_decides_what_no_list_knows() -> None:
    assert detect_language("naïve café brilliant performance") is Language.ENGLISH
    assert detect_language("quyhoach nhamaynuoc khuvuonxoai") is Language.VIETNAMESE


def test_decomposed_letters_count() -> None:
    assert detect_language("Mỹ Thọ") is Language.VIETNAMESE


def test_langdetect_is_loaded_only_when_needed() -> None:
    program = (
        "import sys\n"
        "from hoidap.vietnamese.language import detect_language\n"
        "for question in sys.argv[1:]: detect_language(question)\n"
        "print('langdetect' in sys.modules)\n"
    )
    command = [sys.executable, "-c", program, *VIETNAMESE, *ENGLISH, "ok", "26/3/2021"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_threads_get_the_same_answers() -> None:
    questions = ["naïve café brilliant performance", "quyhoach nhamaynuoc khuvuonxoai"] * 50
    expected = [detect_language(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(detect_language, questions)) == expected


@given(st.text())
def test_any_text_has_a_language_and_always_the_same(text: str) -> None:
    assert detect_language(text) is detect_language(text)
