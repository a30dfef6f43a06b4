"""The Graphviz that travels inside the package: ``vendor/viz/viz.wasm``, run by wasmtime within limits.

The module was built by Emscripten for JavaScript; the functions that it expects of its surroundings are given here.
It sees no file, no clock, no environment and no randomness, so a drawing depends on nothing but its text.

Compiling takes a second, so the machine code is kept in the user's cache. What is read back from there is executed:
only a file that this user alone can have written, and that carries the digest of its content, is taken.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
import threading
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lineage.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Callable

    import wasmtime

MEMORY_LIMIT: Final = 1 << 30
"""Bytes that a drawing may take."""

_NO_SUCH_FILE: Final = -44  # Emscripten's numbers
_BAD_FILE: Final = 8
_PAGE: Final = 1 << 16
_DIGEST: Final = hashlib.sha256().digest_size

_one_at_a_time = threading.Lock()  # an epoch ends every drawing of the engine, and there is one engine


class _StoppedError(Exception):
    """Graphviz gave up: it called ``exit`` or ``abort``."""


def render(text: str, *, engine: str, seconds: float) -> str:
    """Draw DOT as inline SVG.

    Args:
        text: one graph in the DOT language.
        engine: the layout program, such as ``dot`` or ``nop2``.
        seconds: how long the drawing may take. The first one on a machine compiles Graphviz before that.

    Raises:
        ToolError: if Graphviz refuses the text, fails, or needs more time or memory than it may have.
    """
    import wasmtime

    drawing = _Drawing(text, engine)
    module = _module()
    with _one_at_a_time:
        store = wasmtime.Store(module.engine)
        store.set_epoch_deadline(1)
        store.set_limits(memory_size=MEMORY_LIMIT)
        # In a thread, so that Ctrl-C is heard while machine code runs.
        worker = threading.Thread(target=drawing.run, args=(store, module.code), daemon=True)
        worker.start()
        try:
            worker.join(seconds)
        finally:
            timed_out = worker.is_alive()
            if timed_out:
                module.engine.increment_epoch()
                worker.join()
    if timed_out:
        raise ToolError(f"Graphviz took longer than {seconds:g} seconds; draw a smaller selection")
    if drawing.error is not None:
        raise ToolError(f"Graphviz failed: {drawing.reason()}") from drawing.error
    return drawing.result


class _Drawing:
    """One run of the module: its memory, the functions it imports, what it said."""

    def __init__(self, text: str, engine: str) -> None:
        self.text = text
        self.engine = engine
        self.result = ""
        self.error: Exception | None = None
        self.messages: list[str] = []
        self._memory: wasmtime.Memory | None = None
        self._store: wasmtime.Store | None = None

    def run(self, store: wasmtime.Store, code: wasmtime.Module) -> None:
        """Draw; the result is in ``result``, a failure in ``error``."""
        import wasmtime

        try:
            self._draw(store, code)
        except (_StoppedError, wasmtime.Trap, wasmtime.WasmtimeError, ToolError, ValueError) as error:
            self.error = error

    def reason(self) -> str:
        """In one line, why the drawing failed."""
        said = "".join(self.messages).strip() or (str(self.error).strip().splitlines() or ["no reason given"])[-1]
        plain = " ".join("".join(char if char.isprintable() else " " for char in said).split())
        return plain if len(plain) <= 300 else f"{plain[:299]}…"

    def _draw(self, store: wasmtime.Store, code: wasmtime.Module) -> None:
        import wasmtime

        names = _names()
        linker = wasmtime.Linker(store.engine)
        functions = self._functions()
        called = {short: name for name, short in names["imports"].items()}
        for needed in code.imports:
            kind = needed.type
            if not isinstance(kind, wasmtime.FuncType) or needed.name is None or needed.name not in called:
                raise ToolError(f"viz.wasm asks for `{needed.name}`, which nothing offers")
            linker.define_func(needed.module, needed.name, kind, functions[called[needed.name]])
        exports = linker.instantiate(store, code).exports(store)
        memory = exports[names["exports"]["memory"]]
        if not isinstance(memory, wasmtime.Memory):
            raise ToolError("viz.wasm has no memory")
        self._memory, self._store = memory, store

        def call(name: str, *arguments: int) -> int:
            function = exports[names["exports"][name]]
            if not isinstance(function, wasmtime.Func):
                raise ToolError(f"viz.wasm has no `{name}`")
            return int(function(store, *arguments) or 0)

        def string(value: str) -> int:
            content = value.encode() + b"\0"
            address = call("_malloc", len(content)) & 0xFFFFFFFF
            if not address:
                raise _StoppedError("out of memory")
            memory.write(store, content, address)
            return address

        call("init")
        graph = call("_viz_read_one_graph", string(self.text))
        if not graph:
            raise _StoppedError("the text is not DOT")
        call("_viz_set_y_invert", 0)
        call("_viz_set_reduce", 0)
        context = call("_viz_create_context")
        call("_viz_reset_errors")
        if call("_viz_layout", context, graph, string(self.engine)):
            raise _StoppedError("no layout was found")
        result = call("_viz_render", context, graph, string("svg_inline"))
        if not result:
            raise _StoppedError("no drawing was made")
        self.result = self._string(result)

    def _read(self, address: int, size: int) -> bytes:
        assert self._memory is not None  # noqa: S101 - no import is called before the memory is there
        assert self._store is not None  # noqa: S101
        address &= 0xFFFFFFFF
        return bytes(self._memory.read(self._store, address, address + size))

    def _write(self, address: int, content: bytes) -> None:
        assert self._memory is not None  # noqa: S101
        assert self._store is not None  # noqa: S101
        self._memory.write(self._store, content, address & 0xFFFFFFFF)

    def _string(self, address: int) -> str:
        address &= 0xFFFFFFFF
        parts = []
        while True:
            part = self._read(address, _PAGE - address % _PAGE)  # never beyond the page, so never beyond the memory
            end = part.find(b"\0")
            if end >= 0:
                parts.append(part[:end])
                return b"".join(parts).decode(errors="replace")
            parts.append(part)
            address += len(part)

    # -- what the module expects of its surroundings ------------------------------------------------------------------

    def _functions(self) -> dict[str, Callable[..., Any]]:
        def no_file(*_: int) -> int:
            return _NO_SUCH_FILE

        def bad_file(*_: int) -> int:
            return _BAD_FILE

        def nothing(*_: int) -> int:
            return 0

        def stop(*_: int) -> None:
            raise _StoppedError("it stopped at a fault of its own")

        def zeros(size: int, at: int) -> Callable[..., int]:
            def write(*arguments: int) -> int:
                self._write(arguments[at], bytes(size))
                return 0

            return write

        def no_time(_seconds: int, tm: int) -> None:
            self._write(tm, bytes(44))

        def no_zone(timezone: int, daylight: int, standard: int, summer: int) -> None:
            for address, content in (
                (timezone, bytes(4)),
                (daylight, bytes(4)),
                (standard, b"UTC\0"),
                (summer, b"UTC\0"),
            ):
                self._write(address, content)

        def no_environment(count: int, size: int) -> int:
            self._write(count, bytes(4))
            self._write(size, bytes(4))
            return 0

        def no_randomness(address: int, size: int) -> int:
            self._write(address, bytes(size))
            return 0

        return {
            "___assert_fail": self._assertion,
            "___cxa_throw": stop,
            "___syscall_faccessat": no_file,
            "___syscall_fcntl64": no_file,
            "___syscall_fstat64": no_file,
            "___syscall_ioctl": no_file,
            "___syscall_newfstatat": no_file,
            "___syscall_openat": no_file,
            "__abort_js": stop,
            "__localtime_js": no_time,
            "__mmap_js": no_file,
            "__munmap_js": no_file,
            "__tzset_js": no_zone,
            "_clock_time_get": zeros(8, 2),
            "_emscripten_date_now": lambda: 0.0,
            "_emscripten_resize_heap": self._grow,
            "_environ_get": nothing,
            "_environ_sizes_get": no_environment,
            "_exit": self._exit,
            "_fd_close": nothing,
            "_fd_read": bad_file,
            "_fd_seek": bad_file,
            "_fd_write": self._say,
            "_random_get": no_randomness,
            "viz_errorf": self._complain,
        }

    def _assertion(self, condition: int, _file: int, _line: int, _function: int) -> None:
        raise _StoppedError(f"it stopped at a fault of its own ({self._string(condition)})")

    def _exit(self, code: int) -> None:
        raise _StoppedError(f"it stopped with code {code}")

    def _grow(self, wanted: int) -> int:
        assert self._memory is not None  # noqa: S101
        assert self._store is not None  # noqa: S101
        import wasmtime

        wanted &= 0xFFFFFFFF
        size = self._memory.data_len(self._store)
        for spare in (0.2, 0.1, 0.05, 0.0):  # a fifth more, for the next time; less near the limit
            pages = -(-(max(wanted, int(size * (1 + spare))) - size) // _PAGE)
            with contextlib.suppress(wasmtime.WasmtimeError):
                self._memory.grow(self._store, pages)
                return 1
        self.messages.append(f"a drawing may take {MEMORY_LIMIT >> 20} MiB of memory and this needs more")
        return 0

    def _say(self, stream: int, vectors: int, count: int, written: int) -> int:
        total = 0
        for index in range(count):
            vector = self._read(vectors + 8 * index, 8)
            address, size = int.from_bytes(vector[:4], "little"), int.from_bytes(vector[4:], "little")
            if stream in (1, 2) and size and len(self.messages) < 20:
                self.messages.append(self._read(address, min(size, 500)).decode(errors="replace"))
            total += size
        self._write(written, total.to_bytes(4, "little"))
        return 0

    def _complain(self, text: int) -> int:
        if len(self.messages) < 20:
            self.messages.append(self._string(text))
        return 0


# -- the module and its compiled form ----------------------------------------------------------------------------------


class _Module:
    def __init__(self, engine: wasmtime.Engine, code: wasmtime.Module) -> None:
        self.engine = engine
        self.code = code


@cache
def _names() -> dict[str, Any]:
    """What the one-letter imports and exports of the module are called."""
    content: dict[str, Any] = json.loads(_vendored("viz.json"))
    return content


def _vendored(name: str) -> bytes:
    return resources.files("lineage").joinpath("vendor", "viz", name).read_bytes()


@cache
def _module() -> _Module:
    import wasmtime

    config = wasmtime.Config()
    config.epoch_interruption = True
    engine = wasmtime.Engine(config)
    wasm = _vendored("viz.wasm")
    place = _cache_place(wasm)
    kept = _read_cache(place) if place else None
    if kept is not None:
        # Made by another wasmtime or for another processor: it says so and is compiled anew.
        with contextlib.suppress(wasmtime.WasmtimeError):
            return _Module(engine, wasmtime.Module.deserialize(engine, kept))
    code = wasmtime.Module(engine, wasm)
    if place:
        _write_cache(place, bytes(code.serialize()))
    return _Module(engine, code)


def _cache_place(wasm: bytes) -> Path | None:
    """Where the compiled module is kept; None on a machine without a home."""
    from importlib.metadata import version

    from platformdirs import user_cache_path

    key = hashlib.sha256(wasm + b"\0" + version("wasmtime").encode()).hexdigest()
    try:
        return user_cache_path("model-lineage", appauthor=False) / "graphviz" / f"{key[:32]}.cwasm"
    except (OSError, RuntimeError):
        return None


def _read_cache(place: Path) -> bytes | None:
    """The compiled module, if it is whole and nobody else can have written it."""
    try:
        # O_NOFOLLOW and fstat: what is looked at is what is read.
        number = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as file:
            about = os.fstat(number)
            if not stat.S_ISREG(about.st_mode) or not _own(about) or about.st_size > 100 * 1024 * 1024:
                return None
            content = file.read()
    except OSError:
        return None
    digest, code = content[:_DIGEST], content[_DIGEST:]
    return code if hashlib.sha256(code).digest() == digest else None


def _own(about: os.stat_result) -> bool:
    """Whether a file belongs to this user and no other may write it; Windows keeps a user's folders by itself."""
    return not hasattr(os, "getuid") or (about.st_uid == os.getuid() and not about.st_mode & 0o022)


def _write_cache(place: Path, code: bytes) -> None:
    """Keep the compiled module; a disk that is full or not to be written costs only time."""
    temporary = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _own(place.parent.stat()):
            return
        number, temporary = tempfile.mkstemp(dir=place.parent, prefix=".new-")  # readable by the owner only
        with os.fdopen(number, "wb") as file:
            file.write(hashlib.sha256(code).digest() + code)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(place)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
