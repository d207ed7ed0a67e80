"""Linking rows: addresses beside a tuned pandas merge, coordinates beside a plain loop."""

import csv
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from regiebeeld.domain import Area, AreaLevel
from regiebeeld.pipeline.areas import AreaColumns, Layout, read_layout
from regiebeeld.pipeline.intake.linking import LinkFrame, Method, link_rows, read_addresses
from regiebeeld.pipeline.sources.files import read_file
from regiebeeld.settings import read_settings

ROWS, RUNS, VINTAGE = 2_000_000, 3, 2024
_MAP = "areas/groningen_2017/buurt2017.zip"
_THEFTS = "events/groningen_bicycle_thefts_2013_2017.csv"
_LETTERS = [first + second for first in "ABCDEGHJKL" for second in "ABCDEGHJKLMNPRSTVWXZ"]


def make_addresses() -> pa.Table:
    """Make 2 million addresses in the form of CBS pc6hnr: 100,000 postcodes of 20 numbers."""
    postcodes = np.array([f"{digits}{pair}" for digits in range(7000, 7500) for pair in _LETTERS])
    buurten = np.arange(len(postcodes)) // 200
    codes = np.array([f"{1000 + i // 50:04}{i % 50:04}" for i in range(buurten.max() + 1)])
    return pa.table(
        {
            "PC6": np.repeat(postcodes, 20),
            "Huisnummer": np.tile(np.arange(1, 21), len(postcodes)).astype(str),
            f"Buurt{VINTAGE}": np.repeat(codes[buurten], 20),
        }
    )


def make_rows(addresses: pa.Table) -> dict[str, np.ndarray]:
    """Make rows as people write them: a space in half the postcodes, letters behind numbers."""
    rng = np.random.default_rng(1)
    chosen = rng.integers(0, addresses.num_rows, ROWS)
    postcode = addresses["PC6"].to_numpy().astype(str)[chosen]
    number = addresses["Huisnummer"].to_numpy().astype(str)[chosen]
    spaced = rng.random(ROWS) < 0.5
    lettered = rng.random(ROWS) < 0.1
    halves = np.char.add(np.char.add(postcode.astype("U4"), " "), [text[4:] for text in postcode])
    return {
        "postcode6": np.where(spaced, halves, postcode),
        "house_number": np.where(lettered, np.char.add(number, "a"), number),
    }


def link_with_pandas(rows: pd.DataFrame, book: pd.DataFrame) -> pd.Series:
    """The same join in pandas: distinct texts cleaned once, packed keys, one merge; no report."""
    postcode = rows["postcode6"].astype("category")
    clean = postcode.cat.categories.str.replace(" ", "").str.upper()
    ranks = pd.Series(np.arange(len(book.index.levels[0])), index=book.index.levels[0])
    packed = ranks.reindex(clean).fillna(-1).to_numpy().astype("int64")[postcode.cat.codes]
    number = rows["house_number"].astype("category")
    digits = number.cat.categories.str.extract(r"^(\d+)")[0].astype("float").fillna(-1).to_numpy()
    keys = packed * 100_000 + digits.astype("int64")[number.cat.codes]
    table = pd.DataFrame(
        {"key": book.index.codes[0].astype("int64") * 100_000 + book.index.get_level_values(1)}
    ).assign(area=book["area"].to_numpy())
    return pd.DataFrame({"key": keys}).merge(table, on="key", how="left")["area"]


def _median_seconds(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)[RUNS // 2]


def compare_addresses() -> None:
    """Print seconds for 2 million rows, ours and the peer's, on the same rows."""
    table = make_addresses()
    rows = make_rows(table)
    layout = Layout(VINTAGE, (Area("GM1000", AreaLevel.GEMEENTE, "Bench", VINTAGE),), {})
    started = time.perf_counter()
    book = read_addresses(table, vintage=VINTAGE)
    reading = time.perf_counter() - started
    frame = LinkFrame({VINTAGE: layout}, books={VINTAGE: book})
    keys = {role: pa.array(column.tolist()) for role, column in rows.items()}
    data = pd.DataFrame({role: column.astype(object) for role, column in rows.items()})
    peer_book = pd.DataFrame(
        {
            "PC6": pd.Categorical(table["PC6"].to_numpy()),
            "number": table["Huisnummer"].to_numpy().astype(int),
            "area": "BU" + pd.Series(table[f"Buurt{VINTAGE}"].to_numpy()),
        }
    ).set_index(["PC6", "number"])
    linked = link_rows(keys, None, frame)
    assert linked.report.rows_by(Method.ADDRESS) == ROWS
    theirs = link_with_pandas(data, peer_book)
    assert (
        theirs.to_numpy() == linked.area.dictionary_decode().to_numpy(zero_copy_only=False)
    ).all()
    ours = _median_seconds(lambda: link_rows(keys, None, frame))
    peer = _median_seconds(lambda: link_with_pandas(data, peer_book))
    print(
        f"linking: {ROWS:,} rows by address in {ours:.1f} s (target: a few seconds), "
        f"pandas merge {peer:.1f} s, ratio {peer / ours:.1f}x; "
        f"reading the address file {reading:.1f} s"
    )


def compare_points() -> None:
    """Print milliseconds for the points of the Groningen export; says so where it is absent."""
    path = read_settings().test_data / _THEFTS
    if not path.exists():
        print("linking: no Groningen export here, coordinates not measured")
        return
    with path.open(encoding="utf-8") as lines:
        places = [(row["X"], row["Y"]) for row in csv.DictReader(lines)]
    layout = _read_groningen(read_settings().test_data / _MAP)
    keys = {"x": pa.array([x for x, _ in places]), "y": pa.array([y for _, y in places])}
    frame = LinkFrame({2017: layout})
    ours = _median_seconds(lambda: link_rows(keys, None, frame))
    _, shapes = layout.drawn(AreaLevel.BUURT)
    started = time.perf_counter()
    for x, y in places[:1000]:
        point = shapely.Point(float(x), float(y))
        next((shape for shape in shapes if shape.covers(point)), None)
    loop = (time.perf_counter() - started) * len(places) / 1000
    print(
        f"linking: {len(places):,} points in {len(shapes)} areas in {ours * 1000:.0f} ms, "
        f"a plain loop {loop:.1f} s (from its first 1,000), ratio {loop / ours:.0f}x"
    )


def _read_groningen(path: Path) -> Layout:
    table, _ = read_file(path, member="buurt2017.shp")
    columns = {AreaLevel.BUURT: AreaColumns("BU_CODE", "BU_NAAM", "WK_CODE")}
    return read_layout({AreaLevel.BUURT: table}, vintage=2017, columns=columns)[0]


def main() -> None:
    """Print both figures."""
    compare_addresses()
    compare_points()


if __name__ == "__main__":
    main()
