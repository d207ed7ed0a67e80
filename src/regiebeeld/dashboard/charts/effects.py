"""What came of an intervention: first what could be seen at all, then each method's answer."""

from collections.abc import Sequence
from math import ceil

from regiebeeld.dashboard.charts.dots import Dot, draw_ratios
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_day, name_period, write_count, write_number
from regiebeeld.dashboard.charts.reasons import say_told
from regiebeeld.dashboard.charts.shares import (
    describe_change,
    describe_margin,
    write_factor,
)
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import name_unit, write_range
from regiebeeld.domain import ContractError, read_period
from regiebeeld.releases import Indicator
from regiebeeld.releases.findings import Effect
from regiebeeld.releases.language import join_said, keep_dutch

_SEEN = ("decline", "rise", "no_effect_seen")  # verdicts that a drawing goes with
_SHARE = "share_of_attempts"  # a difference of shares, no ratio
Answer = tuple[str, float | None, float | None, float | None, str]


def draw_effect(indicator: Indicator, effect: Effect) -> Figure:
    """Draw the answer of each method around "no difference"; nothing where it cannot be seen."""
    title = TEXTS(
        "findings.effects.title", title=say_told(effect.title), start=name_start(effect.start)
    )
    dots = [dot for method in effect.methods if (dot := _dot(method))]
    if not dots and effect.ratio is not None:
        dots = [dot for dot in (_dot(_whole(effect)),) if dot]
    shown = bool(dots) and effect.verdict in _SEEN
    columns = tuple(
        TEXTS(f"findings.effects.column_{name}") for name in ("method", "ratio", "margin", "words")
    )
    description = TEXTS("findings.effects.description")
    return Figure(
        title=title,
        summary=describe_effect(indicator, effect),
        svg=draw_ratios(dots, title=title, description=description) if shown else None,
        table=Table(title, columns, tuple(map(_row, effect.methods))),
    )


def tell_unseen(effects: Sequence[Effect]) -> Figure:
    """Tell of which interventions nothing can be said, and why, without a drawing each."""
    title = TEXTS("findings.effects.title_unseen")
    columns = tuple(TEXTS(f"findings.effects.column_{name}") for name in ("title", "start", "why"))
    rows = tuple(
        Row(
            say_told(effect.title),
            (name_start(effect.start), join_said((describe_power(effect), _say_unseen(effect)))),
        )
        for effect in effects
    )
    summary = TEXTS("findings.effects.unseen", count=write_count(len(effects)))
    return Figure(title, summary, None, Table(title, columns, rows))


def is_seen(effect: Effect) -> bool:
    """Tell whether something can be said about an intervention."""
    return effect.verdict not in ("too_few", "not_possible")


def describe_effect(indicator: Indicator, effect: Effect) -> str:
    """Say what could be seen, then the verdict, then whether the methods agree."""
    if effect.verdict not in _SEEN and is_seen(effect):
        return say_told(effect.why)  # about the share of attempts, which has words of its own
    parts = [describe_power(effect), describe_verdict(indicator, effect)]
    if effect.agree is not None and effect.verdict in _SEEN:
        parts.append(TEXTS("findings.effects.agree" if effect.agree else "findings.effects.differ"))
    return join_said(part for part in parts if part)


def describe_power(effect: Effect) -> str:
    """Say how large a decline must be before these figures show it."""
    if effect.verdict == "not_possible":
        return ""
    if effect.smallest is None:
        return TEXTS("findings.effects.power_none")
    return TEXTS("findings.effects.power", percent=write_number(ceil(100 * effect.smallest)))


def describe_verdict(indicator: Indicator, effect: Effect) -> str:
    if effect.verdict in ("decline", "rise") and effect.ratio is not None:
        return TEXTS(
            "findings.effects.changed",
            change=describe_change(effect.ratio),
            unit=name_unit(indicator.unit, None),
            margin=_margin_words(effect.lower, effect.upper),
        )
    if effect.verdict == "no_effect_seen":
        margin = _margin_words(effect.lower, effect.upper)
        return TEXTS("findings.effects.nothing", margin=margin)
    return _say_unseen(effect)


def _say_unseen(effect: Effect) -> str:
    if effect.verdict == "too_few":
        return TEXTS("findings.effects.too_few")
    return TEXTS("findings.effects.not_possible", why=say_told(effect.why))


def list_effect_notes(effect: Effect) -> tuple[str, ...]:
    """Give what a reader must know beside the answer: where, how many, and each remark."""
    kind = keep_dutch(effect.kind.replace("_", " "))
    where = TEXTS("findings.effects.where", areas=write_count(len(effect.areas)), kind=kind)
    told = [where]
    if effect.reach:
        told.append(TEXTS("findings.effects.reach", reach=say_told(effect.reach)))
    if effect.baseline > 0:
        count = write_number(effect.baseline)
        told.append(TEXTS("findings.effects.baseline", count=count))
    return (*told, *map(say_told, effect.remarks))


def name_start(start: str) -> str:
    """Name the day or the period in which it started; other words stay as they are."""
    try:
        return name_period(read_period(start))
    except ContractError:
        return name_day(start)


def _whole(effect: Effect) -> Answer:
    return "answer", effect.ratio, effect.lower, effect.upper, ""


def _dot(method: Answer) -> Dot | None:
    name, ratio, lower, upper, _ = method
    if ratio is None or ratio <= 0 or name == _SHARE:
        return None
    label = _name_method(name)
    words = f"{label}: {describe_change(ratio)} ({_margin_words(lower, upper)})"
    return Dot(label, ratio, lower, upper, words, faint=name not in ("differences", "answer"))


def _row(method: Answer) -> Row:
    name, ratio, lower, upper, why = method
    head = _name_method(name)
    if ratio is None:
        return Row(head, (TEXTS("findings.effects.no_answer"), "", say_told(why)))
    if name == _SHARE:
        points, low, high = (_points(each) for each in (ratio, lower, upper))
        return Row(head, (points, write_range(low, high), ""))
    margin = TEXTS("findings.effects.no_margin")
    if lower is not None and upper is not None:
        margin = write_range(write_factor(lower), write_factor(upper))
    return Row(head, (write_factor(ratio), margin, describe_change(ratio)))


def _points(difference: float | None) -> str:
    if difference is None:
        return TEXTS("findings.effects.no_margin")
    points = write_number(100 * difference, 1)
    return TEXTS("findings.effects.points", points=points)


def _margin_words(lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None:
        return TEXTS("findings.effects.no_margin")
    return describe_margin(lower, upper)


def _name_method(name: str) -> str:
    key = f"findings.effects.method.{name}"
    return TEXTS(key) if key in TEXTS else name.replace("_", " ")
