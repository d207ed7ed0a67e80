"""Rules for english.yaml: what is translated exists."""

from collections.abc import Iterator

from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.rules import Files, fault_in, rule

_OWNER = "English:english"


@rule
def english_words_belong_to_something(catalogue: Catalogue, files: Files) -> Iterator[str]:
    english = catalogue.english
    if english is None or files.loose:
        return
    known = {
        "sources": {*catalogue.sources, *files.names("Source")},
        "themes": {*catalogue.themes, *files.names("Theme")},
        "indicators": {*catalogue.indicators, *files.names("Indicator")},
    }
    if catalogue.policy_fields is not None:  # absent or spoilt: its ids are not known
        known["policy_fields"] = {field.id for field in catalogue.policy_fields.fields}
    for kind, names in known.items():
        for name in getattr(english, kind):
            if name not in names:
                words = f"{name!r} bestaat niet{suggest(name, names)}"
                yield fault_in(files, _OWNER, (kind, name), words)


@rule
def english_breakdowns_have_the_same_values(catalogue: Catalogue, files: Files) -> Iterator[str]:
    found = catalogue.english.indicators if catalogue.english else {}
    for name, words in found.items():
        indicator = catalogue.indicators.get(name)
        if indicator is None or words.breakdown is None:
            continue
        mine = set(indicator.breakdown.values) if indicator.breakdown else set()
        if other := mine ^ set(words.breakdown.values):
            told = f"noemt andere waarden dan het cijfer: {', '.join(sorted(other))}"
            yield fault_in(files, _OWNER, ("indicators", name, "breakdown", "values"), told)
