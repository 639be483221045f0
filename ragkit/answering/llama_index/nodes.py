"""What of an answer becomes text, source nodes and metadata of a LlamaIndex response."""

from __future__ import annotations

from typing import Any

from llama_index.core.schema import NodeWithScore, TextNode

from ragkit.answering.answer import Answer, Citation
from ragkit.display.wording import understood_label

_NOT_IN_METADATA = {"quote", "surrounding", "surrounding_start"}


def source_nodes(answer: Answer) -> list[NodeWithScore]:
    """The citations, in the order of their numbers: the quote is the text, where it stands is the metadata.

    The score is the best support of a statement that cites it, 0..1.
    """
    support = {
        citation.number: max((s.support for s in answer.statements if citation.number in s.citations), default=0.0)
        for citation in answer.citations
    }
    return [NodeWithScore(node=_node(citation), score=support[citation.number]) for citation in answer.citations]


def _node(citation: Citation) -> TextNode:
    metadata = citation.model_dump(mode="json", exclude=_NOT_IN_METADATA)
    shown = {"title", "section", "source"}
    return TextNode(
        id_=f"{citation.document_id}@{citation.version}:{citation.start}-{citation.end}",
        text=citation.quote,
        start_char_idx=citation.start,
        end_char_idx=citation.end,
        metadata=metadata,
        excluded_embed_metadata_keys=sorted(metadata.keys() - shown),
        excluded_llm_metadata_keys=sorted(metadata.keys() - shown),
    )


def notes(answer: Answer) -> str:
    """What has to be read beside the answer, as paragraphs to put behind its text; "" where there is nothing.

    A LlamaIndex program shows the response's text and often nothing else, so that two documents that disagree, and how
    a follow-up question was understood, have to be told there.
    """
    understood = understood_label(answer.standalone_question) if answer.standalone_question else ""
    return "".join(f"\n\nNote: {note}" for note in (understood, answer.notice, *answer.caveats) if note)


def metadata(answer: Answer) -> dict[str, Any]:
    """What a program finds in ``response.metadata``: the whole answer, and what it most often wants of it."""
    return {
        "answer": answer,
        "status": answer.status.value,
        "caveats": list(answer.caveats),
        "notice": answer.notice,
        "standalone_question": answer.standalone_question,
    }
