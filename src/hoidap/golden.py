"""Golden questions: what a generation must answer before it becomes the current one.

``golden.toml`` beside the reports folder::

    [[question]]
    text = "Ai là Bí thư Huyện ủy?"
    report = "000_e56e038e237a51aa"          # the id of the report that must be quoted
    quotes = "Huỳnh Thị Hoài Thu"            # optional: what one of its quotes must contain
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hoidap.answering import MAX_QUESTION, Answerer
from hoidap.complaints import complaint, refusal, syntax
from hoidap.errors import GoldenError
from hoidap.regular_files import read_regular
from hoidap.vietnamese.text import nfc

_PRINTED = 80


class GoldenQuestion(BaseModel):
    """A question, the report that one of its quotes must be from, and what that must contain."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    text: str = Field(min_length=1, max_length=MAX_QUESTION)
    report: str = Field(min_length=1)
    quotes: str | None = None


class _GoldenFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    question: tuple[GoldenQuestion, ...] = ()


def read_golden(path: Path) -> tuple[GoldenQuestion, ...]:
    """The golden questions of a file, none where there is no file. Raises `GoldenError`."""
    try:
        return _GoldenFile.model_validate(
            tomllib.loads(read_regular(path).decode("utf-8-sig"))
        ).question
    except FileNotFoundError:
        return ()
    except ValidationError as error:
        place, told = complaint(error)
        reason = f"mục {place}: {told}"
    except tomllib.TOMLDecodeError as error:
        reason = syntax(error)
    except UnicodeDecodeError:
        reason = "không phải UTF-8; hãy lưu lại tệp dưới dạng UTF-8"
    except OSError as error:
        reason = f"không đọc được: {refusal(error)}"
    except (ValueError, RecursionError):
        reason = "lồng quá sâu hoặc số quá dài"
    raise GoldenError((f"{path}: {reason}",))


def failing(
    questions: Collection[GoldenQuestion],
    answerer: Answerer,
    *,
    reports: Collection[str],
    retired: Collection[str],
) -> tuple[str, ...]:
    """Why questions do not find what they must, a line for each that does not.

    ``reports`` are the ids of the reports there are; a question about one that was ``retired``,
    removed on purpose, is passed over.
    """
    reasons = []
    for question in questions:
        reason = None
        if question.report not in reports:
            if question.report not in retired:
                reason = (
                    f"không có báo cáo {question.report!r}; nếu mã viết sai, hãy sửa golden.toml;"
                    f" nếu gỡ có chủ ý, hãy dùng: hoidap remove {question.report}"
                )
        else:
            reason = _failure(question, answerer)
        if reason is not None:
            reasons.append(f"{_short(question.text)}: {reason}")
    return tuple(reasons)


def _failure(question: GoldenQuestion, answerer: Answerer) -> str | None:
    quotes = answerer.answer(question.text).quotes
    own = [quote.text for quote in quotes if quote.citation.report_id == question.report]
    if not own:
        others = ", ".join(dict.fromkeys(repr(quote.citation.report_id) for quote in quotes))
        return f"không trích báo cáo {question.report!r}, mà {others or 'không trích gì'}"
    if question.quotes is not None:
        wanted = " ".join(nfc(question.quotes).split())
        if not any(wanted in " ".join(text.split()) for text in own):
            return f"đoạn trích của báo cáo {question.report!r} không có {_short(wanted)}"
    return None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= _PRINTED else line[: _PRINTED - 1] + '…'}”"
