"""Characters of a PDF put together to words and lines as they are read."""

from __future__ import annotations

import pytest

from hoidap.loaders.pdf import load_pdf
from tests.formats import printed_pdf

PAGE = (0, 0, 595, 842)


def raised(digits: str) -> str:
    return f"/F 6 Tf 4 Ts ({digits}) Tj /F 10 Tf 0 Ts"


def blocks(*lines: str) -> list[str]:
    """The paragraphs of lines 14 points apart, each what one line shows in the language of PDF."""
    content = "\n".join(
        f"BT /F 10 Tf 60 {700 - 14 * row} Td {line} ET" for row, line in enumerate(lines)
    )
    return load_pdf(printed_pdf(content, PAGE), lambda: None).text.split("\n\n")


def test_sentence_goes_on_behind_what_is_raised() -> None:
    first = f"(Huyen thu hoi 500 m) Tj {raised('2')} ( cua 12 ho dan tai ap mot va ap hai,) Tj"
    assert blocks(first, "(da chi tra xong.) Tj") == [
        "Huyen thu hoi 500 m2 cua 12 ho dan tai ap mot va ap hai, da chi tra xong."
    ]


def test_comma_behind_what_is_raised_has_no_blank_before_it() -> None:
    line = f"(Dan heo dat 12.450 con) Tj {raised('1')} (; dan bo dat 3.200 con) Tj"
    line += f" {raised('2')} (, tang 3%.) Tj"
    assert blocks(line) == ["Dan heo dat 12.450 con1; dan bo dat 3.200 con2, tang 3%."]


@pytest.mark.parametrize(("digits", "shown"), [("3", "10³"), ("12", "10¹²")])
def test_raised_digits_behind_a_figure_are_not_of_the_figure(digits: str, shown: str) -> None:
    line = f"(Cong suat 10) Tj {raised(digits)} ( m/ngay.) Tj"
    assert blocks(line) == [f"Cong suat {shown} m/ngay."]


def test_smaller_digits_on_the_line_are_of_the_figure() -> None:
    assert blocks("(Cong suat 10) Tj /F 6 Tf (3) Tj /F 10 Tf ( m/ngay.) Tj") == [
        "Cong suat 103 m/ngay."
    ]


def test_signs_of_the_font_symbol_are_read() -> None:
    line = r"/S 10 Tf (\263) Tj /F 10 Tf ( 95% ho dan co nuoc sach.) Tj"
    assert blocks(line) == ["≥ 95% ho dan co nuoc sach."]


@pytest.mark.parametrize(("code", "mark"), [(r"\267", "•"), (r"\247", "▪"), (r"\374", "✓")])
def test_marks_of_list_items_are_read(code: str, mark: str) -> None:
    item = f"/S 10 Tf ({code}) Tj /F 10 Tf ( {{}}) Tj"
    assert blocks(item.format("Lam duong ap mot;"), item.format("Sua cau.")) == [
        f"{mark} Lam duong ap mot;",
        f"{mark} Sua cau.",
    ]


@pytest.mark.parametrize(
    ("size", "between"), [(80, []), (12, ["DU THAO"])], ids=["watermark", "slanted label"]
)
def test_what_is_written_across_a_page_divides_no_sentence(size: int, between: list[str]) -> None:
    rows = ["Cac xa da ra soat ho ngheo trong quy mot va bao cao ve huyen truoc ngay,",
            "muoi lam thang ba; hai xa con lai se lam xong trong quy hai va bao cao,",
            "truoc ngay muoi lam thang sau."]  # fmt: skip
    content = f"q 0.7 0.7 -0.7 0.7 200 600 cm BT /F {size} Tf (DU THAO) Tj ET Q\n"
    for row, text in enumerate(rows):
        content += f"BT /F 10 Tf 60 {700 - 14 * row} Td ({text}) Tj ET\n"
    found = load_pdf(printed_pdf(content, PAGE), lambda: None).text.split("\n\n")
    assert found == [" ".join(rows), *between]
