"""Rules for policy_fields.yaml: what a field names exists, stands in it once, and is on a page."""

from collections.abc import Iterator

from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.policy_fields import PolicyField
from regiebeeld.catalogue.rules import Files, fault_in, repeats, rule, unknown_mentions

_OWNER = "PolicyFields:policy_fields"


def _fields(catalogue: Catalogue) -> tuple[PolicyField, ...]:
    return catalogue.policy_fields.fields if catalogue.policy_fields else ()


@rule
def policy_fields_name_known_themes(catalogue: Catalogue, files: Files) -> Iterator[str]:
    del catalogue  # the file as it was written says it, also when it is broken
    yield from unknown_mentions(files, "PolicyFields", ("fields", "*", "themes", "*"), "Theme")


@rule
def policy_fields_name_known_indicators(catalogue: Catalogue, files: Files) -> Iterator[str]:
    del catalogue
    place = ("fields", "*", "indicators", "*")
    yield from unknown_mentions(files, "PolicyFields", place, "Indicator")


@rule
def policy_fields_say_each_thing_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    fields = _fields(catalogue)
    for i, name in repeats([one.id for one in fields]):
        words = f"{name!r} staat hier voor de tweede keer"
        yield fault_in(files, _OWNER, ("fields", i, "id"), words)
    for i, one in enumerate(fields):
        for kind, names in (("themes", one.themes), ("indicators", one.indicators)):
            for j, name in repeats(list(names)):
                words = f"{name!r} staat hier voor de tweede keer"
                yield fault_in(files, _OWNER, ("fields", i, kind, j), words)


@rule
def policy_fields_lead_somewhere(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for i, one in enumerate(_fields(catalogue)):
        if not one.themes and not one.indicators:
            words = "leidt nergens heen: noem onder themes of indicators wat erbij hoort"
            yield fault_in(files, _OWNER, ("fields", i), words)


@rule
def figures_of_policy_fields_have_a_page(catalogue: Catalogue, files: Files) -> Iterator[str]:
    if files.loose or not catalogue.themes.keys() >= set(files.names("Theme")):
        return  # a theme that could not be read may hold it; that is told already
    shown = {name for theme in catalogue.themes.values() for name in theme.indicators}
    for i, one in enumerate(_fields(catalogue)):
        for j, name in enumerate(one.indicators):
            if name in catalogue.indicators and name not in shown:
                words = f"{name!r} staat op geen enkele pagina: zet het bij een thema"
                yield fault_in(files, _OWNER, ("fields", i, "indicators", j), words)


@rule
def figures_of_policy_fields_add_something(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for i, one in enumerate(_fields(catalogue)):
        themes = [catalogue.themes[name] for name in one.themes if name in catalogue.themes]
        for j, name in enumerate(one.indicators):
            whole = next((theme.id for theme in themes if name in theme.indicators), None)
            if whole is not None:
                words = f"{name!r} hoort al bij het thema {whole!r}: haal een van beide weg"
                yield fault_in(files, _OWNER, ("fields", i, "indicators", j), words)
