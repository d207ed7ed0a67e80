"""Keeps what a fetch already has, so that it can go on after a break; holds no finished copies."""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources.copies import read_checked, write_part
from regiebeeld.pipeline.sources.requests import TableRequest, check_name

JOURNAL = "journal.jsonl"
# A source that states no date of change may have changed unseen: its pages are not kept longer.
UNDATED_LIFE = timedelta(days=1)


@dataclass(frozen=True)
class Page:
    """One whole page: its rows as text, and the address of the next one."""

    table: pa.Table
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the journal: a page that is on disk, whole, and what follows it."""

    part: str
    start: str
    address: str
    file: str
    rows: int
    sha256: str
    next: str | None


class UselessPagesError(FetchError):
    """The pages that were read can never become one copy: they repeat, or the source changed."""


ReadPage = Callable[[str], Page]


class Draft:
    """The pages of one unfinished fetch, in a hidden folder with a journal."""

    def __init__(self, folder: Path, steps: list[Step]) -> None:
        self.folder, self._steps = folder, steps

    def follow(
        self,
        part: str,
        start: str,
        read_page: ReadPage,
        *,
        told: Callable[[int], None] | None = None,
    ) -> int:
        """Read the pages from `start` on, beginning after those already here; give the rows.

        `told` hears the rows of each page. Raises UselessPagesError when a page or an
        address comes back: such a source would never end.
        """
        address: str | None = start
        seen, rows = {start}, 0
        known = [step for step in self._steps if (step.part, step.start) == (part, start)]
        pages = {step.sha256 for step in known if step.rows}
        for step in known:
            address, rows = self._onward(step.next, seen), rows + step.rows
            if told:
                told(step.rows)
        while address is not None:
            step = self._keep(part, start, address, read_page(address))
            if step.rows and step.sha256 in pages:
                raise UselessPagesError(
                    f"{address} geeft dezelfde rijen als een eerdere pagina; meld dit bij de bron"
                )
            self._record(step)
            pages.add(step.sha256)
            address, rows = self._onward(step.next, seen), rows + step.rows
            if told:
                told(step.rows)
        return rows

    def table(self, part: str, *, same_columns: bool = True) -> pa.Table:
        """Give the pages of a part as one table, in the order they were read.

        Raises ContractError when columns move between pages, unless
        `same_columns` is off (features may leave out what they do not have).
        """
        steps = [step for step in self._steps if step.part == part]
        tables = [
            read_checked(self.folder / step.file, step.sha256, whose=step.file) for step in steps
        ]
        full = [table for table in tables if table.num_rows] or tables[:1]
        if same_columns:
            _check_same_columns(full, steps)
        _check_same_crs(full, part)
        return pa.concat_tables(full, promote_options="default").combine_chunks()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where each chunk began, without repeats."""
        return tuple(dict.fromkeys(step.start for step in self._steps))

    def _keep(self, part: str, start: str, address: str, page: Page) -> Step:
        file = f"{check_name(part, 'deel')}-{len(self._steps):06d}.parquet"
        written = write_part(self.folder / file, page.table)
        return Step(part, start, address, file, written.rows, written.sha256, page.next)

    def _record(self, step: Step) -> None:
        self._steps.append(step)
        with (self.folder / JOURNAL).open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(asdict(step)) + "\n")

    @staticmethod
    def _onward(address: str | None, seen: set[str]) -> str | None:
        if address in seen:
            raise UselessPagesError(
                f"{address} verwijst als volgende pagina naar een eerdere; meld dit bij de bron"
            )
        if address is not None:
            seen.add(address)
        return address


@contextmanager
def drafting(request: TableRequest, copies: Path, modified: str | None) -> Iterator[Draft]:
    """Open the draft of this request, kept when it is of the same `modified`; one fetch at a time.

    The folder goes when the block ends well, or when its pages can never make a
    good copy; it stays after any other fault. Raises FetchError when another
    process is fetching this source.
    """
    folder = draft_folder(request, copies)
    folder.mkdir(parents=True, exist_ok=True)
    with (copies / f".{request.source}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            raise FetchError(
                f"Bron {request.source} wordt al opgehaald; wacht tot dat klaar is"
            ) from fault
        draft = _open(folder, {"request": request.hash, "modified": modified})
        try:
            yield draft
        except BaseException as fault:
            if not draft.addresses or isinstance(fault, ContractError | UselessPagesError):
                shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(folder)


def draft_folder(request: TableRequest, copies: Path) -> Path:
    """Give where the pages of an unfinished fetch of this request are."""
    return copies / f".{request.source}.{request.hash}.partial"


def _open(folder: Path, about: dict[str, str | None]) -> Draft:
    folder.mkdir(exist_ok=True)
    shutil.rmtree(folder / "whole", ignore_errors=True)
    steps = _read_steps(folder) if _is_same(folder / "about.json", about) else []
    if not steps:
        shutil.rmtree(folder)
        folder.mkdir()
        story = {**about, "started_at": datetime.now(UTC).isoformat()}
        (folder / "about.json").write_text(json.dumps(story), encoding="utf-8")
    lines = "".join(json.dumps(asdict(step)) + "\n" for step in steps)
    (folder / JOURNAL).write_text(lines, encoding="utf-8")
    return Draft(folder, steps)


def _is_same(path: Path, about: dict[str, str | None]) -> bool:
    try:
        story = json.loads(path.read_text(encoding="utf-8"))
        age = datetime.now(UTC) - datetime.fromisoformat(story.pop("started_at"))
    except (OSError, ValueError, KeyError):
        return False
    return bool(story == about and (about["modified"] is not None or age < UNDATED_LIFE))


def _read_steps(folder: Path) -> list[Step]:
    """Read the journal up to the first line or page that is not whole."""
    steps: list[Step] = []
    try:
        for line in (folder / JOURNAL).read_text(encoding="utf-8").splitlines():
            step = Step(**json.loads(line))
            read_checked(folder / step.file, step.sha256, whose=step.file)
            steps.append(step)
    except (OSError, ValueError, TypeError, ContractError):
        return steps
    return steps


def _check_same_columns(tables: list[pa.Table], steps: list[Step]) -> None:
    first = tables[0].column_names
    for table in tables[1:]:
        moved = set(first) ^ set(table.column_names)
        if moved:
            raise ContractError(
                f"Deel {steps[0].part}: kolom {sorted(moved)[0]!r} staat niet op elke pagina "
                f"({steps[0].start}); "
                "de bron is tijdens het ophalen veranderd, haal haar opnieuw op"
            )


def _check_same_crs(tables: list[pa.Table], part: str) -> None:
    found = {(table.schema.metadata or {}).get(b"crs") for table in tables}
    if len(found) > 1:
        raise ContractError(
            f"Deel {part}: de pagina's hebben verschillende coördinatenstelsels "
            f"{sorted(map(str, found))}"
        )
