"""What of a release may not be shown today: by its own dates and by the agreements as they are now.

Looks at the catalogue anew when a file changed. Fails closed: without it no partner is shown.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path

from regiebeeld.catalogue import Catalogue, Region, read_catalogue
from regiebeeld.catalogue.reasons import (
    Receiver,
    find_receiver,
    reasons_for,
    reasons_for_nobody,
    reasons_of_theme,
)
from regiebeeld.domain import RegiebeeldError
from regiebeeld.releases import Delivered, Hidden, Shelf, find_ended, join_hidden
from regiebeeld.settings import Settings

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0  # how long a look at the files counts
NOT_READABLE = (
    "De afspraken zijn nu niet te lezen, dus is niet te zeggen of dit mag worden getoond. "
    "Wie dit beheert: kijk met `regiebeeld check` wat eraan mankeert."
)
Clock = Callable[[], date]


def read_today() -> date:
    """Give the day in the Netherlands, where midnight comes at most two hours before UTC."""
    return (datetime.now(UTC) + timedelta(hours=2)).date()


class PresentAgreements:
    """The catalogue and the agreements as they are now; read once until a file changes."""

    def __init__(
        self, settings: Settings, *, clock: Clock = read_today, look: float = LOOK_SECONDS
    ) -> None:
        self.settings = settings
        self.clock = clock
        self._look = look
        self._looked: float | None = None
        self._seen: int | None = None
        self._catalogue: Catalogue | None = None
        self._judge = lru_cache(maxsize=64)(find_hidden)

    def read_catalogue(self) -> Catalogue | None:
        """Give the catalogue as it is now; None when it cannot be read."""
        now = time.monotonic()
        if self._looked is not None and now - self._looked < self._look:
            return self._catalogue
        self._looked = now
        seen = _look_at(self.settings.catalogue, self.settings.regions)
        if seen != self._seen:
            self._seen, self._catalogue = seen, self._read()
            self._judge.cache_clear()
        return self._catalogue

    def _read(self) -> Catalogue | None:
        try:
            return read_catalogue(self.settings.catalogue, self.settings.regions)
        except (RegiebeeldError, OSError) as fault:
            log.error("afspraken niet gelezen, bronnen van partners blijven verborgen: %s", fault)
            return None

    def hide(self, audience: str, region: str, delivered: tuple[Delivered, ...]) -> Hidden:
        """Give what an audience may not see today of a release; nothing without partners."""
        if not delivered:
            return Hidden()
        known = _Known(self.read_catalogue())
        return self._judge(known, (region, audience), delivered, self.clock())


class _Known:
    """A catalogue that is the same only as itself, so that an answer about it can be kept."""

    def __init__(self, catalogue: Catalogue | None) -> None:
        self.catalogue = catalogue

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.catalogue is other.catalogue

    def __hash__(self) -> int:
        return id(self.catalogue)


def find_hidden(
    known: _Known, served: tuple[str, str], delivered: tuple[Delivered, ...], today: date
) -> Hidden:
    """Find what may not be shown today to an audience of a region (`served`: region, audience).

    Both must hold: the agreement as the release keeps it, and the one that there is now.
    """
    ended, catalogue = find_ended(delivered, today), known.catalogue
    region = catalogue.regions.get(served[0]) if catalogue else None
    receiver = find_receiver(catalogue, region, served[1]) if catalogue and region else None
    if catalogue is None or region is None or receiver is None:
        words = NOT_READABLE if catalogue is None else _tell_unknown(served, region)
        return join_hidden(ended, Hidden(tuple((one.source, words) for one in delivered)))
    return join_hidden(ended, _find_barred(catalogue, region, receiver, (delivered, today)))


def _find_barred(
    catalogue: Catalogue,
    region: Region,
    receiver: Receiver,
    asked: tuple[tuple[Delivered, ...], date],
) -> Hidden:
    delivered, today = asked
    sources = []
    themes = []
    for one in delivered:
        if words := " ".join(_list_reasons(catalogue, region, receiver, (one.source, today))):
            sources.append((one.source, words))
        agreement = catalogue.agreement_for(region.id, one.source)
        for theme in one.themes:
            told = " ".join(map(str, reasons_of_theme(agreement, theme)))
            themes += [(one.source, theme, told)] if told else []
    return Hidden(tuple(sources), tuple(themes))


def _list_reasons(
    catalogue: Catalogue, region: Region, receiver: Receiver, asked: tuple[str, date]
) -> Iterator[str]:
    source = catalogue.sources.get(asked[0])
    if source is None:
        yield "Het contract van deze bron staat niet meer in de catalogus."
        return
    agreement = catalogue.agreement_for(region.id, source.id)
    if not source.terms.is_delivery:
        yield "Volgens de catalogus is dit geen bron meer die een partner levert."
    yield from map(str, reasons_for_nobody(catalogue, source, agreement, asked[1]))
    yield from map(str, reasons_for(source, agreement, receiver))


def _tell_unknown(served: tuple[str, str], region: Region | None) -> str:
    what = f"Regio {served[0]!r}" if region is None else f"Ontvanger {served[1]!r}"
    return f"{what} staat niet in de catalogus, dus is er geen afspraak over deze bron."


def _look_at(*folders: Path) -> int:
    """Give a number that changes when a file below is added, removed or changed; reads none."""
    return hash(tuple(sorted(seen for folder in folders for seen in _stamps(folder))))


def _stamps(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _stamps(Path(entry.path))
            continue
        try:
            status = entry.stat()
        except OSError:
            continue
        yield entry.path, status.st_mtime_ns, status.st_size, status.st_ino


def tell_hidden(shelf: Shelf, release: str, present: PresentAgreements) -> Iterator[str]:
    """Yield a sentence for each source of a release that is not shown now: to whom, and why."""
    told: dict[tuple[str, str], list[str]] = {}
    for audience in shelf.list_audiences(release):
        with shelf.opened(release, audience, partial(present.hide, audience)) as opened:
            titles = {one.source: one.title for one in opened.delivered}
            for source, words in opened.hidden.sources:
                told.setdefault((titles[source], words), []).append(audience)
            for source, theme, words in opened.hidden.themes:
                told.setdefault((f"{titles[source]} (thema {theme})", words), []).append(audience)
    for (title, words), audiences in sorted(told.items()):
        yield f"Niet getoond aan {', '.join(audiences)}: {title}. {words}"
