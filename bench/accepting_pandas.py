"""The peer of bench.accepting: a tuned pandas script that does the same to the same file."""

import sys

import pandas as pd

PATTERNS = {
    "nummer": r"Z-[0-9]{1,9}",
    "postcode": r"[1-9][0-9]{3} ?[A-Z]{2}",
    "huisnummer": r"[1-9][0-9]{0,4}",
    "soort": "geluid|afval|parkeren",
    "poging": "poging|voltooid",
    "aangifte": "J|N",
    "object": "woning|winkel|school",
}
FORMULA = "^[=+@\t\r-]"
WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1]
PERSONAL = (
    r"[^@\s]+@[^@\s]+\.[a-z]{2,}",
    r"(?:\+31|0)[1-9][0-9 -]{7,10}[0-9]",
    r"[A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{10}",
    r"(?:[A-Z]{2}-?[0-9]{3}-?[A-Z]|[0-9]{1,2}-?[A-Z]{2,3}-?[0-9]{1,2})",
)


def has_citizen_number(column: "pd.Series[str]") -> bool:
    digits = column[column.str.fullmatch(r"[0-9]{9}")]
    if digits.empty:
        return False
    total = sum(digits.str[i].astype(int) * weight for i, weight in enumerate(WEIGHTS))
    return bool((total % 11 == 0).any())


def read(path: str) -> pd.DataFrame:
    """Read a CSV or the first sheet of a workbook as text; moments of a workbook as ISO."""
    if path.endswith(".csv"):
        return pd.read_csv(path, sep=";", dtype="string[pyarrow]", engine="pyarrow")
    table = pd.read_excel(path, engine="calamine", dtype={"huisnummer": str})
    return table.astype("string[pyarrow]")


def main(rows: str, addresses: str, out: str) -> None:
    table = read(rows)
    faults = {}
    for name in table.columns:
        # Few distinct values are looked through once.
        counts = table[name].value_counts()
        texts = counts.index.to_series().astype("string[pyarrow]")
        bad = (texts.str.len() > 200) | texts.str.contains(FORMULA)
        if name in ("verdachten", "temperatuur"):
            bad = texts.str.len() > 200
        if name in PATTERNS:
            bad |= ~texts.str.fullmatch(PATTERNS[name])
        faults[name] = int(counts[bad.to_numpy(dtype=bool)].sum())
    faults["double"] = int(table["nummer"].duplicated().sum())
    begin = pd.to_datetime(table["begin"], format="%Y-%m-%d %H:%M:%S", errors="coerce")
    end = pd.to_datetime(table["eind"], format="%Y-%m-%d %H:%M:%S", errors="coerce")
    now = pd.Timestamp.now()
    faults["dates"] = int(
        (begin.isna() | end.isna() | (end < begin) | (begin > now) | (begin.dt.year < 2000)).sum()
    )
    suspects = pd.to_numeric(table["verdachten"], errors="coerce")
    degrees = pd.to_numeric(table["temperatuur"], errors="coerce")
    faults["ranges"] = int((~suspects.between(0, 99)).sum() + (~degrees.between(-40, 50)).sum())
    for name in table.columns:
        # The moments are dates already.
        texts = pd.Series(table[name].unique(), dtype="string[pyarrow]")
        if name not in ("begin", "eind"):
            found = [texts.str.fullmatch(pattern).any() for pattern in PERSONAL]
            faults[f"personal {name}"] = int(any(found)) + has_citizen_number(texts)
    months = pd.crosstab(begin.dt.strftime("%Y-%m"), table["soort"])
    faults["months"] = int((months.sum(axis=1) == 0).sum())
    if any(faults.values()):
        sys.exit(f"refused: {faults}")
    book = pd.read_csv(addresses, sep=";", dtype="string[pyarrow]", engine="pyarrow")
    book = book.rename(
        columns={"PC6": "postcode", "Huisnummer": "huisnummer", "Buurt2025": "buurt"}
    )
    keys = table[["postcode", "huisnummer"]].copy()
    keys["postcode"] = keys["postcode"].str.replace(" ", "")
    linked = keys.merge(
        book[["postcode", "huisnummer", "buurt"]], how="left", on=["postcode", "huisnummer"]
    )
    counts = (
        pd.DataFrame(
            {
                "soort": table["soort"],
                "poging": table["poging"],
                "buurt": linked["buurt"].fillna("onbekend"),
                "maand": begin.dt.strftime("%Y-%m"),
            }
        )
        .groupby(["soort", "poging", "buurt", "maand"], observed=True)
        .size()
        .rename("aantal")
        .reset_index()
    )
    counts.to_parquet(out, compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:4])
