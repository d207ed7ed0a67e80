"""All statistics of one release, over its released cells, in a fixed order.

Reads nothing that is not released; the findings go into the same release.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from regiebeeld.domain import Intervention
from regiebeeld.pipeline.analyses.completing import ALL_IN, Completing, number_month
from regiebeeld.pipeline.analyses.courses import find_trends
from regiebeeld.pipeline.analyses.drivers import find_drivers
from regiebeeld.pipeline.analyses.effects import EffectContext, find_effects
from regiebeeld.pipeline.analyses.funnels import find_funnels
from regiebeeld.pipeline.analyses.nowcasts import find_nowcasts
from regiebeeld.pipeline.analyses.peers import find_peers
from regiebeeld.pipeline.analyses.places import find_places
from regiebeeld.pipeline.analyses.rates import Bases
from regiebeeld.pipeline.analyses.seasons import find_dark_halves, find_seasons
from regiebeeld.pipeline.analyses.series import ReleasedIndicator
from regiebeeld.pipeline.analyses.signals import find_unusual
from regiebeeld.pipeline.analyses.spreads import find_spreads
from regiebeeld.pipeline.analyses.surroundings import Surroundings
from regiebeeld.releases.findings import Finding


def interpret(
    released: Sequence[ReleasedIndicator],
    around: Surroundings,
    bases: Bases,
    interventions: Sequence[Intervention] = (),
    *,
    completing: Mapping[str, Completing] = MappingProxyType({}),
) -> Iterator[Finding[Any]]:
    """Find all that the statistics say of the indicators, each as its definition allows.

    completing: by indicator, how much of its last months is in; all of it where it says nothing.
    """
    for one in released:
        yield from find_spreads(one)
        part = completing.get(one.indicator.id, ALL_IN)
        late = part.count_late(_last_month(one))
        yield from find_unusual(one, around, part)
        yield from find_nowcasts(one, part)
        yield from find_seasons(one)
        yield from find_dark_halves(one, late)
        yield from find_trends(one, late)
        yield from find_funnels(one)
        yield from find_places(one, around)
        yield from find_drivers(one, around, bases)
    yield from find_peers(bases, around)
    touching = {code: near for g in around.grounds.values() for code, near in g.touching.items()}
    yield from find_effects(released, interventions, EffectContext(around.areas, touching))


def _last_month(one: ReleasedIndicator) -> int:
    return max((number_month(p) for s in one.series.values() for p in s.periods), default=0)
