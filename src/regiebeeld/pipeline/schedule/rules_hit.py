"""Which rules a delivery met, as its report tells, in words for a page: no row, no number.

Counts of rows about people are not protected, so no figure of a report goes along.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from regiebeeld.ledger.freshness import RuleHit

_LOST = ("Het verslag van deze levering is niet meer te lezen", "Lever het bestand opnieuw.")
_OTHER = ("Een andere regel", "Kijk in het verslag dat is teruggestuurd.")
_PERSONAL = (
    "Persoonsgegevens in het bestand",
    "Haal ze weg en lever opnieuw; het bestand is gewist.",
)
# Title and what to do, with the rules that they stand for.
_TITLES: dict[tuple[str, str], str] = {
    ("Geen geldige afspraak", "Regel eerst een afspraak; het bestand is niet gelezen."): (
        "agreement"
    ),
    ("Het bestand is niet te lezen of niet veilig", "Maak het met het formulier opnieuw."): (
        "file_empty file_kind file_size file_name encoding json nested geometry macros sheets"
        " zip_bomb zip_paths embedded password long_text too_heavy column_type"
        " internal machine no_source crs"
    ),
    ("Het bestand is afgebroken", "Lever het bestand opnieuw en controleer of het heel is."): (
        "file_cut row_cut row_width open_end interrupted"
    ),
    ("De kolommen zijn niet die van het contract", "Gebruik het formulier van deze bron."): (
        "header_name header_twice header_width no_header missing_column unknown_column"
        " header_spelling"
    ),
    ("Het bestand lijkt van een andere bron", "Controleer bij welke bron het hoort."): (
        "other_source"
    ),
    ("Er staat meer in het bestand dan de cijfers", "Haal andere bladen en opmerkingen weg."): (
        "other_sheets hidden comments"
    ),
    ("Het bestand heeft te weinig of te veel rijen", "Lever de hele periode, in delen als het"
     " moet."): "no_rows too_many_rows nothing_counted",
    ("Er staat minder in dan eerder bekend was", "Lever alle gebieden en soorten, ook met nul."): (
        "fewer_rows cells_gone all_zero emptied"
    ),
    ("De opgegeven datum of perioden passen niet", "Het bestand is er nog; geef ze opnieuw op."): (
        "slip"
    ),
    ("Waarden passen niet bij het contract", "Herstel de genoemde rijen en lever opnieuw."): (
        "required type values pattern range length negative excel_date date_window half_point"
        " point_swapped point_system"
        " begin_after_end ContractError CatalogueError"
    ),
    ("Er staan regels in die geen gegevens zijn", "Haal voorbeeld-, lege en totaalregels weg."): (
        "example_row empty_row totals_row"
    ),
    ("Een formule in een cel", "Zet de cellen om in gewone waarden."): "formula",
    ("Rijen staan er dubbel in", "Haal de dubbele rijen weg."): "duplicate",
    ("Totalen kloppen niet met de delen", "Controleer de optelling."): "total",
    ("Perioden ontbreken of sluiten niet aan", "Lever de ontbrekende perioden na."): (
        "missing_period empty_period gap_since_last older_than_last coverage"
    ),
    ("De levering kwam te laat", "Spreek af wanneer de volgende komt."): "late",
    ("Een deel van de rijen hoort bij geen buurt", "Verbeter adressen of gebieden; ze tellen nu"
     " als onbekend."): "linking gemeente LinkError",
    ("Misschien persoonsgegevens", "Kijk het na voor de volgende levering."): (
        "number_series maybe_names"
    ),
}  # fmt: skip
_BY_RULE = {rule: told for told, rules in _TITLES.items() for rule in rules.split()}


def title_of(rule: str) -> tuple[str, str]:
    """Give the title of a rule and what to do; every rule has one."""
    return _PERSONAL if rule.startswith("personal_") else _BY_RULE.get(rule, _OTHER)


def read_rules_hit(report: Path | None) -> tuple[RuleHit, ...]:
    """Read which rules a report names, errors first, each title once; nothing without a report."""
    if report is None:
        return ()
    try:
        told = json.loads(report.read_text(encoding="utf-8"))
        found = set(_hits(told["findings"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return (RuleHit(*_LOST, is_error=False),)
    errors = {(hit.title, hit.what_to_do) for hit in found if hit.is_error}
    kept = (hit for hit in found if hit.is_error or (hit.title, hit.what_to_do) not in errors)
    return tuple(sorted(kept, key=lambda hit: (not hit.is_error, hit.title)))


def _hits(findings: list[dict[str, object]]) -> Iterator[RuleHit]:
    for finding in findings:
        yield RuleHit(*title_of(str(finding["rule"])), is_error=finding["severity"] == "error")
