"""The police tables 47018NED (year) and 47022NED (month), from the real files that hold them."""

import csv
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from lib.replay.tables import DATADERDEN, Table, as_table, read_list

META = "police/47018NED_meta_2024-08"
YEARS = "police/47018NED_gemeente_2012_2025_data.json"
MONTHS = "police/haaglanden_buurt_maand_2011_2015.csv.gz"
COUNT = "GeregistreerdeMisdrijven_1"
# The file's own numbers of delicts, in the words of the open tables (README of the data).
DELICTS = {
    "100": "1.2.3",
    "101": "1.2.3",
    "102": "1.4.6",
    "104": "1.1.1",
    "105": "1.2.1",
    "106": "1.2.2",
    "107": "2.5.2",
    "108": "1.2.4",
    "109": "1.4.4",
    "110": "1.4.5",
    "111": "2.2.1",
    "117": "1.4.7",
}
GEMEENTEN = {
    "0484": "Alphen aan den Rijn",
    "0503": "Delft",
    "0513": "Gouda",
    "0518": "'s-Gravenhage",
    "0553": "Lisse",
    "0603": "Rijswijk",
    "0629": "Wassenaar",
    "0637": "Zoetermeer",
}
MONTH_NAMES = [
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
]
AREA_WIDTH, DELICT_WIDTH = 10, 6


def build_47018ned(data: Path) -> Table:
    """Build the year table: every gemeente, twelve delicts, all years of the file."""
    source = json.loads((data / YEARS).read_text(encoding="utf-8"))
    areas = read_list(data / META / "WijkenEnBuurten.csv")
    lists = _lists(data, areas, _years(data, source))
    lists["TableInfos"][0]["Period"] = f"{source['years'][0]}-{source['years'][-1]}"
    tables = {name: as_table(rows) for name, rows in lists.items()}
    return Table("47018NED", DATADERDEN, _year_rows(source, areas), tables)


def build_47022ned(data: Path) -> Table:
    """Build the month table: eight gemeenten with their wijken and buurten, eleven delicts."""
    lists = _lists(data, _month_areas(data), _months())
    lists["TableInfos"][0] |= {
        "Identifier": "47022NED",
        "Title": "Geregistreerde misdrijven; soort misdrijf, wijk, buurt, maandcijfers",
        "ShortTitle": "Misdrijven per wijk en buurt per maand",
        "Period": "2011-2015",
        "Frequency": "Permaand",
        "Modified": "2023-05-15T02:00:00",
        "MetaDataModified": "2023-05-15T02:00:00",
    }
    lists["DataProperties"][1] |= {
        "Description": "Wijken en buurten (indeling 2014)",
        "MapYear": 2014,
    }
    tables = {name: as_table(rows) for name, rows in lists.items()}
    return Table("47022NED", DATADERDEN, _month_rows(data), tables)


def _lists(
    data: Path, areas: list[dict[str, object]], periods: list[dict[str, object]]
) -> dict[str, list[dict[str, object]]]:
    meta = data / META
    return {
        "TableInfos": read_list(meta / "TableInfos.csv"),
        # Gemeentenaam and SoortRegio are described but never stand in the rows of these tables.
        "DataProperties": read_list(meta / "DataProperties.csv"),
        "CategoryGroups": [],
        "SoortMisdrijf": read_list(meta / "SoortMisdrijf.csv"),
        "WijkenEnBuurten": areas,
        "Perioden": periods,
    }


def _years(data: Path, source: dict[str, list[int]]) -> list[dict[str, object]]:
    known = read_list(data / META / "Perioden.csv")
    have = {row["Key"] for row in known}
    known += [
        {"Key": f"{year}JJ00", "Title": f"{year}", "Description": ""}
        for year in source["years"]
        if f"{year}JJ00" not in have
    ]
    provisional = {f"{year}JJ00" for year in source["provisional"]}
    return [
        {**row, "Status": "Voorlopig" if row["Key"] in provisional else "Definitief"}
        for row in known
    ]


def _year_rows(source: dict[str, Any], areas: list[dict[str, object]]) -> pa.Table:
    gemeenten = [str(row["Key"]) for row in areas if str(row["Key"]).startswith("GM")]
    rows = [
        (delict.ljust(DELICT_WIDTH), area, f"{year}JJ00", count)
        for delict in sorted(source["counts"])
        for area in gemeenten
        for year, count in sorted(source["counts"][delict].get(area.strip(), {}).items())
    ]
    return _rows(list(column) for column in zip(*rows, strict=True))


def _month_rows(data: Path) -> pa.Table:
    """Sum the file to delict, area and month, for gemeenten, wijken and buurten alike."""
    text = dict.fromkeys(("jaar", "maand", "delict", "buurt"), pa.string())
    options = pyarrow.csv.ConvertOptions(
        column_types={**text, "aantal": pa.int64()}, include_columns=[*text, "aantal"]
    )
    raw = pyarrow.csv.read_csv(data / MONTHS, convert_options=options)
    period = pc.binary_join_element_wise(raw["jaar"], pc.utf8_lpad(raw["maand"], 2, "0"), "MM")
    known = pa.array([delict.ljust(DELICT_WIDTH) for delict in DELICTS.values()])
    delict = known.take(pc.index_in(raw["delict"], value_set=pa.array(list(DELICTS))))
    levels = [
        pa.table({"delict": delict, "area": area, "period": period, "count": raw["aantal"]})
        for area in _area_keys(pc.utf8_lpad(raw["buurt"], 8, "0"))
    ]
    keys = ["delict", "area", "period"]
    summed = pa.concat_tables(levels).group_by(keys).aggregate([("count", "sum")])
    ordered = summed.sort_by([(key, "ascending") for key in keys])
    return _rows(ordered[name] for name in (*keys, "count_sum"))


def _area_keys(digits: pa.ChunkedArray) -> Iterable[pa.ChunkedArray]:
    for prefix, width in (("GM", 4), ("WK", 6), ("BU", 8)):
        code = pc.binary_join_element_wise(prefix, pc.utf8_slice_codeunits(digits, 0, width), "")
        yield pc.utf8_rpad(code, AREA_WIDTH)


def _rows(columns: Iterable[object]) -> pa.Table:
    names = ("SoortMisdrijf", "WijkenEnBuurten", "Perioden", COUNT)
    rows = pa.table(dict(zip(names, columns, strict=True)))
    return rows.add_column(0, "ID", pa.array(range(rows.num_rows)))


def _months() -> list[dict[str, object]]:
    return [
        {
            "Key": f"{year}MM{month:02}",
            "Title": f"{year} {name}",
            "Description": "",
            "Status": "Definitief",
        }
        for year in range(2011, 2016)
        for month, name in enumerate(MONTH_NAMES, start=1)
    ]


def _month_areas(data: Path) -> list[dict[str, object]]:
    with gzip.open(data / MONTHS, "rt", encoding="utf-8", newline="") as lines:
        names = {row["buurt"].zfill(8): row["naam"] for row in csv.DictReader(lines)}
    titles = {f"BU{code}": name for code, name in names.items()}
    titles |= {f"WK{code[:6]}": f"Wijk {code[:6]}" for code in names}
    titles |= {f"GM{code}": name for code, name in GEMEENTEN.items()}
    # Each gemeente before its wijken and each wijk before its buurten, as CBS lists them.
    ordered = sorted(titles, key=lambda code: (code[2:6], code[2:8], code[2:]))
    return [_area(code, titles[code]) for code in ordered]


def _area(code: str, title: str) -> dict[str, object]:
    return {
        "Key": code.ljust(AREA_WIDTH),
        "Title": title,
        "Description": "",
        "Municipality": f"GM{code[2:6]}",
        "DetailRegionCode": code,
    }
