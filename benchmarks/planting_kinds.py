"""Twelve kinds of errors that a language model makes, and two more, planted one at a time into correct statements.

Each planter takes a correct statement and gives a wrong one with what was changed, or None where it does not apply. A
planted error has to be a real one: what is changed must not be said by the cited lines in another place, and steps are
exchanged only where the text itself orders them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planting_further import bound_lost, exchanged_words
from planting_merging import crossed, other_value, same
from planting_sources import Good, Line
from planting_tables import ADD, DROP, DRUGS, IMPERATIVE, MODAL, POPULATIONS, ROUTES, SAME_FORCE, STYLES, UNITS

from ragkit.grounding.composed.reading import lines_of, read
from ragkit.grounding.rules.drug_names import drug_spans, drugs_in
from ragkit.grounding.rules.measures import measures
from ragkit.grounding.rules.slot_words import slot_entries, slot_spans


@dataclass(frozen=True)
class Planted:
    """A wrong statement.

    Attributes:
        kind: of the error.
        text: the statement.
        evidence: the lines that it cites.
        good: the statement it was made of.
        change: what was changed, in short.
    """

    kind: str
    text: str
    evidence: tuple[str, ...]
    good: Good
    change: str


@dataclass(frozen=True)
class Pool:
    """Where lines of other places come from.

    Attributes:
        documents: for each document its lines.
        statements: all correct verbatim statements.
    """

    documents: Mapping[str, Sequence[Line]]
    statements: Sequence[Good]


Changed = tuple[str, str]
Planter = Callable[[Good, Pool, random.Random], Planted | None]
_NUMBER = re.compile(
    r"(?<![\w.,/:-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w]*[.:]\d|[-–/:]\d|-?[A-Za-z]{2,}-|\.\s[A-Za-z]|\)\s|o\b)"
)
_EXCEPTION = re.compile(
    r"(?:,\s*|\s+)(?:unless|except(?: (?:in|for|when|if|that|where))?|other than|but not|only (?:if|when|after|in|"
    r"for|with)|"
    r"provided(?: that)?|as long as|if|when|until|with the exception of)\s+[^,.;:\n\t()]+(?=[,.;\t]|$)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:If|Unless|When|Except (?:in|for|when)|In the event of|Only (?:if|when))\s[^,;:.\n]+,\s*(?=\w)"
)
_ONLY = re.compile(r"(?<!-)\b(?:only|Only)\s")
_HINGE = re.compile(
    r"\s(?:must|shall|should|may|can|is|are|has|have|will|every|within|if|when|unless|for|to)\s|:\s|,\s"
)


def _good(kind: str, good: Good, changed: Changed | None, evidence: tuple[str, ...] | None = None) -> Planted | None:
    if changed is None or same(changed[0], good.text):
        return None
    return Planted(kind, re.sub(r"  +", " ", changed[0]).strip(), evidence or good.evidence, good, changed[1])


def _replaced(text: str, start: int, end: int, new: str) -> Changed:
    return f"{text[:start]}{new}{text[end:]}", f"{text[start:end]} -> {new}"


def _capital(text: str, at: int = 0) -> str:
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def number(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """Another number: ten times, twice, one more; or one that the same line gives for something else."""
    text, evidence = good.text, "\n".join(good.evidence)
    item = re.match(
        r"\s*\(?\d{1,2}(?:\.\d{1,2})*[.)]?\s(?=[A-Za-z])", text
    )  # the number of a list item is no statement
    matches = [
        match
        for match in _NUMBER.finditer(text, item.end() if item else 0)
        if not text[: match.start()].endswith(("No. ", "Ref. ", "("))
    ]
    if not matches:
        return None
    match = rng.choice(matches)
    value = float(match[0].replace(",", ""))
    inside = sorted({other[0] for other in matches if other[0] != match[0]})
    if inside and rng.random() < 0.25:
        return _good("number", good, _replaced(text, *match.span(), rng.choice(inside)))
    others = [
        value * 10,
        value * 2,
        value + 1,
        value + 5,
        value / 10 if value >= 10 else value * 3,
        max(value - 1, 1),
        value * 1.5,
    ]
    held = {measure.raw for line in lines_of(evidence) for measure in measures(line)}
    held |= {float(found.replace(",", "")) for found in re.findall(r"\d+(?:\.\d+)?", evidence.replace(",", ""))}
    fitting = [
        other for other in others if other not in held and (other == int(other) or value != int(value) or value < 10)
    ]
    if not fitting:
        return None
    return _good("number", good, _replaced(text, *match.span(), _digits(rng.choice(fitting))))


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) and value >= 1000 else f"{value:.4g}"


def unit(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """The same number with another unit."""
    found = []
    for one, other in UNITS:
        pattern = rf"(?<=\d)(?P<gap>[\s-]?(?:\(\d+\) )?){re.escape(one)}(?![\w/]|-\w)"
        found += [(match, other) for match in re.finditer(pattern, good.text)]
    if not found:
        return None
    match, other = rng.choice(found)
    return _good("unit", good, _replaced(good.text, *match.span(), f"{match['gap']}{other}"))


def negation(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """A negation dropped where there is one, else one added."""
    for pattern, new in DROP:
        match = re.search(pattern, good.text)
        if match:
            text = good.text[: match.start()] + match.expand(new) + good.text[match.end() :]
            return _good(
                "negation",
                good,
                (_capital(text, match.start() if match.start() == 0 else 0), f"dropped “{match[0].strip()}”"),
            )
    if IMPERATIVE.search(good.text):
        return _good("negation", good, (f"Do not {good.text[0].lower()}{good.text[1:]}", "added “do not”"))
    fitting = [(re.search(pattern, good.text), new) for pattern, new in ADD]
    for match, new in fitting:
        if match:
            return _good(
                "negation",
                good,
                (good.text[: match.start()] + new + good.text[match.end() :], f"added “{new.strip()}”"),
            )
    return None


def _force(modal: str) -> str:
    return next(force for force, words in SAME_FORCE.items() if re.search(rf"\b(?:{words})\b", modal))


def modality(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """Must for may, may for must, should for must."""
    found = [
        (match, others)
        for modal, others in MODAL.items()
        for match in re.finditer(rf"\b{modal}\b(?! (?:not|NOT)\b)", good.text)
        if re.search(rf"\b(?:{SAME_FORCE[_force(modal)]})\b", " ".join(good.evidence))
        and not (modal == "may" and match.start() and good.text[match.end() : match.end() + 3].strip()[:1].isdigit())
    ]
    if not found:
        return None
    match, others = max(found, key=lambda item: (len(item[0][0]), rng.random()))
    return _good("modality", good, _replaced(good.text, *match.span(), rng.choice(others)))


def population(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """Another population, or another role, than the line speaks of."""
    evidence = " ".join(good.evidence).lower()
    found = [
        (match, other)
        for one, other in POPULATIONS
        for match in re.finditer(rf"(?<![\w-]){one}(?![\w-])", good.text)
        if not re.search(rf"\b{other.lower()}\b", evidence) or good.text.lower().count(other.lower())
    ]
    found = [
        (match, other)
        for match, other in found
        if not slot_entries(other, "population") & slot_entries(evidence, "population")
    ]
    if not found:
        return None
    match, other = rng.choice(found)
    return _good("population", good, _replaced(good.text, *match.span(), other))


def route(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """Another route than the line gives."""
    held = slot_entries("\n".join(good.evidence), "route")
    found = [
        (match, other)
        for name in ROUTES
        for match in re.finditer(rf"(?<![\w/-]){name}(?![\w/-])", good.text)
        if any(place.meaning[0] == "route" and place.start == match.start() for place in slot_spans(good.text))
        for style in STYLES
        if name in style
        for other in style
        if other != name
        and slot_entries(f"5 mg {other}", "route")
        and not slot_entries(f"5 mg {other}", "route") & held
    ]
    if not found:
        return None
    match, other = rng.choice(found)
    return _good("route", good, _replaced(good.text, *match.span(), other))


def drug(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """Another medicine."""
    held = drugs_in("\n".join(good.evidence))
    spans = [span for span in drug_spans(good.text) if len(good.text[span.start : span.end]) > 3]
    others = [name for name in DRUGS if not drugs_in(name) & held]
    if not spans or not others:
        return None
    span, other = rng.choice(spans), rng.choice(others)
    other = other.capitalize() if good.text[span.start].isupper() else other
    return _good("drug", good, _replaced(good.text, span.start, span.end, other))


def step_order(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """Before for after; two things done one after the other, exchanged; two steps of a numbered list, exchanged."""
    text = good.text
    match = re.search(r"\b(before|after|Before|After|prior to)\b(?! (?:meals|and after|\d|arrival at))(?!\w)", text)
    if match and not re.search(r"\bbefore and after\b|\bafter and before\b|\bthe day\b", text):
        other = {"before": "after", "after": "before", "Before": "After", "After": "Before", "prior to": "after"}[
            match[1]
        ]
        return _good("step order", good, _replaced(text, *match.span(), other))
    then = re.search(r"^(?:First,? )?(?P<one>[^.;:]{8,90}?),? (?:and )?then (?P<two>[^.;:]{8,90})\.?$", text)
    if then:
        return _good("step order", good, (f"{_capital(then['two'])}, then {_lower(then['one'])}.", "steps exchanged"))
    steps = _numbered(pool.documents.get(good.document, ()), good.lines[0])
    if steps is None:
        return None
    first, second = steps
    wrong = f"{_capital(_bare(second.own))}, then {_lower(_bare(first.own))}."
    return Planted("step order", wrong, (first.evidence, second.evidence), good, "steps of a list exchanged")


def _numbered(lines: Sequence[Line], line: Line) -> tuple[Line, Line] | None:
    """The line and the one after it, where both are short numbered steps of one list that begin with a verb."""
    for one, other in pairwise(lines):
        steps = [re.match(r"\s*\d{1,2}[.)]\s+(?P<verb>[A-Z][a-z]+) ", each.own) for each in (one, other)]
        if line in (one, other) and one.group and one.group == other.group and all(steps):
            verbs = [step["verb"] for step in steps if step]
            if all(IMPERATIVE.search(verb + " ") for verb in verbs) and max(len(one.own), len(other.own)) < 110:
                return one, other
    return None


def _bare(text: str) -> str:
    return re.sub(r"^\s*(?:\(?(?:\d{1,2}(?:\.\d+)*|[A-Za-z])[.)]|[-•o*])\s+", "", text).strip().rstrip(".;,")


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def exception(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """A condition or exception dropped."""
    text = good.text
    strong = [
        match
        for match in _EXCEPTION.finditer(text)
        if re.search(r"unless|except|only|provided|other than|but not", match[0])
    ]
    found = strong or list(_EXCEPTION.finditer(text))
    leading = _LEADING.search(text)
    if leading and (not strong):
        return _good("exception dropped", good, (_capital(text[leading.end() :]), f"dropped “{leading[0].strip()}”"))
    if found:
        match = rng.choice(found)
        if re.search(r"\bif (?:any|possible|needed|necessary|appropriate|applicable|available)\b", match[0]):
            return None
        rest = text[: match.start()] + text[match.end() :]
        if len(read(rest)) >= 3:
            return _good("exception dropped", good, (rest, f"dropped “{match[0].strip()}”"))
    only = _ONLY.search(text)
    if only and "not only" not in text:
        rest = text[: only.start()] + text[only.end() :]
        return _good(
            "exception dropped", good, (_capital(rest, only.start() if only[0][0] == "O" else 0), "dropped “only”")
        )
    return None


def wrong_line(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """The statement with another line of its document cited for it: of two in three, the one that is most like it."""
    others = [line for line in pool.documents.get(good.document, ()) if _other(line, good)]
    if not others:
        return None
    if rng.random() < 0.67:
        wanted = {token.key for token in read(good.text)}
        others = sorted(others, key=lambda line: -len(wanted & {token.key for token in read(line.evidence)}))[:2]
    line = rng.choice(others)
    return Planted("wrong line", good.text, (line.evidence,), good, "cited to another line")


def _other(line: Line, good: Good) -> bool:
    """Whether a line says something else than the statement: it does not hold most of the words of what is cited."""
    if len(line.own.split()) < 4 or any(same(line.own, own.own) for own in good.lines):
        return False
    held = {token.key for token in read(line.evidence)}
    said = [{token.key for token in read(text)} for text in (good.text, *(own.own for own in good.lines))]
    return all(len(wanted & held) < 0.6 * len(wanted) for wanted in said)  # else it may well say the same


def invented(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """A line of another document, or a sentence made of the line's subject and what another document says."""
    other = rng.choice(pool.statements)
    for _ in range(20):
        if other.document != good.document and "\t" not in other.text:
            break
        other = rng.choice(pool.statements)
    if rng.random() < 0.4:
        return Planted("invented line", other.text, good.evidence, good, "line of another document")
    subject, predicate = _HINGE.search(good.text), _HINGE.search(other.text)
    if not subject or not predicate or len(read(other.text[predicate.start() :])) < 3:
        return Planted("invented line", other.text, good.evidence, good, "line of another document")
    text = good.text[: subject.start()] + other.text[predicate.start() :]
    return Planted(
        "invented line", text, good.evidence, good, f"what follows “{good.text[: subject.start()][-30:]}” is made up"
    )


def merged(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """Two cited lines, what is said of one put to the other: its quantity, or all that follows the subject."""
    lines = list(pool.documents.get(good.document, ()))
    own = good.lines[0]
    near = [line for line in lines if line.group and line.group == own.group and line != own] if own.group else []
    if not near and own in lines:
        place = lines.index(own)
        near = [line for line in lines[max(0, place - 3) : place + 4] if line != own]
    near = [line for line in near if 5 <= len(line.own.split()) <= 50] or [
        other.lines[0] for other in pool.statements if other.document == good.document and other.lines[0] != own
    ]
    rng.shuffle(near)
    by_number = rng.random() < 0.5
    for line in near:
        text = other_value(good, line, rng) if by_number else None
        text = text or crossed(good.text, _bare(line.own))
        if text:
            return Planted("merged", text, (own.evidence, line.evidence), good, f"with “{line.own[:40]}”")
    return None


def bound(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """What bounds a number, or says how often, dropped."""
    return _good("bound lost", good, bound_lost(good, rng))


def exchanged(good: Good, pool: Pool, rng: random.Random) -> Planted | None:
    """The words on both sides of a preposition exchanged."""
    return _good("words exchanged", good, exchanged_words(good, rng))


TWELVE: dict[str, Planter] = {
    "number": number, "unit": unit, "negation": negation, "modality": modality, "population": population,
    "route": route,
    "drug": drug, "step order": step_order, "exception dropped": exception, "wrong line": wrong_line,
    "invented line": invented, "merged": merged,
}  # fmt: skip
"""The kinds that the aims are about: name -> planter."""
FURTHER: dict[str, Planter] = {"bound lost": bound, "words exchanged": exchanged}
KINDS = {**TWELVE, **FURTHER}
