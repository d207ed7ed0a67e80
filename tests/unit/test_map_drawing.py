"""Which class an area is drawn in, which areas are never drawn alone, and what lies over them."""

from dataclasses import replace

import pytest

from regiebeeld.dashboard.charts import draw_map
from regiebeeld.dashboard.charts.map_classes import FEW, compute_styles
from regiebeeld.dashboard.charts.map_layers import Layer, Place
from regiebeeld.domain import AreaLevel, read_period
from unit.test_charts_figures import BUURTEN, make_map_request, read_svg
from unit.test_charts_words import make_cell


def of_homes(*counts: int, homes: int, figure: str = "woningen"):
    """Ask for a map of counts in buurten with as many homes."""
    cells = {
        area.code: replace(make_cell(count, base=homes, base_figure=figure), area=area.code)
        for area, count in zip(BUURTEN, counts, strict=False)
    }
    areas = BUURTEN[: len(counts)]
    return make_map_request(measure="count", areas=areas, cells=cells, breaks=(2.0, 5.0, 9.0, 20.0))


def test_a_few_homes_are_hatched_and_their_number_is_not_on_the_map() -> None:
    figure = draw_map(of_homes(3, homes=60))
    assert str(figure.svg).count('class="k-few"') == 1
    label = next(read_svg(figure).iter("a")).attrib["aria-label"]
    assert label == "Buurt 1: te weinig woningen om apart te tonen"
    assert "Voor 1 buurt tonen we het cijfer niet apart" in figure.summary
    # The figure itself was released: the table twin holds it, as it does beside a rate.
    assert figure.table.rows[0].cells[0] == "3"


@pytest.mark.parametrize(
    ("homes", "figure", "style"),
    [
        (99, "woningen", FEW),
        (99, "huishoudens", FEW),
        (100, "woningen", "k-2"),
        (99, "inwoners", "k-2"),
        (0, "woningen", "k-2"),
    ],
)
def test_few_homes_count_for_figures_about_homes(homes: int, figure: str, style: str) -> None:
    """No homes is no complex: a work area; and people in the street are not in their homes."""
    assert list(compute_styles(of_homes(3, homes=homes, figure=figure)).values()) == [style]


def test_a_complex_is_hatched_whatever_its_figure_is() -> None:
    wanted = of_homes(3, 12, homes=400, figure="inwoners")
    alone = replace(wanted, alone=frozenset({BUURTEN[1].code}))
    assert list(compute_styles(alone).values()) == ["k-2", FEW]
    assert list(compute_styles(wanted).values()) == ["k-2", "k-4"]
    # A wijk or gemeente is never one complex.
    wijk = replace(alone, level=AreaLevel.WIJK)
    assert list(compute_styles(wijk).values()) == ["k-2", "k-4"]


def test_a_number_has_the_same_class_at_every_period() -> None:
    """Class 3 is from 5 up to 9, whatever else there is in that year."""
    for others in ((0, 1, 2), (100, 200, 300)):
        wanted = of_homes(7, *others, homes=4000)
        for year in ("2019", "2025"):
            dated = replace(wanted, period=read_period(year))
            assert compute_styles(dated)[BUURTEN[0].code] == "k-3"


def test_layers_are_drawn_over_the_classes_and_shown_when_asked_for() -> None:
    area = replace(BUURTEN[0], label=(5.0, 5.0), box=(0, 0, 10, 10))
    rise = Place("rise", (area,), "Buurt 1: meer dan gebruikelijk")
    ring = Place("ring", (area,), "Buurt 1")
    reach = Place("reach", (area,), "Maatregel")
    wanted = make_map_request(
        layers=(
            Layer("signalen", (rise,), is_on=True),
            Layer("kringen", (ring,)),
            Layer("interventies", (reach,)),
        )
    )
    groups = {g.attrib["class"]: g for g in read_svg(draw_map(wanted)).iter("g")}
    assert list(groups) == [
        "layer layer-signalen shown",
        "layer layer-kringen",
        "layer layer-interventies",
    ]
    signals, circles, reaches = groups.values()
    assert signals.attrib["role"] == "img"
    assert signals.attrib["aria-label"].startswith("Signalen op de kaart: 1.")
    assert [path.attrib["class"] for path in signals] == ["symbol"]
    # The triangle stands at the label; the circle goes through the corners of the area.
    assert signals[0].attrib["transform"].startswith("translate(5.0 5.0)")
    assert (circles[0].attrib["cx"], circles[0].attrib["r"]) == ("5.0", "7.1")
    assert reaches[0].attrib["d"] == area.path


def test_an_area_without_a_place_has_no_symbol() -> None:
    nowhere = replace(BUURTEN[0], label=None, box=None, path=None)
    places = tuple(Place(kind, (nowhere,), "Nergens") for kind in ("rise", "ring", "reach"))
    wanted = make_map_request(layers=(Layer("signalen", places),))
    (group,) = read_svg(draw_map(wanted)).iter("g")
    assert list(group) == []
