"""The small release with findings of every kind, written as a run writes them."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from lib.small_release import AREAS, INDICATORS, SmallRelease, shelve_small_release
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Release, Shelf
from regiebeeld.releases.findings import (
    Cluster,
    Concentration,
    Driver,
    Effect,
    Finding,
    HotSpot,
    Peer,
    SeasonFactor,
    Signal,
    SignalFamily,
    SmoothedRate,
    write_findings,
)
from regiebeeld.releases.shelf import compute_file_hash, read_manifest, write_manifest

BURGLARY, BICYCLES = "woninginbraken", "fietsendiefstal"
YEAR = "2026-06/P12M"
ALL = ("trend", "comparison", "ranking", "signals", "hot_spots", "drivers", "effects")
FACTORS = (1.4, 1.3, 1.1, 1.0, 0.9, 0.8, 0.62, 0.7, 0.8, 1.0, 1.25, 1.5)
FIGURES = ("adressendichtheid", "eengezinswoningen")


Read = Callable[..., Release]


def make_base(folder: Path) -> Path:
    """Make the small release that a module's tests copy, each with findings of its own."""
    return shelve_small_release(folder, SmallRelease(invented=True)).folder


@contextmanager
def reading_findings(base: Path, folder: Path) -> Iterator[Read]:
    """Give a function that makes a release with findings and opens it; all are closed after."""
    opened: list[Release] = []

    def make(findings: Sequence[Finding[Any]] | None = None, **how: Any) -> Release:
        shelf = shelve_findings_release(folder / str(len(opened)), findings, base=base, **how)
        opened.append(shelf.open_current("openbaar"))
        return opened[-1]

    yield make
    for release in opened:
        release.close()


def shelve_findings_release(
    folder: Path,
    findings: Iterable[Finding[Any]] | None = None,
    *,
    analyses: Sequence[str] = ALL,
    wanted: SmallRelease | None = None,
    base: Path | None = None,
) -> Shelf:
    """Put a small release on a shelf that holds these findings (one of every kind by default).

    analyses: what the definition of the burglaries allows; base: a shelf with the small release,
    to copy rather than make it again.
    """
    wanted = wanted or SmallRelease(invented=True)
    if base is None:
        shelf = shelve_small_release(folder, wanted)
    else:
        shutil.copytree(base, folder, symlinks=True)
        shelf = Shelf(folder)
    path = folder / wanted.release / "openbaar.duckdb"
    # Keys of the small release count from 1.
    made = write_findings(
        every_kind() if findings is None else findings,
        indicators=["", *(name for _, name, *_ in INDICATORS)],
        areas=["", *(code for code, *_ in AREAS)],
    )
    with duckdb.connect(str(path)) as file:
        file.register("made", made)
        file.execute("INSERT INTO finding BY NAME SELECT * FROM made")
        file.unregister("made")
        file.execute("UPDATE indicator SET analyses = ? WHERE id = ?", [list(analyses), BURGLARY])
    manifest = read_manifest(path.parent)
    write_manifest(path.parent, {**manifest, "files": {path.name: compute_file_hash(path)}})
    return shelf


def every_kind() -> list[Finding[Any]]:
    """One story about burglaries: dark months, one hot buurt, one driver, one measure."""
    return [*season("RG90"), *places(), *drivers(), effect(), *of_areas()]


def season(area: str) -> list[Finding[Any]]:
    return [
        Finding(
            SeasonFactor(month, factor, factor * 0.9, factor * 1.1),
            AreaLevel.REGIO,
            BURGLARY,
            area,
            None,
            month,
        )
        for month, factor in enumerate(FACTORS, start=1)
    ]


def places() -> list[Finding[Any]]:
    buurt, wijk = AreaLevel.BUURT, AreaLevel.WIJK
    ring = ("BU90010101", "BU90010102")
    return [
        Finding(HotSpot("high", 3.2, 0.001, 0.01), buurt, BURGLARY, "BU90010101", YEAR, 0),
        Finding(HotSpot("low", -2.9, 0.002, 0.02), buurt, BURGLARY, "BU90020102", YEAR, 1),
        Finding(HotSpot("high", 2.8, 0.004, 0.03), wijk, BURGLARY, "WK900101", YEAR, 0),
        Finding(Cluster(ring, 61, 40.4, 0.001), buurt, BURGLARY, None, YEAR, 0, ring),
        Finding(Concentration(4, 0.25, 0.41, 0.22), buurt, BURGLARY, None, YEAR),
        Finding(Concentration(2, 0.5, 0.11, 0.2), wijk, BURGLARY, None, YEAR),
    ]


def drivers() -> list[Finding[Any]]:
    found = [(FIGURES[0], 1.3, 1.12, 1.05, 1.2), (FIGURES[1], 20.0, 0.97, 0.8, 1.18)]
    return [
        Finding(
            Driver(name, 2026, step, ratio, lower, upper, 280, 1.3, (), 0.14, 0.3),
            AreaLevel.BUURT,
            BURGLARY,
            None,
            YEAR,
            place,
        )
        for place, (name, step, ratio, lower, upper) in enumerate(found)
    ]


def effect(**changed: Any) -> Finding[Any]:
    """Give what came of a campaign: burglaries fell by 40 % where 30 % could be seen."""
    told: dict[str, Any] = {
        "intervention": "buurtapp",
        "title": "Buurtapps",
        "kind": "buurtapp",
        "start": "2023-03",
        "reach": "1.200 huishoudens",
        "areas": ("BU90010101", "BU90010102"),
        "baseline": 240.0,
        "verdict": "decline",
        "smallest": 0.3,
        "ratio": 0.6,
        "lower": 0.48,
        "upper": 0.75,
        "agree": True,
        "why": "",
        "methods": (
            ("differences", 0.6, 0.48, 0.75, ""),
            ("interrupted_series", 0.66, 0.5, 0.88, ""),
            ("synthetic_control", None, None, None, "Geen mengsel leek vooraf genoeg."),
        ),
        "remarks": ("De interventie begon op een piek, en een piek zakt ook vanzelf.",),
        **changed,
    }
    return Finding(
        Effect(**told), AreaLevel.BUURT, BURGLARY, None, "2023-03", 0, tuple(told["areas"])
    )


def signal(**changed: Any) -> Signal:
    told: dict[str, Any] = {
        "direction": "rise", "observed": 23, "observed_lower": 23, "observed_upper": 23,
        "expected": 9.8, "usual_lower": 5.2, "usual_upper": 14.4, "since": "2026-05",
        "p": 0.0004, "q": 0.02, "above": True, **changed,
    }  # fmt: skip
    return Signal(**told)


def of_areas() -> list[Finding[Any]]:
    gemeente, buurt = AreaLevel.GEMEENTE, AreaLevel.BUURT
    alike, unlike = (FIGURES[0],), (FIGURES[1],)
    return [
        Finding(SignalFamily(2, 0, 1, 0.04), gemeente, BURGLARY, None, "2026-06"),
        Finding(signal(), gemeente, BURGLARY, "GM9001", "2026-06"),
        Finding(signal(observed=77), gemeente, BURGLARY, "GM9001", "2026-03"),
        Finding(SmoothedRate(12.1, 9.4, 15.2, 18.3, 1000), buurt, BURGLARY, "BU90010101", YEAR),
        Finding(Peer("GM9002", 0.42, alike, unlike), AreaLevel.REGIO, None, "GM9001", None, 0),
        Finding(Peer("BU90020101", 0.2, alike, ()), AreaLevel.REGIO, None, "BU90010101", None, 0),
    ]
