"""The file forms of the invented partners, and the strictness of what is planted in them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely

from lib.deliveries import COUNT_FIELDS, source
from regiebeeld.catalogue.fields import Field, FieldType, Role
from regiebeeld.domain import CatalogueError
from regiebeeld.example.addresses import settle_addresses, write_addresses
from regiebeeld.example.deliveries_exports import Place, build_events
from regiebeeld.example.deliveries_faults import FICTITIOUS_BSN, cut_file, spoil_table
from regiebeeld.example.deliveries_files import FileForm, write_table
from regiebeeld.example.layout import Ground, Piece
from regiebeeld.example.people import People
from regiebeeld.example.plan import plan_buurten
from regiebeeld.example.truths import DeliveryFault, read_truths
from regiebeeld.example.write import make_example
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.reading import read_delivery

TRUTHS = Path(__file__).parents[2] / "regions" / "voorbeeld" / "planted_truths.yaml"
DEGREES = Field("graden", Role.DROP, FieldType.NUMBER)
TABLE = pa.table(
    {
        "gebied": ["BU99010000", "BU99010001"],
        "maand": ["2025-01", "2025-02"],
        "soort": ["Fryslân & <co>", None],
        "aantal": [3, 0],
        "graden": [11.2, -0.5],
    }
)


@pytest.mark.parametrize("form", FileForm)
def test_every_form_is_read_back_as_it_was_written(tmp_path: Path, form: FileForm) -> None:
    path = tmp_path / f"levering{form.suffix}"
    write_table(path, TABLE, form)
    delivered = read_delivery(path, source((*COUNT_FIELDS, DEGREES)))
    read = delivered.table.to_pydict()
    assert list(read) == TABLE.column_names
    comma = form is FileForm.CSV_LATIN
    assert read["graden"] == (["11,2", "-0,5"] if comma else ["11.2", "-0.5"])
    assert delivered.facts.decimal == ("," if comma else ".")
    assert read["soort"][0] == "Fryslân & <co>"
    assert not read["soort"][1]
    assert [read["gebied"], read["maand"], read["aantal"]] == [
        ["BU99010000", "BU99010001"],
        ["2025-01", "2025-02"],
        ["3", "0"],
    ]


@pytest.mark.parametrize("form", FileForm)
def test_the_bytes_do_not_depend_on_the_clock(
    tmp_path: Path, form: FileForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "een", tmp_path / "twee"
    write_table(first, TABLE, form)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    write_table(second, TABLE, form)
    assert first.read_bytes() == second.read_bytes()


def test_a_cut_file_is_cut_inside_a_row(tmp_path: Path) -> None:
    path = tmp_path / "levering.csv"
    write_table(path, pa.concat_tables([TABLE] * 20), FileForm.CSV_EXCEL)
    whole = path.read_bytes()
    cut_file(path)
    assert whole.startswith(path.read_bytes())
    assert not path.read_bytes().endswith(b"\n")
    with pytest.raises(RefusedFile, match="afgebroken"):
        read_delivery(path, source((*COUNT_FIELDS, DEGREES)))


def test_the_number_is_fictitious_and_passes_the_eleven_test() -> None:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    assert sum(w * int(d) for w, d in zip(weights, FICTITIOUS_BSN, strict=True)) == 396 == 36 * 11
    table = pa.concat_tables([TABLE] * 3)
    spoiled = spoil_table(DeliveryFault.BSN, table, source())
    assert spoiled["burgerservicenummer"].to_pylist() == [FICTITIOUS_BSN] * 3 + [None] * 3
    assert spoil_table(DeliveryFault.CUT_ROW, table, source()) is table


def test_events_that_the_example_does_not_know_are_told() -> None:
    rng = np.random.default_rng(1)
    ground, people = _ground(("BU99010000",))
    addresses = settle_addresses(ground, people, 1)
    place = Place(make_example(truths=TRUTHS), addresses, 1)
    with pytest.raises(CatalogueError, match="proef: het voorbeeld kan"):
        build_events(source(), place, rng)


def _ground(codes: tuple[str, ...]) -> tuple[Ground, People]:
    pieces = tuple(Piece(plan_buurten()[0], code, code, 0, 1) for code in codes)
    shapes = np.array([shapely.box(i * 500, 0, i * 500 + 400, 300) for i in range(len(codes))])
    homes = np.full((len(codes), 8), 80)
    people = People(homes, homes, homes, np.zeros((5, len(codes), 8)))
    return Ground(pieces, shapes, shapely.box(0, 0, 1, 1), "GM9901"), people


def test_postcodes_are_shared_by_three_buurten_of_one_gemeente(tmp_path: Path) -> None:
    codes = ("BU99010000", "BU99010001", "BU99010002", "BU99010003", "BU99020000")
    ground, people = _ground(codes)
    addresses = settle_addresses(ground, people, 1)
    write_addresses(tmp_path / "adressen.csv", addresses, ground)
    lines = (tmp_path / "adressen.csv").read_text().splitlines()
    assert lines[0] == "PC6;Huisnummer;Buurt2025;Wijk2025;Gem2025"
    rows = [line.split(";") for line in lines[1:]]
    assert len(rows) == len({(row[0], row[1]) for row in rows}) == 5 * 20  # one in four of 80
    found = {code[2:]: sorted({row[0] for row in rows if row[2] == code[2:]}) for code in codes}
    assert found == {
        "99010000": ["9400SA", "9401SA", "9402SA"],
        "99010001": ["9400SD", "9401SD", "9402SD"],
        "99010002": ["9400SS", "9401SS", "9402SS"],
        "99010003": ["9403SA", "9404SA", "9405SA"],
        "99020000": ["9406SA", "9407SA", "9408SA"],
    }
    inside = [
        shapely.contains_xy(ground.shapes[piece], *point)
        for piece, point in zip(addresses.piece, addresses.points, strict=True)
    ]
    assert all(inside)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("fault: cut_row", "fault: bsn", "cut_row staat er 0 keer"),
        ("fault: cut_row", "fault: bsn", "bsn staat er 2 keer"),
        ("fault: cut_row", "fault: gescheurd", "niet te lezen"),
        ("expected: seen_before", "expected: misschien", "niet te lezen"),
        ("area: GM9903", "area: GM9955", "gemeente GM9955 bestaat niet"),
        ("last: 0.60", "last: 0.20", "geen stijgend aandeel"),
        ("usual: 0.33", "gewoon: 0.33", "niet te lezen"),
        ("start: 2022-01\n  end", "start: 2022-13\n  end", "pogingen_stijgen_hazelterwoude"),
        ("\ndeliveries:", "\nleveringen:", "onbekend: leveringen"),
    ],
)
def test_a_fault_in_what_is_planted_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = TRUTHS.read_text("utf-8")
    assert old in text
    broken = tmp_path / "planted_truths.yaml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as fault:
        read_truths(broken)
    assert told in str(fault.value)
