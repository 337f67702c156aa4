"""What is known of a report beside its text: ``NAME.toml`` next to ``NAME.txt``."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from hoidap.errors import LoaderError
from hoidap.vietnamese.dates import Precision, find_dates
from hoidap.vietnamese.text import nfc


def _read_date(value: object) -> object:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    # A number would be taken for seconds since 1970.
    if not isinstance(value, str):
        raise ValueError(f"không hiểu ngày {value!r}; hãy viết 2021-03-26")
    mentions = find_dates(value)
    if len(mentions) != 1 or (period := mentions[0].period) is None:
        raise ValueError(f"không hiểu ngày {value!r}; hãy viết 2021-03-26")
    if period.precision is not Precision.DAY or period.start != period.end:
        raise ValueError(f"{value!r} không phải một ngày; hãy viết 2021-03-26")
    return period.start


def _in_nfc(value: object) -> object:
    return nfc(value) if isinstance(value, str) else value


# Control characters but the tab, and what breaks lines, would break terminals and messages.
_WITHOUT_CONTROL = r"^(?:[^\p{Cc}\u{2028}\u{2029}]|\t)*$"
Line = Annotated[
    str,
    # First, for then the length counts after stripping: white space alone is no title.
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=1000, pattern=_WITHOUT_CONTROL
    ),
    BeforeValidator(_in_nfc),
]
Day = Annotated[date, BeforeValidator(_read_date)]


class Metadata(BaseModel):
    """The fields of a metadata file; all optional, unknown ones refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Line | None = None
    date: Day | None = None
    number: Line | None = None
    source: Line | None = None
    place: Line | None = None
    kind: Line | None = None


# What pydantic finds wrong, by its type of error, in the words of those who write the files.
_COMPLAINTS = {
    "missing": "còn thiếu",
    "string_type": "phải là chữ, đặt trong ngoặc kép",
    "string_too_short": "không được trống",
    "string_too_long": "quá dài, nhiều nhất 1000 ký tự",
    "string_pattern_mismatch": "có ký tự điều khiển hoặc xuống dòng",
    "string_unicode": "có ký tự không hợp lệ",
    "model_type": "phải là một đối tượng",
}


def describe(error: ValidationError) -> str:
    """The first complaint of pydantic in one line."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(Metadata.model_fields)
        return f"không có mục {field!r}; các mục dùng được: {known}"
    complaint = _COMPLAINTS.get(first["type"], first["msg"].removeprefix("Value error, "))
    return f"mục {field!r}: {complaint}" if field else complaint


def read_metadata(data: bytes) -> Metadata:
    """The metadata in the TOML file's bytes. Raises `LoaderError`."""
    try:
        return Metadata.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LoaderError(f"tệp thông tin .toml không đọc được: {error}") from error
    except ValidationError as error:
        raise LoaderError(f"tệp thông tin .toml: {describe(error)}") from error
    except (RecursionError, ValueError) as error:  # whole numbers have at most 4300 digits
        raise LoaderError("tệp thông tin .toml: lồng quá sâu hoặc số quá dài") from error
