"""How many times as often as by chance another one follows, by distance and by time."""

from collections.abc import Sequence

from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import write_number
from regiebeeld.dashboard.charts.heat import Shade, draw_heat
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import name_unit
from regiebeeld.releases import Indicator
from regiebeeld.releases.findings import NearRepeat

MORE = "more"
_STEP = 0.5
_Band = tuple[int, int]


def draw_repeats(indicator: Indicator, whole: str, bands: Sequence[NearRepeat]) -> Figure:
    """Draw the ratio of each band of metres and days; what is no more than chance has no shade.

    whole: what the area is called that they are about.
    """
    title = TEXTS("findings.near.title", indicator=indicator.title, area=whole)
    found = {(_metres(band), _days(band)): band for band in bands}
    metres = sorted({_metres(band) for band in bands})
    days = sorted({_days(band) for band in bands})
    rows = [
        (_name_metres(far), [_shade(found.get((far, long)), far, long) for long in days])
        for far in metres
    ]
    table = tuple(
        Row(_name_metres(far).capitalize(), tuple(_write(found.get((far, d))) for d in days))
        for far in metres
    )
    columns = (TEXTS("findings.near.column_distance"), *(_name_days(each) for each in days))
    description = TEXTS("findings.near.description")
    svg = draw_heat(
        [_name_short(each) for each in days], rows, title=title, description=description
    )
    return Figure(title, describe_repeats(indicator, bands), svg, Table(title, columns, table))


def describe_repeats(indicator: Indicator, bands: Sequence[NearRepeat]) -> str:
    """Tell the band with the highest ratio that chance does not give, and whether there are more.

    Of equal ones the nearest in place and time.
    """
    more = [band for band in bands if band.verdict == MORE]
    if not more:
        return TEXTS("findings.near.nothing")
    first = min(more, key=lambda band: (-band.ratio, band.metres_to, band.days_to))
    told = TEXTS(
        "findings.near.sentence",
        unit=name_unit(indicator.unit, 1),
        where=_where(first),
        when=_when(first),
        times=_number(first.ratio),
    )
    if len(more) == 1:
        return told
    key = "findings.near.rest_one" if len(more) == 2 else "findings.near.rest_many"
    return f"{told} {TEXTS(key, count=len(more) - 1)}"


def _metres(band: NearRepeat) -> _Band:
    return band.metres_from, band.metres_to


def _days(band: NearRepeat) -> _Band:
    return band.days_from, band.days_to


def _where(band: NearRepeat) -> str:
    if not band.metres_to:
        return TEXTS("findings.near.where_same")
    key = "where_within" if band.metres_from <= 1 else "where_between"
    return TEXTS(f"findings.near.{key}", first=band.metres_from, last=band.metres_to)


def _when(band: NearRepeat) -> str:
    key = "when_within" if band.days_from <= 1 else "when_between"
    return TEXTS(f"findings.near.{key}", first=band.days_from, last=band.days_to)


def _name_metres(far: _Band) -> str:
    if not far[1]:
        return TEXTS("findings.near.same")
    return TEXTS("findings.near.metres", first=far[0], last=far[1])


def _name_days(long: _Band) -> str:
    return TEXTS("findings.near.days", first=long[0], last=long[1])


def _name_short(long: _Band) -> str:
    return TEXTS("findings.near.days_short", first=long[0], last=long[1])


def _shade(band: NearRepeat | None, far: _Band, long: _Band) -> Shade:
    words = TEXTS(
        "findings.near.spoken",
        metres=_name_metres(far),
        days=_name_days(long),
        ratio=_write(band),
    )
    if band is None:
        return Shade("", words, None)
    level = min(max(round(band.ratio / _STEP) - 1, 0), 4) if band.verdict == MORE else None
    return Shade(_number(band.ratio), words, level)


def _write(band: NearRepeat | None) -> str:
    if band is None:
        return TEXTS("findings.near.too_few")
    key = "more" if band.verdict == MORE else "as_chance"
    return TEXTS(f"findings.near.{key}", times=_number(band.ratio))


def _number(ratio: float) -> str:
    return write_number(ratio, 0 if ratio == round(ratio) else 1)
