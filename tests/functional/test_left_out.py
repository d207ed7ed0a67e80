"""A run writes into each file what is not in it and why, and until when a source counts."""

from pathlib import Path

import pytest

from functional.test_pages import words_of
from lib.door_region import REGION, DoorRegion, make_door_region
from lib.page_server import connect
from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.pipeline.intake.accepting import Accepted, accept_delivery
from regiebeeld.pipeline.run import run_region
from regiebeeld.releases import Delivered, Hidden, Release, Shelf
from regiebeeld.settings import Settings

ROOT = Path(__file__).parents[2]
CAMERAS = "cameragebieden"
CAMERA_FIGURES = ("cameragebieden", "cameras")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def read_file(settings: Settings, audience: str) -> Release:
    shelf = Shelf(settings.releases)
    path = shelf.folder / shelf.read_current_id() / f"{audience}.duckdb"
    return Release(path, hide_nothing)


def hide_nothing(region: str, delivered: tuple[Delivered, ...]) -> Hidden:
    del region, delivered
    return Hidden()


def test_every_figure_of_a_theme_is_shown_or_accounted_for(
    example_region: Settings, catalogue: Catalogue
) -> None:
    release = read_file(example_region, "regio")
    told = {one.indicator for one in release.left_out}
    shown = {one.title for one in release.indicators.values()}
    asked = {i.title for _, i in catalogue.indicators_of(catalogue.regions[REGION]).values()}
    assert told | shown == asked
    assert told & shown == set()
    assert set(release.themes) == set(catalogue.regions[REGION].themes)
    assert all(one.words for one in release.left_out)
    release.close()


def test_everybody_is_told_only_of_figures_that_are_meant_for_everybody(
    example_region: Settings, catalogue: Catalogue
) -> None:
    release = read_file(example_region, "openbaar")
    told = {one.indicator for one in release.left_out}
    labels = {i.label for i in catalogue.indicators.values() if i.title in told}
    assert labels <= {"openbaar"}
    content = release.path.read_bytes()
    closed = [i.title for i in catalogue.indicators.values() if i.label != "openbaar"]
    open_ones = [i.title for i in catalogue.indicators.values() if i.label == "openbaar"]
    # The index of themes names every source of the catalogue, the same words in every region: it
    # tells nothing of what this region has.
    open_ones += [source.title for source in catalogue.sources.values()]
    held = [t for t in closed if t.encode() in content and not any(t in o for o in open_ones)]
    assert held == []
    release.close()


@pytest.mark.slow
def test_partners_figures_stand_on_their_page(delivered_region: Settings) -> None:
    release = read_file(delivered_region, "regio")
    shown = {release.indicators[name].title for name in CAMERA_FIGURES}
    with connect(Shelf(delivered_region.releases), audience="regio") as client:
        page = words_of(client.get("/thema/handhaving"))
    for title in shown:
        assert title in page
    assert not shown & {row.indicator for row in release.left_out}
    release.close()


@pytest.mark.slow
def test_every_theme_has_a_page_that_is_whole(delivered_region: Settings) -> None:
    with connect(Shelf(delivered_region.releases), audience="regio") as client:
        themes = list(read_file(delivered_region, "regio").themes)
        pages = {theme: client.get(f"/thema/{theme}") for theme in themes}
        assert client.get("/").status_code == 200
    assert {answer.status_code for answer in pages.values()} == {200}
    only = [answer for answer in pages.values() if "Bij dit thema is nu geen cijfer" in answer.text]
    for answer in only:
        assert "Niet op deze pagina" in words_of(answer)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("left_out"), example_region)


def test_a_delivered_source_carries_the_days_of_its_agreement(
    door: DoorRegion, catalogue: Catalogue
) -> None:
    path = door.cameras(("BU99010000", "2024", 2))
    assert isinstance(accept_delivery(path, CAMERAS, REGION, door.settings), Accepted)
    run_region(REGION, door.settings, offline=False)
    release = read_file(door.settings, "regio")
    agreed = catalogue.agreements[REGION][CAMERAS]
    row = release.sources[CAMERAS]
    assert row.delivered
    assert (row.agreement_start, row.agreement_end) == (str(agreed.start), str(agreed.end))
    public = [one for one in release.sources.values() if one.id != CAMERAS]
    assert public
    assert not any(one.delivered or one.agreement_end for one in public)
    release.close()
