"""Rules for agreements and the inventory: no ground, no data; what is named exists."""

from collections.abc import Iterator

from regiebeeld.catalogue.agreements import EVERYBODY, Agreement
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.inventory import Answer, Decision
from regiebeeld.catalogue.legal_articles import Law
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import DisclosureClass
from regiebeeld.catalogue.rules import (
    Files,
    fault_in,
    repeats,
    rule,
    unknown_mentions,
    unknown_word,
)


def agreement_owner(region: str, source: str) -> str:
    """Give the name under which an agreement's file is known to the rules."""
    return f"Agreement:{region}/{source}"


def all_agreements(catalogue: Catalogue) -> Iterator[tuple[str, str, Agreement]]:
    """Give region, source and agreement of each."""
    for region, agreements in catalogue.agreements.items():
        for name, agreement in agreements.items():
            yield region, name, agreement


@rule
def deliveries_have_an_agreement(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        for i, wanted in enumerate(region.sources):
            source = catalogue.sources.get(wanted.source)
            agreed = files.know("Agreement", f"{region.id}/{wanted.source}")
            if source and source.terms.is_delivery and not agreed:
                words = (
                    f"voor bron {wanted.source!r} is geen afspraak; maak "
                    f"regions/{region.id}/agreements/{wanted.source}.yaml"
                )
                yield fault_in(files, f"Region:{region.id}", ("sources", i, "source"), words)


@rule
def agreements_are_about_a_delivery(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        source = catalogue.sources.get(name)
        words = unknown_word(files, "Source", name)
        if agreement.source != name:
            words = f"moet gelijk zijn aan de bestandsnaam: {name}"
        elif source and not source.terms.is_delivery:
            words = f"bron {name!r} wordt niet geleverd maar opgehaald en heeft geen afspraak nodig"
        if words:
            yield fault_in(files, agreement_owner(region, name), ("source",), words)


@rule
def agreements_serve_known_themes(catalogue: Catalogue, files: Files) -> Iterator[str]:
    known = catalogue.known_themes()
    for region, name, agreement in all_agreements(catalogue):
        for i, theme in enumerate(agreement.themes):
            if theme not in known and not files.know("Theme", theme):
                words = f"thema {theme!r} bestaat niet{suggest(theme, known)}"
                yield fault_in(files, agreement_owner(region, name), ("themes", i), words)


@rule
def agreements_name_known_receivers(catalogue: Catalogue, files: Files) -> Iterator[str]:
    if catalogue.audiences is None:
        return
    audiences = [one.id for one in catalogue.audiences.audiences]
    for region, name, agreement in all_agreements(catalogue):
        if region not in catalogue.regions:
            continue
        known = [EVERYBODY, *audiences, *catalogue.regions[region].gemeente_codes]
        for i, receiver in enumerate(agreement.receivers):
            if receiver not in known:
                words = f"ontvanger {receiver!r} bestaat niet{suggest(receiver, known)}"
                yield fault_in(files, agreement_owner(region, name), ("receivers", i), words)


@rule
def agreements_stand_in_a_region(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, _ in all_agreements(catalogue):
        if not files.know("Region", region):
            words = f"regio {region!r} bestaat niet{suggest(region, catalogue.regions)}"
            yield fault_in(files, agreement_owner(region, name), (), words)


@rule
def figures_about_persons_have_every_ground(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        source = catalogue.sources.get(name)
        if source and source.terms.disclosure is DisclosureClass.PERSONS:
            for place, words in _missing_grounds(agreement):
                yield fault_in(files, agreement_owner(region, name), place, words)


def _missing_grounds(agreement: Agreement) -> Iterator[tuple[Place, str]]:
    if agreement.transfer_basis.law is Law.NONE:
        yield ("transfer_basis", "law"), "geen kan niet: de bron gaat over personen"
    if not agreement.receiver_basis.avg:
        yield ("receiver_basis", "avg"), "ontbreekt: de ontvanger heeft een eigen grondslag nodig"
    if not agreement.dpia.done:
        yield ("dpia", "done"), "kan niet false zijn: de bron gaat over personen (AVG 35)"
    if EVERYBODY in agreement.receivers:
        yield ("receivers",), "all kan niet: de bron gaat over personen; noem de ontvangers"


@rule
def grounds_are_written_whole(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        for place, words in _half_grounds(agreement):
            yield fault_in(files, agreement_owner(region, name), place, words)


def _half_grounds(agreement: Agreement) -> Iterator[tuple[Place, str]]:
    if agreement.dpia.done and not (agreement.dpia.date and agreement.dpia.reference):
        yield ("dpia",), "noem de datum en het kenmerk van de DPIA"
    if not agreement.dpia.done and not agreement.dpia.reason:
        yield ("dpia", "reason"), "ontbreekt: zeg waarom er geen DPIA nodig is"
    if len(agreement.controllers) > 1 and not agreement.arrangement:
        yield ("arrangement",), "ontbreekt: samen verantwoordelijk vraagt een regeling (AVG 26)"
    if agreement.supplier not in agreement.parties:
        yield ("supplier",), f"{agreement.supplier!r} staat niet onder parties"


@rule
def decisions_are_older_than_the_start(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        for i, permission in enumerate(agreement.permissions):
            if permission.date > agreement.start:
                words = f"{permission.date} ligt na de start: eerst toestemming, dan gegevens"
                place: Place = ("permissions", i, "date")
                yield fault_in(files, agreement_owner(region, name), place, words)
        if agreement.dpia.date and agreement.dpia.date > agreement.start:
            words = f"{agreement.dpia.date} ligt na de start: eerst de DPIA, dan gegevens"
            yield fault_in(files, agreement_owner(region, name), ("dpia", "date"), words)


@rule
def the_inventory_names_each_source_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    considered = catalogue.inventory.considered if catalogue.inventory else ()
    for i, name in repeats([one.id for one in considered]):
        words = f"{name!r} staat hier voor de tweede keer"
        yield fault_in(files, "Inventory:inventory", ("considered", i, "id"), words)
    yield from unknown_mentions(files, "Inventory", ("considered", "*", "sources", "*"), "Source")


@rule
def what_is_rejected_is_not_used(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for i, one in enumerate(catalogue.inventory.considered if catalogue.inventory else ()):
        place: Place = ("considered", i, "decision")
        if one.decision is Decision.REJECTED and one.sources:
            words = "afgewezen kan niet: er is een contract voor"
            yield fault_in(files, "Inventory:inventory", place, words)
        if one.may is Answer.NO and one.decision is not Decision.REJECTED:
            words = f"{one.decision} kan niet: wat niet mag, is afgewezen"
            yield fault_in(files, "Inventory:inventory", place, words)


@rule
def every_source_was_considered(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """A contract that nobody weighed must not exist."""
    if catalogue.inventory is None:
        return
    weighed = {name for one in catalogue.inventory.considered for name in one.sources}
    for source in catalogue.sources.values():
        if source.terms.is_delivery and source.id not in weighed:
            words = "staat niet in catalogue/inventory.yaml: helpt het, kan het, mag het?"
            yield fault_in(files, f"Source:{source.id}", ("id",), words)


def tell_unagreed(catalogue: Catalogue) -> list[str]:
    """Say for each region which sources its door still refuses; no fault, a reminder."""
    return [
        f"Let op: {region} heeft nog geen afspraak over {', '.join(names)}; "
        "de deur weigert elk bestand ervan."
        for region, names in find_unagreed(catalogue)
        if names
    ]


def tell_unused(catalogue: Catalogue) -> list[str]:
    """Say for each region which agreed sources stand in no release: region.yaml lists them not."""
    told = []
    for region in catalogue.regions.values():
        listed = {wanted.source for wanted in region.sources}
        agreed = sorted(set(catalogue.agreements.get(region.id, {})) - listed)
        if agreed:
            told.append(
                f"Let op: {region.id} heeft een afspraak over {', '.join(agreed)}; zonder regel "
                f"bij sources in regions/{region.id}/region.yaml komt dat in geen versie."
            )
    return told


def find_unagreed(catalogue: Catalogue) -> list[tuple[str, tuple[str, ...]]]:
    """Give per region the delivered sources that it has no agreement about."""
    delivered = sorted(s.id for s in catalogue.sources.values() if s.terms.is_delivery)
    agreed = {region: catalogue.agreements.get(region, {}) for region in sorted(catalogue.regions)}
    return [
        (region, tuple(name for name in delivered if name not in known))
        for region, known in agreed.items()
    ]
