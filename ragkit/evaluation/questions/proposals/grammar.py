"""From a policy's sentence to the question it answers: "Repeat lactate within 2 hours" to "do you repeat lactate".

Only sentences of a form that can be turned safely are turned; all others give no question. A crooked question is worse
than none, since a person has to read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_AUXILIARY = re.compile(r"\s(must|shall|should|may|can|will|is|are)\s(?!not\b|no\b|never\b)")
_UNCLEAR_SUBJECT = re.compile(
    r"^(?:it|they|this|these|those|that|he|she|such|there|which|who|what|if|when|where|while|unless|in|on|at|for|by|to|"
    r"after|before|during|as|from|with|upon|once|any of|some|and|or|but|not|no|none|nothing|nobody|please|note|"
    r"each of|both|either|neither|also|then|otherwise|exception|everything|others|"
    r"the (?:rest|others?|latter|former))\b",
    re.IGNORECASE,
)
_BROKEN_SUBJECT = re.compile(
    r"[,;:()\[\]“”\"]|\b(?:who|that|which|if|when|where|whose|because|unless|must|shall|will)\b"
)
_UNCLEAR = re.compile(
    r"\b(?:the following|as follows|above|listed|aforementioned|the same|such|herein|thereof|thereafter|this policy|"
    r"this section|this document|these|those|previous(?:ly)? (?:section|paragraph))\b",
    re.IGNORECASE,
)
_LONGEST_SUBJECT = 9
_VERB_AT = 6
_NO_SUBJECT = re.compile(
    r"^(?:the|a|an)\s(?:goal|target|aim|dose|rate|maximum|minimum|interval|exception)s?\b", re.IGNORECASE
)
_DETERMINERS = frozenset(["the", "a", "an", "each", "every", "all", "any", "two", "three", "both"])


@dataclass(frozen=True)
class Clause:
    """A sentence taken apart: "the nurse" / "does" / "check the site every 4 hours"."""

    subject: str
    auxiliary: str
    predicate: str

    def question(self, asking: str, predicate: str | None = None) -> str:
        """``How often`` + the clause turned round."""
        return f"{asking} {self.auxiliary} {self.subject} {self.predicate if predicate is None else predicate}"


def take_apart(sentence: str) -> Clause | None:
    """The clause of a simple sentence: an instruction, or a subject with an auxiliary or an everyday verb.

    The sentence's first letter should be small already where its word is no name.

    Examples:
        >>> take_apart("repeat the lactate within 2 hours")
        Clause(subject='you', auxiliary='do', predicate='repeat the lactate within 2 hours')
        >>> take_apart("the report must be filed within 24 hours")
        Clause(subject='the report', auxiliary='must', predicate='be filed within 24 hours')
        >>> take_apart("the charge nurse checks the cart every shift").question("How often", "check the cart")
        'How often does the charge nurse check the cart'
    """
    words = sentence.split()
    if len(words) < 2 or _UNCLEAR.search(sentence):
        return None
    if words[0].lower() in instructions() and words[1].lower() not in {
        "of",
        "is",
        "are",
        "must",
        "shall",
        "may",
        "and",
    }:
        return Clause("you", "do", sentence)
    return _with_auxiliary(sentence) or _with_verb(words)


def _with_auxiliary(sentence: str) -> Clause | None:
    found = _AUXILIARY.search(sentence)
    if found is None:
        return None
    subject, predicate = sentence[: found.start()].strip(), sentence[found.end() :].strip()
    return Clause(subject, found.group(1), predicate) if _clear_subject(subject) and predicate else None


def _with_verb(words: list[str]) -> Clause | None:
    """A sentence whose verb is a known one in the present tense, a few words from its beginning."""
    for position in range(1, min(_VERB_AT, len(words) - 1) + 1):
        subject, verb = " ".join(words[:position]), words[position].lower()
        if verb in third_persons() and _singular(words[:position]) and _clear_subject(subject):
            base = third_persons()[verb]
            return Clause(subject, "does", " ".join([base, *words[position + 1 :]]))
        if verb in instructions() and _plural(words[:position]) and _clear_subject(subject):
            return Clause(subject, "do", " ".join(words[position:]))
    return None


def _clear_subject(subject: str) -> bool:
    return (
        len(subject.split()) <= _LONGEST_SUBJECT
        and not _UNCLEAR_SUBJECT.search(subject)
        and not _BROKEN_SUBJECT.search(subject)
        and not _NO_SUBJECT.search(subject)
    )


def _singular(words: list[str]) -> bool:
    """An article or a name, and nothing in between that looks like the end of another phrase."""
    return words[0].lower() in _DETERMINERS | {"one"} or (len(words) <= 3 and words[0][0].isupper())


def _plural(words: list[str]) -> bool:
    last = words[-1].lower()
    return len(words) <= 4 and last.endswith("s") and not last.endswith(("ss", "us", "is"))


@cache
def instructions() -> frozenset[str]:
    """Verbs with which policies begin an instruction."""
    text = files("ragkit.evaluation.questions.proposals").joinpath("instructions.yaml").read_text(encoding="utf-8")
    import yaml

    return frozenset(yaml.safe_load(text))


@cache
def third_persons() -> dict[str, str]:
    """The verbs by their form in the present: "checks" -> "check", "notifies" -> "notify"."""
    return {_third_person(verb): verb for verb in instructions()}


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"
