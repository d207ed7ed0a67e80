"""The command line: the one place that knows both sides."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from regiebeeld import __version__
from regiebeeld.cli_disclosure import add_disclosure_commands
from regiebeeld.cli_intake import Command, add_intake_commands
from regiebeeld.domain import RegiebeeldError
from regiebeeld.settings import Settings, read_settings

DEFAULT_AUDIENCE = "regio"
PARCELS = "leveringen"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code (0 good, else the kind of fault)."""
    parsed = build_parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if parsed.verbose else logging.WARNING, format="%(message)s"
    )
    try:
        settings = _with_options(read_settings(), parsed)
        command: Command = parsed.command
        return command(parsed, settings)
    except RegiebeeldError as fault:
        print(f"regiebeeld: {fault}", file=sys.stderr)
        return fault.exit_code
    except OSError as fault:
        # A delivered file has the sender's name, which is told nowhere.
        told = fault.filename and not getattr(parsed, "private", False)
        where = f"{fault.filename}: " if told else ""
        words = f"{where}{fault.strerror}; controleer pad, ruimte en rechten"
        print(f"regiebeeld: {words}", file=sys.stderr)
        return RegiebeeldError.exit_code
    except KeyboardInterrupt:
        print("regiebeeld: afgebroken; er is niets half gepubliceerd", file=sys.stderr)
        return 130


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of every command; the reference page is made from it."""
    parser = argparse.ArgumentParser(
        prog="regiebeeld", description="Open informatiebeeld voor gemeentelijke veiligheid."
    )
    parser.add_argument("--version", action="version", version=f"regiebeeld {__version__}")
    parser.add_argument("--var", type=Path, help="map met werkbestanden en versies van één regio")
    parser.add_argument("--quiet", action="store_true", help="toon geen voortgang")
    parser.add_argument("--verbose", action="store_true", help="toon het verslag van de stappen")
    commands = parser.add_subparsers(title="opdrachten", required=True, metavar="OPDRACHT")
    _add(commands, "check", _check, "lees de catalogus en de regio's en noem alle fouten tegelijk")
    run = _add(commands, "run", _run, "haal de bronnen op en maak een nieuwe versie van een regio")
    run.add_argument("region", help="naam van de regio, zoals twente")
    run.add_argument("--offline", action="store_true", help="gebruik de kopieën die er al liggen")
    example = _add(
        commands,
        "example",
        _example,
        "maak de verzonnen voorbeeldregio en stuur alle leveringen van haar partners door de deur",
    )
    example.add_argument(
        "--folder",
        type=Path,
        help="schrijf alleen de bestanden, in deze map; er gaat niets door de deur",
    )
    _add_serve_command(commands)
    _add_release_commands(commands)
    add_intake_commands(partial(_add, commands))
    add_disclosure_commands(commands, _add)
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Command,
    words: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    parser.set_defaults(command=command)
    return parser


def _add_serve_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = _add(commands, "serve", _serve, "toon de gebruikte versie als website op deze computer")
    serve.add_argument(
        "--audience",
        default=DEFAULT_AUDIENCE,
        help="voor wie: regio, driehoek, openbaar of een gemeente zoals gm0153",
    )
    serve.add_argument(
        "--host", default="127.0.0.1", help="adres; tot er inloggen is alleen deze computer"
    )
    serve.add_argument("--port", type=int, default=8000, help="poort")


def _add_release_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    words = "versies bekijken, kiezen en controleren"
    release = commands.add_parser(
        "release", help=words, description=words[0].upper() + words[1:] + "."
    )
    actions = release.add_subparsers(title="opdrachten", required=True, metavar="OPDRACHT")
    _add(actions, "list", _release_list, "noem de versies; een ster staat bij de gebruikte")
    use = _add(actions, "use", _release_use, "gebruik deze versie, ook om terug te gaan")
    use.add_argument("release", help="nummer van de versie, zoals 2026-06-30.1")
    verify = _add(actions, "verify", _release_verify, "controleer dat een versie heel is")
    verify.add_argument("release", nargs="?", help="nummer van de versie; standaard de gebruikte")


def _with_options(settings: Settings, parsed: argparse.Namespace) -> Settings:
    if parsed.var:
        settings = replace(settings, var=parsed.var)
    return replace(settings, quiet=True) if parsed.quiet else settings


def _check(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.catalogue import read_catalogue
    from regiebeeld.catalogue.agreement_checks import tell_unagreed, tell_unused

    del parsed
    found = read_catalogue(settings.catalogue, settings.regions)
    for line in (*tell_unagreed(found), *tell_unused(found)):
        print(line)
    print(
        f"De catalogus is in orde: {len(found.sources)} bronnen, "
        f"{len(found.indicators)} indicatoren, "
        f"{len(found.themes)} thema's, {len(found.regions)} regio's."
    )
    return 0


def _run(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.pipeline.run import run_region

    started = time.perf_counter()
    published = run_region(
        parsed.region, settings, progress=_progress(settings), offline=parsed.offline
    )
    shown = sum(published.cells.get(DEFAULT_AUDIENCE, {}).values())
    print(
        f"Versie {published.id} van {parsed.region} staat klaar in {published.folder}: "
        f"{len(published.cells)} bestanden, {shown} cijfers voor de regio, "
        f"{time.perf_counter() - started:.1f} seconden."
    )
    if DEFAULT_AUDIENCE in published.cells:
        print("\n".join(_tell_left_out(settings)))
    return 0


def _tell_left_out(settings: Settings) -> list[str]:
    """Tell which figures of the region's themes partners do not see in the release, and why."""
    from regiebeeld.dashboard.access import PresentAgreements
    from regiebeeld.releases import Shelf
    from regiebeeld.releases.left_out import tell_left_out

    hide = partial(PresentAgreements(settings).hide, DEFAULT_AUDIENCE)
    with closing(Shelf(settings.releases).open_current(DEFAULT_AUDIENCE, hide)) as release:
        return tell_left_out(release.left_out) or ["Alle cijfers van de thema's staan erin."]


def _example(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld import example as invented
    from regiebeeld.catalogue import read_catalogue

    tell = None if settings.quiet else lambda text: print(text, file=sys.stderr)
    truths = settings.regions / invented.REGION / "planted_truths.yaml"
    made = invented.make_example(truths=truths, progress=tell)
    folder = parsed.folder or settings.files
    invented.write_example(folder, example=made, progress=tell)
    invented.write_address_file(folder, example=made)
    print(f"De verzonnen voorbeeldregio staat in {folder}.")
    if parsed.folder:
        catalogue, parcels = read_catalogue(settings.catalogue, settings.regions), folder / PARCELS
        written = invented.write_deliveries(parcels, example=made, catalogue=catalogue)
        print(f"In {parcels} staan {len(written)} leveringen; er ging niets door de deur.")
    else:
        sent = invented.deliver_example(settings, made, progress=tell)
        print("\n".join(invented.tell_outcomes(sent, settings)))
        print("Maak een versie met `regiebeeld run voorbeeld`.")
    return 0


def _serve(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.dashboard.web import serve, write_address

    address = write_address(parsed.host, parsed.port)
    serve(
        settings,
        audience=parsed.audience,
        host=parsed.host,
        port=parsed.port,
        ready=lambda: print(f"Regiebeeld staat op {address} (stoppen: Ctrl-C)", flush=True),
    )
    return 0


def _release_list(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.releases import Shelf

    del parsed
    releases = Shelf(settings.releases).read_releases()
    for release in releases:
        star = "*" if release.is_current else " "
        region, made_at = release.manifest.get("region"), release.manifest.get("made_at")
        print(f"{star} {release.id}  " + (release.fault or f"{region}  gemaakt {made_at}"))
        for sentence in _tell_hidden(settings, release.id) if release.fault is None else ():
            print(f"    {sentence}")
    if not releases:
        print(f"Er is nog geen versie in {settings.releases}; maak er een met `regiebeeld run`.")
    elif not any(release.is_current for release in releases):
        print("Geen versie is in gebruik; kies er een met `regiebeeld release use`.")
    return 0


def _release_use(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.releases import Shelf

    Shelf(settings.releases).use(parsed.release)
    print(f"Versie {parsed.release} wordt nu gebruikt.")
    print("\n".join(_tell_hidden(settings, parsed.release)) or "Alle bronnen erin zijn te zien.")
    return 0


def _tell_hidden(settings: Settings, release: str) -> list[str]:
    """Tell which sources of a release are not shown now; or why that cannot be told."""
    from regiebeeld.dashboard.access import PresentAgreements, tell_hidden
    from regiebeeld.domain import ReleaseError
    from regiebeeld.releases import Shelf

    try:
        return list(tell_hidden(Shelf(settings.releases), release, PresentAgreements(settings)))
    except ReleaseError as fault:
        return [str(fault)]


def _release_verify(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.domain import ReleaseError
    from regiebeeld.releases import Shelf
    from regiebeeld.releases.shelf import check_id, check_release, read_manifest

    shelf = Shelf(settings.releases)
    name = check_id(parsed.release or shelf.read_current_id())
    if faults := check_release(shelf.folder / name):
        raise ReleaseError(f"versie {name} is niet heel: {'; '.join(faults)}")
    cells = read_manifest(shelf.folder / name)["cells"]
    print(f"Versie {name} is heel. Cijfers per bestand: {json.dumps(cells)}")
    return 0


def _progress(settings: Settings) -> Callable[[int, int | None, str], None] | None:
    if settings.quiet:
        return None

    def tell(done: int, total: int | None, what: str) -> None:
        if total is None or done >= total:
            print(f"  {what}" + (f" ({done})" if total is None else ""), file=sys.stderr)

    return tell


if __name__ == "__main__":
    sys.exit(main())
