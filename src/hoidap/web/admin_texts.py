"""What the administration says of itself, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hoidap.accounts import Role
from hoidap.catalog import Cause
from hoidap.documents import Note, Status
from hoidap.vietnamese.language import Language
from hoidap.web.work import Kind


@dataclass(frozen=True, slots=True)
class AdminTexts:
    """The sentences of the administration in one language; braces are filled in by the pages."""

    log_in: str
    log_out: str
    account_name: str
    password: str
    no_accounts: str
    wrong_login: str
    disabled_login: str
    locked: str
    login_needed: str
    password_due: str
    role_needed: str
    other_origin: str
    old_form: str
    change_password: str
    temporary_password: str
    current_password: str
    new_password: str
    password_hint: str
    again: str
    not_the_same: str
    administration: str
    overview: str
    reports: str
    reload: str
    history: str
    unanswered: str
    feedback: str
    audit: str
    accounts: str
    in_use: str
    generation: str
    holds: str
    folder: str
    under_way: str
    questions: str
    period: str
    last_days: str
    last_day: str
    quoted: str
    partial: str
    not_found: str
    helpful: str
    unhelpful: str
    progress: str
    progress_files: str
    working: str
    look_again: str
    done: str
    not_done: str
    by: str
    added: str
    changed: str
    removed: str
    unchanged: str
    failed: str
    duplicates: str
    copy_of: str
    similar: str
    similar_to: str
    passed_over: str
    emptied: str
    more: str
    golden: str
    golden_ignored: str
    nothing_changes: str
    now: str
    ask_about: str
    force_reads: str
    force: str
    only_administrators: str
    find_report: str
    find: str
    remove: str
    remove_title: str
    remove_about: str
    remove_also: str
    keep: str
    reload_about: str
    see_plan: str
    do_reload: str
    plan_changed: str
    kept_generations: str
    current: str
    forced: str
    roll_back: str
    rollback_title: str
    rollback_about: str
    changed_since: str
    no_generation: str
    unanswered_about: str
    feedback_about: str
    no_questions: str
    time: str
    who: str
    action: str
    result: str
    find_action: str
    no_actions: str
    role: str
    state: str
    last_login: str
    never: str
    active: str
    is_disabled: str
    is_locked: str
    is_temporary: str
    add_account: str
    name_hint: str
    choose_role: str
    set_role: str
    reset_password: str
    disable: str
    enable: str
    unlock: str
    end_sessions: str
    remove_account: str
    sure: str
    not_sure: str
    first_password: str
    first_password_about: str
    back_to_accounts: str
    cancel: str
    uploads: str
    uploads_about: str
    files: str
    send: str
    no_files: str
    too_large: str
    too_many: str
    more_lines: str
    broken_form: str
    waiting: str
    waiting_batch: str
    preview: str
    will_add: str
    will_refuse: str
    goes_to: str
    no_date: str
    opening: str
    page_count: str
    scanned_pages: str
    many_reports: str
    replaces: str
    metadata: str
    same_number: str
    nearly_same: str
    refused: str
    not_added: str
    keep_both: str
    others: str
    confirm: str
    drop: str
    roles: Mapping[Role, str]
    kinds: Mapping[Kind, str]
    causes: Mapping[Cause, str]
    notes: Mapping[Note, str]
    statuses: Mapping[Status, str]


_VIETNAMESE: Final = AdminTexts(
    log_in="Đăng nhập",
    log_out="Đăng xuất",
    account_name="Tên tài khoản",
    password="Mật khẩu",
    no_accounts="Chưa có tài khoản nào. Trên máy chủ, hãy chạy:",
    wrong_login="Tên tài khoản hoặc mật khẩu không đúng.",
    disabled_login="Tài khoản này đã ngừng; hãy hỏi quản trị viên.",
    locked="Sai nhiều lần quá; hãy thử lại sau {time}.",
    login_needed="Trang này chỉ dành cho người đã đăng nhập.",
    password_due="Hãy đổi mật khẩu tạm thời trước, ở /password.",
    role_needed="Việc này cần vai trò {role}.",
    other_origin=(
        "Biểu mẫu đến từ {origin}, còn máy chủ ở {here}. Nếu có proxy, proxy cần chuyển Host và"
        " X-Forwarded-Proto."
    ),
    old_form="Biểu mẫu đã cũ hoặc không do trang này gửi; hãy mở lại trang rồi thử lại.",
    change_password="Đổi mật khẩu",
    temporary_password="Mật khẩu này do người khác đặt; hãy chọn mật khẩu của riêng mình.",
    current_password="Mật khẩu hiện nay",
    new_password="Mật khẩu mới",
    password_hint="Ít nhất {least} ký tự; một câu dễ nhớ là đủ.",
    again="Nhập lại mật khẩu mới",
    not_the_same="Hai lần nhập mật khẩu mới khác nhau.",
    administration="Quản trị",
    overview="Tổng quan",
    reports="Báo cáo",
    reload="Nạp lại",
    history="Lịch sử",
    unanswered="Câu hỏi chưa trả lời được",
    feedback="Góp ý",
    audit="Việc đã làm",
    accounts="Tài khoản",
    in_use="Đang dùng",
    generation="Thế hệ {number}",
    holds="{reports} báo cáo, {passages} đoạn",
    folder="Thư mục báo cáo",
    under_way="Đang làm",
    questions="Câu hỏi",
    period="Thời gian",
    last_days="{days} ngày qua",
    last_day="24 giờ qua",
    quoted="Có trích dẫn",
    partial="Một phần",
    not_found="Không tìm thấy",
    helpful="Có ích",
    unhelpful="Không có ích",
    progress="{done} trên {total} đoạn",
    progress_files="{done} trên {total} tệp",
    working="Đang làm; trang này tự cập nhật.",
    look_again="Xem lại",
    done="Đã xong",
    not_done="Không xong",
    by="bởi {name}, lúc {time}",
    added="Thêm",
    changed="Thay đổi",
    removed="Gỡ bỏ",
    unchanged="Giữ nguyên",
    failed="Không đọc được",
    duplicates="Trùng",
    copy_of="{file} là bản sao của {of}",
    similar="Gần giống",
    similar_to="{report} giống {share} với {other}",
    passed_over="Không đọc, vì không phải định dạng báo cáo",
    emptied="CHÚ Ý: thư mục {folder} không còn báo cáo nào, trước đó có {count}; nếu không cố ý bỏ"
    " (ổ đĩa hay thư mục mạng chưa gắn?), hãy gắn lại, chép lại rồi nạp lại",
    more="… và {count} mục nữa",
    golden="Câu hỏi kiểm tra không đạt",
    golden_ignored="Câu hỏi kiểm tra không đạt, đã bỏ qua",
    nothing_changes="Không có gì thay đổi.",
    now="Nay là thế hệ {number}.",
    ask_about="Hỏi về báo cáo này",
    force_reads="Vẫn làm, dù câu hỏi kiểm tra không đạt",
    force="Vẫn làm",
    only_administrators="Chỉ quản trị viên mới bỏ qua được câu hỏi kiểm tra.",
    find_report="Tìm theo tên hoặc số báo cáo",
    find="Tìm",
    remove="Gỡ",
    remove_title="Gỡ báo cáo này?",
    remove_about="Tệp {file} chuyển tới {folder}; câu trả lời không còn trích báo cáo này.",
    remove_also="Thay đổi khác trong thư mục báo cáo cũng được nạp.",
    keep="Giữ lại",
    reload_about=(
        "Đưa vào những gì thư mục {folder} đang có. Trước hết hãy xem sẽ thay đổi gì; chưa ghi gì."
    ),
    see_plan="Xem sẽ thay đổi gì",
    do_reload="Nạp lại",
    plan_changed=(
        "Thư mục báo cáo hoặc báo cáo đang dùng đã đổi từ lúc xem, nên chưa nạp gì. Xem lại:"
    ),
    kept_generations="{count} thế hệ còn giữ, mới nhất trước",
    current="đang dùng",
    forced="bỏ qua câu hỏi kiểm tra",
    roll_back="Quay về",
    rollback_title="Quay về báo cáo của thế hệ {number}?",
    rollback_about=(
        "Báo cáo của thế hệ ấy được dùng lại, thành một thế hệ mới. Thư mục báo cáo giữ nguyên:"
        " lần nạp lại sau sẽ đưa vào những gì thư mục đang có."
    ),
    changed_since="Báo cáo đã đổi từ lúc xem, nên chưa quay về.",
    no_generation="Không quay về được thế hệ này; hãy xem lịch sử.",
    unanswered_about=(
        "Câu hỏi không có câu trả lời đầy đủ, hoặc có người thấy không có ích; số định danh và số"
        " điện thoại đã che."
    ),
    feedback_about="Câu hỏi mà người đọc đã góp ý về câu trả lời.",
    no_questions="Không có câu hỏi nào.",
    time="Lúc",
    who="Ai",
    action="Việc",
    result="Kết quả",
    find_action="Tìm trong việc đã làm",
    no_actions="Không có gì.",
    role="Vai trò",
    state="Tình trạng",
    last_login="Đăng nhập lần cuối",
    never="chưa",
    active="đang dùng",
    is_disabled="đã ngừng",
    is_locked="tạm khóa đến {time}",
    is_temporary="chưa đổi mật khẩu tạm thời",
    add_account="Thêm tài khoản",
    name_hint="Chữ cái không dấu, chữ số, dấu . _ -; bắt đầu bằng chữ cái.",
    choose_role="hãy chọn một vai trò",
    set_role="Đổi vai trò",
    reset_password="Đặt mật khẩu tạm thời",
    disable="Ngừng tài khoản",
    enable="Cho dùng lại",
    unlock="Bỏ tạm khóa",
    end_sessions="Kết thúc các phiên đăng nhập",
    remove_account="Xóa tài khoản",
    sure="Tôi chắc chắn",
    not_sure="Hãy đánh dấu “Tôi chắc chắn” rồi thử lại.",
    first_password="Mật khẩu tạm thời của {name}",
    first_password_about=(
        "Chỉ hiện một lần này. Hãy đưa tận tay; lúc đăng nhập lần đầu, người dùng phải đổi."
    ),
    back_to_accounts="Về danh sách tài khoản",
    cancel="Thôi",
    uploads="Thêm báo cáo",
    uploads_about=(
        "Chọn một hay nhiều tệp: Word, PDF, trang web, văn bản, .jsonl. Trước khi thêm sẽ xem"
        " được máy đọc ra gì. Mỗi lần nhiều nhất {files} tệp, {size} MB."
    ),
    files="Tệp báo cáo",
    send="Gửi và xem trước",
    no_files="Chưa chọn tệp nào.",
    too_large="Các tệp vượt quá {size} MB; hãy gửi ít tệp hơn mỗi lần, hoặc chia nhỏ tệp.",
    too_many="Nhiều tệp quá: mỗi lần gửi nhiều nhất {count} tệp.",
    more_lines="… và {count} dòng nữa không đọc được",
    broken_form="Không nhận được trọn các tệp; hãy gửi lại.",
    waiting="Chờ xác nhận",
    waiting_batch="{count} tệp của {who}, lúc {time}",
    preview="Xem trước",
    will_add="Sẽ thêm {count} tệp",
    will_refuse="{count} tệp không nhận",
    goes_to="tệp {file} trong thư mục báo cáo",
    no_date="không thấy ngày: câu hỏi theo ngày sẽ không tìm ra",
    opening="Đoạn đầu",
    page_count="{count} trang",
    scanned_pages="{count} trang đọc từ bản chụp: hãy so với bản gốc",
    many_reports="{count} báo cáo trong một tệp, đây là báo cáo đầu",
    replaces="Đã có tệp cùng tên, sẽ bị thay",
    metadata="tiêu đề, ngày… lấy theo {file} có sẵn trong thư mục; nếu tệp đó viết cho báo cáo"
    " khác, hãy bỏ, đổi tên tệp rồi gửi lại",
    same_number="Đã có báo cáo cùng số",
    nearly_same="Gần giống {share} với",
    refused="Không nhận",
    not_added="Không được thêm",
    keep_both="Tệp trùng tên: giữ cả hai, đặt tên khác cho tệp mới",
    others="Thư mục báo cáo còn thay đổi khác, sẽ được nạp cùng lúc:",
    confirm="Thêm vào kho báo cáo",
    drop="Bỏ các tệp này",
    roles={
        Role.READER: "người đọc",
        Role.EDITOR: "biên tập viên",
        Role.ADMINISTRATOR: "quản trị viên",
    },
    kinds={
        Kind.READ: "Đọc tệp",
        Kind.PLAN: "Sẽ thay đổi gì nếu nạp lại",
        Kind.RELOAD: "Nạp lại",
        Kind.UPLOAD: "Thêm báo cáo",
        Kind.REMOVE: "Gỡ báo cáo",
        Kind.ROLLBACK: "Quay về",
    },
    causes={
        Cause.RELOAD: "nạp lại",
        Cause.ADD: "thêm báo cáo",
        Cause.REMOVE: "gỡ báo cáo",
        Cause.ROLLBACK: "quay về",
        Cause.REBUILD: "lập lại chỉ mục",
    },
    notes={
        Note.FROM_TCVN3: "chuyển từ bảng mã TCVN3",
        Note.FROM_VNI: "chuyển từ bảng mã VNI",
        Note.FROM_CP1258: "chuyển từ bảng mã cũ của Windows",
        Note.OCR: "có trang đọc từ bản chụp",
    },
    statuses={
        Status.QUOTED: "có trích dẫn",
        Status.PARTIAL: "một phần",
        Status.NOT_FOUND: "không tìm thấy",
    },
)
_ENGLISH: Final = AdminTexts(
    log_in="Log in",
    log_out="Log out",
    account_name="Account name",
    password="Password",
    no_accounts="There is no account yet. On the server, run:",
    wrong_login="The name or the password is wrong.",
    disabled_login="This account is disabled; ask an administrator.",
    locked="Too many failed attempts; try again after {time}.",
    login_needed="This page is for those who have logged in.",
    password_due="Change the temporary password first, at /password.",
    role_needed="This takes the role {role}.",
    other_origin=(
        "The form comes from {origin}, the server is at {here}. A proxy must pass on Host and"
        " X-Forwarded-Proto."
    ),
    old_form="The form is old or was not sent by this site; open the page again and retry.",
    change_password="Change the password",
    temporary_password="This password was given by somebody else; choose one of your own.",
    current_password="Present password",
    new_password="New password",
    password_hint="At least {least} characters; a sentence that is easy to remember will do.",
    again="New password again",
    not_the_same="The two new passwords differ.",
    administration="Administration",
    overview="Overview",
    reports="Reports",
    reload="Reload",
    history="History",
    unanswered="Unanswered questions",
    feedback="Feedback",
    audit="Audit",
    accounts="Accounts",
    in_use="In use",
    generation="Generation {number}",
    holds="{reports} reports, {passages} passages",
    folder="Reports folder",
    under_way="Under way",
    questions="Questions",
    period="Period",
    last_days="last {days} days",
    last_day="last 24 hours",
    quoted="Quoted",
    partial="Partial",
    not_found="Not found",
    helpful="Helpful",
    unhelpful="Not helpful",
    progress="{done} of {total} passages",
    progress_files="{done} of {total} files",
    working="Working; this page updates itself.",
    look_again="Look again",
    done="Done",
    not_done="Not done",
    by="by {name}, at {time}",
    added="Added",
    changed="Changed",
    removed="Removed",
    unchanged="Unchanged",
    failed="Not readable",
    duplicates="Duplicates",
    copy_of="{file} is a copy of {of}",
    similar="Nearly the same",
    similar_to="{report} is {share} the same as {other}",
    passed_over="Not read, being in no format of reports",
    emptied="ATTENTION: folder {folder} holds no report any more, and held {count}; unless that was"
    " meant (is a drive or network folder not mounted?), bring it back and reload again",
    more="… and {count} more",
    golden="Golden questions that fail",
    golden_ignored="Golden questions that failed and were passed over",
    nothing_changes="Nothing changes.",
    now="Now generation {number}.",
    ask_about="Ask about this report",
    force_reads="Do it although golden questions fail",
    force="Do it anyway",
    only_administrators="Only an administrator can pass over golden questions.",
    find_report="Find by a report's title or number",
    find="Find",
    remove="Remove",
    remove_title="Remove this report?",
    remove_about="Its file {file} moves to {folder}; no answer quotes the report any more.",
    remove_also="What else changed in the reports folder is brought in, too.",
    keep="Keep it",
    reload_about=(
        "Brings in what the folder {folder} holds. See first what would change; nothing is"
        " written yet."
    ),
    see_plan="See what would change",
    do_reload="Reload",
    plan_changed=(
        "The reports folder, or what is in use, has changed since you looked: nothing was reloaded."
        " Look again:"
    ),
    kept_generations="{count} generations are kept, newest first",
    current="in use",
    forced="golden questions passed over",
    roll_back="Go back",
    rollback_title="Go back to the reports of generation {number}?",
    rollback_about=(
        "Its reports are used again, as a new generation. The reports folder stays as it is: the"
        " next reload brings in what that holds."
    ),
    changed_since="The reports have changed since you looked: nothing was gone back to.",
    no_generation="This generation cannot be gone back to; see the history.",
    unanswered_about=(
        "Questions without a full answer, or whose answer somebody found unhelpful; identity and"
        " telephone numbers are masked."
    ),
    feedback_about="Questions whose answers readers gave their opinion on.",
    no_questions="No questions.",
    time="Time",
    who="Who",
    action="Action",
    result="Result",
    find_action="Find in the audit",
    no_actions="Nothing.",
    role="Role",
    state="State",
    last_login="Last login",
    never="never",
    active="active",
    is_disabled="disabled",
    is_locked="locked until {time}",
    is_temporary="temporary password not yet changed",
    add_account="Add an account",
    name_hint="Letters without diacritics, digits, . _ -; begins with a letter.",
    choose_role="choose a role",
    set_role="Change the role",
    reset_password="Give a temporary password",
    disable="Disable the account",
    enable="Enable again",
    unlock="Unlock",
    end_sessions="End its sessions",
    remove_account="Remove the account",
    sure="I am sure",
    not_sure="Tick “I am sure” and retry.",
    first_password="The temporary password of {name}",
    first_password_about=(
        "It is shown this once. Hand it over in person; at the first login it has to be changed."
    ),
    back_to_accounts="Back to the accounts",
    cancel="Cancel",
    uploads="Add reports",
    uploads_about=(
        "Choose one file or several: Word, PDF, web page, text, .jsonl. What was read is shown"
        " before anything is added. At most {files} files and {size} MB at a time."
    ),
    files="Report files",
    send="Send and preview",
    no_files="No file was chosen.",
    too_large="The files exceed {size} MB; send fewer at a time, or split the file.",
    too_many="Too many files: at most {count} are sent at a time.",
    more_lines="… and {count} more lines that cannot be read",
    broken_form="The files did not arrive whole; send them again.",
    waiting="Waiting to be confirmed",
    waiting_batch="{count} files of {who}, {time}",
    preview="Preview",
    will_add="{count} files will be added",
    will_refuse="{count} files are refused",
    goes_to="file {file} in the reports folder",
    no_date="no date found: questions about a day will not find it",
    opening="Where it begins",
    page_count="{count} pages",
    scanned_pages="{count} pages were read from a scan: compare them with the original",
    many_reports="{count} reports in one file, the first is shown",
    replaces="A file of this name is there and will be replaced",
    metadata="title, date… are those that {file} in the folder gives; if it was written for another"
    " report, drop this, rename the file and send it again",
    same_number="A report with the same number is there",
    nearly_same="{share} the same as",
    refused="Refused",
    not_added="Not added",
    keep_both="Files of a taken name: keep both, the new one under another name",
    others="The reports folder changed otherwise, too; this is brought in at the same time:",
    confirm="Add to the reports",
    drop="Drop these files",
    roles={
        Role.READER: "reader",
        Role.EDITOR: "editor",
        Role.ADMINISTRATOR: "administrator",
    },
    kinds={
        Kind.READ: "Reading files",
        Kind.PLAN: "What a reload would change",
        Kind.RELOAD: "Reload",
        Kind.UPLOAD: "Adding reports",
        Kind.REMOVE: "Removing a report",
        Kind.ROLLBACK: "Going back",
    },
    causes={
        Cause.RELOAD: "reload",
        Cause.ADD: "reports added",
        Cause.REMOVE: "report removed",
        Cause.ROLLBACK: "going back",
        Cause.REBUILD: "index built again",
    },
    notes={
        Note.FROM_TCVN3: "converted from TCVN3",
        Note.FROM_VNI: "converted from VNI",
        Note.FROM_CP1258: "converted from an old code page of Windows",
        Note.OCR: "some pages were read from a scan",
    },
    statuses={
        Status.QUOTED: "quoted",
        Status.PARTIAL: "partial",
        Status.NOT_FOUND: "not found",
    },
)
_TEXTS = {Language.VIETNAMESE.value: _VIETNAMESE, Language.ENGLISH.value: _ENGLISH}


def admin_texts_in(code: str) -> AdminTexts:
    """The texts in a language by its code."""
    return _TEXTS[code]
