"""The state of the explorer page: in the address, in the filters, in the table; one for all views."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browser import bounds, heading, visit
from playwright.sync_api import Browser, expect

from lineage.errors import LimitError
from lineage.graph import LineageGraph
from lineage.select import select
from lineage.views import explorer
from lineage.views.columns import columns

ADDRESSES = (
    "",
    "n=d",
    "n=d&with=a&view=table&up=2&down=0&focus=only",
    "view=network&n=b&up=3",
    "all=1&open=a,b&years=2019..&arch=decoder-only&arch=encoder-only&org=Acme",
    "years=..2020&weights=open&basis=weights&evidence=stated",
    "colour=technique&technique=t&q=a%2B&outline=1&sort=-children&tour=first-steps&step=3&embed=1",
)

KNOWN = """({
  node: (id) => (/^[a-gtu]$/.test(id) ? id : null),
  missing: (id) => id,
  value: (_facet, value) => (/^[a-zA-Z-]+$/.test(value) ? value : null),
})"""
"""What a test takes for the nodes and the values of filters."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_state_is_written_as_it_is_read(chromium: Browser, toy_page: Path, address: str) -> None:
    """What an address says comes out of the state again, each thing once."""
    with visit(chromium, toy_page) as opened:
        written = opened.page.evaluate(f"text => writeState(readState(text, {KNOWN}).state)", address)
        assert sorted(written.split("&")) == sorted(address.split("&"))


@pytest.mark.parametrize(
    "address",
    [
        "n=nobody&with=none&view=galaxy&up=-1&down=1e3&focus=all&all=yes&open=,,x&years=20..21",
        "colour=red&sort=size&technique=none&tour=../../x&step=0&embed=true&outline=yes&theme=blue",
        "colour=technique",
        "years=..&up=999&hops=abc",
        "years=2020..2010&arch=<img>&org=1%202&weights=&basis=%00",
        "%%%&=&&n&n=",
    ],
)
def test_what_an_address_says_wrongly_counts_as_not_said(chromium: Browser, toy_page: Path, address: str) -> None:
    """Unknown nodes, words and numbers leave the default."""
    with visit(chromium, toy_page, f"#{address}") as opened:
        assert opened.page.evaluate(f"text => writeState(readState(text, {KNOWN}).state)", address) == ""
        expect(opened.page.locator(".node[data-id]")).to_have_count(7)
        opened.assert_clean()


def test_columns_hold_the_whole_graph(chromium: Browser, real: LineageGraph, real_page: Path) -> None:
    """What is unpacked in the browser is every field of every node and edge, in the order of the graph."""
    with visit(chromium, real_page) as opened:
        found = json.loads(
            opened.page.evaluate(
                "(() => { const { nodes, edges } = wholeGraph(); return JSON.stringify([[...nodes.values()], edges]); })()"
            )
        )
    assert found[0] == [explorer._plain(dict(one.data)) for one in real.nodes()]
    assert found[1] == [explorer._plain(dict(one.data)) for one in real.edges()]


def test_tree_waits_for_nothing_else(chromium: Browser, real_page: Path, tmp_path: Path) -> None:
    """The first picture is drawn of models and descent alone: with all packed parts damaged it is the same."""
    damaged = tmp_path / "damaged.html"
    text = real_page.read_text(encoding="utf-8")
    damaged.write_text(re.sub(r'(id="packed-[a-z]+">)[^<]*', r"\1", text), encoding="utf-8")
    drawn = []
    for page in (real_page, damaged):
        with visit(chromium, page) as opened:
            expect(opened.page.locator(".node[data-id]").first).to_be_visible()
            drawn.append(
                opened.page.locator("#tree polyline, #tree .node").evaluate_all(
                    'all => all.map(one => one.outerHTML.replace(/ aria-label="[^"]*"/, \'\'))'
                )
            )
    assert drawn[0] == drawn[1]


def test_rest_is_read_in_pieces(chromium: Browser, real_page: Path) -> None:
    """Papers and sources come in more than twenty pieces, and asked for earlier, all of them come at once."""
    with visit(chromium, real_page) as opened:
        pieces, kinds, early, asked = opened.page.evaluate(
            """() => {
              const made = () => new Graph(readColumns(block("picture").graph, packedRest));
              const graph = made();
              const kindsOf = ({ nodes }) => [...new Set([...nodes.values()].map((node) => node.kind))].sort();
              const early = kindsOf(graph);
              let pieces = 1;
              while (!graph.advance()) pieces++;
              const asked = made();
              return [pieces, kindsOf(graph), early, asked.has("vaswani-2017-attention") && asked.later === null];
            }"""
        )
    assert pieces > 20
    assert (kinds, early, asked) == (["model", "paper", "technique"], ["model"], True)


def test_key_is_answered_before_all_is_read(chromium: Browser, real_page: Path) -> None:
    """A word typed before papers were read finds models at once, and papers as soon as they are there."""
    with visit(chromium, real_page) as opened:
        found = opened.page.evaluate(
            """() => {
              const graph = new Graph(readColumns(block("picture").graph, packedRest));
              const box = new SearchBox(graph, { take() {}, relate() {}, select() {}, say() {}, find: () => ({ ids: [], fault: null }), named: () => null });
              const seen = () => [...box.list.querySelectorAll(".kind-model, .kind-paper")].map((dot) => dot.className.slice(9));
              box.box.focus();
              box.box.value = "attention is all";
              box.look();
              const first = [seen(), graph.later !== null];
              box.box.value = "bert";
              box.look();
              const models = [...new Set(seen())];
              box.box.value = "attention is all";
              while (!graph.advance());
              while (!box.advance());
              return [first, models, seen()];
            }"""
        )
    (first, waiting), models, later = found
    assert waiting
    assert "paper" not in first
    assert models == ["model"]
    assert "paper" in later


def test_columns_are_small(real: LineageGraph) -> None:
    """The columns say each address, place and sentence of a source once."""
    _, rest, _ = columns(real, explorer._plain)
    for table, _ in rest["sources"]:
        assert len(table) == len(set(table))


def test_filters_limit_all_views_and_count(chromium: Browser, toy_page: Path) -> None:
    """A ticked value limits tree and table; beside each value stands how many it would leave; Clear takes all back."""
    with visit(chromium, toy_page) as opened:
        page = opened.page
        page.keyboard.press("f")
        row = page.locator("#filters li", has_text="encoder-only")
        expect(row.locator(".count")).to_have_text("1")
        page.get_by_role("checkbox", name="Other").check()
        assert page.evaluate("location.hash") == "#org=Other"
        expect(page.locator(".node[data-id]")).to_have_count(1)
        expect(page.locator("#shown-note")).to_have_text("1 of 7 models: Other")
        expect(page.locator("#filters li", has_text="state-space").locator(".count")).to_have_text("0")
        expect(page.locator("#filters li", has_text="Acme").locator(".count")).to_have_text("6")
        page.keyboard.press("3")
        expect(page.locator(".models tbody tr")).to_have_count(1)
        expect(page.locator("#filter")).to_have_text("Filter (1)")
        page.get_by_role("button", name="Clear").click()
        expect(page.locator(".models tbody tr")).to_have_count(7)
        opened.assert_clean()


def test_years_by_keyboard(chromium: Browser, toy_page: Path) -> None:
    """The sliders of the years move by arrow keys, never past each other."""
    with visit(chromium, toy_page) as opened:
        page = opened.page
        page.get_by_role("button", name="Filter").click()
        page.get_by_label("First year").focus()
        page.keyboard.press("ArrowRight")
        assert page.evaluate("location.hash") == "#years=2019.."
        page.keyboard.press("End")
        assert page.evaluate("location.hash") == "#years=2022.."
        page.get_by_label("Last year").focus()
        page.keyboard.press("Home")
        assert page.evaluate("location.hash") == "#years=..2018"
        assert page.locator(".node[data-id]").evaluate_all("all => all.map(one => one.dataset.id)") == ["a", "f"]
        expect(page.locator("#filters output")).to_have_text("2018")


def test_filter_by_basis_and_evidence_is_of_one_claim(chromium: Browser, toy_page: Path) -> None:
    """Models that came by distillation; how they came is a claim of their own."""
    with visit(chromium, toy_page, "#basis=outputs&evidence=stated") as opened:
        shown = opened.page.locator(".node[data-id]").evaluate_all("all => all.map(one => one.dataset.id)")
        assert shown == ["f"]


@pytest.mark.parametrize(
    ("fragment", "tones"),
    [
        ("#colour=maker", {"a": "tone-1", "f": "tone-2"}),
        ("#colour=weights", {"a": "tone-1", "f": "tone-3", "g": "tone-2"}),
        ("#colour=year", {"a": "age-1", "g": "age-5"}),
        ("#colour=technique&technique=t", {"a": "tone-1", "c": "tone-2", "g": "tone-0"}),
        ("", {"a": "band-decoder-only", "f": "band-encoder-only"}),
    ],
)
def test_colours_and_their_legend(chromium: Browser, toy_page: Path, fragment: str, tones: dict[str, str]) -> None:
    """Each model has the colour that the legend names."""
    with visit(chromium, toy_page, fragment) as opened:
        page = opened.page
        legend = page.locator("#legend-colours g").evaluate_all("all => all.map(one => one.classList[1])")
        for one, tone in tones.items():
            assert tone in (page.locator(f'.node[data-id="{one}"]').get_attribute("class") or "").split()
            assert tone in legend


def test_table_sorts_and_is_an_outline(chromium: Browser, toy_page: Path) -> None:
    """A press on a head sorts, a second one the other way; the outline nests each under what it hangs on, and folds."""
    with visit(chromium, toy_page, "#view=table") as opened:
        page = opened.page

        def rows() -> str:
            return "".join(page.locator(".models tbody tr").evaluate_all("all => all.map(one => one.dataset.id)"))

        assert rows() == "afbcdeg"
        page.get_by_role("button", name="Model", exact=True).click()
        assert rows() == "abcdefg"
        page.get_by_role("button", name="Model", exact=True).click()
        assert (rows(), page.locator('[data-key="name"]').get_attribute("aria-sort")) == ("gfedcba", "descending")
        page.get_by_role("button", name="As an outline").click()
        levels = page.locator(".models tbody tr").evaluate_all(
            "all => all.map(one => `${one.dataset.id} ${one.className}`)"
        )
        assert levels == ["a level-0", "f level-1", "b level-1", "d level-2", "e level-3", "c level-1", "g level-0"]
        page.get_by_role("button", name="Model B", exact=True).focus()
        page.keyboard.press("ArrowLeft")
        assert rows() == "afbcg"
        page.get_by_role("button", name="Model B", exact=True).focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Model F")
        expect(page.locator("tr[aria-current]")).to_have_attribute("data-id", "f")
        opened.assert_clean()


def test_state_holds_across_the_views(chromium: Browser, toy_page: Path) -> None:
    """The chosen node and the filters stay when the view changes."""
    with visit(chromium, toy_page, "#n=d&years=2019..") as opened:
        page = opened.page
        for key, part in (("3", "view=table&"), ("2", "view=network&"), ("1", "")):
            page.keyboard.press(key)
            expect(heading(page)).to_have_text("Model D")
            assert page.evaluate("location.hash") == f"#n=d&{part}years=2019.."
        expect(page.locator(".node[data-id]")).to_have_count(5)
        opened.assert_clean()


def test_help_lists_the_keys(chromium: Browser, toy_page: Path) -> None:
    """The question mark opens a list of the keys; Escape closes it and nothing else."""
    with visit(chromium, toy_page, "#n=d") as opened:
        page = opened.page
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("only this lineage")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(heading(page)).to_have_text("Model D")


def test_frame_in_a_post_tells_its_height(chromium: Browser, toy_page: Path, tmp_path: Path) -> None:
    """Embedded, the page shows no chrome and tells the page around it how high it would be, as a number and nothing else."""
    outer = tmp_path / "outer.html"
    frame = f'<iframe sandbox="allow-scripts" src="{toy_page.as_uri()}#embed=1" width="700" height="300"></iframe>'
    script = "<script>window.told = []; onmessage = (event) => window.told.push(event.data);</script>"
    outer.write_text(f"<!doctype html><title>outer</title>{script}{frame}", encoding="utf-8")
    with visit(chromium, outer) as opened:
        opened.page.wait_for_function("window.told.length > 0")
        (told, *_) = opened.page.evaluate("window.told")
        assert set(told) == {"type", "height"}
        assert told["type"] == "lineage:height"
        assert 240 <= told["height"] <= 4000
        inner = opened.page.frames[1]
        expect(inner.locator(".bar")).to_be_hidden()
        expect(inner.locator(".node[data-id]")).to_have_count(7)


KINDS = ("model", "paper", "technique")


@pytest.mark.parametrize(
    "query",
    [
        "org:meta",
        "org:meta,year:2023..2024",
        "llama+",
        "uses:rope",
        "rope",
        "@vicuna",
        "kind:technique",
        "introduces:lora",
        "evidence:inferred",
        "2307.09288+",
        "alpaca vicuna",
        "llama-[!23]",
        "llama+ " * 57 + "bert+",
    ],
)
def test_a_selection_is_the_one_of_the_command_line(
    chromium: Browser, real_page: Path, real: LineageGraph, query: str
) -> None:
    """The box counts it by kinds and says so, the table lists it, and the line above says the same numbers."""
    selected = real.select(query)
    kinds: Counter[str] = Counter(real[one].kind for one in selected)
    each = [f"{kinds[kind]} {kind}{'s' * (kinds[kind] > 1)}" for kind in KINDS if kinds[kind]]
    said = each[0] if len(each) == 1 else f"{len(selected)} nodes: {', '.join(each)}"
    # One name alone is looked for, and is a selection only in an address.
    with visit(chromium, real_page, "#q=rope" if query == "rope" else "") as opened:
        page = opened.page
        if query != "rope":
            page.locator("#search").fill(query)
            expect(page.locator("#results .found").first).to_have_text(f"Select {said}")
            expect(page.locator("#live")).to_have_text(f"The selection has {said}")
            page.keyboard.press("Enter")
        note = page.locator("#shown-note")
        if set(kinds) == {"model"}:
            expect(note).to_contain_text(f"{len(selected)} of {len(real.nodes('model'))} models: ")
        elif kinds["model"]:
            expect(note).to_contain_text(
                f"{kinds['model']} of {len(real.nodes('model'))} models, of a selection of {said.replace(': ', ' (')})"
            )
        else:
            drawn = page.locator(".node[data-id]").count()
            expect(note).to_have_text(f"{drawn} of {len(real.nodes('model'))} models, those of {said}: {query}")
        page.evaluate("part('[data-view=table]').click()")
        rows = page.locator(".models tbody tr[data-id]")
        expect(rows).to_have_count(len(selected))
        assert set(rows.evaluate_all("all => all.map((one) => one.dataset.id)")) == set(selected)
        if set(kinds) != {"model"}:
            expect(note).to_contain_text(f"{said}: ")
        opened.assert_clean()


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("alpaca vicuna", ["Select 2 models", "Alpaca and Vicuna"]),
        ("BERT GPT-4", ["Select 2 models", "BERT and GPT-4"]),
        ('"LLaMA 2" vicuna', ["Select 2 models", "Llama 2 and Vicuna"]),
        ("BERT GPT-4 vicuna", ["Select 3 models"]),
        ("flan t5", ["Flan-T5", "Select 2 models", "FLAN and T5"]),
        ("llama-?", ["LLaMA", "Select 3 models"]),
        ("llama 2", ["Llama 2"]),
        ("GPT 4", ["GPT-4"]),
        ("alpaca nobody", ["Nothing is called so."]),
    ],
)
def test_names_beside_each_other_are_offered(chromium: Browser, real_page: Path, text: str, offered: list[str]) -> None:
    """As a selection, and two of them as a question how they are related, unless the words begin the name of one."""
    with visit(chromium, real_page) as opened:
        page = opened.page
        page.locator("#search").fill(text)
        page.wait_for_function("part('#results li')")
        found = page.locator("#results li")
        for place, wanted in enumerate(offered):
            expect(found.nth(place)).to_contain_text(wanted)
        shown = found.all_inner_texts()[len(offered) :]
        assert [one for one in shown if one.startswith("Select ") or "how they are related" in one] == []
        opened.assert_clean()


def test_a_selection_that_is_too_long_is_refused(chromium: Browser, real_page: Path) -> None:
    """In the words of the command line: in the box, and where an address has it; no text is cut in silence."""
    text = "llama+ " * 600
    said = f"the selection has {len(text) - 1} characters; at most 4096 are read"
    with pytest.raises(LimitError, match=said):
        select(LineageGraph([], []), [text.strip()])
    with visit(chromium, real_page) as opened:
        page = opened.page
        page.locator("#search").fill(text)
        expect(page.locator("#search-fault span")).to_have_text(said)
        assert bounds(page, "#search-fault")["height"] < 200
    with visit(chromium, real_page, f"#q={quote(text.strip())}") as opened:
        expect(opened.page.locator("#shown-note .fault")).to_have_text(said)
        assert bounds(opened.page, "#shown-note")["height"] < 120
        opened.assert_clean()


def test_a_long_complaint_leaves_room_on_a_phone(chromium: Browser, real_page: Path) -> None:
    """What is wrong with a selection is told across the screen in a few lines, not in a narrow column."""
    with visit(chromium, real_page, "#q=org:nobody", viewport={"width": 360, "height": 740}) as opened:
        expect(opened.page.locator("#shown-note .fault")).to_be_visible()
        assert bounds(opened.page, "#shown-note")["height"] < 80
        assert bounds(opened.page, "#tree")["height"] > 400
        opened.assert_clean()


def test_two_models_are_in_the_title(chromium: Browser, toy_page: Path) -> None:
    """A tab, a print and a bookmark say both names."""
    with visit(chromium, toy_page, "#n=d&with=b") as opened:
        expect(opened.page).to_have_title("Model D and Model B · Family tree of language models")


PLACES = ({"width": 1280, "height": 800}, {"width": 360, "height": 740})


@pytest.mark.parametrize("viewport", PLACES, ids=["desk", "phone"])
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("n=nonexistent", "No node is called `nonexistent`."),
        ("n=llamma", "No node is called `llamma`; did you mean `llama`"),
        ("n=bert&with=nobody", "No node is called `nobody`."),
        ("arch=%3Cimg%3E", "“<img>” is no architecture here."),
        ("org=zzz&org=Meta", "“zzz” is no maker here."),
        ("years=2020..2010", "The years 2020..2010 end before they begin."),
        ("years=20..21", "“20..21” is no span of years, such as 2020..2023."),
        ("org=" + "a" * 5000, "a…” is no maker here."),
        ("tour=nope", "There is no tour “nope” here."),
    ],
)
def test_what_a_link_asks_for_in_vain_is_said_and_left_out(
    chromium: Browser, real_page: Path, address: str, said: str, viewport: Any
) -> None:
    """In a line that all see, that takes little room, and that can be put away; what is unknown limits nothing."""
    with visit(chromium, real_page, f"#{address}", viewport=viewport) as opened:
        page = opened.page
        notice = page.locator("#notice")
        expect(notice).to_contain_text(said)
        expect(page.locator("#live")).to_contain_text(said)
        assert bounds(page, "#notice")["height"] < 150
        shown = 39 if "Meta" in address else 60
        expect(page.locator("#shown-note")).to_contain_text(f"{shown} of ")
        page.get_by_role("button", name="Put this away").click()
        expect(notice).to_be_hidden()
        assert page.evaluate("document.activeElement.id") == "search"
        opened.assert_clean()


@pytest.mark.parametrize("name", ["LLaMA", "Llama%201", "llama-1", "lLaMa"])
def test_a_link_may_name_a_node_as_a_question_does(chromium: Browser, real_page: Path, name: str) -> None:
    """A name and an alias lead to the node, as on the command line; nothing is left to be said."""
    with visit(chromium, real_page, f"#n={name}") as opened:
        expect(heading(opened.page)).to_have_text("LLaMA")
        expect(opened.page.locator("#notice")).to_be_hidden()
        opened.page.keyboard.press("3")
        assert opened.page.evaluate("location.hash") == "#n=llama&view=table"
        opened.assert_clean()


@pytest.mark.parametrize("viewport", PLACES, ids=["desk", "phone"])
@pytest.mark.parametrize("view", ["", "&view=table"])
def test_where_nothing_matches_the_page_says_what_to_release(
    chromium: Browser, real_page: Path, view: str, viewport: Any
) -> None:
    """A button for each limit with how much there would be without it, and one for all."""
    with visit(chromium, real_page, f"#arch=dual-encoder&years=2013..2014{view}", viewport=viewport) as opened:
        page = opened.page
        empty = page.locator("#empty")
        expect(empty).to_contain_text("Nothing matches")
        assert empty.get_by_role("button").all_inner_texts() == [
            "Without the years 2013 to 2014: 3 models",
            "Without architecture dual-encoder: 4 models",
            "Clear all of them",
        ]
        empty.get_by_role("button", name="Without architecture").click()
        expect(empty).to_be_hidden()
        expect(page.locator("#shown-note")).to_contain_text("4 of ")
        page.go_back()
        empty.get_by_role("button", name="Clear all").click()
        assert page.evaluate("location.hash") == ("#view=table" if view else "")
        opened.assert_clean()
