"""Words that a release holds in Dutch, in the language that is spoken: reasons and denominators."""

import re
from functools import cache
from pathlib import Path

import yaml

from regiebeeld.dashboard.charts.formats import write_count
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.releases.language import DUTCH, spoken

_FILE = Path(__file__).parent / "reasons.yaml"
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def say_reason(reason: str) -> str:
    """Give why there is no figure; as it was written where that is in no other language."""
    return reason if spoken() == DUTCH else _translate(reason, spoken())


@cache
def _translate(reason: str, language: str) -> str:
    for pattern, words in _read_patterns():
        if found := pattern.fullmatch(reason):
            numbers = {
                name: write_count(int(text.replace(".", "")))
                for name, text in found.groupdict().items()
            }
            return words[language].format(**numbers)
    return reason


@cache
def _read_patterns() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(
        (re.compile(_PLACE.sub(r"(?P<\1>[\\d.]+)", re.escape(entry["nl"]))), entry)
        for entry in entries
    )


def name_base(figure: str | None) -> str:
    """Give what a rate is per thousand of: `woningen`, `homes`."""
    key = f"base.{figure}"
    return TEXTS(key) if key in TEXTS else str(figure)
