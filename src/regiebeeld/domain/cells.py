"""The released cell: a count that carries how it may be read."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a cell may be read. Only `shown` and `rounded` hold a value."""

    SHOWN = "shown"
    ROUNDED = "rounded"
    MASKED = "masked"
    MISSING = "missing"
    NOT_COLLECTED = "not_collected"

    @property
    def has_value(self) -> bool:
        return self in (Status.SHOWN, Status.ROUNDED)


TOTAL = "total"  # the breakdown of a cell that is not broken down


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one release.

    `lower` and `upper` are what the value can be after rounding; statistical
    margins are kept apart. `estimated_share` is the part of the value that was
    mapped over an area change (0.0 when nothing was).
    """

    indicator: str
    area: str
    period: str
    value: int | None
    status: Status
    breakdown: str = TOTAL
    lower: int | None = None
    upper: int | None = None
    estimated_share: float = 0.0
    provisional: bool = False

    def __post_init__(self) -> None:
        if self.status.has_value == (self.value is None):
            name = f"{self.indicator}/{self.area}/{self.period}"
            raise ValueError(f"cel {name}: {self.status} met waarde {self.value}")

    @property
    def estimated(self) -> bool:
        return self.estimated_share > 0
