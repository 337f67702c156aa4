"""Which collections on a server are those of a data directory.

One that was copied must not write into the collections of the one that it was copied from. So the
place where an installation lies is written beside its name: a directory that was moved keeps its
inode, one that is mounted anew its path, and a copy neither.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class _Installation:
    name: str
    path: str
    inode: int


def installation(directory: Path) -> str:
    """The name in ``directory``, which is made on first use, and anew in a copy."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "installation"
    here = _Installation(secrets.token_hex(4), str(directory.resolve()), directory.stat().st_ino)
    try:
        known = _Installation(**json.loads(file.read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        known = None
    if known is not None and (here.path == known.path or here.inode == known.inode):
        here = replace(here, name=known.name)
    if here != known:
        coming = file.with_suffix(".tmp")
        coming.write_text(json.dumps(asdict(here), ensure_ascii=False), "utf-8")
        coming.replace(file)
    return here.name
