"""Whether a release about persons went through the gate: what is shown is judged and kept."""

import shutil
import tempfile
from pathlib import Path

import duckdb

from regiebeeld.pipeline.gate.register import REGISTER, Register
from regiebeeld.settings import Settings

_SHOWN = """
SELECT DISTINCT a.code, p.id, c.lower, c.upper
FROM cell_by_area c JOIN indicator i USING (indicator_key) JOIN area a USING (area_key)
JOIN period p USING (period_key)
WHERE i.source = ? AND c.value IS NOT NULL
"""
_ACCOUNT = "SELECT figures, exact, width, tested, certified FROM gate_account WHERE source = ?"


def check_judged(settings: Settings, release: str, source: str) -> None:
    """Assert that the register holds every figure of a source in every file, and the proof."""
    register = Register(settings.unprotected / REGISTER)
    assert register.releases()[-1:] == [release], "the register does not know the release"
    told = {
        (figures.areas[a], figures.periods[p].id, int(low), int(high))
        for figures in (moment.figures for moment in register.read(source))
        for a, p, low, high in zip(
            figures.area, figures.period, figures.lower, figures.upper, strict=True
        )
    }
    shown: set[tuple[str, str, int, int]] = set()
    for path in sorted((settings.releases / release).glob("*.duckdb")):
        mine, accounts = _read(path, source)
        shown |= mine
        if mine:
            ((figures, exact, width, tested, certified),) = accounts or [(0, 0, 0, 0, 0)]
            assert figures > 0, f"{path.name}: {source} was not judged"
            assert (exact, width) == (0, 2)
            assert certified >= tested
    assert shown, f"{source} is not shown at all"
    assert shown <= told, f"the register does not hold {len(shown - told)} figures of {source}"


def _read(path: Path, source: str) -> tuple[set[tuple[str, str, int, int]], list[tuple[int, ...]]]:
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(path, Path(folder) / "file.duckdb")
        with duckdb.connect(str(copy), read_only=True) as file:
            shown = {tuple(row) for row in file.execute(_SHOWN, [source]).fetchall()}
            return shown, file.execute(_ACCOUNT, [source]).fetchall()  # type: ignore[return-value]
