"""Guided tours: what may stand in one, that the one which is shipped tells the truth, and how it is gone through."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
import toy
from browser import visit, write
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect
from test_cli import run
from test_explorer import PAYLOADS

import lineage
from lineage import tours
from lineage.graph import LineageGraph
from lineage.layout import lanes
from lineage.views import explorer

KNOWN = frozenset({"a", "b", "gpt-3.5"})
NAME = "from-attention-to-reasoning"


# -- reading -----------------------------------------------------------------------------------------------------------


def test_a_list_of_permalinks_with_text_is_a_tour() -> None:
    """Title, introduction, steps; emphasis, code, links to pages and to states become pieces, and nothing else is left."""
    text = (
        "# Two models\n\nFirst *words*.\n\n"
        "1. [Model `A`](#n=a) is **old**; see [the page](https://example.org/x).\n"
        "2. [B and A](explorer.html#n=b&with=a&view=network)\n\n   More, with `code`\n   and [GPT-3.5](#n=gpt-3.5).\n"
    )
    tour, problems = tours.read(text, "two-models.md", KNOWN)
    assert problems == ()
    assert tour is not None
    assert tour.to_dict() == {
        "name": "two-models",
        "title": "Two models",
        "introduction": [[["text", "First "], ["em", "words"], ["text", "."]]],
        "steps": [
            {
                "title": "Model A",
                "address": "n=a",
                "text": [
                    [
                        ["text", " is "],
                        ["strong", "old"],
                        ["text", "; see "],
                        ["web", "the page", "https://example.org/x"],
                        ["text", "."],
                    ]
                ],
            },
            {
                "title": "B and A",
                "address": "n=b&with=a&view=network",
                "text": [
                    [
                        ["text", "More, with "],
                        ["code", "code"],
                        ["text", " "],
                        ["text", "and "],
                        ["to", "GPT-3.5", "n=gpt-3.5"],
                        ["text", "."],
                    ]
                ],
            },
        ],
    }


def test_all_problems_are_told_with_their_lines() -> None:
    """Unknown nodes, strange parts of an address, other markup, scripts for addresses: each with line and repair."""
    text = "# T\n\n1. [a](#n=nobody&x=1)\n2. hello\n3. [x](javascript:alert(1))\n\n   ![i](x.png) [s](mailto:x)\n\n## More\n\n> quoted\n\n- [a](#n=a)\n"
    tour, problems = tours.read(text, "T.md", KNOWN)
    assert tour is None
    assert [str(problem).partition("; ")[0] for problem in problems] == [
        "T.md:1: error: tour-name: `T` is no name of a tour",
        "T.md:3: error: tour-link: `x` is no part of a state of the page",
        "T.md:3: error: tour-node: there is no node `nobody`",
        "T.md:4: error: tour-link: the step does not begin with a link",
        "T.md:5: error: tour-link: the step does not begin with a link",
        "T.md:7: error: tour-form: `image` has no place in a tour",
        "T.md:7: error: tour-link: `mailto:x` is no web address",
        "T.md:9: error: tour-form: a heading has no place here",
        "T.md:11: error: tour-form: a blockquote has no place here",
        "T.md:11: error: tour-form: a paragraph has no place here",
        "T.md:13: error: tour-form: a bullet list has no place here",
        "T.md:13: error: tour-form: a list item has no place here",
        "T.md:13: error: tour-form: a paragraph has no place here",
    ]


def test_an_empty_file_is_no_tour() -> None:
    """Without title and steps."""
    tour, problems = tours.read("", "empty.md", KNOWN)
    assert tour is None
    assert [problem.rule for problem in problems] == ["tour-steps", "tour-title"]


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            ["# ", "1. ", "[a](#n=a)", "[", "](", "#n=", "\n", "\n\n", "   ", "> ", "*", "`", "<b>", "![", "- "]
        )
    ).map("".join)
)
def test_any_text_is_a_tour_or_a_problem(text: str) -> None:
    """Whatever is in the file: never an exception, and either a tour or at least one problem."""
    tour, problems = tours.read(text, "some.md", KNOWN)
    assert (tour is None) == bool(problems)


def test_tours_of_one_s_own_are_read_together() -> None:
    """Good ones are there, and the problems of all others."""
    texts = {"b.md": "# B\n\n1. [x](#n=b)\n", "a.md": "# A\n\n1. [x](#n=zzz)\n"}
    found, problems = tours.checked(texts, KNOWN)
    assert [tour.name for tour in found] == ["b"]
    assert [str(problem.location) for problem in problems] == ["a.md:3"]


def test_the_example_of_the_manual_is_a_tour(real: LineageGraph) -> None:
    """What docs/tours.md shows can be built."""
    manual = (Path(__file__).parents[1] / "docs/tours.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```markdown\n(.*?)```", manual, re.DOTALL)
    tour, problems = tours.read(example, "what-vicuna-is-made-of.md", real)
    assert problems == ()
    assert tour is not None
    assert [step.address for step in tour.steps] == ["n=vicuna", "n=llama&with=chatgpt"]


def test_build_takes_tours(toy_directory: Path, tmp_path: Path) -> None:
    """A good one is on the page; with a bad one nothing is written, and its faults are told with file and line."""
    good = tmp_path / "good.md"
    good.write_text("# Good\n\n1. [B](#n=b)\n\n   Words of mine.\n", encoding="utf-8")
    bad = tmp_path / "bad.md"
    bad.write_bytes(b"# Bad\n\n1. [B](#n=nobody)\n\xff\n")
    code, _, told = run(
        "--data", str(toy_directory), "build", "--out", str(tmp_path / "no"), "--tour", str(good), "--tour", str(bad)
    )
    assert code == 4
    assert f"{bad.as_posix()}:3: error: tour-node: there is no node `nobody`" in told
    assert not (tmp_path / "no").exists()
    graph = lineage.load(toy_directory)
    found, _ = tours.checked({"good.md": good.read_text(encoding="utf-8")}, graph)
    assert "Words of mine." in explorer.render(graph, lanes(graph), told=found)


# -- the one that is shipped ----------------------------------------------------------------------------------------------


def test_shipped_tour_has_twelve_steps_in_the_order_of_time(real: LineageGraph) -> None:
    """Twelve steps, each on a node of the data, never going back in time."""
    (tour,) = tours.shipped(real)
    assert (tour.name, tour.title) == (NAME, "From attention to reasoning in twelve steps")
    ids = [re.sub(r"^n=([^&]+).*", r"\1", step.address) for step in tour.steps]
    assert len(ids) == 12
    dates = [real[one].interval.start for one in ids]
    assert dates == sorted(dates)


def test_shipped_tour_needs_its_nodes(graph: LineageGraph) -> None:
    """With other data, in which its nodes are not, it is not there."""
    assert tours.shipped(graph) == ()


MONTHS = dict(
    zip(
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        range(1, 13),
        strict=True,
    )
)


def test_months_of_the_shipped_tour_are_those_of_the_data(real: LineageGraph) -> None:
    """Where a step names a month and a year, its node has a date in it."""
    (tour,) = tours.shipped(real)
    told = 0
    for step in tour.steps:
        node = re.sub(r"^n=([^&]+).*", r"\1", step.address)
        words = "".join(piece[1] for paragraph in step.text for piece in paragraph)
        named = re.match(r"In (\w+) (\d{4})", words)
        if named:
            dates = {event["date"][:7] for event in real[node].data.get("dates", ())} | {real[node].date[:7]}
            assert f"{named[2]}-{MONTHS[named[1]]:02}" in dates, step.title
            told += 1
    assert told >= 8


def test_claims_of_the_shipped_tour_are_in_the_data(real: LineageGraph) -> None:
    """What it says of descent, of use and of sizes."""

    def relations(child: str) -> dict[str, set[str | None]]:
        found: dict[str, set[str | None]] = {}
        for edge in real.in_edges(child, "derived-from"):
            found.setdefault(edge.source, set()).add(edge.relation)
        return found

    assert "rnnsearch" in relations("transformer")
    assert real["transformer"].data["pretraining_tasks"] == ("machine translation",)
    assert relations("gpt-1") == {"transformer": {"architecture"}}
    assert "generative-pretraining" in real.techniques("gpt-1")
    assert relations("bert") == {"transformer": {"architecture"}}
    assert {"masked-language-modeling"} <= set(real.techniques("bert"))
    assert real.common_ancestors("bert", "gpt-1") == ("transformer",)
    assert relations("gpt-3") == {"gpt-2": {"architecture"}}
    assert "175B" in [variant["name"] for variant in real["gpt-3"].data["variants"]]
    assert {"in-context-learning", "scaling-laws"} <= set(real.techniques("gpt-3"))
    assert real["scaling-laws"].date.startswith("2020-01")
    assert relations("flan") == {"lamda": {"finetuned"}}
    assert "instruction-tuning" in real.techniques("flan")
    assert real["flan"].organizations == ("Google",)
    assert len(real.children("chain-of-thought")) >= 5
    assert relations("instructgpt") == {"gpt-3": {"finetuned"}}
    assert {"instruction-following-rlhf"} <= set(real.techniques("chatgpt")) & set(real.techniques("instructgpt"))
    assert [variant["name"] for variant in real["chinchilla"].data["variants"]] == ["70B"]
    assert "compute-optimal-scaling" in real.techniques("chinchilla")
    assert len({real[one].year for one in real.descendants("llama")}) >= 3
    assert "test-time-compute-reasoning" in real.techniques("o1")
    assert "reasoning-rl-verifiable-rewards" in real.techniques("deepseek-r1")
    assert real["deepseek-r1"].data["weights"] == "open"
    bases = {
        edge.basis
        for path in real.paths("transformer", "deepseek-r1")
        for one, other in itertools.pairwise(path)
        for edge in real.edges_between(one, other)
    }
    assert {"weights", "outputs", "architecture"} <= bases


# -- in the browser ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 360])
def test_tour_is_gone_through_from_end_to_end(
    chromium: Browser, real_page: Path, real: LineageGraph, width: int
) -> None:
    """Each step shows its node or pair; next, previous and the end; nothing scrolls sideways; back goes back a step."""
    (tour,) = tours.shipped(real)
    with visit(chromium, real_page, viewport={"width": width, "height": 760}, has_touch=width < 500) as opened:
        page = opened.page
        page.locator(".begin-tour").click()
        for number, step in enumerate(tour.steps, start=1):
            expect(page.locator("#tour h2")).to_have_text(step.title)
            expect(page.locator("#tour .kicker")).to_have_text(f"{tour.title} · {number} of 12")
            expect(page.locator("#live")).to_have_text(f"Step {number} of 12: {step.title}")
            ids = [part.partition("=")[2] for part in step.address.split("&")]
            expect(page.locator("#panel h2")).to_have_text(" and ".join(real[one].name for one in ids))
            expect(page.locator("#tour .next")).to_be_in_viewport()
            assert page.evaluate("document.documentElement.scrollWidth") == width
            if number < 12:
                page.locator("#tour .next").click()
        assert page.evaluate("location.hash") == f"#n=deepseek-r1&with=transformer&tour={NAME}&step=12"
        page.get_by_role("button", name="Previous step").click()
        expect(page.locator("#tour h2")).to_have_text(tour.steps[10].title)
        page.go_back()
        expect(page.locator("#tour h2")).to_have_text(tour.steps[11].title)
        page.get_by_role("button", name="End the tour").click()
        expect(page.locator("#tour")).to_be_hidden()
        expect(page.locator("#panel h2")).to_have_text("DeepSeek-R1 and Transformer")
        assert page.evaluate("location.hash") == "#n=deepseek-r1&with=transformer"
        opened.assert_clean()


def test_keyboard_goes_through_a_tour(chromium: Browser, real_page: Path) -> None:
    """Arrows, Home and End on the card; Page Down and Page Up from the tree; the heading takes the focus at the start."""
    with visit(chromium, real_page) as opened:
        page = opened.page
        page.locator(".begin-tour").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.closest('#tour') !== null")
        heading = page.locator("#tour h2")
        for key, title in (
            ("ArrowRight", "Transformer"),
            ("ArrowRight", "GPT-1"),
            ("ArrowLeft", "Transformer"),
            ("End", "DeepSeek-R1"),
            ("ArrowRight", "DeepSeek-R1"),
            ("Home", "Additive attention"),
            ("ArrowLeft", "Additive attention"),
        ):
            page.keyboard.press(key)
            expect(heading).to_have_text(title)
        page.locator(".node[tabindex='0']").focus()
        page.keyboard.press("PageDown")
        expect(heading).to_have_text("Transformer")
        page.locator(".node[tabindex='0']").focus()
        page.keyboard.press("PageUp")
        expect(heading).to_have_text("Additive attention")
        opened.assert_clean()


def test_a_reader_may_stray_and_come_back(chromium: Browser, real_page: Path) -> None:
    """Links of the text and clicks in the details keep the tour; a button leads back to its step."""
    with visit(chromium, real_page, f"#n=gpt-3&tour={NAME}&step=5") as opened:
        page = opened.page
        expect(page.get_by_role("button", name="Back to step 5")).to_have_count(0)
        page.locator("#tour").get_by_text("in-context learning").click()
        expect(page.locator("#panel h2")).to_have_text("In-context learning")
        expect(page.locator("#tour h2")).to_have_text("GPT-3")
        page.get_by_role("button", name="Back to step 5").click()
        expect(page.locator("#panel h2")).to_have_text("GPT-3")
        page.get_by_role("button", name="Leave the tour").click()
        expect(page.locator("#tour")).to_be_hidden()
        opened.assert_clean()


@pytest.mark.parametrize(
    "fragment",
    ["tour=no-such-tour", f"tour={NAME}&step=99", f"tour={NAME}&step=0", "tour=__proto__", "tour=constructor&step=2"],
)
def test_strange_steps_do_nothing_strange(chromium: Browser, real_page: Path, fragment: str) -> None:
    """An unknown tour is none, a step beyond the end is the last one."""
    with visit(chromium, real_page, f"#{fragment}") as opened:
        expect(opened.page.locator(".node").first).to_be_attached()
        card = opened.page.locator("#tour")
        if NAME not in fragment:
            expect(card).to_be_hidden()
        elif "99" in fragment:
            expect(card.locator("h2")).to_have_text("DeepSeek-R1")
        else:
            expect(card.locator("h2")).to_have_text("Additive attention")
        opened.assert_clean()


def test_hostile_words_of_a_tour_are_only_words(chromium: Browser, real_page: Path) -> None:
    """Whatever a tour says: it is shown as it is written, links are checked, and nothing of it runs."""
    with visit(chromium, real_page) as opened:
        page = opened.page
        for payload in (one.replace("\ud800", "") for one in PAYLOADS):
            shown = page.evaluate(
                """(text) => {
                  const host = document.createElement('section');
                  document.body.append(host);
                  const actions = { step() {}, visit() {}, end() {}, strayed: () => false, say() {} };
                  const text_ = [['text', text], ['em', text], ['web', text, text], ['to', text, text], [text, text]];
                  const tour = { name: 'x', title: text, introduction: [text_], steps: [{ title: text, address: text, text: [text_] }] };
                  new TourCard(host, [tour], actions).show('x', 1);
                  const links = [...host.querySelectorAll('a')].map((one) => one.protocol);
                  const found = [host.querySelector('h2').textContent, links];
                  host.remove();
                  return found;
                }""",
                payload,
            )
            assert shown[0] == payload
            assert set(shown[1]) <= {"file:", "https:"}
        opened.assert_clean()


def test_without_tours_there_is_no_button(chromium: Browser, tmp_path: Path) -> None:
    """Other data have no tour and no button for one."""
    with visit(chromium, write(lineage.load(toy.write(tmp_path / "toy")), tmp_path)) as opened:
        expect(opened.page.locator(".node").first).to_be_attached()
        expect(opened.page.locator(".begin-tour")).to_have_count(0)
        opened.assert_clean()


@pytest.mark.parametrize(("step", "title"), [(1, None), (3, "GPT-1"), (99, None)])
def test_a_link_to_a_step_shows_its_picture(chromium: Browser, real_page: Path, step: int, title: str | None) -> None:
    """A link as the manual writes it, with tour and step alone, opens on what the step is about, and nobody has strayed."""
    with visit(chromium, real_page, f"#tour=from-attention-to-reasoning&step={step}") as opened:
        page = opened.page
        expect(page.locator("#tour h2")).to_be_visible()
        expect(page.locator("#panel h2")).to_be_visible()
        if title:
            expect(page.locator("#panel h2")).to_have_text(title)
            expect(page.locator('.node.chosen[data-id="gpt-1"]')).to_be_visible()
        expect(page.get_by_role("button", name="Back to step")).to_have_count(0)
        opened.assert_clean()
