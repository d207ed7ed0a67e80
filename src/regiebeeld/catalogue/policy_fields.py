"""The fields of the safety policy of gemeenten: an index that leads to themes and figures."""

from typing import Annotated

from pydantic import Field

from regiebeeld.catalogue.words import Id, Strict, Text


class PolicyField(Strict):
    """One field: whole themes, and single figures of other themes that belong to it too."""

    id: Id
    title: Text
    words: Annotated[Text, Field(description="what the field is about, in a sentence")]
    themes: tuple[Id, ...] = ()
    indicators: tuple[Id, ...] = ()


class PolicyFields(Strict):
    """catalogue/policy_fields.yaml."""

    source: Annotated[Text, Field(description="where the division into fields comes from")]
    fields: Annotated[tuple[PolicyField, ...], Field(min_length=1)]
