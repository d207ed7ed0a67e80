"""Public places on the map of a run: on the right point of the sheet, and inside their gemeente."""

import pytest
from shapely.geometry import box

from regiebeeld.domain import Area, AreaLevel, CatalogueError
from regiebeeld.domain.public_places import PlaceKind, PublicPlace
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.areas.drawing import frame_of
from regiebeeld.pipeline.run.public_places import public_place_table

# Two gemeenten of 10 by 10 km beside each other; the sheet is 1,000 units wide, so 20 m a unit.
WEST, EAST = box(240_000, 470_000, 250_000, 480_000), box(250_000, 470_000, 260_000, 480_000)
LAYOUT = Layout(
    2025,
    (
        Area("GM9001", AreaLevel.GEMEENTE, "Aldermeer", 2025),
        Area("GM9002", AreaLevel.GEMEENTE, "Berkenhove", 2025),
    ),
    {"GM9001": WEST, "GM9002": EAST},
)
STATION = PublicPlace(
    "Bureau", PlaceKind.POLICE_STATION, "GM9001", "Een bron.", rd=(242_000.0, 479_000.0)
)


def table_of(*places: PublicPlace) -> list[dict[str, object]]:
    frame = frame_of(LAYOUT)
    table = public_place_table(places, shown=LAYOUT, frame=frame, file="regions/x/places.yaml")
    found: list[dict[str, object]] = table.to_pylist()
    return found


def test_a_point_stands_where_the_sheet_has_it() -> None:
    """2 km from the west and 1 km from the north: 100 and 50 units of 20 m."""
    (row,) = table_of(STATION)
    assert (row["x"], row["y"]) == (100.0, 50.0)
    assert (row["name"], row["kind"], row["gemeente"]) == ("Bureau", "police_station", "GM9001")
    assert row["source"] == "Een bron."


def test_degrees_and_metres_are_the_same_point() -> None:
    """The church tower of Amersfoort is where RD New counts from: 155 km, 463 km."""
    tower = box(150_000, 460_000, 160_000, 470_000)
    layout = Layout(2025, LAYOUT.areas[:1], {"GM9001": tower})
    metres = PublicPlace("Toren", PlaceKind.FIRE_STATION, "GM9001", "Bron.", rd=(155e3, 463e3))
    degrees = PublicPlace(
        "Toren 2", PlaceKind.FIRE_STATION, "GM9001", "Bron.", wgs84=(5.387206, 52.155174)
    )
    frame = frame_of(layout)
    rows = public_place_table((metres, degrees), shown=layout, frame=frame, file="x").to_pylist()
    assert [row["longitude"] for row in rows] == pytest.approx([5.387206] * 2, abs=2e-5)
    assert [row["latitude"] for row in rows] == pytest.approx([52.155174] * 2, abs=2e-5)
    assert rows[0]["x"] == pytest.approx(rows[1]["x"], abs=0.2)


def test_a_place_outside_its_gemeente_is_refused_with_where_it_lies() -> None:
    moved = PublicPlace("Kazerne", PlaceKind.FIRE_STATION, "GM9001", "B.", rd=(255e3, 475e3))
    away = PublicPlace("Ver", PlaceKind.FIRE_STATION, "GM9002", "B.", rd=(200e3, 475e3))
    nowhere = PublicPlace("Weg", PlaceKind.FIRE_STATION, "GM9003", "B.", rd=(255e3, 475e3))
    with pytest.raises(CatalogueError) as refused:
        table_of(STATION, moved, away, nowhere)
    next_step = "verbeter de coördinaten of de gemeente"
    assert "regions/x/places.yaml: 3 plek(ken)" in str(refused.value)
    assert list(refused.value.faults) == [
        f"'Kazerne' ligt in Berkenhove (GM9002) en niet in GM9001; {next_step}",
        f"'Ver' ligt buiten de regio en niet in GM9002; {next_step}",
        f"'Weg' ligt in Berkenhove (GM9002) en niet in GM9003; {next_step}",
    ]


def test_a_region_without_places_has_an_empty_table() -> None:
    assert table_of() == []
