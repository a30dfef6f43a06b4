"""Where saved cards are, whose they are by their folders, and what stands at their tops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from lineage.cards import MAX_LINE_BYTES, Reading, repository
from lineage.errors import Location


def files_of(root: Path, reading: Reading) -> Iterator[Path]:
    """The cards, answers and dumps that a path names, in the order of their names; what is none is told."""
    wanted = {".md", ".json", ".jsonl", ".ndjson"}
    try:
        if root.is_dir():
            named = [path for path in sorted(root.rglob("*")) if path.suffix.lower() in wanted]
            found = [path for path in named if path.is_file()]
            for path in named:
                if not path.is_file() and path.name.lower() == "readme.md":
                    message = "is no regular file; left out"
                    reading.problem(Location(path.as_posix(), 1), "unreadable", message, "save the card as a file")
            # A repository has many JSON files of its own; beside a card they are none of ours.
            cards = [path for path in found if path.name.lower() == "readme.md"]
            folders = {path.parent for path in cards}
            others = [path for path in found if not folders.intersection(path.parents)]
            if not found:
                repair = "name a folder with README.md files, or a JSON answer of the Hub"
                reading.problem(Location(root.as_posix(), 1), "no-card", "holds no card", repair)
            yield from sorted([*cards, *others])
            return
        if root.is_file() and root.suffix.lower() in wanted:
            yield root
            return
        message = "is no card (.md) and no answer of the Hub (.json, .jsonl)" if root.is_file() else "is not there"
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    reading.problem(Location(root.as_posix(), 1), "unreadable", message, "name a file or a folder of cards")


def key_of(path: Path, root: Path, namespace: str) -> str:
    """The repository of a saved card: by the cache of huggingface_hub, else by its folders, else by its own name."""
    for part in reversed(path.parts):
        if part.startswith("models--"):
            return "/".join(part.split("--")[1:])
    below = path.relative_to(root).parts[:-1] if root != path else ()
    name = path.stem if path.stem.lower() != "readme" else (below[-1] if below else path.absolute().parent.name)
    maker = below[:-1] if path.stem.lower() == "readme" else below
    own = maker[-1] if maker else ""
    return f"{namespace or own}/{name}" if namespace or own else name.replace("__", "/", 1)


_NO_MAKERS: Final = frozenset(
    {
        *(
            "cards",
            "checkpoints",
            "data",
            "desktop",
            "documents",
            "downloads",
            "hf",
            "home",
            "hub",
            "huggingface",
            "models",
        ),
        *("out", "output", "outputs", "repos", "root", "saved", "src", "temp", "tmp", "work"),
    }
)
"""Folders where people keep what others made."""


def folder_above(path: Path) -> str:
    """The folder above that of a card, if a maker may be called so."""
    folder = path.parent.resolve().parent
    good = folder not in {Path.home(), Path.home().parent} and folder.name.casefold() not in _NO_MAKERS
    return folder.name if good and repository(folder.name) else ""


def name_makers(cards: Mapping[int, tuple[str, bool]], reading: Reading) -> None:
    """Give cards without a maker the folder above them, where it was meant to be told.

    That is where they were given by their own folder or file, and where what came of one of them names it so.

    Args:
        cards: the places in the reading of such cards, with the folder above each, and whether its own folder was named.
        reading: where they are.
    """
    named = {base.name.casefold() for one in reading.cards for base in one.bases}
    sure = {maker for at, (maker, _) in cards.items() if f"{maker}/{reading.cards[at].key}".casefold() in named}
    for at, (maker, alone) in cards.items():
        if alone or maker in sure:
            one = reading.cards[at]
            key = f"{maker}/{one.key}"
            reading.cards[at] = replace(one, key=key, source=f"https://huggingface.co/{key}", organizations=(maker,))
            message = f"the maker of `{key}` was taken from the folder above its own"
            reading.problem(one.place, "maker-of-folder", message, "give --namespace if it is another", "warning")


def head(path: Path, reading: Reading) -> str | None:
    """The beginning of a card as text."""
    place = Location(path.as_posix(), 1)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_LINE_BYTES)
    except OSError as error:
        reading.read += 1
        reading.problem(place, "unreadable", f"cannot be read: {error.strerror}", "mend its permissions")
        return None
    utf_16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = raw.decode("utf-16" if utf_16 else "utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    bad = text.find("\ufffd", 0, len(text) - 4)
    if bad >= 0 and bad < text.find("\n---", 4):
        at = Location(place.file, text.count("\n", 0, bad) + 1)
        reading.problem(at, "encoding", "is not UTF-8; the signs were replaced", "save it as UTF-8", "warning")
    return text
