"""``hoidap-bot`` and ``python -m bot``: starts the Telegram bot."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from bot import logs
from bot.application import TokenRefusedError, serve
from bot.service import Service
from hoidap.complaints import refusal
from hoidap.errors import HoidapError, SettingsError
from hoidap.release import installed_version
from hoidap.settings import Settings

_FAILURE = 1
_WRONG_USAGE = 2
# What a shell says of a program that Ctrl-C ended.
_INTERRUPTED = 130


def _run() -> int:
    """Run the bot; its exit code."""
    settings = Settings.read()
    token = settings.telegram_token.get_secret_value().strip() if settings.telegram_token else ""
    if not token:
        raise SettingsError(
            "thiếu HOIDAP_TELEGRAM_TOKEN; hãy tạo bot ở @BotFather rồi đặt biến này"
        )
    logs.configure(settings)
    if not settings.admin_ids:
        _tell("chưa đặt HOIDAP_ADMIN_IDS; không ai quản trị được qua Telegram")
    service = Service(settings)
    try:
        serve(service, token)
    finally:
        service.close()
    return 0


def _tell(message: str) -> None:
    print(f"hoidap-bot: {message}", file=sys.stderr, flush=True)


def main() -> NoReturn:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal in a legacy locale must not turn a message into a traceback.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    # Whoever asks for help, or which one it is, must not start it.
    parser = argparse.ArgumentParser(
        prog="hoidap-bot",
        description="Bot Telegram trả lời bằng đoạn trích của báo cáo; cần HOIDAP_TELEGRAM_TOKEN"
        " (biến môi trường hoặc tệp .env). Ctrl-C: dừng."
        " The Telegram bot; set HOIDAP_TELEGRAM_TOKEN, in the environment or in .env.",
    )
    told = f"hoidap-bot {installed_version()}"
    parser.add_argument("--version", action="version", version=told)
    parser.parse_args()
    try:
        code = _run()
    except KeyboardInterrupt:
        # Before it runs nobody else catches it.
        code = _INTERRUPTED
    except (SettingsError, TokenRefusedError) as error:
        _tell(str(error))
        code = _WRONG_USAGE
    except HoidapError as error:
        _tell(str(error))
        code = _FAILURE
    except OSError as error:
        about = f"{error.filename}: " if error.filename is not None else ""
        _tell(f"không làm được: {about}{refusal(error)}")
        code = _FAILURE
    sys.exit(code)


if __name__ == "__main__":
    main()
