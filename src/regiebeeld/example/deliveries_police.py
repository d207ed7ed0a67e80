"""Counts of the invented partners that must agree with the police table, made from that table."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import numpy as np
import pyarrow as pa

from regiebeeld.catalogue import Role, Source
from regiebeeld.catalogue.fields import fields_with
from regiebeeld.example.counts import UNKNOWN_BUURT
from regiebeeld.example.deliveries_counts import LAST_YEAR, as_counts
from regiebeeld.example.deliveries_events import BURGLARY, LOST, REGISTERED
from regiebeeld.example.deliveries_exports import Place
from regiebeeld.example.rates import MONTHS
from regiebeeld.example.terrain import Ints
from regiebeeld.example.write import Example

_FIRST_WEEK_YEAR = 2023
# The offence of the table behind each word of the weekly figures.
WEEK_OFFENCES = {
    "woninginbraak": "1.1.1",
    "schuurinbraak": "1.1.2",
    "fietsendiefstal": "1.2.3",
    "diefstal_uit_auto": "1.2.1",
    "diefstal_van_motorvoertuig": "1.2.2",
    "winkeldiefstal": "2.5.2",
    "zakkenrollerij": "1.2.4",
    "straatroof": "1.4.6",
    "overval": "1.4.7",
    "mishandeling": "1.4.5",
    "bedreiging": "1.4.4",
    "openlijk_geweld": "1.4.3",
    "vernieling": "2.2.1",
}
_ATTEMPTS = ("poging", "voltooid")
HACKING, FRAUD = "3.7.4", "3.9.1"
_FRAUD_SHARES = (0.42, 0.18, 0.14, 0.16, 0.10)

Builder = Callable[[Source, Place, np.random.Generator], pa.Table]


def _build_weeks(source: Source, place: Place, rng: np.random.Generator) -> pa.Table:
    """Divide each month of a gemeente over its days, and the days over whole ISO weeks."""
    weeks, week_of, month_of = _calendar(_FIRST_WEEK_YEAR)
    sets = next(fields_with(source.fields, Role.EVENT_SET)).values
    areas, first = _gemeenten(place.example), int(month_of[0])
    values = np.zeros((len(areas), len(sets), 1, len(weeks)), np.int64)
    for position, word in enumerate(sets):
        counts = _monthly(place.example, WEEK_OFFENCES[word])
        for month in range(first, len(MONTHS)):
            in_month = np.flatnonzero(month_of == month)
            chances = np.full(len(in_month), 1 / len(in_month))
            days = rng.multinomial(counts[:, month], chances)
            inside = week_of[in_month] >= 0
            by_week = values[:, position, 0].T  # a view: what is added here stands in values
            np.add.at(by_week, week_of[in_month][inside], days[:, inside].T)
    return as_counts(source, (areas, sets, ("",), weeks), values)


def _calendar(first: int) -> tuple[list[str], Ints, Ints]:
    """Give the whole ISO weeks from a year on, and each day's week (-1: none) and month."""
    start = date(first, 1, 1)
    days = [start + timedelta(n) for n in range((date(LAST_YEAR + 1, 1, 1) - start).days)]
    spelled = [f"{day.isocalendar().year}-W{day.isocalendar().week:02d}" for day in days]
    names, amounts = np.unique(spelled, return_counts=True)
    weeks = names[amounts == 7].tolist()
    place = {week: position for position, week in enumerate(weeks)}
    months = {month: position for position, month in enumerate(MONTHS)}
    week_of = np.array([place.get(week, -1) for week in spelled])
    return weeks, week_of, np.array([months[f"{day:%Y-%m}"] for day in days])


def _gemeenten(example: Example) -> list[str]:
    return [code for code in example.counts.areas if code.startswith("GM")]


def _monthly(example: Example, offence: str) -> Ints:
    """Give the counts (gemeenten, months) of the police table."""
    rows = [i for i, code in enumerate(example.counts.areas) if code.startswith("GM")]
    return np.asarray(example.counts.values[rows, example.counts.offences.index(offence)])


def _build_cyber(source: Source, place: Place, rng: np.random.Generator) -> pa.Table:
    """Hacking is the table's cybercrime; the other words divide its online fraud."""
    sets = next(fields_with(source.fields, Role.EVENT_SET)).values
    hacking, fraud = (_quarterly(_monthly(place.example, o)) for o in (HACKING, FRAUD))
    divided = rng.multinomial(fraud, _FRAUD_SHARES)  # (gemeenten, quarters, words)
    values = np.concatenate([hacking[:, :, None], divided], axis=2).transpose(0, 2, 1)
    quarters = [f"{year}-Q{q}" for year in sorted({m[:4] for m in MONTHS}) for q in range(1, 5)]
    return as_counts(source, (_gemeenten(place.example), sets, ("",), quarters), values[:, :, None])


def _quarterly(monthly: Ints) -> Ints:
    return np.asarray(monthly.reshape(len(monthly), -1, 3).sum(axis=2))


def build_burglaries(source: Source, place: Place) -> tuple[pa.Table, Ints]:
    """What a hub that counts at home sends: every cell, in the layout of each month.

    Also gives of each row how many were registered 1, 2, ... months after its month (rows, ages).
    """
    events = place.draw(BURGLARY)
    pieces = place.example.ground.pieces
    old = np.array([piece.old for piece in pieces], object)[events.piece]
    new = np.array([piece.new for piece in pieces], object)[events.piece]
    months = np.array(MONTHS, object)[events.month]
    lost = np.array([f"BU{code[2:]}{UNKNOWN_BUURT}" for code in events.gemeente], object)
    newest = months >= f"{LAST_YEAR}-01"
    area = np.where(events.piece == LOST, lost, np.where(newest, new, old))
    attempt = np.where(events.attempt, *_ATTEMPTS)
    by_age = [
        Counter(zip(*(column[events.later <= age] for column in (months, area, attempt)),
                    strict=True))
        for age in range(1, len(REGISTERED) + 1)
    ]  # fmt: skip
    cells = by_age[-1].copy()
    for month in MONTHS:
        codes = {piece.new if month >= f"{LAST_YEAR}-01" else piece.old for piece in pieces}
        cells.update(dict.fromkeys(product([month], codes, _ATTEMPTS), 0))
    rows = sorted(cells)
    period, place_of, part = zip(*rows, strict=True)
    texts = {Role.PERIOD: period, Role.AREA_CODE: place_of, Role.ATTEMPT: part}
    amounts = [cells[cell] for cell in rows]
    made = {field.name: pa.array(texts.get(field.role, amounts)) for field in source.fields}
    return pa.table(made), np.array([[known[cell] for known in by_age] for cell in rows])


POLICE_COUNTS: dict[str, Builder] = {
    "politie_weekcijfers": _build_weeks,
    "cybercrime_aangiften": _build_cyber,
}
