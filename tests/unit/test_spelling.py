"""Marks left out of words of several syllables: what is restored and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.glossary import Glossary
from hoidap.vietnamese.places import Places
from hoidap.vietnamese.question import QuestionReader
from hoidap.vietnamese.spelling import repair
from hoidap.vietnamese.synonyms import Synonyms
from hoidap.vietnamese.text import fold, nfc, tokenize
from tests.strategies import phrases, sentences

MISSPELT = (
    "tội pham", "cung câp", "quá trinh", "dân sư", "hôi nghị", "nghi quyêt", "trách nhiêm", "pham",
    "câp", "sư", "trinh", "tội", "cung", "quá", "dân", "nuôi", "ba", "con", "bò",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tội pham", "tội phạm"),
        ("cung câp", "cung cấp"),
        ("quá trinh", "quá trình"),
        ("bộ luật dân sư", "bộ luật dân sự"),
        ("Mức phạt với tội pham là gì?", "Mức phạt với tội phạm là gì?"),
        ("Ai cung câp nước sạch, quá trinh ra sao?", "Ai cung cấp nước sạch, quá trình ra sao?"),
        ("(cung  câp)", "(cung  cấp)"),
    ],
)
def test_marks_that_were_left_out_are_restored(typed: str, meant: str) -> None:
    assert repair(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\n",
        "nuôi ba con bò",
        "14/14 chỉ tiêu, 95,5%",
        "xyzzy qwrt",
        "What is the budget of the district?",
    ],
)
def test_what_is_right_or_no_word_at_all_is_left_alone(text: str) -> None:
    assert repair(text) == text


@pytest.mark.parametrize(
    "sentence",
    [
        "Ủy ban nhân dân huyện tổ chức hội nghị tổng kết công tác năm 2021.",
        "Chủ tịch UBND huyện chủ trì cuộc họp giao ban với các phòng, ban chuyên môn.",
        "Hội đồng nhân dân xã thông qua nghị quyết về dự toán thu chi ngân sách.",
        "Phòng Giáo dục và Đào tạo phối hợp với các trường tổ chức khai giảng.",
        "Tỷ lệ hộ nghèo giảm còn 2,5% theo chuẩn nghèo đa chiều.",
        "Công an huyện xử lý 14 vụ vi phạm trật tự an toàn giao thông.",
        "Trung tâm Y tế tiêm vắc xin phòng bệnh cho người dân trên địa bàn.",
        "Bộ phận Một cửa tiếp nhận và trả kết quả hồ sơ thủ tục hành chính.",
        "Các xã đạt chuẩn nông thôn mới được biểu dương, khen thưởng.",
        "Thanh tra huyện giải quyết đơn thư khiếu nại, tố cáo của công dân.",
    ],
)
def test_a_correct_sentence_is_left_alone(sentence: str) -> None:
    assert repair(sentence) == sentence


@pytest.mark.parametrize(
    "name",
    [
        "Huỳnh Thị Hoài Thu", "ông Lê Chí Thiện", "Đoàn Minh Khải", "bà Lâm Thị Ngọc Diệp",
        "Bà Trần Thị Trinh", "Phạm Văn Trinh", "Pham Văn Dân", "huyện Cao Lãnh", "cầu Rạch Sậy",
        "Công ty Cổ phần Xây dựng Sông Thanh",
    ],
)  # fmt: skip
def test_a_name_is_left_alone(name: str) -> None:
    assert repair(name) == name


def test_a_question_is_read_as_if_its_marks_were_there() -> None:
    reader = QuestionReader(
        Abbreviations.load(),
        Glossary.load(),
        Synonyms.load(),
        places=Places.load(),
        chat=Chat.load(),
    )
    typed, meant = (reader.read(f"Mức phạt với {word}?") for word in ("tội pham", "tội phạm"))
    assert [word.text for word in typed.words] == [word.text for word in meant.words]
    assert "tội phạm" in [word.text for word in typed.words]


texts = st.one_of(
    st.lists(st.sampled_from(MISSPELT), max_size=8).map(" ".join),
    st.lists(st.one_of(st.sampled_from(MISSPELT), phrases(max_size=3)), max_size=6).map(" ".join),
    sentences(),
    st.text(max_size=40),
)


@given(texts)
def test_repair_never_raises_and_does_nothing_the_second_time(text: str) -> None:
    once = repair(text)
    assert repair(once) == once


@given(texts.map(nfc))
def test_only_marks_change_and_all_else_keeps_its_place(text: str) -> None:
    repaired = repair(text)
    assert len(repaired) == len(text)
    before, after = tokenize(text), tokenize(repaired)
    assert [fold(token.text) for token in before] == [fold(token.text) for token in after]
    changed = [
        (one.start, one.end)
        for one, other in zip(before, after, strict=True)
        if one.text != other.text
    ]
    done = 0
    for start, end in [*changed, (len(text), len(text))]:
        assert repaired[done:start] == text[done:start]
        done = end
