"""Key figures: a number, or the reason why there is none; rows in are rows kept and refused."""

import pyarrow as pa
import pytest

from lib.count_tables import frame
from regiebeeld.catalogue import Content, Figure, SourceKind, SourceTerms
from regiebeeld.domain import ContractError, Status
from regiebeeld.pipeline.sources.conform_figures import FigureRow, conform_figures

COLUMNS = {"WijkenEnBuurten": ["GM0141    ", "GM0153    "], "AantalInwoners_5": ["100", "200"]}


def terms(**more: object) -> SourceTerms:
    wanted: dict[str, object] = {
        "kind": SourceKind.CBS_ODATA3,
        "base": "cbs_opendata",
        "table": "85984NED",
        "publisher": "CBS",
        "content": Content.KEY_FIGURES,
        "columns": {"area": "WijkenEnBuurten"},
        "figures": [{"figure": "inwoners", "column": "AantalInwoners_5"}],
    }
    return SourceTerms.model_validate({**wanted, **more})


def table(columns: dict[str, list[str | None]]) -> pa.Table:
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})


def numbers(rows: list[FigureRow]) -> dict[tuple[str, str, int], float | None]:
    return {(row.area, row.figure.value, row.year): row.value for row in rows}


def one(value: str | None, **more: object) -> FigureRow:
    found, _ = conform_figures(
        table({"WijkenEnBuurten": ["GM0153"], "AantalInwoners_5": [value]}),
        terms(**more),
        frame(),
        year=2024,
    )
    return found[0]


def test_each_area_has_its_figure_of_the_contracts_year():
    found, report = conform_figures(table(COLUMNS), terms(), frame(), year=2024)
    assert numbers(found) == {
        ("GM0141", "inwoners", 2024): 100.0,
        ("GM0153", "inwoners", 2024): 200.0,
    }
    assert (report.rows_in, report.rows_kept, report.refused) == (2, 2, {})


def test_a_period_column_goes_before_the_year_and_only_years_count():
    columns = {
        "WijkenEnBuurten": ["GM0141"] * 3,
        "AantalInwoners_5": ["1", "2", "3"],
        "Perioden": ["2022JJ00", "2023JJ00", "2023MM01"],
    }
    wanted = terms(columns={"area": "WijkenEnBuurten", "period": "Perioden"})
    found, report = conform_figures(table(columns), wanted, frame(), year=2024)
    assert numbers(found) == {
        ("GM0141", "inwoners", 2022): 1.0,
        ("GM0141", "inwoners", 2023): 2.0,
    }
    assert report.refused == {"geen jaarcijfer": 1}


@pytest.mark.parametrize(
    "text", [None, "", ".", "       .", "-99999999", "-99997.0", "-99995", "x"]
)
def test_a_marker_is_missing_with_a_reason(text: str | None):
    found = one(text)
    assert (found.value, found.status) == (None, Status.MISSING)
    assert found.reason


@pytest.mark.parametrize(
    "text", ["-5", "158.261", "158,261", "12.5", "3000000000", "1e4", "drie", "nan", "9" * 400]
)
def test_half_thousand_and_impossible_inhabitants_are_refused(text: str):
    with pytest.raises(ContractError, match=r"geen van de 1 rijen.*niet te lezen: 1"):
        one(text)


def test_a_whole_number_may_be_spelled_as_a_float_and_a_price_may_have_cents():
    assert one("158261.0").value == 158261.0
    price = [{"figure": Figure.VERKOOPPRIJS, "column": "AantalInwoners_5"}]
    assert one("312500,5", figures=price).value == 312500.5


def test_an_absent_column_is_told_with_what_is_there():
    moved = {"WijkenEnBuurten": ["GM0153"], "AantalInwoners_6": ["5"]}
    with pytest.raises(ContractError, match=r"mist de kolom AantalInwoners_5; aanwezig: .*_6"):
        conform_figures(table(moved), terms(), frame(), year=2024)
    with pytest.raises(ContractError, match="mist de kolom Geslacht"):
        conform_figures(table(COLUMNS), terms(fixed={"Geslacht": "T"}), frame(), year=2024)


def test_a_trait_without_its_column_is_told_and_the_others_are_kept():
    figures = [
        {"figure": "inwoners", "column": "AantalInwoners_5"},
        {"figure": "woz_waarde", "column": "GemiddeldeWOZWaardeVanWoningen_36"},
        {"figure": "onbewoond", "column": "PercentageOnbewoond_40"},
    ]
    columns = {**COLUMNS, "PercentageOnbewoond_40": ["3", "-99997"]}
    found, report = conform_figures(table(columns), terms(figures=figures), frame(), year=2024)
    assert numbers(found) == {
        ("GM0141", "inwoners", 2024): 100.0,
        ("GM0153", "inwoners", 2024): 200.0,
        ("GM0141", "onbewoond", 2024): 3.0,
        ("GM0153", "onbewoond", 2024): None,
    }
    told = [(note.kind, note.rows, note.text) for note in report.notes]
    assert ("missing", 2, "deze tabel heeft geen kolom voor: woz_waarde") in told


@pytest.mark.parametrize(("text", "value"), [("0", 0.0), ("100", 100.0), ("64.5", 64.5)])
def test_a_share_is_a_percentage(text: str, value: float):
    share = [{"figure": Figure.EENGEZINSWONINGEN, "column": "AantalInwoners_5"}]
    assert one(text, figures=share).value == value


@pytest.mark.parametrize("text", ["100.5", "101", "-1"])
def test_more_than_a_hundred_per_cent_is_refused(text: str):
    share = [{"figure": Figure.KOOPWONINGEN, "column": "AantalInwoners_5"}]
    with pytest.raises(ContractError, match="niet te lezen: 1"):
        one(text, figures=share)


@pytest.mark.parametrize("figure", list(Figure))
@pytest.mark.parametrize("text", ["-99997", "-99995.0", "-99999999", "", "."])
def test_a_marker_is_no_number_for_any_figure(figure: Figure, text: str):
    found = one(text, figures=[{"figure": figure, "column": "AantalInwoners_5"}])
    assert (found.value, found.status) == (None, Status.MISSING)


def test_an_empty_table_is_refused():
    empty = table({"WijkenEnBuurten": [], "AantalInwoners_5": []})
    with pytest.raises(ContractError, match="85984NED is leeg"):
        conform_figures(empty, terms(), frame(), year=2024)


def test_only_the_fixed_breakdown_is_read():
    columns = {
        "WijkenEnBuurten": ["GM0141", "GM0141"],
        "AantalInwoners_5": ["100", "49"],
        "Geslacht": ["T001038 ", "3000"],
    }
    wanted = terms(fixed={"Geslacht": "T001038"})
    found, report = conform_figures(table(columns), wanted, frame(), year=2024)
    assert numbers(found) == {("GM0141", "inwoners", 2024): 100.0}
    assert report.refused == {"uitsplitsing die niet wordt gebruikt": 1}


@pytest.mark.parametrize("values", [("100", "-99999999"), ("-99999999", "100"), ("100", "100")])
def test_land_and_water_of_one_area_give_its_number_in_any_order(values: tuple[str, str]):
    columns = {"WijkenEnBuurten": ["GM0141"] * 2, "AantalInwoners_5": list(values)}
    found, report = conform_figures(table(columns), terms(), frame(), year=2024)
    assert numbers(found) == {("GM0141", "inwoners", 2024): 100.0}
    assert report.refused == {"hetzelfde gebied en jaar staan al eerder in de tabel": 1}


def test_two_different_numbers_for_one_area_refuse_the_table():
    columns = {
        "WijkenEnBuurten": ["GM0153", "GM0141", "0141"],
        "AantalInwoners_5": ["5", "100", "101"],
    }
    with pytest.raises(ContractError, match=r"rij 2 en rij 3 geven beide .* GM0141 in 2024.*fixed"):
        conform_figures(table(columns), terms(), frame(), year=2024)


def test_every_refused_row_has_its_reason():
    columns = {
        "WijkenEnBuurten": ["GM0141", "GM0363", "NL01", "WK014177", "Almelo"],
        "AantalInwoners_5": ["1", "2", "3", "4", "5"],
    }
    _, report = conform_figures(table(columns), terms(), frame(), year=2024)
    assert report.refused == {
        "gebied buiten de regio": 2,
        "gebied van een indeling die deze regio niet kent": 1,
        "waarde of code is niet te lezen": 1,
    }
    assert report.rows_in == report.rows_kept + report.rows_refused == 5


def test_an_unread_figure_in_a_kept_row_is_told():
    two = [
        {"figure": "inwoners", "column": "AantalInwoners_5"},
        {"figure": "woningen", "column": "Woningen_6"},
    ]
    columns = {**COLUMNS, "Woningen_6": ["veel", "90"]}
    found, report = conform_figures(table(columns), terms(figures=two), frame(), year=2024)
    assert len(found) == 3
    assert report.refused == {}
    assert [(n.kind, n.rows) for n in report.notes] == [("refused", 1)]


def test_observations_carry_their_reason_in_a_word():
    columns: dict[str, list[str | None]] = {
        "WijkenEnBuurten": ["GM0141", "GM0153", "GM0153", "GM0141"],
        "Perioden": ["2023JJ00"] * 4,
        "Measure": ["M01", "M01", "M02", "M01"],
        "Value": ["7", None, "8", "9"],
        "ValueAttribute": ["None", "Impossible", "None", "Verzonnen"],
    }
    wanted = terms(
        kind=SourceKind.CBS_ODATA4,
        base="cbs_odata4",
        columns={"area": "WijkenEnBuurten", "period": "Perioden"},
        figures=[{"figure": "inwoners", "column": "M01"}],
    )
    found, report = conform_figures(table(columns), wanted, frame())
    assert numbers(found) == {
        ("GM0141", "inwoners", 2023): 7.0,
        ("GM0153", "inwoners", 2023): None,
    }
    assert next(row.reason for row in found if row.value is None) == "kan niet voorkomen"
    assert report.refused["uitsplitsing die niet wordt gebruikt"] == 1
