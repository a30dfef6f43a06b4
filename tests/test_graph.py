"""The graph and its questions, on letters small enough to see, and as laws on random graphs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st
from toy import edge_names

import lineage
from lineage import Edge, LineageGraph, Node, UnknownNodeError
from lineage.errors import WrongKindError
from lineage.vocabulary import DateInterval, normal_form, plotted_date


def make(*pairs: str) -> LineageGraph:
    """A graph of models from pairs of letters, parent first; the alphabet is their order in time."""
    letters = sorted(set("".join(pairs)))
    nodes = [
        Node(one, "model", one.upper(), str(2000 + place), {"id": one, "kind": "model", "family": "Toy"})
        for place, one in enumerate(letters)
    ]
    edges = [Edge(pair[0], pair[1], "derived-from", "finetuned", "weights", "stated", (), {}) for pair in pairs]
    return LineageGraph(nodes, edges)


dags = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1]), min_size=1, unique=True
).map(lambda pairs: ["".join("abcdefghijkl"[one] for one in pair) for pair in pairs])


def test_edges_point_forward_in_time(graph: LineageGraph) -> None:
    """Parent to child, paper to technique, technique to user, paper to the model it describes, older technique to newer."""
    assert edge_names(graph.edges()) == [
        "a finetuned b",
        "a finetuned c",
        "a distilled f",
        "b merged d",
        "c merged d",
        "d succeeds e",
        "p described-by a",
        "p introduced-technique t",
        "q described-by g",
        "q introduced-technique u",
        "t uses-technique c",
        "t uses-technique e",
        "t refines u",
        "u uses-technique e",
    ]


def test_the_basis_is_computed(graph: LineageGraph) -> None:
    """Each relation has its basis, succession is a basis of its own, and other edges have none."""
    assert [(edge.label, edge.basis) for edge in graph.edges() if edge.source in "abdt"] == [
        ("finetuned", "weights"),
        ("finetuned", "weights"),
        ("distilled", "outputs"),
        ("merged", "weights"),
        ("succeeds", "succession"),
        ("uses-technique", None),
        ("uses-technique", None),
        ("refines", None),
    ]


def test_a_graph_is_a_mapping_from_id_to_node(graph: LineageGraph) -> None:
    """It has a length, is iterated in the order of ids, and knows what is in it."""
    assert (len(graph), list(graph), "a" in graph, "z" in graph) == (11, list("abcdefgpqtu"), True, False)
    assert repr(graph) == "<LineageGraph: 11 nodes, 14 edges>"


def test_ancestors_and_descendants(graph: LineageGraph) -> None:
    """Both follow every kind of descent, leave the node itself out, and can be narrowed by basis and depth."""
    assert graph.ancestors("e") == ("a", "b", "c", "d")
    assert graph.ancestors("e", via=["weights"]) == ()
    assert graph.ancestors("e", depth=2) == ("b", "c", "d")
    assert graph.descendants("a") == ("b", "c", "d", "e", "f")
    assert graph.descendants("a", via=["weights"]) == ("b", "c", "d")
    assert graph.descendants("t") == ("u",)
    assert graph.descendants("t", via=["weights"]) == ()


def test_roots_leaves_and_generations(graph: LineageGraph) -> None:
    """Roots have no parent, leaves no child, and a generation stands below the lowest of its parents."""
    assert graph.roots() == ("a", "g")
    assert graph.leaves() == ("e", "f", "g")
    assert graph.generations() == (("a", "g"), ("b", "c", "f"), ("d",), ("e",))


def test_paths_are_shortest_first_and_limited(graph: LineageGraph) -> None:
    """All lines of descent in a fixed order, no more than the limit, none against the current."""
    assert graph.paths("a", "e") == (("a", "b", "d", "e"), ("a", "c", "d", "e"))
    assert graph.paths("a", "e", limit=1) == (("a", "b", "d", "e"),)
    assert graph.paths("e", "a") == graph.paths("a", "a") == graph.paths("a", "g") == ()


def test_a_ladder_of_diamonds_is_cut_off_at_the_limit() -> None:
    """A graph with a million lines of descent is answered at once with as many as were asked for."""
    pairs = [
        pair
        for one in range(20)
        for pair in (
            (3 * one, 3 * one + 1),
            (3 * one, 3 * one + 2),
            (3 * one + 1, 3 * one + 3),
            (3 * one + 2, 3 * one + 3),
        )
    ]
    names = [f"n{number:02}" for number in range(61)]
    nodes = [Node(one, "model", one, "2020", {}) for one in names]
    edges = [Edge(names[a], names[b], "derived-from", "finetuned", "weights", "stated", (), {}) for a, b in pairs]

    assert len(LineageGraph(nodes, edges).paths("n00", "n60", limit=5)) == 5


def test_common_ancestors_are_the_nearest(graph: LineageGraph) -> None:
    """The nearest only; where one descends from the other, it is the answer itself; none where nothing is shared."""
    assert graph.common_ancestors("b", "c") == ("a",)
    assert graph.common_ancestors("d", "f") == ("a",)
    assert graph.common_ancestors("b", "e") == ("b",)
    assert graph.common_ancestors("a", "g") == ()


def test_techniques_adopters_and_introducers(graph: LineageGraph) -> None:
    """Adopters come in the order of their dates, the primary introducer comes first."""
    assert graph.techniques("e") == ("t", "u")
    assert graph.adopters("t") == ("c", "e")
    assert graph.introducers("u") == ("q",)


@pytest.mark.parametrize(
    ("question", "name", "said"),
    [
        ("adopters", "Model A", "`a` is a model; name a technique, as `lineage ls kind:technique` lists them"),
        ("introducers", "p", "`p` is a paper; name a technique, as `lineage ls kind:technique` lists them"),
        ("techniques", "t", "`t` is a technique; name a model, as `lineage ls kind:model` lists them"),
    ],
)
def test_a_question_of_techniques_is_not_answered_for_a_node_of_another_kind(
    graph: LineageGraph, question: str, name: str, said: str
) -> None:
    """It is an error that says what the node is, and not an answer of nothing; what no node is called stays unknown."""
    with pytest.raises(WrongKindError) as caught:
        getattr(graph, question)(name)
    assert (str(caught.value), caught.value.exit_code) == (said, 2)
    with pytest.raises(UnknownNodeError):
        getattr(graph, question)("nothing")


def test_a_technique_has_the_date_of_its_introduction(graph: LineageGraph) -> None:
    """It carries no date of its own."""
    assert graph["t"].date == "2017-06-12"


def test_the_layout_parent_is_the_first_by_basis_then_the_later(tmp_path: Path) -> None:
    """Weights before outputs before architecture before succession; ties to the later parent; a mark overrides."""
    from toy import derived, model, names

    parents = "".join(model(one, date) for one, date in (("a", "2017"), ("b", "2018"), ("c", "2019"), ("z", "2030")))
    base = toy.FILES["papers.yaml"].split("- kind: paper\n  id: q")[0] + toy.technique("t")

    def parent(*fields: str, origin: str = "derived") -> str:
        text = base + parents + model("x", "2020", *fields, origin=origin)
        place = toy.write(
            tmp_path / str(len(list(tmp_path.iterdir()))),
            {"x.yaml": text.replace("kind: weights, date: 2030", "kind: api, date: 2030")},
        )
        edge = lineage.load(place).layout_parent("x")
        return edge.source if edge else ""

    assert parent(derived("a finetuned", "b distilled", "c architecture")) == "a"
    assert parent(derived("a finetuned", "b finetuned")) == "b"
    assert parent(derived("a architecture"), names("succeeds", "model", "c"), origin="scratch") == "a"
    assert parent(derived("a finetuned", "b distilled").replace("distilled", "distilled, layout_parent: true")) == "b"
    after = names("succeeds", "model", "c")
    assert (
        parent(derived("a architecture"), after.replace("model: c", "model: c, layout_parent: true"), origin="scratch")
        == "c"
    )
    assert parent(derived("a distilled", "z architecture"), origin="scratch") == "a"
    assert parent(derived("z architecture"), origin="scratch") == ""


def test_a_name_resolves_by_id_name_alias_normal_form_and_arxiv_number(graph: LineageGraph) -> None:
    """Case and punctuation do not count; digits do."""
    assert [
        graph.resolve(name) for name in ("a", "MODEL-A", "first", "erste 1.0", "arXiv:1706.03762", "1706.03762")
    ] == [
        "a",
        "a",
        "a",
        "a",
        "p",
        "p",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("modl a", "no node is called `modl a`; did you mean `a`?", id="near"),
        pytest.param("erste 10", "no node is called `erste 10`; did you mean `a`?", id="same-digits"),
        pytest.param("erste 1.1", "no node is called `erste 1.1`; `lineage ls` lists the names", id="other-digits"),
        pytest.param("", "no node is called ``; `lineage ls` lists the names", id="empty"),
    ],
)
def test_an_unknown_name_is_an_error_with_honest_suggestions(graph: LineageGraph, name: str, message: str) -> None:
    """A near name is suggested, never one with other digits, and nothing is guessed."""
    with pytest.raises(UnknownNodeError) as caught:
        graph.resolve(name)

    assert str(caught.value) == message


def test_a_shorter_name_suggests_the_longer_ones() -> None:
    """Who says Mistral may mean Mistral 7B."""
    nodes = [Node(one, "model", one, "2020", {}) for one in ("mistral-7b", "mistral-nemo", "mixtral")]

    with pytest.raises(UnknownNodeError) as caught:
        LineageGraph(nodes, []).resolve("Mistral")

    assert set(caught.value.suggestions) >= {"mistral-7b", "mistral-nemo"}


def test_the_records_of_a_graph_cannot_be_changed(graph: LineageGraph) -> None:
    """Neither a field nor an entry of a list nor an edge can be written to."""
    with pytest.raises(TypeError):
        graph["a"].data["name"] = "x"  # type: ignore[index]
    with pytest.raises(AttributeError):
        graph["a"].data["aliases"].append("x")
    with pytest.raises(TypeError):
        graph.edges()[0].sources[0]["url"] = "x"  # type: ignore[index]
    assert len(set(graph.edges())) == 14


def test_a_question_with_a_word_that_does_not_exist_is_refused(graph: LineageGraph) -> None:
    """A wrong basis, kind or depth is an error and not an empty answer."""
    with pytest.raises(ValueError, match="no basis"):
        graph.ancestors("e", via=["wight"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="no kind"):
        graph.nodes("dataset")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no number of generations"):
        graph.ancestors("e", depth=-1)


def test_an_ambiguous_name_lists_its_candidates() -> None:
    """Where two nodes are called so, the question is which."""
    nodes = [Node(one, "model", "Same name", "2020", {}) for one in ("x-1", "x-2")]

    with pytest.raises(UnknownNodeError) as caught:
        LineageGraph(nodes, []).resolve("same NAME")

    assert str(caught.value) == "`same NAME` is ambiguous; say which: x-1, x-2"


def test_every_question_about_an_unknown_id_is_the_same_error(graph: LineageGraph) -> None:
    """One fact has one error everywhere."""
    questions: list[Callable[[str], object]] = [
        graph.ancestors,
        graph.descendants,
        graph.parents,
        graph.children,
        graph.techniques,
        graph.adopters,
    ]
    questions += [graph.introducers, graph.layout_parent, graph.in_edges, graph.__getitem__]
    for question in questions:
        with pytest.raises(UnknownNodeError):
            question("nothing")


def test_a_subgraph_keeps_the_edges_between_its_nodes(graph: LineageGraph) -> None:
    """Nodes that are asked for, edges with both ends among them."""
    assert edge_names(graph.subgraph(["d", "b", "t"]).edges()) == ["b merged d"]


def test_networkx_gets_every_node_edge_and_field(graph: LineageGraph) -> None:
    """The exported graph is a multigraph of its own, keyed by kind and relation."""
    exported = graph.to_networkx()

    assert sorted(exported.edges(keys=True))[:3] == [
        ("a", "b", "derived-from:finetuned"),
        ("a", "c", "derived-from:finetuned"),
        ("a", "f", "derived-from:distilled"),
    ]
    assert (exported.number_of_nodes(), exported.number_of_edges()) == (11, 14)
    assert exported.nodes["g"]["weights"] == "restricted"
    assert exported.edges["a", "f", "derived-from:distilled"]["evidence"] == "stated"


def test_the_envelope_gives_the_same_graph_again(graph: LineageGraph) -> None:
    """What is written as JSON is the whole graph."""
    again = LineageGraph._from_dict(json.loads(json.dumps(graph.to_dict())))

    assert again.to_dict() == graph.to_dict()
    assert list(graph.to_dict()) == ["format", "format_version", "query", "nodes", "edges", "paths", "truncated"]


@given(dags)
def test_ancestry_is_what_networkx_says(pairs: list[str]) -> None:
    """Ancestors, descendants and paths agree with networkx on random graphs."""
    graph = make(*pairs)
    peer: nx.DiGraph[str] = nx.DiGraph((pair[0], pair[1]) for pair in pairs)

    for one in graph:
        assert set(graph.ancestors(one)) == nx.ancestors(peer, one)
        assert set(graph.descendants(one)) == nx.descendants(peer, one)
    first, last = min(peer), max(peer)
    assert sorted(graph.paths(first, last, limit=10_000)) == sorted(map(tuple, nx.all_simple_paths(peer, first, last)))


@given(dags)
def test_nearest_common_ancestors_have_no_shared_descendant_between(pairs: list[str]) -> None:
    """Each answer is shared, and no answer is an ancestor of another."""
    graph = make(*pairs)
    one, other = min(graph), max(graph)
    answers = graph.common_ancestors(one, other)

    assert all(not set(answers) & set(graph.ancestors(answer)) for answer in answers)
    assert bool(answers) == bool(({one, *graph.ancestors(one)}) & ({other, *graph.ancestors(other)}))


@given(dags, st.randoms(use_true_random=False))
def test_the_order_of_input_does_not_matter(pairs: list[str], random: object) -> None:
    """Shuffled nodes and edges make the same graph, byte for byte."""
    graph = make(*pairs)
    nodes, edges = list(graph.nodes()), list(graph.edges())
    random.shuffle(nodes)  # type: ignore[attr-defined]
    random.shuffle(edges)  # type: ignore[attr-defined]

    assert json.dumps(LineageGraph(nodes, edges).to_dict()) == json.dumps(graph.to_dict())


@given(st.text(max_size=30))
def test_a_normal_form_is_its_own_normal_form(name: str) -> None:
    """Normalising twice changes nothing more."""
    assert normal_form(normal_form(name)) == normal_form(name)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("GPT-3.5", "GPT-35", False),
        ("GPT-3.5", "gpt 3.5", True),
        ("Llama 2", "LLaMA-2", True),
        ("Command R", "Command R+", False),
        ("Command R+", "command-r-plus", True),
        ("ﬁrst", "first", True),
        ("T5", "T 5", True),
    ],
)
def test_names_that_are_the_same_and_names_that_are_not(one: str, other: str, same: bool) -> None:
    """Case, punctuation and compatibility forms do not count; digits that stand apart and plus signs do."""
    assert (normal_form(one) == normal_form(other)) == same


@given(st.dates(min_value=DateInterval.of("1950").start, max_value=DateInterval.of("2099").end))
def test_a_date_is_within_its_month_and_its_year(day: object) -> None:
    """Every precision of the same date holds the day itself."""
    text = str(day)

    assert all(DateInterval.of(text[:size]).start <= day <= DateInterval.of(text[:size]).end for size in (4, 7, 10))  # type: ignore[operator]


@pytest.mark.parametrize(
    "text", ["", "2023-13", "2023-02-30", "23", "2023-2", "1949", "2023-02-24T00:00", "circa 2020", "２０２３"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """A date is written 2023, 2023-02 or 2023-02-24, and is in the calendar."""
    with pytest.raises(ValueError, match="`"):
        DateInterval.of(text)


def test_the_plotted_date_is_the_event_that_was_over_first() -> None:
    """The earliest end wins, and of equal ends the more precise date."""
    assert plotted_date([("paper", "2023"), ("api", "2023-05"), ("weights", "2023-05-31")]) == "2023-05-31"


def test_one_basis_may_be_given_by_itself(graph: LineageGraph) -> None:
    """A word counts as a list of one, in every question that takes bases; one that is no basis is named whole."""
    for one in ("weights", "outputs", "succession"):
        assert graph.ancestors("e", one) == graph.ancestors("e", [one])
        assert graph.children("a", via=one) == graph.children("a", via={one})
        assert graph.path("a", "f", one) == graph.path("a", "f", [one])
        assert graph.common_ancestors("d", "f", one) == graph.common_ancestors("d", "f", [one])
        assert graph.edges_between("a", "b", one) == graph.edges_between("a", "b", [one])
        assert graph.select("+d", via=one).ids == graph.select("+d", via=[one]).ids
    with pytest.raises(ValueError, match="`weight` is no basis of descent; there are weights, outputs"):
        graph.ancestors("e", "weight")  # type: ignore[arg-type]


WRONG: tuple[tuple[Callable[[Any], object], str], ...] = (
    (lambda graph: graph.path(None, "e"), 'a node is named by text, as in "llama-2", and not by None'),
    (lambda graph: graph.path("a", 7), 'a node is named by text, as in "llama-2", and not by 7 of the type int'),
    (
        lambda graph: graph.resolve(["a"]),
        "a node is named by text, as in \"llama-2\", and not by ['a'] of the type list",
    ),
    (
        lambda graph: graph.in_edges(b"a"),
        "a node is named by text, as in \"llama-2\", and not by b'a' of the type bytes",
    ),
    (lambda graph: graph.subgraph([1]), 'a node is named by text, as in "llama-2", and not by 1 of the type int'),
    (lambda graph: graph.walk([None], up=True), 'a node is named by text, as in "llama-2", and not by None'),
    (
        lambda graph: graph.ancestors("e", None),
        "`via` takes one or several of weights, outputs, architecture, succession, and not None",
    ),
    (
        lambda graph: graph.parents("e", 3),
        "`via` takes one or several of weights, outputs, architecture, succession, and not 3 of the type int",
    ),
    (lambda graph: graph.ancestors("e", depth="2"), "a depth is a number of generations, and not '2' of the type str"),
    (lambda graph: graph.select(5), 'a selection is text, as in "+llama-2", and not 5 of the type int'),
    (
        lambda graph: graph.select(["a", "b"]),
        "a selection is text, as in \"+llama-2\", and not ['a', 'b'] of the type list",
    ),
    (lambda graph: graph.select("a", exclude=None), "`exclude` takes a selection, or several, and not None"),
    (lambda graph: graph.as_of(2022), 'a date is text, as in "2022-12", and not 2022 of the type int'),
)


@pytest.mark.parametrize(("ask", "told"), WRONG)
def test_what_is_of_the_wrong_type_is_told(graph: LineageGraph, ask: Callable[[Any], object], told: str) -> None:
    """A caller's slip is a TypeError that says what is wanted and what was given."""
    with pytest.raises(TypeError) as caught:
        ask(graph)
    assert str(caught.value) == told
