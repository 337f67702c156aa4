"""Documents that a question names by kind and number."""

from __future__ import annotations

import pytest

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.cited_documents import find_cited_documents

ABBREVIATIONS = Abbreviations.load()
NUMBERS = (
    "1452/QĐ-UBND",
    "05/QĐ-UBND",
    "45/UBND-VX",
    "45/UBND-KT",
    "45/BC-UBND",
    "45-BC/HU",
    "100/2019/NĐ-CP",
    "5/KH-UBND",
    "6/BC-UBND",
)


def numbered(first: int) -> list[str]:
    return [one for one in NUMBERS if int(one.partition("/")[0].partition("-")[0]) == first]


def found(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (text[one.start : one.end], one.forms)
        for one in find_cited_documents(text, numbered, ABBREVIATIONS)
    ]


@pytest.mark.parametrize(
    ("text", "cited", "forms"),
    [
        ("Quyết định 1452 bổ nhiệm ai?", "Quyết định 1452", ("1452/qđ-ubnd",)),
        ("quyet dinh so 1452 ve viec gi", "quyet dinh so 1452", ("1452/qđ-ubnd",)),
        ("QĐ 1452 nói gì", "QĐ 1452", ("1452/qđ-ubnd",)),
        ("Quyết định 1452/QD-UBND?", "Quyết định 1452/QD-UBND", ("1452/qđ-ubnd",)),
        ("Quyết định số 5 nói gì?", "Quyết định số 5", ("05/qđ-ubnd",)),
        ("Công văn 45 ngày 18/3/2024", "Công văn 45", ("45/ubnd-vx", "45/ubnd-kt")),
        ("báo cáo số 45", "báo cáo số 45", ("45/bc-ubnd", "45 báo cáo huyện ủy")),
        ("Báo cáo 45 tháng nào?", "Báo cáo 45", ("45/bc-ubnd", "45 báo cáo huyện ủy")),
        ("Nghị định 100 phạt bao nhiêu?", "Nghị định 100", ("100/2019/nđ-cp",)),
        ("Nghị định 100/2019 phạt ai?", "Nghị định 100/2019", ("100/2019/nđ-cp",)),
        ("What does decision no. 1452 say?", "decision no. 1452", ("1452/qđ-ubnd",)),
    ],
)
def test_a_document_is_known_by_kind_and_number(
    text: str, cited: str, forms: tuple[str, ...]
) -> None:
    assert found(text) == [(cited, forms)]


@pytest.mark.parametrize(
    "text",
    [
        "Quyết định 1453 bổ nhiệm ai?",
        "Quyết định 45 nói gì?",
        "Nghị quyết 1452 nói gì?",
        "Kế hoạch 5 năm đạt gì?",
        "Kế hoạch 5 năm 2021 - 2025 đạt gì?",
        "Báo cáo 6 tháng đầu năm",
        "1452 hộ nào?",
    ],
)
def test_an_amount_or_another_document_is_not_meant(text: str) -> None:
    assert found(text) == []
