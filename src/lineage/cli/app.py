"""The group of all commands, and what they share: options, the graph, the page, and the one way to write."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineage import index
from lineage.errors import OutputError
from lineage.vocabulary import BASES

if TYPE_CHECKING:
    from lineage.graph import LineageGraph
    from lineage.views.text import Page


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="model-lineage", prog_name="lineage")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="LINEAGE_DATA",
    help="Directory of records to use instead of those that came with lineage (LINEAGE_DATA).",
)
@click.pass_context
def cli(context: click.Context, data: Path | None) -> None:
    """Where does a language model come from, what came of it, and who says so?

    A model, paper or technique is named by its id, its name or an alias: `llama-2`, "Llama 2", 2307.09288.

    \b
    Example:
      lineage path transformer llama-2
    """
    context.obj = data


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let an answer be text or JSON."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Text for people or JSON for programs.",
    )(command)


def via_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let descent be narrowed to some bases."""
    return click.option(
        "--via",
        type=click.Choice(BASES),
        multiple=True,
        help="Follow this kind of descent only; may be given several times. Without it, all four.",
    )(command)


def load(context: click.Context) -> LineageGraph:
    """The graph that the question is about."""
    return index.load(context.obj)


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it belongs."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def page() -> Page:
    """How answers look here: in colour on a terminal, NO_COLOR before FORCE_COLOR before what stdout is."""
    from lineage.views.text import Page

    if os.environ.get("NO_COLOR"):
        return Page()
    return Page(
        colour=bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")
    )


def say(text: str) -> None:
    """Write an answer for a person. A terminal that cannot show a character gets a question mark, and the answer goes on."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding), nl=False, color=True)


def emit(text: str) -> None:
    """Write an answer for a program: UTF-8, whatever the terminal knows."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def write(path: Path, content: bytes) -> None:
    """Write a file in one piece: beside its place, to the disk, then into its place.

    Raises:
        OutputError: if that fails; what was there before is still there.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is private; an output is as readable as any new file of this user.
        mask = os.umask(0o077)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from None
