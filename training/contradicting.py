"""Errors planted into statements so that they say something else: those of the planted-error study, and further ones.

Every kind is tried on a statement's own words; the evidence must not say what is planted.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import planting_kinds
from planting_kinds import Pool
from planting_merging import other_value
from planting_sources import Good, Line
from rewording import ROMAN_NUMERAL, with_articles

Changed = tuple[str, str]
_NUMBER_WORD = r"(?:an? |the )?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|twelve|half)"
_COMPARED = [
    (rf"\bat least(?= {_NUMBER_WORD})", "at most"), (rf"\bat most(?= {_NUMBER_WORD})", "at least"),
    (r"\b(no|not) less than\b", r"\1 more than"), (r"\b(no|not) more than\b", r"\1 less than"),
    (r"(?<!no )(?<!not )\bmore than(?! one)\b", "less than"), (r"(?<!no )(?<!not )\bless than\b", "more than"),
    (r"(?<!no )\bgreater than\b", "less than"), (r"\bfewer than\b", "more than"),
    (r"\babove(?= \d)", "below"), (r"\bbelow(?= \d)", "above"), (r"\bover(?= \d+ (?!minute|second|hour))", "under"),
    (r"\bunder(?= \d)", "over"), (r"(?<![Oo]ne )\bor (?:more|greater|higher|older)\b", "or less"),
    (r"\bor (?:less|fewer|lower|younger)\b", "or more"), (r"\bolder than\b", "younger than"),
    (r"\byounger than\b", "older than"), (r"\bminimum of\b", "maximum of"), (r"\bmaximum of\b", "minimum of"),
    (rf"\bwithin(?= {_NUMBER_WORD})", "no sooner than"), (rf"\bup to(?= {_NUMBER_WORD})", "at least"),
    (r">\s?(?=\d)", "< "), (r"<\s?(?=\d)", "> "), (r"≥\s?(?=\d)", "< "), (r"≤\s?(?=\d)", "> "),
    (r"\bexceeds?\b(?! the)", "stays below"), (r"\bat or above\b", "below"), (r"\bat or below\b", "above"),
]  # fmt: skip
_PAIRS = """
    increase decrease|increases decreases|increased decreased|increasing decreasing|high low|higher lower|highest lowest
    large small|larger smaller|early late|earlier later|rapidly slowly|rapid slow|first last|start stop|begin end
    raised lowered|raises lowers|improve worsen|improves worsens|improved worsened|common rare|commonly rarely
    often rarely|usually seldom|frequently rarely|mild severe|acute chronic|benign malignant|positive negative
    present absent|presence absence|normal abnormal|stable unstable|conscious unconscious|responsive unresponsive
    upper lower|left right|internal external|anterior posterior|hypertension hypotension|hyperglycemia hypoglycemia
    tachycardia bradycardia|systolic diastolic|hypothermia hyperthermia|include exclude|includes excludes
    included excluded|accept refuse|approved rejected|approve reject|allowed forbidden|permitted prohibited
    required optional|mandatory optional|voluntary mandatory|always never|before after|remove insert|removed inserted
    open closed|continue discontinue|continued discontinued|maternal paternal|dominant recessive|inherited acquired
    more less|longer shorter|long short|better worse|effective ineffective|safe unsafe
    sterile unsterile|oral topical|inside outside|written verbal|gain loss|gains loses
    appropriate inappropriate|adequate inadequate|possible impossible|eligible ineligible|initial final
    weekly monthly|monthly yearly|annual monthly|annually monthly|daily weekly|once twice|single double|both neither
    morning evening|primary secondary|full partial|complete incomplete|temporary permanent|public private
    male female|males females|boys girls|mother father|mothers fathers|older younger
    indicated contraindicated|contraindicated indicated|recommended discouraged|prior subsequent|minimum maximum
"""
_SAME_NEARBY = re.compile(r"\b(?:or|and|to|versus|than)\b|/")
_ROLES = (
    "physician", "nurse", "paramedic", "EMT", "pharmacist", "supervisor", "manager", "director", "administrator",
    "coordinator", "dispatcher", "technician", "employer", "surgeon", "dentist", "midwife", "therapist", "dietitian",
    "security officer", "privacy officer", "medical director", "base hospital", "receiving hospital",
    "fire department", "health department", "poison control center", "law enforcement",
)  # fmt: skip
_OTHER_ROLES = (
    "physician", "nurse", "paramedic", "pharmacist", "supervisor", "medical director", "dispatcher", "privacy officer",
    "receiving hospital", "health department", "law enforcement",
)  # fmt: skip
_ROLE = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(_ROLES, key=len, reverse=True))})(?=s?\b)(?!-)", re.IGNORECASE)
_NOUN = r"(?:the|an?) (?:[\w-]+ ){0,2}[\w-]+"
_MODAL = r"(?:must|shall|should|may|will|is required to|has to)"
_ASYMMETRIC = (
    r"(?:notify|inform|contact|call|advise|report to|supervise|relieve|consult|direct|instruct|train|assist|accompany|"
    r"evaluate|request|transfer care to|give report to|precede|follow|replace|exceed)"
)
_PARTIES = re.compile(
    rf"^(?P<one>{_NOUN}) (?P<verb>{_MODAL} (?:also |immediately )?{_ASYMMETRIC}) (?P<two>{_NOUN})"
    r"(?=[.,;]|$| (?:of|if|when|before|within|prior|that|for|as|at|in|by|to)\b)",
    re.IGNORECASE,
)
_NO_NOUN = r"(?:not|often|may|can|and|that|which|but|who|is|are|have|has|will|there|before|when|usually|also)"
_THING = rf"(?:(?!\b{_NO_NOUN}\b)[\w\s-])"
_CAUSE = re.compile(
    rf"^(?P<one>[A-Z]{_THING}{{3,60}}?) (?P<verb>causes?|leads? to|results? in|triggers?|is caused by|are caused by|"
    rf"results from|is (?:part|a type) of|is the cause of) (?P<two>{_THING}{{3,60}})\.$"
)
_PRONOUN = re.compile(r"(?:It|This|They|These|That|He|She)\b")
_AND_OR = [
    (r"\bboth (?P<a>[^,.;]{3,50}) and (?P<b>[^,.;]{3,50})(?=[,.;]|$)", r"either \g<a> or \g<b>"),
    (r"\beither (?P<a>[^,.;]{3,50}) or (?P<b>[^,.;]{3,50})(?=[,.;]|$)", r"both \g<a> and \g<b>"),
    (r"\bor both\b", "but not both"), (r"\b[Aa]ll of the\b", "one of the"), (r"\b[Aa]ny of the\b", "all of the"),
    (r"\b(?:any|at least) one of\b", "all of"), (r"\beach of\b", "one of"), (r"^All (?=[a-z]+)", "Some "),
    (r"\ball (?=patients|staff|employees|cases|personnel|calls|records|requests)", "some "),
]  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of error.

    Attributes:
        name: of the kind.
        change: what it makes of a statement, with what was changed; None where it does not apply.
        mutual: whether the statement also denies what was made of it.
        share: how often it is wanted, beside 1 for the usual kind.
        rules_only: whether it needs a text that lays down rules: where "may" says what is allowed, not what is
            possible, and a role is one of several that are told apart.
    """

    name: str
    change: Callable[[Good, Pool, random.Random], Changed | None]
    mutual: bool = True
    share: float = 1.0
    rules_only: bool = False


def _of_study(name: str) -> Callable[[Good, Pool, random.Random], Changed | None]:
    def change(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
        made = planting_kinds.KINDS[name](good, pool, rng)
        return None if made is None or made.evidence != good.evidence else (made.text, made.change)

    return change


def _replaced(good: Good, found: Sequence[tuple[re.Match[str], str]], rng: random.Random) -> Changed | None:
    if not found:
        return None
    match, new = rng.choice(found)
    return with_articles(good.text[: match.start()] + new + good.text[match.end() :]), f"{match[0]} -> {new}"


def comparison(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
    """At most for at least, below for above, and the like."""
    found = [(match, match.expand(new)) for old, new in _COMPARED for match in re.finditer(old, good.text)]
    return _replaced(good, found, rng)


def _opposites() -> dict[str, str]:
    table: dict[str, str] = {}
    for pair in re.split(r"\||\n", _PAIRS):
        words = pair.split()
        if len(words) == 2:
            table.setdefault(words[0], words[1])
            table.setdefault(words[1], words[0])
    return table


_OPPOSITES = _opposites()
_OPPOSITE = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(_OPPOSITES, key=len, reverse=True))})(?![\w-])", re.IGNORECASE)


def opposite(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
    """A word by its opposite, where the evidence does not have that as well."""
    evidence = " ".join(good.evidence).lower()
    found = []
    for match in _OPPOSITE.finditer(good.text):
        other = _OPPOSITES[match[0].lower()]
        if re.search(rf"\b{other}\b", evidence) or re.search(rf"\b{other}\b", good.text.lower()):
            continue
        found.append((match, other.capitalize() if match[0][0].isupper() else other))
    return _replaced(good, found, rng)


def actor(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
    """Another role than the evidence names."""
    evidence = " ".join(good.evidence).lower()
    others = [
        role for role in _OTHER_ROLES if role.lower() not in evidence and not evidence.count(role.split()[-1].lower())
    ]
    found = []
    for match in _ROLE.finditer(good.text):
        before, after = good.text[: match.start()].split(), good.text[match.end() : match.end() + 12]
        if before and before[-1][0].isupper() and before[-1] not in ("The", "A", "An"):
            continue  # a part of a name
        if others and not re.match(r"s?[’']?s? (?:assist|care|practition|order)", after):
            found.append((match, rng.choice(others)))
    return _replaced(good, found, rng)


def parties(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
    """Who does it and to whom it is done, or cause and effect, exchanged."""
    match = _PARTIES.search(good.text) or _CAUSE.search(good.text)
    if not match or match["one"].lower() == match["two"].lower() or _PRONOUN.match(match["one"]):
        return None
    one, two = _lower(match["one"]), match["two"]
    verb = _agreeing(match["verb"], two)
    text = f"{two[:1].upper()}{two[1:]} {verb} {one}{good.text[match.end('two') :]}"
    return text, f"{match['one']} <-> {match['two']}"


_AGREEING = {"cause": "causes", "lead to": "leads to", "result in": "results in", "trigger": "triggers",
             "are caused by": "is caused by", "result from": "results from", "are": "is"}  # fmt: skip


def _agreeing(verb: str, subject: str) -> str:
    """The verb in the number of its new subject, whose first noun decides ("mutations in the gene")."""
    head = re.split(r"\b(?:in|of|from|to|with|on|by|for)\b", subject)[0].strip()
    plural = head.endswith("s") and not head.endswith(("ss", "us", "is"))
    if plural:
        return next((many for many, one in _AGREEING.items() if one == verb), verb)
    return _AGREEING.get(verb, verb)


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def and_or(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
    """Both for either, some for all."""
    found = [(match, match.expand(new)) for old, new in _AND_OR for match in re.finditer(old, good.text)]
    return _replaced(good, found, rng)


def other_line_value(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
    """The value that another line of the same document gives for something else."""
    lines = [line for line in pool.documents.get(good.document, ()) if line.own not in good.evidence]
    for line in rng.sample(lines, min(8, len(lines))):
        text = other_value(good, Line(line.own), rng)
        if text:
            return text, f"value of “{line.own[:40]}”"
    return None


def bound_lost(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
    """What bounds a number dropped; what only says how often is no error when it is left out."""
    made = planting_kinds.KINDS["bound lost"](good, pool, rng)
    bounds = r"at least|at most|up to|more|less|longer|later|fewer|greater|within|minimum|maximum|older|above|higher"
    return (made.text, made.change) if made and re.search(bounds, made.change, re.IGNORECASE) else None


_NO_EXCEPTION = re.compile(
    r"\b(?:even|especially|ask|asks|determine|determines|see|decide|check|know|tell|tells|assess|evaluate|show|shows|"
    r"particularly|and|or|as|occurs?|happens?|is|are|be|only|has|have) (?:if|when|until|only)\b",
    re.IGNORECASE,
)
_OPEN_END = re.compile(
    r"\b(?:occurs?|shows?|is|are|be|only|see|know|determine|ask|when|tell|check|even|decide|happens?|to|the|a|of|with)"
    r"[.,;]?$"
)


def exception_dropped(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
    """A condition or exception dropped, where what is left is whole."""
    if _NO_EXCEPTION.search(good.text):
        return None
    made = planting_kinds.KINDS["exception dropped"](good, pool, rng)
    whole = made and len(made.text.split()) >= 6 and not _OPEN_END.search(made.text.strip())
    return (made.text, made.change) if made and whole else None


def route(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
    """Another route, unless "IV" is a number."""
    return None if ROMAN_NUMERAL.search(good.text) else _of_study("route")(good, pool, rng)


def _unless(name: str, unwanted: str) -> Callable[[Good, Pool, random.Random], Changed | None]:
    """A kind of the study, without those changes that are no sound errors in these texts."""
    change = _of_study(name)

    def chosen(good: Good, pool: Pool, rng: random.Random) -> Changed | None:
        made = change(good, pool, rng)
        return None if made is None or re.search(unwanted, made[1]) else made

    return chosen


KINDS = (
    Kind("number", _of_study("number"), share=1.2), Kind("other-value", other_line_value),
    Kind("unit", _unless("unit", r"%|percent")), Kind("negation", _of_study("negation"), share=0.9),
    Kind("modality", _of_study("modality"), share=0.8, rules_only=True),
    Kind("population", _unless("population", r"\b[Mm]inor\b")), Kind("route", route),
    Kind("drug", _of_study("drug")),
    Kind("step-order", _of_study("step order")), Kind("comparison", comparison), Kind("opposite", opposite),
    Kind("actor", actor, share=0.8, rules_only=True), Kind("parties", parties), Kind("and-or", and_or),
    Kind("exception-dropped", exception_dropped, mutual=False, share=0.5),
    Kind("bound-lost", bound_lost, mutual=False),
)  # fmt: skip
"""All kinds; rarer ones are tried first (see ``corruptions``)."""
