"""The figure: measured in the SVG that is written, seen in the PNG, read in the PDF."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import replace
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

import colour_quality
import figure_quality
import pypdf
import pytest
from colour_quality import VISION, contrast, distance, lab
from families import HARD, HOSTILE, edge, family, model
from figure_quality import Quality, measure
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.ttfonts import TTFont

from lineage import LineageGraph, excerpts
from lineage.errors import ToolError
from lineage.folding import kept
from lineage.layout import Scale, lanes, text_width
from lineage.rail import on_rail
from lineage.views import figure, raster
from lineage.views.palette import DARK, LIGHT, THEMES, Theme
from lineage.views.picture import Subject

PAIR = LineageGraph(
    [model("llama", "2023-02-24", "LLaMA", weights="restricted"), model("alpaca", "2023-03-13", "Alpaca")],
    [edge("llama", "alpaca")],
)


def drawn(graph: LineageGraph) -> str:
    """The SVG of all models of a graph."""
    return figure.svg(graph, lanes(graph))


def parsed(text: str) -> ET.Element:
    """The elements of an SVG."""
    return ET.fromstring(text)  # noqa: S314 - our own picture; expat knows no external entities


# -- quality ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [60, 150, 300, 600, 1000])
def test_nothing_overlaps_and_nothing_crosses(size: int) -> None:
    """Zero faults at every size, every model drawn, a form that fits a page, and time told rightly."""
    graph = family(size, size)
    quality = measure(drawn(graph))
    assert (quality.faults, quality.models) == (0, size)
    assert quality.edges == len(lanes(graph).links)
    assert 0.5 <= quality.aspect <= 1.7
    assert quality.time_error <= 10
    assert quality.free_error <= 1
    assert quality.smallest_text >= 8


@pytest.mark.parametrize("scale", ["linear", "density"])
def test_the_rail_has_no_faults(scale: Scale, real: LineageGraph) -> None:
    """Its diamonds stand at their dates, and nothing on it overlaps."""
    layout = on_rail(real, lanes(real, scale=scale))
    quality = measure(figure.svg(real, layout))
    assert layout.rail is not None
    assert (quality.faults, quality.techniques) == (0, len(layout.rail.marks))
    assert quality.free_error <= 1
    assert 0.5 <= quality.aspect <= 1.7


@pytest.mark.parametrize("budget", [20, 60, 110])
def test_a_folded_figure_has_no_faults(budget: int) -> None:
    """Pills stand beside their models and touch nothing."""
    graph = family(300, 3)
    quality = measure(figure.svg(graph, lanes(graph, kept(graph, budget)), Subject(folded=True)))
    assert (quality.faults, quality.models) == (0, budget)
    assert quality.pills > 0


@pytest.mark.parametrize("name", HARD)
def test_hard_graphs_have_no_faults(name: str) -> None:
    """Ties, long chains, many children, strange names: no faults, and no box further than 10 pt from its date."""
    quality = measure(drawn(HARD[name]))
    assert quality.faults == 0
    assert 0.5 <= quality.aspect <= 1.7
    assert quality.time_error <= 10


def test_the_shipped_data_has_no_faults(real: LineageGraph) -> None:
    """The figure of the data that is shipped."""
    quality = measure(drawn(real))
    assert (quality.faults, quality.models) == (0, len(real.nodes("model")))
    assert 0.5 <= quality.aspect <= 1.7
    assert quality.time_error <= 10


@given(st.integers(1, 60), st.integers(0, 10**6))
def test_random_families_have_no_faults(size: int, seed: int) -> None:
    """Zero faults for any family."""
    assert measure(drawn(family(size, seed))).faults == 0


PAGE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">{}</svg>'
YEARS = '<path class="rule" data-year="2020" d="M50 0L50 99"/><path class="rule" data-year="2021" d="M150 0L150 99"/>'
GOOD = Quality(
    models=2, edges=1, techniques=0, pills=0, label_overlaps=0, names_too_wide=0, crossings=0, edges_over_labels=0,
    outside=0, smallest_text=9.0, aspect=2.0, time_error=0.0, free_error=0.0,
)  # fmt: skip


def box(name: str, x: float, y: float, width: float = 20, size: float = 9) -> str:
    """A model as the figure writes it."""
    return (
        f'<a data-id="{name}" data-date="2020"><rect x="{x}" y="{y}" width="{width}" height="14"/>'
        f'<text x="{x + 5}" y="{y + 10}" font-size="{size}">{name}</text></a>'
    )


def line(source: str, target: str, path: str) -> str:
    """A line of descent as the figure writes it."""
    return f'<path data-source="{source}" data-target="{target}" d="{path}"/>'


TWO = YEARS + box("a", 60, 20) + box("b", 100, 20) + line("a", "b", "M80 27L100 27")


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("", {}),
        (box("c", 63, 27, 16), {"models": 3, "label_overlaps": 1}),
        ('<text x="62" y="30" font-size="9">x</text>', {"label_overlaps": 1}),
        ('<a data-parent="b" data-child="a"><rect x="95" y="20" width="9" height="9"/>'
         '<text x="96" y="28" font-size="6">+</text></a>', {"label_overlaps": 1, "smallest_text": 6.0}),
        (box("wide name", 60, 60), {"models": 3, "names_too_wide": 1}),
        (line("c", "d", "M90 10L90 60"), {"edges": 2, "crossings": 1}),
        (line("c", "d", "M70 60L85 60L85 27L90 27"), {"edges": 2, "crossings": 1}),
        (line("a", "c", "M90 10L90 60"), {"edges": 2, "crossings": 1}),
        (line("a", "c", "M80 27L80 60"), {"edges": 2}),
        (line("a", "c", "M85 27L85 60"), {"edges": 2, "crossings": 1}),
        (line("a", "c", "M81 27L95 27"), {"edges": 2, "crossings": 1}),
        (line("c", "d", "M110 10L110 60"), {"edges": 2, "edges_over_labels": 1}),
        (line("c", "d", "M110 60L110 38Q110 30 115 30"), {"edges": 2, "edges_over_labels": 1}),
        (box("c", 190, 60), {"models": 3, "outside": 1, "time_error": 40.0, "free_error": 40.0}),
        (box("c", 155, 60) + box("d", 150, 80) + line("d", "c", "M155 67L155 67"),
         {"models": 4, "edges": 2, "time_error": 5.0}),
        ('<a data-technique="t" data-date="2020-07-02"><path d="M97 60L100 57L103 60L100 63Z"/>'
         '<text x="106" y="63" font-size="8">t</text></a>', {"techniques": 1, "smallest_text": 8.0}),
        ('<a data-technique="t" data-date="2020-07-02"><path d="M95 27L98 24L101 27L98 30Z"/>'
         '<text x="106" y="63" font-size="8">t</text></a>',
         {"techniques": 1, "smallest_text": 8.0, "label_overlaps": 1, "edges_over_labels": 1,
          "time_error": 2.0, "free_error": 2.0}),
        ('<a data-child="a" data-folded="true"><rect x="81" y="10" width="9" height="9"/>'
         '<text x="82" y="18" font-size="8">+</text></a>', {"pills": 1, "smallest_text": 8.0}),
        (line("c", "d", "M110 60L110 120"), {"edges": 2, "outside": 1}),
        ('<rect x="-5" width="9" height="9"/>', {"outside": 1}),
        (box("c", 110, 60, size=7), {"models": 3, "smallest_text": 7.0}),
        (box("c", 20, 60), {"models": 3, "time_error": 30.0, "free_error": 30.0}),
    ],
)  # fmt: skip
def test_every_measure_can_fail(more: str, fault: dict[str, float]) -> None:
    """A small picture is good as it is; what is added to it is found, and nothing else."""
    assert measure(PAGE.format(TWO + more)) == replace(GOOD, **fault)  # type: ignore[arg-type]


def test_the_command_prints_what_it_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One measure in a line; exit status 1 for faults."""
    good, bad = tmp_path / "good.svg", tmp_path / "bad.svg"
    good.write_text(PAGE.format(TWO), encoding="utf-8")
    bad.write_text(PAGE.format(TWO + box("c", 75, 25)), encoding="utf-8")
    assert (figure_quality.main([str(good)]), figure_quality.main([str(bad)])) == (0, 1)
    assert "label overlaps     0\n" in capsys.readouterr().out


# -- SVG -------------------------------------------------------------------------------------------------------------


def test_the_parts_of_a_small_figure() -> None:
    """The whole body of a figure of two models: ground, years, one line, two links, legend and caption."""
    root = parsed(drawn(PAIR))
    words = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == [
        "Family tree of language models",
        "2023",
        "Decoder-only",
        "Alpaca",
        "LLaMA",
        "Architecture",
        "Decoder-only",
        "Weights",
        "open",
        "restricted",
        "Descent by",
        "weights",
        *words[12:],
    ]
    assert (
        " ".join(filter(None, words[12:]))
        == (
            "All 2 models of the graph, 2023. A box begins at its date; where only a month or a year is known, within it. "
        ).strip()
    )
    links = [
        (each.get("href"), each[0].text, each[1].get("class")) for each in root.iter("{http://www.w3.org/2000/svg}a")
    ]
    assert links == [
        ("explorer.html#n=alpaca", "Alpaca, 2023-03-13, Acme, decoder-only, weights open", "open decoder-only"),
        ("explorer.html#n=llama", "LLaMA, 2023-02-24, Acme, decoder-only, weights restricted", "hollow decoder-only"),
    ]
    strokes = [each.attrib for each in root.iter("{http://www.w3.org/2000/svg}path") if each.get("data-source")]
    assert [(each["class"], each["data-source"], each["data-target"]) for each in strokes] == [
        ("weights decoder-only", "llama", "alpaca")
    ]


def test_it_says_what_it_is() -> None:
    """A picture with a title and a description for those who do not see it."""
    root = parsed(drawn(PAIR))
    assert root.get("role") == "img"
    assert [root[0].text, root[1].text] == [
        "Family tree of language models",
        "A family tree of 2 language models, 2023, drawn from left to right by date: 2 in the band “Decoder-only”. "
        "1 line of descent is drawn; 0 other parents are written beside the models.",
    ]


def test_it_needs_nothing_else() -> None:
    """No script, no address but links to the page, the font inside; colours for dark ground by setting and by attribute."""
    text = drawn(family(60, 3))
    assert "<script" not in text
    assert set(re.findall(r'(?:href|src)="([^"#]*)', text)) == {"explorer.html"}
    assert set(re.findall(r"url\(([^;)]*)", text)) == {"data:font/woff2"}
    assert "@media (prefers-color-scheme:dark)" in text
    assert re.search(rf":root\[data-theme=dark\] \.lineage-\w{{8}} \.page\{{fill:{DARK.page}\}}", text)
    assert "style=" not in text


def test_the_caption_says_how_much_is_shown() -> None:
    """Of a selection it says how many models the graph has."""
    graph = family(40, 4)
    some = [node.id for node in graph.nodes("model")][:9]
    assert "9 of the 40 models of the graph" in figure.svg(graph, lanes(graph, some))


def test_the_full_name_is_kept_in_the_title() -> None:
    """A name that is cut is whole in the title of its link."""
    assert f"<title>{'X' * 200}, 2021-04," in drawn(HARD["strange names"])


def test_names_in_other_scripts_are_fitted() -> None:
    """A name with letters that the font lacks is written as wide as its box allows, whatever font steps in."""
    assert re.findall(r'textLength="(\d+)"[^>]*>([^<]*)', drawn(HARD["strange names"]))[0] == ("63", "通义千问大模型")


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_escapes(name: str, organization: str) -> None:
    """Any text in any field gives well-formed XML with the same elements and attributes."""
    plain = LineageGraph([model("a", "2020", "A")], [])
    graph = LineageGraph([model("a", "2020", name, organizations=[organization])], [])
    shape = [[(each.tag, sorted(set(each.attrib) - {"textLength", "lengthAdjust"})) for each in parsed(drawn(one)).iter()]
             for one in (plain, graph)]  # fmt: skip
    assert shape[0] == shape[1]


def test_hostile_text_stays_text() -> None:
    """Markup in a name is written as characters; an id cannot leave its address."""
    graph = LineageGraph([model('"><x>', "2020", HOSTILE, organizations=[HOSTILE])], [])
    text = drawn(graph)
    assert "<img" not in text
    assert "<x>" not in text
    assert 'href="explorer.html#n=%22%3E%3Cx%3E"' in text


# -- PNG and PDF -----------------------------------------------------------------------------------------------------


def test_png_in_two_sizes() -> None:
    """96 dots per inch, or twice as many; the same bytes each time."""
    text = drawn(PAIR)
    width, height = (float(each) * 96 / 72 for each in re.findall(r'(?:width|height)="([\d.]+)pt"', text))
    for scale in (1, 2):
        content = figure.png(text, scale)
        assert struct.unpack(">II", content[16:24]) == pytest.approx((width * scale, height * scale), abs=2)
        assert content == figure.png(text, scale)


def test_a_picture_of_half_the_size() -> None:
    """Half as many dots each way, without transparency, the same bytes each time; what is no PNG is refused."""
    content = figure.png(drawn(PAIR), 2)
    half = raster.halved(content)
    assert raster.size(half) == tuple(side // 2 + side % 2 for side in raster.size(content))
    assert half == raster.halved(content)
    with pytest.raises(ToolError, match="no PNG"):
        raster.halved(b"GIF89a")
    with pytest.raises(ToolError, match="could not be drawn smaller"):
        raster.halved(content[:200])


def test_a_large_png_is_drawn_smaller() -> None:
    """A raster has a limit; a poster is a matter of PDF."""
    text = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', 'width="6000pt" height="6000pt"', drawn(PAIR), count=1)
    width, height = struct.unpack(">II", figure.png(text, 2)[16:24])
    assert 0.9 * figure.MOST_PIXELS < width * height <= 1.01 * figure.MOST_PIXELS


def test_png_of_something_else() -> None:
    """What is no picture is refused with the reason."""
    with pytest.raises(ToolError, match="could not be drawn as PNG"):
        figure.png("<svg")


def test_pdf_has_words_links_and_its_font() -> None:
    """One page as large as the figure, names that can be searched, a link per model and chip, the font embedded."""
    graph = family(60, 7)
    layout = lanes(graph)
    content = figure.pdf(graph, layout)
    assert content == figure.pdf(graph, layout)
    reader = pypdf.PdfReader(io.BytesIO(content))
    (page,) = reader.pages
    size = [float(each) for each in re.findall(r'(?:width|height)="([\d.]+)pt"', figure.svg(graph, layout))]
    assert [float(page.mediabox.width), float(page.mediabox.height)] == pytest.approx(size)
    words = page.extract_text()
    assert all(box.label in words for box in layout.boxes.values())
    links = [annotation.get_object()["/A"]["/URI"] for annotation in page.annotations or ()]
    assert sorted(links) == sorted(
        f"explorer.html#n={one}" for one in [*layout.boxes, *(chip.parent for chip in layout.chips)]
    )
    assert "LineageInter" in content.decode("latin-1")
    assert reader.metadata is not None
    assert reader.metadata.title == "Family tree of language models"


def test_widths_are_those_of_the_bundled_font() -> None:
    """The table of advances says what the font file says, for every character in it."""
    path = resources.files("lineage").joinpath("assets/fonts/inter.ttf")
    face = TTFont("Face", io.BytesIO(path.read_bytes())).face
    assert len(face.charWidths) > 500
    widths = {code: width for code, width in face.charWidths.items() if code != 0xFFFF}  # which closes its table
    off = {chr(code): width for code, width in widths.items() if abs(text_width(chr(code), 1000) - width) > 1}
    assert off == {}


def test_pdf_of_hard_graphs() -> None:
    """Strange names and no models at all do not break it."""
    for name in ("nothing", "strange names", "every child in another band"):
        graph = HARD[name]
        assert figure.pdf(graph, lanes(graph)).startswith(b"%PDF-")


# -- colours ---------------------------------------------------------------------------------------------------------


def test_the_distance_of_colours() -> None:
    """Two pairs of the test data of Sharma, Wu and Dalal 2005."""
    assert distance((50, 2.6772, -79.7751), (50, 0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert distance((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387)) == pytest.approx(1.2644, abs=1e-4)


@pytest.mark.parametrize("ground", ["auto", "light", "dark"])
def test_colours_of_the_written_figure(ground: Literal["auto", "light", "dark"], real: LineageGraph) -> None:
    """In the SVG of everything, with a rail and a highlight, and of a small tree: text 4.5:1, marks 3:1, bands apart by 12."""
    adopters = frozenset(real.adopters("rope"))
    subject = Subject(highlighted=adopters, highlight_said="use RoPE", highlight_key="use RoPE", since="rope")
    whole = figure.svg(real, on_rail(real, lanes(real)), subject, ground=ground)
    part = figure.svg(real, lanes(real, excerpts.around(real, "roberta", up=2, down=1).ids), ground=ground)
    for text in (whole, part):
        found = colour_quality.measure(text)
        assert set(found) == ({"light", "dark"} if ground == "auto" else {"forced"})
        assert [one for one in found.values() if not one.good] == []


@pytest.mark.parametrize("name", ["every child in another band", "strange names", "nothing"])
def test_colours_of_hard_figures(name: str) -> None:
    """A line that runs over the ground of another band stands out from that too."""
    assert all(one.good for one in colour_quality.measure(drawn(HARD[name])).values())


def test_the_measures_of_colour_can_fail() -> None:
    """Pale text, pale lines and two bands of one colour are found, each in the theme that has it."""
    text = drawn(HARD["every child in another band"])
    good = colour_quality.measure(text)
    first, _, dark = text.partition("@media")
    pale = colour_quality.measure(first.replace(f"fill:{LIGHT.ink}", "fill:#999999") + "@media" + dark)
    assert (pale["dark"], pale["light"].good) == (good["dark"], False)
    assert pale["light"].text_contrast < 3
    faint = colour_quality.measure(text.replace(LIGHT.bands["decoder-only"].mark, "#BBCCDD"))
    assert faint["light"].mark_contrast < 3
    same = colour_quality.measure(text.replace(DARK.bands["other"].mark, DARK.bands["decoder-only"].mark))
    assert (same["dark"].distance, same["light"]) == (0, good["light"])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_marks_are_told_apart(theme: Theme, vision: str) -> None:
    """Any two bands differ by 12 or more, whatever colours the reader sees."""
    marks = [lab(swatch.mark, vision) for swatch in theme.bands.values()]
    assert min(distance(one, other) for one, other in combinations(marks, 2)) >= 12


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(theme: Theme) -> None:
    """Marks stand out 3:1 from page and band, text 4.5:1 from everything it is written on."""
    for swatch in theme.bands.values():
        assert contrast(swatch.mark, theme.page) >= 3
        assert contrast(swatch.mark, swatch.tint) >= 3
        assert min(contrast(theme.ink, ground) for ground in (theme.page, swatch.tint, swatch.fill)) >= 4.5
        assert contrast(theme.muted, swatch.tint) >= 4.5
        assert contrast(theme.muted, swatch.faint) >= 4.5
        assert contrast(theme.accent, swatch.tint) >= 3
    assert contrast(theme.muted, theme.page) >= 4.5
    assert contrast(theme.accent, theme.page) >= 3
