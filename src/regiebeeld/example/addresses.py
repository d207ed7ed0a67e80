"""Invented addresses and their file in the form of CBS `pc6hnr`; no postcode in it can exist.

The letters SA, SD and SS are never given to a Dutch postcode, so they mark every address here.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import parent_code
from regiebeeld.example.layout import Ground
from regiebeeld.example.people import People
from regiebeeld.example.terrain import Ints

FILE_NAME = "pc6hnr2025.csv"
LETTERS = ("SA", "SD", "SS")
_FIRST_POSTCODE = 9400
_DWELLINGS_AN_ADDRESS = 4  # a quarter of the dwellings is enough to link by, and four times as fast
_LEAST = 6  # a work estate has doors too
_FROM_BORDER = 15.0  # metres; more than the map's projection and rounding can shift a point
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Addresses:
    """One row an address, sorted by `piece` (a position in `Ground.pieces`); RD metres.

    `starts` gives where each piece begins and `amounts` how many addresses it has.
    """

    piece: Ints
    postcode: Ints
    letters: Ints
    number: Ints
    points: Ints
    starts: Ints
    amounts: Ints


def settle_addresses(ground: Ground, people: People, seed: int) -> Addresses:
    """Draw the addresses of every piece of ground; the same seed gives the same addresses.

    About one for every four dwellings of the newest year, at whole metres well inside the piece.
    """
    rng = np.random.default_rng([seed, 404])
    amounts = np.maximum(_LEAST, people.dwellings[:, -1] // _DWELLINGS_AN_ADDRESS)
    piece = np.repeat(np.arange(len(amounts)), amounts)
    pairs = zip(ground.shapes, amounts, strict=True)
    points = np.concatenate([_draw_points(shape, int(n), rng) for shape, n in pairs])
    postcode, letters, number = _number_doors(ground, piece)
    starts = np.cumsum(amounts) - amounts
    return Addresses(piece, postcode, letters, number, points, starts, amounts)


def _draw_points(shape: shapely.Geometry, wanted: int, rng: np.random.Generator) -> Ints:
    inside = shape.buffer(-_FROM_BORDER)
    if inside.is_empty:
        inside = shape
    shapely.prepare(inside)
    west, south, east, north = np.rint(inside.bounds).astype(np.int64)
    found = np.empty((0, 2), np.int64)
    for _ in range(_ROUNDS):
        tries = rng.integers((west, south), (east + 1, north + 1), (3 * wanted, 2))
        found = np.concatenate([found, tries[shapely.contains_xy(inside, *tries.T)]])
        if len(found) >= wanted:
            return found[:wanted]
    heart = np.rint(shapely.get_coordinates(shapely.point_on_surface(inside))).astype(np.int64)
    return np.concatenate([found, np.repeat(heart, wanted - len(found), axis=0)])


def _number_doors(ground: Ground, piece: Ints) -> tuple[Ints, Ints, Ints]:
    """Give postcode, letters and house number: three neighbouring buurten share three postcodes.

    So four digits say a few buurten, six say one, as with real postcodes.
    """
    owner = np.array([each.new for each in ground.pieces])[piece]
    codes, buurt = np.unique(owner, return_inverse=True)
    first, letter = _divide_postcodes(codes.tolist())
    order = np.argsort(buurt, kind="stable")
    begins = np.searchsorted(buurt[order], np.arange(len(codes)))
    rank = np.empty(len(piece), np.int64)
    rank[order] = np.arange(len(piece)) - begins[buurt[order]]
    return first[buurt] + rank % 3, letter[buurt], rank // 3 + 1


def _divide_postcodes(buurten: list[str]) -> tuple[Ints, Ints]:
    """Give each buurt the first of its three postcodes and the place of its letters."""
    first, letter, postcode = [], [], _FIRST_POSTCODE
    before, place = "", 0
    for code in buurten:
        gemeente = parent_code(code, AreaLevel.GEMEENTE)
        if before and (gemeente != before or place == len(LETTERS)):
            postcode, place = postcode + len(LETTERS), 0
        first.append(postcode)
        letter.append(place)
        before, place = gemeente, place + 1
    return np.array(first, np.int64), np.array(letter, np.int64)


def write_addresses(path: Path, addresses: Addresses, ground: Ground) -> None:
    """Write `PC6;Huisnummer;Buurt2025;Wijk2025;Gem2025` in the newest layout, codes bare."""
    bare = [piece.new[2:] for piece in ground.pieces]
    columns = (addresses.postcode, addresses.letters, addresses.number, addresses.piece)
    lines = [
        f"{postcode}{LETTERS[letter]};{number};{bare[p]};{bare[p][:6]};{bare[p][:4]}"
        for postcode, letter, number, p in zip(*(c.tolist() for c in columns), strict=True)
    ]
    head = "PC6;Huisnummer;Buurt2025;Wijk2025;Gem2025"
    path.write_text("\n".join([head, *sorted(lines)]) + "\n", encoding="utf-8", newline="\n")
