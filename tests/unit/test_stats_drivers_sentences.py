"""Drivers in plain Dutch: the number, its margin, and always that it is no cause."""

from dataclasses import replace

from regiebeeld.statistics.drivers import (
    DriverEffect,
    DriverModel,
    DriverWords,
    Outcome,
    Prediction,
    Reason,
    ResidualMoran,
    describe_effect,
    describe_neighbours,
    describe_prediction,
    describe_refusal,
)

WOZ = DriverWords("Gemiddelde WOZ-waarde", "duizend euro")
CLEAR = DriverEffect("woz_waarde", False, 1045.3, 1.12, 1.05, 1.2, 1.4)


def test_a_clear_effect_tells_percent_margin_and_no_cause() -> None:
    assert describe_effect(CLEAR, WOZ) == (
        "Gemiddelde WOZ-waarde 1.045 duizend euro hoger: 12 % meer inbraken per 1.000 woningen "
        "(5 % meer tot 20 % meer). Dit is een verband, geen oorzaak."
    )


def test_fewer_neighbours_and_decimals_are_told() -> None:
    effect = replace(CLEAR, lagged=True, step=0.34, ratio=0.8, lower=0.7, upper=0.9, vif=12.0)
    words = DriverWords("Afstand tot de supermarkt", "km", decimals=1)
    assert describe_effect(effect, words) == (
        "Afstand tot de supermarkt in de buurgebieden 0,3 km hoger: 20 % minder inbraken per "
        "1.000 woningen (30 % minder tot 10 % minder). Moeilijk los te zien van de andere "
        "kenmerken. Dit is een verband, geen oorzaak."
    )


def test_an_interval_around_one_is_no_clear_difference() -> None:
    effect = replace(CLEAR, ratio=1.002, lower=0.9, upper=1.1)
    told = describe_effect(effect, WOZ)
    assert (
        "geen duidelijk verschil in inbraken per 1.000 woningen (10 % minder tot 10 % meer)" in told
    )
    assert "0 % tot" in describe_effect(replace(CLEAR, lower=1.001), WOZ)


def test_prediction_neighbours_and_refusals_have_their_words() -> None:
    fitted = Prediction(
        Outcome.FITTED,
        14,
        deviance=80.0,
        deviance_of_one_rate=120.0,
        absolute_error=3.0,
        absolute_error_of_one_rate=4.0,
        groups_better=11,
    )
    assert describe_prediction(fitted).startswith("De kenmerken voorspellen 11 van de 14 gemeenten")
    worse = replace(fitted, absolute_error=5.0)
    assert "Trek er geen conclusies uit" in describe_prediction(worse)
    refused = Prediction(Outcome.TOO_FEW, 2, reason=Reason.FEW_GROUPS)
    assert describe_prediction(refused) == "Er zijn te weinig gemeenten om dit te toetsen."
    assert not refused.helps
    about = describe_refusal(Reason.COLLINEAR, ("koopwoningen", "huurwoningen"))
    assert "koopwoningen, huurwoningen" in about
    assert all(describe_refusal(reason, ("x",)).endswith(".") for reason in Reason)
    alike = DriverModel(Outcome.FITTED, 100, 0, residual_moran=ResidualMoran(0.3, 0.01, 100))
    assert "marges zijn daardoor te smal" in describe_neighbours(alike)
    assert describe_neighbours(replace(alike, residual_moran=None)) == ""
