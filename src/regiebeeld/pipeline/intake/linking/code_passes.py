"""Linking by the code of an area: of the year of the row, else of another year there is."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel, LinkError, read_area_code
from regiebeeld.domain.areas import ABROAD, UNKNOWN, may_be_unknown
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.intake.linking.draft import Job
from regiebeeld.pipeline.intake.linking.frame import LinkFrame
from regiebeeld.pipeline.intake.linking.methods import Method, Reason
from regiebeeld.pipeline.intake.linking.texts import Encoded, encode_texts

_NOT_FOUND = -1
NEITHER, COARSE, FINE = 0, 1, 2


def link_codes(job: Job) -> None:
    """Link codes of a buurt; note codes of a wijk or gemeente for when nothing finer links."""
    if not job.may_link("area_code"):
        return
    encoded = encode_texts(job.keys["area_code"])
    texts = encoded.texts.to_pylist()
    for year, rows in job.by_vintage(job.draft.pending(), job.frame.layouts):
        others = sorted((other for other in job.frame.layouts if other != year), reverse=True)
        open_rows = rows[encoded.places[rows] >= 0]
        for vintage in (year, *others):
            codes = _find_codes(texts, job.frame.layouts[vintage])
            open_rows = _settle_codes(job, open_rows, encoded, codes=codes, vintage=vintage)
        _fail_codes(job, open_rows, encoded)


def _find_codes(texts: Sequence[str], layout: Layout) -> list[str]:
    """Give the one code of the layout each text can stand for, "" for none or several."""
    known = {area.code for area in layout.areas} | {ABROAD}
    found = [[code for code in _candidates(text) if code in known] for text in texts]
    return [codes[0] if len(codes) == 1 else "" for codes in found]


def _candidates(text: str) -> list[str]:
    found = []
    for level in (AreaLevel.BUURT, AreaLevel.WIJK, AreaLevel.GEMEENTE):
        try:
            found.append(read_area_code(text, level))
        except LinkError:
            continue
    return found


def _settle_codes(
    job: Job, rows: NDArray[np.int64], encoded: Encoded, *, codes: Sequence[str], vintage: int
) -> NDArray[np.int64]:
    """Settle rows whose text is a buurt, note those of a coarser area, give the rest."""
    kinds = np.array([kind_of(code) for code in codes] or [0], np.int8)
    places = encoded.places[rows]
    kind = kinds[places]
    buurten, coarse = rows[kind == FINE], rows[kind == COARSE]
    job.draft.settle(
        buurten, encoded.places[buurten], codes, method=Method.AREA_CODE, vintage=vintage
    )
    job.draft.note_coarse(
        coarse, encoded.places[coarse], codes, method=Method.AREA_CODE, vintage=vintage
    )
    job.draft.fail(coarse, Reason.COARSE_CODE)
    _note_gemeenten(job, coarse, encoded.places[coarse], codes)
    return np.asarray(rows[kind == NEITHER])


def kind_of(code: str) -> int:
    """Tell a buurt (FINE) from another area (COARSE) and from no code (NEITHER)."""
    if not code:
        return NEITHER
    return FINE if code.startswith("BU") else COARSE


def _fail_codes(job: Job, rows: NDArray[np.int64], encoded: Encoded) -> None:
    """Note why codes were not found, and the gemeente inside those that have a known one."""
    texts = encoded.texts.to_pylist()
    told = [_unknown_code(text, job.frame.gemeente_codes) for text in texts]
    stated = np.array([may_be_unknown(code) for code in told] or [False])
    places = encoded.places[rows]
    outside = np.array([_lies_elsewhere(text, job.frame) for text in texts] or [False])[places]
    job.draft.elsewhere[rows] |= outside
    job.draft.fail(rows[outside], Reason.ELSEWHERE)
    job.draft.fail(rows[stated[places]], Reason.STATED_UNKNOWN)
    job.draft.fail(rows[~stated[places]], Reason.UNKNOWN_CODE)
    _note_gemeenten(job, rows, places, told)


def _unknown_code(text: str, gemeenten: Collection[str]) -> str:
    """Give the code of a pseudo-area, or one that no layout has but that names one gemeente."""
    candidates = _candidates(text)
    pseudo = [code for code in candidates if may_be_unknown(code)]
    fitting = [code for code in candidates if f"GM{code[2:6]}" in gemeenten]
    return (pseudo or (fitting if len(fitting) == 1 else []) or [""])[0]


def _lies_elsewhere(text: str, frame: LinkFrame) -> bool:
    """Tell whether a code can only be of a gemeente outside the region.

    Where the maps hold other gemeenten too it must be one of those; else any other will do.
    """
    own, known = frame.gemeente_codes, {code for _, code in frame.elsewhere}
    found = {f"GM{code[2:6]}" for code in _candidates(text)}
    if not found or found & (own | {UNKNOWN[AreaLevel.GEMEENTE]}):
        return False
    return bool(found & known) if known else True


def _note_gemeenten(
    job: Job, rows: NDArray[np.int64], places: NDArray[np.int64], codes: Sequence[str]
) -> None:
    """Note the gemeente inside codes, where it is one of the frame and the row named none."""
    known = {int(code[2:6]) for code in job.frame.gemeente_codes}
    numbers = np.array(
        [int(code[2:6]) if code[2:6].isdigit() else _NOT_FOUND for code in codes] or [0], np.int64
    )[places]
    fits = np.isin(numbers, list(known)) & (job.draft.gemeenten[rows] < 0)
    job.draft.gemeenten[rows[fits]] = numbers[fits]
