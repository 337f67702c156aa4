"""What a question asks the amount of: "diện tích" of "diện tích xã Ba Sao là bao nhiêu"."""

from __future__ import annotations

from hoidap.vietnamese.language import Language
from hoidap.vietnamese.question import AnswerKind, Question
from hoidap.vietnamese.text import fold

_MEASURES = """
diện tích; dân số; sản lượng; năng suất; giá trị; tổng mức; mức; đầu tư; vốn; kinh phí; chi phí;
lệ phí; phí; giá; thu nhập; doanh thu; lợi nhuận; ngân sách; học phí; lương; phụ cấp; hệ số; tỷ lệ;
tỉ lệ; dài; chiều dài; rộng; chiều rộng; cao; chiều cao; sâu; nặng; tuổi; công suất; mật độ; tăng;
giảm; hỗ trợ; trợ cấp; thưởng; phạt
"""
_ACCENTED = frozenset(" ".join(word.split()) for word in _MEASURES.split(";"))
_WORDS = {True: _ACCENTED, False: frozenset(map(fold, _ACCENTED))}


def measure_asked(question: Question) -> int | None:
    """The number of the word whose amount a Vietnamese question asks; None where it counts.

    The last such word: "diện tích lúa giảm bao nhiêu" asks by how much.
    """
    if (
        question.kind is not AnswerKind.NUMBER
        or question.ordinal
        or question.language is Language.ENGLISH
    ):
        return None
    words = _WORDS[question.accented]
    found = [number for number, word in enumerate(question.words) if word.forms[0] in words]
    return found[-1] if found else None
