"""What a question asks for, in Vietnamese, without diacritics and in English."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.courtesy import without_courtesy
from hoidap.vietnamese.dates import Period, Precision
from hoidap.vietnamese.glossary import Glossary
from hoidap.vietnamese.language import Language
from hoidap.vietnamese.places import Places
from hoidap.vietnamese.question import AnswerKind, Question, QuestionReader
from hoidap.vietnamese.synonyms import Synonyms
from hoidap.vietnamese.terms import Terms
from hoidap.vietnamese.text import fold
from tests.strategies import phrases, report_texts

READER = QuestionReader(
    Abbreviations.load(), Glossary.load(), Synonyms.load(), places=Places.load(), chat=Chat.load()
)
MARCH_26 = Period(date(2021, 3, 26), date(2021, 3, 26), Precision.DAY)
FIRST_QUESTION = "Ai chủ trì hội nghị ngày 26/3/2021?"


def words(text: str) -> list[str]:
    return [word.text for word in READER.read(text).words]


def forms(text: str) -> list[tuple[str, ...]]:
    return [word.forms for word in READER.read(text).words]


def periods(text: str) -> list[Period | None]:
    return [mention.period for mention in READER.read(text).dates]


@pytest.mark.parametrize(
    ("kind", "questions"),
    [
        (
            AnswerKind.PERSON,
            [
                FIRST_QUESTION,
                "ai chu tri hoi nghi",
                "Đồng chí nào phát biểu?",
                "Who chaired the conference?",
                "Which officials spoke?",
            ],
        ),
        (
            AnswerKind.NUMBER,
            [
                "Có bao nhiêu xã đạt chuẩn nông thôn mới?",
                "co bao nhieu xa dat chuan",
                "Có mấy xã?",
                "Tỷ lệ hộ nghèo là gì?",
                "How many communes are there?",
                "What percentage of households are poor?",
            ],
        ),
        (
            AnswerKind.DATE,
            [
                "Hội nghị diễn ra khi nào?",
                "hoi nghi dien ra khi nao",
                "Bao giờ họp?",
                "Họp ngày nào?",
                "Bầu cử ngày mấy?",
                "Chừng nào cầu xong?",
                "cau khanh thanh hoi nao",
                "bữa nào bầu trưởng ấp",
                "hop thang may",
                "When did the conference take place?",
                "What date was the meeting?",
            ],
        ),
        (
            AnswerKind.PLACE,
            [
                "Hội nghị tổ chức ở đâu?",
                "hoi nghi to chuc o dau",
                "Nơi nào được chọn?",
                "Where was the conference held?",
            ],
        ),
        (
            AnswerKind.OTHER,
            [
                "Nội dung hội nghị là gì?",
                "noi dung hoi nghi la gi",
                "Tại sao phải phối hợp?",
                "What was discussed?",
                "tổng kết phối hợp",
                "",
            ],
        ),
    ],
)
def test_kind_of_answer(kind: AnswerKind, questions: list[str]) -> None:
    assert {question: READER.read(question).kind for question in questions} == dict.fromkeys(
        questions, kind
    )


@pytest.mark.parametrize(
    "question", ["Đại biểu mãi phát biểu gì?", "Bà Mai phát biểu gì?", "What did the mayor say?"]
)
def test_question_word_inside_another_word_asks_nothing(question: str) -> None:
    assert READER.read(question).kind is AnswerKind.OTHER


@pytest.mark.parametrize("question", ["Có ai chết vì sốt xuất huyết không?", "co ai chet khong"])
def test_whether_there_is_anyone_asks_for_no_name(question: str) -> None:
    assert READER.read(question).kind is AnswerKind.OTHER
    assert READER.read("Có ai dự hội nghị?").kind is AnswerKind.PERSON
    assert READER.read("Ai không dự hội nghị?").kind is AnswerKind.PERSON


@pytest.mark.parametrize(
    ("question", "asking"),
    [
        ("Trưởng phòng Nội vụ tên gì?", "tên gì"),
        ("truong phong noi vu ten gi", "ten gi"),
        ("Phó Chủ tịch UBND xã Phú An tên là gì?", "tên là gì"),
        ("bà hiệu trưởng trường Mỹ Hội tên gì", "tên gì"),
        ("What is the name of the district party secretary?", "name"),
        ("what was the name of the principal of Mỹ Hội school", "name"),
    ],
)
def test_the_name_of_who_holds_an_office_is_a_persons(question: str, asking: str) -> None:
    read = READER.read(question)
    assert (read.kind, read.asking) == (AnswerKind.PERSON, asking)


@pytest.mark.parametrize(
    "question",
    [
        "Cây cầu mới tên gì?",
        "Dự án do Chủ tịch xã khởi công tên là gì?",
        "What is the name of the new bridge?",
        "What is the name of the school that the secretary opened?",
    ],
)
def test_the_name_of_a_thing_is_no_persons(question: str) -> None:
    assert READER.read(question).kind is AnswerKind.OTHER


def test_an_answer_need_not_say_that_a_persons_name_is_one() -> None:
    question = READER.read("What is the name of the secretary?")
    assert [word.text for word in question.words] == ["secretary"]


def test_the_country_that_is_asked_for_need_not_be_called_one() -> None:
    question = READER.read("Xoài xuất khẩu sang nước nào?")
    assert question.kind is AnswerKind.PLACE
    assert "nước" not in [word.text for word in question.words]


def test_number_asked_of_persons_is_a_number() -> None:
    assert READER.read("Bao nhiêu người nào đến dự?").kind is AnswerKind.NUMBER


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("Có bao nhiêu người chết?", "người"),
        ("co bao nhieu nguoi chet", "nguoi"),
        ("Xảy ra mấy vụ?", "vụ"),
        ("Đạt bao nhiêu phần trăm?", "%"),
        ("dat bao nhieu % cu tri", "%"),
        ("Tỷ lệ cử tri đi bầu là bao nhiêu?", "%"),
        ("How many people died?", "nguoi"),
    ],
)
def test_what_is_counted_stands_behind_the_question_word(question: str, counted: str) -> None:
    assert counted in READER.read(question).counted


@pytest.mark.parametrize("question", ["Giảm bao nhiêu?", "Thu là bao nhiêu và ở đâu?", "Ai dự?"])
def test_nothing_is_counted(question: str) -> None:
    assert READER.read(question).counted == ()


@pytest.mark.parametrize(
    "question",
    [
        "Quốc hội khóa mấy?",
        "quoc hoi khoa may",
        "Đại hội lần thứ mấy?",
        "Phòng Nội vụ ở tầng mấy?",
        "bao cap may",
    ],
)
def test_place_in_a_row_is_asked_for(question: str) -> None:
    assert READER.read(question).ordinal


@pytest.mark.parametrize(
    "question",
    [
        "Có mấy khóa?",
        "Quốc hội khóa XV có bao nhiêu đại biểu?",
        "Vốn tăng bao nhiêu?",
        "von tang bao nhieu",
        "Người từ 80 tuổi được trợ cấp bao nhiêu?",
        "tro cap may trieu",
        "Huyện đã cấp bao nhiêu giấy chứng nhận?",
    ],
)
def test_amount_is_asked_for(question: str) -> None:
    assert not READER.read(question).ordinal


def test_first_question() -> None:
    question = READER.read(FIRST_QUESTION)
    assert question.text == FIRST_QUESTION
    assert question.language is Language.VIETNAMESE
    assert question.accented
    assert [word.text for word in question.words] == ["chủ trì", "hội nghị"]
    assert question.words[0].forms == ("chủ trì", "chủ tọa")
    assert [mention.period for mention in question.dates] == [MARCH_26]
    assert question.terms.dates == ("d2021-03-26", "m2021-03", "y2021", "dm-03-26")
    assert {"chủ_trì", "hội_nghị"} <= set(question.terms.exact)
    assert question.translated == Terms((), ())


def test_question_without_diacritics_is_compared_without() -> None:
    question = READER.read("ai chu tri hoi nghi ngay 26/3/2021")
    assert question.language is Language.VIETNAMESE
    assert not question.accented
    assert [word.forms for word in question.words] == [("chu tri", "chu toa"), ("hoi nghi",)]
    assert [mention.period for mention in question.dates] == [MARCH_26]


def test_english_question_asks_for_the_vietnamese_words() -> None:
    question = READER.read("Who chaired the conference on 26 March 2021?")
    assert question.language is Language.ENGLISH
    assert [word.text for word in question.words] == ["chaired", "conference"]
    assert {"chu tri", "chu toa"} <= set(question.words[0].forms)
    assert "hoi nghi" in question.words[1].forms
    assert {"chủ_trì", "hội_nghị"} <= set(question.translated.exact)
    assert not {"who", "the", "conference", "chaired"} & set(question.terms.exact)
    assert [mention.period for mention in question.dates] == [MARCH_26]
    assert "d2021-03-26" in question.terms.dates


def test_names_in_an_english_question_stay_as_they_are() -> None:
    question = READER.read("What did Mr. Lê Chí Thiện say at the conference?")
    assert question.language is Language.ENGLISH
    assert ("lê chí thiện",) in [word.forms for word in question.words]
    assert "chí_thiện" in question.terms.exact


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("Có bao nhiêu đại biểu tham dự?", ["đại biểu", "tham dự"]),
        ("Cho biết nội dung của hội nghị ạ", ["nội dung", "hội nghị"]),
        ("Khi nào hội nghị diễn ra?", ["hội nghị"]),
        ("co bao nhieu dai bieu tham du", ["dai bieu", "tham du"]),
        ("How many delegates attended?", ["delegates", "attended"]),
        ("Chừng nào hội nghị diễn ra?", ["hội nghị"]),
        ("hoi nghi dien ra hoi nao", ["hoi nghi"]),
        ("ông Sự giữ chức gì", ["ông Sự"]),
        ("Ai là ai?", []),
        ("Who is it?", []),
        ("Hội nghị, hội nghị, hội nghị", ["Hội nghị"]),
        ("ngày 26/3/2021", []),
    ],
)
def test_words_that_ask_or_join_are_left_out(question: str, content: list[str]) -> None:
    assert words(question) == content


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("Giá lúa 1 kg bao nhiêu?", "kg"),
        ("lúa bán bn tiền 1kg", "kg"),
        ("gia dat 1 m2 bao nhieu", "m2"),
        ("Thuê một công đất bao nhiêu tiền?", "công"),
    ],
)
def test_what_a_price_is_for_is_a_unit(question: str, unit: str) -> None:
    assert unit in {form for one in forms(question) for form in one}
    assert not {"1", "một", "mot"} & {form for one in forms(question) for form in one}


def test_other_numbers_are_words_and_weigh_no_more_than_a_word() -> None:
    question = READER.read("Trẻ 6 tuổi vào lớp 1 được bao nhiêu tiền?")
    weights = {word.text: word.weight for word in question.words}
    assert {"6", "1", "lớp"} <= set(weights)
    assert weights["6"] == weights["1"] == 5.0
    assert ("công trình",) in forms("Mua 1 công trình giá bao nhiêu?")


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("thu hồi mấy héc ta", "ha"),
        ("thu hồi mấy héc-ta", "ha"),
        ("thu hoi may hec ta", "ha"),
        ("cúp nước ở đâu", "ngưng cung cấp nước"),
        ("cup dien o dau", "mat dien"),
        ("giá lúa OM18", "om 18"),
    ],
)
def test_word_that_the_list_of_words_would_cut_has_its_other_forms(
    question: str, form: str
) -> None:
    assert form in {one for some in forms(question) for one in some}


def test_compound_weighs_as_much_as_its_syllables() -> None:
    (outage,) = READER.read("Khi nào cúp điện?").words
    assert outage.weight > READER.read("Khi nào có cúp?").words[0].weight


def test_percentage_need_not_be_spelled_out() -> None:
    assert words("Cử tri đi bầu bao nhiêu phần trăm?") == ["Cử tri", "bầu"]


def test_person_is_one_word_and_found_without_the_form_of_address() -> None:
    question = READER.read("Ông Lê Chí Thiện phát biểu gì?")
    person, speak = question.words
    assert (person.text, person.forms) == ("Ông Lê Chí Thiện", ("lê chí thiện",))
    assert speak.forms[0] == "phát biểu"
    assert person.weight > speak.weight


def test_word_of_one_syllable_knows_its_neighbours() -> None:
    word = next(word for word in READER.read("Ủy ban nhân dân huyện làm gì?").words
                if word.text == "huyện")  # fmt: skip
    assert word.neighbours == ("dân huyện", "huyện làm")


def test_abbreviation_and_its_expansion_ask_for_the_same() -> None:
    short, long = READER.read("UBND huyện làm gì?"), READER.read("Uỷ ban nhân dân huyện làm gì?")
    assert short.terms == long.terms
    assert short.words[0].forms == ("ủy ban nhân dân", "ubnd")
    assert long.words[0].forms == ("ủy ban nhân dân",)
    assert short.words[0].weight == long.words[0].weight


def test_body_in_english_asks_for_the_vietnamese_body() -> None:
    question = READER.read("What did the People's Committee decide?")
    assert question.language is Language.ENGLISH
    assert "uy ban nhan dan" in question.words[0].forms
    assert "ủy_ban" in question.translated.exact


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("Họp ngày 26 tháng 3 năm 2021 bàn gì?", MARCH_26),
        ("hop ngay 26 thang 3 nam 2021 ban gi", MARCH_26),
        ("Năm 2020 có gì?", Period(date(2020, 1, 1), date(2020, 12, 31), Precision.YEAR)),
        ("Tháng 3/2021 có gì?", Period(date(2021, 3, 1), date(2021, 3, 31), Precision.MONTH)),
        ("Ngày 26/3 có gì?", None),
    ],
)
def test_date_of_a_question(question: str, period: Period | None) -> None:
    assert periods(question) == [period]


@pytest.mark.parametrize(
    "question",
    [
        "Theo Bộ luật Hình sự năm 2015 thì phạt bao nhiêu?",
        "theo bo luat hinh su nam 2015 thi phat bao nhieu",
        "Hiến pháp năm 2013 quy định gì?",
        "Luật Đất đai 2013 quy định gì?",
        "What does the Penal Code 2015 say?",
        "Kế hoạch",
        "14/14 chỉ tiêu là gì?",
        "Nghị định 23/2018/NĐ-CP quy định gì?",
    ],
)
def test_year_of_a_law_and_numbers_are_no_date_asked_for(question: str) -> None:
    assert periods(question) == []


def test_the_number_of_a_document_is_no_year() -> None:
    known = READER.read("Kế hoạch 2023 có gì?", numbered=lambda first: [f"{first}/KH-UBND"])
    assert known.dates == ()
    (mention,) = READER.read("Kế hoạch 2023 có gì?").dates
    assert known.text[mention.start : mention.end] == "2023"


def test_date_beside_a_law_is_asked_for() -> None:
    assert periods("Ngày 26/3/2021 bàn gì về Luật Đất đai năm 2013?") == [MARCH_26]


def test_decomposed_question_is_the_composed_one() -> None:
    assert READER.read(unicodedata.normalize("NFD", FIRST_QUESTION)) == READER.read(FIRST_QUESTION)


def test_chat_words_are_read_as_the_words_they_stand_for() -> None:
    typed = READER.read("Huyện có bn hộ nghèo đc vay vốn vs mức nào z?")
    assert typed == READER.read("Huyện có bao nhiêu hộ nghèo được vay vốn với mức nào vậy?")
    assert typed.kind is AnswerKind.NUMBER
    assert "hộ" in typed.counted
    assert [word.text for word in typed.words] == ["Huyện", "hộ", "nghèo", "vay", "vốn", "mức"]


@pytest.mark.parametrize(
    ("typed", "kind", "content"),
    [
        ("lm cccd mất bn tiền", AnswerKind.NUMBER, ["cccd"]),
        ("lm cccd mat bn tien", AnswerKind.NUMBER, ["cccd"]),
        ("ubnd huyen o dau z", AnswerKind.PLACE, ["ubnd", "huyen"]),
        ("cty nao dc khen thuong", AnswerKind.OTHER, ["cong ty", "khen thuong"]),
        ("bao h họp mttq", AnswerKind.DATE, ["họp", "mttq"]),
    ],
)
def test_chat_question_asks(typed: str, kind: AnswerKind, content: list[str]) -> None:
    question = READER.read(typed)
    assert question.language is Language.VIETNAMESE
    assert (question.kind, [word.text for word in question.words]) == (kind, content)


def test_chat_words_for_today_are_dates() -> None:
    today = date(2021, 3, 26)
    assert [m.period for m in READER.read("hnay ai phát biểu", today).dates] == [MARCH_26]


@pytest.mark.parametrize(
    "typed",
    [
        "Tôi muốn biết xảy ra bao nhiêu vụ tai nạn giao thông",
        "Bạn cho tôi biết xảy ra bao nhiêu vụ tai nạn giao thông với",
        "ac ơi cho e hỏi xíu xảy ra bao nhiêu vụ tai nạn giao thông ạ e cảm ơn",
        "cho hoi xảy ra bao nhiêu vụ tai nạn giao thông",
    ],
)
def test_courtesy_asks_for_nothing(typed: str) -> None:
    assert READER.read(typed) == READER.read("xảy ra bao nhiêu vụ tai nạn giao thông")


def test_word_of_courtesy_inside_a_question_is_a_word() -> None:
    assert words("Có bao nhiêu người biết chữ?") == ["biết", "chữ"]


def test_nothing_is_rewritten_in_an_english_question() -> None:
    text = "Who met the bn vs mttq board???"
    assert READER.read(text).text == text


@pytest.mark.parametrize("text", ["", " ", "???", "😀", "\u200b", "\x00", "—"])
def test_text_without_words_is_read(text: str) -> None:
    question = READER.read(text)
    assert question == Question(
        text=text,
        language=Language.UNKNOWN,
        accented=False,
        kind=AnswerKind.OTHER,
        asking="",
        ordinal=False,
        counted=(),
        terms=Terms((), ()),
        translated=Terms((), ()),
        related=(),
        places=(),
        dates=(),
        words=(),
    )


@given(st.one_of(st.text(max_size=60), report_texts(), phrases()))
def test_any_text_is_read(text: str) -> None:
    question = READER.read(text)
    standard = Chat.load().rewrite(unicodedata.normalize("NFC", text))
    assert question.text == without_courtesy(standard)
    for word in question.words:
        assert question.text[word.start :].startswith(word.text)
        assert word.forms
        assert all(word.forms)
        assert word.weight >= 0
    assert len({word.forms for word in question.words}) == len(question.words)


@given(phrases())
def test_reading_is_deterministic(text: str) -> None:
    assert READER.read(text) == READER.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "phường Mỹ Ngãi có gì?",
        "phuong my ngai co gi",
        "P. Mỹ Ngãi có gì?",
        "What is in My Ngai ward?",
    ],
)
def test_place_is_one_word_with_its_other_names_as_forms(text: str) -> None:
    question = READER.read(text)
    (word,) = question.words
    assert word.text in {"phường Mỹ Ngãi", "phuong my ngai", "P. Mỹ Ngãi", "My Ngai ward"}
    names = ["mỹ ngãi", "phường mỹ ngãi", "xã tân nghĩa", "tân nghĩa", "xã mỹ tân", "mỹ tân"]
    wanted = names if question.accented else [fold(name) for name in names]
    assert set(wanted) <= set(word.forms)
    assert set(question.related) == {"mỹ_tân", "tân_nghĩa"}


def test_former_place_has_the_present_one_as_form() -> None:
    question = READER.read("xã Tân Nghĩa có gì?")
    (word,) = question.words
    assert word.forms == ("tân nghĩa", "xã tân nghĩa", "phường mỹ ngãi", "mỹ ngãi")
    assert question.related == ("mỹ_ngãi",)


def test_name_that_says_nothing_alone_counts_with_its_kind_only() -> None:
    (word,) = READER.read("phường Cao Lãnh").words
    assert {"phường cao lãnh", "phường 3 thành phố cao lãnh", "xã tịnh thới"} <= set(word.forms)
    assert not {"cao lãnh", "3", "phường 3"} & set(word.forms)
    (word,) = READER.read("xã Phú Cường").words
    assert "xã hòa bình" in word.forms
    assert "hòa bình" not in word.forms


def test_english_place_is_looked_for_by_its_vietnamese_name() -> None:
    question = READER.read("How many households are there in My Tho commune?")
    assert {"xã", "mỹ", "thọ", "xã_mỹ", "mỹ_thọ"} <= set(question.translated.exact)
    assert "tho" not in question.terms.exact
    assert set(question.related) == {"mỹ_thọ", "mỹ_hội", "mỹ_xương"}


def test_district_is_told_of_and_read_as_before() -> None:
    question = READER.read("Bí thư huyện Cao Lãnh là ai?")
    assert [one.notes[0].asked for one in question.places] == ["huyện Cao Lãnh"]
    assert [word.text for word in question.words] == ["Bí thư", "huyện", "Cao Lãnh"]
    assert question.related == ()


@pytest.mark.parametrize(
    "typed",
    [
        "Học sinh tăng bao nhiêu so với năm trước?",
        "hoc sinh tang bao nhieu so voi nam truoc",
        "hoc sinh tang bao nhieu so voi cùng kỳ năm ngoái",
        "Học sinh tăng bao nhiêu so với năm 2025?",
        "học sinh tăng bao nhiêu so cùng kỳ tháng trước",
        "How many more pupils compared to last year?",
    ],
)
def test_a_date_to_compare_with_is_not_asked_about(typed: str) -> None:
    question = READER.read(typed)
    assert question.dates == ()
    every = " ".join(word.text for word in question.words)
    assert not {"năm", "nam", "trước", "truoc", "2025", "year"} & set(every.split())


def test_the_date_asked_about_stays_beside_the_one_to_compare_with() -> None:
    today = date(2021, 3, 26)
    for typed in ("Ngày 26/3/2021 thu tăng bao nhiêu so với năm trước?", "So với năm 2020, hnay?"):
        assert [mention.period for mention in READER.read(typed, today).dates] == [MARCH_26]
    assert periods("Thu ngân sách cùng kỳ năm 2020 là bao nhiêu?") != []


def test_the_number_of_a_month_is_no_word_but_a_date() -> None:
    for typed in ("Hội nghị tháng 3 bàn gì?", "hoi nghi thang 3 ban gi"):
        assert "3" not in words(typed)
    (mention,) = READER.read("Hội nghị tháng 3 bàn gì?").dates
    assert (mention.period, mention.day, mention.month) == (None, None, 3)
