"""Reading cells an area or a map at a time gives what a plain query over the file gives."""

from itertools import product

import duckdb
import pytest

from lib.small_release import shelve_small_release
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.releases import Release, ReleasedCell
from regiebeeld.releases.cell_reading import LastRead

Figures = dict[tuple[str, str, str], tuple[int | None, float | None, float | None]]
_PLAIN = """
SELECT i.id, a.code, p.id, c.value, c.rate, c.rate_upper
FROM {table} c JOIN indicator i USING (indicator_key) JOIN area a USING (area_key)
JOIN period p USING (period_key) JOIN breakdown b USING (breakdown_key)
WHERE b.id = 'total'
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return shelve_small_release(tmp_path_factory.mktemp("releases")).open_current("openbaar")


@pytest.fixture(scope="module", params=["cell_by_area", "cell_by_indicator"])
def figures(release: Release, request: pytest.FixtureRequest) -> Figures:
    with duckdb.connect() as plain:
        plain.execute(f"ATTACH '{release.path}' AS file (READ_ONLY)")
        plain.execute("USE file")
        rows = plain.execute(_PLAIN.format(table=request.param)).fetchall()
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5]) for row in rows}


def told(cell: ReleasedCell) -> tuple[int | None, float | None, float | None]:
    return cell.value, cell.rate, cell.rate_upper


def name_of(cell: ReleasedCell) -> tuple[str, str, str]:
    return cell.indicator, cell.area, cell.period.id


def read_everything(release: Release, areas: list[str]) -> list[ReleasedCell]:
    return [
        cell
        for indicator, kind in product(release.indicators, PeriodKind)
        for series in release.read_series(indicator, areas, kind=kind).values()
        for cell in series
    ]


@pytest.mark.parametrize("together", [1, 3, 1000])
def test_series_of_one_of_some_and_of_all_areas_are_those_of_the_file(
    release: Release, figures: Figures, together: int
) -> None:
    codes = list(release.areas)
    groups = [codes[at : at + together] for at in range(0, len(codes), together)]
    cells = [cell for group in groups for cell in read_everything(release, group)]
    assert {name_of(cell): told(cell) for cell in cells} == figures
    assert len(cells) == len(figures)


def test_more_areas_than_are_kept_together_read_the_same(release: Release) -> None:
    codes = list(release.areas)
    many = [*codes, *(f"GM{number}" for number in range(1000, 1030))]
    repeated = codes * (25 // len(codes) + 1)  # above what is read with all kinds of period
    for kind in PeriodKind:
        one = release.read_series("woninginbraken", codes, kind=kind)
        assert release.read_series("woninginbraken", many, kind=kind) == one | {
            code: [] for code in many if code not in one
        }
        assert release.read_series("woninginbraken", repeated, kind=kind) == one


def test_series_are_in_order_of_time(release: Release) -> None:
    for indicator, kind in product(release.indicators, PeriodKind):
        for series in release.read_series(indicator, release.areas, kind=kind).values():
            ends = [cell.period.end for cell in series]
            assert ends == sorted(set(ends))


def list_some_periods(release: Release) -> list[str]:
    return [*release.periods][::7]  # a month, quarter, year or twelve months in turn


def test_every_map_is_that_of_the_file(release: Release, figures: Figures) -> None:
    periods = list_some_periods(release)
    read = {
        name_of(cell): told(cell)
        for indicator, level, period in product(release.indicators, AreaLevel, periods)
        for cell in release.read_map(indicator, level, period).values()
    }
    assert read == {name: figure for name, figure in figures.items() if name[2] in periods}


def test_a_map_is_in_order_of_the_areas(release: Release) -> None:
    order = list(release.areas)
    for level in AreaLevel:
        codes = [order.index(code) for code in release.read_map("woninginbraken", level, "2024")]
        assert codes == sorted(codes)


def test_one_period_of_an_area_is_that_of_the_file(release: Release, figures: Figures) -> None:
    periods = list_some_periods(release)
    read = {
        name_of(cell): told(cell)
        for area, period in product(release.areas, periods)
        for cell in release.read_area_cells(area, period=period).values()
    }
    assert read == {name: figure for name, figure in figures.items() if name[2] in periods}


def test_the_last_periods_are_the_tail_of_the_series(release: Release) -> None:
    for indicator, area, kind in product(release.indicators, release.areas, PeriodKind):
        whole = release.read_series(indicator, [area], kind=kind)[area]
        periods = [each.id for each in release.periods.values() if each.kind is kind]
        tail = [cell for cell in whole if cell.period.id in periods[-5:]]
        assert release.read_last(indicator, area, kind=kind, last=5) == tail


def test_what_is_not_there_reads_nothing(release: Release) -> None:
    assert release.read_last("geen", "GM9001", kind=PeriodKind.YEAR, last=5) == []
    assert release.read_last("woninginbraken", "GM1", kind=PeriodKind.YEAR, last=5) == []
    assert release.read_map("geen", AreaLevel.REGIO, "2024") == {}
    assert release.read_map("woninginbraken", AreaLevel.REGIO, "1900") == {}
    assert release.read_area_cells("GM1", period="2024") == {}
    nothing = release.read_series("geen", ["GM9001", "GM9002"], kind=PeriodKind.YEAR)
    assert nothing == {"GM9001": [], "GM9002": []}


def test_what_a_reader_does_with_its_cells_is_not_seen_by_another(release: Release) -> None:
    kind = PeriodKind.YEAR
    series = release.read_series("woninginbraken", ["GM9001"], kind=kind)
    known = [*series["GM9001"]]
    series["GM9001"].clear()
    release.read_last("woninginbraken", "GM9001", kind=kind, last=3).clear()
    assert release.read_series("woninginbraken", ["GM9001"], kind=kind)["GM9001"] == known
    shown = release.read_map("woninginbraken", AreaLevel.GEMEENTE, "2024")
    again = dict(shown)
    shown.clear()
    assert release.read_map("woninginbraken", AreaLevel.GEMEENTE, "2024") == again
    kinds = release.read_periods_of("woninginbraken", AreaLevel.GEMEENTE)
    kinds[kind].clear()
    assert release.read_periods_of("woninginbraken", AreaLevel.GEMEENTE)[kind]


def test_only_so_much_is_kept_and_the_least_used_goes_first() -> None:
    read: list[str] = []
    kept: LastRead[str] = LastRead(2)
    for asked in ("a", "b", "a", "c", "a", "b"):
        assert kept.find(asked, lambda asked=asked: read.append(asked) or asked) == asked  # type: ignore[misc, func-returns-value]
    assert read == ["a", "b", "c", "b"]
