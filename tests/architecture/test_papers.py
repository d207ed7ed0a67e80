"""The papers keep up with the tree: links lead somewhere, named modules and tests exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
QUOTED = re.compile(r"`([^`]+)`")
MODULE = re.compile(r"[a-z_]+(\.[a-z_]+)+")
HEADINGS = ["Context", "Decision", "Alternatives", "Consequences"]


def broken_links(paper: Path) -> Iterator[str]:
    for link in LINK.findall(paper.read_text(encoding="utf-8")):
        if not (paper.parent / link).exists():
            yield link


def absent_names(text: str, root: Path) -> Iterator[str]:
    """Yield every quoted module or test file of a paper that the tree does not have."""
    for name in QUOTED.findall(text):
        if name.endswith(".py"):
            if not (root / name).exists() and not list((root / "tests").rglob(name)):
                yield name
        elif MODULE.fullmatch(name) and not name.endswith((".toml", ".md", ".yml", ".yaml")):
            path = root / "src/regiebeeld" / name.split(".")[0]
            steps = name.split(".")[1:]
            while steps and (path / steps[0]).is_dir():
                path /= steps.pop(0)
            # What is left may be a module, then one name in it.
            if steps and not (path / f"{steps[0]}.py").exists():
                yield name


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(paper: Path) -> None:
    assert list(broken_links(paper)) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    paper = tmp_path / "a.md"
    paper.write_text("[a](b.md) [c](https://example.nl) [d](a.md#e)")
    assert list(broken_links(paper)) == ["b.md"]


def test_safety_properties_name_modules_and_tests_that_exist() -> None:
    text = (ROOT / "docs/explanation/safety_properties.md").read_text(encoding="utf-8")
    assert list(absent_names(text, ROOT)) == []


def test_an_absent_module_or_test_is_seen() -> None:
    text = "`domain.areas` `domain.nothing` `tests/unit/test_domain.py` `test_nothing.py`"
    assert list(absent_names(text, ROOT)) == ["domain.nothing", "test_nothing.py"]


@pytest.mark.parametrize("record", sorted(ROOT.glob("docs/decisions/*.md")), ids=lambda r: r.stem)
def test_a_decision_is_half_a_page_with_four_headings(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS
    assert text.startswith(f"# {int(record.name[:4])}. ")
    assert len(text.splitlines()) <= 60


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(record.name[:4]) for record in sorted(ROOT.glob("docs/decisions/*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_licence_is_the_one_that_is_promised() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert "Appendix" in text
    card = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    assert card["legal"]["license"] == "EUPL-1.2"
    for words in card["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 500 <= len(words["longDescription"]) <= 10_000
