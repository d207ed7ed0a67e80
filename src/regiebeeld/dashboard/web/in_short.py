"""What a reader needs first on a theme or area page: what changed, is it chance, and where."""

from collections.abc import Sequence

from regiebeeld.dashboard.charts import Figure
from regiebeeld.dashboard.web.blocks import Headline
from regiebeeld.dashboard.web.overview import say_chance, say_what_stands_out
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.releases import Indicator, ReleasedArea
from regiebeeld.releases.language import join_said

MOST_ROWS = 5  # of a first table; all rows stand in the folded one


def say_how_much(area: ReleasedArea, headline: Headline | None) -> str | None:
    """Say the figure, its rate, the one of a year before, and whether the difference is chance."""
    return _say(headline, area.name)


def _say(headline: Headline | None, subject: str) -> str | None:
    if headline is None or headline.now is None:
        return None
    return TEXTS(
        "theme.how_much_sentence",
        area=subject,
        period=headline.period,
        count=headline.count_in_sentence,
        rate=headline.rate,
        before=headline.before_in_sentence,
        verdict=headline.verdict_full,
    )


def say_theme(
    headlines: Sequence[Headline], area: ReleasedArea, chosen: Headline | None, where: Figure | None
) -> list[str]:
    """Say it of a theme: of the chosen figure, of where it is, and of all figures together.

    where: the figure that shows it, whose own sentence is said.
    """
    now = ""
    if chosen is not None:
        title = TEXTS("theme.of_area", indicator=chosen.indicator.title, area=area.name)
        now = _say(chosen, title) or ""
    stands_out = say_what_stands_out(headlines)
    if stands_out == say_what_stands_out([chosen] if chosen else []):
        stands_out = ""  # said already, or nothing does
    together = join_said((stands_out, say_chance(headlines) or ""))
    return [words for words in (now, where.summary if where else "", together) if words]


def say_area(headlines: Sequence[Headline], signalled: Sequence[str] | None) -> list[str]:
    """Say it of an area: what changed most clearly, how many would by chance, and the signals.

    signalled: the names of the figures with a signal; None where nothing was looked at.
    """
    told = [say_what_stands_out(headlines), say_chance(headlines)] if headlines else []
    if signalled is not None:
        key = "area.signals_some" if signalled else "area.signals_none"
        told.append(TEXTS(key, names=join_said(signalled, ", ")))
    return [words for words in told if words]


def pick_first(headlines: Sequence[Headline], chosen: Indicator) -> list[Headline]:
    """Pick the chosen figure, those that clearly changed, and the first ones; in their order."""
    order = sorted(
        headlines,
        key=lambda one: (one.indicator.id != chosen.id, not one.comparison.is_clear),
    )
    first = {one.indicator.id for one in order[:MOST_ROWS]}
    return [one for one in headlines if one.indicator.id in first]
