"""Files made to do harm, and damaged ones: each ends as one line, and the next file is read."""

from __future__ import annotations

import errno
import io
import os
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configure
from hypothesis import strategies as st

from hoidap.errors import LoaderError
from hoidap.loaders import load_file
from hoidap.loaders.formats import Format
from hoidap.loaders.isolation import READER, Limits, Reader
from hoidap.loaders.pdf import MAX_PAGES
from tests.formats import FORMATS, PARAGRAPHS, make_docx

PDF = (FORMATS / "bao-cao-duong.pdf").read_bytes()
HTML = (FORMATS / "trang-tin.html").read_bytes()
needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed"
)


@pytest.fixture(scope="session")
def docx(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("docx") / "bao-cao.docx"
    make_docx(path)
    return path.read_bytes()


@pytest.fixture
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    made = Reader(getattr(request, "param", None))
    yield made
    made.close()


def reason_of(data: bytes, file: str) -> str:
    with pytest.raises(LoaderError) as caught:
        load_file(data, file)
    reason = str(caught.value)
    assert len(reason.splitlines()) == 1
    assert reason.isprintable()
    return reason


def read(data: bytes, kind: Format) -> tuple[str, str]:
    """The text of a file, or the reason why there is none."""
    try:
        return READER.read(data, kind).text, ""
    except LoaderError as error:
        return "", str(error)


def with_part(docx: bytes, part: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return made.getvalue()


def many_pages(count: int) -> bytes:
    """A PDF of so many empty pages."""
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {count}/Kids[{kids}]>>"]
    objects += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * count
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj{content}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\n"
    return out + f"{tail}startxref\n{len(out)}\n%%EOF".encode()


def bomb(root: str) -> bytes:
    """XML that grows to 10^9 times one entity where entities are replaced."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{entities}]>{root}'.encode()


def test_zip_bomb(docx: bytes) -> None:
    start = time.monotonic()
    assert "giải nén ra quá lớn" in reason_of(
        with_part(docx, "word/document.xml", b" " * 310_000_000), "a.docx"
    )
    assert time.monotonic() - start < 20


def test_archive_of_too_many_parts() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"word/{number}", b"")
    assert "giải nén ra quá lớn" in reason_of(made.getvalue(), "a.docx")


def test_entity_bomb_in_a_word_file(docx: bytes) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "<w:body><w:p><w:r><w:t>&e9;</w:t></w:r></w:p></w:body>"
    data = with_part(docx, "word/document.xml", bomb(f"<w:document {space}>{body}</w:document>"))
    start = time.monotonic()
    reason_of(data, "a.docx")
    assert time.monotonic() - start < 10


def test_outer_entity_is_not_read(docx: bytes, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("bí mật", "utf-8")
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    xml = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><w:document {space}><w:body><w:p>'
        "<w:r><w:t>Còn lại &e;</w:t></w:r></w:p></w:body></w:document>"
    )
    (report,) = load_file(with_part(docx, "word/document.xml", xml.encode()), "a.docx").reports
    assert report.text == "Còn lại"


def test_entity_bomb_in_a_page() -> None:
    page = "<html><body><p>" + "&e9;" * 50 + "</p></body></html>"
    start = time.monotonic()
    text, reason = read(b"<!DOCTYPE html>" + bomb(page), Format.HTML)
    assert reason or len(text) < 1000
    assert time.monotonic() - start < 10


def test_pdf_of_ten_thousand_pages() -> None:
    reason = reason_of(many_pages(10_000), "a.pdf")
    assert reason == f"PDF có 10000 trang, nhiều nhất {MAX_PAGES}; hãy chia nhỏ tệp"


def test_pdf_of_empty_pages() -> None:
    assert reason_of(many_pages(3), "a.pdf") == "PDF không có chữ nào đọc được"


def test_encrypted_pdf() -> None:
    data = (FORMATS / "co-mat-khau.pdf").read_bytes()
    assert reason_of(data, "a.pdf") == "tệp PDF có mật khẩu; hãy bỏ mật khẩu rồi gửi lại"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_files(docx: bytes, share: float) -> None:
    assert "hỏng" in reason_of(docx[: int(len(docx) * share)], "a.docx")
    text, reason = read(PDF[: int(len(PDF) * share)], Format.PDF)
    assert text or "tệp PDF bị hỏng" in reason or reason == "PDF không có chữ nào đọc được"


@needs_office
def test_truncated_old_word_file() -> None:
    data = (FORMATS / "bao-cao-duong.doc").read_bytes()
    reason_of(data[:2000], "a.doc")


@pytest.mark.parametrize("reader", [Limits(step_s=0.02)], indirect=True)
def test_reading_that_takes_too_long_is_ended(reader: Reader) -> None:
    with pytest.raises(LoaderError, match="đọc tệp quá lâu"):
        reader.read(PDF, Format.PDF)


@needs_office
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
@pytest.mark.parametrize("reader", [Limits(step_s=0.7)], indirect=True)
def test_libreoffice_is_ended_with_its_children(reader: Reader) -> None:
    def ours() -> list[str]:
        """The processes of the group that have not ended, by /proc."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                state, _, pgid = entry.read_text().rpartition(")")[2].split()[:3]
                if pgid == str(group) and state != "Z":
                    found.append(entry.parent.name)
        return found

    process = reader._start()
    group = process.pid
    assert ours() == [str(group)]
    with pytest.raises(LoaderError, match="đọc tệp quá lâu"):
        reader.read((FORMATS / "bao-cao-duong.doc").read_bytes() * 400, Format.DOC)
    deadline = time.monotonic() + 5
    while ours() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ours() == []


@pytest.mark.parametrize("reader", [Limits(memory=150_000_000)], indirect=True)
def test_memory_is_bounded(reader: Reader) -> None:
    with pytest.raises(LoaderError, match=r"quá nhiều bộ nhớ|dừng giữa chừng"):
        reader.read(HTML.replace(b"</p>", b"<b>a</b> " * 1_000_000 + b"</p>"), Format.HTML)


def test_process_that_was_killed_is_replaced(reader: Reader) -> None:
    before = reader.read(PDF, Format.PDF)
    process = reader._process
    assert process is not None
    os.kill(process.pid, 9)
    process.wait()
    assert reader.read(PDF, Format.PDF) == before
    assert reader._process is not None
    assert reader._process.pid != process.pid


def test_one_process_reads_file_after_file(reader: Reader) -> None:
    reader.read(PDF, Format.PDF)
    process = reader._process
    with pytest.raises(LoaderError):
        reader.read(b"%PDF-1.4", Format.PDF)
    assert PARAGRAPHS[0] in reader.read(PDF, Format.PDF).text
    assert reader._process is process


def test_process_knows_no_secrets(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> None:
    monkeypatch.setenv("HOIDAP_TELEGRAM_TOKEN", "1:bi-mat")
    environment = Path(f"/proc/{reader._start().pid}/environ")
    if not environment.exists():
        pytest.skip("no /proc here")
    assert b"bi-mat" not in environment.read_bytes()


def test_process_has_no_network() -> None:
    code = (
        "import socket, sys; from hoidap.loaders.worker import _leave_network\n"
        "_leave_network(); print(socket.socket().connect_ex(('127.0.0.1', int(sys.argv[1]))))"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        told = subprocess.run(
            [sys.executable, "-c", code, port], capture_output=True, text=True, check=True
        ).stdout.strip()
    if told == "0":
        pytest.skip("this system lets no process leave the network")
    assert errno.errorcode[int(told)] == "ENETUNREACH"


def test_process_ends_with_the_one_that_started_it() -> None:
    code = (
        "from hoidap.loaders.isolation import READER; import os\n"
        "print(READER._start().pid, flush=True); os.kill(os.getpid(), 9)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    child = Path(f"/proc/{told.stdout.strip()}/status")
    deadline = time.monotonic() + 10
    while child.exists() and "State:\tZ" not in child.read_text() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not child.exists() or "State:\tZ" in child.read_text()


def test_file_that_is_far_too_large_is_not_sent(reader: Reader) -> None:
    with pytest.raises(LoaderError, match="tệp quá lớn, nhiều nhất 200 MB"):
        reader.read(bytes(200_000_001), Format.PDF)
    assert reader._process is None


# --- mutated files ---


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[float, bytes, bool]]:
    """Places in a file, as shares of it, what is put there, and whether in place of what is."""
    change = st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.one_of(
            st.binary(max_size=8), st.sampled_from([b"\x00" * 64, b"<", b"%%EOF", b"9" * 20])
        ),
        st.booleans(),
    )
    return draw(st.lists(change, min_size=1, max_size=6))


def mutated(data: bytes, changes: list[tuple[float, bytes, bool]]) -> bytes:
    for share, content, instead in changes:
        place = int(share * len(data))
        data = data[:place] + content + data[place + len(content) * instead :]
    return data


@pytest.mark.parametrize("kind", [Format.PDF, Format.DOCX, Format.HTML])
@configure(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=mutations(), in_part=st.booleans())
def test_mutated_files_are_a_report_or_a_reason(
    docx: bytes, kind: Format, changes: list[tuple[float, bytes, bool]], in_part: bool
) -> None:
    data = {Format.PDF: PDF, Format.DOCX: docx, Format.HTML: HTML}[kind]
    if kind is Format.DOCX and in_part:
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            part = archive.read("word/document.xml")
        data = with_part(docx, "word/document.xml", mutated(part, changes))
    else:
        data = mutated(data, changes)
    text, reason = read(data, kind)
    assert bool(text) != bool(reason)
    assert len(reason.splitlines()) <= 1
    assert text == text.strip()
