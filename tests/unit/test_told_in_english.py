"""What a run writes in Dutch is said in English, or is known as Dutch and marked so."""

import re
from datetime import date
from pathlib import Path

import pytest

import regiebeeld.dashboard
from regiebeeld.catalogue.agreements import may_use
from regiebeeld.dashboard.charts import read_texts, say_told
from regiebeeld.dashboard.web.speaking import write_words
from regiebeeld.pipeline.analyses import effect_words
from regiebeeld.releases.language import InDutch, fill_in, join_said, pieces_of, speaking
from regiebeeld.statistics.effects import Displacement, ShareChange, ShareReading

DASHBOARD = Path(regiebeeld.dashboard.__file__).parent
CATALOGUES = sorted(DASHBOARD.glob("*/??.yaml"))
WRITTEN = [
    effect_words.TOO_FEW,
    effect_words.NO_LEVEL,
    effect_words.TOGETHER,
    *effect_words._REASONS.values(),
    *effect_words._CAUTIONS.values(),
    *effect_words._SHARES.values(),
    effect_words.tell_displacement(Displacement(total=-66.2, lower=-115.0, upper=-16.0)),
    effect_words.tell_share(ShareChange(0.33, 0.44, 0.1, 0.0, 0.2, ShareReading.NO_CHANGE_SEEN)),
    str(getattr(may_use(None, date(2026, 1, 1)), "words", "")),
    "Het label driehoek is niet voor alle deelnemers in de regio.",
    "De driehoek (burgemeester, politie en OM) staat niet bij de ontvangers van de afspraak.",
    "Deze regio gebruikt deze bron niet. Zet haar bij sources in region.yaml.",
    "In wat geleverd is staat dit cijfer niet. Vraag ernaar bij de leverancier: Politie.",
    "De afspraak is afgelopen op 31-12-2025; vraag de leverancier om een nieuwe.",
    "buurt: van de indeling 2018 overgezet naar 2025; totalen bleven gelijk",
    "2.1.1, 2 perioden, 2025-11 tot en met 2025-12, GM9912: in deze gemeente is alles nul: deze "
    "periode was nog niet gevuld",
]


@pytest.mark.parametrize("dutch", WRITTEN)
def test_what_a_run_writes_is_said_in_english(dutch: str) -> None:
    with speaking("en"):
        said = say_told(dutch)
    assert said != dutch
    assert not isinstance(said, InDutch), said


def test_days_months_and_numbers_are_those_of_the_reader() -> None:
    ended = "De afspraak is afgelopen op 31-12-2025; vraag de leverancier om een nieuwe."
    homes = "brieven bezorgd: 36.120 van 37.975 woningen (95 %)"
    assert "31 december 2025" in say_told(ended)
    assert say_told(homes) == homes
    with speaking("en"):
        assert "31 December 2025" in say_told(ended)
        assert "36,120 of 37,975 dwellings" in say_told(homes)


def test_words_without_english_are_marked_as_dutch_alone_and_in_a_sentence() -> None:
    assert type(say_told("Sloten & licht")) is str
    with speaking("en"):
        alone = say_told("Sloten & licht")
        inside = say_told("Sloten & licht: aandeel pogingen")
        both = join_said(["We <see>.", alone])
    assert write_words(alone) == '<span lang="nl">Sloten &amp; licht</span>'
    assert write_words(inside) == '<span lang="nl">Sloten &amp; licht</span>: share of attempts'
    assert write_words(both) == 'We &lt;see&gt;. <span lang="nl">Sloten &amp; licht</span>'


def test_a_sentence_of_which_one_is_unknown_says_the_others() -> None:
    with speaking("en"):
        said = say_told("Alle cijfers ontbreken. Dat wist niemand.")
    assert [type(piece) is str for piece in pieces_of(said)] == [True, True, False]
    assert said == "All figures are missing. Dat wist niemand."


def test_a_sentence_keeps_its_format_when_a_value_is_dutch() -> None:
    assert fill_in("{a} ({b:02d})", {"a": "x", "b": 3}) == "x (03)"
    assert fill_in("{a} ({b:02d})", {"a": InDutch("x"), "b": 3}) == "x (03)"


@pytest.mark.parametrize(
    ("key", "values", "told"),
    [
        ("findings.effects.where", {"areas": "1", "kind": "k"}, "Uitgevoerd in 1 gebied."),
        ("findings.effects.where", {"areas": "12", "kind": "k"}, "Uitgevoerd in 12 gebieden."),
        ("trend.no_last", {"period": "eerste half jaar van 2025", "reason": "r"},
         "Voor het eerste half jaar van 2025 is er geen cijfer: r."),
        ("trend.no_last", {"period": "2025", "reason": "r"}, "Voor 2025 is er geen cijfer: r."),
    ],
)  # fmt: skip
def test_words_follow_what_they_stand_beside(key: str, values: dict[str, str], told: str) -> None:
    assert read_texts(DASHBOARD / "charts" / "nl.yaml")(key, **values).startswith(told)


@pytest.mark.parametrize(
    ("language", "period", "told"),
    [
        ("nl", "4e kwartaal van 2025", "3 in het 4e kwartaal van 2025, "),
        ("nl", "mei 2025 tot en met april 2026", "3 van mei 2025 tot en met april 2026, "),
        ("nl", "mei 2025", "3 in mei 2025, "),
        ("en", "May 2025 to April 2026", "3 from May 2025 to April 2026, "),
        ("en", "quarter 4 of 2025", "3 in quarter 4 of 2025, "),
    ],
)
def test_a_stretch_of_months_has_a_word_of_its_own(language: str, period: str, told: str) -> None:
    values = {"area": "A", "count": 3, "before": 1, "earlier": "2024", "verdict": "v"}
    with speaking(language):
        said = read_texts(DASHBOARD / "charts" / "nl.yaml")(
            "beside.period", period=period, **values
        )
    assert said.startswith(f"A: {told}")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_plural_stands_fixed_behind_a_number_that_can_be_one(path: Path) -> None:
    """The places named here can be 1; whose many words follow a number, its one word does too."""
    can_be_one = "judged|tested|skipped|compared|sources|areas|years|holding|late"
    plain = re.compile(
        rf"\{{({can_be_one})\}} (?!samen|together|series|is |are |te laat|{{)[a-z]+(?:en|s)\b"
    )
    told = path.read_text(encoding="utf-8").replace("overlap", "")
    assert [found.group() for found in plain.finditer(told)] == []
    forms = re.findall(r"\{\w+:([^{}]*\|[^{}]*)\}", told)
    assert all(form.count("|") == 1 for form in forms)
