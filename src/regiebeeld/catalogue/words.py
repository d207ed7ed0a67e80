"""The words and kinds of field that every catalogue file shares."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from regiebeeld.domain import AreaLevel, PeriodKind

Id = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]*$", description="snake_case: file name, column and URL at once"
    ),
]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
TableNumber = Annotated[str, Field(pattern=r"^[0-9]{5}[A-Za-z]{3}$")]
GemeenteCode = Annotated[str, Field(pattern=r"^GM[0-9]{4}$")]
# strict: `vintage: "2024"` or `publish: 1` is a slip, not a number or a yes.
Whole = Annotated[int, Field(strict=True)]
YesNo = Annotated[bool, Field(strict=True)]
Year = Annotated[Whole, Field(ge=1990, le=2100)]


class Strict(BaseModel):
    """A form that refuses what it does not know and cannot be changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DisclosureClass(StrEnum):
    PUBLIC = "public"
    NOT_ABOUT_PERSONS = "not_about_persons"
    PERSONS = "persons"


class Label(StrEnum):
    """Who may see a figure at all."""

    OPENBAAR = "openbaar"
    INTERN = "intern"
    DRIEHOEK = "driehoek"


class Effort(StrEnum):
    """Does the figure measure the problem (brengdelict) or the search for it (haaldelict)."""

    BRENGDELICT = "brengdelict"
    HAALDELICT = "haaldelict"
    NVT = "nvt"


class Unit(StrEnum):
    MELDING = "melding"
    REGISTRATIE = "registratie"
    ZAAK = "zaak"
    ADRES = "adres"
    PERSOON = "persoon"
    # Of things, not of people: groups, dwellings reached, what a campaign handed out.
    GROEP = "groep"
    WONING = "woning"
    BRIEF = "brief"
    BORD = "bord"
    BIJEENKOMST = "bijeenkomst"
    BERICHT = "bericht"
    BEDRIJF = "bedrijf"
    CAMERA = "camera"
    GEBIED = "gebied"


THINGS = frozenset(Unit) - {
    Unit.MELDING, Unit.REGISTRATIE, Unit.ZAAK, Unit.ADRES, Unit.PERSOON,
}  # fmt: skip


class Figure(StrEnum):
    """Key figures of an area. Households are never called dwellings."""

    INWONERS = "inwoners"
    HUISHOUDENS = "huishoudens"
    WONINGEN = "woningen"
    VERKOOPPRIJS = "verkoopprijs"
    WOZ_WAARDE = "woz_waarde"  # 1,000 euro
    EENGEZINSWONINGEN = "eengezinswoningen"  # per cent of the dwellings, as the next three
    BOUWJAAR_VOOR_2000 = "bouwjaar_voor_2000"
    ONBEWOOND = "onbewoond"
    KOOPWONINGEN = "koopwoningen"
    ADRESSENDICHTHEID = "adressendichtheid"  # addresses per km2 around an address
    AFSTAND_SUPERMARKT = "afstand_supermarkt"  # km by road, as the next two
    AFSTAND_TREINSTATION = "afstand_treinstation"
    AFSTAND_OPRIT = "afstand_oprit"


class Factor(StrEnum):
    """What of the surroundings an indicator may be laid beside: places, never who lives there.

    Each is a key figure, or made of one; `woningdichtheid` is dwellings per km2. Household size,
    income, benefits, age and origin are no factors.
    """

    WONINGDICHTHEID = "woningdichtheid"
    VERKOOPPRIJS = "verkoopprijs"
    WOZ_WAARDE = "woz_waarde"
    EENGEZINSWONINGEN = "eengezinswoningen"
    BOUWJAAR_VOOR_2000 = "bouwjaar_voor_2000"
    ONBEWOOND = "onbewoond"
    KOOPWONINGEN = "koopwoningen"
    ADRESSENDICHTHEID = "adressendichtheid"
    AFSTAND_SUPERMARKT = "afstand_supermarkt"
    AFSTAND_TREINSTATION = "afstand_treinstation"
    AFSTAND_OPRIT = "afstand_oprit"


PERCENTAGES = (
    Figure.EENGEZINSWONINGEN,
    Figure.BOUWJAAR_VOOR_2000,
    Figure.ONBEWOOND,
    Figure.KOOPWONINGEN,
)
DENOMINATORS = (Figure.INWONERS, Figure.HUISHOUDENS, Figure.WONINGEN)


class Analysis(StrEnum):
    TREND = "trend"
    COMPARISON = "comparison"
    SIGNALS = "signals"
    HOT_SPOTS = "hot_spots"
    SMALL_AREAS = "small_areas"
    DRIVERS = "drivers"
    RANKING = "ranking"
    EFFECTS = "effects"


class Finest(Strict):
    """A level with the shortest period that may be shown there; coarser is allowed too."""

    level: AreaLevel
    period: PeriodKind

    def allows(self, level: AreaLevel, period: PeriodKind) -> bool:
        coarse_enough = level.is_at_least_as_coarse_as(self.level)
        return coarse_enough and period.is_at_least_as_coarse_as(self.period)
