"""The blocks about findings: their sentences, drawings and tables, and what they say of nothing."""

import importlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lib.findings_release import (
    BURGLARY,
    YEAR,
    Read,
    drivers,
    effect,
    every_kind,
    make_base,
    of_areas,
    places,
    reading_findings,
    season,
    shelve_findings_release,
)
from lib.page_server import connect
from lib.small_release import SmallRelease, shelve_small_release
from regiebeeld.dashboard.web.area_findings import AreaFindings, read_area_findings
from regiebeeld.dashboard.web.findings import (
    Asked,
    FindingBlock,
    ThemeFindings,
    read_theme_findings,
)
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Release
from regiebeeld.releases.findings import Cluster, Effect, Finding, NoDrivers, SmoothedRate

DOCS = Path(__file__).parents[2]
NB = "\u00a0"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("small"))


@pytest.fixture
def read(base: Path, tmp_path: Path) -> Iterator[Read]:
    with reading_findings(base, tmp_path) as make:
        yield make


def of_theme(
    release: Release, area: str = "RG90", level: AreaLevel = AreaLevel.BUURT, **how: Any
) -> ThemeFindings:
    indicator = release.indicators[BURGLARY]
    return read_theme_findings(Asked(release, indicator, release.areas[area], level, **how))


def of_area(release: Release, code: str) -> AreaFindings:
    return read_area_findings(release, release.areas[code])


def told_in(block: FindingBlock | None) -> str:
    """Everything a reader sees of a block, as one text."""
    assert block is not None
    parts = [block.words, *block.cautions]
    for shown in block.figures:
        figure = shown.figure
        parts += [figure.title, figure.summary, str(figure.svg or ""), *shown.notes]
        parts += [" ".join((row.head, *row.cells)) for row in figure.table.rows]
    return "\n".join(parts).replace(NB, " ")


def test_every_kind_of_finding_has_its_block(read: Read) -> None:
    release = read()
    theme = of_theme(release)
    blocks = [theme.season, theme.places, theme.drivers, theme.effects]
    gemeente, buurt = of_area(release, "GM9001"), of_area(release, "BU90010101")
    blocks += [gemeente.signals, gemeente.peers, buurt.smoothed, buurt.peers]
    for block in blocks:
        assert block is not None
        assert block.figures
        assert not re.search(r"\b(nan|NaN|None|inf)\b", told_in(block))


def test_a_number_leads_to_its_release_its_method_and_its_function(read: Read) -> None:
    release = read()
    theme, area = of_theme(release), of_area(release, "BU90010101")
    gemeente = of_area(release, "GM9001")
    for block in (
        theme.season, theme.places, theme.drivers, theme.effects, area.smoothed, area.peers,
        gemeente.signals,
    ):  # fmt: skip
        assert block is not None
        trace = dict(block.trace)
        assert trace["Versie"] == "2026-07-15.1"
        assert (DOCS / trace["Uitleg van de methode"]).is_file()
        module, _, function = trace["Berekend door"].rpartition(".")
        assert hasattr(importlib.import_module(module), function)


def test_what_the_definition_does_not_allow_has_no_block(read: Read) -> None:
    theme = of_theme(read(analyses=("comparison",)))
    assert (theme.season, theme.places, theme.drivers, theme.effects) == (None, None, None, None)


def test_what_is_allowed_but_not_found_says_so_in_one_sentence(read: Read) -> None:
    theme = of_theme(read([]))
    said = [told_in(block).strip() for block in (theme.season, theme.places, theme.drivers)]
    assert said == [
        "Geen duidelijk verschil tussen de maanden van het jaar, of te weinig gevallen om iets"
        " over te zeggen.",
        "Te weinig gevallen om iets over te zeggen.",
        "Te weinig gevallen om iets over te zeggen.",
    ]
    assert "geen interventie vastgelegd" in told_in(theme.effects)


def test_the_season_names_its_highest_and_lowest_month(read: Read) -> None:
    block = of_theme(read(season("RG90"))).season
    assert block is not None
    assert block.figures[0].figure.summary == (
        "In december zijn er gebruikelijk 1,5 keer zo veel registraties als in een gemiddelde"
        " maand (1,4–1,7). Het laagst is juli: 0,62 keer (0,56–0,68)."
    )
    assert [row.head for row in block.figures[0].figure.table.rows][:2] == ["Januari", "Februari"]


def test_an_area_without_a_season_shows_that_of_the_region_and_says_so(read: Read) -> None:
    release = read(season("RG90"))
    block = of_theme(release, "GM9001").season
    assert block is not None
    assert "in Kleine Regio" in block.figures[0].figure.title
    assert block.cautions[0].startswith("Voor Aldermeer is geen duidelijk seizoen te zien")


def test_a_season_without_one_clear_month_says_so(read: Read) -> None:
    flat = [replace(f, content=replace(f.content, lower=0.5, upper=2.0)) for f in season("RG90")]
    assert "geen enkele maand wijkt" in told_in(of_theme(read(flat)).season)


def test_no_months_no_season(tmp_path: Path) -> None:
    shelf = shelve_findings_release(tmp_path, wanted=SmallRelease(months=False))
    release = shelf.open_current("openbaar")
    assert of_theme(release).season is None
    release.close()


def test_hot_spots_are_told_at_both_levels_and_drawn_at_the_chosen_one(read: Read) -> None:
    release = read(places())
    told = told_in(of_theme(release).places)
    assert "Eén buurt valt samen met de omgeving op door meer registraties" in told
    assert "Eén wijk valt samen met de omgeving op door meer" in told
    assert "Eén buurt valt op door minder: 't Veld (Berkenhove & Veld)." in told
    for level, drawn, other in (
        (AreaLevel.BUURT, "BU90010101", "WK900101"),
        (AreaLevel.WIJK, "WK900101", "BU90010101"),
    ):
        block = of_theme(release, level=level).places
        assert block is not None
        svg = str(block.figures[0].figure.svg)
        assert f"/gebied/{drawn}" in svg
        assert f"/gebied/{other}" not in svg


def test_a_page_of_one_gemeente_tells_its_own_spots_only(read: Read) -> None:
    release = read(places())
    told = told_in(of_theme(release, "GM9002").places)
    assert "'t Veld" in told
    assert "Binnenstad" not in told
    nothing = [f for f in places() if f.area != "BU90020102"]
    assert "In Berkenhove &amp; Veld valt geen" not in told
    assert "In Berkenhove & Veld valt geen enkel gebied" in told_in(
        of_theme(read(nothing), "GM9002").places
    )


def test_a_circle_is_told_beside_an_even_spread(read: Read) -> None:
    told = told_in(of_theme(read(places())).places)
    assert (
        "In Binnenstad en Buitengebied Noord (Aldermeer) samen waren er 61 registraties; bij een"
        " gelijke verdeling zouden dat er 40,4 zijn. De kans dat toeval ergens zo'n groep geeft is"
        " 1 op 1.000." in told
    )
    rounded = told_in(of_theme(read(places()), rounded=True).places)
    assert "ongeveer 61 registraties" in rounded


def test_a_circle_of_one_area_is_not_told_as_a_group(read: Read) -> None:
    only = [f for f in places() if not isinstance(f.content, Cluster)]
    one = Finding(Cluster(("BU90020101",), 9, 0.4, 0.001), AreaLevel.BUURT, BURGLARY, None, YEAR, 0)
    told = told_in(of_theme(read([*only, one])).places)
    assert "In De Berken (Berkenhove & Veld) waren er 9 registraties" in told
    assert "zouden dat er 0,4 zijn" in told
    assert "1 buurt in Berkenhove & Veld: De Berken" in told


def test_concentration_is_told_beside_chance_at_each_level(read: Read) -> None:
    told = told_in(of_theme(read(places())).places)
    assert (
        "De helft van alle registraties vond plaats in 25 % van de buurten. Dat is ongelijker dan"
        " toeval alleen geeft (ongelijkheid 0,41; door toeval hoogstens 0,22)." in told
    )
    assert "50 % van de wijken. Zo ongelijk kan het ook door toeval zijn" in told


def test_only_the_last_period_is_told(read: Read) -> None:
    old = [replace(f, period="2024-06/P12M") for f in places() if f.area == "BU90020102"]
    new = [f for f in places() if f.area != "BU90020102"]
    assert "'t Veld" not in told_in(of_theme(read([*old, *new])).places)


def test_a_driver_is_a_relation_with_its_margin_and_no_cause(read: Read) -> None:
    told = told_in(of_theme(read(drivers())).drivers)
    # A doubling is 1 / 1.3 of a common step: 1.12, 1.05 and 1.2 to that power.
    assert (
        "Per 2 keer zo veel adressen per km² zijn er naar verhouding 9 % meer registraties"
        " (marge: 4 % tot 15 % meer)." in told
    )
    assert "Bij de andere kenmerken is er geen duidelijk verschil." in told
    assert "Dit is een verband, geen oorzaak." in told
    assert "14 % beter voorspeld" in told


def test_drivers_that_do_not_predict_or_leave_a_pattern_are_told(read: Read) -> None:
    weak = [replace(f, content=replace(f.content, better=-0.2, pattern_p=0.01)) for f in drivers()]
    told = told_in(of_theme(read(weak)).drivers)
    assert "Trek er geen conclusies uit" in told
    assert "lijken ook op elkaar" in told


def test_without_drivers_the_reason_is_told_in_its_own_words(read: Read) -> None:
    why = "Er zijn te weinig gebieden om iets over te zeggen."
    none = [Finding(NoDrivers(why), AreaLevel.BUURT, BURGLARY, None, "2026-06/P12M")]
    block = of_theme(read(none)).drivers
    assert block is not None
    assert (block.words, block.figures) == (why, ())


def test_a_gemeente_is_told_that_what_spans_the_region_is_not_in_its_file(
    base: Path, tmp_path: Path
) -> None:
    shelf = shelve_findings_release(tmp_path / "own", [], base=base)
    path = next(shelf.folder.rglob("openbaar.duckdb"))
    with duckdb.connect(str(path)) as file:
        file.execute("UPDATE about SET value = 'gm9001' WHERE name = 'audience'")
        file.execute("UPDATE about SET value = 'Gemeente Aldermeer' WHERE name = 'audience_title'")
    release = Release(path)
    theme = of_theme(release)
    for block in (theme.places, theme.drivers):
        assert "staat niet in de versie voor Gemeente Aldermeer" in told_in(block)
    release.close()


def test_what_could_be_seen_stands_before_what_was_seen(read: Read) -> None:
    block = of_theme(read([effect()])).effects
    assert block is not None
    assert block.figures[0].figure.summary.replace(NB, " ") == (
        "Een daling kleiner dan 30 % kunnen we niet zien. Vergeleken met andere gebieden zijn er"
        " sinds de start 40 % minder registraties (marge: 25 % tot 52 % minder); waarschijnlijk"
        " geen toeval. De andere methoden zeggen hetzelfde."
    )
    assert block.figures[0].figure.title == "Buurtapps, sinds maart 2023"
    rows = {row.head: row.cells for row in block.figures[0].figure.table.rows}
    assert rows["vergelijking met elders"] == ("0,60", "0,48–0,75", f"40{NB}% minder")
    assert rows["nagemaakt gebied"][2] == "Geen mengsel leek vooraf genoeg."
    assert "De interventie begon op een piek" in " ".join(block.figures[0].notes)


def test_interventions_about_which_nothing_can_be_said_share_one_table(read: Read) -> None:
    few = effect(title="Klein & fijn", intervention="klein", verdict="too_few", smallest=0.8)
    block = of_theme(read([effect(), replace(few, place=1)])).effects
    assert block is not None
    assert len(block.figures) == 2
    last = block.figures[1].figure
    assert last.svg is None
    assert [row.head for row in last.table.rows] == ["Klein & fijn"]
    assert "Te weinig gevallen" in last.table.rows[0].cells[1]


def test_a_drawing_goes_with_an_answer_only(read: Read) -> None:
    block = of_theme(read([effect(verdict="too_few")])).effects
    assert block is not None
    assert block.figures[0].figure.svg is None


def test_the_share_of_attempts_is_told_in_percentage_points(read: Read) -> None:
    share = (("share_of_attempts", 0.081, 0.02, None, ""),)
    told = told_in(of_theme(read([effect(verdict="more_fail", methods=share, why="x")])).effects)
    assert "8,1 procentpunt" in told


def test_an_area_shows_the_signals_of_the_last_month_only(read: Read) -> None:
    block = of_area(read(of_areas()), "GM9001").signals
    told = told_in(block)
    assert "23" in told
    assert "77" not in told
    quiet = of_area(read(of_areas()), "GM9002").signals
    assert "valt hier niets op" in told_in(quiet)


def test_an_area_of_a_level_that_was_not_looked_at_has_no_block_of_signals(read: Read) -> None:
    assert of_area(read(of_areas()), "BU90010101").signals is None


def test_peers_are_links_with_their_distance_and_what_is_alike(read: Read) -> None:
    release = read(of_areas())
    block = of_area(release, "GM9001").peers
    assert block is not None
    figure = block.figures[0].figure
    row = figure.table.rows[0]
    assert (row.head, row.link) == ("Berkenhove & Veld", "/gebied/GM9002")
    assert row.cells == ("0,42", "adressen per km²", "aandeel eengezinswoningen")
    assert "lijkt het meest op Berkenhove & Veld" in figure.summary
    buurt = of_area(release, "BU90010101").peers
    assert buurt is not None
    head = buurt.figures[0].figure.table.rows[0].head
    assert head == "De Berken (Berkenhove & Veld)"
    assert of_area(release, "BU90020102").peers is None


def test_a_small_rate_stands_beside_the_raw_one(read: Read) -> None:
    block = of_area(read(of_areas()), "BU90010101").smoothed
    assert block is not None
    row = block.figures[0].figure.table.rows[0]
    assert row.cells[:4] == ("18,3", "12,1", "9,4–15,2", "1.000")
    rounded = Finding(
        SmoothedRate(12.1, 9.4, 15.2, None, 1000), AreaLevel.BUURT, BURGLARY, "BU90010101"
    )
    hidden = of_area(read([rounded]), "BU90010101").smoothed
    assert hidden is not None
    assert hidden.figures[0].figure.table.rows[0].cells[0] == "afgerond"


@contextmanager
def pages_of(
    folder: Path, findings: Sequence[Finding[Any]] | None
) -> Iterator[Callable[[str], str]]:
    with connect(shelve_findings_release(folder, findings)) as client:

        def open_page(address: str) -> str:
            answer = client.get(address)
            assert answer.status_code == 200
            return answer.text

        yield open_page


def test_the_pages_show_the_blocks_and_escape_their_words(tmp_path: Path) -> None:
    strange = effect(title="<script>alert(1)</script>")
    others = [f for f in every_kind() if not isinstance(f.content, Effect)]
    with pages_of(tmp_path, [*others, strange]) as open_page:
        theme = open_page("/thema/woninginbraken?niveau=buurt")
        assert "<script>alert" not in theme
        for words in ("Waar het zich ophoopt", "Wat ermee samenhangt", "Wat eraan gedaan is",
                      "elke maand naast een gemiddelde maand", "Hoe is dit berekend?"):  # fmt: skip
            assert words in theme
        area = open_page("/gebied/GM9001")
        assert "Lijkt het meest op" in area
        assert 'href="/signalen"' in area
        assert "Kleine aantallen beter te vergelijken" in open_page("/gebied/BU90010101")


def test_the_pages_stand_without_any_finding(tmp_path: Path) -> None:
    with connect(shelve_small_release(tmp_path)) as client:
        for address in ("/thema/woninginbraken", "/thema/algemeen", "/gebied/BU90010101"):
            answer = client.get(address)
            assert answer.status_code == 200
            assert "Waar het zich ophoopt" not in answer.text
