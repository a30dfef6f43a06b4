"""The YAML at the top of a model card, as values.

It is walked over as events before anything is built, so that nothing can nest or grow before it is seen. A scalar that YAML
reads as a number or a boolean is kept apart from text: it is no name of a model.
"""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from lineage.canonical import yaml_1_1_type
from lineage.cards import Bare, Reading, shown
from lineage.errors import Location

MAX_DEPTH: Final = 32
MAX_EVENTS: Final = 200_000


class Metadata:
    """The YAML of one card on its way to values."""

    def __init__(self, file: str, lines_before: int, reading: Reading) -> None:
        self.file = file
        self.before = lines_before
        self.reading = reading
        self.lines: dict[str, int] = {}
        """The line of each field."""

    def _place(self, mark: Any) -> Location:
        return Location(self.file, (mark.line + 1 if mark else 1) + self.before)

    def read(self, text: str) -> dict[str, Any] | None:
        """The fields, or None where they cannot be had; the reason is told."""
        clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]", " ", text)
        if clean != text:
            message = "holds control characters; they were taken out"
            self.reading.problem(self._place(None), "encoding", message, "remove them", "warning")
        try:
            if not self._plain(clean):
                return None
            root = yaml.compose(clean, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            why = getattr(error, "problem", None) or str(error).splitlines()[0]
            self.reading.problem(self._place(mark), "yaml-syntax", f"is not YAML: {shown(why)}", "mend the syntax")
            return None
        if root is None:
            return {}
        if not isinstance(root, yaml.MappingNode):
            self.reading.problem(
                self._place(root.start_mark), "no-metadata", "its metadata are no fields", "write `name: value`"
            )
            return None
        self.lines = {
            key.value: self._place(key.start_mark).line
            for key, _ in reversed(root.value)
            if isinstance(key, yaml.ScalarNode)
        }
        content: dict[str, Any] = self._value(root)
        return content

    def _plain(self, text: str) -> bool:
        depth = 0
        for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            place = self._place(event.start_mark)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH or count > MAX_EVENTS:
                what = (
                    f"nests deeper than {MAX_DEPTH} levels"
                    if depth > MAX_DEPTH
                    else f"holds more than {MAX_EVENTS} values"
                )
                self.reading.problem(place, "too-large", what, "shorten the metadata")
                return False
            if isinstance(event, yaml.AliasEvent):
                self.reading.problem(
                    place, "yaml-alias", f"uses the alias `*{shown(event.anchor)}`", "write the value out"
                )
                return False
        return True

    def _value(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            content: dict[str, Any] = {}
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    self.reading.problem(
                        self._place(key.start_mark), "yaml-key", "has a key that is no name", "remove it", "warning"
                    )
                elif key.value in content:
                    message = f"gives `{shown(key.value)}` again; the first counts"
                    self.reading.problem(self._place(key.start_mark), "duplicate-key", message, "keep one", "warning")
                else:
                    content[key.value] = self._value(value)
            return content
        tag = "str" if getattr(node, "style", None) else yaml_1_1_type(node.value)
        if tag == "null":
            return None
        return node.value if tag in {"str", "timestamp"} else Bare(node.value)
