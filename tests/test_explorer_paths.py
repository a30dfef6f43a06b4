"""How two nodes are related, on the page: the scripts give what the Python gives, for any graph."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import visit

from lineage.analysis import adoption
from lineage.graph import Edge, LineageGraph, Node

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ASK = """([content, pairs]) => {
  const graph = new Graph(content);
  return pairs.map(([one, other]) => ({
    paths: pathsBetween(graph, one, other),
    few: pathsBetween(graph, one, other, 3),
    common: commonAncestors(graph, one, other),
    steps: pathsBetween(graph, one, other, 1).flatMap((path) =>
      path.slice(1).flatMap((id, at) => descentBetween(graph, path[at], id).map((edge) => edge.relation ?? edge.kind))),
  }));
}"""


@pytest.fixture(name="page", scope="module")
def _page(chromium: Browser, toy_page: Path) -> Iterator[Page]:
    """A page of the toy graph, for its functions."""
    with visit(chromium, toy_page) as opened:
        yield opened.page
        opened.assert_clean()


def random_graph(seed: int) -> LineageGraph:
    """Models m0 ... in the order of time, with edges of several kinds between them; some pairs with two claims."""
    chance = random.Random(seed)
    size = chance.randrange(2, 14)
    share = chance.choice([0.1, 0.3, 0.6, 1.0])
    names = [f"m{number}" for number in range(size)]
    chance.shuffle(names)
    nodes = [Node(name, "model", name, f"{2000 + place}", {"id": name}) for place, name in enumerate(names)]
    edges = []
    kinds: list[tuple[Any, Any, Any]] = [
        ("derived-from", "finetuned", "weights"),
        ("derived-from", "distilled", "outputs"),
        ("derived-from", "architecture", "architecture"),
        ("succeeds", None, "succession"),
        ("refines", None, None),
        ("described-by", None, None),
    ]
    for one, other in itertools.combinations(names, 2):
        if chance.random() < share:
            for kind, relation, basis in chance.sample(kinds, chance.randrange(1, 3)):
                data = {"source": one, "target": other, "kind": kind, "relation": relation, "basis": basis}
                edges.append(Edge(one, other, kind, relation, basis, "stated", (), {**data, "sources": []}))
    return LineageGraph(nodes, edges)


def content(graph: LineageGraph) -> dict[str, Any]:
    """The graph as the page's ``Graph`` takes it."""
    nodes = [{**node.data, "kind": node.kind, "name": node.name, "date": node.date} for node in graph.nodes()]
    return json.loads(json.dumps({"nodes": nodes, "edges": [dict(edge.data) for edge in graph.edges()]}))  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", range(60))
def test_paths_and_common_ancestors_are_those_of_the_graph(page: Page, seed: int) -> None:
    """On random graphs, for every pair: the same paths in the same order, whole and cut, and the same ancestors."""
    graph = random_graph(seed)
    pairs = list(itertools.product(graph, repeat=2))
    found = page.evaluate(ASK, [content(graph), pairs])
    wanted = []
    for one, other in pairs:
        paths = graph.paths(one, other)
        steps = [
            edge.relation or edge.kind
            for path in paths[:1]
            for parent, child in itertools.pairwise(path)
            for edge in graph.edges_between(parent, child)
        ]
        wanted.append(
            {
                "paths": [list(path) for path in paths],
                "few": [list(path) for path in graph.paths(one, other, limit=3)],
                "common": list(graph.common_ancestors(one, other)),
                "steps": steps,
            }
        )
    assert found == wanted


def test_a_ladder_of_diamonds_ends(page: Page) -> None:
    """Two to the twentieth lines are not walked: the first thousand are given, the same as in Python."""
    nodes = [Node(f"n{place:02}", "model", "n", f"{1950 + place}", {"id": f"n{place:02}"}) for place in range(61)]
    edges = []
    for start in range(0, 60, 3):
        for one, other in ((start, start + 1), (start, start + 2), (start + 1, start + 3), (start + 2, start + 3)):
            ends = (f"n{one:02}", f"n{other:02}")
            data = {"source": ends[0], "target": ends[1], "kind": "succeeds", "relation": None, "basis": "succession"}
            edges.append(Edge(*ends, "succeeds", None, "succession", "stated", (), {**data, "sources": []}))
    graph = LineageGraph(nodes, edges)
    found = page.evaluate(ASK, [content(graph), [["n00", "n60"]]])[0]
    assert found["paths"] == [list(path) for path in graph.paths("n00", "n60")]
    assert found["common"] == ["n00"]


def test_adoption_of_every_technique_is_that_of_the_analysis(page: Page, real: LineageGraph) -> None:
    """On the real data: introducers, adopters in their order, lags and years."""
    techniques = [node.id for node in real.nodes("technique")]
    found = page.evaluate(
        "([content, ids]) => { const graph = new Graph(content); return ids.map((id) => adoptionOf(graph, id)); }",
        [content(real), techniques],
    )
    wanted = []
    for technique in techniques:
        told = adoption(real, technique)
        adopters = [{"model": one.model, "date": one.date, "lag": one.lag_days} for one in told.adopters]
        wanted.append(
            {
                "introducers": list(told.introducers),
                "introduced": told.introduced,
                "adopters": adopters,
                "first": next((one for one in adopters if one["lag"] is not None), None),
                "byYear": [list(one) for one in told.by_year],
            }
        )
    assert found == wanted


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("2021-04-20", "2021-06-08", "49 days later"),
        ("2021-06-08", "2021-04-20", "49 days earlier"),
        ("2023", "2023-05", "at about the same time"),
        ("2023-05", "2023-05", "on the same date"),
        ("2022-12-31", "2023-01-01", "1 day later"),
        ("2018-10-11", "2023-03-14", "4.4 years later"),
        ("2019", "2020-02", "60 days later"),
    ],
)
def test_time_between_two_dates(page: Page, first: str, second: str, words: str) -> None:
    """In days up to a year, then in years and tenths; no order is told where the dates overlap."""
    assert page.evaluate("([one, other]) => apartWords(one, other)", [first, second]) == words


def test_relationship_of_the_toy_graph(page: Page) -> None:
    """Descent, common ancestor, direct claim, chain of any claims, and nothing at all."""
    ask = "([one, other]) => { const graph = wholeGraph(); return relationAnswer(graph, relationship(graph, one, other)); }"
    answers = {
        pair: page.evaluate(ask, pair.split())
        for pair in ("e a", "a e", "b c", "b f", "c t", "p e", "a a", "d q", "u t")
    }
    assert answers == {
        "e a": "Model E came of Model A, by 2 lines, the shortest in 3 steps.",
        "a e": "Model E came of Model A, by 2 lines, the shortest in 3 steps.",
        "b c": "Neither came of the other. Both came of Model A (2018-01-05).",
        "b f": "Neither came of the other. Both came of Model A (2018-01-05).",
        "c t": "Model C uses Idea t.",
        "p e": "No line of descent joins them.",
        "a a": "They are the same.",
        "d q": "No line of descent joins them.",
        "u t": "Idea u came of Idea t, by one line directly.",
    }


@pytest.mark.parametrize(
    ("query", "pair"),
    [
        ("model a and model e", ["a", "e"]),
        ("How are Model A and model e related?", ["a", "e"]),
        ("how is model b related to idea t?", ["b", "t"]),
        ("model a vs. model c", ["a", "c"]),
        ("a .. e", ["a", "e"]),
        ("model a and zzz", None),
        ("model a and model a", None),
        ("model a", None),
        ("and", None),
        ("a and b and c", None),
    ],
)
def test_two_names_in_one_query(page: Page, query: str, pair: list[str] | None) -> None:
    """Two names with a word between them ask for a relationship; anything else asks for nothing of the kind."""
    found = page.evaluate("(query) => pairOf(new Search(wholeGraph()), query)", query)
    assert (found and [found["one"], found["other"]]) == pair
