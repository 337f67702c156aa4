"""Who can log in, for how long, how often wrongly, and who always remains."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hoidap import accounts as module
from hoidap.accounts import ABSOLUTE, IDLE, Accounts, LoggedIn, Refusal, Refused, Role
from hoidap.errors import AccountError, AccountsError
from hoidap.passwords import Hasher

PASSWORD = "con trâu đi cày"
OTHER = "trạm bơm Gò Tháp"
HOME = "192.0.2.7"
QUARTER = timedelta(minutes=15)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 26, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


class CountingHasher(Hasher):
    """Counts how often a password was tried."""

    def __init__(self) -> None:
        super().__init__(passes=1, memory_kib=64)
        self.verified = 0

    def verify(self, kept: str | None, password: str) -> bool:
        self.verified += 1
        return super().verify(kept, password)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "accounts.sqlite3"


@pytest.fixture
def accounts(path: Path, hasher: CountingHasher, clock: Clock) -> Accounts:
    made = Accounts(path, hasher=hasher, clock=clock)
    made.add("chi", OTHER, Role.ADMINISTRATOR)
    made.add("an", PASSWORD, Role.EDITOR)
    return made


def entered(accounts: Accounts, name: str = "an", password: str = PASSWORD) -> LoggedIn:
    result = accounts.log_in(name, password, HOME)
    assert isinstance(result, LoggedIn), result
    return result


def refused(
    accounts: Accounts, name: str = "an", password: str = "sai mật khẩu", address: str = HOME
) -> Refused:
    result = accounts.log_in(name, password, address)
    assert isinstance(result, Refused), result
    return result


# --- accounts ---


def test_an_account_is_kept_as_it_was_made(accounts: Accounts, clock: Clock) -> None:
    (an, chi) = accounts.all()
    assert (an.name, an.role, an.disabled, an.temporary) == ("an", Role.EDITOR, False, False)
    assert (an.created, an.last_login, an.failures, an.locked_until) == (clock.now, None, 0, None)
    assert (chi.name, chi.role) == ("chi", Role.ADMINISTRATOR)
    assert accounts.account(" AN ") == an
    assert accounts.account("dung") is None


def test_only_its_owner_reads_the_file_and_no_password_stands_in_it(
    accounts: Accounts, path: Path
) -> None:
    session = entered(accounts).session
    refused(accounts, name="mật khẩu gõ nhầm ô")
    accounts.close()
    assert {file.name for file in path.parent.iterdir()} == {"accounts.sqlite3", "accounts.key"}
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        data = file.read_bytes()
        for secret in (PASSWORD, session, "gõ nhầm", HOME):
            assert secret.encode() not in data


@pytest.mark.parametrize(
    "name", ["", "a", "1an", "an binh", "аn", "ân", "an/..", "an\x00", "a" * 33, "<b>", "an\udcff"]
)
def test_names_that_could_be_mistaken_are_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError, match="tên tài khoản cần 2 đến 32 ký tự"):
        accounts.add(name, PASSWORD, Role.READER)


def test_a_name_is_given_once_whatever_its_case(accounts: Accounts) -> None:
    with pytest.raises(AccountError, match="đã có tài khoản an"):
        accounts.add("AN", OTHER, Role.READER)
    assert entered(accounts).account.role is Role.EDITOR


def test_a_weak_password_is_refused_at_each_place(accounts: Accounts) -> None:
    with pytest.raises(AccountError, match="9 ký tự"):
        accounts.add("dung", "123456789", Role.READER)
    with pytest.raises(AccountError, match="nhiều người dùng"):
        accounts.set_password("an", "1234567890")
    with pytest.raises(AccountError, match="nhiều người dùng"):
        accounts.change_password("an", PASSWORD, "1234567890", HOME)
    with pytest.raises(AccountError, match="phải khác mật khẩu cũ"):
        accounts.change_password("an", PASSWORD, PASSWORD, HOME)
    assert accounts.account("dung") is None
    entered(accounts)


def test_what_is_not_there_cannot_be_changed(accounts: Accounts) -> None:
    changes: tuple[Callable[[], None], ...] = (
        lambda: accounts.set_password("dung", PASSWORD),
        lambda: accounts.set_role("dung", Role.READER),
        lambda: accounts.set_disabled("dung", disabled=True),
        lambda: accounts.unlock("dung"),
        lambda: accounts.remove("dung"),
        lambda: accounts.log_out_everywhere("dung"),
    )
    for change in changes:
        with pytest.raises(AccountError, match="không có tài khoản dung"):
            change()


def test_an_administrator_always_remains(accounts: Accounts) -> None:
    changes: tuple[Callable[[], None], ...] = (
        lambda: accounts.remove("chi"),
        lambda: accounts.set_disabled("chi", disabled=True),
        lambda: accounts.set_role("chi", Role.EDITOR),
    )
    for change in changes:
        with pytest.raises(AccountError, match="chi là quản trị viên cuối cùng"):
            change()
    accounts.add("dung", PASSWORD, Role.ADMINISTRATOR)
    accounts.set_disabled("dung", disabled=True)
    with pytest.raises(AccountError, match="chi là quản trị viên cuối cùng"):
        accounts.remove("chi")
    accounts.remove("dung")
    accounts.set_role("an", Role.ADMINISTRATOR)
    accounts.remove("chi")
    assert [one.name for one in accounts.all()] == ["an"]


def test_two_administrators_cannot_remove_each_other_at_once(
    accounts: Accounts, path: Path, hasher: Hasher
) -> None:
    accounts.set_role("an", Role.ADMINISTRATOR)
    other = Accounts(path, hasher=hasher)

    def remove(one: Accounts, name: str) -> str:
        try:
            one.remove(name)
        except AccountError as error:
            return str(error)
        return "removed"

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(remove, (accounts, other), ("an", "chi")))
    assert sorted(result == "removed" for result in results) == [False, True]
    assert len(accounts.all()) == 1


def test_each_role_covers_those_below_it() -> None:
    covered = {role: [other for other in Role if role.covers(other)] for role in Role}
    assert covered == {
        Role.READER: [Role.READER],
        Role.EDITOR: [Role.READER, Role.EDITOR],
        Role.ADMINISTRATOR: [Role.READER, Role.EDITOR, Role.ADMINISTRATOR],
    }


# --- logging in ---


def test_the_right_password_begins_a_session_each_time_another(
    accounts: Accounts, clock: Clock
) -> None:
    first, second = entered(accounts), entered(accounts, name=" An ")
    assert first.account.last_login == clock.now
    assert first.session != second.session
    for one in (first, second):
        account = accounts.session(one.session)
        assert account is not None
        assert (account.name, account.role) == ("an", Role.EDITOR)


def test_unknown_names_are_refused_as_known_ones_are_and_take_as_long(
    accounts: Accounts, hasher: CountingHasher
) -> None:
    known, unknown = refused(accounts), refused(accounts, name="dung")
    assert (known.reason, known.until) == (unknown.reason, unknown.until) == (Refusal.WRONG, None)
    assert (known.known, unknown.known) == (True, False)
    assert hasher.verified == 2


@pytest.mark.parametrize("name", ["", "x" * 100_000, "an\x00", "' OR 1=1 --", "an\udcff", "ân"])
def test_hostile_names_are_unknown_names(accounts: Accounts, name: str) -> None:
    assert refused(accounts, name=name, password="") == Refused(Refusal.WRONG, known=False)


def test_whoever_knows_the_password_is_told_that_the_account_is_disabled(
    accounts: Accounts,
) -> None:
    session = entered(accounts).session
    accounts.set_disabled("an", disabled=True)
    assert accounts.session(session) is None
    assert refused(accounts).reason is Refusal.WRONG
    assert refused(accounts, password=PASSWORD).reason is Refusal.DISABLED
    accounts.set_disabled("an", disabled=False)
    entered(accounts)


def test_the_hash_is_renewed_when_the_parameters_have_changed(
    accounts: Accounts, path: Path, clock: Clock
) -> None:
    stronger = Hasher(passes=2, memory_kib=128)
    renewed = Accounts(path, hasher=stronger, clock=clock)
    refused(renewed)
    assert "m=64,t=1" in kept_hash(path)
    entered(renewed)
    assert "m=128,t=2" in kept_hash(path)
    entered(renewed)


def kept_hash(path: Path) -> str:
    connection = sqlite3.connect(path)
    (kept,) = connection.execute("SELECT hash FROM accounts WHERE name = 'an'").fetchone()
    connection.close()
    return str(kept)


# --- lockout ---


def test_five_failures_lock_a_name_for_a_quarter_of_an_hour(
    accounts: Accounts, clock: Clock, hasher: CountingHasher
) -> None:
    for _ in range(4):
        assert refused(accounts).reason is Refusal.WRONG
        clock.forward(timedelta(minutes=1))
    assert refused(accounts).reason is Refusal.WRONG
    until = clock.now + QUARTER
    account = accounts.account("an")
    assert account is not None
    assert (account.failures, account.locked_until) == (5, until)
    tried = hasher.verified
    assert refused(accounts, password=PASSWORD) == Refused(Refusal.LOCKED, True, until)
    assert hasher.verified == tried
    clock.forward(QUARTER + timedelta(seconds=1))
    entered(accounts)


def test_a_clock_that_was_set_back_locks_nobody_for_longer(
    accounts: Accounts, clock: Clock
) -> None:
    clock.forward(timedelta(days=365))
    for _ in range(5):
        refused(accounts)
    clock.forward(-timedelta(days=365))
    entered(accounts)
    account = accounts.account("an")
    assert account is not None
    assert (account.failures, account.locked_until) == (0, None)


def test_what_is_tried_while_locked_does_not_make_it_last(accounts: Accounts, clock: Clock) -> None:
    for _ in range(5):
        refused(accounts)
    until = refused(accounts).until
    clock.forward(timedelta(minutes=14))
    assert refused(accounts).until == until
    clock.forward(timedelta(minutes=1, seconds=1))
    entered(accounts)


def test_unknown_names_are_locked_as_known_ones_are(accounts: Accounts, clock: Clock) -> None:
    for _ in range(5):
        refused(accounts, name="dung")
    assert refused(accounts, name="Dung ") == Refused(Refusal.LOCKED, False, clock.now + QUARTER)


def test_a_login_forgets_the_failures_of_its_name(accounts: Accounts) -> None:
    for _ in range(3):
        for _ in range(4):
            refused(accounts)
        entered(accounts)


def test_an_address_is_locked_whatever_names_it_tries(accounts: Accounts, clock: Clock) -> None:
    for number in range(30):
        assert refused(accounts, name=f"ten{number}").reason is Refusal.WRONG
    assert refused(accounts, password=PASSWORD).reason is Refusal.LOCKED
    assert isinstance(accounts.log_in("an", PASSWORD, "192.0.2.8"), LoggedIn)
    clock.forward(QUARTER + timedelta(seconds=1))
    entered(accounts)


def test_an_own_account_does_not_clear_what_its_address_tried(accounts: Accounts) -> None:
    for number in range(30):
        refused(accounts, name=f"ten{number}")
        if number == 15:
            entered(accounts)
    assert refused(accounts, name="chi", password=OTHER).reason is Refusal.LOCKED


@pytest.mark.parametrize(
    ("tried", "locked"),
    [
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::99"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_of_ipv6_is_one_address(accounts: Accounts, tried: str, locked: str) -> None:
    for number in range(30):
        refused(accounts, name=f"ten{number}", address=tried)
    assert refused(accounts, password=PASSWORD, address=locked).reason is Refusal.LOCKED
    assert isinstance(accounts.log_in("an", PASSWORD, "2001:db8:1:3::1"), LoggedIn)


def test_many_tries_at_once_are_no_way_around(accounts: Accounts, hasher: CountingHasher) -> None:
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda _: refused(accounts), range(40)))
    reasons = [result.reason for result in results]
    assert (reasons.count(Refusal.WRONG), hasher.verified) == (5, 5)
    assert reasons.count(Refusal.LOCKED) == 35


def test_many_logins_at_once_each_have_their_session(accounts: Accounts) -> None:
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda _: accounts.log_in("an", PASSWORD, HOME), range(4)))
    sessions = {result.session for result in results if isinstance(result, LoggedIn)}
    assert len(sessions) == 4
    assert all(accounts.session(session) is not None for session in sessions)


def test_an_administrator_unlocks(accounts: Accounts) -> None:
    for _ in range(6):
        refused(accounts)
    accounts.unlock("an")
    account = accounts.account("an")
    assert account is not None
    assert (account.failures, account.locked_until) == (0, None)
    entered(accounts)


# --- sessions ---


def test_a_session_ends_when_it_is_not_used(accounts: Accounts, clock: Clock) -> None:
    session = entered(accounts).session
    clock.forward(IDLE)
    assert accounts.session(session) is not None
    clock.forward(IDLE)
    assert accounts.session(session) is not None
    clock.forward(IDLE + timedelta(seconds=1))
    assert accounts.session(session) is None


def test_a_session_ends_where_the_clock_was_ahead_when_it_began(
    accounts: Accounts, clock: Clock
) -> None:
    clock.forward(timedelta(days=365))
    session = entered(accounts).session
    clock.forward(-timedelta(minutes=5))
    assert accounts.session(session) is not None
    clock.forward(-timedelta(days=364))
    assert accounts.session(session) is None


def test_a_session_ends_however_much_it_is_used(accounts: Accounts, clock: Clock) -> None:
    session = entered(accounts).session
    began = clock.now
    while clock.now - began < ABSOLUTE:
        assert accounts.session(session) is not None
        clock.forward(timedelta(minutes=30))
    assert accounts.session(session) is not None
    clock.forward(timedelta(seconds=1))
    assert accounts.session(session) is None


def test_logging_out_ends_one_session_or_all(accounts: Accounts) -> None:
    first, second, third = (entered(accounts).session for _ in range(3))
    others = entered(accounts, "chi", OTHER).session
    accounts.log_out(first)
    assert accounts.session(first) is None
    assert accounts.session(second) is not None
    accounts.log_out_everywhere("an")
    assert accounts.session(second) is None
    assert accounts.session(third) is None
    assert accounts.session(others) is not None


@pytest.mark.parametrize("change", ["password", "own password", "role", "disabled", "removed"])
def test_what_changes_an_account_ends_its_sessions_and_no_others(
    accounts: Accounts, change: str
) -> None:
    session, others = entered(accounts).session, entered(accounts, "chi", OTHER).session
    match change:
        case "password":
            accounts.set_password("an", "một mật khẩu khác")
        case "own password":
            assert accounts.change_password("an", PASSWORD, "một mật khẩu khác", HOME) is None
        case "role":
            accounts.set_role("an", Role.READER)
        case "disabled":
            accounts.set_disabled("an", disabled=True)
        case _:
            accounts.remove("an")
    assert accounts.session(session) is None
    assert accounts.session(others) is not None


@pytest.mark.parametrize("session", ["", "x", "x" * 100_000, "\x00", "' OR 1=1 --"])
def test_what_was_never_given_is_no_session(accounts: Accounts, session: str) -> None:
    entered(accounts)
    assert accounts.session(session) is None


def test_an_own_password_is_changed_with_the_current_one_only(accounts: Accounts) -> None:
    assert accounts.change_password("an", PASSWORD, "một mật khẩu khác", HOME) is None
    assert refused(accounts, password=PASSWORD).reason is Refusal.WRONG
    entered(accounts, password="một mật khẩu khác")
    for _ in range(5):
        wrong = accounts.change_password("an", PASSWORD, "mật khẩu thứ ba", HOME)
        assert wrong == Refused(Refusal.WRONG, known=True)
    locked = accounts.change_password("an", "một mật khẩu khác", "mật khẩu thứ ba", HOME)
    assert locked is not None
    assert locked.reason is Refusal.LOCKED


def test_a_temporary_password_is_one_until_it_is_changed(accounts: Accounts) -> None:
    accounts.set_password("an", "mật khẩu tạm", temporary=True)
    assert entered(accounts, password="mật khẩu tạm").account.temporary
    assert accounts.change_password("an", "mật khẩu tạm", PASSWORD, HOME) is None
    assert not entered(accounts).account.temporary


def test_a_password_changed_while_a_login_is_under_way_wins(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch, hasher: CountingHasher
) -> None:
    verify = hasher.verify

    def slow(kept: str | None, password: str) -> bool:
        right = verify(kept, password)
        accounts.set_password("an", "một mật khẩu khác")
        return right

    monkeypatch.setattr(hasher, "verify", slow)
    assert refused(accounts, password=PASSWORD).reason is Refusal.WRONG


# --- the file ---


def test_accounts_and_sessions_outlive_the_process(
    accounts: Accounts, path: Path, hasher: Hasher, clock: Clock
) -> None:
    session = entered(accounts).session
    refused(accounts)
    accounts.close()
    again = Accounts(path, hasher=hasher, clock=clock)
    assert [(one.name, one.failures) for one in again.all()] == [("an", 1), ("chi", 0)]
    assert again.session(session) is not None


def test_two_processes_may_start_at_once(path: Path, hasher: Hasher) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: Accounts(path, hasher=hasher), range(8)))
    assert len({one.key for one in made}) == 1
    made[0].add("an", PASSWORD, Role.ADMINISTRATOR)
    assert [one.name for one in made[-1].all()] == ["an"]


def test_a_damaged_file_and_a_newer_one_are_told(path: Path, hasher: Hasher) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(AccountsError, match="không dùng được tệp tài khoản"):
        Accounts(path, hasher=hasher)
    path.unlink()
    Accounts(path, hasher=hasher).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(AccountsError, match="phiên bản mới hơn"):
        Accounts(path, hasher=hasher)


def test_an_account_is_named_apart_from_users_of_the_shell() -> None:
    assert module.actor("an") == "web:an"
