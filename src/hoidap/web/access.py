"""Who may read: everyone, or those who have logged in, as it is set."""

from __future__ import annotations

from fastapi import Request

from hoidap.web.errors import LoginRequiredError


async def reader(request: Request) -> None:
    """Let a request pass that may read. Raises `LoginRequiredError`."""
    core = request.app.state.core
    if core.settings.web_login and getattr(request.state, "account", None) is None:
        raise LoginRequiredError("trang này chỉ dành cho người đã đăng nhập")
