"""Other words for an area that people search with: names in use, and postcodes.

Refuses nothing: a postcode of which the address file says nothing is not in the list.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from regiebeeld.catalogue import Region
from regiebeeld.domain import Area
from regiebeeld.pipeline.intake.linking.addresses import AddressBook
from regiebeeld.pipeline.intake.linking.texts import unpack_postcodes6
from regiebeeld.pipeline.intake.places_addresses import read_address_books
from regiebeeld.releases.writing import AREA_NAME_SCHEMA
from regiebeeld.settings import Settings

ALIAS, POSTCODE = "alias", "postcode"


def area_name_table(region: Region, areas: Sequence[Area], settings: Settings) -> pa.Table:
    """Make the table of other names; `areas` stand in the order of their keys.

    Postcodes come from the address file of the layout that is shown, where there is one.
    Raises LinkError for an address file that cannot be read.
    """
    keys = {area.code: key for key, area in enumerate(areas)}
    rows = list(_aliases(region, keys))
    books = read_address_books(settings.files, frozenset(region.gemeente_codes))
    if region.vintage in books:
        rows += _postcodes(books[region.vintage], keys)
    return pa.Table.from_pylist(
        [dict(zip(AREA_NAME_SCHEMA.names, row, strict=True)) for row in rows],
        schema=AREA_NAME_SCHEMA,
    )


def _aliases(region: Region, keys: dict[str, int]) -> Iterator[tuple[int, str, str, int]]:
    for gemeente in region.gemeenten:
        for alias in gemeente.aliases if gemeente.code in keys else ():
            yield keys[gemeente.code], ALIAS, alias, 0


def _postcodes(book: AddressBook, keys: dict[str, int]) -> Iterator[tuple[int, str, str, int]]:
    shares = book.postcodes6.everywhere
    names = unpack_postcodes6(shares.keys)
    for name, start, size in zip(names, shares.starts, shares.sizes, strict=True):
        own = np.diff(shares.ends[start : start + size], prepend=0.0)
        for place, at in enumerate(np.argsort(-own, kind="stable")):
            code = book.codes[shares.places[start + at]]
            if code in keys:
                yield keys[code], POSTCODE, name, place
