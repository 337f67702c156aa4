"""Text of the fonts of the 1990s: what is converted, and what must not be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.legacy import LegacyEncoding, convert, unicode_text, vietnamese_share
from hoidap.vietnamese.text import nfc
from tests.formats import PARAGRAPHS, PLAIN, legacy_bytes
from tests.strategies import WORDS

TCVN3, VNI = LegacyEncoding.TCVN3, LegacyEncoding.VNI
COLUMNS = {VNI: 1, TCVN3: 2}
SMALL = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"


def in_fonts(text: str, encoding: LegacyEncoding) -> str:
    return legacy_bytes(text, COLUMNS[encoding]).decode("cp1252")


@pytest.mark.parametrize("encoding", list(LegacyEncoding))
def test_every_letter_comes_back(encoding: LegacyEncoding) -> None:
    for letter in SMALL + SMALL.upper():
        assert convert(in_fonts(letter, encoding), encoding) == letter


@pytest.mark.parametrize(
    ("written", "encoding", "meant"),
    [
        ("Uû ban nh©n d©n huyÖn Cao L·nh", TCVN3, "Uỷ ban nhân dân huyện Cao Lãnh"),
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", TCVN3, "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("§¶ng bé vµ nh©n d©n", TCVN3, "Đảng bộ và nhân dân"),
        ("Uûy ban nhaân daân huyeän Cao Laõnh", VNI, "Ủy ban nhân dân huyện Cao Lãnh"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", VNI, "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("Ñaûng boä vaø nhaân daân", VNI, "Đảng bộ và nhân dân"),
    ],
)
def test_lines_as_they_are_found(written: str, encoding: LegacyEncoding, meant: str) -> None:
    assert unicode_text(written) == (meant, encoding)


@pytest.mark.parametrize(
    "text",
    [
        "",
        PLAIN,
        "Ông © 2021, nhiệt độ 35°C, §3, ®",
        "Le président de la République française a reçu les ambassadeurs à l'Élysée.",
        "Größe, Übung, Straße, Änderung, Öffnung, schön",
        "Blåbær, smørrebrød, hygge på øen, æbler",
        "El niño pequeño comió piñas en España, señor Núñez.",
        "Uû ban",  # one word is no evidence
    ],
)
def test_other_text_stays(text: str) -> None:
    assert unicode_text(text) == (text, None)


@pytest.mark.parametrize("encoding", list(LegacyEncoding))
def test_lines_in_unicode_stay_beside_converted_ones(encoding: LegacyEncoding) -> None:
    mixed = f"{PARAGRAPHS[0]}\n{in_fonts(PARAGRAPHS[1], encoding)}\nXã Vĩnh Hòa\nKhông có"
    assert unicode_text(mixed) == (
        f"{PARAGRAPHS[0]}\n{PARAGRAPHS[1]}\nXã Vĩnh Hòa\nKhông có", encoding
    )  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_vietnamese_in_unicode_is_never_converted(text: str) -> None:
    assert unicode_text(text) == (text, None)
    assert unicode_text(nfc(text)) == (nfc(text), None)


@given(st.text(max_size=80), st.sampled_from([in_fonts(PARAGRAPHS[0], TCVN3), ""]))
def test_number_of_lines_stays(text: str, old: str) -> None:
    whole = f"{text}\n{old}\n{text}"
    assert len(unicode_text(whole)[0].splitlines()) == len(whole.splitlines())


def test_share_of_vietnamese_words() -> None:
    assert vietnamese_share("Hội nghị tổng kết: năm 2021, smørrebrød") == (5, 5 / 6)
    assert vietnamese_share("plain text") == (0, 0.0)
