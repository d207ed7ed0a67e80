"""One driver in plain Dutch: what goes together with what, how sure, and that it is no cause."""

from dataclasses import dataclass

from regiebeeld.statistics.drivers.results import DriverEffect, DriverModel, Prediction, Reason

_NO_CAUSE = "Dit is een verband, geen oorzaak."
_HARD_TO_TELL = 10.0  # variance inflation
_REFUSALS = {
    Reason.FEW_AREAS: "Er zijn te weinig gebieden om iets over te zeggen.",
    Reason.FEW_CASES: "Er zijn te weinig gevallen om iets over te zeggen.",
    Reason.FEW_GROUPS: "Er zijn te weinig gemeenten om dit te toetsen.",
    Reason.CONSTANT: "Dit kenmerk is overal gelijk: {about}.",
    Reason.COLLINEAR: "Deze kenmerken zeggen samen hetzelfde: {about}. Kies er een minder.",
    Reason.ABSORBED: "Dit kenmerk verandert niet in de tijd: {about}.",
    Reason.NO_FIT: "Met deze kenmerken is geen uitkomst te berekenen. Kies er minder.",
}


@dataclass(frozen=True, slots=True)
class DriverWords:
    """How a driver and the cases are called: "WOZ-waarde", "duizend euro", "inbraken", …"""

    driver: str
    unit: str
    cases: str = "inbraken"
    base: str = "1.000 woningen"
    decimals: int = 0


def describe_effect(effect: DriverEffect, words: DriverWords) -> str:
    """Tell one effect in Dutch: per sd higher so many percent more or fewer, with the margin."""
    where = "in de buurgebieden " if effect.lagged else ""
    step = _number(effect.step, words.decimals)
    unit = f" {words.unit}" if words.unit else ""
    start = f"{words.driver} {where}{step}{unit} hoger:"
    about = f"{words.cases} per {words.base}"
    margin = f"({_change(effect.lower)} tot {_change(effect.upper)})"
    if effect.lower <= 1 <= effect.upper:
        told = f"geen duidelijk verschil in {about} {margin}."
    else:
        told = f"{_change(effect.ratio)} {about} {margin}."
    apart = " Moeilijk los te zien van de andere kenmerken." if effect.vif > _HARD_TO_TELL else ""
    return f"{start} {told}{apart} {_NO_CAUSE}"


def describe_prediction(prediction: Prediction) -> str:
    """Tell in Dutch whether the drivers predict gemeenten that the model has not seen."""
    if prediction.reason is not None:
        return describe_refusal(prediction.reason, prediction.about)
    score = f"{prediction.groups_better} van de {prediction.groups} gemeenten"
    if prediction.helps:
        return f"De kenmerken voorspellen {score} beter dan één gemiddelde voor alle gebieden."
    return (
        f"De kenmerken voorspellen niet beter dan één gemiddelde voor alle gebieden "
        f"(wel in {score}). Trek er geen conclusies uit."
    )


def describe_neighbours(model: DriverModel) -> str:
    """Tell in Dutch what the check of the residuals means; empty where all is well."""
    moran = model.residual_moran
    if moran is None or moran.p >= 0.05:
        return ""
    return (
        "Gebieden naast elkaar lijken ook op elkaar in wat de kenmerken niet verklaren. "
        "De marges zijn daardoor te smal."
    )


def describe_refusal(reason: Reason, about: tuple[str, ...] = ()) -> str:
    """Tell in Dutch why there is no answer, naming the drivers it is about."""
    return _REFUSALS[reason].format(about=", ".join(about))


def _change(ratio: float) -> str:
    percent = round(abs(ratio - 1) * 100)
    if percent == 0:
        return "0 %"
    return f"{_number(percent, 0)} % {'meer' if ratio > 1 else 'minder'}"


def _number(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))
