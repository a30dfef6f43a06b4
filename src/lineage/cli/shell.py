"""Completion in the shell: the command that prints a script, and what that script asks while somebody types.

The script hands over the line as it stands; nothing of it is run. What comes back is one line for each proposal: ``plain``, the
word, and what it is, with tabs between, or ``file`` or ``dir`` where the shell knows better. A word is proposed only if no shell
could read anything in it but letters, so a name that somebody has put into data cannot become a command.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import click

from lineage import index, vocabulary
from lineage.cli.app import cli, emit
from lineage.errors import LineageError
from lineage.vocabulary import normal_form, printable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from lineage.graph import LineageGraph, Node

SHELLS: Final = ("bash", "zsh", "fish")
_MOST: Final = 200
"""So many proposals at the most; nobody reads more, and the next letter narrows them."""
_SAFE: Final = re.compile(r"[\w.:+@,=/-]+")

NAMES: Final = frozenset({"name", "names", "node", "older", "newer", "one", "other", "focus"})
"""Arguments and options, of whatever command, that take a model, paper or technique."""
SELECTIONS: Final = frozenset({"selection", "selections", "exclude", "highlight"})
"""Those that take a selection."""
TECHNIQUES: Final = frozenset({"technique"})
FAMILIES: Final = frozenset({"family"})
STATES: Final = frozenset({"old", "new"})
"""Arguments that take a directory of records or a revision of git."""


@cli.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that completes commands, options and names in a shell. Its first lines say where to put it.

    \b
    Example:
      lineage completion bash
    """
    emit(resources.files("lineage").joinpath(f"assets/completion/lineage.{shell}").read_text(encoding="utf-8"))


def prepare(root: click.Group) -> None:
    """Answer the scripts, and say what every argument and option of every command is completed with."""
    from click.shell_completion import ShellComplete, add_completion_class

    class Asked(ShellComplete):
        """The protocol of our scripts, the same for all shells."""

        source_template = ""

        def get_completion_args(self) -> tuple[list[str], str]:
            words, self.current, self.quoted = words_of(os.environ.get("LINEAGE_LINE", ""))
            return words[1:], self.current

        def format_completion(self, item: CompletionItem[str]) -> str:
            if item.type != "plain":
                return str(item.type)
            value = str(item.value)
            breaks = "" if self.quoted else os.environ.get("LINEAGE_BREAKS", "")
            return f"plain\t{after_break(value, self.current, breaks)}\t{printable(item.help or '')[:80]}"

    for shell in SHELLS:
        add_completion_class(Asked, shell)
    for command in root.commands.values():
        for param in command.params:
            if found := completer(param):
                param._custom_shell_complete = found  # noqa: SLF001 - what `shell_complete=` sets, for all in one place


def completer(param: click.Parameter) -> Callable[..., list[CompletionItem[str]]] | None:
    """What an argument or option is completed with, where click does not know it by its type."""
    ways: tuple[tuple[frozenset[str], Callable[[LineageGraph, str], Iterable[tuple[str, str]]]], ...] = (
        (NAMES, names),
        (SELECTIONS, selections),
        (TECHNIQUES, techniques),
        (FAMILIES, lambda graph, typed: _values(graph, "family", typed)),
    )
    # Some are called by what they hold: a choice or a number is click's own.
    if not isinstance(param.type, click.types.StringParamType):
        return None
    if param.name in STATES:
        return _states
    way = next((way for called, way in ways if param.name in called), None)
    if way is None:
        return None

    def complete(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem

        given = context.find_root().params
        directory, joined = given.get("data"), bool(given.get("with_builtin"))
        asked = techniques if context.info_name == "technique" else way
        try:
            graph = index.load(Path(directory) if directory else None, with_builtin=joined)
            found = list(asked(graph, incomplete))
        except (LineageError, OSError, ValueError):
            return []  # a shell that completes has no place for a message
        if os.environ.get("_LINEAGE_COMPLETE", "").startswith("fish"):
            found = [(value, _begun_as_typed(value, about, incomplete)) for value, about in found[:_MOST]]
        return [CompletionItem(value, help=about) for value, about in found[:_MOST] if _SAFE.fullmatch(value)]

    return complete


def _states(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    from lineage import revision

    directory = context.find_root().params.get("data")
    try:
        known = revision.known(Path(directory) if directory else index.data_directory())
    except (LineageError, OSError, ValueError):
        known = ()
    begun = [one for one in known if one.startswith(incomplete) and _SAFE.fullmatch(one)]
    # The shell knows directories better.
    return [CompletionItem(one, help="revision") for one in begun[:_MOST]] + [CompletionItem(incomplete, type="dir")]


# -- what there is -------------------------------------------------------------------------------------------------------------


def names(graph: LineageGraph, typed: str, kind: str | None = None) -> Iterator[tuple[str, str]]:
    """The ids that begin as typed, in whatever spelling; where none does, those of nodes whose other names do."""
    wanted = normal_form(typed)
    if typed and not wanted:
        return  # signs alone begin no name
    known = graph.known_names()
    begun = sorted({one for form, ids in known.items() if form.startswith(wanted) for one in ids})
    by_id = [one for one in begun if normal_form(one).startswith(wanted)]
    for one in by_id or begun:
        node = graph[one]
        if kind is None or node.kind == kind:
            yield one, f"{node.name if by_id else _called(node, wanted)}, {node.date}"


def _called(node: Node, wanted: str) -> str:
    """The name of a node that begins so."""
    arxiv = str(node.data.get("arxiv", ""))
    names = (node.name, *node.aliases, arxiv, f"arXiv:{arxiv}")
    return next((name for name in names if normal_form(name).startswith(wanted)), node.name)


def techniques(graph: LineageGraph, typed: str) -> Iterator[tuple[str, str]]:
    """The techniques among :func:`names`."""
    return names(graph, typed, "technique")


def selections(graph: LineageGraph, typed: str) -> Iterator[tuple[str, str]]:
    """The last term of a selection: a name, a method, or the value of one; what stands before it stays."""
    from lineage.methods import METHODS

    found = re.fullmatch(r"((?:.*[\s,])?(?:@|\d*\+)?)([^\s,+@]*)", typed, re.DOTALL)
    if found is None:
        return
    before, term = found.groups()
    method, colon, value = term.partition(":")
    if colon:
        yield from ((f"{before}{method}:{one}", about) for one, about in _values(graph, method, value))
        return
    methods = [one for one in METHODS if one.startswith(term)]
    if len(methods) == 1 and term:
        # The only one: with its values at once, so that the shell does not end the word after the colon.
        yield from ((f"{before}{methods[0]}:{one}", about) for one, about in _values(graph, methods[0], ""))
    elif term or before:
        yield from ((f"{before}{one}:", "method") for one in methods)
    yield from ((f"{before}{one}", about) for one, about in names(graph, term))


def _values(graph: LineageGraph, method: str, typed: str) -> Iterator[tuple[str, str]]:
    """The values of a method that begin as typed, in a spelling that needs no quotes."""
    words: dict[str, tuple[str, ...]] = {
        "kind": get_args(vocabulary.NodeKind),
        "arch": get_args(vocabulary.Architecture),
        "weights": get_args(vocabulary.Weights),
        "origin": get_args(vocabulary.Origin),
        "category": get_args(vocabulary.Category),
        "evidence": get_args(vocabulary.Evidence),
        "is": ("root", "leaf", "merge", "disputed", "incomplete", "isolated"),
    }
    fields = {
        "org": "organizations",
        "family": "family",
        "collection": "collections",
        "license": "license",
        "author": "authors",
    }
    wanted = normal_form(typed)
    if method in words:
        found = [(one, one) for one in words[method]]
    elif method in fields:
        found = sorted({(_bare(one), one) for node in graph.nodes() for one in _listed(node.data.get(fields[method]))})
    elif method == "relation":
        found = [(one, "") for one in sorted({edge.relation for edge in graph.edges() if edge.relation})]
    elif method == "included":
        reasons = {one["reason"] for node in graph.nodes() for one in node.data.get("included_because", ())}
        found = [(one, "") for one in sorted(reasons)]
    elif method == "year":
        found = [(str(one), "") for one in sorted({node.year for node in graph.nodes()})]
    elif method in {"uses", "technique", "introduces"}:
        return techniques(graph, typed)
    elif method in {"id", "name"}:
        return names(graph, typed)
    else:
        found = []
    return (pair for pair in found if pair[0] and normal_form(pair[0]).startswith(wanted))


def _begun_as_typed(value: str, about: str, typed: str) -> str:
    """What fish is told of a proposal: it shows only what has the typed letters in their order, or is told in words that begin so.

    >>> _begun_as_typed("+alpaca", "Stanford Alpaca, 2023", "+stanfordal")
    '+stanfordalpaca, 2023'
    """
    letters = iter(value.casefold())
    if all(letter in letters for letter in typed.casefold()):
        return about
    term = typed[max(typed.rfind(sign) for sign in " ,+@:") + 1 :]
    wanted = normal_form(term)
    end = next((end for end in range(len(about) + 1) if normal_form(about[:end]) == wanted), None)
    if end is None:
        return about
    return f"{typed}{about[end:]}" if about[:end].casefold() != term.casefold() else f"{typed[: -len(term)]}{about}"


def _listed(value: str | Iterable[str] | None) -> Iterable[str]:
    return [value] if isinstance(value, str) else value or ()


def _bare(name: str) -> str:
    """A spelling of a name that means the same and needs no quotes, or nothing: "Mistral AI" is also mistral-ai."""
    bare = re.sub(r"[^\w.]+", "-", name.replace("+", " plus ").casefold()).strip("-")
    return bare if normal_form(bare) == normal_form(name) else ""


# -- the line ------------------------------------------------------------------------------------------------------------------


def words_of(line: str) -> tuple[list[str], str, bool]:
    r"""A line that somebody is typing: its whole words, the word in the making, and whether that stands in open quotes.

    >>> words_of("lineage ls 'family:llama weights:o")
    (['lineage', 'ls'], 'family:llama weights:o', True)
    >>> words_of("lineage show Llama\\ 2 ")
    (['lineage', 'show', 'Llama 2'], '', False)
    """
    words: list[str] = []
    word: str | None = None
    quote = ""
    letters = iter(line)
    for letter in letters:
        if quote:
            if letter == quote:
                quote = ""
            elif letter == "\\" and quote == '"':
                word = (word or "") + next(letters, "")
            else:
                word = (word or "") + letter
        elif letter in "'\"":
            quote, word = letter, word or ""
        elif letter == "\\":
            word = (word or "") + next(letters, "")
        elif letter.isspace():
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + letter
    return words, word or "", bool(quote)


def after_break(value: str, current: str, breaks: str) -> str:
    """The part of a proposal that bash puts in: it takes ``:`` and others for the end of a word, and what is before them stays.

    >>> after_break("family:llama", "family:ll", " :=@")
    'llama'
    >>> after_break("family:llama", "--select=family:ll", " :")
    'llama'
    """
    option, sign, typed = current.partition("=")
    if not (sign and option.startswith("--")):
        option, typed = "", current
    cut = max((typed.rfind(sign) + 1 for sign in ":=@" if sign in breaks), default=0)
    head = f"{option}=" if option and "=" not in breaks and breaks and not cut else ""
    return head + value[cut:]
