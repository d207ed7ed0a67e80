"""`regiebeeld attack`: what an outsider finds in a release, its register and tables of others."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from lib.attacked_release import (
    PARTS,
    REGION_CODE,
    SETS,
    SOURCE,
    WIJK,
    AttackedRelease,
    seal,
    shelve_attacked,
)
from regiebeeld.cli import main
from regiebeeld.domain import ContractError, DisclosureError, RecoveredError, ReleaseError

LEAK = f"  {WIJK}, 2023, woninginbraken_pogingen"
HEADER = "area;period;event_set;value"
ATTEMPTS = "woninginbraak:attempt=poging"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> AttackedRelease:
    return shelve_attacked(tmp_path_factory.mktemp("attacked") / "var")


@pytest.fixture
def attacked(made: AttackedRelease, tmp_path: Path) -> AttackedRelease:
    """A copy that a test may spoil."""
    shutil.copytree(made.settings.var, tmp_path / "var")
    return replace(made, settings=replace(made.settings, var=tmp_path / "var"))


def attack(release: AttackedRelease, *files: Path, name: str | None = None) -> int:
    words = ["--var", str(release.settings.var), "--quiet", "attack", name or release.release]
    for file in files:
        words += ["--with", str(file)]
    return main(words)


def all_but_one(release: AttackedRelease) -> str:
    """The buurten of the wijk but one, exactly: together the 9 that the wijk can be at most."""
    rows = [
        f"{code};2023;{ATTEMPTS};{count}" for code, count in zip(PARTS, release.parts, strict=True)
    ]
    return "\n".join((HEADER, *rows)) + "\n"


def test_a_release_alone_gives_nothing_away(
    made: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    assert attack(made) == 0
    said = capsys.readouterr().out
    assert "naast 1 versie(s) in het register" in said
    (row,) = [line.split() for line in said.splitlines() if line.startswith(SOURCE)]
    _, figures, tested, known, certified, width, undecided, recovered = row
    assert int(figures) > 50
    assert int(tested) == int(certified) > 0
    assert (known, width, undecided, recovered) == ("0", "2", "0", "0")
    assert "Geen cijfer is precies te herleiden" in said


def test_exact_parts_except_one_are_found(
    made: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    """The parts are 9 and the wijk reads "1–9": then it is 9, and the last part is 0."""
    assert attack(made, made.write(all_but_one(made))) == RecoveredError.exit_code == 11
    said = capsys.readouterr()
    assert LEAK in said.out.splitlines()
    assert "anderen.csv: 3 getallen meegenomen." in said.out
    assert "1 cijfers van versie 2026-01-31.1 zijn precies te herleiden" in said.err
    assert "FG" in said.err
    assert " 9" not in said.out.split("te herleiden (gebied")[1]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "area,period,indicator,lower,upper\n" + f"{WIJK},2023,woninginbraken_pogingen,9,40\n",
            id="a range of an indicator, with commas",
        ),
        pytest.param(
            f"area;period;event_set;source;lower;upper\n{WIJK};2023;{ATTEMPTS};{SOURCE};9;20\n",
            id="with the source",
        ),
    ],
)
def test_other_ways_to_write_a_leak(made: AttackedRelease, text: str) -> None:
    assert attack(made, made.write(text)) == RecoveredError.exit_code


def test_two_tables_leak_together(made: AttackedRelease) -> None:
    header, *rows = all_but_one(made).splitlines()
    one = made.write("\n".join((header, rows[0])), "een.csv")
    other = made.write("\n".join((header, *rows[1:])), "twee.csv")
    assert attack(made, one) == 0
    assert attack(made, other) == 0
    assert attack(made, one, other) == RecoveredError.exit_code


def test_what_others_tell_themselves_is_known_and_not_ours(
    made: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made.write(f"{HEADER}\n{WIJK};2023;{ATTEMPTS};9\n")
    assert attack(made, path) == 0
    (row,) = [r for r in capsys.readouterr().out.splitlines() if r.startswith(SOURCE)]
    assert row.split()[3] == "1"


def test_a_number_that_counts_otherwise_is_left_out_and_told(
    made: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *rest = all_but_one(made).splitlines()
    rows = [f"{WIJK};2023;{ATTEMPTS};8", f"GM0153;2023;{ATTEMPTS};3", "GM9901;2023;onbekend;3"]
    assert attack(made, made.write("\n".join((first, *rest[:1], *rows)))) == 0
    said = capsys.readouterr().out
    assert (
        "anderen.csv: 1 getallen meegenomen; 1 tellen anders dan de bron en zijn weggelaten; "
        "2 gaan over iets anders, of fijner dan wordt geteld." in said
    )


def test_the_total_of_the_region_is_read_by_its_code(
    made: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    moment = made.register.read(SOURCE)[0].atoms
    total = int(moment.counts[:, :, 1].sum())
    assert attack(made, made.write(f"{HEADER}\n{REGION_CODE};2023;{ATTEMPTS};{total}\n")) == 0
    assert "1 getallen meegenomen" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("column", "name"), [("event_set", "1.1.1"), ("indicator", "woninginbraken")]
)
def test_a_public_table_about_the_same_events_is_understood(
    made: AttackedRelease, capsys: pytest.CaptureFixture[str], column: str, name: str
) -> None:
    """The contract says that code 1.1.1 of the open table counts the same as its event set."""
    atoms = made.register.read(SOURCE)[0].atoms
    inside = [i for i, code in enumerate(atoms.areas) if code.startswith("BU9901")]
    total = int(atoms.counts[inside].sum())
    text = f"area;period;{column};value\nGM9901;2023;{name};{total}\n"
    assert attack(made, made.write(text)) == 0
    assert "1 getallen meegenomen" in capsys.readouterr().out


def test_what_an_earlier_version_told_is_laid_beside_it(attacked: AttackedRelease) -> None:
    """One version says at most 9, another at least 9."""
    (moment,) = attacked.register.read(SOURCE)
    figures = moment.figures
    at = [
        row
        for row in range(len(figures))
        if figures.where(row) == f"{WIJK}, 2023" and figures.sets[figures.kind[row]] == {SETS[1]}
    ]
    lower, upper = figures.lower.copy(), figures.upper.copy()
    assert (int(lower[at[0]]), int(upper[at[0]])) == (1, 9)
    lower[at], upper[at] = 9, 13
    other = replace(moment, figures=replace(figures, lower=lower, upper=upper), withheld=None)
    attacked.register.add("2026-02-28.1", {SOURCE: other})
    assert attack(attacked) == RecoveredError.exit_code


def test_an_attack_changes_nothing(attacked: AttackedRelease) -> None:
    def read() -> dict[str, bytes]:
        files = (path for path in attacked.settings.var.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in files}

    path = attacked.write(all_but_one(attacked))
    before = read()
    assert attack(attacked, path) == RecoveredError.exit_code
    assert read() == before


WRONG: Sequence[tuple[str, str]] = [
    ("gebied;period;event_set;value\n", "rij 1: kolom 'gebied' is onbekend"),
    ("area;period;value\n", "rij 1: geef een van de kolommen event_set en indicator"),
    ("area;period;event_set;indicator;value\n", "rij 1: geef een van de kolommen"),
    ("area;period;event_set\n", "geef de kolom value, of de kolommen lower en upper"),
    ("area;period;event_set;lower\n", "lower en upper horen bij elkaar"),
    ("area;period;event_set;value;value\n", "kolom value staat er vaker"),
    (f"{HEADER}\nGM99;2023;x;1\n", "rij 2, kolom area: 'GM99' is geen code van een gebied"),
    (f"{HEADER}\nGM9901;23;x;1\n", "rij 2, kolom period: '23' is geen periode"),
    (f"{HEADER}\nGM9901;2023;;1\n", "rij 2, kolom event_set: leeg"),
    (f"{HEADER}\nGM9901;2023;x;1,5\n", "rij 2, kolom value: '1,5' is geen heel getal"),
    (f"{HEADER}\nGM9901;2023;x;-1\n", "rij 2, kolom value"),
    (f"{HEADER}\n\nGM9901;2023;x\n", "rij 3: 3 velden, en de kop heeft er 4"),
    ("area;period;event_set;lower;upper\nGM9901;2023;x;5;4\n", "kolom upper: kleiner dan lower"),
    (f"{HEADER}\n", "er staat geen enkel getal in"),
    ("", "rij 1: kolom area ontbreekt"),
    (f"{HEADER}\nGM9901;2023;onbekend;1\n", "geen enkele rij gaat over wat in deze versie"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_a_wrong_table_is_told_by_row_and_column(
    made: AttackedRelease, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    path = made.write(text)
    assert attack(made, path) == ContractError.exit_code
    said = capsys.readouterr().err
    assert str(path) in said
    assert words in said


def test_every_fault_of_a_table_is_told_at_once(
    made: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"GM;2023;x;{n}\n" for n in range(30))
    assert attack(made, made.write(f"{HEADER}\n{rows}")) == ContractError.exit_code
    said = capsys.readouterr().err
    assert said.count("kolom area") == 20
    assert "en nog 10" in said


def test_bytes_that_are_no_text_and_a_file_that_is_not_there(made: AttackedRelease) -> None:
    path = made.settings.var / "plaatje.csv"
    path.write_bytes(b"\xff\xfe\x00area")
    assert attack(made, path) == ContractError.exit_code
    assert attack(made, made.settings.var / "weg.csv") == ContractError.exit_code


def test_a_release_that_is_not_there_or_not_whole(attacked: AttackedRelease) -> None:
    assert attack(attacked, name="2026-01-31.9") == ReleaseError.exit_code
    assert attack(attacked, name="../elders") == ReleaseError.exit_code
    folder = attacked.settings.releases / attacked.release
    (folder / "regio.duckdb").write_bytes(b"stuk")
    assert attack(attacked) == ReleaseError.exit_code
    seal(attacked.settings, attacked.release)
    assert attack(attacked) == ReleaseError.exit_code


def test_without_the_register_nothing_is_said(
    attacked: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(attacked.register.folder)
    assert attack(attacked) == DisclosureError.exit_code
    said = capsys.readouterr()
    assert "zet het terug uit een kopie" in said.err
    assert not said.out


def test_a_damaged_register_stops(
    attacked: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in attacked.register.folder.rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:40])
    assert attack(attacked) == DisclosureError.exit_code
    assert "zet het terug uit een kopie" in capsys.readouterr().err


def test_a_figure_that_the_register_does_not_know_stops(
    attacked: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exact figure slipped into a file is such a one."""
    path = attacked.settings.releases / attacked.release / "gm9901.duckdb"
    with duckdb.connect(str(path)) as file:
        file.execute("UPDATE cell_by_area SET lower = value, upper = value, status = 0")
    seal(attacked.settings, attacked.release)
    assert attack(attacked) == DisclosureError.exit_code
    assert "vertelt over woninginbraken_aantallen iets anders" in capsys.readouterr().err


def test_a_release_without_persons_has_nothing_to_attack(
    attacked: AttackedRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (attacked.settings.releases / attacked.release).glob("*.duckdb"):
        with duckdb.connect(str(path)) as file:
            file.execute("DELETE FROM cell_by_area")
    seal(attacked.settings, attacked.release)
    assert attack(attacked) == 0
    assert "geen enkel cijfer over personen" in capsys.readouterr().out
