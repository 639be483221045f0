"""Rewrites that keep the meaning, as a language model would make them: other words, units, voice, order, one sentence
of a lead-in and its item.

Each takes a line and gives a statement, or None where it does not apply. They are made to be right in hospital
policies, not in all English; a sample of them is read by a person before the figures are believed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from planting_sources import REWRITTEN, Good, Line

Rewrite = Callable[[str, random.Random], str | None]

_WORDS = {
    r"notify": "inform", r"notified": "informed", r"immediately": "at once", r"prior to": "before",
    r"obtain": "get", r"physician(?! assist)": "doctor", r"physicians": "doctors", r"assess": "evaluate",
    r"assessed": "evaluated",
    r"document": "record", r"documented": "recorded", r"discontinue": "stop", r"discontinued": "stopped",
    r"begin": "start", r"initiate": "start", r"initiated": "started", r"administer": "give", r"administered": "given",
    r"ensure": "make sure", r"utilize": "use", r"utilized": "used", r"approximately": "about",
    r"at least": "no less than", r"up to": "no more than", r"no more than": "at most",
    r"(?<!no )greater than": "more than",
    r"(?<!no )less than": "under", r"by mouth": "orally", r"IV": "intravenously", r"IM": "intramuscularly",
    r"PO": "by mouth",
    r"intravenously": "IV", r"children": "pediatric patients", r"adults": "adult patients", r"unless": "except when",
    r"every": "each", r"epinephrine": "adrenaline", r"acetaminophen": "paracetamol", r"naloxone": "Narcan",
    r"medication": "medicine", r"medications": "medicines", r"verify": "check", r"verified": "checked",
    r"in the event of": "in case of", r"upon arrival": "on arrival", r"annually": "every year", r"as needed": "PRN",
    r"emergency department": "ED", r"blood pressure": "BP", r"retain": "keep", r"retained": "kept",
    r"currently": "", r"in order to": "to", r"whenever": "when", r"purchase": "buy",
    r"demonstrate": "show", r"demonstrates": "shows", r"additional": "further", r"assistance": "help",
    r"attempt": "try", r"commence": "begin", r"complete": "finish", r"provide": "supply",
    r"inspect": "examine", r"discard": "throw away", r"discarded": "thrown away", r"replace": "change",
    r"replaced": "changed", r"twice daily": "two times a day", r"daily": "every day", r"BID": "twice daily",
    r"sufficient": "enough", r"frequently": "often", r"prohibited": "not allowed",
    r"permitted": "allowed", r"contact": "call",
}  # fmt: skip
_MODALS = {
    r"must not": ("may not", "is not allowed to"), r"shall not": ("must not", "may not"),
    r"must": ("has to", "is required to", "needs to"), r"shall": ("must", "is required to", "has to"),
    r"should": ("ought to",), r"may": ("can", "is allowed to", "is permitted to"), 
    r"is required": ("is mandatory", "is necessary"), r"are required": ("are mandatory",), r"cannot": ("can not",),
    r"^Do not": ("Never", "You must not"),
}  # fmt: skip
_MIGHT = re.compile(r"\s(?:have|be|include|result|require|occur|need|pose|become|cause|follow|contain|last|end)\b")
_UNITS = {"mg": "milligrams", "mcg": "micrograms", "mL": "milliliters", "kg": "kilograms", "hours": "h",
          "minutes": "min", "hour": "h", "g": "grams"}  # fmt: skip
_OTHER_UNIT = {"mg": ("mcg", 1000), "g": ("mg", 1000), "L": ("mL", 1000), "mcg": ("mg", 0.001), "mL": ("L", 0.001)}
_NATURAL = {"mg": (0.01, 0.999), "g": (0.1, 9), "L": (0.1, 9), "mcg": (100, 5000), "mL": (500, 5000)}
"""From where to where people write the other unit as well."""
_NUMBER_WORDS = dict(
    zip(
        ["2", "3", "4", "5", "6", "7", "8", "9", "10"],
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
        strict=True,
    )
)
_VERBS = {
    "give": "given", "administer": "administered", "check": "checked", "flush": "flushed", "assess": "assessed",
    "document": "documented", "notify": "notified", "remove": "removed", "obtain": "obtained", "apply": "applied",
    "place": "placed", "record": "recorded", "replace": "replaced", "change": "changed", "discard": "discarded",
    "clean": "cleaned", "label": "labeled", "monitor": "monitored", "measure": "measured", "verify": "verified",
    "inspect": "inspected", "start": "started", "stop": "stopped", "keep": "kept", "store": "stored", "use": "used",
    "draw": "drawn", "repeat": "repeated", "wear": "worn", "report": "reported", "complete": "completed",
    "transport": "transported", "perform": "performed", "consider": "considered", "establish": "established",
    "maintain": "maintained", "position": "positioned", "secure": "secured", "send": "sent", "return": "returned",
    "offer": "offered", "provide": "provided", "initiate": "initiated", "review": "reviewed", "rinse": "rinsed",
}  # fmt: skip
_PHRASE_END = re.compile(
    r"\s(?:with|in|at|within|every|before|after|to|for|by|from|on|if|unless|until|when|as|once|and|or|over|during|q\d|"
    r"under|until|whenever|except|according|per|using|through|into|prior|immediately|daily|again|only|that|which)\b|"
    r"[.,;:(]|$"
)  # fmt: skip
_BULLET = re.compile(
    r"^\s*(?:(?:\d{1,2}(?:\.\d{1,2})+[.)]?|\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})[.)]|[-–*•‣◦▪●■]|o)\s+)+(?=[A-Za-z0-9])"
)


def words(text: str, rng: random.Random) -> str | None:
    """One to three words by others that mean the same."""
    keys = [key for key in _WORDS if re.search(rf"(?<![\w-]){key}(?![\w-])", text)]
    for key in rng.sample(keys, min(len(keys), rng.choice((1, 2, 3)))):
        text = re.sub(rf"(?<![\w-]){key}(?![\w-])", _WORDS[key], text)
    return re.sub(r"  +", " ", text) if keys else None


def modals(text: str, rng: random.Random) -> str | None:
    """Says "must" as "is required to", "may" as "is allowed to"."""
    for key, others in _MODALS.items():
        match = re.search(rf"(?<![\w-]){key.removeprefix('^')}\b" if key[0] != "^" else rf"{key}\b", text)
        if (
            not match
            or re.search(r"\b(?:At no time|Under no)\b", text)
            or (key in ("must", "shall", "may", "should") and re.match(r" not\b", text[match.end() :]))
        ):
            continue
        other = rng.choice(others)
        if "to" in other.split() and key == "may" and _MIGHT.match(text[match.end() :]):
            other = "can"  # "may occur" says what is possible, not what is allowed
        subject = text[: match.start()].split()
        if other.startswith(("is ", "has ", "needs ")) and (
            not subject or subject[-1].endswith("s") or subject[-1] == "they"
        ):
            plural = {"is": "are", "has": "have", "needs": "need"}
            other = f"{plural[other.split()[0]]} {other.split(' ', 1)[1]}"
        if match[0][0].isupper():
            other = other[0].upper() + other[1:]
        return text[: match.start()] + other + text[match.end() :]
    return None


def frequency(text: str, rng: random.Random) -> str | None:
    """Says "q4h" as "every 4 hours", and back."""
    short = re.search(r"\bq\s?(\d+)\s?(h|hours?|min|minutes?)\b", text, re.IGNORECASE)
    if short:
        unit = "hours" if short[2].lower().startswith("h") else "minutes"
        return f"{text[: short.start()]}every {short[1]} {unit}{text[short.end() :]}"
    long = re.search(r"\bevery (\d+) hours\b", text)
    return f"{text[: long.start()]}q{long[1]}h{text[long.end() :]}" if long else None


def units(text: str, rng: random.Random) -> str | None:
    """0.5 mg as 500 mcg, or the unit written out."""
    found = [match for match in re.finditer(r"(?<![\d.,/-])(\d+(?:\.\d+)?)\s?(mg|g|L|mcg|mL)\b(?![/\w-])", text)
             if not re.search(r"(?:-|–|\bto|\bor)\s?$", text[: match.start()])]  # fmt: skip
    if found and rng.random() < 0.5:
        match = rng.choice(found)
        unit, factor = _OTHER_UNIT[match[2]]
        low, high = _NATURAL[match[2]]
        value = float(match[1]) * factor
        if low <= float(match[1]) <= high:
            shown = f"{value:g}" if value < 1000 else f"{value:,.0f}"
            return f"{text[: match.start()]}{shown} {unit}{text[match.end() :]}"
    spelled = re.search(r"(?<=\d)\s?(mg|mcg|mL|kg|hours|minutes|hour)\b(?![/-])", text)
    return f"{text[: spelled.start()]} {_UNITS[spelled[1]]}{text[spelled.end() :]}" if spelled else None


def number_words(text: str, rng: random.Random) -> str | None:
    """A small number as a word, and back."""
    digit = re.search(
        r"(?<![\w.,/:-])([2-9]|10) (?=(?:hours|minutes|days|weeks|times|doses|nurses|people|staff|or)\b)", text
    )
    if digit:
        return f"{text[: digit.start()]}{_NUMBER_WORDS[digit[1]]} {text[digit.end() :]}"
    spelled = re.search(r"\b(two|three|four|five|six|seven|eight|nine|ten)(?= [a-z])", text)
    if spelled:
        number = next(key for key, word in _NUMBER_WORDS.items() if word == spelled[1])
        return f"{text[: spelled.start()]}{number}{text[spelled.end() :]}"
    return None


def passive(text: str, rng: random.Random) -> str | None:
    """Says "Flush the port with saline" as "The port must be flushed with saline"."""
    match = re.match(r"(?P<not>Do not )?(?P<verb>[A-Za-z]+) (?=(?:the|a|an|each|all|any|this|every|both)\b)", text)
    if not match or match["verb"].lower() not in _VERBS:
        return None
    rest = text[match.end() :]
    stop = _PHRASE_END.search(rest)
    end = stop.start() if stop else len(rest)
    noun, rest = rest[:end], rest[end:]
    if not 2 <= len(noun.split()) <= 6 or rest[:2] == " (" or rest[:1] == "(" or noun.split()[-1].isdigit():
        return None
    plural = noun.split()[0] in ("all", "both") or noun.endswith("s")
    be = ("must not be" if match["not"] else rng.choice(("must be", "are" if plural else "is"))) + " "
    return f"{noun[0].upper()}{noun[1:]} {be}{_VERBS[match['verb'].lower()]}{rest}"


def clause_order(text: str, rng: random.Random) -> str | None:
    """Says "If X, do Y." as "Do Y if X.", and the other way round."""
    if re.search(r"\d\. ", text):
        return None
    front = re.match(r"(?P<mark>If|When|Unless|Before|After|Once) (?P<what>[^,;:.()]+), (?P<main>[^;:()]+?)\.?$", text)
    if front:
        main = front["main"]
        return f"{main[0].upper()}{main[1:]} {front['mark'].lower()} {front['what']}."
    back = re.match(
        r"(?P<main>[A-Z][^,;:()]+?) (?P<mark>if|when|unless|before) (?P<what>(?:the|a|an|there|it|"
        r"any)\b[^,;:.()]+)\.?$",
        text,
    )
    if back and len(re.findall(r"\b(?:if|when|unless|before|after|until)\b", text)) == 1:
        main = back["main"] if back["main"].split()[0].isupper() else back["main"][0].lower() + back["main"][1:]
        return f"{back['mark'].capitalize()} {back['what']}, {main}."
    return None


def split_sentence(text: str, rng: random.Random) -> str | None:
    """Two sentences of two main clauses."""
    match = re.search(
        r"; (?=[a-z]+ )|, and (?=(?:it|the|this|they|do not|document|notify|call|record|report|check)\b)", text
    )
    if not match or match.start() < 20 or len(text) - match.end() < 20:
        return None
    return f"{text[: match.start()].rstrip('.')}. {text[match.end()].upper()}{text[match.end() + 1 :]}"


def framed(text: str, rng: random.Random) -> str | None:
    """With words around it that say nothing."""
    if re.match(r"(?:[A-Z]{2}|If\b)", text):
        return None
    start = rng.choice(("According to the policy, ", "The policy states that ", "Please note that ", "Note: "))
    return f"{start}{text[0].lower()}{text[1:]}" if not start.endswith(": ") else start + text


def articles(text: str, rng: random.Random) -> str | None:
    """Without its articles."""
    bare = re.sub(r"(?<=[a-z,] )(?:the|a|an) (?=[a-z])", "", text)
    return bare if bare != text else None


REWRITES: dict[str, Rewrite] = {
    "words": words, "modals": modals, "frequency": frequency, "units": units, "number words": number_words,
    "passive": passive, "clause order": clause_order, "split": split_sentence, "framed": framed, "articles": articles,
}  # fmt: skip
_ORDER = (
    "passive",
    "clause order",
    "split",
    "modals",
    "frequency",
    "units",
    "number words",
    "words",
    "articles",
    "framed",
)


def joined(line: Line) -> str | None:
    """A lead-in and its item as one sentence, a row with its header as one."""
    lead = line.context.split("\n")[-1] if line.context else ""
    cells, header = line.own.split("\t"), lead.split("\t")
    if len(cells) == len(header) > 1:
        named = [
            f"{name.strip().lower()}: {cell.strip()}"
            for name, cell in zip(header[1:], cells[1:], strict=True)
            if cell.strip()
        ]
        return f"For {cells[0].strip()}, {'; '.join(named)}." if named else None
    if "\t" in line.own or not lead.rstrip().endswith(":") or len(lead.split()) > 25:
        return None
    item = _BULLET.sub("", line.own).strip()
    lead = _BULLET.sub("", lead).strip().rstrip(":").rstrip()
    glue = "," if re.match(r"(?:Before|After|If|When|For|In)\b", lead) else ""
    return f"{lead}{glue} {item[0].lower() if not item[:2].isupper() else item[0]}{item[1:]}"


def rewritten(good: Good, rng: random.Random) -> Good | None:
    """A correct statement in other words, made by one to three rewrites; None where none applies.

    Args:
        good: a verbatim one.
        rng: chooses the rewrites.
    """
    text, how = _BULLET.sub("", good.text), []
    one = joined(good.lines[0])
    if one and (rng.random() < 0.8 or "\t" in text):
        text, how = one, ["joined"]
    if "\t" in text:
        return None
    names = [name for name in _ORDER if name not in ("framed", "articles") or rng.random() < 0.25]
    wanted = rng.choice((1, 2, 3))
    for name in _shuffled(names, rng):
        if len(how) >= wanted:
            break
        changed = REWRITES[name](text, rng)
        if changed and changed != text:
            text, how = changed, [*how, name]
    return replace(good, text=text, form=REWRITTEN, how="+".join(how)) if how else None


def _shuffled(names: Sequence[str], rng: random.Random) -> list[str]:
    """Voice and order first, since they need the line as it stands; the rest in any order."""
    first = [name for name in names if name in ("passive", "clause order", "split")]
    rest = [name for name in names if name not in first]
    rng.shuffle(first)
    rng.shuffle(rest)
    return [*first, *[name for name in rest if name != "framed"], *[name for name in rest if name == "framed"]]
