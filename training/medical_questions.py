"""Relevance and answerability from medical questions and answers of health institutes.

A question's own answer is cut into pieces of one or two sentences. A piece that has the form of an answer answers; what
is said of the same disease and answers something else does not, and neither does the same thing said of a disease
with a similar name. Half of the questions are put as staff put them, so that the template is not all that is learnt.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from balance import balanced
from build_run import Run
from examples import Example, Task
from medical_aspects import ASPECTS, Aspect

from ragkit.answering.sentences import sentence_spans
from ragkit.answering.words import content_words
from ragkit.cross_encoder.inputs import evidence_text, line_in_context
from ragkit.cross_encoder.windows import evidence_window

RELEVANCE, ANSWERABILITY = 15_000, 5_000
"""How many examples are kept at most."""
PIECE_WORDS = 45
"""A piece grows by whole sentences up to so many words."""
_LONGEST_PIECE = 70
_PIECES = 8
"""The first pieces of an answer; what comes later is often about something else."""
_LISTED = re.compile(r" - .* - ")
_IDLE = re.compile(
    r"these resources|medlineplus|clinical trial|learn more|more information|click here|website|this summary|"
    r"see the following|genereview|key points|links? below|support group|contact (?:your|a) ",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Answered:
    """One question with the pieces of its answer.

    Attributes:
        focus: the disease.
        aspect: what is asked about it.
        question: as it stands in the data.
        pieces: sentences of the answer, one or two together.
    """

    focus: str
    aspect: Aspect
    question: str
    pieces: tuple[str, ...]


def build(run: Run) -> Iterator[tuple[str, Example]]:
    """The examples, all of the general stage."""
    answered = read_answered(run.data / "groundedness" / "medquad.jsonl.gz")
    if run.small:
        answered = answered[:400]
    others = Others(answered, run.rng)
    relevance = [each for one in answered for each in relevance_of(one, others, run.rng)]
    sets = [each for one in answered for each in answerability_of(one, others, run.rng)]
    for examples, most in ((relevance, RELEVANCE), (sets, ANSWERABILITY)):
        run.rng.shuffle(examples)
        for example in balanced(examples, run.rng)[:most]:
            yield "general", example


def read_answered(path: Path) -> list[Answered]:
    """The questions of a gzipped file (``focus``, ``question``, ``answer`` a line) that ask one of ``ASPECTS``."""
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            aspect = next((aspect for aspect in ASPECTS if aspect.asked.search(row["question"])), None)
            pieces = pieces_of(row["answer"])
            if aspect is not None and pieces:
                question = " ".join(row["question"].replace("? ?", "?").replace("(are) ", "").split())
                found.append(Answered(row["focus"], aspect, question.replace(" ?", "?"), pieces))
    return found


def pieces_of(answer: str) -> tuple[str, ...]:
    """An answer in pieces of one or two sentences, without questions, lists of links and what is said of the text."""
    text = " ".join(answer.split())
    pieces: list[str] = []
    open_piece = False
    for start, end in sentence_spans(text):
        sentence = text[start:end].removeprefix("Summary : ")
        if sentence.endswith("?") or _IDLE.search(sentence) or not 4 <= len(sentence.split()) <= _LONGEST_PIECE:
            open_piece = False
        elif open_piece and len(f"{pieces[-1]} {sentence}".split()) <= PIECE_WORDS:
            pieces[-1] += f" {sentence}"
            open_piece = False
        else:
            pieces.append(sentence)
            open_piece = True
    return tuple(piece for piece in pieces if not _LISTED.search(piece))[:_PIECES]


class Others:
    """Finds what else is said of a disease, and what is said of diseases with similar names."""

    def __init__(self, answered: Sequence[Answered], rng: random.Random):
        self._rng = rng
        self._of_focus: dict[str, list[Answered]] = defaultdict(list)
        self._by_word: dict[tuple[str, str], list[Answered]] = defaultdict(list)
        self._of_aspect: dict[str, list[Answered]] = defaultdict(list)
        for each in answered:
            self._of_focus[each.focus].append(each)
            self._of_aspect[each.aspect.name].append(each)
            for word in set(content_words(each.focus)):
                self._by_word[each.aspect.name, word].append(each)

    def other_aspects(self, one: Answered) -> list[tuple[Answered, str]]:
        """Pieces on the same disease that have no word of an answer to this question."""
        cue = one.aspect.cue
        return [
            (other, piece)
            for other in self._of_focus[one.focus]
            if other.aspect is not one.aspect
            for piece in other.pieces
            if not cue.search(piece)
        ]

    def similar(self, one: Answered) -> list[tuple[Answered, str]]:
        """Pieces that answer the same question about a disease that shares a word of the name, but not the name."""
        words = sorted(
            set(content_words(one.focus)), key=lambda word: (len(self._by_word[one.aspect.name, word]), word)
        )
        near = [each for word in words[:3] for each in self._by_word[one.aspect.name, word] if _differs(one, each)]
        if not near:
            near = [each for each in self._rng.sample(self._of_aspect[one.aspect.name], 1) if _differs(one, each)]
        chosen = self._rng.sample(near, min(2, len(near)))
        return [(each, piece) for each in chosen for piece in each.pieces[:2] if one.aspect.cue.search(piece)]


def _differs(one: Answered, other: Answered) -> bool:
    ours, theirs = set(content_words(one.focus)), set(content_words(other.focus))
    return bool(ours - theirs) and bool(theirs - ours)


def asked(one: Answered, rng: random.Random) -> str:
    """The question as it stands, or in half of the cases as staff put it."""
    if rng.random() < 0.5:
        return one.question
    focus = one.focus if rng.random() < 0.5 else re.sub(r"\s*\(.*?\)", "", one.focus)
    return rng.choice(one.aspect.phrasings).format(focus if rng.random() < 0.3 else _lowered(focus))


def _lowered(name: str) -> str:
    """Words in lower case, abbreviations and names with digits as they are."""
    return " ".join(word.lower() if word[1:].islower() else word for word in name.split())


def relevance_of(one: Answered, others: Others, rng: random.Random) -> Iterator[Example]:
    """A piece that answers, and up to three that do not."""
    right = _answers(one)
    if not right:
        return
    piece = rng.choice(right[:2])
    wrong = _sample(others.other_aspects(one), 2, rng) + _sample(others.similar(one), 1, rng)
    with_title = rng.random() < 0.7 or not all(_names(one, each) for each in (piece, *(text for _, text in wrong)))
    question = asked(one, rng)
    for source, text, label in [(one, piece, 1.0), *((source, text, 0.0) for source, text in wrong)]:
        line = _line(source, text, with_title, rng)
        yield Example(Task.RELEVANCE, question, line, label, "medquad", f"medquad:{one.focus}")


def answerability_of(one: Answered, others: Others, rng: random.Random) -> Iterator[Example]:
    """Two to four pieces of the disease and its neighbours, once with one that answers and once without."""
    right = _answers(one)
    wrong = _sample(others.other_aspects(one), 3, rng) + _sample(others.similar(one), 1, rng)
    if not right or len(wrong) < 2 or rng.random() < 0.4:
        return
    rng.shuffle(wrong)
    question = asked(one, rng)
    piece = (one, rng.choice(right[:2]))
    for label, chosen in ((1.0, [piece, *wrong[: rng.randint(1, 3)]]), (0.0, wrong[: rng.randint(2, 4)])):
        rng.shuffle(chosen)
        lines = [_line(source, text, True, rng) for source, text in chosen]
        text = evidence_text(evidence_window(question, lines))
        yield Example(Task.ANSWERABILITY, question, text, label, "medquad", f"medquad:{one.focus}")


def _answers(one: Answered) -> list[str]:
    """The pieces with the form of an answer; a definition also names what it defines."""
    found = [piece for piece in one.pieces if one.aspect.cue.search(piece)]
    if one.aspect.name == "Definition":
        return [piece for piece in found[:1] if _names(one, piece) and piece == one.pieces[0]]
    return found


def _names(one: Answered, text: str) -> bool:
    words = set(content_words(one.focus))
    return len(words & set(content_words(text))) >= (len(words) + 1) // 2


def _line(source: Answered, text: str, with_title: bool, rng: random.Random) -> str:
    section = (source.aspect.name,) if rng.random() < 0.15 else ()
    return line_in_context(text, title=source.focus if with_title else "", section=section)


def _sample(found: Sequence[tuple[Answered, str]], most: int, rng: random.Random) -> list[tuple[Answered, str]]:
    return rng.sample(found, min(most, len(found)))
