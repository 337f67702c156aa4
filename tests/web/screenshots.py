"""Pictures of the main pages for the docs: ``python -m tests.web.screenshots FOLDER``.

They show the sample reports that the tests use, in Chromium.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Page

from hoidap.encoder import load_encoder
from hoidap.settings import Settings
from tests.web.browsing import PHONE, browsing, chromium, serving
from tests.web.reading import FIRST
from tests.web.sample import load_sample

_DESK = {"width": 960, "height": 820}
_ANSWER = f"/?{urlencode({'q': FIRST})}"
# A page of few colours is a third of its size with a palette and looks the same.
_COLOURS = 96
_PICTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "tra-loi": (_ANSWER, {}),
    "dien-thoai": (_ANSWER, {"viewport": PHONE, "device_scale_factor": 2}),
    "toi": (_ANSWER, {"color_scheme": "dark"}),
    "loc": (f"/?{urlencode({'q': 'Huyện đoàn trồng bao nhiêu cây?', 'tu': '1/1/2023'})}", {}),
    "trong-bao-cao": (_ANSWER, {}),
    "bao-cao": ("/reports", {}),
    "thoi-gian": (f"/timeline?{urlencode({'q': 'nông thôn'})}", {}),
}


def main(folder: Path) -> None:
    """Write all pictures into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        settings = load_sample(Path(place), load_encoder(Settings(model=None)))
        with serving(settings, cwd=Path(place)) as server, browsing() as browser:
            for name, (path, options) in _PICTURES.items():
                context = browser.new_context(**{"locale": "vi-VN", "viewport": _DESK, **options})
                page = context.new_page()
                page.goto(server.url + path)
                if name == "trong-bao-cao":
                    page.get_by_role("link", name="Xem trong báo cáo").first.click()
                    page.evaluate("window.scrollTo(0, 0)")
                size = picture(page, folder / f"{name}.png")
                print(f"{name}.png: {size // 1024} KB")
                context.close()


def picture(page: Page, path: Path) -> int:
    """Write what is on the screen; the size of the file in bytes."""
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shown.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.web.screenshots FOLDER")
    if chromium() is None:
        sys.exit("no chromium on this machine")
    main(Path(sys.argv[1]))
