"""The rules across records: for each a case that breaks it, with the whole message, and one like it that does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import toy
from toy import CLAIM, derived, model, names, paper, technique

import lineage
from lineage import checks

BASE = paper("p", "2017-06-12", names("introduced_technique", "technique", "t")) + technique("t")
INFERRED = CLAIM.replace("stated", "inferred")
EVIDENT = CLAIM.replace("stated", "evident")
THIRD = "evidence: stated, sources: [{url: https://techcrunch.com/x, shows: It says so.}]"
CONFIG = "evidence: evident, sources: [{url: https://huggingface.co/a/b/blob/main/config.json, shows: It shows so.}]"


def used(letter: str, date: str, *fields: str, **words: str) -> str:
    """A model that is joined to the technique of the base, so that it is not isolated."""
    return model(letter, date, names("uses_technique", "technique", "t"), *fields, **words)


def because(reason: str) -> str:
    """The field that says why a model is in."""
    return f"included_because: [{{reason: {reason}}}]"


CASES: dict[str, tuple[str, str, str]] = {
    "duplicate-id": (
        BASE + technique("t", name="Other"),
        "x.yaml:26: error: duplicate-id: `t` is the id of another record, at x.yaml:20; choose another id",
        BASE,
    ),
    "duplicate-name": (
        BASE + used("a", "2020", name='"IDEA t"'),
        "x.yaml:27: error: duplicate-name: `IDEA t` is also the name of `t` (as `Idea t`); tell the two apart by their names",
        BASE + used("a", "2020", name='"Idea t 2"'),
    ),
    "unknown-id": (
        BASE + used("a", "2020", names("succeeds", "model", "b")),
        "x.yaml:37: error: unknown-id: `a` names `b`, and no record has this id; add a record for it, or correct the id",
        BASE + used("a", "2020", names("succeeds", "model", "b")) + used("b", "2019"),
    ),
    "ambiguous-name": (
        BASE
        + used("a", "2020", names("succeeds", "model", "old"))
        + used("b", "2019", aliases="[old]")
        + used("c", "2018", aliases="[OLD]"),
        "x.yaml:37: error: ambiguous-name: `a` names `old`, and no record has this id; write one of: b, c",
        BASE + used("a", "2020", names("succeeds", "model", "b")) + used("b", "2019"),
    ),
    "wrong-kind": (
        BASE + used("a", "2020", names("succeeds", "model", "p")),
        "x.yaml:37: error: wrong-kind: `succeeds` names `p`, which is a paper; name a model, or use another field",
        BASE + used("a", "2020", names("described_by", "paper", "p")),
    ),
    "use-of-a-measure": (
        BASE.replace("category: attention", "category: evaluation") + used("a", "2020"),
        "x.yaml:37: error: use-of-a-measure: `a` is said to use `t`, which measures models;"
        " remove the edge; to be measured is no use",
        BASE + used("a", "2020"),
    ),
    "one-spelling": (
        BASE + used("a", "2020") + used("b", "2020") + used("c", "2020", organizations="[ACME]"),
        "x.yaml:74: error: one-spelling: `ACME` is spelt `Acme` elsewhere; write `Acme`",
        BASE + used("a", "2020") + used("b", "2020") + used("c", "2020", organizations="[Acne]"),
    ),
    "cycle": (
        BASE
        + used("a", "2020", derived("b finetuned"), origin="derived")
        + used("b", "2020", names("succeeds", "model", "a")),
        "x.yaml:37: error: cycle: `a` comes from itself: a <- b <- a; remove the edge that is not true",
        BASE + used("a", "2020", derived("b finetuned"), origin="derived") + used("b", "2020"),
    ),
    "duplicate-edge": (
        BASE + used("a", "2020", derived("b finetuned", "b finetuned"), origin="derived") + used("b", "2020"),
        "x.yaml:44: error: duplicate-edge: `derived_from` names `b` twice; put their sources together in one",
        BASE + used("a", "2020", derived("b finetuned", "b distilled"), origin="derived") + used("b", "2020"),
    ),
    "merge-of-one": (
        BASE + used("a", "2020", derived("b merged"), origin="derived") + used("b", "2020"),
        "x.yaml:37: error: merge-of-one: `a` is merged from one parent; add the other parents, or use another relation",
        BASE
        + used("a", "2020", derived("b merged", "c merged"), origin="derived")
        + used("b", "2020")
        + used("c", "2020"),
    ),
    "one-layout-parent": (
        BASE
        + used(
            "a",
            "2020",
            derived("b finetuned", "c distilled").replace("relation", "layout_parent: true, relation"),
            origin="derived",
        )
        + used("b", "2020")
        + used("c", "2020"),
        "x.yaml:47: error: one-layout-parent: `a` has a second layout parent; mark one parent only",
        BASE
        + used(
            "a",
            "2020",
            derived("b finetuned", "c distilled").replace("relation", "layout_parent: true, relation", 1),
            origin="derived",
        )
        + used("b", "2020")
        + used("c", "2020"),
    ),
    "origin-against-parents": (
        BASE + used("a", "2020", origin="derived"),
        "x.yaml:32: error: origin-against-parents: `a` has the origin `derived`, and no parent that gave it weights;"
        " add the parent, or say `scratch` or `undisclosed`",
        BASE + used("a", "2020", derived("b architecture"), origin="undisclosed") + used("b", "2020"),
    ),
    "isolated": (
        BASE + model("a", "2020"),
        "x.yaml:26: warning: isolated: nothing is joined to `a`; add an edge with its source",
        BASE
        + paper("b", "2020", contribution="survey", arxiv="2001.00001")
        + paper("q", "2018", names("introduced_technique", "technique", "u"), arxiv="1801.00001")
        + technique("u", names("described_by", "paper", "b")),
    ),
    "unexplained": (
        BASE + used("a", "2020") + used("b", "2020", because("first-of-its-kind, note: The first.")),
        "x.yaml:26: error: unexplained: `a` does not say why it is in; add `included_because`",
        BASE + used("a", "2020") + used("b", "2020"),
    ),
    "reason-without-ground": (
        BASE + used("a", "2020", because("parent")),
        "x.yaml:34: error: reason-without-ground: `a` is in as `parent`, and no model comes from it; give another reason",
        BASE
        + used("a", "2020", because("parent"))
        + used("b", "2020", because("generation"), derived("a finetuned"), origin="derived"),
    ),
    "without-introducer": (
        BASE
        + used("a", "2020", names("uses_technique", "technique", "u").replace("uses_technique", "introduced_technique"))
        + technique("u")
        + technique("v", names("refines", "technique", "u")),
        "x.yaml:62: error: without-introducer: nothing introduces `v`;"
        " name it in `introduced_technique` of the paper that describes it first",
        BASE,
    ),
    "several-introducers": (
        BASE + paper("q", "2018", names("introduced_technique", "technique", "t"), arxiv="1801.00001"),
        "x.yaml:35: error: several-introducers: `t` is introduced by `p` already;"
        " keep the earlier one `primary` and call the other `concurrent`",
        BASE
        + paper(
            "q",
            "2018",
            names("introduced_technique", "technique", "t", claim=f"role: concurrent, {CLAIM}"),
            arxiv="1801.00001",
        ),
    ),
    "evidence-against-source": (
        BASE + model("a", "2020", names("uses_technique", "technique", "t", claim=THIRD)),
        "x.yaml:37: error: evidence-against-source: `uses_technique` to `t` is `stated`, and only third parties are cited;"
        " cite the maker's own document, or grade it `reported`",
        BASE + model("a", "2020", names("uses_technique", "technique", "t", claim=THIRD.replace("stated", "reported"))),
    ),
    "date-order": (
        BASE + used("a", "2019", derived("b finetuned"), origin="derived") + used("b", "2020-01"),
        "x.yaml:37: error: date-order: `a` (weights 2019) is earlier than `b` (weights 2020-01); correct a date, or the edge",
        BASE + used("a", "2020", derived("b finetuned"), origin="derived") + used("b", "2020-12"),
    ),
}


def problems(tmp_path: Path, text: str) -> list[str]:
    """What is told of one file, without the name of the directory."""
    place = toy.write(tmp_path / "data", {"x.yaml": text})
    return [str(one).replace(f"{place.as_posix()}/", "") for one in lineage.check(place)]


@pytest.mark.parametrize("rule", CASES)
def test_a_breach_is_told_and_its_like_is_not(tmp_path: Path, rule: str) -> None:
    """A rule tells its breach with place, reason and repair, and passes over what only looks like one."""
    breach, expected, like = CASES[rule]

    assert [one for one in problems(tmp_path / "breach", breach) if f" {rule}: " in one] == [expected]
    assert problems(tmp_path / "like", like) == []


def test_a_rule_without_a_case_does_not_exist() -> None:
    """The rules that the code can name are the ones that the cases of the two test files break."""
    import test_catalog

    source = Path(checks.__file__).parent
    written = (source / "checks.py").read_text() + (source / "catalog.py").read_text()
    calls = re.findall(r"(?:problem|Problem|at)\(([^()]*(?:\([^()]*\)[^()]*)*)\)", written)
    named = {rule for call in calls for rule in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', call)}
    named.update(re.findall(r'return "([a-z]+(?:-[a-z]+)+)"', written))
    told = Path(test_catalog.__file__).read_text()

    assert len(named) > 30
    assert [rule for rule in sorted(named) if rule not in CASES and f"{rule}" not in told] == []


def test_every_rule_of_the_list_is_broken_by_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taking any one rule out of the list loses a problem that a case expects."""
    for rule in checks.RULES:
        monkeypatch.setattr(checks, "RULES", tuple(one for one in checks.RULES if one is not rule))
        lost = [
            name
            for name, (breach, expected, _) in CASES.items()
            if expected not in problems(tmp_path / rule.__name__ / name, breach)
        ]
        monkeypatch.undo()

        assert lost, rule.__name__


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        pytest.param(INFERRED, "is `inferred` without a `note`", id="inferred"),
        pytest.param(INFERRED.replace("sources", "note: So we read it., sources"), None, id="inferred-with-note"),
        pytest.param(EVIDENT, "is `evident`, and no code, configuration or tokenizer is cited", id="evident-paper"),
        pytest.param(CONFIG, None, id="evident-config"),
        pytest.param(
            THIRD.replace("techcrunch", "en.wikipedia").replace(".com", ".org"), "only third parties", id="subdomain"
        ),
        pytest.param(THIRD.replace("techcrunch", "nottechcrunch"), None, id="not-a-subdomain"),
    ],
)
def test_a_grade_of_evidence_needs_a_source_that_carries_it(tmp_path: Path, claim: str, told: str | None) -> None:
    """Each grade accepts what can carry it and refuses what cannot."""
    found = problems(tmp_path, BASE + model("a", "2020", names("uses_technique", "technique", "t", claim=claim)))

    assert len(found) == (1 if told else 0)
    assert not told or told in found[0]


def test_a_paper_may_have_the_name_of_what_it_describes(tmp_path: Path) -> None:
    """The title is no clash, and the name means the model."""
    text = BASE + used("a", "2020", names("described_by", "paper", "p"), name="The paper p")

    assert problems(tmp_path, text) == []
    assert lineage.load(tmp_path / "data").resolve("the paper P") == "a"


def test_dates_of_different_kinds_are_not_compared(tmp_path: Path) -> None:
    """A paper that comes out after the weights of a child is no breach, as with BLOOM and BLOOMZ."""
    parent = used("b", "2020-01").replace("dates: [", "dates: [{kind: paper, date: 2022-11-09}, ")
    child = used("a", "2020-06", derived("b finetuned"), origin="derived")
    child = child.replace("dates: [", "dates: [{kind: paper, date: 2022-11-03}, ")

    assert problems(tmp_path, BASE + parent + child) == []


def test_a_technique_is_not_used_before_it_is_introduced(tmp_path: Path) -> None:
    """A model whose paper is older than the paper of a technique cannot use it."""
    old = used("a", "2016").replace("kind: weights", "kind: paper")

    assert [one.split(": ")[2] for one in problems(tmp_path, BASE + old)] == ["date-order"]


def test_two_cycles_are_both_told(tmp_path: Path) -> None:
    """One cycle does not hide another."""
    text = BASE + "".join(
        used(one, "2020", derived(f"{other} finetuned"), origin="derived") for one, other in ("ab", "ba", "cd", "dc")
    )

    assert [one.split(": ")[2] for one in problems(tmp_path, text)] == ["cycle", "cycle"]


def test_refinement_has_its_own_cycles(tmp_path: Path) -> None:
    """A technique does not refine itself, by whatever way."""
    text = paper("p", "2017", names("introduced_technique", "technique", "t", "u"))
    text += technique("t", names("refines", "technique", "u")) + technique("u", names("refines", "technique", "t"))

    assert [one.split(": ")[2] for one in problems(tmp_path, text)] == ["cycle"]


def test_a_file_that_cannot_be_read_does_not_make_its_names_unknown(tmp_path: Path) -> None:
    """One broken file is one problem, not one for every edge that names its records."""
    place = toy.write(tmp_path)
    (place / "techniques.yaml").write_text("- [", encoding="utf-8")

    assert [one.rule for one in lineage.check(place)] == ["yaml-syntax"]


def test_a_record_that_is_not_sound_does_not_make_its_id_unknown(tmp_path: Path) -> None:
    """One faulty field is one problem, not one for every edge that names its record."""
    text = BASE + used("a", "2020", weights="free") + used("b", "2021", names("succeeds", "model", "a"))

    assert [one.split(": ")[2] for one in problems(tmp_path, text)] == ["unknown-word"]


@pytest.mark.parametrize(
    ("broken", "message", "sound"),
    [
        (
            used("a", "2020", because("named")),
            "`a` is in as `named`, and it is in no collection; name the published set in `collections`, or give another reason",
            used("a", "2020", because("named"), "collections: [tree]"),
        ),
        (
            used("a", "2020", because("introduces-technique")),
            "`a` is in as `introduces-technique`, and it brings no technique that a model here uses;"
            " add the use with its source, or another reason",
            used("a", "2020", because("introduces-technique"), names("described_by", "paper", "p")),
        ),
        (
            used("a", "2020", because("generation")),
            "`a` is in as `generation`, and the family Toy has no other model; give another reason",
            used("a", "2020", because("generation")) + used("b", "2021", because("generation")),
        ),
        (
            used("a", "2020", because("root")) + used("b", "2019-12", because("root")),
            "`a` is in as `root`, and the family Toy has an earlier model; say `generation`",
            used("a", "2020", because("root")) + used("b", "2020-03", because("root")),
        ),
    ],
)
def test_a_reason_that_the_data_can_show_is_shown(tmp_path: Path, broken: str, message: str, sound: str) -> None:
    """Each reason for being in has its ground in the data; where dates overlap, two may be the root."""
    assert [one.split(": ", 3)[3] for one in problems(tmp_path, BASE + broken)] == [message]
    assert problems(tmp_path, BASE + sound) == []


def test_a_judgement_gives_its_ground(tmp_path: Path) -> None:
    """Impact is said with a reason, or not at all."""
    assert [one.split(": ", 3)[3] for one in problems(tmp_path, BASE + used("a", "2020", because("impact")))] == [
        "`included_because.0` `impact` is a judgement; say in `note` what it rests on"
    ]
