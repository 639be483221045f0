"""A question that leans on the one before, written out by rules: a slot swapped, or the topic put before it."""

from __future__ import annotations

import re

from ragkit.conversation.elliptical import Manner, Reading
from ragkit.conversation.forms import ASKS_ANYWHERE, DUMMY_PRONOUN, SENTENCE_END
from ragkit.conversation.measures import only_measure, place_of, replaced, with_measures_of
from ragkit.conversation.slots import Slot, slots_in

_FRAME_LIST = """
    and so ok okay but also then how what what's whats which who whom when where why can could may might must should
    shall do does did is are was were will would has have had am i we you they it there a an the often long much
    many soon fast quickly far old big daily maximum max minimum min usual standard correct right recommended amount
    dose doses dosage dosing of for allowed able permitted supposed need needs to about please tell me someone
    somebody anyone anybody one be get give us use rate time times limit rule rules policy say says that if any in
"""
_FRAME = frozenset(_FRAME_LIST.split())
_PREPOSITION = {
    "population": "in",
    "route": "by",
    "unit": "in",
    "site": "at",
    "device": "for",
    "medicine": "with",
    "role": "by",
}
_COUNTED = ("device", "role")
_LEADING = re.compile(r"^(?:for|in|with|at|on|by|via|during|through|to|of)\s+(?=\S)", re.IGNORECASE)
_TRAILING = re.compile(r"\s(?:for|in|with|at|on|by|via|to|of)$", re.IGNORECASE)
_OLD = re.compile(r"\d[ -]?(?:y\/?o|\w+[ -]?old)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"an?\s", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\b(?:may|can|could|must|should|will|shall|does|is) (?P<it>it)\b(?=\s+(?!ok\b|okay\b)[a-z])", re.IGNORECASE
)
"""An "it" that does something, unlike one that something is done to ("who may remove it?")."""
_END = re.compile(r"[\s?.!]+$")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def merged(reading: Reading, before: str) -> str:
    """The question of ``reading`` with what it takes from the question ``before`` it."""
    measure = only_measure(reading.rest) if reading.manner is Manner.SWAP else None
    if measure and (places := place_of(measure, before)) and not _names_who(reading, before):
        return f"{_END.sub('', replaced(before, measure, places))}?"
    if measure and measure.name:
        return f"{_END.sub('', before)}, {_END.sub('', reading.rest)}?"
    before = with_measures_of(before, reading.rest)
    return _swapped(reading, before) if reading.manner is Manner.SWAP else _asked(reading, before)


def _names_who(reading: Reading, before: str) -> bool:
    """Whether another person is asked about ("an 8-year-old"), of whom nothing is known that was said of the first."""
    places = [slot for slot in slots_in(before) if slot.kind == "population"]
    return bool(places) and any(slot.kind == "population" and _OLD.search(reading.rest) for slot in reading.slots)


def has_place_for(reading: Reading, before: str) -> bool:
    """Whether the question ``before`` has another phrase of the kind of the reading's only one."""
    own = reading.slots[0]
    written = reading.rest[own.start : own.end].lower()
    return any(slot.kind == own.kind and before[slot.start : slot.end].lower() != written for slot in slots_in(before))


def _swapped(reading: Reading, before: str) -> str:
    """The question before, with the new phrase in the place of the one of its kind, or at its end."""
    stem = _END.sub("", before)
    addition = _END.sub("", reading.rest)
    kinds = [slot.kind for slot in reading.slots]
    if len(reading.slots) == 1 and not _more_than_slot(reading):
        own = reading.slots[0]
        places = [slot for slot in slots_in(stem) if slot.kind == own.kind]
        if places:
            stem = _in_place(stem, places[-1], reading.rest, own)
            return f"{_without_other_patients(stem, own, reading.rest[own.start : own.end])}?"
        if own.kind == "population":
            stem = _without(stem, "weight")
        if own.before == own.start and own.kind in _PREPOSITION:
            addition = f"{_PREPOSITION[own.kind]} {addition}"
    for kind in dict.fromkeys(kinds):
        stem = _without(stem, kind)
    if not _LEADING.match(addition) and not addition.lower().startswith("if "):
        return f"{stem}, {addition}?"
    return f"{_TRAILING.sub('', stem)} {addition}?"


def _more_than_slot(reading: Reading) -> bool:
    """Whether words stand beside the one slot: "the second dose in a child with renal failure"."""
    own = reading.slots[0]
    outside = reading.rest[: own.before] + " " + reading.rest[own.end :]
    return any(
        word.lower() not in ("the", "a", "an", "patient", "patients", "pt", "pts", "then", "too", "also")
        for word in _WORD.findall(outside)
    )


def _without_other_patients(stem: str, own: Slot, phrase: str) -> str:
    """``stem`` without the ages and weights of the patient asked about before, where another one was put there."""
    if own.kind != "population":
        return stem
    for slot in reversed(slots_in(stem)):
        if slot.kind in ("population", "weight") and phrase.lower() not in stem[slot.start : slot.end].lower():
            rest_of = stem[slot.end :]
            who_follows = rest_of.lstrip().lower().startswith(phrase.lower())
            stem = stem[: slot.start] if who_follows else stem[: slot.before].rstrip(" ,")
            stem += rest_of.lstrip() if who_follows else rest_of
    return stem


def _in_place(stem: str, place: Slot, rest: str, own: Slot) -> str:
    """The new phrase in the old one's place; with its preposition where there was one or the sentence ends."""
    phrase = rest[own.start : own.end]
    had_one, has_one = place.before < place.start, own.before < own.start
    if has_one and (had_one or place.end == len(stem)):
        return f"{stem[: place.before].rstrip()} {rest[own.before : own.end]}{stem[place.end :]}"
    had_article = own.kind in _COUNTED and _ARTICLE.match(stem[place.start : place.end])
    if had_article and not _ARTICLE.match(phrase):  # "a peripheral IV site" -> "a PICC site"
        phrase = "a " + (phrase[:-1] if phrase.endswith("s") and not phrase.endswith("ss") else phrase)
    return stem[: place.start] + phrase + stem[place.end :]


def _asked(reading: Reading, before: str) -> str:
    """The topic of the question before, and what is asked about it now."""
    topic = _topic(before)
    for kind in dict.fromkeys(slot.kind for slot in reading.slots):
        topic = _without(topic, kind)
    asked = _END.sub("", reading.rest)
    if named := _with_subject(asked, before, topic):
        return named
    return f"{topic}: {asked}?" if topic else f"{_END.sub('', before)}: {asked}?"


def _with_subject(asked: str, before: str, topic: str) -> str:
    """The question with the one medicine or blood product asked about before as "it"; "" where that is not clear.

    What was said of it goes along: "how long may it run?" -> "How long may heparin run in a 72 kg adult?"
    """
    it = _SUBJECT.search(asked)
    subjects = [slot for slot in slots_in(topic) if slot.kind in ("medicine", "blood")]
    if not it or DUMMY_PRONOUN.search(asked) or len(subjects) != 1 or len(SENTENCE_END.split(before)) > 1:
        return ""
    subject = subjects[0]
    tail = topic[subject.end :]
    said = tail if _LEADING.match(tail.lstrip()) and not ASKS_ANYWHERE.search(tail) else ""
    text = f"{asked[: it.start('it')]}{topic[subject.start : subject.end]}{asked[it.end('it') :]}{said}?"
    return text[0].upper() + text[1:]


def _topic(question: str) -> str:
    """A question without the words that ask: "How often is a peripheral IV assessed?" -> "peripheral IV assessed"."""
    *sentences, last = re.split(r"(?<=\w\w[.!?])\s+(?=\S)", _END.sub("", question)) or [question]
    words = list(_WORD.finditer(last))
    kept = next((word for word in words if word.group().lower() not in _FRAME), None)
    topic = last[kept.start() :] if kept else last
    return " ".join((*sentences, topic)).strip()


def _without(text: str, kind: str) -> str:
    """``text`` without its phrases of one kind, unless nothing else is left."""
    for slot in reversed(slots_in(text)):
        if slot.kind == kind:
            shorter = text[: slot.before].rstrip() + text[slot.end :]
            if _WORD.search(shorter):
                text = shorter.strip()
    return text
