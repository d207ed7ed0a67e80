"""The house rules hold on the real tree, and each one sees what it is there to see."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from architecture import house_rules
from regiebeeld.settings import ENVIRONMENT_PREFIX, Settings

ROOT = Path(__file__).parents[2]
HOST = "pypi." + "org"
Rule = Callable[[Path], Iterator[str]]


@pytest.mark.parametrize("rule", house_rules.RULES, ids=lambda rule: rule.__name__)
def test_the_real_tree_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (house_rules.long_modules, "src/regiebeeld/a.py", "x = 1\n" * 401),
        (house_rules.long_functions, "src/regiebeeld/a.py", "def f():\n" + "    x = 1\n" * 45),
        (
            house_rules.long_functions,
            "src/regiebeeld/a.py",
            "async def f():\n" + "    x = 1\n" * 45,
        ),
        (house_rules.nameless_packages, "src/regiebeeld/utils/a.py", ""),
        (house_rules.nameless_packages, "src/regiebeeld/helpers.py", ""),
        (house_rules.modules_without_a_word, "src/regiebeeld/a.py", "x = 1\n"),
        (house_rules.unfinished_work, "src/regiebeeld/a.py", "# TO" + "DO later\n"),
        (house_rules.unfinished_work, "tests/a.py", "raise NotImplemented" + "Error\n"),
        (house_rules.registry_addresses, "requirements/a.txt", f"x @ https://{HOST}/x\n"),
        (house_rules.registry_addresses, "Makefile", f"pip install x --from https://{HOST}\n"),
        (house_rules.machine_paths, "docs/a.md", "Look in /ho" + "me/anna/data.\n"),
        (house_rules.machine_paths, "src/regiebeeld/a.py", "DATA = '/ro" + "ot/data'\n"),
        (
            house_rules.readers_of_the_environment,
            "src/regiebeeld/a.py",
            "import os\nx = os.environ\n",
        ),
        (house_rules.readers_of_the_environment, "src/regiebeeld/a.py", "from os import getenv\n"),
    ],
)
def test_a_rule_sees_what_breaks_it(tmp_path: Path, rule: Rule, name: str, text: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    faults = list(rule(tmp_path))
    assert len(faults) == 1
    assert faults[0].startswith(name)


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (house_rules.long_modules, "src/regiebeeld/a.py", "x = 1\n" * 400),
        (house_rules.long_functions, "src/regiebeeld/a.py", "def f():\n" + "    x = 1\n" * 44),
        (
            house_rules.machine_paths,
            "docs/a.md",
            "https://example.nl/ho" + "me/page and ../shared/data\n",
        ),
        (
            house_rules.readers_of_the_environment,
            "src/regiebeeld/settings.py",
            "import os\nx = os.environ\n",
        ),
        (
            house_rules.registry_addresses,
            "frontend/node_modules/a/package.json",
            f'"https://{HOST}"\n',
        ),
    ],
)
def test_a_rule_leaves_alone_what_is_fine(tmp_path: Path, rule: Rule, name: str, text: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    assert list(rule(tmp_path)) == []


def test_every_rule_has_a_test_that_breaks_it() -> None:
    planted = test_a_rule_sees_what_breaks_it.pytestmark[0].args[1]
    assert {case[0] for case in planted} == set(house_rules.RULES)


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_every_setting_is_documented(setting: str) -> None:
    page = (ROOT / "docs/reference/settings.md").read_text()
    assert f"`{ENVIRONMENT_PREFIX}{setting.upper()}`" in page


def test_every_setting_says_what_it_is_for() -> None:
    assert [field.name for field in fields(Settings) if not field.metadata.get("help")] == []
