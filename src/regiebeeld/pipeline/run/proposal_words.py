"""Tells in Dutch what was measured of indicators about persons and how fine each can be shown."""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

from regiebeeld.catalogue.models import Finest
from regiebeeld.domain import PeriodKind
from regiebeeld.pipeline.gate.usefulness import MOST_LOW
from regiebeeld.pipeline.run.proposing import Measure, Proposal, Proposed

_PERIODS = {
    PeriodKind.WEEK: "week",
    PeriodKind.MONTH: "maand",
    PeriodKind.QUARTER: "kwartaal",
    PeriodKind.HALF_YEAR: "half jaar",
    PeriodKind.ROLLING: "12 maanden",
    PeriodKind.YEAR: "jaar",
}
_HEADERS = ("niveau", "periode", "cijfers", "laag", "nu", "grens")
_NUMBERS = frozenset({2, 3})  # columns that end at the right


def tell_proposals(found: Proposed) -> list[str]:
    """Give the lines of all indicators, and at the end those of which nothing can be said."""
    most = round(100 * MOST_LOW)
    lines = [
        "Laag: het deel van de cijfers dat na afronden als '0–4' of '1–9' te lezen is.",
        f"Een niveau zegt genoeg tot en met {most} % laag. Nu: wat de catalogus toont.",
        "Grens: wat catalogue/limits.yaml toestaat; een voorstel gaat daar nooit overheen.",
    ]
    for proposal in found.proposals:
        lines += ["", *_tell_proposal(proposal)]
    if found.without:
        lines += ["", "Niet gemeten:"]
        lines += [f"  {name}: {why}" for name, why in found.without.items()]
    return lines


def _tell_proposal(proposal: Proposal) -> Iterator[str]:
    indicator = proposal.indicator
    yield f"{indicator.id} (bron {proposal.source}): {indicator.title}"
    rows = [_HEADERS, *(_row(proposal, each) for each in proposal.measures)]
    yield from _align(rows)
    proposed = _tell_measures(proposal.proposed) or "geen; ook het grofste zegt te weinig"
    yield f"  voorstel: {proposed}; nu: {_tell_finest(indicator.finest)}"
    if proposal.beyond:
        limits = "; ".join(f"{s.id}: {_tell_finest(s.finest)}" for s in proposal.subjects)
        told = _tell_measures(proposal.beyond)
        yield f"  fijner zou ook genoeg zeggen ({told}), maar mag niet: de grens is {limits}"


def _row(proposal: Proposal, each: Measure) -> tuple[str, ...]:
    return (
        each.level.value,
        _PERIODS[each.period],
        str(each.figures),
        tell_share(each.low) if each.figures else "-",
        "ja" if proposal.indicator.allows(each.level, each.period) else "nee",
        "mag" if each.within else "mag niet",
    )


def _align(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(_HEADERS))]
    for row in rows:
        cells = (
            text.rjust(width) if k in _NUMBERS else text.ljust(width)
            for k, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  " + "  ".join(cells).rstrip()


def _tell_measures(measures: Iterable[Measure]) -> str:
    return " en ".join(
        f"{m.level.value} x {_PERIODS[m.period]} ({tell_share(m.low)} laag)" for m in measures
    )


def _tell_finest(finest: Iterable[Finest]) -> str:
    return " en ".join(f"{one.level.value} x {_PERIODS[one.period]}" for one in finest)


def tell_share(share: float) -> str:
    """Give a share in whole percents, rounded up: 20.1 % is too much where 20 % may be."""
    return f"{ceil(round(100 * share, 6))} %"
