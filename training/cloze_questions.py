"""Relevance and answerability from sentences with a place that a question can ask for.

A sentence's time limit, dose, route, agent, condition ... is taken out, and what is left becomes a question. The
sentence answers it. What does not: the same sentence without the place; sentences of the same document that share
words and lack the form of an answer; sentences with the form about something else; the same sentence for a question
about another medicine or other patients, or for something that it leaves open.
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
from cloze_slots import DEFINES, DEFINITION_ASKS, NO_AIM, SLOTS, Slot
from cloze_wording import how_many_question, question_from, same_substances, spoken_forms, who_question
from document_lines import FEWEST_WORDS, MOST_WORDS, Line, documents_below, lines_of
from examples import Example, Task

from ragkit.answering.sentences import sentence_spans
from ragkit.answering.words import content_words
from ragkit.cross_encoder.inputs import evidence_text
from ragkit.cross_encoder.windows import evidence_window

RELEVANCE, ANSWERABILITY = 14_000, 8_000
"""How many examples are kept at most."""
MEDICAL_ANSWERS = 4_000
"""So many answers of the medical questions are read as documents too."""
PER_SLOT, PER_MEDICAL_SLOT = 1_100, 300
"""So many questions of one kind, from documents and from medical answers, so that none outweighs the others."""
NOT_OF_MEDICAL_ANSWERS = frozenset({"where", "threshold"})
"""What a text for patients has the form of and not the meaning: "in the severe form", "more than 98 %"."""
_WORDINGS = 3
"""So often at most is one question put, where there are fewer than ``PER_SLOT`` lines for it."""
OTHER_SLOT_SHARE = 0.4
"""So many questions come with one for something else that the line leaves open."""
_ABOUT = 0.34
"""A line with less than this share of the question's content words is about something else."""
_FEWEST_LEFT = 4
_NO_TERM = frozenset({"If", "When", "For", "In", "As", "Common", "Where", "No", "By", "To"})
_POINTS_BACK = re.compile(r"^\W*(?:this|these|those|it|they|such|he|she|the above|same)\b", re.IGNORECASE)
_STATE = re.compile(r"(?:not )?(?:be|have|remain)\b", re.IGNORECASE)
_MODAL_PART = re.compile(r"^(?P<modal>may|must|shall|should|will|can|cannot|is|are)\s+(?P<rest>.+)$", re.IGNORECASE)
_POPULATIONS = (
    ("adult", "pediatric"),
    ("adults", "children"),
    ("children", "adults"),
    ("pediatric", "adult"),
    ("infants", "adults"),
    ("infant", "adult"),
    ("newborn", "adult"),
    ("pregnant", "pediatric"),
    ("inpatients", "outpatients"),
)


@dataclass(frozen=True)
class Cloze:
    """A question with the line that answers it.

    Attributes:
        slot: what is asked for; None for what a term means.
        question: as staff put it.
        line: the line that answers.
        without: the same line without the answer, where it can be taken out.
    """

    slot: Slot | None
    question: str
    line: Line
    without: Line | None

    @property
    def name(self) -> str:
        """The kind of question."""
        return self.slot.name if self.slot else "definition"

    def may_answer(self, line: Line) -> bool:
        """Whether a line has the form of an answer."""
        form = DEFINES if self.slot is None else self.slot.form
        return form.search(line.judged if self.slot else line.text) is not None


def build(run: Run) -> Iterator[tuple[str, Example]]:
    """The examples, all of the general stage; the source says from which folder."""
    texts = documents_below(run.data / "training" / "text", run.cache)
    documents = [lines_of(document, folder) for folder, document in texts]
    answers = medical_lines(run.data / "groundedness" / "medquad.jsonl.gz")
    run.rng.shuffle(answers)
    if run.small:
        documents, answers = documents[::10], answers[:200]
    made = Maker(documents, run.rng).examples(PER_SLOT)
    made += Maker(answers[:MEDICAL_ANSWERS], run.rng).examples(PER_MEDICAL_SLOT, NOT_OF_MEDICAL_ANSWERS)
    relevance = [each for each in made if each.task is Task.RELEVANCE]
    sets = [each for each in made if each.task is Task.ANSWERABILITY]
    for examples, most in ((relevance, RELEVANCE), (sets, ANSWERABILITY)):
        run.rng.shuffle(examples)
        for example in balanced(examples, run.rng)[:most]:
            yield "general", example


def medical_lines(path: Path) -> list[list[Line]]:
    """The sentences of medical answers, one list for each disease."""
    by_focus: dict[str, dict[str, None]] = defaultdict(dict)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            text = " ".join(row["answer"].split())
            for start, end in sentence_spans(text):
                if FEWEST_WORDS <= len(text[start:end].split()) <= MOST_WORDS and not text[start:end].endswith("?"):
                    by_focus[row["focus"]][text[start:end]] = None
    return [
        [Line(text, focus, (), "", f"medquad:{focus}", "medquad", place) for place, text in enumerate(found)]
        for focus, found in by_focus.items()
        if len(found) >= 6
    ]


class Maker:
    """Makes the examples of one collection of documents."""

    def __init__(self, documents: Sequence[Sequence[Line]], rng: random.Random):
        self._documents = documents
        self._rng = rng
        self._all = [line for lines in documents for line in lines]

    def examples(self, most: int, leaving_out: frozenset[str] = frozenset()) -> list[Example]:
        """The examples of all questions but those of some kinds, at most ``most`` lines for each kind."""
        by_name: dict[str, list[tuple[Line, Sequence[Line]]]] = defaultdict(list)
        for lines in self._documents:
            for line in lines:
                for cloze in clozes_of(line, self._rng):
                    if cloze.name not in leaving_out:
                        by_name[cloze.name].append((line, lines))
        found: list[Example] = []
        for name, places in by_name.items():
            chosen = self._rng.sample(places, min(most, len(places)))
            wordings = min(_WORDINGS, max(1, most // len(places)))
            print(f"  {name}: {len(places)} lines, {len(chosen)} taken, {wordings} wordings", flush=True)
            for line, lines in chosen * wordings:
                for cloze in clozes_of(line, self._rng):
                    if cloze.name == name:
                        found.extend(self._examples_of(cloze, lines))
        return found

    def _examples_of(self, cloze: Cloze, lines: Sequence[Line]) -> Iterator[Example]:
        lacking, elsewhere = self._wrong(cloze, lines)
        wrong = [cloze.without] if cloze.without is not None else []
        wrong += self._few(lacking, 1) + self._few(elsewhere, 1)
        yield _example(Task.RELEVANCE, cloze, cloze.question, cloze.line.judged, 1.0)
        for line in wrong:
            yield _example(Task.RELEVANCE, cloze, cloze.question, line.judged, 0.0)
        for question in self._other_questions(cloze):
            yield _example(Task.RELEVANCE, cloze, question, cloze.line.judged, 0.0)
        yield from self._sets(cloze, lacking, elsewhere)

    def _wrong(self, cloze: Cloze, lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
        """Lines that lack the form, those that share most words first; and lines with the form about something else."""
        asked = set(content_words(cloze.question))
        lacking = [line for line in lines if line is not cloze.line and not cloze.may_answer(line)]
        lacking.sort(key=lambda line: (-len(asked & line.stems), line.place))
        pool = [*lines, *self._rng.sample(self._all, min(40, len(self._all)))]
        elsewhere = [
            line
            for line in pool
            if line is not cloze.line and cloze.may_answer(line) and len(asked & line.stems) <= _ABOUT * len(asked)
        ]
        return lacking[:4], elsewhere

    def _few(self, lines: Sequence[Line], most: int) -> list[Line]:
        return self._rng.sample(lines, min(most, len(lines)))

    def _other_questions(self, cloze: Cloze) -> Iterator[str]:
        """Questions that share the line's words and that it does not answer."""
        swapped = with_other_subject(cloze.question, cloze.line, self._rng)
        if swapped is not None:
            yield swapped
        open_slots = [slot for slot in SLOTS if slot is not cloze.slot and _leaves_open(cloze.line, slot)]
        if open_slots and self._rng.random() < OTHER_SLOT_SHARE:
            slot = self._rng.choice(open_slots)
            rest = cloze.without.words if cloze.without is not None else cloze.line.words
            yield question_from("", rest, slot.asks, slot.tags, self._rng)

    def _sets(self, cloze: Cloze, lacking: Sequence[Line], elsewhere: Sequence[Line]) -> Iterator[Example]:
        """Two to four lines, once with the line that answers and once without."""
        others = [*self._few(lacking, 2), *self._few(elsewhere, 2)]
        if len(others) < 2:
            return
        with_answer = [cloze.line, *self._few(others, self._rng.randint(1, 3))]
        gap = [cloze.without] if cloze.without is not None and self._rng.random() < 0.6 else []
        for label, chosen in (
            (1.0, with_answer),
            (0.0, [*gap, *self._few(others, self._rng.randint(2, 4) - len(gap))]),
        ):
            self._rng.shuffle(chosen)
            text = evidence_text(evidence_window(cloze.question, [line.judged for line in chosen]))
            # the window may have dropped the answer
            if label == 0.0 or _holds(text, cloze.line.text):
                yield _example(Task.ANSWERABILITY, cloze, cloze.question, text, label)


def _holds(text: str, wanted: str) -> bool:
    words = set(content_words(wanted))
    return len(words & set(content_words(text))) >= 0.9 * len(words)


def _example(task: Task, cloze: Cloze, question: str, second: str, label: float) -> Example:
    line = cloze.line
    return Example(task, question, second, label, f"cloze:{line.folder}", f"{line.folder}/{line.document}")


_OPEN_KINDS = frozenset({"deadline", "frequency", "dose", "route", "agent", "purpose"})


def _leaves_open(line: Line, slot: Slot) -> bool:
    """Whether a line surely does not say it: nothing in it has the form."""
    return (
        slot.name in _OPEN_KINDS
        and slot.form.search(line.judged) is None
        and (not slot.of_medicine or _medicine_in(line.text) is not None)
    )


def clozes_of(line: Line, rng: random.Random) -> Iterator[Cloze]:
    """The questions that a line answers, one for each place."""
    if _POINTS_BACK.search(line.words):
        return
    defined = DEFINES.match(line.words)
    if defined is not None and len(defined["term"]) > 3 and defined["term"].split()[0] not in _NO_TERM:
        term = defined["term"] if rng.random() < 0.5 else defined["term"].lower()
        yield Cloze(None, rng.choice(DEFINITION_ASKS).format(term), line, None)
    words = line.words
    for start, end in sentence_spans(words):
        for slot in SLOTS:
            found = list(slot.phrase.finditer(words[start:end]))
            if len(found) != 1 or (slot.of_medicine and _medicine_in(words[start:end]) is None):
                continue
            cloze = _cloze(slot, line, (start, end), found[0], rng)
            if cloze is not None:
                yield cloze


def _cloze(slot: Slot, line: Line, sentence: tuple[int, int], found: re.Match[str], rng: random.Random) -> Cloze | None:
    """The question for what was found in one sentence of a line; None where too little is left to ask with."""
    words = line.words[slice(*sentence)]
    start, end = next((found.span(name) for name, value in found.groupdict().items() if value), found.span())
    before, after = _mended(words[:start]), _mended(words[end:])
    rest = _mended(f"{before} {after}")
    if len(content_words(rest)) < _FEWEST_LEFT or (slot.name == "purpose" and NO_AIM.search(before)):
        return None
    if slot.name == "agent":
        predicate = _MODAL_PART.match(rest)
        if predicate is None or _STATE.match(predicate["rest"]):
            return None
        question = who_question(predicate["modal"], predicate["rest"].removeprefix("responsible for "), rng)
        rest = predicate["rest"]
    elif slot.name == "count":
        question = how_many_question(before, after, rng)
    else:
        question = question_from(before, after, slot.asks, slot.tags, rng)
    end_mark = words[-1] if words[-1] in ".;" else ""
    left = rest[0].upper() + rest[1:].rstrip(".;") + end_mark
    without = line.saying(line.words[: sentence[0]] + left + line.words[sentence[1] :])
    return Cloze(slot, question, line, None if slot.form.search(without.judged) else without)


def _mended(text: str) -> str:
    text = re.sub(r"\(\s*\)", "", " ".join(text.split()))
    text = re.sub(r"\s+([,.;:)])", r"\1", text)
    return re.sub(r",\s*([,.;])", r"\1", text).strip(" ,;")


def _medicine_in(text: str) -> str | None:
    words = re.findall(r"[a-z]+", text.lower())
    return next((word for word in words if word in same_substances()), None)


def with_other_subject(question: str, line: Line, rng: random.Random) -> str | None:
    """The question about another medicine or other patients than the line's; None where it names neither."""
    names = same_substances()
    for word in re.findall(r"[A-Za-z]+", question):
        number = names.get(word.lower())
        if number is not None:
            held = set(re.findall(r"[a-z]+", line.judged.lower()))
            others = [name for name, other in names.items() if other != number and " " not in name and name not in held]
            return re.sub(rf"\b{word}\b", rng.choice(others), question)
    for ours, theirs in _POPULATIONS:
        both = {ours, theirs} | set(spoken_forms().get(theirs, ()))
        if re.search(rf"\b{ours}\b", question, re.IGNORECASE) and not any(
            re.search(rf"\b{name}\b", line.judged, re.IGNORECASE) for name in both - {ours}
        ):
            return re.sub(rf"\b{ours}\b", theirs, question, flags=re.IGNORECASE)
    return None
