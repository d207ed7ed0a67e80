"""The words of the catalogue in English; the Dutch ones are what is agreed."""

from pydantic import Field

from regiebeeld.catalogue.words import Id, Strict, Text


class EnglishTheme(Strict):
    title: Text
    question: Text
    introduction: Text


class EnglishBreakdown(Strict):
    title: Text
    values: dict[Text, Text]
    caution: Text


class EnglishIndicator(Strict):
    title: Text
    definition: Text
    caution: Text
    breakdown: EnglishBreakdown | None = None


class EnglishField(Strict):
    title: Text
    words: Text


class EnglishSource(Strict):
    title: Text
    description: Text


class English(Strict):
    """catalogue/english.yaml: by id; what is not there is shown in Dutch."""

    themes: dict[Id, EnglishTheme] = Field(default_factory=dict)
    indicators: dict[Id, EnglishIndicator] = Field(default_factory=dict)
    policy_fields: dict[Id, EnglishField] = Field(default_factory=dict)
    sources: dict[Id, EnglishSource] = Field(default_factory=dict)
    phrases: dict[Text, Text] = Field(
        default_factory=dict, description="by the Dutch words: publishers, licences, audiences"
    )
