"""What was looked at for signals: how many series, how many could not be, and how much is chance.

A reader whose file holds a part of a family gets the part of its chance that goes with it.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from regiebeeld.dashboard.charts import Row, Table, name_period, write_count, write_number
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.domain import AreaLevel, read_period
from regiebeeld.releases import Indicator, Release
from regiebeeld.releases.findings import Finding, Signal, SignalFamily, Unjudged

COLUMNS = ("indicator", "level", "period", "tested", "skipped", "found", "false", "effort")
Family = tuple[str | None, str | None, AreaLevel]


def count_expected_false(
    signals: Sequence[Finding[Signal]], families: Sequence[Finding[SignalFamily]]
) -> float:
    """Give how many of these signals chance alone would give, on average.

    Of a family that this file does not hold, the least certain of its signals says it.
    """
    chance = {
        _name(family): family.content.expected_false / family.content.found
        for family in families
        if family.content.found
    }
    least: dict[Family, float] = {}
    for each in signals:
        least[_name(each)] = max(least.get(_name(each), 0.0), each.content.q)
    seen = Counter(_name(each) for each in signals)
    return sum(chance.get(name, least[name]) * number for name, number in seen.items())


def _name(finding: Finding[Any]) -> Family:
    return finding.indicator, finding.period, finding.level


def write_about(number: float) -> str:
    """Write a number of signals that chance gives: `minder dan 1`, `ongeveer 3`."""
    if number < 0.5:
        return TEXTS("overview.expected_none")
    return TEXTS("overview.expected", number=write_count(round(number)))


def describe_families(
    families: Sequence[Finding[SignalFamily]],
    signals: Sequence[Finding[Signal]],
    *,
    month: str,
    region: str,
) -> list[str]:
    """Say how many series were looked at, how many could not be, and what is not told here."""
    told = []
    if families:
        tested, skipped, found = (
            sum(getattr(f.content, name) for f in families)
            for name in ("tested", "skipped", "found")
        )
        counted = {"region": region, "month": month, "tested": write_count(tested)}
        told.append(TEXTS("signals.families_tested", **counted))
        if skipped:
            told.append(TEXTS("signals.families_skipped", skipped=write_count(skipped)))
        key = "families_found" if found > 1 else "families_one" if found else "families_none"
        false = write_about(sum(f.content.expected_false for f in families))
        told.append(TEXTS(f"signals.{key}", found=write_count(found), false=false))
    if {_name(each) for each in signals} - {_name(each) for each in families}:
        told.append(TEXTS("signals.families_partly"))
    return told


def table_of_families(
    release: Release, families: Sequence[Finding[SignalFamily]], month: str
) -> Table:
    """Set one row a family: an indicator at a level, over one kind of period."""
    order = list(release.indicators)
    known = [each for each in families if each.indicator in release.indicators]
    known.sort(key=lambda f: (order.index(f.indicator or ""), f.level.depth, f.period or ""))
    rows = tuple(_row(release.indicators[each.indicator or ""], each) for each in known)
    columns = tuple(TEXTS(f"signals.column_{name}") for name in COLUMNS)
    return Table(TEXTS("signals.caption_families", month=month), columns, rows)


def _row(indicator: Indicator, family: Finding[SignalFamily]) -> Row:
    content = family.content
    effort = f"signals.effort_{indicator.effort}"
    cells = (
        TEXTS(f"signals.level_{family.level.value}"),
        name_period(read_period(family.period or "")),
        *(write_count(number) for number in (content.tested, content.skipped, content.found)),
        write_number(content.expected_false, 2 if 0 < content.expected_false < 1 else 1),
        TEXTS(effort) if effort in TEXTS else indicator.effort,
    )
    return Row(indicator.title, cells)


def list_not_looked_at(
    release: Release, families: Sequence[Finding[SignalFamily]], month: str
) -> list[tuple[str, list[str]]]:
    """Give the titles of the indicators that were not looked at, by the reason in words."""
    seen = {family.indicator for family in families}
    rest = [one for one in release.indicators.values() if one.id not in seen]
    late = find_late(release, month)
    reasons = ("late_too_little", "late_not_known", "not_haaldelict", "not_allowed", "not_enough")
    groups = {why: [one for one in rest if late.get(one.id, _why(one)) == why] for why in reasons}
    return [
        (TEXTS(f"signals.{why}"), [one.title for one in found])
        for why, found in groups.items()
        if found
    ]


def find_late(release: Release, month: str) -> dict[str, str]:
    """Give by indicator why a month of it is not judged yet: too little of it is in, or unknown."""
    end = read_period(month).end
    return {
        each.indicator: f"late_{each.content.why}"
        for each in release.read_findings(Unjudged)
        if each.indicator
        and read_period(each.content.first).start <= end <= read_period(each.content.last).end
    }


def _why(indicator: Indicator) -> str:
    if indicator.effort == "haaldelict":
        return "not_haaldelict"
    return "not_enough" if "signals" in indicator.analyses else "not_allowed"
