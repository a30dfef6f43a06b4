"""The details of a node and of two, as a reader comes to them: what is asked, how many clicks it takes, what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser import Visit, bounds, visit, write
from playwright.sync_api import Browser, Locator, Page, expect
from test_explorer import PAYLOADS, hostile

from lineage.graph import LineageGraph
from lineage.views import explorer

WIDTHS = (1280, 360)


@dataclass
class Reader:
    """Somebody with a pointer: each press counts; letters are typed, but no other key is used."""

    page: Page
    clicks: int = 0

    def click(self, what: Locator) -> None:
        """One click."""
        what.click()
        self.clicks += 1

    def search(self, text: str, wanted: str) -> None:
        """Two clicks: into the field and on the name that is meant."""
        self.click(self.page.locator("#search"))
        self.page.keyboard.type(text)
        named = self.page.locator(".found", has_text=re.compile(f"^{re.escape(wanted)}$"))
        self.click(self.page.locator("#results [role=option]", has=named).first)


@pytest.fixture(name="visitor", params=WIDTHS)
def _visitor(chromium: Browser, real_page: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Reader, Visit]]:
    width = int(request.param)
    options: dict[str, Any] = {"viewport": {"width": width, "height": 760}, "has_touch": width < 500}
    with visit(chromium, real_page, **options) as opened:
        yield Reader(opened.page), opened
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width
        opened.assert_clean()


def section(page: Page, title: str) -> Locator:
    """A part of the details by its heading."""
    return page.locator("#panel section").filter(has=page.locator("h3", has_text=re.compile(f"^{title}")))


# -- four questions, at most three clicks each -------------------------------------------------------------------------


def test_what_is_vicuna_made_of_and_says_who(visitor: tuple[Reader, Visit]) -> None:
    """Search, choose: the parents with relation and evidence, and the sources that say so, unfolded."""
    reader, _ = visitor
    reader.search("vicuna", "Vicuna")
    panel = reader.page.locator("#panel")
    expect(panel.locator(".answer")).to_have_text(
        re.compile(r"^Fine-tuned from LLaMA; distilled from ChatGPT\. Led to \d+ models directly, \d+ in all\.$")
    )
    came = section(reader.page, "Came from")
    assert came.locator(".end span:first-child").all_text_contents() == ["ChatGPT", "LLaMA"]
    assert came.locator(".marks").all_inner_texts() == [
        "distilled from\nbasis: outputs\nstated",
        "fine-tuned from\nbasis: weights\nstated",
    ]
    came.locator("a").first.scroll_into_view_if_needed()
    expect(came.locator("a").first).to_be_in_viewport()
    assert came.locator("a").first.get_attribute("href") == "https://lmsys.org/blog/2023-03-30-vicuna/"
    assert reader.clicks == 2


def test_who_used_rope_first_after_its_paper(visitor: tuple[Reader, Visit]) -> None:
    """Search, choose: the answer is the sentence under the summary; its claim stands with its source below."""
    reader, _ = visitor
    reader.search("rope", "Rotary position embedding")
    answer = reader.page.locator("#panel .answer")
    expect(answer).to_be_in_viewport()
    expect(answer).to_have_text(
        re.compile(
            r"^Introduced 2021-04-20 by RoFormer: .*\. First used after that by GPT-J, 49 days later; \d+ models here use it\.$"
        )
    )
    user = section(reader.page, "Used by").locator("li", has_text="GPT-J").first
    expect(user.locator(".extra-line")).to_have_text("49 days after the introduction")
    assert user.locator(".sources a").count() >= 1
    assert reader.clicks == 2


def test_how_are_bert_and_gpt_4_related(visitor: tuple[Reader, Visit]) -> None:
    """Both names in the search: common ancestor, years between, every step with relation, evidence and source."""
    reader, _ = visitor
    reader.search("how are bert and gpt-4 related?", "BERT and GPT-4")
    page = reader.page
    expect(page.locator("#panel h2")).to_have_text("BERT and GPT-4")
    expect(page.locator("#panel .answer")).to_have_text(
        "Neither came of the other. Both came of Transformer (2017-06-12)."
    )
    expect(page.locator("#panel .answer")).to_be_in_viewport()
    expect(page.locator("#panel .apart")).to_have_text("GPT-4 (2023-03-14) is 4.4 years later than BERT (2018-10-11).")
    assert page.locator(".lines-of-descent h3").all_text_contents() == [
        "From Transformer to BERT 1 line, 1.3 years later",
        "From Transformer to GPT-4 1 line, 5.8 years later",
    ]
    steps = page.locator(".lines-of-descent").nth(1).locator(".steps > li")
    assert steps.locator(".end span:first-child").all_text_contents() == [
        "Transformer",
        "GPT-1",
        "GPT-2",
        "GPT-3",
        "GPT-3.5",
        "GPT-4",
    ]
    for at in range(1, 6):
        assert steps.nth(at).locator(".mark.evidence").first.text_content() == "stated"
        assert steps.nth(at).locator(".sources a").count() >= 1
    assert page.evaluate("location.hash") == "#n=bert&with=gpt-4"
    assert reader.clicks == 2


def test_how_are_bert_and_gpt_4_related_from_the_details(visitor: tuple[Reader, Visit]) -> None:
    """The same by the field in the details of BERT, which the keyboard takes: type, Enter."""
    reader, _ = visitor
    page = reader.page
    page.evaluate("location.hash = 'n=bert'")
    reader.click(page.locator("#panel .picker input"))
    page.keyboard.type("gpt-4")
    expect(page.locator("#panel .picker input")).to_be_in_viewport()
    expect(page.locator("#panel .picker [role=option]").first).to_be_in_viewport()
    reader.click(page.locator("#panel .picker [role=option]").first)
    expect(page.locator("#panel h2")).to_have_text("BERT and GPT-4")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    assert reader.clicks == 2


def test_what_did_llama_lead_to_in_2023(visitor: tuple[Reader, Visit], real: LineageGraph) -> None:
    """Search, choose, unfold the year: all that came of it directly, with sources, and all that came through others."""
    reader, _ = visitor
    reader.search("llama", "LLaMA")
    led = section(reader.page, "Led to")
    year = led.locator(".year-group", has_text=re.compile("^2023"))
    reader.click(year.locator("summary").first)
    direct = [one for one in real.children("llama") if real[one].year == 2023]
    every = [one for one in real.descendants("llama") if real[one].year == 2023]
    expect(year.locator(".claims .end")).to_have_count(len(direct))
    expect(year.locator(".through .end")).to_have_count(len(every) - len(direct))
    expect(year.locator("summary span").first).to_have_text(
        f"{len(direct)} directly, {len(every) - len(direct)} through others"
    )
    assert sorted(year.locator(".end span:first-child").all_text_contents()) == sorted(real[one].name for one in every)
    assert reader.clicks == 3


# -- what the details hold ---------------------------------------------------------------------------------------------


def test_how_button_tells_the_line(chromium: Browser, toy_page: Path) -> None:
    """What came through others has a button that tells how: every line, the shortest unfolded, the rest a press away."""
    with visit(chromium, toy_page, "#n=a") as opened:
        page = opened.page
        how = page.get_by_role("button", name="How Model E came of Model A")
        how.click()
        expect(page.locator("#panel h2")).to_have_text("Model A and Model E")
        lines = page.locator(".line-of-descent")
        assert lines.locator("summary > span").all_text_contents()[:1] == ["Model A → Model B → Model D → Model E"]
        assert lines.evaluate_all("(all) => all.map((one) => one.open)") == [True, False]
        assert lines.first.locator(".marks").all_inner_texts() == [
            "fine-tuned into\nbasis: weights\nstated",
            "merged into\nbasis: weights\nstated",
            "succeeded by\nstated",
        ]
        lines.nth(1).locator("> summary").click()
        expect(lines.nth(1).locator(".claim")).to_have_count(3)
        page.get_by_role("button", name="Swap").click()
        expect(page.locator("#panel h2")).to_have_text("Model E and Model A")
        page.get_by_role("button", name="Back to the details of Model E").click()
        expect(page.locator("#panel h2")).to_have_text("Model E")
        assert page.evaluate("location.hash") == "#n=e"
        for _ in range(3):
            page.go_back()
        expect(page.locator("#panel h2")).to_have_text("Model A")
        opened.assert_clean()


def test_two_nodes_are_lit_and_drawn_in_the_tree(chromium: Browser, real_page: Path, real: LineageGraph) -> None:
    """Everything on the lines between the two is drawn, though the tree opens on a few."""
    with visit(chromium, real_page, "#n=deepseek-r1&with=transformer") as opened:
        between = {one for path in real.paths("transformer", "deepseek-r1") for one in path}
        drawn = opened.page.evaluate(
            "[...document.querySelectorAll('.node.up, .node.chosen')].map((one) => one.dataset.id)"
        )
        assert set(drawn) == between
        expect(opened.page.locator('.node[data-id="deepseek-r1"]')).to_be_in_viewport()
        opened.assert_clean()


def test_keyboard_alone_relates_two(chromium: Browser, toy_page: Path) -> None:
    """The field is a combobox: arrows mark, Enter takes, Escape empties it; the heading has the focus afterwards."""
    with visit(chromium, toy_page, "#n=b") as opened:
        page = opened.page
        box = page.get_by_role("combobox", name="How is Model B related to …")
        box.focus()
        page.keyboard.type("zzz")
        expect(page.locator("#panel .picker .nothing")).to_have_text("Nothing is called so.")
        expect(page.locator("#live")).to_have_text("0 results")
        page.keyboard.press("Escape")
        expect(box).to_have_value("")
        expect(page.locator("#panel h2")).to_have_text("Model B")
        page.keyboard.type("model")
        first = page.locator("#panel .picker [aria-selected=true]").text_content()
        page.keyboard.press("ArrowDown")
        second = page.locator("#panel .picker [aria-selected=true]").text_content()
        assert first != second
        assert box.get_attribute("aria-activedescendant") == page.locator(
            "#panel .picker [aria-selected=true]"
        ).get_attribute("id")
        page.keyboard.press("Enter")
        expect(page.locator("#panel .kicker")).to_have_text("How they are related")
        assert page.evaluate("document.activeElement.tagName") == "H2"
        opened.assert_clean()


def test_techniques_tell_first_users_and_time(chromium: Browser, toy_page: Path) -> None:
    """Introduced, used: each with who was first and how long it took."""
    with visit(chromium, toy_page, "#n=e") as opened:
        page = opened.page
        assert section(page, "Techniques used").locator(".extra-line").all_text_contents() == [
            "2nd of 2 users here, 3.6 years after its introduction",
            "the only user here, 2.8 years after its introduction",
        ]
        page.evaluate("location.hash = 'n=p'")
        expect(section(page, "Introduces").locator(".extra-line")).to_have_text(
            "First used after that by Model C, 1.8 years later; 2 models here use it"
        )
        page.evaluate("location.hash = 'n=t'")
        expect(page.locator("#panel .answer")).to_have_text(
            "Introduced 2017-06-12 by The paper p. First used after that by Model C, 1.8 years later; 2 models here use it."
        )
        opened.assert_clean()


def test_timeline_shows_dates_as_wide_as_they_are(chromium: Browser, real_page: Path) -> None:
    """The picture has a name that tells the dates; a date of a month is wider than one of a day."""
    with visit(chromium, real_page, "#n=gpt-4") as opened:
        picture = opened.page.locator("#panel .timeline")
        label = picture.get_attribute("aria-label") or ""
        assert label.startswith("Timeline: came from 2022-03-15; paper 2023-03; announced 2023-03-14; led to ")
        widths = picture.locator("rect.own").evaluate_all(
            "(all) => all.map((one) => Number(one.getAttribute('width')))"
        )
        assert widths[0] >= widths[1]
        opened.assert_clean()


def test_details_can_be_copied(chromium: Browser, real_page: Path) -> None:
    """Link and BibTeX go to the clipboard, and it is said."""
    with visit(chromium, real_page, "#n=bert", permissions=["clipboard-read", "clipboard-write"]) as opened:
        page = opened.page
        page.get_by_role("button", name="Copy BibTeX").click()
        expect(page.locator("#live")).to_have_text("BibTeX copied")
        text = page.evaluate("navigator.clipboard.readText()")
        assert text.startswith("@misc{devlin-2018-bert,\n  title = {{BERT: Pre-training of Deep Bidirectional")
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator("#live")).to_have_text("Link copied")
        assert page.evaluate("navigator.clipboard.readText()").endswith("explorer.html#n=bert")
        opened.assert_clean()


def test_without_a_clipboard_the_text_can_be_selected(chromium: Browser, toy_page: Path) -> None:
    """Where the clipboard is forbidden the text stands in a field, selected."""
    with visit(chromium, toy_page, "#n=p") as opened:
        page = opened.page
        page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('no')); 0")
        page.get_by_role("button", name="Copy BibTeX").click()
        box = page.locator("textarea.permalink")
        expect(box).to_have_value(re.compile(r"^@misc\{p,\n  title = \{\{The paper p\}\},"))
        assert page.evaluate("document.activeElement.selectionEnd") > 50
        expect(page.locator("#live")).to_have_text("BibTeX selected: copy it")
        opened.assert_clean()


def test_correction_names_file_and_line(chromium: Browser, toy_page: Path) -> None:
    """Without a repository there is text to copy; with one there are links to its form and to the line."""
    with visit(chromium, toy_page, "#n=b") as opened:
        page = opened.page
        page.get_by_text("Suggest a correction").click()
        expect(page.locator(".correction p").first).to_have_text(
            re.compile(
                r"^This record is written in graph_data/models/old\.yaml, line \d+\. A correction needs a source\.$"
            )
        )
        assert page.locator(".correction a").count() == 0
        links = page.evaluate(
            "[...correction({ id: 'b', name: 'Model & B', location: 'models/old.yaml:14' }, 'https://github.com/o/r', () => {}).querySelectorAll('a')].map((one) => one.href)"
        )
        assert links == [
            "https://github.com/o/r/issues/new?template=correction.yml&title=Correction%3A+Model+%26+B&record=b+%28graph_data%2Fmodels%2Fold.yaml%3A14%29",
            "https://github.com/o/r/blob/HEAD/graph_data/models/old.yaml?plain=1#L14",
        ]
        strange = page.evaluate(
            "correction({ id: 'b', name: 'B', location: '../../x.yaml:1' }, 'https://github.com/o/r', () => {}).querySelectorAll('a').length"
        )
        assert strange == 0
        opened.assert_clean()


@pytest.mark.parametrize(
    ("named", "address"),
    [
        (["Repository, https://github.com/o/r"], "https://github.com/o/r"),
        (["Homepage, https://example.org", "Source, https://github.com/o/r.git"], "https://github.com/o/r"),
        (["Repository, https://gitlab.com/o/r"], None),
        (["Repository, https://github.com/o/r/tree/main"], None),
        (["Repository, javascript:alert(1)"], None),
        (None, None),
    ],
)
def test_repository_is_what_the_package_names(
    monkeypatch: pytest.MonkeyPatch, named: list[str] | None, address: str | None
) -> None:
    """Only an address of a repository on GitHub is taken."""

    class Metadata:
        def get_all(self, field: str) -> list[str] | None:
            assert field == "Project-URL"
            return named

    monkeypatch.setattr("importlib.metadata.metadata", lambda _: Metadata())
    assert explorer.repository() == address


def test_sheet_of_a_phone_can_be_drawn_up(chromium: Browser, real_page: Path) -> None:
    """On 360 pixels a button gives the details the whole height, and takes it back; every control has 44 pixels."""
    with visit(chromium, real_page, "#n=llama", viewport={"width": 360, "height": 740}, has_touch=True) as opened:
        page = opened.page
        grow = page.get_by_role("button", name="Details as high as the page")
        before = bounds(page, "#panel")["height"]
        grow.tap()
        expect(grow).to_have_attribute("aria-pressed", "true")
        assert bounds(page, "#panel")["height"] > before + 150
        page.evaluate("document.querySelectorAll('#panel details').forEach((one) => { one.open = true; })")
        expect(page.locator(".through .end").first).to_be_attached()
        small = page.evaluate(
            "[...document.querySelectorAll('#panel button, #panel input, #panel summary')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.9).map((one) => one.outerHTML)"
        )
        assert small == []
        assert page.evaluate("document.querySelector('#panel').scrollWidth") <= 360
        grow.tap()
        expect(grow).to_have_attribute("aria-pressed", "false")
        opened.assert_clean()


def test_hostile_texts_of_two_nodes_are_only_text(chromium: Browser, toy_graph: LineageGraph, tmp_path: Path) -> None:
    """Two nodes with a payload in every text, related in every way there is: shown as it is written, and nothing runs."""
    with visit(chromium, write(hostile(toy_graph), tmp_path)) as opened:
        page = opened.page
        for position, payload in enumerate(PAYLOADS):
            for one, other in (("a", "e"), ("b", "c"), ("c", "t"), ("p", "e")):
                page.evaluate(f"location.hash = 'n={one}{position}&with={other}{position}'")
                page.evaluate("document.querySelectorAll('#panel details').forEach((one) => { one.open = true; })")
                shown = page.locator("#panel h2").text_content() or ""
                assert shown.count(explorer._spoken(payload)) >= 2, payload
            page.locator("#panel .picker input").fill(explorer._spoken(payload).replace("\n", " "))
        addresses = page.evaluate("[...document.querySelectorAll('#panel a')].map((one) => one.protocol)")
        assert set(addresses) <= {"https:"}
        opened.assert_clean()


@pytest.mark.parametrize(
    ("fragment", "buttons"),
    [
        ("#n=llama", ["Show everything", "Tour", "Only this lineage", "Fit to the window"]),
        ("#n=llama&view=network", ["Tour", "Fit to the window", "Zoom in"]),
    ],
)
def test_details_on_a_phone_take_no_button_away(
    chromium: Browser, real_page: Path, fragment: str, buttons: list[str]
) -> None:
    """Above the sheet everything can still be pressed, the legend too, and nothing lies on anything else."""
    with visit(chromium, real_page, fragment, viewport={"width": 360, "height": 740}, has_touch=True) as opened:
        page = opened.page
        expect(page.locator("#panel h2")).to_have_text("LLaMA")
        for name in buttons:
            button = page.get_by_role("button", name=name).first
            button.scroll_into_view_if_needed()
            button.click(trial=True, timeout=3000)
        page.locator(".legend summary").click()
        assert bounds(page, ".legend")["y"] >= bounds(page, "#stage")["y"]
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        opened.assert_clean()


@pytest.mark.parametrize(("width", "least"), [(1280, 24), (360, 44)])
def test_links_to_sources_can_be_hit(chromium: Browser, real_page: Path, width: int, least: int) -> None:
    """They are 24 pixels high on a desk and 44 under a finger."""
    with visit(chromium, real_page, "#n=vicuna", viewport={"width": width, "height": 800}) as opened:
        links = opened.page.locator("#panel .sources a:visible")
        expect(links.first).to_be_visible()
        heights = links.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
        assert min(heights) >= least
