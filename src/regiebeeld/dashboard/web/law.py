"""What is used, on what ground and until when; who may see what; and what was considered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from regiebeeld.catalogue import Catalogue, Region
from regiebeeld.catalogue.article30 import Element, list_elements, tell_ending, tell_validity
from regiebeeld.catalogue.inventory import Considered
from regiebeeld.catalogue.law import (
    FOR_ALL,
    AccessRow,
    RegisterRow,
    compute_access,
    compute_register,
    tell_day,
)
from regiebeeld.dashboard.charts import Row, Table, say_told
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.releases.language import join_said, keep_dutch


@dataclass(frozen=True, slots=True)
class Entry:
    """One source in the register: its row in short, and every element of article 30."""

    row: RegisterRow
    validity: str
    ending: str | None
    elements: tuple[Element, ...]


def show_law(catalogue: Catalogue | None, name: str, today: date) -> dict[str, Any]:
    """Give everything the template shows; why there is nothing where nothing can be read."""
    region = catalogue.regions.get(name) if catalogue else None
    if catalogue is None or region is None:
        return {"fault": TEXTS("law.unreadable" if catalogue is None else "law.no_region")}
    return _show_region(catalogue, region, today)


def _show_region(catalogue: Catalogue, region: Region, today: date) -> dict[str, Any]:
    register = compute_register(catalogue, region, today)
    entries = [
        Entry(r, tell_validity(r), tell_ending(r, today), list_elements(r)) for r in register
    ]
    considered = catalogue.inventory.considered if catalogue.inventory else ()
    return {
        "fault": None,
        "region": region,
        "day": tell_day(today),
        "for_all": FOR_ALL,
        "sentence": say_register(entries),
        "ending": [entry for entry in entries if entry.ending],
        "entries": entries,
        "access": table_of_access(compute_access(catalogue, region, today)),
        "considered": table_of_considered(considered),
    }


def say_register(entries: Sequence[Entry]) -> str:
    """Say how many sources are used, how many about persons, and how many agreements hold."""
    agreed = [entry.row for entry in entries if entry.row.end is not None]
    return TEXTS(
        "law.sentence",
        sources=len(entries),
        agreed=len(agreed),
        holding=sum(row.state == "geldig" for row in agreed),
        persons=sum(entry.row.subjects != "geen" for entry in entries),
    )


def table_of_access(rows: Sequence[AccessRow]) -> Table:
    """Set one row a source and audience: yes or no, where, and every reason why not."""
    made = tuple(
        Row(keep_dutch(row.title), (keep_dutch(_name_audience(row)), *_answer(row))) for row in rows
    )
    columns = tuple(TEXTS(f"law.column_{name}") for name in ("source", "who", "may", "why"))
    return Table(TEXTS("law.caption_access"), columns, made)


def _name_audience(row: AccessRow) -> str:
    return f"{row.audience} {row.gemeente}" if row.gemeente else row.audience


def _answer(row: AccessRow) -> tuple[str, str]:
    if not row.allowed:
        return TEXTS("law.refused"), say_told(" ".join(row.because))
    where = (
        TEXTS("law.finest", finest=join_said(map(keep_dutch, row.finest), TEXTS("law.between")))
        if row.finest
        else ""
    )
    themes = TEXTS("law.themes", themes=keep_dutch(", ".join(row.themes))) if row.themes else ""
    return TEXTS("law.allowed"), join_said((where, themes))


def table_of_considered(considered: Sequence[Considered]) -> Table | None:
    """Set one row a source that was considered: helps, can, may, and what was decided."""
    if not considered:
        return None
    rows = tuple(
        Row(
            keep_dutch(one.title),
            tuple(
                keep_dutch(text)
                for text in (
                    f"{one.helps}: {one.helps_because}",
                    f"{one.can}: {one.can_because}",
                    f"{one.may}: {one.may_because}",
                    f"{one.decision.replace('_', ' ')}. {one.reason}",
                )
            ),
        )
        for one in considered
    )
    names = ("source", "helps", "can", "may_it", "decision")
    columns = tuple(TEXTS(f"law.column_{name}") for name in names)
    return Table(TEXTS("law.caption_considered"), columns, rows)
