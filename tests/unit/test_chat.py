"""Questions as typed in chats, in standard Vietnamese; and what must stay as it is."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoidap.errors import SettingsError
from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.tables import packaged_table, read_table
from hoidap.vietnamese.text import fold, nfc, normalize
from tests.strategies import phrases, report_texts

CHAT = Chat.load()
ROWS = [row.cells for row in read_table(packaged_table("chat.tsv"))]
TYPED = sorted({cells[0] for cells in ROWS})

# As citizens type, and the standard form.
QUESTIONS = {
    "ubnd huyện ở đâu z": "ubnd huyện ở đâu vậy",
    "lm cccd mất bn tiền": "làm cccd mất bao nhiêu tiền",
    "đc bn hộ nghèo": "được bao nhiêu hộ nghèo",
    "cty nào đc khen thưởng": "công ty nào được khen thưởng",
    "khi nào họp vs mttq": "khi nào họp với mttq",
    "mần giấy khai sinh ở đâu": "làm giấy khai sinh ở đâu",
    "lễ khởi công cầu đc tổ chức khi nào z": "lễ khởi công cầu được tổ chức khi nào vậy",
    "huyện có bn xã đạt chuẩn ntm r": "huyện có bao nhiêu xã đạt chuẩn ntm rồi",
    "bn ơi cho mk hỏi ubnd xã lm việc tới mấy h": (
        "bạn ơi cho mình hỏi ubnd xã làm việc tới mấy giờ"
    ),
    "k bít đăng ký kết hôn ở đâu": "không biết đăng ký kết hôn ở đâu",
    "nhập hk cần giấy tờ j ạ": "nhập hộ khẩu cần giấy tờ gì ạ",
    "Ko biết ai là ct ubnd huyện": "Không biết ai là chủ tịch ubnd huyện",
    "thủ tục lm thẻ bhyt ntn": "thủ tục làm thẻ bhyt như thế nào",
    "sđt của công an huyện": "số điện thoại của công an huyện",
    "cho xin đc ubnd xã Phú Lộc": "cho xin địa chỉ ubnd xã Phú Lộc",
    "xin đc hỏi về đất đai": "xin được hỏi về đất đai",
    "hs đc hỗ trợ j ko": "học sinh được hỗ trợ gì không",
    "nộp hs ở đâu": "nộp hồ sơ ở đâu",
    "5 hs đc khen thưởng là ai": "5 học sinh được khen thưởng là ai",
    "trường có mấy gv và sv": "trường có mấy giáo viên và sinh viên",
    "đượcccc khônggg": "được không",
    "họp ở đâu???!!!": "họp ở đâu?",
    "khôg bít ai phát biểu": "không biết ai phát biểu",
    "fường Mỹ Ngãi sáp nhập với xã nào": "phường Mỹ Ngãi sáp nhập với xã nào",
    "vay vốn nh chính sách bao nh": "vay vốn ngân hàng chính sách bao nhiêu",
    "bí thư huyện ủy là ai zậy mn": "bí thư huyện ủy là ai vậy mọi người",
    "bao h họp hđnd": "bao giờ họp hđnd",
    "bv huyện khám bệnh mấy h": "bệnh viện huyện khám bệnh mấy giờ",
    "bv môi trường đc thực hiện ntn": "bảo vệ môi trường được thực hiện như thế nào",
    "hnay ai chủ trì hội nghị": "hôm nay ai chủ trì hội nghị",
    "hum wa ai phát biểu": "hôm qua ai phát biểu",
    "cần đk gì để vay vốn": "cần điều kiện gì để vay vốn",
    "đk tạm trú ở đâu": "đăng ký tạm trú ở đâu",
    "đóng bh xã hội bao nhiu": "đóng bảo hiểm xã hội bao nhiêu",
    "xl rác thải ntn": "xử lý rác thải như thế nào",
    "xl cho hỏi giá nước": "xin lỗi cho hỏi giá nước",
    "quên mk dịch vụ công": "quên mật khẩu dịch vụ công",
    "trc năm 2021 thu đc bnhiu": "trước năm 2021 thu được bao nhiêu",
    "có mấy ng nghèo cx đc vay": "có mấy người nghèo cũng được vay",
    "dt gieo sạ bn ha": "diện tích gieo sạ bao nhiêu ha",
    "có lớp mầm non hông": "có lớp mầm non không",
    "tổng dt trồng lúa": "tổng diện tích trồng lúa",
    "số dt của xã": "số điện thoại của xã",
    "số bn covid": "số bệnh nhân covid",
    "xã nông thôn ms có nhìu ko": "xã nông thôn mới có nhiều không",
    "vn có bn tỉnh": "Việt Nam có bao nhiêu tỉnh",
    "năm 2021 k có ai dự": "năm 2021 không có ai dự",
    "nv trọng tâm năm 2022 là gì": "nhiệm vụ trọng tâm năm 2022 là gì",
    "tuyển nv y tế ở đâu": "tuyển nhân viên y tế ở đâu",
    "vp ubnd huyện ở đâu": "văn phòng ubnd huyện ở đâu",
    "vp giao thông phạt bn": "vi phạm giao thông phạt bao nhiêu",
    "cũg thik lm ở xã": "cũng thích làm ở xã",
    "xã xong cầu r, họp chưa": "xã xong cầu rồi, họp chưa",
    "k bt lm giấy ks ở đâu": "không biết làm giấy khai sinh ở đâu",
    "ai là bt huyện ủy z ad": "ai là bí thư huyện ủy vậy bạn",
    "đại hội đảng bộ ngày mấy v": "đại hội đảng bộ ngày mấy vậy",
    "trồng lúa bn ha vậy bn": "trồng lúa bao nhiêu ha vậy bạn",
    "hỏi về hk": "hỏi về hộ khẩu",
    "CT UBND huyện là ai": "Chủ tịch UBND huyện là ai",
    "Ai là PCT.HĐND huyện": "Ai là Phó Chủ tịch HĐND huyện",
    # Without diacritics.
    "PCT UBND huyen la ai": "Pho Chu tich UBND huyen la ai",
    "dg lien xa khi nao xong z": "duong lien xa khi nao xong vay",
    "ubnd huyen o dau z": "ubnd huyen o dau vay",
    "lm cccd mat bn tien": "lam cccd mat bao nhieu tien",
    "dk tam tru can j": "dang ky tam tru can gi",
    "k bit nop ho so o dau": "khong biet nop ho so o dau",
    "cty nao dc khen thuong ntn": "cong ty nao duoc khen thuong nhu the nao",
    "đc bn ho ngheo": "duoc bao nhieu ho ngheo",
    "hop khonggg": "hop khong",
}

STAYS = [
    # standard Vietnamese
    "Ai chủ trì hội nghị ngày 26/3/2021?",
    "UBND huyện làm gì?",
    "Món bít tết ở đây thế nào?",
    "Khắc phục lỗ hổng an ninh mạng ra sao?",
    "Bị gãy xương hông phải làm gì?",
    "Học sinh xoong nồi boong tàu",
    # numbers, units, dates, addresses
    "Giá lúa 25 k một kg",
    "họp lúc 10 h sáng",
    "10h ngày 26/3/2021",
    "123/BC-ubnd",
    "số 12/kh-dc",
    "gửi tới ko@xa.vn",
    "trang ko.vn",
    "ngày 26/3 và 27/3",
    # letters that count, Roman numerals
    "điểm k khoản 1 Điều 5 quy định gì",
    "Thiếu vitamin k gây bệnh gì",
    "hộ nghèo loại h",
    "quý iii",
    # names and capitals
    "Ng Văn A là ai",
    "Ông Ko",
    "HỌP Ở ĐÂU",
    "DC",
    "CT 05 của UBND tỉnh",
    "CT xã hội",
    "số 12/CT UBND",
    "hong ngu o dau",
    # what cannot be told
    "nh",
    "xã ng",
    "tt",
    # English
    "Where is the ubnd vs mttq office???",
    "what did the kt board say",
    "How soooo many communes are there",
    "the cost of bn in vn",
    # nothing to read
    "",
    "???!!!",
    "😀",
    "12 34",
]


@pytest.mark.parametrize("typed", QUESTIONS)
def test_question_in_standard_vietnamese(typed: str) -> None:
    assert CHAT.rewrite(typed) == QUESTIONS[typed]


@pytest.mark.parametrize("text", [*STAYS, *QUESTIONS.values()])
def test_standard_text_and_what_cannot_be_told_stay(text: str) -> None:
    assert CHAT.rewrite(text) == text


def test_question_without_diacritics_gets_none() -> None:
    assert fold(CHAT.rewrite("lm thẻ mất bn tiền")) == CHAT.rewrite("lm the mat bn tien")
    assert CHAT.rewrite("ko dc j").isascii()
    assert CHAT.rewrite("ko đc j") == "không được gì"


def test_user_table_adds_and_replaces(tmp_path: Path) -> None:
    table = tmp_path / "chat.tsv"
    table.write_text("kdc\tkhu dân cư\nhs\thồ sơ\nko\tko\nsk\tsự kiện\t_ nào\n", "utf-8")
    own = Chat.load(table)
    assert own.rewrite("kdc nào nộp hs") == "khu dân cư nào nộp hồ sơ"
    assert own.rewrite("5 hs đc vay vốn ko") == "5 hồ sơ được vay vốn ko"
    assert own.rewrite("khám sk ở đâu, sk nào") == "khám sk ở đâu, sự kiện nào"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("ko", "dòng 1: có 1 cột"),
        ("ko\tkhông\t_ có\tnữa", "dòng 1: có 4 cột"),
        ("KO\tkhông", "dòng 1: 'KO' không phải một từ viết thường"),
        ("k o\tkhông", "dòng 1: 'k o' không phải một từ viết thường"),
        ("a1\tkhông", "dòng 1: 'a1' không phải một từ viết thường"),
        ("kb\tkhông\tcó", "dòng 1: 'có': mỗi chỗ cần đúng một dấu _"),
        ("kb\tkhông\t_ có; được", "dòng 1: '_ có; được': mỗi chỗ cần đúng một dấu _"),
        ("kb\tko biết", "dòng 1: cách viết đầy đủ 'ko biết' lại có chữ viết tắt"),
    ],
)
def test_wrong_row_is_named(tmp_path: Path, row: str, message: str) -> None:
    table = tmp_path / "chat.tsv"
    table.write_text(row + "\n", "utf-8")
    with pytest.raises(SettingsError, match=rf"chat\.tsv, {message}"):
        Chat.load(table)


def test_packaged_rows_for_a_spelling_stand_together_and_are_in_normal_form() -> None:
    spellings = [cells[0] for cells in ROWS]
    changes = sum(one != other for one, other in pairwise(spellings))
    assert changes + 1 == len(TYPED)
    assert len(set(ROWS)) == len(ROWS)
    for _, standard, *_ in ROWS:
        assert normalize(standard) == standard.lower()


def test_abbreviations_of_administration_are_left_to_their_table() -> None:
    abbreviations = Abbreviations.load()
    assert [typed for typed in TYPED if abbreviations.find(typed)] == []


@pytest.mark.parametrize(
    ("typed", "expansion"),
    [
        ("ubnd", "ủy ban nhân dân"),
        ("hđnd", "hội đồng nhân dân"),
        ("hdnd", "hội đồng nhân dân"),
        ("mttq", "Mặt trận Tổ quốc"),
        ("cctt", None),
        ("tp", "thành phố"),
        ("tphcm", "Thành phố Hồ Chí Minh"),
        ("cccd", "căn cước công dân"),
        ("bhyt", "bảo hiểm y tế"),
        ("ntm", "nông thôn mới"),
        ("thcs", "trung học cơ sở"),
        ("gd&đt", "giáo dục và đào tạo"),
        ("gddt", "giáo dục và đào tạo"),
        ("ktxh", "kinh tế - xã hội"),
        ("kt-xh", "kinh tế - xã hội"),
        ("ctxh", "chính trị - xã hội"),
    ],
)
def test_abbreviations_are_read_in_small_letters(typed: str, expansion: str | None) -> None:
    found = [one.expansion for one in Abbreviations.load().find(f"{typed} huyện ở đâu")]
    assert found == ([] if expansion is None else [expansion])


def chat_texts() -> st.SearchStrategy[str]:
    """Chat words among plain words, marks and numbers."""
    plain = "ai có được biết thẻ tiền hộ người số mất ở đâu huyện Cao Lãnh điểm vitamin 5 2021 26/3"
    word = st.one_of(
        st.sampled_from(TYPED),
        st.sampled_from(plain.split()),
        st.sampled_from(["Ko", "K", "đượccc", "fường", "khôg", "iii", "kooo", "the", "of", "xong"]),
    )
    gap = st.sampled_from([" ", " ", " ", ", ", "? ", ". ", "??", "/", "-", "\n", "..."])
    return st.lists(st.tuples(word, gap).map("".join), max_size=12).map("".join)


@given(st.one_of(chat_texts(), st.text(max_size=60), report_texts(), phrases()))
def test_rewriting_twice_is_rewriting_once(text: str) -> None:
    once = CHAT.rewrite(nfc(text))
    assert CHAT.rewrite(once) == once
    assert nfc(once) == once


@given(chat_texts())
def test_numbers_and_capitals_survive(text: str) -> None:
    rewritten = CHAT.rewrite(text)
    for kept in ("2021", "26/3", "Cao", "Lãnh"):
        assert rewritten.count(kept) == text.count(kept)


@pytest.mark.parametrize("text", ["k ", "bn ", "h k ", "bít k ", "đ", "?!", "K... ", "ko.", "a"])
def test_long_text_is_rewritten_in_a_moment(text: str) -> None:
    assert CHAT.rewrite(CHAT.rewrite(text * 600)) == CHAT.rewrite(text * 600)
