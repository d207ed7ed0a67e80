"""Sends the deliveries of the invented partners through the door, each on its planned day.

Starts the intake of the invented region anew; refuses a folder that is another region's.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from regiebeeld.domain import CatalogueError, ContractError, ReleaseError
from regiebeeld.example.deliveries import REGION, ExampleDelivery, write_deliveries
from regiebeeld.example.truths import FIRST_DAY, Expected
from regiebeeld.example.write import Example
from regiebeeld.ledger import write_freshness
from regiebeeld.pipeline.intake.accepting import Accepted, Refused, accept_at
from regiebeeld.pipeline.intake.door import REPORTS, Door, open_door
from regiebeeld.pipeline.schedule.diary import Diary, Task
from regiebeeld.pipeline.schedule.freshness import compute_freshness, list_fetches
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

PARCELS = "example"
_NOON = time(12)
# A page shows the first of these; the rest is in the reports.
_MOST_TOLD = 5
_WORDS = {
    Expected.ACCEPTED: "aangenomen",
    Expected.ACCEPTED_WITH_WARNINGS: "aangenomen met opmerkingen",
    Expected.SEEN_BEFORE: "al eerder aangenomen, niet opnieuw geteld",
    Expected.REFUSED: "geweigerd",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery and what the door said; `done` is None when nobody delivers such a source."""

    delivery: ExampleDelivery
    done: Accepted | Refused | None
    words: str

    @property
    def outcome(self) -> Expected:
        return Expected(self.done.delivery.outcome.value) if self.done else Expected.REFUSED

    @property
    def ended_as_planted(self) -> bool:
        return self.outcome is self.delivery.expected


class _PlannedDay:
    """A clock that stands at noon of the day that was last set."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


def deliver_example(
    settings: Settings, example: Example, *, progress: Callable[[str], None] | None = None
) -> list[Sent]:
    """Write and send every delivery of the invented region, anew; give what the door said.

    The maps and the address file must lie in `settings.files`. How fresh the sources were is
    written as of the last planned day. Raises ReleaseError when the folder holds another region,
    ContractError when a delivery does not end as planted.
    """
    clock = _PlannedDay(datetime.combine(FIRST_DAY, _NOON, UTC))
    with open_door(REGION, settings, clock=clock) as door, _private_folder(settings) as folder:
        empty_intake(door)
        deliveries = write_deliveries(folder, example=example, catalogue=door.catalogue)
        sent = []
        for number, delivery in enumerate(deliveries, 1):
            clock.moment = datetime.combine(delivery.as_of, _NOON, UTC)
            sent.append(_send(door, delivery))
            if progress and number % 10 == 0:
                progress(f"Voorbeeld: {number} van {len(deliveries)} leveringen aan de deur")
        _write_freshness(door)
    refuse_unplanned(sent)
    return sent


def _send(door: Door, delivery: ExampleDelivery) -> Sent:
    try:
        done = accept_at(door, delivery.path, delivery.source, as_of=delivery.as_of)
    except CatalogueError as fault:  # no contract, so no row in the ledger and no report either
        delivery.path.unlink()
        return Sent(delivery, None, str(fault))
    told = done.told if isinstance(done, Accepted) else (done.because,)
    findings = done.report.findings if done.report else ()
    words = dict.fromkeys((*told, *(found.words for found in findings)))
    return Sent(delivery, done, "\n".join(words))


@contextmanager
def _private_folder(settings: Settings) -> Iterator[Path]:
    """Yield a folder on the unprotected side for files on their way; it is removed after."""
    folder = settings.unprotected / PARCELS
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def empty_intake(door: Door) -> None:
    """Drop every delivery of the invented region with its counts and reports.

    Raises ReleaseError, before anything is dropped, when the folder holds another region.
    """
    refuse_other_region(door)
    for folder in (door.deliveries, door.settings.unprotected / REPORTS):
        shutil.rmtree(folder, ignore_errors=True)
    door.ledger.drop_deliveries(REGION)


def refuse_other_region(door: Door) -> None:
    """Raise ReleaseError when releases or deliveries in this folder are of another region."""
    releases = Shelf(door.settings.releases).read_releases()
    owners = {str(one.manifest.get("region")) for one in releases if one.fault is None}
    others = sorted((owners | door.ledger.read_regions()) - {REGION})
    if others:
        raise ReleaseError(
            f"{door.settings.var} hoort bij regio {', '.join(others)}, en het voorbeeld begint met "
            "een leeg register. Geef het voorbeeld met --var een eigen map"
        )


def refuse_unplanned(sent: Sequence[Sent]) -> None:
    """Raise ContractError when a delivery did not end as was planted."""
    wrong = [one for one in sent if not one.ended_as_planted]
    if wrong:
        told = [
            f"{one.delivery.path.name}: {_WORDS[one.outcome]}, verwacht "
            f"{_WORDS[one.delivery.expected]}. {one.words}"
            for one in wrong[:_MOST_TOLD]
        ]
        raise ContractError(
            f"{len(wrong)} leveringen van het voorbeeld eindigen anders dan bedoeld:\n"
            + "\n".join(told)
        )


def tell_outcomes(sent: Sequence[Sent], settings: Settings) -> list[str]:
    """Say in Dutch how many deliveries ended how, and where the reports lie."""
    sources = {one.delivery.source for one in sent}
    lines = [f"{len(sent)} leveringen van {len(sources)} bronnen gingen door de deur:"]
    for outcome, words in _WORDS.items():
        mine = [one.delivery.source for one in sent if one.outcome is outcome]
        named = f": {', '.join(dict.fromkeys(mine))}" if len(mine) <= 2 * _MOST_TOLD else ""
        lines += [f"- {len(mine)} {words}{named}"] if mine else []
    where = settings.unprotected / REPORTS
    return [
        *lines,
        "Zo was het bedoeld: wat fout is, is er met opzet in gestopt (planted_truths.yaml).",
        f"De verslagen staan in {where}, een map per bron en levering.",
    ]


def _write_freshness(door: Door) -> None:
    """Write how fresh the sources were on the last planned day; the maps came on that day too."""
    now, diary = door.now(), Diary()
    for name, _ in list_fetches(door.catalogue, door.region):
        diary = diary.with_task(name, Task(done_at=now.isoformat(timespec="seconds")))
    every = timedelta(hours=door.settings.fetch_hours)
    rows = compute_freshness(
        door.catalogue,
        door.region,
        door.ledger,
        diary,
        today=now.date(),
        every=every,
        reports=door.settings.unprotected,
    )
    write_freshness(door.settings, REGION, rows, now=now)
