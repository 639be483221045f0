"""Every statement that a language model wrote is checked against the lines it cites before anything is done with it."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ragkit.answering.generation.headings import with_headings
from ragkit.answering.generation.lines import Line, spans_of
from ragkit.answering.generation.numbered_lines import NumberedLines
from ragkit.answering.generation.reply import ReplyStatement
from ragkit.answering.guards import withheld_because
from ragkit.answering.matching import Question
from ragkit.answering.population import document_side
from ragkit.answering.selection import Selection
from ragkit.answering.sentences import sentence_spans
from ragkit.grounding.checking import plain
from ragkit.grounding.composed import check_composed
from ragkit.grounding.quantities import quantities
from ragkit.grounding.verdict import Verdict
from ragkit.privacy.base import IdentifierGate
from ragkit.telemetry.attributes import StageKind
from ragkit.telemetry.spans import stage

_log = logging.getLogger(__name__)

MOST_WORDS = 60
"""A statement that is longer makes more than one point."""
MOST_SENTENCES = 2
MOST_LINES = 12
"""A statement that cites more lines cites none."""
MOST_PRUNED = 5
"""Of more lines than this it is not tried which ones a statement could do without: it takes a check for each."""
NEAR_BELOW = 2.5
"""The same for a line that is only copied (a model that copies shows no sign of having understood the question), and
where the extractive answerer abstained."""
FAR_BELOW = 4.0
"""A statement whose best line scores this much less than the best line of all is beside the question.

Of the lines that answer a question of the labelled sets and are not in its extractive answer, four fifths score at most
this much less; of all other lines a quarter."""
_MARKS = re.compile(r"\s*[\[(](?:lines?\s*)?\d{1,3}(?:\s*[,;-]\s*\d{1,3})*[\])](?=[\s.;,]*$)", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_CELLS = re.compile(r"\t|\s\|\s")
_ENUMERATOR = re.compile(r"^\s*(?:[-*•–]\s+|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]\s+)")

_SECTION_NUMBER = re.compile(r"\s*(?P<number>\d{1,2}(?:\.\d{1,2})+)[.)]?\s+(?=[A-Z])")
"""The number of a paragraph, which the verifier passes over: an invented one sends the reader to another paragraph."""


@dataclass(frozen=True)
class Checked:
    """A statement of a reply after its check.

    Attributes:
        text: its words, without the line numbers that some models write into them.
        cited: the numbers it gave.
        lines: the lines that it rests on, in document order; empty where it may not be shown.
        support: as the verifier says.
        reasons: what speaks against it, in words; empty for a statement that may be shown.
        final: whether no other wording could make it acceptable.
        private: whether its words must not be repeated anywhere: it names a patient whom the lines do not name.
        verbatim: whether it is nothing but one line's own words.
    """

    text: str
    cited: tuple[int, ...]
    lines: tuple[Line, ...] = ()
    support: float = 0.0
    reasons: tuple[str, ...] = ()
    private: bool = False
    final: bool = False
    verbatim: bool = field(default=False)

    @property
    def accepted(self) -> bool:
        """Whether it may be shown."""
        return not self.reasons


@dataclass(frozen=True)
class Checker:
    """Checks statements of one answer.

    Attributes:
        question: the prepared question.
        lines: what the model was given.
        gate: finds patient identifiers.
        far_below: a line that is not selected and scores this much less than the best one is beside the question.
    """

    question: Question
    lines: NumberedLines
    gate: IdentifierGate
    far_below: float = FAR_BELOW

    def check(self, statement: ReplyStatement) -> Checked:
        """The statement with the lines that carry it, or with what speaks against it."""
        with stage("verify", StageKind.GUARDRAIL, lines=len(statement.lines)) as span:
            try:
                checked = self._checked(statement)
            except Exception as error:  # a check that fails, for whatever reason, lets nothing through
                _log.error("The check of a statement failed (%s); it is not shown.", type(error).__name__)
                why = f"it could not be checked ({type(error).__name__})"
                checked = Checked("", (), reasons=(why,), final=True, private=True)
            span.set(supported=int(checked.accepted), dropped=int(not checked.accepted))
        return checked

    def _checked(self, statement: ReplyStatement) -> Checked:
        text = _MARKS.sub("", _SPACE.sub(" ", statement.text)).strip()
        cited = tuple(dict.fromkeys(statement.lines))
        if self._names_somebody(text, cited):
            return Checked(text, cited, reasons=("it names a patient whom the cited lines do not name",), private=True)
        problem = _form_problem(text) or self._line_problem(cited)
        if problem:
            return Checked(text, cited, reasons=(problem,))
        lines = self._cited(cited)
        problem = self._relevance_problem(lines, self.far_below) or self._guard_problem(lines)
        if problem:
            return Checked(text, cited, reasons=(problem,), final=True)
        problem = _mixture_problem(lines)
        if problem:
            return Checked(text, cited, reasons=(problem,))
        number = _SECTION_NUMBER.match(text)
        if number and not any(number["number"] in line.text for line in lines):
            return Checked(text, cited, reasons=(f"the cited lines have no number {number['number']}",))
        copied = next((line for line in lines if _bare(line.text) == _bare(text)), None)
        if copied is not None:
            problem = self._relevance_problem([copied], min(NEAR_BELOW, self.far_below))
            if problem:
                return Checked(text, cited, reasons=(problem,), final=True)
            return Checked(text, cited, (copied,), 1.0, verbatim=True)
        return self._against_evidence(_ENUMERATOR.sub("", text), cited, lines)

    def _against_evidence(self, text: str, cited: tuple[int, ...], lines: tuple[Line, ...]) -> Checked:
        support, reasons = _judged(text, lines)
        if reasons:
            return Checked(text, cited, reasons=reasons)
        for line in lines if len(lines) <= MOST_PRUNED else ():  # a line that nothing rests on is no citation
            fewer = tuple(each for each in lines if each is not line)
            if fewer:
                judged, against = _judged(text, fewer)
                if not against and judged >= support:
                    lines = fewer
        return Checked(text, cited, lines, support)

    def _cited(self, numbers: Sequence[int]) -> tuple[Line, ...]:
        return tuple(line for number in sorted(numbers) if (line := self.lines.line(number)) is not None)

    def _names_somebody(self, text: str, cited: Sequence[int]) -> bool:
        """Whether the statement holds an identifier that does not stand in the lines."""
        held = " ".join(plain(line.evidence_text) for line in self._cited(cited)).casefold()
        return any(plain(text[found.start : found.end]).casefold() not in held for found in self.gate.find(text))

    def _line_problem(self, cited: Sequence[int]) -> str:
        if not cited:
            return "it cites no line"
        unknown = [number for number in cited if self.lines.line(number) is None]
        if unknown:
            return f"there is no line {', '.join(map(str, unknown[:5]))}"
        return f"it cites more than {MOST_LINES} lines" if len(cited) > MOST_LINES else ""

    def _relevance_problem(self, lines: Sequence[Line], below: float) -> str:
        """Whether the lines are about something else: none is selected, and all score far below the best."""
        if any(line.key in self.lines.selected_keys for line in lines):
            return ""
        near = max(line.candidate.score for line in lines) >= self.lines.best_score - below
        return "" if near else "its lines are not about the question"

    def _guard_problem(self, lines: Sequence[Line]) -> str:
        """The rule by which the lines must not be shown as an answer to this question."""
        for key in dict.fromkeys(line.key[:2] for line in lines):
            own = [line for line in lines if line.key[:2] == key]
            candidates = tuple(sorted((line.candidate for line in own), key=lambda each: -each.score))
            selection = Selection(own[0].evidence.document, candidates, spans_of(own))
            withheld = withheld_because(self.question, selection)
            if withheld is not None:
                return f"its lines are for something else than the question asks about ({withheld.value})"
        return ""


def _bare(text: str) -> str:
    """The words of a line without its number or bullet, and without what sets the cells of a row apart."""
    return plain(_CELLS.sub(" ", _ENUMERATOR.sub("", text))).rstrip(" .;,").casefold()


def _mixture_problem(lines: Sequence[Line]) -> str:
    """What speaks against taking the lines together."""
    documents = {line.key[:2]: line.evidence for line in lines}
    if len(documents) < 2:
        return ""
    if len({document_side(each.document) or each.side for each in documents.values()}) > 1:
        return "its lines are of documents for different patients; write one statement for each document"
    if _disagree([[line for line in lines if line.key[:2] == key] for key in documents]):
        return "its lines are of documents that disagree; write one statement for each document"
    return ""


def _form_problem(text: str) -> str:
    if not any(character.isalpha() for character in text):
        return "it has no words"
    if len(text.split()) > MOST_WORDS or len(sentence_spans(text)) > MOST_SENTENCES:
        return "it makes more than one point; write one short sentence for each"
    return ""


def _judged(text: str, lines: Sequence[Line]) -> tuple[float, tuple[str, ...]]:
    """The least support of its sentences, and what speaks against any of them."""
    support = 1.0
    reasons: list[str] = []
    for start, end in sentence_spans(text):
        score = check_composed(text[start:end], [line.evidence_text for line in lines])
        if score.verdict is not Verdict.SUPPORTED:
            under_headings = check_composed(text[start:end], [with_headings(line) for line in lines])
            score = under_headings if under_headings.verdict is Verdict.SUPPORTED else score
        support = min(support, score.support)
        if score.verdict is not Verdict.SUPPORTED:
            reasons += score.reasons or ("the lines do not carry it",)
    return support, tuple(dict.fromkeys(reasons))


def _disagree(groups: Sequence[Sequence[Line]]) -> bool:
    """Whether two documents give other numbers with the same unit."""
    given = [{q for line in group for q in quantities(line.evidence_text) if q.unit} for group in groups]
    for position, ours in enumerate(given):
        for theirs in given[position + 1 :]:
            for unit in {q.unit for q in ours} & {q.unit for q in theirs}:
                if not {q.number for q in ours if q.unit == unit} & {q.number for q in theirs if q.unit == unit}:
                    return True
    return False
