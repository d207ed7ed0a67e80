"""An intervention: what was done about a problem, where, from when, and for whom it came."""

from dataclasses import dataclass

from regiebeeld.domain.areas import AreaLevel, level_of
from regiebeeld.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an intervention came: in words, and homes reached of the homes there are.

    Most interventions fail on delivery, so this is told with every effect.
    """

    words: str
    homes_reached: int | None = None
    homes: int | None = None

    @property
    def share(self) -> float | None:
        """Give the part of the homes that was reached; None where a number is not known."""
        if self.homes_reached is None or not self.homes:
            return None
        return self.homes_reached / self.homes


@dataclass(frozen=True, slots=True)
class Intervention:
    """Something that was done in some areas, from month `start` to month `end` (None: it goes on).

    kind: the type of intervention, by which several are pooled; indicators: what it should
    change; areas: codes of one level in the layout on the map. ring: areas to which a problem
    may have moved, empty for the neighbours; comparison: areas to compare with, empty for all
    others. source: where this was read; digest: of the record it was read from.
    """

    id: str
    title: str
    kind: str
    indicators: tuple[str, ...]
    areas: tuple[str, ...]
    start: Period
    end: Period | None
    reach: Reach
    source: str
    ring: tuple[str, ...] = ()
    comparison: tuple[str, ...] = ()
    digest: str = ""

    @property
    def level(self) -> AreaLevel:
        """Give the level of its areas; raise LinkError for a code that has none."""
        return level_of(self.areas[0])
