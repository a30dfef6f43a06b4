"""The graph as the world knew it: what `as_of` keeps, as laws on random graphs with dates of any precision, and in every command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from lineage import Edge, LineageGraph, Node, UnknownNodeError
from lineage.cli import cli
from lineage.select import select
from lineage.vocabulary import DateInterval

dates = st.one_of(
    st.integers(2018, 2021).map(str),
    st.tuples(st.integers(2018, 2021), st.integers(1, 12)).map(lambda pair: f"{pair[0]}-{pair[1]:02}"),
    st.tuples(st.integers(2018, 2021), st.integers(1, 12), st.integers(1, 28)).map(
        lambda day: f"{day[0]}-{day[1]:02}-{day[2]:02}"
    ),
)


@st.composite
def graphs(draw: st.DrawFn) -> LineageGraph:
    """Up to eight models with dates of any precision, each with some of the earlier letters as parents."""
    letters = "abcdefgh"[: draw(st.integers(1, 8))]
    nodes = [Node(one, "model", one, draw(dates), {"family": "Toy"}) for one in letters]
    edges = [
        Edge(parent, child, "derived-from", "finetuned", "weights", "stated", (), {})
        for place, child in enumerate(letters)
        for parent in draw(st.sets(st.sampled_from(letters[:place] or "-"), max_size=3)) - {"-"}
    ]
    return LineageGraph(nodes, edges)


def ends(graph: LineageGraph) -> set[tuple[str, str]]:
    """The edges as pairs."""
    return {(edge.source, edge.target) for edge in graph.edges()}


@given(graphs(), dates)
def test_a_node_is_kept_if_it_may_have_been_there(graph: LineageGraph, date: str) -> None:
    """The first day of its date is no later than the last day that is asked for; edges are those between what is left."""
    last = DateInterval.of(date).end
    kept = {node.id for node in graph.nodes() if node.interval.start <= last}
    past = graph.as_of(date)

    assert list(past) == sorted(kept)
    assert ends(past) == {pair for pair in ends(graph) if kept.issuperset(pair)}
    assert list(past) == list(select(graph, [f"date:..{date}"]))
    assert all(past[one] is graph[one] for one in past)


@given(graphs())
def test_as_of_a_late_day_is_the_graph(graph: LineageGraph) -> None:
    """When everything has come, nothing is cut off."""
    assert graph.as_of("2099") is graph
    assert graph.as_of("2021").to_dict() == graph.to_dict()


@given(graphs(), dates, dates)
def test_the_past_only_grows(graph: LineageGraph, one: str, other: str) -> None:
    """What was there by a day is there by every later one; and cutting twice is cutting at the earlier day."""
    first, last = sorted((one, other), key=lambda date: DateInterval.of(date).end)
    earlier, later = graph.as_of(first), graph.as_of(last)

    assert set(earlier) <= set(later)
    assert ends(earlier) <= ends(later)
    assert later.as_of(first).to_dict() == earlier.as_of(last).to_dict() == earlier.to_dict()


@given(graphs(), dates)
def test_ancestors_of_the_past_are_ancestors(graph: LineageGraph, date: str) -> None:
    """No lineage comes from cutting off."""
    past = graph.as_of(date)
    for one in past:
        assert set(past.ancestors(one)) <= set(graph.ancestors(one))
        assert set(past.descendants(one)) <= set(graph.descendants(one))


@pytest.mark.parametrize("date", ["", "2022-13", "2022-02-30", "22", "1900", "2022-1", "yesterday"])
def test_what_is_no_date_is_refused(graph: LineageGraph, date: str) -> None:
    """As it is everywhere else."""
    with pytest.raises(ValueError, match=r"date|calendar|between"):
        graph.as_of(date)


def test_what_came_later_is_not_unknown(graph: LineageGraph) -> None:
    """A name of something later says when that came; a name of nothing is unknown; names suggest only what was there."""
    past = graph.as_of("2018")

    assert (list(past), past.whole is graph) == (["a", "f", "p", "q", "t", "u"], True)
    with pytest.raises(UnknownNodeError, match=r"^`d` is of 2020-02, after 2018$"):
        past.resolve("Model D")
    with pytest.raises(UnknownNodeError, match=r"^`d` is of 2020-02, after 2018\n  \+d,a\n   \^$"):
        select(past, ["+d,a"])
    with pytest.raises(UnknownNodeError, match=r"^`e` is of 2021-01-01, after 2018$"):
        past["e"]
    with pytest.raises(UnknownNodeError, match=r"^no node is called `Model`; did you mean `f` or `a`\?$"):
        past.resolve("Model")
    with pytest.raises(UnknownNodeError, match=r"^`d` is of 2020-02, after 2018$"):
        graph.as_of("2019").as_of("2018").resolve("d")


def test_a_value_that_came_later_selects_nothing(graph: LineageGraph) -> None:
    """A maker who had made nothing yet is no mistake; one whom nobody knows is."""
    past = graph.as_of("2018-01")

    assert select(past, ["org:other"]) == select(past, ["weights:restricted"]) == ()
    with pytest.raises(Exception, match="does not know `nobody`; there are Acme, Other"):
        select(past, ["org:nobody"])


# -- in the commands -------------------------------------------------------------------------------------------------------------


def ask(directory: Path, *words: str) -> Result:
    """The answer of a command."""
    return CliRunner().invoke(cli, ["--data", str(directory), *words])


def test_every_command_that_selects_or_walks_has_both_options() -> None:
    """`--via` says which descent counts and `--as-of` which time, wherever nodes are selected or descent is walked."""
    options = {name: {one.name for one in command.params} for name, command in cli.commands.items()}
    walks = {name for name, has in options.items() if has & {"selection", "exclude", "via", "depth"}}

    assert walks >= {"ls", "ancestors", "descendants", "path", "common", "export", "figure"}
    assert [name for name in sorted(walks) if "via" not in options[name]] == []
    assert [name for name in sorted(walks | {"show", "stats", "technique"}) if "as_of" not in options[name]] == []


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["ls", "kind:model"], "abcf"),
        (["ls", "is:leaf"], "bcf"),
        (["ancestors", "c"], "a"),
        (["descendants", "a"], "bcf"),
        (["common", "b", "c"], "abc"),
        (["path", "a", "c"], "ac"),
        (["technique", "t"], "cpt"),
        (["show", "t"], "cptu"),
    ],
)
def test_a_command_answers_as_of_then(toy_directory: Path, words: list[str], ids: str) -> None:
    """Each answer has only what was there, and its query says so."""
    content: dict[str, Any] = json.loads(ask(toy_directory, *words, "--as-of", "2019-03", "--format", "json").stdout)

    assert "".join(node["id"] for node in content["nodes"]) == ids
    assert content["query"]["as_of"] == "2019-03"
    assert {end for edge in content["edges"] for end in (edge["source"], edge["target"])} <= set(ids)


def test_a_query_without_a_date_names_none(toy_directory: Path) -> None:
    """Absent means now."""
    assert json.loads(ask(toy_directory, "ls", "+d", "--via", "weights", "--format", "json").stdout)["query"] == {
        "command": "ls",
        "selection": ["+d"],
        "exclude": [],
        "via": ["weights"],
    }


def test_numbers_export_and_figure_are_of_then(toy_directory: Path) -> None:
    """`stats` counts, `export` and `figure` draw what was there; the heading of a figure says when."""
    content = json.loads(ask(toy_directory, "stats", "--as-of", "2018", "--format", "json").stdout)
    dot = ask(toy_directory, "export", "dot", "kind:model", "--as-of", "2018").stdout
    svg = ask(toy_directory, "figure", "--as-of", "2018-01").stdout

    assert (content["query"], dict(content["nodes"])["model"]) == ({"command": "stats", "as_of": "2018"}, 2)
    assert [name in dot for name in ("Model A", "Model F", "Model B")] == [True, True, False]
    assert "Family tree of language models, as of 2018-01" in svg
    assert [f">{name}<" in svg for name in ("Model A", "Model F")] == [True, False]


def test_export_and_figure_follow_the_descent_that_counts(toy_directory: Path) -> None:
    """`--via` narrows the walks of a selection and of `--focus`."""
    dot = ask(toy_directory, "export", "dot", "+e", "--via", "succession").stdout
    svg = ask(toy_directory, "figure", "--focus", "e", "--up", "3", "--via", "succession").stdout
    chosen = ask(toy_directory, "figure", "--select", "+e", "--via", "succession").stdout

    for drawn in (dot, svg, chosen):
        assert [f"Model {name}" in drawn for name in "ADE"] == [False, True, True]


def test_a_wrong_date_is_a_wrong_use(toy_directory: Path) -> None:
    """Exit 2, with what to write."""
    found = ask(toy_directory, "ls", "--as-of", "2022-13")

    assert isinstance(found.exception, SystemExit)
    assert (found.exit_code, found.stdout) == (2, "")
    assert "Invalid value for '--as-of': `2022-13` is no day of the calendar; correct it" in found.stderr


def test_a_name_of_later_exits_with_3(toy_directory: Path) -> None:
    """As every name that nothing has."""
    found = ask(toy_directory, "show", "d", "--as-of", "2018")

    assert isinstance(found.exception, UnknownNodeError)
    assert found.exception.exit_code == 3


def test_the_help_says_what_to_write() -> None:
    """The option is told with its three forms."""
    text = cli.commands["ls"].get_help(click.Context(cli.commands["ls"]))

    assert "2022, 2022-12, 2022-12-31" in " ".join(text.split())
