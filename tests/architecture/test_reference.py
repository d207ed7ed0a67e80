"""The reference pages are those that code and catalogue give, and a stale one is told."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from regiebeeld.catalogue import read_catalogue
from regiebeeld.catalogue.schemas import FORMS, compute_schemas, write_schemas
from regiebeeld.cli import build_parser
from regiebeeld.domain import RegiebeeldError

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"
KEPT_NOUNS = [
    *("gemeente", "wijk", "buurt", "stadsdeel", "basisteam", "politie-eenheid"),
    *("veiligheidsregio", "misdrijf", "aangifte", "melding", "duiding", "regie"),
    *("BAG", "CBS", "GGD"),
]


def generate(*options: str) -> subprocess.CompletedProcess[str]:
    """Run the script the way `make docs` does."""
    return subprocess.run(
        [sys.executable, str(ROOT / "docs/generate.py"), *options],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def command_names(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    yield name
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                yield from command_names(below, f"{name} {word}")


def test_the_pages_are_current() -> None:
    answer = generate("--check")
    assert answer.returncode == 0, answer.stderr


def test_stale_missing_and_stray_pages_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    assert generate("--folder", str(folder)).returncode == 0
    (folder / "settings.md").write_text("# Settings\n")
    (folder / "regions.md").unlink()
    (folder / "schemas/theme.json").write_text("{}")
    (folder / "schemas/stray.json").write_text("{}")
    answer = generate("--check", "--folder", str(folder))
    assert answer.returncode == 1
    assert [line.split(";")[0] for line in answer.stderr.splitlines()] == [
        "docs/reference/settings.md is stale",
        "docs/reference/regions.md does not exist",
        "docs/reference/schemas/theme.json is stale",
        "docs/reference/schemas/stray.json is made by nothing",
    ]
    assert (folder / "settings.md").read_text() == "# Settings\n"


def test_writing_makes_the_pages_current(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    assert generate("--folder", str(folder)).returncode == 0
    assert generate("--check", "--folder", str(folder)).returncode == 0


@pytest.mark.parametrize("name", list(command_names(build_parser(), "regiebeeld")))
def test_every_command_is_documented(name: str) -> None:
    assert f"## `{name}`\n" in (REFERENCE / "commands.md").read_text()


@pytest.mark.parametrize("kind", RegiebeeldError.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_exit_code_is_documented(kind: type[RegiebeeldError]) -> None:
    row = f"| {kind.exit_code} | `{kind.__name__}` | "
    assert row in (REFERENCE / "commands.md").read_text()


def test_everything_in_the_catalogue_is_documented() -> None:
    catalogue = read_catalogue(ROOT / "catalogue", ROOT / "regions")
    indicators = (REFERENCE / "indicators.md").read_text()
    sources = (REFERENCE / "sources.md").read_text()
    regions = (REFERENCE / "regions.md").read_text()
    for indicator in catalogue.indicators.values():
        assert f"### {indicator.title}\n\n{indicator.definition}" in indicators
        assert indicator.caution in indicators
    for source in catalogue.sources.values():
        assert f"`{source.id}`, versie {source.version}" in sources
    for region in catalogue.regions.values():
        assert f"`regiebeeld run {region.id}`" in regions


@pytest.mark.parametrize("name", FORMS)
def test_a_schema_names_every_field_and_refuses_others(name: str) -> None:
    schema = json.loads(compute_schemas()[f"{name}.json"])
    assert schema["properties"].keys() == FORMS[name].model_fields.keys()
    assert schema["additionalProperties"] is False
    assert schema["type"] == "object"


def test_schemas_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    write_schemas(tmp_path / "new")
    assert {file.name for file in (tmp_path / "new").iterdir()} == {
        f"{name}.json" for name in FORMS
    }


def test_the_glossary_explains_every_kept_noun() -> None:
    rows = (REFERENCE / "glossary.md").read_text().splitlines()
    told = {
        row.split("|")[1].strip(): row.split("|")[2].strip() for row in rows if row.startswith("| ")
    }
    assert [noun for noun in KEPT_NOUNS if not told.get(noun)] == []
