"""The data: settings and tables, who may read what, encoder, reports, catalog, index, journal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from hoidap import accounts, catalog, journal
from hoidap.catalog import Catalog
from hoidap.corpus_folder import snapshot
from hoidap.doctor.findings import Finding, Reporter, Subject
from hoidap.encoder import load_encoder
from hoidap.errors import (
    DatabaseError,
    GoldenError,
    HoidapError,
    IndexDamagedError,
    IndexElsewhereError,
    IndexMismatchError,
    IndexMissingError,
    IndexUnreachableError,
)
from hoidap.golden import read_golden
from hoidap.index.store import missing, open_store
from hoidap.loaders import is_report_file
from hoidap.originals import identify
from hoidap.settings import Settings
from hoidap.sqlite_errors import AS_OWNER, ONLY_READ, is_only_read
from hoidap.sqlite_files import damage, schema_version
from hoidap.token_table import load_token_table
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.glossary import Glossary
from hoidap.vietnamese.places import Places
from hoidap.vietnamese.synonyms import Synonyms
from hoidap.vietnamese.terms import terms_fingerprint

_TABLES: dict[str, Callable[..., object]] = {
    "abbreviations": Abbreviations.load,
    "glossary": Glossary.load,
    "synonyms": Synonyms.load,
    "places": Places.load,
    "chat": Chat.load,
}
_OTHERS = 0o007
_ALL_BUT_OWNER = 0o077
_KEY_BYTES = 32
_PROBE = "Ai là Bí thư Huyện ủy?"
_ONLY_READ_ENGLISH = " can only be read, as where a disk is faulty; see to it and how it is mounted"


def check_settings(settings: Settings, env_file: Path) -> Iterator[Finding]:
    """Settings, which could be read, the tables and golden questions, and who reads ``.env``."""
    report = Reporter(Subject.SETTINGS)
    yield report.ok(
        f"dữ liệu ở {settings.data}, báo cáo ở {settings.reports_path}",
        f"data in {settings.data}, reports in {settings.reports_path}",
    )
    # Where this user may not look for them, the next check tells.
    closed = settings.data.exists() and not os.access(settings.data, os.X_OK)
    for name, load in _TABLES.items() if not closed else ():
        try:
            load(*settings.table_paths(name))
        except HoidapError as error:
            yield report.fail(
                f"bảng {name}.tsv không dùng được: {error}",
                f"the table {name}.tsv cannot be used; correct the line that is named above",
            )
    try:
        read_golden(settings.golden_path)
    except GoldenError as error:
        yield report.fail(
            f"câu hỏi kiểm tra không đọc được: {'; '.join(error.reasons)}",
            f"{settings.golden_path} cannot be read; correct what is named above",
        )
    try:
        mode = env_file.stat().st_mode
    except OSError:
        return
    if mode & _OTHERS:  # a group may be that of the service
        where = env_file.absolute()
        yield report.fail(
            f"người khác đọc được {where}, nơi có token; hãy chạy: chmod o-rwx {where}",
            f"others can read {where}, which holds the token; run: chmod o-rwx {where}",
        )


def check_permissions(settings: Settings) -> Iterator[Finding]:
    """The data directory: of this user, for nobody else."""
    report, data = Reporter(Subject.PERMISSIONS), settings.data
    if not data.exists():
        place = next(one for one in data.absolute().parents if one.exists())
        if not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
            yield report.fail(
                f"chưa có {data}, và người dùng này không tạo được ở {place}; hãy tạo thư mục đó"
                " cho người dùng của hoidap, hoặc đặt lại HOIDAP_DATA",
                f"{data} is not there, and this user cannot make it at {place}; make it for"
                " hoidap's user, or set HOIDAP_DATA",
            )
            return
        yield report.ok(f"{data} sẽ được tạo ở lần nạp đầu", f"{data} is made by the first reload")
        return
    if not data.is_dir():
        yield report.fail(
            f"{data} không phải là thư mục; hãy đặt lại HOIDAP_DATA",
            f"{data} is no folder; correct HOIDAP_DATA",
        )
        return
    status = data.stat()
    if is_only_read(data):
        yield report.fail(f"{data}: {ONLY_READ}", f"{data}{_ONLY_READ_ENGLISH}")
        return
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield report.fail(
            f"người dùng này không ghi được vào {data}; {AS_OWNER}",
            f"this user cannot write to {data}; run it as hoidap's user",
        )
        return
    foreign = [path for path in sorted(data.iterdir()) if path.lstat().st_uid != status.st_uid]
    if foreign:
        yield report.fail(
            f"{foreign[0]} thuộc người dùng khác với {data}; hãy chạy:"
            f" chown -R --reference={data} {data}",
            f"{foreign[0]} belongs to another user than {data}; run:"
            f" chown -R --reference={data} {data}",
        )
    if status.st_mode & _OTHERS:
        yield report.warn(
            f"người dùng khác trên máy đọc được {data}; hãy chạy: chmod o-rwx {data}",
            f"other users of the machine can read {data}; run: chmod o-rwx {data}",
        )
    elif not foreign:
        yield report.ok(
            f"chỉ người dùng của hoidap đọc được {data}", f"only hoidap's user can read {data}"
        )


def check_encoder(settings: Settings) -> Iterator[Finding]:
    """The encoder: it loads, and a question's vector is as it should be."""
    report = Reporter(Subject.ENCODER)
    try:
        encoder = load_encoder(settings)
        vectors = encoder.encode_questions([_PROBE])
    except HoidapError as error:
        yield report.fail(
            f"{error}",
            "the encoder cannot be loaded; install hoidap again, or correct HOIDAP_MODEL",
        )
        return
    if vectors.shape != (1, encoder.dim) or not np.isclose(np.linalg.norm(vectors), 1, atol=1e-3):
        yield report.fail(
            f"bộ mã hóa {encoder.name} cho vectơ sai; hãy cài lại hoidap",
            f"the encoder {encoder.name} gives wrong vectors; install hoidap again",
        )
        return
    yield report.ok(
        f"{encoder.name}, {encoder.dim} chiều",
        f"{encoder.name}, {encoder.dim} dimensions",
    )


def check_reports(settings: Settings) -> Iterator[Finding]:
    """The reports folder."""
    report, folder = Reporter(Subject.REPORTS), settings.reports_path
    if not folder.is_dir():
        if settings.sample_reports_path is not None:
            yield report.ok(
                f"{folder} sẽ được tạo ở lần nạp đầu, với báo cáo mẫu",
                f"{folder} is made by the first reload, with the sample report",
            )
            return
        yield report.fail(
            f"không có thư mục báo cáo {folder}; hãy tạo hoặc đặt lại HOIDAP_CORPUS",
            f"there is no reports folder {folder}; make it, or set HOIDAP_CORPUS",
        )
        return
    if not os.access(folder, os.R_OK | os.X_OK):
        yield report.fail(
            f"không đọc được thư mục báo cáo {folder}; hãy cho người dùng của hoidap quyền đọc",
            f"the reports folder {folder} cannot be read; let hoidap's user read it",
        )
        return
    count = sum(is_report_file(Path(name)) for name in snapshot(folder))
    if count == 0:
        yield report.warn(
            f"{folder} chưa có báo cáo nào; hãy chép báo cáo vào rồi chạy: hoidap reload",
            f"{folder} holds no report; copy reports there and run: hoidap reload",
        )
    else:
        yield report.ok(f"{count} tệp ở {folder}", f"{count} in {folder}")


def _database(
    report: Reporter, path: Path, known: int, vietnamese: str, english: str
) -> Iterator[Finding]:
    """A SQLite file: this user's to use, sound, and of no version that is not known."""
    if is_only_read(path):
        yield report.fail(f"{path}: {ONLY_READ}", f"{path}{_ONLY_READ_ENGLISH}")
        return
    if not os.access(path, os.R_OK | os.W_OK):
        yield report.fail(
            f"người dùng này không đọc hoặc không ghi được {path}; {AS_OWNER}",
            f"this user cannot read or cannot write {path}; run it as hoidap's user",
        )
        return
    try:
        problems = damage(path)
        version = schema_version(path) if not problems else 0
    except DatabaseError as error:
        yield report.fail(str(error), f"{path} cannot be looked at just now")
        return
    if problems:
        yield report.fail(
            f"{path} bị hỏng ({' '.join(problems[0].split())}); {vietnamese}",
            f"{path} is damaged; {english}",
        )
    elif version > known:
        yield report.fail(
            f"{path} do phiên bản mới hơn của hoidap ghi; hãy nâng cấp hoidap",
            f"{path} was written by a newer version of hoidap; upgrade hoidap",
        )


def check_catalog(settings: Settings) -> Iterator[Finding]:
    """The catalog as a file, and its current generation."""
    report, path = Reporter(Subject.CATALOG), settings.catalog_path
    if not path.exists():
        yield report.warn(
            "chưa có báo cáo nào được nạp; hãy chạy: hoidap reload",
            "no report was loaded yet; run: hoidap reload",
        )
        return
    wrong = list(
        _database(
            report,
            path,
            catalog.SCHEMA_VERSION,
            catalog.ADVICE,
            "restore the last backup; only where there is none move the file away and run hoidap"
            " reload, which loses the history, the generations to go back to and what was removed"
            " on purpose",
        )
    )
    if wrong:
        yield from wrong
        return
    with closing(Catalog(path)) as opened:
        generation = opened.generation()
        if generation is None:
            yield report.warn(
                "danh mục còn trống; hãy chạy: hoidap reload",
                "the catalog is empty; run: hoidap reload",
            )
            return
        try:
            # Each passage is compared with its digest as it is read.
            passages = sum(len(opened.passages_of(one.id)) for one in opened.known_reports())
        except HoidapError as error:
            yield report.fail(
                str(error), "a text in the catalog is not what was stored; restore a backup"
            )
            return
    if passages != generation.passages:
        yield report.fail(
            f"danh mục có {passages} đoạn, thế hệ {generation.number} ghi {generation.passages};"
            " hãy khôi phục bản sao lưu",
            f"the catalog holds {passages} passages, generation {generation.number} names"
            f" {generation.passages}; restore a backup",
        )
        return
    yield report.ok(
        f"thế hệ {generation.number}, {generation.reports} báo cáo, {generation.passages} đoạn",
        f"generation {generation.number}, reports: {generation.reports},"
        f" passages: {generation.passages}",
    )


def check_index(settings: Settings) -> Iterator[Finding]:
    """The index: every byte as written, built with this encoder, of the catalog's passages."""
    report = Reporter(Subject.INDEX)
    try:
        generation = Catalog(settings.catalog_path).generation()
        if generation is None:
            yield report.ok("chưa cần", "not needed yet")
            return
        store = open_store(
            settings,
            load_encoder(settings),
            load_token_table(settings),
            terms_fingerprint(Abbreviations.load(*settings.table_paths("abbreviations"))),
        )
        try:
            index = store.check(generation.number)
        except IndexMissingError as error:
            raise missing(error, settings, generation.number) from error
    except IndexElsewhereError as error:
        # A reload would build another one here, which bot and page are not set to.
        yield report.fail(
            str(error),
            f"the index is not at {store.place}; correct HOIDAP_INDEX, or run: hoidap migrate",
        )
        return
    except IndexMismatchError as error:
        yield report.fail(str(error), "the index is of another encoder; run: hoidap reload")
        return
    except IndexUnreachableError as error:
        yield report.fail(
            str(error),
            f"the Milvus server at {store.place} is away, or refuses HOIDAP_INDEX_TOKEN or"
            " HOIDAP_INDEX_DATABASE",
        )
        return
    except IndexDamagedError as error:
        told = str(error)
        advice = "" if "hoidap reload" in told else "; hãy chạy: hoidap reload"
        yield report.fail(f"{told}{advice}", "the index cannot be used; run: hoidap reload")
        return
    except HoidapError as error:  # what another reload would not mend
        yield report.fail(str(error), f"the index at {settings.data} cannot be opened")
        return
    if index.passages != generation.passages:
        yield report.fail(
            f"chỉ mục có {index.passages} đoạn, danh mục có {generation.passages};"
            " hãy chạy: hoidap reload",
            f"the index holds {index.passages} passages, the catalog {generation.passages};"
            " run: hoidap reload",
        )
        return
    yield report.ok(
        f"{index.passages} đoạn, mọi tệp như lúc ghi",
        f"{index.passages} passages, every file as it was written",
    )


def check_originals(settings: Settings) -> Iterator[Finding]:
    """The kept files, each by its hash."""
    report = Reporter(Subject.ORIGINALS)
    try:
        with closing(Catalog(settings.catalog_path)) as opened:
            wanted = opened.originals() if opened.generation() is not None else set()
    except HoidapError:
        yield report.warn(
            "chưa xem được bản gốc vì danh mục không đọc được",
            "originals were not looked at, since the catalog cannot be read",
        )
        return
    bad = []
    for digest in sorted(wanted):
        path = settings.originals_path / digest[:2] / digest
        try:
            sound = identify(path.read_bytes()).sha256 == digest
        except PermissionError:
            yield report.fail(
                f"người dùng này không đọc được {path}; {AS_OWNER}",
                f"this user cannot read {path}; run it as hoidap's user",
            )
            return
        except OSError:
            sound = False
        if not sound:
            bad.append(path)
    if bad:
        yield report.fail(
            f"{len(bad)} trong {len(wanted)} bản gốc thiếu hoặc hỏng (như {bad[0]});"
            " hãy lấy lại từ bản sao lưu",
            f"{len(bad)} of {len(wanted)} originals are missing or damaged (such as {bad[0]});"
            " take them from a backup",
        )
    else:
        yield report.ok(f"{len(wanted)} tệp, nguyên vẹn", f"{len(wanted)}, all sound")


def check_journal(settings: Settings) -> Iterator[Finding]:
    """The journal and its key."""
    report = Reporter(Subject.JOURNAL)
    yield from _private(report, settings.journal_path, journal.SCHEMA_VERSION)


def check_accounts(settings: Settings) -> Iterator[Finding]:
    """The accounts and their key."""
    report = Reporter(Subject.ACCOUNTS)
    yield from _private(report, settings.accounts_path, accounts.SCHEMA_VERSION)


def _private(report: Reporter, path: Path, known: int) -> Iterator[Finding]:
    """A file that is its owner's only, with the key beside it."""
    if not path.exists():
        yield report.ok("chưa có", "none yet")
        return
    wrong = list(
        _database(
            report,
            path,
            known,
            "hãy khôi phục bản sao lưu gần nhất; chỉ khi không có bản nào mới chuyển tệp đi nơi"
            " khác để bắt đầu lại: sẽ mất những gì đã ghi trong đó",
            "restore the last backup; only where there is none move the file away to begin anew,"
            " which loses what it holds",
        )
    )
    key = path.with_suffix(".key")
    try:
        sound = key.stat().st_size == _KEY_BYTES
    except OSError:
        sound = False
    if not sound:
        wrong.append(
            report.fail(
                f"thiếu khóa {key} hoặc khóa hỏng; hãy lấy lại từ bản sao lưu",
                f"the key {key} is missing or damaged; take it from a backup",
            )
        )
    open_to_others = [
        one for one in (path, key) if one.exists() and one.stat().st_mode & _ALL_BUT_OWNER
    ]
    if open_to_others:
        wrong.append(
            report.fail(
                f"người khác đọc được {open_to_others[0]}; hãy chạy: chmod 600 {open_to_others[0]}",
                f"others can read {open_to_others[0]}; run: chmod 600 {open_to_others[0]}",
            )
        )
    yield from wrong or [report.ok("nguyên vẹn", "sound")]
