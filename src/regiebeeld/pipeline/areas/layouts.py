"""One year's areas with their shapes, read from whatever levels were delivered.

Refuses to mix years: an area whose parent is not in the same layout is a fault.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from regiebeeld.domain import Area, AreaLevel, LinkError
from regiebeeld.pipeline.areas.features import (
    AreaColumns,
    Layer,
    name_faults,
    read_full_code,
    read_layer,
)
from regiebeeld.pipeline.areas.levels import (
    LEVELS,
    MIXED_YEARS,
    AreasByLevel,
    derive_levels,
    dissolve,
)
from regiebeeld.pipeline.areas.repair import RepairReport, repair_geometries


@dataclass(frozen=True, slots=True)
class Layout:
    """The drawable areas of one year; geometries are RD New, absent where a shape was lost."""

    vintage: int
    areas: tuple[Area, ...]
    geometries: Mapping[str, BaseGeometry]

    def at(self, level: AreaLevel) -> tuple[Area, ...]:
        """Give the areas of one level, by code."""
        return tuple(area for area in self.areas if area.level is level)

    def drawn(self, level: AreaLevel) -> tuple[tuple[Area, ...], NDArray[np.object_]]:
        """Give the areas of one level that have a shape, and those shapes in the same order."""
        areas = tuple(area for area in self.at(level) if area.code in self.geometries)
        shapes = np.empty(len(areas), dtype=object)
        shapes[:] = [self.geometries[area.code] for area in areas]
        return areas, shapes


@dataclass(frozen=True, slots=True)
class LayoutReport:
    """What happened to the delivered features of each level; nothing vanishes outside this list."""

    vintage: int
    delivered: Mapping[AreaLevel, int]
    outside: Mapping[AreaLevel, int]
    pseudo: tuple[str, ...]
    merged: Mapping[str, int]
    repairs: Mapping[AreaLevel, RepairReport]
    derived: Mapping[AreaLevel, AreaLevel] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    undrawn: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """Tell the report in Dutch, one sentence a fact."""
        told = [
            f"{count} features gelezen op niveau {level}" for level, count in self.delivered.items()
        ]
        told += [
            f"{count} features van andere gemeenten overgeslagen ({level})"
            for level, count in self.outside.items()
            if count
        ]
        told += [f"{level} is samengevoegd uit {finer}" for level, finer in self.derived.items()]
        told += [f"{code} ontbrak en is samengevoegd uit zijn delen" for code in self.filled]
        told += [
            f"{code} is samengevoegd uit {count} features" for code, count in self.merged.items()
        ]
        told += [
            f"{code} telt mee maar wordt niet getekend (geen plaats op de kaart)"
            for code in self.pseudo
        ]
        told += [str(fault) for repair in self.repairs.values() for fault in repair.faults]
        told += [f"{code} heeft geen vorm en wordt niet getekend" for code in self.undrawn]
        return tuple(told)


def read_layout(
    tables: Mapping[AreaLevel, pa.Table],
    *,
    vintage: int,
    columns: Mapping[AreaLevel, AreaColumns],
    gemeenten: Collection[str] | None = None,
) -> tuple[Layout, LayoutReport]:
    """Read the layout of one year from a vector table a level (see `read_layer` for the columns).

    A level that is not delivered, or a wijk that its layer lacks, is dissolved from the
    next finer level; its names come from `columns[level]`, then naming columns of the finest
    table, and are else the codes. Raises LinkError for wrong or foreign codes, unknown parents,
    a wanted gemeente that this year does not have, and an empty layer.
    """
    wanted = (
        None
        if gemeenten is None
        else {read_full_code(code, AreaLevel.GEMEENTE) for code in gemeenten}
    )
    layers = {
        level: read_layer(
            tables[level], level, columns=columns[level], vintage=vintage, gemeenten=wanted
        )
        for level in LEVELS
        if level in tables
    }
    if not layers:
        raise LinkError(
            f"voor de indeling van {vintage} is geen enkele laag geleverd; haal de buurten op"
        )
    areas, shapes, repairs = _merge_layers(layers, vintage)
    names = _read_names(tables, columns, layers)
    derived, filled = derive_levels(areas, shapes, names, vintage)
    _check_parents(areas, vintage)
    _check_gemeenten(areas, wanted, vintage)
    layout = _as_layout(areas, shapes, vintage)
    report = _report(layout, layers, repairs)
    return layout, replace(report, derived=derived, filled=filled)


def _merge_layers(
    layers: Mapping[AreaLevel, Layer], vintage: int
) -> tuple[AreasByLevel, dict[str, BaseGeometry], dict[AreaLevel, RepairReport]]:
    areas: AreasByLevel = {}
    shapes: dict[str, BaseGeometry] = {}
    repairs = {}
    for level, layer in layers.items():
        codes = [feature.code for feature in layer.features]
        geometries, repairs[level] = repair_geometries(
            [feature.wkb for feature in layer.features],
            codes,
            crs=layer.crs,
            numbers=[feature.number for feature in layer.features],
        )
        shapes |= dissolve(zip(codes, geometries, strict=True))
        areas[level] = _read_areas(layer, vintage)
    return areas, shapes, repairs


def _read_areas(layer: Layer, vintage: int) -> dict[str, Area]:
    areas: dict[str, Area] = {}
    # Land first: the water part of an area often has no name of its own.
    for feature in sorted(
        layer.features, key=lambda feature: (feature.water, feature.name is None)
    ):
        name = feature.name or feature.code
        areas.setdefault(
            feature.code, Area(feature.code, layer.level, name, vintage, feature.parent)
        )
    return areas


def _read_names(
    tables: Mapping[AreaLevel, pa.Table],
    columns: Mapping[AreaLevel, AreaColumns],
    layers: Mapping[AreaLevel, Layer],
) -> dict[str, str]:
    """Read names of levels that are not delivered from the finest table that is."""
    finest = tables[next(iter(layers))]
    names: dict[str, str] = {}
    for level in set(columns) - set(tables):
        pair = (columns[level].code, columns[level].name)
        if not set(pair) <= set(finest.column_names):
            raise LinkError(
                f"de kolommen {pair} voor de namen van de {level} ontbreken in de fijnste laag"
            )
        codes_and_names = (finest.column(column).to_pylist() for column in pair)
        for code, name in set(zip(*codes_and_names, strict=True)):
            if code and name:
                names[read_full_code(code, level)] = name
    return names


def _check_parents(areas: AreasByLevel, vintage: int) -> None:
    faults = [
        f"{area.code} ({area.name}) ligt in {area.parent}"
        for finer, level in pairwise(LEVELS)
        if finer in areas and level in areas
        for area in areas[finer].values()
        if area.parent not in areas[level]
    ]
    if faults:
        raise name_faults(
            f"{len(faults)} gebieden liggen in een gebied dat in {vintage} niet bestaat:",
            faults,
            MIXED_YEARS,
        )


def _check_gemeenten(areas: AreasByLevel, wanted: Collection[str] | None, vintage: int) -> None:
    missing = sorted(set(wanted or ()) - set(areas[AreaLevel.GEMEENTE]))
    if missing:
        raise LinkError(
            f"de indeling van {vintage} heeft geen {', '.join(missing)}; "
            f"geef de gemeenten op zoals ze in {vintage} heetten, of haal een ander jaar op"
        )
    if not areas[AreaLevel.GEMEENTE]:
        raise LinkError(
            f"de indeling van {vintage} heeft geen gebied dat getekend kan worden; "
            "haal de laag opnieuw op"
        )


def _as_layout(areas: AreasByLevel, shapes: Mapping[str, BaseGeometry], vintage: int) -> Layout:
    ordered = tuple(
        areas[level][code]
        for level in reversed(LEVELS)
        if level in areas
        for code in sorted(areas[level])
    )
    return Layout(vintage, ordered, MappingProxyType(dict(shapes)))


def _report(
    layout: Layout, layers: Mapping[AreaLevel, Layer], repairs: Mapping[AreaLevel, RepairReport]
) -> LayoutReport:
    counts: dict[str, int] = {}
    for layer in layers.values():
        for feature in layer.features:
            counts[feature.code] = counts.get(feature.code, 0) + 1
    return LayoutReport(
        vintage=layout.vintage,
        delivered={level: layer.delivered for level, layer in layers.items()},
        outside={level: layer.outside for level, layer in layers.items()},
        pseudo=tuple(sorted({code for layer in layers.values() for code in layer.pseudo})),
        merged={code: count for code, count in counts.items() if count > 1},
        repairs=repairs,
        undrawn=tuple(area.code for area in layout.areas if area.code not in layout.geometries),
    )
