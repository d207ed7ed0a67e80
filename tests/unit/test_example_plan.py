"""The skeleton of the invented region: counts, codes, names that exist nowhere."""

import csv
import json
from pathlib import Path

import numpy as np
import pyproj
import pytest

from regiebeeld.domain import AreaLevel, CatalogueError
from regiebeeld.domain.areas import is_drawable, parent_code
from regiebeeld.example.names import GEMEENTE_NAMES, LAKE_NAME, VILLAGE_NAMES
from regiebeeld.example.plan import plan_buurten, region_plan
from regiebeeld.example.rd import rd_to_wgs84
from regiebeeld.example.truths import TruthKind, read_truths

TRUTHS = Path(__file__).parents[2] / "regions" / "voorbeeld" / "planted_truths.yaml"


def _real_areas(test_data: Path) -> dict[str, str]:
    """Every code and name of the CBS lists at hand, with "Wijk 01 " taken off."""
    found: dict[str, str] = {}
    for path in sorted(test_data.glob("*/**/*WijkenEnBuurten.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found |= {row["Key"].strip(): row["Title"] for row in csv.DictReader(file)}
    layer = json.loads((test_data / "areas/Buurt_2014_layer_q1e3.json").read_text("utf-8"))
    for item in next(iter(layer["objects"].values()))["geometries"]:
        found[item["properties"]["statcode"]] = item["properties"]["statnaam"]
    today = json.loads((test_data / "areas/nl_gemeenten_2024.geojson").read_text("utf-8"))
    for item in today["features"]:
        found[item["properties"]["statcode"]] = item["properties"]["statnaam"]
    return found


def test_the_region_has_the_size_that_was_asked() -> None:
    wijken = [wijk for gemeente in region_plan() for wijk in gemeente.wijken]
    assert len(region_plan()) == 14
    assert 90 <= len(wijken) <= 110
    assert 470 <= len(plan_buurten()) <= 530


def test_codes_have_the_form_of_cbs_and_nest() -> None:
    for buurt in plan_buurten():
        assert is_drawable(buurt.code)
        assert parent_code(buurt.code, AreaLevel.WIJK) == buurt.wijk
        assert parent_code(buurt.code, AreaLevel.GEMEENTE) == buurt.gemeente
    assert len({buurt.code for buurt in plan_buurten()}) == len(plan_buurten())


def test_names_are_unique_within_a_gemeente() -> None:
    for gemeente in region_plan():
        names = [buurt.name for buurt in gemeente.buurten]
        assert len(set(names)) == len(names), gemeente.name
        wijken = [wijk.name for wijk in gemeente.wijken]
        assert len(set(wijken)) == len(wijken), gemeente.name


def test_no_code_is_used_by_cbs(test_data: Path) -> None:
    real = _real_areas(test_data)
    assert len(real) > 15_000
    gemeenten = {code[2:6] for code in real}
    assert gemeenten.isdisjoint(gemeente.code[2:] for gemeente in region_plan())


def test_no_place_name_occurs_in_the_netherlands(test_data: Path) -> None:
    every = "\n".join(_real_areas(test_data).values()).casefold()
    assert "enschede" in every
    invented = (*GEMEENTE_NAMES, *VILLAGE_NAMES, LAKE_NAME)
    assert [name for name in invented if name.casefold() in every] == []


def test_coordinates_agree_with_proj_within_a_metre() -> None:
    points = np.random.default_rng(1).uniform([36_000, 535_000], [86_000, 588_000], (400, 2))
    exact = pyproj.Transformer.from_crs(28992, 4326, always_xy=True).transform(*points.T)
    metres = (rd_to_wgs84(points) - np.column_stack(exact)) * (67_000, 111_200)
    assert np.abs(metres).max() < 1.0


def test_every_kind_of_truth_is_planted() -> None:
    truths = read_truths(TRUTHS)
    assert {truth.kind for truth in truths.truths} == set(TruthKind)
    treated = truths.of_kind(TruthKind.INTERVENTION)
    assert [len(truth.areas) for truth in treated] == [35, 35]
    assert set(treated[0].areas).isdisjoint(treated[1].areas)
    assert all(len({area[:6] for area in truth.areas}) > 2 for truth in treated)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("WK990200", "WK990277", "uitbraak_fietsdiefstal: gebied WK990277 bestaat niet"),
        ("start: 2024-05", "start: 2024-13", "uitbraak_fietsdiefstal: '2024-13'"),
        ("factor: 3.00", "factor: null", "uitbraak_fietsdiefstal: een outbreak heeft een factor"),
        ("kind: split, old: [BU99070003]", "kind: merged, old: [BU99070003]", "is geen merged"),
        ("old: [BU99070201]", "old: [BU99070298]", "precies een code moet in het plan staan"),
        ("end: 2024-08", "end: 2024-02", "begin 2024-05 ligt na eind 2024-02"),
        ("kind: outbreak", "kind: uitbraak", "niet te lezen"),
        ("seed: 20261", "zaad: 20261", "niet te lezen"),
    ],
)
def test_a_fault_in_the_file_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = TRUTHS.read_text("utf-8")
    assert old in text
    broken = tmp_path / "planted_truths.yaml"
    broken.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError) as fault:
        read_truths(broken)
    assert told in str(fault.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="niet te lezen"):
        read_truths(tmp_path / "planted_truths.yaml")
