"""Graphs of models for tests of pictures: random ones that look like families, and ones that are made to be hard."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final, get_args

from lineage import Edge, LineageGraph, Node
from lineage.vocabulary import Architecture, Basis

ARCHITECTURES: Final[tuple[Architecture, ...]] = get_args(Architecture)
HOSTILE: Final = "</script></style><img src=x onerror=alert(1)>]]>\"'&amp;\x00\u202e javascript:alert(1)"


def model(node_id: str, date: str, name: str | None = None, **fields: Any) -> Node:
    """A model with the fields that a picture reads."""
    data = {
        "id": node_id,
        "kind": "model",
        "name": name or node_id,
        "date": date,
        "architecture": "decoder-only",
        "weights": "open",
        "organizations": ["Acme"],
        **fields,
    }
    return Node(node_id, "model", name or node_id, date, data)


def edge(source: str, target: str, basis: Basis = "weights") -> Edge:
    """A line of descent."""
    kind = "succeeds" if basis == "succession" else "derived-from"
    relation = {"weights": "finetuned", "outputs": "distilled", "architecture": "architecture"}.get(basis)
    data = {"source": source, "target": target, "sources": []}
    return Edge(source, target, kind, relation, basis, "stated", (), data)  # type: ignore[arg-type]


def chain(dates: Iterable[str], **fields: Any) -> LineageGraph:
    """One model after another, each from the one before."""
    nodes = [model(f"c{place:03}", date, **fields) for place, date in enumerate(dates)]
    return LineageGraph(nodes, [edge(one.id, other.id) for one, other in pairwise(nodes)])


def fan(root: str, dates: Iterable[str]) -> LineageGraph:
    """A root and its children."""
    nodes = [model("root", root), *(model(f"k{place:03}", date) for place, date in enumerate(dates))]
    return LineageGraph(nodes, [edge("root", node.id) for node in nodes[1:]])


def family(size: int, seed: int) -> LineageGraph:
    """A random graph like the field: ever more models per year, a few with two parents, sometimes a new architecture."""
    chance = random.Random(seed)
    times = sorted(2013 + 13 * chance.random() ** 0.35 for _ in range(size))
    nodes: list[Node] = []
    edges: list[Edge] = []
    for place, time in enumerate(times):
        year, month = int(time), int(time % 1 * 12) + 1
        date = chance.choice(
            [f"{year}-{month:02}"] * 7 + [f"{year}-{month:02}-{chance.randint(1, 28):02}"] * 2 + [str(year)]
        )
        parents: list[int] = []
        if place and chance.random() < 0.93:
            count = 1 + (chance.random() < 0.25)
            parents = sorted({int(place * chance.random() ** 0.5) for _ in range(count)})
        inherited = nodes[parents[0]].data["architecture"] if parents else None
        architecture = inherited if inherited and chance.random() < 0.9 else chance.choice(ARCHITECTURES)
        name = chance.choice(
            ["GPT", "BERT", "LLaMA", "Qwen", "Mistral", "DeepSeek", "Mamba", "BLOOM", "Pythia"]
        ) + chance.choice(["", "-2", " 3.5", "-VL", "-Instruct", "-Coder 7B", " v1.5"])
        weights = chance.choice(["open", "restricted", "api", "unreleased"])
        node = model(f"m{place:04}", date, name, architecture=architecture, weights=weights)
        for parent in parents:
            if nodes[parent].interval.start <= node.interval.end:
                basis: Basis = chance.choice(["weights", "weights", "outputs", "architecture", "succession"])
                edges.append(edge(nodes[parent].id, node.id, basis))
        nodes.append(node)
    return LineageGraph(nodes, edges)


def _every_way(dates: Iterable[str], children: int) -> LineageGraph:
    """A tree in which no child has the architecture of its parent."""
    nodes = [
        model(f"z{place:03}", date, architecture=ARCHITECTURES[place * 3 % len(ARCHITECTURES)])
        for place, date in enumerate(dates)
    ]
    pairs = ((nodes[place // children], node) for place, node in enumerate(nodes) if place)
    return LineageGraph(nodes, [edge(older.id, newer.id, "architecture") for older, newer in pairs])


def _ladder(rungs: int) -> LineageGraph:
    """Two lines side by side; every model of the second also comes from the first."""
    nodes = [model(f"{side}{step}", f"{2016 + step}-0{1 + (side == 'b')}") for side in "ab" for step in range(rungs)]
    edges = [edge(f"{side}{step}", f"{side}{step + 1}") for side in "ab" for step in range(rungs - 1)]
    edges += [edge(f"a{step}", f"b{step + 1}", "architecture") for step in range(rungs - 1)]
    return LineageGraph(nodes, edges)


HARD: Final[dict[str, LineageGraph]] = {
    "nothing": LineageGraph([], []),
    "one model": LineageGraph([model("a", "2023")], []),
    "a chain of 60 in one month": chain(["2023-03"] * 60),
    "a chain of 60 on one day": chain(["2023-03-05"] * 60),
    "a chain of 60 in five years": chain([f"{2019 + place // 12}-{place % 12 + 1:02}" for place in range(60)]),
    "300 children in five years": fan("2020", [f"{2020 + place // 60}-{place % 12 + 1:02}" for place in range(300)]),
    "300 children on one day": fan("2020-05-05", ["2020-05-05"] * 300),
    "40 siblings in one month": fan("2020", ["2023-04"] * 40),
    "only a year is known": fan("2023", ["2023"] * 12),
    "children before the middle of their parent's year": chain(["2023", "2023-01-02", "2023-01-02"]),
    "every child in another band": _every_way([f"{2018 + place // 10}-{place % 10 + 1:02}" for place in range(60)], 2),
    "every child in another band in one month": _every_way(["2020-05"] * 60, 3),
    "ten parents": LineageGraph(
        [*(model(f"p{place}", "2020-05") for place in range(10)), model("m", "2021")],
        [edge(f"p{place}", "m") for place in range(10)],
    ),
    "a ladder of merges": _ladder(9),
    "75 years apart": chain(["1950", "2025-12-31"]),
    "strange names": LineageGraph(
        [
            model("a", "2020", "通义千问大模型"),
            model("b", "2021", "نموذج لغوي كبير جدا"),
            model("c", "2021-04", "X" * 200),
            model("d", "2022", HOSTILE, organizations=[HOSTILE]),
            model("e", "2022", "e\u0301\u0301\u0302"),
            model("f", "2022", "\u202e\u200b"),
        ],
        [edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "e"), edge("d", "e")],
    ),
}
