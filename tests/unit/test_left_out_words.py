"""What a release does not show is told in a line a reason, and nothing is told twice."""

from regiebeeld.releases import LeftOut
from regiebeeld.releases.left_out import tell_left_out


def row(indicator: str, words: str = "Er is geen levering.", step: str = "") -> LeftOut:
    return LeftOut("brand", indicator, "Meldingen", words, step)


def test_when_all_is_shown_nothing_is_told() -> None:
    assert tell_left_out([]) == []


def test_one_figure_is_told_as_one_with_what_to_do() -> None:
    first, line = tell_left_out([row("Branden", "Deze bron mist.", "Zet haar in region.yaml.")])
    assert first == "Van de thema's van deze regio staat 1 cijfer niet in de versie:"
    assert line == "- Branden (Meldingen): Deze bron mist. Zet haar in region.yaml."


def test_figures_with_one_reason_share_a_line_and_many_are_counted() -> None:
    rows = [row(f"Cijfer {i}") for i in range(7)] + [row("Cijfer 0"), row("Anders", "Iets anders.")]
    first, many, other = tell_left_out(rows)
    assert "staan 8 cijfers niet" in first
    assert many.startswith("- Cijfer 0 (Meldingen), Cijfer 1 (Meldingen)")
    assert "Cijfer 4 (Meldingen) en nog 2: Er is geen levering." in many
    assert other == "- Anders (Meldingen): Iets anders."
