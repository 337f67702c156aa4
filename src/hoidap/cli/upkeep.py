"""Commands for whoever runs it: saving and putting back all data, and looking what is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from hoidap import display
from hoidap.cli.shell import (
    FAILURE,
    Json,
    app,
    audited,
    note,
    out,
    print_json,
    progress_bar,
    tell,
    wrong_usage,
)
from hoidap.encoder import load_encoder
from hoidap.settings import Settings


@app.command("backup")
def backup_command(
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="Tệp, hoặc thư mục có sẵn. File, or a folder.")
    ],
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep", min=1, help="Số bản giữ lại trong thư mục. Backups to keep in the folder."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Sao lưu toàn bộ dữ liệu vào một tệp, khi đang chạy. Save all data while it runs."""
    from hoidap.backup import backup

    if keep is not None and not os.path.isdir(target):
        wrong_usage(f"--keep chỉ dùng khi {target} là thư mục có sẵn")
    settings = Settings.read()
    encoder = load_encoder(settings)
    with audited(settings, "sao lưu") as done:
        with progress_bar("Sao lưu") as progress:
            result = backup(settings, encoder, target, keep=keep, progress=progress)
        done.append(f"{result.path}, {len(result.manifest.files)} tệp")
    if as_json:
        print_json(display.backup_json(result))
    else:
        out().print(display.backup_text(result))
    for line in result.left_out:
        tell(f"hoidap: không sao lưu được: {line}")
    if result.left_out:
        raise typer.Exit(FAILURE)


@app.command("restore")
def restore_command(
    source: Annotated[
        Path,
        # Whether it can be read is told in words of ours.
        typer.Argument(
            metavar="FILE", help="Tệp của hoidap backup. What backup wrote.", readable=False
        ),
    ],
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Dù đã có dữ liệu; dữ liệu cũ được giữ. Move what is there aside.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Khôi phục từ bản sao lưu, lập lại chỉ mục. Put a backup back, and build the index."""
    from hoidap.catalog import Cause
    from hoidap.reload import By
    from hoidap.restore import restore

    settings = Settings.read()
    encoder = load_encoder(settings)
    by = By.shell(Cause.REBUILD)
    with progress_bar("Khôi phục") as progress:
        result = restore(settings, encoder, source, force=force, by=by, progress=progress)
    # The journal is the one that was put back.
    note(settings, by.actor, f"khôi phục {source}", f"thế hệ {result.generation}")
    if as_json:
        print_json(display.restored_json(result))
    else:
        out().print(display.restored_text(result))
    for reason in result.golden:
        tell(f"Câu hỏi kiểm tra không đạt: {reason}")


@app.command("doctor")
def doctor_command(as_json: Json = False) -> None:
    """Kiểm tra mọi thứ và nói cần làm gì. Look at everything, and say what to do."""
    from hoidap.doctor.examination import examine
    from hoidap.doctor.findings import State

    failed = False
    for finding in examine():
        failed = failed or finding.state is State.FAILURE
        if as_json:
            print_json(display.finding_json(finding))
        else:
            out().print(display.finding_text(finding))
    if failed:
        raise typer.Exit(FAILURE)
