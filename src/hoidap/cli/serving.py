"""The command that serves the page and its API."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import socket
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from hoidap.cli.shell import app, wrong_usage
from hoidap.complaints import refusal
from hoidap.errors import PortError, SettingsError
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
    try:
        _serve(Settings.read(), host, port, workers)
    except SettingsError as error:
        # By which systemd tells that starting it again does not help.
        wrong_usage(str(error))


def _serve(settings: Settings, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve until it is told to stop. Raises `HoidapError`."""
    import uvicorn

    from hoidap import logs
    from hoidap.web.app import LOGGERS, application

    logs.configure(settings, LOGGERS)
    host = settings.web_host if host is None else host
    port = settings.web_port if port is None else port
    workers = settings.web_workers if workers is None else workers
    listening = _listen(host, port)
    options = uvicorn.Config(
        "hoidap.web.app:one_of_several",
        factory=True,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.web_proxies),
        forwarded_allow_ips=",".join(settings.web_proxies) or None,
        limit_concurrency=1000,
    )
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port} (Ctrl-C: dừng)"
    if workers == 1:
        options.app, options.factory = application(), False
        typer.echo(address, err=True)
        # Which is how it is ended, and no failure.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(options).run(sockets=[listening])
        return
    from uvicorn.supervisors import Multiprocess

    _open_once(settings)
    typer.echo(address, err=True)
    # Where each process counts, for whichever is asked for the numbers.
    folder = Path(tempfile.mkdtemp(prefix="hoidap-metrics-"))
    os.environ["HOIDAP_METRICS_DIR"] = str(folder)
    try:
        Multiprocess(options, sockets=[listening]).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open_once(settings: Settings) -> None:
    """Open everything and close it again, in a process whose memory is given back.

    What is missing is built once, and not by each process; what cannot be opened is told in a line,
    where processes would be started in its place for ever. Raises `HoidapError`.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        process.submit(_opened_and_closed, settings).result()


def _opened_and_closed(settings: Settings) -> None:
    from hoidap.web.core import Core

    Core(settings).close()


def _listen(host: str, port: int) -> socket.socket:
    """The socket to listen at. Raises `PortError` where it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise PortError(
            f"không mở được cổng {port} ở {host}: {refusal(error)}; hãy đổi --port hoặc --host"
        ) from error
    listening.set_inheritable(True)
    return listening
