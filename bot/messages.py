"""Answers, passages and lists of reports as messages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from bot.richtext import MAX_UNITS, Mark, Rich, Tag, bold, joined, units
from bot.texts import Texts
from hoidap.documents import Answer, Citation, Passage, Quote, Status
from hoidap.place_notes import place_sentence

# A passage longer than this fills a phone's screen and is folded; Telegram then shows its first
# three lines.
_FOLDED = 1000
# A sentence so short that it can go before the folded passage that holds it.
_SHORT_SENTENCE = 600
# Telegram drops marks beyond a hundred; no reader looks at thirty.
_MOST_UNDERLINED = 30
# What a window of a report may take, so that title and buttons fit the same message.
_WINDOW = 3000
# Vietnam has one time, the whole year.
_VIETNAM = timezone(timedelta(hours=7))


def shown_time(at: datetime) -> str:
    """A moment as people in Vietnam write it."""
    return f"{at.astimezone(_VIETNAM):%H:%M %d/%m/%Y}"


def _harmless(text: str) -> str:
    """What a user typed, without characters that turn or hide what stands around it."""
    return "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Cc", "Cs"})


def _is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def cited(citation: Citation, texts: Texts, page: int | None = None, *, ocr: bool = False) -> str:
    """Day, number and page of a report, in one line; and that a quote of it was read by ``ocr``."""
    parts = [f"{citation.date:%d/%m/%Y}" if citation.date is not None else texts.undated]
    if citation.number is not None:
        parts.append(texts.number.format(number=citation.number))
    if page is not None:
        parts.append(texts.page.format(page=page))
    if ocr:
        parts.append(texts.ocr)
    return "📅 " + " · ".join(parts)


def _source(citation: Citation, texts: Texts) -> Rich:
    source = Rich(citation.source)
    if _is_url(citation.source):
        source = source.marked(Tag.LINK, citation.source)
    return Rich(texts.source) + source


def _head(citation: Citation, texts: Texts, page: int | None, *, ocr: bool) -> Rich:
    return joined((bold(citation.title), cited(citation, texts, page, ocr=ocr)))


def quoted(text: str, highlights: Sequence[tuple[int, int]], texts: Texts) -> Rich:
    """A passage as a quotation, its sentence bold, what was asked for underlined.

    One that is long is folded; its sentence goes before it unless it stands at its head.
    """
    marks = [
        Mark(start, end, Tag.UNDERLINE if order else Tag.BOLD)
        for order, (start, end) in enumerate(highlights[: _MOST_UNDERLINED + 1])
    ]
    passage = Rich(text, tuple(marks))
    if units(text) <= _FOLDED:
        return passage.marked(Tag.QUOTE)
    folded = passage.marked(Tag.FOLDED)
    start, end = highlights[0] if highlights else (0, 0)
    if start == 0 or end - start > _SHORT_SENTENCE:
        return folded
    sentence = passage.part(start, end).marked(Tag.QUOTE)
    return joined((sentence, texts.whole_passage, folded))


def quote_message(quote: Quote, texts: Texts) -> Rich:
    """A quote with all that is known of where it stands."""
    return joined(
        (
            _head(quote.citation, texts, quote.page, ocr=quote.ocr),
            quoted(quote.text, quote.highlights, texts),
            _source(quote.citation, texts),
        ),
        "\n\n",
    )


def passage_message(passage: Passage, sentence: str, texts: Texts) -> Rich:
    """A passage with where it stands; ``sentence`` of it is bold, empty for none."""
    start = passage.text.find(sentence) if sentence else -1
    highlights = [(start, start + len(sentence))] if start >= 0 else []
    return joined(
        (
            _head(passage.report, texts, passage.page, ocr=passage.ocr),
            quoted(passage.text, highlights, texts),
            _source(passage.report, texts),
        ),
        "\n\n",
    )


def answer_message(answer: Answer, texts: Texts, asked_at: datetime | None = None) -> Rich:
    """What the reports say to a question; ``asked_at`` where that was a while ago."""
    parts: list[Rich | str] = []
    if asked_at is not None:
        parts.append(texts.late.format(time=shown_time(asked_at)))
    parts += [place_sentence(note, answer) for note in answer.places]
    if answer.status is Status.NOT_FOUND:
        parts.append(texts.not_found)
        if answer.nearest:
            parts.append(joined((texts.nearest, *(_listed(one, texts) for one in answer.nearest))))
    if answer.status is Status.PARTIAL:
        before, after = texts.partial.split("{terms}")
        terms = bold(", ".join(map(_harmless, answer.missing_terms)))
        parts.append(Rich(before) + terms + after + " " + texts.reads)
    parts += [quote_message(quote, texts) for quote in answer.quotes[:1]]
    return joined(parts, "\n\n")


def _listed(citation: Citation, texts: Texts) -> Rich:
    return Rich("• ") + bold(citation.title) + "\n   " + cited(citation, texts)


def browse_message(openings: Sequence[Passage], first: int, texts: Texts) -> Rich:
    """Reports by number, from ``first`` (0 is the newest) on."""
    if not openings:
        return Rich(texts.no_reports)
    rows = [
        Rich(f"{number}. ") + bold(one.report.title) + "\n    " + cited(one.report, texts)
        for number, one in enumerate(openings, start=first + 1)
    ]
    return joined((texts.reports, *rows), "\n\n")


def window(passages: Sequence[Passage], centre: int) -> tuple[int, int]:
    """The passages ``first:last`` round number ``centre`` that fit one message together."""
    first, last = centre, centre + 1
    size = units(passages[centre].text)
    for index in _outwards(len(passages), centre):
        size += units(passages[index].text) + 2
        if size > _WINDOW:
            break
        first, last = min(first, index), max(last, index + 1)
    return first, last


def _outwards(count: int, centre: int) -> list[int]:
    """The passage after, the one before; no more, so that the one in the middle stays there."""
    return [index for index in (centre + 1, centre - 1) if 0 <= index < count]


def window_message(
    report_text: str, passages: Sequence[Passage], centre: int | None, texts: Texts
) -> Rich:
    """A stretch of a report from the first of ``passages`` to the last.

    The one number ``centre`` of the whole is bold, where it is not alone.
    """
    start, end = passages[0].start, passages[-1].end
    marks: tuple[Mark, ...] = ()
    if centre is not None and len(passages) > 1:
        one = passages[centre]
        marks = (Mark(one.start - start, one.end - start, Tag.BOLD),)
    body = Rich(report_text[start:end], marks).marked(Tag.QUOTE)
    citation = passages[0].report
    head = _head(citation, texts, passages[0].page, ocr=any(one.ocr for one in passages))
    return joined((head, body, _source(citation, texts)), "\n\n")


def fits(message: Rich) -> bool:
    """Whether a message needs no division."""
    return message.units <= MAX_UNITS
