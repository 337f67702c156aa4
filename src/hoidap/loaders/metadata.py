"""What is known of a report beside its text: ``NAME.toml`` next to ``NAME.txt``."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from hoidap.complaints import complaint, syntax
from hoidap.errors import LoaderError
from hoidap.loaders.plain import decode
from hoidap.vietnamese.dates import Precision, find_dates
from hoidap.vietnamese.text import nfc


def _read_date(value: object) -> object:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    # A number would be taken for seconds since 1970.
    if not isinstance(value, str):
        raise ValueError(f"không hiểu ngày {str(value)!r}; hãy viết 2021-03-26")
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


def describe(error: ValidationError) -> str:
    """The first complaint of pydantic in one line."""
    field, told = complaint(error)
    if error.errors(include_url=False)[0]["type"] == "extra_forbidden":
        return f"không có mục {field!r}; các mục dùng được: {', '.join(Metadata.model_fields)}"
    return f"mục {field!r}: {told}" if field else told


def read_metadata(data: bytes) -> Metadata:
    """The metadata in the TOML file's bytes. Raises `LoaderError`."""
    try:
        return Metadata.model_validate(tomllib.loads(decode(data)[0]))
    except LoaderError as error:
        raise LoaderError(f"tệp thông tin .toml: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise LoaderError(f"tệp thông tin .toml: {syntax(error)}") from error
    except ValidationError as error:
        raise LoaderError(f"tệp thông tin .toml: {describe(error)}") from error
    except (RecursionError, ValueError) as error:  # whole numbers have at most 4300 digits
        raise LoaderError("tệp thông tin .toml: lồng quá sâu hoặc số quá dài") from error
