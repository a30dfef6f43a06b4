"""The command line: the only place that prints, writes files or exits.

The contract is git's: 0 is an answer, 1 is "no" or findings, 2 and above is an error. The answer goes to stdout, everything else
to stderr.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from lineage.cli import data, outputs, questions
from lineage.cli.app import cli, count
from lineage.errors import CatalogError, LineageError

__all__ = ["cli", "data", "main", "outputs", "questions"]


def main() -> NoReturn:
    """Run the command line and exit. A closed pipe is no error of ours; a question that cannot be answered is one line."""
    try:
        code = cli.main(standalone_mode=False, prog_name="lineage")
        sys.stdout.flush()
    except CatalogError as error:
        click.echo(str(error), err=True)
        click.echo(f"error: {count(len(error.problems), 'problem')} in the data; nothing was done", err=True)
        _exit(error.exit_code)
    except LineageError as error:
        click.echo(f"error: {error}", err=True)
        _exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        _exit(error.exit_code)
    except click.Abort:
        _exit(130)
    except BrokenPipeError:
        # The reader went away, as `head` does. Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _exit(141)
    _exit(code if isinstance(code, int) else 0)


def _exit(code: int) -> NoReturn:
    sys.exit(code)
