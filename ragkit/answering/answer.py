"""The Answer: what a person sees, and everything that is needed to check it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from ragkit.grounding.verdict import Verdict


class AnswerStatus(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"
    NEEDS_CLARIFICATION = "needs_clarification"
    REFUSED = "refused"


SHOWN = frozenset({AnswerStatus.ANSWERED, AnswerStatus.PARTIAL})
"""The statuses under which lines are shown."""


class Citation(BaseModel):
    """A span of one version of one document, with its verbatim words.

    ``document.text[start:end] == quote`` holds for every citation ever shown.

    Attributes:
        number: the ``[1]`` of the answer's text.
        quote: the verbatim words.
        start, end: the span in the document's canonical text.
        document_id, version, title, reference_number, source, effective_date, review_due: of the document version.
        page: 1-based page on which the quote starts; None where the format has none.
        section: the trail of headings above the quote.
        surrounding: the lines around the quote, the quote included, for a person who checks it; may be empty.
        surrounding_start: offset of ``surrounding`` in the document's canonical text.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    quote: str
    start: int
    end: int
    document_id: str
    version: str
    title: str
    reference_number: str | None = None
    source: str
    page: int | None = None
    section: tuple[str, ...] = ()
    effective_date: date | None = None
    review_due: date | None = None
    surrounding: str = ""
    surrounding_start: int = 0


class Statement(BaseModel):
    """One sentence, list item or table row of an answer.

    Attributes:
        text: the words shown. The extractive answerer shows the quote with white space made plain.
        citations: numbers of the citations that carry it; never empty in a shown answer.
        support: probability that the cited spans carry the statement, 0..1.
        verdict: what verification said.
        composed: whether a language model chose the words; False for the policy's own.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    citations: tuple[int, ...]
    support: float
    verdict: Verdict
    composed: bool = False


class Rung(StrEnum):
    """The ladder that an answer comes down where something fails, from the top."""

    LANGUAGE_MODEL = "language_model"
    EXTRACTIVE = "extractive"
    EVIDENCE_LIST = "evidence_list"


class LadderStep(BaseModel):
    """One step of the ladder: who was to compose the answer, and what came of it.

    Attributes:
        rung: the language model, the lines themselves, or the list of what was found.
        name: of the language model as the deployment names it; "" for the other rungs.
        outcome: "answered", "does_not_answer", "nothing_verified", or why it failed ("timed_out", "unreachable",
            "circuit_open" ...).
        detail: one plain sentence.
        milliseconds: how long it took.
        input_tokens, output_tokens, cost: what it took of the budget.
        from_cache: whether the reply was kept from an earlier question.
    """

    model_config = ConfigDict(frozen=True)

    rung: Rung
    name: str = ""
    outcome: str
    detail: str = ""
    milliseconds: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    from_cache: bool = False


class LinesJudged(BaseModel):
    """What the small models were asked.

    Attributes:
        model: fingerprint of the weights.
        asked: how many lines were to be judged.
        judged: how many were: fewer where time ran out; the others counted like the least relevant one.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    asked: int
    judged: int


class Trace(BaseModel):
    """How an answer came about. Holds counts only of what the reader may not see.

    Attributes:
        searched: number of chunks the reader's filters left to search.
        filtered: chunks or versions left out, by reason ("other_site", "not_in_force"). Versions that the reader's
            roles do not open are never counted.
        passages: the passages considered, as (document_id, version, chunk_index, score).
        dropped: statements left out after verification, with the reason.
        signals: the evidence signals behind answering or abstaining.
        timings_ms: milliseconds per stage.
        configuration: hash of the settings, models and knowledge-base revision that gave this answer.
        ladder: who was to compose the answer and what came of it, in order; the last step gave the answer.
        prompts: for each prompt file that was used, its version and hash.
        identifiers: how many patient identifiers of each kind were taken out of the question before it was searched.
        judged: what the small models were asked; None where they were not.
    """

    model_config = ConfigDict(frozen=True)

    searched: int = 0
    filtered: dict[str, int] = {}
    passages: tuple[tuple[str, str, int, float], ...] = ()
    dropped: tuple[str, ...] = ()
    signals: dict[str, float] = {}
    timings_ms: dict[str, float] = {}
    configuration: str = ""
    ladder: tuple[LadderStep, ...] = ()
    prompts: dict[str, str] = {}
    identifiers: dict[str, int] = {}
    judged: LinesJudged | None = None


class Answer(BaseModel):
    """What a person sees, and everything that is needed to check it.

    Attributes:
        question: as asked.
        status: answered, partial, insufficient_evidence, needs_clarification or refused.
        text: the statements with [1] marks; a plain sentence where there is no answer.
        statements: the checked statements, empty where there is no answer.
        citations: the spans they rest on, numbered from 1.
        caveats: what the reader has to know beside the answer ("review overdue since ...").
        notice: one plain sentence where the answer came down the ladder ("The language model could not be reached;
            these are the policy's own lines."); else "".
        standalone_question: the question made self-contained with the conversation's own questions; None where it
            was asked as it stands.
        evidence: what the search found, listed where no answer could be made of it for a technical reason. It is no
            answer: the status says so.
        trace: how it came about.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    status: AnswerStatus
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    caveats: tuple[str, ...] = ()
    notice: str = ""
    standalone_question: str | None = None
    evidence: tuple[Citation, ...] = ()
    trace: Trace = Trace()

    def _repr_html_(self) -> str:
        from ragkit.display.html import answer_html

        return answer_html(self)
