"""Which sentence of the evidence a claim is about: the rules compare like with like."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ragkit.grounding.rules.concepts import concepts, is_word
from ragkit.grounding.rules.wording import content, normal, sentences

_NEAR_BEST = 0.75
_SMOOTHING = 6
"""So that in evidence of a line or two the words that are missing do not outweigh those that are held."""
_HEADING_WORDS = 8
_STEP = re.compile(r"(?:^|\n)\s*(?:step\s+)?\(?\d{1,2}[.):]\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Aligned:
    """One sentence of a claim beside the sentence of the evidence that is nearest to it.

    Attributes:
        claim: the sentence of the claim.
        best: the nearest sentence of the evidence, empty where there is none.
        near: all sentences of the evidence that are about as near, the best first.
        heading: the heading or lead-in above the best sentence, empty where there is none.
        evidence: all evidence together, one sentence a line.
        coverage: share of the claim's content words (weighted by rarity) that the best sentence holds, 0..1.
        coverage_all: the same for all evidence together.
        coverage_words: the same for all evidence together, plain words only.
        steps: whether the evidence is a numbered list, in which the order of lines is an order of steps.
    """

    claim: str
    best: str
    near: tuple[str, ...]
    heading: str
    evidence: str
    coverage: float
    coverage_all: float
    coverage_words: float
    steps: bool


def align(claim: str, evidence: Sequence[str]) -> list[Aligned]:
    """One entry for each sentence of the claim, in order."""
    evidence = [normal(span) for span in evidence]
    lines = [line for span in evidence for line in sentences(span)]
    words = [concepts(line) for line in lines]
    frequency = Counter(word for held in words for word in held)
    together = "\n".join(lines)
    everything = frozenset(frequency)
    aligned = []
    steps = sum(len(_STEP.findall(span)) for span in evidence) >= 2
    for sentence in sentences(normal(claim)):
        wanted = concepts(sentence)
        weights = {word: math.log((_SMOOTHING + len(lines)) / (1 + frequency.get(word, 0))) for word in wanted}
        total = sum(weights.values()) or 1.0
        rest = sum(weight for word, weight in weights.items() if is_word(word))
        scores = [
            sum(weights[word] for word in held & wanted) / total / (1 + 0.002 * len(held)) for held in words
        ]  # of two lines that hold the same words the shorter one is nearer
        order = sorted(range(len(lines)), key=lambda i: -scores[i])
        top = scores[order[0]] if order else 0.0
        near = [i for i in order[:6] if top and scores[i] >= _NEAR_BEST * top]
        aligned.append(
            Aligned(
                claim=sentence,
                best=lines[near[0]] if near else "",
                near=tuple(lines[i] for i in near),
                heading=_heading(lines, near[0]) if near else "",
                evidence=together,
                coverage=sum(weights[w] for w in words[near[0]] & wanted) / total if near else 0.0,
                coverage_all=sum(weights[w] for w in everything & wanted) / total,
                coverage_words=sum(weights[w] for w in everything & wanted if is_word(w)) / rest
                if rest
                else float(bool(lines)),
                steps=steps,
            )
        )
    return aligned


def _heading(lines: Sequence[str], position: int) -> str:
    """The nearest line above that reads like a heading or a lead-in: short without an end, or ending in a colon."""
    return next((line for line in reversed(lines[:position]) if _reads_like_heading(line)), "")


def heading_above(evidence: str, position: int) -> str:
    """The nearest heading or lead-in above the line at ``position`` of the evidence; empty where there is none."""
    return _heading(lines := evidence[:position].split("\n"), len(lines) - 1)


def _reads_like_heading(line: str) -> bool:
    if line.endswith(":"):
        return True
    return len(line.split()) <= _HEADING_WORDS and line[-1:] not in ".!?," and not any(map(str.isdigit, line))


def nearest(words: frozenset[str], evidence: str, least: float = 1.0) -> tuple[list[str], float]:
    """The lines of the evidence that hold most of ``words``, the best first, and the share that the best holds (0..1).

    Args:
        words: stems.
        evidence: one sentence a line.
        least: share of the best line's words that another line must hold to be among the nearest.
    """
    held = {line: len(content(line) & words) for line in evidence.split("\n")}
    top = max(held.values(), default=0)
    if not top:
        return [], 0.0
    lines = sorted((line for line in held if held[line] >= least * top), key=lambda line: -held[line])
    return lines, top / len(words)
