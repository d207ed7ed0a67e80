"""Which part of the cases was an attempt, year by year, with its margin."""

from collections.abc import Sequence
from dataclasses import dataclass

from regiebeeld.dashboard.charts.dots import Dot, draw_sizes
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period
from regiebeeld.dashboard.charts.shares import write_percent
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import describe_value, is_usable, span_of, write_range
from regiebeeld.domain import Period
from regiebeeld.releases import ReleasedArea, ReleasedCell
from regiebeeld.statistics.proportions import Parted, Share, compare_shares, compute_share


@dataclass(frozen=True, slots=True)
class AttemptYear:
    """Attempts and completed cases of one period and area, as released."""

    attempts: ReleasedCell
    completed: ReleasedCell

    @property
    def period(self) -> Period:
        return self.attempts.period

    @property
    def counts(self) -> Parted | None:
        if not (is_usable(self.attempts) and is_usable(self.completed)):
            return None
        return Parted(span_of(self.attempts), span_of(self.completed))

    @property
    def share(self) -> Share | None:
        return compute_share(self.counts) if self.counts else None


def draw_attempts(title: str, area: ReleasedArea, years: Sequence[AttemptYear]) -> Figure:
    """Draw the share of attempts, the newest period first.

    title: of the figure of attempts; years: at least one, in order of time.
    """
    ordered = list(reversed(years))
    heading = TEXTS("findings.attempts.title", indicator=title, area=area.name)
    dots = [
        Dot(
            name_period(each.period),
            100 * (share.lowest + share.highest) / 2,
            100 * share.lower,
            100 * share.upper,
            _speak(each, share),
        )
        for each in ordered
        if (share := each.share)
    ]
    names = ("period", "attempts", "completed", "share", "margin")
    columns = tuple(TEXTS(f"findings.attempts.column_{name}") for name in names)
    table = Table(heading, columns, tuple(_row(each) for each in ordered))
    description = TEXTS("findings.attempts.description")
    svg = draw_sizes(dots, title=heading, description=description) if dots else None
    return Figure(heading, describe_attempts(ordered), svg, table)


def describe_attempts(years: Sequence[AttemptYear]) -> str:
    """Say the newest share beside the one before it; `years` has the newest first."""
    now = years[0]
    if now.counts is None or now.share is None:
        return TEXTS("findings.attempts.too_few", period=name_period(now.period))
    sentence = TEXTS("findings.attempts.now", period=name_period(now.period), **_say(now.share))
    before = years[1] if len(years) > 1 else None
    if before is None or before.counts is None or before.share is None:
        return sentence
    verdict = TEXTS(f"findings.attempts.{compare_shares(now.counts, before.counts)}")
    earlier = TEXTS(
        "findings.attempts.before", period=name_period(before.period), **_say(before.share)
    )
    return f"{sentence} {earlier} {verdict}"


def _row(year: AttemptYear) -> Row:
    said = _say(year.share) if year.share else dict.fromkeys(("share", "margin"), _too_few())
    counts = (describe_value(year.attempts), describe_value(year.completed))
    return Row(name_period(year.period), (*counts, said["share"], said["margin"]))


def _too_few() -> str:
    return TEXTS("findings.attempts.none")


def _say(share: Share) -> dict[str, str]:
    """Write a share, a range where counts were rounded, and its margin."""
    low, high = write_percent(share.lowest), write_percent(share.highest)
    margin = write_range(write_percent(share.lower), write_percent(share.upper))
    return {"share": low if low == high else write_range(low, high), "margin": margin}


def _speak(year: AttemptYear, share: Share) -> str:
    return TEXTS("findings.attempts.spoken", period=name_period(year.period), **_say(share))
