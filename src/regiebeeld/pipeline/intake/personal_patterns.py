"""Recognises personal data in a text: pure tests, each exact enough to refuse a delivery on.

`COARSE` patterns are RE2 and may match too much; the Python tests decide. Sources: the eleven
test of the BSN, ISO 13616 (IBAN, mod 97), the sidecodes of the RDW.
"""

import re
from collections.abc import Callable
from enum import StrEnum


class Personal(StrEnum):
    BSN = "bsn"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    PLATE = "licence_plate"
    ADDRESS = "address"
    BIRTH = "birth_date"
    NAME = "name"


WORDS = {
    Personal.BSN: "een burgerservicenummer (BSN)",
    Personal.PHONE: "een telefoonnummer",
    Personal.EMAIL: "een e-mailadres",
    Personal.IBAN: "een rekeningnummer (IBAN)",
    Personal.PLATE: "een kenteken",
    Personal.ADDRESS: "een adres (straat en huisnummer)",
    Personal.BIRTH: "een geboortedatum",
    Personal.NAME: "een naam van een persoon",
}
_STREETS = (
    "straat|str[.]|laan|weg|plein|gracht|kade|singel|dijk|steeg|dreef|plantsoen|brink|allee|pad|hof"
)
COARSE = {
    Personal.BSN: "[0-9]{3}[ .-]?[0-9]{3}[ .-]?[0-9]{3}|[0-9]{4}[ .-][0-9]{2}[ .-][0-9]{3}",
    Personal.PHONE: (
        "([+]|00)[ (]*[1-9]([ .()-]?[0-9]){7}"
        "|(^|[^0-9A-Za-z_.,:/-])[(]?0[1-9]([ .()-]{0,2}[0-9]){8}"
    ),
    Personal.EMAIL: "[^ @]@[^ @]",
    Personal.IBAN: "(^|[^0-9A-Za-z])[A-Za-z]{2}[0-9]{2}[ .-]?[A-Za-z0-9]{4}[ .-]?[A-Za-z0-9]{3}",
    Personal.PLATE: (
        "(^|[^0-9A-Za-z-])[0-9A-Za-z]{1,3}-[0-9A-Za-z]{2,3}-[0-9A-Za-z]{1,3}([^0-9A-Za-z-]|$)"
    ),
    Personal.ADDRESS: (
        f"(?i)[a-z]({_STREETS})\\s+(nr[.]?\\s*)?[0-9]"
        "|[1-9][0-9]{3} ?[a-z]{2}[ ,]+(nr[.]?\\s*)?[0-9]"
    ),
    Personal.BIRTH: (
        "(^|[^0-9])(([0-3]?[0-9][-/. ][0-1]?[0-9][-/. ](19[2-9][0-9]|200[0-9]|2010))"
        "|((19[2-9][0-9]|200[0-9]|2010)[-/][0-1][0-9][-/][0-3][0-9]))([^0-9]|$)"
        "|(?i)geb([.]|oren)?\\s+(op\\s+)?[0-9]"
    ),
    Personal.NAME: "(^|[^A-Za-z])([Dd]hr|[Mm]evr|[Mm]w|[Dd]e heer|[Mm]evrouw)[.]? +[A-Z]",
}
_NO_DIGIT_BEFORE = r"(?<![0-9])(?<![0-9][.,])"
_BSN = re.compile(
    _NO_DIGIT_BEFORE
    + r"([0-9]{9}|[0-9]{3}([ .-])[0-9]{3}\2[0-9]{3}|[0-9]{4}([ .-])[0-9]{2}\3[0-9]{3})(?![0-9])"
)
_PHONE = re.compile(
    r"(?<![0-9A-Za-z_])(?<![0-9][.,:/-])((?:\+|00)[1-9][0-9]?(?:[ .()-]{0,2}[0-9]){8,11}"
    r"|\(?0[1-9](?:[ .()-]{0,2}[0-9]){8})(?![0-9])"
)
_EMAIL = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:.]+(\.[^\s@<>,;:.]+)*\.[A-Za-z]{2,}", re.ASCII)
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:[ .-]?[0-9A-Za-z]){11,30}")
# Letters that plates have: no vowels, and no C, M, Q, W in the newer sidecodes.
_PLATE = re.compile(
    r"(?<![0-9A-Za-z-])([0-9A-Za-z]{1,3})-([0-9A-Za-z]{2,3})-([0-9A-Za-z]{1,3})(?![0-9A-Za-z-])"
)
_SHAPES = {
    ("LL", "99", "99"), ("99", "99", "LL"), ("99", "LL", "99"), ("LL", "99", "LL"),
    ("LL", "LL", "99"), ("99", "LL", "LL"), ("99", "LLL", "9"), ("9", "LLL", "99"),
    ("LL", "999", "L"), ("L", "999", "LL"), ("LLL", "99", "L"), ("L", "99", "LLL"),
    ("9", "LL", "999"), ("999", "LL", "9"),
}  # fmt: skip
_MONTHS = {
    "jan",
    "feb",
    "mrt",
    "apr",
    "mei",
    "jun",
    "jul",
    "aug",
    "sep",
    "okt",
    "nov",
    "dec",
    "mar",
    "oct",
    "may",
}
# Without hyphens sidecodes 1 and 2 look like area codes (GM0153) and postcodes (7511AB).
PLAIN_PLATE = (
    "(?i)[0-9]{2}[b-df-hj-np-tv-z]{2}[0-9]{2}|[b-df-hj-np-tv-z]{2}[0-9]{2}[b-df-hj-np-tv-z]{2}"
    "|[b-df-hj-np-tv-z]{4}[0-9]{2}|[0-9]{2}[b-df-hj-np-tv-z]{4}|[0-9]{2}[b-df-hj-np-tv-z]{3}[0-9]"
    "|[0-9][b-df-hj-np-tv-z]{3}[0-9]{2}|[b-df-hj-np-tv-z]{2}[0-9]{3}[b-df-hj-np-tv-z]"
    "|[b-df-hj-np-tv-z][0-9]{3}[b-df-hj-np-tv-z]{2}|[b-df-hj-np-tv-z]{3}[0-9]{2}[b-df-hj-np-tv-z]"
    "|[b-df-hj-np-tv-z][0-9]{2}[b-df-hj-np-tv-z]{3}|[0-9][b-df-hj-np-tv-z]{2}[0-9]{3}"
    "|[0-9]{3}[b-df-hj-np-tv-z]{2}[0-9]"
)
_ADDRESS = re.compile(
    rf"[a-zà-ž]({_STREETS})\s+(nr\.?\s*)?[1-9][0-9]{{0,4}}(?![0-9])"
    r"|(?<![0-9])[1-9][0-9]{3} ?[a-z]{2}[ ,]+(nr\.?\s*)?[1-9][0-9]{0,4}(?![0-9])",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<![A-Za-z])(dhr|mevr|mw|de heer|mevrouw)\.?\s+"
    r"(van |de |der |den |te |ten |ter |'t )*[A-Z][a-zà-ž.]",
    re.IGNORECASE,
)
_YEAR = r"(19[2-9][0-9]|200[0-9]|2010)"
_NO_TIME = r"(?![0-9])(?![ T]+[0-9]{1,2}:[0-9])"
# A moment with a time is when something happened, not when somebody was born.
_BIRTH = re.compile(
    rf"(?<![0-9])(0?[1-9]|[12][0-9]|3[01])[-/. ](0?[1-9]|1[0-2])[-/. ]{_YEAR}{_NO_TIME}"
    rf"|(?<![0-9]){_YEAR}[-/](0[1-9]|1[0-2])[-/](0[1-9]|[12][0-9]|3[01]){_NO_TIME}"
    r"|geb(\.|oren)?\s+(op\s+)?(0?[1-9]|[12][0-9]|3[01])[-/. ][0-9]{1,2}[-/. ]"
    r"([0-9]{4}|[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)
# Characters of an IBAN per country (ISO 13616 registry).
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30,
    "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28,
    "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip


def is_bsn(digits: str) -> bool:
    """Tell whether nine digits pass the eleven test; one in eleven other numbers does too."""
    if len(digits) != 9 or not digits.isdecimal() or int(digits) < 10_000_000:
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11 == 0


def has_bsn(text: str) -> bool:
    return any(is_bsn(re.sub(r"[ .-]", "", found[0])) for found in _BSN.finditer(text))


def has_phone(text: str) -> bool:
    return _PHONE.search(text) is not None


def has_email(text: str) -> bool:
    return _EMAIL.search(text) is not None


def is_iban(text: str) -> bool:
    """Tell whether letters and digits are an IBAN: known country, its length, and mod 97."""
    bare = text.upper()
    if _IBAN_LENGTHS.get(bare[:2]) != len(bare):
        return False
    turned = bare[4:] + bare[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def has_iban(text: str) -> bool:
    for found in _IBAN.finditer(text):
        bare = re.sub(r"[ .-]", "", found[0])
        length = _IBAN_LENGTHS.get(bare[:2].upper(), 0)
        # Words after the number are taken along by the pattern; the country says where it ends.
        if length and is_iban(bare[:length]):
            return True
    return False


def has_plate(text: str) -> bool:
    """Tell whether a plate with its hyphens is in the text, in any sidecode."""
    for found in _PLATE.finditer(text):
        parts = found.groups()
        shape = tuple(re.sub("[A-Za-z]", "L", re.sub("[0-9]", "9", part)) for part in parts)
        if shape in _SHAPES and not {part.lower() for part in parts} & _MONTHS:
            return True
    return False


def has_address(text: str) -> bool:
    return _ADDRESS.search(text) is not None


def has_birth(text: str) -> bool:
    return _BIRTH.search(text) is not None


def has_name(text: str) -> bool:
    return _NAME.search(text) is not None


TESTS: dict[Personal, Callable[[str], bool]] = {
    Personal.BSN: has_bsn,
    Personal.PHONE: has_phone,
    Personal.EMAIL: has_email,
    Personal.IBAN: has_iban,
    Personal.PLATE: has_plate,
    Personal.ADDRESS: has_address,
    Personal.BIRTH: has_birth,
    Personal.NAME: has_name,
}


def find_kinds(text: str) -> tuple[Personal, ...]:
    """Give every kind of personal data that a text seems to hold."""
    return tuple(kind for kind, test in TESTS.items() if test(text))
