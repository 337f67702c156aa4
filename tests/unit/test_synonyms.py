"""Vietnamese words that say the same, and the table behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoidap.errors import SettingsError
from hoidap.vietnamese.synonyms import Synonyms
from hoidap.vietnamese.tables import packaged_table
from hoidap.vietnamese.text import normalize


@pytest.fixture(scope="module")
def synonyms() -> Synonyms:
    return Synonyms.load()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "own.tsv"


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("chủ trì", ("chủ tọa",)),
        ("chủ tọa", ("chủ trì",)),
        ("mất", ("qua đời", "từ trần", "tạ thế")),
        ("trẻ em", ("trẻ nhỏ", "trẻ")),
        ("tỷ lệ", ("tỉ lệ",)),
    ],
)
def test_word_has_the_others_of_its_group(
    synonyms: Synonyms, word: str, others: tuple[str, ...]
) -> None:
    assert synonyms.of(word) == others


def test_word_of_several_groups_has_the_words_of_all(synonyms: Synonyms) -> None:
    assert synonyms.of("diễn ra") == ("tổ chức", "được tổ chức", "xảy ra")


def test_equivalence_is_not_passed_on_from_group_to_group(synonyms: Synonyms) -> None:
    assert synonyms.of("xảy ra") == ("diễn ra",)


def test_word_without_diacritics_has_all_that_are_written_so(synonyms: Synonyms) -> None:
    assert synonyms.of("chu tri") == ("chủ trì", "chủ tọa")
    # "hằng năm" and "hàng năm" alike
    assert synonyms.of("hang nam") == ("hằng năm", "hàng năm", "thường niên")


def test_diacritics_are_heeded_where_there_are_any(synonyms: Synonyms) -> None:
    assert "đạt được" in synonyms.of("đạt")
    assert "đạt được" not in synonyms.of("đất")


@pytest.mark.parametrize("word", ["", "ngân sách", "ngan sach", "conference"])
def test_word_of_no_group_has_none(synonyms: Synonyms, word: str) -> None:
    assert synonyms.of(word) == ()


def test_packaged_table_is_in_normal_form_and_has_no_needless_group() -> None:
    text = packaged_table("synonyms.tsv").read_text("utf-8")
    rows = [line for line in text.split("\n") if line and not line.startswith("#")]
    groups = [frozenset(row.split("\t")) for row in rows]
    assert len(groups) >= 120
    assert [row for row in rows if normalize(row) != row] == []
    assert [set(group) for group in groups if len(group) == 1] == []
    # Two groups with two words in common are one group.
    shared = [
        set(one & other)
        for position, one in enumerate(groups)
        for other in groups[:position]
        if len(one & other) > 1
    ]
    assert shared == []


def test_own_table_adds_groups(table: Path) -> None:
    table.write_text("chủ trì\tĐiều  hành\nphà\tđò ngang\n", "utf-8")
    own = Synonyms.load(table)
    assert own.of("chủ trì") == ("chủ tọa", "điều hành")
    assert own.of("phà") == ("đò ngang",)
    assert own.of("do ngang") == ("phà", "đò ngang")


def test_line_of_one_word_takes_it_out_of_groups_before(table: Path) -> None:
    table.write_text("mất\nmất\tthất lạc\nchủ trì\n", "utf-8")
    own = Synonyms.load(table)
    assert own.of("mất") == ("thất lạc",)
    assert own.of("qua đời")[:2] == ("từ trần", "tạ thế")
    assert own.of("chủ tọa") == ()


def test_fingerprint_tells_tables_apart_and_not_their_comments(
    synonyms: Synonyms, table: Path
) -> None:
    table.write_text("# nothing\n", "utf-8")
    assert Synonyms.load(table).fingerprint == Synonyms.load().fingerprint == synonyms.fingerprint
    table.write_text("phà\tđò ngang\n", "utf-8")
    assert Synonyms.load(table).fingerprint != synonyms.fingerprint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("phà\t\tđò\n", r"own\.tsv, dòng 1: có cột trống"),
        ("#\nphà\tđò\tPhà\n", r"own\.tsv, dòng 2: 'phà' lặp trong nhóm"),
        ("phà\tđò\nđò\tphà\n", r"own\.tsv, dòng 2: nhóm này đã có ở dòng 1"),
    ],
)
def test_bad_row_is_named(table: Path, content: str, message: str) -> None:
    table.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=message):
        Synonyms.load(table)


def test_missing_table_is_named(table: Path) -> None:
    with pytest.raises(SettingsError, match=r"không đọc được .*own\.tsv: không có tệp"):
        Synonyms.load(table)
