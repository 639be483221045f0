"""What is asked about a disease, how staff ask it, and the words that an answer to it has."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Aspect:
    """One thing that is asked about a disease.

    Attributes:
        name: as a section would be headed.
        asked: matches the questions that ask it.
        cue: matches a piece of text that may answer it; no other piece is taken for an answer, and no piece with a
            match for a wrong one.
        phrasings: ways to ask it, "{}" for the disease.
    """

    name: str
    asked: re.Pattern[str]
    cue: re.Pattern[str]
    phrasings: tuple[str, ...]


def _aspect(name: str, asked: str, cue: str, *phrasings: str) -> Aspect:
    return Aspect(name, re.compile(asked, re.IGNORECASE), re.compile(cue, re.IGNORECASE), phrasings)


ASPECTS = (
    _aspect(
        "Definition",
        r"^what is \(are\)",
        r"\b(?:is|are)\s+(?:an?|the|one|characterized|defined|any|when|usually|considered)\b|\brefers? to\b|\bmeans\b",
        "what is {}?",
        "{} - what is that",
        "{} definition",
        "what does {} mean?",
        "define {}",
        "whats {}",
    ),
    _aspect(
        "Symptoms",
        r"^what are the (?:signs and )?symptoms",
        r"\bsymptom|\bsigns?\b|\bpain|\bfever|\bfeel|\bswell|\bweakness|\brash|\bvomit|\bseizure|\bfatigue|\bheadache|"
        r"\bbleed|\bfeature|\bcough|\bexperience|\bcharacterized by|\bappear|\bnotice|\btired|\bloss of\b",
        "symptoms of {}?",
        "what are the symptoms of {}?",
        "{} signs and symptoms",
        "how does {} present?",
        "what does a pt with {} look like",
        "signs of {}",
        "{} sx",
        "how would I recognize {}?",
    ),
    _aspect(
        "Treatment",
        r"^what are the treatments",
        r"\btreat|\btherap|\bsurg|\bmedic(?:ation|ine)|\bdrug|\bantibiotic|\btransplant|\bmanage|\bdos(?:e|es)\b|"
        r"\bprescri|\boperation|\bradiation|\bsupplement",
        "how is {} treated?",
        "treatment of {}",
        "what do you give for {}?",
        "{} tx",
        "how do we treat {}",
        "what is the management of {}?",
        "{}: therapy options?",
        "is there anything we can do for {}?",
    ),
    _aspect(
        "Causes",
        r"^what causes",
        r"\bcaus|\bresult|\bdue to\b|\btrigger|\bleads?\b|\bmutation|\binfect|\bbecause|\bcontribut|"
        r"\barises?\b|\borigin",
        "what causes {}?",
        "{} causes",
        "cause of {}",
        "why do people get {}?",
        "{} - what is it from?",
        "etiology of {}",
        "where does {} come from",
    ),
    _aspect(
        "Diagnosis",
        r"^how to diagnose",
        r"\bdiagnos|\btest|\bexam|\bbiops|\bscan|\bx-?ray|\bimaging|\bultrasound|\bMRI\b|\bscreen|\blaborator|\bhistory",
        "how is {} diagnosed?",
        "{} dx",
        "which tests show {}?",
        "diagnosing {}",
        "how do you confirm {}?",
        "work-up for {}",
        "what tests for {}",
    ),
    _aspect(
        "Genetics",
        r"^what are the genetic changes",
        r"\bgenes?\b|\bmutation|\bchromosom|\bdeletion|\bgenetic",
        "which gene is behind {}?",
        "{} gene",
        "genetic changes in {}",
        "mutations that cause {}",
        "what is the genetic basis of {}?",
    ),
    _aspect(
        "Inheritance",
        r"^is .* inherited",
        r"\binherit|\bautosomal|\bdominant|\brecessive|\bsporadic|\bruns? in (?:the )?famil|\bhereditary|\bX-linked|"
        r"\bpassed\b|\bde novo",
        "is {} inherited?",
        "can {} run in families?",
        "{} inheritance pattern",
        "how is {} passed on?",
        "will the children get {}?",
    ),
    _aspect(
        "Frequency",
        r"^how many people are affected",
        r"\bprevalence|\bincidence|\b(?:in|per) \d|\brare\b|\bcommon|\baffects?\b|\bindividuals\b|\bcases\b|\bfrequen|"
        r"\bpeople\b|\bfamilies\b",
        "how common is {}?",
        "how many people have {}?",
        "{} prevalence",
        "is {} rare?",
        "how often does {} occur",
        "number of people with {}",
    ),
    _aspect(
        "Outlook",
        r"^what is the outlook",
        r"\bprognos|\boutlook|\bsurviv|\brecover|\blife expectancy|\bdeath|\bfatal|\blong-term|\bprogress|\bcure|"
        r"\bdie\b|\bimprove",
        "prognosis of {}?",
        "what is the outlook for {}?",
        "do people recover from {}?",
        "{} survival",
        "how does {} end",
        "long term course of {}",
    ),
    _aspect(
        "Risk factors",
        r"^who is at risk",
        r"\brisk|\blikely|\bmore common|\bincrease|\bchance|\boccurs? (?:more|most)|\bolder|\bhistory of\b",
        "who is at risk for {}?",
        "{} risk factors",
        "who gets {}?",
        "which patients are prone to {}",
        "risk factors for {}?",
    ),
    _aspect(
        "Prevention",
        r"^how to prevent",
        r"\bprevent|\bavoid|\breduc|\blower|\bprotect|\bvaccin|\bkeep\b|\bchoose\b",
        "how can {} be prevented?",
        "{} prevention",
        "how do we avoid {}?",
        "what protects against {}?",
        "preventing {}",
    ),
    _aspect(
        "Complications",
        r"^what are the complications",
        r"\bcomplication|\blead to|\bcause|\brisk|\bdamage|\bfailure|\bincreas|\bresult",
        "complications of {}?",
        "what can {} lead to?",
        "{} complications",
        "what goes wrong with {}",
    ),
)
"""Those that are asked of hundreds of diseases and answered by what a text says of them."""
