"""The sentences and tiles of the overview about rounded and masked figures."""

from dataclasses import replace

import pytest

from regiebeeld.dashboard.charts import compare_cells
from regiebeeld.dashboard.web.blocks import Headline, note_rounding
from regiebeeld.dashboard.web.overview import say_chance, say_missing, say_what_stands_out
from regiebeeld.releases import ReleasedCell
from unit.test_charts_figures import INDICATOR
from unit.test_charts_words import make_cell
from unit.test_rounded_charts import MASKED_WORDS, masked, rounded


def headline(
    now: ReleasedCell,
    before: ReleasedCell | None,
    *,
    late: ReleasedCell | None = None,
    title: str = "Zorgmeldingen",
) -> Headline:
    return Headline(
        replace(INDICATOR, title=title), compare_cells(now, before), None, "/thema/zorg", late
    )


RISE = headline(rounded(120), rounded(60, "2023"))
UNCLEAR = headline(rounded(80), rounded(60, "2023"))
SAME = headline(rounded(100), rounded(100, "2023"))
EXACT = headline(make_cell(45), make_cell(50, "2023"))


def test_a_tile_gives_the_range_and_a_sentence_says_between() -> None:
    assert (RISE.count, RISE.before, RISE.is_rounded) == ("116–124", "56–64", True)
    assert RISE.count_in_sentence == "tussen 116 en 124"
    assert (EXACT.count, EXACT.count_in_sentence, EXACT.is_rounded) == ("45", "45", False)
    assert headline(rounded(10, provisional=True), None).soft_flags == "voorlopig"


def test_what_stands_out_is_told_without_a_bare_number() -> None:
    told = say_what_stands_out([UNCLEAR, RISE])
    assert told.startswith("Het duidelijkst veranderd is Zorgmeldingen: tussen 116 en 124 in 2025")
    assert "een jaar eerder tussen 56 en 64. Dat is hoger, waarschijnlijk geen toeval." in told
    assert say_what_stands_out([UNCLEAR, SAME]) == (
        "Geen enkel cijfer wijkt duidelijk af van een jaar eerder."
    )


def test_the_number_that_chance_gives_is_at_most_that_of_exact_figures() -> None:
    assert "hoogstens ongeveer 1 door toeval" in str(say_chance([RISE, *[SAME] * 19]))
    exact_rise = headline(make_cell(120), make_cell(60, "2023"))
    assert "verwachting ongeveer 1 door toeval" in str(say_chance([exact_rise, *[EXACT] * 19]))


@pytest.mark.parametrize(
    ("headlines", "words"),
    [
        ([SAME, EXACT], "alle verschillen vallen binnen de normale schommeling."),
        ([SAME, UNCLEAR], "Bij sommige is dat door de afronding niet te zeggen."),
        ([RISE, UNCLEAR], "1 is duidelijk veranderd."),
        ([RISE, RISE, UNCLEAR], "2 zijn duidelijk veranderd."),
    ],
)
def test_an_unclear_difference_is_not_called_normal(headlines: list[Headline], words: str) -> None:
    assert words in str(say_chance(headlines))


def test_masked_is_not_told_as_missing() -> None:
    told = say_missing([headline(masked(), None), headline(make_cell(None), None, title="Branden")])
    assert "Afgeschermd om mensen te beschermen: Zorgmeldingen." in told
    assert "Nog niet binnen of niet verzameld: Branden." in told


def test_a_later_masked_period_is_not_told_as_late() -> None:
    one = headline(rounded(50, "2024"), None, late=masked("2025"))
    assert one.late_short == "Een later cijfer is afgeschermd."
    assert say_missing([one]).startswith(f"Over 2025: {MASKED_WORDS}. Dat geldt voor 1 van de 1")
    other = headline(rounded(50, "2024"), None, late=make_cell(None, "2025"))
    assert other.late_short == "Een later cijfer is nog niet binnen."
    both = say_missing([one, other])
    assert f"Over 2025: {MASKED_WORDS}. Dat geldt voor 1 van de 2" in both
    assert "Over 2025: nog niet binnen. Dat geldt voor 1 van de 2" in both


def test_small_print_stands_where_either_figure_is_rounded() -> None:
    assert note_rounding([EXACT, headline(make_cell(9), rounded(10, "2023"))])
    assert not note_rounding([EXACT])


def test_an_unclear_verdict_has_no_style_of_its_own() -> None:
    assert (UNCLEAR.verdict_style, RISE.verdict_style) == ("impossible", "higher")
    assert UNCLEAR.verdict == "door de afronding niet te zeggen"
