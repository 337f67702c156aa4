"""Pictures of the administration for the docs: ``python -m tests.web.admin_screenshots FOLDER``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import FilePayload, Page, ViewportSize

from hoidap.accounts import Role
from hoidap.encoder import load_encoder
from hoidap.settings import Settings
from tests.conftest import DATA
from tests.web.browsing import Server, browsing, chromium, serving
from tests.web.desk import PASSWORD, add_accounts
from tests.web.sample import load_sample
from tests.web.screenshots import picture

_DESK: ViewportSize = {"width": 1200, "height": 860}
_FILES: list[FilePayload] = [
    {
        "name": "bao-cao-tram-bom.txt",
        "mimeType": "text/plain",
        "buffer": (
            "ỦY BAN NHÂN DÂN\nHUYỆN GÒ THÁP\nSố: 87/BC-UBND\nGò Tháp, ngày 12 tháng 5 năm 2023\n\n"
            "BÁO CÁO\nVề việc vận hành trạm bơm Gò Tháp\n\n"
            "Trạm bơm Gò Tháp có công suất 4.000 mét khối một giờ, phục vụ tưới tiêu cho 1.250 ha"
            " lúa của ba xã. Trong quý I năm 2023, trạm vận hành 41 ngày, không có sự cố.\n"
        ).encode(),
    },
    {
        "name": "bao-cao-quy-1-2022.txt",
        "mimeType": "text/plain",
        "buffer": (DATA / "reports" / "bao-cao-quy-1-2022.txt").read_bytes() + "Hết.\n".encode(),
    },
    {"name": "ảnh chụp.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n\0\0"},
]


def main(folder: Path) -> None:
    """Write all pictures into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        settings = load_sample(Path(place), load_encoder(Settings(model=None)))
        add_accounts(settings, chi=Role.ADMINISTRATOR)
        with serving(settings, cwd=Path(place)) as server, browsing() as browser:
            page = browser.new_context(locale="vi-VN", viewport=_DESK).new_page()
            _walk(page, server, folder)


def _walk(page: Page, server: Server, folder: Path) -> None:
    def shot(name: str) -> None:
        size = picture(page, folder / f"{name}.png")
        print(f"{name}.png: {size // 1024} KB")

    page.goto(f"{server.url}/login?next=/admin/uploads")
    page.get_by_label("Tên tài khoản").fill("chi")
    shot("dang-nhap")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_label("Tệp báo cáo").set_input_files(_FILES)
    page.get_by_role("button", name="Gửi và xem trước").click()
    page.get_by_text("Sẽ thêm").wait_for()
    shot("xem-truoc")
    page.get_by_role("button", name="Thêm vào kho báo cáo").click()
    page.get_by_text("Đã xong").wait_for()
    page.goto(f"{server.url}/admin/remove?id=hoi-nghi-cchc")
    page.get_by_role("button", name="Gỡ").click()
    page.get_by_text("Đã xong").wait_for()
    page.goto(f"{server.url}/admin/history")
    shot("lich-su")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.web.admin_screenshots FOLDER")
    if chromium() is None:
        sys.exit("no chromium on this machine")
    main(Path(sys.argv[1]))
