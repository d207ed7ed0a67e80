"""Conform of an in-memory table: rows a second, beside a tuned pandas version of the same work."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from regiebeeld.catalogue import SourceTerms, read_catalogue
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.sources.conform_counts import CountFrame, conform_counts

RUNS = 5


def make_table(rows_wanted: int = 1_200_000) -> tuple[pa.Table, CountFrame]:
    """Make padded text columns of 500 buurten x 25 offences x months, with some markers."""
    rng = np.random.default_rng(1)
    buurten = np.array([f"BU0153{i:04d}" for i in range(500)])
    offences = np.array([f"1.{i}.{j} " for i in range(1, 6) for j in range(1, 6)])
    months = np.array([f"{y}MM{m:02d}" for y in range(2012, 2020) for m in range(1, 13)])
    size = len(buurten) * len(offences) * len(months)
    counts = rng.poisson(2, size).astype(str)
    counts[rng.integers(0, size, size // 1000)] = "       ."
    table = pa.table(
        {
            "SoortMisdrijf": np.repeat(offences, len(buurten) * len(months)),
            "WijkenEnBuurten": np.tile(np.repeat(buurten, len(months)), len(offences)),
            "Perioden": np.tile(months, len(offences) * len(buurten)),
            "GeregistreerdeMisdrijven_1": counts,
        }
    ).slice(0, rows_wanted)
    codes = {AreaLevel.BUURT: frozenset(buurten.tolist())}
    return table, CountFrame(2024, frozenset(["GM0153"]), codes)


def conform_with_pandas(frame: pd.DataFrame, known: frozenset[str]) -> pd.DataFrame:
    """The same work in pandas: categories once, trimmed, checked, cast, duplicates refused."""
    area = frame["WijkenEnBuurten"].astype("category")
    area = area.cat.rename_categories(area.cat.categories.str.strip())
    offence = frame["SoortMisdrijf"].astype("category")
    offence = offence.cat.rename_categories(offence.cat.categories.str.strip())
    period = frame["Perioden"].astype("category")
    period = period.cat.rename_categories(period.cat.categories.str.replace("MM", "-"))
    count = pd.to_numeric(frame["GeregistreerdeMisdrijven_1"].str.strip(), errors="coerce")
    inside = area.cat.codes.map(dict(enumerate(c in known for c in area.cat.categories)))
    kept = pd.DataFrame({"area": area, "offence": offence, "period": period, "count": count})[
        inside.to_numpy()
    ]
    key = (
        kept["area"].cat.codes.astype("int64") * 10_000 + kept["offence"].cat.codes
    ) * 10_000 + kept["period"].cat.codes
    if key.duplicated().any():
        raise ValueError("duplicate keys")
    return kept


def _median_seconds(work: Callable[[], object]) -> float:
    work()
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def main() -> None:
    """Print both sides; the target is 1 million rows a second."""
    terms: SourceTerms = (
        read_catalogue(Path("catalogue"), Path("regions")).sources["politie_misdrijven_maand"].terms
    )
    table, frame = make_table()
    data = table.to_pandas()
    ours = _median_seconds(lambda: conform_counts(table, terms, frame))
    peer = _median_seconds(lambda: conform_with_pandas(data, frame.codes[AreaLevel.BUURT]))
    rows = table.num_rows / 1e6
    print(
        f"conform: {rows / ours:.1f} million rows/s (target 1), pandas {rows / peer:.1f}, "
        f"ratio {peer / ours:.1f}x"
    )


if __name__ == "__main__":
    main()
