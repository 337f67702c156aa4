"""The numbers that Word draws before list items: in the file they are rules, not text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
# Marks of lists in lists, as they are typed; all others are drawn by fonts in many shapes.
_BULLETS = frozenset({"+", "*"})
_OFF = frozenset({"0", "false", "off"})
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        while number >= value:
            written += letters
            number -= value
    return written


def _letters(number: int) -> str:
    """1 as a, 26 as z, 27 as aa, 28 as bb: so Word goes on."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def written_number(number: int, style: str) -> str:
    """``number`` as Word writes it in ``style``, a value of ST_NumberFormat."""
    if not 0 < number < 4000:  # beyond what Roman numbers and letters are read for
        return str(number)
    match style:
        case "upperRoman":
            return _roman(number)
        case "lowerRoman":
            return _roman(number).lower()
        case "upperLetter":
            return _letters(number).upper()
        case "lowerLetter":
            return _letters(number)
        case "decimalZero":
            return f"{number:02}"
        case "none":
            return ""
    return str(number)


def value(element: Any, name: str) -> str | None:  # noqa: ANN401 - lxml is not typed
    """The w:val of the child ``name`` of an element, None where there is none."""
    child = None if element is None else element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def switched(properties: Any, name: str) -> bool | None:  # noqa: ANN401 - lxml is not typed
    """Whether the switch ``name`` is on in some properties; None where they do not have it."""
    switch = None if properties is None else properties.find(f"{W}{name}")
    return None if switch is None else switch.get(f"{W}val") not in _OFF


def whole(text: str | None, default: int) -> int:
    """The number that an attribute holds, ``default`` where it holds none."""
    try:
        return default if text is None else int(text)
    except ValueError:
        return default


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list.

    It counts anew after each item of the first ``restart`` levels; where it is ``legal``, the
    numbers of all levels are written as decimal in its text. ``paragraphs`` is the style of those
    that are on it.
    """

    style: str
    text: str
    start: int
    restart: int
    legal: bool
    paragraphs: str | None


@dataclass(slots=True)
class _List:
    """The levels of one w:num and where its counting stands; lists of one kind count together."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts through the list items of a document, in its order."""

    def __init__(self, root: Any, style: Callable[[str | None], Any]) -> None:  # noqa: ANN401
        """``root`` is the w:numbering element, None where the document has no lists.

        ``style`` gives the w:style with an id: a list may be defined as that of a style.
        """
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        shared: dict[str, _List] = {
            abstract.get(f"{W}abstractNumId"): _List(_levels(abstract))
            for abstract in root.findall(f"{W}abstractNum")
        }
        of_num = {
            num.get(f"{W}numId"): value(num, "abstractNumId") for num in root.findall(f"{W}num")
        }
        for abstract in root.findall(f"{W}abstractNum"):
            found = style(value(abstract, "numStyleLink"))
            rule = None if found is None else found.find(f"{W}pPr/{W}numPr")
            defined = shared.get(of_num.get(value(rule, "numId")) or "")
            if defined is not None:
                shared[abstract.get(f"{W}abstractNumId")] = defined
        for num in root.findall(f"{W}num"):
            base = shared.get(value(num, "abstractNumId") or "")
            if base is None:
                continue
            overrides = num.findall(f"{W}lvlOverride")
            if overrides:
                levels = dict(base.levels)
                for override in overrides:
                    _override(levels, override)
                base = _List(levels)
            self._lists[num.get(f"{W}numId")] = base

    def level_of(self, num_id: str, style: str | None) -> int:
        """The level of list ``num_id`` that paragraphs of a style are on; the first by default."""
        found = self._lists.get(num_id)
        levels = {} if found is None else found.levels
        return next(
            (n for n, x in levels.items() if style is not None and x.paragraphs == style), 0
        )

    def label(self, num_id: str, level: int) -> str:
        """What stands before the next item of list ``num_id`` on ``level`` (from 0)."""
        found = self._lists.get(num_id)
        if found is None or level not in found.levels:
            return ""
        own = found.levels[level]
        if own.style == "bullet":
            return own.text if own.text in _BULLETS else "-"
        counts = found.counts
        counts[level] = counts.get(level, own.start - 1) + 1
        for deeper in [known for known in counts if known > level]:
            if level < found.levels[deeper].restart:
                del counts[deeper]
        label = own.text
        for place in range(level + 1):
            outer = found.levels.get(place)
            if outer is not None and f"%{place + 1}" in label:
                count = counts.setdefault(place, outer.start)
                style = "decimal" if own.legal else outer.style
                label = label.replace(f"%{place + 1}", written_number(count, style))
        return label.strip()


def _level(element: Any, place: int) -> _Level:  # noqa: ANN401 - lxml is not typed
    return _Level(
        style=value(element, "numFmt") or "decimal",
        text=value(element, "lvlText") or "",
        start=whole(value(element, "start"), 1),
        restart=whole(value(element, "lvlRestart"), place),
        legal=switched(element, "isLgl") is True,
        paragraphs=value(element, "pStyle"),
    )


def _levels(abstract: Any) -> dict[int, _Level]:  # noqa: ANN401 - lxml is not typed
    found = {whole(one.get(f"{W}ilvl"), -1): one for one in abstract.findall(f"{W}lvl")}
    return {place: _level(one, place) for place, one in found.items() if 0 <= place < _LEVELS}


def _override(levels: dict[int, _Level], override: Any) -> None:  # noqa: ANN401 - not typed
    place = whole(override.get(f"{W}ilvl"), -1)
    full = override.find(f"{W}lvl")
    if full is not None:
        levels[place] = _level(full, place)
    start = value(override, "startOverride")
    if start is not None and place in levels:
        levels[place] = replace(levels[place], start=whole(start, levels[place].start))
