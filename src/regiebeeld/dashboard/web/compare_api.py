"""Areas and periods side by side as JSON and CSV: the rules of the page, and its numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from pydantic import BaseModel

from regiebeeld.dashboard.charts.compare import Compared, SideBySide
from regiebeeld.dashboard.web import api
from regiebeeld.dashboard.web.answers import Draft
from regiebeeld.dashboard.web.compare import Asked, CompareState, list_asked, read_compare
from regiebeeld.dashboard.web.compare_areas import set_side_by_side
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.domain import Period
from regiebeeld.releases import Release
from regiebeeld.statistics import CountComparison


class ComparisonOut(BaseModel):
    """One figure beside another: of another area over one period, or of one area over two.

    `ratio`: how many times as high the rate (of areas) or as many the count (of periods) is, with
    its 95 % interval; null where a count was rounded, `upper` null where there is no upper end.
    `without`: the area that was taken out of the one that holds it. `verdict` `impossible`: one of
    both has no figure; `not_judged`: the indicator allows no verdict.
    """

    indicator: str
    area: str
    period: str
    other_area: str
    other_period: str
    ratio: float | None
    lower: float | None
    upper: float | None
    verdict: str
    without: str | None


class ComparisonsOut(api.Envelope):
    compare: list[ComparisonOut]


@dataclass(frozen=True, slots=True)
class CompareQuestion:
    """What is compared, and in which form it is written."""

    state: CompareState
    form: str


def read_compare_question(
    release: Release, asked: Asked, parameters: dict[str, str | None]
) -> CompareQuestion:
    """Read the question by the rules of the page; raise WebError for what may not be compared."""
    form = api.read_form(parameters)
    state = read_compare(release, {}, asked=asked)
    if state.indicator is None:
        raise WebError(503, "empty_release")
    return CompareQuestion(state, form)


def list_asked_of_api(areas: Sequence[str], single: Sequence[str | None]) -> Asked:
    """Put the parameters of the API under the names that the page reads.

    single: the indicator, the period and the other period, as far as they are given.
    """
    named = zip(("cijfer", "periode", "eerder"), single, strict=True)
    return list_asked([*(("gebied", text) for text in areas), *((n, t) for n, t in named if t)])


def write_compare(release: Release, question: CompareQuestion) -> Draft:
    """Write each area beside the first, then each area beside itself in the other period."""
    indicator = release.indicators[question.state.indicator or ""]
    side = set_side_by_side(release, question.state, indicator)
    rows = [*_list_beside(side), *_list_in_time(side)]
    return api.write_table(release, "compare", rows, question.form, ComparisonOut)


def _list_beside(side: SideBySide) -> Iterator[ComparisonOut]:
    first = side.areas[0]
    for other in side.areas[1:]:
        part = {"first": other, "other": first}.get(other.whole or "")
        row = _write(side, (other, side.period), (first, side.period), other.beside)
        yield row.model_copy(update={"without": part.area.code if part else None})


def _list_in_time(side: SideBySide) -> Iterator[ComparisonOut]:
    if side.earlier is None:
        return
    for each in side.areas:
        row = _write(side, (each, side.period), (each, side.earlier), each.in_time.result)
        yield row.model_copy(update={"verdict": each.in_time.name})


def _write(
    side: SideBySide,
    one: tuple[Compared, Period],
    other: tuple[Compared, Period],
    result: CountComparison | None,
) -> ComparisonOut:
    def number(value: float | None) -> float | None:
        return value if value is not None and isfinite(value) else None

    return ComparisonOut(
        indicator=side.indicator.id,
        area=one[0].area.code,
        period=one[1].id,
        other_area=other[0].area.code,
        other_period=other[1].id,
        ratio=number(result.ratio) if result else None,
        lower=number(result.lower) if result else None,
        upper=number(result.upper) if result else None,
        verdict=result.verdict.value if result else "impossible",
        without=None,
    )
