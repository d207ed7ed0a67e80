"""A delivery that says who it is about: its values are a closed list, and add up to the whole."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lib.deliveries import check_text, errors_of
from regiebeeld.catalogue import Source, read_catalogue
from regiebeeld.pipeline.intake.findings import DeliveryReport, Outcome
from regiebeeld.pipeline.run.delivered_cells import list_sets
from regiebeeld.pipeline.run.delivering import add_margins

ROOT = Path(__file__).parents[2]
HEAD = "gebied;periode;soort;leeftijd;aantal"
AGES = ("12-13", "14-15", "16-17")


@pytest.fixture(scope="module")
def source() -> Source:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions").sources["jeugdcriminaliteit"]


def check(folder: Path, source: Source, *ages: str, head: str = HEAD) -> DeliveryReport:
    rows = [f"GM9901;2025;geweld;{age};12" for age in ages]
    return check_text(folder, "\n".join([head, *rows]) + "\n", source)


def test_a_closed_list_of_values_is_accepted(tmp_path: Path, source: Source) -> None:
    assert check(tmp_path, source, *AGES).outcome is not Outcome.REFUSED


def test_an_unknown_value_is_refused_with_its_place_and_what_may_stand_there(
    tmp_path: Path, source: Source
) -> None:
    report = check(tmp_path, source, "12-13", "18-24", "14-15")
    assert report.outcome is Outcome.REFUSED
    (found,) = report.errors
    assert (found.column, found.row_numbers) == ("leeftijd", (2,))
    for age in AGES:
        assert age in found.words
    assert "18-24" not in found.words  # what was sent may be a person's; only its place is told


@pytest.mark.parametrize("age", ["", "1", "15"])
def test_no_value_and_an_age_of_its_own_are_refused(
    tmp_path: Path, source: Source, age: str
) -> None:
    assert check(tmp_path, source, "12-13", age).outcome is Outcome.REFUSED


def test_a_delivery_in_the_form_of_before_is_refused(tmp_path: Path, source: Source) -> None:
    text = "gebied;periode;soort;aantal\nGM9901;2025;geweld;12\n"
    assert "missing_column" in errors_of(check_text(tmp_path, text, source))


def test_the_values_add_up_to_the_whole_with_the_same_events(source: Source) -> None:
    kinds = ("geweld", "vermogen")
    rows = [
        (kind, f"leeftijd={age}", "GM9901", "2025", count, 0.0, 1000 * (i + 1) + j)
        for i, kind in enumerate(kinds)
        for j, (age, count) in enumerate(zip(AGES, (3, 8, 13), strict=True))
    ]
    names = ("event_set", "breakdown", "area", "period", "count", "estimated_share", "event_key")
    table = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    table = table.set_column(6, "event_key", table["event_key"].cast(pa.uint64()))
    found = {row["event_set"]: row for row in add_margins(table).to_pylist()}
    assert set(found) <= list_sets(source)
    for kind in kinds:
        parts = [found[f"{kind}:leeftijd={age}"] for age in AGES]
        for name in ("count", "event_key"):
            assert found[kind][name] == sum(part[name] for part in parts)
    assert pc.sum(table["count"]).as_py() == sum(found[kind]["count"] for kind in kinds)
