"""The fixed skeleton of the invented region: gemeenten, wijken and buurten with codes and names.

Holds no shapes and no figures; codes and names are the same for every seed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import count

from regiebeeld.example.names import (
    CENTRE_BUURTEN,
    COUNTRY_PARTS,
    ESTATE_NAMES,
    GEMEENTE_NAMES,
    URBAN_WIJKEN,
    VILLAGE_NAMES,
    urban_buurt_names,
)


class Kind(StrEnum):
    """What a buurt mostly is; decides how many people, shops and firms it gets."""

    CENTRUM = "centrum"
    WONEN = "wonen"
    NIEUW = "nieuw"
    WERK = "werk"
    KERN = "kern"
    BUITEN = "buiten"


class Size(StrEnum):
    """How large a gemeente is."""

    STAD = "stad"
    PLAATS = "plaats"
    LAND = "land"


@dataclass(frozen=True, slots=True)
class BuurtPlan:
    """One buurt of the skeleton; `wijk` and `gemeente` are full codes."""

    code: str
    name: str
    kind: Kind
    wijk: str
    gemeente: str


@dataclass(frozen=True, slots=True)
class WijkPlan:
    """One wijk; `kind` CENTRUM, WONEN and WERK lie in the town, KERN round a village."""

    code: str
    name: str
    kind: Kind
    buurten: tuple[BuurtPlan, ...]


@dataclass(frozen=True, slots=True)
class GemeentePlan:
    """One gemeente with its wijken; town wijken first, then villages, then the countryside."""

    code: str
    name: str
    size: Size
    wijken: tuple[WijkPlan, ...]

    @property
    def buurten(self) -> tuple[BuurtPlan, ...]:
        return tuple(buurt for wijk in self.wijken for buurt in wijk.buurten)

    @property
    def villages(self) -> tuple[WijkPlan, ...]:
        return tuple(wijk for wijk in self.wijken if wijk.kind is Kind.KERN)


SIZES = (Size.STAD,) * 2 + (Size.PLAATS,) * 4 + (Size.LAND,) * 8
_URBAN_WIJKEN = {Size.STAD: 8, Size.PLAATS: 4, Size.LAND: 0}
_VILLAGES = {Size.STAD: 3, Size.PLAATS: 2, Size.LAND: 3}
_CENTRE_KINDS = {
    Size.STAD: (Kind.CENTRUM,) * 5 + (Kind.WONEN,),
    Size.PLAATS: (Kind.CENTRUM,) * 3 + (Kind.WONEN,) * 2,
    Size.LAND: (Kind.CENTRUM,) + (Kind.WONEN,) * 5 + (Kind.NIEUW, Kind.WERK),
}
_WORK_BUURTEN = {Size.STAD: 4, Size.PLAATS: 2, Size.LAND: 0}
_VILLAGE_KINDS = {
    Size.STAD: (Kind.KERN, Kind.KERN, Kind.BUITEN),
    Size.PLAATS: (Kind.KERN, Kind.KERN, Kind.BUITEN),
    Size.LAND: (Kind.KERN, Kind.KERN, Kind.KERN, Kind.BUITEN),
}
_COUNTRY_BUURTEN = {Size.STAD: 4, Size.PLAATS: 3, Size.LAND: 4}
_URBAN_KINDS = (Kind.WONEN,) * 6
_NEW_ESTATE = (Kind.WONEN,) * 5 + (Kind.NIEUW,)


@cache
def region_plan() -> tuple[GemeentePlan, ...]:
    """Give the fourteen gemeenten of the skeleton."""
    villages = iter(VILLAGE_NAMES)
    return tuple(
        _plan_gemeente(number, size, villages) for number, size in enumerate(SIZES, start=1)
    )


@cache
def plan_buurten() -> tuple[BuurtPlan, ...]:
    """Give every buurt of the skeleton in code order."""
    return tuple(buurt for gemeente in region_plan() for buurt in gemeente.buurten)


def _plan_gemeente(number: int, size: Size, villages: Iterator[str]) -> GemeentePlan:
    bare = f"99{number:02d}"
    name = GEMEENTE_NAMES[number - 1]
    wijk_number, urban = count(), urban_buurt_names(number)
    wijken = [
        _plan_wijk(f"{bare}{next(wijk_number):02d}", wijk_name, kind, buurten)
        for wijk_name, kind, buurten in _wijk_specs(name, size, villages, urban)
    ]
    return GemeentePlan(f"GM{bare}", name, size, tuple(wijken))


_Spec = tuple[str, Kind, list[tuple[str, Kind]]]


def _wijk_specs(
    name: str, size: Size, villages: Iterator[str], urban: Iterator[str]
) -> Iterator[_Spec]:
    yield _centre_spec(size, urban)
    for index in range(_URBAN_WIJKEN[size]):
        kinds = _NEW_ESTATE if index == _URBAN_WIJKEN[size] - 1 else _URBAN_KINDS
        yield URBAN_WIJKEN[index], Kind.WONEN, [(next(urban), kind) for kind in kinds]
    if estates := ESTATE_NAMES[: _WORK_BUURTEN[size]]:
        yield "Werkgebied", Kind.WERK, [(estate, Kind.WERK) for estate in estates]
    for _ in range(_VILLAGES[size]):
        yield _village_spec(next(villages), _VILLAGE_KINDS[size])
    parts = COUNTRY_PARTS[: _COUNTRY_BUURTEN[size]]
    buurten = [(f"Verspreide huizen {name}-{part}", Kind.BUITEN) for part in parts]
    yield f"Buitengebied {name}", Kind.BUITEN, buurten


def _centre_spec(size: Size, urban: Iterator[str]) -> _Spec:
    centre, estates = iter(CENTRE_BUURTEN), iter(ESTATE_NAMES)
    sources = {Kind.CENTRUM: centre, Kind.WERK: estates}
    kinds = _CENTRE_KINDS[size]
    buurten = [(next(sources.get(kind, urban)), kind) for kind in kinds]
    return "Centrum" if size is not Size.LAND else "Kern en omgeving", Kind.CENTRUM, buurten


def _village_spec(village: str, kinds: tuple[Kind, ...]) -> _Spec:
    parts = (f"{village}-Dorp", f"{village}-Oost", f"{village}-West")[: len(kinds) - 1]
    names = (*parts, f"Verspreide huizen {village}")
    return village, Kind.KERN, list(zip(names, kinds, strict=True))


def _plan_wijk(bare: str, name: str, kind: Kind, buurten: list[tuple[str, Kind]]) -> WijkPlan:
    code, gemeente = f"WK{bare}", f"GM{bare[:4]}"
    return WijkPlan(
        code,
        f"Wijk {bare[4:]} {name}",
        kind,
        tuple(
            BuurtPlan(f"BU{bare}{index:02d}", buurt, buurt_kind, code, gemeente)
            for index, (buurt, buurt_kind) in enumerate(buurten)
        ),
    )
