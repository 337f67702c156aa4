"""Settings that would do harm together are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hoidap.errors import SettingsError
from hoidap.settings import Settings


@pytest.mark.parametrize("data", ["reports", "reports/data", "other/../reports/a/b", "link/data"])
def test_data_among_the_reports_would_be_read_as_reports(data: str, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "link").symlink_to("reports")
    with pytest.raises(SettingsError, match=r"^HOIDAP_DATA='.*': không được là thư mục báo cáo"):
        Settings.read(corpus=str(tmp_path / "reports"), data=str(tmp_path / data))


@pytest.mark.parametrize("data", [".", "data", "reports-data", "reports/.hoidap/data"])
def test_reports_in_the_data_and_data_that_is_hidden_are_fine(data: str, tmp_path: Path) -> None:
    settings = Settings.read(corpus=str(tmp_path / "reports"), data=str(tmp_path / data))
    assert settings.data == tmp_path / data


def test_a_folder_of_data_whose_name_is_no_utf8_is_refused(tmp_path: Path) -> None:
    data = os.fsdecode(os.fsencode(tmp_path) + b"/d\xe9p")
    with pytest.raises(SettingsError, match="không phải UTF-8; hãy đổi tên hoặc chọn thư mục khác"):
        Settings.read(data=data)
    assert Settings.read(data=str(tmp_path / "đẹp")).data == tmp_path / "đẹp"
