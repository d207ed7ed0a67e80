"""TopoJSON to features: arcs decoded and joined, no object left out, no shape repaired."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.sources.text_tables import Row

Arc = npt.NDArray[np.float64]


def read_layers(topology: Mapping[str, object], *, where: str) -> dict[str, list[Row]]:
    """Give the features of every object of a topology, in its own order.

    Coordinates follow the TopoJSON specification: quantized arcs are running
    sums of steps, times scale, plus translate; arc ~i is arc i backwards.
    Raises ContractError naming the object whose arcs do not exist.
    """
    objects, arcs = topology.get("objects"), topology.get("arcs")
    if not isinstance(objects, dict) or not isinstance(arcs, list):
        raise ContractError(
            f"{where} is geen hele TopoJSON: 'objects' of 'arcs' ontbreekt; haal het bestand "
            "opnieuw op"
        )
    place = _Places(
        [_read_arc(arc, topology.get("transform")) for arc in arcs], topology.get("transform")
    )
    return {
        str(name): _read_layer(layer, place, f"{where}, laag {name}")
        for name, layer in objects.items()
    }


class _Places:
    """The decoded arcs of one topology, and how its loose points are scaled."""

    def __init__(self, arcs: list[Arc], transform: object) -> None:
        self._arcs, self._transform = arcs, transform

    def point(self, position: object) -> list[float]:
        whole: Arc = _scale(np.asarray([position], dtype=float)[:, :2], self._transform)
        point: list[float] = whole[0].tolist()
        return point

    def line(self, numbers: Sequence[object]) -> list[list[float]]:
        """Join arcs; each begins where the one before it ends, and that point is kept once."""
        pieces = [self._arc(int(str(number))) for number in numbers]
        joined = np.concatenate(
            [piece if place == 0 else piece[1:] for place, piece in enumerate(pieces)]
        )
        points: list[list[float]] = joined.tolist()
        return points

    def _arc(self, number: int) -> Arc:
        return self._arcs[number] if number >= 0 else self._arcs[~number][::-1]


def _read_arc(arc: object, transform: object) -> Arc:
    steps: Arc = np.asarray(arc, dtype=float)[:, :2]
    return _scale(np.cumsum(steps, axis=0), transform) if transform else steps


def _scale(points: Arc, transform: object) -> Arc:
    if not isinstance(transform, dict):
        return points
    scale, translate = (np.asarray(transform[name], dtype=float) for name in ("scale", "translate"))
    scaled: Arc = points * scale + translate
    return scaled


def _read_layer(layer: object, place: _Places, where: str) -> list[Row]:
    if not isinstance(layer, dict):
        raise ContractError(f"{where}: is geen object; haal het bestand opnieuw op")
    members = layer.get("geometries") if layer.get("type") == "GeometryCollection" else [layer]
    if not isinstance(members, list):
        raise ContractError(f"{where}: 'geometries' ontbreekt; haal het bestand opnieuw op")
    return [
        _read_feature(member, place, f"{where}, object {n}")
        for n, member in enumerate(members, start=1)
    ]


def _read_feature(member: Row, place: _Places, where: str) -> Row:
    feature: Row = {"type": "Feature", "properties": member.get("properties"), "geometry": None}
    if "id" in member:
        feature["id"] = member["id"]
    if member.get("type") is None:
        return feature
    try:
        feature["geometry"] = {
            "type": member["type"],
            "coordinates": _read_coordinates(member, place),
        }
    except (IndexError, ValueError, TypeError, KeyError) as fault:
        raise ContractError(
            f"{where}: de vorm verwijst naar bogen die er niet zijn ({fault})"
        ) from fault
    return feature


def _read_coordinates(member: Row, place: _Places) -> object:
    kind, arcs = member["type"], member.get("arcs")
    if kind == "Point":
        return place.point(member["coordinates"])
    if kind == "MultiPoint":
        return [place.point(each) for each in member["coordinates"]]  # type: ignore[attr-defined]
    if kind == "LineString":
        return place.line(arcs)  # type: ignore[arg-type]
    if kind in ("Polygon", "MultiLineString"):
        return [place.line(ring) for ring in arcs]  # type: ignore[attr-defined]
    if kind == "MultiPolygon":
        rings_of = arcs if isinstance(arcs, list) else []
        return [[place.line(ring) for ring in rings] for rings in rings_of]
    raise ValueError(f"soort {kind!r} wordt niet gelezen")
