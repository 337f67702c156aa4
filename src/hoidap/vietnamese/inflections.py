"""English words back to the form that a dictionary lists: spoke, speaks, speaking as speak.

Rules propose, the caller's list of known words decides: a form that is no word does no harm.
"""

from __future__ import annotations

import re

# Base form first, then the forms that no rule gives.
_IRREGULAR_FORMS = """
analysis analyses; analyze analyses; arise arose arisen; be was were been;
bear bore; become became; begin began begun; break broke broken; breed bred; bring brought;
build built; buy bought; catch caught; child children; choose chose chosen; come came;
crisis crises; deal dealt; dig dug; draw drew drawn; drink drank drunk; drive drove driven;
eat ate eaten; fall fell fallen; feed fed; feel felt; fight fought; find found; flee fled;
fly flew flown; foot feet; forget forgot forgotten; freeze froze frozen; get got gotten;
give gave given; go went gone; grow grew grown; half halves; hang hung; hear heard; hide hid hidden;
hold held; keep kept; know knew known; lay laid; lead led; leave left; lend lent; life lives;
lose lost; make made; mean meant; meet met; oversee oversaw overseen; overcome overcame; pay paid;
rebuild rebuilt; ride rode ridden; rise rose risen; run ran; say said; see saw seen;
seek sought; sell sold; send sent; shake shook shaken; shoot shot; show shown; shrink shrank shrunk;
sing sang sung; sink sank sunk; sit sat; sleep slept; speak spoke spoken; spend spent;
stand stood; steal stole stolen; strike struck; strive strove striven; swim swam swum;
take took taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown;
understand understood; undertake undertook undertaken; uphold upheld; wear wore worn; wife wives;
win won; withdraw withdrew withdrawn; write wrote written
"""


def _irregular() -> dict[str, list[str]]:
    bases: dict[str, list[str]] = {}
    for entry in _IRREGULAR_FORMS.split(";"):
        base, *forms = entry.split()
        for form in forms:
            bases.setdefault(form, []).append(base)
    return bases


_IRREGULAR = _irregular()

# British endings and words with their American counterparts. Some other words change as well
# ("rise" becomes "rize"), which is harmless as both sides of a comparison go through this.
_BRITISH_RE = re.compile(
    r"(?P<ise>[iy])s(?=(?:e|es|ed|ing|er|ers|ations?)$)"
    r"|(?<=[a-z]{3})(?P<our>our)(?=(?:s|ed|ing|able|er|ers|hood|hoods)?$)"
    r"|(?<=[a-z]{2})(?P<tre>tre)(?=s?$)"
)
_BRITISH_WORDS = {
    "ageing": "aging",
    "cheque": "check",
    "defence": "defense",
    "enrol": "enroll",
    "enrolment": "enrollment",
    "fulfil": "fulfill",
    "fulfilment": "fulfillment",
    "grey": "gray",
    "licence": "license",
    "offence": "offense",
    "plough": "plow",
    "practise": "practice",
    "programme": "program",
    "tyre": "tire",
    "skilful": "skillful",
}


def uniform_spelling(word: str) -> str:
    """``word`` (lower case) in the American spelling: organise as organize, labour as labor."""
    stem = word.removesuffix("s")
    if stem in _BRITISH_WORDS:
        return _BRITISH_WORDS[stem] + word[len(stem) :]
    if not ("is" in word or "ys" in word or "our" in word or "tre" in word):
        return word  # a table of thousands of words loads in half the time for this line

    def american(match: re.Match[str]) -> str:
        if match["ise"]:
            return match["ise"] + "z"
        return "or" if match["our"] else "ter"

    return _BRITISH_RE.sub(american, word)


def singular(word: str) -> str:
    """``word`` without the ending of the plural."""
    if word.endswith("men"):
        return word[:-2] + "an"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def base_forms(word: str) -> list[str]:
    """What ``word`` (uniform spelling) may be a form of, the likeliest first, itself included."""
    forms = [word, *_IRREGULAR.get(word, ())]
    if (one := singular(word)) != word:
        forms.append(one)
    if word.endswith("es"):
        forms += [word[:-1], word[:-2]]
    for ending, closed in (("ed", "ied"), ("ing", "ying")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word[: -len(ending)]
            forms += [stem + "e", stem]
            if len(stem) > 2 and stem[-1] == stem[-2]:
                forms.append(stem[:-1])
            if word.endswith(closed):  # studied, dying
                forms.append(stem[:-1] + ("y" if ending == "ed" else "ie"))
    return forms
