"""What is hidden of a release, from its own end dates alone; and one answer out of several."""

from datetime import date

import pytest

from regiebeeld.releases import Delivered, Hidden, find_ended, join_hidden
from regiebeeld.releases.hiding import hide_all

CAMERAS = Delivered("cameras", "Camera's", date(2024, 1, 1), date(2025, 12, 31), ("algemeen",))


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2023, 12, 31), "De afspraak begint pas op 1-1-2024."),
        (date(2024, 1, 1), None),
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), "De afspraak van deze versie is afgelopen op 31-12-2025."),
    ],
)
def test_the_first_and_the_last_day_count(today: date, words: str | None) -> None:
    found = dict(find_ended([CAMERAS], today).sources).get("cameras")
    assert (found is None) if words is None else str(found).startswith(words)


def test_without_dates_nothing_is_shown() -> None:
    bare = Delivered("x", "X", None, None, ())
    assert dict(find_ended([bare], date(2025, 1, 1)).sources)["x"].startswith("Deze versie zegt")
    assert dict(hide_all("klein", (bare,)).sources).keys() == {"x"}


def test_the_first_that_tells_why_is_heard_and_a_whole_source_needs_no_page() -> None:
    first = Hidden((("a", "eerst"),), (("b", "jeugd", "doel"),))
    second = Hidden((("a", "later"), ("c", "weg")), (("c", "jeugd", "ook doel"),))
    joined = join_hidden(first, second)
    assert joined == Hidden((("a", "eerst"), ("c", "weg")), (("b", "jeugd", "doel"),))
    assert joined.find_words("a", "wonen") == "eerst"
    assert joined.find_words("b", "jeugd") == "doel"
    assert joined.find_words("b", "wonen") is None
    assert hash(joined) == hash(join_hidden(first, second))
