"""A terminal for tests: the program runs in it, and what it would show is kept."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import sys
import termios


def on_terminal(*arguments: str, stop_at: bytes | None = None, columns: int = 80, **changes: str) -> tuple[int, bytes]:
    """Exit code and everything that a terminal is sent; Ctrl-C is typed once ``stop_at`` is seen."""
    # The width has to be there before the program asks for it.
    size = {"COLUMNS": str(columns), **changes}
    pid, terminal = pty.fork()
    if not pid:
        os.environ.update(size)
        os.execv(sys.executable, [sys.executable, "-m", "lineage", *arguments])  # noqa: S606 - a terminal of its own
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    sent = b""
    try:
        while part := os.read(terminal, 65536):
            sent += part
            if stop_at is not None and stop_at in sent:
                os.write(terminal, b"\x03")
                stop_at = None
    except OSError:
        pass  # the other side is gone
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), sent
