"""The places of a sentence that a question can ask for: a time limit, a dose, who does it, when, why, what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = r"one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty-five|sixty|ninety"
_NUMBER = rf"(?:(?:{_WORDS})\s*\(\d+\)|\d[\d,.]*(?:\s?[-–]\s?\d+|\s+to\s+\d+)?|\b(?:{_WORDS})\b)"
_MEASURE = r"%|mm\s?Hg|mg/dL|kg|years?(?: of age| old)?|bpm|°\s?[FC]?|degrees|lbs?|weeks?|minutes?|hours?|mL|/min"
_TIME = (
    rf"{_NUMBER}[\s-]?(?:\(\d+\)\s)?(?:business |calendar |working |consecutive |full )?"
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\b"
)
_UNIT = r"mg|mcg|grams?|g|mL|ml|units?|mEq|joules?|L|liters?|puffs?|tablets?|drops"
_AMOUNT = rf"{_NUMBER}\s?(?:{_UNIT})\b(?:/(?:kg|min|hr|hour|dose))*"
_ROUTE = (
    r"IV|IO|IM|IN|PO|SL|SQ|SC|ODT|intravenous(?:ly)?|intramuscular(?:ly)?|subcutaneous(?:ly)?|intranasal(?:ly)?|orally|"
    r"by mouth|rectal(?:ly)?|nebuli[sz]ed|via nebulizer|sublingual(?:ly)?|topical(?:ly)?|intraosseous"
)
_ROLE = (
    r"EMTs?|AEMTs?|paramedics?|nurses?|RNs?|physicians?|providers?|directors?|officers?|personnel|staff|pharmacists?|"
    r"technicians?|practitioners?|supervisors?|managers?|coordinators?|committees?|employees?|workforce|students?|"
    r"interns?|agency|agencies|hospitals?|entit(?:y|ies)|clinicians?|administrators?|users?|MICNs?|team|captain|"
    r"dispatchers?|associates?|department"
)
_ACTOR = rf"(?:(?:The|A|An|All|Each|Any|Every)\s+)?(?:[\w/’'-]+\s){{0,4}}?(?:{_ROLE})"
_DUTY = r"(?=(?:may|must|shall|should|will|can|cannot|is responsible for|are responsible for)\b)"
_PERIODIC = r"annually|monthly|weekly|quarterly|daily|hourly"
_FIGURES = (
    r"attempts?|members?|copies|persons?|representatives?|contacts?|doses|credits?|hours of|cases|signatures|times|"
    r"patients|crew|paramedics|EMTs|physicians|nurses|providers|units|rescuers|staff"
)
_PAPER = r"form|report|record|log|PCR|ePCR|chart|worksheet|database|checklist|binder|folder|narrative"
_AIM = r"prevent|avoid|ensure|assure|reduce|minimi[sz]e|determine|facilitate|protect"
_CONDITION = r"if|when|unless|whenever|only if|in the event|provided that|in cases where"
NO_AIM = re.compile(
    r"\b(?:ability|obligation|intention|need(?:ed|s)?|right|required|responsible|failure|attempt\w*|ways?|able|efforts?|"
    r"aware|steps|study|research|expected|likely|wish|want\w*|how|is|are|be|was|were|help\w*|used|designed|or|and|up|"
    r"continue|authority|duty|necessary|opportunity|studies|try|trying|not|information|important|possible|difficult|"
    r"hard|tests?|recipient|programs?)\W*$",
    re.IGNORECASE,
)
"""Before "to ensure", these make it what has to be done and not what it is done for."""


@dataclass(frozen=True)
class Slot:
    """One kind of place.

    Attributes:
        name: what is asked for.
        phrase: finds the phrase in a sentence, group "slot" where only a part of the match is it.
        form: a text without a match cannot answer.
        asks: question words that stand before the rest of the sentence; none where that would be no English.
        tags: what stands after it in a telegram.
        of_medicine: only where the sentence names a medicine.
    """

    name: str
    phrase: re.Pattern[str]
    form: re.Pattern[str]
    asks: tuple[str, ...]
    tags: tuple[str, ...]
    of_medicine: bool = False


def _slot(
    name: str, phrase: str, form: str, asks: str, tags: str, *, of_medicine: bool = False, cased: bool = False
) -> Slot:
    flags = re.NOFLAG if cased else re.IGNORECASE
    before = tuple(ask for ask in asks.split("|") if ask)
    return Slot(name, re.compile(phrase, flags), re.compile(form, flags), before, tuple(tags.split("|")), of_medicine)


SLOTS = (
    _slot(
        "deadline",
        rf"\b(?:within|no later than|not later than)\s+(?:the first |a |an )?{_TIME}",
        rf"{_TIME}|\b(?:immediately|annual|daily|monthly|prior to|before|as soon as|by the end)\b",
        "how soon|by when|within what time|how fast|how quickly",
        "deadline|time limit|how soon|by when|how many days|timeframe",
    ),
    _slot(
        "frequency",
        r"\b(?:at least |approximately )?(?:(?:once|twice)\s+(?:a|per|every|each)\s+\w+|"
        rf"every\s+(?:other\s+)?(?:{_TIME}|"
        r"\w+ (?:hours|minutes|days|years|months)|year|month|week|day|shift|hour)|q\s?\d+\s?(?:h|hrs?|min)\w*|"
        rf"on an annual basis|(?:{_PERIODIC})(?=\s*(?:[.,;]|$|and\b|or\b|by\b|to\b)))",
        r"\b(?:once|twice|every|each|annual\w*|monthly|weekly|quarterly|daily|hourly|q\s?\d|continu\w+|routine\w*|regular\w*|"
        r"as needed|prn|per (?:day|year|week|month|hour))\b",
        "how often|how frequently|at what interval",
        "how often|frequency|interval|every how many",
    ),
    _slot(
        "period",
        r"\b(?:for (?:at least |a (?:minimum|period|total|maximum) of |up to |an additional )?|a minimum of |up to |"
        rf"at least |not to exceed |no more than ){_TIME}",
        rf"{_TIME}|\bindefinite|\buntil\b|\bpermanent",
        "how long|for how long|for what period",
        "how long|for how long|duration|how much time",
    ),
    _slot(
        "dose",
        rf"\b(?:up to |a (?:maximum|max|total) of |maximum )?{_AMOUNT}",
        _AMOUNT,
        "how much|what dose|what amount",
        "dose|how much|dosage|how many mg|amount",
        of_medicine=True,
    ),
    _slot(
        "route",
        rf"\b(?:{_ROUTE})(?:(?:\s?[/,]\s?| or )(?:{_ROUTE}))*\b",
        rf"\b(?:{_ROUTE})\b|\bvia\b|\broute\b|\binhal",
        "by which route|how|which way",
        "route|IV or IM|which route|how is it given",
        of_medicine=True,
        cased=True,
    ),
    _slot(
        "agent",
        rf"^(?:\W*)(?P<slot>{_ACTOR})\s+{_DUTY}",
        rf"\b(?:{_ROLE}|by the|by an?|who|participants?|members?)\b",
        "who|which staff|whose job is it: who",
        "who|by whom|who does that|whose responsibility",
    ),
    _slot(
        "condition",
        rf"(?P<slot>,?\s\b(?:{_CONDITION})\b\s[^,;.]{{12,110}})(?=[.;]?$)"
        r"|^(?P<first>(?:If|When|Unless|Whenever|In the event|For patients (?:with|who))\b\s[^,;.]{12,110},\s)",
        r"\b(?:if|when|unless|whenever|in (?:the )?(?:event|case)|provided|who|for|with|after|until|in)\b",
        "when|under what conditions|in which cases",
        "when|in what case|criteria|indications|under what circumstances",
    ),
    _slot(
        "purpose",
        rf"(?P<slot>,?\s(?:in order )?to (?:{_AIM})\b[^;.]{{10,90}})(?=[.;]?$)",
        rf"\bto (?:{_AIM})\b|\bbecause\b|\bdue to\b|\bso that\b|\bsince\b|\bpurpose\b|\bin order\b|\bfor\b",
        "why|for what purpose",
        "why|purpose|what for|reason",
    ),
    _slot(
        "count",
        r"\b(?:(?:at least|a (?:minimum|maximum|total) of|no (?:more|fewer|less) than|up to|minimum of|maximum of)\s+)?"
        rf"(?:(?:{_WORDS})\s*\(\d+\)|\b\d{{1,3}}\b|\b(?:{_WORDS})\b)(?=\s+(?:\w+\s)?(?:{_FIGURES})\b)",
        rf"{_NUMBER}|\b(?:single|multiple|both|several|once|twice)\b",
        "",
        "how many",
    ),
    _slot(
        "age",
        r"(?:[<>≥≤]\s?|\b(?:over|under|above|below|at least)\s+)\d+\s?years?(?: of age| old)?",
        r"\b(?:years?|age|adults?|child\w*|pediatric\w*|infants?|minors?)\b",
        "",
        "what age|age limit|how old|from what age",
    ),
    _slot(
        "threshold",
        r"(?:[<>≥≤]\s?\d[\d.,]*|"
        r"\b(?:greater than|less than|more than|above|below|at or above|at or below|exceeds?|over)"
        rf"\s+\d[\d.,]*(?=\s?(?:{_MEASURE})))(?!\s?years?)\s?(?:{_MEASURE})?",
        rf"[<>≥≤]|{_NUMBER}",
        "",
        "cutoff|threshold|what value|limit",
    ),
    _slot(
        "where",
        rf"\b(?P<slot>(?:on|in|using) (?:the|an?) (?:(?!(?:to|of|for|and|or|in)\s)[\w/’'-]+\s){{0,4}}?(?:{_PAPER}))\b",
        rf"\b(?:{_PAPER}|system|registry|in|on)\b",
        "where|on which form|in which system",
        "where|which form|what form|where to find",
    ),
)
"""In the order in which they are looked for."""

DEFINES = re.compile(
    r"^\W*(?P<term>[A-Z][\w/()’'-]*(?:\s[\w/()&’'-]+){0,6}?)\s*(?:[-–:]\s*)?"
    r"(?:means|is defined as|are defined as|refers to|shall mean)\b"
)
"""A sentence that says what a term means."""
DEFINITION_ASKS = (
    "what is {}",
    "what does {} mean",
    "{} definition",
    "definition of {}",
    "what counts as {}",
    "{} = ?",
    "who or what is meant by {}",
    "{} - meaning",
)
