"""The live Hub: a model, what it came from and what came of it, by the ``huggingface_hub`` package where that is installed.

Only metadata are asked for; nothing is downloaded and no code of a repository runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from lineage.cards import Reading, repository
from lineage.errors import Location, ToolError
from lineage.hub_cards import answer

MAX_MODELS: Final = 1000
"""One question is asked for each model; the Hub lets a stranger ask 500 in five minutes."""
_ASKED: Final = (
    "author",
    "cardData",
    "config",
    "createdAt",
    "gated",
    "library_name",
    "pipeline_tag",
    "private",
    "safetensors",
    "tags",
)


class Client(Protocol):
    """What is used of ``huggingface_hub.HfApi``."""

    def model_info(self, repo_id: str, *, expand: list[Any]) -> Any:
        """What the Hub says of one model."""

    def list_models(self, *, filter: str, limit: int) -> Iterable[Any]:  # noqa: A002 - the word of that package
        """Models with a tag."""


def connect() -> Client:
    """The client of the installed package; it reads a token from the environment, as that package documents.

    Raises:
        ToolError: if the package is not installed.
    """
    try:
        from huggingface_hub import HfApi
    except ImportError:
        raise ToolError(
            "--repo asks the Hub and needs the package huggingface_hub; `pip install 'model-lineage[hub]'`, "
            "or save the cards and name the folder"
        ) from None
    client: Client = HfApi()
    return client


def walk(
    repositories: Iterable[str], depth: int, down: int, client: Client, begin: Callable[[str], object] = lambda _: None
) -> Reading:
    """Ask the Hub for models, their bases up to ``depth`` generations back, and what names them as a base.

    Args:
        repositories: ``org/name``.
        depth: generations of ancestors.
        down: generations of descendants.
        client: what :func:`connect` gave.
        begin: is told what is asked for now.
    """
    reading = Reading()
    seen: set[str] = set()
    waiting: deque[tuple[str, int, int]] = deque()
    for name in repositories:
        place = Location(f"hf:{name}", 1)
        if found := repository(name):
            waiting.append((found, depth, down))
        else:
            reading.problem(place, "no-name", f"`{name}` is no name of a repository", "write org/name")
    while waiting:
        name, up, below = waiting.popleft()
        if name.casefold() in seen:
            continue
        seen.add(name.casefold())
        place = Location(f"hf:{name}", 1)
        if len(seen) > MAX_MODELS:
            message = f"more than {MAX_MODELS} models; the rest was not asked for"
            reading.problem(place, "too-large", message, "follow fewer generations")
            break
        before = len(reading.cards)
        begin(f"asking the Hub for {name}")
        try:
            info = client.model_info(name, expand=list(_ASKED))
        except Exception as error:  # noqa: BLE001 - its classes are its own; what is ours is raised again
            _tell(error, place, reading)
            reading.read += 1
            continue
        answer(_answer(info, name), place, reading)
        children: list[str] = []
        try:
            children = _children(client, name) if below else []
        except Exception as error:  # noqa: BLE001 - its classes are its own; what is ours is raised again
            _tell(error, place, reading)
        if up:
            waiting += [(base.name, up - 1, 0) for card in reading.cards[before:] for base in card.bases]
        waiting += [(child, 0, below - 1) for child in children]
    return reading


def _tell(error: Exception, place: Location, reading: Reading) -> None:
    """Tell that the package failed. Which classes it raises depends on its version and on what that is built on.

    Raises:
        Exception: the error itself, if it arose in a call of ours and not below it.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None and trace.tb_frame.f_globals.get("__name__") == __name__:
        raise error
    why = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
    reading.problem(place, "not-had", f"the Hub did not tell of it: {why}", "ask later, or log in where it is gated")


def _children(client: Client, name: str) -> list[str]:
    found = client.list_models(filter=f"base_model:{name}", limit=MAX_MODELS)
    return sorted({one.id for one in found if isinstance(getattr(one, "id", None), str)})


def _answer(info: Any, name: str) -> dict[str, Any]:
    """What the API answers, out of the object that the package makes of it."""
    card: Any = getattr(info, "card_data", None)
    created: Any = getattr(info, "created_at", None)
    parts = getattr(info, "safetensors", None)
    return {
        "id": getattr(info, "id", None) or name,
        "author": getattr(info, "author", None),
        "createdAt": created.isoformat() if hasattr(created, "isoformat") else created,
        "gated": getattr(info, "gated", None),
        "private": getattr(info, "private", None),
        "tags": getattr(info, "tags", None) or [],
        "config": getattr(info, "config", None),
        "library_name": getattr(info, "library_name", None),
        "pipeline_tag": getattr(info, "pipeline_tag", None),
        "safetensors": {"total": getattr(parts, "total", None)},
        "cardData": card.to_dict() if hasattr(card, "to_dict") else card,
    }
