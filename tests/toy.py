"""A small graph for tests: seven models with a merge and a diamond, two papers, two techniques.

Letters stand for models: a -> b -> d, a -> c -> d (merged), d -> e (succeeds), a -> f (distilled), g alone but for its paper.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

SOURCE = "{url: https://arxiv.org/abs/1706.03762, locator: abstract, shows: It says so.}"
CLAIM = f"evidence: stated, sources: [{SOURCE}]"


def model(letter: str, date: str, *fields: str, **words: str) -> str:
    """The YAML of a model; ``fields`` are further lines, ``words`` replace the usual values."""
    values = {
        "name": f"Model {letter.upper()}",
        "organizations": "[Acme]",
        "family": "Toy",
        "architecture": "decoder-only",
        "weights": "open",
        "origin": "scratch",
        **words,
    }
    lines = [f"- kind: model\n  id: {letter}", *(f"  {name}: {value}" for name, value in values.items())]
    lines.append(f"  dates: [{{kind: weights, date: {date}}}]")
    lines += [f"  {field}" for field in fields]
    lines.append(f"  sources: [{SOURCE}]")
    return "\n".join(lines) + "\n"


def derived(*parents: str) -> str:
    """The field ``derived_from``: each parent written as ``id relation``."""
    items = [f"{{parent: {parent}, relation: {relation}, {CLAIM}}}" for parent, relation in map(str.split, parents)]
    return f"derived_from: [{', '.join(items)}]"


def names(field: str, key: str, *others: str, claim: str = CLAIM) -> str:
    """A field of edges that name their other end by ``key``."""
    return f"{field}: [{', '.join(f'{{{key}: {other}, {claim}}}' for other in others)}]"


def paper(paper_id: str, date: str, *fields: str, contribution: str = "method", arxiv: str = "1706.03762") -> str:
    """The YAML of a paper."""
    lines = [
        f"- kind: paper\n  id: {paper_id}\n  title: The paper {paper_id}\n  type: paper\n  contribution: {contribution}",
        f'  authors: [Ada Lovelace]\n  arxiv: "{arxiv}"\n  dates: [{{kind: paper, date: {date}}}]',
        *(f"  {field}" for field in fields),
    ]
    return "\n".join(lines) + "\n"


def technique(technique_id: str, *fields: str, name: str | None = None) -> str:
    """The YAML of a technique."""
    shown = name or f"Idea {technique_id}"
    lines = [f"- kind: technique\n  id: {technique_id}\n  name: {shown}\n  category: attention\n  summary: It helps."]
    return "\n".join([*lines, *(f"  {field}" for field in fields)]) + "\n"


FILES: dict[str, str] = {
    "models/old.yaml": model("a", "2018-01-05", names("described_by", "paper", "p"), aliases='[First, "Erste-1.0"]')
    + model("b", "2019", derived("a finetuned"), origin="derived")
    + model("c", "2019-03", derived("a finetuned"), names("uses_technique", "technique", "t"), origin="derived"),
    "models/new.yaml": model("d", "2020-02", derived("b merged", "c merged"), origin="derived")
    + model("e", "2021-01-01", names("succeeds", "model", "d"), names("uses_technique", "technique", "t", "u"))
    + model("f", "2018-06", derived("a distilled"), architecture="encoder-only", weights="api", organizations="[Other]")
    + model("g", "2022", names("described_by", "paper", "q"), architecture="state-space", weights="restricted"),
    "papers.yaml": paper("p", "2017-06-12", names("introduced_technique", "technique", "t"))
    + paper("q", "2018-02", names("introduced_technique", "technique", "u"), arxiv="1802.00001"),
    "techniques.yaml": technique("t") + technique("u", names("refines", "technique", "t")),
}


def write(directory: Path, files: dict[str, str] | None = None, *, canonical: bool = True) -> Path:
    """Write data files, by default those of the toy graph, in the canonical form unless it is not wanted."""
    from lineage.canonical import formatted

    for name, text in (FILES if files is None else files).items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((formatted(text) if canonical else None) or text, encoding="utf-8")
    return directory


def edge_names(edges: Any) -> list[str]:
    """Edges as ``source label target``, for whole-list asserts."""
    return [f"{edge.source} {edge.label} {edge.target}" for edge in edges]
