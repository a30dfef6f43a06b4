"""The canonical form: one way to write every record, nothing lost on the way there."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lineage.canonical import canonical, formatted, read_canonical

words = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab -:#,[]{}&*!|>'\"%@`~?=<./\\0123456789éя通"), st.characters(exclude_categories=["Cs", "Cc"])
    ),
    max_size=30,
)
trees = st.recursive(
    words,
    lambda inner: st.one_of(
        st.lists(words, max_size=4),
        st.dictionaries(st.sampled_from(["id", "kind", "name", "sources", "url", "date", "other"]), inner, max_size=4),
        st.lists(
            st.dictionaries(st.sampled_from(["url", "shows", "parent"]), inner, min_size=1, max_size=3), max_size=3
        ),
    ),
    max_leaves=12,
)
records = st.lists(
    st.dictionaries(st.sampled_from(["kind", "id", "name", "aliases", "sources"]), trees, min_size=1), min_size=1
)


def plain(text: str) -> Any:
    """What a text holds, every scalar as text."""
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - the base loader makes text only


def test_fields_are_ordered_and_comments_stay_above_what_they_speak_of() -> None:
    """Order, quotes and block style are one way; every comment is kept, one behind a value is put above it."""
    text = """# head

# about x
- id: x
  sources:
    - shows: 'It says so: yes'   # the first
      url: https://x.org/a#b
  name: "Plain"
  aliases: ["no", 'a, b', "3.10"]
  # the kind
  kind: technique
# the end
"""

    assert (
        formatted(text)
        == """# head

# about x
# the kind
- kind: technique
  id: x
  name: Plain
  aliases: ["no", "a, b", "3.10"]
  sources:
    # the first
    - url: https://x.org/a#b
      shows: "It says so: yes"

# the end
"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "- # why\n  id: x\n",
        "- id: x\n  aliases:\n    # mid\n    - a\n    # b\n    - b\n",
        "- id: x\n  aliases: [a,\n    b] # c\n",
        "- id: x\n  name: a#b # c # d\n",
        "- id: x\n  summary: | # c\n    text # no comment\n",
        "---\n# c\n- id: x\n...\n# d\n",
        "- {id: x, # c\n   kind: y}\n",
        '- id: "x # no comment" # c\n',
        "- id: x\n\n  # between\n\n  name: y\n\n# end\n",
    ],
)
def test_no_comment_is_lost(text: str) -> None:
    """Wherever a comment stands, its words are in the canonical form, or nothing is written."""
    words = [word for word in re.findall(r"(?:^|\s)# ?(\w+)", text) if word != "no"]
    once = formatted(text)

    assert once is not None
    assert [word for word in words if not re.search(rf"^\s*#.*\b{word}\b", once, re.MULTILINE)] == []
    assert formatted(once) == once


def test_a_list_that_is_too_long_for_a_line_is_written_in_lines() -> None:
    """Short lists of words stand on one line, longer ones have a line for each."""
    names = [f"organisation number {number}" for number in range(8)]
    text = formatted(f"- kind: model\n  organizations: {names}\n")

    assert text == "- kind: model\n  organizations:\n" + "".join(f"    - {name}\n" for name in names)


def test_what_would_lose_a_field_is_not_formatted() -> None:
    """A key that is given twice is left to a person."""
    assert formatted("- id: x\n  id: y\n") is None


def test_what_is_not_a_list_is_not_formatted() -> None:
    """Text that is no data file is left alone."""
    assert [formatted(text) for text in ("a: b", "", "- [", '"x"')] == [None, None, None, None]


@given(records)
def test_formatting_keeps_everything_and_is_stable(content: Any) -> None:
    """The canonical form holds what the text held, and is its own canonical form."""
    text = yaml.safe_dump(content, allow_unicode=True, width=40)
    once = formatted(text)

    assert once is not None
    assert plain(once) == plain(text)
    assert formatted(once) == once


def places_by_parser(text: str) -> list[dict[tuple[str | int, ...], int]]:
    """The line of every field and list item of each record, as the YAML parser has them."""
    found: dict[tuple[str | int, ...], int] = {}

    def walk(node: yaml.Node, path: tuple[str | int, ...]) -> None:
        found.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            for position, item in enumerate(node.value):
                walk(item, (*path, position))
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                found[*path, key.value] = key.start_mark.line + 1
                walk(value, (*path, key.value))

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.SequenceNode)
    places = []
    for record in root.value:
        found = {}
        walk(record, ())
        places.append(found)
    return places


@given(records, st.sampled_from(["", "# about the file\n\n", "# about the first\n", "# one\n# two\n\n"]))
def test_the_quick_reading_of_canonical_text_is_that_of_the_parser(content: Any, head: str) -> None:
    """Whatever is read quickly is what the YAML parser reads, content and lines, and canonical text is all of it."""
    text = formatted(head + canonical("", content))
    assert text is not None
    quick = read_canonical(text)

    if quick is None:
        assert re.search(r"\{\}|- \[|^ *- *$|: *0|\u2028|\x85", text, flags=re.MULTILINE) or deepest(content) > 8
    else:
        assert quick == (plain(text), places_by_parser(text))


def deepest(content: Any) -> int:
    """How deep lists and mappings nest."""
    inner = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return 1 + max((deepest(one) for one in inner), default=0)


@given(records, st.data())
def test_text_that_is_a_little_off_is_never_read_otherwise_than_by_the_parser(
    content: Any, data: st.DataObject
) -> None:
    """After any small change of canonical text the quick reading holds back or still agrees with the parser."""
    text = canonical("", content)
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 3))
    changed = text[:at] + data.draw(st.text(alphabet="ab01 \n-:#[]{}\"'\\,&*!|>%@`~.", max_size=4)) + text[at + cut :]

    if quick := read_canonical(changed):
        assert quick == (plain(changed), places_by_parser(changed))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]\n",
        "- kind: model\n  # why\n  id: x\n",
        "- kind: model\n  id: 'x'\n",
        "- id: x\n  kind: model\n",
        "- kind: model\n  id: x",
        "- kind: model\n  kind: paper\n",
        "- kind: model\n  dates:\n  - date: 2023\n",
        "- kind: model\n  context_length: 010\n",
        "- kind: no\n",
        "- kind: model\r\n",
    ],
)
def test_what_is_not_in_canonical_form_is_left_to_the_parser(text: str) -> None:
    """Comments inside, other quotes, another order, another indent, traps and line ends are read by the YAML parser."""
    assert read_canonical(text) is None
