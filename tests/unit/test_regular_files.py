"""Nothing but a file is read."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from hoidap.complaints import refusal
from hoidap.regular_files import read_regular


def test_a_file_is_read_also_behind_a_link(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 100_000)
    (tmp_path / "link.txt").symlink_to(path)
    assert read_regular(tmp_path / "link.txt") == b"x" * 100_000
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "b.txt")


def test_anything_else_is_refused_at_once(tmp_path: Path) -> None:
    pipe, address, folder = tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt"
    os.mkfifo(pipe)
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        for path, told in (
            (pipe, "không phải tệp thường"),
            (address, "không phải tệp thường"),
            (Path(os.devnull), "không phải tệp thường"),
            (folder, "đó là thư mục"),
        ):
            with pytest.raises(OSError, match=str(path)) as caught:
                read_regular(path)
            assert refusal(caught.value) == told
