"""What a release leaves out of each audience file, and why: one row a figure and source.

Reasons come from catalogue and agreements, and from rounded figures, so that they tell nothing
of a count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from regiebeeld.catalogue import Catalogue, Indicator, Label, Region, Theme
from regiebeeld.catalogue.models import IndicatorSource
from regiebeeld.catalogue.reasons import (
    Reason,
    Receiver,
    find_receiver,
    name_in_sentence,
    reasons_for,
    reasons_for_nobody,
    reasons_of_class,
    reasons_of_theme,
)
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.releases.writing import AudienceFile

_SCHEMA = pa.schema(
    [
        ("position", pa.int32()),
        *(
            (name, pa.string())
            for name in ("audience", "theme", "indicator", "source", "words", "next_step")
        ),
    ]
)
Row = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Withholding:
    """What the reasons are made from: the definitions, what was computed, and the day.

    withheld: why the run left a source out, by source.
    """

    catalogue: Catalogue
    region: Region
    cells: CellTables
    withheld: Mapping[str, str]
    today: date

    def list_rows(self, file: AudienceFile) -> Iterator[Row]:
        """Yield a row for each figure that a file does not hold, in order of page."""
        receiver = find_receiver(self.catalogue, self.region, file.name)
        shown = {i.id: source for _, i, source in self.cells.indicators}
        for theme, indicator in self.catalogue.indicators_of(self.region).values():
            seen = shown.get(indicator.id) if indicator.label in file.labels else None
            if receiver is None or (seen is not None and seen not in file.without):
                continue
            if _is_told(indicator, file):
                yield from self._rows_of(file.name, theme, indicator, receiver)

    def _rows_of(
        self, file: str, theme: Theme, indicator: Indicator, receiver: Receiver
    ) -> Iterator[Row]:
        for wanted in indicator.sources:
            reasons = list(self._reasons(theme, indicator, wanted, receiver))
            words = " ".join(dict.fromkeys(reason.words for reason in reasons))
            step = next((reason.next_step for reason in reasons if reason.next_step), "")
            title = self.catalogue.sources[wanted.source].title
            title = f"{title} (verzonnen)" if self.region.invented else title
            yield file, theme.id, indicator.title, title, words, step

    def _reasons(
        self, theme: Theme, indicator: Indicator, wanted: IndicatorSource, receiver: Receiver
    ) -> Iterator[Reason]:
        """Yield every reason; the class first, because nothing else helps while that forbids."""
        source = self.catalogue.sources[wanted.source]
        agreement = self.catalogue.agreement_for(self.region.id, source.id)
        supplier = agreement.supplier if agreement else source.terms.publisher
        yield from reasons_of_class(self.catalogue, source)
        if source.id not in {one.source for one in self.region.sources}:
            wanting = source.terms.is_delivery and agreement is None
            ask = f"Maak een afspraak met {supplier} en z" if wanting else "Z"
            step = f"{ask}et haar bij sources in region.yaml."
            yield Reason("Deze regio gebruikt deze bron niet.", step)
            return
        found = [
            *reasons_for_nobody(self.catalogue, source, agreement, self.today),
            *reasons_for(source, agreement, receiver),
            *reasons_of_theme(agreement, theme.id),
        ]
        if indicator.label not in receiver.audience.labels:
            words = (
                f"Het label {indicator.label} is niet voor {name_in_sentence(receiver.audience)}."
            )
            found.append(Reason(words))
        yield from found
        if not found:
            yield self._why_absent(indicator, wanted, supplier)

    def _why_absent(self, indicator: Indicator, wanted: IndicatorSource, supplier: str) -> Reason:
        if indicator.id in self.cells.too_fine:
            words = (
                "Meer dan 20 % van de cijfers zou als '0–4' of '1–9' te lezen zijn, of samen met "
                "wat al verteld is zou een aantal te herleiden zijn."
            )
            return Reason(words, "Kies een grover `finest`, of tel over een langere tijd.")
        if wanted.source in self.withheld:
            step = "Haal `release: false` bij deze bron weg om haar te tonen."
            return Reason("De regio laat deze bron alleen tellen en niet zien.", step)
        if wanted.source not in self.cells.counted:
            return Reason(
                "Er is nog geen levering aangenomen.",
                f"Vraag de leverancier om te leveren: {supplier}.",
            )
        return Reason(
            "In wat geleverd is staat dit cijfer niet.",
            f"Vraag ernaar bij de leverancier: {supplier}.",
        )


def _is_told(indicator: Indicator, file: AudienceFile) -> bool:
    """Tell partners of every figure; everybody only of those that are meant for everybody."""
    least = Label.OPENBAAR if indicator.label is Label.OPENBAAR else Label.INTERN
    return least.value in file.labels


def withheld_table(withholding: Withholding, files: Sequence[AudienceFile]) -> pa.Table:
    """Give the table withheld with the rows of every file."""
    rows = [row for file in files for row in withholding.list_rows(file)]
    told = [dict(zip(_SCHEMA.names, (k, *row), strict=True)) for k, row in enumerate(rows)]
    return pa.Table.from_pylist(told, schema=_SCHEMA)
