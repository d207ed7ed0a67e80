"""The proof of a release as one tagged A4 page (PDF/UA-1); words go in as data, never as source.

Uses only fonts that come with the program, so that every machine makes the same bytes.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from regiebeeld.dashboard.charts import Row, Table
from regiebeeld.dashboard.exports.proof import PROOF_TEXTS, Block, Proof
from regiebeeld.releases.language import spoken

_SOURCE = (Path(__file__).parent / "proof.typ").read_bytes()
# What fits on one page in the smallest letter that is still read with ease.
MOST_ROWS, MOST_POINTS, LONGEST = 14, 5, 160
_CUT = "…"


def write_proof_pdf(proof: Proof, made_at: str) -> bytes:
    """Give the PDF; `made_at` (ISO) is the day it bears. The same proof gives the same bytes.

    What is left out for want of room, and the language of the file, are in that which is spoken.
    """
    words = json.dumps(_as_data(proof), ensure_ascii=False)
    made: bytes = typst.compile(
        _SOURCE,
        format="pdf",
        sys_inputs={"proof": words},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=_read_moment(made_at),
    )
    return made


def _read_moment(text: str) -> int:
    """Read the second of an ISO moment, in UTC where it does not say; 0 for another text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _as_data(proof: Proof) -> dict[str, Any]:
    blocks = [_shorten(block) for block in proof.blocks if not block.on_page]
    return {
        "language": spoken(),
        "title": proof.title,
        "about": _clip(proof.about),
        "invented": proof.invented,
        "sentence": proof.sentence,
        "more": _first(proof.more),
        "blocks": [
            {
                "title": block.title,
                "paragraphs": list(block.paragraphs),
                "points": list(block.points),
                "numeric": block.numeric,
                "table": _table_as_data(block.table) if block.table else None,
            }
            for block in blocks
        ],
    }


def _first(texts: tuple[str, ...]) -> list[str]:
    """Keep the first texts and the last one, which says what to do; say how many are left out."""
    if len(texts) > MOST_POINTS:
        rest = PROOF_TEXTS("proof.points_more", number=len(texts) - MOST_POINTS + 1)
        texts = (*texts[: MOST_POINTS - 2], rest, texts[-1])
    return [_clip(text) for text in texts]


def _shorten(block: Block) -> Block:
    """Leave out rows that do not fit on the page, and say so; the last row is that of all."""
    table = block.table
    if not block.numeric or table is None:
        return block
    points = tuple(_first(block.points))
    rows = table.rows
    if len(rows) > MOST_ROWS:
        more = PROOF_TEXTS("proof.account_more", number=len(rows) - MOST_ROWS)
        empty = ("",) * len(rows[0].cells)
        rows = (*rows[: MOST_ROWS - 1], Row(more, empty), rows[-1])
    return replace(block, points=points, table=Table(table.caption, table.columns, rows))


def _clip(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + _CUT


def _table_as_data(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "columns": list(table.columns),
        "rows": [[_clip(row.head), *row.cells] for row in table.rows],
    }
