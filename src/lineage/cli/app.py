"""The group of all commands, and what they share: options, the graph, the page, and the one way to write."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping, MutableMapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TextIO

import click

from lineage import index
from lineage.cli.headings import Headed
from lineage.errors import OutputError
from lineage.vocabulary import BASES, DateInterval, printable

if TYPE_CHECKING:
    from lineage.graph import LineageGraph
    from lineage.views.text import Page

AS_OF: Final = "lineage.as-of"
_MANY: Final = 300_000
"""Of more nodes than this, even one line of descent takes more than a second, and a list of all of them ten."""

_MODULES: Final = {
    "data": ("audit", "check", "fmt", "new"),
    "descent": ("common", "compare", "is-ancestor", "path", "tree", "why"),
    "figures": ("figure",),
    "imports": ("import",),
    "measures": ("diff", "schema", "stats", "technique"),
    "outputs": ("build", "export"),
    "questions": ("ancestors", "cite", "descendants", "ls", "show", "timeline"),
    "shell": ("completion",),
}
"""Where each command is. One that is missing here is found all the same, by looking everywhere."""


class Commands(Headed):
    """A group that imports the module of a command when it is asked for: a question does not pay for the pictures."""

    _known: MutableMapping[str, click.Command]

    @property
    def commands(self) -> MutableMapping[str, click.Command]:
        """Every command by its name."""
        for module in _MODULES:
            import_module(f"lineage.cli.{module}")
        return self._known

    @commands.setter
    def commands(self, known: MutableMapping[str, click.Command]) -> None:
        self._known = known

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Take in a command whose module is being imported."""
        self._known[name or cmd.name or ""] = cmd

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of this name."""
        for module, names in _MODULES.items():
            if cmd_name in names:
                import_module(f"lineage.cli.{module}")
        return self._known.get(cmd_name) or self.commands.get(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """The names in their order."""
        return sorted(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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

    `lineage COMMAND -h` tells about a command, with an example that runs.

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


def answer_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let an answer be text, tabs or JSON."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "tabs", "json"]),
        help="Text for people, tabs for cut and awk, JSON for programs. Without it, text; a list that is piped has tabs.",
    )(command)


def list_form(form: str | None) -> str:
    """The form of a list: text on a terminal, tabs in a pipe."""
    return form or ("text" if sys.stdout is None or sys.stdout.isatty() else "tabs")


def via_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let descent be narrowed to some bases."""
    return click.option(
        "--via",
        type=click.Choice(BASES),
        multiple=True,
        help="Follow this kind of descent only; may be given several times. Without it, all four.",
    )(command)


def output_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let the answer be written to a file."""
    return click.option(
        "-o",
        "--output",
        "--out",
        "output",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write to this file, in one piece; folders that are missing are made.",
    )(command)


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let the question be asked of the graph as it was: :func:`load` cuts it off, and JSON says so in its ``query``."""

    def keep(context: click.Context, _parameter: click.Parameter, date: str | None) -> None:
        if date is None:
            return
        try:
            DateInterval.of(date)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
        context.meta[AS_OF] = date

    return click.option(
        "--as-of",
        metavar="DATE",
        expose_value=False,
        callback=keep,
        help="Ask the graph as the world knew it at the end of a year, month or day: 2022, 2022-12, 2022-12-31.",
    )(command)


def asked(context: click.Context) -> dict[str, str]:
    """What every JSON answer repeats of the question, whatever the command."""
    return {"as_of": context.meta[AS_OF]} if AS_OF in context.meta else {}


def load(context: click.Context) -> LineageGraph:
    """The graph that the question is about; with ``--as-of`` only what was there by then."""
    graph = index.load(context.obj, with_builtin=is_joined(context))
    if len(graph) > _MANY:
        tell(f"{len(graph):,} nodes: an answer takes some seconds")
    return graph.as_of(context.meta[AS_OF]) if AS_OF in context.meta else graph


def page() -> Page:
    """How answers look here: in colour on a terminal, NO_COLOR before FORCE_COLOR before what stdout is."""
    from lineage.views.text import Page

    terminal = sys.stdout is not None and sys.stdout.isatty()
    colour = bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb")
    return Page(
        colour=colour and not os.environ.get("NO_COLOR"),
        columns=_columns() if terminal else None,
        ascii=not _knows("└…"),
    )


def _knows(text: str) -> bool:
    try:
        text.encode((sys.stdout.encoding if sys.stdout is not None else None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _columns() -> int:
    import shutil

    return max(shutil.get_terminal_size().columns, 20)


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


_stops: list[bool] = []
"""Has one entry once Ctrl-C was typed."""


def on_interrupt(_number: int, _frame: object) -> NoReturn:
    """Answer Ctrl-C, and remember it: what it raises is lost if it comes while native code calls back into Python."""
    _stops.append(True)
    raise KeyboardInterrupt


def is_interrupted() -> bool:
    """Whether Ctrl-C was typed."""
    return bool(_stops)


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files, each in one piece: all of them beside their places and to the disk first, then each into its place.

    A link is followed: what it leads to is written anew, and it stays a link.

    Raises:
        OutputError: if that fails; what was there before is still there.
        KeyboardInterrupt: if Ctrl-C was typed since the start of the command.
    """
    import glob
    import tempfile

    if is_interrupted():
        raise KeyboardInterrupt

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
