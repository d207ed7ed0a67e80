"""Writes the tables in the untyped form people download from StatLine, with their key lists."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import level_of, parent_code
from regiebeeld.example.counts import Counts
from regiebeeld.example.homes import Homes
from regiebeeld.example.key_figures import compute_figures, write_traits
from regiebeeld.example.layout import Shape
from regiebeeld.example.offences import LABELS, TOTAL_CODE
from regiebeeld.example.people import YEARS, People
from regiebeeld.example.rates import MONTHS
from regiebeeld.example.traits import Trait

REGION_WIDTH, OFFENCE_WIDTH = 10, 6
PROVISIONAL_MONTHS = 12
NOT_SHOWN = "       ."
TRAIT_COLUMNS = {
    Trait.WOZ_WAARDE: "GemiddeldeWOZWaardeVanWoningen_4",
    Trait.EENGEZINSWONINGEN: "PercentageEengezinswoning_5",
    Trait.BOUWJAAR_VOOR_2000: "BouwjaarVoor2000_6",
    Trait.ONBEWOOND: "PercentageOnbewoond_7",
    Trait.KOOPWONINGEN: "Koopwoningen_8",
    Trait.ADRESSENDICHTHEID: "Omgevingsadressendichtheid_9",
    Trait.AFSTAND_SUPERMARKT: "AfstandTotGroteSupermarkt_10",
    Trait.AFSTAND_TREINSTATION: "AfstandTotTreinstation_11",
    Trait.AFSTAND_OPRIT: "AfstandTotOprit_12",
}
_MONTH_NAMES = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def write_counts(path: Path, counts: Counts) -> None:
    """Write every count, zeros too: offence by offence, area by area, month by month."""
    offences = [code.ljust(OFFENCE_WIDTH) for code in counts.offences]
    areas = [code.ljust(REGION_WIDTH) for code in counts.areas]
    periods = [month.replace("-", "MM") for month in MONTHS]
    shape = (len(offences), len(areas), len(periods))
    picks = np.unravel_index(np.arange(np.prod(shape)), shape)
    columns = [
        pc.take(pa.array(texts), pa.array(pick))
        for texts, pick in zip((offences, areas, periods), picks, strict=True)
    ]
    values = pa.array(counts.values.transpose(1, 0, 2).ravel())
    names = ("SoortMisdrijf", "WijkenEnBuurten", "Perioden", "GeregistreerdeMisdrijven_1")
    _write_untyped(path, dict(zip(names, (*columns, values), strict=True)))


def write_population(
    path: Path, areas: dict[AreaLevel, list[Shape]], people: People, homes: Homes
) -> None:
    """Write people, homes and what lies near them per area and year, in the newest layout."""
    shapes = sorted(
        ((level, shape) for level, own in areas.items() for shape in own if shape.pieces),
        key=lambda pair: pair[1].code[2:].ljust(8),
    )
    rows = [
        (shape.code.ljust(REGION_WIDTH), f"{year}JJ00", compute_figures(people, shape, level, year))
        for level, shape in shapes
        for year in YEARS
    ]
    figures = [row[2] for row in rows]
    traits = [write_traits(homes, people, shape, year) for _, shape in shapes for year in YEARS]
    columns = {
        "WijkenEnBuurten": pa.array([row[0] for row in rows]),
        "Perioden": pa.array([row[1] for row in rows]),
        "AantalInwoners_1": _texts(f.inhabitants for f in figures),
        "Huishoudens_2": _texts(f.households for f in figures),
        "Woningvoorraad_3": _texts(f.dwellings for f in figures),
        **{name: _texts(each[trait] for each in traits) for trait, name in TRAIT_COLUMNS.items()},
    }
    _write_untyped(path, columns)


def _texts(values: Iterable[int | str | None]) -> pa.Array:
    return pa.array([NOT_SHOWN if value is None else str(value) for value in values])


def _write_untyped(path: Path, columns: dict[str, pa.Array]) -> None:
    rows = len(next(iter(columns.values())))
    table = pa.table({"ID": pa.array(np.arange(rows)), **columns})
    options = arrow_csv.WriteOptions(include_header=False, delimiter=";", quoting_style="none")
    with path.open("wb") as file:
        file.write("\ufeff".encode() + ";".join(table.column_names).encode() + b"\n")
        arrow_csv.write_csv(table, file, options)


def write_periods(path: Path) -> None:
    """Write the months; the last year is provisional."""
    final = len(MONTHS) - PROVISIONAL_MONTHS
    rows = [
        (month.replace("-", "MM"), _month_title(month), "", _status(position < final))
        for position, month in enumerate(MONTHS)
    ]
    _write_keys(path, ("Key", "Title", "Description", "Status"), rows)


def _month_title(month: str) -> str:
    return f"{month[:4]} {_MONTH_NAMES[int(month[5:]) - 1]}"


def _status(final: bool) -> str:
    return "Definitief" if final else "Voorlopig"


def write_offences(path: Path) -> None:
    """Write the offences; sex crimes are in the total and have no row, as in the real table."""
    note = "Verzonnen voorbeeld; geen echte cijfers."
    rows = [(TOTAL_CODE.ljust(OFFENCE_WIDTH), "Totaal misdrijven", note, "")]
    for code, (title, police_codes) in LABELS.items():
        text = f"{police_codes}\n{note}".strip()
        rows.append((code.ljust(OFFENCE_WIDTH), f"{code} {title}", text, ""))
    _write_keys(path, ("Key", "Title", "Description", "CategoryGroupID"), rows)


def write_area_keys(path: Path, codes: Sequence[str], names: dict[str, str]) -> None:
    """Write the areas of the count table, the unknown ones too."""
    rows = []
    for code in codes:
        name = names.get(code) or _unknown_name(code)
        kind = level_of(code).value.capitalize()
        gemeente = parent_code(code, AreaLevel.GEMEENTE)
        text = f"{kind} '{name}' ({code}) van het verzonnen voorbeeld."
        rows.append((code.ljust(REGION_WIDTH), name, text, gemeente, code))
    _write_keys(path, ("Key", "Title", "Description", "Municipality", "DetailRegionCode"), rows)


def _unknown_name(code: str) -> str:
    return "Wijk onbekend" if code.startswith("WK") else "Buurt onbekend"


def write_table_info(path: Path) -> None:
    """Write what the table is: invented, said in every text a reader can meet."""
    text = (
        "Verzonnen voorbeeld: deze cijfers zijn gemaakt door een programma en gaan over geen "
        "enkele bestaande plaats. De tabel heeft de vorm van maandcijfers van misdrijven. "
        "Zedenmisdrijven staan alleen in het totaal. Cijfers zijn ingedeeld naar de gebieden van "
        f"{YEARS[-1]}; de laatste twaalf maanden zijn voorlopig."
    )
    fields = {
        "ID": "0",
        "Title": "Verzonnen voorbeeld; soort misdrijf, wijk, buurt, maandcijfers",
        "ShortTitle": "Verzonnen voorbeeld: misdrijven per maand",
        "Identifier": "VOORBEELD",
        "Summary": "Verzonnen voorbeeld: geregistreerde misdrijven per buurt en maand",
        "Modified": f"{YEARS[-1] + 1}-01-15T02:00:00",
        "ReasonDelivery": "Verzonnen voorbeeld",
        "ExplanatoryText": text,
        "Language": "nl",
        "Catalog": "Voorbeeld",
        "Frequency": "Permaand",
        "Period": f"{YEARS[0]} januari - {YEARS[-1]} december",
        "ShortDescription": text,
        "Description": text,
        "OutputStatus": "Regulier",
        "Source": "Verzonnen voorbeeld",
    }
    _write_keys(path, tuple(fields), [tuple(fields.values())])


def _write_keys(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
