"""Passwords: which are refused, and how they are kept, as Argon2id hashes."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache
from importlib.resources import files

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from hoidap.errors import AccountError
from hoidap.vietnamese.text import fold

# NIST SP 800-63B wants 8 at least and no rules of composition, which make people write them down;
# two more, since nothing but the password stands before the administration.
MIN_LENGTH = 10
# A sentence fits; megabytes to hash do not.
MAX_LENGTH = 256
# OWASP's first choice of equal ones (47104 KiB, one pass, one lane): 49 ms on one core of two. The
# 64 MiB and three passes of RFC 9106 take 150 ms, for which questions would wait.
_MEMORY_KIB = 47_104
_PASSES = 1
_LANES = 1


def _plain(password: str) -> str:
    """However it was typed: keyboards compose Vietnamese letters in different ways."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    # A terminal may give what is no text; it is refused as wrong, not with a traceback.
    return _plain(password)[: MAX_LENGTH + 1].encode("utf-8", "surrogatepass")


@cache
def _common() -> frozenset[str]:
    text = files("hoidap").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("# "))


def check_password(password: str, name: str) -> None:
    """Refuse what is guessed first as the password of the account ``name``. Raises `AccountError`.

    Case, diacritics and spaces make no difference to it.
    """
    plain = _plain(password)
    if not MIN_LENGTH <= len(plain) <= MAX_LENGTH:
        raise AccountError(
            f"mật khẩu có {len(plain)} ký tự, cần từ {MIN_LENGTH} đến {MAX_LENGTH};"
            " một câu dễ nhớ là đủ, không cần ký tự đặc biệt"
        )
    guess = "".join(fold(plain.casefold()).split())
    letters = "".join(char for char in guess if char.isalpha())
    if guess == name or letters == "".join(char for char in name if char.isalpha()):
        raise AccountError("mật khẩu không được là tên tài khoản; hãy chọn mật khẩu khác")
    if guess in _common() or len(set(guess)) < 2:
        raise AccountError("mật khẩu này nhiều người dùng, dễ đoán; hãy chọn mật khẩu khác")


class Hasher:
    """Hashes and verifies, one at a time: a rush of logins takes no more than one's memory."""

    def __init__(
        self, *, passes: int = _PASSES, memory_kib: int = _MEMORY_KIB, lanes: int = _LANES
    ) -> None:
        self._argon2 = argon2.PasswordHasher(passes, memory_kib, lanes)
        self._one = threading.Lock()
        self._nobodys = self.hash(secrets.token_hex())

    def hash(self, password: str) -> str:
        """What is kept of a password: salt, parameters and hash."""
        with self._one:
            return self._argon2.hash(_bytes(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether ``password`` is what ``kept`` was made from. None, of nobody, takes as long."""
        try:
            with self._one:
                self._argon2.verify(kept or self._nobodys, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def is_old(self, kept: str) -> bool:
        """Whether ``kept`` was made with other parameters than are used now."""
        return self._argon2.check_needs_rehash(kept)
