"""What the page says of itself, in Vietnamese and English; nothing of what reports say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hoidap.vietnamese.language import Language


@dataclass(frozen=True, slots=True)
class Texts:
    """The page's sentences in one language; braces are filled in by the templates."""

    code: str
    name: str
    motto: str
    skip: str
    other_language: str
    search: str
    reports: str
    timeline: str
    api: str
    question: str
    placeholder: str
    ask: str
    narrow: str
    since: str
    until: str
    only_report: str
    every_report: str
    partial: str
    not_found: str
    nearest: str
    answer_head: str
    source: str
    number: str
    page: str
    scanned: str
    in_report: str
    original: str
    copy: str
    copied: str
    citation: str
    helpful: str
    yes: str
    no: str
    thanks: str
    examples: str
    find_report: str
    find: str
    ask_report: str
    found_reports: str
    no_reports: str
    undated: str
    earlier: str
    later: str
    permanent: str
    as_of: str
    as_of_day: str
    changed: str
    removed: str
    back: str
    present: str
    table: str
    topic: str
    topic_placeholder: str
    draw: str
    all_reports: str
    about_topic: str
    month: str
    chart: str
    nothing_dated: str
    gone: str
    missing: str
    no_such_report: str
    invalid: str
    bad_date: str
    wrong_order: str
    slow_down: str
    incident: str
    unreachable: str
    forbidden: str
    footer: str


VIETNAMESE: Final = Texts(
    code="vi",
    name="Hỏi đáp báo cáo",
    motto="Hỏi các báo cáo của huyện: trả lời bằng nguyên văn, kèm nguồn.",
    skip="Đến nội dung chính",
    other_language="English",
    search="Hỏi",
    reports="Báo cáo",
    timeline="Theo thời gian",
    api="API",
    question="Câu hỏi",
    placeholder="Ví dụ: Ai chủ trì hội nghị ngày 26/3/2021?",
    ask="Hỏi",
    narrow="Lọc theo ngày, theo báo cáo",
    since="Từ ngày",
    until="Đến ngày",
    only_report="Chỉ trong báo cáo",
    every_report="Tất cả báo cáo",
    partial="Báo cáo không ghi rõ: {terms}. Đoạn liên quan nhất:",
    not_found="Không tìm thấy câu trả lời trong các báo cáo.",
    nearest="Báo cáo gần với câu hỏi nhất",
    answer_head="Trích từ báo cáo",
    source="Nguồn",
    number="số {number}",
    page="trang {page}",
    scanned="chữ đọc từ bản chụp, có thể sai",
    in_report="Xem trong báo cáo",
    original="Tệp gốc",
    copy="Chép kèm nguồn",
    copied="Đã chép",
    citation="Trích dẫn",
    helpful="Câu trả lời này có ích không?",
    yes="Có",
    no="Không",
    thanks="Cảm ơn đã góp ý.",
    examples="Thử hỏi",
    find_report="Tìm theo tên hoặc số báo cáo",
    find="Tìm",
    ask_report="Hỏi riêng báo cáo này",
    found_reports="{count} báo cáo, mới nhất trước",
    no_reports="Không có báo cáo nào.",
    undated="không ghi ngày",
    earlier="Trang trước",
    later="Trang sau",
    permanent="Liên kết cố định",
    as_of="Văn bản theo lần cập nhật số {number}.",
    as_of_day="Văn bản theo lần cập nhật số {number}, ngày {day}.",
    changed="Báo cáo này đã thay đổi từ đó.",
    removed="Báo cáo này đã được gỡ bỏ từ đó.",
    back="Về trang hỏi",
    present="Xem bản hiện nay",
    table="Xem bảng số liệu",
    topic="Chủ đề",
    topic_placeholder="Ví dụ: nông thôn mới",
    draw="Xem",
    all_reports="Tất cả báo cáo",
    about_topic="Về chủ đề",
    month="Thời gian",
    chart="Số báo cáo theo tháng",
    nothing_dated="Chưa có báo cáo nào ghi ngày.",
    gone="Bản của lần cập nhật số {number} không còn được lưu.",
    missing="Không có trang này.",
    no_such_report="Không có báo cáo này, hoặc báo cáo đã được gỡ bỏ.",
    invalid="Địa chỉ hoặc biểu mẫu không đúng; hãy mở lại từ trang hỏi.",
    bad_date="Không hiểu ngày “{value}”; hãy viết như 26/3/2021.",
    wrong_order="Khoảng ngày ngược: “từ ngày” sau “đến ngày”.",
    slow_down="Hỏi nhanh quá; hãy thử lại sau {seconds} giây.",
    incident="Có lỗi ngoài dự kiến. Mã sự cố: {id}.",
    unreachable="Máy tìm kiếm hiện không liên lạc được. Vui lòng hỏi lại sau ít phút.",
    forbidden="Biểu mẫu không do trang này gửi; hãy mở lại trang rồi thử lại.",
    footer="Mọi đoạn trích là nguyên văn báo cáo; hệ thống không tự viết thêm điều gì.",
)
ENGLISH: Final = Texts(
    code="en",
    name="Questions to the reports",
    motto="Ask the district's reports: answers are word for word, with their source.",
    skip="Skip to the content",
    other_language="Tiếng Việt",
    search="Ask",
    reports="Reports",
    timeline="Over time",
    api="API",
    question="Question",
    placeholder="For example: Who chaired the conference of 26 March 2021?",
    ask="Ask",
    narrow="Filter by date or report",
    since="From",
    until="To",
    only_report="Only in the report",
    every_report="All reports",
    partial="The reports do not say: {terms}. The nearest passage:",
    not_found="The reports hold no answer to this question.",
    nearest="Reports nearest to the question",
    answer_head="Quoted from the reports",
    source="Source",
    number="no. {number}",
    page="page {page}",
    scanned="read from a scan, may hold errors",
    in_report="See it in the report",
    original="Original file",
    copy="Copy with citation",
    copied="Copied",
    citation="Citation",
    helpful="Was this answer helpful?",
    yes="Yes",
    no="No",
    thanks="Thank you for telling us.",
    examples="Try asking",
    find_report="Find by a report's title or number",
    find="Find",
    ask_report="Ask this report only",
    found_reports="Reports found: {count}, newest first",
    no_reports="No reports.",
    undated="without a date",
    earlier="Previous page",
    later="Next page",
    permanent="Permanent link",
    as_of="The text as of generation {number}.",
    as_of_day="The text as of generation {number}, made on {day}.",
    changed="The report has changed since.",
    removed="The report has been removed since.",
    back="Back to the questions",
    present="See the present version",
    table="See the numbers",
    topic="Topic",
    topic_placeholder="For example: nông thôn mới",
    draw="Show",
    all_reports="All reports",
    about_topic="About the topic",
    month="Time",
    chart="Reports by month",
    nothing_dated="No report has a date yet.",
    gone="Generation {number} is no longer kept.",
    missing="There is no such page.",
    no_such_report="There is no such report, or it has been removed.",
    invalid="The address or form is not right; please start again from the questions.",
    bad_date="The date “{value}” cannot be read; write it as 26/3/2021.",
    wrong_order="The dates are in the wrong order.",
    slow_down="Too many questions; please try again in {seconds} seconds.",
    incident="Something unexpected went wrong. Incident: {id}.",
    unreachable="The search machine cannot be reached; please ask again in a few minutes.",
    forbidden="This form was not sent by this site; open the page again and retry.",
    footer="Every passage quoted is a report's own wording; nothing is added to it.",
)
_TEXTS = {Language.VIETNAMESE: VIETNAMESE, Language.ENGLISH: ENGLISH}
EXAMPLES: Final = {
    "vi": ("Ai chủ trì hội nghị ngày 26/3/2021?", "Có bao nhiêu xã đạt chuẩn nông thôn mới?"),
    "en": (
        "Who chaired the conference of 26/3/2021?",
        "How many communes met the new rural standard?",
    ),
}


def texts_in(code: str) -> Texts:
    """The texts in a language by its code; Vietnamese in any other."""
    return _TEXTS[Language.ENGLISH] if code == ENGLISH.code else _TEXTS[Language.VIETNAMESE]
