"""Numbers about the bot and the page for Prometheus, and whether they can answer.

A number never tells what was asked or by whom: its labels are closed choices and the routes of the
page. Reports and index are counted when the numbers are asked for, so what another process or the
shell reloaded is seen, too.

Where a page runs as several processes each writes into files of one folder
(`Settings.metrics_dir`), and whichever is asked adds them up. The folder must be new, else the
numbers of former processes count as well.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.documents import Answer
from hoidap.errors import BusyError, CatalogError, GoldenError, HoidapError, SearchIndexError
from hoidap.index.manifest import sizes
from hoidap.release import installed_version
from hoidap.settings import LOCAL, Settings

_MULTIPLE = "PROMETHEUS_MULTIPROC_DIR"
# Seconds. An answer takes some milliseconds, ten thousand reports some tens.
_ANSWER_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
# One changed report is live in a second or two, a first build takes minutes.
_RELOAD_BUCKETS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1200.0)
# What stands in every report; whether it finds anything does not matter.
_TINY_QUESTION = "báo cáo"


class _State:
    """What catalog, index and disk hold at the moment, as a collector of prometheus-client."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._catalog = Catalog(settings.catalog_path)

    def collect(self) -> Iterator[object]:
        """The gauges; those of a catalog that cannot be read are left out."""
        from prometheus_client.core import GaugeMetricFamily

        def gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
            return GaugeMetricFamily(f"hoidap_{name}", told, value=value)

        build = GaugeMetricFamily("hoidap_build_info", "The version that runs.", labels=["version"])
        build.add_metric([installed_version()], 1)
        yield build
        try:
            generation = self._catalog.generation()
        except HoidapError:
            yield gauge("catalog_readable", "1 where the catalog can be read.", 0)
        else:
            yield gauge("catalog_readable", "1 where the catalog can be read.", 1)
            if generation is not None:
                yield gauge("generation", "The current generation.", generation.number)
                yield gauge(
                    "generation_created_timestamp_seconds",
                    "When the current generation was made.",
                    generation.created.timestamp(),
                )
                yield gauge("reports", "Reports of the current generation.", generation.reports)
                yield gauge("passages", "Passages of the current generation.", generation.passages)
                # What lies on a server is the server's to tell.
                if self._settings.index == LOCAL:
                    parts = GaugeMetricFamily(
                        "hoidap_index_bytes", "Size of the current index.", labels=["part"]
                    )
                    directory = self._settings.generation_path(generation.number)
                    for part, size in sizes(directory).items():
                        parts.add_metric([part], size)
                    yield parts
        try:
            free = shutil.disk_usage(self._settings.data).free
        except OSError:
            return
        yield gauge("disk_free_bytes", "Room left where the data lies.", free)


class Metrics:
    """What one process of the bot or the page counts. Safe for use by several threads."""

    def __init__(self, settings: Settings, front_end: str) -> None:
        """Count for ``front_end``, "bot" or "web"."""
        # The library looks for it once, when it is imported.
        if settings.metrics_dir is not None:
            os.environ[_MULTIPLE] = str(settings.metrics_dir)
        from prometheus_client import (
            CollectorRegistry,
            Counter,
            Gauge,
            Histogram,
            disable_created_metrics,
        )
        from prometheus_client.multiprocess import MultiProcessCollector
        from prometheus_client.process_collector import ProcessCollector

        # A second series for each, which says when it began.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._front_end = front_end
        self._shown = CollectorRegistry()
        # What several processes count is read from their files, and not from this one's memory.
        own = CollectorRegistry() if settings.metrics_dir is not None else self._shown
        if settings.metrics_dir is not None:
            MultiProcessCollector(  # type: ignore[no-untyped-call]
                self._shown, str(settings.metrics_dir)
            )
        else:
            ProcessCollector(registry=self._shown)
        self._shown.register(_State(settings))  # type: ignore[arg-type]  # it is not typed narrowly

        def counter(name: str, told: str, *labels: str) -> Counter:
            return Counter(f"hoidap_{name}", told, ("front_end", *labels), registry=own)

        def histogram(name: str, told: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            labels = ("front_end", *labels)
            return Histogram(f"hoidap_{name}", told, labels, registry=own, buckets=buckets)

        self._questions = counter("questions", "Questions answered.", "language", "status")
        self._answer_seconds = histogram(
            "answer_seconds", "Time from a question to its answer.", _ANSWER_BUCKETS
        )
        self._errors = counter("errors", "What went wrong and was told as an incident.")
        self._reloads = counter("reloads", "Changes of the reports.", "result")
        self._reload_seconds = histogram(
            "reload_seconds", "Time that a change of the reports took.", _RELOAD_BUCKETS
        )
        self._updates = counter("updates", "Updates of Telegram handled.", "kind")
        self._contact = Gauge(
            "hoidap_telegram_contact_timestamp_seconds",
            "When Telegram was last heard of.",
            registry=own,
            multiprocess_mode="max",
        )
        self._requests = counter("requests", "Requests to the page.", "method", "route", "status")
        self._request_seconds = histogram(
            "request_seconds", "Time that a request took.", _ANSWER_BUCKETS, "route"
        )
        # A series that is there from the start shows its first error as a rise.
        self._errors.labels(front_end)

    def answered(self, answer: Answer) -> None:
        """Count an answer."""
        labels = (self._front_end, answer.language, answer.status.value)
        self._questions.labels(*labels).inc()
        self._answer_seconds.labels(self._front_end).observe(answer.elapsed_ms / 1000)

    def failed(self) -> None:
        """Count what went wrong and was told as an incident."""
        self._errors.labels(self._front_end).inc()

    def handled(self, kind: str) -> None:
        """Count an update of Telegram; ``kind`` is one of a closed choice."""
        self._updates.labels(self._front_end, kind).inc()
        self.in_contact()

    def in_contact(self) -> None:
        """Note that Telegram was heard of just now."""
        self._contact.set_to_current_time()

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is the page's pattern, never the path that was asked for."""
        self._requests.labels(self._front_end, method, route, str(status)).inc()
        self._request_seconds.labels(self._front_end, route).observe(seconds)

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """Count a change of the reports, and how it ends: done, busy, golden or failed."""
        started = time.perf_counter()
        result = "failed"
        try:
            yield
            result = "done"
        except BusyError:
            result = "busy"
            raise
        except GoldenError:
            result = "golden"
            raise
        finally:
            self._reloads.labels(self._front_end, result).inc()
            self._reload_seconds.labels(self._front_end).observe(time.perf_counter() - started)

    def render(self) -> tuple[bytes, str]:
        """All numbers in Prometheus' text format, and its content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self._shown), CONTENT_TYPE_LATEST


def unreadiness(answerer: Answerer) -> str | None:
    """Why nothing can be answered at the moment, without paths; None where all is well.

    Asks a tiny question, which goes through catalog and index.
    """
    try:
        answerer.answer(_TINY_QUESTION)
    except SearchIndexError as error:
        return f"chỉ mục không dùng được ({type(error).__name__}); hãy chạy: hoidap doctor"
    except CatalogError as error:
        return f"danh mục không dùng được ({type(error).__name__}); hãy chạy: hoidap doctor"
    except HoidapError as error:
        return f"không trả lời được ({type(error).__name__}); hãy chạy: hoidap doctor"
    return None
