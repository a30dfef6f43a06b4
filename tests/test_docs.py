"""What the documents say is what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import lineage
from lineage import LineageGraph, vocabulary
from lineage.analysis import stats
from lineage.audit import score
from lineage.canonical import formatted
from lineage.cli import cli
from lineage.rows import COLUMNS
from lineage.views.audit_sheet import read_sheet, result
from lineage.views.exchange import FORMATS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ASKED = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
QUESTIONS = list(dict.fromkeys(re.findall(r"^\$ lineage (.+?)(?: +# .*)?$", README + ASKED, re.MULTILINE)))


def test_the_template_of_the_contributing_guide_loads(tmp_path: Path) -> None:
    """The annotated template is a sound, canonical record once its parent and its technique are there."""
    text = re.search(r"```yaml\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL)
    assert text
    template = text.group(1)
    model = template.split("\n- kind: paper")[0]
    parent = re.sub(r"  (derived_from|uses_technique|described_by):\n(    .*\n)+", "", model)
    for old, new in (("example-2\n", "example-1\n"), ("Example 2\n", "Example 1\n"), ("Example Two", "Example One")):
        parent = parent.replace(old, new)
    parent = parent.replace("origin: derived", "origin: scratch")
    rope = "- kind: technique\n  id: rope\n  name: RoPE\n  category: position-encoding\n  summary: It turns.\n"
    introduces = (
        "- kind: paper\n  id: su\n  title: RoFormer\n  type: paper\n  contribution: method\n  authors: [Jianlin Su]\n"
        '  arxiv: "2104.09864"\n  dates: [{kind: paper, date: 2021-04-20}]\n  introduced_technique: [{technique: rope,'
        " evidence: stated, sources: [{url: https://arxiv.org/abs/2104.09864, shows: It turns.}]}]\n"
    )
    (tmp_path / "x.yaml").write_text(template, encoding="utf-8")
    (tmp_path / "y.yaml").write_text(formatted(parent + rope + introduces) or "", encoding="utf-8")

    assert lineage.check(tmp_path) == ()
    assert lineage.load(tmp_path).parents("example-2") == ("example-1",)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_the_readme_is_answered(question: str, tmp_path: Path) -> None:
    """Each command of the README exits 0 on the data that come with lineage."""
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', question)]
    place = tmp_path if "-o" in words else ROOT  # `diff` names a directory of the repository
    done = subprocess.run([sys.executable, "-m", "lineage", *words], check=False, capture_output=True, cwd=place)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", ["exports.md", "imports.md"])
def test_the_examples_of_a_document_run(document: str, tmp_path: Path) -> None:
    """The commands of a document run one after another beside the files that it shows, and each exits 0."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    for name, content in re.findall(r"^```\w+ (\S+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    commands = re.findall(r"^\$ lineage (.+)$", text, re.MULTILINE)
    assert commands
    for command in commands:
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)]
        done = subprocess.run([sys.executable, "-m", "lineage", *words], check=False, capture_output=True, cwd=tmp_path)
        assert (command, done.returncode) == (command, 0), done.stderr


def test_the_documents_tell_every_format_and_every_column() -> None:
    """Each format has a row in the document of the exports, and each column a word in that of the imports."""
    exports, imports = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("exports.md", "imports.md"))

    assert re.findall(r"^\| `([a-z-]+)` \|", exports, re.MULTILINE) == list(FORMATS)
    assert [one for one in COLUMNS if f"`{one}`" not in imports and one != "kind"] == []


def test_the_readme_asks_every_kind_of_question() -> None:
    """Each command that answers is shown once in the README."""
    shown = {question.split()[0] for question in QUESTIONS}

    assert set(cli.commands) - {"audit", "build", "check", "completion", "fmt", "import", "new"} == shown


def test_the_python_of_the_readme_runs() -> None:
    """The example of the Python interface runs as it stands."""
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code
    subprocess.run([sys.executable, "-c", code.group(1)], check=True)


def test_every_link_to_a_file_leads_to_one() -> None:
    """No document of the project points at a file that is not there."""
    broken = [
        f"{document.name}: {target}"
        for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]

    assert broken == []


def test_the_glossary_has_every_word() -> None:
    """Each kind, relation, basis, evidence, origin, weights and date kind is defined."""
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    lists = (
        vocabulary.EdgeKind,
        vocabulary.Relation,
        vocabulary.Evidence,
        vocabulary.Origin,
        vocabulary.Weights,
        vocabulary.DateKind,
    )
    missing = [word for one in lists for word in get_args(one) if f"`{word}`" not in glossary]

    assert missing == []
    assert [word for word in get_args(vocabulary.Basis) if f"| {word} |" not in glossary] == []


def test_the_documents_speak_of_the_project_alone() -> None:
    """No path of a machine and no host of a registry stands in a tracked text."""
    texts = [
        path
        for pattern in (
            "*.md",
            "*.py",
            "tools/*.py",
            "src/lineage/vendor/*.md",
            "*.toml",
            "*.cff",
            "docs/*.md",
            "src/lineage/**/*.py",
            "tests/*.py",
        )
        for path in ROOT.glob(pattern)
    ]
    leaks = [
        path.name
        for path in texts
        if re.search(r"/(?:work|root|farm)/[a-z]|file:/{3}|npmjs\.|pypi\.org", path.read_text(encoding="utf-8"))
    ]

    assert leaks == []


@pytest.mark.parametrize(
    ("entry", "source"),
    [
        ("RSO", "2309.06657"),
        ("SPIN", "2401.01335"),
        ("Grouped-query attention", "2305.13245"),
        ("DeepSeek-R1", "2501.12948"),
        ("GPT-3", "2001.08361"),
        ("LLaMA", "2302.13971"),
        ("DistilBERT", "1910.01108"),
        ("Claude 1", "claude"),
        ("T5", "1910.10683"),
    ],
)
def test_the_known_errors_of_the_post_are_told_to_its_author(entry: str, source: str) -> None:
    """Each error that was known of the draft stands in a row with the source that corrects it."""
    rows = (ROOT / "docs/post-corrections.md").read_text(encoding="utf-8").splitlines()

    assert [row for row in rows if row.startswith("|") and entry in row and source in row.casefold()]


CURATION = (ROOT / "docs" / "curation.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"`([a-z-]+)`(?:[^|`]*\|)[^|`]*`([a-z0-9.-]+)` (?:from|after) `([a-z0-9.-]+)`", CURATION)


def test_every_relation_has_a_worked_example() -> None:
    """The guide shows each relation, and succession, once."""
    shown = [relation for relation, _, _ in EXAMPLES]

    assert sorted(shown) == sorted({*get_args(vocabulary.Relation), "succeeds"} - {"quantized"})


@pytest.mark.parametrize(("relation", "child", "parent"), EXAMPLES)
def test_a_worked_example_is_in_the_data(real: LineageGraph, relation: str, child: str, parent: str) -> None:
    """What the guide gives as an example of a relation is an edge of that relation."""
    assert relation in {edge.relation or edge.kind for edge in real.edges_between(parent, child)}


def test_the_guide_knows_every_reason_and_every_grade() -> None:
    """Each reason for being in, and each grade of evidence, has a row."""
    rows = set(re.findall(r"^\| `([a-z-]+)` \|", CURATION, re.MULTILINE))

    assert rows >= {*get_args(vocabulary.InclusionReason), *get_args(vocabulary.Evidence)}


@pytest.mark.parametrize(
    ("kind", "source", "target"),
    [
        ("introduced-technique", "su-2021-roformer", "rope"),
        ("introduced-technique", "chen-2023-speculative-sampling", "speculative-decoding"),
        ("uses-technique", "grouped-query-attention", "llama-2"),
        ("described-by", "touvron-2023-llama-2", "llama-2"),
        ("refines", "multi-query-attention", "grouped-query-attention"),
    ],
)
def test_the_other_examples_of_the_guide_are_in_the_data(
    real: LineageGraph, kind: str, source: str, target: str
) -> None:
    """Introduction, use, description and refinement, as the guide gives them."""
    assert f"`{source}`" in CURATION
    assert f"`{target}`" in CURATION
    assert target in {edge.target for edge in real.out_edges(source, kind)}  # type: ignore[arg-type]


def test_the_readme_counts_what_is_there(real: LineageGraph) -> None:
    """Each number of the README is the number that `lineage stats` gives."""
    found = stats(real)
    nodes = dict(found.nodes)
    numbers = [int(one.replace(",", "")) for one in re.findall(r"^\| .+ \| ([\d,]+) \|$", README, re.MULTILINE)]

    assert numbers == [
        nodes["model"],
        nodes["paper"],
        nodes["technique"],
        sum(count for _, count in found.edges),
        found.edges_with_source,
        found.sources,
        found.parts_asked,
        found.parts_known,
    ]


AUDIT = ROOT / "docs" / "audit"


@pytest.mark.parametrize("sheet", sorted(path.name for path in AUDIT.glob("*.csv")))
def test_a_published_audit_has_its_rate(sheet: str) -> None:
    """The table below each sheet's name is what `lineage audit --score` says of it, and every claim has its verdict."""
    text = (AUDIT / "README.md").read_text(encoding="utf-8")
    sizes, verdicts, _ = read_sheet((AUDIT / sheet).read_text(encoding="utf-8"), sheet)

    assert len(verdicts) == 150
    assert result(score(sizes, verdicts)) in text.partition(f"({sheet})")[2]


def test_the_audits_read_different_claims() -> None:
    """The second sample leaves out what the first one read."""
    first, second = (
        set(read_sheet(path.read_text(encoding="utf-8"), path.name)[2]) for path in sorted(AUDIT.glob("*.csv"))
    )

    assert first.isdisjoint(second)
