"""From a report to the passages that are found and quoted."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given

from hoidap.documents import Report, Span
from hoidap.loaders import load_file
from hoidap.passages import JOINED, MAX_PASSAGE, SHORT, split_passages, split_pieces
from tests.strategies import reports

SEED_REPORT = Path(__file__).parents[2] / "corpus" / "reports" / "000_e56e038e237a51aa.txt"

TITLE = "Lễ phát động"
# Paragraphs long enough to be passages of their own.
PROSE = (
    "Sáng nay, huyện tổ chức lễ phát động Tết trồng cây với sự có mặt của nhiều đại biểu. Phát biểu"
    " tại buổi lễ, lãnh đạo huyện nhắc lại ý nghĩa của việc trồng cây, kêu gọi mỗi gia đình trồng"
    " ít nhất một cây trước nhà và chăm sóc những cây đã trồng trong các năm trước. Ngay sau lễ"
    " phát động, đại biểu cùng đoàn viên thanh niên đã trồng năm trăm cây sao, dầu và bằng lăng"
    " dọc theo tuyến đường vào trung tâm huyện."
)
MORE = (
    "Các xã đã trồng được nhiều cây xanh, vượt kế hoạch đề ra từ đầu năm nay của huyện. Nhiều xã"
    " vận động được doanh nghiệp góp cây giống, phân bón và công chăm sóc, nhờ đó tỷ lệ cây sống"
    " đạt trên chín phần mười. Trong thời gian tới, mỗi xã sẽ giao từng đoạn đường cho một đoàn"
    " thể chăm sóc, hằng quý kiểm tra và trồng thay những cây đã chết, cuối năm chọn tuyến đường"
    " xanh, sạch, đẹp nhất để khen thưởng trước toàn huyện."
)
# Paragraphs that are not.
CLAUSE = "Các xã rà soát quỹ đất công để trồng cây xanh."
NEXT = "Các trường học trồng cây trong khuôn viên của mình."
# Captions and headings come on top of a paragraph.
LONGEST = MAX_PASSAGE + 320


def passages(*paragraphs: str, title: str = TITLE) -> list[str]:
    text = "\n\n".join(paragraphs)
    report = Report(id="a", file="a.txt", title=title, text=text)
    return [text[span.start : span.end] for span in split_passages(report)]


def headings(*paragraphs: str) -> list[list[str]]:
    """The headings over each passage."""
    text = "\n\n".join(paragraphs)
    report = Report(id="a", file="a.txt", title=TITLE, text=text)
    return [[text[start:end] for start, end in span.headings] for span in split_passages(report)]


def pieces(passage: str) -> list[str]:
    return [passage[start:end] for start, end in split_pieces(passage)]


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
    assert min(len(PROSE), len(MORE)) > SHORT
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


def test_short_clauses_are_one_passage() -> None:
    clauses = [f"{number}. {CLAUSE}" for number in range(1, 6)]
    assert passages(TITLE, *clauses) == ["\n\n".join(clauses)]
    assert passages(TITLE, "\n".join(clauses)) == ["\n".join(clauses)]


def test_short_clause_does_not_join_a_long_paragraph() -> None:
    assert passages(TITLE, CLAUSE, PROSE, NEXT) == [CLAUSE, PROSE, NEXT]


@pytest.mark.parametrize(
    ("length", "together"), [(SHORT, True), (SHORT + 1, False)], ids=["short", "long"]
)
def test_paragraph_joins_up_to_a_length(length: int, together: bool) -> None:
    paragraph = "đ" * (length - 1) + "."
    assert (len(passages(TITLE, CLAUSE, paragraph)) == 1) is together
    assert (len(passages(TITLE, paragraph, CLAUSE)) == 1) is together


@pytest.mark.parametrize(
    "heading",
    ["Phần thứ nhất", "Chương II", "I. Kết quả", "A. Đánh giá chung", "Điều 3. Kinh phí",
     "KẾT QUẢ ĐẠT ĐƯỢC"],
)  # fmt: skip
def test_short_clauses_do_not_join_across_the_heading_of_a_section(heading: str) -> None:
    assert passages(TITLE, CLAUSE, heading, NEXT) == [CLAUSE, f"{heading}\n\n{NEXT}"]
    both = f"{heading}\n\n1. Trồng cây\n\n{NEXT}"
    assert passages(TITLE, CLAUSE, heading, "1. Trồng cây", NEXT) == [CLAUSE, both]


@pytest.mark.parametrize(
    "heading", ["1. Trồng cây", "2.1. Trồng cây", "Kết quả cụ thể như sau:", "## Kết quả"]
)
def test_short_clauses_join_with_their_own_headings(heading: str) -> None:
    together = f"{CLAUSE}\n\n{heading}\n\n{NEXT}"
    assert passages(TITLE, CLAUSE, heading, NEXT) == [together]


def test_short_clauses_join_as_far_as_a_screen_holds() -> None:
    clauses = [f"{number}. {CLAUSE}" for number in range(1, 100)]
    found = passages(TITLE, *clauses)
    assert "\n\n".join(found) == "\n\n".join(clauses)
    assert all(len(passage) <= JOINED for passage in found)
    assert all(len(passage) + 2 + len(clauses[-1]) > JOINED for passage in found[:-1])


def test_page_of_joined_clauses_is_that_of_the_first() -> None:
    text = f"{CLAUSE}\n\n{NEXT}"
    report = Report("a", "a.pdf", TITLE, text, pages=(0, len(CLAUSE) + 2))
    assert split_passages(report) == [Span(0, len(text), 1)]


def test_passages_stand_under_the_headings_of_their_section() -> None:
    assert headings(TITLE, PROSE, "I. Kết quả", PROSE, MORE) == [
        [],
        ["I. Kết quả"],
        ["I. Kết quả"],
    ]


def test_heading_closes_those_of_its_level_and_deeper_ones() -> None:
    found = headings(
        TITLE, "Chương I", PROSE, "Phần thứ nhất", "Chương I", "Điều 1. Phạm vi", "1. Đối tượng",
        PROSE, "2. Nguyên tắc", MORE, "Điều 2. Kinh phí", PROSE, "Chương II", "Điều 3. Thi hành",
        MORE, "Phần thứ hai", PROSE,
    )  # fmt: skip
    part, chapter = "Phần thứ nhất", "Chương I"
    assert [over[1:] for over in found] == [
        [],
        [part, chapter, "Điều 1. Phạm vi", "1. Đối tượng"],
        [part, chapter, "Điều 1. Phạm vi", "2. Nguyên tắc"],
        [part, chapter, "Điều 2. Kinh phí"],
        [part, "Chương II", "Điều 3. Thi hành"],
        ["Phần thứ hai"],
    ]


def test_line_at_the_head_stands_over_the_whole_report() -> None:
    lead = "Nghị quyết về trồng cây"
    assert headings(TITLE, lead, PROSE, "Phần thứ nhất", MORE, "Phần thứ hai", PROSE) == [
        [lead],
        [lead, "Phần thứ nhất"],
        [lead, "Phần thứ hai"],
    ]


def test_caption_is_no_heading() -> None:
    assert headings(TITLE, PROSE, "Đại biểu trồng cây tại buổi lễ", MORE) == [[], []]


def test_joined_clauses_stand_under_the_headings_of_the_first() -> None:
    found = headings(TITLE, PROSE, "I. Kết quả", "1. Quỹ đất", CLAUSE, "2. Trường học", NEXT)
    assert found == [[], ["I. Kết quả", "1. Quỹ đất"]]


def test_pieces_are_the_paragraphs_of_a_passage() -> None:
    assert pieces(PROSE) == [PROSE]
    assert pieces(f"{CLAUSE}\n\n{NEXT}") == [CLAUSE, NEXT]
    assert pieces(f"1. {CLAUSE}\n2. {NEXT}") == [f"1. {CLAUSE}", f"2. {NEXT}"]
    assert pieces("") == []


def test_piece_has_its_heading_and_its_caption() -> None:
    first, second = f"Điều 1. Quỹ đất\n\n{CLAUSE}", f"1. Trường học\n\n{NEXT}\n\nẢnh minh họa"
    assert pieces(f"{first}\n\n{second}") == [first, second]


@given(reports())
def test_pieces_cover_every_visible_character_of_a_passage(report: Report) -> None:
    for span in split_passages(report):
        passage = report.text[span.start : span.end]
        done = 0
        for start, end in split_pieces(passage):
            assert done <= start < end <= len(passage)
            assert not passage[done:start].strip()
            assert end - start <= LONGEST
            done = end
        assert done == len(passage)


@given(reports())
def test_headings_come_in_the_order_of_the_report_and_not_after_their_passage(
    report: Report,
) -> None:
    for span in split_passages(report):
        done = 0
        for start, end in span.headings:
            assert done <= start < end <= span.end
            assert report.text[start:end].strip()
            done = end


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
