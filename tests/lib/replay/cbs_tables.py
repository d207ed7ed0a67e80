"""The CBS tables 85984NED (population of buurten) and 03759ned (population of gemeenten)."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from lib.replay.police_tables import YEARS
from lib.replay.tables import OPENDATA, Table, as_table, read_list

KEY_FIGURES = "key_figures/85984NED"
KINDS = {"GM": "Gemeente", "BU": "Buurt"}
NAME_WIDTH, KEY_WIDTH = 40, 10
TOTALS = {
    "Geslacht": ("T001038", "Totaal mannen en vrouwen"),
    "Leeftijd": ("10000", "Totaal leeftijd"),
    "BurgerlijkeStaat": ("T001019", "Totaal burgerlijke staat"),
}
POPULATION = "BevolkingOp1Januari_1"


def build_85984ned(data: Path) -> Table:
    """Build key figures 2024: inhabitants of every buurt and gemeente in the area list."""
    areas = read_list(data / f"{KEY_FIGURES}_meta_WijkenEnBuurten.csv")
    lists = {
        "TableInfos": read_list(data / f"{KEY_FIGURES}_meta_TableInfos.csv"),
        "DataProperties": read_list(data / f"{KEY_FIGURES}_meta_DataProperties.csv"),
        "CategoryGroups": [],
        "WijkenEnBuurten": areas,
    }
    rows = _key_figure_rows(areas, _inhabitants_2024(data))
    tables = {name: as_table(found) for name, found in lists.items()}
    return Table("85984NED", OPENDATA, rows, tables)


def _inhabitants_2024(data: Path) -> dict[str, int]:
    path = data / f"{KEY_FIGURES}_population_buurt_2024.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        buurten = {row["nhood_id"]: int(row["population"]) for row in csv.DictReader(lines)}
    gemeenten = {
        code: years["2024"] for code, years in _population(data).items() if "2024" in years
    }
    return buurten | gemeenten


def _key_figure_rows(areas: list[dict[str, object]], inhabitants: Mapping[str, int]) -> pa.Table:
    names = {str(row["Key"]).strip(): str(row["Title"]) for row in areas}
    codes = [code for code in names if code in inhabitants]
    return pa.table(
        {
            "ID": list(range(len(codes))),
            "WijkenEnBuurten": [code.ljust(KEY_WIDTH) for code in codes],
            "Gemeentenaam_1": [names[f"GM{code[2:6]}"].ljust(NAME_WIDTH) for code in codes],
            "SoortRegio_2": [KINDS[code[:2]].ljust(KEY_WIDTH) for code in codes],
            "Codering_3": [code.ljust(KEY_WIDTH) for code in codes],
            "AantalInwoners_5": [inhabitants[code] for code in codes],
        }
    )


def build_03759ned(data: Path) -> Table:
    """Build the population on 1 January of every gemeente that existed in that year."""
    population = _population(data)
    years = sorted({year for found in population.values() for year in found})
    rows = [
        (code, f"{year}JJ00", number)
        for code, found in sorted(population.items())
        for year, number in sorted(found.items())
    ]
    lists = {
        "TableInfos": [_population_info(years)],
        "DataProperties": _population_properties(),
        "CategoryGroups": [],
        **{name: [_entry(key, title)] for name, (key, title) in TOTALS.items()},
        "RegioS": [_entry(code, name) for code, name in _gemeente_names(data, population).items()],
        "Perioden": [{**_entry(f"{year}JJ00", year), "Status": "Definitief"} for year in years],
    }
    tables = {name: as_table(found) for name, found in lists.items()}
    return Table("03759ned", OPENDATA, _population_rows(rows), tables)


def _population(data: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads((data / YEARS).read_text("utf-8"))["population"]
    return found


def _population_rows(rows: list[tuple[str, str, int]]) -> pa.Table:
    columns: dict[str, list[object]] = {"ID": list(range(len(rows)))}
    columns |= {name: [key] * len(rows) for name, (key, _) in TOTALS.items()}
    # Keys of RegioS are six wide (`NL01  `), so those of gemeenten need no padding.
    columns |= {"RegioS": [code for code, _, _ in rows], "Perioden": [year for _, year, _ in rows]}
    return pa.table({**columns, POPULATION: [number for _, _, number in rows]})


def _gemeente_names(data: Path, population: Mapping[str, object]) -> dict[str, str]:
    """Names of gemeenten that no longer exist stand in the region list of another CBS table."""
    codes = json.loads((data / "odata4/83625NED/codes-RegioS.json").read_text("utf-8"))["value"]
    names = {row["Identifier"]: row["Title"] for row in codes}
    return {code: names.get(code, code) for code in sorted(population)}


def _entry(key: str, title: str) -> dict[str, object]:
    return {"Key": key, "Title": title, "Description": "", "CategoryGroupID": None}


def _population_info(years: list[str]) -> dict[str, object]:
    title = "Bevolking op 1 januari en gemiddeld; geslacht, leeftijd en regio"
    return {
        "ID": 0,
        "Title": title,
        "ShortTitle": title,
        "Identifier": "03759ned",
        "Summary": title,
        "Modified": "2025-05-28T02:00:00",
        "Language": "nl",
        "Catalog": "CBS",
        "Frequency": "Perjaar",
        "Period": f"{years[0]}-{years[-1]}",
        "OutputStatus": "Regulier",
        "Source": "CBS",
        "MetaDataModified": "2025-05-28T02:00:00",
    }


def _population_properties() -> list[dict[str, object]]:
    kinds = [(name, "Dimension") for name in TOTALS]
    kinds += [("RegioS", "GeoDimension"), ("Perioden", "TimeDimension"), (POPULATION, "Topic")]
    return [
        {
            "odata.type": f"Cbs.OData.{kind}",
            "ID": place,
            "Position": place,
            "ParentID": None,
            "Type": kind,
            "Key": key,
            "Title": "Bevolking op 1 januari" if kind == "Topic" else key,
            "Datatype": "Long" if kind == "Topic" else None,
            "Unit": "aantal" if kind == "Topic" else None,
            "Decimals": 0 if kind == "Topic" else None,
        }
        for place, (key, kind) in enumerate(kinds)
    ]
