"""What the commands share: the application, where they print, errors, progress, the journal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from hoidap.answering import Answerer
from hoidap.encoder import Encoder
from hoidap.errors import (
    GoldenError,
    HoidapError,
    IndexDamagedError,
    IndexElsewhereError,
    IndexMissingError,
)
from hoidap.settings import Settings
from hoidap.vietnamese.text import nfc

app = typer.Typer(
    name="hoidap",
    help="Hỏi đáp trên báo cáo của huyện: trích nguyên văn, kèm nguồn."
    " Answers from a district's reports, quoted with their source.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
FAILURE = 1
WRONG_USAGE = 2
# Seconds that a question waits for another process that is building the index it needs.
PATIENCE = 600.0
# Seconds that a reload waits for another one before it says that there is one.
RELOAD_PATIENCE = 10.0

# With and without tone marks.
_YES = frozenset({"c", "có", "co", "y", "yes"})

Json = Annotated[bool, typer.Option("--json", help="In JSON, mỗi kết quả một dòng. Print JSON.")]


def _tell_version(asked: bool) -> None:
    if asked:
        from hoidap.release import installed_version

        typer.echo(f"hoidap {installed_version()}")
        raise typer.Exit


@app.callback()
def _hoidap(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_tell_version,
            is_eager=True,
            help="In phiên bản. Print the version.",
        ),
    ] = False,
) -> None:
    pass


def out() -> Console:
    """Where results are printed, wrapped only for a terminal."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def styled() -> bool:
    """Whether results may be printed in bold and colour."""
    console = out()
    return console.is_terminal and not console.no_color


def tell(message: str) -> None:
    """A line for whoever runs the command, apart from the results."""
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(message)


def tell_error(error: HoidapError) -> None:
    """An error's line; before it one for each golden question that failed."""
    for reason in error.reasons if isinstance(error, GoldenError) else ():
        tell(f"Câu hỏi kiểm tra không đạt: {reason}")
    tell(f"hoidap: {error}")


def print_json(value: dict[str, Any]) -> None:
    """Print a result as one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def agreed(question: str) -> bool:
    """Whether whoever is asked at the terminal says yes, in Vietnamese or English."""
    try:
        answer = typer.prompt(f"{question} [c/K]", default="", show_default=False, err=True)
    except typer.Abort:  # the end of the input, or Ctrl-C
        tell("")
        return False
    return nfc(answer).strip().lower() in _YES


def wrong_usage(message: str) -> NoReturn:
    """End the command for how it was called, with a line on stderr."""
    tell(f"hoidap: {message}")
    raise typer.Exit(WRONG_USAGE)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
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


@contextmanager
def audited(settings: Settings, action: str) -> Iterator[list[str]]:
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
            note(settings, By.shell().actor, action, f"không xong: {error}")
        raise
    try:
        note(settings, By.shell().actor, action, "; ".join(done))
    except JournalError as error:
        tell(f"hoidap: {error}")


def note(settings: Settings, actor: str, action: str, detail: str) -> None:
    """Write into the journal that ``actor`` did something. Raises `JournalError`."""
    from hoidap.journal import Journal

    journal = Journal(settings.journal_path, keep_days=settings.journal_days)
    try:
        journal.note(actor, action, detail)
    finally:
        journal.close()


def open_answerer(settings: Settings, encoder: Encoder) -> Answerer:
    """The answerer; the first use builds the index, a damaged one is built again.

    Not one that lies elsewhere: who asks in a shell may have forgotten a setting, and bot and page
    would have to go without theirs. Raises `IndexElsewhereError`.
    """
    try:
        return Answerer(settings, encoder)
    except IndexMissingError:
        from hoidap.reload import By, reload

        # Whatever golden questions say: there is nothing else to answer from.
        with audited(settings, "nạp lần đầu") as done, progress_bar("Lập chỉ mục") as progress:
            result = reload(
                settings,
                encoder,
                force=True,
                by=By.shell(),
                wait_s=PATIENCE,
                progress=progress,
            )
            done.append(f"thế hệ {result.generation}")
        for failure in result.failed:
            tell(f"Không đọc được {failure.file}: {failure.reason}")
        for reason in result.golden:
            tell(f"Câu hỏi kiểm tra không đạt: {reason}")
    except IndexElsewhereError:
        raise
    except IndexDamagedError as error:
        from hoidap.catalog import Cause
        from hoidap.reload import By, rebuild

        tell(f"{error}; đang lập lại chỉ mục từ danh mục")
        by = By.shell(Cause.REBUILD)
        with audited(settings, "lập lại chỉ mục") as done:
            with progress_bar("Lập lại chỉ mục") as progress:
                number = rebuild(settings, encoder, by=by, wait_s=PATIENCE, progress=progress)
            done.append(f"thế hệ {number}")
    return Answerer(settings, encoder)
