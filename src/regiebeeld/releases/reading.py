"""Opens one audience file read-only, locks it, and reads typed tables from it."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any

from regiebeeld.domain import TOTAL, AreaLevel, Period, PeriodKind, Status, read_period
from regiebeeld.releases.findings import Finding, Kind, name_of, read_content
from regiebeeld.releases.hiding import Hide, hide_all
from regiebeeld.releases.keys import Keys
from regiebeeld.releases.opening import open_file
from regiebeeld.releases.tables import (
    STATUS_NUMBERS,
    About,
    AreaChange,
    Gate,
    Indicator,
    KeyFigure,
    LeftOut,
    PolicyClass,
    ReleasedArea,
    ReleasedCell,
    SourceAccount,
    SourceNote,
    SourcePolicy,
    SourceRow,
    Theme,
    read_area_row,
)
from regiebeeld.releases.theme_index import ThemeIndex, read_theme_index
from regiebeeld.releases.translating import Translator

_NOTHING = -1  # no key is negative: an unknown id reads no rows
_CELLS = (Path(__file__).parent / "read_cells.sql").read_text(encoding="utf-8")
_AREA_NAMES = (Path(__file__).parent / "read_area_names.sql").read_text(encoding="utf-8")
_FINDINGS = (Path(__file__).parent / "read_findings.sql").read_text(encoding="utf-8")


class Release:
    """One open audience file; safe to read from several threads, never written.

    hide: says which sources of partners are not shown now. Nothing of those can be read, but
    why not. Raises ReleaseError for a file that cannot be served.
    """

    def __init__(self, path: Path, hide: Hide = hide_all) -> None:
        opened = open_file(path, hide)
        self._connection = opened.connection
        self.path = path
        self.delivered = opened.delivered
        self.hidden = opened.hidden
        self._local = threading.local()

    def close(self) -> None:
        self._connection.close()

    def _rows(
        self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[tuple[Any, ...]]:
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._connection.cursor()
        return cursor.execute(sql, values).fetchall()

    @cached_property
    def about(self) -> About:
        found = dict(self._rows("SELECT name, value FROM about"))
        return About(
            release=found["release"],
            region=found["region"],
            region_title=found["region_title"],
            audience=found["audience"],
            audience_title=found["audience_title"],
            made_at=found["made_at"],
            invented=found["invented"] == "true",
            vintage=int(found["vintage"]),
            region_code=found["region_code"],
            last_month=found.get("last_month"),
            catalogue_hash=found["catalogue_hash"],
            contact=found.get("contact"),
        )

    @property
    def themes(self) -> dict[str, Theme]:
        """Every theme by id in the order of the pages, in the language that is spoken."""
        return self._translator.speak("themes", self._themes)

    @cached_property
    def _themes(self) -> dict[str, Theme]:
        rows = self._rows("SELECT id, title, question, introduction FROM theme ORDER BY position")
        return {row[0]: Theme(*row) for row in rows}

    @property
    def theme_index(self) -> ThemeIndex:
        return self._translator.speak_index(self._theme_index)

    @cached_property
    def _theme_index(self) -> ThemeIndex:
        return read_theme_index(self._rows, self._has_view)

    @property
    def indicators(self) -> dict[str, Indicator]:
        """Every indicator by id in order of page, in the language that is spoken."""
        return self._translator.speak("indicators", self._indicators)

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        rows = self._rows(
            "SELECT id, theme, title, definition, caution, police_codes, unit, effort, label,"
            " finest, analyses, source FROM indicator ORDER BY position"
        )
        return {row[0]: Indicator(*[*row[:10], tuple(row[10]), row[11]]) for row in rows}

    @cached_property
    def _translator(self) -> Translator:
        return Translator(self._rows, self._has_view)

    @cached_property
    def areas(self) -> dict[str, ReleasedArea]:
        """Every area by code, the region first, then by level and name."""
        rows = self._rows(
            "SELECT code, level, name, vintage, parent, gemeente, path, label_x, label_y,"
            " min_x, min_y, max_x, max_y FROM area ORDER BY area_key"
        )
        return {row[0]: read_area_row(row) for row in rows}

    def read_area_names(self, name: str) -> list[ReleasedArea]:
        """Read the areas that go by another name or a postcode (whole or its first characters).

        Exactly that name before longer ones, then where most of it lies. Nothing in a file of
        before them.
        """
        if not self._has_view("area_name"):
            return []
        return [self.areas[code] for (code,) in self._rows(_AREA_NAMES, [name])]

    @cached_property
    def periods(self) -> dict[str, Period]:
        """Every released period by id, in order of time."""
        rows = self._rows("SELECT id FROM period ORDER BY last_day, first_day")
        return {row[0]: read_period(row[0]) for row in rows}

    @cached_property
    def view_boxes(self) -> dict[AreaLevel, str]:
        return {
            AreaLevel(level): box
            for level, box in self._rows("SELECT level, view_box FROM drawing")
        }

    def read_geojson(self, level: AreaLevel) -> str | None:
        """Read the WGS84 GeoJSON of one level as text; None where nothing is drawn."""
        rows = self._rows("SELECT geojson FROM drawing WHERE level = ?", [level.value])
        return rows[0][0] if rows else None

    def read_children(self, code: str) -> list[ReleasedArea]:
        """Read the areas directly below one area."""
        return [area for area in self.areas.values() if area.parent == code]

    def read_periods_of(self, indicator: str, level: AreaLevel) -> dict[PeriodKind, list[Period]]:
        """Read which periods hold cells of an indicator at a level, by kind, in order of time."""
        kinds: dict[PeriodKind, list[Period]] = {}
        for period_id in self._period_ids.get((indicator, level.value), ()):
            period = self.periods[period_id]
            kinds.setdefault(period.kind, []).append(period)
        return kinds

    @cached_property
    def _period_ids(self) -> dict[tuple[str, str], list[str]]:
        rows = self._rows(
            "SELECT i.id, a.indicator_level, p.id FROM available a"
            " JOIN indicator i USING (indicator_key) JOIN period p USING (period_key)"
            " ORDER BY p.last_day, p.first_day"
        )
        found: dict[tuple[str, str], list[str]] = {}
        for indicator, level, period in rows:
            found.setdefault((indicator, level), []).append(period)
        return found

    def read_series(
        self, indicator: str, areas: Iterable[str], *, kind: PeriodKind, breakdown: str = TOTAL
    ) -> dict[str, list[ReleasedCell]]:
        """Read whole series of one kind of period, by area code, in order of time."""
        codes = list(areas)
        periods = [self._keys.period[p.id] for p in self.periods.values() if p.kind is kind]
        cells = self._cells(
            "cell_by_area",
            indicator_key=[self._keys.indicator.get(indicator, _NOTHING)],
            breakdown_key=[self._keys.breakdown.get(breakdown, _NOTHING)],
            area_key=[self._keys.area[code] for code in codes if code in self._keys.area],
            period_key=periods,
        )
        series: dict[str, list[ReleasedCell]] = {code: [] for code in codes}
        for cell in cells:
            series[cell.area].append(cell)
        return {code: sorted(found, key=_in_time) for code, found in series.items()}

    def read_map(
        self, indicator: str, level: AreaLevel, period: str, *, breakdown: str = TOTAL
    ) -> dict[str, ReleasedCell]:
        """Read one period of one indicator for every area of a level, by area code."""
        cells = self._cells(
            "cell_by_indicator",
            indicator_key=[self._keys.indicator.get(indicator, _NOTHING)],
            breakdown_key=[self._keys.breakdown.get(breakdown, _NOTHING)],
            period_key=[self._keys.period.get(period, _NOTHING)],
            area_key=self._keys.areas_of_level.get(level, []),
        )
        return {cell.area: cell for cell in cells}

    def read_area_cells(self, area: str, *, period: str) -> dict[str, ReleasedCell]:
        """Read one period of every indicator for one area, by indicator id."""
        cells = self._cells(
            "cell_by_area",
            area_key=[self._keys.area.get(area, _NOTHING)],
            period_key=[self._keys.period.get(period, _NOTHING)],
            breakdown_key=[self._keys.breakdown.get(TOTAL, _NOTHING)],
        )
        return {cell.indicator: cell for cell in cells}

    def read_area_series(
        self, area: str, *, kind: PeriodKind, last: int | None = None
    ) -> dict[str, list[ReleasedCell]]:
        """Read the last periods of one kind for every indicator of one area, by indicator id."""
        periods = [self._keys.period[p.id] for p in self.periods.values() if p.kind is kind]
        cells = self._cells(
            "cell_by_area",
            area_key=[self._keys.area.get(area, _NOTHING)],
            period_key=periods[-last:] if last else periods,
            breakdown_key=[self._keys.breakdown.get(TOTAL, _NOTHING)],
        )
        series: dict[str, list[ReleasedCell]] = {}
        for cell in cells:
            series.setdefault(cell.indicator, []).append(cell)
        return {name: sorted(found, key=_in_time) for name, found in series.items()}

    @cached_property
    def _keys(self) -> Keys:
        return Keys(
            indicator=dict(self._rows("SELECT id, indicator_key FROM indicator ORDER BY position")),
            breakdown=dict(self._rows("SELECT id, breakdown_key FROM breakdown")),
            period=dict(self._rows("SELECT id, period_key FROM period")),
            area=dict(self._rows("SELECT code, area_key FROM area")),
            reason=dict(self._rows("SELECT reason_key, text FROM reason")),
            areas={code: area.level for code, area in self.areas.items()},
        )

    def _cells(self, table: str, **wanted: list[int]) -> list[ReleasedCell]:
        # Keys of one kind lie close together, so their bounds let whole blocks be skipped.
        if not all(wanted.values()):
            return []
        where = " AND ".join(
            f"{name} BETWEEN {min(keys)} AND {max(keys)}"
            + (f" AND {name} IN ({','.join(map(str, keys))})" if len(keys) > 1 else "")
            for name, keys in wanted.items()
        )
        rows = self._rows(_CELLS.format(table=table, where=where))
        return [self._keys.read_cell(row, self.periods) for row in rows]

    def read_breaks(
        self, indicator: str, level: AreaLevel, kind: PeriodKind, measure: str
    ) -> tuple[float, ...]:
        """Read the class breaks of a map, at most four; `measure` is `count` or `rate`."""
        rows = self._rows(
            "SELECT breaks FROM class_break JOIN indicator USING (indicator_key)"
            " WHERE id = ? AND level = ? AND period_kind = ? AND measure = ?",
            [indicator, level.value, kind.value, measure],
        )
        return tuple(rows[0][0]) if rows else ()

    def read_key_figures(self, area: str) -> list[KeyFigure]:
        """Read every key figure of one area, by figure and year."""
        rows = self._rows(
            "SELECT a.code, k.figure, k.year, k.value, k.status, k.source FROM key_figure k"
            " JOIN area a USING (area_key) WHERE a.code = ? ORDER BY k.figure, k.year",
            [area],
        )
        return [KeyFigure(*[*row[:4], STATUS_NUMBERS[row[4]], row[5]]) for row in rows]

    def read_last_figures(self, figure: str) -> dict[str, float]:
        """Read a key figure of every area in the last year that is known, by code."""
        rows = self._rows(
            "SELECT a.code, arg_max(k.value, k.year) FROM key_figure k JOIN area a USING (area_key)"
            " WHERE k.figure = ? AND k.value IS NOT NULL GROUP BY a.code",
            [figure],
        )
        return dict(rows)

    def read_area_changes(self, code: str) -> list[AreaChange]:
        """Read which older areas an area came from, or, for an old code, what became of it."""
        rows = self._rows(
            "SELECT * FROM area_change WHERE new_code = ? OR old_code = ?"
            " ORDER BY old_vintage, old_code",
            [code, code],
        )
        return [AreaChange(*[*row[:6], AreaLevel(row[6]), *row[7:]]) for row in rows]

    @cached_property
    def sources(self) -> dict[str, SourceRow]:
        notes: dict[str, list[SourceNote]] = {}
        for source, *note in self._rows(
            "SELECT source, kind, rows, text FROM source_note ORDER BY ALL"
        ):
            notes.setdefault(source, []).append(SourceNote(*note))
        rows = self._rows("SELECT * FROM source ORDER BY id")
        return {row[0]: SourceRow(*[*row, tuple(notes.get(row[0], ()))]) for row in rows}

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What is not shown and why: hidden now, and withheld when the release was made."""
        rows = self._rows(
            "SELECT i.theme, i.title, s.title, s.id FROM file.indicator i"
            " JOIN file.source s ON s.id = i.source ORDER BY i.position"
        )
        hidden = [
            LeftOut(theme, title, source, words, "")
            for theme, title, source, name in rows
            if (words := self.hidden.find_words(name, theme))
        ]
        rows = self._rows("SELECT theme, indicator, source, words, next_step FROM withheld")
        return (*hidden, *(LeftOut(*row) for row in rows))

    def read_gate(self) -> Gate:
        """Read the policy and what the gate found; nothing in a file of before the gate."""
        views = self._rows("SELECT view_name FROM duckdb_views() WHERE view_name = 'gate_account'")
        if not views:
            return Gate()
        names = ", ".join(one.name for one in fields(SourceAccount))
        accounts = self._rows(f"SELECT {names} FROM gate_account ORDER BY source, events")
        classes = self._rows("SELECT class, title, publish, words FROM policy ORDER BY class")
        sources = self._rows("SELECT source, class, finest FROM policy_source ORDER BY source")
        return Gate(
            tuple(SourceAccount(*row) for row in accounts),
            tuple(PolicyClass(*row) for row in classes),
            tuple(SourcePolicy(*row) for row in sources),
        )

    def read_findings(
        self, kind: type[Kind], *, indicator: str | None = None, area: str | None = None
    ) -> list[Finding[Kind]]:
        """Read findings of one kind, in their order; nothing in a file of before them.

        indicator, area: only those about it. Findings in a form of before this one are left out
        whole: an older release keeps its figures on the page, without this statistic.
        """
        if not self._has_findings:
            return []
        keys = self._keys
        wanted = {
            "analysis": name_of(kind),
            "indicator": keys.indicator.get(indicator, _NOTHING) if indicator else None,
            "area": keys.area.get(area, _NOTHING) if area else None,
        }
        rows = sorted(self._rows(_FINDINGS, wanted), key=keys.order_finding)
        try:
            contents = [read_content(kind, row[0]) for row in rows]
        except KeyError:  # it lacks what this form cannot do without
            return []
        return [
            Finding(
                content,
                AreaLevel(level),
                keys.indicators.get(indicator_key),
                keys.codes.get(area_key),
                period,
                place,
                (*also,),
            )
            for content, (_, level, indicator_key, area_key, period, place, also) in zip(
                contents, rows, strict=True
            )
        ]

    @cached_property
    def _has_findings(self) -> bool:
        return self._has_view("finding")

    def _has_view(self, name: str) -> bool:
        return bool(self._rows("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [name]))

    def count_by_status(self, sources: Iterable[str]) -> dict[str, dict[Status, int]]:
        """Count the figures of each of some sources that has any, by status."""
        rows = self._rows(
            "SELECT i.source, c.status, count(*) FROM cell_by_indicator c"
            " JOIN indicator i USING (indicator_key)"
            " WHERE i.source IN (SELECT unnest(?::VARCHAR[])) GROUP BY ALL",
            [list(sources)],
        )
        counts: dict[str, dict[Status, int]] = {}
        for source, status, number in rows:
            counts.setdefault(source, {})[STATUS_NUMBERS[status]] = number
        return counts


def _in_time(cell: ReleasedCell) -> Period:
    # Keys of periods are in the order in which indicators brought them, not in that of time.
    return cell.period
