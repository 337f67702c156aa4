"""The folder against the catalog: what is added, kept, refused, and never lost."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from hoidap import answering, plan
from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.corpus_folder import snapshot
from hoidap.documents import Status
from hoidap.errors import (
    BusyError,
    CatalogError,
    CorpusError,
    FileLeftError,
    GoldenError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    PlanChangedError,
    ReportNotFoundError,
    RollbackError,
    SearchIndexError,
)
from hoidap.index import store
from hoidap.index.local import LocalIndex
from hoidap.plan import Duplicate, Emptied, Failure, Reloaded
from hoidap.reload import rebuild, reload, remove, rollback
from hoidap.settings import Settings
from tests.fakes import HashEncoder

Write = Callable[[str, str], Path]

ENCODER = HashEncoder()


def load(settings: Settings, *, dry_run: bool = False) -> Reloaded:
    return reload(settings, ENCODER, dry_run=dry_run)


def found(settings: Settings, question: str) -> list[str]:
    answer = Answerer(settings, ENCODER).answer(question)
    return [quote.citation.report_id for quote in answer.quotes]


def test_files_are_added_changed_removed_and_left_alone(settings: Settings, write: Write) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    write("năm 2021/c.txt", "Xã Tân Thới nạo vét kênh mương.")
    assert load(settings) == Reloaded(("a.txt", "b.txt", "năm 2021/c.txt"), (), (), (), (), 1)
    write("b.txt", "Xã Vĩnh Hòa thay cầu khỉ bằng cầu bê tông.")
    (settings.reports_path / "a.txt").unlink()
    assert load(settings) == Reloaded((), ("b.txt",), ("a.txt",), ("năm 2021/c.txt",), (), 2)
    assert found(settings, "xây trường mầm non ở đâu?") == []
    assert found(settings, "cầu bê tông") == ["b"]
    assert found(settings, "nạo vét kênh mương") == ["năm 2021/c"]


def test_files_in_no_format_of_reports_are_named(settings: Settings, write: Write) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    write("a.toml", 'kind = "Tin"')
    write("bảng/số liệu.xlsx", "1")
    for hidden in (".ẩn.odt", ".ẩn/b.odt", "~$a.odt"):
        write(hidden, "")
    for dry_run in (True, False):
        result = load(settings, dry_run=dry_run)
        assert (result.added, result.failed) == (("a.txt",), ())
        assert result.passed_over == ("bảng/số liệu.xlsx",)
    assert load(settings).passed_over == ("bảng/số liệu.xlsx",)


def test_nothing_changed_makes_no_generation(settings: Settings, write: Write) -> None:
    write("a.txt", "Một báo cáo.")
    load(settings)
    assert load(settings) == Reloaded((), (), (), ("a.txt",), (), 1)


def test_of_a_large_index_only_new_passages_are_encoded(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hoidap.reload._ANEW", 0)
    write("a.txt", "Đoạn thứ nhất nói về đường sá.\n\nĐoạn thứ hai nói về trường học của xã nhà.")
    encoder = HashEncoder()
    reload(settings, encoder)
    before = encoder.encoded
    write("b.txt", "Một báo cáo khác.")
    reload(settings, encoder)
    assert (before, encoder.encoded) == (2, 3)


def test_a_dry_run_tells_and_writes_nothing(settings: Settings, write: Write) -> None:
    write("a.txt", "Một báo cáo.")
    plan = load(settings, dry_run=True)
    assert plan == Reloaded(("a.txt",), (), (), (), (), 0, digest=plan.digest)
    assert not settings.data.exists()
    load(settings)
    write("b.txt", "Báo cáo nữa.")
    plan = load(settings, dry_run=True)
    assert plan == Reloaded(("b.txt",), (), (), ("a.txt",), (), 1, digest=plan.digest)
    assert load(settings).added == ("b.txt",)


def test_only_what_a_dry_run_told_is_done(settings: Settings, write: Write) -> None:
    first = write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    second = write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    load(settings)
    write("c.txt", "Xã Tân Thới nạo vét kênh mương.")
    seen = load(settings, dry_run=True).digest

    def refused() -> None:
        with pytest.raises(PlanChangedError, match="đã đổi từ lúc xem trước; chưa nạp gì"):
            reload(settings, ENCODER, seen=seen)
        assert found(settings, "cầu khỉ") == ["b"]

    second.unlink()
    refused()
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    write("c.txt", "Xã Tân Thới nạo vét cống.")
    refused()
    write("c.txt", "Xã Tân Thới nạo vét kênh mương.")
    write("d.txt", "Xã Mỹ Hội trồng dừa.")
    refused()
    (settings.reports_path / "d.txt").unlink()
    # As it was told again, it is done; and not a second time.
    assert load(settings, dry_run=True).digest == seen
    result = reload(settings, ENCODER, seen=seen)
    assert (result.added, result.generation, result.digest) == (("c.txt",), 2, "")
    refused()
    first.unlink()
    with pytest.raises(PlanChangedError):
        reload(settings, ENCODER, seen="")


def test_metadata_beside_a_file_counts_as_part_of_it(settings: Settings, write: Write) -> None:
    write("a.txt", "Nội dung báo cáo.")
    write("a.toml", 'title = "Tiêu đề"\ndate = "26/3/2021"\nnumber = "12/BC-UBND"')
    load(settings)
    report = Catalog(settings.catalog_path).report("a")
    assert (report.title, str(report.date), report.number) == (
        "Tiêu đề",
        "2021-03-26",
        "12/BC-UBND",
    )
    write("a.toml", 'title = "Tiêu đề mới"')
    assert load(settings).changed == ("a.txt",)
    assert Catalog(settings.catalog_path).report("a").title == "Tiêu đề mới"


def test_metadata_in_capitals_counts_too_and_what_is_of_no_report_is_told(
    settings: Settings, write: Write
) -> None:
    write("BC.TXT", "Xã Phú Lộc xây trường mầm non.")
    write("BC.TOML", 'title = "Tin xã Phú Lộc"')
    write("xã/lạc.toml", 'title = "Tin"')
    write("bc.Toml", 'title = "Tin"')
    write(".ẩn.toml", 'title = "Tin"')
    for result in (load(settings, dry_run=True), load(settings), load(settings)):
        assert [one.file for one in result.failed] == ["bc.Toml", "xã/lạc.toml"]
        assert result.failed[0].reason.startswith("không có báo cáo nào cùng tên ở cạnh; hãy đặt")
    assert Catalog(settings.catalog_path).report("BC").title == "Tin xã Phú Lộc"
    seen = snapshot(settings.reports_path)
    assert sum(name.lower().endswith(".toml") for name in seen) == 3
    write("khác.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    load(settings)
    remove(settings, ENCODER, "BC")
    kept = settings.removed_path / "000003"
    assert sorted(path.name.lower() for path in kept.iterdir()) == ["bc.toml", "bc.txt"]


def test_a_name_that_leaves_no_room_for_metadata_is_read(settings: Settings, write: Write) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    name = f"{'x' * 252}.md"
    write(name, "Xã Vĩnh Hòa sửa cầu khỉ.")
    assert load(settings).added == ("a.txt", name)
    assert remove(settings, ENCODER, "x" * 252).removed == (name,)
    assert (settings.removed_path / "000002" / name).is_file()


def test_a_file_that_cannot_be_read_any_more_keeps_its_report(
    settings: Settings, write: Write
) -> None:
    path = write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    write("b.txt", "Báo cáo khác.")
    load(settings)
    path.write_bytes(b"\xff\xfe\xfd Ph\xfa L\xf4c")
    result = load(settings)
    assert [failure.file for failure in result.failed] == ["a.txt"]
    assert result.removed == ()
    assert found(settings, "trường mầm non") == ["a"]
    path.write_text("Xã Phú Lộc xây trường tiểu học.", "utf-8")
    assert load(settings).changed == ("a.txt",)


def test_a_bulk_file_is_compared_report_by_report(settings: Settings, folder: Path) -> None:
    rows = [
        {"id": f"r{number}", "title": "", "text": f"Báo cáo số {number}."} for number in range(4)
    ]

    def save() -> None:
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / "all.jsonl").write_text("\n".join(lines), "utf-8")

    save()
    assert load(settings).added == ("all.jsonl",)
    catalog = Catalog(settings.catalog_path)
    before = {known.id: known.version for known in catalog.known_reports()}
    rows[1]["text"] = "Nội dung đã sửa."
    del rows[3]
    save()
    assert load(settings).changed == ("all.jsonl",)
    after = {known.id: known.version for known in catalog.known_reports()}
    assert sorted(after) == ["r0", "r1", "r2"]
    assert [after[name] == before[name] for name in sorted(after)] == [True, False, True]


def test_bad_lines_of_a_bulk_file_are_reported_every_time(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("all.jsonl", '{"id": "x", "text": "Được."}\n{"id": "y"}\nkhông phải json\n')
    expected = (
        Failure("all.jsonl", "dòng 2: mục 'text': còn thiếu"),
        Failure("all.jsonl", "dòng 3: không phải JSON (sai ở cột 1)"),
    )
    assert load(settings).failed == expected
    # Nor is the file read again to know.
    monkeypatch.setattr(plan, "load_file", lambda *_: pytest.fail("read again"))
    again = load(settings)
    assert (again.failed, again.unchanged, again.generation) == (expected, ("all.jsonl",), 1)


def test_an_export_whose_ids_are_all_taken_adds_nothing(settings: Settings, write: Write) -> None:
    write("x.txt", "Bản một.")
    write("z.jsonl", '{"id": "x", "text": "Bản hai."}\n')
    load(settings)
    again = load(settings)
    assert (again.added, again.changed, again.unchanged) == ((), (), ("x.txt",))
    assert again.failed == (Failure("z.jsonl", "mã báo cáo 'x' đã có trong tệp x.txt"),)


def test_two_files_of_one_name_are_two_reports(settings: Settings, write: Write) -> None:
    write("a.md", "Bản một.")
    load(settings)
    write("a.txt", "Bản hai.")
    load(settings)
    catalog = Catalog(settings.catalog_path)
    assert {known.file: known.id for known in catalog.known_reports()} == {
        "a.md": "a",
        "a.txt": "a.txt",
    }


def test_a_copy_that_was_a_report_for_a_while_is_one_again(
    settings: Settings, write: Write
) -> None:
    write("a.txt", "Bản một.")
    write("b.txt", "Bản một.")
    assert load(settings).duplicates == (Duplicate("b.txt", "a.txt"),)
    broken = write("a.toml", "titl")
    load(settings)
    broken.unlink()
    assert load(settings).duplicates == (Duplicate("b.txt", "a.txt"),)
    assert [known.file for known in Catalog(settings.catalog_path).known_reports()] == ["a.txt"]


def test_an_id_given_twice_is_refused_and_the_first_kept(settings: Settings, write: Write) -> None:
    write("1.jsonl", '{"id": "x", "text": "Bản một."}\n{"id": "x", "text": "Bản hai."}')
    write("2.jsonl", '{"id": "x", "text": "Bản ba."}\n{"id": "z", "text": "Bản bốn."}')
    assert load(settings).failed == (
        Failure("1.jsonl", "dòng 2: mã báo cáo 'x' đã có ở dòng 1"),
        Failure("2.jsonl", "mã báo cáo 'x' đã có trong tệp 1.jsonl"),
    )
    assert Catalog(settings.catalog_path).report("x").text == "Bản một."
    assert Catalog(settings.catalog_path).report("z").text == "Bản bốn."


def test_a_report_whose_id_becomes_free_is_added(settings: Settings, write: Write) -> None:
    first = write("1.jsonl", '{"id": "x", "text": "Bản một."}')
    write("2.jsonl", '{"id": "x", "text": "Bản ba."}\n{"id": "z", "text": "Bản bốn."}')
    load(settings)
    first.unlink()
    result = load(settings)
    assert (result.changed, result.failed) == (("2.jsonl",), ())
    assert Catalog(settings.catalog_path).report("x").text == "Bản ba."


def test_what_is_no_regular_file_is_told_and_not_waited_for(
    settings: Settings, write: Write
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    load(settings)
    os.mkfifo(settings.reports_path / "a.toml")
    result = load(settings)
    reason = "không đọc được tệp thông tin .toml: không phải tệp thường"
    assert result.failed == (Failure("a.txt", reason),)
    assert (result.removed, result.generation) == ((), 1)
    os.mkfifo(settings.golden_path)
    write("c.txt", "Xã Tân Thới nạo vét kênh mương.")
    with pytest.raises(GoldenError) as caught:
        load(settings)
    (reason,) = caught.value.reasons
    assert reason == f"{settings.golden_path}: không đọc được: không phải tệp thường"
    assert found(settings, "xây trường mầm non ở đâu?") == ["a"]


def test_a_report_replaced_by_a_pipe_is_kept(settings: Settings, write: Write) -> None:
    path = write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    load(settings)
    path.unlink()
    os.mkfifo(path)
    for _ in range(2):
        result = load(settings)
        assert result.failed == (Failure("a.txt", "không đọc được: không phải tệp thường"),)
        assert (result.removed, result.generation) == ((), 1)
    assert found(settings, "xây trường mầm non ở đâu?") == ["a"]


def test_links_to_folders_are_followed_and_never_round(
    settings: Settings, write: Write, tmp_path: Path
) -> None:
    write("năm/a.txt", "Xã Phú Lộc xây trường mầm non.")
    elsewhere = tmp_path / "usb" / "2021"
    elsewhere.mkdir(parents=True)
    (elsewhere / "b.txt").write_text("Xã Vĩnh Hòa sửa cầu khỉ.", "utf-8")
    (elsewhere / ".ẩn").mkdir()
    folder = settings.reports_path
    for link, to in (
        (folder / "bản sao", folder / "năm"),  # before the folder itself, by name
        (folder / "lên", tmp_path),
        (folder / "năm" / "vòng", folder),
        (folder / "usb", elsewhere.parent),
        (elsewhere / "vòng", elsewhere.parent),
    ):
        link.symlink_to(to, target_is_directory=True)
    assert load(settings) == Reloaded(("năm/a.txt", "usb/2021/b.txt"), (), (), (), (), 1)
    assert found(settings, "Xã nào sửa cầu khỉ?") == ["usb/2021/b"]
    before = snapshot(folder)
    assert sorted(before) == [str(folder / "năm" / "a.txt"), str(folder / "usb/2021/b.txt")]
    (elsewhere / "b.txt").write_text("Xã Vĩnh Hòa xây cầu bê tông.", "utf-8")
    assert snapshot(folder) != before
    assert load(settings).changed == ("usb/2021/b.txt",)


def test_a_name_of_decomposed_letters_gives_the_id_that_is_typed(
    settings: Settings, write: Write
) -> None:
    name = "Báo cáo quý I"
    decomposed = unicodedata.normalize("NFD", name)
    write(f"{decomposed}.txt", "Xã Phú Lộc xây trường mầm non.")
    load(settings)
    catalog = Catalog(settings.catalog_path)
    assert catalog.report(name).file == f"{decomposed}.txt"
    write(f"{name}.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    load(settings)
    assert catalog.report(f"{name}.txt").text == "Xã Vĩnh Hòa sửa cầu khỉ."
    assert remove(settings, ENCODER, name).removed == (f"{decomposed}.txt",)


def test_reports_behind_a_link_that_leads_nowhere_now_are_kept(
    settings: Settings, write: Write, tmp_path: Path
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    drive = tmp_path / "usb"
    drive.mkdir()
    (drive / "b.txt").write_text("Xã Vĩnh Hòa sửa cầu khỉ.", "utf-8")
    lines = [{"id": name, "title": "Tin", "text": f"Xã {name} đào kênh."} for name in ("c", "d")]
    (drive / "all.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    (settings.reports_path / "usb").symlink_to(drive, target_is_directory=True)
    load(settings)
    drive.rename(tmp_path / "away")
    for _ in range(2):
        result = load(settings)
        (failure,) = result.failed
        assert failure.file == "usb"
        assert failure.reason.startswith("liên kết không mở được (không có tệp hay thư mục này)")
        assert (result.removed, result.passed_over, result.generation) == ((), (), 1)
    assert found(settings, "Xã nào sửa cầu khỉ?") == ["usb/b"]
    # What is removed on purpose is.
    with pytest.raises(FileLeftError, match=r"không chuyển được tệp usb/all\.jsonl: .* thêm lại"):
        remove(settings, ENCODER, "c")
    assert Catalog(settings.catalog_path).files_of(["c", "d"]) == {"d": "usb/all.jsonl"}
    (settings.reports_path / "usb").unlink()
    assert load(settings).removed == ("usb/all.jsonl", "usb/b.txt")


# --- bad folders: one clear error, nothing lost ---


def test_a_folder_that_lost_all_of_many_reports_is_told(settings: Settings, write: Write) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    for name in ("usb/2021/b.txt", "usb/2021/c.txt", "usb/2022/d.txt", "hai/e.txt", "hai/f.txt"):
        write(name, f"Xã {name} sửa cầu khỉ.")
    for name in ("ba/g.txt", "ba/h.txt", "ba/i.txt", "ba/k.txt"):
        write(name, f"Xã {name} nạo vét kênh mương.")
    load(settings)
    shutil.rmtree(settings.reports_path / "usb")
    (settings.reports_path / "usb").mkdir()
    shutil.rmtree(settings.reports_path / "hai")
    for name in ("g", "h", "i"):
        (settings.reports_path / "ba" / f"{name}.txt").unlink()
    for dry_run in (True, False):
        result = load(settings, dry_run=dry_run)
        assert len(result.removed) == 8
        assert result.emptied == (Emptied("usb", 3),)
    assert load(settings).emptied == ()
    # What is taken out on purpose is no such loss.
    write("bốn/tất cả.jsonl", "\n".join(f'{{"id": "x{n}", "text": "Xã {n}."}}' for n in range(4)))
    assert remove(settings, ENCODER, "ba/k").emptied == ()
    (settings.reports_path / "bốn" / "tất cả.jsonl").unlink()
    assert load(settings).emptied == (Emptied("bốn", 4),)


def test_an_empty_folder_never_empties_the_index(settings: Settings, write: Write) -> None:
    with pytest.raises(CorpusError, match="không có báo cáo nào"):
        load(settings)
    path = write("a.txt", "Một báo cáo về đường làng.")
    load(settings)
    path.unlink()
    with pytest.raises(CorpusError, match="chỉ mục giữ nguyên"):
        load(settings)
    assert found(settings, "đường làng") == ["a"]


def test_a_folder_of_nothing_readable_is_an_error(settings: Settings, write: Write) -> None:
    write("a.txt", "")
    with pytest.raises(CorpusError, match=r"a\.txt: tệp rỗng"):
        load(settings)
    assert Catalog(settings.catalog_path).generation() is None


def test_a_missing_folder_is_named(settings: Settings) -> None:
    settings.reports_path.rmdir()
    with pytest.raises(CorpusError, match=r"không đọc được thư mục báo cáo .*HOIDAP_CORPUS"):
        load(settings)
    settings.reports_path.symlink_to(settings.reports_path)
    with pytest.raises(CorpusError, match="liên kết đi vòng; hãy kiểm tra HOIDAP_CORPUS"):
        load(settings)


def test_an_unreadable_subfolder_does_not_remove_its_reports(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "Một.")
    write("sâu/b.txt", "Hai.")
    load(settings)
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("sâu"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(CorpusError, match="không có quyền"):
        load(settings)
    monkeypatch.undo()
    assert Catalog(settings.catalog_path).report("sâu/b").text == "Hai."


def test_a_second_writer_is_told_to_wait(settings: Settings, write: Write) -> None:
    write("a.txt", "Một.")
    settings.data.mkdir()
    with FileLock(settings.lock_path), pytest.raises(BusyError, match="đang nạp báo cáo"):
        load(settings)
    assert load(settings).generation == 1


# --- crashes and damage ---


def test_a_reload_that_fails_leaves_the_former_generation(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "Báo cáo về cầu đường.")
    load(settings)
    write("b.txt", "Báo cáo về trường học.")

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalIndex, "build", full_disk)
    with pytest.raises(SearchIndexError, match="đĩa đã đầy"):
        load(settings)
    monkeypatch.undo()
    assert found(settings, "cầu đường") == ["a"]
    assert found(settings, "trường học") == []
    assert load(settings) == Reloaded(("b.txt",), (), (), ("a.txt",), (), 2)
    assert found(settings, "trường học") == ["b"]


def test_remains_of_a_killed_writer_are_removed(settings: Settings, write: Write) -> None:
    write("a.txt", "Báo cáo về cầu đường.")
    load(settings)
    (settings.generations_path / "000002").mkdir()
    (settings.generations_path / "000002.77.tmp").mkdir()
    write("b.txt", "Báo cáo về trường học.")
    assert load(settings).generation == 2
    assert found(settings, "trường học") == ["b"]
    names = sorted(path.name for path in settings.generations_path.iterdir())
    assert names == ["000001", "000002"]


def test_a_damaged_index_is_built_again_from_the_catalog_alone(
    settings: Settings, write: Write
) -> None:
    write("a.txt", "Báo cáo về cầu đường.")
    load(settings)
    shutil.rmtree(settings.reports_path)
    (vectors,) = settings.generation_path(1).rglob("vectors.npy")
    vectors.write_bytes(b"x")
    with pytest.raises(IndexDamagedError, match="không còn như lúc ghi"):
        Answerer(settings, ENCODER)
    assert rebuild(settings, ENCODER) == 2
    assert found(settings, "cầu đường") == ["a"]
    shutil.rmtree(settings.generations_path)
    with pytest.raises(IndexDamagedError, match="không có chỉ mục"):
        Answerer(settings, ENCODER)
    rebuild(settings, ENCODER)
    assert found(settings, "cầu đường") == ["a"]


def test_reload_repairs_a_damaged_index_without_changes(settings: Settings, write: Write) -> None:
    write("a.txt", "Báo cáo về cầu đường.")
    load(settings)
    (settings.generation_path(1) / "manifest.json").unlink()
    assert load(settings) == Reloaded((), (), (), ("a.txt",), (), 2)
    assert found(settings, "cầu đường") == ["a"]


def test_another_encoder_is_refused_until_a_reload(settings: Settings, write: Write) -> None:
    write("a.txt", "Báo cáo về cầu đường.")
    load(settings)
    other = HashEncoder("another")
    with pytest.raises(IndexMismatchError, match="bộ mã hóa hash, hiện dùng another"):
        Answerer(settings, other)
    assert reload(settings, other).generation == 2
    assert Answerer(settings, other).answer("cầu đường").status is Status.QUOTED


def test_a_table_of_the_user_takes_effect_with_a_reload(settings: Settings, write: Write) -> None:
    write("a.txt", "Tổ TKVV của ấp Ba họp hằng tháng.")
    load(settings)
    assert found(settings, "tổ tiết kiệm và vay vốn") == []
    settings.data.joinpath("abbreviations.tsv").write_text("TKVV\ttiết kiệm và vay vốn\n", "utf-8")
    with pytest.raises(IndexMismatchError, match="bảng viết tắt"):
        Answerer(settings, ENCODER)
    load(settings)
    assert found(settings, "tổ tiết kiệm và vay vốn") == ["a"]


def test_nothing_loaded_yet_says_so(settings: Settings) -> None:
    with pytest.raises(IndexMissingError, match="hoidap reload"):
        Answerer(settings, ENCODER)
    with pytest.raises(ReportNotFoundError, match="không có báo cáo nào mang mã 'x'"):
        Catalog(settings.catalog_path).report("x")


def test_a_damaged_catalog_is_named(settings: Settings, write: Write) -> None:
    write("a.txt", "Một.")
    load(settings)
    settings.catalog_path.write_bytes(b"not a database" * 1000)
    for suffix in ("-wal", "-shm"):
        settings.catalog_path.with_name(settings.catalog_path.name + suffix).unlink(missing_ok=True)
    with pytest.raises(CatalogError, match=r"không dùng được danh mục .*catalog\.sqlite3"):
        Answerer(settings, ENCODER)
    with pytest.raises(CatalogError, match="không dùng được danh mục"):
        load(settings)


def test_a_text_changed_behind_the_catalog_is_never_quoted(
    settings: Settings, write: Write
) -> None:
    import sqlite3

    write("a.txt", "Huyện có 14 xã đạt chuẩn.")
    load(settings)
    with sqlite3.connect(settings.catalog_path) as connection:
        connection.execute("UPDATE versions SET text = replace(text, '14', '41')")
    connection.close()
    with pytest.raises(CatalogError, match="không còn như lúc lưu"):
        found(settings, "bao nhiêu xã đạt chuẩn?")


def test_an_open_answerer_moves_to_the_next_generation(settings: Settings, write: Write) -> None:
    write("a.txt", "Báo cáo về cầu đường.")
    load(settings)
    answerer = Answerer(settings, ENCODER)
    assert answerer.answer("trường học").status is Status.NOT_FOUND
    write("b.txt", "Báo cáo về trường học.")
    load(settings)
    answer = answerer.answer("trường học")
    assert (answer.status, answer.generation) == (Status.QUOTED, 2)


def test_ids_of_passages_are_never_used_twice(settings: Settings, write: Write) -> None:
    write("a.txt", "Một.")
    seen: set[int] = set()
    for number in range(6):
        write("b.txt", f"Bản thứ {number} của báo cáo.")
        load(settings)
        new = set(Catalog(settings.catalog_path).current_ids().tolist()) - {1}
        assert not new & seen
        seen |= new


def test_a_rollback_brings_back_what_a_generation_held(settings: Settings, write: Write) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    load(settings)
    write("b.txt", "Xã Vĩnh Hòa thay cầu khỉ bằng cầu bê tông.")
    write("c.txt", "Xã Tân Thới nạo vét kênh mương.")
    (settings.reports_path / "a.txt").unlink()
    load(settings)
    catalog = Catalog(settings.catalog_path)
    assert [one.number for one in catalog.generations()] == [2, 1]
    assert rollback(settings, ENCODER) == 3
    assert found(settings, "xây trường mầm non ở đâu?") == ["a"]
    assert catalog.report("b").text == "Xã Vĩnh Hòa sửa cầu khỉ."
    assert found(settings, "nạo vét kênh mương") == []
    assert [(one.number, one.reports) for one in catalog.generations()] == [(3, 2), (2, 2), (1, 2)]
    # Back and forth; the content is each generation's.
    assert rollback(settings, ENCODER, 2) == 4
    assert found(settings, "nạo vét kênh mương") == ["c"]
    assert rollback(settings, ENCODER, 1) == 5
    assert found(settings, "xây trường mầm non ở đâu?") == ["a"]
    # The folder says something else, and a reload follows it.
    assert load(settings) == Reloaded(("c.txt",), ("b.txt",), ("a.txt",), (), (), 6)
    assert found(settings, "cầu bê tông") == ["b"]


def test_there_must_be_something_to_go_back_to(settings: Settings, write: Write) -> None:
    with pytest.raises(RollbackError, match="chưa có thế hệ trước nào"):
        rollback(settings, ENCODER)
    write("a.txt", "Một báo cáo.")
    load(settings)
    write("b.txt", "Một báo cáo nữa.")
    load(settings)
    for number in (0, 2, 3):
        with pytest.raises(RollbackError, match=f"thế hệ {number}; còn giữ: 1"):
            rollback(settings, ENCODER, number)
    rollback(settings, ENCODER, 1)
    with pytest.raises(RollbackError, match="không khác hiện nay"):
        rollback(settings, ENCODER, 1)
    assert [one.number for one in Catalog(settings.catalog_path).generations()] == [3, 2, 1]


def test_going_back_is_from_the_generation_that_was_seen(settings: Settings, write: Write) -> None:
    write("a.txt", "Một báo cáo.")
    load(settings)
    write("a.txt", "Một báo cáo khác.")
    load(settings)
    assert rollback(settings, ENCODER, 1, seen=2) == 3
    with pytest.raises(RollbackError, match="đã đổi từ lúc xem, nay là thế hệ 3; hãy xem lại"):
        rollback(settings, ENCODER, 2, seen=2)
    assert [one.number for one in Catalog(settings.catalog_path).generations()] == [3, 2, 1]


@pytest.mark.parametrize("anew", [0, 500])
def test_going_back_changes_only_what_differs(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch, anew: int
) -> None:
    """Whether the index is built anew or goes on from the one before."""
    monkeypatch.setattr("hoidap.reload._ANEW", anew)
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    load(settings)
    write("b.txt", "Xã Vĩnh Hòa xây cầu bê tông.")
    write("c.txt", "Xã Tân Thới nạo vét kênh mương.")
    load(settings)
    catalog = Catalog(settings.catalog_path)
    kept = catalog.passages_of("a")
    # Out, and in again as it was.
    path = settings.reports_path / "a.txt"
    text = path.read_text("utf-8")
    path.unlink()
    load(settings)
    path.write_text(text, "utf-8")
    load(settings)
    (current,) = catalog.passages_of("a")
    assert current.id != kept[0].id
    with pytest.raises(RollbackError, match="thế hệ 2 không khác hiện nay"):
        rollback(settings, ENCODER, 2)
    assert rollback(settings, ENCODER, 1) == 5
    step = catalog.history()[0]
    assert (step.added, step.changed, step.removed) == ((), ("b",), ("c",))
    assert catalog.passages_of("a") == [current]
    assert found(settings, "xây trường mầm non ở đâu?") == ["a"]
    assert found(settings, "Xã nào sửa cầu khỉ?") == ["b"]
    assert found(settings, "nạo vét kênh mương") == []
    with pytest.raises(RollbackError, match="thế hệ 1 không khác hiện nay"):
        rollback(settings, ENCODER, 1)
    # The same text read from another file is not the same: its original is another.
    assert rollback(settings, ENCODER, 4) == 6
    path.unlink()
    load(settings)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    load(settings)
    assert catalog.report("a").text == text
    assert rollback(settings, ENCODER, 6) == 9
    assert catalog.history()[0].changed == ("a",)


def test_the_last_ten_generations_can_be_gone_back_to(settings: Settings, write: Write) -> None:
    for number in range(1, 13):
        write("a.txt", f"Báo cáo số {number} của xã.")
        load(settings)
    catalog = Catalog(settings.catalog_path)
    assert [one.number for one in catalog.generations()] == list(range(12, 2, -1))
    assert rollback(settings, ENCODER, 3) == 13
    assert catalog.report("a").text == "Báo cáo số 3 của xã."


def test_a_passage_is_found_again_where_its_report_changed_elsewhere(
    settings: Settings, write: Write
) -> None:
    text = (
        "I. Giao thông\n\nĐoạn đầu nói về đường sá của xã Phú Lộc.\n\n"
        "II. Giáo dục\n\nĐoạn sau nói về trường học của xã nhà."
    )
    write("a.txt", text)
    load(settings)
    catalog = Catalog(settings.catalog_path)
    first, second = catalog.passages_of("a")
    assert [catalog.current(one.id) for one in (first, second)] == [first, second]
    write("a.txt", text.replace("trường học", "trạm y tế"))
    load(settings)
    moved = catalog.current(first.id)
    assert moved is not None
    assert (moved.text, moved.id != first.id) == (first.text, True)
    assert catalog.current(second.id) is None
    assert catalog.current(999) is None


def test_what_is_gone_back_to_keeps_its_headings(settings: Settings, write: Write) -> None:
    write("a.txt", "Báo cáo tháng\n\nI. Giao thông\n\nĐoạn này nói về đường sá của xã Phú Lộc.")
    load(settings)
    catalog = Catalog(settings.catalog_path)
    (before,) = catalog.passages_of("a")
    assert before.headings == ("I. Giao thông",)
    write("a.txt", "Báo cáo nay không còn mục nào cả.")
    load(settings)
    rollback(settings, ENCODER, 1)
    (after,) = catalog.passages_of("a")
    assert (after.headings, after.text) == (before.headings, before.text)


def test_reports_are_listed_by_date(settings: Settings, write: Write) -> None:
    catalog = Catalog(settings.catalog_path)
    assert catalog.openings(0, 5) == []
    for name, day in (("a", "2021-03-26"), ("b", "2022-01-01"), ("c", "")):
        write(f"{name}.txt", f"Báo cáo {name} nói về việc của xã.\n\nĐoạn hai của báo cáo này.")
        if day:
            write(f"{name}.toml", f"date = {day}")
    load(settings)
    assert [one.report.report_id for one in catalog.openings(0, 5)] == ["b", "a", "c"]
    assert [one.report.report_id for one in catalog.openings(1, 1)] == ["a"]
    assert catalog.openings(0, 1)[0].start == 0
    assert catalog.openings(3, 5) == []


def test_a_large_generation_is_opened_while_the_one_before_answers(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_LARGE", 0)
    may_open = threading.Event()
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    load(settings)
    answerer = Answerer(settings, ENCODER)

    class Slow(LocalIndex):
        def __init__(self, *arguments: object, **named: object) -> None:
            assert may_open.wait(60)
            super().__init__(*arguments, **named)  # type: ignore[arg-type]

    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    load(settings)
    monkeypatch.setattr(store, "LocalIndex", Slow)
    for _ in range(3):
        answer = answerer.answer("xây trường mầm non ở đâu?")
        assert (answer.generation, answer.status) == (1, Status.QUOTED)
    may_open.set()
    deadline = time.monotonic() + 60
    while answerer.answer("sửa cầu khỉ").generation == 1:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert [quote.citation.report_id for quote in answerer.answer("sửa cầu khỉ").quotes] == ["b"]


def test_a_large_generation_that_cannot_be_opened_is_told(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_LARGE", 0)
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    load(settings)
    answerer = Answerer(settings, ENCODER)
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    load(settings)
    (settings.generation_path(2) / "manifest.json").write_text("{", "utf-8")
    deadline = time.monotonic() + 60
    with pytest.raises(IndexDamagedError, match="không đọc được"):  # noqa: PT012 - it may answer
        while time.monotonic() < deadline:
            answerer.answer("xây trường mầm non ở đâu?")
    rebuild(settings, ENCODER)
    while answerer.answer("sửa cầu khỉ").generation != 3:
        assert time.monotonic() < deadline
