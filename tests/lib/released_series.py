"""Released cells of one indicator from plain arrays, so that an analysis needs no run."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from shapely import box

from regiebeeld.catalogue import Analysis, Figure, Indicator, read_catalogue
from regiebeeld.domain import Area, AreaLevel, PeriodKind, read_period
from regiebeeld.pipeline.analyses.series import ReleasedIndicator, Series
from regiebeeld.pipeline.analyses.surroundings import Surroundings, read_surroundings
from regiebeeld.pipeline.areas import Layout
from regiebeeld.settings import read_settings

Floats = NDArray[np.float64]
REGION = "REGIO_t"
SIDE = 1000.0  # metres


def read_indicator(name: str = "woninginbraken", analyses: tuple[Analysis, ...] = ()) -> Indicator:
    """Read an indicator of the catalogue; analyses: other ones than it allows itself."""
    settings = read_settings()
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    found = next(each for key, (_, each) in catalogue.indicators_of(
        catalogue.read_region("voorbeeld")).items() if key == name)  # fmt: skip
    return found.model_copy(update={"analyses": analyses}) if analyses else found


def months(count: int, first: int = 2018) -> tuple[str, ...]:
    return tuple(f"{first + m // 12}-{m % 12 + 1:02d}" for m in range(count))


def make_series(
    level: AreaLevel,
    codes: tuple[str, ...],
    periods: tuple[str, ...],
    value: Floats,
    base: float = 1000.0,
) -> Series:
    """Make exact series; NaN where nothing is released."""
    told = tuple(read_period(text) for text in periods)
    return Series(
        level, told[0].kind, codes, told, value.astype(float), value.astype(float),
        value.astype(float), np.full(len(codes), base), Figure.WONINGEN,
    )  # fmt: skip


def round_series(series: Series, seed: int = 1) -> Series:
    """Round every value to base 5 by chance, as figures about persons are."""
    rest = series.value % 5
    up = np.random.default_rng(seed).random(series.value.shape) * 5 < rest
    value = series.value - rest + 5 * up
    return replace(series, value=value, lower=np.maximum(value - 4, 0), upper=value + 4)


def make_released(
    indicator: Indicator, *series: Series, theme: str = "woninginbraken"
) -> ReleasedIndicator:
    by: Mapping[tuple[AreaLevel, PeriodKind], Series] = {(s.level, s.kind): s for s in series}
    return ReleasedIndicator(indicator, theme, "politie", by)


def make_grid(side: int = 6, wijk: int = 3) -> Surroundings:
    """A square of gemeenten of one wijk each, with `wijk` x `wijk` buurten of 1 km2 in it."""
    per = side // wijk
    gemeenten = [f"GM90{g:02d}" for g in range(per * per)]
    areas = [Area(REGION, AreaLevel.REGIO, "Regio", 2025)]
    shapes = {}
    for g, code in enumerate(gemeenten):
        x, y = (g % per) * wijk * SIDE, (g // per) * wijk * SIDE
        whole = box(x, y, x + wijk * SIDE, y + wijk * SIDE)
        wk = f"WK{code[2:]}00"
        areas.append(Area(code, AreaLevel.GEMEENTE, code, 2025, REGION))
        areas.append(Area(wk, AreaLevel.WIJK, wk, 2025, code))
        shapes |= {code: whole, wk: whole}
        for b in range(wijk * wijk):
            buurt = f"BU{wk[2:]}{b:02d}"
            bx, by = x + b % wijk * SIDE, y + b // wijk * SIDE
            areas.append(Area(buurt, AreaLevel.BUURT, buurt, 2025, wk))
            shapes[buurt] = box(bx, by, bx + SIDE, by + SIDE)
    areas.sort(key=lambda a: (a.level.depth, a.code))
    return read_surroundings(areas, Layout(2025, tuple(areas[1:]), shapes))
