"""The one place where a Vega-Lite spec becomes SVG: the reader's numbers, no script, no fetches."""

import json
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

import vl_convert
from markupsafe import Markup

from regiebeeld.dashboard.charts.formats import LOCALES
from regiebeeld.releases.language import LANGUAGES, spoken

INK, SOFT, BAND, RULE, ACCENT = "#1d1f24", "#585b60", "#d9dce2", "#9ea2a7", "#0f5266"
WIDTH = 440  # narrow, so that the letters stay readable when a phone shows it at full width
PALE = "#eeeff2"
RANGE = "#bcd9e1"  # what a rounded figure can be: the accent, light
GRID = "#e6eaf0"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_AXIS = {
    "labelColor": SOFT,
    "titleColor": SOFT,
    "domainColor": RULE,
    "tickColor": RULE,
    "gridColor": GRID,
    "labelFont": FONT,
    "titleFont": FONT,
    "labelFontSize": 13,
    "titleFontSize": 13,
    "titleFontWeight": "normal",
    "labelFontWeight": "normal",
    # Ours are short; looking whether each fits its limit takes half the time of a drawing.
    "labelLimit": 0,
}
_CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "padding": 4,
    "view": {"stroke": None},
    "axis": _AXIS,
    "text": {"font": FONT, "fontSize": 13, "color": SOFT},
}


def _write_numbers(language: str) -> dict[str, Any]:
    symbols = LOCALES[language].number_symbols["latn"]
    return {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": [3],
        "currency": ["€ ", ""],
    }


def _write_times(language: str) -> dict[str, Any]:
    days, months = (LOCALES[language].days["format"], LOCALES[language].months["format"])
    order = [(day - 1) % 7 for day in range(7)]
    return {
        "dateTime": "%a %e %B %Y %X",
        "date": "%d-%m-%Y",
        "time": "%H:%M:%S",
        "periods": ["", ""],
        "days": [days["wide"][day] for day in order],
        "shortDays": [days["abbreviated"][day] for day in order],
        "months": [months["wide"][month] for month in range(1, 13)],
        "shortMonths": [months["abbreviated"][month].rstrip(".") for month in range(1, 13)],
    }


_NUMBERS = {language: _write_numbers(language) for language in LANGUAGES}
_TIMES = {language: _write_times(language) for language in LANGUAGES}
# Vega describes every mark in words of its own; the title and the table say it in ours.
_ENGLISH = re.compile(r' (?:aria-[a-z]+|role|pointer-events)="[^"]*"')


def draw_svg(
    spec: Mapping[str, Any],
    data: Mapping[str, list[dict[str, Any]]],
    *,
    title: str,
    description: str,
) -> Markup:
    """Draw a Vega-Lite spec that names its data; title and description are read aloud.

    spec: holds `{"data": {"name": ...}}` for each name in data and no rows of its own, so that
    the compiled form can be used again: that halves the time of a drawing.
    """
    drawn = _draw(_compile(json.dumps(spec, sort_keys=True)), json.dumps(data), spoken())
    return Markup(_name(drawn, title, description))  # noqa: S704 - our own drawing; words are escaped


# The lines of an area stay the same while a reader goes through the periods of the map beside them.
@lru_cache(maxsize=128)
def _draw(spec: str, data: str, language: str) -> str:
    compiled, tables = json.loads(spec), json.loads(data)
    for table in compiled["data"]:
        if table["name"] in tables:
            table["values"] = tables[table["name"]]
    drawn: str = vl_convert.vega_to_svg(
        compiled,
        allowed_base_urls=[],
        format_locale=_NUMBERS[language],
        time_format_locale=_TIMES[language],
    )
    return drawn


@lru_cache(maxsize=64)
def _compile(spec: str) -> str:
    return json.dumps(vl_convert.vegalite_to_vega({"config": _CONFIG, **json.loads(spec)}))


def _name(drawn: str, title: str, description: str) -> str:
    # The ids only have to differ within a page; the title makes them the same on every run.
    mark = f"f{abs(hash_text(title)):x}"
    body = _ENGLISH.sub("", drawn)
    head, _, rest = body.partition(">")
    head = head.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace(
        ' version="1.1"', ""
    )
    return (
        f'{head} role="img" aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title>'
        f'<desc id="{mark}d">{escape(description)}</desc>{rest}'
    )


def hash_text(text: str) -> int:
    """Give a small number that is the same for the same text in every process."""
    number = 0
    for letter in text:
        number = (number * 31 + ord(letter)) % 0xFFFFFF
    return number


def warm_up() -> threading.Thread:
    """Start the drawing engine beside the server: the first drawing takes a third of a second."""
    spec = {"width": 1, "height": 1, "data": {"name": "one"}, "mark": "point"}
    thread = threading.Thread(
        target=draw_svg,
        args=(spec, {"one": [{"x": 1}]}),
        kwargs={"title": "", "description": ""},
        daemon=True,
    )
    thread.start()
    return thread
