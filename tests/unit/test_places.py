"""Old and new names of places in questions, and the table behind them."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.documents import PlaceNote
from hoidap.errors import SettingsError
from hoidap.vietnamese.places import SINCE, Places, Unit
from hoidap.vietnamese.tables import packaged_table
from hoidap.vietnamese.text import nfc, uniform_tones
from tests.conftest import SHARED

PLACES = Places.load()
MY_NGAI = ("phường Mỹ Ngãi", "xã Mỹ Tân (thành phố Cao Lãnh)", "xã Tân Nghĩa")
FACTS = SHARED / "facts" / "dong-thap-units-2025.json"


def found(text: str, places: Places = PLACES) -> list[str]:
    return [text[one.start : one.end] for one in places.find(text)]


def told(text: str, places: Places = PLACES) -> list[tuple[str, str | None]]:
    return [(note.asked, note.present) for one in places.find(text) for note in one.notes]


def test_packaged_table_has_all_units_and_is_in_uniform_spelling() -> None:
    assert len(PLACES.mergers) == 102
    assert sum(len(merger.former) for merger in PLACES.mergers) == 308
    assert len(PLACES.districts) == 22
    text = packaged_table("places.tsv").read_text("utf-8")
    assert uniform_tones(nfc(text)) == text


def test_packaged_table_says_what_the_facts_say() -> None:
    if not FACTS.is_file():
        pytest.skip("the list of units is not part of the repository")
    units: list[dict[str, Any]] = json.loads(FACTS.read_text("utf-8"))["units"]
    mergers = {merger.present.full: merger for merger in PLACES.mergers}
    assert len(units) == len(mergers)
    for unit in units:
        present = unit["name"][0].lower() + unit["name"][1:]
        entries = re.split(r", (?=Phường|Xã|Thị trấn)", unit["formed_from"])
        former = mergers.pop(present).former
        assert [entry.split(" (")[0].lower() for entry in entries] == [
            one.full.lower() for one in former
        ]
        for entry, one in zip(entries, former, strict=True):
            for qualifier in re.findall(r"\(([^)]*)\)", entry):
                assert one.part if qualifier.startswith("phần") else one.district == qualifier


def test_former_units_of_one_name_differ_by_district_or_are_parts() -> None:
    former = [unit for merger in PLACES.mergers for unit in merger.former]
    for unit in former:
        same = [one for one in former if (one.full, one.district) == (unit.full, unit.district)]
        assert len(same) == 1 or all(one.part for one in same)
        namesakes = [one for one in former if one.full == unit.full]
        assert unit.district is not None or all(one.district is None for one in namesakes)
        assert unit.district is not None or not unit.numbered


@pytest.mark.parametrize(
    "name",
    [
        "phường Mỹ Ngãi",
        "Phường Mỹ Ngãi",
        "PHƯỜNG MỸ NGÃI",
        "phuong my ngai",
        "phường my ngai",
        "phuong Mỹ Ngãi",
        "P. Mỹ Ngãi",
        "P.Mỹ Ngãi",
        "p my ngai",
        "My Ngai ward",
        "Mỹ Ngãi Ward",
        "ward of My Ngai",
    ],
)
def test_unit_is_found_however_it_is_typed(name: str) -> None:
    text = f"Ở {name} có gì?"
    (one,) = PLACES.find(text)
    assert text[one.start : one.end] == name
    assert one.asked == (Unit("phường", "Mỹ Ngãi"),)
    assert [unit.label for unit in one.related] == list(MY_NGAI[1:])
    assert one.notes == (PlaceNote("phường Mỹ Ngãi", "phường Mỹ Ngãi", MY_NGAI, date(2025, 7, 1)),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xã Tân Nghĩa", [("xã Tân Nghĩa", "phường Mỹ Ngãi")]),
        ("Tan Nghia commune", [("xã Tân Nghĩa", "phường Mỹ Ngãi")]),
        ("xã Mỹ Thọ", [("xã Mỹ Thọ", "xã Mỹ Thọ")]),
        ("thị trấn Mỹ Thọ", [("thị trấn Mỹ Thọ", "xã Mỹ Thọ")]),
        ("TT Mỹ Thọ", [("thị trấn Mỹ Thọ", "xã Mỹ Thọ")]),
        ("My Tho town", [("thị trấn Mỹ Thọ", "xã Mỹ Thọ")]),
        ("phường Mỹ Tho", [("phường Mỹ Tho", "phường Mỹ Tho")]),
        ("xã Mỹ Quý", [("xã Mỹ Quí", "xã Mỹ Quí")]),
        ("xã Tân Thành A", [("xã Tân Thành A", "xã Tân Thành")]),
        ("xã Tân Phước 1", [("xã Tân Phước 1", "xã Tân Phước 1")]),
    ],
)
def test_kind_diacritics_and_the_longest_name_tell_units_apart(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Ai chủ trì hội nghị ngày 26/3/2021?",
        "Mỹ Ngãi có bao nhiêu hộ nghèo?",  # without its kind it may be anything
        "xã Mỹ Ngài",
        "phường Tân Nghĩa",
        "xã Mỹ Thọ Đông",
        "Is Tan My Ngai ward large?",
        "xã Mỹ Thọ, huyện Phù Mỹ",
        "xã Mỹ Thọ, thành phố Đà Lạt",
        "ở phường, Cao Lãnh",
        "thành phố Hồ Chí Minh",
        "",
    ],
)
def test_what_the_table_does_not_name_is_not_found(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["phường 1", "Phường 1 có ai?", "P.1", "P1", "ward 1"])
def test_numbered_ward_is_not_found_without_its_town(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "ward", "present"),
    [
        ("phường 1, thành phố Sa Đéc", "phường 1", "phường Sa Đéc"),
        ("phường 1 (TP. Sa Đéc)", "phường 1", "phường Sa Đéc"),
        ("phuong 1 sa dec", "phuong 1", "phường Sa Đéc"),
        ("P1 Cao Lãnh", "P1", "phường Cao Lãnh"),
        ("P.1, TP.Cao Lãnh", "P.1", "phường Cao Lãnh"),
        ("Ward 1 of My Tho", "Ward 1", "phường Mỹ Tho"),
        ("Ward 1, Go Cong city", "Ward 1", "phường Gò Công"),
        ("Thành phố Gò Công: phường 1 có gì?", "phường 1", "phường Gò Công"),
    ],
)
def test_numbered_ward_is_found_with_its_town(text: str, ward: str, present: str) -> None:
    one = next(one for one in PLACES.find(text) if one.asked)
    assert text[one.start : one.end] == ward
    assert [note.present for note in one.notes] == [present]


def test_numbered_ward_of_another_town_is_not_found() -> None:
    assert told("phường 10, thành phố Sa Đéc") == [("thành phố Sa Đéc", None)]


def test_name_of_several_units_means_all_unless_the_district_is_named() -> None:
    both = [
        ("xã Mỹ Tân (thành phố Cao Lãnh)", "phường Mỹ Ngãi"),
        ("xã Mỹ Tân (huyện Cái Bè)", "xã Mỹ Thiện"),
    ]
    assert told("xã Mỹ Tân") == both
    assert told("xã Mỹ Tân, thành phố Cao Lãnh") == both[:1]
    assert told("xa my tan huyen cai be") == both[1:]
    # A district elsewhere in the question tells, too, and is told of itself.
    assert told("Ở huyện Cái Bè, xã Mỹ Tân có gì?") == [("huyện Cái Bè", None), *both[1:]]
    # One that holds none of them says nothing about them.
    assert told("Huyện Lai Vung và xã Mỹ Tân") == [("huyện Lai Vung", None), *both]


def test_name_that_a_present_and_former_units_bear_means_all_unless_the_district_is_named() -> None:
    present = ("xã Tân Thành", "xã Tân Thành")
    lai_vung = ("xã Tân Thành (huyện Lai Vung)", "xã Lai Vung")
    assert told("xã Tân Thành") == [
        present,
        ("xã Tân Thành (huyện Gò Công Đông)", "xã Gò Công Đông"),
        lai_vung,
    ]
    assert told("xã Tân Thành, huyện Lai Vung") == [lai_vung]
    # Where the former unit went to the present one of its name, that one is told.
    assert told("phường Mỹ Ngãi, thành phố Cao Lãnh") == [("phường Mỹ Ngãi", "phường Mỹ Ngãi")]


def test_of_very_many_only_the_present_units_are_told() -> None:
    (one,) = PLACES.find("xa tan thanh")
    assert [unit.name for unit in one.asked] == ["Tân Thành", "Tân Thạnh", "Tân Thanh"]
    assert [note.asked for note in one.notes] == ["xã Tân Thành", "xã Tân Thạnh"]


def test_unit_that_was_divided_is_told_by_its_parts() -> None:
    assert told("xã Gáo Giồng") == [
        ("một phần xã Gáo Giồng", "xã Phong Mỹ"),
        ("một phần xã Gáo Giồng", "xã Phú Cường"),
    ]


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("Bí thư huyện Cao Lãnh là ai?", "huyện Cao Lãnh"),
        ("huyen cho gao", "huyện Chợ Gạo"),
        ("Cao Lanh district", "huyện Cao Lãnh"),
        ("TP. Cao Lãnh", "thành phố Cao Lãnh"),
        ("thị xã Cai Lậy", "thị xã Cai Lậy"),
    ],
)
def test_former_district_is_found(text: str, district: str) -> None:
    (one,) = PLACES.find(text)
    assert one.notes == (PlaceNote(district, None, (), SINCE),)
    assert one.asked == one.related == ()


def test_own_table_adds_and_overrides(tmp_path: Path) -> None:
    table = tmp_path / "places.tsv"
    table.write_text(
        "# ours\n\nPhường Mỹ Ngãi\tXã Tân Hoà\tHuyện Cũ\tmột phần\n"
        "phường mỹ ngãi\tphường 9\thuyện Cũ\nxã Mới\txã Xưa\nquận Giữa\n",
        "utf-8",
    )
    places = Places.load(table)
    assert len(places.mergers) == 103
    (one,) = places.find("phường Mỹ Ngãi")
    assert one.notes[0].former == ("một phần xã Tân Hòa (huyện Cũ)", "phường 9 (huyện Cũ)")
    assert told("xã Xưa", places) == [("xã Xưa", "xã Mới")]
    assert told("xã Tân Nghĩa", places) == []
    assert told("phường 9, huyện Cũ", places) == [("phường 9 (huyện Cũ)", "phường Mỹ Ngãi")]
    assert told("quận Giữa", places) == [("quận Giữa", None)]
    assert told("xã Mỹ Xương", places) == [("xã Mỹ Xương", "xã Mỹ Thọ")]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("Mỹ Ngãi\txã Tân Nghĩa", "'Mỹ Ngãi' thiếu loại đơn vị; cần một trong: phường, xã"),
        ("thị trấn A\txã B", "'thị trấn A' thiếu loại đơn vị; cần một trong: phường, xã"),
        ("xã A\tB", "'B' thiếu loại đơn vị; cần một trong: phường, xã, thị trấn"),
        ("xã A\txãB", "'xãB' thiếu loại đơn vị"),
        ("xã A", "'xã A' thiếu loại đơn vị; cần một trong: huyện, quận, thị xã, thành phố"),
        ("xã A\txã B\tC", "'C' thiếu loại đơn vị; cần một trong: huyện"),
        ("xã A\tphường 3", "'phường 3' có ở nhiều nơi; cần thêm cột huyện cũ"),
        ("xã A\txã B\thuyện C\thuyện D", "có 4 cột; cần đơn vị nay, đơn vị cũ"),
        ("xã A\txã B\thuyện C\tmột phần\tE", "có 5 cột; cần đơn vị nay, đơn vị cũ"),
        ("một phần", "có 1 cột; cần đơn vị nay, đơn vị cũ"),
        ("xã A\t\txã B", "có cột trống"),
        ("xã Z\txã Y", "dòng này đã có ở dòng 1; hãy bỏ bớt"),
    ],
)
def test_bad_row_is_told_with_its_file_and_line(tmp_path: Path, line: str, complaint: str) -> None:
    table = tmp_path / "own.tsv"
    table.write_text(f"xã Z\txã Y\n{line}\n", "utf-8")
    with pytest.raises(SettingsError, match=r"own\.tsv, dòng 2: ") as raised:
        Places.load(table)
    assert complaint in str(raised.value)


def test_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"không đọc được .*own\.tsv: không có tệp"):
        Places.load(tmp_path / "own.tsv")


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                [
                    "xã",
                    "Phường",
                    "P1",
                    "thị",
                    "trấn",
                    "huyện",
                    "ward",
                    "of",
                    "Mỹ",
                    "Tho",
                    "Cao",
                    "Lãnh",
                    "Tân",
                    "Thành",
                    "1",
                    "A",
                    ",",
                    "(",
                    ".",
                    "ở",
                ]
            )
        ).map(" ".join),
    )
)
def test_whatever_the_text_what_is_found_is_ordered_and_inside_it(text: str) -> None:
    end = 0
    for one in PLACES.find(text):
        assert end <= one.start < one.end <= len(text)
        assert one.notes
        end = one.end


def test_it_is_fast_enough_for_every_question() -> None:
    text = "Ai chủ trì hội nghị tổng kết công tác phối hợp ngày 26/3/2021?"
    started = time.process_time()
    for _ in range(100):
        assert PLACES.find(text) == []
    # About 20 µs a question was measured; the bound leaves room for a slow machine.
    assert (time.process_time() - started) / 100 < 0.0005
