"""What was asked, what was thought of the answers and what administrators did, in SQLite.

Apart from the catalog, which can be made again from the reports while this cannot, and which is
never about persons. A person stands here under a keyed hash of their id: with the key, which lies
beside the journal, their own records can be found and erased; without it no one can be told.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hoidap.documents import Answer, Status
from hoidap.errors import JournalError
from hoidap.private_store import Connection, PrivateStore, stamp
from hoidap.vietnamese.text import fold

# Numbered, in order, each run once. Never change one that was released: add another.
_MIGRATIONS = (
    """
    CREATE TABLE questions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        person BLOB NOT NULL,
        update_id INTEGER NOT NULL,
        text TEXT NOT NULL,
        language TEXT NOT NULL,
        status TEXT NOT NULL,
        report_id TEXT
    );
    CREATE INDEX questions_by_person ON questions (person, id);
    CREATE INDEX questions_by_time ON questions (at);
    CREATE TABLE feedback (
        question_id INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
        person BLOB NOT NULL,
        helpful INTEGER NOT NULL,
        PRIMARY KEY (question_id, person)
    ) WITHOUT ROWID;
    CREATE INDEX feedback_by_person ON feedback (person);
    CREATE TABLE preferences (
        person BLOB PRIMARY KEY,
        language TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        person BLOB NOT NULL,
        action TEXT NOT NULL,
        detail TEXT NOT NULL
    );
    """,
    # The operating system's name of who acted from the shell; no personal data of a citizen.
    """
    ALTER TABLE audit ADD COLUMN name TEXT;
    """,
    # The bot that was asked: each counts its updates. 0 is the page, or an entry of before.
    """
    ALTER TABLE questions ADD COLUMN bot INTEGER NOT NULL DEFAULT 0;
    """,
)
SCHEMA_VERSION = len(_MIGRATIONS)
_HASH_BYTES = 16

_NUMBER_RE = re.compile(r"(?<!\w)(?<!\d[./])\+?\d+(?:([ .\-])\d+(?:\1\d+)*)?(?!\w)")
# Digits. Nine are an old identity card, ten or eleven a telephone, twelve a citizen's card.
_PERSONAL = range(9, 13)
MASK = "•••"


def mask_personal(text: str) -> str:
    """``text`` with identity and telephone numbers masked.

    Both begin with 0 or a country code; so do no sums of money. An old identity card's nine digits
    are known by being written without full stops.
    """

    def masked(match: re.Match[str]) -> str:
        number = match.group()
        digits = sum(char.isdigit() for char in number)
        first = number.lstrip("+")
        begins = number != first or first.startswith(("0", "84"))
        personal = digits in _PERSONAL and (begins or (digits in (9, 12) and number.isdigit()))
        return MASK if personal else number

    return _NUMBER_RE.sub(masked, text)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the journal, personal numbers masked; ``at`` in UTC.

    ``report_id`` is the report quoted first, None where nothing was found. ``helpful`` and
    ``unhelpful`` count the readers who said so.
    """

    id: int
    at: datetime
    text: str
    status: Status
    report_id: str | None
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Action:
    """What an administrator did, ``at`` in UTC.

    ``person`` as `Journal.person` gives it; who acted from the shell has a ``name`` instead.
    """

    at: datetime
    person: bytes
    action: str
    detail: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions of each status were asked, and what was thought of the answers."""

    quoted: int
    partial: int
    not_found: int
    helpful: int
    unhelpful: int


class Journal:
    """The journal, opened for reading and writing. Safe for use by several threads."""

    def __init__(self, path: Path, *, keep_days: int) -> None:
        """Open or create the journal; what is older than ``keep_days`` is erased now and daily.

        Raises `JournalError`.
        """
        self._keep = timedelta(days=keep_days)
        self._erased_on = datetime.min.replace(tzinfo=UTC)
        self._store = PrivateStore(path, _MIGRATIONS, label="nhật ký", error=JournalError)
        self._reading = self._store.reading
        with self._reading() as connection:
            connection.create_function(
                "bare", 1, lambda text: fold(text.casefold()), deterministic=True
            )
        with self._writing():
            pass

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction; the first one of a day erases what has been kept long enough."""
        with self._store.writing() as connection:
            now = datetime.now(UTC)
            # A clock that was ahead and has been set back must not keep it from being done.
            if not timedelta(0) <= now - self._erased_on < timedelta(days=1):
                for table in ("questions", "audit"):
                    connection.execute(
                        f"DELETE FROM {table} WHERE at < ?", (stamp(now - self._keep),)
                    )
                self._erased_on = now
            yield connection

    def close(self) -> None:
        """Close the journal."""
        self._store.close()

    def person(self, user_id: int) -> bytes:
        """The keyed hash under which a user stands here."""
        return hashlib.blake2b(
            str(user_id).encode(), key=self._store.key, digest_size=_HASH_BYTES
        ).digest()

    def record(self, user_id: int, update_id: int, answer: Answer, *, bot: int = 0) -> int:
        """Write a question down with its answer's status; the question's number.

        ``update_id`` is the number that Telegram gave it, among those of the ``bot`` of this id.
        """
        with self._writing() as connection:
            row = connection.execute(
                "INSERT INTO questions (at, person, bot, update_id, text, language, status,"
                " report_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    stamp(datetime.now(UTC)),
                    self.person(user_id),
                    bot,
                    update_id,
                    mask_personal(answer.question),
                    answer.language,
                    answer.status.value,
                    answer.quotes[0].citation.report_id if answer.quotes else None,
                ),
            ).lastrowid
        assert row is not None  # an INSERT has one
        return row

    def question(self, number: int) -> Asked | None:
        """A question by its number; None where it was erased."""
        found = self._questions("WHERE q.id = ?", (number,))
        return found[0] if found else None

    def last_question(self, user_id: int, since: datetime) -> Asked | None:
        """The last question of a user, if it was asked ``since``."""
        found = self._questions(
            "WHERE q.person = ? AND q.at >= ? ORDER BY q.id DESC LIMIT 1",
            (self.person(user_id), stamp(since)),
        )
        return found[0] if found else None

    def questions_before(self, asked: Asked, since: datetime, limit: int) -> list[Asked]:
        """What was asked ``since`` by whoever asked ``asked``, before that; newest first."""
        return self._questions(
            "WHERE q.person = (SELECT person FROM questions WHERE id = ?) AND q.id < ?"
            " AND q.at >= ? ORDER BY q.id DESC LIMIT ?",
            (asked.id, asked.id, stamp(since), limit),
        )

    def unanswered(self, limit: int, first: int = 0) -> list[Asked]:
        """The last questions that got no full answer or one called unhelpful, newest first.

        ``limit`` of them, from number ``first`` (0 is the newest) on.
        """
        return self._questions(
            "WHERE q.status <> 'quoted' OR EXISTS (SELECT 1 FROM feedback f"
            " WHERE f.question_id = q.id AND NOT f.helpful) ORDER BY q.id DESC LIMIT ?, ?",
            (first, limit),
        )

    def rated(self, limit: int, first: int = 0) -> list[Asked]:
        """The last questions whose answers readers found helpful or unhelpful, newest first."""
        return self._questions(
            "WHERE q.id IN (SELECT question_id FROM feedback) ORDER BY q.id DESC LIMIT ?, ?",
            (first, limit),
        )

    def _questions(self, condition: str, values: tuple[object, ...]) -> list[Asked]:
        count = "(SELECT count(*) FROM feedback f WHERE f.question_id = q.id AND f.helpful = {})"
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT q.*, {count.format(1)} AS good, {count.format(0)} AS bad"
                f" FROM questions q {condition}",
                values,
            ).fetchall()
        return [
            Asked(
                id=row["id"],
                at=datetime.fromisoformat(row["at"]),
                text=row["text"],
                status=Status(row["status"]),
                report_id=row["report_id"],
                helpful=row["good"],
                unhelpful=row["bad"],
            )
            for row in rows
        ]

    def recent_updates(self, bot: int, since: datetime) -> list[int]:
        """The updates of a bot whose questions were answered ``since``, in order."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT update_id FROM questions WHERE at >= ? AND bot IN (?, 0) ORDER BY id",
                (stamp(since), bot),
            ).fetchall()
        return [row["update_id"] for row in rows]

    def rate(self, user_id: int, question: int, *, helpful: bool) -> bool:
        """Write down what a user thinks of an answer; False where the question was erased."""
        with self._writing() as connection:
            changed = connection.execute(
                "INSERT INTO feedback SELECT id, ?, ? FROM questions WHERE id = ?"
                " ON CONFLICT DO UPDATE SET helpful = excluded.helpful",
                (self.person(user_id), helpful, question),
            ).rowcount
        return changed > 0

    def language(self, user_id: int) -> str | None:
        """The language a user chose; None where they never did."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT language FROM preferences WHERE person = ?", (self.person(user_id),)
            ).fetchone()
        return row["language"] if row is not None else None

    def choose_language(self, user_id: int, language: str | None) -> None:
        """Remember a user's language; None goes back to that of each question."""
        with self._writing() as connection:
            if language is None:
                connection.execute(
                    "DELETE FROM preferences WHERE person = ?", (self.person(user_id),)
                )
            else:
                connection.execute(
                    "INSERT OR REPLACE INTO preferences VALUES (?, ?)",
                    (self.person(user_id), language),
                )

    def erase(self, user_id: int) -> int:
        """Erase a user's questions, feedback and language; how many questions there were."""
        person = self.person(user_id)
        with self._writing() as connection:
            questions = connection.execute(
                "DELETE FROM questions WHERE person = ?", (person,)
            ).rowcount
            for table in ("feedback", "preferences"):
                connection.execute(f"DELETE FROM {table} WHERE person = ?", (person,))
        with self._reading() as connection:
            # Else the erased pages would stay readable in the write-ahead log.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return questions

    def note(self, who: int | str, action: str, detail: str = "") -> None:
        """Write down what an administrator did: a Telegram user's id, or the name of a shell's."""
        person, name = (self.person(who), None) if isinstance(who, int) else (b"", who)
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO audit (at, person, action, detail, name) VALUES (?, ?, ?, ?, ?)",
                (stamp(datetime.now(UTC)), person, _text(action), _text(detail), name),
            )

    def actions(self, limit: int, first: int = 0, *, about: str = "") -> list[Action]:
        """What administrators did last, newest first: ``limit`` of them, from ``first`` on.

        With ``about`` only those in whose words or name it stands, whatever case and diacritics.
        """
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT * FROM audit WHERE instr("
                "bare(action || ' ' || detail || ' ' || ifnull(name, '')), bare(?))"
                " ORDER BY id DESC LIMIT ?, ?",
                (_text(about), first, limit),
            ).fetchall()
        return [
            Action(
                datetime.fromisoformat(row["at"]),
                row["person"],
                row["action"],
                row["detail"],
                row["name"],
            )
            for row in rows
        ]

    def counts(self, since: datetime) -> Counts:
        """How questions asked ``since`` were answered."""
        with self._reading() as connection:
            statuses = {
                row["status"]: row["n"]
                for row in connection.execute(
                    "SELECT status, count(*) AS n FROM questions WHERE at >= ? GROUP BY status",
                    (stamp(since),),
                )
            }
            opinions = {
                row["helpful"]: row["n"]
                for row in connection.execute(
                    "SELECT f.helpful, count(*) AS n FROM feedback f"
                    " JOIN questions q ON q.id = f.question_id WHERE q.at >= ? GROUP BY f.helpful",
                    (stamp(since),),
                )
            }
        return Counts(
            quoted=statuses.get(Status.QUOTED.value, 0),
            partial=statuses.get(Status.PARTIAL.value, 0),
            not_found=statuses.get(Status.NOT_FOUND.value, 0),
            helpful=opinions.get(1, 0),
            unhelpful=opinions.get(0, 0),
        )


def _text(told: str) -> str:
    """A name of a file or an argument of a shell may be no text."""
    return told.encode("utf-8", "replace").decode()
