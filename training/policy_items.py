"""Relevance and answerability from written items: what ragkit's own search brings for each, held against the gold.

An item's question and its paraphrase are searched for as a user's question would be, over the item's own folder. The
lines found are graded by how much of the gold quotes they show; evidence is made as the answerer makes it, and once
more after every line with gold in it is taken out: the same question, and nothing that answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import PurePosixPath

from answer_inputs import Inputs, ingest, inputs_for
from build_run import Run
from examples import Example, Task
from question_sets import Item, load_items

from ragkit.answering.judged_line import judged_evidence, judged_line, judged_unit
from ragkit.answering.scoring import Candidate
from ragkit.answering.selection import select
from ragkit.answering.units import Layout, UnitKind
from ragkit.answering.words import content_words
from ragkit.cross_encoder.inputs import evidence_text
from ragkit.cross_encoder.windows import estimated_tokens, evidence_window, room_for_evidence
from ragkit.documents.document import Document
from ragkit.evaluation.matching import GRAM, grams, names_document, plain_words
from ragkit.store.store import Store

NEGATIVES = 8
"""So many lines that do not answer, for each question: the ones ragkit likes best."""
SHOWN = 0.5
"""A line that shows this share of a gold quote answers."""
INSIDE = 0.6
"""A line of whose words this share stands in a gold quote answers in part."""
PART_LABEL = 0.6
TRACE = 0.1
"""A line with less than this share of any gold quote, and of whose words less stands in one, does not answer."""
EVIDENCE_TRACE = 0.2
"""Evidence that shows less than this share of every gold quote does not answer."""
UNSURE_WEIGHT = 0.7
"""What an example counts whose label is read from what is absent: other words may say the same."""
RETOLD = 0.6
"""A line with this share of a quote's content words may say the same in another order."""

Grams = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Gold:
    """The gold quotes of an item as word 4-grams.

    Attributes:
        quotes: one set for each quote.
        all: their union.
        words: the content stems of each quote.
    """

    quotes: tuple[Grams, ...]
    all: Grams
    words: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, item: Item) -> Gold:
        """The gold of an item; empty for one that nothing answers."""
        quotes = tuple(grams(span.quote) for span in item.gold)
        words = tuple(frozenset(content_words(span.quote)) for span in item.gold)
        return cls(quotes, frozenset().union(*quotes), words)

    def share_shown(self, text: str) -> float:
        """Share of the gold quote that the text shows best, 0..1."""
        shown = _grams_within(text)
        return max((len(quote & shown) / len(quote) for quote in self.quotes if quote), default=0.0)

    def share_inside(self, text: str) -> float:
        """Share of the text's own words that stand in the gold quotes, 0..1."""
        own = grams(text)
        return len(own & self.all) / len(own) if own else 0.0

    def is_retold(self, text: str) -> bool:
        """Whether the text has most content words of a gold quote, in whatever order: it may say the same."""
        held = set(content_words(text))
        return any(len(words) >= GRAM and len(words & held) / len(words) >= RETOLD for words in self.words)


def _grams_within(text: str) -> Grams:
    words = plain_words(text)
    return frozenset(words[i : i + n] for n in range(1, GRAM + 1) for i in range(len(words) - n + 1))


def grade(gold: Gold, judged: str, own: str) -> float | None:
    """The label of a line: 1 shows a gold quote, ``PART_LABEL`` a part of one, 0 nothing of it, None undecided.

    Args:
        gold: the item's gold.
        judged: the line as the model reads it.
        own: its own words.
    """
    shown = gold.share_shown(judged)
    if shown >= SHOWN:
        return round(max(PART_LABEL, shown), 3)
    if len(plain_words(own)) <= GRAM:
        return None if gold.quotes else 0.0
    inside = gold.share_inside(own)
    if inside >= INSIDE:
        return PART_LABEL
    return None if shown >= TRACE or inside >= TRACE or gold.is_retold(judged) else 0.0


def grade_read(gold: Gold, question: str, judged: str, own: str) -> float | None:
    """The label of a line of which the model reads the beginning only, if it is long; None where the rest decides."""
    label = grade(gold, judged, own)
    read = beginning(judged, room_for_evidence(question))
    if label and read != judged and gold.share_shown(read) < min(SHOWN, gold.share_shown(judged)):
        return None
    return label


def beginning(text: str, room: int) -> str:
    """The words of a text that fit into ``room`` tokens."""
    words = text.split()
    sizes = accumulate(estimated_tokens(word) for word in words)
    return " ".join(word for word, size in zip(words, sizes, strict=True) if size <= room)


def build(run: Run) -> Iterator[tuple[str, Example]]:
    """The examples of every item file below ``data/training``, each file a stage of its own."""
    files = sorted((run.data / "training").glob("*.jsonl"))
    items = {path.stem: load_items(path) for path in files}
    if run.small:
        items = {name: found[:20] for name, found in items.items()}
    base = ingest([run.data / "training" / "text"], [item for found in items.values() for item in found], run.cache)
    store = Store.open(base, read_only=True)
    for name, found in items.items():
        asked = [replace(item, question=text) for item in found for text in (item.question, item.paraphrase) if text]
        for inputs in inputs_for(base, asked):
            place = f"{inputs.item.site}/{_document_of(inputs.item)}"
            for example in examples_of(inputs, _gold_documents(store, inputs.item), run.rng):
                yield f"policy/{name}", replace(example, source=f"policy:{name}", document=place)
        print(f"  {name}: {len(found)} items", flush=True)


def _document_of(item: Item) -> str:
    return PurePosixPath((item.gold + item.nearest)[0].document).name


def _gold_documents(store: Store, item: Item) -> list[Document]:
    rows = [row for row in store.versions() if row.site == item.site]
    return [
        store.load_document(row.version_key)
        for row in rows
        if any(names_document(span.document, row.source) for span in item.gold)
    ]


def examples_of(inputs: Inputs, gold_documents: Sequence[Document], rng: random.Random) -> Iterator[Example]:
    """The examples of one question; source and document are left empty."""
    gold = Gold.of(inputs.item)
    question = inputs.item.question
    graded = [
        (each, grade_read(gold, question, judged_line(each), each.text)) for each in inputs.candidates if _is_line(each)
    ]
    yield from _relevance(inputs.item, graded, _gold_lines(gold, gold_documents))
    yield from _answerability(inputs, gold, graded, gold_documents, rng)


def _is_line(candidate: Candidate) -> bool:
    return candidate.unit.kind is not UnitKind.HEADING


def _relevance(
    item: Item, graded: Sequence[tuple[Candidate, float | None]], gold_lines: Sequence[str]
) -> Iterator[Example]:
    found = {judged_line(each): label for each, label in graded if label}
    if not found or max(found.values()) < 1.0:
        found.update((line, 1.0) for line in gold_lines[:2])
    wrong = list(dict.fromkeys(judged_line(each) for each, label in graded if label == 0.0))[:NEGATIVES]
    for line, label in [*found.items(), *((line, 0.0) for line in wrong)]:
        yield Example(Task.RELEVANCE, item.question, line, label, "", "")


def _gold_lines(gold: Gold, documents: Sequence[Document]) -> list[str]:
    """The lines of the gold documents that show a gold quote whole, the shortest first."""
    found = []
    for document in documents:
        layout = Layout(document)
        for index in range(len(layout.blocks)):
            for unit in layout.units_of(index):
                line = judged_unit(document, unit)
                if unit.kind is not UnitKind.HEADING and gold.share_shown(line) >= 0.9:
                    found.append(line)
    return sorted(set(found), key=lambda line: (len(line), line))


def _answerability(
    inputs: Inputs,
    gold: Gold,
    graded: Sequence[tuple[Candidate, float | None]],
    documents: Sequence[Document],
    rng: random.Random,
) -> Iterator[Example]:
    question = inputs.item.question
    shown = _evidence(inputs, [each for each, _ in graded])
    if not inputs.item.answerable:
        yield _evidence_example(question, shown, 0.0)
        further = _evidence(inputs, [each for each, _ in graded if judged_line(each) not in shown])
        if further:
            yield _evidence_example(question, further, 0.0, UNSURE_WEIGHT)
        return
    yield from _labelled_by_gold(question, shown, gold)
    removed = _evidence(inputs, [each for each, label in graded if label == 0.0])
    if removed:
        yield _evidence_example(question, removed, 0.0, UNSURE_WEIGHT)
    lines = [judged_line(each) for each, label in graded if label] or _gold_lines(gold, documents)
    if lines and removed:
        mixed = [lines[0], *removed[:3]]
        rng.shuffle(mixed)
        yield from _labelled_by_gold(question, mixed, gold)


def _evidence(inputs: Inputs, candidates: Sequence[Candidate]) -> list[str]:
    """What the answerer would have judged if it had found these candidates only."""
    selection = select(inputs.question, candidates)
    return [] if selection is None else judged_evidence(selection.candidates, candidates)


def _labelled_by_gold(question: str, lines: Sequence[str], gold: Gold) -> Iterator[Example]:
    """An example where it is plain whether the evidence shows gold, seen through the window that the model has."""
    shown = gold.share_shown(evidence_text(evidence_window(question, lines)))
    if shown >= SHOWN:
        yield _evidence_example(question, lines, 1.0)
    elif shown < EVIDENCE_TRACE:
        yield _evidence_example(question, lines, 0.0, UNSURE_WEIGHT)


def _evidence_example(question: str, lines: Sequence[str], label: float, weight: float = 1.0) -> Example:
    text = evidence_text(evidence_window(question, lines))
    return Example(Task.ANSWERABILITY, question, text, label, "", "", weight)
