"""A Milvus server as the place of the index: what is written there, and what if it is away."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.doctor.data import check_index
from hoidap.documents import Answer, Status
from hoidap.encoder import Encoder
from hoidap.errors import (
    IndexDamagedError,
    IndexUnreachableError,
    SearchIndexError,
    SettingsError,
)
from hoidap.index.store import GenerationStore, open_store
from hoidap.metrics import unreadiness
from hoidap.reload import rebuild, reload, remove, rollback
from hoidap.settings import Settings
from hoidap.token_table import load_token_table
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import terms_fingerprint
from hoidap.web.app import create_app
from tests.benchmarks.agreement import agreement, compare
from tests.conftest import DATA
from tests.milvus import MilvusServer, free_port

pymilvus = pytest.importorskip("pymilvus", reason="pymilvus is not installed")
grpc = pytest.importorskip("grpc", reason="pymilvus is not installed")
from hoidap.index.milvus import connection  # noqa: E402
from hoidap.index.milvus.connection import Connection, Row  # noqa: E402

Write = Callable[[str, str], Path]

QUESTIONS = (
    "Cầu Rạch Sậy dài bao nhiêu mét?",
    "Ai chủ trì hội nghị?",
    "thu hoach lua dong xuan",
    "How long is the Rach Say bridge?",
    "Kế hoạch năm 2022",
)


@pytest.fixture
def served(milvus: MilvusServer, settings: Settings) -> Iterator[Settings]:
    """Settings with an empty folder and the shared server."""
    served = settings.model_copy(update={"index": milvus.uri})
    yield served
    store_of(served, None).keep(())


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[MilvusServer]:
    """A server that the test may kill."""
    server = MilvusServer(tmp_path)
    server.start()
    yield server
    server.kill()


def store_of(settings: Settings, encoder: Encoder | None) -> GenerationStore:
    abbreviations = Abbreviations.load()
    return open_store(
        settings,
        encoder,  # type: ignore[arg-type]  # not asked where nothing is opened or built
        load_token_table(settings),
        terms_fingerprint(abbreviations),
    )


def alias_of(settings: Settings) -> str:
    known = json.loads((settings.milvus_path / "installation").read_text("utf-8"))
    return f"hoidap_{known['name']}"


def quotes(settings: Settings, encoder: Encoder, question: str) -> list[tuple[str, str]]:
    answer = Answerer(settings, encoder).answer(question)
    return [(quote.citation.report_id, quote.text) for quote in answer.quotes]


def wait_for(answerer: Answerer) -> None:
    """Until questions are answered again."""
    deadline = time.monotonic() + 120
    while unreadiness(answerer) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def collections(settings: Settings) -> list[str]:
    client = pymilvus.MilvusClient(settings.index)
    with closing(client):
        prefix = alias_of(settings)
        return sorted(name for name in client.list_collections() if name.startswith(prefix))


# --- what is written ---


def test_answers_are_those_of_the_local_index(
    district: Settings, encoder: Encoder, milvus: MilvusServer, tmp_path: Path
) -> None:
    served = district.model_copy(update={"index": milvus.uri, "data": tmp_path / "served"})
    reload(district, encoder)
    reload(served, encoder)
    local, remote = Answerer(district, encoder), Answerer(served, encoder)
    for question in QUESTIONS:
        own, other = local.answer(question), remote.answer(question)
        assert [one.text for one in own.quotes] == [one.text for one in other.quotes]
        assert (own.status, own.missing_terms) == (other.status, other.missing_terms)
        assert [one.score for one in own.quotes] == pytest.approx(
            [one.score for one in other.quotes], abs=0.02
        )
        assert local.confidence(question) == pytest.approx(remote.confidence(question), abs=0.02)
    # Nothing of the index lies in the directory of the local one.
    assert not served.generations_path.exists()
    store_of(served, None).keep(())


def test_reload_removal_and_going_back(served: Settings, write: Write, encoder: Encoder) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    assert reload(served, encoder).generation == 1
    reader = Answerer(served, encoder)
    assert reader.answer("trường mầm non").quotes[0].citation.report_id == "a"
    write("a.txt", "Xã Phú Lộc xây trạm y tế.")
    assert reload(served, encoder).generation == 2
    assert reader.answer("trạm y tế").quotes[0].citation.report_id == "a"
    assert remove(served, encoder, "b").generation == 3
    assert reader.answer("sửa cầu khỉ").status is Status.NOT_FOUND
    assert rollback(served, encoder, 1) == 4
    assert reader.answer("sửa cầu khỉ").quotes[0].citation.report_id == "b"
    assert reader.answer("trường mầm non").quotes[0].citation.report_id == "a"


@pytest.fixture
def many(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many reports that a generation goes on from the one before."""
    monkeypatch.setattr("hoidap.reload._ANEW", 10)
    for number in range(40):
        text = f"Ấp {number} xã Tân Thới trồng {number * 10} cây dừa sáp ven kênh trong năm."
        write(f"{number:03}.txt", f"BÁO CÁO SỐ {number}\n\n{text}")


def test_a_changed_report_goes_into_the_same_collection(
    many: None, served: Settings, write: Write, encoder: Encoder
) -> None:
    reload(served, encoder)
    before = Answerer(served, encoder)
    (name,) = collections(served)
    write("x.txt", "Xã Phú Lộc xây trường mầm non.")
    (served.reports_path / "003.txt").unlink()
    with closing(Catalog(served.catalog_path)) as catalog:
        gone = [one.id for one in catalog.passages_of("003")]
    assert gone
    assert reload(served, encoder).generation == 2
    assert collections(served) == [name]
    index = before._store.open(1)
    former = before._store.open(2)
    assert index.passages == former.passages + len(gone) - 1
    assert [set(gone) & set(one.ids.tolist()) for one in (index, former)] == [set(gone), set()]
    # What the new one holds is not found in the former, nor what the former held in the new.
    vector = encoder.encode_questions(["xây trường mầm non"])[0]
    newest = int(former.ids[-1])
    assert former.search_vector(vector, 3)[0].passage_id == newest
    assert newest not in {hit.passage_id for hit in index.search_vector(vector, 100)}
    assert len(index.search_vector(vector, 100)) == index.passages
    found = {hit.passage_id for hit in former.search_vector(vector, 100)}
    assert found == set(former.ids.tolist())
    # And what is built anew says the same.
    anew = served.model_copy(update={"data": served.data.with_name("anew")})
    reload(anew, encoder)
    for question in ("trường mầm non ở xã nào?", "Ấp 7 trồng bao nhiêu cây dừa?"):
        assert quotes(served, encoder, question)[0] == quotes(anew, encoder, question)[0]
    store_of(anew, None).keep(())


def test_what_a_writer_left_that_did_not_finish_is_not_found(
    many: None,
    served: Settings,
    write: Write,
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reload(served, encoder)

    def broken(*_: object, **__: object) -> None:
        raise SearchIndexError("đứt")

    write("x.txt", "Xã Phú Lộc xây trường mầm non.")
    with monkeypatch.context() as patch:
        patch.setattr("hoidap.index.milvus.connection.Connection.finish", broken)
        with pytest.raises(SearchIndexError, match="đứt"):
            reload(served, encoder)
    reader = Answerer(served, encoder)
    assert reader.answer("trường mầm non Phú Lộc").status is Status.NOT_FOUND
    # The next one gives the same ids to another report.
    write("x.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    assert reload(served, encoder).generation == 2
    assert reader.answer("sửa cầu khỉ ở đâu?").quotes[0].citation.report_id == "x"
    assert reader.answer("trường mầm non Phú Lộc").status is Status.NOT_FOUND


def test_no_question_is_missed_while_reports_are_reloaded(
    many: None, served: Settings, write: Write, encoder: Encoder
) -> None:
    reload(served, encoder)
    readers = [Answerer(served, encoder) for _ in range(2)]
    done = threading.Event()

    def ask(reader: Answerer) -> set[tuple[int, str]]:
        seen = set()
        while not done.is_set():
            answer = reader.answer("Ấp 7 xã Tân Thới trồng bao nhiêu cây dừa?")
            seen.add((answer.generation, answer.quotes[0].text))
        return seen

    with futures.ThreadPoolExecutor(2) as threads:
        asking = [threads.submit(ask, reader) for reader in readers]
        try:
            for number in range(3):
                write("x.txt", f"Xã Phú Lộc xây {number} trường mầm non.")
                reload(served, encoder)
            # So much goes that the next one is built anew.
            for number in range(20, 40):
                (served.reports_path / f"{number:03}.txt").unlink()
            reload(served, encoder)
        finally:
            done.set()
    for one in asking:
        generations, texts = zip(*one.result(), strict=True)
        assert set(generations) <= set(range(1, 6))
        assert len(set(texts)) == 1
        assert "trồng 70 cây" in texts[0]


def test_the_alias_stands_for_the_current_generation(
    served: Settings, write: Write, encoder: Encoder
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    for number in range(1, 5):
        write("a.txt", f"Xã Phú Lộc xây {number} trường mầm non.")
        reload(served, encoder)
        alias = alias_of(served)
        with closing(pymilvus.MilvusClient(served.index)) as client:
            assert client.describe_alias(alias)["collection_name"] == f"{alias}_{number:06}"
    # The one before may still be read by someone.
    assert collections(served) == [f"{alias}_{number:06}" for number in (3, 4)]


def test_an_alias_that_was_moved_is_taken_back(
    served: Settings, write: Write, encoder: Encoder
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    reload(served, encoder)
    alias = alias_of(served)
    with closing(pymilvus.MilvusClient(served.index)) as client:
        client.create_collection("nguoi_khac", dimension=4)
        client.alter_alias("nguoi_khac", alias)
        # Nothing changed, and nothing is built again for it.
        assert reload(served, encoder).generation == 1
        assert client.describe_alias(alias)["collection_name"] == f"{alias}_000001"
        client.drop_collection("nguoi_khac")


def test_an_alias_that_cannot_be_hinders_nothing(
    served: Settings, write: Write, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    reload(served, encoder)
    alias = alias_of(served)
    with closing(pymilvus.MilvusClient(served.index)) as client:
        client.drop_alias(alias)
        client.create_collection(alias, dimension=4)
        assert reload(served, encoder).generation == 1
        (told,) = caplog.messages
        assert told.startswith(f"chưa đặt được bí danh {alias}: Milvus ở {served.index} báo lỗi: ")
        for number in range(2, 5):
            write("a.txt", f"Xã Phú Lộc xây {number} trường mầm non.")
            assert reload(served, encoder).generation == number
        client.drop_collection(alias)
    # What no kept generation is in is removed all the same.
    assert collections(served) == [f"{alias}_{number:06}" for number in (3, 4)]


def test_two_data_directories_share_a_server(
    served: Settings, write: Write, encoder: Encoder
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    other = served.model_copy(update={"data": served.data.with_name("other")})
    reload(served, encoder)
    reload(other, encoder)
    assert not set(collections(served)) & set(collections(other))
    store_of(served, None).keep(())
    with pytest.raises(IndexDamagedError, match="hoidap reload"):
        Answerer(served, encoder)
    assert quotes(other, encoder, "trường mầm non")[0][0] == "a"
    store_of(other, None).keep(())


def test_a_copy_of_a_data_directory_writes_into_collections_of_its_own(
    many: None, served: Settings, write: Write, encoder: Encoder
) -> None:
    reload(served, encoder)
    (name,) = collections(served)
    copy = served.model_copy(update={"data": served.data.with_name("copy")})
    shutil.copytree(served.data, copy.data)
    # Reading from it harms nobody.
    assert quotes(copy, encoder, "Ấp 7 trồng bao nhiêu cây dừa?")[0][0] == "007"
    (finding,) = check_index(copy)
    assert "được chép ra từ đó; hãy chạy: hoidap reload" in finding.vietnamese
    write("x.txt", "Xã Phú Lộc xây trường mầm non.")
    assert reload(copy, encoder).generation == 2
    (own,) = collections(copy)
    assert collections(served) == [name] != [own]
    write("x.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    assert reload(served, encoder).generation == 2
    assert collections(served) == [name]
    assert quotes(copy, encoder, "trường mầm non ở xã nào?")[0][0] == "x"
    assert quotes(served, encoder, "sửa cầu khỉ ở xã nào?")[0][0] == "x"
    store_of(copy, None).keep(())


def test_a_data_directory_that_was_moved_keeps_its_collections(
    many: None, served: Settings, write: Write, encoder: Encoder
) -> None:
    reload(served, encoder)
    (name,) = collections(served)
    moved = served.model_copy(update={"data": served.data.with_name("moved")})
    served.data.rename(moved.data)
    write("x.txt", "Xã Phú Lộc xây trường mầm non.")
    assert reload(moved, encoder).generation == 2
    # And its files taken out of an archive, where it was before.
    shutil.copytree(moved.data, moved.data.with_name("unpacked"))
    shutil.rmtree(moved.data)
    shutil.move(moved.data.with_name("unpacked"), moved.data)
    write("x.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    assert reload(moved, encoder).generation == 3
    assert collections(moved) == [name]
    store_of(moved, None).keep(())


def test_what_is_damaged_or_missing_is_built_again(
    served: Settings, write: Write, encoder: Encoder
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    reload(served, encoder)
    files = sorted(served.milvus_path.rglob("*.npy"))
    assert len(files) == 5
    data = bytearray(files[0].read_bytes())
    data[-1] ^= 1
    files[0].write_bytes(data)
    with pytest.raises(IndexDamagedError, match="không còn như lúc ghi"):
        Answerer(served, encoder)
    assert reload(served, encoder).generation == 2
    # Someone takes the collection away.
    (*_, name) = collections(served)
    with closing(pymilvus.MilvusClient(served.index)) as client:
        client.drop_alias(alias_of(served))
        client.drop_collection(name)
        # And puts another one in its place.
        client.create_collection(name, dimension=4)
    with pytest.raises(IndexDamagedError, match="không phải của thư mục dữ liệu này"):
        Answerer(served, encoder)
    assert reload(served, encoder).generation == 3
    assert quotes(served, encoder, "trường mầm non")[0][0] == "a"


def take_rows(settings: Settings) -> None:
    """Take rows out of the newest collection, as a copy of the server's that is put back would."""
    with closing(pymilvus.MilvusClient(settings.index)) as client:
        name = collections(settings)[-1]
        some = client.query(name, filter="", output_fields=["id"], limit=2)
        client.delete(name, ids=[row["id"] for row in some])


def test_a_collection_that_lost_rows_is_built_again(
    many: None, served: Settings, write: Write, encoder: Encoder
) -> None:
    for after in (reload, rebuild, rollback):
        write("x.txt", f"Xã Phú Lộc xây trường mầm non trước khi {after.__name__}.")
        number = reload(served, encoder).generation
        (*_, before) = collections(served)
        take_rows(served)
        (finding,) = check_index(served)
        assert "hãy chạy: hoidap reload" in finding.vietnamese
        after(served, encoder)
        assert collections(served)[-1] == f"{alias_of(served)}_{number + 1:06}" != before
        (finding,) = check_index(served)
        assert finding.state == "ok"
    assert quotes(served, encoder, "Ấp 0 trồng bao nhiêu cây dừa?")[0][0] == "000"


def test_a_question_notices_that_all_rows_are_lost(
    served: Settings, write: Write, encoder: Encoder
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    reload(served, encoder)
    reader = Answerer(served, encoder)
    take_rows(served)
    for one in (reader, Answerer(served, encoder)):
        with pytest.raises(IndexDamagedError, match=r"đã mất dòng .* hãy chạy: hoidap reload"):
            one.answer("trường mầm non ở đâu?")
    assert reader.answer("bệnh viện đa khoa").status is Status.NOT_FOUND
    assert reload(served, encoder).generation == 2
    assert reader.answer("trường mầm non ở đâu?").quotes


@pytest.mark.parametrize("lost", ["rows", "all"])
def test_what_is_lost_while_a_generation_goes_on_from_it(
    many: None,
    served: Settings,
    write: Write,
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
    lost: str,
) -> None:
    reload(served, encoder)
    remove_from = Connection.remove_from

    def lose(self: Connection, name: str, row: int) -> None:
        if lost == "rows":
            take_rows(served)
        else:
            self.drop(name)
        remove_from(self, name, row)

    monkeypatch.setattr(Connection, "remove_from", lose)
    write("x.txt", "Xã Phú Lộc xây trường mầm non.")
    (served.reports_path / "003.txt").unlink()
    assert reload(served, encoder).generation == 2
    assert collections(served)[-1] == f"{alias_of(served)}_000002"
    assert quotes(served, encoder, "trường mầm non ở xã nào?")[0][0] == "x"
    assert quotes(served, encoder, "Ấp 0 trồng bao nhiêu cây dừa?")[0][0] == "000"


def test_the_comparison_with_the_local_index_counts_what_is_the_same(
    milvus: MilvusServer, encoder: Encoder
) -> None:
    found = compare(DATA / "beir", encoder, milvus.uri)
    assert (found.questions, found.first, found.status) == (18, 1.0, 1.0)
    answers = [Answer("?", "vi", status, (), (), (), (), 1, 0.0) for status in Status]
    other = agreement(answers, answers[::-1], 7, (1.0, 2.0))
    assert other.first == 1.0
    assert other.status == pytest.approx(1 / 3)


# --- a server that is away ---


def test_a_server_that_is_lost_is_told_and_found_again(
    own_server: MilvusServer, settings: Settings, write: Write, encoder: Encoder
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    served = settings.model_copy(update={"index": own_server.uri})
    reload(served, encoder)
    reader = Answerer(served, encoder)
    page = TestClient(create_app(served), raise_server_exceptions=False)
    assert page.get("/readyz").status_code == 200
    own_server.kill()
    with pytest.raises(IndexUnreachableError, match=f"Milvus ở {own_server.uri} .*HOIDAP_INDEX"):
        reader.answer("trường mầm non ở đâu?")
    # Who asks next is told at once, and whoever starts now starts.
    with pytest.raises(IndexUnreachableError, match="hãy kiểm tra máy chủ"):
        reader.answer("trường mầm non ở đâu?")
    late = Answerer(served, encoder)
    assert unreadiness(late) is not None
    answer = page.get("/", params={"q": "trường mầm non ở đâu?"})
    assert answer.status_code == 503
    assert "Máy tìm kiếm hiện không liên lạc được" in answer.text
    assert answer.headers["Retry-After"] == "60"
    told = page.post("/api/v1/ask", json={"question": "trường mầm non ở đâu?"})
    assert (told.status_code, page.get("/readyz").status_code) == (503, 503)
    assert told.json()["detail"].startswith("Máy tìm kiếm hiện không liên lạc được")
    # A reload changes nothing, and says so.
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    with pytest.raises(IndexUnreachableError, match="hãy kiểm tra máy chủ"):
        reload(served, encoder)
    with closing(Catalog(served.catalog_path)) as catalog:
        generation = catalog.generation()
        assert generation is not None
        assert generation.number == 1
    own_server.start()
    for one in (reader, late):
        wait_for(one)
        assert one.answer("trường mầm non ở đâu?").quotes[0].citation.report_id == "a"
    wait_for(page.app.state.core.answerer)  # type: ignore[attr-defined]
    assert page.get("/", params={"q": "trường mầm non ở đâu?"}).status_code == 200
    assert reload(served, encoder).generation == 2
    assert reader.answer("sửa cầu khỉ").quotes[0].citation.report_id == "b"


def test_a_server_that_came_back_empty_is_written_to_again(
    own_server: MilvusServer,
    settings: Settings,
    write: Write,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    page = TestClient(create_app(settings.model_copy(update={"index": own_server.uri})))
    assert page.get("/", params={"q": "trường mầm non"}).status_code == 200
    own_server.empty()
    question = {"q": "trường mầm non ở đâu?"}  # the answer to the other one is remembered
    deadline = time.monotonic() + 60
    while (answer := page.get("/", params=question)).status_code != 200:
        assert "Máy tìm kiếm hiện không liên lạc được" in answer.text
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "Xã Phú Lộc" in answer.text
    assert "hãy chạy: hoidap reload; đang lập lại chỉ mục" in caplog.text
    assert "incident" not in caplog.text
    with closing(Catalog(settings.catalog_path)) as catalog:
        assert [one.number for one in catalog.generations()] == [2, 1]


def test_a_server_that_is_lost_while_it_is_written_to(
    own_server: MilvusServer,
    settings: Settings,
    write: Write,
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    served = settings.model_copy(update={"index": own_server.uri})
    reload(served, encoder)
    reader = Answerer(served, encoder)
    write("b.txt", "Xã Vĩnh Hòa sửa cầu khỉ.")
    insert = Connection.insert

    def lost(self: Connection, name: str, rows: Sequence[Row]) -> None:
        own_server.kill()
        insert(self, name, rows)

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_WRITER_PATIENCE", 1.0)
        patch.setattr(Connection, "insert", lost)
        with pytest.raises(IndexUnreachableError, match="hãy kiểm tra máy chủ và HOIDAP_INDEX"):
            reload(served, encoder)
    own_server.start()
    wait_for(reader)
    assert reader.answer("trường mầm non").generation == 1
    assert reload(served, encoder).generation == 2
    assert reader.answer("sửa cầu khỉ").quotes[0].citation.report_id == "b"


@pytest.mark.parametrize("idle", [2, 10_000])
def test_a_server_that_says_it_has_loaded_what_it_has_not(
    served: Settings,
    write: Write,
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
    idle: int,
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    reload(served, encoder)
    reader = Answerer(served.model_copy(update={"index_timeout": 1.0}), encoder)
    assert reader.answer("trường mầm non").quotes
    client = pymilvus.MilvusClient(served.index)
    with closing(client):
        client.release_collection(collections(served)[-1])
    load = pymilvus.MilvusClient.load_collection
    left = iter(range(idle))

    def late(self: object, *arguments: object, **named: object) -> None:
        if next(left, None) is None:
            load(self, *arguments, **named)

    monkeypatch.setattr(pymilvus.MilvusClient, "load_collection", late)
    if idle == 2:
        assert reader.answer("trường mầm non").quotes
        assert next(left, None) is None
    else:
        with pytest.raises(IndexUnreachableError, match="chưa nạp xong chỉ mục; hãy kiểm tra"):
            reader.answer("trường mầm non")


def test_a_writer_waits_for_what_is_said_to_be_loaded_and_is_not(
    served: Settings, write: Write, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    reload(served, encoder)
    query = pymilvus.MilvusClient.query
    left = iter(range(2))

    def early(self: object, *arguments: object, **named: object) -> object:
        if next(left, None) is not None:
            raise pymilvus.MilvusException(101, "collection not loaded")
        return query(self, *arguments, **named)

    monkeypatch.setattr(pymilvus.MilvusClient, "query", early)
    assert reload(served, encoder).generation == 1
    assert next(left, None) is None


@contextmanager
def loading_slowly(server: MilvusServer, seconds: float) -> Iterator[str]:
    """A way to a server on which it takes so long to load a collection; its address."""

    def passed(method: str, request: bytes, context: Any) -> bytes:  # noqa: ANN401  # as above
        if method.endswith("/LoadCollection"):
            time.sleep(seconds)
        metadata = [one for one in context.invocation_metadata() if one[0] != "user-agent"]
        found: bytes = behind.unary_unary(method)(request, metadata=metadata)
        return found

    class Every(grpc.GenericRpcHandler):  # type: ignore[misc, name-defined]  # it has no types
        def service(self, details: Any) -> object:  # noqa: ANN401
            return grpc.unary_unary_rpc_method_handler(partial(passed, details.method))

    address = f"127.0.0.1:{server.port}"
    with grpc.insecure_channel(address) as behind:
        before = grpc.server(futures.ThreadPoolExecutor(8), handlers=[Every()])
        port = before.add_insecure_port("127.0.0.1:0")
        before.start()
        yield f"http://127.0.0.1:{port}"
        before.stop(None).wait()


def test_a_restarted_server_that_takes_long_to_load(
    own_server: MilvusServer, settings: Settings, write: Write, encoder: Encoder
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    reload(settings.model_copy(update={"index": own_server.uri}), encoder)
    with loading_slowly(own_server, 2.0) as uri:
        served = settings.model_copy(update={"index": uri, "index_timeout": 0.3})
        reader = Answerer(served, encoder)
        assert reader.answer("trường mầm non").quotes
        own_server.kill()
        own_server.start()
        for starting in (False, True):
            started = time.monotonic()
            with pytest.raises(IndexUnreachableError, match="hãy kiểm tra máy chủ"):
                (Answerer(served, encoder) if starting else reader).answer("trường mầm non")
            assert time.monotonic() - started < 1.5
        # A writer waits, and questions are answered when it is done.
        assert reload(served, encoder).generation == 1
        wait_for(reader)
        assert reader.answer("trường mầm non").quotes


def test_where_nobody_listens(settings: Settings, write: Write, encoder: Encoder) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    wrong = settings.model_copy(update={"index": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(IndexUnreachableError, match="không kết nối được; hãy kiểm tra máy chủ"):
        reload(wrong, encoder)


def test_a_server_that_never_answers(settings: Settings, write: Write, encoder: Encoder) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        wrong = settings.model_copy(
            update={"index": f"http://127.0.0.1:{port}", "index_timeout": 0.5}
        )
        with pytest.raises(IndexUnreachableError, match="hãy kiểm tra máy chủ và HOIDAP_INDEX"):
            reload(wrong, encoder)


@contextmanager
def refusing(code: object) -> Iterator[int]:
    """A server that refuses every call; its port."""

    def refuse(_: object, context: Any) -> bytes:  # noqa: ANN401  # grpc has no types
        context.abort(code, "auth check failure, please check username and password are correct")
        raise AssertionError

    class Every(grpc.GenericRpcHandler):  # type: ignore[misc, name-defined]  # it has no types
        def service(self, _: object) -> object:
            return grpc.unary_unary_rpc_method_handler(refuse)

    server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[Every()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(None).wait()


def test_a_wrong_token_is_told_and_never_shown(
    settings: Settings, write: Write, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    caplog.set_level(logging.DEBUG)
    with refusing(grpc.StatusCode.UNAUTHENTICATED) as port:
        wrong = Settings(
            corpus=settings.corpus,
            data=settings.data,
            index=f"http://127.0.0.1:{port}",
            index_token=SecretStr("root:mat-khau-sai"),
        )
        with pytest.raises(IndexUnreachableError, match=r"từ chối đăng nhập.*HOIDAP_INDEX_TOKEN"):
            reload(wrong, encoder)
    assert "mat-khau-sai" not in f"{wrong!r}{caplog.text}"


def test_the_doctor_tells_a_refusal_in_both_languages(
    served: Settings, write: Write, encoder: Encoder
) -> None:
    write("a.txt", "Xã Phú Lộc xây trường mầm non.")
    reload(served, encoder)
    with refusing(grpc.StatusCode.UNAUTHENTICATED) as port:
        wrong = served.model_copy(update={"index": f"http://127.0.0.1:{port}"})
        (finding,) = check_index(wrong)
    assert "hãy kiểm tra HOIDAP_INDEX_TOKEN" in finding.vietnamese
    assert "refuses HOIDAP_INDEX_TOKEN" in finding.english


@pytest.mark.parametrize("on", ["connecting", "asking"])
def test_a_database_that_there_is_not(
    own_server: MilvusServer, settings: Settings, on: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Milvus has a code for it."""

    def refuse(*_: object, **__: object) -> None:
        raise pymilvus.MilvusException(800, "database not found[database=khong_co]")

    wrong = settings.model_copy(update={"index": own_server.uri, "index_database": "khong_co"})
    patched = "__init__" if on == "connecting" else "list_collections"
    monkeypatch.setattr(pymilvus.MilvusClient, patched, refuse)
    with pytest.raises(IndexUnreachableError, match=r"cơ sở dữ liệu khong_co.*INDEX_DATABASE"):
        Connection(wrong).names("hoidap")


def test_a_database_that_there_is_not_in_milvus_lite(milvus: MilvusServer) -> None:
    wrong = Settings(index=milvus.uri, index_database="khac")
    with pytest.raises(IndexUnreachableError, match=r"cơ sở dữ liệu khac.*INDEX_DATABASE"):
        Connection(wrong).names("hoidap")


def test_nothing_is_printed_beside_the_log_and_no_server_is_pinged_for_nothing(
    milvus: MilvusServer, tmp_path: Path
) -> None:
    # A plain server that is asked for TLS: gRPC itself would tell of it on stderr.
    code = f"""
from hoidap.errors import IndexUnreachableError
from hoidap.index.milvus.connection import _CHANNEL, Connection
from hoidap.settings import Settings
try:
    Connection(Settings(index="https://127.0.0.1:{milvus.port}", index_timeout=2)).names("")
except IndexUnreachableError as error:
    print(error)
assert _CHANNEL["grpc.keepalive_time_ms"] >= 300_000
assert not _CHANNEL["grpc.keepalive_permit_without_calls"]
"""
    environment = {name: value for name, value in os.environ.items() if name != "GRPC_VERBOSITY"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "không kết nối được; hãy kiểm tra máy chủ" in done.stdout
    assert done.stderr == ""


# --- settings ---


def test_without_pymilvus_it_is_told_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("connection", "index", "store"):
        monkeypatch.delitem(sys.modules, f"hoidap.index.milvus.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    wrong = settings.model_copy(update={"index": "http://127.0.0.1:1"})
    with pytest.raises(SettingsError, match=r"pip install 'hoidap\[milvus\]'"):
        store_of(wrong, None)


@pytest.mark.parametrize(
    "index",
    [
        "milvus",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:19530/hoidap",
        "http://root:mat-khau@127.0.0.1:19530",
        "./milvus.db",
    ],
)
def test_addresses_that_cannot_be(index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOIDAP_INDEX", index)
    with pytest.raises(SettingsError, match="HOIDAP_INDEX=") as error:
        Settings.read()
    assert "mat-khau" not in str(error.value)


def test_an_address_may_end_in_a_slash() -> None:
    assert Settings(index="https://milvus.example:443/").index == "https://milvus.example:443"
