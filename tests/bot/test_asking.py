"""Questions to the running bot: what a citizen reads."""

from __future__ import annotations

import time
import unicodedata

import pytest

from bot.richtext import MAX_UNITS, units
from hoidap.catalog import Catalog
from hoidap.settings import Settings
from tests.bot.conftest import Bot
from tests.bot.standin import BOT_NAME, StandIn

FIRST = "Ngày 26/3/2021, Ủy ban nhân dân huyện Cao Lãnh tổ chức Hội nghị"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Ai chủ trì hội nghị ngày 26/3/2021?", "Báo cáo không ghi rõ: chủ trì."),
        ("ai chu tri hoi nghi ngay 26/3/2021", "Báo cáo không ghi rõ: chu tri."),
        ("Who chaired the conference of 26/3/2021?", "The report does not state: chaired."),
    ],
)
def test_the_first_real_question_is_quoted_and_what_is_missing_is_said(
    talk: StandIn, user: int, question: str, says: str
) -> None:
    answer = talk.ask(question, user=user)
    assert answer.text.startswith(says)
    (quote,) = answer.quotes()
    assert quote.startswith(FIRST)
    title, sentence = answer.of_type("bold")[1:]
    assert title.startswith("Tổng kết công tác phối hợp giữa UBND với UBMTTQ")
    assert sentence.startswith(FIRST)
    assert sentence in quote
    assert "📅 26/03/2021" in answer.text
    assert answer.text.endswith("Ủy ban nhân dân huyện Cao Lãnh, tỉnh Đồng Tháp")


def test_a_full_answer_says_nothing_before_the_quote(talk: StandIn, user: int) -> None:
    answer = talk.ask("Cầu Rạch Sậy dài bao nhiêu mét?", user=user)
    assert answer.text.startswith("Khởi công cầu Rạch Sậy\n📅 18/05/2022")
    assert answer.of_type("underline") == ["126"]
    link = next(one for one in answer.entities if one.type == "text_link")
    assert link.url == "https://tangiang.example/tin-tuc/cau-rach-say"
    assert answer.buttons() == ["📖 Đọc thêm", "📄 Báo cáo gốc", "👍", "👎"]
    typed = [call for call in talk.of("sendChatAction") if call.values["chat_id"] == str(user)]
    assert [call.values["action"] for call in typed] == ["typing"]


def test_what_is_not_in_the_reports_is_not_answered(talk: StandIn, user: int) -> None:
    answer = talk.ask("Giá vàng SJC ở Paris?", user=user)
    assert answer.text.startswith("Tôi không tìm thấy câu trả lời trong các báo cáo.")
    assert answer.quotes() == []
    assert answer.buttons() == []
    english = talk.ask("What is the price of gold in Paris?", user=user)
    assert english.text.startswith("I found no answer in the reports.")


@pytest.mark.parametrize(
    "text",
    [
        "<b>Cầu Rạch Sậy</i> dài & rộng bao nhiêu <script>?",
        "*Cầu* _Rạch_ [Sậy](http://x) ~dài~ `bao nhiêu`?",
        "\u202eCầu Rạch Sậy dài bao nhiêu?\u202c",
        "Cầu\u200b Rạch\u200d Sậy\ufeff dài bao nhiêu?",
        unicodedata.normalize("NFD", "Cầu Rạch Sậy dài bao nhiêu mét? 👨‍👩‍👧‍👦🇻🇳"),
        "&lt;b&gt; &#0; &amp; cầu Rạch Sậy?",
        "\ud83d cầu Rạch Sậy dài",
        "𝐀" * 1900,
        "👍",
        "?",
        "<b>",
    ],
)
def test_hostile_text_gets_a_valid_answer(talk: StandIn, user: int, text: str) -> None:
    answer = talk.ask(text, user=user)
    assert "trục trặc" not in answer.text
    assert units(answer.text) <= MAX_UNITS
    assert "\u202e" not in answer.text


def test_terms_of_the_question_cannot_turn_the_text_round(talk: StandIn, user: int) -> None:
    answer = talk.ask("Ai \u202echủ trì\u202c <hội nghị> ngày 26/3/2021?", user=user)
    assert answer.text.startswith("Báo cáo không ghi rõ: chủ trì.")


def test_too_long_and_not_text(talk: StandIn, user: int) -> None:
    assert "rút gọn" in talk.ask("a " * 1500, user=user).text
    sticker = talk.ask(None, user=user, sticker=_sticker())
    assert sticker.text == "Tôi chỉ đọc được chữ. Bà con gõ câu hỏi giúp nhé."
    photo = {"caption": "Cầu Rạch Sậy dài bao nhiêu mét?", "photo": [_photo()]}
    assert "126 mét" in talk.ask(None, user=user, **photo).text


def _photo() -> dict[str, object]:
    return {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}


def _sticker() -> dict[str, object]:
    return {
        "file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "type": "regular",
        "is_animated": False, "is_video": False,
    }  # fmt: skip


def test_a_long_passage_is_folded_after_its_sentence(talk: StandIn, user: int) -> None:
    answer = talk.ask("Xã 712 trồng bao nhiêu cây dừa xiêm?", user=user)
    sentence, passage = answer.quotes()
    assert sentence.startswith("Xã 712 trồng 712 cây dừa xiêm & <b>cây</b> sao")
    assert sentence in passage
    kinds = [one.type for one in answer.entities if "blockquote" in one.type]
    assert kinds == ["blockquote", "expandable_blockquote"]


def test_a_question_after_another_looks_in_the_report_quoted_last(talk: StandIn, user: int) -> None:
    talk.ask("Ai là Bí thư Huyện ủy?", user=user)
    answer = talk.ask("còn ông Sự?", user=user)
    assert "ông Nguyễn Hồng Sự" in answer.of_type("underline")
    talk.ask("Cầu Rạch Sậy khởi công ở đâu?", user=user)
    when = talk.ask("ngày nào?", user=user)
    assert when.text.startswith("Khởi công cầu Rạch Sậy")
    assert "ngày 18 tháng 5 năm 2022" in when.of_type("underline")[0]


def test_one_short_question_after_another_goes_on_from_the_first(talk: StandIn, user: int) -> None:
    talk.ask("Cầu Rạch Sậy do ai khởi công?", user=user)
    where = talk.ask("ở đâu?", user=user)
    when = talk.ask("ngày nào?", user=user)
    assert when.text.startswith("Khởi công cầu Rạch Sậy")
    assert "ngày 18 tháng 5 năm 2022" in when.of_type("underline")[0]
    replied = talk.ask("còn khi nào?", user=user, reply_to=where.id)
    assert replied.text.startswith("Khởi công cầu Rạch Sậy")


def test_greetings_and_thanks_are_no_questions(talk: StandIn, user: int) -> None:
    talk.ask("Cầu Rạch Sậy dài bao nhiêu mét?", user=user)
    assert talk.ask("dạ em cảm ơn nhiều ạ", user=user).text.startswith("Dạ không có chi.")
    assert talk.ask("Xin chào bạn!", user=user).text.startswith("Kính chào bà con!")
    assert talk.ask("👍", user=user).text.startswith("Bà con muốn hỏi gì?")


def test_a_short_question_that_finds_nothing_leaves_the_report_talked_about(
    talk: StandIn, user: int
) -> None:
    talk.ask("Ai là Bí thư Huyện ủy?", user=user)
    nothing = talk.ask("còn ông Tèo?", user=user)
    assert not nothing.quotes()
    answer = talk.ask("còn ông Sự?", user=user)
    assert "ông Nguyễn Hồng Sự" in answer.of_type("underline")
    # What was asked last is what a question goes on from, found or not.
    talk.ask("giá vàng SJC?", user=user)
    assert not talk.ask("ở đâu?", user=user).quotes()


def test_a_reply_goes_on_from_the_answer_it_replies_to(talk: StandIn, user: int) -> None:
    bridge = talk.ask("Cầu Rạch Sậy dài bao nhiêu mét?", user=user)
    talk.ask("Ai là Bí thư Huyện ủy?", user=user)
    answer = talk.ask("Ai chủ trì buổi lễ này?", user=user, reply_to=bridge.id)
    assert "Ông Đoàn Minh Khải" in answer.of_type("underline")


def test_an_edited_question_is_answered_by_editing(talk: StandIn, user: int) -> None:
    message = talk.say("Giá vàng SJC ở Paris?", user=user)
    answer = talk.reply(message)
    talk.edit(message, "Cầu Rạch Sậy dài bao nhiêu mét?")
    talk.wait(lambda: "126" in answer.text)
    talk.edit(message, "Cầu Rạch Sậy dài bao nhiêu mét?")  # "message is not modified"
    talk.edit(message, "Ai là Bí thư Huyện ủy?")
    talk.wait(lambda: "Huỳnh Thị Hoài Thu" in answer.text)
    assert len(talk.sent(user)) == 1


def test_groups_are_answered_only_when_they_address_the_bot(talk: StandIn, user: int) -> None:
    group = -user
    for silent in ("Cầu Rạch Sậy dài bao nhiêu?", "/hoi@other_bot Cầu Rạch Sậy?", "/reload", "/x"):
        talk.say(silent, user=user, chat=group)
    answer = talk.ask("/hoi Cầu Rạch Sậy dài bao nhiêu mét?", user=user, chat=group)
    assert answer.of_type("underline") == ["126"]
    assert len(talk.sent(group)) == 1
    mention = f"@{BOT_NAME} Cầu Rạch Sậy rộng bao nhiêu mét?"
    assert "rộng 7 mét" in talk.ask(mention, user=user, chat=group).text
    asked = talk.say("Ai là Bí thư Huyện ủy?", user=user + 1, chat=group)
    replied = talk.ask("/hoi", user=user, chat=group, reply_to=asked["message_id"])
    assert "Huỳnh Thị Hoài Thu" in replied.text
    further = talk.ask("còn ông Sự?", user=user, chat=group, reply_to=replied.id)
    assert "ông Nguyễn Hồng Sự" in further.of_type("underline")
    assert "Bà con muốn hỏi gì?" in talk.ask("/hoi", user=user, chat=group).text


def test_a_group_does_not_learn_what_was_asked_in_private(talk: StandIn, user: int) -> None:
    talk.ask("Cầu Rạch Sậy dài bao nhiêu mét?", user=user)
    answer = talk.ask("/hoi ngày nào?", user=user, chat=-user)
    assert answer.quotes() == []


def test_commands_speak_the_users_language(talk: StandIn, user: int) -> None:
    assert talk.ask("/start", user=user).text.startswith("Kính chào bà con!")
    assert talk.ask("/start", user=user, language="en").text.startswith("Welcome!")
    text = talk.ask("/help", user=user).text
    assert "90 ngày" in text
    assert "/xoadulieu" in text
    assert "/reload" not in text
    chosen = talk.ask("/lang", user=user)
    talk.press(chosen, "English")
    talk.wait(lambda: chosen.text.startswith("From now on I answer in English."))
    assert talk.ask("Giá vàng SJC ở Paris?", user=user).text.startswith("I found no answer")
    again = talk.ask("/lang", user=user)
    talk.press(again, "Auto")
    talk.wait(lambda: "ngôn ngữ của câu hỏi" in again.text or "language of each" in again.text)
    assert talk.ask("Giá vàng SJC ở Paris?", user=user).text.startswith("Tôi không tìm thấy")


def test_inline_results_quote_with_their_source(talk: StandIn, user: int) -> None:
    results = talk.query("cầu Rạch Sậy dài bao nhiêu mét", user=user)
    assert int(results["cache_time"]) == 300
    first = results["results"][0]
    assert first["title"] == "Khởi công cầu Rạch Sậy"
    assert "126 mét" in first["description"]
    assert "Nguồn: " in first["input_message_content"]["message_text"]
    (((button,),)) = first["reply_markup"]["inline_keyboard"]
    payload = button["url"].partition("?start=")[2]
    opened = talk.ask(f"/start {payload}", user=user)
    assert "Sáng ngày 18 tháng 5 năm 2022" in opened.quotes()[0]
    assert talk.query("cầu", user=user)["results"] == []
    assert talk.query("giá vàng SJC ở Paris", user=user)["results"] == []
    many = talk.query("trồng dừa xiêm", user=user)["results"]
    assert len(many) > 3


def test_quotes_are_letter_for_letter_what_the_report_says(
    talk: StandIn, user: int, shared: tuple[StandIn, Bot]
) -> None:
    answer = talk.ask("Huyện hỗ trợ bao nhiêu hộ nghèo vay vốn?", user=user)
    settings = Settings.model_validate({"data": shared[1].data})
    report = Catalog(settings.catalog_path).report("bao-cao-quy-1-2022")
    assert answer.quotes()[0] in report.text


def test_an_old_question_is_answered_with_a_word_on_the_delay(talk: StandIn, user: int) -> None:
    hour_ago = int(time.time()) - 3600
    late = talk.ask("Cầu Rạch Sậy dài bao nhiêu mét?", user=user, date=hour_ago)
    assert late.text.startswith("Bà con hỏi lúc ")
    assert "126 mét" in late.text
