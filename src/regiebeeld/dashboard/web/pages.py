"""The template engine with its words: the only way in which values become HTML, always escaped."""

from collections.abc import Mapping, Sequence
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
    write_count,
    write_number,
)
from regiebeeld.dashboard.web.assets import Assets
from regiebeeld.dashboard.web.house_style import HouseStyle
from regiebeeld.dashboard.web.speaking import lead_links
from regiebeeld.dashboard.web.terms import explain_terms, mark_terms
from regiebeeld.domain import ContractError, Period, read_period
from regiebeeld.releases.language import spoken

_HERE = Path(__file__).parent
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
            "map_words": list_map_words,
            "background": background,
            "style": style,
            "background_host": urlsplit(background).hostname,
            "address_of": address_of,
            "is_partner": Label.INTERN in labels,
            "spoken": spoken,
            "languages": TEXTS.languages,
        }
        self._engine.filters |= {
            "count": write_count,
            "finest": describe_finest,
            "number": write_number,
            "day": name_day,
            "period": _name_any_period,
            "periods": name_periods,
            "rows": write_rows,
            "terms": mark_terms,
        }

    def draw(self, template: str, **values: Any) -> str:
        html = self._engine.get_template(template).render(values)
        return lead_links(explain_terms(html, self.texts))


def list_map_words() -> dict[str, str]:
    """Give the sentences that the script of a map fills in, in the language that is spoken."""
    known = {name: f"{{{name}}}" for name in ("name", "names", "label")}
    start = "map.script."
    keys = sorted(TEXTS.keys())
    return {key.removeprefix(start): TEXTS(key, **known) for key in keys if key.startswith(start)}


def write_rows(rows: Sequence[Row]) -> Markup:
    """Write the rows of a table, escaped; a template takes five times as long over 500 rows."""
    return Markup("\n".join(map(_write_row, rows)))  # noqa: S704 - escaped in _write_row


def _write_row(row: Row) -> str:
    head = escape(row.head)
    if row.link:
        head = f'<a class="nl-link" href="{escape(row.link)}">{head}</a>'
    cells = "".join(map(_write_cell, row.cells))
    marked = ' aria-current="true"' if row.marked else ""
    return f'<tr class="utrecht-table__row"{marked}><th scope="row">{head}</th>{cells}</tr>'


def _write_cell(text: str) -> str:
    # A range is one word to a reader: a phone must not break it after its dash.
    whole = ' class="whole"' if "–" in text and " " not in text else ""
    return f"<td{whole}>{escape(text)}</td>"


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
