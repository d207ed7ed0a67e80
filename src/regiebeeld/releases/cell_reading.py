"""Reads cells of an open file, a whole area or a map at a time, and remembers the last ones.

A query takes a few milliseconds, however few its rows: a page would ask for tens. A cell is made
from its row when it is asked for.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from regiebeeld.domain import TOTAL, AreaLevel, Period, PeriodKind
from regiebeeld.releases.keys import Keys
from regiebeeld.releases.last_read import LastRead
from regiebeeld.releases.tables import ReleasedCell

_NOTHING = -1  # no key is negative: an unknown id reads no rows
_CELLS = (Path(__file__).parent / "read_cells.sql").read_text(encoding="utf-8")
_MOST_AREAS = 8  # of a gemeente there are some thousands of rows, 2 MB
_MOST_SERIES = 8  # of a few areas together, one indicator
_MOST_MAPS = 24
_FEW_AREAS = 20  # of more, all kinds of period would be too many rows

Row = tuple[Any, ...]
Rows = Callable[[str], list[Row]]
_Times = Mapping[int, tuple[int, PeriodKind]]  # of a key of a period: its place in time, its kind


@dataclass(slots=True)
class _Line:
    """The cells of one indicator, breakdown, area and kind of period, in order of time.

    times: the place of each period in time; a row becomes a cell when it is first asked for.
    """

    times: list[int]
    cells: list[Row | ReleasedCell]


class _Lines:
    """Rows by indicator, breakdown and area as their keys; set in order when first asked for."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: defaultdict[Row, list[Row]] = defaultdict(list)
        for row in rows:
            self._rows[row[:3]].append(row)
        self._made: dict[Row, dict[PeriodKind, _Line]] = {}

    def find(self, name: Row, kind: PeriodKind, times: _Times) -> _Line | None:
        """Give the line of one kind of period; None where there is none."""
        known = self._made.get(name)
        if known is None:
            known = self._made[name] = _set_in_order(self._rows.get(name, ()), times)
        return known.get(kind)


def _set_in_order(rows: Iterable[Row], times: _Times) -> dict[PeriodKind, _Line]:
    known = ((*times[row[3]], row) for row in rows if row[3] in times)
    lines: dict[PeriodKind, _Line] = {}
    for time, kind, row in sorted(known, key=itemgetter(0)):
        line = lines.get(kind)
        if line is None:
            line = lines[kind] = _Line([], [])
        line.times.append(time)
        line.cells.append(row)
    return lines


class CellReader:
    """Reads cells by id; safe to use from several threads. What it gives is the reader's own."""

    def __init__(self, rows: Rows, keys: Keys, periods: Mapping[str, Period]) -> None:
        self._rows, self._keys, self._periods = rows, keys, dict(periods)
        self._times = {keys.period[id]: (at, periods[id].kind) for at, id in enumerate(periods)}
        self._of_kind = {
            kind: [at for at, each in self._times.values() if each is kind] for kind in PeriodKind
        }
        self._areas: LastRead[_Lines] = LastRead(_MOST_AREAS)
        self._series: LastRead[_Lines] = LastRead(_MOST_SERIES)
        self._maps: LastRead[dict[str, ReleasedCell]] = LastRead(_MOST_MAPS)

    def read_series(
        self, indicator: str, areas: Iterable[str], *, kind: PeriodKind, breakdown: str = TOTAL
    ) -> dict[str, list[ReleasedCell]]:
        """Read whole series of one kind of period, by area code, in order of time."""
        codes = list(areas)
        wanted = (
            self._keys.indicator.get(indicator, _NOTHING),
            self._keys.breakdown.get(breakdown, _NOTHING),
        )
        area = self._keys.area
        lines = self._find_lines(wanted, tuple(area[code] for code in codes if code in area), kind)
        names = ((code, (*wanted, area.get(code, _NOTHING))) for code in codes)
        return {code: self._make(lines.find(name, kind, self._times)) for code, name in names}

    def _find_lines(
        self, wanted: tuple[int, int], areas: tuple[int, ...], kind: PeriodKind
    ) -> _Lines:
        if not areas or _NOTHING in wanted:
            return _Lines(())
        if len(areas) == 1:
            return self._read_area(areas[0])
        where = {"indicator_key": wanted[:1], "breakdown_key": wanted[1:], "area_key": areas}
        if len(areas) <= _FEW_AREAS:
            return self._series.find(
                (wanted, areas), lambda: _Lines(self._read("cell_by_area", where))
            )
        periods = [key for key, (_, each) in self._times.items() if each is kind]
        return _Lines(self._read("cell_by_area", {**where, "period_key": periods}))

    def _read_area(self, area: int) -> _Lines:
        return self._areas.find(
            area, lambda: _Lines(self._read("cell_by_area", {"area_key": (area,)}))
        )

    def _make(self, line: _Line | None, start: int = 0, end: int | None = None) -> list[Any]:
        """Give cells of a line, made where they were rows."""
        if line is None:
            return []
        cells = line.cells
        for at in range(start, len(cells) if end is None else end):
            row = cells[at]
            if type(row) is tuple:
                cells[at] = self._keys.read_cell(row, self._periods)
        return cells[start:end]

    def read_area_cells(self, area: str, *, period: str) -> dict[str, ReleasedCell]:
        """Read one period of every indicator for one area, by indicator id."""
        total = self._keys.breakdown.get(TOTAL, _NOTHING)
        key = self._keys.period.get(period, _NOTHING)
        wanted = {
            "area_key": (self._keys.area.get(area, _NOTHING),),
            "period_key": (key,),
            "breakdown_key": (total,),
        }
        rows = self._read("cell_by_area", wanted)
        cells = (self._keys.read_cell(row, self._periods) for row in sorted(rows, key=_by_key))
        return {cell.indicator: cell for cell in cells}

    def read_last(
        self, indicator: str, area: str, *, kind: PeriodKind, last: int
    ) -> list[ReleasedCell]:
        """Read one indicator of one area in the last periods of one kind, in order of time."""
        times = self._of_kind[kind]
        if area not in self._keys.area or not times:
            return []
        name = (
            self._keys.indicator.get(indicator, _NOTHING),
            self._keys.breakdown.get(TOTAL, _NOTHING),
            self._keys.area[area],
        )
        line = self._read_area(name[2]).find(name, kind, self._times)
        return self._make(line, bisect_left(line.times, times[-last:][0])) if line else []

    def read_area_series(
        self, area: str, *, kind: PeriodKind, last: int | None = None
    ) -> dict[str, list[ReleasedCell]]:
        """Read the last periods of one kind for every indicator of one area, by indicator id."""
        times = self._of_kind[kind]
        if area not in self._keys.area or not times:
            return {}
        first = times[-last:][0] if last else times[0]
        key, total = self._keys.area[area], self._keys.breakdown.get(TOTAL, _NOTHING)
        lines = self._read_area(key)
        series: dict[str, list[ReleasedCell]] = {}
        for indicator, name in sorted(self._keys.indicators.items()):
            line = lines.find((indicator, total, key), kind, self._times)
            if line and (cells := self._make(line, bisect_left(line.times, first))):
                series[name] = cells
        return series

    def read_map(
        self, indicator: str, level: AreaLevel, period: str, *, breakdown: str = TOTAL
    ) -> dict[str, ReleasedCell]:
        """Read one period of one indicator for every area of a level, by area code."""
        wanted = {
            "indicator_key": (self._keys.indicator.get(indicator, _NOTHING),),
            "breakdown_key": (self._keys.breakdown.get(breakdown, _NOTHING),),
            "period_key": (self._keys.period.get(period, _NOTHING),),
            "area_key": tuple(self._keys.areas_of_level.get(level, ())),
        }
        if len(wanted["area_key"]) == 1:
            return self._read_one(wanted)
        asked = (indicator, level, period, breakdown)
        return dict(self._maps.find(asked, lambda: self._read_map(wanted)))

    def _read_one(self, wanted: Mapping[str, Sequence[int]]) -> dict[str, ReleasedCell]:
        """Read the map of a level of one area, such as the region, from the rows of that area."""
        (indicator,), (breakdown,), (key,), (area,) = wanted.values()
        if key == _NOTHING:
            return {}
        time, kind = self._times[key]
        line = self._read_area(area).find((indicator, breakdown, area), kind, self._times)
        at = bisect_left(line.times, time) if line else 0
        has = line is not None and at < len(line.times) and line.times[at] == time
        return {cell.area: cell for cell in (self._make(line, at, at + 1) if has else ())}

    def _read_map(self, wanted: Mapping[str, Sequence[int]]) -> dict[str, ReleasedCell]:
        rows = self._read("cell_by_indicator", wanted)
        cells = (self._keys.read_cell(row, self._periods) for row in sorted(rows, key=_by_key))
        return {cell.area: cell for cell in cells}

    def _read(self, table: str, wanted: Mapping[str, Sequence[int]]) -> list[Row]:
        # Keys of one kind lie close together, so their bounds let whole blocks be skipped.
        if not all(wanted.values()):
            return []
        where = " AND ".join(_write_keys(name, keys) for name, keys in wanted.items())
        return self._rows(_CELLS.format(table=table, where=where))


def _write_keys(name: str, keys: Sequence[int]) -> str:
    first, last = min(keys), max(keys)
    among = f"{name} BETWEEN {first} AND {last}"
    if last - first + 1 == len(set(keys)):
        return among  # a list of hundreds takes longer to read than the rows
    return f"{among} AND {name} IN ({','.join(map(str, keys))})"


def _by_key(row: Row) -> tuple[int, int]:
    """Set rows of one period in order of their indicator, then of their area."""
    return row[0], row[2]
