"""The share of false signals, the gate between levels, and what a signal tells."""

import numpy as np
import pytest
from scipy.special import ndtr

from regiebeeld.statistics.signals import (
    Direction,
    FarringtonPlan,
    Gate,
    Level,
    PValues,
    adjust_p,
    find_discoveries,
    find_signals,
    find_since,
    judge_series,
    read_series,
)

TOP = np.full(4, -1)


def test_benjamini_and_hochberg_1995():
    # Their example: 15 p-values of a trial of thrombolysis; at 5 % the first four stand.
    words = (
        "0.0001 0.0004 0.0019 0.0095 0.0201 0.0278 0.0298 0.0344 "
        "0.0459 0.3240 0.4262 0.5719 0.6528 0.7590 1.0000"
    )
    q = adjust_p([float(word) for word in words.split()])
    assert (q <= 0.05).tolist() == [True] * 4 + [False] * 11


def test_adjusted_p_equals_the_definition():
    p = np.random.default_rng(1).random(30) ** 2
    ranks = [sorted(p.tolist()).index(one) for one in p]
    scaled = sorted(p.tolist())
    slow = [min(scaled[k] * 30 / (k + 1) for k in range(rank, 30)) for rank in ranks]
    assert adjust_p(p) == pytest.approx(np.minimum(slow, 1))


def test_adjusted_p_leaves_out_what_has_no_answer():
    q = adjust_p([np.nan, 0.02, 0.04])
    assert np.isnan(q[0])
    assert q[1:].tolist() == [0.04, 0.04]
    assert adjust_p([]).size == 0
    assert np.isnan(adjust_p([np.nan])).all()
    for wrong in ([-0.1], [1.2], [[0.5]]):
        with pytest.raises(ValueError, match="p-value"):
            adjust_p(wrong)


def p_values(rise, fall, parent):
    return PValues(np.array(rise, float), np.array(fall, float), np.array(parent))


def test_the_loose_gate_by_hand():
    above = p_values([0.2, 0.6], [0.8, 0.4], [-1, -1])
    below = p_values([0.001, 0.001, 0.9, np.nan], [0.9, 0.9, 0.001, np.nan], [0, 1, 0, 0])
    first, second = find_discoveries([above, below])
    assert not first.alarm.any()
    # Only the rise under the parent that leans to a rise; of 3 tests its q is 2 * 0.001 * 3.
    assert second.alarm.tolist() == [True, False, False, False]
    assert second.q == pytest.approx([0.006, 1, 1, 1])
    assert second.tests == 3
    assert second.expected_false == pytest.approx(0.05)
    assert second.without_correction == pytest.approx(0.15)


def test_the_tree_gate_by_hand():
    above = p_values([0.001, 0.6], [0.9, 0.4], [-1, -1])
    below = p_values([0.004, 0.9, 0.001], [0.9, 0.1, 0.9], [0, 0, 1])
    first, second = find_discoveries([above, below], gate=Gate.TREE)
    assert first.q == pytest.approx([2 * 0.001 * 2 * 2.88, 1])
    assert second.alarm.tolist() == [True, False, False]
    assert second.q[0] == pytest.approx(2 * 0.004 * 2 * 2.88)
    assert second.tested.tolist() == [True, True, False]


def test_a_closed_gate_stays_closed_two_levels_down():
    above, middle = p_values([0.9], [0.9], [-1]), p_values([0.001], [0.9], [0])
    last = find_discoveries([above, middle, p_values([0.0001], [0.9], [0])])[2]
    assert not last.tested.any()
    assert not last.alarm.any()


def share_of_false(rng, gate, planted):
    """Gemeenten whose p is of the sum of their wijken, some wijken raised; false over found."""
    wijken = rng.normal(size=(20, 6))
    wijken[:planted, 0] += 5.0
    sums = wijken.sum(axis=1) / np.sqrt(6)
    levels = [
        p_values(ndtr(-sums), ndtr(sums), np.full(20, -1)),
        p_values(ndtr(-wijken.ravel()), ndtr(wijken.ravel()), np.repeat(np.arange(20), 6)),
    ]
    true = [np.arange(20) < planted, (np.arange(120) % 6 == 0) & (np.arange(120) < 6 * planted)]
    found = find_discoveries(levels, gate=gate)
    return [
        (one.alarm & ~real).sum() / max(one.alarm.sum(), 1)
        for one, real in zip(found, true, strict=True)
    ]


@pytest.mark.parametrize("gate", list(Gate))
@pytest.mark.parametrize("planted", [0, 4])
def test_the_share_of_false_alarms_stays_below_five_percent(gate, planted):
    rng = np.random.default_rng(3)
    shares = np.array([share_of_false(rng, gate, planted) for _ in range(1500)]).mean(axis=0)
    # Three standard errors of 1,500 rounds at 5 %.
    assert (shares <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)).all()


def test_wrong_gates_are_refused():
    above = p_values([0.2], [0.8], [-1])
    with pytest.raises(ValueError, match="parent"):
        find_discoveries([above, p_values([0.1], [0.9], [1])])
    for wrong in ({"share": 0.0}, {"gate_p": 1.5}):
        with pytest.raises(ValueError, match="within 0 and 1"):
            find_discoveries([above], **wrong)


def make_levels(extra, months=range(72, 78)):
    """Two gemeenten of two wijken; `extra` is added to wijk 0 in the last months."""
    rng = np.random.default_rng(11)
    wijken = rng.poisson(np.full((4, 78), 40.0)).astype(float)
    wijken[0, 78 - len(extra) :] += extra
    gemeenten = wijken.reshape(2, 2, 78).sum(axis=1)
    plan = FarringtonPlan()
    return [
        Level(judge_series(read_series(gemeenten), months, plan), np.full(2, -1)),
        Level(judge_series(read_series(wijken), months, plan), np.array([0, 0, 1, 1])),
    ]


def test_a_rise_is_told_with_since_when_and_with_the_levels_above_and_below():
    found = find_signals(make_levels([60.0, 60.0, 60.0]))
    top, low = sorted(found.signals, key=lambda signal: signal.level)
    assert (top.level, top.unit, top.direction) == (0, 0, Direction.RISE)
    assert (top.above, top.below, top.parent_agrees) == (None, (0,), False)
    assert (low.level, low.unit, low.above, low.parent_agrees) == (1, 0, 0, True)
    assert low.time == 77
    assert low.since == 75
    assert low.lower < low.expected < low.upper < low.observed
    assert low.p <= low.q <= 0.05
    assert found.expected_false == pytest.approx(0.05 * 2)


def test_a_fall_is_told():
    # 40 a month less 35 in two months.
    found = find_signals(make_levels([-35.0, -35.0]))
    low = next(signal for signal in found.signals if signal.level == 1)
    assert (low.direction, low.since, low.unit) == (Direction.FALL, 76, 0)
    assert low.observed < low.lower


def test_nothing_unusual_is_no_signal():
    assert find_signals(make_levels([0.0])).signals == ()


def test_a_rise_of_fewer_than_five_cases_is_none():
    counts = np.zeros((1, 78))
    counts[0, 20:70:10] = 1.0
    counts[0, 77] = 4.0
    judged = judge_series(read_series(counts), [77], FarringtonPlan())
    assert judged.p[0, 0] < 0.05
    assert find_signals([Level(judged, TOP[:1])]).signals == ()


def test_since_when_stops_at_a_month_without_an_answer_and_keeps_its_direction():
    counts = np.random.default_rng(2).poisson(40.0, (3, 78)).astype(float)
    counts[:, 74:] = 150.0
    counts[0, 76] = np.nan
    counts[1, 75] = 0.0
    counts[2, 77] = 40.0
    judged = judge_series(read_series(counts), range(70, 78), FarringtonPlan())
    assert find_since(judged).tolist() == [77, 76, -1]


def test_levels_must_share_their_months():
    one, other = make_levels([0.0]), make_levels([0.0], months=[77])
    with pytest.raises(ValueError, match="same time steps"):
        find_signals([one[0], other[1]])
    empty = judge_series(read_series(np.zeros((1, 78))), [], FarringtonPlan())
    with pytest.raises(ValueError, match="same time steps"):
        find_signals([Level(empty, TOP[:1])])
