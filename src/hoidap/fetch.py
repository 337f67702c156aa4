"""Fetching a report from an address, within limits, and never from inside the own network.

An address is checked when it is connected to: the name is looked up once, all that it stands for
must be public, and the connection goes to what was checked. So neither a redirect nor a name that
answers differently the second time leads to a machine that only this one can reach. Proxies of the
environment are not used, since they would look names up themselves.
"""

from __future__ import annotations

import codecs
import gzip
import io
import ipaddress
import json
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpcore

from hoidap.corpus_folder import safe_name
from hoidap.errors import IntakeError

# Bytes. The largest gazette of a province has some twenty million.
MAX_SIZE = 50 * 2**20
# Seconds: to connect and between two packets; for all of it.
_PATIENCE = 15.0
_DEADLINE = 120.0
_REDIRECTS = 5
_REDIRECT_CODES = frozenset({301, 302, 303, 307, 308})
# The parts of an address that may have letters beyond ASCII, and the signs that mean something in
# them.
_BEHIND_HOST = ("path", "query", "fragment")
_IN_URLS = "!#$%&'()*+,/:;=?@[]~"
# Names for what has none of its own.
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
_UTF16_RE = re.compile(
    r"""(?:text/|application/xhtml).*charset\s*=\s*["']?utf-16(?:le|(be))?""", re.IGNORECASE
)
# IPv4 addresses in IPv6 clothes, which a gateway would undress.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file from an address: a safe name, and the address it came from in the end."""

    name: str
    data: bytes
    url: str


def is_public(address: _Address) -> bool:
    """Whether an address is one of the internet, for one machine, in no other's clothes."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


class _Timed(httpcore.NetworkStream):
    """A stream that ends at a deadline, however slowly it drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if timeout is None else min(left, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _Guard(httpcore.NetworkBackend):
    """Connects to public addresses only, unless it is ``allow_private``."""

    def __init__(self, deadline: float, *, allow_private: bool) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise IntakeError(f"không tìm thấy máy chủ {host}") from error
        addresses = list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
        for address in addresses:
            if not self._allow_private and not is_public(ipaddress.ip_address(address)):
                raise IntakeError(
                    f"{host} là địa chỉ trong mạng nội bộ ({address});"
                    " nếu tin cậy, hãy thêm --allow-private"
                )
        reason = "không có địa chỉ"
        for address in addresses:
            try:
                stream = self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
                return _Timed(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                reason = str(error)
        raise IntakeError(f"không kết nối được tới {host}: {reason}")


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    max_size: int = MAX_SIZE,
    deadline_s: float = _DEADLINE,
) -> Fetched:
    """Fetch the file at ``url``, after at most five redirects. Raises `IntakeError`."""
    guard = _Guard(time.monotonic() + deadline_s, allow_private=allow_private)
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE)
    # Some servers pack what they send all the same.
    headers = [("Accept-Encoding", "identity"), ("User-Agent", "hoidap")]
    at = url
    with httpcore.ConnectionPool(network_backend=guard) as pool:
        for _ in range(_REDIRECTS + 1):
            _check(at)
            try:
                with pool.stream(
                    "GET", at, headers=headers, extensions={"timeout": timeout}
                ) as response:
                    told = {
                        name.decode("latin-1").lower(): _header(value)
                        for name, value in response.headers
                    }
                    if response.status in _REDIRECT_CODES and "location" in told:
                        at = _next(at, told["location"])
                        continue
                    if response.status != 200:
                        raise IntakeError(f"{at}: máy chủ trả lời mã {response.status}")
                    data = _body(response.iter_stream(), told, at, max_size)
                    data = _unpacked(data, told, at, max_size)
                    return Fetched(_name(at, told), _marked(data, told), at)
            except httpcore.TimeoutException as error:
                raise IntakeError(f"{at}: quá lâu không trả lời, đã thôi") from error
            except (
                httpcore.NetworkError,
                httpcore.ProtocolError,
                httpcore.UnsupportedProtocol,
                ssl.SSLError,
                ValueError,
            ) as error:
                raise IntakeError(f"{at}: không tải được: {error}") from error
    raise IntakeError(f"{url}: chuyển hướng quá {_REDIRECTS} lần")


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        url.encode("ascii")
    except ValueError:
        usable = False
    if not usable:
        raise IntakeError(
            f"không dùng được địa chỉ {url!r}; chỉ nhận http và https, viết bằng ASCII"
        )


def _body(parts: Iterable[bytes], told: dict[str, str], url: str, max_size: int) -> bytes:
    length = told.get("content-length", "")
    data = bytearray()
    if not (length.isdecimal() and int(length) > max_size):
        for part in parts:
            data += part
            if len(data) > max_size:
                break
        else:
            return bytes(data)
    raise _too_large(url, max_size)


def _unpacked(data: bytes, told: dict[str, str], url: str, max_size: int) -> bytes:
    """A body as it was before the server packed it."""
    encoding = told.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return data
    if encoding not in {"gzip", "x-gzip"}:
        raise IntakeError(
            f"{url}: máy chủ gửi tệp nén kiểu {encoding!r}, chưa đọc được;"
            " hãy tải tệp bằng trình duyệt rồi thêm tệp đó"
        )
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            data = packed.read(max_size + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise IntakeError(f"{url}: tệp tải về bị hỏng hoặc chưa đủ; hãy thử lại") from error
    if len(data) > max_size:
        raise _too_large(url, max_size)
    return data


def _too_large(url: str, max_size: int) -> IntakeError:
    return IntakeError(f"{url}: tệp lớn hơn {max_size // 2**20} MB")


def _header(value: bytes) -> str:
    """The value of a header; portals write letters in UTF-8, the standard has Latin-1."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _next(url: str, location: str) -> str:
    """The address that a redirect leads to, what is not ASCII behind the host written in it."""
    parts = urlsplit(urljoin(url, location))
    kept = {name: quote(getattr(parts, name), safe=_IN_URLS) for name in _BEHIND_HOST}
    return parts._replace(**kept).geturl()


def _marked(data: bytes, told: dict[str, str]) -> bytes:
    """A page in UTF-16 with the mark that tells so, since its header is not kept."""
    found = _UTF16_RE.match(told.get("content-type", ""))
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    # Each letter of its markup has a zero byte.
    if found is None or b"\x00" not in data or data.startswith(marks):
        return data
    return marks[found[1] is not None] + data


def _name(url: str, told: dict[str, str]) -> str:
    """A name for what was fetched: as the server says, else the address's last part."""
    given = _disposed(told.get("content-disposition", "")) or unquote(urlsplit(url).path)
    name = safe_name(given) or safe_name(urlsplit(url).hostname or "") or "tai-ve"
    kind = told.get("content-type", "").partition(";")[0].strip().lower()
    suffix = _SUFFIXES.get(kind)
    if suffix is not None and PurePosixPath(name).suffix.lower() not in _SUFFIXES.values():
        name = f"{name}{suffix}"
    return name


def _disposed(disposition: str) -> str:
    """The name that a Content-Disposition gives, by RFC 6266 or as servers write it instead."""
    encoded = re.search(r"filename\*\s*=\s*utf-8'[^']*'([^;]+)", disposition, re.IGNORECASE)
    if encoded is not None:
        given = unquote(encoded[1])
        # A document's number has a slash: "12/QĐ-UBND.pdf".
        inside = not given.startswith("/") and ".." not in PurePosixPath(given).parts
        return given.replace("/", "-") if inside else given
    plain = re.search(r'filename\s*=\s*(?:"([^"]*)"|([^;]+))', disposition, re.IGNORECASE)
    if plain is None:
        return ""
    given = plain[1] or plain[2] or ""
    try:
        return unquote(str(make_header(decode_header(given))))
    except (HeaderParseError, LookupError, UnicodeError):
        return unquote(given)


def source_metadata(url: str) -> bytes:
    """The content of a metadata file that names ``url`` as the source of its report."""
    # A JSON string is a TOML string.
    return f"source = {json.dumps(url)}\n".encode()
