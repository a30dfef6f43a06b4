"""The audit: what is drawn, that it is random and repeatable, and what the verdicts say."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st

import lineage
from lineage import LineageGraph
from lineage.audit import VERDICTS, claims, sample, score
from lineage.views.audit_sheet import COLUMNS, SheetError, read_sheet, result, sheet


def test_every_edge_date_and_maker_is_a_claim(graph: LineageGraph) -> None:
    """Fourteen edges, nine dates and seven makers, each with its source and the line of its record."""
    found = claims(graph)

    assert Counter(claim.stratum for claim in found) == {
        "date": 9,
        "maker": 7,
        "derived-from": 5,
        "uses-technique": 3,
        "described-by": 2,
        "introduced-technique": 2,
        "refines": 1,
        "succeeds": 1,
    }
    assert len({claim.key for claim in found}) == len(found)
    assert all(claim.sources for claim in found)


def test_a_claim_reads_as_the_record_says_it(graph: LineageGraph) -> None:
    """Child before parent, document before technique, with relation, grade, and the line where it stands."""
    told = {claim.key: (claim.text, claim.evidence, claim.location) for claim in claims(graph)}

    assert told["derived-from|d|b|merged"] == (
        "Model D [d] derived-from (merged) Model B [b]",
        "stated",
        "models/new.yaml:1",
    )
    assert told["introduced-technique|p|t|"][0] == "The paper p [p] introduced-technique Idea t [t]"
    assert told["date|g|weights|2022"][0] == "Model G [g] date (weights) 2022"
    assert told["maker|f|Other"][0] == "Model F [f] made by Other"


def test_a_sample_is_the_same_again_and_another_for_another_seed(graph: LineageGraph) -> None:
    """The seed decides; what was read before is left out."""
    first = sample(graph, 10, 1)
    rest = sample(graph, 100, 1, [claim.key for claim in first])

    assert first == sample(graph, 10, 1) != sample(graph, 10, 2)
    assert len(first) == 10
    assert {*first, *rest} == {*claims(graph)}
    assert set(first).isdisjoint(rest)


def test_few_parents_are_read_as_closely_as_many_techniques(real: LineageGraph) -> None:
    """Every kind of claim is in a sample of 150, by the square root of how many there are."""
    sizes = Counter(claim.stratum for claim in claims(real))
    drawn = Counter(claim.stratum for claim in sample(real, 150, 1))
    whole = sum(size**0.5 for size in sizes.values())

    assert drawn.total() == 150
    assert all(abs(drawn[name] - 150 * size**0.5 / whole) <= 1 for name, size in sizes.items())


def test_a_claim_that_is_added_changes_little_of_a_sample(tmp_path: Path) -> None:
    """The order of the others stays, so that at most one of each kind gives way."""
    before = lineage.load(toy.write(tmp_path / "before"))
    files = toy.FILES | {"more.yaml": toy.model("h", "2023", toy.names("succeeds", "model", "g"))}
    after = lineage.load(toy.write(tmp_path / "after", files))

    lost = Counter(claim.stratum for claim in set(sample(before, 15, 1)) - set(sample(after, 15, 1)))
    assert max(lost.values(), default=0) <= 1


@given(st.lists(st.tuples(st.sampled_from(["date", "maker"]), st.sampled_from(VERDICTS)), max_size=60))
def test_the_rate_lies_in_its_interval(verdicts: list[tuple[str, str]]) -> None:
    """Between nought and one, and inside its interval; right and imprecise claims are no errors."""
    found = score({"date": 900, "maker": 100}, verdicts)

    assert 0 <= found.interval[0] <= found.rate <= found.interval[1] <= 1
    assert found.errors == sum(verdict.startswith("wrong") for _, verdict in verdicts)
    assert found.read == sum(verdict != "unreadable" for _, verdict in verdicts)


def test_an_unweighted_sample_has_the_interval_of_the_textbook() -> None:
    """3 of 150: 0.68 % to 5.71 % (the score interval, as R's prop.test without correction gives it)."""
    found = score({"date": 1000}, [("date", "wrong")] * 3 + [("date", "right")] * 147)

    assert (found.rate, found.plain_rate) == (0.02, 0.02)
    assert [round(100 * bound, 2) for bound in found.interval] == [0.68, 5.71]


def test_a_filled_sheet_is_scored(graph: LineageGraph) -> None:
    """What is drawn, filled in and read again gives the table and the sentence."""
    drawn = sample(graph, 12, 1)
    rows = list(csv.reader(io.StringIO(sheet(drawn, claims(graph)))))
    for row in rows[1:-1]:
        row[5] = "wrong-parent" if row[0] == "derived-from|d|b|merged" else "right"
    rows[1][5] = "imprecise"
    rows[2][5] = "unreadable"
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    sizes, verdicts, keys = read_sheet(out.getvalue(), "sheet.csv")

    assert keys == [claim.key for claim in drawn]
    assert result(score(sizes, verdicts)).splitlines()[-6:] == [
        f"| all | 30 | 11 | {sum(one == 'wrong-parent' for _, one in verdicts)} "
        f"| {sum(one == 'wrong-parent' for _, one in verdicts)} | 1 |",
        "",
        *result(score(sizes, verdicts)).splitlines()[-4:],
    ]
    assert result(score({"date": 10}, [("date", "right")] * 10)) == (
        "| kind of claim | in the data | read | wrong | of these a wrong parent | imprecise |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n"
        "| date | 10 | 10 | 0 | 0 | 0 |\n"
        "| all | 10 | 10 | 0 | 0 | 0 |\n\n"
        "Wrong: 0 of 10 claims read (0.0 %).\n"
        "Each kind weighed by its number in the data: 0.0 %,\n"
        "95 % interval 0.0 % to 27.8 %.\n"
        "Sources that could not be opened: 0.\n"
    )


def test_no_cell_of_a_sheet_is_a_formula(tmp_path: Path) -> None:
    """A name that a spreadsheet would reckon with is text in the sheet, and its key is read back as it was."""
    files = {"x.yaml": toy.FILES["papers.yaml"] + toy.FILES["techniques.yaml"]}
    files["y.yaml"] = toy.model("a", "2020", toy.names("uses_technique", "technique", "t"), name="'=HYPERLINK(\"x\")'")
    graph = lineage.load(toy.write(tmp_path, files))
    text = sheet(claims(graph), claims(graph))
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]

    assert any("=HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "s.csv:1: is no audit sheet; its first line is key,claim,evidence,sources,where,verdict,remark"),
        (
            ",".join(COLUMNS) + "\ndate|x,,,,,,\ndate|y,,,,,perhaps,\nz\nclaims in the data,date=2,,,,,\n",
            "s.csv: row 2: has no verdict; write one of: right, imprecise, wrong, wrong-parent, unreadable\n"
            "s.csv: row 3: has the verdict `perhaps`; write one of: right, imprecise, wrong, wrong-parent, unreadable\n"
            "s.csv: row 4: has 1 cells; a sheet has 7",
        ),
        (
            ",".join(COLUMNS) + "\ndate|x,,,,,right,\n",
            "s.csv: lacks the line `claims in the data`; draw the sheet with `lineage audit`",
        ),
        (
            ",".join(COLUMNS) + "\ndate|x,,,,,right,\ndate|x,,,,,right,\nclaims in the data,date=1,,,,,\n",
            "s.csv: reads `date|x` 2 times\ns.csv: reads 2 claims of the kind date, of 1",
        ),
        (
            ",".join(COLUMNS) + "\n" + "date|x,,,,,,\n" * 30 + "claims in the data,date=50,,,,,\n",
            "\n".join(
                f"s.csv: row {row}: has no verdict; write one of: right, imprecise, wrong, wrong-parent, unreadable"
                for row in range(2, 22)
            )
            + "\nand 11 more",
        ),
        (
            ",".join(COLUMNS) + '\ndate|"' + "x" * 200_000 + '",,,,,,\n',
            "s.csv: is no CSV: field larger than field limit (131072)",
        ),
        (
            ",".join(COLUMNS) + "\ncolour|x,,,,,right,\nclaims in the data,date=2,,,,,\n",
            "s.csv: `colour` is no kind of claim",
        ),
    ],
)
def test_a_sheet_that_is_none_is_told(text: str, message: str) -> None:
    """All faults at once, with the row and what to write."""
    with pytest.raises(SheetError) as caught:
        read_sheet(text, "s.csv")

    assert str(caught.value) == message


def test_a_sheet_from_a_spreadsheet_is_read() -> None:
    """With a byte order mark, and with verdicts as people write them."""
    text = "\ufeff" + ",".join(COLUMNS) + "\ndate|x,,,,, Right ,\nclaims in the data,date=2,,,,,\n"

    assert read_sheet(text, "s.csv") == ({"date": 2}, [("date", "right")], ["date|x"])
