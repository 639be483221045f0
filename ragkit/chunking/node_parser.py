"""The LlamaIndex face of structure-aware chunking. Imports llama_index: load it only where LlamaIndex is used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, MetadataMode, NodeRelationship, TextNode
from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.utils import get_tokenizer
from pydantic import Field

from ragkit.chunking.chunk import Chunk
from ragkit.chunking.plain_text import plain_blocks
from ragkit.chunking.splitting import CountTokens
from ragkit.chunking.structure import chunk_document
from ragkit.documents.document import Document
from ragkit.documents.governance import Governance

AnyNode = TypeVar("AnyNode", bound=BaseNode)

WHOLE_DOCUMENT = "ragkit_document"
"""Metadata key under which a LlamaIndex document carries the ragkit document it was made from."""

HEADING_LINE = "heading_line"
"""Metadata key of the line that is embedded in front of a node's text: number, title and section trail."""

_SHOWN_TO_A_MODEL = (HEADING_LINE, "page")


def to_llama_document(document: Document) -> LlamaDocument:
    """A ragkit document as a LlamaIndex document that ``StructureNodeParser`` divides along its structure."""
    metadata = {**_description(document), WHOLE_DOCUMENT: document.model_dump_json()}
    return LlamaDocument(
        id_=f"{document.document_id}@{document.version}",
        text=document.text,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=[WHOLE_DOCUMENT],
    )


class StructureNodeParser(NodeParser):
    """Divides documents along sections, list items and table rows.

    A node's text is what a reader sees: its span with the lines it needs to be understood. ``start_char_idx`` and
    ``end_char_idx`` are the span in the document's text. What LlamaIndex embeds of a node is the chunk's
    ``embedding_text``. Documents of ragkit (``to_llama_document``) keep their structure; any other LlamaIndex
    document is read as plain text.

    Attributes:
        chunk_tokens: the most tokens a node's text may have.
        count_tokens: how tokens are counted: an embedder's ``count_tokens``; LlamaIndex's tokenizer by default.

    Example:
        >>> nodes = StructureNodeParser().get_nodes_from_documents([LlamaDocument(text="Assess the site.")])
        >>> nodes[0].get_content()
        'Assess the site.'
    """

    chunk_tokens: int = Field(default=224, ge=8)
    count_tokens: CountTokens = Field(default_factory=lambda: _count_with_llama_index, exclude=True)

    @classmethod
    def class_name(cls) -> str:
        """The name LlamaIndex serialises the class under."""
        return "StructureNodeParser"

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any) -> list[BaseNode]:
        found: list[BaseNode] = []
        for source in nodes:
            document = _document_of(source)
            origin = _without_whole(source).as_related_node_info()
            for chunk in chunk_document(document, self.count_tokens, self.chunk_tokens):
                node = _node(document, chunk)
                node.id_ = self.id_func(chunk.index, source)
                node.relationships[NodeRelationship.SOURCE] = origin
                found.append(node)
        return found

    def _postprocess_parsed_nodes(
        self, nodes: list[BaseNode], parent_doc_map: dict[str, LlamaDocument]
    ) -> list[BaseNode]:
        """Keeps our offsets, which LlamaIndex would search for anew, and copies the document's own metadata only."""
        parents = {key: _without_whole(parent) for key, parent in parent_doc_map.items()}
        offsets = [(node.start_char_idx, node.end_char_idx) for node in nodes if isinstance(node, TextNode)]
        nodes = super()._postprocess_parsed_nodes(nodes, parents)
        for node, (start, end) in zip(nodes, offsets, strict=True):
            if isinstance(node, TextNode):
                node.start_char_idx, node.end_char_idx = start, end
            node.excluded_embed_metadata_keys = [key for key in node.metadata if key != HEADING_LINE]
            node.excluded_llm_metadata_keys = [key for key in node.metadata if key not in _SHOWN_TO_A_MODEL]
        return nodes


def _without_whole(source: AnyNode) -> AnyNode:
    """The node without the ragkit document in its metadata, which must not travel into every node made from it."""
    metadata = {key: value for key, value in source.metadata.items() if key != WHOLE_DOCUMENT}
    return source.model_copy(update={"metadata": metadata})


def _count_with_llama_index(text: str) -> int:
    return len(get_tokenizer()(text))


def _node(document: Document, chunk: Chunk) -> TextNode:
    heading_line = chunk.embedding_text.removesuffix(chunk.text).rstrip("\n")
    metadata = {
        **_description(document),
        "section": " > ".join(chunk.section),
        "page": chunk.page,
        "chunk_index": chunk.index,
        HEADING_LINE: heading_line,
    }
    return TextNode(
        text=chunk.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        # What is not known must not hide what the source's own metadata says.
        metadata={key: value for key, value in metadata.items() if value not in (None, "")},
        metadata_template="{value}",
        metadata_separator="\n",
        text_template="{metadata_str}\n{content}",
    )


def _description(document: Document) -> dict[str, Any]:
    governance = document.governance
    effective = governance.effective_date
    return {
        "document_id": document.document_id,
        "version": document.version,
        "title": governance.title,
        "reference_number": governance.reference_number,
        "site": governance.site,
        "source": document.source,
        "effective_date": effective.isoformat() if effective else None,
    }


def _document_of(source: BaseNode) -> Document:
    whole = source.metadata.get(WHOLE_DOCUMENT)
    if whole is not None:
        return Document.model_validate_json(whole)
    text = source.get_content(metadata_mode=MetadataMode.NONE)
    name = str(source.metadata.get("file_path") or source.metadata.get("file_name") or "")
    return Document(
        document_id=source.node_id,
        version="1",
        source=name,
        media_type="text/plain",
        content_hash=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        text=text,
        blocks=plain_blocks(text),
        governance=Governance(title=str(source.metadata.get("title") or "")),
    )
