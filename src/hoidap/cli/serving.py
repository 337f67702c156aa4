"""The command that serves the page and its API."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from hoidap.cli.shell import app
from hoidap.errors import SettingsError
from hoidap.settings import Settings


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option("--host", help="Địa chỉ mạng. The address to listen at.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65_535, help="Cổng. The port.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=64, help="Số tiến trình. Processes.")
    ] = None,
) -> None:
    """Mở trang hỏi đáp và API. Serve the page and its API."""
    import uvicorn

    from hoidap import logs
    from hoidap.web.app import LOGGERS, application

    settings = Settings.read()
    logs.configure(settings, LOGGERS)
    host = settings.web_host if host is None else host
    port = settings.web_port if port is None else port
    workers = settings.web_workers if workers is None else workers
    listening = _listen(host, port)
    options = uvicorn.Config(
        "hoidap.web.app:application",
        factory=True,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.web_proxies),
        forwarded_allow_ips=",".join(settings.web_proxies) or None,
        limit_concurrency=1000,
    )
    typer.echo(f"http://{host}:{port}", err=True)
    if workers == 1:
        options.app, options.factory = application(), False
        uvicorn.Server(options).run(sockets=[listening])
        return
    from uvicorn.supervisors import Multiprocess

    # Where each process counts, for whichever is asked for the numbers.
    folder = Path(tempfile.mkdtemp(prefix="hoidap-metrics-"))
    os.environ["HOIDAP_METRICS_DIR"] = str(folder)
    try:
        Multiprocess(options, sockets=[listening]).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _listen(host: str, port: int) -> socket.socket:
    """The socket to listen at. Raises `SettingsError` where it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise SettingsError(
            f"không mở được cổng {port} ở {host}: {error.strerror}; hãy đổi --port hoặc --host"
        ) from error
    listening.set_inheritable(True)
    return listening
