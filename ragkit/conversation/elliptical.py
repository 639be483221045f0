"""Whether a question leans on what was said before it, and what it asks of it.

Staff ask in telegrams, so that shortness alone says nothing: "Foley bag change how often?" is complete, "how often?" is
not. A question leans on the one before if it opens with a connective ("and", "what about"), names nothing that it could
be about, or has a pronoun with nothing before it in the question that it could stand for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from ragkit.conversation.forms import (
    ASKS_ANYWHERE,
    ASKS_SOMETHING,
    AUXILIARY,
    CONNECTIVE,
    DUMMY_PRONOUN,
    ONLY_POLITE,
    OPENS_A_QUESTION,
    OUTSIDE_PRONOUNS,
    PREPOSITIONAL,
    SAYS_LITTLE,
    SENTENCE_END,
    WORD,
)
from ragkit.conversation.measures import only_measure
from ragkit.conversation.slots import Slot, relational_words, slots_in
from ragkit.retrieval.words import STOP_WORDS

_FEW, _SHORT = 1, 3
"""Content words that a question has which leans on another one: as good as none, and at most."""
_FEW_WORDS = 5
_NEAR_START = 12


class Manner(StrEnum):
    """How a question leans on the one before."""

    NOT = "not"
    SWAP = "swap"
    """It names only what is different ("and in children?"): the question before, with that in its place."""
    ASK = "ask"
    """It asks something else about the same thing ("how often?"): the topic before, with the new question."""


@dataclass(frozen=True)
class Reading:
    """How a question was read.

    Attributes:
        manner: how it leans on the one before.
        rest: it without its connective.
        slots: what in ``rest`` fills slots.
        sure: whether the rules are sure; a language model may know better where they are not.
        bare: whether it is one phrase and nothing else ("PICC?"): where the question before has one of its kind, it may
            be meant for its place.
    """

    manner: Manner
    rest: str
    slots: tuple[Slot, ...] = ()
    sure: bool = True
    bare: bool = False

    @property
    def leans(self) -> bool:
        """Whether it takes anything from the question before."""
        return self.manner is not Manner.NOT


def read_ellipsis(question: str) -> Reading:
    """How ``question`` leans on the one before it."""
    if ONLY_POLITE.fullmatch(question):
        return Reading(Manner.NOT, question)
    match = CONNECTIVE.match(question)
    connective = " ".join(match["connective"].lower().split()).strip(" ,") if match else ""
    rest = question[match.end() :] if match and connective else question.strip()
    slots = tuple(slots_in(rest))
    own = _content(rest, slots)
    if connective and not WORD.search(rest):
        return Reading(Manner.ASK, question.strip())
    asks = bool(OPENS_A_QUESTION.match(rest))
    if connective and only_measure(rest):
        return Reading(Manner.SWAP, rest, slots)
    if match and connective.endswith("if"):
        return _condition(connective, rest, slots, own)
    if asks and not own and _only_verbless_slot(rest, slots):  # "can an LPN?"
        return Reading(Manner.SWAP, rest[slots[0].before : slots[0].end], (_moved(slots[0], -slots[0].before),))
    if match and match["likened"] is not None:
        return Reading(Manner.NOT if own else Manner.SWAP, rest, slots)
    if connective:
        return _after_connective(connective, rest, slots, own, asks)
    return _without_connective(rest, slots, own, asks)


def _condition(connective: str, rest: str, slots: tuple[Slot, ...], own: list[str]) -> Reading:
    """What is asked "if" or "what if": a new case of what was asked before, unless it says a whole story."""
    topics = any(not slot.alone for slot in slots)
    opened = connective.split()[0] in ("and", "but", "what")
    leans = (
        len(own) <= (_SHORT if opened else _FEW)
        and not (topics and own)
        and not ASKS_ANYWHERE.search(rest[:_NEAR_START])
    )
    shifted = tuple(_moved(slot, len("if ")) for slot in slots)
    return Reading(Manner.SWAP if leans else Manner.NOT, f"if {rest}", shifted, sure=len(own) <= _FEW)


def _after_connective(connective: str, rest: str, slots: tuple[Slot, ...], own: list[str], asks: bool) -> Reading:
    topics = any(not slot.alone for slot in slots)
    if not asks:
        enough = len(own) > (_SHORT if connective.endswith(("about", "of", "mean", "meant")) else _SHORT - 1)
        return Reading(Manner.NOT if enough else Manner.SWAP, rest, slots, sure=not own)
    relational = all(word in relational_words() for word in own)
    if _has_outside_pronoun(rest) or (not topics and (relational or len(own) <= _FEW)):
        return Reading(Manner.ASK, rest, slots, sure=relational)
    return Reading(Manner.NOT, rest, slots, sure=False)


def _without_connective(rest: str, slots: tuple[Slot, ...], own: list[str], asks: bool) -> Reading:
    if len(SENTENCE_END.split(rest)) > 1:  # a case is told: it is about that
        return Reading(Manner.NOT, rest, slots)
    topics = any(not slot.alone for slot in slots)
    numbers = bool(_content_numbers(rest, slots))
    if not own and not topics and not numbers:
        if not asks and not slots and not _says_something_common(rest):
            return Reading(Manner.NOT, rest)
        return Reading(Manner.ASK if asks or not slots else Manner.SWAP, rest, slots)
    if _has_outside_pronoun(rest):
        return Reading(Manner.ASK if len(own) <= _SHORT else Manner.NOT, rest, slots, sure=len(own) <= _FEW)
    if own and not topics and not numbers and all(word in relational_words() for word in own):
        return Reading(Manner.ASK, rest, slots, sure=False)
    short = len(WORD.findall(rest)) <= _FEW_WORDS and not ASKS_ANYWHERE.search(rest)
    if PREPOSITIONAL.match(rest) and short:
        return Reading(Manner.SWAP, rest, slots, sure=not own)
    bare = not own and len(slots) == 1 and short and not numbers
    return Reading(Manner.NOT, rest, slots, bare=bare)


def _only_verbless_slot(rest: str, slots: tuple[Slot, ...]) -> bool:
    """Whether a question is an auxiliary verb and who or what it is about, no more."""
    if len(slots) != 1 or slots[0].kind not in ("role", "population", "device", "medicine"):
        return False
    outside = WORD.findall(rest[: slots[0].before] + " " + rest[slots[0].end :])
    return len(outside) <= 1 and bool(AUXILIARY.match(rest))


def _moved(slot: Slot, by: int) -> Slot:
    return replace(slot, start=slot.start + by, end=slot.end + by, before=slot.before + by)


def _says_something_common(text: str) -> bool:
    """Whether a word is there that questions are made of ("dose", "max"), not only "hi" or "ok"."""
    return any(word.lower() in ASKS_SOMETHING for word in WORD.findall(text))


def _content_numbers(text: str, slots: tuple[Slot, ...]) -> list[str]:
    found = re.finditer(r"\d+", text)
    return [each.group() for each in found if not any(slot.before <= each.start() < slot.end for slot in slots)]


def _content(text: str, slots: tuple[Slot, ...]) -> list[str]:
    """The words of ``text`` that say something of their own, outside its slots."""
    return [
        match.group().lower()
        for match in WORD.finditer(text)
        if match.group().lower() not in SAYS_LITTLE
        and (len(match.group()) > 1 and not match.group().isdigit())
        and not any(slot.before <= match.start() < slot.end for slot in slots)
    ]


def _has_outside_pronoun(text: str) -> bool:
    """Whether a pronoun stands for something that the question itself does not name before it."""
    plain = DUMMY_PRONOUN.sub(" ", text)
    for pattern in OUTSIDE_PRONOUNS:
        for match in pattern.finditer(plain):
            if not _names_something(plain[: match.end()], match):
                return True
    return False


def _names_something(before: str, match: re.Match[str]) -> bool:
    """Whether a noun that the pronoun could stand for comes before it."""
    head = before[: match.start()]
    if slots_in(head):
        return True
    words = [word.lower() for word in WORD.findall(head)]
    content = [word for word in words if word not in STOP_WORDS]
    determined = re.search(
        r"\b(?:a|an|the|my|our|his|her|their|this|any|no|which|what|each|every)\s+[a-z]+", head, re.IGNORECASE
    )
    return bool(determined and content) or len(content) > _FEW
