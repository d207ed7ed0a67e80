"""The share of attempts on the pages of attempts and of what was completed.

Made from two released figures of one source that this reader has both; nothing else is read.
"""

from regiebeeld.dashboard.charts.attempts import AttemptYear, draw_attempts
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.web.findings import Asked, FindingBlock, Method, Told, make_block
from regiebeeld.domain import PeriodKind
from regiebeeld.releases import Indicator, Release

_MOST = 8
# The longest kind first: a share of few cases says little.
_KINDS = (PeriodKind.YEAR, PeriodKind.ROLLING, PeriodKind.HALF_YEAR, PeriodKind.QUARTER)


def show_attempts(asked: Asked) -> FindingBlock | None:
    """Show the share of attempts of the area; None where the figure has no other half here."""
    pair = _find_pair(asked.release, asked.indicator)
    if pair is None:
        return None
    years = _read_years(asked, *pair)
    if not years:
        return None
    figure = draw_attempts(pair[0].title, asked.area, years)
    cautions = [TEXTS("findings.attempts.caution")]
    if asked.rounded:
        cautions.append(TEXTS("findings.attempts.rounded"))
    method = Method("marges", "proportions.compute_share")
    return make_block(asked.release, "attempts", method, Told((figure,), cautions))


def _find_pair(release: Release, indicator: Indicator) -> tuple[Indicator, Indicator] | None:
    """Give attempts and completed of one source; None where the reader does not have both."""
    for names in release.theme_index.attempt_pairs:
        found = [release.indicators[name] for name in names if name in release.indicators]
        if indicator.id in names and len(found) == 2 and found[0].source == found[1].source:
            return found[0], found[1]
    return None


def _read_years(asked: Asked, attempts: Indicator, completed: Indicator) -> list[AttemptYear]:
    """Read the last periods that both figures have, of the longest kind there is."""
    code = asked.area.code
    for kind in _KINDS:
        tried, done = (
            {c.period: c for c in asked.release.read_series(one.id, [code], kind=kind)[code]}
            for one in (attempts, completed)
        )
        years = [AttemptYear(tried[period], done[period]) for period in tried if period in done]
        if years:
            return years[-_MOST:]
    return []
