"""Cards, answers and tables become records that pass every check; what is wrong with them is told with file and line."""

from __future__ import annotations

import io
import json
import runpy
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lineage
from lineage import LineageGraph, catalog, hub, index
from lineage.cards import MAX_LINE_BYTES, Reading, cleaned, repository
from lineage.cli import cli
from lineage.cli.imports import _summary
from lineage.cli.steps import Steps
from lineage.errors import CatalogError, LineageError, Location, ToolError
from lineage.hub_cards import MAX_BASES, answer, card, read_hub
from lineage.imports import Import, take, written
from lineage.names import Found, Names
from lineage.rows import read_table
from lineage.views.exchange import write

PLACE = Location("cards.jsonl", 7)


shipped = cache(lineage.load)


def answers(*items: Any) -> Reading:
    """What the Hub is made to say."""
    reading = Reading()
    for item in items:
        answer(item, PLACE, reading)
    return reading


def told(key: str, *bases: str, date: str = "2024-05-01", **fields: Any) -> dict[str, Any]:
    """An answer about one model."""
    inner = {"base_model": list(bases)} if bases else {}
    relation = fields.pop("relation", None)
    inner |= {"base_model_relation": relation} if relation else {}
    inner |= fields.pop("card", {})
    return {"id": key, "createdAt": f"{date}T10:00:00.000Z" if date else None, "cardData": inner, **fields}


def imported(place: Path, reading: Reading, real: LineageGraph, **options: Any) -> tuple[Import, LineageGraph]:
    """The import, written to a directory and read from it."""
    known = place.is_dir() and any(place.rglob("*.yaml"))
    existing = catalog.read(place) if known else None
    made = take(reading, real, existing, **options)
    for name, text in written(
        made, lambda name: (place / name).read_text() if (place / name).exists() else None
    ).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return made, lineage.load(place)


def rules(made: Import) -> list[str]:
    """Severity and rule of every problem."""
    return [f"{one.severity} {one.rule}" for one in made.problems]


def descent(graph: LineageGraph) -> list[str]:
    """The lines of descent as text."""
    return [f"{edge.source} {edge.label} {edge.target}" for edge in graph.edges("derived-from", "succeeds")]


# -- cards ---------------------------------------------------------------------------------------------------------------


def save(root: Path, key: str, metadata: str) -> Path:
    """A saved model card."""
    path = root / key / "README.md"
    path.parent.mkdir(parents=True)
    path.write_text(f"---\n{metadata}\n---\n# A model\n", encoding="utf-8")
    return path


def test_a_folder_of_cards_becomes_a_family_tree(tmp_path: Path, real: LineageGraph) -> None:
    """Each relation of the Hub is one of ours, a known parent is copied, an unknown one is a placeholder, and the check is clean."""
    cards = tmp_path / "cards"
    save(
        cards,
        "acme/bot",
        "base_model: meta-llama/Llama-3.1-8B-Instruct\nbase_model_relation: finetune\ndate: 2024-09-01\nlicense: llama3.1",
    )
    save(cards, "acme/bot-GGUF", "base_model: acme/bot\nbase_model_relation: quantized\ndate: 2024-09-03")
    save(cards, "acme/bot-lora", "library_name: peft\nbase_model: acme/bot\ndate: 2024-11")
    save(
        cards,
        "acme/mix",
        "base_model: [acme/bot, stranger/unheard-7b]\ntags: [merge]\ndate: 2025-01-01\nlicense: apache-2.0\nlanguage: en",
    )
    made, graph = imported(tmp_path / "mine", read_hub([cards]), real)

    assert made.written == ("acme-bot", "acme-bot-gguf", "acme-bot-lora", "acme-mix")
    assert (made.borrowed, made.placeholders) == (("llama-3.1",), ("stranger-unheard-7b",))
    assert dict(made.fields) == {"language": 1}
    assert descent(graph) == [
        "acme-bot quantized acme-bot-gguf",
        "acme-bot adapter acme-bot-lora",
        "acme-bot merged acme-mix",
        "llama-3.1 finetuned acme-bot",
        "stranger-unheard-7b merged acme-mix",
    ]
    assert [edge.evidence for edge in graph.edges("derived-from")] == [
        "stated",
        "inferred",
        "inferred",
        "stated",
        "inferred",
    ]
    assert sorted(rules(made)) == ["warning placeholder", *["warning relation"] * 3, "warning taken-as"]
    assert graph["stranger-unheard-7b"].date == "2025"
    assert graph["acme-mix"].data["weights"] == "open"
    assert graph["acme-bot"].data["weights"] == "restricted"
    assert graph["acme-bot"].data["architecture"] == "decoder-only"
    assert index.check(tmp_path / "mine") == ()


def test_the_shipped_records_can_be_joined(tmp_path: Path, real: LineageGraph) -> None:
    """Beside the originals the copies give way; the user's models hang on the whole tree; nothing of ours changes."""
    imported(tmp_path / "mine", answers(told("acme/bot", "mistralai/Mistral-7B-v0.1")), real)
    alone = lineage.load(tmp_path / "mine")
    joined = lineage.load(tmp_path / "mine", with_builtin=True)

    assert sorted(alone) == ["acme-bot", "mistral-7b"]
    assert set(joined) == {*real, "acme-bot"}
    assert "transformer" in joined.ancestors("acme-bot")
    assert [dict(edge.data) for edge in joined.edges() if edge.target != "acme-bot"] == [
        dict(edge.data) for edge in real.edges()
    ]
    assert index.check(tmp_path / "mine", with_builtin=True) == ()


def test_the_card_of_a_model_of_lineage_is_that_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What came of it hangs on the shipped tree; what its maker made of it is a model of its own; both are told."""
    save(tmp_path / "cards", "meta-llama/Llama-2-7b-hf", "date: 2023-07-18\nlicense: llama2")
    save(tmp_path / "cards", "meta-llama/Llama-2-7b-chat-hf", "base_model: meta-llama/Llama-2-7b-hf\ndate: 2023-07-18")
    save(tmp_path / "cards", "meta-llama/Llama-2-7b-it", "base_model: meta-llama/Llama-2-7b-hf\ndate: 2023-07-18")
    save(tmp_path / "cards", "me/ft", "base_model: meta-llama/Llama-2-7b-hf\ndate: 2024-01-01")
    mine = tmp_path / "mine"

    assert run("import", "hf", str(tmp_path / "cards"), "-o", str(mine)) == 0
    assert (
        "\nalready in lineage: meta-llama/Llama-2-7b-chat-hf (llama-2-chat), meta-llama/Llama-2-7b-hf (llama-2)\n"
        in capsys.readouterr().out
    )
    assert descent(lineage.load(mine)) == ["llama-2 finetuned me-ft", "llama-2 finetuned meta-llama-llama-2-7b-it"]
    joined = lineage.load(mine, with_builtin=True)
    assert "llama" in joined.ancestors("me-ft")
    assert "me-ft" in joined.descendants("llama-2")


def test_a_clash_of_ids_is_a_problem_of_the_users_file(tmp_path: Path, real: LineageGraph) -> None:
    """Who has a record called as one of ours is told where, and nothing is joined."""
    table = tmp_path / "m.csv"
    table.write_text("id,name,organizations,date,source\nllama,LLaMA,Me,2023-02-24,https://example.org/x\n")
    imported(tmp_path / "mine", read_table(table), real)

    found = index.check(tmp_path / "mine", with_builtin=True)
    assert {one.rule for one in found if one.severity == "error"} == {"duplicate-id"}
    assert [one.location.file.rpartition("mine/")[2] for one in found if one.severity == "error"] == ["models/me.yaml"]
    with pytest.raises(CatalogError, match="`llama` is the id of another record"):
        lineage.load(tmp_path / "mine", with_builtin=True)


@pytest.mark.parametrize(
    ("item", "relation", "evidence"),
    [
        (told("a/x", "b/y", relation="finetune"), "finetuned", "stated"),
        (told("a/x", "b/y", relation="adapter"), "adapter", "stated"),
        (told("a/x", "b/y", relation="quantized"), "quantized", "stated"),
        (told("a/x", "b/y", "b/z", relation="merge"), "merged", "stated"),
        (told("a/x", "b/y", relation="merge"), "finetuned", "inferred"),
        (told("a/x", "b/y", "b/y", "b/y", relation="merge"), "expanded", "inferred"),
        (told("a/x", "b/y", relation="distilled"), "finetuned", "inferred"),
        (told("a/x", "b/y", "b/z"), "merged", "inferred"),
        (told("a/x", "b/y", library_name="peft"), "adapter", "inferred"),
        (told("a/x-GGUF", "b/y"), "quantized", "inferred"),
        (told("a/x", "b/y", tags=["4-bit"]), "quantized", "inferred"),
        (told("a/x-awesome", "b/y"), "finetuned", "inferred"),
        (told("a/x", "b/y", tags=["base_model:b/y", "base_model:quantized:b/y"]), "quantized", "inferred"),
        (told("a/x", tags=["base_model:adapter:b/y"]), "adapter", "inferred"),
        (told("a/x", tags=["base_model:b/y"]), "finetuned", "inferred"),
    ],
)
def test_a_relation_is_said_or_follows_by_rule(
    tmp_path: Path, real: LineageGraph, item: dict[str, Any], relation: str, evidence: str
) -> None:
    """What a card says is stated; what it does not say is inferred, and a note tells by what."""
    _, graph = imported(tmp_path / "mine", answers(item), real)
    edges = graph.edges("derived-from")

    assert {(edge.relation, edge.evidence) for edge in edges} == {(relation, evidence)}
    assert all(("note" in edge.data) == (evidence == "inferred") for edge in edges)


def test_a_newer_version_succeeds(tmp_path: Path, real: LineageGraph) -> None:
    """`new_version` of a card is a succession where the newer card is read, and told where it is not."""
    one = told("a/v1", date="2024-01-01", card={"new_version": "a/v2"})
    two = told("a/v2", date="2024-06-01", card={"new_version": "a/v3"})
    made, graph = imported(tmp_path / "mine", answers(one, two), real)

    assert descent(graph) == ["a-v1 succeeds a-v2"]
    assert rules(made) == ["error no-card"]


@pytest.mark.parametrize(
    ("items", "expected", "problems"),
    [
        ([told("a/x", "a/x")], [], ["error self-reference"]),
        ([told("a/x", "A/X")], [], ["error self-reference"]),
        (
            [told("a/x", "a/y", relation="finetune"), told("a/y", "a/x", relation="finetune")],
            ["a-y finetuned a-x"],
            ["error cycle"],
        ),
        (
            [told(f"a/{one}", f"a/{other}", relation="finetune") for one, other in ("xy", "yz", "zx")],
            ["a-y finetuned a-x", "a-z finetuned a-y"],
            ["error cycle"],
        ),
        ([told("a/x", "gone", relation="finetune")], ["gone finetuned a-x"], ["warning placeholder"]),
        ([told("x", relation="finetune")], [], ["warning no-maker"]),
        ([told("a/x"), told("A/x")], [], ["error twice"]),
        ([told("a/x", "../outputs/run", relation="finetune")], [], ["error no-name"]),
        ([told("a/x", card={"base_model": 7}, date="2024-01")], [], ["error no-name"]),
        ([told("a/x", card={"base_model": {"name": "b/y"}})], [], ["error no-name"]),
        ([told("a/x", card={"base_model": [["b/y"], None, True]})], [], ["error no-name"] * 3),
        ([told("a/x", card={"base_model": []})], [], []),
        (
            [told("a/x", "https://huggingface.co/b/y/tree/main", relation="finetune")],
            ["b-y finetuned a-x"],
            ["warning placeholder"],
        ),
        ([told("a/x", date="")], [], ["error no-date"]),
        ([told("a/x", date="2022-03-02") | {"createdAt": "2022-03-02T23:29:04.000Z"}], [], ["error no-date"]),
        ([{"id": "a/x", "cardData": "none"}], [], ["error no-date", "error wrong-type"]),
        ([{"id": 3}], [], ["error no-name"]),
        (["a/x"], [], ["error no-name"]),
        ([None], [], ["error no-name"]),
        ([told("a/x", "meta-llama/Llama-3.1-8B", date="2023-01-01", relation="finetune")], [], ["error date-order"]),
        ([told("a/old", "a/new", date="2023-01-01", relation="finetune"), told("a/new")], [], ["error date-order"]),
    ],
)
def test_what_cannot_be_taken_over_is_told(
    tmp_path: Path, real: LineageGraph, items: list[Any], expected: list[str], problems: list[str]
) -> None:
    """Rings, self-references, wrong types, missing names and impossible dates leave out an edge or a card, and never the rest."""
    items = [*items, told("z/sound", "b/parent", relation="finetune")]
    made, graph = imported(tmp_path / "mine", answers(*items), real)

    assert sorted(rules(made)) == sorted([*problems, "warning placeholder"])
    assert descent(graph) == sorted([*expected, "b-parent finetuned z-sound"])
    assert made.read == len(items)
    assert not [one for one in index.check(tmp_path / "mine") if one.severity == "error"]


def test_a_model_without_a_date_gets_the_year_of_its_first_child_or_the_date_that_is_given(
    tmp_path: Path, real: LineageGraph
) -> None:
    """The guess is told, and is not made where a date is given for all."""
    items = [
        told("a/base", date=""),
        told("a/one", "a/base", date="2025-02-01", relation="finetune"),
        told("a/lone", date=""),
    ]
    made, graph = imported(tmp_path / "mine", answers(*items), real)
    assert (graph["a-base"].date, "a-lone" in graph) == ("2025", False)
    assert sorted(rules(made)) == ["error no-date", "warning no-date"]

    made, graph = imported(tmp_path / "given", answers(*items), real, date="2023-07")
    assert (graph["a-base"].date, graph["a-lone"].date) == ("2023-07", "2023-07")


def test_a_model_without_a_date_is_no_earlier_than_its_base(tmp_path: Path, real: LineageGraph) -> None:
    """The year of the latest base that has a date, shipped or read, down the line; the date says that it is inferred."""
    items = [
        told("a/one", "meta-llama/Llama-2-7b-hf", "stranger/base", date="", relation="merge"),
        told("a/two", "a/one", date="", relation="finetune"),
        told("a/base", date="2025-03-01"),
        told("a/three", "a/two", "a/base", date="", relation="merge"),
        told("a/lone", "stranger/other", date="", relation="finetune"),
    ]
    made, graph = imported(tmp_path / "mine", answers(*items), real)

    assert {one: graph[f"a-{one}"].date for one in ("one", "two", "three")} == {
        "one": "2023",
        "two": "2023",
        "three": "2025",
    }
    assert graph["a-one"].data["dates"][0]["sources"][0]["shows"] == (
        "No earlier than this: inferred; the year of Llama 2, from which it comes."
    )
    assert graph["stranger-base"].date == "2023"
    assert "a-lone" not in graph
    assert [one.message for one in made.problems if one.rule == "no-date" and "a/three" in one.message] == [
        "`a/three` tells no date; 2025 was taken, the year of its base"
    ]
    assert index.check(tmp_path / "mine", with_builtin=True) == ()


@pytest.mark.parametrize(
    ("metadata", "line", "message"),
    [
        ("base_model: [", 3, "is not YAML"),
        ("license: mit\nbase_model: no", 3, "`base_model` of `a/x` is `no`, which is no repository; left out"),
        ("a: 1\nb: &x [1]\nc: *x", 4, "uses the alias `*x`"),
        ("base_model: b/y\nlicense: mit\nbase_model: b/z", 4, "gives `base_model` again; the first counts"),
        ("- a\n- b", 2, "its metadata are no fields"),
        (f"tags: {'[' * 50}{']' * 50}", 2, "nests deeper than 32 levels"),
        (f"tags: [{'a,' * 210_000}]", 2, "holds more than 200000 values"),
        ("date: yesterday", 2, "`yesterday` is no date"),
        (
            "base_model_relation: child\nbase_model: b/y",
            2,
            "`base_model_relation` is `child`; taken as if it were not said",
        ),
        ("name: a\x07b", 2, "holds control characters; they were taken out"),
    ],
)
def test_a_bad_card_is_told_with_its_line(tmp_path: Path, metadata: str, line: int, message: str) -> None:
    """Every fault of the metadata has file, line and repair."""
    save(tmp_path, "a/x", metadata)
    reading = read_hub([tmp_path])
    found = [one for one in reading.problems if one.message.startswith(message)]

    assert [(one.location.file, one.location.line) for one in found] == [
        ((tmp_path / "a/x/README.md").as_posix(), line)
    ]
    assert reading.read == 1


def test_ten_thousand_bases_and_a_huge_card_are_taken_in_part(tmp_path: Path, real: LineageGraph) -> None:
    """The first two hundred bases are taken and the rest is told; of a huge card only its beginning is read."""
    path = save(
        tmp_path, "a/x", "base_model:\n" + "".join(f"- b/m{place}\n" for place in range(10_000)) + "date: 2024-01-01"
    )
    with path.open("a") as file:
        file.write("x" * 3 * MAX_LINE_BYTES)
    made, graph = imported(tmp_path / "mine", read_hub([tmp_path]), real)

    assert len(graph.parents("a-x")) == MAX_BASES
    assert [one.message for one in made.problems if one.severity == "error"] == [
        "`a/x` names 10000 bases; the first 200 were taken"
    ]


def test_a_dump_is_read_line_by_line_and_a_broken_line_is_told(tmp_path: Path) -> None:
    """JSON, a list of JSON, and lines of JSON are read alike; what is broken is one problem each."""
    good = json.dumps(told("a/x", "b/y"))
    (tmp_path / "one.json").write_text(good)
    (tmp_path / "list.json").write_text(f"[{good}, {good}]")
    (tmp_path / "many.jsonl").write_text(f'{good}\n\n{{"id": \n{good}\n')
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "nan.json").write_text('{"id": "a/x", "n": NaN, "big": ' + "9" * 5000 + "}")
    (tmp_path / "other.txt").write_text("x")
    reading = read_hub([tmp_path])

    assert [one.place.line for one in reading.cards] == [1, 1, 1, 4, 1, 1]
    assert [(Path(one.location.file).name, one.location.line, one.rule) for one in reading.problems] == [
        ("deep.json", 1, "json-syntax"),
        ("many.jsonl", 3, "json-syntax"),
    ]
    assert reading.read == 8


def test_the_name_of_a_saved_card_is_that_of_its_folders(tmp_path: Path) -> None:
    """A folder org/name, the cache of huggingface_hub, a folder with a given maker, and a file org__name.md."""
    save(tmp_path, "acme/one", "date: 2024")
    save(tmp_path, "models--big--two/snapshots/abc", "date: 2024")
    (tmp_path / "big__three.md").write_text("---\ndate: 2024\n---\n")
    single = save(tmp_path, "elsewhere/four", "date: 2024")

    assert sorted(one.key for one in read_hub([tmp_path]).cards) == [
        "acme/one",
        "big/three",
        "big/two",
        "elsewhere/four",
    ]
    assert [one.key for one in read_hub([single], "acme").cards] == ["acme/four"]


@pytest.mark.parametrize("given_as", ["folder", "file", "both", "org", "here", "all"])
def test_the_maker_is_read_from_the_path(
    tmp_path: Path, real: LineageGraph, monkeypatch: pytest.MonkeyPatch, given_as: str
) -> None:
    """A card that is named by its own folder or file has the maker of the folder above, and the line to what names it holds."""
    folder = save(tmp_path / "cards", "acme/good-8b", "date: 2024-01-01").parent
    save(tmp_path / "cards", "acme/good-8b-GGUF", "base_model: acme/good-8b\ndate: 2024-02-01")
    beside = folder.parent / "good-8b-GGUF"
    monkeypatch.chdir(folder)
    paths = {
        "folder": [folder, beside],
        "file": [folder / "README.md", beside / "README.md"],
        "both": [folder, beside / "README.md"],
        "org": [folder.parent],
        "here": [Path(), Path("../good-8b-GGUF")],
        "all": [tmp_path / "cards"],
    }[given_as]
    reading = read_hub(paths)
    made = take(reading, real)

    assert [(one.key, one.source, one.organizations) for one in reading.cards] == [
        ("acme/good-8b", "https://huggingface.co/acme/good-8b", ("acme",)),
        ("acme/good-8b-GGUF", "https://huggingface.co/acme/good-8b-GGUF", ("acme",)),
    ]
    assert (made.written, made.placeholders) == (("acme-good-8b", "acme-good-8b-gguf"), ())
    assert [one for one in rules(made) if "maker" in one] == [
        "warning maker-of-folder" for _ in reading.cards if given_as != "all"
    ]
    assert [one.key for one in read_hub([folder], "other").cards] == ["other/good-8b"]


def test_a_folder_where_cards_are_kept_is_no_maker(tmp_path: Path) -> None:
    """`cards/good-8b` tells none, and neither does a folder of any name with cards of which nothing says who made them."""
    save(tmp_path / "cards", "good-8b", "date: 2024-01-01")
    save(tmp_path / "mine", "good-8b", "date: 2024-01-01")

    for given_as in (tmp_path / "cards/good-8b", tmp_path / "cards", tmp_path / "mine"):
        assert [(one.key, one.organizations) for one in read_hub([given_as]).cards] == [("good-8b", ())]


@given(text=st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_no_card_brings_the_reader_down(text: str) -> None:
    """Any text for metadata is a card or a problem."""
    reading = Reading()
    card(f"---\n{text}\n---\n", "a/x", PLACE, reading)

    assert len(reading.cards) == 1 or reading.problems


KEYS = st.sampled_from(
    ["a/x", "a/y", "A/X", "b/x.y", "b/x-y", "b/x_y", "gpt2", "meta-llama/Llama-2-7b-hf", "c/" + "l" * 90]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ["license", "tags", "datasets", "date", "new_version", "base_model_relation", "pipeline_tag", "library_name"]
)
ITEMS = st.builds(
    lambda key, bases, relation, date, card, extra: (
        told(key, relation=relation, date=date, card={"base_model": bases} | card) | extra
    ),
    KEYS,
    st.lists(KEYS, max_size=4) | VALUES,
    st.sampled_from([None, "finetune", "merge", "adapter", "x"]),
    st.sampled_from(["", "2019", "2023-02", "2024-05-01", "2022-03-02"]),
    st.dictionaries(FIELDS, VALUES, max_size=3),
    st.dictionaries(
        st.sampled_from(["author", "tags", "gated", "private", "config", "safetensors", "library_name"]),
        VALUES,
        max_size=3,
    ),
)


@given(st.lists(ITEMS, min_size=1, max_size=7), st.lists(ITEMS, max_size=4))
@settings(max_examples=30)
def test_whatever_the_hub_says_the_records_pass_the_check(
    tmp_path_factory: pytest.TempPathFactory, first: list[Any], second: list[Any]
) -> None:
    """Random answers with rings, clashes and wrong types, in two imports: the records are sound, alone and joined, and all is accounted for."""
    real = shipped()
    place = tmp_path_factory.mktemp("import") / "mine"
    for items in (first, second):
        made = take(answers(*items), real, catalog.read(place) if place.is_dir() else None)
        for name, text in written(
            made, lambda name: (place / name).read_text() if (place / name).exists() else None
        ).items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text, encoding="utf-8")
        if place.is_dir():
            assert [str(one) for one in index.check(place) if one.severity == "error"] == []
        assert made.read == len(items)
        assert not [one for one in made.problems if one.rule == "not-a-record"]


def test_any_import_can_be_joined(tmp_path: Path, real: LineageGraph) -> None:
    """Names that lineage has already are given in full, so that both stand beside each other."""
    items = [
        told(name) for name in ("gpt2", "acme/Llama-2", "acme/bert", "other/bert", "google/T5", "rope", "acme/LLaMA")
    ]
    imported(tmp_path / "mine", answers(*items), real)

    assert [str(one) for one in index.check(tmp_path / "mine", with_builtin=True) if one.severity == "error"] == []


# -- again, and beside what is there -----------------------------------------------------------------------------------------


def test_what_is_there_stays(tmp_path: Path, real: LineageGraph) -> None:
    """A second import adds what is new, keeps what was edited, and puts a card in the place of its placeholder."""
    place = tmp_path / "mine"
    imported(place, answers(told("a/x", "b/y", date="2024-05-01", relation="finetune")), real)
    file = place / "models/a.yaml"
    file.write_text(file.read_text().replace("name: x\n", "name: Our X\n", 1))
    edited = file.read_text()
    again = [
        told("a/x", "c/other"),
        told("b/y", date="2023-01-01"),
        told("a/z", "a/x", date="2025-01-01", relation="adapter"),
    ]
    made, graph = imported(place, answers(*again), real)

    assert (made.written, made.there, made.replaced) == (("a-z", "b-y"), ("a-x",), ("b-y",))
    assert file.read_text().startswith(edited)
    assert descent(graph) == ["a-x adapter a-z", "b-y finetuned a-x"]
    assert (graph["a-x"].name, graph["b-y"].date) == ("Our X", "2023-01-01")
    made, _ = imported(place, answers(*again), real)
    assert (made.written, made.there, made.files) == ((), ("a-x", "a-z", "b-y"), {})


def test_a_card_later_than_what_came_from_it_leaves_the_placeholder(tmp_path: Path, real: LineageGraph) -> None:
    """A card that would put what is there out of order is told and left out."""
    place = tmp_path / "mine"
    imported(place, answers(told("a/x", "b/y", relation="finetune")), real)
    made, graph = imported(place, answers(told("b/y", date="2025-01-01")), real)

    assert rules(made) == ["error date-order"]
    assert graph["b-y"].date == "2024"


# -- tables ----------------------------------------------------------------------------------------------------------------------


def test_a_table_becomes_records(tmp_path: Path, real: LineageGraph) -> None:
    """Columns are read by name; parents are rows, models of lineage by any name, or placeholders."""
    path = tmp_path / "models.csv"
    path.write_text(
        "name,organizations,date,derived_from,succeeds,license,weights,parameters,colour\n"
        "Base One,Acme,2023-05-01,,,MIT,open,7B,red\n"
        "Chat One,Acme; Beta,2023-09,Base One finetuned; Llama 2 distilled,,MIT,openish,7B,\n"
        "Chat Two,Acme,2024-02-01,chat one continued-pretraining,Chat One,,api,,\n"
        "Odd,Acme,soon,Nowhere,,,,,\n",
        encoding="utf-8",
    )
    made, graph = imported(tmp_path / "mine", read_table(path, "https://wiki.acme.com/models"), real, date="2025")

    assert descent(graph) == [
        "base-one finetuned chat-one",
        "chat-one continued-pretraining chat-two",
        "chat-one succeeds chat-two",
        "llama-2 distilled chat-one",
        "nowhere finetuned odd",
    ]
    assert graph["chat-one"].organizations == ("Acme", "Beta")
    assert dict(made.fields) == {"colour": 1}
    assert [(one.location.line, one.severity, one.rule) for one in made.problems] == [
        (3, "error", "unknown-word"),
        (5, "warning", "no-date"),
        (5, "warning", "no-date"),
        (5, "warning", "placeholder"),
        (5, "warning", "relation"),
    ]
    assert index.check(tmp_path / "mine") == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a,b\n1,2\n", "no-name"),
        ("name,date\nx,2024\n", "no-source"),
        ("name,source\n,https://a.org\n", "no-name"),
        ("", "no-name"),
        ("name,source,Name\nx,https://a.org,y\n", "twice"),
    ],
)
def test_a_bad_table_is_told(tmp_path: Path, text: str, rule: str) -> None:
    """A table without names, and rows without a name or a source, are problems with their line."""
    (tmp_path / "x.csv").write_text(text)
    reading = read_table(tmp_path / "x.csv")

    assert ([one.rule for one in reading.problems], reading.cards) == ([rule], [])
    assert [one.rule for one in read_table(tmp_path / "none.csv").problems] == ["unreadable"]


def test_what_is_exported_as_csv_can_be_imported(tmp_path: Path, real: LineageGraph) -> None:
    """Ids, names, dates, makers and every line of descent among models come back."""
    chosen = real.subgraph(
        {"transformer", "gpt-1", *real.ancestors("alpaca"), "alpaca", "vicuna", "zephyr", "mistral-7b"}
    )
    (tmp_path / "x.csv").write_text(write("csv", chosen).text, encoding="utf-8")
    made, graph = imported(tmp_path / "mine", read_table(tmp_path / "x.csv"), real)

    assert [node.id for node in graph.nodes()] == [node.id for node in chosen.nodes("model")]
    assert {node.id: (node.name, node.date, node.organizations) for node in graph.nodes()} == {
        node.id: (node.name, node.date, node.organizations) for node in chosen.nodes("model")
    }
    assert descent(graph) == descent(chosen)
    assert not [one for one in made.problems if one.severity == "error"]


def test_what_a_known_third_party_says_is_reported(tmp_path: Path, real: LineageGraph) -> None:
    """The grade follows the host of the source, for descent and for generations, so that what is written can be loaded."""
    (tmp_path / "x.csv").write_text(
        "name,organizations,date,derived_from,succeeds,source\n"
        "Mine,Me,2024,Llama 2 finetuned,,https://en.wikipedia.org/wiki/X\n"
        "Next,Me,2025,Mine finetuned,Mine,https://medium.com/x\n"
        "Last,Me,2025,Mine finetuned,Next,https://me.example/x\n",
        encoding="utf-8",
    )
    _, graph = imported(tmp_path / "mine", read_table(tmp_path / "x.csv"), real)

    assert {(edge.target, edge.evidence) for edge in graph.edges("derived-from", "succeeds")} == {
        ("last", "stated"),
        ("mine", "reported"),
        ("next", "reported"),
    }


def test_the_rows_of_a_table_keep_clear_of_lineage(tmp_path: Path, real: LineageGraph) -> None:
    """Names of ours are given in full, a technique is no parent, and a second import finds the same models again."""
    (tmp_path / "x.csv").write_text(
        "name,organizations,date,derived_from,succeeds,aliases,source\n"
        "RoPE,Me,2024,,,,https://me.example/x\n"
        "Llama 2,Me,2024,RoPE finetuned,,LLaMA; my llama,https://me.example/x\n"
        "My Bot,Me,2025,Llama 2 finetuned; LoRA adapter,FlashAttention,,https://me.example/x\n",
        encoding="utf-8",
    )
    made, graph = imported(tmp_path / "mine", read_table(tmp_path / "x.csv"), real)

    assert not set(graph) & set(real)
    assert rules(made) == [
        "warning name-of-lineage",
        "warning name-of-lineage",
        "error wrong-kind",
        "error wrong-kind",
    ]
    assert [graph[node].aliases for node in graph if graph[node].name.startswith("Llama 2 (")] == [("my llama",)]
    assert len(descent(graph)) == 2
    assert [str(one) for one in index.check(tmp_path / "mine", with_builtin=True) if one.severity == "error"] == []
    again, _ = imported(tmp_path / "mine", read_table(tmp_path / "x.csv"), real)
    assert (again.written, again.files, again.there[-2]) == ((), {}, "my-bot")


# -- what is of the wrong type ---------------------------------------------------------------------------------------------------


WRONG: dict[str, Any] = {
    "id": "acme/x",
    "createdAt": "2024-01-01T00:00:00Z",
    "tags": "base_model:acme/y",
    "config": [],
    "safetensors": {"total": "x"},
    "library_name": 5,
    "author": {},
    "gated": [1],
    "private": "yes",
    "cardData": {
        "license": ["mit", "cc-by-nc-4.0"],
        "datasets": {"a": 1},
        "tags": {"a": 1},
        "pipeline_tag": ["text-generation", 3, None],
        "license_name": ["x"],
        "new_version": 7,
    },
}


def test_what_is_of_the_wrong_type_is_told(real: LineageGraph) -> None:
    """Every field of a line that is no such thing is an error where it was left out and a warning where something was assumed."""
    made = take(answers(json.loads(json.dumps(WRONG))), real)

    assert sorted(
        f"{one.severity} {one.rule}: {one.message}"
        for one in made.problems
        if one.rule not in {"relation", "placeholder"}
    ) == [
        "error no-name: `new_version` of `acme/x` is `7`, which is no repository; left out",
        "error wrong-type: `author` of `acme/x` is `{}`, which is no text; left out",
        "error wrong-type: `config` of `acme/x` is `[]`, which is no mapping; left out",
        "error wrong-type: `datasets` of `acme/x` is `{'a': 1}`, which is no text; left out",
        "error wrong-type: `library_name` of `acme/x` is `5`, which is no text; left out",
        "error wrong-type: `license_name` of `acme/x` is `['x']`, which is no text; left out",
        "error wrong-type: `pipeline_tag` of `acme/x` holds `3` and 1 more, which is no text; left out",
        "error wrong-type: `safetensors.total` of `acme/x` is `x`, which is no number of parameters; left out",
        "error wrong-type: `tags` of `acme/x` is `{'a': 1}`, which is no list of texts; left out",
        "warning licences: `acme/x` names 2 licences: MIT, cc-by-nc-4.0",
        "warning wrong-type: `gated` of `acme/x` is `[1]`; taken as gated",
        "warning wrong-type: `private` of `acme/x` is `yes`; taken as private",
        "warning wrong-type: `tags` of `acme/x` is `base_model:acme/y`; taken as a list of one",
    ]
    assert {one.location for one in made.problems} == {PLACE}
    text = made.files["models/acme.yaml"]
    assert "license: MIT; cc-by-nc-4.0\n" in text
    assert "weights: unreleased\n" in text
    assert made.placeholders == ("acme-y",)


def test_a_card_of_wrong_types_is_told_by_line(tmp_path: Path) -> None:
    """The same of the metadata of a README: the line of each field."""
    save(
        tmp_path,
        "acme/x",
        "date: 2024\nlicense:\n- mit\n- CC-BY-NC-4.0\ntags: merge\nlibrary_name: 5\ndatasets: {a: 1}\ngated: maybe",
    )
    reading = read_hub([tmp_path])

    assert sorted((one.location.line, one.severity, one.rule) for one in reading.problems) == [
        (3, "warning", "licences"),
        (6, "warning", "wrong-type"),
        (7, "error", "wrong-type"),
        (8, "error", "wrong-type"),
        (9, "warning", "wrong-type"),
    ]
    assert [(one.license, one.weights) for one in reading.cards] == [("MIT; CC-BY-NC-4.0", "restricted")]


@pytest.mark.parametrize(
    ("fields", "weights", "license_told", "problems"),
    [
        ({"card": {"license": "MIT"}, "tags": ["license:mit"]}, "open", "MIT", []),
        ({"card": {"license": ["mit", "apache-2.0"]}}, "open", "MIT; Apache-2.0", ["licences"]),
        ({"card": {"license": "mit"}, "tags": ["license:llama2"]}, "restricted", "MIT; llama2", ["licences"]),
        ({"card": {"license": "other", "license_name": "own"}, "tags": ["license:other"]}, "restricted", "own", []),
        ({"card": {"license": "mit"}, "gated": "auto"}, "restricted", "MIT", []),
        ({"card": {"license": "mit"}, "gated": "false"}, "open", "MIT", ["wrong-type"]),
        ({"card": {"license": "mit"}, "private": False, "gated": False}, "open", "MIT", []),
        ({"card": {"license": "mit"}, "private": True}, "unreleased", "MIT", []),
        ({"card": {"license": None, "datasets": "squad", "tags": []}, "config": None}, "restricted", "", []),
    ],
)
def test_licences_say_who_may_have_the_weights(
    fields: dict[str, Any], weights: str, license_told: str, problems: list[str]
) -> None:
    """All licences stand in the record, each once, and the weights are open only if all of them let anyone use them."""
    reading = answers(told("a/x", **fields))

    assert [(one.weights, one.license) for one in reading.cards] == [(weights, license_told)]
    assert [one.rule for one in reading.problems] == problems


# -- the live Hub ----------------------------------------------------------------------------------------------------------------


class FakeHub:
    """A Hub of three models; one more is gated."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def model_info(self, repo_id: str, *, expand: list[Any]) -> Any:
        """One model as the package gives it."""
        assert "cardData" in expand
        self.asked.append(repo_id)
        bases = {"a/child": ["a/mid"], "a/mid": ["a/root", "x/gated"], "a/root": []}
        if repo_id not in bases:
            raise PermissionError("403 gated\nlog in")
        inner = SimpleNamespace(to_dict=lambda: {"base_model": bases[repo_id]})
        parts = SimpleNamespace(total=8_030_261_248)
        return SimpleNamespace(
            id=repo_id, card_data=inner, created_at="2024-05-01T00:00:00Z", safetensors=parts, tags=[], gated=False
        )

    def list_models(self, *, filter: str, limit: int) -> Any:  # noqa: A002 - the word of that package
        """What names a model as its base."""
        assert limit > 0
        return [SimpleNamespace(id="a/child")] if filter == "base_model:a/mid" else []


def test_the_live_tree_is_walked(tmp_path: Path, real: LineageGraph) -> None:
    """Bases up to the depth, children where they are asked for, each model once; what cannot be had is told."""
    fake = FakeHub()
    reading = hub.walk(["a/child"], 5, 0, fake)
    assert fake.asked == ["a/child", "a/mid", "a/root", "x/gated"]
    assert [one.message for one in reading.problems if one.rule == "not-had"] == [
        "the Hub did not tell of it: 403 gated"
    ]
    _, graph = imported(tmp_path / "mine", reading, real)
    assert "a-root" in graph.ancestors("a-child")
    assert graph["a-root"].data["variants"][0]["parameters"] == "8B"

    fake = FakeHub()
    hub.walk(["a/mid", "no name"], 0, 1, fake)
    assert fake.asked == ["a/mid", "a/child"]


def test_whatever_the_package_raises_is_told(tmp_path: Path) -> None:
    """Exceptions of any class from below the call are a problem of that model; a wrong call of ours is no such thing."""
    (tmp_path / "strange_wire.py").write_text(
        "class ConnectError(Exception):\n    pass\n\ndef had(name):\n    raise ConnectError('[Errno -2] Name not known\\nmore')\n"
    )
    wire = runpy.run_path(str(tmp_path / "strange_wire.py"))

    class Unplugged:
        """A Hub that cannot be reached by a package of its own."""

        def model_info(self, repo_id: str, *, expand: list[Any]) -> Any:
            """Fail."""
            assert expand
            return wire["had"](repo_id)

        def list_models(self, *, filter: str, limit: int) -> Any:  # noqa: A002 - the word of that package
            """Fail, when the first is taken."""
            assert limit
            yield wire["had"](filter)

    reading = hub.walk(["a/b"], 1, 1, Unplugged())
    assert [(one.rule, one.message) for one in reading.problems] == [
        ("not-had", "the Hub did not tell of it: [Errno -2] Name not known")
    ]
    assert (reading.read, reading.cards) == (1, [])
    with pytest.raises(AttributeError):
        hub.walk(["a/b"], 1, 0, object())  # type: ignore[arg-type]


def test_children_that_cannot_be_had_leave_the_model(real: LineageGraph) -> None:
    """Where the Hub tells of a model and not of what came from it, the model and its bases are there and the rest is told."""

    class Half(FakeHub):
        def list_models(self, *, filter: str, limit: int) -> Any:  # noqa: A002 - the word of that package
            raise ConnectionError(f"{filter} {limit}")

    reading = hub.walk(["a/mid"], 1, 1, Half())
    assert [card.key for card in reading.cards] == ["a/mid", "a/root"]
    assert [str(one.location) for one in reading.problems if one.rule == "not-had"] == ["hf:a/mid:1", "hf:x/gated:1"]
    assert take(reading, real).written


def test_without_the_package_the_hub_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install, and what to do without it."""
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
    with pytest.raises(ToolError, match="pip install 'model-lineage"):
        hub.connect()


# -- words -------------------------------------------------------------------------------------------------------------------------


def test_names_of_repositories_are_read_strictly() -> None:
    """Addresses are taken for what they name; paths, spaces and dots are none."""
    good = [
        "gpt2",
        "org/name",
        "https://hf.co/org/name",
        "https://huggingface.co/org/name/blob/main/README.md",
        "org/name@main",
    ]
    bad = ["", ".", "../x", "/abs/olute", "a/b/c", "a b", "a/..", "a/.hidden", "ünï/x", "-rf"]

    assert [repository(one) for one in good] == ["gpt2", "org/name", "org/name", "org/name", "org/name"]
    assert [repository(one) for one in bad] == [""] * len(bad)


@given(st.text())
def test_a_cleaned_text_may_stand_in_a_record(text: str) -> None:
    """Nothing invisible, no white space at an end, not too long."""
    from pydantic import TypeAdapter

    from lineage.records import Name

    result = cleaned(text)
    assert not result or TypeAdapter(Name).validate_python(result) == result


def test_names_of_others_are_found(real: LineageGraph) -> None:
    """A repository is a model of lineage by its address, or by its name if the maker is the same."""
    names = Names(real)

    assert names.find_repository("mistralai/Mistral-7B-v0.1") == "mistral-7b"
    assert names.find_repository("meta-llama/Llama-3.1-8B-Instruct") == "llama-3.1"
    assert names.find_repository("stranger/Llama-3.1-8B-Instruct") is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("gpt2", Found("gpt-2")),
        ("t5-small", Found("t5")),
        ("gpt2-medium", Found("gpt-2")),
        ("bert-base-uncased", Found("bert", by_rule=True)),
        ("bert-base-cased", Found("bert", by_rule=True)),
        ("google-bert/bert-base-uncased", Found("bert", by_rule=True)),
        ("FacebookAI/roberta-base", Found("roberta")),
        ("codellama/CodeLlama-7b-hf", Found("code-llama", by_rule=True)),
        ("codellama/CodeLlama-7b-Python-hf", Found("code-llama", by_rule=True)),
        ("Salesforce/codegen-350M-mono", Found("codegen", by_rule=True)),
        ("TinyLlama/TinyLlama-1.1B-Chat-v1.0", Found("tinyllama", by_rule=True)),
        ("huggyllama/llama-7b", Found("llama", by_rule=True)),
        ("huggyllama/llama-30b", Found("llama", by_rule=True)),
        ("unsloth/Meta-Llama-3.1-8B", Found("llama-3.1", by_rule=True)),
        ("meta-llama/Meta-Llama-3-8B", Found("llama-3")),
        # An edition that has a record of its own is that record.
        ("meta-llama/Llama-2-7b-chat-hf", Found("llama-2-chat", by_rule=True)),
        ("meta-llama/Llama-3.2-11B-Vision-Instruct", Found("llama-3.2-vision", by_rule=True)),
        # A month in the name is that of the record.
        ("mistralai/Mistral-Nemo-Instruct-2407", Found("mistral-nemo", by_rule=True)),
        ("mistralai/Mistral-Nemo-Instruct-2501", Found(None, other="mistral-nemo")),
        # The record tells of v0.1; and of no such size, letters or language.
        ("mistralai/Mistral-7B-v0.1", Found("mistral-7b")),
        ("mistralai/Mistral-7B-Instruct-v0.2", Found(None, other="mistral-7b")),
        ("lmsys/vicuna-13b-v1.3", Found(None, other="vicuna")),
        ("meta-llama/Llama-3.1-30B", Found(None, other="llama-3.1")),
        ("bert-base-chinese", Found(None, other="bert")),
        # Weights of lower precision, another maker, what is made of a model, and no name at all.
        ("lmstudio-community/gemma-2-27b-it-GGUF", Found(None)),
        ("unsloth/llama-3-8b-bnb-4bit", Found(None)),
        ("stranger/roberta-base", Found(None)),
        ("NousResearch/Yarn-Llama-2-7b-64k", Found(None)),
        ("base-large", Found(None)),
        ("-".join(["llama"] + ["7b"] * 60), Found(None)),
    ],
)
def test_the_usual_bases_of_the_hub_are_the_models_of_lineage(real: LineageGraph, name: str, found: Found) -> None:
    """Sizes, editions, known owners and copies are found where the record covers them; another version is another model."""
    assert Names(real).look_up_repository(name) == found


def test_what_was_taken_by_its_name_is_told_once(real: LineageGraph) -> None:
    """A base that was taken by rule is a warning at its first mention, and one of another edition says what lineage has."""
    made = take(
        answers(
            *(told(f"a/{one}", "google-bert/bert-base-uncased", relation="finetune") for one in "xyz"),
            told("b/x", "mistralai/Mistral-7B-Instruct-v0.2", relation="finetune"),
        ),
        real,
    )
    assert [f"{one.severity} {one.message}" for one in made.problems] == [
        "warning nothing was read of `mistralai/Mistral-7B-Instruct-v0.2`, the base of `b/x`; it has a record with its "
        "name only; lineage has `mistral-7b`, and its record does not tell of this edition",
        "warning `google-bert/bert-base-uncased` is taken as `bert` (BERT), for its name",
    ]
    assert (made.borrowed, made.placeholders) == (("bert",), ("mistralai-mistral-7b-instruct-v0.2",))


def test_a_long_dump_is_read_without_a_search_for_what_was_meant(
    real: LineageGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No near names are sought for names that lineage does not know; that took nearly all of the time."""

    def searched(*_: object) -> None:
        raise AssertionError("a search for near names")

    monkeypatch.setattr(LineageGraph, "_suggestions", searched)
    made = take(answers(*(told(f"a/m{one}", f"b/unheard-{one}b") for one in range(30))), real)

    assert (len(made.written), len(made.placeholders)) == (30, 30)


# -- the command line --------------------------------------------------------------------------------------------------------------


def run(*words: str) -> int:
    """The exit code of a command."""
    try:
        code = cli.main(list(words), standalone_mode=False)
    except LineageError as error:
        return error.exit_code
    return code if isinstance(code, int) else 0


def test_the_command_says_what_became_of_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The summary on stdout, the problems on stderr and in the report; 1 where something was left out, 0 else."""
    save(tmp_path / "cards", "a/x", "base_model: b/y\ndate: 2024-01-01\nbase_model_relation: finetune")
    save(tmp_path / "cards", "a/y", "license: mit")
    mine, report = tmp_path / "mine", tmp_path / "report.json"

    assert run("import", "hf", str(tmp_path / "cards"), "-o", str(mine), "--report", str(report)) == 1
    out, err = capsys.readouterr()
    assert out == (
        f"     1 of 2 models written to {mine}\n     1 parent of which nothing was read but the name\n"
        f"     1 thing assumed\n     1 thing left out\n"
        f"now: lineage --data {mine} build, or lineage --data {mine} --with-builtin build\n"
    )
    assert [line.partition("README.md:")[2].partition(": ")[0] for line in err.splitlines()] == ["1", "2"]
    content = json.loads(report.read_text())
    assert (content["written"], content["placeholders"], len(content["problems"])) == (["a-x"], ["b-y"], 2)
    assert run("import", "hf", str(tmp_path / "cards"), "-o", str(mine), "--date", "2024") == 0
    assert run("--data", str(mine), "--with-builtin", "ls", "a-y") == 0


def test_what_holds_nothing_is_told(tmp_path: Path) -> None:
    """Empty answers and dumps, and a folder called README.md."""
    cards = tmp_path / "cards"
    (cards / "a/x/README.md").mkdir(parents=True)
    for name, text in (("a.json", ""), ("b.jsonl", "\n\n"), ("c.json", "[]")):
        (cards / name).write_text(text)

    assert [(Path(one.location.file).name, one.message) for one in read_hub([cards]).problems] == [
        ("README.md", "is no regular file; left out"),
        ("a.json", "is empty"),
        ("b.jsonl", "is empty"),
        ("c.json", "is empty"),
    ]


def test_a_long_dump_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every 200 lines are a step, which a terminal shows after a second and nothing else ever does; nothing is obeyed in it."""
    (tmp_path / "big.jsonl").write_text("".join(json.dumps(told(f"a/m{one}")) + "\n" for one in range(450)))
    steps: list[str] = []
    assert len(read_hub([tmp_path], begin=steps.append).cards) == 450
    assert steps == ["reading big.jsonl: 200 lines", "reading big.jsonl: 400 lines"]

    class Wire(io.StringIO):
        terminal = True

        def isatty(self) -> bool:
            return self.terminal

    for terminal, began, sent in ((True, -1e9, "\r\x1b[Kx[2J ...\r\x1b[K"), (True, 1e18, ""), (False, -1e9, "")):
        wire = Wire()
        wire.terminal = terminal
        monkeypatch.setattr("sys.stderr", wire)
        shown = Steps(began)
        shown.begin("x\x1b[2J")
        shown.end()
        assert wire.getvalue() == sent


def test_where_to_write_is_said_alike_everywhere(tmp_path: Path) -> None:
    """`-o`, `--output` and `--out` are the same for every command that writes."""
    for name in ("build", "figure", "export", "import hf", "import csv"):
        command: Any = cli
        for word in name.split():
            command = command.get_command(command.make_context("lineage", ["ls"]), word)
        assert [one.opts for one in command.params if "-o" in one.opts] == [["-o", "--output", "--out"]], name
    (tmp_path / "x.csv").write_text("name,organizations,date,source\nA,Me,2024,https://me.example/a\n")
    assert run("import", "csv", str(tmp_path / "x.csv"), "--out", str(tmp_path / "mine")) == 0
    assert run("--data", str(tmp_path / "mine"), "export", "json", "--out", str(tmp_path / "x.json")) == 0
    assert json.loads((tmp_path / "x.json").read_text())["nodes"]


def test_nothing_that_came_with_lineage_is_written_to(tmp_path: Path) -> None:
    """Its own directory is refused, and so is one whose records have problems."""
    save(tmp_path / "cards", "a/x", "date: 2024-01-01")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/x.yaml").write_text("- kind: thing\n")

    assert run("import", "hf", str(tmp_path / "cards"), "-o", str(index.builtin_directory() / "mine")) == 5
    assert run("import", "hf", str(tmp_path / "cards"), "-o", str(tmp_path / "broken")) == 4
    assert (tmp_path / "broken/x.yaml").read_text() == "- kind: thing\n"


@pytest.mark.parametrize(
    "words",
    [
        "import hf gone -o x",
        "import csv gone.csv -o x",
        "import hf -o x",
        "import csv x.csv -o x --source http://a",
        "import hf a -o x --date soon",
        "--with-builtin ls",
    ],
)
def test_wrong_use_is_told(words: str) -> None:
    """A usage error for no paths, an address that is not https, a date that is none, and nothing to join."""
    import click

    with pytest.raises(click.UsageError):
        cli.main(words.split(), standalone_mode=False)


def test_the_numbers_of_a_summary_are_written_in_one_way(tmp_path: Path) -> None:
    """Thousands have their comma in both numbers, and one is no plural."""
    for read, said in ((3000, " 3,000 of 3,000 models written to "), (1, "     1 of 1 model written to ")):
        made = Import({}, (), read, tuple(map(str, range(read))), (), (), (), {})
        assert _summary(made, tmp_path, loads=False) == f"{said}{tmp_path}\n"
