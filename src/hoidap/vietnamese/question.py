"""What a question asks: its language, its dates, the words that carry it, the kind of answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from hoidap.vietnamese.abbreviations import Abbreviations
from hoidap.vietnamese.asked_dates import find_asked_dates
from hoidap.vietnamese.chat import Chat
from hoidap.vietnamese.cited_documents import CitedDocument, find_cited_documents
from hoidap.vietnamese.comparisons import without_compared
from hoidap.vietnamese.compounds import find_compounds
from hoidap.vietnamese.courtesy import without_courtesy
from hoidap.vietnamese.dates import DateMention, Precision
from hoidap.vietnamese.entities import bare_name, find_persons
from hoidap.vietnamese.glossary import Glossary
from hoidap.vietnamese.language import Language, detect_language
from hoidap.vietnamese.places import PlaceMention, Places, Unit
from hoidap.vietnamese.spelling import repair
from hoidap.vietnamese.synonyms import Synonyms
from hoidap.vietnamese.terms import PAIR, Terms, terms
from hoidap.vietnamese.text import Token, fold, has_diacritics, nfc, normalize, tokenize
from hoidap.vietnamese.words import Words


class AnswerKind(StrEnum):
    """What the question word asks for."""

    PERSON = "person"
    DATE = "date"
    NUMBER = "number"
    PLACE = "place"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ContentWord:
    """A word of the question that the answer should speak of.

    ``text`` is as written, at offset ``start`` of `Question.text`. ``forms`` are what counts as the
    same word in a report: normalised, syllables separated by spaces, without diacritics where the
    question has none. ``neighbours`` are the word with the syllable before it and with the one
    after it, in the question's order: a name's syllable counts as found where its neighbour stands
    beside it. ``weight`` is the inverse document frequency, natural logarithm.
    """

    text: str
    start: int
    forms: tuple[str, ...]
    neighbours: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood.

    ``text`` is the question in standard Vietnamese, which offsets refer to: what is typed in chats
    is replaced, courtesy at the beginning and the end is taken out, marks that were left out of
    words are restored.
    ``accented`` says whether the words are to be compared with their diacritics. ``asking`` is the
    question word that tells the ``kind``, empty for `AnswerKind.OTHER`. ``ordinal`` says that the
    number asked for is a place in a row, "khóa mấy", and no amount; ``counted`` are the forms of
    the word that follows "bao nhiêu", whose number is asked. ``terms`` are those of the question
    itself; ``translated`` those of the Vietnamese equivalents of its English words; ``related``
    pairs of syllables of the other names, old or new, of the ``places`` it names. ``dates`` are
    those asked about, without those that something is to be compared with.
    """

    text: str
    language: Language
    accented: bool
    kind: AnswerKind
    asking: str
    ordinal: bool
    counted: tuple[str, ...]
    terms: Terms
    translated: Terms
    related: tuple[str, ...]
    places: tuple[PlaceMention, ...]
    dates: tuple[DateMention, ...]
    words: tuple[ContentWord, ...]

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs of neighbouring syllables, separated by a space, as words are compared.

        None with a syllable of the question word, which no answer repeats; none in English, whose
        translations are a choice.
        """
        if self.language is Language.ENGLISH:
            return ()
        asking = set(self.asking.split(" "))
        every = (term if self.accented else fold(term) for term in self.terms.exact if PAIR in term)
        pairs = (tuple(term.split("_")) for term in dict.fromkeys(every))
        return tuple(" ".join(pair) for pair in pairs if asking.isdisjoint(pair))


# Question words and what they ask for, tried in order; the most particular first.
_KINDS = (
    (
        AnswerKind.NUMBER,
        r"bao nhiêu|(?<!ngày )(?<!tháng )mấy|số lượng|tỷ lệ|tỉ lệ|phần trăm"
        r"|how (?:many|much|often|old|long|far)"
        r"|what (?:number|percentage|share|proportion|rate)",
    ),
    (
        AnswerKind.DATE,
        r"khi nào|bao giờ|lúc nào|chừng nào|hồi nào|hôm nào|bữa nào|ngày nào|ngày mấy"
        r"|tháng nào|tháng mấy|năm nào|thời gian nào|thời điểm nào"
        r"|when|(?:what|which) (?:day|date|month|year|time)",
    ),
    (
        AnswerKind.PLACE,
        r"ở đâu|tại đâu|nơi nào|chỗ nào|địa điểm nào|đi đâu|từ đâu|đâu là nơi|nước nào|where"
        r"|(?:what|which) (?:place|location|venue)",
    ),
    (
        AnswerKind.PERSON,
        # "Có ai chết không?" asks whether, and for no name.
        r"(?<!có )ai|(?<=có )ai(?!.* không\W*\Z)|người nào|vị nào|ông nào|bà nào|đồng chí nào"
        r"|những ai|who|whom|whose"
        r"|(?:what|which) (?:person|people|man|woman|official|officials)",
    ),
)
_KIND_RES = tuple(
    (
        kind,
        re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"),
        re.compile(rf"(?<!\w)(?:{fold(pattern)})(?!\w)"),
    )
    for kind, pattern in _KINDS
)

# "Trưởng phòng Nội vụ tên gì?" asks who; a bridge or a project has a name, too.
_NAME = (
    r"\A\W*(?:(?:ông|bà|anh|chị|vị|đồng chí|phó) ){0,2}"
    "(?:chủ tịch|bí thư|giám đốc|hiệu trưởng|viện trưởng|chỉ huy trưởng|ấp trưởng|bác sĩ"
    "|trưởng (?:phòng|ban|công an|trạm|ấp|khóm|thôn)|chánh (?:văn phòng|án)|cán bộ|công chức)"
    r"(?!\w).*(?<!\w)(?P<asking>tên (?:là )?gì)(?!\w)"
)
# "What is the name of the district party secretary?", but not of a school or of what one owns.
_ENGLISH_NAME = (
    r"\A\W*what (?:is|was) the (?:full )?(?P<asking>name) of "
    r"(?:(?!(?:of|that|which|who|where|in|for|by|on|at)(?!\w))[\w-]+ ){0,5}?"
    "(?:chairman|chairwoman|chairperson|secretary|director|principal|headmaster|headteacher|mayor"
    "|president|leader|chief|judge|doctor|teacher|person|man|woman|official|head of)(?![\\w'’])"
)
_NAME_RES = {
    True: (re.compile(_NAME), re.compile(_ENGLISH_NAME)),
    False: (re.compile(fold(_NAME)), re.compile(_ENGLISH_NAME)),
}

# Words that ask, point or join; an answer need not repeat them.
_VIETNAMESE_FUNCTION_WORDS = """
ai; gì; nào; đâu; sao; mấy; bao nhiêu; bao giờ; khi nào; thế nào; như thế nào; ra sao; tại sao;
vì sao; làm sao; bao lâu; là; có; được; bị; đã; đang; sẽ; vẫn; còn; cũng; đều; rồi; chưa; không;
chẳng; phải; hay; hoặc; và; với; cùng; của; cho; về; trong; tại; ở; từ; đến; tới; vào; ra; qua;
theo; để; do; bởi; vì; nên; mà; thì; nếu; như; các; những; một; mỗi; mọi; tất cả; này; kia; đó;
ấy; đây; thế; vậy; nhé; ạ; à; ơi; nhỉ; hả; chứ; đi; hãy; xin; hỏi; cho biết; tôi; mình; em; bạn;
chúng tôi; chúng ta; muốn; cần; gồm; bao gồm; số; lần; ngày; tháng; năm; hôm; lúc; giờ; khi; việc;
chừng nào; hồi nào; bữa nào; chức gì;
sự; cuộc; cái; con; chiếc; người; vị; đúng; sai; hôm nay; hiện nay; bây giờ; hiện tại; gần đây;
vừa qua; dạ; vâng; làm ơn; là ai; ở đâu; trên; dưới; lên; xuống; khoảng; ngoài; rằng; nữa; lại;
thứ; quý; diễn ra; xảy ra; giữ; chức vụ; chức danh; vai trò; tên; ông; bà; đồng chí;
bao nhiêu lần; nước nào; thời gian; địa điểm; nơi; tiền; mất; làm; nói; hết; nay; cuối; v; dùng;
thuộc; phần trăm; sự kiện gì; sự kiện nào; hãy liệt kê; hãy kể; hãy kể tên; hãy nêu; hãy nêu tên
"""
_ENGLISH_FUNCTION_WORDS = """
a an the this that these those of in on at by for from to into with about as and or but not no nor
is are was were be been being am do does did done has have had having can could will would shall
should may might must who whom whose what which when where why how many much long often there here
it its he she they them his her their i we you me us my our your please tell any all some each
every if then than so such also other same own s t first won get got
"""
_PHRASES = frozenset(normalize(word.strip()) for word in _VIETNAMESE_FUNCTION_WORDS.split(";"))
_LONGEST_PHRASE = 3  # syllables
_FUNCTION_WORDS = {
    (Language.ENGLISH, True): frozenset(_ENGLISH_FUNCTION_WORDS.split()),
    (Language.ENGLISH, False): frozenset(_ENGLISH_FUNCTION_WORDS.split()),
    (Language.VIETNAMESE, True): _PHRASES,
    (Language.VIETNAMESE, False): frozenset(map(fold, _PHRASES)),
}

# What is counted with words that carry nothing elsewhere: "bao nhiêu người".
_COUNTABLE = frozenset(
    ("người", "em", "con", "cái", "chiếc", "cuộc", "lần", "vị", "ngày", "tháng", "năm", "giờ")
)
_COUNTED = {True: _COUNTABLE, False: frozenset(map(fold, _COUNTABLE))}
# A rate is told in percent, "bao nhiêu %" as well.
_RATE_RE = re.compile(r"(?i)(?<!\w)(?:t[yi] le|phan tram|percentage|share|proportion|rate)\Z")
_PERCENT_RE = re.compile(r"(?i)\s*(?:%|phan tram(?!\w))")
# "khóa mấy", "lần thứ mấy": what is numbered, and not counted. Without diacritics "tang" is "tăng".
# "Cấp mấy?" is a grade; "cấp bao nhiêu giấy?", "trợ cấp bao nhiêu?" are amounts.
_NUMBERED = (
    "khóa|thứ|quý|hạng|nhiệm kỳ|lớp|(?<!trợ )(?<!phụ )(?<!cung )cấp(?=\\s+mấy)|loại|bậc|vùng|chương"
    "|điều|khoản"
)
_ORDINAL_RES = {
    True: re.compile(rf"(?<!\w)(?:{_NUMBERED}|tầng)\s+(?:bao nhiêu|mấy)\Z"),
    False: re.compile(rf"(?<!\w)(?:{fold(_NUMBERED)})\s+(?:bao nhieu|may)\Z"),
}

# The name of a kind of law with what it is about, up to its year.
_LAW_RE = re.compile(
    r"(?<!\w)(?:luật|luat|hiến pháp|hien phap|pháp lệnh|phap lenh|nghị định|nghi dinh|thông tư"
    r"|thong tu|law|code|constitution|decree)(?: [^\W\d_]+,?){0,10} ?\Z"
)

# A document's number is one word, whatever abbreviations are in it.
_DOCUMENT_RE = re.compile(r"(?<![\w/])\d+(?:/\d+)*/[^\W\d_][\w-]*")

# A bare number of one or two digits stands in many a passage for something else.
_SMALL_NUMBER_RE = re.compile(r"\d{1,2}")
# "OM18" is written "OM 18", too.
_CODE_RE = re.compile(r"(?<=[^\W\d_])(?=\d)")

# An English word that no table translates, a small number, and a document's number: about the
# median weight of the words of a question. Their own frequency in the news, which is none or next
# to none, would outweigh all others.
_RARE_WEIGHT = 5.0


# A stretch of the question that a table or the calendar knows: its offsets and the forms it may
# take in a report; none where an answer need not repeat it.
_Known = tuple[int, int, tuple[str, ...]]


def _find_kind(text: str, *, accented: bool) -> tuple[AnswerKind, str, int]:
    """The kind of answer, the word that asks for it, and where that word ends."""
    view = normalize(text) if accented else fold(normalize(text))
    for kind, exact, folded in _KIND_RES:
        match = (exact if accented else folded).search(view)
        if match is not None:
            return kind, match.group(), match.end()
    for pattern in _NAME_RES[accented]:
        named = pattern.search(view)
        if named is not None:
            return AnswerKind.PERSON, named["asking"], named.end()
    return AnswerKind.OTHER, "", 0


def _is_ordinal(asked: str, *, accented: bool) -> bool:
    """Whether the question word that ``asked`` ends with asks for a place in a row."""
    view = normalize(asked) if accented else fold(normalize(asked))
    return _ORDINAL_RES[accented].search(view) is not None


def _counted(
    text: str, end: int, words: Sequence[ContentWord], *, accented: bool
) -> tuple[str, ...]:
    """The forms of the word that follows the question word, which ends at ``end``."""
    if _RATE_RE.search(fold(text[:end])) or _PERCENT_RE.match(fold(text[end:])):
        return ("%", "phần trăm" if accented else "phan tram")
    following = next((token for token in tokenize(text) if token.start >= end), None)
    if following is None or text[end : following.start].strip():
        return ()
    syllable = following.text if accented else fold(following.text)
    if syllable in _COUNTED[accented]:
        return (syllable,)
    return next((word.forms for word in words if word.start == following.start), ())


def _lacks_diacritics(text: str) -> bool:
    """Whether two neighbouring bare syllables are a word only once they get their diacritics.

    "bi thu huyện ủy" was typed carelessly: it is compared without diacritics throughout.
    """
    accented, folded = Words.load(), Words.load_folded()
    return any(
        left.text.isascii()
        and right.text.isascii()
        and (pair := f"{left.text} {right.text}") in folded
        and pair not in accented
        for left, right in pairwise(tokenize(text))
    )


def _is_of_a_law(text: str, mention: DateMention) -> bool:
    """Whether a year belongs to the name of a law, "Bộ luật Hình sự năm 2015": no date is asked."""
    period = mention.period
    if period is None or period.precision is not Precision.YEAR:
        return False
    return _LAW_RE.search(normalize(text[: mention.start])) is not None


class QuestionReader:
    """Reads questions with the tables of the language."""

    def __init__(
        self,
        abbreviations: Abbreviations,
        glossary: Glossary,
        synonyms: Synonyms,
        places: Places,
        chat: Chat,
    ) -> None:
        self._abbreviations = abbreviations
        self._glossary = glossary
        self._synonyms = synonyms
        self._places = places
        self._chat = chat

    def read(
        self,
        text: str,
        today: date | None = None,
        *,
        numbered: Callable[[int], Iterable[str]] = lambda _: (),
    ) -> Question:
        """What ``text`` asks. Any text is read; one without words has no content words.

        ``today`` is what "hôm qua" and "năm nay" are told from, by default the clock's day.
        ``numbered`` tells the numbers of reports that begin with a figure: "Quyết định 1452".
        """
        text = self._chat.rewrite(nfc(text))
        language = detect_language(text)
        text = without_courtesy(text)
        english = language is Language.ENGLISH
        if not english and has_diacritics(text):
            text = repair(text)
        accented = has_diacritics(text) and (english or not _lacks_diacritics(text))
        found = find_asked_dates(text, today if today is not None else date.today())
        places = tuple(self._places.find(text))
        documents = find_cited_documents(text, numbered, self._abbreviations)
        mentions = [
            mention
            for mention in found
            if not _is_of_a_law(text, mention)
            and not any(one.start <= mention.start < one.end for one in documents)
        ]
        words = self._content_words(text, english, accented, mentions, places, documents)
        kind, asking, end = _find_kind(text, accented=accented)
        number = kind is AnswerKind.NUMBER
        if kind is AnswerKind.PERSON:
            # A report names who holds an office, and does not call the name one.
            words = tuple(word for word in words if normalize(word.text) != asking)
        if english:
            own, translated = self._english_terms(text, places)
        else:
            own, translated = terms(text, self._abbreviations), Terms((), ())
        forms = (form for document in documents for form in document.forms)
        own = replace(own, exact=(*own.exact, *" ".join(forms).split()))
        return Question(
            text=text,
            language=language,
            accented=accented,
            kind=kind,
            asking=asking,
            ordinal=number and _is_ordinal(text[:end], accented=accented),
            counted=_counted(text, end, words, accented=accented) if number else (),
            terms=own,
            translated=translated,
            related=self._related_terms(places),
            places=places,
            dates=tuple(without_compared(text, mentions)),
            words=words,
        )

    def _english_terms(self, text: str, places: Sequence[PlaceMention]) -> tuple[Terms, Terms]:
        """Terms of the words left as they are (names, numbers), and of the translations."""
        units = [place for place in places if place.asked]
        translations: list[_Known] = [
            (place.start, place.end, tuple(unit.full for unit in place.asked)) for place in units
        ]
        translations += [
            (one.start, one.end, one.vietnamese)
            for one in self._glossary.find(text)
            if not any(place.start < one.end and one.start < place.end for place in units)
        ]
        translations.sort()
        rest, done = [], 0
        for start, end, _ in translations:
            rest.append(text[done:start])
            done = end
        rest.append(text[done:])
        own = terms(" . ".join(rest), self._abbreviations)
        function_words = _FUNCTION_WORDS[Language.ENGLISH, True]
        kept = tuple(term for term in own.exact if not function_words & set(term.split("_")))
        vietnamese = " . ".join(form for *_, forms in translations for form in forms)
        translated = terms(vietnamese, self._abbreviations).exact
        # The dates come from the whole question: a translated word may stand inside one.
        return Terms(kept, terms(text, self._abbreviations).dates), Terms(translated, ())

    def _related_terms(self, places: Sequence[PlaceMention]) -> tuple[str, ...]:
        """Pairs of syllables of the other names; kinds and numbers say too little."""
        names = dict.fromkeys(unit.name for place in places for unit in place.related)
        every = terms(" . ".join(names), self._abbreviations).exact
        return tuple(dict.fromkeys(term for term in every if "_" in term))

    def _place_forms(self, text: str, place: PlaceMention, words: Words) -> tuple[str, ...]:
        """What counts as a place of the question: its names, old and new.

        A name counts without its kind, as in "các xã Mỹ Tân, Tân Nghĩa", unless it says nothing
        alone: a number, the name of a former district ("Cao Lãnh") or, of a name that was not
        typed, a common word ("hòa bình"). A number counts with its town.
        """

        def distinct(unit: Unit) -> bool:
            return not unit.numbered and normalize(unit.name) not in self._places.district_names

        forms = [unit.name for unit in place.asked if distinct(unit)]
        forms += [unit.full for unit in place.asked]
        forms.append(" ".join(token.text for token in tokenize(text[place.start : place.end])))
        for unit in place.related:
            if unit.numbered and unit.district is not None:
                forms.append(f"{unit.full} {unit.district}")
                continue
            forms.append(unit.full)
            name = normalize(unit.name)
            bare = name if name in words else fold(name)
            if distinct(unit) and words.weight(bare) >= _RARE_WEIGHT:
                forms.append(unit.name)
        return tuple(forms)

    def _content_words(
        self,
        text: str,
        english: bool,
        accented: bool,
        dates: Sequence[DateMention],
        places: Sequence[PlaceMention],
        documents: Sequence[CitedDocument],
    ) -> tuple[ContentWord, ...]:
        words = Words.load() if accented else Words.load_folded()
        language = Language.ENGLISH if english else Language.VIETNAMESE
        function_words = _FUNCTION_WORDS[language, accented]
        known: list[_Known] = [
            (span.start, span.end, (span.expansion, span.abbreviation))
            for span in self._abbreviations.find(text)
        ]
        if english:
            # "number", "year" and the like ask; their equivalents carry nothing either.
            known += [
                (span.start, span.end, (*span.vietnamese, span.english))
                if not _PHRASES.issuperset(span.vietnamese)
                else (span.start, span.end, ())
                for span in self._glossary.find(text)
            ]
        known += [(mention.start, mention.end, ()) for mention in dates]
        known += [(m.start(), m.end(), (m.group(),)) for m in _DOCUMENT_RE.finditer(text)]
        known += [(document.start, document.end, document.forms) for document in documents]
        cited = {document.start for document in documents}
        compounds = find_compounds(text)
        known += [(start, end, (form,)) for start, end, form in compounds]
        known += [
            (place.start, place.end, self._place_forms(text, place, words))
            for place in places
            if place.asked
        ]
        # A person's name is one word, and a rare one.
        known += [(start, end, (bare_name(text[start:end]),)) for start, end in find_persons(text)]
        found: dict[tuple[str, ...], ContentWord] = {}
        for run in self._runs(text, known):
            if isinstance(run, tuple):
                start, end, forms = run
                word = self._word(text, (start, end), forms, (), words, accented)
                if start in cited or _DOCUMENT_RE.fullmatch(word.text):
                    word = replace(word, weight=_RARE_WEIGHT)
                elif (start, end, *forms) in compounds:
                    weight = sum(map(words.weight, word.forms[0].split(" ")))
                    word = replace(word, weight=weight)
                found.setdefault(word.forms, word)
                continue
            syllables = [token.text if accented else fold(token.text) for token in run]
            for first, last in self._word_ranges(syllables, words, function_words, english):
                form = " ".join(syllables[first:last])
                around = []
                if last - first == 1:
                    around = [
                        " ".join(syllables[at : at + 2])
                        for at in (first - 1, first)
                        if 0 <= at < len(syllables) - 1
                    ]
                span = run[first].start, run[last - 1].end
                written = (form, _CODE_RE.sub(" ", form))
                word = self._word(text, span, written, around, words, accented)
                if (english and word.text.islower()) or _SMALL_NUMBER_RE.fullmatch(word.text):
                    word = replace(word, weight=_RARE_WEIGHT)
                found.setdefault(word.forms, word)
        return tuple(found.values())

    @staticmethod
    def _word_ranges(
        syllables: list[str], words: Words, function_words: frozenset[str], english: bool
    ) -> Iterator[tuple[int, int]]:
        """Ranges of ``syllables`` that are words, without the words that only ask or join."""
        start = at = 0
        stretches = []
        while at < len(syllables):
            for length in range(_LONGEST_PHRASE, 1, -1):
                if " ".join(syllables[at : at + length]) in function_words:
                    stretches.append((start, at))
                    at += length
                    start = at
                    break
            else:
                at += 1
        stretches.append((start, len(syllables)))
        for start, end in stretches:
            ranges = (
                [(place, place + 1) for place in range(end - start)]
                if english
                else words.segment(syllables[start:end])
            )
            for first, last in ranges:
                if " ".join(syllables[start + first : start + last]) not in function_words:
                    yield start + first, start + last

    def _runs(self, text: str, known: list[_Known]) -> list[list[Token] | _Known]:
        """Stretches of plain tokens, and between them what a table or the calendar knows."""
        runs: list[list[Token] | _Known] = []
        spans = sorted(known, key=lambda span: (span[0], -span[1]))
        current: list[Token] = []
        position, done = 0, 0
        for token in tokenize(text):
            while position < len(spans) and spans[position][0] < token.end:
                span = spans[position]
                position += 1
                if span[0] < done:
                    continue
                if current:
                    runs.append(current)
                    current = []
                if span[2]:
                    runs.append(span)
                done = span[1]
            if token.start < done:
                continue
            if current and not text[current[-1].end : token.start].isspace():
                runs.append(current)
                current = []
            current.append(token)
        if current:
            runs.append(current)
        return runs

    def _word(
        self,
        text: str,
        span: tuple[int, int],
        forms: Sequence[str],
        around: Sequence[str],
        words: Words,
        accented: bool,
    ) -> ContentWord:
        every = [normalize(form) for form in forms]
        every += [normalize(other) for form in every for other in self._synonyms.of(form)]
        if not accented:
            every = [fold(form) for form in every]
        syllables = every[0].split()
        weight = max(
            words.weight(" ".join(syllables[slice(*part)])) for part in words.segment(syllables)
        )
        return ContentWord(
            text=text[slice(*span)],
            start=span[0],
            forms=tuple(dict.fromkeys(every)),
            neighbours=tuple(around),
            weight=weight,
        )
