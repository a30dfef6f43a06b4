"""The selector language of the page, in a real headless Chromium: it is the one of :mod:`lineage.select`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest
import test_select
from browser import chromium
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page  # noqa: TC002 - hypothesis looks at the types of arguments
from test_select import GRAPH, KINDS, TABLE

from lineage import LineageGraph, SelectorError, UnknownNodeError, vocabulary
from lineage.errors import LimitError
from lineage.methods import GROUPS, METHODS
from lineage.select import select
from lineage.views import explorer
from lineage.vocabulary import BASES, normal_form

known_text = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cn", "Co"]), max_size=20)
SCRIPTS = ("explorer-data.js", "explorer-select.js", "explorer-methods.js")
ASSETS = files("lineage").joinpath("assets")
RUN = """
const selectors = new Map();
function run(name, text, via) {
  try {
    return {ids: [...selectors.get(name).select(text, via ?? undefined)].sort(compare).join(" ")};
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    return {error: error.kind, at: [...text.slice(0, error.at)].length, says: error.message};
  }
}
"""


def script(name: str) -> str:
    """The text of a script of the page."""
    return ASSETS.joinpath(name).read_text(encoding="utf-8")


@pytest.fixture(name="page", scope="module")
def _page(tmp_path_factory: pytest.TempPathFactory, real: LineageGraph) -> Iterator[Page]:
    """A page with the scripts of the language, and two graphs: ``toy``, that of the table, and ``real``."""
    file = tmp_path_factory.mktemp("select") / "page.html"
    text = "".join(map(script, SCRIPTS)) + RUN
    file.write_text(f"<!doctype html><meta charset=utf-8><script>{text}</script>", encoding="utf-8")
    with chromium() as browser:
        page = browser.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        for name, graph in (("toy", GRAPH), ("real", real)):
            page.evaluate(
                "([name, text]) => selectors.set(name, new Selector(new Graph(JSON.parse(text)))).size",
                [name, json.dumps(graph.to_dict())],
            )
        yield page
        assert complaints == []


def in_page(page: Page, graph: str, text: str, via: Any = None) -> dict[str, Any]:
    """What the page makes of a selector."""
    found: dict[str, Any] = page.evaluate("([...words]) => run(...words)", [graph, text, via])
    return found


def in_python(graph: LineageGraph, text: str, via: Any = BASES) -> dict[str, Any]:
    """What Python makes of it, in the same form."""
    try:
        return {"ids": " ".join(select(graph, [text], via=via))}
    except (SelectorError, UnknownNodeError, LimitError) as error:
        return {"error": KINDS[type(error)], "at": error.position, "says": head(error.reason)}


def head(message: str) -> str:
    """A message without the advice that only the command line can give."""
    return message.removesuffix("; `lineage ls` lists the names")


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """What was found, without suggestions."""
    return {**found, "says": found["says"].partition("; did you mean")[0]} if "says" in found else found


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["select"])
def test_a_case_of_the_table(page: Page, case: dict[str, Any]) -> None:
    """The page gives the ids, or the words and the place, that the table has and Python gives."""
    wanted = {name: value for name, value in case.items() if name not in ("select", "via", "meant")}
    found = in_page(page, "toy", case["select"], case.get("via"))

    assert plain(found) == wanted
    if "meant" in case:
        assert found["says"].removeprefix(case["says"]) == case["meant"]


DATA_CASES = (
    *sorted({*test_select.SELECTORS, *test_select.INLINE}),
    "is:incomplete,weights:open",
    "2+gpt-4+2",
    "@llama-2,year:2024..",
    "evidence:inferred+",
    "uses:*attention*,org:g*",
    "+is:disputed",
    "source:huggingface.co,kind:model",
    "name:*gpt*",
    "date:2023-03..2023-06",
    '"LLaMA 2" "Command R+" 2307.09288',
)


@pytest.mark.parametrize("text", DATA_CASES)
def test_the_data_give_the_same(page: Page, real: LineageGraph, text: str) -> None:
    """On the data that come with lineage both select the same nodes, and some."""
    found = in_page(page, "real", text)

    assert found == in_python(real, text)
    assert found["ids"] or text == "is:isolated"


@given(text=test_select.sentences, via=st.sets(st.sampled_from(BASES), min_size=1))
def test_a_sentence_of_the_grammar_gives_the_same(page: Page, text: str, via: set[str]) -> None:
    """Random selectors of the grammar in the document select the same, or are refused in the same words at the same place."""
    bases = [basis for basis in BASES if basis in via]

    assert in_page(page, "toy", text, bases) == in_python(GRAPH, text, bases)


@given(text=st.text(alphabet='ab1+,@:"\\ \n*[]', max_size=14) | known_text)
def test_any_text_gives_the_same(page: Page, text: str) -> None:
    """So is any other text of characters that both know."""
    assert in_page(page, "toy", text) == in_python(GRAPH, text)


@given(pattern=st.text(alphabet="ab-[]!*?^\\c", max_size=10), text=st.text(alphabet="ab-c]![^\\", max_size=8))
def test_a_pattern_is_that_of_fnmatch(page: Page, pattern: str, text: str) -> None:
    """`*`, `?` and brackets mean what they mean to Python."""
    assert page.evaluate("([pattern, text]) => matcher(pattern)(text)", [pattern, text]) == fnmatchcase(text, pattern)


@given(text=st.text(alphabet="aZÀßẞςΣσéÉ①Ⅳ²½ﬁＡ＋+-_. ·’×39٣४漢字ёЁ\u0301\u00a0/", max_size=12))
def test_the_normal_form_of_a_name_is_the_same(page: Page, text: str) -> None:
    """Case, compatibility characters, punctuation, plus signs and digits that stand apart."""
    assert page.evaluate("(text) => normalForm(text)", text) == normal_form(text)


def test_the_normal_form_of_every_name_is_the_same(page: Page, real: LineageGraph) -> None:
    """So it is of every name and alias in the data."""
    names = [name for node in real.nodes() for name in (node.id, node.name, *node.aliases)]

    assert page.evaluate("(names) => names.map(normalForm)", names) == [normal_form(name) for name in names]


def test_the_words_are_the_same(page: Page) -> None:
    """Methods, groups of `is:` and closed lists are those of Python, in the same order."""
    lists = {
        "kind": vocabulary.NodeKind,
        "arch": vocabulary.Architecture,
        "weights": vocabulary.Weights,
        "origin": vocabulary.Origin,
        "category": vocabulary.Category,
        "included": vocabulary.InclusionReason,
        "evidence": vocabulary.Evidence,
    }
    wanted = {name: list(get_args(words)) for name, words in lists.items()}
    wanted["relation"] = [*get_args(vocabulary.Relation), "refines", "succeeds"]

    assert page.evaluate("[...SELECTOR_METHODS.keys()]") == list(METHODS)
    assert page.evaluate("[...SELECTOR_GROUPS.keys()]") == list(GROUPS)
    assert page.evaluate("Object.fromEntries(SELECTOR_WORDS)") == wanted
    assert page.evaluate("SELECTOR_BASES") == list(BASES)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yer:2020", "`year`"),
        ("Kind:model", "`kind`"),
        ("is:leef", "`leaf`"),
        ("org:mistal", "`Mistral AI`"),
        ("command-r-plu", "`command-r-plus`"),
        ("id:MODEL-A", "`a`"),
    ],
)
def test_a_misspelt_word_has_a_suggestion(page: Page, text: str, meant: str) -> None:
    """The page, too, says what may have been meant."""
    assert f"did you mean {meant}" in in_page(page, "toy", text)["says"]


@pytest.mark.parametrize(
    "text",
    [
        "+alpacca",
        "uses:ropee",
        "org:mistal",
        "relation:finetune",
        "llamma",
        "GPT-5.9",
        "mistral",
        "vicunna+",
        "introduces:adamm",
        "arch:decoder",
        "is:rot",
        "bertt",
        "chat gtp",
        "transformerr",
        "year2023",
    ],
)
def test_what_may_have_been_meant_is_the_same_in_the_data(page: Page, real: LineageGraph, text: str) -> None:
    """The page suggests what the command line suggests, in the same order."""
    assert in_page(page, "real", text) == in_python(real, text)


words = st.text(alphabet="abcd12", max_size=9)


@given(word=words, known=st.lists(words, max_size=12, unique=True))
def test_words_are_alike_as_python_has_it(page: Page, word: str, known: list[str]) -> None:
    """The same words in the same order."""
    wanted = get_close_matches(word, known, n=3, cutoff=0.6)

    assert page.evaluate("([word, known]) => closeMatches(word, known, 0.6)", [word, known]) == wanted


def test_a_long_text_is_refused(page: Page) -> None:
    """4,097 characters are told as Python tells them; a character is not a half of one."""
    with pytest.raises(LimitError) as caught:
        select(GRAPH, ["😀" * 4097])

    assert in_page(page, "toy", "😀" * 4097)["says"] == str(caught.value)
    assert in_page(page, "toy", "a" + " " * 4095) == {"ids": "a"}


def test_no_two_scripts_declare_the_same_name() -> None:
    """All scripts of the page are one, in which a second function of a name would silently take the place of the first."""
    declared = Counter(
        name
        for path in explorer.OWN_SCRIPTS
        for name in re.findall(
            r"^(?:async )?(?:function\*?|class|const|let|var) +(\w+)", script(Path(path).name), re.MULTILINE
        )
    )

    assert {f"assets/{name}" for name in SCRIPTS} <= set(explorer.OWN_SCRIPTS)
    assert [name for name, times in declared.items() if times > 1] == []
