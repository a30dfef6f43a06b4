"""Hold the descent that others tell against ours: ``python tools/crosscheck.py modular|huggingface|epoch PATH [PATH ...]``.

Nothing of what is read here is part of the project: you bring it, and the answer is a Markdown page with lists: what is at
odds, what only they have, what agrees. A difference is a question, not a fault: their words mean other things than ours.

``modular``      a copy of the Transformers library (``.../transformers/models``, Apache-2.0): which model's code inherits from
                 which, by the ``modular_*.py`` files.
``huggingface``  answers of the Hub (``huggingface.co/api/models?...&full=true&cardData=true``) as JSON or JSON
                 lines: the field ``base_model`` of the cards.
``epoch``        the CSV of Epoch's models (CC BY 4.0): the column ``Base model``.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import lineage
from lineage import LineageGraph
from lineage.names import Names
from lineage.vocabulary import BASES, Basis, printable

CODE_NAMES: Final = {
    "cohere": "command-r",
    "falcon": "falcon",
    "gpt2": "gpt-2",
    "gpt_neox": "gpt-neox-20b",
    "gptj": "gpt-j",
    "llama": "llama",
    "mistral": "mistral-7b",
    "mixtral": "mixtral-8x7b",
    "openai": "gpt-1",
    "phi": "phi-1",
    "rwkv": "rwkv-4",
    "switch_transformers": "switch-transformer",
}
"""Folders of the Transformers library whose name is not that of the model they were first written for."""


_WEIGHTS: Final[tuple[Basis, ...]] = ("weights",)


class InputError(Exception):
    """What was given is not what it is said to be; the text says what was expected."""


class Told(NamedTuple):
    """A child and a parent as somebody else names them."""

    child: str
    parent: str


class Row(NamedTuple):
    """What we make of it."""

    verdict: str
    told: Told
    ours: str


def modular(paths: Iterable[Path]) -> Iterator[Told]:
    """Which model's code inherits from which: imports between the folders of models in ``modular_*.py``."""
    for path in paths:
        files = sorted(path.rglob("modular_*.py"))
        if not files:
            raise InputError(f"{path}: holds no modular_*.py; name the folder `transformers/models` of the library")
        for file in files:
            try:
                tree = ast.parse(file.read_text(encoding="utf-8"))
            except (OSError, ValueError, SyntaxError) as error:
                raise InputError(f"{file}: is no Python: {error}") from None
            bases = {
                base.id
                for node in ast.walk(tree)
                if isinstance(node, ast.ClassDef)
                for base in node.bases
                if isinstance(base, ast.Name)
            }
            for node in ast.walk(tree):
                # `from ..llama.modeling_llama import LlamaAttention`
                if isinstance(node, ast.ImportFrom) and node.level == 2 and node.module and "." in node.module:
                    parent = node.module.partition(".")[0]
                    if parent not in {"auto", file.parent.name} and bases.intersection(
                        alias.asname or alias.name for alias in node.names
                    ):
                        yield Told(file.parent.name, parent)


def huggingface(paths: Iterable[Path]) -> Iterator[Told]:
    """Repository and ``base_model`` of cards."""
    for path in paths:
        text = _text(path)
        try:
            content = json.loads(text)
        except ValueError:
            try:
                content = [json.loads(line) for line in text.splitlines() if line.strip()]
            except ValueError as error:
                raise InputError(f"{path}: is neither JSON nor lines of JSON: {error}") from None
        cards = content if isinstance(content, list) else [content]
        if not cards or not all(
            isinstance(card, dict) and isinstance(card.get("id") or card.get("modelId"), str) for card in cards
        ):
            raise InputError(f"{path}: is no list of cards; each has an `id` and `base_model` or `cardData`")
        for card in cards:
            inner = card.get("cardData")
            bases = card.get("base_model") or (inner.get("base_model") if isinstance(inner, dict) else None) or []
            for base in [bases] if isinstance(bases, str) else bases:
                yield Told(str(card.get("id") or card.get("modelId")), str(base))


def epoch(paths: Iterable[Path]) -> Iterator[Told]:
    """Model and ``Base model`` of the rows."""
    for path in paths:
        reader = csv.DictReader(_text(path).splitlines(keepends=True))
        columns = set(reader.fieldnames or ())
        if "Base model" not in columns or not columns & {"Model", "System"}:
            raise InputError(f"{path}: has no columns `Model` (or `System`) and `Base model`, separated by commas")
        for row in reader:
            for base in (row["Base model"] or "").split(","):
                if base.strip():
                    yield Told(str(row.get("Model") or row.get("System")), base.strip())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as text: {error}") from None


def find(names: Names, name: str) -> str | None:
    """The id of the model that somebody calls so; a folder of the library by the model it was first written for."""
    return names.find(CODE_NAMES.get(name, name))


def compare(graph: LineageGraph, told: Iterable[Told], *, code: bool) -> list[Row]:
    """Each pair once, with a verdict: ``agree``, ``odds``, ``lacking``, or ``absent`` where we have no such model.

    For code any basis of descent will do. A base model is one whose weights, or at least whose outputs, went into the
    child: where we have only design or succession, or other parents, the pair is at odds; so is one that we have the
    other way round.
    """
    names = Names(graph, editions=not code)
    rows: dict[Told, Row] = {}
    for pair in told:
        child, parent = find(names, pair.child), find(names, pair.parent)
        if child is None or parent is None:
            missing = [name for name, found in zip(pair, (child, parent), strict=True) if found is None]
            rows[pair] = Row("absent", pair, " and ".join(missing))
        elif child == parent:
            rows[pair] = Row("agree", pair, f"editions of `{child}`")
        elif parent in graph.ancestors(child, BASES if code else (*_WEIGHTS, "outputs")):
            rows[pair] = Row("agree", pair, f"`{child}` descends from `{parent}`")
        elif child in graph.ancestors(parent):
            rows[pair] = Row("odds", pair, f"`{parent}` descends from `{child}`")
        elif parent in graph.ancestors(child):
            rows[pair] = Row(
                "odds", pair, f"`{child}` has the design of `{parent}` or succeeds it, and none of its weights"
            )
        elif not code and (ours := graph.parents(child, _WEIGHTS)):
            rows[pair] = Row(
                "odds", pair, f"`{child}` has weights from {', '.join(f'`{one}`' for one in ours)}, not from `{parent}`"
            )
        elif not code and graph[child].data["origin"] == "scratch":
            rows[pair] = Row("odds", pair, f"`{child}` is trained from scratch, not from `{parent}`")
        else:
            rows[pair] = Row("lacking", pair, f"`{child}` is not said to come from `{parent}`")
    return sorted(rows.values())


def page(rows: list[Row]) -> str:
    """The three lists in Markdown."""
    lines = []
    titles = {"odds": "At odds", "lacking": "Only there", "absent": "Models that are not here", "agree": "Agree"}
    lines.append("| | pairs |\n| --- | ---: |")
    lines += [f"| {title} | {sum(row.verdict == verdict for row in rows)} |" for verdict, title in titles.items()]
    for verdict, title in titles.items():
        found = [row for row in rows if row.verdict == verdict]
        if found and verdict == "absent":
            names = sorted({name for row in found for name in row.ours.split(" and ")}, key=str.casefold)
            lines.append(f"\n## {title}\n\n{', '.join(map(_cell, names))}")
        elif found:
            lines.append(f"\n## {title}\n\n| they say | of parent | here |\n| --- | --- | --- |")
            lines += [f"| {_cell(row.told.child)} | {_cell(row.told.parent)} | {row.ours} |" for row in found]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", printable(text))


def main(arguments: list[str]) -> Any:
    """Read what is given and print the page; exit 1 if anything is at odds."""
    readers = {"modular": modular, "huggingface": huggingface, "epoch": epoch}
    if len(arguments) < 2 or arguments[0] not in readers:
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    try:
        rows = compare(lineage.load(), readers[arguments[0]](map(Path, arguments[1:])), code=arguments[0] == "modular")
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(page(rows), end="")
    return int(any(row.verdict == "odds" for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
