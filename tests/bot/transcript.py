"""Writes docs/transcript.txt: what a citizen reads when asking the bot, with the real report.

``python -m tests.bot.transcript > docs/transcript.txt``. Bold is shown as *bold*, underlined as
_underlined_, a quotation with a bar before it, buttons in brackets.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap

from bot.richtext import units
from tests.bot.markup import Entity
from tests.bot.standin import BOT_NAME, TOKEN, Shown, stand_in
from tests.conftest import SEED

_WIDTH = 88
_SIGNS = {"bold": "*", "underline": "_"}
_QUESTIONS = (
    "/start",
    "Ai chủ trì hội nghị ngày 26/3/2021?",
    "ai chu tri hoi nghi ngay 26/3/2021",
    "Who chaired the conference of 26/3/2021?",
    "Có bao nhiêu xã đạt chuẩn nông thôn mới?",
    "Ai là Bí thư Huyện ủy?",
    "còn ông Sự?",
    "Giá vàng hôm nay bao nhiêu?",
)


def _offset(text: str, at: int) -> int:
    """The index of the character at ``at`` UTF-16 units."""
    index = 0
    while units(text[:index]) < at:
        index += 1
    return index


def shown(message: Shown) -> str:
    """A message as it looks, in plain characters."""
    signs: dict[int, str] = {}
    quoted: list[tuple[int, int]] = []
    for kind in ("blockquote", *_SIGNS):
        spans = _merged(
            [_bounds(message.text, one) for one in message.entities if kind in one.type]
        )
        if kind == "blockquote":
            quoted = spans
            continue
        for start, end in spans:
            signs[start] = signs.get(start, "") + _SIGNS[kind]
            signs[end] = _SIGNS[kind] + signs.get(end, "")
    lines, at = [], 0
    for line in message.text.split("\n"):
        marked = "".join(
            signs.get(at + index, "") + char for index, char in enumerate(line)
        ) + signs.get(at + len(line), "")
        bar = "┃ " if any(first <= at < last for first, last in quoted) else ""
        wrapped = textwrap.wrap(marked, _WIDTH) or [""]
        lines += [f"  {bar}{part}".rstrip() for part in wrapped]
        at += len(line) + 1
    lines += ["  " + " ".join(f"[{button['text']}]" for button in row) for row in message.keyboard]
    return "\n".join(lines)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch as one, as Telegram shows them."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and merged[-1][1] == start:
            start = merged.pop()[0]
        merged.append((start, end))
    return merged


def _bounds(text: str, one: Entity) -> tuple[int, int]:
    return _offset(text, one.offset), _offset(text, one.offset + one.length)


def main() -> None:
    with stand_in() as api, tempfile.TemporaryDirectory() as place:
        environment = {
            "PATH": os.environ["PATH"],
            "HOIDAP_CORPUS": str(SEED.parent),
            "HOIDAP_DATA": place,
            "HOIDAP_TELEGRAM_TOKEN": TOKEN,
            "HOIDAP_TELEGRAM_API": api.url,
        }
        script = os.path.join(os.path.dirname(sys.executable), "hoidap-bot")
        with subprocess.Popen([script], env=environment, stderr=subprocess.DEVNULL) as bot:
            print(f"A conversation with @{BOT_NAME}, as recorded; the report is the real one.\n")
            print("*bold* _underlined_ ┃ quotation [button]\n")
            for user, question in enumerate(_QUESTIONS, start=1):
                # Each citizen is another one; the last follow-up goes on from the one before.
                one = user if not question.startswith("còn") else user - 1
                print(f"▶ {question}\n\n{shown(api.ask(question, user=one))}\n")
            bot.terminate()


if __name__ == "__main__":
    main()
