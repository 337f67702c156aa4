"""Questions to the first real report, and to the made-up district, as citizens ask them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from hoidap.answering import MAX_QUESTION, Answerer, FollowUp
from hoidap.catalog import Catalog
from hoidap.documents import Answer, Status
from hoidap.encoder import Encoder
from hoidap.errors import QuestionError, SettingsError
from hoidap.reload import reload
from hoidap.settings import Settings
from tests.conftest import SEED

FIRST_PASSAGE = "Ngày 26/3/2021, Ủy ban nhân dân huyện Cao Lãnh tổ chức Hội nghị"


@pytest.fixture(scope="module")
def cao_lanh(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Answerer:
    """The report that hoidap comes with."""
    settings = Settings(corpus=SEED.parent, data=tmp_path_factory.mktemp("cao-lanh"))
    reload(settings, encoder)
    return Answerer(settings, encoder)


@pytest.fixture
def tan_giang(district: Settings, encoder: Encoder) -> Answerer:
    reload(district, encoder)
    return Answerer(district, encoder)


def highlighted(answer: Answer) -> list[str]:
    quote = answer.quotes[0]
    return [quote.text[start:end] for start, end in quote.highlights]


@pytest.mark.parametrize(
    ("question", "language", "missing"),
    [
        ("Ai chủ trì hội nghị ngày 26/3/2021?", "vi", "chủ trì"),
        ("ai chu tri hoi nghi ngay 26/3/2021", "vi", "chu tri"),
        ("Who chaired the 26/3/2021 conference?", "en", "chaired"),
        ("Ai chủ trì hội nghị ngày 26 tháng 3 năm 2021?", "vi", "chủ trì"),
        ("Who chaired the conference on March 26, 2021?", "en", "chaired"),
        ("AI CHỦ TRÌ HỘI NGHỊ NGÀY 26-03-2021", "vi", "CHỦ TRÌ"),
    ],
)
def test_the_first_real_question_is_quoted_and_what_is_not_stated_is_said(
    cao_lanh: Answerer, question: str, language: str, missing: str
) -> None:
    answer = cao_lanh.answer(question)
    assert (answer.status, answer.language) == (Status.PARTIAL, language)
    assert answer.missing_terms == (missing,)
    quote = answer.quotes[0]
    assert quote.text.startswith(FIRST_PASSAGE)
    assert quote.citation.date == date(2021, 3, 26)
    assert quote.citation.title.startswith("Tổng kết công tác phối hợp")
    assert quote.citation.source == "Ủy ban nhân dân huyện Cao Lãnh, tỉnh Đồng Tháp"


@pytest.mark.parametrize(
    ("question", "sentence_holds", "name"),
    [
        ("Chủ tịch UBND huyện là ai?", "Chủ tịch Ủy ban nhân dân Huyện", "ông Lê Chí Thiện"),
        ("chu tich ubnd huyen la ai", "Chủ tịch Ủy ban nhân dân Huyện", "ông Lê Chí Thiện"),
        ("Ai là Bí thư Huyện ủy?", "Bí thư Huyện ủy", "bà Huỳnh Thị Hoài Thu"),
        ("Có bao nhiêu xã đạt chuẩn nông thôn mới?", "14 xã đạt chuẩn nông thôn mới", "14"),
        ("How many communes met the new rural standard?", "14 xã đạt chuẩn", "14"),
        ("Huyện đạt bao nhiêu chỉ tiêu?", "14/14 chỉ tiêu", "14/14"),
        ("Bầu cử đại biểu Quốc hội khóa mấy?", "Quốc hội khóa XV", "XV"),
        ("Hội nghị diễn ra khi nào?", "Ngày 26/3/2021", "Ngày 26/3/2021"),
        ("Ông Nguyễn Hồng Sự giữ chức vụ gì?", "ông Nguyễn Hồng Sự, Phó Bí thư", None),
    ],
)
def test_the_sentence_with_the_answer_is_highlighted(
    cao_lanh: Answerer, question: str, sentence_holds: str, name: str | None
) -> None:
    answer = cao_lanh.answer(question)
    assert answer.status is Status.QUOTED
    assert answer.missing_terms == ()
    sentence, *named = highlighted(answer)
    assert sentence_holds in sentence
    if name is not None:
        assert named[0] == name


@pytest.mark.parametrize(
    "question",
    [
        "Giá vàng hôm nay bao nhiêu?",
        "gia vang hom nay bao nhieu",
        "What is the price of gold today?",
        "Ai chủ trì hội nghị ngày 15/8/2019?",
        "Who chaired the conference on 15 August 2019?",
        "Hội nghị năm 2018 có ai dự?",
        "Thời tiết ngày mai thế nào?",
        "ok",
        "???",
        "😀",
    ],
)
def test_what_the_reports_do_not_answer_is_not_answered(cao_lanh: Answerer, question: str) -> None:
    answer = cao_lanh.answer(question)
    assert answer.status is Status.NOT_FOUND
    assert answer.quotes == ()
    assert answer.missing_terms == ()


@pytest.mark.parametrize(
    "question",
    [
        "Hội nghị tháng 3 do ai tổ chức?",
        "hoi nghi thang 3 do ai to chuc",
        "Who attended the conference in March?",
    ],
)
def test_a_month_may_be_asked_about_without_its_year(cao_lanh: Answerer, question: str) -> None:
    answer = cao_lanh.answer(question)
    assert answer.status is Status.QUOTED
    assert answer.quotes[0].text.startswith(FIRST_PASSAGE)
    assert cao_lanh.answer("Hội nghị tháng 5 do ai tổ chức?").status is Status.NOT_FOUND


def test_where_nothing_was_found_the_nearest_reports_are_named(cao_lanh: Answerer) -> None:
    nearest = cao_lanh.answer("Ai chủ trì hội nghị ngày 15/8/2019?").nearest
    assert [citation.report_id for citation in nearest] == ["000_e56e038e237a51aa"]


def test_abbreviations_match_both_ways(tan_giang: Answerer) -> None:
    for question in ("CCHC 6 tháng đầu năm 2022", "cải cách hành chính 6 tháng đầu năm 2022"):
        assert tan_giang.answer(question).quotes[0].citation.report_id == "hoi-nghi-cchc"
    assert tan_giang.answer("thủ tục hành chính đúng hạn").quotes[0].text.count("TTHC") == 1


def test_a_dated_question_is_answered_from_that_date_only(tan_giang: Answerer) -> None:
    chaired = tan_giang.answer("Ai chủ trì buổi lễ ngày 18/5/2022?")
    assert chaired.status is Status.QUOTED
    assert highlighted(chaired)[1] == "Ông Đoàn Minh Khải"
    other_day = tan_giang.answer("Ai chủ trì buổi lễ ngày 19/5/2022?")
    assert other_day.status is Status.NOT_FOUND


@pytest.mark.parametrize("wrong", [2, 60])
def test_a_passage_of_the_right_date_is_found_behind_many_of_another(
    tmp_path: Path, encoder: Encoder, wrong: int
) -> None:
    settings = Settings(corpus=tmp_path / "reports", data=tmp_path / "data")
    settings.reports_path.mkdir()
    for number in range(wrong):
        day = f"{number % 28 + 1}/3/2021"
        text = f"Ngày {day}, huyện họp bàn về thu hoạch lúa và giá lúa ở xã {number}."
        (settings.reports_path / f"{number}.txt").write_text(text, "utf-8")
    (settings.reports_path / "right.txt").write_text(
        "Ngày 5/4/2021, các hợp tác xã, doanh nghiệp và trạm bơm được mời tới để nói về lúa.",
        "utf-8",
    )
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    question = "Ngày 5/4/2021 huyện họp bàn về thu hoạch lúa và giá lúa ở xã 1 ra sao?"
    ranked = [passage.report.report_id for passage in answerer.rank(question)]
    assert ranked[0] == "right"
    assert len(ranked) == min(wrong + 1, 12)


def test_reports_outside_the_range_are_left_out(tan_giang: Answerer) -> None:
    question = "Huyện đoàn trồng bao nhiêu cây?"
    assert tan_giang.answer(question, since=date(2023, 1, 1)).status is Status.QUOTED
    assert tan_giang.answer(question, until=date(2022, 12, 31)).status is Status.NOT_FOUND


def test_at_most_so_many_quotes_best_first(tan_giang: Answerer) -> None:
    answer = tan_giang.answer("xã", top_k=2)
    assert len(answer.quotes) == 2
    assert answer.quotes[0].score >= answer.quotes[1].score
    assert len(tan_giang.answer("xã", top_k=1).quotes) == 1


def test_the_same_question_has_the_same_answer(cao_lanh: Answerer) -> None:
    first, second = (cao_lanh.answer("Ai phát biểu tại hội nghị?") for _ in range(2))
    assert first.quotes == second.quotes


def test_quotes_are_the_stored_text(cao_lanh: Answerer) -> None:
    catalog = Catalog(cao_lanh.settings.catalog_path)
    for question in ("hội nghị", "nông thôn mới", "bầu cử", "huyện", "UBND"):
        for quote in cao_lanh.answer(question, top_k=10).quotes:
            report = catalog.report(quote.citation.report_id)
            assert report.text[quote.start : quote.end] == quote.text


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question_is_refused(cao_lanh: Answerer, question: str) -> None:
    with pytest.raises(QuestionError, match="câu hỏi trống"):
        cao_lanh.answer(question)


def test_a_question_too_long_is_refused(cao_lanh: Answerer) -> None:
    longest = "hội nghị " * (MAX_QUESTION // 9)
    assert cao_lanh.answer(longest).status is Status.QUOTED
    with pytest.raises(QuestionError, match="dài 100000 ký tự"):
        cao_lanh.answer("a" * 100_000)


@pytest.mark.parametrize(
    "question",
    [
        "\ud800 hội nghị",
        "hội nghị\x00 ngày 26/3/2021",
        "e\u0301\u0323" * 300,
        '(hội nghị) AND NOT [26/3/2021]: "*" ~^ field:x OR',
        "١٢/٣/٢٠٢١ ngày 99/99/9999",
        "\u202ehội nghị",
    ],
)
def test_hostile_questions_are_questions(cao_lanh: Answerer, question: str) -> None:
    assert cao_lanh.answer(question).status in set(Status)


def test_sentences_about_another_date_are_no_answer(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write(
        "a.txt",
        "Ngày 5/3/2022, huyện tổ chức lễ phát động trồng cây với 300 đoàn viên."
        " Ngày 9/4/2022, ông Hà Văn Minh chủ trì hội nghị.",
    )
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    right = answerer.answer("Ai chủ trì hội nghị ngày 9/4/2022?")
    assert (right.status, highlighted(right)[1]) == (Status.QUOTED, "ông Hà Văn Minh")
    assert answerer.answer("Ai chủ trì hội nghị ngày 5/3/2022?").status is not Status.QUOTED


def test_the_deputy_is_not_the_chief(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write("a.txt", "Bà Phạm Thị Lan Anh, Phó Chủ tịch UBND huyện, chủ trì hội nghị.")
    write("b.txt", "Tại buổi lễ, ông Lê Văn Tư, Chủ tịch UBND huyện, trao bằng khen cho các em.")
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    chief = answerer.answer("Chủ tịch UBND huyện là ai?")
    assert (chief.status, highlighted(chief)[1]) == (Status.QUOTED, "ông Lê Văn Tư")
    deputy = answerer.answer("Phó Chủ tịch UBND huyện là ai?")
    assert (deputy.status, highlighted(deputy)[1]) == (Status.QUOTED, "Bà Phạm Thị Lan Anh")


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Bí thư Huyện ủy là ai?", "Huyện ủy"),
        ("ai la bi thu huyen uy", "huyen uy"),
        ("Chủ tịch UBND xã là ai?", "UBND xã"),
    ],
)
def test_the_office_of_another_body_is_no_answer(
    settings: Settings,
    write: Callable[[str, str], Path],
    encoder: Encoder,
    question: str,
    missing: str,
) -> None:
    write("a.txt", "Ông Lê Út, Bí thư Đảng ủy xã, giữ chức Trưởng Ban Tổ chức Huyện ủy.")
    write("b.txt", "Ông Võ Ba, Chủ tịch UBND huyện, kiểm tra đê bao, dự có lãnh đạo xã.")
    reload(settings, encoder)
    answer = Answerer(settings, encoder).answer(question)
    assert (answer.status, answer.missing_terms) == (Status.PARTIAL, (missing,))


def test_the_title_does_not_make_the_chairman_of_a_commune_that_of_its_district(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write(
        "a.txt",
        "Sắp xếp các xã của huyện Tân Giang\n\nBà Trần Thị Ngân giữ chức Chủ tịch Ủy ban nhân dân"
        " xã Mỹ Lộc; ông Bùi Văn Khánh giữ chức Phó Chủ tịch.",
    )
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    for question in ("Ai là Chủ tịch UBND huyện Tân Giang?", "ai la chu tich ubnd huyen tan giang"):
        assert answerer.answer(question).status is Status.PARTIAL
    commune = answerer.answer("Ai là Chủ tịch UBND xã Mỹ Lộc?")
    assert (commune.status, highlighted(commune)[1:]) == (Status.QUOTED, ["Bà Trần Thị Ngân"])
    deputy = answerer.answer("Phó Chủ tịch UBND xã Mỹ Lộc là ai?")
    assert highlighted(deputy)[1:] == ["ông Bùi Văn Khánh"]


@pytest.mark.parametrize(
    "question", ["Phó Chủ tịch UBND huyện là ai?", "pho chu tich ubnd huyen la ai"]
)
def test_the_deputy_of_one_body_and_chief_of_another_is_not_the_deputy_there(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder, question: str
) -> None:
    write("a.txt", "Dự có ông Lê Văn Tư, Phó Bí thư Huyện ủy, Chủ tịch UBND huyện.")
    reload(settings, encoder)
    assert Answerer(settings, encoder).answer(question).status is not Status.QUOTED


def test_a_passage_with_the_office_of_the_body_is_quoted_alone(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write("a.txt", "Ông Lê Út, Bí thư Đảng ủy xã, giữ chức Trưởng Ban Tổ chức Huyện ủy.")
    write("b.txt", "Đến dự có bà Trần Thị Tư, Tỉnh ủy viên, Bí thư Huyện ủy, cùng các xã.")
    reload(settings, encoder)
    answer = Answerer(settings, encoder).answer("Bí thư Huyện ủy là ai?")
    assert (answer.status, answer.missing_terms) == (Status.QUOTED, ())
    assert [quote.citation.report_id for quote in answer.quotes] == ["b"]


def test_a_question_about_who_is_open_where_no_one_is_named(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write("a.txt", "Chủ tịch UBND huyện tiếp công dân vào thứ năm hằng tuần tại trụ sở.")
    reload(settings, encoder)
    answer = Answerer(settings, encoder).answer("Ai là Chủ tịch UBND huyện?")
    assert (answer.status, answer.missing_terms) == (Status.PARTIAL, ("ai",))


def test_the_title_alone_does_not_make_a_passage_an_answer(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write(
        "a.txt",
        "Khánh thành cầu Rạch Dừa\n\nDịp này, nhà tài trợ trao 50 suất học bổng cho học sinh.",
    )
    reload(settings, encoder)
    answer = Answerer(settings, encoder).answer("Cầu Rạch Dừa dài bao nhiêu mét?")
    assert answer.status is Status.NOT_FOUND


def test_the_number_before_the_word_counted_is_marked(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write(
        "a.txt", "Trong quý, xảy ra 23 vụ tai nạn giao thông, làm 9 người chết, 17 người bị thương."
    )
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    for question, number in (
        ("Có bao nhiêu vụ tai nạn giao thông?", "23"),
        ("Có mấy vụ tai nạn giao thông?", "23"),
        ("Tai nạn giao thông làm bao nhiêu người chết?", "9"),
        ("tai nan giao thong lam may nguoi bi thuong", "17"),
    ):
        assert highlighted(answerer.answer(question))[1:] == [number]


def test_the_share_is_marked_where_a_percentage_is_asked(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write("a.txt", "Có 158.230/159.104 cử tri đi bầu, đạt 99,45%.")
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    for question in (
        "Bao nhiêu phần trăm cử tri đi bầu?",
        "bao nhieu % cu tri di bau",
        "Tỷ lệ cử tri đi bầu?",
    ):
        assert highlighted(answerer.answer(question))[1:] == ["99,45%"]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Ai khai mạc Lễ hội Sen?", "Lễ hội Sen được khai mạc tại quảng trường Cao Lãnh."),
        ("Ai đóng cống Bà Bèo?", "Xã đề nghị đóng cống Bà Bèo để ngăn mặn."),
        ("Ai khánh thành trường?", "Trường THCS Nguyễn Văn Khải được khánh thành sáng nay."),
        ("Hội thảo có bao nhiêu khách?", "Hội thảo có tỷ lệ khách hài lòng cao; hai bên ký kết."),
        ("Bầu bao nhiêu đại biểu?", "Cử tri đi bầu đại biểu Quốc hội khóa XVI."),
    ],
)
def test_what_is_no_person_and_no_amount_answers_nothing(
    settings: Settings,
    write: Callable[[str, str], Path],
    encoder: Encoder,
    question: str,
    text: str,
) -> None:
    write("a.txt", text)
    reload(settings, encoder)
    answer = Answerer(settings, encoder).answer(question)
    assert answer.status is Status.PARTIAL
    assert len(highlighted(answer)) == 1


def test_a_person_is_known_by_the_given_name(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write("a.txt", "HĐND huyện bầu bà Đỗ Thị Hồng Nhung giữ chức Phó Chủ tịch UBND huyện.")
    write("b.txt", "Vườn hoa hồng nhung của xã nở rộ; bà con thu hoạch hoa vào dịp Tết.")
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    for question in ("Bà Nhung là ai?", "Bà Nhung giữ chức vụ gì?"):
        answer = answerer.answer(question)
        assert (answer.status, answer.missing_terms) == (Status.QUOTED, ())
        assert [quote.citation.report_id for quote in answer.quotes] == ["a"]


def test_careless_diacritics_are_understood(cao_lanh: Answerer) -> None:
    answer = cao_lanh.answer("bi thu huyện ủy là ai")
    assert highlighted(answer)[1] == "bà Huỳnh Thị Hoài Thu"


@pytest.mark.parametrize(
    ("question", "report", "marked"),
    [
        ("lễ khởi công cầu đc tổ chức khi nào z", "le-khoi-cong-cau", "ngày 18 tháng 5 năm 2022"),
        ("le khoi cong cau dc to chuc khi nao z", "le-khoi-cong-cau", "ngày 18 tháng 5 năm 2022"),
        ("Huyện hỗ trợ bn hộ nghèo vay vốn???", "bao-cao-quy-1-2022", "412"),
        ("huyen ho tro bn ho ngheo vay von z", "bao-cao-quy-1-2022", "412"),
        ("bn hs trở lại trường học trực tiếp r", "bao-cao-quy-1-2022", "9.215"),
        ("tiêm phòng dại cho bnhiu con chó mèoooo ạ", "tn-01", "5.400"),
        ("ai đc bầu lm ct hội nông dân", "tn-04", "ông Trịnh Văn Đước"),
    ],
)
def test_chat_questions_are_understood(
    tan_giang: Answerer, question: str, report: str, marked: str
) -> None:
    answer = tan_giang.answer(question)
    assert (answer.question, answer.status, answer.missing_terms) == (question, Status.QUOTED, ())
    assert answer.quotes[0].citation.report_id == report
    assert highlighted(answer)[1] == marked


def test_what_a_chat_question_misses_is_named_in_standard_vietnamese(tan_giang: Answerer) -> None:
    answer = tan_giang.answer("cty nào thi công cầu Rạch Sậy, đc ktra ntn")
    assert answer.status is Status.PARTIAL
    assert answer.missing_terms == ("kiểm tra",)


def test_own_chat_words_are_read(district: Settings, encoder: Encoder) -> None:
    question = "kcc Rạch Sậy ngày nào"
    reload(district, encoder)
    assert Answerer(district, encoder).answer(question).status is not Status.QUOTED
    (district.data / "chat.tsv").write_text("kcc\tkhởi công cầu\n", "utf-8")
    assert Answerer(district, encoder).answer(question).status is Status.QUOTED
    (district.data / "chat.tsv").write_text("kcc\n", "utf-8")
    with pytest.raises(SettingsError, match=r"chat\.tsv, dòng 1: có 1 cột"):
        Answerer(district, encoder)


def test_a_report_is_found_by_its_number(tan_giang: Answerer) -> None:
    answer = tan_giang.answer("Báo cáo số 45/BC-UBND thu ngân sách bao nhiêu?")
    assert answer.quotes[0].citation.number == "45/BC-UBND"
    assert answer.missing_terms == ()


@pytest.mark.parametrize(
    ("question", "report", "marked"),
    [
        ("Quyết định 1452 bổ nhiệm ai?", "decision", ["bà Phạm Thị Lan"]),
        ("quyet dinh 1452 bo nhiem ai", "decision", ["bà Phạm Thị Lan"]),
        ("Who was appointed by decision 1452?", "decision", ["bà Phạm Thị Lan"]),
        ("Công văn số 45 nói gì?", "letter", []),
        ("Công văn số 45/UBND-VX về việc gì?", "letter", []),
    ],
)
def test_a_document_is_asked_for_by_kind_and_number(
    settings: Settings,
    write: Callable[[str, str], Path],
    encoder: Encoder,
    question: str,
    report: str,
    marked: list[str],
) -> None:
    head = "ỦY BAN NHÂN DÂN\nHUYỆN TÂN GIANG\n\nSố: {}\n\nTân Giang, ngày 3 tháng 6 năm 2024\n\n"
    write(
        "decision.txt",
        head.format("1452/QĐ-UBND") + "QUYẾT ĐỊNH\nVề việc bổ nhiệm Trưởng phòng\n\n"
        "Điều 1. Bổ nhiệm bà Phạm Thị Lan giữ chức vụ Trưởng phòng Nội vụ huyện.\n",
    )
    write(
        "letter.txt",
        head.format("45/UBND-VX") + "Về việc ra quân diệt lăng quăng\n\n"
        "Đề nghị các ấp ra quân diệt lăng quăng vào sáng thứ bảy.\n",
    )
    write("schools.txt", "Toàn huyện có 57 trường, trong đó 45 trường đạt chuẩn quốc gia.")
    reload(settings, encoder)
    answer = Answerer(settings, encoder).answer(question)
    assert (answer.status, answer.missing_terms) == (Status.QUOTED, ())
    assert answer.quotes[0].citation.report_id == report
    assert highlighted(answer)[1:] == marked


def test_the_numbers_of_documents_are_looked_up_without_reading_all_reports(
    tan_giang: Answerer,
) -> None:
    catalog = Catalog(tan_giang.settings.catalog_path)
    asked: list[str] = []
    with catalog._reading() as connection:
        connection.set_trace_callback(asked.append)
        assert "45/BC-UBND" in catalog.numbers(45)
        (statement,) = (one for one in asked if "DISTINCT number" in one)
        (step,) = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    assert "versions_by_number" in step["detail"]


@pytest.mark.parametrize(
    "question", ["Ai chủ trì hội nghị hôm qua?", "hom nay ai chu tri hoi nghi", "Hội nghị năm nay?"]
)
def test_dates_told_from_today_are_conditions_too(cao_lanh: Answerer, question: str) -> None:
    assert cao_lanh.answer(question).status is Status.NOT_FOUND


def test_a_question_that_follows_another_looks_in_the_report_quoted_last(
    tan_giang: Answerer,
) -> None:
    before = FollowUp("Cầu Rạch Sậy khởi công ở đâu?", "le-khoi-cong-cau")
    when = tan_giang.answer("ngày nào?", after=before)
    assert when.status is Status.QUOTED
    assert when.quotes[0].citation.report_id == "le-khoi-cong-cau"
    assert highlighted(when)[1] == "ngày 18 tháng 5 năm 2022"
    assert tan_giang.answer("ngày nào?").status is Status.NOT_FOUND
    # Who asks why asks no longer for a place.
    assert highlighted(tan_giang.answer("vì sao?", after=before))[1:] == []
    also = tan_giang.answer("ngày nào?", after=FollowUp("ở đâu?", "le-khoi-cong-cau", before))
    assert highlighted(also) == highlighted(when)
    # What the report does not say is looked for everywhere.
    water = tan_giang.answer("Giá nước sạch bao nhiêu?", after=before)
    assert water.quotes[0].citation.report_id == "tn-02"
    gone = tan_giang.answer("Giá nước sạch bao nhiêu?", after=FollowUp("?", "không còn"))
    assert gone.quotes == water.quotes


def test_a_quote_names_its_passage(tan_giang: Answerer) -> None:
    quote = tan_giang.answer("Cầu Rạch Sậy dài bao nhiêu mét?").quotes[0]
    passage = Catalog(tan_giang.settings.catalog_path).current(quote.passage_id)
    assert passage is not None
    assert (passage.text, passage.start) == (quote.text, quote.start)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Ai dự hội nghị ngày 26 tháng 3 năm 2021?", "Đến dự có bà Huỳnh Thị Hoài Thu"),
        ("Ai phát biểu chỉ đạo ngày 26/3/2021?", "Phát biểu chỉ đạo, bà Huỳnh Thị Hoài Thu"),
        # Where not all is said, the sentence with the day: no name for an office not stated.
        ("Ai chủ trì hội nghị ngày 26/3/2021?", "Ngày 26/3/2021, Ủy ban nhân dân huyện"),
        ("ai chu tri hoi nghi ngay 26/3/2021", "Ngày 26/3/2021, Ủy ban nhân dân huyện"),
        ("Who chaired the 26/3/2021 conference?", "Ngày 26/3/2021, Ủy ban nhân dân huyện"),
    ],
)
def test_what_a_report_of_the_day_says_need_not_name_the_day(
    cao_lanh: Answerer, question: str, expected: str
) -> None:
    assert highlighted(cao_lanh.answer(question))[0].startswith(expected)


def test_a_short_question_keeps_what_the_one_before_asked(cao_lanh: Answerer) -> None:
    before = FollowUp(
        "Ai phát biểu tại hội nghị ngày 26/3/2021?",
        cao_lanh.answer("Ai phát biểu tại hội nghị ngày 26/3/2021?").quotes[0].citation.report_id,
    )
    also = cao_lanh.answer("còn ông Sự?", after=before)
    assert "ông Nguyễn Hồng Sự, Phó Bí thư Thường trực Huyện ủy" in highlighted(also)[0]
    where = cao_lanh.answer("ở đâu?", after=before)
    assert highlighted(where)[1:] == ["huyện Cao Lãnh"]


@pytest.fixture(scope="module")
def revenue(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Answerer:
    """Reports of two years that each compare with the year before."""
    folder = tmp_path_factory.mktemp("revenue")
    settings = Settings(corpus=folder / "reports", data=folder / "data")
    settings.reports_path.mkdir()
    for year, amount in ((2025, "375,9"), (2026, "412,7")):
        months = f"9 tháng đầu năm {year}"
        (settings.reports_path / f"{year}.txt").write_text(
            f"Thu ngân sách {months}\n\nTổng thu ngân sách {months} là {amount} tỷ đồng,"
            f" tăng so với cùng kỳ năm {year - 1}.\n",
            "utf-8",
        )
    reload(settings, encoder)
    return Answerer(settings, encoder)


def test_a_year_that_is_only_compared_with_is_not_told_of(revenue: Answerer) -> None:
    assert revenue.answer("Thu ngân sách năm 2024 là bao nhiêu?").status is Status.NOT_FOUND
    (quote,) = revenue.answer("Tổng thu ngân sách năm 2025?").quotes
    assert quote.citation.report_id == "2025"


def test_a_date_alone_asks_the_same_of_another_report(revenue: Answerer) -> None:
    before = FollowUp("Tổng thu ngân sách 9 tháng đầu năm 2026?", "2026")
    for question in ("còn năm 2025?", "năm 2025 thì sao"):
        answer = revenue.answer(question, after=before)
        assert [quote.citation.report_id for quote in answer.quotes] == ["2025"]
        assert answer.status is Status.QUOTED
    assert revenue.answer("còn năm 2024?", after=before).status is Status.NOT_FOUND


@pytest.mark.parametrize(
    ("question", "report", "number"),
    [
        ("Năm 2023 có bao nhiêu hộ nghèo?", "2023", "1.204"),
        ("Năm 2024 có bao nhiêu hộ nghèo?", "2024", "986"),
        ("nam 2024 con bao nhieu ho ngheo", "2024", "986"),
        ("How many poor households were there in 2024?", "2024", "986"),
        ("Năm 2025 hộ nghèo giảm còn bao nhiêu?", "2024", "1,2%"),
        ("Năm 2023 có mấy vụ tai nạn?", "2023", "27"),
    ],
)
def test_a_yearly_report_answers_for_its_year_and_not_for_the_one_it_plans(
    settings: Settings,
    write: Callable[[str, str], Path],
    encoder: Encoder,
    question: str,
    report: str,
    number: str,
) -> None:
    for year, poor, plan, accidents in (
        (2023, "1.204", "xây dựng 85 căn nhà", 27),
        (2024, "986", "phấn đấu giảm hộ nghèo còn 1,2%", 22),
    ):
        write(
            f"{year}.txt",
            f"Tình hình kinh tế - xã hội năm {year} và nhiệm vụ năm {year + 1}\n\n"
            f"I. Chính sách xã hội\n\nToàn huyện còn {poor} hộ nghèo.\n\n"
            f"Nhiệm vụ năm {year + 1}: {plan}.\n\n"
            f"II. Tai nạn giao thông\n\nXảy ra {accidents} vụ tai nạn giao thông.\n",
        )
    reload(settings, encoder)
    answer = Answerer(settings, encoder).answer(question)
    assert answer.status is Status.QUOTED
    assert (answer.quotes[0].citation.report_id, highlighted(answer)[1:]) == (report, [number])


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Đường ĐH.67 tổng mức đầu tư bao nhiêu?", "64,2 tỷ"),
        ("duong dh67 tong muc dau tu bao nhieu", "64,2 tỷ"),
        ("Dự án nâng cấp đường ĐH.67 tăng bao nhiêu?", "18,6 tỷ"),
        ("Diện tích xã Mỹ Lộc Thuận là bao nhiêu?", "48,6"),
        ("Tỷ lệ hộ cận nghèo là bao nhiêu?", "2,92%"),
        ("Tỷ lệ hộ nghèo là bao nhiêu?", "1,74%"),
        ("Số ca sốt xuất huyết giảm bao nhiêu?", "145"),
    ],
)
def test_the_amount_of_what_is_measured_is_marked(
    settings: Settings,
    write: Callable[[str, str], Path],
    encoder: Encoder,
    question: str,
    number: str,
) -> None:
    write(
        "a.txt",
        "Điều chỉnh tăng 18,6 tỷ đồng cho dự án nâng cấp đường ĐH.67 đoạn qua xã Hòa Long, tổng mức"
        " đầu tư sau điều chỉnh là 64,2 tỷ đồng.",
    )
    write(
        "b.txt",
        "Trụ sở Ủy ban nhân dân xã Mỹ Lộc Thuận đặt tại số 15 đường Lê Lợi. Xã mới có diện tích"
        " 48,6 km2, dân số 21.350 người.",
    )
    write("c.txt", "Còn 986 hộ nghèo, chiếm 1,74%; hộ cận nghèo 1.655 hộ, chiếm 2,92%.")
    write("d.txt", "Ghi nhận 312 ca sốt xuất huyết, giảm 145 ca so với năm 2022.")
    reload(settings, encoder)
    assert highlighted(Answerer(settings, encoder).answer(question))[1:] == [number]


@pytest.mark.parametrize(
    ("question", "marked"),
    [
        ("Người từ 80 tuổi nhận bao nhiêu?", ["360.000"]),
        ("nguoi tu 80 tuoi nhan bao nhieu", ["360.000"]),
        ("Cầu Ba Vàm ở đâu?", ["xã Long Bàu"]),
        ("Ngoài ông Lê An còn ai dự lễ?", ["bà Trần Thị Tư"]),
        ("Ông Võ Tư là ai?", ["ông Võ Tư"]),
    ],
)
def test_what_the_question_says_itself_is_marked_only_where_nothing_else_is(
    settings: Settings,
    write: Callable[[str, str], Path],
    encoder: Encoder,
    question: str,
    marked: list[str],
) -> None:
    write("a.txt", "Người từ 80 tuổi không có lương hưu nhận 360.000 đồng.")
    write("b.txt", "Đã thông xe cầu Ba Vàm thuộc xã Long Bàu.")
    write("c.txt", "Dự lễ có ông Lê An và bà Trần Thị Tư.")
    write("d.txt", "Đã tặng quà ông Võ Tư, người có công.")
    reload(settings, encoder)
    assert highlighted(Answerer(settings, encoder).answer(question))[1:] == marked


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Hội nghị sơ kết nông thôn mới tổ chức ở đâu?", "Sáng ngày 5/7/2024, tại Hội trường"),
        ("cap can cuoc o phu an ngay nao", "Công an xã Phú An cấp căn cước"),
    ],
)
def test_a_sentence_that_repeats_the_title_goes_before_one_that_does_not(
    settings: Settings,
    write: Callable[[str, str], Path],
    encoder: Encoder,
    question: str,
    sentence: str,
) -> None:
    write(
        "a.txt",
        "Hội nghị sơ kết xây dựng nông thôn mới 6 tháng đầu năm 2024\n\n"
        "Sáng ngày 5/7/2024, tại Hội trường Ủy ban nhân dân huyện, Ban Chỉ đạo huyện Tân Giang"
        " tổ chức Hội nghị sơ kết xây dựng nông thôn mới. Xã Hòa Long còn 2 tiêu chí chưa đạt là"
        " tiêu chí về tổ chức sản xuất và tiêu chí về môi trường.",
    )
    write(
        "b.txt",
        "Thông báo lịch tiêm vắc xin và cấp căn cước\n\nTrạm Y tế xã Phú An tiêm vắc xin ngày"
        " 10/9/2024. Công an xã Phú An cấp căn cước ngày 14/9/2024.",
    )
    reload(settings, encoder)
    assert highlighted(Answerer(settings, encoder).answer(question))[0].startswith(sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What happened on 5 July 2024?", "Trưởng phòng Nội vụ chủ trì"),
        ("hôm 5-7-2024 có sự kiện gì", "Trưởng phòng Nội vụ chủ trì"),
        ("Is the one-stop office open on Saturday?", "Bộ phận một cửa làm việc"),
    ],
)
def test_what_is_told_of_a_day_is_found(
    settings: Settings,
    write: Callable[[str, str], Path],
    encoder: Encoder,
    question: str,
    sentence: str,
) -> None:
    write(
        "a.txt",
        "Trưởng phòng Nội vụ chủ trì cuộc họp về tinh giản biên chế ngày 5/7/2024.\n\n"
        "Bộ phận một cửa làm việc từ thứ hai đến sáng thứ bảy hằng tuần.",
    )
    write("b.txt", "Năm 2024, toàn huyện có 1.524 hộ nghèo, chiếm 2,4% số hộ dân.")
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    assert highlighted(answerer.answer(question))[0].startswith(sentence)
    assert answerer.answer("What happened on 9 July 2024?").status is Status.NOT_FOUND


def test_what_did_not_happen_in_one_place_stands_behind_where_it_did(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    nowhere, somewhere = (
        "Trong năm không xảy ra dịch tả heo châu Phi.",
        "Tháng 8, bệnh dịch tả heo châu Phi xảy ra tại ấp 2, xã Mỹ Hội, tiêu hủy 35 con heo.",
    )
    write("a.txt", f"{nowhere} Đàn heo của xã có 1.250 con.")
    write("b.txt", f"{somewhere} Trạm thú y đã phun thuốc khử trùng.")
    reload(settings, encoder)
    answerer = Answerer(settings, encoder)
    for question, first in (
        ("Dịch tả heo xảy ra ở đâu?", somewhere),
        ("dich ta heo xay ra o dau", somewhere),
        ("Dịch tả heo có xảy ra không?", nowhere),
    ):
        answer = answerer.answer(question)
        assert highlighted(answer)[0] == first
        assert len(answer.quotes) == 2


def test_a_month_without_its_year_says_when(
    settings: Settings, write: Callable[[str, str], Path], encoder: Encoder
) -> None:
    write("a.txt", "Tháng 8, bệnh dịch tả heo châu Phi xảy ra tại ấp 2, xã Mỹ Hội.")
    reload(settings, encoder)
    answer = Answerer(settings, encoder).answer("Dịch tả heo xảy ra khi nào?")
    assert answer.status is Status.QUOTED
    assert highlighted(answer)[1:] == ["Tháng 8"]
