"""What goes with a release as provenance: what it is, what it was made from, and by which rules."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from regiebeeld import __version__
from regiebeeld.catalogue import Catalogue, Region
from regiebeeld.pipeline.gate.passed import Passed
from regiebeeld.pipeline.run import dimension_tables as dimensions
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.pipeline.run.source_tables import SourceAccount


def make_about(
    catalogue: Catalogue, region: Region, release: str, cells: CellTables
) -> dict[str, str]:
    """Give what every file of a release says of itself."""
    last = dimensions.last_month(cells)
    return {
        "release": release,
        "region": region.id,
        "region_title": region.title,
        "region_code": dimensions.region_code(region),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "invented": "true" if region.invented else "false",
        "vintage": str(region.vintage),
        "catalogue_hash": catalogue.hash,
        **({"last_month": f"{last:%Y-%m}"} if last else {}),
        **({"contact": region.contact} if region.contact else {}),
    }


def make_manifest(
    catalogue: Catalogue,
    region: Region,
    cells: CellTables,
    accounts: Sequence[SourceAccount],
    passed: Passed,
) -> dict[str, Any]:
    """Give the provenance that is kept beside the files."""
    return {
        "region": region.id,
        "invented": region.invented,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "catalogue_hash": catalogue.hash,
        "policy": [
            rule.model_dump(mode="json")
            for rule in (catalogue.audiences.classes if catalogue.audiences else ())
        ],
        "versions": _versions(),
        "sources": [account.manifest() for account in accounts],
        "indicators": {
            i.id: {"source": source, "periods": _period_span(cells, k)}
            for k, (_, i, source) in enumerate(cells.indicators)
        },
        "indicators_without_source": cells.absent,
        "interventions": {
            each.id: each.digest for each in catalogue.interventions.get(region.id, ())
        },
        "gate": [asdict(account) for account in passed.accounts],
        "too_fine": [
            {
                "indicator": each.indicator,
                "level": each.grain.level.value,
                "period": each.grain.period.value,
                "because": "unsafe" if each.unsafe else "low",
                "together": each.together,
                "breakdown": each.breakdown,
            }
            for each in passed.too_fine
        ],
        "cited": False,
    }


def _period_span(cells: CellTables, key: int) -> list[str]:
    ids = list(cells.periods)
    used = cells.parts[key]["period_key"].unique().to_pylist()
    ordered = sorted(cells.periods[ids[i]] for i in used)
    return [ordered[0].id, ordered[-1].id] if ordered else []


def _versions() -> Mapping[str, str]:
    return {
        "regiebeeld": __version__,
        **{name: version(name) for name in ("duckdb", "pyarrow", "numpy", "shapely")},
    }


def read_commit(folder: Path) -> str | None:
    """The commit of a catalogue in a git work tree, with `+` when it was changed since."""
    head = _ask_git(folder, "rev-parse", "HEAD")
    changed = _ask_git(folder, "status", "--porcelain", "--", ".")
    return None if head is None else head + ("+" if changed else "")


def _ask_git(folder: Path, *words: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - fixed words on a folder of the settings
            [program, "-C", str(folder.resolve()), *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
