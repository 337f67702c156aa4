"""Charts that can be read in print, on a phone, and without telling red from green."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

# Okabe and Ito's colours, which the colour-blind can tell apart, and neighbours differ in
# lightness.
_COLOURS = ("#999999", "#56B4E9", "#0072B2", "#F0E442", "#E69F00", "#D55E00")
_GROUP_WIDTH = 0.86


def draw_bars(
    path: Path, *, groups: Sequence[str], series: Mapping[str, Sequence[float]], label: str
) -> None:
    """Write a PNG of grouped bars, a group for each of ``groups``, values on the bars."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2 + 2.4 * len(groups), 5), layout="constrained")
    axes = figure.add_subplot()
    width = _GROUP_WIDTH / len(series)
    for number, (name, values) in enumerate(series.items()):
        offset = (number - (len(series) - 1) / 2) * width
        bars = axes.bar(
            [group + offset for group in range(len(groups))],
            values,
            width,
            label=name,
            color=_COLOURS[number % len(_COLOURS)],
            edgecolor="#333333",
            linewidth=0.4,
        )
        axes.bar_label(bars, fmt="%.1f", fontsize=8, rotation=90, padding=3)
    axes.set_xticks(range(len(groups)), groups)
    axes.set_ylabel(label)
    # Room for the values above the longest bars.
    axes.set_ylim(0, 1.12 * max(max(values) for values in series.values()))
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=len(series), frameon=False)
    # Without the version, the same figures give the same file.
    figure.savefig(path, dpi=110, metadata={"Software": None})


def draw_lines(
    path: Path,
    *,
    at: Sequence[float],
    panels: Mapping[str, Mapping[str, Sequence[float]]],
    label: str,
) -> None:
    """Write a PNG of panels side by side, a line for each series, both axes by powers of ten."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.2 * len(panels), 3.4), layout="constrained")
    for place, (name, series) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(1, len(panels), place)
        for number, (one, values) in enumerate(series.items()):
            # The second and the last but one of the colours: blue and orange.
            colour, mark = (_COLOURS[2], "o") if number == 0 else (_COLOURS[4], "s")
            axes.plot(at, values, marker=mark, color=colour, label=one if place == 1 else None)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_title(name, fontsize=10)
        axes.set_xlabel(label)
        axes.grid(visible=True, which="major", color="#dddddd")
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    figure.savefig(path, dpi=110, metadata={"Software": None})
