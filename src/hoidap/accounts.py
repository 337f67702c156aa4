"""Accounts of those who log in to the page, and their sessions, in SQLite.

Apart from catalog and journal. Passwords stand here as Argon2id hashes, sessions as SHA-256 of what
the browser holds, names and addresses of failed logins as keyed hashes: whoever steals the file can
neither log in nor read what was typed into the wrong field.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from hoidap.errors import AccountError, AccountsError
from hoidap.passwords import Hasher, check_password
from hoidap.private_store import Connection, PrivateStore, Row, stamp

# Numbered, in order, each run once. Never change one that was released: add another.
_MIGRATIONS = (
    """
    CREATE TABLE accounts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        hash TEXT NOT NULL,
        role TEXT NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0,
        temporary INTEGER NOT NULL,
        created TEXT NOT NULL,
        last_login TEXT
    );
    CREATE TABLE sessions (
        digest BLOB PRIMARY KEY,
        account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        created TEXT NOT NULL,
        seen TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX sessions_by_account ON sessions (account_id);
    CREATE TABLE failures (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name BLOB NOT NULL,
        address BLOB NOT NULL,
        at TEXT NOT NULL
    );
    CREATE INDEX failures_by_name ON failures (name, at);
    CREATE INDEX failures_by_address ON failures (address, at);
    """,
)
SCHEMA_VERSION = len(_MIGRATIONS)
# Letters that every keyboard has, and none that looks like another one.
_NAME_RE = re.compile(r"[a-z][a-z0-9._-]{1,31}")
# OWASP: a few tries, then a wait that makes guessing hopeless, and no lock that others can make
# last. At five in a quarter of an hour the 560 common passwords alone would take 28 hours.
_LOCKED_FOR = timedelta(minutes=15)
_FAILURES_OF_NAME = 5
# An office stands behind one address.
_FAILURES_OF_ADDRESS = 30
# A morning's work with a break; a working day.
IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
# A session is written to at most so often.
_TOUCH = timedelta(minutes=1)
_SESSION_BYTES = 32
# An IPv6 network gives a house or an office all its lower half.
_IPV6_PREFIX = 64


class Role(StrEnum):
    """What an account may do, each also what the ones before it may."""

    READER = "reader"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    def covers(self, other: Role) -> bool:
        """Whether who has this role may do what ``other`` may."""
        roles = list(Role)
        return roles.index(self) >= roles.index(other)


class Refusal(StrEnum):
    """Why a login was refused."""

    WRONG = "wrong"
    DISABLED = "disabled"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Account:
    """An account; times in UTC.

    ``temporary``: its password was given by somebody else and is to be changed at login.
    ``failures`` are the failed logins of the last quarter of an hour; ``locked_until`` is None
    where they are few.
    """

    name: str
    role: Role
    disabled: bool
    temporary: bool
    created: datetime
    last_login: datetime | None
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A login that succeeded; ``session`` is the secret that the browser keeps."""

    account: Account
    session: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A login that did not. ``known``: there is an account of this name; never told to who asks.

    ``until`` (UTC) is when it can be tried again, None where it can at once.
    """

    reason: Refusal
    known: bool
    until: datetime | None = None


def actor(name: str) -> str:
    """An account as journal and catalog name it."""
    return f"web:{name}"


def _now() -> datetime:
    return datetime.now(UTC)


class Accounts:
    """The accounts, opened for reading and writing. Safe for use by several threads."""

    def __init__(
        self, path: Path, *, hasher: Hasher | None = None, clock: Callable[[], datetime] = _now
    ) -> None:
        """Open or create the file. Raises `AccountsError`."""
        self._store = PrivateStore(path, _MIGRATIONS, label="tệp tài khoản", error=AccountsError)
        self._hasher = hasher if hasher is not None else Hasher()
        self._clock = clock

    @property
    def key(self) -> bytes:
        """32 secret bytes, for what the page signs."""
        return self._store.key

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    # --- accounts ---

    def all(self) -> list[Account]:
        """Every account, by name."""
        with self._store.reading() as connection:
            rows = connection.execute("SELECT * FROM accounts ORDER BY name").fetchall()
            return [self._account(connection, row) for row in rows]

    def account(self, name: str) -> Account | None:
        """The account of this name; None where there is none."""
        with self._store.reading() as connection:
            row = _find(connection, name)
            return self._account(connection, row) if row is not None else None

    def _account(self, connection: Connection, row: Row) -> Account:
        failures, until = self._failures(connection, "name", row["name"])
        last = row["last_login"]
        return Account(
            name=row["name"],
            role=Role(row["role"]),
            disabled=bool(row["disabled"]),
            temporary=bool(row["temporary"]),
            created=datetime.fromisoformat(row["created"]),
            last_login=datetime.fromisoformat(last) if last is not None else None,
            failures=failures,
            locked_until=until,
        )

    def add(self, name: str, password: str, role: Role, *, temporary: bool = False) -> None:
        """Make an account. Raises `AccountError` where name or password will not do."""
        name = _folded(name)
        if _NAME_RE.fullmatch(name) is None:
            raise AccountError(
                "tên tài khoản cần 2 đến 32 ký tự: chữ cái không dấu a–z, chữ số, dấu . _ -,"
                " bắt đầu bằng chữ cái"
            )
        check_password(password, name)
        kept = self._hasher.hash(password)
        with self._store.writing() as connection:
            if _find(connection, name) is not None:
                raise AccountError(f"đã có tài khoản {name}; hãy chọn tên khác")
            connection.execute(
                "INSERT INTO accounts (name, hash, role, temporary, created)"
                " VALUES (?, ?, ?, ?, ?)",
                (name, kept, role.value, temporary, stamp(self._clock())),
            )
            self._forget(connection, name)

    def set_password(self, name: str, password: str, *, temporary: bool = False) -> None:
        """Give an account another password and end its sessions. Raises `AccountError`."""
        name = _folded(name)
        check_password(password, name)
        kept = self._hasher.hash(password)
        with self._store.writing() as connection:
            row = _existing(connection, name)
            connection.execute(
                "UPDATE accounts SET hash = ?, temporary = ? WHERE id = ?",
                (kept, temporary, row["id"]),
            )
            _end_sessions(connection, row["id"])
            self._forget(connection, name)

    def set_role(self, name: str, role: Role) -> None:
        """Give an account another role and end its sessions. Raises `AccountError`."""
        with self._store.writing() as connection:
            row = _existing(connection, name)
            if role is not Role.ADMINISTRATOR:
                _keep_an_administrator(connection, row)
            connection.execute("UPDATE accounts SET role = ? WHERE id = ?", (role.value, row["id"]))
            _end_sessions(connection, row["id"])

    def set_disabled(self, name: str, disabled: bool) -> None:
        """Let nobody log in with an account, or let them again. Raises `AccountError`."""
        with self._store.writing() as connection:
            row = _existing(connection, name)
            if disabled:
                _keep_an_administrator(connection, row)
            connection.execute(
                "UPDATE accounts SET disabled = ? WHERE id = ?", (disabled, row["id"])
            )
            _end_sessions(connection, row["id"])

    def unlock(self, name: str) -> None:
        """Forget an account's failed logins. Raises `AccountError`."""
        with self._store.writing() as connection:
            self._forget(connection, _existing(connection, name)["name"])

    def remove(self, name: str) -> None:
        """Remove an account with its sessions. Raises `AccountError`."""
        with self._store.writing() as connection:
            row = _existing(connection, name)
            _keep_an_administrator(connection, row)
            connection.execute("DELETE FROM accounts WHERE id = ?", (row["id"],))

    # --- logging in ---

    def log_in(self, name: str, password: str, address: str) -> LoggedIn | Refused:
        """Begin a session, if the password is right and neither name nor ``address`` is locked.

        It takes as long and says the same whether there is an account of this name or not.
        """
        name = _folded(name)
        attempt = self._attempt(name, address)
        if isinstance(attempt, Refused):
            return attempt
        with self._store.reading() as connection:
            row = _find(connection, name)
        right = self._hasher.verify(row["hash"] if row is not None else None, password)
        if row is None or not right:
            return Refused(Refusal.WRONG, known=row is not None)
        if row["disabled"]:
            return Refused(Refusal.DISABLED, known=True)
        kept = self._hasher.hash(password) if self._hasher.is_old(row["hash"]) else row["hash"]
        session = secrets.token_urlsafe(_SESSION_BYTES)
        now = self._clock()
        with self._store.writing() as connection:
            # Unless it was changed or disabled since it was read.
            changed = connection.execute(
                "UPDATE accounts SET hash = ?, last_login = ?"
                " WHERE id = ? AND hash = ? AND NOT disabled",
                (kept, stamp(now), row["id"], row["hash"]),
            ).rowcount
            if changed == 0:
                return Refused(Refusal.WRONG, known=True)
            connection.execute("DELETE FROM failures WHERE id = ?", (attempt,))
            self._forget(connection, name)
            connection.execute(
                "DELETE FROM sessions WHERE seen < ? OR created < ? OR seen > ?",
                (stamp(now - IDLE), stamp(now - ABSOLUTE), stamp(now + IDLE)),
            )
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?)",
                (_digest(session), row["id"], stamp(now), stamp(now)),
            )
            account = self._account(connection, _existing(connection, name))
        return LoggedIn(account, session)

    def change_password(self, name: str, current: str, new: str, address: str) -> Refused | None:
        """Change an own password, which ends all its sessions; None where that was done.

        Raises `AccountError` where the new one will not do.
        """
        name = _folded(name)
        check_password(new, name)
        if new == current:
            raise AccountError("mật khẩu mới phải khác mật khẩu cũ")
        attempt = self._attempt(name, address)
        if isinstance(attempt, Refused):
            return attempt
        with self._store.reading() as connection:
            row = _existing(connection, name)
        if not self._hasher.verify(row["hash"], current):
            return Refused(Refusal.WRONG, known=True)
        self.set_password(name, new)
        with self._store.writing() as connection:
            connection.execute("DELETE FROM failures WHERE id = ?", (attempt,))
        return None

    def _attempt(self, name: str, address: str) -> int | Refused:
        """Count a try as failed before it is made, so that many at once are no way around."""
        now = self._clock()
        with self._store.writing() as connection:
            # A clock that was ahead and has been set back must not lock for longer.
            connection.execute(
                "DELETE FROM failures WHERE at < ? OR at > ?",
                (stamp(now - _LOCKED_FOR), stamp(now + _LOCKED_FOR)),
            )
            places = {
                self._failures(connection, "name", name)[1],
                self._failures(connection, "address", _network(address))[1],
            }
            until = max((place for place in places if place is not None), default=None)
            if until is not None:
                known = _find(connection, name) is not None
                return Refused(Refusal.LOCKED, known=known, until=until)
            number = connection.execute(
                "INSERT INTO failures (name, address, at) VALUES (?, ?, ?)",
                (self._keyed(name), self._keyed(_network(address)), stamp(now)),
            ).lastrowid
        assert number is not None  # an INSERT has one
        return number

    def _failures(
        self, connection: Connection, column: str, value: str
    ) -> tuple[int, datetime | None]:
        """How often ``value`` failed of late, and until when that locks it."""
        most = _FAILURES_OF_NAME if column == "name" else _FAILURES_OF_ADDRESS
        now = self._clock()
        ats = [
            datetime.fromisoformat(row["at"])
            for row in connection.execute(
                f"SELECT at FROM failures WHERE {column} = ? AND at BETWEEN ? AND ?"
                " ORDER BY id DESC",
                (self._keyed(value), stamp(now - _LOCKED_FOR), stamp(now + _LOCKED_FOR)),
            )
        ]
        return len(ats), ats[0] + _LOCKED_FOR if len(ats) >= most else None

    def _forget(self, connection: Connection, name: str) -> None:
        """Whoever has the account can log in; what its address tried otherwise stays counted."""
        connection.execute("UPDATE failures SET name = x'' WHERE name = ?", (self._keyed(name),))

    def _keyed(self, value: str) -> bytes:
        return hashlib.blake2b(value.encode(), key=self.key, digest_size=16).digest()

    # --- sessions ---

    def session(self, session: str) -> Account | None:
        """Whose session it is; None where it has ended or never was. Counts as being used."""
        now = self._clock()
        digest = _digest(session)
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT a.*, s.seen FROM sessions s JOIN accounts a ON a.id = s.account_id"
                " WHERE s.digest = ? AND s.seen >= ? AND s.created >= ? AND s.seen <= ?"
                " AND NOT a.disabled",
                # Nor does one go on for as long as the clock was ahead when it began.
                (digest, stamp(now - IDLE), stamp(now - ABSOLUTE), stamp(now + IDLE)),
            ).fetchone()
            if row is None:
                return None
            account = self._account(connection, row)
        if now - datetime.fromisoformat(row["seen"]) >= _TOUCH:
            with self._store.writing() as connection:
                connection.execute(
                    "UPDATE sessions SET seen = ? WHERE digest = ?", (stamp(now), digest)
                )
        return account

    def log_out(self, session: str) -> None:
        """End a session."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (_digest(session),))

    def log_out_everywhere(self, name: str) -> None:
        """End every session of an account. Raises `AccountError`."""
        with self._store.writing() as connection:
            _end_sessions(connection, _existing(connection, name)["id"])


def _folded(name: str) -> str:
    # A shell may give what is no text.
    return name.strip().lower().encode("utf-8", "replace").decode()


def _digest(session: str) -> bytes:
    return hashlib.sha256(session.encode()).digest()


def _network(address: str) -> str:
    """What counts as one place: an IPv4 address, the network of an IPv6 one, else the text."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(parsed), _IPV6_PREFIX), strict=False))
    return str(parsed)


def _find(connection: Connection, name: str) -> Row | None:
    row: Row | None = connection.execute(
        "SELECT * FROM accounts WHERE name = ?", (_folded(name),)
    ).fetchone()
    return row


def _existing(connection: Connection, name: str) -> Row:
    row = _find(connection, name)
    if row is None:
        raise AccountError(f"không có tài khoản {_folded(name)}")
    return row


def _end_sessions(connection: Connection, account_id: int) -> None:
    connection.execute("DELETE FROM sessions WHERE account_id = ?", (account_id,))


def _keep_an_administrator(connection: Connection, row: Row) -> None:
    """Refuse to take away the one who could give it back."""
    others = connection.execute(
        "SELECT count(*) FROM accounts WHERE role = ? AND NOT disabled AND id <> ?",
        (Role.ADMINISTRATOR.value, row["id"]),
    ).fetchone()[0]
    if row["role"] == Role.ADMINISTRATOR.value and not row["disabled"] and others == 0:
        raise AccountError(
            f"{row['name']} là quản trị viên cuối cùng; hãy thêm một quản trị viên khác trước"
        )
