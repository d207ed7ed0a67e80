"""Computes which areas of one year became which areas of another, and by what share.

Refuses shares that do not add up: they are whole parts of SHARE_UNITS and sum to it exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel, LinkError
from regiebeeld.domain.areas import UNKNOWN
from regiebeeld.pipeline.areas.crosswalk import (
    AREA_BASIS,
    CODE_BASIS,
    SHARE_UNITS,
    WHOLE_BASIS,
    Crosswalk,
    CrosswalkRow,
    Kind,
    Sliver,
)
from regiebeeld.pipeline.areas.layouts import Layout
from regiebeeld.pipeline.areas.overlaps import (
    Overlaps,
    Weights,
    compute_overlaps,
    compute_weight,
    weights_of,
)

_MAIN_PART = 0.5  # a code that keeps less than this of its old and new ground means another place


@dataclass(frozen=True, slots=True)
class _Match:
    """The overlaps of two layouts, with codes and the kept pairs of every area."""

    overlaps: Overlaps
    old: Sequence[str]
    new: Sequence[str]
    tolerance: float
    successors: Mapping[int, NDArray[np.int64]]
    predecessors: Mapping[int, NDArray[np.int64]]

    def codes(self, pair: int) -> tuple[str, str]:
        return self.old[self.overlaps.old[pair]], self.new[self.overlaps.new[pair]]


def compute_crosswalk(
    old: Layout,
    new: Layout,
    *,
    level: AreaLevel,
    weights: Weights | Mapping[str, float | None] | None = None,
    sliver_tolerance: float,
) -> Crosswalk:
    """Compute the crosswalk of one level by overlay.

    `weights` is where people or dwellings are, or a number by code of the new layout; an old
    area that touches an unknown number, or holds none, is divided by ground instead.
    `sliver_tolerance` is a share (0.01 = 1 %): see `compute_overlaps`. Raises LinkError when
    a layout has no shapes at this level.
    """
    _check_input((old, new), level, sliver_tolerance)
    match = _match(old, new, level, sliver_tolerance)
    if isinstance(weights, Mapping):
        weights = weights_of(new, weights, unit="gewicht")
    rows = _divide(match, weights)
    rows += _rows_without_overlap(old, new, level, {row.old for row in rows})
    return Crosswalk(
        level=level,
        old_vintage=old.vintage,
        new_vintage=new.vintage,
        rows=tuple(sorted(rows, key=lambda row: (row.old, row.new))),
        sliver_tolerance=sliver_tolerance,
        slivers=_slivers(match),
        uncovered=_uncovered(match),
        reused=_reused(match),
        created=tuple(sorted({area.code for area in new.at(level)} - {row.new for row in rows})),
    )


def whole_units(weights: Sequence[float]) -> list[int]:
    """Divide SHARE_UNITS over weights in whole parts that sum to it exactly (largest remainder)."""
    total = sum(weights)
    exact = [weight / total * SHARE_UNITS for weight in weights]
    units = [int(part) for part in exact]
    by_remainder = sorted(range(len(units)), key=lambda place: units[place] - exact[place])
    for place in by_remainder[: SHARE_UNITS - sum(units)]:
        units[place] += 1
    return units


def _check_input(layouts: tuple[Layout, Layout], level: AreaLevel, tolerance: float) -> None:
    if not 0 <= tolerance < _MAIN_PART:
        raise LinkError(
            f"een sliver_tolerance van {tolerance} kan niet; geef een deel van 0 tot 0,5 op"
        )
    for layout in layouts:
        if not layout.drawn(level)[0]:
            raise LinkError(
                f"de indeling van {layout.vintage} heeft geen vormen op niveau {level}; "
                "haal die laag op"
            )


def _match(old: Layout, new: Layout, level: AreaLevel, tolerance: float) -> _Match:
    (old_areas, old_shapes), (new_areas, new_shapes) = old.drawn(level), new.drawn(level)
    overlaps = compute_overlaps(old_shapes, new_shapes, tolerance)
    return _Match(
        overlaps=overlaps,
        old=[area.code for area in old_areas],
        new=[area.code for area in new_areas],
        tolerance=tolerance,
        successors=_group(overlaps.old, overlaps.kept),
        predecessors=_group(overlaps.new, overlaps.kept),
    )


def _group(side: NDArray[np.int64], kept: NDArray[np.bool_]) -> dict[int, NDArray[np.int64]]:
    pairs = np.flatnonzero(kept)
    return {int(place): pairs[side[pairs] == place] for place in np.unique(side[pairs])}


def _divide(match: _Match, weights: Weights | None) -> list[CrosswalkRow]:
    tree = shapely.STRtree(weights.shapes) if weights is not None else None
    rows = []
    for pairs in match.successors.values():
        ground = match.overlaps.share_of_old[pairs]
        weighed = None
        if weights is not None and tree is not None and len(pairs) > 1:
            weighed = _weigh(match.overlaps.shapes[pairs], weights, tree)
        basis = (
            WHOLE_BASIS if len(pairs) == 1 else AREA_BASIS if weighed is None else _unit(weights)
        )
        rows += _rows(match, pairs, by_ground=ground / ground.sum(), weighed=weighed, basis=basis)
    return rows


def _unit(weights: Weights | None) -> str:
    return AREA_BASIS if weights is None else weights.unit


def _weigh(
    shapes: NDArray[np.object_], weights: Weights, tree: shapely.STRtree
) -> NDArray[np.float64] | None:
    found = np.array([compute_weight(shape, weights, tree) for shape in shapes])
    return found / found.sum() if found.sum() > 0 else None  # NaN: not known; 0: nobody there


def _rows(
    match: _Match,
    pairs: NDArray[np.int64],
    *,
    by_ground: NDArray[np.float64],
    weighed: NDArray[np.float64] | None,
    basis: str,
) -> list[CrosswalkRow]:
    units = whole_units(list(by_ground if weighed is None else weighed))
    rows = []
    for at, pair in enumerate(pairs):
        ground = float(match.overlaps.share_of_old[pair])
        of_new = float(match.overlaps.share_of_new[pair])
        low, high = (ground, 1.0) if len(pairs) == 1 else (None, None)
        if weighed is not None:
            low, high = sorted((float(by_ground[at]), float(weighed[at])))
        old, new = match.codes(pair)
        kind = _kind(match, int(pair))
        rows.append(CrosswalkRow(old, new, units[at], kind, basis, ground, of_new, low, high))
    return rows


def _kind(match: _Match, pair: int) -> Kind:
    old, new = match.codes(pair)
    successors = match.successors[int(match.overlaps.old[pair])]
    predecessors = match.predecessors[int(match.overlaps.new[pair])]
    if len(successors) == len(predecessors) == 1:
        if _ground_lost_or_won(match, pair):
            return Kind.REDRAWN
        return Kind.SAME if old == new else Kind.RENUMBERED
    if len(successors) == 1:
        whole = all(
            len(match.successors[int(match.overlaps.old[other])]) == 1 for other in predecessors
        )
        return Kind.MERGED if whole or old != new else Kind.REDRAWN
    alone = all(
        len(match.predecessors[int(match.overlaps.new[other])]) == 1 for other in successors
    )
    lives_on = any(match.codes(int(other))[1] == old for other in successors)
    return Kind.SPLIT if alone or not lives_on else Kind.REDRAWN


def _ground_lost_or_won(match: _Match, pair: int) -> bool:
    overlaps = match.overlaps
    covered_old = overlaps.share_of_old[overlaps.old == overlaps.old[pair]].sum()
    covered_new = overlaps.share_of_new[overlaps.new == overlaps.new[pair]].sum()
    return bool(min(covered_old, covered_new) < 1 - max(match.tolerance, 1e-9))


def _rows_without_overlap(
    old: Layout, new: Layout, level: AreaLevel, done: set[str]
) -> list[CrosswalkRow]:
    known = {area.code for area in new.at(level)}
    rows = []
    for area in old.at(level):
        if area.code in done:
            continue
        assumed = area.code in known and not (
            area.code in old.geometries and area.code in new.geometries
        )
        kind = Kind.ASSUMED if assumed else Kind.GONE
        target = area.code if assumed else UNKNOWN[level]
        rows.append(
            CrosswalkRow(area.code, target, SHARE_UNITS, kind, CODE_BASIS, 0.0, 0.0, None, None)
        )
    return rows


def _slivers(match: _Match) -> tuple[Sliver, ...]:
    of_old, of_new = match.overlaps.share_of_old, match.overlaps.share_of_new
    return tuple(
        Sliver(
            *match.codes(int(pair)),
            share_of_old=float(of_old[pair]),
            share_of_new=float(of_new[pair]),
        )
        for pair in np.flatnonzero(~match.overlaps.kept)
    )


def _uncovered(match: _Match) -> dict[str, float]:
    covered = np.zeros(len(match.old))
    np.add.at(covered, match.overlaps.old, match.overlaps.share_of_old)
    beyond = np.flatnonzero(1 - covered > max(match.tolerance, 1e-9))
    return {match.old[int(place)]: float(1 - covered[place]) for place in beyond}


def _reused(match: _Match) -> tuple[str, ...]:
    both = set(match.old) & set(match.new)
    overlaps = match.overlaps
    main = {
        match.codes(int(pair))[0]
        for pair in np.flatnonzero(overlaps.kept)
        if match.codes(int(pair))[0] == match.codes(int(pair))[1]
        and max(overlaps.share_of_old[pair], overlaps.share_of_new[pair]) >= _MAIN_PART
    }
    return tuple(sorted(both - main))
