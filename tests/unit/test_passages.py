"""From a report to the passages that are found and quoted."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given

from hoidap.documents import Report, Span
from hoidap.loaders import load_file
from hoidap.passages import MAX_PASSAGE, split_passages
from tests.strategies import reports

SEED_REPORT = Path(__file__).parents[2] / "corpus" / "reports" / "000_e56e038e237a51aa.txt"

TITLE = "Lễ phát động"
PROSE = "Sáng nay, huyện tổ chức lễ phát động Tết trồng cây với sự có mặt của nhiều đại biểu."
MORE = "Các xã đã trồng được nhiều cây xanh, vượt kế hoạch đề ra từ đầu năm nay của huyện."
# Captions and headings come on top of a paragraph.
LONGEST = MAX_PASSAGE + 320


def passages(*paragraphs: str, title: str = TITLE) -> list[str]:
    text = "\n\n".join(paragraphs)
    report = Report(id="a", file="a.txt", title=title, text=text)
    return [text[span.start : span.end] for span in split_passages(report)]


def test_passages_of_the_seed_report() -> None:
    (report,) = load_file(SEED_REPORT.read_bytes(), SEED_REPORT.name).reports
    found = [report.text[span.start : span.end] for span in split_passages(report)]
    beginnings = (
        "Ngày 26/3/2021, Ủy ban nhân dân huyện Cao Lãnh tổ chức Hội nghị",
        "Theo đánh giá của ông Lê Chí Thiện",
        "Nhiều hoạt động xúc tiến kêu gọi đầu tư",
        "Công tác phối hợp giữa Uỷ ban nhân dân Huyện",
        "Phát biểu chỉ đạo, bà Huỳnh Thị Hoài Thu",
    )
    endings = (
        "Bà Huỳnh Thị Hoài Thu phát biểu tại Hội nghị",
        "Huyện đạt tiêu chí nông thôn mới.",
        "Ông Nguyễn Hồng Sự phát biểu chỉ đạo tại Hội nghị",
        "Ông Lê Chí Thiện phát biểu tại Hội nghị",
        "Thành Ngưỡng",
    )
    assert len(found) == 5
    for passage, beginning, ending in zip(found, beginnings, endings, strict=True):
        assert passage.startswith(beginning)
        assert passage.endswith(ending)


def test_paragraphs_are_passages() -> None:
    assert passages(TITLE, PROSE, MORE) == [PROSE, MORE]


def test_lines_that_end_sentences_are_paragraphs_of_their_own() -> None:
    assert passages(TITLE, f"{PROSE}\n{MORE}") == [PROSE, MORE]


def test_caption_joins_the_paragraph_above() -> None:
    caption = "Đại biểu trồng cây tại buổi lễ"
    assert passages(TITLE, PROSE, caption, MORE) == [f"{PROSE}\n\n{caption}", MORE]


@pytest.mark.parametrize(
    "heading",
    ["I. Kết quả", "1. Công tác dân vận", "2.1. Trồng cây", "Điều 3. Kinh phí", "KẾT QUẢ ĐẠT ĐƯỢC",
     "Kết quả cụ thể như sau:", "Phần thứ nhất", "Chương II", "## Kết quả", "A. Đánh giá chung"],
)  # fmt: skip
def test_heading_joins_the_paragraph_below(heading: str) -> None:
    assert passages(TITLE, PROSE, heading, MORE) == [PROSE, f"{heading}\n\n{MORE}"]


def test_headings_of_two_levels_join_the_paragraph_below_together() -> None:
    assert passages(TITLE, PROSE, "II. Kết quả", "1. Trồng cây", MORE) == [
        PROSE,
        f"II. Kết quả\n\n1. Trồng cây\n\n{MORE}",
    ]


def test_short_line_before_the_first_paragraph_joins_it() -> None:
    assert passages(TITLE, "Ban biên tập", PROSE) == [f"Ban biên tập\n\n{PROSE}"]


def test_heading_at_the_end_is_not_lost() -> None:
    assert passages(TITLE, PROSE, "PHỤ LỤC") == [PROSE, "PHỤ LỤC"]


def test_short_sentence_with_a_full_stop_is_no_caption() -> None:
    assert passages(TITLE, PROSE, "Buổi lễ kết thúc.", MORE) == [PROSE, "Buổi lễ kết thúc.", MORE]


def test_lines_wrapped_at_a_fixed_width_stay_together() -> None:
    wrapped = (
        "Sáng nay, huyện tổ chức lễ phát động Tết trồng cây với\n"
        "sự có mặt của nhiều đại biểu đến từ các xã. Tại buổi\n"
        "lễ, các đại biểu đã trồng được một nghìn cây xanh."
    )
    assert passages(TITLE, PROSE, wrapped, MORE) == [PROSE, wrapped, MORE]


def test_title_line_is_no_passage() -> None:
    assert passages(TITLE, PROSE) == [PROSE]
    assert passages(f"# {TITLE}", PROSE) == [PROSE]


def test_title_is_a_passage_where_it_is_all_there_is() -> None:
    assert passages(TITLE) == [TITLE]


def test_title_is_left_out_at_the_head_only() -> None:
    assert passages(TITLE, PROSE, TITLE) == [f"{PROSE}\n\n{TITLE}"]


def test_first_line_that_is_not_the_title_is_in_a_passage() -> None:
    assert passages("Tin vắn", PROSE, title=TITLE) == [f"Tin vắn\n\n{PROSE}"]


def test_empty_report_has_no_passage() -> None:
    assert passages("") == []


def test_long_paragraph_is_divided_at_sentence_ends_into_even_parts() -> None:
    sentences = [f"Câu thứ {number} nói về công tác dân vận của huyện." for number in range(40)]
    found = passages(TITLE, " ".join(sentences))
    assert " ".join(found) == " ".join(sentences)
    assert len(found) == 2
    assert all(passage.endswith("huyện.") for passage in found)
    assert abs(len(found[0]) - len(found[1])) < 100


def test_sentence_that_fits_is_never_cut() -> None:
    long, short = "dài " * 300 + "hết.", "ngắn " * 100 + "hết."
    assert passages(TITLE, f"{long} {short} {long}") == [long, short, long]


def test_sentence_too_long_for_a_passage_is_cut_between_words() -> None:
    text = " ".join(["phường"] * 1000)
    found = passages(TITLE, text)
    assert " ".join(found) == text
    assert all(len(passage) <= MAX_PASSAGE for passage in found)


def test_headings_without_end_are_divided_too() -> None:
    found = passages(TITLE, *[f"{number}. Mục lục của báo cáo" for number in range(1, 100)])
    assert len("\n\n".join(found)) == sum(map(len, found)) + 2 * (len(found) - 1)
    assert all(len(passage) <= LONGEST for passage in found)
    assert found[0].startswith("1. Mục lục")
    assert found[-1].endswith("99. Mục lục của báo cáo")


def test_captions_without_end_are_divided_too() -> None:
    found = passages(TITLE, PROSE, *["Ảnh minh họa của buổi lễ"] * 200)
    assert all(len(passage) <= LONGEST for passage in found)
    assert "\n\n".join(found).count("Ảnh minh họa") == 200


def test_page_is_the_one_on_which_a_passage_begins() -> None:
    text = f"{PROSE}\n\n{MORE}"
    report = Report("a", "a.pdf", TITLE, text, pages=(0, len(PROSE) + 2))
    assert split_passages(report) == [
        Span(0, len(PROSE), 1),
        Span(len(PROSE) + 2, len(text), 2),
    ]


def test_report_without_pages_has_passages_without_page() -> None:
    assert split_passages(Report("a", "a.txt", TITLE, PROSE)) == [Span(0, len(PROSE), None)]


@given(reports())
def test_every_visible_character_but_the_title_line_is_in_one_passage(report: Report) -> None:
    spans = split_passages(report)
    assert spans
    done = 0
    for number, span in enumerate(spans):
        assert done <= span.start < span.end <= len(report.text)
        between = report.text[done : span.start].strip()
        assert between == "" or (number == 0 and between.lstrip("# ") == report.title)
        done = span.end
    assert not report.text[done:].strip()


@given(reports())
def test_passages_are_of_a_size_to_be_read_and_begin_and_end_with_something_visible(
    report: Report,
) -> None:
    for span in split_passages(report):
        passage = report.text[span.start : span.end]
        assert len(passage) <= LONGEST
        assert passage == passage.strip()


@given(reports())
def test_division_is_deterministic(report: Report) -> None:
    assert split_passages(report) == split_passages(report)


def visible(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    "unit",
    ["a", ".", "…", "😀", "a ", "a. ", "1. ", "a\n", "a.\n", "a\n\n", "a.\n\n", "I. a\n\n", "1/",
     "a\t", "\u00a0a"],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    text = (unit * (200_000 // len(unit))).strip()
    report = Report("a", "a.txt", TITLE, text)
    start = time.process_time()
    spans = split_passages(report)
    assert time.process_time() - start < 3
    assert visible("".join(text[span.start : span.end] for span in spans)) == visible(text)
    assert all(span.end - span.start <= LONGEST for span in spans)


def test_a_megabyte_without_a_blank_or_full_stop_is_divided() -> None:
    text = "đ" * 1_000_000
    found = passages(text)
    assert "".join(found) == text
    assert {len(passage) for passage in found[:-1]} == {MAX_PASSAGE}
