"""A pair of coordinates that fits the country otherwise is told and read so; any other refuses."""

from pathlib import Path

import pytest

from lib.deliveries import EVENT_FIELDS, GOOD, check_rows_of, source
from regiebeeld.catalogue.fields import Crs, Field, FieldType, Role
from regiebeeld.pipeline.intake.findings import Outcome, Severity

_OTHERS = tuple(one for one in EVENT_FIELDS if one.role not in (Role.X, Role.Y))


def a_source(crs: Crs, kind: FieldType):
    return source((*_OTHERS, Field("x", Role.X, kind, crs=crs), Field("y", Role.Y, kind, crs=crs)))


def told(folder: Path, x: str, y: str, *, crs: Crs = Crs.RD, kind: FieldType = FieldType.NUMBER):
    report = check_rows_of(folder, [GOOD | {"x": x, "y": y}], a_source(crs, kind))
    return report.outcome, {(found.rule, found.severity) for found in report.findings}


@pytest.mark.parametrize(
    ("x", "y", "crs", "rules"),
    [
        ("257000", "471000", Crs.RD, set()),
        ("471000", "257000", Crs.RD, {"point_swapped"}),
        ("6.89", "52.22", Crs.RD, {"point_system"}),
        ("52.22", "6.89", Crs.RD, {"point_system"}),
        ("6.89", "52.22", Crs.WGS84, set()),
        ("52.22", "6.89", Crs.WGS84, {"point_swapped"}),
        ("257000", "471000", Crs.WGS84, {"point_system"}),
        ("471000", "257000", Crs.WGS84, {"point_system"}),
    ],
)
def test_a_pair_that_can_be_read_one_other_way_is_told(tmp_path, x, y, crs, rules) -> None:
    outcome, found = told(tmp_path, x, y, crs=crs)
    assert found == {(rule, Severity.WARNING) for rule in rules}
    assert outcome is (Outcome.ACCEPTED_WITH_WARNINGS if rules else Outcome.ACCEPTED)


@pytest.mark.parametrize(
    ("x", "y", "crs"),
    [
        ("0", "0", Crs.RD),
        ("471000", "471000", Crs.RD),
        ("471000", "", Crs.RD),
        ("9.9", "52.22", Crs.WGS84),
        ("0", "0", Crs.WGS84),
    ],
)
def test_what_fits_in_no_way_is_out_of_range_and_refuses(tmp_path, x, y, crs) -> None:
    outcome, found = told(tmp_path, x, y, crs=crs)
    assert outcome is Outcome.REFUSED
    assert ("range", Severity.ERROR) in found


def test_degrees_where_whole_metres_are_asked_are_refused_with_the_hint(tmp_path: Path) -> None:
    outcome, found = told(tmp_path, "6.89", "52.22", kind=FieldType.INTEGER)
    assert outcome is Outcome.REFUSED
    assert ("point_system", Severity.WARNING) in found
