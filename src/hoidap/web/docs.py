"""What the API offers, as a page without scripts, from its own description."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from hoidap.web.access import reader
from hoidap.web.rendering import Page, page

router = APIRouter(include_in_schema=False, dependencies=[Depends(reader)])


def _object(body: dict[str, Any] | None) -> str:
    """The name of the object that a request sends; "" where it sends none."""
    if body is None:
        return ""
    reference: str = body["content"]["application/json"]["schema"]["$ref"]
    return reference.rpartition("/")[2]


@router.get("/docs")
async def docs(request: Request, shown: Annotated[Page, Depends(page)]) -> Response:
    """The API's routes and objects."""
    schema = request.app.openapi()
    routes = [
        (method.upper(), path, described, _object(described.get("requestBody")))
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
    ]
    objects = {
        name: json.dumps(described, ensure_ascii=False, indent=2)
        for name, described in schema["components"]["schemas"].items()
    }
    return shown.render("docs.html", routes=routes, objects=objects)
