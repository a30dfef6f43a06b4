"""Tables as people save them: numbers, words, separators and rows of any sheet are read, or told with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineage import LineageGraph
from lineage.cards import Reading
from lineage.imports import take
from lineage.rows import read_table

SOURCE = "https://me.example/models"


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Reading:
    """A saved table, read."""
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode(encoding))
    return read_table(path, SOURCE)


def told(reading: Reading) -> list[str]:
    """Every problem without its file and repair."""
    return [f"{one.location.line} {one.severity} {one.rule}: {one.message}" for one in reading.problems]


@pytest.mark.parametrize(
    ("text", "value", "severity"),
    [
        ("7B", "7B", ""),
        ("7b", "7B", ""),
        ("7 billion", "7B", ""),
        ("7 bn params", "7B", ""),
        ("6.74 B", "6.74B", ""),
        ("7000000000", "7B", ""),
        ("7.00E+09", "7B", ""),
        ("7,000,000,000", "7B", ""),
        ("7.000.000.000", "7B", ""),
        ("7240000000", "7.24B", ""),
        ("7241732096", "7.2B", ""),
        ("350 million", "350M", ""),
        ("7,5B", "7.5B", "warning"),
        ("lots", "", "error"),
        ("8x7B", "", "error"),
        ("0B", "", "error"),
        ("-7B", "", "error"),
        ("7", "", "error"),
        ("9" * 30, "", "error"),
        ("7.500", "", "error"),
    ],
)
def test_numbers_of_parameters_are_read_as_people_write_them(
    tmp_path: Path, text: str, value: str, severity: str
) -> None:
    """What can mean one thing is read, what was assumed is a warning, and what is no number is an error; no cell is lost."""
    reading = table(tmp_path, f'name,parameters\nA,"{text}"\n')

    assert [card.parameters for card in reading.cards] == [value]
    assert [(one.severity, one.rule) for one in reading.problems] == ([(severity, "no-number")] if severity else [])


@pytest.mark.parametrize(
    ("text", "value", "severity"),
    [
        ("4096", 4096, ""),
        ("4096.0", 4096, ""),
        ("4,096", 4096, ""),
        ("4 096", 4096, ""),
        ("4096 tokens", 4096, ""),
        ("4k", 4096, "warning"),
        ("128K", 131_072, "warning"),
        ("200k", 200_000, "warning"),
        ("1M", 1_000_000, "warning"),
        ("4.096", 4096, "warning"),
        ("many", None, "error"),
        ("-5", None, "error"),
        ("0", None, "error"),
        ("0.5", None, "error"),
        ("9999999999", None, "error"),
    ],
)
def test_lengths_of_context_are_read_as_people_write_them(
    tmp_path: Path, text: str, value: int | None, severity: str
) -> None:
    """Whole numbers in any writing; K of a power of two counts in twos, and is told; what is none is an error."""
    reading = table(tmp_path, f'name,context_length\nA,"{text}"\n')

    assert [card.context_length for card in reading.cards] == [value]
    assert [(one.severity, one.rule) for one in reading.problems] == ([(severity, "no-number")] if severity else [])


def test_what_a_cell_was_taken_for_is_said(tmp_path: Path, real: LineageGraph) -> None:
    """The messages name column, cell and value; the rest of the row is written."""
    reading = table(
        tmp_path, "name,organizations,date,parameters,context_length\nA,Me,2024,lots,4k\nB,Me,2024,7b,many\n"
    )
    made = take(reading, real)

    assert told(reading) == [
        "2 warning no-number: `context_length` is `4k`; taken as 4096",
        "2 error no-number: `parameters` is `lots`, which is no such number; left out",
        "3 error no-number: `context_length` is `many`, which is no such number; left out",
    ]
    assert made.written == ("a", "b")
    assert "parameters: 7B" in made.files["models/me.yaml"]


def test_words_count_in_any_case(tmp_path: Path) -> None:
    """`Decoder-Only`, `decoder only`, OPEN and `Finetuned` are the words of the glossary; others are errors."""
    reading = table(
        tmp_path,
        "name,kind,architecture,weights,origin,date_kind,derived_from\n"
        "A,Model,Decoder-Only,OPEN,Scratch,Paper,\n"
        "B,model,decoder only,open,Derived,WEIGHTS,A Finetuned\n"
        "C,,encoder_decoder,half,,,A fine-tuned; A Merged\n"
        "A Merged,,,,,,A Continued-Pretraining\n",
    )
    assert [
        (one.architecture, one.weights, one.origin, one.date_kind, [(base.name, base.relation) for base in one.bases])
        for one in reading.cards
    ] == [
        ("decoder-only", "open", "scratch", "paper", []),
        ("decoder-only", "open", "derived", "weights", [("A", "finetuned")]),
        ("encoder-decoder", None, None, "weights", [("A", "finetuned"), ("A Merged", "finetuned")]),
        (None, None, None, "weights", [("A", "continued-pretraining")]),
    ]
    assert told(reading) == ["4 error unknown-word: `weights` is `half`; left out"]


def test_a_relation_without_a_parent_leaves_the_row(tmp_path: Path, real: LineageGraph) -> None:
    """Only the empty claim is left out, and it says what is missing; a row called so is a parent."""
    reading = table(
        tmp_path,
        "name,organizations,date,derived_from\n"
        "G,Me,2024,finetuned\n"
        "H,Me,2024,Finetuned; G merged\n"
        "Merged,Me,2024,\n"
        "I,Me,2024,Merged\n",
    )
    made = take(reading, real)

    assert [one for one in told(reading) if " error " in one] == [
        "2 error no-parent: `derived_from` of `G` is `finetuned`: the parent is missing; left out",
        "3 error no-parent: `derived_from` of `H` is `Finetuned`: the parent is missing; left out",
    ]
    assert (made.written, made.placeholders) == (("g", "h", "i", "merged"), ())
    assert [base.name for card in reading.cards for base in card.bases] == ["G", "Merged"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(("sign", "called"), [(",", ""), (";", "semicolons"), ("\t", "tabs")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_separator_is_read_and_told(tmp_path: Path, sign: str, called: str, encoding: str, end: str) -> None:
    """Commas, semicolons and tabs stand between the columns, with and without a byte order mark."""
    rows = [["Name", "date", "derived_from"], ["A", "2024", '"X merged; Y merged"'], ["B", "2023-05", "A finetuned"]]
    reading = table(tmp_path, "".join(sign.join(row) + end for row in rows), encoding)

    assert [(one.name, one.date, [base.name for base in one.bases]) for one in reading.cards] == [
        ("A", "2024", ["X", "Y"]),
        ("B", "2023-05", ["A"]),
    ]
    assert told(reading) == ([f"1 warning separator: is separated by {called}, and was read so"] if called else [])


def test_what_a_spreadsheet_adds_is_no_row(tmp_path: Path) -> None:
    """Emptied rows are passed over, and `sep=;` in the first line says what separates; lines count from the top of the file."""
    reading = table(tmp_path, "sep=;\nname;date\nA;2024\n;\n ; \nB;soon\n;;;\n")

    assert [one.name for one in reading.cards] == ["A", "B"]
    assert reading.read == 2
    assert told(reading) == [
        "1 warning separator: is separated by semicolons, and was read so",
        "6 warning no-date: `soon` is no date",
    ]


def test_an_edge_that_was_left_out_was_not_assumed(tmp_path: Path, real: LineageGraph) -> None:
    """A base that is later than its child is told once, as left out, and not as a relation that was assumed."""
    made = take(table(tmp_path, "name,organizations,date,derived_from\nA,Me,2020,Llama 2\nB,Me,2024,Llama 2\n"), real)

    assert [(one.location.line, one.rule) for one in made.problems] == [(2, "date-order"), (3, "relation")]


def test_a_model_of_lineage_by_its_edition_is_told(tmp_path: Path, real: LineageGraph) -> None:
    """In a table, too, a size that the record names is the model, and an edition that it does not name is a warning."""
    text = "name,organizations,date,derived_from\nA,Me,2024,Llama 2 7B finetuned; BERT base uncased merged; T5 small merged\n"
    made = take(table(tmp_path, text), real)

    assert set(made.borrowed) >= {"llama-2", "bert", "t5"}
    assert [one.message for one in made.problems] == ["`BERT base uncased` is taken as `bert` (BERT), for its name"]
