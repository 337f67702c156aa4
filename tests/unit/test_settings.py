"""Settings that would do harm together are refused."""

from __future__ import annotations

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
