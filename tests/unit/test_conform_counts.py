"""A count table is kept row by row or refused with words that name file, row and next step."""

import numpy as np
import pyarrow as pa
import pytest

from lib.count_tables import NAMES, Row, cells, conform, frame, ids, table, terms
from regiebeeld.domain import AreaLevel, ContractError, LinkError, Status
from regiebeeld.pipeline.sources.conform_counts import STATUS_CODES, CountFrame, conform_counts

GOOD: list[Row] = [
    ("GM0141    ", "0.0.0 ", "2024MM01", "10"),
    ("GM0153    ", "0.0.0 ", "2024MM01", "20"),
    ("BU01410101", "0.0.0 ", "2024MM01", "4"),
]


def test_one_row_is_a_table():
    seen, report = conform([("GM0153", "1.1.1", "2024MM03", "7")])
    assert cells(seen) == {("1.1.1", "GM0153", "2024-03"): 7}
    assert (report.rows_in, report.rows_kept, report.refused, report.notes) == (1, 1, {}, ())


def test_padding_is_trimmed_and_every_row_is_accounted_for():
    seen, report = conform([*GOOD, ("GM0363    ", "0.0.0 ", "2024MM01", "99")])
    assert cells(seen) == {
        ("0.0.0", "GM0141", "2024-01"): 10,
        ("0.0.0", "GM0153", "2024-01"): 20,
        ("0.0.0", "BU01410101", "2024-01"): 4,
    }
    assert report.refused == {"gebied buiten de regio": 1}
    assert report.rows_in == report.rows_kept + report.rows_refused == 4


def test_an_area_of_which_no_row_is_kept_leaves_no_name():
    seen, _ = conform([*GOOD, ("GM0363", "9.9.9", "2023MM01", "99")])
    assert "GM0363" not in seen.areas
    assert seen.event_sets == ("0.0.0",)
    assert ids(seen.periods) == ["2024-01"]


def test_years_quarters_and_months_in_one_table_stay_apart():
    keys = ("2019JJ00", "2019MM01", "2019KW01")
    seen, _ = conform([("GM0153", "0.0.0", key, str(i)) for i, key in enumerate(keys)])
    assert {(p.id, p.kind.value) for p in seen.periods} == {
        ("2019", "year"),
        ("2019-01", "month"),
        ("2019-Q1", "quarter"),
    }
    assert cells(seen)["0.0.0", "GM0153", "2019"] == 0


def test_a_star_makes_a_figure_provisional_and_so_does_the_period_list():
    rows: list[Row] = [
        ("GM0141", "0.0.0", "2024MM01", "10"),
        ("GM0141", "0.0.0", "2024MM02", "11*"),
        ("GM0141", "0.0.0", "2024MM03", "12**"),
        ("GM0141", "0.0.0", "2024MM04", "13"),
    ]
    seen, _ = conform_counts(table(rows), terms(), frame(provisional=["2024-04"]))
    assert seen.count.tolist() == [10, 11, 12, 13]
    assert seen.provisional.tolist() == [False, True, True, True]


def test_nulls_everywhere_are_missing_and_never_zero():
    seen, report = conform([("GM0141", "0.0.0", f"2024MM{m:02d}", None) for m in range(1, 13)])
    assert set(cells(seen).values()) == {None}
    assert (seen.status == STATUS_CODES[Status.MISSING]).all()
    assert [(n.kind, n.rows) for n in report.notes] == [("missing", 12)]


def test_each_missing_cell_knows_its_reason():
    rows: list[Row] = [("GM0141", "0.0.0", "2024MM01", "."), ("GM0153", "0.0.0", "2024MM01", "x")]
    seen, _ = conform(rows)
    assert "punt" in seen.reasons[seen.reason[0]]
    assert "geheim" in seen.reasons[seen.reason[1]]


@pytest.mark.parametrize(
    ("swapped", "named"),
    [
        ((1, 0, 2, 3), NAMES[0]),
        ((0, 2, 1, 3), NAMES[2]),
        ((0, 1, 3, 2), NAMES[2]),
        ((3, 1, 2, 0), NAMES[3]),
    ],
)
def test_swapped_columns_are_told_by_name_and_row(swapped: tuple[int, ...], named: str):
    rows = [tuple(row[i] for i in swapped) for row in GOOD]
    with pytest.raises(ContractError, match=rf"kolom {named}: 3 van 3 .*rij 1: .*verwisseld"):
        conform(rows)


def test_a_renamed_column_is_told_with_what_is_there():
    moved = table(GOOD, names=(*NAMES[:3], "Geregistreerd_2"))
    with pytest.raises(ContractError, match=r"mist de kolom Geregistreerd_1; aanwezig: .*_2"):
        conform_counts(moved, terms(), frame())


def test_columns_in_another_order_are_the_same_table():
    other = table(GOOD).select(list(reversed(NAMES)))
    assert cells(conform_counts(other, terms(), frame())[0]) == cells(conform(GOOD)[0])


def test_an_empty_table_is_refused():
    with pytest.raises(ContractError, match="47022NED is leeg"):
        conform([])


def test_a_table_without_a_row_of_this_region_is_refused():
    with pytest.raises(
        ContractError, match=r"geen van de 1 rijen.*buiten de regio: 1.*region.yaml"
    ):
        conform([("GM0363", "0.0.0", "2024MM01", "1")])


def test_terms_without_count_columns_are_refused():
    with pytest.raises(ContractError, match="noemt geen kolommen"):
        conform_counts(table(GOOD), terms(columns={"area": NAMES[0]}), frame())


def test_a_key_that_stands_twice_is_told_with_both_rows():
    rows: list[Row] = [
        ("GM0363", "0.0.0", "2024MM01", "1"),  # refused, so row numbers differ from kept ones
        *GOOD,
        ("0153", "0.0.0", "2024MM01", "21"),
    ]
    with pytest.raises(ContractError, match=r"1 dubbele.*rij 3 en 5: 0\.0\.0, GM0153, 2024-01"):
        conform(rows)


def test_of_several_repeats_the_one_met_first_is_told():
    rows: list[Row] = [*GOOD, GOOD[2], GOOD[0]]
    with pytest.raises(ContractError, match=r"2 dubbele.*rij 3 en 4: 0\.0\.0, BU01410101"):
        conform(rows)


def test_repeats_are_found_when_there_are_far_more_keys_than_rows():
    buurten = [f"BU0141{i:04d}" for i in range(1, 900)]
    many = frame(buurten=buurten)
    rows = [(code, f"{i}", f"{2000 + i % 20}MM01", "1") for i, code in enumerate(buurten)]
    assert len(conform_counts(table(rows), terms(), many)[0].count) == 899
    with pytest.raises(ContractError, match="rij 1 en 900"):
        conform_counts(table([*rows, rows[0]]), terms(), many)


def test_a_repeat_outside_the_region_hurts_nobody():
    _, report = conform([*GOOD, *[("GM0363", "0.0.0", "2024MM01", "1")] * 2])
    assert report.rows_refused == 2


def test_negative_and_huge_counts_say_what_is_wrong():
    for text, words in (("-3", "negatief"), (str(2**31), "groter dan een telling")):
        with pytest.raises(ContractError, match=rf"1 van 4 .*rij 4: '{text}' is {words}"):
            conform([*GOOD, ("BU01410102", "0.0.0", "2024MM01", text)])


def test_a_few_unreadable_rows_are_refused_one_by_one():
    rows: list[Row] = [
        ("GM0153", str(e), f"{2000 + y}JJ00", "1") for e in range(10) for y in range(20)
    ]
    seen, report = conform([*rows, ("GM0153", "x", "2024MM01", str(2**31))])
    assert len(seen.count) == 200
    assert report.refused == {"kolom Geregistreerd_1 is niet te lezen": 1}
    assert any("rij 201" in note.text and "groter" in note.text for note in report.notes)


def test_a_code_of_another_vintage_is_named_with_its_remedy():
    rows = [(f"BU014109{i:02d}", "0.0.0", "2024MM01", "1") for i in range(1, 4)]
    with pytest.raises(LinkError, match=r"3 van 6 .*2024, zoals BU01410901.*`vintage`"):
        conform([*GOOD, *rows])


def test_one_strange_code_is_counted_never_drawn_and_told():
    seen, report = conform([*GOOD, ("BU01419901", "0.0.0", "2024MM01", "6")])
    assert dict(zip(seen.areas, seen.placed.tolist(), strict=True))["BU01419901"] is False
    note = next(n for n in report.notes if n.kind == "unknown_area")
    assert note.text == (
        "1 gebied (buurt) buiten de indeling 2024: BU01419901; samen 6 geteld en niet getekend"
    )


def test_a_layout_without_that_level_is_another_fault():
    codes = {AreaLevel.GEMEENTE: frozenset({"GM0141"})}
    only = CountFrame(2024, frozenset({"GM0141"}), codes)
    rows = [(f"BU014101{i:02d}", "0.0.0", "2024MM01", "1") for i in range(1, 4)]
    with pytest.raises(LinkError, match=r"geen niveau buurt.*`layouts`"):
        conform_counts(table(rows), terms(), only)


@pytest.mark.parametrize("code", ["WK014199", "BU01419999", "BU01419997"])
def test_places_unknown_within_a_gemeente_count_there(code: str):
    seen, report = conform([*GOOD, (code, "0.0.0", "2024MM01", "3")])
    assert seen.placed[seen.areas.index(code)] == np.False_
    assert any(
        f"zonder bekende plaats: {code}; samen 3 geteld en niet getekend" in n.text
        for n in report.notes
    )


def test_a_sum_in_a_note_adds_no_total_to_its_parts_and_no_year_to_its_months():
    strange = "BU01419999"
    rows = [
        (strange, "0.0.0", "2024MM01", "30"),
        (strange, "1.1.1", "2024MM01", "20"),
        (strange, "0.0.0", "2024JJ00", "360"),
    ]
    _, report = conform([*GOOD, *rows])
    note = next(n for n in report.notes if n.kind == "unknown_area")
    assert (note.rows, "samen 30 geteld" in note.text) == (3, True)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("GM0000", "plaats onbekend in heel Nederland: bij geen gemeente te tellen"),
        ("WK000000", "plaats onbekend in heel Nederland: bij geen gemeente te tellen"),
        ("BU00000000", "plaats onbekend in heel Nederland: bij geen gemeente te tellen"),
        ("GM0998", "buitenland"),
        ("NL01", "gebied buiten de regio"),
        ("PV23", "gebied buiten de regio"),
    ],
)
def test_codes_of_no_gemeente_are_refused_under_their_own_name(code: str, reason: str):
    assert conform([*GOOD, (code, "0.0.0", "2024MM01", "3")])[1].refused == {reason: 1}


def test_rows_of_another_breakdown_are_refused_when_the_contract_fixes_one():
    rows = table(GOOD).append_column("Overlast", pa.array(["A ", "A", "B"]))
    _, report = conform_counts(rows, terms(fixed={"Overlast": "A"}), frame())
    assert report.refused == {"uitsplitsing die niet wordt gebruikt": 1}
    _, report = conform_counts(table(GOOD), terms(fixed={"Overlast": "A"}), frame())
    assert report.refused == {}
