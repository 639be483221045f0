"""The forms of words by which a question leans on what was said before, and by which it does not."""

from __future__ import annotations

import re

from ragkit.retrieval.understanding.terms import COMMON
from ragkit.retrieval.words import STOP_WORDS


def _any(words: str) -> str:
    """A pattern for any of the words."""
    return f"(?:{'|'.join(words.split())})"


_POLITE_WORDS = _any(
    "ok okay thanks? thx ty great alright perfect good yes no hmm+ oh well sorry so hi hello hey please"
)
POLITE = f"(?:{_POLITE_WORDS}|thank you|got it)"
ONLY_POLITE = re.compile(rf"\W*(?:{POLITE}\b\W*)*", re.IGNORECASE)
_FOR = _any("for in at with on if during after when")
_LIKENED = (
    _any("is are would do does") + " " + _any("that this it these those") + " (?:also |still |be )?"
    r"(?:the same|true|apply|go|hold|count|valid|also|ok(?:ay)?)(?: too| as well)?\b"
    r"(?=\W*$| (?:for|in|at|with|on|if|to)\b)"
)
CONNECTIVE = re.compile(
    rf"^\W*(?:{POLITE}\b[\s,.!-]*)*"
    r"(?P<connective>(?:(?:and|but|also|(?-i:or)|then|plus)\b[\s,]*)*"
    r"(?:(?:what|how) about\b|what of\b|(?:no,? )?i (?:meant?|am asking about)\b|"
    rf"same (?:thing |question |rule |one )?(?={_FOR}\b)|(?P<likened>{_LIKENED})|what if\b|if\b)?)[\s,]*",
    re.IGNORECASE,
)
"""What a follow-up question opens with. "or" in capitals is an operating room."""
_ASKING_WORDS = (
    "how what what's when where who whom whose which why can could may might do does did is are was were "
    "should shall must "
    "will would am has have had isn't aren't don't doesn't can't shouldn't"
)
OPENS_A_QUESTION = re.compile(
    rf"(?:{_any('for by at in to with on until till')} )?{_any(_ASKING_WORDS)}\b", re.IGNORECASE
)
ASKS_ANYWHERE = re.compile(
    rf"\b{_any('how what when where who which why can could may do does did is are should must will would')}\b",
    re.IGNORECASE,
)
AUXILIARY = re.compile(rf"{_any('can could may might should must will would does do is are')}\b", re.IGNORECASE)
PREPOSITIONAL = re.compile(
    rf"{_any('in for with without at on after before during under over per via by')}\b", re.IGNORECASE
)
SENTENCE_END = re.compile(r"(?<=\w\w[.!?])\s+(?=\w)")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")

_PRONOUN = _any("it that this those these")
_GOES_ON = _any(
    "again too also still in at for with on by to before after when if more or and myself be get have need done given "
    "documented charted reported changed checked cost take last work happen expire stay require apply mean count hurt "
    "matter different supposed allowed required necessary ok okay every twice once daily not never only "
    "through as until "
    "without same run infuse hang drip sit wait keep"
)
_PRONOUN_ENDS = rf"(?=\W*$|[?.,;:]|\s(?:the )?{_GOES_ON}\b)"
OUTSIDE_PRONOUNS = (
    re.compile(rf"\b[a-z]+ {_PRONOUN}{_PRONOUN_ENDS}", re.IGNORECASE),
    re.compile(rf"\b{_any('of for about with after before without on to from than')} {_PRONOUN}(?=\W*$|[?.,;])", re.I),
)
"""Pronouns that may stand for something: "do it", "is that in writing", "after this"."""
_NOTHING_WORDS = _any(
    r"ok okay safe possible necessary allowed required true better fine legal appropriate normal permitted mandatory "
    r"acceptable important gonna going time right wrong enough \d+"
)
_SAYS_NOTHING = rf"(?:{_NOTHING_WORDS}|a problem|too late|an? \w+)"
DUMMY_PRONOUN = re.compile(
    rf"\b(?:is|was|would|will|be|isn't) it (?:be )?(?:ever |still |also |really |always |actually )?{_SAYS_NOTHING}\b|"
    r"\bhow long (?:does|will) it take\b|\bwhat time is it\b|\bdoes it matter\b|\bmake it\b|\bas it\b|"
    r"\bit is\b|\bit's\b",
    re.IGNORECASE,
)
"""An "it" that stands for nothing: "is it ok to", "how long does it take"."""

_ORDINALS_LIST = """
    first second third fourth initial repeat maintenance loading booster single total daily
"""
_ORDINALS = frozenset(_ORDINALS_LIST.split())
_VAGUE_LIST = """
    also same too exactly again instead still
"""
SAYS_LITTLE = STOP_WORDS | COMMON | _ORDINALS | frozenset(_VAGUE_LIST.split())
"""Words that say nothing of what a question is about."""
_ASKS_LIST = """
    how what when where who which why else anything anyone whom whose such like
"""
ASKS_SOMETHING = COMMON | _ORDINALS | frozenset(_ASKS_LIST.split())
"""Words of which questions are made, unlike greetings."""
