"""What several pages share: the headline of an indicator, and where a figure comes from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup

from regiebeeld.dashboard.access import find_own_gemeente
from regiebeeld.dashboard.charts import (
    Comparison,
    compare_cells,
    describe_comparison,
    describe_finest,
    describe_flags,
    describe_in_sentence,
    describe_rate,
    describe_value,
    draw_sparkline,
    has_rounded,
    is_masked,
    is_rounded,
    is_usable,
    name_period,
    name_periods,
    rate_span,
)
from regiebeeld.dashboard.charts.trend import find_year_earlier
from regiebeeld.dashboard.web.choices import MEASURES, View, is_visible, name_hidden, name_level
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.dashboard.web.spreads import Spreads
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.releases import Indicator, Release, ReleasedArea, ReleasedCell, SourceRow
from regiebeeld.statistics import Verdict

SPARK_MONTHS = 36
# How many of the last periods a headline looks at, the longest kind first.
_LAST = {
    PeriodKind.ROLLING: 30,
    PeriodKind.YEAR: 15,
    PeriodKind.HALF_YEAR: 16,
    PeriodKind.QUARTER: 24,
    PeriodKind.MONTH: SPARK_MONTHS,
}
# Reads an indicator over one kind of period; a page needs one or two kinds of each.
Series = Callable[[str, PeriodKind], Sequence[ReleasedCell]]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands beside every figure: its definition and where and when it came from."""

    indicator: Indicator
    source: SourceRow | None
    is_provisional: bool
    is_rounded: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """The last figure of an indicator for one area, beside the one of a year before."""

    indicator: Indicator
    comparison: Comparison
    spark: Markup | None
    link: str
    late: ReleasedCell | None

    @property
    def now(self) -> ReleasedCell | None:
        return self.comparison.now

    @property
    def count(self) -> str:
        return describe_value(self.now, full=True)

    @property
    def count_in_sentence(self) -> str:
        return describe_in_sentence(self.now, full=True)

    @property
    def is_rounded(self) -> bool:
        return is_rounded(self.now)

    @property
    def is_masked(self) -> bool:
        return is_masked(self.now)

    @property
    def is_number(self) -> bool:
        return is_usable(self.now)

    @property
    def rate(self) -> str:
        return describe_rate(self.now, full=True)

    @property
    def rate_brief(self) -> str:
        """Give the rate with its margin; where there is none, not why."""
        has_rate = self.now is not None and rate_span(self.now) is not None
        return describe_rate(self.now, full=has_rate)

    @property
    def period(self) -> str:
        return name_period(self.now.period) if self.now else ""

    @property
    def before(self) -> str:
        return describe_value(self.comparison.before)

    @property
    def before_in_sentence(self) -> str:
        return describe_in_sentence(self.comparison.before)

    @property
    def late_words(self) -> str:
        """Say which later period has no figure, and why; empty when none is late."""
        if self.late is None:
            return ""
        return TEXTS(
            "overview.late",
            period=name_period(self.late.period),
            reason=describe_value(self.late, full=True),
        )

    @property
    def late_short(self) -> str:
        """Say for a tile that a later period has no figure; empty when none is late."""
        if self.late is None:
            return ""
        return TEXTS("overview.late_masked" if is_masked(self.late) else "overview.late_short")

    @property
    def flags(self) -> str:
        return describe_flags(self.now)

    @property
    def soft_flags(self) -> str:
        """Say for a tile how firm the figure is; that it is rounded stands beside the number."""
        return describe_flags(self.now, rounding=False)

    @property
    def is_soft(self) -> bool:
        return self.now is not None and (self.now.provisional or self.now.estimated_share > 0)

    @property
    def verdict(self) -> str:
        return describe_comparison(self.comparison, short=True)

    @property
    def verdict_full(self) -> str:
        return describe_comparison(self.comparison)

    @property
    def verdict_style(self) -> str:
        told = self.comparison.is_judged and self.comparison.name != Verdict.UNCLEAR.value
        return self.comparison.name if told else "impossible"


def read_all_series(release: Release, area: ReleasedArea) -> Series:
    """Give what reads the last years of an indicator for one area, of one kind of period."""
    return lambda indicator, kind: release.read_last(
        indicator, area.code, kind=kind, last=_LAST[kind]
    )


def make_headlines(
    indicators: Iterable[Indicator], area: ReleasedArea, series: Series, spreads: Spreads
) -> list[Headline]:
    """Make the headline of every indicator that holds cells for this area."""
    made = [make_headline(indicator, area, series, spreads) for indicator in indicators]
    return [headline for headline in made if headline is not None]


def make_headline(
    indicator: Indicator, area: ReleasedArea, series: Series, spreads: Spreads
) -> Headline | None:
    """Take the longest kind of period there is, and of it the last one with a figure."""
    for kind in _LAST:
        cells = series(indicator.id, kind)
        if cells:
            spark = (
                series(indicator.id, PeriodKind.MONTH)
                or series(indicator.id, PeriodKind.YEAR)
                or cells
            )
            now = next((cell for cell in reversed(cells) if is_usable(cell)), cells[-1])
            return Headline(
                indicator=indicator,
                comparison=compare_cells(
                    now,
                    find_year_earlier(cells, now),
                    is_judged="comparison" in indicator.analyses,
                    spread=spreads.find(indicator.id, area.level, kind, area=area.code),
                ),
                spark=draw_sparkline(spark) if "trend" in indicator.analyses else None,
                link=address_of("thema", indicator.theme, gebied=area.code, cijfer=indicator.id),
                late=cells[-1] if now is not cells[-1] else None,
            )
    return None


def note_provenance(
    release: Release, indicator: Indicator, cells: Sequence[ReleasedCell]
) -> Provenance:
    return Provenance(
        indicator=indicator,
        source=release.sources.get(indicator.source),
        is_provisional=any(cell.provisional for cell in cells),
        is_rounded=has_rounded(cells),
    )


def note_rounding(headlines: Iterable[Headline]) -> bool:
    """Tell whether the words about rounding belong beside these figures."""
    return has_rounded(cell for h in headlines for cell in (h.now, h.comparison.before))


def link_to_area(indicator: Indicator) -> Callable[[ReleasedArea], str]:
    # A map with its tables makes a thousand of these: what is the same is written once.
    rest = address_of("", cijfer=indicator.id).removeprefix("/")
    return lambda area: f"/gebied/{_quote(area.code)}{rest}"


@lru_cache(maxsize=4096)
def _quote(code: str) -> str:
    return quote(code, safe="")


def link_to_view(*parts: str, view: View, leave_out: Sequence[str] = ()) -> str:
    """Give the whole address of a page with a map, as it is shown now.

    leave_out: parameters that the path itself says.
    """
    state = {
        "gebied": view.area,
        "cijfer": view.indicator,
        "niveau": view.level.value if view.level else None,
        "periode": view.period,
        "maat": next(name for name, value in MEASURES.items() if value == view.measure),
        "laag": ",".join(view.layers),
    }
    return address_of(*parts, **{name: state[name] for name in state if name not in leave_out})


def describe_available(release: Release, indicator: Indicator) -> str:
    """Say for which levels this release has figures, beside the finest level that was agreed."""
    known = {level: release.read_periods_of(indicator.id, level) for level in AreaLevel}
    levels = [
        TEXTS(
            "figure.level_kinds", level=name_level(level), kinds=", ".join(map(name_periods, kinds))
        )
        for level, kinds in known.items()
        if kinds
    ]
    finest = describe_finest(indicator.finest)
    return TEXTS(
        "figure.available", levels="; ".join(levels) or TEXTS("figure.nowhere"), finest=finest
    )


def describe_hidden(release: Release, area: ReleasedArea) -> str | None:
    """Say that the figures of an area are not for this audience; None where they are."""
    if is_visible(release, area, area.level):
        return None
    return TEXTS("fault.level_hidden", **name_hidden(release, area, area.level))


def note_own_only(release: Release, view: View) -> str | None:
    """Say that a map of the region holds detail of one gemeente only; None where it does not."""
    own, area = find_own_gemeente(release.about.audience), release.areas[view.area]
    if own is None or area.gemeente is not None or view.level in (None, AreaLevel.GEMEENTE):
        return None
    values = {"level": name_level(view.level), "visible": name_level(AreaLevel.GEMEENTE)}
    return TEXTS("figure.own_only", audience=release.about.audience_title, **values)


def name_stand(release: Release, headlines: Sequence[Headline]) -> tuple[str, bool]:
    """Give the last period any figure is about, and whether any figure may still change."""
    periods = [headline.now.period for headline in headlines if headline.now and headline.is_number]
    if not periods:
        return "", False
    last = max(periods, key=lambda period: period.end)
    is_soft = any(headline.now.provisional for headline in headlines if headline.now)
    if last.kind in (PeriodKind.ROLLING, PeriodKind.MONTH):
        return name_period(release.periods.get(last.id.removesuffix("/P12M"), last)), is_soft
    return name_period(last), is_soft
