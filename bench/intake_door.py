"""The door: 2,000,000 event rows of 12 columns read and checked, beside a tuned pandas script."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from bench.machine import ROOT

ROWS = 2_000_000
CODES = ["A20", "A21", "A34", "B20"]
OURS = """
import sys
from datetime import date
from pathlib import Path
from bench.intake_door import door_source
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.reading import read_delivery
source = door_source()
delivered = read_delivery(Path(sys.argv[1]), source)
report = check_delivery(delivered, source, earlier=None, today=date(2026, 7, 1))
print(report.outcome, report.rows, [found.rule for found in report.findings])
"""
THEIRS = """
import sys
from bench.intake_door import check_with_pandas
print(check_with_pandas(sys.argv[1]))
"""


def door_source():
    """A contract of twelve columns: key, kind, two moments, attempt, area keys, drops."""
    from regiebeeld.catalogue.contracts import Source
    from regiebeeld.catalogue.fields import Crs, Field, FieldType, Role
    from regiebeeld.catalogue.models import SourceTerms

    text, moment, whole = FieldType.STRING, FieldType.TIMESTAMP, FieldType.INTEGER
    form = "yyyy-MM-dd HH:mm:ss"
    fields = (
        Field("incident", Role.ROW_KEY, text, required=True, pattern="PL[0-9]{4}_[0-9]{8}"),
        Field("soort", Role.EVENT_SET, text, required=True, values=tuple(CODES)),
        Field("begin", Role.BEGIN, moment, required=True, format=form),
        Field("eind", Role.END, moment, format=form),
        Field("kennisname", Role.DROP, moment, format=form),
        Field("poging", Role.ATTEMPT, text, values=("J", "N")),
        Field("postcode", Role.POSTCODE6, text),
        Field("huisnummer", Role.HOUSE_NUMBER, text),
        Field("gemeente", Role.GEMEENTE_NAME, text),
        Field("x", Role.X, whole, crs=Crs.RD),
        Field("y", Role.Y, whole, crs=Crs.RD),
        Field("temperatuur", Role.DROP, FieldType.NUMBER, minimum=-40, maximum=50),
    )
    terms = SourceTerms.model_validate(
        {
            "kind": "delivery",
            "table": "t",
            "publisher": "p",
            "content": "counts",
            "grain": "event",
            "unit": "registratie",
        }
    )
    names = tuple(field.name for field in fields)
    return Source("bench", "Bench", "", "", "1.0.0", names, terms, fields=fields)


def write_events(path: Path, rows: int = ROWS) -> None:
    """Write a delivery without faults."""
    rng = np.random.default_rng(3)
    begin = np.datetime64("2018-01-01T00:00:00") + rng.integers(0, 8 * 365 * 86400, rows).astype(
        "timedelta64[s]"
    )
    end = begin + rng.integers(0, 86400, rows).astype("timedelta64[s]")

    def stamped(moments: np.ndarray) -> pa.Array:
        return pa.array(np.char.replace(np.datetime_as_string(moments), "T", " "))

    letters = np.array([f"{a}{b}" for a in "ABDEGHJKLN" for b in "ABDEGHJKLN"])
    postcodes = np.array([f"{7500 + i}{two}" for i in range(60) for two in letters])
    table = pa.table(
        {
            "incident": pa.array([f"PL0500_{i:08d}" for i in range(rows)]),
            "soort": np.array(CODES)[rng.integers(0, 4, rows)],
            "begin": stamped(begin),
            "eind": stamped(end),
            "kennisname": stamped(end + np.timedelta64(3600, "s")),
            "poging": np.array(["J", "N"])[rng.integers(0, 2, rows)],
            "postcode": postcodes[rng.integers(0, len(postcodes), rows)],
            "huisnummer": rng.integers(1, 400, rows),
            "gemeente": np.array(["Enschede", "Hengelo", "Almelo"])[rng.integers(0, 3, rows)],
            "x": rng.integers(225000, 270000, rows),
            "y": rng.integers(460000, 500000, rows),
            "temperatuur": np.round(rng.normal(10, 7, rows).clip(-20, 40), 1),
        }
    )
    csv.write_csv(table, path, csv.WriteOptions(quoting_style="none"))


def check_with_pandas(path: str) -> dict[str, int]:
    """The same rules, tuned: arrow strings, categories, patterns on distinct values."""
    import pandas as pd

    frame = pd.read_csv(path, dtype="string[pyarrow]", engine="pyarrow")
    found: dict[str, int] = {}
    moments = {
        name: pd.to_datetime(frame[name], format="%Y-%m-%d %H:%M:%S", errors="coerce")
        for name in ("begin", "eind", "kennisname")
    }
    for name, values in moments.items():
        found[f"type {name}"] = int((values.isna() & frame[name].notna()).sum())
        found[f"window {name}"] = int(((values < "1990-01-01") | (values > "2026-07-02")).sum())
    found["begin_after_end"] = int((moments["begin"] > moments["eind"]).sum())
    found["key"] = int((~frame["incident"].str.fullmatch("PL[0-9]{4}_[0-9]{8}")).sum())
    found["repeats"] = int(frame["incident"].duplicated().sum())
    for name, allowed in (("soort", CODES), ("poging", ["J", "N"])):
        found[name] = int((~frame[name].isin(allowed)).sum())
    for name, pattern in (
        ("postcode", "[1-9][0-9]{3} ?[A-Za-z]{2}"),
        ("huisnummer", "[1-9][0-9]{0,4}"),
        ("gemeente", "[A-Za-z' -]+"),
    ):
        kinds = pd.Series(frame[name].unique())
        bad = kinds[~kinds.str.fullmatch(pattern).astype(bool)]
        found[name] = int(frame[name].isin(bad).sum())
    for name, low, high in (("x", -7000, 300000), ("y", 289000, 629000), ("temperatuur", -40, 50)):
        values = pd.to_numeric(frame[name], errors="coerce")
        found[name] = int((values.isna() | (values < low) | (values > high)).sum())
    personal = (
        r"[^ @]@[^ @]|(?:^|[^0-9])[0-9]{9}(?:[^0-9]|$)"
        r"|(?:^|[^0-9A-Za-z_.,:/-])0[1-9](?:[ .()-]?[0-9]){8}|[A-Za-z]{2}[0-9]{2}[A-Z]{4}[0-9]{7}"
        r"|(?:straat|laan|weg|plein) +[0-9]|[0-9A-Za-z]{1,3}-[A-Za-z]{2,3}-[0-9A-Za-z]{1,3}"
    )
    for name in frame.columns:
        found[f"personal {name}"] = int(
            pd.Series(frame[name].unique()).str.contains(personal).sum()
        )
    found["coverage"] = int(
        pd.DataFrame({"m": moments["begin"].dt.to_period("M"), "s": frame["soort"]})
        .groupby(["m", "s"])
        .size()
        .sum()
    )
    return {name: count for name, count in found.items() if count}


def _measure(script: str, path: Path) -> dict[str, float | str]:
    """Run a script in a process of its own; its peak memory is its own too."""
    told = (
        "[time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]"
    )
    start = "import json, resource, time\nbegan = time.perf_counter()"
    wrapped = f"{start}\n{script}\nprint(json.dumps({told}))"
    done = subprocess.run(
        [sys.executable, "-c", wrapped, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        done.check_returncode()
    said, figures = done.stdout.strip().splitlines()[-2:]
    seconds, memory = json.loads(figures)
    return {"seconds": seconds, "memory": memory, "said": said}


def main() -> None:
    """Print seconds and peak memory of both (target with linking: 60 s and 2 GB)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        write_events(path)
        size = path.stat().st_size / 2**20
        ours, theirs = _measure(OURS, path), _measure(THEIRS, path)
    print(
        f"the door: {ROWS:,} rows, {size:.0f} MiB: {ours['seconds']:.1f} s, "
        f"peak {ours['memory']:.0f} MiB (target with linking 60 s, 2048 MiB); "
        f"pandas {theirs['seconds']:.1f} s, {theirs['memory']:.0f} MiB"
    )
    print(f"  ours said {ours['said']}; pandas said {theirs['said']}")


if __name__ == "__main__":
    main()
