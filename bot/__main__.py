"""``hoidap-bot`` and ``python -m bot``: starts the Telegram bot."""

from __future__ import annotations

import sys
from typing import NoReturn

from bot import logs
from bot.application import TokenRefusedError, serve
from bot.service import Service
from hoidap.errors import HoidapError, SettingsError
from hoidap.settings import Settings

_FAILURE = 1
_WRONG_USAGE = 2


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
    try:
        code = _run()
    except (SettingsError, TokenRefusedError) as error:
        _tell(str(error))
        code = _WRONG_USAGE
    except HoidapError as error:
        _tell(str(error))
        code = _FAILURE
    sys.exit(code)


if __name__ == "__main__":
    main()
