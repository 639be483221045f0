"""A statement laid beside its evidence: which part of it rests on which line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from ragkit.grounding.composed.matching import held_at
from ragkit.grounding.composed.reading import Token, lines_of, read
from ragkit.grounding.rules.polarity import Negation, negations
from ragkit.grounding.rules.wording import normal

PLAIN_CUES = frozenset(
    {"not", "no", "never", "cannot", "neither", "nor", "none", "nothing", "nobody", "without", "n't"}
)
"""Negations that deny and do nothing else; the others ("avoid", "refuse") also say something."""
_NEAR = 0.85
_LEAD_WORDS = 12
_LEADS_KEPT = 3
_REASON = re.compile(
    r"\b(?:as|because|since|due to|there (?:is|are)|so that|in order|cannot|(?:has|have|had) no|"
    r"(?:is|are|was|were|do|does|did|should|must|may|will|shall|can|has|have) not)\b",
    re.IGNORECASE,
)
"""Where a new predicate or a reason begins: no negation before it reaches over it."""
_BREAK = re.compile(r"[;.](?=\s)|,?\s(?:and|but|while|whereas|or|then)\s(?=(?:\w+[\s-]){2})|,\s", re.IGNORECASE)
_HANGS_ON = re.compile(
    r"\W*(?:and |or )?(?:if|when|whenever|unless|until|except|within|every|for|in|at|by|with|without|before|after|once|"
    r"as|on|during|to|of|from|provided|while|where|over|under|up|no|not|only|including|who|which|that|then|"
    r"shall|must|may|should|can|cannot|will|is|are|was|were|has|have|had|does|do)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\W*(?:if|when|whenever|unless|until|except|in|at|for|before|after|once|within|during|with|on|while|where|to|from|"
    r"by|as|under)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Text:
    """A sentence of the statement or of the evidence.

    Attributes:
        text: its words; for the evidence the lead-in before the sentence, as one sentence with it.
        span: number of the evidence text it stands in; 0 for the statement.
        number: the number of the list item it begins with; None where there is none.
        own: where the words after the lead-in start.
        label: of a row of a table, the words of its first cell.
    """

    text: str
    span: int = 0
    number: int | None = None
    own: int = 0
    label: str = ""

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """What it says, lead-in included."""
        return read(self.text)

    @property
    def own_tokens(self) -> tuple[Token, ...]:
        """What it says without its lead-in."""
        return tuple(token for token in self.tokens if token.start >= self.own)

    @cached_property
    def negations(self) -> tuple[Negation, ...]:
        """Its negations; none reaches over the beginning of a reason."""
        found = []
        for negation in negations(self.text.replace(":", " ")):
            stop = _REASON.search(self.text, negation.start, negation.end)
            found.append(replace(negation, end=stop.start()) if stop else negation)
        return tuple(found)

    @cached_property
    def negated(self) -> tuple[bool, ...]:
        """For each token, whether it stands under an odd number of negations."""
        lead = [each for each in self.negations if each.start < self.own <= each.end + 2 and not each.conditional]
        return tuple(
            sum(_over(each, token) or (each in lead and token.start >= self.own) for each in self.negations) % 2 == 1
            for token in self.tokens
        )


def _over(negation: Negation, token: Token) -> bool:
    """Whether a token stands under a negation; "avoided" is not what is avoided."""
    itself = negation.cue not in PLAIN_CUES and token.text[:5].lower() == negation.cue[:5]
    return negation.start <= token.start < negation.end and not itself


@dataclass(frozen=True)
class Part:
    """A clause of the statement beside the evidence.

    Attributes:
        text: the sentence of the statement that it is a part of.
        places: positions of its tokens among those of the sentence.
        near: the sentences of the evidence that hold most of it, the best first.
        held: for each place, for each sentence of the evidence (by number), the positions that say the same.
    """

    text: Text
    places: tuple[int, ...]
    near: tuple[int, ...]
    held: tuple[dict[int, list[int]], ...]


@dataclass(frozen=True)
class Comparison:
    """A statement beside its evidence.

    Attributes:
        sentences: of the statement.
        evidence: the sentences of the evidence, each with its lead-in.
        parts: the clauses of the statement.
    """

    sentences: tuple[Text, ...]
    evidence: tuple[Text, ...]
    parts: tuple[Part, ...]

    @property
    def lead_ins(self) -> set[int]:
        """Numbers of the evidence texts that only lead in what follows: they belong to every line."""
        ends = {line.span: line.text for line in self.evidence}
        return {span for span, text in ends.items() if text.rstrip().endswith(":")}

    def near(self, part: Part) -> list[Text]:
        """The sentences of the evidence that hold most of a part."""
        return [self.evidence[number] for number in part.near]


def compare(statement: str, evidence: Sequence[str]) -> Comparison:
    """Lays a statement beside its evidence, clause by clause."""
    theirs = tuple(sentence for number, text in enumerate(evidence) for sentence in _sentences(text, number))
    ours = tuple(Text(line) for line in lines_of(statement))
    parts = [part for sentence in ours for part in _parts(sentence, theirs)]
    return Comparison(ours, theirs, tuple(parts))


@lru_cache(maxsize=1024)
def _sentences(text: str, number: int) -> tuple[Text, ...]:
    """The sentences of one evidence text with what leads them in: lead-ins, table headers, the first cell of a row."""
    found: list[Text] = []
    leads: list[str] = []
    rows = [row for row in normal(text).split("\n") if row.strip()]
    for at, row in enumerate(rows):
        enumerated = re.match(r"\s*(?:step\s+)?\(?(\d{1,2})[.):]\s", row, re.IGNORECASE)
        if (
            at + 1 < len(rows)
            and "\t" in row
            and len(rows[at + 1].split("\t")) == len(row.split("\t"))
            and not leads[1:]
        ):
            leads = [*leads, row.strip()]  # a table's header names the cells below it and says nothing alone
            continue
        row, header = _named_cells(row, leads)
        label = row.split(" | ")[0].strip() if " | " in row else ""
        for position, line in enumerate(lines_of(row)):
            before = [*(lead for lead in leads if lead != header), *([label] if label and position else [])]
            lead = "".join(each.rstrip(" :") + (" " if each.rstrip().endswith(":") else " | ") for each in before)
            joined = f"{lead}{line}"
            item = int(enumerated[1]) if enumerated else None
            found.append(Text(joined, number, item, len(lead), label))
        if at + 1 < len(rows) and _leads_in(rows[at]):
            leads = [*leads[-_LEADS_KEPT:], rows[at].strip()]
    return tuple(found)


def _named_cells(row: str, leads: Sequence[str]) -> tuple[str, str]:
    """A table row with the name of its column before each cell, and the header that gave the names."""
    cells = row.split("\t")
    if len(cells) < 2:
        return row, ""
    header = next((lead for lead in reversed(leads) if len(lead.split("\t")) == len(cells)), "")
    names = header.split("\t") if header else [""] * len(cells)
    named = [f"{name.strip()} {cell.strip()}".strip() for name, cell in zip(names[1:], cells[1:], strict=True)]
    return " | ".join([cells[0].strip(), *(each for each in named if each)]), header


def _leads_in(row: str) -> bool:
    """Whether a line of an evidence text leads in those below it: a lead-in, a heading, a table's header."""
    if row.rstrip().endswith(":"):
        return True
    return row.rstrip()[-1:] not in ".!?;," and len(row.split()) <= _LEAD_WORDS and not any(map(str.isdigit, row))


def _parts(sentence: Text, evidence: Sequence[Text]) -> list[Part]:
    held = []
    for token in sentence.tokens:
        where = {number: held_at(token, other.tokens) for number, other in enumerate(evidence)}
        held.append({number: places for number, places in where.items() if places})
    parts = []
    for places in _clauses(sentence):
        weights = [0.25 if sentence.tokens[place].is_light else 1.0 for place in places]
        scores = [
            sum(weight for place, weight in zip(places, weights, strict=True) if number in held[place])
            - 0.001 * len(other.tokens)
            for number, other in enumerate(evidence)
        ]
        order = sorted(range(len(evidence)), key=lambda number: -scores[number])
        top = scores[order[0]] if order else 0.0
        near = tuple(number for number in order if top > 0 and scores[number] >= _NEAR * top)
        parts.append(Part(sentence, places, near, tuple(held[place] for place in places)))
    return parts


def _clauses(sentence: Text) -> list[tuple[int, ...]]:
    """The positions of the tokens of each clause; a condition or an adverbial belongs to the clause beside it."""
    cuts = [0, *(match.end() for match in _BREAK.finditer(sentence.text)), len(sentence.text)]
    pieces = [(start, end) for start, end in pairwise(cuts) if end > start]
    merged: list[tuple[int, int]] = []
    waiting: int | None = None
    for start, end in pieces:
        start, waiting = (start if waiting is None else waiting), None
        words = [token for token in sentence.tokens if start <= token.start < end and not token.is_light]
        if len(words) < 2 and end < cuts[-1]:
            waiting = start
            continue
        hangs = bool(_HANGS_ON.match(sentence.text, start)) or len(words) < 2
        led = bool(merged) and bool(_LEADS.match(sentence.text, merged[-1][0])) and len(merged) == 1
        if merged and (hangs or led):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    clauses = [
        tuple(place for place, token in enumerate(sentence.tokens) if start <= token.start < end)
        for start, end in merged
    ]
    return [places for places in clauses if places]
