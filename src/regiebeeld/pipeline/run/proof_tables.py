"""The proof that goes with a release: what the gate found per source, and the policy in words."""

from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa

from regiebeeld.catalogue import Catalogue
from regiebeeld.catalogue.models import DisclosureClass
from regiebeeld.pipeline.gate.passed import Passed
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.pipeline.run.source_tables import SourceAccount
from regiebeeld.releases.writing import PROOF_SCHEMAS

_TITLES = {
    DisclosureClass.PUBLIC: "Openbare cijfers",
    DisclosureClass.NOT_ABOUT_PERSONS: "Cijfers die niet over mensen gaan",
    DisclosureClass.PERSONS: "Cijfers over mensen",
}


def proof_tables(
    catalogue: Catalogue, cells: CellTables, passed: Passed, accounts: Sequence[SourceAccount]
) -> dict[str, pa.Table]:
    """Give the tables gate_account, policy and policy_source."""
    classes = catalogue.audiences.classes if catalogue.audiences else ()
    policy = [
        {"class": c.id.value, "title": _TITLES[c.id], "publish": c.publish, "words": c.because}
        for c in classes
    ]
    finest: dict[str, dict[str, None]] = {}
    for _, indicator, source in cells.indicators:
        words = (f"{f.level.value} x {f.period.value}" for f in indicator.finest)
        finest.setdefault(source, {}).update(dict.fromkeys(words))
    sources = [
        {
            "source": account.id,
            "class": account.gathered.source.terms.disclosure.value,
            "finest": "; ".join(finest.get(account.gathered.source.id, ())),
        }
        for account in accounts
    ]
    judged = [
        {
            **asdict(each),
            "source": each.events,
            "outside": "; ".join(passed.outside.get(each.events, ())),
        }
        for each in passed.accounts
    ]
    rows = {"gate_account": judged, "policy": policy, "policy_source": sources}
    return {
        name: pa.Table.from_pylist(
            [{k: row[k] for k in schema.names} for row in rows[name]], schema=schema
        )
        for name, schema in PROOF_SCHEMAS.items()
    }
