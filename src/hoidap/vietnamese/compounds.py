"""Words of a question that the list of words would cut: "1 kg", "héc ta", "phó chủ tịch"."""

from __future__ import annotations

import re

from hoidap.vietnamese.text import fold

# They have other forms in synonyms.tsv, and say something only whole.
_WHOLE = ("héc ta", "ki lô gam", "ki lô mét", "cúp nước", "cắt nước", "cúp điện", "cắt điện")
# The deputy's office is one: "Phó Bí thư Huyện ủy, Chủ tịch UBND" is no Phó Chủ tịch.
_DEPUTIES = tuple(
    f"phó {office}"
    for office in ("chủ tịch", "bí thư", "giám đốc", "trưởng phòng", "trưởng ban", "trưởng công an",
                   "chánh văn phòng", "chánh án", "viện trưởng", "hiệu trưởng", "chỉ huy trưởng")
)  # fmt: skip
_WHOLE_RE = re.compile(
    "|".join(
        rf"(?<!\w){spelled.replace(' ', '[ -]')}(?!\w)"
        for word in (*_WHOLE, *_DEPUTIES)
        for spelled in (word, fold(word))
    ),
    re.IGNORECASE,
)
# "giá lúa 1 kg": what a price is for, and no number that the answer has to name.
_PRICE_RE = re.compile(
    r"(?i)(?<!\w)(?:giá|gia|bán|ban|mua|tiền|tien|thuê|thue|phí|phi|lời|loi|lãi|lai)(?!\w)"
)
_ONE_UNIT_RE = re.compile(
    r"(?i)(?<![\w.,])(?:1|một|mot) ?(?P<unit>kg|kí|tấn|tạ|giạ|lít|m|m2|m²|m3|m³|ha|héc ta"
    r"|công(?= (?:đất|lúa|ruộng|vườn)|\W*\Z))(?!\w)"
)


def find_compounds(text: str) -> list[tuple[int, int, str]]:
    """Offsets of such words, and what they are in a report."""
    found = [
        (match.start(), match.end(), match.group().replace("-", " "))
        for match in _WHOLE_RE.finditer(text)
    ]
    if _PRICE_RE.search(text) is not None:
        found += [(m.start(), m.end(), m["unit"]) for m in _ONE_UNIT_RE.finditer(text)]
    return found
