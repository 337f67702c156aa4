"""Vectors kept on the disk: never made twice, never wrong, whatever happens to the files."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from hoidap import vector_cache
from hoidap.encoder import Encoder
from hoidap.token_table import Vectors
from hoidap.vector_cache import SLOW_STEP, CachedEncoder, cached, prune_vectors
from tests.fakes import HashEncoder

TEXTS = [f"Báo cáo số {number} của xã" for number in range(SLOW_STEP + 6)]


class FailingEncoder(HashEncoder):
    """Fails with the second batch."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if self.encoded:
            raise RuntimeError("hết bộ nhớ")
        return super().encode_passages(texts)


def shards(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.npz"))


def encode(folder: Path, texts: Sequence[str], name: str = "hash") -> int:
    """Encode through the cache, compare with the plain vectors; how many had to be made."""
    encoder = HashEncoder(name)
    vectors = CachedEncoder(encoder, folder).encode_passages(texts)
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors, HashEncoder().encode_passages(texts))
    return encoder.encoded


def test_a_text_is_encoded_once_by_each_encoder(tmp_path: Path) -> None:
    assert encode(tmp_path, [*TEXTS, *TEXTS]) == len(TEXTS)
    assert encode(tmp_path, TEXTS[::-1]) == 0
    assert encode(tmp_path, ["Báo cáo mới", *TEXTS]) == 1
    assert encode(tmp_path, TEXTS, "hash/2") == len(TEXTS)
    assert encode(tmp_path, TEXTS, "hash-2") == len(TEXTS)
    assert encode(tmp_path, TEXTS, "hash/2") == 0


def test_no_text_has_no_vector(tmp_path: Path) -> None:
    assert CachedEncoder(HashEncoder(), tmp_path).encode_passages([]).shape == (0, 32)


def test_what_was_done_before_a_failure_is_kept(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="hết bộ nhớ"):
        CachedEncoder(FailingEncoder(), tmp_path).encode_passages(TEXTS)
    assert encode(tmp_path, TEXTS) == len(TEXTS) - SLOW_STEP


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    # Inside the vectors, which take most of the file.
    data[len(data) * 2 // 3] ^= 1
    path.write_bytes(data)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _of_another_dimension(path: Path) -> None:
    with np.load(path) as arrays:
        digests, vectors = arrays["digests"], arrays["vectors"]
    np.savez(path, digests=digests, vectors=vectors[:, :5])


def _of_another_kind(path: Path) -> None:
    np.savez(path, other=np.zeros(3))


@pytest.mark.parametrize(
    "damage", [_truncate, _flip, _empty, _of_another_dimension, _of_another_kind]
)
def test_a_damaged_file_is_dropped_and_its_texts_encoded_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: object
) -> None:
    encode(tmp_path, TEXTS)
    first, second = shards(tmp_path)
    assert callable(damage)
    damage(first)
    with caplog.at_level(logging.WARNING):
        assert encode(tmp_path, TEXTS) == SLOW_STEP
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert str(first) in caplog.text
    assert not first.exists()
    assert second.exists()
    assert encode(tmp_path, TEXTS) == 0


def test_a_file_of_a_killed_writer_is_no_vector_and_goes(tmp_path: Path) -> None:
    encode(tmp_path, TEXTS[:1])
    (left,) = shards(tmp_path)
    left.rename(left.with_suffix(".tmp"))
    assert encode(tmp_path, TEXTS[:1]) == 1
    prune_vectors(tmp_path, TEXTS)
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".npz"]


def test_two_writers_at_once_do_not_harm_each_other(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: encode(tmp_path, TEXTS), range(4)))
    assert encode(tmp_path, TEXTS) == 0
    prune_vectors(tmp_path, TEXTS)
    assert encode(tmp_path, TEXTS) == 0
    with np.load(shards(tmp_path)[0]) as arrays:
        assert len(arrays["digests"]) == len(TEXTS)


def test_pruning_keeps_what_is_held_of_every_encoder(tmp_path: Path) -> None:
    encode(tmp_path, TEXTS)
    encode(tmp_path, TEXTS[:2], "hash-2")
    prune_vectors(tmp_path, TEXTS[1:])
    assert encode(tmp_path, TEXTS[1:]) == 0
    assert encode(tmp_path, TEXTS[:2], "hash-2") == 1
    assert encode(tmp_path, TEXTS[:1]) == 1
    prune_vectors(tmp_path, [])
    assert list(tmp_path.iterdir()) == []
    prune_vectors(tmp_path / "none", TEXTS)


def test_small_files_are_packed_and_full_ones_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_cache, "_PACKED", 8)
    for text in TEXTS[:11]:
        encode(tmp_path, [text])
    prune_vectors(tmp_path, TEXTS)
    first, rest = shards(tmp_path)
    before = first.stat().st_mtime_ns, rest.stat().st_mtime_ns
    prune_vectors(tmp_path, TEXTS)
    assert (first.stat().st_mtime_ns, rest.stat().st_mtime_ns) == before
    assert shards(tmp_path) == [first, rest]
    assert encode(tmp_path, TEXTS[:11]) == 0


def test_more_files_than_are_held_open_are_read(tmp_path: Path) -> None:
    for text in TEXTS[:10]:
        encode(tmp_path, [text])
    assert encode(tmp_path, TEXTS[:10]) == 0


def test_the_shipped_encoder_is_faster_than_a_file(tmp_path: Path, encoder: Encoder) -> None:
    assert cached(encoder, tmp_path) is encoder
