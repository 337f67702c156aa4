"""Commands that ask: one question, one after another, and the judged ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from hoidap import display
from hoidap.answering import DEFAULT_TOP_K, check_question
from hoidap.cli.shell import (
    FAILURE,
    Json,
    app,
    open_answerer,
    out,
    print_json,
    progress_bar,
    styled,
    tell,
    wrong_usage,
)
from hoidap.encoder import load_encoder
from hoidap.errors import QuestionError
from hoidap.retrieval import System
from hoidap.settings import Settings
from hoidap.vietnamese.dates import Precision, find_dates


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    mentions = find_dates(text)
    period = mentions[0].period if len(mentions) == 1 else None
    if period is None or period.precision is not Precision.DAY or period.start != period.end:
        wrong_usage(f"không hiểu ngày {text!r}; hãy viết 2021-03-26 hoặc 26/3/2021")
    return period.start


@app.command()
def ask(
    question: Annotated[
        str,
        typer.Argument(help="Câu hỏi; '-' đọc mỗi dòng một câu. The question; '-' reads stdin."),
    ],
    as_json: Json = False,
    top_k: Annotated[
        int, typer.Option("--top-k", min=1, max=50, help="Số đoạn trích nhiều nhất. Most quotes.")
    ] = DEFAULT_TOP_K,
    since: Annotated[
        str | None, typer.Option("--from", help="Báo cáo từ ngày. Reports dated from.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="Báo cáo đến ngày. Reports dated to.")
    ] = None,
) -> None:
    """Hỏi và nhận đoạn trích nguyên văn. Ask, and get verbatim quotes."""
    first, last = _day(since), _day(until)
    if first is not None and last is not None and first > last:
        wrong_usage(f"khoảng ngày ngược: từ {first} đến {last}")
    from_stdin = question == "-"
    if not from_stdin:
        try:
            check_question(question)
        except QuestionError as error:
            wrong_usage(str(error))
    settings = Settings.read()
    answerer = open_answerer(settings, load_encoder(settings))
    failed = False
    for line in _stdin_lines() if from_stdin else [question]:
        try:
            answer = answerer.answer(line, top_k=top_k, since=first, until=last)
        except QuestionError as error:
            tell(f"hoidap: {error}")
            failed = True
            continue
        if as_json:
            print_json(display.answer_json(answer))
        else:
            out().print(display.answer_text(answer, styled=styled()))
    if failed:
        raise typer.Exit(FAILURE)


def _stdin_lines() -> Iterator[str]:
    """The questions on stdin; empty lines ask nothing."""
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", "replace").strip("\ufeff \t\r\n")
        if line:
            yield line


@app.command()
def chat() -> None:
    """Hỏi liên tiếp; dòng trống hoặc Ctrl-D để thôi. Ask one question after another."""
    settings = Settings.read()
    answerer = open_answerer(settings, load_encoder(settings))
    console = out()
    while True:
        try:
            line = console.input("[bold]Hỏi: [/bold]").strip()
        except (EOFError, KeyboardInterrupt):
            line = ""
        if not line:
            return
        try:
            console.print(display.answer_text(answerer.answer(line), styled=styled()))
        except QuestionError as error:
            tell(f"hoidap: {error}")


@app.command("eval")
def evaluate_command(
    folder: Annotated[Path, typer.Argument(help="Thư mục BEIR. A folder in BEIR layout.")],
    as_json: Json = False,
    system: Annotated[str, typer.Option("--system", help="lexical | dense | hybrid | all")] = "all",
    abstention: Annotated[
        bool,
        typer.Option(
            "--abstention",
            help="Đo việc không trả lời khi báo cáo không có. Measure when nothing is answered.",
        ),
    ] = False,
) -> None:
    """Đo chất lượng trên bộ câu hỏi đã đánh giá. Measure quality on judged questions."""
    from hoidap.evaluation import evaluate, evaluate_abstention

    if system != "all" and system not in set(System):
        wrong_usage(f"--system {system!r}: chỉ có lexical, dense, hybrid, all")
    systems = list(System) if system == "all" else [System(system)]
    settings = Settings.read()
    encoder = load_encoder(settings)
    if abstention:
        with progress_bar("Lập chỉ mục") as progress:
            told = evaluate_abstention(
                folder, encoder, setting=settings.confidence, progress=progress
            )
        if as_json:
            print_json(display.abstention_json(told))
        else:
            out().print(display.abstention_text(told, folder.name))
        return
    with progress_bar("Lập chỉ mục") as progress:
        result = evaluate(folder, encoder, systems, progress=progress)
    if as_json:
        print_json(display.evaluation_json(result))
    else:
        out().print(display.evaluation_text(result, folder.name))
