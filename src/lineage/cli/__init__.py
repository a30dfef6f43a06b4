"""The command line: the only place that prints, writes files or exits.

The contract is git's: 0 is an answer, 1 is "no" or findings, 2 and above is an error. The answer goes to stdout, everything else
to stderr.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Final, NoReturn

import click

from lineage.cli.app import cli, is_interrupted, on_interrupt, tell
from lineage.errors import CatalogError, LineageError, OutputError
from lineage.vocabulary import count

__all__ = ["cli", "main"]

_CLOSED_PIPE: Final = 141
"""What a shell says of a program that SIGPIPE has ended."""


def main() -> NoReturn:
    """Run the command line and exit. A closed pipe is no error of ours; a question that cannot be answered is one line."""
    # A program that was started with Ctrl-C turned off, as by nohup, leaves it so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, on_interrupt)
    code = _run()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except BrokenPipeError:
            code = _CLOSED_PIPE
        except OSError:
            code = code or OutputError.exit_code
        else:
            continue
        # What cannot be written would be tried again, and told of, when Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def _run() -> int:
    streams = sys.stdout, sys.stderr
    try:
        if "_LINEAGE_COMPLETE" in os.environ:
            from lineage.cli import shell

            shell.prepare(cli)
        code = cli.main(standalone_mode=False, prog_name="lineage")
    except CatalogError as error:
        tell(str(error))
        tell(f"error: {count(len(error.problems), 'problem')} in the data")
        return error.exit_code
    except LineageError as error:
        for one in (error, *error.also):
            tell(f"error: {one}")
        return error.exit_code
    except click.ClickException as error:
        import io

        text = io.StringIO()
        error.show(text)
        tell(text.getvalue().rstrip("\n"))
        return error.exit_code
    except click.Abort:
        return 130
    except BrokenPipeError:
        return _CLOSED_PIPE
    except SystemExit:
        # Where nobody reads, click exits with 1, which is a "no" here, and puts streams in place that keep silent.
        if (sys.stdout, sys.stderr) == streams:
            raise
        sys.stdout, sys.stderr = streams
        return _CLOSED_PIPE
    except OSError as error:
        # Help pages are written by click itself.
        tell(f"error: cannot write the answer: {error.strerror or error}")
        return OutputError.exit_code
    if is_interrupted():
        return 130
    return code if isinstance(code, int) else 0
