"""Completes a layout: areas and levels that were not delivered are joined from their parts.

Refuses to add an area where the delivered layer has another one.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import shapely
from shapely.geometry.base import BaseGeometry

from regiebeeld.domain import Area, AreaLevel
from regiebeeld.domain.areas import parent_code
from regiebeeld.pipeline.areas.features import name_faults

# Fine to coarse; the region is a choice of gemeenten, not a level of the CBS layout.
LEVELS = (AreaLevel.BUURT, AreaLevel.WIJK, AreaLevel.GEMEENTE)
MIXED_YEARS = "Waarschijnlijk staan twee jaren door elkaar: haal alle lagen van hetzelfde jaar op."
AreasByLevel = dict[AreaLevel, dict[str, Area]]


def dissolve(pieces: Iterable[tuple[str, BaseGeometry | None]]) -> dict[str, BaseGeometry]:
    """Join the shapes that carry the same code; codes without any shape are absent."""
    groups: dict[str, list[BaseGeometry]] = {}
    for code, shape in pieces:
        if shape is not None:
            groups.setdefault(code, []).append(shape)
    return {
        code: shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
        for code, shapes in groups.items()
    }


def derive_levels(
    areas: AreasByLevel, shapes: dict[str, BaseGeometry], names: Mapping[str, str], vintage: int
) -> tuple[dict[AreaLevel, AreaLevel], tuple[str, ...]]:
    """Add levels that were not delivered, and wijken that a delivered level lacks, in place.

    Gives the added levels with the level they come from, and the codes of the added wijken.
    Raises LinkError when an added area lies where the delivered layer has another.
    """
    derived: dict[AreaLevel, AreaLevel] = {}
    filled: tuple[str, ...] = ()
    for finer, level in pairwise(LEVELS):
        if finer not in areas:
            continue
        present = areas.setdefault(level, {})
        missing = {area.parent for area in areas[finer].values() if area.parent} - present.keys()
        if not present:
            derived[level] = finer
        elif level is AreaLevel.GEMEENTE:
            continue  # every gemeente is in its layer: a missing one is of another year
        else:
            filled = tuple(sorted(missing))
        parts = [area for area in areas[finer].values() if area.parent in missing]
        added = dissolve((area.parent or "", shapes.get(area.code)) for area in parts)
        _check_free(added, [shapes[code] for code in present if code in shapes], vintage)
        shapes |= added
        for code in sorted(missing):
            above = parent_code(code, AreaLevel.GEMEENTE) if level is AreaLevel.WIJK else None
            present[code] = Area(code, level, names.get(code, code), vintage, above)
    return derived, filled


def _check_free(
    added: Mapping[str, BaseGeometry], present: Sequence[BaseGeometry], vintage: int
) -> None:
    # A delivered layer may lack an area (CBS Twente 2015 lacks wijk Denekamp); but where the
    # ground is taken by areas with other codes, the layers are of different years.
    if not added or not present:
        return
    taken = shapely.union_all(present)
    faults = [
        code for code, shape in added.items() if shape.intersection(taken).area > shape.area / 2
    ]
    if faults:
        raise name_faults(
            f"de laag van {vintage} mist deze codes en heeft er andere voor hetzelfde gebied:",
            faults,
            MIXED_YEARS,
        )
