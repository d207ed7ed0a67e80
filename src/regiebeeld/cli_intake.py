"""Commands for deliveries, the law register and the worker; `cli` puts them beside its own."""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from regiebeeld.settings import Settings

Command = Callable[[argparse.Namespace, Settings], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]


def add_intake_commands(add: Add) -> None:
    """Add every command of this module with `add` (name, body, words)."""
    _add_delivery_commands(add)
    _add_others(add)


def _add_delivery_commands(add: Add) -> None:
    accept = add(
        "accept",
        _accept,
        "neem een levering aan of weiger haar; het bestand wordt daarna verwijderd",
    )
    accept.add_argument("--region", help="naam van de regio; standaard die van de gebruikte versie")
    home = add(
        "check-delivery",
        _check_delivery,
        "kijk een levering na zonder iets te bewaren of te verwijderen",
    )
    home.add_argument("--report", type=Path, help="map voor het verslag (JSON, XLSX en pagina)")
    count = add(
        "count",
        _count,
        "tel gebeurtenissen zelf tot een levering; er gaat geen gebeurtenis de deur uit",
    )
    count.add_argument(
        "--into", required=True, help="bron waarvoor geteld wordt, zoals woninginbraken_aantallen"
    )
    count.add_argument("--out", type=Path, required=True, help="CSV-bestand om te schrijven")
    count.add_argument("--region", required=True, help="naam van de regio")
    _add_delivery_options(accept, home, count)
    _add_period_options(accept, count)


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
    law = add(
        "law",
        _law,
        "toon het register van verwerkingen (artikel 30 AVG) en wie wat mag zien",
    )
    law.add_argument("region", help="naam van de regio")
    work = add(
        "work",
        _work,
        "verwerk het postvak, haal op wat aan de beurt is en maak zo nodig een versie",
    )
    work.add_argument("region", help="naam van de regio")
    work.add_argument("--once", action="store_true", help="doe een beurt en stop, voor een timer")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _accept(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.domain import ContractError
    from regiebeeld.pipeline.intake.accepting import Refused, accept_delivery

    region = parsed.region or _served_region(settings)
    done = accept_delivery(
        parsed.file, parsed.source, region, settings, as_of=parsed.as_of, declared=_declared(parsed)
    )
    if isinstance(done, Refused):
        raise ContractError(
            f"geweigerd: {done.because}\n"
            f"Het verslag staat in {done.folder}; het bestand is verwijderd"
        )
    delivery = done.delivery
    words = (
        "al eerder aangenomen"
        if done.seen_before
        else f"aangenomen: {delivery.rows_counted} van {delivery.rows} rijen geteld"
    )
    print(
        "\n".join(
            (
                f"Levering {delivery.id} van {parsed.source} is {words}.",
                *(f"- {told}" for told in done.told),
            )
        )
    )
    print(f"Het verslag staat in {done.folder}; het bestand is verwijderd.")
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

    report = check_at_home(parsed.file, parsed.source, settings, folder=parsed.report)
    for found in report.findings:
        print(f"- {found.words}")
    if report.errors:
        raise ContractError(f"deze levering wordt geweigerd: {len(report.errors)} fout(en)")
    print(
        f"Deze levering wordt aangenomen: {report.rows} rijen, {len(report.warnings)} opmerkingen."
    )
    return 0


def _count(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.pipeline.intake.checking_home import count_file

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
            f"- {told}" for told in (*(found.words for found in done.report.findings), *done.told)
        )
    )
    print(f"De levering staat in {parsed.out}: {len(done.rows)} regels. Lever alleen dit bestand.")
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
    from regiebeeld.pipeline.schedule import work

    turn = work(parsed.region, settings, once=parsed.once)
    made = f"versie {turn.release}" if turn.release else "geen nieuwe versie"
    print(
        f"Klaar: {len(turn.deliveries)} leveringen, {len(turn.fetched)} bronnen opgehaald, {made}."
    )
    return 1 if turn.failed else 0
