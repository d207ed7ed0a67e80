"""Which gemeenten and buurten are like each other, by open key figures of place."""

from collections.abc import Iterator

import numpy as np

from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.factors import Factors, read_factors
from regiebeeld.pipeline.analyses.rates import Bases
from regiebeeld.pipeline.analyses.surroundings import Surroundings
from regiebeeld.releases.findings import Finding, Peer
from regiebeeld.statistics.peers import KeyFigures
from regiebeeld.statistics.peers import find_peers as find_like

_COUNT, _TOLD = 5, 2


def find_peers(bases: Bases, around: Surroundings) -> Iterator[Finding[Peer]]:
    """Find the five areas most like each gemeente and each buurt.

    Key figures are open, so everybody may see them.
    """
    for level in (AreaLevel.GEMEENTE, AreaLevel.BUURT):
        factors = read_factors(level, bases, around)
        if factors is None or len(factors.codes) < 2:
            continue
        yield from _tell(factors)


def _tell(factors: Factors) -> Iterator[Finding[Peer]]:
    known = np.flatnonzero(~np.isnan(factors.values).all(axis=1))
    codes = tuple(factors.codes[i] for i in known)
    figures = KeyFigures(codes, factors.names, factors.values[known])
    for each in find_like(figures, count=_COUNT):
        for place, peer in enumerate(each.peers):
            names = [name for name, _ in peer.differences]
            far = tuple(reversed(names[_TOLD:]))[:_TOLD]
            content = Peer(peer.code, round(peer.distance, 3), tuple(names[:_TOLD]), far)
            # Open figures, at the level that everybody sees: the region.
            yield Finding(content, AreaLevel.REGIO, None, each.code, None, place)
