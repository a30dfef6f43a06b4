"""What a command says while it works."""

from __future__ import annotations

import sys
import time
from typing import Final

import click

from lineage.vocabulary import printable

_SLOW_AFTER_SECONDS: Final = 1.0
_MOST_SIGNS: Final = 72
"""So that the line can be taken away again: one that breaks cannot."""


class Steps:
    """Progress on a terminal, once the work has taken longer than a second."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.shown = False

    def begin(self, what: str) -> None:
        """Say what is being done now."""
        if sys.stderr is not None and sys.stderr.isatty() and time.monotonic() - self.began > _SLOW_AFTER_SECONDS:
            click.echo(f"\r\x1b[K{printable(what)[:_MOST_SIGNS]} ...", err=True, nl=False)
            self.shown = True

    def end(self) -> None:
        """Take the line away."""
        if self.shown:
            click.echo("\r\x1b[K", err=True, nl=False)
