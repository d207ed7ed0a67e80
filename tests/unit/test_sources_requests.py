"""What a request asks, and the addresses it becomes."""

import re
from collections.abc import Iterable, Mapping
from itertools import product
from urllib.parse import unquote

import pytest

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.sources import TableRequest
from regiebeeld.pipeline.sources.odata_filters import choose_keys, filter_addresses
from regiebeeld.pipeline.sources.requests import refuse_terms

# Spelled and padded as in the key lists of 47018NED.
OFFENCES = ["0.0.0 ", "1.1.1 ", "1.4.6 ", "2.6.10"]
AREAS = ["NL00      ", "GM0141    ", "GM0153    ", "WK014110  ", "BU01411000", "BU01411001"]


def ask(
    keys: Mapping[str, Iterable[str]] | None = None,
    prefixes: Mapping[str, Iterable[str]] | None = None,
    **more: str,
) -> TableRequest:
    known = {"source": "police", "kind": "cbs_odata3", "base": "https://bron.nl", "table": "T"}
    return TableRequest(**{**known, **more}, keys=keys or {}, prefixes=prefixes or {})  # type: ignore[arg-type]


def addresses(request: TableRequest, longest: int = 2000) -> list[str]:
    chosen = choose_keys(request, {"SoortMisdrijf": OFFENCES, "WijkenEnBuurten": AREAS})
    found = filter_addresses("https://b/T?$format=json", chosen.expressions, longest=longest)
    return [unquote(each).partition("&$filter=")[2] for each in found]


def test_the_order_of_asking_does_not_change_the_hash() -> None:
    one = ask({"Perioden": ["2024JJ00", "2023JJ00"], "SoortMisdrijf": ["1.1.1"]})
    other = ask({"SoortMisdrijf": ["1.1.1 "], "Perioden": ["2023JJ00", "2024JJ00", "2023JJ00"]})
    assert one.hash == other.hash


@pytest.mark.parametrize(
    "other",
    [
        ask({"Perioden": ["2024JJ00"]}),
        ask(None, {"Perioden": ["2023JJ00"]}),
        ask({"Perioden": ["2023JJ00"]}, table="U"),
        ask({"Perioden": ["2023JJ00"]}, base="https://elders.nl"),
        ask({"Perioden": ["2023JJ00"]}, source="other"),
        ask({"Perioden": ["2023JJ00"]}, kind="cbs_odata4"),
    ],
)
def test_another_question_has_another_hash(other: TableRequest) -> None:
    assert ask({"Perioden": ["2023JJ00"]}).hash != other.hash


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ContractError, match="cbs_odata9"):
        ask(kind="cbs_odata9")


@pytest.mark.parametrize("name", ["../elders", "a/b", ".verborgen", "", "a b"])
def test_a_source_that_is_no_plain_name_is_refused(name: str) -> None:
    with pytest.raises(ContractError, match="geen naam"):
        ask(source=name)


def test_kinds_without_keys_refuse_them() -> None:
    with pytest.raises(ContractError, match="kent geen sleutels"):
        refuse_terms(ask({"RegioS": ["GM0141"]}, kind="pdok_ogc"))


def test_keys_are_sent_with_the_padding_of_the_source() -> None:
    request = ask({"SoortMisdrijf": ["1.1.1", "2.6.10"], "WijkenEnBuurten": ["GM0141"]})
    assert addresses(request) == [
        "(SoortMisdrijf eq '1.1.1 ' or SoortMisdrijf eq '2.6.10') "
        "and WijkenEnBuurten eq 'GM0141    '"
    ]


def test_a_prefix_covers_keys_and_longer_prefixes() -> None:
    """Otherwise a row would come twice when the question is split over addresses."""
    request = ask({"WijkenEnBuurten": ["BU01411000"]}, {"WijkenEnBuurten": ["BU0141", "BU014110"]})
    assert addresses(request) == ["startswith(WijkenEnBuurten,'BU0141')"]


def test_no_keys_ask_everything() -> None:
    assert filter_addresses("https://b/T?$format=json", ()) == ("https://b/T?$format=json",)


def test_a_quote_in_a_key_is_doubled() -> None:
    chosen = choose_keys(ask({"D": ["'s-G"]}), {"D": ["'s-G  "]})
    assert chosen.expressions == (("D eq '''s-G  '",),)


def test_long_questions_are_split_into_every_combination_once() -> None:
    offences = [f"{a}.{b}.{c}" for a in range(1, 4) for b in range(1, 10) for c in range(1, 3)]
    areas = [f"BU{number:08d}" for number in range(400)]
    request = ask({"SoortMisdrijf": offences, "WijkenEnBuurten": areas})
    chosen = choose_keys(
        request, {"SoortMisdrijf": [o + " " for o in offences], "WijkenEnBuurten": areas}
    )
    found = filter_addresses("https://b/T?$format=json", chosen.expressions)
    assert len(found) > 10
    assert max(map(len, found)) <= 2000
    asked = [pair for address in found for pair in combinations(unquote(address))]
    assert sorted(asked) == sorted(product((o + " " for o in offences), areas))


def combinations(address: str) -> list[tuple[str, str]]:
    """List what an address asks by reading it back, apart from the code that wrote it."""
    offences = re.findall(r"SoortMisdrijf eq '([^']*)'", address)
    areas = re.findall(r"WijkenEnBuurten eq '([^']*)'", address)
    return list(product(offences, areas))


def test_a_question_that_cannot_be_split_further_is_refused() -> None:
    with pytest.raises(ContractError, match="langer dan 60"):
        addresses(ask({"SoortMisdrijf": ["1.1.1"], "WijkenEnBuurten": ["GM0141"]}), longest=60)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ask({"SoortMisdrijf": ["1.1.9"]}), r"'1\.1\.9' bestaat niet; bedoelt u '1\.1\.1'"),
        (ask({"Soort": ["1.1.1"]}), "geen dimensie 'Soort'"),
        (ask(None, {"WijkenEnBuurten": ["BU9999"]}), "begint met BU9999"),
    ],
)
def test_a_key_the_table_does_not_have_is_named(request_: TableRequest, words: str) -> None:
    with pytest.raises(ContractError, match=words):
        addresses(request_)


def test_a_prefix_without_keys_is_remembered_when_another_has_them() -> None:
    chosen = choose_keys(
        ask(None, {"WijkenEnBuurten": ["BU0141", "BU9999"]}), {"WijkenEnBuurten": AREAS}
    )
    assert chosen.unmatched == ("BU9999",)
    assert chosen.expressions == (("startswith(WijkenEnBuurten,'BU0141')",),)
