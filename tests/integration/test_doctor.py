"""What the doctor says of each thing that can be wrong, and that it changes nothing."""

from __future__ import annotations

import errno
import http.server
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from hoidap.accounts import Accounts
from hoidap.catalog import SCHEMA_VERSION
from hoidap.catalog.schema import MIGRATIONS
from hoidap.doctor import data, machine
from hoidap.doctor.examination import examine
from hoidap.doctor.findings import Finding, State, Subject
from hoidap.doctor.telegram import check_telegram
from hoidap.encoder import Encoder
from hoidap.errors import SearchIndexError
from hoidap.index.store import LocalStore
from hoidap.journal import Journal
from hoidap.reload import reload
from hoidap.settings import Settings

OK, WARNING, FAILURE = State.OK, State.WARNING, State.FAILURE
TOKEN = "1:secret-TOKEN_x"


@pytest.fixture
def loaded(district: Settings, encoder: Encoder) -> Settings:
    reload(district, encoder)
    Journal(district.journal_path, keep_days=90).close()
    Accounts(district.accounts_path).close()
    return district


def states(findings: Iterable[Finding]) -> list[State]:
    return [finding.state for finding in findings]


def one(findings: Iterable[Finding], state: State) -> str:
    """The Vietnamese of the one finding that is as bad as ``state``; it has an English twin."""
    found = [finding for finding in findings if finding.state is not OK]
    assert states(found) == [state], found
    assert found[0].english.isascii()
    assert "\n" not in found[0].vietnamese + found[0].english
    return found[0].vietnamese


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_all_is_well(loaded: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_DATA", str(loaded.data))
    monkeypatch.setenv("HOIDAP_CORPUS", str(loaded.reports_path))
    before = tree(loaded.data)
    findings = list(examine())
    assert {finding.subject for finding in findings} == set(Subject)
    assert [finding for finding in findings if finding.state is FAILURE] == []
    well = {finding.subject for finding in findings if finding.state is OK}
    assert well >= {
        Subject.PYTHON,
        Subject.SQLITE,
        Subject.SETTINGS,
        Subject.PERMISSIONS,
        Subject.ENCODER,
        Subject.REPORTS,
        Subject.CATALOG,
        Subject.INDEX,
        Subject.ORIGINALS,
        Subject.JOURNAL,
        Subject.ACCOUNTS,
    }
    assert tree(loaded.data) == before


def test_nothing_there_yet_is_no_failure(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOIDAP_DATA", str(tmp_path / "new"))
    monkeypatch.setenv("HOIDAP_CORPUS", str(folder))
    findings = list(examine())
    assert FAILURE not in states(findings)
    assert not (tmp_path / "new").exists()
    told = [finding.vietnamese for finding in findings if finding.subject is Subject.CATALOG]
    assert told == ["chưa có báo cáo nào được nạp; hãy chạy: hoidap reload"]


def test_one_thing_that_breaks_a_check_does_not_hide_the_others(
    loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_settings: Settings) -> Iterator[Finding]:
        raise RuntimeError("broken\nin two")
        yield

    monkeypatch.setenv("HOIDAP_DATA", str(loaded.data))
    monkeypatch.setattr(data, "check_encoder", broken)
    findings = list(examine())
    told = [finding for finding in findings if finding.subject is Subject.ENCODER]
    assert "RuntimeError: broken in two" in one(told, FAILURE)
    assert {finding.subject for finding in findings} == set(Subject)


def test_a_setting_that_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_CONFIDENCE", "nhiều")
    assert "HOIDAP_CONFIDENCE='nhiều'" in one(examine(), FAILURE)


def test_a_table_and_golden_questions_that_cannot_be_read(loaded: Settings, tmp_path: Path) -> None:
    (loaded.data / "glossary.tsv").write_text("một cột\n", "utf-8")
    none = tmp_path / "none"
    assert "bảng glossary.tsv không dùng được" in one(data.check_settings(loaded, none), FAILURE)
    (loaded.data / "glossary.tsv").unlink()
    loaded.golden_path.write_text("[[question", "utf-8")
    assert "câu hỏi kiểm tra không đọc được" in one(data.check_settings(loaded, none), FAILURE)


def test_an_env_file_that_others_read(loaded: Settings, tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("HOIDAP_TELEGRAM_TOKEN=1:x", "utf-8")
    env.chmod(0o644)
    assert f"chmod o-rwx {env}" in one(data.check_settings(loaded, env), FAILURE)
    env.chmod(0o640)
    assert states(data.check_settings(loaded, env)) == [OK]


def test_a_data_directory_that_others_read(loaded: Settings) -> None:
    loaded.data.chmod(0o755)
    assert f"chmod o-rwx {loaded.data}" in one(data.check_permissions(loaded), WARNING)


def test_files_of_another_user(loaded: Settings) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(loaded.data / "writer.lock", 12345, 12345)
    assert "chown -R" in one(data.check_permissions(loaded), FAILURE)


def test_a_data_directory_that_cannot_be_written(
    loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert "không ghi được" in one(data.check_permissions(loaded), FAILURE)


def test_a_disk_that_can_only_be_read(loaded: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        os, "statvfs", lambda _path: os.statvfs_result((0,) * 8 + (os.ST_RDONLY, 255))
    )
    for check in (
        data.check_permissions,
        data.check_catalog,
        data.check_journal,
        data.check_accounts,
    ):
        told = one(check(loaded), FAILURE)
        assert "chỉ cho đọc" in told
        assert "người dùng" not in told


def test_a_data_directory_that_cannot_be_made(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    data_in_a_file = settings.model_copy(update={"data": tmp_path / "file" / "a" / "data"})
    told = one(data.check_permissions(data_in_a_file), FAILURE)
    assert f"không tạo được ở {tmp_path}/file; hãy tạo" in told
    data_a_file = settings.model_copy(update={"data": tmp_path / "file"})
    told = one(data.check_permissions(data_a_file), FAILURE)
    assert told == f"{tmp_path}/file không phải là thư mục; hãy đặt lại HOIDAP_DATA"


def test_an_encoder_that_is_not_there(loaded: Settings, tmp_path: Path) -> None:
    gone = loaded.model_copy(update={"model": str(tmp_path / "model")})
    assert "không có thư mục mô hình" in one(data.check_encoder(gone), FAILURE)


def test_reports_folders_that_are_not_there_or_empty(settings: Settings, tmp_path: Path) -> None:
    assert "chưa có báo cáo nào" in one(data.check_reports(settings), WARNING)
    gone = settings.model_copy(update={"corpus": tmp_path / "gone"})
    assert "không có thư mục báo cáo" in one(data.check_reports(gone), FAILURE)


def test_a_catalog_that_is_damaged(loaded: Settings) -> None:
    for path in loaded.data.glob("catalog.sqlite3*"):
        path.write_bytes(b"not a database" * 1000)
    told = one(data.check_catalog(loaded), FAILURE)
    assert re.search("bị hỏng .*; hãy khôi phục bản sao lưu .* mất lịch sử", told)
    assert "hoidap reload" in one(data.check_index(loaded), FAILURE)
    assert "chưa xem được bản gốc" in one(data.check_originals(loaded), WARNING)


@pytest.mark.parametrize("name", ["catalog", "journal", "accounts"])
def test_a_file_of_another_user_is_not_damaged(
    name: str, loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = {
        "catalog": data.check_catalog,
        "journal": data.check_journal,
        "accounts": data.check_accounts,
    }[name]
    path = loaded.data / f"{name}.sqlite3"
    monkeypatch.setattr(os, "access", lambda asked, _mode: asked != path)
    told = one(check(loaded), FAILURE)
    assert told == (
        f"người dùng này không đọc hoặc không ghi được {path}; hãy chạy bằng người dùng của hoidap"
    )


def test_a_file_that_is_being_written_is_not_damaged(loaded: Settings) -> None:
    path = loaded.accounts_path
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert "tiến trình khác đang ghi; hãy thử lại" in one(data.check_accounts(loaded), FAILURE)


def changed(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("PRAGMA user_version = 99", "phiên bản mới hơn"),
        ("UPDATE versions SET text = replace(text, 'cầu', 'đò')", "không còn như lúc lưu"),
        ("UPDATE generations SET passages = passages + 1", "thế hệ 1 ghi"),
    ],
)
def test_a_catalog_that_is_not_as_it_was_written(
    statement: str, told: str, loaded: Settings
) -> None:
    changed(loaded.catalog_path, statement)
    assert told in one(data.check_catalog(loaded), FAILURE)


def test_a_catalog_of_before_originals_were_kept(loaded: Settings) -> None:
    changed(loaded.catalog_path, "PRAGMA user_version = 2")
    assert states(data.check_originals(loaded)) == [OK]


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_a_catalog_that_no_writer_has_brought_up_yet(
    version: int, loaded: Settings, tmp_path: Path
) -> None:
    former = tmp_path / "former.sqlite3"
    with closing(sqlite3.connect(former)) as connection:
        connection.executescript(
            ";".join((*MIGRATIONS[:version], f"PRAGMA user_version = {version}"))
        )
        connection.execute("ATTACH ? AS now", (str(loaded.catalog_path),))
        for (table,) in connection.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        ).fetchall():
            rows = connection.execute(f"PRAGMA main.table_info({table})")
            columns = ", ".join(f'"{row[1]}"' for row in rows)
            connection.execute(
                f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}"
            )
        connection.commit()
    for left in loaded.data.glob("catalog.sqlite3*"):
        left.unlink()
    former.rename(loaded.catalog_path)
    assert states(data.check_catalog(loaded)) == [OK]
    assert FAILURE not in states(machine.check_clock(loaded))


def test_an_index_that_is_damaged_gone_or_of_another_encoder(loaded: Settings) -> None:
    directory = loaded.generation_path(1)
    changed(loaded.catalog_path, "UPDATE generations SET passages = passages + 1")
    assert "hoidap reload" in one(data.check_index(loaded), FAILURE)
    changed(loaded.catalog_path, "UPDATE generations SET passages = passages - 1")
    assert states(data.check_index(loaded)) == [OK]
    manifest = json.loads((directory / "manifest.json").read_bytes())
    name = sorted(manifest["files"])[0]
    content = (directory / name).read_bytes()
    (directory / name).write_bytes(bytes([content[0] ^ 1]) + content[1:])
    assert "không còn như lúc ghi; hãy chạy: hoidap reload" in one(
        data.check_index(loaded), FAILURE
    )
    (directory / name).write_bytes(content)
    manifest["encoder"] = "other"
    (directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert "bộ mã hóa other" in one(data.check_index(loaded), FAILURE)
    shutil.rmtree(directory)
    assert "hoidap reload" in one(data.check_index(loaded), FAILURE)


def test_an_index_that_lies_on_a_server_is_not_to_be_built_again_here(loaded: Settings) -> None:
    loaded.milvus_path.mkdir()
    loaded.generation_path(1).rename(loaded.milvus_path / loaded.generation_path(1).name)
    told = one(data.check_index(loaded), FAILURE)
    assert told.startswith("chỉ mục đang dùng nằm ở máy chủ Milvus, không ở ")
    assert "hoidap reload" not in told


def test_an_index_that_may_not_be_opened_is_not_to_be_loaded_again(
    loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_store: LocalStore, _generation: int) -> None:
        raise SearchIndexError("cần quyền ghi vào thư mục để mở chỉ mục")

    monkeypatch.setattr(LocalStore, "check", refused)
    told = one(data.check_index(loaded), FAILURE)
    assert told == "cần quyền ghi vào thư mục để mở chỉ mục"


def test_originals_that_are_damaged_or_gone(loaded: Settings) -> None:
    first, second = sorted(path for path in loaded.originals_path.rglob("*") if path.is_file())[:2]
    first.write_bytes(first.read_bytes()[:-1])
    second.unlink()
    told = one(data.check_originals(loaded), FAILURE)
    assert told.startswith(f"2 trong 3 bản gốc thiếu hoặc hỏng (như {first})")


def test_originals_of_another_user_are_not_damaged(
    loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "read_bytes", refused)
    told = one(data.check_originals(loaded), FAILURE)
    assert told.endswith("; hãy chạy bằng người dùng của hoidap")


@pytest.mark.parametrize("name", ["journal", "accounts"])
def test_journal_and_accounts(name: str, loaded: Settings) -> None:
    check = {"journal": data.check_journal, "accounts": data.check_accounts}[name]
    path = loaded.data / f"{name}.sqlite3"
    assert states(check(loaded)) == [OK]
    path.chmod(0o644)
    assert f"chmod 600 {path}" in one(check(loaded), FAILURE)
    path.chmod(0o600)
    changed(path, "PRAGMA user_version = 99")
    assert "phiên bản mới hơn" in one(check(loaded), FAILURE)
    changed(path, "PRAGMA user_version = 1")
    path.with_suffix(".key").write_bytes(b"short")
    assert "thiếu khóa" in one(check(loaded), FAILURE)
    path.with_suffix(".key").write_bytes(bytes(32))
    for file in loaded.data.glob(f"{name}.sqlite3*"):
        file.write_bytes(b"not a database" * 1000)
    assert "bị hỏng" in one(check(loaded), FAILURE)


@pytest.mark.parametrize(("free", "state"), [(1 << 20, FAILURE), (100 << 20, WARNING)])
def test_a_disk_that_is_nearly_full(
    free: int, state: State, loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _place: SimpleNamespace(total=1 << 40, free=free)
    )
    assert "dọn chỗ" in one(machine.check_disk(loaded), state)


def test_what_waits_for_a_server_needs_room_here(
    loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = loaded.model_copy(update={"index": "http://127.0.0.1:1"})
    # Of nine passages it is some kilobytes.
    monkeypatch.setattr(machine, "_WAITING", 100_000_000)
    usage = shutil.disk_usage(loaded.data)._replace(free=900_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert "lần nạp sau cần 96" in one(machine.check_disk(served), FAILURE)
    assert states(machine.check_disk(loaded)) == [OK]


@pytest.mark.parametrize(("left", "state"), [(10, FAILURE), (5000, WARNING)])
def test_a_disk_that_takes_few_more_files(
    left: int, state: State, loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = SimpleNamespace(f_files=1_000_000, f_favail=left)
    monkeypatch.setattr(os, "statvfs", lambda _place: status)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _place: SimpleNamespace(total=1 << 40, free=1 << 39)
    )
    assert f"chỉ tạo thêm được {left} tệp" in one(machine.check_disk(loaded), state)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("MemAvailable:   102400 kB\n", FAILURE),
        ("MemTotal: 9 kB\nMemAvailable:   512000 kB\n", WARNING),
        ("MemAvailable:\n", WARNING),
        ("", WARNING),
    ],
)
def test_little_memory(told: str, state: State, tmp_path: Path) -> None:
    path = tmp_path / "meminfo"
    path.write_text(told, "ascii")
    assert re.search("còn|không biết", one(machine.check_memory(path), state))


def test_old_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "library_version", lambda: "3.29.0")
    assert "cần 3.30" in one(machine.check_sqlite(), FAILURE)
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    assert "cần 3.11" in one(machine.check_python(), FAILURE)


def test_a_clock_that_went_back_or_stands_elsewhere(loaded: Settings) -> None:
    vietnam = datetime.now(UTC).astimezone(timezone(timedelta(hours=7)))
    assert states(machine.check_clock(loaded, vietnam)) == [OK]
    assert "chỉnh giờ" in one(machine.check_clock(loaded, vietnam - timedelta(days=2)), FAILURE)
    utc = vietnam.astimezone(UTC)
    assert "timedatectl set-timezone Asia/Ho_Chi_Minh" in one(
        machine.check_clock(loaded, utc), WARNING
    )


def test_a_report_of_a_day_to_come(loaded: Settings) -> None:
    vietnam = datetime.now(UTC).astimezone(timezone(timedelta(hours=7)))
    day = (vietnam + timedelta(days=3)).date()
    changed(loaded.catalog_path, f"UPDATE versions SET date = '{day}' WHERE id = 1")
    assert f"báo cáo đề ngày {day:%d/%m/%Y}" in one(machine.check_clock(loaded, vietnam), WARNING)


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def test_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert "tesseract-ocr-vie" in one(machine.check_tesseract(), WARNING)
    assert "libreoffice-writer" in one(machine.check_libreoffice(), WARNING)
    program(tmp_path / "bin", "tesseract", "echo eng")
    assert "Tesseract thiếu tiếng Việt" in one(machine.check_tesseract(), WARNING)
    program(tmp_path / "bin", "tesseract", "exit 1")
    assert "Tesseract thiếu tiếng Việt" in one(machine.check_tesseract(), WARNING)
    program(tmp_path / "bin", "tesseract", "echo eng; echo vie")
    program(tmp_path / "bin", "soffice", "exit 0")
    assert states(machine.check_tesseract()) == [OK]
    assert states(machine.check_libreoffice()) == [OK]


# --- Telegram ---


@pytest.fixture
def api() -> Iterator[tuple[str, list[tuple[int, bytes]]]]:
    """The address of a server, and what it answers next."""
    replies: list[tuple[int, bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, body = replies.pop(0)
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", replies
        server.shutdown()
        thread.join()


def asking(api: str, token: str = TOKEN) -> Settings:
    return Settings(telegram_api=api, telegram_token=SecretStr(token), admin_ids=(7,))


def test_a_token(api: tuple[str, list[tuple[int, bytes]]]) -> None:
    address, replies = api
    replies.append((200, b'{"ok":true,"result":{"username":"hoidap_bot"}}'))
    (told,) = check_telegram(asking(address))
    assert (told.state, told.vietnamese) == (OK, "Telegram nhận token của @hoidap_bot")
    replies.append((401, b"{}"))
    assert "Telegram không nhận token" in one(check_telegram(asking(address)), FAILURE)
    replies.append((502, b"{}"))
    assert "lỗi 502" in one(check_telegram(asking(address)), WARNING)
    for code in (403, 404):
        replies.append((code, b"<html>"))
        told_vi = one(check_telegram(asking(address)), WARNING)
        assert told_vi.startswith(f"không phải Telegram trả lời ở {address} (HTTP {code})")
    for reply in (b"", b"[]", b'{"result":1}', b"<html>", b"\xff"):
        replies.append((200, reply))
        told_vi = one(check_telegram(asking(address)), WARNING)
        assert "không kết nối được" in told_vi
        assert TOKEN not in told_vi


def test_without_network_or_token() -> None:
    assert "không kết nối được http://127.0.0.1:9" in one(
        check_telegram(asking("http://127.0.0.1:9")), WARNING
    )
    told = one(check_telegram(asking("http://127.0.0.1:9", "không phải token")), FAILURE)
    assert "không có dạng" in told
    assert "chưa đặt HOIDAP_TELEGRAM_TOKEN" in one(check_telegram(Settings()), WARNING)
    without = asking("http://127.0.0.1:9").model_copy(update={"admin_ids": ()})
    assert states(check_telegram(without)) == [WARNING, WARNING]


# --- the command ---


def test_from_the_shell(loaded: Settings) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).with_name("hoidap")), "doctor", *arguments],
            env={
                "PATH": os.environ["PATH"],
                "HOIDAP_DATA": str(loaded.data),
                "HOIDAP_CORPUS": str(loaded.reports_path),
                "HOIDAP_TELEGRAM_TOKEN": TOKEN,
                "HOIDAP_TELEGRAM_API": "http://127.0.0.1:9",
                "TZ": "Asia/Ho_Chi_Minh",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    told = run()
    assert told.returncode == 0, told.stdout
    assert (
        "✓ Danh mục: thế hệ 1, 7 báo cáo, 9 đoạn\n"
        "  catalog: generation 1, reports: 7, passages: 9\n"
    ) in told.stdout
    assert "! Telegram: không kết nối được" in told.stdout
    shutil.rmtree(loaded.generation_path(1))
    told = run("--json")
    assert told.returncode == 1
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert [line["subject"] for line in lines if line["state"] == "failure"] == ["index"]
    assert list(lines[0]) == ["subject", "state", "vietnamese", "english"]
    assert TOKEN not in told.stdout + told.stderr
