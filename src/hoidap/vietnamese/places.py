"""Old and new names of places: units formed from former ones when the districts were abolished.

A table holds one former unit a line, beside the present unit that it belongs to now. The packaged
table is ``places.tsv`` beside this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources.abc import Traversable
from itertools import product
from pathlib import Path
from typing import NamedTuple

from hoidap.documents import PlaceNote
from hoidap.vietnamese import tables
from hoidap.vietnamese.text import Token, fold, nfc, normalize, tokenize, uniform_tones

# When the present units were formed and the district level ended.
SINCE = date(2025, 7, 1)

_PRESENT_KINDS = ("phường", "xã")
_FORMER_KINDS = (*_PRESENT_KINDS, "thị trấn")
_DISTRICT_KINDS = ("huyện", "quận", "thị xã", "thành phố")
_PART = "một phần"

# What stands before a name and the kinds it may mean; each also without diacritics.
_SHORT_KINDS = {
    "p": ("phường",),
    "x": ("xã",),
    "tt": ("thị trấn",),
    "h": ("huyện",),
    "tx": ("thị xã",),
    "tp": ("thành phố",),
}
# These stand before or behind: "ward 1", "My Ngai ward".
_ENGLISH_KINDS = {
    "ward": ("phường",),
    "commune": ("xã",),
    "town": ("thị trấn", "thị xã"),
    "township": ("thị trấn", "thị xã"),
    "district": ("huyện", "quận"),
    "city": ("thành phố",),
}
# A name typed without diacritics may mean so many units that only the present ones are told of.
_MOST_NOTES = 4
# What may join a kind to its name ("ward of My Ngai") and a unit to its district.
_NOTHING: frozenset[str] = frozenset()
_OF = frozenset({"of"})
_LINKS = frozenset({"of", "in", "ở", "tại", "tai", "thuộc", "thuoc", "của", "cua"})


class Unit(NamedTuple):
    """A ward, commune, town or district: "phường", "Mỹ Ngãi".

    ``district`` is that of a former unit, where the table names it; ``part`` says that only a part
    of the unit is meant.
    """

    kind: str
    name: str
    district: str | None = None
    part: bool = False

    @property
    def full(self) -> str:
        """Kind and name."""
        return f"{self.kind} {self.name}"

    @property
    def label(self) -> str:
        """The unit as it is told to a reader."""
        of = f" ({self.district})" if self.district is not None else ""
        return f"{_PART} {self.full}{of}" if self.part else f"{self.full}{of}"

    @property
    def numbered(self) -> bool:
        """Whether the name is a number, which says nothing without the district."""
        return self.name.isdecimal()


class Merger(NamedTuple):
    """A present unit and the former ones it was formed from."""

    present: Unit
    former: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place that a text names: ``text[start:end]``.

    ``asked`` are the units it may mean, ``related`` those that hold the same land under another
    name. Both are empty for a district.
    """

    start: int
    end: int
    asked: tuple[Unit, ...]
    related: tuple[Unit, ...]
    notes: tuple[PlaceNote, ...]


class _Reading(NamedTuple):
    """What a name may mean: a unit of a merger, or a former district."""

    unit: Unit
    merger: Merger | None
    spelled: str

    @property
    def is_present(self) -> bool:
        return self.merger is not None and self.unit is self.merger.present

    def fits(self, districts: frozenset[str]) -> bool:
        """Whether the unit may be one of these districts; without any, only names fit."""
        if self.unit.numbered or (self.unit.district is not None and districts):
            return self.unit.district in districts
        return True

    @property
    def note(self) -> PlaceNote:
        if self.merger is None:
            return PlaceNote(self.unit.label, None, (), SINCE)
        former = tuple(unit.label for unit in self.merger.former)
        return PlaceNote(self.unit.label, self.merger.present.label, former, SINCE)


class _Hit(NamedTuple):
    """A kind with a known name, as a range of tokens."""

    first: int
    last: int
    readings: list[_Reading]

    @property
    def is_district(self) -> bool:
        return self.readings[0].merger is None


class Places:
    """A table ready to be searched. Safe to share between threads; never changes."""

    def __init__(self, mergers: Iterable[Merger], districts: Iterable[Unit]) -> None:
        self.mergers = tuple(mergers)
        self.districts = tuple(districts)
        pairs: list[tuple[Unit, Merger | None]] = [(unit, None) for unit in self.districts]
        for formed in self.mergers:
            pairs += [(unit, formed) for unit in (formed.present, *formed.former)]
        names = _spelling(normalize("\n".join(unit.name for unit, _ in pairs)))
        self._readings: dict[str, list[_Reading]] = {}
        exact, bare = names.split("\n"), fold(names).split("\n")
        for (unit, merger), name, key in zip(pairs, exact, bare, strict=True):
            self._readings.setdefault(key, []).append(_Reading(unit, merger, name))
        self._longest = max((key.count(" ") + 1 for key in self._readings), default=0)
        # "P1" is one token.
        self._wards = {f"p{name}": name for name in self._readings if name.isdecimal()}
        self._heads = _HEADS | self._wards.keys()

    @classmethod
    def load(cls, *extra: Path) -> Places:
        """The packaged table and the user's; the rows of a present unit replace earlier ones.

        Raises `SettingsError` naming the file, the line and what is wrong with it.
        """
        # The packaged table is in uniform spelling (a test holds that).
        mergers, districts = _read(tables.packaged_table("places.tsv"), str)
        for table in extra:
            added, named = _read(table, _uniform)
            mergers |= added
            districts |= named
        return cls(mergers.values(), districts.values())

    @cached_property
    def district_names(self) -> frozenset[str]:
        """The names of former districts, normalised: "Cao Lãnh" alone says little of a ward."""
        return frozenset(normalize(unit.name) for unit in self.districts)

    def find(self, text: str) -> list[PlaceMention]:
        """The units and districts that ``text`` names with their kind, in order, none overlapping.

        A name of several units means all of them, unless its district is named; a numbered ward is
        found only with its town.
        """
        tokens = tokenize(text)
        if self._heads.isdisjoint([token.text for token in tokens]):
            return []
        hits = self._hits(text, tokens)
        districts = {hit.first: hit for hit in hits if hit.is_district}
        anywhere = _names(reading for hit in districts.values() for reading in hit.readings)
        found = []
        qualifying: set[int] = set()
        for hit in hits:
            if hit.is_district:
                continue
            after = _past(text, tokens, hit.last, _LINKS, ",(-–")
            following = districts.get(after)
            if following is not None:
                near = _names(following.readings)
            elif _is_district(text, tokens, after):
                continue  # a district that the table does not know has units of its own
            else:
                _, readings = self._name_at(text, tokens, after, _DISTRICT_KINDS)
                near = _names(readings)
            if not near and _goes_on(text, tokens, hit):
                continue
            readings = _meant(hit.readings, near, anywhere)
            if readings:
                found.append(_mention(tokens, hit, readings))
                qualifying.add(after)
        found += [
            _mention(tokens, hit, hit.readings)
            for first, hit in districts.items()
            if first not in qualifying
        ]
        return sorted(found, key=lambda mention: mention.start)

    def _hits(self, text: str, tokens: Sequence[Token]) -> list[_Hit]:
        hits: list[_Hit] = []
        at = done = 0
        while at < len(tokens):
            length, kinds = _kind_at(text, tokens, at)
            hit = None
            if kinds:
                english = tokens[at].text in _ENGLISH_KINDS
                start = _past(text, tokens, at + length, _OF if english else _NOTHING, ".:")
                last, readings = self._name_at(text, tokens, start, kinds)
                if readings:
                    hit = _Hit(at, last, readings)
                elif english:
                    hit = self._before(text, tokens, at, done, kinds)
            elif tokens[at].text in self._wards:
                readings = self._known([self._wards[tokens[at].text]], ("phường",))
                hit = _Hit(at, at + 1, readings)
            if hit is not None:
                hits.append(hit)
                done = hit.last
            at = hit.last if hit is not None else at + max(length, 1)
        return hits

    def _name_at(
        self, text: str, tokens: Sequence[Token], first: int, kinds: Sequence[str]
    ) -> tuple[int, list[_Reading]]:
        """The longest name of one of ``kinds`` that begins at ``first``, and where it ends."""
        last = min(first + self._longest, len(tokens))
        last = next((at for at in range(first + 1, last) if not _touching(text, tokens, at)), last)
        for end in range(last, first, -1):
            readings = self._known([token.text for token in tokens[first:end]], kinds)
            if readings:
                return end, readings
        return first, []

    def _before(
        self, text: str, tokens: Sequence[Token], end: int, floor: int, kinds: Sequence[str]
    ) -> _Hit | None:
        """The longest name of one of ``kinds`` that ends before ``end``: "My Ngai ward"."""
        first = end
        while first > max(floor, end - self._longest) and _touching(text, tokens, first):
            first -= 1
        for start in range(first, end):
            readings = self._known([token.text for token in tokens[start:end]], kinds)
            if readings:
                # The end of a longer name that the table does not know is another place.
                longer = start > max(first, 1) and _is_name(text, tokens, start - 1)
                return None if longer else _Hit(start, end + 1, readings)
        return None

    def _known(self, typed: list[str], kinds: Sequence[str]) -> list[_Reading]:
        """What a name of these ``kinds`` may mean; each syllable may lack its diacritics."""
        typed = [_spelling(syllable) for syllable in typed]
        readings = [
            reading
            for reading in self._readings.get(fold(" ".join(typed)), ())
            if reading.unit.kind in kinds
            and all(
                one == other or one.isascii()
                for one, other in zip(typed, reading.spelled.split(), strict=True)
            )
        ]
        exact = [reading for reading in readings if reading.spelled == " ".join(typed)]
        return exact or readings


def _variants(phrase: str) -> list[str]:
    """``phrase`` with and without the diacritics of each of its syllables."""
    return [" ".join(every) for every in product(*({s, fold(s)} for s in phrase.split()))]


_KINDS = _SHORT_KINDS | _ENGLISH_KINDS
_KINDS |= {
    variant: (kind,) for kind in (*_FORMER_KINDS, *_DISTRICT_KINDS) for variant in _variants(kind)
}
_HEADS = frozenset(phrase.split()[0] for phrase in _KINDS)


def _spelling(name: str) -> str:
    """``name``, normalised, with one spelling for "Mỹ Quí" and "Mỹ Quý"."""
    return name.replace("quy", "qui").replace("quý", "quí")


def _kind_at(text: str, tokens: Sequence[Token], at: int) -> tuple[int, tuple[str, ...]]:
    """How many tokens from ``at`` name a kind of unit, and which kinds."""
    if at + 1 < len(tokens) and _touching(text, tokens, at + 1):
        kinds = _KINDS.get(f"{tokens[at].text} {tokens[at + 1].text}")
        if kinds is not None:
            return 2, kinds
    kinds = _KINDS.get(tokens[at].text, ()) if at < len(tokens) else ()
    return len(kinds[:1]), kinds


def _past(text: str, tokens: Sequence[Token], at: int, links: frozenset[str], marks: str) -> int:
    """``at``, or past one of ``links`` there; the end where more than ``marks`` stand before it."""
    if at < len(tokens) and tokens[at].text in links:
        at += 1
    gap = text[tokens[at - 1].end : tokens[at].start] if at < len(tokens) else ""
    return len(tokens) if gap.strip(f" \u00a0{marks}") else at


def _is_district(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether a kind of district with a name, known or not, begins at ``at``."""
    length, kinds = _kind_at(text, tokens, at)
    return not set(kinds).isdisjoint(_DISTRICT_KINDS) and _is_name(text, tokens, at + length)


def _touching(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether only spaces stand before the token ``at``."""
    return text[tokens[at - 1].end : tokens[at].start].isspace()


def _is_name(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether the token ``at`` is written as a syllable of a name: "Mỹ" or "B", not "UBND"."""
    if at >= len(tokens):
        return False
    word = text[tokens[at].start : tokens[at].end]
    return word[0].isupper() and (len(word) == 1 or not word.isupper())


def _goes_on(text: str, tokens: Sequence[Token], hit: _Hit) -> bool:
    """Whether a name goes on behind what the table knows: "xã Mỹ Thọ Đông" is another place."""
    return (
        hit.last < len(tokens)
        and _touching(text, tokens, hit.last)
        and _is_name(text, tokens, hit.last - 1)
        and _is_name(text, tokens, hit.last)
    )


def _names(readings: Iterable[_Reading]) -> frozenset[str]:
    return frozenset(reading.unit.full for reading in readings)


def _meant(
    readings: Sequence[_Reading], near: frozenset[str], anywhere: frozenset[str]
) -> list[_Reading]:
    """Those that the districts of the text leave, present units first.

    A unit that is named ``near`` its district is a former one. One that went to the present unit
    of the same name is told as that one.
    """
    meant = [reading for reading in readings if reading.fits(near or anywhere)]
    if near:
        meant = [reading for reading in meant if not reading.is_present] or meant
    elif not meant:
        meant = [reading for reading in readings if reading.fits(frozenset())]
    present = [
        reading._replace(unit=reading.merger.present)
        for reading in meant
        if reading.merger is not None and reading.unit.full == reading.merger.present.full
    ]
    former = [
        reading
        for reading in meant
        if reading.merger is not None and reading.unit.full != reading.merger.present.full
    ]
    return present + former


def _mention(tokens: Sequence[Token], hit: _Hit, readings: Sequence[_Reading]) -> PlaceMention:
    asked: dict[str, Unit] = {}
    related: dict[str, Unit] = {}
    for unit, merger, _ in readings:
        if merger is not None:
            asked.setdefault(unit.full, unit)
            others = merger.former if unit is merger.present else (merger.present,)
            related |= {other.label: other for other in others}
    notes = dict.fromkeys(reading.note for reading in readings)
    if len(notes) > _MOST_NOTES:
        present = {reading.note: None for reading in readings if reading.is_present}
        notes = present or notes
    return PlaceMention(
        start=tokens[hit.first].start,
        end=tokens[hit.last - 1].end,
        asked=tuple(asked.values()),
        related=tuple(other for other in related.values() if other.full not in asked),
        notes=tuple(notes),
    )


def _uniform(text: str) -> str:
    return uniform_tones(nfc(text))


def _read(
    table: Path | Traversable, spelling: Callable[[str], str]
) -> tuple[dict[str, Merger], dict[str, Unit]]:
    """The mergers of one table by their present units in small letters, and its districts."""
    present: dict[str, tuple[Unit, list[Unit]]] = {}
    districts: dict[str, Unit] = {}
    lines: dict[tuple[str, ...], int] = {}
    for row in tables.read_table(table, spelling=spelling):
        cells, _, line = row
        if lines.setdefault(cells, line) != line:
            raise row.fault(f"dòng này đã có ở dòng {lines[cells]}; hãy bỏ bớt")
        part = cells[-1] == _PART
        named = cells[:-1] if part else cells
        if len(named) > 3 or (part and len(named) < 2):
            raise row.fault(
                f"có {len(cells)} cột; cần đơn vị nay, đơn vị cũ và, nếu có, huyện cũ, {_PART}"
            )
        district = None
        if len(named) != 2:
            district = named[-1]
            if district not in districts:
                districts[district] = _unit(row, district, _DISTRICT_KINDS)
            district = districts[district].full
        if len(named) == 1:
            continue
        key = named[0].lower()
        if key not in present:
            present[key] = _unit(row, named[0], _PRESENT_KINDS), []
        unit = _unit(row, named[1], _FORMER_KINDS, district, part)
        if district is None and unit.numbered:
            raise row.fault(f"{unit.full!r} có ở nhiều nơi; cần thêm cột huyện cũ")
        present[key][1].append(unit)
    mergers = {key: Merger(unit, tuple(former)) for key, (unit, former) in present.items()}
    return mergers, {unit.full: unit for unit in districts.values()}


def _unit(
    row: tables.Row,
    cell: str,
    kinds: Sequence[str],
    district: str | None = None,
    part: bool = False,
) -> Unit:
    lowered = cell[0].lower() + cell[1:]
    for kind in kinds:
        if lowered.startswith(kind):
            name = lowered[len(kind) :]
            if name[:1] == " ":
                return Unit(kind, name[1:], district, part)
    raise row.fault(f"{cell!r} thiếu loại đơn vị; cần một trong: {', '.join(kinds)}")
