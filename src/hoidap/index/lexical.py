"""BM25 over pre-tokenised text, with tantivy."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import tantivy

from hoidap.errors import IndexDamagedError, SearchIndexError
from hoidap.index import bm25
from hoidap.index.base import DateRange, Field, Hit, QueryTerm, ordered
from hoidap.index.prepared import Document

_PASSAGE_ID = "passage_id"
# The day of the passage's report as `datetime.date.toordinal` counts, 0 where it has none.
_DAY = "day"
# A segment is written whenever so much is full, 64,000 paragraphs, while others are made ready; the
# last one when nothing else is left to do. Of a million 128 MB leave four segments in the end, and
# 256 MB eight, of which a question takes a fifth longer.
_WRITER_HEAP = 128_000_000
# Bytes: where a disk has no more left, it is full.
_FULL = 2**20

# Terms whose frequency is kept, 4 MB: a question looks each of its own up more than once, and the
# next one has many of them.
_REMEMBERED = 16_384


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field(_PASSAGE_ID, stored=False, indexed=True, fast=True)
    builder.add_integer_field(_DAY, stored=False, indexed=True, fast=True)
    for field in Field:
        builder.add_text_field(
            field, stored=False, tokenizer_name="whitespace", index_option="freq"
        )
    return builder.build()


def _open(path: Path, schema: tantivy.Schema | None = None) -> tantivy.Index:
    index = tantivy.Index(schema, str(path)) if schema else tantivy.Index.open(str(path))
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("whitespace", whitespace)
    return index


def _document(passage_id: int, day: int, terms: Document) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer(_PASSAGE_ID, passage_id)
    document.add_integer(_DAY, day)
    document.add_text(Field.EXACT, terms.exact)
    document.add_text(Field.FOLDED, terms.folded)
    document.add_text(Field.PAIRS, terms.pairs)
    document.add_text(Field.TITLE, terms.title)
    document.add_text(Field.DATES, terms.dates)
    return document


class LexicalIndex:
    """A tantivy index in a directory of its own."""

    def __init__(self, path: Path) -> None:
        try:
            self._index = _open(path)
            self._searcher = self._index.searcher()
        except (ValueError, OSError) as error:
            if not os.access(path, os.W_OK):  # tantivy locks what it reads
                raise SearchIndexError(f"cần quyền ghi vào {path} để mở chỉ mục") from error
            raise IndexDamagedError(f"chỉ mục từ khóa ở {path} bị hỏng: {error}") from error
        self._schema = self._index.schema
        self._frequency = lru_cache(_REMEMBERED)(self._searcher.doc_freq)

    @staticmethod
    def build(
        path: Path, documents: Iterable[tuple[int, int, Document]], removed: Iterable[int] = ()
    ) -> None:
        """Write a new index at ``path`` of passages by id, day and terms.

        ``day`` is the report's as `datetime.date.toordinal` counts, 0 where it has none. Where an
        index is there already, it is left without the passages ``removed`` and with these. Files
        that it had are never written to, only replaced.
        """
        if path.is_dir():
            index = _open(path)
        else:
            path.mkdir(parents=True)
            index = _open(path, _schema())
        # One thread: the same entries give the same index.
        writer = index.writer(_WRITER_HEAP, num_threads=1)
        try:
            try:
                for passage_id in removed:
                    writer.delete_documents_by_term(_PASSAGE_ID, passage_id)
                for one in documents:
                    writer.add_document(_document(*one))
                writer.commit()
            finally:
                # Its threads end before anyone moves or removes the directory.
                writer.wait_merging_threads()
        except ValueError as error:
            # Its threads do not tell what stopped them.
            if shutil.disk_usage(path).free < _FULL:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise

    @property
    def passages(self) -> int:
        """How many passages are indexed."""
        return self._searcher.num_docs

    def search(
        self, terms: Sequence[QueryTerm], limit: int, within: DateRange | None = None
    ) -> list[Hit]:
        """The best ``limit`` passages by BM25 (k1 1.2, b 0.75), best first."""
        chosen = bm25.looked_up(terms, self._frequency, self.passages)
        if not chosen or limit <= 0:
            return []
        queries = map(self._query, chosen)
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in queries])
        if within is not None:
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, self._days(within))]
            )
        try:
            found = self._searcher.search(query, limit, count=False).hits
            ids = self._searcher.fast_field_values(_PASSAGE_ID, [address for _, address in found])
        except (ValueError, OSError) as error:
            raise IndexDamagedError(f"chỉ mục từ khóa bị hỏng: {error}") from error
        return ordered(
            Hit(int(passage_id), float(score))
            for passage_id, (score, _) in zip(ids, found, strict=True)
            if passage_id is not None
        )

    def most(self, terms: Sequence[QueryTerm]) -> float:
        """The BM25 score of a passage that holds all terms of the text as often as can be."""
        return bm25.most(terms, self._frequency, self.passages)

    def _query(self, term: QueryTerm) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, term.field, term.text, "freq")
        if term.boost != 1.0:
            query = tantivy.Query.boost_query(query, term.boost)
        return query

    def _days(self, within: DateRange) -> tantivy.Query:
        """Passages of reports within the range; adds nothing to the score."""
        days = tantivy.Query.range_query(
            self._schema, _DAY, tantivy.FieldType.Integer, *within.ordinals
        )
        return tantivy.Query.const_score_query(days, 0.0)
