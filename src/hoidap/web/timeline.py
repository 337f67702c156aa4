"""A chart of how many reports there are of each month, as numbers for an SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hoidap.documents import Citation

WIDTH = 720
HEIGHT = 220
_LEFT, _RIGHT, _BOTTOM, _TOP = 40, 24, 30, 12
# Months shown one by one; beyond that years are.
_MOST_MONTHS = 48
# Labels under the bars, at most.
_LABELS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A month or year: how many reports it has, how many of these are about the topic."""

    label: str
    every: int
    topic: int
    x: float
    width: float
    every_height: float
    topic_height: float
    labelled: bool

    @property
    def every_y(self) -> float:
        """The top of the bar of all reports."""
        return HEIGHT - _BOTTOM - self.every_height

    @property
    def topic_y(self) -> float:
        """The top of the bar of the topic."""
        return HEIGHT - _BOTTOM - self.topic_height


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from left to right, and the highest number, which the height stands for."""

    bars: tuple[Bar, ...]
    most: int

    @property
    def baseline(self) -> int:
        """Where the bars stand."""
        return HEIGHT - _BOTTOM


def _between(first: str, last: str) -> list[str]:
    year, month = map(int, first.split("-"))
    months = [first]
    while months[-1] < last:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        months.append(f"{year:04}-{month:02}")
    return months


def months_of(citations: Iterable[Citation]) -> dict[str, int]:
    """How many reports are of each month."""
    counts: dict[str, int] = {}
    for one in citations:
        if one.date is not None:
            month = f"{one.date:%Y-%m}"
            counts[month] = counts.get(month, 0) + 1
    return counts


def chart(every: Mapping[str, int], topic: Mapping[str, int]) -> Chart:
    """The chart of months, or of years where there are many."""
    if not every:
        return Chart((), 0)
    labels = _between(min(every), max(every))
    if len(labels) > _MOST_MONTHS:
        labels = sorted({label[:4] for label in labels})
    size = len(labels[0])

    def counted(counts: Mapping[str, int]) -> dict[str, int]:
        totals = dict.fromkeys(labels, 0)
        for month, count in counts.items():
            if month[:size] in totals:
                totals[month[:size]] += count
        return totals

    all_of, about = counted(every), counted(topic)
    most = max(all_of.values())
    step = (WIDTH - _LEFT - _RIGHT) / len(labels)
    scale = (HEIGHT - _BOTTOM - _TOP) / most
    apart = -(-len(labels) // _LABELS)
    return Chart(
        tuple(
            Bar(
                label="/".join(reversed(label.split("-"))),
                every=all_of[label],
                topic=about[label],
                x=round(_LEFT + number * step + step * 0.1, 1),
                width=round(step * 0.8, 1),
                every_height=round(all_of[label] * scale, 1),
                topic_height=round(about[label] * scale, 1),
                labelled=number % apart == 0,
            )
            for number, label in enumerate(labels)
        ),
        most,
    )
