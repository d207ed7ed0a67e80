"""Real files through the door: the figures of the issue stand in the reports that go back."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.real_door import RealDoor, make_groningen, make_twente
from lib.replay import ReplayServer
from regiebeeld.pipeline.intake.accepting import Accepted
from regiebeeld.pipeline.intake.history import state_as_of

THEFTS = "events/groningen_bicycle_thefts_2013_2017.csv"
FIRES = "events/twente_chimney_fires_2004_2020_100m.csv"
BURGLARIES = "police/MiK_twente_woninginbraak_events_derived.csv"
MIK, FIRE = "mik_woninginbraken", "schoorsteenbranden"


@pytest.fixture(scope="module")
def twente(test_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealDoor]:
    with ReplayServer(test_data) as server:
        yield make_twente(tmp_path_factory.mktemp("twente"), server, MIK, FIRE)


def accepted(door: RealDoor, source: str, file: Path) -> Accepted:
    done = door.accept(source, file)
    assert isinstance(done, Accepted), done.because
    return done


def facts_of(done: Accepted) -> dict[str, object]:
    return dict(json.loads((done.folder / "report.json").read_text())["linking"]["facts"])


def counted(door: RealDoor, source: str) -> list[dict[str, object]]:
    return list(state_as_of(door.settings.unprotected / "deliveries", source).counts.to_pylist())


def test_thefts_of_groningen_by_coordinate_and_the_lower_rate_by_name(
    test_data: Path, tmp_path: Path
) -> None:
    done = accepted(
        make_groningen(tmp_path, test_data), "fietsendiefstal_gebeurtenissen", test_data / THEFTS
    )
    assert done.delivery.rows_counted == 15_947
    facts = facts_of(done)
    assert facts["methods"]["coordinate"] / facts["rows"] >= 0.999
    by_name = facts["keys"]["naam"]
    # The published check of this export: names agree with the map for 43.9 %.
    assert by_name["agreeing"] / by_name["rows"] == pytest.approx(0.439, abs=0.01)
    page = (done.folder / "report.html").read_text()
    assert f"met alleen naam: {by_name['linked']} van 15947 rijen aan een buurt" in page
    assert facts["missing_layouts"]
    assert "gekoppeld aan de indeling van 2017" in page


def test_own_areas_of_the_gemeente_link_by_overlay(test_data: Path, tmp_path: Path) -> None:
    door = make_groningen(tmp_path, test_data)
    source = (test_data / "areas/groningen_2017/buurtindeling.zip").read_bytes()
    (door.settings.files / "eigen.zip").write_bytes(source)
    door.edit(
        "regions/groningen/region.yaml",
        "themes: [algemeen]\n",
        "themes: [algemeen]\nown_areas:\n  - {gemeente: GM0014, "
        "file: 'eigen.zip#buurtindeling.shp', code: CODE, name: NAAM}\n",
    )
    events = (test_data / THEFTS).read_text(encoding="utf-8").splitlines()
    names = events[0].split(",")
    x, y, name = (names.index(column) for column in ("X", "Y", "Pleegbuurt"))
    rows = [_split(line) for line in events[1:40]]
    for row in rows[:9]:
        row[x] = row[y] = ""
        row[name] = "De Zeilen"  # a name of the gemeente's own; CBS has none such
    cut = tmp_path / "deel.csv"
    cut.write_text("\n".join([events[0], *(",".join(row) for row in rows)]) + "\n")
    facts = facts_of(accepted(door, "fietsendiefstal_gebeurtenissen", cut))
    assert facts["methods"]["coordinate"] == 30
    own = sum(facts["methods"].get(name, 0) for name in ("own_area", "own_area_share"))
    assert own == 9


def _split(line: str) -> list[str]:
    return [
        f'"{text}"' if "," in text or "\n" in text else text for text in next(csv.reader([line]))
    ]


def test_fires_keep_all_rows_of_rijssen(twente: RealDoor, test_data: Path) -> None:
    done = accepted(twente, FIRE, test_data / FIRES)
    assert done.delivery.rows_counted == 1_759
    facts = facts_of(done)
    assert facts["methods"]["coordinate"] + facts["methods"].get("coordinate_snapped", 0) == 1_759
    assert (facts["outside"], facts["contradicted"]) == (0, 0)
    rows = counted(twente, FIRE)
    assert sum(row["count"] for row in rows if row["area"][2:6] == "1742") == 112
    page = (done.folder / "report.html").read_text()
    assert "van 2004 tot en met 2020 gekoppeld aan de indeling van 2015" in page
    assert "2015 > 2015" not in facts["missing_layouts"]


def test_a_fire_without_coordinates_links_by_its_gemeente_and_one_of_elsewhere_is_left_out(
    twente: RealDoor, test_data: Path, tmp_path: Path
) -> None:
    lines = (test_data / FIRES).read_text(encoding="utf-8").splitlines()
    names = lines[0].replace('"', "").split(",")
    x, y, name = (names.index(column) for column in ("Xcoordinate", "Ycoordinate", "gemeente"))
    rows = [line.split(",") for line in lines[1:21]]
    rows[0][x] = rows[0][y] = ""
    rows[0][name] = "Rijssen"
    rows[1][x], rows[1][y], rows[1][name] = "207550", "473950", "Deventer"
    rows[2][x], rows[2][y] = rows[2][y], rows[2][x]
    file = tmp_path / "branden.csv"
    file.write_text("\n".join([lines[0], *(",".join(row) for row in rows)]) + "\n")
    done = accepted(twente, FIRE, file)
    facts = facts_of(done)
    assert facts["unknown"] == {"BU17429999": 1}
    assert facts["outside"] == 1
    assert facts["readings"] == {"swapped": 1}
    assert done.delivery.rows_counted == 19
    told = " ".join(done.told)
    assert "buiten de regio" in told
    assert "verwisseld" in told


def test_burglaries_of_the_map_keep_repeats_and_stand_beside_the_register(
    twente: RealDoor, test_data: Path
) -> None:
    done = accepted(twente, MIK, test_data / BURGLARIES)
    assert done.delivery.rows_counted == 2_303
    facts = facts_of(done)
    # Without an address file a postcode of four digits tells the gemeente and no buurt.
    assert facts["methods"] == {"postcode4_gemeente": 2_303}
    assert "GM0000" not in facts["unknown"]
    public = json.loads((done.folder / "report.json").read_text())["linking"]["public"]
    for words in ("2024: 751 in deze levering, 800 in", "2025: 810 in deze levering, 855 in"):
        assert sum(words in told for told in public) == 1
    page = (done.folder / "report.html").read_text()
    assert "751 in deze levering, 800 in" in page
    assert "afgesproken is minstens 80%" in page
