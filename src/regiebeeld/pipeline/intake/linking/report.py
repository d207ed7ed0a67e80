"""Tells how well rows were linked: rates, grades and what stayed open. Holds no key of any row."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import UNKNOWN, is_unknown
from regiebeeld.pipeline.intake.linking.draft import Job
from regiebeeld.pipeline.intake.linking.methods import Grade, Method, Reason
from regiebeeld.pipeline.intake.linking.points import Reading

_ROWS_NAMED = 20


@dataclass(frozen=True, slots=True)
class MethodRate:
    """How many rows one method linked, and their part of all rows."""

    method: Method
    rows: int
    share: float

    @property
    def grade(self) -> Grade:
        return self.method.grade


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Rows without a known area for one reason, with the first row numbers (1 = first data row)."""

    reason: Reason
    rows: int
    row_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LinkReport:
    """The linking of one delivery; every row stands under exactly one of `methods`.

    `unlinked` are the rows without a buurt; for a contract that counts by gemeente, without one.
    `unknown` are rows per `BU<gemeente>9999` or `GM0000`; `coarse` rows lie in the wijk or
    gemeente that was delivered; `drawn` rows got their buurt by a draw; `contradicted` rows lie
    in another gemeente than they name; `outside` rows in no gemeente of the frame. `readings`
    tells coordinates that were not read as the contract states.
    """

    rows: int
    methods: tuple[MethodRate, ...]
    unlinked: tuple[Unlinked, ...]
    unknown: Mapping[str, int]
    vintages: Mapping[int, int]
    readings: Mapping[Reading, int]
    coarse: int
    drawn: int
    contradicted: int
    outside: int

    @property
    def linked(self) -> int:
        """Rows whose area is known: a buurt, or what the supplier or contract has instead."""
        return self.rows - sum(self.unknown.values())

    @property
    def rate(self) -> float:
        """Linked rows as a part of all rows; 1 for a delivery without rows."""
        return self.linked / self.rows if self.rows else 1.0

    @property
    def grades(self) -> dict[Grade, int]:
        """Rows per grade, best first, grades without rows included."""
        found = dict.fromkeys(Grade, 0)
        for each in self.methods:
            found[each.grade] += each.rows
        return found

    def rows_by(self, method: Method) -> int:
        return next((each.rows for each in self.methods if each.method is method), 0)

    def sentences(self) -> tuple[str, ...]:
        """Tell the report in Dutch, one sentence a fact."""
        told = [f"{self.linked} van de {self.rows} rijen zijn gekoppeld ({_percent(self.rate)})"]
        told += [
            f"{each.rows} rijen ({_percent(each.share)}): {each.method.words}; "
            f"kwaliteit {each.grade}"
            for each in self.methods
        ]
        told += [
            f"{each.rows} rijen zonder gebied: {each.reason.words} (rij {_numbers(each)})"
            for each in self.unlinked
        ]
        told += [f"{rows} rijen tellen mee als {code}" for code, rows in self.unknown.items()]
        told += [f"{rows} coördinaten {how.words}" for how, rows in self.readings.items()]
        told += _tell(
            self.coarse, "rijen zijn gekoppeld aan een wijk of gemeente, niet aan een buurt"
        )
        told += _tell(self.drawn, "rijen zijn over buurten verdeeld door loting naar aandeel")
        told += _tell(self.contradicted, "rijen liggen in een andere gemeente dan zij noemen")
        told += _tell(self.outside, "rijen liggen buiten de gemeenten van de regio")
        return tuple(told)

    def as_dict(self) -> dict[str, object]:
        """Give the report as plain values, for JSON and the ledger."""
        return {
            "rows": self.rows,
            "linked": self.linked,
            "rate": self.rate,
            "methods": {each.method.name.lower(): each.rows for each in self.methods},
            "grades": {str(grade): rows for grade, rows in self.grades.items()},
            "unlinked": {each.reason.name.lower(): each.rows for each in self.unlinked},
            "unknown": dict(self.unknown),
            "vintages": {str(year): rows for year, rows in self.vintages.items()},
            "readings": {how.name.lower(): rows for how, rows in self.readings.items()},
            "coarse": self.coarse,
            "drawn": self.drawn,
            "contradicted": self.contradicted,
            "outside": self.outside,
        }


def compute_report(job: Job, area: pa.DictionaryArray, level: AreaLevel) -> LinkReport:
    """Compute the report of a finished job, for a contract that counts by `level`."""
    draft = job.draft
    codes = area.dictionary.to_pylist()
    places = area.indices.to_numpy()
    per_code = np.bincount(places, minlength=len(codes))
    gemeenten = np.array([int(code[2:6]) for code in codes] or [0], np.int64)[places]
    open_codes = np.array([_is_open(code, level) for code in codes] or [False])
    known = [int(code[2:6]) for code in job.frame.gemeente_codes]
    placed = ~open_codes[places]
    return LinkReport(
        rows=draft.rows,
        methods=_rates(draft.methods),
        unlinked=_reasons(draft.reasons, np.flatnonzero(~placed)),
        unknown={
            code: int(rows)
            for code, rows, is_open in zip(codes, per_code, open_codes, strict=False)
            if is_open
        },
        vintages=_counted(draft.vintages),
        readings={
            Reading(how): rows
            for how, rows in sorted(job.readings.items())
            if how not in (Reading.ABSENT, Reading.AS_STATED)
        },
        coarse=int(per_code[np.array([_is_coarse(code) for code in codes], dtype=bool)].sum()),
        drawn=int(np.isin(draft.methods, [method for method in Method if method.is_drawn]).sum()),
        contradicted=int(((draft.gemeenten >= 0) & (draft.gemeenten != gemeenten)).sum()),
        outside=int((placed & ~np.isin(gemeenten, known)).sum()),
    )


def _is_open(code: str, level: AreaLevel) -> bool:
    # Who counts by gemeente needs no buurt.
    if level is AreaLevel.GEMEENTE:
        return code[2:6] == UNKNOWN[level][2:6]
    return is_unknown(code)


def _is_coarse(code: str) -> bool:
    return not code.startswith("BU") and not is_unknown(code)


def _rates(methods: NDArray[np.uint8]) -> tuple[MethodRate, ...]:
    counts = np.bincount(methods, minlength=len(Method))
    ordered = [*list(Method)[1:], Method.NONE]
    return tuple(
        MethodRate(method, int(counts[method]), int(counts[method]) / len(methods))
        for method in ordered
        if counts[method]
    )


def _reasons(reasons: NDArray[np.uint8], rows: NDArray[np.int64]) -> tuple[Unlinked, ...]:
    found = reasons[rows]
    return tuple(
        Unlinked(
            reason,
            int((found == reason).sum()),
            tuple((rows[found == reason][:_ROWS_NAMED] + 1).tolist()),
        )
        for reason in Reason
        if (found == reason).any()
    )


def _counted(values: NDArray[np.int16]) -> dict[int, int]:
    years, counts = np.unique(values, return_counts=True)
    return dict(zip(years.tolist(), counts.tolist(), strict=True))


def _percent(share: float) -> str:
    # Rounded down: 99.96 % is not 100 %.
    return f"{np.floor(share * 1000) / 10:.1f} %".replace(".", ",")


def _numbers(each: Unlinked) -> str:
    named = ", ".join(str(number) for number in each.row_numbers)
    return named if each.rows <= _ROWS_NAMED else f"{named}, …"


def _tell(rows: int, words: str) -> list[str]:
    return [f"{rows} {words}"] if rows else []
