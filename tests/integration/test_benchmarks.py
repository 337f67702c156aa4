"""The benchmarks' own code, on the shipped questions and made-up text, without txtai."""

from __future__ import annotations

import json
import lzma
from dataclasses import replace
from pathlib import Path

import pytest

from hoidap.answering import Answerer
from hoidap.encoder import Encoder, load_encoder
from hoidap.evaluation import evaluate, read_questions
from hoidap.reload import reload
from hoidap.retrieval import System
from hoidap.settings import Settings
from hoidap.vietnamese.text import fold, has_diacritics
from tests.benchmarks import quality, reloads, scale, web_load
from tests.benchmarks.chart import draw_bars, draw_lines
from tests.benchmarks.misspelling import Spelling, written
from tests.benchmarks.paragraphs import make_questions, read_paragraphs, write_bulk, write_folder
from tests.conftest import DATA


def test_the_quality_page_states_what_evaluation_measures(encoder: Encoder) -> None:
    measured = quality.measure(DATA / "beir", encoder, with_peers=False)
    scores = evaluate(DATA / "beir", encoder, list(System)).systems
    ndcg = {system: f"{100 * scores[system].ndcg:.1f}" for system in System}
    assert ndcg[System.HYBRID] == "100.0"
    lines = quality.page([measured], "Measured here.").splitlines()
    assert (
        "| set | questions | documents | hoidap lexical | hoidap dense | hoidap hybrid |" in lines
    )
    row = next(line for line in lines if line.startswith("| beir | 18 | 7 |"))
    cells = [cell.strip(" *") for cell in row.strip("|").split("|")]
    assert cells[3:] == [ndcg[system] for system in (System.LEXICAL, System.DENSE, System.HYBRID)]
    assert "**100.0**" in row
    head = lines.index("| set | hoidap hybrid, no diacritics | hoidap hybrid, tone marks missing |")
    lost = [float(cell) for cell in lines[head + 2].strip("|").split("|")[1:]]
    assert all(0 <= points <= 3 for points in lost)


def test_questions_lose_their_marks_and_nothing_else() -> None:
    given = [question.text for question in read_questions(DATA / "beir")]
    assert written(given, Spelling.GIVEN) == given
    bare = written(given, Spelling.BARE)
    assert not any(map(has_diacritics, bare))
    toneless = written(given, Spelling.TONES)
    assert toneless == written(given, Spelling.TONES)
    assert [fold(question) for question in toneless] == bare
    eight = "Huyện đạt được những chỉ tiêu nào năm"
    (once,) = written([eight], Spelling.TONES)
    changed = [
        (old, new) for old, new in zip(eight.split(), once.split(), strict=True) if old != new
    ]
    assert len(changed) == 1
    ((old, new),) = changed
    assert (old, new) in {
        ("Huyện", "Huyên"),
        ("đạt", "đat"),
        ("được", "đươc"),
        ("những", "nhưng"),
        ("chỉ", "chi"),
        ("nào", "nao"),
    }


def test_the_same_paragraphs_and_questions_come_each_time() -> None:
    paragraphs = read_paragraphs(None, 30)
    assert paragraphs == read_paragraphs(None, 30)
    assert len({paragraph.id for paragraph in paragraphs}) == 30
    assert all(3 <= paragraph.text.count(".") <= 6 for paragraph in paragraphs)
    questions = make_questions(paragraphs, 10)
    assert questions == make_questions(paragraphs, 10)
    assert all(question.endswith("?") for question in questions[::2])
    assert set(questions[1::2]) <= {paragraph.title for paragraph in paragraphs}


def test_news_is_read_as_people_write_it(tmp_path: Path) -> None:
    sentence = "Công_an TP. Hưng_Yên ( tỉnh Hưng_Yên ) cho biết , vụ án đang hoàn_thiện ."
    path = tmp_path / "news.jsonl.xz"
    with lzma.open(path, "wt", encoding="utf-8") as file:
        json.dump({"t": "Khởi_tố kẻ_trộm", "b": [sentence] * 6}, file, ensure_ascii=False)
    (first, *_) = read_paragraphs(path, 100)
    assert first.title == "Khởi tố kẻ trộm"
    plain = "Công an TP. Hưng Yên (tỉnh Hưng Yên) cho biết, vụ án đang hoàn thiện."
    assert first.text.startswith(f"{plain} {plain} {plain}")


def test_an_index_is_built_once_asked_and_changed(tmp_path: Path) -> None:
    source = scale.Source(None, 20)
    built = scale.build_own(tmp_path, source)
    assert scale.build_own(tmp_path, source) == built
    assert scale.build_own(tmp_path, scale.Source(None, 21)).paragraphs == 21
    assert built.mib > 0
    assert 0 < built.from_memory_s < built.seconds
    asked = scale.ask_own(tmp_path, make_questions(read_paragraphs(None, 21), 40))
    assert 0 < asked.p50 <= asked.p95 <= asked.p99
    assert asked.resident_mib > 50
    assert 0 < asked.open_s < asked.cold_s
    live = scale.change_own(tmp_path)
    assert live > 0
    one = scale.Measured(built, asked, live)
    twice = replace(one, built=replace(built, seconds=2 * built.seconds))
    results = {20: {scale.System.OWN: one}, 40: {scale.System.OWN: twice}}
    text = scale.page(results, "made-up text", 20, "Measured here.")
    times = f"{built.seconds:.3g} | {built.from_memory_s:.3g}"
    assert f"| 20 | hoidap | {times} | {asked.p50:.1f} | {asked.p95:.1f} |" in text
    assert "| 20 to 40 | hoidap | 1.00 | 0.00 |" in text


def test_the_chart_is_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="part of the set-up of benchmarks")
    path = tmp_path / "chart.png"
    draw_bars(path, groups=["a", "b"], series={"one": [1.0, 2.0], "two": [3.0, 4.0]}, label="%")
    assert path.read_bytes().startswith(b"\x89PNG")
    draw_lines(path, at=[10, 100], panels={"s": {"one": [1, 2], "two": [3, 4]}}, label="size")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_reloads_page_states_what_was_measured(tmp_path: Path) -> None:
    paragraphs = read_paragraphs(None, 60)
    write_bulk(tmp_path / "bulk" / "reports", paragraphs)
    write_folder(tmp_path / "folder" / "reports", paragraphs)
    built = reloads.build(tmp_path / "bulk")
    assert built.seconds > 0
    assert built.peak_mib > 10
    settings = Settings(
        corpus=tmp_path / "folder" / "reports", data=tmp_path / "folder" / "data", confidence=0.0
    )
    reload(settings, load_encoder(settings))
    answerer = Answerer(settings, load_encoder(settings))
    assert reloads._change(settings, answerer, 2) > 0
    before = [("a", 2.0), ("b", 12.0)]
    waits = reloads._waits([("a", 1.0)] * 98 + [("a", 2.0), ("b", 30.0)], before)
    assert (waits.p50, waits.slowest, waits.longer, waits.count) == (1.0, 30.0, 18.0, 100)
    text = reloads.page(60, built, [0.5, 0.7, 1.5], {"a reload": waits}, "Measured here.")
    assert "**0.7 s** (median of 3; the slowest 1.5 s)" in text
    assert "| a reload | 1.0 | 2.3 | 30 | 18 | 100 |" in text


def test_users_of_the_page_are_all_answered(tmp_path: Path) -> None:
    paragraphs = read_paragraphs(None, 60)
    write_folder(tmp_path / "reports", paragraphs)
    settings = Settings(corpus=tmp_path / "reports", data=tmp_path / "data")
    reload(settings, load_encoder(settings))
    server = web_load.Server(tmp_path, 1)
    try:
        load = web_load.ask(server.port, make_questions(paragraphs, 50), 40, 4, 1)
    finally:
        server.end()
    assert load.answers > 5
    assert load.errors == 0
    assert 0 < load.p50 <= load.p95 <= load.p99 <= load.slowest
    text = web_load.page(60, 1, {"some": load}, "Measured here.")
    assert f"| some | {load.rate:.0f} | {load.p50:.0f} |" in text
    assert len(set(web_load.common(list("abc"), 1000))) == 3
