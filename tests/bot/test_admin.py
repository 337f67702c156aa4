"""Administrators, and everyone else, who is told nothing about them."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hoidap.journal import MASK, Journal
from tests.bot.conftest import ADMIN, Bot, Start
from tests.bot.standin import StandIn
from tests.bot.test_uploads import alert


def test_reload_shows_what_it_would_do_and_does_it_when_confirmed(
    api: StandIn, bot: Bot, place: Path
) -> None:
    nothing = api.ask("/reload", user=ADMIN)
    api.wait(lambda: nothing.text.startswith("Không có gì thay đổi."))
    assert nothing.keyboard == []
    reports = place / "reports"
    (reports / "cho-moi.txt").write_text("Chợ Mới Vĩnh Hòa có 48 sạp hàng.", "utf-8")
    (reports / "hoi-nghi-cchc.md").unlink()
    (reports / "hỏng.txt").write_bytes(b"\xff\xfe\xff")
    (reports / "sổ.xlsx").touch()
    text = (reports / "dua-xiem.txt").read_text("utf-8")
    (reports / "dua-xiem.txt").write_text(text + "\n\nĐã kiểm tra ngày 3/3/2023.", "utf-8")
    plan = api.ask("/reload", user=ADMIN)
    api.wait(lambda: plan.keyboard)
    assert plan.text.splitlines()[:7] == [
        "Sẽ nạp lại:", "Thêm: 1", "  cho-moi.txt", "Thay đổi: 1", "  dua-xiem.txt", "Gỡ bỏ: 1",
        "  hoi-nghi-cchc.md",
    ]  # fmt: skip
    assert "Không đọc được: 2\n  hỏng.txt: " in plan.text
    assert "\n  hoi-nghi-cchc.toml: không có báo cáo nào cùng tên ở cạnh; " in plan.text
    assert "Không đọc, vì không phải định dạng báo cáo: 1\n  sổ.xlsx\n" in plan.text
    assert "48 sạp" not in api.ask("Chợ Mới Vĩnh Hòa có bao nhiêu sạp?").text
    api.press(plan, "Nạp lại")
    api.wait(lambda: plan.text.startswith("Đã nạp xong, thế hệ 2."))
    assert plan.keyboard == []
    assert "48 sạp" in api.ask("Chợ Mới Vĩnh Hòa có bao nhiêu sạp hàng?").text

    back = api.ask("/rollback", user=ADMIN)
    assert back.text.startswith("Quay về báo cáo của thế hệ 1 (")
    api.press(back, "Thôi")
    api.wait(lambda: back.text == "Đã thôi.")
    back = api.ask("/rollback 1", user=ADMIN)
    api.press(back, "Quay về")
    api.wait(lambda: "nay là thế hệ 3" in back.text)
    assert "48 sạp" not in api.ask("Chợ Mới Vĩnh Hòa có bao nhiêu sạp hàng?").text
    assert "7.348 hồ sơ" in api.ask("Bộ phận Một cửa tiếp nhận bao nhiêu hồ sơ?").text

    history = api.ask("/history", user=ADMIN).text
    assert "thế hệ 3 (" in history.splitlines()[1]
    assert "(đang dùng)" in history.splitlines()[1]
    assert f" · {ADMIN} · nạp lại thế hệ 2" in history
    assert f" · {ADMIN} · quay về 1, nay là thế hệ 3" in history
    assert "Không có thế hệ để quay về." in api.ask("/rollback 77", user=ADMIN).text


def test_a_folder_that_lost_all_its_reports_is_told_first(
    api: StandIn, bot: Bot, place: Path
) -> None:
    drive = place / "reports" / "usb"
    drive.mkdir()
    for name in ("a", "b", "c"):
        (drive / f"{name}.txt").write_text(f"Chợ {name} có 48 sạp hàng.", "utf-8")
    plan = api.ask("/reload", user=ADMIN)
    api.wait(lambda: plan.keyboard)
    api.press(plan, "Nạp lại")
    api.wait(lambda: plan.text.startswith("Đã nạp xong, thế hệ 2."))
    shutil.rmtree(drive)
    plan = api.ask("/reload", user=ADMIN)
    api.wait(lambda: plan.keyboard)
    head, warning, removed = plan.text.splitlines()[:3]
    assert (head, removed) == ("Sẽ nạp lại:", "Gỡ bỏ: 3")
    assert warning.startswith("⚠ Thư mục usb không còn báo cáo nào, trước đó có 3. Nếu không cố ý")


def test_a_reload_that_would_do_something_else_than_was_shown_is_shown_again(
    api: StandIn, bot: Bot, place: Path
) -> None:
    reports = place / "reports"
    (reports / "cho-moi.txt").write_text("Chợ Mới Vĩnh Hòa có 48 sạp hàng.", "utf-8")
    plan = api.ask("/reload", user=ADMIN)
    api.wait(lambda: plan.keyboard)
    (reports / "le-khoi-cong-cau.txt").unlink()
    api.press(plan, "Nạp lại")
    api.wait(lambda: "Sẽ nạp lại:\nThêm: 1\n  cho-moi.txt\nGỡ bỏ: 1" in plan.text)
    assert plan.text.startswith(
        "Thư mục báo cáo hoặc báo cáo đang dùng đã đổi từ lúc xem trước; chưa nạp gì, hãy xem lại."
    )
    assert "126 mét" in api.ask("Cầu Rạch Sậy dài bao nhiêu mét?").text
    # What a button of before was shown with is not known.
    before = len(plan.versions)
    api.press_data(plan, "Rv")
    api.wait(lambda: len(plan.versions) > before and plan.keyboard)
    assert "126 mét" in api.ask("Cầu Rạch Sậy dài bao nhiêu mét?").text
    api.press(plan, "Nạp lại")
    api.wait(lambda: plan.text.startswith("Đã nạp xong, thế hệ 2."))
    assert "126 mét" not in api.ask("Cầu Rạch Sậy dài bao nhiêu mét?").text


def test_going_back_is_done_once(api: StandIn, bot: Bot, place: Path) -> None:
    (place / "reports" / "cho-moi.txt").write_text("Chợ Mới Vĩnh Hòa có 48 sạp hàng.", "utf-8")
    plan = api.ask("/reload", user=ADMIN)
    api.wait(lambda: plan.keyboard)
    api.press(plan, "Nạp lại")
    api.wait(lambda: plan.text.startswith("Đã nạp xong, thế hệ 2."))
    back = api.ask("/rollback", user=ADMIN)
    data = back.data("Quay về")
    api.press_data(back, data)
    second = api.press_data(back, data)
    api.wait(lambda: "nay là thế hệ 3" in back.text)
    since = "Báo cáo đã đổi từ lúc hỏi, nay là thế hệ 3; cần thì gõ lại /rollback."
    assert alert(api, second) in {"Đang làm, xin đợi.", since}
    # Later, too, nor by a button of before.
    assert "thế hệ 3 (" in api.ask("/history", user=ADMIN).text
    for late in (data, "Bv1", "Bv"):
        assert alert(api, api.press_data(back, late)) == since
    assert "nay là thế hệ 3" in back.text
    assert "thế hệ 4" not in api.ask("/history", user=ADMIN).text


def test_golden_questions_stop_a_reload_and_are_told(api: StandIn, bot: Bot, place: Path) -> None:
    (place / "golden.toml").write_text(
        '[[question]]\ntext = "Cầu Rạch Sậy dài bao nhiêu mét?"\nreport = "le-khoi-cong-cau"\n',
        "utf-8",
    )
    (place / "reports" / "le-khoi-cong-cau.txt").unlink()
    plan = api.ask("/reload", user=ADMIN)
    api.wait(lambda: plan.keyboard)
    api.press(plan, "Nạp lại")
    api.wait(lambda: "1 câu hỏi kiểm tra không đạt" in plan.text)
    assert plan.text.startswith("“Cầu Rạch Sậy dài bao nhiêu mét?”: không có báo cáo")
    assert "126 mét" in api.ask("Cầu Rạch Sậy dài bao nhiêu mét?").text
    assert f" · {ADMIN} · nạp lại không xong" in api.ask("/history", user=ADMIN).text


def test_who_acted_from_the_shell_is_named_in_the_history(
    api: StandIn, bot: Bot, place: Path
) -> None:
    journal = Journal(place / "data" / "journal.sqlite3", keep_days=90)
    journal.note("an", "nạp lại", "thế hệ 2")
    journal.close()
    assert " · an · nạp lại thế hệ 2" in api.ask("/history", user=ADMIN).text


def test_status_and_unanswered_without_personal_numbers(api: StandIn, bot: Bot) -> None:
    api.ask("Giá vàng SJC ở Paris? Gọi tôi 0912.345.678, CCCD 087123456789")
    rated = api.ask("Cầu Rạch Sậy dài bao nhiêu mét?")
    api.press(rated, "👎")
    api.wait(lambda: "👎 ✓" in rated.buttons())
    api.ask("Ai là Bí thư Huyện ủy?")
    digest = api.ask("/unanswered", user=ADMIN).text
    assert f"Giá vàng SJC ở Paris? Gọi tôi {MASK}, CCCD {MASK}" in digest
    assert "👎 1\n  Cầu Rạch Sậy" in digest
    assert "Bí thư" not in digest
    status = api.ask("/status", user=ADMIN).text
    assert "thế hệ 1" in status
    assert "24 giờ qua: 2 câu có trích dẫn, 0 trả lời một phần, 1 không tìm thấy" in status
    assert "👍 0 👎 1" in status


def test_nobody_else_is_told_of_them(talk: StandIn, user: int) -> None:
    unknown = talk.ask("/khongco", user=user).text
    for command in ("/reload", "/rollback", "/status", "/history", "/unanswered"):
        assert talk.ask(command, user=user).text == unknown
    # An administrator in a group is like everyone else.
    talk.say("/reload", user=ADMIN, chat=-user)
    answer = talk.ask("/hoi Ai là Bí thư Huyện ủy?", user=ADMIN, chat=-user)
    assert talk.sent(-user) == [answer]


def test_commands_are_offered_to_whom_they_are_for(talk: StandIn) -> None:
    def names(key: str) -> list[str]:
        return [one["command"] for one in talk.wait(lambda: talk.commands.get(key))]

    everyone = names("all_private_chats::")
    assert everyone == ["help", "baocao", "hoi", "lang", "xoadulieu"]
    assert names("all_private_chats::en") == ["help", "baocao", "ask", "lang", "xoadulieu"]
    assert names("all_group_chats::") == ["hoi", "help"]
    assert names(f"chat:{ADMIN}:") == [
        *everyone, "them", "xoa", "reload", "rollback", "status", "history", "unanswered",
    ]  # fmt: skip


def test_a_reload_that_cannot_be_done_says_why(api: StandIn, start: Start, place: Path) -> None:
    start()
    (place / "reports").rename(place / "elsewhere")
    said = api.ask("/reload", user=ADMIN)
    api.wait(lambda: "không đọc được thư mục báo cáo" in said.text)
    assert "126 mét" in api.ask("Cầu Rạch Sậy dài bao nhiêu mét?").text


def test_two_hundred_users_are_answered_while_a_reload_runs(
    api: StandIn, bot: Bot, place: Path
) -> None:
    paragraph = "Ấp {n} có {n} hộ dân được cấp nước sạch trong năm 2023, đạt chỉ tiêu đề ra."
    for part in range(40):
        text = "\n\n".join(paragraph.format(n=100 * part + n) for n in range(100))
        (place / "reports" / f"ap-{part}.txt").write_text(text, "utf-8")
    plan = api.ask("/reload", user=ADMIN)
    api.wait(lambda: plan.keyboard)
    api.press(plan, "Nạp lại")
    api.wait(lambda: "Đang làm" in plan.text)
    users = range(5000, 5200)
    asked = {user: api.say("Cầu Rạch Sậy dài bao nhiêu mét?", user=user) for user in users}
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda user: api.reply(asked[user], 120), users))
    assert all("126 mét" in one.text for one in answers)
    assert {len(api.sent(user)) for user in users} == {1}
    api.wait(lambda: plan.text.startswith("Đã nạp xong, thế hệ 2."), 120)
    assert "Ấp 1234 có 1234 hộ" in api.ask("Ấp 1234 có bao nhiêu hộ dân được cấp nước sạch?").text
