"""How often events follow one another closely, from the tables of ratios kept with deliveries."""

from collections.abc import Sequence

from regiebeeld.catalogue import Catalogue
from regiebeeld.domain import AreaLevel, PeriodKind, read_period
from regiebeeld.pipeline.intake.history import StateFacts, read_used
from regiebeeld.pipeline.intake.near_repeats import TOO_FEW, read_near
from regiebeeld.pipeline.run.delivering import Kept
from regiebeeld.releases.findings import Finding, NearRepeat


def find_near_repeats(
    catalogue: Catalogue, kept: Kept, indicators: Sequence[tuple[str, str]]
) -> list[Finding[NearRepeat]]:
    """Find per indicator how many times as often as by chance events are this close.

    indicators: (indicator, the source it is shown from). Only for contracts that say
    `near_repeats`, indicators that allow an analysis and count one whole kind of event, and
    deliveries of the whole region; the newest delivery with a table tells. The period is its year.

    Why this gives no event away: what was kept at the door is a ratio in steps of 0.5 for a band
    with 10 pairs or more, found and expected, over the whole region and a year; no place, day or
    number of pairs was. The number that was expected rests on places and days that nobody has, so
    from a ratio the number of pairs does not follow; and a pair is no event: one event takes part
    in as many pairs as it has neighbours. Between two releases a ratio passes to another step or
    stays: that says only that pairs became more or fewer against chance.
    """
    found = []
    for indicator, name in indicators:
        source, definition = catalogue.sources[name], catalogue.indicators[indicator]
        sets = next((each.event_sets for each in definition.sources if each.source == name), ())
        if not (source.terms.near_repeats and definition.analyses and len(sets) == 1):
            continue
        for facts in _newest_first(kept, name):
            near = read_near(kept.deliveries, facts)
            if near is None or near.reason:
                continue
            rows = [row for row in near.table.to_pylist() if row["event_set"] == sets[0]]
            period = _year_of(facts)
            found += [
                Finding(_content(row), AreaLevel.REGIO, indicator, period=period, place=place)
                for place, row in enumerate(rows)
                if row["verdict"] != TOO_FEW
            ]
            break
    return found


def _newest_first(kept: Kept, source: str) -> list[StateFacts]:
    used = read_used(kept.deliveries, source, kept.has_accepted)
    whole = [facts for facts in used if not facts.gemeenten]
    return sorted(whole, key=lambda facts: facts.order, reverse=True)


def _year_of(facts: StateFacts) -> str:
    months = [p for p in map(read_period, facts.periods) if p.kind is PeriodKind.MONTH]
    return f"{max(months).id}/P12M"


def _content(row: dict[str, object]) -> NearRepeat:
    return NearRepeat(**{name: value for name, value in row.items() if name in _FIELDS})  # type: ignore[arg-type]


_FIELDS = frozenset(NearRepeat.__dataclass_fields__)
