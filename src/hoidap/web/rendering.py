"""Pages from templates, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from hoidap.web.admin_texts import AdminTexts, admin_texts_in
from hoidap.web.texts import ENGLISH, VIETNAMESE, Texts, texts_in

_FOLDER = Path(__file__).resolve().parent
STATIC = _FOLDER / "static"
TEMPLATES = _FOLDER / "templates"
_templates = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["query"] = urlencode
_templates.globals["answer"] = None
_templates.globals["problem"] = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What every page needs of its request."""

    request: Request
    texts: Texts

    @property
    def admin(self) -> AdminTexts:
        """The texts of the administration in the same language."""
        return admin_texts_in(self.texts.code)

    def render(self, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401
        """The page made of a template."""
        request = self.request
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        text = _templates.get_template(template).render(
            t=self.texts,
            path=request.url.path,
            other="en" if self.texts is VIETNAMESE else "vi",
            here=here if request.method == "GET" else "/",
            a=self.admin,
            account=getattr(request.state, "account", None),
            csrf=getattr(request.state, "token", ""),
            **values,
        )
        return HTMLResponse(text, status)


def language_of(request: Request) -> str:
    """The language to answer in: as chosen, else the first that the browser asks for."""
    chosen = request.cookies.get("lang")
    if chosen in {VIETNAMESE.code, ENGLISH.code}:
        return str(chosen)
    accepted = request.headers.get("accept-language", "").lower()
    first = accepted.split(",", 1)[0].strip()
    return ENGLISH.code if first.startswith("en") else VIETNAMESE.code


def page(request: Request) -> Page:
    """The page of a request."""
    return Page(request, texts_in(language_of(request)))
