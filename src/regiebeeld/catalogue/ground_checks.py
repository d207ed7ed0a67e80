"""Rules for the ground of an agreement: the article, the decision behind it, who, and until when.

Anything that is not on the closed lists is a fault; a spelling never decides.
"""

import datetime as dt
import re
from collections.abc import Iterator

from regiebeeld.catalogue.agreement_checks import agreement_owner, all_agreements
from regiebeeld.catalogue.agreements import EVERYBODY, Agreement
from regiebeeld.catalogue.contracts import Source, place_of_terms
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.fields import Role, fields_with
from regiebeeld.catalogue.legal_articles import (
    Law,
    explain_article,
    explain_role,
    explain_uavg,
    needs_permission,
)
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import DisclosureClass, Grain, Label, RowsGround
from regiebeeld.catalogue.rules import Files, fault_in, rule

# What an exception of a contract asks of the agreement.
_LAW_OF_ROWS = {RowsGround.PUBLIC_BY_OWNER: Law.WOO, RowsGround.FIRE_SERVICE: Law.WVR}
_AVG_SINCE = dt.date(2018, 5, 25)
_LONGEST_YEARS = 10


@rule
def articles_stand_on_the_list(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        owner, basis = agreement_owner(region, name), agreement.transfer_basis
        if words := explain_article(basis.law, basis.article):
            yield fault_in(files, owner, ("transfer_basis", "article"), words)
        own = agreement.receiver_basis
        if words := explain_uavg(own.uavg, own.special):
            yield fault_in(files, owner, ("receiver_basis", "uavg"), words)


@rule
def articles_that_ask_for_a_permission_have_it(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        basis = agreement.transfer_basis
        if needs_permission(basis.law, basis.article) and not _permits(agreement):
            words = (
                f"{basis.law} {basis.article} heeft een besluit of toestemming nodig, "
                "met nummer en datum"
            )
            if agreement.permissions:
                words += f"; geen van deze noemt artikel {basis.article} {basis.law}"
            yield fault_in(files, agreement_owner(region, name), ("permissions",), words)


def _permits(agreement: Agreement) -> bool:
    """A permission of one article does not open another; the Wjsg's is not by article."""
    basis = agreement.transfer_basis
    named = re.compile(rf"\bartikel {re.escape(basis.article)}\b")
    return any(basis.law is not Law.WPG or named.search(one.what) for one in agreement.permissions)


@rule
def rows_about_persons_have_a_decision(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """Counts are the default; rows need Wpg 20, or an exception that the contract names."""
    for region, name, agreement in all_agreements(catalogue):
        source = catalogue.sources.get(name)
        if source and _holds_rows_of_persons(source):
            why, basis = source.terms.rows_because, agreement.transfer_basis
            words = ""
            if why is None and not (basis.law is Law.WPG and basis.article == "20"):
                words = "regels over personen hebben een besluit van Wpg 20 nodig; lever aantallen"
            elif why is not None and basis.law is not _LAW_OF_ROWS[why]:
                words = f"{basis.law} past niet bij {why}: de bron vraagt {_LAW_OF_ROWS[why]}"
            if words:
                place: Place = ("transfer_basis", "law")
                yield fault_in(files, agreement_owner(region, name), place, words)


@rule
def exceptions_for_rows_fit_their_contract(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in catalogue.sources.values():
        why = source.terms.rows_because
        words = ""
        if why and not _holds_rows_of_persons(source):
            words = "hoort alleen bij regels (grain: event) over personen"
        elif why and any(fields_with(source.fields, Role.ROW_KEY)):
            words = f"{why} kan niet: wie elke regel een nummer geeft, levert uit een eigen systeem"
        if words:
            owner = f"Source:{source.id}"
            place = (*place_of_terms(files[owner].values), "rows_because")
            yield fault_in(files, owner, place, words)


def _holds_rows_of_persons(source: Source) -> bool:
    terms = source.terms
    return terms.grain is Grain.EVENT and terms.disclosure is DisclosureClass.PERSONS


@rule
def special_data_have_their_ground(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        source = catalogue.sources.get(name)
        limits = catalogue.limits
        subject = limits.find(source.terms.subject) if source and limits else None
        has = {ground.partition(".")[0] for ground in agreement.receiver_basis.special}
        for needed in subject.special if subject else ():
            if needed not in has:
                words = f"mist AVG {needed}: {subject.title if subject else name} vraagt die grond"
                place: Place = ("receiver_basis", "special")
                yield fault_in(files, agreement_owner(region, name), place, words)


@rule
def receivers_are_no_wider_than_the_label(catalogue: Catalogue, files: Files) -> Iterator[str]:
    audiences = catalogue.audiences.audiences if catalogue.audiences else ()
    everyone = {one.id for one in audiences if one.labels == (Label.OPENBAAR,)} | {EVERYBODY}
    for region, name, agreement in all_agreements(catalogue):
        source = catalogue.sources.get(name)
        for i, receiver in enumerate(agreement.receivers):
            if source and receiver in everyone and source.terms.label is not Label.OPENBAAR:
                words = f"{receiver} kan niet: de bron heeft het label {source.terms.label}"
                # That persons have named receivers is told by its own rule.
                if not (receiver == EVERYBODY and _is_about_persons(source)):
                    place: Place = ("receivers", i)
                    yield fault_in(files, agreement_owner(region, name), place, words)


def _is_about_persons(source: Source) -> bool:
    return source.terms.disclosure is DisclosureClass.PERSONS


@rule
def those_responsible_are_parties(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        for i, controller in enumerate(agreement.controllers):
            if controller not in agreement.parties:
                words = f"{controller!r} staat niet onder parties"
                yield fault_in(files, agreement_owner(region, name), ("controllers", i), words)


@rule
def agreements_name_a_role_to_ask(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        if words := explain_role(agreement.contact_role):
            yield fault_in(files, agreement_owner(region, name), ("contact_role",), words)


@rule
def agreements_end_after_they_start(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """It reads the file as written, so that it is told beside every other fault of that file."""
    for owner in sorted(name for name in files.opened if name.startswith("Agreement:")):
        values = files[owner].values
        start, end = _day(values.get("start")), _day(values.get("end"))
        region = catalogue.regions.get(owner.partition(":")[2].partition("/")[0])
        if start is None or end is None:
            continue
        if end < start:
            yield fault_in(files, owner, ("end",), f"{end} ligt voor start {start}")
        elif end > _years_later(start) and not (region and region.invented):
            words = f"{end} is te ver: een afspraak duurt hooguit {_LONGEST_YEARS} jaar"
            yield fault_in(files, owner, ("end",), words)


@rule
def papers_are_no_older_than_the_law_and_no_newer_than_the_start(
    catalogue: Catalogue, files: Files
) -> Iterator[str]:
    for region, name, agreement in all_agreements(catalogue):
        owner, assessed, processor = (
            agreement_owner(region, name), agreement.dpia.date, agreement.processor,
        )  # fmt: skip
        if assessed and assessed < _AVG_SINCE:
            words = f"{assessed} kan niet: de DPIA bestaat sinds {_AVG_SINCE} (AVG)"
            yield fault_in(files, owner, ("dpia", "date"), words)
        if processor and processor.date > agreement.start:
            words = f"{processor.date} ligt na de start: eerst de overeenkomst, dan gegevens"
            yield fault_in(files, owner, ("processor", "date"), words)


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None  # told as a wrong form


def _years_later(start: dt.date) -> dt.date:
    """Ten years on, the same day; 29 February becomes 28 February."""
    day = 28 if (start.month, start.day) == (2, 29) else start.day
    return start.replace(year=min(start.year + _LONGEST_YEARS, dt.MAXYEAR), day=day)
