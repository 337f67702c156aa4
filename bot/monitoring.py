"""How the bot is, over HTTP on the loopback interface: ``/healthz``, ``/readyz``, ``/metrics``.

It answers from the event loop that also handles updates: where that hangs, so does ``/healthz``.
"""

from __future__ import annotations

from functools import partial

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.service import Service
from hoidap.complaints import refusal
from hoidap.errors import PortError
from hoidap.metrics import unreadiness

_LOOPBACK = "127.0.0.1"
_TEXT = "text/plain; charset=utf-8"


class _Health(RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", _TEXT)
        self.write("ok\n")


class _Readiness(RequestHandler):
    def initialize(self, service: Service) -> None:
        self._service = service

    async def get(self) -> None:
        reason = await self._service.run(partial(unreadiness, self._service.answerer))
        self.set_status(200 if reason is None else 503)
        self.set_header("Content-Type", _TEXT)
        self.write(f"{reason or 'ok'}\n")


class _Metrics(RequestHandler):
    def initialize(self, service: Service) -> None:
        self._service = service

    async def get(self) -> None:
        body, content_type = await self._service.run(self._service.metrics.render)
        self.set_header("Content-Type", content_type)
        self.write(body)


def serve_monitoring(service: Service, port: int) -> HTTPServer:
    """Begin to tell how the bot is. Raises `PortError` where the port cannot be had."""
    application = Application(
        [
            ("/healthz", _Health),
            ("/readyz", _Readiness, {"service": service}),
            ("/metrics", _Metrics, {"service": service}),
        ],
        log_function=lambda _handler: None,  # Prometheus asks every few seconds
    )
    try:
        return application.listen(port, _LOOPBACK)
    except OSError as error:
        raise PortError(
            f"không mở được cổng {port} ở {_LOOPBACK}: {refusal(error)};"
            " hãy đổi HOIDAP_BOT_METRICS_PORT"
        ) from error
