"""Where the article of a page is: menus, links and banners go, the element that holds it stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hoidap.loaders.htmltext import read_blocks, read_runs

_NOT_DRAWN = (
    "applet", "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "map", "noembed",
    "noframes", "noscript", "object", "option", "script", "select", "style", "svg", "template",
    "textarea", "title", "video",
)  # fmt: skip
_HIDDEN_RE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# What stands round an article, by elements, roles and the names that templates give.
_FURNITURE = frozenset({"aside", "dialog", "footer", "form", "menu", "nav"})
_ROLES = frozenset({
    "alertdialog", "banner", "complementary", "contentinfo", "dialog", "menu", "menubar",
    "navigation", "search", "toolbar",
})  # fmt: skip
_NAME_RE = re.compile(
    r"banner|breadcrumb|comment(?!ary)|cookie|footer|menu|newsletter|sidebar|binh-?luan|lien-?quan"
    r"|quang-?cao|(?<![a-z])(?:ads?(?![a-z])|consent|modal|nav(?:bar|igation)?(?![a-z])"
    r"|pag(?:er|ing|ination)(?![a-z])|popup|related|shar(?:e|ing)(?![a-z])|social|tin-?khac)"
)
_HUMP_RE = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Elements that may be lists of links; in a table or a paragraph, links are part of the text.
_LISTS = frozenset({"div", "dl", "ol", "section", "ul"})
# Share of the letters in links from which an element with two links is a list of them. Days stand
# beside the links to other news.
_LINKED = 0.6
# Elements that an article may fill, and the share of the known texts that they then hold: the rest
# may stand anywhere.
_BOXES = frozenset({"article", "body", "center", "div", "form", "main", "section", "td"})
_MOST = 0.7
# Letters of a line that stands in the known texts by no chance, and of a sentence of an article.
_LONG = 40
_SENTENCE_RE = re.compile(r"""[.!?…]["'”’)]*$""")


def remove_undrawn(page: Any) -> None:  # noqa: ANN401 - lxml is not typed
    """Empty the elements of ``page`` that are not drawn, or not as text."""
    for element in list(page.iter(*_NOT_DRAWN)):
        element.clear(keep_tail=True)
    for element in list(page.find("body").iterdescendants()):
        hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
        if hidden or _HIDDEN_RE.search(element.get("style", "")):
            element.clear(keep_tail=True)


def remove_furniture(page: Any) -> None:  # noqa: ANN401 - lxml is not typed
    """Empty what is named or made like furniture and holds less than half of the page's text.

    Some portals put all of a page in one form.
    """
    counted = _letters(page)
    whole = counted[page].plain
    for element, letters in counted.items():
        if letters.plain * 2 <= whole and (_is_furniture(element) or _is_links(element, letters)):
            element.clear(keep_tail=True)


def article_texts(page: Any, known: Iterable[str], title: str | None) -> list[str]:  # noqa: ANN401
    """The paragraphs, lists and tables of the article; none where there is no article.

    ``known`` are texts of it that tell where it is.
    """
    paragraphs = _paragraphs(page, known)
    box = _box(page, [each for each in paragraphs if not each.says(title)])
    return [] if box is None else [*_lead(paragraphs, box, title), *read_blocks(box)]


@dataclass(slots=True)
class _Letters:
    """How many letters of an element stand outside links and in links, and how many these are."""

    plain: int = 0
    linked: int = 0
    links: int = 0


def _letters(page: Any) -> dict[Any, _Letters]:  # noqa: ANN401 - lxml is not typed
    counted: dict[Any, _Letters] = {}
    # Elements come after those in them.
    for element in reversed(list(page.iter())):
        inside = [counted[child] for child in element]
        texts = (element.text, *(child.tail for child in element))
        plain = sum(len(_squeezed(text)) for text in texts if text)
        letters = _Letters(
            plain + sum(each.plain for each in inside),
            sum(each.linked for each in inside),
            sum(each.links for each in inside),
        )
        if element.tag == "a":
            letters = _Letters(linked=letters.plain + letters.linked, links=1)
        counted[element] = letters
    return counted


def _is_furniture(element: Any) -> bool:  # noqa: ANN401 - lxml is not typed
    if element.tag in _FURNITURE or element.get("role", "").lower() in _ROLES:
        return True
    if element.tag == "header":
        return next(element.iterancestors("article", "main"), None) is None
    names = f"{element.get('id', '')} {element.get('class', '')}"
    return _NAME_RE.search(_HUMP_RE.sub("-", names).lower()) is not None


def _is_links(element: Any, letters: _Letters) -> bool:  # noqa: ANN401 - lxml is not typed
    share = letters.linked / max(letters.plain + letters.linked, 1)
    return element.tag in _LISTS and letters.links > 1 and share >= _LINKED


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A text and the innermost block that holds it, its letters and how many of them are known."""

    element: Any
    text: str
    letters: int
    known: int

    def says(self, title: str | None) -> bool:
        """Whether it is the title, which stands with the article or at the head of the page."""
        return " ".join(self.text.split()) == title

    def is_sentence(self) -> bool:
        """Whether it ends like a sentence and is too long for a date or a label."""
        return self.letters >= _LONG and _SENTENCE_RE.search(self.text) is not None


def _paragraphs(page: Any, known: Iterable[str]) -> list[_Paragraph]:  # noqa: ANN401 - not typed
    texts = list(map(_squeezed, known))
    whole, joined = set(texts), "".join(texts)
    paragraphs = []
    for element, text in read_runs(page):
        lines = [_squeezed(line) for line in text.split("\n")]
        # The known texts are divided elsewhere where words are bold or a picture stands between.
        told = [line for line in lines if line in (joined if len(line) >= _LONG else whole)]
        letters = sum(map(len, lines))
        paragraphs.append(_Paragraph(element, text, letters, sum(map(len, told))))
    return paragraphs


def _box(page: Any, paragraphs: Iterable[_Paragraph]) -> Any:  # noqa: ANN401 - not typed
    """The element that holds the article; None where nothing of an article is known."""
    letters: Counter[Any] = Counter()
    known: Counter[Any] = Counter()
    # Sentences by the element that they stand in directly.
    sentences: Counter[Any] = Counter()
    for paragraph in paragraphs:
        if paragraph.is_sentence():
            sentences[paragraph.element] += paragraph.letters - paragraph.known
        for element in (paragraph.element, *paragraph.element.iterancestors()):
            letters[element] += paragraph.letters
            known[element] += paragraph.known
    if not known[page]:
        return None
    # The last is the smallest.
    *_, box = (each for each in page.iter(*_BOXES) if known[each] >= _MOST * known[page])
    # An element round it is better where half of what it has more is known, too, or is sentences
    # that stand beside the box in no element of their own.
    for outer in box.iterancestors(*_BOXES, "tr"):
        if outer.tag == "tr":
            # Where a table lays out the page, menus stand in the cells beside; more than one row
            # of several cells is a table of the article.
            wide = [row for row in outer.getparent() if sum(letters[cell] > 0 for cell in row) > 1]
            if wide == [outer]:
                break
            continue
        more = known[outer] - known[box] + sentences[outer]
        if 0 < letters[outer] - letters[box] <= 2 * more:
            box = outer
    return box


def _lead(paragraphs: Iterable[_Paragraph], box: Any, title: str | None) -> list[str]:  # noqa: ANN401
    """Sentences between the heading that is the title and the article's element."""
    in_box = set(box.iter())
    lead: list[str] | None = None
    for paragraph in paragraphs:
        if paragraph.element in in_box:
            return lead or []
        if re.fullmatch("h[1-6]", paragraph.element.tag) and paragraph.says(title):
            lead = []
        elif lead is not None and _SENTENCE_RE.search(paragraph.text):
            lead.append(paragraph.text)
    return []


def _squeezed(text: str) -> str:
    return "".join(text.split())
