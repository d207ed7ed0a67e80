"""A gemeente's own areas laid over the CBS buurten of one year.

Refuses an own area that lies in no buurt: it is told, and its rows stay at their gemeente.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel, LinkError
from regiebeeld.pipeline.areas import Layout, Weights
from regiebeeld.pipeline.areas.overlaps import compute_overlaps, compute_weight
from regiebeeld.pipeline.intake.linking.names import NameList, list_names
from regiebeeld.pipeline.intake.linking.shares import Shares, compute_shares


@dataclass(frozen=True, slots=True, eq=False)
class OwnAreas:
    """Own areas by code and by name, with their shares of the buurten of `vintage`.

    `shares` is keyed by the position in `codes`; `lost` areas lie in no buurt; `basis` says
    by what the shares were weighed.
    """

    vintage: int
    gemeente: str
    codes: Mapping[str, int]
    names: NameList
    shares: Shares
    lost: tuple[str, ...]
    basis: str


def compute_own_areas(
    areas: Sequence[tuple[str, str]],
    shapes: NDArray[np.object_],
    layout: Layout,
    *,
    gemeente: str,
    sliver_tolerance: float = 0.05,
    weights: Weights | None = None,
) -> OwnAreas:
    """Lay own areas (code, name; RD New shapes in the same order) over the buurten of a gemeente.

    Overlaps under `sliver_tolerance` of both sides are drawing differences; an area with one
    buurt left lies in it whole. Shares go by `weights` (dwellings, people) inside each overlap,
    by ground when there are none. Raises LinkError for a double code or a gemeente without
    buurten.
    """
    _check_codes([code for code, _ in areas])
    buurten, grounds = _buurten_of(layout, gemeente)
    overlaps = compute_overlaps(shapes, grounds, sliver_tolerance)
    kept = overlaps.kept
    old, new = overlaps.old[kept], overlaps.new[kept]
    weight, basis = _weigh(overlaps.shapes[kept], weights)
    codes = {code: place for place, (code, _) in enumerate(areas)}
    lost = sorted(set(range(len(areas))) - set(old.tolist()))
    return OwnAreas(
        vintage=layout.vintage,
        gemeente=gemeente,
        codes=codes,
        names=list_names((name, code) for code, name in areas),
        shares=compute_shares(old.astype(np.int64), new.astype(np.int32), weight, codes=buurten),
        lost=tuple(areas[place][0] for place in lost),
        basis=basis,
    )


def _weigh(shapes: NDArray[np.object_], weights: Weights | None) -> tuple[NDArray[np.float64], str]:
    ground = np.asarray(shapely.area(shapes), dtype=np.float64)
    if weights is None:
        return ground, "oppervlakte"
    tree = shapely.STRtree(weights.shapes)
    found = np.array([compute_weight(shape, weights, tree) for shape in shapes], np.float64)
    if np.isnan(found).any() or not (found > 0).all():
        return ground, "oppervlakte"
    return found, weights.unit


def _check_codes(codes: Sequence[str]) -> None:
    double = sorted({code for code in codes if codes.count(code) > 1})
    if double:
        raise LinkError(
            f"eigen gebieden met een dubbele code: {', '.join(double[:10])}; "
            "voeg hun vormen samen of geef elk een eigen code"
        )


def _buurten_of(layout: Layout, gemeente: str) -> tuple[tuple[str, ...], NDArray[np.object_]]:
    areas, shapes = layout.drawn(AreaLevel.BUURT)
    own = [place for place, area in enumerate(areas) if area.code[2:6] == gemeente[2:6]]
    if not own:
        raise LinkError(
            f"de indeling van {layout.vintage} heeft geen buurten van {gemeente}; "
            "haal de buurten van dat jaar op"
        )
    return tuple(areas[place].code for place in own), shapes[own]
