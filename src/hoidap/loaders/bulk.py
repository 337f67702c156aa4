"""Bulk export: one report a line, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import ConfigDict, ValidationError, model_validator

from hoidap.documents import Note, Report
from hoidap.errors import LoaderError
from hoidap.loaders.extracted import finish
from hoidap.loaders.metadata import Line, Metadata, describe
from hoidap.loaders.plain import decode

# Fields whose text an export may write as a number: "number": 45.
_LINES = frozenset({"id", "title", "number", "source", "place", "kind"})

_EMPTY = "tệp rỗng, không có báo cáo nào"
# For whoever exported a list, or an object over several lines.
_WANTED = 'mỗi dòng phải là một báo cáo, như {"id": "…", "title": "…", "text": "…"}'


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class _Row(Metadata):
    """A line of a bulk file: `Metadata` with the report's id and text; other keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Line
    text: str

    @model_validator(mode="before")
    @classmethod
    def _as_exported(cls, row: object) -> object:
        """Exports write numbers for texts, and an empty string or null where they know nothing."""
        if not isinstance(row, dict):
            return row
        required = {"id", "text"}
        return {
            name: _as_text(value) if name in _LINES else value
            for name, value in row.items()
            if name in required or value
        }


def _lines(text: str) -> Iterator[str]:
    """The lines of a long text, which are never in memory all at once."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def _decoded(data: bytes) -> tuple[str, Note | None, LoaderError | None]:
    """The text of an export, the encoding where that was guessed, and what is wrong with UTF-8.

    Where something is, each damaged byte stands as a lone surrogate.
    """
    try:
        return *decode(data), None
    except LoaderError as error:
        return data.decode("utf-8-sig", "surrogateescape"), None, error


def _damaged(line: str) -> int | None:
    """The column of the first damaged byte in a line; None where there is none."""
    try:
        line.encode("utf-8")
    except UnicodeEncodeError as error:
        return error.start + 1
    return None


def load_bulk(data: bytes, file: str) -> tuple[tuple[Report, ...], tuple[str, ...]]:
    """The reports of a .jsonl file, and a reason for each line that holds none.

    A bad line does not keep the others out. Raises `LoaderError` where no line is good.
    """
    reports: list[Report] = []
    failures: list[str] = []
    # Where each id was.
    lines: dict[str, int] = {}
    raw, note, damage = _decoded(data)
    for number, line in enumerate(_lines(raw), start=1):
        if not line.strip():
            continue
        if damage is not None and (column := _damaged(line)) is not None:
            failures.append(f"dòng {number}: không phải văn bản UTF-8 (cột {column})")
            continue
        try:
            row = _Row.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            failures.append(f"dòng {number}: không phải JSON (sai ở cột {error.colno})")
            continue
        except ValidationError as error:
            failures.append(f"dòng {number}: {describe(error)}")
            continue
        except RecursionError:
            failures.append(f"dòng {number}: lồng quá sâu")
            continue
        except ValueError:  # Python reads whole numbers of at most 4300 digits
            failures.append(f"dòng {number}: số quá dài")
            continue
        try:
            text, notes = finish(row.text)
        except LoaderError as error:
            failures.append(f"dòng {number}: báo cáo {row.id!r}: {error}")
            continue
        if row.id in lines:
            failures.append(f"dòng {number}: mã báo cáo {row.id!r} đã có ở dòng {lines[row.id]}")
            continue
        lines[row.id] = number
        reports.append(
            Report(
                id=row.id,
                file=file,
                title=row.title or row.id,
                text=text,
                date=row.date,
                number=row.number,
                source=row.source,
                place=row.place,
                kind=row.kind,
                notes=notes if note is None else (note, *notes),
            )
        )
    if not reports and damage is not None:
        raise damage
    if not reports:
        raise LoaderError(f"{failures[0]}; {_WANTED}" if failures else _EMPTY)
    return tuple(reports), tuple(failures)
