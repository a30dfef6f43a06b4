"""The records as they were at a revision of git."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from lineage.errors import LimitError, LineageError, ToolError

MAX_BYTES: Final = 1 << 28
_SECONDS: Final = 60


class RevisionError(LineageError):
    """There is no such directory and no such revision."""

    exit_code = 3


@contextlib.contextmanager
def records(name: str, place: Path) -> Iterator[Path]:
    """A directory with the records of a revision, for as long as they are needed.

    Args:
        name: as git names a revision: ``HEAD~3``, ``v1.0``, a hash.
        place: the directory of today's records, within a repository.

    Raises:
        RevisionError: if ``place`` is in no repository, or it has no such revision, or that has no records there.
        ToolError: if git is missing or takes too long.
        LimitError: if the records are larger than :data:`MAX_BYTES`.
    """
    if not name or "\0" in name:
        raise RevisionError("an empty name is neither a directory nor a revision")
    found = _git(place, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if found.returncode:
        raise RevisionError(f"there is no directory `{name}`, and no revision that git knows by this name in `{place}`")
    commit = found.stdout.decode("ascii", "replace").strip()
    # Asked from within the directory, git gives what is below it.
    archive = _git(place, "archive", "--format=tar", commit, "--", ".")
    if archive.returncode:
        raise RevisionError(f"revision `{name}` has no records in `{place}`")
    if len(archive.stdout) > MAX_BYTES:
        raise LimitError(f"the records of `{name}` are larger than {MAX_BYTES >> 20} MiB")
    with tempfile.TemporaryDirectory(prefix="lineage-") as directory:
        _unpack(archive.stdout, Path(directory))
        yield Path(directory)


def known(place: Path) -> tuple[str, ...]:
    """What git calls revisions by name, around a directory: where it stands, the branches, then the tags, each the newest first.

    Raises:
        ToolError: if git is missing or takes too long.
    """
    form = ("--sort=-creatordate", "--count=500", "--format=%(refname:short)")
    found = [_git(place, "for-each-ref", *form, which) for which in ("refs/heads", "refs/tags")]
    if any(one.returncode for one in found):
        return ()
    return ("HEAD", *(name for one in found for name in one.stdout.decode("utf-8", "replace").splitlines()))


def _git(place: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - the git of the user, without a shell
            ["git", "-C", place, *arguments],  # noqa: S607 - as it stands on PATH
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise ToolError("git is not installed; name directories, or install git to compare revisions") from None
    except subprocess.TimeoutExpired:
        raise ToolError(f"git took longer than {_SECONDS} seconds") from None


def _unpack(content: bytes, directory: Path) -> None:
    """Write the plain files alone, each below the directory."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            file = archive.extractfile(member) if member.isreg() else None
            if file is None or name.is_absolute() or ".." in name.parts:
                continue
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read())
