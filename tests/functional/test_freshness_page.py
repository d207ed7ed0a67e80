"""The page on freshness: what is late, what was wrong and what to do; never a number of rows."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import Client

import regiebeeld.pipeline.intake as intake
from functional.test_pages import words_of
from lib.door_region import REGION, DoorRegion, make_door_region
from lib.page_server import serving
from lib.small_release import shelve_small_release
from regiebeeld.cli import main
from regiebeeld.dashboard.web import create_app
from regiebeeld.dashboard.web.freshness import say_age, show_freshness
from regiebeeld.ledger import Freshness, read_freshness, write_freshness
from regiebeeld.ledger.freshness import Quality, RuleHit
from regiebeeld.pipeline.schedule.rules_hit import read_rules_hit, title_of
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PAGE = "/actualiteit"
REFUSED = Quality(
    "2026-02-20T08:00:00+00:00", "2026-02-19", "refused", 2, 1, None,
    (RuleHit("Rijen staan er dubbel in", "Haal de dubbele rijen weg.", is_error=True),
     RuleHit("De levering kwam te laat", "Spreek af wanneer.", is_error=False)),
)  # fmt: skip
ROWS = [
    Freshness("cameras", "Camera's & <plekken>", "delivery", "2026-01-05", "2025", "2026-02-10",
              19, quality=(Quality("2026-01-05T08:00:00+00:00", "2026-01-04", "accepted", 0, 0,
                                   0.9876), REFUSED)),
    Freshness("tips", "Tips", "delivery", None, None, None, None, words="De afspraak is voorbij."),
    Freshness("cbs", "Bevolking", "fetch", "2026-02-27", None, "2026-02-28", 1,
              failing_since="2026-02-28T06:00:00+00:00", words="http://geheim.example/pad"),
]  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shelve_small_release(tmp_path / "releases")
    folder = tmp_path / "releases" / "2026-07-15.1"
    (folder / "regio.duckdb").write_bytes((folder / "openbaar.duckdb").read_bytes())
    return Settings(var=tmp_path)


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    app = create_app(Shelf(settings.releases), audience="regio")
    with serving(app) as address, Client(base_url=address) as client:
        yield client


def test_before_the_worker_ran_the_page_says_how(client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert "Er is nog niets nagekeken" in words_of(answer)
    assert "`regiebeeld work <regio>`" in words_of(answer)


@pytest.mark.parametrize("text", ["{", "[]", '{"sources": [], "written_at": "ooit"}', '"x"'])
def test_a_damaged_file_is_told_and_nothing_breaks(
    client: Client, settings: Settings, text: str
) -> None:
    settings.ledger.mkdir()
    (settings.ledger / "freshness.json").write_text(text)
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert "is beschadigd en wordt niet getoond" in words_of(answer)
    assert str(settings.var) not in answer.text


def test_each_source_says_how_it_stands_and_what_to_do(client: Client, settings: Settings) -> None:
    write_freshness(settings, "klein", ROWS, now=datetime.now(UTC) - timedelta(hours=30))
    answer = client.get(PAGE)
    words = words_of(answer)
    assert "Van de 3 bronnen zijn er 2 te laat; bij 1 mislukt het ophalen." in words
    assert "30 uur geleden. Dat is langer dan een dag" in words
    assert "19 dagen te laat." in words
    assert "De afspraak is voorbij." in words
    assert "Ophalen mislukt sinds 28 februari 2026" in words
    assert "Fout: Rijen staan er dubbel in. Haal de dubbele rijen weg." in words
    assert "Opmerking: De levering kwam te laat." in words
    assert "de vorige levering blijft gelden" in words
    assert "98,8 procent" in words
    assert "geheim.example" not in answer.text
    assert "<plekken>" not in answer.text


def test_what_the_worker_wrote_is_never_kept_in_the_cache(
    client: Client, settings: Settings
) -> None:
    write_freshness(settings, "klein", ROWS[:1])
    first = client.get(PAGE)
    assert first.headers["cache-control"] == "private, no-cache"
    write_freshness(settings, "klein", [replace(ROWS[0], title="Nieuwe naam")])
    assert "Nieuwe naam" in client.get(PAGE).text


@pytest.mark.parametrize("place", [PAGE, "/afspraken"])
def test_everybody_is_refused_and_partners_are_not(settings: Settings, place: str) -> None:
    for audience, status in (("regio", 200), ("openbaar", 403)):
        app = create_app(Shelf(settings.releases), audience=audience)
        with serving(app) as address, Client(base_url=address) as client:
            answer = client.get(place)
            assert answer.status_code == status
            assert (place in client.get("/bronnen").text) is (status == 200)
    assert "Deze pagina is voor wie meedoet in de regio" in words_of(answer)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "zojuist"), (5, "5 minuten geleden"), (150, "2 uur geleden"), (4320, "3 dagen geleden")],
)
def test_the_age_is_told_in_words(minutes: int, words: str) -> None:
    assert say_age(NOW, timedelta(minutes=minutes)).endswith(f"om 12:00 uur (UTC), {words}.")


def test_a_file_of_before_the_rules_is_still_read(settings: Settings) -> None:
    path = write_freshness(settings, "klein", ROWS[:1], now=NOW)
    told = json.loads(path.read_text())
    for each in told["sources"][0]["quality"]:
        del each["rules"]
    path.write_text(json.dumps(told))
    shown = show_freshness(settings, NOW)
    assert shown["fault"] is None
    assert shown["blocks"][0].hits == ()


def test_a_report_gives_titles_and_never_a_number(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    found = [
        {"rule": "duplicate", "severity": "error", "words": "4711 rijen", "rows": 4711},
        {"rule": "personal_bsn", "severity": "error", "words": "kolom Jansen"},
        {"rule": "nieuwe_regel", "severity": "warning", "words": "x"},
        {"rule": "linking", "severity": "warning", "words": "12 rijen zonder buurt"},
        {"rule": "linking", "severity": "warning", "words": "13 rijen zonder buurt"},
    ]
    report.write_text(json.dumps({"findings": found}))
    hits = read_rules_hit(report)
    assert [(hit.title, hit.is_error) for hit in hits] == [
        ("Persoonsgegevens in het bestand", True),
        ("Rijen staan er dubbel in", True),
        ("Een andere regel", False),
        ("Een deel van de rijen hoort bij geen buurt", False),
    ]
    assert not any(char.isdigit() for hit in hits for char in hit.title + hit.what_to_do)
    assert "Jansen" not in str(hits)


@pytest.mark.parametrize("text", ["{", "[]", '{"findings": [{}]}', '{"findings": 3}'])
def test_a_report_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    report = tmp_path / "report.json"
    report.write_text(text)
    (hit,) = read_rules_hit(report)
    assert hit.title == "Het verslag van deze levering is niet meer te lezen"
    assert read_rules_hit(None) == ()
    assert len(read_rules_hit(tmp_path / "weg.json")) == 1


def test_the_rules_of_the_door_have_a_title_of_their_own() -> None:
    """The door names its rules where it finds something; a reader never sees `excel_date`."""
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in Path(str(intake.__file__)).parent.rglob("*.py")
    )
    rules = set(re.findall(r'\b(?:Finding|RefusedFile|RowRule|Note)\(\s*"([a-z_0-9]+)"', code))
    assert {"duplicate", "agreement", "excel_date", "zip_bomb"} <= rules
    assert {rule for rule in rules if title_of(rule)[0] == "Een andere regel"} == set()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("door"), example_region)


def test_accepting_by_hand_refreshes_the_page(
    door: DoorRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIEBEELD_CATALOGUE", str(door.settings.catalogue))
    monkeypatch.setenv("REGIEBEELD_REGIONS", str(door.settings.regions))
    path = door.cameras(("BU99010000", "2024", 2), ("BU99010000", "2024", 2))
    command = ["--var", str(door.settings.var), "accept", str(path), "--source", "cameragebieden"]
    assert main([*command, "--region", REGION]) != 0  # the same row twice is refused
    told = read_freshness(door.settings)
    assert told is not None
    row = next(row for row in told[1] if row.source == "cameragebieden")
    assert [each.outcome for each in row.quality] == ["refused"]
    assert "Rijen staan er dubbel in" in {hit.title for hit in row.quality[0].rules}
