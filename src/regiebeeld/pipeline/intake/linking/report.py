"""Tells how well rows were linked: rates, grades and what stayed open. Holds no key of any row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import UNKNOWN, is_unknown, level_of
from regiebeeld.pipeline.intake.linking.draft import Draft, Job
from regiebeeld.pipeline.intake.linking.methods import Grade, Method, Reason
from regiebeeld.pipeline.intake.linking.points import Reading

_ROWS_NAMED = 20
FAR_YEARS = 5  # a layout this far from an event may have other borders
_YEARS = 10_000


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
    `unknown` are rows per `BU<gemeente>9999` or `GM0000`; `coarse` rows lie in an area coarser
    than the contract counts by; `drawn` rows got their buurt by a draw; `contradicted` rows lie
    in another gemeente than a key of theirs says; `outside` rows in no gemeente of the region.
    `readings` tells coordinates that were not read as the contract states. `borrowed` are rows
    by (year of their date, year of the layout they are linked to) where those differ, `far`
    those of them that lie more than FAR_YEARS apart.
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
    borrowed: Mapping[tuple[int, int], int] = field(default_factory=dict)
    far: int = 0

    @property
    def linked(self) -> int:
        """Rows in the region whose area is known: a buurt, or what the contract has instead."""
        return self.inside - sum(self.unknown.values())

    @property
    def inside(self) -> int:
        """Rows that lie in the region, as far as is known."""
        return self.rows - self.outside

    @property
    def rate(self) -> float:
        """Linked rows as a part of those in the region; 1 where there are none."""
        return self.linked / self.inside if self.inside else 1.0

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
        told = [f"{self.linked} van de {count_rows(self.inside)} in de regio gekoppeld "
                f"({_percent(self.rate)})"]  # fmt: skip
        told += [
            f"{count_rows(each.rows)} ({_percent(each.share)}): {each.method.words}; "
            f"kwaliteit {each.grade}"
            for each in self.methods
        ]
        told += [
            f"{count_rows(each.rows)} zonder gebied: {each.reason.words} (rij {_numbers(each)})"
            for each in self.unlinked
        ]
        told += [
            f"onbekende plaats, geteld als {code}: {count_rows(rows)}"
            for code, rows in self.unknown.items()
        ]
        told += [f"coördinaten die {how.words}: {rows}" for how, rows in self.readings.items()]
        told += _tell(self.coarse, "alleen gekoppeld aan een grover gebied dan het contract telt")
        told += _tell(self.drawn, "over buurten verdeeld door loting naar aandeel")
        told += _tell(self.contradicted, "gekoppeld aan een andere gemeente dan de rij ook noemt")
        told += _tell(self.outside, "buiten de regio: niet geteld")
        return (*told, *self._tell_years())

    def _tell_years(self) -> list[str]:
        """Tell which layouts were missing: what lies on another year's map may lie elsewhere."""
        told = []
        for vintage in sorted({to for _, to in self.borrowed}):
            years = {year: rows for (year, to), rows in self.borrowed.items() if to == vintage}
            span = str(min(years)) if len(years) == 1 else f"{min(years)} tot en met {max(years)}"
            told.append(
                f"{count_rows(sum(years.values()))} van {span} gekoppeld aan de indeling van "
                f"{vintage}: van hun eigen jaar is er geen"
            )
        return told + _tell(
            self.far,
            f"meer dan {FAR_YEARS} jaar van de naaste indeling; zet een indeling die dichterbij "
            "ligt in region.yaml",
        )

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
            "missing_layouts": {
                f"{year} > {vintage}": rows for (year, vintage), rows in self.borrowed.items()
            },
            "far_from_layout": self.far,
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
    here = np.isin(gemeenten, known)
    borrowed = _borrowed(job)
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
        coarse=int(
            per_code[np.array([_is_coarse(code, level, known) for code in codes], dtype=bool)].sum()
        ),
        drawn=int(np.isin(draft.methods, [method for method in Method if method.is_drawn]).sum()),
        contradicted=int((_contradict(draft, gemeenten) & here).sum()),
        outside=int((placed & ~here).sum()),
        borrowed=borrowed,
        far=sum(rows for (year, to), rows in borrowed.items() if abs(year - to) > FAR_YEARS),
    )


def _contradict(draft: Draft, gemeenten: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell rows of which another key names another gemeente, or a place outside the region."""
    other = (draft.gemeenten >= 0) & (draft.gemeenten != gemeenten)
    return np.asarray(other | draft.elsewhere)


def _borrowed(job: Job) -> dict[tuple[int, int], int]:
    """Count rows by year and layout where those differ; a code that a map has is no less sure."""
    if job.years is None:
        return {}
    found = (job.years >= 0) & (job.years != job.draft.vintages)
    found &= ~np.isin(job.draft.methods, (Method.NONE, Method.OUTSIDE, Method.AREA_CODE))
    pairs = job.years[found] * _YEARS + job.draft.vintages[found]
    told, rows = np.unique(pairs, return_counts=True)
    return {
        divmod(pair, _YEARS): count
        for pair, count in zip(told.tolist(), rows.tolist(), strict=True)
    }


def _is_open(code: str, level: AreaLevel) -> bool:
    # Who counts by gemeente needs no buurt.
    if level is AreaLevel.GEMEENTE:
        return code[2:6] == UNKNOWN[level][2:6]
    return is_unknown(code)


def _is_coarse(code: str, level: AreaLevel, gemeenten: Collection[int]) -> bool:
    if is_unknown(code) or int(code[2:6]) not in gemeenten:
        return False
    return level_of(code).depth < level.depth


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


def count_rows(rows: int) -> str:
    """Give a number of rows in words: `1 rij`, `2 rijen`."""
    return "1 rij" if rows == 1 else f"{rows} rijen"


def _tell(rows: int, words: str) -> list[str]:
    return [f"{count_rows(rows)} {words}"] if rows else []
