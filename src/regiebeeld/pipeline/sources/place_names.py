"""Names of places to area codes: whole names first, cut ones when unique, never the nearest."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from regiebeeld.catalogue.models import Gemeente
from regiebeeld.domain import AreaLevel, ContractError, LinkError
from regiebeeld.domain.areas import ABROAD, UNKNOWN
from regiebeeld.pipeline.sources.count_columns import read_any_area

# What conform counts as "gebied buiten de regio": the nation's code, with the name kept behind it.
OUTSIDE = "NL00 "
NATION = "nederland"
NOWHERE = {"buitenland": ABROAD, "gemeente onbekend": UNKNOWN[AreaLevel.GEMEENTE]}
# No gemeente's whole name of this length is the beginning of another's (Utrecht, Haarlem are).
SHORTEST_CUT = 10
CLOSE = 0.85
_ABOVE = re.compile(r"\((pv|ld|re|cr|am|od)\)$")
_ADDITION = re.compile(r"\s*\([^()]*\)$")
_GEMEENTE = re.compile(r"\s*\(gemeente\)$")


def read_places(
    texts: Sequence[str], gemeenten: Sequence[Gemeente], *, mixed: bool
) -> dict[str, str]:
    """Give per text a code of `gemeenten`, the text itself, or one that counts as outside.

    texts: the distinct spellings of one column; codes stay. A name that looks like a
    gemeente that is nowhere else in the column stays unreadable, with the question which
    one is meant. mixed: the column also has wijken and buurten, which share names; then
    raises ContractError for a name that is none of the gemeenten.
    """
    known = _list_names(gemeenten)
    places = {text: text for text in texts if not text.strip() or _is_code(text)}
    named = {text: known.get(_fold(text), frozenset()) for text in texts if text not in places}
    places |= {text: NOWHERE[_fold(text)] for text in named if _fold(text) in NOWHERE}
    places |= {text: next(iter(codes)) for text, codes in named.items() if len(codes) == 1}
    absent = {g.code: g for g in gemeenten if g.code not in places.values()}
    for text in (text for text in texts if text not in places):
        if shared := named[text]:
            places[text] = f"{text} (een naam van {' en '.join(sorted(shared))})"
        elif not mixed or _fold(text) == NATION:
            places[text] = _read_rest(text, absent)
    if strange := [text for text in texts if text not in places]:
        raise ContractError(
            f"{strange[0]!r} is geen gemeente van de regio ({len(strange)} namen); wijken en "
            "buurten met dezelfde naam zijn niet uit elkaar te houden. Kies in StatLine alleen "
            "gemeenten van de regio, of download de onbewerkte gegevens: die hebben codes"
        )
    return places


def _list_names(gemeenten: Sequence[Gemeente]) -> Mapping[str, frozenset[str]]:
    codes: dict[str, set[str]] = defaultdict(set)
    for gemeente in gemeenten:
        for name in (gemeente.name, *gemeente.aliases):
            codes[_fold(name)].add(gemeente.code)
    return {name: frozenset(found) for name, found in codes.items()}


def _fold(text: str) -> str:
    """Give a name without case, accents, apostrophes, double spaces and "(gemeente)"."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in letters if not unicodedata.combining(c) and c not in "'`’‘")
    return _GEMEENTE.sub("", " ".join(bare.split()))


def _is_code(text: str) -> bool:
    try:
        read_any_area(text)
    except LinkError:
        return False
    return True


def _read_rest(text: str, absent: Mapping[str, Gemeente]) -> str:
    """Read a name that is no whole name of the region, against the gemeenten not yet found."""
    place = _fold(text)
    if _ABOVE.search(place):
        return OUTSIDE + text
    names = _list_names(tuple(absent.values()))
    cut = place.rstrip(" .…")
    begun = {code for name, codes in names.items() if name.startswith(cut) for code in codes}
    if len(cut) >= SHORTEST_CUT and len(begun) == 1:
        return begun.pop()
    if meant := _find_alike(place, names):
        name = absent[meant].name
        return f"{text} (bedoelt u {name}? zet deze naam dan in region.yaml bij aliases)"
    return OUTSIDE + text


def _find_alike(place: str, names: Mapping[str, frozenset[str]]) -> str | None:
    """Find a gemeente whose name differs by a letter or by an addition such as "(O.)"."""
    bare = {_ADDITION.sub("", name): name for name in names}
    near = get_close_matches(place, names, n=1, cutoff=CLOSE)
    name = bare.get(_ADDITION.sub("", place)) or next(iter(near), None)
    return min(names[name]) if name else None
