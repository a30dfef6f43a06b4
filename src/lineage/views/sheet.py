"""A figure on a sheet of paper: which way round, how large, and what is folded so that every name can be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from lineage.errors import LimitError
from lineage.folding import fold_order
from lineage.graph import LineageGraph
from lineage.layout import Layout, Scale, lanes
from lineage.views.picture import Subject, framed

Page = Literal["a4", "a3", "a2", "a1", "a0"]
PAGES: Final[tuple[Page, ...]] = get_args(Page)
SIZES: Final[Mapping[Page, tuple[float, float]]] = {
    "a4": (595.28, 841.89),
    "a3": (841.89, 1190.55),
    "a2": (1190.55, 1683.78),
    "a1": (1683.78, 2383.94),
    "a0": (2383.94, 3370.39),
}
"""Width and height upright, in points."""
SMALLEST: Final = 5.5
"""No letter on a page is smaller than this, in points."""
_TRIES: Final = 3
"""So often the form of the lanes is mended before a page is taken as it is."""
_FEW: Final = 40
"""So few models may stand larger on a page that they do not fill; so narrower forms are tried, too."""
_NARROWER: Final = 0.75


@dataclass(frozen=True)
class Sheet:
    """A layout and its subject, fitted to a page."""

    layout: Layout
    subject: Subject
    smallest_text: float
    """In points, on the paper."""


def fitted(
    graph: LineageGraph,
    page: Page,
    subject: Subject | None = None,
    ids: Iterable[str] | None = None,
    *,
    scale: Scale = "density",
    reach: Iterable[str] = (),
    finish: Callable[[Layout], Layout] = lambda layout: layout,
    keep: Collection[str] = (),
) -> Sheet:
    """A figure on a page, upright or lying, whichever shows more; models are folded until all text can be read.

    Args:
        graph: the graph.
        page: the paper.
        subject: what the figure is about.
        ids: the models to draw; without them all.
        scale: how wide the years are.
        reach: nodes to whose dates the time axis must reach.
        finish: what else is done to every layout, such as to give it a rail.
        keep: models that are not folded.

    Raises:
        LimitError: if what must be shown has no room on the page.
    """
    about = subject or Subject()
    models = [node.id for node in (graph if ids is None else graph.subgraph(ids)).nodes("model")]
    order = fold_order(graph, models, keep)
    search = _Search(graph, about, models, order, ids is None, scale, tuple(reach), finish)
    best: Sheet | None = None
    for size in (SIZES[page], SIZES[page][::-1]):
        best = search.best(size, best)
    if best is None:
        raise LimitError(f"this has no room on {page.upper()} with letters of {SMALLEST} pt; choose a larger page")
    return best


@dataclass
class _Search:
    """Tries how many models have room."""

    graph: LineageGraph
    subject: Subject
    models: list[str]
    order: tuple[str, ...]
    """In which they are folded."""
    all: bool
    """Whether they are all models of the graph."""
    scale: Scale
    reach: tuple[str, ...]
    finish: Callable[[Layout], Layout]

    def best(self, size: tuple[float, float], other: Sheet | None) -> Sheet | None:
        """The sheet of this size that shows most, unless the other one shows more or shows it larger."""
        self.aspect = size[0] / size[1] * 1.2
        count = len(self.models)
        low = max(len(self.models) - len(self.order), 1 if other is None else len(other.layout.boxes))
        sheet = self._sheet(count, size)
        if sheet.smallest_text >= SMALLEST:
            better = other is None or (count, sheet.smallest_text) > (len(other.layout.boxes), other.smallest_text)
            return sheet if better else other
        high, best = count, other
        # So many names have room as there is ground, about; from there by halves.
        guess = int(count * (sheet.smallest_text / SMALLEST) ** 1.8)
        if other is not None:  # first whether it is worth a search
            guess = low + max(1, low // 25)
        while high - low > max(1, low // 25):
            middle = min(max(guess, low + 1), high - 1)
            sheet = self._sheet(middle, size)
            if sheet.smallest_text >= SMALLEST:
                low, best = middle, sheet
            elif other is not None and best is other:
                return other
            else:
                high = middle
            guess = int(middle * (sheet.smallest_text / SMALLEST) ** 1.8)
            guess = guess if low + 1 < guess < high - 1 else (low + high) // 2
        return best

    def _sheet(self, count: int, size: tuple[float, float]) -> Sheet:
        """So many models on a page, the lanes as wide or as high as it asks for, legend and caption counted."""
        folded = len(self.models) - count
        shown = None if not folded and self.all else set(self.models).difference(self.order[:folded])
        subject = replace(
            self.subject,
            page=size,
            folded=self.subject.folded or bool(folded),
            asked=self.subject.asked or len(self.models),
        )
        best: Sheet | None = None
        few = count <= _FEW
        for attempt in range(_TRIES + few * _TRIES):
            aspect = self.aspect if attempt < _TRIES else self.aspect * _NARROWER ** (attempt - _TRIES + 1)
            layout = self.finish(lanes(self.graph, shown, scale=self.scale, aspect=aspect, reach=self.reach))
            frame = framed(self.graph, layout, subject)
            if best is None or frame.smallest_text > best.smallest_text:
                best = Sheet(layout, subject, frame.smallest_text)
            form = layout.width / frame.height / (size[0] / size[1])
            if attempt < _TRIES:
                if 0.92 < form < 1.08 and not few:
                    break
                self.aspect = min(4.0, max(0.2, self.aspect / form))
        assert best is not None  # noqa: S101 - there is at least one try
        return best
