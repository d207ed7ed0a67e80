"""Reads what a file says of itself beside its figures: its sources, what it leaves out, its proof.

In Dutch, as it was written; who speaks another language translates it.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from regiebeeld.releases.hiding import Hidden
from regiebeeld.releases.tables import (
    Gate,
    LeftOut,
    PolicyClass,
    SourceAccount,
    SourceNote,
    SourcePolicy,
    SourceRow,
)

Rows = Callable[[str], list[tuple[Any, ...]]]


def read_sources(rows: Rows) -> dict[str, SourceRow]:
    """Read every source by id, with its remarks."""
    notes: dict[str, list[SourceNote]] = {}
    for source, *note in rows("SELECT source, kind, rows, text FROM source_note ORDER BY ALL"):
        notes.setdefault(source, []).append(SourceNote(*note))
    found = rows("SELECT * FROM source ORDER BY id")
    return {row[0]: SourceRow(*[*row, tuple(notes.get(row[0], ()))]) for row in found}


def read_left_out(rows: Rows, hidden: Hidden) -> tuple[LeftOut, ...]:
    """Read what is not shown and why: hidden now, and withheld when the release was made."""
    found = rows(
        "SELECT i.theme, i.title, s.title, s.id FROM file.indicator i"
        " JOIN file.source s ON s.id = i.source ORDER BY i.position"
    )
    now = [
        LeftOut(theme, title, source, words, "")
        for theme, title, source, name in found
        if (words := hidden.find_words(name, theme))
    ]
    made = rows("SELECT theme, indicator, source, words, next_step FROM withheld")
    return (*now, *(LeftOut(*row) for row in made))


def read_gate(rows: Rows) -> Gate:
    """Read the policy and what the gate found; nothing in a file of before the gate."""
    if not rows("SELECT view_name FROM duckdb_views() WHERE view_name = 'gate_account'"):
        return Gate()
    names = ", ".join(one.name for one in fields(SourceAccount))
    accounts = rows(f"SELECT {names} FROM gate_account ORDER BY source, events")
    classes = rows("SELECT class, title, publish, words FROM policy ORDER BY class")
    sources = rows("SELECT source, class, finest FROM policy_source ORDER BY source")
    return Gate(
        tuple(SourceAccount(*row) for row in accounts),
        tuple(PolicyClass(*row) for row in classes),
        tuple(SourcePolicy(*row) for row in sources),
    )
