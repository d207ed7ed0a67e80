"""The template engine with its words: the only way in which values become HTML, always escaped."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from regiebeeld.dashboard.access import Label
from regiebeeld.dashboard.charts import (
    Row,
    Texts,
    describe_finest,
    name_day,
    name_period,
    name_periods,
    read_texts,
    say_told,
    write_count,
    write_number,
)
from regiebeeld.dashboard.charts.words import name_unit
from regiebeeld.dashboard.web.assets import Assets
from regiebeeld.dashboard.web.house_style import HouseStyle
from regiebeeld.dashboard.web.speaking import lead_links, lead_path, write_words
from regiebeeld.dashboard.web.terms import explain_terms, mark_terms
from regiebeeld.domain import ContractError, Period, read_period
from regiebeeld.releases.language import keep_dutch, spoken

_HERE = Path(__file__).parent
_SECTION = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)
_RANGE = re.compile(r"[^\s<>]*\d–\d[^\s<>]*")
TEXTS = read_texts(_HERE / "nl.yaml")


class Pages:
    """Draws templates; holds the names of built files, and which pages a reader may open.

    background: the address of the tiles that may lie under a map; empty where there are none.
    """

    def __init__(
        self,
        assets: Assets,
        labels: Sequence[Label] = (),
        *,
        background: str = "",
        style: HouseStyle = HouseStyle(),  # noqa: B008 - frozen
    ) -> None:
        self.texts: Texts = TEXTS
        self._engine = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._engine.globals |= {
            "t": TEXTS,
            "style_sheet": assets.style_sheet,
            "map_script": assets.map_script,
            "recent_script": assets.recent_script,
            "copy_script": assets.copy_script,
            "map_words": list_map_words,
            "background": background,
            "style": style,
            "background_host": urlsplit(background).hostname,
            "address_of": address_of,
            "is_partner": Label.INTERN in labels,
            "spoken": spoken,
            "languages": TEXTS.languages,
        }
        self._engine.filters |= _list_filters()

    def draw(self, template: str, **values: Any) -> str:
        html = self._engine.get_template(template).render(values)
        return lead_links(explain_terms(html, self.texts))


def _list_filters() -> dict[str, Callable[..., Any]]:
    """Give what a template may do with a value, by the name it has there."""
    return {
        "count": write_count,
        "finest": describe_finest,
        "lead": lead_path,
        "number": write_number,
        "day": name_day,
        "dutch": keep_dutch,
        "period": _name_any_period,
        "periods": name_periods,
        "rows": write_rows,
        "labelled_rows": write_labelled_rows,
        "sections": list_sections,
        "said": _write_said,
        "terms": mark_terms,
        "told": say_told,
        "unit": partial(name_unit, count=1),
    }


def list_map_words() -> dict[str, str]:
    """Give the sentences that the script of a map fills in, in the language that is spoken."""
    known = {name: f"{{{name}}}" for name in ("name", "names", "label")}
    start = "map.script."
    keys = sorted(TEXTS.keys())
    return {key.removeprefix(start): TEXTS(key, **known) for key in keys if key.startswith(start)}


def write_rows(rows: Sequence[Row]) -> Markup:
    """Write the rows of a table, escaped; a template takes five times as long over 500 rows."""
    return Markup("\n".join(map(_write_row, rows)))  # noqa: S704 - escaped in _write_row


def write_labelled_rows(rows: Sequence[Row], columns: Sequence[str]) -> Markup:
    """Write rows that a phone shows as lines: a cell without words holds the head of its column.

    The roles stay what they are when the style sheet makes lines of them.
    """
    return Markup("\n".join(_write_lines(row, columns[1:]) for row in rows))  # noqa: S704 - escaped


def _write_lines(row: Row, columns: Sequence[str]) -> str:
    cells = " ".join(
        _write_cell(text, f' role="cell"{_label(text, column)}')
        for text, column in zip(row.cells, columns, strict=True)
    )
    marked = ' aria-current="true"' if row.marked else ""
    head = f'<th scope="row" role="rowheader">{_write_head(row)}</th>'
    return f'<tr class="utrecht-table__row" role="row"{marked}>{head} {cells}</tr>'


def _label(text: str, column: str) -> str:
    tells_nothing = text and not any(letter.islower() for letter in text)
    return f' data-head="{escape(column)}"' if tells_nothing else ""


def list_sections(html: str) -> list[tuple[str, str]]:
    """Give anchor and name of the parts of a page that are really on it, for its index.

    The name goes until a colon: behind it stands which figure the part is about.
    """
    found = _SECTION.findall(html)
    return [(anchor, Markup(words).striptags().split(": ")[0]) for anchor, words in found]  # noqa: S704 - our own page


def _write_head(row: Row) -> str:
    head = write_words(row.head)
    return f'<a class="nl-link" href="{escape(row.link)}">{head}</a>' if row.link else head


def _write_row(row: Row) -> str:
    cells = "".join(map(_write_cell, row.cells))
    marked = ' aria-current="true"' if row.marked else ""
    head = f'<th scope="row">{_write_head(row)}</th>'
    return f'<tr class="utrecht-table__row"{marked}>{head}{cells}</tr>'


def _write_cell(text: str, attributes: str = "") -> str:
    # A range is one word to a reader: a phone must not break it after its dash.
    whole = ' class="whole"' if "–" in text and " " not in text else ""
    words = write_words(text)
    if "–" in text and not whole:
        words = _RANGE.sub(r'<span class="kept">\g<0></span>', words)
    return f"<td{whole}{attributes}>{words}</td>"


def _write_said(text: str) -> Markup:
    return Markup(write_words(text))  # noqa: S704 - escaped in write_words


def _name_any_period(period: Period | str) -> str:
    """Name a period, or the id of one; another text stays as it is."""
    try:
        return name_period(read_period(period) if isinstance(period, str) else period)
    except ContractError:
        return str(period)


def address_of(*parts: str, **query: str | None) -> str:
    """Make an address on this site from path parts and the parameters that are set."""
    known: Mapping[str, str] = {name: value for name, value in query.items() if value}
    path = "/" + "/".join(quote(part, safe="") for part in parts)
    return f"{path}?{urlencode(known)}" if known else path
