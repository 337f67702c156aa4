"""``/xoa``: reports are found, shown, and removed when confirmed."""

from __future__ import annotations

from pathlib import Path

from tests.bot.conftest import ADMIN, Bot
from tests.bot.standin import StandIn
from tests.bot.test_uploads import alert

QUESTION = "Cầu Rạch Sậy dài bao nhiêu mét?"


def test_a_report_is_removed_when_confirmed(api: StandIn, bot: Bot, place: Path) -> None:
    usage = api.ask("/xoa", user=ADMIN).text
    assert usage.startswith("Gỡ báo cáo nào? Gõ /xoa rồi mã báo cáo")
    nothing = api.ask("/xoa khong co gi", user=ADMIN).text
    assert nothing.startswith("Không có báo cáo nào có mã, tên hay số như “khong co gi”.")

    asked = api.ask("/xoa le-khoi-cong-cau", user=ADMIN)
    assert asked.text.startswith("Gỡ báo cáo này?\n\n")
    assert "mã: le-khoi-cong-cau\n\nTệp le-khoi-cong-cau.txt sẽ chuyển ra khỏi" in asked.text
    remove = asked.data("Gỡ")
    api.press(asked, "Thôi")
    api.wait(lambda: asked.text == "Đã thôi.")
    assert "126 mét" in api.ask(QUESTION).text

    asked = api.ask("/xoa cau rach say", user=ADMIN)
    assert asked.data("Gỡ") == remove
    api.press_data(asked, remove)
    again = api.press_data(asked, remove)
    api.wait(lambda: asked.text.startswith("Đã gỡ “"))
    assert "(thế hệ 2). Tệp nằm ở removed/000002 trong thư mục dữ liệu" in asked.text
    assert asked.keyboard == []
    assert alert(api, again) in {
        "Đang làm, xin đợi.", "Báo cáo này đã được gỡ hoặc đã thay đổi; cần thì gõ lại /xoa.",
    }  # fmt: skip
    assert not (place / "reports" / "le-khoi-cong-cau.txt").exists()
    assert (place / "data" / "removed" / "000002" / "le-khoi-cong-cau.txt").is_file()
    assert "126 mét" not in api.ask(QUESTION).text
    assert f" · {ADMIN} · gỡ le-khoi-cong-cau: thế hệ 2" in api.ask("/history", user=ADMIN).text


def test_of_several_one_is_chosen_and_golden_questions_are_heeded(
    api: StandIn, bot: Bot, place: Path
) -> None:
    listed = api.ask("/xoa a", user=ADMIN)
    assert listed.text.startswith("Gỡ báo cáo nào? Bấm số:\n\n1. ")
    titles = [line[3:] for line in listed.text.splitlines() if line[1:3] == ". "]
    assert listed.buttons() == [*map(str, range(1, len(titles) + 1)), "Thôi"]
    (place / "golden.toml").write_text(
        '[[question]]\ntext = "Cầu Rạch Sậy dài bao nhiêu mét?"\nreport = "khong-co"\n', "utf-8"
    )
    api.press(listed, "2")
    api.wait(lambda: listed.text.startswith("Gỡ báo cáo này?"))
    assert listed.text.splitlines()[2] == titles[1]
    before = set((place / "reports").iterdir())
    api.press(listed, "Gỡ")
    api.wait(lambda: listed.text.startswith("Chưa gỡ được; các báo cáo đang dùng giữ nguyên."))
    assert "không có báo cáo 'khong-co'" in listed.text
    assert set((place / "reports").iterdir()) == before
    (place / "golden.toml").unlink()
    api.press(listed, "Gỡ")
    api.wait(lambda: listed.text.startswith(f"Đã gỡ “{titles[1]}”"))


def test_a_copy_that_takes_the_place_is_told_with_what_else_changed(
    api: StandIn, bot: Bot, place: Path
) -> None:
    reports = place / "reports"
    (reports / "z-ban-sao.txt").write_bytes((reports / "le-khoi-cong-cau.txt").read_bytes())
    (reports / "moi.txt").write_text("Xã Phú Lộc xây trường mầm non.", "utf-8")
    asked = api.ask("/xoa le-khoi-cong-cau", user=ADMIN)
    api.press(asked, "Gỡ")
    api.wait(lambda: asked.text.startswith("Đã gỡ “"))
    assert "còn tệp z-ban-sao.txt có cùng nội dung, nay vẫn được trích" in asked.text
    assert "gõ: /xoa z-ban-sao\n" in asked.text
    assert "Cùng lúc nạp các thay đổi khác trong thư mục: 2 thêm, 0 thay đổi" in asked.text
    assert "126 mét" in api.ask(QUESTION).text


def test_of_a_file_that_is_gone_nothing_is_said_to_lie_anywhere(
    api: StandIn, bot: Bot, place: Path
) -> None:
    asked = api.ask("/xoa le-khoi-cong-cau", user=ADMIN)
    (place / "reports" / "le-khoi-cong-cau.txt").unlink()
    api.press(asked, "Gỡ")
    api.wait(lambda: asked.text.startswith("Đã gỡ “"))
    assert "Thư mục báo cáo không còn tệp của báo cáo này." in asked.text
    assert "removed/" not in asked.text


def test_a_removal_whose_file_stays_is_told_as_one(api: StandIn, bot: Bot, place: Path) -> None:
    asked = api.ask("/xoa le-khoi-cong-cau", user=ADMIN)
    (place / "data" / "removed").write_text("no folder", "utf-8")
    api.press(asked, "Gỡ")
    api.wait(lambda: asked.text.startswith("Báo cáo đã được gỡ, nhưng không chuyển được tệp"))
    assert asked.text.endswith("lần nạp sau sẽ thêm lại, hãy tự xóa tệp.")
    assert asked.keyboard == []
    assert "126 mét" not in api.ask(QUESTION).text
