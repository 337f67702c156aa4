"""What a generation says of itself, so that a wrong or damaged one is never searched."""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from hoidap.complaints import refusal
from hoidap.errors import IndexDamagedError, IndexMismatchError

MANIFEST_FILE = "manifest.json"
# Files that tantivy locks, and that say nothing.
LOCKS = frozenset({".tantivy-writer.lock", ".tantivy-meta.lock"})
# Raise when the layout of a generation's directory changes, or what is made of the same passages.
FORMAT_VERSION = 7
# Files up to this size are read and compared with their checksum whenever a generation is opened;
# of larger ones only the size, since reading them would take longer than answering. Bytes.
_CHECKED_SIZE = 64 * 2**20


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of the generation: its size in bytes and the CRC-32 of its content."""

    size: int
    crc32: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The identity of a generation; ``files`` are relative to its directory, with "/".

    ``parts`` are the names of its parts' directories.
    """

    format: int
    generation: int
    encoder: str
    dim: int
    terms: str
    tokens: str
    passages: int
    parts: list[str]
    files: dict[str, FileRecord]

    def require(self, *, encoder: str, terms: str, tokens: str) -> None:
        """Raise `IndexMismatchError` unless built with this encoder, these terms and tokens."""
        if (self.format, self.terms, self.tokens) != (FORMAT_VERSION, terms, tokens):
            raise IndexMismatchError(
                "chỉ mục được lập bởi phiên bản hoặc bảng viết tắt khác; hãy chạy: hoidap reload"
            )
        if self.encoder != encoder:
            raise IndexMismatchError(
                f"chỉ mục được lập bằng bộ mã hóa {self.encoder}, hiện dùng {encoder};"
                " hãy đặt lại HOIDAP_MODEL hoặc chạy: hoidap reload"
            )


def _crc32(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(2**20):
            checksum = zlib.crc32(block, checksum)
    return checksum


def record_files(directory: Path, former: Path | None = None) -> dict[str, FileRecord]:
    """The files below ``directory`` as they are now.

    What is the same file as in ``former``, the directory of another generation, is as there.
    """
    known = {} if former is None else _parsed(former).files
    records = {}
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        if path.name == MANIFEST_FILE or path.name in LOCKS:
            continue
        name = path.relative_to(directory).as_posix()
        if former is not None and name in known and path.samefile(former / name):
            records[name] = known[name]
        else:
            records[name] = FileRecord(path.stat().st_size, _crc32(path))
    return records


def sizes(directory: Path) -> dict[str, int]:
    """The bytes that each kind of data takes in a generation's directory; 0 without any."""
    totals = dict.fromkeys(("lexical", "dense", "tokens", "syllables"), 0)
    for path in directory.rglob("*"):
        kind = next((part for part in path.relative_to(directory).parts if part in totals), None)
        # A reload may just now have removed what was listed.
        with suppress(OSError):
            if kind is not None and path.is_file():
                totals[kind] += path.stat().st_size
    return totals


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write the manifest into the generation's directory."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (directory / MANIFEST_FILE).write_text(text, "utf-8")


def _parsed(directory: Path) -> Manifest:
    path = directory / MANIFEST_FILE
    version = FORMAT_VERSION
    try:
        raw = json.loads(path.read_bytes())
        version = raw["format"]
        files = {name: FileRecord(**record) for name, record in raw.pop("files").items()}
        return Manifest(**raw, files=files)
    except OSError as error:
        raise IndexDamagedError(f"không đọc được {path}: {refusal(error)}") from error
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        if version != FORMAT_VERSION:
            raise IndexDamagedError(
                f"chỉ mục ở {directory} do phiên bản khác của hoidap lập"
            ) from error
        raise IndexDamagedError(f"không đọc được {path}: không còn như lúc ghi") from error


def read_manifest(directory: Path) -> Manifest:
    """The manifest, its files verified. Raises `IndexDamagedError`."""
    manifest = _parsed(directory)
    for name, record in manifest.files.items():
        path = directory / name
        try:
            sound = path.stat().st_size == record.size and (
                record.size > _CHECKED_SIZE or _crc32(path) == record.crc32
            )
        except OSError as error:
            raise IndexDamagedError(
                f"tệp chỉ mục {path} không đọc được: {refusal(error)}"
            ) from error
        if not sound:
            raise IndexDamagedError(f"tệp chỉ mục {path} không còn như lúc ghi")
    return manifest


def check_large_files(directory: Path, manifest: Manifest) -> None:
    """Compare what `read_manifest` leaves out with its checksums. Raises `IndexDamagedError`."""
    for name, record in manifest.files.items():
        path = directory / name
        if record.size > _CHECKED_SIZE and _crc32(path) != record.crc32:
            raise IndexDamagedError(f"tệp chỉ mục {path} không còn như lúc ghi")
