"""All that the doctor looks at, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from hoidap.doctor import data, machine
from hoidap.doctor.findings import Finding, Reporter, State, Subject
from hoidap.doctor.telegram import check_telegram
from hoidap.errors import SettingsError
from hoidap.settings import Settings

_ENV_FILE = Path(".env")


def examine() -> Iterator[Finding]:
    """Look at everything, with the settings of this process; a finding or more for each subject.

    Nothing is changed. One thing that is broken does not keep the others from being looked at.
    """
    yield from machine.check_python()
    yield from machine.check_sqlite()
    try:
        settings = Settings.read()
    except SettingsError as error:
        yield Finding(
            Subject.SETTINGS,
            State.FAILURE,
            str(error),
            "a setting cannot be read, and nothing that depends on it was looked at; correct it",
        )
        return
    checks: tuple[tuple[Subject, Callable[[], Iterator[Finding]]], ...] = (
        (Subject.SETTINGS, partial(data.check_settings, settings, _ENV_FILE)),
        (Subject.PERMISSIONS, partial(data.check_permissions, settings)),
        (Subject.ENCODER, partial(data.check_encoder, settings)),
        (Subject.REPORTS, partial(data.check_reports, settings)),
        (Subject.CATALOG, partial(data.check_catalog, settings)),
        (Subject.INDEX, partial(data.check_index, settings)),
        (Subject.ORIGINALS, partial(data.check_originals, settings)),
        (Subject.JOURNAL, partial(data.check_journal, settings)),
        (Subject.ACCOUNTS, partial(data.check_accounts, settings)),
        (Subject.DISK, partial(machine.check_disk, settings)),
        (Subject.MEMORY, machine.check_memory),
        (Subject.CLOCK, partial(machine.check_clock, settings)),
        (Subject.TESSERACT, machine.check_tesseract),
        (Subject.LIBREOFFICE, machine.check_libreoffice),
        (Subject.TELEGRAM, partial(check_telegram, settings)),
    )
    for subject, check in checks:
        try:
            yield from check()
        except Exception as error:  # whatever it is, the rest is looked at
            reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
            yield Reporter(subject).fail(
                f"không kiểm tra được ({reason}); hãy xem quyền đọc của người dùng này",
                f"it could not be looked at ({reason}); see what this user may read",
            )
