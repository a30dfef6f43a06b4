"""The selector language: what each form selects, and the place that each error points at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_graph import dags, make

from lineage import LineageError, LineageGraph, SelectorError, UnknownNodeError
from lineage.errors import LimitError
from lineage.select import select

CASES = [
    ("a", "a"),
    ("a b", "ab"),
    ("+d", "abcd"),
    ("1+e", "de"),
    ("a+1", "abcf"),
    ("1+d+1", "bcde"),
    ("b+", "bde"),
    ("@b", "abcde"),
    ("+b,+c", "a"),
    ("+b,+c g", "ag"),
    ('"Model A"', "a"),
    ('+"model b"', "ab"),
    ("?", "abcdefgpqtu"),
    ("[a-c]", "abc"),
    ("z*", ""),
    ("kind:paper", "pq"),
    ("org:other", "f"),
    ("family:toy,weights:api", "f"),
    ("arch:state-space", "g"),
    ("origin:derived", "bcd"),
    ("is:incomplete", "abcdeg"),
    ("is:leaf,is:incomplete", "eg"),
    ("year:2018", "afqu"),
    ("year:2020..", "deg"),
    ("year:..2017", "pt"),
    ("year:2019..2020,kind:model", "bcd"),
    ("uses:t", "ce"),
    ("introduces:u", "q"),
    ("relation:merged", "d"),
    ("is:root", "ag"),
    ("is:leaf", "efg"),
    ("is:merge", "d"),
    ("+is:merge", "abcd"),
    ("  a   b  ", "ab"),
]


@pytest.mark.parametrize(("text", "ids"), CASES)
def test_a_selection_selects(graph: LineageGraph, text: str, ids: str) -> None:
    """Each form of the grammar gives its set."""
    assert "".join(select(graph, [text])) == ids


def test_arguments_are_a_union_and_exclude_takes_away(graph: LineageGraph) -> None:
    """Without a selection everything is selected; what is excluded never is."""
    assert select(graph, ["a", "b"]) == ("a", "b")
    assert len(select(graph, [])) == 11
    assert select(graph, ["+d"], exclude=["b c", "a"]) == ("d",)
    assert select(graph, ["+e"], via=["weights"]) == ("e",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,,b", "expected a name\n  a,,b\n    ^"),
        ("", "the selection is empty\n  \n  ^"),
        ("+", "expected a name\n  +\n   ^"),
        (
            "a b:c",
            "there is no method `b`; there are kind, org, family, arch, weights, origin, category, collection, included, year, uses, introduces, relation, is\n  a b:c\n    ^",
        ),
        ("year:x", "expected a year or a range of years: 2023, 2021..2023, 2023.. or ..2020\n  year:x\n       ^"),
        ("is:x", "expected one of root, leaf, merge, disputed, incomplete\n  is:x\n     ^"),
        ("org:nobody", "nothing has `nobody` there; there are Acme, Other\n  org:nobody\n      ^"),
        (
            "relation:x",
            "no edge has the relation `x`; there are distilled, finetuned, merged\n  relation:x\n           ^",
        ),
        ("a@b", "expected a space, a comma or the end\n  a@b\n   ^"),
        ('"a', 'expected a name\n  "a\n  ^'),
    ],
)
def test_an_error_points_at_its_place(graph: LineageGraph, text: str, message: str) -> None:
    """What cannot be read is told with what was expected, and a caret below the place."""
    with pytest.raises(SelectorError) as caught:
        select(graph, [text])

    assert str(caught.value) == message


def test_an_unknown_name_is_not_an_empty_answer(graph: LineageGraph) -> None:
    """A misspelt name is an error, a pattern that fits nothing is an empty selection."""
    with pytest.raises(UnknownNodeError):
        select(graph, ["+nothing"])

    assert select(graph, ["nothing*"]) == ()


@pytest.mark.parametrize("text", ["a " * 3000, "99999999999999999999+a", "a+10001"])
def test_a_limit_is_told(graph: LineageGraph, text: str) -> None:
    """A selection that is too long or counts too far is refused in a sentence."""
    with pytest.raises(LimitError):
        select(graph, [text])


@given(st.text(alphabet='ab+,@:"*?[]\\ 0129\n-', max_size=30))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    """Any text is a selection or a LineageError, never another exception."""
    graph = make("ab")
    try:
        chosen = select(graph, [text])
    except LineageError:
        return

    assert set(chosen) <= {"a", "b"}


@given(dags, st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))
def test_the_laws_of_sets_hold(pairs: list[str], one: str, other: str) -> None:
    """Union and intersection are commutative, and @x is x, its descendants and all their ancestors."""
    graph = make(*pairs, "ah", "bh", "cd", "ef", "fg")
    low = select(graph, [f"{one}+"])

    assert select(graph, [f"{one} {other}"]) == select(graph, [f"{other} {one}"])
    assert select(graph, [f"+{one},{other}+"]) == select(graph, [f"{other}+,+{one}"])
    assert select(graph, [f"@{one}"]) == select(graph, [f"+{below}" for below in low])
