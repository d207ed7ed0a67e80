"""The import contracts hold on the real tree, and each can fail: a planted import breaks it."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
}
PURE = ("domain", "statistics", "disclosure", "attack")


def lint(root: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the tree under `root`, with no answer kept from another tree."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    limits = [word for name in contracts for word in ("--contract", name)]
    return subprocess.run(
        [*command, "--no-cache", "--no-logo", *limits],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src"), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source tree in which a test may plant an import."""
    leave_out = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=leave_out)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(root: Path, module: str, line: str) -> None:
    """Add one import line to a module (`a.b`); a package that does not exist yet is made."""
    package = root / "src" / "regiebeeld" / module.replace(".", "/")
    for made in [package, *package.parents]:
        if made.name == "src":
            break
        if not made.with_suffix(".py").exists():
            made.mkdir(exist_ok=True)
            (made / "__init__.py").touch()
    file = package.with_suffix(".py")
    file = file if file.exists() else package / "__init__.py"
    file.write_text(f"{file.read_text()}\n{line}\n")


def is_broken(answer: subprocess.CompletedProcess[str], contract: str) -> bool:
    return answer.returncode == 1 and f"{CONTRACTS[contract]['name']} BROKEN" in answer.stdout


def test_the_real_tree_keeps_every_contract() -> None:
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in answer.stdout


@pytest.mark.parametrize(
    ("contract", "module", "imported"),
    [
        ("two_sides", "dashboard", "regiebeeld.pipeline"),
        ("two_sides", "dashboard.charts", "regiebeeld.pipeline.sources"),
        ("two_sides", "pipeline", "regiebeeld.dashboard"),
        ("two_sides", "pipeline", "regiebeeld.example"),
        ("two_sides", "releases", "regiebeeld.dashboard"),
        ("two_sides", "releases", "regiebeeld.ledger"),
        ("two_sides", "ledger", "regiebeeld.pipeline"),
        ("two_sides", "disclosure", "regiebeeld.releases"),
        ("two_sides", "attack", "regiebeeld.disclosure"),
        ("two_sides", "statistics", "regiebeeld.attack"),
        ("two_sides", "catalogue", "regiebeeld.statistics"),
        ("two_sides", "settings", "regiebeeld.catalogue"),
        ("two_sides", "domain", "regiebeeld.settings"),
        ("pipeline_one_way", "pipeline.run", "regiebeeld.pipeline.schedule"),
        ("pipeline_one_way", "pipeline.analyses", "regiebeeld.pipeline.run"),
        ("pipeline_one_way", "pipeline.analyses", "regiebeeld.pipeline.indicators"),
        ("pipeline_one_way", "pipeline.intake", "regiebeeld.pipeline.analyses"),
        ("pipeline_one_way", "pipeline.sources", "regiebeeld.pipeline.areas"),
        ("pipeline_one_way", "pipeline.areas", "regiebeeld.pipeline.sources"),
        ("pipeline_one_way", "pipeline.store", "regiebeeld.pipeline.sources"),
        ("pages_use_charts", "dashboard.exports", "regiebeeld.dashboard.web"),
        ("pages_use_charts", "dashboard.charts", "regiebeeld.dashboard.exports"),
        ("pages_use_charts", "dashboard.access", "regiebeeld.dashboard.charts"),
        *(("pure_core", module, "duckdb") for module in ("domain", "statistics")),
        *(("pure_core", "domain", name) for name in ("httpx", "fastapi", "jinja2", "logging")),
    ],
)
def test_a_planted_import_breaks_its_contract(
    copy: Path, contract: str, module: str, imported: str
) -> None:
    plant(copy, imported.removeprefix("regiebeeld."), "") if imported.startswith(
        "regiebeeld"
    ) else None
    plant(copy, module, f"import {imported}  # noqa")
    answer = lint(copy, contract)
    assert is_broken(answer, contract), answer.stdout + answer.stderr


def test_an_import_by_way_of_a_third_module_is_seen(copy: Path) -> None:
    """The dashboard may not reach the pipeline through releases either."""
    plant(copy, "releases", "import regiebeeld.pipeline.sources")
    answer = lint(copy, "two_sides")
    assert is_broken(answer, "two_sides"), answer.stdout
    assert "regiebeeld.releases is not allowed to import regiebeeld.pipeline" in answer.stdout


@pytest.mark.parametrize(
    ("contract", "module"),
    [
        ("two_sides", "stray"),
        ("pipeline_one_way", "pipeline.stray"),
        ("pages_use_charts", "dashboard.stray"),
    ],
)
def test_a_package_outside_every_layer_breaks_the_contract(
    copy: Path, contract: str, module: str
) -> None:
    plant(copy, module, "")
    answer = lint(copy, contract)
    assert is_broken(answer, contract), answer.stdout + answer.stderr
    assert f"regiebeeld.{module}" in answer.stdout


def test_every_contract_is_planted_in() -> None:
    planted = test_a_planted_import_breaks_its_contract.pytestmark[0].args[1]
    assert {case[0] for case in planted} == set(CONTRACTS)


def test_no_contract_has_a_way_out() -> None:
    for contract in CONTRACTS.values():
        assert "ignore_imports" not in contract
        assert "exhaustive_ignores" not in contract
        assert contract["type"] != "layers" or contract["exhaustive"] is True


def test_a_pure_package_joins_its_contract_when_it_is_made() -> None:
    made = {
        f"regiebeeld.{name}"
        for name in PURE
        if (ROOT / "src/regiebeeld" / name / "__init__.py").exists()
    }
    assert set(CONTRACTS["pure_core"]["source_modules"]) == made


def test_only_a_package_that_does_not_exist_stands_in_parentheses() -> None:
    """A package in parentheses may vanish unseen, so the marks go when the package comes."""
    for contract in CONTRACTS.values():
        for container in contract.get("containers", ()):
            folder = ROOT / "src" / container.replace(".", "/")
            for layer in contract["layers"]:
                for name in layer.replace("|", " ").split():
                    bare = name.strip("()")
                    exists = (folder / f"{bare}.py").exists() or (
                        folder / bare / "__init__.py"
                    ).exists()
                    assert exists is not name.startswith("("), f"{container}: {name}"
