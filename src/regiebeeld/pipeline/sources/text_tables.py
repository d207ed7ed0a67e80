"""Rows from JSON to tables of text; refuses what is no table and columns that moved."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import pyarrow as pa

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.sources.spelled_json import spell

Row = dict[str, object]


def read_rows(document: object, *, where: str, member: str = "value") -> list[Row]:
    """Give the rows of a JSON document; raise ContractError when it is no table."""
    if not isinstance(document, dict) or not isinstance(document.get(member), list):
        holds = (
            ", ".join(list(document)[:8]) if isinstance(document, dict) else type(document).__name__
        )
        raise ContractError(
            f"{where} is geen tabel: een lijst {member!r} ontbreekt (wel gevonden: {holds}). "
            "Controleer of dit het goede adres of bestand is"
        )
    rows: list[Row] = document[member]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise ContractError(f"{where}: rij {number} is geen rij met kolommen")
    return rows


def write_text_table(rows: Sequence[Row], *, columns: Iterable[str] = ()) -> pa.Table:
    """Make a table of text columns, in order of first appearance; null and absent stay null."""
    names = dict.fromkeys(columns)
    for row in rows:
        names.update(dict.fromkeys(row))
    return pa.table(
        {name: pa.array([spell(row.get(name)) for row in rows], pa.string()) for name in names}
    )


def check_row_columns(rows: Sequence[Row], *, where: str) -> None:
    """Raise ContractError when the rows of one page do not have the same columns."""
    for number, row in enumerate(rows, start=1):
        if row.keys() != rows[0].keys():
            odd = sorted(row.keys() ^ rows[0].keys())[0]
            raise ContractError(
                f"{where}: rij {number} en rij 1 verschillen in kolom {odd!r}; meld dit bij de bron"
            )


def check_columns(present: Iterable[str], wanted: Iterable[str], *, where: str) -> None:
    """Raise ContractError naming each absent column, with the nearest one that is there."""
    there = list(present)
    faults = []
    for name in wanted:
        if name not in there:
            near = get_close_matches(name, there, n=1)
            faults.append(f"{name!r}" + (f" (bedoelt u {near[0]!r}?)" if near else ""))
    if faults:
        raise ContractError(
            f"{where}: deze kolommen ontbreken: {', '.join(faults)}. Wel aanwezig: "
            f"{', '.join(there[:30])}. "
            "Pas het contract van de bron aan, of haal de juiste tabel op"
        )


def check_twice(names: Sequence[str], *, where: str) -> None:
    """Raise ContractError when a column stands twice in a header."""
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise ContractError(
            f"{where}: de kolom {double[0]!r} staat twee keer in de kop; verwijder er een of "
            "vraag de bron welke geldt"
        )
