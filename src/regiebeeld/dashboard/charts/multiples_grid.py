"""Gives each area a square on a grid that follows the map roughly: north above, west to the left.

The same areas get the same squares, in whatever order they are given.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import ceil

Place = tuple[int, int]
Centre = tuple[float, float]


def place_on_grid(centres: Mapping[str, Centre], *, columns: int) -> dict[str, Place]:
    """Give column and row, from 0, of each area; as few rows as hold them all.

    centres: where an area lies on the map, by code; y grows to the south. Areas are laid in rows
    from north to south and in each row from west to east; then two squares are exchanged as long
    as that brings areas nearer to where they lie.
    """
    if not centres:
        return {}
    codes = sorted(centres, key=lambda code: (centres[code][1], centres[code][0], code))
    columns = min(columns, len(codes))
    rows = ceil(len(codes) / columns)
    ideal = _scale(centres, columns, rows)
    laid = _lay(codes, centres, columns)
    squares: list[str | None] = [
        laid.get((n % columns, n // columns)) for n in range(columns * rows)
    ]
    _exchange(squares, ideal, columns)
    return {code: (n % columns, n // columns) for n, code in enumerate(squares) if code}


def _scale(centres: Mapping[str, Centre], columns: int, rows: int) -> dict[str, Centre]:
    """Give where each area would stand if squares could hold several."""
    low = [min(centre[axis] for centre in centres.values()) for axis in (0, 1)]
    high = [max(centre[axis] for centre in centres.values()) for axis in (0, 1)]
    room = (columns - 1, rows - 1)
    steps = [
        room[axis] / (high[axis] - low[axis]) if high[axis] > low[axis] else 0.0 for axis in (0, 1)
    ]
    return {
        code: ((centre[0] - low[0]) * steps[0], (centre[1] - low[1]) * steps[1])
        for code, centre in centres.items()
    }


def _lay(codes: Sequence[str], centres: Mapping[str, Centre], columns: int) -> dict[Place, str]:
    laid: dict[Place, str] = {}
    for row, start in enumerate(range(0, len(codes), columns)):
        part = sorted(codes[start : start + columns], key=lambda code: (centres[code][0], code))
        laid |= {(column, row): code for column, code in enumerate(part)}
    return laid


def _exchange(squares: list[str | None], ideal: Mapping[str, Centre], columns: int) -> None:
    """Exchange two squares while an exchange helps; each one brings the sum down, so it ends."""

    def cost(code: str | None, square: int) -> float:
        if code is None:
            return 0.0
        x, y = ideal[code]
        return (x - square % columns) ** 2 + (y - square // columns) ** 2

    helped = True
    while helped:
        helped = False
        for one, other in combinations(range(len(squares)), 2):
            first, second = squares[one], squares[other]
            now = cost(first, one) + cost(second, other)
            if cost(first, other) + cost(second, one) < now - 1e-9:
                squares[one], squares[other] = second, first
                helped = True
