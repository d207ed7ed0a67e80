"""The way from the region to an area, as links on pages about one area."""

from collections.abc import Callable
from dataclasses import dataclass

from regiebeeld.releases import Release, ReleasedArea

_MOST = 5  # region, gemeente, wijk, buurt: a ring in the areas would never end


@dataclass(frozen=True, slots=True)
class Step:
    """One area on the way, and where its name leads; nowhere for the area itself."""

    name: str
    link: str | None


def list_steps(
    release: Release, area: ReleasedArea, link: Callable[[str], str]
) -> tuple[Step, ...]:
    """Give the areas that one lies in, the region first and the area itself last.

    link: makes the address for the code of an area.
    """
    around: list[ReleasedArea] = []
    step = release.areas.get(area.parent or "")
    while step is not None and len(around) < _MOST:
        around.insert(0, step)
        step = release.areas.get(step.parent or "")
    return (*(Step(each.name, link(each.code)) for each in around), Step(area.name, None))
