"""Offences of the invented region: how often, where, when and which way they go.

Levels are of the order of Dutch registered crime in 2018-2023; they describe no real place.
"""

from dataclasses import dataclass

TOTAL_CODE = "0.0.0"


@dataclass(frozen=True, slots=True)
class Offence:
    """One row of the table; `where` weighs inhabitants, dwellings, shops, firms and land.

    `rate` is per 1,000 inhabitants of the region in the first year, `tilt` the factor a
    year beside the common trend, `swing` and `peak` the season (share, month), `unknown`
    the share without a known buurt.
    """

    code: str
    rate: float
    where: tuple[float, float, float, float, float]
    tilt: float = 1.0
    swing: float = 0.0
    peak: int = 1
    unknown: float = 0.015


OFFENCES = (
    Offence("1.1.1", 2.6, (0, 1, 0, 0, 0), 0.94, 0.0, 12, 0.005),
    Offence("1.1.2", 1.0, (0, 0.9, 0, 0, 0.1), 0.95, 0.12, 11, 0.01),
    Offence("1.2.1", 2.2, (0.55, 0, 0.2, 0.25, 0), 0.97, 0.1, 11, 0.02),
    Offence("1.2.2", 0.35, (0.6, 0, 0.1, 0.25, 0.05), 1.0, 0.05, 11, 0.02),
    Offence("1.2.3", 5.0, (0.5, 0, 0.45, 0.05, 0), 1.01, 0.14, 9, 0.02),
    Offence("1.2.4", 0.9, (0.1, 0, 0.85, 0.05, 0), 0.96, 0.15, 7, 0.05),
    Offence("1.2.5", 0.6, (0.5, 0, 0.1, 0.3, 0.1), 1.0, 0.1, 6, 0.03),
    Offence("1.3.1", 5.0, (0.4, 0, 0.2, 0.15, 0.25), 1.0, 0.06, 10, 0.03),
    Offence("1.4.2", 0.12, (0.8, 0, 0.2, 0, 0), 1.0, 0.0, 1, 0.01),
    Offence("1.4.3", 0.2, (0.35, 0, 0.65, 0, 0), 0.98, 0.1, 6, 0.02),
    Offence("1.4.4", 1.5, (0.75, 0, 0.2, 0.05, 0), 1.0, 0.06, 6, 0.02),
    Offence("1.4.5", 2.4, (0.65, 0, 0.35, 0, 0), 0.99, 0.1, 6, 0.015),
    Offence("1.4.6", 0.2, (0.45, 0, 0.5, 0.05, 0), 0.96, 0.1, 11, 0.02),
    Offence("1.4.7", 0.05, (0.2, 0, 0.6, 0.2, 0), 0.96, 0.15, 12, 0.0),
    Offence("2.1.1", 0.05, (0.4, 0, 0.6, 0, 0), 1.0, 0.05, 7, 0.05),
    Offence("2.2.1", 4.6, (0.65, 0, 0.25, 0.1, 0), 0.99, 0.08, 1, 0.015),
    Offence("2.5.1", 1.2, (0, 0, 0.3, 0.7, 0), 0.95, 0.12, 12, 0.01),
    Offence("2.5.2", 2.3, (0.02, 0, 0.95, 0.03, 0), 1.04, 0.08, 11, 0.005),
    Offence("3.1.1", 0.8, (0.55, 0, 0.35, 0.05, 0.05), 0.98, 0.05, 5, 0.04),
    Offence("3.7.4", 0.4, (1, 0, 0, 0, 0), 1.15, 0.0, 1, 0.15),
    Offence("3.9.1", 2.6, (1, 0, 0, 0, 0), 1.05, 0.05, 12, 0.15),
)  # fmt: skip
# Sex crimes (1.4.1) are withheld, as in the real table: the total holds them and no row shows
# them. They stand here together with all offences without a row of their own.
REST = Offence("rest", 9.0, (0.6, 0, 0.25, 0.1, 0.05), 1.0, 0.02, 6, 0.05)
EVERY = (*OFFENCES, REST)
# The label of the table, and what it holds: the police codes decide, not the words.
LABELS = {
    "1.1.1": ("Diefstal/inbraak woning", "A20 A30 B20 B30"),
    "1.1.2": ("Diefstal/inbraak box/garage/schuur", "A21 A34 B21 B34"),
    "1.2.1": ("Diefstal uit/vanaf motorvoertuigen", "A10 B10"),
    "1.2.2": ("Diefstal van motorvoertuigen", "A70 A71 A76 B60 B61 B66"),
    "1.2.3": ("Diefstal van brom-, snor-, fietsen", "A72 A73 B62 B63"),
    "1.2.4": ("Zakkenrollerij", "A40"),
    "1.2.5": ("Diefstal af/uit/van ov. voertuigen", "A12 A74 B12 B64"),
    "1.3.1": ("Ongevallen (weg)", ""),
    "1.4.2": ("Moord, doodslag", "F540-F544"),
    "1.4.3": ("Openlijk geweld (persoon)", "F12"),
    "1.4.4": ("Bedreiging", "F530-F533"),
    "1.4.5": ("Mishandeling", "F550 F551"),
    "1.4.6": ("Straatroof", "B70"),
    "1.4.7": ("Overval", "B72-B74"),
    "2.1.1": ("Drugs/drankoverlast", "F47"),
    "2.2.1": ("Vernieling cq. zaakbeschadiging", "C20 C30 C40 F11"),
    "2.5.1": ("Diefstal/inbraak bedrijven enz.", "A22-A26"),
    "2.5.2": ("Winkeldiefstal", "A50 B50"),
    "3.1.1": ("Drugshandel", "F40-F45"),
    "3.7.4": ("Cybercrime", "F90"),
    "3.9.1": ("Horizontale fraude", "F636 F637"),
}
