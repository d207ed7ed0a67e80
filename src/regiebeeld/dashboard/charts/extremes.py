"""The highest and the lowest of several figures, when rounding leaves open which one it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from regiebeeld.dashboard.charts.words import span_of, write_span
from regiebeeld.releases import ReleasedCell
from regiebeeld.statistics import Span

Item = TypeVar("Item")
Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Extreme(Generic[Item]):
    """What the highest (or lowest) figure can be, and every item that can have it."""

    lower: float
    upper: float
    items: tuple[Item, ...]

    @property
    def only(self) -> Item | None:
        """Give the item that has it for certain; None where several can."""
        return self.items[0] if len(self.items) == 1 else None


def find_highest(items: Sequence[Item], bounds: Callable[[Item], Bounds]) -> Extreme[Item]:
    """Find the highest of at least one item; bounds: what the figure of an item can be."""
    known = [bounds(item) for item in items]
    low, high = max(lower for lower, _ in known), max(upper for _, upper in known)
    may = (item for item, (_, upper) in zip(items, known, strict=True) if upper >= low)
    return Extreme(low, high, tuple(may))


def find_lowest(items: Sequence[Item], bounds: Callable[[Item], Bounds]) -> Extreme[Item]:
    """Find the lowest of at least one item; bounds: what the figure of an item can be."""
    known = [bounds(item) for item in items]
    low, high = min(lower for lower, _ in known), min(upper for _, upper in known)
    may = (item for item, (lower, _) in zip(items, known, strict=True) if lower <= high)
    return Extreme(low, high, tuple(may))


def count_bounds(cell: ReleasedCell) -> Bounds:
    """Give what the count of a usable cell can be, as the bounds of an item."""
    span = span_of(cell)
    return span.lower, span.upper


def write_extreme(found: Extreme[Item]) -> str:
    """Write what the highest or lowest count can be: `116–124`."""
    return write_span(Span(int(found.lower), int(found.upper)))
