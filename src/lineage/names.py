"""From the names that others have for models to the ids of a graph."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from lineage.graph import LineageGraph, Node
from lineage.vocabulary import normal_form, parameter_count

HUB_ADDRESS: Final = re.compile(r"https://huggingface\.co/([^/]+/[^/#?]+|[^/#?]+)/?$")
"""The address of a repository of models, and its name."""
FEW_BITS: Final = re.compile(
    r"(?:^|[-_. ])(gguf|ggml|gptq|awq|exl[23]|bnb|fp8|int[48]|[48]-?bit|w[48]a\d+|mlx|nf4)(?:$|[-_. ])", re.IGNORECASE
)
"""Formats of lower precision, which a name tells of: the weights are not those of the model."""
_REPOSITORY: Final = re.compile(
    r"https://huggingface\.co/(?!(?:api|blog|collections|datasets|docs|papers|spaces)/)([^/]+/(?!activity|collections)[^/#?]+)"
)
_OWNERS: Final = {
    "bigscience": "BigScience",
    "codellama": "Meta",
    "facebook": "Meta",
    "facebookai": "Meta",
    "google": "Google, Google DeepMind, DeepMind",
    "google-bert": "Google",
    "google-t5": "Google",
    "meta-llama": "Meta",
    "mosaicml": "MosaicML, Databricks",
    "openai-community": "OpenAI",
    "salesforce": "Salesforce",
    "tinyllama": "Singapore University of Technology and Design",
    "xai-org": "xAI",
}
"""Who stands behind namespaces of the Hub of which the records name no weights."""
_MIRRORS: Final = frozenset({"decapoda-research", "huggyllama", "nousresearch", "unsloth", "yahma"})
"""Namespaces that also hold the weights of others as they are, under the names that those gave them."""
_SPLIT: Final = re.compile(r"[-_ ]+")
_SIZE: Final = re.compile(r"a?(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(\d*)", re.IGNORECASE)
_VERSION: Final = re.compile(r"v\d+(\.\d+)*", re.IGNORECASE)
_FIRST: Final = frozenset({"v1", "v1.0", "v0.1"})
_MONTH: Final = re.compile(r"\d{4}")
_FORMS: Final = frozenset({"hf"})
"""The same weights in another file."""
_EDITIONS: Final = frozenset({"base", "chat", "inst", "instruct", "it", "pt", "preview"})
"""What a maker tuned is an edition of the model where it has no record of its own."""
_LETTERS: Final = frozenset({"cased", "uncased"})
_SIZES: Final = frozenset({"large", "medium", "mini", "small", "tiny", "xl", "xlarge", "xxl", "xxlarge"})
_COVERED: Final = {"code-llama": {"python"}, "codegen": {"mono", "multi", "nl"}}
"""Editions that a record tells of in its text, and not among its variants."""
_NEAR: Final = 0.15
"""LLaMA 33B is called 30B on the Hub: so far apart two sizes may be."""
_MOST_WORDS: Final = 7
"""That may be left out of a name, so that a long one costs no time."""


class Found(NamedTuple):
    """What a name stands for."""

    id: str | None
    """Of the model; None if there is none."""
    by_rule: bool = False
    """Whether an edition or a copy of the weights was taken for the model, though its record does not name it."""
    other: str | None = None
    """A model of which the name tells an edition that its record does not."""


class Names:
    """From the names of others to the ids of a graph."""

    def __init__(self, graph: LineageGraph, *, editions: bool = True) -> None:
        self.graph = graph
        self.editions = editions
        self.repositories: dict[str, str] = {}
        self._known = graph.known_names()
        self._found: dict[tuple[str, frozenset[str] | None], Found] = {}
        makers: dict[str, Counter[str]] = defaultdict(Counter)
        models = graph.nodes("model")
        for node in models:
            for name in _repositories(node.data.get("variants", ())):
                self._learn(name, node.id)
                # Its own weights tell of a namespace, a card that it cites does not.
                makers[name.partition("/")[0]].update(node.organizations[:1])
        self.makers = {one: min(count, key=lambda name: (-count[name], name)) for one, count in makers.items()}
        """The usual name of the maker by the namespace of the Hub."""
        self._makers = {one: frozenset(map(normal_form, count)) for one, count in makers.items()}
        for name, text in _OWNERS.items():
            self._makers[name] = self._makers.get(name, frozenset()) | set(map(normal_form, text.split(", ")))
            self.makers.setdefault(name, text.split(", ")[0])
        own = set(self.repositories)
        for node in models:
            for name in set(_repositories(node.data.get("sources", ()))) - own:
                # What somebody else made of a model is cited for it, and is another one.
                if not FEW_BITS.search(name) and _made(node, self._wanted(name)):
                    self._learn(name, node.id)
        makers_words = {normal_form(_SPLIT.split(one)[0]) for node in models for one in node.organizations}
        self._first_words = makers_words - {""}
        self._words = {node.id: _words(node) for node in models}
        self._loose = frozenset().union(*self._words.values(), *_COVERED.values())

    def _learn(self, name: str, node_id: str) -> None:
        # A card that two records cite is no name of either.
        if self.repositories.setdefault(name, node_id) != node_id:
            self.repositories[name] = ""

    def find(self, name: str, makers: Iterable[str] | None = None) -> str | None:
        """The id of the model that somebody calls so, with its size and edition or without them; None if there is none.

        Args:
            name: a repository of the Hub, or a name.
            makers: who may have made it; by default anyone.
        """
        return self.look_up(name, makers).id

    def look_up(self, name: str, makers: Iterable[str] | None = None) -> Found:
        """As :meth:`find`, with how it was found.

        Words of the name are left out, the fewest that will do, where the record covers them: a size among its variants, a
        word of their names, an edition that has no record of its own. A version that the record does not tell is another model.
        """
        if known := self.repositories.get(name.casefold()):
            return Found(known)
        wanted = None if makers is None else frozenset(normal_form(one) for one in makers)
        key = (name.rpartition("/")[2].casefold(), wanted)
        if key not in self._found:
            self._found[key] = self._by_words(key[0], wanted)
        return self._found[key]

    def find_repository(self, name: str) -> str | None:
        """The id of the model that is in a repository, if its namespace is that of the maker."""
        return self.look_up_repository(name).id

    def look_up_repository(self, name: str) -> Found:
        """As :meth:`find_repository`, with how it was found; the weights of another maker may stand in a mirror."""
        if "/" not in name:
            return self.look_up(name)
        found = self.look_up(name, self._wanted(name))
        if not found.id and name.partition("/")[0].casefold() in _MIRRORS:
            copy = self.look_up(name)
            return copy._replace(by_rule=True) if copy.id else found
        return found

    def node(self, name: str) -> Node | None:
        """What is called so, of any kind; None if nothing is, or more than one.

        As :meth:`LineageGraph.resolve`, which searches long for what else may have been meant.
        """
        if name in self.graph:
            return self.graph[name]
        found = self._known.get(normal_form(name), ())
        return self.graph[found[0]] if len(found) == 1 else None

    def _wanted(self, name: str) -> frozenset[str]:
        namespace = name.rpartition("/")[0].casefold()
        # `meta-llama` and `deepseek-ai` begin with the name of the maker.
        return self._makers.get(namespace, frozenset()) | {
            normal_form(namespace),
            normal_form(namespace.partition("-")[0]),
        }

    def _by_words(self, short: str, wanted: frozenset[str] | None) -> Found:
        node = self.node(short)
        if node is not None:
            fits = node.kind == "model" and _made(node, wanted)
            return Found(node.id if fits else None)
        words = [one for one in _SPLIT.split(short) if one]
        loose = [place for place, word in enumerate(words) if self._is_loose(place, word)]
        if not self.editions or len(loose) > _MOST_WORDS:
            return Found(None)
        for number in range(1, min(len(loose), len(words) - 1) + 1):
            hits: dict[str, bool] = {}
            told: dict[str, bool] = {}
            for left_out in itertools.combinations(loose, number):
                rest = " ".join(word for place, word in enumerate(words) if place not in left_out)
                hit = self.node(rest)
                if hit is not None and hit.kind == "model" and _made(hit, wanted):
                    others = [words[place] for place in left_out]
                    hits[hit.id] = hits.get(hit.id, False) or all(self._covers(hit, word) for word in others)
                    told[hit.id] = told.get(hit.id, False) or self._words[hit.id].issuperset(others)
            if hits:
                one = next(iter(hits))
                if len(hits) > 1:
                    return Found(None)
                return Found(one, by_rule=not told[one]) if hits[one] else Found(None, other=one)
        return Found(None)

    def _is_loose(self, place: int, word: str) -> bool:
        if not place:
            return word in self._first_words
        return bool(
            word in self._loose
            or word in _FORMS | _EDITIONS | _LETTERS | _SIZES
            or _SIZE.fullmatch(word)
            or _VERSION.fullmatch(word)
            or _MONTH.fullmatch(word)
        )

    def _covers(self, node: Node, word: str) -> bool:
        """Whether the record of a model tells of a size or an edition, or has nothing against it."""
        words = self._words[node.id]
        if word in words or word in _COVERED.get(node.id, ()) or word in _FORMS | _EDITIONS:
            return True
        if word in _LETTERS:
            return words.isdisjoint(_LETTERS)
        if word in _SIZES:
            return not node.data.get("variants")
        if found := _SIZE.fullmatch(word):
            return _has_size(node, found)
        if _VERSION.fullmatch(word):
            return word in _FIRST and not any(map(_VERSION.fullmatch, words))
        if _MONTH.fullmatch(word):
            # 2407 is a month, and 0628 a day of the year.
            dates = [str(event["date"]).replace("-", "") for event in node.data["dates"]]
            return any(word == date[2:6] or word == date[4:8] for date in dates if len(date) >= 6)
        return any(normal_form(one).startswith(normal_form(word)) for one in node.organizations)


def _repositories(of: Iterable[Any]) -> list[str]:
    """The repositories that variants or sources name by their addresses, casefolded."""
    found = (_REPOSITORY.match(one.get("url") or "") for one in of)
    return [one[1].casefold() for one in found if one]


def _made(node: Node, wanted: frozenset[str] | None) -> bool:
    return wanted is None or not wanted.isdisjoint(map(normal_form, node.organizations))


def _words(node: Node) -> frozenset[str]:
    """The words by which a record tells its editions apart; numbers alone are versions of something else."""
    variants = node.data.get("variants", ())
    texts = [one["name"] for one in variants] + [one.rpartition("/")[2] for one in _repositories(variants)]
    words = {word for text in texts for word in re.split(r"[-_ (),/]+", text.casefold())}
    return frozenset(word for word in words if re.search(r"[^\W\d]", word))


def _has_size(node: Node, found: re.Match[str]) -> bool:
    variants = node.data.get("variants", ())
    told = [one[name] for one in variants for name in ("parameters", "active_parameters") if one.get(name)]
    if not told:
        return True
    experts, number, unit, rest = found.groups()
    # BLOOM 7B1 has 7.1 billion parameters.
    size = float(f"{number}.{rest}" if rest and "." not in number else number) * int(experts or 1)
    size *= 10**9 if unit.casefold() == "b" else 10**6
    return any(abs(parameter_count(one) - size) <= _NEAR * size for one in told)
