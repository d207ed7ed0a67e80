"""The areas of an intervention as one: what may be told of them together, and their cells.

Only of events about persons; elsewhere every area is told by itself. Refuses nothing: what is too
small, or leaves too small a piece of an area beside all others, is not told.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from regiebeeld.catalogue import Analysis, Figure, Indicator
from regiebeeld.catalogue.limits import Limits
from regiebeeld.domain import Area, AreaLevel, Intervention, PeriodKind
from regiebeeld.domain.areas import level_of, parent_code
from regiebeeld.pipeline.analyses import Bases
from regiebeeld.pipeline.analyses.series import COMPARED, TREATED, Series
from regiebeeld.pipeline.gate.area_sets import AreaSet
from regiebeeld.pipeline.gate.figures import Draft
from regiebeeld.pipeline.gate.protecting import ReleasedCells

KINDS = (PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR)
_LEVELS = (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT)


@dataclass(frozen=True, slots=True)
class TreatedSet:
    """Areas of an intervention that are told together, and for which indicators.

    role: TREATED or COMPARED; as_large_as: the levels of which some area has no more homes;
    cuts: the levels of which an area would keep, or give, a piece with too few homes, beside all
    other sets.
    """

    intervention: str
    role: str
    indicators: tuple[str, ...]
    areas: AreaSet
    homes: float
    as_large_as: frozenset[AreaLevel]
    cuts: frozenset[AreaLevel]

    def list_kinds(self, indicator: Indicator) -> tuple[PeriodKind, ...]:
        """List the kinds of period that may be told, as for an area of the same size; () for none.

        An indicator that may be judged by its effects only, and that shows no level it would cut.
        """
        if indicator.id not in self.indicators or Analysis.EFFECTS not in indicator.analyses:
            return ()
        if any(indicator.allows(level, kind) for level in self.cuts for kind in KINDS):
            return ()
        return tuple(
            kind
            for kind in KINDS
            if any(indicator.allows(level, kind) for level in self.as_large_as)
        )


@dataclass(frozen=True, slots=True)
class TogetherDraft:
    """The cells of one set and indicator before the gate."""

    treated: TreatedSet
    draft: Draft


def list_treated_sets(
    interventions: Sequence[Intervention],
    areas: Sequence[Area],
    bases: Bases,
    *,
    region: str,
    limits: Limits | None,
) -> list[TreatedSet]:
    """List the sets that may be told together; none without a limit, or where homes are unknown."""
    if limits is None or limits.together is None:
        return []
    least_homes, homes = limits.together.least_homes, _Homes.of(areas, bases)
    found = []
    for one in interventions:
        for role, codes in ((TREATED, one.areas), (COMPARED, one.comparison)):
            size = homes.add_up(codes)
            if not codes or size is None or size < least_homes:
                continue
            named = AreaSet(f"{region}/{one.id}/{role}/{areas[0].vintage}", tuple(sorted(codes)))
            large = frozenset(level for level in _LEVELS if homes.is_as_large(size, level))
            found.append(TreatedSet(one.id, role, one.indicators, named, size, large, frozenset()))
    return _mark_cuts(found, homes, least_homes)


def _mark_cuts(sets: Sequence[TreatedSet], homes: "_Homes", least: int) -> list[TreatedSet]:
    """Say of each set which levels it cuts, beside all of them whatever they count.

    Figures that add up to one another can be taken from each other, so indicators are not kept
    apart. What several leave together costs each of them: which was told before nobody knows here.
    """
    every = [each.areas.members for each in sets]
    return [
        replace(
            each,
            cuts=frozenset(
                level for level in _LEVELS if homes.cuts(each.areas.members, every, level, least)
            ),
        )
        for each in sets
    ]


@dataclass(frozen=True, slots=True)
class _Homes:
    """The homes in each area where they are known."""

    known: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, areas: Sequence[Area], bases: Bases) -> "_Homes":
        found = {}
        values = bases.values.get(Figure.WONINGEN, np.empty((0, 0)))
        for area, row in zip(areas, values, strict=False):
            told = row[~np.isnan(row)]
            if len(told):
                found[area.code] = float(told[-1])
        return cls(found)

    def add_up(self, codes: Collection[str]) -> float | None:
        """Add up; an area that is too small to have a figure counts as empty, None without any."""
        told = [self.known[code] for code in codes if code in self.known]
        return sum(told) if told else None

    def is_as_large(self, size: float, level: AreaLevel) -> bool:
        """Tell whether some area of a level, with homes, has no more of them."""
        sizes = [n for code, n in self.known.items() if n > 0 and _is_of(code, level)]
        return bool(sizes) and size >= min(sizes)

    def cuts(
        self,
        codes: Collection[str],
        every: Sequence[Collection[str]],
        level: AreaLevel,
        least: int,
    ) -> bool:
        """Tell whether an area of a level that codes touch falls apart in too small a piece.

        every: all sets, the codes among them. A piece is what lies in the same ones of them; any
        sum or difference of sets and the area is made of such pieces.
        """
        if all(level_of(code).depth <= level.depth for code in codes):
            return False
        for area in {parent_code(code, level) for code in codes}:
            blocks = self._list_blocks(area, every)
            sizes = [self.add_up(block) or 0.0 for block in blocks]
            inside = frozenset().union(*blocks)
            outside = self.known.get(area, 0.0) - sum(sizes)
            if min(sizes) < least or (self._has_more(area, inside) and outside < least):
                return True
        return False

    def _list_blocks(self, area: str, every: Sequence[Collection[str]]) -> list[frozenset[str]]:
        """List the blocks of an area that lie in the same sets, of the finest level in them."""
        inside = [{code for code in codes if _is_in(code, area)} for codes in every]
        finest = max((level_of(code) for codes in inside for code in codes), key=_depth)
        held: dict[str, list[int]] = {}
        for place, codes in enumerate(inside):
            for part in {part for code in codes for part in self._split(code, finest)}:
                held.setdefault(part, []).append(place)
        blocks: dict[tuple[int, ...], set[str]] = {}
        for code, places in held.items():
            blocks.setdefault(tuple(places), set()).add(code)
        return [frozenset(block) for block in blocks.values()]

    def _split(self, code: str, level: AreaLevel) -> Collection[str]:
        """Give the areas of a finer level in one, where those are known; else itself."""
        if level_of(code) is level:
            return [code]
        return [each for each in self.known if _is_of(each, level) and _is_in(each, code)] or [code]

    def _has_more(self, area: str, codes: Collection[str]) -> bool:
        """Tell whether homes lie in an area outside the codes; True when nobody knows."""
        level = max((level_of(code) for code in codes), key=_depth)
        inner = [c for c in self.known if _is_of(c, level) and _is_in(c, area)]
        return not inner or any(code not in codes for code in inner)


def _depth(level: AreaLevel) -> int:
    return level.depth


def _is_in(code: str, area: str) -> bool:
    return code[2:].startswith(area[2:])


def _is_of(code: str, level: AreaLevel) -> bool:
    return code[:2] in ("GM", "WK", "BU") and level_of(code) is level


def collect_together(
    drafts: Sequence[TogetherDraft], released: Sequence[tuple[ReleasedCells, np.ndarray]]
) -> dict[str, dict[tuple[str, str], dict[PeriodKind, Series]]]:
    """Collect what passed the gate: by indicator, and by intervention and role, the series.

    released: of each draft its cells, and which of them are there at all.
    """
    found: dict[str, dict[tuple[str, str], dict[PeriodKind, Series]]] = {}
    for each, (cells, kept) in zip(drafts, released, strict=True):
        series = dict(_lay_series(each, cells, kept))
        if series:
            name = (each.treated.intervention, each.treated.role)
            found.setdefault(each.draft.indicator, {})[name] = series
    return found


def _lay_series(
    each: TogetherDraft, cells: ReleasedCells, kept: np.ndarray
) -> Iterator[tuple[PeriodKind, Series]]:
    of_row = [each.draft.cells.periods[place] for place in each.draft.cells.period]
    for kind in KINDS:
        rows = [row for row in np.flatnonzero(kept).tolist() if of_row[row].kind is kind]
        rows.sort(key=lambda row: of_row[row])
        if not rows:
            continue
        told = cells.value[rows] >= 0
        value, lower, upper = (
            np.where(told, column[rows], np.nan)[None, :]
            for column in (cells.value, cells.lower, cells.upper)
        )
        yield (
            kind,
            Series(
                AreaLevel.GEMEENTE,
                kind,
                (each.treated.areas.id,),
                tuple(of_row[row] for row in rows),
                value,
                lower,
                upper,
                np.array([each.treated.homes]),
                Figure.WONINGEN,
            ),
        )
