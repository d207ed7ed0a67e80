"""The text that travels with the invented files: what they are and how they were made."""

from datetime import date

from regiebeeld.example.truths import FIRST_DAY, LATE_DAY, Truths

_TEXT = """\
VERZONNEN VOORBEELD

De regio Voorbeeld bestaat niet. Alle namen, grenzen en cijfers in deze map zijn door een
programma gemaakt met vaste toevalsgetallen (startgetal {seed}). De kaart ligt in de Noordzee ten
westen van Texel, zodat niemand haar voor een echte plek kan houden. Gebruik deze cijfers nergens
voor, behalve om te zien wat het systeem ermee doet.

Bestanden
- gebieden_{oldest}_*.geojson en gebieden_{newest}_*.geojson: gemeenten, wijken en buurten in de
  oudste en de nieuwste indeling (WGS84, namen van kenmerken zoals PDOK). -99997 is geheim.
  Een meer hoort als water ("JA") bij een gemeente; het heeft een eigen wijk (eindigt op 99) en
  buurt (eindigt op 9997) en wordt niet getekend.
- misdrijven_maand.csv: misdrijven per maand en gebied, {oldest} tot en met {newest}, in de vorm
  van een tabel van StatLine. Codes zijn met spaties aangevuld; 0.0.0 is het totaal. Alle jaren
  staan in de indeling van {newest}. WK..99 en BU..9999 zijn de misdrijven waarvan binnen de
  gemeente de plek niet bekend is. Zedenmisdrijven tellen mee in het totaal en hebben geen rij.
- misdrijven_maand_*.csv: de lijsten met perioden, soorten misdrijven, gebieden en de beschrijving
  van de tabel. De laatste twaalf maanden zijn voorlopig.
- bevolking.csv: inwoners, huishoudens, woningen en kenmerken van de woningen en de omgeving per
  gebied en jaar, in de indeling van {newest}.
  Onder de gemeente afgerond op 5. "       ." is geheim: een buurt met minder dan 50 inwoners.
- pc6hnr{newest}.csv: elk adres met zijn buurt, in de vorm van het bestand pc6hnr van het CBS.

Leveringen van partners
`regiebeeld example` maakt ook wat de verzonnen partners leveren en stuurt elk bestand door de deur,
op de dag die erbij hoort: van {first} tot en met {last}. Daarna zijn de bestanden weg;
aantallen en verslagen blijven. Met --folder worden de bestanden alleen geschreven.
De afspraken lopen tot en met 2099, en van wat niet over mensen gaat blijven de aantallen twintig
jaar bewaard. Dat is langer dan een echte afspraak, zodat het voorbeeld over jaren nog werkt. Een
afspraak is met opzet afgelopen.

Hoe het is gemaakt
Steden, dorpen en een rivier kregen een plek; fijne cellen groeiden samen tot buurten, wijken en
gemeenten. Per buurt is een verwacht aantal misdrijven berekend uit inwoners, woningen, winkels en
bedrijven, met een seizoen en een ontwikkeling. Daaromheen is toeval getrokken. De corona-jaren
zijn niet nagemaakt.

Wat erin is gestopt
{truths}
{deliveries}
"""


def draw_readme(truths: Truths, seed: int) -> str:
    """Give the text of LEESMIJ.txt."""
    planted = "\n".join(f"- {truth.id}: {truth.sentence}" for truth in truths.truths)
    sent = "\n".join(f"- {one.id}: {one.sentence}" for one in truths.deliveries)
    return _TEXT.format(
        seed=seed,
        oldest=truths.oldest,
        newest=truths.newest,
        truths=planted,
        deliveries=sent,
        first=_write_day(FIRST_DAY),
        last=_write_day(LATE_DAY),
    )


def _write_day(day: date) -> str:
    return f"{day.day}-{day.month}-{day.year}"
