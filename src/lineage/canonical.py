"""The canonical form of a data file: one way to write every record, so that a change shows only what changed.

Written by hand and not with a YAML library, because every check of the data compares with it (a round trip through a library that
keeps comments takes ten times as long) and because comments must survive a new order of fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import yaml

from lineage.records import Model, Paper, Technique

YamlPath = tuple[str | int, ...]
"""Where a value stands in a file: positions in lists and names of fields."""

_LINE_WIDTH: Final = 120
PLAIN_FIELDS: Final[dict[str, frozenset[str]]] = {
    "date": frozenset({"int", "timestamp"}),
    "context_length": frozenset({"int"}),
    "layout_parent": frozenset({"bool"}),
}
"""Fields whose plain value YAML 1.1 reads as something other than text, and may."""


def yaml_1_1_type(plain: str) -> str:
    """What YAML 1.1 takes a plain scalar for: ``str``, ``bool``, ``int``, ``float``, ``null``, ``timestamp``, ...

    >>> [yaml_1_1_type(text) for text in ("no", "3.10", "2305.13245", "1:30", "Llama 2", "2023-02-24")]
    ['bool', 'float', 'float', 'int', 'str', 'timestamp']
    """
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(plain[:1], [])
    for tag, pattern in resolvers:
        if pattern.match(plain):
            return str(tag).rsplit(":", 1)[1]
    return "str"


def canonical(text: str, content: Sequence[Any]) -> str:
    """The canonical form of a file: fields in the order of the schema, block style, quotes only where they are needed.

    A comment stands on lines of its own, above what it speaks of; one that stood behind a value is put above it.

    Args:
        text: the file, whose comments are kept.
        content: what it holds, every scalar as text.
    """
    return _written(content, _comments(text))


def read_canonical(text: str, *, shown: bool = False) -> tuple[list[Any], list[dict[YamlPath, int]]] | None:
    """What a file in canonical form holds, and the line of every field of each record; None where it must be read as any YAML.

    The form is so narrow that a line tells all. That a file has it is not believed but shown: what was read is written again, and
    only if the bytes are the same, the reading counts. This takes a fifth of the time that a YAML parser takes. A file with
    comments between its fields is left to the parser.

    Args:
        text: the file.
        shown: whether this very text was read so before, and need not be written again.
    """
    head = _HEAD.match(text)
    lines = head.group(1).split("\n")[:-1] if head else []
    # Above a blank line it speaks of the file, else of the first record.
    comments: dict[Any, list[str]] = {"head" if head and head.group(2) else (0,): lines} if lines else {}
    try:
        reader = _CanonicalLines(text[head.end() :] if head else text, head.group().count("\n") if head else 0)
        content = reader.records()
    except _OtherYamlError:
        return None
    return (content, reader.places) if shown or _written(content, comments) == text else None


class _OtherYamlError(Exception):
    """The text is YAML of another form, or none."""


class _Line(NamedTuple):
    column: int
    """Of the field or of the value, behind the dash if there is one."""
    dash: bool
    key: str | None
    value: str
    number: int


class _CanonicalLines:
    """Reads the lines of canonical YAML from top to bottom, one call for each list and each mapping."""

    def __init__(self, text: str, lines_before: int) -> None:
        self.places: list[dict[YamlPath, int]] = []
        self._here: dict[YamlPath, int] = {}
        self._at = 0
        self._lines: list[_Line] = []
        for number, line in enumerate(text.split("\n"), lines_before + 1):
            if not line:
                continue
            found = _CANONICAL_LINE.fullmatch(line)
            if not found:
                raise _OtherYamlError
            spaces, dash, key, value, item = found.groups()
            self._lines.append(_Line(len(spaces) + 2 * bool(dash), bool(dash), key, item or value or "", number))
        self._lines.append(_Line(-1, False, None, "", 0))

    def records(self) -> list[Any]:
        content: list[Any] = []
        while (line := self._lines[self._at]).dash and line.column == 2 and line.key is not None:
            self._here = {(): line.number}
            self.places.append(self._here)
            content.append(self._mapping(2, ()))
        if self._at < len(self._lines) - 1 or not content:
            raise _OtherYamlError
        return content

    def _sequence(self, column: int, path: YamlPath) -> list[Any]:
        content: list[Any] = []
        # The form nests as deep as the schema does.
        if len(path) > _DEEPEST:
            raise _OtherYamlError
        while (line := self._lines[self._at]).dash and line.column == column:
            here = (*path, len(content))
            self._here[here] = line.number
            if line.key is None:
                self._at += 1
                content.append(_scalar_text(line.value, ""))
            else:
                content.append(self._mapping(column, here))
        return content

    def _mapping(self, column: int, path: YamlPath) -> dict[str, Any]:
        content: dict[str, Any] = {}
        while (line := self._lines[self._at]).column == column and not (line.dash and content):
            if line.key is None or line.key in content:
                raise _OtherYamlError
            here = (*path, line.key)
            self._here[here] = line.number
            self._at += 1
            content[line.key] = self._value(line, column, here)
        return content

    def _value(self, line: _Line, column: int, path: YamlPath) -> Any:
        if line.value.startswith("["):
            values = [_scalar_text(one, "") for one in _flow_items(line.value)]
            for position in range(len(values)):
                self._here[*path, position] = line.number
            return values
        if line.value:
            return _scalar_text(line.value, str(path[-1]))
        inner = self._lines[self._at]
        if inner.dash and inner.column == column + 4:
            return self._sequence(column + 4, path)
        if not inner.dash and inner.column == column + 2:
            return self._mapping(column + 2, path)
        raise _OtherYamlError


_HEAD: Final = re.compile(r"((?:#.*\n)+)(\n?)")
_DEEPEST: Final = 8
_CANONICAL_LINE: Final = re.compile(r"( *)(- )?(?:([a-z_]+):(?: (\S.*))?|(?<=- )(\S.*))")
_FLOW_ITEM: Final = re.compile(r'("(?:[^"\\]|\\.)*"|[^",\[\]{}]+)(?:, |$)')


def _flow_items(flow: str) -> list[str]:
    inner, found, at = flow[1:-1], [], 0
    while at < len(inner):
        item = _FLOW_ITEM.match(inner, at)
        if not item:
            raise _OtherYamlError
        found.append(item.group(1))
        at = item.end()
    return found


def _scalar_text(written: str, key: str) -> str:
    if written.startswith('"'):
        try:
            text = json.loads(written)
        except ValueError:
            raise _OtherYamlError from None
        return str(text)
    # 010 is eight to YAML 1.1: the parser tells of such numbers.
    if key in PLAIN_FIELDS and written[0] == "0":
        raise _OtherYamlError
    return written


def _written(content: Sequence[Any], comments: dict[Any, list[str]]) -> str:
    lines: list[str] = []
    head, tail = comments.pop("head", []), comments.pop("tail", [])
    for position, item in enumerate(content):
        lines.append("")
        if isinstance(item, dict):
            _write_mapping(item, (position,), "- ", "  ", comments, lines)
        else:
            _write_item(item, (position,), "- ", comments, lines)
    body = [*head, *(lines or ["[]"]), *(["", *tail] if tail else [])]
    return "\n".join(body).strip("\n") + "\n"


def _write_mapping(
    item: dict[str, Any], path: YamlPath, lead: str, indent: str, comments: Any, lines: list[str]
) -> None:
    """Write the fields of a mapping; ``lead`` begins the first line, ``indent`` all others."""
    for comment in comments.pop(path, []) if comments and isinstance(path[-1], int) else []:
        lines.append(f"{' ' * (len(lead) - 2)}{comment}")
    for key in sorted(item, key=_field_rank):
        value, here = item[key], (*path, key)
        start = f"{lead}{_scalar(key, '')}:"
        flow = _flow(value, key) if isinstance(value, list) else None
        if flow is not None and len(start) + 1 + len(flow) > _LINE_WIDTH:
            flow = None
        for comment in (
            _pop(comments, here, deep=isinstance(value, str) or flow is not None or not value) if comments else []
        ):
            lines.append(f"{' ' * (len(lead) - 2) if lead != indent else indent}{comment}")
        if isinstance(value, str):
            lines.append(f"{start} {_scalar(value, key)}")
        elif not value:
            lines.append(f"{start} {'{}' if isinstance(value, dict) else '[]'}")
        elif isinstance(value, dict):
            lines.append(start)
            _write_mapping(value, here, f"{indent}  ", f"{indent}  ", comments, lines)
        elif flow is not None:
            lines.append(f"{start} {flow}")
        else:
            lines.append(start)
            for position, one in enumerate(value):
                _write_item(one, (*here, position), f"{indent}  - ", comments, lines)
        lead = indent


def _field_rank(key: str) -> int:
    return _FIELD_ORDER.get(key, len(_FIELD_ORDER))


def _write_item(item: Any, path: YamlPath, lead: str, comments: Any, lines: list[str]) -> None:
    if isinstance(item, dict) and item:
        _write_mapping(item, path, lead, " " * len(lead), comments, lines)
        return
    for comment in comments.pop(path, []):
        lines.append(f"{' ' * (len(lead) - 2)}{comment}")
    if isinstance(item, str):
        lines.append(f"{lead}{_scalar(item, str(path[-2]) if len(path) > 1 else '')}")
    else:
        lines.append(f"{lead}{json.dumps(item, ensure_ascii=False)}")


def _flow(value: list[Any], key: str) -> str | None:
    """A list of plain words on one line, or None where the list needs lines of its own."""
    if not value:
        return "[]"
    if not all(isinstance(one, str) for one in value):
        return None
    return "[" + ", ".join(_scalar(one, key, inside_flow=True) for one in value) + "]"


def _scalar(text: str, key: str, *, inside_flow: bool = False) -> str:
    return _scalar_as(text, key if key in PLAIN_FIELDS else "", inside_flow)


_PLAIN: Final = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<~](?:.*\S)?")
_NOT_PLAIN: Final = re.compile(r": | #|:$|[^ -~\u00a1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_FLOW: Final = re.compile(r"[,\[\]{}:?]")


@lru_cache(maxsize=1 << 14)
def _scalar_as(text: str, key: str, inside_flow: bool) -> str:
    tag = yaml_1_1_type(text)
    plain = (
        (tag == "str" or tag in PLAIN_FIELDS.get(key, ()))
        and _PLAIN.fullmatch(text)
        and not _NOT_PLAIN.search(text)
        and not (inside_flow and _NOT_IN_FLOW.search(text))
    )
    return text if plain else json.dumps(text, ensure_ascii=False)


def _comments(text: str) -> dict[Any, list[str]]:
    """The comments of a file by the path of what follows them; ``head`` before the first record, ``tail`` after the last."""
    starts: dict[int, YamlPath] = {}
    spans: list[tuple[int, int]] = []
    blocks: dict[int, int] = {}
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    pending: list[tuple[yaml.Node, YamlPath]] = [(root, ())] if root else []
    while pending:
        node, path = pending.pop()
        if isinstance(node, yaml.SequenceNode):
            pending += [(item, (*path, position)) for position, item in enumerate(node.value)]
            if path:
                starts.setdefault(node.start_mark.line, path)
        elif isinstance(node, yaml.MappingNode):
            if path and isinstance(path[-1], int):
                starts[node.start_mark.line] = path
            for key, value in node.value:
                here = (*path, str(key.value))
                starts[key.start_mark.line] = min(starts.get(key.start_mark.line, here), here, key=len)
                pending += [(key, here), (value, here)]
        else:
            starts.setdefault(node.start_mark.line, path)
            spans.append((node.start_mark.index, node.end_mark.index))
            if getattr(node, "style", None) in ("|", ">"):
                # What stands behind the sign of a block is no part of its text.
                blocks[node.start_mark.index] = text.find("\n", node.start_mark.index)
    found: dict[Any, list[str]] = {}
    waiting: list[str] = []
    seen = False
    spans.sort()
    offset = span = 0
    for number, line in enumerate(text.split("\n")):
        comment = ""
        for sign in re.finditer(r"(?:^|(?<=\s))#", line):
            at = offset + sign.start()
            while span < len(spans) and spans[span][1] <= at:
                span += 1
            inside = span < len(spans) and spans[span][0] <= at
            if not inside or at < blocks.get(spans[span][0], -1):
                comment = line[sign.start() :].strip()
                break
        offset += len(line) + 1
        if number in starts:
            if waiting:
                found.setdefault(starts[number], []).extend(waiting)
                waiting = []
            seen = True
            if comment:
                found.setdefault(starts[number], []).append(comment)
        elif comment:
            waiting.append(comment)
        elif not line.strip() and waiting and not seen:
            found.setdefault("head", []).extend(waiting)
            waiting = []
    if waiting:
        found["tail"] = waiting
    return found


def _pop(comments: dict[Any, list[str]], path: YamlPath, *, deep: bool) -> list[str]:
    """Take the comments of a path out; ``deep`` takes those of everything in it, which will have no line of its own."""
    paths = [one for one in comments if one == path or (deep and isinstance(one, tuple) and one[: len(path)] == path)]
    return [comment for one in paths for comment in comments.pop(one)]


def formatted(text: str) -> str | None:
    r"""The canonical form of the text of a file, or None where it cannot be read, or where a field would be lost.

    >>> print(formatted("- id: x\n  kind: technique # why\n"), end="")
    # why
    - kind: technique
      id: x
    """
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        if not isinstance(root, yaml.SequenceNode):
            return None
        content = _content(root)
        wanted = canonical(text, content)
        again = yaml.compose(wanted, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return None
    # Whatever stands where no comment of ours can stand must not be lost in silence.
    kept = sorted(one for several in _comments(wanted).values() for one in several)
    given = sorted(one for several in _comments(text).values() for one in several)
    return wanted if kept == given and again is not None and _content(again) == content else None


def _content(node: yaml.Node) -> Any:
    """A node as lists, mappings and text.

    Raises:
        ValueError: if a key is given twice or is no scalar: a person must choose.
    """
    if isinstance(node, yaml.SequenceNode):
        return [_content(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        keys = [key.value if isinstance(key, yaml.ScalarNode) else None for key, _ in node.value]
        if None in keys or len(set(keys)) < len(keys):
            raise ValueError("a key is no field name, or is given twice")
        return {key: _content(value) for key, (_, value) in zip(keys, node.value, strict=True)}
    return node.value


def _field_order() -> dict[str, int]:
    """Every field of every record class in the order in which the schema gives it, with the sources last."""
    order: dict[str, int] = {}
    first = ["kind", "id", "name", "title", "aliases", "type", "contribution", "authors"]
    # The keys of an edge: what it names, then how well it is known.
    edge = [
        "parent",
        "model",
        "technique",
        "paper",
        "relation",
        "layout_parent",
        "role",
        "evidence",
        "note",
        "disputed",
    ]
    own = [name for one in (Model, Paper, Technique) for name in one.model_fields]
    small = ["by", "source", "url", "locator", "shows", "date", "parameters", "active_parameters"]
    for name in [*first, *edge, *small, *own]:
        if name != "sources":
            order.setdefault(name, len(order))
    order["sources"] = len(order)
    return order


_FIELD_ORDER: Final = _field_order()
