"""Of a source about persons, what is hidden follows from rounded numbers and from nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from lib.count_store import areas, indicator
from regiebeeld.disclosure import Secret, protect_counts
from regiebeeld.domain import PeriodKind, read_period
from regiebeeld.pipeline.indicators import compute_indicator_cells
from regiebeeld.pipeline.indicators.matrices import MISSING, SHOWN, Matrix, Reasons
from regiebeeld.pipeline.indicators.unplaced import FEWEST, hide_unplaced
from regiebeeld.pipeline.store import NO_REASON

AREAS = areas("GM0001", "GM0002", "WK000100", "WK000200", "BU00010001", "BU00020001")
BUURTEN = (5, 6)
Numbers = NDArray[np.int64]


def floor(counts: Numbers, keys: NDArray[np.uint64]) -> Numbers:
    """Round down: which counts are told alike is then plain to see."""
    assert counts.shape == keys.shape
    assert (counts >= 0).all()
    return np.asarray(counts - counts % 5)


def matrix(*columns: tuple[int, int, int]) -> Matrix:
    """Per year: of gemeente 1 all and what has a buurt, and gemeente 2 (all of it placed)."""
    value = np.array(
        [[whole + other, whole, other, placed, other, placed, other]
         for whole, placed, other in columns]
    ).T  # fmt: skip
    return Matrix(
        PeriodKind.YEAR, tuple(read_period(str(2020 + i)) for i in range(len(columns))), value,
        np.full(value.shape, SHOWN, np.uint8), np.full(value.shape, NO_REASON, np.int16),
        np.zeros(value.shape), np.zeros(value.shape, np.bool_),
        np.arange(value.size, dtype=np.uint64).reshape(value.shape),
    )  # fmt: skip


def hidden(found: Matrix) -> NDArray[np.bool_]:
    return np.asarray(found.status == MISSING)


@pytest.mark.parametrize(
    ("whole", "placed", "gone"),
    [
        (40, 30, True),  # 10 of 40
        (44, 34, True),  # the same when rounded
        (44, 30, True),  # 14 reads 10
        (40, 31, False),  # 9 reads 5: less than ten is nothing sure
        (9, 0, False),  # 5 of 5
        (4, 0, False),  # all of it without a place, and nobody may know
        (54, 44, False),  # 10 of 50 is just 20 %
        (54, 40, False),  # 14 of 54 is more than 20 %, but reads 10 of 50
        (49, 39, True),  # 10 of 49 reads 10 of 45
    ],
)
def test_hiding_follows_from_rounded_numbers(whole: int, placed: int, gone: bool) -> None:
    found = hidden(
        hide_unplaced(matrix((whole, placed, 50)), AREAS, reasons=Reasons(), protect=floor)
    )
    assert found[:, 0].tolist() == [False, False, False, gone, False, gone, False]


def test_two_tables_that_read_alike_hide_the_same() -> None:
    """Every pair of counts of one gemeente against the lowest that reads the same."""
    pairs = [(w, p) for w in range(75) for p in range(0, w + 1, 3)]
    alike = [(w - w % 5, w - w % 5 - (w - p - (w - p) % 5)) for w, p in pairs]
    kept = [i for i, (_, p) in enumerate(alike) if p >= 0]
    tables = [matrix(*((*chosen[i], 50) for i in kept)) for chosen in (pairs, alike)]
    one, other = (
        hidden(hide_unplaced(each, AREAS, reasons=Reasons(), protect=floor)) for each in tables
    )
    assert one.any()
    assert (one == other).all()
    # Without the rounding the same counts hide otherwise: then hiding tells of the counts.
    plain = hidden(hide_unplaced(tables[0], AREAS, reasons=Reasons()))
    assert (plain != hidden(hide_unplaced(tables[1], AREAS, reasons=Reasons()))).any()


def test_with_the_real_rounding_hiding_can_be_worked_out_from_what_is_told() -> None:
    secret = Secret(b"a secret for tests, of some length")
    generator = np.random.default_rng(3)
    columns = [(int(w), int(generator.integers(0, w + 1)), 50)
               for w in generator.integers(1, 80, 400)]  # fmt: skip
    table = matrix(*columns)
    keys = generator.integers(0, 1 << 63, table.value.shape, dtype=np.uint64)
    table = replace(table, key=keys)
    found = hidden(
        hide_unplaced(
            table, AREAS, reasons=Reasons(),
            protect=lambda counts, keys: protect_counts(secret, counts, keys).value,
        )
    )[BUURTEN[0]]  # fmt: skip
    whole = protect_counts(secret, table.value[1], keys[1]).value
    rest = protect_counts(secret, table.value[1] - table.value[5], keys[1] - keys[5]).value
    assert 50 < found.sum() < 350
    assert (found == ((rest >= FEWEST) & (rest > 0.2 * whole))).all()


def test_what_decided_stands_beside_the_cells() -> None:
    """Of every area that was weighed: how many had no place, and the key of their events."""
    table = matrix((40, 30, 50), (30, 30, 50))
    wanted = indicator(("buurt", "year"))
    made = [
        compute_indicator_cells(
            wanted, [table], areas=AREAS, reasons=Reasons(), hides=True, protect=protect
        )
        for protect in (floor, None)
    ]
    assert made[1].asides is None
    asides = made[0].asides
    assert asides is not None
    found = {
        (AREAS[a].code, made[0].periods[p].id): (int(n), int(k))
        for a, p, n, k in zip(asides.area, asides.period, asides.value, asides.key, strict=True)
    }
    key = {code: table.key[i].tolist() for i, code in enumerate(a.code for a in AREAS)}
    wrap = 1 << 64
    assert found == {
        (code, str(2020 + year)): (number, (key[code][year] - sum(k[year] for k in parts)) % wrap)
        for code, numbers, parts in (
            ("REGIO_klein", (0, 0), (key["GM0001"], key["GM0002"])),
            ("GM0001", (10, 0), (key["BU00010001"],)),
            ("GM0002", (0, 0), (key["BU00020001"],)),
        )
        for year, number in enumerate(numbers)
    }
    assert {AREAS[a].code for a in made[0].area[made[0].status == MISSING]} == {
        "WK000100", "BU00010001",
    }  # fmt: skip
