"""`regiebeeld secret make` and `regiebeeld policy propose`: what they do, refuse and never show."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from math import ceil
from pathlib import Path

import pytest

from lib.door_region import REGION, DoorRegion, make_door_region
from lib.searching import find_words
from regiebeeld.cli import main
from regiebeeld.disclosure import Secret
from regiebeeld.domain import CatalogueError, DisclosureError, ReleaseError
from regiebeeld.domain.areas import is_drawable
from regiebeeld.pipeline.gate.register import REGISTER, Register
from regiebeeld.settings import Settings

SOURCE, INDICATOR = "woninginbraken_aantallen", "woninginbraken_voltooid"
SECRET = ("unprotected", "secret", "disclosure.key")
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("geheim"), example_region)


@pytest.fixture
def door(made: DoorRegion, monkeypatch: pytest.MonkeyPatch) -> DoorRegion:
    made.forget()
    made.use(monkeypatch)
    return made


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """All that was printed or logged, at every level."""
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        out, err = capfd.readouterr()
        return out + err + caplog.text

    return read


def list_files(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# --- secret make ------------------------------------------------------------------------------


def make(var: Path, region: str = "twente") -> int:
    return main(["--var", str(var), "secret", "make", region])


def test_a_secret_is_made_for_its_owner_only_and_not_shown(
    tmp_path: Path, said: Callable[[], str]
) -> None:
    assert make(tmp_path) == 0
    path = tmp_path.joinpath(*SECRET)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    text = path.read_text().strip()
    assert len(bytes.fromhex(text)) == 48
    told = said()
    assert str(path) in told
    assert "kopie buiten deze computer" in told
    assert "Gaat het geheim verloren" in told
    assert text not in told
    assert find_words([tmp_path / "ledger", tmp_path / "releases"], [text]) == []


def test_a_second_secret_is_refused_and_nothing_changes(
    tmp_path: Path, said: Callable[[], str]
) -> None:
    assert make(tmp_path) == 0
    before = list_files(tmp_path)
    said()
    assert make(tmp_path) == DisclosureError.exit_code
    assert list_files(tmp_path) == before
    told = said()
    assert "er is al een geheim" in told
    assert tmp_path.joinpath(*SECRET).read_text().strip() not in told


def test_two_regions_have_two_secrets(tmp_path: Path) -> None:
    assert make(tmp_path / "a") == make(tmp_path / "b", "den_haag_eo") == 0
    texts = {(tmp_path / name).joinpath(*SECRET).read_text() for name in "ab"}
    assert len(texts) == 2


def test_an_invented_region_gets_none(tmp_path: Path, said: Callable[[], str]) -> None:
    assert make(tmp_path, "voorbeeld") == DisclosureError.exit_code
    assert "verzonnen" in said()
    assert list_files(tmp_path) == {}


def test_a_secret_from_a_vault_is_not_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Callable[[], str]
) -> None:
    monkeypatch.setenv("REGIEBEELD_SECRET", "ab" * 48)
    assert make(tmp_path) == DisclosureError.exit_code
    assert not tmp_path.joinpath(*SECRET).exists()
    assert "abab" not in said()


def test_the_folder_of_another_region_gets_no_secret(tmp_path: Path) -> None:
    assert make(tmp_path) == 0
    tmp_path.joinpath(*SECRET).unlink()
    assert make(tmp_path, "den_haag_eo") == ReleaseError.exit_code
    assert not tmp_path.joinpath(*SECRET).exists()


# --- policy propose ---------------------------------------------------------------------------


def list_buurten(door: DoorRegion) -> list[str]:
    found = json.loads((door.settings.files / "gebieden_2025_buurten.geojson").read_text())
    codes = {
        value
        for feature in found["features"]
        for value in feature["properties"].values()
        if isinstance(value, str) and value.startswith("BU") and len(value) == 10
    }
    return sorted(code for code in codes if is_drawable(code))


def deliver(door: DoorRegion) -> dict[tuple[str, str], int]:
    """Deliver 0, 5 and 10 in turn, so that rounding changes nothing: 15 a quarter everywhere."""
    counts = {
        (code, month): 5 * ((i + m) % 3)
        for i, code in enumerate(list_buurten(door))
        for m, month in enumerate(MONTHS)
    }
    rows: list[dict[str, object]] = [
        {"gebied": code, "periode": month, "poging": "voltooid", "aantal": count}
        for (code, month), count in counts.items()
    ]
    path = door.csv(rows)
    assert main(["accept", str(path), "--source", SOURCE, "--region", REGION]) == 0
    return counts


def propose(*more: str) -> int:
    return main(["--quiet", "policy", "propose", REGION, *more])


def test_shares_are_those_of_a_slow_count_and_the_limit_holds(
    door: DoorRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = deliver(door)
    capsys.readouterr()
    catalogue = list_files(door.settings.catalogue)
    assert propose("--indicator", INDICATOR) == 0
    said = capsys.readouterr().out
    rows = {tuple(line.split()[:2]): line.split() for line in said.splitlines() if line[:2] == "  "}
    for level, width in (("buurt", 8), ("wijk", 6), ("gemeente", 4)):
        sums: dict[tuple[str, str], int] = {}
        for (code, month), count in counts.items():
            key = (code[2 : 2 + width], month)
            sums[key] = sums.get(key, 0) + count
        low = sum(each <= 5 for each in sums.values()) / len(sums)
        assert rows[level, "maand"][2:4] == [str(len(sums)), str(ceil(100 * low))]
    buurten = len(counts) // 12
    assert rows["buurt", "maand"][3] == "67"
    assert rows["buurt", "kwartaal"][2:] == [str(4 * buurten), "0", "%", "nee", "mag", "niet"]
    assert rows["wijk", "jaar"][3:] == ["0", "%", "ja", "mag"]
    assert (
        "  voorstel: gemeente x kwartaal (0 % laag) en wijk x jaar (0 % laag); "
        "nu: wijk x jaar en gemeente x kwartaal"
    ) in said
    (beyond,) = [line for line in said.splitlines() if "fijner zou ook genoeg zeggen" in line]
    assert "buurt x kwartaal (0 % laag)" in beyond
    assert "de grens is woninginbraken_pogingen: wijk x jaar en gemeente x kwartaal" in beyond
    # It published nothing, changed nothing, and left nothing behind.
    assert list_files(door.settings.catalogue) == catalogue
    assert list(door.settings.releases.iterdir()) == []
    assert list((door.settings.unprotected / "store").iterdir()) == []
    assert not (door.settings.unprotected / REGISTER).exists()


def test_all_indicators_are_told_also_those_without_a_delivery(
    door: DoorRegion, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(door)
    assert propose() == 0
    said = capsys.readouterr().out
    assert f"{INDICATOR} (bron {SOURCE})" in said
    assert "  jeugdcriminaliteit: jeugdcriminaliteit: er is nog geen levering" in said


def test_without_a_secret_nothing_is_measured(tmp_path: Path, said: Callable[[], str]) -> None:
    words = ["--var", str(tmp_path), "policy", "propose", "twente"]
    assert main(words) == DisclosureError.exit_code
    assert "`regiebeeld secret make twente`" in said()
    assert list_files(tmp_path) == {}


def test_without_deliveries_there_is_nothing_to_measure(
    door: DoorRegion, said: Callable[[], str]
) -> None:
    assert propose() == DisclosureError.exit_code
    assert "regiebeeld accept" in said()


def test_another_secret_than_the_register_knows_is_refused(
    door: DoorRegion, said: Callable[[], str]
) -> None:
    deliver(door)
    register = Register(door.settings.unprotected / REGISTER)
    register.check_secret(Secret(b"a secret that is not that of the region"))
    register.add("2026-01-31.1", {})
    assert propose() == DisclosureError.exit_code
    assert "dit is niet het geheim" in said()
    for path in register.folder.rglob("*"):
        if path.is_file():
            path.unlink()


@pytest.mark.parametrize(
    ("indicator", "words"),
    [("cameras", "gaat niet over personen"), ("bestaat_niet", "staat in geen thema")],
)
def test_an_indicator_that_cannot_be_measured(
    door: DoorRegion, said: Callable[[], str], indicator: str, words: str
) -> None:
    assert propose("--indicator", indicator) == CatalogueError.exit_code
    assert words in said()


# --- the secret in a run ----------------------------------------------------------------------


@pytest.mark.slow
def test_the_secret_is_nowhere_but_in_its_file(door: DoorRegion, said: Callable[[], str]) -> None:
    """A region that is not invented, with the files of one that is, makes a release."""
    door.edit(f"regions/{REGION}/region.yaml", "invented: true", "invented: false")
    year = datetime.now(UTC).year
    for agreement in (door.settings.regions / REGION / "agreements").glob("*.yaml"):
        text = agreement.read_text(encoding="utf-8")
        text = text.replace("start: 2024-01-01", f"start: {year - 1}-01-01")
        agreement.write_text(text.replace("2099-12-31", f"{year + 1}-12-31"), encoding="utf-8")
    assert main(["secret", "make", REGION]) == 0
    path = door.settings.var.joinpath(*SECRET)
    text = path.read_text().strip()
    deliver(door)
    assert main(["--verbose", "run", REGION]) == 0
    release = (door.settings.releases / "current").read_text().strip()
    assert main(["--verbose", "attack", release]) == 0
    assert propose() == 0
    path.write_text("ef" * 48)
    assert main(["--verbose", "run", REGION]) == DisclosureError.exit_code
    path.write_text(text[:-1] + "z")  # mistyped: told, not repeated
    assert main(["--verbose", "run", REGION]) == DisclosureError.exit_code
    path.write_text(text)
    path.chmod(0o644)
    assert main(["--verbose", "run", REGION]) == DisclosureError.exit_code
    path.unlink()
    assert find_words([door.settings.var], [text, text[:24], "ef" * 24]) == []
    raw = bytes.fromhex(text)
    files = list_files(door.settings.var)
    assert [name for name, content in files.items() if raw in content] == []
    told = said()
    assert [word for word in (text, text[:24], "ef" * 24) if word in told] == []
