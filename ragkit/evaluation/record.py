"""The Record: one question as it was asked, and all that came of it. Metrics read records and nothing else."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from ragkit.answering.answer import SHOWN, Answer
from ragkit.evaluation.questions.question import Question, Variant
from ragkit.retrieval.passage import Passage


class CitationFacts(BaseModel):
    """What was looked up about one citation of an answer, through the public API and apart from the answer itself.

    Attributes:
        number: the citation's number.
        resolves: the document version's text at the citation's offsets is its quote, character for character.
        page_right: the quote starts on the page that the citation names.
        in_force: the version was in force on the day asked about, by its own governance and its document's other
            versions, worked out apart from the filter that answered.
        permitted: the person's roles open the document, by its own governance, worked out apart from that filter.
        at_site: the document is of the site asked about, or of every site.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    resolves: bool
    page_right: bool
    in_force: bool
    permitted: bool
    at_site: bool


class Record(BaseModel):
    """One question as it was asked.

    Attributes:
        question: the question and its gold.
        variant: the variant that was asked, None for the question's own words.
        answer: what came back; None where asking raised.
        passages: what a search under the same filters returned, best first, with the ranks of each stage in
            ``Passage.scores``; empty where nothing was found, and for variants, whose passages no metric looks at.
        facts: one for each citation of the answer, in order.
        milliseconds: wall time of the answer.
        error: what was raised, "" where all went well. A record with an error fails in every metric.
        cache_key: what the record depends on, hashed; a record from a cache is valid for this key only.
    """

    model_config = ConfigDict(frozen=True)

    question: Question
    variant: Variant | None = None
    answer: Answer | None = None
    passages: tuple[Passage, ...] = ()
    facts: tuple[CitationFacts, ...] = ()
    milliseconds: float = 0.0
    error: str = ""
    cache_key: str = ""

    @property
    def key(self) -> str:
        """The question's id; for a variant "id~kind-number", counted from 1 among the question's variants."""
        if self.variant is None:
            return self.question.id
        return f"{self.question.id}~{self.variant.kind.value}-{self.question.variants.index(self.variant) + 1}"

    @property
    def asked(self) -> str:
        """The words that were asked."""
        return self.question.question if self.variant is None else self.variant.question

    @property
    def shown(self) -> bool:
        """Whether lines were shown (answered or partial); False where asking raised."""
        return self.answer is not None and self.answer.status in SHOWN
