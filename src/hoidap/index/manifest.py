"""What a generation says of itself, so that a wrong or damaged one is never searched."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from hoidap.errors import IndexDamagedError, IndexMismatchError

MANIFEST_FILE = "manifest.json"
# Raise when the layout of a generation's directory changes.
FORMAT_VERSION = 3
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
    """The identity of a generation; ``files`` are relative to its directory, with "/"."""

    format: int
    generation: int
    encoder: str
    dim: int
    terms: str
    tokens: str
    passages: int
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


def record_files(directory: Path) -> dict[str, FileRecord]:
    """The files below ``directory`` as they are now."""
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    return {
        path.relative_to(directory).as_posix(): FileRecord(path.stat().st_size, _crc32(path))
        for path in paths
        if path.name not in {MANIFEST_FILE, ".tantivy-writer.lock", ".tantivy-meta.lock"}
    }


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write the manifest into the generation's directory."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (directory / MANIFEST_FILE).write_text(text, "utf-8")


def read_manifest(directory: Path) -> Manifest:
    """The manifest, its files verified. Raises `IndexDamagedError`."""
    try:
        raw = json.loads((directory / MANIFEST_FILE).read_bytes())
        files = {name: FileRecord(**record) for name, record in raw.pop("files").items()}
        manifest = Manifest(**raw, files=files)
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise IndexDamagedError(f"không đọc được {directory / MANIFEST_FILE}: {error}") from error
    for name, record in manifest.files.items():
        path = directory / name
        try:
            sound = path.stat().st_size == record.size and (
                record.size > _CHECKED_SIZE or _crc32(path) == record.crc32
            )
        except OSError as error:
            raise IndexDamagedError(f"tệp chỉ mục {path} không đọc được: {error}") from error
        if not sound:
            raise IndexDamagedError(f"tệp chỉ mục {path} không còn như lúc ghi")
    return manifest


def check_large_files(directory: Path, manifest: Manifest) -> None:
    """Compare what `read_manifest` leaves out with its checksums. Raises `IndexDamagedError`."""
    for name, record in manifest.files.items():
        path = directory / name
        if record.size > _CHECKED_SIZE and _crc32(path) != record.crc32:
            raise IndexDamagedError(f"tệp chỉ mục {path} không còn như lúc ghi")
