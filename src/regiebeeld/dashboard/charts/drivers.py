"""Which key figures go together with an indicator, as ratios with margins: no cause, no stars."""

from collections.abc import Sequence
from math import exp, log

from regiebeeld.dashboard.charts.dots import Dot, draw_ratios
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import write_count, write_number
from regiebeeld.dashboard.charts.places import join_names
from regiebeeld.dashboard.charts.shares import (
    describe_change,
    describe_margin,
    write_factor,
    write_percent,
)
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import name_unit, write_range
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Indicator
from regiebeeld.releases.findings import Driver

# The step that a sentence speaks of, in the unit of the figure; the drawing has one sd of each.
_STEPS = {
    "verkoopprijs": 50.0,
    "woz_waarde": 50.0,
    "eengezinswoningen": 10.0,
    "bouwjaar_voor_2000": 10.0,
    "onbewoond": 1.0,
    "koopwoningen": 10.0,
}
_DOUBLINGS = ("woningdichtheid", "adressendichtheid")
_THOUSANDS = ("verkoopprijs", "woz_waarde")  # of euro, whole ones
_HELPS = 0.01  # a smaller gain in predicting elsewhere is none
_PATTERN = 0.05
_HARD_TO_TELL = 10.0  # variance inflation
_LARGEST = log(1e6)  # a margin without an end is told as very large
_TOLD = 3


def draw_drivers(indicator: Indicator, level: AreaLevel, drivers: Sequence[Driver]) -> Figure:
    """Draw each key figure as the ratio of the rates where it is one common step higher."""
    title = TEXTS(
        "findings.drivers.title", indicator=indicator.title, level=TEXTS(f"level.{level}")
    )
    dots = [
        Dot(
            _capital(name_factor(d.figure)),
            d.ratio,
            d.lower,
            d.upper,
            describe_driver(d, indicator),
            faint=_is_unclear(d),
        )
        for d in drivers
    ]
    columns = tuple(
        TEXTS(f"findings.drivers.column_{name}")
        for name in ("figure", "step", "ratio", "margin", "words")
    )
    svg = draw_ratios(dots, title=title, description=TEXTS("findings.drivers.description"))
    return Figure(
        title=title,
        summary=describe_drivers(indicator, drivers),
        svg=svg if dots else None,
        table=Table(title, columns, tuple(map(_row, drivers))),
    )


def describe_drivers(indicator: Indicator, drivers: Sequence[Driver]) -> str:
    """Say the clear relations first, then that none of them is a cause."""
    clear = [d for d in drivers if not _is_unclear(d)]
    parts = [describe_driver(d, indicator) for d in clear[:_TOLD]]
    if not clear:
        parts.append(TEXTS("findings.drivers.nothing"))
    elif len(clear) < len(drivers):
        parts.append(TEXTS("findings.drivers.rest"))
    return " ".join([*parts, TEXTS("findings.drivers.no_cause")])


def describe_driver(driver: Driver, indicator: Indicator) -> str:
    """Say one relation in round steps: per 10 procentpunt more, so many percent more or fewer.

    The rate ratio of a step is that of one sd, to the power of the step in sd.
    """
    margin = describe_margin(_per_step(driver, driver.lower), _per_step(driver, driver.upper))
    if _is_unclear(driver):
        return TEXTS("findings.drivers.unclear", per=_name_step(driver), margin=margin)
    return TEXTS(
        "findings.drivers.clear",
        per=_name_step(driver),
        change=describe_change(_per_step(driver, driver.ratio)),
        unit=name_unit(indicator.unit, None),
        margin=margin,
    )


def describe_step(driver: Driver) -> str:
    """Say how large one common step is: `60.000 euro hoger`, `2,5 keer zo veel`."""
    step = 2.0**driver.step if driver.figure in _DOUBLINGS else driver.step
    whole = step >= 100 or driver.figure in _THOUSANDS
    size = write_number(step) if whole else write_factor(step)
    return TEXTS(f"findings.factor.{driver.figure}.step", size=size)


def name_factor(figure: str) -> str:
    """Name a factor; one of an older release that has no name here is told as it was stored."""
    key = f"findings.factor.{figure}.name"
    return TEXTS(key) if key in TEXTS else figure.partition(" (")[0].replace("_", " ")


def list_driver_cautions(drivers: Sequence[Driver]) -> tuple[str, ...]:
    """Say on how many areas it rests, whether it predicts elsewhere, and what it leaves."""
    if not drivers:
        return ()
    first = drivers[0]
    told = [TEXTS("findings.drivers.areas", areas=write_count(first.areas), year=first.year)]
    if first.better is not None:
        key = "better" if first.better >= _HELPS else "no_better"
        told.append(TEXTS(f"findings.drivers.{key}", percent=write_percent(first.better)))
    if first.pattern_p is not None and first.pattern_p < _PATTERN:
        told.append(TEXTS("findings.drivers.pattern"))
    alike = [d.figure for d in drivers if d.vif > _HARD_TO_TELL]
    for key, figures in (("hard_to_tell", alike), ("left_out", first.left_out)):
        if figures:
            names = join_names([name_factor(figure) for figure in figures])
            told.append(TEXTS(f"findings.drivers.{key}", names=names))
    return tuple(told)


def _is_unclear(driver: Driver) -> bool:
    return driver.lower <= 1 <= driver.upper


def _step_of(driver: Driver) -> float:
    return _STEPS.get(driver.figure, 1.0)


def _per_step(driver: Driver, ratio: float) -> float:
    if ratio <= 0:
        return 0.0
    return exp(min(log(ratio) * _step_of(driver) / driver.step, _LARGEST))


def _name_step(driver: Driver) -> str:
    step = 2.0 if driver.figure in _DOUBLINGS else _step_of(driver)
    return TEXTS(f"findings.factor.{driver.figure}.per", step=write_number(step))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _write_ratio(ratio: float) -> str:
    """Write two decimals, so that a ratio and its margin can be laid side by side."""
    return write_number(ratio, 2) if ratio < 10 else write_factor(ratio)


def _row(driver: Driver) -> Row:
    change = describe_change(_per_step(driver, driver.ratio))
    cells = (
        describe_step(driver),
        _write_ratio(driver.ratio),
        write_range(_write_ratio(driver.lower), _write_ratio(driver.upper)),
        TEXTS("findings.drivers.no_difference")
        if _is_unclear(driver)
        else TEXTS("findings.drivers.short", change=change, per=_name_step(driver)),
    )
    return Row(_capital(name_factor(driver.figure)), cells)
