"""Invented names; a test holds that no gemeente or village is a place of the CBS lists."""

from collections.abc import Iterator

GEMEENTE_NAMES = (
    "Wolderhage",
    "Eldermonde",
    "Hazelterwoude",
    "Stellinghage",
    "Kolkewoude",
    "Rietmonde",
    "Elzumerveen",
    "Broekemonde",
    "Ruigendam",
    "Lindershoven",
    "Drielerbroek",
    "Ginderveen",
    "Kortelaar",
    "Zoerbeke",
)
VILLAGE_NAMES = (
    "Steggelo",
    "Varkelder",
    "Hommelte",
    "Ambelaar",
    "Duikeloo",
    "Eekwolde",
    "Tieveloo",
    "Kraaienhul",
    "Lauwerbeke",
    "Moerdel",
    "Nulderhage",
    "Peddelo",
    "Quistelo",
    "Reutelveen",
    "Sliekum",
    "Todderhoek",
    "Wammelte",
    "Bralte",
    "Fokkelte",
    "Geverloo",
    "Haverdel",
    "Jonkerswaag",
    "Klinkerlo",
    "Lokerbeke",
    "Mispelloo",
    "Nijkolde",
    "Oploowoude",
    "Pauwelte",
    "Schuldermeer",
    "Terwolmen",
    "Udenhul",
    "Veenkolde",
    "Wijtelo",
    "Zwartelte",
    "Bovenhul",
    "Dorsterlo",
    "Emmelwaag",
    "Grolderbeke",
)
LAKE_NAME = "Holderplas"
URBAN_WIJKEN = (
    "Noorderkwartier",
    "Oosterhoven",
    "Zuiderpark",
    "Westerkamp",
    "Hogeveld",
    "Vogelkwartier",
    "Parkwijk",
    "Nieuwland",
)
CENTRE_BUURTEN = (
    "Marktkwartier",
    "Stationsbuurt",
    "Kerkbuurt",
    "Havenkwartier",
    "Singelkwartier",
)
ESTATE_NAMES = ("De Overslag", "Kanaalzone", "Ambachtspark", "Logistiek Park")
COUNTRY_PARTS = ("Noord", "Oost", "Zuid", "West")
_FIRST = (
    "Eiken",
    "Molen",
    "Linden",
    "Beuken",
    "Dijk",
    "Kastanje",
    "Weide",
    "Ooievaars",
    "Berken",
    "Water",
    "Zwaluw",
    "Brink",
    "Veld",
    "Klaver",
    "Hazelaar",
    "Korenbloem",
    "Toren",
    "Esdoorn",
    "Merel",
    "Bron",
)
_SECOND = ("buurt", "kamp", "veld", "hof", "horst", "park", "hoek")


def urban_buurt_names(number: int) -> Iterator[str]:
    """Yield names such as "Eikenkamp", each once, in an order of its own for gemeente `number`."""
    pairs = len(_FIRST) * len(_SECOND)
    for step in range(pairs):
        # 47 has no factor in common with 140, so every pair comes by exactly once
        index = (number * 31 + step * 47) % pairs
        first, second = _FIRST[index % len(_FIRST)], _SECOND[index // len(_FIRST)]
        if first.lower() != second:
            yield first + second
