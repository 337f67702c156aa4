"""The sentences of the page: what templates ask for is there."""

from __future__ import annotations

from dataclasses import fields

import pytest
from jinja2 import Environment, nodes

from hoidap.web.admin_texts import AdminTexts
from hoidap.web.rendering import TEMPLATES
from hoidap.web.texts import Texts

# Under which name a template is given the sentences, and what has them.
GIVEN = {"t": Texts, "a": AdminTexts}
NAMES = {given: {field.name for field in fields(texts)} for given, texts in GIVEN.items()}


@pytest.mark.parametrize(
    "template", sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
)
def test_every_sentence_that_a_template_shows_is_there(template: str) -> None:
    # Also those that are shown in rare cases only, where no test of a page may come by.
    tree = Environment().parse((TEMPLATES / template).read_text("utf-8"))
    shown = {
        (one.node.name, one.attr)
        for one in tree.find_all(nodes.Getattr)
        if isinstance(one.node, nodes.Name) and one.node.name in GIVEN
    }
    assert [name for given, name in sorted(shown) if name not in NAMES[given]] == []
