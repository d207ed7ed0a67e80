"""The block "Wie": bars of what a contract allows to be split, and nothing of what is withheld."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client

from lib.changed_release import shelve_changed_release
from lib.page_server import connect
from lib.page_words import read_words
from regiebeeld.domain import Status
from regiebeeld.releases.tables import STATUS_NUMBERS

THEME = "/thema/algemeen?gebied=GM9001&cijfer=fietsendiefstal"
NOT_SPLIT = "Geen cijfer is hier uitgesplitst"
CAUTION = "Niet om mensen op uit te kiezen."
GROUPS = (("12-17", "12 tot en met 17 jaar"), ("18-24", "18 tot en met 24 jaar"), ("25", "ouder"))
ROUNDED, MASKED = STATUS_NUMBERS.index(Status.ROUNDED), STATUS_NUMBERS.index(Status.MASKED)


def put(breakdown: int, value: int | None) -> list[str]:
    """Put one part of bicycle theft of GM9001 in 2025 in both tables of cells; None: withheld."""
    told = value is not None
    words = {
        "breakdown_key": breakdown,
        "value": value if told else "NULL",
        "lower": max(value - 4, 0) if value is not None else "NULL",
        "upper": value + 4 if value is not None else "NULL",
        "status": ROUNDED if told else MASKED,
    }
    changed = ", ".join(f"{text} AS {name}" for name, text in words.items())
    where = (
        "indicator_key = 2 AND breakdown_key = 1 AND area_key = 2"
        " AND period_key = (SELECT period_key FROM period WHERE id = '2025')"
    )
    return [
        f"INSERT INTO {table} SELECT * REPLACE ({changed}) FROM {table} WHERE {where}"
        for table in ("cell_by_area", "cell_by_indicator")
    ]


def statements(*values: int | None) -> list[str]:
    found = []
    for key, ((name, title), value) in enumerate(zip(GROUPS, values, strict=True), start=2):
        found.append(f"INSERT INTO breakdown VALUES ({key}, 'leeftijd={name}', '{title}')")
        found.append(
            f"INSERT INTO part VALUES ({key}, 'fietsendiefstal', 'leeftijd={name}', '{title}',"
            f" 'leeftijd', '{CAUTION}')"
        )
        found += put(key, value)
    return found


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("who")
    with connect(shelve_changed_release(folder, *statements(10, 120, 45))) as client:
        yield client


def block_of(client: Client, page: str) -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    start = answer.text.index('id="wie"')
    return answer.text[start : answer.text.index("</section>", start)]


def test_ranges_are_said_drawn_and_listed_alike(client: Client) -> None:
    block = block_of(client, THEME)
    words = read_words(block)
    assert "Fietsendiefstal naar leeftijd in Aldermeer, 2025" in words
    assert (
        "12 tot en met 17 jaar: tussen 6 en 14; 18 tot en met 24 jaar: tussen 116 en 124; "
        "ouder: tussen 41 en 49. De grootste groep is: 18 tot en met 24 jaar." in words
    )
    assert block.count('<svg class="parts"') == 1
    assert re.findall(r"<text [^>]*>(\d+–\d+)</text>", block) == ["6–14", "116–124", "41–49"]
    rows = re.findall(r'<th scope="row">([^<]+)</th><td[^>]*>([^<]+)</td>', block)
    assert rows == [
        ("12 tot en met 17 jaar", "6–14"), ("18 tot en met 24 jaar", "116–124"), ("ouder", "41–49"),
    ]  # fmt: skip
    assert f"Fietsendiefstal: {CAUTION}" in words
    assert "Een groep zegt nooit iets over een persoon daaruit." in words
    assert NOT_SPLIT not in words


def test_a_bar_ends_where_rounding_leaves_it_open(client: Client) -> None:
    block = block_of(client, THEME)
    bars = re.findall(r'<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"', block)
    assert len(bars) == 6
    for sure, open_ in zip(bars[::2], bars[1::2], strict=True):
        assert sure[1] == open_[1]
        assert float(sure[0]) + float(sure[2]) == pytest.approx(float(open_[0]), abs=0.2)
        assert float(open_[2]) > 0


def test_the_profile_of_the_area_shows_it_too(client: Client) -> None:
    assert "Fietsendiefstal naar leeftijd in Aldermeer, 2025" in block_of(client, "/gebied/GM9001")


@pytest.mark.parametrize(
    "page",
    [
        "/thema/algemeen?gebied=GM9002&cijfer=fietsendiefstal",  # nothing of it is in the release
        "/thema/algemeen?gebied=BU90010101&cijfer=fietsendiefstal",
        "/thema/woninginbraken?gebied=GM9001",
        "/gebied/WK900101",
    ],
)
def test_where_nothing_may_be_split_it_says_so(client: Client, page: str) -> None:
    block = block_of(client, page)
    assert NOT_SPLIT in read_words(block)
    assert '<svg class="parts"' not in block


def test_the_block_is_english_on_english_pages(client: Client) -> None:
    words = read_words(block_of(client, f"/en{THEME}"))
    assert "between 6 and 14" in words
    assert "A group never says anything about a person in it." in words


def test_of_what_is_withheld_nothing_is_said(tmp_path: Path) -> None:
    with connect(shelve_changed_release(tmp_path, *statements(10, None, 45))) as client:
        block = block_of(client, THEME)
    words = read_words(block)
    assert "12 tot en met 17 jaar: tussen 6 en 14; ouder: tussen 41 en 49." in words
    # Which group is largest could be the one that is withheld, and its bar would be a number.
    assert "grootste groep" not in words
    assert "18 tot en met 24 jaar:" not in words
    assert re.findall(r"<text [^>]*>(\d+–\d+)</text>", block) == ["6–14", "41–49"]
    row = re.findall(r'<th scope="row">18 tot en met 24 jaar</th><td[^>]*>([^<]+)</td>', block)
    assert row
    assert not re.search(r"\d", row[0])


def test_where_rounding_leaves_open_which_is_largest_it_says_so(tmp_path: Path) -> None:
    with connect(shelve_changed_release(tmp_path, *statements(40, 45, 10))) as client:
        words = read_words(block_of(client, THEME))
    assert "Welke groep het grootst is, is door de afronding niet te zeggen." in words


def test_one_value_alone_is_not_drawn(tmp_path: Path) -> None:
    with connect(shelve_changed_release(tmp_path, *statements(None, None, 45))) as client:
        block = block_of(client, THEME)
    assert '<svg class="parts"' not in block
    assert "tussen 41 en 49" not in read_words(block)


def test_parts_without_their_whole_are_not_shown(tmp_path: Path) -> None:
    gone = [
        f"UPDATE {table} SET value = NULL, status = {MASKED} WHERE indicator_key = 2"
        " AND breakdown_key = 1 AND area_key = 2"
        for table in ("cell_by_area", "cell_by_indicator")
    ]
    with connect(shelve_changed_release(tmp_path, *statements(10, 120, 45), *gone)) as client:
        assert '<svg class="parts"' not in block_of(client, THEME)
