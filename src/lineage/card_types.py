"""What the fields of a card and of an answer may be: what is of another type is told, and not passed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from lineage.cards import Bare, Reading, shown, size, texts
from lineage.errors import Location

_TEXTS: Final = ("datasets", "library_name", "license", "pipeline_tag")
"""Fields with one text, or a list of them."""
_TEXT: Final = ("author", "license_name")
_MAPPINGS: Final = ("config", "safetensors")


def tell_types(
    key: str, data: Mapping[str, Any], item: Mapping[str, Any], at: Callable[[str], Location], reading: Reading
) -> None:
    """Tell of every field that goes into a record and has a type that it cannot have there.

    Args:
        key: the repository.
        data: the metadata of its card.
        item: the answer of the Hub around them; empty for a card.
        at: the place of a field.
        reading: where it is told: as an error where something was left out, as a warning where something was assumed.
    """

    def wrong(name: str, value: Any, wanted: str) -> None:
        message = f"`{name}` of `{key}` is `{shown(value)}`, which is no {wanted}; left out"
        reading.problem(at(name), "wrong-type", message, f"write a {wanted}")

    def assumed(name: str, value: Any, taken: str, repair: str) -> None:
        message = f"`{name}` of `{key}` is `{shown(value)}`; taken as {taken}"
        reading.problem(at(name), "wrong-type", message, repair, "warning")

    for said in (data, item):
        for name in ("tags", *_TEXTS, *_TEXT):
            value = said.get(name)
            several = isinstance(value, list) and name not in _TEXT
            bad = [one for one in value or () if not texts([one])] if several else []
            if bad:
                more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
                message = f"`{name}` of `{key}` holds `{shown(bad[0])}`{more}, which is no text; left out"
                reading.problem(at(name), "wrong-type", message, "write texts")
            if several or value is None:
                continue
            if not texts([value]):
                wrong(name, value, "list of texts" if name == "tags" else "text")
            elif name == "tags":
                assumed(name, value, "a list of one", "write a list")
    for name in _MAPPINGS:
        if item.get(name) is not None and not isinstance(item[name], dict):
            wrong(name, item[name], "mapping")
    config, parts = item.get("config"), item.get("safetensors")
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind is not None and not texts([kind]):
        wrong("config.model_type", kind, "text")
    total = parts.get("total") if isinstance(parts, dict) else None
    if total is not None and not parameters(total):
        wrong("safetensors.total", total, "number of parameters")
    for name, value, words in (
        ("gated", data.get("gated"), ("auto", "manual")),
        ("gated", item.get("gated"), ("auto", "manual")),
        ("private", item.get("private"), ()),
    ):
        if value is not None and not _is_flag(value) and value not in words:
            assumed(name, value, name if is_set(value) else f"not {name}", "write true or false")


def _is_flag(value: Any) -> bool:
    """Whether a value is true or false, as JSON or YAML have them."""
    return isinstance(value, bool) or (isinstance(value, Bare) and value.casefold() in {"true", "false"})


def is_set(value: Any) -> bool:
    """Whether a value that should be true or false means the first; what means nothing is taken for the stricter."""
    return value is not None and str(value).casefold() not in {"false", "no", "off", "0", ""}


def parameters(total: Any) -> str:
    """A number of parameters as a record has it; nothing of anything else."""
    text = str(total)
    return size(int(text)) if isinstance(total, (int, str)) and re.fullmatch(r"[1-9]\d{3,15}", text, re.ASCII) else ""
