"""The small release with findings, and shapes in degrees for the map that can be moved."""

import json
from pathlib import Path

import duckdb

from lib.findings_release import BURGLARY, every_kind, shelve_findings_release, signal
from lib.small_release import AREAS
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Shelf
from regiebeeld.releases.findings import Finding
from regiebeeld.releases.shelf import compute_file_hash, read_manifest, write_manifest

HOT, COLD = "BU90010101", "BU90020102"
LAST, EARLIER = "2026-06/P12M", "2025-06/P12M"


def shelve_map_release(folder: Path, *statements: str) -> Shelf:
    """Put a release on a shelf with a layer of every kind at the level of the buurt.

    statements: what is run on it besides.
    """
    buurt = AreaLevel.BUURT
    signals = [
        Finding(signal(), buurt, BURGLARY, HOT, LAST),
        Finding(signal(direction="fall"), buurt, BURGLARY, COLD, EARLIER),
    ]
    shelf = shelve_findings_release(folder, [*every_kind(), *signals])
    add_shapes(shelf, *statements)
    return shelf


def add_shapes(shelf: Shelf, *statements: str) -> None:
    """Draw every area in degrees too: the sheet is 0.1 degree wide, near 6.5 E 52.3 N."""
    (path,) = shelf.folder.glob("*/openbaar.duckdb")
    with duckdb.connect(str(path)) as file:
        for level in AreaLevel:
            file.execute(
                "UPDATE drawing SET geojson = ? WHERE level = ?", [_draw(level.value), level.value]
            )
        for statement in statements:
            file.execute(statement)
    manifest = read_manifest(path.parent)
    write_manifest(path.parent, {**manifest, "files": {path.name: compute_file_hash(path)}})


def _draw(level: str) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name},
            "geometry": {"type": "Polygon", "coordinates": [_ring(*box)]},
        }
        for code, of_level, name, _, _, _, box in AREAS
        if of_level == level and box
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _ring(x: int, y: int, width: int, height: int) -> list[list[float]]:
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
    return [[6.5 + right / 10_000, 52.3 - down / 10_000] for right, down in corners]
