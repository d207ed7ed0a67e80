"""Invented events, one for each that the police counts hold: where, when, attempt or not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import parent_code
from regiebeeld.example.addresses import Addresses
from regiebeeld.example.counts import UNKNOWN_BUURT
from regiebeeld.example.rates import MONTHS
from regiebeeld.example.terrain import Floats, Ints
from regiebeeld.example.truths import AttemptShare
from regiebeeld.example.write import Example

Moments = NDArray[np.datetime64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

LOST = -1  # the piece and address of an event of which only the gemeente is known
BURGLARY = "1.1.1"
_SELDOM = 0.04  # share of attempts at anything but burglary
LATE_SHARE = 0.06  # of a count is registered only after its first delivery
# Which part of a month is registered 1, 2, 3 and 4 months after it.
REGISTERED = (0.72, 0.18, 0.085, 0.015)
_LONGEST_DAYS = 9


@dataclass(frozen=True, slots=True)
class Events:
    """One row an event, in order of `begin`; `month` is a position in rates.MONTHS.

    `piece` and `address` are LOST for an event that nobody could place. `later` is how many months
    after its own month an event is registered: 1 or more.
    """

    gemeente: Texts
    piece: Ints
    address: Ints
    month: Ints
    begin: Moments
    end: Moments
    known: Moments
    attempt: Flags
    later: Ints

    def __len__(self) -> int:
        return len(self.month)

    def only(self, rows: Flags | Ints) -> "Events":
        """Give the events of some rows, in the order that is asked."""
        return Events(*(getattr(self, name)[rows] for name in Events.__slots__))


def draw_events(example: Example, addresses: Addresses, offence: str, seed: int) -> Events:
    """Draw as many events of an offence, per buurt and month, as the police table counts.

    The same offence and seed give the same events, whichever partner tells them.
    """
    rng = np.random.default_rng([seed, 505, int(offence.replace(".", ""))])
    codes, month = _spread_counts(example, offence)
    piece = _place_events(example, codes, rng)
    gemeente = np.array([parent_code(c, AreaLevel.GEMEENTE) for c in codes.tolist()], object)
    address = np.full(len(codes), LOST)
    placed = piece != LOST
    step = rng.random(placed.sum()) * addresses.amounts[piece[placed]]
    address[placed] = addresses.starts[piece[placed]] + step.astype(np.int64)
    begin, end, known = _draw_moments(month, rng)
    chance: Floats | float = _SELDOM
    if offence == BURGLARY:
        chance = _attempt_chance(example.truths.attempts, gemeente, month)
    attempt = rng.random(len(codes)) < chance
    later = 1 + np.searchsorted(np.cumsum(REGISTERED)[:-1], rng.random(len(codes)), side="right")
    drawn = Events(gemeente, piece, address, month, begin, end, known, attempt, later)
    return drawn.only(np.argsort(begin, kind="stable"))


def _spread_counts(example: Example, offence: str) -> tuple[Texts, Ints]:
    """Give buurt code and month of every event."""
    counts = example.counts
    rows = [i for i, code in enumerate(counts.areas) if code.startswith("BU")]
    values = counts.values[rows, counts.offences.index(offence)]
    buurt, month = np.nonzero(values)
    times = values[buurt, month]
    codes = np.array([counts.areas[i] for i in rows], object)
    return np.repeat(codes[buurt], times), np.repeat(month, times)


def _place_events(example: Example, codes: Texts, rng: np.random.Generator) -> Ints:
    """Choose the piece of ground in each event's buurt by dwellings; LOST for unknown buurten."""
    members: dict[str, list[int]] = {}
    for position, piece in enumerate(example.ground.pieces):
        members.setdefault(piece.new, []).append(position)
    chosen = np.full(len(codes), LOST)
    for code in sorted(set(codes.tolist())):
        if code.endswith(UNKNOWN_BUURT):
            continue
        own, rows = members[code], np.flatnonzero(codes == code)
        weights = example.people.dwellings[own].mean(axis=1) + 1.0
        chosen[rows] = rng.choice(own, len(rows), p=weights / weights.sum())
    return chosen


def _draw_moments(month: Ints, rng: np.random.Generator) -> tuple[Moments, Moments, Moments]:
    """Draw begin (in its month), end and when it was reported; whole minutes, evenings first."""
    starts = np.array(MONTHS, "datetime64[M]")
    days = (starts + 1).astype("datetime64[D]") - starts.astype("datetime64[D]")
    size = len(month)
    day = (rng.random(size) * days.astype(int)[month]).astype("timedelta64[D]")
    hour = np.where(rng.random(size) < 0.65, rng.normal(19.5, 2.8, size), rng.uniform(0, 24, size))
    minute = (hour.clip(0, 23.98) * 60).astype("timedelta64[m]")
    begin = starts.astype("datetime64[m]")[month] + day + minute
    length = np.minimum(rng.lognormal(5.0, 1.1, size), _LONGEST_DAYS * 24 * 60)
    end = begin + length.astype("timedelta64[m]")
    known = end + np.minimum(rng.exponential(400, size), 2 * 24 * 60).astype("timedelta64[m]")
    return begin, end, known


def _attempt_chance(share: AttemptShare, gemeente: Texts, month: Ints) -> Floats:
    first, last = MONTHS.index(share.start), MONTHS.index(share.end)
    course = ((month - first + 1) / (last - first + 1)).clip(0, 1)
    rise = (share.last - share.usual) * course
    return np.asarray(share.usual + np.where(gemeente == share.area, rise, 0.0))
