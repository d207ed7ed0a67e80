"""Numbers, periods, statuses and verdicts in words."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import regiebeeld.dashboard as dashboard
from regiebeeld.dashboard.charts import (
    compare_cells,
    describe_comparison,
    describe_finest,
    describe_flags,
    describe_rate,
    describe_value,
    name_day,
    name_period,
    write_count,
    write_rate,
)
from regiebeeld.dashboard.charts.comparing import describe_change
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import name_unit
from regiebeeld.dashboard.exports.proof import PROOF_TEXTS
from regiebeeld.dashboard.web.pages import TEXTS as PAGE_TEXTS
from regiebeeld.domain import Status, read_period
from regiebeeld.releases import ReleasedCell
from regiebeeld.releases.findings import Spread


def make_cell(value: int | None, period: str = "2025", **changes: object) -> ReleasedCell:
    """Give a cell of one gemeente with 4.000 dwellings; by default shown, final and exact."""
    status = Status.SHOWN if value is not None else Status.MISSING
    cell = ReleasedCell(
        "inbraken", "total", "GM9001", read_period(period), value, value, value, status, None,
        0.0, False, 4000, "woningen", 2025, 1000, None, None, None, None,
    )  # fmt: skip
    return replace(cell, **changes)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (1234, "1.234"), (1234567, "1.234.567")]
)
def test_counts_have_dutch_separators(number: int, text: str) -> None:
    assert write_count(number) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (0.0, "0,0"),
        (0.04, "0,04"),
        (0.9, "0,9"),
        (12.34, "12,3"),
        (104.6, "105"),
        (2345.6, "2.346"),
    ],
)
def test_rates_carry_no_more_decimals_than_they_know(rate: float, text: str) -> None:
    assert write_rate(rate) == text


@pytest.mark.parametrize(
    ("period", "text"),
    [
        ("2026", "2026"),
        ("2026-06", "juni 2026"),
        ("2026-Q2", "2e kwartaal van 2026"),
        ("2026-H1", "eerste half jaar van 2026"),
        ("2026-06/P12M", "juli 2025 tot en met juni 2026"),
        ("2026-12/P12M", "januari 2026 tot en met december 2026"),
        ("2025-W01", "week 1 van 2025"),
    ],
)
def test_periods_are_named_in_words(period: str, text: str) -> None:
    assert name_period(read_period(period)) == text


def test_days_are_named_and_other_text_stays() -> None:
    assert name_day("2026-07-14T05:00:00+00:00") == "14 juli 2026"
    assert name_day("onbekend") == "onbekend"


def test_a_figure_without_value_is_never_a_number() -> None:
    missing = make_cell(None, reason="de maand is nog niet geleverd")
    assert describe_value(missing) == "nog niet binnen"
    assert (
        describe_value(missing, full=True) == "nog niet binnen, want de maand is nog niet geleverd"
    )
    for status in (Status.MASKED, Status.MISSING, Status.NOT_COLLECTED):
        assert not re.search(r"\d", describe_value(make_cell(None, status=status)))
    assert describe_value(None) == "geen cijfer"
    assert describe_value(make_cell(0)) == "0"


def test_a_rounded_figure_prints_its_range() -> None:
    cell = make_cell(5, status=Status.ROUNDED, lower=1, upper=9)
    assert describe_value(cell) == "1–9"


def test_a_rate_comes_with_unit_and_interval_or_with_the_reason_for_none() -> None:
    rated = make_cell(4, rate=1.0, rate_lower=0.27, rate_upper=2.56)
    assert describe_rate(rated, full=True) == "1,0 per 1.000 woningen (0,3–2,6)"
    bare = make_cell(4, no_rate="minder dan 100 woningen")
    assert describe_rate(bare, full=True) == "geen verhouding: minder dan 100 woningen"


def test_flags_are_in_words() -> None:
    assert describe_flags(make_cell(4)) == "definitief"
    assert describe_flags(make_cell(4, provisional=True, estimated_share=0.123)) == (
        "voorlopig, deels geschat (12 procent)"
    )
    assert describe_flags(make_cell(4, estimated_share=0.001)) == "deels geschat (1 procent)"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (1.0, "geschat"),
        (0.9999999999, "geschat"),  # a sum of shares that is whole but for rounding
        (0.997, "deels geschat (99 procent)"),
        (0.5, "deels geschat (50 procent)"),
    ],
)
def test_a_whole_estimate_is_not_partly(share: float, words: str) -> None:
    assert describe_flags(make_cell(4, estimated_share=share)) == words


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (3, 4, "te weinig gevallen om iets over te zeggen"),
        (45, 50, "binnen de normale schommeling"),
        (120, 60, "hoger; waarschijnlijk geen toeval"),
        (60, 120, "lager; waarschijnlijk geen toeval"),
    ],
)
def test_every_comparison_says_whether_it_can_be_chance(now: int, before: int, words: str) -> None:
    assert describe_comparison(compare_cells(make_cell(now), make_cell(before, "2024"))) == words


def test_missing_and_masked_figures_are_not_compared() -> None:
    masked = make_cell(None, "2024", status=Status.MASKED)
    for other in (None, make_cell(None, "2024"), masked):
        assert describe_comparison(compare_cells(make_cell(50), other)) == "niet te vergelijken"


def test_a_percentage_never_stands_alone() -> None:
    change = describe_change(compare_cells(make_cell(120), make_cell(60, "2024")))
    assert change is not None
    assert re.fullmatch(r"10\d procent hoger \(tussen \d+ en \d+ procent\)|100 procent .*", change)
    small = compare_cells(make_cell(30), make_cell(10, "2024"))
    assert small.is_clear
    assert describe_change(small) is None
    assert describe_change(compare_cells(make_cell(50), make_cell(45, "2024"))) is None


def test_units_follow_the_number() -> None:
    assert [name_unit("registratie", n) for n in (0, 1, 2)] == [
        "registraties",
        "registratie",
        "registraties",
    ]
    assert name_unit("onbekende eenheid", 2) == "onbekende eenheid"


def test_the_finest_level_is_said_in_words() -> None:
    known = describe_finest("buurt x rolling_12_months; gemeente x month")
    assert known == "per buurt per twaalf maanden en per gemeente per maand"
    assert describe_finest("wijk, boven 1.000 huishoudens") == "wijk, boven 1.000 huishoudens"


def test_every_text_key_in_the_code_exists() -> None:
    """Sentences are looked up while a page is made; a key that is not there would be a crash."""
    folder = Path(dashboard.__file__).parent
    code = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    pages = "\n".join(path.read_text() for path in folder.rglob("*.html"))
    asked = set(re.findall(r'TEXTS\(\s*"([a-z_.0-9]+)"', code)) | set(
        re.findall(r"\bt\('([a-z_.0-9]+)'[,)]", pages)
    )
    assert len(asked) > 100
    assert asked - TEXTS.keys() - PAGE_TEXTS.keys() - PROOF_TEXTS.keys() == set()
    proof = (folder / "exports" / "proof.py").read_text()
    said = {f"proof.{key}" for key in re.findall(r'_say\(\s*"([a-z_]+)"', proof)}
    assert len(said) > 20
    assert said - PROOF_TEXTS.keys() == set()


def test_no_text_promises_good_or_bad() -> None:
    for texts in (TEXTS, PAGE_TEXTS, PROOF_TEXTS):
        for key in texts.keys():  # noqa: SIM118 - Texts is not a dict
            assert not re.search(r"verbeter|verslechter|gunstig|veiliger", texts_of(texts, key))


def texts_of(texts: object, key: str) -> str:
    return str(texts._spoken()[key])  # type: ignore[attr-defined]


def test_what_varies_by_itself_is_called_a_change_less_easily() -> None:
    now, before = make_cell(160), make_cell(120, "2024")
    waves = Spread("gemeente", "year", 1.0, 0.02)

    assert compare_cells(now, before).is_clear
    assert not compare_cells(now, before, spread=waves).is_clear
    assert compare_cells(make_cell(400), before, spread=waves).is_clear
