"""The page for a privacy officer: every source with all of article 30, and who may see what."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from httpx import Client, Response

from functional.test_pages import words_of
from lib.page_server import serving
from lib.partner_release import END, Agreed, Today, copy_agreed, shelve_partner_release
from regiebeeld.catalogue import read_catalogue
from regiebeeld.catalogue.article30 import list_elements, tell_ending
from regiebeeld.catalogue.law import compute_register
from regiebeeld.dashboard.web import create_app

PAGE = "/afspraken"
ROOT = Path(__file__).parents[2]
# Art. 30(1) AVG, point by point.
ASKED = ("30.1.a", "30.1.b", "30.1.c", "30.1.d", "30.1.e", "30.1.f", "30.1.g")


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Agreed:
    root = tmp_path_factory.mktemp("law")
    return copy_agreed(root / "catalogus", var=root)


def ask(agreed: Agreed, today: date) -> Response:
    shelf = shelve_partner_release(agreed.settings.releases / "x")
    folder = shelf.folder / "2026-07-15.1"
    (folder / "regio.duckdb").write_bytes((folder / "openbaar.duckdb").read_bytes())
    app = create_app(shelf, audience="regio", present=agreed.present(Today(today)))
    with serving(app) as address, Client(base_url=address, timeout=60) as client:
        answer = client.get(PAGE)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    return answer


@pytest.fixture(scope="module")
def page(agreed: Agreed) -> Response:
    return ask(agreed, END - timedelta(days=90))


def test_every_source_has_every_element_of_article_30(page: Response, agreed: Agreed) -> None:
    catalogue = read_catalogue(agreed.settings.catalogue, agreed.settings.regions)
    entries = re.findall(r'<details class="entry" id="bron-([a-z0-9_]+)">(.*?)</details>',
                         page.text, re.DOTALL)  # fmt: skip
    used = {*catalogue.agreements["klein"], *(s.source for s in catalogue.regions["klein"].sources)}
    assert {name for name, _ in entries} == used
    for name, entry in entries:
        assert [point for point in ASKED if f"artikel {point}" not in entry] == [], name
        assert "<dd></dd>" not in entry, name


def test_what_is_used_on_what_ground_and_until_when(page: Response) -> None:
    words = words_of(page)
    assert "Register van verwerkingen (artikel 30 AVG)" in words
    assert "Grondslag van de ontvanger AVG 6.1.e" in words
    assert f"1-1-2024 tot en met {END.day}-{END.month}-{END.year}" in words
    assert "Er gaat niets naar een land buiten de EU" in words
    assert "Risicoscores van mensen" in words
    assert "afgewezen" in words
    assert page.text.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    for link in set(re.findall(r'href="#([^"]+)"', page.text)):
        assert f'id="{unescape(link)}"' in page.text


def test_an_agreement_that_ends_within_90_days_is_marked_in_words(
    page: Response, agreed: Agreed
) -> None:
    told = "Loopt over 90 dagen af (31-12-2027): regel op tijd een nieuwe afspraak."
    assert told in words_of(page)
    before = words_of(ask(agreed, END - timedelta(days=91)))
    assert "Loopt over" not in before
    assert "Loopt vandaag af" in words_of(ask(agreed, END))
    after = words_of(ask(agreed, END + timedelta(days=1)))
    assert "De afspraak is afgelopen op 31-12-2027" in after
    assert "Loopt" not in after.replace("Loopt binnen", "")


def test_a_catalogue_that_cannot_be_read_is_said(agreed: Agreed, tmp_path: Path) -> None:
    broken = replace(agreed.settings, catalogue=tmp_path / "weg")
    answer = ask(Agreed(broken), END)
    assert answer.status_code == 200
    assert "De afspraken zijn nu niet te lezen" in words_of(answer)


def test_a_register_without_agreements_is_whole_too() -> None:
    catalogue = read_catalogue(ROOT / "catalogue", ROOT / "regions")
    for row in compute_register(catalogue, catalogue.regions["twente"], date(2026, 7, 1)):
        elements = list_elements(row)
        assert {one.article for one in elements if one.article} == set(ASKED)
        assert all(one.words.strip() for one in elements)
        assert tell_ending(row, date(2026, 7, 1)) is None
