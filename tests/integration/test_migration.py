"""The index moved to a Milvus server and back."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.cli.shell import open_answerer
from hoidap.encoder import Encoder
from hoidap.errors import (
    BusyError,
    IndexElsewhereError,
    IndexMissingError,
    IndexUnreachableError,
    SearchIndexError,
    SettingsError,
)
from hoidap.index.local import LocalIndex
from hoidap.index.milvus.store import MilvusStore
from hoidap.index.store import GenerationStore, open_store
from hoidap.migration import migrate
from hoidap.reload import reload, rollback, writer_lock
from hoidap.settings import LOCAL, Settings
from hoidap.token_table import load_token_table
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.terms import terms_fingerprint
from hoidap.web.app import create_app
from tests.fakes import HashEncoder
from tests.milvus import MilvusServer, free_port

Write = Callable[[str, str], Path]
QUESTIONS = ("Cầu Rạch Sậy dài bao nhiêu mét?", "thu hoạch lúa đông xuân", "Ai chủ trì hội nghị?")


@pytest.fixture
def served(district: Settings, milvus: MilvusServer) -> Iterator[Settings]:
    """The district's settings with the index on a server."""
    served = district.model_copy(update={"index": milvus.uri})
    yield served
    store_of(served, HashEncoder()).keep(())


def store_of(settings: Settings, encoder: Encoder) -> GenerationStore:
    fingerprint = terms_fingerprint(Abbreviations.load())
    return open_store(settings, encoder, load_token_table(settings), fingerprint)


def answers(settings: Settings, encoder: Encoder) -> list[tuple[int, list[str]]]:
    answerer = Answerer(settings, encoder)
    found = map(answerer.answer, QUESTIONS)
    return [(one.generation, [quote.text for quote in one.quotes]) for one in found]


def test_there_and_back(district: Settings, served: Settings, encoder: Encoder) -> None:
    reload(district, encoder)
    here = answers(district, encoder)
    # Nothing is read from the folder.
    shutil.move(district.reports_path, district.reports_path.with_name("elsewhere"))
    seen: list[tuple[int, int]] = []
    moved = migrate(district, served, encoder, progress=lambda *done: seen.append(done))
    assert (moved.source, moved.target, moved.generation) == (LOCAL, served.index, 1)
    assert seen[0] == (0, moved.passages)
    assert seen[-1] == (moved.passages, moved.passages)
    assert answers(served, encoder) == here
    # The former index stays until it is no longer wanted.
    assert answers(district, encoder) == here
    shutil.rmtree(district.generations_path)
    assert migrate(served, district, encoder).passages == moved.passages
    assert answers(district, encoder) == here


def test_reloads_go_on_where_the_index_is(
    served: Settings, district: Settings, encoder: Encoder
) -> None:
    reload(district, encoder)
    migrate(district, served, encoder)
    (district.reports_path / "new.txt").write_text("Xã Phú Lộc xây trường mầm non.", "utf-8")
    assert reload(served, encoder).added == ("new.txt",)
    assert Answerer(served, encoder).answer("trường mầm non Phú Lộc").generation == 2
    assert rollback(served, encoder, 1) == 3
    migrate(served, district, encoder)
    with closing(Catalog(district.catalog_path)) as catalog:
        assert [one.number for one in catalog.generations()] == [3, 2, 1]
    assert rollback(district, encoder, 2) == 4
    quoted = Answerer(district, encoder).answer("trường mầm non Phú Lộc").quotes
    assert quoted[0].citation.report_id == "new"


@pytest.mark.parametrize("again", ["from the local index", "by another name"])
def test_an_index_that_is_answered_from_is_moved_to_where_it_is(
    served: Settings, district: Settings, encoder: Encoder, again: str
) -> None:
    reload(district, encoder)
    here = answers(district, encoder)
    migrate(district, served, encoder)
    named = district.model_copy(update={"index": served.index.replace("127.0.0.1", "localhost")})
    reader, done = Answerer(served, encoder), threading.Event()

    def ask() -> list[tuple[int, list[str]]]:
        seen = []
        while not done.is_set():
            answer = reader.answer(QUESTIONS[0])
            seen.append((answer.generation, [quote.text for quote in answer.quotes]))
        return seen

    with futures.ThreadPoolExecutor(1) as threads:
        asking = threads.submit(ask)
        try:
            for _ in range(2):
                if again == "by another name":
                    migrate(served, named, encoder)
                else:
                    migrate(district, served, encoder)
        finally:
            done.set()
    seen = asking.result()
    assert seen == [here[0]] * len(seen)
    assert answers(served, encoder) == here
    store = store_of(served, encoder)
    assert isinstance(store, MilvusStore)
    assert len(store._connection.names(f"{store.alias()}_")) == 1


def test_who_goes_on_with_the_former_setting_is_told_what_to_do(
    served: Settings, district: Settings, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    for former, new in ((district, served), (served, district)):
        reload(former, encoder)
        page = TestClient(create_app(former))
        assert page.get("/readyz").status_code == 200
        migrate(former, new, encoder)
        (district.reports_path / "new.txt").write_text(f"Đang ở {new.index}.", "utf-8")
        number = reload(new, encoder).generation
        answer = page.get("/", params={"q": QUESTIONS[0]})
        assert answer.status_code == 503
        assert "Máy tìm kiếm hiện không liên lạc được" in answer.text
        assert "chạy lại với HOIDAP_INDEX của nơi đó" in caplog.text
        assert "incident" not in caplog.text
        # It is not built again where it was.
        with closing(Catalog(district.catalog_path)) as catalog:
            generation = catalog.generation()
            assert generation is not None
            assert generation.number == number
        caplog.clear()


def test_a_question_from_a_shell_takes_the_index_from_nobody(
    served: Settings, district: Settings, encoder: Encoder
) -> None:
    for right, wrong in ((served, district), (district, served)):
        number = reload(right, encoder).generation
        before = answers(right, encoder)
        with pytest.raises(IndexElsewhereError, match=r"không ở .*HOIDAP_INDEX của nơi đó"):
            open_answerer(wrong, encoder)
        # What that advises is not refused as if the index were here.
        with pytest.raises(SettingsError, match=f"^chỉ mục nằm ở .* là {wrong.index}; hãy đặt"):
            migrate(wrong, wrong, encoder)
        assert reload(right, encoder).generation == number
        assert answers(right, encoder) == before
        # Whoever says where it is to be from now on is not held up.
        (district.reports_path / "new.txt").write_text(f"Đang ở {wrong.index}.", "utf-8")
        assert reload(wrong, encoder).generation == number + 1
        (right.generations_path if right is district else right.milvus_path).rename(
            district.data / f"away-{number}"
        )


def test_an_index_that_is_lost_is_built_again_by_a_question(
    district: Settings, encoder: Encoder
) -> None:
    reload(district, encoder)
    before = answers(district, encoder)
    shutil.rmtree(district.generations_path)
    answer = open_answerer(district, encoder).answer(QUESTIONS[0])
    assert (answer.generation, answer.quotes[0].text) == (2, before[0][1][0])


def test_vectors_that_took_long_are_not_made_again(served: Settings, district: Settings) -> None:
    reload(district, HashEncoder())
    there, back = HashEncoder(), HashEncoder()
    migrate(district, served, there)
    shutil.rmtree(district.vectors_path, ignore_errors=True)
    migrate(served, district, back)
    assert (there.encoded, back.encoded) == (0, 0)
    anew = district.model_copy(update={"data": district.data.with_name("anew")})
    reload(anew, back)
    index, other = (store_of(one, back).open(1) for one in (district, anew))
    ids = index.ids.tolist()
    for own, expected in zip(index.vectors(ids), other.vectors(ids), strict=True):
        # The local index keeps them in two bytes a number.
        np.testing.assert_allclose(own, expected, atol=1e-3)


def test_a_lost_server_does_not_keep_the_index(
    district: Settings, encoder: Encoder, write: Write
) -> None:
    reload(district, encoder)
    here = answers(district, encoder)
    away = district.model_copy(update={"index": f"http://127.0.0.1:{free_port()}"})
    shutil.rmtree(district.generations_path)
    for one in (encoder, HashEncoder()):
        migrate(away, district, one)
    migrate(away, district, encoder)
    assert answers(district, encoder) == here


def test_what_cannot_be_moved(
    district: Settings, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = district.model_copy(update={"index": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(IndexMissingError, match="chưa có gì để chuyển"):
        migrate(away, district, encoder)
    reload(district, encoder)
    here = answers(district, encoder)
    with pytest.raises(SettingsError, match="chỉ mục đang ở local rồi"):
        migrate(district, district, encoder)
    with pytest.raises(IndexUnreachableError, match="không kết nối được"):
        migrate(district, away, encoder)
    with writer_lock(district, 0), pytest.raises(BusyError, match="tiến trình khác"):
        migrate(district, away, encoder)

    for number, reason in (28, "đĩa đã đầy, hãy dọn chỗ"), (30, "đĩa chỉ cho đọc"):

        def refused(*_: object, code: int = number, **__: object) -> None:
            raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patch:
            patch.setattr(LocalIndex, "build", refused)
            with pytest.raises(SearchIndexError, match=f"không ghi được chỉ mục vào .*: {reason};"):
                migrate(away, district, encoder)
    assert answers(district, encoder) == here
