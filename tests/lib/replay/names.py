"""How the files of each year name what PDOK calls by one snake_case name."""

import re
from collections.abc import Mapping

# The DBF of 2021 cuts names at ten characters and numbers what then coincides, in field order.
_PERCENTAGES_2021 = [
    "percentage_personen_0_tot_15_jaar",
    "percentage_personen_15_tot_25_jaar",
    "percentage_personen_25_tot_45_jaar",
    "percentage_personen_45_tot_65_jaar",
    "percentage_personen_65_jaar_en_ouder",
    "percentage_ongehuwd",
    "percentage_gehuwd",
    "percentage_gescheid",
    "percentage_verweduwd",
    "percentage_eenpersoonshuishoudens",
    "percentage_huishoudens_zonder_kinderen",
    "percentage_huishoudens_met_kinderen",
    "percentage_westerse_migratieachtergrond",
    "percentage_niet_westerse_migratieachtergrond",
    "percentage_uit_marokko",
    "percentage_uit_nederlandse_antillen_en_aruba",
    "percentage_uit_suriname",
    "percentage_uit_turkije",
    "percentage_overige_nietwestersemigratieachtergrond",
]
_CUT_PERCENTAGES = ["percentage"] + [f"percenta_{n}" for n in range(1, 10)]
_CUT_PERCENTAGES += [f"percenta{n}" for n in range(10, 19)]
NAMES_2021 = {
    **dict(zip(_CUT_PERCENTAGES, _PERCENTAGES_2021, strict=True)),
    "gemeenteco": "gemeentecode",
    "gemeentena": "gemeentenaam",
    "indelingsw": "indelingswijziging_wijken_en_buurten",
    "meest_voor": "meest_voorkomende_postcode",
    "dekkingspe": "dekkingspercentage",
    "omgevingsa": "omgevingsadressendichtheid",
    "stedelijkh": "stedelijkheid_adressen_per_km2",
    "bevolkings": "bevolkingsdichtheid_inwoners_per_km2",
    "aantal_inw": "aantal_inwoners",
    "aantal_hui": "aantal_huishoudens",
    "gemiddelde": "gemiddelde_huishoudsgrootte",
    "oppervlakt": "oppervlakte_totaal_in_ha",
    "oppervla_1": "oppervlakte_land_in_ha",
    "oppervla_2": "oppervlakte_water_in_ha",
    "jaarstatco": "jrstatcode",
}
NAMES_2015 = {
    "BU_CODE": "buurtcode",
    "BU_NAAM": "buurtnaam",
    "WK_CODE": "wijkcode",
    "WK_NAAM": "wijknaam",
    "GM_CODE": "gemeentecode",
    "GM_NAAM": "gemeentenaam",
    "IND_WBI": "indelingswijziging_wijken_en_buurten",
    "OAD": "omgevingsadressendichtheid",
    "STED": "stedelijkheid_adressen_per_km2",
    "AANT_INW": "aantal_inwoners",
    "AANT_MAN": "mannen",
    "AANT_VROUW": "vrouwen",
    "P_00_14_JR": "percentage_personen_0_tot_15_jaar",
    "P_15_24_JR": "percentage_personen_15_tot_25_jaar",
    "P_25_44_JR": "percentage_personen_25_tot_45_jaar",
    "P_45_64_JR": "percentage_personen_45_tot_65_jaar",
    "P_65_EO_JR": "percentage_personen_65_jaar_en_ouder",
    "P_ONGEHUWD": "percentage_ongehuwd",
    "P_GEHUWD": "percentage_gehuwd",
    "P_GESCHEID": "percentage_gescheid",
    "P_VERWEDUW": "percentage_verweduwd",
    "BEV_DICHTH": "bevolkingsdichtheid_inwoners_per_km2",
    "AANTAL_HH": "aantal_huishoudens",
    "P_EENP_HH": "percentage_eenpersoonshuishoudens",
    "P_HH_Z_K": "percentage_huishoudens_zonder_kinderen",
    "P_HH_M_K": "percentage_huishoudens_met_kinderen",
    "GEM_HH_GR": "gemiddelde_huishoudsgrootte",
    "OPP_TOT": "oppervlakte_totaal_in_ha",
    "OPP_LAND": "oppervlakte_land_in_ha",
    "OPP_WATER": "oppervlakte_water_in_ha",
}
NAMES_2024 = {"statcode": "gemeentecode", "statnaam": "gemeentenaam"}
CODES = {"gemeenten": "gemeentecode", "wijken": "wijkcode", "buurten": "buurtcode"}
_HUMP = re.compile(r"(?<=[a-z])(\d+)(?=[A-Z])|(?<=[a-z0-9])(?=[A-Z])")


def to_snake(name: str) -> str:
    """`percentagePersonen0Tot15Jaar` to `percentage_personen_0_tot_15_jaar`; Km2 stays km2."""
    return _HUMP.sub(lambda hump: f"_{hump[1] or ''}", name).lower()


def to_camel(name: str) -> str:
    """`percentage_personen_0_tot_15_jaar` to `percentagePersonen0Tot15Jaar`."""
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def rename(properties: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    return {names.get(name, name.lower()): value for name, value in properties.items()}
