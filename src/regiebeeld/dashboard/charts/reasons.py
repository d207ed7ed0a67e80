"""Words that a release holds in Dutch, in the language that is spoken: reasons and denominators."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

from regiebeeld.dashboard.charts.formats import name_day, name_period, write_count
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.domain import ContractError, read_period
from regiebeeld.releases.language import DUTCH, fill_in, join_pieces, keep_dutch, spoken

_HERE = Path(__file__).parent
_PLACE = re.compile(r"\\\{(\w+)\\\}")
_CODE = re.compile(r"\d{4}-\d\d|\d\d-\d\d-\d{4}")
_SENTENCE_END = re.compile(r"(?<=\.) (?=['A-Z])")


def say_reason(reason: str) -> str:
    """Give why there is no figure; as it was written where that is in no other language."""
    return reason if spoken() == DUTCH else _translate(reason, spoken())


def say_told(text: str) -> str:
    """Give sentences that a run wrote in Dutch; those without a translation are marked as Dutch."""
    if spoken() == DUTCH and not _CODE.search(text):  # its days and periods are words already
        return text
    if _find(text) is not None:
        return _translate(text, spoken())
    parts: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        parts += [" "] * bool(parts) + [_translate(sentence, spoken())]
    return join_pieces(parts)


@cache
def _translate(text: str, language: str) -> str:
    found = _find(text)
    if found is None:
        return keep_dutch(text)
    match, words = found
    return fill_in(words[language], {n: _write(n, t) for n, t in match.groupdict().items()})


def _find(text: str) -> tuple[re.Match[str], dict[str, str]] | None:
    tried = ((pattern.fullmatch(text), words) for pattern, words in _read_patterns())
    return next(((match, words) for match, words in tried if match), None)


def _write(name: str, text: str) -> str:
    """Write what stands at a place: a number, a day, a period, words, or what stays as it is."""
    if name.islower():
        return write_count(int(text.replace(".", "")))
    if name.isupper():
        key = f"level.{text}"
        return TEXTS(key) if key in TEXTS else say_told(text)
    if name == "Day":
        return name_day(datetime.strptime(text, "%d-%m-%Y").date().isoformat())
    return _name_period(text) if name.endswith("Period") else text


def _name_period(text: str) -> str:
    try:
        return name_period(read_period(text))
    except ContractError:
        return text


@cache
def _read_patterns() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    entries = [
        entry
        for name in ("reasons.yaml", "told.yaml")
        for entry in yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
    ]
    return tuple(
        (re.compile(_PLACE.sub(_match_place, re.escape(entry["nl"]))), entry) for entry in entries
    )


def _match_place(place: re.Match[str]) -> str:
    name = place.group(1)
    if name.islower():
        return rf"(?P<{name}>\d[\d.]*)"
    if name == "LEVEL":
        return "(?P<LEVEL>regio|gemeente|wijk|buurt)"
    return rf"(?P<{name}>\d\d-\d\d-\d{{4}})" if name == "Day" else rf"(?P<{name}>.+?)"


def name_base(figure: str | None) -> str:
    """Give what a rate is per thousand of: `woningen`, `homes`."""
    key = f"base.{figure}"
    return TEXTS(key) if key in TEXTS else str(figure)
