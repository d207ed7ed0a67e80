"""The words of the field: codes, periods and cells read the same everywhere, or not at all."""

from calendar import isleap
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiebeeld.domain import (
    Area,
    AreaLevel,
    CatalogueError,
    Cell,
    ContractError,
    LinkError,
    PeriodKind,
    RegiebeeldError,
    Status,
    read_area_code,
    read_cbs_period,
    read_period,
    rolling_year,
)
from regiebeeld.domain.areas import is_drawable, is_unknown, level_of, parent_code

CODED = (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT)
PREFIX = {AreaLevel.GEMEENTE: "GM", AreaLevel.WIJK: "WK", AreaLevel.BUURT: "BU"}
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
years = st.integers(min_value=2, max_value=9998)


@st.composite
def codes(draw: st.DrawFn) -> tuple[str, AreaLevel]:
    level = draw(st.sampled_from(CODED))
    gemeente = draw(st.integers(min_value=0, max_value=9999))
    rest = draw(st.text(LETTERS, min_size=2 * (level.depth - 1), max_size=2 * (level.depth - 1)))
    return f"{PREFIX[level]}{gemeente:04}{rest}", level


class TestAreaCodes:
    @given(codes(), st.sampled_from(["", " ", "    "]))
    def test_a_full_code_is_read_as_itself(
        self, found: tuple[str, AreaLevel], padding: str
    ) -> None:
        code, level = found
        assert read_area_code(code + padding, level) == code
        assert read_area_code(code.lower(), level) == code
        assert level_of(code) is level

    @given(codes())
    def test_a_dropped_prefix_and_dropped_zeros_come_back(
        self, found: tuple[str, AreaLevel]
    ) -> None:
        code, level = found
        bare = code[2:]
        zeros = min(len(bare) - len(bare.lstrip("0")), 3)
        for dropped in range(zeros + 1):
            assert read_area_code(bare[dropped:], level) == code

    @pytest.mark.parametrize(
        ("text", "level", "code"),
        [
            ("5031200", AreaLevel.BUURT, "BU05031200"),
            ("1719", AreaLevel.GEMEENTE, "GM1719"),
            ("141", AreaLevel.GEMEENTE, "GM0141"),
            ("GM0153    ", AreaLevel.GEMEENTE, "GM0153"),
            ("WK0363AA", AreaLevel.WIJK, "WK0363AA"),
            ("363AA", AreaLevel.WIJK, "WK0363AA"),
        ],
    )
    def test_examples_from_real_files(self, text: str, level: AreaLevel, code: str) -> None:
        assert read_area_code(text, level) == code

    @pytest.mark.parametrize(
        ("text", "level"),
        [
            ("", AreaLevel.GEMEENTE),
            ("GM", AreaLevel.GEMEENTE),
            ("12345", AreaLevel.GEMEENTE),
            ("Almelo", AreaLevel.WIJK),
            ("NL00", AreaLevel.GEMEENTE),
            ("GM0153", AreaLevel.WIJK),
            ("GM0153", AreaLevel.BUURT),
            ("WK015312", AreaLevel.BUURT),
            ("BU01531203", AreaLevel.WIJK),
            ("1531203", AreaLevel.WIJK),
            ("153", AreaLevel.BUURT),
            ("0153.12", AreaLevel.WIJK),
            ("-141", AreaLevel.GEMEENTE),
            ("+141", AreaLevel.GEMEENTE),
            ("١٤١٠", AreaLevel.GEMEENTE),
            ("0153 1203", AreaLevel.BUURT),
        ],
    )
    def test_what_cannot_be_such_a_code_is_refused_in_words(
        self, text: str, level: AreaLevel
    ) -> None:
        with pytest.raises(LinkError, match=f"kan geen code van een {level} zijn; verwacht wordt"):
            read_area_code(text, level)

    @given(codes(), st.sampled_from(CODED))
    def test_a_code_of_another_level_is_never_taken_for_one(
        self, found: tuple[str, AreaLevel], other: AreaLevel
    ) -> None:
        code, level = found
        if other is not level:
            with pytest.raises(LinkError):
                read_area_code(code, other)

    @given(codes())
    def test_codes_nest(self, found: tuple[str, AreaLevel]) -> None:
        code, level = found
        for coarser in CODED[: level.depth]:
            parent = parent_code(code, coarser)
            assert level_of(parent) is coarser
            assert code[2:].startswith(parent[2:])

    def test_an_example_of_nesting(self) -> None:
        assert parent_code("BU01531203", AreaLevel.WIJK) == "WK015312"
        assert parent_code("BU01531203", AreaLevel.GEMEENTE) == "GM0153"

    @pytest.mark.parametrize("code", ["", "GM", "GM015", "GM01533", "XX0153", "0153", "gm0153"])
    def test_a_text_without_a_level_is_refused(self, code: str) -> None:
        with pytest.raises(LinkError, match="is geen gebiedscode"):
            level_of(code)

    @pytest.mark.parametrize("code", ["GM0000", "WK000000", "BU00000000"])
    def test_unknown_places_are_counted_and_never_drawn(self, code: str) -> None:
        assert is_unknown(code)
        assert not is_drawable(code)

    def test_abroad_is_known_and_not_drawn(self) -> None:
        assert not is_unknown("GM0998")
        assert not is_drawable("GM0998")

    def test_an_ordinary_area_is_drawn(self) -> None:
        area = Area("BU01531203", AreaLevel.BUURT, "Centrum", 2021, "WK015312")
        assert area.is_drawable
        assert not is_unknown(area.code)


class TestLevels:
    @given(st.sampled_from(AreaLevel), st.sampled_from(AreaLevel))
    def test_of_two_levels_one_is_coarser(self, one: AreaLevel, other: AreaLevel) -> None:
        both = one.is_at_least_as_coarse_as(other) and other.is_at_least_as_coarse_as(one)
        either = one.is_at_least_as_coarse_as(other) or other.is_at_least_as_coarse_as(one)
        assert either
        assert both is (one is other)

    def test_the_order_is_region_gemeente_wijk_buurt(self) -> None:
        assert [level.value for level in sorted(AreaLevel, key=lambda level: level.depth)] == [
            "regio",
            "gemeente",
            "wijk",
            "buurt",
        ]


class TestPeriods:
    @pytest.mark.parametrize(
        ("text", "kind", "start", "end"),
        [
            ("2026", PeriodKind.YEAR, "2026-01-01", "2026-12-31"),
            ("2026-H1", PeriodKind.HALF_YEAR, "2026-01-01", "2026-06-30"),
            ("2026-H2", PeriodKind.HALF_YEAR, "2026-07-01", "2026-12-31"),
            ("2026-Q1", PeriodKind.QUARTER, "2026-01-01", "2026-03-31"),
            ("2026-Q2", PeriodKind.QUARTER, "2026-04-01", "2026-06-30"),
            ("2026-Q4", PeriodKind.QUARTER, "2026-10-01", "2026-12-31"),
            ("2026-06", PeriodKind.MONTH, "2026-06-01", "2026-06-30"),
            ("2023-02", PeriodKind.MONTH, "2023-02-01", "2023-02-28"),
            ("2024-02", PeriodKind.MONTH, "2024-02-01", "2024-02-29"),
            ("2000-02", PeriodKind.MONTH, "2000-02-01", "2000-02-29"),
            ("1900-02", PeriodKind.MONTH, "1900-02-01", "1900-02-28"),
            # Week 1 is the week with the first Thursday, so it may begin in the year before.
            ("2026-W01", PeriodKind.WEEK, "2025-12-29", "2026-01-04"),
            ("2026-W23", PeriodKind.WEEK, "2026-06-01", "2026-06-07"),
            ("2020-W53", PeriodKind.WEEK, "2020-12-28", "2021-01-03"),
            ("2026-06/P12M", PeriodKind.ROLLING, "2025-07-01", "2026-06-30"),
            ("2026-12/P12M", PeriodKind.ROLLING, "2026-01-01", "2026-12-31"),
            ("2026-01/P12M", PeriodKind.ROLLING, "2025-02-01", "2026-01-31"),
            ("2024-02/P12M", PeriodKind.ROLLING, "2023-03-01", "2024-02-29"),
            ("2023-02/P12M", PeriodKind.ROLLING, "2022-03-01", "2023-02-28"),
        ],
    )
    def test_bounds(self, text: str, kind: PeriodKind, start: str, end: str) -> None:
        period = read_period(text)
        assert (period.id, period.kind) == (text, kind)
        assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
        assert period.year == int(end[:4])

    @given(years)
    def test_parts_tile_their_year(self, year: int) -> None:
        whole = read_period(f"{year:04}")
        months = [f"{year:04}-{month:02}" for month in range(1, 13)]
        quarters = [f"{year:04}-Q{quarter}" for quarter in range(1, 5)]
        halves = [f"{year:04}-H{half}" for half in (1, 2)]
        for parts in (months, quarters, halves):
            read = [read_period(part) for part in parts]
            assert read[0].start == whole.start
            assert read[-1].end == whole.end
            for one, following in pairwise(read):
                assert following.start == one.end + timedelta(days=1)
            assert sum(part.days for part in read) == whole.days == 365 + isleap(year)

    @given(years, st.integers(min_value=1, max_value=12))
    def test_a_rolling_year_is_the_twelve_months_that_end_in_its_month(
        self, year: int, month: int
    ) -> None:
        last = read_period(f"{year:04}-{month:02}")
        rolling = rolling_year(last)
        months = [divmod(year * 12 + month - 1 - back, 12) for back in reversed(range(12))]
        read = [read_period(f"{at:04}-{number + 1:02}") for at, number in months]
        assert (rolling.start, rolling.end) == (read[0].start, last.end)
        assert rolling.days == sum(part.days for part in read)

    @given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
    def test_a_week_holds_its_days_and_no_other(self, day: date) -> None:
        year, week, _ = day.isocalendar()
        period = read_period(f"{year:04}-W{week:02}")
        assert period.start <= day <= period.end
        assert period.start.weekday() == 0
        assert period.days == 7

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "26",
            "2026-",
            "2026-0",
            "2026-13",
            "2026-00",
            "2026-6",
            "2026-Q0",
            "2026-Q5",
            "2026-H3",
            "2026-W00",
            "2026-W54",
            "2026-06/P1Y",
            "2026/P12M",
            "2026JJ00",
            " 2026",
            "2026\n",
            "2026-06\n",
            "٢٠٢٦",
            "２０２６-06",
        ],
    )
    def test_another_text_is_refused_in_words(self, text: str) -> None:
        with pytest.raises(ContractError, match="is geen periode; verwacht wordt"):
            read_period(text)

    @pytest.mark.parametrize(
        "text", ["2025-W53", "0000", "0001-06/P12M", "9999-12/P12M", "9999-W52"]
    )
    def test_a_period_outside_the_calendar_is_refused_in_words(self, text: str) -> None:
        with pytest.raises(ContractError, match="bestaat niet in de kalender"):
            read_period(text)

    def test_a_year_with_week_53_is_read(self) -> None:
        assert read_period("2026-W53").end == date(2027, 1, 3)

    @pytest.mark.parametrize(
        ("key", "spelling"),
        [
            ("2019JJ00", "2019"),
            ("2019MM03", "2019-03"),
            ("2019MM12  ", "2019-12"),
            ("2019KW01", "2019-Q1"),
            ("2019HJ02", "2019-H2"),
        ],
    )
    def test_cbs_keys(self, key: str, spelling: str) -> None:
        assert read_cbs_period(key) == read_period(spelling)

    @given(years, st.integers(min_value=1, max_value=12))
    def test_a_cbs_month_is_read_back(self, year: int, month: int) -> None:
        assert read_cbs_period(f"{year:04}MM{month:02}").id == f"{year:04}-{month:02}"

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "2019",
            "2019JJ01",
            "2019MM13",
            "2019MM00",
            "2019KW05",
            "2019HJ00",
            "2019jj00",
            "2019X000",
        ],
    )
    def test_another_cbs_key_is_refused(self, key: str) -> None:
        with pytest.raises(ContractError):
            read_cbs_period(key)

    @pytest.mark.parametrize("text", ["2026", "2026-Q1", "2026-W23", "2026-06/P12M"])
    def test_only_a_month_ends_a_rolling_year(self, text: str) -> None:
        with pytest.raises(ContractError):
            rolling_year(read_period(text))

    def test_periods_sort_by_their_days(self) -> None:
        texts = ["2026-02", "2026", "2025-12", "2026-01"]
        assert [p.id for p in sorted(map(read_period, texts))] == [
            "2025-12",
            "2026-01",
            "2026",
            "2026-02",
        ]


class TestPeriodKinds:
    def test_from_fine_to_coarse(self) -> None:
        order = [kind.value for kind in sorted(PeriodKind, key=lambda kind: kind.days)]
        assert order == ["week", "month", "quarter", "half_year", "rolling_12_months", "year"]

    @given(st.sampled_from(PeriodKind), st.sampled_from(PeriodKind))
    def test_of_two_kinds_one_is_coarser(self, one: PeriodKind, other: PeriodKind) -> None:
        both = one.is_at_least_as_coarse_as(other) and other.is_at_least_as_coarse_as(one)
        assert both is (one is other)


class TestCells:
    @pytest.mark.parametrize("status", [Status.SHOWN, Status.ROUNDED])
    def test_a_shown_cell_holds_a_value(self, status: Status) -> None:
        assert Cell("woninginbraken", "GM0153", "2026", 0, status).value == 0
        with pytest.raises(ValueError, match=f"GM0153/2026: {status} met waarde None"):
            Cell("woninginbraken", "GM0153", "2026", None, status)

    @pytest.mark.parametrize("status", [Status.MASKED, Status.MISSING, Status.NOT_COLLECTED])
    def test_a_hidden_or_missing_cell_holds_none_and_is_never_zero(self, status: Status) -> None:
        assert Cell("woninginbraken", "GM0153", "2026", None, status).value is None
        with pytest.raises(ValueError, match="met waarde 0"):
            Cell("woninginbraken", "GM0153", "2026", 0, status)

    def test_a_cell_is_estimated_when_a_share_of_it_is(self) -> None:
        assert not Cell("x", "GM0153", "2026", 3, Status.SHOWN).estimated
        assert Cell("x", "GM0153", "2026", 3, Status.SHOWN, estimated_share=0.2).estimated

    def test_a_cell_cannot_be_changed(self) -> None:
        cell = Cell("x", "GM0153", "2026", 3, Status.SHOWN)
        with pytest.raises(AttributeError):
            cell.value = 4  # type: ignore[misc]


class TestErrors:
    def test_every_kind_has_its_own_exit_code(self) -> None:
        kinds = [RegiebeeldError, *RegiebeeldError.__subclasses__()]
        codes = [kind.exit_code for kind in kinds]
        assert len(set(codes)) == len(codes) == 10
        assert 0 not in codes
        assert 2 not in codes  # what a shell command gives for wrong usage

    def test_a_catalogue_error_tells_every_fault(self) -> None:
        error = CatalogueError("Twee fouten:", ("a.yaml:1: x: y", "b.yaml:2: x: y"))
        assert str(error).splitlines() == ["Twee fouten:", *error.faults]
