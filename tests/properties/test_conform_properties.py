"""What holds for any count table: nothing is lost, and neither order nor padding matters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.count_tables import BUURTEN, GEMEENTEN, Row, cells, conform, frame, table, terms
from regiebeeld.domain import ContractError, RegiebeeldError
from regiebeeld.pipeline.sources.conform_counts import conform_counts
from regiebeeld.pipeline.sources.count_columns import MARKERS, read_any_area
from regiebeeld.pipeline.sources.zero_periods import tell_empty_periods

# A busy machine makes a single example slow; what holds here has nothing to do with time.
UNTIMED = settings(deadline=None)
INSIDE = (*GEMEENTEN, *BUURTEN, "WK014101", "WK014199", "BU01419999")
OUTSIDE = ("GM0363", "BU03630000", "GM0000", "BU00000000", "GM0998", "NL01", "WK0363AA")
PERIODS = ("2023JJ00", "2024JJ00", "2024MM01", "2024MM02", "2024KW01")
COUNTS = st.integers(0, 2**31 - 1).map(str) | st.sampled_from([None, *MARKERS]) | st.just("12*")


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Distinct keys in any order, at least one of them inside the region."""
    keys = st.tuples(
        st.sampled_from(INSIDE + OUTSIDE), st.sampled_from(["0.0.0", "1.1.1"]),
        st.sampled_from(PERIODS),
    )  # fmt: skip
    found = draw(st.lists(keys, unique=True, max_size=30))
    first = ("GM0141", "9.9.9", "2024MM01")
    return [(*key, draw(COUNTS)) for key in draw(st.permutations([first, *found]))]


def number(text: str | None) -> int:
    bare = (text or "").rstrip("*")
    return int(bare) if bare.isdigit() else 0


@UNTIMED
@given(rows())
def test_rows_in_are_rows_kept_and_rows_refused(given_rows: list[Row]):
    seen, report = conform(given_rows)
    assert report.rows_in == len(given_rows)
    assert report.rows_in == report.rows_kept + sum(report.refused.values())
    assert report.rows_kept == len(seen.count) == sum(row[0] in INSIDE for row in given_rows)


@UNTIMED
@given(rows())
def test_the_sum_of_what_is_kept_is_the_sum_of_the_input(given_rows: list[Row]):
    seen, _ = conform(given_rows)
    assert seen.count[seen.count >= 0].sum() == sum(
        number(row[3]) for row in given_rows if row[0] in INSIDE
    )
    missing = sum(row[3] is None or row[3] in MARKERS for row in given_rows if row[0] in INSIDE)
    assert (seen.count < 0).sum() == missing == (seen.reason >= 0).sum()


@UNTIMED
@given(rows(), st.randoms())
def test_the_order_of_rows_does_not_matter(given_rows: list[Row], random):
    mixed = list(given_rows)
    random.shuffle(mixed)
    (one, first), (other, second) = conform(given_rows), conform(mixed)
    assert cells(one) == cells(other)
    assert first.refused == second.refused
    assert sorted(first.notes, key=str) == sorted(second.notes, key=str)


@UNTIMED
@given(rows(), st.data())
def test_padding_prefixes_and_zeros_do_not_matter(given_rows: list[Row], data: st.DataObject):
    def spell(text: str | None) -> str | None:
        if text is None:
            return data.draw(st.sampled_from([None, "", "   "]))
        pads = st.integers(0, 4)
        return " " * data.draw(pads) + text + " " * data.draw(pads)

    def spell_area(code: str) -> str:
        bare = code[2:] if code[:2] in ("GM", "BU") and data.draw(st.booleans()) else code
        # Only a code that is not of the first hundred gemeenten can lose a zero and be itself.
        shorter = bare[1:] if bare.isdigit() and bare[0] == "0" != bare[1] else bare
        return data.draw(st.sampled_from([bare, shorter, code.lower()]))

    other = [
        (spell(spell_area(a or "")), spell(e), spell(p), spell(c)) for a, e, p, c in given_rows
    ]
    (one, first), (two, second) = conform(given_rows), conform(other)
    assert cells(one) == cells(two)
    assert first.refused == second.refused


@UNTIMED
@given(rows(), st.data())
def test_a_repeated_key_is_always_found(given_rows: list[Row], data: st.DataObject):
    inside = [row for row in given_rows if row[0] in INSIDE]
    again = data.draw(st.sampled_from(inside))
    at = data.draw(st.integers(0, len(given_rows)))
    double = [*given_rows[:at], (*again[:3], "5"), *given_rows[at:]]
    places = [i + 1 for i, row in enumerate(double) if row[:3] == again[:3]]
    with pytest.raises(ContractError, match=f"1 dubbele .*rij {places[0]} en {places[1]}:"):
        conform(double)


@UNTIMED
@given(rows())
def test_telling_empty_periods_changes_zeros_and_nothing_else(given_rows: list[Row]):
    before, _ = conform(given_rows)
    after, _ = tell_empty_periods(before, total="0.0.0", rare=["9.9.9"])
    told, was = cells(after), cells(before)
    assert told.keys() == was.keys()
    assert all(told[key] == was[key] or (was[key] == 0 and told[key] is None) for key in was)
    assert ((after.count < 0) == (after.reason >= 0)).all()
    assert {after.reasons[i] for i in after.reason[after.reason >= 0]} <= set(after.reasons)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(*[st.none() | st.text(max_size=12)] * 4)
        | st.tuples(
            st.sampled_from(INSIDE + OUTSIDE), st.text(max_size=4), st.sampled_from(PERIODS),
            st.text("0123456789.,-* ", max_size=12),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_any_text_is_kept_or_refused_with_words_and_never_a_crash(given_rows: list[Row]):
    words, accounted = "", True
    try:
        _, report = conform_counts(table(given_rows), terms(), frame())
        accounted = report.rows_in == report.rows_kept + report.rows_refused
    except RegiebeeldError as fault:
        words = str(fault)
    assert accounted
    assert not words or len(words) > 20


@UNTIMED
@given(st.sampled_from(INSIDE + OUTSIDE))
def test_reading_a_code_twice_changes_nothing(code: str):
    assert read_any_area(read_any_area(code)) == code
