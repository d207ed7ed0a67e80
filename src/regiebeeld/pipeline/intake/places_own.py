"""The own areas of gemeenten, from the files that region.yaml names under `own_areas`.

Refuses a file without the fields it is said to have.
"""

from collections.abc import Mapping

import pyarrow as pa
import shapely

from regiebeeld.catalogue import Region
from regiebeeld.catalogue.models import OwnAreaFile
from regiebeeld.domain import CatalogueError, ContractError, FetchError, LinkError
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.areas.shapes import LON_LAT, to_rd_new
from regiebeeld.pipeline.intake.linking.own_areas import OwnAreas, compute_own_areas
from regiebeeld.pipeline.sources.files import read_file, split_address
from regiebeeld.settings import Settings


def read_own_areas(
    region: Region, layouts: Mapping[int, Layout], settings: Settings
) -> tuple[OwnAreas, ...]:
    """Read every file of own areas and lay it over the buurten of its year.

    Raises LinkError, which names the file, for one that is absent or cannot be read.
    """
    return tuple(_read_one(each, region, layouts, settings) for each in region.own_areas)


def _read_one(
    wanted: OwnAreaFile, region: Region, layouts: Mapping[int, Layout], settings: Settings
) -> OwnAreas:
    vintage = wanted.vintage or region.vintage
    if wanted.gemeente not in region.gemeente_codes or vintage not in layouts:
        raise CatalogueError(
            f"own_areas {wanted.file}: {wanted.gemeente} hoort niet bij de regio, of de indeling "
            f"van {vintage} staat niet met buurten onder `layouts` in region.yaml"
        )
    name, member = split_address(wanted.file)
    path = (settings.files / name).resolve()
    if not path.is_relative_to(settings.files.resolve()):
        raise CatalogueError(f"own_areas {wanted.file}: ligt buiten de map {settings.files}")
    try:
        table, facts = read_file(path, member=member)
        areas = list(zip(_texts(table, wanted.code), _texts(table, wanted.name), strict=True))
        shapes = shapely.from_wkb(table["geometry"].to_pylist())
        rd = to_rd_new(shapes, facts.get("crs") or LON_LAT)
        return compute_own_areas(areas, rd, layouts[vintage], gemeente=wanted.gemeente)
    except (FetchError, ContractError, LinkError) as fault:
        raise LinkError(f"own_areas in region.yaml, {wanted.file}: {fault}") from fault


def _texts(table: pa.Table, column: str) -> list[str]:
    if column not in table.column_names or "geometry" not in table.column_names:
        raise LinkError(f"het veld {column!r} of de vorm ontbreekt")
    return [str(text or "").strip() for text in table[column].to_pylist()]
