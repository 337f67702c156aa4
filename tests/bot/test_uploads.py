"""Files that administrators send: shown, and added when confirmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.bot.conftest import ADMIN, Bot, Start
from tests.bot.standin import MAX_DOWNLOAD, Shown, StandIn
from tests.formats import PARAGRAPHS, PLAIN, TITLE

OTHER = 8
QUESTION = "Huyện làm mới bao nhiêu km đường bê tông?"
MARKET = "Chợ Mới Vĩnh Hòa có 48 sạp hàng, mở cửa từ bốn giờ sáng mỗi ngày trong tuần."


def preview(api: StandIn, after: int = 0, user: int = ADMIN) -> Shown:
    """The preview of what was sent after message number ``after``."""

    def find() -> Shown | None:
        shown = [
            one
            for one in api.sent(user)
            if one.id > after and one.text.startswith(("Xem trước", "Không thêm được"))
        ]
        return shown[-1] if shown else None

    return api.wait(find)


def alert(api: StandIn, query: str) -> str:
    """What a press was answered with."""
    return str(api.wait(lambda: api.answers.get(query)).get("text", ""))


def added(api: StandIn, shown: Shown) -> str:
    api.wait(lambda: shown.text.startswith("Đã thêm"))
    return shown.text


def files(place: Path) -> set[str]:
    return {path.name for path in (place / "reports").iterdir()}


def test_a_file_is_shown_added_when_confirmed_and_can_be_asked_about(
    api: StandIn, start: Start, place: Path
) -> None:
    start(HOIDAP_ADMIN_IDS=f"{ADMIN},{OTHER}")
    before = files(place)
    api.send_file("Đường nông thôn.txt", PLAIN.encode(), user=ADMIN)
    shown = preview(api)
    lines = shown.text.splitlines()
    assert lines[:5] == [
        "Xem trước: thêm 1 tệp",
        "",
        TITLE,
        "📅 12/10/2022 · số 87/BC-UBND",
        "Nơi ban hành: ỦY BAN NHÂN DÂN HUYỆN TÂN GIANG",
    ]
    assert "Tệp: Đường nông thôn.txt (2 kB)" in lines
    assert shown.quotes()[0].startswith(PARAGRAPHS[0])
    assert "⚠" not in shown.text
    assert "Chưa thêm gì. Chờ xác nhận đến " in shown.text
    assert shown.buttons() == ["✅ Thêm", "Bỏ, không thêm"]
    assert files(place) == before
    assert "10,8 km" not in api.ask(QUESTION).text

    # Nobody else adds it, and it is not lost by their pressing.
    query = api.press(shown, "✅ Thêm", user=OTHER)
    assert alert(api, query) == "Chỉ người gửi các tệp này mới thêm hoặc bỏ được."
    add = shown.data("✅ Thêm")
    api.press_data(shown, add)
    again = api.press_data(shown, add)
    assert "thế hệ 2" in added(api, shown)
    assert alert(api, again) in {
        "Đang làm, xin đợi.", "Các tệp này đã được thêm, ở thế hệ 2.",
    }  # fmt: skip
    assert f"{TITLE}\n📅 12/10/2022 · số 87/BC-UBND · mã: Đường nông thôn" in shown.text
    assert files(place) == {*before, "Đường nông thôn.txt"}
    assert "10,8 km" in api.ask(QUESTION).text

    # A question in reply is put to that report alone.
    assert "10,8 km" in api.ask("Làm mới bao nhiêu km?", user=ADMIN, reply_to=shown.id).text
    last = api.sent(ADMIN)[-1].id
    api.press(shown, "❓")
    asks = api.wait(lambda: next((one for one in api.sent(ADMIN) if one.id > last), None))
    assert asks.text.endswith(f"chỉ tìm trong báo cáo:\n{TITLE}")
    elsewhere = api.ask("Cầu Rạch Sậy dài bao nhiêu mét?", user=ADMIN, reply_to=asks.id)
    assert "126 mét" not in elsewhere.text

    history = api.ask("/history", user=ADMIN).text
    assert f" · {ADMIN} · gửi tệp Đường nông thôn.txt" in history
    assert f" · {ADMIN} · thêm Đường nông thôn.txt: thế hệ 2" in history


def test_several_files_are_one_batch_and_each_is_told(api: StandIn, bot: Bot, place: Path) -> None:
    (place / "reports" / "đường.txt").write_text(PLAIN, "utf-8")
    plan = api.ask("/reload", user=ADMIN)
    api.wait(lambda: plan.keyboard)
    api.press(plan, "Nạp lại")
    api.wait(lambda: plan.text.startswith("Đã nạp xong"))
    album: dict[str, Any] = {"user": ADMIN, "media_group_id": "1"}
    api.send_file("chợ.txt", MARKET.encode(), **album)
    api.send_file("đường.txt", (PLAIN + "\n\nĐã bổ sung.").encode(), **album)
    api.send_file("ảnh.png", b"\x89PNG\x00\x00", **album)
    api.send_file("lớn.pdf", b"%PDF", size=31_400_000, **album)
    api.send_file("dối.pdf", b"x" * (MAX_DOWNLOAD + 1), size=10, **album)
    api.say(None, photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}], **album)
    shown = preview(api)
    api.wait(lambda: "ảnh chụp: " in shown.text)
    assert shown.text.startswith("Xem trước: thêm 2 tệp\n\n1. ")
    assert f"⚠ THAY báo cáo đang có trong tệp cùng tên: “{TITLE}” (12/10/2022)" in shown.text
    assert "⚠ Không thấy ngày của báo cáo" in shown.text
    refused = [line for line in shown.text.splitlines() if line.startswith("✖ ")]
    assert len(refused) == 4
    assert refused[0].startswith("✖ ảnh.png: là ảnh PNG, không phải báo cáo; ")
    assert "đọc được: Word (.docx, .doc, .rtf), PDF, " in refused[0]
    assert refused[1].startswith("✖ lớn.pdf: nặng 31,4 MB, mà Telegram chỉ cho bot tải tệp đến 20")
    assert refused[1].endswith("hoidap add TỆP")
    assert refused[2].startswith("✖ dối.pdf: nặng 0 MB, mà Telegram chỉ cho bot tải tệp đến 20 MB")
    # What is too large was not even asked for.
    assert len(api.of("download")) == 3
    assert shown.buttons() == ["✅ Thêm, thay bản cũ", "➕ Thêm, giữ cả bản cũ", "Bỏ, không thêm"]

    # One that comes a little later joins them, in a new message below.
    api.send_file("cầu.txt", b"\xff\xfe\xff", user=ADMIN)
    later = preview(api, shown.id)
    assert later.text.startswith("Xem trước: thêm 2 tệp")
    assert "✖ cầu.txt: " in later.text
    assert (shown.text, shown.keyboard) == ("⬇ Đã gộp vào tin xem trước bên dưới.", [])
    api.press(later, "giữ cả")
    assert "Đã thêm 2 tệp, người dân hỏi được ngay (thế hệ 3)." in added(api, later)
    assert later.buttons() == ["❓ 1", "❓ 2"]
    assert {"chợ.txt", "đường.txt", "đường (2).txt"} <= files(place)
    assert "48 sạp" in api.ask("Chợ Mới Vĩnh Hòa có bao nhiêu sạp hàng?").text


def test_what_is_dropped_unreadable_or_lost_on_its_way(api: StandIn, bot: Bot, place: Path) -> None:
    before = files(place)
    api.send_file("chợ.txt", MARKET.encode(), user=ADMIN)
    shown = preview(api)
    add = shown.data("✅ Thêm")
    api.press(shown, "Bỏ")
    api.wait(lambda: shown.text == "Đã bỏ 1 tệp, không thêm gì.")
    assert shown.keyboard == []
    late = api.press_data(shown, add)
    assert alert(api, late) == "Các tệp này đã được bỏ; muốn thêm, hãy gửi lại."
    assert files(place) == before

    api.send_file("hỏng.docx", b"PK\x03\x04word/" + b"\x00" * 50, user=ADMIN)
    shown = preview(api, shown.id)
    assert shown.text.startswith("Không thêm được tệp nào\n\n✖ hỏng.docx: tệp Word bị hỏng")
    assert shown.keyboard == []

    api.drop("download")
    api.send_file("chợ.txt", MARKET.encode(), user=ADMIN)
    assert "Xem trước: thêm 1 tệp" in preview(api, shown.id).text
    api.fail("download", times=3)
    last = api.sent(ADMIN)[-1].id
    api.send_file("chợ 2.txt", MARKET.encode(), user=ADMIN)
    lost = preview(api, last)
    assert "✖ chợ 2.txt: không tải được tệp này từ Telegram; hãy gửi lại" in lost.text
    assert "HOIDAP" not in bot.log


def test_lines_of_an_export_that_cannot_be_read_are_counted(api: StandIn, bot: Bot) -> None:
    export = f'{{"id": "chợ", "text": "{MARKET}"}}\n' + "hỏng\n" * 25
    api.send_file("all.jsonl", export.encode(), user=ADMIN)
    shown = preview(api)
    assert "⚠ 25 dòng không đọc được, dòng đầu: dòng 2: không phải JSON" in shown.text
    api.press(shown, "Thêm")
    told = "⚠ all.jsonl: 25 dòng không thêm được, dòng đầu: dòng 2: không phải JSON"
    assert told in added(api, shown)


def test_golden_questions_stop_it_and_it_can_be_tried_again(
    api: StandIn, bot: Bot, place: Path
) -> None:
    golden = place / "golden.toml"
    golden.write_text(
        '[[question]]\ntext = "Cầu Rạch Sậy dài bao nhiêu mét?"\nreport = "le-khoi-cong-cau"\n'
        'quotes = "127 mét"\n',
        "utf-8",
    )
    before = files(place)
    api.send_file("chợ.txt", MARKET.encode(), user=ADMIN)
    shown = preview(api)
    api.press(shown, "✅ Thêm")
    api.wait(lambda: "1 câu hỏi kiểm tra không đạt" in shown.text)
    assert shown.text.startswith(
        "Chưa thêm được tệp nào; các báo cáo đang dùng giữ nguyên.\n"
        "“Cầu Rạch Sậy dài bao nhiêu mét?”: "
    )
    assert files(place) == before
    assert "48 sạp" not in api.ask("Chợ Mới Vĩnh Hòa có bao nhiêu sạp hàng?").text
    assert f" · {ADMIN} · thêm không xong" in api.ask("/history", user=ADMIN).text
    golden.unlink()
    api.press(shown, "✅ Thêm")
    assert "thế hệ 2" in added(api, shown)


def test_a_file_of_the_folder_that_changed_since_is_shown_and_nothing_joins_what_was_pressed(
    api: StandIn, bot: Bot, place: Path
) -> None:
    api.send_file("chợ.txt", MARKET.encode(), user=ADMIN)
    shown = preview(api)
    path = place / "reports" / "chợ.txt"
    path.write_text(PLAIN, "utf-8")
    path.with_suffix(".toml").write_text('kind = "Tin"', "utf-8")
    api.press(shown, "✅ Thêm")
    api.wait(lambda: shown.text.startswith("Tệp chợ.txt trong thư mục báo cáo đã đổi từ lúc xem"))
    assert "chưa thêm gì, hãy xem lại.\n\nXem trước: thêm 1 tệp\n" in shown.text
    assert "⚠ THAY tệp cùng tên đang có trong thư mục" in shown.text
    assert "⚠ Tiêu đề, ngày… lấy theo chợ.toml có sẵn trong thư mục; " in shown.text
    assert shown.buttons() == ["✅ Thêm, thay bản cũ", "➕ Thêm, giữ cả bản cũ", "Bỏ, không thêm"]
    assert path.read_text("utf-8") == PLAIN

    # The same file, sent once more, is a batch of its own.
    api.send_file("chợ.txt", MARKET.encode(), user=ADMIN)
    later = preview(api, shown.id)
    assert later.text.startswith("Xem trước: thêm 1 tệp")
    assert "trùng" not in later.text
    assert shown.buttons() != []
    api.press(later, "Thêm, thay")
    assert "thế hệ 2" in added(api, later)
    assert path.read_text("utf-8") == MARKET


def test_buttons_work_after_a_restart_until_the_files_expire(
    api: StandIn, start: Start, place: Path
) -> None:
    first = start()
    api.send_file("chợ.txt", MARKET.encode(), user=ADMIN)
    shown = preview(api)
    api.send_file("hết hạn.txt", (MARKET + " Chợ đêm.").encode(), user=ADMIN)
    shown = preview(api, shown.id)
    first.stop()
    second = start()
    api.press(shown, "✅ Thêm")
    assert "Đã thêm 2 tệp" in added(api, shown)
    api.send_file("mới.txt", (MARKET + " Chợ nổi.").encode(), user=ADMIN)
    late = preview(api, shown.id)
    second.stop()
    for record in (place / "data" / "uploads").glob("*/batch.json"):
        value = json.loads(record.read_bytes())
        record.write_text(json.dumps(value | {"touched": "2020-01-01T00:00:00Z"}), "utf-8")
    start()
    query = api.press(late, "✅ Thêm")
    assert alert(api, query) == "Các tệp này đã hết hạn chờ (24 giờ); hãy gửi lại."
    assert "mới.txt" not in files(place)


def test_a_file_that_comes_while_those_before_are_added_is_asked_for_again(
    api: StandIn, bot: Bot, place: Path
) -> None:
    api.send_file("chợ.txt", MARKET.encode(), user=ADMIN)
    shown = preview(api)
    add = shown.data("✅ Thêm")
    api.delay("getfile", 4.0)
    api.send_file("muộn.txt", (MARKET + " Chợ nổi.").encode(), user=ADMIN)
    api.wait(lambda: shown.text.startswith("⬇ Đã gộp"))
    api.press_data(shown, add)
    assert "thế hệ 2" in added(api, shown)
    late = preview(api, shown.id)
    assert late.text == (
        "Không thêm được tệp nào\n\n"
        "✖ muộn.txt: tới sau khi các tệp gửi trước đã được thêm hoặc bỏ; hãy gửi lại tệp này"
    )
    assert late.keyboard == []
    assert "muộn.txt" not in files(place)


def test_files_of_everyone_else_and_in_groups_are_no_uploads(talk: StandIn, user: int) -> None:
    value = talk.send_file("chợ.txt", MARKET.encode(), user=user)
    assert talk.reply(value).text == "Tôi chỉ đọc được chữ. Bà con gõ câu hỏi giúp nhé."
    talk.send_file("chợ.txt", MARKET.encode(), user=ADMIN, chat=-user)
    answer = talk.ask("/hoi Ai là Bí thư Huyện ủy?", user=ADMIN, chat=-user)
    assert talk.sent(-user) == [answer]
    assert talk.of("getFile") == []
    unknown = talk.ask("/khongco", user=user).text
    for command in ("/them", "/xoa cầu"):
        assert talk.ask(command, user=user).text == unknown
    # A button of an administrator's that came into other hands does nothing.
    for data in ("Av1", "Kv1", "Dv1", "qv1", "xv1", "Xv1"):
        query = talk.press_data(answer, data, user=user)
        assert alert(talk, query) == ""


def test_how_to_add_is_told(talk: StandIn) -> None:
    text = talk.ask("/them", user=ADMIN).text
    assert "Word (.docx, .doc, .rtf), PDF, trang web (.html, .mht)" in text
    assert "Mỗi tệp nhiều nhất 20 MB" in text
    assert "hoidap add TỆP" in text
