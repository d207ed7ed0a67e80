"""Recognises personal data in a text: pure tests, each exact enough to refuse a delivery on.

`COARSE` patterns are RE2 and may match too much; the Python tests decide. Sources: the eleven
test of the BSN, ISO 13616 (IBAN, mod 97), the sidecodes of the RDW.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial

from regiebeeld.pipeline.intake.personal_words import (
    find_addresses,
    find_births,
    find_dates,
    find_people,
    find_sentences,
)

Span = tuple[int, int]


class Personal(StrEnum):
    """What may not be delivered; the order is that of looking, so the exact ones come first."""

    EMAIL = "email"
    IBAN = "iban"
    BIRTH = "birth_date"
    PLATE = "licence_plate"
    ADDRESS = "address"
    PHONE = "phone"
    BSN = "bsn"
    POSTCODE = "postcode"
    NAME = "name"
    TEXT = "free_text"


WORDS = {
    Personal.BSN: "een burgerservicenummer (BSN)",
    Personal.PHONE: "een telefoonnummer",
    Personal.EMAIL: "een e-mailadres",
    Personal.IBAN: "een rekeningnummer (IBAN)",
    Personal.PLATE: "een kenteken",
    Personal.ADDRESS: "een adres (straat of postcode met huisnummer)",
    Personal.POSTCODE: "een volledige postcode",
    Personal.BIRTH: "een geboortedatum",
    Personal.NAME: "een naam van een persoon",
    Personal.TEXT: "vrije tekst",
}
_MONTH = "jan|feb|m(aa)?rt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec"
_SIGN = "[^0-9a-z]"
# What a text must have at the least before the exact tests look at it; a test proves that.
COARSE = (
    "(?i)@"
    "|([0-9][^0-9a-z]{0,4}){8}|[0-9][.,][0-9]{8}e"  # numbers of eight digits and more
    f"|[a-z]{{2}}[0-9]{{2}}{_SIGN}{{0,2}}[a-z0-9]{{2}}"
    f"|[0-9a-z]{{1,3}}{_SIGN}{{1,2}}[0-9a-z]{{2,3}}{_SIGN}{{1,2}}[0-9a-z]{{1,3}}"
    f"|[0-9]{_SIGN}{{1,3}}[0-9]{{1,2}}{_SIGN}{{1,3}}'?[0-9]"
    f"|[0-9][^0-9a-z]*({_MONTH})|({_MONTH})[a-z]*{_SIGN}+[0-9]|geb|born|birth|d[.]?o[.]?b"
    f"|[a-z]{{2}}{_SIGN}{{1,6}}[1-9]"
    f"|[1-9][0-9]{{3}}{_SIGN}{{0,2}}[a-z]{{2}}"
    "|dhr|mevr|mw|heer|meneer|fam|weduwe"
)
# Other signs for a dash, a slash and nothing, after NFKC; a copied text is full of them.
_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad", "-")
    | dict.fromkeys("\u2044\u2215", "/")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff")
)
_NO_DIGIT_BEFORE = r"(?<![0-9])(?<![0-9][.,])"
_BSN = re.compile(
    _NO_DIGIT_BEFORE
    + r"([0-9]{9}|[0-9]{3}([ .,/-])[0-9]{3}\2[0-9]{3}|[0-9]{4}([ .,/-])[0-9]{2}\3[0-9]{3}"
    r"|(?:[0-9] ){8}[0-9]|[1-9][.,][0-9]{8}(?=e\+?0?8))(?![0-9])"
)
_BEFORE_PHONE = r"(?<![0-9A-Za-z_+])(?<![0-9][.,:/-])"
_PHONE = re.compile(
    # E.164: country code and number are at most fifteen digits.
    _BEFORE_PHONE + r"(?:\+[ (]{0,2}[1-9](?:[ .()/-]{0,3}[0-9]){7,14}"
    r"|00[ .(-]{0,2}[1-9](?:[ .()/-]{0,3}[0-9]){8,14}"
    r"|\(?0[1-9](?:[ .()/-]{0,2}[0-9]){8}"
    # What a sheet makes of a mobile number with country code.
    r"|31[ .-]?6(?:[ .-]?[0-9]){8})(?![0-9])"
)
# Bounded, so that a long text cannot cost a quadratic time.
_EMAIL = re.compile(r"[^\s@<>,;:]{1,64}@(?:[^\s@<>,;:.]{1,63}\.){1,8}[A-Za-z]{2,}", re.ASCII)
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}(?:[ .-]?[0-9A-Za-z]){11,30}")
_PLATE = re.compile(
    r"(?<![0-9A-Za-z-])([0-9A-Za-z]{1,3})([- ])([0-9A-Za-z]{2,3})\2([0-9A-Za-z]{1,3})"
    r"(?![0-9A-Za-z-])"
)
# The fourteen sidecodes of the RDW, in the order in which they were issued.
_SHAPES = (
    ("LL", "99", "99"), ("99", "99", "LL"), ("99", "LL", "99"), ("LL", "99", "LL"),
    ("LL", "LL", "99"), ("99", "LL", "LL"), ("99", "LLL", "9"), ("9", "LLL", "99"),
    ("LL", "999", "L"), ("L", "999", "LL"), ("LLL", "99", "L"), ("L", "99", "LLL"),
    ("9", "LL", "999"), ("999", "LL", "9"),
)  # fmt: skip
_MONTHS = "jan feb mrt apr mei jun jul aug sep okt nov dec mar oct may"


def _plain_shape(shape: tuple[str, ...]) -> str:
    return "".join(shape).replace("9", "[0-9]").replace("L", "[A-Za-z]")


# Without hyphens sidecodes 1 and 2 look like area codes (GM0153) and postcodes (7511AB).
PLAIN_PLATE = "|".join(_plain_shape(shape) for shape in _SHAPES[2:])
# Inside a text only without vowels, which plates no longer have: `Wijk02` is no plate.
_PLAIN_PLATE = re.compile(
    rf"^({PLAIN_PLATE})$|(?<![0-9A-Za-z-])(?![0-9A-Za-z]*[AEIOUaeiou])({PLAIN_PLATE})"
    "(?![0-9A-Za-z-])"
)
PLAIN_POSTCODE = "[1-9][0-9]{3} ?[A-Za-z]{2}"
_POSTCODE = re.compile(r"(?<![0-9A-Za-z-])[1-9][0-9]{3} ?[A-Z]{2}(?![0-9A-Za-z-])")

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


def is_iban(text: str) -> bool:
    """Tell whether letters and digits are an IBAN: known country, its length, and mod 97."""
    bare = text.upper()
    if _IBAN_LENGTHS.get(bare[:2]) != len(bare):
        return False
    turned = bare[4:] + bare[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _find(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (found.span() for found in pattern.finditer(text))


def _find_bsns(text: str) -> Iterator[Span]:
    for found in _BSN.finditer(text):
        if is_bsn(re.sub(r"[ .,/-]", "", found[0])):
            yield found.span()


def _find_ibans(text: str) -> Iterator[Span]:
    """Words after the number are taken along by the pattern; the country says where it ends."""
    for found in _IBAN.finditer(text):
        places = [i for i, sign in enumerate(found[0]) if sign not in " .-"]
        length = _IBAN_LENGTHS.get(found[0][:2].upper(), 0)
        if 0 < length <= len(places) and is_iban("".join(found[0][i] for i in places[:length])):
            yield found.start(), found.start() + places[length - 1] + 1


def _find_plates(text: str) -> Iterator[Span]:
    """Give plates in any sidecode; with spaces only in capitals, as on the plate."""
    for found in _PLATE.finditer(text):
        parts = (found[1], found[3], found[4])
        shape = tuple(re.sub("[A-Za-z]", "L", re.sub("[0-9]", "9", part)) for part in parts)
        written = found[2] == "-" or found[0] == found[0].upper()
        month = {part.lower() for part in parts} & set(_MONTHS.split())
        if shape in _SHAPES and written and not month:
            yield found.span()


FINDERS: dict[Personal, Callable[[str], Iterator[Span]]] = {
    Personal.EMAIL: partial(_find, _EMAIL),
    Personal.IBAN: _find_ibans,
    Personal.BIRTH: find_births,
    Personal.PLATE: _find_plates,
    Personal.ADDRESS: find_addresses,
    Personal.PHONE: partial(_find, _PHONE),
    Personal.BSN: _find_bsns,
    Personal.NAME: find_people,
}
# A column of names of areas has words only, so there these say more than elsewhere.
NAME_FINDERS: dict[Personal, Callable[[str], Iterator[Span]]] = {
    **FINDERS,
    Personal.BIRTH: find_dates,
    Personal.POSTCODE: partial(_find, _POSTCODE),
    Personal.TEXT: find_sentences,
}


def find_kinds(text: str, *, in_names: bool = False) -> tuple[Personal, ...]:
    """Give every kind of personal data that a text seems to hold, each stretch told once.

    in_names: the text stands in a column that is meant for names of areas.
    """
    kinds, rest = [], normalise(text)
    finders = NAME_FINDERS if in_names else FINDERS
    for kind in Personal:
        spans = list(finders[kind](rest)) if kind in finders else []
        if kind is Personal.PLATE and in_names:
            spans += _find(_PLAIN_PLATE, rest)
        if spans:
            kinds.append(kind)
        if kind is Personal.BIRTH:
            spans += find_dates(rest)  # a date is no number of a person
        rest = _without(rest, spans)
    return tuple(kinds)


def normalise(text: str) -> str:
    """Write every dash, slash and space in one way."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_SIGNS).split())


def _without(text: str, spans: list[Span]) -> str:
    for start, end in spans:
        text = text[:start] + "|" * (end - start) + text[end:]
    return text
