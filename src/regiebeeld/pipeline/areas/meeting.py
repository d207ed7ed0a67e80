"""Joins the rows that meet in one new area.

Refuses to add a missing count to a known one: the answer is missing, with the reason.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.domain import Status

EXPECTED, FROM_ESTIMATE, SHARE = "_expected", "_from_estimate", "estimated_share"
EVENT_KEY = "event_key"
REASON_MET = "een deel van dit gebied heeft geen cijfer"


def join_meeting(moved: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Add the rows with equal keys; null with a number is null: missing, with a reason."""
    whole = pc.ScalarAggregateOptions(skip_nulls=False)
    joined = moved.group_by(list(keys), use_threads=False).aggregate(
        [
            ("count", "sum", whole),
            ("count", "count", pc.CountOptions(mode="only_valid")),
            ("status", "min"),
            ("status", "max"),
            ("reason", "min"),
            (EXPECTED, "sum"),
            (FROM_ESTIMATE, "sum"),
            (EVENT_KEY, "sum"),  # modulo 2^64, as keys of sets are added
        ]
    )
    met = pc.and_(pc.is_null(joined["count_sum"]), pc.greater(joined["count_count"], 0))
    unlike = pc.and_(
        pc.is_null(joined["count_sum"]), pc.not_equal(joined["status_min"], joined["status_max"])
    )
    columns = {name: joined[name] for name in keys} | {
        "count": joined["count_sum"],
        "status": pc.if_else(pc.or_(met, unlike), str(Status.MISSING), joined["status_min"]),
        "reason": pc.if_else(met, REASON_MET, joined["reason_min"]),
        EXPECTED: joined[f"{EXPECTED}_sum"],
        FROM_ESTIMATE: joined[f"{FROM_ESTIMATE}_sum"],
        EVENT_KEY: joined[f"{EVENT_KEY}_sum"],
    }
    return pa.table({name: columns[name] for name in moved.column_names}, schema=moved.schema)


def share_of_estimate(moved: pa.Table) -> pa.Table:
    """Replace the expectations by `estimated_share`: 0 where nothing came over a divided area."""
    total, estimated = moved[EXPECTED], moved[FROM_ESTIMATE]
    share = pc.if_else(
        pc.greater(total, 0), pc.divide(estimated, pc.max_element_wise(total, 1e-300)), 0.0
    )
    share = pc.if_else(pc.is_null(moved["count"]), 0.0, share)
    return moved.drop_columns([EXPECTED, FROM_ESTIMATE]).append_column(SHARE, share)
