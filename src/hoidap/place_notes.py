"""What became of a place that a question names, as a sentence for readers."""

from __future__ import annotations

import re

from hoidap.documents import Answer, PlaceNote
from hoidap.vietnamese.language import Language

_TEXTS = {
    Language.VIETNAMESE: {
        "present_place": "Từ ngày {since}, {asked} gồm {former} trước đây.",
        "former_place": "{asked} nay thuộc {present} (từ {since}).",
        "former_namesake": "{asked} cũ nay thuộc {present} (từ {since}).",
        "former_district": "{asked} là đơn vị cũ: từ ngày {since} không còn cấp huyện.",
        "and": "và",
    },
    Language.ENGLISH: {
        "present_place": "Since {since}, {asked} consists of the former {former}.",
        "former_place": "{asked} is now in {present} (since {since}).",
        "former_namesake": "The former {asked} is now in {present} (since {since}).",
        "former_district": "{asked} is a former unit: since {since} there is no district level.",
        "and": "and",
    },
}
# The kinds of units as English names them, and a unit in a place's name with its kind.
_ENGLISH_KINDS = {
    "phường": "ward",
    "thị trấn": "town",
    "thị xã": "town",
    "xã": "commune",
    "huyện": "district",
    "quận": "district",
    "thành phố": "city",
}
_UNIT_RE = re.compile(rf"(?P<kind>{'|'.join(_ENGLISH_KINDS)}) (?P<name>[^()]*[^() ])")


def _in_english(unit: str) -> str:
    """The kinds of units in a place's name in English: "phường Mỹ Ngãi" as "Mỹ Ngãi ward"."""

    def behind(match: re.Match[str]) -> str:
        kind, name = _ENGLISH_KINDS[match["kind"]], match["name"]
        return f"{kind} {name}" if name.isdecimal() else f"{name} {kind}"

    return _UNIT_RE.sub(behind, unit).replace("một phần", "part of")


def place_sentence(note: PlaceNote, answer: Answer) -> str:
    """What became of a place that the question of ``answer`` names, in its language."""
    english = answer.language == Language.ENGLISH
    texts = _TEXTS[Language.ENGLISH if english else Language.VIETNAMESE]
    asked, present, *former = (
        _in_english(unit) if english else unit
        for unit in (note.asked, note.present or "", *note.former)
    )
    since = f"{note.since.day}/{note.since.month}/{note.since.year}"
    if english:
        since = f"{note.since.day} {note.since:%B %Y}"
    if note.present is None:
        sentence = texts["former_district"].format(asked=asked, since=since)
    elif note.asked == note.present:
        units = f"{', '.join(former[:-1])} {texts['and']} {former[-1]}" if former[1:] else former[0]
        sentence = texts["present_place"].format(asked=asked, former=units, since=since)
    else:
        # Another unit bears the name now.
        namesake = any(other.asked == other.present == note.asked for other in answer.places)
        text = texts["former_namesake" if namesake else "former_place"]
        sentence = text.format(asked=asked, present=present, since=since)
    return sentence[0].upper() + sentence[1:]
