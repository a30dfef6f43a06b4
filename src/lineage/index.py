"""From a directory of records to a checked graph, and the compiled index that makes the next time fast.

A cold question reads, checks and assembles everything; the result is kept in the user's cache under the digest of the data, so
that a warm one imports neither pydantic nor YAML. The index is a convenience: it may be deleted, be damaged or be impossible to
write, and the answer is the same.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from lineage import store
from lineage.errors import CatalogError, LineageError, Problem
from lineage.graph import FORMAT_VERSION, Edge, LineageGraph, Node, frozen
from lineage.vocabulary import BASIS_OF_RELATION, plotted_date

if TYPE_CHECKING:
    from lineage.catalog import Catalog, Entry
    from lineage.records import Claim, Source, WrittenEdge

_RESTED_NS: Final = 3_000_000_000
"""A file that was written so long ago will show it by its times when it is written again, on every file system."""


FORM_RULE: Final = "not-canonical"
"""The rule of :func:`check` that is about how a file is written, and not about what it says."""

BORROWED_FILE: Final = "from-lineage.yaml"
"""In a directory of a user's own: copies of records that came with lineage. Beside the originals they are left out."""


class DataNotFoundError(LineageError):
    """There is no such directory of records."""

    exit_code = 4


def data_directory() -> Path:
    """Where the records are: ``LINEAGE_DATA`` if it is set, else those that came with the package.

    Raises:
        DataNotFoundError: if there is no such directory.
    """
    named = os.environ.get("LINEAGE_DATA")
    if named:
        return existing(Path(named))
    return builtin_directory()


def builtin_directory() -> Path:
    """Where the records are that came with the package.

    Raises:
        DataNotFoundError: if there is no such directory.
    """
    package = Path(__file__).parent
    carried = package / "graph_data"
    # An editable install runs from the source tree, where the data stand beside `src`.
    return existing(carried if carried.is_dir() else package.parent.parent / "graph_data")


def load(directory: Path | str | None = None, *, with_builtin: bool = False) -> LineageGraph:
    """The checked graph of a directory of records; by default of :func:`data_directory`.

    Args:
        directory: where the records are.
        with_builtin: whether the records that came with lineage are joined to them.

    Raises:
        CatalogError: if the data have problems; it carries all of them. Warnings do not count, nor does the form of a file.
        DataNotFoundError: if there is no such directory.

    >>> import lineage
    >>> lineage.load()["transformer"].year
    2017
    """
    place = data_directory() if directory is None else existing(Path(directory))
    key = _known_digest(place)
    if with_builtin:
        key += _known_digest(builtin_directory())
    index_file = _cache_file(f"index-{key}.bin")
    stored = _read_index(index_file, place, key, with_builtin=with_builtin)
    if stored is not None:
        return stored
    graph = _load_anew(place, with_builtin=with_builtin)
    _write(index_file, store.dump(graph))
    return graph


def remembered(
    what: str,
    make: Callable[[LineageGraph], dict[str, Any]],
    directory: Path | str | None = None,
    *,
    with_builtin: bool = False,
) -> dict[str, Any]:
    """What is made of the whole graph of a directory, in JSON: made once, and kept beside the index under the same key.

    Args:
        what: a word that names it, the same for the same ``make``.
        make: makes it; not called while the data are as they were.
        directory: where the records are.
        with_builtin: whether the records that came with lineage are joined to them.

    Raises:
        CatalogError: if the data have problems, and what ``make`` raises.
        DataNotFoundError: if there is no such directory.
    """
    place = data_directory() if directory is None else existing(Path(directory))
    key = _known_digest(place) + (_known_digest(builtin_directory()) if with_builtin else "")
    file = _cache_file(f"{what}-{key}.json")
    try:
        if not store.is_foreign(os.stat(file)):  # noqa: PTH116 - as for the index
            total, _, content = file.read_bytes().partition(b"\n")
            if crc32(content) == int(total):
                return dict(json.loads(content))
    except (OSError, ValueError, TypeError, RecursionError):
        pass
    made = json.dumps(make(load(place, with_builtin=with_builtin)), ensure_ascii=False).encode()
    _write(file, [f"{crc32(made)}\n".encode(), made])
    return dict(json.loads(made))


def _load_anew(place: Path, *, with_builtin: bool) -> LineageGraph:
    catalog, problems = _read_and_check(place, with_builtin=with_builtin)
    # A file in another form says the same: that is for `check` and `fmt`, and keeps nobody from an answer.
    errors = tuple(problem for problem in problems if problem.severity == "error" and problem.rule != FORM_RULE)
    if errors:
        raise CatalogError(errors)
    return assemble(catalog)


def check(directory: Path | str | None = None, *, with_builtin: bool = False) -> tuple[Problem, ...]:
    """All problems of a directory of records, in the order of files and lines; none if it is sound.

    Args:
        directory: where the records are.
        with_builtin: whether the records that came with lineage are joined to them.

    Raises:
        DataNotFoundError: if there is no such directory.

    >>> import lineage
    >>> lineage.check()
    ()
    """
    place = data_directory() if directory is None else existing(Path(directory))
    return _read_and_check(place, with_builtin=with_builtin)[1]


def _read_and_check(place: Path, *, with_builtin: bool = False) -> tuple[Catalog, tuple[Problem, ...]]:
    from lineage import catalog, checks  # 150 ms that a warm query does not pay

    notes = _canonical_file()
    known = _read_canonical_digests(notes)
    # Hundreds of thousands of small objects are made and none is garbage; to look for some takes a tenth of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        content = catalog.read(_relative(place), known)
        if with_builtin:
            content = content.beside(catalog.read(_relative(builtin_directory()), known), BORROWED_FILE)
        problems = checks.check(content)
    finally:
        if collects:
            gc.enable()
    if content.canonical - known:
        # Of files that were edited since, a few thousand are kept: other directories may be read in turn.
        kept = content.canonical | (known if len(known) < 4096 else frozenset())
        _write(notes, [json.dumps(sorted(kept)).encode()])
    return content, problems


def _relative(place: Path) -> Path:
    try:
        return place.relative_to(Path.cwd())
    except ValueError:
        return place


def existing(place: Path) -> Path:
    """A directory that can be read.

    Raises:
        DataNotFoundError: if there is none.
    """
    try:
        found = place.is_dir() and os.access(place, os.R_OK | os.X_OK)
    except OSError:
        found = False
    if not found:
        raise DataNotFoundError(
            f"there is no directory `{place}` that can be read; name the one that holds the records"
        )
    return place


# -- records to graph ----------------------------------------------------------------------------------------------------------


def assemble(catalog: Catalog) -> LineageGraph:
    """The graph of a catalogue without errors: every edge turned to point forward in time."""
    from lineage.records import written_edges

    introduced: dict[str, str] = {}
    for entry in catalog.entries:
        for edge in written_edges(entry.record):
            if edge.field == "introduced_technique" and getattr(edge.claim, "role", "") == "primary":
                introduced[edge.other] = plotted_date([(event.kind, event.date) for event in _events(entry)])
    nodes = [_node(entry, introduced) for entry in catalog.entries]
    edges = [_edge(entry.record.id, edge) for entry in catalog.entries for edge in written_edges(entry.record)]
    return LineageGraph(nodes, edges)


def _events(entry: Entry) -> tuple[Any, ...]:
    return getattr(entry.record, "dates", ())


def _node(entry: Entry, introduced: dict[str, str]) -> Node:
    from lineage.records import EDGE_FIELDS, Paper

    record = entry.record
    events = _events(entry)
    date = plotted_date([(event.kind, event.date) for event in events]) if events else introduced[record.id]
    head: dict[str, Any] = {"id": record.id, "kind": record.kind, "name": record.name, "aliases": list(record.aliases)}
    if record.kind != "technique":
        head["organizations"] = list(record.organizations)
    head["dates"] = [
        {"kind": event.kind, "date": event.date} | ({"sources": _sources(event.sources)} if event.sources else {})
        for event in events
    ]
    head["date"] = date
    content = record.model_dump(mode="json", exclude_none=True)
    rest = {
        name: value
        for name, value in content.items()
        if name not in head and name not in EDGE_FIELDS and name != "sources" and value not in ([], ())
    }
    if isinstance(record, Paper):
        rest["address"] = record.address
    data = {**head, **rest, "sources": _sources(record.sources), "location": f"{entry.file}:{entry.line}"}
    return Node(id=record.id, kind=record.kind, name=record.name, date=date, data=frozen(data))


def _edge(writer: str, edge: WrittenEdge) -> Edge:
    from lineage.records import EDGE_FIELDS, Derivation

    kind = EDGE_FIELDS[edge.field].kind
    # Written by the child or the subject; only an introduction is written by its earlier end.
    source, target = (writer, edge.other) if kind == "introduced-technique" else (edge.other, writer)
    relation = edge.claim.relation if isinstance(edge.claim, Derivation) else None
    basis = BASIS_OF_RELATION[relation] if relation else "succession" if kind == "succeeds" else None
    data: dict[str, Any] = {
        "source": source,
        "target": target,
        "kind": kind,
        "relation": relation,
        "basis": basis,
        "evidence": edge.claim.evidence,
        "sources": _sources(edge.claim.sources),
        **_extras(edge.claim),
    }
    return Edge(
        source=source,
        target=target,
        kind=kind,
        relation=relation,
        basis=basis,
        evidence=edge.claim.evidence,
        sources=frozen(data["sources"]),
        data=frozen(data),
    )


def _extras(claim: Claim) -> dict[str, Any]:
    """What only some claims carry: role, note, dispute, and the mark of a layout parent."""
    extras: dict[str, Any] = {}
    if hasattr(claim, "role"):
        extras["role"] = claim.role
    if claim.note:
        extras["note"] = claim.note
    if claim.disputed:
        extras["disputed"] = claim.disputed.model_dump(mode="json", exclude_none=True)
    if getattr(claim, "layout_parent", False):
        extras["layout_parent"] = True
    return extras


def _sources(sources: tuple[Source, ...]) -> list[dict[str, str]]:
    return [source.model_dump(mode="json", exclude_none=True) for source in sources]


# -- the stored index ------------------------------------------------------------------------------------------------------------


def digest(place: Path) -> str:
    """The SHA-256 of all data files with their names: the same for the same records, wherever they stand."""
    from hashlib import sha256  # 4 ms that a warm query does not pay

    total = sha256(f"{store.STORE_VERSION}.{FORMAT_VERSION}".encode())
    total.update(_code_digest())
    for name, path in _data_files(place):
        total.update(f"\0{name}\0".encode("utf-8", "surrogateescape"))
        # Only what the reader would read: a pipe or a device would never end.
        if path.is_file() and path.stat().st_size <= 1 << 20:
            total.update(sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _data_files(place: Path) -> list[tuple[str, Path]]:
    """The files that may hold records, by their names within the directory, in the order of the names."""
    found = []
    for folder, _, names in os.walk(place):
        for name in names:
            if fnmatchcase(name, "*.y*ml"):
                path = Path(folder, name)
                found.append((path.relative_to(place).as_posix(), path))
    return sorted(found)


def _code_digest() -> bytes:
    """Rules that change make an old verdict worthless, so the code that reads and checks is part of the key."""
    from hashlib import sha256

    here = Path(__file__).parent
    return b"".join(sha256(path.read_bytes()).digest() for path in sorted(here.glob("*.py")))


def _known_digest(place: Path) -> str:
    """The digest; not computed again while no file of data or code shows another size, time or number than it did then.

    It is how git knows that a file is as it was. A note is written only when every file has rested for a while, because one
    that is written twice within one tick of the clock of its file system shows the same time.
    """
    shown = _shown(place)
    if shown is None:
        return digest(place)
    signature, newest = shown
    notes = _cache_file(f"seen-{crc32(os.fsencode(place.absolute())):08x}.json")
    try:
        content = json.loads(notes.read_bytes())
        if isinstance(content, dict) and content.get("signature") == signature and _is_digest(content.get("digest")):
            return str(content["digest"])
    except (OSError, ValueError, RecursionError):
        pass
    key = digest(place)
    if newest < time.time_ns() - _RESTED_NS and _shown(place) == shown:
        _write(notes, [json.dumps({"signature": signature, "digest": key}).encode()])
    return key


def _is_digest(text: object) -> bool:
    return isinstance(text, str) and len(text) == 64 and set(text) <= set("0123456789abcdef")


def _shown(place: Path) -> tuple[str, int] | None:
    """What the file system shows of all files of data and code, without reading one, and the newest of their times."""
    here = os.path.dirname(__file__)  # noqa: PTH120 - a Path for each of a hundred files takes as long as all the rest
    lines = [os.fspath(place.absolute())]
    newest = 0
    try:
        with os.scandir(here) as entries:
            code = [entry.path for entry in entries if entry.name.endswith(".py")]
        data = [
            os.path.join(folder, name)  # noqa: PTH118 - likewise
            for folder, _, names in os.walk(place)
            for name in names
            if fnmatchcase(name, "*.y*ml")
        ]
        for path in (*sorted(code), "", *sorted(data)):
            if path:
                status = os.stat(path)  # noqa: PTH116 - likewise
                numbers = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
                newest = max(newest, status.st_mtime_ns, status.st_ctime_ns)
                lines.append(f"{path} {numbers}")
            else:
                lines.append("")
    except OSError:
        return None
    return "\n".join(lines).encode("utf-8", "backslashreplace").decode(), newest


def _canonical_file() -> Path:
    """Where the digests of files that were found canonical are kept, for this very code."""
    from hashlib import sha256

    return _cache_file(f"canonical-{sha256(_code_digest()).hexdigest()}.json")


def _cache_file(name: str) -> Path:
    """A file of the user's cache, whether or not it is there."""
    return _cache() / name


def _cache() -> Path:
    if sys.platform == "linux" and "ANDROID_DATA" not in os.environ:
        # What platformdirs does here, without the 10 ms that its import takes: a tenth of a warm query.
        named = os.environ.get("XDG_CACHE_HOME", "")
        home = named if named.startswith("/") else os.path.expanduser("~/.cache")  # noqa: PTH111 - it never fails
        return Path(home, "model-lineage")
    from platformdirs import user_cache_path

    return user_cache_path("model-lineage", appauthor=False)


def _read_canonical_digests(notes: Path) -> frozenset[str]:
    try:
        content = json.loads(notes.read_bytes())
        return frozenset(one for one in content if isinstance(one, str))
    except (OSError, ValueError, TypeError):
        return frozenset()


def _read_index(index_file: Path, place: Path, key: str, *, with_builtin: bool) -> LineageGraph | None:
    def again() -> LineageGraph:
        if digest(place) + (digest(builtin_directory()) if with_builtin else "") != key:
            raise LineageError("the stored index was damaged and the data have changed; ask again")
        return _load_anew(place, with_builtin=with_builtin)

    try:
        return store.open_graph(index_file, again)
    except (OSError, store.DamagedError):
        return None


def _write(file: Path, pieces: Iterable[bytes]) -> None:
    """Put a file into the cache in one piece; where that cannot be done it is done without."""
    import tempfile

    temporary = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as temporary:
            temporary.writelines(pieces)
        Path(temporary.name).replace(file)
        _forget_old(file)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary.name).unlink(missing_ok=True)


def _forget_old(file: Path) -> None:
    """Keep the eight newest of a kind: a contributor who edits data makes a new one with every change."""
    kind = file.name.partition("-")[0]
    known = sorted(file.parent.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in known[8:]:
        path.unlink(missing_ok=True)
