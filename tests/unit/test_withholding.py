"""What a release leaves out of each audience file: every reason in words, with the next step."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from regiebeeld.catalogue import Catalogue, Indicator, Region, RegionSource, Theme, read_catalogue
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.pipeline.run.publishing import list_audience_files
from regiebeeld.pipeline.run.withholding import Withholding, withheld_table

ROOT = Path(__file__).parents[2]
DAY = date(2026, 7, 1)
CAMERAS, TIPS, HALT = "cameragebieden", "anonieme_tips", "halt_afdoeningen"
WHATSAPP = "whatsapp_groepen"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def indicator(catalogue: Catalogue, source: str, **changed: object) -> Indicator:
    """An indicator of one source, shaped as one of the catalogue."""
    plain = catalogue.indicators["fietsendiefstal"]
    values = plain.model_dump() | {
        "id": f"cijfer_{source}",
        "title": f"Cijfer {source}",
        "label": catalogue.sources[source].terms.label,
        "sources": [{"source": source, "event_sets": ["x"]}],
        "denominator": None,
    }
    return Indicator.model_validate(values | changed)


def region_with(catalogue: Catalogue, *sources: str) -> Region:
    wanted = tuple(RegionSource(source=name) for name in sources)
    return catalogue.regions["voorbeeld"].model_copy(
        update={"sources": wanted, "themes": ("algemeen",)}
    )


def rows_for(
    catalogue: Catalogue,
    region: Region,
    *indicators: Indicator,
    file: str = "regio",
    shown: bool = False,
    today: date = DAY,
    withheld: dict[str, str] | None = None,
) -> dict[str, tuple[str, str]]:
    """Give words and next step by indicator, of the rows of one file."""
    theme = Theme(id="algemeen", position=1, title="Algemeen", question="?", introduction="!",
                  indicators=tuple(one.id for one in indicators))  # fmt: skip
    known = replace(
        catalogue, themes={"algemeen": theme}, indicators={one.id: one for one in indicators}
    )
    cells = CellTables([], {})  # type: ignore[arg-type]
    if shown:
        cells.indicators = [("algemeen", one, one.sources[0].source) for one in indicators]
    files = list_audience_files(known, region)
    table = withheld_table(Withholding(known, region, cells, withheld or {}, today), files)
    return {
        row["indicator"]: (row["words"], row["next_step"])
        for row in table.to_pylist()
        if row["audience"] == file
    }


def test_a_source_that_the_region_lacks_is_named_with_who_could_give_it(
    catalogue: Catalogue,
) -> None:
    found = rows_for(catalogue, region_with(catalogue), indicator(catalogue, CAMERAS))
    words, step = found[f"Cijfer {CAMERAS}"]
    assert words == "Deze regio gebruikt deze bron niet."
    assert step == "Zet haar bij sources in region.yaml."
    publisher = catalogue.sources[CAMERAS].terms.publisher
    without = replace(catalogue, agreements={})
    found = rows_for(without, region_with(without), indicator(without, CAMERAS))
    _, step = found[f"Cijfer {CAMERAS}"]
    assert step == f"Maak een afspraak met {publisher} en zet haar bij sources in region.yaml."


def test_what_the_rule_of_a_class_forbids_is_said_first(catalogue: Catalogue) -> None:
    assert catalogue.audiences is not None
    rules = tuple(
        rule.model_copy(update={"publish": False, "because": "Nog niet."})
        for rule in catalogue.audiences.classes
    )
    closed = replace(catalogue, audiences=catalogue.audiences.model_copy(update={"classes": rules}))
    region = region_with(closed, HALT)
    words, step = rows_for(closed, region, indicator(closed, HALT), withheld={HALT: "x"})[
        f"Cijfer {HALT}"
    ]
    assert words.startswith("Nog niet.")
    assert step.startswith("U hoeft nu niets te doen")


def test_after_the_end_the_agreement_is_named(catalogue: Catalogue) -> None:
    region = region_with(catalogue, CAMERAS)
    end = catalogue.agreements["voorbeeld"][CAMERAS].end
    late = date(end.year + 1, 1, 1)
    words, step = rows_for(catalogue, region, indicator(catalogue, CAMERAS), today=late)[
        f"Cijfer {CAMERAS}"
    ]
    assert f"De afspraak is afgelopen op 31-12-{end.year}" in words
    assert step.startswith("Maak een nieuwe afspraak met ")


def test_nothing_that_ever_came_is_said(catalogue: Catalogue) -> None:
    region = region_with(catalogue, CAMERAS)
    assert rows_for(catalogue, region, indicator(catalogue, CAMERAS))[f"Cijfer {CAMERAS}"][0] == (
        "Er is nog geen levering aangenomen."
    )


def test_a_source_that_is_only_counted_says_so(catalogue: Catalogue) -> None:
    region = region_with(catalogue, CAMERAS)
    told = rows_for(catalogue, region, indicator(catalogue, CAMERAS), withheld={CAMERAS: "x"})
    assert told[f"Cijfer {CAMERAS}"][0] == "De regio laat deze bron alleen tellen en niet zien."


def test_a_purpose_that_does_not_reach_the_page_is_said(catalogue: Catalogue) -> None:
    region = region_with(catalogue, WHATSAPP)
    assert "algemeen" not in catalogue.agreements["voorbeeld"][WHATSAPP].themes
    words, step = rows_for(catalogue, region, indicator(catalogue, WHATSAPP))[f"Cijfer {WHATSAPP}"]
    assert words.startswith("Het doel van de afspraak past niet bij algemeen")
    assert step.endswith("over een ander doel.")


def test_what_is_shown_is_not_left_out(catalogue: Catalogue) -> None:
    region = region_with(catalogue, CAMERAS)
    assert rows_for(catalogue, region, indicator(catalogue, CAMERAS), shown=True) == {}


def test_an_audience_that_is_no_receiver_is_told_and_others_are_not(catalogue: Catalogue) -> None:
    agreed = catalogue.agreements["voorbeeld"][CAMERAS]
    narrow = agreed.model_copy(update={"receivers": ("GM9901",)})
    changed = replace(catalogue, agreements={"voorbeeld": {CAMERAS: narrow}})
    region = region_with(changed, CAMERAS)
    one = indicator(changed, CAMERAS)
    assert rows_for(changed, region, one, shown=True, file="gm9901") == {}
    for file in ("regio", "gm9902", "openbaar"):
        words, _ = rows_for(changed, region, one, shown=True, file=file)[f"Cijfer {CAMERAS}"]
        assert "staat niet bij de ontvangers van de afspraak." in words


def test_partners_hear_of_every_figure_and_everybody_only_of_open_ones(
    catalogue: Catalogue,
) -> None:
    """A reason tells nothing of a figure, so partners hear of what is for the triangle too."""
    region = region_with(catalogue, TIPS, HALT, CAMERAS)
    asked = [indicator(catalogue, name) for name in (TIPS, HALT, CAMERAS)]
    assert catalogue.sources[TIPS].terms.label == "driehoek"
    assert set(rows_for(catalogue, region, *asked)) == {one.title for one in asked}
    assert set(rows_for(catalogue, region, *asked, file="openbaar")) == {f"Cijfer {CAMERAS}"}
    tips = rows_for(catalogue, region, *asked)[f"Cijfer {TIPS}"][0]
    assert "Het label driehoek is niet voor alle deelnemers in de regio." in tips
    assert tips.count("Het label driehoek") == 1
