"""Make ``src/hoidap/vietnamese/words.tsv``: Vietnamese words and how many articles hold each.

Run from the project's root: ``python embeddings/words.py --data FOLDER``. It reads the
word-segmented articles of vietnews (105,418, see encoder/README.md) and writes one line a word,
``word<TAB>articles``, most frequent first, after a line with the number of articles.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections import Counter
from pathlib import Path

from hoidap.vietnamese.text import normalize

# A compound must stand in this many articles: below it the list fills with segmentation errors
# and the names of private persons.
_MIN_ARTICLES_COMPOUND = 30
_MIN_ARTICLES_SYLLABLE = 5
_MAX_SYLLABLES = 4


def count_words(path: Path) -> tuple[Counter[str], int]:
    """Words with the number of segmented articles each stands in, and the number of articles."""
    frequencies: Counter[str] = Counter()
    articles = 0
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            articles += 1
            text = normalize(" ".join([row["t"], row["a"], *row["b"]]))
            frequencies.update(set(text.split()))
    return frequencies, articles


def is_word(word: str, articles: int) -> bool:
    """Whether ``word`` (syllables joined by "_") belongs in the list."""
    syllables = word.split("_")
    if not all(syllable.isalpha() for syllable in syllables) or len(syllables) > _MAX_SYLLABLES:
        return False
    return articles >= (_MIN_ARTICLES_COMPOUND if len(syllables) > 1 else _MIN_ARTICLES_SYLLABLE)


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("src/hoidap/vietnamese/words.tsv"))
    arguments = parser.parse_args()
    frequencies, articles = count_words(arguments.data / "vietnews.jsonl.xz")
    rows = [(word, count) for word, count in frequencies.items() if is_word(word, count)]
    rows.sort(key=lambda row: (-row[1], row[0]))
    with arguments.out.open("w", encoding="utf-8") as out:
        out.write(f"#articles\t{articles}\n")
        out.writelines(f"{word.replace('_', ' ')}\t{count}\n" for word, count in rows)


if __name__ == "__main__":
    main()
