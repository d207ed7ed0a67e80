"""Writes a layout as GeoJSON in the form PDOK gives: WGS84, snake_case, -99997 for secret."""

import json
from pathlib import Path
from typing import Any

import shapely

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import parent_code
from regiebeeld.example.key_figures import compute_figures
from regiebeeld.example.layout import Shape, area_names
from regiebeeld.example.people import People
from regiebeeld.example.rd import rd_to_wgs84

SECRET = -99997
PLURALS = {AreaLevel.GEMEENTE: "gemeenten", AreaLevel.WIJK: "wijken", AreaLevel.BUURT: "buurten"}
FIGURES = (
    "aantal_inwoners",
    "aantal_huishoudens",
    "woningvoorraad",
    "bevolkingsdichtheid_inwoners_per_km2",
)
_ABOVE = {
    AreaLevel.GEMEENTE: (),
    AreaLevel.WIJK: (AreaLevel.GEMEENTE,),
    AreaLevel.BUURT: (AreaLevel.WIJK, AreaLevel.GEMEENTE),
}


def write_areas(
    path: Path, shapes: list[Shape], level: AreaLevel, people: People, year: int
) -> None:
    """Write one level of one vintage, a feature a line."""
    features = ",\n".join(
        json.dumps(_feature(shape, level, people, year), ensure_ascii=False) for shape in shapes
    )
    head = f'{{"type": "FeatureCollection", "name": "Verzonnen voorbeeld: {PLURALS[level]} {year}",'
    path.write_text(f'{head}\n"features": [\n{features}\n]}}\n', encoding="utf-8", newline="\n")


def _feature(shape: Shape, level: AreaLevel, people: People, year: int) -> dict[str, Any]:
    # exteriors run counterclockwise, as RFC 7946 asks; PDOK always gives multipolygons
    parts = shapely.get_parts(shapely.orient_polygons(shape.polygon, exterior_cw=False))
    return {
        "type": "Feature",
        "id": f"{PLURALS[level]}.{year}.{shape.code}",
        "properties": _properties(shape, level, people, year),
        "geometry": {"type": "MultiPolygon", "coordinates": [_rings(part) for part in parts]},
    }


def _rings(polygon: shapely.Polygon) -> list[list[list[float]]]:
    rings = [polygon.exterior, *polygon.interiors]
    return [rd_to_wgs84(shapely.get_coordinates(ring)).tolist() for ring in rings]


def _properties(shape: Shape, level: AreaLevel, people: People, year: int) -> dict[str, Any]:
    water = not shape.pieces
    hectares = round(shape.polygon.area / 10_000)
    return {
        f"{level}code": shape.code,
        f"{level}naam": shape.name,
        **_parents(shape.code, level),
        "jrstatcode": f"{year}{shape.code}",
        "jaar": year,
        "water": "JA" if water else "NEE",
        **_figures(shape, level, people, year),
        "oppervlakte_totaal_in_ha": hectares,
        "oppervlakte_land_in_ha": 0 if water else hectares,
        "oppervlakte_water_in_ha": hectares if water else 0,
    }


def _parents(code: str, level: AreaLevel) -> dict[str, str]:
    names, found = area_names(), {}
    for above in _ABOVE[level]:
        found[f"{above}code"] = parent_code(code, above)
        if above is AreaLevel.GEMEENTE:
            found["gemeentenaam"] = names[parent_code(code, above)]
    return found


def _figures(shape: Shape, level: AreaLevel, people: People, year: int) -> dict[str, int]:
    if not shape.pieces:
        return dict.fromkeys(FIGURES, SECRET)
    figures = compute_figures(people, shape, level, year)
    density = round(figures.inhabitants / (shape.polygon.area / 1e6))
    values = (figures.inhabitants, figures.households, figures.dwellings)
    tiny = figures.households is None
    shown = [SECRET if value is None else value for value in values]
    return dict(zip(FIGURES, (*shown, SECRET if tiny else density), strict=True))
