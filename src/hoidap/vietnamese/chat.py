"""Questions as they are typed in chats ("lm cccd mất bn tiền"), in standard Vietnamese.

The table ``chat.tsv`` beside this module says what stands for what and, for what has several
readings, which words beside it tell them apart. What cannot be told is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import cached_property, partial
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from hoidap.vietnamese import tables
from hoidap.vietnamese.language import Language, language_of_words
from hoidap.vietnamese.text import fold, has_diacritics, normalize, uniform_tones
from hoidap.vietnamese.words import Words

_SELF, _BEGINNING, _END, _NUMBER = "_", "^", "$", "0"
# What may follow the last word of a question.
_PARTICLES = "ạ a à hả nhỉ nhi nhé nhe vậy vay thế z v ad bạn"
_FINAL = frozenset(_PARTICLES.split())

# What white space and punctuation set off, so that a document's number, a date or an address is one
# piece; full stops at its end are not part of it.
_PIECE_RE = re.compile(r"[^\s()\[\]\"“”‘’,;:!?…]+?(?=\.*(?:[\s()\[\]\"“”‘’,;:!?…]|\Z))")
_SENTENCE_END_RE = re.compile(r"[.?!…\n]\s*\Z")

# A letter of the alphabet after one of these is counted with ("điểm k khoản 1" of a law, "vitamin
# k"). The alphabet has neither j nor z.
_LETTERED = "điểm chữ nhóm loại hạng khối bảng mục tiết câu lô khu dãy số vitamin"
_BEFORE_LETTER = frozenset((*_LETTERED.split(), *fold(_LETTERED).split()))
_NO_LETTER = frozenset("jz")
# After a number: thousands, hours, metres.
_MEASURES = "k h m g l p t đ tr kg km ha"
_UNITS = frozenset(_MEASURES.split())
# "Ng Văn A": so short a word before a name may belong to it.
_LONGEST_INITIAL = 2

# "CT UBND", "PCT.HĐND", "CT huyện": the head of a body or unit, where CT elsewhere is a programme.
_HEAD_RE = re.compile(
    r"(?<![\w./-])(P?)CT(?:\. ?| )(?=(?:UBND|HĐND|HDND|MTTQ|UBMTTQ"
    r"|(?i:xã(?! hội)|xa(?! hoi)|huyện|huyen|tỉnh|tinh|phường|phuong))(?!\w))"
)
_MARKS_RE = re.compile(r"[?!]{2,}")
# No word has a letter three times in a row. Twice shows nothing but at the end of a word with
# diacritics, which is not foreign: "đâuu", not "free".
_TRIPLE_RE = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLE_END_RE = re.compile(r"([^\W\d_])\1\Z")
_VOWEL_RE = re.compile(r"[aeiouyđ]")
_ROMAN_RE = re.compile(r"[ivxlc]+")
_FRONT = "eéèẻẽẹêếềểễệiíìỉĩịyýỳỷỹỵ"  # after k these are written as they should be
# Letters that stand for others: "fường", "wận", "jám đốc", "kủa", "khôg", "thàh".
_SWAPS = (
    (re.compile(r"\Af"), "ph"),
    (re.compile(r"\Aw"), "qu"),
    (re.compile(r"\Aj"), "gi"),
    (re.compile(rf"\Ak(?![h{_FRONT}])"), "c"),
    (re.compile(r"(?<!n)g\Z"), "ng"),
    (re.compile(r"(?<![cnpt])h\Z"), "nh"),
)
# Where one of all these may apply. Most questions have no such place.
_ODD_RE = re.compile(
    rf"[?!]{{2}}|([^\W\d_])\1|\b(?:[fwj]|k[^\Wh{_FRONT}])|[^\W\d_n]g\b|[^\W\d_cnpt]h\b"
)


class _Place(NamedTuple):
    """The words on either side, with and without diacritics; empty where any may stand there."""

    left: frozenset[str]
    right: frozenset[str]


class _Sureness(IntEnum):
    """How well a row tells: by default, where others do not; by the words beside; always."""

    DEFAULT = 0
    BESIDE = 1
    EVERYWHERE = 2


class _Row:
    """A line of a table: the standard form, and where it is one (empty: everywhere)."""

    def __init__(self, standard: str, where: str, *, is_only_reading: bool) -> None:
        self.standard = standard
        self.where = where
        self._is_only_reading = is_only_reading

    @property
    def sureness(self) -> _Sureness:
        if self.where:
            return _Sureness.BESIDE
        return _Sureness.EVERYWHERE if self._is_only_reading else _Sureness.DEFAULT

    @cached_property
    def places(self) -> tuple[_Place, ...]:
        """``where`` taken apart, at first use: few rows are ever met."""
        halves = (place.partition(_SELF) for place in self.where.split(";"))
        return tuple(_Place(_words(left), _words(right)) for left, _, right in halves)


def _words(side: str) -> frozenset[str]:
    return frozenset((*side.split(), *fold(side).split()))


class _Piece:
    """A piece of a question, ``text[start:end]``, on its way to standard Vietnamese.

    ``left`` and ``right`` are its neighbours where only white space lies between, ``key`` is what
    a table knows it by.
    """

    __slots__ = ("end", "key", "left", "right", "start", "written")

    def __init__(self, match: re.Match[str]) -> None:
        self.start, self.end = match.span()
        self.left: _Piece | None = None
        self.right: _Piece | None = None
        self.write(match.group())

    def write(self, form: str) -> None:
        self.written = form
        self.key = normalize(form)

    def at_left(self) -> str:
        """What stands before it, as a table names it."""
        if self.left is None:
            return _BEGINNING
        return _NUMBER if self.left.is_number() else self.left.key.rpartition(" ")[2]

    def at_right(self) -> str:
        """What stands after it, as a table names it."""
        if self.right is None:
            return _END
        return _NUMBER if self.right.is_number() else self.right.key.partition(" ")[0]

    def is_number(self) -> bool:
        return self.written[0].isdecimal()

    def is_a_letter(self) -> bool:
        """Whether a single letter stands for itself: alone, or counted with ("h, k", "k)")."""
        if self.key not in _NO_LETTER and self.at_left() in _BEFORE_LETTER:
            return True
        beside = (one.key for one in (self.left, self.right) if one is not None)
        return not any(len(key) > 1 and key[0].isalpha() for key in beside)


class Chat:
    """A table ready to be applied. Safe to share between threads."""

    def __init__(self, rows: Iterable[tables.Row]) -> None:
        """Raises `SettingsError` for a row that cannot be applied."""
        self._rows: dict[str, list[_Row]] = {}
        rows = list(rows)
        source = {row.cells[0]: row.table for row in rows}  # the last table that has a spelling
        for row in rows:
            typed, standard, where = (*row.cells, "")[:3]
            if source[typed] == row.table:
                known = self._rows.setdefault(typed, [])
                # A first row that leaves the word as it is gives it no reading.
                only = not known or (len(known) == 1 and known[0].standard == typed)
                known.append(_Row(standard, where, is_only_reading=only))
        for row in rows:
            typed, standard = row.cells[:2]
            if standard != typed and not self._rows.keys().isdisjoint(standard.lower().split()):
                raise row.fault(f"cách viết đầy đủ {standard!r} lại có chữ viết tắt của bảng")
        self._accented, self._folded = Words.load(), Words.load_folded()

    @classmethod
    def load(cls, *extra: Path) -> Chat:
        """Load the packaged table, then ``extra`` ones.

        The rows of a later table for a spelling replace all earlier ones for it. Raises
        `SettingsError` naming the file, the line and what is wrong with it.
        """
        every = (tables.packaged_table("chat.tsv"), *extra)
        return cls(row for table in every for row in _read(table))

    def rewrite(self, text: str) -> str:
        """``text`` (NFC) in standard Vietnamese, without diacritics where it has none itself.

        Changes whole words in small letters, or with a sentence's first capital, and CT before a
        body or unit; nothing else in an English question. Idempotent.
        """
        text = _HEAD_RE.sub(partial(_head, accented=has_diacritics(text)), text)
        known = self._rows.keys()
        if known.isdisjoint(re.split(r"\W+", text.lower())) and _ODD_RE.search(text) is None:
            return text
        pieces = _pieces(text)
        if not pieces or language_of_words(text) is Language.ENGLISH:
            return text
        plain = [piece for piece in pieces if _is_plain(text, piece)]
        for piece in plain:
            if piece.key not in known and _ODD_RE.search(piece.written) is not None:
                piece.write(self._spelled(piece.written))
        chat = [piece for piece in plain if piece.key in known]
        if chat:
            others = " ".join(piece.written for piece in pieces if piece not in chat)
            letters = any(map(str.isalpha, others))
            self._replace(chat, accented=has_diacritics(others if letters else text))
        return _MARKS_RE.sub(_one_mark, _joined(text, pieces))

    def _replace(self, pending: list[_Piece], *, accented: bool) -> None:
        """Write the standard forms, the surest first: they tell how to read what is beside them."""
        sureness = _Sureness.EVERYWHERE
        while pending:
            left = [piece for piece in pending if not self._written(piece, sureness, accented)]
            if len(left) < len(pending) or sureness is _Sureness.EVERYWHERE:
                sureness = _Sureness.BESIDE
            elif sureness is _Sureness.BESIDE:
                sureness = _Sureness.DEFAULT
            else:
                return
            pending = left

    def _written(self, piece: _Piece, least: _Sureness, accented: bool) -> bool:
        """Write the standard form of ``piece`` if a row of at least this sureness tells it."""
        row = next((row for row in self._rows[piece.key] if self._holds(row, piece)), None)
        if row is None or row.standard == piece.key or row.sureness < least:
            return False
        standard = row.standard
        if piece.written[0].isupper():
            standard = standard[0].upper() + standard[1:]
        piece.write(standard if accented else fold(standard))
        return True

    def _holds(self, row: _Row, piece: _Piece) -> bool:
        left, right, key = piece.at_left(), piece.at_right(), piece.key
        for pair in (f"{left} {key}", f"{key} {right}"):
            if pair in self._folded or pair in self._accented:
                return False
        if len(key) == 1 and piece.is_a_letter():
            return False
        if not row.where:
            return not (left == _NUMBER and key in _UNITS)
        ends = {right, _END} if right in _FINAL else {right}
        return any(
            (not place.left or left in place.left)
            and (not place.right or not ends.isdisjoint(place.right))
            for place in row.places
        )

    def _spelled(self, word: str) -> str:
        """``word`` without letters that are repeated or stand for others, if it is then a word."""
        if self._is_known(word) or _ROMAN_RE.fullmatch(word.lower()):
            return word
        short = _TRIPLE_RE.sub(r"\1", word)
        forms = [short]
        if has_diacritics(word):
            short = _DOUBLE_END_RE.sub(r"\1", short)
            forms += [short, *(letters.sub(meant, short) for letters, meant in _SWAPS)]
        return next((form for form in forms if self._is_known(form)), word)

    def _is_known(self, word: str) -> bool:
        """Whether ``word`` is a syllable with a vowel or stands in the table."""
        key = normalize(word)
        if len(key) < 2 or _VOWEL_RE.search(key if "đ" in key else fold(key)) is None:
            return False
        return key in self._rows or key in (self._folded if key.isascii() else self._accented)


def _read(table: Path | Traversable) -> list[tables.Row]:
    rows = []
    for row in tables.read_table(table):
        if len(row.cells) not in (2, 3):
            raise row.fault(
                f"có {len(row.cells)} cột; cần cách viết tắt, tab, cách viết đầy đủ"
                " và, nếu có, tab, các từ đứng cạnh"
            )
        typed, *_, where = row.cells
        if not typed.isalpha() or not typed.islower() or typed != uniform_tones(typed):
            raise row.fault(f"{typed!r} không phải một từ viết thường")
        if len(row.cells) == 3 and any(place.count(_SELF) != 1 for place in where.split(";")):
            raise row.fault(f"{where!r}: mỗi chỗ cần đúng một dấu _, giữa các chỗ là dấu ;")
        rows.append(row)
    return rows


def _pieces(text: str) -> list[_Piece]:
    pieces = [_Piece(match) for match in _PIECE_RE.finditer(text)]
    for left, right in pairwise(pieces):
        if text[left.end : right.start].isspace():
            left.right, right.left = right, left
    return pieces


def _is_plain(text: str, piece: _Piece) -> bool:
    """Whether a piece is a word in small letters, but for the first of a sentence."""
    word = piece.written
    if not word.isalpha() or word.islower():
        return word.isalpha()
    if word[1:] != word[1:].lower() or not _begins_sentence(text, piece.start):
        return False
    following = piece.right.written if piece.right is not None else ""
    return len(word) > _LONGEST_INITIAL or not following.istitle()


def _begins_sentence(text: str, start: int) -> bool:
    return start == 0 or _SENTENCE_END_RE.search(text[:start]) is not None


def _head(found: re.Match[str], *, accented: bool) -> str:
    """The office that CT or PCT stands for."""
    office = "Phó Chủ tịch " if found[1] else "Chủ tịch "
    return office if accented else fold(office)


def _one_mark(marks: re.Match[str]) -> str:
    return "?" if "?" in marks.group() else "!"


def _joined(text: str, pieces: list[_Piece]) -> str:
    parts: list[str] = []
    done = 0
    for piece in pieces:
        parts += (text[done : piece.start], piece.written)
        done = piece.end
    return "".join(parts) + text[done:]
