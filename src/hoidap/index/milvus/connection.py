"""The connection to a Milvus server: the one place that knows pymilvus.

A server that is away is told in one line, found again when it is back, and asked for nothing
meanwhile that would only wait.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from hoidap.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexUnreachableError,
    SearchIndexError,
    SettingsError,
)
from hoidap.settings import Settings
from hoidap.token_table import Vectors

# What gRPC has to say of a connection is raised as well; on stderr it would stand beside the log.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
try:
    import grpc
    from pymilvus import DataType, MilvusClient
    from pymilvus.exceptions import MilvusException
except ImportError as error:
    raise SettingsError(
        "HOIDAP_INDEX là địa chỉ máy chủ Milvus nhưng chưa cài pymilvus;"
        " hãy chạy: pip install 'hoidap[milvus]'"
    ) from error

# pymilvus writes each failed call with its traceback into the log. What failed is raised and told
# once, by whoever asked.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)

Row = Mapping[str, Any]
Sparse = Mapping[int, float]

# The fields of a collection. A passage has a row for each of its pieces; the first of them carries
# what there is once a passage.
ID, DAY, VECTOR, TERMS, CONTENT = "id", "day", "vector", "terms", "content"
# The property of a collection that tells which build of it this is.
_BUILD = "hoidap.build"
_LONGEST = 65_535  # bytes of a VARCHAR
# Milvus's own limit of the rows that one search finds.
MOST_HITS = 16_384

# Seconds that nothing is asked of a server after it did not answer: whoever asks meanwhile is told
# at once, rather than holding a thread that others wait for.
_PAUSE = 1.0
# Seconds until a server is asked whether it is done.
_MOMENT = 0.05
# Seconds that a writer waits for a server that is away, and for what is done soon where it is not.
_WRITER_PATIENCE = 60.0
# Seconds that a server may work on a collection as a whole: loading one reads all of it.
_LONG = 3600.0
_CHANNEL = {
    # Else gRPC waits ever longer, up to two minutes, before it looks for a server again.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    # A new connection does not inherit how the former one fared.
    "grpc.use_local_subchannel_pool": 1,
    # pymilvus pings every 10 s, where gRPC's own servers hang up on whoever does so more often than
    # every 5 minutes, or without a call every 2 hours. Each call has an end of its own.
    "grpc.keepalive_time_ms": 2**31 - 1,
    "grpc.keepalive_permit_without_calls": 0,
}
_LOST = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.UNKNOWN,
    }
)
_REFUSED = frozenset({grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED})
# The codes of pymilvus where it cannot connect and of Milvus where a part of it is missing; where
# there is no such collection; where it is not loaded; where there is no such database.
_UNAVAILABLE, _NO_COLLECTION, _NOT_LOADED, _NO_DATABASE = 2, 100, 101, 800
# Milvus Lite has no code for the last.
_NO_DATABASE_RE = re.compile(r"database '\w+' does not exist")
_HNSW = {"M": 16, "efConstruction": 200}
_FLAT = {"index_type": "FLAT"}


class Connection:
    """Asks a Milvus server. Safe for use by several threads."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; nothing is asked yet."""
        token = settings.index_token
        self._token = token.get_secret_value() if token is not None else ""
        self._database = settings.index_database
        self._timeout = settings.index_timeout
        self.where = settings.index
        self._client: MilvusClient | None = None
        self._lock = threading.Lock()
        # Until when nothing is asked, and why.
        self._away_until = 0.0
        self._why = ""

    # --- collections, for the writer ---

    def create(self, name: str, dim: int, build: str) -> None:
        """Make an empty collection; one of this name that is there goes."""
        self.drop(name)
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field(ID, DataType.INT64, is_primary=True)
        schema.add_field(DAY, DataType.INT32)
        schema.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=dim)
        schema.add_field(TERMS, DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field(CONTENT, DataType.VARCHAR, max_length=_LONGEST)
        self._write(
            "create_collection",
            name,
            schema=schema,
            properties={_BUILD: build},
            consistency_level="Bounded",
        )

    def insert(self, name: str, rows: Sequence[Row]) -> None:
        """Add rows to a collection."""
        if any(len(row[CONTENT]) > _LONGEST for row in rows):
            raise SearchIndexError(f"một đoạn dài quá {_LONGEST} byte khi đóng gói cho Milvus")
        self._write("insert", name, list(rows))

    def remove_from(self, name: str, row: int) -> None:
        """Remove the rows from the id ``row`` on: what a writer left that did not finish."""
        self._write("delete", name, filter=f"{ID} >= {row}")

    def finish(self, name: str, rows: int, *, approximate: bool) -> None:
        """Bring what was inserted to the server's disk, index and load it, and count it.

        Raises `IndexDamagedError` unless there are as many as ``rows``.
        """
        self._complete("flush", name)
        if not self._read("list_indexes", name):
            index = MilvusClient.prepare_index_params()
            kind = {"index_type": "HNSW", "params": _HNSW} if approximate else _FLAT
            index.add_index(VECTOR, metric_type="IP", **kind)
            index.add_index(TERMS, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
            # Loading waits for it, and looks more often.
            self._write("create_index", name, index, sync=False)
        self.load(name)
        self.count(name, rows)

    def load(self, name: str) -> None:
        """Have a collection loaded, however long it takes. Raises `IndexMissingError`."""
        self._complete("load_collection", name)

    def count(self, name: str, rows: int, before: int | None = None) -> None:
        """Raise `IndexDamagedError` unless a collection holds so many ``rows``.

        Only rows with ids less than ``before`` count, where that is given.
        """
        condition = "" if before is None else f"{ID} < {before}"
        deadline = time.monotonic() + _WRITER_PATIENCE
        while True:
            try:
                (found,) = self._write(
                    "query",
                    name,
                    filter=condition,
                    output_fields=["count(*)"],
                    consistency_level="Strong",
                )
            except _NotLoadedError as error:
                # As below: it may have said that it has.
                if time.monotonic() > deadline:
                    raise self._away("chưa nạp xong chỉ mục") from error
                self.load(name)
                time.sleep(_MOMENT)
            else:
                break
        if found["count(*)"] != rows:
            raise IndexDamagedError(
                f"Milvus ở {self.where} giữ {found['count(*)']} trong {rows} dòng của {name};"
                " hãy chạy: hoidap reload"
            )

    def names(self, prefix: str) -> list[str]:
        """The collections whose names begin with ``prefix``."""
        return sorted(one for one in self._read("list_collections") if one.startswith(prefix))

    def drop(self, name: str) -> None:
        """Remove a collection with its aliases, if it is there."""
        if not self._read("has_collection", name):
            return
        for alias in self._read("list_aliases", name)["aliases"]:
            self._write("drop_alias", alias)
        self._write("drop_collection", name)

    def point(self, alias: str, name: str) -> None:
        """Make an alias stand for a collection, in one step where it stood for another one."""
        for known in self.names(f"{alias}_"):
            if alias in self._read("list_aliases", known)["aliases"]:
                if known != name:
                    self._write("alter_alias", name, alias)
                return
        try:
            self._write("create_alias", name, alias)
        except IndexUnreachableError:
            raise
        except SearchIndexError as error:
            # It stands for a collection of somebody else's, and is ours by its name.
            try:
                self._write("alter_alias", name, alias)
            except IndexMissingError:
                raise error from None

    # --- collections, for readers ---

    def build_of(self, name: str) -> str:
        """Which build of a collection this is; it is loaded.

        Raises `IndexMissingError`, and `IndexUnreachableError` where it is not loaded in time.
        """
        told = self._read("describe_collection", name)
        deadline = time.monotonic() + self._timeout
        while (state := self._load_state(name)) != "Loaded":
            self._expect_loaded(name, state, deadline)
        return str(told["properties"].get(_BUILD, ""))

    def search(
        self,
        name: str,
        field: str,
        queries: Sequence[Vectors | Sparse],
        limit: int,
        condition: str = "",
        *,
        approximate: bool = False,
        strong: bool = False,
    ) -> list[list[tuple[int, float]]]:
        """The best ``limit`` rows for each query by inner product, their ids and scores.

        What was written a few seconds ago is only sure to be among them where it is ``strong``.
        """
        effort = {"ef": max(limit, 2 * _HNSW["efConstruction"])} if approximate else {}
        found = self._read_loaded(
            "search",
            name,
            data=list(queries),
            anns_field=field,
            limit=limit,
            filter=condition,
            search_params={"metric_type": "IP", "params": effort},
            consistency_level="Strong" if strong else "Bounded",
        )
        return [[(hit[ID], hit["distance"]) for hit in hits] for hits in found]

    def contents(self, name: str, ids: Sequence[int]) -> dict[int, str]:
        """What rows carry, by their ids."""
        return {row[ID]: row[CONTENT] for row in self._rows(name, ids, [CONTENT])}

    def vectors(self, name: str, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors of rows, by their ids."""
        return {
            row[ID]: np.array(row[VECTOR], np.float32) for row in self._rows(name, ids, [VECTOR])
        }

    def rows(self, name: str, ids: Sequence[int]) -> list[Row]:
        """Rows as they were inserted."""
        fields = [ID, DAY, VECTOR, TERMS, CONTENT]
        return [{field: row[field] for field in fields} for row in self._rows(name, ids, fields)]

    def _rows(self, name: str, ids: Sequence[int], fields: list[str]) -> list[Row]:
        found: list[Row] = []
        for first in range(0, len(ids), MOST_HITS):
            some = list(ids[first : first + MOST_HITS])
            # A replica may lag a few seconds behind what was written; then it is waited for.
            for level in ("Bounded", "Strong"):
                rows = self._read_loaded(
                    "query", name, ids=some, output_fields=fields, consistency_level=level
                )
                if len(rows) == len(some):
                    break
            else:
                raise IndexDamagedError(
                    f"Milvus ở {self.where} chỉ còn {len(rows)} trong {len(some)} dòng được hỏi"
                    f" của {name}; hãy chạy: hoidap reload"
                )
            found += rows
        return found

    # --- calls ---

    def _read_loaded(self, method: str, name: str, **arguments: Any) -> Any:  # noqa: ANN401
        """`_read`, of a collection that a restarted server may not have loaded yet."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                return self._read(method, name, **arguments)
            except _NotLoadedError:
                # A server that has just been started may say that it has, and not have yet.
                self._expect_loaded(name, self._load_state(name), deadline)

    def _load_state(self, name: str) -> str:
        return str(self._read("get_load_state", name)["state"].name)

    def _expect_loaded(self, name: str, state: str, deadline: float) -> None:
        """Ask for a collection to be loaded where nobody did, and give it a moment.

        Raises `IndexUnreachableError` where the server takes until after the ``deadline``.
        """
        left = deadline - time.monotonic()
        if left > 0 and state != "Loading":
            # Where it is away, whoever asks for the state next is told so.
            with suppress(IndexUnreachableError):
                self._call(left, "load_collection", name, _async=True)
        if time.monotonic() > deadline:
            error = self._away("chưa nạp xong chỉ mục")
            self._pause(error)
            raise error
        time.sleep(_MOMENT)

    def _read(self, method: str, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        """What a method of the client returns, within the seconds set.

        Where the connection was dropped it is asked once more, over a new one. Raises
        `SearchIndexError`, `IndexUnreachableError` and `IndexMissingError`.
        """
        self._require_there()
        started = time.monotonic()
        try:
            return self._call(self._timeout, method, *arguments, **named)
        except IndexUnreachableError as error:
            left = self._timeout - (time.monotonic() - started)
            # One that was slow is not asked again: whoever asks has waited long enough.
            if left < self._timeout / 2:
                self._pause(error)
                raise
        try:
            return self._call(left, method, *arguments, **named)
        except IndexUnreachableError as error:
            self._pause(error)
            raise

    def _pause(self, error: IndexUnreachableError) -> None:
        self._why = str(error)
        self._away_until = time.monotonic() + _PAUSE

    def _require_there(self) -> None:
        """Raise again what was raised a moment ago."""
        if time.monotonic() < self._away_until:
            raise IndexUnreachableError(self._why)

    def _write(self, method: str, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        """The same for a writer, who waits longer and asks once."""
        return self._call(_WRITER_PATIENCE, method, *arguments, **named)

    def _complete(self, method: str, *arguments: object) -> None:
        """Have something done that takes as long as it takes, and may be begun again."""
        started = time.monotonic()
        while True:
            try:
                self._write(method, *arguments)
            except IndexUnreachableError:
                if time.monotonic() - started > _LONG:
                    raise
                # Is it away, or has it only so much to do?
                self._write("get_server_version")
            else:
                return

    def _call(
        self,
        timeout: float,
        method: str,
        *arguments: Any,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        client = self._connected()
        try:
            return getattr(client, method)(*arguments, timeout=timeout, **named)
        except grpc.RpcError as error:
            raise self._translated(error.code(), str(error.details()), client) from error
        except MilvusException as error:
            raise self._translated(error.code, error.message, client) from error
        except Exception as error:
            if client is self._client:
                raise
            # Another thread that lost the server closed the client for all.
            raise self._away("mất kết nối") from error

    def _translated(self, code: object, message: str, client: MilvusClient) -> SearchIndexError:
        refusal = self._refusal(code, message)
        if refusal is not None:
            self._forget(client)
            return refusal
        # What pymilvus tried until the time was up says so at its head.
        given_up = "Retry timeout" in message or "Retry run out" in message
        closed = client is not self._client  # by another thread that lost the server
        if given_up or closed or code in _LOST or code == _UNAVAILABLE:
            self._forget(client)
            slow = given_up or code is grpc.StatusCode.DEADLINE_EXCEEDED
            return self._away("không trả lời kịp" if slow else "mất kết nối")
        if code == _NO_COLLECTION:
            return IndexMissingError(
                f"Milvus ở {self.where} không có chỉ mục này; hãy chạy: hoidap reload"
            )
        line = " ".join(message.split())[:200]
        kind = _NotLoadedError if code == _NOT_LOADED else SearchIndexError
        return kind(f"Milvus ở {self.where} báo lỗi: {line}")

    def _refusal(self, code: object, message: str) -> IndexUnreachableError | None:
        """What an error says of the settings; None where it says nothing of them."""
        if code in _REFUSED:
            return IndexUnreachableError(
                f"máy chủ tìm kiếm Milvus ở {self.where} từ chối đăng nhập;"
                " hãy kiểm tra HOIDAP_INDEX_TOKEN (tên:mật khẩu)"
            )
        if code == _NO_DATABASE or _NO_DATABASE_RE.match(message):
            return IndexUnreachableError(
                f"Milvus ở {self.where} không có cơ sở dữ liệu {self._database};"
                " hãy tạo nó ở đó hoặc kiểm tra HOIDAP_INDEX_DATABASE"
            )
        return None

    def _away(self, how: str) -> IndexUnreachableError:
        return IndexUnreachableError(
            f"máy chủ tìm kiếm Milvus ở {self.where} {how};"
            " hãy kiểm tra máy chủ và HOIDAP_INDEX, rồi thử lại"
        )

    def _connected(self) -> MilvusClient:
        """The client, connected."""
        with self._lock:
            if self._client is not None:
                return self._client
            self._require_there()  # another thread may have found out while this one waited
            try:
                self._reach()
                self._client = MilvusClient(
                    uri=self.where,
                    token=self._token,
                    db_name=self._database,
                    timeout=self._timeout,
                    dedicated=True,
                    grpc_options=_CHANNEL,
                )
            except (OSError, MilvusException, grpc.RpcError) as error:
                away = self._unconnected(error)
                self._pause(away)
                raise away from error
            return self._client

    def _unconnected(self, error: Exception) -> IndexUnreachableError:
        """Why there is no connection, as far as the server tells."""
        cause = error.__cause__
        code = cause.code() if isinstance(cause, grpc.RpcError) else getattr(error, "code", None)
        return self._refusal(code, str(getattr(error, "message", ""))) or self._away(
            "không kết nối được"
        )

    def _reach(self) -> None:
        """Open a connection and close it: a port that is closed is told at once, not in the end."""
        url = urlsplit(self.where)
        port = url.port or (443 if url.scheme == "https" else 19530)
        socket.create_connection((str(url.hostname), port), self._timeout).close()

    def _forget(self, client: MilvusClient) -> None:
        """Close a client that lost its server; the next call makes another one."""
        with self._lock:
            if self._client is client:
                self._client = None
        client.close()


class _NotLoadedError(SearchIndexError):
    """The server has the collection, but has not loaded it since it was started."""
