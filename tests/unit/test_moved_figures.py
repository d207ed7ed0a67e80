"""A denominator of another year is used only where the whole ground is the same."""

import pytest
import shapely

from regiebeeld.catalogue import Figure
from regiebeeld.catalogue.models import DENOMINATORS
from regiebeeld.domain import Area, AreaLevel, Status
from regiebeeld.pipeline.areas import Layout, compute_crosswalk
from regiebeeld.pipeline.run.moved_figures import move_figures
from regiebeeld.pipeline.sources.conform_figures import FigureRow

OLD, NEW = 2015, 2021


def _layout(vintage: int, boxes: dict[str, tuple[int, int]]) -> Layout:
    """Areas a kilometre high in one row, from and to so many kilometres."""
    areas = tuple(Area(code, AreaLevel.BUURT, code, vintage, code[:8]) for code in boxes)
    shapes = {c: shapely.box(a * 1000, 0, b * 1000, 1000) for c, (a, b) in boxes.items()}
    return Layout(vintage, areas, shapes)


OLDER = _layout(
    OLD,
    {
        "BU01530000": (0, 1),  # stays
        "BU01530001": (1, 2),  # gets the code BU01530009
        "BU01530002": (2, 3),  # its code goes to other ground
        "BU01530003": (3, 4),  # these two become BU01530002
        "BU01530004": (4, 5),
        "BU01530005": (5, 7),  # is split
    },
)
NEWER = _layout(
    NEW,
    {
        "BU01530000": (0, 1),
        "BU01530009": (1, 2),
        "BU01530010": (2, 3),
        "BU01530002": (3, 5),
        "BU01530005": (5, 6),
        "BU01530006": (6, 7),
    },
)
WALKS = {
    (OLD, AreaLevel.BUURT): compute_crosswalk(
        OLDER, NEWER, level=AreaLevel.BUURT, sliver_tolerance=0.05
    )
}


def _row(area: str, value: float | None, figure: Figure = Figure.INWONERS) -> FigureRow:
    status = Status.SHOWN if value is not None else Status.MISSING
    return FigureRow(area, figure, OLD, value, status, OLD, None if value else "geheim")


def _moved(*rows: FigureRow) -> dict[str, float | None]:
    return {row.area: row.value for row in move_figures(rows, NEWER, WALKS)[0]}


def test_same_ground_keeps_its_number_whatever_its_code() -> None:
    moved = _moved(_row("BU01530000", 100), _row("BU01530001", 200), _row("BU01530002", 300))
    assert moved == {"BU01530000": 100, "BU01530009": 200, "BU01530010": 300}


def test_a_reused_code_gets_the_sum_of_its_true_predecessors() -> None:
    moved = _moved(_row("BU01530002", 300), _row("BU01530003", 40), _row("BU01530004", 50))
    assert moved["BU01530002"] == 90


def test_a_divided_area_gives_no_denominator_and_is_told() -> None:
    rows, notes = move_figures([_row("BU01530005", 500)], NEWER, WALKS)
    assert rows == []
    assert [(note.rows, "veranderd" in note.text) for note in notes] == [(1, True)]


def test_a_sum_with_an_unknown_part_is_unknown_with_its_reason() -> None:
    rows, _ = move_figures([_row("BU01530003", 40), _row("BU01530004", None)], NEWER, WALKS)
    (row,) = rows
    assert (row.area, row.value, row.status) == ("BU01530002", None, Status.MISSING)
    assert row.reason == "geheim"


@pytest.mark.parametrize("figure", [each for each in Figure if each not in DENOMINATORS])
def test_prices_shares_and_distances_are_never_added_up(figure: Figure) -> None:
    assert _moved(_row("BU01530003", 60, figure), _row("BU01530004", 40, figure)) == {}
    assert _moved(_row("BU01530001", 60, figure)) == {"BU01530009": 60}


def test_without_a_crosswalk_nothing_is_used() -> None:
    assert move_figures([_row("BU01530000", 100)], NEWER, {})[0] == []


def test_figures_of_the_shown_year_stay_as_they_are() -> None:
    own = FigureRow("BU01530002", Figure.INWONERS, 2020, 7.0, Status.SHOWN, NEW)
    assert move_figures([own], NEWER, WALKS) == ([own], [])
