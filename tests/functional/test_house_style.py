"""The looks of who serves the pages: their tokens, logo and font, and what is refused in words."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import yaml

from lib.page_server import serving
from lib.small_release import shelve_small_release
from regiebeeld.dashboard.access import PresentAgreements
from regiebeeld.dashboard.web import create_app
from regiebeeld.dashboard.web.house_style import compute_contrast, read_house_style
from regiebeeld.domain import RegiebeeldError
from regiebeeld.settings import Settings

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0,0h4v4z"/></svg>'
GOOD: Mapping[str, object] = {
    "name": "Gemeente Aldermeer",
    "logo": "logo.svg",
    "tokens": {"--rb-blue-green": "#5b2a6e", "--rb-link": "#5b2a6e"},
}


def write(folder: Path, **changed: object) -> Path:
    (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
    path = folder / "huisstijl.yaml"
    path.write_text(yaml.safe_dump({**GOOD, **changed}), encoding="utf-8")
    return path


def test_pages_carry_the_tokens_and_the_logo(tmp_path: Path) -> None:
    shelf = shelve_small_release(tmp_path / "releases")
    settings = replace(Settings(var=tmp_path), house_style=str(write(tmp_path)))
    app = create_app(shelf, audience="openbaar", present=PresentAgreements(settings))
    with serving(app) as address:
        html = httpx.get(address + "/").text
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
        own = httpx.get(address + sheets[-1])
        logo = re.search(r'<img class="site-logo" src="([^"]+)" alt="Gemeente Aldermeer"', html)
        assert logo is not None
        drawn = httpx.get(address + logo[1])
    assert ".ma-theme{--rb-blue-green:#5b2a6e;" in own.text
    assert drawn.text == LOGO
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "immutable" in drawn.headers["cache-control"]


def test_without_a_file_nothing_is_added(tmp_path: Path) -> None:
    shelf = shelve_small_release(tmp_path)
    with serving(create_app(shelf, audience="openbaar")) as address:
        html = httpx.get(address + "/").text
    assert html.count('rel="stylesheet"') == 1
    assert "site-logo" not in html


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"tokens": {"--rb-link": "#9fc5e8"}}, "contrast van 1.8, en dat moet minstens 4.5"),
        ({"tokens": {"--rb-blue-green": "steelblue"}}, "schrijf de kleur als #rrggbb"),
        ({"tokens": {"color": "#000"}}, "is geen token"),
        ({"tokens": {"--rb-edge": "red;} body{display:none"}}, "is geen waarde"),
        ({"tokens": {"--rb-edge": "url(https://elders.example/x)"}}, "is geen waarde"),
        ({"tokens": ["--rb-link"]}, "verwacht worden regels"),
        ({"kleuren": {}}, "kleuren: bestaat niet; verwacht wordt font, logo, name, tokens"),
        ({"name": "<b>"}, "name: een naam van"),
        ({"logo": "logo.exe"}, "dat eindigt op .svg of .png of .webp"),
        ({"logo": "../logo.svg"}, "verwacht wordt een bestand naast dit bestand"),
        ({"logo": "weg.svg"}, "is niet te lezen; staat het er?"),
        ({"logo": "onwaar.png"}, "is niet wat de naam zegt"),
        ({"logo": "script.svg"}, "er staat een script in"),
        ({"logo": "groot.svg"}, "is groter dan 300 kB"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    tmp_path: Path, changed: dict[str, object], told: str
) -> None:
    inner = tmp_path / "stijl"
    inner.mkdir()
    (tmp_path / "logo.svg").write_text(LOGO, encoding="utf-8")
    (inner / "onwaar.png").write_text("<html>", encoding="utf-8")
    (inner / "script.svg").write_text("<svg onload='x()'/>", encoding="utf-8")
    (inner / "groot.svg").write_text(LOGO + " " * 300_000, encoding="utf-8")
    with pytest.raises(RegiebeeldError) as refused:
        read_house_style(write(inner, **changed))
    assert told in str(refused.value)
    assert "huisstijl.yaml" in str(refused.value)


@pytest.mark.parametrize("text", ["", "- a", "name: [", "\x00"])
def test_a_file_that_is_no_style_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "huisstijl.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegiebeeldError, match=r"huisstijl\.yaml"):
        read_house_style(path)


def test_contrast_is_that_of_the_standard() -> None:
    """Black on white is 21; #767676 is the lightest grey that passes 4.5 (WCAG examples)."""
    assert compute_contrast("#000", "#ffffff") == pytest.approx(21)
    assert compute_contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.005)
    assert compute_contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)
