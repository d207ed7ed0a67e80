"""Writes the reference pages from the code and the catalogue; `--check` fails when one is stale."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from regiebeeld.catalogue import Catalogue, Indicator, Region, Source, read_catalogue
from regiebeeld.catalogue.models import Analysis, DisclosureClass, Effort, Finest
from regiebeeld.catalogue.schemas import compute_schemas
from regiebeeld.cli import build_parser
from regiebeeld.dashboard.charts.drivers import name_factor
from regiebeeld.dashboard.web.algorithm_register import write_entry
from regiebeeld.domain import PeriodKind, RegiebeeldError
from regiebeeld.settings import ENVIRONMENT_PREFIX, Settings

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Made by docs/generate.py; change the source of it, then run `make docs`. -->"

PERIODS = {
    PeriodKind.WEEK: "week",
    PeriodKind.MONTH: "maand",
    PeriodKind.QUARTER: "kwartaal",
    PeriodKind.HALF_YEAR: "half jaar",
    PeriodKind.ROLLING: "12 maanden tot en met een maand",
    PeriodKind.YEAR: "jaar",
}
ANALYSES = {
    Analysis.TREND: "ontwikkeling",
    Analysis.COMPARISON: "vergelijking",
    Analysis.SIGNALS: "signalen",
    Analysis.HOT_SPOTS: "hotspots",
    Analysis.SMALL_AREAS: "kleine gebieden",
    Analysis.DRIVERS: "samenhang",
    Analysis.RANKING: "rangorde",
    Analysis.EFFECTS: "effecten",
}
EFFORTS = {
    Effort.BRENGDELICT: "brengdelict: mensen melden het",
    Effort.HAALDELICT: "haaldelict: het aantal volgt hoeveel er wordt gezocht",
    Effort.NVT: "niet van toepassing",
}
CLASSES = {
    DisclosureClass.PUBLIC: "al openbaar gemaakt door de eigenaar",
    DisclosureClass.NOT_ABOUT_PERSONS: "gaat niet over personen",
    DisclosureClass.PERSONS: "gaat over personen",
}


def compute_pages() -> dict[str, str]:
    """Give the text of every generated file, by path below docs/reference."""
    catalogue = read_catalogue(ROOT / "catalogue", ROOT / "regions")
    pages = {
        "settings.md": settings_page(),
        "commands.md": commands_page(),
        "indicators.md": indicators_page(catalogue),
        "limits.md": limits_page(catalogue),
        "policy_fields.md": policy_fields_page(catalogue),
        "sources.md": sources_page(catalogue),
        "regions.md": regions_page(catalogue),
        "algoritmeregister.md": write_entry(),
    }
    made = {name: "\n".join([MADE, "", *lines]).rstrip() + "\n" for name, lines in pages.items()}
    return made | {f"schemas/{name}": text for name, text in compute_schemas().items()}


def settings_page() -> Iterator[str]:
    yield from ("# Settings", "")
    yield "Each setting is an environment variable. A value that does not fit stops the command"
    yield from ("and is told with the others. An empty variable counts as not set.", "")
    yield from ("| variable | default | what it is |", "|---|---|---|")
    for spec in fields(Settings):
        name = f"`{ENVIRONMENT_PREFIX}{spec.name.upper()}`"
        yield f"| {name} | `{spec.default}` | {spec.metadata['help']} |"


def commands_page() -> Iterator[str]:
    yield from ("# Commands", "")
    yield "Every command ends with exit code 0 when all went well; each kind of fault has its own"
    yield from ("code. The texts are those of `regiebeeld --help`, in Dutch.", "")
    for name, parser in walk_commands(build_parser(), "regiebeeld"):
        # The help text is laid out here, since argparse lays it out differently per version.
        yield from (f"## `{name}`", "", parser.description or "", "")
        rows = [row for action in parser._actions for row in argument_row(action)]
        if rows:
            yield from ("| argument | default | what it is |", "|---|---|---|", *rows, "")
    yield from ("## Exit codes", "", "| code | kind | meaning |", "|---|---|---|")
    for kind in (RegiebeeldError, *RegiebeeldError.__subclasses__()):
        meaning = (kind.__doc__ or "").splitlines()[0]
        yield f"| {kind.exit_code} | `{kind.__name__}` | {meaning} |"


def walk_commands(
    parser: argparse.ArgumentParser, name: str
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Give a parser and all parsers below it, each with its full name."""
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                yield from walk_commands(below, f"{name} {word}")


def argument_row(action: argparse.Action) -> Iterator[str]:
    if isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
        return
    name = ", ".join(action.option_strings) or action.dest
    given = action.default not in (None, False, argparse.SUPPRESS)
    yield f"| `{name}` | {f'`{action.default}`' if given else ''} | {action.help} |"


def indicators_page(catalogue: Catalogue) -> Iterator[str]:
    yield from ("# Indicatoren", "")
    yield "Wat er wordt geteld, per thema. De naam zegt wat er echt in zit; de codes zijn die van"
    yield from ("de politie.", "")
    for theme in sorted(catalogue.themes.values(), key=lambda theme: theme.position):
        yield from (f"## {theme.title}", "", theme.question, "", theme.introduction, "")
        for name in theme.indicators:
            yield from indicator_lines(catalogue.indicators[name], catalogue)


def indicator_lines(indicator: Indicator, catalogue: Catalogue) -> Iterator[str]:
    yield from (f"### {indicator.title}", "", indicator.definition, "")
    yield from (f"Let op: {indicator.caution}", "", "| | |", "|---|---|")
    yield f"| naam in bestanden en adressen | `{indicator.id}` |"
    yield f"| politiecodes | {', '.join(indicator.police_codes) or 'niet los genoemd'} |"
    yield f"| eenheid | {indicator.unit} |"
    yield f"| soort | {EFFORTS[indicator.effort]} |"
    yield f"| voor wie | {indicator.label} |"
    yield f"| noemer | {denominator_words(indicator)} |"
    yield f"| fijnst getoond | {'; '.join(finest_words(finest) for finest in indicator.finest)} |"
    yield f"| toegestaan | {', '.join(ANALYSES[one] for one in indicator.analyses) or 'niets'} |"
    if indicator.factors:
        factors = ", ".join(name_factor(factor.value) for factor in indicator.factors)
        yield f"| samenhang met | {factors} |"
    if indicator.breakdown:
        titles = ", ".join(indicator.breakdown.values.values())
        yield f"| om wie het gaat | {indicator.breakdown.title}: {titles} |"
    sources = [
        f"{catalogue.sources[wanted.source].title} ({', '.join(wanted.event_sets)})"
        for wanted in indicator.sources
    ]
    yield from (f"| bron, de eerste die een regio heeft | {'; '.join(sources)} |", "")


def denominator_words(indicator: Indicator) -> str:
    per = indicator.denominator
    if per is None:
        return "geen"
    figures = " of anders ".join(per.figures)
    return f"per {per.per} {figures}, vanaf {per.minimum}"


def finest_words(finest: Finest) -> str:
    return f"{finest.level} per {PERIODS[finest.period]}"


def limits_page(catalogue: Catalogue) -> Iterator[str]:
    yield from ("# Grenzen per onderwerp", "")
    yield "Hoe fijn een onderwerp hooguit wordt getoond, en waarvoor. De grens staat in"
    yield "`catalogue/limits.yaml` en geldt voor elke bron en indicator over dat onderwerp, ook"
    yield from ("voor een nieuwe. Voorbeelden staan in `tests/spec/limits.md`.", "")
    yield from (
        "| onderwerp | hooguit | mag | om wie het gaat | voor wie hooguit | waarom |",
        "|---|---|---|---|---|---|",
    )
    for one in catalogue.limits.subjects if catalogue.limits else ():
        finest = "; ".join(finest_words(finest) for finest in one.finest)
        analyses = ", ".join(ANALYSES[analysis] for analysis in one.analyses) or "niets"
        who = "per gemeente en jaar" if one.breakdown else "nee"
        yield f"| {one.title} | {finest} | {analyses} | {who} | {one.most_open} | {one.because} |"
    yield from ("", "Wordt nooit geteld:", "")
    for never in catalogue.limits.never if catalogue.limits else ():
        yield f"- {never.because}"


def policy_fields_page(catalogue: Catalogue) -> Iterator[str]:
    yield from ("# Veiligheidsvelden", "")
    yield "Waar de pagina `/themas` per veld naartoe leidt. De lijst staat in"
    yield "`catalogue/policy_fields.yaml`; een thema of cijfer mag bij meer velden staan. Wat een"
    yield from ("regio niet heeft, staat er op de pagina niet bij.", "")
    index = catalogue.policy_fields
    if index is None:
        return
    yield from (f"Bron van de indeling: {index.source}. De uitleg per veld is van ons.", "")
    for field in index.fields:
        themes = ", ".join(catalogue.themes[name].title for name in field.themes)
        figures = "; ".join(catalogue.indicators[name].title for name in field.indicators)
        yield from (f"## {field.title}", "", field.words, "", "| | |", "|---|---|")
        yield f"| thema's | {themes or 'geen'} |"
        yield from (f"| losse cijfers | {figures or 'geen'} |", "")


def sources_page(catalogue: Catalogue) -> Iterator[str]:
    yield from ("# Bronnen", "")
    yield "Waar de cijfers vandaan komen. Elke bron heeft een contract in `catalogue/sources`."
    yield ""
    for source in catalogue.sources.values():
        yield from source_lines(source)


def source_lines(source: Source) -> Iterator[str]:
    terms = source.terms
    yield from (f"## {source.title}", "", source.description, "")
    if source.limitations:
        yield from (f"Let op: {source.limitations}", "")
    yield from ("| | |", "|---|---|")
    yield f"| naam | `{source.id}`, versie {source.version} |"
    yield f"| van | {terms.publisher} |"
    yield f"| tabel | `{terms.table}` ({terms.kind}) |"
    yield f"| licentie | {source.licence} |"
    yield f"| soort gegevens | {CLASSES[terms.disclosure]} |"
    yield f"| voor wie | {terms.label} |"
    if terms.unit:
        yield f"| eenheid | {terms.unit} |"
    if terms.subject:
        yield f"| onderwerp | `{terms.subject}`, zie [grenzen](limits.md) |"
    if terms.withheld:
        yield f"| achtergehouden, nooit berekend | {', '.join(terms.withheld)} |"
    yield from (f"| velden | {', '.join(f'`{name}`' for name in source.columns)} |", "")


def regions_page(catalogue: Catalogue) -> Iterator[str]:
    yield from ("# Regio's", "")
    yield from ("Voor wie er een beeld wordt gemaakt, en waaruit.", "")
    for region in catalogue.regions.values():
        yield from region_lines(region, catalogue)


def region_lines(region: Region, catalogue: Catalogue) -> Iterator[str]:
    yield from (f"## {region.title}", "")
    if region.invented:
        yield from ("Deze regio is verzonnen.", "")
    yield f"Getoond in de indeling van {region.vintage}; maak een versie met"
    yield from (f"`regiebeeld run {region.id}`.", "", "| gemeente | code |", "|---|---|")
    yield from (f"| {gemeente.name} | {gemeente.code} |" for gemeente in region.gemeenten)
    yield from ("", "| indeling | niveaus | bron |", "|---|---|---|")
    for layout in region.layouts:
        title = catalogue.sources[layout.source].title
        yield f"| {layout.vintage} | {', '.join(layout.levels)} | {title} |"
    sources = ", ".join(catalogue.sources[wanted.source].title for wanted in region.sources)
    themes = ", ".join(catalogue.themes[name].title for name in region.themes)
    yield from ("", f"Bronnen: {sources}.", "", f"Thema's: {themes}.", "")


def stale_pages(pages: dict[str, str], folder: Path) -> Iterator[str]:
    """Yield what differs between the pages as they should be and as they are."""
    for name, text in pages.items():
        page = folder / name
        if not page.is_file():
            yield f"docs/reference/{name} does not exist"
        elif page.read_text(encoding="utf-8") != text:
            yield f"docs/reference/{name} is stale"
    for page in sorted((folder / "schemas").glob("*")):
        if f"schemas/{page.name}" not in pages:
            yield f"docs/reference/schemas/{page.name} is made by nothing"


def write_pages(pages: dict[str, str], folder: Path) -> None:
    for name, text in pages.items():
        page = folder / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when stale")
    parser.add_argument("--folder", type=Path, default=REFERENCE, help="where the pages stand")
    wanted = parser.parse_args()
    pages = compute_pages()
    if not wanted.check:
        write_pages(pages, wanted.folder)
        return 0
    faults = list(stale_pages(pages, wanted.folder))
    for fault in faults:
        print(f"{fault}; run `make docs` and look at the difference", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
