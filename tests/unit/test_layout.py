"""Lines of print put together to paragraphs by where they stand."""

from __future__ import annotations

import textwrap

from hoidap.loaders.layout import Line, Page, paragraphs
from tests.formats import PARAGRAPHS

LETTER = 6.0
LEADING = 17.0
IN_COLUMN = 20  # lines
LEFT, RIGHT = 57.0, 320.0


def in_columns(texts: list[str]) -> list[Page]:
    """Pages of two columns of print, each of 34 letters, with the first lines indented."""
    lines = [line for text in texts for line in textwrap.wrap("   " + text, 34)]
    pages: list[list[Line]] = []
    for number, line in enumerate(lines):
        page, place = divmod(number, 2 * IN_COLUMN)
        column, row = divmod(place, IN_COLUMN)
        text = line.lstrip()
        left = (LEFT, RIGHT)[column] + LETTER * (len(line) - len(text))
        top = 60 + row * LEADING
        if place == 0:
            pages.append([])
        # All but the last line of a paragraph are justified.
        last = any(whole.endswith(text) for whole in texts)
        right = left + LETTER * len(text) if last else (LEFT, RIGHT)[column] + LETTER * 34
        pages[page].append(Line(text, left, right, top, top + 12))
    return [Page(tuple(page), (), 842.0) for page in pages]


def test_paragraphs_go_on_in_the_next_column_and_page() -> None:
    texts = [PARAGRAPHS[number % 4] for number in range(9)]
    pages = in_columns(texts)
    # The last column is shorter than the one beside it.
    assert [len(page.lines) for page in pages] == [40, 35]
    found = paragraphs(pages)
    assert [x.text for x in found] == texts
    over = next(x for x in found if len(x.starts) == 2)
    start, page = over.starts[1]
    assert (over.text[start - 1], page) == (" ", 2)
    assert over.text[start:].startswith(pages[1].lines[0].text)


def test_what_stands_below_two_columns_is_read_behind_them() -> None:
    rows = ["các xã đã rà soát hộ nghèo,"] * 7 + ["các xã đã rà soát hộ nghèo."]
    lines = [
        Line(text, left, left + LETTER * len(text), 60 + row * LEADING, 72 + row * LEADING)
        for left in (LEFT, RIGHT)
        for row, text in enumerate(rows)
    ]
    below = Line("Trên đây là báo cáo.", LEFT, LEFT + 120, 60 + 8 * LEADING, 72 + 8 * LEADING)
    page = Page((*lines, below), (), 842.0)
    column = " ".join(rows)
    assert [x.text for x in paragraphs([page])] == [f"{column} {column}", "Trên đây là báo cáo."]


def test_full_lines_with_a_little_room_between_are_paragraphs_of_their_own() -> None:
    texts = [
        "Các xã đã rà soát hộ nghèo,",
        "hộ cận nghèo và hộ khó khăn.",
        "Huyện đã tổ chức hội nghị,",
    ]
    tops = [60.0, 60 + LEADING, 60 + 2 * LEADING + 6, 60 + 3 * LEADING + 6]
    lines = [
        Line(text, LEFT, LEFT + 200, top, top + 12)
        for text, top in zip((*texts, "có đủ các ban."), tops, strict=True)
    ]
    found = [x.text for x in paragraphs([Page(tuple(lines), (), 842.0)])]
    assert found == [f"{texts[0]} {texts[1]}", f"{texts[2]} có đủ các ban."]
