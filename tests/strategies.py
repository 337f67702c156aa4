"""Generated text: Vietnamese words and reports in all the states that files are found in.

Texts are built from word lists and repetition, not letter by letter: that keeps examples cheap and
yet long enough for what depends on length.
"""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

from hoidap.documents import Report
from hoidap.errors import LoaderError
from hoidap.loaders import load_file

WORDS = (
    "hội nghị", "Ủy ban nhân dân", "Uỷ ban", "huyện", "Cao Lãnh", "hoà bình", "khỏe", "thuý", "quý",
    "đại biểu", "tổ chức", "chủ trì", "Huỳnh Thị Hoài Thu", "ông Lê Chí Thiện", "TP. Cao Lãnh",
    "ThS. Nguyễn Văn A", "UBND", "HĐND", "KT-XH", "123/BC-UBND", "14/14", "03 xã", "1.234 hộ",
    "95,5%", "ngày 26/3/2021", "năm 2020", "quý I", "và", "của", "được", "Trần V. B", "v.v.",
    "report", "People's Committee", "“giảm nghèo”", "(NTM)", "https://caolanh.dongthap.gov.vn",
)  # fmt: skip

# The same words in the fonts' own encodings, read as if they were Latin letters: TCVN3 and VNI.
LEGACY_WORDS = (
    "Uû ban nh©n d©n huyÖn", "®¹i biÓu", "§¶ng bé", "Céng hoµ x· héi chñ nghÜa ViÖt Nam",
    "Uûy ban nhaân daân huyeän", "ñaïi bieåu", "Ñaûng boä", "Coäng hoøa xaõ hoäi",
)  # fmt: skip

ODD_CHARACTERS = (
    "\t", "\u00a0", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\x00", "\x07", "\x1b[31m",
    "\x1f", "\x7f", "\x0c", "\x0b", "\x1c", "\x85", "\u2028", "\u2029", "\u0301", "\u0323\u0302",
    "😀", "👩‍👩‍👧", "🇻🇳", "Ð", "İ", "ſ", "ﬁ", "Σ", "漢", "‮", "\ufffd", "𝐀", "$", "<b>", "&amp;",
)  # fmt: skip

# Signs that go from every text and are no control characters by their category.
WITHOUT_FORM = "\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

FURNITURE = ("Xuất bản thông tin", "Tin tức", "Kinh tế - Xã hội", "In trang", "null", "XEM THÊM")

HEADINGS = ("I. ", "1. ", "2.1. ", "Điều 3. ", "Phần thứ nhất ", "a) ", "- ", "# ")


def words() -> st.SearchStrategy[str]:
    """A word or two of a report, now and then in a legacy font or with odd characters in it."""
    plain = st.sampled_from(WORDS)
    odd = st.tuples(plain, st.sampled_from(ODD_CHARACTERS), plain).map("".join)
    return st.one_of(plain, plain, plain, st.sampled_from(LEGACY_WORDS), odd)


def phrases(min_size: int = 1, max_size: int = 8) -> st.SearchStrategy[str]:
    """Words with blanks and punctuation between them, without a full stop."""
    parts = st.tuples(words(), st.sampled_from((" ", " ", " ", ", ", "; ", " - ", "  ", "\t")))
    return st.lists(parts.map("".join), min_size=min_size, max_size=max_size).map(
        lambda pieces: "".join(pieces).rstrip(" ,;-\t")
    )


def sentences() -> st.SearchStrategy[str]:
    """A phrase with the mark that ends it."""
    return st.tuples(phrases(), st.sampled_from((".", ".", ".", "!", "?", "…", ":", "", ".”"))).map(
        "".join
    )


def paragraphs() -> st.SearchStrategy[str]:
    """Captions, headings, prose, wrapped lines, lists, and what is far too long for a passage."""
    prose = st.lists(sentences(), min_size=1, max_size=6).map(" ".join)
    return st.one_of(
        prose,
        phrases(),
        st.tuples(st.sampled_from(HEADINGS), phrases()).map("".join),
        st.sampled_from(FURNITURE),
        st.just(""),
        st.lists(phrases(), min_size=2, max_size=6).map("\n".join),
        st.lists(sentences(), min_size=2, max_size=6).map("\n".join),
        st.tuples(prose, st.integers(2, 30)).map(lambda drawn: " ".join([drawn[0]] * drawn[1])),
        st.tuples(st.sampled_from(("ă", "ab", "ha ", ".", "\u200b", "…", "1/", "đ,")),
                  st.integers(1500, 4000)).map(lambda drawn: drawn[0] * drawn[1]),
        st.text(max_size=40),
    )  # fmt: skip


def report_texts() -> st.SearchStrategy[str]:
    """The raw text of a report file: any state of composition, any line break; may be empty.

    It can be encoded as UTF-8: there are no lone surrogates.
    """
    body = st.lists(
        st.tuples(paragraphs(), st.sampled_from(("\n", "\n\n", "\n\n", "\n \n", "\n\n\n\n"))),
        max_size=4,
    ).map(lambda pieces: "".join(paragraph + gap for paragraph, gap in pieces))
    return st.builds(
        _in_state,
        body,
        st.sampled_from(("", "NFC", "NFD", "NFD")),
        st.sampled_from(("\n", "\n", "\r\n", "\r")),
    )


def _in_state(text: str, composition: str, line_break: str) -> str:
    match composition:
        case "NFC":
            text = unicodedata.normalize("NFC", text)
        case "NFD":
            text = unicodedata.normalize("NFD", text)
    return text.replace("\n", line_break)


def reports() -> st.SearchStrategy[Report]:
    """Reports as the loader makes them of `report_texts`."""
    return report_texts().map(_load).filter(lambda report: report is not None).map(_known)


def _load(text: str) -> Report | None:
    try:
        return load_file(text.encode(), "bao-cao.txt").reports[0]
    except LoaderError:
        return None


def _known(report: Report | None) -> Report:
    assert report is not None
    return report
