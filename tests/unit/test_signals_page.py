"""A signal in words and as a bullet, and the sums and sentences around a list of them."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from lib.signal_release import (
    BEFORE,
    FINDINGS,
    MONTH,
    OTHERS,
    OWN,
    YEAR,
    fall,
    family,
    found_in,
    shelve_signal_release,
    signal,
)
from regiebeeld.dashboard.charts import SeenSignal, describe_levels, draw_signal
from regiebeeld.dashboard.charts.signals import COLUMNS, join_names, write_chance
from regiebeeld.dashboard.web.algorithm_register import (
    fill_places,
    read_entry,
    show_register,
    write_entry,
)
from regiebeeld.dashboard.web.choices import PARAMETERS
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.found import find_below
from regiebeeld.dashboard.web.signal_families import count_expected_false, write_about
from regiebeeld.dashboard.web.signals import (
    list_months,
    read_signals_state,
    say_nothing,
    show_signals,
)
from regiebeeld.domain import AreaLevel, Status, read_period
from regiebeeld.releases import Release
from regiebeeld.releases.findings import Finding
from unit.test_charts_figures import AREA, INDICATOR, make_area, read_svg
from unit.test_charts_words import make_cell

NONE = dict.fromkeys(PARAMETERS)


def see(period: str = MONTH, **changed: Any) -> SeenSignal:
    known = signal(**changed)
    since = read_period(known.since)
    return SeenSignal(known, INDICATOR, AREA, read_period(period), since)


def opened(folder: Path, *findings: Finding[Any], audience: str = "openbaar") -> Release:
    shelf = shelve_signal_release(folder, findings or FINDINGS)
    return shelf.open_current(audience)


def shown(release: Release, **parameters: str) -> dict[str, Any]:
    return show_signals(release, read_signals_state(release, {**NONE, **parameters}))


def places_of(seen: SeenSignal) -> dict[str, float]:
    """Give where the parts of the drawing stand, from the start of its scale."""
    svg = read_svg(draw_signal(seen))
    (band,) = (e for e in svg.iter("rect"))
    (dot,) = (e for e in svg.iter("circle"))
    line = next(e for e in svg.iter("path") if e.attrib["class"] == "bullet-expected")
    low = float(band.attrib["x"])
    expected = float(re.match(r"M([\d.]+)", line.attrib["d"])[1])  # type: ignore[index]
    ends = {"low": low, "high": low + float(band.attrib["width"]), "expected": expected}
    return {name: x - 8 for name, x in {**ends, "now": float(dot.attrib["cx"])}.items()}


def test_a_bullet_is_drawn_to_scale_from_zero() -> None:
    at = places_of(see())
    for name, value in (("low", 6), ("high", 14), ("expected", 9.4)):
        assert at[name] / at["now"] == pytest.approx(value / 23, abs=0.002), name


@pytest.mark.parametrize("changed", [
    {"observed": 0}, {"usual_lower": 0.0, "usual_upper": 0.0, "expected": 0.2},
    {"observed": 41_000, "expected": 3.0}, {"expected": 30_000.5, "usual_upper": 31_000.0},
])  # fmt: skip
def test_everything_stays_within_the_drawing(changed: dict[str, Any]) -> None:
    svg = read_svg(draw_signal(see(**changed)))
    for words in svg.iter("text"):
        half = len(words.text or "") * 7 / 2
        assert float(words.attrib["x"]) - half >= -4
        assert float(words.attrib["x"]) + half <= 324
    at = places_of(see(**changed))
    assert all(-1.1 <= x <= 304.1 for x in at.values()), at


def test_the_sentence_says_since_when_usual_and_now() -> None:
    assert draw_signal(see(since="2026-04")).summary == (
        "Sinds april 2026. Gebruikelijk in deze maanden: 6–14. Nu: 23. Waarschijnlijk geen toeval."
    )
    assert draw_signal(see()).summary.startswith("Nieuw in juni 2026. ")
    year = draw_signal(see(YEAR, since=YEAR)).summary
    assert year.startswith("Over juli 2025 tot en met juni 2026. Gebruikelijk in twaalf maanden: ")
    quarter = draw_signal(see("2026-Q2", since="2025-Q4")).summary
    assert quarter.startswith("Sinds het 4e kwartaal van 2025. Gebruikelijk in deze kwartalen: ")


def test_the_table_holds_what_the_sentence_says() -> None:
    figure = draw_signal(see(since="2026-04"), link="/gebied/GM9001")
    (row,) = figure.table.rows
    assert (row.head, row.link, row.cells[1:7]) == (
        "Alder & meer", "/gebied/GM9001",
        ("stijging", "juni 2026", "april 2026", "6–14", "23", "1 op 830"),
    )  # fmt: skip
    assert len(row.cells) + 1 == len(figure.table.columns) == len(COLUMNS)


def test_a_rounded_count_is_a_range_and_nowhere_a_bare_number() -> None:
    seen = see(observed=145, observed_lower=141, observed_upper=149)
    figure = draw_signal(seen)
    assert "Nu: tussen 141 en 149." in figure.summary
    assert figure.table.rows[0].cells[5] == "141–149"
    words = " ".join(t.text or "" for t in read_svg(figure).iter("text"))
    assert "nu 141–149" in words
    for told in (figure.summary, words, *figure.table.rows[0].cells):
        assert "145" not in told
    assert 'class="bullet-range"' in str(figure.svg)
    assert 'class="bullet-range"' not in str(draw_signal(see()).svg)


def test_the_usual_range_holds_whole_counts_within_it() -> None:
    assert draw_signal(see(usual_lower=5.2, usual_upper=14.9)).table.rows[0].cells[4] == "6–14"
    assert draw_signal(see(usual_lower=0.2, usual_upper=0.8)).table.rows[0].cells[4] == "0–1"
    assert draw_signal(see(usual_lower=3.0, usual_upper=3.0)).table.rows[0].cells[4] == "3"


def test_how_rare_is_written_in_two_figures() -> None:
    assert write_chance(0.05) == "1 op 20"
    assert write_chance(0.0012) == "1 op 830"
    assert write_chance(0.00001234) == "1 op 81.000"
    assert write_chance(1e-9) == write_chance(0.0) == "minder dan 1 op 1.000.000"


def test_the_levels_around_are_told_in_words() -> None:
    above = make_area("GM9002", "Eldermonde", AreaLevel.GEMEENTE)
    parts = tuple(make_area(f"BU9001010{i}", f"Buurt {i}") for i in range(1, 6))
    yes = replace(see(above=True), above=above, below=parts)
    assert describe_levels(yes) == (
        "Ook te zien in Eldermonde als geheel. "
        "Ook apart te zien in Buurt 1, Buurt 2, Buurt 3 en nog 2."
    )
    no = replace(see(above=False), above=above, below_level=AreaLevel.WIJK)
    assert describe_levels(no) == (
        "Niet te zien in Eldermonde als geheel. In geen enkele wijk apart te zien."
    )
    assert describe_levels(see()) == ""
    assert describe_levels(replace(see(above=None), above=above)) == ""
    assert join_names(["A"]) == "A"
    assert join_names(["A", "B"]) == "A en B"


def test_a_provisional_figure_says_so() -> None:
    cell = make_cell(23, MONTH)
    assert replace(see(), cell=replace(cell, provisional=True)).flags == "voorlopig"
    assert replace(see(), cell=replace(cell, provisional=False)).flags == ""
    masked = replace(cell, value=None, status=Status.MASKED)
    assert replace(see(), cell=masked).flags == ""


def test_names_from_outside_cannot_become_a_drawing() -> None:
    figure = draw_signal(replace(see(), area=make_area("GM9001", "<script>&")))
    assert "<script>" not in str(figure.svg)
    assert figure.title == "Inbraken <b> · <script>&"


def test_the_newest_month_comes_first_with_rises_then_falls(tmp_path: Path) -> None:
    page = shown(opened(tmp_path))
    assert [(month.id, month.words) for month in page["months"]] == [
        (MONTH, "juni 2026: 5 signalen"), (BEFORE, "mei 2026"),
    ]  # fmt: skip
    assert page["earlier"] is None
    assert page["sentences"][0] == (
        "In juni 2026 zien we 5 signalen: 4 stijgingen en 1 daling."
        " Naar verwachting is minder dan 1 daarvan toeval."
    )
    assert [item.seen.area.code for item in page["rises"]] == [
        "RG90", "GM9001", "GM9002", "BU90020101",
    ]  # fmt: skip
    assert [item.seen.indicator.id for item in page["falls"]] == ["woninginbraken"]
    assert len(page["table_of_all"].rows) == 5
    assert page["is_rounded"]
    assert page["families_sentences"] == [
        "Over juni 2026 bekeken we in Kleine Regio 8 reeksen: elke reeks is één cijfer in één"
        " gebied.",
        "Nog 2 reeksen konden we niet beoordelen: er zijn te weinig gevallen om iets over te"
        " zeggen, of de reeks is te kort of niet compleet.",
        "Er kwamen 5 signalen uit; naar verwachting toeval: minder dan 1.",
    ]


def test_the_level_above_is_the_one_with_figures_over_the_same_period(tmp_path: Path) -> None:
    page = shown(opened(tmp_path))
    by_area = {item.seen.area.code: item for item in page["rises"]}
    # Months stop at the gemeente, so above it is the region; sliding years exist for the wijk too.
    assert by_area["GM9001"].levels == "Niet te zien in Kleine Regio als geheel."
    assert by_area["BU90020101"].levels == "Ook te zien in Wijk 01 Berkenhove als geheel."
    assert by_area["BU90020101"].place == "buurt in Berkenhove & Veld"
    assert by_area["RG90"].levels == "Ook apart te zien in Aldermeer en Berkenhove & Veld."


def test_an_area_shows_what_lies_in_it(tmp_path: Path) -> None:
    release = opened(tmp_path)
    page = shown(release, gebied="GM9002")
    assert [item.seen.area.code for item in page["rises"]] == ["GM9002", "BU90020101"]
    assert page["sentences"][0].startswith("In juni 2026 zien we in Berkenhove & Veld 2 signalen:")
    buurt = shown(release, gebied="BU90020101")
    assert [item.seen.area.code for item in buurt["rises"]] == ["BU90020101"]
    assert buurt["sentences"][0].endswith("1 stijging. Dat is waarschijnlijk geen toeval.")
    assert "BU90020101" in [choice.code for choice in buurt["regions"]]
    nothing = shown(release, gebied="BU90010101")
    assert nothing["sentences"][0] == "In juni 2026 zien we in Binnenstad geen signalen."


def test_a_month_without_signals_says_so(tmp_path: Path) -> None:
    page = shown(opened(tmp_path), periode=BEFORE)
    assert page["sentences"][0] == (
        "In mei 2026 zien we geen signalen. We bekeken 3 reeksen: geen daarvan wijkt zo ver af dat"
        " het waarschijnlijk geen toeval is."
    )
    assert "niet dat er niets is" in page["sentences"][1]
    assert page["families_sentences"][-1] == "Er kwamen geen signalen uit."
    assert page["table_of_all"].rows == ()


def test_an_empty_month_leads_to_the_last_signal_before_it(tmp_path: Path) -> None:
    told = [found_in("GM9001", signal(since=month), period=month) for month in ("2026-02", BEFORE)]
    empty = family(AreaLevel.GEMEENTE, 2)
    page = shown(opened(tmp_path, *told, empty))
    assert page["month"] == MONTH
    assert page["earlier"].id == BEFORE
    assert page["earlier"].words == "mei 2026: 1 signaal"
    release = opened(tmp_path / "b", told[0], family(AreaLevel.GEMEENTE, 2, period="2026-01"))
    assert shown(release, periode="2026-01")["earlier"] is None


def test_a_signal_that_goes_on_is_told_once(tmp_path: Path) -> None:
    run = [found_in("GM9001", signal(since="2026-04"), period=m) for m in ("2026-04", BEFORE)]
    now = found_in("GM9001", signal(since="2026-04"))
    new = found_in("GM9002", signal(since=MONTH))
    release = opened(tmp_path, *run, now, new, family(AreaLevel.GEMEENTE, 2, found=2))

    page = shown(release)

    assert [item.seen.area.code for item in page["rises"]] == ["GM9002"]
    assert [(item.seen.area.code, item.since) for item in page["going_on"]] == [
        ("GM9001", "sinds april 2026.")
    ]
    assert "Nieuw: 1 signaal. Het andere deel (1) stond er al en gaat door." in page["sentences"]
    # Its numbers stay in the table, and in the month in which it began it is told in full.
    assert len(page["table_of_all"].rows) == 2
    first = shown(release, periode="2026-04")
    assert [item.seen.area.code for item in first["rises"]] == ["GM9001"]
    assert first["going_on"] == []


@pytest.mark.parametrize(
    "other",
    [
        found_in("GM9002", signal(), period=BEFORE),
        found_in("GM9001", fall(), period=BEFORE),
        found_in("GM9001", signal(), period=BEFORE, indicator="woninginbraken"),
        found_in("GM9001", signal(), period="2026-05/P12M"),
        found_in("GM9001", signal(), period="2026-03"),
    ],
    ids=["area", "direction", "indicator", "kind", "another run"],
)
def test_another_signal_before_it_does_not_make_one_old(
    tmp_path: Path, other: Finding[Any]
) -> None:
    now = found_in("GM9001", signal(since="2026-04"))

    page = shown(opened(tmp_path, other, now, family(AreaLevel.GEMEENTE, 2, found=1)))

    assert page["going_on"] == []
    assert len(page["rises"]) == 1


def test_families_stand_in_order_of_indicator_and_level(tmp_path: Path) -> None:
    rows = shown(opened(tmp_path))["families"].rows
    assert [(row.head, row.cells[0]) for row in rows] == [
        ("Woninginbraken", "gemeente"), ("Fietsendiefstal", "regio"),
        ("Fietsendiefstal", "gemeente"), ("Fietsendiefstal", "buurt"),
    ]  # fmt: skip
    assert rows[2].cells[2:] == ("2", "1", "2", "0,10", "brengdelict")


def test_nothing_looked_for_has_a_sentence_for_each_reason(tmp_path: Path) -> None:
    older = shelve_signal_release(tmp_path / "a", ()).open_current("openbaar")
    assert read_signals_state(older, NONE).month is None
    assert "zij is ouder dan dit onderdeel" in shown(older)["nothing"]
    assert "`regiebeeld run klein`" in say_nothing(older)
    other = opened(tmp_path / "b", *OTHERS)
    assert "Bij geen enkel cijfer" in shown(other, periode=MONTH)["nothing"]


@pytest.mark.parametrize(
    ("month", "status"), [("juni", 400), ("2019-01", 404), ("2026", 404), (YEAR, 404)]
)
def test_a_month_that_is_not_there_is_refused(tmp_path: Path, month: str, status: int) -> None:
    with pytest.raises(WebError) as fault:
        shown(opened(tmp_path), periode=month)
    assert fault.value.status == status
    assert fault.value.links == (("Signalen", "/signalen"),)


def test_chance_is_added_up_over_families() -> None:
    signals = [found_in("GM9001", signal()), found_in("GM9002", fall())]
    whole = family(AreaLevel.GEMEENTE, 40, found=4, false=2.0)
    # Half of the family's signals are here, so half of its chance.
    assert count_expected_false(signals, [whole]) == pytest.approx(1.0)
    # Without the family: the least certain of them says it, q 0.01 and 0.03.
    unsure = [signals[0], found_in("GM9002", fall(q=0.03))]
    assert count_expected_false(unsure, []) == pytest.approx(0.06)
    assert count_expected_false([], [whole]) == 0
    assert [write_about(n) for n in (0.0, 0.49, 0.6, 2.6)] == [
        "minder dan 1", "minder dan 1", "ongeveer 1", "ongeveer 3",
    ]  # fmt: skip


def test_many_signals_are_told_with_how_many_are_chance(tmp_path: Path) -> None:
    many = [found_in("GM9001", signal(p=i / 1e4)) for i in range(60)]
    release = opened(tmp_path, *many, family(AreaLevel.GEMEENTE, 90, found=60, false=3.0))
    assert shown(release)["sentences"][0] == (
        "In juni 2026 zien we 60 signalen: 60 stijgingen."
        " Naar verwachting zijn ongeveer 3 daarvan toeval."
    )


def test_a_gemeente_is_told_that_not_every_family_is_counted(tmp_path: Path) -> None:
    own = found_in("BU90010101", signal(since=YEAR), period=YEAR)
    family_of_it = family(AreaLevel.BUURT, 4, found=2, false=0.1, period=YEAR)
    release = opened(tmp_path, *FINDINGS, own, family_of_it, audience=OWN.name)
    page = shown(release)
    assert [item.seen.area.code for item in page["rises"]][-1] == "BU90010101"
    assert "BU90020101" not in [item.seen.area.code for item in page["rises"]]
    assert page["families_sentences"][-1].startswith("Hoeveel reeksen er op de fijnste niveaus")


def test_what_was_not_looked_at_is_told_with_why(tmp_path: Path) -> None:
    page = shown(opened(tmp_path), periode=BEFORE)
    (haal, names), (other, rest) = page["not_looked_at"]
    assert haal.startswith("Haaldelicten")
    assert names == ["Drugs: bezit, handel en productie"]
    assert "niet voor bedoeld" in other
    assert rest == ["Woninginbraken"]


def test_every_place_in_the_register_is_filled_or_left_to_a_person(tmp_path: Path) -> None:
    release = opened(tmp_path)
    text = yaml.safe_dump(read_entry()["sections"], width=10_000, allow_unicode=True)
    places = set(re.findall(r"\{(\w+)\}", text))
    listed = [place for group in read_entry()["places"] for place in group["places"]]
    assert places == set(listed)
    assert len(listed) == len(set(listed))
    filled = fill_places(release, MONTH)
    assert set(filled) == places
    assert filled["series"] == "8"
    assert filled["expected_false_alarms"] == "minder dan 1"
    assert filled["sources"] == "Politie, Geregistreerde misdrijven (47022NED)"
    assert filled["contact"] == "[contactgegevens]"
    page = str(show_register(release))
    assert "{" not in re.sub(r"\{'|\{\"", "", page)
    assert "aantallen gaan over juni 2026" in page


def test_the_register_of_a_release_without_signals_leaves_its_numbers_open(tmp_path: Path) -> None:
    release = shelve_signal_release(tmp_path, ()).open_current("openbaar")
    assert list_months(release) == []
    filled = fill_places(release, None)
    assert filled["series"] == "[aantal reeksen]"
    assert filled["sources"] == "[de bronnen]"
    assert "niet naar signalen gezocht" in show_register(release)["filled"]


def test_the_page_of_the_documentation_is_made_from_the_same_text() -> None:
    lines = list(write_entry())
    for section in read_entry()["sections"]:
        assert f"## {section['title']}" in lines
        for field in section["fields"]:
            assert f"**{field['name']}.** {field.get('text', '')}".rstrip() in lines
    assert "{expected_false_alarms}" in "\n".join(lines)


def test_areas_below_that_show_the_same_are_found_in_what_a_file_holds(tmp_path: Path) -> None:
    found = [
        found_in("GM9001", signal()),
        found_in("BU90010101", signal()),
        found_in("BU90010102", fall()),
        found_in("BU90020101", signal()),
        found_in("GM9001", signal(), indicator="woninginbraken"),
    ]
    areas = opened(tmp_path, *found).areas

    assert find_below(found[0], found, areas) == ("BU90010101",)
    assert find_below(found[4], found, areas) == ()
    # Of several levels the nearest is named.
    assert find_below(found_in("RG90", signal()), found, areas) == ("GM9001",)
