"""The Query: a staff question, understood without a language model."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class AnswerKind(StrEnum):
    """The kind of answer a question asks for."""

    DOSE = "dose"
    TIME_LIMIT = "time_limit"
    QUANTITY = "quantity"
    WHO_MAY = "who_may"
    YES_NO = "yes_no"
    DEFINITION = "definition"
    CRITERIA_LIST = "criteria_list"
    CONTRAINDICATION = "contraindication"
    PROCEDURE = "procedure"
    DOCUMENTATION = "documentation"
    GOVERNANCE = "governance"
    REFERENCE = "reference"
    OTHER = "other"


class Population(StrEnum):
    """Whom a question or a document is about."""

    ADULT = "adult"
    PEDIATRIC = "pediatric"
    NEONATAL = "neonatal"
    PREGNANT = "pregnant"


class QueryTerm(BaseModel):
    """A content word or phrase of the question with everything that means the same.

    Attributes:
        text: as the person wrote it, lower case ("nitro").
        variants: other forms to search for: long forms, abbreviations, brand and generic names, spellings
            ("nitroglycerin", "ntg"). Phrases are space-separated words.
        weight: how much it matters, 1.0 for a plain content word; a reference number or a drug weighs more,
            a word that nearly every question has weighs less.
        medicine: whether it names a medicine: what does not speak of it does not answer.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    variants: tuple[str, ...] = ()
    weight: float = 1.0
    medicine: bool = False


class Query(BaseModel):
    """A question as the retriever and the answerer understand it.

    Attributes:
        text: the question as asked, control characters removed.
        terms: its content words and phrases with their variants.
        expanded_text: the question with misspellings mended and abbreviations spelt out, for the dense search.
        reference_numbers: policy numbers the question names ("9030", "2200.4"), as written.
        populations: whom it is about; empty where it does not say.
        kinds: the kinds of answer it asks for, likeliest first; never empty.
        caveats: what the person should know about how the question was read ("'ms' may mean … or …").
    """

    model_config = ConfigDict(frozen=True)

    text: str
    terms: tuple[QueryTerm, ...] = ()
    expanded_text: str
    reference_numbers: tuple[str, ...] = ()
    populations: tuple[Population, ...] = ()
    kinds: tuple[AnswerKind, ...] = (AnswerKind.OTHER,)
    caveats: tuple[str, ...] = ()
