"""Commands for whoever keeps the reports: taking in, removing, going back, looking."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from hoidap import display
from hoidap.catalog import Catalog
from hoidap.cli.shell import (
    FAILURE,
    PATIENCE,
    RELOAD_PATIENCE,
    Json,
    agreed,
    app,
    audited,
    out,
    print_json,
    progress_bar,
    tell,
    tell_error,
    wrong_usage,
)
from hoidap.encoder import load_encoder
from hoidap.errors import BusyError, CatalogError, HoidapError, SearchIndexError
from hoidap.index.store import told_elsewhere
from hoidap.priority import stand_back
from hoidap.settings import Settings

if TYPE_CHECKING:  # loaded by the commands that show it
    from hoidap.plan import Reloaded


# What goes by without a change to the folder: another writer, a server away, a full disk.
_PASSING = (BusyError, CatalogError, SearchIndexError)


def _print_reloaded(result: Reloaded, *, as_json: bool, dry_run: bool = False) -> None:
    if as_json:
        print_json(display.reloaded_json(result))
    else:
        out().print(display.reloaded_text(result, dry_run=dry_run))


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
    stand_back()
    encoder = load_encoder(settings)
    if dry_run:
        result = reload(settings, encoder, dry_run=True)
    else:
        with audited(settings, "nạp lại") as done, progress_bar("Lập chỉ mục") as progress:
            result = reload(
                settings,
                encoder,
                force=force,
                by=By.shell(),
                wait_s=RELOAD_PATIENCE,
                progress=progress,
            )
            done.append(display.counted(result))
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
    stand_back()
    encoder = load_encoder(settings)
    with audited(settings, f"thêm {', '.join(sources)}") as done:
        with progress_bar("Lập chỉ mục") as progress:
            added = add(
                settings,
                encoder,
                sources,
                overwrite=replace,
                allow_private=allow_private,
                force=force,
                by=By.shell(Cause.ADD),
                wait_s=RELOAD_PATIENCE,
                progress=progress,
            )
        done.append(display.counted(added.reloaded))
    _print_reloaded(added.reloaded, as_json=as_json)
    if added.refused:
        raise typer.Exit(FAILURE)


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
            wrong_usage("gỡ báo cáo cần xác nhận; hãy thêm --yes")
        tell(f"{found.title} (tệp {found.file}, sẽ chuyển tới {settings.removed_path})")
        if not agreed("Gỡ báo cáo này?"):
            raise typer.Exit(FAILURE)
    stand_back()
    encoder = load_encoder(settings)
    with audited(settings, f"gỡ {report_id}") as done, progress_bar("Lập chỉ mục") as progress:
        result = remove(
            settings,
            encoder,
            report_id,
            force=force,
            by=By.shell(Cause.REMOVE),
            wait_s=RELOAD_PATIENCE,
            progress=progress,
        )
        done.append(display.counted(result))
    _print_reloaded(result, as_json=as_json)


@app.command()
def watch(as_json: Json = False) -> None:
    """Nạp lại mỗi khi thư mục báo cáo thay đổi. Reload whenever the reports folder changes."""
    from hoidap.corpus_folder import Snapshot, snapshot
    from hoidap.reload import By, reload
    from hoidap.watch import changes

    settings = Settings.read()
    stand_back()
    encoder = load_encoder(settings)
    before = -1
    told: list[HoidapError] = []  # of the last reload, if it failed

    def look() -> Snapshot:
        return snapshot(settings.reports_path, settings.golden_path)

    def again() -> bool:
        return any(isinstance(error, _PASSING) for error in told)

    with suppress(KeyboardInterrupt):
        for _ in changes(look, again=again):
            try:
                with audited(settings, "nạp lại (watch)") as done:
                    result = reload(settings, encoder, by=By.shell(), wait_s=PATIENCE)
                    done.append(display.counted(result))
            except HoidapError as error:
                if [str(error)] != list(map(str, told)):
                    tell_error(error)
                told[:] = [error]
                continue
            told.clear()
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
            print_json(display.step_json(step))
        else:
            out().print(display.step_text(step))


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
    with audited(settings, "quay về") as done, progress_bar("Lập chỉ mục") as progress:
        by = By.shell(Cause.ROLLBACK)
        number = rollback(settings, encoder, to, by=by, wait_s=RELOAD_PATIENCE, progress=progress)
        done.append(f"{'thế hệ trước' if to is None else to}, nay là thế hệ {number}")
    out().print(f"Đã quay về; nay là thế hệ {number}")


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
        out().print(display.report_text(found))


@app.command()
def status(as_json: Json = False) -> None:
    """Chỉ mục đang dùng. What is indexed, and with what."""
    settings = Settings.read()
    encoder = load_encoder(settings)
    result = display.status_json(settings, Catalog(settings.catalog_path).generation(), encoder)
    if as_json:
        print_json(result)
    else:
        out().print(display.status_text(result))
    if (elsewhere := told_elsewhere(settings, result["generation"])) is not None:
        tell(f"hoidap: {elsewhere}")
