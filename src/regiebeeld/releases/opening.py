"""Opens an audience file so that what may not be shown now cannot be asked; locks it.

The file is read through views that leave the hidden rows out: no reader has to think of it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from regiebeeld.domain import ReleaseError
from regiebeeld.releases.hiding import Delivered, Hidden, Hide
from regiebeeld.releases.theme_index import INDEX_SCHEMAS

_SAFE: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "threads": 1,
}
_VISIBLE = (Path(__file__).parent / "visible.sql").read_text(encoding="utf-8")
_VISIBLE_PROOF = (Path(__file__).parent / "visible_proof.sql").read_text(encoding="utf-8")
_VISIBLE_FINDING = (Path(__file__).parent / "visible_finding.sql").read_text(encoding="utf-8")
_VISIBLE_TRANSLATION = (
    "CREATE VIEW translation AS SELECT * FROM file.translation"
    " WHERE kind NOT IN ('indicators', 'words')"
    " OR (kind = 'indicators' AND id IN (SELECT id FROM indicator))"
)
_VISIBLE_PART = (
    "CREATE VIEW part AS SELECT * FROM file.part WHERE indicator IN (SELECT id FROM indicator)"
)
_PROOF = {"gate_account", "policy", "policy_source"}  # not in a file of before the gate
# What a file of before the end dates does not have; which of its sources end is not known.
_NEEDED = {("source", "delivered"), ("source", "agreement_end"), ("withheld", "words")}


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file, what partners delivered to it, and what of that is hidden."""

    connection: duckdb.DuckDBPyConnection
    delivered: tuple[Delivered, ...]
    hidden: Hidden


def open_file(path: Path, hide: Hide) -> Opened:
    """Open a file without what `hide` hides; raise ReleaseError for one that cannot be served."""
    if not path.is_file():
        raise ReleaseError(
            f"{path}: dit bestand is er niet; kies een versie met `regiebeeld release list`"
        )
    connection = duckdb.connect(":memory:", config=_SAFE)
    try:
        connection.execute(f"ATTACH '{quoted(path)}' AS file (READ_ONLY)")
        _refuse_older(connection, path)
        delivered = _read_delivered(connection)
        hidden = hide(_read_region(connection), delivered)
        _make_views(connection, hidden)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error as fault:
        connection.close()
        raise ReleaseError(
            f"{path}: geen leesbare versie; maak haar opnieuw met `regiebeeld run`"
        ) from fault
    except BaseException:
        connection.close()
        raise
    return Opened(connection, delivered, hidden)


def quoted(path: Path) -> str:
    """Write a path as the text of an SQL string."""
    return str(path).replace("'", "''")


def _refuse_older(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    rows = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'file'"
    ).fetchall()
    there = {(str(table), str(column)) for table, column in rows}
    if there and not there >= _NEEDED:
        raise ReleaseError(
            f"{path}: gemaakt door een oudere Regiebeeld, die niet opschreef tot wanneer een bron "
            "mag worden getoond; maak een nieuwe versie met `regiebeeld run`"
        )


def _read_region(connection: duckdb.DuckDBPyConnection) -> str:
    rows = connection.execute("SELECT value FROM file.about WHERE name = 'region'").fetchall()
    return str(rows[0][0]) if rows else ""


def _read_delivered(connection: duckdb.DuckDBPyConnection) -> tuple[Delivered, ...]:
    rows = connection.execute(
        "SELECT s.id, s.title, s.agreement_start, s.agreement_end,"
        " list(DISTINCT i.theme ORDER BY i.theme) FILTER (i.theme IS NOT NULL)"
        " FROM file.source s LEFT JOIN file.indicator i ON i.source = s.id"
        " WHERE s.delivered GROUP BY ALL ORDER BY s.id"
    ).fetchall()
    return tuple(
        Delivered(source, title, _day(start), _day(end), tuple(themes or ()))
        for source, title, start, end, themes in rows
    )


def _day(text: str | None) -> date | None:
    """Read a day; what is no day is unknown, and hides the source."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _make_views(connection: duckdb.DuckDBPyConnection, hidden: Hidden) -> None:
    """Make every view; a source of which no figure is left is hidden whole."""
    rows = connection.execute(
        "SELECT indicator_key, source, theme FROM file.indicator ORDER BY indicator_key"
    ).fetchall()
    shown = {
        int(key): source for key, source, theme in rows if not hidden.find_words(source, theme)
    }
    gone = {source for source, _ in hidden.sources}
    gone |= {source for _, source, _ in rows} - set(shown.values())
    everything = len(shown) == len(rows)
    keys = ",".join(map(str, shown)) or "-1"  # no key is negative: nothing is shown
    connection.execute("CREATE TABLE hidden_source (id VARCHAR)")
    connection.execute("INSERT INTO hidden_source SELECT unnest(?::VARCHAR[])", [sorted(gone)])
    visible = "true" if everything else f"indicator_key IN ({keys})"
    connection.execute(_VISIBLE.format(shown=visible, everything="true" if everything else "false"))
    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'file'"
    ).fetchall()
    there = {name for (name,) in found}
    if there >= _PROOF:
        connection.execute(_VISIBLE_PROOF)
    for name in sorted(there & {"area_name", "public_place", *INDEX_SCHEMAS}):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM file.{name}")
    if "translation" in there:
        connection.execute(_VISIBLE_TRANSLATION)
    if "part" in there:
        connection.execute(_VISIBLE_PART)
    if "finding" in there:
        connection.execute(_VISIBLE_FINDING.format(shown=visible))
