"""What the bot says of itself, in Vietnamese and English; nothing of what reports say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hoidap.vietnamese.language import Language


@dataclass(frozen=True, slots=True)
class Texts:
    """The bot's sentences in one language; braces are filled in by `bot.messages`."""

    start: str
    start_other: str
    help: str
    partial: str
    welcome: str
    not_found: str
    nearest: str
    late: str
    whole_passage: str
    source: str
    page: str
    ocr: str
    number: str
    more: str
    around: str
    file: str
    earlier: str
    later: str
    more_head: str
    reads: str
    thanks_helpful: str
    thanks_unhelpful: str
    erased_feedback: str
    gone: str
    file_missing: str
    file_too_big: str
    reports: str
    no_reports: str
    undated: str
    ask_what: str
    too_long: str
    only_text: str
    unknown: str
    slow_down: str
    incident: str
    unreachable: str
    choose_language: str
    language_set: str
    language_auto: str
    erase_ask: str
    erase_yes: str
    erase_no: str
    erased: str
    kept: str
    inline_short: str
    inline_none: str
    read_more: str
    commands: tuple[tuple[str, str], ...]
    group_commands: tuple[tuple[str, str], ...]


_VIETNAMESE: Final = Texts(
    start=(
        "Kính chào bà con! 👋\n\n"
        "Bà con cứ gõ câu hỏi, tôi sẽ tìm trong các báo cáo của huyện và trích nguyên văn đoạn"
        " trả lời, kèm ngày và nguồn. Gõ có dấu hay không dấu đều được.\n\n"
        "Ví dụ: Có bao nhiêu xã đạt chuẩn nông thôn mới?\n\n"
        "Xem các báo cáo: /baocao\nHướng dẫn: /help"
    ),
    start_other="In English: just ask your question. /lang changes the language.",
    help=(
        "Cách hỏi\n"
        "• Gõ câu hỏi như nói chuyện, có dấu hay không dấu. Nên ghi ngày, nơi hoặc tên nếu biết.\n"
        "• Hỏi tiếp cho gọn: “còn ông Sự?”, “năm nào?”; hoặc bấm trả lời vào đoạn trích.\n"
        "• Gõ sai thì sửa tin nhắn, câu trả lời sẽ được sửa theo.\n"
        "• Trong nhóm: /hoi câu hỏi, hoặc nhắc tên @{bot}.\n"
        "• Trong khung chat bất kỳ: @{bot} câu hỏi, để gửi đoạn trích kèm nguồn.\n\n"
        "Tôi chỉ trích nguyên văn báo cáo, không tự viết thêm. Báo cáo không ghi thì tôi nói là"
        " không ghi.\n\n"
        "Lệnh\n"
        "/baocao – xem báo cáo theo ngày\n"
        "/lang – đổi ngôn ngữ\n"
        "/xoadulieu – xóa các câu hỏi của tôi\n\n"
        "Quyền riêng tư\n"
        "Câu hỏi được giữ {days} ngày để cải thiện câu trả lời, rồi tự xóa. Không lưu tên hay số"
        " của bà con: người hỏi chỉ được ghi bằng một mã không đọc ngược được; số điện thoại, số"
        " căn cước trong câu hỏi bị che. Muốn xóa ngay, bấm /xoadulieu."
    ),
    partial="Báo cáo không ghi rõ: {terms}.",
    welcome="Dạ không có chi. Bà con cần hỏi gì nữa thì cứ gõ nhé.",
    not_found=(
        "Tôi không tìm thấy câu trả lời trong các báo cáo. Bà con thử hỏi cách khác, ghi thêm"
        " ngày, nơi hoặc tên."
    ),
    nearest="Báo cáo gần với câu hỏi nhất:",
    late="Bà con hỏi lúc {time}, khi tôi đang nghỉ. Nay xin trả lời:",
    whole_passage="Cả đoạn (bấm để mở):",
    source="Nguồn: ",
    page="trang {page}",
    ocr="⚠ chữ đọc từ bản chụp, có thể sai",
    number="số {number}",
    more="📑 Đoạn khác ({count})",
    around="📖 Đọc thêm",
    file="📄 Báo cáo gốc",
    earlier="◀ Phần trước",
    later="Phần sau ▶",
    more_head="Đoạn khác có liên quan:",
    reads="Đoạn liên quan nhất:",
    thanks_helpful="Cảm ơn bà con! 👍",
    thanks_unhelpful="Cảm ơn bà con đã góp ý. Cán bộ sẽ xem lại câu hỏi này.",
    erased_feedback="Câu hỏi này đã được xóa nên không còn góp ý được.",
    gone="Đoạn này không còn trong các báo cáo hiện nay. Bà con vui lòng hỏi lại.",
    file_missing="Rất tiếc, hiện chưa gửi được tệp báo cáo này. Bà con vui lòng thử lại sau.",
    file_too_big="Tệp báo cáo này lớn quá, Telegram không cho gửi.",
    reports="Các báo cáo, mới nhất trước. Bấm số để đọc:",
    no_reports="Chưa có báo cáo nào.",
    undated="không ghi ngày",
    ask_what="Bà con muốn hỏi gì? Ví dụ: /hoi Ai là Bí thư Huyện ủy?",
    too_long="Câu hỏi dài quá. Bà con rút gọn lại giúp, dưới {most} chữ cái.",
    only_text="Tôi chỉ đọc được chữ. Bà con gõ câu hỏi giúp nhé.",
    unknown="Tôi không biết lệnh này. Bà con cứ gõ câu hỏi, hoặc xem /help.",
    slow_down="Bà con hỏi hơi nhanh. Vui lòng đợi khoảng {seconds} giây rồi hỏi tiếp nhé.",
    incident="Rất tiếc, đang có trục trặc. Bà con vui lòng thử lại sau ít phút. Mã sự cố: {id}",
    unreachable=(
        "Máy tìm kiếm hiện không liên lạc được nên tôi chưa trả lời được. Bà con vui lòng hỏi lại"
        " sau ít phút."
    ),
    choose_language="Chọn ngôn ngữ trả lời / Choose a language:",
    language_set="Từ nay tôi trả lời bằng tiếng Việt.",
    language_auto="Tôi sẽ trả lời theo ngôn ngữ của câu hỏi.",
    erase_ask="Xóa tất cả câu hỏi và góp ý của bà con khỏi nhật ký?",
    erase_yes="🗑 Xóa",
    erase_no="Không xóa",
    erased=(
        "Đã xóa {count} câu hỏi cùng các góp ý. Tin nhắn trong khung chat này bà con tự xóa nhé."
    ),
    kept="Không xóa gì cả.",
    inline_short="Gõ câu hỏi, ít nhất {least} chữ cái",
    inline_none="Không tìm thấy trong báo cáo. Hỏi trong chat riêng",
    read_more="📖 Đọc thêm",
    commands=(
        ("help", "Hướng dẫn và quyền riêng tư"),
        ("baocao", "Xem báo cáo theo ngày"),
        ("hoi", "Hỏi một câu"),
        ("lang", "Đổi ngôn ngữ (language)"),
        ("xoadulieu", "Xóa các câu hỏi của tôi"),
    ),
    group_commands=(("hoi", "Hỏi các báo cáo"), ("help", "Hướng dẫn")),
)

_ENGLISH: Final = Texts(
    start=(
        "Welcome! 👋\n\n"
        "Type your question. I look it up in the district's reports and quote the passage that"
        " answers it, word for word, with its date and source. The reports are in Vietnamese.\n\n"
        "Example: How many communes met the new rural standard?\n\n"
        "Browse the reports: /baocao\nHelp: /help"
    ),
    start_other="Tiếng Việt: bà con cứ gõ câu hỏi. Đổi ngôn ngữ: /lang",
    help=(
        "How to ask\n"
        "• Write as you would speak, in Vietnamese or English. A date, place or name helps.\n"
        "• Go on briefly: “and Mr Sự?”, “which year?”, or reply to an answer.\n"
        "• Edit your message and the answer is edited, too.\n"
        "• In groups: /ask question, or mention @{bot}.\n"
        "• In any chat: @{bot} question, to send a quote with its source.\n\n"
        "I only quote reports, word for word, and add nothing. What they do not state,"
        " I say so.\n\n"
        "Commands\n"
        "/baocao – browse reports by date\n"
        "/lang – change the language\n"
        "/xoadulieu – erase my questions\n\n"
        "Privacy\n"
        "Questions are kept for {days} days to improve the answers, then erased. Neither your name"
        " nor your number is stored: who asked stands there as a code that cannot be read back;"
        " telephone and identity numbers are masked. To erase now: /xoadulieu."
    ),
    partial="The report does not state: {terms}.",
    welcome="You are welcome. Go on asking whenever you like.",
    not_found=(
        "I found no answer in the reports. Please try other words, or add a date, a place or a"
        " name."
    ),
    nearest="Reports nearest to the question:",
    late="You asked at {time}, while I was away. Here is the answer:",
    whole_passage="The whole passage (tap to open):",
    source="Source: ",
    page="page {page}",
    ocr="⚠ read from a scan, may hold errors",
    number="no. {number}",
    more="📑 More passages ({count})",
    around="📖 Read on",
    file="📄 Original report",
    earlier="◀ Before",
    later="After ▶",
    more_head="Other passages on this:",
    reads="The nearest passage, in the original:",
    thanks_helpful="Thank you! 👍",
    thanks_unhelpful="Thank you. Someone will look at this question.",
    erased_feedback="This question was erased, so it can no longer be rated.",
    gone="This passage is no longer in the reports. Please ask again.",
    file_missing="Sorry, this report's file cannot be sent now. Please try again later.",
    file_too_big="This report's file is too big for Telegram.",
    reports="The reports, newest first. Tap a number to read:",
    no_reports="There are no reports yet.",
    undated="no date",
    ask_what="What would you like to ask? For example: /ask Who is the district party secretary?",
    too_long="The question is too long. Please keep it under {most} characters.",
    only_text="I can read text only. Please type your question.",
    unknown="I do not know this command. Just type a question, or see /help.",
    slow_down="That was rather fast. Please wait about {seconds} seconds and ask again.",
    incident="Sorry, something went wrong. Please try again in a few minutes. Incident: {id}",
    unreachable=(
        "The search machine cannot be reached right now, so I have no answer yet. Please ask again"
        " in a few minutes."
    ),
    choose_language="Chọn ngôn ngữ trả lời / Choose a language:",
    language_set="From now on I answer in English. The quotes stay in Vietnamese.",
    language_auto="I will answer in the language of each question.",
    erase_ask="Erase all your questions and ratings from the journal?",
    erase_yes="🗑 Erase",
    erase_no="Keep them",
    erased="Erased {count} questions and their ratings. Messages in this chat are yours to delete.",
    kept="Nothing was erased.",
    inline_short="Type a question, at least {least} letters",
    inline_none="Nothing found in the reports. Ask in a private chat",
    read_more="📖 Read on",
    commands=(
        ("help", "Help and privacy"),
        ("baocao", "Browse reports by date"),
        ("ask", "Ask a question"),
        ("lang", "Change the language (ngôn ngữ)"),
        ("xoadulieu", "Erase my questions"),
    ),
    group_commands=(("ask", "Ask the reports"), ("help", "Help")),
)


def texts_in(language: str) -> Texts:
    """The texts in a language; Vietnamese unless it is English."""
    return _ENGLISH if language == Language.ENGLISH else _VIETNAMESE


@dataclass(frozen=True, slots=True)
class AdminTexts:
    """What administrators read of files that they send in and reports that they remove.

    In Vietnamese, as all that is for them.
    """

    how_to_add: str = (
        "Thêm báo cáo: gửi tệp vào đây (bấm 📎, chọn Tệp). Gửi nhiều tệp liền nhau hay cả album là"
        " một lượt.\n\n"
        "Tôi đọc từng tệp rồi cho xem trước; chỉ khi bấm “Thêm” thì báo cáo mới được dùng để trả"
        " lời. Thêm rồi vẫn gỡ được bằng /xoa, hoặc quay về bằng /rollback.\n\n"
        "• Định dạng {formats}.\n"
        "• Bản quét: gửi PDF. Ảnh chụp: ghép thành PDF rồi gửi.\n"
        "• Mỗi tệp nhiều nhất {most} MB (Telegram không cho bot tải tệp lớn hơn). Tệp lớn hơn:"
        " dùng trang quản trị, hoặc trên máy chủ: hoidap add TỆP.\n"
        "• Gửi tệp cùng tên với tệp đã có là thay bản cũ; khi xem trước, chọn được “giữ cả hai”."
    )
    receiving: str = "📥 Đã nhận tệp, đang đọc…"
    moved: str = "⬇ Đã gộp vào tin xem trước bên dưới."
    photo: str = "ảnh chụp: chưa đọc được; hãy ghép ảnh thành PDF rồi gửi dưới dạng tệp"
    too_big: str = (
        "nặng {size} MB, mà Telegram chỉ cho bot tải tệp đến {most} MB; hãy dùng trang quản trị,"
        " hoặc chép tệp vào máy chủ rồi chạy: hoidap add TỆP"
    )
    not_loaded: str = "không tải được tệp này từ Telegram; hãy gửi lại"
    late: str = "tới sau khi các tệp gửi trước đã được thêm hoặc bỏ; hãy gửi lại tệp này"
    nameless: str = "tệp không tên"
    head_one: str = "Xem trước: thêm 1 tệp"
    head_many: str = "Xem trước: thêm {count} tệp"
    nothing: str = "Không thêm được tệp nào"
    refused: str = "Không thêm được:"
    file: str = "Tệp: {name} ({size})"
    pages: str = "{pages} trang"
    reports: str = "{count} báo cáo trong tệp; báo cáo đầu:"
    issued_by: str = "Nơi ban hành: {source}"
    opening: str = "Đoạn đầu:"
    no_date: str = "Không thấy ngày của báo cáo: câu hỏi có ngày sẽ khó tìm ra"
    scanned: str = "Đọc bằng máy từ bản chụp (OCR), {pages} trang: có thể sai chữ, xin đối chiếu kỹ"
    converted: str = "Chữ viết bằng bảng mã cũ {encoding}, đã đổi sang Unicode"
    replaces: str = "THAY báo cáo đang có trong tệp cùng tên: {title}"
    replaces_unread: str = "THAY tệp cùng tên đang có trong thư mục"
    metadata: str = (
        "Tiêu đề, ngày… lấy theo {file} có sẵn trong thư mục; nếu tệp đó viết cho báo cáo khác,"
        " hãy bỏ, đổi tên tệp rồi gửi lại"
    )
    same_number: str = "Cùng số {number} với báo cáo đang có: {title}"
    similar: str = "Giống {share} báo cáo đang có: {title}"
    bad_lines: str = "{count} dòng không đọc được, dòng đầu: {first}"
    waits_until: str = "Chưa thêm gì. Chờ xác nhận đến {time}."
    add: str = "✅ Thêm"
    add_and_replace: str = "✅ Thêm, thay bản cũ"
    add_beside: str = "➕ Thêm, giữ cả bản cũ"
    drop: str = "Bỏ, không thêm"
    cancel: str = "Thôi"
    dropped: str = "Đã bỏ {count} tệp, không thêm gì."
    not_yours: str = "Chỉ người gửi các tệp này mới thêm hoặc bỏ được."
    busy: str = "Đang làm, xin đợi."
    golden: str = (
        "{count} câu hỏi kiểm tra không đạt. Hãy sửa báo cáo hoặc golden.toml rồi thử lại; muốn bỏ"
        " qua, dùng --force trên máy chủ."
    )
    not_added: str = "Chưa thêm được tệp nào; các báo cáo đang dùng giữ nguyên."
    added_one: str = "Đã thêm, người dân hỏi được ngay (thế hệ {generation})."
    added_many: str = "Đã thêm {count} tệp, người dân hỏi được ngay (thế hệ {generation})."
    added_none: str = "Không có báo cáo mới nào (thế hệ {generation})."
    report_id: str = "mã: {id}"
    left_out: str = "⚠ {file}: {count} dòng không thêm được, dòng đầu: {first}"
    more_reports: str = "… và {count} báo cáo nữa trong tệp"
    emptied: str = (
        "⚠ Thư mục {folder} không còn báo cáo nào, trước đó có {count}. Nếu không cố ý bỏ (ổ đĩa"
        " hay thư mục mạng chưa gắn?), hãy gắn lại, chép lại rồi /reload."
    )
    others: str = (
        "Cùng lúc nạp các thay đổi khác trong thư mục: {added} thêm, {changed} thay đổi,"
        " {removed} gỡ bỏ."
    )
    alike: str = "⚠ Gần giống: {report} giống {share} {other}"
    try_one: str = "Hỏi thử: trả lời (reply) tin này bằng một câu hỏi."
    try_many: str = "Hỏi thử về từng báo cáo: bấm số."
    open: str = "📖 Đọc"
    ask_about: str = "❓ Hỏi báo cáo này"
    ask_now: str = "Trả lời (reply) tin này bằng câu hỏi; tôi sẽ chỉ tìm trong báo cáo:"
    report_gone: str = "Báo cáo này không còn, hoặc đã thay đổi."
    rollback_again: str = (
        "Báo cáo đã đổi từ lúc hỏi, nay là thế hệ {number}; cần thì gõ lại /rollback."
    )
    remove_what: str = (
        "Gỡ báo cáo nào? Gõ /xoa rồi mã báo cáo, hoặc vài chữ trong tên hay số của nó, ví dụ:"
        " /xoa 87/BC-UBND"
    )
    remove_none: str = (
        "Không có báo cáo nào có mã, tên hay số như “{words}”. Xem các báo cáo: /baocao"
    )
    remove_which: str = "Gỡ báo cáo nào? Bấm số:"
    remove_more: str = "… và {count} báo cáo nữa; gõ thêm chữ để tìm hẹp hơn."
    remove_ask: str = "Gỡ báo cáo này?"
    remove_file: str = (
        "Tệp {file} sẽ chuyển ra khỏi thư mục báo cáo, không bị xóa hẳn. Sau khi gỡ, không câu trả"
        " lời nào còn trích báo cáo này."
    )
    remove_line: str = (
        "Chỉ báo cáo này được lấy ra khỏi tệp {file}; các báo cáo khác trong tệp giữ nguyên."
    )
    remove_yes: str = "🗑 Gỡ"
    removed: str = (
        "Đã gỡ “{title}” (thế hệ {generation}). Tệp nằm ở removed/{folder} trong thư mục dữ liệu;"
        " muốn dùng lại thì gửi lại tệp."
    )
    removed_only: str = (
        "Đã gỡ “{title}” (thế hệ {generation}). Thư mục báo cáo không còn tệp của báo cáo này."
    )
    removed_copy: str = (
        "⚠ Thư mục báo cáo còn tệp {file} có cùng nội dung, nay vẫn được trích. Muốn gỡ nốt, gõ:"
        " /xoa {id}"
    )
    not_removed: str = "Chưa gỡ được; các báo cáo đang dùng giữ nguyên."
    remove_again: str = "Báo cáo này đã được gỡ hoặc đã thay đổi; cần thì gõ lại /xoa."


ADMIN: Final = AdminTexts()
