"""The signals of a release, and what was looked at for them, as JSON and CSV."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel

from regiebeeld.dashboard.web import api
from regiebeeld.dashboard.web.answers import Draft
from regiebeeld.dashboard.web.choices import Parameters, read_text
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.found import find_below
from regiebeeld.dashboard.web.signals import list_months, month_of
from regiebeeld.domain import ContractError, read_period
from regiebeeld.releases import Release, ReleasedArea
from regiebeeld.releases.findings import Finding, Nowcast, Signal, SignalFamily


class SignalOut(BaseModel):
    """More (`rise`) or less (`fall`) than usual in one area and period.

    The count lies from `observed_lower` to `observed_upper`. `p`: how often chance alone gives as
    much or more; `q`: the part of the signals beside it that chance gives. `above`: whether the
    area one level up shows it too, null where that was not tested; `below`: areas that do. Of a
    period that is not all in, `share` is the part that is, `estimate` what it becomes (95 %
    interval), and `expected` and `usual` are of the whole period.
    """

    indicator: str
    area: str
    level: str
    period: str
    direction: str
    observed: int
    observed_lower: int
    observed_upper: int
    expected: float
    usual_lower: float
    usual_upper: float
    since: str
    p: float
    q: float
    above: bool | None
    below: list[str]
    share: float
    estimate: int | None
    estimate_lower: int | None
    estimate_upper: int | None


class SignalsOut(api.Envelope):
    signals: list[SignalOut]


class FamilyOut(BaseModel):
    """The series of one indicator, level and period, and how many of the signals are chance."""

    indicator: str
    level: str
    period: str
    tested: int
    skipped: int
    found: int
    expected_false: float


class FamiliesOut(api.Envelope):
    signal_families: list[FamilyOut]


class NowcastOut(BaseModel):
    """What a count becomes once all is in, by estimate, with a 95 % interval.

    The count so far lies from `observed_lower` to `observed_upper`; `share`: the part of the period
    that is usually in by now.
    """

    indicator: str
    area: str
    level: str
    period: str
    observed: int
    observed_lower: int
    observed_upper: int
    share: float
    estimate: int
    lower: int
    upper: int


class NowcastsOut(api.Envelope):
    nowcasts: list[NowcastOut]


_KINDS: dict[str, tuple[type[Any], type[BaseModel]]] = {
    "signals": (Signal, SignalOut),
    "signal_families": (SignalFamily, FamilyOut),
    "nowcasts": (Nowcast, NowcastOut),
}


@dataclass(frozen=True, slots=True)
class SignalQuestion:
    """Which table of findings is asked for, of which month (None: of all), in which form."""

    name: str
    month: str | None
    form: str


def read_signal_question(release: Release, name: str, parameters: Parameters) -> SignalQuestion:
    """Read the question; raise WebError for a month about which nothing was sought or estimated."""
    month, form = read_text(parameters, "period"), api.read_form(parameters)
    if month is None:
        return SignalQuestion(name, None, form)
    try:
        known = read_period(month).id
    except ContractError as fault:
        raise WebError(400, "period", {"period": month}) from fault
    estimated = {month_of(each) for each in release.read_findings(Nowcast)}
    if known not in {*list_months(release), *(estimated if name == "nowcasts" else ())}:
        raise WebError(404, "period_absent", {"period": month})
    return SignalQuestion(name, known, form)


def write_signals(release: Release, question: SignalQuestion) -> Draft:
    """Write the findings that are asked for."""
    stored, kind = _KINDS[question.name]
    asked = [
        found
        for found in release.read_findings(stored)
        if question.month in (None, month_of(found))
    ]
    below = _name_below(asked, release.areas) if stored is Signal else [{} for _ in asked]
    rows = [kind(**_values(found), **named) for found, named in zip(asked, below, strict=True)]
    return api.write_table(release, question.name, rows, question.form, kind)


def _values(found: Finding[Any]) -> dict[str, Any]:
    about = {"indicator": found.indicator, "area": found.area, "period": found.period}
    told = {**asdict(found.content), **about, "level": found.level.value}
    return {name: list(value) if isinstance(value, tuple) else value
            for name, value in told.items()}  # fmt: skip


def _name_below(
    found: Sequence[Finding[Signal]], areas: Mapping[str, ReleasedArea]
) -> list[dict[str, list[str]]]:
    """Give the areas under that of each signal that show it too, as the column `below`."""
    beside: dict[tuple[str | None, str | None], list[Finding[Signal]]] = defaultdict(list)
    for each in found:
        beside[each.indicator, each.period].append(each)
    return [
        {"below": list(find_below(each, beside[each.indicator, each.period], areas))}
        for each in found
    ]
