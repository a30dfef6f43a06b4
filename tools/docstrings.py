"""How docstrings become pages: examples are code, and what Sphinx would call a role is plain code."""

from __future__ import annotations

import re
from typing import Any

import griffe

_ROLE = re.compile(r":(?:mod|class|func|meth|data|attr|exc):`~?(?:lineage\.)?([^`]+)`")
_EXAMPLE = re.compile(r"^( *)>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)
_LITERAL = re.compile(r"``([^`]+)``")


class Readable(griffe.Extension):
    """Prepares every docstring before it is taken apart."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of a module, class, function or attribute."""
        if obj.docstring:
            text = _LITERAL.sub(r"`\1`", _ROLE.sub(r"`\1`", obj.docstring.value))
            obj.docstring.value = _EXAMPLE.sub(lambda found: f"```pycon\n{found[0]}\n```", text)
