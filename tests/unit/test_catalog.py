"""Passages of reports that are added are what the catalog then reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hoidap.catalog import CatalogWriter, Cause, NewVersion
from hoidap.documents import Note, Passage, Report
from hoidap.errors import ReportNotFoundError
from hoidap.passages import split_passages

TEXT = (
    "BÁO CÁO\n\nI. Kinh tế:\n\n" + "Sản lượng lúa đạt kế hoạch. " * 20 + "\n\n"
    "II. Xã hội:\n\n" + "Tỷ lệ hộ nghèo giảm. " * 25
)
REPORTS = (
    Report("a", "a.pdf", "Báo cáo", TEXT, date(2021, 3, 26), "12/BC-UBND", pages=(0, 40, 500),
           notes=(Note.OCR,), scanned=(2,)),
    Report("b", "b.txt", "Tin", "Một dòng.", source="Cổng thông tin"),
    Report("c", "c.txt", "Tin", "Hội nghị tổng kết ngày 26/3/2021."),
)  # fmt: skip


def new(report: Report) -> NewVersion:
    return NewVersion(report, split_passages(report), "fingerprint", b"")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[CatalogWriter]:
    with closing(CatalogWriter(tmp_path / "catalog.sqlite")) as writer:
        yield writer


def test_added_passages_are_those_that_are_read(catalog: CatalogWriter) -> None:
    for number, reports in enumerate((REPORTS[:1], REPORTS[1:]), start=1):
        with catalog.next_generation(Cause.RELOAD, "an"):
            added = list(catalog.add(map(new, reports), number))
        came, _ = catalog.changed_ids(number)
        assert added == list(catalog.in_order(came))
    first = next(catalog.in_order(catalog.current_ids().tolist()))
    assert first.headings
    assert first.ocr


def test_nothing_is_left_of_what_was_undone(catalog: CatalogWriter) -> None:
    def add(report: Report, fails: bool) -> list[Passage]:
        with catalog.next_generation(Cause.RELOAD, "an"):
            added = list(catalog.add([new(report)], 1))
            if fails:
                raise KeyboardInterrupt
        return added

    with pytest.raises(KeyboardInterrupt):
        add(REPORTS[0], fails=True)
    added = add(REPORTS[2], fails=False)
    assert list(catalog.kept_passages()) == added


def test_an_id_that_is_no_text_is_no_reports(catalog: CatalogWriter) -> None:
    with catalog.next_generation(Cause.RELOAD, "an"):
        list(catalog.add(map(new, REPORTS), 1))
    assert catalog.report("a").title == "Báo cáo"
    with pytest.raises(ReportNotFoundError, match="không có báo cáo nào mang mã"):
        catalog.report(b"b\xe1o".decode("utf-8", "surrogateescape"))


def test_reports_are_found_by_their_whole_number(catalog: CatalogWriter) -> None:
    numbered = [
        replace(REPORTS[1], id=report_id, file=f"{report_id}.txt", number=number)
        for report_id, number in (
            ("z", "12/BC-UBND"), ("y", "12/BC"), ("x", "112/BC-UBND"), ("w", "BC-12"), ("v", None)
        )
    ]  # fmt: skip
    with catalog.next_generation(Cause.RELOAD, "an"):
        list(catalog.add(map(new, (REPORTS[0], *numbered)), 1))
    found = {
        number: [one.report_id for one in catalog.numbered(number)]
        for number in ("12/BC-UBND", "12/BC", "BC-12", "12", "", "13/BC-UBND")
    }
    assert found == {
        "12/BC-UBND": ["a", "z"], "12/BC": ["y"], "BC-12": ["w"], "12": [], "": [], "13/BC-UBND": []
    }  # fmt: skip
    with catalog.next_generation(Cause.RELOAD, "an"):
        (known,) = catalog.known_reports("a.pdf")
        catalog.remove(known, 2)
    assert [one.report_id for one in catalog.numbered("12/BC-UBND")] == ["z"]


def test_no_number_is_looked_for_in_all_reports(catalog: CatalogWriter) -> None:
    with catalog.next_generation(Cause.RELOAD, "an"):
        list(catalog.add(map(new, REPORTS), 1))
    statements: list[str] = []
    catalog._connection().set_trace_callback(statements.append)
    catalog.numbered("12/BC-UBND")
    catalog.numbers(12)
    asked = [one for one in statements if "FROM versions" in one]
    assert len(asked) == 2
    for statement in asked:
        (plan, *_) = catalog._connection().execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
        assert "USING INDEX versions_by_number" in plan["detail"]
