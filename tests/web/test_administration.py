"""What editors and administrators do on the page, from the form to what readers get."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hoidap.accounts import Role
from hoidap.encoder import Encoder
from hoidap.errors import JournalError
from hoidap.reload import reload
from hoidap.settings import Settings
from hoidap.web.core import Core
from hoidap.web.work import Done, Kind
from tests.conftest import DATA
from tests.web.conftest import OpenClient
from tests.web.desk import HERE, PASSWORD, Desk, add_accounts, audited, text_of, token_in

BRIDGE = "Cầu Rạch Sậy\n\nCầu Rạch Sậy dài 126 mét, khánh thành ngày 5/5/2022."
PUMP = "Trạm bơm Gò Tháp\n\nTrạm bơm Gò Tháp có công suất 4.000 mét khối một giờ."
SCHOOL = "Trường mầm non Hoa Sen\n\nTrường mầm non Hoa Sen có 12 phòng học."
GOLDEN = '[[question]]\ntext = "Cầu Rạch Sậy dài bao nhiêu?"\nreport = "cau"\n'


@pytest.fixture
def small(settings: Settings, encoder: Encoder, write: Callable[[str, str], Path]) -> Settings:
    """Two reports, and an account of each role."""
    write("cau.txt", BRIDGE)
    write("truong.txt", SCHOOL)
    reload(settings, encoder)
    add_accounts(settings, an=Role.READER, binh=Role.EDITOR, chi=Role.ADMINISTRATOR)
    return settings


@pytest.fixture
def editor(small: Settings, open_client: OpenClient) -> Desk:
    desk = Desk(open_client(small))
    desk.log_in("binh")
    return desk


@pytest.fixture
def administrator(editor: Desk, small: Settings) -> Desk:
    """Another browser at the same server."""
    desk = Desk(type(editor.client)(editor.client.app, follow_redirects=False))
    desk.log_in("chi")
    return desk


def core_of(desk: Desk) -> Core:
    found: Core = desk.client.app.state.core  # type: ignore[attr-defined]  # an application
    return found


# --- uploads ---


def test_from_upload_to_answer(editor: Desk, small: Settings) -> None:
    assert editor.asked("Công suất trạm bơm Gò Tháp?") == []
    preview = editor.upload(("trạm bơm.txt", PUMP.encode()), ("ảnh.png", b"\x89PNG\r\n\x1a\n\0\0"))
    told = text_of(preview)
    assert "Sẽ thêm 1 tệp; 1 tệp không nhận." in told
    assert "Trạm bơm Gò Tháp" in told
    assert "không thấy ngày" in told
    assert "Trạm bơm Gò Tháp có công suất 4.000 mét khối một giờ." in told
    assert "Không nhận: là ảnh PNG" in told
    # Nothing is added yet.
    assert editor.asked("Công suất trạm bơm Gò Tháp?") == []
    result = editor.confirm(preview)
    assert "Đã xong. Nay là thế hệ 2." in text_of(result)
    assert 'href="/?id=tr%E1%BA%A1m+b%C6%A1m"' in result.text
    (quote,) = editor.asked("Công suất trạm bơm Gò Tháp?")
    assert quote["report_id"] == "trạm bơm"
    assert "4.000 mét khối một giờ" in quote["text"]
    assert (small.reports_path / "trạm bơm.txt").read_bytes() == PUMP.encode()
    assert audited(small)[:2] == [
        ("web:binh", "thêm trạm bơm.txt", "thế hệ 2: 1 thêm, 0 thay đổi, 0 gỡ bỏ, 0 lỗi"),
        ("web:binh", "gửi trạm bơm.txt, ảnh.png", "1 tệp chờ xác nhận, 1 không nhận"),
    ]
    # A late press of the button does nothing.
    again = editor.send(f"{preview.url.path}/confirm")
    assert again.status_code == 409
    assert "các tệp này đã được thêm, ở thế hệ 2" in text_of(again)


def test_a_preview_tells_who_issued_a_document(editor: Desk) -> None:
    head = "UBND HUYỆN GÒ THÁP\nSố: 87/BC-UBND\nGò Tháp, ngày 12 tháng 5 năm 2023\n\nBÁO CÁO\n"
    told = text_of(editor.upload(("bom.txt", (head + PUMP).encode())))
    assert "12/05/2023 · số 87/BC-UBND · Nguồn: UBND HUYỆN GÒ THÁP · tệp bom.txt" in told


def test_a_pdf_is_read_apart(editor: Desk) -> None:
    name = "bao-cao-duong.pdf"
    preview = editor.upload((name, (DATA / "formats" / name).read_bytes()))
    assert "Sẽ thêm 1 tệp." in text_of(preview)


def test_a_file_of_a_taken_name_replaces_or_stands_beside(editor: Desk, small: Settings) -> None:
    longer = BRIDGE.replace("126", "130")
    (small.reports_path / "cau.toml").write_text('kind = "Tin"', "utf-8")
    preview = editor.upload(("cau.txt", longer.encode()))
    assert "lấy theo cau.toml có sẵn trong thư mục" in text_of(preview)
    assert "Đã có tệp cùng tên, sẽ bị thay: Cầu Rạch Sậy" in text_of(preview)
    editor.confirm(preview, keep_both="1")
    names = {path.name for path in small.reports_path.iterdir()}
    assert names == {"cau.txt", "cau.toml", "cau (2).txt", "truong.txt"}
    editor.confirm(editor.upload(("cau.txt", BRIDGE.replace("126", "140").encode())))
    assert "140" in (small.reports_path / "cau.txt").read_text("utf-8")


def test_a_file_of_the_folder_that_changed_since_the_preview_is_shown_again(
    editor: Desk, small: Settings, write: Callable[[str, str], Path]
) -> None:
    preview = editor.upload(("bom.txt", PUMP.encode()), ("chợ.txt", b"Cho My Hiep co 80 sap."))
    assert "Đã có tệp cùng tên" not in text_of(preview)
    write("bom.txt", SCHOOL.replace("12", "14"))
    again = editor.confirm(preview)
    assert again.url.path == preview.url.path
    told = text_of(again)
    assert "Không xong: tệp bom.txt trong thư mục báo cáo đã đổi từ lúc xem trước" in told
    assert "Sẽ thêm 2 tệp." in told
    assert "Đã có tệp cùng tên, sẽ bị thay" in told
    assert audited(small)[0][2].startswith("không xong: tệp bom.txt trong thư mục")
    assert "Nay là thế hệ 2." in text_of(editor.confirm(again))
    assert (small.reports_path / "bom.txt").read_bytes() == PUMP.encode()


def test_what_else_the_folder_changed_is_shown_before(
    editor: Desk, write: Callable[[str, str], Path]
) -> None:
    write("moi.txt", "Chợ Mỹ Hiệp\n\nChợ Mỹ Hiệp có 80 gian hàng.")
    told = text_of(editor.upload(("bom.txt", PUMP.encode())))
    assert "Thư mục báo cáo còn thay đổi khác, sẽ được nạp cùng lúc: Thêm (1) moi.txt" in told


def test_files_can_be_dropped(editor: Desk, small: Settings) -> None:
    preview = editor.upload(("bom.txt", PUMP.encode()))
    assert preview.url.path in editor.get("/admin/uploads").text
    assert editor.send(f"{preview.url.path}/drop").headers["location"] == "/admin/uploads"
    assert preview.url.path not in editor.get("/admin/uploads").text
    assert editor.send(f"{preview.url.path}/confirm").status_code == 409
    assert audited(small)[0] == ("web:binh", "bỏ bom.txt", "")
    assert not (small.reports_path / "bom.txt").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../../../../tmp/bom.txt",
        "..\\..\\bom.txt",
        "/etc/bom.txt",
        ".bom.txt",
        "<script>alert(1)</script>.txt",
        "bom\u202e.txt",
        "a" * 400 + ".txt",
        "CON.txt",
        "bom.txt.exe",
    ],
)
def test_hostile_names_stay_in_the_folder(editor: Desk, small: Settings, name: str) -> None:
    preview = editor.upload((name, PUMP.encode()))
    assert "<script>alert" not in preview.text
    editor.confirm(preview)
    (added,) = {path.name for path in small.reports_path.iterdir()} - {"cau.txt", "truong.txt"}
    assert added.endswith(".txt")
    assert added.isprintable()
    assert not added.startswith(".")
    assert "/" not in added
    assert editor.asked("Công suất trạm bơm Gò Tháp?") != []


def test_too_much_is_refused_and_nothing_kept(small: Settings, open_client: OpenClient) -> None:
    desk = Desk(open_client(small.model_copy(update={"web_upload_mb": 1})))
    desk.log_in("binh")
    large = [("files", ("lớn.txt", b"a" * 1_100_000))]
    refused = desk.send("/admin/uploads", files=large)
    assert refused.status_code == 413
    assert "vượt quá 1 MB" in text_of(refused)

    def in_parts(data: bytes = b"a" * 2_000_000) -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        for first in range(0, len(data), 1 << 16):
            yield data[first : first + (1 << 16)]
        yield b"\r\n--x--\r\n"

    headers = {"Origin": HERE, "Content-Type": "multipart/form-data; boundary=x"}
    refused = desk.client.post("/admin/uploads", content=in_parts(), headers=headers)
    assert refused.status_code == 413
    assert "Chờ xác nhận" not in text_of(desk.get("/admin/uploads"))
    # Other forms take no more than a question does.
    assert desk.send("/admin/remove", {"id": "x" * 70_000}).status_code == 413
    desk.client.cookies.clear()
    assert desk.client.post("/admin/uploads", files=large).status_code == 303


def test_what_is_no_upload_is_refused(editor: Desk) -> None:
    headers = {"Origin": HERE}
    token = token_in(editor.get("/admin/uploads"))

    def sent(body: bytes, kind: str) -> tuple[int, str]:
        answer = editor.client.post(
            "/admin/uploads", content=body, headers={**headers, "Content-Type": kind}
        )
        return answer.status_code, text_of(answer)

    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nabc'
    for body, kind in (
        (b"csrf=1", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", "multipart/form-data"),
        (b"no part at all", "multipart/form-data; boundary=x"),
    ):
        status, _ = sent(body, kind)
        assert status in {400, 403}, (body, kind)
    # Cut off in the middle: the file is not taken for whole.
    status, told = sent(part, "multipart/form-data; boundary=x")
    assert status == 400
    assert "Không nhận được trọn các tệp; hãy gửi lại." in told
    for files in ([], [("files", ("", b""))], [("others", ("a.txt", b"a"))]):
        answer = editor.client.post(
            "/admin/uploads",
            data={"csrf": token},
            files=files or [("x", (None, b"1"))],
            headers=headers,
        )
        assert answer.status_code == 400
        assert "Chưa chọn tệp nào." in text_of(answer)
    without = editor.client.post(
        "/admin/uploads", files=[("files", ("a.txt", PUMP.encode()))], headers=headers
    )
    assert without.status_code == 403
    many = [("files", (f"{number}.txt", b"a")) for number in range(51)]
    refused = editor.send("/admin/uploads", files=many)
    assert refused.status_code == 413
    assert "Nhiều tệp quá: mỗi lần gửi nhiều nhất 50 tệp." in text_of(refused)


def test_lines_of_an_export_that_cannot_be_read_are_counted(editor: Desk) -> None:
    export = '{"id": "bom", "text": "Trạm bơm Gò Tháp."}\n' + "hỏng\n" * 25
    shown = text_of(editor.upload(("all.jsonl", export.encode())))
    assert "dòng 21: không phải JSON" in shown
    assert "dòng 22" not in shown
    assert "… và 5 dòng nữa không đọc được" in shown


# --- removing, reloading, going back ---


def test_a_report_is_removed(editor: Desk, small: Settings) -> None:
    assert "/admin/remove?id=truong" in editor.get("/admin/reports?q=hoa+sen").text
    told = text_of(editor.get("/admin/remove?id=truong"))
    assert "Gỡ báo cáo này? Trường mầm non Hoa Sen" in told
    result = editor.done(editor.send("/admin/remove", {"id": "truong"}))
    assert "Gỡ bỏ (1) truong.txt" in text_of(result)
    assert editor.asked("Trường mầm non Hoa Sen có bao nhiêu phòng học?") == []
    assert (small.removed_path / "000002" / "truong.txt").is_file()
    assert audited(small)[0][:2] == ("web:binh", "gỡ truong")
    assert editor.send("/admin/remove", {"id": "truong"}).status_code == 404
    assert editor.get("/admin/remove?id=../../etc/passwd").status_code == 404


def test_a_reload_is_planned_and_then_done(
    editor: Desk, small: Settings, write: Callable[[str, str], Path]
) -> None:
    assert "Không có gì thay đổi." in text_of(editor.done(editor.send("/admin/plan")))
    write("bom.txt", PUMP)
    write("hong.pdf", "%PDF-1.4 cut off")
    write("sổ.xlsx", "")
    (small.reports_path / "truong.txt").unlink()
    plan = editor.done(editor.send("/admin/plan"))
    told = text_of(plan)
    assert "Thêm (1) bom.txt" in told
    assert "Gỡ bỏ (1) truong.txt" in told
    assert "Không đọc được (1) hong.pdf: " in told
    assert "không phải định dạng báo cáo (1) sổ.xlsx" in told
    assert 'action="/admin/reload"' in plan.text
    assert editor.asked("Công suất trạm bơm Gò Tháp?") == []
    result = text_of(editor.done(editor.send("/admin/reload", editor.planned())))
    assert "Đã xong. Nay là thế hệ 2." in result
    assert editor.asked("Công suất trạm bơm Gò Tháp?") != []
    # What only looks is no action.
    actions = [(action, told) for _, action, told in audited(small)]
    assert actions == [
        ("nạp lại", "thế hệ 2: 1 thêm, 0 thay đổi, 1 gỡ bỏ, 1 lỗi"),
        ("đăng nhập", ""),
    ]


def test_a_folder_that_lost_all_its_reports_is_told(
    editor: Desk, small: Settings, write: Callable[[str, str], Path]
) -> None:
    for name in ("a", "b", "c"):
        write(f"usb/{name}.txt", f"{PUMP} {name}")
    editor.done(editor.send("/admin/reload", editor.planned()))
    shutil.rmtree(small.reports_path / "usb")
    told = "CHÚ Ý: thư mục usb không còn báo cáo nào, trước đó có 3; nếu không cố ý bỏ"
    assert told in text_of(editor.done(editor.send("/admin/plan")))
    assert told in text_of(editor.upload(("mới.txt", f"{PUMP} Mới.".encode())))


def test_a_reload_that_would_do_something_else_than_was_shown_is_shown_again(
    editor: Desk, small: Settings, write: Callable[[str, str], Path]
) -> None:
    bridge = small.reports_path / "cau.txt"
    write("bom.txt", PUMP)
    plan = editor.planned()
    bridge.rename(small.data / "cau.txt")
    again = editor.done(editor.send("/admin/reload", plan))
    told = text_of(again)
    assert "đã đổi từ lúc xem, nên chưa nạp gì. Xem lại: Thêm (1) bom.txt Gỡ bỏ (1) cau.txt" in told
    assert "Đã xong" not in told
    assert editor.asked("Cầu Rạch Sậy dài bao nhiêu?") != []
    assert audited(small)[0][2].startswith("không xong: thư mục báo cáo hoặc báo cáo đang dùng đã")
    # The new button does what is shown now, and once only.
    fields = editor.planned()
    assert f'value="{fields["plan"]}"' in again.text
    assert "Nay là thế hệ 2." in text_of(editor.done(editor.send("/admin/reload", fields)))
    late = text_of(editor.done(editor.send("/admin/reload", fields)))
    assert "nên chưa nạp gì. Xem lại: Không có gì thay đổi." in late
    # A page from before has no plan in its form.
    (small.data / "cau.txt").rename(bridge)
    assert "Xem lại: Thêm (1) cau.txt" in text_of(editor.done(editor.send("/admin/reload")))


def test_only_an_administrator_passes_over_golden_questions(
    editor: Desk, administrator: Desk, small: Settings
) -> None:
    small.golden_path.write_text(GOLDEN, "utf-8")
    (small.reports_path / "cau.txt").unlink()
    plan = editor.planned()
    stopped = editor.done(editor.send("/admin/reload", plan))
    told = text_of(stopped)
    assert "Không xong: 1 câu hỏi kiểm tra không đạt; báo cáo đang dùng giữ nguyên" in told
    assert "“Cầu Rạch Sậy dài bao nhiêu?”: không có báo cáo 'cau'" in told
    assert "Chỉ quản trị viên mới bỏ qua được" in told
    assert 'name="force"' not in stopped.text
    assert editor.asked("Cầu Rạch Sậy dài bao nhiêu?") != []
    refused = editor.send("/admin/reload", {**plan, "force": "1"})
    assert refused.status_code == 403
    assert "quản trị viên" in text_of(refused)
    stopped = administrator.done(administrator.send("/admin/reload", plan))
    assert 'name="force"' in stopped.text
    assert f'name="plan" value="{plan["plan"]}"' in stopped.text
    # Not ticked, it is as before.
    assert "Không xong" in text_of(administrator.done(administrator.send("/admin/reload", plan)))
    result = administrator.done(administrator.send("/admin/reload", {**plan, "force": "1"}))
    assert "đã bỏ qua (1)" in text_of(result)
    assert editor.asked("Cầu Rạch Sậy dài bao nhiêu?") == []
    assert "bỏ qua câu hỏi kiểm tra" in text_of(editor.get("/admin/history"))
    assert audited(small)[0] == (
        "web:chi",
        "nạp lại",
        "thế hệ 2: 0 thêm, 0 thay đổi, 1 gỡ bỏ, 0 lỗi, bỏ qua 1 câu hỏi kiểm tra",
    )


def test_golden_questions_stop_an_upload_and_it_can_be_tried_again(
    editor: Desk, administrator: Desk, small: Settings
) -> None:
    small.golden_path.write_text(GOLDEN.replace('"cau"', '"khac"'), "utf-8")
    preview = editor.upload(("bom.txt", PUMP.encode()))
    stopped = editor.confirm(preview)
    assert "1 câu hỏi kiểm tra không đạt" in text_of(stopped)
    assert '<a href="/admin/uploads">Chờ xác nhận</a>' in stopped.text
    assert not (small.reports_path / "bom.txt").exists()
    result = administrator.confirm(preview, force="1")
    assert "Nay là thế hệ 2." in text_of(result)
    assert editor.asked("Công suất trạm bơm Gò Tháp?") != []


def test_going_back_to_a_former_generation(administrator: Desk, small: Settings) -> None:
    administrator.done(administrator.send("/admin/remove", {"id": "truong"}))
    history = administrator.get("/admin/history")
    told = text_of(history)
    assert "2 thế hệ còn giữ" in told
    assert "gỡ báo cáo · web:chi · 1 báo cáo, 1 đoạn Gỡ bỏ (1) truong" in told
    assert "/admin/rollback?to=1" in history.text
    assert "/admin/rollback?to=2" not in history.text
    shown = administrator.get("/admin/rollback?to=1")
    assert "thế hệ 1?" in text_of(shown)
    assert '<input type="hidden" name="seen" value="2">' in shown.text
    fields = {"to": "1", "seen": "2"}
    result = administrator.done(administrator.send("/admin/rollback", fields))
    assert "Nay là thế hệ 3." in text_of(result)
    assert administrator.asked("Trường mầm non Hoa Sen có bao nhiêu phòng học?") != []
    assert audited(small)[0] == ("web:chi", "quay về thế hệ 1", "nay là thế hệ 3")
    # A second press, in another tab, does not go back once more; nor a page from before.
    for late in (fields, {"to": "1"}):
        again = administrator.send("/admin/rollback", late)
        assert again.status_code == 409
        told = text_of(again)
        assert "đã đổi từ lúc xem, nên chưa quay về. Nay là thế hệ 3. 2 báo cáo, 2 đoạn" in told
        assert '<input type="hidden" name="seen" value="3">' in again.text
    assert "3 thế hệ còn giữ" in text_of(administrator.get("/admin/history"))
    for wrong in ("3", "99", "", "-1", "một"):
        assert administrator.send("/admin/rollback", {"to": wrong}).status_code == 404


def test_one_writer_at_a_time(
    editor: Desk, administrator: Desk, write: Callable[[str, str], Path]
) -> None:
    from threading import Event

    write("bom.txt", PUMP)
    plan = editor.planned()
    going_on = Event()

    def slow(_: object) -> Done:
        going_on.wait(60)
        return Done("xong")

    writer = core_of(editor).writer
    work, end = writer.begin(Kind.RELOAD, "", "chi", slow)
    try:
        busy = editor.send("/admin/reload", plan)
        assert busy.status_code == 409
        assert "đang có việc khác của chi; hãy đợi xong rồi thử lại" in text_of(busy)
        shown = administrator.get(f"/admin/work/{work.id}")
        assert "data-refresh" in shown.text
        assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in shown.text
        assert work.id in editor.get("/admin").text
        # Readers are answered meanwhile, and files can be sent in.
        assert editor.asked("Cầu Rạch Sậy dài bao nhiêu?") != []
        assert "Sẽ thêm 1 tệp" in text_of(editor.upload(("chợ.txt", b"Cho My Hiep co 80 sap.")))
    finally:
        going_on.set()
        end.result(60)
    assert "Đã xong" in text_of(editor.done(editor.send("/admin/reload", plan)))


# --- what the journal holds ---


def test_unanswered_questions_are_masked(editor: Desk) -> None:
    question = "Hồ sơ của bà Tư số 079123456789, điện thoại 0912 345 678 tới đâu?"
    editor.client.get("/", params={"q": question})
    told = text_of(editor.get("/admin/unanswered"))
    assert "Hồ sơ của bà Tư số •••, điện thoại ••• tới đâu?" in told
    assert "079123456789" not in told


def test_feedback_is_shown_beside_its_question(editor: Desk) -> None:
    import re

    answer = editor.client.get("/", params={"q": "Cầu Rạch Sậy dài bao nhiêu?"}).text
    fields = dict(re.findall(r'name="(question|key)" value="([^"]+)"', answer))
    sent = editor.client.post("/feedback", data={**fields, "helpful": "false"})
    assert sent.status_code == 200
    told = text_of(editor.get("/admin/feedback"))
    assert "Cầu Rạch Sậy dài bao nhiêu?" in told
    assert "Không có ích: 1" in told
    assert "Cầu Rạch Sậy dài bao nhiêu?" in text_of(editor.get("/admin/unanswered"))
    assert "24 giờ qua 1 0 0 0 1" in text_of(editor.get("/admin"))


def test_the_audit_is_searched_and_turned_over(administrator: Desk) -> None:
    journal = core_of(administrator).journal
    for number in range(60):
        journal.note("web:binh", f"gỡ báo cáo {number}")
    journal.note(4711, "nạp lại", "thế hệ 9")
    first = administrator.get("/admin/audit")
    assert text_of(first).count("gỡ báo cáo") == 49
    assert f"telegram:{journal.person(4711).hex()[:8]}" in first.text
    assert text_of(administrator.get("/admin/audit?trang=2")).count("gỡ báo cáo") == 11
    found = text_of(administrator.get("/admin/audit?q=GO+BAO+CAO+59"))
    assert found.count("gỡ báo cáo") == 1
    assert "Không có gì." in text_of(administrator.get("/admin/audit?q=kh%C3%B4ng+c%C3%B3"))
    assert administrator.get("/admin/audit?trang=-5").status_code == 200


# --- accounts ---


def first_password(desk: Desk, path: str, **fields: str) -> str:
    shown = desk.send(path, fields)
    assert shown.status_code == 200, text_of(shown)
    return shown.text.partition('<code class="secret">')[2].partition("<")[0]


def test_an_account_is_added_and_changed(
    administrator: Desk, small: Settings, open_client: OpenClient
) -> None:
    password = first_password(administrator, "/admin/accounts", name="Dung", role="reader")
    assert len(password) == 19
    assert "chưa đổi mật khẩu tạm thời" in text_of(administrator.get("/admin/accounts"))
    dung = Desk(type(administrator.client)(administrator.client.app, follow_redirects=False))
    assert dung.log_in("dung", password).status_code == 303

    def changed(**fields: str) -> int:
        return administrator.send("/admin/account", {"name": "dung", **fields}).status_code

    assert changed(do="role", role="editor") == 303
    assert dung.get("/password").status_code == 303  # its sessions have ended
    dung.log_in("dung", password)
    assert changed(do="end") == 303
    assert dung.get("/password").status_code == 303
    other = first_password(administrator, "/admin/account", name="dung", do="password")
    assert dung.log_in("dung", password).status_code == 401
    assert changed(do="disable") == 303
    assert dung.log_in("dung", other).status_code == 403
    assert changed(do="enable") == 303
    for _ in range(5):
        dung.log_in("dung", "sai mật khẩu")
    assert "tạm khóa đến" in text_of(administrator.get("/admin/accounts"))
    assert changed(do="unlock") == 303
    assert dung.log_in("dung", other).status_code == 303
    assert changed(do="remove") == 400  # not ticked
    assert changed(do="remove", sure="1") == 303
    assert changed(do="remove", sure="1") == 404
    own = [action for name, action, _ in audited(small) if name == "web:chi"]
    assert own == [
        "xóa tài khoản dung",
        "bỏ tạm khóa tài khoản dung",
        "cho dùng lại tài khoản dung",
        "ngừng tài khoản dung",
        "đặt mật khẩu của dung",
        "kết thúc các phiên của dung",
        "đổi vai trò của dung thành editor",
        "thêm tài khoản dung (reader)",
        "đăng nhập",
    ]


def test_what_cannot_be_done_to_accounts_is_told(administrator: Desk) -> None:
    def told(path: str, **fields: str) -> str:
        answer = administrator.send(path, fields)
        assert answer.status_code == 400
        return text_of(answer)

    assert "đã có tài khoản binh" in told("/admin/accounts", name="binh", role="reader")
    assert "tên tài khoản cần" in told("/admin/accounts", name="Bình Dân", role="reader")
    assert "hãy chọn một vai trò" in told("/admin/accounts", name="dung", role="root")
    for fields in ({"do": "disable"}, {"do": "role", "role": "reader"}):
        assert "chi là quản trị viên cuối cùng" in told("/admin/account", name="chi", **fields)
    assert administrator.send("/admin/account", {"name": "chi", "do": "x"}).status_code == 404
    assert administrator.send("/admin/account", {"name": "ai", "do": "end"}).status_code == 404
    assert administrator.get("/admin/account?name=%00").status_code == 404


# --- what is never told ---


def test_no_secret_is_logged(
    administrator: Desk, small: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "mật khẩu gõ nhầm"
    stranger = Desk(type(administrator.client)(administrator.client.app, follow_redirects=False))
    assert stranger.log_in("chi", wrong).status_code == 401
    password = first_password(administrator, "/admin/accounts", name="dung", role="reader")
    cookie = administrator.client.cookies["hoidap-session"]
    token = token_in(administrator.get("/password"))
    kept = "".join(json.dumps(line, ensure_ascii=False) for line in audited(small))
    for secret in (wrong, PASSWORD, password, cookie.split(".")[0], token):
        assert secret not in caplog.text
        assert secret not in kept


def test_a_journal_that_cannot_be_written_stops_nothing(
    editor: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise JournalError("nhật ký đầy")

    core = core_of(editor)
    monkeypatch.setattr(core.writer, "_note", broken)
    monkeypatch.setattr(core.journal, "note", broken)
    assert "Nay là thế hệ 2" in text_of(editor.confirm(editor.upload(("b.txt", PUMP.encode()))))
    assert editor.send("/logout").status_code == 303
    assert "nhật ký đầy" in caplog.text
