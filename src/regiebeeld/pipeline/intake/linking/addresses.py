"""An address file in the form of CBS `pc6hnr`, packed so that millions of rows link in seconds.

Refuses a file without the columns of its year and codes that are no buurt.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel, LinkError, read_area_code
from regiebeeld.pipeline.areas.features import name_faults
from regiebeeld.pipeline.intake.linking.shares import Shares, compute_shares, find_sorted
from regiebeeld.pipeline.intake.linking.texts import (
    encode_texts,
    pack_postcodes6,
    read_house_numbers,
)

_NUMBERS = 100_000  # house numbers have at most five digits
_LETTERS = 676
_GEMEENTEN = 10_000


def _none() -> NDArray[np.int64]:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class AddressBook:
    """Addresses of one year: sorted packed keys, the buurt of each, and shares per postcode.

    `doubtful` addresses stood there with two buurten and link by their postcode only.
    `unreadable` rows had no postcode or house number. `elsewhere` are the packed PC6 of which the
    file has addresses in other regions only, `elsewhere4` likewise the PC4; sorted.
    """

    vintage: int
    keys: NDArray[np.int64]
    places: NDArray[np.int32]
    codes: tuple[str, ...]
    postcodes6: "PostcodeShares"
    postcodes4: "PostcodeShares"
    doubtful: int
    unreadable: int
    elsewhere: NDArray[np.int64] = field(default_factory=_none)
    elsewhere4: NDArray[np.int64] = field(default_factory=_none)

    def find(self, postcodes: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.int32]:
        """Give the place in `codes` of each packed PC6 and house number, -1 where unknown."""
        usable = (postcodes > 0) & (numbers > 0)
        packed = np.where(usable, postcodes * _NUMBERS + numbers, -1)
        at = find_sorted(self.keys, packed)
        return np.where(at >= 0, self.places[at] if len(self.places) else -1, -1).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class PostcodeShares:
    """Shares of a postcode, over all buurten and within each gemeente (number after `GM`)."""

    vintage: int
    everywhere: Shares
    within: Shares

    def find(
        self, postcodes: NDArray[np.int64], gemeenten: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give positions in `within` (of rows whose gemeente is known, >= 0) and `everywhere`."""
        usable = postcodes > 0
        packed = np.where(usable & (gemeenten >= 0), postcodes * _GEMEENTEN + gemeenten, -1)
        inside = self.within.find(packed)
        around = self.everywhere.find(np.where(usable, postcodes, -1))
        return inside, np.where(inside < 0, around, -1)


def compute_postcode_shares(
    postcodes: NDArray[np.int64],
    places: NDArray[np.int32],
    weights: NDArray[np.float64] | None = None,
    *,
    codes: tuple[str, ...],
    vintage: int,
) -> PostcodeShares:
    """Compute both kinds of shares from one row an address (or weighted rows)."""
    gemeenten = np.array([int(code[2:6]) for code in codes], np.int64)
    packed = postcodes * _GEMEENTEN + (gemeenten[places] if len(places) else 0)
    return PostcodeShares(
        vintage=vintage,
        everywhere=compute_shares(postcodes, places, weights, codes=codes),
        within=compute_shares(packed, places, weights, codes=codes),
    )


def read_addresses(table: pa.Table, *, vintage: int) -> AddressBook:
    """Read `PC6;Huisnummer;Buurt{year}` (codes without prefix) of one year.

    Raises LinkError for a missing column, an empty file and codes that are no buurt.
    """
    postcode, number, buurt = _find_columns(table, vintage)
    encoded = encode_texts(table.column(buurt))
    codes, ranks = _read_codes(encoded.texts.to_pylist())
    places = encoded.spread(ranks)
    texts = encode_texts(table.column(postcode))
    postcodes = texts.spread(pack_postcodes6(texts.texts))
    numbers = read_house_numbers(table.column(number))
    usable = (postcodes > 0) & (numbers > 0) & (places >= 0)
    if not usable.any():
        raise LinkError(
            f"het adressenbestand van {vintage} heeft geen leesbaar adres; haal het opnieuw op"
        )
    return _pack(
        postcodes[usable],
        numbers[usable],
        places[usable].astype(np.int32),
        codes=codes,
        vintage=vintage,
        unreadable=int((~usable).sum()),
    )


def note_elsewhere(book: AddressBook, texts: pa.Array | pa.ChunkedArray) -> AddressBook:
    """Note the PC6 of addresses in other regions: of a national file they say what lies outside.

    A postcode that has addresses on both sides stays the region's.
    """
    packed = pack_postcodes6(texts.unique().cast(pa.string()).drop_null())
    foreign = np.setdiff1d(packed[packed > 0], book.postcodes6.everywhere.keys)
    around = np.setdiff1d(packed[packed > 0] // _LETTERS, book.postcodes4.everywhere.keys)
    return replace(book, elsewhere=foreign, elsewhere4=around)


def _pack(
    postcodes: NDArray[np.int64],
    numbers: NDArray[np.int64],
    places: NDArray[np.int32],
    *,
    codes: tuple[str, ...],
    vintage: int,
    unreadable: int,
) -> AddressBook:
    pairs = np.sort((postcodes * _NUMBERS + numbers) * len(codes) + places)
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
    addresses, homes = pairs // len(codes), (pairs % len(codes)).astype(np.int32)
    keys, starts, counts = np.unique(addresses, return_index=True, return_counts=True)
    sure = counts == 1
    by_postcode = addresses // _NUMBERS
    return AddressBook(
        vintage=vintage,
        keys=keys[sure],
        places=homes[starts[sure]],
        codes=codes,
        postcodes6=compute_postcode_shares(by_postcode, homes, codes=codes, vintage=vintage),
        postcodes4=compute_postcode_shares(
            by_postcode // _LETTERS, homes, codes=codes, vintage=vintage
        ),
        doubtful=int((~sure).sum()),
        unreadable=unreadable,
    )


def _find_columns(table: pa.Table, vintage: int) -> tuple[str, str, str]:
    wanted = ("pc6", "huisnummer", f"buurt{vintage}")
    there = {name.strip().strip("\ufeff").lower(): name for name in table.column_names}
    missing = [name for name in wanted if name not in there]
    if missing:
        raise LinkError(
            f"het adressenbestand mist {', '.join(missing)}; verwacht wordt "
            f"PC6;Huisnummer;Buurt{vintage};Wijk{vintage};Gem{vintage}. "
            f"Aanwezig: {', '.join(table.column_names[:10])}"
        )
    postcode, number, buurt = (there[name] for name in wanted)
    return postcode, number, buurt


def _read_codes(texts: list[str | None]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Give the distinct buurt codes in order and, for each text, its place among them."""
    codes, faults = [], []
    for text in texts:
        try:
            codes.append(read_area_code(text, AreaLevel.BUURT) if text else "")
        except LinkError as fault:
            codes.append("")
            faults.append(str(fault))
    if faults:
        raise name_faults(
            f"het adressenbestand heeft {len(faults)} codes die geen buurt zijn:",
            faults,
            "Kijk of de kolom met de buurt de goede is.",
        )
    ordered = tuple(sorted({code for code in codes if code}))
    ranks = {code: rank for rank, code in enumerate(ordered)}
    return ordered, np.array([ranks.get(code, -1) for code in codes], np.int64)
