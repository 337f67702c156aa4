"""The file that a backup is: a tar archive, gzipped or not, that begins with its manifest.

The manifest names every file that follows with its size and SHA-256. Whoever reads an archive gets
exactly those files, under the few names that a backup has, or an error: an archive may come from
anywhere, and may have been cut short, damaged or made to do harm.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hoidap.complaints import refusal
from hoidap.errors import ArchiveError, BackupError
from hoidap.regular_files import open_regular

MANIFEST_FILE = "manifest.json"
CATALOG_FILE = "catalog.sqlite3"
GOLDEN_FILE = "golden.toml"
CORPUS = "corpus/"
ORIGINALS = "originals/"
# Raise when the layout of an archive changes.
FORMAT_VERSION = 1
# Bytes. A file takes some 200 in the manifest: as many as a province could have.
_LARGEST_MANIFEST = 64 << 20
# Bytes that stand before a file's content: its header, and a long name in one of its own.
_LARGEST_HEADER = 64 << 10
_BLOCK = tarfile.RECORDSIZE  # what tar reads at once, and fills the end with
_CHUNK = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
# Level 9 takes three times as long for a hundredth of the size.
_GZIP_LEVEL = 6
_LONGEST_PART = 255  # bytes of a file's name
_LONGEST_NAME = 4000  # bytes of a path below a folder; systems take 4096 with it
_PLAIN_RE = re.compile(
    r"(?:catalog\.sqlite3|(?:journal|accounts)\.(?:sqlite3|key)|golden\.toml|[a-z_]+\.tsv)"
)
_ORIGINAL_RE = re.compile(r"originals/([0-9a-f]{2})/(\1[0-9a-f]{62})")


class FileEntry(BaseModel):
    """A file of the archive: its size in bytes and the SHA-256 of its content."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What an archive says of itself; ``files`` by their names in it, with "/".

    ``index_bytes`` is what the index took, which is not in it: restoring needs that room, too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = Field(default=FORMAT_VERSION, ge=FORMAT_VERSION, le=FORMAT_VERSION)
    hoidap: str
    created: datetime
    generation: int = Field(ge=1)
    reports: int = Field(ge=0)
    passages: int = Field(ge=0)
    encoder: str
    index_bytes: int = Field(ge=0)
    files: dict[str, FileEntry]

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(entry.size for entry in self.files.values())


def is_safe(name: str) -> bool:
    """Whether an archive may hold a file of this name."""
    found = _ORIGINAL_RE.fullmatch(name)
    if found is not None or _PLAIN_RE.fullmatch(name) is not None:
        return True
    return name.startswith(CORPUS) and is_safe_path(name.removeprefix(CORPUS))


def is_safe_path(path: str) -> bool:
    """Whether a path with "/" stays below the folder it is put into, and is visible there."""
    try:
        parts = [part.encode() for part in path.split("/")]
    except UnicodeEncodeError:  # a name of the file system's that is no text
        return False
    return (
        path.isprintable()
        and "\\" not in path
        and sum(map(len, parts)) + len(parts) <= _LONGEST_NAME
        and all(0 < len(part) <= _LONGEST_PART and not part.startswith(b".") for part in parts)
    )


def entry_of(path: Path) -> FileEntry:
    """A file as the manifest names it. Raises `OSError`."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(size=file.tell(), sha256=digest)


# --- writing ---


def write_archive(
    target: IO[bytes], manifest: Manifest, files: Mapping[str, Path], *, compress: bool
) -> None:
    """Write the files of ``manifest``, which lie at ``files``, into ``target``.

    Raises `OSError`, and `BackupError` where a file is no longer as the manifest has it, or there
    are more than can be put back.
    """
    with (
        _compressed(target, compress) as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        told = manifest.model_dump_json(indent=1).encode()
        if len(told) > _LARGEST_MANIFEST:
            raise BackupError(f"quá nhiều tệp để sao lưu: {len(manifest.files)}")
        archive.addfile(_member(MANIFEST_FILE, len(told), manifest.created), io.BytesIO(told))
        for name, entry in manifest.files.items():
            with files[name].open("rb") as file:
                watched = _Watched(file)
                archive.addfile(_member(name, entry.size, manifest.created), watched)  # type: ignore[arg-type]
            if watched.digest.hexdigest() != entry.sha256:
                raise BackupError(f"{files[name]} thay đổi trong lúc sao lưu; hãy thử lại")


@contextmanager
def _compressed(target: IO[bytes], compress: bool) -> Iterator[IO[bytes]]:
    if not compress:
        yield target
        return
    with gzip.GzipFile("", "wb", _GZIP_LEVEL, target) as stream:
        yield stream  # type: ignore[misc]  # it reads and writes as a file does


def _member(name: str, size: int, created: datetime) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    member.mtime = int(created.timestamp())
    return member


class _Watched:
    """A file that remembers the digest of what was read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


# --- reading ---


def _is_plain(member: tarfile.TarInfo) -> bool:
    """Whether it is a file: no link, no device, nothing sparse was ever backed up."""
    return member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()


class _Bounded(io.RawIOBase):
    """Lets no more be read than was allowed: a small file can unfold to any size."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.left = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes."""
        if size < 0 or size > self.left:
            raise ArchiveError("bản sao lưu chứa nhiều hơn nó khai; không dùng tệp này")
        data = self._stream.read(size)
        self.left -= len(data)
        return data


class ArchiveReader:
    """An archive opened for reading, its manifest read and found plausible."""

    def __init__(self, path: Path) -> None:
        """Open the archive. Raises `ArchiveError`."""
        self.path = path
        try:
            self._file = open_regular(path)
        except OSError as error:
            raise ArchiveError(
                f"không mở được bản sao lưu {path}: {refusal(error)}; hãy xem tên tệp và cho người"
                " dùng của hoidap quyền đọc"
            ) from error
        try:
            with self._translated():
                zipped = self._file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
                self._file.seek(0)
                stream = gzip.GzipFile("", "rb", fileobj=self._file) if zipped else self._file
                self._bounded = _Bounded(stream)  # type: ignore[arg-type]  # it reads as a file
                self._bounded.left = _LARGEST_HEADER + 2 * _BLOCK
                self._archive = tarfile.open(  # noqa: SIM115  # closed with the file
                    fileobj=self._bounded, mode="r|", bufsize=_BLOCK
                )
                self.manifest = self._read_manifest()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the archive."""
        self._file.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError) as error:
            raise self._damaged() from error

    def _damaged(self) -> ArchiveError:
        return ArchiveError(
            f"{self.path} không phải bản sao lưu, hoặc bị hỏng hay thiếu một phần; hãy lấy bản khác"
        )

    def _read_manifest(self) -> Manifest:
        member = self._next()
        if member is None or member.name != MANIFEST_FILE or not _is_plain(member):
            raise self._damaged()
        if member.size > _LARGEST_MANIFEST:
            raise self._damaged()
        told = b"".join(self._content(member))
        try:
            raw = json.loads(told)
            number = raw.get("format") if isinstance(raw, dict) else None
            if isinstance(number, int) and number > FORMAT_VERSION:
                raise ArchiveError(
                    f"{self.path} do phiên bản mới hơn của hoidap ghi; hãy nâng cấp hoidap"
                )
            manifest = Manifest.model_validate(raw)
        except (ValidationError, ValueError, RecursionError) as error:
            raise self._damaged() from error
        for name in manifest.files:
            if not is_safe(name):
                raise ArchiveError(
                    f"bản sao lưu có tên tệp không được phép: {name!r}; không dùng tệp này"
                )
        if CATALOG_FILE not in manifest.files:
            raise self._damaged()
        return manifest

    def _next(self) -> tarfile.TarInfo | None:
        self._bounded.left = _LARGEST_HEADER + 2 * _BLOCK
        return self._archive.next()

    def _content(self, member: tarfile.TarInfo) -> Iterator[bytes]:
        """The content of a member; a short one ends with `ArchiveError`."""
        self._bounded.left = member.size + 2 * _BLOCK
        file = self._archive.extractfile(member)
        if file is None:
            raise self._damaged()
        left = member.size
        while left:
            data = file.read(min(_CHUNK, left))
            if not data:
                raise self._damaged()
            left -= len(data)
            yield data

    def extract(self, folder: Path) -> Iterator[str]:
        """Write all files below the new ``folder``; the name of each that is done.

        Files and folders are for their owner only. Raises `ArchiveError` where anything is not as
        the manifest says, and `OSError`.
        """
        missing = dict(self.manifest.files)
        with self._translated():
            while True:
                member = self._next()
                if member is None:
                    break
                entry = missing.pop(member.name, None)
                if entry is None or not _is_plain(member):
                    raise ArchiveError(
                        f"bản sao lưu có mục không khai trong danh sách: {member.name!r};"
                        " không dùng tệp này"
                    )
                if member.size != entry.size:
                    raise self._damaged()
                self._write(member, entry, folder / member.name)
                yield member.name
            if missing:
                raise self._damaged()
            # The checksum of all stands at the end.
            while self._bounded.read(min(_CHUNK, max(1, self._bounded.left))):
                pass

    def _write(self, member: tarfile.TarInfo, entry: FileEntry, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("xb") as file:
            path.chmod(0o600)
            for data in self._content(member):
                digest.update(data)
                file.write(data)
        if digest.hexdigest() != entry.sha256:
            raise ArchiveError(
                f"bản sao lưu bị hỏng: {member.name} không còn như lúc sao lưu; hãy lấy bản khác"
            )
