"""Commands for deliveries, the law register and the worker; `cli` puts them beside its own."""

import argparse
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from regiebeeld.settings import Settings

if TYPE_CHECKING:
    from regiebeeld.pipeline.intake.accepting import Accepted

Command = Callable[[argparse.Namespace, Settings], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]
# Who runs a command by hand has the same protection as the service: no file for everybody.
_UMASK = 0o027


def add_intake_commands(add: Add) -> None:
    """Add every command of this module with `add` (name, body, words)."""
    _add_delivery_commands(add)
    _add_others(add)


def _add_delivery_commands(add: Add) -> None:
    accept = add(
        "accept",
        _privately(_accept),
        "neem een levering aan of weiger haar; het bestand wordt daarna verwijderd",
    )
    accept.add_argument("--region", help="naam van de regio; standaard die van de gebruikte versie")
    home = add(
        "check-delivery",
        _privately(_check_delivery),
        "kijk een levering na zonder iets te bewaren of te verwijderen",
    )
    home.add_argument(
        "--region", help="kijk ook naar de afspraak en de koppeling aan gebieden van deze regio"
    )
    home.add_argument("--report", type=Path, help="map voor het verslag (JSON, XLSX en pagina)")
    count = add(
        "count",
        _privately(_count),
        "tel gebeurtenissen zelf tot een levering; er gaat geen gebeurtenis de deur uit",
    )
    count.add_argument(
        "--into", required=True, help="bron waarvoor geteld wordt, zoals woninginbraken_aantallen"
    )
    count.add_argument("--out", type=Path, required=True, help="CSV-bestand om te schrijven")
    count.add_argument("--region", required=True, help="naam van de regio")
    _add_delivery_options(accept, home, count)
    _add_period_options(accept, count)
    for command in (accept, home, count):
        command.set_defaults(private=True)
    accept.add_argument(
        "--gemeente",
        help="code van de gemeente waarvan het bestand alles vertelt, zoals GM0153; of `regio` "
        "als het de hele regio vertelt van een bron die anders per gemeente komt",
    )


def _add_delivery_options(*commands: argparse.ArgumentParser) -> None:
    for command in commands:
        command.add_argument(
            "file", type=Path, help="bestand: CSV, XLSX, ODS, Parquet, JSON of GeoJSON"
        )
        command.add_argument("--source", required=True, help="naam van de bron in de catalogus")


def _add_period_options(*commands: argparse.ArgumentParser) -> None:
    for command in commands:
        command.add_argument(
            "--as-of",
            type=_day,
            help="dag waarop de cijfers zijn gemaakt, zoals 2026-03-31; standaard vandaag",
        )
        command.add_argument(
            "--from",
            dest="first",
            help="eerste periode die het bestand helemaal vertelt, zoals 2026-01",
        )
        command.add_argument(
            "--to", dest="last", help="laatste periode die het bestand helemaal vertelt"
        )


def _add_others(add: Add) -> None:
    template = add(
        "template",
        _template,
        "schrijf een leeg formulier voor een bron, met voorbeeld en uitleg",
    )
    template.add_argument("source", help="naam van de bron in de catalogus")
    template.add_argument(
        "--folder", type=Path, default=Path(), help="map om in te schrijven; standaard deze map"
    )
    known = add(
        "deliveries",
        _privately(_deliveries),
        "toon per periode wat er van een bron bekend is of was, en uit welke levering",
    )
    known.add_argument("source", help="naam van de bron in de catalogus")
    known.add_argument("--region", help="naam van de regio; standaard die van de gebruikte versie")
    known.add_argument(
        "--known-on",
        type=_day,
        help="dag, zoals 2026-03-31: wat er toen bekend en binnengekomen was",
    )
    known.add_argument(
        "--revisions", action="store_true", help="hoeveel latere leveringen eraan veranderden"
    )
    law = add(
        "law",
        _law,
        "toon het register van verwerkingen (artikel 30 AVG) en wie wat mag zien",
    )
    law.add_argument("region", help="naam van de regio")
    work = add(
        "work",
        _privately(_work),
        "verwerk het postvak, haal op wat aan de beurt is en maak zo nodig een versie",
    )
    work.set_defaults(private=True)
    work.add_argument("region", help="naam van de regio")
    work.add_argument("--once", action="store_true", help="doe een beurt en stop, voor een timer")


def _privately(command: Command) -> Command:
    """Let a command with delivered rows leave nothing behind: see `private_process`."""

    def run(parsed: argparse.Namespace, settings: Settings) -> int:
        with private_process():
            return command(parsed, settings)

    return run


@contextmanager
def private_process() -> Iterator[None]:
    """Write no core dump and no file for everybody; let a stop signal end things as Ctrl-C does."""
    from regiebeeld.pipeline.intake.reader_process import refuse_core_dump

    before, core = os.umask(_UMASK), resource.getrlimit(resource.RLIMIT_CORE)
    refuse_core_dump()
    with _stop_as_by_hand():
        try:
            yield
        finally:
            os.umask(before)
            resource.setrlimit(resource.RLIMIT_CORE, core)


@contextmanager
def _stop_as_by_hand() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into KeyboardInterrupt; outside the main thread nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    # `nohup` ignores SIGHUP on purpose.
    stops = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in stops}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _accept(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.domain import ContractError
    from regiebeeld.pipeline.intake.accepting import Refused, accept_at, finish_interrupted
    from regiebeeld.pipeline.intake.door import open_door
    from regiebeeld.pipeline.schedule.freshness import refresh_freshness

    region = parsed.region or _served_region(settings)
    with open_door(region, settings) as door:
        finish_interrupted(door)
        done = accept_at(
            door,
            parsed.file,
            parsed.source,
            as_of=parsed.as_of,
            declared=_declared(parsed),
            gemeente=parsed.gemeente,
        )
        refresh_freshness(door)
    if isinstance(done, Refused):
        raise ContractError(
            f"geweigerd: {done.because}\n"
            f"Het verslag staat in {done.folder}; het bestand is verwijderd"
        )
    print(f"Levering {done.delivery.id} van {parsed.source} is {_outcome(done)}.")
    print("".join(f"- {line}\n" for line in _told_lines(done)), end="")
    print(f"Het verslag staat in {done.folder}; het bestand is verwijderd.")
    return 0


def _outcome(done: "Accepted") -> str:
    delivery = done.delivery
    if done.seen_before:
        return "al eerder aangenomen"
    if done.is_overruled:
        return "bewaard als eerdere stand: een latere vertelt deze perioden al"
    remarks = f", {delivery.warnings} opmerkingen" if delivery.warnings else ""
    return f"aangenomen: {delivery.rows_counted} van {delivery.rows} rijen geteld{remarks}"


def _told_lines(done: "Accepted") -> list[str]:
    """Give every remark of the report with its rows, and what was told beside it, each once."""
    from regiebeeld.pipeline.intake.findings import tell_finding

    findings = done.report.findings if done.report else ()
    words = {found.words for found in findings}
    lines = [tell_finding(found) for found in findings]
    return list(dict.fromkeys((*lines, *(told for told in done.told if told not in words))))


def _deliveries(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.catalogue import read_catalogue
    from regiebeeld.ledger import open_ledger
    from regiebeeld.pipeline.intake.door import find_delivered
    from regiebeeld.pipeline.intake.history import DELIVERIES
    from regiebeeld.pipeline.intake.known import tell_known, tell_revisions

    catalogue = read_catalogue(settings.catalogue, settings.regions)
    source = find_delivered(catalogue, parsed.source).id
    region = catalogue.read_region(parsed.region or _served_region(settings)).id
    ledger = open_ledger(settings)
    try:
        accepted = ledger.read_accepted(region)
    finally:
        ledger.close()
    folder = settings.unprotected / DELIVERIES
    if parsed.revisions:
        lines = tell_revisions(folder, source, lambda facts: facts.delivery in accepted)
    else:
        lines = tell_known(
            folder, source, lambda facts: facts.delivery in accepted, day=parsed.known_on
        )
    print("\n".join(lines))
    return 0


def _declared(parsed: argparse.Namespace) -> tuple[str, str] | None:
    from regiebeeld.domain import ContractError

    if bool(parsed.first) != bool(parsed.last):
        raise ContractError("geef --from en --to allebei, of geen van beide")
    return (parsed.first, parsed.last) if parsed.first else None


def _served_region(settings: Settings) -> str:
    from regiebeeld.domain import CatalogueError
    from regiebeeld.releases import Shelf

    for release in Shelf(settings.releases).read_releases():
        if release.fault is None:
            return str(release.manifest.get("region"))
    raise CatalogueError("van welke regio is deze levering? Noem haar met --region")


def _check_delivery(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.domain import ContractError
    from regiebeeld.pipeline.intake.checking_home import check_at_home
    from regiebeeld.pipeline.intake.report import tell_check

    report = check_at_home(
        parsed.file, parsed.source, settings, region=parsed.region, folder=parsed.report
    )
    *lines, outcome = tell_check(report, region=parsed.region)
    if lines:
        print("\n".join(lines))
    if parsed.report:
        print(f"Het verslag staat in {parsed.report}.")
    if report.errors:
        raise ContractError(outcome)
    print(outcome)
    return 0


def _count(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.pipeline.intake.checking_home import count_file
    from regiebeeld.pipeline.intake.findings import tell_finding

    done = count_file(
        parsed.file,
        (parsed.source, parsed.into),
        parsed.out,
        region=parsed.region,
        settings=settings,
        as_of=parsed.as_of or datetime.now(UTC).date(),
        declared=_declared(parsed),
    )
    print(
        "\n".join(
            f"- {told}"
            for told in (*(tell_finding(found) for found in done.report.findings), *done.told)
        )
    )
    many = "1 regel" if len(done.rows) == 1 else f"{len(done.rows)} regels"
    print(f"De levering staat in {parsed.out}: {many}. Lever alleen dit bestand.")
    return 0


def _template(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.catalogue import read_catalogue
    from regiebeeld.pipeline.intake.door import find_delivered
    from regiebeeld.pipeline.intake.templates import write_template

    source = find_delivered(read_catalogue(settings.catalogue, settings.regions), parsed.source)
    paths = write_template(source, parsed.folder)
    print(f"Geschreven: {', '.join(str(path) for path in paths)}.")
    return 0


def _law(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.catalogue import read_catalogue
    from regiebeeld.catalogue.law import tell_law

    catalogue = read_catalogue(settings.catalogue, settings.regions)
    print(tell_law(catalogue, catalogue.read_region(parsed.region), datetime.now(UTC).date()))
    return 0


def _work(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.pipeline.schedule.worker import work

    turn = work(parsed.region, settings, once=parsed.once)
    made = f"versie {turn.release}" if turn.release else "geen nieuwe versie"
    print(
        f"Klaar: {len(turn.deliveries)} leveringen, {len(turn.fetched)} bronnen opgehaald, {made}."
    )
    return 1 if turn.failed else 0
