"""Every quote is its report's text at its offsets, whatever the report looked like."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configure
from hypothesis import strategies as st

from hoidap.answering import Answerer
from hoidap.catalog import Catalog
from hoidap.errors import CorpusError
from hoidap.reload import reload
from hoidap.settings import Settings
from hoidap.vietnamese.legacy import unicode_text
from hoidap.vietnamese.text import nfc
from tests.fakes import HashEncoder
from tests.strategies import WITHOUT_FORM, report_texts

ENCODER = HashEncoder()
LINE_BREAKS = "\t\n\r\x0b\x0c\x1c\x1d\x1e\x85"


def as_printed(text: str) -> str:
    """A file's text in NFC without what has no form on paper; what breaks a line stays."""
    kept = (
        char
        for char in text
        if char in LINE_BREAKS
        or (unicodedata.category(char) not in "CcCs" and char not in WITHOUT_FORM)
    )
    return nfc("".join(kept))


@configure(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(report_texts(), min_size=1, max_size=4),
    question=st.one_of(
        report_texts(), st.sampled_from(["hội nghị", "14 xã", "chu tich", "budget"])
    ),
    data=st.data(),
)
def test_every_quote_is_the_stored_text_at_its_offsets(
    texts: list[str], question: str, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "reports")
        folder.mkdir()
        for number, text in enumerate(texts):
            (folder / f"{number}.txt").write_bytes(text.encode("utf-8", "replace"))
        settings = Settings(corpus=folder, data=Path(place, "data"))
        try:
            result = reload(settings, ENCODER)
        except CorpusError:
            return  # nothing but empty files
        catalog = Catalog(settings.catalog_path)
        answerer = Answerer(settings, ENCODER)
        originals = {
            str(number): as_printed(unicode_text(text)[0]) for number, text in enumerate(texts)
        }
        passages = list(catalog.kept_passages())
        # A question of a passage's own words has a quote for sure.
        own = data.draw(st.sampled_from(passages)).text[:80] if passages else ""
        for asked in (question[:500], own):
            if not asked.strip():
                continue
            answer = answerer.answer(asked, top_k=10)
            for quote in answer.quotes:
                report = catalog.report(quote.citation.report_id)
                assert report.text[quote.start : quote.end] == quote.text
                assert quote.text
                for start, end in quote.highlights:
                    assert 0 <= start < end <= len(quote.text)
        for known in catalog.known_reports():
            text = catalog.report(known.id).text
            assert all(line in originals[known.id] for line in text.split("\n"))
        taken = len(catalog.known_reports()) + len(result.duplicates)
        assert len(result.failed) + taken == len(texts)
        catalog.close()


@pytest.mark.parametrize(
    "paragraph",
    ["Hội nghị huyện bàn về 14 xã nông thôn mới ", "hộinghị", "xã Mỹ Thọ. ", "Hoà\u0300 "],
)
def test_quotes_from_a_paragraph_of_a_million_characters(tmp_path: Path, paragraph: str) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    text = f"Mở đầu\r\n\r\n{paragraph * (1_000_000 // len(paragraph))}\r\n\r\nHội nghị kết thúc."
    (folder / "a.txt").write_bytes(text.encode())
    settings = Settings(corpus=folder, data=tmp_path / "data")
    reload(settings, ENCODER)
    report = Catalog(settings.catalog_path).report("a")
    answer = Answerer(settings, ENCODER).answer("Hội nghị xã nông thôn mới hoà", top_k=10)
    for quote in answer.quotes:
        assert report.text[quote.start : quote.end] == quote.text
        assert len(quote.text) < 2000
    passages = list(Catalog(settings.catalog_path).kept_passages())
    assert sum(len(passage.text.split()) for passage in passages) >= len(report.text.split()) - 2
