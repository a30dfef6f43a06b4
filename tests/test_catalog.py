"""Reading data files: what is read, and the problem, line and repair for everything that is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st

from lineage import CatalogError, catalog

HEAD = "- kind: technique\n  id: x\n"


def problems(tmp_path: Path, content: str | bytes, *, name: str = "x.yaml") -> list[str]:
    """What is told of one file, without the name of the directory."""
    path = tmp_path / "data" / name
    path.parent.mkdir()
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [str(one).replace(f"{path.parent.as_posix()}/", "") for one in catalog.read(path.parent).problems]


CASES: list[tuple[str, str | bytes, str]] = [
    ("empty-file", "", "x.yaml:1: error: empty-file: holds no record; add one, or remove the file"),
    ("only-comment", "# nothing\n", "x.yaml:1: error: empty-file: holds no record; add one, or remove the file"),
    (
        "not-a-list",
        "kind: model\n",
        "x.yaml:1: error: not-a-list: does not hold a list of records; begin every record with `- kind: ...`",
    ),
    ("not-a-record", "- x\n", "x.yaml:1: error: not-a-record: is not a record; begin it with `- kind: ...`"),
    (
        "unknown-kind",
        "- kind: dataset\n  id: x\n",
        "x.yaml:1: error: unknown-kind: has the kind `dataset`; write one of: model, paper, technique",
    ),
    (
        "duplicate-key",
        HEAD + "  name: A\n  name: B\n  category: attention\n  summary: S.\n",
        "x.yaml:4: error: duplicate-key: gives `name` again, first in line 3; keep one of the two",
    ),
    (
        "yaml-key",
        HEAD + "  name: A\n  category: attention\n  summary: S.\n  [a, b]: c\n",
        "x.yaml:6: error: yaml-key: has a list or a mapping for a key; write a field name",
    ),
    ("yaml-anchor", "- &a x\n", "x.yaml:1: error: yaml-anchor: sets the anchor `&a`; remove it"),
    (
        "yaml-tag",
        "- !!python/name:os.system x\n",
        "x.yaml:1: error: yaml-tag: uses the tag `tag:yaml.org,2002:python/name:os.system`; remove it; values are text",
    ),
    (
        "multi-document",
        "- x\n---\n- y\n",
        "x.yaml:2: error: multi-document: begins a second document; remove the line `---`",
    ),
    ("too-deep", "[" * 50_000, "x.yaml:1: error: too-deep: nests deeper than 12 levels; write flat records"),
    (
        "too-many-values",
        "- [" + "a," * 200_001 + "]\n",
        "x.yaml:1: error: too-many-values: holds more than 200000 values; split the file",
    ),
    (
        "file-too-large",
        "# " + "x" * (1 << 20) + "\n",
        "x.yaml:1: error: file-too-large: has 1048579 bytes; 1048576 are read; split it",
    ),
    ("latin-1", "- é\n".encode("latin-1"), "x.yaml:1: error: encoding: is not UTF-8; save it as UTF-8"),
    ("second-line", b"- a\n- \xff\n", "x.yaml:2: error: encoding: is not UTF-8; save it as UTF-8"),
    (
        "utf-16",
        "- a\n".encode("utf-16"),
        "x.yaml:1: error: encoding: begins with a byte order mark; save it as UTF-8 without one",
    ),
    (
        "byte-order-mark",
        b"\xef\xbb\xbf- a\n",
        "x.yaml:1: error: encoding: begins with a byte order mark; save it as UTF-8 without one",
    ),
    (
        "carriage-return",
        "- a # x\r# y\n",
        "x.yaml:1: error: encoding: holds the control character U+000D; remove it",
    ),
    (
        "bidi-in-a-comment",
        "- a\n# \u202e\n",
        "x.yaml:2: error: encoding: holds the control character U+202E; remove it",
    ),
    ("nul", b"- a\n- \x00\n", "x.yaml:2: error: encoding: holds the control character U+0000; remove it"),
    (
        "yaml-syntax",
        '- "open\n',
        "x.yaml:2: error: yaml-syntax: is not YAML: found unexpected end of stream; mend the syntax",
    ),
    (
        "no-as-bool",
        HEAD + "  name: no\n  category: attention\n  summary: S.\n",
        'x.yaml:3: error: yaml-trap: has the bare value `no`, which YAML 1.1 takes for a bool; put it in quotes: "no"',
    ),
    (
        "version-as-float",
        HEAD + "  name: 3.10\n  category: attention\n  summary: S.\n",
        'x.yaml:3: error: yaml-trap: has the bare value `3.10`, which YAML 1.1 takes for a float; put it in quotes: "3.10"',
    ),
    (
        "arxiv-as-float",
        "- kind: paper\n  id: x\n  title: T\n  type: paper\n  contribution: method\n  authors: [A B]\n  arxiv: 2305.13245\n"
        "  dates:\n    - kind: paper\n      date: 2023-05-22\n",
        "x.yaml:7: error: yaml-trap: has the bare value `2305.13245`, which YAML 1.1 takes for a float;"
        ' put it in quotes: "2305.13245"',
    ),
    (
        "no-value",
        HEAD + "  name:\n  category: attention\n  summary: S.\n",
        "x.yaml:3: error: no-value: gives `name` no value; write one, or leave the field out",
    ),
    (
        "unknown-field",
        HEAD + "  name: A\n  categroy: attention\n  category: attention\n  summary: S.\n",
        "x.yaml:4: error: unknown-field: `categroy` is not a field; did you mean `category`?",
    ),
    (
        "missing-field",
        HEAD + "  name: A\n  category: attention\n",
        "x.yaml:1: error: missing-field: `summary` is missing; add it",
    ),
    (
        "unknown-word",
        "- kind: paper\n  id: x\n  title: T\n  type: book\n  contribution: method\n  authors: [A B]\n  url: https://x.org/\n"
        "  dates:\n    - kind: paper\n      date: 2023-05-22\n",
        "x.yaml:4: error: unknown-word: `type` is `book`; write one of: paper, report, model-card, blog-post",
    ),
    (
        "bad-id",
        "- kind: technique\n  id: Llama 2\n  name: A\n  category: attention\n  summary: S.\n",
        "x.yaml:2: error: bad-value: `id` is `Llama 2`; write lower-case words joined by hyphens, as in `llama-2`",
    ),
    (
        "placeholder",
        HEAD + "  name: TBD\n  category: attention\n  summary: S.\n",
        "x.yaml:3: error: bad-value: `name` `TBD` says nothing; leave the field out when nothing is known",
    ),
    (
        "octal",
        "- kind: model\n  id: x\n  name: X\n  organizations: [A]\n  family: X\n  architecture: hybrid\n  weights: open\n"
        "  origin: scratch\n  dates:\n    - kind: api\n      date: 2020\n  context_length: 010\n  sources:\n"
        "    - url: https://x.org/\n      shows: It.\n",
        'x.yaml:12: error: yaml-trap: has the bare value `010`, which YAML 1.1 takes for a int; put it in quotes: "010"',
    ),
    (
        "active-parameters",
        "- kind: model\n  id: x\n  name: X\n  organizations: [A]\n  family: X\n  architecture: hybrid\n  weights: open\n"
        "  origin: scratch\n  dates:\n    - kind: api\n      date: 2020\n  variants:\n    - name: big\n      parameters: 1B\n"
        "      active_parameters: 2B\n  sources:\n    - url: https://x.org/\n      shows: It.\n",
        "x.yaml:13: error: bad-value: `variants.0` has more active parameters than parameters; correct one of the two",
    ),
    (
        "same-variant",
        "- kind: model\n  id: x\n  name: X\n  organizations: [A]\n  family: X\n  architecture: hybrid\n  weights: open\n"
        "  origin: scratch\n  dates:\n    - kind: api\n      date: 2020\n  variants:\n    - name: big\n    - name: big\n"
        "  sources:\n    - url: https://x.org/\n      shows: It.\n",
        "x.yaml:1: error: bad-value: `model` names a variant twice; put the two together, or tell them apart",
    ),
    (
        "bad-date-is-no-missing-date",
        "- kind: paper\n  id: x\n  title: T\n  type: report\n  contribution: method\n  authors: [A B]\n"
        "  url: https://x.org/\n  dates:\n    - kind: paper\n      date: 2023-13\n",
        "x.yaml:10: error: bad-value: `dates.0.date` `2023-13` is no day of the calendar; correct it",
    ),
    (
        "address-with-a-bidi-mark",
        "- kind: paper\n  id: x\n  title: T\n  type: report\n  contribution: method\n  authors: [A B]\n"
        '  url: "https://x.org/\\u202e"\n  dates:\n    - kind: paper\n      date: 2023-12\n',
        "x.yaml:7: error: bad-value: `url` is not an https address; write the whole address in ASCII, beginning with https://",
    ),
    (
        "bidi",
        HEAD + '  name: "a\\u202eb"\n  category: attention\n  summary: S.\n',
        "x.yaml:3: error: bad-value: `name` holds the invisible character U+202E; remove it",
    ),
    (
        "too-long",
        HEAD + f"  name: {'x' * 201}\n  category: attention\n  summary: S.\n",
        "x.yaml:3: error: bad-value: `name` is longer than 200 characters; shorten it",
    ),
    (
        "list-for-text",
        HEAD + "  name: [a]\n  category: attention\n  summary: S.\n",
        "x.yaml:3: error: bad-value: `name` is `['a']`; write a text",
    ),
]


@pytest.mark.parametrize(("content", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_a_fault_is_told_with_file_line_and_repair(tmp_path: Path, content: str | bytes, expected: str) -> None:
    """Each fault of a file gives exactly one problem, aside from the form of the file."""
    told = [one for one in problems(tmp_path, content) if "not-canonical" not in one]

    assert told == [expected]


def test_an_alias_is_told_with_its_anchor(tmp_path: Path) -> None:
    """An alias and the anchor that it needs are both told, so that a bomb of aliases is never expanded."""
    assert problems(tmp_path, "- &a [x]\n- *a\n") == [
        "x.yaml:1: error: yaml-anchor: sets the anchor `&a`; remove it",
        "x.yaml:2: error: yaml-alias: uses the alias `*a`; write the value out",
    ]


def test_a_missing_source_and_a_missing_grade_are_told_by_name(tmp_path: Path) -> None:
    """A claim without source and evidence is two problems of their own rules."""
    text = HEAD + "  name: A\n  category: attention\n  summary: S.\n  refines:\n    - technique: y\n"

    assert problems(tmp_path, text) == [
        "x.yaml:7: error: missing-evidence: `refines.0.evidence` is missing; add it",
        "x.yaml:7: error: missing-source: `refines.0.sources` is missing; add it; every claim says who says so",
    ]


def test_all_faults_of_all_records_are_told_at_once(tmp_path: Path) -> None:
    """A faulty record hides neither its own other faults nor those of its neighbours."""
    text = HEAD + "  name: no\n  category: wrong\n- kind: nothing\n"
    rules = [one.split(": ")[2] for one in problems(tmp_path, text)]

    assert rules == ["missing-field", "not-canonical", "yaml-trap", "unknown-word", "unknown-kind"]


def test_a_file_that_is_not_in_canonical_form_is_told(tmp_path: Path) -> None:
    """The form is one of the checks, and names the command that repairs it."""
    text = "- id: x\n  kind: technique\n  name: A\n  category: attention\n  summary: S.\n"

    assert problems(tmp_path, text) == [
        "x.yaml:1: error: not-canonical: is not in the canonical form; run `lineage fmt`"
    ]


def test_a_file_with_another_ending_is_told(tmp_path: Path) -> None:
    """A .yml file would be passed over in silence, so it is a problem."""
    assert [one.split(": ")[2] for one in problems(tmp_path, "- x\n", name="x.yml")] == ["no-data", "file-name"]


def test_a_file_that_would_lose_something_is_not_formatted(tmp_path: Path) -> None:
    """A key that is given twice is left to a person, and the reason is told."""
    (tmp_path / "x.yaml").write_text("- id: x\n  id: y\n", encoding="utf-8")

    with pytest.raises(CatalogError) as caught:
        catalog.reformat(tmp_path / "x.yaml")

    assert [problem.rule for problem in caught.value.problems] == ["not-formatted"]


def test_a_directory_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that may be behind a closed door are not taken for records that are not there."""
    toy.write(tmp_path)

    def walk(top: Path, onerror: object = None) -> object:
        onerror(PermissionError(13, "Permission denied", str(top / "models")))  # type: ignore[operator]
        return iter([(str(top), [], ["papers.yaml", "techniques.yaml"])])

    monkeypatch.setattr("os.walk", walk)
    content = catalog.read(tmp_path)

    assert [(one.rule, one.location.file.rsplit("/", 1)[-1]) for one in content.problems] == [("unreadable", "models")]
    assert not content.whole


def test_what_is_not_a_file_is_told(tmp_path: Path) -> None:
    """A directory or a pipe with the name of a data file is a problem and is not waited for."""
    (tmp_path / "x.yaml").mkdir()

    assert [one.rule for one in catalog.read(tmp_path).problems] == ["not-a-file"]


def test_the_toy_graph_is_read_without_problems(toy_directory: Path) -> None:
    """Sound files give their records in the order of files and lines, and no problem."""
    content = catalog.read(toy_directory)

    assert content.problems == ()
    assert [entry.record.id for entry in content.entries] == list("defgabcpqtu")
    assert str(content.locate(content.entries[1], ("succeeds", 0))).endswith("models/new.yaml:44")


def test_the_schema_describes_every_field() -> None:
    """The JSON Schema that editors use names every field of every record with its meaning."""
    definitions = json.loads(catalog.schema())["$defs"]
    bare = [
        f"{name}.{field}"
        for name, one in definitions.items()
        for field, what in one.get("properties", {}).items()
        if "description" not in what and field != "source"
    ]

    assert bare == []


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever a file holds, the reader answers with records and problems, never with an exception."""
    place = tmp_path_factory.mktemp("any")
    (place / "x.yaml").write_bytes(content)

    assert isinstance(catalog.read(place).problems, tuple)


@given(st.text(alphabet="abk:-[]{}#&*!|>'\"%@ \n0123.~", max_size=60))
def test_no_yaml_like_text_makes_the_reader_fail(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    """Text made of the signs of YAML is read or told, never an exception."""
    place = tmp_path_factory.mktemp("any")
    (place / "x.yaml").write_text(content, encoding="utf-8")

    assert isinstance(catalog.read(place).problems, tuple)


def test_the_toy_files_are_canonical(toy_directory: Path) -> None:
    """The files that the tests write are themselves in the canonical form."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in toy_directory.rglob("*.yaml")}

    assert set(texts) == {name.rsplit("/", 1)[-1] for name in toy.FILES}
