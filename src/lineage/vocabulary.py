"""The closed lists of words, and dates: what records, graph and views all speak. No library is imported here.

``docs/glossary.md`` defines every word.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal, NamedTuple, get_args

NodeKind = Literal["model", "paper", "technique"]
Basis = Literal["weights", "outputs", "architecture", "succession"]
EdgeKind = Literal["derived-from", "succeeds", "introduced-technique", "uses-technique", "described-by", "refines"]
Relation = Literal[
    "continued-pretraining",
    "finetuned",
    "adapter",
    "merged",
    "quantized",
    "pruned",
    "expanded",
    "distilled",
    "architecture",
    "reproduction",
]
Evidence = Literal["stated", "evident", "reported", "inferred"]
Architecture = Literal[
    "encoder-only",
    "encoder-decoder",
    "decoder-only",
    "state-space",
    "hybrid",
    "recurrent",
    "static-embedding",
    "dual-encoder",
    "diffusion",
    "undisclosed",
]
Weights = Literal["open", "restricted", "api", "unreleased"]
Origin = Literal["scratch", "derived", "undisclosed"]
InclusionReason = Literal[
    "named", "introduces-technique", "parent", "root", "generation", "first-of-its-kind", "impact"
]
DateKind = Literal["paper", "announced", "weights", "api"]
DocumentType = Literal["paper", "report", "model-card", "blog-post"]
Contribution = Literal["method", "model", "system", "benchmark", "dataset", "survey", "analysis"]
Category = Literal[
    "attention",
    "position-encoding",
    "normalization",
    "activation",
    "architecture",
    "mixture-of-experts",
    "state-space",
    "tokenization",
    "embedding",
    "objective",
    "optimization",
    "scaling",
    "parallelism",
    "memory",
    "serving",
    "quantization",
    "compression",
    "distillation",
    "merging",
    "parameter-efficient-tuning",
    "instruction-tuning",
    "preference-optimization",
    "reinforcement-learning",
    "reasoning",
    "long-context",
    "retrieval-and-tools",
    "agents",
    "multimodality",
    "data",
    "safety",
    "interpretability",
    "evaluation",
]

BASIS_OF_RELATION: Final[dict[Relation, Basis]] = {
    "continued-pretraining": "weights",
    "finetuned": "weights",
    "adapter": "weights",
    "merged": "weights",
    "quantized": "weights",
    "pruned": "weights",
    "expanded": "weights",
    "distilled": "outputs",
    "architecture": "architecture",
    "reproduction": "architecture",
}
"""What each relation passes on. The basis of an edge is looked up here, never typed."""

BASES: Final[tuple[Basis, ...]] = get_args(Basis)

_SIZES: Final = {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


class DateInterval(NamedTuple):
    """The days that a date may stand for: ``2023-02`` is the 1st to the 28th of February.

    >>> DateInterval.of("2023-02")
    DateInterval(start=datetime.date(2023, 2, 1), end=datetime.date(2023, 2, 28))
    """

    start: dt.date
    end: dt.date

    @classmethod
    @lru_cache(maxsize=1 << 12)  # a layout asks for the days of the same date again and again
    def of(cls, text: str) -> DateInterval:
        """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

        Raises:
            ValueError: if the text is none of these, no day of the calendar, or not from 1950 to 2099.
        """
        if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text):
            raise ValueError(f"`{text}` is not a date; write 2023, 2023-02 or 2023-02-24, as precise as the source is")
        year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
        if not 1950 <= year < 2100:
            raise ValueError(f"`{text}` is not between 1950 and 2099; write the year of the event")
        try:
            start = dt.date(year, month or 1, day or 1)
        except ValueError:
            raise ValueError(f"`{text}` is no day of the calendar; correct it") from None
        if day:
            return cls(start, start)
        after = dt.date(year + 1, 1, 1) if not month or month == 12 else dt.date(year, month + 1, 1)
        return cls(start, dt.date.fromordinal(after.toordinal() - 1))


def last_day(date: str) -> str:
    """The last day that a date which is one may stand for, as text that sorts as the days do; :class:`DateInterval` reads any text.

    >>> last_day("2024-02"), last_day("2023")
    ('2024-02-29', '2023-12-31')
    """
    if len(date) == 10:
        return date
    if len(date) == 4:
        return f"{date}-12-31"
    year, month = int(date[:4]), int(date[5:])
    # Of the years that a date may have, 1950 to 2099, every fourth is a leap year.
    days = (29 if year % 4 == 0 else 28) if month == 2 else 30 if month in {4, 6, 9, 11} else 31
    return f"{date}-{days}"


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it belongs.

    >>> count(1, "model"), count(2000, "edge")
    ('1 model', '2000 edges')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def parameter_count(text: str) -> int:
    """The number that ``6.7B`` stands for.

    >>> parameter_count("6.7B")
    6700000000
    """
    return round(float(text[:-1]) * _SIZES[text[-1]])


def plotted_date(dates: list[tuple[DateKind, str]]) -> str:
    """The one date by which a node is placed in time: the event that was over first.

    Where two end on the same day the more precise one is taken, so that ``2023-03-31`` stands before ``2023-03``
    and a bare ``2023`` beside ``2023-05-05`` never pulls a release back to January.

    >>> plotted_date([("paper", "2023"), ("weights", "2023-05-05")])
    '2023-05-05'
    """
    return min((DateInterval.of(text).end, -len(text), text) for _, text in dates)[2]


_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""Text without anything that a terminal would obey or that would turn the order of its characters.

    >>> printable("a\x1b[2Jb")
    'a[2Jb'
    """
    # Nothing that is taken out is printable to Python; nearly every text is, and to ask takes a tenth of the time.
    return text if text.isprintable() else _UNPRINTABLE.sub("", text)


def normal_form(name: str) -> str:
    """The form in which two names are the same name: compatibility characters, case and punctuation do not count.

    Digits that are kept apart stay apart, so GPT-3.5 is not GPT-35; a plus sign is part of a name.

    >>> normal_form("LLaMA 2") == normal_form("llama-2"), normal_form("Command R+"), normal_form("GPT-3.5")
    (True, 'commandrplus', 'gpt3.5')
    """
    folded = unicodedata.normalize("NFKC", name).casefold().replace("+", "plus")
    spaced = re.sub(r"[\W_]+", " ", folded)
    return re.sub(r"(?<=\d) (?=\d)", ".", spaced).replace(" ", "")
