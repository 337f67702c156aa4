"""What pydantic, TOML and the system find wrong, in the words of those who have to mend it."""

from __future__ import annotations

import errno
import re
import socket
import tomllib

from pydantic import ValidationError

# By pydantic's type of error; in braces what it says of the limits.
_COMPLAINTS = {
    "missing": "còn thiếu",
    "extra_forbidden": "không có mục này",
    "string_type": "phải là chữ, đặt trong ngoặc kép",
    "string_too_short": "không được trống",
    "string_too_long": "quá dài, nhiều nhất {max_length} ký tự",
    "string_pattern_mismatch": "có ký tự không dùng được",
    "string_unicode": "có ký tự không hợp lệ",
    "model_type": "phải là một đối tượng",
    "dict_type": "phải là một đối tượng",
    "list_type": "phải là một danh sách",
    "tuple_type": "phải là một danh sách",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "int_parsing_size": "là số quá lớn",
    "int_from_float": "phải là số nguyên",
    "float_type": "phải là số",
    "float_parsing": "phải là số",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "greater_than": "phải lớn hơn {gt}",
    "greater_than_equal": "phải từ {ge} trở lên",
    "less_than_equal": "phải từ {le} trở xuống",
    "enum": "phải là một trong: {expected}",
}

# By the system's number of an error.
_REFUSALS = {
    errno.EACCES: "không có quyền",
    errno.EADDRINUSE: "chương trình khác đang dùng",
    errno.EADDRNOTAVAIL: "máy này không có địa chỉ đó",
    errno.EBUSY: "chương trình khác đang dùng",
    errno.EDQUOT: "đã dùng hết dung lượng được cấp",
    errno.EEXIST: "đã có tệp cùng tên",
    errno.EIO: "đĩa bị lỗi",
    errno.EISDIR: "đó là thư mục",
    errno.ELOOP: "liên kết đi vòng",
    errno.EMFILE: "đang mở quá nhiều tệp",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.ENFILE: "đang mở quá nhiều tệp",
    errno.ENOENT: "không có tệp hay thư mục này",
    errno.ENOMEM: "thiếu bộ nhớ",
    errno.ENOSPC: "đĩa đã đầy",
    errno.ENOTDIR: "đó không phải thư mục",
    errno.ENOTEMPTY: "thư mục không trống",
    errno.ENXIO: "không phải tệp thường",
    errno.EPERM: "không được phép",
    errno.EROFS: "đĩa chỉ cho đọc",
    socket.EAI_NONAME: "không có máy nào tên như vậy",
}


def complaint(error: ValidationError) -> tuple[str, str]:
    """The first thing that is wrong: the place of it, "question.0.text", and what it is."""
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    told = _COMPLAINTS.get(first["type"])
    if told is None:  # a validator's own words
        return place, first["msg"].removeprefix("Value error, ")
    limits = first.get("ctx", {})
    return place, told.format_map(
        {name: str(limit).replace(" or ", " hoặc ") for name, limit in limits.items()}
    )


def syntax(error: tomllib.TOMLDecodeError) -> str:
    """Where a text is no TOML."""
    if "overwrite" in str(error):
        return "có mục ghi hai lần"
    place = re.search(r"line (\d+), column (\d+)", str(error))
    where = f"dòng {place[1]}, cột {place[2]}" if place is not None else "cuối tệp"
    return f"{where}: sai cú pháp TOML (mỗi dòng một mục, chữ đặt trong ngoặc kép)"


def undecodable(error: UnicodeDecodeError) -> str:
    """Where a text is not in its encoding, as editors count: by lines and characters."""
    above = error.object[: error.start].decode(error.encoding, "ignore").removeprefix("\ufeff")
    *lines, last = above.split("\n")
    return f"dòng {len(lines) + 1}, cột {len(last) + 1}"


def refusal(error: OSError) -> str:
    """Why the system refused, without what it was about; in its own words where it is seldom so."""
    known = _REFUSALS.get(error.errno) if error.errno is not None else None
    return known or error.strerror or str(error)
