"""Backups: whole while everything runs, refused where anything is wrong, put back as they were."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hoidap.accounts import Accounts
from hoidap.allowance import Allowance
from hoidap.answering import Answerer
from hoidap.archive import ArchiveReader, is_safe_path
from hoidap.backup import BackedUp, backup
from hoidap.catalog import Catalog, CatalogWriter, Cause
from hoidap.documents import Answer
from hoidap.errors import ArchiveError, BackupError, BusyError
from hoidap.journal import Journal
from hoidap.originals import Originals
from hoidap.reload import reload, writer_lock
from hoidap.restore import restore
from hoidap.settings import Settings
from tests.fakes import HashEncoder

ENCODER = HashEncoder()
QUESTIONS = ("Cầu Rạch Sậy dài bao nhiêu mét?", "Quý I năm 2022 huyện thu bao nhiêu?")


def answers(settings: Settings) -> list[Answer]:
    """What is answered, but for the time it took and the number of the generation."""
    answerer = Answerer(settings, ENCODER)
    return [
        replace(answerer.answer(question), elapsed_ms=0.0, generation=0) for question in QUESTIONS
    ]


def elsewhere(tmp_path: Path, name: str = "other") -> Settings:
    """Another machine, with other paths and nothing on it."""
    return Settings(corpus=tmp_path / name / "reports", data=tmp_path / name / "data")


@pytest.fixture
def loaded(district: Settings) -> Settings:
    """The made-up district, with all that a backup holds."""
    reload(district, ENCODER)
    journal = Journal(district.journal_path, keep_days=90)
    journal.record(7, 1, Answerer(district, ENCODER).answer(QUESTIONS[0]))
    journal.close()
    (district.data / "synonyms.tsv").write_text("cầu\tcầu đường\n", "utf-8")
    district.golden_path.write_text(
        f'[[question]]\ntext = "{QUESTIONS[0]}"\nreport = "le-khoi-cong-cau"\n', "utf-8"
    )
    return district


@pytest.fixture
def archive(loaded: Settings, tmp_path: Path) -> Path:
    return backup(loaded, ENCODER, tmp_path / "backup.tar").path


@pytest.mark.parametrize("name", ["backup.tar", "backup.tar.gz"])
def test_put_back_elsewhere_it_answers_the_same(
    name: str, loaded: Settings, tmp_path: Path
) -> None:
    written = backup(loaded, ENCODER, tmp_path / name)
    assert written.left_out == ()
    assert written.path.stat().st_mode & 0o777 == 0o600
    assert (written.path.read_bytes()[:2] == b"\x1f\x8b") == name.endswith(".gz")
    other = elsewhere(tmp_path)
    restored = restore(other, ENCODER, written.path)
    assert (restored.generation, restored.golden, restored.aside) == (2, (), ())
    assert answers(other) == answers(loaded)
    assert any("126 mét" in quote.text for quote in answers(other)[0].quotes)
    # Nothing has to be read again, and all that was known is known.
    result = reload(other, ENCODER)
    assert (result.added, result.changed, result.removed) == ((), (), ())
    assert result.generation == 2
    assert (other.data / "synonyms.tsv").read_text("utf-8") == "cầu\tcầu đường\n"
    journal = Journal(other.journal_path, keep_days=90)
    assert journal.erase(7) == 1  # under the same key
    journal.close()
    catalog = Catalog(other.catalog_path)
    assert [step.generation.cause for step in catalog.history()] == [Cause.REBUILD, Cause.RELOAD]
    original = catalog.original("le-khoi-cong-cau")
    assert original is not None
    assert Originals(other.originals_path).read(original) is not None
    catalog.close()


def test_accounts_are_taken_along_and_what_can_be_made_again_is_not(
    loaded: Settings, tmp_path: Path
) -> None:
    Accounts(loaded.accounts_path).close()
    asked = Allowance(loaded.limits_path, "web", per_minute=60, at_once=60)
    assert asked.take("10.0.0.7") is None
    asked.close()
    written = backup(loaded, ENCODER, tmp_path / "backup.tar")
    names = set(written.manifest.files)
    assert {"accounts.sqlite3", "accounts.key", "journal.key", "golden.toml"} <= names
    made_again = ("generations", "vectors", "removed", "limits")
    assert not any(name.startswith(made_again) for name in names)
    assert written.left_out == ()
    assert ".env" not in names


def test_reports_behind_a_link_are_taken_along(loaded: Settings, tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / "chợ.txt").write_text("Chợ Mới Vĩnh Hòa có 48 sạp hàng.", "utf-8")
    (loaded.reports_path / "usb").symlink_to(tmp_path / "usb", target_is_directory=True)
    reload(loaded, ENCODER)
    other = elsewhere(tmp_path)
    restore(other, ENCODER, backup(loaded, ENCODER, tmp_path / "backup.tar").path)
    assert (other.reports_path / "usb" / "chợ.txt").is_file()
    assert reload(other, ENCODER).removed == ()


def test_the_backup_itself_may_lie_in_the_data_directory(loaded: Settings, tmp_path: Path) -> None:
    other = elsewhere(tmp_path)
    other.data.mkdir(parents=True)
    archive = backup(loaded, ENCODER, other.data / "backup.tar").path
    (other.data / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BackupError, match=r"không trống \(có dangling\)"):
        restore(other, ENCODER, archive)
    restored = restore(other, ENCODER, archive, force=True)
    assert archive.is_file()
    assert [path.name for path in restored.aside[0].iterdir()] == ["dangling"]


def test_reports_inside_the_data_directory(tmp_path: Path, loaded: Settings) -> None:
    archive = backup(loaded, ENCODER, tmp_path / "backup.tar").path
    inside = tmp_path / "inside"
    other = Settings(corpus=inside / "reports", data=inside)
    restore(other, ENCODER, archive)
    assert other.golden_path == inside / "golden.toml"
    assert other.golden_path.is_file()
    assert reload(other, ENCODER).unchanged == reload(loaded, ENCODER).unchanged
    restore(other, ENCODER, archive, force=True)
    assert answers(other) == answers(loaded)


def test_a_writer_in_its_transaction_is_not_waited_for(loaded: Settings, tmp_path: Path) -> None:
    before = answers(loaded)
    with (
        closing(CatalogWriter(loaded.catalog_path)) as writer,
        writer.next_generation(Cause.RELOAD, "ai đó") as coming,
    ):
        for known in writer.known_reports():
            writer.remove(known, coming.number)
        written = backup(loaded, ENCODER, tmp_path / "backup.tar")
    assert written.manifest.generation == 1
    other = elsewhere(tmp_path)
    restore(other, ENCODER, written.path)
    assert answers(other) == before


def test_backups_taken_while_reports_come_and_go_are_whole(
    district: Settings, tmp_path: Path
) -> None:
    settings = district.model_copy(update={"keep_generations": 2})
    reload(settings, ENCODER)
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            path = settings.reports_path / "luan-phien.txt"
            path.write_text(f"Kế hoạch số {number} của huyện về trồng {number} cây.", "utf-8")
            reload(settings, ENCODER)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        written: dict[int, BackedUp] = {}
        number = 0
        while len(written) < 4:
            number += 1
            one = backup(settings, ENCODER, tmp_path / f"backup-{number}.tar")
            written[one.manifest.generation] = one
    finally:
        stop.set()
        thread.join()
    for number, one in written.items():
        assert one.left_out == ()
        other = elsewhere(tmp_path, f"other-{number}")
        restore(other, ENCODER, one.path)
        catalog = Catalog(other.catalog_path)
        for known in catalog.known_reports():
            original = catalog.original(known.id)
            assert original is None or Originals(other.originals_path).read(original) is not None
        catalog.close()


def test_two_backups_at_once(loaded: Settings, tmp_path: Path) -> None:
    from hoidap.backup import staging

    with staging(loaded), pytest.raises(BusyError, match="sao lưu hay khôi phục khác"):
        backup(loaded, ENCODER, tmp_path / "backup.tar")
    assert not (tmp_path / "backup.tar").exists()


def test_remains_of_a_killed_backup_are_removed(loaded: Settings, tmp_path: Path) -> None:
    (loaded.data / "backup.tmp" / "corpus").mkdir(parents=True)
    (loaded.data / "backup.tmp" / "corpus" / "half.txt").write_text("nửa", "utf-8")
    written = backup(loaded, ENCODER, tmp_path / "backup.tar")
    assert "corpus/half.txt" not in written.manifest.files
    assert not (loaded.data / "backup.tmp").exists()


def test_reports_behind_dead_links_are_told(loaded: Settings, tmp_path: Path) -> None:
    link = loaded.reports_path / "xa.txt"
    link.symlink_to(tmp_path / "usb" / "xa.txt")
    written = backup(loaded, ENCODER, tmp_path / "backup.tar")
    assert written.left_out == (f"{link}: không có tệp hay thư mục này",)


def test_a_full_disk_of_the_data_is_not_told_as_that_of_the_backup(
    loaded: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr("hoidap.backup.shutil.copyfile", full)
        with pytest.raises(BackupError, match=rf"ở {loaded.data}: đĩa đã đầy") as caught:
            backup(loaded, ENCODER, tmp_path / "backup.tar")
    assert "nơi khác" not in str(caught.value)
    monkeypatch.setattr("hoidap.backup.write_archive", lambda *_, **__: full())
    with pytest.raises(BackupError, match=r"vào .*backup\.tar: đĩa đã đầy; .*chọn nơi khác"):
        backup(loaded, ENCODER, tmp_path / "backup.tar")


def test_a_folder_keeps_the_newest(loaded: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"hoidap-2026010{day}-010000.tar.gz").write_bytes(b"")
    (folder / "hoidap-của tôi.tar.gz").write_bytes(b"")
    written = backup(loaded, ENCODER, folder, keep=2)
    assert sorted(path.name for path in written.removed) == [
        "hoidap-20260101-010000.tar.gz",
        "hoidap-20260102-010000.tar.gz",
    ]
    assert {path.name for path in folder.iterdir()} == {
        "hoidap-20260103-010000.tar.gz",
        "hoidap-của tôi.tar.gz",
        written.path.name,
    }


@pytest.mark.parametrize("keep", [1, 2])
def test_the_backup_just_written_stays_whatever_the_clock_was_before(
    keep: int, loaded: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    ahead = [folder / f"hoidap-2999010{day}-010000.tar.gz" for day in (1, 2, 3)]
    for path in ahead:
        path.write_bytes(b"")
    written = backup(loaded, ENCODER, folder, keep=keep)
    assert sorted(folder.iterdir()) == [written.path, *ahead[4 - keep :]]
    assert written.size == written.path.stat().st_size > 0
    assert written.removed == tuple(ahead[: 4 - keep])


@pytest.mark.parametrize("where", ["reports", "năm/reports"])
def test_reports_in_the_data_are_put_back_by_whatever_path_they_are_known(
    where: str, archive: Path, tmp_path: Path
) -> None:
    data, link = tmp_path / "other", tmp_path / "link"
    data.mkdir()
    link.symlink_to(data, target_is_directory=True)
    (data / where).mkdir(parents=True)
    (data / where / "cũ.txt").write_text("Một báo cáo cũ.", "utf-8")
    settings = Settings(corpus=link / where, data=data)
    settings.golden_path.write_text("", "utf-8")
    reload(settings, ENCODER)
    restored = restore(settings, ENCODER, archive, force=True)
    assert "le-khoi-cong-cau.txt" in {path.name for path in (data / where).iterdir()}
    assert "le-khoi-cong-cau" in settings.golden_path.read_text("utf-8")
    assert reload(settings, ENCODER).generation == restored.generation
    former = [path for folder in restored.aside if folder.is_dir() for path in folder.iterdir()]
    assert {"cũ.txt", "catalog.sqlite3"} <= {path.name for path in former}
    assert answers(settings)[0].quotes


def test_what_cannot_be_taken_along_is_told(loaded: Settings, tmp_path: Path) -> None:
    (loaded.reports_path / "dòng\nmới.txt").write_text("Tên tệp lạ.", "utf-8")
    (loaded.data / "Bảng 1.tsv").write_text("", "utf-8")
    (loaded.data / "journal.key").unlink()
    damaged, gone = sorted(path for path in loaded.originals_path.rglob("*") if path.is_file())[:2]
    damaged.write_bytes(b"!" + damaged.read_bytes()[1:])
    gone.unlink()
    written = backup(loaded, ENCODER, tmp_path / "backup.tar")
    assert set(written.left_out) == {
        "'corpus/dòng\\nmới.txt': tên tệp không dùng được trong bản sao lưu",
        "'Bảng 1.tsv': tên tệp không dùng được trong bản sao lưu",
        f"bản gốc {gone.name} không còn",
        f"bản gốc {damaged.name} bị hỏng trên đĩa",
    }
    other = elsewhere(tmp_path)
    restore(other, ENCODER, written.path)
    assert answers(other) == answers(loaded)


def test_damage_is_not_backed_up_over_good_backups(loaded: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    good = backup(loaded, ENCODER, folder, keep=1)
    with closing(sqlite3.connect(loaded.catalog_path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(loaded.catalog_path.read_bytes())
    content[4096:4200] = bytes(104)  # the head of the second page
    loaded.catalog_path.write_bytes(content)
    with pytest.raises(BackupError, match=r"bị hỏng .* các bản cũ giữ nguyên"):
        backup(loaded, ENCODER, folder, keep=1)
    assert list(folder.iterdir()) == [good.path]


def test_a_link_that_waits_in_the_folder_is_not_written_through(
    loaded: Settings, tmp_path: Path
) -> None:
    from hoidap.backup import _unfinished

    victim = tmp_path / "victim"
    victim.write_text("của người khác", "utf-8")
    _unfinished(loaded, tmp_path / "backup.tar").symlink_to(victim)
    backup(loaded, ENCODER, tmp_path / "backup.tar")
    assert victim.read_text("utf-8") == "của người khác"


def test_nothing_to_back_up(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="chưa có gì để sao lưu"):
        backup(settings, ENCODER, tmp_path / "backup.tar")
    assert not settings.data.exists()


def test_no_folder_for_it(loaded: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"không có thư mục .*nowhere; hãy tạo trước"):
        backup(loaded, ENCODER, tmp_path / "nowhere" / "backup.tar")


def test_a_place_that_nothing_can_be_written_to(loaded: Settings, tmp_path: Path) -> None:
    # Asked whether it is a folder, the system answers with an error.
    with pytest.raises(BackupError, match=r"không sao lưu được vào .*: tên quá dài; hãy"):
        backup(loaded, ENCODER, tmp_path / ("x" * 300))


@pytest.mark.parametrize("kind", ["pipe", "link", "dead link", "link to a pipe"])
def test_what_is_no_plain_file_is_not_replaced(kind: str, loaded: Settings, tmp_path: Path) -> None:
    place, other = tmp_path / "place", tmp_path / "other"
    if "pipe" in kind:
        os.mkfifo(place if kind == "pipe" else other)
    elif kind == "link":
        other.write_bytes(b"of somebody else's")
    if "link" in kind:
        place.symlink_to(other)
    before = place.lstat()
    with pytest.raises(BackupError, match="place không phải tệp thường; hãy nêu tên tệp khác"):
        backup(loaded, ENCODER, place)
    assert place.lstat() == before


# --- what is there already ---


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith((".lock", "-shm", "-wal"))
    }


def test_what_is_there_is_neither_touched_nor_lost(
    archive: Path, loaded: Settings, tmp_path: Path
) -> None:
    wanted = answers(loaded)
    other = elsewhere(tmp_path)
    other.reports_path.mkdir(parents=True)
    (other.reports_path / "khác.txt").write_text("Chợ Tràm có 45 sạp.", "utf-8")
    other.golden_path.write_text("", "utf-8")
    reload(other, ENCODER)
    before = tree(other.data)
    with pytest.raises(BackupError, match=r"không trống .*--force"):
        restore(other, ENCODER, archive)
    assert tree(other.data) == before
    restored = restore(other, ENCODER, archive, force=True)
    data, reports, golden = restored.aside
    assert tree(data) == before
    assert tree(reports) == {"khác.txt": "Chợ Tràm có 45 sạp.".encode()}
    assert golden.read_bytes() == b""
    assert answers(other) == wanted
    assert "khác" not in {known.id for known in Catalog(other.catalog_path).known_reports()}
    assert reload(other, ENCODER).generation == restored.generation  # what is aside is no report


def test_another_writer_is_told_before_an_index_is_built(
    archive: Path, loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hoidap.restore._PATIENCE", 0.0)
    built = []
    monkeypatch.setattr("hoidap.restore.rebuild", lambda *_, **__: built.append(1))
    with (
        writer_lock(loaded, 0.0),
        pytest.raises(BusyError, match="đang nạp báo cáo; hãy đợi nó xong rồi thử lại"),
    ):
        restore(loaded, ENCODER, archive, force=True)
    assert built == []


def test_reports_alone_are_also_something(archive: Path, tmp_path: Path) -> None:
    other = elsewhere(tmp_path)
    other.reports_path.mkdir(parents=True)
    (other.reports_path / "khác.txt").write_text("Chợ Tràm có 45 sạp.", "utf-8")
    with pytest.raises(BackupError, match="không trống"):
        restore(other, ENCODER, archive)
    assert not other.data.exists()


@pytest.mark.parametrize("failing", [0, 5, 10])
def test_a_move_that_fails_takes_all_back(
    failing: int, archive: Path, loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, rename = tree(loaded.data), Path.rename
    left = [failing]

    def fail(self: Path, target: Path) -> Path:
        if not target.is_relative_to(loaded.data / "backup.tmp"):  # where the index is built
            left[0] -= 1
            if left[0] == -1:
                raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(BackupError, match="đĩa đã đầy; dữ liệu cũ giữ nguyên"):
        restore(loaded, ENCODER, archive, force=True)
    monkeypatch.undo()
    assert tree(loaded.data) == before
    assert any("126 mét" in quote.text for quote in answers(loaded)[0].quotes)
    assert not list(loaded.data.glob("before-restore-*"))


_KILLED = """
import os, sys
from pathlib import Path
from hoidap.restore import restore
from hoidap.settings import Settings
from tests.fakes import HashEncoder

rename, left = Path.rename, [int(sys.argv[4])]
def step(self, target):
    left[0] -= 1
    if left[0] < 0:
        os._exit(137)
    return rename(self, target)
Path.rename = step
settings = Settings(corpus=Path(sys.argv[1]), data=Path(sys.argv[2]))
restore(settings, HashEncoder(), Path(sys.argv[3]), force=True)
"""


@pytest.mark.parametrize("steps", [1, 12])
def test_killed_between_two_moves_nothing_is_lost_and_a_second_try_ends_it(
    steps: int, archive: Path, loaded: Settings
) -> None:
    wanted, before = answers(loaded), tree(loaded.data)
    arguments = [str(loaded.reports_path), str(loaded.data), str(archive), str(steps)]
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run([sys.executable, "-c", _KILLED, *arguments], cwd=root, check=False)
    assert ended.returncode == 137
    restore(loaded, ENCODER, archive, force=True)
    assert answers(loaded) == wanted
    kept = [content for folder in loaded.data.glob("before-*") for content in tree(folder).items()]
    assert all(one in kept for one in before.items())


# --- what is no sound backup ---


def refused(archive: Path, tmp_path: Path, match: str) -> None:
    """It is refused, and nothing of it is anywhere."""
    other = elsewhere(tmp_path, "refusing")
    with pytest.raises(ArchiveError, match=match):
        restore(other, ENCODER, archive)
    assert not other.reports_path.exists()
    assert {path.name for path in other.data.glob("*")} <= {"backup.lock"}
    assert not (tmp_path / "evil.txt").exists()


@pytest.mark.parametrize("compress", [False, True])
def test_a_part_of_one(compress: bool, archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    content = gzip.compress(whole) if compress else whole
    # A plain archive ends in zeros that say nothing.
    end = len(content) if compress else len(whole.rstrip(b"\0"))
    part = tmp_path / "part"
    for length in (0, 2, 512, 700, end // 2, end - 600, end - 1):
        part.write_bytes(content[:length])
        refused(part, tmp_path, "hỏng")


@pytest.mark.parametrize("compress", [False, True])
def test_a_byte_that_changed_is_found_or_means_nothing(
    compress: bool, archive: Path, loaded: Settings, tmp_path: Path
) -> None:
    whole = archive.read_bytes()
    content = bytearray(gzip.compress(whole) if compress else whole)
    wanted, changed = answers(loaded), tmp_path / "changed"
    draw = random.Random(1)
    found = 0
    for number in range(24):
        place, bit = draw.randrange(len(content)), 1 << draw.randrange(8)
        content[place] ^= bit
        changed.write_bytes(content)
        content[place] ^= bit
        other = elsewhere(tmp_path, f"changed-{number}")
        try:
            restore(other, ENCODER, changed)
        except ArchiveError:
            found += 1
            assert not other.catalog_path.exists()
        else:  # what fills a block up, or a time
            assert answers(other) == wanted
    assert found > 12


def member(name: str, content: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def forged(
    path: Path,
    members: Iterable[tuple[tarfile.TarInfo, bytes]],
    listed: dict[str, bytes] | None = None,
    **changes: object,
) -> Path:
    """An archive as a stranger may write it; ``listed`` stands in its manifest."""
    members = list(members)
    listed = dict(
        [(info.name, content) for info, content in members] if listed is None else listed.items()
    )
    manifest = {
        "format": 1,
        "hoidap": "0.1.0",
        "created": "2026-01-01T00:00:00Z",
        "generation": 1,
        "reports": 1,
        "passages": 1,
        "encoder": "x",
        "index_bytes": 1,
        "files": {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in listed.items()
        },
    } | changes
    with tarfile.open(path, "w") as archive:
        for info, content in [member("manifest.json", json.dumps(manifest).encode()), *members]:
            archive.addfile(info, io.BytesIO(content))
    return path


CATALOG = member("catalog.sqlite3", b"SQLite format 3\0" * 64)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "/evil.txt",
        "corpus/../../evil.txt",
        "corpus//evil.txt",
        "corpus/./evil.txt",
        "corpus/.hidden.txt",
        "corpus/a\\..\\evil.txt",
        "corpus/a\nb.txt",
        "corpus/",
        f"corpus/{'x' * 300}.txt",
        "generations/000001/manifest.json",
        ".env",
        "writer.lock",
        "catalog.sqlite3-wal",
        "originals/ab/../../evil.txt",
        f"originals/ab/{'c' * 64}",
    ],
)
def test_names_that_no_backup_has(name: str, tmp_path: Path) -> None:
    refused(forged(tmp_path / "x.tar", [CATALOG, member(name, b"x")]), tmp_path, "không được phép")


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE],
)
def test_links_and_devices(kind: bytes, tmp_path: Path) -> None:
    linked = member("corpus/a.txt", type=kind, linkname="/etc/passwd")
    refused(forged(tmp_path / "x.tar", [CATALOG, linked]), tmp_path, "không khai")


def test_members_that_are_not_listed_or_come_twice_or_not_at_all(tmp_path: Path) -> None:
    report = member("corpus/a.txt", b"A")
    listed = {"catalog.sqlite3": CATALOG[1]}
    refused(forged(tmp_path / "x.tar", [CATALOG, report], listed), tmp_path, "không khai")
    refused(forged(tmp_path / "x.tar", [CATALOG, CATALOG], listed), tmp_path, "không khai")
    refused(forged(tmp_path / "x.tar", [report]), tmp_path, "hỏng")
    more = listed | {"corpus/a.txt": b"A"}
    refused(forged(tmp_path / "x.tar", [CATALOG], more), tmp_path, "hỏng")
    other = listed | {"corpus/a.txt": b"B"}
    refused(forged(tmp_path / "x.tar", [CATALOG, report], other), tmp_path, "không còn như lúc")
    under = member("corpus/a.txt/b.txt", b"A")
    archive = forged(tmp_path / "x.tar", [CATALOG, report, under])
    with pytest.raises(BackupError, match="dữ liệu cũ giữ nguyên"):
        restore(elsewhere(tmp_path), ENCODER, archive)


def test_a_small_file_that_unfolds_to_a_large_one(tmp_path: Path) -> None:
    plain = forged(tmp_path / "x.tar", [CATALOG]).read_bytes().rstrip(b"\0")
    plain += bytes(-len(plain) % 512)
    bomb = tmp_path / "bomb.tar.gz"
    # A long header; content beyond what is listed; what follows the end.
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 26
    listed = tarfile.TarInfo("corpus/a.txt")
    listed.size = 1 << 26
    for beginning in (plain + header.tobuf(), plain + listed.tobuf(), plain + bytes(1024)):
        with gzip.open(bomb, "wb", compresslevel=1) as file:
            file.write(beginning)
            for _ in range(1 << 6):
                file.write(bytes(1 << 20))
        refused(bomb, tmp_path, "nhiều hơn nó khai|không khai")


def test_more_than_the_disk_holds(tmp_path: Path) -> None:
    listed = {"catalog.sqlite3": CATALOG[1]}
    archive = forged(
        tmp_path / "x.tar",
        [CATALOG],
        listed,
        files={"catalog.sqlite3": {"size": 1 << 60, "sha256": "0" * 64}},
    )
    with pytest.raises(BackupError, match=r"cần khoảng \d+ MB trống"):
        restore(elsewhere(tmp_path), ENCODER, archive)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"format": 2}, "phiên bản mới hơn"),
        ({"format": 0}, "hỏng"),
        ({"format": "1 "}, "hỏng"),
        ({"generation": 0}, "hỏng"),
        ({"files": []}, "hỏng"),
        ({"more": 1}, "hỏng"),
        ({"created": "hôm qua"}, "hỏng"),
    ],
)
def test_manifests_that_say_something_else(
    changes: dict[str, object], match: str, tmp_path: Path
) -> None:
    refused(forged(tmp_path / "x.tar", [CATALOG], None, **changes), tmp_path, match)


def test_what_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "x"
    refused(path, tmp_path, "không mở được")
    for content in (b"", b"\x1f\x8b", b"hello" * 500, gzip.compress(b""), bytes(20_000)):
        path.write_bytes(content)
        refused(path, tmp_path, "hỏng")
    with tarfile.open(path, "w") as archive:
        info, content = member("manifest.json", b"{" * 100_000)
        archive.addfile(info, io.BytesIO(content))
    refused(path, tmp_path, "hỏng")


def test_a_catalog_that_is_damaged_inside_or_of_a_newer_version(
    archive: Path, tmp_path: Path
) -> None:
    refused(forged(tmp_path / "x.tar", [CATALOG]), tmp_path, "catalog.sqlite3 trong .* bị hỏng")
    with closing(ArchiveReader(archive)) as reader:
        list(reader.extract(tmp_path / "content"))
    path = tmp_path / "content" / "catalog.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
        connection.commit()
    newer = [member("catalog.sqlite3", path.read_bytes())]
    refused(forged(tmp_path / "x.tar", newer), tmp_path, "phiên bản mới hơn")


def test_golden_questions_that_fail_are_told(loaded: Settings, tmp_path: Path) -> None:
    loaded.golden_path.write_text(
        f'[[question]]\ntext = "{QUESTIONS[0]}"\nreport = "không-có"\n', "utf-8"
    )
    archive = backup(loaded, ENCODER, tmp_path / "backup.tar").path
    (reason,) = restore(elsewhere(tmp_path), ENCODER, archive).golden
    assert "không có báo cáo 'không-có'" in reason


# --- a full disk ---


def limited(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def run(
    settings: Settings, *arguments: str, size: int = 1 << 30
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("hoidap")), *arguments],
        env={
            "PATH": os.environ["PATH"],
            "HOIDAP_DATA": str(settings.data),
            "HOIDAP_CORPUS": str(settings.reports_path),
        },
        preexec_fn=limited(size),  # no thread of this process forks
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_disk_leaves_the_former_backup_and_the_former_data(
    loaded: Settings, tmp_path: Path
) -> None:
    target = tmp_path / "backup.tar"
    shutil.rmtree(loaded.data)
    (loaded.reports_path / "dài.txt").write_text(
        "\n\n".join(f"Đoạn {n}: {random.Random(n).randbytes(200).hex()}" for n in range(500)),
        "utf-8",
    )
    assert run(loaded, "reload").returncode == 0
    assert run(loaded, "backup", str(target)).returncode == 0
    former = target.read_bytes()
    catalog = loaded.catalog_path.stat().st_size
    for size in (catalog // 2, catalog + 10_000):
        ended = run(loaded, "backup", str(target), size=size)
        assert ended.returncode == 1
        assert "hãy dọn chỗ trên đĩa" in ended.stderr
        assert ended.stderr.count("\n") == 1
        assert ended.stderr.count("; hãy ") == 1
        assert target.read_bytes() == former
        assert not list(tmp_path.glob(".hoidap-*"))
        assert not (loaded.data / "backup.tmp").exists()
    ended = run(loaded, "restore", "--force", str(target), size=catalog // 2)
    assert ended.returncode == 1
    assert "dữ liệu cũ giữ nguyên" in ended.stderr
    told = run(loaded, "ask", QUESTIONS[0])
    assert "126 mét" in told.stdout


def test_from_the_shell(loaded: Settings, tmp_path: Path) -> None:
    shutil.rmtree(loaded.data)
    assert run(loaded, "reload").returncode == 0
    told = run(loaded, "backup", str(tmp_path), "--keep", "3", "--json")
    assert told.returncode == 0, told.stderr
    written = json.loads(told.stdout)
    assert (written["generation"], written["left_out"], written["removed"]) == (1, [], [])
    other = elsewhere(tmp_path)
    told = run(other, "restore", written["path"])
    assert told.returncode == 0, told.stderr
    assert "nay là thế hệ 2" in told.stdout
    assert "126 mét" in run(other, "ask", QUESTIONS[0]).stdout
    journal = Journal(other.journal_path, keep_days=90)
    assert [one.action for one in journal.actions(1)] == [f"khôi phục {written['path']}"]
    journal.close()
    told = run(other, "restore", written["path"])
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert run(other, "backup", str(tmp_path / "x.tar"), "--keep", "3").returncode == 2


def test_paths_that_stay_below_their_folder() -> None:
    assert is_safe_path("Báo cáo quý I/số 12.txt")
    assert not is_safe_path("a/\udcff.txt")
    assert not is_safe_path("")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    refused(pipe, tmp_path, "không phải tệp thường")
