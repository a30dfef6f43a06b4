"""Templates for new records: into which file, what is asked for, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import toy

import lineage
from lineage.canonical import formatted
from lineage.drafts import DraftError, draft


def written(place: Path, *arguments: str, **options: str) -> str:
    """Write a template, and the file where it is, relative to the data."""
    found = draft(place, *arguments, **options)
    found.path.parent.mkdir(parents=True, exist_ok=True)
    found.path.write_text(found.text, encoding="utf-8")
    return f"{found.path.relative_to(place).as_posix()}:{found.line}"


def test_a_model_goes_into_the_file_of_its_family(toy_directory: Path) -> None:
    """By the name of the family or of a model, at the end of the file that holds most of it; the rest stays as it was."""
    before = (toy_directory / "models/new.yaml").read_text(encoding="utf-8")

    assert written(toy_directory, "model", "h", family="toy") == f"models/new.yaml:{before.count(chr(10)) + 2}"
    after = (toy_directory / "models/new.yaml").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert "  family: Toy\n" in after[len(before) :]
    assert draft(toy_directory, "model", "i", family="First").path == toy_directory / "models/new.yaml"


def test_the_file_that_bears_the_name_of_the_family_comes_first(toy_directory: Path) -> None:
    """Even if another holds more of its models."""
    (toy_directory / "models/old.yaml").rename(toy_directory / "models/toy.yaml")

    assert draft(toy_directory, "model", "h", family="Toy").path.name == "toy.yaml"


def test_a_template_is_canonical_and_the_check_asks_for_every_empty_value(toy_directory: Path) -> None:
    """Each empty value is a problem with its line, and nothing else is; a second template can be begun meanwhile."""
    assert written(toy_directory, "model", "h", family="New Line") == "models/new-line.yaml:2"
    assert written(toy_directory, "paper", "r", file="models/new-line.yaml") == "models/new-line.yaml:38"
    assert written(toy_directory, "technique", "v", file="techniques/v.yaml") == "techniques/v.yaml:2"

    empty = []
    for name in ("models/new-line.yaml", "techniques/v.yaml"):
        text = (toy_directory / name).read_text(encoding="utf-8")
        assert formatted(text) == text
        lines = text.split("\n")
        empty += [(f"{toy_directory.as_posix()}/{name}", at) for at, line in enumerate(lines, 1) if '""' in line]
    told = lineage.check(toy_directory)
    assert sorted((one.location.file, one.location.line) for one in told) == sorted(empty)


def test_a_filled_template_is_sound(toy_directory: Path) -> None:
    """With values in their places the data load, and the model is there."""
    written(toy_directory, "technique", "v", file="techniques.yaml")
    written(toy_directory, "paper", "r", file="models/new.yaml")
    path = toy_directory / "techniques.yaml"
    filled = path.read_text(encoding="utf-8")
    for field, value in (("name", "Idea v"), ("category", "attention"), ("summary", "It helps.")):
        filled = filled.replace(f'{field}: ""', f"{field}: {value}")
    path.write_text(filled, encoding="utf-8")
    path = toy_directory / "models/new.yaml"
    filled = path.read_text(encoding="utf-8")
    for field, value in (
        ("title", "The paper r"),
        ("type", "paper"),
        ("contribution", "method"),
        ("authors", "[A]"),
        ("organizations", "[Acme]"),
        ("url", "https://x.org"),
    ):
        filled = filled.replace(f'{field}: ""', f"{field}: {value}").replace(f'{field}: [""]', f"{field}: {value}")
    filled = filled.replace('    - kind: ""\n      date: ""', "    - kind: announced\n      date: 2023")
    path.write_text(f"{filled}  {toy.names('introduced_technique', 'technique', 'v')}\n", encoding="utf-8")
    path.write_text(formatted(path.read_text(encoding="utf-8")) or "", encoding="utf-8")

    assert lineage.check(toy_directory) == ()
    assert lineage.load(toy_directory).introducers("v") == ("r",)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("model", "Llama 5"), {}, "`Llama 5` is no id; write lower-case words joined by hyphens, as in `llama-2`"),
        (("model", "../x"), {}, "`../x` is no id; write lower-case words joined by hyphens, as in `llama-2`"),
        (
            ("model", "a"),
            {"family": "Toy"},
            "`a` is taken: DATA/models/old.yaml:2; choose another id, or change that record",
        ),
        (("model", "h"), {}, "a model needs --family: the line that it belongs to, as in --family Llama"),
        (
            ("technique", "v"),
            {},
            "say with --file where the technique belongs, as in --file techniques/v.yaml",
        ),
        (
            ("paper", "r"),
            {"file": "../r.yaml"},
            "`../r.yaml` is no file of the data; name one below DATA, as in models/llama.yaml",
        ),
        (
            ("paper", "r"),
            {"file": "models/r.txt"},
            "`models/r.txt` is no file of the data; name one below DATA, as in models/llama.yaml",
        ),
        (("paper", "r"), {"file": "folder.yaml"}, "DATA/folder.yaml is not a regular file; name another"),
    ],
)
def test_what_cannot_be_a_template_is_refused(
    toy_directory: Path, arguments: tuple[str, str], options: dict[str, str], message: str
) -> None:
    """One line that says what is wrong and what to write; no file outside the data is ever named."""
    (toy_directory / "folder.yaml").mkdir()
    with pytest.raises(DraftError) as caught:
        draft(toy_directory, *arguments, **options)

    assert str(caught.value).replace(toy_directory.as_posix(), "DATA") == message


def test_what_is_begun_is_not_begun_again(toy_directory: Path) -> None:
    """A template that is not filled in yet keeps its id."""
    written(toy_directory, "model", "h", family="Toy")
    with pytest.raises(DraftError, match="`h` is begun already"):
        draft(toy_directory, "model", "h", family="Toy")


def test_a_link_that_leads_out_of_the_data_is_not_followed(toy_directory: Path, tmp_path: Path) -> None:
    """A file of the data is below its directory in truth, and not by its name alone."""
    (tmp_path / "outside.yaml").write_text("", encoding="utf-8")
    (toy_directory / "inside.yaml").symlink_to(tmp_path / "outside.yaml")

    with pytest.raises(DraftError, match="is no file of the data"):
        draft(toy_directory, "paper", "r", file="inside.yaml")


def test_a_file_may_be_named_from_where_one_stands(toy_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell completes leads to the same file as its name within the data."""
    monkeypatch.chdir(toy_directory.parent)

    assert draft(toy_directory, "technique", "v", file="toy/techniques.yaml").path == toy_directory / "techniques.yaml"
    assert draft(toy_directory, "technique", "v", file="techniques.yaml").path == toy_directory / "techniques.yaml"
    assert draft(toy_directory, "technique", "v", file="toy/new.yaml").path == toy_directory / "new.yaml"


@pytest.mark.parametrize("family", ["Toyy", "\x1b[2J", "..."])
def test_a_family_that_may_be_a_slip_is_asked_back(toy_directory: Path, family: str) -> None:
    """A name like that of a family that is there, or one that is no name, is no new family."""
    with pytest.raises(DraftError, match="there is no family"):
        draft(toy_directory, "model", "h", family=family)


def test_a_new_family_with_a_like_name_is_meant_where_its_file_is_named(toy_directory: Path) -> None:
    """Then nobody has to ask."""
    assert draft(toy_directory, "model", "h", family="Toyy", file="models/toyy.yaml").path.name == "toyy.yaml"


def test_a_file_keeps_its_line_ends(toy_directory: Path) -> None:
    """A file that was saved on Windows gets a record with its own line ends, and none of its lines changes."""
    path = toy_directory / "models/new.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    text = draft(toy_directory, "model", "h", family="toy").text.encode()

    assert text.startswith(path.read_bytes())
    assert text.count(b"\n") == text.count(b"\r\n")
    assert b"\r" not in draft(toy_directory, "technique", "v", file="techniques.yaml").text.encode()


@pytest.mark.parametrize("name", ["con", "AUX", "a:b", "what?", "x.", "x ", "Lpt1.old"])
def test_a_name_that_windows_refuses_is_refused(toy_directory: Path, name: str) -> None:
    """For a file and for a folder; where one is there already it is used."""
    for file in (f"models/{name}.yaml", f"{name}/x.yaml"):
        if name.endswith((".", " ")) and file.startswith("models"):
            continue
        with pytest.raises(DraftError, match=r"^`.*` cannot be the name of a file on Windows; name another$"):
            draft(toy_directory, "model", "h", family="toy", file=file)
    (toy_directory / "models/con.yaml").write_text("", encoding="utf-8")
    assert draft(toy_directory, "model", "h", family="toy", file="models/con.yaml").path.name == "con.yaml"


def test_a_family_that_windows_could_not_store_gets_another_file(toy_directory: Path) -> None:
    """A family may be called Con; its file may not."""
    (toy_directory / "models/new.yaml").write_text(
        (toy_directory / "models/new.yaml").read_text(encoding="utf-8").replace("family: Toy", "family: Con"),
        encoding="utf-8",
    )
    found = draft(toy_directory, "model", "h", family="con")

    assert found.path.name == "new.yaml"
    with pytest.raises(DraftError, match=r"as in --file models/aux-models\.yaml$"):
        draft(toy_directory, "paper", "aux")


def test_a_file_that_is_no_text_is_told(toy_directory: Path) -> None:
    """Nothing is written into it."""
    (toy_directory / "models/bad.yaml").write_bytes(b"\xff\xfe")

    with pytest.raises(DraftError, match="cannot be read as UTF-8 text"):
        draft(toy_directory, "model", "h", family="toy", file="models/bad.yaml")
