"""The register of processing (AVG 30) and who may see what, computed from contract and agreement.

Knows nothing of data, and never says yes where a rule is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from regiebeeld.catalogue.agreements import EVERYBODY, Agreement, may_use
from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.fields import LINK_ROLES, Role
from regiebeeld.catalogue.models import Audience, DisclosureClass, Finest, Region, Unit
from regiebeeld.catalogue.reasons import Receiver, reasons_for, reasons_for_nobody

FOR_ALL = (
    "Voor alles geldt: alleen aantallen blijven. Sleutels om te koppelen en het bestand zelf "
    "worden na het tellen gewist.\nWat niet beschermd is, staat apart van de website. Elke "
    "levering staat in een register. Er gaat niets buiten de EU."
)
_CLASSES = {
    DisclosureClass.PUBLIC: "door de eigenaar openbaar gemaakt",
    DisclosureClass.NOT_ABOUT_PERSONS: "niet over personen",
    DisclosureClass.PERSONS: "over personen",
}
_INVOLVED = "mensen die bij het getelde betrokken zijn"
_SUBJECTS = {
    Unit.MELDING: "mensen over wie of door wie is gemeld",
    Unit.REGISTRATIE: "mensen die bij een registratie betrokken zijn",
    Unit.ZAAK: "mensen om wie een zaak gaat",
    Unit.ADRES: "bewoners van een adres",
    Unit.PERSOON: "de getelde personen",
}
_COUNTED_INTO = (Role.EVENT_SET, Role.BREAKDOWN, Role.ATTEMPT)
# A code is the area itself and stays; a moment is only kept as the period it lies in.
_DROPPED = (
    *(role for role in LINK_ROLES if role is not Role.AREA_CODE),
    *(Role.BEGIN, Role.END, Role.ROW_KEY, Role.DROP),
)
_PERIODS = {
    "week": "week",
    "month": "maand",
    "quarter": "kwartaal",
    "half_year": "half jaar",
    "rolling_12_months": "12 maanden",
    "year": "jaar",
}


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One source that a region uses: what art. 30 AVG asks, in words."""

    source: str
    title: str
    about: str
    supplier: str
    subjects: str
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    agreed: tuple[tuple[str, str], ...]
    start: date | None
    end: date | None
    state: str


@dataclass(frozen=True, slots=True)
class AccessRow:
    """Whether one audience may see the figures of one source, where, and why not."""

    source: str
    title: str
    audience: str
    gemeente: str | None
    allowed: bool
    themes: tuple[str, ...]
    finest: tuple[str, ...]
    because: tuple[str, ...]


def compute_register(catalogue: Catalogue, region: Region, today: date) -> tuple[RegisterRow, ...]:
    """Give one row for each source that the region uses or has an agreement about, by title."""
    return tuple(
        _register_row(source, agreement, today) for source, agreement in _used(catalogue, region)
    )


def compute_access(catalogue: Catalogue, region: Region, today: date) -> tuple[AccessRow, ...]:
    """Give for each used source and audience whether it may be seen, and every reason why not.

    An audience that makes a file a gemeente has one row, or one a gemeente when they differ.
    """
    rows: list[AccessRow] = []
    for source, agreement in _used(catalogue, region):
        barred = [r.words for r in reasons_for_nobody(catalogue, source, agreement, today)]
        for audience in catalogue.audiences.audiences if catalogue.audiences else ():
            rows.extend(_access_rows(source, agreement, audience, region, barred))
    return tuple(rows)


def _used(catalogue: Catalogue, region: Region) -> list[tuple[Source, Agreement | None]]:
    agreed = catalogue.agreements.get(region.id, {})
    names = {*agreed, *(wanted.source for wanted in region.sources)}
    sources = [catalogue.sources[name] for name in names if name in catalogue.sources]
    sources.sort(key=lambda source: (source.title, source.id))
    return [(source, agreed.get(source.id)) for source in sources]


def _register_row(source: Source, agreement: Agreement | None, today: date) -> RegisterRow:
    terms = source.terms
    about_people = terms.disclosure is DisclosureClass.PERSONS
    return RegisterRow(
        source=source.id,
        title=source.title,
        about=_CLASSES[terms.disclosure],
        supplier=agreement.supplier if agreement else terms.publisher,
        subjects=_SUBJECTS.get(terms.unit, _INVOLVED) if about_people and terms.unit else "geen",
        kept=_kept(source) or source.columns,
        dropped=tuple(f.name for f in source.fields if f.role in _DROPPED),
        agreed=_agreed_words(agreement) if agreement else (),
        start=agreement.start if agreement else None,
        end=agreement.end if agreement else None,
        state=_state(source, agreement, today),
    )


def _kept(source: Source) -> tuple[str, ...]:
    """Give what is stored of a delivery: the area and period that are counted, and into what."""
    atom = source.terms.atom
    if atom is None:
        return ()
    parts = (f.id for f in source.fields if f.role in _COUNTED_INTO)
    return (_finest_words(atom), *parts, "aantal")


def _state(source: Source, agreement: Agreement | None, today: date) -> str:
    if not source.terms.is_delivery:
        return "geldig: openbaar gemaakt door de eigenaar"
    answer = may_use(agreement, today)
    return "geldig" if answer is True else answer.words


def _agreed_words(agreement: Agreement) -> tuple[tuple[str, str], ...]:
    """Give every part of an agreement as a heading and words, in the order of art. 30."""
    return (
        ("doel", agreement.purpose),
        ("grondslag van de verstrekking", _transfer_words(agreement)),
        ("grondslag van de ontvanger", _ground_words(agreement)),
        (
            "taak of bevoegdheid",
            "; ".join(f"{t.law} {t.article}: {t.words}" for t in agreement.task),
        ),
        ("thema's", ", ".join(agreement.themes)),
        ("ontvangers", _receiver_words(agreement)),
        ("verwerkingsverantwoordelijke", _controller_words(agreement)),
        ("verwerker", _processor_words(agreement)),
        ("besluiten", _permission_words(agreement)),
        ("DPIA", _dpia_words(agreement)),
        (
            "bewaartermijn",
            f"aantallen {agreement.retention_months} maanden; regels worden niet bewaard",
        ),
        ("aanspreekpunt", agreement.contact_role),
    )


def _transfer_words(agreement: Agreement) -> str:
    basis = agreement.transfer_basis
    return f"{basis.law} {basis.article}: {basis.wording}" if basis.article else basis.wording


def _ground_words(agreement: Agreement) -> str:
    basis = agreement.receiver_basis
    grounds = [f"AVG {ground}" for ground in (*basis.avg, *basis.special)]
    return ", ".join([*grounds, *([basis.uavg] if basis.uavg else [])]) or "geen nodig"


def _receiver_words(agreement: Agreement) -> str:
    return "iedereen" if EVERYBODY in agreement.receivers else ", ".join(agreement.receivers)


def _controller_words(agreement: Agreement) -> str:
    names = ", ".join(agreement.controllers)
    return f"{names} (samen, AVG 26: {agreement.arrangement})" if agreement.arrangement else names


def _processor_words(agreement: Agreement) -> str:
    one = agreement.processor
    return f"{one.name} (AVG 28: {one.agreement}, {tell_day(one.date)})" if one else "geen"


def _permission_words(agreement: Agreement) -> str:
    told = [f"{p.what}, {p.number}, {tell_day(p.date)}" for p in agreement.permissions]
    return "; ".join(told) or "geen nodig"


def _dpia_words(agreement: Agreement) -> str:
    dpia = agreement.dpia
    if dpia.done and dpia.date:
        return f"gedaan op {tell_day(dpia.date)}, {dpia.reference}"
    return f"niet nodig: {dpia.reason}"


def _access_rows(
    source: Source,
    agreement: Agreement | None,
    audience: Audience,
    region: Region,
    barred: list[str],
) -> Iterator[AccessRow]:
    everyone = region.gemeente_codes if audience.per_gemeente else ()
    answers = {
        code: tuple(r.words for r in reasons_for(source, agreement, Receiver(audience, code)))
        for code in everyone or (None,)
    }
    whole = len(set(answers.values())) == 1
    for code in [next(iter(answers))] if whole else list(answers):
        because = (*barred, *answers[code])
        yield AccessRow(
            source=source.id,
            title=source.title,
            audience=audience.id,
            gemeente=None if whole else code,
            allowed=not because,
            themes=agreement.themes if agreement else (),
            finest=tuple(_finest_words(finest) for finest in source.terms.finest),
            because=because,
        )


def _finest_words(finest: Finest) -> str:
    return f"{finest.level} per {_PERIODS[finest.period]}"


def tell_register(rows: tuple[RegisterRow, ...]) -> str:
    """Write the register as plain Dutch text, one block a source."""
    return "\n\n".join("\n".join(_register_lines(row)) for row in rows)


def _register_lines(row: RegisterRow) -> Iterator[str]:
    yield f"{row.title} ({row.source})"
    yield f"  stand: {row.state}"
    yield f"  gegevens: {row.about}, van {row.supplier}"
    if row.subjects != "geen":
        yield f"  betrokkenen: {row.subjects}"
    yield f"  wordt geteld: {', '.join(row.kept)}"
    if row.dropped:
        yield f"  wordt gewist: {', '.join(row.dropped)}"
    yield from (f"  {heading}: {words}" for heading, words in row.agreed)
    if row.start and row.end:
        yield f"  geldig: {tell_day(row.start)} tot en met {tell_day(row.end)}"


def tell_access(rows: tuple[AccessRow, ...]) -> str:
    """Write who may see what as plain Dutch text, with every reason why not."""
    return "\n".join(line for row in rows for line in _access_lines(row))


def _access_lines(row: AccessRow) -> Iterator[str]:
    who = f"{row.audience} {row.gemeente}" if row.gemeente else row.audience
    if not row.allowed:
        yield f"{row.title} | {who} | nee: {' '.join(row.because)}"
        return
    where = f", niet fijner dan {' of '.join(row.finest)}" if row.finest else ""
    themes = f", bij {', '.join(row.themes)}" if row.themes else ""
    yield f"{row.title} | {who} | ja{where}{themes}"


def tell_inventory(catalogue: Catalogue) -> str:
    """Write every source that was considered: helps, can, may, and the decision."""
    considered = catalogue.inventory.considered if catalogue.inventory else ()
    blocks = [
        f"{one.title}: {one.decision.replace('_', ' ')}. {one.reason}\n"
        f"  helpt het? {one.helps}: {one.helps_because}\n"
        f"  kan het? {one.can}: {one.can_because}\n"
        f"  mag het? {one.may}: {one.may_because}"
        for one in considered
    ]
    return "\n".join(blocks)


def tell_law(catalogue: Catalogue, region: Region, today: date) -> str:
    """Write all three on one page: the register, who may see what, and what was considered."""
    return "\n\n".join(
        (
            f"Register van verwerkingen van {region.title}, {tell_day(today)} (artikel 30 AVG)",
            FOR_ALL,
            tell_register(compute_register(catalogue, region, today)),
            "Wie mag wat zien, en waarom niet",
            tell_access(compute_access(catalogue, region, today)),
            "Wat is overwogen: helpt het, kan het, mag het",
            tell_inventory(catalogue),
        )
    )


def tell_day(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"
