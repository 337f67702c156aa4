"""Messages that Telegram takes, whatever stands in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.messages import quoted
from bot.richtext import Mark, Rich, Tag, bold, joined, units
from bot.texts import texts_in
from tests.bot.markup import parse_html

_TEXT = st.text(st.sampled_from("aể<&>\"' \n.🌾\u0301\u200d\u202e👨"), max_size=80)


@st.composite
def rich(draw: st.DrawFn) -> Rich:
    text = draw(_TEXT)
    offsets = st.integers(0, len(text))
    marks = []
    for tag in (Tag.BOLD, Tag.UNDERLINE, Tag.LINK, Tag.ITALIC, Tag.BOLD):
        start, end = sorted((draw(offsets), draw(offsets)))
        marks.append(Mark(start, end, tag, 'https://x.example/?a="b"&c'))
    start, end = sorted((draw(offsets), draw(offsets)))
    marks.append(Mark(start, end, draw(st.sampled_from([Tag.QUOTE, Tag.FOLDED]))))
    return Rich(text, tuple(marks))


@given(rich())
def test_html_is_valid_and_shows_the_text(message: Rich) -> None:
    text, entities = parse_html(message.html())
    assert text == message.text
    quotes = [one for one in entities if "blockquote" in one.type]
    block = message.marks[-1]
    assert [one.shown for one in quotes] == [message.text[block.start : block.end]] * len(quotes)
    assert all(one.url.endswith('"b"&c') for one in entities if one.type == "text_link")


@given(rich(), st.integers(8, 40))
def test_pages_hold_all_that_is_visible_within_the_limit(message: Rich, limit: int) -> None:
    pages = message.pages(limit)
    assert all(0 < page.units <= limit for page in pages)
    assert "".join("".join(page.text.split()) for page in pages) == "".join(message.text.split())
    for page in pages:
        assert parse_html(page.html())[0] == page.text


def test_pages_are_divided_where_a_reader_pauses() -> None:
    text = Rich("Đoạn một.\n\nĐoạn hai có câu này. Và câu kia.")
    assert [page.text for page in text.pages(20)] == [
        "Đoạn một.",
        "Đoạn hai có câu",
        "này. Và câu kia.",
    ]
    assert [page.text for page in Rich("🌾" * 5).pages(4)] == ["🌾🌾", "🌾🌾", "🌾"]
    assert [page.text for page in Rich("aaae\u0301b").pages(4)] == ["aaa", "e\u0301b"]
    assert Rich(" \n ").pages() == []


def test_units_are_utf16() -> None:
    for text in ("ể", "🌾", "e\u0301", "🇻🇳"):
        assert units(text) == len(text.encode("utf-16-le")) // 2


def test_plain_text_writes_links_out() -> None:
    message = joined((bold("Báo cáo"), Rich("cổng").marked(Tag.LINK, "https://x.example")))
    assert message.plain() == "Báo cáo\ncổng (https://x.example)"
    link = Rich("https://x.example").marked(Tag.LINK, "https://x.example")
    assert link.plain() == "https://x.example"


def test_a_short_passage_is_shown_whole_and_a_long_one_folded() -> None:
    texts = texts_in("vi")
    short = quoted("Một câu. Hai câu.", [(9, 17)], texts)
    assert short.html() == "<blockquote>Một câu. <b>Hai câu.</b></blockquote>"
    long = "Câu đầu. " * 150 + "Câu cuối."
    at = len(long) - 9
    folded = quoted(long, [(at, len(long))], texts).html()
    assert folded.startswith("<blockquote><b>Câu cuối.</b></blockquote>\nCả đoạn (bấm để mở):\n")
    assert folded.endswith("<b>Câu cuối.</b></blockquote>")
    at_head = quoted(long, [(0, 8)], texts).html()
    assert at_head.startswith("<blockquote expandable><b>Câu đầu.</b>")
