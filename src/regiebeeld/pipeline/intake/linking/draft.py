"""The rows that are being linked: what is settled, what is still open and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regiebeeld.domain import LinkError
from regiebeeld.pipeline.intake.linking.draws import Identities
from regiebeeld.pipeline.intake.linking.frame import LinkFrame, choose_vintages
from regiebeeld.pipeline.intake.linking.methods import Method, Reason

Column: TypeAlias = pa.Array | pa.ChunkedArray
Reader: TypeAlias = Callable[[Column], NDArray[np.int64]]
ROLES = (
    "area_code",
    "area_name",
    "gemeente_name",
    "postcode6",
    "house_number",
    "house_letter",
    "postcode4",
    "x",
    "y",
    "row_key",
)
_DEPTHS = MappingProxyType({"GM": 1, "WK": 2})


class Draft:
    """One area a row, settled by the best method that finds it; a settled row stays settled.

    `gemeenten` holds the number of the gemeente where the row itself names one, else -1.
    `coarse` holds a place in `codes` of a wijk or gemeente that was delivered, else -1.
    `elsewhere` marks rows of which a key names a place outside the region.
    """

    def __init__(self, rows: int) -> None:
        self.codes: list[str] = []
        self.areas = np.full(rows, -1, np.int32)
        self.methods = np.full(rows, Method.NONE, np.uint8)
        self.vintages = np.zeros(rows, np.int16)
        self.reasons = np.full(rows, Reason.NO_KEY, np.uint8)
        self.gemeenten = np.full(rows, -1, np.int64)
        self.elsewhere = np.zeros(rows, np.bool_)
        self.coarse = np.full(rows, -1, np.int32)
        self.coarse_depths = np.zeros(rows, np.int8)
        self.coarse_methods = np.zeros(rows, np.uint8)
        self.coarse_vintages = np.zeros(rows, np.int16)

    @property
    def rows(self) -> int:
        return len(self.areas)

    def pending(self) -> NDArray[np.int64]:
        """Give the rows without an area, in order."""
        return np.flatnonzero(self.areas < 0)

    def pending_here(self) -> NDArray[np.int64]:
        """Give the rows without an area of which no key names a place outside the region.

        A name or a postcode of four digits that the region has too would bring others home.
        """
        return np.flatnonzero((self.areas < 0) & ~self.elsewhere)

    def add_codes(self, codes: Sequence[str]) -> int:
        """Add codes to the list and give the place of the first."""
        start = len(self.codes)
        self.codes.extend(codes)
        return start

    def settle(
        self,
        rows: NDArray[np.int64],
        places: NDArray[np.int64] | NDArray[np.int32],
        codes: Sequence[str],
        *,
        method: Method | NDArray[np.uint8],
        vintage: int,
    ) -> None:
        """Give `rows` the areas at `places` in `codes`."""
        self.areas[rows] = places + self.add_codes(codes)
        self.methods[rows] = method
        self.vintages[rows] = vintage

    def note_coarse(
        self,
        rows: NDArray[np.int64],
        places: NDArray[np.int64],
        codes: Sequence[str],
        *,
        method: Method,
        vintage: int,
    ) -> None:
        """Note a wijk or gemeente of rows: a wijk goes before a gemeente, else the first stays."""
        depths = np.array([_DEPTHS.get(code[:2], 0) for code in codes] or [0], np.int8)[places]
        fresh = depths > self.coarse_depths[rows]
        self.coarse[rows[fresh]] = places[fresh] + self.add_codes(codes)
        self.coarse_depths[rows[fresh]] = depths[fresh]
        self.coarse_methods[rows[fresh]] = method
        self.coarse_vintages[rows[fresh]] = vintage

    def fail(self, rows: NDArray[np.int64], reason: Reason) -> None:
        """Note why the best key of rows failed; an earlier reason is of a better key and stays."""
        fresh = rows[self.reasons[rows] == Reason.NO_KEY]
        self.reasons[fresh] = reason


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """The columns of one delivery by role, the frame they are linked against, and the draft."""

    keys: Mapping[str, Column]
    frame: LinkFrame
    draft: Draft
    years: NDArray[np.int64] | None
    identities: Identities
    readings: dict[int, int] = field(default_factory=dict)
    read: dict[tuple[str, Reader], NDArray[np.int64]] = field(default_factory=dict)

    def read_numbers(self, role: str, reader: Reader) -> NDArray[np.int64]:
        """Read a column with `reader`, once however many ways of linking ask for it."""
        if (role, reader) not in self.read:
            self.read[role, reader] = reader(self.keys[role])
        return self.read[role, reader]

    def offers(self, *roles: str) -> bool:
        return all(role in self.keys for role in roles)

    def may_link(self, *roles: str) -> bool:
        """Tell whether the keys are there and any row is still open."""
        return self.offers(*roles) and bool((self.draft.areas < 0).any())

    def by_vintage(
        self, rows: NDArray[np.int64], available: Mapping[int, object]
    ) -> list[tuple[int, NDArray[np.int64]]]:
        """Divide rows over the years that are there, by the year of their date."""
        if not available:
            return []
        years = None if self.years is None else self.years[rows]
        chosen = choose_vintages(years, available, len(rows))
        return [(int(year), rows[chosen == year]) for year in np.unique(chosen)]


def begin_job(keys: Mapping[str, Column], dates: Column | None, frame: LinkFrame) -> Job:
    """Check the columns and begin; raise LinkError for unknown roles and uneven lengths."""
    unknown = sorted(set(keys) - set(ROLES))
    if unknown or not set(keys) - {"row_key"}:
        raise LinkError(
            f"koppelvelden {', '.join(unknown) or '(geen)'}: kies uit {', '.join(ROLES)} "
            "en geef minstens één veld dat een plaats noemt"
        )
    if ("x" in keys) != ("y" in keys):
        raise LinkError("een coördinaat heeft x en y nodig; een van beide ontbreekt")
    columns = [*keys.values(), *([] if dates is None else [dates])]
    if len({len(column) for column in columns}) > 1:
        raise LinkError("de koppelvelden en datums zijn niet even lang; lees het bestand opnieuw")
    rows = len(columns[0])
    years, days = _read_dates(dates, rows)
    who = Identities(frame.key, days, keys.get("row_key"))
    return Job(dict(keys), frame, Draft(rows), years, who)


def _read_dates(
    dates: Column | None, rows: int
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64]]:
    if dates is None:
        return None, np.full(rows, -1, np.int64)
    if not (pa.types.is_date(dates.type) or pa.types.is_timestamp(dates.type)):
        raise LinkError(
            f"de datums zijn van het type {dates.type}; lees ze eerst als datum of tijdstip"
        )
    years = pc.year(dates).fill_null(-1).to_numpy()
    days = dates.cast(pa.date32(), safe=False).cast(pa.int32()).fill_null(-1).to_numpy()
    return years.astype(np.int64), days.astype(np.int64)
