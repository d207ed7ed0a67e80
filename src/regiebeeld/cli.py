"""The command line: the one place that knows both sides."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from regiebeeld import __version__
from regiebeeld.domain import RegiebeeldError
from regiebeeld.settings import Settings, read_settings

Command = Callable[[argparse.Namespace, Settings], int]
DEFAULT_AUDIENCE = "regio"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code (0 good, else the kind of fault)."""
    parsed = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if parsed.verbose else logging.WARNING, format="%(message)s")
    try:
        settings = _with_options(read_settings(), parsed)
        command: Command = parsed.command
        return command(parsed, settings)
    except RegiebeeldError as fault:
        print(f"regiebeeld: {fault}", file=sys.stderr)
        return fault.exit_code
    except KeyboardInterrupt:
        print("regiebeeld: afgebroken; er is niets half gepubliceerd", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of every command; the reference page is made from it."""
    parser = argparse.ArgumentParser(prog="regiebeeld", description="Open informatiebeeld voor gemeentelijke veiligheid.")
    parser.add_argument("--version", action="version", version=f"regiebeeld {__version__}")
    parser.add_argument("--var", type=Path, help="map met werkbestanden en versies van één regio")
    parser.add_argument("--quiet", action="store_true", help="toon geen voortgang")
    parser.add_argument("--verbose", action="store_true", help="toon het verslag van de stappen")
    commands = parser.add_subparsers(title="opdrachten", required=True, metavar="OPDRACHT")
    _add(commands, "check", _check, "lees de catalogus en de regio's en noem alle fouten tegelijk")
    run = _add(commands, "run", _run, "haal de bronnen op en maak een nieuwe versie van een regio")
    run.add_argument("region", help="naam van de regio, zoals twente")
    run.add_argument("--offline", action="store_true", help="gebruik de kopieën die er al liggen")
    example = _add(commands, "example", _example, "maak de bestanden van de verzonnen voorbeeldregio")
    example.add_argument("--folder", type=Path, help="map om in te schrijven; standaard de map voor bestanden")
    serve = _add(commands, "serve", _serve, "toon de gebruikte versie als website op deze computer")
    serve.add_argument("--audience", default=DEFAULT_AUDIENCE, help="voor wie: regio, openbaar of een gemeente zoals gm0153")
    serve.add_argument("--host", default="127.0.0.1", help="adres; tot er inloggen is alleen deze computer")
    serve.add_argument("--port", type=int, default=8000, help="poort")
    _add_release_commands(commands)
    _add_intake_commands(commands)
    law = _add(commands, "law", _law, "toon het register van verwerkingen (artikel 30 AVG) en wie wat mag zien")
    law.add_argument("region", help="naam van de regio")
    work = _add(commands, "work", _work, "verwerk het postvak, haal op wat aan de beurt is en maak zo nodig een versie")
    work.add_argument("region", help="naam van de regio")
    work.add_argument("--once", action="store_true", help="doe een beurt en stop, voor een timer")
    return parser


def _add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, command: Command, words: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    parser.set_defaults(command=command)
    return parser


def _add_release_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = "versies bekijken, kiezen en controleren"
    release = commands.add_parser("release", help=words, description=words[0].upper() + words[1:] + ".")
    actions = release.add_subparsers(title="opdrachten", required=True, metavar="OPDRACHT")
    _add(actions, "list", _release_list, "noem de versies; een ster staat bij de gebruikte")
    use = _add(actions, "use", _release_use, "gebruik deze versie, ook om terug te gaan")
    use.add_argument("release", help="nummer van de versie, zoals 2026-06-30.1")
    verify = _add(actions, "verify", _release_verify, "controleer dat een versie heel is")
    verify.add_argument("release", nargs="?", help="nummer van de versie; standaard de gebruikte")


def _add_intake_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    accept = _add(commands, "accept", _accept, "neem een levering aan of weiger haar; het bestand wordt daarna verwijderd")
    accept.add_argument("--region", help="naam van de regio; standaard die van de gebruikte versie")
    home = _add(commands, "check-delivery", _check_delivery, "kijk een levering na zonder iets te bewaren of te verwijderen")
    home.add_argument("--report", type=Path, help="map voor het verslag (JSON, XLSX en pagina)")
    count = _add(commands, "count", _count, "tel gebeurtenissen zelf tot een levering; er gaat geen gebeurtenis de deur uit")
    count.add_argument("--into", required=True, help="bron waarvoor geteld wordt, zoals woninginbraken_aantallen")
    count.add_argument("--out", type=Path, required=True, help="CSV-bestand om te schrijven")
    count.add_argument("--region", required=True, help="naam van de regio")
    for command in (accept, home, count):
        command.add_argument("file", type=Path, help="bestand: CSV, XLSX, ODS, Parquet, JSON of GeoJSON")
        command.add_argument("--source", required=True, help="naam van de bron in de catalogus")
    for command in (accept, count):
        command.add_argument("--as-of", type=_day, help="dag waarop de cijfers zijn gemaakt, zoals 2026-03-31; standaard vandaag")
        command.add_argument("--from", dest="first", help="eerste periode die het bestand helemaal vertelt, zoals 2026-01")
        command.add_argument("--to", dest="last", help="laatste periode die het bestand helemaal vertelt")
    template = _add(commands, "template", _template, "schrijf een leeg formulier voor een bron, met voorbeeld en uitleg")
    template.add_argument("source", help="naam van de bron in de catalogus")
    template.add_argument("--folder", type=Path, default=Path(), help="map om in te schrijven; standaard deze map")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _with_options(settings: Settings, parsed: argparse.Namespace) -> Settings:
    if parsed.var:
        settings = replace(settings, var=parsed.var)
    return replace(settings, quiet=True) if parsed.quiet else settings


def _check(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.catalogue import read_catalogue

    del parsed
    found = read_catalogue(settings.catalogue, settings.regions)
    print(
        f"De catalogus is in orde: {len(found.sources)} bronnen, {len(found.indicators)} indicatoren, "
        f"{len(found.themes)} thema's, {len(found.regions)} regio's."
    )
    return 0


def _run(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.pipeline.run import run_region

    started = time.perf_counter()
    published = run_region(parsed.region, settings, progress=_progress(settings), offline=parsed.offline)
    shown = sum(published.cells.get(DEFAULT_AUDIENCE, {}).values())
    print(
        f"Versie {published.id} van {parsed.region} staat klaar in {published.folder}: "
        f"{len(published.cells)} bestanden, {shown} cijfers voor de regio, {time.perf_counter() - started:.1f} seconden."
    )
    return 0


def _example(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.example import write_example

    folder = parsed.folder or settings.files
    tell = None if settings.quiet else lambda text: print(text, file=sys.stderr)
    write_example(folder, truths=settings.regions / "voorbeeld" / "planted_truths.yaml", progress=tell)
    print(f"De verzonnen voorbeeldregio staat in {folder}; maak een versie met `regiebeeld run voorbeeld`.")
    return 0


def _serve(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.dashboard.web import serve

    serve(settings, audience=parsed.audience, host=parsed.host, port=parsed.port)
    return 0


def _release_list(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.releases import Shelf

    del parsed
    releases = Shelf(settings.releases).read_releases()
    for release in releases:
        star = "*" if release.is_current else " "
        print(f"{star} {release.id}  {release.manifest.get('region')}  gemaakt {release.manifest.get('made_at')}")
    if not releases:
        print(f"Er is nog geen versie in {settings.releases}; maak er een met `regiebeeld run`.")
    return 0


def _release_use(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.releases import Shelf

    Shelf(settings.releases).use(parsed.release)
    print(f"Versie {parsed.release} wordt nu gebruikt.")
    return 0


def _release_verify(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.domain import ReleaseError
    from regiebeeld.releases import Shelf
    from regiebeeld.releases.shelf import check_release, read_manifest

    shelf = Shelf(settings.releases)
    name = parsed.release or shelf.read_current_id()
    if faults := check_release(shelf.folder / name):
        raise ReleaseError(f"versie {name} is niet heel: {'; '.join(faults)}")
    cells = read_manifest(shelf.folder / name)["cells"]
    print(f"Versie {name} is heel. Cijfers per bestand: {json.dumps(cells)}")
    return 0


def _accept(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.domain import ContractError
    from regiebeeld.pipeline.intake.accepting import Refused, accept_delivery

    region = parsed.region or _served_region(settings)
    done = accept_delivery(parsed.file, parsed.source, region, settings, as_of=parsed.as_of, declared=_declared(parsed))
    if isinstance(done, Refused):
        raise ContractError(f"geweigerd: {done.because}\nHet verslag staat in {done.folder}; het bestand is verwijderd")
    delivery = done.delivery
    words = "al eerder aangenomen" if done.seen_before else f"aangenomen: {delivery.rows_counted} van {delivery.rows} rijen geteld"
    print("\n".join((f"Levering {delivery.id} van {parsed.source} is {words}.", *(f"- {told}" for told in done.told))))
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
    print(f"Deze levering wordt aangenomen: {report.rows} rijen, {len(report.warnings)} opmerkingen.")
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
    print("\n".join(f"- {told}" for told in (*(found.words for found in done.report.findings), *done.told)))
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
    print(f"Klaar: {len(turn.deliveries)} leveringen, {len(turn.fetched)} bronnen opgehaald, {made}.")
    return 1 if turn.failed else 0


def _progress(settings: Settings) -> Callable[[int, int | None, str], None] | None:
    if settings.quiet:
        return None

    def tell(done: int, total: int | None, what: str) -> None:
        if total is None or done >= total:
            print(f"  {what}" + (f" ({done})" if total is None else ""), file=sys.stderr)

    return tell


if __name__ == "__main__":
    sys.exit(main())
