"""What the statistics found in the released cells, as typed values that are stored with them.

One table holds them all, so that one rule says who may see which; a kind of finding is a class.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import pyarrow as pa

from regiebeeld.domain import AreaLevel
from regiebeeld.releases.drawn_findings import DarkHalf, Funnel, TrendLine

FINDING_SCHEMA = pa.schema(
    {
        "analysis": pa.string(),
        "indicator_key": pa.int16(),
        "area_key": pa.int32(),
        "period": pa.string(),
        "level": pa.string(),
        "place": pa.int32(),
        "also": pa.list_(pa.string()),
        "content": pa.string(),
    }
)


@dataclass(frozen=True, slots=True)
class Signal:
    """More or less than usual in one area and period.

    observed with the range that rounding leaves (equal ends when it is exact); expected and the
    usual range (95 %); since: the first period of the unbroken run; p: of this much by chance;
    q: the part of the signals of its family that chance would give; above: whether the area one
    level up shows it too, None where that was not tested. Finer areas are not named: who may not
    see those would not get this one. Of a period that is not all in, share is the part that is:
    observed is then what came so far, estimate what it becomes with its 95 % interval, and
    expected and usual are those of the whole period; None where all is in.
    """

    direction: str  # rise, fall
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
    share: float = 1.0
    estimate: int | None = None
    estimate_lower: int | None = None
    estimate_upper: int | None = None


@dataclass(frozen=True, slots=True)
class SignalFamily:
    """All series of one indicator, level and period that were looked at together.

    expected_false: how many of the signals chance alone would give; skipped: series that were
    too low or too short to say anything about.
    """

    tested: int
    skipped: int
    found: int
    expected_false: float


@dataclass(frozen=True, slots=True)
class SeasonFactor:
    """How many times the average month one month of the year usually is, with a 95 % interval."""

    month: int
    factor: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class HotSpot:
    """An area that with its neighbours has more (high) or fewer (low) than the whole, per base."""

    kind: str  # high, low
    z: float
    p: float
    q: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """A circle of areas with more than its share, none of which was known beforehand."""

    areas: tuple[str, ...]
    observed: int
    expected: float
    p: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much lies in few areas: the smallest part of the areas that holds half, and Gini."""

    areas: int
    half_in: float
    gini: float
    by_chance: float


@dataclass(frozen=True, slots=True)
class SmoothedRate:
    """A rate drawn towards that of its surroundings, the more so the fewer its base is."""

    rate: float
    lower: float
    upper: float
    raw: float | None
    per: int


@dataclass(frozen=True, slots=True)
class Driver:
    """How much more or less there is where a key figure is one standard deviation higher.

    figure: a factor of the catalogue. ratio of the rates, 95 % interval; step: what one standard
    deviation is (a density in doublings); areas: how many; vif: above 10 it can hardly be told
    apart from the others; left_out: factors that the definition names and the areas did not
    allow; better: how much nearer the model comes to gemeenten it has not seen than the base
    alone, as a part; pattern_p: of what the model leaves lying in a pattern on the map.
    """

    figure: str
    year: int
    step: float
    ratio: float
    lower: float
    upper: float
    areas: int
    vif: float
    left_out: tuple[str, ...]
    better: float | None
    pattern_p: float | None


@dataclass(frozen=True, slots=True)
class NoDrivers:
    """Why nothing is said about key figures and an indicator."""

    why: str


@dataclass(frozen=True, slots=True)
class Peer:
    """Another area that is like this one by key figures: how far off, and in what most alike."""

    code: str
    distance: float
    alike: tuple[str, ...]
    unlike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of an intervention, power first.

    smallest: the smallest decline that could be seen, as a part (None: not even everything);
    ratio of what was counted to what was to be expected without it, 95 % interval; methods: the
    same by each method, with why one of them was not possible.
    """

    intervention: str
    title: str
    kind: str
    start: str
    reach: str
    areas: tuple[str, ...]
    baseline: float
    verdict: str
    smallest: float | None
    ratio: float | None
    lower: float | None
    upper: float | None
    agree: bool | None
    why: str
    methods: tuple[tuple[str, float | None, float | None, float | None, str], ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """How much more counts of one level and kind of period vary than chance alone would have it.

    variance over mean: the larger of `value` and 1 + growth x mean; 1 is chance alone. Without an
    area it is a property of the region, made of all areas of that level; else it is of that area.
    """

    level: str
    kind: str
    value: float
    growth: float

    def at(self, mean: float) -> float:
        """Give variance over mean at a mean."""
        return max(self.value, 1 + self.growth * mean, 1.0)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which part of a month is usually in by now, in steps of 5 %, and from when it is all in."""

    source: str
    months_ago: int
    share: float
    lower: float


@dataclass(frozen=True, slots=True)
class Nowcast:
    """What a count will become once all is in: an estimate with its 95 % interval.

    observed: what is released so far, with the range that rounding leaves; share: the part of the
    period that is usually in by now. Made from those two and nothing else.
    """

    observed: int
    observed_lower: int
    observed_upper: int
    share: float
    estimate: int
    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class Unjudged:
    """The last periods of one kind in which no signal was sought, the first and the last.

    why: too_little (it is known that too little is in) or not_known (how much is in is not).
    """

    first: str
    last: str
    why: str


@dataclass(frozen=True, slots=True)
class NearRepeat:
    """How many times as often as by chance events follow one another this closely.

    Both ends of a band belong to it; 0 to 0 metres is the same point. ratio in steps of 0.5;
    verdict: more, or as_chance.
    """

    metres_from: int
    metres_to: int
    days_from: int
    days_to: int
    ratio: float
    verdict: str


@dataclass(frozen=True, slots=True)
class WeekHour:
    """How many times the average part of the week this one has, in steps of 0.5.

    weekday: 0 is Monday; hours from and up to: the week has 28 parts of six hours; first and last:
    the periods whose events were looked at together.
    """

    weekday: int
    hour_from: int
    hour_to: int
    times: float
    first: str
    last: str


KINDS: Mapping[str, type[Any]] = {
    "signal": Signal,
    "signal_family": SignalFamily,
    "season_factor": SeasonFactor,
    "hot_spot": HotSpot,
    "cluster": Cluster,
    "concentration": Concentration,
    "smoothed_rate": SmoothedRate,
    "driver": Driver,
    "no_drivers": NoDrivers,
    "peer": Peer,
    "effect": Effect,
    "spread": Spread,
    "completeness": Completeness,
    "nowcast": Nowcast,
    "unjudged": Unjudged,
    "near_repeat": NearRepeat,
    "week_hour": WeekHour,
    "trend_line": TrendLine,
    "dark_half": DarkHalf,
    "funnel": Funnel,
}
_NAMES = {kind: name for name, kind in KINDS.items()}
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Finding(Generic[Kind]):
    """One finding and what it is about; place: its order among those of its kind.

    indicator, area and period are None where it is about more than one; level is the finest of
    the cells it was made from, and `also` names the other areas it speaks of: who may not see
    those does not get it.
    """

    content: Kind
    level: AreaLevel
    indicator: str | None = None
    area: str | None = None
    period: str | None = None
    place: int = 0
    also: tuple[str, ...] = ()


def write_findings(
    findings: Iterable[Finding[Any]], *, indicators: Sequence[str], areas: Sequence[str]
) -> pa.Table:
    """Make the table `finding`; indicators and areas in the order of their keys.

    Raises ValueError for a number that is no number: a page would print it.
    """
    indicator_key = {name: key for key, name in enumerate(indicators)}
    area_key = {code: key for key, code in enumerate(areas)}
    rows = [
        {
            "analysis": _NAMES[type(each.content)],
            "indicator_key": indicator_key[each.indicator] if each.indicator else None,
            "area_key": area_key[each.area] if each.area else None,
            "period": each.period,
            "level": each.level.value,
            "place": each.place,
            "also": list(each.also),
            "content": json.dumps(asdict(each.content), allow_nan=False, ensure_ascii=False),
        }
        for each in findings
    ]
    return pa.Table.from_pylist(rows, schema=FINDING_SCHEMA)


def name_of(kind: type[Any]) -> str:
    """Give the name under which a kind of finding is stored."""
    return _NAMES[kind]


def read_content(kind: type[Kind], text: str) -> Kind:
    """Read one finding back; what was a tuple is one again.

    What an older release does not tell has the value that its kind gives it; raises KeyError
    where its kind gives none.
    """
    found = json.loads(text)
    if missing := _read_required(name_of(kind)) - found.keys():
        raise KeyError(*sorted(missing))
    hints = _read_hints(name_of(kind))
    known = ((name, hint, found[name]) for name, hint in hints if name in found)
    return kind(
        **{name: _as_written(value, hint) if hint else value for name, hint, value in known}
    )


@cache
def _read_hints(name: str) -> tuple[tuple[str, Any], ...]:
    # Reading the hints of a class takes longer than reading a finding of it; without a tuple in
    # its hint a value is as it was written.
    hints = get_type_hints(KINDS[name])
    names = (each.name for each in fields(KINDS[name]))
    return tuple((each, hints[each] if _has_tuple(hints[each]) else None) for each in names)


def _has_tuple(hint: Any) -> bool:
    return get_origin(hint) is tuple or any(map(_has_tuple, get_args(hint)))


@cache
def _read_required(name: str) -> frozenset[str]:
    empty = (MISSING, MISSING)
    return frozenset(f.name for f in fields(KINDS[name]) if (f.default, f.default_factory) == empty)


def _as_written(value: Any, hint: Any) -> Any:
    if isinstance(hint, UnionType):
        hint = next(each for each in get_args(hint) if each is not NoneType)
    if value is None or get_origin(hint) is not tuple:
        return value
    inner = get_args(hint)[0]
    return tuple(_as_written(each, inner) for each in value)
