"""Where sentences begin and end."""

from __future__ import annotations

import re

# A full stop after these does not end a sentence: titles, places and the usual short forms of
# reports ("TP. Cao Lãnh", "ThS. Nguyễn Văn A", "Tp.", "v.v.").
_SHORT_FORMS = frozenset(
    {"tp", "tx", "tt", "ts", "ths", "pgs", "gs", "bs", "cn", "ks", "kts", "cv", "nxb", "st", "tr"}
    | {"stt", "đ/c", "ông", "bà", "mr", "mrs", "ms", "dr", "vs", "no", "art", "v.v"}
)
# Its first character is looked for by itself, in a sixth of the time. Tried once for a row of marks
# (the dotted line of a form), so that the time stays linear.
_END_RE = re.compile(r"[.!?…\n](?:(?<=\n)\n*+|(?<![.!?…]{2})[.!?…]*+[\"'”’»)\]]*+(?=\s))")
_LAST_WORD_RE = re.compile(r"[^\W\d_](?:[^\W\d_]|[./](?=[^\W\d_]))*\Z")
# The last word before a full stop is looked for in so many characters: more than any short form.
_LOOK_BACK = 12
_ENUMERATOR_RE = re.compile(r"(?:\A|\s)(?:\d{1,3}|[a-zđ]|[IVXLC]{1,5})\Z")


# A line at least so long that ends without punctuation goes on in the next: text wrapped at a fixed
# width. Headings and captions are mostly shorter, and stand between empty lines.
_WRAPPED_LINE = 50
_LIST_ITEM_RE = re.compile(r"\s*(?:[-+*•–]\s|(?:\d{1,3}|[a-zđ]|[IVXLC]{1,5})[.)]\s)")


def _is_wrapped(text: str, start: int, end: int) -> bool:
    """Whether the line breaks ``text[start:end]`` are one that stands inside a sentence."""
    line = text.rfind("\n", 0, start) + 1
    return (
        end - start == 1
        and start - line >= _WRAPPED_LINE
        and text[start - 1] not in ".;:!?…"
        and _LIST_ITEM_RE.match(text, end) is None
    )


def _ends_sentence(text: str, start: int, mark: int) -> bool:
    """Whether the punctuation at ``mark`` ends the sentence that began at ``start``."""
    if text[mark] != ".":
        return True
    before = text[max(start, mark - _LOOK_BACK) : mark]
    last = before.rpartition(" ")[2]
    if not last.isalpha():
        word = _LAST_WORD_RE.search(before)
        last = word.group() if word is not None else ""
    # Short forms are also written together ("PGS.TS. Trần Văn B").
    if not {last.casefold(), last.rpartition(".")[2].casefold()}.isdisjoint(_SHORT_FORMS):
        return False
    # A single capital is an initial ("Nguyễn V. A").
    if len(last) == 1 and last.isupper():
        return False
    # "1. Công tác ..." and "a. ..." at the head of a sentence number it.
    return not (mark - start <= 5 and _ENUMERATOR_RE.search(text[start:mark]))


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of ``text``, in order, without the white space around them.

    A line break ends a sentence unless the text is wrapped there. Together the sentences hold
    every visible character.
    """
    spans = []
    start = 0
    for match in _END_RE.finditer(text):
        if text[match.start()] == "\n":
            if _is_wrapped(text, *match.span()):
                continue
        elif not _ends_sentence(text, start, match.start()):
            continue
        spans.append((start, match.end()))
        start = match.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := trim_span(text, *span)) is not None]


def trim_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space at its ends; None where nothing else is in it."""
    stretch = text[start:end]
    left = len(stretch) - len(stretch.lstrip())
    right = len(stretch.rstrip())
    return (start + left, start + right) if left < right else None
