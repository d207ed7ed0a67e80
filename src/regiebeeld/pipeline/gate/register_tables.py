"""The tables of the publication register: figures, what was withheld, and counts that changed."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from regiebeeld.domain import DisclosureError, read_period
from regiebeeld.pipeline.gate.told import Atoms, Figures

_NAMES = [(name, pa.string()) for name in ("area", "period", "sets")]
_RANGE = [("lower", pa.int64()), ("upper", pa.int64())]
FIGURES = pa.schema([*_NAMES, *_RANGE])
WITHHELD = pa.schema(_NAMES)
COUNTS = pa.schema([*((n, pa.string()) for n in ("area", "period", "set")), ("count", pa.int64())])
_AXES = b"regiebeeld"
_BETWEEN = "|"


def damaged(path: Path) -> DisclosureError:
    """Say that a file of the register cannot be used."""
    return DisclosureError(
        f"{path}: het register is niet te lezen; zet het terug uit een kopie. Zonder het "
        "register is niet te zeggen wat eerder is gepubliceerd. Er is niets gepubliceerd"
    )


def write_table(table: pa.Table, path: Path) -> str:
    """Write a table compactly; give its SHA-256."""
    pq.write_table(table, path, compression="zstd", compression_level=9)
    return sha256(path.read_bytes()).hexdigest()


def read_table(path: Path, digest: str) -> pa.Table:
    """Read a table that was written with this SHA-256; raise DisclosureError for any other."""
    try:
        body = path.read_bytes()
        if sha256(body).hexdigest() != digest:
            raise damaged(path)
        return pq.read_table(pa.BufferReader(body))
    except (OSError, pa.ArrowException) as fault:
        raise damaged(path) from fault


def lay_figures(figures: Figures) -> pa.Table:
    """Lay figures out by name, with what they told."""
    named = lay_withheld(figures)
    for name, column in (("lower", figures.lower), ("upper", figures.upper)):
        named = named.append_column(name, pa.array(column, pa.int64()))
    return named.cast(FIGURES)


def lay_withheld(figures: Figures) -> pa.Table:
    """Lay figures out by name only."""
    sets = [_BETWEEN.join(sorted(names)) for names in figures.sets]
    columns = (
        pa.array(figures.areas, pa.string()).take(pa.array(figures.area)),
        pa.array([p.id for p in figures.periods], pa.string()).take(pa.array(figures.period)),
        pa.array(sets, pa.string()).take(pa.array(figures.kind)),
    )
    return pa.table(dict(zip(WITHHELD.names, columns, strict=True)), schema=WITHHELD)


def take_figures(table: pa.Table) -> Figures:
    """Read figures by name; what a withheld one told is not known, and 0 here."""
    named = [table[n].combine_chunks().dictionary_encode() for n in WITHHELD.names]
    areas, periods, sets = (tuple(each.dictionary.to_pylist()) for each in named)
    area, period, kind = (each.indices.to_numpy().astype(np.int64) for each in named)
    zero = np.zeros(len(table), dtype=np.int64)
    has = "lower" in table.column_names
    return Figures(
        areas,
        tuple(read_period(text) for text in periods),
        tuple(frozenset(text.split(_BETWEEN)) for text in sets),
        area,
        period,
        kind,
        table["lower"].to_numpy() if has else zero,
        table["upper"].to_numpy() if has else zero,
    )


def lay_counts(atoms: Atoms, before: Atoms | None) -> pa.Table:
    """Lay out the counts that are not as before; the axes stand beside them."""
    at = np.nonzero(atoms.counts != restate(atoms, before))
    names = (atoms.areas, [p.id for p in atoms.periods], atoms.sets)
    columns = [pa.array(n, pa.string()).take(pa.array(i)) for n, i in zip(names, at, strict=True)]
    axes = {
        "areas": atoms.areas,
        "periods": names[1],
        "sets": atoms.sets,
        "vintage": atoms.vintage,
        "since": before is not None,
    }
    table = pa.table(
        dict(zip(COUNTS.names, [*columns, pa.array(atoms.counts[at], pa.int64())], strict=True)),
        schema=COUNTS,
    )
    return table.replace_schema_metadata({_AXES: json.dumps(axes).encode()})


def restate(axes: Atoms, before: Atoms | None) -> NDArray[np.int64]:
    """Give the counts of an earlier moment on other axes; 0 where it had none."""
    counts = np.zeros((len(axes.areas), len(axes.periods), len(axes.sets)), dtype=np.int64)
    if before is None:
        return counts
    pairs = [
        _find_shared(here, there)
        for here, there in (
            (axes.areas, before.areas),
            (tuple(p.id for p in axes.periods), tuple(p.id for p in before.periods)),
            (axes.sets, before.sets),
        )
    ]
    counts[np.ix_(*(here for here, _ in pairs))] = before.counts[
        np.ix_(*(there for _, there in pairs))
    ]
    return counts


def _find_shared(
    here: tuple[str, ...], there: tuple[str, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    at = {name: i for i, name in enumerate(there)}
    shared = [(i, at[name]) for i, name in enumerate(here) if name in at]
    both = np.array(shared, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def take_counts(table: pa.Table, before: Mapping[int, Atoms]) -> Atoms:
    """Read the counts of a moment from what changed; before: the last moment of each layout."""
    axes = json.loads(table.schema.metadata[_AXES])
    vintage = int(axes["vintage"])
    areas, sets = tuple(axes["areas"]), tuple(axes["sets"])
    periods = tuple(read_period(text) for text in axes["periods"])
    empty = Atoms(areas, periods, sets, np.empty(0, np.int64), vintage)
    counts = restate(empty, before[vintage] if axes["since"] else None)
    at = tuple(
        pc.index_in(table[column], pa.array(axes[name], pa.string())).to_numpy()
        for column, name in (("area", "areas"), ("period", "periods"), ("set", "sets"))
    )
    counts[at] = table["count"].to_numpy()
    return Atoms(areas, periods, sets, counts, vintage)
