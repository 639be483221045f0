"""The places of a sentence that a question can ask for: a time limit, a dose, who does it, when, why, what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = r"one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty-five|sixty|ninety"
_NUMBER = rf"(?:(?:{_WORDS})\s*\(\d+\)|\d[\d,.]*(?:\s?[-–]\s?\d+|\s+to\s+\d+)?|\b(?:{_WORDS})\b)"
_TIME = (
    rf"{_NUMBER}[\s-]?(?:\(\d+\)\s)?(?:business |calendar |working |consecutive |full )?"
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)\b"
)
_AMOUNT = rf"{_NUMBER}\s?(?:mg|mcg|grams?|g|mL|ml|units?|mEq|joules?|L|liters?|puffs?|tablets?|drops)\b(?:/(?:kg|min|hr|hour|dose))*"
_ROUTE = r"IV|IO|IM|IN|PO|SL|SQ|SC|ODT|intravenous(?:ly)?|intramuscular(?:ly)?|subcutaneous(?:ly)?|intranasal(?:ly)?|"
_ROUTE += r"orally|by mouth|rectal(?:ly)?|nebuli[sz]ed|via nebulizer|sublingual(?:ly)?|topical(?:ly)?|intraosseous"
ACTOR = (
    r"(?:[\w/’'-]+\s){0,4}?(?:EMTs?|AEMTs?|paramedics?|nurses?|RNs?|physicians?|providers?|directors?|officers?|personnel|staff|"
    r"pharmacists?|technicians?|practitioners?|supervisors?|managers?|coordinators?|committees?|employees?|workforce|"
    r"students?|interns?|agency|agencies|hospitals?|entit(?:y|ies)|clinicians?|administrators?|users?|MICNs?|team|"
    r"captain|dispatchers?|associates?|department)"
)
_ANY_ACTOR = (
    r"\b(?:EMTs?|paramedics?|nurses?|RNs?|physicians?|providers?|directors?|officers?|personnel|staff|by the|by an?|"
)
_ANY_ACTOR += (
    r"pharmacists?|technicians?|practitioners?|supervisors?|managers?|coordinators?|committees?|employees?|workforce|"
)
_ANY_ACTOR += (
    r"students?|agency|agencies|hospitals?|entit(?:y|ies)|clinicians?|MICNs?|team|dispatchers?|department|who)\b"
)
_AIM = r"prevent|avoid|ensure|assure|reduce|minimi[sz]e|determine|facilitate|protect|allow|improve|maintain|provide"


@dataclass(frozen=True)
class Slot:
    """One kind of place.

    Attributes:
        name: what is asked for.
        phrase: finds the phrase in a sentence, group "slot" where only a part of the match is it.
        form: a text without a match cannot answer.
        asks: question words that stand before the rest of the sentence.
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
    return Slot(
        name,
        re.compile(phrase, flags),
        re.compile(form, flags),
        tuple(asks.split("|")),
        tuple(tags.split("|")),
        of_medicine,
    )


SLOTS = (
    _slot(
        "deadline",
        rf"\b(?:within|no later than|not later than|not to exceed|no more than|in no more than)\s+(?:the first |a |an )?{_TIME}",
        rf"{_TIME}|\b(?:immediately|annual|daily|monthly|prior to|before|as soon as|by the end)\b",
        "how soon|by when|within what time|how fast|how long do we have until|how quickly",
        "deadline|time limit|how soon|by when|how many days|timeframe",
    ),
    _slot(
        "frequency",
        rf"\b(?:at least |approximately )?(?:(?:once|twice)\s+(?:a|per|every|each)\s+\w+|every\s+(?:other\s+)?(?:{_TIME}|\w+ (?:hours|minutes|"
        r"days|years|months)|year|month|week|day|shift|hour)|annually|monthly|weekly|quarterly|daily|hourly|q\s?\d+\s?(?:h|hrs?|min)\w*|"
        r"on an annual basis)",
        r"\b(?:once|twice|every|each|annual\w*|monthly|weekly|quarterly|daily|hourly|q\s?\d|per (?:day|year|week|month|hour)|continu\w+)\b",
        "how often|how frequently|at what interval",
        "how often|frequency|interval|every how many",
    ),
    _slot(
        "period",
        rf"\b(?:for (?:at least |a (?:minimum|period|total|maximum) of |up to |an additional )?|a minimum of |up to |at least |over ){_TIME}",
        rf"{_TIME}|\bindefinite|\buntil\b|\bpermanent",
        "how long|for how long|for what period",
        "how long|for how long|duration|how much time",
    ),
    _slot(
        "dose",
        rf"\b(?:(?:up to |a (?:maximum|max|total) of |maximum )?{_AMOUNT})",
        rf"{_AMOUNT}",
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
        rf"^(?:\W*)(?P<slot>(?:(?:The|A|An|All|Each|Any|Every)\s+)?{ACTOR})\s+(?=(?:may|must|shall|should|will|can|cannot|is responsible for|"
        r"are responsible for)\b)",
        _ANY_ACTOR,
        "who|which staff|whose job is it: who",
        "who|by whom|who does that|whose responsibility",
    ),
    _slot(
        "condition",
        r"(?P<slot>,?\s\b(?:if|when|unless|whenever|only if|in the event|provided that|in cases where)\b\s[^,;.]{12,110})(?=[.;]?$)"
        r"|^(?P<first>(?:If|When|Unless|Whenever|In the event|For patients (?:with|who))\b\s[^,;.]{12,110},\s)",
        r"\b(?:if|when|unless|whenever|in (?:the )?(?:event|case)|provided|patients? (?:with|who)|for|with|after|until|in)\b",
        "when|under what conditions|in which cases|what has to be the case so that",
        "when|in what case|criteria|indications|under what circumstances",
    ),
    _slot(
        "purpose",
        rf"(?P<slot>,?\s(?:in order )?to (?:{_AIM})\b[^;.]{{10,90}})(?=[.;]?$)",
        rf"\bto (?:{_AIM})\b|\bbecause\b|\bdue to\b|\bso that\b|\bsince\b|\bpurpose\b|\bin order\b|\bfor\b",
        "why|for what purpose|what is the reason that",
        "why|purpose|what for|reason",
    ),
    _slot(
        "count",
        rf"\b(?:(?:at least|a (?:minimum|maximum|total) of|no (?:more|fewer|less) than|up to|minimum of|maximum of)\s+)?{_NUMBER}(?=\s+(?:\w+\s)?"
        r"(?:attempts?|members?|copies|persons?|representatives?|contacts?|doses|credits?|hours of|cases|signatures|times|patients|crew|"
        r"paramedics|EMTs|physicians|nurses|providers|units|rescuers|staff)\b)",
        rf"{_NUMBER}|\b(?:single|multiple|both|several|once|twice)\b",
        "how many|what number of",
        "how many|number|how many at least",
    ),
    _slot(
        "threshold",
        rf"(?:\b(?:greater than|less than|more than|above|below|at or above|at or below|exceeds?|under|over)\s+|[<>≥≤]\s?){_NUMBER}\s?"
        r"(?:%|mm\s?Hg|mg/dL|kg|years?(?: of age| old)?|bpm|°\s?[FC]?|degrees|lbs?|weeks?|minutes?|hours?|mL|/min)?",
        rf"[<>≥≤]|{_NUMBER}",
        "what number|at what value|what cutoff|what limit",
        "cutoff|threshold|what value|how high|limit",
    ),
    _slot(
        "where",
        r"\b(?P<slot>(?:on|in|using|via|through) (?:the|an?) (?:[\w/’'-]+\s){0,5}?(?:form|report|record|log|PCR|ePCR|chart|worksheet|database|"
        r"checklist|system|registry|tape|binder|folder|narrative))\b",
        r"\b(?:form|report|record|log|e?PCR|chart|worksheet|database|checklist|system|registry|binder|folder|narrative|in|on)\b",
        "where|on which form|in which system",
        "where|which form|what form|where to find",
    ),
)
"""In the order in which they are looked for."""

DEFINES = re.compile(
    r"^\W*(?P<term>[A-Z][\w/()’'-]*(?:\s[\w/()&’'-]+){0,6}?)\s*(?:[-–:]\s*)?(?:means|is defined as|are defined as|refers to|shall mean|is considered)\b"
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
