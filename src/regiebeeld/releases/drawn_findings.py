"""Findings that are a line or a cloud of points: the trend, the dark months and the funnel."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrendLine:
    """The course of a series without its season: a value a month from `first`, None where absent.

    values: counts per month of average length; method: stl, robust or poisson.
    """

    first: str
    values: tuple[float | None, ...]
    method: str


@dataclass(frozen=True, slots=True)
class DarkHalf:
    """October of a year to March beside April to September of that year, per day.

    dark and light with the range that rounding leaves (equal ends when exact); ratio with its
    95 % interval, None where a half holds nothing; verdict: higher, lower, within_chance, too_few.
    """

    year: int
    dark: tuple[int, int]
    light: tuple[int, int]
    ratio: float | None
    lower: float | None
    upper: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """The rates of the areas of one level against their size, with the limits of chance.

    rate: of these areas together, per `per` of `base`; dispersion: how much more they vary than
    chance, which the limits hold, None where there are too few areas to tell; points: (size,
    rate) of each area; places: where each lies: high_sure, high, within, low, low_sure, or
    unclear where rounding leaves it open; curve: (size, lowest 99.8 %, lowest 95 %, highest 95 %,
    highest 99.8 %).
    """

    rate: float
    per: int
    base: str
    dispersion: float | None
    areas: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    places: tuple[str, ...]
    curve: tuple[tuple[float, ...], ...]
