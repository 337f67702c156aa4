"""Which passwords are refused, and what is kept of the others."""

from __future__ import annotations

import unicodedata

import pytest

from hoidap.errors import AccountError
from hoidap.passwords import MAX_LENGTH, Hasher, check_password


@pytest.fixture(scope="module")
def hasher() -> Hasher:
    return Hasher(passes=1, memory_kib=64)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "0 ký tự, cần từ 10"),
        ("ngắn quá!", "9 ký tự, cần từ 10"),
        ("x" * (MAX_LENGTH + 1), "257 ký tự"),
        ("matkhau123", "nhiều người dùng"),
        ("Mật Khẩu 123", "nhiều người dùng"),
        ("QWERTYUIOP", "nhiều người dùng"),
        ("1234567890", "nhiều người dùng"),
        ("          ", "nhiều người dùng"),
        ("ффффффффффф", "nhiều người dùng"),
        ("nguyen.van.an", "là tên tài khoản"),
        ("Nguyễn Văn An 2024!", "là tên tài khoản"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, reason: str) -> None:
    with pytest.raises(AccountError, match=reason):
        check_password(password, "nguyen.van.an")


@pytest.mark.parametrize(
    "password", ["con trâu đi cày", "aaaaaaaaab", "trạm bơm Gò Tháp", "8f!kQz0-pl", "x" * 255 + "y"]
)
def test_there_are_no_rules_of_composition(password: str) -> None:
    check_password(password, "nguyen.van.an")


def test_only_the_password_itself_is_verified(hasher: Hasher) -> None:
    kept = hasher.hash("con trâu đi cày")
    assert kept.startswith("$argon2id$")
    assert "trâu" not in kept
    assert hasher.hash("con trâu đi cày") != kept
    assert hasher.verify(kept, "con trâu đi cày")
    for wrong in ("con trâu đi cầy", "con trâu đi cày ", "", "x" * 10_000):
        assert not hasher.verify(kept, wrong)
    assert not hasher.verify("no hash at all", "con trâu đi cày")


def test_letters_composed_otherwise_are_the_same_password(hasher: Hasher) -> None:
    kept = hasher.hash(unicodedata.normalize("NFC", "trạm bơm Gò Tháp"))
    assert hasher.verify(kept, unicodedata.normalize("NFD", "trạm bơm Gò Tháp"))


def test_a_longer_password_is_not_taken_for_its_beginning(hasher: Hasher) -> None:
    kept = hasher.hash("y" * MAX_LENGTH)
    assert hasher.verify(kept, "y" * MAX_LENGTH)
    assert not hasher.verify(kept, "y" * (MAX_LENGTH + 1))


def test_nobody_has_no_password(hasher: Hasher) -> None:
    assert not hasher.verify(None, "")
    assert not hasher.verify(None, "con trâu đi cày")


def test_what_is_no_text_is_a_wrong_password(hasher: Hasher) -> None:
    assert not hasher.verify(hasher.hash("con trâu đi cày"), "con tr\udcff")


def test_hashes_of_other_parameters_are_old(hasher: Hasher) -> None:
    kept = hasher.hash("con trâu đi cày")
    assert not hasher.is_old(kept)
    assert Hasher(passes=2, memory_kib=64).is_old(kept)
    assert Hasher(passes=2, memory_kib=64).verify(kept, "con trâu đi cày")


def test_the_parameters_are_those_that_owasp_names() -> None:
    assert "$m=47104,t=1,p=1$" in Hasher().hash("con trâu đi cày")
