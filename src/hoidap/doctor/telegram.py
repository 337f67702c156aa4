"""Whether Telegram knows the bot's token."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus

from hoidap.doctor.findings import Finding, Reporter, Subject
from hoidap.settings import Settings

# Seconds; whoever waits wants to see the other findings, too.
_PATIENCE = 5.0
_MOST_REPLY = 1 << 16
_TOKEN_RE = re.compile(r"\d+:[\w-]+")
_REFUSED = frozenset({401, 404})


def check_telegram(settings: Settings) -> Iterator[Finding]:
    """Ask Telegram who the bot is. Where it cannot be reached, that is a warning."""
    report = Reporter(Subject.TELEGRAM)
    token = settings.telegram_token.get_secret_value().strip() if settings.telegram_token else ""
    if not token:
        yield report.warn(
            "chưa đặt HOIDAP_TELEGRAM_TOKEN, bot không chạy được; hãy lấy token ở @BotFather",
            "HOIDAP_TELEGRAM_TOKEN is not set, the bot cannot run; get a token from @BotFather",
        )
        return
    if not _TOKEN_RE.fullmatch(token):
        yield report.fail(
            "HOIDAP_TELEGRAM_TOKEN không có dạng số:chữ; hãy chép lại token ở @BotFather",
            "HOIDAP_TELEGRAM_TOKEN is not of the form number:letters; copy it from @BotFather",
        )
        return
    yield _asked(report, settings.telegram_api, token)
    if not settings.admin_ids:
        yield report.warn(
            "chưa đặt HOIDAP_ADMIN_IDS, không ai quản trị được qua Telegram",
            "HOIDAP_ADMIN_IDS is not set, nobody can administer by Telegram",
        )


def _asked(report: Reporter, api: str, token: str) -> Finding:
    try:
        with urllib.request.urlopen(f"{api}/bot{token}/getMe", timeout=_PATIENCE) as response:
            name = json.loads(response.read(_MOST_REPLY))["result"]["username"]
    except urllib.error.HTTPError as error:
        with error:
            # What answers in its place, such as a proxy, sends a page.
            telegrams = error.read(_MOST_REPLY).lstrip().startswith(b"{")
            if error.code in _REFUSED and telegrams:
                return report.fail(
                    "Telegram không nhận token; hãy lấy lại token ở @BotFather",
                    "Telegram refuses the token; get it again from @BotFather",
                )
            if telegrams or error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return report.warn(
                    f"Telegram đang trả lời lỗi {error.code}; hãy thử lại sau",
                    f"Telegram answers with error {error.code}; try again later",
                )
            return report.warn(
                f"không phải Telegram trả lời ở {api} (HTTP {error.code}); hãy xem mạng có chặn"
                " Telegram không, và HOIDAP_TELEGRAM_API nếu có đặt",
                f"what answers at {api} is not Telegram (HTTP {error.code}); see whether the"
                " network blocks it, and to HOIDAP_TELEGRAM_API if it is set",
            )
    except (OSError, ValueError, LookupError, TypeError) as error:
        # Its message may hold the address, and this the token.
        reason = type(error).__name__
        return report.warn(
            f"không kết nối được {api} ({reason}): máy không có mạng, hoặc Telegram bị chặn;"
            " trang và lệnh hoidap vẫn chạy",
            f"{api} cannot be reached ({reason}): no network, or Telegram is blocked;"
            " the page and the command hoidap work all the same",
        )
    return report.ok(f"Telegram nhận token của @{name}", f"Telegram knows the token of @{name}")
