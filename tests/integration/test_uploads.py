"""Files that are sent in: shown before anything changes, added when confirmed, or taken back."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from hoidap import drafts
from hoidap.catalog import Catalog, Cause
from hoidap.documents import Note
from hoidap.drafts import Batch, BatchState, Draft
from hoidap.errors import BusyError, GoldenError, OutdatedError, UploadError
from hoidap.reload import By, reload, writer_lock
from hoidap.settings import Settings
from hoidap.token_table import Vectors
from hoidap.uploads import Confirmed, Uploads
from tests.conftest import ROOT
from tests.fakes import HashEncoder
from tests.formats import PARAGRAPHS, PLAIN, TITLE, legacy_bytes

Write = Callable[[str, str], Path]
ENCODER = HashEncoder()
AN = By("an", Cause.ADD)
BRIDGE = "Xã Vĩnh Hòa sửa cầu khỉ ở ấp 3 và làm mới hai trăm mét đường đan."
SCHOOL = "Xã Phú Lộc xây trường mầm non bốn phòng học."
GOLDEN = '[[question]]\ntext = "Xã nào sửa cầu khỉ?"\nreport = "cau"\nquotes = "cầu khỉ"\n'


@pytest.fixture
def uploads(settings: Settings) -> Uploads:
    return Uploads(settings)


def sent(uploads: Uploads, *files: tuple[str | None, str | bytes]) -> Batch:
    batch = uploads.open("an")
    for name, content in files:
        data = content.encode() if isinstance(content, str) else content
        uploads.stage(batch.id, name, data)
    return uploads.find(batch.id)


def one(uploads: Uploads, name: str | None, content: str | bytes) -> Draft:
    (draft,) = sent(uploads, (name, content)).drafts
    return draft


def confirm(
    uploads: Uploads, batch: Batch, *, keep_both: bool = False, force: bool = False
) -> Confirmed:
    return uploads.confirm(batch.id, ENCODER, by=AN, keep_both=keep_both, force=force)


def folder(settings: Settings) -> dict[str, str]:
    return {
        path.relative_to(settings.reports_path).as_posix(): path.read_text("utf-8")
        for path in sorted(settings.reports_path.rglob("*"))
        if path.is_file()
    }


def kept(settings: Settings) -> list[str]:
    """The names below the directory of what waits, but for records and locks."""
    names = (path.name for path in settings.uploads_path.glob("*/*"))
    return sorted(name for name in names if name not in ("batch.json", "confirming.lock"))


def test_a_file_is_shown_before_anything_changes(uploads: Uploads, settings: Settings) -> None:
    batch = sent(uploads, ("Đường.txt", PLAIN))
    (draft,) = batch.drafts
    assert (draft.number, draft.name, draft.file) == (1, "Đường.txt", "Đường.txt")
    assert draft.refusal is None
    preview = draft.preview
    assert preview is not None
    assert (preview.title, preview.day) == (TITLE, date(2022, 10, 12))
    assert (preview.number, preview.kind) == ("87/BC-UBND", "báo cáo")
    assert preview.opening.startswith(PARAGRAPHS[0])
    assert len(preview.opening) <= 401
    assert (preview.replaces, preview.similar, preview.same_number) == ((), (), ())
    assert folder(settings) == {}
    assert not settings.catalog_path.exists()
    # Neither the name nor what it says is part of a path.
    assert kept(settings) == [draft.sha256]
    assert {path.stat().st_mode & 0o77 for path in settings.uploads_path.glob("*/*")} == {0}


def test_what_was_confirmed_is_live_and_the_rest_is_told(
    uploads: Uploads, settings: Settings
) -> None:
    batch = sent(uploads, ("cau.txt", BRIDGE), ("anh.png", b"\x89PNG\x00"), ("lop.txt", SCHOOL))
    done = confirm(uploads, batch)
    assert folder(settings) == {"cau.txt": BRIDGE, "lop.txt": SCHOOL}
    catalog = Catalog(settings.catalog_path)
    assert catalog.report("cau").text == BRIDGE
    (generation,) = catalog.generations()
    assert (generation.cause, generation.actor) == (Cause.ADD, "an")
    told = [([r.report_id for r in e.reports], e.refusal is None) for e in done.entries]
    assert told == [(["cau"], True), ([], False), (["lop"], True)]
    assert [entry.draft.name for entry in done.added] == ["cau.txt", "lop.txt"]
    assert (done.batch.state, done.batch.ended_by, done.batch.generation) == (
        BatchState.DONE, "an", 1,
    )  # fmt: skip
    assert kept(settings) == []
    with pytest.raises(UploadError, match="đã được thêm, ở thế hệ 1"):
        confirm(uploads, batch)
    with pytest.raises(UploadError, match="đã được thêm"):
        uploads.stage(batch.id, "x.txt", b"x")


def test_what_was_cancelled_leaves_nothing(uploads: Uploads, settings: Settings) -> None:
    batch = sent(uploads, ("cau.txt", BRIDGE))
    assert uploads.cancel(batch.id, "bình").ended_by == "bình"
    assert (folder(settings), kept(settings)) == ({}, [])
    for act in (lambda: confirm(uploads, batch), lambda: uploads.cancel(batch.id, "an")):
        with pytest.raises(UploadError, match="đã được bỏ"):
            act()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00", "ảnh PNG.*đọc được: Word"),
        ("a.bin", bytes(range(256)) * 20, r"không rõ định dạng; đọc được: Word \(\.docx"),
        ("a.zip", b"PK\x03\x04" + b"\x00" * 30, "tệp nén ZIP"),
        ("a.txt", b"", "tệp rỗng"),
        ("a.docx", b"PK\x03\x04word/" + b"\x00" * 30, "tệp Word bị hỏng"),
        ("a.pdf", b"%PDF-1.7 cut off", "PDF bị hỏng"),
        (
            "a.TOML",
            b'title = "B\xc3\xa1o c\xc3\xa1o"',
            "là tệp thông tin, không phải báo cáo; hãy đặt",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_and_not_kept(
    uploads: Uploads, settings: Settings, name: str, data: bytes, reason: str
) -> None:
    batch = sent(uploads, (name, data))
    (draft,) = batch.drafts
    assert draft.preview is None
    assert re.search(reason, draft.refusal or "")
    assert (batch.accepted, kept(settings)) == ((), [])
    with pytest.raises(UploadError, match="không có tệp nào thêm được"):
        confirm(uploads, batch)
    assert uploads.find(batch.id).state is BatchState.OPEN


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../etc/bc.txt", "bc.txt"),
        ("C:\\Users\\An\\bc.txt", "bc.txt"),
        ("a\x00\n\u202eb.txt", "ab.txt"),
        (".ẩn.txt", "ẩn.txt"),
        ("~$bc.txt", "bc.txt"),
        ("", "bao-cao.txt"),
        (None, "bao-cao.txt"),
        ("..", "bao-cao.txt"),
        ("bc", "bc.txt"),
        ("bc.TXT", "bc.txt"),
        ("bc.xls", "bc.xls.txt"),
        ("a" * 300 + ".txt", "a" * 196 + ".txt"),
    ],
)
def test_any_name_ends_as_one_part_of_a_path(
    uploads: Uploads, settings: Settings, name: str | None, file: str
) -> None:
    batch = sent(uploads, (name, BRIDGE))
    assert [draft.file for draft in batch.drafts] == [file]
    assert len(confirm(uploads, batch).added) == 1
    assert folder(settings) == {file: BRIDGE}


def test_an_old_encoding_is_told(uploads: Uploads) -> None:
    preview = one(uploads, "cu.txt", legacy_bytes(PLAIN, 2)).preview
    assert preview is not None
    assert (preview.notes, preview.title) == ((Note.FROM_TCVN3,), TITLE)


def test_what_is_there_already_is_told(uploads: Uploads, settings: Settings, write: Write) -> None:
    write("cau.txt", BRIDGE)
    write("đường.txt", PLAIN)
    reload(settings, ENCODER)
    same = one(uploads, "khác.txt", BRIDGE)
    assert (same.refusal or "").startswith("đã có trong kho: báo cáo “")
    assert "cầu khỉ" in (same.refusal or "") or "cau" in (same.refusal or "")
    twice = sent(uploads, ("a.txt", SCHOOL), ("b.txt", SCHOOL))
    assert [draft.refusal for draft in twice.drafts] == [None, "trùng với a.txt vừa gửi"]
    near = one(uploads, "bản 2.txt", PLAIN + "\n\nĐã bổ sung.").preview
    assert near is not None
    assert [related.report_id for related in near.similar] == ["đường"]
    assert near.similar[0].share > 0.9
    assert [related.report_id for related in near.same_number] == ["đường"]
    assert near.replaces == ()


def test_an_export_whose_ids_are_all_taken_is_refused_and_not_kept(
    uploads: Uploads, settings: Settings, write: Write
) -> None:
    write("cau.txt", BRIDGE)
    reload(settings, ENCODER)
    batch = sent(uploads, ("all.jsonl", f'{{"id": "cau", "text": "{SCHOOL}"}}'))
    (entry,) = confirm(uploads, batch).entries
    assert entry.refusal == "mã báo cáo 'cau' đã có trong tệp cau.txt"
    assert folder(settings) == {"cau.txt": BRIDGE}


def test_a_file_of_the_same_name_replaces_or_stands_beside(
    uploads: Uploads, settings: Settings, write: Write
) -> None:
    write("cau.txt", BRIDGE)
    reload(settings, ENCODER)
    batch = sent(uploads, ("cau.txt", SCHOOL))
    (draft,) = batch.drafts
    assert draft.preview is not None
    assert [related.report_id for related in draft.preview.replaces] == ["cau"]
    assert batch.replaces_files
    assert confirm(uploads, batch).reloaded.changed == ("cau.txt",)
    assert folder(settings) == {"cau.txt": SCHOOL}
    batch = sent(uploads, ("cau.txt", BRIDGE))
    done = confirm(uploads, batch, keep_both=True)
    assert [report.report_id for report in done.entries[0].reports] == ["cau (2)"]
    assert folder(settings) == {"cau.txt": SCHOOL, "cau (2).txt": BRIDGE}
    # Two files of one name in a batch never take each other's place.
    batch = sent(uploads, ("mới.txt", SCHOOL + " Một."), ("mới.txt", SCHOOL + " Hai."))
    assert [draft.file for draft in batch.drafts] == ["mới.txt", "mới (2).txt"]


def test_metadata_that_lies_beside_the_place_of_a_file_is_told(
    uploads: Uploads, settings: Settings, write: Write
) -> None:
    write("bc.txt", BRIDGE)
    write("bc.toml", 'title = "Sửa cầu khỉ"')
    write("all.toml", 'title = "Tất cả"')
    reload(settings, ENCODER)
    line = f'{{"id": "x", "text": "{SCHOOL}"}}'
    batch = sent(uploads, ("bc.md", SCHOOL), ("lop.md", SCHOOL + " Hai."), ("all.jsonl", line))
    previews = [draft.preview for draft in batch.accepted]
    assert [one and (one.metadata, one.title) for one in previews] == [
        ("bc.toml", "Sửa cầu khỉ"), (None, "lop"), (None, "x"),
    ]  # fmt: skip


def test_a_name_of_letters_that_are_not_composed_is_the_same_name(
    uploads: Uploads, settings: Settings, write: Write
) -> None:
    typed, mac = "Cầu khỉ.txt", unicodedata.normalize("NFD", "Cầu khỉ.txt")
    write(mac, BRIDGE)
    reload(settings, ENCODER)
    batch = sent(uploads, (typed, SCHOOL), (typed, SCHOOL + " Hai."))
    first, second = batch.accepted
    assert (first.file, first.replaces_file) == (mac, True)
    assert (second.file, second.replaces_file) == ("Cầu khỉ (2).txt", False)
    assert first.preview is not None
    assert [one.report_id for one in first.preview.replaces] == ["Cầu khỉ"]
    confirm(uploads, batch)
    assert folder(settings) == {mac: SCHOOL, "Cầu khỉ (2).txt": SCHOOL + " Hai."}
    assert Catalog(settings.catalog_path).report("Cầu khỉ").text == SCHOOL
    confirm(uploads, sent(uploads, (typed, BRIDGE)), keep_both=True)
    assert folder(settings)["Cầu khỉ (3).txt"] == BRIDGE


def test_golden_questions_that_fail_take_the_files_out_again(
    uploads: Uploads, settings: Settings, write: Write
) -> None:
    write("cau.txt", BRIDGE)
    settings.golden_path.write_text(GOLDEN, "utf-8")
    reload(settings, ENCODER)
    batch = sent(uploads, ("cau.txt", SCHOOL), ("mới.txt", SCHOOL + " Mới."))
    with pytest.raises(GoldenError, match="1 câu hỏi kiểm tra không đạt"):
        confirm(uploads, batch)
    assert folder(settings) == {"cau.txt": BRIDGE}
    assert Catalog(settings.catalog_path).report("cau").text == BRIDGE
    # What waits goes on waiting, and can be tried again.
    assert uploads.find(batch.id).state is BatchState.OPEN
    assert len(confirm(uploads, batch, force=True).added) == 2
    assert folder(settings) == {"cau.txt": SCHOOL, "mới.txt": SCHOOL + " Mới."}


def test_another_writer_is_waited_for_and_told(uploads: Uploads, settings: Settings) -> None:
    batch = sent(uploads, ("cau.txt", BRIDGE))
    with writer_lock(settings, 0), pytest.raises(BusyError, match="đang nạp báo cáo"):
        confirm(uploads, batch)
    assert folder(settings) == {}
    assert len(confirm(uploads, batch).added) == 1


def test_what_changed_since_the_preview_is_not_replaced(
    uploads: Uploads, settings: Settings, write: Write
) -> None:
    batch = sent(uploads, ("cau.txt", BRIDGE), ("chợ.txt", "Chợ Mới có 48 sạp hàng."))
    write("cau.txt", SCHOOL)
    reload(settings, ENCODER)
    with pytest.raises(OutdatedError, match=r"cau\.txt trong thư mục báo cáo đã đổi từ lúc xem"):
        confirm(uploads, batch)
    assert folder(settings) == {"cau.txt": SCHOOL}
    # It was looked at again, and can be added with what it is shown to replace.
    now = uploads.find(batch.id)
    assert now.drafts[1:] == batch.drafts[1:]
    draft = now.drafts[0]
    assert (now.state, now.replaces_files) == (BatchState.OPEN, True)
    assert (draft.name, draft.number, draft.file) == ("cau.txt", 1, "cau.txt")
    assert draft.preview is not None
    assert [related.report_id for related in draft.preview.replaces] == ["cau"]
    assert confirm(uploads, now).reloaded.changed == ("cau.txt",)
    assert folder(settings) == {"cau.txt": BRIDGE, "chợ.txt": "Chợ Mới có 48 sạp hàng."}


def test_what_came_in_otherwise_since_the_preview_is_not_added_again(
    uploads: Uploads, settings: Settings, write: Write
) -> None:
    batch = sent(uploads, ("cau.txt", BRIDGE))
    write("cau.txt", SCHOOL)
    write("cầu.txt", BRIDGE)
    reload(settings, ENCODER)
    with pytest.raises(OutdatedError):
        confirm(uploads, batch)
    (draft,) = uploads.find(batch.id).drafts
    assert draft.refusal == "đã có trong kho: báo cáo “cầu”"
    with pytest.raises(UploadError, match="không có tệp nào thêm được"):
        confirm(uploads, batch)


def test_only_one_adds_a_batch(uploads: Uploads, settings: Settings) -> None:
    started, go_on = threading.Event(), threading.Event()

    class Slow(HashEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            started.set()
            assert go_on.wait(20)
            return super().encode_passages(texts)

    batch = sent(uploads, ("cau.txt", BRIDGE))
    thread = threading.Thread(target=lambda: uploads.confirm(batch.id, Slow(), by=AN))
    thread.start()
    try:
        assert started.wait(20)
        assert Uploads(settings).find(batch.id).state is BatchState.CONFIRMING
        for act in (lambda: confirm(uploads, batch), lambda: uploads.cancel(batch.id, "an")):
            with pytest.raises(UploadError, match="đang được thêm"):
                act()
    finally:
        go_on.set()
        thread.join(20)
    assert uploads.find(batch.id).state is BatchState.DONE


def test_what_waits_survives_a_restart_and_then_expires(
    uploads: Uploads, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = sent(uploads, ("cau.txt", BRIDGE))
    uploads.open("an")  # empty: nothing to show
    again = Uploads(settings)
    assert again.waiting() == [batch]
    assert again.find(batch.id) == batch
    monkeypatch.setattr(drafts, "KEPT", timedelta(seconds=-1))
    assert again.waiting() == []
    assert again.find(batch.id).state is BatchState.EXPIRED
    assert kept(settings) == []
    with pytest.raises(UploadError, match="hết hạn chờ"):
        confirm(again, batch)
    monkeypatch.setattr(drafts, "_REMEMBERED", timedelta(seconds=-1))
    with pytest.raises(UploadError, match="hết hạn chờ"):
        again.find(batch.id)
    assert list(settings.uploads_path.glob("*/")) == []


def test_files_and_bytes_are_limited(
    uploads: Uploads, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MAX_FILES", 2)
    batch = sent(uploads, ("a.txt", BRIDGE), ("b.txt", SCHOOL))
    with pytest.raises(UploadError, match="mỗi lượt nhiều nhất 2 tệp"):
        uploads.stage(batch.id, "c.txt", b"c")
    monkeypatch.setattr(drafts, "MAX_BYTES", 1 << 20)
    other = uploads.open("bình")
    with pytest.raises(UploadError, match="đã đầy 1 MB"):
        uploads.stage(other.id, "c.txt", b"c" * (1 << 20))
    assert len(uploads.find(batch.id).accepted) == 2


def test_files_of_one_name_sent_at_once_are_all_kept(uploads: Uploads, settings: Settings) -> None:
    batch = uploads.open("an")
    texts = [f"{SCHOOL} Đợt {number}." for number in range(6)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda text: uploads.stage(batch.id, "a.txt", text.encode()), texts))
    batch = uploads.find(batch.id)
    assert [draft.number for draft in batch.drafts] == [1, 2, 3, 4, 5, 6]
    confirm(uploads, batch)
    assert sorted(folder(settings).values()) == texts


def test_a_full_disk_is_told_and_keeps_nothing(
    uploads: Uploads, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = sent(uploads, ("a.txt", BRIDGE))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("hoidap.staging.os.fsync", full)
        with pytest.raises(UploadError, match="đĩa đã đầy; hãy kiểm tra đĩa"):
            uploads.stage(batch.id, "b.txt", SCHOOL.encode())
    assert uploads.find(batch.id) == batch
    assert kept(settings) == [batch.drafts[0].sha256]


def test_a_damaged_record_is_told(uploads: Uploads, settings: Settings) -> None:
    batch = sent(uploads, ("a.txt", BRIDGE))
    (record,) = settings.uploads_path.glob("*/batch.json")
    record.write_bytes(record.read_bytes()[:40])
    with pytest.raises(UploadError, match="bị hỏng; hãy gửi lại"):
        uploads.find(batch.id)
    assert uploads.waiting() == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from hoidap import drafts
from hoidap.catalog import Cause
from hoidap.index.local import LocalIndex
from hoidap.reload import By
from hoidap.settings import Settings
from hoidap.uploads import Uploads
from tests.fakes import HashEncoder

def killed(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

corpus, data, batch, place = sys.argv[1:]
if place == "before":
    LocalIndex.build = killed
else:
    drafts.DraftStore._end = killed
settings = Settings(corpus=Path(corpus), data=Path(data))
Uploads(settings).confirm(int(batch), HashEncoder(), by=By("an", Cause.ADD))
"""


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_process_that_is_killed_while_it_adds_loses_nothing(
    uploads: Uploads, settings: Settings, write: Write, place: str
) -> None:
    write("cau.txt", BRIDGE)
    reload(settings, ENCODER)
    batch = sent(uploads, ("cau.txt", SCHOOL), ("mới.txt", SCHOOL + " Mới."))
    arguments = [str(settings.corpus), str(settings.data), str(batch.id), place]
    killed = subprocess.run([sys.executable, "-c", _KILLED, *arguments], cwd=ROOT)
    assert killed.returncode == -9
    if place == "before":
        assert folder(settings)["cau.txt"] == SCHOOL
        assert uploads.find(batch.id) == batch
        assert folder(settings) == {"cau.txt": BRIDGE}
        assert len(confirm(uploads, batch).added) == 2
    else:
        found = uploads.find(batch.id)
        assert (found.state, found.generation) == (BatchState.DONE, 2)
        assert kept(settings) == []
    assert folder(settings) == {"cau.txt": SCHOOL, "mới.txt": SCHOOL + " Mới."}
    assert Catalog(settings.catalog_path).report("cau").text == SCHOOL
