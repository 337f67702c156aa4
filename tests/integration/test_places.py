"""Questions by old and new names of places, answered from reports that use the other ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from hoidap.answering import Answerer
from hoidap.display import answer_json, answer_text
from hoidap.documents import Answer, Status
from hoidap.encoder import Encoder
from hoidap.reload import reload
from hoidap.settings import Settings

TITLE = "Tình hình giảm nghèo năm 2021"
# A report each: so short they would be one passage of a common one.
REPORTS = (
    "Qua rà soát, xã Tân Nghĩa có 120 hộ nghèo, chiếm 3,2% tổng số hộ.",
    "Qua rà soát, phường Mỹ Ngãi có 80 hộ nghèo, chiếm 2,1% tổng số hộ.",
    "Qua rà soát, xã Tân Khánh Đông có 45 hộ nghèo, chiếm 1,4% tổng số hộ.",
    "Qua rà soát, xã Mỹ Xương có 66 hộ nghèo, chiếm 2,4% tổng số hộ.",
    "Qua rà soát, Phường 1, thành phố Mỹ Tho có 12 hộ nghèo, chiếm 0,4% tổng số hộ.",
    "Qua rà soát, Phường 1, thành phố Sa Đéc có 15 hộ nghèo, chiếm 0,5% tổng số hộ.",
)
MY_NGAI_VI = (
    "Từ ngày 1/7/2025, phường Mỹ Ngãi gồm phường Mỹ Ngãi, xã Mỹ Tân (thành phố Cao Lãnh)"
    " và xã Tân Nghĩa trước đây."
)
MY_NGAI_EN = (
    "Since 1 July 2025, Mỹ Ngãi ward consists of the former Mỹ Ngãi ward, Mỹ Tân commune"
    " (Cao Lãnh city) and Tân Nghĩa commune."
)


@pytest.fixture
def poverty(settings: Settings, encoder: Encoder, write: Callable[[str, str], Path]) -> Answerer:
    for number, text in enumerate(REPORTS):
        write(f"giam-ngheo-{number}.txt", f"{TITLE}\n\n{text}\n")
    reload(settings, encoder)
    return Answerer(settings, encoder)


def lines(answer: Answer) -> list[str]:
    console = Console(width=1000, color_system=None)
    with console.capture() as capture:
        console.print(answer_text(answer, styled=False))
    return [line.rstrip() for line in capture.get().splitlines() if line.strip()]


@pytest.mark.parametrize(
    "question",
    [
        "phường Mỹ Ngãi có bao nhiêu hộ nghèo?",
        "phuong my ngai co bao nhieu ho ngheo",
        "How many poor households are there in My Ngai ward?",
    ],
)
def test_present_unit_finds_its_own_name_first_and_then_its_former_units(
    poverty: Answerer, question: str
) -> None:
    ranked = [passage.text for passage in poverty.rank(question)]
    assert "phường Mỹ Ngãi có 80 hộ nghèo" in ranked[0]
    assert "xã Tân Nghĩa có 120 hộ nghèo" in ranked[1]
    answer = poverty.answer(question)
    assert answer.status is Status.QUOTED
    assert [quote.text.split("có ")[1][:3].strip() for quote in answer.quotes] == ["80", "120"]


def test_former_unit_finds_its_own_name_first_and_then_the_present_unit(poverty: Answerer) -> None:
    first, second = poverty.answer("xã Tân Nghĩa có bao nhiêu hộ nghèo?").quotes
    assert "xã Tân Nghĩa có 120 hộ nghèo" in first.text
    assert "phường Mỹ Ngãi có 80 hộ nghèo" in second.text


@pytest.mark.parametrize(
    ("question", "number", "said"),
    [
        ("xã Mỹ Thọ có bao nhiêu hộ nghèo?", "66", "xã Mỹ Xương"),
        ("phường Mỹ Tho có bao nhiêu hộ nghèo?", "12", "phường 1 (thành phố Mỹ Tho)"),
        ("phường Sa Đéc có bao nhiêu hộ nghèo?", "15", "phường 1 (thành phố Sa Đéc)"),
    ],
)
def test_where_only_a_former_unit_is_reported_it_answers(
    poverty: Answerer, question: str, number: str, said: str
) -> None:
    answer = poverty.answer(question)
    assert (answer.status, answer.missing_terms) == (Status.QUOTED, ())
    assert f"có {number} hộ nghèo" in answer.quotes[0].text
    assert said in lines(answer)[0]


def test_place_of_which_nothing_is_reported_is_named_as_missing(poverty: Answerer) -> None:
    answer = poverty.answer("Xã Ba Sao có bao nhiêu hộ nghèo?")
    assert answer.status is not Status.QUOTED
    assert answer.status is Status.NOT_FOUND or answer.missing_terms == ("Xã Ba Sao",)
    assert "Từ ngày 1/7/2025, xã Ba Sao gồm xã Phương Trà và xã Ba Sao trước đây." in lines(answer)


def test_reader_is_told_what_became_of_the_place_before_the_quotes(poverty: Answerer) -> None:
    assert lines(poverty.answer("phường Mỹ Ngãi có bao nhiêu hộ nghèo?"))[0] == MY_NGAI_VI
    english = poverty.answer("How many poor households are there in My Ngai ward?")
    assert lines(english)[0] == MY_NGAI_EN
    former = poverty.answer("Xã Tân Nghĩa có bao nhiêu hộ nghèo?")
    assert lines(former)[0] == "Xã Tân Nghĩa nay thuộc phường Mỹ Ngãi (từ 1/7/2025)."
    english = poverty.answer("How many poor households are there in Ward 1 of Sa Dec city?")
    assert lines(english)[0] == "Ward 1 (Sa Đéc city) is now in Sa Đéc ward (since 1 July 2025)."


def test_part_and_namesakes_are_told_as_such(poverty: Answerer) -> None:
    assert lines(poverty.answer("Hộ nghèo xã Gáo Giồng"))[:2] == [
        "Một phần xã Gáo Giồng nay thuộc xã Phong Mỹ (từ 1/7/2025).",
        "Một phần xã Gáo Giồng nay thuộc xã Phú Cường (từ 1/7/2025).",
    ]
    assert lines(poverty.answer("Hộ nghèo xã Long Khánh"))[:2] == [
        "Từ ngày 1/7/2025, xã Long Khánh gồm xã Long Khánh A và xã Long Khánh B trước đây.",
        "Xã Long Khánh cũ nay thuộc phường Cai Lậy (từ 1/7/2025).",
    ]
    english = poverty.answer("How many poor households are there in Gao Giong commune?")
    assert lines(english)[0] == (
        "Part of Gáo Giồng commune is now in Phong Mỹ commune (since 1 July 2025)."
    )


def test_reader_is_told_behind_the_answer_that_a_district_is_no_more(poverty: Answerer) -> None:
    answer = poverty.answer("Huyện Cao Lãnh có bao nhiêu hộ nghèo?")
    note = "Huyện Cao Lãnh là đơn vị cũ: từ ngày 1/7/2025 không còn cấp huyện."
    assert lines(answer)[-1] == note
    english = poverty.answer("How many poor households are there in Cao Lanh district?")
    assert lines(english)[-1] == (
        "Cao Lãnh district is a former unit: since 1 July 2025 there is no district level."
    )


def test_nothing_is_told_where_no_such_place_is_asked(poverty: Answerer) -> None:
    answer = poverty.answer("Có bao nhiêu hộ nghèo?")
    assert answer.places == ()
    assert "1/7/2025" not in "\n".join(lines(answer))
    assert answer_json(answer)["places"] == []


def test_json_tells_the_places(poverty: Answerer) -> None:
    answer = poverty.answer("Xã Tân Nghĩa ở huyện Lai Vung hay phường Mỹ Ngãi?")
    former = ["phường Mỹ Ngãi", "xã Mỹ Tân (thành phố Cao Lãnh)", "xã Tân Nghĩa"]
    assert answer_json(answer)["places"] == [
        {
            "asked": asked,
            "present": "phường Mỹ Ngãi",
            "former": former,
            "since": "2025-07-01",
        }
        for asked in ("xã Tân Nghĩa", "phường Mỹ Ngãi")
    ]
    district = answer_json(poverty.answer("Huyện Lai Vung có gì?"))["places"]
    assert district == [
        {"asked": "huyện Lai Vung", "present": None, "former": [], "since": "2025-07-01"}
    ]


@pytest.mark.usefixtures("poverty")
def test_own_table_is_read_from_the_data_directory(settings: Settings, encoder: Encoder) -> None:
    (settings.data / "places.tsv").write_text("xã Mới\txã Tân Khánh Đông\n", "utf-8")
    answer = Answerer(settings, encoder).answer("Xã Mới có bao nhiêu hộ nghèo?")
    assert "có 45 hộ nghèo" in answer.quotes[0].text
    assert lines(answer)[0] == "Từ ngày 1/7/2025, xã Mới gồm xã Tân Khánh Đông trước đây."
