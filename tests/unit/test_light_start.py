"""A small delivery takes about as long as what is loaded for it: the heavy parts stay out."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("scipy", "alembic", "httpx", "fastapi", "pyarrow.dataset", "regiebeeld.pipeline.run")
DOOR = (
    "regiebeeld.pipeline.intake.accepting",
    "regiebeeld.pipeline.intake.checking_home",
    "regiebeeld.pipeline.schedule.freshness",
)
# What reads a hostile file knows no catalogue, and no door.
READER = ("regiebeeld.pipeline.intake.reader_process",)
NOT_IN_READER = (*HEAVY, "pydantic", "duckdb", "sqlalchemy", "shapely", "regiebeeld.catalogue")


def loaded(names: tuple[str, ...], *, then: str = "pass") -> set[str]:
    """Give what a fresh process has loaded after importing modules and doing `then`."""
    text = f"import sys, {', '.join(names)}; {then}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(("names", "heavy"), [(DOOR, HEAVY), (READER, NOT_IN_READER)])
def test_the_heavy_parts_stay_out(names: tuple[str, ...], heavy: tuple[str, ...]) -> None:
    assert not loaded(names) & set(heavy)


def test_what_is_said_to_stay_out_is_seen_when_it_comes_in() -> None:
    assert set(HEAVY) <= loaded(("regiebeeld.dashboard.web", *HEAVY))


def test_reading_a_copy_stays_light(tmp_path: Path) -> None:
    copies = "regiebeeld.pipeline.sources.copies"
    path = str(tmp_path / "part.parquet")
    read = (
        "import pyarrow as pa; from pathlib import Path; "
        f"from {copies} import read_checked, write_part; path = Path({path!r}); "
        "part = write_part(path, pa.table({'a': ['x', None]})); "
        "assert read_checked(path, part.sha256, whose='x')['a'].to_pylist() == ['x', None]"
    )
    assert "pyarrow.dataset" not in loaded((copies,), then=read)
