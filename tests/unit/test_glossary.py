"""English words and phrases, their inflected forms, and the table behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoidap.errors import SettingsError
from hoidap.vietnamese.glossary import Glossary, Translation
from hoidap.vietnamese.tables import packaged_table
from hoidap.vietnamese.text import normalize


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return Glossary.load()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "own.tsv"


def headwords(glossary: Glossary, text: str) -> list[str]:
    return [translation.english for translation in glossary.find(text)]


def test_question_is_translated_with_offsets_into_it(glossary: Glossary) -> None:
    text = "Who chaired the conference on 26/3/2021?"
    assert glossary.find(text) == [
        Translation(4, 11, "chair", ("chủ trì", "chủ tọa")),
        Translation(16, 26, "conference", ("hội nghị",)),
    ]


def test_longest_phrase_wins(glossary: Glossary) -> None:
    text = "the District People's Committee of Cao Lãnh"
    assert headwords(glossary, text) == ["district people's committee"]
    assert headwords(glossary, "people's committee") == ["people's committee"]
    assert headwords(glossary, "people and committee") == ["people", "committee"]


@pytest.mark.parametrize(
    ("text", "headword"),
    [
        ("communes", "commune"),
        ("COMMUNES", "commune"),
        ("policies", "policy"),
        ("speeches", "speech"),
        ("chairmen", "chairman"),
        ("children", "child"),
        ("chairman's", "chairman"),
        ("chairman’s", "chairman"),
        ("farmers' unions", "farmers' union"),
        ("approved", "approve"),
        ("implementing", "implement"),
        ("planned", "plan"),
        ("travelling", "travel"),
        ("studied", "study"),
        ("dying", "die"),
        ("spoke", "speak"),
        ("held", "hold"),
        ("built", "build"),
        ("gave", "give"),
        ("chosen", "choose"),
        ("led", "lead"),
        ("took part", "take part"),
        ("organised", "organize"),
        ("organisations", "organization"),
        ("labour", "labor"),
        ("neighbourhoods", "neighborhood"),
        ("health centres", "health center"),
        ("programmes", "program"),
        ("driving licence", "driving license"),
        ("vice-chairwoman", "vice chairwoman"),
        ("department of health", "department of health"),
        ("Department of Education & Training", "department of education and training"),
        ("hand, foot and mouth disease", "hand, foot and mouth disease"),
    ],
)
def test_form_is_traced_back_to_its_headword(glossary: Glossary, text: str, headword: str) -> None:
    (translation,) = glossary.find(text)
    assert (translation.english, translation.start, translation.end) == (
        headword,
        0,
        len(text),
    )


@pytest.mark.parametrize("text", ["feed", "four", "meeting", "hundred", "news", "united"])
def test_word_that_only_looks_inflected_is_itself(glossary: Glossary, text: str) -> None:
    assert headwords(glossary, text) == [text]


def test_punctuation_keeps_words_of_a_phrase_apart(glossary: Glossary) -> None:
    assert headwords(glossary, "health, insurance") == ["health", "insurance"]
    assert headwords(glossary, "health insurance") == ["health insurance"]
    assert headwords(glossary, "health\ninsurance") == ["health insurance"]


@pytest.mark.parametrize("name", ["Son La", "Dong Thap", "Nguyen Van Son's", "Song Hau"])
def test_syllable_of_a_name_is_not_english(glossary: Glossary, name: str) -> None:
    assert headwords(glossary, f"the district in {name}") == ["district"]


def test_word_that_is_also_a_syllable_is_translated_elsewhere(glossary: Glossary) -> None:
    assert headwords(glossary, "Her son sang a song") == ["son", "sing", "song"]


@pytest.mark.parametrize("text", ["", "???", "Ai chủ trì hội nghị?", "so\u031bn ha\u0300", "12 34"])
def test_text_without_english_has_no_translations(glossary: Glossary, text: str) -> None:
    assert glossary.find(text) == []


def test_equivalents_of_the_domain(glossary: Glossary) -> None:
    expected = {
        "secretary": "bí thư",
        "fatherland front": "mặt trận tổ quốc",
        "new rural": "nông thôn mới",
        "target": "chỉ tiêu",
        "exceed": "vượt",
        "budget": "ngân sách",
        "election": "bầu cử",
        "deputy chairman": "phó chủ tịch",
    }
    found = {english: glossary.find(english)[0].vietnamese[0] for english in expected}
    assert found == expected


def test_packaged_table_is_large_and_in_normal_form(glossary: Glossary) -> None:
    text = packaged_table("glossary.tsv").read_text("utf-8")
    rows = [line for line in text.split("\n") if line and not line.startswith("#")]
    assert len(glossary) == len(rows) >= 900
    assert [row for row in rows if normalize(row) != row] == []


def test_every_headword_of_the_packaged_table_finds_itself(glossary: Glossary) -> None:
    text = packaged_table("glossary.tsv").read_text("utf-8")
    rows = [line.split("\t")[0] for line in text.split("\n") if line and line[0] != "#"]
    assert [row for row in rows if headwords(glossary, row) != [row]] == []


def test_own_table_adds_and_replaces(glossary: Glossary, table: Path) -> None:
    table.write_text(
        "\ufeff# ours\r\nOrganise\tlo liệu\r\npontoon\tBến Phao; cầu phao\r\n", "utf-8"
    )
    own = Glossary.load(table)
    assert own.find("organized") == [Translation(0, 9, "organise", ("lo liệu",))]
    assert own.find("Pontoons") == [Translation(0, 8, "pontoon", ("bến phao", "cầu phao"))]
    assert len(own) == len(glossary) + 1


def test_later_table_goes_before_an_earlier_one(tmp_path: Path) -> None:
    first, second = tmp_path / "1.tsv", tmp_path / "2.tsv"
    first.write_text("pontoon\tbến phao\n", "utf-8")
    second.write_text("pontoon\tcầu phao\n", "utf-8")
    (translation,) = Glossary.load(first, second).find("pontoon")
    assert translation.vietnamese == ("cầu phao",)


def test_own_equivalents_are_normalised(table: Path) -> None:
    table.write_text("pontoon\tHoà Bình\n", "utf-8")
    (translation,) = Glossary.load(table).find("pontoon")
    assert translation.vietnamese == ("hòa bình",)


def test_fingerprint_tells_tables_apart_and_not_their_comments(
    glossary: Glossary, table: Path
) -> None:
    table.write_text("# nothing\n", "utf-8")
    assert Glossary.load(table).fingerprint == Glossary.load().fingerprint == glossary.fingerprint
    table.write_text("pontoon\tcầu phao\n", "utf-8")
    assert Glossary.load(table).fingerprint != glossary.fingerprint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a ship\ttàu\npontoon\n", r"own\.tsv, dòng 2: có 1 cột cách nhau bằng tab, cần 2"),
        ("pontoon\tmột\thai\n", r"own\.tsv, dòng 1: có 3 cột cách nhau bằng tab, cần 2"),
        ("\n\tcầu phao\n", r"own\.tsv, dòng 2: có cột trống"),
        ("pontoon\tmột; ;hai\n", r"dòng 1: 'pontoon' có nghĩa bị trống"),
        ("pontoon\tmột; Một\n", r"dòng 1: 'pontoon' có nghĩa bị lặp"),
        ("organise\tmột\n#\nOrganize\thai\n", r"dòng 3: 'organize' đã có ở dòng 1"),
        ("...\tmột\n", r"dòng 1: '\.\.\.' không có từ nào"),
    ],
)
def test_bad_row_is_named(table: Path, content: str, message: str) -> None:
    table.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=message):
        Glossary.load(table)


def test_table_that_is_not_utf8_is_named(table: Path) -> None:
    table.write_bytes("one\tmột\n".encode() + "two\thế".encode("utf-16-le"))
    with pytest.raises(SettingsError, match=r"own\.tsv, dòng 2: không phải UTF-8"):
        Glossary.load(table)


def test_missing_table_is_named(table: Path) -> None:
    with pytest.raises(SettingsError, match=r"không đọc được .*own\.tsv: không có tệp"):
        Glossary.load(table)
