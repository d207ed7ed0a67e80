"""Reads the features of one delivered level: codes, names, parents, still without shapes.

Refuses a layer whose codes cannot belong to this level and year, naming feature and code.
"""

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa

from regiebeeld.domain import AreaLevel, LinkError, read_area_code
from regiebeeld.domain.areas import PREFIXES, is_drawable, may_be_unknown, parent_code

FAULTS_SHOWN = 20
_FINER = {AreaLevel.WIJK: AreaLevel.GEMEENTE, AreaLevel.BUURT: AreaLevel.WIJK}


@dataclass(frozen=True, slots=True)
class AreaColumns:
    """Which columns of a vector table hold an area's code and name.

    `parent` holds the code one level up; `water` is JA for the water part of an
    area; `year_code` holds a code that starts with the year (`2021BU01411000`),
    by which a feature of another year's layout is recognised.
    """

    code: str
    name: str
    parent: str | None = None
    water: str | None = None
    year_code: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        named = (self.code, self.name, self.parent, self.water, self.year_code)
        return tuple(column for column in named if column is not None)


@dataclass(frozen=True, slots=True)
class Feature:
    """One wanted feature of a layer; `number` counts from 1 in the layer as delivered."""

    number: int
    code: str
    name: str | None
    parent: str | None
    water: bool
    wkb: bytes | None


@dataclass(frozen=True, slots=True)
class Layer:
    """The wanted features of one level, and what was left out of it."""

    level: AreaLevel
    features: tuple[Feature, ...]
    crs: str
    delivered: int
    outside: int
    pseudo: tuple[str, ...]


def read_layer(
    table: pa.Table,
    level: AreaLevel,
    *,
    columns: AreaColumns,
    vintage: int,
    gemeenten: Collection[str] | None,
) -> Layer:
    """Read one level's features of the wanted gemeenten (all when None).

    Pseudo-areas and other gemeenten's areas are left out and counted. Raises LinkError for
    an empty layer, a missing column, an unfit code and another year; all faults at once.
    """
    _check_table(table, level, columns)
    texts = {column: table.column(column).to_pylist() for column in columns.all}
    codes = _read_codes(texts[columns.code], level)
    if columns.year_code:
        _check_year(texts[columns.year_code], codes, vintage)
    parents = _read_parents(texts[columns.parent] if columns.parent else None, codes, level)
    wanted = [_is_wanted(code, gemeenten) for code in codes]
    water = [(text or "").strip().upper() == "JA" for text in texts.get(columns.water or "", ())]
    water = water or [False] * len(codes)
    drawn = [_is_place(code, wet) for code, wet in zip(codes, water, strict=True)]
    places = [place for place in range(len(codes)) if wanted[place] and drawn[place]]
    shapes = table.column("geometry").take(pa.array(places, pa.int64())).to_pylist()
    features = tuple(
        Feature(
            number=place + 1,
            code=codes[place],
            name=(texts[columns.name][place] or "").strip() or None,
            parent=parents[place],
            water=water[place],
            wkb=shape,
        )
        for place, shape in zip(places, shapes, strict=True)
    )
    _check_names(features, level)
    return Layer(
        level=level,
        features=features,
        crs=_read_crs(table, level),
        delivered=len(codes),
        outside=sum(place and not kept for place, kept in zip(drawn, wanted, strict=True)),
        pseudo=tuple(sorted({c for c, place in zip(codes, drawn, strict=True) if not place})),
    )


def _is_place(code: str, water: bool) -> bool:
    """A code with 99 in the wijk position is a place, unless it is the water of a gemeente."""
    return is_drawable(code) and not (water and may_be_unknown(code))


def read_full_code(text: str | None, level: AreaLevel) -> str:
    """Give the full code of `level`; raise LinkError for an absent or unfit code."""
    if text is None or not text.strip():
        raise LinkError(f"de code van een {level} ontbreekt")
    return read_area_code(text, level)


def name_faults(what: str, faults: Sequence[str], next_step: str) -> LinkError:
    """Make one LinkError of many faults: the first ones in full, then how many more."""
    shown = [f"- {fault}" for fault in faults[:FAULTS_SHOWN]]
    if len(faults) > FAULTS_SHOWN:
        shown.append(f"- en nog {len(faults) - FAULTS_SHOWN}")
    return LinkError("\n".join((what, *shown, next_step)))


def _check_table(table: pa.Table, level: AreaLevel, columns: AreaColumns) -> None:
    for column in (*columns.all, "geometry"):
        if column not in table.column_names:
            near = difflib.get_close_matches(column, table.column_names, n=1)
            hint = f"; bedoelt u {near[0]!r}?" if near else ""
            raise LinkError(
                f"laag {level}: kolom {column!r} ontbreekt{hint}. Aanwezig: "
                f"{', '.join(table.column_names[:20])}. Pas de kolomnamen van de bron aan."
            )
    if table.num_rows == 0:
        raise LinkError(
            f"laag {level}: er zijn geen gebieden; haal de laag opnieuw op en kijk naar het jaartal"
        )


def _read_crs(table: pa.Table, level: AreaLevel) -> str:
    metadata = table.schema.metadata or {}
    if b"crs" not in metadata:
        raise LinkError(
            f"laag {level}: het coördinaatstelsel ontbreekt; vermeld EPSG:28992 of EPSG:4326"
        )
    return str(metadata[b"crs"].decode())


def _read_codes(texts: Sequence[str | None], level: AreaLevel) -> list[str]:
    codes, faults = [], []
    for number, text in enumerate(texts, start=1):
        try:
            codes.append(read_full_code(text, level))
        except LinkError as fault:
            faults.append(f"feature {number}, code {text!r}: {fault}")
    if faults:
        raise name_faults(
            f"laag {level}: {len(faults)} van de {len(texts)} codes passen niet:",
            faults,
            "Kijk of dit de goede laag en het goede jaar is, en of de kolom met de code klopt.",
        )
    return codes


def _check_year(texts: Sequence[str | None], codes: Sequence[str], vintage: int) -> None:
    faults = [
        f"feature {number}, code {code}: {text!r}"
        for number, (text, code) in enumerate(zip(texts, codes, strict=True), start=1)
        if text is not None and text.strip()[:4] != str(vintage)
    ]
    if faults:
        raise name_faults(
            f"{len(faults)} gebieden horen niet bij de indeling van {vintage}:",
            faults,
            f"Haal de indeling van {vintage} op, of geef het jaartal van deze laag op.",
        )


def _read_parents(
    texts: Sequence[str | None] | None, codes: Sequence[str], level: AreaLevel
) -> list[str | None]:
    above = _FINER.get(level)
    if above is None:
        return [None] * len(codes)
    parents: list[str | None] = []
    faults = []
    for number, code in enumerate(codes, start=1):
        text = texts[number - 1] if texts is not None else None
        try:
            parents.append(read_full_code(text, above) if text else parent_code(code, above))
        except LinkError as fault:
            faults.append(f"feature {number}, code {code}, bovenliggend {text!r}: {fault}")
    if faults:
        raise name_faults(
            f"laag {level}: {len(faults)} codes van de {above} passen niet:",
            faults,
            f"Kijk of de kolom met de {above} klopt.",
        )
    return parents


def _is_wanted(code: str, gemeenten: Collection[str] | None) -> bool:
    if gemeenten is None:
        return True
    own = (
        code
        if code.startswith(PREFIXES[AreaLevel.GEMEENTE])
        else parent_code(code, AreaLevel.GEMEENTE)
    )
    return own in gemeenten


def _check_names(features: Sequence[Feature], level: AreaLevel) -> None:
    # CBS gives the water part of an area as a feature of its own, with another name or none.
    named = [feature for feature in features if feature.name and not feature.water]
    first = {feature.code: feature for feature in reversed(named)}
    faults = [
        f"feature {first[feature.code].number} en {feature.number}, code {feature.code}: "
        f"{first[feature.code].name!r} en {feature.name!r}"
        for feature in named
        if feature.name != first[feature.code].name
    ]
    if faults:
        raise name_faults(
            f"laag {level}: dezelfde code staat er met verschillende namen in:",
            faults,
            "Kijk of er twee jaren of twee lagen door elkaar staan.",
        )
