"""The ways a row can be linked to an area, each with a grade, and why a row stayed unlinked."""

from enum import IntEnum, StrEnum
from types import MappingProxyType

# The code of a row that lies in the country and not in the region; no layout has it.
ELSEWHERE = "GM0999"


class Grade(StrEnum):
    """How sure the area is, best first; `NONE` is no area at all."""

    A = "A"  # an address or an exact code
    B = "B"  # a coordinate
    C = "C"  # a whole postcode
    D = "D"  # a name, or an area of the gemeente's own that lies in one buurt
    E = "E"  # divided over several buurten by a share
    F = "F"  # the gemeente only
    NONE = "geen"


class Method(IntEnum):
    """How a row was linked, in the order of trying; the numbers are stored with the rows."""

    NONE = 0
    AREA_CODE = 1
    ADDRESS = 2
    COORDINATE = 3
    COORDINATE_SNAPPED = 4
    POSTCODE6 = 5
    POSTCODE6_SHARE = 6
    AREA_NAME = 7
    OWN_AREA = 8
    OWN_AREA_SHARE = 9
    POSTCODE4 = 10
    POSTCODE4_SHARE = 11
    POSTCODE4_ESTIMATE = 12
    POSTCODE4_GEMEENTE = 13
    GEMEENTE = 14
    OUTSIDE = 15

    @property
    def grade(self) -> Grade:
        return GRADES[self]

    @property
    def words(self) -> str:
        return WORDS[self]

    @property
    def is_drawn(self) -> bool:
        """Tell whether the buurt was drawn by a share, so that it is an estimate for one row."""
        return self in DRAWN


# A postcode of which every address lies in one buurt is still a postcode: a new address may not.
GRADES = MappingProxyType(
    {
        Method.NONE: Grade.NONE,
        Method.AREA_CODE: Grade.A,
        Method.ADDRESS: Grade.A,
        Method.COORDINATE: Grade.B,
        Method.COORDINATE_SNAPPED: Grade.B,
        Method.POSTCODE6: Grade.C,
        Method.POSTCODE6_SHARE: Grade.C,
        Method.AREA_NAME: Grade.D,
        Method.OWN_AREA: Grade.D,
        Method.OWN_AREA_SHARE: Grade.E,
        Method.POSTCODE4: Grade.E,
        Method.POSTCODE4_SHARE: Grade.E,
        Method.POSTCODE4_ESTIMATE: Grade.E,
        Method.POSTCODE4_GEMEENTE: Grade.F,
        Method.GEMEENTE: Grade.F,
        Method.OUTSIDE: Grade.NONE,
    }
)
WORDS = MappingProxyType(
    {
        Method.NONE: "niet gekoppeld",
        Method.AREA_CODE: "gebiedscode",
        Method.ADDRESS: "adres (postcode en huisnummer)",
        Method.COORDINATE: "coördinaat",
        Method.COORDINATE_SNAPPED: "coördinaat net buiten de kaart, naar het naaste gebied",
        Method.POSTCODE6: "postcode (6 tekens) in één buurt",
        Method.POSTCODE6_SHARE: "postcode (6 tekens), geloot naar aandeel adressen",
        Method.AREA_NAME: "naam van het gebied",
        Method.OWN_AREA: "eigen gebied van de gemeente, in één buurt",
        Method.OWN_AREA_SHARE: "eigen gebied van de gemeente, geloot naar aandeel",
        Method.POSTCODE4: "postcode (4 cijfers) in één buurt",
        Method.POSTCODE4_SHARE: "postcode (4 cijfers), geloot naar aandeel adressen",
        Method.POSTCODE4_ESTIMATE: (
            "postcode (4 cijfers), geschat: buurten waar zij de meest voorkomende is"
        ),
        Method.POSTCODE4_GEMEENTE: (
            "postcode (4 cijfers), alleen de gemeente: er is geen adressenbestand"
        ),
        Method.GEMEENTE: "alleen de gemeente",
        Method.OUTSIDE: "buiten de regio",
    }
)
DRAWN = frozenset(
    (
        Method.POSTCODE6_SHARE,
        Method.OWN_AREA_SHARE,
        Method.POSTCODE4_SHARE,
        Method.POSTCODE4_ESTIMATE,
    )
)


class Reason(IntEnum):
    """Why the best key of a row did not lead to a buurt."""

    NO_KEY = 0
    UNKNOWN_CODE = 1
    COARSE_CODE = 2
    UNREADABLE_POSTCODE = 3
    UNKNOWN_POSTCODE = 4
    UNREADABLE_COORDINATE = 5
    NOT_IN_THE_COUNTRY = 6
    OUTSIDE_THE_MAP = 7
    UNKNOWN_NAME = 8
    AMBIGUOUS_NAME = 9
    STATED_UNKNOWN = 10
    UNKNOWN_GEMEENTE = 11
    ONLY_GEMEENTE = 12
    NO_ADDRESS_FILE = 13
    ELSEWHERE = 14

    @property
    def words(self) -> str:
        return _REASONS[self]


_REASONS = MappingProxyType(
    {
        Reason.NO_KEY: "geen enkel koppelveld is ingevuld",
        Reason.UNKNOWN_CODE: "de gebiedscode staat niet in de indeling",
        Reason.COARSE_CODE: "de gebiedscode is van een wijk of gemeente, niet van een buurt",
        Reason.UNREADABLE_POSTCODE: "de postcode is niet leesbaar",
        Reason.UNKNOWN_POSTCODE: "de postcode staat niet in het adressenbestand",
        Reason.UNREADABLE_COORDINATE: "de coördinaat is niet leesbaar",
        Reason.NOT_IN_THE_COUNTRY: "de coördinaat ligt niet in Nederland",
        Reason.OUTSIDE_THE_MAP: "de coördinaat ligt buiten de indeling",
        Reason.UNKNOWN_NAME: "de naam staat niet in de indeling",
        Reason.AMBIGUOUS_NAME: "de naam past op meer dan één gebied",
        Reason.STATED_UNKNOWN: "de leverancier noemt het gebied zelf onbekend",
        Reason.UNKNOWN_GEMEENTE: "de naam van de gemeente hoort niet bij de regio",
        Reason.ONLY_GEMEENTE: "alleen de gemeente is bekend",
        Reason.NO_ADDRESS_FILE: (
            "er is geen adressenbestand van de regio om de postcode in op te zoeken; "
            "zet pc6hnr<jaar>.csv in de map voor bestanden"
        ),
        Reason.ELSEWHERE: "de plaats ligt buiten de regio",
    }
)
