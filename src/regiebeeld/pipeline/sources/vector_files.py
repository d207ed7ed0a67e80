"""Files with shapes: GeoJSON, TopoJSON, Shapefile; loses no feature, repairs none."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyproj

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources.dbase import read_dbase
from regiebeeld.pipeline.sources.feature_tables import (
    GEOMETRY,
    RD_NEW,
    WGS84,
    guess_crs,
    read_crs,
    write_feature_table,
)
from regiebeeld.pipeline.sources.text_tables import (
    Row,
    check_row_columns,
    read_rows,
    write_text_table,
)
from regiebeeld.pipeline.sources.topojson import read_layers

Found = tuple[pa.Table, dict[str, str]]
_EPSG = {4326: WGS84, 28992: RD_NEW}
# Below this a system with another name could be taken for RD; the .prj of ESRI has no number in it.
_LEAST_CONFIDENCE = 25


def read_json_table(document: object, *, name: str, layer: str | None = None) -> Found:
    """Read GeoJSON, TopoJSON or rows under `value`; raise ContractError for other JSON."""
    kind = document.get("type") if isinstance(document, dict) else None
    if isinstance(document, dict) and kind == "Topology":
        return _read_topology(document, name=name, layer=layer)
    if isinstance(document, dict) and kind == "FeatureCollection":
        features = read_rows(document, where=name, member="features")
        return _read_features(features, document.get("crs"), name=name, form="geojson")
    rows = read_rows({"value": document} if isinstance(document, list) else document, where=name)
    _refuse_empty(len(rows), name)
    check_row_columns(rows, where=name)
    return write_text_table(rows), {"form": "json rows"}


def read_shapefile(path: Path, *, name: str) -> Found:
    """Read a .shp with its .dbf and .shx; raise ContractError naming the one that is missing.

    Attributes are the text of the .dbf itself; geometry is read by GDAL.
    """
    import pyogrio  # GDAL takes long to load, and only a shapefile needs it

    siblings = _find_siblings(path, name=name)
    attributes = read_dbase(
        siblings[".dbf"].read_bytes(), name=name, encoding=_read_cpg(siblings.get(".cpg"))
    )
    try:
        meta, _, shapes, _ = pyogrio.raw.read(path, columns=[])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.GeometryError, ValueError) as fault:
        raise FetchError(
            f"{name} is niet heel te lezen ({fault}); haal het bestand opnieuw op"
        ) from fault
    if len(shapes) != attributes.num_rows:
        raise FetchError(
            f"{name} heeft {attributes.num_rows} rijen en {len(shapes)} vormen; haal .shp en "
            ".dbf opnieuw op"
        )
    _refuse_empty(len(shapes), name)
    crs = _name_crs(meta["crs"], name=name) or guess_crs(list(shapes), where=name)
    encoding = attributes.schema.metadata[b"encoding"].decode()
    table = attributes.append_column(GEOMETRY, pa.array(list(shapes), pa.binary()))
    return table.replace_schema_metadata({b"crs": crs}), {
        "form": "shapefile",
        "encoding": encoding,
        "crs": crs.decode(),
        "crs_stated": "yes" if meta["crs"] else "no",
    }


def _find_siblings(path: Path, *, name: str) -> dict[str, Path]:
    siblings = {
        each.suffix.lower(): each for each in path.parent.iterdir() if each.stem == path.stem
    }
    for suffix in (".shx", ".dbf"):
        if suffix not in siblings:
            raise ContractError(
                f"{name}: het bestand {path.stem}{suffix} ontbreekt naast {path.name}; lever het "
                "mee"
            )
    for suffix in (".shp", ".shx"):
        _check_length(siblings[suffix], name=name)
    return siblings


def _check_length(path: Path, *, name: str) -> None:
    """Compare a file with the length its header states; GDAL reads lost shapes as none."""
    with path.open("rb") as file:
        head = file.read(28)
    stated = 2 * int.from_bytes(head[24:28], "big")  # in words of two bytes
    if len(head) < 28 or path.stat().st_size < stated:
        raise FetchError(f"{name}: {path.name} is afgebroken; haal het bestand opnieuw op")


def _read_topology(document: Mapping[str, object], *, name: str, layer: str | None) -> Found:
    layers = read_layers(document, where=name)
    if layer is None and len(layers) == 1:
        layer = next(iter(layers))
    if layer not in layers:
        raise ContractError(
            f"{name} heeft lagen {', '.join(layers)}; noem er een: bestand.json#laag"
        )
    return _read_features(
        layers[layer], document.get("crs"), name=f"{name}#{layer}", form="topojson"
    )


def _read_features(features: list[Row], stated: object, *, name: str, form: str) -> Found:
    _refuse_empty(len(features), name)
    crs = read_crs(stated, where=name)
    table = write_feature_table(features, crs=crs or WGS84, where=name)
    if crs is None:
        crs = guess_crs(table[GEOMETRY].to_pylist(), where=name)
        table = table.replace_schema_metadata({b"crs": crs})
    stated_word = "yes" if stated else "no"
    return table, {"form": form, "crs": crs.decode(), "crs_stated": stated_word}


def _refuse_empty(rows: int, name: str) -> None:
    if rows == 0:
        raise ContractError(f"{name} heeft geen enkele rij; haal het bestand opnieuw op")


def _read_cpg(path: Path | None) -> str | None:
    if path is None:
        return None
    word = path.read_text("latin-1").strip()
    return f"cp{word}" if word.isdigit() else word.removeprefix("ANSI ") or None


def _name_crs(stated: str | None, *, name: str) -> bytes | None:
    if not stated:
        return None
    number = pyproj.CRS.from_user_input(stated).to_epsg(min_confidence=_LEAST_CONFIDENCE)
    if number not in _EPSG:
        raise ContractError(
            f"{name}: coördinatenstelsel {stated[:60]!r} is geen EPSG:28992 (RD) of EPSG:4326 "
            "(WGS84)"
        )
    return _EPSG[number]
