"""Questions from lines that give the dose of a medicine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ragkit.documents.document import Block, BlockKind
from ragkit.evaluation.questions.proposals.near_misses import medicines_by_class
from ragkit.evaluation.questions.proposals.proposal import DraftKind, Proposal, Sentence, Source, plain, spoken_title
from ragkit.retrieval.understanding.vocabulary import load_data

_NUMBER = r"\d[\d,]*(?:\.\d+)?(?:\s?(?:to|-|–)\s?\d[\d,]*(?:\.\d+)?)?"
_UNIT = r"(?:mcg|µg|μg|mg|g|gm|mL|units?|mEq|mmol|puffs?|tablets?)(?:\s?/\s?(?:kg|min(?:ute)?|h(?:r|our)?|dose|day))*"
_AMOUNT = re.compile(rf"(?P<amount>{_NUMBER}\s?{_UNIT})(?![\w/])(?!\s?(?:/|per)\s?m[Ll])", re.IGNORECASE)
_STRENGTH = re.compile(r"\d[\d.]*\s?(?:%|(?:mg|mcg|units?|g)\s?/\s?(?:\d+\s?)?mL)", re.IGNORECASE)
_ROUTE_WORDS = (
    r"(?:IV|IM|IO|IN|SL|SQ|SC|PO|PR|ET|intravenous(?:ly)?|intramuscular(?:ly)?|intranasal(?:ly)?|oral(?:ly)?|"
    r"rectal(?:ly)?|subcutaneous(?:ly)?|nebuli[sz]ed|nebuli[sz]er|by mouth)"
)
_ROUTE = re.compile(rf"\b{_ROUTE_WORDS}(?:\s?(?:/|or)\s?{_ROUTE_WORDS})*\b")
_ROUTE_FIRST = re.compile(
    rf"^(?P<route>{_ROUTE_WORDS}(?:\s?/\s?{_ROUTE_WORDS})*(?:\s(?:bolus|push|infusion|spray))?)\s?(?:[-–:]\s?)?(?=\d)"
)
_NO_DOSE = re.compile(
    r"\b(?:below|above|under|over|less than|more than|greater than|level|target|concentration|at least|contains?|"
    r"supplied|do not|not|never|discard|stock|par|daily total|total daily|draw|dilute|residual|output|loss)\b"
    r"[^.;]{0,25}$",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"^(?:(?:give|administer|start|inject|infuse|with|consider|may give|repeat)\s)?(?:an?\s)?"
    r"(?:bolus\sof\s|dose\sof\s|loading dose of\s)?",
    re.IGNORECASE,
)
_LONGEST = 40


def dose_proposals(source: Source) -> Iterator[Proposal]:
    """The questions of a document's dose lines: a known medicine at the beginning, or in the line that leads in."""
    for sentence in source.sentences():
        if len(sentence.text.split()) <= _LONGEST and (found := _of_sentence(source, sentence)):
            yield found


def _of_sentence(source: Source, sentence: Sentence) -> Proposal | None:
    start = _STARTS.match(sentence.text)
    body = sentence.text[start.end() if start else 0 :]
    medicine = _medicine_at(body)
    if medicine is None and (route := _ROUTE_FIRST.match(body)):
        led = _leading_medicine(source, sentence.block)
        if led is not None and (amount := _AMOUNT.search(body)) and amount.start() <= route.end() + 2:
            return _proposal(source, sentence, led, route.group("route"), amount)
    if medicine is None or (amount := _dose_in(body)) is None:
        return None
    between = _STRENGTH.sub("", body[len(medicine) : amount.start("amount")])
    if len(between.split()) > 6 or re.search(r"[;.]", between) or _medicines().search(between):
        return None
    tail = _ROUTE.search(body[amount.end() : amount.end() + 24]) or _ROUTE.search(between)
    return _proposal(source, sentence, medicine, tail.group() if tail else "", amount)


def _dose_in(body: str) -> re.Match[str] | None:
    """The first amount that is a dose: no strength ("1 mg/mL"), no limit ("below 500 mL")."""
    for found in _AMOUNT.finditer(body):
        if _NO_DOSE.search(body[: found.start()]):
            return None
        if not _STRENGTH.match(body[found.start() : found.end() + 8]):
            return found
    return None


def _proposal(source: Source, sentence: Sentence, medicine: str, route: str, amount: re.Match[str]) -> Proposal:
    route = re.sub(r"by mouth|orally", "oral", route)
    by = f" {route}" if route and route.lower() not in medicine.lower() else ""
    return Proposal(
        kind=DraftKind.DOSE,
        question=f"What is the{by} dose of {source.lowered(medicine)}?",
        category="dose",
        start=sentence.start,
        end=sentence.end,
        page=source.document.page_at(sentence.start),
        section=sentence.block.section,
        must_have=(amount.group("amount"),),
        pattern=f"a line with the dose of {medicine}"
        + (f", under “{spoken_title(sentence.block.section[-1])}”" if sentence.block.section else ""),
        weight=0.8,
    )


def _leading_medicine(source: Source, block: Block) -> str | None:
    """The medicine that the block's lead-in or nearest heading consists of: "Morphine" above "IM - 0.1 mg/kg"."""
    blocks = source.document.blocks
    leads = [source.words(blocks[n]) for n in reversed(block.context) if blocks[n].kind is not BlockKind.TABLE_HEADER]
    for lead in [*leads[:1], *block.section[-1:]]:
        words = plain(lead).rstrip(" :*")
        found = _medicine_at(words)
        rest = _STRENGTH.sub("", words[len(found) :]).strip(" ,-–:*") if found else ""
        if found and len(rest.split()) <= 2:
            return found
    return None


def _medicine_at(text: str) -> str | None:
    """The known medicine at the beginning of a text, as it is written there."""
    found = _medicines().match(text)
    return found.group() if found else None


@cache
def _medicines() -> re.Pattern[str]:
    names: set[str] = set()
    for generic, others in load_data("drugs")["same_substance"].items():
        names |= {generic, *others}
    names |= {name for group in medicines_by_class() for name in group}
    ordered = sorted((re.escape(name) for name in names if len(name) > 3), key=len, reverse=True)
    salts = r"(?:\s(?:sulfate|hydrochloride|chloride|bicarbonate|gluconate|sodium|succinate|acetate))?"
    return re.compile(rf"(?<![\w-])(?:{'|'.join(ordered)}){salts}(?![\w-])", re.IGNORECASE)
