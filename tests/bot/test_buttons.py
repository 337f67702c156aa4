"""Every button, also after a restart, a reload and a long time."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.keyboards import MAX_DATA, Press, Verb, answer_keyboard
from bot.richtext import MAX_UNITS, units
from hoidap.documents import Answer, Citation, Quote, Status
from hoidap.journal import Journal
from tests.bot.conftest import Bot, Start
from tests.bot.standin import StandIn

BRIDGE = "Cầu Rạch Sậy dài bao nhiêu mét?"


def test_reading_on_shows_the_report_round_the_passage(talk: StandIn, user: int) -> None:
    answer = talk.ask(BRIDGE, user=user)
    query = talk.press(answer, "Đọc thêm")
    talk.wait(lambda: talk.answers.get(query))
    shown = talk.wait(lambda: talk.sent(user)[1:])[0]
    (text,) = shown.quotes()
    assert text.startswith("Sáng ngày 18 tháng 5 năm 2022")
    assert "Cầu dài 126 mét" in text
    assert text.endswith("Ông Đoàn Minh Khải phát lệnh khởi công")


def test_a_long_report_is_read_page_by_page(talk: StandIn, user: int) -> None:
    answer = talk.ask("Xã 712 trồng bao nhiêu cây dừa xiêm?", user=user)
    talk.press(answer, "Đọc thêm")
    window = talk.wait(lambda: talk.sent(user)[1:])[0]
    first = window.text
    assert units(first) <= MAX_UNITS
    assert window.buttons() == ["◀ Phần trước", "Phần sau ▶", "📄 Báo cáo gốc"]
    seen = [first]
    while "Phần sau ▶" in window.buttons():
        before = window.text
        talk.press(window, "Phần sau")
        talk.wait(lambda before=before: window.text != before)  # type: ignore[misc]
        seen.append(window.text)
    assert any("Xã 1115 trồng" in text for text in seen)
    assert window.buttons() == ["◀ Phần trước", "📄 Báo cáo gốc"]
    assert len(talk.sent(user)) == 2  # turned in place


def test_more_passages_are_quoted_with_their_sentence(talk: StandIn, user: int) -> None:
    answer = talk.ask("Phong trào trồng dừa xiêm chắn gió ven sông", user=user)
    talk.press(answer, "Đoạn khác")
    more = talk.wait(lambda: talk.sent(user)[2:])
    assert talk.sent(user)[1].text.startswith("Đoạn khác có liên quan:")
    assert all(one.quotes() for one in more)
    assert "Đọc thêm" in more[0].buttons()[0]


def test_the_original_file_is_sent_byte_for_byte(
    talk: StandIn, user: int, shared: tuple[StandIn, Bot]
) -> None:
    answer = talk.ask(BRIDGE, user=user)
    talk.press(answer, "Báo cáo gốc")
    sent = talk.wait(lambda: talk.sent(user)[1:])[0]
    original = shared[1].data.parent / "reports" / "le-khoi-cong-cau.txt"
    assert (sent.file_name, sent.file) == ("le-khoi-cong-cau.txt", original.read_bytes())
    assert sent.text == "Khởi công cầu Rạch Sậy"
    water = talk.ask("Giá nước sạch xã Vĩnh Hòa bao nhiêu?", user=user)
    talk.press(water, "Báo cáo gốc")
    text = talk.wait(lambda: talk.sent(user)[3:])[0]
    assert text.file_name == "tn-02.txt"
    assert text.file.decode().startswith("Nhà máy nước Vĩnh Hòa")


def test_the_original_is_sent_when_its_file_is_no_longer_in_the_folder(
    api: StandIn, bot: Bot, place: Path
) -> None:
    answer = api.ask(BRIDGE)
    path = place / "reports" / "le-khoi-cong-cau.txt"
    content = path.read_bytes()
    path.write_text("Một báo cáo khác, chưa nạp.", "utf-8")
    api.press(answer, "Báo cáo gốc")
    first = api.wait(lambda: api.sent(42)[1:])[0]
    path.unlink()
    api.press(answer, "Báo cáo gốc")
    second = api.wait(lambda: api.sent(42)[2:])[0]
    assert (first.file_name, first.file) == ("le-khoi-cong-cau.txt", content)
    assert (second.file_name, second.file) == ("le-khoi-cong-cau.txt", content)


def test_opinions_are_written_down_and_shown(
    talk: StandIn, user: int, shared: tuple[StandIn, Bot]
) -> None:
    answer = talk.ask(BRIDGE, user=user)
    number = Press.read(answer.data("👍"))
    assert number is not None
    query = talk.press(answer, "👍")
    assert talk.wait(lambda: talk.answers.get(query))["text"] == "Cảm ơn bà con! 👍"
    talk.wait(lambda: "👍 ✓" in answer.buttons())
    again = talk.press(answer, "👍")  # "message is not modified"
    talk.wait(lambda: talk.answers.get(again))
    talk.press(answer, "👎")
    talk.wait(lambda: answer.buttons()[-2:] == ["👍", "👎 ✓"])
    journal = Journal(shared[1].data / "journal.sqlite3", keep_days=90)
    asked = journal.question(number.numbers[0])
    journal.close()
    assert asked is not None
    assert (asked.text, asked.helpful, asked.unhelpful) == (BRIDGE, 0, 1)


def test_browsing_by_date(talk: StandIn, user: int) -> None:
    listed = talk.ask("/baocao", user=user)
    lines = [line for line in listed.text.splitlines() if line.startswith("1. ")]
    assert lines == ["1. Bầu Chủ tịch Hội Nông dân"]
    assert "8. " in listed.text
    assert "9. " not in listed.text
    talk.press(listed, "Phần sau")
    talk.wait(lambda: "9. Phong trào trồng dừa xiêm" in listed.text)
    assert "không ghi ngày" in listed.text
    talk.press(listed, "9")
    opened = talk.wait(lambda: talk.sent(user)[1:])[0]
    assert opened.text.startswith("Phong trào trồng dừa xiêm")
    talk.press(listed, "Phần trước")
    talk.wait(lambda: "1. Bầu Chủ tịch" in listed.text)


def test_erasing_ones_data(talk: StandIn, user: int) -> None:
    answer = talk.ask(BRIDGE, user=user)
    ask = talk.ask("/xoadulieu", user=user)
    talk.press(ask, "Không")
    talk.wait(lambda: ask.text == "Không xóa gì cả.")
    ask = talk.ask("/xoadulieu", user=user)
    talk.press(ask, "🗑")
    talk.wait(lambda: ask.text.startswith("Đã xóa 1 câu hỏi"))
    query = talk.press(answer, "👍")
    assert "đã được xóa" in talk.wait(lambda: talk.answers.get(query))["text"]


def test_an_expired_press_still_does_its_work(talk: StandIn, user: int) -> None:
    answer = talk.ask(BRIDGE, user=user)
    with talk._changed:
        talk.expired.add(f"q{talk._next_update}")
    talk.press(answer, "Đọc thêm")
    assert talk.wait(lambda: talk.sent(user)[1:])[0].quotes()


@pytest.mark.parametrize(
    "data", ["", "x", "av", "av-1", "av999999999", "mv1,2,x", "lv9", "Rv", "Bv1", "zz1"]
)
def test_forged_data_does_nothing_and_hurts_nothing(talk: StandIn, user: int, data: str) -> None:
    answer = talk.ask(BRIDGE, user=user)
    talk.press_data(answer, data)
    assert "126 mét" in talk.ask(BRIDGE, user=user).text
    assert "trục trặc" not in "".join(one.text for one in talk.sent(user))


def test_buttons_work_after_a_restart_and_say_when_their_passage_is_gone(
    api: StandIn, start: Start, place: Path
) -> None:
    bot = start()
    answer = api.ask(BRIDGE)
    assert bot.stop() == 0
    bridge = place / "reports" / "le-khoi-cong-cau.txt"
    text = bridge.read_text("utf-8")
    bridge.write_text(f"{text}\n\nI. Tin bổ sung\n\nĐường dẫn vào cầu dài 300 mét.\n", "utf-8")
    bot = start()
    reloaded(api)
    # The passage itself is what it was, under another number.
    api.press(answer, "Đọc thêm")
    assert "Đường dẫn vào cầu dài 300 mét" in api.wait(lambda: api.sent(42)[1:])[0].text
    api.press(answer, "👍")
    api.wait(lambda: "👍 ✓" in answer.buttons())
    bridge.unlink()
    reloaded(api)
    query = api.press(answer, "Đọc thêm")
    gone = api.wait(lambda: api.answers.get(query))
    assert gone["text"].startswith("Đoạn này không còn trong các báo cáo hiện nay.")
    api.press(answer, "👎")
    api.wait(lambda: "👎 ✓" in answer.buttons())


def reloaded(api: StandIn) -> None:
    """Have an administrator reload."""
    plan = api.ask("/reload", user=7)
    api.wait(lambda: plan.keyboard)
    api.press(plan, "Nạp lại")
    api.wait(lambda: plan.text.startswith("Đã nạp xong"))


def test_data_fit_whatever_the_numbers() -> None:
    citation = Citation("a", "A", None, None, "a")
    quotes = tuple(Quote(10**12 + n, citation, None, "x", 0, 1, ((0, 1),), 1.0) for n in range(20))
    answer = Answer("?", "vi", Status.QUOTED, quotes, (), (), (), 1, 1.0)
    markup = answer_keyboard(answer, 10**12, "vi")
    assert markup is not None
    data = [button.callback_data for row in markup.inline_keyboard for button in row]
    assert all(isinstance(one, str) and len(one.encode()) <= MAX_DATA for one in data)
    more = next(one for one in data if str(one).startswith("m"))
    assert Press.read(str(more)) == Press(
        Verb.MORE, "vi", (10**12, 10**12 + 1, 10**12 + 2, 10**12 + 3)
    )
