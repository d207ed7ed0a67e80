"""Invented events in the columns of each event contract: police export, burglary map, fires."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from regiebeeld.catalogue import Source
from regiebeeld.domain import AreaLevel, CatalogueError
from regiebeeld.domain.areas import parent_code
from regiebeeld.example.addresses import Addresses
from regiebeeld.example.deliveries_events import (
    BURGLARY,
    LOST,
    Events,
    Flags,
    Moments,
    Texts,
    draw_events,
)
from regiebeeld.example.layout import area_names, draw_layout
from regiebeeld.example.rates import MONTHS
from regiebeeld.example.terrain import Ints
from regiebeeld.example.write import Example

_DAYS = np.array(
    ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"], object
)
_PARTS = np.array(["nacht", "ochtend", "middag", "avond"], object)
_MONTH_TEXTS = np.array(
    ["Jan", "Feb", "Mrt", "Apr", "Mei", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dec"], object
)
_WEATHER = ("Bewolkt", "Onbewolkt", "Lichte regen", "Buien", "Mist", "Geen data aanwezig")
# Burglaries by police code: plain, aggravated, and the rare ones with violence.
_BURGLARY_CODES = (0.55, 0.43, 0.012, 0.008)
# Never stored. Its â is what shows in which encoding a file was written.
_PROVINCE = "Fryslân"
_ONLY_NAMED = 0.02  # of the events has the name of the buurt and no point
_FIRES_A_YEAR = 60.0
_FIRE_SEASON = (1.9, 1.7, 1.4, 1.0, 0.6, 0.3, 0.25, 0.3, 0.5, 0.9, 1.4, 1.75)


@dataclass(frozen=True, slots=True)
class EventTable:
    """A table in the columns of its contract, with the month of each row.

    later: how many months after that one its registration is.
    """

    table: pa.Table
    months: Ints
    later: Ints


@dataclass(frozen=True, slots=True)
class Place:
    """What the events are drawn on."""

    example: Example
    addresses: Addresses
    seed: int

    def draw(self, offence: str) -> Events:
        return draw_events(self.example, self.addresses, offence, self.seed)


Builder = Callable[[Source, Place, np.random.Generator], EventTable]


def build_events(source: Source, place: Place, rng: np.random.Generator) -> EventTable:
    """Build the whole history of an event source; raise CatalogueError for one unknown here."""
    if source.id not in EVENT_SOURCES:
        raise CatalogueError(
            f"{source.id}: het voorbeeld kan deze gebeurtenissen niet maken; "
            "voeg de bron toe in deliveries_exports.py of haal de afspraak van voorbeeld weg"
        )
    return EVENT_SOURCES[source.id](source, place, rng)


def _build_police(
    source: Source, place: Place, rng: np.random.Generator, *, offence: str
) -> EventTable:
    events = place.draw(offence)
    columns = _police_columns(source, events, place, rng)
    return EventTable(_as_table(source, columns), events.month, events.later)


def _as_table(source: Source, columns: Mapping[str, Any]) -> pa.Table:
    """Put columns (by field id) under the headers of the contract; absent ones stay empty."""
    rows = len(next(iter(columns.values())))
    empty = pa.nulls(rows, pa.string())
    made = {f.name: pa.array(columns[f.id]) if f.id in columns else empty for f in source.fields}
    return pa.table(made)


def _police_columns(
    source: Source, events: Events, place: Place, rng: np.random.Generator
) -> dict[str, Any]:
    fields, size = {field.id: field for field in source.fields}, len(events)
    code = _codes_of(fields["soort_code"].values, size, rng)
    label = dict(zip(fields["soort_code"].values, fields["soort"].values, strict=True))
    numbers = range(1, size + 1)
    years = events.begin.astype("datetime64[Y]").astype(int) + 1970
    return {
        "incident": [f"PL9900_BVH_{number:07d}" for number in numbers],
        "bronregistratie": [f"PL9900_BVH_{y}{n:06d}" for y, n in zip(years, numbers, strict=True)],
        "soort_code": code,
        "soort": [label[each] for each in code],
        "straat": ["STRAAT"] * size,
        **_where(events, place, rng),
        **_when("begin", events.begin),
        **_when("eind", events.end),
        **_when("kennisname", events.known),
        "aangifte": _yes_no(rng.random(size) < 0.93),
        "poging": _yes_no(events.attempt),
        "verdachten": rng.binomial(2, 0.05, size),
        "aanhoudingen": rng.binomial(1, 0.04, size),
        "opgehelderd": _yes_no(rng.random(size) < 0.08),
        "object": rng.choice(np.array(_plain(fields["object"].values), object), size),
        "temperatuur": np.round(rng.normal(10.5, 6.5, size).clip(-15, 35), 1),
        "weer": rng.choice(np.array(_WEATHER, object), size),
    }


def _codes_of(codes: tuple[str, ...], size: int, rng: np.random.Generator) -> Texts:
    shares = _BURGLARY_CODES if len(codes) == len(_BURGLARY_CODES) else None
    return rng.choice(np.array(codes, object), size, p=shares)


def _plain(values: tuple[str, ...]) -> list[str]:
    """Leave out the objects of several lines, so that a row stays a line."""
    return [value for value in values if "\n" not in value]


def _yes_no(flags: Flags) -> Texts:
    return np.where(flags, "J", "N").astype(object)


def _when(name: str, moments: Moments) -> dict[str, Any]:
    day = moments.astype("datetime64[D]")
    hour = (moments - day).astype("timedelta64[h]").astype(int)
    text = np.datetime_as_string(moments, unit="s")
    return {
        name: [each.replace("T", " ") for each in text.tolist()],
        f"{name}_dag": _DAYS[(day.astype(int) + 3) % 7],  # day 0 was a Thursday
        f"{name}_dagdeel": _PARTS[hour // 6],
    }


def _where(events: Events, place: Place, rng: np.random.Generator) -> dict[str, Any]:
    ground, names = place.example.ground, _buurt_names(place.example)
    codes = np.array([piece.new for piece in ground.pieces], object)[events.piece]
    found = events.piece != LOST
    # A buurt that changed has another name on the older map, so there the point is always given.
    changed = np.array([piece.old != piece.new or piece.parts > 1 for piece in ground.pieces])
    named = found & ~changed[events.piece] & (rng.random(len(events)) < _ONLY_NAMED)
    wijken = area_names()
    gemeente = [wijken[code] for code in events.gemeente.tolist()]
    points, pointed = place.addresses.points[events.address], found & ~named
    postcode = place.addresses.postcode[events.address].astype(str).astype(object)
    return {
        "postcode4": pa.array(postcode, mask=~pointed),
        "plaats": gemeente,
        "gemeente": gemeente,
        "provincie": [_PROVINCE] * len(events),
        "wijk": [
            wijken[parent_code(c, AreaLevel.WIJK)] if ok else None
            for c, ok in zip(codes, found, strict=True)
        ],
        "buurt": [names[c] if ok else None for c, ok in zip(codes, found, strict=True)],
        "x": pa.array(points[:, 0], mask=~pointed),
        "y": pa.array(points[:, 1], mask=~pointed),
    }


def _buurt_names(example: Example) -> dict[str, str]:
    shapes = draw_layout(example.ground, oldest=False)[AreaLevel.BUURT]
    return {shape.code: shape.name for shape in shapes}


def _build_map(source: Source, place: Place, _: np.random.Generator) -> EventTable:
    """The public map of burglaries: four digits of the postcode, a day, attempt or not."""
    drawn = place.draw(BURGLARY)
    events = drawn.only(drawn.piece != LOST)
    words = next(field.values for field in source.fields if field.id == "soort")
    day = np.datetime_as_string(events.begin, unit="D").tolist()
    columns = {
        "postcode": place.addresses.postcode[events.address].astype(str),
        "datum": [f"{text[8:]}-{text[5:7]}-{text[:4]}" for text in day],
        "soort": np.array(words, object)[events.attempt.astype(int)],
    }
    return EventTable(_as_table(source, columns), events.month, events.later)


def _build_fires(source: Source, place: Place, rng: np.random.Generator) -> EventTable:
    """Chimney fires, as the fire service exports them: a year, a month in words and a point."""
    means = np.tile(_FIRE_SEASON, len(MONTHS) // 12) * _FIRES_A_YEAR / 12
    month = np.repeat(np.arange(len(MONTHS)), rng.poisson(means))
    size, addresses = len(month), place.addresses
    address = rng.integers(0, len(addresses.piece), size)
    pieces = place.example.ground.pieces
    gemeente = [area_names()[pieces[p].plan.gemeente] for p in addresses.piece[address].tolist()]
    uses = np.array(next(f.values for f in source.fields if f.id == "gebruik"), object)
    kept = np.where(rng.random(size) < 0.04, "NA", np.array(gemeente, object))
    built = rng.integers(1900, 2015, size).astype(float).astype(str).astype(object)
    columns = {
        "jaar": [int(MONTHS[m][:4]) for m in month.tolist()],
        "maand": _MONTH_TEXTS[month % 12],
        "dag_van_het_jaar": (month % 12) * 30 + rng.integers(1, 29, size),
        "gebied_brandweer": rng.integers(1, 90_000, size),
        "x": addresses.points[address, 0],
        "y": addresses.points[address, 1],
        "bouwjaar": np.where(rng.random(size) < 0.05, "NA", built),
        "gebruik": rng.choice(uses, size),
        "gemeente": kept,
    }
    return EventTable(_as_table(source, columns), month, np.ones(size, np.int64))


EVENT_SOURCES: dict[str, Builder] = {
    "woninginbraken_gebeurtenissen": partial(_build_police, offence=BURGLARY),
    "fietsendiefstal_gebeurtenissen": partial(_build_police, offence="1.2.3"),
    "mik_woninginbraken": _build_map,
    "schoorsteenbranden": _build_fires,
}
