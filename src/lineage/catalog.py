"""Files to records: read strictly, keep the line of every field, give the schema.

YAML is read as text only. Nothing is guessed from its look: a scalar that YAML 1.1 would take for a boolean or a number where
the field holds text is a :class:`~lineage.errors.Problem`, because another reader of the same file would see another value.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from lineage.canonical import PLAIN_FIELDS, YamlPath, canonical, formatted, read_canonical, yaml_1_1_type
from lineage.errors import CatalogError, Location, Problem
from lineage.records import RECORD_CLASSES, Model, NodeRecord, Paper, Technique

MAX_FILE_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 12
MAX_EVENTS: Final = 200_000
SCHEMA_FILE: Final = "schema.json"


_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\r(?!\n)"
)
"""What no data file needs: controls, line ends that are none everywhere, and marks that turn the order of what is read."""


@dataclass(frozen=True)
class Entry:
    """A record and the lines that its fields stand on."""

    record: Model | Paper | Technique
    file: str
    """Relative to the directory that was read, with forward slashes."""
    lines: Mapping[YamlPath, int] = field(repr=False)
    directory: str = ""
    """Where the file is, if that is not the directory of the catalogue."""

    @property
    def line(self) -> int:
        """The first line of the record."""
        return self.lines[()]


@dataclass(frozen=True)
class Catalog:
    """What a directory holds: read, not yet trusted. Only :mod:`lineage.checks` can say that it is sound."""

    directory: str
    """As the caller named it; every message begins with it."""
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    """What was wrong with single files and records."""
    unread_ids: frozenset[str] = frozenset()
    """Ids of records that stand in the files but are not sound, so that one fault is not told twice."""
    whole: bool = True
    """False where a file could not be read at all, so that names may be missing."""
    canonical: frozenset[str] = frozenset()
    """The SHA-256 of the files that are in the canonical form."""

    def locate(self, entry: Entry, path: YamlPath = ()) -> Location:
        """The line of a field, or of the nearest thing around it."""
        return _locate(f"{entry.directory or self.directory}/{entry.file}", entry.lines, path)

    def beside(self, other: Catalog, copies: str) -> Catalog:
        """This catalogue together with another whose records come first, but for what this one copied from it.

        Args:
            other: a catalogue, sound by itself.
            copies: the name of a file; its records give way to those of the other catalogue with the same ids.
        """
        ids = {entry.record.id for entry in other.entries}
        own = [entry for entry in self.entries if entry.file != copies or entry.record.id not in ids]
        return replace(
            self,
            entries=(*(replace(entry, directory=other.directory) for entry in other.entries), *own),
            problems=(*other.problems, *self.problems),
            unread_ids=self.unread_ids | other.unread_ids,
            whole=self.whole and other.whole,
            canonical=self.canonical | other.canonical,
        )


def read(directory: Path, canonical: Container[str] = ()) -> Catalog:
    """Read every ``*.yaml`` below a directory, in the order of their names. Bad data is a problem, never an exception.

    Args:
        directory: where the files are.
        canonical: SHA-256 of files that were found canonical before; they are not compared with their canonical form again.
    """
    label = directory.as_posix().rstrip("/")
    entries: list[Entry] = []
    problems: list[Problem] = []
    unread: set[str] = set()
    whole = True
    found: set[str] = set()
    paths, closed = _paths(directory)
    for path in closed:
        place = Location(f"{label}/{path.relative_to(directory).as_posix()}".removesuffix("/."), 1)
        problems.append(Problem(place, "unreadable", "is a directory that cannot be read", "mend its permissions"))
        whole = False
    if not any(path.suffix == ".yaml" for path in paths):
        problems.append(
            Problem(Location(label, 1), "no-data", "holds no *.yaml file", "name the directory that holds the records")
        )
    for path in paths:
        name = path.relative_to(directory).as_posix()
        if path.suffix == ".yml":
            place = Location(f"{label}/{name}", 1)
            problems.append(Problem(place, "file-name", "is not read", "let its name end in .yaml"))
        if path.suffix != ".yaml":
            continue
        file = _File(f"{label}/{name}", name, problems)
        content = file.load(path, canonical)
        found.update(file.canonical)
        if content is None:
            whole = False
            continue
        for position, item in enumerate(content):
            entry = file.entry(item, position)
            if entry:
                entries.append(entry)
            elif isinstance(item, dict) and isinstance(item.get("id"), str):
                unread.add(item["id"])
    return Catalog(label, tuple(entries), tuple(sorted(problems)), frozenset(unread), whole, frozenset(found))


def _paths(directory: Path) -> tuple[list[Path], list[Path]]:
    """Everything below a directory by name, and the directories that cannot be looked into."""
    closed: list[OSError] = []
    found = [
        Path(root) / name
        for root, folders, files in os.walk(directory, onerror=closed.append)
        for name in [*files, *(folder for folder in folders if folder.endswith((".yaml", ".yml")))]
    ]
    found.sort(key=lambda path: path.relative_to(directory).as_posix())
    return found, sorted(Path(str(error.filename)) for error in closed)


def reformat(path: Path) -> tuple[str, str]:
    """The text of a data file and its canonical form.

    Raises:
        CatalogError: if the file is not plain YAML within the limits of the reader, or if a comment or a value would be lost;
            it says why.
    """
    problems: list[Problem] = []
    file = _File(path.as_posix(), path.name, problems)
    text = file.text(path)
    if text is not None and file.root(text) is not None:
        wanted = formatted(text)
        if wanted is not None:
            return text, wanted
        message = "cannot be formatted: it is no list of records, or a key or a comment would be lost"
        file.problem(1, "not-formatted", message, "mend that by hand; `lineage check` may say more")
    raise CatalogError(tuple(problems))


def schema() -> str:
    """The JSON Schema of a data file, made from the records; what ``graph_data/schema.json`` holds."""
    from pydantic import TypeAdapter  # 40 ms that a check does not pay

    content = TypeAdapter(list[NodeRecord]).json_schema()
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "lineage records", **content}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


# -- reading one file ----------------------------------------------------------------------------------------------------


class _File:
    """One file on its way to records. Problems are appended to the list that is given."""

    def __init__(self, label: str, name: str, problems: list[Problem]) -> None:
        self.label = label
        self.name = name
        self.problems = problems
        self.lines: dict[YamlPath, int] = {}
        self.places: list[dict[YamlPath, int]] = []
        """The lines of the fields of each record."""
        self.canonical: set[str] = set()
        """The SHA-256 of the text, once it was found canonical."""
        self.faulty: set[YamlPath] = set()

    def problem(self, line: int, rule: str, message: str, repair: str) -> None:
        self.problems.append(Problem(Location(self.label, line), rule, message, repair))

    def load(self, path: Path, known: Container[str]) -> list[Any] | None:
        """The list that the file holds, every scalar as text; None if it cannot be had."""
        text = self.text(path)
        if text is not None:
            digest = hashlib.sha256(text.encode()).hexdigest()
            if quick := read_canonical(text, shown=digest in known):
                content, self.places = quick
                self.canonical.add(digest)
                return content
        root = None if text is None else self.root(text)
        if text is None or root is None:
            return None
        if not isinstance(root, yaml.SequenceNode):
            self.problem(1, "not-a-list", "does not hold a list of records", "begin every record with `- kind: ...`")
            return None
        content = [self._value(node, (position,)) for position, node in enumerate(root.value)]
        self.places = [{} for _ in content]
        for place, line in self.lines.items():
            self.places[int(place[0])][place[1:]] = line
        told = {problem.rule for problem in self.problems if problem.location.file == self.label}
        if told.isdisjoint({"duplicate-key", "yaml-key"}) and canonical(text, content) != text:
            self.problem(1, "not-canonical", "is not in the canonical form", "run `lineage fmt`")
        return content

    def root(self, text: str) -> yaml.Node | None:
        """The root of the YAML, if it is of the plain kind that is read; else there is a problem."""
        try:
            return yaml.compose(text, Loader=yaml.CSafeLoader) if self._events_are_plain(text) else None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self.problem(line, "yaml-syntax", f"is not YAML: {error.problem}", "mend the syntax")
        except yaml.YAMLError as error:
            self.problem(1, "yaml-syntax", f"is not YAML: {str(error).splitlines()[0]}", "mend the syntax")
        return None

    def text(self, path: Path) -> str | None:
        """The text of the file; None, with a problem, if it is no text file that is read."""
        try:
            # Asked before reading: a device or a pipe would never end.
            if not path.is_file():
                self.problem(1, "not-a-file", "is not a regular file", "put a file in its place, or remove it")
                return None
            size = path.stat().st_size
            if size > MAX_FILE_BYTES:
                self.problem(1, "file-too-large", f"has {size} bytes; {MAX_FILE_BYTES} are read", "split it")
                return None
            raw = path.read_bytes()
        except OSError as error:
            self.problem(1, "unreadable", f"cannot be read: {error.strerror}", "mend its permissions")
            return None
        if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            self.problem(1, "encoding", "begins with a byte order mark", "save it as UTF-8 without one")
            return None
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            self.problem(line, "encoding", "is not UTF-8", "save it as UTF-8")
            return None
        if found := _UNWANTED.search(text):
            line = text.count("\n", 0, found.start()) + 1
            self.problem(line, "encoding", f"holds the control character U+{ord(found.group()):04X}", "remove it")
            return None
        return text

    def _events_are_plain(self, text: str) -> bool:
        """Whether the file keeps to plain YAML. Walked over as events, so that nothing can nest or grow before it is seen."""
        depth = documents = 0
        plain = True
        for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if count > MAX_EVENTS:
                self.problem(line, "too-many-values", f"holds more than {MAX_EVENTS} values", "split the file")
                return False
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                self.problem(line, "too-deep", f"nests deeper than {MAX_DEPTH} levels", "write flat records")
                return False
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.problem(line, "multi-document", "begins a second document", "remove the line `---`")
                    return False
            if isinstance(event, yaml.AliasEvent):
                self.problem(line, "yaml-alias", f"uses the alias `*{event.anchor}`", "write the value out")
                plain = False
            elif anchor := getattr(event, "anchor", None):
                self.problem(line, "yaml-anchor", f"sets the anchor `&{anchor}`", "remove it")
                plain = False
            if tag := getattr(event, "tag", None):
                self.problem(line, "yaml-tag", f"uses the tag `{tag}`", "remove it; values are text")
                plain = False
        if not documents:
            self.problem(1, "empty-file", "holds no record", "add one, or remove the file")
            return False
        return plain

    def _value(self, node: yaml.Node, path: YamlPath) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, position)) for position, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        self._look_for_trap(node, path)
        return node.value

    def _mapping(self, node: yaml.MappingNode, path: YamlPath) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(line, "yaml-key", "has a list or a mapping for a key", "write a field name")
                self.faulty.add(path)
                continue
            key = key_node.value
            if key in content:
                first = self.lines[*path, key]
                self.problem(
                    line, "duplicate-key", f"gives `{key}` again, first in line {first}", "keep one of the two"
                )
                self.faulty.add((*path, key))
                continue
            self.lines[*path, key] = line
            content[key] = self._value(value_node, (*path, key))
        return content

    def _look_for_trap(self, node: yaml.Node, path: YamlPath) -> None:
        if getattr(node, "style", None):
            return
        tag = yaml_1_1_type(node.value)
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        if tag == "str":
            return
        # 010 is eight to YAML 1.1, and 1_0 is ten.
        if tag in PLAIN_FIELDS.get(name, ()) and (tag != "int" or re.fullmatch(r"[1-9][0-9]*", node.value)):
            return
        line = node.start_mark.line + 1
        self.faulty.add(path)
        if tag == "null":
            self.problem(line, "no-value", f"gives `{name}` no value", "write one, or leave the field out")
            return
        self.problem(
            line,
            "yaml-trap",
            f"has the bare value `{node.value}`, which YAML 1.1 takes for a {tag}",
            f'put it in quotes: "{node.value}"',
        )

    # -- one record

    def entry(self, item: Any, position: int) -> Entry | None:
        """The record at a place of the list, or None with a problem for every fault."""
        lines = self.places[position]
        if not isinstance(item, dict):
            self.problem(lines[()], "not-a-record", "is not a record", "begin it with `- kind: ...`")
            return None
        kind = item.get("kind")
        record_class = RECORD_CLASSES.get(kind) if isinstance(kind, str) else None
        if record_class is None:
            kinds = ", ".join(RECORD_CLASSES)
            line = lines.get(("kind",), lines[()])
            self.problem(line, "unknown-kind", f"has the kind `{kind}`", f"write one of: {kinds}")
            return None
        try:
            record = record_class.model_validate(item)
        except ValidationError as error:
            faults = error.errors(include_url=False)
            for fault in faults:
                path = tuple(fault["loc"])
                # A list whose entries are all faulty counts as too short, and its faults have been told.
                if fault["type"] == "too_short" and any(
                    one["loc"][: len(path)] == path != one["loc"] for one in faults
                ):
                    continue
                if not any((position, *path[:size]) in self.faulty for size in range(len(path) + 1)):
                    rule, message, repair = _explain(fault, record_class, path)
                    self.problems.append(Problem(_locate(self.label, lines, path), rule, message, repair))
            return None
        return Entry(record, self.name, lines)


def _locate(label: str, lines: Mapping[YamlPath, int], path: YamlPath) -> Location:
    while path and path not in lines:
        path = path[:-1]
    return Location(label, lines[path])


def _explain(fault: Any, record_class: type[Model | Paper | Technique], path: YamlPath) -> tuple[str, str, str]:
    """The rule, the message and the repair for one fault that pydantic found."""
    kind = fault["type"]
    shown = ".".join(str(part) for part in path) or record_class.__name__.lower()
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        known = sorted({key for one in _object_schemas(record_class) for key in one})
        near = get_close_matches(name, known, n=1)
        return "unknown-field", f"`{shown}` is not a field", f"did you mean `{near[0]}`?" if near else "remove it"
    if kind in {"missing", "too_short"}:
        rule = "missing-source" if name == "sources" else "missing-evidence" if name == "evidence" else "missing-field"
        return rule, f"`{shown}` is missing", "add it; every claim says who says so" if name == "sources" else "add it"
    value = str(fault["input"])[:60]
    if kind == "literal_error":
        return (
            "unknown-word",
            f"`{shown}` is `{value}`",
            "write one of: " + str(fault["ctx"]["expected"]).replace("'", "").replace(" or ", ", "),
        )
    if kind == "value_error":
        message, _, repair = str(fault["ctx"]["error"]).partition("; ")
        return "bad-value", f"`{shown}` {message}", repair
    if kind == "string_pattern_mismatch":
        repair = {
            "id": "write lower-case words joined by hyphens, as in `llama-2`",
            "parameters": "write a number and K, M, B or T, as in 6.7B",
            "active_parameters": "write a number and K, M, B or T, as in 6.7B",
            "arxiv": 'write the number in quotes and without a version, as in "2307.09288"',
        }.get(name, "write an id: lower-case words joined by hyphens, as in `llama-2`")
        return "bad-value", f"`{shown}` is `{value}`", repair
    if kind == "string_too_long":
        return "bad-value", f"`{shown}` is longer than {fault['ctx']['max_length']} characters", "shorten it"
    expected = {
        "string_type": "a text",
        "tuple_type": "a list",
        "model_type": "a mapping",
        "model_attributes_type": "a mapping",
        "int_parsing": "a whole number",
        "int_type": "a whole number",
        "bool_parsing": "true or false",
        "bool_type": "true or false",
    }.get(kind, str(fault["msg"]))
    return "bad-value", f"`{shown}` is `{value}`", f"write {expected}"


def _object_schemas(record_class: type[Model | Paper | Technique]) -> Iterator[Iterable[str]]:
    content = record_class.model_json_schema()
    yield content["properties"]
    for one in content.get("$defs", {}).values():
        yield one.get("properties", {})
