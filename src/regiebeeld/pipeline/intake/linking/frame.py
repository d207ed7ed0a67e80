"""What rows are linked against: maps, addresses and names of each year, and the draw's key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel, LinkError, read_area_code
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.intake.linking.addresses import (
    AddressBook,
    PostcodeShares,
    compute_postcode_shares,
)
from regiebeeld.pipeline.intake.linking.methods import Method
from regiebeeld.pipeline.intake.linking.names import NameList, list_names
from regiebeeld.pipeline.intake.linking.own_areas import OwnAreas
from regiebeeld.pipeline.intake.linking.texts import read_postcodes4

# Half the diagonal of a 100 m grid cell is 71 m: a point of a cell that touches the map is linked.
SNAP_METRES = 71.0


@dataclass(frozen=True, slots=True)
class FrequentPostcodes:
    """Per year a coarse stand-in for an address file; see `compute_frequent_postcodes`."""

    shares: PostcodeShares
    method: Method


@dataclass(frozen=True, slots=True)
class LinkFrame:
    """What rows are linked against; `gemeenten` are (name, code) with every alias.

    `elsewhere` are (name, code) of gemeenten outside the region, as far as the maps hold them.

    `key` is the secret of the draws, needed only where a postcode or own area is divided.
    Points outside every area snap to the nearest within `snap_metres`.
    """

    layouts: Mapping[int, Layout]
    gemeenten: tuple[tuple[str, str], ...] = ()
    elsewhere: tuple[tuple[str, str], ...] = ()
    books: Mapping[int, AddressBook] = field(default_factory=dict)
    frequent: Mapping[int, FrequentPostcodes] = field(default_factory=dict)
    own_areas: tuple[OwnAreas, ...] = ()
    key: bytes = b""
    snap_metres: float = SNAP_METRES

    def __post_init__(self) -> None:
        if not self.layouts:
            raise LinkError("er is geen indeling om aan te koppelen; zet er een in region.yaml")

    @property
    def gemeente_codes(self) -> frozenset[str]:
        """The gemeenten of every layout and of the region's own list."""
        of_maps = {
            area.code for layout in self.layouts.values() for area in layout.at(AreaLevel.GEMEENTE)
        }
        return frozenset(of_maps | {code for _, code in self.gemeenten})

    def covers_region(self, layout: Layout) -> bool:
        """Tell whether every gemeente of the region has a shape here: only then may a point
        outside all of them be called outside the region.
        """
        drawn = {f"GM{area.code[2:6]}" for area in layout.areas if area.code in layout.geometries}
        return self.gemeente_codes <= drawn

    def elsewhere_names(self) -> NameList:
        """Give the names of gemeenten outside the region."""
        return list_names(self.elsewhere)

    def gemeente_names(self) -> NameList:
        """Give the names of every gemeente, the region's aliases included."""
        own = [
            (area.name, area.code)
            for layout in self.layouts.values()
            for area in layout.at(AreaLevel.GEMEENTE)
        ]
        return list_names([*own, *self.gemeenten])


def choose_vintages(
    years: NDArray[np.int64] | None, available: Iterable[int], rows: int
) -> NDArray[np.int64]:
    """Choose for each row the newest year that had begun at its date, else the oldest there is.

    CBS layouts hold from 1 January of their year. Rows without a date (-1) take the newest.
    """
    ordered = np.array(sorted(available), np.int64)
    if years is None:
        return np.full(rows, ordered[-1])
    at = np.searchsorted(ordered, years, side="right") - 1
    return np.where(years < 0, ordered[-1], ordered[np.maximum(at, 0)])


def compute_frequent_postcodes(
    buurten: pa.Array | pa.ChunkedArray,
    postcodes: pa.Array | pa.ChunkedArray,
    weights: NDArray[np.float64] | None = None,
    *,
    vintage: int,
) -> FrequentPostcodes:
    """Make a stand-in for addresses of each buurt's most frequent PC4, where no address file is.

    It misses every buurt where a postcode is not the most frequent one, so by default it
    gives the gemeente only (grade F). With `weights` (say households a buurt) rows are divided
    over the buurten that name the postcode: an estimate (grade E). Raises LinkError for codes
    that are no buurt.
    """
    codes = [read_area_code(str(code), AreaLevel.BUURT) for code in buurten.to_pylist()]
    method = Method.POSTCODE4_ESTIMATE
    if weights is None:
        codes = [unknown_within(f"GM{code[2:6]}") for code in codes]
        method = Method.POSTCODE4_GEMEENTE
    ordered = tuple(sorted(set(codes)))
    ranks = {code: rank for rank, code in enumerate(ordered)}
    places = np.array([ranks[code] for code in codes], np.int32)
    numbers = read_postcodes4(postcodes)
    known = numbers > 0
    shares = compute_postcode_shares(
        numbers[known],
        places[known],
        None if weights is None else weights[known],
        codes=ordered,
        vintage=vintage,
    )
    return FrequentPostcodes(shares, method)


def unknown_within(gemeente: str) -> str:
    """Give the code under which rows of a gemeente without a known buurt are counted."""
    return f"BU{gemeente[2:6]}9999"
