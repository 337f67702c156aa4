"""Adding reports from files, folders and addresses: all of it, or nothing is left behind."""

from __future__ import annotations

import errno
import gzip
import os
import socket
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hoidap.catalog import Catalog, Cause
from hoidap.errors import BusyError, IntakeError
from hoidap.fetch import fetch
from hoidap.intake import Added, add
from hoidap.reload import reload
from hoidap.settings import Settings
from tests.fakes import HashEncoder
from tests.formats import PARAGRAPHS

Write = Callable[[str, str], Path]

ENCODER = HashEncoder()
SCHOOL = "Xã Phú Lộc xây trường mầm non."
BRIDGE = "Xã Vĩnh Hòa sửa cầu khỉ."
PDF = Path(__file__).parents[1] / "data" / "formats" / "bao-cao-duong.pdf"


def put(settings: Settings, *sources: object, overwrite: bool = False) -> Added:
    return add(
        settings, ENCODER, [str(source) for source in sources], overwrite=overwrite,
        allow_private=True,
    )  # fmt: skip


def files(settings: Settings) -> dict[str, str]:
    folder = settings.reports_path
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_file_is_copied_with_its_metadata_and_loaded(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "tin.txt").write_text(SCHOOL, "utf-8")
    (tmp_path / "tin.toml").write_text('title = "Tin"', "utf-8")
    result = put(settings, tmp_path / "tin.txt")
    assert (result.reloaded.added, result.refused) == (("tin.txt",), ())
    assert files(settings) == {"tin.toml": 'title = "Tin"', "tin.txt": SCHOOL}
    catalog = Catalog(settings.catalog_path)
    assert catalog.report("tin").title == "Tin"
    assert [one.cause for one in catalog.generations()] == [Cause.ADD]
    assert put(settings, tmp_path / "tin.txt").reloaded.generation == 1


def test_metadata_is_named_beside_its_report_only(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "tin.txt").write_text(SCHOOL, "utf-8")
    (tmp_path / "tin.toml").write_text('title = "Tin"', "utf-8")
    with pytest.raises(IntakeError, match=r"^tin\.toml: là tệp thông tin, chỉ thêm được cùng"):
        put(settings, tmp_path / "tin.toml")
    assert put(settings, *sorted(tmp_path.glob("tin.*"))).reloaded.added == ("tin.txt",)
    assert files(settings) == {"tin.toml": 'title = "Tin"', "tin.txt": SCHOOL}


def test_a_name_that_leaves_no_room_for_metadata_is_shortened(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / f"{'x' * 252}.md").write_text(SCHOOL, "utf-8")
    put(settings, tmp_path / f"{'x' * 252}.md")
    assert files(settings) == {f"{'x' * 197}.md": SCHOOL}


def test_a_folder_keeps_its_shape_below_its_name(settings: Settings, tmp_path: Path) -> None:
    source = tmp_path / "quý 1"
    (source / "xã").mkdir(parents=True)
    (source / ".git").mkdir()
    for name in ("a.txt", "xã/b.md", "ghi chú.xls", ".ẩn.txt", ".git/c.txt", "xã/lạc.toml"):
        (source / name).write_text(f"Báo cáo {name} của xã.", "utf-8")
    result = put(settings, source).reloaded
    assert result.added == ("quý 1/a.txt", "quý 1/xã/b.md")
    assert result.passed_over == (str(source / "ghi chú.xls"),)
    assert [one.file for one in result.failed] == [str(source / "xã/lạc.toml")]
    assert list(files(settings)) == ["quý 1/a.txt", "quý 1/xã/b.md"]


def test_another_report_is_never_overwritten_silently(
    settings: Settings, write: Write, tmp_path: Path
) -> None:
    write("a.txt", SCHOOL)
    reload(settings, ENCODER)
    new = tmp_path / "a.txt"
    new.write_text(BRIDGE, "utf-8")
    with pytest.raises(IntakeError, match=r"đã có báo cáo khác ở .*a\.txt; .*--replace"):
        put(settings, new)
    assert files(settings) == {"a.txt": SCHOOL}
    assert put(settings, new, overwrite=True).reloaded.changed == ("a.txt",)
    assert files(settings) == {"a.txt": BRIDGE}


def test_names_of_letters_that_are_not_composed_are_the_same_names(
    settings: Settings, write: Write, tmp_path: Path
) -> None:
    mac = unicodedata.normalize("NFD", "Xã Vĩnh Hòa/Sửa cầu.txt")
    write(mac, SCHOOL)
    reload(settings, ENCODER)
    folder = tmp_path / "Xã Vĩnh Hòa"
    folder.mkdir()
    (folder / "Sửa cầu.txt").write_text(BRIDGE, "utf-8")
    with pytest.raises(IntakeError, match="đã có báo cáo khác"):
        put(settings, folder)
    assert put(settings, folder, overwrite=True).reloaded.changed == (mac,)
    assert files(settings) == {mac: BRIDGE}


def test_what_cannot_be_read_or_is_a_copy_is_taken_out_again(
    settings: Settings, write: Write, tmp_path: Path
) -> None:
    write("a.txt", SCHOOL)
    write("a.toml", 'title = "Tin"')
    reload(settings, ENCODER)
    folder = tmp_path / "mới"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"\xff\xff")
    (folder / "b.txt").write_text(BRIDGE, "utf-8")
    (folder / "c.txt").write_text(SCHOOL, "utf-8")
    result = put(settings, folder)
    assert result.refused == ("mới/a.txt",)
    assert [one.file for one in result.reloaded.duplicates] == ["mới/c.txt"]
    before = {"a.toml": 'title = "Tin"', "a.txt": SCHOOL, "mới/b.txt": BRIDGE}
    assert files(settings) == before
    assert put(settings, folder / "a.txt", overwrite=True).refused == ("a.txt",)
    assert files(settings) == before
    assert reload(settings, ENCODER).generation == 2


def test_a_copy_that_was_to_replace_another_report_leaves_that_report(
    settings: Settings, write: Write, tmp_path: Path
) -> None:
    write("a.txt", SCHOOL)
    write("b.txt", BRIDGE)
    reload(settings, ENCODER)
    (tmp_path / "b.txt").write_text(SCHOOL, "utf-8")
    result = put(settings, tmp_path / "b.txt", overwrite=True)
    assert [one.file for one in result.reloaded.duplicates] == ["b.txt"]
    assert (result.refused, result.reloaded.removed) == ((), ())
    assert result.reloaded.unchanged == ("a.txt", "b.txt")
    assert files(settings) == {"a.txt": SCHOOL, "b.txt": BRIDGE}
    catalog = Catalog(settings.catalog_path)
    assert catalog.report("b").text == BRIDGE
    generation = catalog.generation()
    assert generation is not None
    assert result.reloaded.generation == generation.number
    assert reload(settings, ENCODER).generation == generation.number


def test_bad_lines_do_not_take_a_bulk_file_out(settings: Settings, tmp_path: Path) -> None:
    bulk = tmp_path / "all.jsonl"
    bulk.write_text('{"id": "x", "text": "Một báo cáo."}\nhỏng\n', "utf-8")
    result = put(settings, bulk)
    assert (result.refused, len(result.reloaded.failed)) == ((), 1)
    assert list(files(settings)) == ["all.jsonl"]


def test_a_reload_that_fails_takes_everything_out_again(
    settings: Settings, write: Write, tmp_path: Path
) -> None:
    from filelock import FileLock

    write("a.txt", SCHOOL)
    reload(settings, ENCODER)
    new = tmp_path / "a.txt"
    new.write_text(BRIDGE, "utf-8")
    other = tmp_path / "b.txt"
    other.write_text(f"{BRIDGE} Xong.", "utf-8")
    with FileLock(settings.lock_path), pytest.raises(BusyError):
        put(settings, new, other, overwrite=True)
    assert files(settings) == {"a.txt": SCHOOL}


def test_what_fails_on_a_full_disk_is_taken_out_without_room(
    settings: Settings, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {"a.txt": SCHOOL, "b.txt": f"{SCHOOL} Xong."}
    for name, text in before.items():
        write(name, text)
    reload(settings, ENCODER)
    folder = tmp_path / "mới"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(f"{BRIDGE} {name}", "utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:

        def filling(*_: object, **__: object) -> None:
            patched.setattr("hoidap.staging.os.fsync", full)
            raise BusyError("bận")

        patched.setattr("hoidap.intake.reload", filling)
        with pytest.raises(BusyError, match="bận"):
            put(settings, *(folder / name for name in ("a.txt", "b.txt", "c.txt")), overwrite=True)
    assert files(settings) == before
    put(settings, *(folder / name for name in ("a.txt", "b.txt", "c.txt")), overwrite=True)
    assert list(files(settings)) == ["a.txt", "b.txt", "c.txt"]


def test_a_file_that_cannot_be_put_back_keeps_no_other_from_it(
    settings: Settings, write: Write, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write("a.txt", SCHOOL)
    reload(settings, ENCODER)
    for name in ("b.txt", "c.txt"):
        (tmp_path / name).write_text(f"{BRIDGE} {name}", "utf-8")

    def taken(*_: object, **__: object) -> None:
        path = settings.reports_path / "b.txt"
        path.unlink()
        path.mkdir()
        raise BusyError("bận")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hoidap.intake.reload", taken)
        with pytest.raises(BusyError, match="bận"):
            put(settings, tmp_path / "b.txt", tmp_path / "c.txt")
    assert files(settings) == {"a.txt": SCHOOL}
    assert "b.txt như cũ: đó là thư mục" in caplog.text


@pytest.mark.parametrize(
    ("name", "message"),
    [("x.xls", "không phải định dạng"), ("không có.txt", "không có tệp"), ("", "không có báo cáo")],
)
def test_what_is_no_report_is_named(
    settings: Settings, tmp_path: Path, name: str, message: str
) -> None:
    place = tmp_path / "nguồn"
    place.mkdir()
    if name.endswith("xls"):
        (place / name).write_bytes(b"x")
    with pytest.raises(IntakeError, match=message):
        put(settings, place / name)
    assert files(settings) == {}


def test_a_place_that_may_not_be_entered_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As /root is for the user of the services; whoever runs the tests may be root.
    def refused(_path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", refused)
    with pytest.raises(IntakeError, match=r"không đọc được .*b\.txt: không có quyền; hãy cho"):
        put(settings, tmp_path / "b.txt")


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_folder_that_may_not_be_looked_into_is_told(
    settings: Settings, tmp_path: Path, mode: int
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may look into every folder")
    inner = tmp_path / "in" / "kín"
    inner.mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_text(SCHOOL, "utf-8")
    (inner / "b.txt").write_text(BRIDGE, "utf-8")
    inner.chmod(mode)
    try:
        with pytest.raises(IntakeError, match=r"không đọc được .*kín.*: không có quyền; hãy cho"):
            put(settings, tmp_path / "in")
    finally:
        inner.chmod(0o700)
    assert files(settings) == {}


def test_what_lies_in_the_folder_already_is_only_loaded(settings: Settings, write: Write) -> None:
    path = write("năm/a.txt", SCHOOL)
    assert put(settings, path).reloaded.added == ("năm/a.txt",)
    assert put(settings, settings.reports_path).reloaded.unchanged == ("năm/a.txt",)
    assert files(settings) == {"năm/a.txt": SCHOOL}


# --- addresses ---


# What servers say of a file's name, and the name.
DISPOSITIONS = (
    ('attachment; filename="Báo cáo thu.txt"', "Báo cáo thu.txt"),
    ('attachment; filename="=?UTF-8?B?QsOhbyBjw6FvIHRodS50eHQ=?="', "Báo cáo thu.txt"),
    ('attachment; filename="=?utf-8?q?B=C3=A1o_c=C3=A1o?= thu.txt"', "Báo cáo thu.txt"),
    ('attachment; filename="=?x?B?QsOhbyBjw6FvIHRodS50eHQ=?="', "=_x_B_QsOhbyBjw6FvIHRodS50eHQ=_="),
    ('attachment; filename="Bao%20cao%20thu.txt"', "Bao cao thu.txt"),
    ("attachment; filename*=UTF-8'vi'S%E1%BB%91%2012%2FQ%C4%90.txt", "Số 12-QĐ.txt"),
    ("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
    ("attachment; filename*=UTF-8''%2Fetc%2F.passwd", "passwd"),
    ('attachment; filename="..%2F..%2Fetc%2Fpasswd"', "passwd"),
)

# What servers pack although they were asked not to.
PACKED = {
    "report": ("gzip", gzip.compress(SCHOOL.encode())),
    "parts": ("X-GZIP", gzip.compress(SCHOOL[:9].encode()) + gzip.compress(SCHOOL[9:].encode())),
    "none": ("identity", SCHOOL.encode()),
    "bomb": ("gzip", gzip.compress(bytes(3_000_000))),
    "cut": ("gzip", gzip.compress(SCHOOL.encode())[:-9]),
    "damaged": ("gzip", gzip.compress(SCHOOL.encode())[:10] + b"\xff" * 40),
    "plain": ("gzip", SCHOOL.encode()),
    "other": ("br", b"\x1b\x00"),
}


def raw(text: str) -> str:
    """A header that has these letters in UTF-8; the server writes Latin-1."""
    return text.encode().decode("latin-1")


class _Portal(BaseHTTPRequestHandler):
    """Answers by path; what it was asked is not printed."""

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self._answer(302, {"Location": "/tin%20t%E1%BB%A9c.txt"})
        elif self.path == "/away":
            self._answer(302, {"Location": "file:///etc/passwd"})
        elif self.path == "/letters":
            self._answer(302, {"Location": raw("/tin tức.txt?trang=một&x=%20#đầu")})
        elif self.path == "/utf-16":
            page = f"<html><body><p>{PARAGRAPHS[0]}</p></body></html>".encode("utf-16-le")
            self._answer(200, {"Content-Type": "text/html; charset=UTF-16LE"}, page)
        elif self.path.startswith("/named/"):
            headers = {"Content-Disposition": raw(DISPOSITIONS[int(self.path[-1])][0])}
            self._answer(200, headers, BRIDGE.encode())
        elif self.path == "/loop":
            self._answer(301, {"Location": "/loop"})
        elif self.path == "/said":
            headers = {"Content-Disposition": 'attachment; filename="../../a:b.md"'}
            self._answer(200, headers, BRIDGE.encode())
        elif self.path == "/encoded":
            name = "B%C3%A1o%20c%C3%A1o.txt"
            headers = {"Content-Disposition": f"attachment; filename=x; filename*=UTF-8''{name}"}
            self._answer(200, headers, BRIDGE.encode())
        elif self.path == "/page":
            self._answer(200, {"Content-Type": "text/plain; charset=utf-8"}, SCHOOL.encode())
        elif self.path == "/drip":
            self._answer(200, {"Content-Length": "100000"})
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.05)
        elif self.path == "/large":
            self._answer(200, {}, b"x" * 3_000_000)
        elif self.path.startswith("/tai.aspx"):
            text = f"Xã số {self.path[-1]} xây trường."
            self._answer(200, {"Content-Type": "text/plain"}, text.encode())
        elif self.path in ("/octet", "/octet.ashx"):
            self._answer(200, {"Content-Type": "application/octet-stream"}, PDF.read_bytes())
        elif self.path == "/style.css":
            self._answer(200, {"Content-Type": "text/css"}, b"body { margin: 0 }")
        elif self.path == "/all":
            line = f'{{"id": "x", "text": "{SCHOOL}"}}'
            self._answer(200, {"Content-Type": "application/jsonl"}, line.encode())
        elif self.path.startswith("/packed/"):
            encoding, body = PACKED[self.path[8:]]
            self._answer(200, {"Content-Type": "text/plain", "Content-Encoding": encoding}, body)
        elif self.path == "/gone":
            self._answer(404, {}, b"x")
        else:
            self._answer(200, {}, SCHOOL.encode())

    def _answer(self, code: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def portal() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Portal) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # readers hang up
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_address_is_fetched_and_named_as_the_source(settings: Settings, portal: str) -> None:
    assert put(settings, f"{portal}/redirect").reloaded.added == ("tin tức.txt",)
    assert files(settings) == {
        "tin tức.toml": f'source = "{portal}/tin%20t%E1%BB%A9c.txt"\n',
        "tin tức.txt": SCHOOL,
    }
    report = Catalog(settings.catalog_path).report("tin tức")
    assert report.source == f"{portal}/tin%20t%E1%BB%A9c.txt"


def test_two_addresses_of_one_name_are_two_reports(settings: Settings, portal: str) -> None:
    """Portals give documents by a number in the query."""
    put(settings, f"{portal}/tai.aspx?id=5")
    put(settings, f"{portal}/tai.aspx?id=6", overwrite=True)
    assert put(settings, f"HTTP{portal[4:]}/tai.aspx?id=6").reloaded.generation == 2
    catalog = Catalog(settings.catalog_path)
    for report_id, number in (("tai.aspx", 5), ("tai.aspx (2)", 6)):
        report = catalog.report(report_id)
        assert report.text == f"Xã số {number} xây trường."
        assert (report.source or "").lower() == f"{portal}/tai.aspx?id={number}"


def test_an_address_that_names_no_format_is_told_by_its_content(
    settings: Settings, portal: str
) -> None:
    assert put(settings, f"{portal}/octet").reloaded.added == ("octet.pdf",)
    assert put(settings, f"{portal}/octet.ashx", overwrite=True).reloaded.duplicates
    with pytest.raises(IntakeError, match=r"không phải báo cáo \(style\.css\); đọc được"):
        put(settings, f"{portal}/style.css")


def test_an_export_from_an_address_has_no_metadata_beside_it(
    settings: Settings, portal: str
) -> None:
    put(settings, f"{portal}/all")
    assert list(files(settings)) == ["all.jsonl"]


def test_names_of_addresses_are_safe(portal: str) -> None:
    def name(path: str) -> str:
        return fetch(f"{portal}{path}", allow_private=True).name

    assert name("/said") == "a_b.md"
    assert name("/encoded") == "Báo cáo.txt"
    assert name("/page") == "page.txt"
    assert name("/..%2f..%2fetc%2fpasswd") == "passwd"
    assert name("/") == "127.0.0.1"


@pytest.mark.parametrize("number", range(len(DISPOSITIONS)))
def test_names_that_servers_say_in_their_ways(portal: str, number: int) -> None:
    fetched = fetch(f"{portal}/named/{number}", allow_private=True)
    assert fetched.name == DISPOSITIONS[number][1]


def test_a_redirect_may_have_letters_in_utf8(portal: str) -> None:
    fetched = fetch(f"{portal}/letters", allow_private=True)
    query = "?trang=m%E1%BB%99t&x=%20#%C4%91%E1%BA%A7u"
    assert fetched.url == f"{portal}/tin%20t%E1%BB%A9c.txt{query}"
    assert fetched.name == "tin tức.txt"


def test_a_page_in_utf16_that_only_its_header_tells(settings: Settings, portal: str) -> None:
    put(settings, f"{portal}/utf-16")
    assert Catalog(settings.catalog_path).report("utf-16").text == PARAGRAPHS[0]


@pytest.mark.parametrize("name", ["report", "parts", "none"])
def test_what_a_server_packs_is_unpacked(portal: str, name: str) -> None:
    assert fetch(f"{portal}/packed/{name}", allow_private=True).data == SCHOOL.encode()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/gone", "trả lời mã 404"),
        ("/loop", "chuyển hướng quá 5 lần"),
        ("/away", "không dùng được địa chỉ 'file:///etc/passwd'"),
        ("/large", "tệp lớn hơn 1 MB"),
        ("/drip", "quá lâu không trả lời"),
        ("/packed/bomb", "tệp lớn hơn 1 MB"),
        ("/packed/cut", "bị hỏng hoặc chưa đủ; hãy thử lại"),
        ("/packed/damaged", "bị hỏng hoặc chưa đủ; hãy thử lại"),
        ("/packed/plain", "bị hỏng hoặc chưa đủ; hãy thử lại"),
        ("/packed/other", "nén kiểu 'br', chưa đọc được; hãy tải tệp bằng trình duyệt"),
    ],
)
def test_an_address_has_limits(portal: str, path: str, message: str) -> None:
    started = time.monotonic()
    with pytest.raises(IntakeError, match=message):
        fetch(f"{portal}{path}", allow_private=True, max_size=2**20, deadline_s=1.0)
    assert time.monotonic() - started < 3


def test_addresses_of_the_own_network_are_refused(settings: Settings, portal: str) -> None:
    with pytest.raises(IntakeError, match=r"mạng nội bộ \(127\.0\.0\.1\)"):
        add(settings, ENCODER, [f"{portal}/a.txt"])
    assert files(settings) == {}


@contextmanager
def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> Iterator[list[str]]:
    """Each look-up of a name gets the next answer; what was looked up."""
    asked: list[str] = []

    real = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: int, **named: int) -> list[object]:
        if host[:1].isdigit():  # an address, about to be connected to
            return list(real(host, port, *rest, **named))
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look_up)
        yield asked


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.16.0.1", "192.168.1.1", "127.8.8.8", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1",
        "2002:0a00:0001::1", "64:ff9b::7f00:1", "::", "ff02::1",
    ],
)  # fmt: skip
def test_a_name_that_stands_for_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with (
        names(monkeypatch, ["8.8.8.8", address]),
        pytest.raises(IntakeError, match=f"mạng nội bộ \\({address}\\)"),
    ):
        fetch("http://bao-cao.example/a.txt")


def test_a_redirect_to_a_name_that_turned_private_is_refused(
    monkeypatch: pytest.MonkeyPatch, portal: str
) -> None:
    """The name is looked up once a connection, and the connection goes to what was checked."""
    from hoidap import fetch as module

    port = portal.rpartition(":")[2]
    public = {"127.0.0.1"}
    monkeypatch.setattr(module, "is_public", lambda address: str(address) in public)
    with names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"]) as asked:
        assert fetch(f"http://bao-cao.example:{port}/a.txt").data == SCHOOL.encode()
        assert asked == ["bao-cao.example"]
        with pytest.raises(IntakeError, match=r"mạng nội bộ \(10\.0\.0\.1\)"):
            fetch(f"http://bao-cao.example:{port}/a.txt")


@pytest.mark.parametrize("url", ["http://", "http:///a.txt", "http://[x/a.txt", "https://xã.vn/a"])
def test_bad_addresses_are_named(url: str) -> None:
    with pytest.raises(IntakeError, match="không dùng được địa chỉ"):
        fetch(url)
