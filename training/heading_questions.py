"""Relevance and answerability from what documents themselves say that lines are about: headings and lead-ins.

A heading, or the sentence that leads in a list, becomes a question that the lines under it answer. The lines of other
sections and lists of the same document do not. Where a heading is asked for, it is mostly left out of what stands above
the line, so that the line's own words have to decide.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from balance import balanced
from build_run import Run
from cloze_wording import in_staff_words, question_from
from document_lines import Line, documents_below, lines_of
from examples import Example, Task

from ragkit.answering.words import content_words
from ragkit.cross_encoder.inputs import evidence_text
from ragkit.cross_encoder.windows import evidence_window

RELEVANCE, ANSWERABILITY = 5_000, 2_500
"""How many examples are kept at most."""
WEIGHT = 0.6
"""What an example counts: not every line under a heading answers what the heading names."""
_MOST_DOCUMENTS = 4
"""A heading that stands in more documents is furniture ("Purpose", the agency's name)."""
_ASKED_OF_DOCUMENT = 6
_HEADING_KEPT = 0.25
_NUMBERING = re.compile(r"^(?:\W+|\(?(?:[A-Za-z]|[ivxIVX]{1,5}|\d{1,3}(?:\.\d{1,3})*)[.)]\s+|\d+(?:\.\d+)+\s+)+")
_FURNITURE = re.compile(
    r"\bpage\b|\bpolicy number\b|\d{4}|county|department|attachment|appendix|\brev(?:ised|iewed)\b|^note|reference no",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\s*\b(?:(?:as |but (?:are )?not limited to )?(?:the )?following(?: \w+)?|as follows)\b", re.IGNORECASE
)
_HEADING_ASKS = (
    "{h}",
    "{h}?",
    "what does it say about {h}?",
    "{h} - what are the rules",
    "how do we handle {h}?",
    "tell me about {h}",
)
_HEADING_OF_TITLE = ("{t}: {h}", "{h} for {t}?", "{t} {h}", "what about {h} in {t}?")
_LIST_ASKS = ("what", "which things", "what all")
_LIST_TAGS = ("list", "criteria", "what counts", "which ones", "what exactly", "what do we need")


@dataclass(frozen=True)
class Topic:
    """A question with the lines of one document that answer it and those that do not.

    Attributes:
        question: as staff put it.
        right: lines under the heading or lead-in.
        wrong: lines under others.
        alone: the lead-in without anything under it.
    """

    question: str
    right: tuple[Line, ...]
    wrong: tuple[Line, ...]
    alone: Line | None = None


def build(run: Run) -> Iterator[tuple[str, Example]]:
    """The examples, all of the general stage; the source says from which folder."""
    texts = documents_below(run.data / "training" / "text", run.cache)
    documents = [lines for folder, document in texts if (lines := lines_of(document, folder))]
    made = examples_of(documents[::5] if run.small else documents, run.rng)
    for task, most in ((Task.RELEVANCE, RELEVANCE), (Task.ANSWERABILITY, ANSWERABILITY)):
        examples = [each for each in made if each.task is task]
        run.rng.shuffle(examples)
        for example in balanced(examples, run.rng)[:most]:
            yield "general", example


def examples_of(documents: Sequence[Sequence[Line]], rng: random.Random) -> list[Example]:
    """The examples of the headings and lead-ins of all documents."""
    counted = Counter(heading for lines in documents for heading in {_heading(line) for line in lines})
    furniture = {heading for heading, count in counted.items() if count > _MOST_DOCUMENTS}
    found: list[Example] = []
    for lines in documents:
        topics = [*heading_topics(lines, furniture, rng), *list_topics(lines, rng)]
        for topic in rng.sample(topics, min(2 * _ASKED_OF_DOCUMENT, len(topics))):
            found.extend(_examples(topic, rng))
    return found


def _heading(line: Line) -> str:
    return _NUMBERING.sub("", line.section[-1]).strip(" :.") if line.section else ""


def heading_topics(lines: Sequence[Line], furniture: set[str], rng: random.Random) -> list[Topic]:
    """A question for each heading that names something, with lines under it and under the document's other headings.

    A line under it is taken for an answer where it speaks of what the heading names; others may be about anything.
    """
    under: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        under[_heading(line)].append(line)
    topics = []
    for heading, right in under.items():
        if not _names_something(heading) or heading in furniture:
            continue
        others = [line for other, found in under.items() if other and not _alike(heading, other) for line in found[:6]]
        speaking = [line for line in right if line.stems & set(content_words(heading))][:3]
        if others and speaking:
            kept = rng.random() < _HEADING_KEPT
            shown, wrong = (tuple(each if kept else _bare(each) for each in part) for part in (speaking, others))
            topics.append(Topic(_asked(heading, right[0].title, rng), shown, wrong))
    return rng.sample(topics, min(_ASKED_OF_DOCUMENT, len(topics)))


def _names_something(heading: str) -> bool:
    words = heading.split()
    return (
        2 <= len(words) <= 8
        and len(content_words(heading)) >= 2
        and sum(word.isalpha() for word in words) >= 0.7 * len(words)
        and not _FURNITURE.search(heading)
    )


def _alike(one: str, other: str) -> bool:
    ours, theirs = set(content_words(one)), set(content_words(other))
    return bool(ours) and len(ours & theirs) > len(ours) / 2


def _bare(line: Line) -> Line:
    """The line without its nearest heading, also where that leads it in."""
    heading = _heading(line)
    lead_in = "" if heading and heading in line.lead_in else line.lead_in
    return replace(line, section=line.section[:-1], lead_in=lead_in)


def _asked(heading: str, title: str, rng: random.Random) -> str:
    heading = heading.lower() if heading.isupper() or rng.random() < 0.7 else heading
    short = len(title.split()) <= 7 and rng.random() < 0.4
    put = rng.choice(_HEADING_OF_TITLE if short else _HEADING_ASKS)
    return in_staff_words(put.format(h=heading, t=title.lower() if rng.random() < 0.7 else title), rng)


def list_topics(lines: Sequence[Line], rng: random.Random) -> list[Topic]:
    """A question for each lead-in that says what its list is of, with lines of this list and of the others.

    The lead-in by itself has all the words of the question and answers nothing.
    """
    under: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.announced_by.endswith(":"):
            under[line.announced_by].append(line)
    topics = []
    for lead_in, right in under.items():
        asked = _ANNOUNCES.sub("", _NUMBERING.sub("", lead_in)).strip(" :,")
        if len(content_words(asked)) < 3 or len(asked.split()) > 25 or not _is_prose(asked):
            continue
        others = [line for other, found in under.items() if not _alike(lead_in, other) for line in found[:6]]
        others += [line for line in lines if not line.announced_by][:6]
        if others:
            alone = replace(right[0], text=lead_in, lead_in=right[0].lead_in.replace(right[0].announced_by, "").strip())
            question = question_from(asked, "", _LIST_ASKS, _LIST_TAGS, rng)
            topics.append(Topic(question, tuple(right), tuple(others), alone))
    return rng.sample(topics, min(_ASKED_OF_DOCUMENT, len(topics)))


def _is_prose(text: str) -> bool:
    words = text.split()
    return sum(word.isupper() and len(word) > 3 for word in words) <= 0.2 * len(words) and not _FURNITURE.search(text)


def _examples(topic: Topic, rng: random.Random) -> Iterator[Example]:
    asked = set(content_words(topic.question))
    near = sorted(topic.wrong, key=lambda line: (-len(asked & set(content_words(line.judged))), line.place))[:6]
    right = rng.choice(topic.right)
    yield _example(Task.RELEVANCE, topic, right.judged, 1.0)
    alone = [topic.alone] if topic.alone is not None else []
    for line in [*alone, *rng.sample(near, min(1 if alone else 2, len(near)))]:
        yield _example(Task.RELEVANCE, topic, line.judged, 0.0)
    shown = [*topic.right[:2], *rng.sample(near, min(1, len(near)))]
    for label, chosen in ((1.0, shown), (0.0, [*alone, *rng.sample(near, min(3, len(near)))][:3])):
        rng.shuffle(chosen)
        text = evidence_text(evidence_window(topic.question, [line.judged for line in chosen]))
        yield _example(Task.ANSWERABILITY, topic, text, label)


def _example(task: Task, topic: Topic, second: str, label: float) -> Example:
    line = topic.right[0]
    place = f"{line.folder}/{line.document}"
    return Example(task, topic.question, second, label, f"heading:{line.folder}", place, WEIGHT)
