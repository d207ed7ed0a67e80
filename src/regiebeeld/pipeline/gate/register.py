"""The publication register: every protected figure ever published, and the counts behind it.

Lies on the unprotected side and is only added to. Refuses a secret that is not the one the
earlier figures were made with.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regiebeeld.disclosure import Secret
from regiebeeld.domain import DisclosureError, read_period
from regiebeeld.pipeline.gate.union import Atoms, Earlier, Figures

REGISTER = "register"  # below the unprotected folder
_MARK = "secret.json"
_FIGURES = pa.schema(
    [
        *((name, pa.string()) for name in ("area", "period", "sets")),
        ("lower", pa.int64()),
        ("upper", pa.int64()),
    ]
)
_ATOMS = pa.schema(
    [*((name, pa.string()) for name in ("area", "period", "set")), ("count", pa.int64())]
)
_AXES = b"regiebeeld"
_BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class Register:
    """The register of one region, below its unprotected folder."""

    folder: Path

    def check_secret(self, secret: Secret) -> None:
        """Raise DisclosureError unless all earlier figures have this secret; note a first one."""
        path = self.folder / _MARK
        mark = secret.fingerprint()
        if not path.is_file():
            if self.releases():
                raise DisclosureError(
                    f"{path} ontbreekt, terwijl er al cijfers in het register staan; zet het terug "
                    "uit een kopie. Er is niets gepubliceerd"
                )
            _write_whole(path, json.dumps({"fingerprint": mark}).encode() + b"\n")
            return
        try:
            known = json.loads(path.read_text(encoding="utf-8"))["fingerprint"]
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise DisclosureError(
                f"{path}: niet te lezen; zet het terug uit een kopie. Er is niets gepubliceerd"
            ) from fault
        if known != mark:
            raise DisclosureError(
                "dit is niet het geheim waarmee de eerdere cijfers zijn afgerond. Met een ander "
                "geheim zou wie beide versies naast elkaar legt de aantallen kunnen terugrekenen. "
                "Zet het oude geheim terug, of volg docs/explanation/geheim.md. "
                "Er is niets gepubliceerd"
            )

    def releases(self) -> list[str]:
        """List the releases in the register, oldest first."""
        if not self.folder.is_dir():
            return []
        names = [path.name for path in self.folder.iterdir() if (path / "done").is_file()]
        return sorted(names, key=_order)

    def read(self, events: str) -> list[Earlier]:
        """Read what was published about one group of events, oldest release first."""
        found = []
        for release in self.releases():
            figures = self.folder / release / f"{events}.figures.parquet"
            if figures.is_file():
                atoms = _read_atoms(self.folder / release / f"{events}.atoms.parquet")
                found.append(Earlier(atoms, _read_figures(figures)))
        return found

    def add(self, release: str, told: Mapping[str, Earlier]) -> None:
        """Add a release, whole or not at all; raise DisclosureError when it is there already."""
        target = self.folder / release
        if (target / "done").is_file():
            raise DisclosureError(f"versie {release} staat al in het register")
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        for events, each in told.items():
            pq.write_table(_figures_table(each.figures), target / f"{events}.figures.parquet")
            pq.write_table(_atoms_table(each.atoms), target / f"{events}.atoms.parquet")
        _write_whole(target / "done", b"")


def _order(release: str) -> tuple[str, int]:
    day, _, number = release.partition(".")
    return day, int(number or 0)


def _write_whole(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(body)
    draft.replace(path)


def _figures_table(figures: Figures) -> pa.Table:
    sets = [_BETWEEN.join(sorted(names)) for names in figures.sets]
    columns = (
        pa.array(figures.areas, pa.string()).take(pa.array(figures.area)),
        pa.array([p.id for p in figures.periods], pa.string()).take(pa.array(figures.period)),
        pa.array(sets, pa.string()).take(pa.array(figures.kind)),
        pa.array(figures.lower),
        pa.array(figures.upper),
    )
    return pa.table(dict(zip(_FIGURES.names, columns, strict=True)), schema=_FIGURES)


def _atoms_table(atoms: Atoms) -> pa.Table:
    """Keep the counts above 0; the axes stand beside them, so that a 0 is known to be one."""
    at = np.flatnonzero(atoms.counts)
    area, period, kind = np.unravel_index(at, atoms.counts.shape)
    columns = (
        pa.array(atoms.areas, pa.string()).take(pa.array(area)),
        pa.array([p.id for p in atoms.periods], pa.string()).take(pa.array(period)),
        pa.array(atoms.sets, pa.string()).take(pa.array(kind)),
        pa.array(atoms.counts.ravel()[at]),
    )
    axes = {
        "areas": atoms.areas,
        "periods": [period.id for period in atoms.periods],
        "sets": atoms.sets,
    }
    table = pa.table(dict(zip(_ATOMS.names, columns, strict=True)), schema=_ATOMS)
    return table.replace_schema_metadata({_AXES: json.dumps(axes).encode()})


def _read_atoms(path: Path) -> Atoms:
    table = _read(path)
    axes = json.loads(table.schema.metadata[_AXES])
    shape = tuple(len(axes[name]) for name in ("areas", "periods", "sets"))
    counts = np.zeros(shape, dtype=np.int64)
    at = tuple(
        pc.index_in(table[column], pa.array(axes[name], pa.string())).to_numpy()
        for column, name in (("area", "areas"), ("period", "periods"), ("set", "sets"))
    )
    counts[at] = table["count"].to_numpy()
    periods = tuple(read_period(text) for text in axes["periods"])
    return Atoms(tuple(axes["areas"]), periods, tuple(axes["sets"]), counts)


def _read_figures(path: Path) -> Figures:
    table = _read(path)
    named = [
        table[name].combine_chunks().dictionary_encode() for name in ("area", "period", "sets")
    ]
    areas, periods, sets = (tuple(each.dictionary.to_pylist()) for each in named)
    area, period, kind = (each.indices.to_numpy().astype(np.int64) for each in named)
    return Figures(
        areas,
        tuple(read_period(text) for text in periods),
        tuple(frozenset(text.split(_BETWEEN)) for text in sets),
        area,
        period,
        kind,
        table["lower"].to_numpy(),
        table["upper"].to_numpy(),
    )


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as fault:
        raise DisclosureError(
            f"{path}: het register is niet te lezen; zet het terug uit een kopie. Zonder het "
            "register is niet te zeggen wat eerder is gepubliceerd. Er is niets gepubliceerd"
        ) from fault
