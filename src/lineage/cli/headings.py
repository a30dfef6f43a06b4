"""The help page of the whole program: its commands under headings, those that a newcomer needs first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "Ask": (
        "show",
        "ls",
        "tree",
        "ancestors",
        "descendants",
        "path",
        "why",
        "is-ancestor",
        "common",
        "compare",
        "technique",
        "timeline",
        "stats",
        "cite",
    ),
    "Figure and page": ("build", "figure"),
    "Other programs": ("export", "import", "schema"),
    "Data": ("check", "new", "fmt", "diff", "audit"),
    "Shell": ("completion",),
}
"""Every command under its heading, in the order in which they are shown."""


class Headed(click.Group):
    """A group whose help page shows its commands under :data:`HEADINGS`; what stands under none comes last."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of the help page."""
        known = {name: command for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))}
        under = {name for names in HEADINGS.values() for name in names}
        rest = tuple(name for name in known if name not in under)
        widest = max(map(len, known), default=0)
        for heading, names in {**HEADINGS, "More": rest}.items():
            shown = [(name, known[name]) for name in names if name in known and not known[name].hidden]
            if shown:
                with formatter.section(heading):
                    formatter.write_dl(
                        [(name.ljust(widest), _summary(command)) for name, command in shown], col_max=widest + 2
                    )


def _summary(command: click.Command) -> str:
    """The first sentence of a command's help, whole: a line that ends in dots says less than it takes room."""
    text = (command.short_help or command.help or "").strip().partition("\n\n")[0]
    head, stop, _ = " ".join(text.split()).partition(". ")
    return head + stop.strip()
