"""Interventions of a region as files: their strict form, and the rules that span files.

Whether an area exists on the map is not known here: the run refuses a code that its layout lacks.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated

from pydantic import Field

from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.rules import Files, fault_in, repeats, rule, unknown_mentions
from regiebeeld.catalogue.words import Analysis, Id, Strict, Text, Whole
from regiebeeld.domain import AreaLevel, Intervention, Reach, read_period
from regiebeeld.domain.areas import is_drawable, level_of, parent_code

AreaCode = Annotated[
    str,
    Field(
        pattern=r"^(GM[0-9]{4}|WK[0-9]{4}[0-9A-Z]{2}|BU[0-9]{4}[0-9A-Z]{4})$",
        description="full code of a gemeente, wijk or buurt in the layout on the map",
    ),
]
Month = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$")]
_GROUPS = ("areas", "ring", "comparison")
_PLURALS = {
    AreaLevel.GEMEENTE: "gemeenten",
    AreaLevel.WIJK: "wijken",
    AreaLevel.BUURT: "buurten",
}
# Two kinds this much alike are one kind, spelled twice: they would not be pooled.
_ALIKE = 0.85


class ReachNumbers(Strict):
    """How far the intervention came; most fail on delivery."""

    words: Text
    homes_reached: Annotated[Whole | None, Field(ge=0)] = None
    homes: Annotated[Whole | None, Field(gt=0, description="homes in the areas")] = None


class InterventionFile(Strict):
    """regions/<id>/interventions/<id>.yaml; the name of the file is the id."""

    title: Text
    kind: Annotated[Id, Field(description="type; interventions of one type are pooled too")]
    indicators: Annotated[tuple[Id, ...], Field(min_length=1, description="what should change")]
    areas: Annotated[tuple[AreaCode, ...], Field(min_length=1, description="all of one level")]
    start: Annotated[Month, Field(description="first month, such as 2023-03")]
    end: Annotated[Month | None, Field(description="last month; empty while it goes on")] = None
    reach: ReachNumbers
    ring: Annotated[
        tuple[AreaCode, ...],
        Field(description="where the problem may have moved to; empty for the neighbours"),
    ] = ()
    comparison: Annotated[
        tuple[AreaCode, ...],
        Field(description="what to compare with; empty for all others of the same level"),
    ] = ()
    source: Annotated[Text, Field(description="plan, decision or report in which this stands")]


def build_intervention(name: str, stated: InterventionFile, digest: str) -> Intervention:
    """Make an intervention of what its file says."""
    reach = stated.reach
    return Intervention(
        id=name,
        title=stated.title,
        kind=stated.kind,
        indicators=stated.indicators,
        areas=stated.areas,
        start=read_period(stated.start),
        end=read_period(stated.end) if stated.end else None,
        reach=Reach(reach.words, reach.homes_reached, reach.homes),
        source=stated.source,
        ring=stated.ring,
        comparison=stated.comparison,
        digest=digest,
    )


def _owner(region: str, name: str) -> str:
    return f"InterventionFile:{region}/{name}"


def _all(catalogue: Catalogue) -> Iterator[tuple[str, str, Intervention]]:
    """Give region, the name under which the rules know the file, and the intervention."""
    for region, interventions in catalogue.interventions.items():
        for each in interventions:
            yield region, _owner(region, each.id), each


def _codes(one: Intervention) -> Iterator[tuple[Place, str]]:
    for group in _GROUPS:
        for i, code in enumerate(getattr(one, group)):
            yield (group, i), code


@rule
def interventions_stand_in_a_region(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, owner, _ in _all(catalogue):
        if not files.know("Region", region):
            words = f"regio {region!r} bestaat niet{suggest(region, catalogue.regions)}"
            yield fault_in(files, owner, (), words)


@rule
def interventions_have_a_name_for_addresses(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for _, owner, one in _all(catalogue):
        plain = one.id.replace("_", "")
        if not (plain.isascii() and plain.isalnum() and plain.islower() and one.id[0].isalpha()):
            words = f"de bestandsnaam {one.id!r} kan niet; gebruik kleine letters, cijfers en _"
            yield fault_in(files, owner, (), words)


@rule
def interventions_name_known_indicators(catalogue: Catalogue, files: Files) -> Iterator[str]:
    yield from unknown_mentions(files, "InterventionFile", ("indicators", "*"), "Indicator")
    for _, owner, one in _all(catalogue):
        for i, name in repeats(list(one.indicators)):
            words = f"{name!r} staat hier voor de tweede keer"
            yield fault_in(files, owner, ("indicators", i), words)


@rule
def interventions_have_outcomes_that_may_be_judged(
    catalogue: Catalogue, files: Files
) -> Iterator[str]:
    for region, owner, one in _all(catalogue):
        shown = _shown_in(catalogue, region)
        for i, name in enumerate(one.indicators):
            indicator = catalogue.indicators.get(name)
            if indicator is None:
                continue
            if Analysis.EFFECTS not in indicator.analyses:
                words = f"voor {name!r} is geen effect toegestaan: effects staat niet bij analyses"
                yield fault_in(files, owner, ("indicators", i), words)
            elif shown is not None and name not in shown:
                words = f"{name!r} staat op geen enkele pagina van regio {region!r}"
                yield fault_in(files, owner, ("indicators", i), words)


def _shown_in(catalogue: Catalogue, region: str) -> set[str] | None:
    """Give the indicators on the pages of a region; None where one of those is broken."""
    known = catalogue.regions.get(region)
    if known is None or any(theme not in catalogue.themes for theme in known.themes):
        return None
    return {name for theme in known.themes for name in catalogue.themes[theme].indicators}


@rule
def interventions_name_areas_of_one_level(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for _, owner, one in _all(catalogue):
        for place, code in _codes(one):
            if level_of(code) is not one.level:
                words = (
                    f"{code} is een {level_of(code)}, maar {one.areas[0]} een {one.level}; "
                    f"noem hier alleen {_PLURALS[one.level]}"
                )
                yield fault_in(files, owner, place, words)


@rule
def interventions_lie_in_their_region(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, owner, one in _all(catalogue):
        known = catalogue.regions.get(region)
        for place, code in _codes(one) if known else ():
            gemeente = parent_code(code, AreaLevel.GEMEENTE)
            if known and gemeente not in known.gemeente_codes:
                near = suggest(gemeente, known.gemeente_codes)
                words = f"{code} ligt in {gemeente}, en dat is geen gemeente van de regio{near}"
                yield fault_in(files, owner, place, words)
            elif not is_drawable(code):
                yield fault_in(files, owner, place, f"{code} is geen plek op de kaart")


@rule
def interventions_name_each_area_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """An area is treated, or a neighbour, or compared with: never two of those."""
    for _, owner, one in _all(catalogue):
        seen: dict[str, Place] = {}
        for place, code in _codes(one):
            first = seen.setdefault(code, place)
            if first != place:
                words = f"{code} staat al onder {first[0]}"
                yield fault_in(files, owner, place, words)


@rule
def interventions_end_after_their_start(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for _, owner, one in _all(catalogue):
        if one.end is not None and one.end < one.start:
            words = f"{one.end.id} ligt voor start {one.start.id}"
            yield fault_in(files, owner, ("end",), words)


@rule
def interventions_reach_no_more_homes_than_there_are(
    catalogue: Catalogue, files: Files
) -> Iterator[str]:
    for _, owner, one in _all(catalogue):
        reached, homes = one.reach.homes_reached, one.reach.homes
        if reached is not None and homes is not None and reached > homes:
            words = f"{reached} is meer dan de {homes} woningen die er zijn"
            yield fault_in(files, owner, ("reach", "homes_reached"), words)


@rule
def kinds_of_intervention_are_spelled_one_way(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """Interventions of one kind are pooled: a second spelling would silently stand alone."""
    for region, interventions in catalogue.interventions.items():
        seen: dict[str, str] = {}
        for one in interventions:
            if one.kind in seen:
                continue
            near = get_close_matches(one.kind, list(seen), n=1, cutoff=_ALIKE)
            if near:
                words = (
                    f"{one.kind!r} lijkt op {near[0]!r} van {seen[near[0]]}; schrijf dezelfde "
                    "soort overal gelijk, of kies een woord dat meer verschilt"
                )
                yield fault_in(files, _owner(region, one.id), ("kind",), words)
            seen[one.kind] = one.id
