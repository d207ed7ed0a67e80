"""The parts of accepting: claims, the door's lock, names that are not told, counting at home."""

import csv
import tempfile
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from shapely.geometry import box

from lib import deliveries
from regiebeeld.catalogue.fields import Field, FieldType, Role
from regiebeeld.domain import Area, AreaLevel, ContractError, ReleaseError
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.intake.claims import (
    claim_file,
    door_lock,
    private_temp,
    read_hash,
    wipe,
    wipe_others,
)
from regiebeeld.pipeline.intake.counting_home import count_at_home, write_counts
from regiebeeld.pipeline.intake.linking import LinkFrame
from regiebeeld.pipeline.intake.reading import read_delivery

ATOM = {"level": "buurt", "period": "month"}
ATTEMPT = Field(
    "poging",
    Role.ATTEMPT,
    FieldType.STRING,
    values=("J", "N"),
    meanings=(("J", "poging"), ("N", "voltooid")),
)
EVENTS = deliveries.source((*deliveries.EVENT_FIELDS, ATTEMPT), atom=ATOM)
INTO_FIELDS = (
    Field("gebied", Role.AREA_CODE, FieldType.STRING, required=True, pattern="BU[0-9]{8}"),
    Field("maand", Role.PERIOD, FieldType.STRING, required=True, format="periode"),
    Field("poging", Role.ATTEMPT, FieldType.STRING, required=True, values=("voltooid", "poging")),
    Field("aantal", Role.COUNT, FieldType.INTEGER, minimum=0),
)
INTO = deliveries.source(INTO_FIELDS, "aantallen", grain="count", event_set="inbraak", atom=ATOM)


def test_a_claim_keeps_no_name_and_is_wiped(tmp_path: Path) -> None:
    path = tmp_path / "Jansen, Dorpsstraat 1.CSV"
    path.write_text("x")
    work = tmp_path / "work"
    claim = claim_file(path, work, 7)
    assert not path.exists()
    assert claim.file == work / "7" / "file.csv"
    assert (claim.folder.stat().st_mode & 0o077) == 0
    with private_temp(claim.temp):
        assert tempfile.mkdtemp().startswith(str(claim.temp))
    wipe(claim)
    assert list(work.iterdir()) == []
    assert claim.file is None
    (work / "9").mkdir()
    (work / "8").mkdir()
    assert wipe_others(work, {8}) == ["9"]


def test_a_strange_suffix_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.Dorpsstraat 1"
    path.write_text("x")
    claim = claim_file(path, tmp_path / "work", 1)
    assert claim.file is not None
    assert claim.file.name == "file"


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    # The example of FIPS 180-2.
    assert read_hash(path) == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        3,
    )
    with pytest.raises(ContractError):
        read_hash(tmp_path)


def test_one_at_the_door(tmp_path: Path) -> None:
    with (
        door_lock(tmp_path),
        pytest.raises(ReleaseError, match="al een levering"),
        door_lock(tmp_path, wait=False),
    ):
        pass


def frame() -> LinkFrame:
    """Two buurten side by side: west and east of x = 258000."""
    gemeente = Area("GM0153", AreaLevel.GEMEENTE, "Enschede", 2026)
    wijk = Area("WK015300", AreaLevel.WIJK, "Wijk 00", 2026, "GM0153")
    west = Area("BU01530000", AreaLevel.BUURT, "West", 2026, wijk.code)
    east = Area("BU01530001", AreaLevel.BUURT, "Oost", 2026, wijk.code)
    shapes = {
        west.code: box(256000, 470000, 258000, 472000),
        east.code: box(258000, 470000, 260000, 472000),
    }
    shapes |= dict.fromkeys((wijk.code, gemeente.code), box(256000, 470000, 260000, 472000))
    return LinkFrame(
        {2026: Layout(2026, (gemeente, wijk, west, east), shapes)}, (("Enschede", "GM0153"),)
    )


def event(number: int, month: str, x: str, attempt: str) -> dict[str, str]:
    start = {"begin": f"2026-{month}-04 10:00:00", "eind": f"2026-{month}-04 12:00:00"}
    place = {"x": x, "postcode": "", "buurt": ""}
    return {**deliveries.GOOD, "nummer": f"Z-{number}", **start, **place, "poging": attempt}


def test_counting_at_home_gives_a_delivery_that_passes(tmp_path: Path) -> None:
    rows = [
        event(1, "03", "257000", "N"),
        event(2, "03", "257100", "N"),
        event(3, "03", "259000", "J"),
        event(4, "05", "257000", "N"),
        event(5, "05", "", "N"),
    ]
    path = tmp_path / "rijen.csv"
    path.write_text(deliveries.csv_text(rows))
    read = read_delivery(path, EVENTS)
    done = count_at_home(read, EVENTS, INTO, frame=frame(), as_of=deliveries.TODAY)
    out = tmp_path / "levering.csv"
    write_counts(done.rows, INTO, out)
    assert path.exists()
    with out.open(encoding="utf-8", newline="") as file:
        told = {tuple(row.values()) for row in csv.DictReader(file, delimiter=";")}
    counted = {
        ("BU01530000", "2026-03", "voltooid", "2"),
        ("BU01530001", "2026-03", "poging", "1"),
        ("BU01530000", "2026-05", "voltooid", "1"),
        ("BU00000000", "2026-05", "voltooid", "1"),
    }
    # Every other cell of every buurt is said to be zero, also of a month without events.
    cells = set(
        product(
            ("BU01530000", "BU01530001"), ("2026-03", "2026-04", "2026-05"), ("voltooid", "poging")
        )
    )
    zeros = {(*cell, "0") for cell in cells - {row[:3] for row in counted}}
    assert told == counted | zeros
    report = deliveries.check_text(tmp_path, out.read_bytes(), INTO)
    assert deliveries.errors_of(report) == set()


def test_counting_at_home_refuses_what_the_rows_cannot_say(tmp_path: Path) -> None:
    path = tmp_path / "rijen.csv"
    path.write_text(deliveries.csv_text([event(1, "03", "257000", "N")]))
    age = Field("leeftijd", Role.BREAKDOWN, FieldType.STRING, required=True, values=("0-17", "18+"))
    more = replace(INTO, fields=(*INTO.fields, age))
    with pytest.raises(ContractError, match="leeftijd"):
        count_at_home(
            read_delivery(path, EVENTS), EVENTS, more, frame=frame(), as_of=deliveries.TODAY
        )
    with pytest.raises(ContractError, match="kan niet"):
        count_at_home(
            read_delivery(path, INTO), INTO, EVENTS, frame=frame(), as_of=deliveries.TODAY
        )
    path.write_text("a;b\n1;2\n")
    with pytest.raises(ContractError, match="voldoet niet"):
        count_at_home(
            read_delivery(path, EVENTS), EVENTS, INTO, frame=frame(), as_of=date(2026, 7, 1)
        )
