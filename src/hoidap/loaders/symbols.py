"""Signs that are drawn by a font, fields of forms, raised digits and formulas as text."""

from __future__ import annotations

import re
from typing import Any

from hoidap.loaders.numbering import W, switched, value, whole

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# As deep as formulas in formulas are followed.
_DEEPEST = 50
# The font Symbol: its characters from 0x20 and from 0xA0 on; "□" for what has no sign of its own.
_SYMBOL = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧ∆ΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
    "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼□",
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|—↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑□□□□□□□□□□□〉∫",
)
# Of the fonts Wingdings what reports use: ticks, boxes, bullets, arrows.
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9F: "•",
    0xA7: "▪", 0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓",
    0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
# What other fonts have from these two, as when text was pasted.
_BULLETS = {code: _WINGDINGS[code] for code in (0x76, 0xA7, 0xD8, 0xFC)} | {0xB7: "•"}
# Where Word puts the characters of such fonts.
_PRIVATE_RE = re.compile("[\uf000-\uf0ff]")
_UNKNOWN = "□"
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
# An exponent, or the marks of notes.
_RAISED_RE = re.compile(r"\s*[+−–-]?\d+(?:[,;]\s?\d+)*\s*")


def symbol(element: Any) -> str:  # noqa: ANN401 - lxml
    """The sign that a ``w:sym`` draws."""
    try:
        code = int(element.get(f"{W}char", ""), 16)
        char = chr(code)
    except (ValueError, OverflowError):
        return _UNKNOWN
    if code > 0xFF and _PRIVATE_RE.match(char) is None:
        return char if char.isprintable() else _UNKNOWN
    return _sign(code % 0x100, element.get(f"{W}font", "")) or _UNKNOWN


def with_signs(text: str, font: str) -> str:
    """Text of a run in ``font`` with the signs that its characters of the private area draw."""

    def sign(found: re.Match[str]) -> str:
        code = ord(found[0]) % 0x100
        return _sign(code, font) or _BULLETS.get(code, found[0])

    return _PRIVATE_RE.sub(sign, text)


def _sign(code: int, font: str) -> str | None:
    """What a font draws for one of its 256 characters; None where the font is another."""
    if font == "Symbol":
        row, place = (0, code - 0x20) if code < 0xA0 else (1, code - 0xA0)
        return _SYMBOL[row][place] if 0 <= place < len(_SYMBOL[row]) else _UNKNOWN
    if font.startswith("Wingdings"):
        return _WINGDINGS.get(code, _UNKNOWN)
    return None


def form_field(properties: Any) -> str:  # noqa: ANN401 - lxml
    """The box or the chosen entry that a field of a form draws; nothing where it holds text."""
    if properties is None:
        return ""
    box, choice = properties.find(f"{W}checkBox"), properties.find(f"{W}ddList")
    if box is not None:
        checked = switched(box, "checked")
        return "☒" if (switched(box, "default") if checked is None else checked) else "☐"
    if choice is None:
        return ""
    entries = [entry.get(f"{W}val", "") for entry in choice.findall(f"{W}listEntry")]
    chosen = whole(value(choice, "result") or value(choice, "default"), 0)
    return entries[chosen] if 0 <= chosen < len(entries) else ""


def raised(text: str) -> str:
    """Text that is drawn raised: its digits must not run into the number before them."""
    return text.translate(_RAISED) if _RAISED_RE.fullmatch(text) else text


def formula(element: Any, depth: int = 0) -> str:  # noqa: ANN401 - lxml
    """A formula, or a part of one, in a line: "a/b", "x^2", "x_1", "√(x)"."""
    if depth > _DEEPEST:
        return ""

    def part(name: str) -> str:
        found = element.find(f"{M}{name}")
        text = "" if found is None else formula(found, depth + 1)
        return text if len(text) <= 1 or text.isalnum() else f"({text})"

    match element.tag.removeprefix(M) if isinstance(element.tag, str) else "":
        case "t":
            return element.text or ""
        case "f":
            return f"{part('num')}/{part('den')}"
        case "sSup":
            return f"{part('e')}^{part('sup')}"
        case "sSub":
            return f"{part('e')}_{part('sub')}"
        case "d":
            return f"({''.join(formula(child, depth + 1) for child in element)})"
        case "sSubSup":
            return f"{part('e')}_{part('sub')}^{part('sup')}"
        case "nary":  # a sum or another sign over what it is taken of
            sign = element.find(f"{M}naryPr/{M}chr")
            drawn = "∫" if sign is None else sign.get(f"{M}val", "")
            sub, sup = part("sub"), part("sup")
            return f"{drawn}{sub and f'_{sub}'}{sup and f'^{sup}'} {part('e')}"
        case "rad":
            return f"{part('deg')}√{part('e')}"
        case _:
            return "".join(formula(child, depth + 1) for child in element)
