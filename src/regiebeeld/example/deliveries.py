"""Writes what the invented partners deliver: a history, a later file that revises, and bad files.

Refuses to touch the pipeline: the files go through the same door as real ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.catalogue import Catalogue, Role, Source, read_catalogue
from regiebeeld.catalogue.fields import fields_with
from regiebeeld.catalogue.models import Frequency, Grain
from regiebeeld.example.addresses import FILE_NAME, settle_addresses, write_addresses
from regiebeeld.example.counts import UNKNOWN_BUURT
from regiebeeld.example.deliveries_counts import PLANS, build_counts
from regiebeeld.example.deliveries_events import LATE_SHARE, REGISTERED, Flags
from regiebeeld.example.deliveries_exports import Place, build_events
from regiebeeld.example.deliveries_faults import cut_file, spoil_table
from regiebeeld.example.deliveries_files import FileForm, write_table
from regiebeeld.example.deliveries_police import POLICE_COUNTS, build_burglaries
from regiebeeld.example.rates import MONTHS
from regiebeeld.example.terrain import Ints
from regiebeeld.example.truths import (
    FIRST_DAY,
    LATE_DAY,
    DeliveryFault,
    Expected,
    PlantedDelivery,
)
from regiebeeld.example.write import SEED, Example, make_example
from regiebeeld.settings import read_settings

REGION = "voorbeeld"
_AT_HOME = "woninginbraken_aantallen"
SECOND_DAY, _WEEKS_DAY = date(2026, 1, 20), date(2026, 1, 5)
# The last period of the first delivery; the second one tells it again, and goes on from there.
_FIRST_ENDS = {
    Frequency.WEEK: "2025-W41",
    Frequency.MONTH: "2025-09",
    Frequency.QUARTER: "2025-Q3",
    Frequency.HALF_YEAR: "2025-H1",
    Frequency.YEAR: "2024",
}
# Sources that come every month, each time with the last months anew: so it is known how late rows
# come. The first of those files holds all that was before it.
MONTHLY = ("fietsendiefstal_gebeurtenissen", "woninginbraken_aantallen")
_MONTHLY_DAYS = tuple(date(2024 + m // 12, m % 12 + 1, 15) for m in range(10, 24))
_TOLD_AGAIN = len(REGISTERED)  # months
_FORMS = {
    "anonieme_tips": FileForm.XLSX,
    "boa_inzet": FileForm.CSV_LATIN,
    "brandmeldingen": FileForm.PARQUET,
    "cameragebieden": FileForm.XLSX,
    "cybercrime_aangiften": FileForm.JSON,
    "fietsendiefstal_gebeurtenissen": FileForm.CSV_LATIN,
    "halt_afdoeningen": FileForm.ODS,
    "huiselijk_geweld": FileForm.XLSX,
    "jeugdhulp": FileForm.ODS,
    "mik_woninginbraken": FileForm.XLSX,
    "om_afdoeningen": FileForm.JSON,
    "politie_weekcijfers": FileForm.JSON,
    "schoorsteenbranden": FileForm.CSV_PLAIN,
    "sluitingen_13b": FileForm.XLSX,
    "woninginbraken_aantallen": FileForm.CSV_PLAIN,
    "zorg_en_veiligheidshuis": FileForm.PARQUET,
}
# Good files that the door still has something to say about.
_GEMEENTE_ONLY = "Van een deel is alleen de gemeente bekend."
_REMARKS = {
    "fietsendiefstal_gebeurtenissen": _GEMEENTE_ONLY,
    "woninginbraken_aantallen": _GEMEENTE_ONLY,
    "woninginbraken_gebeurtenissen": _GEMEENTE_ONLY,
}
_HISTORY_REMARKS = {
    "mik_woninginbraken": "De oudste jaren liggen ver van de indeling van de adressen.",
    "schoorsteenbranden": "In de zomer zijn er maanden zonder brand.",
}
_BEFORE_THE_GOOD_ONE = (
    DeliveryFault.WRONG_COLUMN,
    DeliveryFault.CUT_ROW,
    DeliveryFault.BSN,
    DeliveryFault.EMAIL,
    DeliveryFault.NEXT_YEAR,
)


@dataclass(frozen=True, slots=True)
class ExampleDelivery:
    """One file as a partner sends it on day `as_of`, and what the door should say that day.

    On a later day every file is late as well, so accepted becomes accepted with warnings.
    """

    path: Path
    source: str
    expected: Expected
    why: str
    as_of: date


@dataclass(frozen=True, slots=True)
class _History:
    """All rows of a source through 2025, and how late they were registered.

    later: of events, months after their own; by_age: of counts, how many of a row were registered
    1, 2, ... months after its month. None where rows come on time.
    """

    source: Source
    table: pa.Table
    periods: pa.Array
    ends: str  # the last period of the first delivery
    later: Ints | None = None
    by_age: Ints | None = None


@dataclass(frozen=True, slots=True)
class _Parcel:
    history: _History
    table: pa.Table
    as_of: date
    expected: Expected
    why: str
    fault: DeliveryFault | None = None


def write_deliveries(
    folder: Path,
    *,
    seed: int = SEED,
    truths: Path | None = None,
    example: Example | None = None,
    catalogue: Catalogue | None = None,
) -> list[ExampleDelivery]:
    """Write every delivery as `folder/<source>/<file>` and give them in order of arrival.

    One or two files for each contract with an agreement in region voorbeeld, and the planted bad
    ones; the same seed and truths give the same bytes. `example` spares making the region again,
    `catalogue` reading the contracts again.
    Raises CatalogueError when truths or catalogue do not fit.
    """
    known = catalogue or read_catalogue(read_settings().catalogue, read_settings().regions)
    made = example or make_example(seed=seed, truths=truths)
    place = Place(made, settle_addresses(made.ground, made.people, seed), seed)
    planted = {one.source: one for one in made.truths.deliveries}
    parcels: list[_Parcel] = []
    for name in sorted(known.agreements[REGION]):
        history = _build_history(known.sources[name], place)
        parcels += _parcels_of(history, planted.get(name), seed)
    parcels.sort(key=lambda parcel: parcel.as_of)
    written = [_write_parcel(folder, parcel, number) for number, parcel in enumerate(parcels, 1)]
    return [*written, _write_stranger(folder, made)]


def write_address_file(folder: Path, *, seed: int = SEED, example: Example | None = None) -> Path:
    """Write the address file of the region, in the form of CBS `pc6hnr`, and give its path."""
    made = example or make_example(seed=seed)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    write_addresses(path, settle_addresses(made.ground, made.people, seed), made.ground)
    return path


def _stream(source: str, seed: int, use: int) -> np.random.Generator:
    return np.random.default_rng([seed, use, crc32(source.encode())])


def _build_history(source: Source, place: Place) -> _History:
    rng = _stream(source.id, place.seed, 606)
    if source.terms.grain is Grain.EVENT:
        made = build_events(source, place, rng)
        periods, ends = pa.array(MONTHS).take(pa.array(made.months)), _FIRST_ENDS[Frequency.MONTH]
        return _History(source, made.table, periods, ends, later=made.later)
    by_age = None
    if source.id == _AT_HOME:
        table, by_age = build_burglaries(source, place)
    elif source.id in POLICE_COUNTS:
        table = POLICE_COUNTS[source.id](source, place, rng)
    else:
        table = build_counts(source, place.example, rng)
    periods = table[next(fields_with(source.fields, Role.PERIOD)).name].combine_chunks()
    ends = _FIRST_ENDS[source.terms.frequency or Frequency.YEAR]
    return _History(source, table, periods, ends, by_age=by_age)


def _parcels_of(history: _History, planted: PlantedDelivery | None, seed: int) -> Iterator[_Parcel]:
    fault = planted.fault if planted else None
    later = _as_known(history, pc.greater_equal(history.periods, history.ends), SECOND_DAY)
    if planted and fault is DeliveryFault.AGREEMENT_ENDED:
        yield _spoiled(history, history.table, SECOND_DAY, planted)
        return
    if history.source.id in MONTHLY:
        yield from _month_by_month(history)
    else:
        yield _first(history, seed)
    if planted and fault is DeliveryFault.LATE:
        again = history.table.filter(pc.equal(history.periods, history.ends))
        yield _spoiled(history, again, LATE_DAY, planted)
        return
    if planted and fault in _BEFORE_THE_GOOD_ONE:
        yield _spoiled(history, later, SECOND_DAY, planted)
    weekly = history.source.terms.frequency is Frequency.WEEK
    why = f"Vervangt {history.ends} en vult aan tot en met 2025."
    yield _good(history, later, _WEEKS_DAY if weekly else SECOND_DAY, why)
    if planted and fault is DeliveryFault.SENT_TWICE:
        yield _spoiled(history, later, SECOND_DAY, planted)


def _first(history: _History, seed: int) -> _Parcel:
    """The first delivery: of its last period not everything was known yet."""
    last = pc.equal(history.periods, history.ends)
    kept = pc.less_equal(history.periods, history.ends)
    if history.later is not None:
        kept = pc.and_(kept, pc.invert(pc.and_(last, pa.array(history.later > 1))))
    table = history.table.filter(kept)
    if history.source.terms.grain is Grain.COUNT:
        table = _thinned(history, table, last.filter(kept), _stream(history.source.id, seed, 707))
    why = f"De hele historie tot en met {history.ends}."
    return _good(history, table, FIRST_DAY, why, _HISTORY_REMARKS.get(history.source.id, ""))


def _month_by_month(history: _History) -> Iterator[_Parcel]:
    """A file a month: the first with the whole history, the others with the last months anew."""
    for day in _MONTHLY_DAYS:
        ends = f"{day.year - (day.month == 1)}-{(day.month - 2) % 12 + 1:02d}"
        kept = pc.less_equal(history.periods, ends)
        why = f"De hele historie tot en met {ends}."
        if day != _MONTHLY_DAYS[0]:
            kept = pc.and_(kept, pa.array(_ages_at(history, day) <= _TOLD_AGAIN))
            why = f"De laatste {_TOLD_AGAIN} maanden opnieuw, tot en met {ends}."
        table = _as_known(history, kept, day)
        if history.by_age is None or _lost_in(history, table).any():
            yield _good(history, table, day, why)
        else:
            yield _Parcel(history, table, day, Expected.ACCEPTED, why)


def _ages_at(history: _History, day: date) -> Ints:
    """Give how many months before a day the month of each row lies."""
    months = [int(text[:4]) * 12 + int(text[5:]) for text in history.periods.to_pylist()]
    return np.asarray(day.year * 12 + day.month - np.array(months))


def _as_known(history: _History, kept: pa.Array, day: date) -> pa.Table:
    """Take rows as they were registered on a day."""
    if history.later is not None:
        known = pa.array(history.later <= _ages_at(history, day))
        return history.table.filter(pc.and_(kept, known))
    if history.by_age is None:
        return history.table.filter(kept)
    ages = _ages_at(history, day).clip(1, len(REGISTERED))
    counts = history.by_age[np.arange(len(ages)), ages - 1]
    made = _with_counts(history, history.table, counts)
    # A hub that counts at home has no row for what it cannot place until there is something.
    return made.filter(pc.and_(kept, pa.array(~_lost_in(history, made) | (counts > 0))))


def _lost_in(history: _History, table: pa.Table) -> Flags:
    """Tell of which rows only the gemeente is known."""
    name = next(fields_with(history.source.fields, Role.AREA_CODE)).name
    lost: Flags = pc.ends_with(table[name], UNKNOWN_BUURT).to_numpy()
    return lost


def _with_counts(history: _History, table: pa.Table, counts: Ints) -> pa.Table:
    name = next(fields_with(history.source.fields, Role.COUNT)).name
    return table.set_column(table.column_names.index(name), name, pa.array(counts))


def _thinned(
    history: _History, table: pa.Table, last: pa.Array, rng: np.random.Generator
) -> pa.Table:
    """Take off what was registered late; what stands at a moment (a stock) is never late."""
    plan = PLANS.get(history.source.id)
    if plan and plan.stock:
        return table
    name = next(fields_with(history.source.fields, Role.COUNT)).name
    counts, rows = table[name].to_numpy(), last.to_numpy(zero_copy_only=False)
    return _with_counts(
        history, table, np.where(rows, rng.binomial(counts, 1 - LATE_SHARE), counts)
    )


def _good(history: _History, table: pa.Table, as_of: date, why: str, remark: str = "") -> _Parcel:
    remark = remark or _REMARKS.get(history.source.id, "")
    expected = Expected.ACCEPTED_WITH_WARNINGS if remark else Expected.ACCEPTED
    return _Parcel(history, table, as_of, expected, f"{why} {remark}".strip())


def _spoiled(history: _History, table: pa.Table, as_of: date, planted: PlantedDelivery) -> _Parcel:
    bad = spoil_table(planted.fault, table, history.source)
    return _Parcel(history, bad, as_of, planted.expected, planted.sentence, planted.fault)


def _write_parcel(folder: Path, parcel: _Parcel, number: int) -> ExampleDelivery:
    source = parcel.history.source.id
    form = _FORMS.get(source, FileForm.CSV_EXCEL)
    path = folder / source / f"{number:03d}_{source}_{parcel.as_of}{form.suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(path, parcel.table, form)
    if parcel.fault is DeliveryFault.CUT_ROW:
        cut_file(path)
    return ExampleDelivery(path, source, parcel.expected, parcel.why, parcel.as_of)


def _write_stranger(folder: Path, example: Example) -> ExampleDelivery:
    """Write the file of a source that has no contract and no agreement."""
    planted = next(
        one for one in example.truths.deliveries if one.fault is DeliveryFault.NO_AGREEMENT
    )
    path = folder / planted.source / f"{planted.source}_{LATE_DAY}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({"gebied": ["GM9901"], "periode": ["2025"], "aantal": [1204]})
    write_table(path, table, FileForm.CSV_EXCEL)
    return ExampleDelivery(path, planted.source, planted.expected, planted.sentence, LATE_DAY)
