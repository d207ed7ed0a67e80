"""Tables of others that an outsider may hold: numbers of areas and periods, from a CSV file.

Refuses a file with a fault and tells all of them; nothing of it is guessed.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from regiebeeld.domain import ContractError, LinkError, Period, read_period
from regiebeeld.domain.areas import level_of

COLUMNS = ("area", "period", "event_set", "indicator", "source", "value", "lower", "upper")
LARGEST = 2**31 - 1
_NAMES, _BOUNDS = ("event_set", "indicator"), ("lower", "upper")
_MOST_TOLD = 20  # faults of one file
_NEXT = "Hoe de tabel eruitziet staat in docs/how-to/versie_aanvallen.md"


@dataclass(frozen=True, slots=True)
class OutsideNumber:
    """One number of a table: between `lower` and `upper` events, of one place, time and kind.

    `name` is an event set, or an indicator when `is_indicator`; `source` is "" when the table
    does not say whose events it counts.
    """

    area: str
    period: Period
    name: str
    is_indicator: bool
    source: str
    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class OutsideTable:
    """A table of others, by the name of its file."""

    name: str
    numbers: tuple[OutsideNumber, ...]


def read_outside(path: Path, *, region_code: str) -> OutsideTable:
    """Read a CSV file of others; raise ContractError with every fault, by row and column.

    Columns: area (a CBS code, or the code of the region), period, event_set or indicator, value
    or lower and upper, and source if wanted; with commas or semicolons. Row 1 is the header.
    """
    rows = _read_rows(path)
    header = [text.strip() for text in rows[0]] if rows else []
    if faults := list(_check_header(header)):
        raise ContractError(f"{path}, rij 1: {'; '.join(faults)}. {_NEXT}")
    numbers: list[OutsideNumber] = []
    told: list[str] = []
    for at, row in enumerate(rows[1:], start=2):
        if not any(text.strip() for text in row):
            continue
        if len(row) != len(header):
            told.append(f"rij {at}: {len(row)} velden, en de kop heeft er {len(header)}")
            continue
        found = dict(zip(header, (text.strip() for text in row), strict=True))
        wrong = list(_check_row(found, region_code))
        told += [f"rij {at}, kolom {column}: {words}" for column, words in wrong]
        if not wrong:
            numbers.append(_read_number(found))
    if told:
        more = f"\nen nog {len(told) - _MOST_TOLD}" if len(told) > _MOST_TOLD else ""
        raise ContractError(f"{path}:\n" + "\n".join(told[:_MOST_TOLD]) + f"{more}\n{_NEXT}")
    if not numbers:
        raise ContractError(f"{path}: er staat geen enkel getal in. {_NEXT}")
    return OutsideTable(path.name, tuple(numbers))


def _read_rows(path: Path) -> list[list[str]]:
    if not path.is_file():
        raise ContractError(f"{path}: dit bestand is er niet; controleer het pad")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        between = ";" if lines and ";" in lines[0] else ","
        return list(csv.reader(lines, delimiter=between, strict=True))
    except UnicodeDecodeError as fault:
        raise ContractError(
            f"{path}: geen tekst in UTF-8; bewaar de tabel als CSV UTF-8"
        ) from fault
    except csv.Error as fault:
        raise ContractError(f"{path}: geen leesbare CSV; controleer de aanhalingstekens") from fault


def _check_header(header: Sequence[str]) -> Iterator[str]:
    for name in dict.fromkeys(header):
        if name not in COLUMNS:
            yield f"kolom {name!r} is onbekend; het kan zijn: {', '.join(COLUMNS)}"
        elif header.count(name) > 1:
            yield f"kolom {name} staat er vaker"
    yield from (f"kolom {name} ontbreekt" for name in ("area", "period") if name not in header)
    if sum(name in header for name in _NAMES) != 1:
        yield "geef een van de kolommen event_set en indicator"
    if ("value" in header) == any(name in header for name in _BOUNDS):
        yield "geef de kolom value, of de kolommen lower en upper"
    elif "value" not in header and not all(name in header for name in _BOUNDS):
        yield "lower en upper horen bij elkaar"


def _check_row(found: Mapping[str, str], region_code: str) -> Iterator[tuple[str, str]]:
    if found["area"] != region_code:
        try:
            level_of(found["area"])
        except LinkError:
            words = f"geen code van een gebied, zoals GM0153 of {region_code} voor de regio"
            yield "area", f"{found['area']!r} is {words}"
    try:
        read_period(found["period"])
    except ContractError as fault:
        yield "period", str(fault)
    for column in _NAMES:
        if column in found and not found[column]:
            yield column, "leeg; vul in wat er is geteld"
    wrong = [c for c in ("value", *_BOUNDS) if c in found and not _is_number(found[c])]
    for column in wrong:
        yield column, f"{found[column]!r} is geen heel getal van 0 of meer"
    if "lower" in found and not wrong and int(found["lower"]) > int(found["upper"]):
        yield "upper", "kleiner dan lower"


def _is_number(text: str) -> bool:
    return (
        text.isascii()
        and text.isdigit()
        and len(text) <= len(str(LARGEST))
        and (int(text) <= LARGEST)
    )


def _read_number(found: Mapping[str, str]) -> OutsideNumber:
    lower, upper = (int(found.get(name, found.get("value", ""))) for name in _BOUNDS)
    return OutsideNumber(
        area=found["area"],
        period=read_period(found["period"]),
        name=found.get("indicator") or found["event_set"],
        is_indicator="indicator" in found,
        source=found.get("source", ""),
        lower=lower,
        upper=upper,
    )
