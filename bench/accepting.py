"""Accepting two million event rows with checks and address linking, beside a pandas script.

Whole processes, one after the other: seconds by the clock, seconds of processor, peak memory.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import xlsxwriter

from bench.machine import ROOT

ROWS, SHEET_ROWS, SMALL_ROWS = 2_000_000, 200_000, 300
SOURCE, YEAR = "bench_meldingen", 2025
LETTERS = [first + second for first in "ABCDEGHJKL" for second in "ABCDEGHJKLMNPRSTVWXZ"]
FIELDS = (
    # name, type, role, what else ODCS and the contract say
    ("nummer", "string", "row_key", "logicalTypeOptions: {pattern: 'Z-[0-9]{1,9}'}"),
    ("soort", "string", "event_set", "values: [geluid, afval, parkeren]"),
    (
        "begin",
        "timestamp",
        "begin",
        "logicalTypeOptions: {format: 'yyyy-MM-dd HH:mm:ss', minimum: '2000-01-01'}",
    ),
    (
        "eind",
        "timestamp",
        "end",
        "logicalTypeOptions: {format: 'yyyy-MM-dd HH:mm:ss', minimum: '2000-01-01'}",
    ),
    ("poging", "string", "attempt", "values: [poging, voltooid]"),
    ("postcode", "string", "postcode6", "logicalTypeOptions: {pattern: '[1-9][0-9]{3} ?[A-Z]{2}'}"),
    ("huisnummer", "string", "house_number", "logicalTypeOptions: {pattern: '[1-9][0-9]{0,4}'}"),
    ("gemeente", "string", "gemeente_name", ""),
    ("aangifte", "string", "drop", "values: [J, N]"),
    ("object", "string", "drop", "values: [woning, winkel, school]"),
    ("verdachten", "integer", "drop", "logicalTypeOptions: {minimum: 0, maximum: 99}"),
    ("temperatuur", "number", "drop", "logicalTypeOptions: {minimum: -40, maximum: 50}"),
)


@dataclass(frozen=True)
class Took:
    """What one process took: seconds by the clock, seconds of processor, peak memory (MiB)."""

    seconds: float
    processor: float
    memory: float

    def __str__(self) -> str:
        return (
            f"{self.seconds:.1f} s ({self.processor:.1f} s of processor), "
            f"peak {self.memory:,.0f} MiB"
        )


def run(command: list[str], environment: dict[str, str]) -> Took:
    """Run one command to its end and measure what itself took; stop when it fails."""
    started = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command[:6])} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Took(time.perf_counter() - started, processor, usage.ru_maxrss / 1024)


def write_contract(root: Path) -> None:
    """Write a copy of the catalogue with a contract of twelve columns and its agreement."""
    for folder in ("catalogue", "regions"):
        shutil.copytree(ROOT / folder, root / folder)
    lines = [
        "apiVersion: v3.1.0",
        "kind: DataContract",
        f"id: {SOURCE}",
        "name: Bench",
        "version: 1.0.0",
    ]
    lines += ["status: active", "domain: veiligheid", "description: {purpose: Meten.}"]
    lines += [
        "authoritativeDefinitions: [{type: license, url: 'https://example.nl', description: geen}]"
    ]
    lines += [
        "schema:",
        f"  - name: {SOURCE}",
        f"    physicalName: {SOURCE}",
        "    logicalType: object",
        "    properties:",
    ]
    for name, kind, role, more in FIELDS:
        lines += [
            f"      - name: {name}",
            f"        logicalType: {kind}",
            "        required: false",
            f"        description: {name}.",
        ]
        lines += [f"        {more}"] if more.startswith("logical") else []
        lines += ["        customProperties:", f"          - {{property: role, value: {role}}}"]
        if more.startswith("values"):
            lines += [f"          - {{property: values, value: {more.removeprefix('values: ')}}}"]
    terms = (
        f"kind: delivery, table: {SOURCE}, publisher: Bench, content: counts, grain: event, "
        "unit: melding, label: intern, effort: brengdelict, frequency: month, "
        "subject: woonoverlast"
    )
    finest = (
        "atom: {level: buurt, period: month}, finest: [{level: wijk, period: year}], "
        "analyses: [trend]"
    )
    lines += ["customProperties:", "  - property: regiebeeld", f"    value: {{{terms}, {finest}}}"]
    (root / f"catalogue/sources/{SOURCE}.odcs.yaml").write_text("\n".join(lines) + "\n")
    considered = (
        f"  - {{id: {SOURCE}, title: Bench, supplier: x, about: x, helps: ja, helps_because: x, "
        "can: ja, can_because: x, may: ja, may_because: x, decision: gebruikt, reason: x, "
        f"sources: [{SOURCE}]}}\n"
    )
    with (root / "catalogue/inventory.yaml").open("a") as file:
        file.write(considered)
    agreed = root / "regions/voorbeeld/agreements"
    other = "fietsendiefstal_gebeurtenissen"  # rows about persons, as here
    text = (agreed / f"{other}.yaml").read_text().replace(f"source: {other}", f"source: {SOURCE}")
    (agreed / f"{SOURCE}.yaml").write_text(text)


def write_addresses(files: Path) -> pa.Table:
    """Write 20 numbers in each of 20 postcodes of every buurt of the example region (200,000)."""
    import json

    features = json.loads((files / f"gebieden_{YEAR}_buurten.geojson").read_text())["features"]
    codes = sorted({f["properties"]["buurtcode"][2:] for f in features})
    postcodes = np.array([f"{digits}{pair}" for digits in range(7000, 7100) for pair in LETTERS])
    size = len(codes) * 20
    buurt = np.repeat(np.array(codes), 20)
    table = pa.table(
        {
            "PC6": np.repeat(postcodes[:size], 20),
            "Huisnummer": np.tile(np.arange(1, 21), size).astype(str),
            f"Buurt{YEAR}": np.repeat(buurt, 20),
            f"Gem{YEAR}": np.repeat(np.array([code[:4] for code in buurt]), 20),
        }
    )
    pa_csv.write_csv(
        table, files / f"pc6hnr{YEAR}.csv", pa_csv.WriteOptions(delimiter=";", quoting_style="none")
    )
    return table


def make_rows(addresses: pa.Table, rows: int) -> pa.Table:
    """Make rows over eight years; one in a hundred has an address that is not in the file."""
    random = np.random.default_rng(20260601)
    at = random.integers(0, addresses.num_rows, rows)
    begin = np.datetime64("2018-01-01") + random.integers(0, 8 * 365 * 86400, rows).astype(
        "timedelta64[s]"
    )
    end = begin + random.integers(0, 86400, rows).astype("timedelta64[s]")
    house = np.where(random.random(rows) < 0.01, "999", addresses["Huisnummer"].to_numpy()[at])
    moments = [
        pa.array(m).cast(pa.timestamp("s"))
        for m in (begin.astype("datetime64[s]"), end.astype("datetime64[s]"))
    ]
    spelled = [pc.strftime(m, "%Y-%m-%d %H:%M:%S") for m in moments]

    def choose(*values: str) -> np.ndarray:
        return np.array(values)[random.integers(0, len(values), rows)]

    return pa.table(
        {
            "nummer": pa.array([f"Z-{n}" for n in range(rows)]),
            "soort": choose("geluid", "afval", "parkeren"),
            "begin": spelled[0],
            "eind": spelled[1],
            "poging": choose("poging", "voltooid"),
            "postcode": addresses["PC6"].to_numpy()[at],
            "huisnummer": house,
            "gemeente": choose("Wolderhage"),
            "aangifte": choose("J", "N"),
            "object": choose("woning", "winkel", "school"),
            "verdachten": random.integers(0, 5, rows).astype(str),
            "temperatuur": np.char.mod("%.1f", random.normal(10, 6, rows)),
        }
    )


def write_sheet(table: pa.Table, path: Path) -> None:
    """Write a workbook as Excel does: each text once, dates as dates and numbers as numbers."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, moment = book.add_worksheet(), book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss"})
        for j, name in enumerate(table.column_names):
            sheet.write_string(0, j, name)
            for i, text in enumerate(table[name].to_pylist(), 1):
                if name in ("begin", "eind"):
                    sheet.write_datetime(i, j, datetime.fromisoformat(text), moment)
                elif name in ("verdachten", "temperatuur"):
                    sheet.write_number(i, j, float(text))
                else:
                    sheet.write_string(i, j, text)


def write_text_sheet(table: pa.Table, path: Path) -> None:
    """Write a workbook as some export programs do: every cell is a text of its own."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, table.column_names)
        for i, row in enumerate(
            zip(*(column.to_pylist() for column in table.columns), strict=True), 1
        ):
            sheet.write_row(i, 0, row)


def write_files(root: Path, rows: pa.Table) -> None:
    """Write the deliveries; no two have the same rows, for a file seen before is not read."""
    plain = pa_csv.WriteOptions(delimiter=";", quoting_style="none")
    pa_csv.write_csv(rows, root / "rows.csv", plain)
    for i, name in enumerate(("first", "small")):
        pa_csv.write_csv(rows.slice(i, SMALL_ROWS), root / f"{name}.csv", plain)
    write_sheet(rows.slice(0, SHEET_ROWS), root / "sheet.xlsx")
    write_text_sheet(rows.slice(0, SHEET_ROWS), root / "texts.xlsx")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        environment = {"REGIEBEELD_VAR": str(root / "var"), "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-m", "regiebeeld.cli", "--quiet"]
        run([*command, "example"], environment)  # it knows nothing of the contract made here
        write_contract(root)
        for name in ("catalogue", "regions"):
            environment[f"REGIEBEELD_{name.upper()}"] = str(root / name)
        addresses = write_addresses(root / "var/files")
        write_files(root, make_rows(addresses, ROWS))
        size = (root / "rows.csv").stat().st_size / 2**20

        def accept(name: str) -> Took:
            file = shutil.copy(root / name, root / f"delivered_{name}")
            given = ["--source", SOURCE, "--region", "voorbeeld", str(file)]
            return run([*command, "accept", *given], environment)

        def peer(name: str) -> Took:
            book = root / f"var/files/pc6hnr{YEAR}.csv"
            files = [str(root / name), str(book), str(root / "peer.parquet")]
            return run([sys.executable, "-m", "bench.accepting_pandas", *files], environment)

        first, small = accept("first.csv"), accept("small.csv")
        print(f"accept: {SMALL_ROWS} rows: {small}; the very first, which copies the map: {first}")
        for name, words, target in (
            ("rows.csv", f"{ROWS:,} rows of {len(FIELDS)} columns ({size:.0f} MiB CSV)", "60 s"),
            ("sheet.xlsx", f"XLSX of {SHEET_ROWS:,} rows, dates and numbers", "5 s"),
            ("texts.xlsx", f"XLSX of {SHEET_ROWS:,} rows, every cell a text", "5 s"),
        ):
            theirs, ours = peer(name), accept(name)
            print(f"accept: {words}: {ours} (target {target})")
            print(
                f"  pandas, the same reading, checks, linking and counts: {theirs}; ours takes "
                f"{ours.seconds / theirs.seconds:.2f} of its time, "
                f"{ours.processor / theirs.processor:.2f} of its processor",
                flush=True,
            )


if __name__ == "__main__":
    main()
