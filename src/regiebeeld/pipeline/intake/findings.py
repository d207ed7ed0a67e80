"""What the door found: findings with place and words, never a value; and the report of them."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from regiebeeld.pipeline.intake.delivered import Facts
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.row_places import RowPlaces

MOST_TOLD = 10


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Outcome(StrEnum):
    """What happens with a delivery; any error refuses it whole."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted_with_warnings"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that did not hold: in how many rows, and which first.

    Rows are counted from the first with data; `in_file` makes them the numbers of the file.
    """

    rule: str
    severity: Severity
    words: str
    column: str | None = None
    rows: int = 0
    row_numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Covered:
    """How many rows one delivery has of one event set in one period."""

    period: str
    event_set: str
    rows: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """The previous accepted delivery of a source, to compare with."""

    coverage: tuple[Covered, ...] = ()

    @property
    def last_period(self) -> str | None:
        return max((covered.period for covered in self.coverage), default=None)


@dataclass(frozen=True, slots=True)
class LinkingTold:
    """The linking of a delivery as plain values and as sentences, for JSON, page and workbook."""

    facts: dict[str, object]
    sentences: tuple[str, ...]
    keys: tuple[str, ...] = ()
    public: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The outcome of the door for one file, to send back to the partner."""

    source: str
    title: str
    checked_on: date
    outcome: Outcome
    findings: tuple[Finding, ...]
    rows: int = 0
    columns: int = 0
    facts: Facts | None = None
    coverage: tuple[Covered, ...] = ()
    when: str = ""
    linking: LinkingTold | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.severity is Severity.WARNING)


def decide_outcome(findings: tuple[Finding, ...]) -> Outcome:
    """Refuse on any error; tell warnings."""
    if any(found.severity is Severity.ERROR for found in findings):
        return Outcome.REFUSED
    return Outcome.ACCEPTED_WITH_WARNINGS if findings else Outcome.ACCEPTED


def tell_finding(found: Finding) -> str:
    """Say a finding as one line, with the first rows of the file in which it stands."""
    first = found.row_numbers[:MOST_TOLD]
    if not first:
        return found.words
    more = ", …" if max(found.rows, len(found.row_numbers)) > len(first) else ""
    return f"{found.words.removesuffix('.')} (rij {', '.join(map(str, first))}{more})."


def in_file(report: DeliveryReport, places: RowPlaces) -> DeliveryReport:
    """Number the rows of all findings as the sender sees them in the file."""
    findings = [replace(one, row_numbers=places.of(one.row_numbers)) for one in report.findings]
    return replace(report, findings=tuple(findings))


def report_refused_file(source: str, title: str, fault: RefusedFile, today: date) -> DeliveryReport:
    """Make the report of a file that could not be read at all."""
    finding = Finding(
        rule=fault.rule,
        severity=Severity.ERROR,
        words=fault.words,
        column=fault.column,
        rows=len(fault.rows),
        row_numbers=fault.rows,
    )
    return DeliveryReport(source, title, today, Outcome.REFUSED, (finding,))
