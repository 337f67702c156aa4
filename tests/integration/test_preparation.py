"""Passages made ready for an index, by one process or by several."""

from __future__ import annotations

import errno
import subprocess
from contextlib import closing
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from hoidap import preparation
from hoidap.documents import Citation, Passage
from hoidap.encoder import load_encoder
from hoidap.errors import HoidapError
from hoidap.index.base import HEADING
from hoidap.index.prepared import Prepared
from hoidap.preparation import STEP, Preparation, embedded
from hoidap.settings import Settings
from hoidap.token_table import load_token_table
from hoidap.vietnamese.abbreviations import Abbreviations

PASSAGES = [
    Passage(
        id=number,
        report=Citation(f"r{number // 9}", f"Báo cáo {number // 9}", date(2021, 3, 26), None, "a"),
        text=f"UBND huyện họp ngày {number % 28 + 1}/3/2021.\n\nĐoạn {number}: thu hoạch lúa.",
        start=0,
        end=60,
        page=None,
        headings=("I. TÌNH HÌNH",) if number % 4 else (),
    )
    for number in range(1, 3 * STEP + 40)
]


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Those that are started, two at most, however few passages there are."""
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def remembered(
        command: list[str], *, pass_fds: list[int], env: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        started.append(start(command, pass_fds=pass_fds, env=env))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remembered)
    monkeypatch.setattr(preparation, "_MANY", 10)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return started


def ended(processes: list[subprocess.Popen[bytes]]) -> bool:
    return len(processes) == 2 and all(one.returncode is not None for one in processes)


def preparation_of(settings: Settings) -> Preparation:
    abbreviations = Abbreviations.load()
    return Preparation(settings, load_encoder(settings), load_token_table(settings), abbreviations)


def made(settings: Settings) -> list[Prepared]:
    return list(preparation_of(settings).prepared(iter(PASSAGES), len(PASSAGES)))


def test_several_processes_make_what_one_makes_in_the_same_order(
    settings: Settings, request: pytest.FixtureRequest
) -> None:
    alone = made(settings)
    assert [len(batch.ids) for batch in alone] == [STEP] * 3 + [39]
    processes = request.getfixturevalue("processes")
    shared = made(settings)
    assert ended(processes)
    for one, other in zip(alone, shared, strict=True):
        for field in fields(Prepared):
            np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_a_process_that_ends_early_is_told_and_none_is_left(
    settings: Settings, processes: list[subprocess.Popen[bytes]]
) -> None:
    # Many more than the processes are ever ahead.
    passages = PASSAGES * 5
    batches = preparation_of(settings).prepared(iter(passages), len(passages))
    next(batches)
    for process in processes:
        process.kill()
    with pytest.raises(HoidapError, match="dừng giữa chừng; hãy thử lại"):
        list(batches)
    assert ended(processes)


def test_processes_end_with_whoever_wants_no_more(
    settings: Settings, processes: list[subprocess.Popen[bytes]]
) -> None:
    batches = preparation_of(settings).prepared(iter(PASSAGES), len(PASSAGES))
    next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert ended(processes)


def test_processes_that_were_started_ahead_are_those_that_work(
    settings: Settings, processes: list[subprocess.Popen[bytes]]
) -> None:
    with closing(preparation_of(settings)) as ahead:
        ahead.expect(9)
        assert not processes
        ahead.expect(10)
        ahead.expect(11)
        assert len(processes) == 2
        assert list(ahead.prepared(iter(PASSAGES), len(PASSAGES)))
    assert ended(processes)


def test_processes_end_where_nothing_is_made_ready(
    settings: Settings, processes: list[subprocess.Popen[bytes]]
) -> None:
    with closing(preparation_of(settings)) as ahead:
        ahead.expect(len(PASSAGES))
    assert ended(processes)


def test_it_is_told_where_no_process_can_be_started(
    settings: Settings, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = subprocess.Popen

    def full(
        command: list[str], *, pass_fds: list[int], env: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        if processes:
            raise OSError(errno.EAGAIN, "too many")
        return start(command, pass_fds=pass_fds, env=env)

    monkeypatch.setattr(subprocess, "Popen", full)
    with (
        pytest.raises(HoidapError, match="không khởi động được tiến trình lập chỉ mục: too many"),
        closing(preparation_of(settings)) as ahead,
    ):
        ahead.expect(len(PASSAGES))
    assert [one.returncode is not None for one in processes] == [True]


def test_a_passage_has_the_tokens_of_its_headings_and_of_its_paragraphs_where_they_stand(
    settings: Settings,
) -> None:
    table = load_token_table(settings)
    (batch,) = preparation_of(settings).prepared(iter(PASSAGES[:7]), 7)
    ends = np.cumsum(batch.token_counts).tolist()
    for passage, start, end in zip(PASSAGES, [0, *ends], ends, strict=False):
        heading = "\n".join((passage.report.title, *passage.headings))
        above, text = table.tokens([heading, passage.text])
        np.testing.assert_array_equal(
            batch.token_rows[start:end], np.concatenate([above.rows, text.rows])
        )
        expected = np.concatenate([np.full(len(above.rows), HEADING), text.starts])
        np.testing.assert_array_equal(batch.token_starts[start:end], expected)


def test_a_paragraph_has_the_vector_of_itself_under_its_headings(settings: Settings) -> None:
    (batch,) = preparation_of(settings).prepared(iter(PASSAGES[:7]), 7)
    assert batch.pieces.tolist() == [2] * 7
    texts = [one for passage in PASSAGES[:7] for one in embedded(passage)]
    assert texts[:2] == [
        "Báo cáo 0\nI. TÌNH HÌNH\nUBND huyện họp ngày 2/3/2021.",
        "Báo cáo 0\nI. TÌNH HÌNH\nĐoạn 1: thu hoạch lúa.",
    ]
    vectors = load_encoder(settings).encode_passages(texts)
    np.testing.assert_allclose(batch.vectors, vectors, atol=1e-6)


def test_no_word_goes_on_from_a_heading_into_the_text(settings: Settings) -> None:
    table = load_token_table(settings)
    # One word of the vocabulary where they stand side by side.
    whole, above, below = (one.rows for one in table.tokens(["nhân dân", "nhân", "dân"]))
    assert len(whole) == 1
    passage = replace(PASSAGES[0], text="dân", headings=("nhân",), end=3)
    (batch,) = preparation_of(settings).prepared(iter([passage]), 1)
    assert whole[0] not in batch.token_rows
    np.testing.assert_array_equal(batch.token_rows[-2:], np.concatenate([above, below]))
