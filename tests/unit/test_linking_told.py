"""Too little linked refuses or is told; the report that goes back holds the linking."""

import html
import json
import zipfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from lib.vector_tables import block, layout_of
from regiebeeld.catalogue import Source
from regiebeeld.catalogue.models import SourceTerms
from regiebeeld.pipeline.intake.findings import DeliveryReport, LinkingTold, Outcome
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.linking import LinkFrame, LinkReport, compare_keys
from regiebeeld.pipeline.intake.linking_told import (
    Known,
    check_links,
    compute_known,
    refuse_unplaced,
    tell_linking,
)
from regiebeeld.pipeline.intake.report import write_report

FRAME = LinkFrame({2021: layout_of(2021, {"BU01530101": block(0, 0), "BU01530102": block(1, 0)})})


def a_source(least_linked: float = 0.8) -> Source:
    terms = SourceTerms.model_validate(
        {"kind": "delivery", "table": "x", "publisher": "P", "content": "counts",
         "least_linked": least_linked}
    )  # fmt: skip
    return Source("bron", "Bron", "", "", "1.0.0", (), terms)


def a_report(**more) -> LinkReport:
    base = dict.fromkeys(("methods", "unlinked"), ())
    base |= {name: {} for name in ("unknown", "vintages", "readings")}
    base |= {"rows": 10, "coarse": 0, "drawn": 0, "contradicted": 0, "outside": 0}
    return LinkReport(**{**base, **more})


def test_counts_are_weighed_and_not_rows() -> None:
    counts = pa.table(
        {
            "area": ["BU01530101", "BU01539999", "BU00000000", "BU01530102"],
            "count": pa.array([2, 30, 5, None], pa.int64()),
        }
    )
    assert compute_known(counts, FRAME) == Known(events=37, placed=32, linked=2)


@pytest.mark.parametrize(("placed", "refused"), [(0, True), (49, True), (50, False), (100, False)])
def test_with_less_than_half_in_a_known_gemeente_it_is_refused(placed: int, refused: bool) -> None:
    known = Known(events=100, placed=placed, linked=placed)
    if not refused:
        refuse_unplaced(known)
        return
    with pytest.raises(RefusedFile, match="minder dan de helft"):
        refuse_unplaced(known)


def test_a_delivery_of_zeros_is_not_refused_for_its_places() -> None:
    refuse_unplaced(Known(events=0, placed=0, linked=0))
    assert check_links(a_report(), Known(0, 0, 0), a_source()) == []


@pytest.mark.parametrize(("linked", "least", "told"), [(79, 0.8, 1), (80, 0.8, 0), (94, 0.95, 1)])
def test_below_what_the_contract_asks_it_is_told(linked: int, least: float, told: int) -> None:
    found = check_links(a_report(), Known(100, 100, linked), a_source(least))
    assert len(found) == told
    assert all(f"minstens {least:.0%}" in finding.words for finding in found)


def test_a_contract_may_not_ask_less_than_half() -> None:
    with pytest.raises(ValueError, match=r"greater than or equal to 0\.5"):
        a_source(0.4)


def test_contradictions_and_far_layouts_are_remarks() -> None:
    found = check_links(a_report(contradicted=1, far=2), Known(10, 10, 10), a_source())
    assert [finding.words.partition(":")[0] for finding in found] == [
        "1 rij",
        "2 rijen meer dan 5 jaar van de naaste indeling",
    ]


def texts_of(workbook: Path) -> str:
    """The texts of all cells and the names of the sheets."""
    with zipfile.ZipFile(workbook) as parts:
        names = ("xl/sharedStrings.xml", "xl/workbook.xml")
        return html.unescape("".join(parts.read(name).decode() for name in names))


def test_the_report_holds_the_linking_in_all_three_forms(tmp_path: Path) -> None:
    keys = {
        "x": pa.array(["200500", "201500"]),
        "y": pa.array(["450500", "450500"]),
        "area_code": pa.array(["BU01530101", "BU01530101"]),
    }
    rates = compare_keys(keys, None, FRAME)
    told = tell_linking(a_report(rows=2), rates, ["inbraak, 2024: 751 in deze levering"])
    report = DeliveryReport("b", "B", date(2026, 1, 1), Outcome.ACCEPTED, (), linking=told)
    data, workbook, page = write_report(report, tmp_path)
    facts = json.loads(data.read_text())["linking"]["facts"]
    assert facts["keys"]["coördinaat"] == {"rows": 2, "linked": 2, "agreeing": 1}
    cells = texts_of(workbook)
    for words in (*told.sentences, *map(str, rates), "inbraak, 2024: 751 in deze levering"):
        assert words in page.read_text()
        assert words in cells


def test_a_report_of_a_file_that_was_not_linked_has_no_such_part(tmp_path: Path) -> None:
    report = DeliveryReport("b", "B", date(2026, 1, 1), Outcome.REFUSED, ())
    _, workbook, page = write_report(report, tmp_path)
    assert "Koppeling" not in texts_of(workbook)
    assert "gekoppeld zijn" not in page.read_text()


def test_one_kind_of_key_is_compared_with_nothing() -> None:
    one = {"postcode6": pa.array(["7511AB"]), "house_number": pa.array(["1"])}
    assert compare_keys(one, None, FRAME) == ()


def test_markup_in_a_sentence_is_text_on_the_page(tmp_path: Path) -> None:
    told = LinkingTold({}, ("<script>x</script>",))
    report = DeliveryReport("b", "B", date(2026, 1, 1), Outcome.ACCEPTED, (), linking=told)
    assert "<script>" not in write_report(report, tmp_path)[2].read_text()
