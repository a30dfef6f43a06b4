"""The selector language: the table of cases that Python and JavaScript share, its grammar, its laws, and what its errors show."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput
from test_graph import dags, make

from lineage import LineageError, LineageGraph, SelectorError, UnknownNodeError
from lineage.errors import LimitError, pointed
from lineage.graph import FORMAT_VERSION
from lineage.methods import GROUPS, METHODS
from lineage.select import Atom, Term, parse, select
from lineage.vocabulary import BASES

TABLE = json.loads((Path(__file__).parent / "selector_cases.json").read_text(encoding="utf-8"))
GRAPH = LineageGraph._from_dict({**TABLE, "format_version": FORMAT_VERSION})
DOCUMENT = (Path(__file__).parent.parent / "docs" / "selectors.md").read_text(encoding="utf-8")
KINDS = {SelectorError: "syntax", UnknownNodeError: "unknown", LimitError: "limit"}


def blocks(language: str) -> list[str]:
    """The fenced examples of the document."""
    return re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


GRAMMAR = Lark(blocks("lark")[0], start="selection")
names = st.sampled_from(["a", "d", "i-1", "g*", "?", "[a-e]*", "command-r-plus"])
words = st.sampled_from(
    [
        "a",
        "toy",
        "acme",
        "2018",
        "2018..2021",
        "*",
        "t",
        "root",
        "leaf",
        "merged",
        "open",
        "model",
        "2019-03..",
        "stated",
    ]
)
methods = st.sampled_from(list(METHODS))
quoted = st.sampled_from(['"Model A"', '"Command R+"', r'"\a"', '"Twin"'])
sentences = from_lark(GRAMMAR, explicit={"NAME": names, "WORD": words, "METHOD": methods, "QUOTED": quoted})
"""Random selectors of the grammar in the document."""


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["select"])
def test_a_case_of_the_table(case: dict[str, Any]) -> None:
    """A selector gives its ids, or is refused in its words at its place."""
    via = case.get("via", BASES)
    if "ids" in case:
        assert " ".join(select(GRAPH, [case["select"]], via=via)) == case["ids"]
        return
    with pytest.raises(LineageError) as caught:
        select(GRAPH, [case["select"]], via=via)

    assert KINDS[type(caught.value)] == case["error"]
    assert str(caught.value).startswith(case["says"] + case.get("meant", ""))
    lines = str(caught.value).split("\n")
    wide = case["select"][: case["at"]].count("\U0001f600")
    assert lines[-1] == "  " + " " * (case["at"] + wide) + "^"


def test_the_table_has_every_method_and_group() -> None:
    """No method, group, basis or kind of error is without a case, right and wrong."""
    right = " ".join(case["select"] for case in TABLE["cases"] if "ids" in case)
    wrong = " ".join(case["select"] for case in TABLE["cases"] if "error" in case)

    assert [method for method in METHODS if f"{method}:" not in right] == []
    assert [method for method in METHODS if f"{method}:" not in wrong] == ["origin", "technique", "source"]
    assert [group for group in GROUPS if f"is:{group}" not in right] == []
    assert {basis for case in TABLE["cases"] for basis in case.get("via", ())} == set(BASES)
    assert {case.get("error") for case in TABLE["cases"]} == {None, *KINDS.values()}


# -- the grammar -----------------------------------------------------------------------------------------------------------------


def read(tree: Tree[Token]) -> list[list[Atom]]:
    """What Lark has read, in the words of our parser."""
    return [[_atom(atom) for atom in intersection.children] for intersection in tree.children]  # type: ignore[arg-type, union-attr]


def _atom(tree: Tree[Token]) -> Atom:
    parts = {str(part.data): part for part in tree.children if isinstance(part, Tree)}
    if "related" in parts:
        return Atom(_term(parts["related"].children[0]), related=True)  # type: ignore[arg-type]
    up, down = (_generations(parts.get(name)) for name in ("ancestors", "descendants"))
    return Atom(_term(parts["term"]), up, down)


def _generations(tree: Tree[Token] | None) -> int | None:
    return 0 if tree is None else int(tree.children[0]) if tree.children and tree.children[0] else None  # type: ignore[arg-type]


def _term(tree: Tree[Token]) -> Term:
    *method, value = (token for token in tree.children if isinstance(token, Token))
    text = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.type == "QUOTED" else str(value)
    return Term(text, value.type == "QUOTED", str(method[0]) if method else None)


@given(sentences)
def test_a_sentence_of_the_grammar_is_read_as_the_grammar_says(text: str) -> None:
    """Another parser, made of the grammar in the document, takes each selector to the same parts."""
    try:
        found = parse(text)
    except LimitError:
        return

    assert [list(atoms) for atoms in found] == read(GRAMMAR.parse(text))


@given(st.text(alphabet='ab1+,@:"\\ \n', max_size=12))
def test_what_is_no_sentence_is_refused(text: str) -> None:
    """The parser takes a text if, and only if, the grammar does."""
    try:
        GRAMMAR.parse(text)
        right = True
    except UnexpectedInput:
        right = False
    try:
        parse(text)
        taken = True
    except LimitError:
        taken = right
    except SelectorError as error:
        taken = not 0 <= error.position <= len(text)

    assert taken == right


@given(sentences)
def test_a_sentence_is_answered_or_refused(text: str) -> None:
    """Any sentence gives ids of the graph or a LineageError, never another exception."""
    try:
        chosen = select(GRAPH, [text])
    except LineageError:
        return

    assert set(chosen) <= set(GRAPH)
    assert chosen == tuple(sorted(set(chosen)))


@given(st.text(max_size=40) | st.text(alphabet='ab+,@:"*?[]\\ 0129\n-', max_size=30))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    """Any text is a selection or a LineageError, never another exception."""
    try:
        chosen = select(GRAPH, [text])
    except LineageError as error:
        picture = str(error).split("\n")[1:]
    else:
        picture = []
        assert set(chosen) <= set(GRAPH)

    assert all(line.isprintable() for line in picture)


# -- sets and walks ----------------------------------------------------------------------------------------------------------------


def test_arguments_are_a_union_and_exclude_takes_away(graph: LineageGraph) -> None:
    """Without a selection everything is selected; what is excluded never is."""
    assert select(graph, ["a", "b"]) == ("a", "b")
    assert len(select(graph, [])) == 11
    assert select(graph, ["+d"], exclude=["b c", "a"]) == ("d",)
    assert select(graph, ["+e"], via=["weights"]) == ("e",)


@given(dags, st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))
def test_the_laws_of_sets_hold(pairs: list[str], one: str, other: str) -> None:
    """Union and intersection are commutative, and @x is x, its descendants and all their ancestors."""
    graph = make(*pairs, "ah", "bh", "cd", "ef", "fg")
    low = select(graph, [f"{one}+"])

    assert select(graph, [f"{one} {other}"]) == select(graph, [f"{other} {one}"])
    assert select(graph, [f"+{one},{other}+"]) == select(graph, [f"{other}+,+{one}"])
    assert select(graph, [f"@{one}"]) == select(graph, [f"+{below}" for below in low])


@given(dags, st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4), st.integers(0, 4), st.integers(0, 4))
def test_a_walk_from_many_is_the_walks_from_each(pairs: list[str], starts: list[str], up: int, down: int) -> None:
    """A sign beside a pattern is a union of what `ancestors` and `descendants` say of each node."""
    graph = make(*pairs, "ah", "bh", "cd", "ef", "fg")
    wanted = set(starts)
    for one in starts:
        wanted.update(graph.ancestors(one, depth=up), graph.descendants(one, depth=down))

    assert select(graph, [f"{up}+[{''.join(starts)}]+{down}"]) == tuple(sorted(wanted))


@given(dags, st.dates().map(str), st.dates().map(str))
def test_what_may_not_lie_outside_certainly_lies_inside(pairs: list[str], one: str, other: str) -> None:
    """The recipe of the document for certain dates: the range without what may be before or after it."""
    first, last = sorted((f"20{one[2:]}", f"20{other[2:]}"))
    graph = make(*pairs)
    sure = [node.id for node in graph.nodes() if first <= str(node.interval.start) and str(node.interval.end) <= last]
    try:
        outside = [f"date:..{day_before(first)}", f"date:{day_after(last)}.."]
        chosen = select(graph, [f"date:{first}..{last}"], exclude=outside)
    except SelectorError:  # the day before or after is not of this calendar's years
        return

    assert list(chosen) == sure


def day_before(day: str) -> str:
    """As ISO text."""
    import datetime as dt

    return str(dt.date.fromisoformat(day) - dt.timedelta(days=1))


def day_after(day: str) -> str:
    """As ISO text."""
    import datetime as dt

    return str(dt.date.fromisoformat(day) + dt.timedelta(days=1))


# -- errors ------------------------------------------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_told_at_once() -> None:
    """The first fault is raised and has the others with it: of every term, every selection and every exclusion."""
    with pytest.raises(UnknownNodeError) as caught:
        select(GRAPH, ["+nothing yer:2020 a", "a,,b"], exclude=["is:x"])

    assert [str(error).split("\n")[-1] for error in (caught.value, *caught.value.also)] == [
        "   ^",
        "           ^",
        "    ^",
        "     ^",
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yer:2020", "`year`"),
        ("Kind:model", "`kind`"),
        ("kind:modle", "`model`"),
        ("is:leef", "`leaf`"),
        ("org:mistal", "`Mistral AI`"),
        ("org:oth", "`Other`"),
        ("evidence:state", "`stated`"),
        ("command-r-plu", "`command-r-plus`"),
        ("uses:idea", "`t`"),
    ],
)
def test_a_misspelt_word_has_a_suggestion(text: str, meant: str) -> None:
    """Methods, values and names that are nearly right are asked for, never guessed."""
    with pytest.raises(LineageError, match=f"did you mean .*{meant}"):
        select(GRAPH, [text])


def test_an_unknown_name_is_not_an_empty_answer(graph: LineageGraph) -> None:
    """A misspelt name is an error, a pattern that fits nothing is an empty selection."""
    with pytest.raises(UnknownNodeError):
        select(graph, ["+nothing"])

    assert select(graph, ["nothing*"]) == ()


@pytest.mark.parametrize(("count", "refused"), [(4095, False), (4096, False), (4097, True)])
def test_the_longest_selection(graph: LineageGraph, count: int, refused: bool) -> None:
    """4,096 characters are read, one more is refused in a sentence."""
    text = "a" + " " * (count - 1)
    if not refused:
        assert select(graph, [text]) == ("a",)
        return
    with pytest.raises(LimitError, match=r"^the selection has 4097 characters; at most 4096 are read$"):
        select(graph, [text])


@pytest.mark.parametrize(
    ("text", "position", "picture"),
    [
        ("a\tb\x1b[2Jc", 3, "  a b\ufffd[2Jc\n     ^"),
        ("通义,,b", 3, "  通义,,b\n       ^"),
        ("e\u0301,,", 3, "  e\ufffd,,\n     ^"),
        ("x" * 200, 150, "  …" + "x" * 100 + "…\n" + " " * 63 + "^"),
    ],
)
def test_the_caret_stands_below_its_place(text: str, position: int, picture: str) -> None:
    """Tabs, escapes, wide and combining characters do not move it, and of a long text the part around it is shown."""
    assert pointed("wrong", text, position) == f"wrong\n{picture}"


# -- the document ------------------------------------------------------------------------------------------------------------------

EXAMPLES = re.findall(r"^\| .*\| `([^`]+)` \|$|^\| `([^`]+)` \| ", DOCUMENT, re.MULTILINE)
SELECTORS = [one for pair in EXAMPLES for one in pair if one and not one.endswith(":")]
INLINE = [
    one for one in re.findall(r"`([^`\n]+)`", DOCUMENT) if re.match(r"[+@]?[a-z]+:[^ :]+$|[+@][a-z]|[a-z]+\+$", one)
]
COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("lineage ")]


def test_the_document_has_examples() -> None:
    """The lists above are not empty because the document is written otherwise."""
    assert len(SELECTORS) >= 37
    assert len(INLINE) >= 15
    assert len(COMMANDS) == 2


@pytest.mark.parametrize("text", sorted({*SELECTORS, *INLINE} - {"is:leaf", "is:root"}))
def test_an_example_of_the_document_is_answered(real: LineageGraph, text: str) -> None:
    """Each selector of the document can be read, and all but those for what there is none of select something."""
    none_yet = {"is:isolated"}

    assert bool(select(real, [text])) == (text not in none_yet)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_document_runs(line: str, tmp_path: Path) -> None:
    """Each command gives an answer that is not empty."""
    words = shlex.split(line)[1:]
    done = subprocess.run([sys.executable, "-m", "lineage", *words], check=True, capture_output=True, cwd=tmp_path)

    assert done.stdout


def test_the_error_of_the_document_is_what_is_told() -> None:
    """The picture of two faults is what the program writes."""
    (example,) = blocks("console")
    command, _, told = example.partition("\n")
    words = shlex.split(command)[2:]
    done = subprocess.run([sys.executable, "-m", "lineage", *words], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (3, "", told)


def test_the_document_has_every_method() -> None:
    """The table of methods is that of the program."""
    rows = re.findall(r"^\| (`(?:[a-z]+:(?:[a-z]+)?`(?:, `)?)+) \|", DOCUMENT, re.MULTILINE)
    shown = [one for row in rows for one in re.findall(r"`([a-z:]+)`", row)]

    assert sorted(shown) == sorted([f"{one}:" for one in METHODS if one != "is"] + [f"is:{one}" for one in GROUPS])


def test_the_help_has_every_method(ask_help: Callable[[], str]) -> None:
    """`lineage ls --help` names the methods, and the groups of `is:`."""
    text = ask_help()

    assert [one for one in METHODS if f"{one}:" not in text and one != "technique"] == []
    assert "|".join(GROUPS) in text


@pytest.fixture(name="ask_help")
def _ask_help() -> Callable[[], str]:
    from click.testing import CliRunner

    from lineage.cli import cli

    return lambda: CliRunner().invoke(cli, ["ls", "--help"]).output
