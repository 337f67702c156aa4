"""Long lists a page at a time: which page is shown, and the ways to those beside it."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from hoidap.web.core import Core

# Characters of what a list is narrowed down by.
MOST_WORDS = 200
_LAST = 10**6


def page_number(asked: int) -> int:
    """The number of the page that is shown for the one ``asked``."""
    return min(max(asked, 1), _LAST)


def links(path: str, number: int, *, more: bool, **query: str) -> dict[str, Any]:
    """The ways to the pages beside page ``number`` of the list at ``path``, for its template."""

    def link(to: int) -> str:
        return f"{path}?{urlencode({**query, 'trang': to})}"

    return {
        "earlier": link(number - 1) if number > 1 else "",
        "later": link(number + 1) if more else "",
    }


async def listed_reports(
    core: Core, path: str, words: str, asked: int, size: int
) -> dict[str, Any]:
    """A page of ``size`` reports by date, those with ``words``, for the template of a list."""
    number = page_number(asked)
    words = words[:MOST_WORDS].strip()
    found, total = await core.run(partial(core.catalog.listed, words, (number - 1) * size, size))
    beside = links(path, number, more=number * size < total, q=words)
    return {"q": words, "found": found, "total": total, **beside}
