"""Passages of reports that are added are what the catalog then reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from hoidap.catalog import CatalogWriter, Cause, NewVersion
from hoidap.documents import Note, Report
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


def test_ids_of_what_was_undone_are_given_again(catalog: CatalogWriter) -> None:
    report = REPORTS[2]

    def add(fails: bool) -> int:
        with catalog.next_generation(Cause.RELOAD, "an"):
            (passage,) = catalog.add([new(report)], 1)
            if fails:
                raise RuntimeError(passage.id)
        return passage.id

    with pytest.raises(RuntimeError) as undone:
        add(fails=True)
    assert [add(fails=False)] == list(undone.value.args)
    assert [one.text for one in catalog.in_order(undone.value.args)] == [report.text]
