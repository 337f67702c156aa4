"""The command that moves the index between this machine and a Milvus server."""

from __future__ import annotations

from typing import Annotated

import typer

from hoidap import display
from hoidap.cli.shell import RELOAD_PATIENCE, Json, app, audited, out, print_json, progress_bar
from hoidap.encoder import load_encoder
from hoidap.settings import Settings


@app.command("migrate")
def migrate_command(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TO", help="local, hoặc địa chỉ Milvus. local, or http://host:19530."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Chuyển chỉ mục sang nơi khác, không đọc lại báo cáo. Move the index to another store."""
    from hoidap.migration import migrate

    settings, to = Settings.read(), Settings.read(index=target)
    encoder = load_encoder(settings)
    with audited(settings, "chuyển chỉ mục") as done:
        with progress_bar("Chuyển chỉ mục") as progress:
            result = migrate(settings, to, encoder, wait_s=RELOAD_PATIENCE, progress=progress)
        done.append(f"{result.source} → {result.target}")
    if as_json:
        print_json(display.migrated_json(result))
    else:
        out().print(display.migrated_text(result))
