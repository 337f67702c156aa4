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
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

from hoidap import display
from hoidap.answering import DEFAULT_TOP_K, Answerer, check_question
from hoidap.catalog import Catalog
from hoidap.encoder import Encoder, load_encoder
from hoidap.errors import (
    GoldenError,
    HoidapError,
    IndexDamagedError,
    IndexMissingError,
    QuestionError,
)
from hoidap.retrieval import System
from hoidap.settings import Settings
from hoidap.vietnamese.dates import Precision, find_dates

if TYPE_CHECKING:  # loaded by the commands that show it
    from hoidap.plan import Reloaded

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


def _tell_error(error: HoidapError) -> None:
    """An error's line; before it one for each golden question that failed."""
    for reason in error.reasons if isinstance(error, GoldenError) else ():
        _tell(f"Câu hỏi kiểm tra không đạt: {reason}")
    _tell(f"hoidap: {error}")


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


@contextmanager
def _audited(settings: Settings, action: str) -> Iterator[list[str]]:
    """Write into the journal that the user of this shell did ``action``, and how it ended.

    What was done goes into the list that is yielded. A journal that cannot be written stops
    nothing.
    """
    from hoidap.errors import JournalError
    from hoidap.reload import By

    done: list[str] = []
    try:
        yield done
    except HoidapError as error:
        with suppress(JournalError):  # one line on stderr, and the error is the one
            _note(settings, By.shell().actor, action, f"không xong: {error}")
        raise
    try:
        _note(settings, By.shell().actor, action, "; ".join(done))
    except JournalError as error:
        _tell(f"hoidap: {error}")


def _note(settings: Settings, actor: str, action: str, detail: str) -> None:
    from hoidap.journal import Journal

    journal = Journal(settings.journal_path, keep_days=settings.journal_days)
    try:
        journal.note(actor, action, detail)
    finally:
        journal.close()


def _open(settings: Settings, encoder: Encoder) -> Answerer:
    """The answerer; the first use builds the index, a damaged one is built again."""
    try:
        return Answerer(settings, encoder)
    except IndexMissingError:
        from hoidap.reload import By, reload

        # Whatever golden questions say: there is nothing else to answer from.
        with _audited(settings, "nạp lần đầu") as done, _progress("Lập chỉ mục") as progress:
            result = reload(
                settings,
                encoder,
                force=True,
                by=By.shell(),
                wait_s=_PATIENCE,
                progress=progress,
            )
            done.append(f"thế hệ {result.generation}")
        for failure in result.failed:
            _tell(f"Không đọc được {failure.file}: {failure.reason}")
        for reason in result.golden:
            _tell(f"Câu hỏi kiểm tra không đạt: {reason}")
    except IndexDamagedError as error:
        from hoidap.catalog import Cause
        from hoidap.reload import By, rebuild

        _tell(f"{error}; đang lập lại chỉ mục từ danh mục")
        by = By.shell(Cause.REBUILD)
        with _audited(settings, "lập lại chỉ mục") as done:
            with _progress("Lập lại chỉ mục") as progress:
                number = rebuild(settings, encoder, by=by, wait_s=_PATIENCE, progress=progress)
            done.append(f"thế hệ {number}")
    return Answerer(settings, encoder)


def _counted(result: Reloaded) -> str:
    """A reload in a line of the journal."""
    forced = f", bỏ qua {len(result.golden)} câu hỏi kiểm tra" if result.golden else ""
    return (
        f"thế hệ {result.generation}: {len(result.added)} thêm, {len(result.changed)} thay đổi,"
        f" {len(result.removed)} gỡ bỏ, {len(result.failed)} lỗi{forced}"
    )


def _print_reloaded(result: Reloaded, *, as_json: bool, dry_run: bool = False) -> None:
    if as_json:
        _print_json(display.reloaded_json(result))
    else:
        _out().print(display.reloaded_text(result, dry_run=dry_run))


Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Đổi dù câu hỏi kiểm tra (golden.toml) không đạt. Swap though golden questions fail.",
    ),
]


@app.command("reload")
def reload_command(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Chỉ xem sẽ đổi gì. Change nothing.")
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Nạp lại thư mục báo cáo. Bring the index to what the reports folder holds."""
    from hoidap.reload import By, reload

    settings = Settings.read()
    encoder = load_encoder(settings)
    if dry_run:
        result = reload(settings, encoder, dry_run=True)
    else:
        with _audited(settings, "nạp lại") as done, _progress("Lập chỉ mục") as progress:
            result = reload(
                settings,
                encoder,
                force=force,
                by=By.shell(),
                wait_s=_RELOAD_PATIENCE,
                progress=progress,
            )
            done.append(_counted(result))
    _print_reloaded(result, as_json=as_json, dry_run=dry_run)


@app.command("add")
def add_command(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="FILE|FOLDER|URL...", help="Tệp, thư mục hoặc địa chỉ web."),
    ],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Thay tệp cùng tên. Replace a file of the same name."),
    ] = False,
    allow_private: Annotated[
        bool,
        typer.Option(
            "--allow-private", help="Cho phép địa chỉ trong mạng nội bộ. Allow private addresses."
        ),
    ] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Chép vào thư mục báo cáo rồi nạp. Copy into the reports folder, and reload."""
    from hoidap.catalog import Cause
    from hoidap.intake import add
    from hoidap.reload import By

    settings = Settings.read()
    encoder = load_encoder(settings)
    with _audited(settings, f"thêm {', '.join(sources)}") as done:
        with _progress("Lập chỉ mục") as progress:
            added = add(
                settings,
                encoder,
                sources,
                overwrite=replace,
                allow_private=allow_private,
                force=force,
                by=By.shell(Cause.ADD),
                wait_s=_RELOAD_PATIENCE,
                progress=progress,
            )
        done.append(_counted(added.reloaded))
    _print_reloaded(added.reloaded, as_json=as_json)
    if added.refused:
        raise typer.Exit(_FAILURE)


@app.command("remove")
def remove_command(
    report_id: Annotated[str, typer.Argument(metavar="ID", help="Mã báo cáo. The report's id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại. Do not ask.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Gỡ một báo cáo, chuyển tệp ra khỏi thư mục. Take a report and its file out."""
    from hoidap.catalog import Cause
    from hoidap.reload import By, remove

    settings = Settings.read()
    found = Catalog(settings.catalog_path).report(report_id)
    if not yes:
        if not sys.stdin.isatty():
            _wrong_usage("gỡ báo cáo cần xác nhận; hãy thêm --yes")
        _tell(f"{found.title} (tệp {found.file}, sẽ chuyển tới {settings.removed_path})")
        if not typer.confirm("Gỡ báo cáo này?", err=True):
            raise typer.Exit(_FAILURE)
    encoder = load_encoder(settings)
    with _audited(settings, f"gỡ {report_id}") as done, _progress("Lập chỉ mục") as progress:
        result = remove(
            settings,
            encoder,
            report_id,
            force=force,
            by=By.shell(Cause.REMOVE),
            wait_s=_RELOAD_PATIENCE,
            progress=progress,
        )
        done.append(_counted(result))
    _print_reloaded(result, as_json=as_json)


@app.command()
def watch(as_json: Json = False) -> None:
    """Nạp lại mỗi khi thư mục báo cáo thay đổi. Reload whenever the reports folder changes."""
    from hoidap.corpus_folder import snapshot
    from hoidap.reload import By, reload
    from hoidap.watch import changes

    settings = Settings.read()
    encoder = load_encoder(settings)
    before = -1
    with suppress(KeyboardInterrupt):
        for _ in changes(lambda: snapshot(settings.reports_path, settings.golden_path)):
            try:
                with _audited(settings, "nạp lại (watch)") as done:
                    result = reload(settings, encoder, by=By.shell(), wait_s=_PATIENCE)
                    done.append(_counted(result))
            except HoidapError as error:
                _tell_error(error)
                continue
            if result.generation != before or result.failed:
                _print_reloaded(result, as_json=as_json)
                sys.stdout.flush()
            before = result.generation


@app.command()
def history(as_json: Json = False) -> None:
    """Các thế hệ còn giữ, mới nhất trước. The generations kept, newest first."""
    settings = Settings.read()
    for step in Catalog(settings.catalog_path).history():
        if as_json:
            _print_json(display.step_json(step))
        else:
            _out().print(display.step_text(step))


@app.command("rollback")
def rollback_command(
    to: Annotated[
        int | None, typer.Option("--to", min=1, help="Thế hệ cần quay về. The generation.")
    ] = None,
) -> None:
    """Quay về báo cáo của thế hệ trước. Go back to the reports of a former generation."""
    from hoidap.catalog import Cause
    from hoidap.reload import By, rollback

    settings = Settings.read()
    encoder = load_encoder(settings)
    with _audited(settings, "quay về") as done, _progress("Lập chỉ mục") as progress:
        by = By.shell(Cause.ROLLBACK)
        number = rollback(settings, encoder, to, by=by, wait_s=_RELOAD_PATIENCE, progress=progress)
        done.append(f"{'thế hệ trước' if to is None else to}, nay là thế hệ {number}")
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
    generation: Annotated[
        int | None,
        typer.Option("--generation", min=1, help="Như ở thế hệ này. As a generation had it."),
    ] = None,
) -> None:
    """In một báo cáo như đã lưu. Print a report as it is stored."""
    settings = Settings.read()
    found = Catalog(settings.catalog_path).report(report_id, generation)
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
        _tell_error(error)
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
