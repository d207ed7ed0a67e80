"""OData v3 as Atom XML, after one captured entry of 47022NED; only what a reader needs."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

from lib.replay.answers import Request
from lib.replay.tables import Table

ATOM = "application/atom+xml; type=feed; charset=utf-8"
_DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
_NAMESPACES = (
    f'xmlns="http://www.w3.org/2005/Atom" xmlns:d="{_DATA}" xmlns:m="{_DATA}/metadata" '
    'xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml"'
)
_KINDS = {"TypedDataSet": "TData", "UntypedDataSet": "UData"}


def write_feed(
    request: Request, rows: pa.Table, entity: str, following: str | None, table: Table | None
) -> str:
    """Write one page of an entity set as a feed, with `rel=next` when there is more."""
    address = request.base + request.path
    moment = str(table.info.get("Modified", "")) + "+02:00" if table else "1970-01-01T00:00:00Z"
    entries = (_entry(address, entity, moment, row) for row in rows.to_pylist())
    following_link = f'<link rel="next" href={quoteattr(following)} />' if following else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<feed xml:base={quoteattr(address.rsplit('/', 1)[0])} {_NAMESPACES}>"
        f'<id>{escape(address)}</id><title type="text">{entity}</title>'
        f"<updated>{moment}</updated>"
        f'<link rel="self" title="{entity}" href={quoteattr(address)} />'
        f"{''.join(entries)}{following_link}</feed>"
    )


def write_service(root: str, sets: Mapping[str, str]) -> str:
    """Write the service document: one collection an entity set."""
    collections = "".join(
        f"<collection href={quoteattr(name)}><atom:title>{name}</atom:title></collection>"
        for name in sets
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><service xml:base={quoteattr(root + "/")} '
        'xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<workspace><atom:title>Default</atom:title>{collections}</workspace></service>"
    )


def _entry(address: str, entity: str, moment: str, row: Mapping[str, object]) -> str:
    key = row.get("ID", f"'{row.get('Key')}'")
    place = f"{address}({key})"
    properties = "".join(_property(*item) for item in row.items() if "." not in item[0])
    return (
        f"<entry><id>{escape(place)}</id>"
        f'<category term="Cbs.OData.{_KINDS.get(entity, entity)}" scheme="{_DATA}/scheme" />'
        f'<link rel="self" href={quoteattr(place)} /><title /><updated>{moment}</updated>'
        '<author><name /></author><content type="application/xml">'
        f"<m:properties>{properties}</m:properties></content></entry>"
    )


def _property(name: str, value: object) -> str:
    if value is None:
        return f'<d:{name} m:null="true" />'
    if isinstance(value, bool):
        return f'<d:{name} m:type="Edm.Boolean">{str(value).lower()}</d:{name}>'
    if isinstance(value, int):
        return f'<d:{name} m:type="Edm.Int32">{value}</d:{name}>'
    if isinstance(value, float):
        return f'<d:{name} m:type="Edm.Double">{value}</d:{name}>'
    text = str(value)
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<d:{name}{space}>{escape(text)}</d:{name}>"
