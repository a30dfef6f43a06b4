"""What a reader does on the explorer page, in a real headless Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import bounds, heading, node, visit
from playwright.sync_api import Browser, expect

from lineage.graph import LineageGraph

# -- in the browser: what a reader does -----------------------------------------------------------------------------------------


def test_search_finds_by_name_alias_maker_paper_and_technique(chromium: Browser, toy_page: Path) -> None:
    """Each of them leads to the model, and the list says why."""
    with visit(chromium, toy_page) as opened:
        page = opened.page

        def found(query: str) -> list[str]:
            page.fill("#search", query)
            return list(page.locator("#results [role=option] .found").all_text_contents())

        assert found("model d") == ["Model D"]
        assert found("erste 1.0") == ["Model A"]
        assert found("other") == ["Model F"]
        assert found("the paper p")[:3] == ["The paper p", "Model A", "Idea t"]
        assert found("idea u") == ["Idea u", "Model E"]
        assert found("MODEL-G") == ["Model G"]
        assert found("zzz") == []
        expect(page.locator("#results")).to_have_text("Nothing is called so.")
        opened.assert_clean()


def test_enter_in_the_search_focuses_the_model(chromium: Browser, toy_page: Path) -> None:
    """The arrow keys choose in the list, Enter opens the details and puts the focus on the node."""
    with visit(chromium, toy_page) as opened:
        page = opened.page
        page.keyboard.press("/")
        page.keyboard.type("model")
        page.keyboard.press("ArrowDown")
        chosen = page.locator("#results [aria-selected=true]")
        expect(chosen).to_have_count(1)
        name = chosen.locator(".found").text_content() or ""
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text(name)
        expect(page.locator("#results")).to_be_hidden()
        assert (page.evaluate("document.activeElement.getAttribute('aria-label')") or "").startswith(f"{name},")


def test_click_opens_the_details_with_sources(chromium: Browser, toy_page: Path) -> None:
    """Parents and children with relation, basis, evidence and sources; a click on one goes on to it."""
    with visit(chromium, toy_page) as opened:
        page = opened.page
        node(page, "d").click()
        expect(heading(page)).to_have_text("Model D")
        section = page.locator("#panel section", has_text="Came from")
        assert section.locator(".end span:first-child").all_text_contents() == ["Model B", "Model C"]
        assert section.locator(".mark").all_text_contents() == ["merged from", "basis: weights", "stated"] * 2
        link = section.locator("a").first
        assert link.get_attribute("href") == "https://arxiv.org/abs/1706.03762"
        assert (link.get_attribute("rel"), link.text_content()) == ("noopener noreferrer", "arxiv.org/abs/1706.03762")
        expect(section.locator(".locator").first).to_have_text("abstract")
        expect(section.locator(".shows").first).to_have_text("It says so.")
        assert page.locator("#panel section", has_text="Led to").locator(".mark").first.text_content() == "succeeds it"
        section.locator(".end").first.click()
        expect(heading(page)).to_have_text("Model B")
        opened.assert_clean()


def test_every_claim_of_the_real_graph_is_in_a_panel(chromium: Browser, real: LineageGraph, real_page: Path) -> None:
    """For a model, a paper and a technique: as many claims and sources in the details as the graph has."""
    with visit(chromium, real_page) as opened:
        for one in ("llama-2", real.introducers("rope")[0], "rope"):
            opened.page.evaluate(f"location.hash = 'n={one}'")
            expect(heading(opened.page)).to_have_text(real[one].name)
            edges = [*real.in_edges(one), *real.out_edges(one)]
            opened.page.evaluate("document.querySelectorAll('#panel details').forEach((one) => { one.open = true; })")
            expect(opened.page.locator("#panel .claim")).to_have_count(len(edges))
            wanted = sum(len(edge.sources) + bool(edge.data.get("disputed")) for edge in edges)
            assert opened.page.locator("#panel .claim .sources > li").count() == wanted


def test_address_follows_and_leads(chromium: Browser, toy_page: Path) -> None:
    """A deep link opens on its node; every step is in the address, and back and forward take it back and again."""
    with visit(chromium, toy_page, "#n=b&view=network") as opened:
        page = opened.page
        expect(heading(page)).to_have_text("Model B")
        expect(page.locator("#network canvas")).to_be_visible()
        page.get_by_role("button", name="Show in tree").click()
        assert page.evaluate("location.hash") == "#n=b"
        node(page, "d").click()
        assert page.evaluate("location.hash") == "#n=d"
        page.go_back()
        expect(heading(page)).to_have_text("Model B")
        expect(page.locator("#tree")).to_be_visible()
        page.go_back()
        expect(page.locator("#network canvas")).to_be_visible()
        page.go_forward()
        page.go_forward()
        expect(heading(page)).to_have_text("Model D")
        page.keyboard.press("Escape")
        expect(page.locator("#panel")).to_be_hidden()
        assert page.evaluate("location.hash") == ""
        opened.assert_clean()


def test_unknown_node_in_the_address_is_told(chromium: Browser, toy_page: Path) -> None:
    """A link to a node that is not there opens the tree and says so."""
    with visit(chromium, toy_page, "#n=nobody") as opened:
        expect(opened.page.locator("#live")).to_contain_text("No node is called `nobody`")
        expect(opened.page.locator("#panel")).to_be_hidden()


def test_keyboard_walks_the_tree(chromium: Browser, toy_page: Path) -> None:
    """One stop of the Tab key; right is the first child, left the parent, up and down the siblings; Enter opens."""
    with visit(chromium, toy_page) as opened:
        page = opened.page
        assert page.locator('.node[tabindex="0"]').count() == 1
        page.locator('.node[tabindex="0"]').focus()
        walked = []
        for key in ("ArrowRight", "ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp"):
            page.keyboard.press(key)
            walked.append(page.evaluate("document.activeElement.dataset.id"))
        assert walked[:3] == ["b", "a", "b"]
        assert len({*walked[2:]}) >= 2
        assert page.locator('.node[tabindex="0"]').count() == 1
        page.keyboard.press("Home")
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert label == "Model A, Acme, 2018-01-05, no parent, 5 descendants"
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Model A")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.dataset.id") == "a"
        opened.assert_clean()


def test_drag_and_wheel_move_the_tree(chromium: Browser, toy_page: Path) -> None:
    """Dragging pans and chooses nothing; the wheel pans; with the control key it zooms; the buttons zoom and fit."""
    with visit(chromium, toy_page) as opened:
        page = opened.page

        def box() -> dict[str, float]:
            return bounds(page, '.node[data-id="a"] rect')

        start = box()
        page.mouse.move(start["x"] + 5, start["y"] + 5)
        page.mouse.down()
        page.mouse.move(start["x"] + 45, start["y"] + 35, steps=4)
        page.mouse.up()
        dragged = box()
        assert (dragged["x"] - start["x"], dragged["y"] - start["y"]) == pytest.approx((40, 30), abs=1.5)
        expect(page.locator("#panel")).to_be_hidden()
        page.mouse.wheel(0, 20)
        page.wait_for_function(
            "y => document.querySelector('.node[data-id=a] rect').getBoundingClientRect().y < y - 15", arg=dragged["y"]
        )
        page.get_by_role("button", name="Zoom in").click()
        assert box()["width"] > dragged["width"] * 1.2
        page.keyboard.down("Control")
        page.mouse.wheel(0, 200)
        page.keyboard.up("Control")
        page.get_by_role("button", name="Fit to the window").click()
        opened.assert_clean()


def test_fingers_move_the_tree(chromium: Browser, toy_page: Path) -> None:
    """One finger drags, two fingers apart zoom in, and a tap beside a node opens it."""
    with visit(chromium, toy_page, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as opened:
        page = opened.page
        session = page.context.new_cdp_session(page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            fingers = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

        def box() -> dict[str, float]:
            return bounds(page, '.node[data-id="a"] rect')

        page.touchscreen.tap(box()["x"] + 5, box()["y"] - 9)
        expect(heading(page)).to_have_text("Model A")
        page.get_by_role("button", name="Close details").tap()
        start = box()
        touch("touchStart", (150, 300), (210, 300))
        for step in range(0, 31, 10):
            touch("touchMove", (150 - step, 300), (210 + step, 300))
        touch("touchEnd")
        zoomed = box()
        assert zoomed["width"] == pytest.approx(start["width"] * 2, rel=0.1)
        touch("touchStart", (180, 400))
        for step in range(0, 31, 10):
            touch("touchMove", (180 + step, 400 - step))
        touch("touchEnd")
        dragged = box()
        assert (dragged["x"] - zoomed["x"], dragged["y"] - zoomed["y"]) == pytest.approx((30, -30), abs=8)
        expect(page.locator("#panel")).to_be_hidden()
        opened.assert_clean()


def test_neighbourhood_has_its_sides(chromium: Browser, toy_page: Path) -> None:
    """What a model came from is left of it, what came of it right, techniques above, papers below."""
    with visit(chromium, toy_page) as opened:
        places = opened.page.evaluate(
            "[...arrange(wholeGraph(), 'd', { up: 2, down: 2 }, 90).places].map(([id, { side, ring }]) => [id, side, ring])"
        )
        assert sorted(places) == [
            ["a", "left", 2],
            ["b", "left", 1],
            ["c", "left", 1],
            ["d", None, 0],
            ["e", "right", 1],
            ["t", "left", 2],
            ["u", "right", 2],
        ]
        around = opened.page.evaluate(
            "Object.fromEntries([...arrange(wholeGraph(), 'a', { up: 1, down: 1 }, 90).places].map(([id, one]) => [id, [Math.sign(one.x), Math.sign(one.y)]]))"
        )
        assert around["p"] == [0, 1]
        assert {around[one][0] for one in "bcf"} == {1}
        techniques = opened.page.evaluate("arrange(wholeGraph(), 'e', { up: 1, down: 1 }, 90).places.get('t').y")
        assert techniques < 0


def test_click_in_the_network_goes_on(chromium: Browser, toy_page: Path) -> None:
    """A click on a neighbour makes it the middle of the network."""
    with visit(chromium, toy_page, "#n=g&view=network") as opened:
        page = opened.page
        expect(page.locator("#network-note")).to_have_text("1 neighbour of Model G within one step")
        frame = bounds(page, "#network")
        # The only neighbour is the paper, straight below the middle.
        x = frame["x"] + frame["width"] / 2
        for y in range(int(frame["y"] + frame["height"] / 2), int(frame["y"] + frame["height"]), 12):
            page.mouse.click(x, y)
        expect(heading(page)).to_have_text("The paper q")
        assert page.evaluate("location.hash") == "#n=q&view=network"
        opened.assert_clean()


def test_theme_follows_the_system_and_the_switch(chromium: Browser, toy_page: Path) -> None:
    """Dark when the system is dark, light at the press of the switch."""
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    with visit(chromium, toy_page, color_scheme="dark") as opened:
        page = opened.page
        dark = page.evaluate(ground)
        page.click("#theme")
        light = page.evaluate(ground)
        assert (dark, light) == ("rgb(17, 22, 29)", "rgb(255, 255, 255)")
        page.emulate_media(color_scheme="light")
        page.click("#theme")
        assert page.evaluate(ground) == dark


@pytest.mark.parametrize("fragment", ["", "#n=llama-2", "#n=llama-2&view=network", "#n=rope"])
def test_small_screen(chromium: Browser, real_page: Path, fragment: str) -> None:
    """At 360 pixels nothing scrolls sideways, every control is 44 pixels high, and details leave room for the picture."""
    with visit(chromium, real_page, fragment, viewport={"width": 360, "height": 740}, has_touch=True) as opened:
        page = opened.page
        expect(page.locator(".node").first).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert page.evaluate("document.querySelector('#panel').scrollWidth <= 360")
        low = page.evaluate(
            "[...document.querySelectorAll('button, input, summary')].filter((one) => one.checkVisibility()"
            " && one.getBoundingClientRect().height < 43.9).map((one) => one.outerHTML)"
        )
        assert low == []
        if fragment:
            stage, panel = bounds(page, "#stage"), bounds(page, "#panel")
            assert stage["height"] > 200
            assert panel["y"] >= stage["y"] + stage["height"] - 1
        page.fill("#search", "google")
        expect(page.locator("#results [role=option]").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        opened.assert_clean()


def test_page_without_scripts_lists_the_models(chromium: Browser, toy_page: Path) -> None:
    """Without scripts there is a list instead of an empty page, and no control that would do nothing."""
    with visit(chromium, toy_page, java_script_enabled=False) as opened:
        page = opened.page
        rows = page.locator(".models tbody tr")
        assert [" | ".join(row.locator("th, td").all_text_contents()) for row in rows.all()[:2]] == [
            "Model A | 2018-01-05 | Acme | ",
            "Model F | 2018-06 | Other | Model A",
        ]
        assert rows.first.locator("a").get_attribute("href") == "https://arxiv.org/abs/1706.03762"
        expect(rows.first).to_be_visible()
        expect(page.locator("#search")).to_be_hidden()
        expect(page.locator("#tree")).to_be_hidden()


_CATCH = """(() => { const { Network } = vis; vis.Network = class extends Network {
  constructor(...given) { super(...given); window.drawnNetwork = this; } }; })()"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (360, 740)])
@pytest.mark.parametrize("one", ["llama", "rope", "bert", "vicuna", "touvron-2023-llama"])
def test_names_in_the_network_can_be_read(
    chromium: Browser, real_page: Path, real: LineageGraph, one: str, width: int, height: int
) -> None:
    """However many neighbours there are, names open at 12 pixels or more; on a wide screen all that is shown is in sight."""
    size = {"width": width, "height": height}
    with visit(chromium, real_page, "#n=gpt-2&view=network", viewport=size) as opened:
        page = opened.page
        expect(page.locator("#network canvas")).to_be_visible()
        page.evaluate(_CATCH)
        page.evaluate("one => { location.hash = `n=${one}&view=network`; }", one)
        expect(page.locator("#network-note b")).to_have_text(real[one].name)
        note = page.locator("#network-note").inner_text()
        scale = page.evaluate("drawnNetwork.getScale()")
        assert 14 * scale >= 11.99
        names = page.evaluate(
            """drawnNetwork.body.nodeIndices.map((id) => {
              const { left, top, right, bottom } = drawnNetwork.getBoundingBox(id);
              return [id, drawnNetwork.canvasToDOM({ x: left, y: top }), drawnNetwork.canvasToDOM({ x: right, y: bottom })]; })"""
        )
        neighbours = {edge.source for edge in real.edges() if edge.target == one}
        neighbours |= {edge.target for edge in real.edges() if edge.source == one}
        shown = {name for name, _, _ in names} - {one}
        assert shown <= neighbours
        assert len(shown) >= min(6, len(neighbours))
        kinds = {real[name].kind for name in neighbours}
        assert {real[name].kind for name in shown} == kinds
        part = f"{len(shown)} of {len(neighbours)} neighbours" if shown < neighbours else f"{len(shown)} neighbour"
        assert note.startswith(part), note
        if width > 360:
            room = bounds(page, "#network")
            assert min(first["x"] for _, first, _ in names) >= 0
            assert min(first["y"] for _, first, _ in names) >= 0
            assert max(last["x"] for _, _, last in names) <= room["width"]
            assert max(last["y"] for _, _, last in names) <= room["height"]
        opened.assert_clean()


def test_more_neighbours_are_one_click_away(chromium: Browser, real_page: Path) -> None:
    """A button shows the rest, as far as names go, and takes it back; it is in the address."""
    with visit(chromium, real_page, "#n=llama&view=network", viewport={"width": 1280, "height": 800}) as opened:
        page = opened.page
        expect(page.locator("#network-note")).to_have_text(re.compile(r"^\d+ of 39 neighbours of LLaMA"))
        page.get_by_role("button", name="Show 39 neighbours").click()
        expect(page.locator("#network-note")).to_have_text("39 neighbours of LLaMA within one step")
        assert page.evaluate("location.hash") == "#n=llama&view=network&all=1"
        page.get_by_role("button", name="Show 39 neighbours").click()
        expect(page.locator("#network-note")).to_have_text(re.compile(r"^\d\d? of 39 neighbours of LLaMA"))
        page.evaluate("location.hash = 'n=vicuna&view=network'")
        expect(page.locator("#network-note")).to_have_text("9 neighbours of Vicuna within one step")
        expect(page.locator("#all")).to_be_hidden()
        opened.assert_clean()


@pytest.mark.parametrize("fragment", ["#n=vicuna&view=network&up=2&down=2", "#n=bert&view=network&all=1"])
def test_many_neighbours_on_a_phone_begin_in_sight(chromium: Browser, real_page: Path, fragment: str) -> None:
    """Where not all can be in sight, the nearest to both sides of the chosen node are."""
    with visit(chromium, real_page, "#n=gpt-2&view=network", viewport={"width": 360, "height": 740}) as opened:
        page = opened.page
        expect(page.locator("#network canvas")).to_be_visible()
        page.evaluate(_CATCH)
        page.evaluate("address => { location.hash = address; }", fragment)
        expect(page.locator("#network-note")).to_contain_text("neighbours")
        middles = page.evaluate(
            "drawnNetwork.body.nodeIndices.map((id) => drawnNetwork.canvasToDOM(drawnNetwork.getPosition(id)).x)"
        )
        assert any(0 < x < 120 for x in middles)
        assert any(240 < x < 360 for x in middles)
        opened.assert_clean()
