"""Never less than extractive: what composed statements do not carry of the selected lines is shown verbatim.

Statements come one by one, as a reply arrives, and each is placed as soon as its place is certain. A list's items are
placed together, in the document's order, with the selected items that no statement carries between them. So the answer
is the same whether a reply is read at once or piece by piece.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ragkit.answering.answer import Citation, Statement
from ragkit.answering.composing import citation_of, draft_statements
from ragkit.answering.generation.checking import Checked
from ragkit.answering.generation.lines import Line, LineKey, SequenceKey, spans_of
from ragkit.answering.selection import Selection, ShownSpan
from ragkit.answering.verification import numbered, verify
from ragkit.grounding.omissions import omissions
from ragkit.grounding.verdict import Verdict


@dataclass
class Placing:
    """Puts statements in order and adds the lines that they leave out.

    Attributes:
        required: the lines that have to be carried, in document order; none where the extractive answer shows nothing.
        selection: what the extractive answer shows; None where it shows nothing.
        statements: what was placed so far.
        citations: what they cite.
        left_out: verified statements that are not shown, with the reason.
        lines: the lines that the statements rest on.
    """

    required: tuple[Line, ...]
    selection: Selection | None
    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    _headed: bool = False
    _done: set[LineKey] = field(default_factory=set)
    _verbatim: set[LineKey] = field(default_factory=set)
    _reached: dict[SequenceKey, tuple[int, int]] = field(default_factory=dict)
    _group: list[Checked] = field(default_factory=list)

    def add(self, statement: Checked) -> list[Statement]:
        """Takes the next verified statement.

        Returns:
            The statements that have their place now; it may be among them, or wait for what follows.
        """
        placed: list[Statement] = []
        if self._group and not self._belongs(statement):
            placed += self._settle()
        if any(line.place < self._reached.get(line.sequence, line.place) for line in statement.lines if line.sequence):
            self.left_out.append(f"“{statement.text}”: its place in the list has passed")
            return placed
        self._group.append(statement)
        if not self._sequences(self._group) and not self._uncarried(self._group):
            placed += self._settle()
        return placed

    def finish(self) -> list[Statement]:
        """Places what waits, then the selected lines that nothing carries."""
        placed = self._settle()
        left = [line for line in self.required if line.key not in self._done]
        if left:
            placed += self._shown_verbatim(left)
        return placed

    def carries_all(self, lines: Iterable[Line]) -> bool:
        """Whether all of some lines are shown or carried already."""
        return all(line.key in self._done for line in lines)

    def _belongs(self, statement: Checked) -> bool:
        """Whether the statement goes on with the group: it cites a line of it, or an item of the same list."""
        keys = {line.key for each in self._group for line in each.lines}
        return any(line.key in keys for line in statement.lines) or bool(
            self._sequences([statement]) & self._sequences(self._group)
        )

    def _sequences(self, group: Iterable[Checked]) -> set[SequenceKey]:
        return {line.sequence for each in group for line in each.lines if line.sequence is not None}

    def _needed(self, group: Sequence[Checked]) -> list[Line]:
        """The required lines that the group speaks of: those cited, and the other items of their lists."""
        keys = {line.key for each in group for line in each.lines}
        sequences = self._sequences(group)
        return [
            line
            for line in self.required
            if line.key not in self._done and (line.key in keys or line.sequence in sequences)
        ]

    def _uncarried(self, group: Sequence[Checked]) -> list[Line]:
        """The lines that the group's statements must carry and do not.

        Of a line that is required, all of it; of any other that is cited, what its lead-in or table's header says.
        """
        composed = [each for each in group if not each.verbatim]
        needed = {line.key: line for line in self._needed(group)}
        cited = {line.key: line for each in composed for line in each.lines if line.key not in self._done}
        found = []
        for key, line in {**needed, **cited}.items():
            texts = [each.text for each in composed if any(own.key == key for own in each.lines)]
            carried = carries(texts, line) if key in needed else carries_context(texts, line)
            if not texts or not carried:
                found.append(line)
        return found

    def _settle(self) -> list[Statement]:
        """Places the group: statements and the verbatim lines that they need beside them, in document order."""
        kept, verbatim = self._divided(self._without_repetitions(self._group))
        group, self._group = self._group, []
        needed = self._needed(group)
        placed: list[Statement] = []
        waiting = sorted(verbatim.values(), key=lambda line: line.key)
        for each in sorted(kept, key=lambda each: each.lines[0].key) if self._sequences(group) else kept:
            before = [line for line in waiting if _stands_before(line, each.lines[0])]
            waiting = [line for line in waiting if line not in before]
            placed += [*self._shown_verbatim(before), self._composed(each)]
        placed += self._shown_verbatim(waiting)
        self._done |= {line.key for line in needed}
        for line in (line for each in group for line in each.lines):
            if line.sequence is not None:
                self._reached[line.sequence] = max(line.place, self._reached.get(line.sequence, line.place))
        return placed

    def _divided(self, said: Sequence[Checked]) -> tuple[list[Checked], dict[LineKey, Line]]:
        """The statements in the model's words that are shown, and the lines that are shown verbatim instead of others.

        No line is shown twice: a statement of which one line is shown in its own words gives way to all of its lines.
        """
        copied = [line for each in self._group if each.verbatim for line in each.lines if line.key not in self._done]
        verbatim = {line.key: line for line in copied}
        kept = list(said)
        while True:
            rest = [each for each in self._group if each.verbatim or each in kept]
            verbatim |= {line.key: line for line in self._uncarried(rest)}
            replaced = [each for each in kept if any(self._is_verbatim(line, verbatim) for line in each.lines)]
            if not replaced:
                needed = [line for line in self._needed(self._group) if not self._is_carried(line, kept, verbatim)]
                return kept, verbatim | {line.key: line for line in needed}
            for each in replaced:
                self.left_out.append(f"“{each.text}”: its lines are shown in their own words")
                kept.remove(each)
                verbatim |= {line.key: line for line in each.lines if line.key not in self._done}

    def _is_verbatim(self, line: Line, verbatim: Collection[LineKey]) -> bool:
        return line.key in verbatim or line.key in self._verbatim

    def _is_carried(self, line: Line, kept: Iterable[Checked], verbatim: Collection[LineKey]) -> bool:
        """Whether a line is shown in its own words or rests on a statement that is kept."""
        cited = (own.key for each in kept for own in each.lines)
        return self._is_verbatim(line, verbatim) or line.key in cited

    def _without_repetitions(self, group: Iterable[Checked]) -> list[Checked]:
        """The group's statements in the model's words that say something that was not said before."""
        required = {line.key for line in self.required}
        new: list[Checked] = []
        for each in group:
            if each.verbatim:
                continue
            said = [*(statement.text for statement in self.statements), *(earlier.text for earlier in new)]
            spoken = all(
                line.key in required
                and (line.key in self._done or carries([e.text for e in new if line in e.lines], line))
                for line in each.lines
            )
            if said and (spoken or not omissions(each.text, said)):
                self.left_out.append(f"“{each.text}”: what it says was said before")
            else:
                new.append(each)
        return new

    def _composed(self, statement: Checked) -> Statement:
        """A statement in the model's words, with the spans it rests on as citations."""
        numbers: list[int] = []
        for key in dict.fromkeys(line.key[:2] for line in statement.lines):
            own = [line for line in statement.lines if line.key[:2] == key]
            document, layout = own[0].evidence.document, own[0].evidence.layout
            for span in spans_of(own):
                numbers.append(numbered(citation_of(document, layout, span.start, span.end), self.citations))
        self._done |= {line.key for line in statement.lines}
        self.lines += statement.lines
        placed = Statement(
            text=statement.text,
            citations=tuple(dict.fromkeys(numbers)),
            support=statement.support,
            verdict=Verdict.SUPPORTED,
            composed=True,
        )
        self.statements.append(placed)
        return placed

    def _shown_verbatim(self, lines: Sequence[Line]) -> list[Statement]:
        """Lines in their own words, checked like every extractive statement."""
        placed: list[Statement] = []
        for key in dict.fromkeys(line.key[:2] for line in lines):
            own = [line for line in lines if line.key[:2] == key]
            document, layout = own[0].evidence.document, own[0].evidence.layout
            selection = None
            if self.selection is not None and self.selection.document is document and not self._headed:
                selection, self._headed = self.selection, True  # the heading of its list, once
            spans = self._whole_selection(own) or spans_of(own, selection)
            drafts = draft_statements(Selection(document, (own[0].candidate,), spans), layout)
            verified = verify(drafts, document)
            self.left_out += verified.dropped
            by_number = {citation.number: citation for citation in verified.citations}
            for statement in verified.statements:
                numbers = tuple(numbered(by_number[number], self.citations) for number in statement.citations)
                placed.append(statement.model_copy(update={"citations": numbers}))
        self._done |= {line.key for line in lines}
        self._verbatim |= {line.key for line in lines}
        self.lines += lines
        self.statements += placed
        return placed

    def _whole_selection(self, lines: Sequence[Line]) -> tuple[ShownSpan, ...] | None:
        """The selection's own spans where all of its lines are shown: then they are shown as the extractive answer."""
        if self.selection is None or {line.key for line in lines} != {line.key for line in self.required}:
            return None
        return self.selection.spans


def carries(statements: Sequence[str], line: Line) -> bool:
    """Whether statements say all that a line says: its own words, and the numbers and negations of what leads it in."""
    return not omissions(line.text, statements) and carries_context(statements, line)


def carries_context(statements: Sequence[str], line: Line) -> bool:
    """Whether statements keep the numbers, conditions and negations of what leads a line in."""
    return not any(omissions(context, statements, leads_in=True) for context in line.context)


def _stands_before(line: Line, other: Line) -> bool:
    return line.key[:2] == other.key[:2] and line.place < other.place
