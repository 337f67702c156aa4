"""Pairs of a question-like query and a passage, made from documents that nobody asked about.

A query is a title, a lead, or words of one sentence with a question word; its passage is a window
of the same document's sentences. Other windows of that document come in the same batch, so that
the right passage has to be told from its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from lexicon import Lexicon
from numpy.typing import NDArray
from tokenizers import Tokenizer
from vocabulary import SPACE

from corpus import Document, Translation
from hoidap.vietnamese.text import fold

Ids = NDArray[np.int32]

_VIETNAMESE_QUESTION_WORDS = (
    "ai", "ai là người", "là ai", "gì", "là gì", "cái gì", "nào", "như thế nào", "thế nào",
    "ra sao", "bao nhiêu", "là bao nhiêu", "bao lâu", "mấy", "khi nào", "vào thời gian nào",
    "ngày nào", "năm nào", "ở đâu", "tại đâu", "nơi nào", "đâu là", "vì sao", "tại sao",
    "có phải", "đúng hay sai", "cho biết", "theo quy định", "những ai", "những gì",
    "đơn vị nào", "cơ quan nào", "người nào", "hãy nêu", "có được không",
)  # fmt: skip
_ENGLISH_QUESTION_WORDS = (
    "who", "who was", "who did", "what", "what is", "what was", "what did", "what type of",
    "what kind of", "what is the name of", "which", "when", "when did", "in what year",
    "where", "where was", "why", "how", "how many", "how much", "how long", "how does",
    "along with", "does the",
)  # fmt: skip

# Sentences 0 and 1 of each document are its title and its lead, which may be empty.
_TITLE, _LEAD, _BODY = 0, 1, 2
_ANYWHERE = -1


@dataclass(frozen=True, slots=True)
class Mix:
    """How often each thing is done to a pair, as shares between 0 and 1.

    ``narrow`` is the number of pairs a document gives in a pass beside that of its title or lead;
    the repeats say how often legal texts and translations come in one pass, news coming once.
    """

    folded: float = 0.2
    translated: float = 0.15
    question_word: float = 0.5
    sentence_removed: float = 0.25
    narrow: int = 2
    legal_repeats: int = 2
    english_repeats: int = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and its passage as token ids.

    ``sentence`` is the place in the document the query was made from, or -1 where it stands for
    the whole document; ``window`` is the first and the last sentence of the passage, plus one.
    Passages of the same document that hold the query's sentence are no wrong answers to it.
    """

    query: Ids
    passage: Ids
    document: int
    sentence: int
    window: tuple[int, int]


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Ids]:
    """The token ids of each text."""
    encoded = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    return [np.array(encoding.ids, dtype=np.int32) for encoding in encoded]


class TokenisedDocuments:
    """Documents as token ids, sentence by sentence."""

    def __init__(self, tokenizer: Tokenizer, documents: Sequence[Document]) -> None:
        lengths: list[int] = []
        flat: list[Ids] = []
        counts: list[int] = []
        for first in range(0, len(documents), 2000):
            texts: list[str] = []
            for document in documents[first : first + 2000]:
                texts += [document.title, document.lead, *document.sentences]
                counts.append(len(document.sentences) + _BODY)
            encoded = encode(tokenizer, texts)
            lengths += [len(ids) for ids in encoded]
            flat += encoded
        self._ids = np.concatenate(flat)
        self._starts = np.concatenate([[0], np.cumsum(lengths)])
        self._firsts = np.concatenate([[0], np.cumsum(counts)])

    def __len__(self) -> int:
        return len(self._firsts) - 1

    def size(self, document: int) -> int:
        """The number of sentences of ``document``, title and lead included."""
        return int(self._firsts[document + 1] - self._firsts[document])

    def sentences(self, document: int, first: int, last: int) -> Ids:
        """The tokens of the sentences from ``first`` up to ``last``, exclusive."""
        base = self._firsts[document]
        return self._ids[self._starts[base + first] : self._starts[base + last]]

    def boundaries(self, document: int) -> NDArray[np.int64]:
        """Where each sentence of ``document`` begins, and the last one's end."""
        return self._starts[self._firsts[document] : self._firsts[document + 1] + 1]


class PairMaker:
    """Draws the pairs of one pass over the texts, in batches, from a seeded generator."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        documents: TokenisedDocuments,
        legal_from: int,
        translations: Sequence[Translation],
        lexicon: Lexicon,
        mix: Mix,
        seed: int,
    ) -> None:
        self._tokenizer = tokenizer
        self._tokens = [str(tokenizer.id_to_token(i)) for i in range(tokenizer.get_vocab_size())]
        self._documents = documents
        self._lexicon = lexicon
        self._mix = mix
        self._random = np.random.default_rng(seed)
        self._sources = [translation.source for translation in translations]
        self._english = encode(tokenizer, [translation.english for translation in translations])
        self._vietnamese = encode(
            tokenizer, [translation.vietnamese for translation in translations]
        )
        # What batches are drawn from: a document by its number, and four consecutive translations
        # by the number of the first, as -1 - number.
        self._units = np.concatenate(
            [np.arange(legal_from)]
            + [np.arange(legal_from, len(documents))] * mix.legal_repeats
            + [-1 - np.arange(0, len(translations), 4)] * mix.english_repeats
        )
        self._asked = encode(tokenizer, _VIETNAMESE_QUESTION_WORDS)
        self._asked_english = encode(tokenizer, _ENGLISH_QUESTION_WORDS)

    def batches_in_pass(self, documents_per_batch: int) -> int:
        """How many batches `batches` yields."""
        return -(-len(self._units) // documents_per_batch)

    def batches(self, documents_per_batch: int) -> Iterator[list[Pair]]:
        """One pass: every document once or more often, in random order."""
        order = self._random.permutation(self._units)
        for first in range(0, len(order), documents_per_batch):
            batch: list[Pair] = []
            for number in order[first : first + documents_per_batch].tolist():
                batch += self._translated(-1 - number) if number < 0 else self._document(number)
            yield self._fold_some([p for p in batch if len(p.query) and len(p.passage)])

    def _document(self, number: int) -> Iterator[Pair]:
        if self._documents.size(number) <= _BODY:
            return
        title = self._documents.sentences(number, _TITLE, _TITLE + 1)
        lead = self._documents.sentences(number, _LEAD, _LEAD + 1)
        broad = lead if len(lead) and (not len(title) or self._random.random() < 0.4) else title
        if len(broad):
            window = self._window(number, _BODY)
            passage = self._documents.sentences(number, *window)
            query = self._reworded(broad) if self._random.random() < 0.5 else broad
            yield Pair(self._switched(query), passage, number, _ANYWHERE, window)
        for _ in range(self._mix.narrow):
            yield self._narrow(number)

    def _narrow(self, number: int) -> Pair:
        """Words of one sentence against a window around it, with or without that sentence."""
        first, last = window = self._window(number, _LEAD)
        sentence = int(self._random.integers(first, last))
        query = self._reworded(self._documents.sentences(number, sentence, sentence + 1))
        passage = self._documents.sentences(number, first, last)
        if last - first > 2 and self._random.random() < self._mix.sentence_removed:
            before = self._documents.sentences(number, first, sentence)
            after = self._documents.sentences(number, sentence + 1, last)
            passage = np.concatenate([before, after])
        elif self._random.random() < 0.15:
            title = self._documents.sentences(number, _TITLE, _TITLE + 1)
            passage = np.concatenate([title, passage])
        return Pair(self._switched(query), passage, number, sentence, window)

    def _translated(self, first: int) -> Iterator[Pair]:
        """English against the Vietnamese around it, for four consecutive translations."""
        document = -1 - first
        for at in range(first, min(first + 4, len(self._english))):
            start = stop = at
            if self._sources[at] != "law":
                # Consecutive sentences of one text make a passage of the usual length.
                start = max(0, at - int(self._random.integers(0, 3)))
                stop = min(len(self._english) - 1, at + int(self._random.integers(0, 3)))
            passage = np.concatenate(self._vietnamese[start : stop + 1])
            query = self._english[at]
            if self._random.random() < 0.7:
                query = self._reworded(query, self._asked_english)
            yield Pair(query, passage, document, at, (start, stop + 1))

    def _window(self, number: int, earliest: int) -> tuple[int, int]:
        """A stretch of consecutive sentences of 40 to 260 tokens, where there are as many."""
        last = self._documents.size(number)
        boundaries = self._documents.boundaries(number)
        wanted = self._random.integers(40, 260)
        first = int(self._random.integers(earliest, last))
        end = int(np.searchsorted(boundaries, boundaries[first] + wanted))
        end = min(max(end, first + 1), last)
        while first > earliest and boundaries[end] - boundaries[first - 1] < wanted:
            first -= 1
        return first, end

    def _reworded(self, sentence: Ids, asked: Sequence[Ids] | None = None) -> Ids:
        """Some words of a stretch of ``sentence``, in order, often with a question word."""
        wanted = int(self._random.integers(3, 16))
        stretch = min(len(sentence), int(wanted * self._random.uniform(1.0, 2.0)))
        start = int(self._random.integers(0, len(sentence) - stretch + 1))
        words = sentence[start : start + stretch]
        if stretch > wanted:
            words = words[np.sort(self._random.permutation(stretch)[:wanted])]
        if self._random.random() < self._mix.question_word:
            choices = self._asked if asked is None else asked
            question = choices[int(self._random.integers(len(choices)))]
            in_front = self._random.random() < 0.5
            words = np.concatenate([question, words] if in_front else [words, question])
        return words

    def _switched(self, query: Ids) -> Ids:
        """``query``, or now and then its words in English as far as the lexicon knows them."""
        if self._random.random() >= self._mix.translated:
            return query
        english = self._lexicon.translate(query, self._random)
        if self._random.random() < self._mix.question_word:
            asked = self._asked_english[int(self._random.integers(len(self._asked_english)))]
            english = np.concatenate([asked, english])
        return english

    def _fold_some(self, pairs: list[Pair]) -> list[Pair]:
        """``pairs`` with the diacritics of some queries stripped."""
        chosen = np.flatnonzero(self._random.random(len(pairs)) < self._mix.folded).tolist()
        texts = ["".join(self._tokens[i] for i in pairs[at].query) for at in chosen]
        queries = encode(self._tokenizer, [fold(text.replace(SPACE, " ")) for text in texts])
        for at, query in zip(chosen, queries, strict=True):
            if len(query):
                old = pairs[at]
                pairs[at] = Pair(query, old.passage, old.document, old.sentence, old.window)
        return pairs
