"""Negations: what a statement denies and its lines affirm, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragkit.grounding.composed.comparing import PLAIN_CUES, Comparison, Part, Text
from ragkit.grounding.composed.matching import held_at, not_held, says
from ragkit.grounding.composed.pieces import Piece, pieces
from ragkit.grounding.composed.reading import Token
from ragkit.grounding.rules.polarity import Negation
from ragkit.grounding.rules.wording import stem

_PLAIN_WORD = re.compile(r"\b(?:not|no|never|cannot|neither|nor|none|nothing|nobody|without)\b|n't", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"\b(?:(?P<exception>unless|except\w*|other than|apart from)|(?P<refusal>refus\w*|declin\w*)|"
    r"(?P<denial>den(?:y|ies|ied))|(?P<failure>fail\w*|unable|inability)|(?P<lack>lack\w*|absen\w*|free|missing)|"
    r"(?P<exclusion>exclu\w*|ineligib\w*|exempt\w*)|(?P<avoidance>avoid\w*|refrain\w*|against|discourag\w*)|"
    r"(?P<withholding>with(?:hold|held)\w*|omit\w*|skip\w*|waive\w*)|(?P<end>stop\w*|discontinu\w*|ceas\w*)|"
    r"(?P<ban>prohibit\w*|forbid\w*|contraindicat\w*|bann?(?:ed|s)?|illegal|disallow\w*)|(?P<contrast>rather than|"
    r"instead)|"
    r"(?P<ruling>rul\w+ out)|(?P<only>only|solely|alone)|(?P<until>until|before)|(?P<option>optional|opt\w* out|"
    r"free to)|"
    r"(?P<un>un(?:necessary|authori[sz]ed|controlled|known|available|used|likely|treated|responsive|able|safe|stable)|"
    r"in(?:effective|valid|complete|adequate|sufficient|accurate|appropriate)|im(?:proper|possible)|non(?:-\s?)?\w+)|"
    r"(?P<zero>zero|too|neg(?:ative|atively)))\b",
    re.IGNORECASE,
)
"""Words that deny without a plain negation, by what they say."""
_PASSIVE = re.compile(
    r"\b(?:is|are|be|been|was|were)\s(?:\w+ly\s)?(?:(?:recommended|advised|suggested)\s)?$", re.IGNORECASE
)
_DENYING = frozenset(
    {"exclusion", "avoidance", "withholding", "ban", "contrast", "denial", "refusal", "exception", "failure"}
)
_TURNED_BOUND = re.compile(
    r"\b(?:not (?:more|less|greater|fewer|higher|lower|longer|older|later) than)\b", re.IGNORECASE
)
_BOUND = re.compile(r"\b(?:more|less|greater|fewer|higher|lower|longer|older|later) than\b", re.IGNORECASE)
_UPPER = re.compile(r"\b(?:not?|at (?:most|least)|up to|maximum|minimum|exceed\w*|within|never)\b|[≤≥]", re.IGNORECASE)
_REACH = 5
_BESIDE = 60
"""So many characters around a word that denies it may deny."""
_CUE = 8
"""So many characters before the first word of a piece its negation may stand ("do not ...")."""
_ALIKE = 0.75


def check(comparison: Comparison) -> Iterator[str]:
    """Reasons: a negation on one side only."""
    for part in comparison.parts:
        yield from _added(part, comparison)
    for line in comparison.evidence:
        yield from _lost(line, comparison)
        yield from _in_a_word(line, comparison.sentences, "the cited line says “{}”, which is not kept here")
    for sentence in comparison.sentences:
        yield from _in_a_word(sentence, comparison.evidence, "“{}” here, and not in the cited lines")
    yield from _fewer_or_more(comparison)
    yield from _denied_word_lost(comparison)
    for sentence in comparison.sentences:
        yield from _of_another_subject(sentence, comparison.evidence)


def _added(part: Part, comparison: Comparison) -> Iterator[str]:
    """The statement denies what its lines affirm."""
    for negation in part.text.negations:
        scope = [at for at in _scope(negation, part.text) if at in part.places]
        near = _speaking_of(scope, part.text, comparison.evidence) or comparison.near(part)
        if (
            scope
            and not _said_otherwise(negation, scope, part.text, comparison.sentences, near)
            and _turned(scope, part.text, near)
        ):
            yield f"“{negation.cue}” here, and not in the cited line: {_words(scope, part.text)}"


def _speaking_of(scope: Sequence[int], text: Text, lines: Sequence[Text]) -> list[Text]:
    """The lines that say most of the words of a scope."""
    counts = [len(scope) - len(not_held([text.tokens[at] for at in scope], line.tokens)) for line in lines]
    top = max(counts, default=0)
    return [line for line, count in zip(lines, counts, strict=True) if count == top] if top else []


def _lost(line: Text, comparison: Comparison) -> Iterator[str]:
    """A line denies what the statement affirms."""
    for negation in line.negations:
        if _over_lead(negation, line):
            scope = [at for at, token in enumerate(line.tokens) if token.start >= line.own][:_REACH]
        else:
            scope = _scope(negation, line)
        scope = [at for at in scope if not _affirmed([at], line, [line])]
        if not scope or _said_otherwise(negation, scope, line, [line], comparison.sentences):
            continue
        if not any(line in comparison.near(part) for part in comparison.parts):
            others = [other for other in comparison.evidence if other is not line]
            if _affirmed(scope, line, others):
                continue  # the statement rests on the line that affirms it
        if _stated(line, negation, comparison) and _turned(scope, line, comparison.sentences):
            yield f"the cited line says “{negation.cue}”, which is not kept here: {_words(scope, line)}"


def _affirmed(scope: Sequence[int], line: Text, others: Sequence[Text]) -> bool:
    return any(
        says(line.tokens[at], token) and other.negated[place] != line.negated[at]
        for at in scope
        for other in others
        for place, token in enumerate(other.tokens)
    )


def _over_lead(negation: Negation, line: Text) -> bool:
    flows = line.text[max(0, line.own - 3) : line.own].strip() != "|"  # a heading or label says nothing of what follows
    return flows and negation.start < line.own <= negation.end + 2 and not negation.conditional


def _stated(line: Text, negation: Negation, comparison: Comparison) -> bool:
    """Whether the statement speaks of the clause that is negated, not only of one of its words."""
    if any(line in comparison.near(part) for part in comparison.parts):
        return True
    clause = [token for token in line.tokens if stem(token.text) in negation.clause and not token.is_light]
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    return bool(clause) and 2 * len(not_held(clause, said)) < len(clause)


def _scope(negation: Negation, text: Text) -> list[int]:
    cue = negation.cue.split()[0][:5]  # "avoided" is not what is avoided
    return [
        at
        for at, token in enumerate(text.tokens)
        if negation.start <= token.start < negation.end
        and (negation.cue in PLAIN_CUES or token.text[:5].lower() != cue)
    ][:_REACH]


def _turned(scope: Sequence[int], one: Text, others: Sequence[Text]) -> bool:
    """Whether the first word of the scope that both sides say is denied on one side only."""
    for at in scope:
        signs = {
            other.negated[place]
            for other in others
            for place, token in enumerate(other.tokens)
            if says(one.tokens[at], token) or says(token, one.tokens[at])
        }
        if signs:
            return one.negated[at] not in signs
    return False


def _fewer_or_more(comparison: Comparison) -> Iterator[str]:
    """Statement and lines of the same words of which one side has a negation more."""
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    lines = [line for line in comparison.evidence if _share(line.own_tokens, said) >= _ALIKE]
    held = [token for line in lines for token in line.tokens]
    if not lines or _share(said, held) < _ALIKE:
        return
    one, other = sum(map(_plain_count, comparison.sentences)), sum(map(_plain_count, lines))
    here, there = (" ".join(text.text for text in texts) for texts in (comparison.sentences, lines))
    if one != other and _kinds(here) == _kinds(there):
        yield f"{one} negations here, {other} in the cited lines"
    if ("not only" in here) != ("not only" in there) and "only" in here and "only" in there:
        yield "“not only” stands on one side only"
    for one_side, other_side in ((here, there), (there, here)):
        turned = _TURNED_BOUND.search(one_side)
        if (
            turned
            and _BOUND.search(other_side)
            and not _TURNED_BOUND.search(other_side)
            and not _UPPER.search(other_side)
        ):
            yield f"“{turned[0]}” stands on one side only"


def _denied_word_lost(comparison: Comparison) -> Iterator[str]:
    """Finds "do not transfer for imaging" of "do not delay transfer for imaging": the verb that is denied is lost."""
    said = [token for sentence in comparison.sentences for token in sentence.tokens]
    for line in (comparison.evidence[number] for number in {part.near[0] for part in comparison.parts if part.near}):
        for negation in line.negations:
            scope = [line.tokens[at] for at in _scope(negation, line) if not line.tokens[at].is_light]
            if negation.cue not in PLAIN_CUES or negation.start < line.own or len(scope) < 2:
                continue
            if not_held(scope[:1], said) and not not_held(scope[1:2], said):
                yield f"the cited line says “{negation.cue} {scope[0].text}”, which is not kept here"


def _of_another_subject(sentence: Text, lines: Sequence[Text]) -> Iterator[str]:
    """Finds "A is not cleaned and B is" of "A is cleaned and B is not": a piece of which only one side denies."""
    for piece in pieces(sentence):
        subject = piece.tokens[0]
        same = [
            (line, other)
            for line in lines
            for other in pieces(line)
            if says(subject, other.tokens[0]) and len(piece.tokens) - len(not_held(piece.tokens, other.tokens)) > 1
        ]
        if same and all(
            _denies_shared(sentence, piece, other) != _denies_shared(line, other, piece) for line, other in same
        ):
            yield f"“{subject.text} {piece.tokens[-1].text}” is denied on one side only"


def _denies_shared(text: Text, piece: Piece, other: Piece) -> bool:
    """Whether a negation of a piece itself denies a word of it that another piece says too."""
    start, end = piece.tokens[0].start - _CUE, piece.tokens[-1].end
    own = [negation for negation in text.negations if start <= negation.start < end]
    shared = [token for token in piece.tokens if held_at(token, other.tokens)]
    return any(negation.start <= token.start < negation.end for negation in own for token in shared)


def _in_a_word(one: Text, others: Sequence[Text], reason: str) -> Iterator[str]:
    """A word that denies ("against", "prohibited") before a word that the other side says, and denies nowhere."""
    for match in _OTHERWISE.finditer(one.text):
        if match.lastgroup not in _DENYING:
            continue
        if _PASSIVE.search(one.text[: match.start()]):
            before = (token for token in one.tokens if token.end <= match.start() and not token.is_light)
            after = [token for token in before if not token.text.endswith("ly")][-1:]
        else:
            after = [token for token in one.tokens if token.start >= match.end() and not token.is_light][:1]
        if not after or min(abs(after[0].start - match.end()), abs(match.start() - after[0].end)) > _BESIDE // 2:
            continue
        spots = [(other, token) for other in others for token in other.tokens if says(after[0], token)]
        if spots and not any(
            _denies(other.text[max(0, token.start - _BESIDE) : token.end + _BESIDE]) for other, token in spots
        ):
            yield reason.format(match[0])


def _denies(text: str) -> bool:
    return bool(_PLAIN_WORD.search(text)) or any(match.lastgroup in _DENYING for match in _OTHERWISE.finditer(text))


def _share(wanted: Sequence[Token], held: Sequence[Token]) -> float:
    weighty = [token for token in wanted if not token.is_light]
    return 1 - len(not_held(weighty, held)) / len(weighty) if weighty else 0.0


def _plain_count(text: Text) -> int:
    return sum(negation.cue in PLAIN_CUES for negation in text.negations if not _of_lead(negation, text))


def _of_lead(negation: Negation, text: Text) -> bool:
    """Whether it stands in the words that lead in the sentence: those are a line of their own."""
    return negation.start <= text.own > 0


def _kinds(text: str) -> set[str]:
    return {match.lastgroup or "" for match in _OTHERWISE.finditer(text)}


def _said_otherwise(
    negation: Negation, scope: Sequence[int], text: Text, here: Sequence[Text], there: Sequence[Text]
) -> bool:
    """Whether the other side says the negation in another way: near the same words, one that denies and is not here."""
    one, other = " ".join(each.text for each in here), " ".join(each.text for each in there)
    if negation.cue not in PLAIN_CUES and (_kinds(negation.cue) & _kinds(other) or _plainly(scope, text, there)):
        return True
    known = _kinds(one)
    for each in there:
        for match in _OTHERWISE.finditer(each.text):
            if match.lastgroup in known:
                continue
            beside = [token for token in each.tokens if abs(token.start - match.start()) <= _BESIDE]
            if any(says(text.tokens[at], token) for at in scope for token in beside):
                return True
    return False


def _plainly(scope: Sequence[int], text: Text, there: Sequence[Text]) -> bool:
    """Whether a plain negation stands beside one of the words on the other side: "not allowed" for "prohibited"."""
    for each in there:
        for match in _PLAIN_WORD.finditer(each.text):
            beside = [token for token in each.tokens if abs(token.start - match.start()) <= _BESIDE // 2]
            if any(says(text.tokens[at], token) for at in scope for token in beside):
                return True
    return False


def _words(scope: Sequence[int], text: Text) -> str:
    return " ".join(text.tokens[at].text for at in scope[:4])
