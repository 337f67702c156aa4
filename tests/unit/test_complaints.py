"""Tests of how errors are told."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from hoidap.complaints import refusal


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("không có", "không có tệp hay thư mục này"),
        (".", "đó là thư mục"),
        ("a" * 999, "tên quá dài"),
    ],
)
def test_what_the_system_refuses_is_told_in_vietnamese(
    tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(OSError, match="Errno") as refused:
        (tmp_path / name).read_bytes()
    assert refusal(refused.value) == told


def test_what_is_seldom_refused_is_told_in_the_systems_words() -> None:
    assert refusal(OSError(errno.EXDEV, os.strerror(errno.EXDEV))) == os.strerror(errno.EXDEV)
    assert refusal(OSError("hết giờ")) == "hết giờ"


def test_names_of_machines_have_numbers_of_their_own() -> None:
    error = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert refusal(error) == "không có máy nào tên như vậy"
