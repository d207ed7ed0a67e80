"""The overview of the region or a gemeente: three sentences, tiles, a map, the sources."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from regiebeeld.dashboard.charts import describe_in_sentence, is_masked, is_rounded, name_period
from regiebeeld.dashboard.charts.comparing import describe_change
from regiebeeld.dashboard.web.blocks import (
    Headline,
    describe_available,
    link_to_view,
    make_headlines,
    name_stand,
    note_provenance,
    note_rounding,
    read_all_series,
)
from regiebeeld.dashboard.web.choices import Parameters, View, read_view
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.left_out import count_left_out, show_nothing
from regiebeeld.dashboard.web.maps import make_map
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.dashboard.web.spreads import read_spreads
from regiebeeld.domain import AreaLevel, read_period
from regiebeeld.releases import Release, ReleasedArea, Theme
from regiebeeld.statistics import Verdict

HAALDELICT = "haaldelict"
ALSO = 2  # figures of a theme named beside its first; the others are one click away
CHANCE = 0.05  # how often the verdict calls a difference clear when there is none


def read_overview(release: Release, parameters: Parameters) -> View | None:
    """Read the state of the overview; a wijk or buurt is sent on to its own page.

    None where every figure is left out; raises WebError where there never was one.
    """
    if not release.indicators and release.left_out:
        return None
    if not release.indicators:
        raise WebError(503, "empty_release")
    view = read_view(release, parameters, release.indicators)
    area = release.areas[view.area]
    if area.level not in (AreaLevel.REGIO, AreaLevel.GEMEENTE):
        raise WebError(
            404,
            "not_overview",
            {"name": area.name},
            links=((area.name, address_of("gebied", area.code)),),
        )
    return view


def show_overview(release: Release, view: View | None) -> dict[str, Any]:
    """Give everything the template shows."""
    if view is None:
        title = TEXTS("overview.title", area=release.about.region_title)
        return show_nothing(release, title)
    area = release.areas[view.area]
    headlines = make_headlines(
        release.indicators.values(), area, read_all_series(release, area), read_spreads(release)
    )
    made = make_map(release, view)
    indicator = release.indicators[view.indicator]
    stand, is_soft = name_stand(release, headlines)
    return {
        "area": area,
        "regions": list_gemeenten(release),
        "stand": stand,
        "stand_is_soft": is_soft,
        "sentences": [
            s
            for s in (say_what_stands_out(headlines), say_chance(headlines), say_missing(headlines))
            if s
        ],
        "tiles": make_theme_tiles(release, headlines),
        "map": made[0] if made else None,
        "map_provenance": note_provenance(release, indicator, made[1] if made else ()),
        "view": view,
        "address": link_to_view("", view=view),
        "indicator": indicator,
        "finest_note": _note_finest(release, view, area),
        "available": describe_available(release, indicator),
        "sources": list(release.sources.values()),
        "stand_of_sources": say_sources(release),
        "left_out": count_left_out(release),
        "attention": _rank_attention(headlines),
        "is_rounded": note_rounding(headlines),
    }


def list_gemeenten(release: Release) -> list[ReleasedArea]:
    """Give the region and its drawable gemeenten, for the switch in the header."""
    wanted = (AreaLevel.REGIO, AreaLevel.GEMEENTE)
    return [
        area
        for area in release.areas.values()
        if area.level in wanted and (area.path or area.level is AreaLevel.REGIO)
    ]


@dataclass(frozen=True, slots=True)
class ThemeTile:
    """One theme in the overview: its first figure, and others that changed clearly."""

    theme: Theme
    main: Headline
    changed: tuple[Headline, ...]
    total: int


def make_theme_tiles(release: Release, headlines: Sequence[Headline]) -> list[ThemeTile]:
    """Give each theme that has figures here; its first number stands for it, where it has one."""
    tiles = []
    for theme in release.themes.values():
        own = [h for h in headlines if h.indicator.theme == theme.id]
        if own:
            main = next((h for h in own if h.is_number), own[0])
            changed = [h for h in _rank_attention(own) if h is not main]
            tiles.append(ThemeTile(theme, main, tuple(changed[:ALSO]), len(own)))
    return tiles


def _note_finest(release: Release, view: View, area: ReleasedArea) -> str | None:
    """Say why a gemeente has no finer map, in the words of the indicator."""
    if area.level is AreaLevel.GEMEENTE and view.level is AreaLevel.GEMEENTE:
        return describe_available(release, release.indicators[view.indicator])
    return None


def say_sources(release: Release) -> str:
    """Say how many sources there are, and until when most of them go."""
    sources = list(release.sources.values())
    ends = Counter(s.last_period for s in sources if s.last_period)
    if not ends:
        return TEXTS("overview.sources_none")
    last, number = ends.most_common(1)[0]
    return TEXTS(
        "overview.sources_some",
        count=len(sources),
        number=number,
        last=name_period(read_period(last)),
        delivered=sum(s.delivered for s in sources),
    )


def _rank_attention(headlines: Sequence[Headline]) -> list[Headline]:
    """Give the clear changes, clearest first; without haaldelicten, which follow search effort."""
    clear = [h for h in headlines if h.comparison.is_clear and h.indicator.effort != HAALDELICT]
    return sorted(clear, key=_p_value)


def _p_value(headline: Headline) -> float:
    return headline.comparison.result.p if headline.comparison.result else 1.0


def say_what_stands_out(headlines: Sequence[Headline]) -> str:
    """Say which figure differs most clearly from a year before, or that none does."""
    clear = _rank_attention(headlines)
    if not clear:
        return TEXTS("overview.nothing_stands_out")
    first = clear[0]
    change = describe_change(first.comparison) or TEXTS(f"overview.{first.comparison.name}")
    return TEXTS(
        "overview.stands_out",
        indicator=first.indicator.title,
        change=change,
        period=name_period(first.now.period) if first.now else "",
        count=describe_in_sentence(first.now),
        before=first.before_in_sentence,
    )


def say_chance(headlines: Sequence[Headline]) -> str | None:
    """Say how many comparisons were made, how many are clear, how many chance would give."""
    compared = [
        h
        for h in headlines
        if h.indicator.effort != HAALDELICT
        and h.comparison.result
        and h.comparison.result.verdict is not Verdict.TOO_FEW
    ]
    if not compared:
        return _say_uncompared(headlines) if headlines else None
    clear = sum(h.comparison.is_clear for h in compared)
    key = "none" if not clear else "one" if clear == 1 else "some"
    if not clear and any(_is_unclear(h) for h in compared):
        key = "unclear"
    return TEXTS(
        f"overview.chance.{key}",
        compared=len(compared),
        clear=clear,
        expected=_expect_by_chance(compared),
    )


def _say_uncompared(headlines: Sequence[Headline]) -> str:
    results = [h.comparison.result for h in headlines if h.indicator.effort != HAALDELICT]
    few = any(each and each.verdict is Verdict.TOO_FEW for each in results)
    return TEXTS("overview.too_few" if few else "overview.not_compared")


def _is_unclear(headline: Headline) -> bool:
    result = headline.comparison.result
    return result is not None and result.verdict is Verdict.UNCLEAR


def _expect_by_chance(compared: Sequence[Headline]) -> str:
    number = len(compared) * CHANCE
    if number <= 0.75:
        return TEXTS("overview.expected_none")
    # A verdict on rounded figures holds for all they can be, so chance alone gives it less often.
    rounded = any(is_rounded(cell) for h in compared for cell in (h.now, h.comparison.before))
    key = "overview.expected_most" if rounded else "overview.expected"
    return TEXTS(key, number=round(number))


def say_missing(headlines: Sequence[Headline]) -> str:
    """Say what is not in yet and what may still change."""
    sentences = []
    late = [h for h in headlines if h.late is not None]
    for group in (
        [h for h in late if is_masked(h.late)],
        [h for h in late if not is_masked(h.late)],
    ):
        if group:
            counts = {"count": len(group), "total": len(headlines)}
            sentences.append(TEXTS("overview.late_some", first=group[0].late_words, **counts))
    absent = [h for h in headlines if not h.is_number]
    if masked := [h for h in absent if h.is_masked]:
        sentences.append(TEXTS("overview.masked_some", names=_name_some(masked)))
    if missing := [h for h in absent if not h.is_masked]:
        sentences.append(TEXTS("overview.missing_some", names=_name_some(missing)))
    sentences.append(
        TEXTS("overview.soft" if any(h.is_soft for h in headlines) else "overview.firm")
    )
    return " ".join(sentences)


def _name_some(headlines: Sequence[Headline]) -> str:
    names = ", ".join(h.indicator.title for h in headlines[:3])
    more = len(headlines) - 3
    return names + (TEXTS("overview.and_more", count=more) if more > 0 else "")
