"""Opens one audience file read-only, locks it, and reads typed tables from it."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any

from regiebeeld.domain import TOTAL, AreaLevel, Period, PeriodKind, Status, read_period
from regiebeeld.releases.cell_reading import CellReader
from regiebeeld.releases.findings import Finding, Kind, name_of, read_content
from regiebeeld.releases.hiding import Hide, hide_all
from regiebeeld.releases.keys import Keys
from regiebeeld.releases.opening import open_file
from regiebeeld.releases.parts import Part, read_parts
from regiebeeld.releases.public_places import DrawnPlace, read_public_places
from regiebeeld.releases.read_accounts import read_gate, read_left_out, read_sources
from regiebeeld.releases.tables import (
    STATUS_NUMBERS,
    About,
    AreaChange,
    Gate,
    Indicator,
    KeyFigure,
    LeftOut,
    ReleasedArea,
    ReleasedCell,
    SourceRow,
    Theme,
    read_area_row,
)
from regiebeeld.releases.theme_index import ThemeIndex, read_theme_index
from regiebeeld.releases.translating import Translator

_IN_TIME = attrgetter("period")  # keys of periods are in the order of indicators, not of time
_NOTHING = -1  # no key is negative: an unknown id reads no rows
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
        self._found: dict[type[Any], list[Finding[Any]]] = {}

    def close(self) -> None:
        self._connection.close()

    def _rows(
        self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[tuple[Any, ...]]:
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._connection.cursor()
        return cursor.execute(sql, values).fetchall()

    @property
    def about(self) -> About:
        return self._translator.say_fields(self._about, "audience_title")

    @cached_property
    def _about(self) -> About:
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

    def read_parts(self, indicator: str) -> tuple[Part, ...]:
        """Give the parts that an indicator is told in; none in a file of before them."""
        return self._translator.speak_parts(self._parts.get(indicator, ()))

    @cached_property
    def _parts(self) -> dict[str, tuple[Part, ...]]:
        return read_parts(self._rows) if self._has_view("part") else {}

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
        rows = self._rows("SELECT level, view_box FROM drawing")
        return {AreaLevel(level): box for level, box in rows}

    def read_geojson(self, level: AreaLevel) -> str | None:
        """Read the WGS84 GeoJSON of one level as text; None where nothing is drawn."""
        rows = self._rows("SELECT geojson FROM drawing WHERE level = ?", [level.value])
        return rows[0][0] if rows else None

    @cached_property
    def public_places(self) -> tuple[DrawnPlace, ...]:
        return read_public_places(self._rows, self._has_view)

    def read_children(self, code: str) -> list[ReleasedArea]:
        """Read the areas directly below one area."""
        return [area for area in self.areas.values() if area.parent == code]

    def read_periods_of(self, indicator: str, level: AreaLevel) -> dict[PeriodKind, list[Period]]:
        """Read which periods hold cells of an indicator at a level, by kind, in order of time."""
        kinds = self._kinds.get((indicator, level.value), {})
        return {kind: [*periods] for kind, periods in kinds.items()}

    @cached_property
    def _kinds(self) -> dict[tuple[str, str], dict[PeriodKind, list[Period]]]:
        rows = self._rows(
            "SELECT i.id, a.indicator_level, p.id FROM available a"
            " JOIN indicator i USING (indicator_key) JOIN period p USING (period_key)"
            " ORDER BY p.last_day, p.first_day"
        )
        found: dict[tuple[str, str], dict[PeriodKind, list[Period]]] = {}
        for indicator, level, name in rows:
            period = self.periods[name]
            found.setdefault((indicator, level), {}).setdefault(period.kind, []).append(period)
        return found

    def read_series(
        self, indicator: str, areas: Iterable[str], *, kind: PeriodKind, breakdown: str = TOTAL
    ) -> dict[str, list[ReleasedCell]]:
        """Read whole series of one kind of period, by area code, in order of time."""
        return self._cells.read_series(indicator, areas, kind=kind, breakdown=breakdown)

    def read_map(
        self, indicator: str, level: AreaLevel, period: str, *, breakdown: str = TOTAL
    ) -> dict[str, ReleasedCell]:
        """Read one period of one indicator for every area of a level, by area code."""
        return self._cells.read_map(indicator, level, period, breakdown=breakdown)

    def read_area_cells(self, area: str, *, period: str) -> dict[str, ReleasedCell]:
        """Read one period of every indicator for one area, by indicator id."""
        return self._cells.read_area_cells(area, period=period)

    def read_last(
        self, indicator: str, area: str, *, kind: PeriodKind, last: int
    ) -> list[ReleasedCell]:
        """Read one indicator of one area in the last periods of one kind, in order of time."""
        return self._cells.read_last(indicator, area, kind=kind, last=last)

    def read_area_series(
        self, area: str, *, kind: PeriodKind, last: int | None = None
    ) -> dict[str, list[ReleasedCell]]:
        """Read the last periods of one kind for every indicator of one area, by indicator id."""
        return self._cells.read_area_series(area, kind=kind, last=last)

    @cached_property
    def _cells(self) -> CellReader:
        return CellReader(self._rows, self._keys, self.periods)

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

    def read_breaks(
        self, indicator: str, level: AreaLevel, kind: PeriodKind, measure: str
    ) -> tuple[float, ...]:
        """Read the class breaks of a map, at most four; `measure` is `count` or `rate`."""
        return self._breaks.get((indicator, level.value, kind.value, measure), ())

    @cached_property
    def _breaks(self) -> dict[tuple[str, str, str, str], tuple[float, ...]]:
        rows = self._rows(
            "SELECT id, level, period_kind, measure, breaks FROM class_break"
            " JOIN indicator USING (indicator_key)"
        )
        return {(*name,): tuple(breaks) for *name, breaks in rows}

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
        return dict(self._last_figures.get(figure, {}))

    @cached_property
    def _last_figures(self) -> dict[str, dict[str, float]]:
        rows = self._rows(
            "SELECT k.figure, a.code, arg_max(k.value, k.year) FROM key_figure k"
            " JOIN area a USING (area_key) WHERE k.value IS NOT NULL GROUP BY ALL"
        )
        found: dict[str, dict[str, float]] = {}
        for name, code, value in rows:
            found.setdefault(name, {})[code] = value
        return found

    def read_area_changes(self, code: str) -> list[AreaChange]:
        """Read which older areas an area came from, or, for an old code, what became of it."""
        rows = self._rows(
            "SELECT * FROM area_change WHERE new_code = ? OR old_code = ?"
            " ORDER BY old_vintage, old_code",
            [code, code],
        )
        return [AreaChange(*[*row[:6], AreaLevel(row[6]), *row[7:]]) for row in rows]

    @property
    def sources(self) -> dict[str, SourceRow]:
        """Every source by id, in the language that is spoken."""
        names = ("title", "publisher", "licence", "description")
        say = self._translator.say_fields
        return {name: say(row, *names) for name, row in self._sources.items()}

    @cached_property
    def _sources(self) -> dict[str, SourceRow]:
        return read_sources(self._rows)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What is not shown and why: hidden now, and withheld when the release was made."""
        say = self._translator.say_fields
        return tuple(say(row, "indicator", "source") for row in self._left_out)

    @cached_property
    def _left_out(self) -> tuple[LeftOut, ...]:
        return read_left_out(self._rows, self.hidden)

    def read_gate(self) -> Gate:
        """Read the policy and what the gate found; nothing in a file of before the gate."""
        gate = read_gate(self._rows)
        say = self._translator.say_fields
        return replace(gate, classes=tuple(say(one, "words") for one in gate.classes))

    def say(self, text: str) -> str:
        """Give words of the catalogue in the language that is spoken; Dutch where it has none."""
        return self._translator.say(text)

    def read_findings(
        self, kind: type[Kind], *, indicator: str | None = None, area: str | None = None
    ) -> list[Finding[Kind]]:
        """Read findings of one kind, in their order; nothing in a file of before them.

        indicator, area: only those about it. Findings in a form of before this one are left out
        whole: an older release keeps its figures on the page, without this statistic.
        """
        if not self._has_findings:
            return []
        if indicator is None and area is None:
            known = self._found.get(kind)
            if known is None:
                known = self._found[kind] = self._read_findings(kind, None, None)
            return [*known]
        return self._read_findings(kind, indicator, area)

    def _read_findings(
        self, kind: type[Kind], indicator: str | None, area: str | None
    ) -> list[Finding[Kind]]:
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
