"""What is written into the fields of a PDF form stands where its print has the room for it."""

from __future__ import annotations

import pytest

from hoidap.loaders.pdf import load_pdf
from tests.formats import printed_pdf, printed_table

PAGE = (0, 0, 595, 842)
SIGNED = "Nguoi bao cao chiu trach nhiem ve so lieu da ghi tren day va ky ten tai phieu nay."
# As wide as the page: lines that end before are not full.
FOOT = f"BT /F 12 Tf 60 500 Td ({SIGNED}) Tj ET"
FORM = (
    "BT /F 12 Tf 60 700 Td (Ten don vi:) Tj ET",
    "BT /F 12 Tf 60 670 Td (Ten ap:) Tj ET BT /F 12 Tf 320 670 Td (thuoc huyen.) Tj ET",
    "BT /F 12 Tf 60 635 Td (Ket qua:) Tj ET",
    FOOT,
)


def string(text: str) -> str:
    return f"<feff{text.encode('utf-16-be').hex()}>"


def field(rect: tuple[int, int, int, int], value: str, more: str = "/FT /Tx") -> str:
    """The entries of a field in the language of PDF; ``rect`` is left, bottom, right and top."""
    return f"/Rect [{' '.join(map(str, rect))}] /T {string(str(rect))} /V {string(value)} {more}"


def blocks(*fields: str, form: tuple[str, ...] = FORM) -> list[str]:
    found = load_pdf(printed_pdf("\n".join(form), PAGE, fields=fields), lambda: None)
    return found.text.split("\n\n")


def test_fields_stand_in_the_lines_that_they_belong_to() -> None:
    assert blocks(
        field((60, 540, 500, 625), "Đã gieo sạ xong 250 ha.\nĐề nghị hỗ trợ giống."),
        field((112, 666, 310, 684), "Mỹ Thạnh", "/FT /Ch /Ff 131072 /Opt [(Mot)]"),
        field((130, 696, 400, 714), "Xã Mỹ Long"),
    ) == [
        "Ten don vi: Xã Mỹ Long",
        "Ten ap: Mỹ Thạnh thuoc huyen.",
        "Ket qua:",
        "Đã gieo sạ xong 250 ha.",
        "Đề nghị hỗ trợ giống.",
        SIGNED,
    ]


def test_a_field_stands_before_what_follows_it_and_in_place_of_dots() -> None:
    form = (
        "BT /F 12 Tf 130 700 Td (ngay 5 thang 3 nam 2024) Tj ET",
        "BT /F 12 Tf 60 660 Td (Ho ten:) Tj ET BT /F 12 Tf 110 660 Td (..................) Tj ET",
        FOOT,
    )
    fields = field((60, 696, 128, 714), "Cao Lãnh"), field((110, 656, 200, 674), "Lê Văn An")
    assert blocks(*fields, form=form) == [
        "Cao Lãnh ngay 5 thang 3 nam 2024",
        "Ho ten: Lê Văn An",
        SIGNED,
    ]


def test_fields_in_a_table_stand_in_its_cells() -> None:
    form = (printed_table([("Xa", "Ho"), ("An Khanh", ""), ("", "95")], 60, 700),)
    fields = field((162, 662, 258, 678), "120"), field((62, 642, 158, 658), "Phú Thạnh")
    assert blocks(*fields, form=form) == ["Xa\tHo\nAn Khanh\t120\nPhú Thạnh\t95"]


def test_of_a_choice_what_is_shown_is_read() -> None:
    choice = f"/FT /Ch /Ff 131072 /Opt [[(01) {string('Xã Mỹ Long')}] [(02) (Xa khac)]]"
    assert blocks(field((130, 696, 400, 714), "01", choice))[0] == "Ten don vi: Xã Mỹ Long"


@pytest.mark.parametrize(
    "more",
    [
        "/FT /Tx /F 2",
        "/FT /Tx /Ff 8192",
        "/FT /Btn /Ff 65536",
        "/FT /Btn",
        "/FT /Sig",
    ],
)
def test_what_is_hidden_or_no_text_is_not_read(more: str) -> None:
    assert blocks(field((130, 696, 400, 714), "Bi mat", more)) == blocks()


@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_empty_fields_change_nothing(value: str) -> None:
    assert blocks(field((130, 696, 400, 714), value)) == blocks()


def test_fields_alone_are_a_report() -> None:
    assert blocks(field((60, 696, 400, 714), "Xã Mỹ Long"), form=()) == ["Xã Mỹ Long"]
