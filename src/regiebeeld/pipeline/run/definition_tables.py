"""The definitions that go with a release: themes, indicators, periods, reasons, map classes."""

from collections.abc import Sequence

import pyarrow as pa

from regiebeeld.catalogue import Catalogue, Indicator, Region, Theme
from regiebeeld.domain import Period
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.pipeline.run.part_tables import list_words, part_tables
from regiebeeld.pipeline.run.spoken_words import words_table
from regiebeeld.pipeline.run.theme_index_tables import theme_index_tables
from regiebeeld.releases.language import ENGLISH
from regiebeeld.releases.translating import TRANSLATION_SCHEMA

_TEXT, _KEY = pa.string(), pa.int32()
_BY_ID = {"themes", "indicators", "policy_fields"}


def definition_tables(
    catalogue: Catalogue, region: Region, tables: CellTables
) -> dict[str, pa.Table]:
    """Give the tables theme, indicator, breakdown, part, period, reason, class_break, the index."""
    themes = sorted((catalogue.themes[name] for name in region.themes), key=lambda t: t.position)
    reasons = tables.reasons.texts
    breaks = [dict(zip(_BREAK_SCHEMA.names, row, strict=True)) for row in tables.breaks]
    keys = pa.array(range(len(reasons)), pa.int16())
    return {
        **theme_index_tables(catalogue),
        "translation": pa.concat_tables(
            [translation_table(catalogue), words_table(catalogue, region)]
        ),
        "theme": pa.Table.from_pylist([_theme_row(theme) for theme in themes]),
        "indicator": pa.Table.from_pylist(
            [_indicator_row(k, *named) for k, named in enumerate(tables.indicators)],
            schema=_INDICATOR_SCHEMA,
        ),
        **part_tables(tables),
        "period": _period_table(list(tables.periods.values())),
        "reason": pa.table({"reason_key": keys, "text": pa.array(reasons, _TEXT)}),
        "class_break": pa.Table.from_pylist(breaks, schema=_BREAK_SCHEMA),
    }


def translation_table(catalogue: Catalogue) -> pa.Table:
    """Give the English words of the catalogue that go by an id, one row a field of a thing."""
    kinds = (
        catalogue.english.model_dump(include=_BY_ID, exclude_none=True) if catalogue.english else {}
    )
    rows = [
        dict(zip(TRANSLATION_SCHEMA.names, (ENGLISH, kind, id, name, text), strict=True))
        for kind, things in kinds.items()
        for id, fields in things.items()
        for name, text in list_words(fields)
    ]
    return pa.Table.from_pylist(rows, schema=TRANSLATION_SCHEMA)


def _theme_row(theme: Theme) -> dict[str, object]:
    names = ("position", "id", "title", "question", "introduction")
    return {name: getattr(theme, name) for name in names}


def _indicator_row(key: int, theme: str, indicator: Indicator, source: str) -> dict[str, object]:
    plain = ("id", "title", "definition", "caution", "unit", "effort", "label")
    return {
        "indicator_key": key,
        "position": key,
        "theme": theme,
        **{name: str(getattr(indicator, name)) for name in plain},
        "police_codes": ", ".join(indicator.police_codes),
        "finest": "; ".join(f"{f.level.value} x {f.period.value}" for f in indicator.finest),
        "analyses": [analysis.value for analysis in indicator.analyses],
        "source": source,
    }


def _period_table(periods: Sequence[Period]) -> pa.Table:
    rows = [
        {"period_key": k, "id": p.id, "kind": p.kind.value, "first_day": p.start, "last_day": p.end}
        for k, p in enumerate(periods)
    ]
    return pa.Table.from_pylist(rows, schema=_PERIOD_SCHEMA)


_INDICATOR_TEXTS = (
    "id", "theme", "title", "definition", "caution", "police_codes", "unit", "effort", "label",
    "finest",
)  # fmt: skip
_INDICATOR_SCHEMA = pa.schema(
    [
        ("indicator_key", pa.int16()),
        ("position", _KEY),
        *((name, _TEXT) for name in _INDICATOR_TEXTS),
        ("analyses", pa.list_(_TEXT)),
        ("source", _TEXT),
    ]
)
_PERIOD_SCHEMA = pa.schema(
    [
        ("period_key", pa.int32()),
        ("id", pa.string()),
        ("kind", pa.string()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
    ]
)
_BREAK_SCHEMA = pa.schema(
    [
        ("indicator_key", pa.int16()),
        ("level", pa.string()),
        ("period_kind", pa.string()),
        ("measure", pa.string()),
        ("breaks", pa.list_(pa.float64())),
    ]
)
