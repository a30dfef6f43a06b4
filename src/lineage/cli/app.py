"""The group of all commands, and what they share: options, the graph, the page, and the one way to write."""

from __future__ import annotations

import contextlib
import glob
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from lineage import index
from lineage.errors import OutputError
from lineage.vocabulary import BASES, printable

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
@click.option("--with-builtin", is_flag=True, help="Join the records of --data to those that came with lineage.")
@click.pass_context
def cli(context: click.Context, data: Path | None, *, with_builtin: bool) -> None:
    """Where does a language model come from, what came of it, and who says so?

    A model, paper or technique is named by its id, its name or an alias: `llama-2`, "Llama 2", 2307.09288.

    \b
    Example:
      lineage path transformer llama-2
    """
    if with_builtin and data is None:
        raise click.UsageError("--with-builtin joins your records to those of lineage; name yours with --data")
    context.obj = data
    context.meta["lineage.with_builtin"] = with_builtin


def is_joined(context: click.Context) -> bool:
    """Whether the question is about the user's records together with those that came with lineage."""
    return bool(context.meta.get("lineage.with_builtin"))


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
    return index.load(context.obj, with_builtin=is_joined(context))


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it belongs."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def page() -> Page:
    """How answers look here: in colour on a terminal, NO_COLOR before FORCE_COLOR before what stdout is."""
    from lineage.views.text import Page

    if os.environ.get("NO_COLOR"):
        return Page()
    return Page(
        colour=bool(os.environ.get("FORCE_COLOR"))
        or (sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb")
    )


def say(text: str) -> None:
    """Write an answer for a person. A terminal that cannot show a character gets a question mark, and the answer goes on."""
    stream = _stdout()
    encoding = stream.encoding or "utf-8"
    _put(lambda: stream.write(text.encode(encoding, "replace").decode(encoding)), stream)


def emit(text: str | bytes) -> None:
    """Write an answer for a program: UTF-8, whatever the terminal knows."""
    stream = _stdout()
    content = text.encode() if isinstance(text, str) else text
    _put(lambda: stream.flush() or stream.buffer.write(content), stream)


def tell(text: str) -> None:
    """Write to stderr. Where that cannot be done there is nobody to tell."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            lines = [printable(line) for line in text.split("\n")]
            click.echo("\n".join(lines), err=True)


def _stdout() -> TextIO:
    if sys.stdout is None:
        raise OutputError("cannot write the answer: stdout is closed")
    return sys.stdout


def _put(write_it: Callable[[], object], stream: TextIO) -> None:
    try:
        write_it()
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write the answer: {error.strerror or error}") from None


def write(path: Path, content: bytes) -> None:
    """Write one file as :func:`write_all` does; to a device or a pipe directly, and ``-`` is stdout.

    Raises:
        OutputError: if that fails.
    """
    if path.as_posix() == "-":
        emit(content)
        return
    try:
        special = path.exists() and not path.is_file()
        if special:
            path.write_bytes(content)
            return
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from None
    write_all({path: content})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files, each in one piece: all of them beside their places and to the disk first, then each into its place.

    A link is followed: what it leads to is written anew, and it stays a link.

    Raises:
        OutputError: if that fails; what was there before is still there.
    """
    temporary: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in files.items():
            place = path.resolve()
            place.parent.mkdir(parents=True, exist_ok=True)
            # What a build that was killed has left.
            for stale in sorted(place.parent.glob(f".{glob.escape(place.name)}.*.tmp")):
                stale.unlink(missing_ok=True)
            handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".tmp")
            temporary[place] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # A temporary file is private; an output is as readable as any new file of this user.
            mask = os.umask(0o077)
            os.umask(mask)
            temporary[place].chmod(0o666 & ~mask)
        for place in list(temporary):
            path = place
            temporary[place].replace(place)
            del temporary[place]
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        for left in temporary.values():
            left.unlink(missing_ok=True)
