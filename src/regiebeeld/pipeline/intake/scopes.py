"""Which gemeente a delivery tells: one, or the whole region, said or unsaid.

Refuses a file that would silently replace what single gemeenten delivered.
"""

from pathlib import Path

from regiebeeld.catalogue import Region
from regiebeeld.catalogue.faults import suggest
from regiebeeld.domain import ContractError
from regiebeeld.ledger import WHOLE_REGION, Delivery
from regiebeeld.pipeline.intake.history import REST, state_as_of
from regiebeeld.pipeline.intake.limits import RefusedFile

_NAMED = 5


def read_scope(region: Region, text: str | None) -> str | None:
    """Read the gemeente that a sender names: a code of the region, WHOLE_REGION, or None.

    Raises ContractError for any other word.
    """
    if text is None:
        return None
    known = {code.lower(): code for code in region.gemeente_codes} | {WHOLE_REGION: WHOLE_REGION}
    word = text.strip().lower()
    if word not in known:
        raise ContractError(
            f"{text!r} is geen gemeente van {region.title}{suggest(word, known)}; noem een code "
            f"zoals {next(iter(region.gemeente_codes))}, of {WHOLE_REGION} als het bestand de "
            "hele regio vertelt"
        )
    return known[word]


def gemeente_of(row: Delivery) -> str | None:
    """Give the one gemeente that a delivery tells; None when it tells the whole region."""
    return None if row.gemeente in (None, WHOLE_REGION) else row.gemeente


def refuse_unsaid(deliveries: Path, row: Delivery) -> None:
    """Raise RefusedFile for a whole region that nobody named, where single gemeenten deliver."""
    if row.gemeente is not None:
        return
    told_by = state_as_of(deliveries, row.source).told_by
    alone = sorted({name for by in told_by.values() for name in by if name != REST})
    if alone:
        more = f" en nog {len(alone) - _NAMED}" if len(alone) > _NAMED else ""
        raise RefusedFile(
            "gemeente",
            f"Deze bron komt per gemeente (nu van {', '.join(alone[:_NAMED])}{more}), en dit "
            "bestand zegt niet van welke het is. Lever het opnieuw met `--gemeente` of in de map "
            f"van de gemeente. Vertelt het de hele regio, lever het dan met `--gemeente "
            f"{WHOLE_REGION}` of in de map `{WHOLE_REGION}`; dan vervangt het alles wat de "
            "gemeenten over deze periodes leverden.",
        )
