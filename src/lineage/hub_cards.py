"""Model cards of the Hugging Face Hub: Markdown with metadata in YAML, answers of the API, and dumps of many.

Nothing is asked of the network.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from lineage.card_types import is_set, parameters, tell_types
from lineage.cards import (
    MAX_DUMP_BYTES,
    MAX_LINE_BYTES,
    Bare,
    Base,
    Card,
    Reading,
    cleaned,
    day,
    repository,
    shown,
    texts,
)
from lineage.errors import Location
from lineage.metadata import Metadata
from lineage.names import FEW_BITS
from lineage.saved_cards import files_of, folder_above, head, key_of, name_makers
from lineage.vocabulary import Architecture, Relation, Weights

MAX_BASES: Final = 200
"""Parents of one model."""
RELATION_OF_HUB: Final[Mapping[str, Relation]] = {
    "finetune": "finetuned",
    "adapter": "adapter",
    "merge": "merged",
    "quantized": "quantized",
}
"""The words of the Hub for ``base_model_relation``, and ours."""

_OPEN: Final = {
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "cc0-1.0": "CC0-1.0",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-sa-4.0": "CC-BY-SA-4.0",
    "gpl-3.0": "GPL-3.0-only",
    "agpl-3.0": "AGPL-3.0-only",
    "afl-3.0": "AFL-3.0",
}
"""Licences of the Hub under which anyone may have and use the weights, with their SPDX identifiers."""
_TYPES: Final[Mapping[Architecture, str]] = {
    "encoder-only": "albert bert camembert deberta deberta-v2 distilbert electra modernbert mpnet roberta xlm-roberta",
    "encoder-decoder": "bart led longt5 m2m_100 marian mbart mt5 pegasus t5 umt5",
    "state-space": "falcon_mamba mamba mamba2 rwkv rwkv5 rwkv6 rwkv7",
    "hybrid": "bamba falcon_h1 granitemoehybrid jamba nemotron_h zamba zamba2",
    "dual-encoder": "clip siglip",
    "decoder-only": (
        "bloom cohere deepseek_v2 deepseek_v3 falcon gemma gemma2 gemma3 gemma3_text gpt2 gpt_neo gpt_neox gpt_oss gptj "
        "granite llama mistral mixtral mpt olmo olmo2 opt phi phi3 qwen qwen2 qwen2_moe qwen3 qwen3_moe stablelm starcoder2"
    ),
}
_ARCHITECTURES: Final = {kind: architecture for architecture, kinds in _TYPES.items() for kind in kinds.split()}
"""Kinds of models of the Transformers library (``model_type``, also a tag) and where they grow."""
_TASKS: Final[Mapping[str, Architecture]] = {
    "text-generation": "decoder-only",
    "fill-mask": "encoder-only",
    "text2text-generation": "encoder-decoder",
    "translation": "encoder-decoder",
    "summarization": "encoder-decoder",
    "text-to-image": "diffusion",
}
_UNKNOWN_SINCE: Final = "2022-03-02T23:29"
"""The Hub has this for everything that is older than its records: no day of a release."""
_LINES_OF_A_STEP: Final = 200
_HEAD: Final = re.compile(r"\s*---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_TAKEN: Final = frozenset(
    {
        "base_model",
        "base_model_relation",
        "datasets",
        "date",
        "gated",
        "library_name",
        "license",
        "license_name",
        "new_version",
        "pipeline_tag",
        "release_date",
        "tags",
    }
)
"""Fields of a card that go into a record."""


def read_hub(paths: Iterable[Path], namespace: str = "", begin: Callable[[str], object] = lambda _: None) -> Reading:
    """Everything that files and folders say: cards (``*.md``), answers of the API (``*.json``) and dumps (``*.jsonl``).

    Args:
        paths: files, or folders that are searched for such files; a card in a folder ``org/name`` is that repository.
        namespace: the maker of cards that do not stand in such a folder.
        begin: is told now and then what is being read.
    """
    reading = Reading()
    nameless: dict[int, tuple[str, bool]] = {}
    for root in paths:
        for path in files_of(root, reading):
            place = Location(path.as_posix(), 1)
            if path.suffix.lower() == ".md":
                text = head(path, reading)
                if text is None:
                    continue
                if not reading.read % _LINES_OF_A_STEP:
                    begin(f"reading cards: {reading.read:,}")
                at, key = len(reading.cards), key_of(path, root, namespace)
                card(text, key, place, reading)
                if (
                    len(reading.cards) > at
                    and "/" not in key
                    and path.stem.lower() == "readme"
                    and (maker := folder_above(path))
                ):
                    nameless[at] = maker, root in {path, path.parent}
            else:
                before = reading.read, len(reading.problems)
                _dump(path, reading, begin)
                if before == (reading.read, len(reading.problems)):
                    reading.problem(place, "no-card", "is empty", "save the answer of the Hub anew")
    name_makers(nameless, reading)
    return reading


def card(text: str, key: str, place: Location, reading: Reading) -> None:
    """Take a model card (Markdown with metadata in YAML at its top) into a reading."""
    reading.read += 1
    name = repository(key)
    if not name:
        reading.problem(place, "no-name", f"`{shown(key)}` is no name of a repository", "name the folder org/name")
        return
    found = _HEAD.match(text)
    if not found:
        if len(text.encode()) >= MAX_LINE_BYTES and re.match(r"\s*---[ \t]*\n", text):
            message = f"has metadata that do not end within {MAX_LINE_BYTES >> 20} MiB"
            reading.problem(place, "too-large", message, "shorten them, and close them with `---`")
            return
        message = "has no metadata: no `---` in its first line and after them"
        reading.problem(place, "no-metadata", message, "add them, as https://huggingface.co/docs/hub/model-cards shows")
        return
    before = text[: found.start(1)].count("\n") if found[1] else 0
    loader = Metadata(place.file, before, reading)
    data = loader.read(found[1] or "")
    if data is not None:
        reading.cards.append(_card(name, data, {}, place, loader.lines, reading))


def _dump(path: Path, reading: Reading, begin: Callable[[str], object]) -> None:
    """A JSON answer, or a dump of one answer a line."""
    place = Location(path.as_posix(), 1)
    try:
        size = path.stat().st_size
        lines = path.suffix.lower() in {".jsonl", ".ndjson"}
        if size > MAX_DUMP_BYTES and not lines:
            reading.problem(
                place, "too-large", f"has {size} bytes; {MAX_DUMP_BYTES} are read", "save it as lines of JSON"
            )
            return
        with path.open("rb") as file:
            if not lines:
                text = file.read().decode("utf-8-sig", "replace")
                try:
                    content = json.loads(text, parse_int=Bare, parse_float=Bare, parse_constant=Bare)
                except (ValueError, RecursionError):
                    file.seek(0)
                else:
                    _answers(content, place, reading)
                    return
            _lines(file, place.file, reading, begin)
    except OSError as error:
        reading.problem(place, "unreadable", f"cannot be read: {error.strerror}", "mend its permissions")


def _lines(file: Any, name: str, reading: Reading, begin: Callable[[str], object]) -> None:
    number = 0
    while line := file.readline(MAX_LINE_BYTES):
        number += 1
        if not number % _LINES_OF_A_STEP:
            begin(f"reading {Path(name).name[:40]}: {number:,} lines")
        place = Location(name, number)
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            reading.read += 1
            reading.problem(
                place, "too-large", f"has more than {MAX_LINE_BYTES} bytes in a line", "save the model by itself"
            )
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE_BYTES)
        elif line.strip():
            try:
                text = line.decode("utf-8-sig", "replace")
                content = json.loads(text, parse_int=Bare, parse_float=Bare, parse_constant=Bare)
            except (ValueError, RecursionError):
                reading.read += 1
                reading.problem(
                    place, "json-syntax", "is neither JSON nor a line of JSON", "save the answer of the Hub anew"
                )
                if number == 1 and not line.rstrip().endswith(b"}"):
                    return  # one broken document, and no dump
            else:
                _answers(content, place, reading)


def _answers(content: Any, place: Location, reading: Reading) -> None:
    for item in content if isinstance(content, list) else [content]:
        answer(item, place, reading)


def answer(item: Any, place: Location, reading: Reading) -> None:
    """Take what the API of the Hub says of one model (``/api/models/...``, or one of its lists) into a reading."""
    reading.read += 1
    key = (
        next((item[name] for name in ("id", "modelId", "model_id") if isinstance(item.get(name), str)), "")
        if isinstance(item, dict)
        else ""
    )
    name = repository(key)
    if not isinstance(item, dict) or not name:
        message = f"`{shown(key)}` is no name of a repository" if key else "is no answer about a model: it has no `id`"
        reading.problem(place, "no-name", message, "save what https://huggingface.co/api/models/ORG/NAME answers")
        return
    inner = item["cardData"] if item.get("cardData") is not None else item.get("card_data")
    if inner is not None and not isinstance(inner, dict):
        reading.problem(place, "wrong-type", f"`cardData` of `{name}` is no mapping; left out", "save it anew")
    data = dict(inner) if isinstance(inner, dict) else {}
    if "base_model" in item and "base_model" not in data:
        data["base_model"] = item["base_model"]
    reading.cards.append(_card(name, data, item, place, {}, reading))


# -- from fields to a card ---------------------------------------------------------------------------------------------------------


def _card(
    key: str, data: dict[str, Any], item: dict[str, Any], place: Location, lines: Mapping[str, int], reading: Reading
) -> Card:
    reading.fields.update(name for name in data if name not in _TAKEN)

    def at(name: str) -> Location:
        return Location(place.file, lines.get(name, place.line))

    tell_types(key, data, item, at, reading)
    tags = [one for value in (data.get("tags"), item.get("tags")) for one in texts(value)]
    maker, _, name = key.rpartition("/")
    author = next(map(cleaned, texts([item.get("author")])), "")
    licences = _licences(data, tags)
    if len(licences) > 1:
        message = f"`{key}` names {len(licences)} licences: {cleaned(', '.join(licences))}"
        repair = "say in the card which one the weights have; all stand in the record, and the strictest says who may have them"
        reading.problem(at("license"), "licences", message, repair, "warning")
    config = item.get("config") if isinstance(item.get("config"), dict) else {}
    kinds = [*texts((config or {}).get("model_type")), *tags]
    pipeline = next(
        (one for one in texts(data.get("pipeline_tag")) + texts(item.get("pipeline_tag")) if one in _TASKS), ""
    )
    date = next((found for one in ("date", "release_date") if (found := day(data.get(one)))), "")
    for one in ("date", "release_date"):
        if data.get(one) is not None and not day(data[one]):
            reading.problem(
                at(one), "no-date", f"`{shown(data[one])}` is no date", "write 2024, 2024-05 or 2024-05-31", "warning"
            )
    created = item.get("createdAt") or item.get("created_at")
    if created is not None and not day(created):
        message, repair = f"`createdAt` of `{key}` is `{shown(created)}`, which is no date", "save the answer anew"
        reading.problem(place, "no-date", message, repair, "warning")
    elif not date and isinstance(created, str) and not created.startswith(_UNKNOWN_SINCE):
        date = day(created)
    successor = data.get("new_version")
    newer = repository(successor) if isinstance(successor, str) and not isinstance(successor, Bare) else ""
    if successor is not None and not newer:
        message = f"`new_version` of `{key}` is `{shown(successor)}`, which is no repository; left out"
        reading.problem(at("new_version"), "no-name", message, "write org/name")
    return Card(
        key=key,
        place=place,
        source=f"https://huggingface.co/{key}",
        name=cleaned(name),
        organizations=tuple(filter(None, [cleaned(maker) or author])),
        architecture=next((_ARCHITECTURES[one] for one in kinds if one in _ARCHITECTURES), None),
        weights=_weights(item, data, licences),
        license=cleaned("; ".join(licences)),
        date=date,
        parameters=_parameters(item),
        corpus=_corpus(data),
        task=_TASKS.get(pipeline),
        bases=_bases(key, data, tags, item, at, reading),
        successor=newer,
    )


def _licences(data: dict[str, Any], tags: list[str]) -> list[str]:
    """Every licence that is named, once; the name of one that the Hub has no word for."""
    told = [cleaned(one) for one in texts(data.get("license"))]
    told += [cleaned(tag.removeprefix("license:")) for tag in tags if tag.startswith("license:")]
    named = next(map(cleaned, texts([data.get("license_name")])), "")
    if named:
        told = [named if one.casefold() in {"other", ""} else one for one in told] or [named]
    kept: dict[str, str] = {}
    for one in filter(None, told):
        kept.setdefault(one.casefold(), _OPEN.get(one.casefold(), one))
    return list(kept.values())


def _weights(item: dict[str, Any], data: dict[str, Any], licences: list[str]) -> Weights:
    """`restricted` where access is gated, or where no licence is known that lets anyone use the weights."""
    if is_set(item.get("private")):
        return "unreleased"
    gated = any(is_set(said.get("gated")) for said in (data, item))
    gated = gated or any(name.startswith("extra_gated") for name in data)
    return "open" if licences and all(one in _OPEN.values() for one in licences) and not gated else "restricted"


def _parameters(item: dict[str, Any]) -> str:
    found = item.get("safetensors")
    return parameters(found.get("total")) if isinstance(found, dict) else ""


def _corpus(data: dict[str, Any]) -> str:
    named = list(dict.fromkeys(filter(None, map(cleaned, texts(data.get("datasets"))))))
    more = f" and {len(named) - 20} more" if len(named) > 20 else ""
    return cleaned(f"Data sets that the card names: {', '.join(named[:20])}{more}.", 2000) if named else ""


def _bases(
    key: str, data: dict[str, Any], tags: list[str], item: dict[str, Any], at: Any, reading: Reading
) -> tuple[Base, ...]:
    """The parents that a card names, each once, with the relation that it says or that follows by rule.

    Where the card does not say the relation: what the Hub has in its tags; else several parents are a merge, a LoRA library or
    tag is an adapter, a format of few bits in name or tags is quantized, and all else is fine-tuned.
    """
    place = at("base_model")
    hub = {
        repository(rest): RELATION_OF_HUB[word]
        for tag in tags
        if tag.startswith("base_model:")
        for word, _, rest in [tag.removeprefix("base_model:").partition(":")]
        if word in RELATION_OF_HUB
    }
    raw = data.get("base_model")
    values = raw if isinstance(raw, list) else [] if raw is None else [raw]
    if not values:
        values = list(hub) or [
            tag.removeprefix("base_model:") for tag in tags if re.fullmatch(r"base_model:[^:]+", tag)
        ]
    if len(values) > MAX_BASES:
        message = f"`{key}` names {len(values)} bases; the first {MAX_BASES} were taken"
        reading.problem(place, "too-large", message, "name those that it came from")
    names: Counter[str] = Counter()
    for value in values[:MAX_BASES]:
        name = repository(value) if isinstance(value, str) and not isinstance(value, Bare) else ""
        if name:
            names[name] += 1
        else:
            message = f"`base_model` of `{key}` is `{shown(value)}`, which is no repository; left out"
            reading.problem(place, "no-name", message, "write org/name")
    said = data.get("base_model_relation")
    relation = RELATION_OF_HUB.get(said) if isinstance(said, str) else None
    if said is not None and relation is None:
        message = f"`base_model_relation` is `{shown(said)}`; taken as if it were not said"
        reading.problem(
            at("base_model_relation"), "unknown-word", message, f"write one of: {', '.join(RELATION_OF_HUB)}", "warning"
        )
    merged = relation == "merged" and len(names) == 1
    several = names.total() > 1
    found: list[Base] = []
    for name in names:
        if merged and several:
            note = "A merge that names one model several times: its own layers are stacked, which makes it larger."
            found.append(Base(name, "expanded", note, place.line))
        elif merged:
            note = "Called a merge, and one base is named; a merge needs two, so it stands here as fine-tuned."
            found.append(Base(name, "finetuned", note, place.line))
        elif relation:
            found.append(Base(name, relation, "", place.line))
        else:
            inferred, why = _inferred(key, tags, data, item, len(names), hub.get(name))
            found.append(Base(name, inferred, why, place.line))
    return tuple(found)


def _inferred(
    key: str, tags: list[str], data: dict[str, Any], item: dict[str, Any], parents: int, hub: Relation | None
) -> tuple[Relation, str]:
    library = {one.casefold() for one in (*texts(data.get("library_name")), *texts(item.get("library_name")), *tags)}
    begin = "The card does not say how; "
    if hub and not (hub == "merged" and parents == 1):
        return hub, f"{begin}the Hub has it among its tags as {hub}."
    if parents > 1:
        return "merged", f"{begin}it names several bases, which the Hub takes for a merge."
    if library & {"peft", "lora", "qlora", "adapter"}:
        return "adapter", f"{begin}its library or a tag says that it is an adapter."
    bits = FEW_BITS.search(key.rpartition("/")[2]) or next(filter(None, map(FEW_BITS.search, sorted(library))), None)
    if bits:
        return "quantized", f"{begin}`{bits[1]}` in its name or tags is a format of lower precision."
    return "finetuned", f"{begin}fine-tuning is what is most common."
