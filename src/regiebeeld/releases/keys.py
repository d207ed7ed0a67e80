"""The numbers that stand for ids in one audience file, and the order of what is read by them."""

from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

from regiebeeld.domain import AreaLevel, Period
from regiebeeld.releases.tables import STATUS_NUMBERS, ReleasedCell


@dataclass(frozen=True)
class Keys:
    """The numbers that stand for ids in one file, both ways; indicators in their order."""

    indicator: dict[str, int]
    breakdown: dict[str, int]
    period: dict[str, int]
    area: dict[str, int]
    reason: dict[int, str]
    areas: dict[str, AreaLevel]

    @cached_property
    def areas_of_level(self) -> dict[AreaLevel, list[int]]:
        found: dict[AreaLevel, list[int]] = {}
        for code, level in self.areas.items():
            found.setdefault(level, []).append(self.area[code])
        return found

    @cached_property
    def indicators(self) -> dict[int, str]:
        return {key: name for name, key in self.indicator.items()}

    @cached_property
    def codes(self) -> dict[int, str]:
        return {key: code for code, key in self.area.items()}

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {key: position for position, key in enumerate(self.indicators)}

    def order_finding(self, row: tuple[Any, ...]) -> tuple[int, float, float, bool, str]:
        """Set a row of `finding` in order: place, indicator, area, period; what is of all last."""
        _, _, indicator, area, period, place, _ = row
        return (
            place,
            self._positions.get(indicator, inf),
            inf if area is None else area,
            period is None,
            period or "",
        )

    @cached_property
    def _names(self) -> tuple[dict[int, str], dict[int, str], dict[int, str], dict[int, str]]:
        breakdowns, periods = (
            {key: name for name, key in kind.items()} for kind in (self.breakdown, self.period)
        )
        return self.indicators, breakdowns, self.codes, periods

    def read_cell(self, row: tuple[Any, ...], periods: dict[str, Period]) -> ReleasedCell:
        indicators, breakdowns, areas, period_ids = self._names
        indicator, breakdown, area, period, value, lower, upper, status, reason, *rest, no_rate = (
            row
        )
        fields: list[Any] = [
            indicators[indicator],
            breakdowns[breakdown],
            areas[area],
            periods[period_ids[period]],
            value,
            lower,
            upper,
            STATUS_NUMBERS[status],
            self.reason.get(reason),
            *rest,
            self.reason.get(no_rate),
        ]
        return ReleasedCell(*fields)
