"""What the journal keeps, hides and forgets."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from hoidap.documents import Answer, Citation, Quote, Status
from hoidap.errors import JournalError
from hoidap.journal import MASK, Counts, Journal, mask_personal


def answer(question: str, status: Status = Status.QUOTED) -> Answer:
    citation = Citation("bao-cao", "Báo cáo", None, None, "huyện")
    quote = Quote(3, citation, None, "một", 0, 3, ((0, 3),), 1.0)
    quotes = () if status is Status.NOT_FOUND else (quote,)
    return Answer(question, "vi", status, quotes, (), (), (), 1, 1.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.sqlite3"


@pytest.fixture
def journal(path: Path) -> Journal:
    return Journal(path, keep_days=30)


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def test_a_question_is_found_again_by_number_and_by_who_asked(journal: Journal) -> None:
    first = journal.record(42, 1, answer("Ai là Bí thư?"))
    second = journal.record(43, 2, answer("Giá vàng?", Status.NOT_FOUND))
    asked = journal.question(first)
    assert asked is not None
    assert (asked.text, asked.status, asked.report_id) == ("Ai là Bí thư?", "quoted", "bao-cao")
    last = journal.last_question(43, LONG_AGO)
    assert last is not None
    assert (last.id, last.report_id) == (second, None)
    assert journal.last_question(42, datetime.now(UTC) + timedelta(seconds=5)) is None
    assert journal.last_question(44, LONG_AGO) is None


def test_what_was_asked_before_is_of_the_same_person(journal: Journal) -> None:
    first = journal.record(42, 1, answer("Khi nào đóng cống?"))
    journal.record(43, 2, answer("Giá vàng?"))
    second = journal.record(42, 3, answer("ở đâu?"))
    third = journal.record(42, 4, answer("vì sao?"))
    asked = journal.question(third)
    assert asked is not None
    before = journal.questions_before(asked, LONG_AGO, 4)
    assert [one.id for one in before] == [second, first]
    assert [one.id for one in journal.questions_before(asked, LONG_AGO, 1)] == [second]
    assert journal.questions_before(asked, datetime.now(UTC) + timedelta(seconds=5), 4) == []


def test_each_bot_counts_its_updates(journal: Journal) -> None:
    journal.record(42, 7, answer("Ai là Bí thư?"), bot=100)
    journal.record(42, 7, answer("Ai là Bí thư?"), bot=200)
    journal.record(43, 9, answer("Giá vàng?"), bot=200)
    journal.record(0, 0, answer("Giá vàng?"))
    assert journal.recent_updates(100, LONG_AGO) == [7, 0]
    assert journal.recent_updates(200, LONG_AGO) == [7, 9, 0]
    assert journal.recent_updates(200, datetime.now(UTC) + timedelta(seconds=5)) == []


def test_no_user_id_stands_in_any_file(journal: Journal, path: Path) -> None:
    journal.record(5550123456, 1, answer("Hỏi gì đó"))
    journal.note(5550123456, "nạp lại")
    journal.close()
    for file in path.parent.iterdir():
        assert b"5550123456" not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


def test_persons_are_the_same_after_reopening_and_others_elsewhere(
    journal: Journal, path: Path, tmp_path: Path
) -> None:
    person = journal.person(42)
    journal.close()
    assert Journal(path, keep_days=30).person(42) == person
    assert Journal(tmp_path / "other.sqlite3", keep_days=30).person(42) != person


def test_erasing_leaves_nothing_of_one_and_all_of_others(journal: Journal, path: Path) -> None:
    mine = journal.record(42, 1, answer("Câu hỏi riêng tư của tôi"))
    other = journal.record(43, 2, answer("Câu hỏi của người khác"))
    assert journal.rate(42, other, helpful=False)
    assert journal.rate(43, mine, helpful=True)
    journal.choose_language(42, "en")
    assert journal.erase(42) == 1
    assert journal.question(mine) is None
    assert journal.language(42) is None
    kept = journal.question(other)
    assert kept is not None
    assert (kept.text, kept.helpful, kept.unhelpful) == ("Câu hỏi của người khác", 0, 0)
    assert not journal.rate(43, mine, helpful=True)
    assert journal.erase(42) == 0
    for file in path.parent.iterdir():
        assert "riêng tư".encode() not in file.read_bytes()


def test_what_is_old_is_erased(journal: Journal, path: Path) -> None:
    old = journal.record(42, 1, answer("Cũ"))
    new = journal.record(42, 2, answer("Mới"))
    journal.note(7, "nạp lại", "thế hệ 2")
    journal.close()
    with sqlite3.connect(path) as connection:
        month_ago = (datetime.now(UTC) - timedelta(days=31)).isoformat(timespec="microseconds")
        connection.execute("UPDATE questions SET at = ? WHERE id = ?", (month_ago, old))
        connection.execute("UPDATE audit SET at = ?", (month_ago,))
    connection.close()
    reopened = Journal(path, keep_days=30)
    assert reopened.question(old) is None
    assert reopened.question(new) is not None
    assert reopened.actions(5) == []


def test_a_clock_that_was_set_back_does_not_keep_what_is_old(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        ahead = timedelta(days=3650)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + cls.ahead

    monkeypatch.setattr("hoidap.journal.datetime", Clock)
    journal = Journal(path, keep_days=30)
    Clock.ahead = timedelta()
    old = journal.record(42, 1, answer("Cũ"))
    Clock.ahead = timedelta(days=31)
    journal.record(42, 2, answer("Mới"))
    assert journal.question(old) is None
    journal.close()


def test_unanswered_and_counts(journal: Journal) -> None:
    good = journal.record(1, 1, answer("Tốt"))
    bad = journal.record(1, 2, answer("Không đúng"))
    journal.record(1, 3, answer("Một phần", Status.PARTIAL))
    journal.record(1, 4, answer("Không có", Status.NOT_FOUND))
    journal.rate(2, good, helpful=True)
    journal.rate(2, bad, helpful=True)
    journal.rate(2, bad, helpful=False)
    texts = [(one.text, one.unhelpful) for one in journal.unanswered(10)]
    assert texts == [("Không có", 0), ("Một phần", 0), ("Không đúng", 1)]
    assert [one.text for one in journal.unanswered(1)] == ["Không có"]
    assert journal.counts(LONG_AGO) == Counts(2, 1, 1, 1, 1)
    assert journal.counts(datetime.now(UTC) + timedelta(days=1)) == Counts(0, 0, 0, 0, 0)


def test_what_administrators_did(journal: Journal) -> None:
    journal.note(7, "nạp lại", "thế hệ 2")
    journal.note(8, "quay về", "1")
    journal.note("an", "gỡ", "báo cáo a")
    (shell, *telegram) = journal.actions(5)
    assert (shell.person, shell.name, shell.action) == (b"", "an", "gỡ")
    assert [one.name for one in telegram] == [None, None]
    assert [(one.person, one.action, one.detail) for one in telegram] == [
        (journal.person(8), "quay về", "1"),
        (journal.person(7), "nạp lại", "thế hệ 2"),
    ]


def test_actions_are_paged_and_found_without_diacritics(journal: Journal) -> None:
    for number in range(5):
        journal.note("web:an", "nạp lại", f"thế hệ {number}")
    journal.note("web:binh", "gỡ 100%_", "Đường 3")
    journal.note("binh", "thêm \udcff", "\udcff")
    found = {
        about: [one.detail for one in journal.actions(3, about=about)]
        for about in ("", "NAP LAI", "đường", "web:binh", "%", "_", "them ?", "không có")
    }
    assert found == {
        "": ["?", "Đường 3", "thế hệ 4"],
        "NAP LAI": ["thế hệ 4", "thế hệ 3", "thế hệ 2"],
        "đường": ["Đường 3"],
        "web:binh": ["Đường 3"],
        "%": ["Đường 3"],
        "_": ["Đường 3"],
        "them ?": ["?"],
        "không có": [],
    }
    second = [one.detail for one in journal.actions(3, 3, about="nạp lại")]
    assert second == ["thế hệ 1", "thế hệ 0"]


def test_rated_and_unanswered_questions_are_paged(journal: Journal) -> None:
    numbers = [journal.record(1, n, answer(f"Câu {n}", Status.NOT_FOUND)) for n in range(5)]
    for number in numbers[1:4]:
        journal.rate(2, number, helpful=True)
        journal.rate(3, number, helpful=False)
    assert [one.text for one in journal.unanswered(2, 3)] == ["Câu 1", "Câu 0"]
    assert [(one.text, one.helpful, one.unhelpful) for one in journal.rated(2)] == [
        ("Câu 3", 1, 1),
        ("Câu 2", 1, 1),
    ]
    assert [one.text for one in journal.rated(2, 2)] == ["Câu 1"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Gọi 0912345678 nhé", f"Gọi {MASK} nhé"),
        ("Gọi 0912 345 678, gấp", f"Gọi {MASK}, gấp"),
        ("tel.0912.345.678.", f"tel.{MASK}."),
        ("+84 912 345 678", MASK),
        ("84912345678", MASK),
        ("CCCD 087123456789", f"CCCD {MASK}"),
        ("CCCD 087 123 456 789", f"CCCD {MASK}"),
        ("CMND 341234567", f"CMND {MASK}"),
        ("ngày 26/3/2021, 01.01.2021 - 31.12.2021", "ngày 26/3/2021, 01.01.2021 - 31.12.2021"),
        ("1.200.000.000 đồng, 350.000.000 đồng", "1.200.000.000 đồng, 350.000.000 đồng"),
        ("giai đoạn 2016-2020 và 2021-2025", "giai đoạn 2016-2020 và 2021-2025"),
        ("45/BC-UBND, QĐ 1234", "45/BC-UBND, QĐ 1234"),
    ],
)
def test_personal_numbers_are_masked_and_others_kept(text: str, masked: str) -> None:
    assert mask_personal(text) == masked
    assert mask_personal(masked) == masked


def test_masked_before_it_is_stored(journal: Journal, path: Path) -> None:
    journal.record(42, 1, answer("Số của tôi là 0912345678"))
    journal.close()
    assert all(b"0912345678" not in file.read_bytes() for file in path.parent.iterdir())


def test_a_damaged_journal_and_a_newer_one_are_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(JournalError, match="không dùng được nhật ký"):
        Journal(path, keep_days=30)
    path.unlink()
    Journal(path, keep_days=30).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JournalError, match="phiên bản mới hơn"):
        Journal(path, keep_days=30)
    path.with_suffix(".key").write_bytes(b"short")
    with pytest.raises(JournalError, match="dài 5 byte, cần 32"):
        Journal(path, keep_days=30)


def test_a_second_one_in_a_process_takes_no_lock_from_the_first(path: Path) -> None:
    first = Journal(path, keep_days=90)
    first.note("a", "before")
    second = Journal(path, keep_days=90)
    second.close()
    # Who closes a database that nobody else has open tidies its write-ahead log away.
    other = (
        "import sys, pathlib; from hoidap.journal import Journal;"
        " Journal(pathlib.Path(sys.argv[1]), keep_days=90).close()"
    )
    subprocess.run([sys.executable, "-c", other, str(path)], check=True)
    third = Journal(path, keep_days=90)
    for one, action in ((first, "after"), (third, "last")):
        one.note("a", action)
    first.close()
    assert [one.action for one in third.actions(9)] == ["last", "after", "before"]
    third.close()
