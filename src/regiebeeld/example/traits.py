"""The traits of the surroundings that the invented region has; names only."""

from enum import StrEnum


class Trait(StrEnum):
    """What a planted relation can be with; the names are those of the key figures."""

    WOZ_WAARDE = "woz_waarde"
    EENGEZINSWONINGEN = "eengezinswoningen"
    BOUWJAAR_VOOR_2000 = "bouwjaar_voor_2000"
    ONBEWOOND = "onbewoond"
    KOOPWONINGEN = "koopwoningen"
    ADRESSENDICHTHEID = "adressendichtheid"
    AFSTAND_SUPERMARKT = "afstand_supermarkt"
    AFSTAND_TREINSTATION = "afstand_treinstation"
    AFSTAND_OPRIT = "afstand_oprit"
