"""How the runs of a Word document are drawn, by their own properties and by their styles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hoidap.loaders.numbering import W, switched, value, whole

# As deep as styles that are based on others are followed.
_DEEPEST = 50
# Half points by which an exponent is raised at least; Word's own proposal for raising is as much.
_RAISED_BY = 6


@dataclass(frozen=True, slots=True)
class Look:
    """What of a run's look its text depends on; None where nothing is said of it."""

    font: str | None = None
    capitals: bool | None = None
    raised: bool | None = None

    def over(self, base: Look) -> Look:
        """What the look says, and what it does not say as ``base`` has it."""
        return Look(
            self.font or base.font,
            base.capitals if self.capitals is None else self.capitals,
            base.raised if self.raised is None else self.raised,
        )


class Styles:
    """The styles of a document by their ids."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401 - lxml is not typed
        """``root`` is the w:styles element."""
        self._styles = {style.get(f"{W}styleId"): style for style in root.findall(f"{W}style")}
        self._default = _look(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        self._looks: dict[str | None, Look] = {}

    def get(self, style: str | None) -> Any:  # noqa: ANN401 - lxml is not typed
        """The w:style element with an id, None where there is none."""
        return self._styles.get(style)

    def look(self, properties: Any, paragraph: str | None) -> Look:  # noqa: ANN401 - lxml
        """How a run with these properties is drawn in a paragraph of style ``paragraph``."""
        character = self._style_look(value(properties, "rStyle"))
        own = _look(properties).over(character)
        return own.over(self._style_look(paragraph)).over(self._default)

    def _style_look(self, style: str | None) -> Look:
        """The look of a style and of those that it is based on."""
        if style not in self._looks:
            look, current = Look(), style
            for _ in range(_DEEPEST):
                found = self._styles.get(current)
                if found is None:
                    break
                look = look.over(_look(found.find(f"{W}rPr")))
                current = value(found, "basedOn")
            self._looks[style] = look
        return self._looks[style]


def _look(properties: Any) -> Look:  # noqa: ANN401 - lxml is not typed
    if properties is None:
        return Look()
    fonts = properties.find(f"{W}rFonts")
    height = value(properties, "vertAlign")
    raised = None if height is None else height == "superscript"
    if whole(value(properties, "position"), 0) >= _RAISED_BY:
        raised = True
    return Look(
        font=None if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi"),
        capitals=switched(properties, "caps"),
        raised=raised,
    )
