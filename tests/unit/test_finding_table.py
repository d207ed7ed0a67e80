"""Which of the last months are not judged, by what is known of how complete they are."""

from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.run.finding_table import find_late
from regiebeeld.releases.findings import Completeness, Finding


def told(indicator: str, *shares: float) -> list[Finding[Completeness]]:
    return [
        Finding(Completeness("bron", place + 1, share, share), AreaLevel.REGIO, indicator)
        for place, share in enumerate(shares)
    ]


def test_every_month_that_is_not_whole_at_its_age_is_left_out() -> None:
    found = [*told("woninginbraken", 0.6, 0.85, 0.95), *told("fietsendiefstal", 1.0)]

    # After one month 60 %, after two 85 %: months of age 0, 1 and 2 are not whole.
    assert find_late(found) == {"woninginbraken": 3}
    assert find_late([]) == {}
