"""Buttons and the data behind them, at most 64 bytes, which holds all that a press needs.

Nothing is remembered for a button: it works after a restart and years later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.texts import ADMIN, Texts, texts_in
from hoidap.documents import Answer
from hoidap.vietnamese.language import Language

# Telegram's limit for the data of a button, in bytes.
MAX_DATA = 64
_NUMBERS_IN_A_ROW = 4
_CHOSEN = " ✓"


class Verb(StrEnum):
    """What a button does. Values stand in messages already sent: never reuse one."""

    MORE = "m"  # question, passages
    AROUND = "a"  # passage
    WINDOW = "w"  # passage; turns the page of what AROUND opened
    FILE = "f"  # passage
    HELPFUL = "y"  # question
    UNHELPFUL = "n"  # question
    BROWSE = "b"  # number of the first report
    OPEN = "o"  # passage
    LANGUAGE = "l"  # 0 auto, 1 Vietnamese, 2 English
    ERASE = "e"  # 0 keep, 1 erase
    RELOAD = "R"  # digest of the plan
    ROLLBACK = "B"  # generation, and the one that was current then
    CANCEL = "C"
    ADD = "A"  # batch
    ADD_BESIDE = "K"  # batch
    DROP = "D"  # batch
    ABOUT = "q"  # passage
    CHOOSE = "x"  # passage of the report to remove
    REMOVE = "X"  # passage of the report to remove


@dataclass(frozen=True, slots=True)
class Press:
    """What a button stands for: ``numbers`` mean what `Verb` says; ``language`` of its message."""

    verb: Verb
    language: str
    numbers: tuple[int, ...] = ()

    @property
    def data(self) -> str:
        """The data behind the button."""
        letter = "e" if self.language == Language.ENGLISH else "v"
        return f"{self.verb}{letter}{','.join(map(str, self.numbers))}"

    @classmethod
    def read(cls, data: str) -> Press | None:
        """The press behind ``data``; None where no button of ours has it."""
        try:
            numbers = tuple(map(int, data[2:].split(","))) if len(data) > 2 else ()
            language = {"v": Language.VIETNAMESE, "e": Language.ENGLISH}[data[1]]
            return cls(Verb(data[0]), language.value, numbers)
        except (ValueError, KeyError, IndexError):
            return None


def _button(label: str, press: Press) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=press.data)


def _markup(rows: Sequence[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row for row in rows if row])


def answer_keyboard(
    answer: Answer, question: int | None, language: str
) -> InlineKeyboardMarkup | None:
    """The buttons under an answer; ``question`` is its number in the journal, if it has one."""
    texts = texts_in(language)
    rows: list[list[InlineKeyboardButton]] = []
    if answer.quotes:
        first = answer.quotes[0].passage_id
        rows.append(
            [
                _button(texts.around, Press(Verb.AROUND, language, (first,))),
                _button(texts.file, Press(Verb.FILE, language, (first,))),
            ]
        )
        others = [quote.passage_id for quote in answer.quotes[1:]]
        while others:
            press = Press(Verb.MORE, language, (question or 0, *others))
            if len(press.data.encode()) <= MAX_DATA:
                rows.append([_button(texts.more.format(count=len(others)), press)])
                break
            others.pop()
    # Where nothing was found there is nothing to rate; the journal knows.
    if question is not None and answer.quotes:
        rows.append(
            [
                _button("👍", Press(Verb.HELPFUL, language, (question,))),
                _button("👎", Press(Verb.UNHELPFUL, language, (question,))),
            ]
        )
    return _markup(rows) if rows else None


def question_of(markup: InlineKeyboardMarkup | None) -> int | None:
    """The number of the question whose answer has these buttons; None where it has none."""
    for row in markup.inline_keyboard if markup is not None else ():
        for button in row:
            press = (
                Press.read(button.callback_data) if isinstance(button.callback_data, str) else None
            )
            if press is not None and press.verb is Verb.HELPFUL and press.numbers:
                return press.numbers[0]
    return None


def passage_of(markup: InlineKeyboardMarkup | None) -> int | None:
    """The passage whose report a message is about: it has one button that opens a report."""
    opened = [
        press.numbers[0]
        for row in (markup.inline_keyboard if markup is not None else ())
        for button in row
        if isinstance(button.callback_data, str)
        and (press := Press.read(button.callback_data)) is not None
        and press.verb is Verb.OPEN
        and press.numbers
    ]
    return opened[0] if len(opened) == 1 else None


def with_choice(markup: InlineKeyboardMarkup, chosen: Press) -> InlineKeyboardMarkup:
    """The same buttons with the chosen thumb ticked and the other one not."""
    rows = []
    for row in markup.inline_keyboard:
        buttons = []
        for button in row:
            press = (
                Press.read(button.callback_data) if isinstance(button.callback_data, str) else None
            )
            if press is not None and press.verb in {Verb.HELPFUL, Verb.UNHELPFUL}:
                label = button.text.removesuffix(_CHOSEN)
                label += _CHOSEN if press.verb is chosen.verb else ""
                buttons.append(_button(label, press))
            else:
                buttons.append(button)
        rows.append(buttons)
    return InlineKeyboardMarkup(rows)


def window_keyboard(
    language: str, passage: int, before: int | None, after: int | None
) -> InlineKeyboardMarkup:
    """The buttons under a stretch of a report: its file, what stands before and after."""
    texts = texts_in(language)
    turns = [
        _button(label, Press(Verb.WINDOW, language, (to,)))
        for label, to in ((texts.earlier, before), (texts.later, after))
        if to is not None
    ]
    return _markup([turns, [_button(texts.file, Press(Verb.FILE, language, (passage,)))]])


def file_keyboard(language: str, passage: int) -> InlineKeyboardMarkup:
    """The buttons under a further quote."""
    texts = texts_in(language)
    return _markup(
        [
            [
                _button(texts.around, Press(Verb.AROUND, language, (passage,))),
                _button(texts.file, Press(Verb.FILE, language, (passage,))),
            ]
        ]
    )


def browse_keyboard(
    language: str, passages: Sequence[int], first: int, before: int | None, after: int | None
) -> InlineKeyboardMarkup:
    """A button a report, by its number in the list, and those that turn the page."""
    texts = texts_in(language)
    numbered = [
        _button(str(first + order), Press(Verb.OPEN, language, (passage,)))
        for order, passage in enumerate(passages, start=1)
    ]
    rows = [
        numbered[at : at + _NUMBERS_IN_A_ROW] for at in range(0, len(numbered), _NUMBERS_IN_A_ROW)
    ]
    turns = [
        _button(label, Press(Verb.BROWSE, language, (to,)))
        for label, to in ((texts.earlier, before), (texts.later, after))
        if to is not None
    ]
    return _markup([*rows, turns])


def language_keyboard(language: str) -> InlineKeyboardMarkup:
    """The languages to choose from."""
    labels = ("Tự động / Auto", "Tiếng Việt", "English")
    return _markup(
        [
            [
                _button(label, Press(Verb.LANGUAGE, language, (number,)))
                for number, label in enumerate(labels)
            ]
        ]
    )


def erase_keyboard(language: str) -> InlineKeyboardMarkup:
    """Erase, or not."""
    texts: Texts = texts_in(language)
    return _markup(
        [
            [
                _button(texts.erase_yes, Press(Verb.ERASE, language, (1,))),
                _button(texts.erase_no, Press(Verb.ERASE, language, (0,))),
            ]
        ]
    )


def link_keyboard(label: str, url: str) -> InlineKeyboardMarkup:
    """One button that leads somewhere."""
    return _markup([[InlineKeyboardButton(label, url=url)]])


def confirm_keyboard(label: str, press: Press) -> InlineKeyboardMarkup:
    """Do what an administrator asked for, or not."""
    return _markup(
        [[_button(label, press), _button(ADMIN.cancel, Press(Verb.CANCEL, press.language))]]
    )


def upload_keyboard(batch: int, language: str, *, replaces: bool) -> InlineKeyboardMarkup:
    """Add the files that were sent in, or not; where they replace others, or beside these."""
    rows = [
        [
            _button(
                ADMIN.add_and_replace if replaces else ADMIN.add,
                Press(Verb.ADD, language, (batch,)),
            )
        ]
    ]
    if replaces:
        rows.append([_button(ADMIN.add_beside, Press(Verb.ADD_BESIDE, language, (batch,)))])
    return _markup([*rows, [_button(ADMIN.drop, Press(Verb.DROP, language, (batch,)))]])


def added_keyboard(passages: Sequence[int], language: str) -> InlineKeyboardMarkup:
    """Read the report that was added and ask about it; where there are several, by number."""
    if len(passages) == 1:
        return about_keyboard(passages[0], language, ask=True)
    asks = [
        _button(f"❓ {number}", Press(Verb.ABOUT, language, (passage,)))
        for number, passage in enumerate(passages, start=1)
    ]
    return _markup(
        [asks[at : at + _NUMBERS_IN_A_ROW] for at in range(0, len(asks), _NUMBERS_IN_A_ROW)]
    )


def about_keyboard(passage: int, language: str, *, ask: bool = False) -> InlineKeyboardMarkup:
    """Open a report, under a message that is about it alone."""
    row = [_button(ADMIN.open, Press(Verb.OPEN, language, (passage,)))]
    if ask:
        row.append(_button(ADMIN.ask_about, Press(Verb.ABOUT, language, (passage,))))
    return _markup([row])


def choose_keyboard(passages: Sequence[int], language: str) -> InlineKeyboardMarkup:
    """A button for each report that may be meant, by its number in the list."""
    buttons = [
        _button(str(number), Press(Verb.CHOOSE, language, (passage,)))
        for number, passage in enumerate(passages, start=1)
    ]
    rows = [
        buttons[at : at + _NUMBERS_IN_A_ROW] for at in range(0, len(buttons), _NUMBERS_IN_A_ROW)
    ]
    return _markup([*rows, [_button(ADMIN.cancel, Press(Verb.CANCEL, language))]])
