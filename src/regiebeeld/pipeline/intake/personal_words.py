"""Recognises what is written in words: dates of birth, addresses, names of people, sentences."""

import re
from collections.abc import Iterator

Span = tuple[int, int]
# Streets of which the word alone, before a number, is no name of a buurt or business park.
STREETS = (
    "straat|str[.]|laan|weg|plein|gracht|kade|singel|dijk|steeg|dreef|plantsoen|brink|allee|pad|hof"
)
_ADDRESS = re.compile(
    rf"[a-zà-ž]({STREETS}|str),?\s+(nr\.?\s*)?[1-9][0-9]{{0,4}}(?![0-9])"
    r"|(?<![a-zà-ž])(laan|weg|plein|straat|pad|hof|kade|dijk)\s+(van|der|de|den|aan|naar|op|tot)\s"
    r"[^0-9]{2,30}\s[1-9][0-9]{0,4}(?![0-9])"
    r"|(?<![0-9A-Za-z])[1-9][0-9]{3} ?[a-z]{2}[ ,/-]+((nr|huisnr|huisnummer)\.?\s*)?"
    r"[1-9][0-9]{0,4}(?![0-9])",
    re.IGNORECASE,
)
_DAY, _MONTH = r"(?:0?[1-9]|[12][0-9]|3[01])", r"(?:0?[1-9]|1[0-2])"
_SHORT = (
    r"(?:jan(?:uari)?|feb(?:ruari)?|mrt|maart|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?"
    r"|sept?(?:ember)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?|march|may|oct(?:ober)?)\.?"
)
# A moment with a time is when something happened; midnight is how a sheet writes a day alone.
_NO_TIME = r"(?![0-9])(?![ T]+(?!00:00)[0-9]{1,2}:[0-9])"


def _dates(year: str, end: str) -> str:
    return (
        rf"(?<![0-9]){_DAY}(?P<a>[-/. ]){_MONTH}(?P=a){year}{end}"
        rf"|(?<![0-9]){year}(?P<b>[-/.])(?:0?[1-9]|1[0-2])(?P=b){_DAY}{end}(?!-[0-9])"
        rf"|(?<![0-9]){_DAY}[-. ]+{_SHORT}[-. ]+{year}{end}"
        rf"|(?<![a-z]){_SHORT}[-. ]+{_DAY},? +{year}{end}"
    )


_ANY_DATE = re.compile(
    rf"(?:{_dates(r'(?:19|20)[0-9]{2}', r'(?![0-9])')})(?:[ T]+[0-9]{{1,2}}:[0-9:]+)?",
    re.IGNORECASE,
)
_BARE_DATE = re.compile(
    rf"{_DAY}([-/.]){_MONTH}\1[0-9]{{2}}|(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3][0-9]"
)
# Nobody delivers events of before 2011, so such a day is a birthday; a later one may be either.
_BIRTH = re.compile(_dates(r"(?:19[0-9]{2}|200[0-9]|2010)", _NO_TIME), re.IGNORECASE)
_SAID_BIRTH = re.compile(
    r"(?<![a-z])(?:geb(?:oren|oortedatum|[ .]*dat(?:um)?)?|born|birth|d\.?o\.?b)[ .:=]*"
    r"(?:op|in|on)?\s*"
    rf"(?:{_DAY}[-/. ]+(?:{_MONTH}|{_SHORT})[-/. ]+'?(?:[0-9]{{4}}|[0-9]{{2}})"
    rf"|(?:19|20)[0-9]{{2}}(?:[-/.]?[0-9]{{2}}[-/.]?[0-9]{{2}})?"
    rf"|[0-3][0-9][01][0-9](?:19|20)?[0-9]{{2}})"
    r"(?![0-9])",
    re.IGNORECASE,
)
_BETWEEN = r"(?:(?:van|de|der|den|te|ten|ter|'t|el|al|ben|von|da|di|dos)\s+)*"
_TITLE = re.compile(
    r"(?<![A-Za-z])(?:dhr|mevr|mw|de heer|mevrouw|meneer|fam|familie|weduwe)\.?\s+"
    rf"{_BETWEEN}[A-Z][a-zà-ž.]",
    re.IGNORECASE,
)
_SURNAME = r"[A-Z][a-zà-ž]+(?:[-' ][A-Z][a-zà-ž]+)?"
_INITIALS = re.compile(
    rf"(?:[A-Z]\.\s?){{1,5}}\s?{_BETWEEN}{_SURNAME}"
    rf"|{_BETWEEN}{_SURNAME},\s*(?:[A-Z]\.\s?){{1,5}}\s?{_BETWEEN}"
    rf"|{_BETWEEN}{_SURNAME},\s*[A-Z]"
)
# First names that many people in the Netherlands have, of every age.
_FIRST_NAMES = """
Jan Piet Pieter Klaas Kees Cornelis Johan Johannes Hans Henk Hendrik Willem Wim Gerrit
Gerard Dirk Peter Paul Mark Marco Martijn Maarten Michiel Michael Jeroen Erik Eric Frank Rob
Robert Ruud Rick Richard Ronald Bas Bart Sander Stefan Thomas Tim Tom Daan Sem Lucas Luuk
Lars Levi Finn Noah Mees Milan Jesse Ruben Thijs Stijn Koen Joost Jasper Jaap Jacob Arie
Adri Anton Theo Ton Leo Kevin Dennis Danny Patrick Mohamed Mohammed Ahmed Ali Hassan Mustafa
Mehmet Murat Youssef Omar Ibrahim Karim Rachid Anna Anne Maria Johanna Cornelia Elisabeth
Els Ellen Ineke Marijke Marieke Mieke Petra Monique Sandra Linda Saskia Karin Esther Ingrid
Wilma Sanne Lisa Laura Lotte Sophie Emma Julia Mila Tess Eva Sara Sarah Iris Femke Kim Naomi
Fatima Aisha Khadija Yasmina Samira Zeynep Elif Ayse
"""
_FULL_NAME = re.compile(
    rf"(?:{'|'.join(_FIRST_NAMES.split())})\s+(?:[A-Z]\.\s*)*{_BETWEEN}{_SURNAME}"
)
# Streets and buurten are called after people; what they are called is at the end.
_PLACE_END = re.compile(
    rf"({STREETS}|buurt|wijk|kwartier|park|polder|terrein|gebied|plan|dorp|veld|oord|haven|markt"
    r"|noord|oost|zuid|west|centrum|midden|hoeve|hoek|paulowna|gewanden|hoop)$",
    re.IGNORECASE,
)
# Words of sentences; none is in the name of a gemeente, wijk or buurt of CBS.
_SENTENCE_WORDS = """
ik hij zij wij jij mij hem haar hun ons zijn was is heeft had hebben wordt werd worden kan
niet wel maar omdat want toen dat dit deze die er weer al nog ook door naar tegen woont
woonde belde zegt zei gaat ging kwam staat bekend zie volgens vermoedelijk mogelijk dader
verdachte slachtoffer melder bewoner buurman buurvrouw
"""
_IN_SENTENCES = frozenset(_SENTENCE_WORDS.split())
_WORD = re.compile(r"[a-zà-ž]+", re.IGNORECASE)


def find_addresses(text: str) -> Iterator[Span]:
    """Give where a street or a postcode stands with a house number."""
    return (found.span() for found in _ADDRESS.finditer(text))


def find_births(text: str) -> Iterator[Span]:
    """Give dates that are said to be of birth, or lie before 2011 and have no time."""
    for pattern in (_SAID_BIRTH, _BIRTH):
        yield from (found.span() for found in pattern.finditer(text))


def find_dates(text: str) -> Iterator[Span]:
    """Give every date, in figures or words, with its time."""
    for pattern in (_SAID_BIRTH, _ANY_DATE):
        yield from (found.span() for found in pattern.finditer(text))
    if _BARE_DATE.fullmatch(text):
        yield 0, len(text)


def find_people(text: str) -> Iterator[Span]:
    """Give names that a title says to be a person's."""
    return (found.span() for found in _TITLE.finditer(text))


def find_sentences(text: str) -> Iterator[Span]:
    """Give the text when it has words that only a sentence has."""
    words = {word.lower() for word in _WORD.findall(text)}
    if len(words & _IN_SENTENCES) >= 2:
        yield 0, len(text)


def ends_in_number(text: str) -> bool:
    """Tell whether a text ends as an address does; `Noord 2` does so too."""
    return re.search(r"[a-zà-ž.],? [1-9][0-9]{0,3} ?[a-z]?$", text, re.IGNORECASE) is not None


def may_be_person(text: str) -> bool:
    """Tell whether a whole text has the form of a name: initials, or a known first name.

    Some places are called after people too, so this counts for a column, never for one text.
    """
    if not (_INITIALS.fullmatch(text) or _FULL_NAME.fullmatch(text)):
        return False
    return _PLACE_END.search(text) is None
