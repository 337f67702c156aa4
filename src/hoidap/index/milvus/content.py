"""What a question needs of a passage beside its vectors, packed into one field of text."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from hoidap.errors import IndexDamagedError
from hoidap.index.prepared import Prepared
from hoidap.token_table import PassageTokens
from hoidap.vietnamese.syllables import Syllables

# Numbers of tokens, of syllables of the passage's own, bytes of what it stands under.
_HEAD = struct.Struct("<III")
# Most of what can be won, at a tenth of the time.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Content:
    """A passage's tokens, the syllables of what it stands under, and its own."""

    tokens: PassageTokens
    over: Syllables
    own: Syllables

    @classmethod
    def of(cls, batch: Prepared) -> list[Content]:
        """The contents of passages."""
        bounds = np.cumsum(batch.token_counts)[:-1]
        rows = np.split(batch.token_rows, bounds)
        places = np.split(batch.token_starts, bounds)
        starts = np.split(batch.starts, np.cumsum(batch.start_counts)[:-1])
        return [
            cls(
                PassageTokens(rows[at], places[at]),
                Syllables(batch.over[at].decode()),
                Syllables(batch.rows[at].decode(), starts[at].tolist()),
            )
            for at in range(len(batch.ids))
        ]

    def pack(self) -> str:
        """The content as text."""
        over, own = self.over.row.encode(), self.own.row.encode()
        parts = (
            _HEAD.pack(len(self.tokens.rows), len(self.own.starts), len(over)),
            self.tokens.rows.astype("<u2").tobytes(),
            self.tokens.starts.astype("<u2").tobytes(),
            np.array(self.own.starts, "<u2").tobytes(),
            over,
            own,
        )
        return base64.b85encode(zlib.compress(b"".join(parts), _LEVEL)).decode("ascii")

    @classmethod
    def unpack(cls, text: str) -> Content:
        """What `pack` packed. Raises `IndexDamagedError`."""
        try:
            data = zlib.decompress(base64.b85decode(text))
            tokens, syllables, over = _HEAD.unpack_from(data)
            numbers = np.frombuffer(data, "<u2", 2 * tokens + syllables, _HEAD.size)
            rest = data[_HEAD.size + 2 * len(numbers) :]
            return cls(
                PassageTokens(numbers[:tokens], numbers[tokens : 2 * tokens]),
                Syllables(rest[:over].decode()),
                Syllables(rest[over:].decode(), numbers[2 * tokens :].tolist()),
            )
        except (ValueError, zlib.error, struct.error) as error:
            raise IndexDamagedError(f"một đoạn trong chỉ mục Milvus bị hỏng: {error}") from error
