"""From the names that others have for models to the ids of a graph."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from lineage.errors import UnknownNodeError
from lineage.graph import LineageGraph
from lineage.vocabulary import normal_form

_EDITION: Final = re.compile(
    r"[-_ ]?(\d+(\.\d+)?x)?\d+(\.\d+)?[bm]\b|[-_ ](instruct|chat|base|hf|it|pt|preview|v0\.\d|\d{4})\b", re.IGNORECASE
)
HUB_ADDRESS: Final = re.compile(r"https://huggingface\.co/([^/]+/[^/#?]+|[^/#?]+)/?$")
"""The address of a repository of models, and its name."""


class Names:
    """From the names of others to the ids of a graph."""

    def __init__(self, graph: LineageGraph, *, editions: bool = True) -> None:
        self.graph = graph
        self.editions = editions
        self.repositories: dict[str, str] = {}
        makers: dict[str, Counter[str]] = defaultdict(Counter)
        for node in graph.nodes("model"):
            variants = [one["url"] for one in node.data.get("variants", ()) if one.get("url")]
            for url in (*variants, *(one["url"] for one in node.data.get("sources", ()))):
                if found := re.match(r"https://huggingface\.co/([^/]+/[^/#?]+)", url):
                    # A card that two records cite is no name of either.
                    known = self.repositories.setdefault(found[1].casefold(), node.id)
                    if known != node.id:
                        self.repositories[found[1].casefold()] = ""
                    # Its own weights tell of a namespace, a card that it cites does not.
                    if node.organizations and url in variants:
                        makers[found[1].partition("/")[0].casefold()][node.organizations[0]] += 1
        self.makers = {one: min(count, key=lambda name: (-count[name], name)) for one, count in makers.items()}
        """The usual name of the maker by the namespace of the Hub."""

    def find(self, name: str, makers: Iterable[str] | None = None) -> str | None:
        """The id of the model that somebody calls so, with its size and edition or without them; None if there is none.

        Args:
            name: a repository of the Hub, or a name.
            makers: who may have made it; by default anyone.
        """
        if known := self.repositories.get(name.casefold()):
            return known
        short = name.rpartition("/")[2]
        plain = _EDITION.sub("", short) if self.editions else short
        wanted = None if makers is None else {normal_form(one) for one in makers}
        for one in (short, plain, plain.replace("_", "-")):
            try:
                node = self.graph[self.graph.resolve(one)]
            except UnknownNodeError:
                continue
            if node.kind == "model" and (wanted is None or wanted.intersection(map(normal_form, node.organizations))):
                return node.id
        return None

    def find_repository(self, name: str) -> str | None:
        """The id of the model that is in a repository, if its namespace is that of the maker."""
        namespace = name.rpartition("/")[0].casefold()
        # `meta-llama` and `deepseek-ai` begin with the name of the maker.
        makers = [namespace, namespace.partition("-")[0], *filter(None, [self.makers.get(namespace)])]
        return self.find(name, makers if namespace else None)
