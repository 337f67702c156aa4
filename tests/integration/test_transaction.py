"""What a generation must hold before it is current, what is kept of former ones, and by whom."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hoidap.answering import Answerer
from hoidap.catalog import Catalog, CatalogWriter, Cause
from hoidap.errors import (
    CorpusError,
    GoldenError,
    OriginalError,
    ReportNotFoundError,
    SearchIndexError,
)
from hoidap.golden import read_golden
from hoidap.index import manifest
from hoidap.index.local import LocalIndex
from hoidap.originals import Originals, identify
from hoidap.plan import Duplicate, Reloaded
from hoidap.reload import By, reload, remove, rollback
from hoidap.settings import Settings
from tests.conftest import SEED
from tests.fakes import HashEncoder

Write = Callable[[str, str], Path]

ENCODER = HashEncoder()
SCHOOL = "Xã Phú Lộc xây trường mầm non."
BRIDGE = "Xã Vĩnh Hòa sửa cầu khỉ."
CANAL = "Xã Tân Thới nạo vét kênh mương."


def load(settings: Settings, *, dry_run: bool = False, force: bool = False) -> Reloaded:
    return reload(settings, ENCODER, dry_run=dry_run, force=force, by=By("an"))


def found(settings: Settings, question: str) -> list[str]:
    answer = Answerer(settings, ENCODER).answer(question)
    return [quote.citation.report_id for quote in answer.quotes]


def golden(settings: Settings, *questions: dict[str, str]) -> None:
    rows = []
    for question in questions:
        rows.append("[[question]]")
        rows += [
            f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in question.items()
        ]
    settings.golden_path.write_text("\n".join(rows), "utf-8")


# --- golden questions ---


def test_a_golden_question_that_fails_stops_the_swap(settings: Settings, write: Write) -> None:
    write("a.txt", SCHOOL)
    write("b.txt", BRIDGE)
    golden(
        settings,
        {"text": "xây trường mầm non ở đâu?", "report": "a", "quotes": "Xã Phú  Lộc xây"},
        {"text": "sửa cầu khỉ ở đâu?", "report": "b"},
    )
    assert load(settings).generation == 1
    write("a.txt", "Xã Phú Lộc hoãn việc xây trường mầm non.")
    write("b.txt", "Xã Vĩnh Hòa họp chợ hoa.")
    with pytest.raises(GoldenError, match="2 câu hỏi kiểm tra không đạt") as error:
        load(settings)
    assert error.value.reasons == (
        "“xây trường mầm non ở đâu?”: đoạn trích của báo cáo 'a' không có “Xã Phú Lộc xây”",
        "“sửa cầu khỉ ở đâu?”: không trích báo cáo 'b', mà không trích gì",
    )
    assert found(settings, "sửa cầu khỉ") == ["b"]
    assert [path.name for path in settings.generations_path.iterdir()] == ["000001"]
    result = load(settings, force=True)
    assert (result.generation, result.golden) == (2, error.value.reasons)
    assert found(settings, "họp chợ hoa") == ["b"]
    assert [one.forced for one in Catalog(settings.catalog_path).generations()] == [True, False]


def test_a_report_that_vanished_is_missed_unless_removed_on_purpose(
    settings: Settings, write: Write
) -> None:
    path = write("a.txt", SCHOOL)
    write("b.txt", BRIDGE)
    golden(settings, {"text": "xây trường mầm non ở đâu?", "report": "a"})
    load(settings)
    text = path.read_bytes()
    path.unlink()
    with pytest.raises(GoldenError) as error:
        load(settings)
    assert error.value.reasons == (
        "“xây trường mầm non ở đâu?”: không có báo cáo 'a'; nếu mã viết sai, hãy sửa golden.toml;"
        " nếu gỡ có chủ ý, hãy dùng: hoidap remove a",
    )
    path.write_bytes(text)
    assert remove(settings, ENCODER, "a").generation == 2
    write("c.txt", CANAL)
    assert load(settings).generation == 3  # nobody misses it from now on
    path.write_bytes(text)
    load(settings)
    path.unlink()
    with pytest.raises(GoldenError):  # it had come back
        load(settings)
    load(settings, force=True)
    write("c.txt", f"{CANAL} Xong.")
    assert load(settings).golden == ()  # whoever forced it knew


def test_going_back_is_always_possible(settings: Settings, write: Write) -> None:
    write("a.txt", SCHOOL)
    load(settings)
    write("a.txt", BRIDGE)
    load(settings)
    golden(settings, {"text": "sửa cầu khỉ ở đâu?", "report": "a"})
    assert rollback(settings, ENCODER) == 3
    assert found(settings, "trường mầm non") == ["a"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[question", "golden.toml: "),
        ('[[question]]\ntext = "Ai?"', "mục question.0.report: "),
        ('[[question]]\ntext = ""\nreport = "a"', "mục question.0.text: "),
        ('[[question]]\ntext = "Ai?"\nreport = "a"\nquote = "x"', "mục question.0.quote: "),
        ("\xff", "golden.toml: "),
    ],
)
def test_golden_questions_that_cannot_be_read_stop_it_too(
    settings: Settings, write: Write, text: str, reason: str
) -> None:
    write("a.txt", SCHOOL)
    settings.golden_path.write_bytes(text.encode("latin-1"))
    with pytest.raises(GoldenError) as error:
        load(settings)
    (told,) = error.value.reasons
    assert reason in told
    assert Catalog(settings.catalog_path).generation() is None
    assert load(settings, force=True).generation == 1


def test_the_first_report_answers_its_golden_questions(tmp_path: Path) -> None:
    from hoidap.encoder import load_encoder

    settings = Settings(corpus=SEED.parent, data=tmp_path / "data")
    assert len(read_golden(settings.golden_path)) == 3
    assert reload(settings, load_encoder(settings)).golden == ()


def test_a_generation_that_holds_too_little_is_not_made_current(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", SCHOOL)
    load(settings)
    write("b.txt", BRIDGE)
    with monkeypatch.context() as patch:
        patch.setattr(CatalogWriter, "count_passages", lambda _: 3)
        with pytest.raises(SearchIndexError, match="vừa lập có 2 đoạn, danh mục có 3"):
            load(settings)
    assert found(settings, "cầu khỉ") == []
    build = LocalIndex.build

    def damaged(directory: Path, *arguments: object, **named: object) -> None:
        build(directory, *arguments, **named)  # type: ignore[arg-type]
        (vectors,) = directory.rglob("vectors.npy")
        vectors.write_bytes(b"x")

    with monkeypatch.context() as patch:
        patch.setattr(LocalIndex, "build", damaged)
        with pytest.raises(SearchIndexError, match="không còn như lúc ghi"):
            load(settings)
    assert load(settings).generation == 2
    assert found(settings, "cầu khỉ") == ["b"]


# --- history ---


def test_history_tells_what_each_generation_changed_and_by_whom(
    settings: Settings, write: Write
) -> None:
    write("a.txt", SCHOOL)
    write("b.txt", BRIDGE)
    load(settings)
    write("b.txt", "Xã Vĩnh Hòa thay cầu khỉ bằng cầu bê tông.")
    write("c.txt", CANAL)
    (settings.reports_path / "a.txt").unlink()
    load(settings)
    rollback(settings, ENCODER, by=By("bình", Cause.ROLLBACK))
    steps = Catalog(settings.catalog_path).history()
    assert [
        (one.generation.number, one.generation.cause, one.generation.actor) for one in steps
    ] == [(3, Cause.ROLLBACK, "bình"), (2, Cause.RELOAD, "an"), (1, Cause.RELOAD, "an")]
    assert [(one.added, one.changed, one.removed) for one in steps] == [
        (("a",), ("b",), ("c",)),
        (("c",), ("b",), ("a",)),
        (("a", "b"), (), ()),
    ]


def test_what_was_replaced_can_be_read_while_it_is_kept(settings: Settings, write: Write) -> None:
    settings = settings.model_copy(update={"keep_generations": 3})
    for number in range(1, 6):
        write("a.txt", f"Báo cáo số {number} của xã.")
        load(settings)
    catalog = Catalog(settings.catalog_path)
    assert [one.generation.number for one in catalog.history()] == [5, 4, 3]
    assert [one.changed for one in catalog.history()] == [("a",)] * 3
    assert catalog.report("a", 3).text == "Báo cáo số 3 của xã."
    assert catalog.report("a").text == "Báo cáo số 5 của xã."
    with pytest.raises(ReportNotFoundError, match="không còn giữ thế hệ 2; còn giữ: 5, 4, 3"):
        catalog.report("a", 2)
    with pytest.raises(ReportNotFoundError, match="không có báo cáo nào mang mã 'b'"):
        catalog.report("b", 4)


# --- originals ---


def test_originals_are_kept_by_hash_as_long_as_a_generation_needs_them(
    settings: Settings, write: Write
) -> None:
    settings = settings.model_copy(update={"keep_generations": 2})
    originals = Originals(settings.originals_path)
    catalog = Catalog(settings.catalog_path)
    name = "Báo cáo mật số 1.txt"
    texts = [f"\ufeff{SCHOOL}\r\n", f"{SCHOOL} Xong.", f"{SCHOOL} Đã xong.", f"{SCHOOL} Rồi."]
    for text in texts:
        path = write(name, "")
        path.write_bytes(text.encode())
        load(settings)
        kept = catalog.original("Báo cáo mật số 1")
        assert kept == identify(text.encode())
        assert kept.size == len(text.encode())
        assert originals.read(kept) == text.encode()
    files = [path for path in settings.originals_path.rglob("*") if path.is_file()]
    # Of the two kept generations, and of what the older of them replaced.
    assert sorted(path.name for path in files) == sorted(
        identify(text.encode()).sha256 for text in texts[1:]
    )
    assert all(path.parent.name == path.name[:2] for path in files)
    kept = identify(texts[-1].encode())
    originals.path(kept).write_bytes(b"x" * kept.size)
    assert originals.read(kept) is None


def test_a_file_that_changed_without_its_report_is_kept_anew(
    settings: Settings, write: Write
) -> None:
    path = write("a.txt", SCHOOL)
    load(settings)
    path.write_bytes(f"\ufeff{SCHOOL}\r\n\r\n".encode())
    assert load(settings).generation == 1
    assert Catalog(settings.catalog_path).original("a") == identify(path.read_bytes())
    assert load(settings).unchanged == ("a.txt",)


def test_an_original_that_cannot_be_kept_stops_the_reload(settings: Settings, write: Write) -> None:
    write("a.txt", SCHOOL)
    load(settings)
    shutil.rmtree(settings.originals_path)
    settings.originals_path.write_bytes(b"")
    write("b.txt", BRIDGE)
    with pytest.raises(OriginalError, match="không lưu được bản gốc"):
        load(settings)
    assert found(settings, "trường mầm non") == ["a"]


def test_where_the_disk_is_full_it_is_told_to_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("hoidap.originals.staged", full)
    with pytest.raises(
        OriginalError, match=r"đĩa đã đầy; hãy dọn chỗ trên đĩa rồi thử lại; .* giữ nguyên"
    ):
        Originals(tmp_path / "originals").keep(b"x")


# --- duplicates ---


def test_the_same_file_twice_is_one_report(settings: Settings, write: Write) -> None:
    write("b.txt", SCHOOL)
    load(settings)
    copy = write("a.txt", SCHOOL)
    result = load(settings)
    assert result.duplicates == (Duplicate("a.txt", "b.txt"),)
    assert (result.failed, result.added, result.generation) == ((), (), 1)
    assert load(settings, dry_run=True).duplicates == result.duplicates
    (settings.reports_path / "b.txt").unlink()
    assert load(settings) == Reloaded(("a.txt",), (), ("b.txt",), (), (), 2)
    write("b.txt", BRIDGE)
    load(settings)
    shutil.copy(settings.reports_path / "b.txt", copy)
    result = load(settings)
    assert (result.duplicates, result.removed) == ((Duplicate("a.txt", "b.txt"),), ("a.txt",))
    assert found(settings, "trường mầm non") == []


def test_a_copy_of_a_file_that_cannot_be_read_is_read_itself(
    settings: Settings, write: Write
) -> None:
    write("a.txt", SCHOOL)
    write("a.toml", "date = nonsense")
    write("b.txt", SCHOOL)
    result = load(settings)
    assert ([one.file for one in result.failed], result.added) == (["a.txt"], ("b.txt",))


def test_nearly_the_same_reports_are_pointed_out(settings: Settings, write: Write) -> None:
    words = " ".join(f"việc {number} đã làm xong" for number in range(60))
    write("cũ.txt", f"{words}, có 12 hộ nghèo.")
    write("khác.txt", f"{CANAL} Kinh phí do huyện cấp, dân góp ngày công trong cả mùa khô.")
    assert load(settings).similar == ()
    write("mới.txt", f"{words}, có 21 hộ nghèo.")
    dry = load(settings, dry_run=True)
    result = load(settings)
    assert dry.similar == result.similar
    ((one),) = result.similar
    assert (one.report, one.other) == ("mới", "cũ")
    assert 0.9 < one.share < 1
    assert load(settings).similar == ()  # told once
    write("mới.txt", f"{words}, có 22 hộ nghèo.")  # not with what it replaces
    assert [(one.report, one.other) for one in load(settings).similar] == [("mới", "cũ")]


def test_of_many_reports_at_once_each_is_compared_with_all_others(
    settings: Settings, write: Write
) -> None:
    words = [f"{'x' * kind} việc {number} đã xong" for kind in range(3) for number in range(60)]

    def text(kind: int, end: str) -> str:
        return f"{' '.join(words[60 * kind : 60 * kind + 60])}, {end}."

    write("cũ.txt", text(0, "có 12 hộ nghèo"))
    write("gỡ.txt", text(1, "không còn hộ nghèo"))
    load(settings)
    (settings.reports_path / "gỡ.txt").unlink()
    write("a.txt", text(0, "có 13 hộ nghèo"))
    write("b.txt", text(1, "có 14 hộ nghèo"))  # not with what is removed
    write("c.txt", text(2, "có 15 hộ nghèo"))
    write("d.txt", text(2, "có 16 hộ nghèo"))
    write("e.txt", f"{CANAL} Kinh phí do huyện cấp.")
    dry = load(settings, dry_run=True)
    result = load(settings)
    assert dry.similar == result.similar
    assert [(one.report, one.other) for one in result.similar] == [("a", "cũ"), ("d", "c")]


# --- removing ---


def test_removing_moves_the_file_out_and_keeps_the_history(
    settings: Settings, write: Write
) -> None:
    write("năm 2021/a.txt", SCHOOL)
    write("năm 2021/a.toml", 'title = "Tin"')
    write("b.txt", BRIDGE)
    load(settings)
    result = remove(settings, ENCODER, "năm 2021/a", by=By("an", Cause.REMOVE))
    assert (result.removed, result.generation) == (("năm 2021/a.txt",), 2)
    assert found(settings, "trường mầm non") == []
    assert list((settings.reports_path / "năm 2021").iterdir()) == []
    kept = settings.removed_path / "000002" / "năm 2021"
    assert sorted(path.name for path in kept.iterdir()) == ["a.toml", "a.txt"]
    assert load(settings).generation == 2
    assert Catalog(settings.catalog_path).report("năm 2021/a", 1).title == "Tin"
    with pytest.raises(ReportNotFoundError, match="'năm 2021/a'"):
        remove(settings, ENCODER, "năm 2021/a")
    with pytest.raises(CorpusError, match="không còn báo cáo nào"):
        remove(settings, ENCODER, "b")
    assert (settings.reports_path / "b.txt").exists()


def test_a_link_that_is_removed_goes_on_leading_to_its_file(
    settings: Settings, write: Write
) -> None:
    write("b.txt", BRIDGE)
    elsewhere = settings.reports_path.parent / "kho"
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_text(SCHOOL, "utf-8")
    (elsewhere / "a.toml").write_text('title = "Tin"', "utf-8")
    for name in ("a.txt", "a.toml"):
        (settings.reports_path / name).symlink_to(f"../kho/{name}")
    load(settings)
    remove(settings, ENCODER, "a")
    kept = settings.removed_path / "000002"
    assert (kept / "a.txt").read_text("utf-8") == SCHOOL
    assert (kept / "a.toml").read_text("utf-8") == 'title = "Tin"'
    assert [path.name for path in settings.reports_path.iterdir()] == ["b.txt"]
    assert sorted(path.name for path in elsewhere.iterdir()) == ["a.toml", "a.txt"]


def test_a_link_to_a_file_that_is_away_is_removed_itself(settings: Settings, write: Write) -> None:
    write("b.txt", BRIDGE)
    elsewhere = settings.reports_path.parent / "kho.txt"
    elsewhere.write_text(SCHOOL, "utf-8")
    (settings.reports_path / "a.txt").symlink_to(elsewhere)
    load(settings)
    elsewhere.rename(elsewhere.with_suffix(".away"))
    remove(settings, ENCODER, "a")
    elsewhere.with_suffix(".away").rename(elsewhere)
    assert load(settings).added == ()
    assert (settings.removed_path / "000002" / "a.txt").read_text("utf-8") == SCHOOL


def test_metadata_that_another_file_uses_stays(settings: Settings, write: Write) -> None:
    write("a.txt", SCHOOL)
    write("a.md", BRIDGE)
    write("a.toml", 'source = "Xã"')
    load(settings)
    remove(settings, ENCODER, "a")  # a.md came first
    assert sorted(path.name for path in settings.reports_path.iterdir()) == ["a.toml", "a.txt"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_removing_from_a_bulk_export_takes_its_line_out(settings: Settings, encoding: str) -> None:
    rows = [{"id": 1, "text": SCHOOL}, {"id": "b", "text": BRIDGE}, {"id": "c", "text": CANAL}]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path = settings.reports_path / "all.jsonl"
    path.write_text("\n".join([lines[0], "", *lines[1:], ""]), encoding)
    load(settings)
    result = remove(settings, ENCODER, "1")
    assert (result.changed, result.generation) == (("all.jsonl",), 2)
    assert path.read_text("utf-8") == "\n".join(["", *lines[1:], ""])
    assert (settings.removed_path / "000002" / "all.jsonl").is_file()
    assert found(settings, "trường mầm non") == []
    assert load(settings).generation == 2


def test_removing_from_an_export_of_the_longest_name(settings: Settings, write: Write) -> None:
    rows = [{"id": "a", "text": SCHOOL}, {"id": "b", "text": BRIDGE}]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path = write(f"{'x' * 249}.jsonl", "\n".join(lines))
    load(settings)
    remove(settings, ENCODER, "a")
    assert [one.name for one in settings.reports_path.iterdir()] == [path.name]
    assert path.read_text("utf-8") == lines[1]
    assert load(settings).generation == 2


def test_removing_a_report_whose_file_is_named_as_an_export(settings: Settings) -> None:
    settings.reports_path.mkdir(exist_ok=True)
    (settings.reports_path / "a.txt").write_text(SCHOOL, "utf-8")
    pdf = Path(__file__).parents[1] / "data" / "formats" / "bao-cao-duong.pdf"
    path = settings.reports_path / "tt.jsonl"
    path.write_bytes(pdf.read_bytes())
    load(settings)
    remove(settings, ENCODER, "tt")
    assert not path.exists()
    assert load(settings).generation == 2


def test_a_removal_that_golden_questions_forbid_leaves_the_file(
    settings: Settings, write: Write
) -> None:
    write("a.txt", SCHOOL)
    write("b.txt", BRIDGE)
    load(settings)
    golden(settings, {"text": "nạo vét kênh mương ở đâu?", "report": "c"})
    with pytest.raises(GoldenError):
        remove(settings, ENCODER, "a")
    assert (settings.reports_path / "a.txt").exists()
    assert found(settings, "trường mầm non") == ["a"]


# --- damage ---


def flip(path: Path, place: int, bits: int) -> None:
    """Change a byte where it stands: readers that have the file mapped are not cut short."""
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ bits]))


def test_every_flipped_byte_is_told_or_harmless_and_repaired_by_the_next_reload(
    settings: Settings, write: Write
) -> None:
    write("a.txt", SCHOOL)
    number = load(settings).generation
    for order in range(40):
        directory = settings.generation_path(number)
        files = sorted(path for path in directory.rglob("*") if path.stat().st_size > 0)
        files = [path for path in files if path.is_file()]
        path = files[order % len(files)]
        flip(path, (order * 7919) % path.stat().st_size, 0x10)
        try:
            assert found(settings, "trường mầm non") == ["a"]
        except SearchIndexError:
            number += 1
        assert load(settings).generation == number
        assert found(settings, "trường mầm non") == ["a"]


def test_damage_in_large_files_is_noticed_by_the_next_reload(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers look at their size only, so as not to read them all at each start."""
    monkeypatch.setattr(manifest, "_CHECKED_SIZE", 100)
    write("a.txt", SCHOOL)
    load(settings)
    (path,) = settings.generation_path(1).rglob("vectors.npy")
    flip(path, path.stat().st_size - 1, 1)
    assert found(settings, "trường mầm non") == ["a"]
    assert load(settings).generation == 2
    assert load(settings).generation == 2


# --- catalogs of before ---


def test_a_catalog_without_originals_is_read_and_completed_by_the_next_reload(
    settings: Settings, write: Write
) -> None:
    path = write("a.txt", f"{SCHOOL} Kinh phí do huyện cấp.")
    load(settings)
    with closing(sqlite3.connect(settings.catalog_path)) as connection:
        for name in ("by_original", "by_added", "by_removed", "current", "by_number"):
            connection.execute(f"DROP INDEX versions_{name}")
        connection.execute("CREATE INDEX versions_by_file ON versions (file)")
        for table, column in (
            ("versions", "original"),
            ("versions", "original_size"),
            ("versions", "notes"),
            ("versions", "scanned"),
            ("generations", "action"),
            ("generations", "actor"),
            ("generations", "forced"),
            ("files", "failures"),
        ):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("DROP TABLE retired")
        connection.execute("DROP TABLE sketches")
        connection.execute("UPDATE files SET fingerprint = 'of before'")
        connection.execute("PRAGMA user_version = 2")
        connection.commit()
    shutil.rmtree(settings.originals_path)
    catalog = Catalog(settings.catalog_path)
    assert found(settings, "trường mầm non") == ["a"]
    assert catalog.original("a") is None
    assert (catalog.sketches(), catalog.retired()) == (([], []), set())
    ((step),) = catalog.history()
    assert (step.generation.cause, step.generation.actor, step.added) == (None, "", ("a",))
    assert load(settings, dry_run=True).unchanged == ("a.txt",)
    assert load(settings).generation == 1
    kept = catalog.original("a")
    assert kept is not None
    assert Originals(settings.originals_path).read(kept) == path.read_bytes()
    write("b.txt", BRIDGE)
    load(settings)
    assert [catalog.version(one)[0] for one in catalog.sketches()[0]] == ["a", "b"]
