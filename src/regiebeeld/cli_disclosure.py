"""Commands about the protection of figures about persons; `cli` puts them beside its own."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from regiebeeld.cli_intake import Command, private_process
from regiebeeld.settings import Settings

Commands = argparse._SubParsersAction  # the type that argparse gives, and has no other name for
Add = Callable[["Commands[argparse.ArgumentParser]", str, Command, str], argparse.ArgumentParser]


def add_disclosure_commands(commands: "Commands[argparse.ArgumentParser]", add: Add) -> None:
    """Add every command of this module with `add` (where, name, body, words)."""
    secret = _add_group(commands, "secret", "het geheim waarmee cijfers worden afgerond")
    make = add(secret, "make", _secret_make, "maak het geheim van een regio, een keer")
    make.add_argument("region", help="naam van de regio")
    policy = _add_group(commands, "policy", "hoe fijn cijfers over personen worden getoond")
    propose = add(
        policy,
        "propose",
        _policy_propose,
        "meet per niveau en periode welk deel als '0–4' of '1–9' te lezen is, en stel voor wat "
        "genoeg zegt",
    )
    propose.add_argument("region", help="naam van de regio")
    propose.add_argument("--indicator", help="alleen deze indicator")
    own = add(
        commands,
        "own",
        _own,
        "schrijf de precieze eigen cijfers van wie ze leverde, voor die eigenaar alleen",
    )
    own.add_argument("region", help="naam van de regio")
    own.add_argument("source", help="naam van de bron")
    own.add_argument("--gemeente", help="code van de gemeente die haar deel zelf leverde")
    own.add_argument("--to", type=Path, required=True, help="nieuw CSV-bestand")
    attack = add(
        commands,
        "attack",
        _attack,
        "val een versie aan zoals een buitenstaander dat kan, met wat ooit is verteld en met "
        "tabellen van anderen",
    )
    attack.add_argument("release", help="nummer van de versie, zoals 2026-06-30.1")
    attack.add_argument(
        "--with",
        dest="outside",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="CSV-bestand van anderen over dezelfde gebeurtenissen; mag vaker",
    )


def _add_group(
    commands: "Commands[argparse.ArgumentParser]", name: str, words: str
) -> "Commands[argparse.ArgumentParser]":
    group = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    return group.add_subparsers(title="opdrachten", required=True, metavar="OPDRACHT")


def _secret_make(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.catalogue import read_catalogue
    from regiebeeld.pipeline.gate.secret_file import make_secret
    from regiebeeld.pipeline.store.folders import keep_private
    from regiebeeld.pipeline.store.owner import bind_region

    region = read_catalogue(settings.catalogue, settings.regions).read_region(parsed.region)
    with private_process():
        if not region.invented:
            bind_region(settings, region.id)
            keep_private(settings)
        path = make_secret(settings, region)
    print(
        f"Het geheim van {region.title} staat in {path}; alleen de eigenaar kan het lezen.\n"
        "Bewaar nu met twee mensen een kopie buiten deze computer, in een kluis of achter slot, en "
        "schrijf op wie dat deed en wanneer.\n"
        "Gaat het geheim verloren en is er geen kopie, dan kan Regiebeeld over deze regio geen "
        "cijfers over personen meer maken: een ander geheim wordt geweigerd.\n"
        "Laat het niemand zien. Meer in docs/how-to/geheim_maken.md."
    )
    return 0


def _policy_propose(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.pipeline.run.proposal_words import tell_proposals
    from regiebeeld.pipeline.run.proposing import propose_finest

    with private_process():
        found = propose_finest(
            parsed.region, settings, indicator=parsed.indicator, tell=_progress(settings)
        )
    print("\n".join(tell_proposals(found)))
    return 0


def _own(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.pipeline.run.owner_file import write_own_figures

    with private_process():
        found = write_own_figures(
            parsed.source,
            settings,
            region=parsed.region,
            gemeente=parsed.gemeente,
            path=parsed.to,
        )
    print(
        f"{found.rows} regels met precieze aantallen staan in {found.path}; alleen deze gebruiker "
        "kan het lezen. Geef het alleen aan wie deze cijfers leverde, en wis het daarna."
    )
    return 0


def _attack(parsed: argparse.Namespace, settings: Settings) -> int:
    from regiebeeld.domain import RecoveredError
    from regiebeeld.pipeline.run.attack_words import tell_attack, tell_verdict
    from regiebeeld.pipeline.run.attacking import attack_release

    with private_process():
        found = attack_release(
            parsed.release, settings, outside=parsed.outside, tell=_progress(settings)
        )
    print("\n".join(tell_attack(found)))
    if not found.safe:
        raise RecoveredError(tell_verdict(found))
    print(tell_verdict(found))
    return 0


def _progress(settings: Settings) -> Callable[[str], None] | None:
    if settings.quiet:
        return None
    return lambda text: print(f"  {text}", file=sys.stderr)
