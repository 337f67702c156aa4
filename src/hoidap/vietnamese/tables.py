"""Tables of words: UTF-8 text, tab-separated, one row a line, ``#`` begins a comment line.

The packaged tables and those of the user have the same form and are read by the same code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from hoidap.complaints import refusal
from hoidap.errors import SettingsError
from hoidap.vietnamese.text import nfc


class Row(NamedTuple):
    """The cells of one line, none of them empty, and where the line stands (from 1)."""

    cells: tuple[str, ...]
    table: str
    line: int

    def fault(self, message: str) -> SettingsError:
        """The error to raise when this row cannot be used."""
        return SettingsError(f"{self.table}, dòng {self.line}: {message}")


def packaged_table(name: str) -> Traversable:
    """The table ``name`` that is shipped with this package."""
    return files(__package__).joinpath(name)


def read_table(
    table: Path | Traversable,
    columns: tuple[str, ...] | None = None,
    spelling: Callable[[str], str] = nfc,
) -> Iterator[Row]:
    """The rows of ``table`` in order.

    Empty columns at the end do not count. ``columns`` names the columns when every row must have as
    many. ``spelling`` is applied to the
    whole text at once, which is much quicker than to each cell; `str` leaves it as it is. Raises
    `SettingsError` naming the file, the line and the fault.
    """
    name = str(table)
    try:
        data = table.read_bytes()
    except OSError as error:
        raise SettingsError(f"không đọc được {name}: {refusal(error)}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            f"{name}, dòng {line}: không phải UTF-8; hãy lưu lại bảng dưới dạng UTF-8"
        ) from error
    for number, content in enumerate(spelling(text).split("\n"), start=1):
        if not content.strip() or content.startswith("#"):
            continue
        cells = tuple(map(str.strip, content.rstrip().split("\t")))
        row = Row(cells, name, number)
        if columns is not None and len(cells) != len(columns):
            wanted = ", ".join(columns)
            raise row.fault(f"có {len(cells)} cột cách nhau bằng tab, cần {len(columns)}: {wanted}")
        if "" in cells:
            raise row.fault("có cột trống")
        yield row


def fingerprint(entries: object) -> str:
    """A digest of what the tables say (``entries`` has a stable repr), not of their bytes."""
    return hashlib.sha256(repr(entries).encode()).hexdigest()[:16]
