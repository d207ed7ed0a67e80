"""All statistics of a release of Twente's size: 14 gemeenten, 520 buurten, 13 years, 60 kinds."""

import resource
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from shapely import box

from bench.machine import ROOT
from regiebeeld.catalogue import Analysis, Figure, Indicator, read_catalogue
from regiebeeld.domain import Area, AreaLevel, Period, PeriodKind, read_period
from regiebeeld.pipeline.analyses.drivers import find_drivers
from regiebeeld.pipeline.analyses.peers import find_peers
from regiebeeld.pipeline.analyses.places import find_places
from regiebeeld.pipeline.analyses.rates import Bases
from regiebeeld.pipeline.analyses.seasons import find_seasons
from regiebeeld.pipeline.analyses.series import ReleasedIndicator, Series
from regiebeeld.pipeline.analyses.signals import find_unusual
from regiebeeld.pipeline.analyses.surroundings import Surroundings, read_surroundings
from regiebeeld.pipeline.areas import Layout

GEMEENTEN, BUURTEN, YEARS, KINDS = 14, 520, 13, 60
NAMED = 2  # indicators with rates of small areas
MONTHS = YEARS * 12


def make_ground() -> Surroundings:
    """Lay a strip of gemeenten out, of wijken of five buurten of 1 km2."""
    areas, shapes = [Area("REGIO_b", AreaLevel.REGIO, "b", 2025)], {}
    per = BUURTEN // GEMEENTEN + 1
    found = []
    for b in range(BUURTEN):
        g, w = b // per, b % per // 5
        found.append((f"GM99{g:02d}", f"WK99{g:02d}{w:02d}", f"BU99{g:02d}{w:02d}{b % 5:02d}"))
    cells = [box(b // 20 * 1e3, b % 20 * 1e3, b // 20 * 1e3 + 1e3, b % 20 * 1e3 + 1e3)
             for b in range(BUURTEN)]  # fmt: skip
    for level, at in ((AreaLevel.GEMEENTE, 0), (AreaLevel.WIJK, 1), (AreaLevel.BUURT, 2)):
        for code in dict.fromkeys(each[at] for each in found):
            mine = [b for b, each in enumerate(found) if each[at] == code]
            parent = "REGIO_b" if at == 0 else found[mine[0]][at - 1]
            areas.append(Area(code, level, code, 2025, parent))
            shape = cells[mine[0]]
            for b in mine[1:]:
                shape = shape.union(cells[b])
            shapes[code] = shape
    return read_surroundings(areas, Layout(2025, tuple(areas[1:]), shapes))


def make_kind(indicator: Indicator, around: Surroundings, seed: int) -> ReleasedIndicator:
    """Draw months of buurten, add them up to what is released."""
    generator = np.random.default_rng(seed)
    codes = {lv: [a.code for a in around.areas if a.level is lv] for lv in AreaLevel}
    rate = generator.gamma(2.0, 0.25, (BUURTEN, 1)) * (
        1 + 0.3 * np.cos(np.arange(MONTHS) * 2 * np.pi / 12)
    )
    months = generator.poisson(rate).astype(float)
    names = [f"{2013 + m // 12}-{m % 12 + 1:02d}" for m in range(MONTHS)]
    month = [read_period(name) for name in names]
    sliding = [read_period(f"{name}/P12M") for name in names[11:]]
    total = np.concatenate([np.zeros((BUURTEN, 1)), months.cumsum(axis=1)], axis=1)
    years = total[:, 12:] - total[:, :-12]
    found: dict[tuple[AreaLevel, PeriodKind], Series] = {}
    for level in AreaLevel:
        holds = _hold(codes[level], codes[AreaLevel.BUURT], level)
        if level in (AreaLevel.REGIO, AreaLevel.GEMEENTE):
            found[level, PeriodKind.MONTH] = _series(level, codes[level], month, holds @ months)
        found[level, PeriodKind.ROLLING] = _series(level, codes[level], sliding, holds @ years)
    return ReleasedIndicator(indicator, "woninginbraken", "politie", found)


def _hold(codes: Sequence[str], buurten: Sequence[str], level: AreaLevel) -> np.ndarray[Any, Any]:
    size = {AreaLevel.REGIO: 0, AreaLevel.GEMEENTE: 4, AreaLevel.WIJK: 6, AreaLevel.BUURT: 8}[level]
    return np.array([[float(b[2 : 2 + size] == c[2 : 2 + size] or not size) for b in buurten]
                     for c in codes])  # fmt: skip


def _series(
    level: AreaLevel, codes: Sequence[str], periods: Sequence[Period], value: np.ndarray[Any, Any]
) -> Series:
    base = np.full(len(codes), 1000.0)
    return Series(level, periods[0].kind, tuple(codes), tuple(periods), value, value, value, base,
                  Figure.WONINGEN)  # fmt: skip


def make_bases(around: Surroundings) -> Bases:
    generator = np.random.default_rng(1)
    values = {f: generator.uniform(500, 4000, (len(around.areas), 1)) for f in Figure}
    return Bases((2025,), values)


def main() -> None:
    """Time each analysis over all kinds."""
    found = read_catalogue(ROOT / "catalogue", ROOT / "regions")
    known = dict(found.indicators_of(found.read_region("voorbeeld")))["woninginbraken"][1]
    usual = tuple(a for a in Analysis if a is not Analysis.SMALL_AREAS)
    around = make_ground()
    bases = make_bases(around)
    kinds = [
        make_kind(
            known.model_copy(update={"analyses": tuple(Analysis) if k < NAMED else usual}),
            around,
            k,
        )
        for k in range(KINDS)
    ]
    run: dict[str, Callable[[ReleasedIndicator], Iterator[Any]]] = {
        "signals": lambda one: find_unusual(one, around),
        "seasons": find_seasons,
        "places": lambda one: find_places(one, around),
        "drivers": lambda one: find_drivers(one, around, bases),
    }
    print(f"analyses: {KINDS} kinds, {BUURTEN} buurten, {MONTHS} months, {NAMED} with small areas")
    total = 0.0
    for name, analysis in run.items():
        started = time.perf_counter()
        size = sum(len(list(analysis(one))) for one in kinds)
        took = time.perf_counter() - started
        total += took
        print(f"  {name}: {took:.1f} s, {size} findings", flush=True)
    started = time.perf_counter()
    size = len(list(find_peers(bases, around)))
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peers: {took:.1f} s, {size} findings")
    print(f"  all {total + took:.1f} s (target 90), peak memory {peak:.0f} MiB (target 4096)")


if __name__ == "__main__":
    main()
