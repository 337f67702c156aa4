"""What a reader finds on a page, without a browser."""

from __future__ import annotations

from typing import Any, Protocol

from lxml import html

FIRST = "Ai chủ trì hội nghị 26/3/2021?"
FIRST_REPORT = "000_e56e038e237a51aa"
# The sentence that is nearest to an answer of the first real question.
FIRST_SENTENCE = (
    "Ngày 26/3/2021, Ủy ban nhân dân huyện Cao Lãnh tổ chức Hội nghị tổng kết công tác phối hợp"
    " giữa Uỷ ban nhân dân với Uỷ ban Mặt trận Tổ quốc và các tổ chức chính trị - xã hội Huyện"
    " giai đoạn 2016 - 2020 và triển khai nhiệm vụ giai đoạn 2021 – 2025."
)


class Answered(Protocol):
    """What a client got."""

    @property
    def text(self) -> str:
        """The page."""


class Read:
    """A page as a tree, asked by CSS classes and names of elements."""

    def __init__(self, response: Answered) -> None:
        self.tree = html.fromstring(response.text)

    def all(self, path: str) -> list[Any]:
        """The elements or attributes of an XPath."""
        found = self.tree.xpath(path)
        assert isinstance(found, list)
        return found

    def texts(self, path: str) -> list[str]:
        """The text of the elements of an XPath, as they stand in the page."""
        return [one.text_content() for one in self.all(path)]

    def one(self, path: str) -> str:
        """The text of the only element of an XPath."""
        (found,) = self.texts(path)
        return found

    @property
    def language(self) -> str:
        """The language that the page says it is in."""
        return str(self.tree.get("lang"))
