"""The sentences about an intervention: what it came to, power first, and what to keep in mind."""

from collections.abc import Iterator, Sequence
from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import Intervention
from regiebeeld.pipeline.analyses.effect_panels import LaidPanel
from regiebeeld.pipeline.analyses.series import ReleasedIndicator
from regiebeeld.statistics.effects import (
    Caution,
    Displacement,
    EffectKind,
    EffectVerdict,
    Reason,
    ShareChange,
    ShareReading,
)
from regiebeeld.statistics.season import DaySpan, find_crossed_breaks

TOO_FEW = "Te weinig gevallen om iets over te zeggen."
NO_LEVEL = (
    "De cijfers worden niet zo fijn getoond, en de interventie beslaat geen hele grotere gebieden."
)
TOGETHER = (
    "De gebieden van de interventie zijn hier samen als één afgerond cijfer geteld, want per "
    "gebied worden deze aantallen niet zo fijn getoond. Of het probleem is verplaatst, is zo niet "
    "te zien."
)
_LOW_REACH = 0.5
_REASONS = {
    Reason.STARTS_BEFORE_DATA: "Van voor de start zijn er geen cijfers over een hele periode.",
    Reason.STARTS_AFTER_DATA: "Na de start is er nog geen hele periode met cijfers.",
    Reason.NO_TREATED: "Van deze gebieden zijn er geen cijfers.",
    Reason.NO_CONTROLS: "Er zijn geen gebieden om mee te vergelijken.",
    Reason.CONTROLS_EMPTY: "In de gebieden om mee te vergelijken is niets geteld.",
    Reason.ALL_MISSING: "Alle cijfers ontbreken.",
    Reason.TOO_FEW_PERIODS: "Er zijn te weinig hele perioden voor de start of tijdens de "
    "interventie.",
    Reason.TOO_FEW_AREAS: "Er zijn te weinig gebieden voor deze methode.",
    Reason.TOO_FEW_CASES: TOO_FEW,
    Reason.STARTS_DIFFER: "De startdata verschillen; deze methode kan dat niet aan.",
    Reason.NO_RING: "Er zijn geen gebieden omheen.",
    Reason.NO_CLOSE_FIT: "Geen mengsel van andere gebieden leek vooraf genoeg op deze gebieden.",
    Reason.NOT_SOLVED: "De berekening gaf geen uitkomst.",
}
_CAUTIONS = {
    Caution.PRE_TREND_SEEN: "Deze gebieden liepen al voor de start anders dan de vergelijking.",
    Caution.PRE_TREND_NOT_TESTABLE: "Er is te weinig geschiedenis om te zien of deze gebieden voor "
    "de start gelijk liepen met de vergelijking.",
    Caution.PEAK_NOT_KNOWN: "Er is te weinig geschiedenis om te zien of de interventie begon op "
    "een piek. Een piek zakt ook vanzelf.",
    Caution.FEW_CONTROLS: "Er zijn weinig gebieden om mee te vergelijken; de marge is eerder te "
    "klein dan te groot.",
    Caution.RING_RISES: "In de gebieden eromheen zijn er meer gevallen dan verwacht: het probleem "
    "kan zijn verplaatst.",
    Caution.RING_DECLINES: "Ook in de gebieden eromheen zijn er minder gevallen dan verwacht: de "
    "interventie werkt door, of de vergelijking past niet goed.",
    Caution.METHODS_DISAGREE: "De methoden zijn het niet eens; wees voorzichtig met de uitkomst.",
}
_SHARES = {
    ShareReading.MORE_FAIL: "Meer inbraken mislukken: het aandeel pogingen steeg, en er zijn "
    "minder voltooide inbraken dan verwacht.",
    ShareReading.MORE_RECORDED: "Het aandeel pogingen steeg, maar de voltooide inbraken daalden "
    "niet aantoonbaar. Misschien melden mensen meer pogingen.",
    ShareReading.FEWER_FAIL: "Het aandeel pogingen daalde: minder inbraken mislukken.",
    ShareReading.NO_CHANGE_SEEN: "We zien geen verandering in het aandeel pogingen.",
    ShareReading.TOO_FEW: TOO_FEW,
}


def tell_reason(reason: Reason | None) -> str:
    """Say why there is no answer."""
    return NO_LEVEL if reason is None else _REASONS[reason]


def tell_verdict(verdict: EffectVerdict) -> str:
    """Say what came of it: which decline would have shown at all, then what was seen."""
    if verdict.kind is EffectKind.NOT_POSSIBLE:
        return tell_reason(verdict.reason)
    power = _tell_power(verdict.smallest_visible)
    if verdict.kind is EffectKind.TOO_FEW:
        return f"{TOO_FEW} {power}"
    if verdict.kind is EffectKind.NO_EFFECT_SEEN:
        return f"We zien geen effect. {power}"
    return f"{power} {_tell_ratio(verdict)}"


def _tell_power(smallest: float | None) -> str:
    if smallest is None:
        return "Zelfs een daling tot nul kunnen we niet zien."
    return f"Een daling kleiner dan {ceil(100 * smallest)} % kunnen we niet zien."


def _tell_ratio(verdict: EffectVerdict) -> str:
    fewer = verdict.kind is EffectKind.DECLINE
    changes = [100 * (1 - ratio) for ratio in (verdict.ratio, verdict.upper, verdict.lower)]
    if not fewer:
        changes = [100 * (ratio - 1) for ratio in (verdict.ratio, verdict.lower, verdict.upper)]
    middle, low, high = changes
    ends = f"{low:.0f} tot {high:.0f} %" if isfinite(high) else f"{low:.0f} % of meer"
    return (
        f"Er waren {middle:.0f} % {'minder' if fewer else 'meer'} gevallen dan verwacht; met de "
        f"onzekerheid erbij {ends}."
    )


def tell_displacement(found: Displacement) -> str:
    """Say how many cases more or fewer there were in the areas and the ring together."""
    words = "minder" if found.total < 0 else "meer"
    return (
        f"In de gebieden en de ring samen {abs(found.total):.0f} gevallen {words} dan in de "
        f"vergelijking (95 %: {found.lower:+.0f} tot {found.upper:+.0f})."
    )


def tell_share(found: ShareChange) -> str:
    """Say how the share of attempts changed, read together with completed burglaries."""
    words = _SHARES[found.reading]
    if found.reading is ShareReading.TOO_FEW:
        return words
    return f"{words} Het ging van {100 * found.before:.0f} naar {100 * found.after:.0f} %."


def list_remarks(
    verdict: EffectVerdict,
    laid: LaidPanel,
    pool: Sequence[Intervention],
    others: Sequence[Intervention],
    one: ReleasedIndicator,
) -> Iterator[str]:
    """Give what a reader must be told beside the answer."""
    if verdict.kind is EffectKind.NO_EFFECT_SEEN and verdict.lower > 1:
        yield "Er waren eerder meer dan minder gevallen dan verwacht; dat kan nog toeval zijn."
    for caution in verdict.cautions:
        if caution is Caution.STARTED_AT_PEAK:
            yield _tell_peak(verdict)
        else:
            yield _CAUTIONS[caution]
    if laid.together:
        yield TOGETHER
    yield from _tell_idle(laid, pool)
    yield from _tell_beside(pool, others)
    yield from _tell_reach(pool)
    if laid.absent:
        yield f"Van {len(laid.absent)} van de gebieden zijn er geen cijfers; die tellen niet mee."
    yield from _tell_breaks(laid, pool, one)


def _tell_peak(verdict: EffectVerdict) -> str:
    words = "De interventie begon op een piek, en een piek zakt ook vanzelf"
    fall = verdict.peak.expected_fall if verdict.peak else 0.0
    return f"{words}: naar verwachting {100 * fall:.0f} %." if fall >= 0.005 else f"{words}."


def _tell_idle(laid: LaidPanel, pool: Sequence[Intervention]) -> Iterator[str]:
    """Name those of a pool that add nothing to it: they began too early or too late."""
    panel = laid.panel
    known: NDArray[np.bool_] = np.asarray(~np.isnan(panel.treated.counts))
    counts = np.asarray((known & panel.after).any(axis=1) & (known & ~panel.after).any(axis=1))
    for each in pool if len(pool) > 1 else ():
        mine = [
            any(_overlap(code, area) for area in each.areas for code in row) for row in laid.spoken
        ]
        if not counts[np.array(mine, dtype=np.bool_)].any():
            yield (
                f"'{each.title}' (vanaf {each.start.id}) telt nog niet mee: er zijn geen hele "
                "perioden van voor en na de start."
            )


def _tell_beside(pool: Sequence[Intervention], others: Sequence[Intervention]) -> Iterator[str]:
    areas = {code for each in pool for code in each.areas}
    names = {each.id for each in pool}
    for other in others:
        shared = sum(any(_overlap(code, mine) for mine in areas) for code in other.areas)
        if other.id not in names and shared:
            yield (
                f"In een deel van deze gebieden liep ook '{other.title}' (vanaf {other.start.id}). "
                "Wat door welke interventie komt, is niet te zeggen."
            )


def _overlap(code: str, other: str) -> bool:
    return code[2:].startswith(other[2:]) or other[2:].startswith(code[2:])


def _tell_reach(pool: Sequence[Intervention]) -> Iterator[str]:
    for each in pool:
        if each.reach.share is not None and each.reach.share < _LOW_REACH:
            name = f"'{each.title}'" if len(pool) > 1 else "De interventie"
            yield (
                f"{name} bereikte {100 * each.reach.share:.0f} % van de woningen. Wie weinig "
                "woningen bereikt, verandert weinig aan het geheel."
            )


def _tell_breaks(
    laid: LaidPanel, pool: Sequence[Intervention], one: ReleasedIndicator
) -> Iterator[str]:
    start = min(each.start.start for each in pool)
    before = [p for p in laid.periods if p.end < start]
    after = [p for p in laid.periods if p.start >= start]
    if before and after:
        breaks = tuple(one.touching())
        spans = [DaySpan(each[0].start, each[-1].end) for each in (after, before)]
        for crossed in find_crossed_breaks(*spans, theme=one.theme, breaks=breaks):
            yield crossed.reason


def tell_reach(pool: Sequence[Intervention]) -> str:
    """Say how far the interventions came, in numbers where those are known."""
    if len(pool) == 1:
        return _tell_homes(pool[0].reach.words, pool[0].reach.homes_reached, pool[0].reach.homes)
    reached = [each.reach.homes_reached for each in pool]
    homes = [each.reach.homes for each in pool]
    if None in reached or None in homes:
        return f"{len(pool)} interventies"
    return _tell_homes(
        f"{len(pool)} interventies", sum(n or 0 for n in reached), sum(n or 0 for n in homes)
    )


def _tell_homes(words: str, reached: int | None, homes: int | None) -> str:
    if reached is None:
        return words
    spelled = f"{reached:,}".replace(",", ".")
    if homes is None:
        return f"{words}: {spelled} woningen"
    share = 100 * reached / homes
    return f"{words}: {spelled} van {homes:,} woningen ({share:.0f} %)".replace(",", ".")
