"""The traits of people that no driver and no peer may be chosen by: a closed list, refused."""

import re
from collections.abc import Iterable, Iterator

# Stems of words in the names of key figures, each with the ground it stands for: the grounds of
# the Algemene wet gelijke behandeling and article 9 AVG, and who is in need of help. A place is
# described by what stands there, not by who lives there.
FORBIDDEN: dict[str, str] = {
    **dict.fromkeys(("jong", "jeugd", "kind", "minderjarig", "leeftijd", "youth", "young"), "age"),
    **dict.fromkeys(("ouderen", "senior", "bejaard", "vergrijz", "aow", "elderly"), "age"),
    **dict.fromkeys(("man", "mannen", "vrouw", "geslacht", "gender", "sex", "seks"), "sex"),
    **dict.fromkeys(("herkomst", "migra", "allochtoon", "autochtoon", "westers"), "origin"),
    **dict.fromkeys(("niet_westers", "nationalit", "geboren", "geboorteland"), "origin"),
    **dict.fromkeys(("europa", "nederland", "buitenland", "etni", "ras", "origin"), "origin"),
    **dict.fromkeys(("marokk", "antill", "aruba", "surina", "turk", "asiel"), "origin"),
    **dict.fromkeys(("ethnic", "race", "vluchteling", "statushouder", "oekra"), "origin"),
    **dict.fromkeys(
        ("religi", "geloof", "kerk", "moskee", "islam", "christ", "moslim"), "religion"
    ),
    **dict.fromkeys(("politiek", "partij", "stemmen", "vakbond"), "conviction"),
    **dict.fromkeys(("ziekte", "gezond", "handicap", "beperking", "ggz", "psych"), "health"),
    **dict.fromkeys(("zorg", "wmo", "arbeidsongeschikt", "ao", "verslaaf", "health"), "health"),
    **dict.fromkeys(("ongehuwd", "gehuwd", "gescheid", "verweduwd"), "marital_status"),
    **dict.fromkeys(("bijstand", "uitkering", "schuld", "dakloos"), "in_need"),
}
# Short stems would hit harmless words (kind: kinderdagverblijf; ras: raster): these must be whole.
_WHOLE = {"man", "ras", "ao", "sex", "aow", "race", "nederland", "europa", "kind"}
# As CBS spells and shortens them over the years, words joined by underscores.
_PHRASES = {
    re.compile(r"\d+_(tot|tm|t_m|en)_\d+_?(jaar|jarig)|jaar_(of|en)_ouder|jarige"): "age",
    re.compile(r"\d+_\d+_jr|eo_jr|hh_[mz]_k$"): "age",
    re.compile(r"(west|n_w)_al|over_nw|ant_aru|geb_(in|buiten)_nl"): "origin",
    re.compile(r"uit_?tot$|soz_ow"): "in_need",
}
_BREAKS = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])"
)


def find_protected(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (name, ground) for each name of a key figure that tells a protected trait."""
    for name in names:
        words = [word.casefold() for word in _BREAKS.split(name) if word]
        whole = "_".join(words)
        grounds = [ground for phrase, ground in _PHRASES.items() if phrase.search(whole)]
        grounds += [FORBIDDEN[stem] for word in words for stem in FORBIDDEN if _tells(word, stem)]
        ground = next(iter(grounds), None)
        if ground is not None:
            yield name, ground


def refuse_protected(names: Iterable[str]) -> None:
    """Refuse names that tell a protected trait: raises ValueError that names them all."""
    found = [f"{name} ({ground})" for name, ground in find_protected(names)]
    if found:
        raise ValueError(f"never by a protected trait of people: {', '.join(found)}")


def _tells(word: str, stem: str) -> bool:
    if stem in _WHOLE:
        return word in {stem, f"{stem}en", f"{stem}eren"}
    return word.startswith(stem)
