"""Lighthouse judges the main pages as a phone shows them; its reports are kept in var/lighthouse.

Its score for speed is printed and not asserted: on a busy machine it says little.
"""

import subprocess
from collections.abc import Iterator

import pytest
from bench.lighthouse import CATEGORIES, TARGETS, install, judge

from lib.browser import CHROMIUM
from lib.map_release import shelve_map_release
from lib.page_server import serving
from regiebeeld.dashboard.web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "overview": "/",
    "theme": "/thema/woninginbraken?niveau=buurt",
    "compare": "/vergelijk?cijfer=woninginbraken&gebied=GM9001&gebied=GM9002&gebied=RG90",
    "area": "/gebied/GM9001",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} ontbreekt; installeer chromium")
    try:
        install()
    except (SystemExit, OSError, subprocess.CalledProcessError) as fault:
        pytest.skip(f"Lighthouse is niet te installeren ({fault}); draai .ci/prepare test")
    shelf = shelve_map_release(tmp_path_factory.mktemp("judged"))
    with serving(create_app(shelf, audience="openbaar")) as address:
        yield address


@pytest.mark.parametrize("name", PAGES)
def test_page_has_full_marks(address: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    scores, shift = judge(address + PAGES[name], name)
    with capsys.disabled():
        print(f"\n{name}: performance {scores['performance']}", end=" ")
    asserted = [each for each in CATEGORIES if each != "performance"]
    assert {each: scores[each] for each in asserted} == {each: TARGETS[each] for each in asserted}
    assert shift == 0
