"""How a report's text was read is kept, and told wherever it is quoted."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from bot.messages import answer_message, passage_message, window_message
from bot.texts import texts_in
from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.display import answer_json, answer_text, report_text
from hoidap.documents import Note, Report, read_by_ocr
from hoidap.encoder import Encoder
from hoidap.passages import SPLITTER_VERSION
from hoidap.plan import fingerprint_of
from hoidap.reload import load_reports, reload
from hoidap.settings import Settings
from tests.formats import PLAIN, legacy_bytes

Write = Callable[[str, str], Path]
# Long enough to be a passage each.
PRINTED = (
    "Xã Vĩnh Hòa sửa cầu khỉ ở ấp 3, dài ba mươi mét, hết tám mươi triệu đồng. "
    + (
        "Nhân dân trong ấp góp công, góp cây và cùng nhau làm trong hai tuần lễ của mùa khô. " * 6
    ).strip()
)
SCANNED = (
    "Xã Phú Lộc xây trường mầm non bốn phòng học, khánh thành vào tháng chín. "
    + (
        "Nhà thầu giao đúng hẹn, phụ huynh trồng thêm cây bóng mát và dọn sạch sân chơi. " * 6
    ).strip()
)


def printed(what: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(what)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


@pytest.fixture
def mixed(settings: Settings, encoder: Encoder) -> Settings:
    """A report of two pages, the second of which was read by OCR."""
    text = f"{PRINTED}\n\n{SCANNED}"
    report = Report(
        "hai-trang", "hai-trang.pdf", "Hai trang", text,
        pages=(0, len(PRINTED) + 2), notes=(Note.OCR,), scanned=(2,),
    )  # fmt: skip
    load_reports(settings, encoder, [report])
    return settings


def test_a_quote_from_a_scanned_page_is_marked_wherever_it_is_shown(
    mixed: Settings, encoder: Encoder
) -> None:
    answerer = Answerer(mixed, encoder)
    for question, ocr in (
        ("Xã nào xây trường mầm non?", True),
        ("Xã nào sửa cầu khỉ?", False),
    ):
        answer = answerer.answer(question, top_k=1)
        assert [quote["ocr"] for quote in answer_json(answer)["quotes"]] == [ocr]
        shown = printed(answer_text(answer, styled=False))
        assert ("chữ đọc từ bản chụp, có thể sai" in shown) == ocr
        for language, mark in (("vi", "⚠ chữ đọc từ bản chụp"), ("en", "⚠ read from a scan")):
            texts = texts_in(language)
            assert (mark in answer_message(answer, texts).text) == ocr
            passage = answerer._catalog.passages([answer.quotes[0].passage_id])
            (one,) = passage.values()
            assert (mark in passage_message(one, "", texts).text) == ocr


def test_a_stretch_of_a_report_is_marked_where_any_of_it_was_scanned(mixed: Settings) -> None:
    catalog = Catalog(mixed.catalog_path)
    passages = catalog.passages_of("hai-trang")
    assert [one.ocr for one in passages] == [False, True]
    text = catalog.report("hai-trang").text
    texts = texts_in("vi")
    assert "bản chụp" in window_message(text, passages, None, texts).text
    assert "bản chụp" not in window_message(text, passages[:1], None, texts).text


def test_the_report_says_how_it_was_read(mixed: Settings) -> None:
    report = Catalog(mixed.catalog_path).report("hai-trang")
    assert (report.notes, report.scanned) == ((Note.OCR,), (2,))
    shown = printed(report_text(report))
    assert "Cách đọc: đọc bằng máy từ bản chụp (OCR), có thể sai chữ" in shown
    assert "Trang đọc từ bản chụp: 2" in shown


@pytest.mark.parametrize(
    ("start", "end", "ocr"),
    [(0, 9, False), (0, 10, False), (9, 11, True), (10, 20, True), (19, 21, True), (20, 30, False)],
)
def test_what_stands_on_a_scanned_page(start: int, end: int, ocr: bool) -> None:
    assert read_by_ocr((0, 10, 20), (2,), start, end) == ocr
    assert not read_by_ocr((0, 10, 20), (), start, end)
    assert read_by_ocr((0, 10, 20), (1, 2, 3), start, end)


def test_a_catalog_of_before_is_read_and_learns_it_with_the_next_reload(
    settings: Settings, write: Write, encoder: Encoder
) -> None:
    write("mới.txt", PRINTED)
    (settings.reports_path / "cũ.txt").write_bytes(legacy_bytes(PLAIN, 2))
    reload(settings, encoder)
    catalog = Catalog(settings.catalog_path)
    assert catalog.report("cũ").notes == (Note.FROM_TCVN3,)
    former = {
        name: fingerprint_of(SPLITTER_VERSION, catalog.report(name)) for name in ("mới", "cũ")
    }
    with closing(sqlite3.connect(settings.catalog_path)) as connection:
        for name, fingerprint in former.items():
            connection.execute(
                "UPDATE versions SET fingerprint = ? WHERE report_id = ?", (fingerprint, name)
            )
        for column in ("notes", "scanned"):
            connection.execute(f"ALTER TABLE versions DROP COLUMN {column}")
        connection.execute("DROP INDEX versions_by_number")
        connection.execute("UPDATE files SET fingerprint = 'of before'")
        connection.execute("PRAGMA user_version = 4")
        connection.commit()
    catalog = Catalog(settings.catalog_path)
    assert catalog.report("cũ").notes == ()
    answer = Answerer(settings, encoder).answer("Xã nào sửa cầu khỉ?")
    assert (answer.quotes[0].text, answer.quotes[0].ocr) == (PRINTED, False)
    result = reload(settings, encoder)
    assert (result.changed, result.unchanged) == (("cũ.txt",), ("mới.txt",))
    assert catalog.report("cũ").notes == (Note.FROM_TCVN3,)
    assert catalog.report("cũ", 1).notes == ()
    assert reload(settings, encoder).generation == 2
