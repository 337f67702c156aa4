"""Tables of a PDF that are drawn with rules: nothing of them is lost, no figures run together."""

from __future__ import annotations

from hoidap.loaders.pdf import load_pdf
from tests.formats import printed_pdf, printed_table

PAGE = (0, 0, 595, 842)
LEFT, TOP = 60, 700
# Three columns of 100 points, rows of 20.
ACROSS, DOWN = 300, 20
BEFORE, BEHIND = "Cac xa da ra soat trong quy mot.", "Hai xa con lai se lam sau."


def text(x: float, y: float, shown: str) -> str:
    return f"BT /F 10 Tf {x} {y} Td ({shown}) Tj ET\n"


def stroke(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {y0} m {x1} {y1} l S\n"


def rules(rows: int, *, first: int = 0, left: int = LEFT) -> str:
    """Rules above and below so many rows, from the one numbered ``first`` on."""
    heights = [TOP - DOWN * row for row in range(first, rows + 1)]
    return "".join(stroke(left, height, LEFT + ACROSS, height) for height in heights)


def walls(top: float, bottom: float, columns: tuple[int, ...] = (0, 1, 2, 3)) -> str:
    return "".join(stroke(LEFT + 100 * c, top, LEFT + 100 * c, bottom) for c in columns)


def cells(row: int, *texts: str) -> str:
    y = TOP - DOWN * (row + 1) + 5
    return "".join(text(LEFT + 5 + 100 * c, y, shown) for c, shown in enumerate(texts))


def blocks(content: str) -> list[str]:
    return load_pdf(printed_pdf(content, PAGE), lambda: None).text.split("\n\n")


def test_figures_below_each_other_stay_apart() -> None:
    content = rules(1) + stroke(LEFT, TOP - 80, LEFT + ACROSS, TOP - 80) + walls(TOP, TOP - 80)
    content += cells(0, "Xa", "Ho", "Ghi chu") + text(65, 665, "An Khanh")
    for row, figure in enumerate(("12", "5", "3")):
        content += text(165, 665 - 12 * row, figure)
    assert blocks(content) == ["Xa\tHo\tGhi chu\nAn Khanh\t12 5 3"]


def test_columns_without_walls_stand_where_no_row_has_words() -> None:
    content = rules(4) + cells(0, "", "Lua", "Tong") + cells(1, "Xa An Khanh", "120", "150")
    content += cells(2, "Xa Phu Thanh", "", "95") + cells(3, "Ca huyen", "120", "")
    content = text(LEFT, 760, BEFORE) + content + text(LEFT, 500, BEHIND)
    table = "\tLua\tTong\nXa An Khanh\t120\t150\nXa Phu Thanh\t\t95\nCa huyen\t120"
    assert blocks(content) == [BEFORE, table, BEHIND]


def test_rows_without_rules_and_walls_between_them_are_divided() -> None:
    content = rules(1) + stroke(LEFT, TOP - 80, LEFT + ACROSS, TOP - 80)
    content += cells(0, "Xa", "Ho", "Ghi chu")
    content += cells(1, "An Khanh", "120", "da giao") + cells(2, "Phu Thanh", "", "con cho")
    content += cells(3, "Ca huyen", "120")
    assert blocks(content) == [
        "Xa\tHo\tGhi chu\nAn Khanh\t120\tda giao\nPhu Thanh\t\tcon cho\nCa huyen\t120"
    ]


def test_cell_of_several_lines_without_walls_is_whole() -> None:
    content = rules(1) + "".join(stroke(LEFT, y, LEFT + ACROSS, y) for y in (640, 620))
    content += cells(0, "Xa", "Ho", "Ghi chu") + cells(1, "An Khanh", "120", "da giao du")
    content += text(LEFT + 205, TOP - 50, "cho cac ho") + cells(3, "Phu Thanh", "95")
    assert blocks(content) == [
        "Xa\tHo\tGhi chu\nAn Khanh\t120\tda giao du cho cac ho\nPhu Thanh\t95"
    ]


def test_rules_between_prose_make_no_table() -> None:
    lines = ("Xa An Khanh da lam xong", "tuyen duong qua ap mot", "va sua hai cay cau.")
    content = rules(3) + "".join(cells(row, line) for row, line in enumerate(lines))
    assert blocks(content) == [" ".join(lines)]


def test_two_tables_without_walls_and_prose_between_them_stay_apart() -> None:
    between = "Bang hai cho thay so ho ngheo cua cac xa con lai trong quy."
    content = rules(2) + cells(0, "Xa", "Ho") + cells(1, "An Khanh", "120")
    content += text(LEFT, TOP - 55, between)
    lower = range(3, 6)
    content += "".join(stroke(LEFT, TOP - DOWN * n, LEFT + ACROSS, TOP - DOWN * n) for n in lower)
    content += cells(3, "Xa", "", "Ho") + cells(4, "Phu Thanh", "", "95")
    assert blocks(content) == ["Xa\tHo\nAn Khanh\t120", between, "Xa\tHo\nPhu Thanh\t95"]


def test_number_that_fills_a_narrow_cell_goes_on_below() -> None:
    content = rules(1) + stroke(LEFT, TOP - 60, LEFT + ACROSS, TOP - 60)
    content += walls(TOP, TOP - 60) + stroke(186, TOP, 186, TOP - 60)
    content += cells(0, "Nam", "", "Ghi chu") + text(65, 665, "Muc")
    content += text(164.8, 665, "202") + text(164.8, 653, "3")
    assert blocks(content) == ["Nam\t\t\tGhi chu\nMuc\t2023"]


def test_rows_without_rules_between_them_are_divided() -> None:
    rows = (("Thu noi dia", "120", "1.350"), ("Thu khac", "8", "92"), ("Chi", "60", "71"))
    content = rules(1) + stroke(LEFT, TOP - 80, LEFT + ACROSS, TOP - 80) + walls(TOP, TOP - 80)
    content += cells(0, "Chi tieu", "Nam 2022", "Nam 2023")
    for column in range(3):
        for row, texts in enumerate(rows):
            content += text(65 + 100 * column, 665 - 15 * row, texts[column])
    expected = ("Chi tieu\tNam 2022\tNam 2023", *("\t".join(row) for row in rows))
    assert blocks(content) == ["\n".join(expected)]


def test_long_texts_of_one_row_are_not_divided() -> None:
    content = rules(1) + stroke(LEFT, TOP - 60, LEFT + ACROSS, TOP - 60) + walls(TOP, TOP - 60)
    content += cells(0, "Viec", "Noi", "Ho")
    for x, lines in ((65, ("Lam duong", "vao ap")), (165, ("Xa An", "Khanh")), (265, ("12",))):
        for row, line in enumerate(lines):
            content += text(x, 665 - 12 * row, line)
    assert blocks(content) == ["Viec\tNoi\tHo\nLam duong vao ap\tXa An Khanh\t12"]


def test_last_row_may_be_open_at_its_foot() -> None:
    content = rules(2) + walls(TOP, TOP - 3 * DOWN)
    content += cells(0, "Xa", "Ho", "Nguoi") + cells(1, "An Khanh", "120", "480")
    content += cells(2, "Phu Thanh", "95", "371") + text(LEFT, 600, BEHIND)
    assert blocks(content) == ["Xa\tHo\tNguoi\nAn Khanh\t120\t480\nPhu Thanh\t95\t371", BEHIND]


def test_first_row_may_be_open_at_its_head() -> None:
    content = text(LEFT, 730, BEFORE) + rules(3, first=1) + walls(TOP, TOP - 3 * DOWN)
    content += cells(0, "Xa", "Ho", "Nguoi") + cells(1, "An Khanh", "120", "480")
    content += cells(2, "Phu Thanh", "95", "371")
    assert blocks(content) == [BEFORE, "Xa\tHo\tNguoi\nAn Khanh\t120\t480\nPhu Thanh\t95\t371"]


def test_row_may_be_open_at_its_side() -> None:
    content = rules(2) + stroke(LEFT + 100, TOP - 60, LEFT + ACROSS, TOP - 60)
    content += walls(TOP, TOP - 40) + walls(TOP - 40, TOP - 60, (1, 2, 3))
    content += cells(0, "Xa", "Ho", "Nguoi") + cells(1, "An Khanh", "120", "480")
    content += cells(2, "Tong cong", "215", "851")
    assert blocks(content) == ["Xa\tHo\tNguoi\nAn Khanh\t120\t480\nTong cong\t215\t851"]


def test_mark_in_the_margin_below_a_table_is_no_wall() -> None:
    content = printed_table((("Xa", "Ho"), ("An Khanh", "120")), LEFT, TOP)
    content += stroke(58, TOP - 40, 58, TOP - 60) + text(LEFT, TOP - 55, BEHIND)
    assert blocks(content) == ["Xa\tHo\nAn Khanh\t120", BEHIND]


def test_border_round_the_page_is_no_table() -> None:
    table = (("Xa", "Ho"), ("An Khanh", "120"))
    content = "24 24 547 794 re S\n" + text(LEFT, 730, BEFORE)
    content += printed_table(table, LEFT, TOP) + text(LEFT, 600, BEHIND)
    assert blocks(content) == [BEFORE, "Xa\tHo\nAn Khanh\t120", BEHIND]


def test_colour_behind_words_makes_no_table() -> None:
    lines = ("Cac xa da ra soat ho ngheo trong quy mot va quy hai, bao cao huyen truoc ngay",
             "muoi lam; hai xa con lai se lam sau.")  # fmt: skip
    content = f"1 1 0 rg {LEFT} 696 100 14 re f {LEFT + 40} 682 80 14 re f 0 g\n"
    content += text(LEFT, 700, lines[0]) + text(LEFT, 686, lines[1])
    assert blocks(content) == [" ".join(lines)]


def test_line_below_words_in_a_cell_divides_no_row() -> None:
    content = rules(1) + stroke(LEFT, TOP - 60, LEFT + ACROSS, TOP - 60) + walls(TOP, TOP - 60)
    content += cells(0, "Xa", "Ho", "Nguoi")
    content += text(65, 665, "An Khanh") + stroke(65, 663, 110, 663) + text(65, 650, "va Phu Thanh")
    content += text(165, 665, "120") + text(265, 665, "480")
    assert blocks(content) == ["Xa\tHo\tNguoi\nAn Khanh va Phu Thanh\t120\t480"]


def test_cell_that_spans_rows_stands_whole_in_the_first() -> None:
    # As in a weekly schedule: a day beside a morning and an afternoon.
    content = "".join(stroke(LEFT, TOP - y, LEFT + ACROSS, TOP - y) for y in (0, 20, 60))
    content += stroke(LEFT + 100, TOP - 40, LEFT + ACROSS, TOP - 40) + walls(TOP, TOP - 60)
    content += cells(0, "Ngay", "Buoi", "Viec") + cells(1, "", "Sang", "Hop giao ban")
    content += cells(2, "", "Chieu", "Tiep cong dan")
    # The line in the middle has its letters on both sides of the rule beside it.
    content += text(65, 668, "Thu Hai") + text(65, 655, "06/5") + text(90, 657.5, "nam 2024")
    assert blocks(content) == [
        "Ngay\tBuoi\tViec\nThu Hai 06/5 nam 2024\tSang\tHop giao ban\n\tChieu\tTiep cong dan"
    ]


def test_cell_that_spans_columns_leaves_the_next_below_their_heads() -> None:
    content = rules(3) + walls(TOP, TOP - 60, (0, 1, 3)) + stroke(260, TOP - 20, 260, TOP - 40)
    content += cells(0, "Xa", "Nam 2023") + cells(1, "An Khanh", "120", "480")
    content += cells(2, "Cong", "600") + stroke(460, TOP, 460, TOP - 60)
    content += "".join(stroke(360, TOP - 20 * row, 460, TOP - 20 * row) for row in range(4))
    content += "".join(text(365, 685 - 20 * row, str(row)) for row in range(3))
    assert blocks(content) == ["Xa\tNam 2023\t\t0\nAn Khanh\t120\t480\t1\nCong\t600\t\t2"]


def test_wall_that_stands_aside_in_one_row_makes_no_column() -> None:
    content = rules(2) + walls(TOP, TOP - 40, (0, 3))
    content += walls(TOP, TOP - 20, (1, 2)) + stroke(167, TOP - 20, 167, TOP - 40)
    content += stroke(254, TOP - 20, 254, TOP - 40)
    content += cells(0, "Xa", "Ho", "Nguoi") + text(65, 665, "An Khanh") + text(180, 665, "120")
    content += text(265, 665, "480")
    assert blocks(content) == ["Xa\tHo\tNguoi\nAn Khanh\t120\t480"]


def test_colour_behind_words_of_a_cell_makes_no_cells() -> None:
    content = f"1 1 0 rg {LEFT + 20} 662 40 12 re f 0.8 1 0.8 rg {LEFT} 680 {ACROSS} 20 re f 0 g\n"
    content += rules(2) + walls(TOP, TOP - 40)
    content += cells(0, "Chi tieu", "Nam 2022", "Nam 2023") + cells(1, "Thu tren dia ban", "9", "8")
    assert blocks(content) == ["Chi tieu\tNam 2022\tNam 2023\nThu tren dia ban\t9\t8"]


def test_colour_from_wall_to_wall_divides_rows_without_rules() -> None:
    content = "1 1 1 rg\n"
    for row in range(1, 4):
        for column in range(3):
            content += f"{LEFT + 100 * column} {TOP - 20 - 20 * row} 100 20 re f\n"
    content += "0 g\n" + rules(1) + stroke(LEFT, TOP - 80, LEFT + ACROSS, TOP - 80)
    content += walls(TOP, TOP - 80) + cells(0, "Muc", "Phi", "Ghi chu")
    content += "".join(cells(row, f"Tu {row}", str(row)) for row in range(1, 4))
    assert blocks(content) == ["Muc\tPhi\tGhi chu\nTu 1\t1\nTu 2\t2\nTu 3\t3"]
