"""Key figures of another year's areas on the shown ones: only where the ground is the same."""

from collections.abc import Mapping, Sequence

from regiebeeld.catalogue import Figure
from regiebeeld.catalogue.models import DENOMINATORS
from regiebeeld.domain import AreaLevel, Status
from regiebeeld.domain.areas import level_of
from regiebeeld.pipeline.areas import Crosswalk, Layout
from regiebeeld.pipeline.areas.crosswalk import SHARE_UNITS
from regiebeeld.pipeline.sources.conform_counts import Note
from regiebeeld.pipeline.sources.conform_figures import FigureRow

# How much of a shown area its predecessors must cover to stand for it; the rest is drawing.
MOST_OF_IT = 0.9
_Key = tuple[str, Figure, int]
Crosswalks = Mapping[tuple[int, AreaLevel], Crosswalk]


def move_figures(
    rows: Sequence[FigureRow], shown: Layout, crosswalks: Crosswalks
) -> tuple[list[FigureRow], list[Note]]:
    """Give the figures by shown area, and a note for those that had to be left out.

    A code can be another place in another year, so a figure of another layout is
    used only where its whole area, alone or with others, became the shown one. Then
    numbers of people and homes are added up; a price, a share or a distance is taken
    over from one area only. A denominator is never divided: where borders moved there is none.
    """
    kept = [row for row in rows if row.vintage == shown.vintage]
    others: dict[tuple[int, AreaLevel], list[FigureRow]] = {}
    for row in rows:
        if row.vintage != shown.vintage:
            others.setdefault((row.vintage, level_of(row.area)), []).append(row)
    notes = []
    for (vintage, level), group in sorted(others.items()):
        whole = _whole(group, crosswalks.get((vintage, level)))
        kept += [_join(key, parts, shown.vintage) for key, parts in whole.items()]
        if lost := len(group) - sum(len(parts) for parts in whole.values()):
            text = f"{level}: kerncijfers van {vintage} van gebieden die sindsdien veranderd zijn"
            notes.append(Note("refused", lost, text))
    return kept, notes


def _whole(group: list[FigureRow], crosswalk: Crosswalk | None) -> dict[_Key, list[FigureRow]]:
    """Give, by shown area, figure and year, the figures of all areas that became it whole."""
    if crosswalk is None:
        return {}
    sources = _predecessors(crosswalk)
    known = {(row.area, row.figure, row.year): row for row in group}
    found: dict[_Key, list[FigureRow]] = {}
    for figure, year in sorted({(row.figure, row.year) for row in group}):
        for new, olds in sources.items():
            parts = [known.get((old, figure, year)) for old in olds]
            if all(parts) and (len(olds) == 1 or figure in DENOMINATORS):
                found[new, figure, year] = [part for part in parts if part]
    return found


def _join(key: _Key, parts: list[FigureRow], vintage: int) -> FigureRow:
    area, figure, year = key
    known = [part.value for part in parts if part.value is not None]
    unknown = next((part for part in parts if part.value is None), None)
    value = sum(known) if unknown is None else None
    status, reason = (unknown.status, unknown.reason) if unknown else (Status.SHOWN, None)
    return FigureRow(area, figure, year, value, status, vintage, reason)


def _predecessors(crosswalk: Crosswalk) -> dict[str, list[str]]:
    """Give the areas that each shown area was made of, where all of them went there whole."""
    rows: dict[str, list[tuple[str, bool, float]]] = {}
    for row in crosswalk.rows:
        if row.units:
            whole = row.units == SHARE_UNITS
            rows.setdefault(row.new, []).append((row.old, whole, row.share_of_new))
    return {
        new: [old for old, _, _ in olds]
        for new, olds in rows.items()
        if all(whole for _, whole, _ in olds) and sum(share for _, _, share in olds) >= MOST_OF_IT
    }
