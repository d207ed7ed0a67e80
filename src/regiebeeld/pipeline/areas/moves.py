"""Lays out, for a column of areas, which row goes to which new areas under a crosswalk.

Refuses an area that the crosswalk does not know: its counts would vanish.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.domain import LinkError
from regiebeeld.domain.areas import ABROAD, may_be_unknown
from regiebeeld.pipeline.areas.crosswalk import SHARE_UNITS, Crosswalk

_FAULTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Moves:
    """One entry for every row and each of its new areas, a row's entries side by side.

    `starts` and `sizes` (one a row) say where a row's entries are; `meets` tells that the new
    area gets rows of several old areas.
    """

    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    rows: NDArray[np.int64]
    areas: pa.Array
    units: NDArray[np.int64]
    estimated: NDArray[np.bool_]
    meets: NDArray[np.bool_]


def plan_moves(areas: pa.ChunkedArray, crosswalk: Crosswalk) -> Moves:
    """Plan where every row goes; a pseudo-area stays what it is.

    Raises LinkError for a missing area and for any other that the crosswalk does not know.
    """
    if areas.null_count:
        raise LinkError(
            f"{areas.null_count} tellingen hebben geen gebied; tel ze onder het gebied 'onbekend'"
        )
    encoded = areas.cast(pa.string()).combine_chunks().dictionary_encode()
    places = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    routes = _routes(encoded.dictionary.to_pylist(), crosswalk)
    of_code = np.array([len(own) for own in routes], dtype=np.int64)
    sizes = of_code[places]
    starts = np.cumsum(sizes) - sizes
    rows = np.repeat(np.arange(len(places)), sizes)
    # The how-manieth new area of its code an entry is, as a place in the flat list of routes.
    flat = np.arange(len(rows)) - starts[rows] + (np.cumsum(of_code) - of_code)[places][rows]
    news = [new for own in routes for new, _, _ in own]
    units = np.array([units for own in routes for _, units, _ in own], dtype=np.int64)
    estimated = np.array([estimated for own in routes for _, _, estimated in own], dtype=bool)
    return Moves(
        starts=starts,
        sizes=sizes,
        rows=rows,
        areas=pa.array(news, pa.string()).take(pa.array(flat)),
        units=units[flat],
        estimated=estimated[flat],
        meets=_meets(news)[flat],
    )


def _routes(codes: Sequence[str], crosswalk: Crosswalk) -> list[list[tuple[str, int, bool]]]:
    known: dict[str, list[tuple[str, int, bool]]] = {}
    for row in crosswalk.rows:
        if row.units:
            known.setdefault(row.old, []).append((row.new, row.units, row.estimated))
    unknown = sorted(
        code for code in codes if code not in known and code != ABROAD and not may_be_unknown(code)
    )
    if unknown:
        raise LinkError(
            f"{len(unknown)} gebieden staan niet in de omrekening van {crosswalk.old_vintage} naar "
            f"{crosswalk.new_vintage} ({crosswalk.level}): {', '.join(unknown[:_FAULTS_SHOWN])}; "
            "kijk of de tellingen van dit jaar en dit niveau zijn"
        )
    return [known.get(code) or [(code, SHARE_UNITS, False)] for code in codes]


def _meets(news: Sequence[str]) -> NDArray[np.bool_]:
    _, places, counts = np.unique(
        np.array(news, dtype=str), return_inverse=True, return_counts=True
    )
    return np.asarray(counts[places] > 1, dtype=bool)
