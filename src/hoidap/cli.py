"""The command line: parse, call the core, print. Results on stdout, all else on stderr.

What only some commands need is imported by them: a question from the shell is answered in less time
than everything takes to load.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from hoidap import display
from hoidap.answering import DEFAULT_TOP_K, Answerer, check_question
from hoidap.catalog import Catalog
from hoidap.encoder import Encoder, load_encoder
from hoidap.errors import HoidapError, IndexDamagedError, IndexMissingError, QuestionError
from hoidap.retrieval import System
from hoidap.settings import Settings
from hoidap.vietnamese.dates import Precision, find_dates

app = typer.Typer(
    name="hoidap",
    help="Hỏi đáp trên báo cáo của huyện: trích nguyên văn, kèm nguồn."
    " Answers from a district's reports, quoted with their source.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_FAILURE = 1
_WRONG_USAGE = 2
# Seconds that a question waits for another process that is building the index it needs.
_PATIENCE = 600.0
# Seconds that a reload waits for another one before it says that there is one.
_RELOAD_PATIENCE = 10.0

Json = Annotated[bool, typer.Option("--json", help="In JSON, mỗi kết quả một dòng. Print JSON.")]


def _out() -> Console:
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def _styled() -> bool:
    console = _out()
    return console.is_terminal and not console.no_color


def _tell(message: str) -> None:
    """A line for whoever runs the command, apart from the results."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(message)


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _wrong_usage(message: str) -> NoReturn:
    _tell(f"hoidap: {message}")
    raise typer.Exit(_WRONG_USAGE)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; nothing is drawn where stderr is no terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("còn"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    mentions = find_dates(text)
    period = mentions[0].period if len(mentions) == 1 else None
    if period is None or period.precision is not Precision.DAY or period.start != period.end:
        _wrong_usage(f"không hiểu ngày {text!r}; hãy viết 2021-03-26 hoặc 26/3/2021")
    return period.start


def _open(settings: Settings, encoder: Encoder) -> Answerer:
    """The answerer; the first use builds the index, a damaged one is built again."""
    try:
        return Answerer(settings, encoder)
    except IndexMissingError:
        from hoidap.reload import reload

        with _progress("Lập chỉ mục") as progress:
            result = reload(settings, encoder, wait_s=_PATIENCE, progress=progress)
        for failure in result.failed:
            _tell(f"Không đọc được {failure.file}: {failure.reason}")
    except IndexDamagedError as error:
        from hoidap.reload import rebuild

        _tell(f"{error}; đang lập lại chỉ mục từ danh mục")
        with _progress("Lập lại chỉ mục") as progress:
            rebuild(settings, encoder, wait_s=_PATIENCE, progress=progress)
    return Answerer(settings, encoder)


@app.command("reload")
def reload_command(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Chỉ xem sẽ đổi gì. Change nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Nạp lại thư mục báo cáo. Bring the index to what the reports folder holds."""
    from hoidap.reload import reload

    settings = Settings.read()
    encoder = load_encoder(settings)
    with _progress("Lập chỉ mục") as progress:
        result = reload(
            settings, encoder, dry_run=dry_run, wait_s=_RELOAD_PATIENCE, progress=progress
        )
    if as_json:
        _print_json(display.reloaded_json(result))
    else:
        _out().print(display.reloaded_text(result, dry_run=dry_run))


@app.command("rollback")
def rollback_command(
    to: Annotated[
        int | None, typer.Option("--to", min=1, help="Thế hệ cần quay về. The generation.")
    ] = None,
) -> None:
    """Quay về báo cáo của thế hệ trước. Go back to the reports of a former generation."""
    from hoidap.reload import rollback

    settings = Settings.read()
    encoder = load_encoder(settings)
    with _progress("Lập chỉ mục") as progress:
        number = rollback(settings, encoder, to, wait_s=_RELOAD_PATIENCE, progress=progress)
    _out().print(f"Đã quay về; nay là thế hệ {number}")


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
        _wrong_usage(f"khoảng ngày ngược: từ {first} đến {last}")
    from_stdin = question == "-"
    if not from_stdin:
        try:
            check_question(question)
        except QuestionError as error:
            _wrong_usage(str(error))
    settings = Settings.read()
    answerer = _open(settings, load_encoder(settings))
    failed = False
    for line in _stdin_lines() if from_stdin else [question]:
        try:
            answer = answerer.answer(line, top_k=top_k, since=first, until=last)
        except QuestionError as error:
            _tell(f"hoidap: {error}")
            failed = True
            continue
        if as_json:
            _print_json(display.answer_json(answer))
        else:
            _out().print(display.answer_text(answer, styled=_styled()))
    if failed:
        raise typer.Exit(_FAILURE)


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
    answerer = _open(settings, load_encoder(settings))
    console = _out()
    while True:
        try:
            line = console.input("[bold]Hỏi: [/bold]").strip()
        except (EOFError, KeyboardInterrupt):
            line = ""
        if not line:
            return
        try:
            console.print(display.answer_text(answerer.answer(line), styled=_styled()))
        except QuestionError as error:
            _tell(f"hoidap: {error}")


@app.command()
def report(
    report_id: Annotated[str, typer.Argument(metavar="ID", help="Mã báo cáo. The report's id.")],
    text_only: Annotated[
        bool, typer.Option("--text", help="Chỉ in nội dung. The stored text and nothing else.")
    ] = False,
) -> None:
    """In một báo cáo như đã lưu. Print a report as it is stored."""
    settings = Settings.read()
    found = Catalog(settings.catalog_path).report(report_id)
    if text_only:
        sys.stdout.buffer.write(found.text.encode())
        sys.stdout.buffer.flush()
    else:
        _out().print(display.report_text(found))


@app.command()
def status(as_json: Json = False) -> None:
    """Chỉ mục đang dùng. What is indexed, and with what."""
    settings = Settings.read()
    encoder = load_encoder(settings)
    result = display.status_json(settings, Catalog(settings.catalog_path).generation(), encoder)
    if as_json:
        _print_json(result)
    else:
        _out().print(display.status_text(result))


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
        _wrong_usage(f"--system {system!r}: chỉ có lexical, dense, hybrid, all")
    systems = list(System) if system == "all" else [System(system)]
    settings = Settings.read()
    encoder = load_encoder(settings)
    if abstention:
        with _progress("Lập chỉ mục") as progress:
            told = evaluate_abstention(
                folder, encoder, setting=settings.confidence, progress=progress
            )
        if as_json:
            _print_json(display.abstention_json(told))
        else:
            _out().print(display.abstention_text(told, folder.name))
        return
    with _progress("Lập chỉ mục") as progress:
        result = evaluate(folder, encoder, systems, progress=progress)
    if as_json:
        _print_json(display.evaluation_json(result))
    else:
        _out().print(display.evaluation_text(result, folder.name))


def _run() -> int:
    """Run the command; its exit code. The one place where errors become a line."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else _FAILURE
    except HoidapError as error:
        _tell(f"hoidap: {error}")
        return _FAILURE
    except BrokenPipeError:
        return _FAILURE  # whoever read the results has seen enough
    return 0


def main() -> NoReturn:
    """The console script."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        # A terminal in a legacy locale must not turn an answer into a traceback.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    code = _run()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    # Everything is written; taking the vocabulary apart would take another tenth of a second.
    os._exit(code)
