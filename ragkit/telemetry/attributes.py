"""The one table of attribute names: what ragkit knows of a stage, and what OpenTelemetry's conventions call it.

Sources of the names:

- GenAI: OpenTelemetry GenAI semantic conventions 0.1.0 (status: development), the first release apart from the general
  conventions, which it follows from version 1.41 on.
- OpenInference: ``openinference-semantic-conventions`` 0.1.42.
- ``error.type``: OpenTelemetry semantic conventions (stable).
- ``ragkit.*``: what neither of them names.

Where both name the same thing, both names are set, so that any viewer finds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

GENAI_VERSION = "0.1.0"
OPENINFERENCE_VERSION = "0.1.42"

AttributeValue = str | bool | int | float | Sequence[str] | Sequence[int] | Sequence[float]


class StageKind(StrEnum):
    """What kind of work a span stands for, in OpenInference's words (``openinference.span.kind``)."""

    CHAIN = "CHAIN"
    RETRIEVER = "RETRIEVER"
    EMBEDDING = "EMBEDDING"
    RERANKER = "RERANKER"
    GUARDRAIL = "GUARDRAIL"
    EVALUATOR = "EVALUATOR"
    LLM = "LLM"
    TOOL = "TOOL"


class Operation(StrEnum):
    """Operations that the GenAI conventions name (``gen_ai.operation.name``)."""

    CHAT = "chat"
    EMBEDDINGS = "embeddings"
    RETRIEVAL = "retrieval"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing that is known of a stage.

    Attributes:
        meaning: what it is, for the documentation.
        names: what it is called on a span, each of them set.
        content: whether it holds words of a question or an answer, or names documents. Set only where the deployment
            switches content on, and with patient identifiers taken out.
    """

    meaning: str
    names: tuple[str, ...]
    content: bool = False


ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {
        # Every span
        "kind": Attribute("what kind of work it is", ("openinference.span.kind",)),
        "operation": Attribute("the GenAI operation", ("gen_ai.operation.name",)),
        "error": Attribute("the class of the error that ended it; never its message", ("error.type",)),
        # A question as a whole
        "question": Attribute("the question, identifiers taken out", ("input.value",), content=True),
        "answer": Attribute("the answer's text, identifiers taken out", ("output.value",), content=True),
        "status": Attribute("how the answer ended", ("ragkit.answer.status",)),
        "statements": Attribute("statements shown", ("ragkit.answer.statements",)),
        "citations": Attribute("citations shown", ("ragkit.answer.citations",)),
        "dropped": Attribute("statements that verification left out", ("ragkit.answer.dropped",)),
        "composed": Attribute("statements in a language model's words", ("ragkit.answer.composed",)),
        "rung": Attribute("the step of the ladder that gave the answer", ("ragkit.answer.rung",)),
        "identifiers": Attribute("patient identifiers taken out of the question", ("ragkit.question.identifiers",)),
        "follow_up": Attribute("whether the question was made self-contained", ("ragkit.question.follow_up",)),
        "configuration": Attribute("hash of settings, models and revision", ("ragkit.configuration",)),
        # Searching
        "searched": Attribute("chunks that the reader's filters left to search", ("ragkit.retrieval.searched",)),
        "candidates": Attribute("candidates that the searches found", ("ragkit.retrieval.candidates",)),
        "passages": Attribute("passages that were taken", ("ragkit.retrieval.passages",)),
        "limit": Attribute("passages at most", ("gen_ai.retrieval.top_k",)),
        "document_ids": Attribute(
            "documents of the passages, best first", ("ragkit.retrieval.documents",), content=True
        ),
        # Choosing and checking lines
        "documents": Attribute("documents that were loaded", ("ragkit.answering.documents",)),
        "lines": Attribute("lines that were scored, given or checked", ("ragkit.answering.lines",)),
        "supported": Attribute("statements that passed the check", ("ragkit.verification.supported",)),
        # A language model
        "model": Attribute("the model as the deployment names it", ("gen_ai.request.model", "llm.model_name")),
        "api": Attribute("whose interface it speaks", ("gen_ai.provider.name", "llm.provider")),
        "provider": Attribute("what the deployment calls it", ("ragkit.provider",)),
        "zone": Attribute("on premises or cloud", ("ragkit.provider.zone",)),
        "purpose": Attribute("what it was asked for", ("ragkit.request.purpose",)),
        "output_limit": Attribute("tokens of the reply at most", ("gen_ai.request.max_tokens",)),
        "confined": Attribute("whether it must stay on premises", ("ragkit.request.confined",)),
        "outcome": Attribute("how the attempt ended", ("ragkit.request.outcome",)),
        "requests": Attribute("HTTP requests made, retries included", ("ragkit.request.count",)),
        "from_cache": Attribute("whether the reply was kept from an earlier question", ("ragkit.request.from_cache",)),
        "input_tokens": Attribute("tokens in", ("gen_ai.usage.input_tokens", "llm.token_count.prompt")),
        "output_tokens": Attribute("tokens out", ("gen_ai.usage.output_tokens", "llm.token_count.completion")),
        "cost": Attribute("cost, in the currency of the budget", ("ragkit.request.cost",)),
        # Putting documents in
        "ingested": Attribute("files that were read anew", ("ragkit.ingestion.ingested",)),
        "unchanged": Attribute("files that were as before", ("ragkit.ingestion.unchanged",)),
        "failed": Attribute("files that could not be read", ("ragkit.ingestion.failed",)),
        "chunks": Attribute("chunks that were embedded", ("ragkit.ingestion.chunks",)),
    }
)


def named(known: Mapping[str, AttributeValue | None], *, content: bool) -> Iterator[tuple[str, AttributeValue]]:
    """The attributes of a span under their conventional names.

    Args:
        known: values by the table's keys; None is left out.
        content: whether attributes that hold words or name documents are wanted.

    Raises:
        KeyError: the table has no such key.
    """
    for key, value in known.items():
        attribute = ATTRIBUTES[key]
        if value is not None and (content or not attribute.content):
            for name in attribute.names:
                yield name, value.value if isinstance(value, StrEnum) else value
