"""Which key figures go together with an indicator, as ratios with margins: no cause, no stars."""

from collections.abc import Sequence

from regiebeeld.dashboard.charts.dots import Dot, draw_ratios
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import write_count, write_number
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

_DOUBLINGS = "verdubbeling"  # a figure whose steps are doublings says so between brackets
_HELPS = 0.01  # a smaller gain in predicting elsewhere is none
_PATTERN = 0.05
_TOLD = 3


def draw_drivers(indicator: Indicator, level: AreaLevel, drivers: Sequence[Driver]) -> Figure:
    """Draw each key figure as the ratio of the rates where it is one common step higher."""
    title = TEXTS(
        "findings.drivers.title", indicator=indicator.title, level=TEXTS(f"level.{level}")
    )
    dots = [
        Dot(
            _split(d.figure)[0].capitalize(),
            d.ratio,
            d.lower,
            d.upper,
            describe_driver(d, indicator),
            faint=d.lower <= 1 <= d.upper,
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
    clear = [d for d in drivers if not d.lower <= 1 <= d.upper]
    parts = [describe_driver(d, indicator) for d in clear[:_TOLD]]
    if not clear:
        parts.append(TEXTS("findings.drivers.nothing"))
    elif len(clear) < len(drivers):
        parts.append(TEXTS("findings.drivers.rest"))
    return " ".join([*parts, TEXTS("findings.drivers.no_cause")])


def describe_driver(driver: Driver, indicator: Indicator) -> str:
    """Say one relation: where it is so much higher, so many percent more or fewer."""
    known = {"figure": _split(driver.figure)[0], "step": describe_step(driver)}
    margin = describe_margin(driver.lower, driver.upper)
    if driver.lower <= 1 <= driver.upper:
        return TEXTS("findings.drivers.unclear", **known, margin=margin)
    unit = name_unit(indicator.unit, None)
    change = describe_change(driver.ratio)
    return TEXTS("findings.drivers.clear", **known, change=change, unit=unit, margin=margin)


def describe_step(driver: Driver) -> str:
    """Say how large one common step is: `60 × 1.000 euro hoger`, `2,5 keer zo hoog`."""
    _, unit = _split(driver.figure)
    if _DOUBLINGS in unit:
        return TEXTS("findings.drivers.step_times", factor=write_factor(2.0**driver.step))
    size = write_number(driver.step) if driver.step >= 100 else write_factor(driver.step)
    if not unit:
        return TEXTS("findings.drivers.step", size=size)
    between = " × " if unit[0].isdigit() else " "
    return TEXTS("findings.drivers.step", size=f"{size}{between}{unit}")


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
    return tuple(told)


def _split(figure: str) -> tuple[str, str]:
    """Part a name from its unit: `verkoopprijs van woningen (1.000 euro)`."""
    name, _, unit = figure.partition(" (")
    return name.replace("_", " "), unit.removesuffix(")")


def _row(driver: Driver) -> Row:
    cells = (
        describe_step(driver),
        write_factor(driver.ratio),
        write_range(write_factor(driver.lower), write_factor(driver.upper)),
        TEXTS("findings.drivers.no_difference")
        if driver.lower <= 1 <= driver.upper
        else describe_change(driver.ratio),
    )
    return Row(_split(driver.figure)[0].capitalize(), cells)
